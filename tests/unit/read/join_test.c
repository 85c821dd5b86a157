#include "readings.h"

#include "read/report.h"

static rk_slice stem(const char *path, uint32_t *page) {
    return rk_photo_stem(rk_slice_str(path), page);
}

static void names(void **state) {
    (void)state;
    static const struct {
        const char *path, *stem;
        uint32_t page;
    } want[] = {{"a/b/C00000_p1.jpg", "C00000", 1},
                {"C1_p12.JPEG", "C1", 12},
                {"x.y_p3.png", "x.y", 3},
                {"plain", "plain", 0},
                {"_p1.jpg", "_p1", 0},
                {"a_p.jpg", "a_p", 0},
                {"a_p0.jpg", "a_p0", 0},
                {".jpg", ".jpg", 0},
                {"d/IMG_2024.jpg", "IMG_2024", 0},
                {"a_p1_p2.jpg", "a_p1", 2}};
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        uint32_t page;
        rk_slice s = stem(want[i].path, &page);
        if (!rk_slice_is(s, want[i].stem) || page != want[i].page)
            fail_msg("%s: %.*s %u", want[i].path, RK_FMT(s), page);
    }
}

struct set {
    rk_sheet *form;
    rk_page_reading *one, *two;
    rk_taken photo[6];
    uint32_t n;
    rk_joined_list list;
};

static int open_all(void **state) {
    struct set *s = rk_alloc(sizeof *s);
    s->form = readings_form();
    s->one = rk_alloc(sizeof *s->one);
    s->two = rk_alloc(sizeof *s->two);
    readings_good(s->one, s->two);
    *state = s;
    return 0;
}
static int close_all(void **state) {
    struct set *s = *state;
    rk_sheet_free(&s->form);
    rk_free(s->one);
    rk_free(s->two);
    rk_free(s);
    return 0;
}

static void add(struct set *s, const char *path, const rk_page_reading *r) {
    s->photo[s->n++] = (rk_taken){rk_slice_str(path), rk_page_keep(r), {0}};
}
static rk_page_reading *last(struct set *s) {
    return (rk_page_reading *)(uintptr_t)s->photo[s->n - 1].reading;
}
static void give_id(struct set *s, const char *text) {
    assert_true(rk_page_id_parse(rk_slice_str(text), &last(s)->id));
    last(s)->has_id = true;
}

static void join(struct set *s) { rk_join(s->form, s->photo, s->n, &RK_GATE, &s->list); }
static void done(struct set *s) {
    rk_joined_free(&s->list);
    while (s->n) rk_free((void *)(uintptr_t)s->photo[--s->n].reading);
}

static void by_name_in_any_order(void **state) {
    struct set *s = *state;
    add(s, "T2_p2.jpg", s->two);
    add(s, "T1_p1.jpg", s->one);
    add(s, "T2_p1.jpg", s->one);
    add(s, "T1_p2.jpg", s->two);
    join(s);
    assert_int_equal(s->list.n, 2);
    assert_true(rk_slice_is(s->list.form[0].id, "T2"));
    assert_int_equal(s->list.form[0].of_page[0], 2);
    assert_int_equal(s->list.form[0].of_page[1], 0);
    assert_int_equal(s->list.form[0].read->state, RK_FORM_ACCEPTED);
    assert_int_equal(s->list.form[1].read->state, RK_FORM_ACCEPTED);
    done(s);
}

/* The code rules over the name; a page of the same name whose code cannot be read goes with it.
 */
static void by_code(void **state) {
    struct set *s = *state;
    add(s, "IMG1.jpg", s->one);
    give_id(s, "RK1/p24/uji/1101012001001/1");
    add(s, "IMG2.jpg", s->two);
    give_id(s, "RK1/p24/uji/1101012001001/2");
    add(s, "A_p1.jpg", s->one);
    give_id(s, "RK1/p24/uji/1101012001002/1");
    add(s, "A_p2.jpg", s->two);
    join(s);
    assert_int_equal(s->list.n, 2);
    assert_true(rk_slice_is(s->list.form[0].id, "p24/uji/1101012001001"));
    assert_int_equal(s->list.form[0].n_photo, 2);
    assert_true(rk_slice_is(s->list.form[1].id, "p24/uji/1101012001002"));
    assert_int_equal(s->list.form[1].n_photo, 2);
    done(s);
}

