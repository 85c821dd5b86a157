/* Pages drawn by the test itself: found in any direction, refused for the right reason, boxes
 * cut where they are. The net is not part of this. */
#include "paper.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* An A4 form with one tag to each corner, six boxes with bubbles. */
static const char OWN[] =
    "{\"format\":\"rekap-formulir-1\",\"kode\":\"uji\",\"nama\":\"Uji\",\"kontes\":\"ppwp\","
    "\"ukuran\":[210,297],\"keluarga_tag\":\"tag36h11\",\"bingkai\":0.6,\"halaman\":[{"
    "\"nomor\":1,"
    "\"tag\":[{\"id\":4,\"x\":8,\"y\":8,\"sisi\":14},{\"id\":5,\"x\":188,\"y\":8,\"sisi\":14},"
    "{\"id\":6,\"x\":188,\"y\":275,\"sisi\":14},{\"id\":7,\"x\":8,\"y\":275,\"sisi\":14}],"
    "\"medan\":[{\"nama\":\"a\",\"kotak\":[[60,50,12,12],[75,50,12,12],[90,50,12,12]],"
    "\"bulatan\":"
    "[{\"x\":66,\"y\":72,\"dy\":6.5,\"diameter\":5},{\"x\":81,\"y\":72,\"dy\":6.5,\"diameter\":"
    "5},"
    "{\"x\":96,\"y\":72,\"dy\":6.5,\"diameter\":5}]},"
    "{\"nama\":\"b\",\"kotak\":[[60,180,12,12],[75,180,12,12],[90,180,12,12]]}]}]}";

struct bench {
    rk_sheet *own, *official;
    rk_tagger *h11, *h10;
    rk_page_reading *out;
};

static int open_all(void **state) {
    struct bench *b = rk_alloc(sizeof *b);
    assert_int_equal(rk_sheet_parse(RK_LIT(OWN), &b->own, NULL), RK_OK);
    assert_int_equal(rk_sheet_parse(rk_sheet_shipped(RK_LIT("ppwp-2024")), &b->official, NULL),
                     RK_OK);
    b->h11 = rk_tagger_new(RK_TAG36H11);
    b->h10 = rk_tagger_new(RK_TAG36H10);
    b->out = rk_alloc(sizeof *b->out);
    *state = b;
    return 0;
}

static int close_all(void **state) {
    struct bench *b = *state;
    rk_tagger_free(&b->h11);
    rk_tagger_free(&b->h10);
    rk_sheet_free(&b->own);
    rk_sheet_free(&b->official);
    rk_free(b->out);
    rk_free(b);
    return 0;
}

static const int DIGITS[9] = {10, 3, 2, 1, 4, 9, 10, 10, 7};
static const int BUBBLES[9] = {0, 3, 2, 1, 4, 9, 0, 0, 7};

/* Reads the page of a form as photographed; false when it was refused. */
static bool reads(struct bench *b, const rk_sheet *f, uint32_t page, const shot *s) {
    rk_reader r = {f, f->family == RK_TAG36H11 ? b->h11 : b->h10, NULL};
    paper p = paper_page(f, page, DIGITS, BUBBLES);
    rk_grey g = paper_shoot(&p, s);
    memset(b->out, 0, sizeof *b->out);
    bool ok = rk_page_find(&r, &g, b->out) && rk_page_cut(&r, &g, b->out);
    rk_free(p.px);
    rk_free((void *)(uintptr_t)g.px);
    return ok;
}

/* Every box's corners within `px` pixels of where the flat page has them. */
static void lies_right(const struct bench *b, const rk_sheet *f, const shot *s, double px) {
    const rk_sheet_page *p = &f->page[b->out->page];
    const rk_sheet_box *box = &f->box[f->field[p->first_field].first_box];
    for (uint32_t i = 0; i < b->out->n_box; i++)
        for (int c = 0; c < 4; c++) {
            double x = box[i].x + (c == 1 || c == 2 ? box[i].w : 0),
                   y = box[i].y + (c >= 2 ? box[i].h : 0);
            rk_point want = rk_homography_map(&s->to_px, (rk_point){x, y}),
                     got = b->out->box[i].quad.corner[c];
            if (hypot(want.x - got.x, want.y - got.y) > px)
                fail_msg("box %u corner %d at (%.1f, %.1f), not (%.1f, %.1f)", i, c, got.x,
                         got.y, want.x, want.y);
        }
}

