/* What the documents of Sirekap's tree must say (docs/format/sirekap.md). */
#include "verify/docs.h"

#include "base/mem.h"
#include "base/wib.h"
#include "core/administrasi.h"

enum { FIRST_ID = 100000 };

struct page {
    rk_docs *d;
    const rk_view *v;
    rk_election *e;
    const rk_tree *tree;
    uint32_t k; /* number of the contest */
    rk_tally *t;
    const rk_contest *c;
    const rk_own *own;
};

/* ===== where ===== */

static bool open_contest(struct page *p, rk_slice code) {
    p->k = rk_election_contest(p->e, code);
    if (p->k == RK_NONE) return false;
    p->t = &p->e->tally[p->k];
    p->c = p->t->contest;
    p->own = &p->v->own[p->k];
    return true;
}

static bool held(const struct page *p, uint32_t node) {
    if (!p->c || p->c->n_dapil == 0 || p->t->ballot_of[node] != RK_NONE) return true;
    const rk_region *r = &p->tree->node[node];
    for (uint32_t i = 0; i < r->n_child; i++)
        if (held(p, p->tree->child[r->first_child + i])) return true;
    return false;
}

static bool walk(const struct page *p, const rk_slice *seg, uint32_t n, uint32_t *node,
                 uint32_t *tps) {
    *node = 0, *tps = RK_NONE;
    if (n == 1 && rk_slice_is(seg[0], "0")) n = 0;
    for (uint32_t i = 0; i < n; i++) {
        rk_code code;
        if (*tps != RK_NONE || !rk_code_of(seg[i], &code)) return false;
        if (p->tree->node[*node].level < RK_DESA) {
            uint32_t child = rk_tree_find(p->tree, seg[i]);
            if (child == RK_NONE || p->tree->node[child].parent != *node) return false;
            *node = child;
        } else {
            *tps = rk_tree_find_tps(p->tree, &code, rk_code_hash(&code));
            if (*tps == RK_NONE || p->tree->tps[*tps].desa != *node) return false;
        }
    }
    return true;
}

static uint32_t time_of(const struct page *p, uint32_t ts) {
    char text[RK_WIB_LEN];
    if (ts || p->e->date.len != 10) return ts;
    memcpy(text, p->e->date.ptr, 10);
    memcpy(text + 10, " 00:00:00", 9);
    return rk_wib_parse((rk_slice){text, sizeof text}, &ts) ? ts : 0;
}

/* A document always has a time, be it that of 1970. */
static json_t *stamp(const struct page *p, uint32_t ts) {
    char text[RK_WIB_LEN];
    rk_wib_put(text, time_of(p, ts));
    return json_stringn_nocheck(text, sizeof text);
}

/* ===== figures ===== */

static json_t *share(uint64_t part, uint64_t total) {
    if (part == 0 || total == 0) return json_integer(0);
    const uint64_t hundredths = (part * 20000 + total) / (2 * total); /* rounded half up */
    return json_real((double)hundredths / 100.0);
}

/* The parties of all ballots are the same, in the same cells. */
static bool common_parties(const rk_contest *c) {
    for (uint32_t b = 1; b < c->n_ballot; b++) {
        uint32_t i = 0, k = 0;
        const rk_ballot *x = &c->ballot[0], *y = &c->ballot[b];
        for (;; i++, k++) {
            while (i < x->n && x->choice[i].party != RK_NONE) i++;
            while (k < y->n && y->choice[k].party != RK_NONE) k++;
            if (i >= x->n || k >= y->n) break;
            if (x->choice[i].slot != y->choice[k].slot ||
                !rk_code_eq(&x->choice[i].code, &y->choice[k].code))
                return false;
        }
        if (i < x->n || k < y->n) return false;
    }
    return true;
}

static uint32_t ballot_at(const struct page *p, uint32_t node) {
    uint32_t b = p->t->ballot_of[node];
    return b == RK_NONE && p->c->shape == RK_PARTAI && common_parties(p->c) ? 0 : b;
}

/* A choice's own votes and, of a party, its candidates', from any row of figures. */
static uint64_t votes(const struct page *p, const rk_ballot *b, uint32_t i,
                      const uint64_t *sum) {
    const rk_choice *x = &b->choice[i];
    uint32_t written =
        p->c->shape == RK_PARTAI ? rk_party_total_field(p->c, &x->code) : RK_NONE;
    if (written != RK_NONE) return sum[written];
    uint64_t n = sum[p->c->n_field + x->slot];
    for (uint32_t k = 0; k < b->n; k++)
        if (b->choice[k].party == i) n += sum[p->c->n_field + b->choice[k].slot];
    return n;
}

