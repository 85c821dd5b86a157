#include "arsip/check.h"

#include "arsip/table.h"
#include "base/mem.h"
#include "base/num.h"

#include <stdlib.h>

static const char *const NAMES[RK_DIFF_KINDS] = {"anak-induk", "bagian-dpt", "pilihan-sah",
                                                 "sah-total", "seri"};
const char *rk_diff_name(enum rk_diff_kind k) { return NAMES[k]; }

int rk_diff_cmp(const void *pa, const void *pb) {
    const rk_diff *x = pa, *y = pb;
    if (x->kind != y->kind) return x->kind < y->kind ? -1 : 1;
    const uint32_t l[] = {x->a, x->b, x->region, x->item, x->choice};
    const uint32_t r[] = {y->a, y->b, y->region, y->item, y->choice};
    for (int i = 0; i < 5; i++)
        if (l[i] != r[i]) return l[i] < r[i] ? -1 : 1;
    if (x->value_a != y->value_a) return x->value_a < y->value_a ? -1 : 1;
    return (x->value_b > y->value_b) - (x->value_b < y->value_b);
}

static void say(rk_diffs *out, rk_diff d) {
    if (d.value_a == d.value_b) return;
    RK_PUSH_ROOM(out->at, out->n, out->cap);
    out->at[out->n++] = d;
}

struct items { /* rows of butir.csv by name, RK_NONE = not there */
    uint32_t votes, valid, invalid, whole[2], part[3][3];
};

static struct items find_items(const rk_arsip *a) {
    static const char *const PARTS[3][3] = {
        {"pemilih_dpt_l", "pemilih_dpt_p", "pemilih_dpt"},
        {"pemilih_dpt_dn", "pemilih_dpt_ln", "pemilih_dpt"},
        {"pemilih_terdaftar_l", "pemilih_terdaftar_p", "pemilih_terdaftar"}};
    struct items it = {rk_arsip_find_item(a, RK_LIT("suara")),
                       rk_arsip_find_item(a, RK_LIT("suara_sah")),
                       rk_arsip_find_item(a, RK_LIT("suara_tidak_sah")),
                       {rk_arsip_find_item(a, RK_LIT("pengguna")),
                        rk_arsip_find_item(a, RK_LIT("suara_total"))},
                       {{0}}};
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 3; k++)
            it.part[i][k] = rk_arsip_find_item(a, rk_slice_str(PARTS[i][k]));
    return it;
}

/* The figure of an item without a choice among the n of one region. */
static bool among(const rk_arsip_figure *f, uint32_t n, uint32_t item, int64_t *v) {
    for (uint32_t i = 0; i < n; i++)
        if (f[i].item == item && f[i].choice == 0) return *v = f[i].value, true;
    return false;
}

/* The text of which sex or place is left out names the pair: "l" of l + p. */
static uint32_t pair_name(const rk_arsip *a, int i) {
    return rk_intern_find(&a->text, i == 1 ? RK_LIT("dn") : RK_LIT("l"));
}

static void sums_of_region(const rk_arsip *a, const struct items *it, const rk_arsip_figure *f,
                           uint32_t n, rk_diffs *out) {
    int64_t votes = 0, valid, invalid, whole, one, two;
    bool any = false;
    rk_diff d = {.a = f->series, .b = RK_NONE, .region = f->region};
    for (uint32_t i = 0; i < n; i++)
        if (f[i].item == it->votes && a->part_of[f[i].choice] == RK_NONE)
            any = true, votes += f[i].value;
    bool has_valid = among(f, n, it->valid, &valid);
    if (any && has_valid) {
        d.kind = RK_DIFF_VALID, d.item = it->valid, d.value_a = votes, d.value_b = valid;
        say(out, d);
    }
    d.kind = RK_DIFF_TOTAL;
    for (int i = 0; i < 2; i++) {
        if (!has_valid || !among(f, n, it->invalid, &invalid) ||
            !among(f, n, it->whole[i], &whole))
            continue;
        d.item = it->whole[i], d.value_a = valid + invalid, d.value_b = whole;
        say(out, d);
    }
    d.kind = RK_DIFF_PARTS;
    for (int i = 0; i < 3; i++) {
        if (!among(f, n, it->part[i][0], &one) || !among(f, n, it->part[i][1], &two) ||
            !among(f, n, it->part[i][2], &whole))
            continue;
        d.item = it->part[i][2], d.choice = pair_name(a, i);
        d.value_a = one + two, d.value_b = whole;
        say(out, d);
    }
}

static unsigned level_of(const rk_arsip *a, const rk_arsip_figure *f) {
    unsigned l = rk_arsip_level(a, f);
    return l == RK_LEVEL_DAPIL ? 0 : l;
}

static void within(const rk_arsip *a, const struct items *it, uint32_t series, rk_diffs *out) {
    const rk_arsip_series *s = &a->series[series];
    for (uint32_t i = 0; i < s->n;) {
        const rk_arsip_figure *f = &a->figure[s->first + i];
        uint32_t n = 1;
        while (i + n < s->n && f[n].region == f->region && f[n].station == f->station) n++;
        i += n;
        if (level_of(a, f) <= RK_KABUPATEN) sums_of_region(a, it, f, n, out);
        if (f->station || rk_is_dapil(f->region)) continue;
        for (uint32_t k = 0; k < n; k++) {
            rk_diff d = {.kind = RK_DIFF_CHILDREN,
                         .a = series,
                         .b = RK_NONE,
                         .region = f->region,
                         .item = f[k].item,
                         .choice = f[k].choice,
                         .value_b = f[k].value};
            if (a->part_of[f[k].choice] == RK_NONE &&
                rk_arsip_below(a, series, f->region, f[k].item, f[k].choice, &d.value_a))
                say(out, d);
        }
    }
}

