#include "read/report.h"

enum { PIECE = 1 << 16, PIECE_MAX = 8 << 20 };

static void value_text(rk_buf *b, uint32_t v) {
    if (v != RK_VALUE_BLANK) rk_buf_num(b, v);
}

static uint32_t best(const rk_field_reading *x) {
    return x->value.n ? x->value.best[0].value : RK_VALUE_BLANK;
}

/* ===== CSV ===== */

static void csv_row(rk_buf *b, rk_slice id, uint32_t page, rk_slice field, uint32_t value,
                    enum rk_status_of_field status) {
    rk_buf_csv(b, id);
    rk_buf_byte(b, ',');
    if (page) rk_buf_num(b, page);
    rk_buf_byte(b, ',');
    rk_buf_csv(b, field);
    rk_buf_byte(b, ',');
    if (status != RK_REFUSE) value_text(b, value);
    rk_buf_byte(b, ',');
    rk_buf_add(b, rk_slice_str(rk_status_of_field_name(status)));
    rk_buf_byte(b, '\n');
}

/* A page of which there is no photo has no rows; a photo that shows no known page has one. */
static void csv_form(rk_buf *b, const rk_report *r, const rk_joined *j) {
    const rk_sheet *f = r->form;
    for (uint32_t i = 0; i < f->n_field; i++)
        if (j->of_page[f->field[i].page] != UINT32_MAX)
            csv_row(b, j->id, f->page[f->field[i].page].number, f->field[i].name,
                    best(&j->read->field[i]), j->read->field[i].status);
    for (uint32_t i = 0; i < j->n_photo; i++)
        if (rk_photo_page(f, &r->photo[j->photo[i]]) == UINT32_MAX)
            csv_row(b, j->id, 0, (rk_slice){0}, RK_VALUE_BLANK, RK_REFUSE);
}

static rk_status each(const rk_report *r, const rk_sink *to, rk_slice head, rk_slice between,
                      rk_slice tail,
                      void (*one)(rk_buf *, const rk_report *, const rk_joined *),
                      rk_err *err) {
    rk_buf b;
    rk_status st = RK_OK;
    rk_buf_init(&b, PIECE_MAX);
    rk_buf_add(&b, head);
    for (uint32_t i = 0; i < r->list->n && st == RK_OK; i++) {
        if (i) rk_buf_add(&b, between);
        one(&b, r, &r->list->form[i]);
        st = rk_sink_flush(to, &b, PIECE, err);
    }
    rk_buf_add(&b, tail);
    if (st == RK_OK) st = rk_sink_flush(to, &b, 0, err);
    rk_buf_free(&b);
    return st;
}

rk_status rk_report_csv(const rk_report *r, const rk_sink *to, rk_err *err) {
    return each(r, to, RK_LIT("form,page,field,value,status\n"), (rk_slice){0}, (rk_slice){0},
                csv_form, err);
}

/* ===== JSON ===== */

static void key(rk_buf *b, const char *name) { rk_buf_printf(b, ",\"%s\":", name); }
static void text(rk_buf *b, const char *name, rk_slice s) {
    key(b, name);
    rk_buf_json(b, s);
}
static void number(rk_buf *b, const char *name, double v, int places) {
    key(b, name);
    rk_buf_printf(b, "%.*f", places, v);
}
static void value_json(rk_buf *b, uint32_t v) {
    if (v == RK_VALUE_BLANK)
        rk_buf_lit(b, "null");
    else
        rk_buf_num(b, v);
}

