#include "core/keyring.h"

#include "core/entry_photo.h"

#include "base/mem.h"

void rk_keyring_free(rk_keyring *r) {
    rk_free(r->key);
    rk_free(r->slot);
    *r = (rk_keyring){0};
}

/* ===== the table by id: open addressing, at most half full ===== */

static void slot_put(rk_keyring *r, uint32_t number) {
    uint32_t at = (uint32_t)r->key[number].id & r->mask;
    while (r->slot[at]) at = (at + 1) & r->mask;
    r->slot[at] = number + 1;
}

static void grow(rk_keyring *r) {
    if (r->n < r->cap) return;
    r->cap = r->cap ? r->cap * 2 : 8;
    r->key = rk_realloc(r->key, r->cap, sizeof *r->key);
    rk_free(r->slot);
    r->mask = r->cap * 2 - 1;
    r->slot = rk_calloc((size_t)r->mask + 1, sizeof *r->slot);
    for (uint32_t i = 0; i < r->n; i++) slot_put(r, i);
}

static rk_signing_key *find(const rk_keyring *r, uint64_t id) {
    if (!r->n) return NULL;
    for (uint32_t at = (uint32_t)id & r->mask; r->slot[at]; at = (at + 1) & r->mask)
        if (r->key[r->slot[at] - 1].id == id) return &r->key[r->slot[at] - 1];
    return NULL;
}

const rk_signing_key *rk_keyring_find(const rk_keyring *r, uint64_t id) { return find(r, id); }

const rk_signing_key *rk_keyring_signer(const rk_keyring *r, uint64_t id, rk_slice role) {
    const rk_signing_key *k = find(r, id);
    bool may = k && k->use == RK_KEY_ENTRIES && rk_slice_eq(rk_signing_key_role(k), role) &&
               k->first <= r->size && r->size <= k->until;
    return may ? k : NULL;
}

const rk_signing_key *rk_keyring_log_key(const rk_keyring *r, uint64_t size) {
    for (uint32_t i = r->n; i-- > 0;) {
        const rk_signing_key *k = &r->key[i];
        if (k->use == RK_KEY_CHECKPOINTS && k->first <= size && size <= k->until) return k;
    }
    return NULL;
}

/* ===== changes ===== */

static bool is_admin(const rk_signing_key *k) {
    return k->use == RK_KEY_ENTRIES && rk_slice_eq(rk_signing_key_role(k), RK_ROLE_ADMIN);
}

static rk_status add(rk_keyring *r, const rk_ed25519_public *key, enum rk_key_use use,
                     rk_slice role, uint64_t first, rk_err *err) {
    rk_signing_key k = {.key = *key,
                        .id = rk_entry_key_id(key),
                        .first = first,
                        .until = UINT64_MAX,
                        .use = use,
                        .role_len = (uint32_t)role.len};
    RK_ASSERT(role.len <= RK_ROLE_MAX);
    if (find(r, k.id))
        return rk_fail(err, RK_CORRUPT, "the key %016llx was added before",
                       (unsigned long long)k.id);
    if (r->n == RK_SIGNERS_MAX)
        return rk_fail(err, RK_LIMIT, "more than %u keys", RK_SIGNERS_MAX);
    if (role.len) memcpy(k.role, role.ptr, role.len);
    grow(r);
    r->key[r->n] = k;
    slot_put(r, r->n++);
    r->admins += is_admin(&k);
    return RK_OK;
}

static rk_status end(rk_keyring *r, uint64_t id, const rk_key_entry *x, rk_err *err) {
    rk_signing_key *k = find(r, id);
    if (!k || k->until != UINT64_MAX || k->use != x->use ||
        !rk_slice_eq(rk_signing_key_role(k), x->role))
        return rk_fail(err, RK_CORRUPT,
                       "a key entry ends the key %016llx, which is not in force in that role",
                       (unsigned long long)id);
    if (x->action == RK_KEY_REVOKE &&
        (k->use == RK_KEY_CHECKPOINTS || (is_admin(k) && r->admins == 1)))
        return rk_fail(err, RK_CORRUPT,
                       "the log's key and the last key of role pengelola can only be replaced");
    k->until = r->size;
    r->admins -= is_admin(k);
    return RK_OK;
}

static rk_status apply_key(rk_keyring *r, rk_slice entry, rk_err *err) {
    rk_key_entry x;
    RK_TRY(rk_entry_get_key(entry, &x, err));
    uint64_t id = rk_entry_key_id(&x.key);
    if (x.action == RK_KEY_REVOKE) return end(r, id, &x, err);
    if (x.action == RK_KEY_ADD && x.use == RK_KEY_CHECKPOINTS)
        return rk_fail(err, RK_CORRUPT, "the log has one key at a time: it can be replaced");
    if (find(r, id))
        return rk_fail(err, RK_CORRUPT, "the key %016llx was added before",
                       (unsigned long long)id);
    if (r->n == RK_SIGNERS_MAX)
        return rk_fail(err, RK_LIMIT, "more than %u keys", RK_SIGNERS_MAX);
    if (x.action == RK_KEY_REPLACE) RK_TRY(end(r, x.replaces, &x, err));
    return add(r, &x.key, x.use, x.role, r->size + 1, err);
}

