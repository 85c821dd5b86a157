/* Keys and signatures: whose word the checkpoint is. */
#include "verify/inner.h"

#include "base/mem.h"
#include "core/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static const char SHOW[] =
    "somebody else made or changed it: do not rely on it, and show it to "
    "the witnesses";

/* ===== the state of last time ===== */

static void load_state(rk_logged *l) {
    rk_err err = RK_ERR_INIT;
    if (l->o->no_state) return;
    if (l->o->state)
        snprintf(l->state_path, sizeof l->state_path, "%s", l->o->state);
    else if (!rk_state_path(l->cp.origin, l->state_path, sizeof l->state_path))
        l->state_path[0] = 0;
    if (!l->state_path[0]) {
        rk_say(l->r, RK_REMARK, "state", "", NULL,
               "there is no home to remember this log in: name a file with --state");
        return;
    }
    rk_status s = rk_local_read(l->state_path, RK_STATE_MAX, &l->state_text, &err);
    if (s == RK_OK) s = rk_state_parse(rk_buf_slice(&l->state_text), &l->state, &err);
    if (s == RK_OK && !rk_slice_eq(l->state.origin, l->cp.origin))
        s = rk_fail(&err, RK_BAD_INPUT, "it is of the log %.*s", RK_FMT(l->state.origin));
    l->has_state = s == RK_OK;
    if (s == RK_OK || s == RK_NOT_FOUND) return;
    rk_say(l->r, s == RK_IO ? RK_UNCHECKED : RK_WRONG, "state", l->state_path,
           "what was verified last time is lost; to begin anew, move the file away", "%s",
           err.text);
    l->state_path[0] = 0;
}

static void last_time(rk_logged *l) {
    if (!l->state_path[0]) return;
    if (!l->has_state)
        rk_say(l->r, RK_REMARK, "history", "", NULL,
               "first time: nothing is known of this log yet; from now on it is held to the "
               "checkpoint of today (%s)",
               l->state_path);
    else if (l->state.size > l->cp.size)
        rk_say(l->r, RK_WRONG, "history", l->where,
               "an older copy? take the newest, or name another state file for this copy",
               "it has %llu entries, last time there were %llu: a log never shrinks",
               (unsigned long long)l->cp.size, (unsigned long long)l->state.size);
}

/* ===== the checkpoint ===== */

static unsigned bits(uint32_t v) { return (unsigned)__builtin_popcount(v); }

static void tell_policy(rk_logged *l, const rk_policy *p, const rk_policy_verdict *v) {
    rk_say(
        l->r, RK_CHECKED, "checkpoint", l->where, NULL,
        "%.*s, %llu entries: signed by the log, cosigned by %u of %u witnesses, as the policy "
        "asks",
        RK_FMT(l->cp.origin), (unsigned long long)l->cp.size, bits(v->witnesses), p->n_witness);
}

/* A key of another log can say nothing of this one. */
static bool other_log(rk_logged *l) {
    rk_say(l->r, RK_WRONG, "checkpoint", l->where, "is this the log that you meant?",
           "it is of the log %.*s, for which no key was given", RK_FMT(l->cp.origin));
    return false;
}

static bool by_policy(rk_logged *l, const rk_policy *p) {
    rk_policy_verdict v;
    rk_checkpoint cp;
    rk_err err = RK_ERR_INIT;
    rk_status s = rk_policy_check(p, rk_buf_slice(&l->note), &cp, &v, &err);
    bool known = false;
    for (uint32_t i = 0; i < p->n_log; i++)
        known |= rk_slice_eq(rk_verifier_name(&p->log[i]), l->cp.origin);
    if (!known) return other_log(l);
    l->key_unknown = s == RK_NOT_FOUND && v.logs == 0;
    if (l->key_unknown) return true;
    if (v.logs) l->signer = p->log[__builtin_ctz(v.logs)], l->signed_by_known = true;
    if (s == RK_OK) return tell_policy(l, p, &v), true;
    rk_say(l->r, RK_WRONG, "checkpoint", l->where,
           s == RK_NOT_FOUND ? "wait for the witnesses, or ask them why they do not cosign"
                             : SHOW,
           "%s", err.text);
    return s == RK_NOT_FOUND;
}

