#include "publish/api_photo.h"

#include "base/mem.h"
#include "publish/api_inner.h"
#include "publish/api_log.h"

#include <stdio.h>

rk_slice rk_photo_path(const rk_sha256 *copy, enum rk_photo_type type,
                       char out[RK_PHOTO_PATH_MAX]) {
    char hex[64];
    rk_sha256_put(hex, copy);
    int n = snprintf(out, RK_PHOTO_PATH_MAX, "foto/%.64s.%s", hex, rk_photo_extension(type));
    RK_ASSERT(n > 0 && n < (int)RK_PHOTO_PATH_MAX);
    return (rk_slice){out, (size_t)n};
}

bool rk_photo_path_parse(rk_slice name, rk_sha256 *copy, enum rk_photo_type *type) {
    if (name.len != 68 || !rk_sha256_parse((rk_slice){name.ptr, 64}, copy)) return false;
    rk_slice end = rk_slice_from(name, 64);
    *type = rk_slice_is(end, ".jpg")   ? RK_PHOTO_JPEG
            : rk_slice_is(end, ".png") ? RK_PHOTO_PNG
                                       : RK_PHOTO_NONE;
    return *type != RK_PHOTO_NONE;
}

static void null_or_num(rk_buf *b, const char *key, bool have, uint64_t v) {
    rk_js_key(b, key);
    if (have)
        rk_buf_num(b, v);
    else
        rk_buf_lit(b, "null");
}

static void null_or_text(rk_buf *b, const char *key, bool have, rk_slice text) {
    rk_js_key(b, key);
    if (have)
        rk_buf_json(b, text);
    else
        rk_buf_lit(b, "null");
}

/* ===== states and counts ===== */

void rk_js_photo_counts(const rk_tally *t, uint32_t node, rk_buf *out) {
    const rk_count *c = &t->count[node];
    if (t->n_received == 0) return;
    rk_js_key(out, "foto");
    rk_buf_byte(out, '{');
    rk_js_num(out, "diterima", c->photos);
    rk_js_num(out, "dibaca", rk_count_read(c));
    rk_js_num(out, "ditolak", c->refused);
    rk_js_num(out, "dirujuk", c->referred);
    rk_js_num(out, "sesuai", c->accepted);
    rk_js_num(out, "tidak_sesuai", c->inconsistent);
    rk_js_num(out, "beda", c->differs);
    rk_buf_byte(out, '}');
}

void rk_js_photo_state(const rk_tally *t, uint32_t tps, rk_buf *out) {
    const rk_photo_state *s = rk_tally_photos(t, tps);
    if (s) rk_js_text(out, "baca", rk_read_state_name(s->state));
}

/* State, comparison, whether newer photos wait for a reading, and the reading's entry. */
static void state_members(const rk_photo_state *s, rk_buf *out) {
    rk_slice with = s->compared == RK_COMPARED_SAME ? RK_LIT("sama") : RK_LIT("beda");
    rk_js_text(out, "keadaan", rk_read_state_name(s->state));
    null_or_text(out, "banding", s->compared != RK_COMPARED_NOT, with);
    rk_js_bool(out, "menunggu", s->waiting);
    null_or_num(out, "entri", s->reading1 != 0, s->reading1 - 1u);
}

void rk_js_station_reading(const rk_tally *t, uint32_t tps, rk_buf *out) {
    const rk_photo_state *s = rk_tally_photos(t, tps);
    uint32_t at[RK_FORM_PHOTOS_MAX];
    if (!s) return;
    rk_js_key(out, "baca");
    rk_buf_byte(out, '{');
    state_members(s, out);
    rk_js_key(out, "foto");
    rk_buf_byte(out, '[');
    uint32_t n = rk_tally_received(t, tps, at, RK_FORM_PHOTOS_MAX);
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < t->received[at[i]].n; k++) {
            const struct rk_public_photo *p = &t->photo[t->received[at[i]].first + k];
            char path[RK_PHOTO_PATH_MAX];
            rk_js_item(out);
            if (p->type)
                rk_buf_json(out, rk_photo_path(&p->copy, (enum rk_photo_type)p->type, path));
            else
                rk_buf_lit(out, "null");
        }
    rk_buf_lit(out, "]}");
}

/* ===== a reading's figures ===== */

/* The contest's column names at the station. */
struct columns {
    const rk_contest *c;
    uint32_t ballot;
    rk_buf name;
};

