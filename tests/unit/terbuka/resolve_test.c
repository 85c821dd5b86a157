/* Looking up a name is itself a connection outside: who may be asked, and who must not be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "outbound/resolve.h"

static void of_a_file(void **state) {
    (void)state;
    rk_ip a[RK_RESOLVERS_MAX], want;
    assert_int_equal(
        rk_resolvers_parse(RK_LIT("# nameserver 1.1.1.1\nsearch example\n"
                                  "nameserver 10.0.0.53\nnameserver\tfe80::1%eth0 \r\n"
                                  "nameserverx 9.9.9.9\nnameserver name.example\n"
                                  "nameserver ::1\nnameserver 10.0.0.54"),
                           a),
        3);
    assert_true(rk_ip_parse(RK_LIT("10.0.0.53"), &want));
    assert_int_equal(rk_ip_cmp(&a[0], &want), 0);
    assert_true(rk_ip_parse(RK_LIT("fe80::1"), &want));
    assert_int_equal(rk_ip_cmp(&a[1], &want), 0);
    assert_true(rk_ip_parse(RK_LIT("::1"), &want));
    assert_int_equal(rk_ip_cmp(&a[2], &want), 0);
    assert_int_equal(rk_resolvers_parse(RK_LIT(""), a), 0);
}

/* Nothing is declared: addresses and this machine need nobody. */
static void who_needs_nobody(void **state) {
    (void)state;
    rk_ip a[4];
    uint32_t n;
    uint64_t asked, refused;
    rk_outbound_reset();
    assert_int_equal(rk_outbound_resolve(RK_LIT("192.0.2.7"), a, 4, &n, NULL), RK_OK);
    assert_int_equal(n, 1);
    assert_int_equal(rk_outbound_resolve(RK_LIT("2001:db8::7"), a, 4, &n, NULL), RK_OK);
    assert_int_equal(rk_outbound_may_resolve(RK_LIT("localhost"), NULL, NULL), RK_OK);
    rk_outbound_counts(&asked, &refused);
    assert_int_equal(asked, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_a_file),
        cmocka_unit_test(who_needs_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
