/* The registries' files: every shape of line, and random files against a plain search. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "core/resident.h"
#include "random.h"

#define HEAD "2.3|apnic|20261128|4|19830613|20261127|+1000\n"

static enum rk_delegated_answer ask(const rk_delegated *d, const char *what, char cc[8]) {
    rk_ip_range r;
    assert_true(rk_ip_range_parse(rk_slice_str(what), &r));
    return rk_delegated_ask(d, &r, cc);
}

static void a_file(void **state) {
    (void)state;
    rk_delegated d = {0};
    rk_err err = RK_ERR_INIT;
    char cc[8];
    if (rk_delegated_add(
            &d,
            RK_LIT("# APNIC's terms of use\r\n#\n" HEAD
                   "apnic|*|asn|*|1|summary\napnic|*|ipv4|*|5|summary\n"
                   "apnic|*|ipv6|*|2|summary\n"
                   "apnic|ID|asn|4787|2|19950101|allocated|A91000\n"
                   "apnic|ID|ipv4|103.10.64.0|768|20111014|allocated|A91A|e-stats\n"
                   "apnic|ID|ipv4|103.10.67.0|256|20111014|assigned|A91B\r\n"
                   "apnic|SG|ipv4|103.10.68.0|256|20111014|allocated|A91C\n"
                   "apnic||ipv4|103.10.69.0|256||available|\n"
                   "apnic|ZZ|ipv4|103.10.70.0|256||reserved\n"
                   "apnic|ID|ipv6|2400:9800::|32|20111014|allocated|A91A\n"
                   "apnic|AP|ipv6|2400:9900::|32|20111014|allocated|A91Z"),
            &err) != RK_OK)
        fail_msg("%zu: %s", err.line, err.text);
    rk_delegated_finish(&d);
    assert_string_equal(d.file[0].registry, "apnic");
    assert_string_equal(d.file[0].serial, "20261128");
    assert_int_equal(d.file[0].ipv4, 5);
    assert_int_equal(d.n, 5);
    assert_int_equal(ask(&d, "103.10.66.255", cc), RK_DELEGATED_TO); /* 768 is no prefix */
    assert_string_equal(cc, "ID");
    assert_int_equal(ask(&d, "103.10.64.0/22", cc), RK_DELEGATED_TO); /* two lines together */
    assert_string_equal(cc, "ID");
    assert_int_equal(ask(&d, "103.10.64.0/21", cc), RK_DELEGATED_DISAGREE);
    assert_string_equal(cc, "ID, SG");
    assert_int_equal(ask(&d, "103.10.68.255", cc), RK_DELEGATED_TO);
    assert_string_equal(cc, "SG");
    assert_int_equal(ask(&d, "103.10.69.0", cc), RK_DELEGATED_NOBODY);
    assert_string_equal(cc, "");
    assert_int_equal(ask(&d, "103.10.70.0", cc), RK_DELEGATED_NOBODY);
    assert_int_equal(ask(&d, "103.10.68.0/23", cc), RK_DELEGATED_NOBODY); /* half of it */
    assert_int_equal(ask(&d, "103.10.63.255", cc), RK_DELEGATED_NOBODY);
    assert_int_equal(ask(&d, "2400:9800:ffff::1", cc), RK_DELEGATED_TO);
    assert_int_equal(ask(&d, "2400:9801::", cc), RK_DELEGATED_NOBODY);
    assert_int_equal(ask(&d, "2400:9900::/33", cc), RK_DELEGATED_TO);
    assert_string_equal(cc, "AP");
    rk_delegated_free(&d);
}

/* Shapes of lines that the registries' files have: an empty first day, serials in milliseconds,
 * days that are not known, nobody's runs without country. */
