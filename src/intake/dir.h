/* An election directory: DIR/rekap.db (the log), DIR/blobs (files by hash). Opening folds the
 * log. */
#ifndef RK_INTAKE_DIR_H
#define RK_INTAKE_DIR_H

#include "core/election.h"
#include "store/store.h"

typedef struct rk_dir {
    char *path;
    rk_store *store;
    rk_election *election; /* folded up to its size */
    bool writes;
    bool sound;      /* the last change went through: memory and log agree */
    uint64_t cached; /* entries that the cache holds */
} rk_dir;

/* "DIR/rekap.db" into out (cap bytes). RK_LIMIT when the path is too long. */
rk_status rk_dir_store_path(const char *dir, char *out, size_t cap, rk_err *err);
/* Makes a new election directory whose log begins with the election's declaration. RK_CONFLICT
 * when there is one already. */
rk_status rk_dir_init(const char *path, rk_slice id, rk_slice name, rk_slice date, rk_err *err);
/* Opens and folds the first `limit` entries (UINT64_MAX = all); a limit past the end is
 * RK_BAD_INPUT. Starts from the cache DIR/tally.cache where it is of this log, else from entry
 * 0; opened for writing, rk_dir_close renews a cache that has fallen far behind.
 * REKAP_CACHE=off: neither. */
rk_status rk_dir_open(const char *path, enum rk_store_mode mode, uint64_t limit, rk_dir *out,
                      rk_err *err);
void rk_dir_close(rk_dir *d);
/* Folds entries that others have appended since; settles. */
rk_status rk_dir_refresh(rk_dir *d, rk_err *err);
/* Folds store entries [election->size, limit) into e and settles: for whoever keeps its own
 * election. */
rk_status rk_fold_store(rk_store *s, rk_election *e, uint64_t limit, rk_err *err);

/* An election folded from a store's log, from the cache in dir (NULL = none) or from entry 0,
 * at most `limit` entries. *cached (NULL allowed) = entries that came from the cache. */
rk_status rk_fold_open(rk_store *s, const char *dir, uint64_t limit, rk_election **out,
                       uint64_t *cached, rk_err *err);

/* Declares a document: checked by folding it, then appended durably as parts. contest only for
 * RK_DOC_RESMI. After a failure the election in memory is undefined: close the directory. */
rk_status rk_dir_declare(rk_dir *d, enum rk_document type, rk_slice contest, rk_slice label,
                         rk_slice bytes, rk_err *err);

#endif
