/* What the entries say, recounted on a path of its own: every total is summed here again from
 * the forms in force, walking each station's ancestors, and published figures are compared with
 * these sums, not with those the fold kept up to date. Owner: rk_view_free. */
#ifndef RK_VERIFY_VIEW_H
#define RK_VERIFY_VIEW_H

#include "core/election.h"

typedef struct rk_own {
    uint64_t *sum;   /* node * n_col */
    rk_count *count; /* node */
    uint32_t *rule;  /* node * n_rule */
} rk_own;

typedef struct rk_view {
    rk_election *e; /* borrowed, settled */
    rk_own own[RK_CONTESTS_MAX];
    /* Appends entry `index` of the log; for stations' histories. */
    rk_status (*entry)(void *ctx, uint64_t index, rk_buf *out, rk_err *err);
    void *ctx;
} rk_view;

/* RK_CONFLICT when the recount and the fold disagree: this program is wrong then. */
rk_status rk_view_make(rk_election *e, rk_view *out, rk_err *err);
void rk_view_free(rk_view *v);

static inline const uint64_t *rk_view_sum(const rk_view *v, uint32_t contest, uint32_t node) {
    return v->own[contest].sum + (size_t)node * v->e->tally[contest].contest->n_col;
}
/* Votes of a choice by code, where ballots may differ below the node: the sum over the topmost
 * regions that have one ballot. */
uint64_t rk_view_choice(const rk_view *v, uint32_t contest, uint32_t node, rk_slice code);

#endif
