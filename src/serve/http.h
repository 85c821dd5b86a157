/* A thin layer over the HTTP library (libmicrohttpd), the only place that knows it. HTTP/1.1,
 * one thread: between requests the same thread calls the service's turn(), so nothing needs a
 * lock. GET and HEAD only, no request bodies, bounded connections, request sizes and silence.
 * TLS, HTTP/2 and limits per client are the task of a proxy in front (docs: rekap-serve). */
#ifndef RK_SERVE_HTTP_H
#define RK_SERVE_HTTP_H

#include "base/err.h"

typedef struct rk_http_reply
    rk_http_reply; /* immutable; may be sent any number of times at once */

typedef struct rk_http_header {
    const char *name, *value;
} rk_http_header;

/* A reply of n bytes at `body`, which must come from rk_alloc and now belongs to the reply. */
rk_http_reply *rk_http_reply_new(unsigned status, char *body, size_t n, const rk_http_header *h,
                                 size_t n_header);
/* A reply from a file's first n bytes; the descriptor now belongs to the reply. */
rk_http_reply *rk_http_reply_file(unsigned status, int fd, uint64_t n, const rk_http_header *h,
                                  size_t n_header);
/* The same of n bytes from `from` on; headers that need to stand elsewhere are copied. */
rk_http_reply *rk_http_reply_part(unsigned status, int fd, uint64_t from, uint64_t n,
                                  const rk_http_header *h, size_t n_header);
/* Drops the caller's claim (requests that are being answered keep theirs) and nulls *r. */
void rk_http_reply_free(rk_http_reply **r);

typedef struct rk_http_request { /* headers, NULL where not sent */
    const char *if_none_match, *if_modified_since, *accept_encoding, *range, *if_range;
} rk_http_request;

/* Each request: begin (its target as sent: path?query), answer, end. */
typedef struct rk_http_service {
    void *ctx;
    void *(*begin)(void *ctx, rk_slice target); /* what the request is about; never NULL */
    /* The reply to send (borrowed), or NULL: not ready, ask again after a turn that said so. */
    rk_http_reply *(*answer)(void *ctx, void *about, const rk_http_request *r);
    void (*end)(void *ctx, void *about);
    /* A reply of the service's making for 405, 413, 414, 503 (borrowed, kept by the service).
     */
    rk_http_reply *(*refusal)(void *ctx, unsigned status);
    /* Called between requests; *ready = waiting requests should ask again. Returns the
     * milliseconds after which it wants to be called again even if nothing happens. */
    int (*turn)(void *ctx, bool *ready);
} rk_http_service;

typedef struct rk_http rk_http;

/* Binds "127.0.0.1:8080", "[::1]:8080", "*:8080"; port 0 picks a free one. RK_CONFLICT: in use.
 */
rk_status rk_http_listen(const char *address, rk_http **out, rk_err *err);
/* "http://127.0.0.1:8080", of what it really listens on. */
const char *rk_http_url(const rk_http *h);
unsigned rk_http_connections(const rk_http *h);
/* Serves until rk_http_stop or SIGTERM/SIGINT; requests that are being answered are finished.
 */
rk_status rk_http_run(rk_http *h, const rk_http_service *s, rk_err *err);
void rk_http_free(rk_http **h);
/* Makes rk_http_run return; may be called from a signal handler. */
void rk_http_stop(void);

#endif
