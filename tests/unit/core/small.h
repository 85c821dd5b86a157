/* Small trees, contests and an election to put forms into, for the tests of core. */
#ifndef RK_TESTS_SMALL_H
#define RK_TESTS_SMALL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "core/election.h"

#define MUST(call, err)                                                                        \
    do {                                                                                       \
        if ((call) != RK_OK) fail_msg("%s: %s", #call, (err).text);                            \
    } while (0)

static inline rk_tree *small_tree(const char *csv) {
    rk_tree *t = NULL;
    rk_err err = RK_ERR_INIT;
    MUST(rk_tree_parse(rk_slice_str(csv), &t, &err), err);
    return t;
}

static inline rk_contest *small_contest(const char *json) {
    rk_contest *c = NULL;
    rk_err err = RK_ERR_INIT;
    MUST(rk_contest_parse(rk_slice_str(json), rk_standard_rules(), &c, &err), err);
    return c;
}

static inline uint32_t node_of(const rk_tree *t, const char *code) {
    uint32_t n = rk_tree_find(t, rk_slice_str(code));
    if (n == RK_NONE) fail_msg("no region %s", code);
    return n;
}

/* Entries of a log in one buffer. */
struct log {
    rk_buf bytes;
    size_t *end; /* end[i]: where entry i ends */
    uint32_t n, cap;
};

static inline void log_init(struct log *l) {
    *l = (struct log){0};
    rk_buf_init(&l->bytes, 1u << 30);
}

static inline void log_free(struct log *l) {
    rk_buf_free(&l->bytes);
    rk_free(l->end);
}

static inline void log_close(struct log *l) { /* what was appended to bytes is an entry */
    RK_PUSH_ROOM(l->end, l->n, l->cap);
    l->end[l->n++] = l->bytes.len;
}

static inline rk_slice log_entry(const struct log *l, uint32_t i) {
    size_t from = i ? l->end[i - 1] : 0;
    return (rk_slice){l->bytes.ptr + from, l->end[i] - from};
}

static inline void log_document(struct log *l, enum rk_document type, const char *contest,
                                rk_slice bytes) {
    rk_err err = RK_ERR_INIT;
    rk_document_entry x = {.head.time = 1000 + l->n,
                           .head.actor = {RK_LIT("operator"), 0},
                           .type = type,
                           .contest = rk_slice_str(contest),
                           .label = RK_LIT("berkas"),
                           .sha256 = rk_sha256_of(bytes)};
    x.parts = (uint32_t)((bytes.len + RK_DOCUMENT_PART - 1) / RK_DOCUMENT_PART);
    for (x.part = 0; x.part < x.parts; x.part++) {
        size_t at = (size_t)x.part * RK_DOCUMENT_PART, left = bytes.len - at;
        x.bytes = (rk_slice){bytes.ptr + at, left < RK_DOCUMENT_PART ? left : RK_DOCUMENT_PART};
        MUST(rk_entry_put_document(&x, &l->bytes, &err), err);
        log_close(l);
    }
}

static inline void log_election(struct log *l) {
    rk_err err = RK_ERR_INIT;
    rk_election_entry x = {.head = {.time = 1000, .actor = {RK_LIT("operator"), 0}},
                           .id = RK_LIT("uji"),
                           .name = RK_LIT("Uji")};
    MUST(rk_entry_put_election(&x, &l->bytes, &err), err);
    log_close(l);
}

static inline void log_form(struct log *l, const rk_form *f) {
    rk_err err = RK_ERR_INIT;
    MUST(rk_entry_put_form(f, l->n, &l->bytes, &err), err);
    log_close(l);
}

static inline void log_batch(struct log *l, const char *contest, uint32_t time,
                             uint64_t forms) {
    rk_err err = RK_ERR_INIT;
    rk_batch_entry x = {.head.time = time,
                        .head.actor = {RK_LIT("impor"), 0},
                        .forms = forms,
                        .contest = rk_slice_str(contest),
                        .source = RK_LIT("a.csv")};
    MUST(rk_entry_put_batch(&x, &l->bytes, &err), err);
    log_close(l);
}

/* Applies entries from..to of the log in one call. */
static inline rk_status log_apply(const struct log *l, rk_election *e, uint32_t from,
                                  uint32_t to, rk_err *err) {
    rk_slice *s = rk_calloc(to - from, sizeof *s);
    for (uint32_t i = from; i < to; i++) s[i - from] = log_entry(l, i);
    rk_status st = rk_election_apply(e, s, to - from, err);
    rk_free(s);
    return st;
}

static inline rk_election *log_fold(const struct log *l) {
    rk_err err = RK_ERR_INIT;
    rk_election *e = rk_election_new();
    MUST(log_apply(l, e, 0, l->n, &err), err);
    rk_election_settle(e);
    return e;
}

#endif
