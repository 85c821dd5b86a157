#include "published.h"

#include "base/mem.h"
#include "core/checkpoint.h"
#include "core/formcsv.h"
#include "core/manifest.h"
#include "core/tile.h"
#include "publish/api_photo.h"
#include "reading.h"
#include "publish/sirekap.h"
#include "publish/tables.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { TIME = 1713000000 };

static void ok(rk_status s, const rk_err *err) {
    if (s == RK_OK) return;
    fprintf(stderr, "published: %s: %s\n", rk_status_name(s), err->text);
    abort();
}

/* ===== keys ===== */

static rk_ed25519_seed seed(uint8_t with) {
    rk_ed25519_seed s;
    memset(s.b, with, sizeof s.b);
    return s;
}

static void make_signer(const char *name, enum rk_key_type type, uint8_t with, rk_signer *out) {
    rk_err err = RK_ERR_INIT;
    rk_ed25519_seed s = seed(with);
    ok(rk_signer_new(rk_slice_str(name), type, &s, out, &err), &err);
}

static rk_ed25519_public make_key(uint8_t with, rk_ed25519_secret *secret, uint64_t *id) {
    rk_ed25519_public key;
    rk_ed25519_seed s = seed(with);
    rk_ed25519_key(&s, secret, &key);
    *id = rk_entry_key_id(&key);
    return key;
}

static rk_entry_head head(const published *p, bool importer) {
    rk_entry_head h = {.version = p->is_signed ? 2 : 1, .time = TIME};
    h.actor.role = importer && p->is_signed ? RK_LIT("impor") : RK_LIT("pengelola");
    if (p->is_signed) h.actor.key_id = importer ? p->importer_id : p->admin_id;
    return h;
}

/* ===== entries ===== */

void published_add(published *p, rk_slice entry) {
    if (p->n == p->cap) {
        p->cap = p->cap ? p->cap * 2 : 1024;
        p->at = rk_realloc(p->at, p->cap, sizeof *p->at);
        p->len = rk_realloc(p->len, p->cap, sizeof *p->len);
    }
    rk_buf_byte(&p->all, (char)(entry.len >> 8));
    rk_buf_byte(&p->all, (char)(entry.len & 255));
    p->at[p->n] = p->all.len;
    p->len[p->n++] = (uint32_t)entry.len;
    rk_buf_add(&p->all, entry);
    RK_ASSERT(!p->all.failed);
}

rk_slice published_entry(const published *p, uint64_t i) {
    return (rk_slice){p->all.ptr + p->at[i], p->len[i]};
}

static void sign_and_add(published *p, rk_buf *b, bool importer) {
    if (p->is_signed && b->ptr[0] == 2)
        rk_entry_sign(b, 0, p->id, importer ? &p->importer : &p->admin);
    published_add(p, rk_buf_slice(b));
    rk_buf_clear(b);
}

void published_new(published *p, const char *id, bool is_signed) {
    static const char *const names[] = {"bawaslu.example/w1", "univ.example/w1",
                                        "lsm.example/w1"};
    rk_err err = RK_ERR_INIT;
    rk_buf b;
    *p = (published){.id = rk_slice_str(id), .is_signed = is_signed};
    rk_buf_init(&p->all, (size_t)8 << 30);
    rk_buf_init(&b, RK_ENTRY_MAX);
    make_signer(id, RK_KEY_ED25519, 1, &p->log);
    for (int i = 0; i < PUBLISHED_WITNESSES; i++)
        make_signer(names[i], RK_KEY_COSIGN, (uint8_t)(2 + i), &p->witness[i]);
    rk_ed25519_public admin = make_key(7, &p->admin, &p->admin_id),
                      importer = make_key(8, &p->importer, &p->importer_id);
    rk_election_entry e = {.head = head(p, false),
                           .id = p->id,
                           .name = RK_LIT("Pemilu uji"),
                           .date = RK_LIT("2024-02-14"),
                           .log_key = p->log.verifier.key,
                           .admin_key = admin};
    ok(rk_entry_put_election(&e, &b, &err), &err);
    sign_and_add(p, &b, false);
    if (is_signed) {
        rk_key_entry k = {.head = head(p, false),
                          .action = RK_KEY_ADD,
                          .use = RK_KEY_ENTRIES,
                          .role = RK_LIT("impor"),
                          .key = importer};
        ok(rk_entry_put_key(&k, &b, &err), &err);
        sign_and_add(p, &b, false);
    }
    rk_buf_free(&b);
}

