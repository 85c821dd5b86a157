/* The elections a server shows: each the fold of its own log, opened for reading only and
 * followed as it grows. A log that does not fold takes its election out of service and no
 * other. Also earlier states ("as of entry N"), folded piece by piece between requests; a few
 * are kept. */
#ifndef RK_SERVE_SITE_H
#define RK_SERVE_SITE_H

#include "core/election.h"
#include "publish/search.h"
#include "serve/route.h"
#include "serve/served_log.h"
#include "store/store.h"

typedef struct rk_served {
    char *dir;
    char base[RK_CODE_MAX + 260]; /* "/prefix/id" */
    rk_store *store;
    rk_election *election; /* NULL = out of service */
    uint64_t size; /* what pages are compared with; changes whenever the election does */
    rk_err problem;
    rk_search search;
    bool searchable;
    rk_served_log log;
} rk_served;

typedef struct rk_earlier { /* one earlier state */
    uint32_t election;
    uint64_t as_of, used;
    rk_election *state; /* NULL = free */
    bool ready, failed;
} rk_earlier;

typedef struct rk_site {
    char prefix[256];
    rk_served served[RK_SERVED_MAX];
    rk_code id[RK_SERVED_MAX];
    uint32_t n;
    rk_earlier earlier[RK_AS_OF_MAX];
    uint64_t uses, next_ms, refreshed_ms;
    uint64_t total; /* changes whenever any election does */
} rk_site;

/* Opens and folds every directory. A directory without a log is an error here; one whose log is
 * damaged is served as unavailable. */
rk_status rk_site_open(rk_site *s, const char *const *dir, uint32_t n, const char *prefix,
                       rk_err *err);
void rk_site_close(rk_site *s);
rk_route_site rk_site_routes(const rk_site *s);
/* Follows the logs, at most twice a second, at most RK_REFRESH_ENTRIES_MAX entries at a time;
 * true when there is more to do at once. */
bool rk_site_refresh(rk_site *s, uint64_t now_ms);
/* Folds on with the earlier state being made, if any: true while there is one. *done = one is
 * ready (or given up) now. */
bool rk_site_fold_earlier(rk_site *s, bool *done);
/* The election as of its first N entries: RK_OK, RK_BUSY (being made: ask again), RK_BAD_INPUT
 * (beyond the log), RK_IO (it could not be folded). */
rk_status rk_site_as_of(rk_site *s, uint32_t election, uint64_t n, rk_election **out,
                        rk_err *err);
/* The search index, made at first use. */
const rk_search *rk_site_search(rk_site *s, uint32_t election);

#endif