/* The same in a region; above the dapil it is the sum of the regions below. */
static uint64_t region_votes(const struct page *p, uint32_t node, const rk_code *code) {
    uint32_t ballot = p->t->ballot_of[node];
    uint64_t n = 0;
    if (ballot == RK_NONE) {
        const rk_region *r = &p->tree->node[node];
        for (uint32_t i = 0; i < r->n_child; i++)
            n += region_votes(p, p->tree->child[r->first_child + i], code);
        return n;
    }
    const rk_ballot *b = &p->c->ballot[ballot];
    for (uint32_t i = 0; i < b->n; i++)
        if (b->choice[i].party == RK_NONE && rk_code_eq(&b->choice[i].code, code))
            return votes(p, b, i, rk_view_sum(p->v, p->k, node));
    return 0;
}

static void put_votes(json_t *o, const rk_choice *x, uint64_t v) {
    if (v || !x->aceh) rk_j_set(o, rk_code_slice(&x->id), rk_j_num(v));
}

static void put_region(const struct page *p, json_t *o, uint32_t node) {
    uint32_t ballot = ballot_at(p, node);
    if (ballot == RK_NONE) return;
    const rk_ballot *b = &p->c->ballot[ballot];
    for (uint32_t i = 0; i < b->n; i++)
        if (b->choice[i].party == RK_NONE)
            put_votes(o, &b->choice[i], region_votes(p, node, &b->choice[i].code));
}

static json_t *progress(uint64_t counted, uint64_t total, bool percent) {
    json_t *o = json_object();
    rk_j_put(o, "total", rk_j_num(total));
    if (percent) rk_j_put(o, "persen", share(counted, total));
    rk_j_put(o, "progres", rk_j_num(counted));
    return o;
}

static void put_state(const struct page *p, json_t *row, uint8_t psu, uint64_t counted,
                      uint64_t total) {
    rk_j_put(row, "psu",
             rk_j_text(rk_psu_name(psu == RK_PSU_NONE ? RK_PSU_REGULER : (enum rk_psu)psu)));
    if (p->c->pilkada)
        rk_j_put(row, "progres", progress(counted, total, true));
    else
        rk_j_put(row, "persen", share(counted, total));
    rk_j_put(row, "status_progress", rk_j_bool(counted > 0));
}

/* ===== hhcw ===== */

/* A station's votes for a choice; null where no cell of it is written. */
static json_t *station_votes(const struct page *p, const rk_ballot *b, uint32_t i,
                             const uint32_t *cell, bool *any) {
    const rk_choice *x = &b->choice[i];
    uint32_t written =
        p->c->shape == RK_PARTAI ? rk_party_total_field(p->c, &x->code) : RK_NONE;
    *any = written != RK_NONE && cell[written] != RK_ABSENT;
    if (*any) return rk_j_num(cell[written]);
    uint64_t n = 0;
    for (uint32_t k = 0; k < b->n; k++) {
        if (k != i && b->choice[k].party != i) continue;
        uint32_t v = cell[p->c->n_field + b->choice[k].slot];
        *any |= v != RK_ABSENT;
        n += v == RK_ABSENT ? 0 : v;
    }
    return *any ? rk_j_num(n) : json_null();
}

static json_t *station_row(const struct page *p, uint32_t tps) {
    const uint32_t *cell = rk_tally_row(p->t, tps);
    const rk_form_state *s = cell ? &p->t->state[tps] : NULL;
    uint32_t ballot = ballot_at(p, p->tree->tps[tps].desa);
    json_t *row = json_object();
    bool counted = s && s->counted, any;
    for (uint32_t i = 0; counted && ballot != RK_NONE && i < p->c->ballot[ballot].n; i++) {
        const rk_choice *x = &p->c->ballot[ballot].choice[i];
        if (x->party != RK_NONE) continue;
        json_t *v = station_votes(p, &p->c->ballot[ballot], i, cell, &any);
        if (x->aceh && !any)
            json_decref(v);
        else
            rk_j_set(row, rk_code_slice(&x->id), v);
    }
    put_state(p, row, s ? s->psu : RK_PSU_NONE, counted, 1);
    return row;
}

