#include "core/official.h"

#include "base/csv.h"
#include "base/mem.h"
#include "base/num.h"

/* The contest's column of a CSV name: a field, or a choice on any ballot. */
static uint32_t column_of(const rk_contest *c, rk_slice name) {
    uint32_t f = rk_contest_field(c, name);
    if (f != RK_NONE || !rk_slice_starts(name, RK_LIT("suara_"))) return f;
    for (uint32_t b = 0; b < c->n_ballot; b++) {
        f = rk_contest_choice(c, b, rk_slice_from(name, 6));
        if (f != RK_NONE) return f;
    }
    return RK_NONE;
}

static rk_status header(rk_csv *csv, const rk_contest *c, rk_official_table *t, size_t *kode, rk_err *err) {
    rk_status s = rk_csv_next(csv, err);
    if (s == RK_NOT_FOUND) return rk_fail_at(err, RK_BAD_INPUT, 1, 0, "the file of official figures is empty");
    RK_TRY(s);
    t->column = rk_calloc(csv->n, sizeof *t->column);
    *kode = SIZE_MAX;
    for (size_t i = 0; i < csv->n; i++) {
        if (rk_slice_is(csv->field[i], "kode")) {
            *kode = i;
            continue;
        }
        t->column[t->n_column] = column_of(c, csv->field[i]);
        if (t->column[t->n_column++] == RK_NONE)
            return rk_fail_at(err, RK_BAD_INPUT, 1, i + 1, "'%.*s' is neither 'kode' nor a column of contest %.*s", RK_FMT(csv->field[i]), RK_FMT(rk_code_slice(&c->code)));
    }
    return *kode == SIZE_MAX ? rk_fail_at(err, RK_BAD_INPUT, 1, 0, "the header line has no column 'kode'") : RK_OK;
}

static rk_status row(rk_csv *csv, const rk_tree *tree, rk_official_table *t, size_t kode, rk_err *err) {
    if (csv->n != t->n_column + 1) return rk_fail_at(err, RK_BAD_INPUT, csv->line, 0, "the row has %zu fields, the header line %u", csv->n, t->n_column + 1);
    uint32_t node = rk_tree_find(tree, csv->field[kode]);
    if (node == RK_NONE) return rk_fail_at(err, RK_BAD_INPUT, csv->line, kode + 1, "'%.*s' is not a region of the tree", RK_FMT(csv->field[kode]));
    for (uint32_t i = 0; i < t->n; i++)
        if (t->node[i] == node) return rk_fail_at(err, RK_BAD_INPUT, csv->line, kode + 1, "region '%.*s' appears twice", RK_FMT(csv->field[kode]));
    t->node = rk_realloc(t->node, t->n + 1, sizeof *t->node);
    t->value = rk_realloc(t->value, ((size_t)t->n + 1) * t->n_column + 1, sizeof *t->value);
    t->node[t->n] = node;
    for (size_t i = 0, k = 0; i < csv->n; i++) {
        uint64_t v = UINT64_MAX;
        if (i == kode) continue;
        if (csv->field[i].len && !rk_num_parse(csv->field[i], UINT32_MAX * 1000ull, &v))
            return rk_fail_at(err, RK_BAD_INPUT, csv->line, i + 1, "'%.*s' is not a whole number", RK_FMT(csv->field[i]));
        t->value[(size_t)t->n * t->n_column + k++] = v;
    }
    t->n++;
    return RK_OK;
}

rk_status rk_official_parse(const rk_tree *tree, const rk_contest *c, rk_slice bytes, rk_official_table *t, rk_err *err) {
    rk_csv csv;
    size_t kode = SIZE_MAX;
    *t = (rk_official_table){0};
    rk_csv_init(&csv, bytes);
    rk_status s = header(&csv, c, t, &kode, err);
    while (s == RK_OK && (s = rk_csv_next(&csv, err)) == RK_OK) s = row(&csv, tree, t, kode, err);
    rk_csv_free(&csv);
    if (s == RK_NOT_FOUND) return RK_OK;
    rk_official_free(t);
    return s;
}

void rk_official_free(rk_official_table *t) {
    rk_free(t->column);
    rk_free(t->node);
    rk_free(t->value);
    *t = (rk_official_table){0};
}
