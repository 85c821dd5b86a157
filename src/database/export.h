/* What goes into a database: one counted election, or the archive. Reads, never writes to
 * either. */
#ifndef RK_DATABASE_EXPORT_H
#define RK_DATABASE_EXPORT_H

#include "arsip/arsip.h"
#include "core/election.h"
#include "database/writer.h"

/* Called now and then with the rows written so far. */
typedef void rk_db_progress(void *ctx, uint64_t rows);

/* The definitions of an election's database: the columns of `formulir` are its contests'
 * fields. rk_db_schema_free. */
rk_db_schema *rk_db_election_schema(const rk_election *e);
void rk_db_schema_free(rk_db_schema **s);
/* Settles nothing: call rk_election_settle before. */
rk_status rk_db_export_election(rk_election *e, const rk_db_schema *s, rk_db *w,
                                rk_db_progress *say, void *ctx, rk_err *err);

extern const rk_db_schema rk_db_archive_schema;
rk_status rk_db_export_archive(const rk_arsip *a, rk_db *w, rk_db_progress *say, void *ctx,
                               rk_err *err);

#endif
