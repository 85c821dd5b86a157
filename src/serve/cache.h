/* Documents the server has made, ready to send: found by the target of the request, bounded in
 * bytes (least recently used go first). A page knows the size of the log it was made for; once
 * the log has grown the owner makes it anew, and if the bytes are the same the page stays as it
 * is, with its tag and its date. One thread. A page in use (rk_page_hold) is never freed under
 * its user. */
#ifndef RK_SERVE_CACHE_H
#define RK_SERVE_CACHE_H

#include "base/sha256.h"
#include "serve/http.h"
#include "serve/released.h"

enum rk_page_life {                /* Cache-Control and other headers by the kind of document */
                    RK_LIFE_LIVE,  /* changes with the log: may be shown 15 seconds late */
                    RK_LIFE_FIXED, /* as of an entry: never changes */
                    RK_LIFE_TILE,  /* a file of the log or of a release that never changes */
                    RK_LIFE_CHECKPOINT, /* the log's newest checkpoint */
                    RK_LIFE_ASSET,      /* a file of the portal */
                    RK_LIFE_PORTAL,     /* the portal's page: Content-Security-Policy */
                    RK_LIFE_NONE,       /* errors that pass, health, metrics */
};

typedef struct rk_page {
    rk_slice key; /* owned; empty = not in the cache */
    uint64_t hash;
    const uint64_t *now; /* the log's size now, and what the page was made for */
    uint64_t made_for;
    uint32_t modified;
    uint32_t holds;
    unsigned status;
    enum rk_page_life life;
    const char *type;
    bool cached, ready, file; /* ready = may be sent; file = its bytes lie in temporary files */
    char tag[40], tag_gzip[44]; /* with quotes; empty = none */
    char disposition[80];       /* Content-Disposition; empty = none */
    rk_slice body;              /* plain bytes, owned by `plain` */
    size_t gzip_bytes;
    bool gzip_tried;
    rk_released *released; /* a file of a release: it replies; never in the cache */
    rk_http_reply *plain, *gzip, *same, *same_gzip; /* made when first needed; same = 304 */
    struct rk_page *chain, *newer, *older;
} rk_page;

/* The Cache-Control header of a life. */
const char *rk_cache_control(enum rk_page_life life);

typedef struct rk_cache {
    rk_page **bucket;
    uint32_t n_bucket, n;
    uint64_t seed, bytes, bytes_max;
    rk_page *newest, *oldest;
    uint32_t n_file;
} rk_cache;

void rk_cache_init(rk_cache *c, uint64_t bytes_max, uint64_t seed);
void rk_cache_free(rk_cache *c); /* no page may be held any more */

/* The page, moved to the front; NULL when there is none. Not held. */
rk_page *rk_cache_find(rk_cache *c, rk_slice key);
static inline bool rk_page_fresh(const rk_page *p) {
    return p->ready && p->made_for == *p->now;
}
/* A new page that is not ready; key empty = not for the cache, freed when it is let go. Held.
 */
rk_page *rk_page_new(rk_cache *c, rk_slice key);
static inline void rk_page_hold(rk_page *p) { p->holds++; }
void rk_page_let_go(rk_cache *c, rk_page *p);
/* Takes it out of the cache; freed once nobody holds it. */
void rk_cache_drop(rk_cache *c, rk_page *p);

/* Fills a page (status, life, type, modified, disposition are set): `body` from rk_alloc now
 * belongs to it. With the same bytes as before only made_for moves on. */
void rk_page_fill(rk_cache *c, rk_page *p, char *body, size_t n);
/* The same from files, with the hash of the plain bytes; gzip_fd -1 = none. */
void rk_page_fill_files(rk_cache *c, rk_page *p, const rk_sha256 *hash, int fd, uint64_t n,
                        int gzip_fd, uint64_t gzip_n);
/* The reply that a request's headers ask for. */
rk_http_reply *rk_page_reply(rk_cache *c, rk_page *p, const rk_http_request *r);

#endif
