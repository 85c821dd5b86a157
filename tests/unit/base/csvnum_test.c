/* The numeric reader against the general one and against itself: both kernels, chunk borders,
 * odd rows, long lines, quotes that come late. */
#include "base/csv.h"
#include "base/csv_kernel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>

#include "base/mem.h"
#include "random.h"

enum { CHUNK = 1 << 16, PAD = 64 };

/* A field: mostly 0 to 4 digits, now and then something else. */
static void random_field(rk_buf *b, unsigned odd_one_in) {
    static const char *const strange[] = {"12345",      "-1",     "1.5", "x",    " 1",
                                          "00012",      "999999", "1e2", "\x80", "a\rb",
                                          "4294967297", ":",      "/"};
    unsigned digits = rnd(5);
    if (odd_one_in && rnd_one_in(odd_one_in)) {
        rk_buf_printf(b, "%s", strange[rnd(sizeof strange / sizeof *strange)]);
        return;
    }
    for (unsigned i = 0; i < digits; i++) rk_buf_byte(b, (char)('0' + rnd(10)));
}

/* ===== the two kernels ===== */

struct arrays {
    uint32_t *ends, *row_end, *value;
};

static struct arrays arrays_new(void) {
    struct arrays a = {rk_calloc(CHUNK + 4200, 4), rk_calloc(CHUNK + 128, 4),
                       rk_calloc(4096, 4)};
    a.ends++;
    a.ends[-1] = UINT32_MAX;
    return a;
}

static void arrays_free(struct arrays *a) {
    rk_free(a->ends - 1);
    rk_free(a->row_end);
    rk_free(a->value);
}

static void same_rows(const char *chunk, size_t rows, const uint32_t *check, struct arrays *a,
                      struct arrays *b) {
    const struct rk_csv_kernel *x = &rk_csv_kernel_portable, *y = rk_csv_kernel_avx2();
    for (size_t r = 0; r < rows; r++) {
        uint32_t from = r ? a->row_end[r - 1] : 0, n = a->row_end[r] - from;
        uint32_t padded[4096] = {0}; /* nothing is checked past the last column */
        memcpy(padded, check, n * sizeof *check);
        bool p = x->decode(chunk, a->ends + from, n, 7777777, padded, a->value);
        bool q = y->decode(chunk, b->ends + from, n, 7777777, padded, b->value);
        assert_int_equal(p, q);
        for (uint32_t i = 0; p && i < n; i++)
            if (check[i] && a->value[i] != b->value[i])
                fail_msg("column %u: %u and %u", i, a->value[i], b->value[i]);
    }
}

static void kernels_agree(void **state) {
    (void)state;
    if (!rk_csv_kernel_avx2()) skip();
    rnd_start("kernels");
    struct arrays a = arrays_new(), b = arrays_new();
    uint32_t *check = rk_calloc(4096, 4);
    rk_buf t;
    rk_buf_init(&t, 1 << 20);
    for (int round = 0; round < 1500; round++) {
        rk_buf_clear(&t);
        rk_buf_lit(&t, "tps\n");
        unsigned max_rows = 1 + rnd(60), columns = 1 + rnd(rnd_one_in(20) ? 1500 : 40);
        for (unsigned i = 0; i < 4096; i++) check[i] = rnd_one_in(5) ? 0 : UINT32_MAX;
        for (unsigned r = 0; r < max_rows && t.len < CHUNK - 20000; r++)
            for (unsigned c = 0, n = rnd_one_in(9) ? 1 + rnd(columns) : columns; c < n; c++)
                random_field(&t, 40), rk_buf_byte(&t, c + 1 == n ? '\n' : ',');
        for (unsigned i = rnd(70); i > 0; i--) rk_buf_byte(&t, ",1\n"[rnd(3)]);
        size_t n = t.len - 4;
        char *exact = rk_dup(t.ptr, t.len); /* exactly that long: over-reads are seen by ASan */
        bool quoted_a = true, quoted_b = true;
        size_t rows = rk_csv_kernel_portable.index(exact + 4, n, a.ends, a.row_end, &quoted_a);
        assert_int_equal(
            rk_csv_kernel_avx2()->index(exact + 4, n, b.ends, b.row_end, &quoted_b), rows);
        assert_int_equal(quoted_a, quoted_b);
        assert_memory_equal(a.row_end, b.row_end, rows * 4);
        size_t delims = rows ? a.row_end[rows - 1] : 0;
        assert_memory_equal(a.ends, b.ends, delims * 4);
        assert_true(rk_csv_delims(exact + 4, n, b.ends) >= delims);
        same_rows(exact + 4, rows, check, &a, &b);
        rk_free(exact);
    }
    rk_buf_free(&t);
    rk_free(check);
    arrays_free(&a), arrays_free(&b);
}

