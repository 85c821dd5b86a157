/* What a database export holds, said once: from these definitions come the CREATE statements of
 * every format, the comments, the indexes, the data package and the dictionary. A text that is
 * empty is absent (NULL) in every format; numbers are whole. Constant data, or owned by
 * whoever builds it (election.c adds a contest's fields). */
#ifndef RK_DATABASE_SCHEMA_H
#define RK_DATABASE_SCHEMA_H

#include "base/sink.h"

enum rk_db_type { RK_DB_INT, RK_DB_TEXT };

typedef struct rk_db_column {
    const char *name;
    enum rk_db_type type;
    const char *refers;  /* "wilayah.id", NULL = nothing */
    const char *id, *en; /* what it means */
    const char *unit;    /* NULL = none */
} rk_db_column;

typedef struct rk_db_table {
    const char *name, *id, *en;
    const rk_db_column *column;
    uint32_t n_column;
    const char *key;   /* primary key: column names with commas, NULL = none */
    const char *index; /* further indexes: column lists separated by ';', NULL = none */
} rk_db_table;

typedef struct rk_db_view {
    const char *name, *id, *en, *sql; /* one SELECT that SQLite, PostgreSQL, DuckDB agree on */
} rk_db_view;

typedef struct rk_db_schema {
    const char *name, *id, *en;
    const rk_db_table *table; /* in an order in which nothing refers to a later table */
    uint32_t n_table;
    const rk_db_view *view;
    uint32_t n_view;
} rk_db_schema;

enum rk_db_dialect { RK_SQL_SQLITE, RK_SQL_POSTGRES, RK_SQL_DUCKDB };

/* CREATE TABLE with comments (SQLite keeps them in its schema), COMMENT ON for PostgreSQL. */
void rk_db_create(const rk_db_table *t, enum rk_db_dialect d, rk_buf *out);
/* PRIMARY KEY (but where CREATE had it) and indexes. */
void rk_db_indexes(const rk_db_table *t, enum rk_db_dialect d, rk_buf *out);
void rk_db_views(const rk_db_schema *s, enum rk_db_dialect d, rk_buf *out);

/* The dictionary: every table and column, every view. The table `kamus` is in every export. */
extern const rk_db_table rk_db_dictionary_table;
typedef rk_status rk_db_dictionary_row(void *ctx, const rk_slice cell[6], rk_err *err);
rk_status rk_db_dictionary(const rk_db_schema *s, rk_db_dictionary_row *row, void *ctx,
                           rk_err *err);
void rk_db_dictionary_csv(const rk_db_schema *s, rk_buf *out);
void rk_db_dictionary_html(const rk_db_schema *s, rk_buf *out);
/* datapackage.json (Frictionless): ending = "csv" or "parquet". */
void rk_db_datapackage(const rk_db_schema *s, const char *ending, rk_buf *out);

#endif
