#include "core/entry_photo.h"

#include "core/contest.h"
#include "core/entry_inner.h"

/* The worst form that rekap read --into takes fits one entry: head with the longest role and
 * reason; contest, station, reader; the photos with their entries; figures with a name of their
 * own; boxes; all of them doubtful. */
enum {
    HEAD = 2 + 5 + (1 + RK_ROLE_MAX) + 8 + (2 + RK_TEXT_MAX) + 1,
    FIXED = 2 * (1 + RK_CODE_MAX) + (1 + RK_CODE_MAX) + 2 * 32 + 1 + 4 * 2,
    PHOTOS = RK_FORM_PHOTOS_MAX * (5 + 3),
    FIGURE = 1 + (1 + RK_FIGURE_NAME_MAX) + 1 + 3 + 2 + 2 + 1,
    BOX = 16 + 1 + 2,
    DOUBT = 2 + 2,
};
_Static_assert(HEAD + FIXED + PHOTOS + RK_READING_FIGURES_MAX * FIGURE +
                       RK_READING_BOXES_MAX * (BOX + DOUBT) + RK_ENTRY_SIGNATURE <=
                   RK_ENTRY_MAX,
               "the reading of the largest form fits one entry");
_Static_assert(RK_FORM_PHOTOS_MAX <= RK_EVIDENCE_MAX, "public copies are the evidence");
_Static_assert(RK_PHOTO_SIDE_MAX * 2 <= UINT16_MAX, "half pixels fit 16 bits");
_Static_assert(RK_VALUE_MAX + 1 < 1 << 21, "a figure has three bytes at most");

enum { SURE_MAX = 10000 };

const char *rk_photo_extension(enum rk_photo_type t) {
    return t == RK_PHOTO_JPEG ? "jpg" : t == RK_PHOTO_PNG ? "png" : "";
}

#define NAME_OF(i, ...)                                                                        \
    static const char *const name[] = {__VA_ARGS__};                                           \
    return (i) < sizeof name / sizeof *name ? name[i] : ""

rk_slice rk_read_state_name(uint32_t state) {
    static const char *const name[] = {"diterima", "ditolak", "dirujuk", "sesuai",
                                       "tidak-sesuai"};
    return rk_slice_str(state < sizeof name / sizeof *name ? name[state] : "");
}
const char *rk_read_result_name(uint32_t result) {
    NAME_OF(result, "read", "file", "crash", "time", "small", "dark", "blurred", "no-tag",
            "other-form", "cut-off", "uneven");
}
const char *rk_read_status_name(uint32_t status) {
    NAME_OF(status, "accept", "refer", "refuse");
}
const char *rk_read_bubbles_name(uint32_t bubbles) {
    NAME_OF(bubbles, "none", "silent", "agree", "partly", "conflict");
}

static rk_status station_ok(rk_slice contest, rk_slice tps, rk_err *err) {
    RK_TRY(rk_entry_text_ok(contest, RK_CODE_MAX, "the contest", err));
    return rk_entry_text_ok(tps, RK_CODE_MAX, "the TPS", err);
}

/* ===== photos ===== */

rk_status rk_entry_put_photos(const rk_photos_entry *e, rk_buf *out, rk_err *err) {
    size_t start = out->len, n = 0;
    rk_sha256 copy[RK_FORM_PHOTOS_MAX];
    rk_entry_head head = e->head;
    RK_ASSERT(e->head.version == 2 && e->n >= 1 && e->n <= RK_FORM_PHOTOS_MAX);
    for (uint32_t i = 0; i < e->n; i++)
        if (e->photo[i].type) copy[n++] = e->photo[i].copy;
    head.evidence = (rk_slice){(const char *)copy, n * sizeof *copy};
    RK_TRY(station_ok(e->contest, e->tps, err));
    RK_TRY(rk_entry_text_ok(e->form, RK_CODE_MAX, "the form's code", err));
    RK_TRY(rk_entry_begin(out, RK_ENTRY_PHOTOS, &head, err));
    rk_put_text(out, e->contest);
    rk_put_text(out, e->tps);
    rk_put_text(out, e->form);
    rk_buf_varint(out, e->n);
    for (uint32_t i = 0; i < e->n; i++) {
        const rk_photo_item *p = &e->photo[i];
        rk_buf_varint(out, p->page);
        rk_buf_byte(out, (char)p->type);
        rk_buf_add(out, (rk_slice){(const char *)p->original.b, sizeof p->original.b});
        if (p->type) rk_buf_varint(out, p->bytes);
    }
    return rk_entry_end(out, start, &head, err);
}

