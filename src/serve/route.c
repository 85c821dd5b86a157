/* The path is decoded once, then matched against a table of patterns. Nothing here opens a
 * file: a path is only ever compared with names, and still "..", empty segments and control
 * characters are turned away before anything looks at them. */
#include "serve/route.h"

#include "base/num.h"
#include "base/utf8.h"
#include "core/region.h"
#include "core/tile.h"

const rk_route_pattern rk_route_patterns[] = {
    {"api/v1/pemilu", RK_ROUTE_ELECTIONS, false},
    {"api/v1/openapi.json", RK_ROUTE_OPENAPI, false},
    {"api/v1/kesehatan", RK_ROUTE_HEALTH, false},
    {"api/v1/metrik", RK_ROUTE_METRICS, false},
    {"api/v1/simpul", RK_ROUTE_NODE, false},
    {"api/v1/", RK_ROUTE_ELECTION, true},
    {"api/v1/kontes/{k}", RK_ROUTE_CONTEST, true},
    {"api/v1/kontes/{k}/wilayah/{kode}", RK_ROUTE_REGION, true},
    {"api/v1/kontes/{k}/tps/{kode}", RK_ROUTE_STATION, true},
    {"api/v1/kontes/{k}/tps/{kode}/baca", RK_ROUTE_READING, true},
    {"api/v1/kontes/{k}/temuan", RK_ROUTE_FINDINGS, true},
    {"api/v1/kontes/{k}/banding", RK_ROUTE_COMPARISON, true},
    {"api/v1/kontes/{k}/hasil", RK_ROUTE_OUTCOME, true},
    {"api/v1/kontes/{k}/kursi", RK_ROUTE_SEATS, true},
    {"api/v1/kontes/{k}/rekap.csv", RK_ROUTE_RECAP_CSV, true},
    {"api/v1/kontes/{k}/tps.csv", RK_ROUTE_STATIONS_CSV, true},
    {"api/v1/kontes/{k}/temuan.csv", RK_ROUTE_FINDINGS_CSV, true},
    {"api/v1/kontes/{k}/banding.csv", RK_ROUTE_COMPARISON_CSV, true},
    {"api/v1/wilayah.csv", RK_ROUTE_REGIONS_CSV, true},
    {"api/v1/cari", RK_ROUTE_SEARCH, true},
    {"api/v1/log", RK_ROUTE_LOG, true},
    {"api/v1/log/entri/{kode}", RK_ROUTE_LOG_ENTRY, true},
    {"api/v1/log/bukti/{kode}", RK_ROUTE_LOG_PROOF, true},
    {"api/v1/log/batch-bukti/{kode}", RK_ROUTE_LOG_BATCH_PROOF, true},
    {"api/v1/log/konsistensi", RK_ROUTE_LOG_CONSISTENCY, true},
    {"api/v1/residensi", RK_ROUTE_STATEMENTS, true},
    {"api/v1/residensi/{kode}", RK_ROUTE_STATEMENT, true},
    {"log/checkpoint", RK_ROUTE_CHECKPOINT, true},
    {"foto/{kode}", RK_ROUTE_PHOTO, true},
    {NULL, RK_ROUTE_SIREKAP, false},
};

/* ===== decoding ===== */

static int hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c = (char)(c | 32);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Undoes %XX (and '+' in parameters) into the route's own text; the result must be UTF-8 text.
 */
static bool decode(rk_route *r, rk_slice in, bool parameter, rk_slice *out) {
    size_t from = r->used;
    for (size_t i = 0; i < in.len; i++) {
        char c = in.ptr[i];
        if (c == '%') {
            int h = i + 2 < in.len ? hex(in.ptr[i + 1]) : -1,
                l = h < 0 ? -1 : hex(in.ptr[i + 2]);
            if (l < 0) return false;
            c = (char)(h << 4 | l);
            i += 2;
        } else if (c == '+' && parameter) {
            c = ' ';
        }
        if (r->used == sizeof r->text) return false;
        r->text[r->used++] = c;
    }
    *out = (rk_slice){r->text + from, r->used - from};
    return rk_utf8_text(*out, "");
}

static bool safe_path(rk_slice path) {
    rk_slice rest = path, part;
    bool first = true;
    while (rk_slice_cut(&rest, '/', &part)) {
        bool last = rest.ptr == NULL;
        if (part.len == 0 && !first && !last) return false;
        if (rk_slice_is(part, ".") || rk_slice_is(part, "..")) return false;
        first = false;
    }
    return memchr(path.ptr, '\\', path.len) == NULL;
}

