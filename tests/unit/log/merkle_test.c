/* The tree against known values and against the RFC's own recursive definitions. */
#include "log_test.h"

#include <stdlib.h>

enum { MOST = 1030 };

/* The eight leaves and roots that Certificate Transparency implementations share. */
static const char *const CT_LEAF[] = {"",
                                      "00",
                                      "10",
                                      "2021",
                                      "3031",
                                      "40414243",
                                      "5051525354555657",
                                      "606162636465666768696a6b6c6d6e6f"};
static const char *const CT_ROOT[] = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

static rk_sha256 ct_leaf(unsigned i) {
    char bytes[16];
    size_t n = strlen(CT_LEAF[i]) / 2;
    for (size_t k = 0; k < n; k++) {
        char two[3] = {CT_LEAF[i][2 * k], CT_LEAF[i][2 * k + 1], 0};
        bytes[k] = (char)strtoul(two, NULL, 16);
    }
    return rk_merkle_leaf((rk_slice){bytes, n});
}

static void known_roots(void **state) {
    (void)state;
    rk_frontier f = {0};
    for (unsigned n = 0;; n++) {
        rk_sha256 root = rk_frontier_root(&f);
        test_hash_is(&root, CT_ROOT[n]);
        if (n == 8) break;
        rk_sha256 leaf = ct_leaf(n);
        rk_frontier_append(&f, &leaf);
    }
}

static rk_status ct_read(void *ctx, unsigned level, uint64_t index, rk_sha256 *out,
                         rk_err *err) {
    (void)ctx;
    rk_frontier f = {0};
    for (uint64_t i = index << level; i < (index + 1) << level; i++) {
        if (i >= 8) return rk_fail(err, RK_NOT_FOUND, "not there");
        rk_sha256 leaf = ct_leaf((unsigned)i);
        rk_frontier_append(&f, &leaf);
    }
    *out = rk_frontier_root(&f);
    return RK_OK;
}

static void known_proofs(void **state) {
    (void)state;
    const rk_hash_reader r = {ct_read, NULL};
    rk_merkle_proof p;
    assert_int_equal(rk_merkle_inclusion(5, 8, &r, &p, NULL), RK_OK);
    assert_int_equal(p.n, 3);
    test_hash_is(&p.hash[0],
                 "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b");
    test_hash_is(&p.hash[1],
                 "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0");
    test_hash_is(&p.hash[2],
                 "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7");
    assert_int_equal(rk_merkle_inclusion(0, 1, &r, &p, NULL), RK_OK);
    assert_int_equal(p.n, 0);
    assert_int_equal(rk_merkle_consistency(6, 8, &r, &p, NULL), RK_OK);
    assert_int_equal(p.n, 3);
    test_hash_is(&p.hash[0],
                 "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a");
    test_hash_is(&p.hash[1],
                 "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0");
    test_hash_is(&p.hash[2],
                 "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7");
    assert_int_equal(rk_merkle_consistency(2, 5, &r, &p, NULL), RK_OK);
    assert_int_equal(p.n, 2);
    test_hash_is(&p.hash[0],
                 "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e");
    test_hash_is(&p.hash[1],
                 "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b");
}

/* ---- the definitions of RFC 6962 section 2.1, as they stand there ---- */

typedef struct naive {
    rk_sha256 *mth; /* memo of MTH(D[a:b]) */
    uint8_t *known;
} naive;

static rk_sha256 mth(naive *t, unsigned a, unsigned b) {
    size_t at = (size_t)a * (MOST + 1) + b;
    if (a == b) return rk_merkle_empty();
    if (t->known[at]) return t->mth[at];
    rk_sha256 h;
    if (b - a == 1) {
        h = test_entry_leaf(a);
    } else {
        unsigned k = 1;
        while (2 * k < b - a) k *= 2;
        rk_sha256 left = mth(t, a, a + k), right = mth(t, a + k, b);
        h = rk_merkle_node(&left, &right);
    }
    t->known[at] = 1;
    return t->mth[at] = h;
}

static void path(naive *t, unsigned m, unsigned a, unsigned b, rk_merkle_proof *p) {
    if (b - a == 1) return;
    unsigned k = 1;
    while (2 * k < b - a) k *= 2;
    if (m < k) {
        path(t, m, a, a + k, p);
        p->hash[p->n++] = mth(t, a + k, b);
    } else {
        path(t, m - k, a + k, b, p);
        p->hash[p->n++] = mth(t, a, a + k);
    }
}

static void subproof(naive *t, unsigned m, unsigned a, unsigned b, bool whole,
                     rk_merkle_proof *p) {
    if (m == b - a) {
        if (!whole) p->hash[p->n++] = mth(t, a, b);
        return;
    }
    unsigned k = 1;
    while (2 * k < b - a) k *= 2;
    if (m <= k) {
        subproof(t, m, a, a + k, whole, p);
        p->hash[p->n++] = mth(t, a + k, b);
    } else {
        subproof(t, m - k, a + k, b, false, p);
        p->hash[p->n++] = mth(t, a, a + k);
    }
}