static bool by_key(rk_logged *l, const rk_verifier *key, const char *whose) {
    rk_checkpoint cp;
    rk_err err = RK_ERR_INIT;
    if (!rk_slice_eq(rk_verifier_name(key), l->cp.origin)) return other_log(l);
    rk_status s = rk_checkpoint_open(rk_buf_slice(&l->note), key, 1, &cp, &err);
    l->key_unknown = s == RK_NOT_FOUND;
    if (l->key_unknown) return true;
    if (s != RK_OK) {
        rk_say(l->r, RK_WRONG, "checkpoint", l->where, SHOW, "%s", err.text);
        return false;
    }
    l->signer = *key, l->signed_by_known = true;
    rk_say(l->r, RK_CHECKED, "checkpoint", l->where, NULL, "%.*s, %llu entries: signed by %s",
           RK_FMT(l->cp.origin), (unsigned long long)l->cp.size, whose);
    return true;
}

bool rk_trust_checkpoint(rk_logged *l) {
    rk_note note;
    rk_err err = RK_ERR_INIT;
    rk_status s = rk_note_parse(rk_buf_slice(&l->note), &note, &err);
    if (s == RK_OK) s = rk_checkpoint_parse(note.text, &l->cp, &err);
    if (s != RK_OK) {
        rk_say(l->r, RK_WRONG, "checkpoint", l->where, SHOW, "%s", err.text);
        return false;
    }
    load_state(l);
    last_time(l);
    if (l->o->policy) return by_policy(l, l->o->policy);
    if (l->o->key) return by_key(l, l->o->key, "the key that was given");
    if (l->has_state && l->state.has_key)
        return by_key(l, &l->state.key, "the key that was seen last time");
    l->key_unknown = true;
    return true;
}

/* ===== what the entries say of keys ===== */

static bool ring_verifier(const rk_logged *l, uint64_t size, rk_verifier *out) {
    const rk_signing_key *k = rk_keyring_log_key(&l->audit->e->keys, size);
    return k && rk_verifier_new(l->cp.origin, RK_KEY_ED25519, &k->key, out, NULL) == RK_OK;
}

static rk_slice key_text(const rk_verifier *k, rk_buf *b) {
    rk_buf_init(b, 1024);
    rk_verifier_put(k, b);
    return rk_buf_slice(b);
}

/* Nobody's key was known: the one of entry 0 is taken, loudly. */
static void first_trust(rk_logged *l, const rk_verifier *k) {
    rk_buf b;
    rk_slice text = key_text(k, &b); /* RK_FMT takes its argument twice */
    rk_say(l->r, RK_CHECKED, "checkpoint", l->where, NULL,
           "%.*s, %llu entries: signed by the key that the log's own entries name",
           RK_FMT(l->cp.origin), (unsigned long long)l->cp.size);
    rk_say(
        l->r, RK_REMARK, "key", "",
        "compare this key with one that you have from elsewhere, and give it with --key or in "
        "a policy",
        "NO KEY WAS GIVEN: the key in the log was trusted without proof: %.*s", RK_FMT(text));
    rk_buf_free(&b);
    l->signer = *k;
}

/* The known key has not signed, but the log that it vouched for last time says who came next.
 */
static void handed_over(rk_logged *l, const rk_verifier *k) {
    rk_buf b;
    rk_slice text = key_text(k, &b);
    if (l->has_state && l->state.size <= l->cp.size && !l->o->policy)
        rk_say(
            l->r, RK_CHECKED, "checkpoint", l->where, NULL,
            "%.*s, %llu entries: signed by the key that the log has handed over to since last "
            "time: %.*s",
            RK_FMT(l->cp.origin), (unsigned long long)l->cp.size, RK_FMT(text)),
            l->signer = *k;
    else
        rk_say(
            l->r, RK_WRONG, "checkpoint", l->where,
            "if the key was really changed, who publishes says so: then put the new one into "
            "the policy or after --key",
            "no key that was given has signed it; its entries name this one: %.*s",
            RK_FMT(text));
    rk_buf_free(&b);
}

static void no_ring(rk_logged *l) {
    if (!l->key_unknown) return;
    bool given = l->o->policy || l->o->key || (l->has_state && l->state.has_key);
    rk_say(l->r, given ? RK_WRONG : RK_REMARK, "checkpoint", l->where,
           given ? SHOW : "give the log's key with --key or in a policy",
           given ? "no key that was given has signed it"
                 : "NO KEY WAS GIVEN and the entries name none: the checkpoint's signature was "
                   "not checked");
}

