#include "core/manifest.h"

#include "base/base64.h"
#include "base/limits.h"
#include "core/line.h"

static const char FIRST[] = "rekap-manifest/v1";

rk_status rk_manifest_parse(rk_slice text, rk_manifest_note *out, rk_err *err) {
    rk_slice line[5], rest = text;
    *out = (rk_manifest_note){0};
    for (int i = 0; i < 5; i++)
        if (!rk_line_next(&rest, &line[i]))
            return rk_fail(err, RK_BAD_INPUT, "a manifest's note has five lines");
    if (rest.len || !rk_slice_is(line[0], FIRST) || line[1].len == 0 ||
        !rk_line_text(line[1], false) ||
        !rk_line_number(line[2], RK_LOG_SIZE_MAX, &out->size) ||
        !rk_line_hash(line[3], &out->root) || !rk_line_hash(line[4], &out->index))
        return rk_fail(err, RK_BAD_INPUT,
                       "this is not the text of a manifest: rekap-manifest/v1, origin, size, "
                       "root, hash of manifest/index");
    out->origin = line[1];
    return RK_OK;
}

static void put_hash(rk_buf *out, const rk_sha256 *h) {
    rk_buf_base64(out, (rk_slice){(const char *)h->b, sizeof h->b});
    rk_buf_byte(out, '\n');
}

void rk_manifest_put(const rk_manifest_note *m, rk_buf *out) {
    rk_buf_printf(out, "%s\n%.*s\n%llu\n", FIRST, RK_FMT(m->origin),
                  (unsigned long long)m->size);
    put_hash(out, &m->root);
    put_hash(out, &m->index);
}

bool rk_manifest_path_ok(rk_slice path) {
    rk_slice part;
    if (path.len == 0 || path.len > RK_MANIFEST_PATH_MAX || !rk_line_text(path, false))
        return false;
    while (rk_slice_cut(&path, '/', &part))
        if (part.len == 0 || rk_slice_is(part, ".") || rk_slice_is(part, "..")) return false;
    return true;
}

bool rk_manifest_lists(rk_slice path) {
    if (rk_slice_starts(path, RK_LIT("manifest/")) || rk_slice_starts(path, RK_LIT("log/")))
        return false;
    size_t name = path.len;
    while (name && path.ptr[name - 1] != '/') name--;
    return name < path.len && path.ptr[name] != '.';
}

unsigned rk_manifest_list_of(rk_slice path) { return rk_sha256_of(path).b[0]; }

bool rk_manifest_list_number(rk_slice path, unsigned *out) {
    static const char hex[] = "0123456789abcdef";
    if (path.len != 11 || !rk_slice_starts(path, RK_LIT("manifest/"))) return false;
    const char *a = memchr(hex, path.ptr[9], 16), *b = memchr(hex, path.ptr[10], 16);
    if (!a || !b) return false;
    *out = (unsigned)((a - hex) * 16 + (b - hex));
    return true;
}

rk_status rk_manifest_next(rk_slice *rest, rk_slice before, rk_manifest_line *out,
                           rk_err *err) {
    rk_slice line;
    *out = (rk_manifest_line){0};
    if (rest->len == 0) return RK_NOT_FOUND;
    if (!rk_line_next(rest, &line) || line.len < 67 || line.ptr[64] != ' ' ||
        line.ptr[65] != ' ' || !rk_sha256_parse((rk_slice){line.ptr, 64}, &out->sha256))
        return rk_fail(err, RK_BAD_INPUT,
                       "a line is not 64 hexadecimal digits, two spaces, a path, a newline");
    out->path = rk_slice_from(line, 66);
    if (!rk_manifest_path_ok(out->path))
        return rk_fail(err, RK_BAD_INPUT, "'%.*s' is no path that may be listed",
                       RK_FMT(out->path));
    if (before.len && rk_slice_cmp(before, out->path) >= 0)
        return rk_fail(err, RK_BAD_INPUT, "'%.*s' is out of order", RK_FMT(out->path));
    return RK_OK;
}

void rk_manifest_line_put(const rk_manifest_line *l, rk_buf *out) {
    char hex[64];
    rk_sha256_put(hex, &l->sha256);
    rk_buf_add(out, (rk_slice){hex, sizeof hex});
    rk_buf_lit(out, "  ");
    rk_buf_add(out, l->path);
    rk_buf_byte(out, '\n');
}
