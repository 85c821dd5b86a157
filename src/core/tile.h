/* The tiles of C2SP tlog-tiles: where the hashes and entries of a log stand, as paths and
 * bytes. A tile is up to 256 consecutive hashes of one level (levels are 8 tree levels apart: a
 * hash of level l spans 256^l entries); an entry bundle is up to 256 entries. Files are not
 * opened here: whoever has tiles hands them in. Limits: paths up to RK_TILE_PATH_MAX bytes,
 * 8,192 bytes a tile, sizes up to RK_LOG_SIZE_MAX. Source: c2sp.org/tlog-tiles;
 * docs/format/log.md. */
#ifndef RK_CORE_TILE_H
#define RK_CORE_TILE_H

#include "base/buf.h"
#include "core/merkle.h"

#define RK_TILE_WIDTH 256u
#define RK_TILE_BYTES_MAX (RK_TILE_WIDTH * (unsigned)sizeof(rk_sha256))
#define RK_TILE_LEVELS 8u     /* 256^8 entries is more than a log can hold */
#define RK_TILE_LEVEL_MAX 63u /* what a path may say */
#define RK_TILE_INDEX_MAX (((uint64_t)1 << 56) - 1)
#define RK_TILE_PATH_MAX 64u

typedef struct rk_tile {
    bool entries;   /* an entry bundle, not hashes */
    uint8_t level;  /* 0 for bundles */
    uint16_t width; /* 1 to 256 hashes or entries; below 256 it is partial */
    uint64_t index; /* within the level */
} rk_tile;

/* ---- paths: "tile/0/x001/x234/067", "tile/entries/000.p/17" ---- */
/* Writes the path at p (RK_TILE_PATH_MAX of room); returns the end. */
char *rk_tile_path_put(char *p, rk_tile t);
/* Exactly what rk_tile_path_put writes for some tile; else false. */
bool rk_tile_path_parse(rk_slice path, rk_tile *out);

/* ---- which tiles a size has ---- */
/* Full tiles of a level (bundles: level 0) and the width of the partial one after them (0 =
 * none). */
uint64_t rk_tile_full(unsigned level, uint64_t size);
unsigned rk_tile_partial(unsigned level, uint64_t size);
/* All of t's hashes or entries are in a log of `size`: t is one of its tiles, or was at a
 * smaller size. */
bool rk_tile_within(rk_tile t, uint64_t size);

/* Every tile and bundle of a log of `to` entries that one of `from` has not: bundles first,
 * then levels upwards. from = 0 gives all of them. */
typedef struct rk_tile_iter {
    uint64_t from, to, index;
    unsigned step; /* 0 = bundles, l + 1 = level l */
    bool inside;
} rk_tile_iter;
void rk_tile_iter_init(rk_tile_iter *it, uint64_t from, uint64_t to);
bool rk_tile_iter_next(rk_tile_iter *it, rk_tile *out);

/* ---- contents ---- */
/* Appends the hashes of t, read from r. Not for bundles. */
rk_status rk_tile_put(rk_tile t, const rk_hash_reader *r, rk_buf *out, rk_err *err);
/* The hash over 2^level hashes of a tile, from hash index << level on; level 0 to 8. `bytes`
 * must reach that far. */
rk_sha256 rk_tile_hash(rk_slice bytes, unsigned level, unsigned index);

/* A hash reader over the tiles of a log of `size`. `fetch` gives the bytes of one tile (exactly
 * width * 32, valid until the next call) and is asked for the tile as it is at that size: a
 * fuller one may be cut. What is read is only as true as the tiles: check the proof or root
 * made from it. RK_NOT_FOUND for a subtree that is not complete at that size. */
typedef struct rk_tile_source {
    rk_status (*fetch)(void *ctx, rk_tile t, rk_slice *bytes, rk_err *err);
    void *ctx;
    uint64_t size;
} rk_tile_source;
rk_hash_reader rk_tile_reader(rk_tile_source *source);

#endif
