/* A page is filled from the top; what does not fit begins the next one. Numbers are written
 * from whole hundredths, so that the bytes depend on no locale. */
#include "print/layout_inner.h"

#include "base/mem.h"
#include "base/num.h"
#include "print/drawing.h"

#include <math.h>

enum { PART_MAX = 1 << 20, DIGITS_HOME = 3, DIGITS_ABROAD = 5, TAGS_A_CONTEST = 256 };

#define TAG_SIDE 16.0
#define TAG_IN 9.0 /* from the page's edge */
#define MARK_SIDE 7.0
#define QR_X 223.0
#define QR_Y 11.0
#define QR_SIDE 30.0
#define FRAME 0.55
#define BUBBLE 4.2
#define BUBBLE_STEP 5.2

/* ===== sizes ===== */

bool rk_layout_size(rk_slice s, double *w, double *h) {
    static const double known[4][2] = {{594, 841}, {420, 594}, {297, 420}, {210, 297}};
    uint64_t a, b;
    rk_slice first;
    if (s.len == 2 && (s.ptr[0] | 32) == 'a' && s.ptr[1] >= '1' && s.ptr[1] <= '4') {
        *w = known[s.ptr[1] - '1'][0], *h = known[s.ptr[1] - '1'][1];
        return true;
    }
    if (!s.len || !rk_slice_cut(&s, 'x', &first) || !rk_num_parse(first, 1500, &a) ||
        !rk_num_parse(s, 1500, &b) || a < 200 || b < 200 || b < a)
        return false;
    *w = (double)a, *h = (double)b;
    return true;
}

/* ===== writing ===== */

void rk_put_mm(rk_buf *b, double mm) {
    long long v = llround(mm * 100);
    if (v < 0) rk_buf_byte(b, '-'), v = -v;
    rk_buf_num(b, (uint64_t)v / 100);
    if (v % 100 == 0) return;
    rk_buf_byte(b, '.');
    rk_buf_byte(b, (char)('0' + v / 10 % 10));
    if (v % 10) rk_buf_byte(b, (char)('0' + v % 10));
}

static void entry(rk_buf *to) {
    if (to->len) rk_buf_lit(to, ",\n    ");
    rk_buf_byte(to, '{');
}
static void word(rk_buf *to, const char *key, rk_slice text) {
    rk_buf_printf(to, "\"%s\": ", key);
    rk_buf_json(to, text);
}
static void length(const struct rk_draft *d, rk_buf *to, const char *key, double units) {
    rk_buf_printf(to, ", \"%s\": ", key);
    rk_put_mm(to, units * d->scale);
}
static void plain(rk_buf *to, const char *key, double v) {
    rk_buf_printf(to, ", \"%s\": ", key);
    rk_put_mm(to, v);
}
static void four(const struct rk_draft *d, rk_buf *to, const char *key, const double v[4]) {
    rk_buf_printf(to, "\"%s\": [", key);
    for (int i = 0; i < 4; i++) {
        if (i) rk_buf_lit(to, ", ");
        rk_put_mm(to, v[i] * d->scale);
    }
    rk_buf_byte(to, ']');
}

void rk_art_text(const struct rk_draft *d, rk_buf *to, const struct rk_words *t,
                 rk_slice text) {
    static const char *const style[] = {"biasa", "tebal", "miring"};
    if (!text.len) return;
    entry(to);
    word(to, "teks", text);
    length(d, to, "x", t->x), length(d, to, "y", t->y), length(d, to, "tinggi", t->size);
    if (t->w > 0) length(d, to, "lebar", t->w);
    if (t->rows > 1) rk_buf_printf(to, ", \"baris\": %u", t->rows);
    if (t->align) rk_buf_printf(to, ", \"rata\": \"%s\"", t->align);
    if (t->style) rk_buf_printf(to, ", \"gaya\": \"%s\"", style[t->style]);
    if (t->grey > 0) plain(to, "abu", t->grey);
    rk_buf_byte(to, '}');
}

