/* A log in memory of which several histories can be made: what tests of witnesses need. Every
 * complete subtree is kept, so that any earlier size can be asked for. Failing aborts. */
#ifndef RK_TESTS_FORKED_LOG_H
#define RK_TESTS_FORKED_LOG_H

#include "base/mem.h"
#include "core/witness.h"

#include <stdio.h>

typedef struct forked_log {
    uint64_t size, max;
    rk_sha256 *level[RK_FRONTIER_LEVELS];
    rk_frontier frontier;
} forked_log;

static inline forked_log *forked_log_new(uint64_t max) {
    forked_log *l = rk_alloc(sizeof *l);
    l->max = max;
    for (unsigned k = 0; k < RK_FRONTIER_LEVELS && max >> k; k++)
        l->level[k] = rk_calloc((max >> k) + 1, sizeof(rk_sha256));
    return l;
}

static inline void forked_log_free(forked_log *l) {
    for (unsigned k = 0; k < RK_FRONTIER_LEVELS; k++) rk_free(l->level[k]);
    rk_free(l);
}

/* Entries up to `size`, which differ where the history does. */
static inline void forked_log_grow(forked_log *l, uint64_t size, uint64_t history) {
    RK_ASSERT(size <= l->max);
    while (l->size < size) {
        char text[64];
        int n = snprintf(text, sizeof text, "entry %llu of %llu", (unsigned long long)l->size,
                         (unsigned long long)history);
        rk_sha256 leaf = rk_merkle_leaf((rk_slice){text, (size_t)n});
        unsigned closed = rk_frontier_append(&l->frontier, &leaf);
        l->size++;
        for (unsigned k = 0; k <= closed; k++)
            l->level[k][(l->size >> k) - 1] = l->frontier.node[k];
    }
}

static inline rk_status forked_log_read(void *ctx, unsigned level, uint64_t index,
                                        rk_sha256 *out, rk_err *err) {
    const forked_log *l = ctx;
    if (index >= l->size >> level) return rk_fail(err, RK_NOT_FOUND, "not there");
    *out = l->level[level][index];
    return RK_OK;
}

static inline rk_hash_reader forked_log_reader(const forked_log *l) {
    return (rk_hash_reader){forked_log_read, (void *)(uintptr_t)l};
}

/* `to` becomes the first `size` entries of `from`. */
static inline void forked_log_copy(forked_log *to, const forked_log *from, uint64_t size) {
    rk_hash_reader r = forked_log_reader(from);
    RK_ASSERT(size <= from->size && size <= to->max);
    for (unsigned k = 0; k < RK_FRONTIER_LEVELS && size >> k; k++)
        memcpy(to->level[k], from->level[k], (size_t)(size >> k) * sizeof(rk_sha256));
    RK_ASSERT(rk_frontier_load(&to->frontier, size, &r, NULL) == RK_OK);
    to->size = size;
}

static inline rk_sha256 forked_log_root(const forked_log *l, uint64_t size) {
    rk_hash_reader r = forked_log_reader(l);
    rk_sha256 root;
    RK_ASSERT(rk_merkle_root(size, &r, &root, NULL) == RK_OK);
    return root;
}

/* The signed checkpoint of the first `size` entries; the log's name is the key's. */
static inline void forked_log_note(const forked_log *l, uint64_t size, const rk_signer *key,
                                   rk_buf *out) {
    rk_checkpoint c = {.origin = rk_verifier_name(&key->verifier),
                       .size = size,
                       .root = forked_log_root(l, size)};
    rk_buf_init(out, RK_NOTE_MAX);
    RK_ASSERT(rk_checkpoint_sign(&c, key, 1, out, NULL) == RK_OK);
}

/* add-checkpoint for `size` entries with the proof from `old`. */
static inline void forked_log_request(const forked_log *l, uint64_t old, uint64_t size,
                                      const rk_signer *key, rk_buf *out) {
    rk_hash_reader r = forked_log_reader(l);
    rk_merkle_proof p = {0};
    rk_buf note;
    if (old <= size) RK_ASSERT(rk_merkle_consistency(old, size, &r, &p, NULL) == RK_OK);
    forked_log_note(l, size, key, &note);
    rk_buf_init(out, RK_WITNESS_REQUEST_MAX);
    RK_ASSERT(rk_witness_request_put(old, &p, rk_buf_slice(&note), out, NULL) == RK_OK);
    rk_buf_free(&note);
}

/* A key that is the same every time. */
static inline rk_signer forked_log_key(const char *name, enum rk_key_type type, uint8_t seed) {
    rk_ed25519_seed s;
    rk_signer out;
    memset(s.b, seed, sizeof s.b);
    RK_ASSERT(rk_signer_new(rk_slice_str(name), type, &s, &out, NULL) == RK_OK);
    return out;
}

#endif
