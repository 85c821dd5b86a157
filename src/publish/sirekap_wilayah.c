/* wilayah/...: the children of a region as rows {"nama","id","kode","tingkat"}. */
#include "publish/sirekap_inner.h"

#include "base/mem.h"

enum {
    FIRST_ID = 100000
}; /* ids: nodes of the tree in its order, then the stations as they came */

static void put_row(rk_buf *out, rk_slice name, uint64_t id, rk_slice code, unsigned level) {
    rk_buf_byte(out, '{');
    rk_put_text(out, "nama", name);
    rk_put_member(out, RK_LIT("id"), id);
    rk_put_text(out, "kode", code);
    rk_put_member(out, RK_LIT("tingkat"), level);
    rk_put_close(out, '}');
    rk_buf_byte(out, ',');
}

void rk_put_region_row(rk_page *p, uint32_t node) {
    put_row(p->out, p->tree->node[node].name, FIRST_ID + (uint64_t)node,
            rk_tree_code(p->tree, node), p->tree->node[node].level);
}

static void put_stations(rk_page *p, uint32_t desa) {
    const rk_tree *t = p->tree;
    uint32_t *tps = rk_calloc(t->node[desa].known + 1, sizeof *tps),
             n = rk_tree_tps_sorted(t, desa, tps);
    rk_buf name;
    rk_buf_init(&name, RK_NAME_MAX);
    for (uint32_t i = 0; i < n; i++) {
        rk_buf_clear(&name);
        rk_tree_tps_name(t, tps[i], &name);
        put_row(p->out, rk_buf_slice(&name), FIRST_ID + (uint64_t)t->n + tps[i],
                rk_code_slice(&t->tps_code[tps[i]]), RK_STATION);
    }
    rk_buf_free(&name);
    rk_free(tps);
}

static rk_status put_children(rk_page *p, uint32_t node) {
    const rk_region *r = &p->tree->node[node];
    rk_buf_byte(p->out, '[');
    for (uint32_t i = 0; i < r->n_child; i++)
        if (rk_page_held(p, p->tree->child[r->first_child + i]))
            rk_put_region_row(p, p->tree->child[r->first_child + i]);
    if (r->level == RK_DESA) put_stations(p, node);
    rk_put_close(p->out, ']');
    return RK_OK;
}

/* Where the two contests of the regional councils have their lists of dapil instead of regions.
 */
static bool lists_dapil(const rk_page *p, uint32_t level) {
    rk_slice c = p->c ? rk_code_slice(&p->c->code) : (rk_slice){0};
    return (rk_slice_is(c, "pdprdp") && level == RK_PROVINSI) ||
           (rk_slice_is(c, "pdprdk") && level == RK_KABUPATEN);
}

static rk_status dapil_regions(rk_page *p, const rk_slice *code, uint32_t n, bool *found) {
    uint32_t top, tps, d = rk_dapil_find(p->c, code[n - 1]);
    *found = false;
    if (d == RK_NONE || !rk_page_walk(p, code, n - 1, &top, &tps)) return RK_OK;
    rk_dapil_map m;
    rk_dapil_map_make(p->c, p->tree, &m);
    *found = rk_dapil_within(&m, p->tree, d, top);
    rk_dapil_map_free(&m);
    return *found ? rk_render_dapil_regions(p, d) : RK_OK;
}

rk_status rk_render_wilayah(rk_page *p, const rk_slice *code, uint32_t n) {
    uint32_t node, tps;
    if (n == 1 && rk_slice_is(code[0], "0")) return put_children(p, 0);
    if (p->c && n == 1 && rk_slice_is(rk_code_slice(&p->c->code), "pdpr") &&
        rk_slice_is(code[0], "dapil_dpr"))
        return rk_render_dapil_dpr(p);
    if (n == 3 && p->c &&
        rk_slice_is(
            rk_code_slice(&p->c->code),
            "pdprdk")) { /* a dapil's code may equal a kecamatan's: the dapil is meant */
        bool found;
        RK_TRY(dapil_regions(p, code, n, &found));
        if (found) return RK_OK;
    }
    if (!rk_page_walk(p, code, n, &node, &tps) || !rk_page_held(p, node))
        return rk_page_absent(p);
    if (tps != RK_NONE) { /* a station has nothing below it */
        rk_buf_lit(p->out, "[]");
        return RK_OK;
    }
    return lists_dapil(p, p->tree->node[node].level) ? rk_render_dapil_list(p, node)
                                                     : put_children(p, node);
}
