#include "arsip/arsip.h"

#include "base/mem.h"
#include "base/num.h"

static const char *const STANDING[RK_STANDINGS] = {"daftar", "masyarakat", "sistem",
                                                   "pers",   "pleno",      "keputusan"};

const char *rk_standing_name(enum rk_standing s) {
    RK_ASSERT((unsigned)s < RK_STANDINGS);
    return STANDING[s];
}

bool rk_standing_parse(rk_slice s, enum rk_standing *out) {
    for (int i = 0; i < RK_STANDINGS; i++)
        if (rk_slice_is(s, STANDING[i])) return *out = (enum rk_standing)i, true;
    return false;
}

rk_arsip *rk_arsip_new(void) {
    rk_arsip *a = rk_alloc(sizeof *a);
    rk_intern_init(&a->text);
    return a;
}

void rk_arsip_free(rk_arsip **pa) {
    rk_arsip *a = *pa;
    if (!a) return;
    for (uint32_t i = 0; i < a->n_tree; i++) {
        rk_tree_free(&a->tree[i].tree);
        rk_free(a->tree[i].uncounted);
    }
    void *const tables[] = {a->part_of, a->election, a->contest,  a->tree,   a->dapil,
                            a->member,  a->series,   a->item,     a->choice, a->figure,
                            a->birth,   a->codes,    a->expected, a->source};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) rk_free(tables[i]);
    rk_intern_free(&a->text);
    rk_free(a);
    *pa = NULL;
}

#define FIND(list, n, field)                                                                   \
    for (uint32_t i = 0; i < a->n; i++)                                                        \
        if (rk_slice_eq(a->list[i].field, code)) return i;                                     \
    return RK_NONE

uint32_t rk_arsip_find_election(const rk_arsip *a, rk_slice code) {
    FIND(election, n_election, code);
}
uint32_t rk_arsip_find_series(const rk_arsip *a, rk_slice code) {
    FIND(series, n_series, code);
}
uint32_t rk_arsip_find_item(const rk_arsip *a, rk_slice code) { FIND(item, n_item, code); }

uint32_t rk_arsip_find_contest(const rk_arsip *a, uint32_t election, rk_slice code) {
    for (uint32_t i = 0; i < a->n_contest; i++)
        if (a->contest[i].election == election && rk_slice_eq(a->contest[i].code, code))
            return i;
    return RK_NONE;
}

rk_tree *rk_arsip_tree_of(const rk_arsip *a, uint32_t election) {
    return a->tree[a->election[election].tree].tree;
}

/* "1674-003": the desa and the number of a station in it. */
static bool find_station(const rk_tree *t, rk_slice code, uint32_t *region, uint16_t *station) {
    size_t dash = code.len;
    while (dash && code.ptr[dash - 1] != '-') dash--;
    uint64_t n;
    if (dash < 2 || code.len - dash < 3 ||
        !rk_num_parse(rk_slice_from(code, dash), RK_ARSIP_STATION_MAX, &n) || n == 0)
        return false;
    *region = rk_tree_find(t, (rk_slice){code.ptr, dash - 1});
    *station = (uint16_t)n;
    return *region != RK_NONE && t->node[*region].level == RK_DESA;
}

rk_status rk_arsip_find_region(const rk_arsip *a, uint32_t election, rk_slice code,
                               uint32_t *region, uint16_t *station, rk_err *err) {
    *station = 0;
    if (rk_slice_starts(code, RK_LIT("dapil:"))) {
        for (uint32_t i = 0; i < a->n_dapil; i++)
            if (a->dapil[i].election == election && rk_slice_eq(a->dapil[i].code, code))
                return *region = RK_DAPIL_BIT | i, RK_OK;
        return rk_fail(err, RK_NOT_FOUND, "'%.*s' is no dapil of this election", RK_FMT(code));
    }
    const rk_tree *t = rk_arsip_tree_of(a, election);
    if (!t) return rk_fail(err, RK_NOT_FOUND, "the region tree of this election is not read");
    *region = rk_tree_find(t, code);
    if (*region != RK_NONE || find_station(t, code, region, station)) return RK_OK;
    return rk_fail(err, RK_NOT_FOUND, "'%.*s' is no region of this election's tree",
                   RK_FMT(code));
}

unsigned rk_arsip_level(const rk_arsip *a, const rk_arsip_figure *f) {
    if (rk_is_dapil(f->region)) return RK_LEVEL_DAPIL;
    if (f->station) return RK_STATION;
    return rk_arsip_tree_of(a, a->series[f->series].election)->node[f->region].level;
}

void rk_arsip_put_region(const rk_arsip *a, uint32_t election, uint32_t region,
                         uint16_t station, rk_buf *out) {
    if (rk_is_dapil(region)) {
        rk_buf_add(out, a->dapil[region & ~RK_DAPIL_BIT].code);
        return;
    }
    rk_buf_add(out, rk_tree_code(rk_arsip_tree_of(a, election), region));
    if (!station) return;
    char n[24];
    rk_buf_byte(out, '-');
    rk_buf_add(out, (rk_slice){n, (size_t)(rk_num_put_pad(n, station, 3) - n)});
}

rk_slice rk_arsip_region_name(const rk_arsip *a, uint32_t election, uint32_t region) {
    if (rk_is_dapil(region)) return a->dapil[region & ~RK_DAPIL_BIT].name;
    return region == 0 ? RK_LIT("INDONESIA") : rk_arsip_tree_of(a, election)->node[region].name;
}
