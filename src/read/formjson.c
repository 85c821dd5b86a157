#include "read/formjson.h"

#include "base/limits.h"
#include "base/utf8.h"

#define DOC "docs/format/formulir-cetak.md"

rk_status rk_fj_keys(json_t *o, const char *where, const char *const *known, rk_err *err) {
    const char *key;
    json_t *v;
    if (!json_is_object(o))
        return rk_fail(err, RK_BAD_INPUT, "%s of the form file must be an object (%s)", where,
                       DOC);
    json_object_foreach(o, key, v) {
        bool ok = false;
        for (const char *const *k = known; *k && !ok; k++) ok = strcmp(key, *k) == 0;
        if (!ok)
            return rk_fail(err, RK_BAD_INPUT,
                           "unknown key \"%.60s\" in %s of the form file (%s lists them)", key,
                           where, DOC);
    }
    return RK_OK;
}

rk_status rk_fj_text(json_t *o, const char *key, bool needed, rk_slice *out, rk_err *err) {
    json_t *v = json_object_get(o, key);
    *out = (rk_slice){0};
    if (v && !json_is_string(v))
        return rk_fail(err, RK_BAD_INPUT, "\"%s\" must be a text in quotes", key);
    if (v) *out = (rk_slice){json_string_value(v), json_string_length(v)};
    if (needed && out->len == 0) return rk_fail(err, RK_BAD_INPUT, "\"%s\" is missing", key);
    if (out->len > RK_NAME_MAX || !rk_utf8_text(*out, ""))
        return rk_fail(err, RK_BAD_INPUT, "\"%s\" is over %u bytes or has control characters",
                       key, RK_NAME_MAX);
    return RK_OK;
}

/* A name that sums can speak of: letters, digits, '_', '.', '-', not beginning with a digit. */
static bool name_ok(rk_slice s) {
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_',
             other = (c >= '0' && c <= '9') || c == '.' || c == '-';
        if (!letter && !(other && i > 0)) return false;
    }
    return s.len > 0 && s.len <= 60;
}

rk_status rk_fj_name(json_t *o, const char *key, bool needed, rk_slice *out, rk_err *err) {
    RK_TRY(rk_fj_text(o, key, needed, out, err));
    if (out->len && !name_ok(*out))
        return rk_fail(err, RK_BAD_INPUT,
                       "\"%s\": \"%.*s\" is not a name of at most 60 letters, digits, '_', '.' "
                       "or '-' that begins with a letter",
                       key, (int)(out->len < 60 ? out->len : 60), out->ptr);
    return RK_OK;
}

rk_status rk_fj_mm(json_t *v, const char *what, double min, double *out, rk_err *err) {
    double d = json_number_value(v);
    if (!json_is_number(v) || !(d >= min) || !(d <= RK_SHEET_MM_MAX))
        return rk_fail(err, RK_BAD_INPUT, "%s must be millimetres from %g to %g", what, min,
                       RK_SHEET_MM_MAX);
    *out = d;
    return RK_OK;
}
rk_status rk_fj_mm_of(json_t *o, const char *key, double min, double *out, rk_err *err) {
    return rk_fj_mm(json_object_get(o, key), key, min, out, err);
}

rk_status rk_fj_whole(json_t *o, const char *key, uint32_t min, uint32_t max, uint32_t *out,
                      rk_err *err) {
    json_t *v = json_object_get(o, key);
    if (!json_is_integer(v) || json_integer_value(v) < (json_int_t)min ||
        json_integer_value(v) > (json_int_t)max)
        return rk_fail(err, RK_BAD_INPUT, "\"%s\" must be a whole number from %u to %u", key,
                       min, max);
    *out = (uint32_t)json_integer_value(v);
    return RK_OK;
}

/* A list of at least `min` and at most `max` things; a missing one counts as empty. */
rk_status rk_fj_list(json_t *o, const char *key, size_t min, size_t max, json_t **out,
                     rk_err *err) {
    *out = json_object_get(o, key);
    if (*out && !json_is_array(*out))
        return rk_fail(err, RK_BAD_INPUT, "\"%s\" must be a list", key);
    if (json_array_size(*out) < min)
        return rk_fail(err, RK_BAD_INPUT, "\"%s\" needs at least %zu entries", key, min);
    if (json_array_size(*out) > max)
        return rk_fail(err, RK_LIMIT, "\"%s\" has more than %zu entries", key, max);
    return RK_OK;
}
