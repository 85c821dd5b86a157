/* The log in one SQLite file, in write-ahead mode with synchronous=FULL: a commit is one
 * sequential write and one fdatasync. Full bundles of 256 entries are one row each; the entries
 * after the last full bundle are one row each in `tail`, so that a batch of one entry writes a
 * single page. A batch is gathered in memory and what fills a bundle never passes through
 * `tail`.
 *
 * The write-ahead log is copied to the table file here and not by SQLite's own hook, because
 * that one swallows a failed fsync. The file must not be opened and closed by other code of the
 * process while a handle is open: closing any descriptor of a file drops the process's locks on
 * it. */
#include "store/sqlite_inner.h"

#include "base/mem.h"

#include <errno.h>
#include <sys/mman.h>

#define MAP_AHEAD_ENTRIES 16384u
#ifndef MADV_POPULATE_READ /* Linux 5.14 */
#define MADV_POPULATE_READ 22
#endif

static const char *const sql_text[SQL_STATEMENTS] = {
    [SQL_BEGIN_READ] = "BEGIN",
    [SQL_BEGIN_WRITE] = "BEGIN IMMEDIATE",
    [SQL_COMMIT] = "COMMIT",
    [SQL_ROLLBACK] = "ROLLBACK",
    [SQL_COUNTS] = "SELECT (SELECT max(id) FROM bundle), (SELECT min(idx) FROM tail),"
                   " (SELECT max(idx) FROM tail)",
    [SQL_BUNDLE_PUT] = "INSERT INTO bundle(id, data) VALUES(?1, ?2)",
    [SQL_BUNDLES] = "SELECT id, data FROM bundle WHERE id BETWEEN ?1 AND ?2 ORDER BY id",
    [SQL_TAIL_PUT] = "INSERT INTO tail(idx, data) VALUES(?1, ?2)",
    [SQL_TAIL_CLEAR] = "DELETE FROM tail",
    [SQL_TAIL] = "SELECT idx, data FROM tail ORDER BY idx",
    [SQL_TILE_PUT] = "INSERT INTO tile(id, data) VALUES(?1, ?2)"
                     " ON CONFLICT(id) DO UPDATE SET data = excluded.data",
    [SQL_TILE_GET] = "SELECT data FROM tile WHERE id = ?1",
    [SQL_HEAD_PUT] = "INSERT INTO head(id, data) VALUES(?1, ?2)"
                     " ON CONFLICT(id) DO UPDATE SET data = excluded.data",
    [SQL_HEAD_GET] = "SELECT data FROM head WHERE id = ?1",
    [SQL_META_GET] = "SELECT value FROM meta WHERE key = ?1",
    [SQL_META_PUT] = "INSERT INTO meta(key, value) VALUES(?1, ?2)"
                     " ON CONFLICT(key) DO UPDATE SET value = excluded.value",
};

static struct rk_sqlite *self(rk_store *p) { return (struct rk_sqlite *)(void *)p; }

int rk_sqlite_wal_hook(void *ctx, sqlite3 *db, const char *name, int pages) {
    (void)db, (void)name;
    ((struct rk_sqlite *)ctx)->wal_pages = pages;
    return SQLITE_OK;
}

/* Closing would copy the write-ahead log and flush once more; a stopped handle must not. */
void rk_sqlite_stop(struct rk_sqlite *s) {
    s->stopped = true;
    (void)sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
}

rk_status rk_sqlite_fail(struct rk_sqlite *s, int rc, const char *doing, bool writing,
                         rk_err *err) {
    int system = s->db ? sqlite3_system_errno(s->db) : 0;
    switch (rc & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return rk_fail(err, RK_BUSY, "%s: cannot %s: another process is writing", s->path,
                       doing);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_ERROR: /* our own statements only fail so on a file with another schema */
        return rk_fail(err, RK_CORRUPT, "%s: cannot %s: %s", s->path, doing,
                       sqlite3_errstr(rc));
    case SQLITE_FULL:
        return rk_fail(err, RK_IO, "%s: cannot %s: the disk is full", s->path, doing);
    case SQLITE_NOMEM:
        rk_abort(__FILE__, __LINE__, "out of memory");
    default:
        break;
    }
    /* The index of the write-ahead log could not grow: nothing durable is touched by that. */
    bool harmless = rc == SQLITE_IOERR_SHMSIZE;
    if (writing && (rc & 0xff) == SQLITE_IOERR && !harmless) rk_sqlite_stop(s);
    return rk_fail(err, RK_IO, "%s: cannot %s: %s (%s)%s", s->path, doing, sqlite3_errstr(rc),
                   system ? strerror(system) : "no further reason",
                   s->stopped ? "; this handle will not write again" : "");
}