static void json_page(rk_buf *b, const rk_report *r, const rk_joined *j, uint32_t k) {
    const rk_taken *t = &r->photo[k];
    const rk_page_reading *p = t->reading;
    uint32_t page = rk_photo_page(r->form, t);
    rk_buf_lit(b, "{\"photo\":");
    rk_buf_json(b, t->path);
    key(b, "page");
    if (page == UINT32_MAX)
        rk_buf_lit(b, "null");
    else
        rk_buf_num(b, r->form->page[page].number);
    bool used = page != UINT32_MAX && j->of_page[page] == k;
    rk_buf_printf(b, ",\"used\":%s,\"disputed\":%s,\"unnamed\":%s", used ? "true" : "false",
                  page != UINT32_MAX && j->disputed[page] ? "true" : "false",
                  used && j->unnamed[page] ? "true" : "false");
    text(b, "result", rk_slice_str(rk_refusal_name(p->refusal)));
    if (p->refusal != RK_PAGE_READ) {
        text(b, "retake_id", rk_slice_str(rk_refusal_text(p->refusal, false)));
        text(b, "retake_en", rk_slice_str(rk_refusal_text(p->refusal, true)));
        if (t->why.len) text(b, "detail", t->why);
    }
    rk_buf_printf(b, ",\"width\":%u,\"height\":%u,\"anchors\":[%u,%u],\"frames\":[%u,%u]",
                  p->width, p->height, p->anchors, p->anchors_wanted, p->frames, p->n_box);
    number(b, "px_per_mm", p->px_per_mm, 2);
    number(b, "off_mm", p->off_mm, 2);
    number(b, "paper", p->paper, 0);
    number(b, "ink", p->ink, 0);
    number(b, "sharpness", p->sharpness, 2);
    if (p->has_id) {
        text(b, "election", rk_code_slice(&p->id.election));
        text(b, "contest", rk_code_slice(&p->id.contest));
        text(b, "tps", rk_code_slice(&p->id.tps));
    }
    for (int i = 0; p->page < r->form->n_page && i < 9; i++)
        rk_buf_printf(b, "%s%.9g", i ? "," : ",\"to_px\":[", p->to_px.m[i]);
    if (p->page < r->form->n_page) rk_buf_byte(b, ']');
    rk_buf_printf(b, ",\"ms\":[%.1f,%.1f,%.1f,%.1f]}", (double)p->ms_decode, (double)p->ms_find,
                  (double)p->ms_cut, (double)p->ms_net);
}

static void json_box(rk_buf *b, const rk_box_reading *x) {
    rk_buf_lit(b, "{\"quad\":[");
    for (int i = 0; i < 4; i++)
        rk_buf_printf(b, "%s[%.1f,%.1f]", i ? "," : "", x->quad.corner[i].x,
                      x->quad.corner[i].y);
    rk_buf_printf(b, "],\"frame\":%.2f,\"p\":[", (double)x->quad.frame);
    for (uint32_t c = 0; c < RK_DIGIT_CLASSES; c++)
        rk_buf_printf(b, "%s%.5f", c ? "," : "", (double)x->posterior[c]);
    rk_buf_byte(b, ']');
    static const char *const state[] = {"none", "empty", "one", "unclear"};
    if (x->bubbles.state != RK_BUBBLES_NONE) {
        rk_buf_printf(b, ",\"bubbles\":{\"state\":\"%s\"", state[x->bubbles.state]);
        if (x->bubbles.state == RK_BUBBLES_ONE) {
            key(b, "digit");
            rk_buf_num(b, x->bubbles.digit);
        }
        for (int d = 0; d < 10; d++)
            rk_buf_printf(b, "%s%.2f", d ? "," : ",\"fill\":[", (double)x->bubbles.fill[d]);
        rk_buf_lit(b, "]}");
    }
    rk_buf_byte(b, '}');
}

