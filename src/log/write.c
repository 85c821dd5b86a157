/* What a batch does, in order:
 *   begin    lock the store; read the head; refuse if a newer checkpoint is known
 *   append   entry to the store, its leaf hash into the edge and the open tiles
 *   commit   tiles that changed, checkpoint over the new edge, head, then the store's commit
 *            (one transaction, one flush); the lock file; only then is the note handed out
 * What is in memory between two batches (edge, open tiles) is trusted only while the store has
 * the size this handle left it with; else it is read anew. */
#include "log/log_inner.h"

#include "base/mem.h"

#include <stdio.h>
#include <unistd.h>

/* The last tile of a level, partial or empty. */
struct open_tile {
    uint32_t n; /* hashes in it */
    uint64_t index;
    bool changed;
    rk_sha256 hash[RK_TILE_WIDTH];
};

struct rk_log {
    rk_store *store;
    int lock_fd;
    char *lock_path;
    unsigned lock_turn;
    bool lock_failed;
    rk_log_head head; /* committed; size 0 and an empty note when nothing was signed yet */
    bool fresh;       /* head and tiles are those of head.size */
    bool in_batch;
    rk_frontier edge; /* with the open batch */
    struct open_tile tile[RK_TILE_LEVELS];
    rk_signer signer[RK_LOG_SIGNERS_MAX];
    size_t n_signer;
    uint64_t newest; /* largest size known to be signed */
    char newest_where[200];
    rk_buf scratch;
};

rk_status rk_log_open(rk_store *s, const char *lock_path, rk_log **out, rk_err *err) {
    rk_log *l = rk_alloc(sizeof *l);
    l->store = s;
    l->lock_path = rk_dup(lock_path, strlen(lock_path) + 1);
    rk_buf_init(&l->head.note, RK_HEAD_MAX);
    rk_buf_init(&l->scratch, RK_HEAD_MAX);
    *out = l;
    rk_status st = rk_lock_open(lock_path, &l->lock_fd, err);
    if (st != RK_OK) rk_log_close(out);
    return st;
}

void rk_log_close(rk_log **lp) {
    rk_log *l = *lp;
    if (!l) return;
    if (l->in_batch) rk_log_abort(l);
    if (l->lock_fd >= 0) (void)close(l->lock_fd);
    for (size_t i = 0; i < l->n_signer; i++) rk_signer_wipe(&l->signer[i]);
    rk_log_head_free(&l->head);
    rk_buf_free(&l->scratch);
    rk_free(l->lock_path);
    rk_free(l);
    *lp = NULL;
}

void rk_log_sign_with(rk_log *l, const rk_signer *signer, size_t n) {
    RK_ASSERT(n >= 1 && n <= RK_LOG_SIGNERS_MAX);
    for (size_t i = 0; i < n; i++) l->signer[i] = signer[i];
    l->n_signer = n;
}

rk_slice rk_log_note(const rk_log *l) { return rk_buf_slice(&l->head.note); }
uint64_t rk_log_size(const rk_log *l) { return l->in_batch ? l->edge.size : l->head.size; }

/* ===== never fork ===== */

static rk_status behind(const rk_log *l, uint64_t size, const char *where, rk_err *err) {
    return rk_fail(
        err, RK_CONFLICT,
        "the store has %llu entries, but a checkpoint of %llu was signed (known from "
        "%s): the store was replaced by an older copy. Nothing is signed. Put the "
        "newer rekap.db back, or append what is missing from a mirror "
        "(docs/runbook/log.md)",
        (unsigned long long)l->head.size, (unsigned long long)size, where);
}

/* The tree that this log has must begin with the tree of c. */
static rk_status extends(rk_log *l, const rk_checkpoint *c, const char *where, rk_err *err) {
    if (c->size > l->head.size) return behind(l, c->size, where, err);
    rk_sha256 root = rk_merkle_empty();
    rk_log_reader r;
    rk_log_reader_init(&r, l->store, l->head.size);
    rk_hash_reader hashes = rk_log_reader_hashes(&r);
    rk_status st = c->size ? rk_merkle_root(c->size, &hashes, &root, err) : RK_OK;
    rk_log_reader_free(&r);
    RK_TRY(st);
    if (rk_merkle_eq(&root, &c->root)) return RK_OK;
    return rk_fail(
        err, RK_CONFLICT,
        "the first %llu entries of the store are not those of a signed checkpoint "
        "(known from %s): the log was forked. Nothing is signed. Keep both copies as "
        "evidence and see docs/runbook/log.md",
        (unsigned long long)c->size, where);
}

