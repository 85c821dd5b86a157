#include "read/verdict.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>

const rk_gate RK_GATE = {.floor = 0.25f,
                         .alone = 0.9999f,
                         .risk_max = 1e-3f,
                         .slip = 5e-4f,
                         .need_sums = true,
                         .need_bubbles = true,
                         .joint_cost = 0};

enum { SOLUTIONS = 6, ALTERNATIVES = 16 };
#define BUBBLES_TOO                                                                            \
    0.02f               /* odds that bubbles are misread, or mismarked, just as the ink is     \
                         */
#define COST_SHOWN 9.0f /* nats: the dearest candidate that people are shown */
#define PLAIN 0.98f     /* confidence from which ink counts as plain */

const char *rk_status_of_field_name(enum rk_status_of_field s) {
    return rk_read_status_name(s);
}
const char *rk_agreement_name(enum rk_agreement a) { return rk_read_bubbles_name(a); }
const char *rk_reading_state_name(enum rk_reading_state s) {
    static const char *const name[] = {"accepted", "referred", "inconsistent", "refused"};
    return name[s];
}

/* ===== one field ===== */

static const rk_box_reading *boxes_of(const rk_sheet *f, const rk_page_reading *p,
                                      const rk_sheet_field *x) {
    return &p->box[x->first_box - f->field[f->page[x->page].first_field].first_box];
}

/* The bubbles against the likeliest value. */
static void compare_bubbles(const rk_box_reading *box, const rk_sheet_field *x,
                            rk_field_reading *r) {
    uint32_t said = 0, whole = 0, value = r->value.n ? r->value.best[0].value : RK_VALUE_BLANK;
    bool conflict = false, lacking = false, leading = true;
    r->bubbles = RK_VALUE_BLANK;
    r->agreement = RK_BUBBLES_ABSENT;
    if (!x->bubbles) return;
    for (uint32_t i = 0; i < x->n_box; i++) {
        const rk_bubbles *b = &box[i].bubbles;
        uint32_t digit = rk_value_digit(value, x->n_box, i);
        leading = leading && digit == 0 && i + 1 < x->n_box;
        if (b->state == RK_BUBBLES_ONE) {
            said++, whole = whole * 10 + b->digit;
            conflict |= value == RK_VALUE_BLANK || b->digit != digit;
        } else {
            conflict |= b->state == RK_BUBBLES_UNCLEAR;
            lacking |= !leading;
            whole *= 10;
        }
    }
    if (said && !lacking) r->bubbles = whole;
    r->agreement = conflict  ? RK_BUBBLES_CONFLICT
                   : !said   ? RK_BUBBLES_SILENT
                   : lacking ? RK_BUBBLES_PARTLY
                             : RK_BUBBLES_AGREE;
}

static void read_field(const rk_sheet *f, const rk_page_reading *p, const rk_sheet_field *x,
                       rk_field_reading *r) {
    float posterior[RK_SHEET_BOXES_MAX][RK_DIGIT_CLASSES];
    r->bubbles = RK_VALUE_BLANK;
    if (!p || p->refusal != RK_PAGE_READ) return;
    const rk_box_reading *box = boxes_of(f, p, x);
    for (uint32_t i = 0; i < x->n_box; i++)
        memcpy(posterior[i], box[i].posterior, sizeof posterior[i]);
    rk_value_of((const float(*)[RK_DIGIT_CLASSES])posterior, x->n_box, &r->value);
    r->confidence = r->value.n ? r->value.best[0].p : 0;
    compare_bubbles(box, x, r);
}

/* ===== sets of fields that sums join ===== */

static uint32_t root(uint32_t *up, uint32_t i) {
    while (up[i] != i) i = up[i] = up[up[i]];
    return i;
}