void published_free(published *p) {
    for (uint32_t i = 0; i < p->n_file; i++) rk_free(p->path[i]);
    rk_free(p->path);
    rk_free(p->sha256);
    rk_free(p->at);
    rk_free(p->len);
    rk_buf_free(&p->all);
    rk_election_free(&p->e);
}

void published_document(published *p, enum rk_document type, const char *contest,
                        const char *label, rk_slice bytes) {
    uint32_t parts = (uint32_t)((bytes.len + RK_DOCUMENT_PART - 1) / RK_DOCUMENT_PART);
    rk_buf b;
    rk_buf_init(&b, RK_ENTRY_MAX);
    for (uint32_t i = 0; i < parts; i++) {
        rk_err err = RK_ERR_INIT;
        rk_slice rest = rk_slice_from(bytes, (size_t)i * RK_DOCUMENT_PART);
        if (rest.len > RK_DOCUMENT_PART) rest.len = RK_DOCUMENT_PART;
        rk_document_entry d = {.head = head(p, false),
                               .type = type,
                               .contest = rk_slice_str(contest),
                               .label = rk_slice_str(label),
                               .sha256 = rk_sha256_of(bytes),
                               .part = i,
                               .parts = parts,
                               .bytes = rest};
        ok(rk_entry_put_document(&d, &b, &err), &err);
        sign_and_add(p, &b, false);
    }
    rk_buf_free(&b);
}

/* ===== forms ===== */

/* The election as far as its entries go. */
rk_election *published_election(published *p) {
    rk_err err = RK_ERR_INIT;
    if (!p->e) p->e = rk_election_new();
    rk_election_bulk(p->e);
    for (uint64_t i = p->e->size; i < p->n;) {
        rk_slice block[256];
        size_t k = 0;
        for (; k < 256 && i < p->n; i++) block[k++] = published_entry(p, i);
        ok(rk_election_apply(p->e, block, k, &err), &err);
    }
    rk_election_settle(p->e);
    return p->e;
}

struct rows {
    published *p;
    const rk_contest *c;
    rk_formcsv csv;
    uint32_t *column; /* per figure of the CSV: the contest's column */
    uint32_t *cell;
    rk_slice contest;
    rk_buf b;
};

static void problem(void *ctx, const rk_problem *x) {
    (void)ctx;
    fprintf(stderr, "published: line %zu: %s\n", x->line, x->reason);
    abort();
}

static uint32_t column_of(const rk_contest *c, rk_slice name) {
    uint32_t f = rk_contest_field(c, name);
    return f == RK_NONE ? rk_contest_choice(c, 0, rk_slice_from(name, 6)) : f;
}

static rk_form form_of(struct rows *r, size_t row) {
    rk_err err = RK_ERR_INIT;
    for (uint32_t i = 0; i < r->c->n_col; i++) r->cell[i] = RK_ABSENT;
    for (uint32_t i = 0; i < r->csv.n_figure; i++)
        r->cell[r->column[i]] = r->csv.value[row * r->csv.stride + r->csv.figure[i]];
    rk_form f = {.contest = r->contest,
                 .tps = rk_formcsv_text(&r->csv, row, r->csv.tps),
                 .cell = r->cell,
                 .n_cell = r->c->n_col};
    uint32_t tps, desa;
    (void)rk_election_place(r->p->e, f.tps, (rk_slice){0}, &tps, &desa, &err);
    if (tps == RK_NONE && desa == RK_NONE) f.desa = rk_formcsv_text(&r->csv, row, r->csv.desa);
    return f;
}

static void one_by_one(struct rows *r) {
    rk_err err = RK_ERR_INIT;
    while (rk_formcsv_next(&r->csv))
        for (size_t i = 0; i < r->csv.rows; i++) {
            rk_form f = form_of(r, i);
            f.batch = RK_NO_BATCH;
            f.head = head(r->p, true);
            ok(rk_entry_put_form(&f, r->p->n, &r->b, &err), &err);
            sign_and_add(r->p, &r->b, true);
        }
}

