/* What is to be brought: a release (or a disclosure of infrastructure) with its files and
 * hashes, and from subscriptions and destinations the deliveries of it. Nothing is sent here.
 */
#ifndef RK_DELIVER_PLAN_H
#define RK_DELIVER_PLAN_H

#include "core/delivery.h"

/* What deliveries are made from. Owned: rk_source_free. */
typedef struct rk_source_file {
    char *path; /* below dir */
    rk_sha256 sha256;
    uint64_t bytes;
    bool copies; /* .zst and .gz lie beside it */
} rk_source_file;

typedef struct rk_source {
    char name[64]; /* "rilis-12", "infra-0123456789abcdef" */
    char *dir;
    char *latest; /* rilis-12.json, brought last as terbaru.json; NULL = none */
    rk_sha256 latest_hash;
    uint64_t latest_bytes;
    rk_sha256 manifest;   /* of manifest/index or SHA256SUMS */
    char election[400];   /* its id */
    uint32_t time;        /* when it was published */
    rk_source_file *file; /* sorted by path */
    uint32_t n, cap;
} rk_source;

/* OUT/rilis-SIZE as `rekap release` leaves it (docs/format/rilis.md), with OUT/rilis-SIZE.json.
 * RK_CORRUPT: a file is missing, or a list is no list. */
rk_status rk_source_release(const char *out_dir, uint64_t size, rk_source *out, rk_err *err);
/* What `rekap disclose` wrote, with its SHA256SUMS. */
rk_status rk_source_disclosure(const char *dir, rk_source *out, rk_err *err);
void rk_source_free(rk_source *s);

/* One delivery and what only it needs. */
typedef struct rk_planned {
    rk_delivery d;
    const rk_source *source;
    rk_parcel *file; /* the release's files that belong to it; n_file of them */
    uint32_t n_file;
    char *text;     /* names and paths of the parcels, owned */
    char spool[80]; /* name in antrean/ of the mail or list; empty before rk_plan_pack */
    bool blocked;   /* not again in this run */
    bool running;
} rk_planned;

typedef struct rk_plan {
    rk_planned *p;
    uint32_t n, cap;
    uint32_t homeless; /* subscriptions that no destination takes */
} rk_plan;

/* today: subscriptions begin on their day. infra may be NULL: subscriptions of it are then
 * homeless. RK_LIMIT past RK_DELIVERIES_MAX. Everything is borrowed and must outlive the plan.
 */
rk_status rk_plan_make(const rk_destinations *to, const rk_subscriptions *subs, rk_day today,
                       const rk_source *release, const rk_source *infra, rk_plan *out,
                       rk_err *err);
void rk_plan_free(rk_plan *p);

/* Makes the parcels: the files, the list that closes them, terbaru.json; or the one mail or
 * document. What has to be made for it is written to spool_dir when that is not NULL. The same
 * release and destination give the same parcels. */
rk_status rk_plan_pack(rk_planned *p, const char *spool_dir, rk_slice public_url, rk_err *err);
uint64_t rk_planned_bytes(const rk_planned *p);

#endif
