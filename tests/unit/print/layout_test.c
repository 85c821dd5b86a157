/* Forms laid out for random contests: every figure has its boxes once, boxes lie apart from
 * each other and from the marks, and the sums say of any figures just what the contest's rules
 * of severity E say. */
#include "base/mem.h"
#include "core/rule.h"
#include "print/drawing.h"
#include "print/layout.h"
#include "random.h"
#include "read/solve.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char *const STANDARD[] = {"pemilih_dpt_l",
                                       "pemilih_dpt_p",
                                       "pemilih_dpt_j",
                                       "pengguna_dpt_l",
                                       "pengguna_dpt_p",
                                       "pengguna_dpt_j",
                                       "pengguna_dptb_l",
                                       "pengguna_dptb_p",
                                       "pengguna_dptb_j",
                                       "pengguna_non_dpt_l",
                                       "pengguna_non_dpt_p",
                                       "pengguna_non_dpt_j",
                                       "pengguna_total_l",
                                       "pengguna_total_p",
                                       "pengguna_total_j",
                                       "surat_suara_diterima",
                                       "surat_suara_digunakan",
                                       "surat_suara_dikembalikan",
                                       "surat_suara_tidak_digunakan",
                                       "disabilitas_l",
                                       "disabilitas_p",
                                       "disabilitas_j",
                                       "suara_sah",
                                       "suara_tidak_sah",
                                       "suara_total"};
enum { N_STANDARD = sizeof STANDARD / sizeof *STANDARD };

static void fields(rk_buf *b, bool all, uint32_t totals) {
    bool any = false;
    for (int i = 0; i < N_STANDARD; i++) {
        if (!all && rnd_one_in(4)) continue;
        rk_buf_printf(b, "%s\"%s\"", any ? "," : "", STANDARD[i]);
        any = true;
    }
    for (uint32_t i = 1; i <= totals; i++) {
        rk_buf_printf(b, "%s\"jumlah_suara_%u\"", any ? "," : "", i);
        any = true;
    }
    if (!any || rnd_one_in(5)) rk_buf_printf(b, "%s\"lain_lain\"", any ? "," : "");
}

/* A contest of the given shape; with_dapil gives each of two districts candidates of its own.
 */
static rk_contest *contest(const char *shape, uint32_t choices, uint32_t most, bool all,
                           bool with_dapil) {
    rk_buf b;
    rk_contest *c;
    rk_err err = RK_ERR_INIT;
    bool parties = strcmp(shape, "partai") == 0;
    rk_buf_init(&b, 1 << 20);
    rk_buf_printf(&b,
                  "{\"format\":\"rekap-kontes-1\",\"kode\":\"%s\",\"nama\":\"Uji \\\"A\\\"\",",
                  parties         ? "pdpr"
                  : rnd_one_in(2) ? "pdpd"
                                  : "uji");
    rk_buf_printf(&b, "\"bentuk\":\"%s\",\"aturan\":\"standar\",\"medan\":[", shape);
    fields(&b, all, parties && rnd_one_in(2) ? choices : 0);
    rk_buf_lit(&b, "],\"pilihan\":[");
    for (uint32_t i = 1; i <= choices; i++) {
        rk_buf_printf(&b, "%s{\"kode\":\"%u\",\"nomor\":%u,\"nama\":\"Nama {tps} %u\"",
                      i > 1 ? "," : "", i, i, i);
        if (parties && !with_dapil) rk_buf_printf(&b, ",\"calon\":%u", rnd(most + 1));
        rk_buf_byte(&b, '}');
    }
    rk_buf_byte(&b, ']');
    for (uint32_t d = 0; d < 2 && with_dapil; d++) {
        rk_buf_printf(&b, "%s{\"kode\":\"D%u\",\"nama\":\"Dapil %u\",\"calon\":{",
                      d ? "," : ",\"dapil\":[", d, d);
        for (uint32_t i = 1; i <= choices; i++) {
            rk_buf_printf(&b, "%s\"%u\":[", i > 1 ? "," : "", i);
            for (uint32_t k = 0, n = rnd(most + 1); k < n; k++)
                rk_buf_printf(&b, "%s{\"nama\":\"Calon %u\"}", k ? "," : "", k);
            rk_buf_byte(&b, ']');
        }
        rk_buf_lit(&b, "}}");
    }
    rk_buf_add(&b, with_dapil ? RK_LIT("]}") : RK_LIT("}"));
    if (rk_contest_parse(rk_buf_slice(&b), rk_standard_rules(), &c, &err) != RK_OK)
        fail_msg("%s\n%.*s", err.text, RK_FMT(rk_buf_slice(&b)));
    rk_buf_free(&b);
    return c;
}

