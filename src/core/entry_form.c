/* Forms as entries. Layout and reasons: docs/format/entry.md. The decoder is on the way of
 * every start of the program (a million entries), so it reads forward once, without allocation.
 */
#include "core/contest.h"
#include "core/entry_inner.h"

enum {
    F_BATCH = 1,
    F_ACTOR = 2,
    F_REASON = 4,
    F_GENERATION = 8,
    F_LAYER = 16,
    F_ATTRIBUTES = 32
};
/* attributes, in this order */
enum { A_TS = 1, A_DESA = 2, A_SIREKAP = 3, A_IMAGES = 4, A_READING = 5 };

rk_slice rk_psu_name(enum rk_psu p) {
    static const char *const names[] = {"",
                                        "Reguler",
                                        "Penghitungan Suara Ulang",
                                        "Penghitungan Suara Susulan",
                                        "Pemungutan Suara Ulang",
                                        "Pemungutan Suara Susulan",
                                        "Pemungutan Suara Lanjutan"};
    return p < RK_PSU_COUNT ? rk_slice_str(names[p]) : (rk_slice){0};
}

static void put_attribute(rk_buf *b, uint8_t type, rk_slice value) {
    rk_buf_byte(b, (char)type);
    rk_put_text(b, value);
}

static void put_attribute_u32(rk_buf *b, uint8_t type, uint32_t v) {
    char t[4] = {(char)(v & 255), (char)(v >> 8 & 255), (char)(v >> 16 & 255), (char)(v >> 24)};
    put_attribute(b, type, (rk_slice){t, 4});
}

static void put_attributes(rk_buf *b, const rk_form *f) {
    uint8_t n = (uint8_t)((f->ts != 0) + (f->desa.len != 0) + (f->sirekap != 0) +
                          (f->images.len != 0) + (f->reading1 != 0));
    rk_buf_byte(b, (char)n);
    if (f->ts) put_attribute_u32(b, A_TS, f->ts);
    if (f->desa.len) put_attribute(b, A_DESA, f->desa);
    if (f->sirekap) put_attribute(b, A_SIREKAP, (rk_slice){(const char *)&f->sirekap, 1});
    if (f->images.len) put_attribute(b, A_IMAGES, f->images);
    if (f->reading1) put_attribute_u32(b, A_READING, f->reading1 - 1);
}

/* Figures: a byte with the width (1, 2 or 4 bytes each) and 0x80 when none is blank; their
 * number; a bitmap of those present unless all are; then the present ones. */
static void put_cells(rk_buf *b, const rk_form *f) {
    uint32_t most = 0, present = 0;
    for (uint32_t i = 0; i < f->n_cell; i++) {
        if (f->cell[i] == RK_ABSENT) continue;
        present++;
        if (f->cell[i] > most) most = f->cell[i];
    }
    uint8_t width = most < 256 ? 1 : most < 65536 ? 2 : 4;
    bool all = present == f->n_cell;
    rk_buf_byte(b, (char)(width | (all ? 0x80 : 0)));
    rk_buf_varint(b, f->n_cell);
    size_t map = all ? 0 : (f->n_cell + 7) / 8, bytes = map + (size_t)present * width;
    uint8_t *p = (uint8_t *)rk_buf_room(b, bytes);
    if (!p) return;
    memset(p, 0, map);
    uint8_t *v = p + map;
    for (uint32_t i = 0; i < f->n_cell; i++) {
        if (f->cell[i] == RK_ABSENT) continue;
        if (map) p[i / 8] |= (uint8_t)(1u << (i % 8));
        memcpy(v, &f->cell[i], width); /* little-endian machines only: see the assert below */
        v += width;
    }
    b->len += bytes;
}
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "entry cells are copied as little-endian");

rk_status rk_entry_put_form(const rk_form *f, uint64_t index, rk_buf *out, rk_err *err) {
    size_t start = out->len;
    const rk_entry_head *h = &f->head;
    bool in_batch = f->batch != RK_NO_BATCH, v1 = h->version < 2;
    RK_ASSERT(!f->reading1 || (!v1 && f->reading1 <= index));
    RK_ASSERT(!in_batch || (v1 && f->batch < index && h->time == 0 && h->actor.role.len == 0));
    uint8_t flags =
        (uint8_t)((in_batch ? F_BATCH
                   : v1     ? F_ACTOR
                            : 0) |
                  (v1 && h->reason.len ? F_REASON : 0) |
                  (f->generation || f->psu ? F_GENERATION : 0) | (f->layer ? F_LAYER : 0) |
                  (f->ts || f->desa.len || f->sirekap || f->images.len || f->reading1
                       ? F_ATTRIBUTES
                       : 0));
    RK_TRY(rk_entry_begin(out, RK_ENTRY_FORM, h, err));
    rk_buf_byte(out, (char)flags);
    rk_put_text(out, f->contest);
    rk_put_text(out, f->tps);
    if (flags & F_BATCH) rk_buf_varint(out, index - f->batch);
    if (flags & F_ACTOR) rk_put_actor(out, &h->actor);
    if (flags & F_REASON) rk_put_text(out, h->reason);
    if (flags & F_GENERATION)
        rk_buf_byte(out, (char)f->generation), rk_buf_byte(out, (char)f->psu);
    if (flags & F_LAYER) rk_buf_byte(out, (char)f->layer);
    put_cells(out, f);
    if (flags & F_ATTRIBUTES) put_attributes(out, f);
    return rk_entry_end(out, start, h, err);
}

