#include "base/day.h"

#include "base/num.h"

/* Years are counted from March, so that the leap day is the last of a year. */
rk_day rk_day_of(int64_t y, int64_t m, int64_t d) {
    y -= m <= 2;
    int64_t era = y / 400, yoe = y - era * 400;
    int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return (rk_day)(era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468);
}

void rk_day_date(rk_day days, int64_t *y, int64_t *m, int64_t *d) {
    int64_t z = (int64_t)days + 719468, era = z / 146097, doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    *d = doy - (153 * mp + 2) / 5 + 1;
    *m = mp + (mp < 10 ? 3 : -9);
    *y = yoe + era * 400 + (*m <= 2);
}

bool rk_day_parse(rk_slice s, rk_day *out) {
    uint64_t y, m, d;
    int64_t y2, m2, d2;
    if (s.len != RK_DAY_LEN || s.ptr[4] != '-' || s.ptr[7] != '-' ||
        !rk_num_parse((rk_slice){s.ptr, 4}, 2105, &y) ||
        !rk_num_parse((rk_slice){s.ptr + 5, 2}, 12, &m) ||
        !rk_num_parse((rk_slice){s.ptr + 8, 2}, 31, &d) || y < 1970 || m < 1 || d < 1)
        return false;
    rk_day day = rk_day_of((int64_t)y, (int64_t)m, (int64_t)d);
    rk_day_date(day, &y2, &m2, &d2);
    if (d2 != (int64_t)d) return false; /* 31 April and the like */
    *out = day;
    return true;
}

char *rk_day_put(char *p, rk_day days) {
    int64_t y, m, d;
    if (days == RK_DAY_NONE) return p;
    rk_day_date(days, &y, &m, &d);
    p = rk_num_put_pad(p, (uint64_t)y, 4);
    *p++ = '-';
    p = rk_num_put_pad(p, (uint64_t)m, 2);
    *p++ = '-';
    return rk_num_put_pad(p, (uint64_t)d, 2);
}

/* 1970-01-01 was a Thursday. */
unsigned rk_day_weekday(rk_day d) { return (unsigned)(((int64_t)d % 7 + 7 + 3) % 7); }
