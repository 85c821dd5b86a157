/* Descriptions of nodes that were collected (docs/format/simpul.md): a file, or the *.simpul
 * files of a directory, and the keys of role `simpul` that an election's log knows. Limits:
 * RK_NODES_MAX files of RK_NOTE_MAX bytes; a longer one is handed on as empty, which nobody can
 * read, so that one bad file does not hide the others. */
#ifndef RK_INTAKE_COLLECTED_H
#define RK_INTAKE_COLLECTED_H

#include "core/observed.h"

typedef struct rk_collected {
    char **name;
    rk_buf *bytes;
    rk_slice *name_slice, *byte_slice;
    uint32_t n;
    rk_ed25519_public *key;
    uint32_t n_key;
} rk_collected;

rk_status rk_collected_read(const char *path, rk_collected *out, rk_err *err);
/* Adds the keys that the log of this election directory has in force for describing nodes. */
rk_status rk_collected_keys(rk_collected *c, const char *election, rk_err *err);
void rk_collected_free(rk_collected *c);

#endif
