#include "verify/view.h"

#include "base/mem.h"

/* Compared again here: a reading whose ink is plain, with a form that is not the machine's. */
static void add_photos(const rk_tally *t, rk_count *c, uint32_t tps, const uint32_t *row) {
    const rk_photo_state *s = rk_tally_photos(t, tps);
    if (!s) return;
    const uint32_t *read = t->read_cell + (size_t)tps * t->contest->n_col;
    bool plain = s->state == RK_READ_ACCEPTED || s->state == RK_READ_INCONSISTENT, differs = 0;
    c->photos++;
    c->refused += s->state == RK_READ_REFUSED;
    c->referred += s->state == RK_READ_REFERRED;
    c->accepted += s->state == RK_READ_ACCEPTED;
    c->inconsistent += s->state == RK_READ_INCONSISTENT;
    for (uint32_t i = 0; row && plain && !t->state[tps].by_machine && i < t->contest->n_col;
         i++)
        differs |= read[i] != RK_NOT_READ && read[i] != row[i];
    c->differs += differs;
}

static void add_station(const rk_tree *tree, const rk_tally *t, rk_own *o, uint32_t tps) {
    const rk_contest *c = t->contest;
    const uint32_t *row = rk_tally_row(t, tps);
    uint32_t desa = tree->tps[tps].desa;
    add_photos(t, &o->count[desa], tps, row);
    if (!row) return;
    const rk_form_state *s = &t->state[tps];
    uint64_t *sum = o->sum + (size_t)desa * c->n_col;
    uint32_t *rule = o->rule + (size_t)desa * c->n_rule;
    bool votes = false;
    for (uint32_t i = 0; i < c->n_col; i++) {
        uint32_t there = row[i] != RK_ABSENT;
        sum[i] += there ? row[i] : 0;
        votes |= there && i >= c->n_field;
    }
    for (uint64_t left = s->broken; left; left &= left - 1) rule[__builtin_ctzll(left)]++;
    o->count[desa].forms++;
    o->count[desa].counted += votes;
    o->count[desa].review += (s->broken & t->review_mask) != 0;
}

static void add_up(const rk_tree *tree, const rk_contest *c, rk_own *o) {
    for (uint32_t i = tree->n; i-- > 1;) { /* children come after their parents */
        uint32_t p = tree->node[i].parent;
        uint64_t *to = o->sum + (size_t)p * c->n_col, *from = o->sum + (size_t)i * c->n_col;
        for (uint32_t k = 0; k < c->n_col; k++) to[k] += from[k];
        for (uint32_t k = 0; k < c->n_rule; k++)
            o->rule[(size_t)p * c->n_rule + k] += o->rule[(size_t)i * c->n_rule + k];
        o->count[p].forms += o->count[i].forms;
        o->count[p].counted += o->count[i].counted;
        o->count[p].review += o->count[i].review;
        o->count[p].photos += o->count[i].photos;
        o->count[p].refused += o->count[i].refused;
        o->count[p].referred += o->count[i].referred;
        o->count[p].accepted += o->count[i].accepted;
        o->count[p].inconsistent += o->count[i].inconsistent;
        o->count[p].differs += o->count[i].differs;
    }
}

static size_t sum_bytes(const rk_view *v, uint32_t contest) {
    return (size_t)v->e->tree->n * v->e->tally[contest].contest->n_col * sizeof(uint64_t) + 8;
}

/* Latest times are taken over: a document shows the latest ever, also of forms that others have
 * come in the place of, so only the fold knows it. */
static bool same(const rk_view *v, uint32_t contest) {
    const rk_tally *t = &v->e->tally[contest];
    const rk_own *o = &v->own[contest];
    size_t rules = (size_t)v->e->tree->n * t->contest->n_rule * sizeof *o->rule;
    if (memcmp(o->sum, t->sum, sum_bytes(v, contest) - 8) != 0) return false;
    if (rules && memcmp(o->rule, t->rule_count, rules) != 0) return false;
    for (uint32_t i = 0; i < v->e->tree->n; i++)
        if (o->count[i].forms != t->count[i].forms ||
            o->count[i].counted != t->count[i].counted ||
            o->count[i].review != t->count[i].review ||
            o->count[i].photos != t->count[i].photos ||
            o->count[i].refused != t->count[i].refused ||
            o->count[i].referred != t->count[i].referred ||
            o->count[i].accepted != t->count[i].accepted ||
            o->count[i].inconsistent != t->count[i].inconsistent ||
            o->count[i].differs != t->count[i].differs)
            return false;
    for (uint32_t i = 0; i < v->e->tree->n; i++) o->count[i].last_ts = t->count[i].last_ts;
    return true;
}

rk_status rk_view_make(rk_election *e, rk_view *v, rk_err *err) {
    *v = (rk_view){.e = e};
    for (uint32_t i = 0; i < e->n_contest; i++) {
        const rk_contest *c = e->tally[i].contest;
        rk_own *o = &v->own[i];
        o->sum = rk_map_new(sum_bytes(v, i));
        o->count = rk_calloc(e->tree->n, sizeof *o->count);
        o->rule = rk_calloc((size_t)e->tree->n * c->n_rule + 1, sizeof *o->rule);
        for (uint32_t k = 0; k < e->tree->n_tps; k++) add_station(e->tree, &e->tally[i], o, k);
        add_up(e->tree, c, o);
        if (!same(v, i))
            return rk_fail(err, RK_CONFLICT, "contest %.*s: the fold and the recount disagree",
                           RK_FMT(rk_code_slice(&c->code)));
    }
    return RK_OK;
}

void rk_view_free(rk_view *v) {
    for (uint32_t i = 0; v->e && i < v->e->n_contest; i++) {
        if (v->own[i].sum) rk_map_free(v->own[i].sum, sum_bytes(v, i));
        rk_free(v->own[i].count);
        rk_free(v->own[i].rule);
    }
    *v = (rk_view){0};
}

uint64_t rk_view_choice(const rk_view *v, uint32_t contest, uint32_t node, rk_slice code) {
    const rk_tally *t = &v->e->tally[contest];
    const rk_region *r = &v->e->tree->node[node];
    uint32_t ballot = t->ballot_of[node];
    uint64_t sum = 0;
    if (ballot != RK_NONE) {
        uint32_t column = rk_contest_choice(t->contest, ballot, code);
        return column == RK_NONE ? 0 : rk_view_sum(v, contest, node)[column];
    }
    for (uint32_t i = 0; i < r->n_child; i++)
        sum += rk_view_choice(v, contest, v->e->tree->child[r->first_child + i], code);
    return sum;
}