static void bubbles_right(const struct bench *b, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        assert_int_equal(b->out->box[i].bubbles.state, RK_BUBBLES_ONE);
        assert_int_equal(b->out->box[i].bubbles.digit, BUBBLES[i]);
    }
}

static shot own_shot(void) {
    const double to[8] = {80, 60, 760, 90, 730, 1060, 50, 1020};
    return (shot){820, 1120, paper_corners(210, 297, to), NULL, 220, 1, 0.2, 0};
}

static void any_direction(void **state) {
    struct bench *b = *state;
    static const double turned[4][8] = {{80, 60, 760, 90, 730, 1060, 50, 1020},
                                        {1060, 60, 1050, 760, 70, 720, 40, 80},
                                        {760, 1060, 80, 1010, 70, 60, 740, 90},
                                        {60, 760, 70, 60, 1050, 80, 1020, 730}};
    for (int i = 0; i < 4; i++) {
        shot s = own_shot();
        if (i % 2) s.w = 1120, s.h = 820;
        s.to_px = paper_corners(210, 297, turned[i]);
        if (!reads(b, b->own, 0, &s))
            fail_msg("turn %d: %s", i, rk_refusal_name(b->out->refusal));
        assert_int_equal(b->out->anchors, 4);
        assert_int_equal(b->out->frames, 6);
        lies_right(b, b->own, &s, 1.5);
        bubbles_right(b, 3);
    }
}

static void official_page(void **state) {
    struct bench *b = *state;
    const double to[8] = {120, 60, 1130, 100, 1160, 1640, 60, 1580};
    shot s = {1240, 1700, paper_corners(600, 900, to), NULL, 200, 0.9, 0.35, 1};
    if (!reads(b, b->official, 1, &s)) fail_msg("%s", rk_refusal_name(b->out->refusal));
    assert_int_equal(b->out->page, 1);
    assert_int_equal(b->out->anchors, 5);
    assert_int_equal(b->out->frames, 9);
    lies_right(b, b->official, &s, 1.5);
    bubbles_right(b, 9);
}

static rk_point curl(rk_point p) {
    return (rk_point){p.x + 1.2 * sin(p.y / 60), p.y + 1.5 * sin(p.x / 50 + 1)};
}

/* Bent paper: the frames are found although the pose of the flat sheet is off. */
static void bent(void **state) {
    struct bench *b = *state;
    shot s = own_shot();
    s.bend = curl;
    assert_true(reads(b, b->own, 0, &s));
    assert_int_equal(b->out->frames, 6);
    bubbles_right(b, 3);
    /* The frame's lines lie at the cut's edges: dark there, light inside of them. */
    for (uint32_t i = 0; i < 6; i++) {
        const uint8_t *g = b->out->grey[i];
        int line = 0, light = 0;
        for (int k = 6; k < 26; k++)
            line += g[2 * 32 + k] + g[29 * 32 + k] + g[k * 32 + 2] + g[k * 32 + 29],
                light += g[5 * 32 + k] + g[k * 32 + 5] + g[26 * 32 + k] + g[k * 32 + 26];
        assert_true(line < light * 3 / 4);
    }
}

static rk_point curl_far(rk_point p) {
    return (rk_point){p.x + 5 * sin(p.y / 70), p.y + 4 * sin(p.x / 60 + 1)};
}