/* ===== two series ===== */

struct key {
    uint32_t region, item, choice;
};

static int key_cmp(const void *pa, const void *pb) {
    const struct key *x = pa, *y = pb;
    if (x->region != y->region) return x->region < y->region ? -1 : 1;
    if (x->item != y->item) return x->item < y->item ? -1 : 1;
    return (x->choice > y->choice) - (x->choice < y->choice);
}

struct keys {
    struct key *at;
    uint32_t n, cap;
};

static void add_keys(const rk_arsip *a, uint32_t series, unsigned deepest, struct keys *k) {
    const rk_arsip_series *s = &a->series[series];
    for (uint32_t i = 0; i < s->n; i++) {
        const rk_arsip_figure *f = &a->figure[s->first + i];
        if (level_of(a, f) > deepest || f->station) continue;
        uint32_t party = a->part_of[f->choice];
        struct key key = {f->region, f->item, party == RK_NONE ? f->choice : party};
        if (k->n && key_cmp(&key, &k->at[k->n - 1]) == 0) continue;
        RK_PUSH_ROOM(k->at, k->n, k->cap);
        k->at[k->n++] = key;
    }
}

void rk_arsip_between(const rk_arsip *a, uint32_t one, uint32_t two, unsigned deepest,
                      rk_diffs *out, uint32_t *same) {
    if (a->series[one].standing > a->series[two].standing) {
        uint32_t t = one;
        one = two, two = t;
    }
    struct keys k = {0};
    add_keys(a, one, deepest, &k);
    add_keys(a, two, deepest, &k);
    if (k.n) qsort(k.at, k.n, sizeof *k.at, key_cmp);
    for (uint32_t i = 0; i < k.n; i++) {
        const struct key *x = &k.at[i];
        rk_diff d = {.kind = RK_DIFF_SERIES,
                     .a = one,
                     .b = two,
                     .region = x->region,
                     .item = x->item,
                     .choice = x->choice};
        if ((i && key_cmp(x, x - 1) == 0) ||
            !rk_arsip_whole(a, one, x->region, x->item, x->choice, &d.value_a) ||
            !rk_arsip_whole(a, two, x->region, x->item, x->choice, &d.value_b))
            continue;
        if (same) *same += d.value_a == d.value_b;
        say(out, d);
    }
    rk_free(k.at);
}

void rk_arsip_differences(const rk_arsip *a, rk_diffs *out) {
    RK_ASSERT(a->sorted);
    struct items it = find_items(a);
    *out = (rk_diffs){0};
    for (uint32_t i = 0; i < a->n_series; i++) within(a, &it, i, out);
    for (uint32_t i = 0; i < a->n_series; i++)
        for (uint32_t k = i + 1; k < a->n_series; k++)
            if (a->series[i].contest == a->series[k].contest && a->series[i].part.len == 0 &&
                a->series[k].part.len == 0)
                rk_arsip_between(a, i, k, RK_PROVINSI, out, NULL);
    if (out->n) qsort(out->at, out->n, sizeof *out->at, rk_diff_cmp);
}

/* ===== the list that is shipped ===== */

static rk_status known_row(const rk_arsip *a, const rk_table *t, rk_diff *d, rk_err *err) {
    uint16_t station;
    uint32_t kind = 0;
    while (kind < RK_DIFF_KINDS && !rk_slice_is(t->field[0], NAMES[kind])) kind++;
    d->kind = (enum rk_diff_kind)kind;
    d->a = rk_arsip_find_series(a, t->field[1]);
    d->b = t->field[2].len ? rk_arsip_find_series(a, t->field[2]) : RK_NONE;
    d->item = rk_arsip_find_item(a, t->field[4]);
    d->choice = rk_intern_find(&a->text, t->field[5]);
    if (kind == RK_DIFF_KINDS || d->a == RK_NONE || (t->field[2].len && d->b == RK_NONE) ||
        d->item == RK_NONE ||
        rk_arsip_find_region(a, a->series[d->a].election, t->field[3], &d->region, &station,
                             NULL) != RK_OK)
        return rk_fail_at(err, RK_BAD_INPUT, t->line, 0,
                          "the row names a kind, series, region or butir that is not there");
    if (!rk_num_parse_signed(t->field[6], INT64_MIN / 2, INT64_MAX / 2, &d->value_a) ||
        !rk_num_parse_signed(t->field[7], INT64_MIN / 2, INT64_MAX / 2, &d->value_b))
        return rk_fail_at(err, RK_BAD_INPUT, t->line, 0, "the row has no two whole numbers");
    return RK_OK;
}

rk_status rk_arsip_read_known(const rk_arsip *a, rk_slice csv, rk_diffs *out, rk_err *err) {
    rk_table t;
    *out = (rk_diffs){0};
    RK_TRY(rk_table_open(&t, csv, "jenis,seri_a,seri_b,wilayah,butir,pilihan,nilai_a,nilai_b",
                         err));
    rk_status s;
    while ((s = rk_table_next(&t, err)) == RK_OK) {
        rk_diff d = {0};
        if ((s = known_row(a, &t, &d, err)) != RK_OK) break;
        RK_PUSH_ROOM(out->at, out->n, out->cap);
        out->at[out->n++] = d;
    }
    rk_table_close(&t);
    if (out->n) qsort(out->at, out->n, sizeof *out->at, rk_diff_cmp);
    return s == RK_NOT_FOUND ? RK_OK : s;
}
