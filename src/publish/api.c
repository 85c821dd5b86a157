/* The documents of API v1 about elections, contests, regions and stations. Findings and the
 * comparison with official figures are in api_lists.c. Hot are the region documents (rendered
 * anew after each change of the log): one pass over the node's children, nothing allocated per
 * child. */
#include "publish/api_inner.h"
#include "publish/api_photo.h"
#include "publish/api_log.h"

#include "base/mem.h"

static const char *const shape_name[] = {
    [RK_PASLON] = "paslon", [RK_PARTAI] = "partai", [RK_CALON] = "calon"};

static void contest_item(const rk_contest *c, rk_buf *out) {
    rk_js_item(out);
    rk_buf_byte(out, '{');
    rk_js_text(out, "kode", rk_code_slice(&c->code));
    rk_js_text(out, "nama", c->name);
    rk_js_text(out, "bentuk", rk_slice_str(shape_name[c->shape]));
}

static void contests(const rk_election *e, rk_buf *out) {
    rk_js_key(out, "kontes");
    rk_buf_byte(out, '[');
    for (uint32_t i = 0; i < e->n_contest; i++) {
        contest_item(e->tally[i].contest, out);
        rk_buf_byte(out, '}');
    }
    rk_buf_byte(out, ']');
}

static void election_head(const rk_election *e, rk_slice base, rk_buf *out) {
    rk_buf_byte(out, '{');
    rk_js_text(out, "id", e->id);
    rk_js_text(out, "nama", e->name);
    rk_js_text(out, "tanggal", e->date);
    rk_js_text(out, "dasar", base);
}

void rk_api_election_item(const rk_election *e, rk_slice base, bool chief, rk_buf *out) {
    rk_js_item(out);
    election_head(e, base, out);
    rk_js_bool(out, "utama", chief);
    contests(e, out);
    rk_buf_byte(out, '}');
}

void rk_api_election(const rk_election *e, rk_slice base, rk_buf *out) {
    election_head(e, base, out);
    rk_js_num(out, "entri", e->size);
    rk_js_time(out, "ts", e->last_time);
    contests(e, out);
    rk_buf_byte(out, '}');
}

/* ===== a contest ===== */

static void contest_rules(const rk_contest *c, rk_buf *out) {
    static const char *const scope[] = {
        [RK_EVERYWHERE] = "semua", [RK_AT_HOME] = "dn", [RK_ABROAD] = "ln"};
    rk_js_key(out, "aturan");
    rk_buf_byte(out, '[');
    for (uint32_t r = 0; r < c->n_rule; r++) {
        const rk_rule *rule = &c->rule[r];
        rk_js_item(out);
        rk_buf_byte(out, '{');
        rk_js_text(out, "id", rk_code_slice(&rule->id));
        rk_js_text(out, "berat", (rk_slice){&rule->severity, 1});
        rk_js_text(out, "lingkup", rk_slice_str(scope[rule->scope]));
        rk_js_rule_name(out, rule);
        rk_js_key(out, "cek");
        rk_buf_byte(out, '[');
        for (uint32_t i = 0; i < rule->n_check; i++) {
            rk_js_item(out);
            rk_buf_json(out, c->check[rule->first_check + i].text);
        }
        rk_buf_lit(out, "]}");
    }
    rk_buf_byte(out, ']');
}

static void contest_districts(const rk_contest *c, rk_buf *out) {
    rk_js_key(out, "dapil");
    rk_buf_byte(out, '[');
    for (uint32_t i = 0; i < c->n_dapil; i++) {
        rk_js_item(out);
        rk_buf_byte(out, '{');
        rk_js_text(out, "kode", rk_code_slice(&c->dapil[i].code));
        rk_js_text(out, "nama", c->dapil[i].name);
        rk_js_key(out, "kursi");
        if (c->dapil[i].seats)
            rk_buf_num(out, c->dapil[i].seats);
        else
            rk_buf_lit(out, "null");
        rk_buf_byte(out, '}');
    }
    rk_buf_byte(out, ']');
}

static void contest_series(const rk_election *e, uint32_t contest, rk_buf *out) {
    rk_js_key(out, "banding");
    rk_buf_byte(out, '[');
    for (uint32_t i = 0; i < e->n_official; i++) {
        if (e->official[i].contest != contest) continue;
        rk_js_item(out);
        rk_buf_byte(out, '{');
        rk_js_text(out, "nama", e->official[i].label);
        rk_js_num(out, "entri", e->official[i].entry);
        rk_buf_byte(out, '}');
    }
    rk_buf_byte(out, ']');
}

