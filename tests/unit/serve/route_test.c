#include "serve/route.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

static rk_code ids[2];
static rk_route_site site(const char *prefix) {
    assert_true(rk_code_of(RK_LIT("pemilu2019"), &ids[0]) &&
                rk_code_of(RK_LIT("pemilu2024"), &ids[1]));
    return (rk_route_site){rk_slice_str(prefix), ids, 2};
}

static rk_status parse(const char *prefix, const char *target, rk_route *r) {
    rk_route_site s = site(prefix);
    rk_err err = RK_ERR_INIT;
    return rk_route_parse(&s, rk_slice_str(target), r, &err);
}

static void is_key(const char *target, const char *want) {
    rk_route r;
    rk_buf key;
    rk_route_site s = site("");
    if (parse("", target, &r) != RK_OK) fail_msg("%s: refused", target);
    rk_buf_init(&key, 20000);
    rk_route_key(&s, &r, &key);
    if (!rk_slice_is(rk_buf_slice(&key), want))
        fail_msg("%s: %.*s", target, RK_FMT(rk_buf_slice(&key)));
    rk_buf_free(&key);
}

static void kinds(void **state) {
    (void)state;
    static const struct {
        const char *target;
        enum rk_route_kind kind;
        uint32_t election;
    } t[] = {
        {"/", RK_ROUTE_PORTAL, 0},
        {"/pemilu2024", RK_ROUTE_PORTAL, 1},
        {"/pemilu2024/", RK_ROUTE_PORTAL, 1},
        {"/hasil/ppwp/31", RK_ROUTE_PORTAL, 0},
        {"/pemilu2024/temuan/ppwp", RK_ROUTE_PORTAL, 1},
        {"/unduh/ppwp", RK_ROUTE_PORTAL, 0},
        {"/aset/app.js", RK_ROUTE_ASSET, 0},
        {"/api/v1/pemilu", RK_ROUTE_ELECTIONS, 0},
        {"/api/v1/", RK_ROUTE_ELECTION, 0},
        {"/api/v1", RK_ROUTE_ELECTION, 0},
        {"/pemilu2024/api/v1/", RK_ROUTE_ELECTION, 1},
        {"/api/v1/kontes/ppwp", RK_ROUTE_CONTEST, 0},
        {"/pemilu2019/api/v1/kontes/ppwp/wilayah/0", RK_ROUTE_REGION, 0},
        {"/api/v1/kontes/ppwp/tps/1101012001001", RK_ROUTE_STATION, 0},
        {"/api/v1/kontes/ppwp/tps.csv", RK_ROUTE_STATIONS_CSV, 0},
        {"/api/v1/wilayah.csv", RK_ROUTE_REGIONS_CSV, 0},
        {"/api/v1/cari?q=x", RK_ROUTE_SEARCH, 0},
        {"/api/v1/log", RK_ROUTE_LOG, 0},
        {"/pemilu2024/api/v1/log/entri/7", RK_ROUTE_LOG_ENTRY, 1},
        {"/api/v1/log/bukti/7", RK_ROUTE_LOG_PROOF, 0},
        {"/api/v1/log/batch-bukti/7", RK_ROUTE_LOG_BATCH_PROOF, 0},
        {"/api/v1/log/konsistensi?dari=1&ke=2", RK_ROUTE_LOG_CONSISTENCY, 0},
        {"/pemilu2024/log/checkpoint", RK_ROUTE_CHECKPOINT, 1},
        {"/log/tile/0/000", RK_ROUTE_TILE, 0},
        {"/log/tile/entries/x001/x234/067.p/8", RK_ROUTE_TILE, 0},
        {"/rilis", RK_ROUTE_RELEASED, 0},
        {"/rilis/", RK_ROUTE_RELEASED, 0},
        {"/terbuka/infrastruktur/", RK_ROUTE_RELEASED, 0},
        {"/pemilu2024/arsip", RK_ROUTE_RELEASED, 1},
        {"/keterbukaan/ppwp", RK_ROUTE_PORTAL, 0},
        {"/pemilu2024/rilis/rilis-5/ppwp/tps.csv.zst", RK_ROUTE_RELEASED, 1},
        {"/rilis-5", RK_ROUTE_SIREKAP, 0},
        {"/catatan/ppwp", RK_ROUTE_PORTAL, 0},
        {"/pemilu/hhcw/ppwp.json", RK_ROUTE_SIREKAP, 0},
        {"/pemilu2024/wilayah/pemilu/ppwp/0.json", RK_ROUTE_SIREKAP, 1},
    };
    rk_route r;
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        if (parse("", t[i].target, &r) != RK_OK) fail_msg("%s: refused", t[i].target);
        if (r.kind != t[i].kind || r.election != t[i].election)
            fail_msg("%s: kind %u of %u", t[i].target, r.kind, r.election);
    }
}

