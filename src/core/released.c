#include "core/released.h"

#include "base/num.h"
#include "base/wib.h"
#include "core/jsonin.h"

#include <stdio.h>

static const char PAGE[] = "docs/format/rilis.md";

/* ===== names ===== */

void rk_release_name(uint64_t size, char out[RK_RELEASE_NAME_MAX]) {
    snprintf(out, RK_RELEASE_NAME_MAX, "rilis-%llu", (unsigned long long)size);
}

bool rk_release_name_parse(rk_slice name, uint64_t *size) {
    char again[RK_RELEASE_NAME_MAX];
    if (!rk_slice_starts(name, RK_LIT("rilis-")) ||
        !rk_num_parse(rk_slice_from(name, 6), UINT64_MAX - 1, size))
        return false;
    rk_release_name(*size, again); /* one spelling: no leading zeros */
    return rk_slice_is(name, again);
}

/* ===== rilis-SIZE.json ===== */

static bool whole(json_t *o, const char *key, uint64_t max, uint64_t *out) {
    json_t *v = json_object_get(o, key);
    if (!json_is_integer(v) || json_integer_value(v) < 0) return false;
    *out = (uint64_t)json_integer_value(v);
    return *out <= max;
}

static rk_status wrong(rk_err *err, const char *key) {
    return rk_fail(err, RK_BAD_INPUT, "a release's note has no \"%s\" that can be right (%s)",
                   key, PAGE);
}

static rk_status read_note(json_t *o, rk_release_note *out, rk_err *err) {
    uint64_t seconds, named;
    rk_slice id = rk_json_in_slice(json_object_get(o, "pemilu"));
    if (id.len == 0 || !rk_code_of(id, &out->election)) return wrong(err, "pemilu");
    if (!whole(o, "ukuran", RK_LOG_SIZE_MAX, &out->size)) return wrong(err, "ukuran");
    if (!rk_release_name_parse(rk_json_in_slice(json_object_get(o, "rilis")), &named) ||
        named != out->size)
        return wrong(err, "rilis");
    if (!whole(o, "entri", RK_LOG_SIZE_MAX - 1, &out->entry) || out->entry < out->size)
        return wrong(err, "entri");
    if (!whole(o, "detik", UINT32_MAX, &seconds)) return wrong(err, "detik");
    out->time = (uint32_t)seconds;
    if (!rk_sha256_parse(rk_json_in_slice(json_object_get(o, "manifes")), &out->manifest))
        return wrong(err, "manifes");
    return RK_OK;
}

rk_status rk_release_note_parse(rk_slice json, rk_release_note *out, rk_err *err) {
    rk_json_in in = {PAGE, err};
    json_t *o;
    *out = (rk_release_note){.size = 0};
    RK_TRY(rk_json_in_doc(&in, json, RK_RELEASE_NOTE_MAX, "rekap-rilis-1", &o));
    rk_status s = read_note(o, out, err);
    json_decref(o);
    return s;
}

void rk_release_note_put(const rk_release_note *n, rk_buf *b) {
    char hex[65] = {0}, wib[RK_WIB_LEN + 1] = {0};
    rk_sha256_put(hex, &n->manifest);
    rk_wib_put(wib, n->time);
    rk_buf_lit(b, "{\n \"format\": \"rekap-rilis-1\",\n \"pemilu\": ");
    rk_buf_json(b, rk_code_slice(&n->election));
    rk_buf_printf(b,
                  ",\n \"rilis\": \"rilis-%llu\",\n \"ukuran\": %llu,\n \"entri\": %llu,\n"
                  " \"waktu\": \"%s\",\n \"zona\": \"WIB\",\n \"detik\": %u,\n \"manifes\": "
                  "\"%s\"\n}\n",
                  (unsigned long long)n->size, (unsigned long long)n->size,
                  (unsigned long long)n->entry, wib, n->time, hex);
}

/* ===== datapackage.json ===== */

static void resources(json_t *list, rk_package_fn *fn, void *ctx) {
    size_t i;
    json_t *v;
    json_array_foreach(list, i, v) {
        uint64_t bytes;
        rk_slice path = rk_json_in_slice(json_object_get(v, "path"));
        if (path.len && whole(v, "bytes", RK_FILE_BYTES_MAX, &bytes)) fn(ctx, path, bytes);
    }
}

rk_status rk_package_read(rk_slice json, rk_buf *title, rk_package_fn *fn, void *ctx,
                          rk_err *err) {
    json_error_t je = {.line = 0};
    if (json.len > RK_PACKAGE_MAX)
        return rk_fail(err, RK_LIMIT, "datapackage.json has %zu bytes, at most %u are read",
                       json.len, RK_PACKAGE_MAX);
    json_t *o = json_loadb(json.ptr ? json.ptr : "", json.len, JSON_REJECT_DUPLICATES, &je);
    if (!o || !json_is_array(json_object_get(o, "resources"))) {
        json_decref(o);
        return rk_fail(err, RK_BAD_INPUT, "datapackage.json lists no resources: %.200s",
                       je.text);
    }
    rk_slice name = rk_json_in_slice(json_object_get(o, "title"));
    if (title) rk_buf_add(title, (rk_slice){name.ptr, name.len < RK_NAME_MAX ? name.len : 0});
    if (fn) resources(json_object_get(o, "resources"), fn, ctx);
    json_decref(o);
    return RK_OK;
}
