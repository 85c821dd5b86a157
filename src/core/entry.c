/* Layout and reasons: docs/format/entry.md. Forms are in entry_form.c. */
#include "core/entry_inner.h"

static const char DOMAIN[] = "rekap-entry/v1\n";

/* ===== writing ===== */

rk_status rk_entry_text_ok(rk_slice s, size_t max, const char *what, rk_err *err) {
    if (s.len > max || !rk_utf8_text(s, ""))
        return rk_fail(err, RK_BAD_INPUT, "%s is over %zu bytes or not plain UTF-8 text", what,
                       max);
    return RK_OK;
}

static void put_fixed(rk_buf *b, const void *p, size_t n) { rk_buf_add(b, (rk_slice){p, n}); }

rk_status rk_entry_begin(rk_buf *b, enum rk_entry_kind kind, const rk_entry_head *h,
                         rk_err *err) {
    RK_TRY(rk_entry_text_ok(h->reason, RK_TEXT_MAX, "the reason", err));
    rk_buf_byte(b, h->version < 2 ? 1 : 2);
    rk_buf_byte(b, (char)kind);
    rk_buf_varint(b, h->time);
    if (h->version < 2) return RK_OK;
    RK_ASSERT(h->version == 2 && h->evidence.len % sizeof(rk_sha256) == 0);
    if (h->evidence.len > RK_EVIDENCE_MAX * sizeof(rk_sha256))
        return rk_fail(err, RK_LIMIT, "more than %u files as evidence", RK_EVIDENCE_MAX);
    RK_TRY(rk_entry_text_ok(h->actor.role, RK_ROLE_MAX, "the role", err));
    rk_put_actor(b, &h->actor);
    rk_put_text(b, h->reason);
    rk_buf_varint(b, h->evidence.len / sizeof(rk_sha256));
    rk_buf_add(b, h->evidence);
    return RK_OK;
}

rk_status rk_entry_end(const rk_buf *b, size_t start, const rk_entry_head *h, rk_err *err) {
    size_t signature = h->version < 2 ? 0 : RK_ENTRY_SIGNATURE;
    if (b->failed || b->len - start + signature > RK_ENTRY_MAX)
        return rk_fail(err, RK_LIMIT, "the entry would be over %u bytes", RK_ENTRY_MAX);
    return RK_OK;
}

rk_status rk_entry_put_election(const rk_election_entry *e, rk_buf *out, rk_err *err) {
    size_t start = out->len;
    RK_TRY(rk_entry_text_ok(e->id, 40, "the election's id", err));
    RK_TRY(rk_entry_text_ok(e->name, RK_NAME_MAX, "the election's name", err));
    RK_TRY(rk_entry_text_ok(e->date, 10, "the election's date", err));
    RK_TRY(rk_entry_begin(out, RK_ENTRY_ELECTION, &e->head, err));
    if (e->head.version < 2) rk_put_actor(out, &e->head.actor);
    rk_put_text(out, e->id);
    rk_put_text(out, e->name);
    rk_put_text(out, e->date);
    if (e->head.version == 2) {
        put_fixed(out, e->log_key.b, sizeof e->log_key.b);
        put_fixed(out, e->admin_key.b, sizeof e->admin_key.b);
    }
    return rk_entry_end(out, start, &e->head, err);
}

rk_status rk_entry_put_document(const rk_document_entry *e, rk_buf *out, rk_err *err) {
    size_t start = out->len;
    RK_ASSERT(e->part < e->parts && e->bytes.len <= RK_DOCUMENT_PART);
    RK_TRY(rk_entry_text_ok(e->label, RK_NAME_MAX, "the document's name", err));
    RK_TRY(rk_entry_begin(out, RK_ENTRY_DOCUMENT, &e->head, err));
    if (e->head.version < 2) rk_put_actor(out, &e->head.actor);
    rk_buf_byte(out, (char)e->type);
    rk_put_text(out, e->contest);
    rk_put_text(out, e->label);
    put_fixed(out, e->sha256.b, sizeof e->sha256.b);
    rk_buf_varint(out, e->part);
    rk_buf_varint(out, e->parts);
    rk_put_text(out, e->bytes);
    return rk_entry_end(out, start, &e->head, err);
}

