/* Differences of two versions, from what both versions show. */
#include "base/mem.h"
#include "core/disclosure.h"

static rk_infra_change *add(rk_infra_changes *c) {
    RK_PUSH_ROOM(c->change, c->n, c->cap);
    c->change[c->n] = (rk_infra_change){0};
    return &c->change[c->n++];
}

static rk_slice own(rk_infra_changes *c, rk_slice s) {
    RK_PUSH_ROOM(c->text, c->n_text, c->cap_text);
    return (rk_slice){c->text[c->n_text++] = rk_dup(s.len ? s.ptr : "", s.len ? s.len : 1),
                      s.len};
}

/* References are compared as ids: a server that was only renamed changes one line, not all. */
static rk_slice text_of(const rk_disclosure *d, uint32_t r, uint32_t f, rk_infra_changes *c) {
    const rk_shown_value *v = &d->record[r].value[f];
    rk_buf b;
    if (v->state == RK_SHOWN_WITHHELD) return RK_LIT("(dikecualikan)");
    rk_buf_init(&b, 2 * RK_INFRA_ITEMS_MAX * RK_TEXT_MAX);
    for (uint32_t i = 0; i < v->n; i++) {
        if (i) rk_buf_lit(&b, "; ");
        rk_buf_add(&b, v->item[i]);
    }
    if (v->hidden) rk_buf_printf(&b, "%s(%u dikecualikan)", v->n ? "; " : "", v->hidden);
    rk_slice s = own(c, rk_buf_slice(&b));
    rk_buf_free(&b);
    return s;
}

static void compare(const rk_disclosure *x, uint32_t rx, const rk_disclosure *y, uint32_t ry,
                    rk_infra_changes *c) {
    enum rk_infra_kind k = y->record[ry].kind;
    const rk_infra_table *t = rk_infra_table_of(k);
    for (uint32_t f = 0; f < t->n; f++) {
        rk_slice a = text_of(x, rx, f, c), b = text_of(y, ry, f, c);
        if (rk_slice_eq(a, b)) continue;
        *add(c) = (rk_infra_change){RK_CHANGE_CHANGED, k, y->record[ry].id, &t->field[f], a, b};
    }
}

static void one_sided(const rk_disclosure *d, uint32_t r, enum rk_change what,
                      rk_infra_changes *c) {
    rk_slice name = rk_disclosure_name(d, r);
    *add(c) = (rk_infra_change){.what = what,
                                .kind = d->record[r].kind,
                                .id = d->record[r].id,
                                .before = what == RK_CHANGE_REMOVED ? name : RK_LIT(""),
                                .after = what == RK_CHANGE_ADDED ? name : RK_LIT("")};
}

void rk_disclosure_diff(const rk_disclosure *x, const rk_disclosure *y, rk_infra_changes *c) {
    *c = (rk_infra_changes){.before = x->version, .after = y->version};
    for (uint32_t r = 0; r < y->n; r++) {
        if (y->record[r].withheld) continue;
        uint32_t was = rk_disclosure_find(x, y->record[r].id);
        if (was == RK_NONE || x->record[was].kind != y->record[r].kind)
            one_sided(y, r, RK_CHANGE_ADDED, c);
        else
            compare(x, was, y, r, c);
    }
    for (uint32_t r = 0; r < x->n; r++) {
        if (x->record[r].withheld) continue;
        uint32_t is = rk_disclosure_find(y, x->record[r].id);
        if (is == RK_NONE || y->record[is].kind != x->record[r].kind)
            one_sided(x, r, RK_CHANGE_REMOVED, c);
    }
}

void rk_infra_changes_free(rk_infra_changes *c) {
    for (uint32_t i = 0; i < c->n_text; i++) rk_free(c->text[i]);
    rk_free(c->text);
    rk_free(c->change);
    *c = (rk_infra_changes){0};
}