static void refused(void **state) {
    (void)state;
    static const char *const bad[] = {
        "",
        "x",
        "//",
        "/a//b",
        "/../etc/passwd",
        "/a/../b",
        "/%2e%2e/x",
        "/a/%2e/b",
        "/a%00b",
        "/a%0d%0ab",
        "/%zz",
        "/%4",
        "/a\\b",
        "/%ff",
        "/api/v1/nope",
        "/api/v2/",
        "/api/v1/kontes//wilayah/0",
        "/api/v1/kontes/ppwp/wilayah/",
        "/pemilu2024/api/v1/pemilu",
        "/api/v1/kontes/ppwp/temuan?banyak=x",
        "/api/v1/kontes/ppwp/wilayah/0?as_of=-1",
        "/api/v1/kontes/ppwp/rekap.csv?tingkat=9",
        "/api/v1/cari?q=%ff",
        "/rilis/.rilis.tmp/ppwp/tps.csv",
        "/rilis/.rilis.lock",
        "/rilis/rilis-5/../../x",
        "/rilis/rilis-5//x",
        "/log/",
        "/log/x",
        "/log/tile/0/0",
        "/log/tile/0/001.p/0",
        "/log/tile/0/001.p/256",
        "/log/tile/00/001",
        "/api/v1/log/entri/",
        "/api/v1/log/konsistensi?dari=x&ke=2",
    };
    rk_route r;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (parse("", bad[i], &r) == RK_OK) fail_msg("'%s' is taken", bad[i]);
}

static void parameters(void **state) {
    (void)state;
    rk_route r;
    assert_int_equal(
        parse("", "/api/v1/kontes/ppwp/temuan?aturan=R08&wilayah=31&mulai=200&banyak=5000", &r),
        RK_OK);
    assert_true(rk_slice_is(r.rule, "R08") && rk_slice_is(r.region, "31"));
    assert_int_equal(r.from, 200);
    assert_int_equal(r.count, RK_FINDINGS_PAGE_MAX);
    assert_int_equal(parse("", "/api/v1/cari?q=bandung+barat%20x", &r), RK_OK);
    assert_true(rk_slice_is(r.query, "bandung barat x"));
    assert_int_equal(r.count, 20);
    assert_int_equal(parse("", "/api/v1/kontes/ppwp/rekap.csv?tingkat=provinsi", &r), RK_OK);
    assert_true(r.has_level && r.level == 1);
    assert_int_equal(parse("", "/api/v1/kontes/ppwp/wilayah/31?as_of=7", &r), RK_OK);
    assert_true(r.has_as_of && r.as_of == 7);
}

static void one_spelling(void **state) {
    (void)state;
    is_key("/api/v1/kontes/ppwp/wilayah/31", "/api/v1/kontes/ppwp/wilayah/31");
    is_key("/api/v1/kontes/ppwp/wilayah/%33%31?x=1&y=2#", "/api/v1/kontes/ppwp/wilayah/31");
    is_key("/pemilu2019/api/v1", "/pemilu2019/api/v1/");
    is_key("/api/v1/kontes/ppwp/temuan?banyak=100&mulai=0&wilayah=0&&",
           "/api/v1/kontes/ppwp/temuan");
    is_key("/api/v1/kontes/ppwp/temuan?banyak=5&aturan=R08",
           "/api/v1/kontes/ppwp/temuan?aturan=R08&banyak=5");
    is_key("/api/v1/cari?q=a+b%26c%3f", "/api/v1/cari?q=a%20b%26c%3F");
    is_key("/api/v1/log/konsistensi?ke=9&x=1&dari=2", "/api/v1/log/konsistensi?dari=2&ke=9");
    is_key("/pemilu2024/log/tile/0/x001/000.p/3?y", "/pemilu2024/log/tile/0/x001/000.p/3");
    is_key("/hasil/ppwp/31?x", "/");
    is_key("/pemilu2024/hasil/ppwp/31", "/pemilu2024/");
    is_key("/pemilu/hhcw%3F.json", "/pemilu/hhcw%3F.json");
}

static void behind_a_prefix(void **state) {
    (void)state;
    rk_route r;
    assert_int_equal(parse("/x", "/x/pemilu2024/api/v1/", &r), RK_OK);
    assert_int_equal(r.election, 1);
    assert_int_equal(parse("/x", "/x", &r), RK_OK);
    assert_int_equal(r.kind, RK_ROUTE_PORTAL);
    assert_int_equal(parse("/x", "/api/v1/", &r), RK_NOT_FOUND);
    assert_int_equal(parse("/x", "/xy/api/v1/", &r), RK_NOT_FOUND);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds), cmocka_unit_test(refused), cmocka_unit_test(parameters),
        cmocka_unit_test(one_spelling), cmocka_unit_test(behind_a_prefix)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
