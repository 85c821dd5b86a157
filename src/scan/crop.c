#include "scan/crop.h"

#include "base/mem.h"
#include "read/snap.h"
#include "scan/decode.h"
#include "scan/picture.h"
#include "scan/sandbox.h"

enum { PIXELS = RK_CROP_SIDE * RK_CROP_SIDE };

struct shared {
    uint32_t done; /* boxes cut */
    uint8_t px[RK_READING_BOXES_MAX][PIXELS];
};

struct rk_crops {
    rk_sandbox *sandbox;
    struct shared *shared;
};

struct job {
    struct shared *out;
    rk_slice photo;
    const rk_read_box *box;
    uint32_t n;
};

static void in_child(void *ctx) {
    const struct job *j = ctx;
    rk_photo p;
    if (rk_decode(j->photo, 0, &p, NULL) != RK_OK) return;
    for (uint32_t i = 0; i < j->n; i++) {
        rk_quad q = {0};
        for (int c = 0; c < 4; c++)
            q.corner[c] =
                (rk_point){j->box[i].corner[c][0] / 2.0, j->box[i].corner[c][1] / 2.0};
        rk_cut(&p.grey, &q, RK_CROP_SIDE, RK_CROP_EDGE, j->out->px[i]);
    }
    j->out->done = j->n;
}

rk_status rk_crops_new(rk_crops **out, rk_err *err) {
    *out = NULL;
    rk_crops *c = rk_alloc(sizeof *c);
    if (rk_sandbox_new(&c->sandbox, err) != RK_OK) {
        rk_free(c);
        return RK_IO;
    }
    c->shared = rk_shared_new(sizeof *c->shared);
    *out = c;
    return RK_OK;
}

void rk_crops_free(rk_crops **c) {
    if (!*c) return;
    rk_sandbox_free(&(*c)->sandbox);
    rk_shared_free((*c)->shared, sizeof *(*c)->shared);
    rk_free(*c);
    *c = NULL;
}

rk_status rk_crops_cut(rk_crops *c, rk_slice photo, const rk_read_box *box, uint32_t n,
                       const uint8_t **px, rk_err *err) {
    const rk_sandbox_limits limits = {RK_SCAN_CPU_MS_MAX, RK_SCAN_WALL_MS_MAX,
                                      RK_SCAN_MEMORY_MAX};
    rk_sandbox_report report;
    RK_ASSERT(n <= RK_READING_BOXES_MAX);
    struct job job = {c->shared, photo, box, n};
    c->shared->done = 0;
    *px = c->shared->px[0];
    RK_TRY(rk_sandbox_run(c->sandbox, &limits, in_child, &job, &report, err));
    return report.end == RK_SANDBOX_DONE && c->shared->done == n
               ? RK_OK
               : rk_fail(err, RK_BAD_INPUT, "the photo cannot be decoded any more");
}

rk_status rk_crops_png(const uint8_t *px, uint32_t n, rk_buf *out, rk_err *err) {
    uint8_t *row = rk_calloc(n, PIXELS);
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t y = 0; y < RK_CROP_SIDE; y++)
            memcpy(row + ((size_t)y * n + i) * RK_CROP_SIDE,
                   px + (size_t)i * PIXELS + (size_t)y * RK_CROP_SIDE, RK_CROP_SIDE);
    rk_status s = rk_picture_grey(row, n * RK_CROP_SIDE, RK_CROP_SIDE, out, err);
    rk_free(row);
    return s;
}
