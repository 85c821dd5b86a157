/* Releases and disclosures as lists of files with hashes. */
#include "deliver/plan.h"

#include "base/mem.h"
#include "core/manifest.h"
#include "core/released.h"
#include "files/files.h"
#include "files/list.h"
#include "files/stream.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { LIST_BYTES_MAX = 64 << 20 };

static char *dup_text(rk_slice s) {
    char *p = rk_alloc(s.len + 1);
    memcpy(p, s.ptr, s.len);
    return p;
}

static rk_status join(char out[PATH_MAX], const char *dir, rk_slice name, rk_err *err) {
    int n = snprintf(out, PATH_MAX, "%s/%.*s", dir, RK_FMT(name));
    return n > 0 && n < PATH_MAX ? RK_OK
                                 : rk_fail(err, RK_LIMIT, "%s: a path is too long", dir);
}

static rk_status add(rk_source *s, rk_slice path, const rk_sha256 *hash, rk_err *err) {
    char full[PATH_MAX];
    struct stat st;
    RK_TRY(join(full, s->dir, path, err));
    if (stat(full, &st) != 0 || !S_ISREG(st.st_mode))
        return rk_fail(err, RK_CORRUPT, "%s: is listed but not there", full);
    if (s->n == RK_PARCELS_MAX)
        return rk_fail(err, RK_LIMIT, "%s: has over %u files", s->dir, RK_PARCELS_MAX);
    RK_PUSH_ROOM(s->file, s->n, s->cap);
    s->file[s->n++] = (rk_source_file){dup_text(path), *hash, (uint64_t)st.st_size, false};
    return RK_OK;
}

static rk_status add_list(rk_source *s, const char *path, rk_err *err) {
    rk_file f;
    rk_manifest_line line;
    rk_err why = RK_ERR_INIT;
    rk_status st;
    RK_TRY(rk_file_read_raw(path, LIST_BYTES_MAX, &f, err));
    rk_slice rest = f.bytes;
    while ((st = rk_manifest_next(&rest, (rk_slice){0}, &line, &why)) == RK_OK)
        if ((st = add(s, line.path, &line.sha256, err)) != RK_OK) break;
    rk_file_free(&f);
    if (st == RK_NOT_FOUND) return RK_OK;
    return rk_fail(err, RK_CORRUPT, "%s: %s", path, why.text);
}

static int by_path(const void *a, const void *b) {
    return strcmp(((const rk_source_file *)a)->path, ((const rk_source_file *)b)->path);
}

static bool has(const rk_source *s, const char *path, const char *suffix) {
    char name[RK_MANIFEST_PATH_MAX + 8];
    int n = snprintf(name, sizeof name, "%s%s", path, suffix);
    const rk_source_file key = {.path = name};
    return n > 0 && (size_t)n < sizeof name &&
           bsearch(&key, s->file, s->n, sizeof key, by_path) != NULL;
}

static void sort(rk_source *s) {
    if (s->n) qsort(s->file, s->n, sizeof *s->file, by_path);
    for (uint32_t i = 0; i < s->n; i++)
        s->file[i].copies = has(s, s->file[i].path, ".zst") && has(s, s->file[i].path, ".gz");
}

/* The lists of a manifest, and they themselves as files. */
static rk_status add_manifest(rk_source *s, rk_err *err) {
    char dir[PATH_MAX], **names;
    uint32_t n;
    RK_TRY(join(dir, s->dir, RK_LIT("manifest"), err));
    RK_TRY(rk_dir_list(dir, "", RK_PARCELS_MAX, &names, &n, err));
    rk_status st = RK_OK;
    for (uint32_t i = 0; st == RK_OK && i < n; i++) {
        char full[PATH_MAX], path[300];
        rk_sha256 h;
        snprintf(path, sizeof path, "manifest/%.250s", names[i]);
        st = join(full, s->dir, rk_slice_str(path), err);
        if (st == RK_OK) st = rk_file_hash(full, &h, NULL, err);
        if (st == RK_OK) st = add(s, rk_slice_str(path), &h, err);
        if (st == RK_OK && strlen(names[i]) == 2) st = add_list(s, full, err);
        if (st == RK_OK && strcmp(names[i], "index") == 0) s->manifest = h;
    }
    rk_dir_list_free(&names, n);
    return st;
}

/* rilis-SIZE.json: which election, when; and that it speaks of this manifest. */
static rk_status read_note(rk_source *s, uint64_t size, rk_err *err) {
    rk_file f;
    rk_release_note n;
    rk_err why = RK_ERR_INIT;
    RK_TRY(rk_file_read_raw(s->latest, RK_RELEASE_NOTE_MAX, &f, err));
    rk_status st = rk_release_note_parse(f.bytes, &n, &why);
    rk_file_free(&f);
    if (st != RK_OK) return rk_fail(err, st, "%s: %s", s->latest, why.text);
    if (n.size != size || memcmp(&n.manifest, &s->manifest, sizeof n.manifest) != 0)
        return rk_fail(err, RK_CORRUPT, "%s: does not speak of %s", s->latest, s->dir);
    s->time = n.time;
    snprintf(s->election, sizeof s->election, "%.*s", RK_FMT(rk_code_slice(&n.election)));
    return rk_file_hash(s->latest, &s->latest_hash, &s->latest_bytes, err);
}

rk_status rk_source_release(const char *out_dir, uint64_t size, rk_source *out, rk_err *err) {
    char path[PATH_MAX];
    *out = (rk_source){.n = 0};
    rk_release_name(size, out->name);
    RK_TRY(join(path, out_dir, rk_slice_str(out->name), err));
    out->dir = dup_text(rk_slice_str(path));
    char note[sizeof out->name + 8];
    int n = snprintf(note, sizeof note, "%s.json", out->name);
    rk_status s = join(path, out_dir, (rk_slice){note, (size_t)n}, err);
    if (s == RK_OK) out->latest = dup_text(rk_slice_str(path));
    if (s == RK_OK) s = add_manifest(out, err);
    if (s == RK_OK) s = read_note(out, size, err);
    if (s == RK_OK) sort(out);
    if (s != RK_OK) rk_source_free(out);
    return s;
}

rk_status rk_source_disclosure(const char *dir, rk_source *out, rk_err *err) {
    char path[PATH_MAX], hex[65] = {0};
    *out = (rk_source){.n = 0};
    out->dir = dup_text(rk_slice_str(dir));
    rk_status s = join(path, dir, RK_LIT("SHA256SUMS"), err);
    if (s == RK_OK) s = rk_file_hash(path, &out->manifest, NULL, err);
    if (s == RK_OK) s = add(out, RK_LIT("SHA256SUMS"), &out->manifest, err);
    if (s == RK_OK) s = add_list(out, path, err);
    if (s == RK_OK) sort(out);
    rk_sha256_put(hex, &out->manifest);
    snprintf(out->name, sizeof out->name, "infra-%.16s", hex);
    struct stat st;
    if (s == RK_OK && stat(path, &st) == 0) out->time = (uint32_t)st.st_mtime;
    if (s != RK_OK) rk_source_free(out);
    return s;
}

void rk_source_free(rk_source *s) {
    for (uint32_t i = 0; i < s->n; i++) rk_free(s->file[i].path);
    rk_free(s->file);
    rk_free(s->dir);
    rk_free(s->latest);
    *s = (rk_source){.n = 0};
}
