/* Layout and reasons: docs/format/entry.md. The decoder of forms is on the way of every start
 * of the system (a million entries), so it reads forward once, without allocation. */
#include "core/entry.h"

#include "base/utf8.h"
#include "core/contest.h"

enum { VERSION = 1 };
enum {
    F_BATCH = 1,
    F_ACTOR = 2,
    F_REASON = 4,
    F_GENERATION = 8,
    F_LAYER = 16,
    F_ATTRIBUTES = 32
};
enum { A_TS = 1, A_DESA = 2, A_SIREKAP = 3, A_IMAGES = 4 }; /* attributes, in this order */

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

/* ===== writing ===== */

static void put_head(rk_buf *b, enum rk_entry_kind kind, uint32_t time) {
    rk_buf_byte(b, VERSION);
    rk_buf_byte(b, (char)kind);
    rk_buf_varint(b, time);
}

static void put_text(rk_buf *b, rk_slice s) {
    rk_buf_varint(b, s.len);
    rk_buf_add(b, s);
}

static void put_u64(rk_buf *b, uint64_t v) {
    rk_buf_u32(b, (uint32_t)v);
    rk_buf_u32(b, (uint32_t)(v >> 32));
}

static void put_actor(rk_buf *b, const rk_actor *a) {
    put_text(b, a->role);
    put_u64(b, a->key_id);
}

static void put_hash(rk_buf *b, const rk_sha256 *h) {
    rk_buf_add(b, (rk_slice){(const char *)h->b, sizeof h->b});
}

static rk_status text_ok(rk_slice s, size_t max, const char *what, rk_err *err) {
    if (s.len > max || !rk_utf8_text(s, ""))
        return rk_fail(err, RK_BAD_INPUT, "%s is over %zu bytes or not plain UTF-8 text", what,
                       max);
    return RK_OK;
}

static rk_status done(rk_buf *b, size_t start, rk_err *err) {
    if (b->failed || b->len - start > RK_ENTRY_MAX)
        return rk_fail(err, RK_LIMIT, "the entry would be over %u bytes", RK_ENTRY_MAX);
    return RK_OK;
}

rk_status rk_entry_put_election(const rk_election_entry *e, rk_buf *out, rk_err *err) {
    size_t start = out->len;
    RK_TRY(text_ok(e->id, 40, "the election's id", err));
    RK_TRY(text_ok(e->name, RK_NAME_MAX, "the election's name", err));
    RK_TRY(text_ok(e->date, 10, "the election's date", err));
    put_head(out, RK_ENTRY_ELECTION, e->time);
    put_actor(out, &e->actor);
    put_text(out, e->id);
    put_text(out, e->name);
    put_text(out, e->date);
    return done(out, start, err);
}

rk_status rk_entry_put_document(const rk_document_entry *e, rk_buf *out, rk_err *err) {
    size_t start = out->len;
    RK_ASSERT(e->part < e->parts && e->bytes.len <= RK_DOCUMENT_PART);
    RK_TRY(text_ok(e->label, RK_NAME_MAX, "the document's name", err));
    put_head(out, RK_ENTRY_DOCUMENT, e->time);
    put_actor(out, &e->actor);
    rk_buf_byte(out, (char)e->type);
    put_text(out, e->contest);
    put_text(out, e->label);
    put_hash(out, &e->sha256);
    rk_buf_varint(out, e->part);
    rk_buf_varint(out, e->parts);
    put_text(out, e->bytes);
    return done(out, start, err);
}

rk_status rk_entry_put_batch(const rk_batch_entry *e, rk_buf *out, rk_err *err) {
    size_t start = out->len;
    RK_TRY(text_ok(e->source, RK_NAME_MAX, "the source's name", err));
    RK_TRY(text_ok(e->reason, RK_TEXT_MAX, "the reason", err));
    put_head(out, RK_ENTRY_BATCH, e->time);
    put_actor(out, &e->actor);
    put_text(out, e->contest);
    put_text(out, e->source);
    put_text(out, e->reason);
    put_hash(out, &e->sha256);
    rk_buf_varint(out, e->forms);
    return done(out, start, err);
}

static void put_attribute(rk_buf *b, uint8_t type, rk_slice value) {
    rk_buf_byte(b, (char)type);
    put_text(b, value);
}

