/* Inside of publish: the files of a tree. A file whose bytes are already there is not written
 * again; each one that is looked at is told to the listing, if there is one. Not for other
 * modules. */
#ifndef RK_PUBLISH_WRITER_H
#define RK_PUBLISH_WRITER_H

#include "base/buf.h"

#include <limits.h>

struct rk_listing;

typedef struct rk_writer {
    const char *dir;
    bool gzip;                  /* also path.gz beside each file */
    struct rk_listing *listing; /* NULL = none is kept */
    uint64_t written, bytes;    /* files whose bytes differed, without the compressed copies */
    bool touched;               /* something was written since the last rk_writer_sync */
    rk_buf packed;
    char name[PATH_MAX]; /* scratch */
} rk_writer;

#define RK_TREE_FILE_MAX (256u << 20) /* bytes of one published file */

void rk_writer_init(rk_writer *w, const char *dir, bool gzip, struct rk_listing *listing);
void rk_writer_free(rk_writer *w);
/* Puts a file of the tree, with its compressed copy. */
rk_status rk_writer_put(rk_writer *w, rk_slice path, rk_slice bytes, rk_err *err);
/* The same without copy and listing: for files that prove themselves. fresh = it cannot be
 * there yet, so that nothing is compared. */
rk_status rk_writer_put_bare(rk_writer *w, rk_slice path, rk_slice bytes, bool fresh,
                             rk_err *err);
/* Replaces a file durably, after all that was put before it, unless it is the same. Not
 * counted.
 */
rk_status rk_writer_put_last(rk_writer *w, rk_slice path, rk_slice bytes, rk_err *err);
/* Flushes the file system when something was written. */
rk_status rk_writer_sync(rk_writer *w, rk_err *err);
/* "DIR/path" in w->name. */
rk_status rk_writer_name(rk_writer *w, rk_slice path, const char *suffix, rk_err *err);

#endif
