/* Documents about the log: checkpoint, tiles, entries, proofs, keys and witnesses. Keeps
 * nothing but the tree of the last file of forms asked about. */
#ifndef RK_SERVE_LOGDOC_H
#define RK_SERVE_LOGDOC_H

#include "serve/document.h"

/* The route is one of these. */
bool rk_logdoc_is(enum rk_route_kind k);
/* Errors: RK_NOT_FOUND (also for a log that is not signed), RK_BAD_INPUT. */
rk_status rk_logdoc_make(rk_site *s, const rk_route *r, rk_draft *d, rk_err *err);
/* What a page of this kind is compared with to know whether it is still fresh. */
const uint64_t *rk_logdoc_version(const rk_site *s, const rk_route *r);

#endif