rk_status rk_entry_put_batch(const rk_batch_entry *e, rk_buf *out, rk_err *err) {
    size_t start = out->len;
    bool v1 = e->head.version < 2;
    RK_TRY(rk_entry_text_ok(e->source, RK_NAME_MAX, "the source's name", err));
    RK_TRY(rk_entry_begin(out, RK_ENTRY_BATCH, &e->head, err));
    if (v1) rk_put_actor(out, &e->head.actor);
    rk_put_text(out, e->contest);
    rk_put_text(out, e->source);
    if (v1) rk_put_text(out, e->head.reason);
    put_fixed(out, e->sha256.b, sizeof e->sha256.b);
    rk_buf_varint(out, e->forms);
    if (!v1) put_fixed(out, e->root.b, sizeof e->root.b);
    return rk_entry_end(out, start, &e->head, err);
}

rk_status rk_entry_put_key(const rk_key_entry *e, rk_buf *out, rk_err *err) {
    size_t start = out->len;
    RK_ASSERT(e->head.version == 2);
    RK_TRY(rk_entry_text_ok(e->role, RK_ROLE_MAX, "the role", err));
    RK_TRY(rk_entry_begin(out, RK_ENTRY_KEY, &e->head, err));
    rk_buf_byte(out, (char)e->action);
    rk_buf_byte(out, (char)e->use);
    rk_put_text(out, e->role);
    put_fixed(out, e->key.b, sizeof e->key.b);
    rk_put_u64(out, e->replaces);
    return rk_entry_end(out, start, &e->head, err);
}

rk_status rk_entry_put_publication(const rk_publication_entry *e, rk_buf *out, rk_err *err) {
    size_t start = out->len;
    RK_ASSERT(e->head.version == 2);
    RK_TRY(rk_entry_text_ok(e->name, RK_NAME_MAX, "the publication's name", err));
    RK_TRY(rk_entry_begin(out, RK_ENTRY_PUBLICATION, &e->head, err));
    rk_buf_byte(out, (char)e->type);
    rk_put_text(out, e->name);
    rk_buf_varint(out, e->size);
    put_fixed(out, e->manifest.b, sizeof e->manifest.b);
    return rk_entry_end(out, start, &e->head, err);
}

/* ===== signatures ===== */

uint64_t rk_entry_key_id(const rk_ed25519_public *key) {
    rk_sha256 h = rk_sha256_of((rk_slice){(const char *)key->b, sizeof key->b});
    uint64_t id = 0;
    for (unsigned i = 8; i-- > 0;) id = id << 8 | h.b[i];
    return id;
}

/* What is signed, in one piece: the library takes no parts. */
struct message {
    char text[sizeof DOMAIN + RK_KEY_NAME_MAX + 1 + RK_ENTRY_MAX];
    size_t n;
};

static void message_add(struct message *m, const char *p, size_t n) {
    RK_ASSERT(n <= sizeof m->text - m->n);
    if (n) memcpy(m->text + m->n, p, n);
    m->n += n;
}

static rk_slice message_of(struct message *m, rk_slice origin, rk_slice body) {
    RK_ASSERT(origin.len <= RK_KEY_NAME_MAX);
    m->n = 0;
    message_add(m, DOMAIN, sizeof DOMAIN - 1);
    message_add(m, origin.ptr, origin.len);
    message_add(m, "\n", 1);
    message_add(m, body.ptr, body.len);
    return (rk_slice){m->text, m->n};
}

void rk_entry_sign(rk_buf *out, size_t start, rk_slice origin, const rk_ed25519_secret *key) {
    struct message m;
    rk_ed25519_sig sig;
    if (out->failed) return;
    RK_ASSERT(out->len - start >= 2 && out->ptr[start] == 2);
    rk_slice body = {out->ptr + start, out->len - start};
    rk_ed25519_sign(key, message_of(&m, origin, body), &sig);
    put_fixed(out, sig.b, sizeof sig.b);
}

