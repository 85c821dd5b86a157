/* Any bytes as a policy: refused with a reason, or one that hangs together: everyone is a
 * quorum, and more witnesses never undo one. */
#include "base/err.h"
#include "core/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    rk_policy *p;
    rk_err err = RK_ERR_INIT;
    if (rk_policy_parse((rk_slice){(const char *)data, n}, &p, &err) != RK_OK) {
        RK_ASSERT(err.text[0] != '\0' && p == NULL);
        return 0;
    }
    RK_ASSERT(p->n_log <= RK_POLICY_LOGS_MAX && p->n_witness <= RK_POLICY_LOGS_MAX &&
              p->n_group <= RK_POLICY_LOGS_MAX);
    uint32_t all = (uint32_t)(((uint64_t)1 << p->n_witness) - 1),
             some = (uint32_t)(n * 2654435761u) & all;
    RK_ASSERT(rk_policy_quorum(p, all) && rk_policy_quorum(p, 0) == p->quorum_none);
    for (uint32_t i = 0; i < p->n_witness; i++)
        if (rk_policy_quorum(p, some)) RK_ASSERT(rk_policy_quorum(p, some | (uint32_t)1 << i));
    for (uint32_t i = 0; i < p->n_group; i++) {
        const rk_policy_group *g = &p->group[i];
        int members = __builtin_popcount(g->witnesses) + __builtin_popcount(g->groups);
        RK_ASSERT(g->need >= 1 && g->need <= (uint32_t)members && g->groups >> i == 0 &&
                  (g->witnesses & ~all) == 0);
    }
    rk_policy_free(&p);
    return 0;
}
