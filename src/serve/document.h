/* One route into one document: which renderer, which media type, how long it lasts. Keeps
 * nothing. */
#ifndef RK_SERVE_DOCUMENT_H
#define RK_SERVE_DOCUMENT_H

#include "base/sink.h"
#include "serve/cache.h"
#include "serve/site.h"

typedef struct rk_draft {
    rk_buf body;
    const char *type;
    enum rk_page_life life;
    uint32_t modified;
    char disposition[80];
} rk_draft;

/* RK_OK; RK_BUSY: an earlier state is being made, ask again; RK_NOT_FOUND, RK_BAD_INPUT;
 * anything else means unavailable. Not for tables (rk_document_is_table), health and metrics.
 */
rk_status rk_document_make(rk_site *s, const rk_route *r, rk_draft *d, rk_err *err);

/* The CSV downloads: checked first (fills type and disposition), then written, perhaps by
 * another process. */
bool rk_document_is_table(enum rk_route_kind k);
rk_status rk_document_table_check(rk_site *s, const rk_route *r, rk_draft *d, rk_err *err);
rk_status rk_document_table_write(rk_site *s, const rk_route *r, const rk_sink *out,
                                  rk_err *err);

#endif
