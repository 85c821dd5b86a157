/* A file of forms into the log: all or nothing. Each row is checked against tree and contest
 * before anything is written; then the batch entry and one entry per form go into one
 * transaction. A row equal to the form in force makes no entry; a row that differs is a
 * correction. */
#ifndef RK_INTAKE_IMPORT_H
#define RK_INTAKE_IMPORT_H

#include "core/formcsv.h"
#include "intake/dir.h"

typedef struct rk_import_options {
    rk_slice contest;
    rk_slice reason;
    rk_slice tps;      /* for a bare Sirekap document: its station */
    bool keep_going;   /* take the good rows of a file that has bad ones */
    bool dry_run;      /* check only; new stations stay in the election in memory: close it */
    rk_problem_fn *fn; /* told of every problem */
    void (*progress)(void *ctx, uint64_t done, uint64_t total); /* bytes; may be NULL */
    void *ctx;
} rk_import_options;

typedef struct rk_import_report {
    uint64_t rows; /* good rows */
    uint64_t added, corrected, unchanged;
    uint64_t bad;         /* bad rows, left out */
    uint64_t first_entry; /* index of the batch entry; UINT64_MAX when nothing was written */
} rk_import_report;

/* Imports bytes (a forms CSV, or Sirekap documents: one, or one a line). RK_BAD_INPUT when rows
 * are bad and keep_going is not set (nothing was written), or when the header is wrong. After
 * any failure the election in memory is undefined: close the directory. On RK_OK it is up to
 * date and settled. */
rk_status rk_import(rk_dir *d, rk_slice source, rk_slice bytes, const rk_import_options *o,
                    rk_import_report *r, rk_err *err);

#endif
