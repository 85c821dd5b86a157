/* A verdict over readings made by hand becomes an entry that decodes to the same, with the
 * contest's columns, whole numbers, and nothing that would make a sum right. */
#include "readings.h"

#include "core/contest.h"
#include "read/record.h"

static const char CONTEST[] =
    "{\"format\":\"rekap-kontes-1\",\"kode\":\"uji\",\"nama\":\"Uji\",\"bentuk\":\"paslon\","
    "\"maks\":"
    "900,\"medan\":[\"c\",\"d\",\"a\"],\"pilihan\":[{\"kode\":\"01\"},{\"kode\":\"02\"}]}";

static rk_sheet *form;
static rk_contest *contest;
static rk_page_reading *one, *two;
static rk_reading_entry *x, *again;

static int set_up(void **state) {
    (void)state;
    rk_err err = RK_ERR_INIT;
    form = readings_form();
    if (rk_contest_parse(RK_LIT(CONTEST), rk_standard_rules(), &contest, &err) != RK_OK)
        fail_msg("%s", err.text);
    one = rk_alloc(sizeof *one), two = rk_alloc(sizeof *two);
    x = rk_alloc(sizeof *x), again = rk_alloc(sizeof *again);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    rk_sheet_free(&form);
    rk_contest_free(&contest);
    rk_free(one), rk_free(two), rk_free(x), rk_free(again);
    return 0;
}

/* The entry of `n` photos (one, two), which must decode. */
static void record(uint32_t n) {
    const rk_taken photo[2] = {{RK_LIT("A_p1.jpg"), one, {0}}, {RK_LIT("A_p2.jpg"), two, {0}}};
    rk_joined j;
    rk_buf b;
    rk_err err = RK_ERR_INIT;
    memset(x, 0, sizeof *x);
    rk_join_one(form, photo, n, &RK_GATE, &j);
    rk_record(form, contest, 0, photo, n, &j, x);
    rk_joined_one_free(&j);
    x->head = (rk_entry_head){.version = 2, .time = 1, .actor = {RK_ROLE_READER, 7}};
    x->contest = RK_LIT("uji"), x->tps = RK_LIT("1"), x->reader = RK_LIT("0");
    x->n_source = 1;
    rk_buf_init(&b, RK_ENTRY_MAX);
    assert_int_equal(rk_entry_put_reading(x, &b, &err), RK_OK);
    for (unsigned i = 0; i < RK_ENTRY_SIGNATURE; i++) rk_buf_byte(&b, 0);
    if (rk_entry_get_reading(rk_buf_slice(&b), again, &err) != RK_OK) fail_msg("%s", err.text);
    assert_int_equal(again->state, x->state);
    assert_int_equal(again->n_doubt, x->n_doubt);
    rk_buf_free(&b);
}

static void plain(void **state) {
    (void)state;
    const uint32_t column[5] = {2, UINT32_MAX, 0, 1, UINT32_MAX},
                   value[5] = {120, 34, 154, 156, 9};
    readings_good(one, two);
    for (int c = 0; c < 4; c++)
        one->box[0].quad.corner[c] = (rk_point){10.26 + c, c == 3 ? -4 : 99999};
    record(2);
    assert_int_equal(x->state, RK_READ_ACCEPTED);
    assert_int_equal(x->n_figure, 5);
    assert_int_equal(x->n_box, 15);
    assert_int_equal(x->n_doubt, 0);
    for (uint32_t i = 0; i < 5; i++) {
        assert_int_equal(x->figure[i].column, column[i]);
        assert_int_equal(x->figure[i].value, value[i]);
        assert_int_equal(x->figure[i].status, RK_READ_ACCEPT);
        assert_int_equal(x->figure[i].photo, i < 3 ? 0 : 1);
        assert_in_range(x->figure[i].confidence, 9990, 9999); /* rounded down, never up to 1 */
    }
    assert_true(rk_slice_is(x->figure[1].name, "b"));
    assert_int_equal(x->box[0].corner[0][0], 21); /* half pixels */
    assert_int_equal(x->box[0].corner[0][1], UINT16_MAX);
    assert_int_equal(x->box[0].corner[3][1], 0);
    assert_int_equal(x->box[1].digit, 2);
    assert_int_equal(x->box[1].bubble, RK_BUBBLE_DIGIT + 2);
    assert_int_equal(x->box[8].bubble, RK_BUBBLE_NO);
    assert_true(x->photo[0].used && x->photo[1].used && x->photo[1].page == 2);
}

