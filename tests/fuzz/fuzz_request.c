/* Any request: first line the target, then "If-None-Match", "If-Modified-Since",
 * "Accept-Encoding", "Range", "If-Range", one a line. Parsed, its one spelling must lead to
 * itself; then answered from a small election. No socket, and no table is made (that would
 * fork). */
#include "serve/negotiate.h"
#include "unit/serve/small_site.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void one_spelling(const rk_site *site, rk_slice target) {
    static rk_route r;
    rk_route_site routes = rk_site_routes(site);
    rk_buf key, again;
    if (rk_route_parse(&routes, target, &r, NULL) != RK_OK) return;
    rk_buf_init(&key, 1u << 16);
    rk_buf_init(&again, 1u << 16);
    rk_route_key(&routes, &r, &key);
    if (key.len <= RK_URL_MAX) {
        RK_ASSERT(rk_route_parse(&routes, rk_buf_slice(&key), &r, NULL) == RK_OK);
        rk_route_key(&routes, &r, &again);
        RK_ASSERT(rk_slice_eq(rk_buf_slice(&key), rk_buf_slice(&again)));
    }
    rk_buf_free(&key);
    rk_buf_free(&again);
}

/* Whatever a range says, it lies within the body. */
static void part_of(const char *range, uint64_t size) {
    uint64_t from, n;
    if (rk_range_of(range, size, &from, &n) == RK_RANGE_PART)
        RK_ASSERT(n && from < size && n <= size - from);
}

/* The next line as a string of its own, as the HTTP library hands headers over. */
static char *line(rk_slice *rest, size_t *n) {
    rk_slice part = {NULL, 0};
    if (!rk_slice_cut(rest, '\n', &part)) return NULL;
    char *s = rk_alloc(part.len + 1);
    if (part.len) memcpy(s, part.ptr, part.len);
    *n = strlen(s);
    return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    static rk_site *site;
    static rk_pages *pages;
    if (!site) {
        site = small_site();
        pages = rk_alloc(sizeof *pages);
        rk_pages_init(pages, site, 1, 1);
    }
    rk_slice rest = {(const char *)data, n};
    size_t len = 0, ignored;
    char *target = n ? line(&rest, &len) : NULL, *header[5];
    if (!target) return 0;
    for (size_t i = 0; i < 5; i++) header[i] = line(&rest, &ignored);
    one_spelling(site, (rk_slice){target, len});
    part_of(header[3], n);
    if (len <= RK_URL_MAX && pages->n_queue < RK_WAITING_MAX / 2) {
        rk_page *p = rk_pages_begin(pages, (rk_slice){target, len});
        RK_ASSERT(rk_pages_answer(pages, p,
                                  &(rk_http_request){header[0], header[1], header[2], header[3],
                                                     header[4]}) ||
                  !p->ready);
        RK_ASSERT(pages->cache.bytes <= RK_CACHE_BYTES_MAX);
        rk_page_let_go(&pages->cache, p);
    }
    for (size_t i = 0; i < 5; i++) rk_free(header[i]);
    rk_free(target);
    return 0;
}
