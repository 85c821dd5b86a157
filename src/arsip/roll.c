/* A by-name roll becomes counts: per station, and there by sex, age band and disability.
 * Nothing of a row outlives its counting: not a name, not a number, not a date; problems are
 * reported by line and column alone. A station's code is only ever taken from the region tree,
 * a kind of disability only from the description, so no cell of the file can slip through as a
 * text. Divisions with small cells are merged (rk_merge_small); what cannot be is left out. */
#include "arsip/import_inner.h"
#include "base/mem.h"
#include "base/num.h"

#include <stdlib.h>

enum { GROUPS = RK_SPEC_MAPS + 1 };

struct station { /* counts of one station */
    uint32_t region;
    uint16_t number;
    uint32_t sex[2];
    uint32_t band[RK_AGE_BANDS + 1];
    uint32_t kind[GROUPS]; /* 0 = none */
};

struct roll {
    struct rk_importing *m;
    const rk_spec_roll *p;
    uint32_t tps, desa, number, sex, age, born, disability; /* columns */
    struct station *station;
    uint32_t n, cap;
    rk_slice kind[GROUPS]; /* names of the kinds, 0 = none */
    uint32_t n_kind;
    rk_codemap index; /* by a code made of region and number */
    rk_code *code;
    uint32_t cap_code;
};

/* ===== small cells ===== */

static uint32_t smallest(const uint32_t *sum, uint32_t n) {
    uint32_t at = RK_NONE;
    for (uint32_t i = 0; i < n; i++)
        if (sum[i] > 0 && sum[i] < RK_SMALL_CELL && (at == RK_NONE || sum[i] < sum[at])) at = i;
    return at;
}

/* The group that a small one joins: its smaller neighbour when order matters, else the smallest
 * other one that is not empty (an empty one would not help). */
static uint32_t partner(const uint32_t *sum, uint32_t n, bool ordered, uint32_t at) {
    if (ordered) {
        if (at == 0) return 1;
        if (at + 1 == n) return at - 1;
        return sum[at - 1] <= sum[at + 1] ? at - 1 : at + 1;
    }
    uint32_t best = RK_NONE;
    for (uint32_t i = 0; i < n; i++)
        if (i != at && sum[i] && (best == RK_NONE || sum[i] < sum[best])) best = i;
    return best != RK_NONE ? best : at == 0 ? 1 : 0;
}

uint32_t rk_merge_small(const uint32_t *count, uint32_t n, bool ordered, uint32_t *group) {
    uint32_t sum[GROUPS + RK_AGE_BANDS] = {0}, n_group = n, at;
    RK_ASSERT(n >= 1 && n <= sizeof sum / sizeof *sum);
    for (uint32_t i = 0; i < n; i++) sum[i] = count[i], group[i] = i;
    while (n_group > 1 && (at = smallest(sum, n_group)) != RK_NONE) {
        uint32_t with = partner(sum, n_group, ordered, at);
        uint32_t low = at < with ? at : with, high = at < with ? with : at;
        sum[low] += sum[high];
        for (uint32_t i = high; i + 1 < n_group; i++) sum[i] = sum[i + 1];
        for (uint32_t i = 0; i < n; i++)
            if (group[i] == high)
                group[i] = low;
            else if (group[i] > high)
                group[i]--;
        n_group--;
    }
    return n_group;
}

/* ===== one row ===== */

static bool digits(rk_slice s, size_t at, size_t n, uint32_t *out) {
    uint64_t v;
    if (s.len < at + n || !rk_num_parse((rk_slice){s.ptr + at, n}, 9999, &v)) return false;
    *out = (uint32_t)v;
    return true;
}

static bool date_of(rk_slice s, bool day_first, uint32_t *y, uint32_t *m, uint32_t *d) {
    bool ok = s.len == 10 &&
              (day_first ? digits(s, 0, 2, d) && digits(s, 3, 2, m) && digits(s, 6, 4, y)
                         : digits(s, 0, 4, y) && digits(s, 5, 2, m) && digits(s, 8, 2, d));
    return ok && *m >= 1 && *m <= 12 && *d >= 1 && *d <= 31;
}