void rk_art_line(const struct rk_draft *d, rk_buf *to, double x0, double y0, double x1,
                 double y1, double mm, double grey) {
    entry(to);
    four(d, to, "garis", (const double[4]){x0, y0, x1, y1});
    plain(to, "tebal", mm);
    if (grey > 0) plain(to, "abu", grey);
    rk_buf_byte(to, '}');
}

void rk_art_dots(const struct rk_draft *d, rk_buf *to, double x0, double x1, double y) {
    entry(to);
    four(d, to, "garis", (const double[4]){x0, y, x1, y});
    rk_buf_lit(to, ", \"titik\": true}");
}

void rk_art_rect(const struct rk_draft *d, rk_buf *to, double x, double y, double w, double h,
                 double mm, double fill) {
    entry(to);
    four(d, to, "persegi", (const double[4]){x, y, w, h});
    plain(to, "tebal", mm);
    if (fill >= 0) plain(to, "isi", fill);
    rk_buf_byte(to, '}');
}

/* Light, so that strokes of tallies are what is seen. */
void rk_art_grid(const struct rk_draft *d, rk_buf *to, double x, double y, double cell,
                 unsigned cols, unsigned rows) {
    entry(to);
    four(d, to, "kisi", (const double[4]){x, y, cell * cols, cell * rows});
    rk_buf_printf(to, ", \"kolom\": %u, \"baris\": %u, \"tebal\": 0.2, \"abu\": 0.65}", cols,
                  rows);
}

/* ===== figures ===== */

double rk_figure_gap(const struct rk_draft *d, double wanted) {
    return fmax(wanted, GAP_LEAST_MM / d->scale);
}
double rk_figure_width(const struct rk_draft *d, double side, double gap) {
    return d->boxes * side + (d->boxes - 1) * gap;
}

static void put_bubbles(const struct rk_draft *d, rk_buf *to, const struct rk_figure *f) {
    rk_buf_lit(to, ",\n     \"bulatan\": [");
    for (uint32_t i = 0; i < d->boxes; i++) {
        if (i) rk_buf_lit(to, ", ");
        rk_buf_lit(to, "{\"x\": ");
        rk_put_mm(to, f->bubble_x * d->scale);
        length(d, to, "y", f->y + ((double)i - (d->boxes - 1) / 2.0) * BUBBLE_STEP);
        length(d, to, "dx", BUBBLE_STEP);
        length(d, to, "diameter", BUBBLE);
        rk_buf_byte(to, '}');
    }
    rk_buf_byte(to, ']');
}

/* Which row of bubbles belongs to which box. */
static void name_bubbles(struct rk_draft *d, const struct rk_figure *f) {
    static const char *const place[] = {"satuan", "puluhan", "ratusan", "ribuan", "puluh ribu"};
    for (uint32_t i = 0; i < d->boxes; i++) {
        const struct rk_words t = {.x = f->bubble_x - 3.2,
                                   .y = f->y + ((double)i - (d->boxes - 1) / 2.0) * BUBBLE_STEP,
                                   .size = 2.1,
                                   .align = "kanan",
                                   .grey = 0.2};
        rk_art_text(d, rk_art(d), &t, rk_slice_str(place[d->boxes - 1 - i]));
    }
}

void rk_put_figure(struct rk_draft *d, const struct rk_figure *f) {
    rk_buf *to = &d->page[d->n_page - 1].fields;
    entry(to);
    word(to, "nama", f->name);
    if (f->section.len) rk_buf_lit(to, ", "), word(to, "bagian", f->section);
    if (f->label.len) rk_buf_lit(to, ", "), word(to, "label", f->label);
    rk_buf_lit(to, ",\n     \"kotak\": [");
    for (uint32_t i = 0; i < d->boxes; i++) {
        const double v[4] = {f->x + i * (f->side + f->gap), f->y - f->side / 2, f->side,
                             f->side};
        rk_buf_add(to, rk_slice_str(i ? ", [" : "["));
        for (int k = 0; k < 4; k++) {
            if (k) rk_buf_lit(to, ", ");
            rk_put_mm(to, v[k] * d->scale);
        }
        rk_buf_byte(to, ']');
    }
    rk_buf_byte(to, ']');
    if (f->bubble_x > 0) put_bubbles(d, to, f), name_bubbles(d, f);
    rk_buf_lit(to, ", \"panduan\": true}");
}

