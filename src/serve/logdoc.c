#include "serve/logdoc.h"

#include "base/base64.h"
#include "core/line.h"
#include "core/proof.h"
#include "core/tile.h"
#include "files/files.h"
#include "intake/cosigned.h"
#include "intake/statement.h"
#include "publish/api_inner.h"
#include "publish/api_log.h"
#include "publish/logtree.h"
#include "serve/shown_host.h"

#include <stdio.h>

bool rk_logdoc_is(enum rk_route_kind k) { return k >= RK_ROUTE_LOG && k <= RK_ROUTE_TILE; }

const uint64_t *rk_logdoc_version(const rk_site *s, const rk_route *r) {
    return &s->served[r->election].log.version;
}

/* A number of the path: one spelling. */
static rk_status number_of(const rk_route *r, uint64_t *out, rk_err *err) {
    return rk_line_number(r->code, RK_LOG_SIZE_MAX, out)
               ? RK_OK
               : rk_fail(err, RK_NOT_FOUND, "'%.*s' is not the number of an entry",
                         (int)(r->code.len < 40 ? r->code.len : 40), r->code.ptr);
}

static rk_status get(void *ctx, uint64_t index, rk_buf *out, rk_err *err) {
    return rk_store_get(ctx, index, out, err);
}

static void hash_lines(rk_buf *out, const rk_merkle_proof *p) {
    for (uint32_t i = 0; i < p->n; i++) {
        rk_buf_base64(out, (rk_slice){(const char *)p->hash[i].b, sizeof p->hash[i].b});
        rk_buf_byte(out, '\n');
    }
}

/* ===== api/v1/log ===== */

static void base64(rk_buf *b, const char *key, const rk_sha256 *h) {
    char text[RK_BASE64_LEN(32)];
    (void)rk_base64_put(text, (rk_slice){(const char *)h->b, sizeof h->b});
    rk_js_text(b, key, (rk_slice){text, sizeof text});
}

static void witness(const rk_report_witness *w, const rk_policy *p, uint32_t i, rk_buf *out) {
    rk_js_item(out);
    rk_buf_byte(out, '{');
    rk_js_text(out, "nama", rk_slice_str(w->name));
    rk_js_text(out, "sebutan", p && i < p->n_witness ? p->witness_name[i] : (rk_slice){0});
    rk_js_text(out, "keadaan", rk_slice_str(rk_gather_state_name(w->state)));
    rk_js_time(out, "sejak", (uint32_t)w->since);
    rk_js_num(out, "ukuran", w->size);
    rk_js_time(out, "waktu", (uint32_t)w->time);
    rk_js_text(out, "pesan", rk_slice_str(w->text));
    rk_buf_byte(out, '}');
}

/* Before the first round the policy's witnesses are not asked yet. */
static void witnesses(const rk_served_log *l, rk_buf *out) {
    rk_policy *p = NULL;
    if (l->policy.len) (void)rk_policy_parse(rk_buf_slice(&l->policy), &p, NULL);
    rk_js_key(out, "saksi");
    rk_buf_byte(out, '[');
    for (uint32_t i = 0; l->has_report && i < l->report.n; i++)
        witness(&l->report.witness[i], p, i, out);
    for (uint32_t i = 0; !l->has_report && p && i < p->n_witness; i++) {
        rk_report_witness w = {.state = RK_GATHER_UNASKED};
        memcpy(w.name, p->witness[i].name, p->witness[i].name_len);
        witness(&w, p, i, out);
    }
    rk_buf_byte(out, ']');
    rk_js_time(out, "ditanya", l->has_report ? (uint32_t)l->report.time : 0);
    rk_js_text(out, "masalah", rk_slice_str(l->has_report ? l->report.problem : ""));
    rk_js_key(out, "kebijakan");
    if (p)
        rk_buf_json(out, rk_buf_slice(&l->policy));
    else
        rk_buf_lit(out, "null");
    rk_policy_free(&p);
}

