/* rk_pages_begin's first lines are the hot path: one look-up by the target as it was sent.
 * Whatever is not found there under that spelling goes the long way: parse, one spelling, look
 * up again, make. Errors, health and metrics are made each time and never enter the cache. */
#include "serve/pages.h"

#include "base/mem.h"
#include "files/files.h"
#include "publish/api.h"
#include "serve/logdoc.h"
#include "serve/shown_host.h"

#include <stdio.h>
#include <time.h>

void rk_pages_init(rk_pages *p, rk_site *site, uint64_t seed, uint32_t started) {
    *p = (rk_pages){.site = site, .started = started};
    rk_cache_init(&p->cache, RK_CACHE_BYTES_MAX, seed);
    rk_buf_init(&p->key, 4 * RK_URL_MAX + 1024);
}

void rk_pages_free(rk_pages *p) {
    rk_job_stop(&p->job);
    for (uint32_t i = 0; i < p->n_queue; i++) rk_page_let_go(&p->cache, p->queue[i]);
    for (size_t i = 0; i < sizeof p->refused / sizeof *p->refused; i++)
        if (p->refused[i]) rk_page_let_go(&p->cache, p->refused[i]);
    rk_cache_free(&p->cache);
    rk_buf_free(&p->key);
}

/* ===== errors ===== */

static unsigned status_of(rk_status s) {
    return s == RK_NOT_FOUND ? 404 : s == RK_BAD_INPUT ? 400 : 503;
}

static rk_slice code_of(unsigned status) {
    switch (status) {
    case 400:
        return RK_LIT("bad-request");
    case 404:
        return RK_LIT("not-found");
    case 405:
        return RK_LIT("method-not-allowed");
    case 413:
        return RK_LIT("body-not-allowed");
    case 414:
        return RK_LIT("uri-too-long");
    default:
        return RK_LIT("unavailable");
    }
}

static void fill_error(rk_pages *p, rk_page *page, unsigned status, const char *message) {
    rk_buf b;
    rk_buf_init(&b, 4096);
    rk_api_error(code_of(status), rk_slice_str(message), &b);
    page->status = status;
    page->life = RK_LIFE_NONE;
    page->type = "application/json";
    page->disposition[0] = '\0';
    rk_page_fill(&p->cache, page, b.ptr, b.len);
    p->errors++;
}

static rk_page *error_page(rk_pages *p, unsigned status, const char *message) {
    rk_page *page = rk_page_new(&p->cache, (rk_slice){NULL, 0});
    fill_error(p, page, status, message);
    return page;
}

static rk_http_reply *refusal(void *ctx, unsigned status) {
    static const struct {
        unsigned status;
        const char *text;
    } why[4] = {
        {405, "only GET and HEAD are understood"},
        {413, "a request here has no body"},
        {414, "the address is too long"},
        {503, "too many requests are waiting: try again in a few seconds"},
    };
    rk_pages *p = ctx;
    size_t i = 0;
    while (i < 3 && why[i].status != status) i++;
    if (!p->refused[i]) p->refused[i] = error_page(p, why[i].status, why[i].text);
    p->requests++;
    p->errors++;
    return p->refused[i]->plain;
}

/* ===== health and metrics ===== */