static void real_shapes(void **state) {
    (void)state;
    static const char *const file[] = {
        "2.3|apnic|20260929|5||20260928|+1000\napnic|*|asn|*|1|summary\napnic|*|ipv4|*|3|"
        "summary\n"
        "apnic|*|ipv6|*|1|summary\napnic|AU|ipv4|1.0.0.0|256|20110811|assigned|A91872ED\n"
        "apnic||ipv4|14.102.240.0|4096||available|\napnic||ipv4|163.61.160.0|64||available|\n"
        "apnic||ipv6|2001:7fa::|64||reserved|\napnic|TW|asn|1768|2|20020801|allocated|"
        "A91BDB29\n",
        "2.3|arin|1790600421096|4|19700101|20260928|-0400\narin|*|asn|*|2|summary\n"
        "arin|*|ipv4|*|1|summary\narin|*|ipv6|*|1|summary\n"
        "arin|US|asn|3|1|00000000|assigned|d98c567cda2db06e693f2b574eafe848\n"
        "arin||asn|212|1||reserved|\narin||ipv4|23.128.1.0|768||reserved|\n"
        "arin|US|ipv6|2001:4:112::|48|20240912|allocated|9064d089391b6dcc310a2188da60c437\n",
        "2|nro|20260929|2|19820701|20260929|+0000\nnro|*|ipv4|*|2|summary\n"
        "iana|ZZ|ipv4|0.0.0.0|16777216|19810901|reserved|ietf|iana\n"
        "apnic|ID|ipv4|36.64.0.0|2097152|20101012|allocated|A9173591|e-stats\n"};
    rk_delegated d = {0};
    char cc[8];
    for (size_t i = 0; i < sizeof file / sizeof *file; i++) {
        rk_err err = RK_ERR_INIT;
        if (rk_delegated_add(&d, rk_slice_str(file[i]), &err) != RK_OK)
            fail_msg("%zu, line %zu: %s", i, err.line, err.text);
    }
    rk_delegated_finish(&d);
    assert_int_equal(d.n, 3);
    assert_string_equal(d.file[1].serial, "1790600421096");
    assert_int_equal(ask(&d, "36.95.255.255", cc), RK_DELEGATED_TO);
    assert_string_equal(cc, "ID");
    assert_int_equal(ask(&d, "36.96.0.0", cc), RK_DELEGATED_NOBODY);
    assert_int_equal(ask(&d, "2001:4:112::/48", cc), RK_DELEGATED_TO);
    assert_string_equal(cc, "US");
    rk_delegated_free(&d);
}

static void what_is_refused(void **state) {
    (void)state;
    static const struct {
        const char *text;
        rk_status want;
        size_t line;
    } t[] = {
        {"", RK_BAD_INPUT, 1},
        {"apnic|ID|ipv4|1.0.0.0|256|20110811|assigned\n", RK_BAD_INPUT, 1},
        {"3|apnic|1|1|1|1|+1000\n", RK_BAD_INPUT, 1},
        {HEAD "apnic|ID|ipv4|1.0.0.0|0|20110811|assigned\n", RK_BAD_INPUT, 2},
        {HEAD "apnic|ID|ipv4|255.255.255.0|257|20110811|assigned\n", RK_BAD_INPUT, 2},
        {HEAD "apnic|ID|ipv4|::|256|20110811|assigned\n", RK_BAD_INPUT, 2},
        {HEAD "apnic|ID|ipv6|1.0.0.0|24|20110811|assigned\n", RK_BAD_INPUT, 2},
        {HEAD "apnic|ID|ipv6|2400::|129|20110811|assigned\n", RK_BAD_INPUT, 2},
        {HEAD "apnic|id|ipv4|1.0.0.0|256|20110811|assigned\n", RK_BAD_INPUT, 2},
        {HEAD "apnic|ID|ipv5|1.0.0.0|256|20110811|assigned\n", RK_BAD_INPUT, 2},
        {HEAD "apnic|ID|ipv4|1.0.0.0|256|20110811|given\n", RK_BAD_INPUT, 2},
        {HEAD "apnic|ID|ipv4|1.0.0.0\n", RK_BAD_INPUT, 2},
        {HEAD "\n#\napnic|ID|asn|x|1|20110811|assigned\n", RK_BAD_INPUT, 4},
        {HEAD "apnic|*|ipv4|*|2|summary\napnic|ID|ipv4|1.0.0.0|256|20110811|assigned\n",
         RK_CORRUPT, 0},
    };
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        rk_delegated d = {0};
        rk_err err = RK_ERR_INIT;
        assert_int_equal(rk_delegated_add(&d, rk_slice_str(t[i].text), &err), t[i].want);
        if (err.line != t[i].line && i) fail_msg("line %zu in %s", err.line, t[i].text);
        rk_delegated_free(&d);
    }
    rk_delegated d = {0};
    for (unsigned i = 0; i < RK_DELEGATED_FILES_MAX; i++)
        assert_int_equal(rk_delegated_add(&d, RK_LIT(HEAD), NULL), RK_OK);
    assert_int_equal(rk_delegated_add(&d, RK_LIT(HEAD), NULL), RK_LIMIT);
    rk_delegated_free(&d);
}

/* ===== against a plain search ===== */

