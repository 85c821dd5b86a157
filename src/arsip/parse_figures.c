/* The figures: up to a million rows, so what repeats from row to row (series, item, source) is
 * looked up only when it changes. */
#include "arsip/parse.h"

#include "arsip/table.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/utf8.h"

enum { SERI, WILAYAH, BUTIR, PILIHAN, NILAI, SUMBER, CATATAN };

struct last { /* the row before */
    uint32_t series, item, choice, note, region;
    uint16_t station;
    rk_slice series_code, item_code, choice_code, note_text;
};

static rk_status bad(const rk_table *t, uint32_t column, const char *what, rk_err *err) {
    return rk_fail_at(err, RK_BAD_INPUT, t->line, t->at[column] + 1, "'%.*s' %s",
                      (int)(t->field[column].len < 100 ? t->field[column].len : 100),
                      t->field[column].ptr ? t->field[column].ptr : "", what);
}

static rk_status names(rk_arsip *a, const rk_table *t, struct last *l, rk_err *err) {
    if (l->series_code.len == 0 || !rk_slice_eq(t->field[SERI], l->series_code)) {
        l->series = rk_arsip_find_series(a, t->field[SERI]);
        if (l->series == RK_NONE) return bad(t, SERI, "is no series of seri.csv", err);
        l->series_code = a->series[l->series].code;
    }
    if (l->item_code.len == 0 || !rk_slice_eq(t->field[BUTIR], l->item_code)) {
        l->item = rk_arsip_find_item(a, t->field[BUTIR]);
        if (l->item == RK_NONE) return bad(t, BUTIR, "is no row of butir.csv", err);
        l->item_code = a->item[l->item].code;
    }
    if (!rk_slice_eq(t->field[PILIHAN], l->choice_code)) {
        if (t->field[PILIHAN].len && !rk_arsip_choice_ok(t->field[PILIHAN]))
            return bad(t, PILIHAN, "is no code of a choice", err);
        l->choice = rk_intern_add(&a->text, t->field[PILIHAN]);
        l->choice_code = rk_intern_text(&a->text, l->choice);
    }
    if (!rk_slice_eq(t->field[CATATAN], l->note_text)) {
        if (t->field[CATATAN].len > RK_TEXT_MAX || !rk_utf8_text(t->field[CATATAN], ""))
            return bad(t, CATATAN, "is no note of at most 1000 bytes", err);
        l->note = rk_intern_add(&a->text, t->field[CATATAN]);
        l->note_text = rk_intern_text(&a->text, l->note);
    }
    return RK_OK;
}

static rk_status figure_row(rk_arsip *a, const rk_table *t, uint32_t source_base,
                            struct last *l, rk_err *err) {
    int64_t value;
    uint64_t source;
    RK_TRY(names(a, t, l, err));
    rk_err why = RK_ERR_INIT;
    if (rk_arsip_find_region(a, a->series[l->series].election, t->field[WILAYAH], &l->region,
                             &l->station, &why) != RK_OK)
        return bad(t, WILAYAH, "is no region of this election's tree", err);
    if (!rk_num_parse_signed(t->field[NILAI], -RK_ARSIP_VALUE_MAX, RK_ARSIP_VALUE_MAX, &value))
        return bad(t, NILAI, "is no whole number of at most 10^12", err);
    if (!rk_num_parse(t->field[SUMBER], a->n_source - source_base, &source) || source == 0)
        return bad(t, SUMBER, "is no number of sumber.csv", err);
    if (a->n_figure >= RK_ARSIP_FIGURES_MAX)
        return rk_fail_at(err, RK_LIMIT, t->line, 0, "more than %u figures",
                          RK_ARSIP_FIGURES_MAX);
    RK_PUSH_ROOM(a->figure, a->n_figure, a->cap_figure);
    a->figure[a->n_figure++] = (rk_arsip_figure){.series = l->series,
                                                 .region = l->region,
                                                 .choice = l->choice,
                                                 .source = source_base + (uint32_t)source - 1,
                                                 .note = l->note,
                                                 .item = (uint16_t)l->item,
                                                 .station = l->station,
                                                 .value = value};
    return RK_OK;
}

rk_status rk_arsip_read_figures(rk_arsip *a, rk_slice csv, uint32_t source_base, rk_err *err) {
    rk_table t;
    struct last l = {0};
    RK_ASSERT(source_base <= a->n_source);
    RK_TRY(rk_table_open(&t, csv, "seri,wilayah,butir,pilihan,nilai,sumber,?catatan", err));
    a->sorted = false;
    rk_status s;
    while ((s = rk_table_next(&t, err)) == RK_OK)
        if ((s = figure_row(a, &t, source_base, &l, err)) != RK_OK) break;
    rk_table_close(&t);
    return s == RK_NOT_FOUND ? RK_OK : s;
}