/* Paper that bends by half a box, blurred besides: the boxes of a row find it together. */
static void bent_far(void **state) {
    struct bench *b = *state;
    shot s = own_shot();
    s.bend = curl_far, s.blur = 2;
    if (!reads(b, b->own, 0, &s)) fail_msg("%s", rk_refusal_name(b->out->refusal));
    assert_int_equal(b->out->frames, 6);
    bubbles_right(b, 3);
}

static enum rk_bubble_state state_of(const float fill[10], int *digit) {
    rk_bubbles v = {.state = RK_BUBBLES_NONE};
    memcpy(v.fill, fill, sizeof v.fill);
    rk_bubbles_judge(&v);
    *digit = v.digit;
    return v.state;
}

/* What counts is how a bubble differs from the others of its column, also in deep shadow. */
static void columns(void **state) {
    (void)state;
    float fill[10];
    int digit;
    for (int shade = 0; shade < 5; shade++) {
        for (int i = 0; i < 10; i++) fill[i] = 0.09f * (float)shade + 0.01f * (float)(i % 3);
        assert_int_equal(state_of(fill, &digit), RK_BUBBLES_EMPTY);
        fill[7] += 0.22f; /* half a mark */
        assert_int_equal(state_of(fill, &digit), RK_BUBBLES_UNCLEAR);
        fill[7] += 0.2f;
        assert_int_equal(state_of(fill, &digit), RK_BUBBLES_ONE);
        assert_int_equal(digit, 7);
        fill[2] += 0.25f; /* a second one */
        assert_int_equal(state_of(fill, &digit), RK_BUBBLES_UNCLEAR);
    }
}

static void refuses(struct bench *b, const rk_sheet *f, const shot *s, enum rk_refusal why) {
    bool ok = reads(b, f, 0, s);
    if (ok || b->out->refusal != why)
        fail_msg("%s, not %s", ok ? "read" : rk_refusal_name(b->out->refusal),
                 rk_refusal_name(why));
    assert_true(strlen(rk_refusal_text(why, true)) > 20);
    assert_true(strlen(rk_refusal_text(why, false)) > 20);
}

static void refusals(void **state) {
    struct bench *b = *state;
    shot s = own_shot();
    s.bright = 25;
    refuses(b, b->own, &s, RK_REFUSE_DARK);
    s = own_shot(), s.blur = 14;
    refuses(b, b->own, &s, RK_REFUSE_BLURRED);
    s = own_shot(); /* moved so far that boxes are outside */
    const double out[8] = {-320, 60, 360, 90, 330, 1060, -350, 1020};
    s.to_px = paper_corners(210, 297, out);
    refuses(b, b->own, &s, RK_REFUSE_CUT_OFF);
    s = own_shot(); /* a tag and nothing else */
    s.to_px =
        paper_corners(210, 297, (const double[8]){400, 700, 1080, 730, 1050, 1700, 370, 1660});
    refuses(b, b->own, &s, RK_REFUSE_CUT_OFF);
    s = own_shot();
    s.to_px =
        paper_corners(210, 297, (const double[8]){300, 400, 520, 410, 510, 710, 295, 700});
    refuses(b, b->own, &s, RK_REFUSE_SMALL);
}

/* Nothing of the form in the picture; and a page of another form with tags of the same family.
 */
