#include "database/csvdir.h"

#include "base/mem.h"
#include "base/num.h"
#include "files/files.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

enum { PIECE = 1 << 18, BUFFER = 1 << 21 };

/* ===== the directory ===== */

/* Removes the files of the temporary directory, and it. It holds files only. */
static void remove_tmp(const struct rk_csvdir *x) {
    DIR *d = opendir(x->tmp);
    if (!d) return;
    for (struct dirent *e; (e = readdir(d)) != NULL;)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            (void)unlinkat(dirfd(d), e->d_name, 0);
    (void)closedir(d);
    (void)rmdir(x->tmp);
}

static rk_status name_in(const struct rk_csvdir *x, const char *name, const char *ending,
                         char out[4096], rk_err *err) {
    int n = snprintf(out, 4096, "%s/%s%s", x->tmp, name, ending);
    return n > 0 && n < 4096 ? RK_OK
                             : rk_fail(err, RK_LIMIT, "%s: the path is too long", x->path);
}

rk_status rk_csvdir_open(const char *path, const struct rk_db_ops *ops, size_t bytes,
                         struct rk_csvdir **out, rk_err *err) {
    struct rk_csvdir *x = rk_alloc(bytes);
    x->w.ops = ops;
    rk_buf_init(&x->b, BUFFER);
    *out = x;
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/') n--;
    int a = snprintf(x->path, sizeof x->path, "%.*s", (int)n, path);
    int b = snprintf(x->tmp, sizeof x->tmp, "%.*s.baru", (int)n, path);
    if (a < 0 || b < 0 || b >= (int)sizeof x->tmp)
        return rk_fail(err, RK_LIMIT, "%s: the path is too long", path);
    remove_tmp(x); /* of an export that was broken off */
    return rk_dir_make(x->tmp, err);
}

void rk_csvdir_drop(struct rk_csvdir *x) {
    if (x->out) rk_out_abort(&x->out);
    remove_tmp(x);
    rk_buf_free(&x->b);
    rk_free(x);
}

rk_status rk_csvdir_publish(struct rk_csvdir *x, rk_err *err) {
    rk_status s = rk_dir_sync(x->tmp, err);
    if (s == RK_OK && rename(x->tmp, x->path) != 0)
        s = rk_fail(err, RK_IO, "%s: cannot rename: %s", x->tmp, strerror(errno));
    if (s == RK_OK) s = rk_file_sync(x->path, err);
    rk_csvdir_drop(x);
    return s;
}

rk_status rk_csvdir_file(struct rk_csvdir *x, const char *name, rk_slice bytes, rk_err *err) {
    char path[4096];
    RK_TRY(name_in(x, name, "", path, err));
    return rk_file_write_fast(path, bytes, false, err);
}

rk_status rk_csvdir_describe(struct rk_csvdir *x, const char *ending, rk_err *err) {
    rk_buf b;
    rk_buf_init(&b, BUFFER);
    rk_db_datapackage(x->w.schema, ending, &b);
    rk_status s = rk_csvdir_file(x, "datapackage.json", rk_buf_slice(&b), err);
    rk_buf_clear(&b);
    rk_db_dictionary_html(x->w.schema, &b);
    if (s == RK_OK) s = rk_csvdir_file(x, "kamus.html", rk_buf_slice(&b), err);
    rk_buf_free(&b);
    return s;
}

/* ===== the tables ===== */

static rk_status flush(struct rk_csvdir *x, size_t from, rk_err *err) {
    if (x->b.failed) return rk_fail(err, RK_LIMIT, "a row is too long");
    if (x->b.len < from) return RK_OK;
    rk_status s = rk_out_write(x->out, rk_buf_slice(&x->b), err);
    rk_buf_clear(&x->b);
    return s;
}

