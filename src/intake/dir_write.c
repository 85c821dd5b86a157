/* What is written to an election's log: declarations, publications. Forms are in import.c. */
#include "base/mem.h"
#include "files/files.h"
#include "intake/cosigned.h"
#include "intake/dir.h"

rk_status rk_dir_begin(rk_dir *d, rk_err *err) {
    RK_ASSERT(d->log);
    d->sound = false;
    RK_TRY(rk_seen_check(d->path, &d->election->keys, d->log, err));
    RK_TRY(rk_log_begin(d->log, err));
    return rk_dir_refresh(d, err); /* nobody else can append now */
}

rk_status rk_dir_head(const rk_dir *d, rk_slice reason, rk_slice evidence, rk_entry_head *out,
                      rk_err *err) {
    uint64_t id = rk_entry_key_id(&d->key.verifier.key);
    const rk_signing_key *k = rk_keyring_find(&d->election->keys, id);
    if (!d->key.verifier.name_len)
        return rk_fail(err, RK_NOT_FOUND,
                       "%s/keys/pengelola.key is not there: say with --kunci FILE which key "
                       "signs",
                       d->path);
    if (!k || !rk_keyring_signer(&d->election->keys, id, rk_signing_key_role(k)))
        return rk_fail(err, RK_CONFLICT,
                       "the key %016llx may not sign entries of this log: %s (rekap kunci %s "
                       "lists the keys)",
                       (unsigned long long)id,
                       k ? "it was replaced or revoked" : "it was never added", d->path);
    *out = (rk_entry_head){.version = 2,
                           .time = rk_now(),
                           .actor = {rk_signing_key_role(k), id},
                           .reason = reason,
                           .evidence = evidence};
    return RK_OK;
}

rk_status rk_dir_put(rk_dir *d, rk_buf *b, rk_err *err) {
    rk_entry_sign(b, 0, d->election->id, &d->key.secret);
    if (b->failed) return rk_fail(err, RK_LIMIT, "an entry does not fit");
    rk_slice entry = rk_buf_slice(b);
    RK_TRY(rk_election_apply(d->election, &entry, 1, err));
    return rk_log_append(d->log, entry, NULL, err);
}

rk_status rk_dir_take(rk_dir *d, rk_slice entry, const rk_sha256 *leaf, rk_err *err) {
    RK_TRY(rk_election_apply(d->election, &entry, 1, err));
    return rk_log_append(d->log, entry, leaf, err);
}

/* Compares the entries of a station, newest first, with one that is offered. */
static rk_status find_among(const rk_dir *d, const uint64_t *history, uint32_t n,
                            rk_slice entry, bool *found, uint64_t *index, rk_err *err) {
    rk_buf b;
    uint64_t committed;
    RK_TRY(rk_store_size(d->store, &committed, err)); /* those of the open batch are not */
    rk_buf_init(&b, RK_ENTRY_MAX);
    rk_status s = RK_OK;
    for (uint32_t i = 0; i < n && !*found && s == RK_OK; i++) {
        if (history[i] >= committed) continue;
        rk_buf_clear(&b);
        s = rk_store_get(d->store, history[i], &b, err);
        *found = s == RK_OK && rk_slice_eq(rk_buf_slice(&b), entry);
        if (*found) *index = history[i];
    }
    rk_buf_free(&b);
    return s;
}

rk_status rk_dir_find_form(const rk_dir *d, rk_slice entry, bool *found, uint64_t *index,
                           rk_err *err) {
    const rk_election *e = d->election;
    uint32_t cells[RK_COLUMNS_MAX], tps, desa;
    rk_form f;
    *found = false;
    RK_TRY(rk_entry_get_form(entry, e->size, cells, RK_COLUMNS_MAX, &f, err));
    uint32_t c = rk_election_contest(e, f.contest);
    if (c == RK_NONE || rk_election_place(e, f.tps, f.desa, &tps, &desa, NULL) != RK_OK)
        return RK_OK;
    uint64_t *history = rk_calloc(RK_HISTORY_MAX, sizeof *history);
    uint32_t n = rk_tally_history(&e->tally[c], tps, history, RK_HISTORY_MAX);
    rk_status s = find_among(d, history, n, entry, found, index, err);
    rk_free(history);
    return s;
}

