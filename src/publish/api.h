/* The documents of API v1 (docs/api/v1.md) as JSON text, one function each. Pure: reads an
 * election in memory (settled: rk_election_settle), appends to `out` and keeps nothing;
 * out->failed tells when the document was over the buffer's maximum. Only a station's history
 * reads the log, through the port the caller hands in. Figures nobody wrote are null, never 0.
 */
#ifndef RK_PUBLISH_API_H
#define RK_PUBLISH_API_H

#include "core/election.h"

/* Where entries can be read again: appends entry `index` to out. */
typedef struct rk_api_log {
    rk_status (*get)(void *ctx, uint64_t index, rk_buf *out, rk_err *err);
    void *ctx;
} rk_api_log;

/* What of a station's findings is listed: one item for each rule a station breaks, showing the
 * first comparison that fails. In tree order, within a station in the order of the rules. */
typedef struct rk_api_findings_query {
    uint32_t node; /* this region and what is below it */
    uint32_t rule; /* number of the rule, RK_NONE = all */
    uint64_t from; /* passed over */
    uint32_t count;
} rk_api_findings_query;

/* One item of the list of elections; base "/pemilu2019", chief = also served at the empty path.
 */
void rk_api_election_item(const rk_election *e, rk_slice base, bool chief, rk_buf *out);
void rk_api_election(const rk_election *e, rk_slice base, rk_buf *out);
void rk_api_contest(const rk_election *e, uint32_t contest, rk_buf *out);
void rk_api_region(rk_election *e, uint32_t contest, uint32_t node, rk_buf *out);
/* RK_CORRUPT or the log's own failure; with log NULL the history is empty. */
rk_status rk_api_station(rk_election *e, uint32_t contest, uint32_t tps, const rk_api_log *log,
                         rk_buf *out, rk_err *err);
void rk_api_findings(rk_election *e, uint32_t contest, const rk_api_findings_query *q,
                     rk_buf *out);
/* RK_CORRUPT when a declared table of official figures cannot be read. */
rk_status rk_api_comparison(rk_election *e, uint32_t contest, rk_buf *out, rk_err *err);
/* {"galat":{"kode":...,"pesan":...}} */
void rk_api_error(rk_slice code, rk_slice message, rk_buf *out);

#endif
