#include "base/csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>

#include "base/mem.h"

/* Reads a whole table and writes it as field|field/ rows, for comparing. */
static rk_status flat(rk_slice in, rk_buf *out, rk_err *err) {
    rk_csv c;
    rk_status s;
    rk_buf_clear(out);
    rk_csv_init(&c, in);
    while ((s = rk_csv_next(&c, err)) == RK_OK) {
        for (size_t i = 0; i < c.n; i++) {
            if (i) rk_buf_byte(out, '|');
            rk_buf_add(out, c.field[i]);
        }
        rk_buf_printf(out, "/%zu ", c.line);
    }
    rk_csv_free(&c);
    return s;
}

static void rows(void **state) {
    (void)state;
    static const struct {
        const char *in, *out;
    } t[] = {
        {"", ""},
        {"a,b\n1,2\n", "a|b/1 1|2/2 "},
        {"a,b\n1,2", "a|b/1 1|2/2 "},
        {"a,b\r\n1,2\r\n", "a|b/1 1|2/2 "},
        {"a,b\r\n1,2\r", "a|b/1 1|2/2 "},
        {"\xef\xbb\xbf"
         "a,b\n",
         "a|b/1 "},
        {"a\n\n\r\nb\n", "a/1 b/4 "},
        {",\n", "|/1 "},
        {",,", "||/1 "},
        {"\"a\",\"b,c\"\n", "a|b,c/1 "},
        {"\"a\"\"b\"\n", "a\"b/1 "},
        {"\"\",x\n", "|x/1 "},
        {"\"\"\"\"\n", "\"/1 "},
        {"\"a\nb\r\nc\",1\nx\n", "a\nb\r\nc|1/1 x/4 "},
        {"\"a\"\r\n\"b\"\r\n", "a/1 b/2 "},
        {"\"a\"\r", "a/1 "},
        {"\"a\"", "a/1 "},
        {"a\rb,c\n", "a\rb|c/1 "},
        {"a\r,b\n", "a\r|b/1 "},
        {"a\"b,c\n", "a\"b|c/1 "}, /* a quote inside a plain field is text */
    };
    rk_buf b;
    rk_buf_init(&b, 1000);
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        rk_err err = RK_ERR_INIT;
        assert_int_equal(flat(rk_slice_str(t[i].in), &b, &err), RK_NOT_FOUND);
        if (!rk_slice_is(rk_buf_slice(&b), t[i].out))
            fail_msg("'%s' gives '%.*s'", t[i].in, RK_FMT(rk_buf_slice(&b)));
    }
    rk_buf_free(&b);
}

static void wrong(rk_slice in, size_t line, size_t column) {
    rk_buf b;
    rk_err err = RK_ERR_INIT;
    rk_buf_init(&b, 10 << 20);
    assert_int_equal(flat(in, &b, &err), RK_BAD_INPUT);
    assert_int_equal(err.line, line);
    assert_int_equal(err.column, column);
    assert_true(err.text[0]);
    rk_buf_free(&b);
}

static void quotes_missing(void **state) {
    (void)state;
    wrong(RK_LIT("a,b\n1,\"2\n3,4\n"), 2, 2);
    wrong(RK_LIT("\""), 1, 1);
    wrong(RK_LIT("a\n\"b\"c\n"), 2, 1);
    wrong(RK_LIT("a\n1,2,\"b\" ,3\n"), 2, 3);
    wrong(RK_LIT("\"a\"\rb\n"), 1, 1);
}

static void many_columns(void **state) {
    (void)state;
    rk_buf b, out;
    rk_err err = RK_ERR_INIT;
    rk_buf_init(&b, 1 << 20);
    rk_buf_init(&out, 1 << 20);
    for (unsigned i = 0; i < RK_CSV_COLUMNS_MAX; i++) rk_buf_lit(&b, "1,");
    b.len--;
    assert_int_equal(flat(rk_buf_slice(&b), &out, &err), RK_NOT_FOUND);
    rk_buf_lit(&b, ",");
    wrong(rk_buf_slice(&b), 1, RK_CSV_COLUMNS_MAX);
    rk_buf_free(&b);
    rk_buf_free(&out);
}

static void long_rows(void **state) {
    (void)state;
    char *p = rk_alloc(3 * RK_CSV_ROW_MAX);
    rk_buf out;
    rk_err err = RK_ERR_INIT;
    rk_buf_init(&out, 1 << 20);
    memset(p, 'x', 3 * RK_CSV_ROW_MAX);
    assert_int_equal(flat((rk_slice){p, RK_CSV_ROW_MAX}, &out, &err), RK_NOT_FOUND);
    wrong((rk_slice){p, RK_CSV_ROW_MAX + 1}, 1, 0);
    p[1] = '\n';
    wrong((rk_slice){p, 3 * RK_CSV_ROW_MAX}, 2, 0);
    p[0] = p[RK_CSV_ROW_MAX - 1] = '"', p[1] = 'x';
    assert_int_equal(flat((rk_slice){p, RK_CSV_ROW_MAX}, &out, &err), RK_NOT_FOUND);
    p[RK_CSV_ROW_MAX - 1] = 'x', p[2 * RK_CSV_ROW_MAX] = '"';
    wrong((rk_slice){p, 2 * RK_CSV_ROW_MAX + 1}, 1, 1);
    rk_buf_free(&out);
    rk_free(p);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows), cmocka_unit_test(quotes_missing),
                                       cmocka_unit_test(many_columns),
                                       cmocka_unit_test(long_rows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
