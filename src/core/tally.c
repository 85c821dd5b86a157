/* Totals are exact: a cell is at most RK_VALUE_MAX and there are at most RK_TPS_MAX stations,
 * so no uint64_t sum can overflow (asserted below), and a correction subtracts exactly what was
 * added. */
#include "core/tally.h"

#include "base/mem.h"

_Static_assert(UINT64_MAX / RK_VALUE_MAX > RK_TPS_MAX, "totals fit 64 bits");

rk_status rk_tally_prepare(rk_tally *t, rk_contest *c, const rk_tree *tree, rk_err *err) {
    *t = (rk_tally){.contest = c};
    RK_TRY(rk_contest_bind(c, tree, &t->ballot_of, err));
    t->abroad = rk_contest_abroad(c, tree);
    t->review_mask = rk_rule_review_mask(c);
    t->checker = rk_checker_new(c);
    return RK_OK;
}

rk_status rk_tally_make(rk_tally *t, rk_contest *c, const rk_tree *tree, rk_err *err) {
    RK_TRY(rk_tally_prepare(t, c, tree, err));
    t->sum = rk_map_new((size_t)tree->n * c->n_col * sizeof *t->sum);
    t->count = rk_map_new(tree->n * sizeof *t->count);
    t->rule_count = rk_map_new(((size_t)tree->n * c->n_rule + 1) * sizeof *t->rule_count);
    return RK_OK;
}

void rk_tally_drop(rk_tally *t, const rk_tree *tree) {
    if (t->sum) {
        rk_map_free(t->sum, (size_t)tree->n * t->contest->n_col * sizeof *t->sum);
        rk_map_free(t->count, tree->n * sizeof *t->count);
        rk_map_free(t->rule_count,
                    ((size_t)tree->n * t->contest->n_rule + 1) * sizeof *t->rule_count);
    }
    if (t->cell) rk_map_free(t->cell, (size_t)t->cap_tps * t->contest->n_col * sizeof *t->cell);
    rk_map_free(t->state, t->cap_tps * sizeof *t->state);
    if (t->photo_state) {
        rk_map_free(t->photo_state, t->cap_tps * sizeof *t->photo_state);
        rk_map_free(t->read_cell,
                    (size_t)t->cap_tps * t->contest->n_col * sizeof *t->read_cell);
    }
    rk_free(t->received);
    rk_free(t->photo);
    for (uint32_t i = 0; i < t->n_images; i++) rk_free((void *)(uintptr_t)t->images[i].ptr);
    rk_free(t->images);
    rk_free((void *)(uintptr_t)t->document.ptr);
    rk_free(t->history);
    rk_free(t->scope_total);
    rk_free(t->ballot_of);
    rk_free(t->abroad);
    rk_checker_free(&t->checker);
    rk_contest_free(&t->contest);
    *t = (rk_tally){0};
}

void rk_tally_room(rk_tally *t, const rk_tree *tree) {
    if (tree->n_tps <= t->cap_tps) return;
    size_t old = t->cap_tps, cap = tree->cap_tps, cols = t->contest->n_col;
    t->cell = rk_map_grow(t->cell, old * cols * sizeof *t->cell, cap * cols * sizeof *t->cell);
    t->state = rk_map_grow(t->state, old * sizeof *t->state, cap * sizeof *t->state);
    if (t->photo_state) {
        t->photo_state = rk_map_grow(t->photo_state, old * sizeof *t->photo_state,
                                     cap * sizeof *t->photo_state);
        t->read_cell = rk_map_grow(t->read_cell, old * cols * sizeof *t->read_cell,
                                   cap * cols * sizeof *t->read_cell);
    }
    t->cap_tps = (uint32_t)cap;
}

static void add_cells(uint64_t *sum, const uint32_t *cell, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) sum[i] += cell[i] == RK_ABSENT ? 0 : cell[i];
}

static void subtract_cells(uint64_t *sum, const uint32_t *cell, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) sum[i] -= cell[i] == RK_ABSENT ? 0 : cell[i];
}