static void put_attributes(rk_buf *b, const rk_form *f) {
    uint8_t n =
        (uint8_t)((f->ts != 0) + (f->desa.len != 0) + (f->sirekap != 0) + (f->images.len != 0));
    rk_buf_byte(b, (char)n);
    if (f->ts) {
        char t[4] = {(char)(f->ts & 255), (char)(f->ts >> 8 & 255), (char)(f->ts >> 16 & 255),
                     (char)(f->ts >> 24)};
        put_attribute(b, A_TS, (rk_slice){t, 4});
    }
    if (f->desa.len) put_attribute(b, A_DESA, f->desa);
    if (f->sirekap) put_attribute(b, A_SIREKAP, (rk_slice){(const char *)&f->sirekap, 1});
    if (f->images.len) put_attribute(b, A_IMAGES, f->images);
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
    bool in_batch = f->batch != RK_NO_BATCH;
    RK_ASSERT(!in_batch || (f->batch < index && f->time == 0 && f->actor.role.len == 0));
    RK_TRY(text_ok(f->reason, RK_TEXT_MAX, "the reason", err));
    uint8_t flags =
        (uint8_t)((in_batch ? F_BATCH : F_ACTOR) | (f->reason.len ? F_REASON : 0) |
                  (f->generation || f->psu ? F_GENERATION : 0) | (f->layer ? F_LAYER : 0) |
                  (f->ts || f->desa.len || f->sirekap || f->images.len ? F_ATTRIBUTES : 0));
    put_head(out, RK_ENTRY_FORM, f->time);
    rk_buf_byte(out, (char)flags);
    put_text(out, f->contest);
    put_text(out, f->tps);
    if (flags & F_BATCH) rk_buf_varint(out, index - f->batch);
    if (flags & F_ACTOR) put_actor(out, &f->actor);
    if (flags & F_REASON) put_text(out, f->reason);
    if (flags & F_GENERATION)
        rk_buf_byte(out, (char)f->generation), rk_buf_byte(out, (char)f->psu);
    if (flags & F_LAYER) rk_buf_byte(out, (char)f->layer);
    put_cells(out, f);
    if (flags & F_ATTRIBUTES) put_attributes(out, f);
    return done(out, start, err);
}

/* ===== reading ===== */

/* A cursor that turns bad once and stays bad: checked at the end. */
struct in {
    const uint8_t *p, *e;
    bool bad;
};

static uint8_t get_byte(struct in *i) {
    if (i->p == i->e) return i->bad = true, (uint8_t)0;
    return *i->p++;
}

static uint64_t get_varint(struct in *i) {
    if (i->p < i->e && *i->p < 128) return *i->p++;
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        uint8_t b = get_byte(i);
        if (shift == 63 && b > 1) break;
        v |= (uint64_t)(b & 127) << shift;
        if (b < 128) {
            if (b == 0 && shift) break; /* not the shortest form */
            return v;
        }
    }
    i->bad = true;
    return 0;
}

static rk_slice get_bytes(struct in *i, uint64_t n) {
    if (n > (uint64_t)(i->e - i->p)) return i->bad = true, (rk_slice){0};
    rk_slice s = {(const char *)i->p, (size_t)n};
    i->p += n;
    return s;
}

static rk_slice get_text(struct in *i) { return get_bytes(i, get_varint(i)); }

static uint32_t get_time(struct in *i) {
    uint64_t t = get_varint(i);
    i->bad |= t > UINT32_MAX;
    return (uint32_t)t;
}

static uint64_t get_u64(struct in *i) {
    uint64_t v = 0;
    rk_slice s = get_bytes(i, 8);
    if (s.len) memcpy(&v, s.ptr, 8);
    return v;
}

static rk_actor get_actor(struct in *i) {
    rk_actor a = {.role = get_text(i)};
    a.key_id = get_u64(i);
    return a;
}

static void get_hash(struct in *i, rk_sha256 *h) {
    rk_slice s = get_bytes(i, sizeof h->b);
    if (s.len) memcpy(h->b, s.ptr, sizeof h->b);
}

rk_status rk_entry_kind_of(rk_slice e, enum rk_entry_kind *kind, rk_err *err) {
    if (e.len < 2 || e.ptr[0] != VERSION || e.ptr[1] < RK_ENTRY_ELECTION ||
        e.ptr[1] > RK_ENTRY_FORM)
        return rk_fail(err, RK_CORRUPT,
                       "an entry of unknown version or kind (bytes %02x %02x): it was written "
                       "by a newer rekap, or the store is damaged",
                       e.len > 0 ? (uint8_t)e.ptr[0] : 0, e.len > 1 ? (uint8_t)e.ptr[1] : 0);
    *kind = (enum rk_entry_kind)e.ptr[1];
    return RK_OK;
}

static struct in open_entry(rk_slice e, enum rk_entry_kind want) {
    struct in i = {(const uint8_t *)e.ptr, (const uint8_t *)e.ptr + e.len, false};
    i.bad = get_byte(&i) != VERSION;
    i.bad |= get_byte(&i) != want;
    return i;
}

static rk_status close_entry(const struct in *i, const char *what, rk_err *err) {
    return i->bad || i->p != i->e
               ? rk_fail(err, RK_CORRUPT, "a %s entry does not decode: the store is damaged",
                         what)
               : RK_OK;
}