/* ===== against the general reader ===== */

struct table {
    rk_buf text;
    size_t header, columns;
    bool *numeric;
};

/* What the decoder must say of a field: true and *v, or false when it is not 0 to 4 digits. */
static bool quick(rk_slice f, uint32_t *v) {
    *v = f.len ? 0 : UINT32_MAX;
    for (size_t i = 0; i < f.len; i++) {
        if (f.ptr[i] < '0' || f.ptr[i] > '9') return false;
        *v = *v * 10 + (uint32_t)(f.ptr[i] - '0');
    }
    return f.len <= 4;
}

static void same_row(const struct table *t, const rk_csvnum *c, size_t r, const rk_csv *g) {
    bool good = g->n == t->columns;
    assert_int_equal(c->line + r, g->line);
    assert_int_equal(rk_csvnum_count(c, r), g->n);
    for (size_t i = 0; i < g->n; i++) {
        uint32_t v;
        if (!rk_slice_eq(rk_csvnum_field(c, r, i), g->field[i])) fail_msg("line %zu", g->line);
        if (good && t->numeric[i]) good = quick(g->field[i], &v);
    }
    if (!c->odd[r]) assert_true(good);
    for (size_t i = 0; !c->odd[r] && i < t->columns; i++) {
        uint32_t v;
        if (!t->numeric[i]) continue;
        assert_true(quick(g->field[i], &v));
        assert_int_equal(c->value[r * c->stride + i], v);
    }
}

static bool empty_line(const rk_csvnum *c, size_t r) {
    return rk_csvnum_count(c, r) == 1 && rk_csvnum_field(c, r, 0).len == 0;
}

static void compare(const struct table *t) {
    rk_csvnum c;
    rk_csv g;
    rk_err err = RK_ERR_INIT;
    rk_slice all = rk_buf_slice(&t->text);
    char *exact = rk_alloc(all.len + PAD);
    memcpy(exact, all.ptr, all.len);
    all.ptr = exact;
    rk_csv_init(&g, all);
    assert_int_equal(rk_csv_next(&g, &err), RK_OK);
    rk_csvnum_init(&c, all, t->header, t->columns, t->numeric, UINT32_MAX);
    while (rk_csvnum_next(&c))
        for (size_t r = 0; r < c.rows; r++) {
            if (empty_line(&c, r)) continue;
            assert_int_equal(rk_csv_next(&g, &err), RK_OK);
            same_row(t, &c, r, &g);
        }
    if (c.quoted) { /* the general reader takes over exactly here */
        assert_int_equal(c.rest.ptr - all.ptr, g.rest.ptr - all.ptr);
        assert_int_equal(c.next_line, g.next_line);
    } else {
        assert_int_equal(rk_csv_next(&g, &err), RK_NOT_FOUND);
    }
    rk_csvnum_free(&c);
    rk_csv_free(&g);
    rk_free(exact);
}

static void start_table(struct table *t) {
    rk_buf_clear(&t->text);
    t->columns = 1 + rnd(rnd_one_in(30) ? 2000 : 20);
    for (size_t i = 0; i < t->columns; i++) {
        t->numeric[i] = i > 0 && !rnd_one_in(8);
        rk_buf_printf(&t->text, i ? ",k%zu" : "tps%zu", i);
    }
}

static void random_table(struct table *t, size_t bytes) {
    start_table(t);
    const char *end = rnd_one_in(3) ? "\r\n" : "\n";
    rk_buf_printf(&t->text, "%s", end);
    t->header = t->text.len;
    unsigned odd = rnd_one_in(2) ? 0 : 1 + rnd(300), ragged = rnd_one_in(3) ? 20 : 1000000;
    while (t->text.len < bytes) {
        size_t n = rnd_one_in(ragged) ? 1 + rnd((uint32_t)t->columns + 3) : t->columns;
        if (n > RK_CSV_COLUMNS_MAX) n = RK_CSV_COLUMNS_MAX;
        if (rnd_one_in(500)) rk_buf_printf(&t->text, "%s", end); /* an empty line */
        for (size_t c = 0; c < n; c++) {
            if (c) rk_buf_byte(&t->text, ',');
            if (c == 0)
                rk_buf_printf(&t->text, "%u-%03u", rnd(1u << 31), rnd(1000));
            else
                random_field(&t->text, odd);
        }
        rk_buf_printf(&t->text, "%s", end);
    }
    if (t->text.len > t->header && rnd_one_in(2))
        t->text.len -= strlen(end); /* no final line end */
}

