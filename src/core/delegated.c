/* Runs of different files may overlap (an address moved from one registry to another between
 * their days), so an answer looks at all that cover an address: from the last that begins at or
 * before it, backwards as long as one further back can still reach it. */
#include "core/delegated.h"

#include "base/mem.h"
#include "base/num.h"

#include <stdlib.h>

enum { FIELDS_MAX = 8, RANGE_STEPS_MAX = 65536 };

typedef struct reading {
    rk_delegated *d;
    rk_delegated_file *file;
    rk_err *err;
    size_t line;
    bool has_header;
    bool has_summary[3];
    uint64_t summary[3];
} reading;

static const char *const TYPE[3] = {"ipv4", "ipv6", "asn"};

static uint32_t *count_of(rk_delegated_file *f, unsigned type) {
    return type == 0 ? &f->ipv4 : type == 1 ? &f->ipv6 : &f->asn;
}

static rk_status bad(const reading *r, const char *what, rk_slice value) {
    return rk_fail_at(r->err, RK_BAD_INPUT, r->line, 0,
                      "%s: '%.*s' (registry file in the delegated-extended format, "
                      "docs/format/residency.md)",
                      what, (int)(value.len < 60 ? value.len : 60), value.ptr ? value.ptr : "");
}

/* At most FIELDS_MAX fields; what comes after them (extensions) is passed over. */
static unsigned fields(rk_slice line, rk_slice f[FIELDS_MAX]) {
    unsigned n = 0;
    while (n < FIELDS_MAX && rk_slice_cut(&line, '|', &f[n])) n++;
    return n;
}

static bool take_word(rk_slice s, char out[17]) {
    if (s.len == 0 || s.len > 16) return false;
    for (size_t i = 0; i < s.len; i++)
        if (!((s.ptr[i] >= 'a' && s.ptr[i] <= 'z') || (s.ptr[i] >= '0' && s.ptr[i] <= '9')))
            return false;
    memcpy(out, s.ptr, s.len);
    out[s.len] = 0;
    return true;
}

/* version|registry|serial|records|startdate|enddate|UTCoffset */
static rk_status header(reading *r, const rk_slice *f, unsigned n, rk_slice line) {
    uint64_t records;
    if (n < 7 || !(rk_slice_is(f[0], "2") || rk_slice_starts(f[0], RK_LIT("2."))) ||
        !take_word(f[1], r->file->registry) || !take_word(f[2], r->file->serial) ||
        !rk_num_parse(f[3], UINT32_MAX, &records))
        return bad(r, "the first line is no version line 2|registry|serial|records|...", line);
    r->has_header = true;
    return RK_OK;
}

static bool type_of(rk_slice s, unsigned *type) {
    for (unsigned t = 0; t < 3; t++)
        if (rk_slice_is(s, TYPE[t])) return *type = t, true;
    return false;
}

static rk_status summary(reading *r, const rk_slice *f, rk_slice line) {
    unsigned type;
    if (!type_of(f[2], &type) || !rk_num_parse(f[4], UINT32_MAX, &r->summary[type]))
        return bad(r, "a summary line that cannot be read", line);
    r->has_summary[type] = true;
    return RK_OK;
}

static bool range_of4(rk_slice first, rk_slice value, rk_ip_range *out) {
    uint64_t n;
    if (!rk_ip_parse(first, &out->first) || !rk_ip_is4(&out->first) ||
        memchr(first.ptr, ':', first.len) || !rk_num_parse(value, 1ull << 32, &n) || n == 0)
        return false;
    const uint8_t *b = out->first.b + 12;
    uint64_t last =
        ((uint64_t)b[0] << 24 | (uint64_t)b[1] << 16 | (uint64_t)b[2] << 8 | b[3]) + n - 1;
    if (last > UINT32_MAX) return false;
    uint8_t v4[4] = {(uint8_t)(last >> 24), (uint8_t)(last >> 16), (uint8_t)(last >> 8),
                     (uint8_t)last};
    out->last = rk_ip_of4(v4);
    return true;
}

