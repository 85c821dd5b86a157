/* What the verifier remembers: written and read back; any changed bit is refused. */
#include "verify/state.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static void make(rk_verify_state *s, uint64_t size, uint64_t covered) {
    rk_ed25519_public key = {{3}};
    *s = (rk_verify_state){.origin = RK_LIT("pemilu2024"),
                           .note = RK_LIT("pemilu2024\n7\nx\n\n\xE2\x80\x94 a b\n"),
                           .size = size,
                           .tip = {{9}},
                           .has_key = size % 2};
    for (uint64_t i = 0; i < size; i++) {
        rk_sha256 h = rk_merkle_leaf((rk_slice){(char *)&i, sizeof i});
        rk_frontier_append(&s->edge, &h);
        if (i < covered) rk_frontier_append(&s->batch.tree, &h);
    }
    s->root = rk_frontier_root(&s->edge);
    if (covered) s->batch.index = 3, s->batch.left = 12, s->batch.root = s->root;
    assert_int_equal(rk_verifier_new(s->origin, RK_KEY_ED25519, &key, &s->key, NULL), RK_OK);
}

static void round_trip(void **state) {
    (void)state;
    for (uint64_t size = 0; size < 70; size++) {
        rk_verify_state a, b;
        rk_buf t, u;
        rk_err err = RK_ERR_INIT;
        make(&a, size, size / 3);
        rk_buf_init(&t, RK_STATE_MAX), rk_buf_init(&u, RK_STATE_MAX);
        rk_state_put(&a, &t);
        assert_int_equal(rk_state_parse(rk_buf_slice(&t), &b, &err), RK_OK);
        assert_true(b.size == a.size && b.has_key == a.has_key && b.batch.left == a.batch.left);
        rk_state_put(&b, &u);
        assert_true(rk_slice_eq(rk_buf_slice(&t), rk_buf_slice(&u)));
        rk_buf_free(&t), rk_buf_free(&u);
    }
}

static void every_bit(void **state) {
    (void)state;
    rk_verify_state a, b;
    rk_buf t;
    make(&a, 13, 5);
    rk_buf_init(&t, RK_STATE_MAX);
    rk_state_put(&a, &t);
    for (size_t bit = 0; bit < t.len * 8; bit++) {
        t.ptr[bit / 8] ^= (char)(1 << (bit % 8));
        assert_int_equal(rk_state_parse(rk_buf_slice(&t), &b, NULL), RK_BAD_INPUT);
        t.ptr[bit / 8] ^= (char)(1 << (bit % 8));
    }
    for (size_t n = 0; n < t.len; n++)
        assert_int_equal(rk_state_parse((rk_slice){t.ptr, n}, &b, NULL), RK_BAD_INPUT);
    rk_buf_free(&t);
}

static void names(void **state) {
    (void)state;
    char path[300];
    setenv("XDG_STATE_HOME", "/x", 1);
    assert_true(rk_state_path(RK_LIT("../a/b"), path, sizeof path));
    assert_memory_equal(path, "/x/rekap-verify/---a-b-", 23);
    unsetenv("XDG_STATE_HOME");
    setenv("HOME", "/h", 1);
    assert_true(rk_state_path(RK_LIT("p"), path, sizeof path));
    assert_memory_equal(path, "/h/.local/state/rekap-verify/p-", 31);
    unsetenv("HOME");
    assert_false(rk_state_path(RK_LIT("p"), path, sizeof path));
    assert_false(rk_state_path(RK_LIT("p"), path, 5));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(round_trip),
                                       cmocka_unit_test(every_bit), cmocka_unit_test(names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
