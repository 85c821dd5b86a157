/* Layout: one page of header with a table of sections, then each section on its own pages, in
 * the fixed order in which collect() names them. Tables that are big and may be used in place
 * stay in the mapping; small ones are copied out, so that the usual owners free them in the
 * usual way. */
#include "core/snapshot.h"

#include "base/mem.h"
#include "core/tally.h"

enum { PAGE = 4096, FOLD_VERSION = 4, SECTIONS_MAX = 17 + 16 * RK_CONTESTS_MAX };
static const char MAGIC[8] = "RKSNAP1";

struct section {
    uint64_t offset, bytes, sum;
};

/* Numbers that no table tells. */
struct numbers {
    uint64_t size, n_text, key_batch, key_left;
    uint32_t last_time, n_contest, n_official, n_batch, n, n_tps, prefix_lengths, index_mask,
        index_used, tps_mask, tps_used, n_key, is_signed;
    uint32_t level_first[RK_LEVELS + 1];
};
struct tally_numbers {
    uint32_t n_history, n_images, n_received, n_photo, has_photos;
};

struct header {
    char magic[8];
    uint32_t fold_version, n_section;
    uint32_t struct_bytes[12]; /* of the structs kept as they are in memory */
    rk_sha256 rules, tip;
    uint64_t size, bytes, sum; /* sum: of the section table */
};

static void struct_bytes(uint32_t *b) {
    const size_t s[12] = {sizeof(rk_region),
                          sizeof(rk_code),
                          sizeof(struct rk_codeslot),
                          sizeof(rk_tps),
                          sizeof(rk_count),
                          sizeof(rk_form_state),
                          sizeof(struct rk_superseded),
                          sizeof(struct numbers),
                          sizeof(rk_signing_key),
                          sizeof(rk_photo_state),
                          sizeof(struct rk_received),
                          sizeof(struct rk_public_photo)};
    for (int i = 0; i < 12; i++) b[i] = (uint32_t)s[i];
}

/* A cache of more than COOL_FROM bytes is not kept in memory as it is checked. */
enum { COOL_PIECE = 32 << 20, COOL_FROM = 256 << 20 };

/* Four multiply lanes over 32 bytes at a time: memory speed; finds damage, stops nobody. */
static void checksum_add(uint64_t lane[4], const char *c, size_t n) {
    const uint64_t k = 0x9E3779B97F4A7C15ull;
    uint64_t w[4];
    for (; n >= 32; n -= 32, c += 32) {
        memcpy(w, c, 32);
        for (int i = 0; i < 4; i++) lane[i] = (lane[i] ^ w[i]) * k, lane[i] ^= lane[i] >> 32;
    }
}

/* cool: it is a mapping that need not stay in memory. */
static uint64_t checksum_of(const void *p, size_t n, bool cool) {
    const uint64_t k = 0x9E3779B97F4A7C15ull;
    uint64_t lane[4] = {n, k, ~k, k ^ n}, w[4] = {0};
    const char *c = p;
    for (size_t piece; (piece = n < COOL_PIECE ? n / 32 * 32 : COOL_PIECE) > 0;
         n -= piece, c += piece) {
        checksum_add(lane, c, piece);
        if (cool) rk_map_cool(c, piece);
    }
    if (n) memcpy(w, c, n);
    for (int i = 0; i < 4; i++) lane[i] = (lane[i] ^ w[i]) * k, lane[i] ^= lane[i] >> 29;
    return lane[0] ^ (lane[1] << 13 | lane[1] >> 51) ^ (lane[2] << 29 | lane[2] >> 35) ^
           (lane[3] << 43 | lane[3] >> 21);
}

static uint64_t checksum(const void *p, size_t n) { return checksum_of(p, n, false); }

static uint64_t padded(uint64_t n) { return (n + PAGE - 1) / PAGE * PAGE; }

/* ===== writing ===== */

