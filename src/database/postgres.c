/* A dump that psql loads: one transaction, COPY in text format, then keys, indexes, views and
 * comments. The tables go where the search path says. */
#include "base/mem.h"
#include "base/num.h"
#include "database/writer.h"
#include "files/files.h"

enum { PIECE = 1 << 18, BUFFER = 1 << 21 };

struct postgres {
    rk_db w;
    rk_out *out;
    rk_buf b;
};

static rk_status flush(struct postgres *x, size_t from, rk_err *err) {
    if (x->b.failed) return rk_fail(err, RK_LIMIT, "a line of the dump is too long");
    if (x->b.len < from) return RK_OK;
    rk_status s = rk_out_write(x->out, rk_buf_slice(&x->b), err);
    rk_buf_clear(&x->b);
    return s;
}

static rk_status table(rk_db *w, const rk_db_table *t, rk_err *err) {
    struct postgres *x = (struct postgres *)w;
    rk_db_create(t, RK_SQL_POSTGRES, &x->b);
    rk_buf_printf(&x->b, "COPY %s (", t->name);
    for (uint32_t i = 0; i < t->n_column; i++)
        rk_buf_printf(&x->b, i ? ",%s" : "%s", t->column[i].name);
    rk_buf_lit(&x->b, ") FROM stdin;\n");
    return flush(x, PIECE, err);
}

static void text(rk_buf *b, rk_slice s) {
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        const char *as = c == '\\'   ? "\\\\"
                         : c == '\t' ? "\\t"
                         : c == '\n' ? "\\n"
                         : c == '\r' ? "\\r"
                                     : NULL;
        if (as)
            rk_buf_add(b, (rk_slice){as, 2});
        else
            rk_buf_byte(b, c);
    }
}

static rk_status row(rk_db *w, const rk_db_value *v, rk_err *err) {
    struct postgres *x = (struct postgres *)w;
    const rk_db_table *t = w->now;
    rk_buf *b = &x->b;
    for (uint32_t i = 0; i < t->n_column; i++) {
        bool number = t->column[i].type == RK_DB_INT;
        char *p = rk_buf_room(b, 24);
        if (!p) break;
        if (i) *p++ = '\t';
        if (number ? v[i].absent : v[i].text.len == 0)
            *p++ = '\\', *p++ = 'N';
        else if (number) {
            if (v[i].num < 0) *p++ = '-';
            p = rk_num_put(p, v[i].num < 0 ? 0 - (uint64_t)v[i].num : (uint64_t)v[i].num);
        }
        rk_buf_commit(b, p);
        if (!number && v[i].text.len) text(b, v[i].text);
    }
    rk_buf_byte(b, '\n');
    return flush(x, PIECE, err);
}

static rk_status end_table(rk_db *w, rk_err *err) {
    struct postgres *x = (struct postgres *)w;
    rk_buf_lit(&x->b, "\\.\n");
    return flush(x, PIECE, err);
}

static void abort_db(rk_db *w) {
    struct postgres *x = (struct postgres *)w;
    rk_out_abort(&x->out);
    rk_buf_free(&x->b);
    rk_free(x);
}

static rk_status finish(rk_db *w, rk_err *err) {
    struct postgres *x = (struct postgres *)w;
    for (uint32_t i = 0; i < w->schema->n_table; i++)
        rk_db_indexes(&w->schema->table[i], RK_SQL_POSTGRES, &x->b);
    rk_db_views(w->schema, RK_SQL_POSTGRES, &x->b);
    rk_buf_lit(&x->b, "COMMIT;\nANALYZE;\n");
    rk_status s = flush(x, 0, err);
    if (s != RK_OK) return abort_db(w), s;
    s = rk_out_close(&x->out, err);
    rk_buf_free(&x->b);
    rk_free(x);
    return s;
}

rk_status rk_db_open_postgres(const char *path, rk_db **out, rk_err *err) {
    static const struct rk_db_ops OPS = {table, row, end_table, finish, abort_db};
    rk_out *file = NULL;
    RK_TRY(rk_out_open(path, &file, err));
    struct postgres *x = rk_alloc(sizeof *x);
    x->w.ops = &OPS;
    x->out = file;
    rk_buf_init(&x->b, BUFFER);
    rk_buf_lit(&x->b, "-- Load with: psql -v ON_ERROR_STOP=1 -f FILE DATABASE\n"
                      "\\set ON_ERROR_STOP on\nSET client_encoding = 'UTF8';\n"
                      "SET standard_conforming_strings = on;\nBEGIN;\n");
    *out = &x->w;
    return RK_OK;
}
