/* What the tests of the public log share: a log in memory, keys, short ways to say things. */
#ifndef TESTS_UNIT_LOG_LOG_TEST_H
#define TESTS_UNIT_LOG_LOG_TEST_H

#include "base/mem.h"
#include "core/merkle.h"
#include "core/notekey.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>

/* Every complete subtree of a log, by level. */
typedef struct test_log {
    uint64_t size;
    rk_sha256 *level[RK_FRONTIER_LEVELS];
    rk_frontier frontier;
} test_log;

static inline rk_sha256 test_entry_leaf(uint64_t i) {
    char text[32];
    int n = snprintf(text, sizeof text, "entry %llu", (unsigned long long)i);
    return rk_merkle_leaf((rk_slice){text, (size_t)n});
}

static inline test_log *test_log_new(uint64_t size) {
    test_log *l = rk_alloc(sizeof *l);
    for (unsigned k = 0; k < RK_FRONTIER_LEVELS && size >> k; k++)
        l->level[k] = rk_calloc((size >> k) + 1, sizeof(rk_sha256));
    for (; l->size < size; l->size++) {
        rk_sha256 leaf = test_entry_leaf(l->size);
        unsigned closed = rk_frontier_append(&l->frontier, &leaf);
        for (unsigned k = 0; k <= closed; k++)
            l->level[k][((l->size + 1) >> k) - 1] = l->frontier.node[k];
    }
    return l;
}

static inline void test_log_free(test_log *l) {
    for (unsigned k = 0; k < RK_FRONTIER_LEVELS; k++) rk_free(l->level[k]);
    rk_free(l);
}

static inline rk_status test_log_read(void *ctx, unsigned level, uint64_t index, rk_sha256 *out,
                                      rk_err *err) {
    test_log *l = ctx;
    if (index >= l->size >> level) return rk_fail(err, RK_NOT_FOUND, "not there");
    *out = l->level[level][index];
    return RK_OK;
}

static inline rk_hash_reader test_log_reader(test_log *l) {
    return (rk_hash_reader){test_log_read, l};
}

static inline void test_hash_is(const rk_sha256 *h, const char *hex) {
    char text[65] = {0};
    rk_sha256_put(text, h);
    assert_string_equal(text, hex);
}

static inline rk_signer test_signer(const char *name, enum rk_key_type type, uint8_t seed) {
    rk_ed25519_seed s;
    rk_signer out;
    rk_err err = RK_ERR_INIT;
    memset(s.b, seed, sizeof s.b);
    if (rk_signer_new(rk_slice_str(name), type, &s, &out, &err) != RK_OK)
        fail_msg("%s", err.text);
    return out;
}

#endif