/* The forms are made first, since the batch's root stands before them. */
static void in_batch(struct rows *r, rk_slice bytes) {
    rk_err err = RK_ERR_INIT;
    published *p = r->p;
    uint64_t batch = p->n, n = 0;
    rk_buf forms;
    rk_frontier tree = {0};
    rk_buf_init(&forms, (size_t)4 << 30);
    while (rk_formcsv_next(&r->csv))
        for (size_t i = 0; i < r->csv.rows; i++, n++) {
            rk_form f = form_of(r, i);
            f.batch = batch;
            f.head.version = 1;
            ok(rk_entry_put_form(&f, batch + 1 + n, &r->b, &err), &err);
            rk_sha256 leaf = rk_merkle_leaf(rk_buf_slice(&r->b));
            rk_frontier_append(&tree, &leaf);
            rk_buf_u16(&forms, (uint16_t)r->b.len);
            rk_buf_add(&forms, rk_buf_slice(&r->b));
            rk_buf_clear(&r->b);
        }
    rk_batch_entry x = {.head = head(p, true),
                        .contest = r->contest,
                        .source = RK_LIT("forms.csv"),
                        .sha256 = rk_sha256_of(bytes),
                        .forms = n,
                        .root = rk_frontier_root(&tree)};
    ok(rk_entry_put_batch(&x, &r->b, &err), &err);
    sign_and_add(p, &r->b, true);
    for (rk_slice rest = rk_buf_slice(&forms); rest.len;) {
        size_t len = (size_t)(uint8_t)rest.ptr[0] | (size_t)(uint8_t)rest.ptr[1] << 8;
        published_add(p, (rk_slice){rest.ptr + 2, len});
        rest = rk_slice_from(rest, 2 + len);
    }
    rk_buf_free(&forms);
}

void published_forms(published *p, const char *contest, rk_slice csv, bool batch) {
    rk_err err = RK_ERR_INIT;
    rk_election *e = published_election(p);
    uint32_t k = rk_election_contest(e, rk_slice_str(contest));
    RK_ASSERT(k != RK_NONE);
    struct rows r = {.p = p, .c = e->tally[k].contest, .contest = rk_slice_str(contest)};
    ok(rk_formcsv_open(&r.csv, csv, RK_VALUE_MAX, RK_ABSENT, problem, NULL, &err), &err);
    r.column = rk_calloc(r.csv.n_figure + 1, sizeof *r.column);
    r.cell = rk_calloc(r.c->n_col + 1, sizeof *r.cell);
    for (uint32_t i = 0; i < r.csv.n_figure; i++) {
        r.column[i] = column_of(r.c, r.csv.name[r.csv.figure[i]]);
        RK_ASSERT(r.column[i] != RK_NONE);
    }
    rk_buf_init(&r.b, RK_ENTRY_MAX);
    if (batch)
        in_batch(&r, csv);
    else
        one_by_one(&r);
    rk_formcsv_close(&r.csv);
    rk_buf_free(&r.b);
    rk_free(r.column);
    rk_free(r.cell);
}

/* ===== photos ===== */

rk_entry_head published_head(const published *p) { return head(p, true); }
void published_sign(published *p, rk_buf *entry) { sign_and_add(p, entry, true); }

static void add_by_reader(published *p, rk_buf *b) {
    rk_entry_sign(b, 0, p->id, &p->reader);
    published_add(p, rk_buf_slice(b));
    rk_buf_clear(b);
}

static rk_entry_head reader_head(const published *p) {
    return (rk_entry_head){
        .version = 2, .time = TIME + 100, .actor = {RK_ROLE_READER, p->reader_id}};
}

static void add_reader(published *p, rk_buf *b) {
    rk_err err = RK_ERR_INIT;
    rk_ed25519_public key = make_key(9, &p->reader, &p->reader_id);
    rk_key_entry k = {.head = head(p, false),
                      .action = RK_KEY_ADD,
                      .use = RK_KEY_ENTRIES,
                      .role = RK_ROLE_READER,
                      .key = key};
    ok(rk_entry_put_key(&k, b, &err), &err);
    sign_and_add(p, b, false);
}

/* Figures of the reading that was just added, as a form. */
static void repeat_reading(published *p, const rk_reading_entry *x, const uint32_t *value,
                           rk_buf *b) {
    rk_err err = RK_ERR_INIT;
    rk_election *e = published_election(p);
    const rk_tally *t = &e->tally[rk_election_contest(e, x->contest)];
    uint32_t cell[RK_COLUMNS_MAX], tps, desa;
    ok(rk_election_place(e, x->tps, (rk_slice){0}, &tps, &desa, &err), &err);
    if (rk_tally_row(t, tps) && !t->state[tps].by_machine) return;
    for (uint32_t i = 0; i < t->contest->n_col; i++)
        cell[i] = value[i] == RK_NOT_READ ? RK_ABSENT : value[i];
    rk_form f = {.head = reader_head(p),
                 .batch = RK_NO_BATCH,
                 .contest = x->contest,
                 .tps = x->tps,
                 .cell = cell,
                 .n_cell = t->contest->n_col,
                 .reading1 = (uint32_t)p->n};
    ok(rk_entry_put_form(&f, p->n, b, &err), &err);
    add_by_reader(p, b);
}

