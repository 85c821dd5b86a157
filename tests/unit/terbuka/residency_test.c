#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/buf.h"
#include "core/residency.h"

#define HEAD                                                                                   \
    "{\"format\":\"rekap-residency-1\",\"name\":\"uji\",\"operator\":\"KPU\",\"date\":"        \
    "\"2026-11-24\",\"targets\":["

static rk_residency *declared(const char *targets) {
    rk_buf b;
    rk_residency *r;
    rk_err err = RK_ERR_INIT;
    rk_buf_init(&b, 1 << 20);
    rk_buf_printf(&b, HEAD "%s]}", targets);
    if (rk_residency_parse(rk_buf_slice(&b), &r, &err) != RK_OK) fail_msg("%s", err.text);
    rk_buf_free(&b);
    return r;
}

/* A target of kind `k` in `country` holding `holds`. */
static rk_residency *one(enum rk_target_kind k, const char *country, const char *holds,
                         bool abroad) {
    char text[400];
    snprintf(
        text, sizeof text,
        "{\"id\":\"t\",\"kind\":\"%s\",\"operator\":\"PT Contoh\",\"country\":\"%s\","
        "\"holds\":\"%s\",\"host\":\"t.contoh.example\",\"port\":443,\"public_abroad\":%s}",
        rk_target_kind_name(k), country, holds, abroad ? "true" : "false");
    return declared(text);
}

/* Every kind, at home and abroad, with either class of data, declared as a cache or not. */
static void the_whole_matrix(void **state) {
    (void)state;
    unsigned refused = 0, taken = 0;
    for (unsigned k = 0; k < RK_TARGET_KINDS; k++)
        for (int abroad = 0; abroad < 2; abroad++)
            for (int hidden = 0; hidden < 2; hidden++)
                for (int cache = 0; cache < 2; cache++) {
                    rk_err err = RK_ERR_INIT;
                    bool home_only = k <= RK_TARGET_MAIL;
                    enum rk_residency_rule want = !abroad     ? RK_S_OK
                                                  : hidden    ? RK_S02
                                                  : home_only ? RK_S04
                                                  : cache     ? RK_S_OK
                                                              : RK_S03;
                    rk_residency *r = one((enum rk_target_kind)k, abroad ? "SG" : "ID",
                                          hidden ? "non-public" : "public", cache);
                    assert_int_equal(rk_target_rule(&r->target[0]), want);
                    rk_status s = rk_residency_check(r, &err);
                    assert_int_equal(s, want ? RK_CONFLICT : RK_OK);
                    if (want) assert_non_null(strstr(err.text, rk_residency_rule_name(want)));
                    rk_use use = {.kind = (enum rk_target_kind)k,
                                  .host = RK_LIT("T.contoh.example."),
                                  .port = 443,
                                  .non_public = hidden};
                    assert_int_equal(rk_residency_decide(r, &use, NULL), want);
                    *(want ? &refused : &taken) += 1;
                    rk_residency_free(&r);
                }
    printf("%u configurations: %u taken, %u refused\n", refused + taken, taken, refused);
    assert_int_equal(refused + taken, RK_TARGET_KINDS * 8);
}

static void what_is_not_stated(void **state) {
    (void)state;
    rk_residency *r = declared("{\"id\":\"a\",\"kind\":\"cdn\",\"operator\":\"X\",\"holds\":"
                               "\"public\",\"host\":\"a.example\"}");
    rk_err err = RK_ERR_INIT;
    assert_int_equal(rk_residency_check(r, &err), RK_CONFLICT);
    assert_non_null(strstr(err.text, "S05"));
    rk_residency_free(&r);
    r = declared("{\"id\":\"a\",\"kind\":\"cdn\",\"country\":\"ID\",\"holds\":\"public\","
                 "\"host\":\"a.example\"}");
    assert_int_equal(rk_target_rule(&r->target[0]), RK_S05);
    rk_residency_free(&r);
}

static enum rk_residency_rule ask(const rk_residency *r, enum rk_target_kind k,
                                  const char *host, uint16_t port, bool hidden) {
    return rk_residency_decide(
        r, &(rk_use){.kind = k, .host = rk_slice_str(host), .port = port, .non_public = hidden},
        NULL);
}

