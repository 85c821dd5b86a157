/* Frames drawn by the test itself, moved as curled paper moves them, blurred, overwritten:
 * found where they were drawn. */
#include "read/snap.h"
#include "base/mem.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* Two rows of three boxes, as close together as on the official form. */
static const char FORM[] =
    "{\"format\":\"rekap-formulir-1\",\"kode\":\"uji\",\"nama\":\"Uji\",\"kontes\":\"uji\","
    "\"ukuran\":[160,160],\"keluarga_tag\":\"tag36h11\",\"bingkai\":1,\"halaman\":[{\"nomor\":"
    "1,"
    "\"tag\":[{\"id\":4,\"x\":5,\"y\":5,\"sisi\":20},{\"id\":5,\"x\":135,\"y\":5,\"sisi\":20},"
    "{\"id\":6,\"x\":135,\"y\":135,\"sisi\":20},{\"id\":7,\"x\":5,\"y\":135,\"sisi\":20}],"
    "\"medan\":[{\"nama\":\"a\",\"kotak\":[[47,50,19,19],[69,50,19,19],[91,50,19,19]]},"
    "{\"nama\":\"b\",\"kotak\":[[47,90,19,19],[69,90,19,19],[91,90,19,19]]}]}]}";

enum { PX = 2, SIDE = 160 * PX, BOXES = 6, PAPER = 225, INK = 60 };
#define PART 0.1 /* of the box: what a corner may be off by */

struct page {
    rk_sheet *form;
    uint8_t px[SIDE * SIDE];
    double dx[BOXES], dy[BOXES]; /* millimetres */
    rk_quad quad[BOXES];
    uint32_t found;
};

static void fill(struct page *p, double x0, double y0, double x1, double y1) {
    for (int y = (int)lround(y0 * PX); y < (int)lround(y1 * PX); y++)
        for (int x = (int)lround(x0 * PX); x < (int)lround(x1 * PX); x++)
            p->px[y * SIDE + x] = INK;
}

static void frame(struct page *p, uint32_t i) {
    const rk_sheet_box *b = &p->form->box[i];
    double x = b->x + p->dx[i], y = b->y + p->dy[i], r = x + b->w, d = y + b->h;
    fill(p, x, y, r, y + 1);
    fill(p, x, d - 1, r, d);
    fill(p, x, y, x + 1, d);
    fill(p, r - 1, y, r, d);
}

/* The mean of 5 x 5 pixels, `times` over. */
static void blur(struct page *p, int times) {
    for (; times > 0; times--) {
        uint8_t *from = rk_dup(p->px, sizeof p->px);
        for (int y = 2; y < SIDE - 2; y++)
            for (int x = 2; x < SIDE - 2; x++) {
                int sum = 0;
                for (int j = -2; j <= 2; j++)
                    for (int i = -2; i <= 2; i++) sum += from[(y + j) * SIDE + x + i];
                p->px[y * SIDE + x] = (uint8_t)(sum / 25);
            }
        rk_free(from);
    }
}

static void snap(struct page *p) {
    const rk_pose pose = {.page = 0, .to_px = {{PX, 0, 0, 0, PX, 0, 0, 0, 1}}};
    const rk_grey g = {p->px, SIDE, SIDE, SIDE};
    rk_white white;
    rk_white_init(&white, &g, 8);
    p->found = rk_snap(p->form, &pose, &g, &white, p->quad);
    rk_white_free(&white);
}

static double off(const struct page *p, uint32_t i) {
    const rk_sheet_box *b = &p->form->box[i];
    double most = 0;
    for (int c = 0; c < 4; c++) {
        double x = (b->x + p->dx[i] + (c == 1 || c == 2 ? b->w : 0)) * PX,
               y = (b->y + p->dy[i] + (c >= 2 ? b->h : 0)) * PX;
        most = fmax(most, hypot(p->quad[i].corner[c].x - x, p->quad[i].corner[c].y - y));
    }
    return most / (b->w * PX);
}

static int open_page(void **state) {
    struct page *p = rk_calloc(1, sizeof *p);
    memset(p->px, PAPER, sizeof p->px);
    assert_int_equal(rk_sheet_parse(RK_LIT(FORM), &p->form, NULL), RK_OK);
    assert_int_equal(p->form->n_box, BOXES);
    *state = p;
    return 0;
}

static int close_page(void **state) {
    struct page *p = *state;
    rk_sheet_free(&p->form);
    rk_free(p);
    return 0;
}

static void all_found(struct page *p) {
    snap(p);
    assert_int_equal(p->found, BOXES);
    for (uint32_t i = 0; i < BOXES; i++) assert_true(off(p, i) < PART);
}

/* Frames i moved by (x, y) + i * (x1, y1). */
static void draw(struct page *p, double x, double y, double x1, double y1) {
    for (uint32_t i = 0; i < BOXES; i++) {
        p->dx[i] = x + i * x1, p->dy[i] = y + i * y1;
        frame(p, i);
    }
}

static void in_place(void **state) {
    draw(*state, 0, 0, 0, 0);
    all_found(*state);
}

static void moved_alike(void **state) {
    draw(*state, 6, -7, 0, 0);
    all_found(*state);
}

/* Curled paper: each box some millimetres otherwise than the one beside it. */
static void moved_apart(void **state) {
    struct page *p = *state;
    for (uint32_t i = 0; i < BOXES; i++) {
        p->dx[i] = -2 + 2.0 * (i % 3) + (i >= 3), p->dy[i] = 3 - 2.0 * (i % 3) - (i >= 3);
        frame(p, i);
    }
    all_found(p);
}

/* The gaps between the frames are as dark as their lines then. */
static void blurred(void **state) {
    struct page *p = *state;
    draw(p, 2.5, 2, 0, 0.5);
    blur(p, 2);
    all_found(p);
}

/* One frame is not there: its box goes with those beside it. */
static void one_lacking(void **state) {
    struct page *p = *state;
    for (uint32_t i = 0; i < BOXES; i++) {
        p->dx[i] = 5, p->dy[i] = 4;
        if (i != 1) frame(p, i);
    }
    snap(p);
    assert_int_equal(p->found, BOXES - 1);
    for (uint32_t i = 0; i < BOXES; i++) assert_true(off(p, i) < (i == 1 ? 2 * PART : PART));
}

static void nothing_there(void **state) {
    struct page *p = *state;
    snap(p);
    assert_int_equal(p->found, 0);
    for (uint32_t i = 0; i < BOXES; i++) assert_true(p->quad[i].frame < 0.01f);
}

int main(void) {
#define ON_PAGE(t) cmocka_unit_test_setup_teardown(t, open_page, close_page)
    const struct CMUnitTest tests[] = {ON_PAGE(in_place),    ON_PAGE(moved_alike),
                                       ON_PAGE(moved_apart), ON_PAGE(blurred),
                                       ON_PAGE(one_lacking), ON_PAGE(nothing_there)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
