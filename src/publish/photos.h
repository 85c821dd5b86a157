/* The public copies of photos as files: OUT/foto/SHA-256.jpg, .png. A name is the file's hash,
 * which the log's entries list, so that they need no place in a manifest and never change. */
#ifndef RK_PUBLISH_PHOTOS_H
#define RK_PUBLISH_PHOTOS_H

#include "blob/blob.h"
#include "core/election.h"

typedef struct rk_photos_report {
    uint64_t photos, written;
    uint64_t missing; /* named in the log, and not among the blobs */
} rk_photos_report;

/* All contests' photos; those that are there are left alone. blobs: the public ones. */
rk_status rk_publish_photos(const rk_election *e, rk_blobs *blobs, const char *out_dir,
                            rk_photos_report *r, rk_err *err);

#endif
