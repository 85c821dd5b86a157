/* Senders check the signature in their own threads, then wait in the queue; the writer's thread
 * alone touches the log and the fold. A group is what had gathered while the last one was made
 * durable, so its size follows the load. */
#include "intake/writer.h"

#include "base/mem.h"

#include <pthread.h>

struct item {
    rk_slice entry;
    rk_sha256 leaf;
    rk_receipt *receipt;
    rk_err *err;
    rk_status status;
    bool done;
    struct item *next;
};

struct rk_writer {
    rk_dir *dir;
    pthread_t thread;
    pthread_mutex_t lock;  /* the queue */
    pthread_rwlock_t keys; /* the election: senders look a key up, the writer folds */
    pthread_cond_t work, answered;
    struct item *first, **last;
    uint32_t waiting;
    bool closing;
    rk_slice origin; /* of the election, owned */
    bool stale;      /* the fold may be ahead of the log: fold again before the next group */
};

struct group {
    struct item *item[RK_WRITER_GROUP_MAX];
    uint32_t n;
};

/* ===== one group, in the writer's thread ===== */

/* The entry with the same bytes that this group or the log has already. */
static rk_status find_again(const rk_writer *w, const struct group *g, uint32_t at, bool *found,
                            rk_err *err) {
    struct item *x = g->item[at];
    *found = false;
    for (uint32_t i = 0; i < at && !*found; i++) {
        const struct item *y = g->item[i];
        if (y->status != RK_OK || !rk_merkle_eq(&y->leaf, &x->leaf)) continue;
        x->receipt->index = y->receipt->index;
        *found = true;
    }
    if (*found) return RK_OK;
    return rk_dir_find_form(w->dir, x->entry, found, &x->receipt->index, err);
}

static rk_status take_one(rk_writer *w, const struct group *g, uint32_t at, rk_err *err) {
    struct item *x = g->item[at];
    rk_election *e = w->dir->election;
    RK_TRY(find_again(w, g, at, &x->receipt->repeated, err));
    if (x->receipt->repeated) return RK_OK;
    RK_TRY(rk_election_accepts(e, x->entry, err));
    x->receipt->index = e->size;
    return rk_dir_take(w->dir, x->entry, &x->leaf, err);
}

/* Items that cannot be taken are answered so; others go on. Only a failure of the log itself
 * ends the group. */
static rk_status take_all(rk_writer *w, struct group *g, rk_err *err) {
    for (uint32_t i = 0; i < g->n; i++) {
        struct item *x = g->item[i];
        uint64_t before = w->dir->election->size;
        x->status = take_one(w, g, i, x->err);
        bool ours = x->status == RK_IO || w->dir->election->size > before;
        if (x->status != RK_OK && ours)
            return rk_fail(err, x->status, "%s", x->err ? x->err->text : "the log failed");
    }
    return RK_OK;
}

static void give_receipts(rk_writer *w, struct group *g) {
    rk_log_head h;
    rk_log_reader r;
    rk_err err = RK_ERR_INIT;
    rk_status s = rk_log_head_read(w->dir->store, &h, &err);
    rk_log_reader_init(&r, w->dir->store, h.size);
    for (uint32_t i = 0; i < g->n; i++) {
        struct item *x = g->item[i];
        if (x->status != RK_OK) continue;
        if (s == RK_OK)
            x->status = rk_log_prove_with(&r, x->receipt->index, rk_buf_slice(&h.note),
                                          &x->receipt->proof, x->err);
        else
            x->status = rk_fail(x->err, s, "%s", err.text);
    }
    rk_log_reader_free(&r);
    rk_log_head_free(&h);
}

static void fail_all(struct group *g, rk_status s, const rk_err *why) {
    for (uint32_t i = 0; i < g->n; i++) {
        struct item *x = g->item[i];
        if (x->status == RK_OK) x->status = rk_fail(x->err, s, "%s", why->text);
    }
}

static void write_group(rk_writer *w, struct group *g) {
    rk_err err = RK_ERR_INIT;
    (void)pthread_rwlock_wrlock(&w->keys);
    rk_status s = w->stale ? rk_dir_reload(w->dir, &err) : RK_OK;
    w->stale = s != RK_OK;
    if (s == RK_OK) s = rk_dir_begin(w->dir, &err);
    if (s == RK_OK) {
        w->stale = true;
        s = take_all(w, g, &err);
    }
    (void)pthread_rwlock_unlock(&w->keys);
    if (s == RK_OK) s = rk_dir_commit(w->dir, &err); /* the slow part: the flush */
    if (s == RK_OK) w->stale = false;
    rk_dir_abort(w->dir);
    if (s == RK_OK)
        give_receipts(w, g);
    else
        fail_all(g, s, &err);
}

/* ===== the queue ===== */

static void take_group(rk_writer *w, struct group *g) {
    for (g->n = 0; g->n < RK_WRITER_GROUP_MAX && w->first; g->n++) {
        g->item[g->n] = w->first;
        w->first = w->first->next;
        w->waiting--;
    }
    if (!w->first) w->last = &w->first;
}

