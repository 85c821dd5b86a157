#include "serve/document.h"

#include "blob/blob.h"
#include "files/files.h"
#include "publish/api_photo.h"
#include "publish/outcome.h"
#include "publish/sirekap.h"
#include "publish/tables.h"
#include "serve/assets.h"
#include "serve/logdoc.h"

#include <stdio.h>

/* ===== what a route names ===== */

static rk_status contest_of(const rk_election *e, const rk_route *r, uint32_t *contest,
                            rk_err *err) {
    *contest = rk_election_contest(e, r->contest);
    if (*contest != RK_NONE) return RK_OK;
    return rk_fail(err, RK_NOT_FOUND, "the election has no contest '%.*s'", RK_FMT(r->contest));
}

static rk_status node_of(const rk_election *e, rk_slice code, uint32_t *node, rk_err *err) {
    *node = e->tree ? rk_tree_find(e->tree, code) : RK_NONE;
    if (*node != RK_NONE) return RK_OK;
    return rk_fail(err, RK_NOT_FOUND, "the election has no region '%.*s'", RK_FMT(code));
}

static rk_status served(rk_site *s, uint32_t election, rk_election **e, rk_err *err) {
    *e = s->served[election].election;
    if (*e) return RK_OK;
    return rk_fail(err, RK_IO, "this election is not served: %s",
                   s->served[election].problem.text);
}

/* ===== API documents ===== */

static rk_status read_entry(void *ctx, uint64_t index, rk_buf *out, rk_err *err) {
    return rk_store_get(ctx, index, out, err);
}

static rk_status region(rk_site *s, const rk_route *r, rk_draft *d, rk_err *err) {
    rk_election *e = NULL;
    uint32_t contest, node;
    RK_TRY(served(s, r->election, &e, err));
    if (r->has_as_of) {
        RK_TRY(rk_site_as_of(s, r->election, r->as_of, &e, err));
        d->life = RK_LIFE_FIXED;
        d->modified = e->last_time;
    }
    RK_TRY(contest_of(e, r, &contest, err));
    RK_TRY(node_of(e, r->code, &node, err));
    rk_api_region(e, contest, node, &d->body);
    return RK_OK;
}

/* A station's page, or (RK_ROUTE_READING) its photos with what was read of them. */
static rk_status station(rk_site *s, rk_election *e, const rk_route *r, rk_draft *d,
                         rk_err *err) {
    rk_api_log log = {read_entry, s->served[r->election].store};
    uint32_t contest;
    rk_code code;
    RK_TRY(contest_of(e, r, &contest, err));
    uint32_t tps = rk_code_of(r->code, &code)
                       ? rk_tree_find_tps(e->tree, &code, rk_code_hash(&code))
                       : RK_NONE;
    if (tps == RK_NONE)
        return rk_fail(err, RK_NOT_FOUND, "the election has no station '%.*s'",
                       RK_FMT(r->code));
    if (r->kind == RK_ROUTE_STATION)
        return rk_api_station(e, contest, tps, log.ctx ? &log : NULL, &d->body, err);
    if (!log.ctx) return rk_fail(err, RK_NOT_FOUND, "this log cannot be read");
    return rk_api_reading(e, contest, tps, &log, &d->body, err);
}

/* The public copy of a photo: its bytes have the hash that its name says, or are not sent. */
static rk_status photo(rk_site *s, const rk_route *r, rk_draft *d, rk_err *err) {
    char dir[4096];
    rk_sha256 copy;
    enum rk_photo_type type;
    rk_blobs *blobs = NULL;
    bool there = false;
    int n = snprintf(dir, sizeof dir, "%s/" RK_PUBLIC_BLOBS, s->served[r->election].dir);
    if (!rk_photo_path_parse(r->code, &copy, &type) || n < 0 || n >= (int)sizeof dir ||
        !rk_file_there(dir))
        return rk_fail(err, RK_NOT_FOUND, "there is no such photo");
    RK_TRY(rk_blobs_directory_open(dir, &blobs, err));
    rk_status st = rk_blobs_has(blobs, &copy, &there, err);
    if (st == RK_OK && !there) st = rk_fail(err, RK_NOT_FOUND, "there is no such photo");
    if (st == RK_OK) st = rk_blobs_get(blobs, &copy, &d->body, err);
    rk_blobs_close(&blobs);
    RK_TRY(st);
    bool jpeg = rk_slice_starts(rk_buf_slice(&d->body), RK_LIT("\xff\xd8\xff"));
    if (jpeg != (type == RK_PHOTO_JPEG))
        return rk_fail(err, RK_NOT_FOUND, "there is no such photo");
    d->type = jpeg ? "image/jpeg" : "image/png";
    d->life = RK_LIFE_TILE;
    d->modified = 0;
    return RK_OK;
}

