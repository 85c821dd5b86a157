/* One wrong bit is mended, not two: the tables for two take 70 MB, and a page is never to be
 * named by a tag that could hardly be read. */
#include "read/tags.h"

#include "base/mem.h"

#include <apriltag/apriltag.h>
#include <apriltag/tag36h10.h>
#include <apriltag/tag36h11.h>
#include <math.h>

enum { BITS_MENDED = 1, MARGIN_LEAST = 20, CLUSTER_LEAST = 40 };

struct rk_tagger {
    enum rk_tag_family which;
    apriltag_family_t *family;
    apriltag_detector_t *detector;
};

rk_tagger *rk_tagger_new(enum rk_tag_family which) {
    rk_tagger *t = rk_alloc(sizeof *t);
    t->which = which;
    t->family = which == RK_TAG36H11 ? tag36h11_create() : tag36h10_create();
    t->detector = apriltag_detector_create();
    apriltag_detector_add_family_bits(t->detector, t->family, BITS_MENDED);
    t->detector->nthreads = 1;
    t->detector->quad_decimate = 1; /* the caller reduces: it knows the size of a tag */
    t->detector->quad_sigma = 0;
    /* Letters and dots are not worth fitting a square to: a tag's border is longer. */
    t->detector->qtp.min_cluster_pixels = CLUSTER_LEAST;
    t->detector->qtp.min_white_black_diff = 20;
    t->detector->debug = false;
    return t;
}

void rk_tagger_free(rk_tagger **t) {
    if (!*t) return;
    apriltag_detector_destroy((*t)->detector);
    if ((*t)->which == RK_TAG36H11)
        tag36h11_destroy((*t)->family);
    else
        tag36h10_destroy((*t)->family);
    rk_free(*t);
    *t = NULL;
}

/* The library counts from the bottom left of the upright tag. */
static rk_tag tag_of(const apriltag_detection_t *d) {
    static const int from[4] = {3, 2, 1, 0};
    rk_tag t = {.id = (uint32_t)d->id};
    for (int i = 0; i < 4; i++) t.corner[i] = (rk_point){d->p[from[i]][0], d->p[from[i]][1]};
    for (int i = 0; i < 4; i++)
        t.side += hypot(t.corner[i].x - t.corner[(i + 1) % 4].x,
                        t.corner[i].y - t.corner[(i + 1) % 4].y) /
                  4;
    return t;
}

/* Keeps the list ordered, largest first, and drops the smallest when it is full. */
static size_t keep(rk_tag *out, size_t n, const rk_tag *t) {
    size_t at = n;
    while (at > 0 && out[at - 1].side < t->side) at--;
    if (at == RK_TAGS_SEEN_MAX) return n;
    if (n < RK_TAGS_SEEN_MAX) n++;
    for (size_t i = n - 1; i > at; i--) out[i] = out[i - 1];
    out[at] = *t;
    return n;
}

size_t rk_tagger_find(rk_tagger *t, const rk_grey *g, rk_tag out[RK_TAGS_SEEN_MAX]) {
    if (g->w < 16 || g->h < 16) return 0;
    /* The library reads the bitmap only, but says so nowhere in its types. */
    image_u8_t im = {(int32_t)g->w, (int32_t)g->h, (int32_t)g->stride,
                     (uint8_t *)(uintptr_t)g->px};
    zarray_t *found = apriltag_detector_detect(t->detector, &im);
    size_t n = 0;
    for (int i = 0; i < zarray_size(found); i++) {
        apriltag_detection_t *d;
        zarray_get(found, i, &d);
        if (d->id < 0 || d->decision_margin < (float)MARGIN_LEAST) continue;
        rk_tag tag = tag_of(d);
        if (isfinite(tag.side)) n = keep(out, n, &tag);
    }
    apriltag_detections_destroy(found);
    return n;
}
