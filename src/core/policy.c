/* Evaluation. Groups only name what stands before them, so one pass in order settles them all.
 */
#include "core/policy.h"

#include "core/line.h"

_Static_assert(2 * RK_POLICY_LOGS_MAX <= RK_KEYS_MAX,
               "logs and witnesses are checked together");
_Static_assert(RK_POLICY_LOGS_MAX <= 32, "members are bits of a u32");

static bool enough(const rk_policy_group *g, uint32_t witnesses, uint32_t groups) {
    unsigned have = (unsigned)__builtin_popcount(g->witnesses & witnesses) +
                    (unsigned)__builtin_popcount(g->groups & groups);
    return have >= g->need;
}

bool rk_policy_quorum(const rk_policy *p, uint32_t witnesses) {
    uint32_t groups = 0;
    if (p->quorum_none) return true;
    for (uint32_t i = 0; i < p->n_group; i++)
        if (enough(&p->group[i], witnesses, groups)) groups |= (uint32_t)1 << i;
    return enough(&p->quorum, witnesses, groups);
}

/* Logs that have signed and are named as the origin. */
static uint32_t logs_named(const rk_policy *p, uint64_t signed_by, rk_slice origin) {
    uint32_t logs = 0;
    for (uint32_t i = 0; i < p->n_log; i++)
        if ((signed_by >> i & 1) && rk_slice_eq(rk_verifier_name(&p->log[i]), origin))
            logs |= (uint32_t)1 << i;
    return logs;
}

rk_status rk_policy_check(const rk_policy *p, rk_slice bytes, rk_checkpoint *out,
                          rk_policy_verdict *verdict, rk_err *err) {
    rk_verifier key[2 * RK_POLICY_LOGS_MAX];
    uint64_t times[2 * RK_POLICY_LOGS_MAX], by;
    rk_policy_verdict v = {0};
    rk_checkpoint c;
    rk_note note;
    *out = (rk_checkpoint){0};
    if (verdict) *verdict = v;
    memcpy(key, p->log, p->n_log * sizeof *key);
    memcpy(key + p->n_log, p->witness, p->n_witness * sizeof *key);
    RK_TRY(rk_note_parse(bytes, &note, err));
    RK_TRY(rk_note_verify(&note, key, p->n_log + p->n_witness, &by, times, err));
    RK_TRY(rk_checkpoint_parse(note.text, &c, err));
    v.logs = logs_named(p, by, c.origin);
    v.witnesses = (uint32_t)(by >> p->n_log);
    memcpy(v.time, times + p->n_log, p->n_witness * sizeof *times);
    if (v.logs == 0)
        return rk_fail(err, RK_NOT_FOUND, "no known key of %.*s has signed this",
                       RK_FMT(c.origin));
    *out = c;
    if (verdict) *verdict = v;
    if (rk_policy_quorum(p, v.witnesses)) return RK_OK;
    return rk_fail(err, RK_NOT_FOUND, "cosigned by %d of %u known witnesses: not the quorum",
                   __builtin_popcount(v.witnesses), p->n_witness);
}