static rk_status findings(rk_election *e, const rk_route *r, rk_draft *d, rk_err *err) {
    rk_api_findings_query q = {.rule = RK_NONE, .from = r->from, .count = r->count};
    uint32_t contest;
    RK_TRY(contest_of(e, r, &contest, err));
    RK_TRY(node_of(e, r->region, &q.node, err));
    const rk_contest *c = e->tally[contest].contest;
    for (uint32_t i = 0; r->rule.len && i < c->n_rule; i++)
        if (rk_slice_eq(rk_code_slice(&c->rule[i].id), r->rule)) q.rule = i;
    if (r->rule.len && q.rule == RK_NONE)
        return rk_fail(err, RK_BAD_INPUT, "the contest has no rule '%.*s'", RK_FMT(r->rule));
    rk_api_findings(e, contest, &q, &d->body);
    return RK_OK;
}

static rk_status search(rk_site *s, const rk_route *r, rk_draft *d) {
    const rk_search *index = rk_site_search(s, r->election);
    if (index)
        rk_search_render(index, r->query, r->count, &d->body);
    else
        rk_buf_lit(&d->body, "{\"hasil\":[]}");
    return RK_OK;
}

static rk_status sirekap(rk_election *e, const rk_route *r, rk_draft *d, rk_err *err) {
    rk_document_info info = {0};
    if (!e->tree) return rk_fail(err, RK_NOT_FOUND, "the election has no regions yet");
    RK_TRY(rk_sirekap_render(e, r->rest, &d->body, &info, err));
    d->modified = info.ts;
    d->type = info.is_json ? "application/json" : "text/plain; charset=utf-8";
    return RK_OK;
}

/* ===== of the whole server ===== */

static void elections(rk_site *s, rk_draft *d) {
    rk_buf_lit(&d->body, "{\"pemilu\":[");
    for (uint32_t i = 0; i < s->n; i++) {
        const rk_served *v = &s->served[i];
        if (!v->election) continue;
        rk_api_election_item(v->election, rk_slice_str(v->base), i == 0, &d->body);
        if (v->election->last_time > d->modified) d->modified = v->election->last_time;
    }
    rk_buf_lit(&d->body, "]}");
}

static rk_status asset(rk_slice name, rk_draft *d, rk_err *err) {
    const rk_asset *a = rk_asset_find(name);
    if (!a || rk_slice_is(name, "index.html") || rk_slice_is(name, "openapi.json"))
        return rk_fail(err, RK_NOT_FOUND, "the portal has no file '%.*s'", RK_FMT(name));
    d->life = RK_LIFE_ASSET;
    d->type = rk_asset_type(name);
    rk_buf_add(&d->body, a->bytes);
    return RK_OK;
}

/* index.html with {{P}} (the base path) and {{PEMILU}} (the election's id) filled in. */
static rk_status portal(const rk_site *s, const rk_route *r, rk_draft *d, rk_err *err) {
    static const struct {
        rk_slice mark;
        bool id;
    } marks[] = {{{"{{P}}", 5}, false}, {{"{{PEMILU}}", 10}, true}};
    const rk_asset *a = rk_asset_find(RK_LIT("index.html"));
    if (!a) return rk_fail(err, RK_NOT_FOUND, "this build has no portal");
    d->life = RK_LIFE_PORTAL;
    d->type = rk_asset_type(RK_LIT("index.html"));
    rk_slice rest = a->bytes;
    while (rest.len) {
        const char *brace = memmem(rest.ptr, rest.len, "{{", 2);
        rk_slice before = {rest.ptr, brace ? (size_t)(brace - rest.ptr) : rest.len};
        rk_buf_add(&d->body, before);
        rest = rk_slice_from(rest, before.len);
        if (!rest.len) break;
        size_t used = 0;
        for (size_t i = 0; i < 2 && !used; i++) {
            if (!rk_slice_starts(rest, marks[i].mark)) continue;
            rk_buf_html(&d->body, marks[i].id ? rk_code_slice(&s->id[r->election])
                                              : rk_slice_str(s->prefix));
            used = marks[i].mark.len;
        }
        if (!used) rk_buf_add(&d->body, (rk_slice){rest.ptr, used = 2});
        rest = rk_slice_from(rest, used);
    }
    return RK_OK;
}

static rk_status of_server(rk_site *s, const rk_route *r, rk_draft *d, rk_err *err) {
    const rk_asset *a;
    switch (r->kind) {
    case RK_ROUTE_ELECTIONS:
        elections(s, d);
        return RK_OK;
    case RK_ROUTE_OPENAPI:
        a = rk_asset_find(RK_LIT("openapi.json"));
        if (!a) return rk_fail(err, RK_NOT_FOUND, "this build has no description of the API");
        rk_buf_add(&d->body, a->bytes);
        return RK_OK;
    case RK_ROUTE_ASSET:
        return asset(r->rest, d, err);
    default:
        return portal(s, r, d, err);
    }
}

