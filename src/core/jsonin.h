/* Strict reading of small JSON documents that people write by hand: unknown keys, wrong types,
 * over-long or control characters are errors that name the place ("targets[2].country") and the
 * page that describes the format. Slices point into the JSON, which the caller keeps.
 * Limits: rk_json_in_doc.max bytes; texts RK_TEXT_MAX bytes unless told. Errors: RK_BAD_INPUT,
 * RK_LIMIT. */
#ifndef RK_CORE_JSONIN_H
#define RK_CORE_JSONIN_H

#include "base/day.h"
#include "base/err.h"
#include "base/limits.h"

#include <jansson.h>

typedef struct rk_json_in {
    const char *page; /* "docs/format/residency.md": where the format is described */
    rk_err *err;
} rk_json_in;

/* The document as an object; its "format" must be `format`. *out is the caller's to decref. */
rk_status rk_json_in_doc(const rk_json_in *in, rk_slice bytes, size_t max, const char *format,
                         json_t **out);
/* Every key of o is in the NULL-terminated list. */
rk_status rk_json_in_keys(const rk_json_in *in, json_t *o, const char *where,
                          const char *const *known);
/* o[key] as text; absent is empty unless needed. */
rk_status rk_json_in_text(const rk_json_in *in, json_t *o, const char *where, const char *key,
                          bool needed, rk_slice *out);
/* o[key] as a whole number 0..max; absent leaves *out. */
rk_status rk_json_in_whole(const rk_json_in *in, json_t *o, const char *where, const char *key,
                           uint32_t max, uint32_t *out);
rk_status rk_json_in_bool(const rk_json_in *in, json_t *o, const char *where, const char *key,
                          bool *out);
/* o[key] as "YYYY-MM-DD"; absent (or empty) is RK_DAY_NONE unless needed. */
rk_status rk_json_in_day(const rk_json_in *in, json_t *o, const char *where, const char *key,
                         bool needed, rk_day *out);
/* o[key] as an array of at most max; absent is *out = NULL. */
rk_status rk_json_in_array(const rk_json_in *in, json_t *o, const char *where, const char *key,
                           size_t max, json_t **out);
/* 1 to 40 of a-z, 0-9 and '-', first no '-'. */
bool rk_json_in_id_ok(rk_slice s);
rk_slice rk_json_in_slice(json_t *v); /* of a string, else empty */

#endif
