/* What a form's `gambar` may say, and that what is drawn is what the reader finds: drawn on a
 * picture, photographed at a slant, found with every frame where it is. */
#define PAPER_PER_MM 6.0
#include "../../paper.h"

#include "print/drawing.h"
#include "print/draw.h"
#include "read/qr.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* A4, four tags, a QR code, two figures; GAMBAR goes into the page. */
#define FORM(gambar)                                                                           \
    "{\"format\":\"rekap-formulir-1\",\"kode\":\"uji\",\"nama\":\"Uji\",\"kontes\":\"ppwp\","  \
    "\"ukuran\":[210,297],\"keluarga_tag\":\"tag36h10\",\"bingkai\":0.6,\"halaman\":[{"        \
    "\"nomor\":1,\"qr\":{\"x\":140,\"y\":12,\"sisi\":26},"                                     \
    "\"tag\":[{\"id\":300,\"x\":8,\"y\":8,\"sisi\":14},{\"id\":301,\"x\":188,\"y\":8,"         \
    "\"sisi\":14},{\"id\":302,\"x\":188,\"y\":275,\"sisi\":14},{\"id\":303,\"x\":8,\"y\":275," \
    "\"sisi\":14}],\"medan\":[{\"nama\":\"a\",\"label\":\"Angka\",\"panduan\":true,"           \
    "\"kotak\":[[60,90,9,9],[71,90,9,9],[82,90,9,9]],\"bulatan\":[{\"x\":100,\"y\":88,"        \
    "\"dx\":5,\"diameter\":4},{\"x\":100,\"y\":94,\"dx\":5,\"diameter\":4},{\"x\":100,"        \
    "\"y\":100,\"dx\":5,\"diameter\":4}]},{\"nama\":\"b\",\"label\":\"Lain\","                 \
    "\"kotak\":[[60,130,9,9],[71,130,9,9]]}]" gambar "}]}"

static rk_status parse(const char *json, rk_sheet **f, rk_drawing *d) {
    rk_err err = RK_ERR_INIT;
    assert_int_equal(rk_sheet_parse(rk_slice_str(json), f, &err), RK_OK);
    return rk_drawing_parse(*f, d, &err);
}

static void refused(const char *json, rk_status why) {
    rk_sheet *f;
    rk_drawing d;
    assert_int_equal(parse(json, &f, &d), why);
    assert_null(d.item);
    rk_sheet_free(&f);
}

static void items(void **state) {
    rk_sheet *f;
    rk_drawing d;
    (void)state;
    assert_int_equal(
        parse(
            FORM(",\"gambar\":[{\"teks\":\"{desa}, hal. "
                 "{halaman}\",\"x\":10,\"y\":20,\"lebar\":50,"
                 "\"tinggi\":3,\"rata\":\"kanan\",\"gaya\":\"tebal\"},{\"garis\":[10,30,90,30],"
                 "\"titik\":true},{\"persegi\":[10,40,20,5],\"isi\":0.9,\"tebal\":0},{\"kisi\":"
                 "[10,50,60,20],\"kolom\":12,\"baris\":5}]"),
            &f, &d),
        RK_OK);
    assert_true(d.any && d.n == 4);
    assert_true(d.item[0].of_station && d.item[0].bold && d.item[0].align == RK_RIGHT);
    assert_true(d.item[1].kind == RK_DRAW_LINE && d.item[1].dotted && d.item[1].w == 80);
    assert_true(d.item[2].kind == RK_DRAW_RECT && d.item[2].fill > 0.89 && d.item[2].line == 0);
    assert_true(d.item[3].kind == RK_DRAW_GRID && d.item[3].cols == 12 && d.item[3].rows == 5);
    rk_drawing_free(&d);
    rk_sheet_free(&f);
    refused(FORM(",\"gambar\":[{\"teks\":\"a\",\"x\":1,\"y\":2,\"tinggi\":3,\"warna\":1}]"),
            RK_BAD_INPUT);
    refused(FORM(",\"gambar\":[{\"teks\":\"a\",\"x\":1,\"y\":2}]"), RK_BAD_INPUT);
    refused(FORM(",\"gambar\":[{\"garis\":[1,2,3]}]"), RK_BAD_INPUT);
    refused(FORM(",\"gambar\":[{\"persegi\":[1,2,3,4],\"isi\":2}]"), RK_BAD_INPUT);
    refused(FORM(",\"gambar\":[{}]"), RK_BAD_INPUT);
    refused(FORM(",\"gambar\":[7]"), RK_BAD_INPUT);
}

static rk_print_station station(const char *tps) {
    rk_print_station s = {.tps_name = RK_LIT("TPS 001"),
                          .desa = RK_LIT("Mekarsari \xe2\x80\x93 Ilir"),
                          .kecamatan = RK_LIT("Rawa"),
                          .kabupaten = RK_LIT("Contoh"),
                          .provinsi = RK_LIT("Uji")};
    assert_true(rk_code_of(RK_LIT("uji2029"), &s.election));
    assert_true(rk_code_of(rk_slice_str(tps), &s.tps));
    return s;
}