void published_photos(published *p, const char *contest, const char *tps, uint32_t n,
                      uint8_t state, const uint32_t *value) {
    rk_err err = RK_ERR_INIT;
    rk_photos_entry *photos = rk_alloc(sizeof *photos);
    rk_reading_entry *x = rk_alloc(sizeof *x);
    rk_election *e = published_election(p);
    uint32_t cols = e->tally[rk_election_contest(e, rk_slice_str(contest))].contest->n_col;
    rk_buf b;
    rk_buf_init(&b, RK_ENTRY_MAX);
    RK_ASSERT(p->is_signed);
    if (!p->reader_id) add_reader(p, &b);
    reading_photos(photos, rk_slice_str(contest), rk_slice_str(tps), n, (uint32_t)p->n * 64);
    photos->head = reader_head(p);
    ok(rk_entry_put_photos(photos, &b, &err), &err);
    add_by_reader(p, &b);
    if (state) {
        reading_of(x, rk_slice_str(contest), rk_slice_str(tps), p->n - 1, n, state, value,
                   cols);
        x->head = reader_head(p);
        ok(rk_entry_put_reading(x, &b, &err), &err);
        add_by_reader(p, &b);
    }
    if (state == RK_READ_ACCEPTED && x->state == state) repeat_reading(p, x, value, &b);
    rk_buf_free(&b);
    rk_free(photos);
    rk_free(x);
}

/* ===== the log ===== */

void published_checkpoint(const published *p, uint64_t size, const rk_sha256 *root,
                          const rk_signer *signer, unsigned witnesses, rk_buf *out) {
    rk_err err = RK_ERR_INIT;
    rk_checkpoint c = {.origin = p->id, .size = size, .root = *root};
    rk_buf text;
    rk_buf_init(&text, 4096);
    ok(rk_checkpoint_sign(&c, signer, 1, out, &err), &err);
    ok(rk_checkpoint_put(&c, &text, &err), &err);
    for (unsigned i = 0; i < witnesses; i++)
        ok(rk_note_sign(rk_buf_slice(&text), &p->witness[i], TIME + 60 + i, out, &err), &err);
    rk_buf_free(&text);
}

static void put(published_fn *fn, void *ctx, rk_tile t, rk_slice bytes) {
    char path[RK_TILE_PATH_MAX + 8] = "log/", *end = rk_tile_path_put(path + 4, t);
    fn(ctx, (rk_slice){path, (size_t)(end - path)}, bytes);
}

void published_log(published *p, unsigned witnesses, published_fn *fn, void *ctx) {
    rk_sha256 *hash = rk_calloc(p->n + 1, sizeof *hash), root;
    rk_frontier f = {0};
    rk_buf note;
    for (uint64_t i = 0; i < p->n; i++) {
        hash[i] = rk_merkle_leaf(published_entry(p, i));
        rk_frontier_append(&f, &hash[i]);
    }
    root = rk_frontier_root(&f);
    for (uint64_t i = 0; i < p->n; i += 256) {
        uint64_t w = p->n - i < 256 ? p->n - i : 256, from = p->at[i] - 2,
                 to = p->at[i + w - 1] + p->len[i + w - 1];
        put(fn, ctx, (rk_tile){.entries = true, .width = (uint16_t)w, .index = i / 256},
            (rk_slice){p->all.ptr + from, to - from});
    }
    uint64_t n = p->n;
    for (unsigned level = 0; n; level++) {
        for (uint64_t i = 0; i < n; i += 256) {
            uint64_t w = n - i < 256 ? n - i : 256;
            put(fn, ctx,
                (rk_tile){.level = (uint8_t)level, .width = (uint16_t)w, .index = i / 256},
                (rk_slice){(char *)&hash[i], w * sizeof *hash});
        }
        for (uint64_t i = 0; i < n / 256; i++)
            hash[i] = rk_tile_hash((rk_slice){(char *)&hash[i * 256], 8192}, 8, 0);
        n /= 256;
    }
    rk_buf_init(&note, RK_NOTE_MAX);
    published_checkpoint(p, p->n, &root, &p->log, witnesses, &note);
    fn(ctx, RK_LIT("log/checkpoint"), rk_buf_slice(&note));
    rk_buf_free(&note);
    rk_free(hash);
}

