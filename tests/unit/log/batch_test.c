/* Files of forms inside the log: every form of files of every awkward size and place is proven
 * under the file's root, as the tree over its forms alone says. */
#include "log/batch.h"

#include "base/mem.h"
#include "log/log.h"
#include "scratch.h"

char scratch_dir[64];

static rk_slice entry_no(uint64_t i, char room[24]) {
    int n = snprintf(room, 24, "entry %llu", (unsigned long long)i);
    return (rk_slice){room, (size_t)n};
}

/* A log of n entries. */
static rk_store *make(uint64_t n) {
    rk_store *s = NULL;
    rk_log *l = NULL;
    rk_err err = RK_ERR_INIT;
    rk_ed25519_seed seed = {{7}};
    rk_signer key;
    char room[24];
    assert_int_equal(rk_signer_new(RK_LIT("x"), RK_KEY_ED25519, &seed, &key, &err), RK_OK);
    assert_int_equal(rk_store_sqlite_open(scratch("a.db"), RK_STORE_CREATE, &s, &err), RK_OK);
    assert_int_equal(rk_log_open(s, scratch("a.lock"), &l, &err), RK_OK);
    rk_log_sign_with(l, &key, 1);
    assert_int_equal(rk_log_begin(l, &err), RK_OK);
    for (uint64_t i = 0; i < n; i++)
        assert_int_equal(rk_log_append(l, entry_no(i, room), NULL, &err), RK_OK);
    assert_int_equal(rk_log_commit(l, &err), RK_OK);
    rk_log_close(&l);
    return s;
}

static rk_sha256 root_of(uint64_t first, uint64_t n) {
    rk_frontier *f = rk_alloc(sizeof *f);
    char room[24];
    for (uint64_t i = first; i < first + n; i++) {
        rk_sha256 leaf = rk_merkle_leaf(entry_no(i, room));
        (void)rk_frontier_append(f, &leaf);
    }
    rk_sha256 root = rk_frontier_root(f);
    rk_free(f);
    return root;
}

static void each_form(void **state) {
    (void)state;
    enum { SIZE = 1500 };
    static const uint64_t first[] = {1, 4, 255, 256, 257, 700},
                          count[] = {1, 2, 3, 255, 256, 257, 511, 512, 700};
    rk_store *s = make(SIZE);
    rk_batch_tree t;
    rk_merkle_proof p;
    rk_err err = RK_ERR_INIT;
    char room[24];
    for (size_t a = 0; a < sizeof first / sizeof *first; a++)
        for (size_t b = 0; b < sizeof count / sizeof *count; b++) {
            rk_sha256 root = root_of(first[a], count[b]);
            assert_int_equal(rk_batch_tree_make(&t, s, first[a], count[b], SIZE, &root, &err),
                             RK_OK);
            for (uint64_t i = 0; i < count[b]; i += i + 3 < count[b] && i > 3 ? 3 : 1) {
                assert_int_equal(rk_batch_tree_prove(&t, first[a] + i, SIZE, &p, &err), RK_OK);
                rk_sha256 leaf = rk_merkle_leaf(entry_no(first[a] + i, room));
                assert_int_equal(
                    rk_merkle_check_inclusion(&leaf, i, count[b], p.hash, p.n, &root, NULL),
                    RK_OK);
            }
            assert_int_equal(rk_batch_tree_prove(&t, first[a] + count[b], SIZE, &p, NULL),
                             RK_NOT_FOUND);
            assert_int_equal(rk_batch_tree_prove(&t, first[a] - 1, SIZE, &p, NULL),
                             RK_NOT_FOUND);
            rk_batch_tree_free(&t);
            root.b[5] ^= 1;
            assert_int_equal(rk_batch_tree_make(&t, s, first[a], count[b], SIZE, &root, NULL),
                             RK_CORRUPT);
        }
    rk_store_close(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_form, scratch_make, scratch_remove)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
