/* A recount without any store: region file and forms in, totals of every level out. Pure.
 * This is what anybody can run on a laptop against a published CSV. */
#ifndef RK_CORE_RECOUNT_H
#define RK_CORE_RECOUNT_H

#include "base/sink.h"
#include "core/formcsv.h"

typedef struct rk_recount_result {
    uint64_t rows, bad_rows;
} rk_recount_result;

/* Counts `forms` (a forms CSV) over the tree of `wilayah`, for a contest known by code. Writes
 * to out the CSV  tingkat,kode,jumlah_tps,<each numeric column of the input, in its order>  for
 * every region: by tingkat (0 nation .. 4 desa), then code (bytewise). Every problem goes to
 * fn; any bad row makes the whole recount RK_BAD_INPUT and writes nothing. Blank cells count as
 * nothing. */
rk_status rk_recount(rk_slice wilayah, rk_slice contest_code, rk_slice forms,
                     const rk_sink *out, rk_problem_fn *fn, void *ctx,
                     rk_recount_result *result, rk_err *err);

#endif
