/* One value of a form file (docs/format/formulir-cetak.md), strictly: what the parsers of its
 * two halves share, the reader's (read/sheet.c) and the drawer's (print/drawing.c). Texts point
 * into the JSON. RK_BAD_INPUT names the key and the remedy, RK_LIMIT a list that is too long.
 */
#ifndef RK_READ_FORMJSON_H
#define RK_READ_FORMJSON_H

#include "base/err.h"

#include <jansson.h>

/* o must be an object with no other keys than `known` (NULL-terminated). */
rk_status rk_fj_keys(json_t *o, const char *where, const char *const *known, rk_err *err);
/* A text of at most RK_NAME_MAX bytes without control characters; empty when it is missing. */
rk_status rk_fj_text(json_t *o, const char *key, bool needed, rk_slice *out, rk_err *err);
/* A name that sums can speak of. */
rk_status rk_fj_name(json_t *o, const char *key, bool needed, rk_slice *out, rk_err *err);
/* Millimetres from `min` to RK_SHEET_MM_MAX: a value; a member. */
rk_status rk_fj_mm(json_t *v, const char *what, double min, double *out, rk_err *err);
rk_status rk_fj_mm_of(json_t *o, const char *key, double min, double *out, rk_err *err);
rk_status rk_fj_whole(json_t *o, const char *key, uint32_t min, uint32_t max, uint32_t *out,
                      rk_err *err);
/* A list of at least `min` and at most `max` things; a missing one counts as empty (NULL). */
rk_status rk_fj_list(json_t *o, const char *key, size_t min, size_t max, json_t **out,
                     rk_err *err);

#endif