static naive naive_new(void) {
    size_t n = (size_t)(MOST + 1) * (MOST + 1);
    return (naive){rk_map_new(n * sizeof(rk_sha256)), rk_map_new(n)};
}

static void naive_free(naive *t) {
    size_t n = (size_t)(MOST + 1) * (MOST + 1);
    rk_map_free(t->mth, n * sizeof(rk_sha256));
    rk_map_free(t->known, n);
}

static void same_proof(const rk_merkle_proof *a, const rk_merkle_proof *b) {
    assert_int_equal(a->n, b->n);
    assert_memory_equal(a->hash, b->hash, a->n * sizeof *a->hash);
}

/* One wrong thing at a time; `turn` varies which. */
static void inclusion_attacks(const rk_sha256 *leaf, uint64_t i, uint64_t n, rk_merkle_proof *p,
                              const rk_sha256 *root, unsigned turn) {
    rk_sha256 other = *leaf;
    other.b[turn % 32] ^= 1;
    assert_int_not_equal(rk_merkle_check_inclusion(&other, i, n, p->hash, p->n, root, NULL),
                         RK_OK);
    assert_int_not_equal(rk_merkle_check_inclusion(leaf, i, n, p->hash, p->n + 1, root, NULL),
                         RK_OK);
    assert_int_not_equal(rk_merkle_check_inclusion(leaf, i ^ 1, n, p->hash, p->n, root, NULL),
                         RK_OK);
    assert_int_not_equal(rk_merkle_check_inclusion(leaf, n, n, p->hash, p->n, root, NULL),
                         RK_OK);
    assert_int_not_equal(rk_merkle_check_inclusion(leaf, i + n, n, p->hash, p->n, root, NULL),
                         RK_OK);
    if (p->n == 0) return;
    assert_int_not_equal(rk_merkle_check_inclusion(leaf, i, n, p->hash, p->n - 1, root, NULL),
                         RK_OK);
    p->hash[turn % p->n].b[turn / 7 % 32] ^= 0x40;
    assert_int_not_equal(rk_merkle_check_inclusion(leaf, i, n, p->hash, p->n, root, NULL),
                         RK_OK);
    p->hash[turn % p->n].b[turn / 7 % 32] ^= 0x40;
}

static void every_inclusion(void **state) {
    (void)state;
    naive t = naive_new();
    test_log *log = test_log_new(MOST);
    const rk_hash_reader r = test_log_reader(log);
    for (unsigned n = 1; n <= MOST; n++) {
        rk_sha256 root = mth(&t, 0, n), made;
        assert_int_equal(rk_merkle_root(n, &r, &made, NULL), RK_OK);
        assert_true(rk_merkle_eq(&root, &made));
        for (unsigned i = 0; i < n; i++) {
            rk_merkle_proof want = {0}, got;
            rk_sha256 leaf = mth(&t, i, i + 1);
            path(&t, i, 0, n, &want);
            assert_int_equal(rk_merkle_inclusion(i, n, &r, &got, NULL), RK_OK);
            same_proof(&got, &want);
            assert_int_equal(
                rk_merkle_check_inclusion(&leaf, i, n, got.hash, got.n, &root, NULL), RK_OK);
            if ((i + n) % 13 == 0) inclusion_attacks(&leaf, i, n, &got, &root, i * 31 + n);
        }
        assert_int_equal(rk_merkle_inclusion(n, n, &r, &(rk_merkle_proof){0}, NULL),
                         RK_BAD_INPUT);
    }
    test_log_free(log);
    naive_free(&t);
}

static void consistency_attacks(uint64_t m, const rk_sha256 *old, uint64_t n,
                                const rk_sha256 *root, rk_merkle_proof *p, unsigned turn) {
    rk_sha256 other = *old;
    other.b[turn % 32] ^= 2;
    assert_int_not_equal(rk_merkle_check_consistency(m, &other, n, root, p->hash, p->n, NULL),
                         RK_OK);
    if (m) /* before the first entry every log is the same */
        assert_int_not_equal(
            rk_merkle_check_consistency(m, old, n, &other, p->hash, p->n, NULL), RK_OK);
    assert_int_not_equal(rk_merkle_check_consistency(m, old, n, root, p->hash, p->n + 1, NULL),
                         RK_OK);
    assert_int_not_equal(rk_merkle_check_consistency(n + 1, old, n, root, p->hash, p->n, NULL),
                         RK_OK);
    if (m != n) {
        assert_int_not_equal(rk_merkle_check_consistency(m, root, n, old, p->hash, p->n, NULL),
                             RK_OK);
        assert_int_not_equal(
            rk_merkle_check_consistency(m + 1, old, n, root, p->hash, p->n, NULL), RK_OK);
    }
    if (p->n == 0) return;
    assert_int_not_equal(rk_merkle_check_consistency(m, old, n, root, p->hash, p->n - 1, NULL),
                         RK_OK);
    p->hash[turn % p->n].b[turn / 7 % 32] ^= 0x40;
    assert_int_not_equal(rk_merkle_check_consistency(m, old, n, root, p->hash, p->n, NULL),
                         RK_OK);
    p->hash[turn % p->n].b[turn / 7 % 32] ^= 0x40;
}

