/* Who is elected president by a series of votes, and shares as exact fractions. Pure arithmetic
 * on the figures handed in; which figures those are the caller names beside the answer.
 * Law: UUD 1945 pasal 6A(3) and UU 7/2017 pasal 416(1): more than half of all votes, and at
 * least a fifth of the votes in more than half of the provinces; else a run-off between the
 * first two. Where there are only two pairs the one with the most votes is elected, whatever
 * the spread (Constitutional Court 50/PUU-XII/2014 and 39/PUU-XVII/2019). Votes abroad count
 * for the nation and are no province's. What a count that is not complete would say is not
 * said. Limits: RK_PARTIES_MAX pairs, RK_DISTRICTS_MAX regions, RK_VOTES_MAX. */
#ifndef RK_CORE_OUTCOME_H
#define RK_CORE_OUTCOME_H

#include "base/buf.h"
#include "base/code.h"

#define RK_OUTCOME_LAW                                                                         \
    "UUD 1945 pasal 6A ayat (3)-(4); UU 7/2017 pasal 416; Putusan MK 50/PUU-XII/2014 dan "     \
    "39/PUU-XVII/2019 (dua pasangan: suara terbanyak)"
#define RK_SPREAD_BP 2000u /* a fifth */

/* part of whole, and how many stations wrote both figures. */
typedef struct rk_share {
    uint64_t part, whole;
    uint32_t stations;
} rk_share;

/* Hundredths of a percent, half up; 0 when there is no whole. */
uint32_t rk_share_bp(uint64_t part, uint64_t whole);
/* part / whole >= bp / 10000, exactly; false when there is no whole. */
bool rk_share_at_least(uint64_t part, uint64_t whole, uint32_t bp);

/* The votes of one series; owns what it points to. */
typedef struct rk_outcome_table {
    rk_code *choice;
    rk_slice *choice_name; /* may be empty; owned one by one */
    uint32_t n_choice;
    rk_code *province; /* those with figures; abroad is not among them */
    rk_slice *province_name;
    uint32_t n_province, cap_province;
    uint64_t *votes;    /* province * n_choice */
    uint64_t *nation;   /* n_choice: all votes, those abroad too */
    uint32_t provinces; /* how many the country has; 0 = not known */
    bool complete;      /* nothing is missing from `nation` */
} rk_outcome_table;

enum rk_verdict { RK_UNDECIDED, RK_ELECTED, RK_RUNOFF, RK_TIE };
enum rk_why {
    RK_WHY_INCOMPLETE,   /* votes are missing */
    RK_WHY_NO_PROVINCES, /* too few provinces have figures to tell the spread */
    RK_WHY_BOTH,         /* more than half of the votes, and the spread */
    RK_WHY_TWO_PAIRS,    /* the most votes of two pairs */
    RK_WHY_NO_MAJORITY,  /* nobody has more than half */
    RK_WHY_NO_SPREAD,    /* a majority without the spread */
    RK_WHY_EQUAL,        /* equal votes where the order decides */
};

typedef struct rk_outcome {
    enum rk_verdict verdict;
    enum rk_why why;
    uint64_t total;
    uint32_t first, second; /* choices by votes (the earlier one where equal) */
    bool majority;          /* the first has more than half */
    uint32_t needed;        /* provinces: more than half of all */
    uint32_t unknown;       /* provinces without figures */
    uint32_t *spread;       /* per choice: provinces with at least a fifth; owned */
} rk_outcome;

/* RK_BAD_INPUT with fewer than two choices, RK_LIMIT. */
rk_status rk_outcome_compute(const rk_outcome_table *t, rk_outcome *out, rk_err *err);
void rk_outcome_free(rk_outcome *o);
/* "belum", "terpilih", "putaran-kedua", "seri". */
const char *rk_verdict_name(enum rk_verdict v);
/* A sentence. */
const char *rk_why_text(enum rk_why w, bool english);

/* A table of n choices; names may be NULL. Everything else is to be filled in. */
void rk_outcome_table_init(rk_outcome_table *t, const rk_code *choice, const rk_slice *names,
                           uint32_t n);
/* Adds a province and returns its n_choice cells (zero), or NULL when there are too many. */
uint64_t *rk_outcome_table_province(rk_outcome_table *t, const rk_code *code, rk_slice name);
void rk_outcome_table_free(rk_outcome_table *t);

/* Reads a CSV kode,suara_<pilihan>,... (docs/format/hasil.md): kode 0 is the whole nation,
 * codes in `abroad` (separated by commas) are no provinces; without a row 0 the nation is the
 * sum of the rows. `provinces`: how many there are, 0 = not said. Every cell must be filled.
 * RK_BAD_INPUT with line and column. */
rk_status rk_outcome_table_parse(rk_slice csv, rk_slice abroad, uint32_t provinces,
                                 rk_outcome_table *out, rk_err *err);

#endif