static bool range_of6(rk_slice first, rk_slice value, rk_ip_range *out) {
    rk_ip a;
    uint64_t bits;
    if (!rk_ip_parse(first, &a) || !memchr(first.ptr, ':', first.len) ||
        !rk_num_parse(value, 128, &bits))
        return false;
    *out = rk_ip_range_of(&a, (unsigned)bits);
    return true;
}

static bool range_of(unsigned type, rk_slice first, rk_slice value, rk_ip_range *out) {
    uint64_t n;
    if (type == 0) return range_of4(first, value, out);
    if (type == 1) return range_of6(first, value, out);
    return rk_num_parse(first, UINT32_MAX, &n) && rk_num_parse(value, UINT32_MAX, &n);
}

static bool country_of(rk_slice s, char cc[3]) {
    if (s.len != 2 || s.ptr[0] < 'A' || s.ptr[0] > 'Z' || s.ptr[1] < 'A' || s.ptr[1] > 'Z')
        return false;
    memcpy(cc, s.ptr, 2);
    return true;
}

static rk_status keep(reading *r, const rk_delegation *x) {
    rk_delegated *d = r->d;
    if (d->n == RK_DELEGATED_RECORDS_MAX)
        return rk_fail(r->err, RK_LIMIT, "the registry files have over %u records",
                       RK_DELEGATED_RECORDS_MAX);
    RK_PUSH_ROOM(d->record, d->n, d->cap);
    d->record[d->n++] = *x;
    return RK_OK;
}

/* registry|cc|type|start|value|date|status[|opaque-id[|...]] */
static rk_status record(reading *r, const rk_slice *f, unsigned n, rk_slice line) {
    rk_delegation x = {.cc = ""};
    unsigned type;
    if (n < 7) return bad(r, "a record has at least seven fields", line);
    if (!type_of(f[2], &type)) return bad(r, "the type is asn, ipv4 or ipv6", line);
    if (!range_of(type, f[3], f[4], &x.range)) return bad(r, "start and value are none", line);
    bool stated = country_of(f[1], x.cc);
    if (!stated && f[1].len) return bad(r, "the country has two capital letters", line);
    bool held = rk_slice_is(f[6], "allocated") || rk_slice_is(f[6], "assigned");
    if (!held && !rk_slice_is(f[6], "available") && !rk_slice_is(f[6], "reserved"))
        return bad(r, "the status is allocated, assigned, available or reserved", line);
    ++*count_of(r->file, type);
    if (!held || type == 2 || !stated || strcmp(x.cc, "ZZ") == 0) return RK_OK;
    return keep(r, &x);
}

static rk_status one_line(reading *r, rk_slice line) {
    rk_slice f[FIELDS_MAX];
    unsigned n = fields(line, f);
    if (!r->has_header) return header(r, f, n, line);
    if (n >= 6 && rk_slice_is(f[5], "summary")) return summary(r, f, line);
    return record(r, f, n, line);
}

static rk_status complete(const reading *r) {
    if (!r->has_header) return bad(r, "the file is empty", RK_LIT(""));
    for (unsigned t = 0; t < 3; t++) {
        uint32_t have = *count_of(r->file, t);
        if (r->has_summary[t] && r->summary[t] != have)
            return rk_fail(r->err, RK_CORRUPT,
                           "the registry file says it has %llu %s records and has %u: it is "
                           "cut short or altered; get it again and compare its checksum",
                           (unsigned long long)r->summary[t], TYPE[t], have);
    }
    return RK_OK;
}

