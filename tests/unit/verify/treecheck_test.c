/* Tiles and bundles against the root, at many sizes: sound ones pass, a change is named down to
 * the entry or hash, going on from any earlier size gives the same, another history is told. */
#include "core/treecheck.h"

#include "base/mem.h"
#include "random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { MAX = 140000 };
static rk_sha256 *leaf;       /* of entry i */
static rk_hash_reader hashes; /* of the whole tree */

/* Entries are their index and a salt, as text. */
static size_t entry_text(uint64_t i, char *out) {
    return (size_t)snprintf(out, 32, "entri %llu", (unsigned long long)i);
}

struct log {
    uint64_t size;
    /* what is changed: one bit of one file */
    bool bad;
    rk_tile at;
    size_t bit;
    bool gone;
    bool other; /* another history: every entry is another */
    uint64_t asked;
};

static rk_sha256 *level1;

static rk_status read_hash(void *ctx, unsigned level, uint64_t index, rk_sha256 *out,
                           rk_err *err) {
    (void)ctx;
    if (level == 0) return *out = leaf[index], RK_OK;
    if (level == 8) return *out = level1[index], RK_OK;
    rk_sha256 a, b;
    RK_TRY(read_hash(ctx, level - 1, index * 2, &a, err));
    RK_TRY(read_hash(ctx, level - 1, index * 2 + 1, &b, err));
    *out = rk_merkle_node(&a, &b);
    return RK_OK;
}

static rk_status get(void *ctx, rk_tile t, size_t max, rk_buf *out, rk_err *err) {
    struct log *l = ctx;
    (void)max;
    l->asked++;
    bool here = l->bad && memcmp(&t, &l->at, sizeof t) == 0;
    if (here && l->gone) return rk_fail(err, RK_NOT_FOUND, "not there");
    size_t start = out->len;
    for (unsigned i = 0; t.entries && i < t.width; i++) {
        char text[40];
        size_t n = entry_text(t.index * 256 + i, text);
        if (l->other) text[0] = 'E';
        rk_buf_byte(out, 0);
        rk_buf_byte(out, (char)n);
        rk_buf_add(out, (rk_slice){text, n});
    }
    if (!t.entries) RK_TRY(rk_tile_put(t, &hashes, out, err));
    if (here) out->ptr[start + l->bit / 8] ^= (char)(1 << (l->bit % 8));
    return RK_OK;
}

struct seen {
    uint64_t n;
    rk_treefault first;
};

static void note(void *ctx, const rk_treefault *f) {
    struct seen *s = ctx;
    if (s->n++ == 0) s->first = *f;
}

static rk_sha256 root_of(uint64_t size) {
    rk_sha256 root;
    assert_int_equal(rk_merkle_root(size, &hashes, &root, NULL), RK_OK);
    return root;
}

/* Returns the number of faults; *handed = entries handed out. */
static uint64_t check(struct log *l, const rk_frontier *from, rk_sha256 root, struct seen *s,
                      uint64_t *handed) {
    rk_log_files files = {get, NULL, l};
    rk_err err = RK_ERR_INIT;
    const rk_slice *entry;
    const rk_sha256 *hash;
    uint64_t first, faults, next = from ? from->size : 0;
    size_t n;
    *s = (struct seen){0};
    *handed = 0;
    rk_treecheck *t = rk_treecheck_new(&files, l->size, &root, from, note, s);
    while (rk_treecheck_next(t, UINT64_MAX, &first, &entry, &hash, &n, &err) == RK_OK) {
        assert_int_equal(first, next);
        next += n;
        *handed += n;
    }
    assert_int_equal(rk_treecheck_end(t, &faults, &err), RK_OK);
    assert_int_equal(faults, s->n);
    rk_treecheck_free(&t);
    return faults;
}

static const uint64_t SIZES[] = {0,    1,     2,     3,     255,   256,    257,
                                 300,  511,   512,   513,   767,   768,    769,
                                 1030, 65535, 65536, 65537, 65800, 131072, 131500};
enum { N_SIZES = sizeof SIZES / sizeof *SIZES };

static void sound_logs(void **state) {
    (void)state;
    for (size_t i = 0; i < N_SIZES; i++) {
        struct log l = {.size = SIZES[i]};
        struct seen s;
        uint64_t handed;
        assert_int_equal(check(&l, NULL, root_of(l.size), &s, &handed), 0);
        assert_int_equal(handed, l.size);
        rk_sha256 wrong = root_of(l.size);
        wrong.b[5] ^= 4;
        assert_int_equal(check(&l, NULL, wrong, &s, &handed), 1);
        assert_int_equal(s.first.kind, RK_FAULT_ROOT);
    }
}

static void going_on(void **state) {
    (void)state;
    for (size_t i = 0; i < N_SIZES; i++)
        for (size_t k = 0; k <= i; k++) {
            struct log l = {.size = SIZES[i]};
            struct seen s;
            rk_frontier from;
            uint64_t handed;
            if (l.size > 70000 && SIZES[k] < 65000) continue; /* that was sound_logs */
            assert_int_equal(rk_frontier_load(&from, SIZES[k], &hashes, NULL), RK_OK);
            assert_int_equal(check(&l, &from, root_of(l.size), &s, &handed), 0);
            assert_int_equal(handed, l.size - SIZES[k]);
            if (SIZES[k] == 0) continue;
            /* only what is new is read: new bundles and their tiles, the tiles above them */
            assert_true(l.asked <= 2 * ((l.size - SIZES[k]) / 256 + 2) + 12);
            from.node[__builtin_ctzll(from.size)].b[0] ^= 1; /* another history was seen */
            assert_true(check(&l, &from, root_of(l.size), &s, &handed) > 0);
        }
}