/* The log's own keys and the pengelola's; of the other roles how many there are: an election
 * may have a key for each station. kunci.json of the published tree lists all. */
static void keys(const rk_election *e, rk_buf *out) {
    uint64_t others = 0;
    rk_js_key(out, "kunci");
    rk_buf_byte(out, '[');
    for (uint32_t i = 0; i < e->keys.n; i++) {
        const rk_signing_key *k = &e->keys.key[i];
        bool listed =
            k->use == RK_KEY_CHECKPOINTS || rk_slice_eq(rk_signing_key_role(k), RK_ROLE_ADMIN);
        others += !listed;
        if (!listed) continue;
        rk_js_item(out);
        rk_publish_key(e, k, out);
    }
    rk_buf_byte(out, ']');
    rk_js_num(out, "kunci_lain", others);
}

static void alarms(const rk_served_log *l, rk_buf *out) {
    rk_slice rest = rk_buf_slice(&l->alarm), line = {NULL, 0};
    rk_js_key(out, "bahaya");
    rk_buf_byte(out, '[');
    while (rk_slice_cut(&rest, '\n', &line)) {
        if (!line.len) continue;
        rk_js_item(out);
        rk_buf_json(out, line);
    }
    if (l->seen.len) {
        rk_js_item(out);
        rk_buf_json(out, RK_LIT("seen"));
    }
    rk_buf_byte(out, ']');
}

/* What the processes that work for this election asked of the gate, and were refused. */
static void outflow(const char *dir, rk_buf *out) {
    static rk_outflow o;
    rk_keluar_read(dir, &o);
    rk_js_key(out, "keluar");
    rk_buf_byte(out, '{');
    rk_js_num(out, "diminta", o.asked);
    rk_js_num(out, "ditolak", o.refused);
    rk_js_key(out, "terakhir");
    rk_buf_byte(out, '[');
    for (uint32_t i = 0; i < o.n && i < RK_REFUSALS_SHOWN; i++) {
        const rk_refusal *r = &o.last[i];
        char host[RK_SHOWN_HOST_MAX];
        rk_js_item(out);
        rk_buf_byte(out, '{');
        rk_js_time(out, "waktu", (uint32_t)r->last_time);
        rk_js_text(out, "aturan", rk_slice_str(rk_residency_rule_name(r->rule)));
        rk_js_text(out, "jenis", rk_slice_str(rk_target_kind_name(r->kind)));
        rk_js_text(out, "host", rk_shown_host(r, host));
        rk_js_num(out, "porta", r->port);
        rk_js_num(out, "kali", r->times);
        rk_buf_byte(out, '}');
    }
    rk_buf_lit(out, "]}");
}

static void state(const rk_election *e, const rk_served_log *l, const char *dir, rk_buf *out) {
    rk_note note;
    rk_checkpoint c = {0};
    if (rk_note_parse(rk_buf_slice(&l->shown), &note, NULL) == RK_OK)
        (void)rk_checkpoint_parse(note.text, &c, NULL);
    rk_buf_byte(out, '{');
    rk_js_text(out, "asal", e->id);
    rk_js_num(out, "ukuran", l->shown_size);
    base64(out, "akar", &c.root);
    rk_js_key(out, "checkpoint");
    if (l->is_signed)
        rk_buf_json(out, rk_buf_slice(&l->shown));
    else
        rk_buf_lit(out, "null");
    rk_js_num(out, "ukuran_terbaru", l->head.size);
    rk_js_key(out, "kuorum");
    if (!l->policy.len)
        rk_buf_lit(out, "null");
    else
        rk_buf_add(out, l->cosigned_size == l->shown_size ? RK_LIT("true") : RK_LIT("false"));
    witnesses(l, out);
    keys(e, out);
    alarms(l, out);
    outflow(dir, out);
    rk_buf_byte(out, '}');
}

/* ===== proofs ===== */

