#include "intake/cosigned.h"

#include "base/limits.h"
#include "base/mem.h"
#include "files/files.h"

#include <stdio.h>

static rk_status name_in(const char *dir, const char *file, char out[4096], rk_err *err) {
    int n = snprintf(out, 4096, "%s/%s", dir, file);
    return n > 0 && n < 4096 ? RK_OK
                             : rk_fail(err, RK_LIMIT, "the path '%.200s' is too long", dir);
}

static rk_status read_in(const char *dir, const char *file, size_t max, rk_buf *out,
                         rk_err *err) {
    char path[4096];
    rk_file f;
    rk_err why = RK_ERR_INIT;
    RK_TRY(name_in(dir, file, path, err));
    if (!rk_file_there(path)) return RK_NOT_FOUND;
    rk_status s = rk_file_read_raw(path, max, &f, &why);
    if (s != RK_OK) return rk_fail(err, s, "%s", why.text);
    rk_buf_add(out, f.bytes);
    rk_file_free(&f);
    return RK_OK;
}

rk_status rk_policy_bytes(const char *dir, rk_buf *out, rk_err *err) {
    rk_status s = read_in(dir, "policy", RK_POLICY_MAX, out, err);
    return s == RK_NOT_FOUND ? RK_OK : s;
}

/* The log's keys as verifiers; returns how many. The newest ones, when there are very many. */
static size_t log_keys(const rk_keyring *keys, rk_slice origin, rk_verifier out[RK_KEYS_MAX]) {
    size_t n = 0;
    for (uint32_t i = keys->n; i-- > 0 && n < RK_KEYS_MAX;) {
        const rk_signing_key *k = &keys->key[i];
        if (k->use == RK_KEY_CHECKPOINTS &&
            rk_verifier_new(origin, RK_KEY_ED25519, &k->key, &out[n], NULL) == RK_OK)
            n++;
    }
    return n;
}

static rk_status parse(rk_slice bytes, rk_checkpoint *c, rk_err *err) {
    rk_note note;
    RK_TRY(rk_note_parse(bytes, &note, err));
    return rk_checkpoint_parse(note.text, c, err);
}

rk_status rk_cosigned_read(const char *dir, const rk_log_head *head, rk_buf *out) {
    rk_checkpoint c;
    size_t at = out->len;
    RK_TRY(read_in(dir, "cosigned", RK_NOTE_MAX, out, NULL));
    rk_slice bytes = rk_slice_from(rk_buf_slice(out), at);
    if (!out->failed && parse(bytes, &c, NULL) == RK_OK && c.size == head->size &&
        rk_merkle_eq(&c.root, &head->root))
        return RK_OK;
    out->len = at;
    return RK_NOT_FOUND;
}

/* ===== reasons not to sign ===== */

rk_status rk_seen_note(const char *dir, const rk_keyring *keys, rk_slice note, rk_err *err) {
    rk_verifier *key = rk_alloc(RK_KEYS_MAX * sizeof *key);
    rk_checkpoint c;
    char path[4096];
    rk_status s = parse(note, &c, err);
    if (s == RK_OK) s = rk_checkpoint_open(note, key, log_keys(keys, c.origin, key), &c, err);
    rk_free(key);
    RK_TRY(s);
    RK_TRY(name_in(dir, "seen", path, err));
    return rk_file_write(path, note, false, err);
}

static rk_status told(rk_slice bytes, const char *dir, rk_err *err) {
    rk_slice line = {NULL, 0};
    (void)rk_slice_cut(&bytes, '\n', &line);
    return rk_fail(err, RK_CONFLICT,
                   "%s/seen: '%.*s': a witness has cosigned entries that this log has not. "
                   "Nothing is signed until it is known why (an older copy put back? two "
                   "writers?): ask again with 'rekap saksi %s', see docs/runbook/log.md",
                   dir, (int)(line.len < 120 ? line.len : 120), line.ptr ? line.ptr : "", dir);
}

/* The log must extend the checkpoint in a file of dir, if there is one. */
static rk_status check(const char *dir, const char *file, bool alarm, const rk_keyring *keys,
                       rk_log *log, rk_err *err) {
    rk_checkpoint c;
    rk_buf b;
    char where[300];
    rk_buf_init(&b, RK_NOTE_MAX);
    rk_status s = read_in(dir, file, RK_NOTE_MAX, &b, err);
    if (s == RK_OK && parse(rk_buf_slice(&b), &c, NULL) != RK_OK) {
        s = alarm ? told(rk_buf_slice(&b), dir, err) : RK_OK;
    } else if (s == RK_OK) {
        rk_verifier *key = rk_alloc(RK_KEYS_MAX * sizeof *key);
        (void)snprintf(where, sizeof where, "%.200s/%s", dir, file);
        s = rk_log_must_extend(log, rk_buf_slice(&b), key, log_keys(keys, c.origin, key), where,
                               err);
        rk_free(key);
    }
    rk_buf_free(&b);
    return s == RK_NOT_FOUND ? RK_OK : s;
}

rk_status rk_seen_check(const char *dir, const rk_keyring *keys, rk_log *log, rk_err *err) {
    return check(dir, "seen", true, keys, log, err);
}

rk_status rk_cosigned_check(const char *dir, const rk_keyring *keys, rk_log *log, rk_err *err) {
    return check(dir, "cosigned", false, keys, log, err);
}