rk_status rk_delegated_add(rk_delegated *d, rk_slice bytes, rk_err *err) {
    rk_slice rest = bytes, line;
    if (bytes.len > RK_DELEGATED_BYTES_MAX)
        return rk_fail(err, RK_LIMIT, "a registry file has at most %u bytes",
                       RK_DELEGATED_BYTES_MAX);
    if (d->n_file == RK_DELEGATED_FILES_MAX)
        return rk_fail(err, RK_LIMIT, "at most %u registry files", RK_DELEGATED_FILES_MAX);
    reading r = {.d = d, .file = &d->file[d->n_file++], .err = err};
    r.file->sha256 = rk_sha256_of(bytes);
    while (rk_slice_cut(&rest, '\n', &line)) {
        r.line++;
        if (line.len && line.ptr[line.len - 1] == '\r') line.len--;
        if (line.len == 0 || line.ptr[0] == '#') continue;
        RK_TRY(one_line(&r, line));
    }
    return complete(&r);
}

/* ===== asking ===== */

static int by_first(const void *a, const void *b) {
    const rk_delegation *x = a, *y = b;
    int c = rk_ip_cmp(&x->range.first, &y->range.first);
    return c ? c : rk_ip_cmp(&x->range.last, &y->range.last);
}

void rk_delegated_finish(rk_delegated *d) {
    if (d->n == 0) return;
    qsort(d->record, d->n, sizeof *d->record, by_first);
    d->last_so_far = rk_realloc(d->last_so_far, d->n, sizeof *d->last_so_far);
    for (uint32_t i = 0; i < d->n; i++) {
        const rk_ip *last = &d->record[i].range.last;
        bool further = i == 0 || rk_ip_cmp(last, &d->last_so_far[i - 1]) > 0;
        d->last_so_far[i] = further ? *last : d->last_so_far[i - 1];
    }
}

void rk_delegated_free(rk_delegated *d) {
    rk_free(d->record);
    rk_free(d->last_so_far);
    *d = (rk_delegated){0};
}

/* How many records begin at or before a. */
static uint32_t begun(const rk_delegated *d, const rk_ip *a) {
    uint32_t lo = 0, hi = d->n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (rk_ip_cmp(&d->record[mid].range.first, a) <= 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* Joins a country to those found; false when it is another. */
static bool join(char cc[8], const char *found) {
    if (cc[0] == 0) return memcpy(cc, found, 3), true;
    if (strcmp(cc, found) == 0) return true;
    if (cc[2] == 0) {
        memcpy(cc + 2, ", ", 2);
        memcpy(cc + 4, found, 3);
    }
    return false;
}

/* What covers `at`; *end = the last address up to which that stays so. */
static bool cover(const rk_delegated *d, const rk_ip *at, rk_ip *end, char cc[8], bool *agree) {
    uint32_t n = begun(d, at);
    bool some = false;
    memset(end->b, 0xff, 16);
    if (n < d->n) {
        *end = d->record[n].range.first;
        (void)rk_ip_before(end);
    }
    while (n-- > 0 && rk_ip_cmp(&d->last_so_far[n], at) >= 0) {
        const rk_delegation *x = &d->record[n];
        if (rk_ip_cmp(&x->range.last, at) < 0) continue;
        if (rk_ip_cmp(&x->range.last, end) < 0) *end = x->range.last;
        *agree = join(cc, x->cc) && *agree;
        some = true;
    }
    return some;
}

enum rk_delegated_answer rk_delegated_ask(const rk_delegated *d, const rk_ip_range *range,
                                          char cc[8]) {
    rk_ip at = range->first, end;
    bool all = true, agree = true;
    RK_ASSERT(d->n == 0 || d->last_so_far);
    memset(cc, 0, 8);
    for (unsigned step = 0; step < RANGE_STEPS_MAX; step++) {
        all = cover(d, &at, &end, cc, &agree) && all;
        at = end;
        if (rk_ip_cmp(&end, &range->last) >= 0 || !rk_ip_next(&at)) break;
        all = all && step + 1 < RANGE_STEPS_MAX;
    }
    if (!agree) return RK_DELEGATED_DISAGREE;
    if (all) return RK_DELEGATED_TO;
    memset(cc, 0, 8);
    return RK_DELEGATED_NOBODY;
}