static json_t *table(const struct page *p, uint32_t node) {
    const rk_region *r = &p->tree->node[node];
    json_t *o = json_object();
    for (uint32_t i = 0; i < r->n_child; i++) {
        uint32_t k = p->tree->child[r->first_child + i];
        if (!held(p, k)) continue;
        json_t *row = json_object();
        if (p->own->count[k].counted) put_region(p, row, k);
        put_state(p, row, RK_PSU_NONE, p->own->count[k].counted,
                  rk_tally_total(p->t, p->tree, k));
        rk_j_set(o, rk_tree_code(p->tree, k), row);
    }
    if (r->level != RK_DESA) return o;
    for (uint32_t s = r->first_tps; s != RK_NONE; s = p->tree->tps[s].next)
        rk_j_set(o, rk_code_slice(&p->tree->tps_code[s]), station_row(p, s));
    return o;
}

static json_t *region(const struct page *p, uint32_t node) {
    uint64_t counted = p->own->count[node].counted, total = rk_tally_total(p->t, p->tree, node);
    json_t *o = json_object(), *chart = json_object(), *in = o;
    put_region(p, chart, node);
    if (p->c->pilkada) {
        rk_j_put(chart, "progres", progress(counted, total, true));
        rk_j_put(o, "tungsura", in = json_object());
    } else {
        rk_j_put(chart, "persen", share(counted, total));
    }
    rk_j_put(in, "chart", chart);
    rk_j_put(in, "table", table(p, node));
    rk_j_put(o, "mode", json_string("hhcw"));
    rk_j_put(o, "psu", json_string("Reguler"));
    rk_j_put(o, "progres", progress(counted, total, false));
    rk_j_put(o, "ts", stamp(p, p->own->count[node].last_ts));
    return o;
}

/* ===== a station ===== */

static json_t *choices(const struct page *p, const rk_ballot *b, const uint32_t *cell) {
    json_t *o = json_object();
    rk_j_put(o, "null", json_null());
    for (uint32_t i = 0; i < b->n; i++) {
        uint32_t v = cell[p->c->n_field + b->choice[i].slot];
        if (v != RK_ABSENT) rk_j_set(o, rk_code_slice(&b->choice[i].id), rk_j_num(v));
    }
    return o;
}

static json_t *parties(const struct page *p, const rk_ballot *b, const uint32_t *cell) {
    json_t *o = json_object();
    for (uint32_t i = 0; i < b->n; i++) {
        bool any;
        if (b->choice[i].party != RK_NONE) continue;
        json_t *total = station_votes(p, b, i, cell, &any);
        if (!any) {
            json_decref(total);
            continue;
        }
        json_t *row = json_object();
        rk_j_put(row, "jml_suara_total", total);
        rk_j_put(row, "jml_suara_partai", rk_j_cell(cell[p->c->n_field + b->choice[i].slot]));
        rk_j_set(o, rk_code_slice(&b->choice[i].id), row);
    }
    return o;
}

static void candidates(const struct page *p, const rk_ballot *b, const uint32_t *cell,
                       json_t *o) {
    json_t *all = json_object();
    for (uint32_t i = 0; i < b->n; i++) {
        const rk_choice *x = &b->choice[i];
        uint32_t v = cell[p->c->n_field + x->slot];
        if (x->party == RK_NONE || v == RK_ABSENT) continue;
        rk_slice party = rk_code_slice(&b->choice[x->party].id);
        json_t *of = json_object_getn(all, party.ptr, party.len);
        if (!of) {
            rk_j_set(all, party, of = json_object());
            rk_j_put(of, "null", json_null());
        }
        rk_j_set(of, rk_code_slice(&x->id), rk_j_num(v));
    }
    if (json_object_size(all))
        rk_j_put(o, "caleg", all);
    else
        json_decref(all);
}

static json_t *images(const struct page *p, const rk_form_state *s) {
    bool sirekap = s && s->sirekap & RK_SIREKAP;
    rk_slice list = s && s->images1 ? p->t->images[s->images1 - 1] : (rk_slice){0}, one;
    size_t least = sirekap && list.len ? 0 : 3;
    if (sirekap && !(s->sirekap & RK_SIREKAP_IMAGES)) return json_null();
    json_t *a = json_array();
    while (rk_next_image(&list, &one))
        json_array_append_new(a, one.len ? rk_j_text(one) : json_null());
    while (json_array_size(a) < least) json_array_append_new(a, json_null());
    return a;
}

