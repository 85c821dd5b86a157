/* Which documents there are. One walk down the tree serves both uses: all of them, or only
 * those below regions that later entries have touched (then untouched branches are not
 * entered). */
#include "publish/sirekap_inner.h"

#include "base/mem.h"

struct walk {
    rk_page page;
    const rk_since *since; /* NULL = everything */
    uint8_t *touched;      /* per node, for the contest walked */
    uint8_t *grown;        /* per node: new stations below it */
    rk_path_fn *fn;
    void *ctx;
    rk_buf path;
};

static void touch(const rk_tree *tree, uint32_t node, uint8_t *mark) {
    for (; node != RK_NONE && !mark[node]; node = tree->node[node].parent) mark[node] = 1;
}

static bool station_touched(const struct walk *w, uint32_t tps) {
    if (!w->since || tps >= w->since->n_tps) return true;
    return rk_tally_row(w->page.t, tps) && w->page.t->state[tps].entry1 > w->since->entries;
}

static void mark(struct walk *w) {
    const rk_tree *tree = w->page.tree;
    if (!w->since) return;
    memcpy(w->touched, w->grown, tree->n);
    for (uint32_t i = 0; w->page.t && i < tree->n_tps; i++)
        if (station_touched(w, i)) touch(tree, tree->tps[i].desa, w->touched);
}

static bool wanted(const struct walk *w, uint32_t node) {
    return !w->since || w->touched[node];
}
/* The list of stations below it has become longer: else a region tree never changes. */
static bool grew(const struct walk *w, uint32_t node) { return !w->since || w->grown[node]; }

/* Calls fn with the path so far + ".json". */
static rk_status emit(struct walk *w) {
    size_t len = w->path.len;
    rk_buf_lit(&w->path, ".json");
    if (w->path.failed)
        return rk_fail(w->page.err, RK_LIMIT, "a document's path is over %zu bytes",
                       w->path.max);
    rk_status s = w->fn(w->ctx, rk_buf_slice(&w->path), w->page.err);
    w->path.len = len;
    return s;
}

static rk_status emit_below(struct walk *w, rk_slice code) {
    size_t len = w->path.len;
    if (!rk_code_in_path(code))
        return RK_OK; /* cannot be a path: its figures stand in the totals only */
    rk_buf_byte(&w->path, '/');
    rk_buf_add(&w->path, code);
    rk_status s = emit(w);
    w->path.len = len;
    return s;
}

static void start(struct walk *w, const char *a, rk_slice contest) {
    rk_buf_clear(&w->path);
    rk_buf_add(&w->path, rk_slice_str(a));
    rk_buf_add(&w->path, contest);
}

static rk_status emit_list(struct walk *w, const char *path) {
    start(w, path, (rk_slice){0});
    return w->since ? RK_OK : emit(w);
}

/* ===== hhcw and wilayah ===== */

static rk_status stations(struct walk *w, uint32_t desa) {
    const rk_tree *t = w->page.tree;
    for (uint32_t i = t->node[desa].first_tps; i != RK_NONE; i = t->tps[i].next)
        if (station_touched(w, i)) RK_TRY(emit_below(w, rk_code_slice(&t->tps_code[i])));
    return RK_OK;
}

/* A kecamatan whose code is also a dapil's: under wilayah/pemilu/pdprdk that document is the
 * dapil's. */
static bool shadowed(const struct walk *w, uint32_t node) {
    const rk_contest *c = w->page.c;
    return c && w->page.tree->node[node].level == RK_KECAMATAN &&
           rk_slice_is(rk_code_slice(&c->code), "pdprdk") &&
           rk_dapil_find(c, rk_tree_code(w->page.tree, node)) != RK_NONE;
}