bool rk_entry_signed_by(rk_slice entry, rk_slice origin, const rk_ed25519_public *key) {
    struct message m;
    rk_ed25519_sig sig;
    if (entry.len <= RK_ENTRY_SIGNATURE || entry.len > RK_ENTRY_MAX || entry.ptr[0] != 2)
        return false;
    rk_slice body = {entry.ptr, entry.len - RK_ENTRY_SIGNATURE};
    memcpy(sig.b, entry.ptr + body.len, sizeof sig.b);
    return rk_ed25519_verify(key, message_of(&m, origin, body), &sig);
}

/* ===== reading ===== */

rk_status rk_entry_kind_of(rk_slice e, enum rk_entry_kind *kind, rk_err *err) {
    uint8_t version = e.len > 0 ? (uint8_t)e.ptr[0] : 0, k = e.len > 1 ? (uint8_t)e.ptr[1] : 0;
    uint8_t last = version == 1 ? RK_ENTRY_FORM : version == 2 ? RK_ENTRY_READING : 0;
    if (k < RK_ENTRY_ELECTION || k > last)
        return rk_fail(err, RK_CORRUPT,
                       "an entry of unknown version or kind (bytes %02x %02x): it was written "
                       "by a newer rekap, or the store is damaged",
                       version, k);
    *kind = (enum rk_entry_kind)k;
    return RK_OK;
}

static void get_head(struct rk_entry_in *i, rk_entry_head *h) {
    uint64_t time = rk_get_varint(i);
    i->bad |= time > UINT32_MAX;
    h->time = (uint32_t)time;
    if (h->version == 1) return;
    h->actor = rk_get_actor(i);
    h->reason = rk_get_text(i);
    uint64_t n = rk_get_varint(i);
    i->bad |=
        n > RK_EVIDENCE_MAX || h->actor.role.len > RK_ROLE_MAX || h->reason.len > RK_TEXT_MAX;
    h->evidence = rk_get_bytes(i, i->bad ? 0 : n * sizeof(rk_sha256));
}

/* kind 0: any. */
static struct rk_entry_in open_any(rk_slice e, uint8_t kind, rk_entry_head *h) {
    struct rk_entry_in i = {(const uint8_t *)e.ptr, (const uint8_t *)e.ptr + e.len, false};
    *h = (rk_entry_head){.version = rk_get_byte(&i)};
    uint8_t k = rk_get_byte(&i);
    i.bad |= (h->version != 1 && h->version != 2) || (kind && k != kind);
    if (h->version == 2) {
        i.bad |= e.len <= 2 + RK_ENTRY_SIGNATURE;
        if (!i.bad) i.e -= RK_ENTRY_SIGNATURE;
    }
    if (i.bad)
        i.p = i.e;
    else
        get_head(&i, h);
    return i;
}

struct rk_entry_in rk_entry_open(rk_slice e, enum rk_entry_kind want, rk_entry_head *h) {
    return open_any(e, (uint8_t)want, h);
}

rk_status rk_entry_close(const struct rk_entry_in *i, const char *what, rk_err *err) {
    return i->bad || i->p != i->e
               ? rk_fail(err, RK_CORRUPT, "a %s entry does not decode: the store is damaged",
                         what)
               : RK_OK;
}

rk_status rk_entry_get_head(rk_slice entry, rk_entry_head *out, rk_err *err) {
    struct rk_entry_in i = open_any(entry, 0, out);
    return i.bad ? rk_fail(err, RK_CORRUPT, "an entry's head does not decode") : RK_OK;
}

rk_status rk_entry_get_election(rk_slice entry, rk_election_entry *out, rk_err *err) {
    struct rk_entry_in i = rk_entry_open(entry, RK_ENTRY_ELECTION, &out->head);
    if (out->head.version == 1) out->head.actor = rk_get_actor(&i);
    out->id = rk_get_text(&i);
    out->name = rk_get_text(&i);
    out->date = rk_get_text(&i);
    out->log_key = out->admin_key = (rk_ed25519_public){{0}};
    if (out->head.version == 2) {
        rk_get_fixed(&i, out->log_key.b, sizeof out->log_key.b);
        rk_get_fixed(&i, out->admin_key.b, sizeof out->admin_key.b);
    }
    return rk_entry_close(&i, "election", err);
}