static json_t *administration(const struct page *p, const uint32_t *cell) {
    json_t *o = json_object();
    for (uint32_t i = 0; i < RK_ADMINISTRASI_N; i++) {
        uint32_t col = rk_contest_field(p->c, rk_administrasi(i));
        rk_j_set(o, rk_administrasi(i), rk_j_cell(col == RK_NONE ? RK_ABSENT : cell[col]));
    }
    return o;
}

static bool any_administration(const struct page *p, const uint32_t *cell) {
    for (uint32_t i = 0; cell && i < RK_ADMINISTRASI_N; i++) {
        uint32_t col = rk_contest_field(p->c, rk_administrasi(i));
        if (col != RK_NONE && cell[col] != RK_ABSENT) return true;
    }
    return false;
}

static json_t *station(const struct page *p, uint32_t tps) {
    const uint32_t *cell = rk_tally_row(p->t, tps);
    const rk_form_state *s = cell ? &p->t->state[tps] : NULL;
    uint8_t bits = s ? s->sirekap : 0;
    bool sirekap = bits & RK_SIREKAP;
    bool chart = s && (sirekap ? (bits & RK_SIREKAP_CHART) != 0 : s->counted);
    bool adm = s && (sirekap ? (bits & RK_SIREKAP_ADM) != 0 : any_administration(p, cell));
    uint32_t desa = p->tree->tps[tps].desa, ballot = ballot_at(p, desa);
    json_t *o = json_object(), *in = p->c->pilkada ? json_object() : o;
    if (in != o) rk_j_put(o, "tungsura", in);
    if (sirekap ? (bits & RK_SIREKAP_MODE) != 0 : p->c->pilkada)
        rk_j_put(o, "mode", json_string("hhcw"));
    if (!chart || ballot == RK_NONE)
        rk_j_put(in, "chart", json_null());
    else if (p->c->shape == RK_PARTAI)
        rk_j_put(in, "chart", parties(p, &p->c->ballot[ballot], cell));
    else
        rk_j_put(in, "chart", choices(p, &p->c->ballot[ballot], cell));
    if (p->c->shape == RK_PARTAI) {
        if (chart && ballot != RK_NONE) candidates(p, &p->c->ballot[ballot], cell, in);
        rk_slice dapil = rk_contest_dapil(p->c, p->tree, desa);
        rk_j_put(in, "kode_dapil", dapil.len ? rk_j_text(dapil) : json_null());
    }
    rk_j_put(in, "administrasi", adm ? administration(p, cell) : json_null());
    rk_j_put(o, "images", images(p, s));
    rk_slice psu = s ? rk_psu_name((enum rk_psu)s->psu) : (rk_slice){0};
    rk_j_put(o, "psu", psu.len ? rk_j_text(psu) : json_null());
    rk_j_put(o, "ts", stamp(p, s ? s->ts : 0));
    rk_j_put(o, "status_suara",
             rk_j_bool(sirekap ? (bits & RK_SIREKAP_STATUS_VOTES) != 0 : chart));
    rk_j_put(o, "status_adm", rk_j_bool(sirekap ? (bits & RK_SIREKAP_STATUS_ADM) != 0 : adm));
    return o;
}

static json_t *hhcw(struct page *p, const rk_slice *seg, uint32_t n, bool pilkada,
                    bool *known) {
    uint32_t node, tps;
    *known = true;
    if (!open_contest(p, seg[0]) || p->c->pilkada != pilkada ||
        !walk(p, seg + 1, n - 1, &node, &tps) || !held(p, node))
        return NULL;
    return tps == RK_NONE ? region(p, node) : station(p, tps);
}

/* ===== hhcd: by dapil ===== */

/* Per node of the tree: its dapil, RK_NONE = none. */
static const uint32_t *dapil_of(const struct page *p) {
    uint32_t **of = &p->d->dapil_of[p->k], last = 0;
    if (*of != NULL) return *of; /* made once for a contest */
    *of = rk_calloc(p->tree->n, sizeof **of);
    for (uint32_t i = 0; i < p->tree->n; i++) {
        rk_slice code = rk_contest_dapil(p->c, p->tree, i);
        (*of)[i] = RK_NONE;
        for (uint32_t k = 0; code.len && k < p->c->n_dapil; k++) {
            uint32_t at = (last + k) % p->c->n_dapil; /* neighbours are mostly of one dapil */
            if (!rk_slice_eq(rk_code_slice(&p->c->dapil[at].code), code)) continue;
            (*of)[i] = last = at;
            break;
        }
    }
    return *of;
}