static void uses_beside_the_declaration(void **state) {
    (void)state;
    rk_residency *r = one(RK_TARGET_DELIVERY, "ID", "public", false);
    assert_int_equal(ask(r, RK_TARGET_DELIVERY, "t.contoh.example", 443, false), RK_S_OK);
    assert_int_equal(ask(r, RK_TARGET_DELIVERY, "t.contoh.example", 443, true), RK_S02);
    assert_int_equal(ask(r, RK_TARGET_BACKUP, "t.contoh.example", 443, false), RK_S06);
    assert_int_equal(ask(r, RK_TARGET_DELIVERY, "t.contoh.example", 80, false), RK_S01);
    assert_int_equal(ask(r, RK_TARGET_DELIVERY, "evil.t.contoh.example", 443, false), RK_S01);
    assert_int_equal(ask(r, RK_TARGET_DELIVERY, "t.contoh.example.evil", 443, false), RK_S01);
    assert_int_equal(ask(r, RK_TARGET_DELIVERY, "", 443, false), RK_S01);
    assert_int_equal(ask(NULL, RK_TARGET_WITNESS, "w.example", 443, false), RK_S01);
    rk_residency_free(&r);
}

static void this_machine(void **state) {
    (void)state;
    static const char *const here[] = {"localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9",
                                       "::1",       "[::1]",     "localhost."};
    static const char *const not_here[] = {"127.evil.example", "127.0.0.1.example", "127.0.0",
                                           "0.0.0.0",          "localhost.example", "",
                                           "10.0.0.1",         "127.0.0.0001"};
    for (size_t i = 0; i < sizeof here / sizeof *here; i++) {
        assert_true(rk_host_is_loopback(rk_slice_str(here[i])));
        assert_int_equal(ask(NULL, RK_TARGET_STORE, here[i], 1, true), RK_S_OK);
    }
    for (size_t i = 0; i < sizeof not_here / sizeof *not_here; i++)
        assert_false(rk_host_is_loopback(rk_slice_str(not_here[i])));
}

static void directories(void **state) {
    (void)state;
    rk_residency *r =
        declared("{\"id\":\"a\",\"kind\":\"store\",\"operator\":\"X\","
                 "\"country\":\"ID\",\"holds\":\"non-public\",\"path\":\"/srv/a/\"}");
    static const struct {
        const char *path;
        enum rk_residency_rule want;
    } t[] = {{"/srv/a", RK_S_OK},
             {"/srv/a/b", RK_S_OK},
             {"/srv/ab", RK_S01},
             {"/srv", RK_S01},
             {"/", RK_S01}};
    for (size_t i = 0; i < sizeof t / sizeof *t; i++)
        assert_int_equal(rk_residency_decide(r,
                                             &(rk_use){.kind = RK_TARGET_STORE,
                                                       .path = rk_slice_str(t[i].path),
                                                       .non_public = true},
                                             NULL),
                         t[i].want);
    rk_residency_free(&r);
}

static void refused_with_the_place(void **state) {
    (void)state;
    static const struct {
        const char *text, *says;
    } bad[] = {
        {"[]", "format"},
        {"{", "JSON"},
        {"{\"format\":\"rekap-residency-2\"}", "rekap-residency-1"},
        {HEAD "{}]}", "targets[0].id"},
        {HEAD "{\"id\":\"a\",\"kind\":\"moon\"}]}", "targets[0].kind"},
        {HEAD "{\"id\":\"a\",\"kind\":\"cdn\",\"holds\":\"all\"}]}", "holds"},
        {HEAD "{\"id\":\"a\",\"kind\":\"cdn\",\"country\":\"Indonesia\"}]}", "ISO 3166"},
        {HEAD "{\"id\":\"a\",\"kind\":\"cdn\",\"holds\":\"public\"}]}", "host"},
        {HEAD "{\"id\":\"a\",\"kind\":\"cdn\",\"holds\":\"public\",\"host\":\"h\",\"port\":"
              "70000}]}",
         "port"},
        {HEAD "{\"id\":\"a\",\"kind\":\"cdn\",\"holds\":\"public\",\"host\":\"h\",\"x\":1}]}",
         "\"x\""},
        {HEAD "{\"id\":\"a\",\"kind\":\"cdn\",\"holds\":\"public\",\"host\":\"h\"},"
              "{\"id\":\"a\",\"kind\":\"cdn\",\"holds\":\"public\",\"host\":\"h\"}]}",
         "twice"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        rk_residency *r;
        rk_err err = RK_ERR_INIT;
        assert_int_equal(rk_residency_parse(rk_slice_str(bad[i].text), &r, &err), RK_BAD_INPUT);
        assert_null(r);
        if (!strstr(err.text, bad[i].says)) fail_msg("%s: %s", bad[i].says, err.text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_whole_matrix),
        cmocka_unit_test(what_is_not_stated),
        cmocka_unit_test(uses_beside_the_declaration),
        cmocka_unit_test(this_machine),
        cmocka_unit_test(directories),
        cmocka_unit_test(refused_with_the_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
