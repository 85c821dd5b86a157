/* Official figures beside the count: a CSV `kode` (a region) and columns of the contest. */
#ifndef RK_CORE_OFFICIAL_H
#define RK_CORE_OFFICIAL_H

#include "core/election.h"

typedef struct rk_official_row {
    uint32_t node;
    const uint64_t *value; /* one per column; UINT64_MAX = not given */
} rk_official_row;

typedef struct rk_official_table {
    uint32_t *column;      /* columns of the contest */
    uint32_t n_column;
    uint32_t *node;
    uint64_t *value;       /* row * n_column */
    uint32_t n;
} rk_official_table;

/* Parses and checks against tree and contest: unknown region or column, a region twice, a figure that
 * is no whole number are RK_BAD_INPUT with line and column. */
rk_status rk_official_parse(const rk_tree *tree, const rk_contest *c, rk_slice csv, rk_official_table *out, rk_err *err);
void rk_official_free(rk_official_table *t);

#endif