static void codes(void **state) {
    rk_sheet *f;
    rk_printer *p;
    (void)state;
    assert_int_equal(rk_sheet_parse(rk_slice_str(FORM("")), &f, NULL), RK_OK);
    assert_int_equal(rk_printer_new(f, &p, NULL), RK_OK);
    assert_true(rk_printer_has_qr(p));
    rk_print_station s = station("3201.01-POS_1");
    assert_int_equal(rk_printer_check(p, &s, NULL), RK_OK);
    s = station("99 01");
    rk_err err = RK_ERR_INIT;
    assert_int_equal(rk_printer_check(p, &s, &err), RK_BAD_INPUT);
    assert_non_null(strstr(err.text, "99 01"));
    rk_printer_free(&p);
    rk_sheet_free(&f);
}

/* The page as drawn, in the hand of the test. */
static paper drawn(rk_printer *p, const rk_sheet *f, uint32_t page, const rk_print_station *s) {
    paper out = {NULL, (uint32_t)(f->page[page].w * PAPER_PER_MM),
                 (uint32_t)(f->page[page].h * PAPER_PER_MM)};
    cairo_surface_t *im =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)out.w, (int)out.h);
    cairo_t *cr = cairo_create(im);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    cairo_scale(cr, PAPER_PER_MM, PAPER_PER_MM);
    rk_printer_page(p, cr, page, s);
    assert_int_equal(cairo_status(cr), CAIRO_STATUS_SUCCESS);
    cairo_destroy(cr);
    cairo_surface_flush(im);
    out.px = rk_calloc(out.w, out.h);
    for (uint32_t y = 0; y < out.h; y++)
        for (uint32_t x = 0; x < out.w; x++)
            out.px[(size_t)y * out.w + x] = cairo_image_surface_get_data(
                im)[(size_t)y * (size_t)cairo_image_surface_get_stride(im) + 4 * (size_t)x];
    cairo_surface_destroy(im);
    return out;
}

static void reader_finds(void **state) {
    rk_sheet *f;
    rk_printer *p;
    (void)state;
    assert_int_equal(rk_sheet_parse(rk_slice_str(FORM("")), &f, NULL), RK_OK);
    assert_int_equal(rk_printer_new(f, &p, NULL), RK_OK);
    rk_print_station s = station("1101012001001");
    paper page = drawn(p, f, 0, &s);
    for (uint32_t i = 0; i < 3; i++) /* the bubbles of 3, 1, 4 */
        paper_disc(&page,
                   f->box[i].bubbles.x + 5 * (i == 0   ? 3
                                              : i == 1 ? 1
                                                       : 4),
                   f->box[i].bubbles.y, 0, 1.8, 60);
    shot shoot = {
        1500,
        2000,
        paper_corners(210, 297, (const double[8]){120, 90, 1390, 150, 1340, 1900, 80, 1820}),
        NULL,
        220,
        0.95,
        0.2,
        1};
    rk_grey g = paper_shoot(&page, &shoot);
    rk_tagger *t = rk_tagger_new(RK_TAG36H10);
    rk_reader r = {f, t, NULL};
    rk_page_reading *out = rk_alloc(sizeof *out);
    if (!rk_page_find(&r, &g, out) || !rk_page_cut(&r, &g, out))
        fail_msg("refused: %s", rk_refusal_name(out->refusal));
    assert_int_equal(out->anchors, 4);
    assert_int_equal(out->frames, 5);
    for (uint32_t i = 0; i < out->n_box; i++) {
        rk_point want = rk_homography_map(&shoot.to_px, (rk_point){f->box[i].x, f->box[i].y}),
                 got = out->box[i].quad.corner[0];
        assert_true(hypot(want.x - got.x, want.y - got.y) < 1.5);
    }
    static const uint8_t digit[3] = {3, 1, 4};
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(out->box[i].bubbles.state, RK_BUBBLES_ONE);
        assert_int_equal(out->box[i].bubbles.digit, digit[i]);
    }
    assert_true(out->has_id);
    assert_true(rk_code_eq(&out->id.tps, &s.tps) && rk_code_eq(&out->id.election, &s.election));
    rk_free(out);
    rk_tagger_free(&t);
    rk_free(page.px);
    rk_free((void *)(uintptr_t)g.px);
    rk_printer_free(&p);
    rk_sheet_free(&f);
}

/* Cut off in the middle, at the end, or at once: no crash, the sink's own error comes back. */
static size_t room;
static rk_status full(void *ctx, rk_slice b, rk_err *err) {
    (void)ctx;
    if (b.len > room) return rk_fail(err, RK_IO, "the disk is full");
    room -= b.len;
    return RK_OK;
}

static void full_disk(void **state) {
    rk_sheet *f;
    (void)state;
    assert_int_equal(rk_sheet_parse(rk_slice_str(FORM("")), &f, NULL), RK_OK);
    for (size_t most = 0; most < 40000; most += 700) {
        rk_printer *p;
        rk_err err = RK_ERR_INIT;
        rk_sink to = {full, NULL};
        assert_int_equal(rk_printer_new(f, &p, NULL), RK_OK);
        room = most;
        rk_status st = rk_printer_pdf_begin(p, &to, &err);
        for (int i = 0; i < 20 && st == RK_OK; i++) st = rk_printer_pdf_form(p, NULL, &err);
        if (st == RK_OK) st = rk_printer_pdf_end(p, &err);
        assert_true(most > 12000 || st == RK_IO);
        if (st != RK_OK) assert_string_equal(err.text, "the disk is full");
        rk_printer_free(&p);
    }
    rk_sheet_free(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items),
        cmocka_unit_test(codes),
        cmocka_unit_test(reader_finds),
        cmocka_unit_test(full_disk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
