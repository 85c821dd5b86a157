/* Hashing piece by piece gives the hash of the whole, wherever it is cut. */
#include "base/sha256.h"
#include "base/sha256_stream.h"

#include "random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void any_cuts(void **state) {
    (void)state;
    static char all[5000];
    rnd_start("sha256 stream");
    for (size_t i = 0; i < sizeof all; i++) all[i] = (char)rnd64();
    for (int round = 0; round < 500; round++) {
        size_t n = rnd(sizeof all), at = 0;
        rk_sha256_stream s;
        rk_sha256_begin(&s);
        while (at < n) {
            size_t part = rnd(300);
            if (part > n - at) part = n - at;
            rk_sha256_add(&s, (rk_slice){all + at, part});
            at += part;
        }
        rk_sha256 got = rk_sha256_end(&s), want = rk_sha256_of((rk_slice){all, n});
        assert_memory_equal(&got, &want, sizeof got);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(any_cuts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