static bool has_votes(const rk_contest *c, const uint32_t *cell) {
    uint32_t all = RK_ABSENT;
    for (uint32_t i = c->n_field; i < c->n_col; i++) all &= cell[i];
    return all != RK_ABSENT;
}

static void count_rules(rk_tally *t, uint32_t node, uint64_t broken, uint32_t by) {
    uint32_t *r = t->rule_count + (size_t)node * t->contest->n_rule;
    for (uint64_t m = broken; m; m &= m - 1) r[__builtin_ctzll(m)] += by;
}

/* Adds (sign 1) or takes back (sign -1, as unsigned) what one form counts for in a node. */
static void count_form(rk_tally *t, uint32_t node, const rk_form_state *s, uint32_t by) {
    rk_count *c = &t->count[node];
    c->forms += by;
    c->counted += s->counted ? by : 0;
    c->review += s->broken & t->review_mask ? by : 0;
    if (s->broken) count_rules(t, node, s->broken, by);
}

static void keep_images(rk_tally *t, rk_form_state *s, rk_slice images) {
    if (images.len == 0) return;
    RK_PUSH_ROOM(t->images, t->n_images, t->cap_images);
    t->images[t->n_images++] = (rk_slice){rk_dup(images.ptr, images.len), images.len};
    s->images1 = t->n_images;
}

static uint32_t supersede(rk_tally *t, const rk_form_state *old) {
    RK_PUSH_ROOM(t->history, t->n_history, t->cap_history);
    t->history[t->n_history] = (struct rk_superseded){old->entry1 - 1, old->history};
    return ++t->n_history;
}

void rk_tally_put(rk_tally *t, const rk_tree *tree, const rk_tally_form *f) {
    uint32_t cols = t->contest->n_col, desa = tree->tps[f->tps].desa;
    uint32_t *row = t->cell + (size_t)f->tps * cols;
    rk_form_state *s = &t->state[f->tps], old = *s;
    RK_ASSERT(f->entry < UINT32_MAX);
    *s = (rk_form_state){.broken = f->broken,
                         .entry1 = (uint32_t)f->entry + 1,
                         .ts = f->form->ts ? f->form->ts : f->time,
                         .psu = f->form->psu,
                         .generation = f->form->generation,
                         .sirekap = f->form->sirekap,
                         .layer = f->form->layer,
                         .own_ts = f->form->ts != 0,
                         .by_machine = f->form->reading1 != 0,
                         .counted = has_votes(t->contest, f->cell)};
    keep_images(t, s, f->form->images);
    if (old.entry1) s->history = supersede(t, &old);
    for (uint32_t node = desa; node != RK_NONE;
         node = t->unsettled ? RK_NONE : tree->node[node].parent) {
        uint64_t *sum = t->sum + (size_t)node * cols;
        if (old.entry1) {
            subtract_cells(sum, row, cols);
            count_form(t, node, &old, (uint32_t)-1);
        }
        add_cells(sum, f->cell, cols);
        count_form(t, node, s, 1);
        if (s->ts > t->count[node].last_ts) t->count[node].last_ts = s->ts;
    }
    memcpy(row, f->cell, cols * sizeof *row);
    if (t->photo_state && t->photo_state[f->tps].reading1) rk_tally_compare(t, tree, f->tps);
}

static void clear_upper(rk_tally *t, const rk_tree *tree) {
    size_t upper = tree->level_first[RK_DESA];
    memset(t->sum, 0, upper * t->contest->n_col * sizeof *t->sum);
    memset(t->count, 0, upper * sizeof *t->count);
    memset(t->rule_count, 0, upper * t->contest->n_rule * sizeof *t->rule_count);
}

