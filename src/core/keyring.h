/* Which key may sign what in a signed log: a fold of its election and key entries. It decides
 * by role and place alone and checks no signature: whoever admits entries of others does that
 * with the key it names (rk_entry_signed_by); folding one's own log need not. In an unsigned
 * log (entry 0 of version 1) everything of version 1 is admitted, and there are no keys. The
 * rules are those of docs/format/entry.md, "Which entries a signed log has" and "Which key may
 * sign". Limits: RK_SIGNERS_MAX keys. Errors: RK_CORRUPT for an entry that may not stand where
 * it stands, RK_LIMIT. Owner: the caller frees; pointers to keys are valid until the next
 * change of the ring. */
#ifndef RK_CORE_KEYRING_H
#define RK_CORE_KEYRING_H

#include "core/entry.h"

#define RK_ROLE_ADMIN RK_LIT("pengelola") /* may change keys */

typedef struct rk_signing_key {
    rk_ed25519_public key;
    uint64_t id;
    /* Entries of index first..until, or checkpoints of size first..until, may be signed by it.
     */
    uint64_t first, until;
    enum rk_key_use use;
    uint32_t role_len;
    char role[RK_ROLE_MAX];
} rk_signing_key;

typedef struct rk_keyring {
    bool is_signed;  /* entry 0 has version 2 */
    uint64_t size;   /* entries admitted */
    uint64_t batch;  /* index of the last batch */
    uint64_t left;   /* its forms that are still to come */
    uint32_t admins; /* keys of role pengelola in force */
    uint32_t n, cap;
    rk_signing_key *key; /* in the order they were added */
    uint32_t *slot;      /* by id: number of the key + 1 */
    uint32_t mask;
} rk_keyring;

static inline rk_slice rk_signing_key_role(const rk_signing_key *k) {
    return (rk_slice){k->role, k->role_len};
}

void rk_keyring_free(rk_keyring *r);

/* The next entry (index r->size) may stand there: admits it and applies what it says of keys.
 * *signer (NULL allowed) = the key that must have signed it; NULL where none has to: in an
 * unsigned log, and for a form that its batch's signature covers. On failure the ring is as it
 * was. */
rk_status rk_keyring_admit(rk_keyring *r, rk_slice entry, const rk_signing_key **signer,
                           rk_err *err);
/* A form that names this batch may stand at the entry just admitted. */
static inline bool rk_keyring_in_batch(const rk_keyring *r, uint64_t batch) {
    return !r->is_signed || batch == RK_NO_BATCH || batch == r->batch;
}

/* The key with that id that may sign the next entry with that role; NULL when there is none. */
const rk_signing_key *rk_keyring_signer(const rk_keyring *r, uint64_t id, rk_slice role);
/* The key with that id, in force or not; NULL when it was never added. */
const rk_signing_key *rk_keyring_find(const rk_keyring *r, uint64_t id);
/* The key that signs checkpoints of `size`; NULL in an unsigned log. */
const rk_signing_key *rk_keyring_log_key(const rk_keyring *r, uint64_t size);

/* For snapshots: the keys as they stand, and the same from n keys (false: they contradict). */
bool rk_keyring_restore(rk_keyring *r, const rk_signing_key *key, uint32_t n);

#endif
