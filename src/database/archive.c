/* The archive's rows. Numbers of rows are 1, 2, ...; a region's is its node's plus the regions
 * of the trees before. */
#include "arsip/check.h"
#include "arsip/coverage.h"
#include "base/mem.h"
#include "base/num.h"
#include "database/export.h"

struct out {
    const rk_arsip *a;
    rk_db *w;
    rk_db_progress *say;
    void *ctx;
    uint32_t *first; /* per tree: the number before its node 0 */
    rk_db_value v[16];
    uint32_t n;
    rk_err *err;
};

static void num(struct out *o, int64_t v) { o->v[o->n++] = (rk_db_value){{"", 0}, v, false}; }
static void none(struct out *o) { o->v[o->n++] = (rk_db_value){{"", 0}, 0, true}; }
static void id(struct out *o, uint32_t row) {
    row == RK_NONE ? none(o) : num(o, (int64_t)row + 1);
}
static void text(struct out *o, rk_slice s) { o->v[o->n++] = (rk_db_value){s, 0, true}; }

static rk_status row(struct out *o) {
    RK_ASSERT(o->n == o->w->now->n_column);
    o->n = 0;
    if (o->say && o->w->rows % 65536 == 0) o->say(o->ctx, o->w->rows);
    return rk_db_row(o->w, o->v, o->err);
}

static void region(struct out *o, uint32_t election, uint32_t r) {
    if (rk_is_dapil(r)) {
        none(o);
        num(o, (int64_t)(r & ~RK_DAPIL_BIT) + 1);
        return;
    }
    num(o, (int64_t)o->first[o->a->election[election].tree] + r + 1);
    none(o);
}

/* ===== tables ===== */

static rk_status trees(struct out *o) {
    for (uint32_t i = 0; i < o->a->n_tree; i++) {
        id(o, i), text(o, o->a->tree[i].code), text(o, o->a->tree[i].basis);
        RK_TRY(row(o));
    }
    return RK_OK;
}

static rk_status elections(struct out *o) {
    for (uint32_t i = 0; i < o->a->n_election; i++) {
        const rk_arsip_election *e = &o->a->election[i];
        id(o, i), text(o, e->code), text(o, e->name), text(o, e->date), text(o, e->kind);
        id(o, e->tree);
        RK_TRY(row(o));
    }
    return RK_OK;
}

static rk_status contests(struct out *o) {
    for (uint32_t i = 0; i < o->a->n_contest; i++) {
        const rk_arsip_contest *c = &o->a->contest[i];
        id(o, i), id(o, c->election), text(o, c->code), text(o, c->name), text(o, c->shape);
        num(o, c->scope);
        RK_TRY(row(o));
    }
    return RK_OK;
}

/* Codes of 2025 by node of a tree, empty where there is none. */
static rk_slice *kemendagri(const rk_arsip *a, const rk_arsip_tree *t) {
    rk_slice *code = rk_calloc(t->tree->n, sizeof *code);
    int column = rk_slice_is(t->column, "kode_kpu_2014")   ? RK_KPU2014
                 : rk_slice_is(t->column, "kode_kpu_2019") ? RK_KPU2019
                 : rk_slice_is(t->column, "kode_kpu_2024") ? RK_KPU2024
                                                           : RK_KEMENDAGRI;
    for (uint32_t i = 0; i < a->n_codes; i++) {
        uint32_t node = a->codes[i].code[column].len
                            ? rk_tree_find(t->tree, a->codes[i].code[column])
                            : RK_NONE;
        if (node != RK_NONE) code[node] = a->codes[i].code[RK_KEMENDAGRI];
    }
    return code;
}

static void ancestor(struct out *o, uint32_t tree, uint32_t node, unsigned level) {
    const rk_tree *t = o->a->tree[tree].tree;
    if (t->node[node].level < level)
        none(o);
    else
        num(o, (int64_t)o->first[tree] + rk_tree_ancestor(t, node, level) + 1);
}

static rk_status regions(struct out *o) {
    rk_status s = RK_OK;
    for (uint32_t i = 0; s == RK_OK && i < o->a->n_tree; i++) {
        const rk_tree *t = o->a->tree[i].tree;
        rk_slice *code = kemendagri(o->a, &o->a->tree[i]);
        for (uint32_t n = 0; s == RK_OK && n < t->n; n++) {
            num(o, (int64_t)o->first[i] + n + 1), id(o, i), text(o, rk_tree_code(t, n));
            if (n)
                num(o, (int64_t)o->first[i] + t->node[n].parent + 1);
            else
                none(o);
            text(o, n ? t->node[n].name : RK_LIT("INDONESIA")), num(o, t->node[n].level);
            ancestor(o, i, n, RK_PROVINSI), ancestor(o, i, n, RK_KABUPATEN), text(o, code[n]);
            s = row(o);
        }
        rk_free(code);
    }
    return s;
}

static rk_status sources(struct out *o) {
    for (uint32_t i = 0; i < o->a->n_source; i++) {
        id(o, i), text(o, o->a->source[i]);
        RK_TRY(row(o));
    }
    return RK_OK;
}

static rk_status dapils(struct out *o) {
    for (uint32_t i = 0; i < o->a->n_dapil; i++) {
        const rk_arsip_dapil *d = &o->a->dapil[i];
        id(o, i), id(o, d->election), text(o, rk_slice_from(d->code, 6)), text(o, d->name);
        num(o, d->seats), id(o, d->source);
        RK_TRY(row(o));
    }
    return RK_OK;
}

