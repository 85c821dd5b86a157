/* What import.c and roll.c share. */
#ifndef RK_ARSIP_IMPORT_INNER_H
#define RK_ARSIP_IMPORT_INNER_H

#include "arsip/import.h"

struct rk_importing {
    rk_arsip *a;
    const rk_spec *s;
    rk_csv csv;
    rk_import_say *say;
    void *ctx;
    rk_import_result *result;
    rk_err *err;
    uint32_t series;
    uint32_t region, province; /* columns, RK_NONE = fixed */
    struct rk_import_columns {
        uint32_t value, item, choice;
    } * column;
};

rk_status rk_import_column(struct rk_importing *m, rk_slice name, uint32_t *out);
void rk_import_problem_at(struct rk_importing *m, uint32_t column, rk_slice value,
                          const char *reason);
void rk_import_add(struct rk_importing *m, uint32_t region, uint16_t station, uint32_t item,
                   uint32_t choice, uint32_t note, int64_t value);
/* The rows of a by-name roll, counted. */
rk_status rk_import_roll(struct rk_importing *m);

#endif
