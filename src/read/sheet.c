/* Parsing is strict: an unknown key is an error, because a misspelt one would silently change
 * what is read. The parsed JSON stays alive as the owner of all text. */
#include "read/sheet.h"

#include "base/mem.h"
#include "base/num.h"
#include "read/formjson.h"

#include <math.h>
#include <stdlib.h>

/* ===== one value ===== */

static rk_status size_of(json_t *o, const char *key, double *w, double *h, rk_err *err) {
    json_t *a = json_object_get(o, key);
    if (!json_is_array(a) || json_array_size(a) != 2)
        return rk_fail(err, RK_BAD_INPUT, "\"%s\" must be [width, height] in millimetres", key);
    RK_TRY(rk_fj_mm(json_array_get(a, 0), key, 10, w, err));
    return rk_fj_mm(json_array_get(a, 1), key, 10, h, err);
}

/* ===== marks of a page ===== */

static rk_status inside(const rk_sheet_page *p, const char *what, double x0, double y0,
                        double x1, double y1, rk_err *err) {
    if (x0 >= 0 && y0 >= 0 && x1 <= p->w && y1 <= p->h) return RK_OK;
    return rk_fail(err, RK_BAD_INPUT, "%s at (%g, %g) of page %u reaches over the page's edge",
                   what, x0, y0, p->number);
}

static rk_status read_tag(rk_sheet *f, uint32_t page, json_t *o, rk_err *err) {
    static const char *const keys[] = {"id", "x", "y", "sisi", NULL};
    rk_sheet_tag t = {.page = page};
    const rk_sheet_page *p = &f->page[page];
    RK_TRY(rk_fj_keys(o, "a tag", keys, err));
    RK_TRY(rk_fj_whole(o, "id", 0, 2319, &t.id, err)); /* tag36h10 has 2320, tag36h11 587 */
    if (f->family == RK_TAG36H11 && t.id > 586)
        return rk_fail(err, RK_BAD_INPUT, "tag36h11 has no tag %u (0 to 586)", t.id);
    RK_TRY(rk_fj_mm_of(o, "x", 0, &t.x, err));
    RK_TRY(rk_fj_mm_of(o, "y", 0, &t.y, err));
    RK_TRY(rk_fj_mm_of(o, "sisi", 2, &t.side, err));
    RK_TRY(inside(p, "a tag", t.x, t.y, t.x + t.side, t.y + t.side, err));
    if (rk_sheet_tag_find(f, t.id))
        return rk_fail(err, RK_BAD_INPUT, "tag %u is on the form twice", t.id);
    RK_ASSERT(f->n_tag < RK_SHEET_PAGES_MAX * RK_SHEET_TAGS_MAX);
    f->tag[f->n_tag++] = t;
    return RK_OK;
}

static rk_status read_mark(rk_sheet *f, uint32_t page, json_t *o, rk_err *err) {
    static const char *const keys[] = {"x", "y", "sisi", "petak", NULL};
    rk_sheet_mark m = {0};
    RK_TRY(rk_fj_keys(o, "a corner mark", keys, err));
    RK_TRY(rk_fj_mm_of(o, "x", 0, &m.x, err));
    RK_TRY(rk_fj_mm_of(o, "y", 0, &m.y, err));
    RK_TRY(rk_fj_mm_of(o, "sisi", 2, &m.side, err));
    RK_TRY(rk_fj_mm_of(o, "petak", 1, &m.part, err));
    if (m.part > m.side)
        return rk_fail(err, RK_BAD_INPUT, "\"petak\" of a corner mark is larger than \"sisi\"");
    RK_TRY(inside(&f->page[page], "a corner mark", m.x, m.y, m.x + m.side, m.y + m.side, err));
    f->mark[f->n_mark++] = m;
    return RK_OK;
}

