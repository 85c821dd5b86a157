#include "arsip/show.h"

#include "arsip/follow.h"
#include "base/mem.h"

const char *rk_show_level(unsigned level) {
    return level == RK_LEVEL_DAPIL ? "dapil" : rk_level_name(level);
}

void rk_show_series(const rk_arsip *a, rk_rows *l) {
    for (uint32_t i = 0; i < a->n_series; i++) {
        const rk_arsip_series *s = &a->series[i];
        rk_rows_text(l, a->election[s->election].code);
        rk_rows_text(l, a->election[s->election].date);
        rk_rows_text(l, a->contest[s->contest].code);
        rk_rows_text(l, s->code);
        rk_rows_str(l, rk_standing_name(s->standing));
        rk_rows_text(l, s->number);
        rk_rows_num(l, s->n);
        rk_rows_text(l, s->part);
        rk_rows_text(l, s->name);
    }
}

void rk_show_coverage(const rk_arsip *a, rk_rows *l) {
    rk_coverage *c;
    uint32_t n = rk_arsip_coverage(a, &c);
    for (uint32_t i = 0; i < n; i++) {
        const rk_arsip_contest *k = &a->contest[c[i].contest];
        const rk_arsip_series *best = c[i].best == RK_NONE ? NULL : &a->series[c[i].best];
        rk_rows_text(l, a->election[k->election].code);
        rk_rows_text(l, a->election[k->election].date);
        rk_rows_text(l, k->code);
        rk_rows_str(l, rk_show_level(c[i].level));
        rk_rows_str(l, rk_coverage_state(&c[i]));
        rk_rows_num(l, c[i].have);
        if (c[i].expected)
            rk_rows_num(l, c[i].expected);
        else
            rk_rows_none(l);
        rk_rows_text(l, best ? best->code : RK_LIT(""));
        rk_rows_str(l, best ? rk_standing_name(best->standing) : "");
        rk_rows_num(l, c[i].series);
        rk_rows_text(l, c[i].basis);
    }
    rk_free(c);
}

/* ===== figures ===== */

static void region_cell(const rk_arsip *a, uint32_t election, uint32_t region, uint16_t station,
                        rk_rows *l) {
    rk_buf b;
    rk_buf_init(&b, 256);
    rk_arsip_put_region(a, election, region, station, &b);
    rk_rows_text(l, rk_buf_slice(&b));
    rk_buf_free(&b);
    rk_rows_text(l, rk_arsip_region_name(a, election, region));
}

rk_slice rk_show_choice(const rk_arsip *a, uint32_t contest, uint32_t region, uint32_t choice) {
    rk_slice found = {"", 0};
    for (uint32_t i = 0; choice && i < a->n_choice; i++) {
        const rk_arsip_choice *c = &a->choice[i];
        if (c->contest != contest || c->code != choice) continue;
        if (c->region == 0 || c->region == region) return c->name;
        const rk_tree *t = rk_arsip_tree_of(a, a->contest[contest].election);
        if (!rk_is_dapil(region) && !rk_is_dapil(c->region) &&
            rk_tree_below(t, region, c->region))
            found = c->name;
    }
    return found;
}

void rk_show_figure(const rk_arsip *a, const rk_arsip_figure *f, rk_rows *l) {
    const rk_arsip_series *s = &a->series[f->series];
    rk_rows_text(l, s->code);
    rk_rows_str(l, rk_standing_name(s->standing));
    region_cell(a, s->election, f->region, f->station, l);
    rk_rows_text(l, a->item[f->item].code);
    rk_rows_text(l, rk_intern_text(&a->text, f->choice));
    rk_rows_text(l, rk_show_choice(a, s->contest, f->region, f->choice));
    rk_rows_num(l, f->value);
    rk_rows_text(l, a->source[f->source]);
    rk_rows_text(l, rk_intern_text(&a->text, f->note));
}

void rk_show_difference(const rk_arsip *a, const rk_diff *d, rk_rows *l) {
    const rk_arsip_series *s = &a->series[d->a];
    rk_rows_str(l, rk_diff_name(d->kind));
    rk_rows_text(l, s->code);
    rk_rows_text(l, d->b == RK_NONE ? RK_LIT("") : a->series[d->b].code);
    region_cell(a, s->election, d->region, 0, l);
    rk_rows_text(l, a->item[d->item].code);
    rk_rows_text(l, d->choice == RK_NONE ? RK_LIT("") : rk_intern_text(&a->text, d->choice));
    rk_rows_num(l, d->value_a);
    rk_rows_num(l, d->value_b);
    rk_rows_num(l, d->value_a - d->value_b);
}

/* ===== one kabupaten/kota ===== */

static void follow_row(const rk_arsip *a, rk_slice code, const rk_stop *s,
                       const rk_arsip_figure *f, rk_rows *l) {
    const rk_arsip_election *e = &a->election[s->election];
    rk_rows_text(l, code);
    rk_rows_text(l, e->code);
    rk_rows_text(l, e->date);
    if (s->region == RK_NONE) {
        rk_rows_none(l);
        rk_rows_none(l);
    } else
        region_cell(a, s->election, s->region, 0, l);
    rk_rows_str(l, rk_fit_name(s->fit));
    const rk_arsip_series *x = f ? &a->series[f->series] : NULL;
    rk_rows_text(l, x ? a->contest[x->contest].code : RK_LIT(""));
    rk_rows_text(l, x ? x->code : RK_LIT(""));
    rk_rows_text(l, f ? a->item[f->item].code : RK_LIT(""));
    rk_rows_text(l, f ? rk_intern_text(&a->text, f->choice) : RK_LIT(""));
    rk_rows_text(l, f ? rk_show_choice(a, x->contest, f->region, f->choice) : RK_LIT(""));
    if (f)
        rk_rows_num(l, f->value);
    else
        rk_rows_none(l);
    rk_rows_text(l, s->why.len ? rk_buf_slice(&s->why)
                    : f        ? RK_LIT("")
                               : RK_LIT("tidak ada angka di tingkat ini"));
}

void rk_show_follow(const rk_arsip *a, uint32_t row, rk_rows *l) {
    rk_slice code = a->codes[row].code[RK_KEMENDAGRI];
    rk_stop *stops = rk_arsip_follow(a, row);
    for (uint32_t e = 0; e < a->n_election; e++) {
        uint32_t any = 0;
        for (uint32_t s = 0; stops[e].region != RK_NONE && s < a->n_series; s++) {
            uint32_t n;
            if (a->series[s].election != e) continue;
            const rk_arsip_figure *f = rk_arsip_at(a, s, stops[e].region, &n);
            for (uint32_t i = 0; i < n; i++, any++) follow_row(a, code, &stops[e], &f[i], l);
        }
        if (!any) follow_row(a, code, &stops[e], NULL, l);
    }
    rk_follow_free(a, stops);
}