struct writer {
    rk_slice part[SECTIONS_MAX];
    uint32_t n;
    rk_region *nodes; /* with name offsets in place of pointers */
    struct numbers num;
    struct tally_numbers tnum[RK_CONTESTS_MAX];
    rk_buf texts; /* id, name, date, official figures */
    rk_buf images[RK_CONTESTS_MAX];
};

static void add(struct writer *w, const void *p, size_t bytes) {
    w->part[w->n++] = (rk_slice){p, bytes};
}

static void put_text(rk_buf *b, rk_slice s) {
    rk_buf_u32(b, (uint32_t)s.len);
    rk_buf_add(b, s);
}

static void collect_texts(struct writer *w, const rk_election *e) {
    rk_buf_init(&w->texts, 1u << 30);
    put_text(&w->texts, e->id);
    put_text(&w->texts, e->name);
    put_text(&w->texts, e->date);
    for (uint32_t i = 0; i < e->n_official; i++) {
        rk_buf_u32(&w->texts, e->official[i].contest);
        rk_buf_u32(&w->texts, (uint32_t)e->official[i].entry);
        put_text(&w->texts, e->official[i].label);
        put_text(&w->texts, e->official[i].csv);
    }
    add(w, w->texts.ptr, w->texts.len);
}

static void collect_tree(struct writer *w, const rk_tree *t) {
    w->nodes = rk_map_new(t->n * sizeof *w->nodes);
    memcpy(w->nodes, t->node, t->n * sizeof *w->nodes);
    for (uint32_t i = 1; i < t->n; i++)
        w->nodes[i].name.ptr = (const char *)(uintptr_t)(t->node[i].name.ptr - t->text);
    w->nodes[0].name.ptr = NULL;
    add(w, w->nodes, t->n * sizeof *t->node);
    add(w, t->code, t->n * sizeof *t->code);
    add(w, t->child, t->n * sizeof *t->child);
    add(w, t->index.slot, ((size_t)t->index.mask + 1) * sizeof *t->index.slot);
    add(w, t->tps, t->n_tps * sizeof *t->tps);
    add(w, t->tps_code, t->n_tps * sizeof *t->tps_code);
    add(w, t->tps_index.slot,
        t->tps_index.slot ? ((size_t)t->tps_index.mask + 1) * sizeof *t->tps_index.slot : 0);
    add(w, t->text, t->text_bytes);
}

static void collect_tally(struct writer *w, uint32_t i, const rk_tally *t,
                          const rk_tree *tree) {
    size_t cols = t->contest->n_col,
           n_tps = tree->n_tps < t->cap_tps ? tree->n_tps : t->cap_tps;
    w->tnum[i] = (struct tally_numbers){t->n_history, t->n_images, t->n_received, t->n_photo,
                                        t->photo_state != NULL};
    rk_buf_init(&w->images[i], (size_t)RK_FILE_BYTES_MAX);
    for (uint32_t k = 0; k < t->n_images; k++) put_text(&w->images[i], t->images[k]);
    add(w, t->document.ptr, t->document.len);
    add(w, t->sum, tree->n * cols * sizeof *t->sum);
    add(w, t->count, tree->n * sizeof *t->count);
    add(w, t->rule_count, ((size_t)tree->n * t->contest->n_rule + 1) * sizeof *t->rule_count);
    add(w, t->cell, n_tps * cols * sizeof *t->cell);
    add(w, t->state, n_tps * sizeof *t->state);
    add(w, t->history, t->n_history * sizeof *t->history);
    add(w, w->images[i].ptr, w->images[i].len);
    size_t n_read = t->photo_state ? n_tps : 0;
    add(w, t->photo_state, n_read * sizeof *t->photo_state);
    add(w, t->read_cell, n_read * cols * sizeof *t->read_cell);
    add(w, t->received, t->n_received * sizeof *t->received);
    add(w, t->photo, t->n_photo * sizeof *t->photo);
}

