/* hhcd/...: totals by electoral district (dapil), and where the dapil lie. A dapil is a set of
 * regions with what other dapil cut out of them taken off, so its totals are a few additions,
 * never a pass over its stations. */
#include "publish/sirekap_inner.h"

#include "base/mem.h"

uint32_t rk_dapil_find(const rk_contest *c, rk_slice code) {
    for (uint32_t d = 0; d < c->n_dapil; d++)
        if (rk_slice_eq(rk_code_slice(&c->dapil[d].code), code)) return d;
    return RK_NONE;
}

/* The dapil whose regions come from the tree's own column, by code. */
static void from_column(const rk_contest *c, const rk_tree *tree, uint32_t *of) {
    rk_codemap by_code = {0};
    rk_code *code = rk_calloc(c->n_dapil + 1, sizeof *code);
    rk_codemap_reserve(&by_code, c->n_dapil, code);
    for (uint32_t d = 0; d < c->n_dapil; d++) {
        code[d] = c->dapil[d].code;
        if (rk_codemap_find(&by_code, code, &code[d], rk_code_hash(&code[d])) == RK_NONE)
            rk_codemap_add(&by_code, code, d);
    }
    for (uint32_t i = 0; i < tree->n; i++) {
        if (tree->node[i].dapil.len == 0) continue;
        uint32_t d = rk_codemap_find(&by_code, code, &tree->node[i].dapil,
                                     rk_code_hash(&tree->node[i].dapil));
        if (d != RK_NONE && c->dapil[d].n_region == 0) of[i] = d;
    }
    rk_codemap_free(&by_code);
    rk_free(code);
}

static void add_part(rk_dapil_map *m, uint32_t node, uint32_t dapil, bool minus) {
    if (dapil == RK_NONE) return;
    RK_PUSH_ROOM(m->part, m->n, m->cap);
    m->part[m->n++] = (rk_dapil_part){node, dapil, minus};
}

void rk_dapil_map_make(const rk_contest *c, const rk_tree *tree, rk_dapil_map *m) {
    *m = (rk_dapil_map){.of = rk_calloc(tree->n, sizeof *m->of)};
    for (uint32_t i = 0; i < tree->n; i++) m->of[i] = RK_NONE;
    if (c->n_dapil == 0) return;
    from_column(c, tree, m->of);
    for (uint32_t d = 0; d < c->n_dapil; d++)
        for (uint32_t i = 0; i < c->dapil[d].n_region; i++) {
            uint32_t node = rk_tree_find(tree, rk_code_slice(&c->dapil[d].region[i]));
            if (node != RK_NONE) m->of[node] = d;
        }
    for (uint32_t i = 0; i < tree->n; i++) { /* parents come first: what lies below inherits */
        uint32_t above = i ? m->of[tree->node[i].parent] : RK_NONE;
        if (m->of[i] == RK_NONE) m->of[i] = above;
        if (m->of[i] == above) continue;
        add_part(m, i, m->of[i], false);
        add_part(m, i, above, true);
    }
}

void rk_dapil_map_free(rk_dapil_map *m) {
    rk_free(m->part);
    rk_free(m->of);
}

bool rk_dapil_within(const rk_dapil_map *m, const rk_tree *tree, uint32_t d, uint32_t top) {
    for (uint32_t i = 0; i < m->n; i++)
        if (m->part[i].dapil == d && !m->part[i].minus &&
            tree->node[m->part[i].node].level >= tree->node[top].level &&
            rk_tree_below(tree, m->part[i].node, top))
            return true;
    return false;
}

/* ===== totals ===== */

struct total {
    uint64_t *sum;
    uint32_t counted, stations, last_ts;
};

/* A latest time cannot be taken off again: where something is cut out, ask each desa that is
 * left. */
static uint32_t latest(const rk_page *p, const rk_dapil_map *m, uint32_t d) {
    uint32_t ts = 0;
    for (uint32_t i = p->tree->level_first[RK_DESA]; i < p->tree->n; i++)
        if (m->of[i] == d && p->t->count[i].last_ts > ts) ts = p->t->count[i].last_ts;
    return ts;
}

