/* The public log as files: OUT/log/ in the layout of docs/format/log.md, OUT/kunci.json (the
 * keys of the log), OUT/policy, and the note that binds the rest of the tree to the log
 * (docs/format/manifest.md). A run writes the tiles and entry bundles that the last one had
 * not; files of the log but its checkpoint are never rewritten. What is published never goes
 * back: a log that does not extend the checkpoint that is there is refused. */
#ifndef RK_PUBLISH_LOGTREE_H
#define RK_PUBLISH_LOGTREE_H

#include "core/election.h"
#include "log/log.h"

struct rk_writer;

/* What is published of the log beside the documents. */
typedef struct rk_publish_log {
    rk_store *store;
    const rk_log_head *head; /* its size is the election's */
    rk_slice note;           /* signed checkpoint of that size: the head's, perhaps cosigned */
    rk_slice policy;         /* the policy file; empty = none */
    const rk_signer *signer; /* signs the manifest; NULL = it is not signed */
} rk_publish_log;

/* The log may be published to dir: *from = entries that are there already. RK_CONFLICT when
 * what is there is newer, forked from this log, or another log's; `seen` (NULL allowed) then
 * gets the checkpoint that says so. RK_CORRUPT when its checkpoint cannot be read. */
rk_status rk_publish_log_check(const rk_publish_log *l, rk_slice origin, const char *dir,
                               uint64_t *from, rk_buf *seen, rk_err *err);
/* Tiles and bundles that a log of `from` entries has not, then the checkpoint. compare: the
 * files may be there and right. */
rk_status rk_publish_log_files(const rk_publish_log *l, struct rk_writer *w, uint64_t from,
                               bool compare, rk_err *err);
/* manifest/note over this manifest/index; without a signer the old note, which no longer holds,
 * is removed. */
rk_status rk_publish_manifest_note(const rk_publish_log *l, rk_slice origin, rk_slice index,
                                   struct rk_writer *w, rk_err *err);

/* One key of the log as JSON: {"id","guna","peran","dari","sampai","kunci"}. */
void rk_publish_key(const rk_election *e, const rk_signing_key *k, rk_buf *out);
/* kunci.json: {"asal","kunci":[...]}. */
void rk_publish_keys(const rk_election *e, rk_buf *out);

#endif