static void collect(struct writer *w, const rk_election *e) {
    const rk_tree *t = e->tree;
    w->num = (struct numbers){.size = e->size,
                              .n_text = t->text_bytes,
                              .last_time = e->last_time,
                              .n_contest = e->n_contest,
                              .n_official = e->n_official,
                              .n_batch = e->n_batch,
                              .n = t->n,
                              .n_tps = t->n_tps,
                              .prefix_lengths = t->prefix_lengths,
                              .index_mask = t->index.mask,
                              .index_used = t->index.used,
                              .tps_mask = t->tps_index.mask,
                              .tps_used = t->tps_index.used,
                              .n_key = e->keys.n,
                              .is_signed = e->keys.is_signed,
                              .key_batch = e->keys.batch,
                              .key_left = e->keys.left};
    memcpy(w->num.level_first, t->level_first, sizeof w->num.level_first);
    add(w, &w->num, sizeof w->num);
    add(w, w->tnum, sizeof w->tnum);
    collect_texts(w, e);
    add(w, e->batch, e->n_batch * sizeof *e->batch);
    add(w, e->keys.key, e->keys.n * sizeof *e->keys.key);
    collect_tree(w, t);
    for (uint32_t i = 0; i < e->n_contest; i++) collect_tally(w, i, &e->tally[i], t);
}

static rk_status write_padded(const rk_sink *out, const void *p, size_t n, rk_err *err) {
    static const char zero[PAGE];
    RK_TRY(rk_sink_write(out, (rk_slice){p, n}, err));
    return rk_sink_write(out, (rk_slice){zero, (size_t)(padded(n) - n)}, err);
}

static rk_status emit(const struct writer *w, const rk_election *e, const rk_sha256 *tip,
                      const rk_sink *out, rk_err *err) {
    struct section table[SECTIONS_MAX];
    struct header h = {.fold_version = FOLD_VERSION,
                       .n_section = w->n,
                       .rules = rk_sha256_of(rk_standard_rules()),
                       .tip = *tip,
                       .size = e->size};
    memset(table, 0, sizeof table);
    memcpy(h.magic, MAGIC, sizeof h.magic);
    struct_bytes(h.struct_bytes);
    uint64_t at = PAGE + padded(w->n * sizeof *table);
    for (uint32_t i = 0; i < w->n; i++) {
        table[i] =
            (struct section){at, w->part[i].len, checksum(w->part[i].ptr, w->part[i].len)};
        at += padded(w->part[i].len);
    }
    h.bytes = at;
    h.sum = checksum(table, w->n * sizeof *table);
    RK_TRY(write_padded(out, &h, sizeof h, err));
    RK_TRY(write_padded(out, table, w->n * sizeof *table, err));
    for (uint32_t i = 0; i < w->n; i++)
        RK_TRY(write_padded(out, w->part[i].ptr, w->part[i].len, err));
    return RK_OK;
}

rk_status rk_snapshot_write(rk_election *e, const rk_sha256 *tip, const rk_sink *out,
                            rk_err *err) {
    if (!e->tree || e->size == 0)
        return rk_fail(err, RK_NOT_FOUND, "there is nothing to keep yet");
    for (uint32_t i = 0; i < e->n_contest; i++) {
        RK_ASSERT(!e->tally[i].unsettled);
        rk_tally_room(&e->tally[i], e->tree);
    }
    struct writer *w = rk_alloc(sizeof *w);
    collect(w, e);
    rk_status s = emit(w, e, tip, out, err);
    rk_map_free(w->nodes, e->tree->n * sizeof *w->nodes);
    rk_buf_free(&w->texts);
    for (uint32_t i = 0; i < e->n_contest; i++) rk_buf_free(&w->images[i]);
    rk_free(w);
    return s;
}

/* ===== reading ===== */