static void json_field(rk_buf *b, const rk_sheet *f, const rk_joined *j, uint32_t i) {
    const rk_sheet_field *x = &f->field[i];
    const rk_field_reading *v = &j->read->field[i];
    rk_buf_printf(b, "{\"page\":%u,\"field\":", f->page[x->page].number);
    rk_buf_json(b, x->name);
    text(b, "column", x->column);
    key(b, "value");
    value_json(b, v->status == RK_REFUSE ? RK_VALUE_BLANK : best(v));
    text(b, "status", rk_slice_str(rk_status_of_field_name(v->status)));
    number(b, "confidence", v->confidence, 5);
    rk_buf_printf(b, ",\"in_sum\":%s", v->in_sum ? "true" : "false");
    text(b, "bubbles", rk_slice_str(rk_agreement_name(v->agreement)));
    key(b, "bubbles_value");
    value_json(b, v->bubbles);
    rk_buf_lit(b, ",\"readings\":[");
    for (uint32_t k = 0; k < v->value.n && v->value.best[k].p >= 1e-4f; k++) {
        rk_buf_add(b, rk_slice_str(k ? ",[" : "["));
        value_json(b, v->value.best[k].value);
        rk_buf_printf(b, ",%.5f]", (double)v->value.best[k].p);
    }
    rk_buf_lit(b, "],\"boxes\":[");
    const rk_page_reading *p = j->read->page[x->page];
    uint32_t first = f->field[f->page[x->page].first_field].first_box;
    for (uint32_t k = 0; v->value.n && k < x->n_box; k++) {
        if (k) rk_buf_byte(b, ',');
        json_box(b, &p->box[x->first_box - first + k]);
    }
    rk_buf_lit(b, "]}");
}

static void json_lists(rk_buf *b, const rk_sheet *f, const rk_form_reading *r) {
    static const char *const state[] = {"holds", "broken", "open"};
    rk_buf_lit(b, ",\"checks\":[");
    for (uint32_t i = 0; i < f->n_check; i++) {
        rk_buf_add(b, rk_slice_str(i ? ",{\"check\":" : "{\"check\":"));
        rk_buf_json(b, f->check[i].text);
        rk_buf_printf(b, ",\"state\":\"%s\"}", state[r->check[i]]);
    }
    rk_buf_lit(b, "],\"doubts\":[");
    for (uint32_t i = 0; i < r->n_doubt; i++) {
        rk_buf_add(b, rk_slice_str(i ? ",{\"field\":" : "{\"field\":"));
        rk_buf_json(b, f->field[r->doubt[i].field].name);
        rk_buf_printf(b, ",\"box\":%u,\"doubt\":%.5f}", r->doubt[i].box + 1,
                      (double)r->doubt[i].doubt);
    }
    /* Apart from the fields: to be shown only after people have typed blind. */
    rk_buf_lit(b, "],\"after_blind_typing\":[");
    for (uint32_t i = 0; i < r->n_candidate; i++) {
        const rk_solution *s = &r->candidate[i];
        rk_buf_printf(b, "%s{\"cost\":%.3f,\"changes\":[", i ? "," : "", (double)s->cost);
        for (uint32_t k = 0; k < s->n; k++) {
            rk_buf_add(b, rk_slice_str(k ? ",{\"field\":" : "{\"field\":"));
            rk_buf_json(b, f->field[s->field[k]].name);
            key(b, "value");
            value_json(b, r->field[s->field[k]].value.best[s->candidate[k]].value);
            rk_buf_byte(b, '}');
        }
        rk_buf_lit(b, "]}");
    }
    rk_buf_byte(b, ']');
}

static void json_form(rk_buf *b, const rk_report *r, const rk_joined *j) {
    const rk_sheet *f = r->form;
    rk_buf_lit(b, "{\"form\":");
    rk_buf_json(b, j->id);
    text(b, "state", rk_slice_str(rk_reading_state_name(j->read->state)));
    rk_buf_lit(b, ",\"photos\":[");
    for (uint32_t i = 0; i < j->n_photo; i++) {
        if (i) rk_buf_byte(b, ',');
        json_page(b, r, j, j->photo[i]);
    }
    rk_buf_lit(b, "],\"fields\":[");
    for (uint32_t i = 0; i < f->n_field; i++) {
        if (i) rk_buf_byte(b, ',');
        json_field(b, f, j, i);
    }
    rk_buf_byte(b, ']');
    json_lists(b, f, j->read);
    rk_buf_byte(b, '}');
}

