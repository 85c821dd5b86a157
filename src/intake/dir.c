#include "intake/dir.h"

#include "base/mem.h"
#include "core/snapshot.h"
#include "files/files.h"
#include "intake/cosigned.h"
#include "intake/guard.h"
#include "intake/keys.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

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

static rk_status lock_path(const char *dir, char *out, size_t cap, rk_err *err) {
    int n = snprintf(out, cap, "%s/log.lock", dir);
    return n > 0 && (size_t)n < cap
               ? RK_OK
               : rk_fail(err, RK_LIMIT, "the path '%.200s' is too long", dir);
}

static rk_status ensure_key(const char *dir, const char *file, rk_slice name, rk_signer *out,
                            rk_err *err) {
    char path[4096];
    RK_TRY(rk_key_path(dir, file, path, sizeof path, err));
    return rk_key_ensure(path, name, out, err);
}

/* Entry 0, signed by the pengelola's key that it names, under the first checkpoint. */
static rk_status first_entry(rk_store *s, const char *lock, rk_election_entry *e,
                             const rk_signer *log_key, const rk_signer *admin, rk_err *err) {
    rk_log *l = NULL;
    rk_buf b;
    rk_buf_init(&b, RK_ENTRY_MAX);
    rk_status st = rk_entry_put_election(e, &b, err);
    rk_entry_sign(&b, 0, e->id, &admin->secret);
    if (st == RK_OK) st = rk_log_open(s, lock, &l, err);
    if (st == RK_OK) {
        rk_log_sign_with(l, log_key, 1);
        st = rk_log_begin(l, err);
    }
    if (st == RK_OK) st = rk_log_append(l, rk_buf_slice(&b), NULL, err);
    if (st == RK_OK) st = rk_log_commit(l, err);
    rk_log_close(&l);
    rk_buf_free(&b);
    return st;
}

static rk_status init_with_keys(const char *path, const char *file, rk_election_entry *e,
                                rk_signer *log_key, rk_signer *admin, rk_err *err) {
    char lock[4096];
    rk_store *s = NULL;
    RK_TRY(lock_path(path, lock, sizeof lock, err));
    RK_TRY(ensure_key(path, "log", e->id, log_key, err));
    RK_TRY(ensure_key(path, "pengelola", RK_ROLE_ADMIN, admin, err));
    e->log_key = log_key->verifier.key;
    e->admin_key = admin->verifier.key;
    e->head = (rk_entry_head){.version = 2,
                              .time = rk_now(),
                              .actor = {RK_ROLE_ADMIN, rk_entry_key_id(&e->admin_key)}};
    RK_TRY(rk_store_sqlite_open(file, RK_STORE_CREATE, &s, err));
    rk_status st = first_entry(s, lock, e, log_key, admin, err);
    rk_store_close(&s);
    return st;
}

