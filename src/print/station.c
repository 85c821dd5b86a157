/* What makes a form that of one station: its QR code, and beneath it in words what the code
 * says, so that a mix-up at the printer's or at the station is seen without a machine. */
#include "print/inner.h"

#include "base/mem.h"

#include <qrencode.h>

#define QUIET_MODULES 4 /* white zone of a QR code, ISO/IEC 18004 */

/* ===== placeholders ===== */

static bool station_word(const rk_print_station *s, rk_slice name, rk_slice *out) {
    const struct {
        const char *name;
        rk_slice value;
    } word[] = {{"tps", s->tps_name},        {"kode_tps", rk_code_slice(&s->tps)},
                {"desa", s->desa},           {"kecamatan", s->kecamatan},
                {"kabupaten", s->kabupaten}, {"provinsi", s->provinsi}};
    for (size_t i = 0; i < sizeof word / sizeof *word; i++)
        if (rk_slice_is(name, word[i].name)) {
            *out = word[i].value;
            return true;
        }
    return false;
}

static void put_word(const rk_printer *p, uint32_t page, const rk_print_station *s,
                     rk_slice name, rk_buf *out) {
    rk_slice value;
    if (rk_slice_is(name, "halaman"))
        rk_buf_num(out, p->form->page[page].number);
    else if (rk_slice_is(name, "jumlah_halaman"))
        rk_buf_num(out, p->form->n_page);
    else if (rk_slice_is(name, "nama"))
        rk_buf_add(out, p->form->name);
    else if (rk_slice_is(name, "kode"))
        rk_buf_add(out, p->form->code);
    else if (s && station_word(s, name, &value))
        rk_buf_add(out, value);
}

void rk_draw_fill_in(const rk_printer *p, uint32_t page, const rk_print_station *s,
                     rk_slice text, rk_buf *out) {
    rk_slice plain, name;
    while (rk_drawing_piece(&text, &plain, &name)) {
        rk_buf_add(out, plain);
        if (name.len) put_word(p, page, s, name, out);
    }
}

/* ===== the QR code ===== */

static void draw_code(cairo_t *cr, const QRcode *q, double x, double y, double side) {
    double module = side / q->width, quiet = QUIET_MODULES * module;
    rk_canvas_fill(cr, x - quiet, y - quiet, side + 2 * quiet, side + 2 * quiet, 1);
    for (int j = 0; j < q->width; j++)
        for (int i = 0, n; i < q->width; i += n) {
            const unsigned char *row = q->data + (size_t)j * (size_t)q->width;
            for (n = 1; i + n < q->width && (row[i + n] & 1) == (row[i] & 1); n++) {
            }
            if (row[i] & 1)
                cairo_rectangle(cr, x + i * module, y + j * module, n * module, module);
        }
    rk_canvas_grey(cr, 0);
    cairo_fill(cr);
}

static void caption(rk_printer *p, cairo_t *cr, uint32_t page, const rk_print_station *s) {
    static const char *const line[] = {"{kode_tps}", "{tps} · hal. {halaman}/{jumlah_halaman}",
                                       "{desa}", "{kecamatan}", "{kabupaten}, {provinsi}"};
    const rk_sheet_page *g = &p->form->page[page];
    double wide = 1.4 * g->qr.side, size = 0.08 * g->qr.side;
    rk_draw_item t = {.x = g->qr.x + g->qr.side / 2 - wide / 2,
                      .w = wide,
                      .size = size,
                      .align = RK_CENTRE,
                      .rows = 1,
                      .y = g->qr.y + g->qr.side * 1.17 + size / 2};
    rk_buf b;
    rk_buf_init(&b, 4 * RK_NAME_MAX);
    if (t.x + t.w > g->w) t.x = g->w - t.w;
    for (size_t i = 0; i < sizeof line / sizeof *line; i++) {
        rk_buf_clear(&b);
        rk_draw_fill_in(p, page, s, rk_slice_str(line[i]), &b);
        t.bold = i < 2;
        rk_canvas_text(cr, &t, rk_buf_slice(&b));
        t.y += 1.3 * size;
    }
    rk_buf_free(&b);
}