bool rk_age_on(rk_slice born, bool day_first, rk_slice day, uint32_t *years) {
    uint32_t y, m, d, ey, em, ed;
    if (!date_of(born, day_first, &y, &m, &d) || !date_of(day, false, &ey, &em, &ed) || y > ey)
        return false;
    uint32_t n = ey - y;
    if (em < m || (em == m && ed < d)) {
        if (n == 0) return false;
        n--;
    }
    return n <= 150 ? (*years = n, true) : false;
}

static rk_slice field(const struct roll *r, uint32_t column) {
    return rk_slice_trim(r->m->csv.field[column]);
}

static void refuse(struct roll *r, uint32_t column, const char *reason) {
    rk_import_problem_at(r->m, column, (rk_slice){"", 0}, reason);
}

static struct station *station_of(struct roll *r, uint32_t region, uint16_t number) {
    rk_code code = {.w = {((uint64_t)region << 16 | number) + 1, 0, 0}};
    code.len = 8;
    uint64_t hash = rk_code_hash(&code);
    uint32_t at = rk_codemap_find(&r->index, r->code, &code, hash);
    if (at != RK_NONE) return &r->station[at];
    if (r->n == r->cap_code) {
        r->cap_code = r->cap_code ? r->cap_code * 2 : 1024;
        r->code = rk_realloc(r->code, r->cap_code, sizeof *r->code);
    }
    RK_PUSH_ROOM(r->station, r->n, r->cap);
    r->station[r->n] = (struct station){.region = region, .number = number};
    r->code[r->n] = code;
    rk_codemap_add(&r->index, r->code, r->n);
    return &r->station[r->n++];
}

/* The station a row is of, NULL when it is none of the tree's. */
static struct station *place(struct roll *r) {
    const rk_tree *t = rk_arsip_tree_of(r->m->a, r->m->s->election);
    uint32_t region = RK_NONE, node;
    uint16_t number = 0;
    if (r->tps != RK_NONE) {
        rk_slice v = field(r, r->tps);
        if (rk_arsip_find_region(r->m->a, r->m->s->election, v, &region, &number, NULL) !=
                RK_OK &&
            v.len > 3 && (node = rk_tree_find(t, (rk_slice){v.ptr, v.len - 3})) != RK_NONE) {
            uint64_t n; /* codes of 2024: desa and three digits, no dash */
            if (rk_num_parse(rk_slice_from(v, v.len - 3), 999, &n) && n)
                region = node, number = (uint16_t)n;
        }
    } else {
        uint64_t n;
        region = rk_tree_find(t, field(r, r->desa));
        if (rk_num_parse(field(r, r->number), RK_ARSIP_STATION_MAX, &n)) number = (uint16_t)n;
    }
    if (region == RK_NONE || rk_is_dapil(region) || t->node[region].level != RK_DESA ||
        number == 0) {
        refuse(r, r->tps != RK_NONE ? r->tps : r->desa, "is no TPS of this election's tree");
        return NULL;
    }
    return station_of(r, region, number);
}

static bool sex_of(struct roll *r, uint32_t *out) {
    rk_slice v = field(r, r->sex);
    for (uint32_t i = 0; i < r->p->n_sex; i++)
        if (rk_slice_eq(r->p->sex_map[i].from, v))
            return *out = rk_slice_is(r->p->sex_map[i].to, "P"), true;
    refuse(r, r->sex, "is no value of jenis_kelamin's \"arti\"");
    return false;
}

/* Band 0 = younger than the first, or not known. */
static bool band_of(struct roll *r, uint32_t *out) {
    uint64_t years = 0;
    uint32_t age = 0;
    *out = 0;
    uint32_t column = r->age != RK_NONE ? r->age : r->born;
    rk_slice v = field(r, column);
    if (v.len == 0) return true;
    bool ok = r->age != RK_NONE ? rk_num_parse(v, 150, &years)
                                : rk_age_on(v, r->p->day_first,
                                            r->m->a->election[r->m->s->election].date, &age);
    if (!ok) return refuse(r, column, "is no age or date of birth"), false;
    if (r->age == RK_NONE) years = age;
    for (uint32_t i = 0; i < r->p->n_band; i++)
        if (years >= r->p->band[i]) *out = i + 1;
    return true;
}