static uint64_t clock_ms(void) {
    struct timespec t;
    RK_ASSERT(clock_gettime(CLOCK_MONOTONIC, &t) == 0);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static bool health(const rk_site *s, rk_buf *out) {
    bool any = false;
    for (uint32_t i = 0; i < s->n; i++) any = any || s->served[i].election;
    rk_buf_add(out, any ? RK_LIT("{\"siap\":true,\"pemilu\":[")
                        : RK_LIT("{\"siap\":false,\"pemilu\":["));
    for (uint32_t i = 0; i < s->n; i++) {
        const rk_served *v = &s->served[i];
        rk_buf_add(out, i ? RK_LIT(",{\"id\":") : RK_LIT("{\"id\":"));
        rk_buf_json(out, rk_code_slice(&s->id[i]));
        rk_buf_add(out, v->election ? RK_LIT(",\"siap\":true,\"entri\":")
                                    : RK_LIT(",\"siap\":false,\"entri\":"));
        rk_buf_num(out, v->election ? v->election->size : 0);
        if (!v->election) rk_buf_lit(out, ",\"galat\":");
        if (!v->election) rk_buf_json(out, rk_slice_str(v->problem.text));
        rk_buf_byte(out, '}');
    }
    rk_buf_lit(out, "]}");
    return any;
}

static void metric(rk_buf *out, const char *name, const char *kind, const char *help,
                   uint64_t v) {
    rk_buf_printf(out, "# HELP rekap_%s %s\n# TYPE rekap_%s %s\nrekap_%s %llu\n", name, help,
                  name, kind, name, (unsigned long long)v);
}

static void refusals(const rk_refusal *r, uint32_t n, const char *by, rk_buf *out) {
    for (uint32_t i = 0; i < n && i < RK_REFUSALS_SHOWN; i++) {
        char host[RK_SHOWN_HOST_MAX];
        rk_buf_printf(out,
                      "rekap_outbound_refusals{oleh=\"%s\",aturan=\"%s\",jenis=\"%s\",host="
                      "\"%s\",porta=\"%u\"} %llu\n",
                      by, rk_residency_rule_name(r[i].rule), rk_target_kind_name(r[i].kind),
                      rk_shown_host(&r[i], host).ptr, r[i].port,
                      (unsigned long long)r[i].times);
    }
}

/* Connections asked of the gate: by this process, and by those that work for each election. */
static void outbound_metrics(const rk_site *s, rk_buf *out) {
    static rk_outflow of[RK_SERVED_MAX], own;
    rk_outbound_counts(&own.asked, &own.refused);
    own.n = rk_outbound_refusals(own.last, RK_REFUSALS_MAX);
    for (uint32_t i = 0; i < s->n; i++) rk_keluar_read(s->served[i].dir, &of[i]);
    for (int refused = 0; refused < 2; refused++) {
        const char *name = refused ? "outbound_refused_total" : "outbound_asked_total";
        rk_buf_printf(out, "# HELP rekap_%s %s\n# TYPE rekap_%s counter\n", name,
                      refused ? "Connections refused by the declaration of residency."
                              : "Connections asked of the gate.",
                      name);
        rk_buf_printf(out, "rekap_%s{oleh=\"server\"} %llu\n", name,
                      (unsigned long long)(refused ? own.refused : own.asked));
        for (uint32_t i = 0; i < s->n; i++)
            rk_buf_printf(out, "rekap_%s{oleh=\"%.*s\"} %llu\n", name,
                          RK_FMT(rk_code_slice(&s->id[i])),
                          (unsigned long long)(refused ? of[i].refused : of[i].asked));
    }
    rk_buf_lit(out, "# HELP rekap_outbound_refusals The last refusals, how often each came.\n"
                    "# TYPE rekap_outbound_refusals gauge\n");
    refusals(own.last, own.n, "server", out);
    for (uint32_t i = 0; i < s->n; i++) {
        char id[RK_CODE_MAX + 1] = {0};
        memcpy(id, s->id[i].s, s->id[i].len);
        refusals(of[i].last, of[i].n, id, out);
    }
}

static void metrics(const rk_pages *p, rk_buf *out) {
    const rk_site *s = p->site;
    uint64_t now = clock_ms(),
             lag = s->refreshed_ms && now > s->refreshed_ms ? now - s->refreshed_ms : 0;
    metric(out, "requests_total", "counter", "Requests begun.", p->requests);
    metric(out, "cache_hits_total", "counter", "Requests answered from the cache.", p->hits);
    metric(out, "documents_made_total", "counter", "Documents made.", p->made);
    metric(out, "not_modified_total", "counter", "Answers 304.", p->not_modified);
    metric(out, "errors_total", "counter", "Answers 4xx and 503.", p->errors);
    metric(out, "cache_bytes", "gauge", "Bytes of the documents kept.", p->cache.bytes);
    metric(out, "cache_documents", "gauge", "Documents kept.", p->cache.n);
    metric(out, "connections", "gauge", "Open connections.",
           p->http ? rk_http_connections(p->http) : 0);
    metric(out, "tables_waiting", "gauge", "Tables asked for and not made yet.", p->n_queue);
    rk_buf_printf(
        out,
        "# HELP rekap_refresh_lag_seconds Since the logs were last looked at.\n"
        "# TYPE rekap_refresh_lag_seconds gauge\nrekap_refresh_lag_seconds %llu.%03llu\n",
        (unsigned long long)(lag / 1000), (unsigned long long)(lag % 1000));
    rk_buf_lit(out, "# HELP rekap_entries Entries of the log that are counted.\n# TYPE "
                    "rekap_entries gauge\n");
    for (uint32_t i = 0; i < s->n; i++)
        rk_buf_printf(
            out, "rekap_entries{pemilu=\"%.*s\"} %llu\n", RK_FMT(rk_code_slice(&s->id[i])),
            (unsigned long long)(s->served[i].election ? s->served[i].election->size : 0));
    outbound_metrics(s, out);
}

static rk_page *state_page(rk_pages *p, enum rk_route_kind kind) {
    rk_buf b;
    rk_page *page = rk_page_new(&p->cache, (rk_slice){NULL, 0});
    rk_buf_init(&b, 1u << 20);
    page->life = RK_LIFE_NONE;
    if (kind == RK_ROUTE_METRICS) {
        metrics(p, &b);
        page->type = "text/plain; version=0.0.4; charset=utf-8";
    } else if (!health(p->site, &b)) {
        page->status = 503;
    }
    rk_page_fill(&p->cache, page, b.ptr, b.len);
    return page;
}

static rk_page *released_page(rk_pages *p, const rk_route *r) {
    rk_err err = RK_ERR_INIT;
    rk_released *file;
    rk_status s =
        rk_released_open(p->site->served[r->election].dir, r->shelf, r->rest, &file, &err);
    if (s != RK_OK)
        return error_page(p, status_of(s),
                          s == RK_NOT_FOUND ? "the releases have no such file" : err.text);
    rk_page *page = rk_page_new(&p->cache, (rk_slice){NULL, 0});
    page->released = file;
    page->ready = true;
    return page;
}

static rk_page *node_page(rk_pages *p) {
    rk_slice text = {NULL, 0};
    rk_err err = RK_ERR_INIT;
    rk_self_signed none = {.node = NULL};
    if (p->node && p->node->node) rk_describe_refused(p->node->node);
    rk_status s = rk_self_signed_text(p->node ? p->node : &none, &text, &err);
    if (s != RK_OK) return error_page(p, status_of(s), err.text);
    rk_page *page = rk_page_new(&p->cache, (rk_slice){NULL, 0});
    page->life = RK_LIFE_LIVE;
    page->type = "text/plain; charset=utf-8";
    rk_page_fill(&p->cache, page, rk_dup(text.ptr, text.len), text.len);
    return page;
}

/* ===== making ===== */

static void describe(rk_pages *p, rk_page *page, const rk_route *r, const rk_draft *d) {
    static const uint64_t never;
    bool changes = (d->life == RK_LIFE_LIVE || d->life == RK_LIFE_CHECKPOINT) &&
                   r->kind != RK_ROUTE_OPENAPI && p->site->n;
    page->now = changes ? &p->site->served[r->election].size : &never;
    if (changes && rk_logdoc_is(r->kind)) page->now = rk_logdoc_version(p->site, r);
    if (r->kind == RK_ROUTE_ELECTIONS) page->now = &p->site->total;
    page->status = 200;
    page->life = d->life;
    page->type = d->type;
    page->modified = d->modified ? d->modified : p->started;
    memcpy(page->disposition, d->disposition, sizeof page->disposition);
}

/* Puts a table into the queue; false when there is no room. */
static bool enqueue(rk_pages *p, rk_page *page) {
    for (uint32_t i = 0; i < p->n_queue; i++)
        if (p->queue[i] == page) return true;
    if (p->n_queue == RK_WAITING_MAX) return false;
    rk_page_hold(page);
    p->queue[p->n_queue++] = page;
    return true;
}

/* Makes (or prepares) what p->route asks for. `old` = the page kept for it, or NULL. Held. */
static rk_page *make(rk_pages *p, rk_page *old) {
    rk_draft d = {.type = NULL};
    rk_err err = RK_ERR_INIT;
    const rk_route *r = &p->route;
    bool table = rk_document_is_table(r->kind);
    rk_buf_init(&d.body, RK_PAGE_BYTES_MAX);
    rk_status s = table ? rk_document_table_check(p->site, r, &d, &err)
                        : rk_document_make(p->site, r, &d, &err);
    if (s != RK_OK && s != RK_BUSY) {
        rk_buf_free(&d.body);
        if (old) rk_cache_drop(&p->cache, old);
        return error_page(p, status_of(s), err.text);
    }
    if (old && table && old->ready) { /* whoever waited for the old one still gets it */
        rk_cache_drop(&p->cache, old);
        old = NULL;
    }
    rk_page *page = old;
    bool photo = r->kind == RK_ROUTE_PHOTO; /* large, and never changes: others cache it */
    if (photo)
        page = rk_page_new(&p->cache, (rk_slice){NULL, 0});
    else if (old)
        rk_page_hold(old);
    else
        page = rk_page_new(&p->cache, rk_buf_slice(&p->key));
    describe(p, page, r, &d);
    if (s == RK_OK && !table) {
        rk_page_fill(&p->cache, page, rk_realloc(d.body.ptr, d.body.len + 1, 1), d.body.len);
        page->gzip_tried = photo; /* it is compressed already */
        p->made++;
        return page;
    }
    rk_buf_free(&d.body);
    page->ready = false;
    if (table && !enqueue(p, page))
        fill_error(p, page, 503, "too many tables are asked for: try again later");
    if (page->status != 200) rk_cache_drop(&p->cache, page);
    return page;
}

static rk_page *begin_long(rk_pages *p, rk_slice target) {
    rk_err err = RK_ERR_INIT;
    rk_route_site routes = rk_site_routes(p->site);
    rk_status s = rk_route_parse(&routes, target, &p->route, &err);
    if (s != RK_OK) return error_page(p, status_of(s), err.text);
    if (p->route.kind == RK_ROUTE_HEALTH || p->route.kind == RK_ROUTE_METRICS)
        return state_page(p, p->route.kind);
    if (p->route.kind == RK_ROUTE_NODE) return node_page(p);
    if (p->route.kind == RK_ROUTE_RELEASED) return released_page(p, &p->route);
    rk_buf_clear(&p->key);
    rk_route_key(&routes, &p->route, &p->key);
    if (p->key.failed) return error_page(p, 404, "the path is too long");
    rk_page *page = rk_cache_find(&p->cache, rk_buf_slice(&p->key));
    if (!page || !rk_page_fresh(page)) return make(p, page);
    p->hits++;
    rk_page_hold(page);
    return page;
}

rk_page *rk_pages_begin(rk_pages *p, rk_slice target) {
    p->requests++;
    rk_page *page = rk_cache_find(&p->cache, target);
    if (!page || !rk_page_fresh(page)) return begin_long(p, target);
    p->hits++;
    rk_page_hold(page);
    return page;
}

/* A page that waited for an earlier state: made now if that is there. */
static void try_again(rk_pages *p, rk_page *page) {
    rk_draft d = {.type = NULL};
    rk_err err = RK_ERR_INIT;
    rk_route_site routes = rk_site_routes(p->site);
    rk_status s = rk_route_parse(&routes, page->key, &p->route, &err);
    if (s == RK_OK && rk_document_is_table(p->route.kind)) return; /* the queue's business */
    rk_buf_init(&d.body, RK_PAGE_BYTES_MAX);
    if (s == RK_OK) s = rk_document_make(p->site, &p->route, &d, &err);
    if (s == RK_OK) {
        describe(p, page, &p->route, &d);
        rk_page_fill(&p->cache, page, rk_realloc(d.body.ptr, d.body.len + 1, 1), d.body.len);
        p->made++;
        return;
    }
    rk_buf_free(&d.body);
    if (s == RK_BUSY) return;
    fill_error(p, page, status_of(s), err.text);
    rk_cache_drop(&p->cache, page);
}

rk_http_reply *rk_pages_answer(rk_pages *p, rk_page *page, const rk_http_request *r) {
    if (!page->ready) try_again(p, page);
    if (!page->ready) return NULL;
    rk_http_reply *reply = rk_page_reply(&p->cache, page, r);
    p->not_modified += reply == page->same || reply == page->same_gzip;
    return reply;
}

/* ===== between requests ===== */

struct table_task {
    rk_pages *p;
    const rk_route *r;
};

static rk_status write_table(void *ctx, const rk_sink *out, rk_err *err) {
    struct table_task *t = ctx;
    return rk_document_table_write(t->p->site, t->r, out, err);
}

static void table_over(rk_pages *p, rk_status s, const rk_job_output *o, const rk_err *err) {
    rk_page *page = p->queue[0];
    if (s == RK_OK) {
        rk_page_fill_files(&p->cache, page, &o->hash, o->plain, o->plain_bytes, o->gzip,
                           o->gzip_bytes);
        page->made_for = p->job_made_for;
        p->made++;
    } else {
        fill_error(p, page, status_of(s), err->text);
        rk_cache_drop(&p->cache, page);
    }
    memmove(p->queue, p->queue + 1, --p->n_queue * sizeof *p->queue);
    rk_page_let_go(&p->cache, page);
    p->something_ready = true;
}

static void tables_turn(rk_pages *p, uint64_t now_ms) {
    rk_job_output o;
    rk_err err = RK_ERR_INIT;
    rk_status s = RK_OK;
    if (p->job.pid) {
        s = rk_job_poll(&p->job, now_ms, &o, &err);
        if (s != RK_BUSY) table_over(p, s, &o, &err);
    }
    if (p->job.pid || p->n_queue == 0) return;
    rk_page *page = p->queue[0];
    rk_route_site routes = rk_site_routes(p->site);
    struct table_task t = {p, &p->route};
    p->job_made_for = *page->now;
    s = rk_route_parse(&routes, page->key, &p->route, &err);
    if (s == RK_OK) s = rk_job_start(&p->job, write_table, &t, now_ms, &err);
    if (s != RK_OK) table_over(p, s, NULL, &err);
}

int rk_pages_turn(rk_pages *p, uint64_t now_ms, bool *ready) {
    bool folded = false;
    bool more = rk_site_refresh(p->site, now_ms);
    rk_rounds_watch(&p->rounds, now_ms);
    more = rk_site_fold_earlier(p->site, &folded) || more;
    p->something_ready = p->something_ready || folded;
    if (p->n_queue) tables_turn(p, now_ms);
    *ready = p->something_ready;
    p->something_ready = false;
    if (more || folded) return 0;
    if (p->n_queue) return 5;
    return p->site->next_ms > now_ms ? (int)(p->site->next_ms - now_ms) : 0;
}

/* ===== for the HTTP layer ===== */

static void *service_begin(void *ctx, rk_slice target) { return rk_pages_begin(ctx, target); }
static rk_http_reply *service_answer(void *ctx, void *about, const rk_http_request *r) {
    return rk_pages_answer(ctx, about, r);
}
static void service_end(void *ctx, void *about) {
    rk_page_let_go(&((rk_pages *)ctx)->cache, about);
}
static int service_turn(void *ctx, bool *ready) {
    return rk_pages_turn(ctx, clock_ms(), ready);
}

rk_http_service rk_pages_service(rk_pages *p) {
    return (rk_http_service){p,           service_begin, service_answer,
                             service_end, refusal,       service_turn};
}
