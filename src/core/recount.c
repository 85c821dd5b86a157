/* The fastest path of the project, still strict: unknown and duplicate stations, every field.
 * Rows come 128 at a time; the cache lines of a row's desa are asked for one step ahead of use,
 * so that shuffled input costs little more than sorted. Sums of a desa are kept in 32 bits (a
 * quick row's figures have at most four digits) and spilt into the 64-bit totals before they
 * could wrap. */
#include "core/recount.h"

#include "base/mem.h"
#include "base/num.h"

enum { SPILL_EVERY = 400000 }; /* rows of a desa: 400,000 * 9,999 < 2^32 */
_Static_assert(400000ull * 9999 < UINT32_MAX, "a desa's 32-bit sums cannot wrap");

struct recount {
    rk_tree *tree;
    rk_formcsv csv;
    uint32_t w;             /* figures */
    uint32_t wp;            /* padded to a multiple of 8 */
    bool straight;          /* the figures are the last columns, in order */
    uint32_t first;         /* CSV position of the first figure when straight */
    uint32_t *part;         /* desa * wp: sums of quick rows not yet spilt */
    uint64_t *sum;          /* node * w */
    uint32_t *rows;         /* node */
    uint64_t (*seen)[16];   /* desa * 1000 bits: three-digit numbers after the desa's code */
    rk_codemap other_index; /* all other station codes */
    rk_code *other;
    uint32_t n_other, cap_other;
    uint8_t *frame_seen; /* per station of the tree's lists */
    uint32_t desa0;      /* node number of the first desa */
};

static const char UNKNOWN[] = "unknown TPS: no desa of the region file begins its code, or "
                              "that desa lists its stations without it";
static const char NO_DESA[] = "this is not a desa of the region file";
static const char ELSEWHERE[] = "this TPS is listed for another desa of the region file";
static const char ODD_CODE[] =
    "the TPS code is not plain text: no control character, comma, quote or leading = + @";
static const char TWICE[] = "duplicate TPS: the file has this station already";

/* Where a row belongs (desa), and where its being seen is noted: a bit, or the table of odd
 * codes. */
struct place {
    uint32_t desa;
    uint32_t bit_desa,
        bit; /* bit_desa RK_NONE: the code is not a desa's code and three digits */
};

static const char *locate(const struct recount *c, size_t r, const rk_code *code,
                          struct place *p) {
    const rk_tree *t = c->tree;
    uint32_t node = rk_tree_by_prefix(t, code);
    *p = (struct place){node, RK_NONE, 0};
    if (node != RK_NONE && t->node[node].level == RK_DESA) {
        size_t n = t->code[node].len;
        const char *s =
            code->s +
            (n + 3 <= RK_CODE_MAX ? n : 0); /* of a longer code nothing is read past its end */
        unsigned a = (unsigned)s[0] - '0', b = (unsigned)s[1] - '0', d = (unsigned)s[2] - '0';
        if (code->len == n + 3 && a < 10 && b < 10 && d < 10)
            p->bit_desa = node - c->desa0, p->bit = a * 100 + b * 10 + d;
    }
    rk_slice named = rk_formcsv_text(&c->csv, r, c->csv.desa);
    if (named.len) {
        p->desa = rk_tree_find(t, named);
        if (p->desa == RK_NONE || t->node[p->desa].level != RK_DESA) return NO_DESA;
        uint32_t listed = rk_tree_find_tps(t, code, rk_code_hash(code));
        if (listed != RK_NONE && t->tps[listed].desa != p->desa) return ELSEWHERE;
    }
    if (p->desa == RK_NONE || t->node[p->desa].level != RK_DESA) return UNKNOWN;
    if (t->node[p->desa].has_frame) {
        uint32_t tps = rk_tree_find_tps(t, code, rk_code_hash(code));
        if (tps == RK_NONE || t->tps[tps].desa != p->desa) return UNKNOWN;
    } else if (p->bit_desa == RK_NONE && !rk_tree_code_ok(rk_code_slice(code))) {
        return ODD_CODE;
    }
    return NULL;
}

/* Notes a station as seen; false when it was before. */
static bool first_time(struct recount *c, const rk_code *code, const struct place *p) {
    if (p->bit_desa != RK_NONE) {
        uint64_t *word = &c->seen[p->bit_desa][p->bit / 64], bit = 1ull << (p->bit % 64);
        if (*word & bit) return false;
        *word |= bit;
        return true;
    }
    if (rk_codemap_find(&c->other_index, c->other, code, rk_code_hash(code)) != RK_NONE)
        return false;
    if (c->n_other == c->cap_other) {
        uint32_t cap = c->cap_other ? c->cap_other * 2 : 4096;
        c->other =
            rk_map_grow(c->other, c->cap_other * sizeof *c->other, cap * sizeof *c->other);
        c->cap_other = cap;
    }
    c->other[c->n_other] = *code;
    rk_codemap_add(&c->other_index, c->other, c->n_other++);
    return true;
}