static void make_sets(rk_form_reading *r) {
    const rk_sheet *f = r->form;
    uint32_t *up = rk_calloc(f->n_field + 1, sizeof *up);
    for (uint32_t i = 0; i < f->n_field; i++) up[i] = i;
    for (uint32_t c = 0; c < f->n_check; c++) {
        uint32_t first = UINT32_MAX;
        const rk_sheet_check *k = &f->check[c];
        for (uint32_t t = k->first_left; k->equal && t < k->first_right + k->n_right; t++) {
            uint32_t x = f->term[t].field;
            if (x == RK_SHEET_CONST) continue;
            r->field[x].in_sum = true;
            if (first == UINT32_MAX)
                first = root(up, x);
            else
                up[root(up, x)] = first = root(up, first);
        }
    }
    for (uint32_t i = 0; i < f->n_field; i++) r->field[i].set = root(up, i);
    rk_free(up);
}

/* ===== the gate ===== */

struct job {
    rk_form_reading *r;
    const rk_gate *gate;
    rk_value *value;  /* by field */
    uint32_t *now;    /* likeliest value by field */
    uint32_t *set_of; /* by field */
};

static bool names_set(const struct job *j, const rk_sheet_check *c, uint32_t set) {
    for (uint32_t t = c->first_left; t < c->first_right + c->n_right; t++) {
        uint32_t x = j->r->form->term[t].field;
        if (x != RK_SHEET_CONST && j->set_of[x] == set) return true;
    }
    return false;
}

/* Sums: each must be computable and hold. Comparisons: none may be broken. */
static bool arithmetic_holds(const struct job *j, uint32_t set) {
    for (uint32_t c = 0; c < j->r->form->n_check; c++) {
        const rk_sheet_check *k = &j->r->form->check[c];
        if (!names_set(j, k, set)) continue;
        if (k->equal ? j->r->check[c] != RK_CHECK_HOLDS : j->r->check[c] == RK_CHECK_BROKEN)
            return false;
    }
    return true;
}

/* Likelihood of another reading of the set against the one at hand: of its ink, and of bubbles
 * that say otherwise. */
static float likelihood(const rk_form_reading *r, const rk_solution *s) {
    float p = expf(-s->cost);
    for (uint32_t k = 0; k < s->n; k++)
        if (r->field[s->field[k]].agreement == RK_BUBBLES_AGREE) p *= BUBBLES_TOO;
    return p;
}

/* Odds that something else is written although all sums hold: another reading that satisfies
 * them as well, or one misread figure whose writer slipped by just that much. Bubbles that say
 * the same number make a misreading of that figure rarer still. */
static float risk_of(const struct job *j, uint32_t set) {
    rk_solution s[ALTERNATIVES];
    float risk = 0;
    uint32_t n = rk_solve(j->r->form, j->value, j->set_of, set, 14.0f, s, ALTERNATIVES);
    for (uint32_t i = 1; i < n; i++) risk += likelihood(j->r, &s[i]);
    for (uint32_t i = 0; i < j->r->form->n_field; i++) {
        const rk_field_reading *x = &j->r->field[i];
        if (x->set != set) continue;
        float p = fmaxf(x->confidence, 1e-6f), odds = (1 - p) / p;
        risk += odds * j->gate->slip * (x->agreement == RK_BUBBLES_AGREE ? BUBBLES_TOO : 1);
    }
    return risk;
}

static bool fields_pass(const struct job *j, uint32_t set, bool *in_sum) {
    for (uint32_t i = 0; i < j->r->form->n_field; i++) {
        const rk_field_reading *x = &j->r->field[i];
        if (x->set != set) continue;
        *in_sum = x->in_sum;
        if (!x->value.n || x->value.best[0].value == RK_VALUE_BLANK) return false;
        if (j->gate->need_bubbles && x->agreement == RK_BUBBLES_CONFLICT) return false;
        if (x->confidence < (x->in_sum && j->gate->need_sums ? j->gate->floor : j->gate->alone))
            return false;
    }
    return true;
}