static bool columns_at(const rk_election *e, rk_slice contest, rk_slice tps,
                       struct columns *x) {
    uint32_t k = rk_election_contest(e, contest);
    rk_code code;
    if (k == RK_NONE || !rk_code_of(tps, &code)) return false;
    uint32_t at = rk_tree_find_tps(e->tree, &code, rk_code_hash(&code));
    if (at == RK_NONE) return false;
    *x = (struct columns){.c = e->tally[k].contest,
                          .ballot = e->tally[k].ballot_of[e->tree->tps[at].desa]};
    rk_buf_init(&x->name, RK_NAME_MAX + 64);
    return true;
}

static void half_pixels(rk_buf *b, uint16_t v) {
    rk_buf_num(b, v / 2u);
    if (v & 1) rk_buf_lit(b, ".5");
}

static void box(const rk_read_box *x, rk_buf *b) {
    rk_js_item(b);
    rk_buf_lit(b, "{\"sudut\":[");
    for (int c = 0; c < 4; c++) {
        rk_js_item(b);
        rk_buf_byte(b, '[');
        half_pixels(b, x->corner[c][0]);
        rk_buf_byte(b, ',');
        half_pixels(b, x->corner[c][1]);
        rk_buf_byte(b, ']');
    }
    rk_buf_byte(b, ']');
    rk_js_key(b, "digit");
    if (x->digit < 10)
        rk_buf_num(b, x->digit);
    else
        rk_buf_add(b, x->digit == 10 ? RK_LIT("\"X\"") : RK_LIT("null"));
    rk_js_num(b, "yakin", x->sure);
    rk_js_key(b, "bulatan");
    if (x->bubble >= RK_BUBBLE_DIGIT)
        rk_buf_num(b, x->bubble - RK_BUBBLE_DIGIT);
    else
        rk_buf_add(b, x->bubble == RK_BUBBLE_NO      ? RK_LIT("null")
                      : x->bubble == RK_BUBBLE_EMPTY ? RK_LIT("\"kosong\"")
                                                     : RK_LIT("\"tak-jelas\""));
    rk_buf_byte(b, '}');
}

static void figure(const rk_reading_entry *x, const rk_read_figure *f, const uint32_t *photo,
                   struct columns *col, rk_buf *b) {
    bool read = f->photo != UINT32_MAX;
    rk_slice name = f->name;
    if (f->column != UINT32_MAX) {
        rk_buf_clear(&col->name);
        rk_contest_column_name(col->c, col->ballot, f->column, &col->name);
        name = rk_buf_slice(&col->name);
    }
    rk_js_item(b);
    rk_buf_byte(b, '{');
    rk_js_text(b, "medan", name);
    rk_js_bool(b, "kolom", f->column != UINT32_MAX);
    null_or_num(b, "foto", read, read ? photo[f->photo] : 0);
    rk_js_key(b, "nilai");
    rk_js_cell(b, f->value);
    rk_js_text(b, "status", rk_slice_str(rk_read_status_name(f->status)));
    rk_js_num(b, "yakin", f->confidence);
    rk_js_bool(b, "dijumlahkan", f->in_sum);
    rk_js_text(b, "bulatan", rk_slice_str(rk_read_bubbles_name(f->bubbles)));
    rk_js_key(b, "kotak");
    rk_buf_byte(b, '[');
    for (uint32_t i = 0; i < f->n_box; i++) box(&x->box[f->first_box + i], b);
    rk_buf_lit(b, "]}");
}

/* "pembaca" ... "ragu": what the entry says. photo: numbers of its photos in the document's
 * list. */
static void reading_members(const rk_reading_entry *x, const uint32_t *photo,
                            struct columns *col, rk_buf *b) {
    rk_js_text(b, "pembaca", x->reader);
    rk_js_hash(b, "model", &x->model);
    rk_js_hash(b, "formulir", &x->form);
    rk_js_key(b, "angka");
    rk_buf_byte(b, '[');
    for (uint32_t i = 0; i < x->n_figure; i++) figure(x, &x->figure[i], photo, col, b);
    rk_buf_byte(b, ']');
    rk_js_key(b, "ragu");
    rk_buf_byte(b, '[');
    for (uint32_t i = 0; i < x->n_doubt; i++) {
        uint32_t f = 0;
        while (x->doubt[i].box >= x->figure[f].first_box + x->figure[f].n_box) f++;
        rk_js_item(b);
        rk_buf_byte(b, '{');
        rk_js_num(b, "angka", f);
        rk_js_num(b, "kotak", x->doubt[i].box - x->figure[f].first_box);
        rk_js_num(b, "ragu", x->doubt[i].doubt);
        rk_buf_byte(b, '}');
    }
    rk_buf_byte(b, ']');
}

