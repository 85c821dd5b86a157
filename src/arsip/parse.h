/* The tables of the archive, one function each: bytes in, rows added to the archive. Pure. On
 * failure (RK_BAD_INPUT with line and column, RK_CONFLICT for a name given twice, RK_LIMIT) the
 * archive must be freed. Order: elections, contests, trees, the rest, figures last; a table
 * that names something not yet known is refused. */
#ifndef RK_ARSIP_PARSE_H
#define RK_ARSIP_PARSE_H

#include "arsip/arsip.h"

rk_status rk_arsip_read_trees(rk_arsip *a, rk_slice csv, rk_err *err);
rk_status rk_arsip_read_elections(rk_arsip *a, rk_slice csv, rk_err *err);
rk_status rk_arsip_read_contests(rk_arsip *a, rk_slice csv, rk_err *err);
/* The regions of tree number `tree`: its own file, then the rows of pohon-tambahan.csv that
 * name it (extra may be empty). */
rk_status rk_arsip_read_regions(rk_arsip *a, uint32_t tree, rk_slice csv, rk_slice extra,
                                rk_err *err);
rk_status rk_arsip_read_items(rk_arsip *a, rk_slice csv, rk_err *err);
/* `base`: sources before it keep their numbers; those of this table follow. */
rk_status rk_arsip_read_sources(rk_arsip *a, rk_slice csv, rk_err *err);
rk_status rk_arsip_read_dapil(rk_arsip *a, rk_slice csv, rk_err *err);
rk_status rk_arsip_read_members(rk_arsip *a, rk_slice csv, rk_err *err);
rk_status rk_arsip_read_series(rk_arsip *a, rk_slice csv, rk_err *err);
rk_status rk_arsip_read_choices(rk_arsip *a, rk_slice csv, rk_err *err);
/* source_base: what number 1 of this table's column sumber means, less one. */
rk_status rk_arsip_read_figures(rk_arsip *a, rk_slice csv, uint32_t source_base, rk_err *err);
rk_status rk_arsip_read_crosswalk(rk_arsip *a, rk_slice csv, rk_err *err);
rk_status rk_arsip_read_codes(rk_arsip *a, rk_slice csv, rk_err *err);
rk_status rk_arsip_read_expected(rk_arsip *a, rk_slice csv, rk_err *err);

/* A choice's code as a figure may have it: 1..RK_NAME_MAX bytes of text. */
bool rk_arsip_choice_ok(rk_slice code);

#endif