static void every_consistency(void **state) {
    (void)state;
    naive t = naive_new();
    test_log *log = test_log_new(MOST);
    const rk_hash_reader r = test_log_reader(log);
    for (unsigned n = 0; n <= MOST; n++)
        for (unsigned m = 0; m <= n; m++) {
            rk_sha256 old = mth(&t, 0, m), root = mth(&t, 0, n);
            rk_merkle_proof want = {0}, got;
            if (m) subproof(&t, m, 0, n, true, &want);
            assert_int_equal(rk_merkle_consistency(m, n, &r, &got, NULL), RK_OK);
            same_proof(&got, &want);
            assert_int_equal(
                rk_merkle_check_consistency(m, &old, n, &root, got.hash, got.n, NULL), RK_OK);
            if ((m + n) % 13 == 0) consistency_attacks(m, &old, n, &root, &got, m * 31 + n);
        }
    assert_int_equal(rk_merkle_consistency(3, 2, &r, &(rk_merkle_proof){0}, NULL),
                     RK_BAD_INPUT);
    test_log_free(log);
    naive_free(&t);
}

static void frontier_comes_back(void **state) {
    (void)state;
    test_log *log = test_log_new(300);
    const rk_hash_reader r = test_log_reader(log);
    rk_frontier grown = {0}, loaded;
    for (uint64_t n = 0; n <= 300; n++) {
        assert_int_equal(rk_frontier_load(&loaded, n, &r, NULL), RK_OK);
        rk_sha256 a = rk_frontier_root(&grown), b = rk_frontier_root(&loaded);
        assert_true(rk_merkle_eq(&a, &b));
        rk_sha256 leaf = test_entry_leaf(n);
        assert_int_equal(rk_frontier_append(&grown, &leaf), __builtin_ctzll(n + 1));
        assert_int_equal(rk_frontier_append(&loaded, &leaf), __builtin_ctzll(n + 1));
        a = rk_frontier_root(&grown), b = rk_frontier_root(&loaded);
        assert_true(rk_merkle_eq(&a, &b));
    }
    assert_int_equal(rk_frontier_load(&loaded, 301, &r, NULL), RK_NOT_FOUND);
    test_log_free(log);
}

/* Sizes no log has, and proofs no log needs. */
static void impossible_sizes(void **state) {
    (void)state;
    static const uint64_t huge[] = {(uint64_t)1 << 63, ((uint64_t)1 << 63) + 1, UINT64_MAX};
    rk_sha256 h = test_entry_leaf(0), many[80];
    for (unsigned i = 0; i < 80; i++) many[i] = h;
    for (unsigned i = 0; i < 3; i++)
        for (size_t n = 0; n <= 80; n++) {
            assert_int_not_equal(rk_merkle_check_inclusion(&h, 0, huge[i], many, n, &h, NULL),
                                 RK_OK);
            assert_int_not_equal(
                rk_merkle_check_inclusion(&h, huge[i] - 1, huge[i], many, n, &h, NULL), RK_OK);
            assert_int_not_equal(rk_merkle_check_consistency(1, &h, huge[i], &h, many, n, NULL),
                                 RK_OK);
            assert_int_not_equal(
                rk_merkle_check_consistency(huge[i], &h, huge[i], &h, many, n, NULL), RK_OK);
        }
    /* the largest log there can be: 63 hashes, and not one more or less */
    for (size_t n = 0; n <= 80; n++)
        assert_int_equal(rk_merkle_check_inclusion(&h, 0, INT64_MAX, many, n, &h, NULL),
                         n == 63 ? RK_CONFLICT : RK_BAD_INPUT);
    rk_sha256 empty = rk_merkle_empty();
    assert_int_equal(rk_merkle_check_consistency(0, &empty, 5, &h, NULL, 0, NULL), RK_OK);
    assert_int_equal(rk_merkle_check_consistency(0, &h, 5, &h, NULL, 0, NULL), RK_CONFLICT);
    assert_int_equal(rk_merkle_check_consistency(0, &empty, 5, &h, many, 1, NULL),
                     RK_BAD_INPUT);
    assert_int_equal(rk_merkle_check_consistency(0, &empty, 0, &h, NULL, 0, NULL), RK_CONFLICT);
    assert_int_equal(rk_merkle_check_consistency(0, &empty, 0, &empty, NULL, 0, NULL), RK_OK);
    assert_int_equal(rk_merkle_check_inclusion(&h, 0, 0, NULL, 0, &empty, NULL), RK_BAD_INPUT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_roots),         cmocka_unit_test(known_proofs),
        cmocka_unit_test(every_inclusion),     cmocka_unit_test(every_consistency),
        cmocka_unit_test(frontier_comes_back), cmocka_unit_test(impossible_sizes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