static void result_members(const rk_read_photo *p, rk_buf *b) {
    null_or_text(b, "hasil", p != NULL, rk_slice_str(p ? rk_read_result_name(p->result) : ""));
    null_or_num(b, "halaman_terbaca", p && p->page, p ? p->page : 0);
    rk_js_bool(b, "dipakai", p && p->used);
    rk_js_bool(b, "bertentangan", p && p->disputed);
    rk_js_bool(b, "tanpa_kode", p && p->unnamed);
}

static void photo_members(const rk_photo_item *p, rk_buf *b) {
    char path[RK_PHOTO_PATH_MAX], hex[64];
    enum rk_photo_type type = (enum rk_photo_type)p->type;
    null_or_num(b, "halaman", p->page != 0, p->page);
    null_or_text(b, "berkas", type, type ? rk_photo_path(&p->copy, type, path) : RK_LIT(""));
    rk_sha256_put(hex, &p->copy);
    null_or_text(b, "salinan", type, (rk_slice){hex, sizeof hex});
    null_or_num(b, "ukuran", type, p->bytes);
    rk_js_hash(b, "asli", &p->original);
}

/* ===== entries ===== */

static void js_head(const rk_entry_head *h, rk_buf *out) {
    rk_js_time(out, "waktu", h->time);
    rk_js_text(out, "peran", h->actor.role);
    rk_js_key_id(out, "kunci", h->actor.key_id);
    rk_js_text(out, "alasan", h->reason);
    rk_js_evidence(out, h->evidence);
}

rk_status rk_js_photos_entry(rk_slice entry, rk_buf *out, rk_err *err) {
    rk_photos_entry *x = rk_alloc(sizeof *x);
    rk_status s = rk_entry_get_photos(entry, x, err);
    if (s == RK_OK) {
        js_head(&x->head, out);
        rk_js_text(out, "kontes", x->contest);
        rk_js_text(out, "tps", x->tps);
        rk_js_text(out, "formulir", x->form);
        rk_js_key(out, "foto");
        rk_buf_byte(out, '[');
        for (uint32_t i = 0; i < x->n; i++) {
            rk_js_item(out);
            rk_buf_byte(out, '{');
            photo_members(&x->photo[i], out);
            rk_buf_byte(out, '}');
        }
        rk_buf_byte(out, ']');
    }
    rk_free(x);
    return s;
}

static void entry_body(const rk_reading_entry *x, struct columns *col, rk_buf *out) {
    uint32_t same[RK_FORM_PHOTOS_MAX];
    for (uint32_t i = 0; i < RK_FORM_PHOTOS_MAX; i++) same[i] = i;
    rk_js_text(out, "keadaan", rk_read_state_name(x->state));
    rk_js_key(out, "sumber");
    rk_buf_byte(out, '[');
    for (uint32_t i = 0; i < x->n_source; i++) rk_js_item(out), rk_buf_num(out, x->source[i]);
    rk_buf_byte(out, ']');
    rk_js_key(out, "foto");
    rk_buf_byte(out, '[');
    for (uint32_t i = 0; i < x->n_photo; i++) {
        rk_js_item(out);
        rk_buf_byte(out, '{');
        result_members(&x->photo[i], out);
        rk_buf_byte(out, '}');
    }
    rk_buf_byte(out, ']');
    reading_members(x, same, col, out);
}

rk_status rk_js_reading_entry(const rk_election *e, rk_slice entry, rk_buf *out, rk_err *err) {
    struct columns col;
    rk_reading_entry *x = rk_alloc(sizeof *x);
    rk_status s = rk_entry_get_reading(entry, x, err);
    if (s == RK_OK && !columns_at(e, x->contest, x->tps, &col))
        s = rk_fail(err, RK_CORRUPT, "a reading of an unknown station");
    if (s == RK_OK) {
        js_head(&x->head, out);
        rk_js_text(out, "kontes", x->contest);
        rk_js_text(out, "tps", x->tps);
        entry_body(x, &col, out);
        rk_buf_free(&col.name);
    }
    rk_free(x);
    return s;
}

