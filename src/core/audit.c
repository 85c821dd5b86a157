#include "core/audit.h"

#include "base/mem.h"

static void one_by_one(void *ctx, rk_slice origin, rk_sigjob *job, size_t n) {
    (void)ctx;
    for (size_t i = 0; i < n; i++)
        job[i].right = rk_entry_signed_by(job[i].entry, origin, &job[i].key);
}

rk_audit *rk_audit_new(rk_election *e, const rk_audit_batch *batch, bool signatures,
                       rk_sigcheck_fn *check, void *check_ctx) {
    rk_audit *a = rk_alloc(sizeof *a);
    a->e = e ? e : rk_election_new();
    if (batch) a->batch = *batch;
    a->signatures = signatures;
    a->check = check ? check : one_by_one;
    a->check_ctx = check_ctx;
    rk_election_bulk(a->e);
    return a;
}

void rk_audit_free(rk_audit **ap) {
    if (!*ap) return;
    rk_election_free(&(*ap)->e);
    rk_free(*ap);
    *ap = NULL;
}

void rk_audit_settle(rk_audit *a) {
    if (a->stopped) return;
    rk_election_settle(a->e);
    rk_election_bulk(a->e);
}

rk_slice rk_audit_station(rk_slice entry, uint64_t index) {
    enum rk_entry_kind kind;
    rk_form f;
    if (rk_entry_kind_of(entry, &kind, NULL) != RK_OK || kind != RK_ENTRY_FORM)
        return (rk_slice){0};
    uint32_t *cells = rk_calloc(RK_COLUMNS_MAX, sizeof *cells);
    rk_status s = rk_entry_get_form(entry, index, cells, RK_COLUMNS_MAX, &f, NULL);
    rk_free(cells);
    return s == RK_OK ? f.tps : (rk_slice){0};
}

static rk_status fault(rk_audit *a, enum rk_audit_what what, uint64_t entry, uint64_t last,
                       const char *text) {
    a->stopped = true;
    a->fault = (rk_audit_fault){.what = what, .entry = entry, .last = last};
    size_t n = strlen(text);
    if (n >= sizeof a->fault.text) n = sizeof a->fault.text - 1;
    memcpy(a->fault.text, text, n);
    return RK_CORRUPT;
}

/* ===== folding ===== */

static bool decodes(rk_slice entry, uint64_t index) {
    enum rk_entry_kind kind;
    if (rk_entry_kind_of(entry, &kind, NULL) != RK_OK) return false;
    return kind != RK_ENTRY_FORM || rk_audit_station(entry, index).len > 0;
}

/* Without a count: who may stand there and sign, which is all that signatures need. */
static rk_status fold_keys(rk_audit *a, const rk_slice *entry, size_t n) {
    rk_err err = RK_ERR_INIT;
    for (size_t i = 0; i < n; i++) {
        enum rk_entry_kind kind = RK_ENTRY_FORM;
        uint64_t index = a->e->size;
        rk_status s = rk_entry_kind_of(entry[i], &kind, &err);
        if (s == RK_OK && kind == RK_ENTRY_FORM && !decodes(entry[i], index))
            s = rk_fail(&err, RK_CORRUPT, "the form does not decode");
        if (s == RK_OK && kind == RK_ENTRY_ELECTION) {
            s = rk_election_apply(a->e, &entry[i], 1, &err);
        } else if (s == RK_OK) {
            s = rk_keyring_admit(&a->e->keys, entry[i], NULL, &err);
            a->e->size += s == RK_OK;
        }
        if (s != RK_OK) return fault(a, RK_AUDIT_ENTRY, index, index, err.text);
    }
    return RK_OK;
}

/* Forms are folded in blocks, so a form that does not fit may be told a few entries later. */
static rk_status fold(rk_audit *a, const rk_slice *entry, size_t n) {
    rk_err err = RK_ERR_INIT;
    uint64_t first = a->e->size;
    if (a->keys_only) return fold_keys(a, entry, n);
    if (rk_election_apply(a->e, entry, n, &err) == RK_OK) return RK_OK;
    uint64_t at = a->e->size, from = at;
    if (at >= first + n || decodes(entry[at - first], at)) {
        from = at > first + RK_BLOCK ? at - RK_BLOCK : first;
        if (at >= first + n) at = first + n - 1;
    }
    return fault(a, RK_AUDIT_ENTRY, from, at, err.text);
}

/* ===== signatures ===== */

static rk_status batch_begins(rk_audit *a, rk_slice entry, uint64_t index) {
    rk_batch_entry b;
    rk_err err = RK_ERR_INIT;
    if (rk_entry_get_batch(entry, &b, &err) != RK_OK)
        return fault(a, RK_AUDIT_ENTRY, index, index, err.text);
    a->batch = (rk_audit_batch){.index = index, .left = b.forms, .root = b.root};
    a->n_batch++;
    return RK_OK;
}

static rk_status covered(rk_audit *a, const rk_sha256 *leaf, uint64_t index) {
    rk_audit_batch *b = &a->batch;
    if (b->left == 0)
        return fault(a, RK_AUDIT_BATCH, index, index, "no batch covers this form");
    rk_frontier_append(&b->tree, leaf);
    a->n_covered++;
    if (--b->left) return RK_OK;
    rk_sha256 root = rk_frontier_root(&b->tree);
    return rk_merkle_eq(&root, &b->root)
               ? RK_OK
               : fault(a, RK_AUDIT_BATCH, b->index, index,
                       "the forms of the batch are not those that its signature covers");
}

/* The keys are those of the fold, which has already refused an entry whose key had no right. */
static rk_status look_at(rk_audit *a, rk_slice entry, const rk_sha256 *leaf, uint64_t index,
                         size_t *jobs) {
    rk_entry_head h;
    rk_err err = RK_ERR_INIT;
    if (entry.ptr[0] != 2) return covered(a, leaf, index);
    if (rk_entry_get_head(entry, &h, &err) != RK_OK)
        return fault(a, RK_AUDIT_ENTRY, index, index, err.text);
    const rk_signing_key *key = rk_keyring_find(&a->e->keys, h.actor.key_id);
    if (!key)
        return fault(a, RK_AUDIT_SIGNATURE, index, index,
                     "it names a key that was never added");
    if (index >= a->trusted) {
        a->job_entry[*jobs] = index;
        a->job[(*jobs)++] = (rk_sigjob){.entry = entry, .key = key->key};
    }
    return entry.ptr[1] == RK_ENTRY_BATCH ? batch_begins(a, entry, index) : RK_OK;
}

static rk_status check(rk_audit *a, size_t jobs) {
    a->check(a->check_ctx, a->e->id, a->job, jobs);
    for (size_t i = 0; i < jobs; i++)
        if (!a->job[i].right)
            return fault(a, RK_AUDIT_SIGNATURE, a->job_entry[i], a->job_entry[i],
                         "its signature is not by the key that it names");
    a->n_signed += jobs;
    return RK_OK;
}

rk_status rk_audit_add(rk_audit *a, const rk_slice *entry, const rk_sha256 *leaf, size_t n) {
    if (a->stopped) return RK_CORRUPT;
    RK_ASSERT(n <= RK_AUDIT_BLOCK);
    uint64_t first = a->e->size;
    size_t jobs = 0;
    RK_TRY(fold(a, entry, n));
    if (!a->signatures || !a->e->keys.is_signed) return RK_OK;
    for (size_t i = 0; i < n; i++) RK_TRY(look_at(a, entry[i], &leaf[i], first + i, &jobs));
    return check(a, jobs);
}
