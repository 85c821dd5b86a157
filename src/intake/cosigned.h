/* What an election directory knows of its log from outside, beside the log itself:
 *   DIR/policy    whom to believe (docs/format/policy.md); written by the operator
 *   DIR/cosigned  the newest checkpoint that a quorum of the policy's witnesses has cosigned
 *   DIR/saksi     what the last round said (gather/report.h)
 *   DIR/seen      a signed checkpoint of this log that was seen elsewhere (a published tree)
 * and speaks against it: the log must extend it DIR/alarm     lines "ahead SIZE NAME", "fork
 * SIZE NAME": the witness NAME says that it has cosigned SIZE entries that this log has not, or
 * has otherwise While one of the last two says so, nothing is signed. A round in which that
 * witness cosigns takes its line away; an operator who has looked may remove the files. Files
 * are replaced durably. */
#ifndef RK_INTAKE_COSIGNED_H
#define RK_INTAKE_COSIGNED_H

#include "core/keyring.h"
#include "gather/report.h"
#include "log/log.h"

/* Appends DIR/file. RK_NOT_FOUND (without a text) when it is not there. */
rk_status rk_dir_file(const char *dir, const char *file, size_t max, rk_buf *out, rk_err *err);
/* Replaces DIR/file durably, unless it has these bytes already. */
rk_status rk_dir_file_put(const char *dir, const char *file, rk_slice bytes, rk_err *err);

/* Appends DIR/policy; nothing when there is none. */
rk_status rk_policy_bytes(const char *dir, rk_buf *out, rk_err *err);
/* Appends DIR/cosigned when it is the head's checkpoint; RK_NOT_FOUND otherwise. */
rk_status rk_cosigned_read(const char *dir, const rk_log_head *head, rk_buf *out);

/* The log must extend this checkpoint, which was seen somewhere: kept in DIR/seen if a key of
 * the log has signed it. RK_NOT_FOUND when none has. */
rk_status rk_seen_note(const char *dir, const rk_keyring *keys, rk_slice note, rk_err *err);
/* What a round says of forks and of witnesses that are ahead, into DIR/alarm. */
rk_status rk_alarm_update(const char *dir, const rk_gather_report *r, rk_err *err);
/* Nothing that was seen speaks against signing. RK_CONFLICT says what does. */
rk_status rk_seen_check(const char *dir, const rk_keyring *keys, rk_log *log, rk_err *err);
/* The log extends what was cosigned last. For when it is opened. */
rk_status rk_cosigned_check(const char *dir, const rk_keyring *keys, rk_log *log, rk_err *err);

#endif
