/* Rules are evaluated a block of forms at a time, one column after the other (so that the
 * compiler can use vectors), interpreting the compiled terms once per block instead of once per
 * form. The plain version for listing is written apart and a property test holds the two
 * together. */
#include "core/rule.h"

#include "base/mem.h"

#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__SANITIZE_ADDRESS__) &&         \
    !defined(__clang__)
#define VECTOR_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define VECTOR_CLONES
#endif

enum { B = RK_BLOCK };
/* Scratch arrays that are filled right away: the build's zeroing of locals would cost more than
 * the work. */
#define SCRATCH __attribute__((uninitialized))

struct rk_checker {
    const rk_contest *c;
    uint32_t n_all; /* columns and derived columns */
    uint32_t *used; /* the written columns that rules look at */
    uint32_t n_used;
    int32_t (*value)[B]; /* 0 where absent */
    int32_t (*have)[B];  /* -1 where present, 0 where absent */
    uint8_t *any;        /* per column: some form of the block has it */
};

static void mark(const rk_contest *c, bool *need, uint32_t col) {
    if (col == RK_NONE) return;
    if (col < c->n_col) {
        need[col] = true;
        return;
    }
    const rk_derived *d = &c->derived[col - c->n_col];
    if (d->kind == RK_GROUP_J) {
        mark(c, need, d->j), mark(c, need, d->l), mark(c, need, d->p);
        return;
    }
    for (uint32_t i = d->kind == RK_MAX_ALL ? 0 : c->n_field; i < c->n_col; i++) need[i] = true;
}

rk_checker *rk_checker_new(const rk_contest *c) {
    rk_checker *k = rk_alloc(sizeof *k);
    k->c = c;
    k->n_all = c->n_col + c->n_derived;
    k->value = rk_calloc(k->n_all, sizeof *k->value);
    k->have = rk_calloc(k->n_all, sizeof *k->have);
    k->any = rk_calloc(k->n_all, 1);
    k->used = rk_calloc(c->n_col, sizeof *k->used);
    bool *need = rk_calloc(c->n_col, sizeof *need);
    for (uint32_t i = 0; i < c->n_term; i++) mark(c, need, c->term[i].column);
    for (uint32_t i = 0; i < c->n_col; i++)
        if (need[i]) k->used[k->n_used++] = i;
    rk_free(need);
    return k;
}

void rk_checker_free(rk_checker **kp) {
    rk_checker *k = *kp;
    if (!k) return;
    rk_free(k->value);
    rk_free(k->have);
    rk_free(k->any);
    rk_free(k->used);
    rk_free(k);
    *kp = NULL;
}

typedef int32_t eight __attribute__((vector_size(32), aligned(4)));