static void strangers(void **state) {
    struct bench *b = *state;
    rk_reader r = {b->own, b->h11, NULL};
    uint8_t *px = rk_calloc(900, 900);
    for (int i = 0; i < 900 * 900; i++) px[i] = (uint8_t)(i % 900 / 30 % 2 ? 200 : 60);
    memset(b->out, 0, sizeof *b->out);
    assert_false(rk_page_find(&r, &(rk_grey){px, 900, 900, 900}, b->out));
    assert_int_equal(b->out->refusal, RK_REFUSE_NO_TAG);
    assert_int_equal(b->out->page, UINT32_MAX);
    rk_free(px);
    rk_sheet *other;
    char text[sizeof OWN];
    memcpy(text, OWN, sizeof OWN);
    for (char *c = text; (c = strstr(c, "\"id\":")) != NULL; c += 5) c[5] = '9';
    /* All four would be the same id: give each its own. */
    int k = 0;
    for (char *c = text; (c = strstr(c, "\"id\":9")) != NULL; c += 5) c[5] = (char)('0' + k++);
    assert_int_equal(rk_sheet_parse((rk_slice){text, strlen(text)}, &other, NULL), RK_OK);
    shot s = own_shot();
    paper p = paper_page(other, 0, NULL, NULL);
    rk_grey g = paper_shoot(&p, &s);
    memset(b->out, 0, sizeof *b->out);
    rk_reader mine = {b->own, b->h11, NULL};
    assert_false(rk_page_find(&mine, &g, b->out));
    assert_int_equal(b->out->refusal, RK_REFUSE_OTHER_FORM);
    rk_free(p.px);
    rk_free((void *)(uintptr_t)g.px);
    rk_sheet_free(&other);
}

/* Two sheets on the wall: the one wholly in view is read, not its neighbour with the larger
 * tag. */
static void two_sheets(void **state) {
    struct bench *b = *state;
    rk_reader r = {b->official, b->h10, NULL};
    shot s = {1500, 1700, {{0}}, NULL, 200, 1, 0, 0};
    paper one = paper_page(b->official, 1, DIGITS, BUBBLES),
          two = paper_page(b->official, 2, DIGITS, NULL);
    uint8_t *px = rk_calloc(s.w, s.h);
    memset(px, 90, (size_t)s.w * s.h);
    s.to_px =
        paper_corners(600, 900, (const double[8]){520, 80, 1460, 80, 1460, 1500, 520, 1500});
    rk_homography wanted = s.to_px;
    paper_shoot_into(&one, &s, px);
    s.to_px =
        paper_corners(600, 900, (const double[8]){-700, 40, 500, 40, 500, 1860, -700, 1860});
    paper_shoot_into(&two, &s, px);
    rk_grey g = {px, s.w, s.h, s.w};
    memset(b->out, 0, sizeof *b->out);
    assert_true(rk_page_find(&r, &g, b->out) && rk_page_cut(&r, &g, b->out));
    assert_int_equal(b->out->page, 1);
    s.to_px = wanted;
    lies_right(b, b->official, &s, 1.5);
    rk_free(px);
    rk_free(one.px);
    rk_free(two.px);
}

/* What comes out of the sandbox is not believed. */
static void checked(void **state) {
    struct bench *b = *state;
    shot s = own_shot();
    assert_true(reads(b, b->own, 0, &s));
    for (uint32_t i = 0; i < b->out->n_box; i++)
        for (int c = 0; c < 12; c++) b->out->box[i].posterior[c] = 1 / 12.f;
    assert_true(rk_page_reading_ok(b->own, b->out));
    b->out->n_box++;
    assert_false(rk_page_reading_ok(b->own, b->out));
    b->out->n_box--;
    b->out->box[2].posterior[3] = NAN;
    assert_false(rk_page_reading_ok(b->own, b->out));
    b->out->box[2].posterior[3] = 0.9f;
    assert_false(rk_page_reading_ok(b->own, b->out));
    b->out->box[2].posterior[3] = 1 / 12.f;
    b->out->box[1].bubbles.state = 9;
    assert_false(rk_page_reading_ok(b->own, b->out));
    b->out->box[1].bubbles.state = 0;
    b->out->page = 1;
    assert_false(rk_page_reading_ok(b->own, b->out));
    b->out->page = 0, b->out->refusal = RK_REFUSALS;
    assert_false(rk_page_reading_ok(b->own, b->out));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_direction), cmocka_unit_test(official_page),
        cmocka_unit_test(bent),          cmocka_unit_test(bent_far),
        cmocka_unit_test(columns),       cmocka_unit_test(refusals),
        cmocka_unit_test(strangers),     cmocka_unit_test(two_sheets),
        cmocka_unit_test(checked),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