/* ===== pages ===== */

static void new_page(struct rk_draft *d) {
    if (d->n_page == RK_SHEET_PAGES_MAX) {
        d->full = true; /* goes on over the last page; the result is thrown away */
    } else {
        rk_buf_init(&d->page[d->n_page].fields, PART_MAX);
        rk_buf_init(&d->page[d->n_page].art, PART_MAX);
        d->n_page++;
    }
    d->y = TOP;
}

bool rk_room(struct rk_draft *d, double height) {
    if (d->y + height <= d->bottom) return false;
    new_page(d);
    return true;
}

/* Tag ids of a contest lie together and apart from other contests' and from the official form's
 * 101 to 103: a page of another contest is then known by its tags alone. */
static uint32_t first_tag(const rk_contest *c) {
    static const char *const known[] = {"ppwp",   "pdpr",  "pdpd", "pdprdp",
                                        "pdprdk", "pkwkp", "pkwkk"};
    uint32_t k = 0;
    while (k < sizeof known / sizeof *known && !rk_slice_is(rk_code_slice(&c->code), known[k]))
        k++;
    return TAGS_A_CONTEST * (k + 1);
}

static void put_square(const struct rk_draft *d, rk_buf *out, double x, double y, double side) {
    length(d, out, "x", x), length(d, out, "y", y), length(d, out, "sisi", side);
}

static void put_marks(const struct rk_draft *d, uint32_t page, rk_buf *out) {
    double far = UNITS_WIDE - TAG_IN - TAG_SIDE, low = d->height - TAG_IN - TAG_SIDE;
    const double at[4][2] = {{TAG_IN, TAG_IN}, {far, TAG_IN}, {far, low}, {TAG_IN, low}},
                 mark[2] = {TAG_IN, UNITS_WIDE - TAG_IN - MARK_SIDE};
    rk_buf_lit(out, "   \"tag\": [");
    for (uint32_t i = 0; i < 4; i++) {
        rk_buf_printf(out, "%s{\"id\": %u", i ? ", " : "", first_tag(d->c) + 4 * page + i);
        put_square(d, out, at[i][0], at[i][1], TAG_SIDE);
        rk_buf_byte(out, '}');
    }
    rk_buf_lit(out, "],\n   \"sudut\": [");
    for (int i = 0; i < 2; i++) {
        if (i) rk_buf_lit(out, ", ");
        rk_buf_lit(out, "{\"petak\": ");
        rk_put_mm(out, MARK_SIDE / 2 * d->scale);
        put_square(d, out, mark[i], (d->height - MARK_SIDE) / 2, MARK_SIDE);
        rk_buf_byte(out, '}');
    }
    rk_buf_lit(out, "],\n   \"qr\": {\"x\": ");
    rk_put_mm(out, QR_X * d->scale);
    length(d, out, "y", QR_Y), length(d, out, "sisi", QR_SIDE);
    rk_buf_lit(out, "},\n");
}

static void put_page(const struct rk_draft *d, uint32_t page, rk_buf *out) {
    rk_buf_printf(out, "%s  {\"nomor\": %u,\n", page ? ",\n" : "", page + 1);
    put_marks(d, page, out);
    rk_buf_lit(out, "   \"medan\": [\n    ");
    rk_buf_add(out, rk_buf_slice(&d->page[page].fields));
    rk_buf_lit(out, "],\n   \"gambar\": [\n    ");
    rk_buf_add(out, rk_buf_slice(&d->page[page].art));
    rk_buf_lit(out, "]}");
}