static void add_up(rk_page *p, const rk_dapil_map *m, uint32_t d, struct total *x) {
    memset(x->sum, 0, p->c->n_col * sizeof *x->sum);
    x->counted = x->stations = x->last_ts = 0;
    bool cut = false;
    for (uint32_t i = 0; i < m->n; i++) {
        const rk_dapil_part *part = &m->part[i];
        if (part->dapil != d) continue;
        const uint64_t *from = rk_tally_sum(p->t, part->node);
        const rk_count *c = &p->t->count[part->node];
        uint32_t stations = rk_tally_total(p->t, p->tree, part->node),
                 sign = part->minus ? (uint32_t)-1 : 1;
        for (uint32_t k = 0; k < p->c->n_col; k++)
            x->sum[k] += part->minus ? 0 - from[k] : from[k];
        x->counted += sign * c->counted;
        x->stations += sign * stations;
        if (!part->minus && c->last_ts > x->last_ts) x->last_ts = c->last_ts;
        cut |= part->minus;
    }
    if (cut) x->last_ts = latest(p, m, d);
}

static void put_row(rk_page *p, uint32_t d, const struct total *x) {
    rk_put_key(p->out, rk_code_slice(&p->c->dapil[d].code));
    rk_buf_byte(p->out, '{');
    if (x->counted) rk_put_sums(p, p->c->dapil[d].ballot, x->sum);
    rk_put_text(p->out, "psu", RK_LIT("Reguler"));
    rk_put_key(p->out, RK_LIT("persen"));
    rk_put_percent(p->out, x->counted, x->stations);
    rk_buf_lit(p->out, ",\"status_progress\":");
    rk_buf_add(p->out, x->counted ? RK_LIT("true},") : RK_LIT("false},"));
}

static void put_head(rk_page *p) {
    rk_buf_byte(p->out, '{');
    rk_put_ts(p->out, p->ts);
    rk_put_text(p->out, "mode", RK_LIT("hhcw"));
    rk_buf_lit(p->out, "\"chart\":{");
}

static void put_tail(rk_page *p, uint64_t counted, uint64_t stations) {
    rk_put_close(p->out, '}');
    rk_buf_lit(p->out, ",\"progres\":{");
    rk_put_member(p->out, RK_LIT("total"), stations);
    rk_put_member(p->out, RK_LIT("progres"), counted);
    rk_put_close(p->out, '}');
    rk_buf_byte(p->out, '}');
}

/* All dapil of a region: its totals by party, a row a dapil. */
static void put_all(rk_page *p, const rk_dapil_map *m, uint32_t top, struct total *x) {
    p->ts = rk_page_ts(p, p->t->count[top].last_ts);
    put_head(p);
    rk_put_sums(p, rk_page_ballot(p, top), rk_tally_sum(p->t, top));
    rk_put_close(p->out, '}');
    rk_buf_lit(p->out, ",\"table\":{");
    for (uint32_t d = 0; d < p->c->n_dapil; d++) {
        if (!rk_dapil_within(m, p->tree, d, top)) continue;
        add_up(p, m, d, x);
        put_row(p, d, x);
    }
    put_tail(p, p->t->count[top].counted, rk_tally_total(p->t, p->tree, top));
}

/* "1":{"100121":66269,...,"jml_suara_total":131365,"jml_suara_partai":10031} */
static void put_party(rk_page *p, const rk_ballot *b, uint32_t party, uint32_t key,
                      const uint64_t *sum) {
    const rk_key *k = &p->keys.key[key];
    uint64_t own = sum[k->column], total = 0;
    for (uint32_t i = 0; i < k->n; i++) total += sum[k->column + i];
    if (k->total != RK_NONE) total = sum[k->total];
    if (k->aceh && total == 0) return;
    rk_put_key(p->out, k->id);
    rk_buf_byte(p->out, '{');
    for (uint32_t i = party + 1; i < b->n && b->choice[i].party == party; i++)
        rk_put_member(p->out, rk_code_slice(&b->choice[i].id),
                      sum[p->c->n_field + b->choice[i].slot]);
    rk_put_member(p->out, RK_LIT("jml_suara_total"), total);
    rk_put_member(p->out, RK_LIT("jml_suara_partai"), own);
    rk_put_close(p->out, '}');
    rk_buf_byte(p->out, ',');
}

