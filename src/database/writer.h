/* A database being written, whatever its format: tables one after the other, rows in the order
 * given. Streams: memory does not grow with the rows. Nothing appears under its name before
 * rk_db_finish succeeds; rk_db_abort takes away what was begun. */
#ifndef RK_DATABASE_WRITER_H
#define RK_DATABASE_WRITER_H

#include "database/schema.h"

typedef struct rk_db_value {
    rk_slice text; /* of a text column: empty = absent */
    int64_t num;   /* of a number column */
    bool absent;   /* of a number column */
} rk_db_value;

typedef struct rk_db rk_db;
struct rk_db_ops {
    rk_status (*table)(rk_db *w, const rk_db_table *t, rk_err *err);
    rk_status (*row)(rk_db *w, const rk_db_value *v, rk_err *err);
    rk_status (*end_table)(rk_db *w, rk_err *err);
    rk_status (*finish)(rk_db *w, rk_err *err); /* indexes, views; flushes, names; frees */
    void (*abort)(rk_db *w);                    /* frees */
};
struct rk_db {
    const struct rk_db_ops *ops;
    const rk_db_schema *schema;
    const rk_db_table *now;
    uint64_t rows; /* written so far, of all tables */
};

enum rk_db_format { RK_DB_SQLITE, RK_DB_POSTGRES, RK_DB_CSV, RK_DB_PARQUET };
bool rk_db_format_parse(rk_slice s, enum rk_db_format *out);

/* Opens a new database. SQLite, PostgreSQL: a file (a dump ending in .zst or .gz is
 * compressed); CSV, Parquet: a directory. RK_CONFLICT when `path` is there already. duckdb: the
 * library for Parquet (NULL = where the system looks); RK_NOT_FOUND says how to get it. */
rk_status rk_db_open(enum rk_db_format f, const char *path, const char *duckdb,
                     const rk_db_schema *s, rk_db **out, rk_err *err);
static inline rk_status rk_db_table_begin(rk_db *w, const rk_db_table *t, rk_err *err) {
    w->now = t;
    return w->ops->table(w, t, err);
}
static inline rk_status rk_db_row(rk_db *w, const rk_db_value *v, rk_err *err) {
    w->rows++;
    return w->ops->row(w, v, err);
}
static inline rk_status rk_db_table_end(rk_db *w, rk_err *err) {
    return w->ops->end_table(w, err);
}
/* Adds the dictionary and closes; *w is NULL afterwards in any case. */
rk_status rk_db_finish(rk_db **w, rk_err *err);
void rk_db_abort(rk_db **w);

/* The formats, for writer.c. */
rk_status rk_db_open_sqlite(const char *path, rk_db **out, rk_err *err);
rk_status rk_db_open_postgres(const char *path, rk_db **out, rk_err *err);
rk_status rk_db_open_csv(const char *path, rk_db **out, rk_err *err);
rk_status rk_db_open_parquet(const char *path, const char *duckdb, rk_db **out, rk_err *err);

#endif