static void another_history(void **state) {
    (void)state;
    struct log l = {.size = 700, .other = true};
    struct seen s;
    uint64_t handed;
    assert_true(check(&l, NULL, root_of(700), &s, &handed) == 700);
    assert_int_equal(s.first.kind, RK_FAULT_ENTRY);
    assert_true(s.first.tile.entries);
}

static size_t file_bytes(const struct log *l, rk_tile t) {
    rk_buf b;
    struct log good = {.size = l->size};
    rk_buf_init(&b, 1 << 24);
    assert_int_equal(get(&good, t, 1 << 24, &b, NULL), RK_OK);
    size_t n = b.len;
    rk_buf_free(&b);
    return n;
}

/* The file's place in which bit lies: hash, or entry (the length before it is part of it). */
static unsigned place(rk_tile t, size_t bit) {
    size_t byte = bit / 8, at = 0;
    if (!t.entries) return (unsigned)(byte / 32);
    for (unsigned i = 0;; i++) {
        char text[40];
        at += 2 + entry_text(t.index * 256 + i, text);
        if (byte < at) return i;
    }
}

static void one_change(uint64_t size) {
    struct log l = {.size = size, .bad = true};
    struct seen s;
    uint64_t handed, pick = 0;
    rk_tile t;
    rk_tile_iter it;
    rk_tile_iter_init(&it, 0, size);
    for (uint64_t n = 0; rk_tile_iter_next(&it, &t); n++) /* one of all files, each as likely */
        if (rnd64() % (n + 1) == 0 || (t.level && rnd_one_in(2))) l.at = t, pick = n;
    (void)pick;
    l.gone = rnd_one_in(10);
    l.bit = rnd((uint32_t)file_bytes(&l, l.at) * 8);
    assert_true(check(&l, NULL, root_of(size), &s, &handed) >= 1);
    assert_true(s.first.tile.entries == l.at.entries && s.first.tile.level == l.at.level &&
                s.first.tile.index == l.at.index);
    if (l.gone) {
        assert_int_equal(s.first.kind, RK_FAULT_MISSING);
        return;
    }
    assert_int_equal(s.first.at, place(l.at, l.bit));
    assert_true(s.first.kind == (l.at.entries ? RK_FAULT_ENTRY : RK_FAULT_HASH) ||
                (l.at.entries && s.first.kind == RK_FAULT_LENGTH));
}

static void every_change_is_named(void **state) {
    (void)state;
    rnd_start("treecheck: one bit or file");
    for (int i = 0; i < 1500; i++) one_change(1 + rnd(1100));
    for (int i = 0; i < 6; i++) one_change(65536 + rnd(70000));
}

static void a_size_that_is_a_lie(void **state) {
    (void)state;
    struct log l = {.size = 3};
    rk_log_files files = {get, NULL, &l};
    struct seen s = {0};
    uint64_t faults;
    rk_sha256 root = root_of(3);
    l.size = 3;
    rk_treecheck *t = rk_treecheck_new(&files, RK_LOG_SIZE_MAX, &root, NULL, note, &s);
    (void)files;
    rk_treecheck_free(&t); /* only that it can be made; the walk ends: see attack_test */
    assert_int_equal(check(&l, NULL, root, &s, &faults), 0);
}

static void bundles(void **state) {
    (void)state;
    rk_slice e[4];
    size_t got;
    assert_true(rk_bundle_entries(RK_LIT("\0\1a\0\2bc"), 2, e, &got) && got == 2);
    assert_false(rk_bundle_entries(RK_LIT("\0\1a\0\2bc"), 1, e, &got));
    assert_false(rk_bundle_entries(RK_LIT("\0\1a\0\2bc"), 3, e, &got));
    assert_false(rk_bundle_entries(RK_LIT("\0\0"), 1, e, &got)); /* an entry is not empty */
    assert_false(rk_bundle_entries(RK_LIT("\0\5abc"), 1, e, &got));
    assert_false(rk_bundle_entries(RK_LIT("\0"), 1, e, &got));
    assert_true(rk_bundle_entries((rk_slice){0}, 0, e, &got));
}

static int setup(void **state) {
    (void)state;
    leaf = rk_calloc(MAX, sizeof *leaf);
    level1 = rk_calloc(MAX / 256 + 1, sizeof *level1);
    hashes = (rk_hash_reader){read_hash, NULL};
    for (uint64_t i = 0; i < MAX; i++) {
        char text[40];
        leaf[i] = rk_merkle_leaf((rk_slice){text, entry_text(i, text)});
    }
    for (uint64_t i = 0; i < MAX / 256; i++)
        level1[i] = rk_tile_hash((rk_slice){(char *)&leaf[i * 256], 8192}, 8, 0);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    rk_free(leaf), rk_free(level1);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sound_logs),           cmocka_unit_test(going_on),
        cmocka_unit_test(another_history),      cmocka_unit_test(every_change_is_named),
        cmocka_unit_test(a_size_that_is_a_lie), cmocka_unit_test(bundles)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
