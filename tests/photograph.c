/* photograph: fills a drawn page with figures and takes a photo of it, for tests.
 *
 *     photograph FORM.json PAGE PAGE.png FIGURES.csv OUT.png SEED
 *
 * PAGE.png is page PAGE as 'rekap form draw' made it, at any --dpi. FIGURES.csv has lines
 * "field,number": digits are written along the seven segments, unused leading boxes get an X,
 * bubbles are filled. SEED turns, tilts, bends, shades and blurs; 0 = straight from above. */
static double per_mm; /* of the drawn page, from its width */
#define PAPER_PER_MM per_mm
#include "paper.h"

#include "base/csv.h"
#include "base/num.h"
#include "files/files.h"
#include "random.h"
#include "scan/decode.h"

#include <png.h>
#include <stdio.h>

static rk_file must_read(const char *path) {
    rk_file f;
    rk_err err = RK_ERR_INIT;
    if (rk_file_read(path, RK_DOCUMENT_MAX, &f, &err) == RK_OK) return f;
    fprintf(stderr, "%s: %s\n", path, err.text);
    exit(1);
}

static rk_sheet *must_parse(rk_slice json) {
    rk_sheet *form;
    rk_err err = RK_ERR_INIT;
    if (rk_sheet_parse(json, &form, &err) == RK_OK) return form;
    fprintf(stderr, "form: %s\n", err.text);
    exit(1);
}

/* The figure of a field in "name,number" lines; UINT32_MAX = none is given. */
static uint32_t figure(rk_slice csv, rk_slice name) {
    rk_slice line, key;
    uint64_t v;
    while (rk_slice_cut(&csv, '\n', &line))
        if (rk_slice_cut(&line, ',', &key) && rk_slice_eq(key, name) &&
            rk_num_parse(line, RK_VALUE_MAX, &v))
            return (uint32_t)v;
    return UINT32_MAX;
}

static void ink_box(paper *p, const rk_sheet_box *b, int digit, int bubble) {
    paper_digit(p, b, digit, 50);
    if (b->bubbles.diameter > 0)
        paper_disc(p, b->bubbles.x + bubble * b->bubbles.dx,
                   b->bubbles.y + bubble * b->bubbles.dy, 0, b->bubbles.diameter / 2, 60);
}

static void ink_page(paper *p, const rk_sheet *f, uint32_t page, rk_slice csv) {
    const rk_sheet_page *g = &f->page[page];
    for (uint32_t i = g->first_field; i < g->first_field + g->n_field; i++) {
        const rk_sheet_field *x = &f->field[i];
        uint32_t v = figure(csv, x->name), rest = v;
        for (uint32_t k = x->n_box; v != UINT32_MAX && k-- > 0; rest /= 10)
            ink_box(p, &f->box[x->first_box + k],
                    rest || k + 1 == x->n_box ? (int)(rest % 10) : 10, (int)(rest % 10));
    }
}

static paper load_page(const char *path) {
    rk_file f = must_read(path);
    rk_photo photo;
    rk_err err = RK_ERR_INIT;
    if (rk_decode(f.bytes, 0, &photo, &err) != RK_OK) {
        fprintf(stderr, "%s: %s\n", path, err.text);
        exit(1);
    }
    RK_ASSERT(photo.grey.stride == photo.grey.w);
    rk_file_free(&f);
    return (paper){(uint8_t *)(uintptr_t)photo.grey.px, photo.grey.w, photo.grey.h};
}

static double bend_x, bend_y;
static rk_point bend(rk_point p) {
    return (rk_point){p.x + bend_x * sin(p.y / 70), p.y + bend_y * sin(p.x / 60 + 1)};
}

/* Four corners of the page in the photo, moved by up to 4 % of it, in one of four directions.
 */
static void take(const paper *p, uint64_t seed, rk_grey *out) {
    rnd_state = seed;
    double w = p->w / PAPER_PER_MM, h = p->h / PAPER_PER_MM, per = 1600 / fmax(w, h),
           pad = 0.06;
    unsigned turn = seed ? rnd(4) : 0;
    double fw = w * per * (1 + 2 * pad), fh = h * per * (1 + 2 * pad);
    const double at[4][2] = {{pad, pad}, {1 - pad, pad}, {1 - pad, 1 - pad}, {pad, 1 - pad}};
    shot s = {(uint32_t)(turn % 2 ? fh : fw),
              (uint32_t)(turn % 2 ? fw : fh),
              {{0}},
              NULL,
              235,
              1,
              0,
              0};
    double to[8];
    for (unsigned i = 0; i < 4; i++)
        for (unsigned k = 0; k < 2; k++) {
            double off = seed ? (rnd(2001) / 1000.0 - 1) * 0.04 : 0;
            to[2 * i + k] = (at[(i + turn) % 4][k] + off) * (k ? s.h : s.w);
        }
    s.to_px = paper_corners(w, h, to);
    if (seed) {
        bend_x = rnd(1000) / 1000.0 * w / 300;
        bend_y = rnd(1000) / 1000.0 * w / 300;
        s.bend = bend, s.bright = 150 + (double)rnd(100);
        s.contrast = 0.9, s.shade = rnd(300) / 1000.0, s.blur = 1;
    }
    *out = paper_shoot(p, &s);
}

int main(int argc, char **argv) {
    uint64_t page, seed;
    rk_grey photo;
    if (argc != 7 || !rk_num_parse(rk_slice_str(argv[2]), 999, &page) ||
        !rk_num_parse(rk_slice_str(argv[6]), UINT32_MAX, &seed)) {
        fprintf(stderr, "usage: photograph FORM.json PAGE PAGE.png FIGURES.csv OUT.png SEED\n");
        return 2;
    }
    rk_file json = must_read(argv[1]), csv = must_read(argv[4]);
    rk_sheet *form = must_parse(json.bytes);
    RK_ASSERT(page >= 1 && page <= form->n_page);
    paper p = load_page(argv[3]);
    per_mm = p.w / form->page[page - 1].w;
    ink_page(&p, form, (uint32_t)page - 1, csv.bytes);
    take(&p, seed, &photo);
    png_image im = {.version = PNG_IMAGE_VERSION,
                    .width = photo.w,
                    .height = photo.h,
                    .format = PNG_FORMAT_GRAY};
    int ok = png_image_write_to_file(&im, argv[5], 0, photo.px, (png_int_32)photo.stride, NULL);
    if (!ok) fprintf(stderr, "%s: %s\n", argv[5], im.message);
    rk_free(p.px);
    rk_free((void *)(uintptr_t)photo.px);
    rk_sheet_free(&form);
    rk_file_free(&json);
    rk_file_free(&csv);
    return ok ? 0 : 1;
}
