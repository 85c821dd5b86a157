/* An election directory: DIR/rekap.db (the log), DIR/log.lock (the newest checkpoint signed),
 * DIR/keys (secret keys), DIR/blobs (files by hash), DIR/tally.cache. Opening folds the log.
 * Everything that is written goes through here: signed, checked by folding it, then committed
 * together with its checkpoint. */
#ifndef RK_INTAKE_DIR_H
#define RK_INTAKE_DIR_H

#include "core/election.h"
#include "log/log.h"
#include "store/store.h"

typedef struct rk_dir {
    char *path;
    rk_store *store;
    rk_election *election;  /* folded up to its size */
    rk_log *log;            /* opened for writing */
    rk_signer log_key, key; /* opened for writing: signs checkpoints; signs entries */
    bool writes;
    bool sound;      /* the last change went through: memory and log agree */
    uint64_t cached; /* entries that the cache holds */
} rk_dir;

/* "DIR/rekap.db" into out (cap bytes). RK_LIMIT when the path is too long. */
rk_status rk_dir_store_path(const char *dir, char *out, size_t cap, rk_err *err);
/* Makes a new election directory: its two keys, and a log that begins with the election's
 * declaration. RK_CONFLICT when there is one already. */
rk_status rk_dir_init(const char *path, rk_slice id, rk_slice name, rk_slice date, rk_err *err);
/* Opens and folds the first `limit` entries (UINT64_MAX = all); a limit past the end is
 * RK_BAD_INPUT. Starts from the cache DIR/tally.cache where it is of this log, else from entry
 * 0; opened for writing, rk_dir_close renews a cache that has fallen far behind.
 * REKAP_CACHE=off: neither. */
rk_status rk_dir_open(const char *path, enum rk_store_mode mode, uint64_t limit, rk_dir *out,
                      rk_err *err);
void rk_dir_close(rk_dir *d);
/* Entries are signed with the key in this file from now on (at opening: keys/pengelola.key).
 * RK_CONFLICT when the log does not know it, or no longer. */
rk_status rk_dir_use_key(rk_dir *d, const char *key_path, rk_err *err);
/* Folds entries that others have appended since; settles. */
rk_status rk_dir_refresh(rk_dir *d, rk_err *err);
/* Forgets what was folded and folds again: after a batch that was folded but not committed. */
rk_status rk_dir_reload(rk_dir *d, rk_err *err);
/* Folds store entries [election->size, limit) into e and settles: for whoever keeps its own
 * election. */
rk_status rk_fold_store(rk_store *s, rk_election *e, uint64_t limit, rk_err *err);

/* An election folded from a store's log, from the cache in dir (NULL = none) or from entry 0,
 * at most `limit` entries. *cached (NULL allowed) = entries that came from the cache. */
rk_status rk_fold_open(rk_store *s, const char *dir, uint64_t limit, rk_election **out,
                       uint64_t *cached, rk_err *err);

/* ===== writing (src/intake/dir_write.c) =====
 * begin, then any number of puts, then commit; abort after a failure. After a failure the
 * election in memory is undefined: close the directory. */

/* Takes the write lock and folds what others have appended. */
rk_status rk_dir_begin(rk_dir *d, rk_err *err);
/* Who, when and why, for the next entry: this directory's key in its role, now. RK_CONFLICT
 * when the key may not sign (any more). Slices belong to the election and the caller. */
rk_status rk_dir_head(const rk_dir *d, rk_slice reason, rk_slice evidence, rk_entry_head *out,
                      rk_err *err);
/* Signs the entry at b[0..], folds it and appends it. */
rk_status rk_dir_put(rk_dir *d, rk_buf *b, rk_err *err);
/* Folds and appends an entry that its sender has signed; leaf: its leaf hash. */
rk_status rk_dir_take(rk_dir *d, rk_slice entry, const rk_sha256 *leaf, rk_err *err);
/* The committed entry of a form's station that has exactly these bytes. */
rk_status rk_dir_find_form(const rk_dir *d, rk_slice entry, bool *found, uint64_t *index,
                           rk_err *err);
/* Durable and covered by a signed checkpoint (rk_log_note(d->log)) on RK_OK. */
rk_status rk_dir_commit(rk_dir *d, rk_err *err);
void rk_dir_abort(rk_dir *d);

/* Declares a document: checked by folding it, then appended durably as parts. contest only for
 * RK_DOC_RESMI. */
rk_status rk_dir_declare(rk_dir *d, enum rk_document type, rk_slice contest, rk_slice label,
                         rk_slice reason, rk_slice bytes, rk_err *err);
/* Notes in the log that something was published: what, the log's size it shows, the SHA-256 of
 * its manifest. *index (NULL allowed) = the entry. */
rk_status rk_dir_published(rk_dir *d, enum rk_publication type, rk_slice name, rk_slice reason,
                           uint64_t size, const rk_sha256 *manifest, uint64_t *index,
                           rk_err *err);

/* ===== keys (src/intake/dir_keys.c): each is one entry, signed by a pengelola ===== */

/* A key for a role. */
rk_status rk_dir_key_add(rk_dir *d, rk_slice role, const rk_ed25519_public *key,
                         rk_slice reason, rk_err *err);
/* Replaces a key that signs entries; if it is this directory's own, use the new one next. */
rk_status rk_dir_key_replace(rk_dir *d, uint64_t old_id, const rk_ed25519_public *key,
                             rk_slice reason, rk_err *err);
rk_status rk_dir_key_revoke(rk_dir *d, uint64_t id, rk_slice reason, rk_err *err);
/* A new log key: made beside keys/log.key, entered, and put in its place; the old file is kept
 * as keys/log-ID.key. handover: the checkpoint that covers the change is signed by both (not
 * when the old key is in wrong hands). */
rk_status rk_dir_log_key_replace(rk_dir *d, bool handover, rk_slice reason, rk_err *err);

#endif
