/* A described file into figures: pure, nothing is written. Every row that cannot be taken is
 * reported; one such row and nothing is imported. Of a by-name roll only counts are made: no
 * text of it is copied anywhere, and a report never quotes it. */
#ifndef RK_ARSIP_IMPORT_H
#define RK_ARSIP_IMPORT_H

#include "arsip/spec.h"

typedef struct rk_import_problem {
    size_t line, column;
    rk_slice value; /* empty for a roll */
    const char *reason;
} rk_import_problem;
typedef void rk_import_say(void *ctx, const rk_import_problem *p);

typedef struct rk_import_result {
    uint64_t rows, figures, problems;
    uint64_t voters;     /* of a roll */
    uint64_t suppressed; /* roll: stations where a division was too small to be shown */
} rk_import_result;

/* Adds the series, its source and its figures to the archive in memory (series number in
 * *series). RK_BAD_INPUT when any row was refused (say was called for each) or the header lacks
 * a column; the archive is then undefined and must be freed. */
rk_status rk_arsip_import(rk_arsip *a, const rk_spec *s, rk_slice csv, rk_import_say *say,
                          void *ctx, uint32_t *series, rk_import_result *r, rk_err *err);

/* ---- parts, for tests ---- */
/* Merges neighbouring cells (ordered) until none has 1..RK_SMALL_CELL-1: group[i] = number of
 * the group cell i ends up in. Returns the number of groups; 1 = nothing is left to show. */
uint32_t rk_merge_small(const uint32_t *count, uint32_t n, bool ordered, uint32_t *group);
/* Whole years from born (YYYY-MM-DD or DD-MM-YYYY) to day (YYYY-MM-DD); false when no date. */
bool rk_age_on(rk_slice born, bool day_first, rk_slice day, uint32_t *years);

#endif
