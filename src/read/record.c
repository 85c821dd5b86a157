#include "read/record.h"

#include "base/mem.h"

#include <math.h>

_Static_assert((int)RK_ACCEPT == (int)RK_READ_ACCEPT && (int)RK_REFER == (int)RK_READ_REFER &&
                   (int)RK_REFUSE == (int)RK_READ_REFUSE,
               "statuses have the numbers of the log");

rk_status rk_record_form_ok(const rk_sheet *form, const rk_contest *contest, rk_err *err) {
    if (!rk_slice_eq(form->contest, rk_code_slice(&contest->code)))
        return rk_fail(err, RK_CONFLICT,
                       "the form %.*s is one of contest '%.*s', not of '%.*s': name the right "
                       "form with --form",
                       RK_FMT(form->code), RK_FMT(form->contest),
                       RK_FMT(rk_code_slice(&contest->code)));
    bool long_name = form->code.len > RK_CODE_MAX;
    for (uint32_t i = 0; i < form->n_field; i++)
        long_name |= form->field[i].name.len > RK_FIGURE_NAME_MAX;
    if (form->n_field > RK_READING_FIGURES_MAX || form->n_box > RK_READING_BOXES_MAX ||
        long_name)
        return rk_fail(err, RK_LIMIT,
                       "the form %.*s has %u figures and %u boxes: a reading in the log has at "
                       "most %u and %u, names of at most %u bytes, and a code of at most %u",
                       RK_FMT(form->code), form->n_field, form->n_box, RK_READING_FIGURES_MAX,
                       RK_READING_BOXES_MAX, RK_FIGURE_NAME_MAX, RK_CODE_MAX);
    return RK_OK;
}

/* ===== numbers ===== */

static uint16_t parts(float p) {
    if (!(p > 0)) return 0;
    return (uint16_t)(p >= 1 ? 10000 : (int)(p * 10000));
}

static uint16_t half_pixels(double v) {
    double h = round(v * 2);
    return (uint16_t)(h < 0 ? 0 : h > UINT16_MAX ? UINT16_MAX : h);
}

static uint32_t column_of(const rk_contest *c, uint32_t ballot, rk_slice name) {
    uint32_t column = rk_contest_field(c, name);
    if (column != RK_NONE || ballot == RK_NONE || !rk_slice_starts(name, RK_LIT("suara_")))
        return column;
    return rk_contest_choice(c, ballot, rk_slice_from(name, 6));
}
_Static_assert(RK_NONE == UINT32_MAX, "no column is the entry's no column");

/* ===== pieces ===== */

static void put_photos(const rk_sheet *form, const rk_taken *photo, uint32_t n,
                       const rk_joined *j, rk_reading_entry *out) {
    RK_ASSERT(n <= RK_FORM_PHOTOS_MAX);
    out->n_photo = n;
    for (uint32_t i = 0; i < n; i++) {
        const rk_page_reading *r = photo[i].reading;
        uint32_t page = rk_photo_page(form, &photo[i]);
        bool read = r->refusal == RK_PAGE_READ, known = page != UINT32_MAX;
        out->photo[i] = (rk_read_photo){
            .result = (uint8_t)r->refusal,
            .used = read && known && j->of_page[page] == i,
            .disputed = read && known && j->disputed[page],
            .unnamed = read && known && j->of_page[page] == i && j->unnamed[page],
            .page = r->page < form->n_page ? form->page[r->page].number : 0};
    }
}

static void put_box(const rk_box_reading *b, rk_read_box *out) {
    uint32_t best = 0;
    for (uint32_t c = 1; c < RK_DIGIT_CLASSES; c++)
        if (b->posterior[c] > b->posterior[best]) best = c;
    for (int c = 0; c < 4; c++) {
        out->corner[c][0] = half_pixels(b->quad.corner[c].x);
        out->corner[c][1] = half_pixels(b->quad.corner[c].y);
    }
    out->digit = (uint8_t)best;
    out->sure = parts(b->posterior[best]);
    out->bubble =
        (uint8_t)(b->bubbles.state == RK_BUBBLES_NONE    ? RK_BUBBLE_NO
                  : b->bubbles.state == RK_BUBBLES_EMPTY ? RK_BUBBLE_EMPTY
                  : b->bubbles.state == RK_BUBBLES_ONE   ? RK_BUBBLE_DIGIT + b->bubbles.digit
                                                         : RK_BUBBLE_UNCLEAR);
}

