/* The gate: what is accepted, and everything that keeps a form from it. */
#include "readings.h"

struct pages {
    rk_sheet *form;
    rk_page_reading *one, *two;
    rk_form_reading *r;
};

static int open_all(void **state) {
    struct pages *p = rk_alloc(sizeof *p);
    p->form = readings_form();
    p->one = rk_alloc(sizeof *p->one);
    p->two = rk_alloc(sizeof *p->two);
    *state = p;
    return 0;
}
static int close_all(void **state) {
    struct pages *p = *state;
    rk_sheet_free(&p->form);
    rk_free(p->one);
    rk_free(p->two);
    rk_free(p);
    return 0;
}

static void judge(struct pages *p) {
    const rk_page_reading *page[2] = {p->one, p->two};
    rk_form_reading_free(&p->r);
    rk_verdict(p->form, page, NULL, &RK_GATE, &p->r);
}

static void statuses(struct pages *p, const char *want) {
    judge(p);
    char got[6] = {0};
    for (int i = 0; i < 5; i++) got[i] = "arx"[p->r->field[i].status];
    assert_string_equal(got, want);
}

static void accepted(void **state) {
    struct pages *p = *state;
    readings_good(p->one, p->two);
    statuses(p, "aaaaa");
    assert_int_equal(p->r->state, RK_FORM_ACCEPTED);
    assert_int_equal(p->r->n_doubt, 0);
    assert_int_equal(p->r->n_candidate, 0);
    assert_int_equal(p->r->n_set, 2);
    assert_int_equal(p->r->field[A].agreement, RK_BUBBLES_AGREE);
    assert_int_equal(p->r->field[A].bubbles, 120);
    assert_int_equal(p->r->field[C_].agreement, RK_BUBBLES_ABSENT);
    rk_form_reading_free(&p->r);
}

/* Ink that does not add up stays as it is; the whole set goes to people. */
static void inconsistent(void **state) {
    struct pages *p = *state;
    readings_good(p->one, p->two);
    readings_value(p->one, 2, 155, false);
    statuses(p, "rrrra");
    assert_int_equal(p->r->field[C_].value.best[0].value, 155);
    assert_int_equal(p->r->state, RK_FORM_INCONSISTENT);
    assert_int_equal(p->r->check[0], RK_CHECK_BROKEN);
    assert_int_equal(p->r->n_doubt, 12);
    rk_form_reading_free(&p->r);
}

/* A digit that may be another one, with the sum speaking for the other: referred, never
 * changed; the other is a candidate, apart; that box is the first to look at. */
static void doubtful_digit(void **state) {
    struct pages *p = *state;
    readings_good(p->one, p->two);
    readings_box(p->one, 2 * 3 + 1, 9, 0.3f, 5);
    statuses(p, "rrrra");
    assert_int_equal(p->r->state, RK_FORM_REFERRED);
    assert_int_equal(p->r->field[C_].value.best[0].value, 194);
    assert_int_equal(p->r->doubt[0].field, C_);
    assert_int_equal(p->r->doubt[0].box, 1);
    assert_int_equal(p->r->n_candidate, 1);
    assert_int_equal(p->r->candidate[0].field[0], C_);
    rk_form_reading_free(&p->r);
}

/* The sums hold, but two digits could as well be others that also add up. */
static void another_way(void **state) {
    struct pages *p = *state;
    readings_good(p->one, p->two);
    readings_box(p->one, 0 * 3 + 2, 0, 0.05f, 6); /* 120 or 126 */
    readings_box(p->one, 1 * 3 + 2, 4, 0.05f, 8); /* 34 or 38: no way together */
    statuses(p, "aaaaa");
    readings_box(p->one, 0 * 3 + 2, 0, 0.15f, 4); /* 124 ... */
    readings_box(p->one, 1 * 3 + 2, 4, 0.15f, 0); /* ... and 30 add up too */
    for (int i = 0; i < 6; i++) p->one->box[i].bubbles.state = RK_BUBBLES_EMPTY;
    statuses(p, "rrrra");
    assert_int_equal(p->r->field[A].agreement, RK_BUBBLES_SILENT);
    rk_form_reading_free(&p->r);
}

static void bubbles(void **state) {
    struct pages *p = *state;
    readings_good(p->one, p->two);
    p->one->box[1].bubbles.digit = 7;
    statuses(p, "rrrra");
    assert_int_equal(p->r->field[A].agreement, RK_BUBBLES_CONFLICT);
    readings_good(p->one, p->two);
    p->one->box[4].bubbles.state = RK_BUBBLES_UNCLEAR;
    statuses(p, "rrrra");
    readings_good(p->one, p->two);
    p->one->box[3].bubbles.state = RK_BUBBLES_EMPTY; /* the leading 0 of 034 */
    statuses(p, "aaaaa");
    assert_int_equal(p->r->field[B_].agreement, RK_BUBBLES_AGREE);
    p->one->box[5].bubbles.state = RK_BUBBLES_EMPTY;
    judge(p);
    assert_int_equal(p->r->field[B_].agreement, RK_BUBBLES_PARTLY);
    rk_form_reading_free(&p->r);
}

/* A field in no sum needs more than one in a sum; a comparison counts for what it names. */
static void alone(void **state) {
    struct pages *p = *state;
    readings_good(p->one, p->two);
    readings_box(p->two, 3 + 2, 9, 0.001f, 4);
    statuses(p, "aaaar");
    readings_good(p->one, p->two);
    readings_box(p->two, 2, 6, 0.001f, 8);
    statuses(p, "aaaaa");
    readings_value(p->two, 1, 900, false);
    statuses(p, "rrrrr");
    assert_int_equal(p->r->check[2], RK_CHECK_BROKEN);
    rk_form_reading_free(&p->r);
}

static void missing_pages(void **state) {
    struct pages *p = *state;
    readings_good(p->one, p->two);
    p->two->refusal = RK_REFUSE_BLURRED;
    statuses(p, "rrrxx");
    assert_int_equal(p->r->check[1], RK_CHECK_OPEN);
    assert_int_equal(p->r->state, RK_FORM_REFERRED);
    p->one->refusal = RK_REFUSE_DARK;
    statuses(p, "xxxxx");
    assert_int_equal(p->r->state, RK_FORM_REFUSED);
    readings_good(p->one, p->two);
    const rk_page_reading *page[2] = {p->one, p->two};
    rk_form_reading_free(&p->r);
    rk_verdict(p->form, page, (const bool[2]){true, false}, &RK_GATE, &p->r);
    assert_int_equal(p->r->field[A].status, RK_REFER);
    assert_int_equal(p->r->field[E_].status, RK_ACCEPT);
    rk_form_reading_free(&p->r);
}

/* Nothing written is no zero. */
static void blank(void **state) {
    struct pages *p = *state;
    readings_good(p->one, p->two);
    for (uint32_t i = 3; i < 6; i++) readings_box(p->two, i, RK_DIGIT_BLANK, 1e-6f, 1);
    statuses(p, "aaaar");
    assert_int_equal(p->r->field[E_].value.best[0].value, RK_VALUE_BLANK);
    assert_int_equal(p->r->check[2], RK_CHECK_OPEN);
    rk_form_reading_free(&p->r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepted),       cmocka_unit_test(inconsistent),
        cmocka_unit_test(doubtful_digit), cmocka_unit_test(another_way),
        cmocka_unit_test(bubbles),        cmocka_unit_test(alone),
        cmocka_unit_test(missing_pages),  cmocka_unit_test(blank),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
