/* One election in memory: the fold of its log. Pure: the same entries in the same order give
 * the same state, byte for byte, on every machine. Nothing is changed but by rk_election_apply.
 * Cost of one more form: O(depth of the tree); of a bulk: one pass, with the levels above the
 * desa summed once at rk_election_settle. Owner: rk_election_new's caller. One thread may
 * apply; readers must not run at the same time. */
#ifndef RK_CORE_ELECTION_H
#define RK_CORE_ELECTION_H

#include "core/contest.h"
#include "core/entry_photo.h"
#include "core/keyring.h"
#include "core/rule.h"

/* What is known of one station's form in one contest. */
typedef struct rk_form_state {
    uint64_t broken;  /* rules broken: bit r for contest->rule[r] */
    uint32_t entry1;  /* index of the entry in force + 1; 0 = no form yet */
    uint32_t history; /* position + 1 in rk_tally.history of the entry it replaced; 0 = none */
    uint32_t ts;      /* the source's ts, else the time received */
    uint32_t images1; /* position + 1 in rk_tally.images; 0 = none */
    uint8_t psu, generation, sirekap, layer;
    bool counted;    /* at least one choice has a figure */
    bool own_ts;     /* ts is the source's, not the time received */
    bool by_machine; /* it repeats a reading that was accepted */
} rk_form_state;

/* What is known of a station's photos in one contest. */
enum rk_read_compared { RK_COMPARED_NOT = 0, RK_COMPARED_SAME = 1, RK_COMPARED_DIFFERS = 2 };
typedef struct rk_photo_state {
    uint32_t received1; /* position + 1 in rk_tally.received of the newest; 0 = no photo */
    uint32_t reading1;  /* index of the newest reading + 1; 0 = none yet */
    uint32_t n_photo;
    uint8_t state;    /* enum rk_read_state_of_form, of that reading */
    uint8_t compared; /* enum rk_read_compared, with figures that are not the machine's */
    bool waiting;     /* photos that no reading covers yet */
} rk_photo_state;

typedef struct rk_count {
    uint32_t forms;   /* stations with a form */
    uint32_t counted; /* stations whose form has votes */
    uint32_t review;  /* stations whose form breaks an E or W rule */
    uint32_t last_ts; /* latest ts of any form below */
    /* stations with photos; of these by their newest reading: */
    uint32_t photos, refused, referred, accepted, inconsistent;
    uint32_t differs; /* accepted or inconsistent, and other figures stand in force */
} rk_count;
/* Stations of which at least one page was read. */
static inline uint32_t rk_count_read(const rk_count *c) {
    return c->referred + c->accepted + c->inconsistent;
}

typedef struct rk_tally {
    rk_contest *contest;
    rk_slice document;   /* the contest file as declared, owned */
    uint32_t *ballot_of; /* per node: the ballot in use, RK_NONE = not held there / several */
    uint8_t *abroad;     /* per node */
    uint64_t review_mask;
    /* per node */
    uint64_t *sum; /* node * contest->n_col: totals of each column */
    rk_count *count;
    uint32_t *rule_count; /* node * contest->n_rule: stations breaking the rule */
    uint32_t
        *scope_total; /* stations of this contest, where it is not held everywhere; else NULL */
    uint32_t scope_stamp; /* tree->n_tps it was made for */
    /* per station (index of rk_tree.tps) */
    uint32_t *cell; /* station * contest->n_col; valid where state has an entry */
    rk_form_state *state;
    uint32_t cap_tps;
    struct rk_superseded {
        uint32_t entry, before1;
    } * history; /* before1: position + 1 of the one before */
    uint32_t n_history, cap_history;
    rk_slice *images; /* owned copies */
    uint32_t n_images, cap_images;
    /* photos: NULL until there is one */
    rk_photo_state *photo_state; /* per station */
    uint32_t *read_cell;         /* station * n_col: as read; RK_NOT_READ where nothing was */
    struct rk_received {
        uint32_t entry, before1; /* before1: position + 1 of the station's one before */
        uint32_t first, n;       /* in photo */
    } * received;                /* photos entries */
    uint32_t n_received, cap_received;
    struct rk_public_photo {
        rk_sha256 copy;
        uint8_t type, page; /* enum rk_photo_type; as claimed */
    } * photo;
    uint32_t n_photo, cap_photo;
    bool unsettled; /* levels above the desa are not summed yet */
    rk_checker *checker;
} rk_tally;

/* Official figures declared beside the count: a series of its own, never mixed with it. */
typedef struct rk_official {
    uint32_t contest; /* number of the contest */
    rk_slice label;   /* name of the series */
    rk_slice csv;     /* the declared file */
    uint64_t entry;
} rk_official;

typedef struct rk_batch_info {
    uint64_t entry;
    uint32_t time;
} rk_batch_info;