rk_status rk_entry_get_document(rk_slice entry, rk_document_entry *out, rk_err *err) {
    struct rk_entry_in i = rk_entry_open(entry, RK_ENTRY_DOCUMENT, &out->head);
    if (out->head.version == 1) out->head.actor = rk_get_actor(&i);
    uint8_t type = rk_get_byte(&i);
    i.bad |= type < RK_DOC_WILAYAH || type > RK_DOC_RESMI;
    out->type = (enum rk_document)type;
    out->contest = rk_get_text(&i);
    out->label = rk_get_text(&i);
    rk_get_fixed(&i, out->sha256.b, sizeof out->sha256.b);
    uint64_t part = rk_get_varint(&i), parts = rk_get_varint(&i);
    i.bad |= parts > RK_DOCUMENT_MAX / RK_DOCUMENT_PART + 1 || part >= parts;
    out->part = (uint32_t)part;
    out->parts = (uint32_t)parts;
    out->bytes = rk_get_text(&i);
    i.bad |= out->head.version == 2 && out->bytes.len > RK_DOCUMENT_PART;
    return rk_entry_close(&i, "document", err);
}

rk_status rk_entry_get_batch(rk_slice entry, rk_batch_entry *out, rk_err *err) {
    struct rk_entry_in i = rk_entry_open(entry, RK_ENTRY_BATCH, &out->head);
    bool v1 = out->head.version == 1;
    if (v1) out->head.actor = rk_get_actor(&i);
    out->contest = rk_get_text(&i);
    out->source = rk_get_text(&i);
    if (v1) out->head.reason = rk_get_text(&i);
    rk_get_fixed(&i, out->sha256.b, sizeof out->sha256.b);
    out->forms = rk_get_varint(&i);
    out->root = (rk_sha256){{0}};
    if (!v1) rk_get_fixed(&i, out->root.b, sizeof out->root.b);
    i.bad |= !v1 && out->forms == 0;
    return rk_entry_close(&i, "batch", err);
}

rk_status rk_entry_get_key(rk_slice entry, rk_key_entry *out, rk_err *err) {
    struct rk_entry_in i = rk_entry_open(entry, RK_ENTRY_KEY, &out->head);
    uint8_t action = rk_get_byte(&i), use = rk_get_byte(&i);
    i.bad |= out->head.version != 2 || action < RK_KEY_ADD || action > RK_KEY_REVOKE ||
             use < RK_KEY_CHECKPOINTS || use > RK_KEY_ENTRIES;
    out->action = (enum rk_key_action)action;
    out->use = (enum rk_key_use)use;
    out->role = rk_get_text(&i);
    rk_get_fixed(&i, out->key.b, sizeof out->key.b);
    out->replaces = rk_get_u64(&i);
    i.bad |= (out->role.len == 0) != (use == RK_KEY_CHECKPOINTS) ||
             out->role.len > RK_ROLE_MAX || (out->replaces != 0) != (action == RK_KEY_REPLACE);
    return rk_entry_close(&i, "key", err);
}

rk_status rk_entry_get_publication(rk_slice entry, rk_publication_entry *out, rk_err *err) {
    struct rk_entry_in i = rk_entry_open(entry, RK_ENTRY_PUBLICATION, &out->head);
    uint8_t type = rk_get_byte(&i);
    i.bad |=
        out->head.version != 2 || type < RK_PUBLISHED_RELEASE || type > RK_PUBLISHED_RESIDENCY;
    out->type = (enum rk_publication)type;
    out->name = rk_get_text(&i);
    out->size = rk_get_varint(&i);
    rk_get_fixed(&i, out->manifest.b, sizeof out->manifest.b);
    return rk_entry_close(&i, "publication", err);
}
