#include "core/tile.h"

#include "base/num.h"
#include "core/line.h"

/* ---- paths ---- */

static char *put_text(char *p, const char *s) {
    size_t n = strlen(s);
    memcpy(p, s, n);
    return p + n;
}

/* 1234067 is x001/x234/067. */
static char *put_index(char *p, uint64_t index) {
    uint64_t part[8];
    unsigned n = 0;
    do {
        part[n++] = index % 1000;
        index /= 1000;
    } while (index);
    while (n > 1) {
        *p++ = 'x';
        p = rk_num_put_pad(p, part[--n], 3);
        *p++ = '/';
    }
    return rk_num_put_pad(p, part[0], 3);
}

char *rk_tile_path_put(char *p, rk_tile t) {
    RK_ASSERT(t.width >= 1 && t.width <= RK_TILE_WIDTH && t.level <= RK_TILE_LEVEL_MAX);
    RK_ASSERT(t.index <= RK_TILE_INDEX_MAX && !(t.entries && t.level));
    p = put_text(p, "tile/");
    p = t.entries ? put_text(p, "entries") : rk_num_put(p, t.level);
    *p++ = '/';
    p = put_index(p, t.index);
    return t.width == RK_TILE_WIDTH ? p : rk_num_put(put_text(p, ".p/"), t.width);
}

/* Three digits. */
static bool parse_part(rk_slice s, uint64_t *out) {
    return s.len == 3 && rk_num_parse(s, 999, out);
}

static bool parse_index(rk_slice s, uint64_t *out) {
    uint64_t index = 0, part;
    rk_slice element;
    for (bool first = true; rk_slice_cut(&s, '/', &element); first = false) {
        bool last = s.ptr == NULL;
        if (!last && (element.len != 4 || element.ptr[0] != 'x')) return false;
        if (!parse_part(last ? element : rk_slice_from(element, 1), &part)) return false;
        if (first && !last && part == 0) return false; /* 67 is 067, never x000/067 */
        index = index * 1000 + part; /* bounded: below 2^56 before, so below 2^66 / 64 */
        if (index > RK_TILE_INDEX_MAX) return false;
    }
    *out = index;
    return true;
}

/* Cuts ".p/W" off the end of *s; false when it is there and malformed. */
static bool cut_width(rk_slice *s, uint16_t *width) {
    const char *dot = memchr(s->ptr, '.', s->len);
    *width = RK_TILE_WIDTH;
    if (!dot) return true;
    rk_slice tail = {dot, s->len - (size_t)(dot - s->ptr)};
    uint64_t w;
    if (!rk_slice_starts(tail, RK_LIT(".p/")) ||
        !rk_line_number(rk_slice_from(tail, 3), RK_TILE_WIDTH - 1, &w) || w == 0)
        return false;
    *width = (uint16_t)w;
    s->len -= tail.len;
    return true;
}

bool rk_tile_path_parse(rk_slice path, rk_tile *out) {
    rk_slice word;
    rk_tile t = {0};
    uint64_t level = 0;
    *out = t;
    if (path.len > RK_TILE_PATH_MAX || path.len == 0) return false;
    if (!rk_slice_cut(&path, '/', &word) || !rk_slice_is(word, "tile")) return false;
    if (!rk_slice_cut(&path, '/', &word) || path.ptr == NULL || path.len == 0) return false;
    t.entries = rk_slice_is(word, "entries");
    if (!t.entries && !rk_line_number(word, RK_TILE_LEVEL_MAX, &level)) return false;
    t.level = (uint8_t)level;
    if (!cut_width(&path, &t.width) || !parse_index(path, &t.index)) return false;
    *out = t;
    return true;
}

/* ---- which tiles a size has ---- */

/* Hashes of a level: complete subtrees of 256^level entries. */
static uint64_t hashes(unsigned level, uint64_t size) {
    return level < RK_TILE_LEVELS ? size >> (8 * level) : 0;
}

uint64_t rk_tile_full(unsigned level, uint64_t size) {
    return hashes(level, size) / RK_TILE_WIDTH;
}

unsigned rk_tile_partial(unsigned level, uint64_t size) {
    return (unsigned)(hashes(level, size) % RK_TILE_WIDTH);
}