static rk_status read_qr(rk_sheet_page *p, json_t *o, rk_err *err) {
    static const char *const keys[] = {"x", "y", "sisi", NULL};
    if (!o) return RK_OK;
    RK_TRY(rk_fj_keys(o, "\"qr\"", keys, err));
    RK_TRY(rk_fj_mm_of(o, "x", 0, &p->qr.x, err));
    RK_TRY(rk_fj_mm_of(o, "y", 0, &p->qr.y, err));
    RK_TRY(rk_fj_mm_of(o, "sisi", 5, &p->qr.side, err));
    return inside(p, "the QR code", p->qr.x, p->qr.y, p->qr.x + p->qr.side,
                  p->qr.y + p->qr.side, err);
}

/* ===== fields ===== */

static rk_status read_box(const rk_sheet_page *p, json_t *a, rk_sheet_box *b, rk_err *err) {
    if (!json_is_array(a) || json_array_size(a) != 4)
        return rk_fail(err, RK_BAD_INPUT, "a box of \"kotak\" must be [x, y, width, height]");
    RK_TRY(rk_fj_mm(json_array_get(a, 0), "x of a box", 0, &b->x, err));
    RK_TRY(rk_fj_mm(json_array_get(a, 1), "y of a box", 0, &b->y, err));
    RK_TRY(rk_fj_mm(json_array_get(a, 2), "the width of a box", 2, &b->w, err));
    RK_TRY(rk_fj_mm(json_array_get(a, 3), "the height of a box", 2, &b->h, err));
    return inside(p, "a box", b->x, b->y, b->x + b->w, b->y + b->h, err);
}

static rk_status step_of(json_t *o, const char *key, double *out, rk_err *err) {
    json_t *v = json_object_get(o, key);
    *out = json_number_value(v);
    if ((v && !json_is_number(v)) || !(fabs(*out) <= RK_SHEET_MM_MAX))
        return rk_fail(err, RK_BAD_INPUT, "\"%s\" of \"bulatan\" must be millimetres", key);
    return RK_OK;
}

static rk_status read_bubbles(const rk_sheet_page *p, json_t *o, rk_sheet_bubbles *b,
                              rk_err *err) {
    static const char *const keys[] = {"x", "y", "dx", "dy", "diameter", NULL};
    RK_TRY(rk_fj_keys(o, "\"bulatan\"", keys, err));
    RK_TRY(rk_fj_mm_of(o, "x", 0, &b->x, err));
    RK_TRY(rk_fj_mm_of(o, "y", 0, &b->y, err));
    RK_TRY(step_of(o, "dx", &b->dx, err));
    RK_TRY(step_of(o, "dy", &b->dy, err));
    RK_TRY(rk_fj_mm_of(o, "diameter", 1, &b->diameter, err));
    if (hypot(b->dx, b->dy) < b->diameter)
        return rk_fail(err, RK_BAD_INPUT,
                       "bubbles overlap: \"dx\"/\"dy\" are shorter than \"diameter\"");
    double r = b->diameter / 2, x1 = b->x + 9 * b->dx, y1 = b->y + 9 * b->dy;
    return inside(p, "a bubble", fmin(b->x, x1) - r, fmin(b->y, y1) - r, fmax(b->x, x1) + r,
                  fmax(b->y, y1) + r, err);
}

static rk_status read_boxes(rk_sheet *f, rk_sheet_field *x, json_t *o, rk_err *err) {
    json_t *boxes, *bubbles;
    const rk_sheet_page *p = &f->page[x->page];
    RK_TRY(rk_fj_list(o, "kotak", 1, RK_SHEET_BOXES_MAX, &boxes, err));
    RK_TRY(rk_fj_list(o, "bulatan", 0, RK_SHEET_BOXES_MAX, &bubbles, err));
    x->n_box = (uint32_t)json_array_size(boxes);
    x->first_box = f->n_box;
    x->bubbles = bubbles != NULL;
    if (bubbles && json_array_size(bubbles) != x->n_box)
        return rk_fail(err, RK_BAD_INPUT,
                       "\"%.*s\" has %u boxes, so \"bulatan\" needs as many entries",
                       RK_FMT(x->name), x->n_box);
    f->box = rk_realloc(f->box, f->n_box + x->n_box, sizeof *f->box);
    for (uint32_t i = 0; i < x->n_box; i++) {
        rk_sheet_box b = {0};
        RK_TRY(read_box(p, json_array_get(boxes, i), &b, err));
        if (bubbles) RK_TRY(read_bubbles(p, json_array_get(bubbles, i), &b.bubbles, err));
        f->box[f->n_box++] = b;
    }
    return RK_OK;
}

