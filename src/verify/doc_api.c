/* What the documents of API v1 must say (docs/api/v1.md). */
#include "verify/docs.h"

#include "base/mem.h"
#include "core/official.h"

#include <stdio.h>

struct api {
    const rk_view *v;
    rk_election *e;
    const rk_tree *tree;
    uint32_t k;
    rk_tally *t;
    const rk_contest *c;
    const rk_own *own;
};

static json_t *array_of(json_t *o, const char *key) {
    json_t *a = json_array();
    rk_j_put(o, key, a);
    return a;
}

static json_t *object_of(json_t *o, const char *key) {
    json_t *x = json_object();
    rk_j_put(o, key, x);
    return x;
}

static json_t *head(const struct api *p, uint32_t node) {
    json_t *o = json_object();
    rk_j_put(o, "kode", rk_j_text(rk_tree_code(p->tree, node)));
    rk_j_put(o, "nama", rk_j_text(p->tree->node[node].name));
    rk_j_put(o, "tingkat", rk_j_num(p->tree->node[node].level));
    return o;
}

static void ancestors(const struct api *p, json_t *o, uint32_t node, bool self) {
    json_t *a = array_of(o, "leluhur");
    uint32_t at = self ? node : p->tree->node[node].parent;
    for (; at != RK_NONE; at = p->tree->node[at].parent)
        json_array_insert_new(a, 0, head(p, at));
}

static json_t *choice(const rk_choice *x) {
    json_t *o = json_object();
    rk_j_put(o, "kode", rk_j_text(rk_code_slice(&x->code)));
    rk_j_put(o, "id", rk_j_text(rk_code_slice(&x->id)));
    rk_j_put(o, "nomor", rk_j_num(x->number));
    rk_j_put(o, "nama", rk_j_text(x->name));
    rk_j_put(o, "warna", rk_j_text(x->colour));
    return o;
}

static const rk_ballot *ballot_at(const struct api *p, uint32_t node) {
    uint32_t b = p->t->ballot_of[node];
    return b == RK_NONE ? NULL : &p->c->ballot[b];
}

static void coverage(const struct api *p, json_t *o, uint32_t node) {
    json_t *x = object_of(o, "tps");
    const rk_count *n = &p->own->count[node];
    rk_j_put(x, "jumlah", rk_j_num(rk_tally_total(p->t, p->tree, node)));
    rk_j_put(x, "diterima", rk_j_num(n->forms));
    rk_j_put(x, "masuk", rk_j_num(n->counted));
    rk_j_put(x, "periksa", rk_j_num(n->review));
    if (p->t->n_received) rk_doc_photo_counts(o, n);
}

static void rules(const struct api *p, json_t *o, const char *key, uint32_t node) {
    json_t *x = object_of(o, key);
    for (uint32_t r = 0; r < p->c->n_rule; r++) {
        uint32_t n = p->own->rule[(size_t)node * p->c->n_rule + r];
        if (n) rk_j_set(x, rk_code_slice(&p->c->rule[r].id), rk_j_num(n));
    }
}

/* ===== a region ===== */

static unsigned vote_columns(const rk_contest *c, uint32_t column[3]) {
    const uint32_t all[3] = {c->col_valid, c->col_invalid, c->col_total};
    unsigned n = 0;
    for (unsigned i = 0; i < 3; i++)
        if (all[i] != RK_NONE) column[n++] = all[i];
    return n;
}

static json_t *child(const struct api *p, uint32_t node) {
    json_t *o = head(p, node);
    const uint64_t *sum = rk_view_sum(p->v, p->k, node);
    const rk_ballot *b = ballot_at(p, node);
    uint32_t column[3];
    unsigned n = vote_columns(p->c, column);
    coverage(p, o, node);
    json_t *fields = object_of(o, "medan"), *votes = object_of(o, "pilihan");
    for (unsigned i = 0; i < n; i++)
        rk_j_set(fields, p->c->field[column[i]], rk_j_num(sum[column[i]]));
    for (uint32_t i = 0; b && i < b->n; i++)
        rk_j_set(votes, rk_code_slice(&b->choice[i].code),
                 rk_j_num(sum[p->c->n_field + b->choice[i].slot]));
    return o;
}

