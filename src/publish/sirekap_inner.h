/* Inside of publish/sirekap*.c: what the renderers of the different documents share. Not for
 * other modules. */
#ifndef RK_PUBLISH_SIREKAP_INNER_H
#define RK_PUBLISH_SIREKAP_INNER_H

#include "publish/sirekap.h"

#define RK_SEGMENTS_MAX 8u /* wilayah/pemilu/{contest}/P/K/C/D/T */

/* ===== what a row has: one key a choice (a pair, a person) or a party with its candidates
 * ===== */

typedef struct rk_key {
    rk_slice id;
    uint32_t column,
        n;          /* its votes: column .. column+n-1 (a party's own, then its candidates') */
    uint32_t total; /* or this written total; RK_NONE = none on the form */
    bool aceh;      /* left out of totals where nobody voted for it */
} rk_key;

typedef struct rk_keys {
    rk_key *key;
    uint32_t n, cap;
    uint32_t ballot; /* whose keys; RK_NONE = none */
} rk_keys;

/* One document on its way. */
typedef struct rk_page {
    rk_election *e;
    rk_tree *tree;
    rk_tally *t; /* NULL where the document is not of one contest */
    const rk_contest *c;
    rk_buf *out;
    rk_err *err;
    uint32_t ts;
    rk_keys keys;
} rk_page;

/* Fails with RK_NOT_FOUND. */
rk_status rk_page_absent(rk_page *p);
/* Makes the page one of that contest; false when the election has none of that code. */
bool rk_page_contest(rk_page *p, rk_slice code);
/* The ballot whose keys a region's row has, RK_NONE where they differ below it. */
uint32_t rk_page_ballot(const rk_page *p, uint32_t node);
/* Fills p->keys for a ballot (kept until another is asked for). */
void rk_page_keys(rk_page *p, uint32_t ballot);
/* The contest is held at the node or somewhere below it. */
bool rk_page_held(const rk_page *p, uint32_t node);
/* Follows codes downwards from the nation: *node, and *tps when the last one is a station's.
 * False when one of them is no child of the one before. */
bool rk_page_walk(const rk_page *p, const rk_slice *code, uint32_t n, uint32_t *node,
                  uint32_t *tps);
/* The time of a document that no form has touched: the election's day. */
uint32_t rk_election_day(const rk_election *e);
static inline uint32_t rk_page_ts(const rk_page *p, uint32_t last) {
    return last ? last : rk_election_day(p->e);
}
/* May stand as one segment of a path (and so as a file's name). */
bool rk_code_in_path(rk_slice code);

/* ===== writing; every "member," leaves a comma that rk_put_close takes back ===== */

void rk_put_close(rk_buf *out, char bracket);
/* "s" and the character after it */
void rk_put_string(rk_buf *out, rk_slice s, char after);
void rk_put_key(rk_buf *out, rk_slice key);                    /* "key": */
void rk_put_member(rk_buf *out, rk_slice key, uint64_t v);     /* "key":v, */
void rk_put_text(rk_buf *out, const char *key, rk_slice text); /* "key":"text", */
void rk_put_ts(rk_buf *out, uint32_t ts);                      /* "ts":"...", */
/* part of total in percent with two decimals, rounded half up: 41.01, 97.8, 100.0, and plain 0
 */
void rk_put_percent(rk_buf *out, uint64_t part, uint64_t total);
/* the keys with a node's totals, each with its comma */
void rk_put_sums(rk_page *p, uint32_t ballot, const uint64_t *sum);

/* ===== dapil ===== */

/* Where each dapil lies: the nodes to add up, and those to take off again because another dapil
 * has cut them out. */
typedef struct rk_dapil_part {
    uint32_t node, dapil;
    bool minus;
} rk_dapil_part;

typedef struct rk_dapil_map {
    rk_dapil_part *part; /* in order of nodes */
    uint32_t n, cap;
    uint32_t *of; /* per node: its dapil or RK_NONE */
} rk_dapil_map;

void rk_dapil_map_make(const rk_contest *c, const rk_tree *tree, rk_dapil_map *m);
void rk_dapil_map_free(rk_dapil_map *m);
/* Dapil d has a region at or below top. */
bool rk_dapil_within(const rk_dapil_map *m, const rk_tree *tree, uint32_t d, uint32_t top);
/* The dapil of that code, or RK_NONE. */
uint32_t rk_dapil_find(const rk_contest *c, rk_slice code);
/* [{"id_dapil","kode_dapil","nama_dapil"}] of the dapil below top */
rk_status rk_render_dapil_list(rk_page *p, uint32_t top);
/* [{"id","nama","kode"}] of all */
rk_status rk_render_dapil_dpr(rk_page *p);
/* the kecamatan (or whatever its regions are) of a dapil, as rows of a wilayah document */
rk_status rk_render_dapil_regions(rk_page *p, uint32_t d);

/* ===== the documents; the segments after {contest} ===== */

rk_status rk_render_wilayah(rk_page *p, const rk_slice *code, uint32_t n);
void rk_put_region_row(rk_page *p, uint32_t node);
rk_status rk_render_hhcw(rk_page *p, const rk_slice *code, uint32_t n);
rk_status rk_render_station(rk_page *p, uint32_t tps);
rk_status rk_render_hhcd(rk_page *p, const rk_slice *code, uint32_t n);
rk_status rk_render_ppwp(rk_page *p);
rk_status rk_render_partai(rk_page *p);
rk_status rk_render_caleg_partai(rk_page *p, rk_slice dapil);
rk_status rk_render_caleg_dpd(rk_page *p, rk_slice province);
rk_status rk_render_paslon(rk_page *p);

/* ===== which documents there are ===== */

/* Since when: everything, or only what later entries touched. */
typedef struct rk_since {
    uint64_t entries; /* documents are as of so many entries */
    uint32_t n_tps;   /* and so many known stations */
} rk_since;

/* The paths of the documents that entries from `since` on may have changed (NULL = of all). */
rk_status rk_sirekap_paths_since(rk_election *e, const rk_since *since, rk_path_fn *fn,
                                 void *ctx, rk_err *err);

#endif