static void readers_agree(void **state) {
    (void)state;
    rnd_start("csv readers");
    struct table t = {.numeric = rk_calloc(4096, 1)};
    rk_buf_init(&t.text, 4 << 20);
    for (int round = 0; round < 300; round++) {
        random_table(&t, rnd_one_in(4) ? 3 * CHUNK + rnd(CHUNK) : rnd(3000));
        compare(&t);
    }
    rk_buf_free(&t.text);
    rk_free(t.numeric);
}

/* Rows of one length, so that row ends fall on, before and behind the chunk's border. */
static void chunk_borders(void **state) {
    (void)state;
    struct table t = {.numeric = rk_calloc(4096, 1), .columns = 3};
    t.numeric[1] = t.numeric[2] = true;
    rk_buf_init(&t.text, 4 << 20);
    for (int shift = -20; shift <= 20; shift++)
        for (int final = 0; final < 2; final++) {
            rk_buf_clear(&t.text);
            rk_buf_lit(&t.text, "tps,a,b\n");
            t.header = t.text.len;
            for (int i = 0; i < CHUNK + shift - 6; i++)
                rk_buf_byte(&t.text, i % 16 == 15 ? '\n' : ",1234567,89,012,"[i % 16]);
            rk_buf_lit(&t.text, "1,2,34");
            if (final) rk_buf_lit(&t.text, "\nx,,5\n");
            compare(&t);
        }
    rk_buf_free(&t.text);
    rk_free(t.numeric);
}

/* A line longer than a chunk comes out whole, as one odd row, and the next rows are right. */
static void long_line(void **state) {
    (void)state;
    bool numeric[] = {false, true};
    for (size_t len = CHUNK - 3; len < CHUNK + 3; len++)
        for (int final = 0; final < 2; final++) {
            rk_csvnum c;
            rk_buf b;
            rk_buf_init(&b, 1 << 20);
            rk_buf_lit(&b, "tps,a\nk,7\n");
            for (size_t i = 0; i < len; i++) rk_buf_byte(&b, 'x');
            if (final) rk_buf_lit(&b, "\nq,8\n");
            for (int i = 0; i < PAD; i++) rk_buf_byte(&b, 0);
            b.len -= PAD;
            rk_csvnum_init(&c, rk_buf_slice(&b), 6, 2, numeric, 0);
            size_t rows = 0, odd = 0;
            uint32_t sum = 0;
            while (rk_csvnum_next(&c))
                for (size_t r = 0; r < c.rows; r++, rows++) {
                    odd += c.odd[r];
                    if (!c.odd[r])
                        sum += c.value[r * c.stride + 1];
                    else
                        assert_int_equal(rk_csvnum_count(&c, r), 1),
                            assert_int_equal(rk_csvnum_field(&c, r, 0).len, len);
                }
            assert_int_equal(rows, 2 + final);
            assert_int_equal(odd, 1);
            assert_int_equal(sum, final ? 15 : 7);
            rk_csvnum_free(&c);
            rk_buf_free(&b);
        }
}

/* The first quoted field may come anywhere: nothing of its chunk is lost or read twice. */
static void late_quote(void **state) {
    (void)state;
    rnd_start("late quote");
    struct table t = {.numeric = rk_calloc(4096, 1), .columns = 3};
    t.numeric[1] = t.numeric[2] = true;
    rk_buf_init(&t.text, 4 << 20);
    for (int round = 0; round < 40; round++) {
        unsigned at = rnd(20000), rows = at + rnd(5000);
        rk_buf_clear(&t.text);
        rk_buf_lit(&t.text, "tps,a,b\n");
        t.header = t.text.len;
        for (unsigned i = 0; i <= rows; i++)
            rk_buf_printf(&t.text, i == at ? "%u,\"%u\",%u\n" : "%u,%u,%u\n", i, rnd(1000),
                          rnd(1000));
        compare(&t);
    }
    rk_buf_free(&t.text);
    rk_free(t.numeric);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernels_agree), cmocka_unit_test(readers_agree),
        cmocka_unit_test(chunk_borders), cmocka_unit_test(long_line),
        cmocka_unit_test(late_quote)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
