/* For tests: elections made in memory, entry by entry, without any store. */
#ifndef TESTS_SMALL_ELECTION_H
#define TESTS_SMALL_ELECTION_H

#include "core/election.h"
#include "files/files.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define UNUSED __attribute__((unused))

static inline void small_ok(rk_status s, const rk_err *err) {
    if (s != RK_OK) fail_msg("%s: %s", rk_status_name(s), err->text);
}

static inline void small_apply(rk_election *e, rk_buf *entry) {
    rk_err err = RK_ERR_INIT;
    rk_slice s = rk_buf_slice(entry);
    small_ok(rk_election_apply(e, &s, 1, &err), &err);
    rk_buf_free(entry);
}

static inline rk_election *small_new(const char *id, const char *date) {
    rk_election *e = rk_election_new();
    rk_err err = RK_ERR_INIT;
    rk_buf b;
    rk_buf_init(&b, RK_ENTRY_MAX);
    small_ok(rk_entry_put_election(&(rk_election_entry){.head.actor.role = RK_LIT("uji"),
                                                        .id = rk_slice_str(id),
                                                        .date = rk_slice_str(date)},
                                   &b, &err),
             &err);
    small_apply(e, &b);
    return e;
}

static inline void small_document(rk_election *e, enum rk_document type, rk_slice bytes) {
    uint32_t parts = (uint32_t)((bytes.len + RK_DOCUMENT_PART - 1) / RK_DOCUMENT_PART);
    for (uint32_t i = 0; i < parts; i++) {
        rk_err err = RK_ERR_INIT;
        rk_buf b;
        rk_buf_init(&b, RK_ENTRY_MAX);
        size_t at = (size_t)i * RK_DOCUMENT_PART,
               n = bytes.len - at < RK_DOCUMENT_PART ? bytes.len - at : RK_DOCUMENT_PART;
        rk_document_entry d = {.head.actor.role = RK_LIT("uji"),
                               .type = type,
                               .label = RK_LIT("x"),
                               .sha256 = rk_sha256_of(bytes),
                               .part = i,
                               .parts = parts,
                               .bytes = {bytes.ptr + at, n}};
        small_ok(rk_entry_put_document(&d, &b, &err), &err);
        small_apply(e, &b);
    }
}

static inline void small_regions(rk_election *e, const char *csv) {
    small_document(e, RK_DOC_WILAYAH, rk_slice_str(csv));
}
static inline void small_contest(rk_election *e, const char *json) {
    small_document(e, RK_DOC_KONTES, rk_slice_str(json));
}

/* Fills in contest, batch and number of cells. */
static inline void small_put(rk_election *e, uint32_t contest, rk_form f) {
    rk_err err = RK_ERR_INIT;
    rk_buf b;
    const rk_contest *c = e->tally[contest].contest;
    rk_buf_init(&b, RK_ENTRY_MAX);
    f.contest = rk_code_slice(&c->code);
    f.batch = RK_NO_BATCH;
    f.head.actor.role = RK_LIT("uji");
    f.n_cell = c->n_col;
    small_ok(rk_entry_put_form(&f, e->size, &b, &err), &err);
    small_apply(e, &b);
}

/* A form with the given cells (contest->n_col of them). */
static inline void small_form(rk_election *e, uint32_t contest, const char *tps, uint32_t ts,
                              const uint32_t *cell) {
    small_put(e, contest, (rk_form){.tps = rk_slice_str(tps), .ts = ts, .cell = cell});
}

/* A file of the repository (REKAP_ROOT says where it is). */
static inline rk_file small_file(const char *name) {
    char path[4096];
    rk_err err = RK_ERR_INIT;
    rk_file f;
    const char *root = getenv("REKAP_ROOT");
    snprintf(path, sizeof path, "%s/%s", root ? root : ".", name);
    small_ok(rk_file_read(path, RK_FILE_BYTES_MAX, &f, &err), &err);
    return f;
}

/* The nation of 2024: real regions, real contest. */
static inline rk_election *small_2024(void) {
    rk_election *e = small_new("pemilu2024", "2024-02-14");
    rk_file w = small_file("data/pemilu2024/wilayah.csv.zst"),
            k = small_file("data/pemilu2024/kontes-ppwp.json");
    small_document(e, RK_DOC_WILAYAH, w.bytes);
    small_document(e, RK_DOC_KONTES, k.bytes);
    rk_file_free(&w);
    rk_file_free(&k);
    return e;
}

#endif