static sqlite3_stmt *sql(struct rk_sqlite *s, enum rk_sql which, int *rc) {
    sqlite3_stmt **st = &s->statement[which];
    *rc = SQLITE_OK;
    if (!*st)
        *rc =
            sqlite3_prepare_v3(s->db, sql_text[which], -1, SQLITE_PREPARE_PERSISTENT, st, NULL);
    return *st;
}

/* Runs a statement without parameters or rows. */
static int run(struct rk_sqlite *s, enum rk_sql which) {
    int rc;
    sqlite3_stmt *st = sql(s, which, &rc);
    if (!st) return rc;
    rc = sqlite3_step(st);
    int end = sqlite3_reset(st);
    return rc == SQLITE_DONE ? SQLITE_OK : end != SQLITE_OK ? end : rc;
}

/* Inserts (number, bytes); the bytes are not copied. */
static int put_row(struct rk_sqlite *s, enum rk_sql which, uint64_t id, rk_slice data) {
    int rc;
    sqlite3_stmt *st = sql(s, which, &rc);
    if (!st) return rc;
    sqlite3_bind_int64(st, 1, (sqlite3_int64)id);
    sqlite3_bind_blob64(st, 2, data.ptr, data.len, SQLITE_STATIC);
    rc = sqlite3_step(st);
    int end = sqlite3_reset(st);
    sqlite3_bind_null(st, 2);
    return rc == SQLITE_DONE ? SQLITE_OK : end != SQLITE_OK ? end : rc;
}

static rk_slice column(sqlite3_stmt *st, int i) {
    const void *p = sqlite3_column_blob(st, i);
    return (rk_slice){p, p ? (size_t)sqlite3_column_bytes(st, i) : 0};
}

static rk_status damaged(struct rk_sqlite *s, const char *what, uint64_t at, rk_err *err) {
    return rk_fail(err, RK_CORRUPT, "%s: %s %llu is damaged or missing", s->path, what,
                   (unsigned long long)at);
}

/* ---- counting ---- */
struct counts {
    uint64_t bundles;
    uint32_t tail;
};

/* One statement, so one state of the file. */
static rk_status count(struct rk_sqlite *s, struct counts *c, rk_err *err) {
    *c = (struct counts){0};
    int rc;
    sqlite3_stmt *st = sql(s, SQL_COUNTS, &rc);
    if (st) rc = sqlite3_step(st);
    if (rc != SQLITE_ROW) {
        if (st) (void)sqlite3_reset(st);
        return rk_sqlite_fail(s, rc, "read the size of the log", false, err);
    }
    bool any = sqlite3_column_type(st, 0) != SQLITE_NULL;
    bool tail = sqlite3_column_type(st, 1) != SQLITE_NULL;
    sqlite3_int64 last = sqlite3_column_int64(st, 0);
    sqlite3_int64 from = sqlite3_column_int64(st, 1), to = sqlite3_column_int64(st, 2);
    (void)sqlite3_reset(st);
    if (any && (last < 0 || last >= INT64_MAX / 256)) return damaged(s, "bundle", 0, err);
    c->bundles = any ? (uint64_t)last + 1 : 0;
    uint64_t first = c->bundles * RK_BUNDLE_ENTRIES;
    if (!tail) return RK_OK;
    if (from != (sqlite3_int64)first || to - from >= (sqlite3_int64)RK_BUNDLE_ENTRIES - 1)
        return damaged(s, "entry", first, err);
    c->tail = (uint32_t)(to - from + 1);
    return RK_OK;
}

static rk_status sqlite_size(rk_store *p, uint64_t *out, rk_err *err) {
    struct rk_sqlite *s = self(p);
    if (s->in_batch) {
        *out = s->size;
        return RK_OK;
    }
    struct counts c;
    RK_TRY(count(s, &c, err));
    *out = c.bundles * RK_BUNDLE_ENTRIES + c.tail;
    return RK_OK;
}