static rk_layout options(const rk_contest *c) {
    static const char *const size[] = {"a4", "a3", "a2", "600x900", "200x200"};
    rk_layout o = {.size = rk_slice_str(size[rnd(5)]),
                   .bubbles = rnd(2),
                   .tally = rnd(2),
                   .abroad = rnd_one_in(4)};
    assert_true(rk_layout_size(o.size, &o.w, &o.h));
    if (c->n_dapil) {
        uint32_t d = rnd(c->n_dapil);
        o.ballot = c->dapil[d].ballot, o.dapil = rk_code_slice(&c->dapil[d].code);
    }
    return o;
}

static rk_sheet *lay_out(const rk_contest *c, const rk_layout *o) {
    rk_buf json;
    rk_sheet *f;
    rk_err err = RK_ERR_INIT;
    rk_buf_init(&json, RK_SHEET_FILE_MAX);
    if (rk_layout_make(c, o, &json, &err) != RK_OK) fail_msg("%s", err.text);
    assert_int_equal(rk_sheet_parse(rk_buf_slice(&json), &f, &err), RK_OK);
    rk_buf_free(&json);
    return f;
}

/* ===== each figure once ===== */

static void every_figure_once(const rk_contest *c, const rk_layout *o, const rk_sheet *f) {
    uint32_t there = 0, extra = 0;
    for (uint32_t col = 0; col < c->n_col; col++) {
        rk_buf name;
        if (col >= c->n_field && !rk_contest_slot(c, o->ballot, col - c->n_field)) continue;
        rk_buf_init(&name, 100);
        rk_contest_column_name(c, o->ballot, col, &name);
        uint32_t k = rk_sheet_field_find(f, rk_buf_slice(&name));
        if (k == UINT32_MAX) fail_msg("no boxes for %.*s", RK_FMT(rk_buf_slice(&name)));
        assert_true(rk_slice_eq(f->field[k].column, f->field[k].name));
        assert_int_equal(f->field[k].n_box, o->abroad ? 5 : 3);
        rk_buf_free(&name);
        there++;
    }
    for (uint32_t i = 0; i < f->n_field; i++)
        extra += rk_slice_starts(f->field[i].name, RK_LIT("jumlah_suara_")) &&
                 rk_contest_field(c, f->field[i].name) == RK_NONE;
    assert_int_equal(f->n_field, there + extra);
}

/* ===== room ===== */

struct area {
    double x0, y0, x1, y1;
};

static double apart(struct area a, struct area b) {
    double dx = fmax(a.x0, b.x0) - fmin(a.x1, b.x1), dy = fmax(a.y0, b.y0) - fmin(a.y1, b.y1);
    return fmax(dx, dy);
}

static void lie_apart(const rk_sheet *f, const rk_sheet_page *p) {
    struct area a[RK_PAGE_BOXES_MAX + 20];
    uint32_t n = 0;
    for (uint32_t i = p->first_field; i < p->first_field + p->n_field; i++)
        for (uint32_t k = 0; k < f->field[i].n_box; k++) {
            const rk_sheet_box *b = &f->box[f->field[i].first_box + k];
            a[n++] = (struct area){b->x, b->y, b->x + b->w, b->y + b->h};
        }
    for (uint32_t i = p->first_tag; i < p->first_tag + p->n_tag; i++)
        a[n++] = (struct area){f->tag[i].x, f->tag[i].y, f->tag[i].x + f->tag[i].side,
                               f->tag[i].y + f->tag[i].side};
    for (uint32_t i = p->first_mark; i < p->first_mark + p->n_mark; i++)
        a[n++] = (struct area){f->mark[i].x, f->mark[i].y, f->mark[i].x + f->mark[i].side,
                               f->mark[i].y + f->mark[i].side};
    double quiet = p->qr.side * 4 / 25;
    a[n++] = (struct area){p->qr.x - quiet, p->qr.y - quiet, p->qr.x + p->qr.side + quiet,
                           p->qr.y + p->qr.side + quiet};
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = i + 1; k < n; k++)
            if (apart(a[i], a[k]) < 2 - 1e-6)
                fail_msg("page %u: (%g, %g) and (%g, %g) are %g mm apart", p->number, a[i].x0,
                         a[i].y0, a[k].x0, a[k].y0, apart(a[i], a[k]));
}