static json_t *child_station(const struct api *p, uint32_t tps) {
    const uint32_t *row = rk_tally_row(p->t, tps);
    const rk_form_state *s = row ? &p->t->state[tps] : NULL;
    uint64_t broken = s ? s->broken : 0;
    const rk_ballot *b = ballot_at(p, p->tree->tps[tps].desa);
    uint32_t column[3];
    unsigned n = vote_columns(p->c, column);
    json_t *o = json_object();
    rk_j_put(o, "kode", rk_j_text(rk_code_slice(&p->tree->tps_code[tps])));
    rk_j_put(o, "nama", rk_j_station_name(p->tree, tps));
    rk_j_put(o, "tingkat", rk_j_num(RK_STATION));
    rk_j_put(o, "diterima", rk_j_bool(row != NULL));
    rk_j_put(o, "masuk", rk_j_bool(s && s->counted));
    rk_j_put(o, "periksa", rk_j_bool((broken & p->t->review_mask) != 0));
    rk_doc_photo_state(o, p->t, tps);
    json_t *fields = object_of(o, "medan"), *votes = object_of(o, "pilihan"),
           *found = array_of(o, "temuan");
    for (unsigned i = 0; i < n; i++)
        rk_j_set(fields, p->c->field[column[i]], rk_j_cell(row ? row[column[i]] : RK_ABSENT));
    for (uint32_t i = 0; b && i < b->n; i++)
        rk_j_set(votes, rk_code_slice(&b->choice[i].code),
                 rk_j_cell(row ? row[p->c->n_field + b->choice[i].slot] : RK_ABSENT));
    for (; broken; broken &= broken - 1)
        json_array_append_new(
            found, rk_j_text(rk_code_slice(&p->c->rule[__builtin_ctzll(broken)].id)));
    return o;
}

static void children(const struct api *p, json_t *o, uint32_t node) {
    const rk_region *r = &p->tree->node[node];
    json_t *a = array_of(o, "anak");
    for (uint32_t i = 0; r->level < RK_DESA && i < r->n_child; i++)
        json_array_append_new(a, child(p, p->tree->child[r->first_child + i]));
    if (r->level != RK_DESA) return;
    uint32_t *tps = rk_calloc(r->known + 1, sizeof *tps),
             n = rk_tree_tps_sorted(p->tree, node, tps);
    for (uint32_t i = 0; i < n; i++) json_array_append_new(a, child_station(p, tps[i]));
    rk_free(tps);
}

static json_t *region(const struct api *p, uint32_t node) {
    json_t *o = head(p, node);
    const uint64_t *sum = rk_view_sum(p->v, p->k, node);
    const rk_ballot *b = ballot_at(p, node);
    rk_j_put(o, "jenis", json_string(rk_level_name(p->tree->node[node].level)));
    ancestors(p, o, node, false);
    rk_j_put(o, "entri", rk_j_num(p->e->size));
    rk_j_put(o, "ts", rk_j_time(p->own->count[node].last_ts));
    coverage(p, o, node);
    json_t *fields = object_of(o, "medan"), *votes = array_of(o, "pilihan");
    for (uint32_t i = 0; i < p->c->n_field; i++)
        rk_j_set(fields, p->c->field[i], rk_j_num(sum[i]));
    for (uint32_t i = 0; b && i < b->n; i++) {
        json_t *x = choice(&b->choice[i]);
        rk_j_put(x, "suara", rk_j_num(sum[p->c->n_field + b->choice[i].slot]));
        json_array_append_new(votes, x);
    }
    rules(p, o, "temuan", node);
    children(p, o, node);
    return o;
}

/* ===== findings ===== */

static json_t *signed_num(int64_t v) { return json_integer((json_int_t)v); }

static void comparison_of(json_t *o, const rk_finding *f) {
    static const char *const sign[] = {[RK_EQ] = "= ", [RK_LE] = "<= ", [RK_GE] = ">= "};
    char text[40];
    snprintf(text, sizeof text, "%s%lld", sign[f->op], (long long)f->expected);
    rk_j_put(o, "medan", rk_j_text(f->field));
    rk_j_put(o, "harus", json_string(text));
    rk_j_put(o, "tertulis", signed_num(f->found));
}

