/* The releases of a directory, and what is said of them outside. */
#include "base/mem.h"
#include "core/manifest.h"
#include "files/files.h"
#include "files/list.h"
#include "files/stream.h"
#include "publish/release.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

enum { LIST_BYTES_MAX = 256 << 20 };

rk_status rk_release_hash_before(const char *dir, rk_slice path, rk_sha256 *out) {
    char name[PATH_MAX];
    rk_file f;
    rk_manifest_line line;
    snprintf(name, sizeof name, "%s/manifest/%02x", dir, rk_manifest_list_of(path));
    RK_TRY(rk_file_read_raw(name, LIST_BYTES_MAX, &f, NULL));
    rk_slice rest = f.bytes;
    rk_status s = RK_NOT_FOUND;
    while (s != RK_OK && rk_manifest_next(&rest, (rk_slice){0}, &line, NULL) == RK_OK)
        if (rk_slice_eq(line.path, path)) s = RK_OK, *out = line.sha256;
    rk_file_free(&f);
    return s;
}

/* ===== rilis-SIZE.json ===== */

static bool note_in(const char *path, rk_release_note *n) {
    rk_file f;
    if (rk_file_read_raw(path, RK_RELEASE_NOTE_MAX, &f, NULL) != RK_OK) return false;
    bool ok = rk_release_note_parse(f.bytes, n, NULL) == RK_OK;
    rk_file_free(&f);
    return ok;
}

static void read_note(const char *out_dir, rk_release *r) {
    char name[PATH_MAX];
    rk_release_note n;
    snprintf(name, sizeof name, "%s/rilis-%llu.json", out_dir, (unsigned long long)r->size);
    if (!note_in(name, &n) || n.size != r->size) return;
    r->noted = true;
    r->entry = n.entry;
    r->time = n.time;
}

static bool says(const char *out_dir, uint64_t size) {
    char name[PATH_MAX];
    rk_release_note n;
    snprintf(name, sizeof name, "%s/terbaru.json", out_dir);
    return note_in(name, &n) && n.size == size;
}

static int newest_first(const void *a, const void *b) {
    const rk_release *x = a, *y = b;
    return x->size > y->size ? -1 : x->size < y->size;
}

/* A release is there when its manifest is: the directory got its name when it was whole. */
static bool open_release(const char *out_dir, const char *name, rk_release *r) {
    char path[PATH_MAX];
    *r = (rk_release){0};
    if (!rk_release_name_parse(rk_slice_str(name), &r->size)) return false;
    snprintf(path, sizeof path, "%s/%s/manifest/index", out_dir, name);
    return rk_file_hash(path, &r->manifest, NULL, NULL) == RK_OK;
}

rk_status rk_release_list(const char *out_dir, rk_release *out, uint32_t max, uint32_t *n,
                          rk_err *err) {
    char **names;
    uint32_t count, found = 0;
    *n = 0;
    rk_status s = rk_dir_list(out_dir, "", RK_RELEASES_MAX, &names, &count, err);
    if (s != RK_OK) return s;
    rk_release *all = rk_calloc(count + 1u, sizeof *all);
    for (uint32_t i = 0; i < count; i++)
        if (open_release(out_dir, names[i], &all[found])) found++;
    qsort(all, found, sizeof *all, newest_first);
    for (uint32_t i = 0; i < found && *n < max; i++) {
        out[*n] = all[i];
        read_note(out_dir, &out[(*n)++]);
    }
    rk_free(all);
    rk_dir_list_free(&names, count);
    return RK_OK;
}

rk_status rk_release_latest(const char *out_dir, uint64_t before, rk_release *out,
                            rk_err *err) {
    char **names;
    uint32_t count;
    rk_release r;
    bool found = false;
    rk_status s = rk_dir_list(out_dir, "", RK_RELEASES_MAX, &names, &count, err);
    if (s != RK_OK) return s;
    for (uint32_t i = 0; i < count; i++)
        if (open_release(out_dir, names[i], &r) && r.size < before &&
            (!found || r.size > out->size))
            *out = r, found = true;
    rk_dir_list_free(&names, count);
    if (!found) return rk_fail(err, RK_NOT_FOUND, "%s has no release", out_dir);
    read_note(out_dir, out);
    out->said = out->noted && says(out_dir, out->size);
    return RK_OK;
}

/* ===== saying it ===== */

static rk_status put(const char *dir, const char *name, rk_buf *b, rk_err *err) {
    char path[PATH_MAX];
    if (b->failed) return rk_fail(err, RK_LIMIT, "%s is too long", name);
    int n = snprintf(path, sizeof path, "%s/%s", dir, name);
    if (n < 0 || n >= PATH_MAX) return rk_fail(err, RK_LIMIT, "%s: the name is too long", dir);
    rk_status s = rk_file_write(path, rk_buf_slice(b), false, err);
    rk_buf_clear(b);
    return s;
}

static rk_status lists(const rk_release_of *of, const char *out_dir, rk_buf *b, rk_err *err) {
    rk_release r[RK_RELEASES_SHOWN];
    uint32_t n;
    RK_TRY(rk_release_list(out_dir, r, RK_RELEASES_SHOWN, &n, err));
    rk_release_feed(of, r, n, b);
    RK_TRY(put(out_dir, "feed.xml", b, err));
    rk_release_root_index(of, r, n, b);
    return put(out_dir, "index.html", b, err);
}

static rk_status newest(const char *out_dir, const char *target, const rk_release_note *note,
                        rk_buf *b, rk_err *err) {
    char name[PATH_MAX];
    snprintf(name, sizeof name, "%s/terbaru", out_dir);
    RK_TRY(rk_file_point(name, target, err));
    rk_release_note_put(note, b); /* last: who polls it finds all the rest */
    return put(out_dir, "terbaru.json", b, err);
}

rk_status rk_release_announce(const rk_release_of *of, const char *out_dir,
                              const rk_release *rel, rk_err *err) {
    char name[PATH_MAX], target[RK_RELEASE_NAME_MAX];
    rk_release last = {.size = 0};
    rk_release_note note = {
        .size = rel->size, .entry = rel->entry, .time = rel->time, .manifest = rel->manifest};
    rk_buf b;
    if (!rk_code_of(of->id, &note.election))
        return rk_fail(err, RK_LIMIT, "the election id '%.60s' is longer than %u bytes",
                       of->id.len ? of->id.ptr : "", RK_CODE_MAX);
    RK_TRY(rk_release_latest(out_dir, UINT64_MAX, &last, err));
    rk_release_name(rel->size, target);
    rk_buf_init(&b, 1u << 20);
    rk_release_note_put(&note, &b);
    snprintf(name, sizeof name, "%s.json", target);
    rk_status s = put(out_dir, name, &b, err);
    if (s == RK_OK) s = lists(of, out_dir, &b, err);
    if (s == RK_OK && last.size == rel->size) s = newest(out_dir, target, &note, &b, err);
    rk_buf_free(&b);
    return s;
}
