/* For tests: photos and readings as entries, made from a row of figures. */
#ifndef REKAP_TESTS_READING_H
#define REKAP_TESTS_READING_H

#include "base/mem.h"
#include "core/election.h"

/* n photos, numbered from `seed`, so that no two are alike; each third has no public copy. */
static inline void reading_photos(rk_photos_entry *x, rk_slice contest, rk_slice tps,
                                  uint32_t n, uint32_t seed) {
    *x = (rk_photos_entry){.contest = contest, .tps = tps, .form = RK_LIT("ppwp-2024"), .n = n};
    for (uint32_t i = 0; i < n; i++) {
        uint32_t number = seed + i;
        rk_photo_item *p = &x->photo[i];
        p->page = i + 1;
        p->original = rk_sha256_of((rk_slice){(const char *)&number, sizeof number});
        if (i % 3 == 2) continue;
        p->type = i % 3 == 0 ? RK_PHOTO_JPEG : RK_PHOTO_PNG;
        p->bytes = 100000 + i;
        p->copy = rk_sha256_of((rk_slice){(const char *)&p->original, sizeof p->original});
    }
}

/* The first photo was read, the others refused; column i says value[i], RK_ABSENT = nothing,
 * RK_NOT_READ: no figure (without any, it is refused). In a state other than accepted the first
 * figure is referred. */
static inline void reading_of(rk_reading_entry *x, rk_slice contest, rk_slice tps,
                              uint64_t source, uint32_t n_photo, uint8_t state,
                              const uint32_t *value, uint32_t n) {
    uint32_t figures = 0;
    for (uint32_t i = 0; i < n; i++) figures += value[i] != RK_NOT_READ;
    if (figures == 0) state = RK_READ_REFUSED;
    memset(x, 0, sizeof *x);
    x->contest = contest, x->tps = tps, x->reader = RK_LIT("0.1.0"), x->state = state;
    x->model = rk_sha256_of(RK_LIT("model")), x->form = rk_sha256_of(RK_LIT("form"));
    x->n_source = 1, x->source[0] = source, x->n_photo = n_photo;
    bool read = state != RK_READ_REFUSED;
    for (uint32_t i = 0; i < n_photo; i++)
        x->photo[i] = (rk_read_photo){(uint8_t)(read && i == 0 ? 0 : 1 + i % 10),
                                      read && i == 0, false, false, read && i == 0 ? 1 : 0};
    for (uint32_t i = 0; i < n; i++) {
        rk_read_figure *f = &x->figure[x->n_figure];
        if (value[i] == RK_NOT_READ) continue;
        *f = (rk_read_figure){.column = i,
                              .photo = UINT32_MAX,
                              .value = RK_ABSENT,
                              .status = RK_READ_REFUSE,
                              .first_box = x->n_box};
        x->n_figure++;
        if (!read) continue;
        bool doubtful = x->n_figure == 1 && state != RK_READ_ACCEPTED;
        f->photo = 0, f->value = value[i], f->n_box = 3, f->in_sum = true, f->bubbles = 2;
        f->status = doubtful ? RK_READ_REFER : RK_READ_ACCEPT;
        f->confidence = doubtful ? 4711 : 9990;
        for (uint32_t k = 0; k < 3; k++) {
            rk_read_box *b = &x->box[x->n_box++];
            b->digit = (uint8_t)((i + k) % 12), b->bubble = (uint8_t)(k == 0 ? 1 : 3 + i % 10);
            b->sure = 9995;
            for (int c = 0; c < 4; c++)
                b->corner[c][0] = (uint16_t)(200 + 60 * k + (c == 1 || c == 2 ? 50 : 0)),
                b->corner[c][1] = (uint16_t)(300 + 90 * i + (c >= 2 ? 70 : 0));
        }
        for (uint32_t k = 0; doubtful && k < 3; k++)
            x->doubt[x->n_doubt++] =
                (rk_read_doubt){f->first_box + k, (uint16_t)(5000 - 1000 * k)};
    }
}

#endif