rk_status rk_entry_get_photos(rk_slice entry, rk_photos_entry *e, rk_err *err) {
    struct rk_entry_in i = rk_entry_open(entry, RK_ENTRY_PHOTOS, &e->head);
    rk_slice copies = e->head.evidence;
    e->contest = rk_get_text(&i);
    e->tps = rk_get_text(&i);
    e->form = rk_get_text(&i);
    uint64_t n = rk_get_varint(&i);
    i.bad |= e->head.version != 2 || n < 1 || n > RK_FORM_PHOTOS_MAX ||
             e->tps.len > RK_CODE_MAX || e->tps.len == 0;
    e->n = i.bad ? 0 : (uint32_t)n;
    for (uint32_t k = 0; k < e->n; k++) {
        rk_photo_item *p = &e->photo[k];
        *p = (rk_photo_item){0};
        uint64_t page = rk_get_varint(&i);
        p->type = rk_get_byte(&i);
        rk_get_fixed(&i, p->original.b, sizeof p->original.b);
        uint64_t bytes = p->type ? rk_get_varint(&i) : 0;
        i.bad |= page > RK_SHEET_PAGES_MAX * 16 || p->type > RK_PHOTO_PNG ||
                 bytes > RK_PHOTO_BYTES_MAX || (p->type && (!bytes || copies.len < 32));
        p->page = (uint32_t)page;
        p->bytes = (uint32_t)bytes;
        if (i.bad || !p->type) continue;
        memcpy(p->copy.b, copies.ptr, sizeof p->copy.b);
        copies = rk_slice_from(copies, sizeof p->copy.b);
    }
    i.bad |= copies.len != 0;
    return rk_entry_close(&i, "photos", err);
}

/* ===== a reading ===== */

static void put_figure(const rk_reading_entry *e, const rk_read_figure *f, rk_buf *out) {
    bool read = f->photo != UINT32_MAX;
    rk_buf_varint(out, f->column == UINT32_MAX ? 0 : f->column + 1u);
    if (f->column == UINT32_MAX) rk_put_text(out, f->name);
    rk_buf_varint(out, read ? f->photo + 1u : 0);
    if (!read) return;
    rk_buf_varint(out, f->value == RK_ABSENT ? 0 : f->value + 1u);
    rk_buf_byte(out, (char)(f->status | (f->in_sum ? 4 : 0) | f->bubbles << 3));
    rk_buf_varint(out, f->confidence);
    rk_buf_byte(out, (char)f->n_box);
    for (uint32_t i = f->first_box; i < f->first_box + f->n_box; i++) {
        const rk_read_box *b = &e->box[i];
        for (int c = 0; c < 4; c++)
            rk_buf_u16(out, b->corner[c][0]), rk_buf_u16(out, b->corner[c][1]);
        rk_buf_byte(out, (char)(b->digit | b->bubble << 4));
        rk_buf_varint(out, b->sure);
    }
}