static json_t *rule_name(const rk_rule *r) {
    json_t *o = json_object();
    rk_j_put(o, "id", rk_j_text(r->name_id));
    rk_j_put(o, "en", rk_j_text(r->name_en));
    return o;
}

static void station_finding(void *ctx, const rk_finding *f) {
    json_t *o = json_object();
    char severity[2] = {f->rule->severity, 0};
    rk_j_put(o, "aturan", rk_j_text(rk_code_slice(&f->rule->id)));
    rk_j_put(o, "berat", json_string(severity));
    rk_j_put(o, "nama", rule_name(f->rule));
    comparison_of(o, f);
    json_array_append_new(ctx, o);
}

struct list {
    const struct api *p;
    json_t *items;
    uint64_t left, done; /* done: rules of this station already listed */
    uint32_t tps;
};

static json_t *path_of(const struct api *p, uint32_t node) {
    rk_buf b;
    rk_buf_init(&b, (RK_NAME_MAX + 2) * RK_LEVELS);
    for (uint32_t at = node; at != RK_NONE && at != 0; at = p->tree->node[at].parent) {
        if (b.len) rk_buf_lit(&b, ", ");
        rk_buf_add(&b, p->tree->node[at].name);
    }
    json_t *s = rk_j_text(rk_buf_slice(&b));
    rk_buf_free(&b);
    return s;
}

static void list_finding(void *ctx, const rk_finding *f) {
    struct list *l = ctx;
    const struct api *p = l->p;
    uint64_t bit = 1ull << (f->rule - p->c->rule);
    char severity[2] = {f->rule->severity, 0};
    if (l->done & bit || l->left == 0) return;
    l->done |= bit;
    l->left--;
    json_t *o = json_object();
    rk_j_put(o, "tps", rk_j_text(rk_code_slice(&p->tree->tps_code[l->tps])));
    rk_j_put(o, "nama", rk_j_station_name(p->tree, l->tps));
    rk_j_put(o, "jalur", path_of(p, p->tree->tps[l->tps].desa));
    rk_j_put(o, "aturan", rk_j_text(rk_code_slice(&f->rule->id)));
    rk_j_put(o, "berat", json_string(severity));
    comparison_of(o, f);
    json_array_append_new(l->items, o);
}

static void list_below(struct list *l, uint32_t node) {
    const struct api *p = l->p;
    const rk_region *r = &p->tree->node[node];
    for (uint32_t i = 0; i < r->n_child; i++) list_below(l, p->tree->child[r->first_child + i]);
    if (r->level != RK_DESA || l->left == 0) return;
    uint32_t *tps = rk_calloc(r->known + 1, sizeof *tps),
             n = rk_tree_tps_sorted(p->tree, node, tps);
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t *row = rk_tally_row(p->t, tps[i]);
        if (!row || !p->t->state[tps[i]].broken) continue;
        l->tps = tps[i];
        l->done = 0;
        rk_rule_explain(p->c, p->t->ballot_of[node], row, p->t->abroad[node] != 0, list_finding,
                        l);
    }
    rk_free(tps);
}

/* What a path without parameters gives (docs/api/v1.md): the whole nation's, all rules, the
 * first page. */
enum { FIRST_PAGE = 100 };

static json_t *findings(const struct api *p) {
    json_t *o = json_object();
    struct list l = {.p = p, .items = json_array(), .left = FIRST_PAGE};
    uint64_t all = 0;
    for (uint32_t r = 0; r < p->c->n_rule; r++) all += p->own->rule[r];
    rk_j_put(o, "jumlah", rk_j_num(all));
    rk_j_put(o, "mulai", rk_j_num(0));
    rk_j_put(o, "banyak", rk_j_num(FIRST_PAGE));
    rules(p, o, "per_aturan", 0);
    list_below(&l, 0);
    rk_j_put(o, "temuan", l.items);
    return o;
}

/* ===== a station ===== */