static void *run(void *ctx) {
    rk_writer *w = ctx;
    struct group *g = rk_alloc(sizeof *g);
    (void)pthread_mutex_lock(&w->lock);
    for (;;) {
        while (!w->first && !w->closing) (void)pthread_cond_wait(&w->work, &w->lock);
        if (!w->first) break;
        take_group(w, g);
        (void)pthread_mutex_unlock(&w->lock);
        write_group(w, g);
        (void)pthread_mutex_lock(&w->lock);
        for (uint32_t i = 0; i < g->n; i++) g->item[i]->done = true;
        (void)pthread_cond_broadcast(&w->answered);
    }
    (void)pthread_mutex_unlock(&w->lock);
    rk_free(g);
    return NULL;
}

rk_status rk_writer_open(rk_dir *d, rk_writer **out, rk_err *err) {
    RK_ASSERT(d->log);
    rk_writer *w = rk_alloc(sizeof *w);
    w->dir = d;
    w->last = &w->first;
    w->origin =
        (rk_slice){rk_dup(d->election->id.ptr, d->election->id.len), d->election->id.len};
    (void)pthread_mutex_init(&w->lock, NULL);
    (void)pthread_rwlock_init(&w->keys, NULL);
    (void)pthread_cond_init(&w->work, NULL);
    (void)pthread_cond_init(&w->answered, NULL);
    *out = w;
    if (pthread_create(&w->thread, NULL, run, w) == 0) return RK_OK;
    rk_free((void *)(uintptr_t)w->origin.ptr);
    rk_free(w);
    *out = NULL;
    return rk_fail(err, RK_IO, "the writer's thread could not be started");
}

void rk_writer_close(rk_writer **wp) {
    rk_writer *w = *wp;
    if (!w) return;
    (void)pthread_mutex_lock(&w->lock);
    w->closing = true;
    (void)pthread_cond_signal(&w->work);
    (void)pthread_mutex_unlock(&w->lock);
    (void)pthread_join(w->thread, NULL);
    (void)pthread_mutex_destroy(&w->lock);
    (void)pthread_rwlock_destroy(&w->keys);
    (void)pthread_cond_destroy(&w->work);
    (void)pthread_cond_destroy(&w->answered);
    rk_free((void *)(uintptr_t)w->origin.ptr);
    rk_free(w);
    *wp = NULL;
}

/* ===== senders ===== */

static rk_status known_key(rk_writer *w, const rk_entry_head *h, rk_signing_key *key,
                           rk_err *err) {
    (void)pthread_rwlock_rdlock(&w->keys);
    const rk_election *e = w->dir->election;
    const rk_signing_key *k =
        e ? rk_keyring_signer(&e->keys, h->actor.key_id, h->actor.role) : NULL;
    if (k) *key = *k;
    (void)pthread_rwlock_unlock(&w->keys);
    return k ? RK_OK
             : rk_fail(
                   err, RK_CONFLICT,
                   "the key %016llx may not sign in the role '%.*s': it was never added, or "
                   "was revoked",
                   (unsigned long long)h->actor.key_id, RK_FMT(h->actor.role));
}

static rk_status check(rk_writer *w, rk_slice entry, rk_err *err) {
    enum rk_entry_kind kind;
    rk_entry_head h;
    rk_signing_key key;
    if (entry.len > RK_ENTRY_MAX)
        return rk_fail(err, RK_LIMIT, "an entry has at most %u bytes", RK_ENTRY_MAX);
    RK_TRY(rk_entry_kind_of(entry, &kind, err));
    RK_TRY(rk_entry_get_head(entry, &h, err));
    if (h.version != 2 || kind != RK_ENTRY_FORM)
        return rk_fail(err, RK_BAD_INPUT, "only signed forms are taken here");
    RK_TRY(known_key(w, &h, &key, err));
    if (!rk_entry_signed_by(entry, w->origin, &key.key))
        return rk_fail(err, RK_CONFLICT, "the signature of this form is wrong");
    return RK_OK;
}

rk_status rk_writer_submit(rk_writer *w, rk_slice entry, rk_receipt *out, rk_err *err) {
    RK_TRY(check(w, entry, err));
    struct item x = {.entry = entry, .leaf = rk_merkle_leaf(entry), .receipt = out, .err = err};
    (void)pthread_mutex_lock(&w->lock);
    bool room = w->waiting < RK_WRITER_QUEUE_MAX && !w->closing;
    if (room) {
        /* x stays where it is until it is done: this call waits for that */
        *w->last = &x;
        // cppcheck-suppress autoVariables
        w->last = &x.next;
        w->waiting++;
        (void)pthread_cond_signal(&w->work);
        while (!x.done) (void)pthread_cond_wait(&w->answered, &w->lock);
    }
    (void)pthread_mutex_unlock(&w->lock);
    return room ? x.status
                : rk_fail(err, RK_BUSY, "%u forms are waiting already: try again shortly",
                          RK_WRITER_QUEUE_MAX);
}
