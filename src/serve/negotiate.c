#include "serve/negotiate.h"

#include "base/num.h"
#include "base/wib.h"

#include <strings.h>

bool rk_etag_matches(const char *if_none_match, rk_slice tag) {
    const char *p = if_none_match;
    if (!p) return false;
    for (;;) {
        while (*p == ' ' || *p == '\t' || *p == ',') p++;
        if (*p == '*') return true;
        if (p[0] == 'W' && p[1] == '/') p += 2;
        if (*p != '"') return false;
        const char *end = strchr(p + 1, '"');
        if (!end) return false;
        if (rk_slice_eq((rk_slice){p, (size_t)(end + 1 - p)}, tag)) return true;
        p = end + 1;
    }
}

static bool two_digits(const char *p, unsigned *v) {
    if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9') return false;
    *v = (unsigned)(p[0] - '0') * 10 + (unsigned)(p[1] - '0');
    return true;
}

/* "Wed, 14 Feb 2024 11:44:00 GMT" as a moment; rebuilt as the text that base/wib.h parses. */
static bool http_date(const char *s, uint32_t *seconds) {
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    unsigned day, month = 0;
    char text[RK_WIB_LEN];
    if (strnlen(s, 30) != 29 || memcmp(s + 25, " GMT", 4) != 0 || !two_digits(s + 5, &day))
        return false;
    while (month < 12 && memcmp(months + 3 * (size_t)month, s + 8, 3) != 0) month++;
    if (month == 12) return false;
    month++;
    memcpy(text, s + 12, 4);
    text[4] = text[7] = '-';
    text[5] = (char)('0' + month / 10), text[6] = (char)('0' + month % 10);
    memcpy(text + 8, s + 5, 2);
    text[10] = ' ';
    memcpy(text + 11, s + 17, 8);
    if (!rk_wib_parse((rk_slice){text, sizeof text}, seconds)) return false;
    *seconds += 7 * 3600; /* the text was read as WIB but says UTC */
    return true;
}

bool rk_not_modified_since(const char *if_modified_since, uint32_t modified) {
    uint32_t since;
    return if_modified_since && http_date(if_modified_since, &since) && modified <= since;
}

/* The quality of one element "name;q=0.5": false when it is 0. */
static bool wanted(rk_slice params) {
    rk_slice part;
    while (rk_slice_cut(&params, ';', &part)) {
        part = rk_slice_trim(part);
        if (part.len < 3 || (part.ptr[0] != 'q' && part.ptr[0] != 'Q') || part.ptr[1] != '=')
            continue;
        for (size_t i = 2; i < part.len; i++)
            if (part.ptr[i] >= '1' && part.ptr[i] <= '9') return true;
        return false;
    }
    return true;
}

bool rk_accepts_gzip(const char *accept_encoding) {
    if (!accept_encoding) return false;
    rk_slice rest = {accept_encoding, strlen(accept_encoding)}, part, name;
    bool any = false;
    while (rk_slice_cut(&rest, ',', &part)) {
        if (!rk_slice_cut(&part, ';', &name)) continue;
        name = rk_slice_trim(name);
        if ((name.len == 4 && strncasecmp(name.ptr, "gzip", 4) == 0) ||
            (name.len == 6 && strncasecmp(name.ptr, "x-gzip", 6) == 0))
            return wanted(part);
        if (rk_slice_is(name, "*")) any = wanted(part);
    }
    return any;
}

enum rk_range rk_range_of(const char *range, uint64_t size, uint64_t *from, uint64_t *n) {
    uint64_t a = 0, b = UINT64_MAX;
    *from = 0, *n = size;
    if (!range || strncasecmp(range, "bytes=", 6) != 0) return RK_RANGE_ALL;
    rk_slice rest = rk_slice_trim(rk_slice_str(range + 6)), first;
    if (!rk_slice_cut(&rest, '-', &first) || rest.ptr == NULL) return RK_RANGE_ALL;
    if (first.len && !rk_num_parse(first, UINT64_MAX, &a)) return RK_RANGE_ALL;
    if (rest.len && !rk_num_parse(rest, UINT64_MAX, &b)) return RK_RANGE_ALL;
    if (!first.len && !rest.len) return RK_RANGE_ALL;
    if (!first.len) { /* the last b bytes */
        if (b == 0 || size == 0) return RK_RANGE_NONE;
        *n = b < size ? b : size;
        *from = size - *n;
        return RK_RANGE_PART;
    }
    if (b < a) return RK_RANGE_ALL;
    if (a >= size) return RK_RANGE_NONE;
    *from = a;
    *n = (b < size ? b + 1 : size) - a;
    return RK_RANGE_PART;
}