rk_status rk_dir_commit(rk_dir *d, rk_err *err) {
    RK_TRY(rk_log_commit(d->log, err));
    d->sound = true;
    return RK_OK;
}

void rk_dir_abort(rk_dir *d) { rk_log_abort(d->log); }

/* ===== documents ===== */

static rk_status put_parts(rk_dir *d, rk_document_entry *x, rk_slice bytes, rk_buf *b,
                           rk_err *err) {
    for (uint32_t i = 0; i < x->parts; i++) {
        size_t at = (size_t)i * RK_DOCUMENT_PART, left = bytes.len - at;
        x->part = i;
        x->bytes =
            (rk_slice){bytes.ptr + at, left < RK_DOCUMENT_PART ? left : RK_DOCUMENT_PART};
        rk_buf_clear(b);
        RK_TRY(rk_entry_put_document(x, b, err));
        RK_TRY(rk_dir_put(d, b, err));
    }
    return rk_dir_commit(d, err);
}

rk_status rk_dir_declare(rk_dir *d, enum rk_document type, rk_slice contest, rk_slice label,
                         rk_slice reason, rk_slice bytes, rk_err *err) {
    rk_buf b;
    if (bytes.len == 0) return rk_fail(err, RK_BAD_INPUT, "the file is empty");
    if (bytes.len > RK_DOCUMENT_MAX)
        return rk_fail(err, RK_LIMIT, "the file is over %u bytes", RK_DOCUMENT_MAX);
    rk_sha256 hash = rk_sha256_of(bytes);
    rk_document_entry x = {.type = type, .contest = contest, .label = label, .sha256 = hash};
    x.parts = (uint32_t)((bytes.len + RK_DOCUMENT_PART - 1) / RK_DOCUMENT_PART);
    rk_buf_init(&b, RK_ENTRY_MAX + 1024);
    rk_status s = rk_dir_begin(d, err);
    if (s == RK_OK) s = rk_dir_head(d, reason, (rk_slice){0}, &x.head, err);
    if (s == RK_OK) s = put_parts(d, &x, bytes, &b, err);
    rk_dir_abort(d);
    rk_buf_free(&b);
    return s;
}

/* ===== publications ===== */

static rk_status put_publication(rk_dir *d, rk_publication_entry *x, rk_slice reason, rk_buf *b,
                                 rk_err *err) {
    RK_TRY(rk_dir_head(d, reason, (rk_slice){0}, &x->head, err));
    if (x->size > d->election->size)
        return rk_fail(err, RK_BAD_INPUT,
                       "what was published shows %llu entries, the log has %llu",
                       (unsigned long long)x->size, (unsigned long long)d->election->size);
    RK_TRY(rk_entry_put_publication(x, b, err));
    RK_TRY(rk_dir_put(d, b, err));
    return rk_dir_commit(d, err);
}

rk_status rk_dir_published(rk_dir *d, enum rk_publication type, rk_slice name, rk_slice reason,
                           uint64_t size, const rk_sha256 *manifest, uint64_t *index,
                           rk_err *err) {
    rk_publication_entry x = {.type = type, .name = name, .size = size, .manifest = *manifest};
    rk_buf b;
    rk_buf_init(&b, RK_ENTRY_MAX + 1024);
    rk_status s = rk_dir_begin(d, err);
    if (s == RK_OK) s = put_publication(d, &x, reason, &b, err);
    if (s == RK_OK && index) *index = d->election->size - 1;
    rk_dir_abort(d);
    rk_buf_free(&b);
    return s;
}
