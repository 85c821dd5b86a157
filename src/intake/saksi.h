/* Rounds of witnesses for one election directory: asks the witnesses of DIR/policy to cosign
 * the newest checkpoint and keeps what they say: DIR/saksi (what each said), DIR/cosigned (the
 * checkpoint, when a quorum has cosigned it), DIR/alarm (intake/cosigned.h), DIR/keluar
 * (intake/keluar.h). Only reads the
 * store, with a handle of its own: it may run in a process beside the writer and the server.
 * Not for judging checkpoints. One thread at a time. */
#ifndef RK_INTAKE_SAKSI_H
#define RK_INTAKE_SAKSI_H

#include "core/policy.h"
#include "gather/report.h"

typedef struct rk_saksi rk_saksi;

/* RK_NOT_FOUND: there is no DIR/policy. RK_BAD_INPUT: it is none. */
rk_status rk_saksi_open(const char *dir, rk_saksi **out, rk_err *err);
void rk_saksi_close(rk_saksi **s);
/* One round. RK_OK: everybody was asked. RK_CONFLICT: a witness is ahead of this log or on a
 * fork: nothing is signed any more. In both cases *report (borrowed until the next round) says
 * who said what. RK_NOT_FOUND: the log is not signed, or the policy does not know it. */
rk_status rk_saksi_round(rk_saksi *s, const rk_gather_report **report, rk_err *err);
const rk_policy *rk_saksi_policy(const rk_saksi *s);
/* Everything that was signed is cosigned by all who are asked: the next round may wait. */
bool rk_saksi_content(rk_saksi *s);

/* Appends what the last round left in dir. RK_NOT_FOUND: no round was made. */
rk_status rk_saksi_read(const char *dir, rk_gather_report *report, rk_err *err);

#endif
