#include "core/workday.h"

#include "base/csv.h"
#include "base/mem.h"

static uint32_t place(const rk_calendar *c, rk_day d) { /* first position with day >= d */
    uint32_t lo = 0, hi = c->n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (c->day[mid] < d)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static int64_t year_of(rk_day d) {
    int64_t y, m, day;
    rk_day_date(d, &y, &m, &day);
    return y;
}

bool rk_calendar_published(const rk_calendar *c, int64_t year) {
    for (uint32_t i = 0; i < c->n_year; i++)
        if (c->year[i] == year) return true;
    return false;
}

static rk_status add_day(rk_calendar *c, rk_day d, size_t line, rk_err *err) {
    uint32_t at = place(c, d);
    int64_t y = year_of(d);
    if (at < c->n && c->day[at] == d) return RK_OK;
    if (c->n == RK_HOLIDAYS_MAX)
        return rk_fail_at(err, RK_LIMIT, line, 0, "more than %u holidays", RK_HOLIDAYS_MAX);
    if (!rk_calendar_published(c, y)) {
        if (c->n_year == RK_CALENDAR_YEARS_MAX)
            return rk_fail_at(err, RK_LIMIT, line, 0, "more than %u years",
                              RK_CALENDAR_YEARS_MAX);
        c->year[c->n_year++] = (int16_t)y;
    }
    RK_PUSH_ROOM(c->day, c->n, c->cap);
    memmove(c->day + at + 1, c->day + at, (c->n - at) * sizeof *c->day);
    c->day[at] = d;
    c->n++;
    return RK_OK;
}

static rk_status rows(rk_calendar *c, rk_csv *csv, rk_err *err) {
    rk_status s = rk_csv_next(csv, err);
    rk_day d;
    if (s == RK_NOT_FOUND ||
        (s == RK_OK && (csv->n < 1 || !rk_slice_is(csv->field[0], "date"))))
        return rk_fail_at(err, RK_BAD_INPUT, 1, 0,
                          "a calendar begins with the header line date,name,kind");
    while (s == RK_OK && (s = rk_csv_next(csv, err)) == RK_OK) {
        if (!rk_day_parse(csv->field[0], &d))
            return rk_fail_at(err, RK_BAD_INPUT, csv->line, 1, "'%.*s' is no date YYYY-MM-DD",
                              (int)(csv->field[0].len < 40 ? csv->field[0].len : 40),
                              csv->field[0].ptr);
        s = add_day(c, d, csv->line, err);
    }
    return s == RK_NOT_FOUND ? RK_OK : s;
}

rk_status rk_calendar_add(rk_calendar *c, rk_slice bytes, rk_err *err) {
    rk_csv csv;
    if (bytes.len > RK_CALENDAR_BYTES_MAX)
        return rk_fail(err, RK_LIMIT, "a calendar has at most %u bytes", RK_CALENDAR_BYTES_MAX);
    rk_csv_init(&csv, bytes);
    rk_status s = rows(c, &csv, err);
    rk_csv_free(&csv);
    return s;
}

void rk_calendar_free(rk_calendar *c) {
    rk_free(c->day);
    *c = (rk_calendar){0};
}

bool rk_workday_is(const rk_calendar *c, rk_day d) {
    uint32_t at = place(c, d);
    return rk_day_weekday(d) < 5 && !(at < c->n && c->day[at] == d);
}

rk_day rk_workday_after(const rk_calendar *c, rk_day from, uint32_t n, int64_t *missing) {
    rk_day d = from;
    if (missing) *missing = 0;
    while (n) {
        d++;
        if (missing && !*missing && !rk_calendar_published(c, year_of(d)))
            *missing = year_of(d);
        n -= rk_workday_is(c, d);
    }
    return d;
}

uint32_t rk_workday_count(const rk_calendar *c, rk_day from, rk_day to) {
    uint32_t n = 0;
    for (rk_day d = from + 1; d <= to; d++) n += rk_workday_is(c, d);
    return n;
}