/* ===== parameters ===== */

static rk_status bad(rk_err *err, const char *what) {
    return rk_fail(err, RK_BAD_INPUT, "parameter %s", what);
}

static rk_status as_number(rk_slice v, uint64_t max, uint64_t *out, rk_err *err,
                           const char *what) {
    return rk_num_parse(v, max, out) ? RK_OK : bad(err, what);
}

static rk_status page_parameter(rk_route *r, rk_slice key, rk_slice v, uint32_t max,
                                rk_err *err) {
    uint64_t n;
    if (rk_slice_is(key, "banyak")) {
        RK_TRY(as_number(v, UINT32_MAX, &n, err, "banyak must be a whole number"));
        r->count = n < max ? (uint32_t)n : max;
    } else if (rk_slice_is(key, "mulai")) {
        RK_TRY(as_number(v, UINT64_MAX / 2, &r->from, err, "mulai must be a whole number"));
    }
    return RK_OK;
}

static rk_status parameter(rk_route *r, rk_slice key, rk_slice v, rk_err *err) {
    switch (r->kind) {
    case RK_ROUTE_REGION:
        if (!rk_slice_is(key, "as_of")) return RK_OK;
        r->has_as_of = true;
        return as_number(v, UINT64_MAX / 2, &r->as_of, err,
                         "as_of must be a number of entries");
    case RK_ROUTE_FINDINGS:
        if (rk_slice_is(key, "aturan"))
            r->rule = v;
        else if (rk_slice_is(key, "wilayah"))
            r->region = v;
        else
            return page_parameter(r, key, v, RK_FINDINGS_PAGE_MAX, err);
        return RK_OK;
    case RK_ROUTE_SEARCH:
        if (rk_slice_is(key, "q"))
            r->query = v;
        else if (rk_slice_is(key, "banyak"))
            return page_parameter(r, key, v, RK_SEARCH_MAX, err);
        return RK_OK;
    case RK_ROUTE_LOG_CONSISTENCY:
        if (rk_slice_is(key, "dari"))
            return as_number(v, UINT64_MAX / 2, &r->from, err,
                             "dari must be a number of entries");
        if (!rk_slice_is(key, "ke")) return RK_OK;
        r->has_as_of = true;
        return as_number(v, UINT64_MAX / 2, &r->as_of, err, "ke must be a number of entries");
    case RK_ROUTE_RECAP_CSV:
        if (rk_slice_is(key, "wilayah")) r->region = v;
        if (!rk_slice_is(key, "tingkat") || v.len == 0) return RK_OK;
        r->has_level = rk_level_parse(v, &r->level);
        return r->has_level ? RK_OK : bad(err, "tingkat must be a level: 0 to 5, or its name");
    default:
        return RK_OK;
    }
}

static rk_status parameters(rk_route *r, rk_slice query, rk_err *err) {
    rk_slice one, key, value;
    r->count = r->kind == RK_ROUTE_SEARCH ? 20 : 100;
    r->region = RK_LIT("0");
    while (rk_slice_cut(&query, '&', &one)) {
        rk_slice k = {NULL, 0};
        if (one.len == 0) continue;
        if (!rk_slice_cut(&one, '=', &k)) continue;
        if (!decode(r, k, true, &key) || !decode(r, one, true, &value))
            return bad(err, "escapes must be %XX of UTF-8 text");
        RK_TRY(parameter(r, key, value, err));
    }
    return RK_OK;
}

/* ===== paths ===== */

/* `path` against "api/v1/kontes/{k}/tps/{kode}". */
static bool matches(rk_route *r, const char *pattern, rk_slice path) {
    rk_slice p = rk_slice_str(pattern), want, have;
    rk_slice contest = {NULL, 0}, code = {NULL, 0};
    while (rk_slice_cut(&p, '/', &want)) {
        if (!rk_slice_cut(&path, '/', &have)) return false;
        if (rk_slice_is(want, "{k}") && have.len)
            contest = have;
        else if (rk_slice_is(want, "{kode}") && have.len)
            code = have;
        else if (!rk_slice_eq(want, have))
            return false;
    }
    if (path.ptr != NULL) return false;
    r->contest = contest;
    r->code = code;
    return true;
}

