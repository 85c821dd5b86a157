/* The contest's rules of severity E, as sums over what is on the form. A rule over columns that
 * this ballot does not have, or with factors (2 % reserve), has no form as a sum of boxes and
 * is left to whoever checks the whole form; so is one that boxes cannot break (at most 999). */
#include "print/layout_inner.h"

#include "base/mem.h"

struct sum { /* one side */
    rk_buf text;
    bool ok;    /* all of it is on the form, as plain sums */
    bool plain; /* no more than one number */
    uint64_t number;
    uint32_t fields;
};

static void begin(struct sum *s) {
    rk_buf_init(&s->text, 1 << 20);
    s->ok = s->plain = true, s->number = 0, s->fields = 0;
}

static void plus(struct sum *s) {
    if (s->text.len) rk_buf_lit(&s->text, " + ");
}

static void add_column(const struct rk_draft *d, struct sum *s, uint32_t column) {
    const rk_contest *c = d->c;
    if (column >= c->n_field && !rk_contest_slot(c, d->o->ballot, column - c->n_field)) {
        s->ok = false;
        return;
    }
    plus(s);
    rk_contest_column_name(c, d->o->ballot, column, &s->text);
    s->plain = false, s->fields++;
}

/* The sum over the choices is, for parties, that over their totals: each total is a sum of its
 * own, and a misread cell is then looked for in one party, not in eighteen. */
static void add_choices(const struct rk_draft *d, struct sum *s) {
    rk_buf name;
    rk_buf_init(&name, 100);
    for (uint32_t i = 0; i < d->b->n; i++) {
        if (d->b->choice[i].party != RK_NONE) continue;
        plus(s);
        rk_choice_name(&d->b->choice[i], d->c->shape == RK_PARTAI ? "jumlah_suara_" : "suara_",
                       &name);
        rk_buf_add(&s->text, rk_buf_slice(&name));
        s->plain = false, s->fields++;
    }
    rk_buf_free(&name);
}

static void add_term(const struct rk_draft *d, struct sum *s, const rk_term *t) {
    const rk_contest *c = d->c;
    if (t->column == RK_NONE) {
        plus(s);
        rk_buf_num(&s->text, (uint64_t)t->factor);
        s->number += (uint64_t)t->factor;
        return;
    }
    if (t->factor != 1) {
        s->ok = false;
        return;
    }
    if (t->column < c->n_col) {
        bool there = t->column < c->n_field ||
                     rk_contest_slot(c, d->o->ballot, t->column - c->n_field) != NULL;
        if (there || !t->optional) add_column(d, s, t->column);
        return;
    }
    const rk_derived *x = &c->derived[t->column - c->n_col];
    if (x->kind == RK_SUM_CHOICES)
        add_choices(d, s);
    else if (x->kind != RK_GROUP_J)
        s->ok = false; /* each by itself: the caller's business */
    else if (x->j != RK_NONE)
        add_column(d, s, x->j);
    else
        add_column(d, s, x->l), add_column(d, s, x->p);
}

static void add_side(const struct rk_draft *d, struct sum *s, uint32_t first, uint32_t n) {
    begin(s);
    for (uint32_t i = first; i < first + n; i++) add_term(d, s, &d->c->term[i]);
}

/* ===== one comparison ===== */

static uint64_t most(const struct rk_draft *d, const struct sum *s) {
    uint64_t nines = 1;
    for (uint32_t i = 0; i < d->boxes; i++) nines *= 10;
    return s->number + s->fields * (nines - 1);
}

static bool is_there(const rk_buf *list, rk_slice line) {
    return list->len && memmem(list->ptr, list->len, line.ptr, line.len);
}

static void put(struct rk_draft *d, const struct sum *l, const char *op, const struct sum *r) {
    rk_buf line;
    if (!l->ok || !r->ok || !l->text.len || !r->text.len || (l->plain && r->plain)) return;
    if (op[1] == '<' && r->plain && most(d, l) <= r->number) return;
    rk_buf_init(&line, 1 << 20);
    rk_buf_byte(&line, '"');
    rk_buf_add(&line, rk_buf_slice(&l->text));
    rk_buf_add(&line, rk_slice_str(op));
    rk_buf_add(&line, rk_buf_slice(&r->text));
    rk_buf_byte(&line, '"');
    if (!is_there(&d->checks, rk_buf_slice(&line))) {
        if (d->checks.len) rk_buf_lit(&d->checks, ",\n  ");
        rk_buf_add(&d->checks, rk_buf_slice(&line));
    }
    d->checks.failed |= line.failed || l->text.failed || r->text.failed;
    rk_buf_free(&line);
}

/* tiap(pilihan), tiap(semua): stands on the left alone, before <=. */
static bool each_kind(const rk_contest *c, const rk_check *k, enum rk_derived_kind *kind) {
    const rk_term *t = &c->term[k->first_left];
    if (k->n_left != 1 || t->column == RK_NONE || t->column < c->n_col) return false;
    *kind = c->derived[t->column - c->n_col].kind;
    return *kind == RK_MAX_CHOICES || *kind == RK_MAX_ALL;
}

static void put_each(struct rk_draft *d, const struct sum *r, enum rk_derived_kind kind) {
    for (uint32_t i = kind == RK_MAX_ALL ? 0 : d->c->n_field; i < d->c->n_col; i++) {
        struct sum l;
        begin(&l);
        add_column(d, &l, i);
        put(d, &l, " <= ", r);
        rk_buf_free(&l.text);
    }
}

static void put_check(struct rk_draft *d, const rk_check *k) {
    struct sum l, r;
    enum rk_derived_kind kind;
    add_side(d, &l, k->first_left, k->n_left);
    add_side(d, &r, k->first_right, k->n_right);
    if (each_kind(d->c, k, &kind))
        put_each(d, &r, kind);
    else if (k->op == RK_EQ)
        put(d, &l, " = ", &r);
    else if (k->op == RK_LE)
        put(d, &l, " <= ", &r);
    else
        put(d, &r, " <= ", &l);
    rk_buf_free(&l.text);
    rk_buf_free(&r.text);
}

/* A party's total is on every form, whether or not the contest has a column for it. */
static void put_party(struct rk_draft *d, uint32_t party) {
    struct sum l, r;
    rk_buf name;
    begin(&l), begin(&r);
    rk_buf_init(&name, 100);
    rk_choice_name(&d->b->choice[party], "jumlah_suara_", &name);
    rk_buf_add(&l.text, rk_buf_slice(&name));
    l.plain = false, l.fields = 1;
    for (uint32_t i = 0; i < d->b->n; i++)
        if (i == party || d->b->choice[i].party == party)
            add_column(d, &r, d->c->n_field + d->b->choice[i].slot);
    put(d, &l, " = ", &r);
    rk_buf_free(&name);
    rk_buf_free(&l.text);
    rk_buf_free(&r.text);
}

rk_status rk_lay_checks(struct rk_draft *d, rk_err *err) {
    enum rk_scope other = d->o->abroad ? RK_AT_HOME : RK_ABROAD;
    for (uint32_t i = 0; d->c->shape == RK_PARTAI && i < d->b->n; i++)
        if (d->b->choice[i].party == RK_NONE) put_party(d, i);
    for (uint32_t i = 0; i < d->c->n_rule; i++) {
        const rk_rule *r = &d->c->rule[i];
        if (r->severity != 'E' || r->scope == other) continue;
        for (uint32_t k = 0; k < r->n_check; k++)
            put_check(d, &d->c->check[r->first_check + k]);
    }
    return d->checks.failed ? rk_fail(err, RK_LIMIT, "the form's sums take too much room")
                            : RK_OK;
}