rk_status rk_entry_put_reading(const rk_reading_entry *e, rk_buf *out, rk_err *err) {
    size_t start = out->len;
    RK_ASSERT(e->head.version == 2 && e->n_source && e->n_photo <= RK_FORM_PHOTOS_MAX);
    RK_TRY(station_ok(e->contest, e->tps, err));
    RK_TRY(rk_entry_text_ok(e->reader, RK_CODE_MAX, "the reader's version", err));
    RK_TRY(rk_entry_begin(out, RK_ENTRY_READING, &e->head, err));
    rk_put_text(out, e->contest);
    rk_put_text(out, e->tps);
    rk_buf_varint(out, e->n_source);
    for (uint32_t i = 0; i < e->n_source; i++) rk_buf_varint(out, e->source[i]);
    rk_put_text(out, e->reader);
    rk_buf_add(out, (rk_slice){(const char *)e->model.b, sizeof e->model.b});
    rk_buf_add(out, (rk_slice){(const char *)e->form.b, sizeof e->form.b});
    rk_buf_byte(out, (char)e->state);
    rk_buf_varint(out, e->n_photo);
    for (uint32_t i = 0; i < e->n_photo; i++) {
        const rk_read_photo *p = &e->photo[i];
        rk_buf_byte(out, (char)(p->result | (p->unnamed ? 32 : 0) | (p->used ? 64 : 0) |
                                (p->disputed ? 128 : 0)));
        rk_buf_varint(out, p->page);
    }
    rk_buf_varint(out, e->n_figure);
    for (uint32_t i = 0; i < e->n_figure; i++) {
        RK_TRY(rk_entry_text_ok(e->figure[i].name, RK_FIGURE_NAME_MAX, "a figure's name", err));
        put_figure(e, &e->figure[i], out);
    }
    rk_buf_varint(out, e->n_doubt);
    for (uint32_t i = 0; i < e->n_doubt; i++) {
        rk_buf_varint(out, e->doubt[i].box);
        rk_buf_varint(out, e->doubt[i].doubt);
    }
    return rk_entry_end(out, start, &e->head, err);
}

/* A number that must be at most max. */
static uint32_t get_up_to(struct rk_entry_in *i, uint64_t max) {
    uint64_t v = rk_get_varint(i);
    if (v > max) i->bad = true;
    return i->bad ? 0 : (uint32_t)v;
}

static uint16_t get_u16(struct rk_entry_in *i) {
    uint8_t low = rk_get_byte(i);
    return (uint16_t)(low | rk_get_byte(i) << 8);
}

static void get_box(struct rk_entry_in *i, rk_read_box *b) {
    for (int c = 0; c < 4; c++) b->corner[c][0] = get_u16(i), b->corner[c][1] = get_u16(i);
    uint8_t read = rk_get_byte(i);
    b->digit = read & 15, b->bubble = read >> 4;
    b->sure = (uint16_t)get_up_to(i, SURE_MAX);
    i->bad |= b->digit > 11 || b->bubble >= RK_BUBBLE_DIGIT + 10;
}

static void get_figure(struct rk_entry_in *i, rk_reading_entry *e, rk_read_figure *f) {
    *f = (rk_read_figure){.value = RK_ABSENT, .status = RK_READ_REFUSE, .first_box = e->n_box};
    f->column = get_up_to(i, RK_COLUMNS_MAX) - 1u; /* 0: UINT32_MAX */
    if (f->column == UINT32_MAX) f->name = rk_get_text(i);
    i->bad |= f->name.len > RK_FIGURE_NAME_MAX || (f->column == UINT32_MAX && f->name.len == 0);
    f->photo = get_up_to(i, e->n_photo) - 1u;
    if (i->bad || f->photo == UINT32_MAX) return;
    i->bad |= !e->photo[f->photo].used;
    f->value = get_up_to(i, RK_VALUE_MAX + 1) - 1u; /* 0: RK_ABSENT */
    uint8_t bits = rk_get_byte(i);
    f->status = bits & 3, f->in_sum = bits & 4, f->bubbles = bits >> 3;
    f->confidence = (uint16_t)get_up_to(i, SURE_MAX);
    f->n_box = rk_get_byte(i);
    i->bad |= f->status > RK_READ_REFER || f->bubbles > 4 || f->n_box == 0 ||
              f->n_box > RK_SHEET_BOXES_MAX || e->n_box + f->n_box > RK_READING_BOXES_MAX;
    for (uint32_t k = 0; k < f->n_box && !i->bad; k++) get_box(i, &e->box[e->n_box++]);
}
_Static_assert(RK_ABSENT == UINT32_MAX, "0 on the wire is one less in memory");