static void doubtful(void **state) {
    (void)state;
    readings_good(one, two);
    readings_box(one, 2, 0, 0.3f, 8); /* a = 120 or 128 */
    readings_box(one, 8, 4, 0.2f, 9);
    one->box[2].bubbles.state = RK_BUBBLES_UNCLEAR;
    record(2);
    assert_int_equal(x->state, RK_READ_REFERRED);
    assert_true(x->n_doubt >= 6);
    assert_int_equal(x->doubt[0].box, 2);
    assert_int_equal(x->doubt[0].doubt, 5000);
    assert_int_equal(x->doubt[1].box, 8);
    for (uint32_t i = 1; i < x->n_doubt; i++)
        assert_true(x->doubt[i].doubt <= x->doubt[i - 1].doubt);
    assert_int_equal(x->box[2].bubble, RK_BUBBLE_UNCLEAR);
    assert_int_equal(x->figure[0].value, 120); /* as read, whatever the sums say */
}

/* Plain ink that does not add up; one page only; none at all. */
static void other_states(void **state) {
    (void)state;
    readings_good(one, two);
    readings_value(one, 2, 155, false);
    record(2);
    assert_int_equal(x->state, RK_READ_INCONSISTENT);
    assert_int_equal(x->figure[2].value, 155);
    readings_good(one, two);
    two->refusal = RK_REFUSE_BLURRED;
    record(2);
    assert_int_equal(x->state, RK_READ_REFERRED);
    assert_int_equal(x->figure[3].photo, UINT32_MAX);
    assert_int_equal(x->figure[3].value, RK_ABSENT);
    assert_int_equal(x->figure[3].status, RK_READ_REFUSE);
    assert_true(!x->photo[1].used && x->photo[1].result == RK_REFUSE_BLURRED);
    one->refusal = RK_REFUSE_DARK;
    record(2);
    assert_int_equal(x->state, RK_READ_REFUSED);
    assert_int_equal(x->n_box, 0);
}

/* A figure that no form of the contest could carry is referred, and is the first to look at. */
static void over_the_maximum(void **state) {
    (void)state;
    readings_good(one, two);
    readings_value(one, 0, 940, true);
    readings_value(one, 2, 974, false);
    readings_value(two, 0, 976, false);
    record(2);
    assert_int_equal(x->state, RK_READ_REFERRED);
    assert_int_equal(x->figure[0].status, RK_READ_REFER);
    assert_int_equal(x->figure[1].status, RK_READ_ACCEPT);
    assert_int_equal(x->n_doubt, 9);
    assert_int_equal(x->doubt[0].doubt, 10000);
}

static void which_forms(void **state) {
    (void)state;
    rk_err err = RK_ERR_INIT;
    assert_int_equal(rk_record_form_ok(form, contest, &err), RK_OK);
    rk_sheet other = *form;
    other.contest = RK_LIT("lain");
    assert_int_equal(rk_record_form_ok(&other, contest, &err), RK_CONFLICT);
    other = *form;
    other.n_box = RK_READING_BOXES_MAX + 1;
    assert_int_equal(rk_record_form_ok(&other, contest, NULL), RK_LIMIT);
    other = *form;
    other.n_field = RK_READING_FIGURES_MAX + 1;
    rk_sheet_field *many = rk_calloc(other.n_field, sizeof *many);
    other.field = many;
    assert_int_equal(rk_record_form_ok(&other, contest, NULL), RK_LIMIT);
    rk_free(many);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain), cmocka_unit_test(doubtful), cmocka_unit_test(other_states),
        cmocka_unit_test(over_the_maximum), cmocka_unit_test(which_forms)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