/* ===== the document of a station's photos ===== */

struct station {
    const rk_tally *t;
    const rk_photo_state *s;
    const rk_api_log *log;
    rk_reading_entry *read; /* NULL: none yet */
    rk_photos_entry *photos;
    rk_buf entry;
    uint32_t number[RK_FORM_PHOTOS_MAX]; /* of the reading's photos in the list */
    rk_buf *out;
};

static rk_status fetch(struct station *x, uint64_t index, rk_err *err) {
    rk_buf_clear(&x->entry);
    return x->log->get(x->log->ctx, index, &x->entry, err);
}

static bool is_source(const rk_reading_entry *r, uint64_t entry) {
    for (uint32_t i = 0; r && i < r->n_source; i++)
        if (r->source[i] == entry) return true;
    return false;
}

static rk_status list_photos(struct station *x, uint32_t tps, rk_err *err) {
    uint32_t at[RK_FORM_PHOTOS_MAX], listed = 0, read = 0;
    uint32_t n = rk_tally_received(x->t, tps, at, RK_FORM_PHOTOS_MAX);
    rk_buf *b = x->out;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t entry = x->t->received[at[i]].entry;
        bool source = is_source(x->read, entry);
        RK_TRY(fetch(x, entry, err));
        RK_TRY(rk_entry_get_photos(rk_buf_slice(&x->entry), x->photos, err));
        for (uint32_t k = 0; k < x->photos->n; k++, listed++) {
            rk_js_item(b);
            rk_buf_byte(b, '{');
            rk_js_num(b, "entri", entry);
            photo_members(&x->photos->photo[k], b);
            result_members(source ? &x->read->photo[read] : NULL, b);
            rk_buf_byte(b, '}');
            if (source) x->number[read++] = listed;
        }
    }
    return RK_OK;
}

static rk_status station_document(const rk_election *e, struct station *x, uint32_t tps,
                                  rk_err *err) {
    rk_buf *b = x->out, mine;
    struct columns col;
    rk_slice code = rk_code_slice(&e->tree->tps_code[tps]);
    rk_buf_byte(b, '{');
    rk_js_text(b, "kode", code);
    state_members(x->s, b);
    rk_js_key(b, "foto");
    rk_buf_byte(b, '[');
    if (x->s->reading1) { /* its bytes are kept: slices of the reading point into them */
        RK_TRY(fetch(x, x->s->reading1 - 1u, err));
        RK_TRY(rk_entry_get_reading(rk_buf_slice(&x->entry), x->read, err));
    }
    mine = x->entry;
    rk_buf_init(&x->entry, RK_ENTRY_MAX);
    if (!x->s->reading1) {
        rk_free(x->read);
        x->read = NULL;
    }
    rk_status s = list_photos(x, tps, err);
    rk_buf_byte(b, ']');
    rk_js_key(b, "bacaan");
    if (s == RK_OK && x->read &&
        columns_at(e, rk_code_slice(&x->t->contest->code), code, &col)) {
        rk_buf_byte(b, '{');
        js_head(&x->read->head, b);
        reading_members(x->read, x->number, &col, b);
        rk_buf_byte(b, '}');
        rk_buf_free(&col.name);
    } else
        rk_buf_lit(b, "null");
    rk_buf_byte(b, '}');
    rk_buf_free(&mine);
    return s;
}

rk_status rk_api_reading(const rk_election *e, uint32_t contest, uint32_t tps,
                         const rk_api_log *log, rk_buf *out, rk_err *err) {
    struct station x = {.t = &e->tally[contest], .log = log, .out = out};
    x.s = rk_tally_photos(x.t, tps);
    if (!x.s)
        return rk_fail(err, RK_NOT_FOUND, "no photo of station '%.*s' is there",
                       RK_FMT(rk_code_slice(&e->tree->tps_code[tps])));
    x.read = rk_alloc(sizeof *x.read);
    x.photos = rk_alloc(sizeof *x.photos);
    rk_buf_init(&x.entry, RK_ENTRY_MAX);
    rk_status s = station_document(e, &x, tps, err);
    rk_buf_free(&x.entry);
    rk_free(x.read);
    rk_free(x.photos);
    return s;
}