struct total {
    uint64_t *sum, counted, stations;
    uint32_t last_ts;
};

static bool add_dapil(const struct page *p, uint32_t dapil, uint32_t top, struct total *x) {
    const uint32_t *of = dapil_of(p);
    bool any = false;
    memset(x->sum, 0, p->c->n_col * sizeof *x->sum);
    x->counted = x->stations = x->last_ts = 0;
    for (uint32_t i = p->tree->level_first[RK_DESA]; i < p->tree->n; i++) {
        if (of[i] != dapil) continue;
        const uint64_t *from = rk_view_sum(p->v, p->k, i);
        for (uint32_t k = 0; k < p->c->n_col; k++) x->sum[k] += from[k];
        x->counted += p->own->count[i].counted;
        if (p->own->count[i].last_ts > x->last_ts) x->last_ts = p->own->count[i].last_ts;
        any |= rk_tree_below(p->tree, i, top);
    }
    /* stations declared above the desa count too: its regions, less what is cut out of them */
    for (uint32_t i = 0; i < p->tree->n; i++) {
        uint32_t above = i ? of[p->tree->node[i].parent] : RK_NONE;
        if (of[i] == above) continue;
        if (of[i] == dapil) x->stations += rk_tally_total(p->t, p->tree, i);
        if (above == dapil) x->stations -= rk_tally_total(p->t, p->tree, i);
    }
    return any;
}

static void put_sums(const struct page *p, json_t *o, const rk_ballot *b, const uint64_t *sum) {
    for (uint32_t i = 0; i < b->n; i++)
        if (b->choice[i].party == RK_NONE) put_votes(o, &b->choice[i], votes(p, b, i, sum));
}

static json_t *all_dapil(const struct page *p, uint32_t top, struct total *x) {
    json_t *o = json_object(), *chart = json_object(), *rows = json_object();
    put_region(p, chart, top);
    for (uint32_t d = 0; d < p->c->n_dapil; d++) {
        if (!add_dapil(p, d, top, x)) continue;
        json_t *row = json_object();
        if (x->counted) put_sums(p, row, &p->c->ballot[p->c->dapil[d].ballot], x->sum);
        put_state(p, row, RK_PSU_NONE, x->counted, x->stations);
        rk_j_set(rows, rk_code_slice(&p->c->dapil[d].code), row);
    }
    rk_j_put(o, "ts", stamp(p, p->own->count[top].last_ts));
    rk_j_put(o, "mode", json_string("hhcw"));
    rk_j_put(o, "chart", chart);
    rk_j_put(o, "table", rows);
    rk_j_put(o, "progres",
             progress(p->own->count[top].counted, rk_tally_total(p->t, p->tree, top), false));
    return o;
}

static json_t *one_dapil(const struct page *p, uint32_t d, const struct total *x) {
    const rk_ballot *b = &p->c->ballot[p->c->dapil[d].ballot];
    json_t *o = json_object(), *chart = json_object(), *rows = json_object();
    put_sums(p, chart, b, x->sum);
    rk_j_put(chart, "persen", share(x->counted, x->stations));
    for (uint32_t i = 0; i < b->n; i++) {
        if (b->choice[i].party != RK_NONE) continue;
        uint64_t total = votes(p, b, i, x->sum);
        if (b->choice[i].aceh && total == 0) continue;
        json_t *row = json_object();
        for (uint32_t k = 0; k < b->n; k++)
            if (b->choice[k].party == i)
                rk_j_set(row, rk_code_slice(&b->choice[k].id),
                         rk_j_num(x->sum[p->c->n_field + b->choice[k].slot]));
        rk_j_put(row, "jml_suara_total", rk_j_num(total));
        rk_j_put(row, "jml_suara_partai", rk_j_num(x->sum[p->c->n_field + b->choice[i].slot]));
        rk_j_set(rows, rk_code_slice(&b->choice[i].id), row);
    }
    rk_j_put(o, "ts", stamp(p, x->last_ts));
    rk_j_put(o, "mode", json_string("hhcw"));
    rk_j_put(o, "chart", chart);
    rk_j_put(o, "table", rows);
    rk_j_put(o, "progres", progress(x->counted, x->stations, false));
    return o;
}

