#include "core/official.h"

#include "base/csv.h"
#include "base/mem.h"
#include "base/num.h"

/* What a CSV name stands for: a field, or a choice on any ballot. */
static bool column_of(const rk_contest *c, rk_slice name, uint32_t *field, rk_code *choice) {
    *field = rk_contest_field(c, name);
    *choice = (rk_code){.w = {0}};
    if (*field != RK_NONE) return true;
    if (!rk_slice_starts(name, RK_LIT("suara_")) || !rk_code_of(rk_slice_from(name, 6), choice))
        return false;
    for (uint32_t b = 0; b < c->n_ballot; b++)
        if (rk_contest_choice(c, b, rk_code_slice(choice)) != RK_NONE) return true;
    return false;
}

void rk_official_name(const rk_contest *c, const rk_official_table *t, uint32_t k,
                      rk_buf *out) {
    if (t->column[k] == RK_NONE) rk_buf_lit(out, "suara_");
    rk_buf_add(out,
               t->column[k] == RK_NONE ? rk_code_slice(&t->choice[k]) : c->field[t->column[k]]);
}

uint64_t rk_official_counted(const rk_tally *tally, const rk_tree *tree,
                             const rk_official_table *t, uint32_t r, uint32_t k) {
    if (t->column[k] != RK_NONE) return rk_tally_sum(tally, t->node[r])[t->column[k]];
    return rk_tally_choice(tally, tree, t->node[r], rk_code_slice(&t->choice[k]));
}

static rk_status header(rk_csv *csv, const rk_contest *c, rk_official_table *t, size_t *kode,
                        rk_err *err) {
    rk_status s = rk_csv_next(csv, err);
    if (s == RK_NOT_FOUND)
        return rk_fail_at(err, RK_BAD_INPUT, 1, 0, "the file of official figures is empty");
    RK_TRY(s);
    t->column = rk_calloc(csv->n, sizeof *t->column);
    t->choice = rk_calloc(csv->n, sizeof *t->choice);
    *kode = SIZE_MAX;
    for (size_t i = 0; i < csv->n; i++) {
        for (size_t k = 0; k < i; k++)
            if (rk_slice_eq(csv->field[i], csv->field[k]))
                return rk_fail_at(err, RK_BAD_INPUT, 1, i + 1, "column '%.*s' appears twice",
                                  RK_FMT(csv->field[i]));
        if (rk_slice_is(csv->field[i], "kode")) {
            *kode = i;
            continue;
        }
        if (!column_of(c, csv->field[i], &t->column[t->n_column], &t->choice[t->n_column]))
            return rk_fail_at(err, RK_BAD_INPUT, 1, i + 1,
                              "'%.*s' is neither 'kode' nor a column of contest %.*s",
                              RK_FMT(csv->field[i]), RK_FMT(rk_code_slice(&c->code)));
        t->n_column++;
    }
    return *kode == SIZE_MAX
               ? rk_fail_at(err, RK_BAD_INPUT, 1, 0, "the header line has no column 'kode'")
               : RK_OK;
}

static rk_status row(rk_csv *csv, const rk_tree *tree, rk_official_table *t, size_t kode,
                     uint8_t *seen, rk_err *err) {
    if (csv->n != t->n_column + 1)
        return rk_fail_at(err, RK_BAD_INPUT, csv->line, 0,
                          "the row has %zu fields, the header line %u", csv->n,
                          t->n_column + 1);
    uint32_t node = rk_tree_find(tree, csv->field[kode]);
    if (node == RK_NONE)
        return rk_fail_at(err, RK_BAD_INPUT, csv->line, kode + 1,
                          "'%.*s' is not a region of the tree", RK_FMT(csv->field[kode]));
    if (seen[node]++)
        return rk_fail_at(err, RK_BAD_INPUT, csv->line, kode + 1, "region '%.*s' appears twice",
                          RK_FMT(csv->field[kode]));
    if (t->n == t->cap) {
        t->cap = t->cap ? t->cap * 2 : 64;
        t->node = rk_realloc(t->node, t->cap, sizeof *t->node);
        t->value = rk_realloc(t->value, (size_t)t->cap * t->n_column + 1, sizeof *t->value);
    }
    t->node[t->n] = node;
    for (size_t i = 0, k = 0; i < csv->n; i++) {
        uint64_t v = UINT64_MAX;
        if (i == kode) continue;
        if (csv->field[i].len && !rk_num_parse(csv->field[i], UINT32_MAX * 1000ull, &v))
            return rk_fail_at(err, RK_BAD_INPUT, csv->line, i + 1,
                              "'%.*s' is not a whole number", RK_FMT(csv->field[i]));
        t->value[(size_t)t->n * t->n_column + k++] = v;
    }
    t->n++;
    return RK_OK;
}

rk_status rk_official_parse(const rk_tree *tree, const rk_contest *c, rk_slice bytes,
                            rk_official_table *t, rk_err *err) {
    rk_csv csv;
    size_t kode = SIZE_MAX;
    *t = (rk_official_table){0};
    uint8_t *seen = rk_calloc(tree->n, 1);
    rk_csv_init(&csv, bytes);
    rk_status s = header(&csv, c, t, &kode, err);
    while (s == RK_OK && (s = rk_csv_next(&csv, err)) == RK_OK)
        s = row(&csv, tree, t, kode, seen, err);
    rk_free(seen);
    rk_csv_free(&csv);
    if (s == RK_NOT_FOUND) return RK_OK;
    rk_official_free(t);
    return s;
}

void rk_official_free(rk_official_table *t) {
    rk_free(t->column);
    rk_free(t->choice);
    rk_free(t->node);
    rk_free(t->value);
    *t = (rk_official_table){0};
}
