/* Keys come and go by entries. The file of a new log key is in place under another name before
 * the entry that makes it the log's, and takes its name after: whatever is cut short, one of
 * the two files is the key that the log names, and opening says which. */
#include "intake/dir.h"
#include "intake/keys.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

static rk_status put_key(rk_dir *d, rk_key_entry *x, rk_slice reason, rk_err *err) {
    rk_buf b;
    RK_TRY(rk_dir_head(d, reason, (rk_slice){0}, &x->head, err));
    if (!rk_slice_eq(x->head.actor.role, RK_ROLE_ADMIN))
        return rk_fail(err, RK_CONFLICT,
                       "only a key of role pengelola may change keys, this one has the role "
                       "'%.*s' (--kunci FILE)",
                       RK_FMT(x->head.actor.role));
    rk_buf_init(&b, RK_ENTRY_MAX);
    rk_status s = rk_entry_put_key(x, &b, err);
    if (s == RK_OK) s = rk_dir_put(d, &b, err);
    rk_buf_free(&b);
    return s;
}

static rk_status change(rk_dir *d, rk_key_entry *x, rk_slice reason, rk_err *err) {
    rk_status s = put_key(d, x, reason, err);
    if (s == RK_OK) s = rk_dir_commit(d, err);
    rk_dir_abort(d);
    return s;
}

static rk_status known(const rk_dir *d, uint64_t id, const rk_signing_key **k, rk_err *err) {
    *k = rk_keyring_find(&d->election->keys, id);
    if (*k && (*k)->until == UINT64_MAX && (*k)->use == RK_KEY_ENTRIES) return RK_OK;
    return rk_fail(err, RK_NOT_FOUND,
                   "no key %016llx signs entries of this log now (rekap kunci %s lists them)",
                   (unsigned long long)id, d->path);
}

static rk_status unknown(const rk_dir *d, const rk_ed25519_public *key, rk_err *err) {
    uint64_t id = rk_entry_key_id(key);
    return rk_keyring_find(&d->election->keys, id)
               ? rk_fail(err, RK_CONFLICT,
                         "the key %016llx was added before, and a key is added once only",
                         (unsigned long long)id)
               : RK_OK;
}

rk_status rk_dir_key_add(rk_dir *d, rk_slice role, const rk_ed25519_public *key,
                         rk_slice reason, rk_err *err) {
    rk_key_entry x = {.action = RK_KEY_ADD, .use = RK_KEY_ENTRIES, .role = role, .key = *key};
    if (!role.len) return rk_fail(err, RK_BAD_INPUT, "a key needs a role (--peran)");
    RK_TRY(rk_dir_begin(d, err));
    rk_status s = unknown(d, key, err);
    if (s == RK_OK) return change(d, &x, reason, err);
    rk_dir_abort(d);
    return s;
}

rk_status rk_dir_key_replace(rk_dir *d, uint64_t old_id, const rk_ed25519_public *key,
                             rk_slice reason, rk_err *err) {
    const rk_signing_key *k = NULL;
    RK_TRY(rk_dir_begin(d, err));
    rk_status s = known(d, old_id, &k, err);
    if (s == RK_OK) s = unknown(d, key, err);
    if (s != RK_OK) {
        rk_dir_abort(d);
        return s;
    }
    rk_signing_key old = *k; /* the ring moves when it grows */
    rk_key_entry x = {.action = RK_KEY_REPLACE,
                      .use = RK_KEY_ENTRIES,
                      .role = rk_signing_key_role(&old),
                      .key = *key,
                      .replaces = old_id};
    return change(d, &x, reason, err);
}

rk_status rk_dir_key_revoke(rk_dir *d, uint64_t id, rk_slice reason, rk_err *err) {
    const rk_signing_key *k = NULL;
    RK_TRY(rk_dir_begin(d, err));
    rk_status s = known(d, id, &k, err);
    if (s == RK_OK && rk_slice_eq(rk_signing_key_role(k), RK_ROLE_ADMIN) &&
        d->election->keys.admins == 1)
        s = rk_fail(err, RK_CONFLICT,
                    "the last key of role pengelola cannot be revoked: replace it");
    if (s != RK_OK) {
        rk_dir_abort(d);
        return s;
    }
    rk_signing_key old = *k;
    rk_key_entry x = {.action = RK_KEY_REVOKE,
                      .use = RK_KEY_ENTRIES,
                      .role = rk_signing_key_role(&old),
                      .key = old.key};
    return change(d, &x, reason, err);
}

/* ===== the log's own key ===== */

static rk_status moved(const char *from, const char *to, rk_err *err) {
    return rename(from, to) == 0
               ? RK_OK
               : rk_fail(err, RK_IO, "cannot rename %s to %s: %s", from, to, strerror(errno));
}

static rk_status enter_log_key(rk_dir *d, const rk_signer *next, bool handover, rk_slice reason,
                               rk_err *err) {
    rk_signer both[RK_LOG_SIGNERS_MAX] = {*next, d->log_key};
    rk_key_entry x = {.action = RK_KEY_REPLACE,
                      .use = RK_KEY_CHECKPOINTS,
                      .key = next->verifier.key,
                      .replaces = rk_entry_key_id(&d->log_key.verifier.key)};
    RK_TRY(rk_dir_begin(d, err));
    rk_status s = put_key(d, &x, reason, err);
    if (s == RK_OK) {
        rk_log_sign_with(d->log, both, handover ? 2 : 1);
        s = rk_dir_commit(d, err);
    }
    rk_dir_abort(d);
    rk_log_sign_with(d->log, s == RK_OK ? next : &d->log_key, 1);
    for (size_t i = 0; i < RK_LOG_SIGNERS_MAX; i++) rk_signer_wipe(&both[i]);
    return s;
}

rk_status rk_dir_log_key_replace(rk_dir *d, bool handover, rk_slice reason, rk_err *err) {
    char path[4096], fresh[4096], old[4096], name[40];
    rk_signer next = {0};
    (void)snprintf(name, sizeof name, "log-%016llx",
                   (unsigned long long)rk_entry_key_id(&d->log_key.verifier.key));
    RK_TRY(rk_key_path(d->path, "log", path, sizeof path, err));
    RK_TRY(rk_key_path(d->path, "log-baru", fresh, sizeof fresh, err));
    RK_TRY(rk_key_path(d->path, name, old, sizeof old, err));
    rk_status s = rk_key_ensure(fresh, d->election->id, &next, err);
    if (s == RK_OK) s = enter_log_key(d, &next, handover, reason, err);
    if (s == RK_OK) s = moved(path, old, err);
    if (s == RK_OK) s = moved(fresh, path, err);
    if (s == RK_OK) {
        rk_signer_wipe(&d->log_key);
        d->log_key = next;
    }
    rk_signer_wipe(&next);
    return s;
}