static rk_status proof(rk_served *v, const rk_route *r, rk_draft *d, rk_err *err) {
    const rk_served_log *l = &v->log;
    uint64_t index;
    RK_TRY(number_of(r, &index, err));
    rk_slice note = rk_buf_slice(index < l->shown_size ? &l->shown : &l->head.note);
    d->type = "text/plain; charset=utf-8";
    return rk_log_prove(v->store, index, note, &d->body, err);
}

static rk_status consistency(rk_served *v, const rk_route *r, rk_draft *d, rk_err *err) {
    rk_log_reader reader;
    rk_merkle_proof p;
    const rk_served_log *l = &v->log;
    if (!r->has_as_of || r->as_of > l->head.size || r->from > r->as_of || !r->from)
        return rk_fail(
            err, RK_BAD_INPUT,
            "parameters dari and ke must be sizes of the log, 1 to %llu, dari not the "
            "larger",
            (unsigned long long)l->head.size);
    rk_log_reader_init(&reader, v->store, l->head.size);
    rk_hash_reader hashes = rk_log_reader_hashes(&reader);
    rk_status s = rk_merkle_consistency(r->from, r->as_of, &hashes, &p, err);
    rk_log_reader_free(&reader);
    RK_TRY(s);
    d->type = "text/plain; charset=utf-8";
    d->life = RK_LIFE_FIXED;
    rk_buf_printf(&d->body, "rekap-konsistensi/v1\ndari %llu\nke %llu\n",
                  (unsigned long long)r->from, (unsigned long long)r->as_of);
    hash_lines(&d->body, &p);
    return RK_OK;
}

/* The batch that form `index` belongs to, as a tree. */
static rk_status batch_tree(rk_served *v, uint64_t batch, rk_err *err) {
    rk_batch_entry b;
    rk_buf bytes;
    rk_served_log *l = &v->log;
    if (l->batch.first == batch + 1) return RK_OK;
    rk_buf_init(&bytes, RK_ENTRY_MAX);
    rk_status s = rk_store_get(v->store, batch, &bytes, err);
    if (s == RK_OK) s = rk_entry_get_batch(rk_buf_slice(&bytes), &b, err);
    if (s == RK_OK && b.head.version != 2)
        s = rk_fail(err, RK_NOT_FOUND, "this log is not signed");
    if (s == RK_OK) {
        rk_batch_tree_free(&l->batch);
        s = rk_batch_tree_make(&l->batch, v->store, batch + 1, b.forms, l->head.size, &b.root,
                               err);
    }
    rk_buf_free(&bytes);
    return s;
}

static rk_status batch_proof(rk_served *v, const rk_route *r, rk_draft *d, rk_err *err) {
    uint64_t index;
    enum rk_entry_kind kind;
    rk_form f;
    static uint32_t cells[RK_COLUMNS_MAX];
    rk_buf bytes;
    rk_merkle_proof p;
    RK_TRY(number_of(r, &index, err));
    rk_buf_init(&bytes, RK_ENTRY_MAX);
    rk_status s = rk_store_get(v->store, index, &bytes, err);
    if (s == RK_OK) s = rk_entry_kind_of(rk_buf_slice(&bytes), &kind, err);
    if (s == RK_OK && kind != RK_ENTRY_FORM) s = RK_NOT_FOUND;
    if (s == RK_OK)
        s = rk_entry_get_form(rk_buf_slice(&bytes), index, cells, RK_COLUMNS_MAX, &f, err);
    rk_buf_free(&bytes);
    if (s == RK_NOT_FOUND || (s == RK_OK && f.batch == RK_NO_BATCH))
        return rk_fail(err, RK_NOT_FOUND, "entry %llu is no form of a batch",
                       (unsigned long long)index);
    RK_TRY(s);
    RK_TRY(batch_tree(v, f.batch, err));
    RK_TRY(rk_batch_tree_prove(&v->log.batch, index, v->log.head.size, &p, err));
    d->type = "text/plain; charset=utf-8";
    d->life = RK_LIFE_FIXED;
    rk_buf_printf(&d->body, "rekap-batch-bukti/v1\nindex %llu\nbatch %llu\n",
                  (unsigned long long)index, (unsigned long long)f.batch);
    hash_lines(&d->body, &p);
    return RK_OK;
}

