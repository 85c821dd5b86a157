/* Official figures beside the count: a CSV `kode` (a region) and columns of the contest. */
#ifndef RK_CORE_OFFICIAL_H
#define RK_CORE_OFFICIAL_H

#include "core/election.h"

typedef struct rk_official_table {
    uint32_t *column; /* fields: the contest's column; choices: RK_NONE */
    rk_code *choice;  /* choices: the code (its cell differs from ballot to ballot) */
    uint32_t n_column;
    uint32_t *node;
    uint64_t *value; /* row * n_column; UINT64_MAX = not given */
    uint32_t n, cap;
} rk_official_table;

/* Parses and checks against tree and contest: unknown region or column, a region twice, a
 * figure that is no whole number are RK_BAD_INPUT with line and column. */
rk_status rk_official_parse(const rk_tree *tree, const rk_contest *c, rk_slice csv,
                            rk_official_table *out, rk_err *err);
void rk_official_free(rk_official_table *t);
/* Writes the name of column k ("suara_sah", "suara_01"). */
void rk_official_name(const rk_contest *c, const rk_official_table *t, uint32_t k, rk_buf *out);
/* What was counted for column k of row r. */
uint64_t rk_official_counted(const rk_tally *tally, const rk_tree *tree,
                             const rk_official_table *t, uint32_t r, uint32_t k);

#endif
