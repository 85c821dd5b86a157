/* Photos and readings in the fold. They change no figure: a reading that was accepted counts
 * only through a form entry that repeats it, so that what is counted is always a form. */
#include "core/tally.h"

#include "base/mem.h"

/* Tables for a contest that has photos; most stations' pages of them are never touched. */
static void make_room(rk_tally *t) {
    if (t->photo_state) return;
    t->photo_state = rk_map_new(t->cap_tps * sizeof *t->photo_state);
    t->read_cell = rk_map_new((size_t)t->cap_tps * t->contest->n_col * sizeof *t->read_cell);
}

void rk_tally_count_photos(rk_count *c, const rk_photo_state *s, uint32_t by) {
    c->photos += s->received1 ? by : 0;
    c->refused += s->state == RK_READ_REFUSED ? by : 0;
    c->referred += s->state == RK_READ_REFERRED ? by : 0;
    c->accepted += s->state == RK_READ_ACCEPTED ? by : 0;
    c->inconsistent += s->state == RK_READ_INCONSISTENT ? by : 0;
    c->differs += s->compared == RK_COMPARED_DIFFERS ? by : 0;
}

/* Puts a station's new state in place of the old one, in all counts above it. */
static void replace(rk_tally *t, const rk_tree *tree, uint32_t tps, rk_photo_state now) {
    rk_photo_state *s = &t->photo_state[tps];
    for (uint32_t node = tree->tps[tps].desa; node != RK_NONE;
         node = t->unsettled ? RK_NONE : tree->node[node].parent) {
        rk_tally_count_photos(&t->count[node], s, (uint32_t)-1);
        rk_tally_count_photos(&t->count[node], &now, 1);
    }
    *s = now;
}

/* ===== comparing ===== */

/* A form that is somebody's own is compared where the ink is plain; nothing follows from it. */
static enum rk_read_compared compared(const rk_tally *t, uint32_t tps,
                                      const rk_photo_state *s) {
    const uint32_t *form = rk_tally_row(t, tps);
    const uint32_t *read = t->read_cell + (size_t)tps * t->contest->n_col;
    bool plain = s->state == RK_READ_ACCEPTED || s->state == RK_READ_INCONSISTENT;
    if (!form || t->state[tps].by_machine || !plain) return RK_COMPARED_NOT;
    for (uint32_t i = 0; i < t->contest->n_col; i++)
        if (read[i] != RK_NOT_READ && read[i] != form[i]) return RK_COMPARED_DIFFERS;
    return RK_COMPARED_SAME;
}

void rk_tally_compare(rk_tally *t, const rk_tree *tree, uint32_t tps) {
    rk_photo_state now = t->photo_state[tps];
    now.compared = (uint8_t)compared(t, tps, &now);
    if (now.compared != t->photo_state[tps].compared) replace(t, tree, tps, now);
}

/* ===== entries ===== */

rk_status rk_tally_receive(rk_tally *t, const rk_tree *tree, uint32_t tps,
                           const rk_photos_entry *x, uint64_t entry, rk_err *err) {
    RK_ASSERT(entry < UINT32_MAX && tps < t->cap_tps);
    make_room(t);
    rk_photo_state now = t->photo_state[tps];
    if (now.n_photo + x->n > RK_FORM_PHOTOS_MAX)
        return rk_fail(err, RK_CORRUPT, "TPS '%.*s' would have more than %u photos",
                       RK_FMT(x->tps), RK_FORM_PHOTOS_MAX);
    RK_PUSH_ROOM(t->received, t->n_received, t->cap_received);
    t->received[t->n_received++] =
        (struct rk_received){(uint32_t)entry, now.received1, t->n_photo, x->n};
    for (uint32_t i = 0; i < x->n; i++) {
        const rk_photo_item *p = &x->photo[i];
        RK_PUSH_ROOM(t->photo, t->n_photo, t->cap_photo);
        t->photo[t->n_photo++] = (struct rk_public_photo){
            p->copy, p->type, (uint8_t)(p->page < UINT8_MAX ? p->page : 0)};
    }
    now.received1 = t->n_received;
    now.n_photo += x->n;
    now.waiting = true;
    replace(t, tree, tps, now);
    return RK_OK;
}