static rk_status tile(rk_served *v, const rk_route *r, rk_draft *d, rk_err *err) {
    rk_tile t;
    if (!rk_tile_path_parse(r->rest, &t))
        return rk_fail(err, RK_NOT_FOUND, "the log has no such file");
    d->type = "application/octet-stream";
    d->life = RK_LIFE_TILE;
    return rk_log_tile(v->store, t, v->log.head.size, &d->body, err);
}

/* ===== statements of residency ===== */

static rk_status statements(const rk_served *v, rk_draft *d, rk_err *err) {
    rk_status s = rk_dir_file(v->dir, RK_STATEMENT_LIST, RK_PAGE_BYTES_MAX, &d->body, err);
    if (s == RK_NOT_FOUND) rk_buf_lit(&d->body, "{\"pernyataan\":[\n]}\n");
    return s == RK_NOT_FOUND ? RK_OK : s;
}

/* "2026-11-29" or "2026-11-29.csv". */
static rk_status statement(const rk_served *v, const rk_route *r, rk_draft *d, rk_err *err) {
    char file[64];
    bool csv = rk_slice_ends(r->code, RK_LIT(".csv"));
    rk_slice name = {r->code.ptr, r->code.len - (csv ? 4 : 0)};
    rk_err why = RK_ERR_INIT;
    if (!rk_statement_name_ok(name))
        return rk_fail(err, RK_NOT_FOUND, "no statement of residency has that name");
    snprintf(file, sizeof file, "residensi/%.*s%s", RK_FMT(name), csv ? ".csv" : ".json");
    if (csv) d->type = "text/csv; charset=utf-8";
    rk_status s = rk_dir_file(v->dir, file, RK_PAGE_BYTES_MAX, &d->body, &why);
    return s == RK_OK
               ? RK_OK
               : rk_fail(err, s, "there is no statement of residency %.*s", RK_FMT(name));
}

rk_status rk_logdoc_make(rk_site *s, const rk_route *r, rk_draft *d, rk_err *err) {
    rk_served *v = &s->served[r->election];
    rk_api_log log = {get, v->store};
    uint64_t index;
    d->modified = rk_now(); /* cosignatures and alarms come without an entry */
    if (r->kind == RK_ROUTE_STATEMENTS) return statements(v, d, err);
    if (r->kind == RK_ROUTE_STATEMENT) return statement(v, r, d, err);
    bool any = r->kind == RK_ROUTE_LOG || (v->store && r->kind == RK_ROUTE_LOG_ENTRY);
    if (!any && (!v->store || !v->log.is_signed))
        return rk_fail(err, RK_NOT_FOUND, "this log is not signed");
    switch (r->kind) {
    case RK_ROUTE_LOG:
        state(v->election, &v->log, v->dir, &d->body);
        return RK_OK;
    case RK_ROUTE_LOG_ENTRY:
        RK_TRY(
            number_of(r, &index, err)); /* not fixed: until when its key is in force changes */
        return rk_api_entry(v->election, index, &log, &d->body, err);
    case RK_ROUTE_LOG_PROOF:
        return proof(v, r, d, err);
    case RK_ROUTE_LOG_BATCH_PROOF:
        return batch_proof(v, r, d, err);
    case RK_ROUTE_LOG_CONSISTENCY:
        return consistency(v, r, d, err);
    case RK_ROUTE_CHECKPOINT:
        d->life = RK_LIFE_CHECKPOINT;
        d->type = "text/plain; charset=utf-8";
        rk_buf_add(&d->body, rk_buf_slice(&v->log.shown));
        return RK_OK;
    default:
        return tile(v, r, d, err);
    }
}