rk_status rk_dir_init(const char *path, rk_slice id, rk_slice name, rk_slice date,
                      rk_err *err) {
    char file[4096];
    rk_signer log_key = {0}, admin = {0};
    RK_TRY(id_ok(id, err));
    RK_TRY(rk_guard_start(path, NULL, err));
    RK_TRY(rk_dir_store_path(path, file, sizeof file, err));
    if (mkdir(path, 0777) != 0 && errno != EEXIST)
        return rk_fail(err, RK_IO, "cannot make the directory %s: %s", path, strerror(errno));
    if (access(file, F_OK) == 0) return rk_fail(err, RK_CONFLICT, "%s: is already there", file);
    rk_election_entry e = {.id = id, .name = name, .date = date};
    rk_status s = init_with_keys(path, file, &e, &log_key, &admin, err);
    rk_signer_wipe(&log_key);
    rk_signer_wipe(&admin);
    return s;
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

static rk_status need_key(const char *path, rk_signer *out, rk_err *err) {
    rk_err why = RK_ERR_INIT;
    rk_status s = rk_key_read(path, out, &why);
    if (s == RK_NOT_FOUND)
        return rk_fail(
            err, RK_NOT_FOUND,
            "%s is missing: without the key nothing can be signed, so nothing can be "
            "written. Put it back, or read without writing",
            path);
    return s == RK_OK ? s : rk_fail(err, s, "%s", why.text);
}

static bool is_key(const rk_signing_key *k, const rk_signer *s) {
    return memcmp(&k->key, &s->verifier.key, sizeof k->key) == 0;
}

/* A change of the log's key that was cut short after its entry: the new key's file takes its
 * name now. */
static rk_status finish_change(rk_dir *d, const rk_signing_key *k, const char *path,
                               rk_err *err) {
    char fresh[4096];
    rk_signer next;
    RK_TRY(rk_key_path(d->path, "log-baru", fresh, sizeof fresh, err));
    if (access(fresh, F_OK) != 0 || rk_key_read(fresh, &next, NULL) != RK_OK) return RK_OK;
    rk_status s = RK_OK;
    if (is_key(k, &next) && rename(fresh, path) != 0)
        s = rk_fail(err, RK_IO, "cannot rename %s to %s: %s", fresh, path, strerror(errno));
    rk_signer_wipe(&next);
    return s;
}

/* The key that this log's next checkpoint is signed with must be the one that it names. */
static rk_status open_to_write(rk_dir *d, rk_err *err) {
    char path[4096];
    const rk_election *e = d->election;
    const rk_signing_key *k = rk_keyring_log_key(&e->keys, e->size);
    RK_TRY(rk_key_path(d->path, "log", path, sizeof path, err));
    if (k) RK_TRY(finish_change(d, k, path, err));
    if (k) RK_TRY(need_key(path, &d->log_key, err));
    if (!k)
        return rk_fail(err, RK_CONFLICT,
                       "%s: this log is not signed (it was begun by an older program): it can "
                       "only be read",
                       d->path);
    if (!is_key(k, &d->log_key) || !rk_slice_eq(rk_verifier_name(&d->log_key.verifier), e->id))
        return rk_fail(err, RK_CONFLICT,
                       "%s is not the key that signs this log (key %016llx of '%.*s' is)", path,
                       (unsigned long long)k->id, RK_FMT(e->id));
    RK_TRY(rk_key_path(d->path, "pengelola", path, sizeof path, err));
    if (access(path, F_OK) == 0) RK_TRY(need_key(path, &d->key, err));
    RK_TRY(lock_path(d->path, path, sizeof path, err));
    RK_TRY(rk_log_open(d->store, path, &d->log, err));
    rk_log_sign_with(d->log, &d->log_key, 1);
    RK_TRY(rk_cosigned_check(d->path, &e->keys, d->log, err));
    return rk_seen_check(d->path, &e->keys, d->log, err);
}

rk_status rk_dir_use_key(rk_dir *d, const char *key_path, rk_err *err) {
    rk_signer_wipe(&d->key);
    RK_TRY(need_key(key_path, &d->key, err));
    rk_entry_head h;
    return rk_dir_head(d, (rk_slice){0}, (rk_slice){0}, &h, err);
}

rk_status rk_dir_open(const char *path, enum rk_store_mode mode, uint64_t limit, rk_dir *d,
                      rk_err *err) {
    char file[4096];
    uint64_t size;
    *d = (rk_dir){.writes = mode != RK_STORE_READ};
    if (d->writes) RK_TRY(rk_guard_start(path, NULL, err));
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
    if (s == RK_OK && d->writes) s = open_to_write(d, err);
    if (s != RK_OK) rk_dir_close(d);
    return s;
}

void rk_dir_close(rk_dir *d) {
    if (d->sound) renew_cache(d);
    rk_log_close(&d->log);
    rk_signer_wipe(&d->log_key);
    rk_signer_wipe(&d->key);
    rk_store_close(&d->store);
    rk_election_free(&d->election);
    rk_free(d->path);
    *d = (rk_dir){0};
}

rk_status rk_dir_reload(rk_dir *d, rk_err *err) {
    rk_election_free(&d->election);
    return rk_fold_open(d->store, d->path, UINT64_MAX, &d->election, &d->cached, err);
}

rk_status rk_dir_refresh(rk_dir *d, rk_err *err) {
    return rk_fold_store(d->store, d->election, UINT64_MAX, err);
}
