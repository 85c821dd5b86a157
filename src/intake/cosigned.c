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

rk_status rk_dir_file(const char *dir, const char *file, size_t max, rk_buf *out, rk_err *err) {
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

rk_status rk_dir_file_put(const char *dir, const char *file, rk_slice bytes, rk_err *err) {
    char path[4096];
    rk_buf old;
    RK_TRY(name_in(dir, file, path, err));
    rk_buf_init(&old, RK_REPORT_MAX);
    bool same = rk_dir_file(dir, file, RK_REPORT_MAX, &old, NULL) == RK_OK &&
                rk_slice_eq(rk_buf_slice(&old), bytes);
    rk_buf_free(&old);
    return same ? RK_OK : rk_file_write(path, bytes, false, err);
}

rk_status rk_policy_bytes(const char *dir, rk_buf *out, rk_err *err) {
    rk_status s = rk_dir_file(dir, "policy", RK_POLICY_MAX, out, err);
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
    rk_checkpoint c = {.size = 0};
    size_t at = out->len;
    RK_TRY(rk_dir_file(dir, "cosigned", RK_NOTE_MAX, out, NULL));
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
    rk_checkpoint c = {.size = 0};
    rk_status s = parse(note, &c, err);
    if (s == RK_OK) s = rk_checkpoint_open(note, key, log_keys(keys, c.origin, key), &c, err);
    rk_free(key);
    RK_TRY(s);
    return rk_dir_file_put(dir, "seen", note, err);
}

static const rk_report_witness *reported(const rk_gather_report *r, rk_slice name) {
    for (uint32_t i = 0; i < r->n; i++)
        if (rk_slice_eq(rk_slice_str(r->witness[i].name), name)) return &r->witness[i];
    return NULL;
}

static bool alarming(enum rk_gather_state s) {
    return s == RK_GATHER_AHEAD || s == RK_GATHER_FORK;
}

/* An old line stays while its witness neither cosigns nor says something else alarming, and is
 * still in the policy. */
static void keep_alarms(rk_slice old, const rk_gather_report *r, rk_buf *out) {
    rk_slice line = {NULL, 0};
    while (rk_slice_cut(&old, '\n', &line)) {
        const char *space = line.len ? memrchr(line.ptr, ' ', line.len) : NULL;
        if (!space) continue;
        const rk_report_witness *w =
            reported(r, rk_slice_from(line, (size_t)(space + 1 - line.ptr)));
        if (!w || alarming(w->state) || (w->state == RK_GATHER_OK && w->size == r->size))
            continue;
        rk_buf_add(out, line);
        rk_buf_byte(out, '\n');
    }
}

rk_status rk_alarm_update(const char *dir, const rk_gather_report *r, rk_err *err) {
    char path[4096];
    rk_buf old, now;
    if (r->problem[0]) return RK_OK; /* nobody was asked */
    RK_TRY(name_in(dir, "alarm", path, err));
    rk_buf_init(&old, RK_NOTE_MAX);
    rk_buf_init(&now, RK_NOTE_MAX);
    rk_status s = rk_dir_file(dir, "alarm", RK_NOTE_MAX, &old, err);
    bool had = s == RK_OK;
    if (had) keep_alarms(rk_buf_slice(&old), r, &now);
    for (uint32_t i = 0; i < r->n; i++)
        if (alarming(r->witness[i].state))
            rk_buf_printf(&now, "%s %llu %s\n", rk_gather_state_name(r->witness[i].state),
                          (unsigned long long)r->witness[i].size, r->witness[i].name);
    if (s == RK_NOT_FOUND) s = RK_OK;
    if (s == RK_OK && now.len) s = rk_dir_file_put(dir, "alarm", rk_buf_slice(&now), err);
    if (s == RK_OK && had && !now.len) s = rk_file_drop(path, err);
    rk_buf_free(&old);
    rk_buf_free(&now);
    return s;
}

static rk_status alarm_check(const char *dir, rk_err *err) {
    rk_buf b;
    rk_slice rest, line = {NULL, 0};
    rk_buf_init(&b, RK_NOTE_MAX);
    rk_status s = rk_dir_file(dir, "alarm", RK_NOTE_MAX, &b, err);
    rest = rk_buf_slice(&b);
    if (s == RK_OK) {
        (void)rk_slice_cut(&rest, '\n', &line);
        s = rk_fail(
            err, RK_CONFLICT,
            "%.100s/alarm: '%.*s': a witness has cosigned entries that this log has not. "
            "Nothing is signed until it is known why (an older copy put back? two "
            "writers?): ask again with 'rekap saksi %.60s', see docs/runbook/log.md",
            dir, (int)(line.len < 90 ? line.len : 90), line.ptr ? line.ptr : "", dir);
    }
    rk_buf_free(&b);
    return s == RK_NOT_FOUND ? RK_OK : s;
}

/* The log must extend the checkpoint in a file of dir, if there is one. */
static rk_status check(const char *dir, const char *file, const rk_keyring *keys, rk_log *log,
                       rk_err *err) {
    rk_checkpoint c = {.size = 0};
    rk_buf b;
    char where[300];
    rk_buf_init(&b, RK_NOTE_MAX);
    rk_status s = rk_dir_file(dir, file, RK_NOTE_MAX, &b, err);
    if (s == RK_OK && parse(rk_buf_slice(&b), &c, NULL) != RK_OK)
        s = rk_fail(
            err, RK_CORRUPT,
            "%s/%s is damaged: it should hold a signed checkpoint. Compare the log with "
            "a mirror or a witness, then remove the file",
            dir, file);
    if (s == RK_OK) {
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
    RK_TRY(alarm_check(dir, err));
    return check(dir, "seen", keys, log, err);
}

rk_status rk_cosigned_check(const char *dir, const rk_keyring *keys, rk_log *log, rk_err *err) {
    return check(dir, "cosigned", keys, log, err);
}
