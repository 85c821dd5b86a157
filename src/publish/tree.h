/* The static public tree: every Sirekap document as a file, for any web server or object store.
 * A run after the first renders only what entries since then touched and rewrites only files
 * whose bytes differ, so it costs what has changed. OUT/.rekap-publish.json remembers how far
 * it got; it is written last, after a flush, so that a run cut short is simply done again.
 * Files that no longer belong to the tree are left where they are. */
#ifndef RK_PUBLISH_TREE_H
#define RK_PUBLISH_TREE_H

#include "core/election.h"

typedef struct rk_publish_options {
    bool gzip; /* also path.json.gz beside each file */
    bool full; /* compare every document, whatever the state file says */
    void (*progress)(void *ctx, uint64_t documents); /* may be NULL */
    void *ctx;
} rk_publish_options;

typedef struct rk_publish_report {
    uint64_t documents; /* rendered */
    uint64_t written;   /* of these, files whose bytes differed */
    uint64_t bytes;     /* written, without the compressed copies */
    uint64_t entries;   /* entries the tree now shows */
    bool full;          /* every document was looked at */
} rk_publish_report;

/* Publishes a settled election to out_dir (made when it is missing). */
rk_status rk_publish_tree(rk_election *e, const char *out_dir, const rk_publish_options *o,
                          rk_publish_report *r, rk_err *err);

#endif