static void put_code(const struct rk_draft *d, rk_buf *out) {
    rk_buf_byte(out, '"');
    rk_buf_add(out, rk_code_slice(&d->c->code));
    if (d->o->dapil.len) rk_buf_byte(out, '-'), rk_buf_add(out, d->o->dapil);
    if (d->o->abroad) rk_buf_lit(out, "-ln");
    rk_buf_byte(out, '-');
    rk_buf_add(out, d->o->size);
    rk_buf_byte(out, '"');
}

static void put_file(const struct rk_draft *d, rk_buf *out) {
    rk_buf_lit(out, "{\n \"format\": \"rekap-formulir-1\",\n \"kode\": ");
    put_code(d, out);
    rk_buf_lit(out, ",\n \"nama\": ");
    rk_buf_json(out, d->c->name);
    rk_buf_lit(out, ",\n \"kontes\": ");
    rk_buf_json(out, rk_code_slice(&d->c->code));
    rk_buf_lit(out, ",\n \"ukuran\": [");
    rk_put_mm(out, d->o->w);
    rk_buf_lit(out, ", ");
    rk_put_mm(out, d->o->h);
    rk_buf_lit(out, "],\n \"keluarga_tag\": \"tag36h10\",\n \"bingkai\": ");
    rk_put_mm(out, FRAME * d->scale);
    rk_buf_lit(out, ",\n \"gambar\": [\n    ");
    rk_buf_add(out, rk_buf_slice(&d->head));
    rk_buf_lit(out, "],\n \"halaman\": [\n");
    for (uint32_t i = 0; i < d->n_page; i++) put_page(d, i, out);
    rk_buf_lit(out, "\n ],\n \"cek\": [\n  ");
    rk_buf_add(out, rk_buf_slice(&d->checks));
    rk_buf_lit(out, "\n ]\n}\n");
}

/* ===== the form ===== */

static void lay_out(struct rk_draft *d) {
    new_page(d);
    rk_lay_head(d);
    rk_lay_tables(d);
    rk_lay_choices(d);
    rk_lay_totals(d);
}

/* What was laid out must be what the parsers take: then nobody has to trust this file. */
static rk_status accepted(rk_slice json, rk_err *err) {
    rk_sheet *f;
    rk_drawing drawing;
    RK_TRY(rk_sheet_parse(json, &f, err));
    rk_status st = rk_drawing_parse(f, &drawing, err);
    if (st == RK_OK) rk_drawing_free(&drawing);
    rk_sheet_free(&f);
    return st;
}

rk_status rk_layout_make(const rk_contest *c, const rk_layout *o, rk_buf *out, rk_err *err) {
    RK_ASSERT(o->ballot < c->n_ballot && o->w > 0 && o->h >= o->w);
    struct rk_draft *d = rk_alloc(sizeof *d);
    d->c = c, d->b = &c->ballot[o->ballot], d->o = o;
    d->scale = o->w / UNITS_WIDE;
    d->height = o->h / d->scale;
    d->bottom = d->height - TAG_IN - TAG_SIDE - 5;
    d->boxes = o->abroad ? DIGITS_ABROAD : DIGITS_HOME;
    rk_buf_init(&d->head, PART_MAX);
    rk_buf_init(&d->checks, PART_MAX);
    lay_out(d);
    rk_status st = rk_lay_checks(d, err);
    if (st == RK_OK && d->full)
        st = rk_fail(err, RK_LIMIT, "the form takes more than %u pages: choose a larger size",
                     RK_SHEET_PAGES_MAX);
    if (st == RK_OK) put_file(d, out);
    for (uint32_t i = 0; i < d->n_page; i++) {
        out->failed |= d->page[i].fields.failed || d->page[i].art.failed;
        rk_buf_free(&d->page[i].fields);
        rk_buf_free(&d->page[i].art);
    }
    out->failed |= d->checks.failed;
    rk_buf_free(&d->head);
    rk_buf_free(&d->checks);
    rk_free(d);
    if (st != RK_OK) return st;
    if (out->failed) return rk_fail(err, RK_LIMIT, "the form's description would be too large");
    return accepted(rk_buf_slice(out), err);
}