void rk_api_contest(const rk_election *e, uint32_t contest, rk_buf *out) {
    const rk_contest *c = e->tally[contest].contest;
    contest_item(c, out);
    rk_js_key(out, "medan");
    rk_buf_byte(out, '[');
    for (uint32_t i = 0; i < c->n_field; i++) {
        rk_js_item(out);
        rk_buf_json(out, c->field[i]);
    }
    rk_buf_byte(out, ']');
    rk_js_key(out, "pilihan"); /* the nation's one ballot; where there are several, none here */
    rk_buf_byte(out, '[');
    for (uint32_t i = 0; c->n_ballot == 1 && i < c->ballot[0].n; i++) {
        rk_js_choice(out, &c->ballot[0].choice[i]);
        rk_buf_byte(out, '}');
    }
    rk_buf_byte(out, ']');
    contest_districts(c, out);
    contest_rules(c, out);
    contest_series(e, contest, out);
    rk_buf_byte(out, '}');
}

/* ===== a region ===== */

/* suara_sah, suara_tidak_sah, suara_total: those the contest's form has. */
static unsigned vote_columns(const rk_contest *c, uint32_t column[3]) {
    const uint32_t all[3] = {c->col_valid, c->col_invalid, c->col_total};
    unsigned n = 0;
    for (unsigned i = 0; i < 3; i++)
        if (all[i] != RK_NONE) column[n++] = all[i];
    return n;
}

static const rk_ballot *ballot_at(const rk_tally *t, uint32_t node) {
    uint32_t b = t->ballot_of[node];
    return b == RK_NONE ? NULL : &t->contest->ballot[b];
}

static void coverage(rk_election *e, rk_tally *t, uint32_t node, rk_buf *out) {
    const rk_count *n = &t->count[node];
    rk_js_key(out, "tps");
    rk_buf_byte(out, '{');
    rk_js_num(out, "jumlah", rk_tally_total(t, e->tree, node));
    rk_js_num(out, "diterima", n->forms);
    rk_js_num(out, "masuk", n->counted);
    rk_js_num(out, "periksa", n->review);
    rk_buf_byte(out, '}');
    rk_js_photo_counts(t, node, out);
}

static void region_figures(const rk_tally *t, uint32_t node, rk_buf *out) {
    const rk_contest *c = t->contest;
    const uint64_t *sum = rk_tally_sum(t, node);
    rk_js_key(out, "medan");
    rk_buf_byte(out, '{');
    for (uint32_t i = 0; i < c->n_field; i++) {
        rk_js_keyed(out, c->field[i]);
        rk_buf_num(out, sum[i]);
    }
    rk_buf_byte(out, '}');
    rk_js_key(out, "pilihan");
    rk_buf_byte(out, '[');
    const rk_ballot *b = ballot_at(t, node);
    for (uint32_t i = 0; b && i < b->n; i++) {
        rk_js_choice(out, &b->choice[i]);
        rk_js_num(out, "suara", sum[c->n_field + b->choice[i].slot]);
        rk_buf_byte(out, '}');
    }
    rk_buf_byte(out, ']');
    rk_js_key(out, "temuan");
    rk_buf_byte(out, '{');
    for (uint32_t r = 0; r < c->n_rule; r++) {
        uint32_t n = t->rule_count[(size_t)node * c->n_rule + r];
        if (n == 0) continue;
        rk_js_keyed(out, rk_code_slice(&c->rule[r].id));
        rk_buf_num(out, n);
    }
    rk_buf_byte(out, '}');
}

static void child_region(rk_election *e, rk_tally *t, uint32_t node, rk_buf *out) {
    const rk_contest *c = t->contest;
    const uint64_t *sum = rk_tally_sum(t, node);
    uint32_t column[3];
    unsigned n = vote_columns(c, column);
    rk_js_region(out, e->tree, node);
    coverage(e, t, node, out);
    rk_js_key(out, "medan");
    rk_buf_byte(out, '{');
    for (unsigned i = 0; i < n; i++) {
        rk_js_keyed(out, c->field[column[i]]);
        rk_buf_num(out, sum[column[i]]);
    }
    rk_buf_byte(out, '}');
    rk_js_key(out, "pilihan");
    rk_buf_byte(out, '{');
    const rk_ballot *b = ballot_at(t, node);
    for (uint32_t i = 0; b && i < b->n; i++) {
        rk_js_keyed(out, rk_code_slice(&b->choice[i].code));
        rk_buf_num(out, sum[c->n_field + b->choice[i].slot]);
    }
    rk_buf_lit(out, "}}");
}

