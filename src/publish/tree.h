/* The static public tree: every Sirekap document as a file, for any web server or object store.
 * A run after the first renders only what entries since then touched and rewrites only files
 * whose bytes differ, so it costs what has changed. OUT/.rekap-publish.json remembers how far
 * it got; it is written last, after a flush, so that a run cut short is simply done again.
 * With the log: also OUT/log/, OUT/kunci.json and OUT/manifest/ (publish/logtree.h). While a
 * run goes on, manifest and files may disagree; the manifest's note is the last file but the
 * state. Files that no longer belong to the tree are left where they are. */
#ifndef RK_PUBLISH_TREE_H
#define RK_PUBLISH_TREE_H

#include "publish/logtree.h"

typedef struct rk_publish_options {
    bool gzip;                 /* also path.json.gz beside each file */
    bool full;                 /* compare every document, whatever the state file says */
    const rk_publish_log *log; /* NULL = only the documents */
    rk_buf *seen;              /* see rk_publish_log_check; may be NULL */
    const char *statements; /* a directory of statements of residency to publish; may be NULL */
    void (*progress)(void *ctx, uint64_t documents); /* may be NULL */
    void *ctx;
} rk_publish_options;

typedef struct rk_publish_report {
    uint64_t documents; /* rendered */
    uint64_t written;   /* files whose bytes differed: documents, tiles, lists */
    uint64_t bytes;     /* written, without the compressed copies */
    uint64_t entries;   /* entries the tree now shows */
    bool full;          /* every document was looked at */
} rk_publish_report;

/* Publishes a settled election to out_dir (made when it is missing). */
rk_status rk_publish_tree(rk_election *e, const char *out_dir, const rk_publish_options *o,
                          rk_publish_report *r, rk_err *err);

#endif
