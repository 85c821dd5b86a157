/* From a request's target to what it asks for. Pure: knows the elections' ids, not their
 * content, so that any bytes can be tried on it. Spellings of one target (escapes, parameters
 * in another order, unknown ones, defaults written out) give one key. */
#ifndef RK_SERVE_ROUTE_H
#define RK_SERVE_ROUTE_H

#include "base/buf.h"
#include "base/code.h"

enum rk_route_kind {
    /* of the whole server */
    RK_ROUTE_ELECTIONS,
    RK_ROUTE_OPENAPI,
    RK_ROUTE_HEALTH,
    RK_ROUTE_METRICS,
    RK_ROUTE_NODE,
    RK_ROUTE_ASSET,
    /* of one election */
    RK_ROUTE_ELECTION,
    RK_ROUTE_CONTEST,
    RK_ROUTE_REGION,
    RK_ROUTE_STATION,
    RK_ROUTE_READING,
    RK_ROUTE_PHOTO,
    RK_ROUTE_FINDINGS,
    RK_ROUTE_COMPARISON,
    RK_ROUTE_OUTCOME,
    RK_ROUTE_SEATS,
    RK_ROUTE_SEARCH,
    RK_ROUTE_RECAP_CSV,
    RK_ROUTE_STATIONS_CSV,
    RK_ROUTE_FINDINGS_CSV,
    RK_ROUTE_COMPARISON_CSV,
    RK_ROUTE_REGIONS_CSV,
    RK_ROUTE_LOG,
    RK_ROUTE_LOG_ENTRY,
    RK_ROUTE_LOG_PROOF,
    RK_ROUTE_LOG_BATCH_PROOF,
    RK_ROUTE_LOG_CONSISTENCY,
    RK_ROUTE_STATEMENTS, /* of residency */
    RK_ROUTE_STATEMENT,
    RK_ROUTE_CHECKPOINT,
    RK_ROUTE_TILE,
    RK_ROUTE_RELEASED,
    RK_ROUTE_PORTAL,
    RK_ROUTE_SIREKAP,
};

/* The paths of the API as docs/api/openapi.json names them; ends with path NULL. */
typedef struct rk_route_pattern {
    const char *path;
    enum rk_route_kind kind;
    bool of_election;
} rk_route_pattern;
extern const rk_route_pattern rk_route_patterns[];

/* Folders of an election directory that are served as they are, below the same name. */
enum rk_shelf {
    RK_SHELF_RELEASES, /* rilis: what `rekap release` writes */
    RK_SHELF_OPEN,     /* terbuka: reports of openness: infrastruktur/, ppid/ */
    RK_SHELF_ARCHIVE,  /* arsip: what `rekap archive publish` writes */
    RK_SHELVES
};
extern const char *const rk_shelf_name[RK_SHELVES];

typedef struct rk_route_site {
    rk_slice prefix;   /* of --base-path: "" or "/x" */
    const rk_code *id; /* ids of the elections; the first is also served without it */
    uint32_t n;
} rk_route_site;

typedef struct rk_route {
    enum rk_route_kind kind;
    uint32_t election;
    bool chief; /* the target does not name the election */
    rk_slice contest, code,
        rest; /* {k}, {kode}; the path of an asset, a tile, a Sirekap
                 document; of a file on a shelf from the '/' after its name */
    enum rk_shelf shelf;
    /* parameters that the kind has; what is not given has its default */
    bool has_as_of, has_level;
    uint64_t as_of, from; /* of a consistency proof: ke, dari */
    uint32_t count;
    unsigned level;
    rk_slice rule, region, query;
    char text[RK_URL_MAX + 1]; /* what the slices point to */
    size_t used;
} rk_route;

/* RK_NOT_FOUND, or RK_BAD_INPUT for a parameter that means nothing. The route's slices point
 * into the route itself: it must not be copied. */
rk_status rk_route_parse(const rk_route_site *site, rk_slice target, rk_route *r, rk_err *err);
/* Appends the one spelling of the target. */
void rk_route_key(const rk_route_site *site, const rk_route *r, rk_buf *out);

#endif