rk_status rk_printer_check(const rk_printer *p, const rk_print_station *s, rk_err *err) {
    if (!s) return RK_OK;
    rk_page_id id = {s->election, p->contest, s->tps, 1}, again;
    rk_buf text;
    rk_buf_init(&text, RK_PAGE_ID_MAX);
    rk_page_id_put(&id, &text);
    bool ok = !text.failed && rk_page_id_parse(rk_buf_slice(&text), &again);
    rk_buf_free(&text);
    if (ok) return RK_OK;
    return rk_fail(err, RK_BAD_INPUT,
                   "election '%.*s', contest '%.*s' and TPS '%.*s' make no QR code that the "
                   "reader takes: only letters, digits, '-', '_' and '.'",
                   RK_FMT(rk_code_slice(&s->election)), RK_FMT(rk_code_slice(&p->contest)),
                   RK_FMT(rk_code_slice(&s->tps)));
}

static void draw_qr(rk_printer *p, cairo_t *cr, uint32_t page, const rk_print_station *s) {
    const rk_sheet_page *g = &p->form->page[page];
    rk_page_id id = {s->election, p->contest, s->tps, g->number}, again;
    rk_buf text;
    rk_buf_init(&text, RK_PAGE_ID_MAX);
    rk_page_id_put(&id, &text);
    RK_ASSERT(rk_page_id_parse(rk_buf_slice(&text), &again) && again.page == id.page);
    QRcode *q =
        QRcode_encodeData((int)text.len, (const unsigned char *)text.ptr, 0, QR_ECLEVEL_M);
    RK_ASSERT(q); /* at most RK_PAGE_ID_MAX bytes: some version holds them */
    draw_code(cr, q, g->qr.x, g->qr.y, g->qr.side);
    QRcode_free(q);
    rk_buf_free(&text);
    caption(p, cr, page, s);
}

/* A form without a station is for drawing up, training, looking at: nobody can say whose it is.
 */
static void draw_no_qr(const rk_sheet_page *g, cairo_t *cr) {
    double s = g->qr.side;
    rk_draw_item frame = {.kind = RK_DRAW_RECT,
                          .x = g->qr.x,
                          .y = g->qr.y,
                          .w = s,
                          .h = s,
                          .line = 0.2,
                          .grey = 0.7,
                          .fill = -1},
                 t = {.x = g->qr.x,
                      .y = g->qr.y + s / 2,
                      .w = s,
                      .size = 0.13 * s,
                      .grey = 0.6,
                      .align = RK_CENTRE,
                      .rows = 3};
    rk_canvas_item(cr, &frame);
    rk_canvas_text(cr, &t, RK_LIT("TANPA KODE TPS"));
}

/* ===== a page ===== */

void rk_draw_station(rk_printer *p, cairo_t *cr, uint32_t page, const rk_print_station *s) {
    rk_buf text;
    rk_buf_init(&text, 8 * RK_NAME_MAX);
    for (uint32_t i = p->drawing.first[page]; i < p->drawing.first[page + 1]; i++) {
        const rk_draw_item *t = &p->drawing.item[i];
        if (!t->of_station) continue;
        rk_draw_item dots = {.kind = RK_DRAW_LINE,
                             .x = t->x,
                             .y = t->y + 0.45 * t->size,
                             .w = t->w,
                             .dotted = true};
        rk_buf_clear(&text);
        if (s) rk_draw_fill_in(p, page, s, t->text, &text);
        s ? rk_canvas_text(cr, t, rk_buf_slice(&text)) : rk_canvas_item(cr, &dots);
    }
    rk_buf_free(&text);
    if (p->form->page[page].qr.side <= 0) return;
    s ? draw_qr(p, cr, page, s) : draw_no_qr(&p->form->page[page], cr);
}