static bool ours(const struct header *h) {
    uint32_t b[12];
    rk_sha256 rules = rk_sha256_of(rk_standard_rules());
    struct_bytes(b);
    return memcmp(h->magic, MAGIC, sizeof h->magic) == 0 && h->fold_version == FOLD_VERSION &&
           h->n_section <= SECTIONS_MAX && memcmp(h->struct_bytes, b, sizeof b) == 0 &&
           memcmp(&h->rules, &rules, sizeof rules) == 0;
}

rk_status rk_snapshot_peek(rk_slice bytes, rk_snapshot_key *out) {
    struct header h;
    if (bytes.len < PAGE) return RK_NOT_FOUND;
    memcpy(&h, bytes.ptr, sizeof h);
    if (!ours(&h) || h.bytes != bytes.len) return RK_NOT_FOUND;
    *out = (rk_snapshot_key){h.size, h.tip};
    return RK_OK;
}

struct loader {
    char *base;
    const struct section *table;
    uint32_t n, at;
    bool bad;
    const struct numbers *num;
    const struct tally_numbers *tnum;
};

/* The next section, which must have exactly `bytes` bytes (UINT64_MAX = any). */
static void *take(struct loader *l, uint64_t bytes, uint64_t *got) {
    if (l->bad || l->at == l->n) return l->bad = true, NULL;
    const struct section *s = &l->table[l->at++];
    if (bytes != UINT64_MAX && s->bytes != bytes) return l->bad = true, NULL;
    if (got) *got = s->bytes;
    return l->base + s->offset;
}

static void *take_copy(struct loader *l, uint64_t bytes) {
    void *p = take(l, bytes, NULL);
    return p && bytes ? rk_dup(p, bytes) : NULL;
}

static rk_slice take_text(rk_slice *rest) {
    uint32_t n;
    if (rest->len < 4) return (rk_slice){0};
    memcpy(&n, rest->ptr, 4);
    *rest = rk_slice_from(*rest, 4);
    rk_slice s = {rest->ptr, n <= rest->len ? n : rest->len};
    *rest = rk_slice_from(*rest, s.len);
    return (rk_slice){rk_dup(s.ptr, s.len), s.len};
}

static uint32_t take_u32(rk_slice *rest) {
    uint32_t n = 0;
    if (rest->len >= 4) memcpy(&n, rest->ptr, 4);
    *rest = rk_slice_from(*rest, 4);
    return n;
}

static void load_texts(struct loader *l, rk_election *e) {
    uint64_t n = 0;
    char *p = take(l, UINT64_MAX, &n);
    rk_slice rest = {p, p ? n : 0};
    e->id = take_text(&rest);
    e->name = take_text(&rest);
    e->date = take_text(&rest);
    e->official = rk_calloc(l->num->n_official + 1, sizeof *e->official);
    for (uint32_t i = 0; i < l->num->n_official; i++) {
        rk_official *o = &e->official[i];
        o->contest = take_u32(&rest);
        o->entry = take_u32(&rest);
        o->label = take_text(&rest);
        o->csv = take_text(&rest);
    }
    e->n_official = l->num->n_official;
}

/* Tables that stay in the mapping become the election's; the rest of the file is given back. */
static void load_tree(struct loader *l, rk_tree *t) {
    const struct numbers *x = l->num;
    t->n = x->n;
    t->n_tps = t->cap_tps = x->n_tps;
    t->prefix_lengths = x->prefix_lengths;
    memcpy(t->level_first, x->level_first, sizeof t->level_first);
    t->node = take(l, x->n * sizeof *t->node, NULL);
    t->code = take(l, x->n * sizeof *t->code, NULL);
    t->child = take_copy(l, x->n * sizeof *t->child);
    t->index =
        (rk_codemap){take(l, ((uint64_t)x->index_mask + 1) * sizeof *t->index.slot, NULL),
                     x->index_mask, x->index_used};
    t->tps = take(l, x->n_tps * sizeof *t->tps, NULL);
    t->tps_code = take(l, x->n_tps * sizeof *t->tps_code, NULL);
    uint64_t slots = x->tps_used || x->tps_mask
                         ? ((uint64_t)x->tps_mask + 1) * sizeof *t->tps_index.slot
                         : 0;
    t->tps_index = (rk_codemap){take(l, slots, NULL), x->tps_mask, x->tps_used};
    if (!slots) t->tps_index = (rk_codemap){0};
    if (!x->n_tps) t->tps = NULL, t->tps_code = NULL;
    t->text = take_copy(l, x->n_text);
    t->text_bytes = x->n_text;
    for (uint32_t i = 1; !l->bad && i < t->n; i++)
        t->node[i].name.ptr = t->text + (uintptr_t)t->node[i].name.ptr;
    if (!l->bad) t->node[0].name = RK_LIT("INDONESIA");
}