static void inside_paper(const rk_sheet *f) {
    rk_drawing d;
    assert_int_equal(rk_drawing_parse(f, &d, NULL), RK_OK);
    for (uint32_t i = 0; i < d.n; i++) {
        const rk_draw_item *t = &d.item[i];
        assert_true(t->x <= f->page[0].w && t->y <= f->page[0].h);
        if (t->kind != RK_DRAW_TEXT || t->align == RK_LEFT)
            assert_true(t->x + t->w <= f->page[0].w &&
                        (t->kind == RK_DRAW_TEXT || t->y + t->h <= f->page[0].h));
    }
    rk_drawing_free(&d);
}

static void layouts(void **state) {
    static const char *const shape[] = {"paslon", "calon", "partai"};
    (void)state;
    rnd_start("layouts");
    for (int round = 0; round < 150; round++) {
        uint32_t s = rnd(3), n = 1 + rnd(s == 2 ? 18 : 8);
        rk_contest *c = contest(shape[s], n, 12, rnd(2), s == 2 && rnd_one_in(3));
        rk_layout o = options(c);
        rk_sheet *f = lay_out(c, &o);
        every_figure_once(c, &o, f);
        for (uint32_t i = 0; i < f->n_page; i++) lie_apart(f, &f->page[i]);
        inside_paper(f);
        assert_true(f->tag[0].id >= 256 && f->tag[0].id % 256 == 0);
        rk_sheet_free(&f);
        rk_contest_free(&c);
    }
}

/* ===== sums ===== */

static uint32_t cell(const rk_contest *c, const uint32_t *row, const char *name) {
    uint32_t f = rk_contest_field(c, rk_slice_str(name));
    return f == RK_NONE ? 0 : row[f];
}
static void set(const rk_contest *c, uint32_t *row, const char *name, uint32_t v) {
    uint32_t f = rk_contest_field(c, rk_slice_str(name));
    if (f != RK_NONE) row[f] = v;
}

static void three(const rk_contest *c, uint32_t *row, const char *base, uint32_t l,
                  uint32_t p) {
    const uint32_t v[3] = {l, p, l + p};
    for (int i = 0; i < 3; i++) {
        char name[64];
        snprintf(name, sizeof name, "%s_%c", base, "lpj"[i]);
        set(c, row, name, v[i]);
    }
}

/* Figures that keep every rule, on a form with all fields. */
static void figures(const rk_contest *c, uint32_t ballot, uint32_t *row) {
    uint32_t l = 60 + rnd(90), p = 60 + rnd(90), ul = rnd(l), up = rnd(p), few = rnd(3),
             sum = 0;
    for (uint32_t i = 0; i < c->n_col; i++) row[i] = 0;
    three(c, row, "pemilih_dpt", l, p);
    three(c, row, "pengguna_dpt", ul, up);
    three(c, row, "pengguna_dptb", few, 0);
    three(c, row, "pengguna_total", ul + few, up);
    const rk_ballot *b = &c->ballot[ballot];
    for (uint32_t votes = ul + few + up, spoilt = rnd(votes / 8 + 1); sum < votes - spoilt;
         sum++)
        row[c->n_field + b->choice[rnd(b->n)].slot]++;
    for (uint32_t i = 0; i < b->n; i++) {
        uint32_t party = b->choice[i].party == RK_NONE ? i : b->choice[i].party;
        char name[64];
        snprintf(name, sizeof name, "jumlah_suara_%.*s",
                 RK_FMT(rk_code_slice(&b->choice[party].code)));
        set(c, row, name, cell(c, row, name) + row[c->n_field + b->choice[i].slot]);
    }
    set(c, row, "suara_sah", sum);
    set(c, row, "suara_tidak_sah", ul + few + up - sum);
    set(c, row, "suara_total", ul + few + up);
    set(c, row, "surat_suara_digunakan", ul + few + up);
    set(c, row, "surat_suara_tidak_digunakan", 7);
    set(c, row, "surat_suara_diterima", ul + few + up + 7);
}

/* The form's figures; a total that the contest has no column for is what its cells add up to.
 */