/* ---- writing ---- */
static void sqlite_abort(rk_store *p) {
    struct rk_sqlite *s = self(p);
    if (!s->in_batch) return;
    /* Some failures roll back by themselves; a rollback writes nothing and cannot fail for
     * good. */
    if (!sqlite3_get_autocommit(s->db)) (void)run(s, SQL_ROLLBACK);
    RK_ASSERT(sqlite3_get_autocommit(s->db));
    s->in_batch = s->broken = false;
    s->pending = 0;
    rk_buf_clear(&s->bundle);
}

static rk_status may_write(struct rk_sqlite *s, rk_err *err) {
    RK_ASSERT(!s->in_batch && !s->reading);
    if (!s->writable) return rk_fail(err, RK_IO, "%s: opened for reading only", s->path);
    if (s->stopped)
        return rk_fail(err, RK_IO,
                       "%s: a write to disk failed earlier; nothing more is written until the "
                       "store is opened again",
                       s->path);
    return RK_OK;
}

static rk_status sqlite_begin(rk_store *p, rk_err *err) {
    struct rk_sqlite *s = self(p);
    RK_TRY(may_write(s, err));
    int rc = run(s, SQL_BEGIN_WRITE);
    if (rc != SQLITE_OK) return rk_sqlite_fail(s, rc, "begin to write", true, err);
    s->in_batch = true;
    struct counts c;
    rk_status st = count(s, &c, err);
    if (st != RK_OK) {
        sqlite_abort(p);
        return st;
    }
    s->bundles = c.bundles;
    s->tail = c.tail;
    s->size = c.bundles * RK_BUNDLE_ENTRIES + c.tail;
    return RK_OK;
}

/* Reads the tail rows into b as a bundle; each must be the one that follows the last. */
static rk_status read_tail(struct rk_sqlite *s, uint64_t first, uint32_t n, rk_buf *b,
                           rk_err *err) {
    int rc;
    sqlite3_stmt *st = sql(s, SQL_TAIL, &rc);
    if (!st) return rk_sqlite_fail(s, rc, "read entries", false, err);
    uint32_t i = 0;
    bool good = true;
    while ((rc = sqlite3_step(st)) == SQLITE_ROW && good) {
        rk_slice e = column(st, 1);
        good = i < n && sqlite3_column_int64(st, 0) == (sqlite3_int64)(first + i) &&
               e.len >= 1 && e.len <= RK_ENTRY_MAX;
        if (good) rk_bundle_add(b, e), i++;
    }
    (void)sqlite3_reset(st);
    if (!good || (rc == SQLITE_DONE && i != n)) return damaged(s, "entry", first + i, err);
    if (rc != SQLITE_DONE) return rk_sqlite_fail(s, rc, "read entries", false, err);
    RK_ASSERT(!b->failed);
    return RK_OK;
}

/* tail + pending make a full bundle: writes it as one row. */
static rk_status pack(struct rk_sqlite *s, rk_err *err) {
    rk_buf whole;
    rk_buf_init(&whole, RK_BUNDLE_MAX);
    rk_slice data = rk_buf_slice(&s->bundle);
    if (s->tail) {
        rk_status st = read_tail(s, s->bundles * RK_BUNDLE_ENTRIES, s->tail, &whole, err);
        if (st != RK_OK) {
            rk_buf_free(&whole);
            return st;
        }
        rk_buf_add(&whole, data);
        data = rk_buf_slice(&whole);
    }
    RK_ASSERT(!s->bundle.failed && !whole.failed);
    int rc = put_row(s, SQL_BUNDLE_PUT, s->bundles, data);
    if (rc == SQLITE_OK && s->tail) rc = run(s, SQL_TAIL_CLEAR);
    rk_buf_free(&whole);
    if (rc != SQLITE_OK) return rk_sqlite_fail(s, rc, "write a bundle", true, err);
    s->bundles++;
    s->tail = s->pending = 0;
    rk_buf_clear(&s->bundle);
    return RK_OK;
}

static rk_status sqlite_append(rk_store *p, rk_slice entry, rk_err *err) {
    struct rk_sqlite *s = self(p);
    RK_ASSERT(s->in_batch);
    if (s->broken)
        return rk_fail(err, RK_IO, "%s: this batch has failed and must be dropped", s->path);
    rk_bundle_add(&s->bundle, entry);
    s->pending++;
    if (s->tail + s->pending < RK_BUNDLE_ENTRIES) return RK_OK;
    rk_status st = pack(s, err);
    s->broken = st != RK_OK;
    return st;
}

