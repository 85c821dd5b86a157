/* Points in time: seconds since 1970-01-01 00:00:00 UTC, shown in WIB (Western Indonesian Time,
 * UTC+7, no summer time) as KPU prints them. Pure arithmetic: no clock, no zone database. */
#ifndef RK_BASE_WIB_H
#define RK_BASE_WIB_H

#include "base/slice.h"

#define RK_WIB_LEN 19 /* "2024-02-14 18:44:00" */
/* Parses "YYYY-MM-DD HH:MM:SS" (WIB), years 1970..2105; false when it is no such moment. */
bool rk_wib_parse(rk_slice s, uint32_t *seconds);
/* Writes RK_WIB_LEN bytes at p and returns the end. */
char *rk_wib_put(char *p, uint32_t seconds);
/* Writes an HTTP date ("Wed, 14 Feb 2024 11:44:00 GMT", 29 bytes) and returns the end. */
char *rk_wib_put_http(char *p, uint32_t seconds);

#endif