static void values(const rk_contest *c, uint32_t ballot, const rk_sheet *f, const uint32_t *row,
                   uint32_t *value) {
    const rk_ballot *b = &c->ballot[ballot];
    memset(value, 0, f->n_field * sizeof *value);
    for (uint32_t i = 0; i < c->n_col; i++) {
        rk_buf name;
        if (i >= c->n_field && !rk_contest_slot(c, ballot, i - c->n_field)) continue;
        rk_buf_init(&name, 100);
        rk_contest_column_name(c, ballot, i, &name);
        value[rk_sheet_field_find(f, rk_buf_slice(&name))] = row[i];
        rk_buf_free(&name);
    }
    for (uint32_t i = 0; i < b->n; i++) {
        uint32_t party = b->choice[i].party == RK_NONE ? i : b->choice[i].party;
        char name[64];
        int n = snprintf(name, sizeof name, "jumlah_suara_%.*s",
                         RK_FMT(rk_code_slice(&b->choice[party].code)));
        uint32_t k = rk_sheet_field_find(f, (rk_slice){name, (size_t)n});
        if (k != UINT32_MAX && rk_contest_field(c, f->field[k].name) == RK_NONE)
            value[k] += row[c->n_field + b->choice[i].slot];
    }
}

static void ignore(void *ctx, const rk_finding *f) { (void)ctx, (void)f; }

/* Broken rules that a sum of boxes can say: E, and nothing of more digits than there are boxes.
 */
static bool rules_hold(const rk_contest *c, uint32_t ballot, const uint32_t *row) {
    uint64_t broken = rk_rule_explain(c, ballot, row, false, ignore, NULL), severe = 0;
    for (uint32_t r = 0; r < c->n_rule; r++)
        if (c->rule[r].severity == 'E') severe |= UINT64_C(1) << r;
    return !(broken & severe);
}

static bool sums_hold(const rk_sheet *f, const uint32_t *value) {
    for (uint32_t i = 0; i < f->n_check; i++)
        if (rk_check_state(f, &f->check[i], value) != RK_CHECK_HOLDS) return false;
    return true;
}

static void same_as_rules(void **state) {
    static const char *const shape[] = {"paslon", "calon", "partai"};
    uint32_t held = 0, broken = 0;
    (void)state;
    rnd_start("same_as_rules");
    for (int round = 0; round < 60; round++) {
        uint32_t s = rnd(3), n = 1 + rnd(s == 2 ? 6 : 8);
        rk_contest *c = contest(shape[s], n, 5, true, s == 2 && rnd_one_in(3));
        rk_layout o = options(c);
        o.abroad = false;
        rk_sheet *f = lay_out(c, &o);
        uint32_t *row = rk_calloc(c->n_col, sizeof *row),
                 *value = rk_calloc(f->n_field, sizeof *value);
        for (int k = 0; k < 60; k++) {
            figures(c, o.ballot, row);
            for (uint32_t slips = rnd(3); slips > 0; slips--) {
                uint32_t i = rnd(c->n_col), by = 1 + rnd(rnd_one_in(3) ? 300 : 2);
                if (i >= c->n_field && !rk_contest_slot(c, o.ballot, i - c->n_field)) continue;
                row[i] = rnd(2) || row[i] < by ? row[i] + by : row[i] - by;
            }
            values(c, o.ballot, f, row, value);
            bool rules = rules_hold(c, o.ballot, row);
            if (sums_hold(f, value) != rules)
                fail_msg("the sums of the form say %d, the rules %d", !rules, rules);
            rules ? held++ : broken++;
        }
        rk_free(row);
        rk_free(value);
        rk_sheet_free(&f);
        rk_contest_free(&c);
    }
    assert_true(held > 500 && broken > 500);
}

/* ===== limits ===== */

static void refusals(void **state) {
    double w, h;
    rk_buf json;
    rk_err err = RK_ERR_INIT;
    (void)state;
    rnd_state = 1;
    assert_true(rk_layout_size(RK_LIT("A3"), &w, &h) && w == 297 && h == 420);
    assert_true(rk_layout_size(RK_LIT("600x900"), &w, &h) && w == 600 && h == 900);
    const char *const bad[] = {"",     "a5",   "a",        "900x600", "199x300",
                               "300x", "x300", "300x1501", "3e2x400"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(rk_layout_size(rk_slice_str(bad[i]), &w, &h));
    rk_contest *c = contest("calon", 900, 0, true, false);
    rk_layout o = {.w = 210, .h = 297, .size = RK_LIT("a4"), .bubbles = true, .tally = true};
    rk_buf_init(&json, RK_SHEET_FILE_MAX);
    assert_int_equal(rk_layout_make(c, &o, &json, &err), RK_LIMIT);
    assert_non_null(strstr(err.text, "pages"));
    rk_buf_free(&json);
    rk_contest_free(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layouts),
        cmocka_unit_test(same_as_rules),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
