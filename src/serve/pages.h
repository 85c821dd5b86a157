/* The service behind the HTTP layer: from a target to a page, out of the cache or made; what
 * takes long (tables, earlier states) is made between requests while those who asked wait.
 * Knows no socket: tests and the fuzzer call it as the HTTP layer does. */
#ifndef RK_SERVE_PAGES_H
#define RK_SERVE_PAGES_H

#include "serve/cache.h"
#include "serve/document.h"
#include "serve/job.h"
#include "serve/node.h"
#include "serve/rounds.h"
#include "serve/site.h"

typedef struct rk_pages {
    rk_site *site;
    rk_cache cache;
    rk_route route; /* scratch: of the request being begun */
    rk_buf key;
    uint32_t started;
    /* tables asked for, the first one being made; each held */
    rk_page *queue[RK_WAITING_MAX];
    uint32_t n_queue;
    rk_job job;
    uint64_t job_made_for;
    rk_page *refused[4];
    rk_rounds rounds;     /* of witnesses; none when n is 0 */
    rk_self_signed *node; /* what the server says of itself; may be NULL */
    rk_http *http;        /* for the count of connections; may be NULL */
    uint64_t requests, hits, made, not_modified, errors;
    bool something_ready;
} rk_pages;

void rk_pages_init(rk_pages *p, rk_site *site, uint64_t seed, uint32_t started);
void rk_pages_free(rk_pages *p);
rk_http_service rk_pages_service(rk_pages *p);

/* The page for a target, held: made now, or waiting for its turn (page->ready tells). */
rk_page *rk_pages_begin(rk_pages *p, rk_slice target);
/* NULL while it is not ready. */
rk_http_reply *rk_pages_answer(rk_pages *p, rk_page *page, const rk_http_request *r);
/* Work between requests; returns milliseconds until it wants to be called again. */
int rk_pages_turn(rk_pages *p, uint64_t now_ms, bool *ready);

#endif