/* Eight rows of eight cells to eight columns: three rounds of pairwise interleaving. */
static inline void transpose8(const uint32_t *rows, size_t stride, int32_t (*column)[B]) {
    SCRATCH eight a[8];
    SCRATCH eight b[8];
    for (int i = 0; i < 8; i++) memcpy(&a[i], rows + (size_t)i * stride, sizeof a[i]);
    for (int i = 0; i < 8; i += 2) {
        b[i] = __builtin_shufflevector(a[i], a[i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
        b[i + 1] = __builtin_shufflevector(a[i], a[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
    }
    for (int i = 0; i < 8; i += 4)
        for (int k = 0; k < 2; k++) {
            a[i + k] =
                __builtin_shufflevector(b[i + k], b[i + k + 2], 0, 1, 8, 9, 4, 5, 12, 13);
            a[i + k + 2] =
                __builtin_shufflevector(b[i + k], b[i + k + 2], 2, 3, 10, 11, 6, 7, 14, 15);
        }
    for (int k = 0; k < 4; k++) {
        b[k] = __builtin_shufflevector(a[k], a[k + 4], 0, 1, 2, 3, 8, 9, 10, 11);
        b[k + 4] = __builtin_shufflevector(a[k], a[k + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    }
    for (int k = 0; k < 8; k++) memcpy(column[k], &b[k], sizeof b[k]);
}

/* Rows to columns: whole squares of 8 by 8, and what is left cell by cell. */
static inline void to_columns(rk_checker *k, const uint32_t *rows, size_t stride, size_t n) {
    uint32_t cols = k->c->n_col, square = cols / 8 * 8;
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        for (uint32_t c = 0; c < square; c += 8)
            transpose8(rows + i * stride + c, stride, (int32_t(*)[B])(void *)&k->value[c][i]);
        for (size_t r = i; r < i + 8; r++)
            for (uint32_t c = square; c < cols; c++)
                k->value[c][r] = (int32_t)rows[r * stride + c];
    }
    for (; i < n; i++)
        for (uint32_t c = 0; c < cols; c++) k->value[c][i] = (int32_t)rows[i * stride + c];
}

static inline void load(rk_checker *k, const uint32_t *rows, size_t stride, size_t n) {
    to_columns(k, rows, stride, n);
    for (uint32_t u = 0; u < k->n_used; u++) {
        int32_t *restrict v = k->value[k->used[u]], *restrict h = k->have[k->used[u]], any = 0;
        for (size_t i = n; i < B; i++) v[i] = (int32_t)RK_ABSENT;
        for (size_t i = 0; i < B; i++) {
            h[i] = v[i] == (int32_t)RK_ABSENT ? 0 : -1;
            v[i] &= h[i];
            any |= h[i];
        }
        k->any[k->used[u]] = any != 0;
    }
}

static inline void sum_or_max(rk_checker *k, uint32_t from, uint32_t to, bool max,
                              int32_t *restrict v, int32_t *restrict h) {
    for (uint32_t c = from; c < to; c++) {
        const int32_t *restrict cv = k->value[c], *restrict ch = k->have[c];
        if (!k->any[c]) continue;
        for (size_t i = 0; i < B; i++) {
            v[i] = max ? (cv[i] > v[i] ? cv[i] : v[i]) : v[i] + cv[i];
            h[i] |= ch[i];
        }
    }
}

static inline void group(rk_checker *k, const rk_derived *d, int32_t *restrict v,
                         int32_t *restrict h) {
    const int32_t *lv = k->value[d->l], *lh = k->have[d->l], *pv = k->value[d->p],
                  *ph = k->have[d->p];
    for (size_t i = 0; i < B; i++) {
        int32_t both = lh[i] & ph[i];
        int32_t jh = d->j == RK_NONE ? 0 : k->have[d->j][i],
                jv = d->j == RK_NONE ? 0 : k->value[d->j][i];
        v[i] = (jv & jh) | ((lv[i] + pv[i]) & both & ~jh);
        h[i] = jh | both;
    }
}

static inline void derive(rk_checker *k) {
    const rk_contest *c = k->c;
    for (uint32_t d = 0; d < c->n_derived; d++) {
        int32_t *v = k->value[c->n_col + d], *h = k->have[c->n_col + d], any = 0;
        memset(v, 0, sizeof *k->value);
        memset(h, 0, sizeof *k->have);
        const rk_derived *x = &c->derived[d];
        if (x->kind == RK_GROUP_J)
            group(k, x, v, h);
        else
            sum_or_max(k, x->kind == RK_MAX_ALL ? 0 : c->n_field, c->n_col,
                       x->kind != RK_SUM_CHOICES, v, h);
        for (size_t i = 0; i < B; i++) any |= h[i];
        k->any[c->n_col + d] = any != 0;
    }
}

/* Sums a side of a comparison into v; false when no form of the block has all of it. */
static inline bool sum_side(const rk_checker *k, uint32_t first, uint32_t n,
                            int32_t *restrict v, int32_t *restrict h) {
    for (uint32_t t = first; t < first + n; t++) {
        rk_term x = k->c->term[t];
        const int32_t *restrict cv = x.column == RK_NONE ? NULL : k->value[x.column];
        if (cv && !k->any[x.column] && !x.optional) return false;
        if (t == first && !cv)
            for (size_t i = 0; i < B; i++) v[i] = x.factor;
        else if (t == first)
            for (size_t i = 0; i < B; i++) v[i] = cv[i] * x.factor;
        else if (!cv)
            for (size_t i = 0; i < B; i++) v[i] += x.factor;
        else
            for (size_t i = 0; i < B; i++) v[i] += cv[i] * x.factor;
        if (!cv || x.optional) continue;
        const int32_t *restrict ch = k->have[x.column];
        for (size_t i = 0; i < B; i++) h[i] &= ch[i];
    }
    return true;
}

static inline void compare(const rk_checker *k, const rk_check *x, int32_t *restrict fails) {
    SCRATCH int32_t l[B];
    SCRATCH int32_t r[B];
    SCRATCH int32_t h[B];
    for (size_t i = 0; i < B; i++) h[i] = -1;
    if (!sum_side(k, x->first_left, x->n_left, l, h) ||
        !sum_side(k, x->first_right, x->n_right, r, h))
        return;
    if (x->op == RK_EQ)
        for (size_t i = 0; i < B; i++) fails[i] |= h[i] & (l[i] != r[i] ? -1 : 0);
    else if (x->op == RK_LE)
        for (size_t i = 0; i < B; i++) fails[i] |= h[i] & (l[i] > r[i] ? -1 : 0);
    else
        for (size_t i = 0; i < B; i++) fails[i] |= h[i] & (l[i] < r[i] ? -1 : 0);
}

VECTOR_CLONES
static void whole_block(rk_checker *k, const uint32_t *rows, size_t stride,
                        const uint8_t *abroad, size_t n, uint64_t *broken) {
    memset(broken, 0, n * sizeof *broken);
    load(k, rows, stride, n);
    derive(k);
    SCRATCH int32_t at_home[B];
    for (size_t i = 0; i < B; i++) at_home[i] = i < n && !abroad[i] ? -1 : 0;
    for (uint32_t r = 0; r < k->c->n_rule; r++) {
        const rk_rule *rule = &k->c->rule[r];
        int32_t fails[B] = {0}, any = 0;
        for (uint32_t x = 0; x < rule->n_check; x++)
            compare(k, &k->c->check[rule->first_check + x], fails);
        if (rule->scope == RK_AT_HOME)
            for (size_t i = 0; i < B; i++) fails[i] &= at_home[i];
        else if (rule->scope == RK_ABROAD)
            for (size_t i = 0; i < B; i++) fails[i] &= ~at_home[i];
        for (size_t i = 0; i < B; i++) any |= fails[i];
        if (!any) continue;
        for (size_t i = 0; i < n; i++) broken[i] |= (uint64_t)(fails[i] & 1) << r;
    }
}

enum { FEW = 12 }; /* so few forms are checked faster one by one than as a block */

void rk_checker_block(rk_checker *k, const uint32_t *rows, size_t stride, const uint8_t *abroad,
                      size_t n, uint64_t *broken) {
    RK_ASSERT(n <= B);
    if (n > FEW) {
        whole_block(k, rows, stride, abroad, n, broken);
        return;
    }
    for (size_t i = 0; i < n; i++)
        broken[i] = rk_rule_explain(k->c, 0, rows + i * stride, abroad[i] != 0, NULL, NULL);
}

/* ===== one form, in plain arithmetic ===== */

static bool cell(const uint32_t *row, uint32_t col, int64_t *v) {
    if (col == RK_NONE || row[col] == RK_ABSENT) return false;
    *v = row[col];
    return true;
}

static bool derived_value(const rk_contest *c, const rk_derived *d, const uint32_t *row,
                          int64_t *v) {
    int64_t l, p, sum = 0, most = 0, x;
    bool some = false;
    if (d->kind == RK_GROUP_J) {
        if (cell(row, d->j, v)) return true;
        if (!cell(row, d->l, &l) || !cell(row, d->p, &p)) return false;
        *v = l + p;
        return true;
    }
    for (uint32_t i = d->kind == RK_MAX_ALL ? 0 : c->n_field; i < c->n_col; i++) {
        if (!cell(row, i, &x)) continue;
        some = true;
        sum += x;
        most = x > most ? x : most;
    }
    *v = d->kind == RK_SUM_CHOICES ? sum : most;
    return some;
}

static bool side_value(const rk_contest *c, uint32_t first, uint32_t n, const uint32_t *row,
                       int64_t *out) {
    *out = 0;
    for (uint32_t t = first; t < first + n; t++) {
        rk_term x = c->term[t];
        int64_t v = 1;
        bool have =
            x.column == RK_NONE ||
            (x.column < c->n_col ? cell(row, x.column, &v)
                                 : derived_value(c, &c->derived[x.column - c->n_col], row, &v));
        if (!have && !x.optional) return false;
        if (have) *out += v * x.factor;
    }
    return true;
}

static bool holds(enum rk_op op, int64_t l, int64_t r) {
    return op == RK_EQ ? l == r : op == RK_LE ? l <= r : l >= r;
}

/* tiap(...): every cell that is too large is a finding of its own. */
static void explain_each(const rk_contest *c, const rk_rule *rule, const rk_derived *d,
                         uint32_t ballot, const uint32_t *row, int64_t limit, rk_finding_fn *fn,
                         void *ctx) {
    rk_buf name;
    rk_buf_init(&name, 200);
    for (uint32_t i = d->kind == RK_MAX_ALL ? 0 : c->n_field; i < c->n_col; i++) {
        if (row[i] == RK_ABSENT || (int64_t)row[i] <= limit) continue;
        rk_buf_clear(&name);
        rk_contest_column_name(c, ballot, i, &name);
        fn(ctx, &(rk_finding){rule, rk_buf_slice(&name), RK_LE, limit, row[i]});
    }
    rk_buf_free(&name);
}

static rk_slice left_text(const rk_check *x) {
    const char *e = memchr(x->text.ptr, '=', x->text.len);
    size_t n = e ? (size_t)(e - x->text.ptr) : x->text.len;
    if (n && (x->text.ptr[n - 1] == '<' || x->text.ptr[n - 1] == '>')) n--;
    return rk_slice_trim((rk_slice){x->text.ptr, n});
}

uint64_t rk_rule_explain(const rk_contest *c, uint32_t ballot, const uint32_t *row, bool abroad,
                         rk_finding_fn *fn, void *ctx) {
    uint64_t broken = 0;
    for (uint32_t r = 0; r < c->n_rule; r++) {
        const rk_rule *rule = &c->rule[r];
        if ((rule->scope == RK_AT_HOME && abroad) || (rule->scope == RK_ABROAD && !abroad))
            continue;
        for (uint32_t i = 0; i < rule->n_check; i++) {
            const rk_check *x = &c->check[rule->first_check + i];
            int64_t l, v;
            if (!side_value(c, x->first_left, x->n_left, row, &l) ||
                !side_value(c, x->first_right, x->n_right, row, &v))
                continue;
            if (holds(x->op, l, v)) continue;
            broken |= 1ull << r;
            uint32_t col = c->term[x->first_left].column;
            const rk_derived *d =
                col != RK_NONE && col >= c->n_col ? &c->derived[col - c->n_col] : NULL;
            if (!fn) continue;
            if (d && (d->kind == RK_MAX_CHOICES || d->kind == RK_MAX_ALL))
                explain_each(c, rule, d, ballot, row, v, fn, ctx);
            else
                fn(ctx, &(rk_finding){rule, left_text(x), x->op, v, l});
        }
    }
    return broken;
}

uint64_t rk_rule_review_mask(const rk_contest *c) {
    uint64_t m = 0;
    for (uint32_t r = 0; r < c->n_rule; r++) m |= c->rule[r].severity == 'I' ? 0 : 1ull << r;
    return m;
}