static void remember(rk_log *l, uint64_t size, const char *where) {
    if (size <= l->newest) return;
    l->newest = size;
    (void)snprintf(l->newest_where, sizeof l->newest_where, "%s", where);
}

rk_status rk_log_must_extend(rk_log *l, rk_slice note, const rk_verifier *key, size_t n,
                             const char *where, rk_err *err) {
    rk_checkpoint c;
    RK_ASSERT(!l->in_batch);
    RK_TRY(rk_checkpoint_open(note, key, n, &c, err));
    rk_log_head_free(&l->head);
    rk_status st = rk_log_head_read(l->store, &l->head, NULL);
    l->fresh = false;
    if (st != RK_OK && st != RK_NOT_FOUND) return rk_log_head_read(l->store, &l->head, err);
    remember(l, c.size, where);
    return extends(l, &c, where, err);
}

static rk_status check_lock(rk_log *l, rk_err *err) {
    rk_note note;
    rk_checkpoint c;
    rk_buf_clear(&l->scratch);
    RK_TRY(rk_lock_read(l->lock_fd, l->lock_path, &l->scratch, err));
    rk_slice bytes = rk_buf_slice(&l->scratch);
    if (!bytes.len) return RK_OK;
    RK_TRY(rk_note_parse(bytes, &note, err));
    RK_TRY(rk_checkpoint_parse(note.text, &c, err));
    if (l->n_signer && !rk_slice_eq(c.origin, rk_verifier_name(&l->signer[0].verifier)))
        return rk_fail(err, RK_CONFLICT, "%s: the lock file belongs to the log '%.*s'",
                       l->lock_path, RK_FMT(c.origin));
    return extends(l, &c, "the lock file", err);
}

/* ===== what is in memory ===== */

static rk_status load_tiles(rk_log *l, rk_err *err) {
    rk_buf b;
    rk_buf_init(&b, RK_TILE_BYTES_MAX);
    rk_status st = RK_OK;
    for (unsigned level = 0; level < RK_TILE_LEVELS && st == RK_OK; level++) {
        struct open_tile *t = &l->tile[level];
        t->n = rk_tile_partial(level, l->head.size);
        t->index = rk_tile_full(level, l->head.size);
        t->changed = false;
        if (!t->n) continue;
        rk_tile want = {.level = (uint8_t)level, .width = (uint16_t)t->n, .index = t->index};
        rk_buf_clear(&b);
        st = rk_log_tile(l->store, want, l->head.size, &b, err);
        if (st == RK_OK) memcpy(t->hash, b.ptr, b.len);
    }
    rk_buf_free(&b);
    return st;
}

/* The batch is open: reads the head and, unless they are known, the tiles that go on. */
static rk_status load(rk_log *l, rk_err *err) {
    uint64_t size;
    rk_log_head h;
    RK_TRY(rk_store_size(l->store, &size, err));
    if (l->fresh && size == l->head.size) return RK_OK;
    rk_status st = rk_log_head_read(l->store, &h, size ? err : NULL);
    if (st == RK_NOT_FOUND && size == 0) st = RK_OK;
    if (st != RK_OK) {
        rk_log_head_free(&h);
        return st;
    }
    rk_log_head_free(&l->head);
    l->head = h;
    if (h.size != size)
        return rk_fail(err, RK_CORRUPT, "the store has %llu entries, its tree %llu",
                       (unsigned long long)size, (unsigned long long)h.size);
    RK_TRY(check_lock(l, err));
    RK_TRY(load_tiles(l, err));
    l->fresh = true;
    return RK_OK;
}

