#include "base/sha256.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>

static void hex_is(rk_slice in, const char *want) {
    char hex[65] = {0};
    rk_sha256 h = rk_sha256_of(in), back;
    assert_ptr_equal(rk_sha256_put(hex, &h), hex + 64);
    assert_string_equal(hex, want);
    assert_true(rk_sha256_parse((rk_slice){hex, 64}, &back));
    assert_memory_equal(&back, &h, sizeof h);
}

/* FIPS 180-4 examples. */
static void vectors(void **state) {
    (void)state;
    hex_is((rk_slice){NULL, 0},
           "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    hex_is(RK_LIT("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    hex_is(RK_LIT("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
           "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    char *a = malloc(1000000);
    assert_non_null(a);
    memset(a, 'a', 1000000);
    hex_is((rk_slice){a, 1000000},
           "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    free(a);
}

static void parse_refuses(void **state) {
    (void)state;
    static const char good[] =
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    static const rk_sha256 zero;
    char bad[66];
    rk_sha256 h;
    assert_true(rk_sha256_parse((rk_slice){good, 64}, &h));
    assert_false(rk_sha256_parse((rk_slice){good, 63}, &h));
    assert_false(rk_sha256_parse((rk_slice){good, 0}, &h));
    assert_memory_equal(&h, &zero, sizeof h);
    memcpy(bad, good, 65);
    bad[64] = '0';
    assert_false(rk_sha256_parse((rk_slice){bad, 65}, &h));
    static const char wrong[] = "Ag/:`\x80 G";
    for (size_t i = 0; i < 64; i++)
        for (const char *c = wrong; *c; c++) {
            memcpy(bad, good, 64);
            bad[i] = *c;
            assert_false(rk_sha256_parse((rk_slice){bad, 64}, &h));
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(vectors),
                                       cmocka_unit_test(parse_refuses)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
