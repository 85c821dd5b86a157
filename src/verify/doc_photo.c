/* What the documents of API v1 must say of photos and readings (docs/api/v1.md). */
#include "verify/docs.h"

#include "base/mem.h"

#include <stdio.h>

static const char *const STATE[] = {"diterima", "ditolak", "dirujuk", "sesuai", "tidak-sesuai"};
static const char *const STATUS[] = {"accept", "refer", "refuse"};
static const char *const BUBBLES[] = {"none", "silent", "agree", "partly", "conflict"};
static const char *const RESULT[] = {"read",       "file",    "crash",   "time",
                                     "small",      "dark",    "blurred", "no-tag",
                                     "other-form", "cut-off", "uneven"};

static json_t *num_or_null(bool have, uint64_t v) { return have ? rk_j_num(v) : json_null(); }

static json_t *hash(const rk_sha256 *h) {
    char hex[64];
    rk_sha256_put(hex, h);
    return json_stringn(hex, sizeof hex);
}

static json_t *file_of(const rk_sha256 *copy, uint8_t type) {
    char hex[65] = {0}, name[80];
    if (!type) return json_null();
    rk_sha256_put(hex, copy);
    snprintf(name, sizeof name, "foto/%s.%s", hex, type == RK_PHOTO_PNG ? "png" : "jpg");
    return json_string(name);
}

void rk_doc_photo_counts(json_t *o, const rk_count *c) {
    json_t *x = json_object();
    rk_j_put(x, "diterima", rk_j_num(c->photos));
    rk_j_put(x, "dibaca", rk_j_num((uint64_t)c->referred + c->accepted + c->inconsistent));
    rk_j_put(x, "ditolak", rk_j_num(c->refused));
    rk_j_put(x, "dirujuk", rk_j_num(c->referred));
    rk_j_put(x, "sesuai", rk_j_num(c->accepted));
    rk_j_put(x, "tidak_sesuai", rk_j_num(c->inconsistent));
    rk_j_put(x, "beda", rk_j_num(c->differs));
    rk_j_put(o, "foto", x);
}

void rk_doc_photo_state(json_t *o, const rk_tally *t, uint32_t tps) {
    const rk_photo_state *s = rk_tally_photos(t, tps);
    if (s) rk_j_put(o, "baca", json_string(STATE[s->state]));
}

static void state(json_t *o, const rk_photo_state *s) {
    static const char *const with[] = {NULL, "sama", "beda"};
    rk_j_put(o, "keadaan", json_string(STATE[s->state]));
    rk_j_put(o, "banding", s->compared ? json_string(with[s->compared]) : json_null());
    rk_j_put(o, "menunggu", rk_j_bool(s->waiting));
    rk_j_put(o, "entri", num_or_null(s->reading1 != 0, s->reading1 - 1u));
}

void rk_doc_station_photos(json_t *o, const rk_tally *t, uint32_t tps) {
    const rk_photo_state *s = rk_tally_photos(t, tps);
    uint32_t at[RK_FORM_PHOTOS_MAX], n = rk_tally_received(t, tps, at, RK_FORM_PHOTOS_MAX);
    if (!s) return;
    json_t *x = json_object(), *list = json_array();
    state(x, s);
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < t->received[at[i]].n; k++) {
            const struct rk_public_photo *p = &t->photo[t->received[at[i]].first + k];
            json_array_append_new(list, file_of(&p->copy, p->type));
        }
    rk_j_put(x, "foto", list);
    rk_j_put(o, "baca", x);
}

/* ===== the whole reading ===== */

static json_t *half(uint16_t v) { return v & 1 ? json_real(v / 2.0) : json_integer(v / 2); }

static json_t *box(const rk_read_box *b) {
    json_t *o = json_object(), *corners = json_array();
    for (int c = 0; c < 4; c++) {
        json_t *xy = json_array();
        json_array_append_new(xy, half(b->corner[c][0]));
        json_array_append_new(xy, half(b->corner[c][1]));
        json_array_append_new(corners, xy);
    }
    rk_j_put(o, "sudut", corners);
    rk_j_put(o, "digit",
             b->digit < 10    ? rk_j_num(b->digit)
             : b->digit == 10 ? json_string("X")
                              : json_null());
    rk_j_put(o, "yakin", rk_j_num(b->sure));
    rk_j_put(o, "bulatan",
             b->bubble >= RK_BUBBLE_DIGIT   ? rk_j_num(b->bubble - (uint64_t)RK_BUBBLE_DIGIT)
             : b->bubble == RK_BUBBLE_EMPTY ? json_string("kosong")
             : b->bubble == RK_BUBBLE_NO    ? json_null()
                                            : json_string("tak-jelas"));
    return o;
}

struct reading {
    const rk_tally *t;
    uint32_t ballot;
    rk_reading_entry *x;
    uint32_t number[RK_FORM_PHOTOS_MAX]; /* of its photos in the document's list */
};

static json_t *figure(const struct reading *r, const rk_read_figure *f) {
    json_t *o = json_object(), *boxes = json_array();
    bool own = f->column == UINT32_MAX, read = f->photo != UINT32_MAX;
    rk_buf name;
    rk_buf_init(&name, RK_NAME_MAX + 64);
    if (own)
        rk_buf_add(&name, f->name);
    else
        rk_contest_column_name(r->t->contest, r->ballot, f->column, &name);
    rk_j_put(o, "medan", rk_j_text(rk_buf_slice(&name)));
    rk_buf_free(&name);
    rk_j_put(o, "kolom", rk_j_bool(!own));
    rk_j_put(o, "foto", num_or_null(read, read ? r->number[f->photo] : 0));
    rk_j_put(o, "nilai", rk_j_cell(f->value));
    rk_j_put(o, "status", json_string(STATUS[f->status]));
    rk_j_put(o, "yakin", rk_j_num(f->confidence));
    rk_j_put(o, "dijumlahkan", rk_j_bool(f->in_sum));
    rk_j_put(o, "bulatan", json_string(BUBBLES[f->bubbles]));
    for (uint32_t i = 0; i < f->n_box; i++)
        json_array_append_new(boxes, box(&r->x->box[f->first_box + i]));
    rk_j_put(o, "kotak", boxes);
    return o;
}