void rk_trust_entries(rk_logged *l) {
    rk_verifier k;
    rk_checkpoint cp;
    rk_err err = RK_ERR_INIT;
    if (!l->audit->e->keys.is_signed) {
        no_ring(l);
        return;
    }
    if (!rk_slice_eq(l->audit->e->id, l->cp.origin))
        rk_say(l->r, RK_WRONG, "checkpoint", l->where, SHOW,
               "its origin is %.*s, but the entries are of %.*s", RK_FMT(l->cp.origin),
               RK_FMT(l->audit->e->id));
    if (!ring_verifier(l, l->cp.size, &k) ||
        rk_checkpoint_open(rk_buf_slice(&l->note), &k, 1, &cp, &err) != RK_OK) {
        rk_say(l->r, RK_WRONG, "checkpoint", l->where, SHOW,
               "the key that the entries name for it has not signed it: %s", err.text);
        return;
    }
    if (!l->key_unknown) {
        l->signer = k;
    } else if (l->o->policy || l->o->key || (l->has_state && l->state.has_key)) {
        handed_over(l, &k);
    } else {
        first_trust(l, &k);
    }
}

void rk_trust_manifest(rk_logged *l, rk_shown *t) {
    rk_note note;
    rk_verifier k = l->signer;
    rk_err err = RK_ERR_INIT;
    uint64_t by;
    if (!t->has_manifest || !t->parsed) return;
    rk_status s = rk_note_parse(rk_buf_slice(&t->note), &note, &err);
    if (!rk_slice_eq(t->m.origin, l->cp.origin))
        s = rk_fail(&err, RK_CONFLICT, "it is of %.*s, not of %.*s", RK_FMT(t->m.origin),
                    RK_FMT(l->cp.origin));
    if (l->audit && l->audit->e->keys.is_signed) (void)ring_verifier(l, t->at, &k);
    if (s == RK_OK && k.name_len == 0) {
        rk_say(l->r, RK_REMARK, "manifest", "manifest/note", "give the log's key with --key",
               "its signature was not checked: no key is known");
        return;
    }
    if (s == RK_OK) s = rk_note_verify(&note, &k, 1, &by, NULL, &err);
    if (s == RK_OK)
        rk_say(l->r, RK_CHECKED, "manifest", "manifest/note", NULL,
               "signed by the log's key, for the first %llu entries",
               (unsigned long long)t->at);
    else
        rk_say(l->r, RK_WRONG, "manifest", "manifest/note", SHOW, "%s", err.text);
}

/* ===== remembering ===== */

static rk_status to_fd(void *ctx, rk_slice b, rk_err *err) {
    int fd = *(int *)ctx;
    while (b.len) {
        ssize_t n = write(fd, b.ptr, b.len);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return rk_fail(err, RK_IO, "%s", strerror(errno));
        b = rk_slice_from(b, (size_t)n);
    }
    return RK_OK;
}

/* A cache: not flushed, and nothing is lost without it. */
static bool keep_count(rk_logged *l) {
    char path[sizeof l->state_path + 16], temp[sizeof l->state_path + 32];
    snprintf(path, sizeof path, "%s.hitung", l->state_path);
    snprintf(temp, sizeof temp, "%s.tmp", path);
    if (l->resumed && l->state.size == l->cp.size) return true;
    int fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) return false;
    rk_sink sink = {to_fd, &fd};
    bool ok = rk_snapshot_write(l->audit->e, &l->tip, &sink, NULL) == RK_OK;
    ok &= close(fd) == 0;
    ok = ok && rename(temp, path) == 0;
    if (!ok) (void)unlink(temp);
    return ok;
}

void rk_trust_remember(rk_logged *l) {
    rk_err err = RK_ERR_INIT;
    rk_buf b;
    if (!l->state_path[0] || l->cp.size == 0) return;
    rk_verify_state s = {.origin = l->cp.origin,
                         .note = rk_buf_slice(&l->note),
                         .size = l->cp.size,
                         .root = l->cp.root,
                         .tip = l->tip,
                         .edge = *rk_treecheck_edge(l->tree),
                         .has_key = l->signer.name_len > 0,
                         .key = l->signer};
    if (l->audit->batch.left) s.batch = l->audit->batch;
    if (l->o->no_signatures && l->audit->e->keys.is_signed) {
        rk_say(l->r, RK_REMARK, "state", "", NULL,
               "not remembered, since signatures were not checked");
        return;
    }
    rk_buf_init(&b, RK_STATE_MAX);
    rk_state_put(&s, &b);
    rk_status st = rk_local_write(l->state_path, rk_buf_slice(&b), &err);
    rk_buf_free(&b);
    if (st != RK_OK) rk_say(l->r, RK_UNCHECKED, "state", l->state_path, NULL, "%s", err.text);
    if (st == RK_OK && !l->o->no_recount && !keep_count(l))
        rk_say(l->r, RK_REMARK, "state", "", NULL,
               "the recount was not kept: the next run reads everything again");
    if (st == RK_OK && l->has_state)
        rk_say(l->r, RK_CHECKED, "history", "", NULL,
               "the log of %llu entries that was verified last time is its beginning",
               (unsigned long long)l->state.size);
}