/* ===== documents ===== */

struct out {
    published *p;
    published_fn *fn;
    void *ctx;
    rk_buf b;
};

static void emit(struct out *o, rk_slice path) {
    published *p = o->p;
    RK_ASSERT(!o->b.failed);
    o->fn(o->ctx, path, rk_buf_slice(&o->b));
    if (p->n_file == p->cap_file) {
        p->cap_file = p->cap_file ? p->cap_file * 2 : 256;
        p->path = rk_realloc(p->path, p->cap_file, sizeof *p->path);
        p->sha256 = rk_realloc(p->sha256, p->cap_file, sizeof *p->sha256);
    }
    char *copy = rk_alloc(path.len + 1);
    memcpy(copy, path.ptr, path.len);
    p->path[p->n_file] = copy;
    p->sha256[p->n_file++] = rk_sha256_of(rk_buf_slice(&o->b));
    rk_buf_clear(&o->b);
}

__attribute__((format(printf, 2, 3))) static void emit_as(struct out *o, const char *fmt, ...) {
    char path[512];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(path, sizeof path, fmt, ap);
    va_end(ap);
    emit(o, (rk_slice){path, (size_t)n});
}

static rk_status sirekap(void *ctx, rk_slice path, rk_err *err) {
    struct out *o = ctx;
    rk_document_info info;
    RK_TRY(rk_sirekap_render(o->p->e, path, &o->b, &info, err));
    emit(o, path);
    return RK_OK;
}

static rk_status get_entry(void *ctx, uint64_t index, rk_buf *out, rk_err *err) {
    (void)err;
    rk_buf_add(out, published_entry(ctx, index));
    return RK_OK;
}

static void tables(struct out *o, uint32_t k) {
    rk_election *e = o->p->e;
    rk_err err = RK_ERR_INIT;
    rk_sink sink = rk_sink_buf(&o->b);
    rk_slice c = rk_code_slice(&e->tally[k].contest->code);
    ok(rk_table_recap(e, &(rk_recap_query){k, 0, -1}, RK_FORMAT_CSV, &sink, &err), &err);
    emit_as(o, "api/v1/kontes/%.*s/rekap.csv", RK_FMT(c));
    ok(rk_table_stations(e, k, &sink, &err), &err);
    emit_as(o, "api/v1/kontes/%.*s/tps.csv", RK_FMT(c));
    if (o->p->reader_id) {
        ok(rk_table_every_station(e, k, &sink, &err), &err);
        emit_as(o, "api/v1/kontes/%.*s/rilis/tps.csv", RK_FMT(c));
    }
    ok(rk_table_findings(e, k, 0, (rk_slice){0}, RK_FORMAT_CSV, &sink, &err), &err);
    emit_as(o, "api/v1/kontes/%.*s/temuan.csv", RK_FMT(c));
    ok(rk_table_comparison(e, k, RK_FORMAT_CSV, &sink, &err), &err);
    emit_as(o, "api/v1/kontes/%.*s/banding.csv", RK_FMT(c));
}

static void api(struct out *o, uint32_t k) {
    rk_election *e = o->p->e;
    rk_err err = RK_ERR_INIT;
    rk_api_log log = {get_entry, o->p};
    rk_slice c = rk_code_slice(&e->tally[k].contest->code);
    for (uint32_t i = 0; i < e->tree->n; i++) {
        rk_api_region(e, k, i, &o->b);
        emit_as(o, "api/v1/kontes/%.*s/wilayah/%.*s.json", RK_FMT(c),
                RK_FMT(rk_tree_code(e->tree, i)));
    }
    for (uint32_t i = 0; i < e->tree->n_tps; i++) {
        rk_slice tps = rk_code_slice(&e->tree->tps_code[i]);
        ok(rk_api_station(e, k, i, &log, &o->b, &err), &err);
        emit_as(o, "api/v1/kontes/%.*s/tps/%.*s.json", RK_FMT(c), RK_FMT(tps));
        if (!rk_tally_photos(&e->tally[k], i)) continue;
        ok(rk_api_reading(e, k, i, &log, &o->b, &err), &err);
        emit_as(o, "api/v1/kontes/%.*s/tps/%.*s/baca.json", RK_FMT(c), RK_FMT(tps));
    }
    rk_api_findings(e, k, &(rk_api_findings_query){0, RK_NONE, 0, 100}, &o->b);
    emit_as(o, "api/v1/kontes/%.*s/temuan.json", RK_FMT(c));
    ok(rk_api_comparison(e, k, &o->b, &err), &err);
    emit_as(o, "api/v1/kontes/%.*s/banding.json", RK_FMT(c));
    rk_api_contest(e, k, &o->b);
    emit_as(o, "api/v1/kontes/%.*s.json", RK_FMT(c));
}

