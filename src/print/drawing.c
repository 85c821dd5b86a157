#include "print/drawing.h"

#include "base/mem.h"
#include "read/formjson.h"

/* ===== placeholders ===== */

static const struct {
    const char *name;
    bool of_station;
} PLACE[] = {{"tps", true},       {"kode_tps", true},        {"desa", true},
             {"kecamatan", true}, {"kabupaten", true},       {"provinsi", true},
             {"halaman", false},  {"jumlah_halaman", false}, {"nama", false},
             {"kode", false}};

static bool known(rk_slice name, bool *of_station) {
    for (size_t i = 0; i < sizeof PLACE / sizeof *PLACE; i++)
        if (rk_slice_is(name, PLACE[i].name)) {
            *of_station = PLACE[i].of_station;
            return true;
        }
    return false;
}

bool rk_drawing_piece(rk_slice *rest, rk_slice *plain, rk_slice *name) {
    bool station;
    *plain = (rk_slice){rest->ptr, 0}, *name = (rk_slice){0};
    if (!rest->len) return false;
    for (size_t i = 0; i < rest->len; i++) {
        if (rest->ptr[i] != '{') continue;
        const char *end = memchr(rest->ptr + i, '}', rest->len - i);
        if (!end) break;
        rk_slice word = {rest->ptr + i + 1, (size_t)(end - rest->ptr) - i - 1};
        if (!known(word, &station)) continue;
        if (i == 0) {
            *name = word;
            *rest = rk_slice_from(*rest, word.len + 2);
        } else {
            plain->len = i;
            *rest = rk_slice_from(*rest, i);
        }
        return true;
    }
    *plain = *rest;
    *rest = (rk_slice){0};
    return true;
}

static bool of_station(rk_slice text) {
    rk_slice plain, name;
    bool station = false, any = false;
    while (rk_drawing_piece(&text, &plain, &name))
        any |= name.len && known(name, &station) && station;
    return any;
}

/* ===== items ===== */

static rk_status mm_if(json_t *o, const char *key, double *out, rk_err *err) {
    return json_object_get(o, key) ? rk_fj_mm_of(o, key, 0, out, err) : RK_OK;
}

/* A grey from 0 (black) to 1 (white). */
static rk_status grey_if(json_t *o, const char *key, double *out, rk_err *err) {
    json_t *v = json_object_get(o, key);
    if (!v) return RK_OK;
    *out = json_number_value(v);
    if (!json_is_number(v) || !(*out >= 0 && *out <= 1))
        return rk_fail(err, RK_BAD_INPUT, "\"%s\" must be a grey from 0 (black) to 1 (white)",
                       key);
    return RK_OK;
}

static rk_status four(json_t *o, const char *key, double v[4], rk_err *err) {
    json_t *a = json_object_get(o, key);
    if (!json_is_array(a) || json_array_size(a) != 4)
        return rk_fail(err, RK_BAD_INPUT, "\"%s\" must be four lengths in millimetres", key);
    for (size_t i = 0; i < 4; i++) RK_TRY(rk_fj_mm(json_array_get(a, i), key, 0, &v[i], err));
    return RK_OK;
}

static rk_status word_of(json_t *o, const char *key, const char *const word[3], uint32_t *out,
                         rk_err *err) {
    rk_slice s;
    RK_TRY(rk_fj_text(o, key, false, &s, err));
    for (*out = 0; s.len && *out < 3; ++*out)
        if (rk_slice_is(s, word[*out])) return RK_OK;
    if (!s.len) return RK_OK;
    return rk_fail(err, RK_BAD_INPUT, "\"%s\" must be %s, %s or %s", key, word[0], word[1],
                   word[2]);
}

static rk_status read_text(json_t *o, rk_draw_item *x, rk_err *err) {
    static const char *const keys[] = {"teks", "x",    "y",   "lebar", "tinggi",
                                       "rata", "gaya", "abu", "baris", NULL};
    static const char *const align[] = {"kiri", "tengah", "kanan"}, *const style[] = {"biasa",
                                                                                      "tebal",
                                                                                      "miring"};
    uint32_t a, s;
    RK_TRY(rk_fj_keys(o, "a text of \"gambar\"", keys, err));
    RK_TRY(rk_fj_text(o, "teks", true, &x->text, err));
    RK_TRY(rk_fj_mm_of(o, "x", 0, &x->x, err));
    RK_TRY(rk_fj_mm_of(o, "y", 0, &x->y, err));
    RK_TRY(rk_fj_mm_of(o, "tinggi", 0.5, &x->size, err));
    RK_TRY(mm_if(o, "lebar", &x->w, err));
    RK_TRY(word_of(o, "rata", align, &a, err));
    RK_TRY(word_of(o, "gaya", style, &s, err));
    if (json_object_get(o, "baris")) RK_TRY(rk_fj_whole(o, "baris", 1, 50, &x->rows, err));
    x->align = (enum rk_align)a;
    x->bold = s == 1, x->italic = s == 2;
    x->of_station = of_station(x->text);
    return grey_if(o, "abu", &x->grey, err);
}

