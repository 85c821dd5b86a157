/* Figures in order, found by binary search. A nation of 1.3 million figures needs no index: a
 * lookup is 20 comparisons, and the order is the order of every output. */
#include "arsip/arsip.h"
#include "base/mem.h"

#include <stdlib.h>

static int compare(const void *pa, const void *pb) {
    const rk_arsip_figure *x = pa, *y = pb;
    if (x->series != y->series) return x->series < y->series ? -1 : 1;
    if (x->region != y->region) return x->region < y->region ? -1 : 1;
    if (x->station != y->station) return x->station < y->station ? -1 : 1;
    if (x->item != y->item) return x->item < y->item ? -1 : 1;
    return (x->choice > y->choice) - (x->choice < y->choice);
}

/* The text before the last '.', as a text number: the party of a candidate. */
static void find_parties(rk_arsip *a) {
    rk_free(a->part_of);
    a->part_of = rk_calloc(a->text.n + 1u, sizeof *a->part_of);
    uint32_t n = a->text.n;
    for (uint32_t i = 0; i < n; i++) {
        rk_slice s = rk_intern_text(&a->text, i);
        size_t dot = s.len;
        while (dot && s.ptr[dot - 1] != '.') dot--;
        a->part_of[i] =
            dot > 1 ? rk_intern_find(&a->text, (rk_slice){s.ptr, dot - 1}) : RK_NONE;
    }
}

rk_status rk_arsip_sort(rk_arsip *a, rk_err *err) {
    if (a->n_figure) qsort(a->figure, a->n_figure, sizeof *a->figure, compare);
    for (uint32_t i = 0; i < a->n_series; i++) a->series[i].first = a->series[i].n = 0;
    for (uint32_t i = 0; i < a->n_figure; i++) {
        const rk_arsip_figure *f = &a->figure[i];
        rk_arsip_series *s = &a->series[f->series];
        if (i && compare(f - 1, f) == 0)
            return rk_fail(
                err, RK_CONFLICT,
                "series %.*s has two figures for the same region, butir '%.*s' and "
                "pilihan '%.*s' (%lld and %lld): keep one, or make the other a series "
                "of its own",
                RK_FMT(s->code), RK_FMT(a->item[f->item].code),
                RK_FMT(rk_intern_text(&a->text, f->choice)), (long long)f[-1].value,
                (long long)f->value);
        if (s->n++ == 0) s->first = i;
    }
    find_parties(a);
    a->sorted = true;
    return RK_OK;
}

/* First figure of the series not before key. */
static uint32_t lower_bound(const rk_arsip *a, const rk_arsip_figure *key) {
    const rk_arsip_series *s = &a->series[key->series];
    uint32_t low = s->first, high = s->first + s->n;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (compare(&a->figure[mid], key) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

const rk_arsip_figure *rk_arsip_at(const rk_arsip *a, uint32_t series, uint32_t region,
                                   uint32_t *n) {
    RK_ASSERT(a->sorted);
    rk_arsip_figure key = {.series = series, .region = region};
    uint32_t i = lower_bound(a, &key), end = a->series[series].first + a->series[series].n;
    *n = 0;
    while (i + *n < end && a->figure[i + *n].region == region && a->figure[i + *n].station == 0)
        ++*n;
    return a->figure + i;
}

bool rk_arsip_own(const rk_arsip *a, uint32_t series, uint32_t region, uint32_t item,
                  uint32_t choice, int64_t *value) {
    RK_ASSERT(a->sorted);
    rk_arsip_figure key = {
        .series = series, .region = region, .item = (uint16_t)item, .choice = choice};
    uint32_t i = lower_bound(a, &key), end = a->series[series].first + a->series[series].n;
    if (i < end && compare(&a->figure[i], &key) == 0) return *value = a->figure[i].value, true;
    if (!choice) return false;
    key.choice = 0; /* a party without a figure of its own: its candidates together */
    bool any = false;
    int64_t sum = 0;
    for (i = lower_bound(a, &key); i < end && a->figure[i].region == region &&
                                   a->figure[i].station == 0 && a->figure[i].item == item;
         i++)
        if (a->part_of[a->figure[i].choice] == choice) any = true, sum += a->figure[i].value;
    if (any) *value = sum;
    return any;
}

static bool below_dapil(const rk_arsip *a, uint32_t series, uint32_t item, uint32_t choice,
                        int64_t *value) {
    int64_t sum = 0, v;
    bool any = false;
    for (uint32_t i = 0; i < a->n_dapil; i++) {
        if (a->dapil[i].election != a->series[series].election) continue;
        if (!rk_arsip_own(a, series, RK_DAPIL_BIT | i, item, choice, &v)) return false;
        sum += v;
        any = true;
    }
    if (any) *value = sum;
    return any;
}

static bool counts(const rk_tree *t, uint32_t node) {
    rk_slice code = rk_tree_code(t, node);
    return !rk_slice_starts(code, RK_LIT("X-")) && !rk_slice_starts(code, RK_LIT("LN-"));
}

bool rk_arsip_below(const rk_arsip *a, uint32_t series, uint32_t region, uint32_t item,
                    uint32_t choice, int64_t *value) {
    const rk_arsip_series *s = &a->series[series];
    const rk_arsip_contest *c = &a->contest[s->contest];
    if (!a->item[item].adds || rk_is_dapil(region)) return false;
    if (region == 0 && rk_slice_is(c->code, "dpr") &&
        below_dapil(a, series, item, choice, value))
        return true;
    const rk_arsip_tree *at = &a->tree[a->election[s->election].tree];
    const rk_region *node = &at->tree->node[region];
    if ((choice && node->level < c->scope) || node->n_child == at->uncounted[region])
        return false;
    int64_t sum = 0, v;
    for (uint32_t i = 0; i < node->n_child; i++) {
        uint32_t child = at->tree->child[node->first_child + i];
        if (!counts(at->tree, child)) continue;
        if (!rk_arsip_whole(a, series, child, item, choice, &v)) return false;
        sum += v;
    }
    *value = sum;
    return true;
}

bool rk_arsip_whole(const rk_arsip *a, uint32_t series, uint32_t region, uint32_t item,
                    uint32_t choice, int64_t *value) {
    return rk_arsip_own(a, series, region, item, choice, value) ||
           rk_arsip_below(a, series, region, item, choice, value);
}