static json_t *hhcd(struct page *p, const rk_slice *seg, uint32_t n, bool *known) {
    uint32_t top, tps, depth, d = RK_NONE;
    *known = true;
    if (!open_contest(p, seg[0]) || p->c->n_dapil == 0) return NULL;
    depth = rk_slice_is(seg[0], "pdprdp") ? 1 : rk_slice_is(seg[0], "pdprdk") ? 2 : 0;
    seg++, n--;
    bool all = depth ? n == depth : n == 1 && rk_slice_is(seg[0], "0");
    if ((!all && n != depth + 1) || !walk(p, seg, depth, &top, &tps)) return NULL;
    for (uint32_t i = 0; !all && i < p->c->n_dapil; i++)
        if (rk_slice_eq(rk_code_slice(&p->c->dapil[i].code), seg[depth])) d = i;
    if (!all && d == RK_NONE) return NULL;
    struct total x = {.sum = rk_calloc(p->c->n_col, sizeof *x.sum)};
    json_t *o = NULL;
    if (all && held(p, top)) o = all_dapil(p, top, &x);
    if (!all && add_dapil(p, d, top, &x)) o = one_dapil(p, d, &x);
    rk_free(x.sum);
    return o;
}

/* ===== wilayah ===== */

static json_t *row_of(json_t *name, uint64_t id, rk_slice code, unsigned level) {
    json_t *o = json_object();
    rk_j_put(o, "nama", name);
    rk_j_put(o, "id", rk_j_num(FIRST_ID + id));
    rk_j_put(o, "kode", rk_j_text(code));
    rk_j_put(o, "tingkat", rk_j_num(level));
    return o;
}

static json_t *children(const struct page *p, uint32_t node) {
    const rk_region *r = &p->tree->node[node];
    json_t *a = json_array();
    for (uint32_t i = 0; i < r->n_child; i++) {
        uint32_t k = p->tree->child[r->first_child + i];
        if (held(p, k))
            json_array_append_new(a, row_of(rk_j_text(p->tree->node[k].name), k,
                                            rk_tree_code(p->tree, k), p->tree->node[k].level));
    }
    if (r->level != RK_DESA) return a;
    uint32_t *tps = rk_calloc(r->known + 1, sizeof *tps),
             n = rk_tree_tps_sorted(p->tree, node, tps);
    for (uint32_t i = 0; i < n; i++)
        json_array_append_new(a, row_of(rk_j_station_name(p->tree, tps[i]),
                                        (uint64_t)p->tree->n + tps[i],
                                        rk_code_slice(&p->tree->tps_code[tps[i]]), RK_STATION));
    rk_free(tps);
    return a;
}

static json_t *wilayah(struct page *p, const rk_slice *seg, uint32_t n, bool *known) {
    uint32_t node, tps;
    rk_slice code = seg[1];
    bool council = rk_slice_is(code, "pdprdp") || rk_slice_is(code, "pdprdk");
    *known = true;
    (void)open_contest(p, code);
    if (council ||
        (n == 3 && rk_slice_is(seg[2], "dapil_dpr"))) { /* names and numbers of dapil */
        p->d->names++;
        return NULL;
    }
    if (!walk(p, seg + 2, n - 2, &node, &tps) || !held(p, node)) return NULL;
    return tps == RK_NONE ? children(p, node) : json_array();
}

json_t *rk_doc_sirekap(rk_docs *d, const rk_slice *seg, uint32_t n, bool *known) {
    struct page p = {.d = d, .v = d->view, .e = d->view->e, .tree = d->view->e->tree};
    *known = false;
    if (!p.tree) return NULL;
    if (n >= 4 && rk_slice_is(seg[0], "wilayah")) {
        uint64_t names = d->names;
        json_t *o = wilayah(&p, seg + 1, n - 1, known);
        if (d->names != names) *known = false;
        return o;
    }
    if (n >= 3 && rk_slice_is(seg[1], "hhcw"))
        return hhcw(&p, seg + 2, n - 2, rk_slice_is(seg[0], "pilkada"), known);
    if (n >= 4 && rk_slice_is(seg[1], "hhcd")) return hhcd(&p, seg + 2, n - 2, known);
    d->names++;
    return NULL;
}