static void load_images(struct loader *l, rk_tally *t, uint32_t n) {
    uint64_t bytes = 0;
    char *p = take(l, UINT64_MAX, &bytes);
    rk_slice rest = {p, p ? bytes : 0};
    t->images = rk_calloc(n + 1, sizeof *t->images);
    for (; t->n_images < n; t->n_images++) t->images[t->n_images] = take_text(&rest);
    t->cap_images = n;
}

static void load_photos(struct loader *l, rk_tally *t, const struct tally_numbers *x,
                        uint32_t n_tps) {
    uint64_t n = x->has_photos ? n_tps : 0, cols = t->contest->n_col;
    t->photo_state = take(l, n * sizeof *t->photo_state, NULL);
    t->read_cell = take(l, n * cols * sizeof *t->read_cell, NULL);
    if (n == 0) t->photo_state = NULL, t->read_cell = NULL;
    t->n_received = t->cap_received = x->n_received;
    t->received = take_copy(l, (uint64_t)x->n_received * sizeof *t->received);
    t->n_photo = t->cap_photo = x->n_photo;
    t->photo = take_copy(l, (uint64_t)x->n_photo * sizeof *t->photo);
}

static rk_status load_tally(struct loader *l, uint32_t i, rk_tally *t, const rk_tree *tree,
                            rk_err *err) {
    uint64_t n = 0;
    char *json = take(l, UINT64_MAX, &n);
    rk_contest *c;
    if (!json) return RK_CORRUPT;
    RK_TRY(rk_contest_parse((rk_slice){json, n}, rk_standard_rules(), &c, err));
    RK_TRY(rk_tally_prepare(t, c, tree, err));
    t->document = (rk_slice){rk_dup(json, n), n};
    t->sum = take(l, (uint64_t)tree->n * c->n_col * sizeof *t->sum, NULL);
    t->count = take(l, tree->n * sizeof *t->count, NULL);
    t->rule_count = take(l, ((uint64_t)tree->n * c->n_rule + 1) * sizeof *t->rule_count, NULL);
    t->cell = take(l, (uint64_t)tree->n_tps * c->n_col * sizeof *t->cell, NULL);
    t->state = take(l, tree->n_tps * sizeof *t->state, NULL);
    t->cap_tps = tree->n_tps;
    if (!tree->n_tps) t->cell = NULL, t->state = NULL;
    t->n_history = t->cap_history = l->tnum[i].n_history;
    t->history = take_copy(l, t->n_history * sizeof *t->history);
    load_images(l, t, l->tnum[i].n_images);
    load_photos(l, t, &l->tnum[i], tree->n_tps);
    return l->bad ? RK_CORRUPT : RK_OK;
}

static bool sections_sound(const struct loader *l, size_t bytes) {
    uint64_t at = PAGE + padded(l->n * sizeof *l->table);
    for (uint32_t i = 0; i < l->n; i++) {
        if (l->table[i].offset != at || l->table[i].bytes > bytes - at) return false;
        if (checksum_of(l->base + at, l->table[i].bytes, bytes > COOL_FROM) != l->table[i].sum)
            return false;
        at += padded(l->table[i].bytes);
    }
    return at == bytes;
}