static bool kind_of(struct roll *r, uint32_t *out) {
    rk_slice v = field(r, r->disability);
    *out = 0;
    if (v.len == 0) return true;
    for (uint32_t i = 0; i < r->p->n_disability; i++) {
        if (!rk_slice_eq(r->p->disability_map[i].from, v)) continue;
        for (uint32_t k = 0; k < r->n_kind; k++)
            if (rk_slice_eq(r->kind[k], r->p->disability_map[i].to)) return *out = k, true;
    }
    refuse(r, r->disability, "is no value of disabilitas' \"arti\"");
    return false;
}

static void count_row(struct roll *r) {
    uint32_t sex, band = 0, kind = 0;
    if (!sex_of(r, &sex) || ((r->age != RK_NONE || r->born != RK_NONE) && !band_of(r, &band)) ||
        (r->disability != RK_NONE && !kind_of(r, &kind)))
        return;
    struct station *s = place(r);
    if (!s) return;
    s->sex[sex]++;
    s->band[band]++;
    s->kind[kind]++;
    r->m->result->voters++;
}

/* ===== the counts ===== */

static uint32_t item(const struct roll *r, const char *name) {
    return rk_arsip_find_item(r->m->a, rk_slice_str(name));
}

/* "17-20", "61+", "<17" for the bands low..high (0 = below the first or not known). */
static uint32_t band_name(struct roll *r, uint32_t low, uint32_t high) {
    rk_buf b;
    rk_buf_init(&b, 64);
    if (low == 0 && high == 0)
        rk_buf_printf(&b, "lainnya");
    else if (high == r->p->n_band)
        rk_buf_printf(&b, "%u+", low ? r->p->band[low - 1] : 0);
    else
        rk_buf_printf(&b, "%u-%u", low ? r->p->band[low - 1] : 0, r->p->band[high] - 1);
    uint32_t t = rk_intern_add(&r->m->a->text, rk_buf_slice(&b));
    rk_buf_free(&b);
    return t;
}

/* Merges, and says whether at least two groups with anybody in them are left to show. */
static bool divide(struct roll *r, const uint32_t *count, uint32_t n, bool ordered,
                   uint32_t *group) {
    uint32_t m = rk_merge_small(count, n, ordered, group), filled = 0;
    for (uint32_t g = 0; g < m; g++) {
        uint32_t sum = 0;
        for (uint32_t i = 0; i < n; i++) sum += group[i] == g ? count[i] : 0;
        filled += sum > 0;
    }
    r->m->result->suppressed += filled < 2;
    return filled >= 2;
}

static void put_bands(struct roll *r, const struct station *s) {
    uint32_t group[RK_AGE_BANDS + 1], n = r->p->n_band + 1;
    if (!divide(r, s->band, n, true, group)) return;
    for (uint32_t i = 0; i < n;) {
        uint32_t k = i, sum = 0;
        while (k < n && group[k] == group[i]) sum += s->band[k++];
        if (sum)
            rk_import_add(r->m, s->region, s->number, item(r, "pemilih_umur"),
                          band_name(r, i, k - 1), 0, sum);
        i = k;
    }
}

/* The name of a group of kinds: theirs, joined by '+'. */
static uint32_t kinds_name(struct roll *r, const uint32_t *group, uint32_t g,
                           const uint32_t *count) {
    rk_buf b;
    rk_buf_init(&b, RK_NAME_MAX);
    for (uint32_t k = 0; k < r->n_kind; k++) {
        if (group[k] != g || (count[k] == 0 && k != 0)) continue;
        if (b.len) rk_buf_byte(&b, '+');
        rk_buf_add(&b, k == 0 ? RK_LIT("tanpa") : r->kind[k]);
    }
    uint32_t t =
        rk_intern_add(&r->m->a->text, b.failed ? RK_LIT("gabungan") : rk_buf_slice(&b));
    rk_buf_free(&b);
    return t;
}

