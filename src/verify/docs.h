/* Published documents against what the entries say. For each kind of document what it must say
 * is made here once more, from a view (verify/view.h), and compared value by value: every
 * number, text and null. It shares no code with what publishes them. Kinds: Sirekap's tree
 * (totals by region and by dapil, stations, region lists), API v1 (regions, stations, findings,
 * comparison, the election), CSV tables (rekap, tps, temuan, banding, wilayah); each also as
 * .gz or .zst. Lists of names (pairs, parties, candidates) have no counted figure and are only
 * counted themselves: the manifest covers them. Limits: RK_DOC_BYTES_MAX bytes a document. */
#ifndef RK_VERIFY_DOCS_H
#define RK_VERIFY_DOCS_H

#include "verify/report.h"
#include "verify/view.h"

#include <jansson.h>

#define RK_DOC_BYTES_MAX (1u << 30)
#define RK_DOC_LINES_MAX 100u /* differences told of one document */

typedef struct rk_docs {
    const rk_view *view;
    rk_report *report;
    uint64_t documents, figures;         /* compared */
    uint64_t names;                      /* documents without counted figures */
    uint64_t wrong;                      /* documents that differ */
    uint32_t *dapil_of[RK_CONTESTS_MAX]; /* per desa; made when asked for */
} rk_docs;

/* Compares one file of a tree; what differs is told. False: it is of no kind known here. */
bool rk_docs_check(rk_docs *d, rk_slice path, rk_slice bytes);
void rk_docs_free(rk_docs *d);

/* ===== inside of verify/doc*.c ===== */

/* What a document must say: a new reference. NULL: there must be no such document (*known), or
 * it is of no kind known. */
json_t *rk_doc_sirekap(rk_docs *d, const rk_slice *seg, uint32_t n, bool *known);
json_t *rk_doc_api(rk_docs *d, const rk_slice *seg, uint32_t n, const json_t *is, bool *known);
/* Of photos and readings (doc_photo.c): members of regions, of stations in a list, of a
 * station; and the document of its own, NULL where there are no photos. */
void rk_doc_photo_counts(json_t *o, const rk_count *c);
void rk_doc_photo_state(json_t *o, const rk_tally *t, uint32_t tps);
void rk_doc_station_photos(json_t *o, const rk_tally *t, uint32_t tps);
json_t *rk_doc_reading(const rk_view *v, const rk_tally *t, uint32_t tps);
/* Tables: false when it is none of the five. */
bool rk_doc_csv(rk_docs *d, rk_slice path, rk_slice bytes);
/* Tells that `path` differs at `place`. */
void rk_doc_differs(rk_docs *d, rk_slice path, const char *place, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* Pieces that both trees of JSON are made of. */
json_t *rk_j_text(rk_slice s);
json_t *rk_j_num(uint64_t v);
json_t *rk_j_cell(uint32_t cell);
json_t *rk_j_bool(bool b);
/* "YYYY-MM-DD HH:MM:SS"; null for 0. */
json_t *rk_j_time(uint32_t ts);
void rk_j_set(json_t *object, rk_slice key, json_t *value);
static inline void rk_j_put(json_t *object, const char *key, json_t *value) {
    rk_j_set(object, rk_slice_str(key), value);
}
json_t *rk_j_station_name(const rk_tree *t, uint32_t tps);
/* Photo addresses of a station as the entry has them: the next one of the list; false at the
 * end. */
bool rk_next_image(rk_slice *list, rk_slice *address);

#endif