/* The form at `index`, decoded into cells; its bytes stay in `entry`. */
static bool form_at(const struct api *p, uint64_t index, uint32_t *cells, rk_buf *entry,
                    rk_form *f) {
    rk_buf_clear(entry);
    return p->v->entry(p->v->ctx, index, entry, NULL) == RK_OK &&
           rk_entry_get_form(rk_buf_slice(entry), index, cells, p->c->n_col, f, NULL) == RK_OK;
}

static void key_and_evidence(json_t *o, uint64_t key_id, rk_slice evidence) {
    char hex[65] = {0};
    rk_sha256 h;
    snprintf(hex, sizeof hex, "%016llx", (unsigned long long)key_id);
    rk_j_put(o, "kunci", key_id ? json_string(hex) : json_null());
    json_t *a = array_of(o, "bukti");
    for (; evidence.len >= sizeof h; evidence = rk_slice_from(evidence, sizeof h)) {
        memcpy(&h, evidence.ptr, sizeof h);
        rk_sha256_put(hex, &h);
        json_array_append_new(a, json_stringn(hex, 64));
    }
}

/* What a form changed against the one before it. */
static json_t *changes(const struct api *p, uint32_t ballot, const rk_form *f,
                       const rk_form *before) {
    json_t *a = json_array();
    rk_buf name;
    rk_buf_init(&name, 4096);
    for (uint32_t i = 0; i < f->n_cell && i < before->n_cell; i++) {
        if (f->cell[i] == before->cell[i]) continue;
        json_t *o = json_object();
        rk_buf_clear(&name);
        rk_contest_column_name(p->c, ballot, i, &name);
        rk_j_put(o, "medan", rk_j_text(rk_buf_slice(&name)));
        rk_j_put(o, "dari", rk_j_cell(before->cell[i]));
        rk_j_put(o, "ke", rk_j_cell(f->cell[i]));
        json_array_append_new(a, o);
    }
    rk_buf_free(&name);
    return a;
}

static json_t *history_item(const struct api *p, uint64_t index, const rk_form *f) {
    rk_buf whole;
    rk_batch_entry b = {0};
    rk_entry_head h = f->head;
    json_t *o = json_object();
    rk_buf_init(&whole, RK_ENTRY_MAX);
    if (f->batch != RK_NO_BATCH && p->v->entry(p->v->ctx, f->batch, &whole, NULL) == RK_OK &&
        rk_entry_get_batch(rk_buf_slice(&whole), &b, NULL) == RK_OK) {
        h.time = h.time ? h.time : b.head.time;
        h.actor = h.actor.role.len ? h.actor : b.head.actor;
        h.reason = h.reason.len ? h.reason : b.head.reason;
        h.evidence = h.evidence.len ? h.evidence : b.head.evidence;
    }
    rk_j_put(o, "entri", rk_j_num(index));
    rk_j_put(o, "waktu", rk_j_time(h.time));
    rk_j_put(o, "peran", rk_j_text(h.actor.role));
    rk_j_put(o, "sumber", rk_j_text(b.source));
    rk_j_put(o, "alasan", rk_j_text(h.reason));
    key_and_evidence(o, h.actor.key_id, h.evidence);
    rk_buf_free(&whole);
    return o;
}

/* Newest first; each is held against the one after it in the list. */
static void history(const struct api *p, json_t *o, uint32_t tps) {
    json_t *a = array_of(o, "riwayat");
    uint32_t ballot = p->t->ballot_of[p->tree->tps[tps].desa];
    uint64_t *index = rk_calloc(RK_HISTORY_MAX + 1, sizeof *index);
    uint32_t *cells[2] = {rk_calloc(p->c->n_col + 1, sizeof **cells),
                          rk_calloc(p->c->n_col + 1, sizeof **cells)};
    uint32_t n = rk_tally_history(p->t, tps, index, RK_HISTORY_MAX + 1);
    rk_buf entry[2];
    rk_form f, before;
    for (int i = 0; i < 2; i++) rk_buf_init(&entry[i], RK_ENTRY_MAX);
    for (uint32_t i = 0; i < n && i < RK_HISTORY_MAX; i++) {
        if (!form_at(p, index[i], cells[0], &entry[0], &f)) continue;
        json_t *item = history_item(p, index[i], &f);
        bool first = i + 1 == n || !form_at(p, index[i + 1], cells[1], &entry[1], &before);
        rk_j_put(item, "perubahan", first ? json_null() : changes(p, ballot, &f, &before));
        json_array_append_new(a, item);
    }
    for (int i = 0; i < 2; i++) {
        rk_buf_free(&entry[i]);
        rk_free(cells[i]);
    }
    rk_free(index);
}

