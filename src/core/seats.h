/* Seats from votes, in whole numbers. Two methods: Sainte-Laguë divisors 1, 3, 5, ... (UU
 * 7/2017 pasal 415, 420) and the quota with largest remainders (UU 8/2012 pasal 211-212), each
 * after a national threshold. Pure and exact: quotients are compared by cross-multiplying in
 * 128 bits, nothing is rounded. Where the order of two equal quotients would decide a seat, the
 * seat stays open and the parties are named as tied: who gets it is not a question of
 * arithmetic. Limits: RK_PARTIES_MAX, RK_SEATS_MAX, RK_VOTES_MAX. */
#ifndef RK_CORE_SEATS_H
#define RK_CORE_SEATS_H

#include "base/buf.h"
#include "base/code.h"

enum rk_seat_method { RK_SEATS_NONE, RK_SAINTE_LAGUE, RK_QUOTA };

/* By what law seats are given out: contests/kursi.csv. */
typedef struct rk_seat_rule {
    uint32_t year;
    uint32_t threshold_bp; /* hundredths of a percent of all votes that a party needs */
    enum rk_seat_method method;
    rk_slice law;
} rk_seat_rule;

/* The rule of the year's election; RK_NOT_FOUND names the years there are. */
rk_status rk_seat_rule_of(uint32_t year, rk_seat_rule *out, rk_err *err);
/* "sainte-lague", "kuota"; false when unknown. */
bool rk_seat_method_parse(rk_slice s, enum rk_seat_method *out);
const char *rk_seat_method_name(enum rk_seat_method m);

/* One district: votes of n parties; in[i] false leaves party i out. */
typedef struct rk_district {
    const uint64_t *votes;
    const bool *in;
    uint32_t n, seats;
} rk_district;

/* What the last seat of a district hangs on. */
typedef struct rk_last_seat {
    uint32_t winner, next;   /* parties; RK_NONE = none (a single party, no votes, a tie) */
    uint64_t winner_divisor; /* Sainte-Laguë: its last quotient is votes / divisor; else 0 */
    uint64_t next_divisor;   /* likewise */
    uint64_t can_lose; /* the winner keeps the seat with so many votes fewer, not with more */
    uint64_t lacks;    /* so many votes more and the next one has the seat outright */
    bool can_lose_all, has_lacks; /* no number of votes changes it */
} rk_last_seat;

/* Fills seats[n] and tied[n] (1 = party shares a quotient that `*open` seats hang on). Seats
 * that no votes stand for stay open too. */
void rk_seats_district(enum rk_seat_method m, const rk_district *d, uint32_t *seats, bool *tied,
                       uint32_t *open);
/* All other votes, and who passed the threshold, staying as they are. */
void rk_seats_last(enum rk_seat_method m, const rk_district *d, rk_last_seat *out);

/* ===== a whole parliament ===== */

/* Votes of every party in every district; owns what it points to. */
typedef struct rk_seat_table {
    rk_code *party;
    rk_slice *party_name; /* may be empty; owned one by one */
    uint32_t n_party, cap_party;
    rk_code *district;
    rk_slice *district_name;
    uint32_t *seats;
    uint32_t n_district, cap_district;
    uint64_t *votes; /* district * n_party; UINT64_MAX = the party has no list there */
} rk_seat_table;

typedef struct rk_seat_result {
    uint64_t total;  /* votes of all parties in all districts */
    uint64_t *party; /* national votes */
    bool *through;   /* passed the threshold */
    uint32_t *won;   /* national seats */
    uint32_t seats, open;
    uint32_t *cell;    /* district * n_party: seats */
    bool *tied;        /* district * n_party */
    uint32_t *open_in; /* per district */
    rk_last_seat *last;
} rk_seat_result;

/* RK_LIMIT past a maximum, RK_BAD_INPUT when no method is given. */
rk_status rk_seats_compute(const rk_seat_table *t, const rk_seat_rule *rule,
                           rk_seat_result *out, rk_err *err);
void rk_seat_result_free(rk_seat_result *r);

/* Adds a party or district and returns its number, or finds the one with that code; RK_NONE
 * when the code is none or the list is full. Not once votes are there. */
uint32_t rk_seat_table_party(rk_seat_table *t, rk_slice code, rk_slice name);
uint32_t rk_seat_table_district(rk_seat_table *t, rk_slice code, rk_slice name, uint32_t seats);
/* Makes the cells, all without a list. */
void rk_seat_table_votes(rk_seat_table *t);
void rk_seat_table_free(rk_seat_table *t);

/* Reads a table from files: seats CSV (dapil, kursi, nama), votes CSV (dapil, partai, suara),
 * and optionally names CSV (partai, nama, singkatan); columns by name, others are refused.
 * Every district needs a row for every party; an empty suara says that the party has no list
 * there. RK_BAD_INPUT with line and column; *which says which file (0 votes, 1 seats, 2 names).
 */
rk_status rk_seat_table_parse(rk_slice votes, rk_slice seats, rk_slice names,
                              rk_seat_table *out, int *which, rk_err *err);

#endif