static void spill(struct recount *c, uint32_t desa) {
    uint32_t *part = c->part + (size_t)(desa - c->desa0) * c->wp;
    uint64_t *sum = c->sum + (size_t)desa * c->w;
    for (uint32_t i = 0; i < c->w; i++) sum[i] += part[i];
    memset(part, 0, c->wp * sizeof *part);
}

static void add_row(struct recount *c, size_t r, uint32_t desa) {
    const uint32_t *v = c->csv.value + r * c->csv.stride;
    if (c->csv.quick && !c->csv.num.odd[r] && c->straight) {
        uint32_t *part = c->part + (size_t)(desa - c->desa0) * c->wp;
        v += c->first;
        for (uint32_t i = 0; i < c->w; i++) part[i] += v[i];
    } else {
        uint64_t *sum = c->sum + (size_t)desa * c->w;
        for (uint32_t i = 0; i < c->w; i++) sum[i] += v[c->csv.figure[i]];
    }
    if (++c->rows[desa] % SPILL_EVERY == 0) spill(c, desa);
}

static void prefetch_row(const struct recount *c, const struct place *p) {
    const char *part = (const char *)(c->part + (size_t)(p->desa - c->desa0) * c->wp);
    for (size_t i = 0; i < c->wp * sizeof *c->part && i < 256; i += 64)
        __builtin_prefetch(part + i, 1);
    if (p->bit_desa != RK_NONE) __builtin_prefetch(&c->seen[p->bit_desa][p->bit / 64], 1);
    __builtin_prefetch(&c->rows[p->desa], 1);
}

/* The code of row r; false when it is empty or too long. */
static bool code_of(const struct recount *c, size_t r, rk_code *code) {
    rk_slice s = rk_formcsv_text(&c->csv, r, c->csv.tps);
    const char *end = c->csv.bytes.ptr + c->csv.bytes.len;
    bool padded = s.ptr >= c->csv.bytes.ptr && s.ptr < end && end - s.ptr >= 24;
    return padded ? rk_code_of_padded(s, code) : rk_code_of(s, code);
}

static void batch(struct recount *c) {
    rk_code code[RK_CSV_BATCH];
    struct place place[RK_CSV_BATCH];
    rk_formcsv *f = &c->csv;
    uint32_t longest = 31u - (unsigned)__builtin_clz(c->tree->prefix_lengths | 1);
    for (size_t r = 0; r < f->rows; r++) {
        if (f->bad[r]) continue;
        if (!code_of(c, r, &code[r])) {
            rk_formcsv_reject(f, r, f->tps, "a TPS code has 1 to 23 bytes");
            continue;
        }
        rk_code prefix;
        if (longest && code[r].len > longest &&
            rk_code_of_padded((rk_slice){code[r].s, longest}, &prefix))
            rk_codemap_prefetch(&c->tree->index, rk_code_hash(&prefix));
    }
    for (size_t r = 0; r < f->rows; r++) {
        if (f->bad[r]) continue;
        const char *why = locate(c, r, &code[r], &place[r]);
        if (why)
            rk_formcsv_reject(f, r, why == NO_DESA || why == ELSEWHERE ? f->desa : f->tps, why);
        else
            prefetch_row(c, &place[r]);
    }
    for (size_t r = 0; r < f->rows; r++) {
        if (f->bad[r]) continue;
        if (!first_time(c, &code[r], &place[r]))
            rk_formcsv_reject(f, r, f->tps, TWICE);
        else
            add_row(c, r, place[r].desa);
    }
}

static void roll_up(struct recount *c) {
    const rk_tree *t = c->tree;
    for (uint32_t i = c->desa0; i < t->n; i++) spill(c, i);
    for (uint32_t i = t->n; i-- > 1;) {
        uint32_t p = t->node[i].parent;
        uint64_t *to = c->sum + (size_t)p * c->w, *from = c->sum + (size_t)i * c->w;
        for (uint32_t k = 0; k < c->w; k++) to[k] += from[k];
        c->rows[p] += c->rows[i];
    }
}

static void print_row(const struct recount *c, uint32_t n, rk_buf *out) {
    const rk_tree *t = c->tree;
    char *p = rk_buf_room(out, 64 + RK_CODE_MAX + (size_t)c->w * 21 + 24);
    if (!p) return;
    *p++ = (char)('0' + t->node[n].level);
    *p++ = ',';
    memcpy(p, t->code[n].s, RK_CODE_MAX);
    p = rk_num_put_comma(p + t->code[n].len, c->rows[n]);
    const uint64_t *s = c->sum + (size_t)n * c->w;
    for (uint32_t i = 0; i < c->w; i++) p = rk_num_put_comma(p, s[i]);
    *p++ = '\n';
    rk_buf_commit(out, p);
}