static void put_figure(const rk_sheet *form, const rk_contest *contest, uint32_t ballot,
                       const rk_joined *j, uint32_t k, rk_reading_entry *out) {
    const rk_sheet_field *x = &form->field[k];
    const rk_field_reading *v = &j->read->field[k];
    rk_read_figure *f = &out->figure[k];
    *f = (rk_read_figure){.column = column_of(contest, ballot, x->column),
                          .photo = UINT32_MAX,
                          .value = RK_ABSENT,
                          .status = RK_READ_REFUSE,
                          .first_box = out->n_box};
    for (uint32_t i = 0; i < k && f->column != RK_NONE; i++)
        if (out->figure[i].column == f->column) f->column = RK_NONE; /* written twice on it */
    if (f->column == RK_NONE) f->name = x->name;
    const rk_page_reading *p = j->read->page[x->page];
    if (!p || v->status == RK_REFUSE || v->value.n == 0) return;
    uint32_t value = v->value.best[0].value;
    bool over = value != RK_VALUE_BLANK && f->column != RK_NONE && value > contest->max_value;
    f->photo = j->of_page[x->page];
    f->value = value == RK_VALUE_BLANK ? RK_ABSENT : value;
    f->status = (uint8_t)(over ? RK_READ_REFER : v->status);
    f->bubbles = (uint8_t)v->agreement;
    f->in_sum = v->in_sum;
    f->confidence = parts(v->confidence);
    f->n_box = x->n_box;
    const rk_box_reading *b =
        p->box + (x->first_box - form->field[form->page[x->page].first_field].first_box);
    for (uint32_t i = 0; i < x->n_box; i++) put_box(&b[i], &out->box[out->n_box++]);
}

static void put_doubts(const rk_joined *j, rk_reading_entry *out) {
    for (uint32_t i = 0; i < out->n_figure; i++) /* those over the maximum come first */
        for (uint32_t k = 0; k < out->figure[i].n_box; k++)
            if (out->figure[i].status == RK_READ_REFER && j->read->field[i].status != RK_REFER)
                out->doubt[out->n_doubt++] =
                    (rk_read_doubt){out->figure[i].first_box + k, 10000};
    for (uint32_t i = 0; i < j->read->n_doubt; i++) {
        const rk_doubt *d = &j->read->doubt[i];
        if (out->figure[d->field].status == RK_READ_REFER)
            out->doubt[out->n_doubt++] =
                (rk_read_doubt){out->figure[d->field].first_box + d->box, parts(d->doubt)};
    }
}

static uint8_t state_of(const rk_joined *j, const rk_reading_entry *x) {
    bool all = true;
    for (uint32_t i = 0; i < x->n_figure; i++) all &= x->figure[i].status == RK_READ_ACCEPT;
    switch (j->read->state) {
    case RK_FORM_REFUSED:
        return RK_READ_REFUSED;
    case RK_FORM_INCONSISTENT:
        return RK_READ_INCONSISTENT;
    case RK_FORM_ACCEPTED:
        if (all) return RK_READ_ACCEPTED;
        break;
    case RK_FORM_REFERRED:
        break;
    }
    return RK_READ_REFERRED;
}

void rk_record(const rk_sheet *form, const rk_contest *contest, uint32_t ballot,
               const rk_taken *photo, uint32_t n, const rk_joined *joined,
               rk_reading_entry *out) {
    RK_ASSERT(form->n_field <= RK_READING_FIGURES_MAX && form->n_box <= RK_READING_BOXES_MAX);
    RK_ASSERT(joined->n_photo == n);
    out->n_box = out->n_doubt = 0;
    put_photos(form, photo, n, joined, out);
    for (uint32_t i = 0; i < form->n_field; i++)
        put_figure(form, contest, ballot, joined, i, out);
    out->n_figure = form->n_field;
    put_doubts(joined, out);
    out->state = state_of(joined, out);
}
