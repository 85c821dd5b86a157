/* Inside of the SQLite store: the handle, its statements and the file format. Not for others.
 */
#ifndef RK_STORE_SQLITE_INNER_H
#define RK_STORE_SQLITE_INNER_H

#include "store/bundle.h"
#include "store/store.h"

#include <sqlite3.h>

#define RK_SQLITE_APPLICATION 0x524B4150 /* "RKAP" */
#define RK_SQLITE_FORMAT 2

enum rk_sql {
    SQL_BEGIN_READ,
    SQL_BEGIN_WRITE,
    SQL_COMMIT,
    SQL_ROLLBACK,
    SQL_COUNTS,
    SQL_BUNDLE_PUT,
    SQL_BUNDLES,
    SQL_TAIL_PUT,
    SQL_TAIL_CLEAR,
    SQL_TAIL,
    SQL_TILE_PUT,
    SQL_TILE_GET,
    SQL_HEAD_PUT,
    SQL_HEAD_GET,
    SQL_META_GET,
    SQL_META_PUT,
    SQL_STATEMENTS
};

struct rk_sqlite {
    rk_store port;
    sqlite3 *db;
    char *path;
    sqlite3_stmt *statement[SQL_STATEMENTS]; /* made at first use, kept */
    bool writable;
    bool stopped;      /* a write or flush failed: never writes again */
    bool in_batch;     /* holds the write lock */
    bool broken;       /* the open batch can only be dropped */
    bool reading;      /* inside the caller's rk_store_fn */
    int wal_pages_max; /* the write-ahead log is copied when it is longer; tests make it small
                        */
    int wal_pages;     /* pages in the write-ahead log after the last commit */
    int wal_flushed;   /* how many there were when they were last copied to the table file */
    uint64_t size;     /* committed entries when the batch began */
    uint64_t bundles;  /* full bundles, those of the batch included */
    uint32_t tail;     /* rows in the tail table */
    uint32_t pending;  /* entries of the batch that are only in `bundle` */
    rk_buf bundle;
};

extern const struct rk_store_ops rk_sqlite_ops;

/* Says what went wrong; when `writing`, an I/O error stops the handle. */
rk_status rk_sqlite_fail(struct rk_sqlite *s, int rc, const char *doing, bool writing,
                         rk_err *err);
void rk_sqlite_stop(struct rk_sqlite *s);
void rk_sqlite_free(struct rk_sqlite *s);
/* sqlite3_wal_hook: notes how long the write-ahead log is. */
int rk_sqlite_wal_hook(void *ctx, sqlite3 *db, const char *name, int pages);

#endif