static rk_status read_field(rk_sheet *f, uint32_t page, json_t *o, rk_err *err) {
    static const char *const keys[] = {"nama",  "kolom",   "bagian",  "label",
                                       "kotak", "bulatan", "panduan", NULL};
    rk_sheet_field x = {.page = page};
    RK_TRY(rk_fj_keys(o, "a field", keys, err));
    RK_TRY(rk_fj_name(o, "nama", true, &x.name, err));
    RK_TRY(rk_fj_name(o, "kolom", false, &x.column, err));
    RK_TRY(rk_fj_text(o, "bagian", false, &x.section, err));
    RK_TRY(rk_fj_text(o, "label", false, &x.label, err));
    if (!x.column.len) x.column = x.name;
    x.guide = json_is_true(json_object_get(o, "panduan"));
    if (rk_sheet_field_find(f, x.name) != UINT32_MAX)
        return rk_fail(err, RK_BAD_INPUT, "field \"%.*s\" is on the form twice",
                       RK_FMT(x.name));
    if (f->n_field == RK_COLUMNS_MAX)
        return rk_fail(err, RK_LIMIT, "more than %u figures on a form", RK_COLUMNS_MAX);
    RK_TRY(read_boxes(f, &x, o, err));
    f->field[f->n_field++] = x;
    return RK_OK;
}

/* ===== pages ===== */

/* Two corner marks or tags at least: with one small tag alone a page is not laid out exactly.
 */
static rk_status read_marks(rk_sheet *f, uint32_t page, json_t *o, rk_err *err) {
    json_t *tags, *marks, *v;
    size_t i;
    rk_sheet_page *p = &f->page[page];
    RK_TRY(rk_fj_list(o, "tag", 1, RK_SHEET_TAGS_MAX, &tags, err));
    RK_TRY(rk_fj_list(o, "sudut", 0, RK_SHEET_TAGS_MAX, &marks, err));
    p->first_tag = f->n_tag, p->first_mark = f->n_mark;
    json_array_foreach(tags, i, v) RK_TRY(read_tag(f, page, v, err));
    json_array_foreach(marks, i, v) RK_TRY(read_mark(f, page, v, err));
    p->n_tag = f->n_tag - p->first_tag, p->n_mark = f->n_mark - p->first_mark;
    if (p->n_tag + p->n_mark < 4)
        return rk_fail(
            err, RK_BAD_INPUT,
            "page %u has %u tags and %u corner marks: four together at least, in its "
            "corners",
            p->number, p->n_tag, p->n_mark);
    return read_qr(p, json_object_get(o, "qr"), err);
}

static rk_status read_page(rk_sheet *f, double w, double h, json_t *o, rk_err *err) {
    static const char *const keys[] = {"nomor", "ukuran", "tag",    "sudut",
                                       "qr",    "medan",  "gambar", NULL};
    json_t *fields, *v;
    size_t i;
    uint32_t page = f->n_page, first_box = f->n_box;
    rk_sheet_page *p = &f->page[page];
    *p = (rk_sheet_page){.w = w, .h = h};
    f->n_page++;
    RK_TRY(rk_fj_keys(o, "a page", keys, err));
    RK_TRY(rk_fj_whole(o, "nomor", 1, 999, &p->number, err));
    for (uint32_t k = 0; k < page; k++)
        if (f->page[k].number == p->number)
            return rk_fail(err, RK_BAD_INPUT, "page %u is described twice", p->number);
    if (json_object_get(o, "ukuran")) RK_TRY(size_of(o, "ukuran", &p->w, &p->h, err));
    RK_TRY(read_marks(f, page, o, err));
    RK_TRY(rk_fj_list(o, "medan", 0, RK_COLUMNS_MAX, &fields, err));
    p->first_field = f->n_field;
    json_array_foreach(fields, i, v) RK_TRY(read_field(f, page, v, err));
    p->n_field = f->n_field - p->first_field;
    if (f->n_box - first_box > RK_PAGE_BOXES_MAX)
        return rk_fail(err, RK_LIMIT, "more than %u boxes on page %u", RK_PAGE_BOXES_MAX,
                       p->number);
    return RK_OK;
}

