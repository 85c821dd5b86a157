/* Working days of Indonesian state offices: Monday to Friday less the holidays of a loaded
 * calendar (public holidays, joint leave "cuti bersama", polling days). Whole-number
 * arithmetic; no clock. A year of which no holiday is loaded has no published calendar: results
 * that pass through it are marked as provisional, since only weekends are known there. Limits:
 * RK_CALENDAR_BYTES_MAX, RK_HOLIDAYS_MAX. Errors: RK_BAD_INPUT with line, RK_LIMIT. Format: CSV
 * with columns date, name, kind (docs/format/ppid.md). */
#ifndef RK_CORE_WORKDAY_H
#define RK_CORE_WORKDAY_H

#include "base/day.h"
#include "base/err.h"
#include "base/limits.h"

typedef struct rk_calendar {
    rk_day *day; /* sorted, no day twice */
    uint32_t n, cap;
    int16_t year[RK_CALENDAR_YEARS_MAX]; /* published years, ascending */
    uint32_t n_year;
} rk_calendar;

/* Adds the rows of a file; a day that is in already is passed over. */
rk_status rk_calendar_add(rk_calendar *c, rk_slice csv, rk_err *err);
void rk_calendar_free(rk_calendar *c);
bool rk_calendar_published(const rk_calendar *c, int64_t year);
bool rk_workday_is(const rk_calendar *c, rk_day d);
/* The n-th working day after `from` (which itself is not counted; n 0 gives from). *missing
 * (NULL allowed) = the first year without a published calendar that the way leads through, 0 =
 * none. */
rk_day rk_workday_after(const rk_calendar *c, rk_day from, uint32_t n, int64_t *missing);
/* Working days in (from, to]; 0 when to <= from. */
uint32_t rk_workday_count(const rk_calendar *c, rk_day from, rk_day to);

#endif
