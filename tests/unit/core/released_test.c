#include "core/released.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

static const char NOTE[] =
    "{\n \"format\": \"rekap-rilis-1\",\n \"pemilu\": \"uji\",\n \"rilis\": \"rilis-8\",\n"
    " \"ukuran\": 8,\n \"entri\": 8,\n \"waktu\": \"2026-11-24 18:00:06\",\n \"zona\": "
    "\"WIB\",\n"
    " \"detik\": 1795518006,\n \"manifes\": "
    "\"9bc6dba409cb9e28e986d9186357512b552e9b4a98bb37ffc2be53f3dd66a86d\"\n}\n";

static void a_note(void **state) {
    (void)state;
    rk_release_note n;
    rk_buf b;
    rk_buf_init(&b, RK_RELEASE_NOTE_MAX);
    assert_int_equal(rk_release_note_parse(RK_LIT(NOTE), &n, NULL), RK_OK);
    assert_true(rk_slice_is(rk_code_slice(&n.election), "uji"));
    assert_int_equal(n.size, 8);
    assert_int_equal(n.entry, 8);
    assert_int_equal(n.time, 1795518006);
    assert_int_equal(n.manifest.b[0], 0x9b);
    rk_release_note_put(&n, &b);
    assert_true(rk_slice_is(rk_buf_slice(&b), NOTE));
    rk_buf_free(&b);
}

/* One thing of it changed at a time. */
static void not_a_note(void **state) {
    (void)state;
    static const char *const change[][2] = {
        {"rekap-rilis-1", "rekap-rilis-2"},
        {"\"uji\"", "\"\""},
        {"\"uji\"", "\"a-name-of-more-than-23-bytes\""},
        {"\"uji\"", "7"},
        {"rilis-8", "rilis-9"},
        {"rilis-8", "rilis-08"},
        {"rilis-8", "../rilis-8"},
        {"\"ukuran\": 8", "\"ukuran\": -8"},
        {"\"ukuran\": 8", "\"ukuran\": \"8\""},
        {"\"ukuran\": 8", "\"ukuran\": 8.0"},
        {"\"entri\": 8", "\"entri\": 7"},
        {"\"entri\": 8", "\"entri\": 9223372036854775807"},
        {"\"detik\": 1795518006", "\"detik\": 4294967296"},
        {"9bc6", "9BC6"},
        {"9bc6", "9bc"},
        {"manifes\"", "manifest\""},
        {"\n}\n", ", \"ukuran\": 9}"},
        {"\n}\n", ""},
    };
    for (size_t i = 0; i < sizeof change / sizeof *change; i++) {
        char text[1000];
        rk_release_note n;
        rk_err err = RK_ERR_INIT;
        const char *at = strstr(NOTE, change[i][0]);
        assert_non_null(at);
        snprintf(text, sizeof text, "%.*s%s%s", (int)(at - NOTE), NOTE, change[i][1],
                 at + strlen(change[i][0]));
        if (rk_release_note_parse(rk_slice_str(text), &n, &err) != RK_BAD_INPUT)
            fail_msg("%s in place of %s is taken", change[i][1], change[i][0]);
        assert_true(err.text[0]);
    }
    char *big = rk_alloc(RK_RELEASE_NOTE_MAX + 1u);
    memset(big, ' ', RK_RELEASE_NOTE_MAX + 1u);
    rk_release_note n;
    assert_int_equal(rk_release_note_parse((rk_slice){big, RK_RELEASE_NOTE_MAX + 1u}, &n, NULL),
                     RK_LIMIT);
    rk_free(big);
}

static void names(void **state) {
    (void)state;
    uint64_t size;
    char name[RK_RELEASE_NAME_MAX];
    static const char *const no[] = {"",         "rilis-",   "rilis-01",
                                     "rilis--1", "rilis-1 ", "rilis-1/x",
                                     "rilis-1.", "Rilis-1",  "rilis-18446744073709551616"};
    assert_true(rk_release_name_parse(RK_LIT("rilis-0"), &size));
    assert_true(rk_release_name_parse(RK_LIT("rilis-813394"), &size));
    rk_release_name(size, name);
    assert_string_equal(name, "rilis-813394");
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        if (rk_release_name_parse(rk_slice_str(no[i]), &size))
            fail_msg("'%s' is a name", no[i]);
}

static void resource(void *ctx, rk_slice path, uint64_t bytes) {
    rk_buf_printf(ctx, "%.*s=%llu ", RK_FMT(path), (unsigned long long)bytes);
}

static void a_package(void **state) {
    (void)state;
    rk_buf title, list;
    rk_buf_init(&title, 1000);
    rk_buf_init(&list, 1000);
    assert_int_equal(
        rk_package_read(RK_LIT("{\"title\":\"Pemilu\",\"resources\":[{\"path\":\"a.csv\","
                               "\"bytes\":5},{\"path\":\"b\"},{\"path\":\"c\",\"bytes\":-1},"
                               "7,{\"path\":\"d\",\"bytes\":99999999999999}]}"),
                        &title, resource, &list, NULL),
        RK_OK);
    assert_true(rk_slice_is(rk_buf_slice(&title), "Pemilu"));
    assert_true(rk_slice_is(rk_buf_slice(&list), "a.csv=5 "));
    assert_int_equal(rk_package_read(RK_LIT("{}"), NULL, NULL, NULL, NULL), RK_BAD_INPUT);
    assert_int_equal(rk_package_read(RK_LIT("x"), NULL, NULL, NULL, NULL), RK_BAD_INPUT);
    assert_int_equal(rk_package_read(RK_LIT("[]"), NULL, NULL, NULL, NULL), RK_BAD_INPUT);
    rk_buf_free(&title);
    rk_buf_free(&list);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_note), cmocka_unit_test(not_a_note),
                                       cmocka_unit_test(names), cmocka_unit_test(a_package)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