static rk_status read_line(json_t *o, rk_draw_item *x, rk_err *err) {
    static const char *const keys[] = {"garis", "tebal", "titik", "abu", NULL};
    double v[4] = {0};
    x->kind = RK_DRAW_LINE;
    RK_TRY(rk_fj_keys(o, "a line of \"gambar\"", keys, err));
    RK_TRY(four(o, "garis", v, err));
    x->x = v[0], x->y = v[1], x->w = v[2] - v[0], x->h = v[3] - v[1];
    x->dotted = json_is_true(json_object_get(o, "titik"));
    RK_TRY(mm_if(o, "tebal", &x->line, err));
    return grey_if(o, "abu", &x->grey, err);
}

static rk_status read_rect(json_t *o, rk_draw_item *x, rk_err *err) {
    static const char *const keys[] = {"persegi", "tebal", "isi", "abu", NULL};
    double v[4] = {0};
    x->kind = RK_DRAW_RECT;
    RK_TRY(rk_fj_keys(o, "a rectangle of \"gambar\"", keys, err));
    RK_TRY(four(o, "persegi", v, err));
    x->x = v[0], x->y = v[1], x->w = v[2], x->h = v[3];
    RK_TRY(mm_if(o, "tebal", &x->line, err));
    RK_TRY(grey_if(o, "isi", &x->fill, err));
    return grey_if(o, "abu", &x->grey, err);
}

static rk_status read_grid(json_t *o, rk_draw_item *x, rk_err *err) {
    static const char *const keys[] = {"kisi", "kolom", "baris", "tebal", "abu", NULL};
    double v[4] = {0};
    x->kind = RK_DRAW_GRID;
    RK_TRY(rk_fj_keys(o, "a grid of \"gambar\"", keys, err));
    RK_TRY(four(o, "kisi", v, err));
    x->x = v[0], x->y = v[1], x->w = v[2], x->h = v[3];
    RK_TRY(rk_fj_whole(o, "kolom", 1, 200, &x->cols, err));
    RK_TRY(rk_fj_whole(o, "baris", 1, 200, &x->rows, err));
    RK_TRY(mm_if(o, "tebal", &x->line, err));
    return grey_if(o, "abu", &x->grey, err);
}

static rk_status read_item(json_t *o, rk_draw_item *x, rk_err *err) {
    *x = (rk_draw_item){.kind = RK_DRAW_TEXT, .line = 0.25, .fill = -1, .rows = 1};
    if (json_object_get(o, "teks")) return read_text(o, x, err);
    if (json_object_get(o, "garis")) return read_line(o, x, err);
    if (json_object_get(o, "persegi")) return read_rect(o, x, err);
    if (json_object_get(o, "kisi")) return read_grid(o, x, err);
    return rk_fail(err, RK_BAD_INPUT,
                   "an entry of \"gambar\" has none of \"teks\", \"garis\", \"persegi\", "
                   "\"kisi\" (docs/format/formulir-cetak.md)");
}

static rk_status read_list(rk_drawing *d, json_t *owner, rk_err *err) {
    json_t *list, *o;
    size_t i;
    RK_TRY(rk_fj_list(owner, "gambar", 0, RK_DRAWING_MAX, &list, err));
    d->any |= list != NULL;
    d->item = rk_realloc(d->item, d->n + json_array_size(list) + 1, sizeof *d->item);
    json_array_foreach(list, i, o) {
        RK_TRY(read_item(o, &d->item[d->n], err));
        d->n++;
    }
    return RK_OK;
}

/* The parsed form still holds its JSON; the reader has checked that halaman is a list of
 * objects.
 */
rk_status rk_drawing_parse(const rk_sheet *f, rk_drawing *out, rk_err *err) {
    json_t *root = f->json, *pages = json_object_get(root, "halaman");
    rk_status st = RK_OK;
    *out = (rk_drawing){.first = rk_calloc(f->n_page + 1u, sizeof *out->first)};
    RK_ASSERT(json_array_size(pages) == f->n_page);
    for (uint32_t i = 0; i < f->n_page && st == RK_OK; i++) {
        st = read_list(out, root, err);
        if (st == RK_OK) st = read_list(out, json_array_get(pages, i), err);
        out->first[i + 1] = out->n;
    }
    if (st != RK_OK) rk_drawing_free(out);
    return st;
}

void rk_drawing_free(rk_drawing *d) {
    rk_free(d->item);
    rk_free(d->first);
    *d = (rk_drawing){0};
}