void published_documents(published *p, published_fn *fn, void *ctx) {
    rk_err err = RK_ERR_INIT;
    struct out o = {.p = p, .fn = fn, .ctx = ctx};
    rk_election *e = published_election(p);
    rk_buf_init(&o.b, (size_t)1 << 30);
    rk_sink sink = rk_sink_buf(&o.b);
    ok(rk_sirekap_paths(e, sirekap, &o, &err), &err);
    for (uint32_t k = 0; k < e->n_contest; k++) tables(&o, k), api(&o, k);
    ok(rk_table_regions(e, &sink, &err), &err);
    emit_as(&o, "api/v1/wilayah.csv");
    rk_api_election(e, (rk_slice){0}, &o.b);
    emit_as(&o, "api/v1/index.json");
    rk_buf_free(&o.b);
}

/* ===== the manifest ===== */

static const published *sorting;
static int by_path(const void *a, const void *b) {
    return strcmp(sorting->path[*(const uint32_t *)a], sorting->path[*(const uint32_t *)b]);
}

void published_manifest(published *p, published_fn *fn, void *ctx) {
    rk_err err = RK_ERR_INIT;
    uint32_t *order = rk_calloc(p->n_file + 1, sizeof *order);
    rk_buf list, index, text, note;
    rk_frontier f = {0};
    for (uint32_t i = 0; i < p->n_file; i++) order[i] = i;
    sorting = p;
    qsort(order, p->n_file, sizeof *order, by_path);
    rk_buf_init(&list, 1 << 28), rk_buf_init(&index, 1 << 20);
    rk_buf_init(&text, 4096), rk_buf_init(&note, RK_NOTE_MAX);
    for (unsigned k = 0; k < 256; k++) {
        rk_buf_clear(&list);
        for (uint32_t i = 0; i < p->n_file; i++) {
            rk_slice path = rk_slice_str(p->path[order[i]]);
            if (rk_manifest_list_of(path) == k)
                rk_manifest_line_put(&(rk_manifest_line){p->sha256[order[i]], path}, &list);
        }
        if (list.len == 0) continue;
        char name[32];
        snprintf(name, sizeof name, "manifest/%02x", k);
        rk_manifest_line_put(
            &(rk_manifest_line){rk_sha256_of(rk_buf_slice(&list)), rk_slice_str(name)}, &index);
        fn(ctx, rk_slice_str(name), rk_buf_slice(&list));
    }
    for (uint64_t i = 0; i < p->n; i++) {
        rk_sha256 leaf = rk_merkle_leaf(published_entry(p, i));
        rk_frontier_append(&f, &leaf);
    }
    fn(ctx, RK_LIT("manifest/index"), rk_buf_slice(&index));
    rk_manifest_put(&(rk_manifest_note){p->id, p->n, rk_frontier_root(&f),
                                        rk_sha256_of(rk_buf_slice(&index))},
                    &text);
    rk_note_begin(rk_buf_slice(&text), &note);
    ok(rk_note_sign(rk_buf_slice(&text), &p->log, 0, &note, &err), &err);
    fn(ctx, RK_LIT("manifest/note"), rk_buf_slice(&note));
    rk_buf_free(&list), rk_buf_free(&index), rk_buf_free(&text), rk_buf_free(&note);
    rk_free(order);
}

void published_policy(const published *p, unsigned need, rk_buf *out) {
    rk_buf_lit(out, "log ");
    rk_verifier_put(&p->log.verifier, out);
    for (unsigned i = 0; i < PUBLISHED_WITNESSES; i++) {
        rk_buf_printf(out, "\nwitness w%u ", i);
        rk_verifier_put(&p->witness[i].verifier, out);
    }
    rk_buf_printf(out, "\ngroup saksi %u w0 w1 w2\nquorum saksi\n", need);
}