rk_status rk_csvdir_table(rk_db *w, const rk_db_table *t, rk_err *err) {
    struct rk_csvdir *x = (struct rk_csvdir *)w;
    char path[4096];
    RK_TRY(name_in(x, t->name, ".csv", path, err));
    RK_TRY(rk_out_open(path, &x->out, err));
    for (uint32_t i = 0; i < t->n_column; i++)
        rk_buf_printf(&x->b, i ? ",%s" : "%s", t->column[i].name);
    rk_buf_byte(&x->b, '\n');
    return RK_OK;
}

/* Quoted where it must be, unchanged otherwise: this is read by databases, so nothing is put
 * before a '-' or '=' as it is for spreadsheets. */
static void text(rk_buf *b, rk_slice s) {
    bool quote = false;
    for (size_t i = 0; i < s.len && !quote; i++)
        quote = s.ptr[i] == ',' || s.ptr[i] == '"' || s.ptr[i] == '\n' || s.ptr[i] == '\r';
    if (!quote) {
        rk_buf_add(b, s);
        return;
    }
    rk_buf_byte(b, '"');
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '"') rk_buf_byte(b, '"');
        rk_buf_byte(b, s.ptr[i]);
    }
    rk_buf_byte(b, '"');
}

rk_status rk_csvdir_row(rk_db *w, const rk_db_value *v, rk_err *err) {
    struct rk_csvdir *x = (struct rk_csvdir *)w;
    const rk_db_table *t = w->now;
    rk_buf *b = &x->b;
    for (uint32_t i = 0; i < t->n_column; i++) {
        char *p = rk_buf_room(b, 32);
        if (!p) break;
        bool number = t->column[i].type == RK_DB_INT;
        if (number && !v[i].absent && v[i].num >= 0 && i)
            p = rk_num_put_comma(p, (uint64_t)v[i].num);
        else {
            if (i) *p++ = ',';
            if (number && !v[i].absent) {
                if (v[i].num < 0) *p++ = '-';
                p = rk_num_put(p, v[i].num < 0 ? 0 - (uint64_t)v[i].num : (uint64_t)v[i].num);
            }
        }
        rk_buf_commit(b, p);
        if (!number) text(b, v[i].text);
    }
    rk_buf_byte(b, '\n');
    return flush(x, PIECE, err);
}

rk_status rk_csvdir_end_table(rk_db *w, rk_err *err) {
    struct rk_csvdir *x = (struct rk_csvdir *)w;
    RK_TRY(flush(x, 0, err));
    return rk_out_close_fast(&x->out, err); /* rk_csvdir_publish flushes all at once */
}

static rk_status finish(rk_db *w, rk_err *err) {
    struct rk_csvdir *x = (struct rk_csvdir *)w;
    rk_buf b;
    rk_buf_init(&b, BUFFER);
    rk_buf_lit(&b, "-- SQLite: sqlite3 new.db '.read skema.sql', then .mode csv and\n"
                   "-- .import --skip 1 TABLE.csv TABLE; empty fields mean absent.\n");
    for (uint32_t i = 0; i < w->schema->n_table; i++)
        rk_db_create(&w->schema->table[i], RK_SQL_SQLITE, &b);
    rk_db_create(&rk_db_dictionary_table, RK_SQL_SQLITE, &b);
    rk_db_views(w->schema, RK_SQL_SQLITE, &b);
    rk_status s = rk_csvdir_file(x, "skema.sql", rk_buf_slice(&b), err);
    rk_buf_free(&b);
    if (s == RK_OK) s = rk_csvdir_describe(x, "csv", err);
    if (s != RK_OK) return rk_csvdir_drop(x), s;
    return rk_csvdir_publish(x, err);
}

static void abort_db(rk_db *w) { rk_csvdir_drop((struct rk_csvdir *)w); }

rk_status rk_db_open_csv(const char *path, rk_db **out, rk_err *err) {
    static const struct rk_db_ops OPS = {rk_csvdir_table, rk_csvdir_row, rk_csvdir_end_table,
                                         finish, abort_db};
    struct rk_csvdir *x;
    rk_status s = rk_csvdir_open(path, &OPS, sizeof *x, &x, err);
    if (s != RK_OK) return rk_csvdir_drop(x), s;
    *out = &x->w;
    return RK_OK;
}
