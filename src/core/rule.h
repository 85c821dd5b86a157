/* Evaluating a contest's rules on forms: purely, as written, nothing is repaired.
 * A comparison is made only where every figure it needs is on the form; in a sum over the
 * choices, cells left blank add nothing, and at least one must be there. `pemilih_dpt` without
 * a suffix means J where it is written, else L + P where both are. Rules R01..R30:
 * docs/rules.md (from the official C.Hasil form and KPU's operating rules). */
#ifndef RK_CORE_RULE_H
#define RK_CORE_RULE_H

#include "core/contest.h"

#define RK_BLOCK 128u /* forms checked at a time */

typedef struct rk_checker rk_checker; /* scratch space for one contest; one thread at a time */

rk_checker *rk_checker_new(const rk_contest *c);
void rk_checker_free(rk_checker **k);
/* For n <= RK_BLOCK rows of c->n_col cells each (`stride` cells apart): the rules broken, bit r
 * for c->rule[r]. abroad[i] tells where form i comes from. */
void rk_checker_block(rk_checker *k, const uint32_t *rows, size_t stride, const uint8_t *abroad,
                      size_t n, uint64_t *broken);

typedef struct rk_finding {
    const rk_rule *rule;
    rk_slice field; /* what is written: the left side of the comparison ("suara_sah") */
    enum rk_op op;
    int64_t expected; /* value of the right side */
    int64_t found;    /* value of the left side */
} rk_finding;

typedef void rk_finding_fn(void *ctx, const rk_finding *f);
/* Every finding of one form in the order of the rules, one by one, by plain arithmetic: the
 * slow twin of rk_checker_block, for listing. Returns the mask of broken rules. `ballot` names
 * cells. */
uint64_t rk_rule_explain(const rk_contest *c, uint32_t ballot, const uint32_t *row, bool abroad,
                         rk_finding_fn *fn, void *ctx);
/* Mask of the rules whose severity is E or W: breaking one of them means "needs review". */
uint64_t rk_rule_review_mask(const rk_contest *c);

#endif
