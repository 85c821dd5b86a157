#include "base/wib.h"

#include "base/day.h"
#include "base/num.h"

enum { WIB_OFFSET = 7 * 3600 };

static bool part(rk_slice s, size_t at, size_t n, uint64_t max, uint64_t *v) {
    return rk_num_parse((rk_slice){s.ptr + at, n}, max, v);
}

bool rk_wib_parse(rk_slice s, uint32_t *seconds) {
    uint64_t y, mo, d, h, mi, se;
    if (s.len != RK_WIB_LEN || s.ptr[4] != '-' || s.ptr[7] != '-' || s.ptr[10] != ' ' ||
        s.ptr[13] != ':' || s.ptr[16] != ':')
        return false;
    if (!part(s, 0, 4, 2105, &y) || !part(s, 5, 2, 12, &mo) || !part(s, 8, 2, 31, &d) ||
        !part(s, 11, 2, 23, &h) || !part(s, 14, 2, 59, &mi) || !part(s, 17, 2, 59, &se))
        return false;
    if (y < 1970 || mo < 1 || d < 1) return false;
    int64_t days = rk_day_of((int64_t)y, (int64_t)mo, (int64_t)d), y2, m2, d2;
    rk_day_date((rk_day)days, &y2, &m2, &d2);
    if (d2 != (int64_t)d) return false; /* 31 April and the like */
    int64_t t = days * 86400 + (int64_t)(h * 3600 + mi * 60 + se) - WIB_OFFSET;
    if (t < 0 || t > UINT32_MAX) return false;
    *seconds = (uint32_t)t;
    return true;
}

char *rk_wib_put(char *p, uint32_t seconds) {
    int64_t t = (int64_t)seconds + WIB_OFFSET, y, m, d, s = t % 86400;
    rk_day_date((rk_day)(t / 86400), &y, &m, &d);
    p = rk_num_put_pad(p, (uint64_t)y, 4);
    *p++ = '-';
    p = rk_num_put_pad(p, (uint64_t)m, 2);
    *p++ = '-';
    p = rk_num_put_pad(p, (uint64_t)d, 2);
    *p++ = ' ';
    p = rk_num_put_pad(p, (uint64_t)(s / 3600), 2);
    *p++ = ':';
    p = rk_num_put_pad(p, (uint64_t)(s / 60 % 60), 2);
    *p++ = ':';
    return rk_num_put_pad(p, (uint64_t)(s % 60), 2);
}

char *rk_wib_put_http(char *p, uint32_t seconds) {
    static const char days[] = "ThuFriSatSunMonTueWed",
                      months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int64_t t = (int64_t)seconds, y, m, d, s = t % 86400;
    rk_day_date((rk_day)(t / 86400), &y, &m, &d);
    memcpy(p, days + 3 * (t / 86400 % 7), 3);
    memcpy(p + 3, ", ", 2);
    p = rk_num_put_pad(p + 5, (uint64_t)d, 2);
    *p++ = ' ';
    memcpy(p, months + 3 * (m - 1), 3);
    p[3] = ' ';
    p = rk_num_put_pad(p + 4, (uint64_t)y, 4);
    *p++ = ' ';
    p = rk_num_put_pad(p, (uint64_t)(s / 3600), 2);
    *p++ = ':';
    p = rk_num_put_pad(p, (uint64_t)(s / 60 % 60), 2);
    *p++ = ':';
    p = rk_num_put_pad(p, (uint64_t)(s % 60), 2);
    memcpy(p, " GMT", 4);
    return p + 4;
}