static json_t *reading(const struct reading *r) {
    const rk_reading_entry *x = r->x;
    json_t *o = json_object(), *figures = json_array(), *doubts = json_array();
    char hex[17];
    snprintf(hex, sizeof hex, "%016llx", (unsigned long long)x->head.actor.key_id);
    rk_j_put(o, "waktu", rk_j_time(x->head.time));
    rk_j_put(o, "peran", rk_j_text(x->head.actor.role));
    rk_j_put(o, "kunci", json_string(hex));
    rk_j_put(o, "alasan", rk_j_text(x->head.reason));
    rk_j_put(o, "bukti", json_array());
    rk_j_put(o, "pembaca", rk_j_text(x->reader));
    rk_j_put(o, "model", hash(&x->model));
    rk_j_put(o, "formulir", hash(&x->form));
    for (uint32_t i = 0; i < x->n_figure; i++)
        json_array_append_new(figures, figure(r, &x->figure[i]));
    rk_j_put(o, "angka", figures);
    for (uint32_t i = 0; i < x->n_doubt; i++) {
        json_t *d = json_object();
        uint32_t f = 0;
        while (x->doubt[i].box - x->figure[f].first_box >= x->figure[f].n_box) f++;
        rk_j_put(d, "angka", rk_j_num(f));
        rk_j_put(d, "kotak", rk_j_num(x->doubt[i].box - x->figure[f].first_box));
        rk_j_put(d, "ragu", rk_j_num(x->doubt[i].doubt));
        json_array_append_new(doubts, d);
    }
    rk_j_put(o, "ragu", doubts);
    return o;
}

static json_t *photo(const rk_photo_item *p, uint64_t entry, const rk_read_photo *r) {
    json_t *o = json_object();
    rk_j_put(o, "entri", rk_j_num(entry));
    rk_j_put(o, "halaman", num_or_null(p->page != 0, p->page));
    rk_j_put(o, "berkas", file_of(&p->copy, p->type));
    rk_j_put(o, "salinan", p->type ? hash(&p->copy) : json_null());
    rk_j_put(o, "ukuran", num_or_null(p->type != 0, p->bytes));
    rk_j_put(o, "asli", hash(&p->original));
    rk_j_put(o, "hasil", r ? json_string(RESULT[r->result]) : json_null());
    rk_j_put(o, "halaman_terbaca", num_or_null(r && r->page, r ? r->page : 0));
    rk_j_put(o, "dipakai", rk_j_bool(r && r->used));
    rk_j_put(o, "bertentangan", rk_j_bool(r && r->disputed));
    rk_j_put(o, "tanpa_kode", rk_j_bool(r && r->unnamed));
    return o;
}

/* Lists the station's photos; those the reading covers are numbered on the way. */
static json_t *photos(const rk_view *v, struct reading *r, uint32_t tps) {
    uint32_t at[RK_FORM_PHOTOS_MAX], n = rk_tally_received(r->t, tps, at, RK_FORM_PHOTOS_MAX),
                                     covered = 0, listed = 0, source = 0;
    json_t *list = json_array();
    rk_photos_entry *x = rk_alloc(sizeof *x);
    rk_buf entry;
    rk_buf_init(&entry, RK_ENTRY_MAX);
    for (uint32_t i = 0; i < n; i++) {
        uint64_t index = r->t->received[at[i]].entry;
        bool is = r->x && source < r->x->n_source && r->x->source[source] == index;
        source += is;
        rk_buf_clear(&entry);
        if (v->entry(v->ctx, index, &entry, NULL) != RK_OK ||
            rk_entry_get_photos(rk_buf_slice(&entry), x, NULL) != RK_OK)
            continue;
        for (uint32_t k = 0; k < x->n; k++, listed++) {
            json_array_append_new(
                list, photo(&x->photo[k], index, is ? &r->x->photo[covered] : NULL));
            if (is) r->number[covered++] = listed;
        }
    }
    rk_buf_free(&entry);
    rk_free(x);
    return list;
}

json_t *rk_doc_reading(const rk_view *v, const rk_tally *t, uint32_t tps) {
    const rk_photo_state *s = rk_tally_photos(t, tps);
    const rk_tree *tree = v->e->tree;
    struct reading r = {.t = t, .ballot = t->ballot_of[tree->tps[tps].desa]};
    rk_buf entry;
    if (!s) return NULL;
    json_t *o = json_object();
    rk_buf_init(&entry, RK_ENTRY_MAX);
    if (s->reading1) {
        r.x = rk_alloc(sizeof *r.x);
        if (v->entry(v->ctx, s->reading1 - 1u, &entry, NULL) != RK_OK ||
            rk_entry_get_reading(rk_buf_slice(&entry), r.x, NULL) != RK_OK) {
            rk_free(r.x);
            r.x = NULL;
        }
    }
    rk_j_put(o, "kode", rk_j_text(rk_code_slice(&tree->tps_code[tps])));
    state(o, s);
    rk_j_put(o, "foto", photos(v, &r, tps));
    rk_j_put(o, "bacaan", r.x ? reading(&r) : json_null());
    rk_free(r.x);
    rk_buf_free(&entry);
    return o;
}