rk_status rk_entry_get_election(rk_slice entry, rk_election_entry *out, rk_err *err) {
    struct in i = open_entry(entry, RK_ENTRY_ELECTION);
    out->time = get_time(&i);
    out->actor = get_actor(&i);
    out->id = get_text(&i);
    out->name = get_text(&i);
    out->date = get_text(&i);
    return close_entry(&i, "election", err);
}

rk_status rk_entry_get_document(rk_slice entry, rk_document_entry *out, rk_err *err) {
    struct in i = open_entry(entry, RK_ENTRY_DOCUMENT);
    out->time = get_time(&i);
    out->actor = get_actor(&i);
    uint8_t type = get_byte(&i);
    i.bad |= type < RK_DOC_WILAYAH || type > RK_DOC_RESMI;
    out->type = (enum rk_document)type;
    out->contest = get_text(&i);
    out->label = get_text(&i);
    get_hash(&i, &out->sha256);
    uint64_t part = get_varint(&i), parts = get_varint(&i);
    i.bad |= parts > RK_DOCUMENT_MAX / RK_DOCUMENT_PART + 1 || part >= parts;
    out->part = (uint32_t)part;
    out->parts = (uint32_t)parts;
    out->bytes = get_text(&i);
    return close_entry(&i, "document", err);
}

rk_status rk_entry_get_batch(rk_slice entry, rk_batch_entry *out, rk_err *err) {
    struct in i = open_entry(entry, RK_ENTRY_BATCH);
    out->time = get_time(&i);
    out->actor = get_actor(&i);
    out->contest = get_text(&i);
    out->source = get_text(&i);
    out->reason = get_text(&i);
    get_hash(&i, &out->sha256);
    out->forms = get_varint(&i);
    return close_entry(&i, "batch", err);
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

static void get_cells(struct in *i, uint32_t *cells, uint32_t max, uint32_t *n_cell) {
    uint8_t head = get_byte(i), width = head & 0x7f;
    uint64_t n = get_varint(i);
    if ((width != 1 && width != 2 && width != 4) || n > max) {
        i->bad = true;
        return;
    }
    uint32_t present = (uint32_t)n;
    const uint8_t *map = NULL;
    if (!(head & 0x80)) {
        size_t bytes = (size_t)(n + 7) / 8;
        map = (const uint8_t *)get_bytes(i, bytes).ptr;
        if (i->bad) return;
        if (n % 8 && bytes && map[bytes - 1] >> (n % 8))
            i->bad = true; /* bits past the last figure */
        present = count_bits(map, bytes);
        if (present == n) i->bad = true; /* canonical: then there is no bitmap */
    }
    rk_slice v = get_bytes(i, (uint64_t)present * width);
    if (i->bad) return;
    widen((const uint8_t *)v.ptr, width, present, cells);
    i->bad |= !width_needed(cells, present, width);
    if (map) spread(cells, (uint32_t)n, map, present);
    *n_cell = (uint32_t)n;
}

static void get_attributes(struct in *i, rk_form *f) {
    uint8_t n = get_byte(i), last = 0;
    i->bad |= n == 0;
    for (uint8_t k = 0; k < n && !i->bad; k++) {
        uint8_t type = get_byte(i);
        rk_slice v = get_text(i);
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
        else if (type <= A_IMAGES)
            i->bad = true; /* later types are passed over */
    }
}

rk_status rk_entry_get_form(rk_slice entry, uint64_t index, uint32_t *cells, uint32_t max_cells,
                            rk_form *f, rk_err *err) {
    struct in i = open_entry(entry, RK_ENTRY_FORM);
    *f = (rk_form){.time = get_time(&i), .batch = RK_NO_BATCH, .cell = cells};
    uint8_t flags = get_byte(&i);
    i.bad |= flags >= 64 || !(flags & F_BATCH) == !(flags & F_ACTOR);
    f->contest = get_text(&i);
    f->tps = get_text(&i);
    if (flags & F_BATCH) {
        uint64_t back = get_varint(&i);
        i.bad |= back == 0 || back > index || f->time != 0;
        f->batch = index - back;
    }
    if (flags & F_ACTOR) f->actor = get_actor(&i);
    if (flags & F_REASON) {
        f->reason = get_text(&i);
        i.bad |= f->reason.len == 0;
    }
    if (flags & F_GENERATION) {
        f->generation = get_byte(&i);
        f->psu = get_byte(&i);
        i.bad |= f->psu >= RK_PSU_COUNT || (f->generation == 0 && f->psu == RK_PSU_NONE);
    }
    if (flags & F_LAYER) {
        f->layer = get_byte(&i);
        i.bad |= f->layer == RK_LAYER_TPS;
    }
    get_cells(&i, cells, max_cells, &f->n_cell);
    if (flags & F_ATTRIBUTES) get_attributes(&i, f);
    return close_entry(&i, "form", err);
}