static void station_figures(const struct api *p, json_t *o, uint32_t tps, const uint32_t *row) {
    uint32_t desa = p->tree->tps[tps].desa;
    const rk_ballot *b = ballot_at(p, desa);
    json_t *fields = object_of(o, "medan"), *votes = array_of(o, "pilihan"),
           *found = array_of(o, "temuan");
    for (uint32_t i = 0; i < p->c->n_field; i++)
        rk_j_set(fields, p->c->field[i], rk_j_cell(row ? row[i] : RK_ABSENT));
    for (uint32_t i = 0; b && i < b->n; i++) {
        json_t *x = choice(&b->choice[i]);
        rk_j_put(x, "suara",
                 rk_j_cell(row ? row[p->c->n_field + b->choice[i].slot] : RK_ABSENT));
        json_array_append_new(votes, x);
    }
    if (row && b)
        rk_rule_explain(p->c, p->t->ballot_of[desa], row, p->t->abroad[desa] != 0,
                        station_finding, found);
}

static json_t *station(const struct api *p, uint32_t tps) {
    const uint32_t *row = rk_tally_row(p->t, tps);
    const rk_form_state none = {0}, *s = row ? &p->t->state[tps] : &none;
    uint32_t desa = p->tree->tps[tps].desa;
    json_t *o = json_object();
    rk_slice dapil = rk_contest_dapil(p->c, p->tree, desa), one,
             list = s->images1 ? p->t->images[s->images1 - 1] : (rk_slice){0},
             psu = rk_psu_name((enum rk_psu)s->psu);
    rk_j_put(o, "kode", rk_j_text(rk_code_slice(&p->tree->tps_code[tps])));
    rk_j_put(o, "nama", rk_j_station_name(p->tree, tps));
    ancestors(p, o, desa, true);
    rk_j_put(o, "dapil", dapil.len ? rk_j_text(dapil) : json_null());
    rk_j_put(o, "keadaan", json_string(!row ? "kosong" : s->counted ? "masuk" : "diterima"));
    rk_j_put(o, "periksa", rk_j_bool((s->broken & p->t->review_mask) != 0));
    rk_j_put(o, "ts", rk_j_time(s->ts));
    rk_j_put(o, "psu", psu.len ? rk_j_text(psu) : json_null());
    rk_j_put(o, "generasi", rk_j_num(s->generation));
    rk_j_put(o, "entri", row ? rk_j_num(s->entry1 - 1u) : json_null());
    station_figures(p, o, tps, row);
    json_t *photos = array_of(o, "foto");
    while (rk_next_image(&list, &one))
        json_array_append_new(photos, one.len ? rk_j_text(one) : json_null());
    rk_doc_station_photos(o, p->t, tps);
    history(p, o, tps);
    return o;
}

/* ===== official figures ===== */

