#include "arsip/coverage.h"

#include "base/mem.h"
#include "base/num.h"

enum { LEVELS = RK_LEVEL_DAPIL + 1 };

const char *rk_coverage_state(const rk_coverage *c) {
    if (c->have == 0) return "tidak ada";
    if (c->expected == 0) return "ada";
    return c->have >= c->expected ? "lengkap" : "sebagian";
}

/* Votes of a contest; voters of a roll. */
static bool tells(const rk_arsip *a, const rk_arsip_figure *f) {
    rk_slice item = a->item[f->item].code;
    bool roll = rk_slice_is(a->contest[a->series[f->series].contest].code, "dpt");
    return roll ? rk_slice_is(item, "pemilih_dpt") || rk_slice_is(item, "pemilih_dpt_l")
                : rk_slice_is(item, "suara");
}

static bool at_home(const rk_arsip *a, const rk_arsip_figure *f) {
    if (rk_is_dapil(f->region) || f->region == 0) return true;
    const rk_tree *t = rk_arsip_tree_of(a, a->series[f->series].election);
    return !rk_slice_is(t->node[rk_tree_ancestor(t, f->region, RK_PROVINSI)].name,
                        "LUAR NEGERI") &&
           !rk_slice_starts(rk_tree_code(t, f->region), RK_LIT("X-"));
}

static void count_series(const rk_arsip *a, uint32_t series, uint32_t n[LEVELS]) {
    const rk_arsip_series *s = &a->series[series];
    const rk_arsip_figure *before = NULL;
    memset(n, 0, LEVELS * sizeof *n);
    for (uint32_t i = 0; i < s->n; i++) {
        const rk_arsip_figure *f = &a->figure[s->first + i];
        if (before && before->region == f->region && before->station == f->station) continue;
        if (!tells(a, f) || !at_home(a, f)) continue;
        n[rk_arsip_level(a, f)]++;
        before = f;
    }
    uint64_t level, count; /* figures that lie in another file of the repository */
    if (rk_num_parse(s->ref_level, RK_STATION, &level) &&
        rk_num_parse(s->ref_count, UINT32_MAX, &count) && count > n[level])
        n[level] = (uint32_t)count;
}

static uint32_t dapil_of(const rk_arsip *a, uint32_t election) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < a->n_dapil; i++) n += a->dapil[i].election == election;
    return n;
}

uint32_t rk_arsip_coverage(const rk_arsip *a, rk_coverage **out) {
    uint32_t n = 0;
    rk_coverage *c = rk_calloc(a->n_expected + a->n_contest + 1u, sizeof *c);
    uint32_t(*count)[LEVELS] = rk_calloc(a->n_series + 1u, sizeof *count);
    for (uint32_t s = 0; s < a->n_series; s++) count_series(a, s, count[s]);
    for (uint32_t i = 0; i < a->n_expected; i++) {
        const rk_arsip_expected *e = &a->expected[i];
        c[n++] = (rk_coverage){e->contest, e->level, e->count, 0, RK_NONE, 0, e->basis};
        bool last = i + 1 == a->n_expected || a->expected[i + 1].contest != e->contest;
        if (last && rk_slice_is(a->contest[e->contest].code, "dpr"))
            c[n++] = (rk_coverage){e->contest,
                                   RK_LEVEL_DAPIL,
                                   dapil_of(a, a->contest[e->contest].election),
                                   0,
                                   RK_NONE,
                                   0,
                                   RK_LIT("dapil.csv")};
    }
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t s = 0; s < a->n_series; s++) {
            uint32_t have = count[s][c[i].level];
            if (a->series[s].contest != c[i].contest || have == 0) continue;
            c[i].series++;
            if (have > c[i].have) c[i].have = have, c[i].best = s;
        }
    rk_free(count);
    *out = c;
    return n;
}
