#include "publish/api_log.h"

#include "base/base64.h"
#include "base/mem.h"
#include "publish/api_inner.h"
#include "publish/api_photo.h"
#include "publish/logtree.h"

void rk_js_key_id(rk_buf *b, const char *key, uint64_t id) {
    rk_js_key(b, key);
    if (id)
        rk_buf_printf(b, "\"%016llx\"", (unsigned long long)id);
    else
        rk_buf_lit(b, "null");
}

static void hex(rk_buf *b, const rk_sha256 *h) {
    char text[64];
    rk_sha256_put(text, h);
    rk_buf_json(b, (rk_slice){text, sizeof text});
}

void rk_js_hash(rk_buf *b, const char *key, const rk_sha256 *h) {
    rk_js_key(b, key);
    hex(b, h);
}

void rk_js_evidence(rk_buf *b, rk_slice evidence) {
    rk_sha256 h;
    rk_js_key(b, "bukti");
    rk_buf_byte(b, '[');
    for (; evidence.len >= sizeof h; evidence = rk_slice_from(evidence, sizeof h)) {
        memcpy(h.b, evidence.ptr, sizeof h);
        rk_js_item(b);
        hex(b, &h);
    }
    rk_buf_byte(b, ']');
}

rk_status rk_api_origin_of(const rk_form *f, const rk_api_log *log, rk_api_origin *o,
                           rk_err *err) {
    rk_batch_entry b;
    *o = (rk_api_origin){.time = f->head.time,
                         .role = f->head.actor.role,
                         .key_id = f->head.actor.key_id,
                         .reason = f->head.reason,
                         .evidence = f->head.evidence,
                         .batch = f->batch};
    rk_buf_init(&o->bytes, RK_ENTRY_MAX);
    if (f->batch == RK_NO_BATCH) return RK_OK;
    RK_TRY(log->get(log->ctx, f->batch, &o->bytes, err));
    RK_TRY(rk_entry_get_batch(rk_buf_slice(&o->bytes), &b, err));
    if (!o->time) o->time = b.head.time;
    if (!o->role.len) o->role = b.head.actor.role;
    if (!o->key_id) o->key_id = b.head.actor.key_id;
    if (!o->reason.len) o->reason = b.head.reason;
    if (!o->evidence.len) o->evidence = b.head.evidence;
    o->source = b.source;
    return RK_OK;
}

/* ===== what each kind says ===== */

static void put_head(const rk_entry_head *h, rk_buf *out) {
    rk_js_time(out, "waktu", h->time);
    rk_js_text(out, "peran", h->actor.role);
    rk_js_key_id(out, "kunci", h->actor.key_id);
    rk_js_text(out, "alasan", h->reason);
    rk_js_evidence(out, h->evidence);
}

/* The ballot that the form's cells are of. */
static uint32_t ballot_of(const rk_election *e, uint32_t contest, rk_slice tps) {
    const rk_tally *t = &e->tally[contest];
    rk_code code;
    uint32_t at = e->tree && rk_code_of(tps, &code)
                      ? rk_tree_find_tps(e->tree, &code, rk_code_hash(&code))
                      : RK_NONE;
    if (at != RK_NONE) return t->ballot_of[e->tree->tps[at].desa];
    return t->contest->n_ballot == 1 ? 0 : RK_NONE;
}

/* The name of a column into `name`; false when the ballot has no choice there. */
static bool column_name(const rk_contest *c, uint32_t ballot, uint32_t i, rk_buf *name) {
    if (i >= c->n_field && (ballot == RK_NONE || !rk_contest_slot(c, ballot, i - c->n_field)))
        return false;
    rk_buf_clear(name);
    rk_contest_column_name(c, ballot, i, name);
    return true;
}

/* "kolom": the name of each cell in order, null where the ballot has no choice; "angka": the
 * figures by name. */