static rk_status read_pages(rk_sheet *f, double w, double h, json_t *o, rk_err *err) {
    json_t *pages, *v;
    size_t i;
    RK_TRY(rk_fj_list(o, "halaman", 1, RK_SHEET_PAGES_MAX, &pages, err));
    size_t n = json_array_size(pages);
    f->page = rk_calloc(n, sizeof *f->page);
    f->tag = rk_calloc(n * RK_SHEET_TAGS_MAX, sizeof *f->tag);
    f->mark = rk_calloc(n * RK_SHEET_TAGS_MAX, sizeof *f->mark);
    f->field = rk_calloc(RK_COLUMNS_MAX, sizeof *f->field);
    json_array_foreach(pages, i, v) RK_TRY(read_page(f, w, h, v, err));
    return RK_OK;
}

/* ===== sums ===== */

static rk_status read_term(rk_sheet *f, rk_slice word, rk_slice whole, rk_err *err) {
    uint64_t number = 0;
    rk_sheet_term t = {.field = RK_SHEET_CONST};
    if (rk_num_parse(word, RK_VALUE_MAX, &number))
        t.number = (uint32_t)number;
    else if ((t.field = rk_sheet_field_find(f, word)) == UINT32_MAX)
        return rk_fail(err, RK_BAD_INPUT,
                       "\"%.*s\" in \"cek\" \"%.*s\" is neither a field of the form nor a "
                       "number",
                       (int)(word.len < 60 ? word.len : 60), word.ptr ? word.ptr : "",
                       (int)(whole.len < 120 ? whole.len : 120), whole.ptr);
    if (f->n_term == RK_SHEET_TERMS_MAX)
        return rk_fail(err, RK_LIMIT, "more than %u terms in \"cek\"", RK_SHEET_TERMS_MAX);
    f->term[f->n_term++] = t;
    return RK_OK;
}

static rk_status read_side(rk_sheet *f, rk_slice side, rk_slice whole, rk_err *err) {
    rk_slice word;
    while (rk_slice_cut(&side, '+', &word))
        RK_TRY(read_term(f, rk_slice_trim(word), whole, err));
    return RK_OK;
}

static rk_status read_check(rk_sheet *f, json_t *v, rk_err *err) {
    rk_sheet_check c = {0};
    if (!json_is_string(v))
        return rk_fail(err, RK_BAD_INPUT, "\"cek\" must be a list of texts like \"a = b + c\"");
    c.text = (rk_slice){json_string_value(v), json_string_length(v)};
    const char *eq = c.text.len ? memchr(c.text.ptr, '=', c.text.len) : NULL;
    if (!eq || c.text.len > RK_SHEET_FILE_MAX)
        return rk_fail(err, RK_BAD_INPUT, "\"cek\" \"%.*s\" has neither = nor <=",
                       (int)(c.text.len < 120 ? c.text.len : 120), c.text.ptr);
    size_t left = (size_t)(eq - c.text.ptr);
    rk_slice right = rk_slice_from(c.text, left + 1);
    c.equal = !(left > 0 && eq[-1] == '<');
    c.first_left = f->n_term;
    RK_TRY(read_side(f, (rk_slice){c.text.ptr, left - (c.equal ? 0 : 1)}, c.text, err));
    c.n_left = f->n_term - c.first_left, c.first_right = f->n_term;
    RK_TRY(read_side(f, right, c.text, err));
    c.n_right = f->n_term - c.first_right;
    f->check[f->n_check++] = c;
    return RK_OK;
}

static rk_status read_checks(rk_sheet *f, json_t *o, rk_err *err) {
    json_t *checks, *v;
    size_t i;
    RK_TRY(rk_fj_list(o, "cek", 0, RK_SHEET_CHECKS_MAX, &checks, err));
    f->check = rk_calloc(json_array_size(checks) + 1, sizeof *f->check);
    f->term = rk_calloc(RK_SHEET_TERMS_MAX, sizeof *f->term);
    json_array_foreach(checks, i, v) RK_TRY(read_check(f, v, err));
    return RK_OK;
}