static bool accepts(const struct job *j, uint32_t set) {
    bool in_sum = false;
    if (!fields_pass(j, set, &in_sum)) return false;
    if (!j->gate->need_sums) return true;
    return arithmetic_holds(j, set) && (!in_sum || risk_of(j, set) <= j->gate->risk_max);
}

static void judge_sets(const struct job *j) {
    rk_form_reading *r = j->r;
    for (uint32_t set = 0; set < r->form->n_field; set++) {
        if (r->field[set].set != set) continue;
        bool ok = accepts(j, set);
        for (uint32_t i = 0; i < r->form->n_field; i++)
            if (r->field[i].set == set)
                r->field[i].status = ok                    ? RK_ACCEPT
                                     : r->field[i].value.n ? RK_REFER
                                                           : RK_REFUSE;
        r->n_set++;
    }
}

/* ===== what people get ===== */

static int by_doubt(const void *a, const void *b) {
    const rk_doubt *x = a, *y = b;
    if (x->doubt != y->doubt) return x->doubt < y->doubt ? 1 : -1;
    if (x->field != y->field) return x->field < y->field ? -1 : 1;
    return x->box < y->box ? -1 : x->box > y->box;
}

/* X, a dash, nothing and a leading 0 are one thing: what is doubtful is another digit. */
static float box_doubt(const rk_sheet_field *x, const rk_field_reading *r,
                       const rk_box_reading *b, uint32_t i, bool leading) {
    uint32_t digit = rk_value_digit(r->value.best[0].value, x->n_box, i);
    float p = b->posterior[digit];
    if (digit == 0 && leading) p += b->posterior[RK_DIGIT_X] + b->posterior[RK_DIGIT_BLANK];
    float doubt = fmaxf(0, 1 - p);
    if (b->bubbles.state == RK_BUBBLES_UNCLEAR) return fmaxf(doubt, 0.5f);
    if (b->bubbles.state == RK_BUBBLES_ONE)
        return b->bubbles.digit == digit ? doubt * 0.1f : fmaxf(doubt, 0.9f);
    return doubt;
}

static void list_doubts(rk_form_reading *r) {
    const rk_sheet *f = r->form;
    r->doubt = rk_calloc(f->n_box + 1, sizeof *r->doubt);
    for (uint32_t i = 0; i < f->n_field; i++) {
        const rk_sheet_field *x = &f->field[i];
        const rk_field_reading *v = &r->field[i];
        if (v->status != RK_REFER) continue;
        const rk_box_reading *b = boxes_of(f, r->page[x->page], x);
        bool leading = true;
        for (uint32_t k = 0; k < x->n_box; k++) {
            leading &=
                rk_value_digit(v->value.best[0].value, x->n_box, k) == 0 && k + 1 < x->n_box;
            r->doubt[r->n_doubt++] = (rk_doubt){i, k, box_doubt(x, v, &b[k], k, leading)};
        }
    }
    qsort(r->doubt, r->n_doubt, sizeof *r->doubt, by_doubt);
}

static void list_candidates(const struct job *j) {
    rk_form_reading *r = j->r;
    uint32_t max = RK_SHEET_CANDIDATES_MAX;
    r->candidate = rk_calloc(max, sizeof *r->candidate);
    for (uint32_t set = 0; set < r->form->n_field && r->n_candidate + SOLUTIONS <= max; set++) {
        if (r->field[set].set != set || !r->field[set].in_sum ||
            r->field[set].status != RK_REFER)
            continue;
        rk_solution *s = &r->candidate[r->n_candidate];
        uint32_t n = rk_solve(r->form, j->value, j->set_of, set, COST_SHOWN, s, SOLUTIONS),
                 kept = 0;
        for (uint32_t i = 0; i < n; i++)
            if (s[i].n) s[kept++] = s[i];
        r->n_candidate += kept;
    }
}

