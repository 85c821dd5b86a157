#include "arsip/table.h"

static rk_status place(rk_table *t, rk_slice name, bool needed, rk_err *err) {
    RK_ASSERT(t->n < RK_TABLE_COLUMNS);
    uint32_t at = UINT32_MAX;
    for (uint32_t i = 0; i < t->csv.n; i++) {
        if (!rk_slice_eq(t->csv.field[i], name)) continue;
        if (at != UINT32_MAX)
            return rk_fail_at(err, RK_BAD_INPUT, 1, i + 1, "column '%.*s' appears twice",
                              RK_FMT(name));
        at = i;
    }
    if (at == UINT32_MAX && needed)
        return rk_fail_at(err, RK_BAD_INPUT, 1, 0, "the header line has no column '%.*s'",
                          RK_FMT(name));
    t->at[t->n++] = at;
    return RK_OK;
}

static rk_status header(rk_table *t, const char *names, rk_err *err) {
    rk_status s = rk_csv_next(&t->csv, err);
    if (s == RK_NOT_FOUND)
        return rk_fail_at(err, RK_BAD_INPUT, 1, 0,
                          "the table is empty: its header line is missing");
    RK_TRY(s);
    t->width = (uint32_t)t->csv.n;
    rk_slice rest = rk_slice_str(names), part;
    while (rk_slice_cut(&rest, ',', &part)) {
        bool optional = part.len && part.ptr[0] == '?';
        RK_TRY(place(t, optional ? rk_slice_from(part, 1) : part, !optional, err));
    }
    return RK_OK;
}

rk_status rk_table_open(rk_table *t, rk_slice bytes, const char *names, rk_err *err) {
    *t = (rk_table){0};
    rk_csv_init(&t->csv, bytes);
    rk_status s = header(t, names, err);
    if (s != RK_OK) rk_table_close(t);
    return s;
}

rk_status rk_table_next(rk_table *t, rk_err *err) {
    RK_TRY(rk_csv_next(&t->csv, err));
    t->line = t->csv.line;
    if (t->csv.n != t->width)
        return rk_fail_at(err, RK_BAD_INPUT, t->line, 0,
                          "the row has %zu fields, the header line %u", t->csv.n, t->width);
    for (uint32_t i = 0; i < t->n; i++)
        t->field[i] = t->at[i] == UINT32_MAX ? (rk_slice){"", 0} : t->csv.field[t->at[i]];
    return RK_OK;
}

void rk_table_close(rk_table *t) { rk_csv_free(&t->csv); }