void rk_tally_settle(rk_tally *t, const rk_tree *tree) {
    if (!t->unsettled) return;
    uint32_t cols = t->contest->n_col, rules = t->contest->n_rule;
    clear_upper(t, tree);
    for (uint32_t i = tree->n; i-- > 1;) { /* children have higher numbers than their parents */
        uint32_t p = tree->node[i].parent;
        rk_count *a = &t->count[p], *b = &t->count[i];
        if (b->forms == 0 && b->last_ts == 0 && b->photos == 0) continue;
        uint64_t *to = t->sum + (size_t)p * cols, *from = t->sum + (size_t)i * cols;
        for (uint32_t k = 0; k < cols; k++) to[k] += from[k];
        a->forms += b->forms;
        a->counted += b->counted;
        a->review += b->review;
        a->photos += b->photos, a->refused += b->refused, a->referred += b->referred;
        a->accepted += b->accepted, a->inconsistent += b->inconsistent;
        a->differs += b->differs;
        if (b->last_ts > a->last_ts) a->last_ts = b->last_ts;
        for (uint32_t k = 0; k < rules; k++)
            t->rule_count[(size_t)p * rules + k] += t->rule_count[(size_t)i * rules + k];
    }
    t->unsettled = false;
}

void rk_tally_rebuild(rk_tally *t, const rk_tree *tree) {
    uint32_t cols = t->contest->n_col;
    size_t first = tree->level_first[RK_DESA], n = tree->n - first;
    memset(t->sum + first * cols, 0, n * cols * sizeof *t->sum);
    memset(t->rule_count + first * t->contest->n_rule, 0,
           n * t->contest->n_rule * sizeof *t->rule_count);
    for (size_t i = first; i < tree->n; i++)
        t->count[i] = (rk_count){.last_ts = t->count[i].last_ts};
    for (uint32_t tps = 0; tps < tree->n_tps && tps < t->cap_tps; tps++) {
        const rk_form_state *s = &t->state[tps];
        uint32_t desa = tree->tps[tps].desa;
        if (t->photo_state) rk_tally_count_photos(&t->count[desa], &t->photo_state[tps], 1);
        if (!s->entry1) continue;
        add_cells(t->sum + (size_t)desa * cols, t->cell + (size_t)tps * cols, cols);
        count_form(t, desa, s, 1);
    }
    t->unsettled = true;
    rk_tally_settle(t, tree);
}

/* Stations of a contest that is not held everywhere: the desa in its dapil, summed upwards. */
static void make_scope(rk_tally *t, const rk_tree *tree) {
    if (!t->scope_total) t->scope_total = rk_calloc(tree->n, sizeof *t->scope_total);
    memset(t->scope_total, 0, tree->n * sizeof *t->scope_total);
    for (uint32_t i = tree->n; i-- > 0;) {
        const rk_region *n = &tree->node[i];
        if (n->level == RK_DESA && t->ballot_of[i] != RK_NONE) t->scope_total[i] = n->total;
        if (n->declared > t->scope_total[i] && t->ballot_of[i] != RK_NONE)
            t->scope_total[i] = n->declared;
        if (i) t->scope_total[n->parent] += t->scope_total[i];
    }
    t->scope_stamp = tree->n_tps;
}

uint32_t rk_tally_total(rk_tally *t, const rk_tree *tree, uint32_t node) {
    if (t->contest->n_dapil == 0) return tree->node[node].total;
    if (!t->scope_total || t->scope_stamp != tree->n_tps) make_scope(t, tree);
    return t->scope_total[node];
}

uint64_t rk_tally_choice(const rk_tally *t, const rk_tree *tree, uint32_t node, rk_slice code) {
    if (t->count[node].forms == 0) return 0;
    if (t->ballot_of[node] != RK_NONE) {
        uint32_t col = rk_contest_choice(t->contest, t->ballot_of[node], code);
        return col == RK_NONE ? 0 : rk_tally_sum(t, node)[col];
    }
    uint64_t sum = 0;
    const rk_region *n = &tree->node[node];
    for (uint32_t i = 0; i < n->n_child; i++)
        sum += rk_tally_choice(t, tree, tree->child[n->first_child + i],
                               code); /* at most RK_LEVELS deep */
    return sum;
}

uint32_t rk_tally_history(const rk_tally *t, uint32_t tps, uint64_t *entries, uint32_t max) {
    uint32_t n = 0;
    if (!rk_tally_row(t, tps)) return 0;
    if (max) entries[n++] = t->state[tps].entry1 - 1;
    for (uint32_t h = t->state[tps].history; h && n < max; h = t->history[h - 1].before1)
        entries[n++] = t->history[h - 1].entry;
    return n;
}
