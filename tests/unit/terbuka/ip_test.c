/* Addresses without sockets, held to the C library's reading and writing of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include <arpa/inet.h>

#include "core/ip.h"
#include "random.h"

static bool by_library(const char *s, rk_ip *out) {
    struct in_addr v4;
    if (inet_pton(AF_INET, s, &v4) == 1) {
        uint8_t b[4];
        memcpy(b, &v4, 4);
        *out = rk_ip_of4(b);
        return true;
    }
    return inet_pton(AF_INET6, s, out->b) == 1;
}

static void same(const char *s) {
    rk_ip mine = {0}, theirs = {0};
    bool a = rk_ip_parse(rk_slice_str(s), &mine), b = by_library(s, &theirs);
    if (a != b || (a && rk_ip_cmp(&mine, &theirs) != 0)) fail_msg("'%s': %d, not %d", s, a, b);
}

static void texts(void **state) {
    (void)state;
    static const char *const t[] = {"0.0.0.0",
                                    "255.255.255.255",
                                    "256.1.1.1",
                                    "1.2.3",
                                    "1.2.3.4.5",
                                    "1.2.3.4 ",
                                    "01.2.3.4",
                                    "1.2.3.",
                                    "::",
                                    "::1",
                                    "1::",
                                    ":::",
                                    "1::2::3",
                                    "1:2:3:4:5:6:7:8",
                                    "1:2:3:4:5:6:7",
                                    "1:2:3:4:5:6:7:8:9",
                                    "::1.2.3.4",
                                    "::ffff:10.1.2.3",
                                    "1.2.3.4::",
                                    "1:2:3:4:5:6:1.2.3.4",
                                    "1:2:3:4:5:6:7:1.2.3.4",
                                    "::12345",
                                    "::g",
                                    ":1",
                                    "1:",
                                    "2001:DB8::a",
                                    "1:2:3:4:5:6:7::",
                                    "::2:3:4:5:6:7:8",
                                    "1:2:3:4::5:6:7:8",
                                    "1::1.2.3",
                                    "::1.2.3.4:5",
                                    "",
                                    "1.2.3.4.",
                                    "fe80::1%eth0"};
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) same(t[i]);
    rnd_start("addresses");
    for (int k = 0; k < 200000; k++) { /* bytes that nearly are one */
        static const char of[] = "0123456789abF:::..";
        char s[24];
        size_t n = rnd(sizeof s - 1);
        for (size_t i = 0; i < n; i++) s[i] = of[rnd(sizeof of - 1)];
        s[n] = 0;
        same(s);
    }
}

static void there_and_back(void **state) {
    (void)state;
    rnd_start("addresses");
    for (int k = 0; k < 200000; k++) {
        rk_ip a, b;
        char mine[RK_IP_TEXT_MAX + 1] = {0}, theirs[INET6_ADDRSTRLEN];
        for (int i = 0; i < 16; i += 2) {
            bool zero = rnd_one_in(2);
            a.b[i] = zero ? 0 : (uint8_t)rnd(256);
            a.b[i + 1] = zero ? 0 : (uint8_t)rnd(256);
        }
        if (rnd_one_in(3)) a = rk_ip_of4(a.b);
        *rk_ip_put(mine, &a) = 0;
        assert_true(rk_ip_parse(rk_slice_str(mine), &b));
        assert_int_equal(rk_ip_cmp(&a, &b), 0);
        if (rk_ip_is4(&a)) continue;
        assert_non_null(inet_ntop(AF_INET6, a.b, theirs, sizeof theirs));
        if (!strchr(theirs, '.')) assert_string_equal(mine, theirs); /* "::1.2.3.4" is older */
    }
}

static void ranges(void **state) {
    (void)state;
    static const struct {
        const char *prefix, *first, *last;
    } t[] = {{"10.0.0.0/8", "10.0.0.0", "10.255.255.255"},
             {"10.1.2.3/8", "10.0.0.0", "10.255.255.255"},
             {"0.0.0.0/0", "0.0.0.0", "255.255.255.255"},
             {"192.0.2.128/25", "192.0.2.128", "192.0.2.255"},
             {"192.0.2.7", "192.0.2.7", "192.0.2.7"},
             {"2001:db8::/33", "2001:db8::", "2001:db8:7fff:ffff:ffff:ffff:ffff:ffff"},
             {"::/0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
             {"::1/128", "::1", "::1"}};
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        rk_ip_range r;
        char first[RK_IP_TEXT_MAX + 1] = {0}, last[RK_IP_TEXT_MAX + 1] = {0};
        assert_true(rk_ip_range_parse(rk_slice_str(t[i].prefix), &r));
        *rk_ip_put(first, &r.first) = *rk_ip_put(last, &r.last) = 0;
        assert_string_equal(first, t[i].first);
        assert_string_equal(last, t[i].last);
    }
    static const char *const bad[] = {"10.0.0.0/33", "10.0.0.0/",    "::/129",        "/8",
                                      "10.0.0.0/-1", "10.0.0.0/8/8", "10.0.0.0/0008", "x/8"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        rk_ip_range r;
        if (rk_ip_range_parse(rk_slice_str(bad[i]), &r)) fail_msg("%s is taken", bad[i]);
    }
}

static void neighbours(void **state) {
    (void)state;
    rk_ip a, b;
    assert_true(rk_ip_parse(RK_LIT("10.0.255.255"), &a) && rk_ip_parse(RK_LIT("10.1.0.0"), &b));
    assert_true(rk_ip_next(&a));
    assert_int_equal(rk_ip_cmp(&a, &b), 0);
    assert_true(rk_ip_before(&a) && rk_ip_before(&b));
    assert_int_equal(rk_ip_cmp(&a, &b), 0);
    assert_true(rk_ip_parse(RK_LIT("::"), &a));
    assert_false(rk_ip_before(&a));
    memset(a.b, 0xff, 16);
    assert_false(rk_ip_next(&a));
}

static void nobodys(void **state) {
    (void)state;
    static const char *const special[] = {
        "10.1.2.3",    "172.31.255.255", "192.168.0.1", "100.64.0.1", "100.127.255.255",
        "127.0.0.1",   "169.254.1.1",    "0.0.0.0",     "224.0.0.1",  "255.255.255.255",
        "192.0.2.1",   "198.51.100.9",   "203.0.113.9", "198.19.0.1", "::",
        "::1",         "fd00::1",        "fe80::1",     "ff02::1",    "2001:db8::1",
        "2002:a00::1", "64:ff9b::a00:1"};
    static const char *const plain[] = {"103.10.64.1",     "172.32.0.0",  "172.15.255.255",
                                        "100.63.255.255",  "100.128.0.0", "192.169.0.0",
                                        "9.255.255.255",   "11.0.0.0",    "2400:9800::1",
                                        "223.255.255.255", "2001:200::1"};
    rk_ip a;
    for (size_t i = 0; i < sizeof special / sizeof *special; i++) {
        assert_true(rk_ip_parse(rk_slice_str(special[i]), &a));
        if (!rk_ip_special(&a)) fail_msg("%s is somebody's", special[i]);
    }
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        assert_true(rk_ip_parse(rk_slice_str(plain[i]), &a));
        if (rk_ip_special(&a)) fail_msg("%s is nobody's", plain[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts),   cmocka_unit_test(there_and_back),
        cmocka_unit_test(ranges),  cmocka_unit_test(neighbours),
        cmocka_unit_test(nobodys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
