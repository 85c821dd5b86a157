#include "database/writer.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

bool rk_db_format_parse(rk_slice s, enum rk_db_format *out) {
    static const char *const names[] = {"sqlite", "postgres", "csv", "parquet"};
    for (int i = 0; i < 4; i++)
        if (rk_slice_is(s, names[i])) return *out = (enum rk_db_format)i, true;
    return false;
}

rk_status rk_db_open(enum rk_db_format f, const char *path, const char *duckdb,
                     const rk_db_schema *s, rk_db **out, rk_err *err) {
    struct stat st;
    bool dump = f == RK_DB_POSTGRES && strcmp(path, "-") == 0;
    *out = NULL;
    if (!dump && lstat(path, &st) == 0)
        return rk_fail(err, RK_CONFLICT, "%s is there already: name another file, or remove it",
                       path);
    RK_TRY(f == RK_DB_SQLITE     ? rk_db_open_sqlite(path, out, err)
           : f == RK_DB_POSTGRES ? rk_db_open_postgres(path, out, err)
           : f == RK_DB_CSV      ? rk_db_open_csv(path, out, err)
                                 : rk_db_open_parquet(path, duckdb, out, err));
    (*out)->schema = s;
    return RK_OK;
}

static rk_status dictionary_row(void *ctx, const rk_slice cell[6], rk_err *err) {
    rk_db_value v[6] = {0};
    for (int i = 0; i < 6; i++) v[i].text = cell[i];
    return rk_db_row(ctx, v, err);
}

static rk_status dictionary(rk_db *w, rk_err *err) {
    RK_TRY(rk_db_table_begin(w, &rk_db_dictionary_table, err));
    RK_TRY(rk_db_dictionary(w->schema, dictionary_row, w, err));
    return rk_db_table_end(w, err);
}

rk_status rk_db_finish(rk_db **pw, rk_err *err) {
    rk_db *w = *pw;
    rk_status s = dictionary(w, err);
    if (s == RK_OK)
        s = w->ops->finish(w, err);
    else
        w->ops->abort(w);
    *pw = NULL;
    return s;
}

void rk_db_abort(rk_db **w) {
    if (*w) (*w)->ops->abort(*w);
    *w = NULL;
}