/* A document for each child and what lies below; `counts`: hhcw, else wilayah. */
static rk_status below(struct walk *w, uint32_t node, bool counts) {
    const rk_tree *t = w->page.tree;
    const rk_region *r = &t->node[node];
    for (uint32_t i = 0; i < r->n_child; i++) {
        uint32_t k = t->child[r->first_child + i];
        size_t len = w->path.len;
        if (!(counts ? wanted(w, k) : grew(w, k)) || !rk_page_held(&w->page, k) ||
            !rk_code_in_path(rk_tree_code(t, k)))
            continue;
        rk_buf_byte(&w->path, '/');
        rk_buf_add(&w->path, rk_tree_code(t, k));
        bool list = !shadowed(w, k) && (!w->since || t->node[k].level == RK_DESA);
        if (counts || list) RK_TRY(emit(w)); /* later, only a desa's list of stations grows */
        RK_TRY(below(w, k, counts));
        w->path.len = len;
    }
    return r->level == RK_DESA && counts ? stations(w, node) : RK_OK;
}

static rk_status tree_of(struct walk *w, const char *top, rk_slice contest, bool counts) {
    start(w, top, contest);
    if (counts && wanted(w, 0)) {
        RK_TRY(emit(w));
        RK_TRY(emit_below(w, RK_LIT("0")));
    }
    if (!counts && !w->since) RK_TRY(emit_below(w, RK_LIT("0")));
    return below(w, 0, counts);
}

/* ===== dapil ===== */

/* The prefix P or P/K of a dapil that lies below a node of that level. */
static void add_prefix(struct walk *w, uint32_t node, uint32_t level) {
    for (uint32_t l = 1; l <= level; l++) {
        rk_buf_byte(&w->path, '/');
        rk_buf_add(&w->path,
                   rk_tree_code(w->page.tree, rk_tree_ancestor(w->page.tree, node, l)));
    }
}

static bool prefix_ok(const rk_tree *t, uint32_t node, uint32_t level) {
    if (t->node[node].level < level) return false;
    for (uint32_t l = 1; l <= level; l++)
        if (!rk_code_in_path(rk_tree_code(t, rk_tree_ancestor(t, node, l)))) return false;
    return true;
}

static rk_status dapil_documents(struct walk *w, const rk_dapil_part *part, uint32_t level) {
    const rk_contest *c = w->page.c;
    rk_slice contest = rk_code_slice(&c->code),
             code = rk_code_slice(&c->dapil[part->dapil].code);
    start(w, "pemilu/hhcd/", contest);
    add_prefix(w, part->node, level);
    RK_TRY(emit_below(w, code));
    if (w->since) return RK_OK;
    start(w, "pemilu/caleg/partai", (rk_slice){0});
    RK_TRY(emit_below(w, code));
    if (level != RK_KABUPATEN) return RK_OK;
    start(w, "wilayah/pemilu/", contest);
    add_prefix(w, part->node, level);
    return emit_below(w, code);
}

/* The documents that show all dapil of a region: 0, P or P/K. */
static rk_status dapil_overviews(struct walk *w, uint32_t level) {
    const rk_tree *t = w->page.tree;
    for (uint32_t i = t->level_first[level]; i < t->level_first[level + 1]; i++) {
        if (!wanted(w, i) || !prefix_ok(t, i, level) || !rk_page_held(&w->page, i)) continue;
        start(w, "pemilu/hhcd/", rk_code_slice(&w->page.c->code));
        add_prefix(w, i, level);
        RK_TRY(level ? emit(w) : emit_below(w, RK_LIT("0")));
    }
    return RK_OK;
}