/* Runs within 10.0.0.0/16 of any length, overlapping too; the answer address by address. */
static void one_random_file(uint32_t n) {
    static const char *const countries[] = {"ID", "ID", "ID", "SG", "MY"};
    static uint8_t of[65536]; /* bit per country */
    rk_buf b;
    rk_delegated d = {0};
    memset(of, 0, sizeof of);
    rk_buf_init(&b, 1 << 20);
    rk_buf_lit(&b, HEAD);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t first = rnd(65536), c = rnd(5), most = rnd_one_in(4) ? 20000 : 600;
        uint32_t many = 1 + rnd(65536 - first < most ? 65536 - first : most);
        bool held = !rnd_one_in(5);
        rk_buf_printf(&b, "apnic|%s|ipv4|10.0.%u.%u|%u|20110811|%s|x\n", countries[c],
                      first >> 8, first & 255, many,
                      held ? (rnd_one_in(2) ? "allocated" : "assigned") : "reserved");
        for (uint32_t k = first; held && k < first + many; k++)
            of[k] |= (uint8_t)(1u << (c < 3 ? 0 : c));
    }
    assert_int_equal(rk_delegated_add(&d, rk_buf_slice(&b), NULL), RK_OK);
    rk_delegated_finish(&d);
    for (int k = 0; k < 300; k++) {
        uint32_t from = rnd(65536), upto = from + rnd(rnd_one_in(2) ? 1 : 700);
        if (upto > 65535) upto = 65535;
        uint8_t any = 0;
        bool all = true;
        for (uint32_t i = from; i <= upto; i++) any |= of[i], all = all && of[i];
        bool agree = (any & (any - 1)) == 0;
        enum rk_delegated_answer want = !agree ? RK_DELEGATED_DISAGREE
                                        : all  ? RK_DELEGATED_TO
                                               : RK_DELEGATED_NOBODY;
        uint8_t v4[4] = {10, 0, (uint8_t)(from >> 8), (uint8_t)from};
        rk_ip_range r = {rk_ip_of4(v4), {{0}}};
        v4[2] = (uint8_t)(upto >> 8), v4[3] = (uint8_t)upto;
        r.last = rk_ip_of4(v4);
        char cc[8];
        assert_int_equal(rk_delegated_ask(&d, &r, cc), want);
        if (want == RK_DELEGATED_TO)
            assert_string_equal(cc, any == 1 ? "ID" : any == 8 ? "SG" : "MY");
    }
    rk_delegated_free(&d);
    rk_buf_free(&b);
}

static void as_a_plain_search(void **state) {
    (void)state;
    rnd_start("registries");
    for (int k = 0; k < 150; k++) one_random_file(rnd(k % 3 ? 40 : 400));
}

/* A file as long as a real one (some 10 MB), asked at every boundary. */
static void a_long_file(void **state) {
    (void)state;
    enum { N = 200000 };
    rk_buf b;
    rk_delegated d = {0};
    rk_buf_init(&b, RK_DELEGATED_BYTES_MAX);
    rk_buf_printf(
        &b, "2|apnic|20261128|%d|19830613|20261127|+1000\napnic|*|ipv4|*|%d|summary\n", N, N);
    for (uint32_t i = 0; i < N; i++)
        rk_buf_printf(&b, "apnic|%s|ipv4|%u.%u.%u.0|256|20110811|allocated|A91A0001\n",
                      i % 3 ? "ID" : "SG", 1 + (i >> 16), i >> 8 & 255, i & 255);
    assert_true(b.len > 10u << 20);
    assert_int_equal(rk_delegated_add(&d, rk_buf_slice(&b), NULL), RK_OK);
    rk_delegated_finish(&d);
    for (uint32_t i = 0; i < N; i++) {
        for (unsigned edge = 0; edge < 256; edge += 255) {
            uint8_t v4[4] = {(uint8_t)(1 + (i >> 16)), (uint8_t)(i >> 8), (uint8_t)i,
                             (uint8_t)edge};
            rk_ip_range r = {rk_ip_of4(v4), rk_ip_of4(v4)};
            char cc[8];
            assert_int_equal(rk_delegated_ask(&d, &r, cc), RK_DELEGATED_TO);
            assert_string_equal(cc, i % 3 ? "ID" : "SG");
        }
    }
    rk_delegated_free(&d);
    rk_buf_free(&b);
}

/* ===== declared beside registered ===== */