static rk_status members(struct out *o) {
    for (uint32_t i = 0; i < o->a->n_member; i++) {
        const rk_arsip_member *m = &o->a->member[i];
        id(o, m->dapil), text(o, m->code), text(o, m->name);
        RK_TRY(row(o));
    }
    return RK_OK;
}

static rk_status items(struct out *o) {
    for (uint32_t i = 0; i < o->a->n_item; i++) {
        const rk_arsip_item *t = &o->a->item[i];
        id(o, i), text(o, t->code), text(o, t->unit), num(o, t->adds), text(o, t->name_id);
        text(o, t->name_en);
        RK_TRY(row(o));
    }
    return RK_OK;
}

static rk_status series(struct out *o) {
    for (uint32_t i = 0; i < o->a->n_series; i++) {
        const rk_arsip_series *s = &o->a->series[i];
        id(o, i), id(o, s->contest), text(o, s->code);
        text(o, rk_slice_str(rk_standing_name(s->standing))), text(o, s->number);
        text(o, s->name), text(o, s->part), text(o, s->licence), text(o, s->ref);
        text(o, s->note);
        RK_TRY(row(o));
    }
    return RK_OK;
}

static rk_status choices(struct out *o) {
    for (uint32_t i = 0; i < o->a->n_choice; i++) {
        const rk_arsip_choice *c = &o->a->choice[i];
        id(o, i), id(o, c->contest);
        if (c->region == 0)
            none(o), none(o);
        else
            region(o, o->a->contest[c->contest].election, c->region);
        text(o, rk_intern_text(&o->a->text, c->code)), text(o, c->number), text(o, c->name);
        text(o, c->party);
        RK_TRY(row(o));
    }
    return RK_OK;
}

static rk_status figures(struct out *o) {
    for (uint32_t i = 0; i < o->a->n_figure; i++) {
        const rk_arsip_figure *f = &o->a->figure[i];
        id(o, f->series), region(o, o->a->series[f->series].election, f->region);
        num(o, f->station), num(o, rk_arsip_level(o->a, f)), id(o, f->item);
        text(o, rk_intern_text(&o->a->text, f->choice)), num(o, f->value), id(o, f->source);
        text(o, rk_intern_text(&o->a->text, f->note));
        RK_TRY(row(o));
    }
    return RK_OK;
}

static rk_status crosswalk(struct out *o) {
    for (uint32_t i = 0; i < o->a->n_birth; i++) {
        const rk_arsip_birth *b = &o->a->birth[i];
        const rk_slice f[] = {b->level, b->child_code, b->child,  b->parent_code, b->parent,
                              b->date,  b->law,        b->source, b->note};
        for (int k = 0; k < 9; k++) text(o, f[k]);
        RK_TRY(row(o));
    }
    return RK_OK;
}

static rk_status codes(struct out *o) {
    for (uint32_t i = 0; i < o->a->n_codes; i++) {
        for (int k = 0; k < 7; k++) text(o, o->a->codes[i].code[k]);
        RK_TRY(row(o));
    }
    return RK_OK;
}

static rk_status differences(struct out *o) {
    rk_diffs d;
    rk_arsip_differences(o->a, &d);
    rk_status s = RK_OK;
    for (uint32_t i = 0; s == RK_OK && i < d.n; i++) {
        const rk_diff *x = &d.at[i];
        text(o, rk_slice_str(rk_diff_name(x->kind))), id(o, x->a), id(o, x->b);
        region(o, o->a->series[x->a].election, x->region), id(o, x->item);
        text(o, x->choice == RK_NONE ? RK_LIT("") : rk_intern_text(&o->a->text, x->choice));
        num(o, x->value_a), num(o, x->value_b), num(o, x->value_a - x->value_b);
        s = row(o);
    }
    rk_free(d.at);
    return s;
}

static rk_status coverage(struct out *o) {
    rk_coverage *c;
    uint32_t n = rk_arsip_coverage(o->a, &c);
    rk_status s = RK_OK;
    for (uint32_t i = 0; s == RK_OK && i < n; i++) {
        id(o, c[i].contest), num(o, c[i].level),
            text(o, rk_slice_str(rk_coverage_state(&c[i])));
        num(o, c[i].have);
        if (c[i].expected)
            num(o, c[i].expected);
        else
            none(o);
        id(o, c[i].best), num(o, c[i].series), text(o, c[i].basis);
        s = row(o);
    }
    rk_free(c);
    return s;
}

rk_status rk_db_export_archive(const rk_arsip *a, rk_db *w, rk_db_progress *say, void *ctx,
                               rk_err *err) {
    static rk_status (*const ROWS[])(struct out *) = {
        trees,  elections, contests, regions,   sources, dapils,      members, items,
        series, choices,   figures,  crosswalk, codes,   differences, coverage};
    RK_ASSERT(sizeof ROWS / sizeof *ROWS == rk_db_archive_schema.n_table && a->sorted);
    struct out o = {.a = a, .w = w, .say = say, .ctx = ctx, .err = err};
    o.first = rk_calloc(a->n_tree + 1u, sizeof *o.first);
    for (uint32_t i = 0, n = 0; i < a->n_tree; n += a->tree[i++].tree->n) o.first[i] = n;
    rk_status s = RK_OK;
    for (uint32_t i = 0; s == RK_OK && i < rk_db_archive_schema.n_table; i++) {
        s = rk_db_table_begin(w, &rk_db_archive_schema.table[i], err);
        if (s == RK_OK) s = ROWS[i](&o);
        if (s == RK_OK) s = rk_db_table_end(w, err);
    }
    rk_free(o.first);
    return s;
}