enum { PIECE = 1 << 17 }; /* bytes handed to the sink at a time */

static rk_status print(const struct recount *c, const rk_sink *out, rk_err *err) {
    rk_buf b;
    rk_status s = RK_OK;
    rk_buf_init(&b, 1u << 20);
    rk_buf_lit(&b, "tingkat,kode,jumlah_tps");
    for (uint32_t i = 0; i < c->w; i++) {
        rk_buf_byte(&b, ',');
        rk_buf_csv(&b, c->csv.name[c->csv.figure[i]]);
    }
    rk_buf_byte(&b, '\n');
    for (uint32_t n = 0; s == RK_OK && n < c->tree->n; n++) {
        print_row(c, n, &b);
        s = rk_sink_flush(out, &b, PIECE, err);
    }
    if (s == RK_OK) s = rk_sink_flush(out, &b, 0, err);
    rk_buf_free(&b);
    return s;
}

static rk_status prepare(struct recount *c, rk_slice contest_code, rk_err *err) {
    rk_formcsv *f = &c->csv;
    rk_contest *contest;
    rk_slice *names = rk_calloc(f->n_figure, sizeof *names);
    for (uint32_t i = 0; i < f->n_figure; i++) names[i] = f->name[f->figure[i]];
    rk_status s = rk_contest_from_header(contest_code, names, f->n_figure, rk_standard_rules(),
                                         &contest, err);
    rk_free(names);
    RK_TRY(s);
    rk_contest_free(&contest); /* its fields and choices were the check */
    const rk_tree *t = c->tree;
    uint32_t n_desa = t->n - t->level_first[RK_DESA];
    c->w = f->n_figure;
    c->wp = (c->w + 7) / 8 * 8;
    c->first = f->n_figure ? f->figure[0] : 0;
    c->straight = true;
    for (uint32_t i = 1; i < f->n_figure; i++) c->straight &= f->figure[i] == c->first + i;
    c->desa0 = t->level_first[RK_DESA];
    c->part = rk_map_new((size_t)n_desa * c->wp * sizeof *c->part + 64);
    c->sum = rk_map_new((size_t)t->n * c->w * sizeof *c->sum + 64);
    c->rows = rk_map_new(t->n * sizeof *c->rows);
    c->seen = rk_map_new(n_desa * sizeof *c->seen + 64);
    return RK_OK;
}

static void release(struct recount *c) {
    uint32_t n_desa = c->tree ? c->tree->n - c->tree->level_first[RK_DESA] : 0;
    if (c->rows) {
        rk_map_free(c->part, (size_t)n_desa * c->wp * sizeof *c->part + 64);
        rk_map_free(c->sum, (size_t)c->tree->n * c->w * sizeof *c->sum + 64);
        rk_map_free(c->rows, c->tree->n * sizeof *c->rows);
        rk_map_free(c->seen, n_desa * sizeof *c->seen + 64);
    }
    rk_map_free(c->other, c->cap_other * sizeof *c->other);
    rk_codemap_free(&c->other_index);
    rk_formcsv_close(&c->csv);
    rk_tree_free(&c->tree);
}

static rk_status count(struct recount *c, rk_slice contest_code, const rk_sink *out,
                       rk_recount_result *result, rk_err *err) {
    RK_TRY(prepare(c, contest_code, err));
    while (rk_formcsv_next(&c->csv)) batch(c);
    result->rows = c->csv.good_rows;
    result->bad_rows = c->csv.bad_rows;
    if (c->csv.bad_rows)
        return rk_fail(err, RK_BAD_INPUT,
                       "%zu bad rows: nothing is counted until they are right",
                       c->csv.bad_rows);
    roll_up(c);
    return print(c, out, err);
}

rk_status rk_recount(rk_slice wilayah, rk_slice contest_code, rk_slice forms,
                     const rk_sink *out, rk_problem_fn *fn, void *ctx,
                     rk_recount_result *result, rk_err *err) {
    struct recount c = {0};
    *result = (rk_recount_result){0};
    rk_status s = rk_tree_parse(wilayah, &c.tree, err);
    if (s == RK_OK) s = rk_formcsv_open(&c.csv, forms, RK_VALUE_MAX, 0, fn, ctx, err);
    if (s == RK_OK) s = count(&c, contest_code, out, result, err);
    release(&c);
    return s;
}