static enum rk_resident verdict_of(const rk_delegated *d, const char *country, const char *host,
                                   const char *addresses, const char *given, bool *amiss) {
    rk_buf b;
    rk_residency *r;
    rk_err err = RK_ERR_INIT;
    rk_buf_init(&b, 1 << 20);
    rk_buf_printf(
        &b,
        "{\"format\":\"rekap-residency-1\",\"name\":\"u\",\"operator\":\"K\",\"date\":"
        "\"2026-11-24\",\"targets\":[{\"id\":\"t\",\"kind\":\"cdn\",\"operator\":\"X\","
        "\"country\":\"%s\",\"holds\":\"public\",\"public_abroad\":true,%s,"
        "\"addresses\":[%s]}]}",
        country, host, addresses);
    if (rk_residency_parse(rk_buf_slice(&b), &r, &err) != RK_OK) fail_msg("%s", err.text);
    rk_buf_free(&b);
    rk_resident_report *x = rk_resident_report_new(r, d);
    rk_resident_declared(&x->target[0]);
    if (rk_resident_given(x, rk_slice_str(given), NULL, &err) != RK_OK)
        fail_msg("%s", err.text);
    rk_resident_judge(x);
    enum rk_resident v = x->target[0].verdict;
    *amiss = rk_resident_amiss(x);
    rk_resident_report_free(&x);
    rk_residency_free(&r);
    return v;
}

static void verdicts(void **state) {
    (void)state;
#define NAME "\"host\":\"t.example\""
    static const struct {
        const char *country, *host, *addresses, *given;
        enum rk_resident want;
        bool amiss;
    } t[] = {
        {"ID", NAME, "\"103.10.64.9\"", "", RK_RESIDENT_HOME, false},
        {"ID", "\"host\":\"103.10.64.9\"", "", "", RK_RESIDENT_HOME, false},
        {"ID", NAME, "", "T.EXAMPLE.,103.10.64.9\n", RK_RESIDENT_HOME, false},
        {"ID", NAME, "", "# no\nother.example,103.10.68.1\n", RK_RESIDENT_UNKNOWN, false},
        {"ID", NAME, "\"103.10.68.9\"", "", RK_RESIDENT_ELSEWHERE, true},
        {"ID", NAME, "\"103.10.64.9\",\"103.10.68.9\"", "", RK_RESIDENT_ELSEWHERE, true},
        {"ID", NAME, "\"103.10.64.9\",\"10.0.0.1\"", "", RK_RESIDENT_UNKNOWN, false},
        {"ID", NAME, "\"10.0.0.1\",\"103.10.68.9\"", "", RK_RESIDENT_ELSEWHERE, true},
        {"ID", NAME, "\"100.64.3.1\"", "", RK_RESIDENT_UNKNOWN, false},
        {"ID", NAME, "\"fd00::1\"", "", RK_RESIDENT_UNKNOWN, false},
        {"ID", NAME, "\"8.8.8.8\"", "", RK_RESIDENT_UNKNOWN, false},
        {"ID", NAME, "\"103.10.64.0/21\"", "", RK_RESIDENT_UNKNOWN, false}, /* two countries */
        {"ID", NAME, "\"2400:9900::1\"", "", RK_RESIDENT_UNKNOWN, false},   /* AP */
        {"SG", NAME, "\"103.10.68.9\"", "", RK_RESIDENT_ABROAD, false},
        {"SG", NAME, "\"103.10.64.9\"", "", RK_RESIDENT_ELSEWHERE, true},
        {"US", NAME, "\"103.10.68.9\"", "", RK_RESIDENT_ELSEWHERE, true},
        {"ID", NAME, "\"103.10.64.0/24\"", "t.example,103.10.64.7\n", RK_RESIDENT_HOME, false},
        {"ID", NAME, "\"103.10.64.0/24\"", "t.example,103.10.65.7\n", RK_RESIDENT_HOME, true},
        {"ID", "\"path\":\"/srv\"", "", "", RK_RESIDENT_LOCAL, false},
        {"ID", "\"host\":\"localhost\"", "", "", RK_RESIDENT_LOCAL, false},
    };
    rk_delegated d = {0};
    assert_int_equal(
        rk_delegated_add(&d,
                         RK_LIT(HEAD "apnic|ID|ipv4|103.10.64.0|1024|20111014|allocated|A\n"
                                     "apnic|SG|ipv4|103.10.68.0|1024|20111014|allocated|B\n"
                                     "apnic|AP|ipv6|2400:9900::|32|20111014|allocated|C\n"),
                         NULL),
        RK_OK);
    rk_delegated_finish(&d);
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        bool amiss;
        enum rk_resident v =
            verdict_of(&d, t[i].country, t[i].host, t[i].addresses, t[i].given, &amiss);
        if (v != t[i].want || amiss != t[i].amiss)
            fail_msg("case %zu: %s, amiss %d", i, rk_resident_name(v), amiss);
    }
    rk_delegated_free(&d);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file),          cmocka_unit_test(real_shapes),
        cmocka_unit_test(what_is_refused), cmocka_unit_test(as_a_plain_search),
        cmocka_unit_test(a_long_file),     cmocka_unit_test(verdicts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