static void form_cells(const rk_election *e, uint32_t contest, const rk_form *f, rk_buf *out) {
    const rk_contest *c = e->tally[contest].contest;
    uint32_t ballot = ballot_of(e, contest, f->tps);
    rk_buf name;
    rk_buf_init(&name, RK_NAME_MAX + 64);
    rk_js_key(out, "kolom");
    rk_buf_byte(out, '[');
    for (uint32_t i = 0; i < f->n_cell; i++) {
        rk_js_item(out);
        if (column_name(c, ballot, i, &name))
            rk_buf_json(out, rk_buf_slice(&name));
        else
            rk_buf_lit(out, "null");
    }
    rk_buf_byte(out, ']');
    rk_js_key(out, "angka");
    rk_buf_byte(out, '{');
    for (uint32_t i = 0; i < f->n_cell; i++) {
        if (!column_name(c, ballot, i, &name)) continue;
        rk_js_keyed(out, rk_buf_slice(&name));
        rk_js_cell(out, f->cell[i]);
    }
    rk_buf_byte(out, '}');
    rk_buf_free(&name);
}

static rk_status put_form(const rk_election *e, rk_slice entry, uint64_t index,
                          const rk_api_log *log, rk_buf *out, rk_err *err) {
    rk_form f;
    rk_api_origin o = {0};
    uint32_t *cells = rk_calloc(RK_COLUMNS_MAX, sizeof *cells);
    rk_status s = rk_entry_get_form(entry, index, cells, RK_COLUMNS_MAX, &f, err);
    if (s == RK_OK) s = rk_api_origin_of(&f, log, &o, err);
    if (s == RK_OK) {
        uint32_t contest = rk_election_contest(e, f.contest);
        put_head(&(rk_entry_head){.time = o.time,
                                  .actor = {o.role, o.key_id},
                                  .reason = o.reason,
                                  .evidence = o.evidence},
                 out);
        rk_js_text(out, "sumber", o.source);
        rk_js_key(out, "batch");
        if (o.batch == RK_NO_BATCH)
            rk_buf_lit(out, "null");
        else
            rk_buf_num(out, o.batch);
        rk_js_text(out, "kontes", f.contest);
        rk_js_text(out, "tps", f.tps);
        rk_js_num(out, "generasi", f.generation);
        rk_js_text(out, "psu", rk_psu_name((enum rk_psu)f.psu));
        rk_js_text(out, "lapisan", f.layer ? RK_LIT("pleno") : RK_LIT("tps"));
        if (f.reading1) rk_js_num(out, "baca", f.reading1 - 1u);
        if (contest != RK_NONE) form_cells(e, contest, &f, out);
    }
    rk_buf_free(&o.bytes);
    rk_free(cells);
    return s;
}

static rk_status put_election(rk_slice entry, rk_buf *out, rk_err *err) {
    rk_election_entry x;
    RK_TRY(rk_entry_get_election(entry, &x, err));
    put_head(&x.head, out);
    rk_js_text(out, "id", x.id);
    rk_js_text(out, "nama", x.name);
    rk_js_text(out, "tanggal", x.date);
    return RK_OK;
}

static rk_status put_document(rk_slice entry, rk_buf *out, rk_err *err) {
    static const char *const type[] = {"", "wilayah", "kontes", "resmi"};
    rk_document_entry x;
    RK_TRY(rk_entry_get_document(entry, &x, err));
    put_head(&x.head, out);
    rk_js_text(out, "tipe", rk_slice_str(x.type <= RK_DOC_RESMI ? type[x.type] : ""));
    rk_js_text(out, "kontes", x.contest);
    rk_js_text(out, "label", x.label);
    rk_js_hash(out, "sha256", &x.sha256);
    rk_js_num(out, "bagian", x.part);
    rk_js_num(out, "banyak_bagian", x.parts);
    return RK_OK;
}

static rk_status put_batch(rk_slice entry, rk_buf *out, rk_err *err) {
    rk_batch_entry x;
    RK_TRY(rk_entry_get_batch(entry, &x, err));
    put_head(&x.head, out);
    rk_js_text(out, "kontes", x.contest);
    rk_js_text(out, "sumber", x.source);
    rk_js_hash(out, "sha256", &x.sha256);
    rk_js_num(out, "formulir", x.forms);
    if (x.head.version == 2) rk_js_hash(out, "akar", &x.root);
    return RK_OK;
}