static json_t *series(const struct api *p, const rk_official *official) {
    rk_official_table t;
    rk_buf name;
    if (rk_official_parse(p->tree, p->c, official->csv, &t, NULL) != RK_OK) return json_null();
    json_t *o = json_object();
    rk_j_put(o, "nama", rk_j_text(official->label));
    rk_j_put(o, "entri", rk_j_num(official->entry));
    json_t *columns = array_of(o, "kolom"), *rows = array_of(o, "baris");
    rk_buf_init(&name, RK_NAME_MAX);
    for (uint32_t k = 0; k < t.n_column; k++) {
        rk_buf_clear(&name);
        rk_official_name(p->c, &t, k, &name);
        json_array_append_new(columns, rk_j_text(rk_buf_slice(&name)));
    }
    rk_buf_free(&name);
    for (uint32_t r = 0; r < t.n; r++) {
        json_t *row = json_object();
        rk_j_put(row, "kode", rk_j_text(rk_tree_code(p->tree, t.node[r])));
        rk_j_put(row, "nama", rk_j_text(p->tree->node[t.node[r]].name));
        json_t *a = array_of(row, "resmi"), *b = array_of(row, "hitung"),
               *c = array_of(row, "selisih");
        for (uint32_t k = 0; k < t.n_column; k++) {
            uint64_t said = t.value[(size_t)r * t.n_column + k],
                     is = t.column[k] != RK_NONE
                              ? rk_view_sum(p->v, p->k, t.node[r])[t.column[k]]
                              : rk_view_choice(p->v, p->k, t.node[r],
                                               rk_code_slice(&t.choice[k]));
            bool given = said != UINT64_MAX;
            json_array_append_new(a, given ? rk_j_num(said) : json_null());
            json_array_append_new(b, rk_j_num(is));
            json_array_append_new(c, given ? signed_num((int64_t)is - (int64_t)said)
                                           : json_null());
        }
        json_array_append_new(rows, row);
    }
    rk_official_free(&t);
    return o;
}

static json_t *comparison(const struct api *p) {
    json_t *o = json_object(), *a = array_of(o, "seri");
    for (uint32_t i = 0; i < p->e->n_official; i++)
        if (p->e->official[i].contest == p->k)
            json_array_append_new(a, series(p, &p->e->official[i]));
    return o;
}

/* ===== which ===== */

/* Of the election's own page only what is counted: its addresses are not the log's. */
static json_t *election(const struct api *p, const json_t *is) {
    json_t *o = json_deep_copy(is);
    if (!json_is_object(o)) {
        json_decref(o);
        o = json_object();
    }
    rk_j_put(o, "id", rk_j_text(p->e->id));
    rk_j_put(o, "nama", rk_j_text(p->e->name));
    rk_j_put(o, "tanggal", rk_j_text(p->e->date));
    rk_j_put(o, "entri", rk_j_num(p->e->size));
    rk_j_put(o, "ts", rk_j_time(p->e->last_time));
    return o;
}

static bool open_contest(struct api *p, rk_slice code) {
    p->k = rk_election_contest(p->e, code);
    if (p->k == RK_NONE || !p->tree) return false;
    p->t = &p->e->tally[p->k];
    p->c = p->t->contest;
    p->own = &p->v->own[p->k];
    return true;
}

static json_t *of_contest(rk_docs *d, struct api *p, const rk_slice *seg, uint32_t n,
                          bool *known) {
    rk_code code;
    *known = true;
    if (n == 3 && rk_slice_is(seg[1], "wilayah")) {
        uint32_t node = rk_tree_find(p->tree, seg[2]);
        return node == RK_NONE ? NULL : region(p, node);
    }
    if ((n == 3 || (n == 4 && rk_slice_is(seg[3], "baca"))) && rk_slice_is(seg[1], "tps")) {
        if (!rk_code_of(seg[2], &code)) return NULL;
        uint32_t tps = rk_tree_find_tps(p->tree, &code, rk_code_hash(&code));
        if (tps == RK_NONE) return NULL;
        return n == 3 ? station(p, tps) : rk_doc_reading(p->v, p->t, tps);
    }
    if (n == 2 && rk_slice_is(seg[1], "temuan")) return findings(p);
    if (n == 2 && rk_slice_is(seg[1], "banding")) return comparison(p);
    *known = false;
    d->names++;
    return NULL;
}

json_t *rk_doc_api(rk_docs *d, const rk_slice *seg, uint32_t n, const json_t *is, bool *known) {
    struct api p = {.v = d->view, .e = d->view->e, .tree = d->view->e->tree};
    *known = false;
    if (n == 0 || (n == 1 && (seg[0].len == 0 || rk_slice_is(seg[0], "index"))))
        return election(&p, is);
    if (n >= 2 && rk_slice_is(seg[0], "kontes") && open_contest(&p, seg[1]))
        return of_contest(d, &p, seg + 1, n - 1, known);
    d->names++;
    return NULL;
}
