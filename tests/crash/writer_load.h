/* What the crash and fault programs share: a small election with one key, forms that a sender
 * can make again byte for byte, and the checks of what is in the log afterwards. */
#ifndef RK_TESTS_CRASH_WRITER_LOAD_H
#define RK_TESTS_CRASH_WRITER_LOAD_H

#include "intake/writer.h"

#define LOAD_SENDERS 50u
#define LOAD_STATIONS 3000u

/* What was acknowledged: written to the parent in one piece. */
typedef struct load_ack {
    uint32_t sender, seq;
    uint64_t index, size;
    rk_sha256 leaf, root; /* root of the checkpoint of `size` that the receipt holds */
} load_ack;

_Noreturn void load_die(const char *what, const rk_err *err);
/* A new election in dir: tree, contest, the senders' key in role "ppk". */
void load_make(const char *dir);
/* Form number seq of a sender, signed; the same bytes each time. */
void load_entry(uint32_t sender, uint32_t seq, rk_buf *out);
/* Hands it in; on RK_OK the receipt is checked (proof, checkpoint, leaf) and *ack filled. */
rk_status load_send(rk_writer *w, uint32_t sender, uint32_t seq, load_ack *ack, rk_err *err);

/* What the parent knows: every entry seen so far, by leaf hash, and the tree over them. */
typedef struct load_seen {
    rk_frontier tree;
    rk_sha256 *leaf; /* by index */
    rk_sha256 *root; /* [size] */
    uint64_t cap;
    uint64_t *slot; /* leaf -> index + 1 */
    uint64_t mask, twice;
} load_seen;
/* Reads the log of dir from where it was left, and holds it to what was seen and to its own
 * checkpoint. Returns the number of entries. */
uint64_t load_read(load_seen *s, const char *dir);
/* An acknowledged form is where the receipt said, in a tree that its checkpoint is of. */
bool load_holds(const load_seen *s, const load_ack *a);

#endif