/* The batch is durable in the write-ahead log by now: a failure here loses nothing, but after a
 * failed flush nothing more is written. Readers at work keep the log from being used again from
 * its start; then the next try comes after another wal_pages_max pages, not at each commit. */
static void copy_log(struct rk_sqlite *s) {
    if (s->wal_pages < s->wal_flushed) s->wal_flushed = 0;
    if (s->wal_pages - s->wal_flushed < s->wal_pages_max) return;
    s->wal_flushed = s->wal_pages;
    int rc = sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    if ((rc & 0xff) == SQLITE_IOERR) rk_sqlite_stop(s);
}

static rk_status write_pending(struct rk_sqlite *s, rk_err *err) {
    if (s->broken)
        return rk_fail(err, RK_IO, "%s: this batch has failed and was dropped", s->path);
    rk_slice entry[RK_BUNDLE_ENTRIES];
    RK_ASSERT(rk_bundle_cut(rk_buf_slice(&s->bundle), s->pending, entry));
    uint64_t first = s->bundles * RK_BUNDLE_ENTRIES + s->tail;
    for (uint32_t i = 0; i < s->pending; i++) {
        int rc = put_row(s, SQL_TAIL_PUT, first + i, entry[i]);
        if (rc != SQLITE_OK) return rk_sqlite_fail(s, rc, "write an entry", true, err);
    }
    int rc = run(s, SQL_COMMIT);
    return rc == SQLITE_OK ? RK_OK : rk_sqlite_fail(s, rc, "commit the batch", true, err);
}

static rk_status sqlite_commit(rk_store *p, uint64_t *size, rk_err *err) {
    struct rk_sqlite *s = self(p);
    RK_ASSERT(s->in_batch);
    rk_status st = write_pending(s, err);
    if (st == RK_OK) *size = s->bundles * RK_BUNDLE_ENTRIES + s->tail + s->pending;
    sqlite_abort(p); /* after a commit there is nothing to roll back: only clears the batch */
    if (st == RK_OK) copy_log(s);
    return st;
}

/* ---- reading ---- */
static rk_status hand_over(struct rk_sqlite *s, uint64_t first, const rk_slice *entry, size_t n,
                           uint64_t from, uint64_t to, rk_store_fn *fn, void *ctx,
                           rk_err *err) {
    size_t a = from > first ? (size_t)(from - first) : 0;
    size_t b = to - first < n ? (size_t)(to - first) : n;
    if (a >= b) return RK_OK;
    s->reading = true;
    rk_status st = fn(ctx, first + a, entry + a, b - a, err);
    s->reading = false;
    return st;
}

/* Reading most of the log: has the kernel map all of the table file at once. Taking a fault for
 * each few pages as they are touched costs several times the reading itself. Only a hint. */
static void map_ahead(struct rk_sqlite *s) {
    sqlite3_file *f = NULL;
    sqlite3_int64 size = 0;
    void *p = NULL;
    (void)sqlite3_file_control(s->db, NULL, SQLITE_FCNTL_FILE_POINTER, &f);
    if (!f || !f->pMethods || f->pMethods->iVersion < 3) return;
    if (f->pMethods->xFileSize(f, &size) != SQLITE_OK || size <= 0 || size > INT32_MAX) return;
    if (f->pMethods->xFetch(f, 0, (int)size, &p) != SQLITE_OK || !p) return;
    (void)madvise(p, (size_t)size, MADV_POPULATE_READ);
    (void)f->pMethods->xUnfetch(f, 0, p);
}

static rk_status read_bundles(struct rk_sqlite *s, uint64_t from, uint64_t to, rk_store_fn *fn,
                              void *ctx, rk_err *err) {
    int rc;
    sqlite3_stmt *st = sql(s, SQL_BUNDLES, &rc);
    if (!st) return rk_sqlite_fail(s, rc, "read entries", false, err);
    uint64_t id = from / RK_BUNDLE_ENTRIES, last = (to - 1) / RK_BUNDLE_ENTRIES;
    sqlite3_bind_int64(st, 1, (sqlite3_int64)id);
    sqlite3_bind_int64(st, 2, (sqlite3_int64)last);
    rk_slice entry[RK_BUNDLE_ENTRIES];
    rk_status status = RK_OK;
    rc = SQLITE_ROW;
    for (; status == RK_OK && id <= last && (rc = sqlite3_step(st)) == SQLITE_ROW; id++) {
        if (sqlite3_column_int64(st, 0) != (sqlite3_int64)id ||
            !rk_bundle_cut(column(st, 1), RK_BUNDLE_ENTRIES, entry))
            status = damaged(s, "bundle", id, err);
        else
            status = hand_over(s, id * RK_BUNDLE_ENTRIES, entry, RK_BUNDLE_ENTRIES, from, to,
                               fn, ctx, err);
    }
    (void)sqlite3_reset(st);
    if (status != RK_OK) return status;
    if (rc == SQLITE_DONE) return damaged(s, "bundle", id, err);
    return rc == SQLITE_ROW ? RK_OK : rk_sqlite_fail(s, rc, "read entries", false, err);
}