/* ===== the file ===== */

static rk_status read_form(rk_sheet *f, json_t *o, rk_err *err) {
    static const char *const keys[] = {"format", "kode",         "nama",    "kontes",
                                       "ukuran", "keluarga_tag", "bingkai", "halaman",
                                       "cek",    "gambar",       NULL};
    rk_slice format, family;
    double w, h;
    RK_TRY(rk_fj_keys(o, "the head", keys, err));
    RK_TRY(rk_fj_text(o, "format", true, &format, err));
    if (!rk_slice_is(format, "rekap-formulir-1"))
        return rk_fail(err, RK_BAD_INPUT,
                       "\"format\" is \"%.*s\", not \"rekap-formulir-1\": not a form file, or "
                       "one of a newer rekap",
                       (int)(format.len < 60 ? format.len : 60), format.ptr);
    RK_TRY(rk_fj_name(o, "kode", true, &f->code, err));
    RK_TRY(rk_fj_text(o, "nama", true, &f->name, err));
    RK_TRY(rk_fj_name(o, "kontes", true, &f->contest, err));
    RK_TRY(size_of(o, "ukuran", &w, &h, err));
    RK_TRY(rk_fj_mm_of(o, "bingkai", 0.1, &f->frame, err));
    RK_TRY(rk_fj_text(o, "keluarga_tag", true, &family, err));
    f->family = rk_slice_is(family, "tag36h11") ? RK_TAG36H11 : RK_TAG36H10;
    if (f->family == RK_TAG36H10 && !rk_slice_is(family, "tag36h10"))
        return rk_fail(err, RK_BAD_INPUT, "\"keluarga_tag\" must be tag36h10 or tag36h11");
    RK_TRY(read_pages(f, w, h, o, err));
    return read_checks(f, o, err);
}

rk_status rk_sheet_parse(rk_slice s, rk_sheet **out, rk_err *err) {
    json_error_t je;
    *out = NULL;
    if (s.len > RK_SHEET_FILE_MAX)
        return rk_fail(err, RK_LIMIT, "the form file is over %u bytes", RK_SHEET_FILE_MAX);
    json_t *json = json_loadb(s.ptr ? s.ptr : "", s.len, JSON_REJECT_DUPLICATES, &je);
    if (!json)
        return rk_fail_at(err, RK_BAD_INPUT, je.line > 0 ? (size_t)je.line : 0,
                          je.column > 0 ? (size_t)je.column : 0,
                          "the form file is not a JSON object: %s", je.text);
    rk_sheet *f = rk_alloc(sizeof *f);
    f->json = json;
    rk_status st = read_form(f, json, err);
    if (st == RK_OK)
        *out = f;
    else
        rk_sheet_free(&f);
    return st;
}

void rk_sheet_free(rk_sheet **f) {
    if (!*f) return;
    rk_free((*f)->page);
    rk_free((*f)->tag);
    rk_free((*f)->mark);
    rk_free((*f)->field);
    rk_free((*f)->box);
    rk_free((*f)->check);
    rk_free((*f)->term);
    json_decref((*f)->json);
    rk_free(*f);
    *f = NULL;
}

const rk_sheet_tag *rk_sheet_tag_find(const rk_sheet *f, uint32_t id) {
    for (uint32_t i = 0; i < f->n_tag; i++)
        if (f->tag[i].id == id) return &f->tag[i];
    return NULL;
}

uint32_t rk_sheet_field_find(const rk_sheet *f, rk_slice name) {
    for (uint32_t i = 0; i < f->n_field; i++)
        if (rk_slice_eq(f->field[i].name, name)) return i;
    return UINT32_MAX;
}

extern const char rk_sheet_ppwp_2024[];
extern const size_t rk_sheet_ppwp_2024_len;

rk_slice rk_sheet_shipped(rk_slice code) {
    if (rk_slice_is(code, "ppwp-2024"))
        return (rk_slice){rk_sheet_ppwp_2024, rk_sheet_ppwp_2024_len};
    return (rk_slice){0};
}
