/* The region tree of one election: nation, provinsi, kabupaten/kota, kecamatan, desa/kelurahan
 * and the stations (TPS) below each desa. Trees change between elections, so each election has
 * its own; codes are opaque, a node's ancestors come from the file's `induk` column and nothing
 * else. Built once from a file's bytes; afterwards only stations may be added (where the file
 * gives no station numbers, a station becomes known with its first form). Source of the shape:
 * shared facts on Sirekap's `wilayah` documents; see docs/format/wilayah.md. */
#ifndef RK_CORE_REGION_H
#define RK_CORE_REGION_H

#include "base/buf.h"
#include "base/code.h"

/* Levels (tingkat). */
enum {
    RK_NATION = 0,
    RK_PROVINSI = 1,
    RK_KABUPATEN = 2,
    RK_KECAMATAN = 3,
    RK_DESA = 4,
    RK_STATION = 5
};

typedef struct rk_region {
    uint32_t parent; /* node number; the nation's is RK_NONE */
    uint32_t
        first_child; /* position in rk_tree.child, n_child of them, in bytewise code order */
    uint32_t n_child;
    uint32_t first_tps; /* head of the desa's list of stations (rk_tps.next), RK_NONE = none */
    uint32_t last_tps;
    uint32_t known;    /* stations known below this node */
    uint32_t declared; /* stations declared for this node by the file, 0 = not declared */
    uint32_t total; /* stations that count as its total: max(declared, known), summed upwards */
    uint8_t level;  /* 0 nation .. 4 desa */
    bool has_frame; /* desa: the file lists its station numbers; no other station exists */
    rk_slice name;  /* points into the tree's own text */
    rk_code dapil;  /* empty = none given */
} rk_region;

/* How a station's voters vote: in the country always TPS; abroad also by mobile box or by post.
 */
enum { RK_METHOD_TPS = 0, RK_METHOD_KSK = 1, RK_METHOD_POS = 2 };

typedef struct rk_tps {
    uint32_t desa;   /* node number */
    uint32_t next;   /* next station of the same desa, RK_NONE = last */
    uint32_t number; /* running number within the desa, 0 = the code has none */
    uint8_t method;
} rk_tps;

typedef struct rk_tree {
    /* nodes in order of level, then bytewise code; node 0 is the nation, code "0" */
    rk_region *node;
    rk_code *code; /* code[i] of node[i] */
    uint32_t n;
    uint32_t
        level_first[RK_LEVELS + 1]; /* nodes of level l: level_first[l] .. level_first[l+1]-1 */
    uint32_t *child;                /* node numbers, grouped by parent */
    rk_codemap index;
    uint32_t prefix_lengths; /* bit i: some region code has i bytes */
    /* stations in order of arrival */
    rk_tps *tps;
    rk_code *tps_code;
    uint32_t n_tps, cap_tps;
    rk_codemap tps_index;
    char *text; /* names */
    size_t text_bytes;
} rk_tree;

/* Parses a region file. Columns by name, any order: kode,induk,nama,tingkat and optionally
 * dapil, jumlah_tps, nomor_tps, pemisah_tps, tps_khusus_dari, tps_khusus_sampai
 * (docs/format/wilayah.md). Returns RK_BAD_INPUT with line and column for: unknown or missing
 * column, duplicate or unknown code, a parent of the wrong level, bad numbers, over a limit.
 * The tree owns copies of all text. */
rk_status rk_tree_parse(rk_slice csv, rk_tree **out, rk_err *err);
void rk_tree_free(rk_tree **t);

/* Node by code ("0" is the nation), or RK_NONE. */
uint32_t rk_tree_find(const rk_tree *t, rk_slice code);
/* Station by code, or RK_NONE. */
uint32_t rk_tree_find_tps(const rk_tree *t, const rk_code *code, uint64_t hash);
/* The region whose code is the longest prefix of a station's code, or RK_NONE. */
uint32_t rk_tree_by_prefix(const rk_tree *t, const rk_code *tps_code);
/* Makes room for n stations in all, so that adding them moves nothing (n is capped by
 * RK_TPS_MAX). */
void rk_tree_reserve_tps(rk_tree *t, uint64_t n);
/* Adds a station below a desa. RK_NOT_FOUND when the desa's list of stations does not have it.
 */
rk_status rk_tree_add_tps(rk_tree *t, const rk_code *code, uint32_t desa, uint32_t *out,
                          rk_err *err);
/* The node's ancestor at `level` (itself when it is on that level). */
uint32_t rk_tree_ancestor(const rk_tree *t, uint32_t node, unsigned level);
/* True when node is `top` or below it. */
bool rk_tree_below(const rk_tree *t, uint32_t node, uint32_t top);
static inline rk_slice rk_tree_code(const rk_tree *t, uint32_t node) {
    return rk_code_slice(&t->code[node]);
}
/* A code is written to tables and addresses as it is: text without control character, comma or
 * quote that no spreadsheet takes for a formula. */
bool rk_tree_code_ok(rk_slice code);
/* Writes the station's display name ("TPS 001", "KSK 010", or its code) to out. */
void rk_tree_tps_name(const rk_tree *t, uint32_t tps, rk_buf *out);
/* Stations of a desa in bytewise code order, appended to a caller's array of at least
 * t->node[desa].known elements; returns their number. */
uint32_t rk_tree_tps_sorted(const rk_tree *t, uint32_t desa, uint32_t *out);
/* "provinsi", "kabupaten", ... for a level. */
const char *rk_level_name(unsigned level);
/* Level by name or digit ("desa", "4", "kabupaten/kota", "nasional"); false when unknown. */
bool rk_level_parse(rk_slice s, unsigned *level);

#endif