static rk_status read_state(struct rk_sqlite *s, uint64_t from, uint64_t to, rk_store_fn *fn,
                            void *ctx, rk_err *err) {
    struct counts c;
    RK_TRY(count(s, &c, err));
    uint64_t packed = c.bundles * RK_BUNDLE_ENTRIES;
    uint64_t size = s->in_batch ? s->size : packed + c.tail;
    if (to > size) to = size;
    if (from >= to) return RK_OK;
    if (to - from > MAP_AHEAD_ENTRIES && to - from > size / 2) map_ahead(s);
    if (from < packed) RK_TRY(read_bundles(s, from, to < packed ? to : packed, fn, ctx, err));
    if (to <= packed) return RK_OK;
    rk_buf b;
    rk_buf_init(&b, RK_BUNDLE_MAX);
    rk_slice entry[RK_BUNDLE_ENTRIES];
    rk_status st = read_tail(s, packed, c.tail, &b, err);
    if (st == RK_OK) {
        RK_ASSERT(rk_bundle_cut(rk_buf_slice(&b), c.tail, entry));
        st = hand_over(s, packed, entry, c.tail, from, to, fn, ctx, err);
    }
    rk_buf_free(&b);
    return st;
}

/* The whole reading is one transaction, so it sees one state however long it takes. */
static rk_status sqlite_read(rk_store *p, uint64_t from, uint64_t to, rk_store_fn *fn,
                             void *ctx, rk_err *err) {
    struct rk_sqlite *s = self(p);
    RK_ASSERT(!s->reading);
    if (s->in_batch) return read_state(s, from, to, fn, ctx, err);
    int rc = run(s, SQL_BEGIN_READ);
    if (rc != SQLITE_OK) return rk_sqlite_fail(s, rc, "begin to read", false, err);
    rk_status st = read_state(s, from, to, fn, ctx, err);
    rc = sqlite3_get_autocommit(s->db) ? SQLITE_OK : run(s, SQL_COMMIT);
    if (rc != SQLITE_OK && st == RK_OK) st = rk_sqlite_fail(s, rc, "end reading", false, err);
    if (!sqlite3_get_autocommit(s->db)) (void)run(s, SQL_ROLLBACK);
    return st;
}

/* ---- tiles and the head ---- */
static uint64_t tile_id(unsigned level, uint64_t index) {
    return (uint64_t)level << 56 | index;
}

static rk_status put_beside(struct rk_sqlite *s, enum rk_sql which, uint64_t id, rk_slice bytes,
                            const char *doing, rk_err *err) {
    RK_ASSERT(s->in_batch);
    if (s->broken)
        return rk_fail(err, RK_IO, "%s: this batch has failed and must be dropped", s->path);
    int rc = put_row(s, which, id, bytes);
    if (rc == SQLITE_OK) return RK_OK;
    s->broken = true;
    return rk_sqlite_fail(s, rc, doing, true, err);
}

static rk_status get_beside(struct rk_sqlite *s, enum rk_sql which, uint64_t id,
                            const char *what, rk_buf *out, rk_err *err) {
    RK_ASSERT(!s->reading);
    int rc;
    sqlite3_stmt *st = sql(s, which, &rc);
    if (!st) return rk_sqlite_fail(s, rc, "read a value", false, err);
    sqlite3_bind_int64(st, 1, (sqlite3_int64)id);
    rc = sqlite3_step(st);
    if (rc == SQLITE_ROW) rk_buf_add(out, column(st, 0));
    (void)sqlite3_reset(st);
    if (rc == SQLITE_DONE) return rk_fail(err, RK_NOT_FOUND, "%s: no such %s", s->path, what);
    if (rc != SQLITE_ROW) return rk_sqlite_fail(s, rc, "read a value", false, err);
    return out->failed ? rk_fail(err, RK_LIMIT, "the %s does not fit", what) : RK_OK;
}