static void rule_ids(const rk_contest *c, uint64_t broken, rk_buf *out) {
    rk_js_key(out, "temuan");
    rk_buf_byte(out, '[');
    for (uint32_t r = 0; r < c->n_rule; r++)
        if (broken >> r & 1) {
            rk_js_item(out);
            rk_buf_json(out, rk_code_slice(&c->rule[r].id));
        }
    rk_buf_byte(out, ']');
}

static void child_station(const rk_election *e, const rk_tally *t, uint32_t tps, rk_buf *out) {
    const rk_contest *c = t->contest;
    const uint32_t *row = rk_tally_row(t, tps);
    uint64_t broken = row ? t->state[tps].broken : 0;
    uint32_t column[3];
    unsigned n = vote_columns(c, column);
    rk_js_item(out);
    rk_buf_byte(out, '{');
    rk_js_text(out, "kode", rk_code_slice(&e->tree->tps_code[tps]));
    rk_js_station_name(out, e->tree, tps);
    rk_js_num(out, "tingkat", RK_STATION);
    rk_js_bool(out, "diterima", row != NULL);
    rk_js_bool(out, "masuk", row && t->state[tps].counted);
    rk_js_bool(out, "periksa", (broken & t->review_mask) != 0);
    rk_js_photo_state(t, tps, out);
    rk_js_key(out, "medan");
    rk_buf_byte(out, '{');
    for (unsigned i = 0; i < n; i++) {
        rk_js_keyed(out, c->field[column[i]]);
        rk_js_cell(out, row ? row[column[i]] : RK_ABSENT);
    }
    rk_buf_byte(out, '}');
    rk_js_key(out, "pilihan");
    rk_buf_byte(out, '{');
    const rk_ballot *b = ballot_at(t, e->tree->tps[tps].desa);
    for (uint32_t i = 0; b && i < b->n; i++) {
        rk_js_keyed(out, rk_code_slice(&b->choice[i].code));
        rk_js_cell(out, row ? row[c->n_field + b->choice[i].slot] : RK_ABSENT);
    }
    rk_buf_byte(out, '}');
    rule_ids(c, broken, out);
    rk_buf_byte(out, '}');
}

static void children(rk_election *e, rk_tally *t, uint32_t node, rk_buf *out) {
    const rk_tree *tree = e->tree;
    const rk_region *r = &tree->node[node];
    rk_js_key(out, "anak");
    rk_buf_byte(out, '[');
    if (r->level == RK_DESA) {
        uint32_t *tps = rk_calloc(r->known + 1u, sizeof *tps);
        uint32_t n = rk_tree_tps_sorted(tree, node, tps);
        for (uint32_t i = 0; i < n; i++) child_station(e, t, tps[i], out);
        rk_free(tps);
    } else {
        for (uint32_t i = 0; i < r->n_child; i++)
            child_region(e, t, tree->child[r->first_child + i], out);
    }
    rk_buf_byte(out, ']');
}

void rk_api_region(rk_election *e, uint32_t contest, uint32_t node, rk_buf *out) {
    rk_tally *t = &e->tally[contest];
    const rk_tree *tree = e->tree;
    rk_js_region(out, tree, node);
    rk_js_text(out, "jenis", rk_slice_str(rk_level_name(tree->node[node].level)));
    rk_js_ancestors(out, tree, node, false);
    rk_js_num(out, "entri", e->size);
    rk_js_time(out, "ts", t->count[node].last_ts);
    coverage(e, t, node, out);
    region_figures(t, node, out);
    children(e, t, node, out);
    rk_buf_byte(out, '}');
}

/* ===== a station ===== */

static void station_finding(void *ctx, const rk_finding *f) {
    rk_buf *out = ctx;
    rk_js_item(out);
    rk_buf_byte(out, '{');
    rk_js_text(out, "aturan", rk_code_slice(&f->rule->id));
    rk_js_text(out, "berat", (rk_slice){&f->rule->severity, 1});
    rk_js_rule_name(out, f->rule);
    rk_js_comparison(out, f);
    rk_buf_byte(out, '}');
}

