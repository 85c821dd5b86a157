/* Births are rows of the crosswalk: child, parent, date, law. A region that did not exist on
 * the election's day is looked for in its parent, and so on upwards. */
#include "arsip/follow.h"

#include "base/mem.h"

#include <stdlib.h>

enum { STEPS_MAX = 8, WHY_MAX = 4000, LINEAGE_MAX = 64 };

const char *rk_fit_name(enum rk_fit f) {
    static const char *const names[] = {"tepat", "perkiraan: lebih luas", "perkiraan: induk",
                                        "tidak pasti", "tidak ada"};
    return names[f];
}

uint32_t rk_arsip_find_codes(const rk_arsip *a, rk_slice code) {
    static const int columns[] = {RK_KEMENDAGRI, RK_KPU2024};
    for (size_t k = 0; code.len && k < sizeof columns / sizeof *columns; k++)
        for (uint32_t i = 0; i < a->n_codes; i++)
            if (rk_slice_eq(a->codes[i].code[columns[k]], code)) return i;
    return RK_NONE;
}

bool rk_birth_date(const rk_arsip_birth *b, char date[11]) {
    if (b->date.len == 10) {
        memcpy(date, b->date.ptr, 10);
        date[10] = 0;
        return true;
    }
    size_t n = b->law.len; /* "UU 5/2003": the middle of its year */
    if (n < 5 || b->law.ptr[n - 5] != '/') return false;
    for (size_t i = n - 4; i < n; i++)
        if (b->law.ptr[i] < '0' || b->law.ptr[i] > '9') return false;
    memcpy(date, b->law.ptr + n - 4, 4);
    memcpy(date + 4, "-07-01", 7);
    return true;
}

static bool after(const rk_arsip_birth *b, rk_slice day) {
    char date[11];
    return rk_birth_date(b, date) && rk_slice_cmp((rk_slice){date, 10}, day) > 0;
}

static bool is_area(const rk_arsip_birth *b) { return !rk_slice_is(b->level, "provinsi"); }

/* The birth of a region (not a rename), or NULL when it is as old as the archive. */
static const rk_arsip_birth *birth_of(const rk_arsip *a, rk_slice code) {
    for (uint32_t i = 0; i < a->n_birth; i++)
        if (is_area(&a->birth[i]) && !a->birth[i].rename &&
            rk_slice_eq(a->birth[i].child_code, code))
            return &a->birth[i];
    return NULL;
}

/* Column of the concordance that holds the codes of an election's tree. */
static int column_of(const rk_arsip *a, uint32_t election) {
    rk_slice c = a->tree[a->election[election].tree].column;
    return rk_slice_is(c, "kode_kpu_2014")   ? RK_KPU2014
           : rk_slice_is(c, "kode_kpu_2019") ? RK_KPU2019
           : rk_slice_is(c, "kode_kpu_2024") ? RK_KPU2024
                                             : RK_KEMENDAGRI;
}

static uint32_t node_of(const rk_arsip *a, uint32_t election, rk_slice kemendagri) {
    const rk_tree *t = rk_arsip_tree_of(a, election);
    int column = column_of(a, election);
    if (column == RK_KEMENDAGRI) return rk_tree_find(t, kemendagri);
    uint32_t row = rk_arsip_find_codes(a, kemendagri);
    if (row == RK_NONE || !a->codes[row].code[column].len) return RK_NONE;
    return rk_tree_find(t, a->codes[row].code[column]);
}

/* Names what split off `code` (and off that) after the day, except those on the way down. */
static void split_off(const rk_arsip *a, rk_slice code, rk_slice day, const rk_slice *way,
                      int n_way, int depth, rk_buf *why, uint32_t *n) {
    if (depth > STEPS_MAX) return;
    for (uint32_t i = 0; i < a->n_birth; i++) {
        const rk_arsip_birth *b = &a->birth[i];
        if (!is_area(b) || b->rename || !rk_slice_eq(b->parent_code, code) ||
            rk_slice_eq(b->child_code, code) || !after(b, day))
            continue;
        bool on_way = false;
        for (int k = 0; k < n_way; k++) on_way = on_way || rk_slice_eq(way[k], b->child_code);
        if (!on_way) {
            rk_buf_add(why, (*n)++ ? RK_LIT(", ") : RK_LIT(""));
            rk_buf_add(why, b->child);
        }
        split_off(a, b->child_code, day, way, n_way, depth + 1, why, n);
    }
}

static void stop_at(const rk_arsip *a, rk_slice code, rk_stop *s) {
    rk_slice day = a->election[s->election].date, way[STEPS_MAX + 1];
    int n = 0;
    way[n++] = code;
    for (int step = 0; step < STEPS_MAX; step++) {
        const rk_arsip_birth *b = birth_of(a, code);
        s->region = node_of(a, s->election, code);
        if (s->region != RK_NONE || !b) break;
        if (b->parent_code.len == 0 || rk_slice_eq(b->parent_code, code)) break;
        rk_buf_printf(&s->why, "%s%.*s dibentuk dari %.*s (%.*s)", s->why.len ? "; " : "",
                      RK_FMT(b->child), RK_FMT(b->parent), RK_FMT(b->law));
        code = b->parent_code;
        way[n++] = code;
    }
    if (s->region == RK_NONE) return;
    uint32_t others = 0;
    size_t before = s->why.len;
    rk_buf_add(&s->why,
               before ? RK_LIT("; saat itu juga mencakup ") : RK_LIT("saat itu mencakup "));
    split_off(a, code, day, way, n, 0, &s->why, &others);
    if (others == 0) s->why.len = before;
    const rk_arsip_birth *b = birth_of(a, code);
    bool unsure = b && after(b, day); /* in the tree before its birth: born from itself */
    s->fit = n > 1        ? RK_FIT_PARENT
             : unsure     ? RK_FIT_UNSURE
             : others > 0 ? RK_FIT_WIDER
                          : RK_FIT_EXACT;
    if (unsure)
        rk_buf_printf(&s->why, "%sdibentuk %.*s (%.*s), asal wilayahnya tidak tercatat",
                      s->why.len ? "; " : "", RK_FMT(b->date), RK_FMT(b->law));
}

rk_stop *rk_arsip_follow(const rk_arsip *a, uint32_t row) {
    RK_ASSERT(row < a->n_codes);
    rk_stop *stops = rk_calloc(a->n_election + 1u, sizeof *stops);
    for (uint32_t e = 0; e < a->n_election; e++) {
        stops[e] = (rk_stop){.election = e, .region = RK_NONE, .fit = RK_FIT_NONE};
        rk_buf_init(&stops[e].why, WHY_MAX);
        stop_at(a, a->codes[row].code[RK_KEMENDAGRI], &stops[e]);
    }
    return stops;
}

void rk_follow_free(const rk_arsip *a, rk_stop *stops) {
    for (uint32_t e = 0; e < a->n_election; e++) rk_buf_free(&stops[e].why);
    rk_free(stops);
}
