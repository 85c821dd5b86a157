/* What a request's headers ask for: conditional requests and encodings (RFC 9110). Pure; a
 * header that is not well formed is as if it had not been sent. */
#ifndef RK_SERVE_NEGOTIATE_H
#define RK_SERVE_NEGOTIATE_H

#include "base/slice.h"

/* If-None-Match against one strong tag with its quotes: a list, W/ and * (weak comparison). */
bool rk_etag_matches(const char *if_none_match, rk_slice tag);
/* If-Modified-Since: the document is not newer. Only the HTTP date form we send is understood.
 */
bool rk_not_modified_since(const char *if_modified_since, uint32_t modified);
/* Accept-Encoding takes gzip (by name or *), with a quality above 0. */
bool rk_accepts_gzip(const char *accept_encoding);

enum rk_range {
    RK_RANGE_ALL,  /* the whole: no range, more than one, or not well formed */
    RK_RANGE_PART, /* *n bytes from *from */
    RK_RANGE_NONE, /* of the bytes asked for there are none: 416 */
};
/* Range: "bytes=0-99", "bytes=100-", "bytes=-50" of a body of `size` bytes. */
enum rk_range rk_range_of(const char *range, uint64_t size, uint64_t *from, uint64_t *n);

#endif