static rk_status put_key(rk_slice entry, rk_buf *out, rk_err *err) {
    static const char *const action[] = {"", "tambah", "ganti", "cabut"};
    rk_key_entry x;
    RK_TRY(rk_entry_get_key(entry, &x, err));
    put_head(&x.head, out);
    rk_js_text(out, "aksi", rk_slice_str(action[x.action]));
    rk_js_text(out, "guna",
               x.use == RK_KEY_CHECKPOINTS ? RK_LIT("checkpoint") : RK_LIT("entri"));
    rk_js_text(out, "untuk_peran", x.role);
    rk_js_key_id(out, "untuk_kunci", rk_entry_key_id(&x.key));
    rk_js_key_id(out, "menggantikan", x.replaces);
    return RK_OK;
}

static rk_status put_publication(rk_slice entry, rk_buf *out, rk_err *err) {
    static const char *const type[] = {"", "rilis", "pengungkapan", "residensi"};
    rk_publication_entry x;
    RK_TRY(rk_entry_get_publication(entry, &x, err));
    put_head(&x.head, out);
    rk_js_text(out, "tipe", rk_slice_str(x.type <= RK_PUBLISHED_RESIDENCY ? type[x.type] : ""));
    rk_js_text(out, "nama", x.name);
    rk_js_num(out, "ukuran", x.size);
    rk_js_hash(out, "manifes", &x.manifest);
    return RK_OK;
}

static rk_status put_kind(const rk_election *e, rk_slice entry, uint64_t index,
                          enum rk_entry_kind kind, const rk_api_log *log, rk_buf *out,
                          rk_err *err) {
    switch (kind) {
    case RK_ENTRY_ELECTION:
        return put_election(entry, out, err);
    case RK_ENTRY_DOCUMENT:
        return put_document(entry, out, err);
    case RK_ENTRY_BATCH:
        return put_batch(entry, out, err);
    case RK_ENTRY_FORM:
        return put_form(e, entry, index, log, out, err);
    case RK_ENTRY_KEY:
        return put_key(entry, out, err);
    case RK_ENTRY_PUBLICATION:
        return put_publication(entry, out, err);
    case RK_ENTRY_PHOTOS:
        return rk_js_photos_entry(entry, out, err);
    case RK_ENTRY_READING:
        return rk_js_reading_entry(e, entry, out, err);
    }
    return rk_fail(err, RK_CORRUPT, "an entry of unknown kind");
}

/* The key that must have signed the entry itself, and the entry that brought the key. */
static void put_signer(const rk_election *e, rk_slice entry, rk_buf *out) {
    rk_entry_head h;
    const rk_signing_key *k = NULL;
    if (rk_entry_get_head(entry, &h, NULL) == RK_OK && h.version == 2)
        k = rk_keyring_find(&e->keys, h.actor.key_id);
    rk_js_key(out, "penanda");
    if (!k) {
        rk_buf_lit(out, "null");
        return;
    }
    rk_buf_byte(out, '{');
    rk_js_num(out, "entri", k->first ? k->first - 1 : 0);
    rk_js_key(out, "kunci");
    rk_publish_key(e, k, out);
    rk_buf_byte(out, '}');
}

rk_status rk_api_entry(const rk_election *e, uint64_t index, const rk_api_log *log, rk_buf *out,
                       rk_err *err) {
    static const char *const name[] = {"",      "pemilu",    "dokumen", "batch", "formulir",
                                       "kunci", "publikasi", "foto",    "baca"};
    rk_buf entry;
    enum rk_entry_kind kind;
    if (index >= e->size)
        return rk_fail(err, RK_NOT_FOUND, "the log has %llu entries",
                       (unsigned long long)e->size);
    rk_buf_init(&entry, RK_ENTRY_MAX);
    rk_status s = log->get(log->ctx, index, &entry, err);
    rk_slice bytes = rk_buf_slice(&entry);
    if (s == RK_OK) s = rk_entry_kind_of(bytes, &kind, err);
    if (s == RK_OK) {
        rk_buf_byte(out, '{');
        rk_js_num(out, "entri", index);
        rk_js_num(out, "versi", (uint8_t)bytes.ptr[0]);
        rk_js_text(out, "jenis", rk_slice_str(name[kind]));
        s = put_kind(e, bytes, index, kind, log, out, err);
        put_signer(e, bytes, out);
        rk_js_key(out, "mentah");
        rk_buf_byte(out, '"');
        rk_buf_base64(out, bytes);
        rk_buf_lit(out, "\"}");
    }
    rk_buf_free(&entry);
    return s;
}