static rk_status by_dapil(struct walk *w) {
    const rk_contest *c = w->page.c;
    rk_slice code = rk_code_slice(&c->code);
    uint32_t level = rk_slice_is(code, "pdprdp")   ? RK_PROVINSI
                     : rk_slice_is(code, "pdprdk") ? RK_KABUPATEN
                                                   : RK_NATION;
    if (c->shape != RK_PARTAI || c->n_dapil == 0 ||
        (level == RK_NATION && !rk_slice_is(code, "pdpr")))
        return RK_OK;
    RK_TRY(dapil_overviews(w, level));
    if (level == RK_NATION) RK_TRY(emit_list(w, "wilayah/pemilu/pdpr/dapil_dpr"));
    rk_dapil_map m;
    rk_status s = RK_OK;
    rk_dapil_map_make(c, w->page.tree, &m);
    uint8_t *want = rk_calloc(c->n_dapil, 1);
    for (uint32_t i = 0; i < w->page.tree->n; i++)
        if (m.of[i] != RK_NONE && w->page.tree->node[i].level == RK_DESA && wanted(w, i))
            want[m.of[i]] = 1;
    for (uint32_t i = 0; s == RK_OK && i < m.n; i++) {
        if (m.part[i].minus || (w->since && !want[m.part[i].dapil]) ||
            !prefix_ok(w->page.tree, m.part[i].node, level))
            continue;
        bool repeated = false; /* the regions of a dapil have one prefix: once is enough */
        for (uint32_t k = 0; k < i && !repeated; k++)
            repeated = !m.part[k].minus && m.part[k].dapil == m.part[i].dapil &&
                       (level == RK_NATION ||
                        rk_tree_below(w->page.tree, m.part[i].node,
                                      rk_tree_ancestor(w->page.tree, m.part[k].node, level)));
        if (!repeated) s = dapil_documents(w, &m.part[i], level);
    }
    rk_free(want);
    rk_dapil_map_free(&m);
    return s;
}

/* ===== all ===== */

static rk_status lists_of(struct walk *w) {
    rk_slice code = rk_code_slice(&w->page.c->code);
    if (w->since) return RK_OK;
    if (rk_slice_is(code, "ppwp")) RK_TRY(emit_list(w, "pemilu/ppwp"));
    if (w->page.c->pilkada) {
        start(w, "pilkada/paslon/", code);
        return emit(w);
    }
    const rk_region *nation = &w->page.tree->node[0];
    for (uint32_t i = 0; rk_slice_is(code, "pdpd") && i < nation->n_child; i++) {
        uint32_t k = w->page.tree->child[nation->first_child + i];
        start(w, "pemilu/caleg/dpd", (rk_slice){0});
        if (w->page.t->ballot_of[k] != RK_NONE)
            RK_TRY(emit_below(w, rk_tree_code(w->page.tree, k)));
    }
    return RK_OK;
}

static rk_status contest_paths(struct walk *w) {
    rk_slice code = rk_code_slice(&w->page.c->code);
    bool pilkada = w->page.c->pilkada;
    mark(w);
    RK_TRY(lists_of(w));
    RK_TRY(tree_of(w, pilkada ? "wilayah/pilkada/" : "wilayah/pemilu/", code, false));
    RK_TRY(tree_of(w, pilkada ? "pilkada/hhcw/" : "pemilu/hhcw/", code, true));
    return by_dapil(w);
}

static rk_status all_paths(struct walk *w) {
    rk_election *e = w->page.e;
    bool general = false, president = false, parties = false;
    for (uint32_t i = 0; i < e->n_contest; i++) {
        const rk_contest *c = w->page.c = e->tally[i].contest;
        w->page.t = &e->tally[i];
        general |= !c->pilkada;
        president |= rk_slice_is(rk_code_slice(&c->code), "ppwp");
        parties |= c->shape == RK_PARTAI && (rk_slice_is(rk_code_slice(&c->code), "pdpr") ||
                                             rk_slice_is(rk_code_slice(&c->code), "pdprdp") ||
                                             rk_slice_is(rk_code_slice(&c->code), "pdprdk"));
        if (rk_code_in_path(rk_code_slice(&c->code))) RK_TRY(contest_paths(w));
    }
    if (parties) RK_TRY(emit_list(w, "pemilu/partai"));
    if (!general || president) return RK_OK;
    w->page.c = NULL, w->page.t = NULL; /* the tree that clients take for all contests */
    mark(w);
    return tree_of(w, "wilayah/pemilu/", RK_LIT("ppwp"), false);
}