rk_status rk_report_json(const rk_report *r, const rk_sink *to, rk_err *err) {
    rk_buf head;
    char hex[65] = {0};
    rk_sha256_put(hex, &r->model);
    rk_buf_init(&head, 4096);
    rk_buf_lit(&head, "{\"format\":\"rekap-baca-1\"");
    text(&head, "reader", r->reader);
    text(&head, "model_sha256", rk_slice_str(hex));
    text(&head, "form_description", r->form->code);
    text(&head, "contest", r->form->contest);
    rk_buf_lit(&head, ",\"forms\":[\n");
    rk_status st =
        each(r, to, rk_buf_slice(&head), RK_LIT(",\n"), RK_LIT("\n]}\n"), json_form, err);
    rk_buf_free(&head);
    return st;
}

/* ===== lines for a person ===== */

static void text_form(rk_buf *b, const rk_report *r, const rk_joined *j) {
    const rk_sheet *f = r->form;
    uint32_t count[3] = {0};
    for (uint32_t i = 0; i < f->n_field; i++) count[j->read->field[i].status]++;
    rk_buf_printf(b, "%.*s: %s (%u accepted, %u referred, %u not read)\n", RK_FMT(j->id),
                  rk_reading_state_name(j->read->state), count[RK_ACCEPT], count[RK_REFER],
                  count[RK_REFUSE]);
    for (uint32_t i = 0; i < j->n_photo; i++) {
        const rk_taken *t = &r->photo[j->photo[i]];
        if (t->reading->refusal == RK_PAGE_READ) continue;
        rk_buf_printf(b, "  %.*s: %s / %s%s%.*s\n", RK_FMT(t->path),
                      rk_refusal_text(t->reading->refusal, false),
                      rk_refusal_text(t->reading->refusal, true), t->why.len ? " / " : "",
                      RK_FMT(t->why));
    }
    for (uint32_t i = 0; i < f->n_page; i++)
        if (j->unnamed[i])
            rk_buf_printf(
                b,
                "  halaman %u: kode QR tidak terbaca, foto ulang / page %u: its QR code "
                "cannot be read, so nothing on it is accepted: take it again\n",
                f->page[i].number, f->page[i].number);
    for (uint32_t i = 0; i < f->n_field; i++) {
        const rk_field_reading *v = &j->read->field[i];
        if (!v->value.n) continue;
        rk_buf_printf(b, "  %-28.*s ", RK_FMT(f->field[i].name));
        if (best(v) == RK_VALUE_BLANK)
            rk_buf_lit(b, "   -");
        else
            rk_buf_printf(b, "%4u", best(v));
        rk_buf_printf(b, "  %-6s  %.4f%s%s\n", rk_status_of_field_name(v->status),
                      (double)v->confidence, v->agreement ? "  bubbles " : "",
                      v->agreement ? rk_agreement_name(v->agreement) : "");
    }
    for (uint32_t i = 0; i < f->n_check; i++)
        if (j->read->check[i] == RK_CHECK_BROKEN)
            rk_buf_printf(b, "  does not hold as read: %.*s\n", RK_FMT(f->check[i].text));
    if (j->read->n_doubt && j->read->doubt[0].doubt > 0.001f) {
        rk_buf_lit(b, "  look first at:");
        for (uint32_t i = 0; i < j->read->n_doubt && i < 6; i++)
            if (j->read->doubt[i].doubt > 0.001f)
                rk_buf_printf(b, " %.*s[%u]", RK_FMT(f->field[j->read->doubt[i].field].name),
                              j->read->doubt[i].box + 1);
        rk_buf_byte(b, '\n');
    }
}

rk_status rk_report_text(const rk_report *r, const rk_sink *to, rk_err *err) {
    return each(r, to, (rk_slice){0}, (rk_slice){0}, (rk_slice){0}, text_form, err);
}
