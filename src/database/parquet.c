/* Parquet by DuckDB's C library, loaded when it is asked for and never linked: the tables are
 * written as CSV and converted one by one, so that memory stays that of one row group. Five
 * functions of its stable C API are used; they are declared here because the library comes
 * without a header (source: duckdb.org/docs/api/c). */
#include "database/csvdir.h"

#include <dlfcn.h>
#include <stdio.h>
#include <unistd.h>

typedef void *duckdb_database, *duckdb_connection;
typedef struct duckdb_result {
    uint64_t deprecated_column_count, deprecated_row_count, deprecated_rows_changed;
    void *deprecated_columns;
    char *deprecated_error_message;
    void *internal_data;
} duckdb_result;
enum { DUCKDB_SUCCESS = 0 };

struct parquet {
    struct rk_csvdir dir; /* first: rows go to it */
    void *lib;
    duckdb_database db;
    duckdb_connection con;
    int (*open)(const char *path, duckdb_database *out);
    void (*close)(duckdb_database *db);
    int (*connect)(duckdb_database db, duckdb_connection *out);
    void (*disconnect)(duckdb_connection *con);
    int (*query)(duckdb_connection con, const char *sql, duckdb_result *out);
    const char *(*error)(duckdb_result *r);
    void (*destroy)(duckdb_result *r);
};

static rk_status load(struct parquet *x, const char *name, rk_err *err) {
    x->lib = dlopen(name ? name : "libduckdb.so", RTLD_NOW | RTLD_LOCAL);
    if (!x->lib)
        return rk_fail(
            err, RK_NOT_FOUND,
            "Parquet needs DuckDB's library (libduckdb.so), which is not there: take "
            "it from duckdb.org or the npm package @duckdb/node-bindings-linux-x64 "
            "and say --duckdb FILE or REKAP_DUCKDB (%.120s)",
            dlerror());
    const struct {
        const char *name;
        void *to;
    } F[] = {{"duckdb_open", &x->open},
             {"duckdb_close", &x->close},
             {"duckdb_connect", &x->connect},
             {"duckdb_disconnect", &x->disconnect},
             {"duckdb_query", &x->query},
             {"duckdb_result_error", &x->error},
             {"duckdb_destroy_result", &x->destroy}};
    for (size_t i = 0; i < sizeof F / sizeof *F; i++) {
        void *f = dlsym(x->lib, F[i].name);
        if (!f)
            return rk_fail(err, RK_NOT_FOUND, "%s has no function %s: is it DuckDB's library?",
                           name ? name : "libduckdb.so", F[i].name);
        memcpy(F[i].to, &f, sizeof f);
    }
    if (x->open(NULL, &x->db) != DUCKDB_SUCCESS || x->connect(x->db, &x->con) != DUCKDB_SUCCESS)
        return rk_fail(err, RK_IO, "DuckDB could not be started");
    return RK_OK;
}

static rk_status run(struct parquet *x, rk_buf *sql, rk_err *err) {
    duckdb_result r = {0};
    rk_buf_byte(sql, 0);
    if (sql->failed) return rk_fail(err, RK_LIMIT, "a statement is too long");
    int rc = x->query(x->con, sql->ptr, &r);
    if (rc != DUCKDB_SUCCESS) rk_fail(err, RK_IO, "DuckDB: %.300s", x->error(&r));
    x->destroy(&r);
    rk_buf_clear(sql);
    return rc == DUCKDB_SUCCESS ? RK_OK : RK_IO;
}

/* 'text' with quotes doubled. */
static void literal(rk_buf *b, const char *s) {
    rk_buf_byte(b, '\'');
    for (; *s; s++) {
        if (*s == '\'') rk_buf_byte(b, '\'');
        rk_buf_byte(b, *s);
    }
    rk_buf_byte(b, '\'');
}