/* Two photos of a page: the same figures, the sharper one; other figures, nothing accepted. */
static void twice(void **state) {
    struct set *s = *state;
    add(s, "T_p1.jpg", s->one);
    add(s, "T_p2.jpg", s->two);
    add(s, "T_p1.png", s->one);
    last(s)->sharpness = 1;
    join(s);
    assert_int_equal(s->list.form[0].of_page[0], 2);
    assert_int_equal(s->list.form[0].read->state, RK_FORM_ACCEPTED);
    rk_joined_free(&s->list);
    readings_value(last(s), 0, 130, true);
    join(s);
    assert_true(s->list.form[0].disputed[0]);
    assert_int_equal(s->list.form[0].read->state, RK_FORM_REFERRED);
    assert_int_equal(s->list.form[0].read->field[A].status, RK_REFER);
    rk_joined_free(&s->list);
    last(s)->refusal = RK_REFUSE_BLURRED; /* a bad photo beside a good one does no harm */
    join(s);
    assert_int_equal(s->list.form[0].read->state, RK_FORM_ACCEPTED);
    done(s);
}

/* A form that prints codes: a page whose code was not read goes by its name, but is not
 * accepted.
 */
static void unread_code(void **state) {
    struct set *s = *state;
    for (uint32_t i = 0; i < 2; i++) s->form->page[i].qr.side = 20;
    add(s, "A_p1.jpg", s->one);
    give_id(s, "RK1/p24/uji/1101012001001/1");
    add(s, "A_p2.jpg", s->two);
    join(s);
    assert_int_equal(s->list.n, 1);
    assert_true(!s->list.form[0].unnamed[0] && s->list.form[0].unnamed[1]);
    assert_int_equal(s->list.form[0].read->state, RK_FORM_REFERRED);
    rk_joined_free(&s->list);
    give_id(s, "RK1/p24/uji/1101012001001/2");
    join(s);
    assert_int_equal(s->list.form[0].read->state, RK_FORM_ACCEPTED);
    for (uint32_t i = 0; i < 2; i++) s->form->page[i].qr.side = 0;
    done(s);
}

static void csv(void **state) {
    struct set *s = *state;
    rk_buf b;
    add(s, "T_p1.jpg", s->one);
    add(s, "T_p2.jpg", s->two);
    last(s)->refusal = RK_REFUSE_CUT_OFF, last(s)->page = UINT32_MAX;
    add(s, "other.jpg", s->two);
    last(s)->refusal = RK_REFUSE_NO_TAG, last(s)->page = UINT32_MAX;
    join(s);
    rk_report r = {s->form, s->photo, &s->list, {{0}}, RK_LIT("0")};
    rk_buf_init(&b, 1 << 20);
    rk_sink to = rk_sink_buf(&b);
    assert_int_equal(rk_report_csv(&r, &to, NULL), RK_OK);
    rk_buf_byte(&b, '\0');
    assert_string_equal(b.ptr, "form,page,field,value,status\n"
                               "T,1,a,120,refer\nT,1,b,34,refer\nT,1,c,154,refer\n"
                               "T,2,d,,refuse\nT,2,e,,refuse\nother,,,,refuse\n");
    rk_buf_clear(&b);
    assert_int_equal(rk_report_json(&r, &to, NULL), RK_OK);
    assert_int_equal(rk_report_text(&r, &to, NULL), RK_OK);
    rk_buf_free(&b);
    done(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),       cmocka_unit_test(by_name_in_any_order),
        cmocka_unit_test(by_code),     cmocka_unit_test(twice),
        cmocka_unit_test(unread_code), cmocka_unit_test(csv)};
    return cmocka_run_group_tests(tests, open_all, close_all);
}