static void widen(const uint8_t *v, uint8_t width, uint32_t n, uint32_t *cells) {
    if (width == 1)
        for (uint32_t i = 0; i < n; i++) cells[i] = v[i];
    else if (width == 2)
        for (uint32_t i = 0; i < n; i++)
            cells[i] = (uint32_t)v[2 * i] | (uint32_t)v[2 * i + 1] << 8;
    else
        memcpy(cells, v, 4ul * n);
}

/* Spreads the present figures over their columns, from the last one down (in place). */
static void spread(uint32_t *cells, uint32_t n, const uint8_t *map, uint32_t present) {
    for (uint32_t i = n; i-- > 0;)
        cells[i] = map[i / 8] >> (i % 8) & 1 ? cells[--present] : RK_ABSENT;
}

/* Canonical: the figures need that width, and none of them is the mark for a blank one. */
static bool width_needed(const uint32_t *cells, uint32_t n, uint8_t width) {
    uint32_t most = 0;
    for (uint32_t i = 0; i < n; i++) most = cells[i] > most ? cells[i] : most;
    return width == 1 || (width == 2 ? most > 255 : most > 65535 && most != RK_ABSENT);
}

static uint32_t count_bits(const uint8_t *map, size_t bytes) {
    uint32_t n = 0;
    for (size_t i = 0; i < bytes; i++) n += (uint32_t)__builtin_popcount(map[i]);
    return n;
}

static void get_cells(struct rk_entry_in *i, uint32_t *cells, uint32_t max, uint32_t *n_cell) {
    uint8_t head = rk_get_byte(i), width = head & 0x7f;
    uint64_t n = rk_get_varint(i);
    if ((width != 1 && width != 2 && width != 4) || n > max) {
        i->bad = true;
        return;
    }
    uint32_t present = (uint32_t)n;
    const uint8_t *map = NULL;
    if (!(head & 0x80)) {
        size_t bytes = (size_t)(n + 7) / 8;
        map = (const uint8_t *)rk_get_bytes(i, bytes).ptr;
        if (i->bad) return;
        if (n % 8 && bytes && map[bytes - 1] >> (n % 8))
            i->bad = true; /* bits past the last figure */
        present = count_bits(map, bytes);
        if (present == n) i->bad = true; /* canonical: then there is no bitmap */
    }
    rk_slice v = rk_get_bytes(i, (uint64_t)present * width);
    if (i->bad) return;
    widen((const uint8_t *)v.ptr, width, present, cells);
    i->bad |= !width_needed(cells, present, width);
    if (map) spread(cells, (uint32_t)n, map, present);
    *n_cell = (uint32_t)n;
}

/* Version 1 passes over what came later. */
static void get_attributes(struct rk_entry_in *i, uint64_t index, rk_form *f) {
    uint8_t n = rk_get_byte(i), last = 0;
    i->bad |= n == 0;
    for (uint8_t k = 0; k < n && !i->bad; k++) {
        uint8_t type = rk_get_byte(i);
        rk_slice v = rk_get_text(i);
        i->bad |= type <= last || v.len == 0;
        last = type;
        if (i->bad) return;
        if (type == A_TS && v.len == 4) {
            memcpy(&f->ts, v.ptr, 4);
            i->bad |= f->ts == 0;
        } else if (type == A_DESA)
            f->desa = v;
        else if (type == A_SIREKAP && v.len == 1 && v.ptr[0])
            f->sirekap = (uint8_t)v.ptr[0];
        else if (type == A_IMAGES)
            f->images = v;
        else if (type == A_READING && v.len == 4 && f->head.version == 2) {
            memcpy(&f->reading1, v.ptr, 4);
            i->bad |= f->reading1++ >= index || f->reading1 == 0;
        } else if (type <= A_IMAGES || (type == A_READING && f->head.version == 2))
            i->bad = true; /* later types are passed over */
    }
}

rk_status rk_entry_get_form(rk_slice entry, uint64_t index, uint32_t *cells, uint32_t max_cells,
                            rk_form *f, rk_err *err) {
    *f = (rk_form){.batch = RK_NO_BATCH, .cell = cells};
    struct rk_entry_in i = rk_entry_open(entry, RK_ENTRY_FORM, &f->head);
    uint8_t flags = rk_get_byte(&i);
    if (f->head.version == 1)
        i.bad |= flags >= 64 || !(flags & F_BATCH) == !(flags & F_ACTOR);
    else
        i.bad |= flags >= 64 || (flags & (F_BATCH | F_ACTOR | F_REASON)) != 0;
    f->contest = rk_get_text(&i);
    f->tps = rk_get_text(&i);
    if (flags & F_BATCH) {
        uint64_t back = rk_get_varint(&i);
        i.bad |= back == 0 || back > index || f->head.time != 0;
        f->batch = index - back;
    }
    if (flags & F_ACTOR) f->head.actor = rk_get_actor(&i);
    if (flags & F_REASON) {
        f->head.reason = rk_get_text(&i);
        i.bad |= f->head.reason.len == 0;
    }
    if (flags & F_GENERATION) {
        f->generation = rk_get_byte(&i);
        f->psu = rk_get_byte(&i);
        i.bad |= f->psu >= RK_PSU_COUNT || (f->generation == 0 && f->psu == RK_PSU_NONE);
    }
    if (flags & F_LAYER) {
        f->layer = rk_get_byte(&i);
        i.bad |= f->layer == RK_LAYER_TPS;
    }
    get_cells(&i, cells, max_cells, &f->n_cell);
    if (flags & F_ATTRIBUTES) get_attributes(&i, index, f);
    return rk_entry_close(&i, "form", err);
}
