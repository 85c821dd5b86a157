/* Findings page by page, and the count beside official figures. A page of findings is found by
 * walking the tree with the totals per rule: whole regions before the page are passed over, so deep
 * pages cost no more than the first. */
#include "publish/api_inner.h"

#include "base/csv.h"
#include "base/mem.h"
#include "base/num.h"

/* ===== findings ===== */

struct walk {
    const rk_election *e;
    const rk_tally *t;
    uint64_t mask; /* rules asked for */
    uint64_t skip;
    uint32_t left;
    rk_buf *out;
    /* the item being written */
    uint32_t tps;
    uint64_t done; /* rules of this station already shown or passed over */
};

static uint64_t pairs_at(const rk_tally *t, uint32_t node, uint64_t mask) {
    uint64_t n = 0;
    const rk_contest *c = t->contest;
    for (uint32_t r = 0; r < c->n_rule; r++)
        if (mask >> r & 1) n += t->rule_count[(size_t)node * c->n_rule + r];
    return n;
}

static void list_finding(void *ctx, const rk_finding *f) {
    struct walk *w = ctx;
    const rk_tree *tree = w->e->tree;
    uint64_t bit = 1ull << (f->rule - w->t->contest->rule);
    if (!(w->mask & bit) || w->done & bit || w->left == 0) return;
    w->done |= bit;
    if (w->skip) {
        w->skip--;
        return;
    }
    w->left--;
    rk_buf *out = w->out;
    rk_js_item(out);
    rk_buf_byte(out, '{');
    rk_js_text(out, "tps", rk_code_slice(&tree->tps_code[w->tps]));
    rk_js_station_name(out, tree, w->tps);
    rk_js_key(out, "jalur");
    rk_js_path(out, tree, tree->tps[w->tps].desa);
    rk_js_text(out, "aturan", rk_code_slice(&f->rule->id));
    rk_js_text(out, "berat", (rk_slice){&f->rule->severity, 1});
    rk_js_text(out, "medan", f->field);
    rk_js_key(out, "harus");
    rk_js_expected(out, f);
    rk_js_key(out, "tertulis");
    rk_js_signed(out, f->found);
    rk_buf_byte(out, '}');
}

static void walk_desa(struct walk *w, uint32_t desa) {
    const rk_tree *tree = w->e->tree;
    uint32_t *tps = rk_calloc(tree->node[desa].known + 1u, sizeof *tps);
    uint32_t n = rk_tree_tps_sorted(tree, desa, tps);
    for (uint32_t i = 0; i < n && w->left; i++) {
        const uint32_t *row = rk_tally_row(w->t, tps[i]);
        if (!row || !(w->t->state[tps[i]].broken & w->mask)) continue;
        w->tps = tps[i];
        w->done = 0;
        rk_rule_explain(w->t->contest, w->t->ballot_of[desa], row, w->t->abroad[desa] != 0,
                        list_finding, w);
    }
    rk_free(tps);
}

static void walk_node(struct walk *w, uint32_t node) {
    const rk_region *r = &w->e->tree->node[node];
    if (w->left == 0) return;
    uint64_t here = pairs_at(w->t, node, w->mask);
    if (here <= w->skip) { /* here == 0 too */
        w->skip -= here;
        return;
    }
    if (r->level == RK_DESA) {
        walk_desa(w, node);
        return;
    }
    for (uint32_t i = 0; i < r->n_child && w->left; i++)
        walk_node(w, w->e->tree->child[r->first_child + i]); /* at most RK_LEVELS deep */
}

void rk_api_findings(rk_election *e, uint32_t contest, const rk_api_findings_query *q, rk_buf *out) {
    const rk_tally *t = &e->tally[contest];
    const rk_contest *c = t->contest;
    uint64_t mask = q->rule == RK_NONE ? UINT64_MAX : 1ull << q->rule;
    rk_buf_byte(out, '{');
    rk_js_num(out, "jumlah", pairs_at(t, q->node, mask));
    rk_js_num(out, "mulai", q->from);
    rk_js_num(out, "banyak", q->count);
    rk_js_key(out, "per_aturan");
    rk_buf_byte(out, '{');
    for (uint32_t r = 0; r < c->n_rule; r++) {
        uint32_t n = t->rule_count[(size_t)q->node * c->n_rule + r];
        if (n == 0) continue;
        rk_js_keyed(out, rk_code_slice(&c->rule[r].id));
        rk_buf_num(out, n);
    }
    rk_buf_byte(out, '}');
    rk_js_key(out, "temuan");
    rk_buf_byte(out, '[');
    struct walk w = {.e = e, .t = t, .mask = mask, .skip = q->from, .left = q->count, .out = out};
    walk_node(&w, q->node);
    rk_buf_lit(out, "]}");
}

/* ===== official figures beside the count ===== */

/* A column of the contest by its CSV name, as seen from one region's ballot. */
static uint32_t column_of(const rk_contest *c, uint32_t ballot, rk_slice name) {
    uint32_t col = rk_contest_field(c, name);
    if (col != RK_NONE || !rk_slice_starts(name, RK_LIT("suara_")) || ballot == RK_NONE) return col;
    return rk_contest_choice(c, ballot, rk_slice_from(name, 6));
}

