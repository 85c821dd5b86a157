#include "intake/dir.h"

#include "base/mem.h"
#include "core/snapshot.h"
#include "files/files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static const rk_slice ROLE = {"operator", 8};

rk_status rk_dir_store_path(const char *dir, char *out, size_t cap, rk_err *err) {
    int n = snprintf(out, cap, "%s/rekap.db", dir);
    return n > 0 && (size_t)n < cap
               ? RK_OK
               : rk_fail(err, RK_LIMIT, "the path '%.200s' is too long", dir);
}

static rk_status id_ok(rk_slice id, rk_err *err) {
    bool ok = id.len > 0 && id.len <= 40;
    for (size_t i = 0; ok && i < id.len; i++) {
        char c = id.ptr[i];
        ok = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c == '-' && i);
    }
    return ok ? RK_OK
              : rk_fail(err, RK_BAD_INPUT,
                        "the election's id '%.*s' must be 1 to 40 of a-z, 0-9 and '-': it "
                        "becomes part of web addresses (--id)",
                        RK_FMT(id));
}

rk_status rk_dir_init(const char *path, rk_slice id, rk_slice name, rk_slice date,
                      rk_err *err) {
    char file[4096];
    rk_store *s = NULL;
    rk_buf b;
    RK_TRY(id_ok(id, err));
    RK_TRY(rk_dir_store_path(path, file, sizeof file, err));
    rk_buf_init(&b, RK_ENTRY_MAX);
    rk_election_entry e = {
        .head = {.time = rk_now(), .actor = {ROLE, 0}}, .id = id, .name = name, .date = date};
    rk_status st = rk_entry_put_election(&e, &b, err);
    if (st == RK_OK && mkdir(path, 0777) != 0 && errno != EEXIST)
        st = rk_fail(err, RK_IO, "cannot make the directory %s: %s", path, strerror(errno));
    if (st == RK_OK) st = rk_store_sqlite_open(file, RK_STORE_CREATE, &s, err);
    if (st == RK_OK) st = rk_store_begin(s, err);
    if (st == RK_OK) st = rk_store_append(s, rk_buf_slice(&b), err);
    if (st == RK_OK) st = rk_store_commit(s, NULL, err);
    rk_store_close(&s);
    rk_buf_free(&b);
    return st;
}

static rk_status apply(void *ctx, uint64_t first, const rk_slice *entry, size_t n,
                       rk_err *err) {
    rk_election *e = ctx;
    RK_ASSERT(first == e->size);
    return rk_election_apply(e, entry, n, err);
}

enum { BULK = 4096 }; /* more entries than this are summed once at the end */

rk_status rk_fold_store(rk_store *s, rk_election *e, uint64_t limit, rk_err *err) {
    uint64_t size;
    RK_TRY(rk_store_size(s, &size, err));
    if (size < e->size)
        return rk_fail(err, RK_CORRUPT,
                       "the log has become shorter (%llu entries, %llu were known): it was "
                       "replaced by an older copy",
                       (unsigned long long)size, (unsigned long long)e->size);
    if (limit < size) size = limit;
    if (size - e->size > BULK) rk_election_bulk(e);
    rk_status st = size > e->size ? rk_store_read(s, e->size, size, apply, e, err) : RK_OK;
    if (st == RK_OK) rk_election_settle(e);
    return st;
}

/* ===== the cache ===== */

static bool cache_path(const char *dir, char *out, size_t cap) {
    const char *env = getenv("REKAP_CACHE");
    if (!dir || (env && strcmp(env, "off") == 0)) return false;
    int n = snprintf(out, cap, "%s/tally.cache", dir);
    return n > 0 && (size_t)n < cap;
}

/* The hash of entry size-1, by which a cache knows its log. */
static rk_status tip_of(rk_store *s, uint64_t size, rk_sha256 *out, rk_err *err) {
    rk_buf b;
    rk_buf_init(&b, RK_ENTRY_MAX);
    rk_status st = rk_store_get(s, size - 1, &b, err);
    if (st == RK_OK) *out = rk_sha256_of(rk_buf_slice(&b));
    rk_buf_free(&b);
    return st;
}

/* The cached election when the cache is of this log and not past `limit`; NULL otherwise:
 * whatever is wrong with a cache, the log has it all. */
static rk_election *from_cache(rk_store *s, const char *dir, uint64_t limit) {
    char path[4096];
    rk_file f;
    rk_snapshot_key key;
    rk_sha256 tip;
    rk_election *e = NULL;
    uint64_t size;
    if (!cache_path(dir, path, sizeof path) ||
        rk_file_read_raw(path, RK_FILE_BYTES_MAX, &f, NULL) != RK_OK)
        return NULL;
    bool fits = rk_snapshot_peek(f.bytes, &key) == RK_OK && key.size <= limit &&
                rk_store_size(s, &size, NULL) == RK_OK && key.size <= size &&
                tip_of(s, key.size, &tip, NULL) == RK_OK &&
                memcmp(&tip, &key.tip, sizeof tip) == 0;
    size_t bytes = 0;
    void *base = fits ? rk_file_take(&f, &bytes) : NULL;
    if (base && rk_snapshot_load(base, bytes, &e, NULL) != RK_OK) rk_map_free(base, bytes);
    rk_file_free(&f);
    return e;
}

static rk_status write_cache(void *ctx, rk_slice b, rk_err *err) {
    return rk_out_write(ctx, b, err);
}