static void put_one(rk_page *p, const rk_dapil_map *m, uint32_t d, struct total *x) {
    const rk_ballot *b = &p->c->ballot[p->c->dapil[d].ballot];
    add_up(p, m, d, x);
    p->ts = rk_page_ts(p, x->last_ts);
    put_head(p);
    rk_put_sums(p, p->c->dapil[d].ballot, x->sum);
    rk_put_key(p->out, RK_LIT("persen"));
    rk_put_percent(p->out, x->counted, x->stations);
    rk_buf_lit(p->out, "},\"table\":{");
    for (uint32_t i = 0, key = 0; i < b->n; i++)
        if (b->choice[i].party == RK_NONE) put_party(p, b, i, key++, x->sum);
    put_tail(p, x->counted, x->stations);
}

/* How many region codes stand before the dapil: pdpr none, pdprdp P, pdprdk P/K. */
static uint32_t depth_of(const rk_contest *c) {
    rk_slice code = rk_code_slice(&c->code);
    return rk_slice_is(code, "pdpr")     ? 0
           : rk_slice_is(code, "pdprdp") ? 1
           : rk_slice_is(code, "pdprdk") ? 2
                                         : RK_NONE;
}

rk_status rk_render_hhcd(rk_page *p, const rk_slice *code, uint32_t n) {
    uint32_t depth = depth_of(p->c), top, tps, d = RK_NONE;
    if (p->c->shape != RK_PARTAI || p->c->n_dapil == 0 || depth == RK_NONE)
        return rk_page_absent(p);
    bool all = depth ? n == depth : n == 1 && rk_slice_is(code[0], "0");
    if (!all && n != depth + 1) return rk_page_absent(p);
    if (!rk_page_walk(p, code, depth, &top, &tps)) return rk_page_absent(p);
    if (!all) d = rk_dapil_find(p->c, code[depth]);
    if (!all && d == RK_NONE) return rk_page_absent(p);
    rk_dapil_map m;
    struct total x = {.sum = rk_calloc(p->c->n_col, sizeof *x.sum)};
    rk_dapil_map_make(p->c, p->tree, &m);
    bool there = all ? rk_page_held(p, top) : rk_dapil_within(&m, p->tree, d, top);
    if (there && all)
        put_all(p, &m, top, &x);
    else if (there)
        put_one(p, &m, d, &x);
    rk_dapil_map_free(&m);
    rk_free(x.sum);
    return there ? RK_OK : rk_page_absent(p);
}

/* ===== lists of dapil ===== */

static uint64_t dapil_id(uint32_t d) { return 1 + (uint64_t)d; }

static rk_slice dapil_name(const rk_dapil *d) {
    return d->name.len ? d->name : rk_code_slice(&d->code);
}

rk_status rk_render_dapil_list(rk_page *p, uint32_t top) {
    rk_dapil_map m;
    rk_dapil_map_make(p->c, p->tree, &m);
    rk_buf_byte(p->out, '[');
    for (uint32_t d = 0; d < p->c->n_dapil; d++) {
        if (!rk_dapil_within(&m, p->tree, d, top)) continue;
        rk_buf_byte(p->out, '{');
        rk_put_member(p->out, RK_LIT("id_dapil"), dapil_id(d));
        rk_put_text(p->out, "kode_dapil", rk_code_slice(&p->c->dapil[d].code));
        rk_put_text(p->out, "nama_dapil", dapil_name(&p->c->dapil[d]));
        rk_put_close(p->out, '}');
        rk_buf_byte(p->out, ',');
    }
    rk_put_close(p->out, ']');
    rk_dapil_map_free(&m);
    return RK_OK;
}

rk_status rk_render_dapil_dpr(rk_page *p) {
    rk_buf_byte(p->out, '[');
    for (uint32_t d = 0; d < p->c->n_dapil; d++) {
        rk_buf_byte(p->out, '{');
        rk_put_member(p->out, RK_LIT("id"), dapil_id(d));
        rk_put_text(p->out, "nama", dapil_name(&p->c->dapil[d]));
        rk_put_text(p->out, "kode", rk_code_slice(&p->c->dapil[d].code));
        rk_put_close(p->out, '}');
        rk_buf_byte(p->out, ',');
    }
    rk_put_close(p->out, ']');
    return RK_OK;
}

rk_status rk_render_dapil_regions(rk_page *p, uint32_t d) {
    rk_dapil_map m;
    rk_dapil_map_make(p->c, p->tree, &m);
    rk_buf_byte(p->out, '[');
    for (uint32_t i = 0; i < m.n; i++)
        if (m.part[i].dapil == d && !m.part[i].minus) rk_put_region_row(p, m.part[i].node);
    rk_put_close(p->out, ']');
    rk_dapil_map_free(&m);
    return RK_OK;
}
