/* What an election directory knows of its log from outside, beside the log itself:
 *   DIR/policy    whom to believe (docs/format/policy.md); written by the operator
 *   DIR/cosigned  the newest checkpoint that a quorum of the policy's witnesses has cosigned
 *   DIR/saksi     what the last round said (gather/report.h)
 *   DIR/seen      a reason not to sign: either a signed checkpoint of this log that was seen
 *                 somewhere and that the log must extend (a published tree), or lines
 *                 "ahead SIZE NAME" or "fork SIZE NAME": a witness that says it has cosigned
 *                 SIZE entries that the log has not, or has otherwise
 * While DIR/seen says so, nothing is signed. A round in which that witness cosigns takes its
 * line away; an operator who has looked may remove the file. Files are replaced durably. */
#ifndef RK_INTAKE_COSIGNED_H
#define RK_INTAKE_COSIGNED_H

#include "core/keyring.h"
#include "log/log.h"

/* Appends DIR/policy; nothing when there is none. */
rk_status rk_policy_bytes(const char *dir, rk_buf *out, rk_err *err);
/* Appends DIR/cosigned when it is the head's checkpoint; RK_NOT_FOUND otherwise. */
rk_status rk_cosigned_read(const char *dir, const rk_log_head *head, rk_buf *out);

/* The log must extend this checkpoint, which was seen somewhere: kept in DIR/seen if a key of
 * the log has signed it. RK_NOT_FOUND when none has. */
rk_status rk_seen_note(const char *dir, const rk_keyring *keys, rk_slice note, rk_err *err);
/* Nothing that was seen speaks against signing. RK_CONFLICT says what does. */
rk_status rk_seen_check(const char *dir, const rk_keyring *keys, rk_log *log, rk_err *err);
/* The log extends what was cosigned last. For when it is opened. */
rk_status rk_cosigned_check(const char *dir, const rk_keyring *keys, rk_log *log, rk_err *err);

#endif
