/* Inside of publish: the lists of a tree's files with their hashes (docs/format/manifest.md).
 * What is told to a listing is kept until rk_listing_close, or until RK_LISTING_BYTES_MAX of it
 * are there, then merged into the lists on disk: only lists that change are rewritten. One list
 * at a time is in memory beside it. Not for other modules. */
#ifndef RK_PUBLISH_LISTING_H
#define RK_PUBLISH_LISTING_H

#include "base/buf.h"
#include "base/sha256.h"

struct rk_writer;

typedef struct rk_listing {
    rk_buf pending; /* records: number of the list, hash, u16 length, path */
    uint32_t n;
    bool check;          /* lines of files that are not there any more are dropped */
    bool touched[256];   /* lists that this run had something for */
    struct rk_writer *w; /* writes the lists */
} rk_listing;

void rk_listing_init(rk_listing *l, struct rk_writer *w, bool check);
void rk_listing_free(rk_listing *l);
/* The file path + suffix has this hash now. Paths that manifests do not list are passed over.
 */
rk_status rk_listing_add(rk_listing *l, rk_slice path, const char *suffix, const rk_sha256 *h,
                         rk_err *err);
/* Writes the lists and manifest/index, and appends the latter to `index`. */
rk_status rk_listing_close(rk_listing *l, rk_buf *index, rk_err *err);
/* There is a manifest/index in dir: the lists were written there before. */
bool rk_listing_there(const char *dir);

#endif
