/* A SQLite file. It is made beside its name without a journal (what a crash leaves is a
 * temporary file, never half a database), flushed once and renamed. */
#include "base/mem.h"
#include "database/writer.h"
#include "files/files.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, SQL_BYTES = 1 << 20 };

struct sqlite {
    rk_db w;
    char path[PATH_BYTES], tmp[PATH_BYTES];
    sqlite3 *db;
    sqlite3_stmt *insert;
    rk_buf sql;
};

static rk_status failed(struct sqlite *x, rk_err *err) {
    return rk_fail(err, RK_IO, "%s: %s", x->path, sqlite3_errmsg(x->db));
}

/* Runs what stands in x->sql and empties it. */
static rk_status run(struct sqlite *x, rk_err *err) {
    rk_buf_byte(&x->sql, 0);
    if (x->sql.failed) return rk_fail(err, RK_LIMIT, "%s: a statement is too long", x->path);
    int rc = sqlite3_exec(x->db, x->sql.ptr, NULL, NULL, NULL);
    rk_buf_clear(&x->sql);
    return rc == SQLITE_OK ? RK_OK : failed(x, err);
}

static rk_status table(rk_db *w, const rk_db_table *t, rk_err *err) {
    struct sqlite *x = (struct sqlite *)w;
    rk_db_create(t, RK_SQL_SQLITE, &x->sql);
    RK_TRY(run(x, err));
    rk_buf_printf(&x->sql, "INSERT INTO %s VALUES(", t->name);
    for (uint32_t i = 0; i < t->n_column; i++) rk_buf_printf(&x->sql, i ? ",?" : "?");
    rk_buf_lit(&x->sql, ")");
    int rc = sqlite3_prepare_v2(x->db, x->sql.ptr, (int)x->sql.len, &x->insert, NULL);
    rk_buf_clear(&x->sql);
    return rc == SQLITE_OK ? RK_OK : failed(x, err);
}

static rk_status row(rk_db *w, const rk_db_value *v, rk_err *err) {
    struct sqlite *x = (struct sqlite *)w;
    const rk_db_table *t = w->now;
    for (uint32_t i = 0; i < t->n_column; i++) {
        int at = (int)i + 1;
        if (t->column[i].type == RK_DB_INT)
            v[i].absent ? sqlite3_bind_null(x->insert, at)
                        : sqlite3_bind_int64(x->insert, at, v[i].num);
        else if (v[i].text.len)
            sqlite3_bind_text(x->insert, at, v[i].text.ptr, (int)v[i].text.len, SQLITE_STATIC);
        else
            sqlite3_bind_null(x->insert, at);
    }
    int rc = sqlite3_step(x->insert);
    sqlite3_reset(x->insert);
    return rc == SQLITE_DONE ? RK_OK : failed(x, err);
}

static rk_status end_table(rk_db *w, rk_err *err) {
    struct sqlite *x = (struct sqlite *)w;
    (void)err;
    sqlite3_finalize(x->insert);
    x->insert = NULL;
    return RK_OK;
}

static void drop(struct sqlite *x) {
    sqlite3_finalize(x->insert);
    sqlite3_close(x->db);
    rk_buf_free(&x->sql);
    rk_free(x);
}

static void abort_db(rk_db *w) {
    struct sqlite *x = (struct sqlite *)w;
    (void)unlink(x->tmp);
    drop(x);
}

static rk_status complete(struct sqlite *x, rk_err *err) {
    for (uint32_t i = 0; i < x->w.schema->n_table; i++)
        rk_db_indexes(&x->w.schema->table[i], RK_SQL_SQLITE, &x->sql);
    rk_db_views(x->w.schema, RK_SQL_SQLITE, &x->sql);
    rk_buf_lit(&x->sql, "COMMIT; ANALYZE;");
    RK_TRY(run(x, err));
    if (sqlite3_close(x->db) != SQLITE_OK) return failed(x, err);
    x->db = NULL;
    RK_TRY(rk_file_sync(x->tmp, err));
    if (rename(x->tmp, x->path) != 0)
        return rk_fail(err, RK_IO, "%s: cannot rename: %s", x->tmp, strerror(errno));
    return rk_file_sync(x->path, err);
}

static rk_status finish(rk_db *w, rk_err *err) {
    struct sqlite *x = (struct sqlite *)w;
    rk_status s = complete(x, err);
    if (s != RK_OK) (void)unlink(x->tmp);
    drop(x);
    return s;
}

rk_status rk_db_open_sqlite(const char *path, rk_db **out, rk_err *err) {
    static const struct rk_db_ops OPS = {table, row, end_table, finish, abort_db};
    struct sqlite *x = rk_alloc(sizeof *x);
    x->w.ops = &OPS;
    rk_buf_init(&x->sql, SQL_BYTES);
    int n = snprintf(x->tmp, sizeof x->tmp, "%s.baru", path);
    if (n < 0 || n >= PATH_BYTES) {
        drop(x);
        return rk_fail(err, RK_LIMIT, "%s: the path is too long", path);
    }
    memcpy(x->path, path, strlen(path) + 1);
    (void)unlink(x->tmp); /* of an export that was broken off */
    rk_status s =
        sqlite3_open_v2(x->tmp, &x->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) ==
                SQLITE_OK
            ? RK_OK
            : rk_fail(err, RK_IO, "%s: cannot make it: %s", x->tmp, sqlite3_errmsg(x->db));
    if (s == RK_OK) {
        rk_buf_lit(&x->sql,
                   "PRAGMA page_size=8192; PRAGMA journal_mode=OFF; "
                   "PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE; "
                   "PRAGMA cache_size=-65536; PRAGMA application_id=1380665168; BEGIN;");
        s = run(x, err);
    }
    if (s != RK_OK)
        abort_db(&x->w);
    else
        *out = &x->w;
    return s;
}