/* Plain ink in every figure of a broken sum: the writer's slip, not the reader's. */
static bool plainly_inconsistent(const rk_form_reading *r) {
    const rk_sheet *f = r->form;
    for (uint32_t c = 0; c < f->n_check; c++) {
        if (r->check[c] != RK_CHECK_BROKEN) continue;
        bool plain = true;
        for (uint32_t t = f->check[c].first_left;
             t < f->check[c].first_right + f->check[c].n_right; t++) {
            uint32_t x = f->term[t].field;
            plain = plain &&
                    (x == RK_SHEET_CONST || (r->field[x].confidence >= PLAIN &&
                                             r->field[x].agreement != RK_BUBBLES_CONFLICT));
        }
        if (plain) return true;
    }
    return false;
}

static enum rk_reading_state state_of(const rk_form_reading *r) {
    bool all = true, any = false;
    for (uint32_t i = 0; i < r->form->n_field; i++) all &= r->field[i].status == RK_ACCEPT;
    for (uint32_t i = 0; i < r->form->n_page; i++)
        any |= r->page[i] && r->page[i]->refusal == RK_PAGE_READ;
    if (!any) return RK_FORM_REFUSED;
    if (all) return RK_FORM_ACCEPTED;
    return plainly_inconsistent(r) ? RK_FORM_INCONSISTENT : RK_FORM_REFERRED;
}

/* Only to measure it: takes the cheapest joint decoding in place of the ink's own reading. */
static void take_joint(const struct job *j) {
    rk_form_reading *r = j->r;
    for (uint32_t set = 0; set < r->form->n_field; set++) {
        rk_solution s;
        if (r->field[set].set != set || !r->field[set].in_sum) continue;
        if (!rk_solve(r->form, j->value, j->set_of, set, j->gate->joint_cost, &s, 1)) continue;
        for (uint32_t i = 0; i < s.n; i++) {
            rk_value *v = &r->field[s.field[i]].value;
            rk_candidate c = v->best[s.candidate[i]];
            v->best[s.candidate[i]] = v->best[0];
            v->best[0] = c;
            j->value[s.field[i]] = *v;
            j->now[s.field[i]] = c.value;
        }
    }
}

void rk_verdict(const rk_sheet *form, const rk_page_reading *const *page, const bool *disputed,
                const rk_gate *gate, rk_form_reading **out) {
    rk_form_reading *r = rk_alloc(sizeof *r);
    r->form = form;
    r->page = rk_dup(page, form->n_page * sizeof *page);
    r->field = rk_calloc(form->n_field + 1, sizeof *r->field);
    r->check = rk_calloc(form->n_check + 1, 1);
    struct job j = {r, gate, rk_calloc(form->n_field + 1, sizeof(rk_value)),
                    rk_calloc(form->n_field + 1, sizeof(uint32_t)),
                    rk_calloc(form->n_field + 1, sizeof(uint32_t))};
    make_sets(r);
    for (uint32_t i = 0; i < form->n_field; i++) {
        read_field(form, page[form->field[i].page], &form->field[i], &r->field[i]);
        if (disputed && disputed[form->field[i].page]) r->field[i].confidence = 0;
        j.value[i] = r->field[i].value;
        j.now[i] = j.value[i].n ? j.value[i].best[0].value : RK_VALUE_BLANK;
        j.set_of[i] = r->field[i].set;
    }
    if (gate->joint_cost > 0) take_joint(&j);
    for (uint32_t c = 0; c < form->n_check; c++)
        r->check[c] = (uint8_t)rk_check_state(form, &form->check[c], j.now);
    judge_sets(&j);
    list_doubts(r);
    list_candidates(&j);
    r->state = state_of(r);
    rk_free(j.value);
    rk_free(j.now);
    rk_free(j.set_of);
    *out = r;
}

void rk_form_reading_free(rk_form_reading **r) {
    if (!*r) return;
    rk_free((*r)->page);
    rk_free((*r)->field);
    rk_free((*r)->check);
    rk_free((*r)->doubt);
    rk_free((*r)->candidate);
    rk_free(*r);
    *r = NULL;
}
