/* Statements of residency kept with an election: DIR/residensi/NAME.json and NAME.csv (NAME is
 * a date, "2026-11-29", and "2026-11-29-2" for another statement of the same day), an entry
 * "publication" of type 3 in the log that names the SHA-256 of the JSON and is signed like
 * every entry, and last DIR/residensi/daftar.json, the list that servers and publications hand
 * out. A run cut short is done again; at worst one statement has two entries. At most
 * RK_STATEMENTS_MAX. */
#ifndef RK_INTAKE_STATEMENT_H
#define RK_INTAKE_STATEMENT_H

#include "base/err.h"
#include "base/limits.h"

#define RK_STATEMENT_NAME_MAX 16u /* "2026-11-29-9999" and an end */
/* The list: one statement a line between a first and a last line, so that it is also JSON. */
#define RK_STATEMENT_LIST "residensi/daftar.json"

typedef struct rk_statement {
    char name[RK_STATEMENT_NAME_MAX];
    uint64_t entry;
    bool again; /* the same statement was there already: nothing was written */
} rk_statement;

/* Keeps a statement of `date` ("YYYY-MM-DD"); opens the election directory for writing. */
rk_status rk_statement_keep(const char *dir, const char *date, rk_slice json, rk_slice csv,
                            rk_statement *out, rk_err *err);
/* "2026-11-29" or "2026-11-29-2": what a statement's name looks like. */
bool rk_statement_name_ok(rk_slice name);

#endif