static bool portal_page(rk_slice path) {
    static const char *const views[] = {"hasil", "temuan",  "banding",
                                        "unduh", "catatan", "keterbukaan"};
    rk_slice first;
    if (path.len == 0) return true;
    if (!rk_slice_cut(&path, '/', &first)) return false;
    for (size_t i = 0; i < sizeof views / sizeof *views; i++)
        if (rk_slice_is(first, views[i])) return true;
    return false;
}

/* No part begins with a dot: what a release being made is called. */
static bool no_hidden(rk_slice path) {
    rk_slice part;
    while (rk_slice_cut(&path, '/', &part))
        if (part.len && part.ptr[0] == '.') return false;
    return true;
}

static void which_election(const rk_route_site *site, rk_route *r, rk_slice *path) {
    rk_slice rest = *path, first;
    r->chief = true;
    if (!rk_slice_cut(&rest, '/', &first)) return;
    for (uint32_t i = 0; i < site->n; i++) {
        if (!rk_slice_eq(first, rk_code_slice(&site->id[i]))) continue;
        r->election = i;
        r->chief = false;
        *path = rest.ptr ? rest : RK_LIT("");
        return;
    }
}

const char *const rk_shelf_name[RK_SHELVES] = {"rilis", "terbuka", "arsip"};

static bool on_shelf(rk_route *r, rk_slice path) {
    rk_slice rest = path, first;
    if (!rk_slice_cut(&rest, '/', &first)) return false;
    for (int s = 0; s < RK_SHELVES; s++) {
        if (!rk_slice_is(first, rk_shelf_name[s])) continue;
        r->kind = RK_ROUTE_RELEASED;
        r->shelf = (enum rk_shelf)s;
        r->rest = rk_slice_from(path, first.len);
        return true;
    }
    return false;
}

static rk_status find_kind(const rk_route_site *site, rk_route *r, rk_slice path, rk_err *err) {
    which_election(site, r, &path);
    if (r->chief && rk_slice_starts(path, RK_LIT("aset/"))) {
        r->kind = RK_ROUTE_ASSET;
        r->rest = rk_slice_from(path, 5);
        return RK_OK;
    }
    if (site->n == 0 && !rk_slice_starts(path, RK_LIT("api/v1/")))
        return rk_fail(err, RK_NOT_FOUND, "no election is served");
    if (rk_slice_is(path, "api/v1")) path = RK_LIT("api/v1/");
    for (const rk_route_pattern *p = rk_route_patterns; p->path; p++) {
        if (!p->of_election && !r->chief) continue;
        if (p->of_election && site->n == 0) continue;
        if (!matches(r, p->path, path)) continue;
        r->kind = p->kind;
        return RK_OK;
    }
    if (site->n && rk_slice_starts(path, RK_LIT("log/"))) {
        rk_tile t;
        r->kind = RK_ROUTE_TILE;
        r->rest = rk_slice_from(path, 4);
        return rk_tile_path_parse(r->rest, &t)
                   ? RK_OK
                   : rk_fail(err, RK_NOT_FOUND, "the log has no such file");
    }
    if (site->n && on_shelf(r, path))
        return no_hidden(r->rest)
                   ? RK_OK
                   : rk_fail(err, RK_NOT_FOUND, "%s has no such file", rk_shelf_name[r->shelf]);
    if (rk_slice_starts(path, RK_LIT("api/")))
        return rk_fail(err, RK_NOT_FOUND, "the API has no such path: see /api/v1/openapi.json");
    r->kind = portal_page(path) ? RK_ROUTE_PORTAL : RK_ROUTE_SIREKAP;
    r->rest = path;
    return RK_OK;
}

rk_status rk_route_parse(const rk_route_site *site, rk_slice target, rk_route *r, rk_err *err) {
    rk_slice raw, path;
    r->kind = RK_ROUTE_SIREKAP;
    r->election = 0;
    r->contest = r->code = r->rest = r->rule = r->region = r->query = (rk_slice){NULL, 0};
    r->has_as_of = r->has_level = false;
    r->as_of = r->from = r->used = 0;
    r->count = 0;
    r->level = 0;
    if (target.len > RK_URL_MAX) return rk_fail(err, RK_NOT_FOUND, "the path is too long");
    if (!rk_slice_cut(&target, '?', &raw)) raw = (rk_slice){NULL, 0};
    if (!decode(r, raw, false, &path) || path.len == 0 || path.ptr[0] != '/' ||
        !safe_path(path))
        return rk_fail(err, RK_NOT_FOUND, "there is no such path");
    if (!rk_slice_starts(path, site->prefix))
        return rk_fail(err, RK_NOT_FOUND, "there is no such path");
    path = rk_slice_from(path, site->prefix.len);
    if (path.len && path.ptr[0] != '/')
        return rk_fail(err, RK_NOT_FOUND, "there is no such path");
    RK_TRY(find_kind(site, r, rk_slice_from(path, 1), err));
    return parameters(r, target, err);
}

