/* What a count says by law: who is elected president (rekap hasil), and which party has which
 * seats (rekap kursi), each with the figures it rests on named: which series, how much of it is
 * in, which law, which threshold. Reads an election or tables from files, writes to a sink;
 * pure otherwise. The arithmetic is core/outcome.h and core/seats.h. */
#ifndef RK_PUBLISH_OUTCOME_H
#define RK_PUBLISH_OUTCOME_H

#include "core/outcome.h"
#include "core/seats.h"
#include "publish/tables.h"

/* One series of votes and what it says. */
typedef struct rk_outcome_series {
    rk_slice name;    /* points to the election's or the caller's text */
    const char *kind; /* "hitungan" the count, "resmi" official figures, "berkas" a file */
    uint64_t entry;   /* where the series was declared; the count: entries it rests on */
    bool of_stations; /* the count: the next three mean something */
    uint32_t in, all; /* stations with votes, stations in all */
    uint32_t partial; /* stations with votes where a choice's cell is blank */
    rk_outcome_table table;
    rk_outcome result;
} rk_outcome_series;

typedef struct rk_outcome_report {
    rk_slice election, contest_code, contest_name;
    uint64_t entries;
    uint32_t time;
    rk_outcome_series *series;
    uint32_t n;
    bool has_turnout, has_invalid;
    rk_share turnout, invalid;
    const char *turnout_part, *turnout_whole; /* which figures */
} rk_outcome_report;

/* The count first, then each official series that names every choice. A contest that is not for
 * pairs of the whole nation has no series, only shares. The election must be settled. */
rk_status rk_outcome_report_make(rk_election *e, uint32_t contest, rk_outcome_report *out,
                                 rk_err *err);
/* One series from a file; takes the table over (also on failure). */
rk_status rk_outcome_report_of(rk_slice name, rk_outcome_table *t, rk_outcome_report *out,
                               rk_err *err);
rk_status rk_outcome_report_write(const rk_outcome_report *r, enum rk_format f,
                                  const rk_sink *out, rk_err *err);
void rk_outcome_report_free(rk_outcome_report *r);

typedef struct rk_seat_report {
    rk_slice election, contest_code, contest_name, series;
    uint64_t entries;
    uint32_t time;
    bool of_stations;
    uint32_t in, all;
    rk_seat_rule rule;
    rk_seat_table table;
    rk_seat_result result;
} rk_seat_report;

/* RK_NOT_FOUND when the contest gives out no seats (not of parties, or a dapil without
 * "kursi").
 */
rk_status rk_seat_report_make(rk_election *e, uint32_t contest, const rk_seat_rule *rule,
                              rk_seat_report *out, rk_err *err);
/* From a file; takes the table over (also on failure). */
rk_status rk_seat_report_of(rk_slice name, rk_seat_table *t, const rk_seat_rule *rule,
                            rk_seat_report *out, rk_err *err);
rk_status rk_seat_report_write(const rk_seat_report *r, enum rk_format f, const rk_sink *out,
                               rk_err *err);
void rk_seat_report_free(rk_seat_report *r);
/* The rule for the election's year; contests other than the DPR's (pdpr) know no threshold. */
rk_status rk_seat_rule_for(const rk_election *e, uint32_t contest, rk_seat_rule *out,
                           rk_err *err);

/* The documents of API v1: B/api/v1/kontes/{k}/hasil and /kursi. */
rk_status rk_api_outcome(rk_election *e, uint32_t contest, rk_buf *out, rk_err *err);
rk_status rk_api_seats(rk_election *e, uint32_t contest, rk_buf *out, rk_err *err);

#endif