rk_status rk_log_begin(rk_log *l, rk_err *err) {
    RK_ASSERT(!l->in_batch && l->n_signer);
    if (l->lock_failed)
        return rk_fail(err, RK_IO,
                       "%s: the lock file could not be written after the last checkpoint: "
                       "nothing more is signed until the log is opened again",
                       l->lock_path);
    RK_TRY(rk_store_begin(l->store, err));
    rk_status st = load(l, err);
    if (st == RK_OK && l->newest > l->head.size)
        st = behind(l, l->newest, l->newest_where, err);
    if (st != RK_OK) {
        rk_store_abort(l->store);
        return st;
    }
    l->edge = l->head.edge;
    l->edge.size = l->head.size;
    l->in_batch = true;
    return RK_OK;
}

void rk_log_abort(rk_log *l) {
    if (!l->in_batch) return;
    rk_store_abort(l->store);
    l->fresh = l->fresh && l->edge.size == l->head.size;
    l->in_batch = false;
}

/* ===== growing ===== */

static rk_status put_tile(rk_log *l, unsigned level, rk_err *err) {
    struct open_tile *t = &l->tile[level];
    rk_slice bytes = {(const char *)t->hash, t->n * sizeof t->hash[0]};
    t->changed = false;
    return rk_store_tile_put(l->store, level, t->index, bytes, err);
}

static rk_status add_hash(rk_log *l, unsigned level, const rk_sha256 *h, rk_err *err) {
    struct open_tile *t = &l->tile[level];
    t->hash[t->n++] = *h;
    t->changed = true;
    if (t->n < RK_TILE_WIDTH) return RK_OK;
    RK_TRY(put_tile(l, level, err));
    t->n = 0;
    t->index++;
    return RK_OK;
}

rk_status rk_log_append(rk_log *l, rk_slice entry, const rk_sha256 *leaf, rk_err *err) {
    RK_ASSERT(l->in_batch);
    if (l->edge.size >= RK_LOG_SIZE_MAX) return rk_fail(err, RK_LIMIT, "the log is full");
    RK_TRY(rk_store_append(l->store, entry, err));
    rk_sha256 h = leaf ? *leaf : rk_merkle_leaf(entry);
    unsigned closed = rk_frontier_append(&l->edge, &h);
    for (unsigned level = 0; level < RK_TILE_LEVELS && 8 * level <= closed; level++)
        RK_TRY(add_hash(l, level, level ? &l->edge.node[8 * level] : &h, err));
    return RK_OK;
}

static rk_status sign(rk_log *l, rk_log_head *next, rk_err *err) {
    rk_checkpoint c = {.origin = rk_verifier_name(&l->signer[0].verifier),
                       .size = l->edge.size,
                       .root = rk_frontier_root(&l->edge)};
    RK_ASSERT(c.size > l->head.size); /* over the last one, never beside it */
    next->size = c.size;
    next->root = c.root;
    next->edge = l->edge;
    return rk_checkpoint_sign(&c, l->signer, l->n_signer, &next->note, err);
}

static rk_status commit(rk_log *l, rk_log_head *next, rk_err *err) {
    for (unsigned level = 1; level < RK_TILE_LEVELS; level++)
        if (l->tile[level].changed && l->tile[level].n) RK_TRY(put_tile(l, level, err));
    RK_TRY(sign(l, next, err));
    rk_buf_clear(&l->scratch);
    RK_TRY(rk_log_head_put(next, &l->scratch, err));
    RK_TRY(rk_store_head_put(l->store, rk_buf_slice(&l->scratch), err));
    uint64_t size = 0;
    RK_TRY(rk_store_commit(l->store, &size, err));
    RK_ASSERT(size == next->size);
    return RK_OK;
}

rk_status rk_log_commit(rk_log *l, rk_err *err) {
    RK_ASSERT(l->in_batch);
    if (l->edge.size == l->head.size) {
        rk_log_abort(l);
        return RK_OK;
    }
    rk_log_head next = {0};
    rk_buf_init(&next.note, RK_HEAD_MAX);
    rk_status st = commit(l, &next, err);
    if (st != RK_OK) {
        rk_log_head_free(&next);
        rk_log_abort(l);
        return st;
    }
    rk_log_head_free(&l->head);
    l->head = next;
    l->in_batch = false;
    /* The batch is durable and signed: a lock file that cannot be written takes nothing back,
     * but nothing more is signed without it. */
    l->lock_failed =
        rk_lock_write(l->lock_fd, l->lock_path, l->lock_turn++, rk_log_note(l), NULL) != RK_OK;
    return RK_OK;
}