uint32_t rk_tally_received(const rk_tally *t, uint32_t tps, uint32_t *position, uint32_t max) {
    const rk_photo_state *s = rk_tally_photos(t, tps);
    uint32_t n = 0, k = 0;
    for (uint32_t r = s ? s->received1 : 0; r; r = t->received[r - 1].before1) n++;
    for (uint32_t r = s ? s->received1 : 0; r; r = t->received[r - 1].before1, k++)
        if (n - 1 - k < max) position[n - 1 - k] = r - 1;
    return n;
}

/* The reading covers photos entries of this station and all of their photos. */
static bool sources_fit(const rk_tally *t, uint32_t tps, const rk_reading_entry *x,
                        bool *newest) {
    uint32_t at[RK_FORM_PHOTOS_MAX], n = rk_tally_received(t, tps, at, RK_FORM_PHOTOS_MAX),
                                     k = 0, photos = 0;
    *newest = false;
    for (uint32_t i = 0; i < n && k < x->n_source; i++) {
        const struct rk_received *r = &t->received[at[i]];
        if (r->entry != x->source[k]) continue;
        photos += r->n;
        *newest = i + 1 == n;
        k++;
    }
    return k == x->n_source && photos == x->n_photo;
}

static bool put_row(const rk_tally *t, const rk_reading_entry *x, uint32_t *row) {
    uint32_t cols = t->contest->n_col;
    for (uint32_t i = 0; i < cols; i++) row[i] = RK_NOT_READ;
    for (uint32_t i = 0; i < x->n_figure; i++) {
        const rk_read_figure *f = &x->figure[i];
        if (f->column == UINT32_MAX || f->photo == UINT32_MAX) continue;
        if (f->column >= cols || row[f->column] != RK_NOT_READ) return false;
        row[f->column] = f->value;
    }
    return true;
}

rk_status rk_tally_read(rk_tally *t, const rk_tree *tree, uint32_t tps,
                        const rk_reading_entry *x, uint64_t entry, rk_err *err) {
    bool newest;
    RK_ASSERT(entry < UINT32_MAX && tps < t->cap_tps);
    make_room(t);
    if (!sources_fit(t, tps, x, &newest))
        return rk_fail(err, RK_CORRUPT,
                       "a reading of TPS '%.*s' is of photos that are not its, or not of all",
                       RK_FMT(x->tps));
    if (!put_row(t, x, t->read_cell + (size_t)tps * t->contest->n_col))
        return rk_fail(err, RK_CORRUPT,
                       "a reading of TPS '%.*s' names a column twice, or one that the contest "
                       "has not",
                       RK_FMT(x->tps));
    rk_photo_state now = t->photo_state[tps];
    now.reading1 = (uint32_t)entry + 1;
    now.state = x->state;
    now.waiting = now.waiting && !newest;
    now.compared = (uint8_t)compared(t, tps, &now);
    replace(t, tree, tps, now);
    return RK_OK;
}

/* ===== forms that repeat a reading ===== */

static bool repeats(const rk_tally *t, uint32_t tps, const rk_form *f) {
    const uint32_t *read = t->read_cell + (size_t)tps * t->contest->n_col;
    for (uint32_t i = 0; i < t->contest->n_col; i++)
        if (f->cell[i] != (read[i] == RK_NOT_READ ? RK_ABSENT : read[i])) return false;
    return true;
}

rk_status rk_tally_machine_ok(const rk_tally *t, uint32_t tps, const rk_form *f, rk_err *err) {
    bool machine = rk_slice_eq(f->head.actor.role, RK_ROLE_READER);
    if (!machine && !f->reading1) return RK_OK;
    const rk_photo_state *s = machine && f->reading1 ? rk_tally_photos(t, tps) : NULL;
    if (!s || s->reading1 != f->reading1 || s->state != RK_READ_ACCEPTED || !repeats(t, tps, f))
        return rk_fail(err, RK_CORRUPT,
                       "a form of TPS '%.*s' that a machine read is not its newest reading, or "
                       "that was not accepted",
                       RK_FMT(f->tps));
    if (rk_tally_row(t, tps) && !t->state[tps].by_machine)
        return rk_fail(err, RK_CORRUPT,
                       "a form of TPS '%.*s' that a machine read would take the place of "
                       "figures that others entered",
                       RK_FMT(f->tps));
    return RK_OK;
}
