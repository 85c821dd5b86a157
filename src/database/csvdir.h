/* A directory of CSV files, which Parquet is made from too. */
#ifndef RK_DATABASE_CSVDIR_H
#define RK_DATABASE_CSVDIR_H

#include "database/writer.h"

struct rk_out;
struct rk_csvdir {
    rk_db w;
    char path[4096], tmp[4096]; /* its name, and what it is called until it is complete */
    struct rk_out *out;
    rk_buf b;
};

rk_status rk_csvdir_open(const char *path, const struct rk_db_ops *ops, size_t bytes,
                         struct rk_csvdir **out, rk_err *err);
rk_status rk_csvdir_table(rk_db *w, const rk_db_table *t, rk_err *err);
rk_status rk_csvdir_row(rk_db *w, const rk_db_value *v, rk_err *err);
rk_status rk_csvdir_end_table(rk_db *w, rk_err *err);
/* Writes one file into the directory. */
rk_status rk_csvdir_file(struct rk_csvdir *x, const char *name, rk_slice bytes, rk_err *err);
/* Dictionary and data package. */
rk_status rk_csvdir_describe(struct rk_csvdir *x, const char *ending, rk_err *err);
/* Gives the directory its name and frees; or removes it. */
rk_status rk_csvdir_publish(struct rk_csvdir *x, rk_err *err);
void rk_csvdir_drop(struct rk_csvdir *x);

#endif
