/* The signature of a request to an S3-compatible store: AWS Signature Version 4, with the
 * payload's hash in the request (x-amz-content-sha256). Pure: the time comes from the caller.
 * We sign ourselves because libcurl 7.88 neither sends x-amz-content-sha256 nor sorts query
 * parameters. Only what delivery needs: no query.
 * Source: AWS General Reference, "Create a signed AWS API request"; checked against AWS's own
 * published examples (tests/unit/kirim/sigv4_test.c). */
#ifndef RK_CORE_SIGV4_H
#define RK_CORE_SIGV4_H

#include "base/buf.h"
#include "base/sha256.h"

typedef struct rk_sigv4_header {
    rk_slice name, value; /* name in lower case; both as they will be sent */
} rk_sigv4_header;

#define RK_SIGV4_HEADERS_MAX 16u
#define RK_SIGV4_TIME_LEN 16 /* "20130524T000000Z" */

typedef struct rk_sigv4_request {
    rk_slice method, path; /* as it is sent (rk_buf_percent with "/"), beginning with '/' */
    const rk_sigv4_header *header; /* host, x-amz-date and all others to sign, sorted by name */
    uint32_t n_header;
    rk_slice payload_hash; /* 64 lower-case digits */
    rk_slice region, service;
    uint32_t time; /* seconds since 1970 */
} rk_sigv4_request;

/* Writes the time as x-amz-date wants it; RK_SIGV4_TIME_LEN bytes. */
char *rk_sigv4_time(char *p, uint32_t seconds);
/* What is hashed and signed; exposed for tests. */
void rk_sigv4_canonical(const rk_sigv4_request *r, rk_buf *out);
/* Appends the value of the Authorization header. */
void rk_sigv4_authorize(const rk_sigv4_request *r, rk_slice access_key, rk_slice secret_key,
                        rk_buf *out);

#endif
