#include "core/jsonin.h"

#include "base/utf8.h"

#define BAD(in, ...) rk_fail((in)->err, RK_BAD_INPUT, __VA_ARGS__)

rk_slice rk_json_in_slice(json_t *v) {
    return json_is_string(v) ? (rk_slice){json_string_value(v), json_string_length(v)}
                             : (rk_slice){NULL, 0};
}

rk_status rk_json_in_doc(const rk_json_in *in, rk_slice s, size_t max, const char *format,
                         json_t **out) {
    json_error_t je = {.line = 0};
    *out = NULL;
    if (s.len > max)
        return rk_fail(in->err, RK_LIMIT, "the file has %zu bytes, at most %zu are read (%s)",
                       s.len, max, in->page);
    if (rk_slice_starts(s, RK_LIT("\xef\xbb\xbf"))) s = rk_slice_from(s, 3);
    json_t *o = json_loadb(s.ptr ? s.ptr : "", s.len, JSON_REJECT_DUPLICATES, &je);
    if (!o)
        return rk_fail_at(in->err, RK_BAD_INPUT, je.line > 0 ? (size_t)je.line : 0,
                          je.column > 0 ? (size_t)je.column : 0, "this is not JSON: %.200s",
                          je.text);
    rk_slice f = rk_json_in_slice(json_object_get(o, "format"));
    if (!json_is_object(o) || !rk_slice_is(f, format)) {
        json_decref(o);
        return BAD(in, "the file is no JSON object with \"format\": \"%s\" (%s)", format,
                   in->page);
    }
    *out = o;
    return RK_OK;
}

rk_status rk_json_in_keys(const rk_json_in *in, json_t *o, const char *where,
                          const char *const *known) {
    const char *key;
    json_t *v;
    if (!json_is_object(o)) return BAD(in, "%s must be an object {...} (%s)", where, in->page);
    json_object_foreach(o, key, v) {
        const char *const *k = known;
        while (*k && strcmp(key, *k) != 0) k++;
        if (!*k) return BAD(in, "unknown key \"%.60s\" in %s (%s)", key, where, in->page);
    }
    return RK_OK;
}

rk_status rk_json_in_text(const rk_json_in *in, json_t *o, const char *where, const char *key,
                          bool needed, rk_slice *out) {
    json_t *v = json_object_get(o, key);
    *out = rk_json_in_slice(v);
    if (v && !json_is_string(v))
        return BAD(in, "%s.%s must be a text in quotes (%s)", where, key, in->page);
    if (needed && out->len == 0) return BAD(in, "%s.%s is missing (%s)", where, key, in->page);
    if (out->len > RK_TEXT_MAX || !rk_utf8_text(*out, ""))
        return BAD(in, "%s.%s is over %u bytes or has control characters", where, key,
                   RK_TEXT_MAX);
    return RK_OK;
}

rk_status rk_json_in_whole(const rk_json_in *in, json_t *o, const char *where, const char *key,
                           uint32_t max, uint32_t *out) {
    json_t *v = json_object_get(o, key);
    if (!v) return RK_OK;
    if (!json_is_integer(v) || json_integer_value(v) < 0 ||
        json_integer_value(v) > (json_int_t)max)
        return BAD(in, "%s.%s must be a whole number from 0 to %u", where, key, max);
    *out = (uint32_t)json_integer_value(v);
    return RK_OK;
}

rk_status rk_json_in_bool(const rk_json_in *in, json_t *o, const char *where, const char *key,
                          bool *out) {
    json_t *v = json_object_get(o, key);
    if (!v) return RK_OK;
    if (!json_is_boolean(v)) return BAD(in, "%s.%s must be true or false", where, key);
    *out = json_is_true(v);
    return RK_OK;
}

rk_status rk_json_in_day(const rk_json_in *in, json_t *o, const char *where, const char *key,
                         bool needed, rk_day *out) {
    rk_slice s;
    *out = RK_DAY_NONE;
    RK_TRY(rk_json_in_text(in, o, where, key, needed, &s));
    if (s.len && !rk_day_parse(s, out))
        return BAD(in, "%s.%s: \"%.*s\" is no date YYYY-MM-DD", where, key,
                   (int)(s.len < 40 ? s.len : 40), s.ptr);
    return RK_OK;
}

rk_status rk_json_in_array(const rk_json_in *in, json_t *o, const char *where, const char *key,
                           size_t max, json_t **out) {
    *out = json_object_get(o, key);
    if (!*out) return RK_OK;
    if (!json_is_array(*out)) return BAD(in, "%s.%s must be a list [...]", where, key);
    if (json_array_size(*out) > max)
        return rk_fail(in->err, RK_LIMIT, "%s.%s has %zu items, at most %zu are read", where,
                       key, json_array_size(*out), max);
    return RK_OK;
}

bool rk_json_in_id_ok(rk_slice s) {
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c == '-' && i)))
            return false;
    }
    return s.len > 0 && s.len <= 40;
}