/* ===== admission ===== */

/* Entry 0 brings the first two keys and is signed by one of them. */
static rk_status begin(rk_keyring *r, rk_slice entry, rk_err *err) {
    rk_election_entry x;
    RK_TRY(rk_entry_get_election(entry, &x, err));
    if (x.head.version == 1) return RK_OK;
    bool own = x.head.actor.key_id == rk_entry_key_id(&x.admin_key) &&
               rk_slice_eq(x.head.actor.role, RK_ROLE_ADMIN);
    if (!own || memcmp(&x.log_key, &x.admin_key, sizeof x.log_key) == 0)
        return rk_fail(err, RK_CORRUPT,
                       "the first entry is not signed by the pengelola's key that it names, or "
                       "that key is the log's too");
    RK_TRY(add(r, &x.log_key, RK_KEY_CHECKPOINTS, (rk_slice){0}, 0, err));
    RK_TRY(add(r, &x.admin_key, RK_KEY_ENTRIES, RK_ROLE_ADMIN, 0, err));
    r->is_signed = true;
    return RK_OK;
}

static rk_status admit_form_of_batch(rk_keyring *r, enum rk_entry_kind kind, rk_err *err) {
    if (kind != RK_ENTRY_FORM || r->left == 0)
        return rk_fail(err, RK_CORRUPT,
                       "entry %llu is not signed and no batch covers it, in a log that is "
                       "signed",
                       (unsigned long long)r->size);
    r->left--;
    return RK_OK;
}

/* The machine that reads photos signs readings, and nothing of people's; nobody else does. Of
 * its forms the fold asks more (core/tally_photo.c). */
static bool reader_may(bool reader, enum rk_entry_kind kind) {
    if (kind == RK_ENTRY_READING) return reader;
    return !reader || kind == RK_ENTRY_PHOTOS || kind == RK_ENTRY_FORM;
}

static rk_status admit_signed(rk_keyring *r, rk_slice entry, enum rk_entry_kind kind,
                              uint64_t *id, rk_err *err) {
    rk_entry_head h;
    if (r->left)
        return rk_fail(err, RK_CORRUPT,
                       "entry %llu stands where %llu more forms of batch %llu should be",
                       (unsigned long long)r->size, (unsigned long long)r->left,
                       (unsigned long long)r->batch);
    RK_TRY(rk_entry_get_head(entry, &h, err));
    const rk_signing_key *k = rk_keyring_signer(r, h.actor.key_id, h.actor.role);
    if (!k || (kind == RK_ENTRY_KEY && !is_admin(k)) || kind == RK_ENTRY_ELECTION ||
        !reader_may(rk_slice_eq(h.actor.role, RK_ROLE_READER), kind))
        return rk_fail(err, RK_CORRUPT,
                       "entry %llu: the key %016llx may not sign this in the role '%.*s'",
                       (unsigned long long)r->size, (unsigned long long)h.actor.key_id,
                       RK_FMT(h.actor.role));
    *id = k->id;
    if (kind == RK_ENTRY_KEY) return apply_key(r, entry, err);
    if (kind != RK_ENTRY_BATCH) return RK_OK;
    rk_batch_entry x;
    RK_TRY(rk_entry_get_batch(entry, &x, err));
    r->batch = r->size;
    r->left = x.forms;
    return RK_OK;
}

rk_status rk_keyring_admit(rk_keyring *r, rk_slice entry, const rk_signing_key **signer,
                           rk_err *err) {
    enum rk_entry_kind kind;
    uint64_t id = 0;
    rk_status s = rk_entry_kind_of(entry, &kind, err);
    if (s != RK_OK) return s;
    uint8_t version = (uint8_t)entry.ptr[0];
    if (r->size == 0 && kind == RK_ENTRY_ELECTION) {
        s = begin(r, entry, err);
        if (r->is_signed) id = r->key[1].id;
    } else if (!r->is_signed && version == 1)
        s = RK_OK;
    else if (!r->is_signed)
        s = rk_fail(err, RK_CORRUPT, "entry %llu is signed, in a log that is not",
                    (unsigned long long)r->size);
    else if (version == 1)
        s = admit_form_of_batch(r, kind, err);
    else
        s = admit_signed(r, entry, kind, &id, err);
    if (s != RK_OK) return s;
    r->size++;
    if (signer) *signer = id ? find(r, id) : NULL;
    return RK_OK;
}

bool rk_keyring_restore(rk_keyring *r, const rk_signing_key *key, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        const rk_signing_key *k = &key[i];
        if (k->role_len > RK_ROLE_MAX || k->first > k->until || find(r, k->id) ||
            k->id != rk_entry_key_id(&k->key))
            return false;
        grow(r);
        r->key[r->n] = *k;
        slot_put(r, r->n++);
        r->admins += is_admin(k) && k->until == UINT64_MAX;
    }
    return true;
}
