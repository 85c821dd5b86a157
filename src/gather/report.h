/* What the witnesses of a log said last, as a file that whoever shows it can read (DIR/saksi):
 *     rekap-saksi/v1
 *     <time> <size> <quorum 0|1> <number of witnesses>
 *     <what went wrong, perhaps nothing>
 *     <state> <since> <size> <time> <name> <text>     one line a witness, in the policy's order
 *     (empty line)
 *     <the checkpoint with the cosignatures gathered>
 * Pure. Times are seconds since 1970. Limits: RK_REPORT_MAX bytes, RK_POLICY_LOGS_MAX
 * witnesses. Errors: RK_BAD_INPUT the bytes are no report. */
#ifndef RK_GATHER_REPORT_H
#define RK_GATHER_REPORT_H

#include "gather/gather.h"

#define RK_REPORT_MAX (RK_NOTE_MAX + 65536u)

typedef struct rk_report_witness {
    enum rk_gather_state state;
    uint64_t since; /* in this state */
    uint64_t size;  /* what it has cosigned last, as far as known */
    uint64_t time;  /* of its last cosignature */
    char name[RK_KEY_NAME_MAX + 1];
    char text[200]; /* one sentence; empty when all is well */
} rk_report_witness;

typedef struct rk_gather_report {
    uint64_t time, size; /* of the round; entries of the checkpoint */
    bool quorum;
    uint32_t n;
    rk_report_witness witness[RK_POLICY_LOGS_MAX];
    char problem[400]; /* why the round could not be made; empty */
    rk_buf note;       /* owned */
} rk_gather_report;

void rk_gather_report_init(rk_gather_report *r);
void rk_gather_report_free(rk_gather_report *r);
/* Takes over a round's result at time `now`; a witness that stays in its state keeps `since`.
 */
void rk_gather_report_take(rk_gather_report *r, const rk_policy *p, const rk_gather_result *g,
                           uint64_t size, uint64_t now);
void rk_gather_report_put(const rk_gather_report *r, rk_buf *out);
/* r must be initialised; what it held is replaced. */
rk_status rk_gather_report_parse(rk_slice bytes, rk_gather_report *r, rk_err *err);

#endif