static rk_status of_election(rk_site *s, const rk_route *r, rk_draft *d, rk_err *err) {
    rk_election *e = NULL;
    uint32_t contest;
    RK_TRY(served(s, r->election, &e, err));
    d->modified = e->last_time;
    if (rk_logdoc_is(r->kind)) return rk_logdoc_make(s, r, d, err);
    switch (r->kind) {
    case RK_ROUTE_ELECTION:
        rk_api_election(e, rk_slice_str(s->served[r->election].base), &d->body);
        return RK_OK;
    case RK_ROUTE_CONTEST:
        RK_TRY(contest_of(e, r, &contest, err));
        rk_api_contest(e, contest, &d->body);
        return RK_OK;
    case RK_ROUTE_REGION:
        return region(s, r, d, err);
    case RK_ROUTE_PHOTO:
        return photo(s, r, d, err);
    case RK_ROUTE_STATION:
    case RK_ROUTE_READING:
        return station(s, e, r, d, err);
    case RK_ROUTE_FINDINGS:
        return findings(e, r, d, err);
    case RK_ROUTE_COMPARISON:
        RK_TRY(contest_of(e, r, &contest, err));
        return rk_api_comparison(e, contest, &d->body, err);
    case RK_ROUTE_OUTCOME:
        RK_TRY(contest_of(e, r, &contest, err));
        return rk_api_outcome(e, contest, &d->body, err);
    case RK_ROUTE_SEATS:
        RK_TRY(contest_of(e, r, &contest, err));
        return rk_api_seats(e, contest, &d->body, err);
    case RK_ROUTE_SEARCH:
        return search(s, r, d);
    default:
        return sirekap(e, r, d, err);
    }
}

rk_status rk_document_make(rk_site *s, const rk_route *r, rk_draft *d, rk_err *err) {
    d->life = RK_LIFE_LIVE;
    d->type = "application/json";
    bool server = r->kind <= RK_ROUTE_ASSET || r->kind == RK_ROUTE_PORTAL;
    RK_TRY(server ? of_server(s, r, d, err) : of_election(s, r, d, err));
    if (d->body.failed)
        return rk_fail(err, RK_LIMIT, "the document is over %u bytes", RK_PAGE_BYTES_MAX);
    return RK_OK;
}

/* ===== tables ===== */

bool rk_document_is_table(enum rk_route_kind k) {
    return k == RK_ROUTE_RECAP_CSV || k == RK_ROUTE_STATIONS_CSV ||
           k == RK_ROUTE_FINDINGS_CSV || k == RK_ROUTE_COMPARISON_CSV ||
           k == RK_ROUTE_REGIONS_CSV;
}

static const char *table_name(enum rk_route_kind k) {
    switch (k) {
    case RK_ROUTE_RECAP_CSV:
        return "rekap";
    case RK_ROUTE_STATIONS_CSV:
        return "tps";
    case RK_ROUTE_FINDINGS_CSV:
        return "temuan";
    case RK_ROUTE_COMPARISON_CSV:
        return "banding";
    default:
        return "wilayah";
    }
}

rk_status rk_document_table_check(rk_site *s, const rk_route *r, rk_draft *d, rk_err *err) {
    rk_election *e = NULL;
    uint32_t contest, node;
    RK_TRY(served(s, r->election, &e, err));
    if (r->kind != RK_ROUTE_REGIONS_CSV) RK_TRY(contest_of(e, r, &contest, err));
    RK_TRY(node_of(e, r->region, &node, err));
    d->life = RK_LIFE_LIVE;
    d->type = "text/csv; charset=utf-8";
    d->modified = e->last_time;
    bool of_contest = r->kind != RK_ROUTE_REGIONS_CSV;
    snprintf(d->disposition, sizeof d->disposition,
             "attachment; filename=\"%.*s%s%.*s-%s.csv\"",
             RK_FMT(rk_code_slice(&s->id[r->election])), of_contest ? "-" : "",
             of_contest ? (int)r->contest.len : 0, of_contest ? r->contest.ptr : "",
             table_name(r->kind));
    return RK_OK;
}

rk_status rk_document_table_write(rk_site *s, const rk_route *r, const rk_sink *out,
                                  rk_err *err) {
    rk_election *e = NULL;
    rk_recap_query q = {.level = r->has_level ? (int)r->level : -1};
    RK_TRY(served(s, r->election, &e, err));
    if (r->kind == RK_ROUTE_REGIONS_CSV) return rk_table_regions(e, out, err);
    RK_TRY(contest_of(e, r, &q.contest, err));
    RK_TRY(node_of(e, r->region, &q.node, err));
    switch (r->kind) {
    case RK_ROUTE_RECAP_CSV:
        return rk_table_recap(e, &q, RK_FORMAT_CSV, out, err);
    case RK_ROUTE_STATIONS_CSV:
        return rk_table_stations(e, q.contest, out, err);
    case RK_ROUTE_FINDINGS_CSV:
        return rk_table_findings(e, q.contest, 0, RK_LIT(""), RK_FORMAT_CSV, out, err);
    default:
        return rk_table_comparison(e, q.contest, RK_FORMAT_CSV, out, err);
    }
}
