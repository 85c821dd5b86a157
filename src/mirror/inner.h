/* What mirror.c, log.c and files.c share. Not for other modules. */
#ifndef RK_MIRROR_INNER_H
#define RK_MIRROR_INNER_H

#include "core/checkpoint.h"
#include "core/manifest.h"
#include "core/released.h"
#include "mirror/fetch.h"
#include "mirror/mirror.h"
#include "verify/source.h"

#include <limits.h>

typedef struct rk_known { /* a release that the verified log names */
    uint64_t size, entry;
    rk_sha256 manifest;
} rk_known;

typedef struct rk_mirror {
    const rk_mirror_options *o;
    rk_mirror_result *out;
    rk_report *r;
    rk_fetcher *f;
    rk_slice origin; /* of the newest note */
    rk_release_note newest;
    rk_known *known; /* by entry */
    uint32_t n_known, cap_known;
} rk_mirror;

/* DIR/.cermin/<name>, DIR/<name>; RK_LIMIT. */
/* "rilis-SIZE" and what is to follow, e.g. ".json"; it fits RK_RELEASE_NAME_MAX and its length.
 */
void rk_mirror_name(uint64_t size, const char *then, char *out, size_t room);
rk_status rk_mirror_private(const rk_mirror *m, char out[PATH_MAX], const char *name,
                            rk_err *err);
rk_status rk_mirror_public(const rk_mirror *m, char out[PATH_MAX], const char *name,
                           rk_err *err);
/* Says what is wrong and keeps the bytes as evidence. Returns `s`. */
rk_status rk_mirror_refuse(rk_mirror *m, rk_status s, const char *check, const char *where,
                           rk_slice bytes, rk_err *err, const char *fmt, ...)
    __attribute__((format(printf, 7, 8)));
/* Reads a file of at most max bytes into out. */
rk_status rk_mirror_read(const char *path, size_t max, rk_buf *out, rk_err *err);

/* Fetches what is new of the log and verifies it together with the manifests of n releases
 * (staged or held); on RK_OK the log has its final names and m->known is what it names. */
rk_status rk_mirror_log(rk_mirror *m, const uint64_t *release, size_t n, rk_err *err);
/* The same for the manifests of releases that are older than the verified log. */
rk_status rk_mirror_manifests(rk_mirror *m, const uint64_t *release, size_t n, rk_err *err);
const rk_known *rk_mirror_find(const rk_mirror *m, uint64_t size);

/* manifest/note and manifest/index of a release into the staging directory. */
rk_status rk_mirror_head(rk_mirror *m, uint64_t size, const rk_sha256 *index, rk_err *err);
/* Drops what is staged of a release. */
rk_status rk_mirror_unstage(const rk_mirror *m, uint64_t size, rk_err *err);
/* All its files; then its final name. Its head is staged and verified. */
rk_status rk_mirror_files(rk_mirror *m, uint64_t size, rk_err *err);
/* How many files a run would fetch and link, without writing. */
rk_status rk_mirror_plan(rk_mirror *m, uint64_t size, const rk_sha256 *index, rk_err *err);
/* The release is there under its final name, with that manifest. */
bool rk_mirror_holds(const rk_mirror *m, uint64_t size, const rk_sha256 *index);

#endif
