/* Findings page by page, and the count beside official figures. A page of findings is found by
 * walking the tree with the totals per rule: whole regions before the page are passed over, so
 * deep pages cost no more than the first. */
#include "publish/api_inner.h"

#include "base/mem.h"
#include "core/official.h"

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
    rk_js_comparison(out, f);
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

void rk_api_findings(rk_election *e, uint32_t contest, const rk_api_findings_query *q,
                     rk_buf *out) {
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
    struct walk w = {
        .e = e, .t = t, .mask = mask, .skip = q->from, .left = q->count, .out = out};
    walk_node(&w, q->node);
    rk_buf_lit(out, "]}");
}

/* ===== official figures beside the count ===== */

enum part { OFFICIAL, COUNTED, DIFFERENCE };

static void row_part(const rk_tally *t, const rk_tree *tree, const rk_official_table *o,
                     uint32_t row, enum part p, rk_buf *out) {
    static const char *const key[] = {"resmi", "hitung", "selisih"};
    rk_js_key(out, key[p]);
    rk_buf_byte(out, '[');
    for (uint32_t k = 0; k < o->n_column; k++) {
        uint64_t official = o->value[(size_t)row * o->n_column + k];
        uint64_t counted = rk_official_counted(t, tree, o, row, k);
        rk_js_item(out);
        if (p == COUNTED)
            rk_buf_num(out, counted);
        else if (official == UINT64_MAX)
            rk_buf_lit(out, "null");
        else if (p == OFFICIAL)
            rk_buf_num(out, official);
        else
            rk_js_signed(out, (int64_t)counted - (int64_t)official);
    }
    rk_buf_byte(out, ']');
}

static void series_rows(const rk_election *e, const rk_tally *t, const rk_official_table *o,
                        rk_buf *out) {
    rk_js_key(out, "baris");
    rk_buf_byte(out, '[');
    for (uint32_t r = 0; r < o->n; r++) {
        rk_js_item(out);
        rk_buf_byte(out, '{');
        rk_js_text(out, "kode", rk_tree_code(e->tree, o->node[r]));
        rk_js_text(out, "nama", e->tree->node[o->node[r]].name);
        for (enum part p = OFFICIAL; p <= DIFFERENCE; p++) row_part(t, e->tree, o, r, p, out);
        rk_buf_byte(out, '}');
    }
    rk_buf_byte(out, ']');
}

static rk_status one_series(const rk_election *e, const rk_official *o, rk_buf *out,
                            rk_err *err) {
    const rk_tally *t = &e->tally[o->contest];
    rk_official_table table;
    rk_buf name;
    RK_TRY(rk_official_parse(e->tree, t->contest, o->csv, &table, err));
    rk_buf_init(&name, RK_NAME_MAX);
    rk_js_item(out);
    rk_buf_byte(out, '{');
    rk_js_text(out, "nama", o->label);
    rk_js_num(out, "entri", o->entry);
    rk_js_key(out, "kolom");
    rk_buf_byte(out, '[');
    for (uint32_t k = 0; k < table.n_column; k++) {
        rk_buf_clear(&name);
        rk_official_name(t->contest, &table, k, &name);
        rk_js_item(out);
        rk_buf_json(out, rk_buf_slice(&name));
    }
    rk_buf_byte(out, ']');
    series_rows(e, t, &table, out);
    rk_buf_byte(out, '}');
    rk_buf_free(&name);
    rk_official_free(&table);
    return RK_OK;
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