static rk_status sqlite_tile_put(rk_store *p, unsigned level, uint64_t index, rk_slice bytes,
                                 rk_err *err) {
    return put_beside(self(p), SQL_TILE_PUT, tile_id(level, index), bytes, "write a tile", err);
}

static rk_status sqlite_tile_get(rk_store *p, unsigned level, uint64_t index, rk_buf *out,
                                 rk_err *err) {
    return get_beside(self(p), SQL_TILE_GET, tile_id(level, index), "tile", out, err);
}

static rk_status sqlite_head_put(rk_store *p, rk_slice bytes, rk_err *err) {
    return put_beside(self(p), SQL_HEAD_PUT, 1, bytes, "write the log's head", err);
}

static rk_status sqlite_head_get(rk_store *p, rk_buf *out, rk_err *err) {
    return get_beside(self(p), SQL_HEAD_GET, 1, "head of a log", out, err);
}

/* ---- named values ---- */
static rk_status sqlite_meta_get(rk_store *p, rk_slice key, rk_buf *out, rk_err *err) {
    struct rk_sqlite *s = self(p);
    RK_ASSERT(!s->in_batch && !s->reading);
    int rc;
    sqlite3_stmt *st = sql(s, SQL_META_GET, &rc);
    if (!st) return rk_sqlite_fail(s, rc, "read a value", false, err);
    sqlite3_bind_text(st, 1, key.ptr, (int)key.len, SQLITE_STATIC);
    rc = sqlite3_step(st);
    if (rc == SQLITE_ROW) rk_buf_add(out, column(st, 0));
    (void)sqlite3_reset(st);
    sqlite3_bind_null(st, 1);
    if (rc == SQLITE_DONE)
        return rk_fail(err, RK_NOT_FOUND, "%s: no value \"%.*s\"", s->path, RK_FMT(key));
    if (rc != SQLITE_ROW) return rk_sqlite_fail(s, rc, "read a value", false, err);
    return out->failed ? rk_fail(err, RK_LIMIT, "the value does not fit") : RK_OK;
}

static rk_status sqlite_meta_set(rk_store *p, rk_slice key, rk_slice value, rk_err *err) {
    struct rk_sqlite *s = self(p);
    RK_TRY(may_write(s, err));
    int rc = run(s, SQL_BEGIN_WRITE);
    if (rc != SQLITE_OK) return rk_sqlite_fail(s, rc, "begin to write", true, err);
    sqlite3_stmt *st = sql(s, SQL_META_PUT, &rc);
    if (st) {
        sqlite3_bind_text(st, 1, key.ptr, (int)key.len, SQLITE_STATIC);
        /* a NULL pointer would be an SQL NULL */
        sqlite3_bind_blob64(st, 2, value.len ? value.ptr : "", value.len, SQLITE_STATIC);
        rc = sqlite3_step(st);
        int end = sqlite3_reset(st);
        sqlite3_clear_bindings(st);
        rc = rc == SQLITE_DONE ? SQLITE_OK : end;
    }
    if (rc == SQLITE_OK) rc = run(s, SQL_COMMIT);
    rk_status status = RK_OK;
    if (rc != SQLITE_OK) status = rk_sqlite_fail(s, rc, "write a value", true, err);
    if (!sqlite3_get_autocommit(s->db)) (void)run(s, SQL_ROLLBACK);
    if (status == RK_OK) copy_log(s);
    return status;
}

/* ---- life ---- */
void rk_sqlite_free(struct rk_sqlite *s) {
    for (int i = 0; i < SQL_STATEMENTS; i++) (void)sqlite3_finalize(s->statement[i]);
    if (s->db) RK_ASSERT(sqlite3_close(s->db) == SQLITE_OK);
    rk_buf_free(&s->bundle);
    rk_free(s->path);
    rk_free(s);
}

static void sqlite_close(rk_store *p) {
    RK_ASSERT(!self(p)->reading);
    sqlite_abort(p);
    rk_sqlite_free(self(p));
}

const struct rk_store_ops rk_sqlite_ops = {
    sqlite_close,    sqlite_size,     sqlite_begin,    sqlite_append,   sqlite_commit,
    sqlite_abort,    sqlite_read,     sqlite_tile_put, sqlite_tile_get, sqlite_head_put,
    sqlite_head_get, sqlite_meta_get, sqlite_meta_set,
};