enum {
    CACHE_BEHIND = 20000
}; /* entries folded anew at each opening before the cache is renewed */

/* Renews the cache when the log has outgrown it. Failure is no matter: it is only a cache. */
static void renew_cache(rk_dir *d) {
    char path[4096];
    rk_sha256 tip;
    rk_out *o = NULL;
    rk_election *e = d->election;
    if (!d->writes || !e || e->size < d->cached + CACHE_BEHIND ||
        !cache_path(d->path, path, sizeof path))
        return;
    if (tip_of(d->store, e->size, &tip, NULL) != RK_OK || rk_out_open(path, &o, NULL) != RK_OK)
        return;
    rk_sink sink = {write_cache, o};
    rk_election_settle(e);
    if (rk_snapshot_write(e, &tip, &sink, NULL) == RK_OK)
        (void)rk_out_close_fast(&o, NULL);
    else
        rk_out_abort(&o);
}

rk_status rk_fold_open(rk_store *s, const char *dir, uint64_t limit, rk_election **out,
                       uint64_t *cached, rk_err *err) {
    *out = from_cache(s, dir, limit);
    if (!*out) *out = rk_election_new();
    if (cached) *cached = (*out)->size;
    rk_status st = rk_fold_store(s, *out, limit, err);
    if (st != RK_OK) rk_election_free(out);
    return st;
}

/* ===== the directory ===== */

rk_status rk_dir_open(const char *path, enum rk_store_mode mode, uint64_t limit, rk_dir *d,
                      rk_err *err) {
    char file[4096];
    uint64_t size;
    *d = (rk_dir){.writes = mode != RK_STORE_READ};
    RK_TRY(rk_dir_store_path(path, file, sizeof file, err));
    rk_status s = rk_store_sqlite_open(file, mode, &d->store, err);
    if (s == RK_NOT_FOUND && err) {
        *err = RK_ERR_INIT;
        return rk_fail(err, RK_NOT_FOUND,
                       "%s is not an election directory (it has no rekap.db): make one with "
                       "'rekap init %s'",
                       path, path);
    }
    RK_TRY(s);
    d->path = rk_dup(path, strlen(path) + 1);
    s = rk_store_size(d->store, &size, err);
    if (s == RK_OK && limit != UINT64_MAX && limit > size)
        s = rk_fail(err, RK_BAD_INPUT, "the log has %llu entries, not %llu",
                    (unsigned long long)size, (unsigned long long)limit);
    if (s == RK_OK) s = rk_fold_open(d->store, path, limit, &d->election, &d->cached, err);
    if (s != RK_OK) rk_dir_close(d);
    return s;
}

void rk_dir_close(rk_dir *d) {
    if (d->sound) renew_cache(d);
    rk_store_close(&d->store);
    rk_election_free(&d->election);
    rk_free(d->path);
    *d = (rk_dir){0};
}

rk_status rk_dir_refresh(rk_dir *d, rk_err *err) {
    return rk_fold_store(d->store, d->election, UINT64_MAX, err);
}

/* Encodes part i of a document. */
static rk_status put_part(rk_document_entry *x, rk_slice bytes, uint32_t i, rk_buf *out,
                          rk_err *err) {
    size_t at = (size_t)i * RK_DOCUMENT_PART, left = bytes.len - at;
    x->part = i;
    x->bytes = (rk_slice){bytes.ptr + at, left < RK_DOCUMENT_PART ? left : RK_DOCUMENT_PART};
    rk_buf_clear(out);
    return rk_entry_put_document(x, out, err);
}

/* The writer's lock is held: folds what is new, then the document (which checks it), then
 * appends. */
static rk_status declare_locked(rk_dir *d, rk_document_entry *x, rk_slice bytes, rk_buf *b,
                                rk_err *err) {
    RK_TRY(rk_dir_refresh(d, err));
    for (uint32_t i = 0; i < x->parts; i++) {
        RK_TRY(put_part(x, bytes, i, b, err));
        rk_slice entry = rk_buf_slice(b);
        RK_TRY(rk_election_apply(d->election, &entry, 1, err));
        RK_TRY(rk_store_append(d->store, entry, err));
    }
    return rk_store_commit(d->store, NULL, err);
}

rk_status rk_dir_declare(rk_dir *d, enum rk_document type, rk_slice contest, rk_slice label,
                         rk_slice bytes, rk_err *err) {
    rk_buf b;
    if (bytes.len == 0) return rk_fail(err, RK_BAD_INPUT, "the file is empty");
    if (bytes.len > RK_DOCUMENT_MAX)
        return rk_fail(err, RK_LIMIT, "the file is over %u bytes", RK_DOCUMENT_MAX);
    rk_document_entry x = {.head = {.time = rk_now(), .actor = {ROLE, 0}},
                           .type = type,
                           .contest = contest,
                           .label = label,
                           .sha256 = rk_sha256_of(bytes)};
    x.parts = (uint32_t)((bytes.len + RK_DOCUMENT_PART - 1) / RK_DOCUMENT_PART);
    rk_buf_init(&b, RK_ENTRY_MAX + 1024);
    rk_status s = rk_store_begin(d->store, err);
    if (s == RK_OK) s = declare_locked(d, &x, bytes, &b, err);
    rk_store_abort(d->store);
    d->sound = s == RK_OK;
    rk_buf_free(&b);
    return s;
}
