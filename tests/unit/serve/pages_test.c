/* The service without a socket: every route answers, the cache follows the log, the API's
 * description names every route. */
#include "serve/pages.h"

#include "serve/assets.h"
#include "unit/serve/small_site.h"

#include <jansson.h>
#include <time.h>

struct fixture {
    rk_site *site;
    rk_pages pages;
};

static int start(void **state) {
    struct fixture *f = rk_alloc(sizeof *f);
    f->site = small_site();
    rk_pages_init(&f->pages, f->site, 7, 1700000000);
    *state = f;
    return 0;
}

static int stop(void **state) {
    struct fixture *f = *state;
    rk_pages_free(&f->pages);
    small_site_free(f->site);
    rk_free(f);
    return 0;
}

static unsigned get(struct fixture *f, const char *target) {
    rk_page *p = rk_pages_begin(&f->pages, rk_slice_str(target));
    assert_non_null(rk_pages_answer(&f->pages, p, &(rk_http_request){0}));
    if (strcmp(p->type, "application/json") == 0) {
        json_error_t e;
        json_t *j = json_loadb(p->body.ptr, p->body.len, JSON_REJECT_DUPLICATES, &e);
        if (!j) fail_msg("%s: no JSON: %s\n%.*s", target, e.text, RK_FMT(p->body));
        json_decref(j);
    }
    unsigned status = p->status;
    rk_page_let_go(&f->pages.cache, p);
    return status;
}

static void every_document(void **state) {
    struct fixture *f = *state;
    static const char *const good[] = {"/api/v1/pemilu",
                                       "/api/v1/openapi.json",
                                       "/api/v1/kesehatan",
                                       "/api/v1/metrik",
                                       "/api/v1/",
                                       "/uji/api/v1/",
                                       "/api/v1/kontes/ppwp",
                                       "/api/v1/kontes/ppwp/wilayah/0",
                                       "/api/v1/kontes/ppwp/wilayah/1101012001",
                                       "/api/v1/kontes/ppwp/tps/1101012001001",
                                       "/api/v1/kontes/ppwp/tps/1101012001002",
                                       "/api/v1/kontes/ppwp/temuan",
                                       "/api/v1/kontes/ppwp/banding",
                                       "/api/v1/log",
                                       "/catatan/ppwp",
                                       "/api/v1/kontes/ppwp/hasil",
                                       "/api/v1/cari?q=bakongan",
                                       "/api/v1/cari",
                                       "/pemilu/hhcw/ppwp.json"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (get(f, good[i]) != 200) fail_msg("%s is not there", good[i]);
    static const char *const missing[] = {
        "/api/v1/kontes/pdpr", "/api/v1/kontes/ppwp/wilayah/12",
        "/aset/nope.js",       "/api/v1/kontes/ppwp/kursi",
        "/aset/index.html",    "/api/v1/kontes/ppwp/tps/9",
        "/pemilu/nope.json"};
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++)
        if (get(f, missing[i]) != 404) fail_msg("%s is there", missing[i]);
    assert_int_equal(get(f, "/api/v1/kontes/ppwp/temuan?aturan=R99"), 400);
    assert_int_equal(get(f, "/api/v1/kontes/ppwp/wilayah/0?as_of=99"), 400);
}

static void the_cache_follows_the_log(void **state) {
    struct fixture *f = *state;
    rk_election *e = f->site->served[0].election;
    const rk_slice region = RK_LIT("/api/v1/kontes/ppwp/wilayah/0"),
                   contest = RK_LIT("/api/v1/kontes/ppwp");
    rk_page *r = rk_pages_begin(&f->pages, region), *c = rk_pages_begin(&f->pages, contest);
    char before[40], same[40];
    memcpy(before, r->tag, sizeof before), memcpy(same, c->tag, sizeof same);
    rk_page_let_go(&f->pages.cache, r), rk_page_let_go(&f->pages.cache, c);
    uint64_t made = f->pages.made;
    rk_page_let_go(&f->pages.cache, rk_pages_begin(&f->pages, region));
    assert_int_equal(f->pages.made, made);
    small_form(e, 0, "1101012001001", 1708000300, (uint32_t[]){231, 5, 236, 31, 200});
    rk_election_settle(e);
    f->site->served[0].size = e->size;
    r = rk_pages_begin(&f->pages, region), c = rk_pages_begin(&f->pages, contest);
    assert_string_not_equal(r->tag, before);
    assert_string_equal(c->tag, same); /* made again, the same bytes */
    assert_int_equal(f->pages.made, made + 2);
    rk_page_let_go(&f->pages.cache, r), rk_page_let_go(&f->pages.cache, c);
}

/* A table is made by another process; two who ask get the same page. */
static void tables(void **state) {
    struct fixture *f = *state;
    const rk_slice target = RK_LIT("/api/v1/kontes/ppwp/tps.csv");
    rk_page *p = rk_pages_begin(&f->pages, target), *q = rk_pages_begin(&f->pages, target);
    assert_ptr_equal(p, q);
    assert_null(rk_pages_answer(&f->pages, p, &(rk_http_request){0}));
    bool ready = false;
    for (uint64_t ms = 1; !ready && ms < 60000; ms++) {
        rk_pages_turn(&f->pages, ms, &ready);
        struct timespec t = {0, 1000000};
        nanosleep(&t, NULL);
    }
    assert_true(ready && p->ready && p->file);
    assert_int_equal(p->status, 200);
    assert_non_null(rk_pages_answer(&f->pages, p, &(rk_http_request){0}));
    assert_ptr_not_equal(
        rk_pages_answer(&f->pages, p, &(rk_http_request){.accept_encoding = "gzip"}), p->plain);
    rk_page_let_go(&f->pages.cache, p), rk_page_let_go(&f->pages.cache, q);
    p = rk_pages_begin(&f->pages, target);
    assert_true(p->ready);
    rk_page_let_go(&f->pages.cache, p);
}

static void out_of_service(void **state) {
    struct fixture *f = *state;
    assert_int_equal(get(f, "/api/v1/kontes/ppwp/wilayah/0"), 200);
    rk_election_free(&f->site->served[0].election);
    f->site->served[0].size = UINT64_MAX;
    assert_int_equal(get(f, "/api/v1/kontes/ppwp/wilayah/0"), 503);
    assert_int_equal(get(f, "/api/v1/kontes/ppwp/tps.csv"), 503);
    assert_int_equal(get(f, "/api/v1/kesehatan"), 503);
}

static void the_description_names_every_route(void **state) {
    (void)state;
    const rk_asset *a = rk_asset_find(RK_LIT("openapi.json"));
    assert_non_null(a);
    json_error_t err;
    json_t *doc = json_loadb(a->bytes.ptr, a->bytes.len, JSON_REJECT_DUPLICATES, &err);
    assert_non_null(doc);
    json_t *paths = json_object_get(doc, "paths");
    size_t n = 0;
    for (const rk_route_pattern *p = rk_route_patterns; p->path; p++, n++) {
        char path[200];
        snprintf(path, sizeof path, "/%s%s", p->of_election ? "{pemilu}/" : "", p->path);
        if (!json_object_get(json_object_get(paths, path), "get"))
            fail_msg("openapi.json does not describe %s", path);
    }
    assert_int_equal(json_object_size(paths), n);
    json_decref(doc);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_document, start, stop),
        cmocka_unit_test_setup_teardown(the_cache_follows_the_log, start, stop),
        cmocka_unit_test_setup_teardown(tables, start, stop),
        cmocka_unit_test_setup_teardown(out_of_service, start, stop),
        cmocka_unit_test(the_description_names_every_route),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