typedef struct rk_election {
    rk_slice id, name, date; /* empty until the election entry is applied */
    rk_tree *tree;           /* NULL until a region file is declared */
    rk_tally *tally;
    uint32_t n_contest;
    rk_official *official;
    uint32_t n_official;
    rk_batch_info *batch;
    uint32_t n_batch, cap_batch;
    rk_keyring keys;      /* who may sign what; applies one entry ahead of the rest */
    uint64_t size;        /* entries applied */
    uint64_t declared;    /* entries up to and with the last region tree or contest */
    uint32_t last_time;   /* latest time received */
    bool bulk;            /* leave the levels above the desa to the next settle */
    struct rk_fold *fold; /* scratch space of the fold */
} rk_election;

rk_election *rk_election_new(void);
void rk_election_free(rk_election **e);

/* Applies the next n entries (indexes e->size ...). On failure (RK_CORRUPT) the state is
 * undefined and must be freed: a log that does not fold is damaged. Call rk_election_settle
 * before reading. */
rk_status rk_election_apply(rk_election *e, const rk_slice *entry, size_t n, rk_err *err);
/* Until the next settle only the desa is summed: for applying many entries at once. */
static inline void rk_election_bulk(rk_election *e) { e->bulk = true; }
/* Brings the levels above the desa up to date after a bulk; cheap when nothing is pending. */
void rk_election_settle(rk_election *e);
/* One contest's figures are not needed soon: what lies in a snapshot's file need not stay in
 * memory (rk_map_cool). For passes over everything, contest by contest. */
void rk_election_cool(const rk_election *e, uint32_t contest);

/* Number of the contest with that code, or RK_NONE. */
uint32_t rk_election_contest(const rk_election *e, rk_slice code);
/* Totals of a node: contest->n_col numbers. */
static inline const uint64_t *rk_tally_sum(const rk_tally *t, uint32_t node) {
    return t->sum + (size_t)node * t->contest->n_col;
}
/* Votes of a choice in a node, by its code. What a cell means differs from ballot to ballot:
 * above the dapil, where there is no one ballot, it is summed over the topmost nodes that have
 * one. */
uint64_t rk_tally_choice(const rk_tally *t, const rk_tree *tree, uint32_t node, rk_slice code);
/* A station's figures, NULL when it has no form. */
static inline const uint32_t *rk_tally_row(const rk_tally *t, uint32_t tps) {
    // NOLINTNEXTLINE(clang-analyzer-core.NullDereference): there are as many states as cap_tps
    return tps < t->cap_tps && t->state[tps].entry1 ? t->cell + (size_t)tps * t->contest->n_col
                                                    : NULL;
}
/* Stations that the contest has below a node (declared or known). */
uint32_t rk_tally_total(rk_tally *t, const rk_tree *tree, uint32_t node);
/* Sums everything again from the stations' forms, forgetting what was kept up to date on the
 * way: must change nothing (that is what it is for: tests, and a check of memory). */
void rk_tally_rebuild(rk_tally *t, const rk_tree *tree);
/* A station's photos; NULL when it has none. */
static inline const rk_photo_state *rk_tally_photos(const rk_tally *t, uint32_t tps) {
    return t->photo_state && tps < t->cap_tps && t->photo_state[tps].received1
               ? &t->photo_state[tps]
               : NULL;
}
#define RK_NOT_READ (UINT32_MAX - 1) /* a column that no figure on the paper was read for */
/* The photos entries of a station, oldest first: positions in t->received. Returns their
 * number (at most max are filled). */
uint32_t rk_tally_received(const rk_tally *t, uint32_t tps, uint32_t *position, uint32_t max);

/* Entries of a station's form, newest first; returns their number (at most max). */
uint32_t rk_tally_history(const rk_tally *t, uint32_t tps, uint64_t *entries, uint32_t max);
/* When the entry was received: its own time is in the entry, or its batch's. */
uint32_t rk_election_batch_time(const rk_election *e, uint64_t batch_entry);

/* Finds the station a form names, without changing anything: RK_OK and *tps; or RK_NOT_FOUND
 * with *desa set when the station is not known yet but may be added there (desa RK_NONE: it may
 * not, and err says why). */
rk_status rk_election_place(const rk_election *e, rk_slice tps_code, rk_slice desa_code,
                            uint32_t *tps, uint32_t *desa, rk_err *err);

/* Whether a form entry of version 2 could be applied next, without changing anything: it
 * decodes, its key may sign it (by role and place; the signature is not checked), contest and
 * station are known, its figures are the contest's and within its maximum. RK_NOT_FOUND for an
 * unknown contest or station, RK_CORRUPT and RK_CONFLICT otherwise. */
rk_status rk_election_accepts(const rk_election *e, rk_slice entry, rk_err *err);

#endif