static rk_status load_keys(struct loader *l, rk_keyring *r) {
    const struct numbers *x = l->num;
    const rk_signing_key *key = take(l, x->n_key * sizeof *key, NULL);
    if (l->bad || !rk_keyring_restore(r, key, x->n_key)) return RK_CORRUPT;
    r->is_signed = x->is_signed != 0;
    r->size = x->size;
    r->batch = x->key_batch;
    r->left = x->key_left;
    return RK_OK;
}

static rk_status load_all(struct loader *l, rk_election *e, rk_err *err) {
    l->num = take(l, sizeof *l->num, NULL);
    l->tnum = take(l, sizeof(struct tally_numbers) * RK_CONTESTS_MAX, NULL);
    if (l->bad || l->num->n_contest > RK_CONTESTS_MAX) return RK_CORRUPT;
    load_texts(l, e);
    e->n_batch = e->cap_batch = l->num->n_batch;
    e->batch = take_copy(l, e->n_batch * sizeof *e->batch);
    RK_TRY(load_keys(l, &e->keys));
    e->tree = rk_alloc(sizeof *e->tree);
    load_tree(l, e->tree);
    if (l->bad) return RK_CORRUPT;
    for (; e->n_contest < l->num->n_contest;) {
        uint32_t i = e->n_contest++;
        RK_TRY(load_tally(l, i, &e->tally[i], e->tree, err));
    }
    e->size = l->num->size;
    e->last_time = l->num->last_time;
    return l->bad || l->at != l->n ? RK_CORRUPT : RK_OK;
}

/* Gives back the pages of sections that no table uses any more. */
static void give_back(const struct loader *l, const rk_election *e) {
    const void *used[10 + 8 * RK_CONTESTS_MAX];
    uint32_t n = 0;
    const rk_tree *t = e->tree;
    const void *tree[] = {t->node, t->code,     t->index.slot,
                          t->tps,  t->tps_code, t->tps_index.slot};
    for (int i = 0; i < 6; i++) used[n++] = tree[i];
    for (uint32_t c = 0; c < e->n_contest; c++) {
        const rk_tally *y = &e->tally[c];
        const void *tally[] = {y->sum,   y->count,       y->rule_count, y->cell,
                               y->state, y->photo_state, y->read_cell};
        for (int i = 0; i < 7; i++) used[n++] = tally[i];
    }
    for (uint32_t i = 0; i < l->n; i++) {
        bool keep = false;
        for (uint32_t k = 0; k < n; k++) keep |= used[k] == l->base + l->table[i].offset;
        if (!keep && l->table[i].bytes)
            rk_map_free(l->base + l->table[i].offset, l->table[i].bytes);
    }
}

rk_status rk_snapshot_load(void *base, size_t bytes, rk_election **out, rk_err *err) {
    const struct header *h = base;
    rk_snapshot_key key;
    *out = NULL;
    if (rk_snapshot_peek((rk_slice){base, bytes}, &key) != RK_OK)
        return rk_fail(err, RK_CORRUPT, "not a snapshot of this program");
    struct loader l = {.base = base,
                       .table = (const struct section *)((char *)base + PAGE),
                       .n = h->n_section};
    if (PAGE + padded(l.n * sizeof *l.table) > bytes ||
        checksum(l.table, l.n * sizeof *l.table) != h->sum || !sections_sound(&l, bytes))
        return rk_fail(err, RK_CORRUPT, "the snapshot is damaged");
    rk_election *e = rk_election_new();
    rk_status s = load_all(&l, e, err);
    if (s != RK_OK) {
        rk_election_forget(e); /* its tables lie in the caller's memory */
        rk_election_free(&e);
        return rk_fail(err, RK_CORRUPT, "the snapshot does not fit together");
    }
    give_back(&l, e);
    rk_map_free(base, PAGE + padded(l.n * sizeof *l.table));
    *out = e;
    return RK_OK;
}
