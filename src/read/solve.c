#include "read/solve.h"

#include "base/mem.h"

#include <math.h>

enum { STEPS_MAX = 200000 }; /* an adversary's page must not keep the machine busy */

struct search {
    const rk_sheet *form;
    const rk_value *value;
    const uint32_t *set;
    uint32_t which;
    float cost_max;
    uint32_t *now; /* value of each field at present */
    bool *fixed;   /* changed already on this path */
    rk_solution at, *out;
    uint32_t n_out, out_max, steps;
};

/* ===== sums ===== */

static bool side(const rk_sheet *f, uint32_t first, uint32_t n, const uint32_t *value,
                 uint64_t *sum) {
    *sum = 0;
    for (uint32_t i = first; i < first + n; i++) {
        const rk_sheet_term *t = &f->term[i];
        uint32_t v = t->field == RK_SHEET_CONST ? t->number : value[t->field];
        if (v == RK_VALUE_BLANK) return false;
        *sum += v;
    }
    return true;
}

enum rk_check_state rk_check_state(const rk_sheet *form, const rk_sheet_check *c,
                                   const uint32_t *value) {
    uint64_t l, r;
    if (!side(form, c->first_left, c->n_left, value, &l) ||
        !side(form, c->first_right, c->n_right, value, &r))
        return RK_CHECK_OPEN;
    return (c->equal ? l == r : l <= r) ? RK_CHECK_HOLDS : RK_CHECK_BROKEN;
}

static bool of_set(const struct search *s, const rk_sheet_check *c) {
    for (uint32_t i = c->first_left; i < c->first_right + c->n_right; i++)
        if (s->form->term[i].field != RK_SHEET_CONST)
            return s->set[s->form->term[i].field] == s->which;
    return false;
}

/* A sum of the set that does not hold, or NULL. */
static const rk_sheet_check *broken(const struct search *s) {
    for (uint32_t i = 0; i < s->form->n_check; i++) {
        const rk_sheet_check *c = &s->form->check[i];
        if (c->equal && of_set(s, c) && rk_check_state(s->form, c, s->now) == RK_CHECK_BROKEN)
            return c;
    }
    return NULL;
}

/* ===== solutions ===== */

static bool same(const rk_solution *a, const rk_solution *b) {
    if (a->n != b->n) return false;
    for (uint32_t i = 0; i < a->n; i++) {
        bool in = false;
        for (uint32_t k = 0; k < b->n; k++)
            in |= a->field[i] == b->field[k] && a->candidate[i] == b->candidate[k];
        if (!in) return false;
    }
    return true;
}

static void record(struct search *s) {
    for (uint32_t i = 0; i < s->n_out; i++)
        if (same(&s->out[i], &s->at)) return;
    uint32_t at = s->n_out < s->out_max ? s->n_out++ : s->out_max;
    if (at == s->out_max) {
        if (s->out[at - 1].cost <= s->at.cost) return;
        at--;
    }
    for (; at > 0 && s->out[at - 1].cost > s->at.cost; at--) s->out[at] = s->out[at - 1];
    s->out[at] = s->at;
}

/* What may still be spent: once the list is full, no more than its worst. */
static float budget(const struct search *s) {
    return s->n_out == s->out_max ? fminf(s->cost_max, s->out[s->out_max - 1].cost)
                                  : s->cost_max;
}

static void repair(struct search *s);

static void change(struct search *s, uint32_t field) {
    const rk_value *v = &s->value[field];
    if (s->fixed[field] || s->at.n == RK_SOLVE_CHANGES_MAX) return;
    uint32_t before = s->now[field];
    float cost = s->at.cost;
    for (uint32_t k = 1; k < v->n && s->steps < STEPS_MAX; k++) {
        float more = logf(v->best[0].p / v->best[k].p);
        if (cost + more > budget(s)) break;
        if (v->best[k].value == RK_VALUE_BLANK) continue;
        s->steps++;
        s->fixed[field] = true;
        s->now[field] = v->best[k].value;
        s->at.field[s->at.n] = field, s->at.candidate[s->at.n] = k, s->at.n++;
        s->at.cost = cost + more;
        repair(s);
        s->at.n--;
    }
    s->at.cost = cost;
    s->now[field] = before;
    s->fixed[field] = false;
}

/* Every way to satisfy all sums changes some figure of each sum that does not hold. */
static void repair(struct search *s) {
    const rk_sheet_check *c = broken(s);
    if (!c) {
        record(s);
        return;
    }
    for (uint32_t i = c->first_left; i < c->first_right + c->n_right; i++)
        if (s->form->term[i].field != RK_SHEET_CONST) change(s, s->form->term[i].field);
}

uint32_t rk_solve(const rk_sheet *form, const rk_value *value, const uint32_t *set,
                  uint32_t which, float cost_max, rk_solution *out, uint32_t out_max) {
    struct search s = {.form = form,
                       .value = value,
                       .set = set,
                       .which = which,
                       .cost_max = cost_max,
                       .now = rk_calloc(form->n_field + 1, sizeof(uint32_t)),
                       .fixed = rk_calloc(form->n_field + 1, sizeof(bool)),
                       .out = out,
                       .out_max = out_max};
    for (uint32_t i = 0; i < form->n_field; i++)
        s.now[i] = value[i].n ? value[i].best[0].value : RK_VALUE_BLANK;
    if (!broken(&s)) {
        record(&s); /* and the nearest others: each begins with some figure changed */
        for (uint32_t i = 0; i < form->n_field; i++)
            if (set[i] == which) change(&s, i);
    } else {
        repair(&s);
    }
    rk_free(s.fixed);
    rk_free(s.now);
    return s.n_out;
}
