/* Inside of the fold: one contest's totals and forms. Other modules read rk_tally through
 * core/election.h; only core/election.c writes it, through these functions. */
#ifndef RK_CORE_TALLY_H
#define RK_CORE_TALLY_H

#include "core/election.h"

/* One form on its way into the tally. */
typedef struct rk_tally_form {
    uint32_t tps;
    const uint32_t *cell;
    const rk_form *form;
    uint64_t broken;
    uint64_t entry;
    uint32_t time;
} rk_tally_form;

/* Everything of a tally but its tables; takes ownership of c (also on failure). */
rk_status rk_tally_prepare(rk_tally *t, rk_contest *c, const rk_tree *tree, rk_err *err);
/* Drops pointers to tables that lie in memory of somebody else's (a snapshot that failed to
 * load). */
void rk_election_forget(rk_election *e);
/* An empty tally; takes ownership of c (also on failure). */
rk_status rk_tally_make(rk_tally *t, rk_contest *c, const rk_tree *tree, rk_err *err);
void rk_tally_drop(rk_tally *t, const rk_tree *tree);
/* Room for every station of the tree. */
void rk_tally_room(rk_tally *t, const rk_tree *tree);
/* Puts a form in force: subtracts the one it replaces, adds the new one. While t->unsettled
 * only the desa is kept right; rk_tally_settle sums the rest. */
void rk_tally_put(rk_tally *t, const rk_tree *tree, const rk_tally_form *f);
void rk_tally_settle(rk_tally *t, const rk_tree *tree);

/* ===== photos (core/tally_photo.c) ===== */

/* Photos of a station came in, its reading. RK_CORRUPT: the reading does not fit what is
 * there. */
rk_status rk_tally_receive(rk_tally *t, const rk_tree *tree, uint32_t tps,
                           const rk_photos_entry *x, uint64_t entry, rk_err *err);
rk_status rk_tally_read(rk_tally *t, const rk_tree *tree, uint32_t tps,
                        const rk_reading_entry *x, uint64_t entry, rk_err *err);
/* A form that says it is the machine's is exactly its newest reading, accepted, and takes the
 * place of no other's figures; whoever signs as the machine says so. */
rk_status rk_tally_machine_ok(const rk_tally *t, uint32_t tps, const rk_form *f, rk_err *err);
/* After a form was put: what the reading is compared with has changed. */
void rk_tally_compare(rk_tally *t, const rk_tree *tree, uint32_t tps);
/* Adds what a station's photos count for in a node. */
void rk_tally_count_photos(rk_count *c, const rk_photo_state *s, uint32_t by);

/* Asks for the cache lines that putting a form of this station will touch. */
static inline void rk_tally_prefetch(const rk_tally *t, const rk_tree *tree, uint32_t tps,
                                     uint32_t desa) {
    size_t cols = t->contest->n_col;
    if (tps < t->cap_tps) {
        __builtin_prefetch(&t->state[tps], 1);
        const char *cell = (const char *)(t->cell + tps * cols);
        for (size_t i = 0; i < cols * sizeof *t->cell && i < 256; i += 64)
            __builtin_prefetch(cell + i, 1);
    }
    for (uint32_t node = desa, level = 0; level < 2; level++, node = tree->node[node].parent) {
        const char *s = (const char *)(t->sum + node * cols);
        for (size_t i = 0; i < cols * sizeof *t->sum && i < 256; i += 64)
            __builtin_prefetch(s + i, 1);
        __builtin_prefetch(&t->count[node], 1);
        if (t->unsettled) break;
    }
}

#endif