static void station_figures(const rk_election *e, const rk_tally *t, uint32_t tps,
                            rk_buf *out) {
    const rk_contest *c = t->contest;
    const uint32_t *row = rk_tally_row(t, tps);
    uint32_t desa = e->tree->tps[tps].desa;
    rk_js_key(out, "medan");
    rk_buf_byte(out, '{');
    for (uint32_t i = 0; i < c->n_field; i++) {
        rk_js_keyed(out, c->field[i]);
        rk_js_cell(out, row ? row[i] : RK_ABSENT);
    }
    rk_buf_byte(out, '}');
    rk_js_key(out, "pilihan");
    rk_buf_byte(out, '[');
    const rk_ballot *b = ballot_at(t, desa);
    for (uint32_t i = 0; b && i < b->n; i++) {
        rk_js_choice(out, &b->choice[i]);
        rk_js_key(out, "suara");
        rk_js_cell(out, row ? row[c->n_field + b->choice[i].slot] : RK_ABSENT);
        rk_buf_byte(out, '}');
    }
    rk_buf_byte(out, ']');
    rk_js_key(out, "temuan");
    rk_buf_byte(out, '[');
    if (row && b)
        rk_rule_explain(c, t->ballot_of[desa], row, t->abroad[desa] != 0, station_finding, out);
    rk_buf_byte(out, ']');
}

/* Photo addresses: each a little-endian uint16 length and its bytes; length 0 = a missing page.
 */
static void station_photos(const rk_tally *t, uint32_t tps, rk_buf *out) {
    rk_slice rest = {NULL, 0};
    if (rk_tally_row(t, tps) && t->state[tps].images1)
        rest = t->images[t->state[tps].images1 - 1];
    rk_js_key(out, "foto");
    rk_buf_byte(out, '[');
    while (rest.len >= 2) {
        size_t n = (size_t)(uint8_t)rest.ptr[0] | (size_t)(uint8_t)rest.ptr[1] << 8;
        rest = rk_slice_from(rest, 2);
        if (n > rest.len) break;
        rk_js_item(out);
        if (n)
            rk_buf_json(out, (rk_slice){rest.ptr, n});
        else
            rk_buf_lit(out, "null");
        rest = rk_slice_from(rest, n);
    }
    rk_buf_byte(out, ']');
}

/* ===== its history ===== */

struct history {
    const rk_tally *t;
    uint32_t ballot;
    const rk_api_log *log;
    uint32_t *cells, *before; /* of the form listed, and of the one it replaced */
    rk_buf entry, older, name;
    rk_buf *out;
};

static void change(struct history *h, uint32_t column, uint32_t from, uint32_t to) {
    rk_js_item(h->out);
    rk_buf_byte(h->out, '{');
    rk_buf_clear(&h->name);
    rk_contest_column_name(h->t->contest, h->ballot, column, &h->name);
    rk_js_text(h->out, "medan", rk_buf_slice(&h->name));
    rk_js_key(h->out, "dari");
    rk_js_cell(h->out, from);
    rk_js_key(h->out, "ke");
    rk_js_cell(h->out, to);
    rk_buf_byte(h->out, '}');
}

/* "perubahan": figure by figure against the form it replaced; null for the first one. */
static rk_status changes(struct history *h, const rk_form *f, uint64_t older, rk_err *err) {
    rk_form b;
    rk_js_key(h->out, "perubahan");
    if (older == UINT64_MAX) return rk_buf_lit(h->out, "null"), RK_OK;
    rk_buf_clear(&h->older);
    RK_TRY(h->log->get(h->log->ctx, older, &h->older, err));
    RK_TRY(rk_entry_get_form(rk_buf_slice(&h->older), older, h->before, h->t->contest->n_col,
                             &b, err));
    rk_buf_byte(h->out, '[');
    for (uint32_t i = 0; i < f->n_cell && i < b.n_cell; i++)
        if (f->cell[i] != b.cell[i]) change(h, i, b.cell[i], f->cell[i]);
    rk_buf_byte(h->out, ']');
    return RK_OK;
}

/* One line of the history: when, who and from where come from the form's entry or its batch's.
 */
