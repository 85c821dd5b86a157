/* Days as whole numbers: days since 1970-01-01 in the Gregorian calendar, for date arithmetic
 * without clock, zone or library. Range: years 1970 to 2105 (what a u32 of seconds reaches). */
#ifndef RK_BASE_DAY_H
#define RK_BASE_DAY_H

#include "base/slice.h"

typedef int32_t rk_day;

#define RK_DAY_NONE INT32_MIN /* "not known": an empty date is never the first of 1970 */
#define RK_DAY_LEN 10         /* "2024-02-14" */

/* The day of a date; any month and day are carried over, so check dates with rk_day_parse. */
rk_day rk_day_of(int64_t year, int64_t month, int64_t day);
void rk_day_date(rk_day days, int64_t *y, int64_t *m, int64_t *d);
/* Exactly "YYYY-MM-DD" of a day that exists; false otherwise. */
bool rk_day_parse(rk_slice s, rk_day *out);
/* Writes RK_DAY_LEN bytes at p and returns the end; nothing for RK_DAY_NONE. */
char *rk_day_put(char *p, rk_day d);
/* 0 Monday .. 6 Sunday. */
unsigned rk_day_weekday(rk_day d);

#endif