static void put_kinds(struct roll *r, const struct station *s) {
    uint32_t group[GROUPS];
    if (!divide(r, s->kind, r->n_kind, false, group)) return;
    for (uint32_t g = 0; g < r->n_kind; g++) {
        uint32_t sum = 0;
        for (uint32_t k = 0; k < r->n_kind; k++) sum += group[k] == g ? s->kind[k] : 0;
        if (sum)
            rk_import_add(r->m, s->region, s->number, item(r, "pemilih_disabilitas"),
                          kinds_name(r, group, g, s->kind), 0, sum);
    }
}

static void put_station(struct roll *r, const struct station *s) {
    rk_import_add(r->m, s->region, s->number, item(r, "pemilih_dpt_l"), 0, 0, s->sex[0]);
    rk_import_add(r->m, s->region, s->number, item(r, "pemilih_dpt_p"), 0, 0, s->sex[1]);
    rk_import_add(r->m, s->region, s->number, item(r, "pemilih_dpt"), 0, 0,
                  (int64_t)s->sex[0] + s->sex[1]);
    if (r->age != RK_NONE || r->born != RK_NONE) put_bands(r, s);
    if (r->disability != RK_NONE) put_kinds(r, s);
}

static rk_status columns(struct roll *r) {
    const struct {
        rk_slice name;
        uint32_t *to;
    } C[] = {{r->p->tps, &r->tps},
             {r->p->desa, &r->desa},
             {r->p->number, &r->number},
             {r->p->sex, &r->sex},
             {r->p->age, &r->age},
             {r->p->born, &r->born},
             {r->p->disability, &r->disability}};
    for (size_t i = 0; i < sizeof C / sizeof *C; i++)
        RK_TRY(rk_import_column(r->m, C[i].name, C[i].to));
    static const char *const ITEMS[] = {"pemilih_dpt", "pemilih_dpt_l", "pemilih_dpt_p",
                                        "pemilih_umur", "pemilih_disabilitas"};
    for (size_t i = 0; i < sizeof ITEMS / sizeof *ITEMS; i++)
        if (item(r, ITEMS[i]) == RK_NONE)
            return rk_fail(r->m->err, RK_NOT_FOUND, "butir.csv has no row %s", ITEMS[i]);
    r->kind[r->n_kind++] = (rk_slice){"", 0};
    for (uint32_t i = 0; i < r->p->n_disability; i++) {
        uint32_t k = 0;
        while (k < r->n_kind && !rk_slice_eq(r->kind[k], r->p->disability_map[i].to)) k++;
        if (k == r->n_kind) r->kind[r->n_kind++] = r->p->disability_map[i].to;
    }
    return RK_OK;
}

static rk_status count(struct roll *r) {
    size_t width = r->m->csv.n;
    rk_status s;
    while ((s = rk_csv_next(&r->m->csv, r->m->err)) == RK_OK) {
        r->m->result->rows++;
        if (r->m->csv.n == width)
            count_row(r);
        else
            refuse(r, RK_NONE, "the row has another number of fields than the header line");
        if (r->n > RK_TPS_MAX)
            return rk_fail(r->m->err, RK_LIMIT, "more than %u stations", RK_TPS_MAX);
    }
    return s == RK_NOT_FOUND ? RK_OK : s;
}

rk_status rk_import_roll(struct rk_importing *m) {
    struct roll r = {.m = m, .p = &m->s->roll};
    rk_status s = columns(&r);
    if (s == RK_OK) s = count(&r);
    /* The reader unescapes quoted fields in here; what lies in it is a voter's. */
    if (m->csv.unquoted.ptr) explicit_bzero(m->csv.unquoted.ptr, m->csv.unquoted.cap);
    for (uint32_t i = 0; s == RK_OK && i < r.n; i++) put_station(&r, &r.station[i]);
    rk_free(r.station);
    rk_free(r.code);
    rk_codemap_free(&r.index);
    return s;
}