static rk_status history_item(struct history *h, uint64_t index, uint64_t older, rk_err *err) {
    rk_form f;
    rk_api_origin o = {0};
    rk_buf *out = h->out;
    rk_buf_clear(&h->entry);
    RK_TRY(h->log->get(h->log->ctx, index, &h->entry, err));
    RK_TRY(rk_entry_get_form(rk_buf_slice(&h->entry), index, h->cells, h->t->contest->n_col, &f,
                             err));
    rk_status s = rk_api_origin_of(&f, h->log, &o, err);
    if (s == RK_OK) {
        rk_js_item(out);
        rk_buf_byte(out, '{');
        rk_js_num(out, "entri", index);
        rk_js_time(out, "waktu", o.time);
        rk_js_text(out, "peran", o.role);
        rk_js_text(out, "sumber", o.source);
        rk_js_text(out, "alasan", o.reason);
        rk_js_key_id(out, "kunci", o.key_id);
        rk_js_evidence(out, o.evidence);
        s = changes(h, &f, older, err);
        rk_buf_byte(out, '}');
    }
    rk_buf_free(&o.bytes);
    return s;
}

static rk_status list_history(struct history *h, uint32_t tps, rk_err *err) {
    uint64_t *index = rk_calloc(RK_HISTORY_MAX + 1u, sizeof *index);
    uint32_t n = rk_tally_history(h->t, tps, index, RK_HISTORY_MAX + 1u);
    rk_status s = RK_OK;
    for (uint32_t i = 0; i < n && i < RK_HISTORY_MAX && s == RK_OK; i++)
        s = history_item(h, index[i], i + 1 < n ? index[i + 1] : UINT64_MAX, err);
    rk_free(index);
    return s;
}

static rk_status station_history(const rk_tally *t, uint32_t ballot, uint32_t tps,
                                 const rk_api_log *log, rk_buf *out, rk_err *err) {
    rk_status s = RK_OK;
    rk_js_key(out, "riwayat");
    rk_buf_byte(out, '[');
    if (log) {
        struct history h = {.t = t, .ballot = ballot, .log = log, .out = out};
        h.cells = rk_calloc(t->contest->n_col + 1u, sizeof *h.cells);
        h.before = rk_calloc(t->contest->n_col + 1u, sizeof *h.before);
        rk_buf_init(&h.entry, RK_ENTRY_MAX);
        rk_buf_init(&h.older, RK_ENTRY_MAX);
        rk_buf_init(&h.name, RK_NAME_MAX + 64);
        s = list_history(&h, tps, err);
        rk_buf_free(&h.entry);
        rk_buf_free(&h.older);
        rk_buf_free(&h.name);
        rk_free(h.cells);
        rk_free(h.before);
    }
    rk_buf_byte(out, ']');
    return s;
}

rk_status rk_api_station(rk_election *e, uint32_t contest, uint32_t tps, const rk_api_log *log,
                         rk_buf *out, rk_err *err) {
    const rk_tally *t = &e->tally[contest];
    bool there = rk_tally_row(t, tps) != NULL;
    const rk_form_state none = {0}, *st = there ? &t->state[tps] : &none;
    uint32_t desa = e->tree->tps[tps].desa;
    rk_buf_byte(out, '{');
    rk_js_text(out, "kode", rk_code_slice(&e->tree->tps_code[tps]));
    rk_js_station_name(out, e->tree, tps);
    rk_js_ancestors(out, e->tree, desa, true);
    rk_slice dapil = rk_contest_dapil(t->contest, e->tree, desa);
    rk_js_key(out, "dapil");
    if (dapil.len)
        rk_buf_json(out, dapil);
    else
        rk_buf_lit(out, "null");
    const char *state = !there ? "kosong" : st->counted ? "masuk" : "diterima";
    rk_js_text(out, "keadaan", rk_slice_str(state));
    rk_js_bool(out, "periksa", (st->broken & t->review_mask) != 0);
    rk_js_time(out, "ts", st->ts);
    rk_js_key(out, "psu");
    if (st->psu && st->psu < RK_PSU_COUNT)
        rk_buf_json(out, rk_psu_name(st->psu));
    else
        rk_buf_lit(out, "null");
    rk_js_num(out, "generasi", st->generation);
    rk_js_key(out, "entri");
    if (there)
        rk_buf_num(out, st->entry1 - 1u);
    else
        rk_buf_lit(out, "null");
    station_figures(e, t, tps, out);
    station_photos(t, tps, out);
    rk_js_station_reading(t, tps, out);
    rk_status s = station_history(t, t->ballot_of[desa], tps, log, out, err);
    rk_buf_byte(out, '}');
    return s;
}