/* ===== the one spelling ===== */

#define PLAIN "/,:@" /* stay as they are, beside what RFC 3986 calls unreserved */

static void add_text(rk_buf *out, char *sep, const char *key, rk_slice value) {
    rk_buf_byte(out, *sep);
    rk_buf_add(out, rk_slice_str(key));
    rk_buf_percent(out, value, PLAIN);
    *sep = '&';
}

static void add_number(rk_buf *out, char *sep, const char *key, uint64_t value) {
    rk_buf_byte(out, *sep);
    rk_buf_add(out, rk_slice_str(key));
    rk_buf_num(out, value);
    *sep = '&';
}

static void key_parameters(const rk_route *r, rk_buf *out) {
    char sep = '?';
    if (r->kind == RK_ROUTE_LOG_CONSISTENCY) add_number(out, &sep, "dari=", r->from);
    if (r->kind == RK_ROUTE_LOG_CONSISTENCY && r->has_as_of)
        add_number(out, &sep, "ke=", r->as_of);
    if (r->kind == RK_ROUTE_REGION && r->has_as_of) add_number(out, &sep, "as_of=", r->as_of);
    if (r->kind == RK_ROUTE_FINDINGS && r->rule.len) add_text(out, &sep, "aturan=", r->rule);
    if (r->kind == RK_ROUTE_RECAP_CSV && r->has_level)
        add_number(out, &sep, "tingkat=", r->level);
    if ((r->kind == RK_ROUTE_FINDINGS || r->kind == RK_ROUTE_RECAP_CSV) &&
        !rk_slice_is(r->region, "0"))
        add_text(out, &sep, "wilayah=", r->region);
    if (r->kind == RK_ROUTE_FINDINGS && r->from) add_number(out, &sep, "mulai=", r->from);
    if (r->kind == RK_ROUTE_FINDINGS && r->count != 100)
        add_number(out, &sep, "banyak=", r->count);
    if (r->kind == RK_ROUTE_SEARCH) add_text(out, &sep, "q=", r->query);
    if (r->kind == RK_ROUTE_SEARCH && r->count != 20)
        add_number(out, &sep, "banyak=", r->count);
}

void rk_route_key(const rk_route_site *site, const rk_route *r, rk_buf *out) {
    rk_buf_percent(out, site->prefix, PLAIN);
    if (!r->chief) {
        rk_buf_byte(out, '/');
        rk_buf_percent(out, rk_code_slice(&site->id[r->election]), PLAIN);
    }
    rk_buf_byte(out, '/');
    if (r->kind == RK_ROUTE_PORTAL) return; /* all its pages are one document */
    if (r->kind == RK_ROUTE_ASSET) rk_buf_lit(out, "aset/");
    if (r->kind == RK_ROUTE_TILE) rk_buf_lit(out, "log/");
    if (r->kind == RK_ROUTE_RELEASED) rk_buf_add(out, rk_slice_str(rk_shelf_name[r->shelf]));
    if (r->kind == RK_ROUTE_ASSET || r->kind == RK_ROUTE_TILE || r->kind == RK_ROUTE_RELEASED ||
        r->kind == RK_ROUTE_SIREKAP) {
        rk_buf_percent(out, r->rest, PLAIN);
        return;
    }
    const rk_route_pattern *p = rk_route_patterns;
    while (p->path && p->kind != r->kind) p++;
    rk_slice rest = rk_slice_str(p->path), part;
    for (bool first = true; rk_slice_cut(&rest, '/', &part); first = false) {
        if (!first) rk_buf_byte(out, '/');
        rk_buf_percent(out,
                       rk_slice_is(part, "{k}")      ? r->contest
                       : rk_slice_is(part, "{kode}") ? r->code
                                                     : part,
                       PLAIN);
    }
    key_parameters(r, out);
}
