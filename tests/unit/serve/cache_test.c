#include "serve/cache.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

static const rk_http_request plain_request, gzip_request = {.accept_encoding = "gzip"};

static void fill(rk_cache *c, rk_page *p, char with, size_t n) {
    char *body = rk_alloc(n);
    memset(body, with, n);
    rk_page_fill(c, p, body, n);
}

static rk_page *put(rk_cache *c, const char *key, char with, size_t n) {
    rk_page *p = rk_page_new(c, rk_slice_str(key));
    fill(c, p, with, n);
    rk_page_let_go(c, p);
    return p;
}

static void finds_what_it_keeps(void **state) {
    (void)state;
    rk_cache c;
    rk_cache_init(&c, 1u << 20, 42);
    char key[40];
    for (int i = 0; i < 300; i++) {
        snprintf(key, sizeof key, "/api/v1/kontes/ppwp/wilayah/%d", i);
        put(&c, key, 'a', 10);
    }
    for (int i = 0; i < 300; i++) {
        snprintf(key, sizeof key, "/api/v1/kontes/ppwp/wilayah/%d", i);
        rk_page *p = rk_cache_find(&c, rk_slice_str(key));
        assert_non_null(p);
        assert_true(rk_slice_is(p->key, key));
    }
    assert_null(rk_cache_find(&c, RK_LIT("/api/v1/kontes/ppwp/wilayah/300")));
    rk_cache_free(&c);
}

static void stays_within_its_bytes(void **state) {
    (void)state;
    rk_cache c;
    rk_cache_init(&c, 100000, 1);
    char key[16];
    for (int i = 0; i < 100; i++) {
        snprintf(key, sizeof key, "/%d", i);
        put(&c, key, 'a', 5000);
        assert_non_null(rk_cache_find(&c, RK_LIT("/0"))); /* in use: stays */
        assert_true(c.bytes <= c.bytes_max);
    }
    assert_null(rk_cache_find(&c, RK_LIT("/1")));
    assert_non_null(rk_cache_find(&c, RK_LIT("/99")));
    rk_cache_free(&c);
    assert_int_equal(c.bytes, 0);
}

static void a_held_page_outlives_its_eviction(void **state) {
    (void)state;
    rk_cache c;
    rk_cache_init(&c, 20000, 1);
    rk_page *p = rk_page_new(&c, RK_LIT("/held"));
    fill(&c, p, 'h', 5000);
    for (int i = 0; i < 10; i++) {
        char key[16];
        snprintf(key, sizeof key, "/%d", i);
        put(&c, key, 'a', 5000);
    }
    assert_null(rk_cache_find(&c, RK_LIT("/held")));
    assert_int_equal(p->body.ptr[4999], 'h');
    assert_non_null(rk_page_reply(&c, p, &plain_request));
    rk_page_let_go(&c, p);
    rk_cache_free(&c);
}

static void same_bytes_keep_their_tag(void **state) {
    (void)state;
    rk_cache c;
    rk_cache_init(&c, 1u << 20, 1);
    uint64_t now = 5;
    rk_page *p = rk_page_new(&c, RK_LIT("/x"));
    p->now = &now;
    fill(&c, p, 'a', 1000);
    assert_true(rk_page_fresh(p));
    rk_http_reply *r = rk_page_reply(&c, p, &plain_request);
    char tag[40];
    memcpy(tag, p->tag, sizeof tag);
    assert_int_equal(strlen(tag), 34);
    now = 6;
    assert_false(rk_page_fresh(p));
    fill(&c, p, 'a', 1000);
    assert_true(rk_page_fresh(p));
    assert_ptr_equal(rk_page_reply(&c, p, &plain_request), r);
    now = 7;
    fill(&c, p, 'b', 1000);
    assert_string_not_equal(p->tag, tag);
    rk_page_let_go(&c, p);
    rk_cache_free(&c);
}

static void variants_and_conditions(void **state) {
    (void)state;
    rk_cache c;
    rk_cache_init(&c, 1u << 20, 1);
    rk_page *p = put(&c, "/x", 'a', 1000), *small = put(&c, "/s", 'a', 20);
    p->modified = 1707911040;
    rk_http_reply *plain = rk_page_reply(&c, p, &plain_request),
                  *gzip = rk_page_reply(&c, p, &gzip_request);
    assert_ptr_not_equal(plain, gzip);
    assert_ptr_equal(rk_page_reply(&c, p, &gzip_request), gzip);
    assert_ptr_equal(rk_page_reply(&c, small, &gzip_request),
                     rk_page_reply(&c, small, &plain_request));
    rk_http_request same = {.if_none_match = p->tag};
    rk_http_reply *not_modified = rk_page_reply(&c, p, &same);
    assert_ptr_equal(not_modified, p->same);
    assert_non_null(not_modified);
    same.accept_encoding = "gzip"; /* the other variant's tag */
    assert_ptr_equal(rk_page_reply(&c, p, &same), gzip);
    same.if_none_match = p->tag_gzip;
    not_modified = rk_page_reply(&c, p, &same);
    assert_non_null(p->same_gzip);
    assert_ptr_equal(not_modified, p->same_gzip);
    rk_http_request since = {.if_modified_since = "Wed, 14 Feb 2024 11:44:00 GMT"};
    assert_ptr_equal(rk_page_reply(&c, p, &since), p->same);
    since.if_none_match = "\"other\""; /* counts alone where it is sent */
    assert_ptr_equal(rk_page_reply(&c, p, &since), plain);
    rk_cache_free(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_it_keeps), cmocka_unit_test(stays_within_its_bytes),
        cmocka_unit_test(a_held_page_outlives_its_eviction),
        cmocka_unit_test(same_bytes_keep_their_tag), cmocka_unit_test(variants_and_conditions)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