enum part { OFFICIAL, COUNTED, DIFFERENCE };

struct series {
    const rk_election *e;
    const rk_tally *t;
    rk_slice *name; /* the header's columns */
    size_t n, key;  /* how many; which of them is `kode` */
};

static void row_part(const struct series *s, uint32_t node, const rk_slice *field, enum part p,
                     rk_buf *out) {
    static const char *const key[] = {"resmi", "hitung", "selisih"};
    rk_js_key(out, key[p]);
    rk_buf_byte(out, '[');
    for (size_t i = 0; i < s->n; i++) {
        if (i == s->key) continue;
        uint64_t official = 0;
        bool written = rk_num_parse(field[i], INT64_MAX, &official);
        uint32_t ballot = s->t->ballot_of[node];
        uint32_t col = column_of(s->t->contest, ballot, s->name[i]);
        uint64_t counted = col == RK_NONE ? 0 : rk_tally_sum(s->t, node)[col];
        rk_js_item(out);
        if ((p != COUNTED && !written) || (p != OFFICIAL && col == RK_NONE)) rk_buf_lit(out, "null");
        else if (p == OFFICIAL) rk_buf_num(out, official);
        else if (p == COUNTED) rk_buf_num(out, counted);
        else rk_js_signed(out, (int64_t)counted - (int64_t)official);
    }
    rk_buf_byte(out, ']');
}

static rk_status series_rows(struct series *s, rk_csv *csv, rk_buf *out, rk_err *err) {
    rk_status st;
    rk_js_key(out, "baris");
    rk_buf_byte(out, '[');
    while ((st = rk_csv_next(csv, err)) == RK_OK) {
        if (csv->n != s->n)
            return rk_fail_at(err, RK_CORRUPT, csv->line, 0, "official figures: a row has %zu fields, not %zu",
                              csv->n, s->n);
        uint32_t node = rk_tree_find(s->e->tree, csv->field[s->key]);
        if (node == RK_NONE)
            return rk_fail_at(err, RK_CORRUPT, csv->line, s->key + 1, "official figures: no region %.*s",
                              RK_FMT(csv->field[s->key]));
        rk_js_item(out);
        rk_buf_byte(out, '{');
        rk_js_text(out, "kode", rk_tree_code(s->e->tree, node));
        rk_js_text(out, "nama", s->e->tree->node[node].name);
        for (enum part p = OFFICIAL; p <= DIFFERENCE; p++) row_part(s, node, csv->field, p, out);
        rk_buf_byte(out, '}');
    }
    rk_buf_byte(out, ']');
    return st == RK_NOT_FOUND ? RK_OK : st;
}

static rk_status series_body(struct series *s, rk_csv *csv, rk_buf *out, rk_err *err) {
    rk_js_key(out, "kolom");
    rk_buf_byte(out, '[');
    s->key = s->n;
    for (size_t i = 0; i < s->n; i++) {
        if (rk_slice_is(s->name[i], "kode")) {
            s->key = i;
            continue;
        }
        rk_js_item(out);
        rk_buf_json(out, s->name[i]);
    }
    rk_buf_byte(out, ']');
    if (s->key == s->n) return rk_fail(err, RK_CORRUPT, "official figures without a column \"kode\"");
    return series_rows(s, csv, out, err);
}

static rk_status one_series(const rk_election *e, const rk_official *o, rk_buf *out, rk_err *err) {
    rk_csv csv;
    rk_csv_init(&csv, o->csv);
    rk_js_item(out);
    rk_buf_byte(out, '{');
    rk_js_text(out, "nama", o->label);
    rk_js_num(out, "entri", o->entry);
    rk_status st = rk_csv_next(&csv, err);
    if (st == RK_NOT_FOUND) st = rk_fail(err, RK_CORRUPT, "official figures without a header");
    if (st == RK_OK) {
        struct series s = {.e = e, .t = &e->tally[o->contest], .n = csv.n};
        rk_buf names; /* the header's texts outlive its row */
        rk_buf_init(&names, RK_CSV_ROW_MAX);
        s.name = rk_calloc(csv.n, sizeof *s.name);
        for (size_t i = 0; i < csv.n; i++) rk_buf_add(&names, csv.field[i]);
        for (size_t i = 0, at = 0; i < csv.n; at += csv.field[i++].len)
            s.name[i] = (rk_slice){names.ptr + at, csv.field[i].len};
        st = names.failed ? rk_fail(err, RK_LIMIT, "official figures: the header is too long")
                          : series_body(&s, &csv, out, err);
        rk_free(s.name);
        rk_buf_free(&names);
    }
    rk_csv_free(&csv);
    rk_buf_byte(out, '}');
    return st;
}

rk_status rk_api_comparison(rk_election *e, uint32_t contest, rk_buf *out, rk_err *err) {
    rk_buf_byte(out, '{');
    rk_js_key(out, "seri");
    rk_buf_byte(out, '[');
    for (uint32_t i = 0; i < e->n_official; i++)
        if (e->official[i].contest == contest) RK_TRY(one_series(e, &e->official[i], out, err));
    rk_buf_lit(out, "]}");
    return RK_OK;
}