static void get_sources(struct rk_entry_in *i, rk_reading_entry *e) {
    e->n_source = get_up_to(i, RK_FORM_PHOTOS_MAX);
    i->bad |= e->n_source == 0;
    for (uint32_t k = 0; k < e->n_source; k++) {
        e->source[k] = rk_get_varint(i);
        i->bad |= k && e->source[k] <= e->source[k - 1];
    }
}

static void get_photos(struct rk_entry_in *i, rk_reading_entry *e) {
    e->n_photo = get_up_to(i, RK_FORM_PHOTOS_MAX);
    for (uint32_t k = 0; k < e->n_photo; k++) {
        uint8_t bits = rk_get_byte(i);
        rk_read_photo *p = &e->photo[k];
        *p = (rk_read_photo){bits & 31, (bits & 64) != 0, (bits & 128) != 0, (bits & 32) != 0,
                             0};
        p->page = get_up_to(i, RK_SHEET_PAGES_MAX * 16);
        i->bad |= p->result >= RK_READ_RESULTS || (p->used && (p->result || !p->page)) ||
                  ((p->disputed || p->unnamed) && p->result);
    }
}

/* Each doubt is of another box of a referred figure, none worse than the one before. */
static void get_doubts(struct rk_entry_in *i, rk_reading_entry *e) {
    uint8_t seen[RK_READING_BOXES_MAX] = {0};
    for (uint32_t k = 0; k < e->n_figure && !i->bad; k++)
        if (e->figure[k].status == RK_READ_REFER)
            memset(seen + e->figure[k].first_box, 1, e->figure[k].n_box);
    e->n_doubt = get_up_to(i, e->n_box);
    for (uint32_t k = 0; k < e->n_doubt && !i->bad; k++) {
        rk_read_doubt *d = &e->doubt[k];
        d->box = get_up_to(i, e->n_box - 1u);
        d->doubt = (uint16_t)get_up_to(i, SURE_MAX);
        i->bad |= !seen[d->box] || (k && d->doubt > e->doubt[k - 1].doubt);
        seen[d->box] = 0;
    }
}

/* The state is what the figures say: accepted only as a whole, refused only when nothing of it
 * was read. */
static bool state_fits(const rk_reading_entry *e) {
    uint32_t accepted = 0, read = 0;
    for (uint32_t k = 0; k < e->n_figure; k++) {
        accepted += e->figure[k].status == RK_READ_ACCEPT;
        read += e->figure[k].photo != UINT32_MAX;
    }
    if (e->state == RK_READ_ACCEPTED) return e->n_figure && accepted == e->n_figure;
    if (e->state == RK_READ_REFUSED) return read == 0;
    return (e->state == RK_READ_REFERRED || e->state == RK_READ_INCONSISTENT) &&
           accepted < e->n_figure;
}

rk_status rk_entry_get_reading(rk_slice entry, rk_reading_entry *e, rk_err *err) {
    struct rk_entry_in i = rk_entry_open(entry, RK_ENTRY_READING, &e->head);
    i.bad |= e->head.version != 2 || e->head.evidence.len != 0;
    e->n_box = e->n_photo = e->n_figure = e->n_doubt = 0;
    e->contest = rk_get_text(&i);
    e->tps = rk_get_text(&i);
    i.bad |= e->tps.len > RK_CODE_MAX || e->tps.len == 0;
    get_sources(&i, e);
    e->reader = rk_get_text(&i);
    rk_get_fixed(&i, e->model.b, sizeof e->model.b);
    rk_get_fixed(&i, e->form.b, sizeof e->form.b);
    e->state = rk_get_byte(&i);
    get_photos(&i, e);
    uint32_t n = get_up_to(&i, RK_READING_FIGURES_MAX);
    for (; e->n_figure < n && !i.bad; e->n_figure++) get_figure(&i, e, &e->figure[e->n_figure]);
    get_doubts(&i, e);
    i.bad |= !i.bad && !state_fits(e);
    return rk_entry_close(&i, "reading", err);
}
