/* Entries of the log as JSON (docs/api/v1.md). Pure but for the log that is read through the
 * port the caller hands in. */
#ifndef RK_PUBLISH_API_LOG_H
#define RK_PUBLISH_API_LOG_H

#include "publish/api.h"

/* Entry `index`: who, when, why, on what, what it says in words and figures, and its bytes. */
rk_status rk_api_entry(const rk_election *e, uint64_t index, const rk_api_log *log, rk_buf *out,
                       rk_err *err);

/* Inside: who, when, why, on what evidence, of a form or of its batch. */
typedef struct rk_api_origin {
    uint32_t time;
    rk_slice role, reason, evidence, source;
    uint64_t key_id, batch; /* 0; RK_NO_BATCH */
    rk_buf bytes;           /* the batch's entry, which slices may point to */
} rk_api_origin;
/* f is a decoded form. Free with rk_buf_free(&o->bytes). */
rk_status rk_api_origin_of(const rk_form *f, const rk_api_log *log, rk_api_origin *o,
                           rk_err *err);
/* ,"kunci":"16 digits" or null; ,"bukti":["64 digits",...] */
void rk_js_key_id(rk_buf *b, const char *key, uint64_t id);
void rk_js_evidence(rk_buf *b, rk_slice evidence);
void rk_js_hash(rk_buf *b, const char *key, const rk_sha256 *h);

#endif