rk_status rk_sirekap_paths_since(rk_election *e, const rk_since *since, rk_path_fn *fn,
                                 void *ctx, rk_err *err) {
    if (!e->tree) return RK_OK;
    struct walk w = {
        .page = {.e = e, .tree = e->tree, .err = err}, .since = since, .fn = fn, .ctx = ctx};
    rk_buf_init(&w.path, RK_URL_MAX);
    if (since) {
        w.touched = rk_calloc(e->tree->n, 1);
        w.grown = rk_calloc(e->tree->n, 1);
        for (uint32_t i = since->n_tps; i < e->tree->n_tps; i++)
            touch(e->tree, e->tree->tps[i].desa, w.grown);
    }
    rk_status s = all_paths(&w);
    rk_buf_free(&w.path);
    rk_free(w.touched);
    rk_free(w.grown);
    return s;
}

rk_status rk_sirekap_paths(rk_election *e, rk_path_fn *fn, void *ctx, rk_err *err) {
    return rk_sirekap_paths_since(e, NULL, fn, ctx, err);
}

/* ===== of one station ===== */

/* The chain from the nation to the station. */
static rk_status chain(struct walk *w, uint32_t tps, uint32_t desa) {
    const rk_tree *t = w->page.tree;
    RK_TRY(emit(w));
    RK_TRY(emit_below(w, RK_LIT("0")));
    for (uint32_t l = 1; l <= RK_DESA; l++) {
        rk_slice code = rk_tree_code(t, rk_tree_ancestor(t, desa, l));
        if (!rk_code_in_path(code)) return RK_OK;
        rk_buf_byte(&w->path, '/');
        rk_buf_add(&w->path, code);
        RK_TRY(emit(w));
    }
    return emit_below(w, rk_code_slice(&t->tps_code[tps]));
}

static rk_status desa_list(struct walk *w, uint32_t desa) {
    start(w, w->page.c->pilkada ? "wilayah/pilkada/" : "wilayah/pemilu/",
          rk_code_slice(&w->page.c->code));
    if (!prefix_ok(w->page.tree, desa, RK_DESA)) return RK_OK;
    add_prefix(w, desa, RK_DESA);
    return emit(w);
}

static rk_status one_station(struct walk *w, uint32_t tps) {
    const rk_contest *c = w->page.c;
    uint32_t desa = w->page.tree->tps[tps].desa;
    start(w, c->pilkada ? "pilkada/hhcw/" : "pemilu/hhcw/", rk_code_slice(&c->code));
    RK_TRY(chain(w, tps, desa));
    RK_TRY(desa_list(w, desa)); /* the station itself may be new */
    rk_slice code = rk_code_slice(&c->code), dapil = rk_contest_dapil(c, w->page.tree, desa);
    bool dpr = rk_slice_is(code, "pdpr");
    uint32_t level = dpr                           ? RK_NATION
                     : rk_slice_is(code, "pdprdp") ? RK_PROVINSI
                     : rk_slice_is(code, "pdprdk") ? RK_KABUPATEN
                                                   : RK_NONE;
    if (c->n_dapil == 0 || c->shape != RK_PARTAI || level == RK_NONE ||
        !prefix_ok(w->page.tree, desa, level))
        return RK_OK;
    start(w, "pemilu/hhcd/", code);
    add_prefix(w, desa, level);
    RK_TRY(dpr ? emit_below(w, RK_LIT("0")) : emit(w));
    return emit_below(w, dapil);
}

rk_status rk_sirekap_paths_of(rk_election *e, uint32_t contest, uint32_t tps, rk_path_fn *fn,
                              void *ctx, rk_err *err) {
    if (contest >= e->n_contest || !e->tree || tps >= e->tree->n_tps)
        return rk_fail(err, RK_NOT_FOUND, "there is no such contest or station");
    struct walk w = {.page = {.e = e,
                              .tree = e->tree,
                              .t = &e->tally[contest],
                              .c = e->tally[contest].contest,
                              .err = err},
                     .fn = fn,
                     .ctx = ctx};
    rk_buf_init(&w.path, RK_URL_MAX);
    rk_status s = one_station(&w, tps);
    rk_buf_free(&w.path);
    return s;
}