bool rk_tile_within(rk_tile t, uint64_t size) {
    uint64_t n = hashes(t.level, size);
    return t.width >= 1 && t.width <= RK_TILE_WIDTH && t.index <= n / RK_TILE_WIDTH &&
           t.width <= n - t.index * RK_TILE_WIDTH;
}

void rk_tile_iter_init(rk_tile_iter *it, uint64_t from, uint64_t to) {
    RK_ASSERT(from <= to && to <= RK_LOG_SIZE_MAX);
    *it = (rk_tile_iter){.from = from, .to = to};
}

bool rk_tile_iter_next(rk_tile_iter *it, rk_tile *out) {
    for (; it->step <= RK_TILE_LEVELS; it->step++, it->inside = false) {
        unsigned level = it->step ? it->step - 1 : 0;
        uint64_t had = hashes(level, it->from), has = hashes(level, it->to);
        if (!it->inside) it->index = had / RK_TILE_WIDTH;
        it->inside = true;
        if (had == has || it->index * RK_TILE_WIDTH >= has) continue;
        uint64_t left = has - it->index * RK_TILE_WIDTH;
        *out = (rk_tile){.entries = it->step == 0,
                         .level = (uint8_t)level,
                         .width = (uint16_t)(left < RK_TILE_WIDTH ? left : RK_TILE_WIDTH),
                         .index = it->index++};
        return true;
    }
    return false;
}

/* ---- contents ---- */

rk_status rk_tile_put(rk_tile t, const rk_hash_reader *r, rk_buf *out, rk_err *err) {
    RK_ASSERT(!t.entries && t.level < RK_TILE_LEVELS && t.width >= 1 &&
              t.width <= RK_TILE_WIDTH);
    for (unsigned i = 0; i < t.width; i++) {
        rk_sha256 h;
        RK_TRY(r->read(r->ctx, 8u * t.level, t.index * RK_TILE_WIDTH + i, &h, err));
        rk_buf_add(out, (rk_slice){(const char *)h.b, sizeof h.b});
    }
    return out->failed ? rk_fail(err, RK_LIMIT, "no room for a tile") : RK_OK;
}

rk_sha256 rk_tile_hash(rk_slice bytes, unsigned level, unsigned index) {
    rk_sha256 h[RK_TILE_WIDTH];
    size_t n = (size_t)1 << level, from = (size_t)index * n;
    RK_ASSERT(level <= 8 && (from + n) * sizeof h[0] <= bytes.len);
    memcpy(h, bytes.ptr + from * sizeof h[0], n * sizeof h[0]);
    for (; n > 1; n /= 2)
        for (size_t i = 0; i < n / 2; i++) h[i] = rk_merkle_node(&h[2 * i], &h[2 * i + 1]);
    return h[0];
}

static rk_status read_from_tiles(void *ctx, unsigned level, uint64_t index, rk_sha256 *out,
                                 rk_err *err) {
    rk_tile_source *s = ctx;
    RK_ASSERT(level < 64);
    if (index > (UINT64_MAX >> level) - 1 || ((index + 1) << level) > s->size)
        return rk_fail(err, RK_NOT_FOUND, "a log of %llu entries has no such complete subtree",
                       (unsigned long long)s->size);
    unsigned sub = level % 8;
    uint64_t first = index << sub; /* hash of the tile level */
    rk_tile t = {.level = (uint8_t)(level / 8), .index = first / RK_TILE_WIDTH};
    uint64_t left = hashes(t.level, s->size) - t.index * RK_TILE_WIDTH;
    t.width = (uint16_t)(left < RK_TILE_WIDTH ? left : RK_TILE_WIDTH);
    rk_slice bytes;
    RK_TRY(s->fetch(s->ctx, t, &bytes, err));
    if (bytes.len != t.width * sizeof *out) {
        char path[RK_TILE_PATH_MAX];
        char *end = rk_tile_path_put(path, t);
        return rk_fail(err, RK_CORRUPT, "%.*s has %zu bytes, not %zu", (int)(end - path), path,
                       bytes.len, t.width * sizeof *out);
    }
    *out = rk_tile_hash(bytes, sub, (unsigned)((first % RK_TILE_WIDTH) >> sub));
    return RK_OK;
}

rk_hash_reader rk_tile_reader(rk_tile_source *source) {
    return (rk_hash_reader){read_from_tiles, source};
}
