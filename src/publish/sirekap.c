/* The way from a path to a document. A path is followed segment by segment down the region
 * tree; codes are never cut up, so that any election's codes work. */
#include "publish/sirekap_inner.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "base/wib.h"

rk_status rk_page_absent(rk_page *p) {
    return rk_fail(p->err, RK_NOT_FOUND, "there is no such document");
}

uint32_t rk_election_day(const rk_election *e) {
    char text[RK_WIB_LEN];
    uint32_t ts = 0;
    if (e->date.len != 10) return 0;
    memcpy(text, e->date.ptr, 10);
    memcpy(text + 10, " 00:00:00", 9);
    return rk_wib_parse((rk_slice){text, sizeof text}, &ts) ? ts : 0;
}

bool rk_code_in_path(rk_slice code) {
    if (code.len == 0 || code.ptr[0] == '.' || !rk_utf8_text(code, "")) return false;
    return memchr(code.ptr, '/', code.len) == NULL && memchr(code.ptr, '\\', code.len) == NULL;
}

bool rk_page_contest(rk_page *p, rk_slice code) {
    uint32_t i = rk_election_contest(p->e, code);
    p->t = i == RK_NONE ? NULL : &p->e->tally[i];
    p->c = p->t ? p->t->contest : NULL;
    return p->t != NULL;
}

bool rk_page_held(const rk_page *p, uint32_t node) {
    if (!p->c || p->c->n_dapil == 0 || p->t->ballot_of[node] != RK_NONE) return true;
    const rk_region *r = &p->tree->node[node];
    for (uint32_t i = 0; i < r->n_child; i++)
        if (rk_page_held(p, p->tree->child[r->first_child + i])) return true;
    return false;
}

bool rk_page_walk(const rk_page *p, const rk_slice *code, uint32_t n, uint32_t *node,
                  uint32_t *tps) {
    *node = 0, *tps = RK_NONE;
    for (uint32_t i = 0; i < n; i++) {
        rk_code c;
        if (*tps != RK_NONE || !rk_code_of(code[i], &c)) return false;
        if (p->tree->node[*node].level < RK_DESA) {
            uint32_t next = rk_tree_find(p->tree, code[i]);
            if (next == RK_NONE || p->tree->node[next].parent != *node) return false;
            *node = next;
        } else {
            *tps = rk_tree_find_tps(p->tree, &c, rk_code_hash(&c));
            if (*tps == RK_NONE || p->tree->tps[*tps].desa != *node) return false;
        }
    }
    return true;
}

/* ===== the routes ===== */

struct path {
    rk_slice seg[RK_SEGMENTS_MAX];
    uint32_t n;
};

static bool split(rk_slice path, struct path *out) {
    rk_slice part;
    out->n = 0;
    if (!rk_slice_ends(path, RK_LIT(".json"))) return false;
    path.len -= 5;
    while (rk_slice_cut(&path, '/', &part)) {
        if (out->n == RK_SEGMENTS_MAX || part.len == 0) return false;
        out->seg[out->n++] = part;
    }
    return out->n >= 2;
}

static bool is(const struct path *s, uint32_t i, const char *word) {
    return i < s->n && rk_slice_is(s->seg[i], word);
}

/* wilayah/{pemilu|pilkada}/{contest}/... Clients take the presidential tree for every contest,
 * so it is there in any general election, also in one without that contest. */
static rk_status wilayah(rk_page *p, const struct path *s) {
    bool pilkada = is(s, 1, "pilkada"), found = s->n >= 4 && rk_page_contest(p, s->seg[2]);
    if (s->n < 4 || (!pilkada && !is(s, 1, "pemilu"))) return rk_page_absent(p);
    if (found)
        return p->c->pilkada == pilkada ? rk_render_wilayah(p, s->seg + 3, s->n - 3)
                                        : rk_page_absent(p);
    bool any = false;
    for (uint32_t i = 0; i < p->e->n_contest; i++) any |= !p->e->tally[i].contest->pilkada;
    return any && !pilkada && is(s, 2, "ppwp") ? rk_render_wilayah(p, s->seg + 3, s->n - 3)
                                               : rk_page_absent(p);
}

static rk_status counts(rk_page *p, const struct path *s, bool pilkada) {
    if (!rk_page_contest(p, s->seg[2]) || p->c->pilkada != pilkada) return rk_page_absent(p);
    return rk_render_hhcw(p, s->seg + 3, s->n - 3);
}

static rk_status pemilu(rk_page *p, const struct path *s) {
    if (s->n == 2 && is(s, 1, "ppwp")) return rk_render_ppwp(p);
    if (s->n == 2 && is(s, 1, "partai")) return rk_render_partai(p);
    if (s->n >= 3 && is(s, 1, "hhcw")) return counts(p, s, false);
    if (s->n >= 4 && is(s, 1, "hhcd") && rk_page_contest(p, s->seg[2]))
        return rk_render_hhcd(p, s->seg + 3, s->n - 3);
    if (s->n == 4 && is(s, 1, "caleg") && is(s, 2, "partai"))
        return rk_render_caleg_partai(p, s->seg[3]);
    if (s->n == 4 && is(s, 1, "caleg") && is(s, 2, "dpd"))
        return rk_render_caleg_dpd(p, s->seg[3]);
    return rk_page_absent(p);
}

static rk_status pilkada(rk_page *p, const struct path *s) {
    if (s->n >= 3 && is(s, 1, "hhcw")) return counts(p, s, true);
    if (s->n == 3 && is(s, 1, "paslon") && rk_page_contest(p, s->seg[2]) && p->c->pilkada)
        return rk_render_paslon(p);
    return rk_page_absent(p);
}

rk_status rk_sirekap_render(rk_election *e, rk_slice path, rk_buf *out, rk_document_info *info,
                            rk_err *err) {
    rk_page p = {.e = e, .tree = e->tree, .out = out, .err = err, .keys = {.ballot = RK_NONE}};
    struct path s;
    size_t start = out->len;
    *info = (rk_document_info){.is_json = true};
    if (!e->tree || !split(path, &s)) return rk_page_absent(&p);
    p.ts = rk_election_day(e);
    rk_status st = is(&s, 0, "wilayah")   ? wilayah(&p, &s)
                   : is(&s, 0, "pemilu")  ? pemilu(&p, &s)
                   : is(&s, 0, "pilkada") ? pilkada(&p, &s)
                                          : rk_page_absent(&p);
    rk_free(p.keys.key);
    if (st == RK_OK && out->failed)
        st = rk_fail(err, RK_LIMIT, "the document is over %zu bytes", out->max);
    if (st != RK_OK && !out->failed) out->len = start;
    info->ts = p.ts;
    return st;
}