/* The table just written, from CSV to Parquet. */
static rk_status convert(struct parquet *x, rk_err *err) {
    const rk_db_table *t = x->dir.w.now;
    char csv[4200], parquet[4200];
    snprintf(csv, sizeof csv, "%s/%s.csv", x->dir.tmp, t->name);
    snprintf(parquet, sizeof parquet, "%s/%s.parquet", x->dir.tmp, t->name);
    rk_buf sql;
    rk_buf_init(&sql, 1 << 20);
    rk_buf_lit(&sql, "COPY (SELECT * FROM read_csv(");
    literal(&sql, csv);
    rk_buf_lit(&sql, ", header=true, auto_detect=false, delim=',', quote='\"', escape='\"', "
                     "nullstr='', max_line_size=1048576, columns={");
    for (uint32_t i = 0; i < t->n_column; i++)
        rk_buf_printf(&sql, "%s'%s':'%s'", i ? "," : "", t->column[i].name,
                      t->column[i].type == RK_DB_INT ? "BIGINT" : "VARCHAR");
    rk_buf_lit(&sql, "})) TO ");
    literal(&sql, parquet);
    rk_buf_lit(&sql, " (FORMAT parquet, COMPRESSION zstd)");
    rk_status s = run(x, &sql, err);
    rk_buf_free(&sql);
    if (s == RK_OK && unlink(csv) != 0) s = rk_fail(err, RK_IO, "%s: cannot remove it", csv);
    return s;
}

static rk_status end_table(rk_db *w, rk_err *err) {
    RK_TRY(rk_csvdir_end_table(w, err));
    return convert((struct parquet *)w, err);
}

static void unload(struct parquet *x) {
    if (x->con) x->disconnect(&x->con);
    if (x->db) x->close(&x->db);
    /* The library stays mapped: it leaves threads and handlers behind that run its code. */
    x->lib = NULL;
}

/* What makes the files one database again: duckdb < baca.sql */
static rk_status reader(struct parquet *x, rk_err *err) {
    rk_buf b;
    const rk_db_schema *s = x->dir.w.schema;
    rk_buf_init(&b, 1 << 20);
    rk_buf_lit(&b, "-- DuckDB, run in this directory: .read baca.sql\n");
    for (uint32_t i = 0; i < s->n_table; i++)
        rk_buf_printf(&b, "CREATE VIEW %s AS SELECT * FROM '%s.parquet';\n", s->table[i].name,
                      s->table[i].name);
    rk_buf_lit(&b, "CREATE VIEW kamus AS SELECT * FROM 'kamus.parquet';\n");
    rk_db_views(s, RK_SQL_DUCKDB, &b);
    rk_status st = rk_csvdir_file(&x->dir, "baca.sql", rk_buf_slice(&b), err);
    rk_buf_free(&b);
    return st;
}

static rk_status finish(rk_db *w, rk_err *err) {
    struct parquet *x = (struct parquet *)w;
    unload(x);
    rk_status s = reader(x, err);
    if (s == RK_OK) s = rk_csvdir_describe(&x->dir, "parquet", err);
    if (s != RK_OK) return rk_csvdir_drop(&x->dir), s;
    return rk_csvdir_publish(&x->dir, err);
}

static void abort_db(rk_db *w) {
    unload((struct parquet *)w);
    rk_csvdir_drop((struct rk_csvdir *)w);
}

rk_status rk_db_open_parquet(const char *path, const char *duckdb, rk_db **out, rk_err *err) {
    static const struct rk_db_ops OPS = {rk_csvdir_table, rk_csvdir_row, end_table, finish,
                                         abort_db};
    struct rk_csvdir *dir;
    rk_status s = rk_csvdir_open(path, &OPS, sizeof(struct parquet), &dir, err);
    if (s == RK_OK) s = load((struct parquet *)dir, duckdb, err);
    if (s != RK_OK) return abort_db(&dir->w), s;
    *out = &dir->w;
    return RK_OK;
}
