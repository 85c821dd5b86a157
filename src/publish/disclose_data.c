/* The disclosure for machines: one JSON, one CSV a section. Columns are always all of a
 * section's fields, so that two versions can be laid beside each other. */
#include "publish/disclose.h"

#include "base/num.h"

#include <stdio.h>

typedef const rk_disclose_job job;

static void key(rk_buf *b, const char *name) {
    rk_buf_json(b, rk_slice_str(name));
    rk_buf_lit(b, ": ");
}

static void member(rk_buf *b, const char *name, rk_slice value) {
    key(b, name);
    rk_buf_json(b, value);
    rk_buf_lit(b, ",\n  ");
}

static void plain_value(const rk_infra_field *f, const rk_shown_value *v, rk_buf *b) {
    bool list = f->type == RK_INFRA_REF || f->type == RK_INFRA_ADDRESS;
    if (list) rk_buf_byte(b, '[');
    for (uint32_t i = 0; i < v->n; i++) {
        if (i) rk_buf_lit(b, ", ");
        if (f->type == RK_INFRA_WHOLE)
            rk_buf_add(b, v->item[i]);
        else
            rk_buf_json(b, v->item[i]);
    }
    if (list) rk_buf_byte(b, ']');
}

static void why_members(const rk_disclosure *d, const rk_shown_value *v, rk_buf *b) {
    static const char *const why[] = {"", "exempt", "ruling-002", "guard"};
    rk_buf_printf(b, "\"withheld\": \"%s\"", why[v->why]);
    if (v->why == RK_WHY_EXEMPT || v->exemption != RK_NONE) {
        rk_buf_lit(b, ", \"exemption\": ");
        rk_buf_json(b, d->exemption[v->exemption].id);
    }
    if (v->expired) rk_buf_lit(b, ", \"expired\": true");
}

static void value(const rk_disclosure *d, const rk_infra_field *f, const rk_shown_value *v,
                  rk_buf *b) {
    if (v->state == RK_SHOWN_OPEN && v->why == RK_WHY_NONE && v->hidden == 0) {
        plain_value(f, v, b);
        return;
    }
    rk_buf_byte(b, '{');
    if (v->why != RK_WHY_NONE) why_members(d, v, b);
    if (v->hidden)
        rk_buf_printf(b, "%s\"withheld_references\": %u", v->why ? ", " : "", v->hidden);
    if (v->state == RK_SHOWN_OPEN) {
        rk_buf_lit(b, ", \"value\": ");
        plain_value(f, v, b);
    }
    rk_buf_byte(b, '}');
}

static void record(const rk_disclosure *d, uint32_t r, rk_buf *b) {
    const rk_shown_record *x = &d->record[r];
    const rk_infra_table *t = rk_infra_table_of(x->kind);
    if (x->withheld) {
        rk_buf_lit(b, "{\"withheld\": \"exempt\", \"exemption\": ");
        rk_buf_json(b, d->exemption[x->exemption].id);
        rk_buf_add(b, x->expired ? RK_LIT(", \"expired\": true}") : RK_LIT("}"));
        return;
    }
    rk_buf_lit(b, "{\"id\": ");
    rk_buf_json(b, x->id);
    for (uint32_t f = 0; f < t->n; f++) {
        if (x->value[f].state == RK_SHOWN_ABSENT) continue;
        rk_buf_lit(b, ", ");
        key(b, t->field[f].name);
        value(d, &t->field[f], &x->value[f], b);
    }
    rk_buf_byte(b, '}');
}

static void section(const rk_disclosure *d, enum rk_infra_kind k, rk_buf *b) {
    bool first = true;
    key(b, rk_infra_table_of(k)->section);
    rk_buf_byte(b, '[');
    for (uint32_t r = 0; r < d->n; r++) {
        if (d->record[r].kind != k) continue;
        rk_buf_add(b, first ? RK_LIT("\n    ") : RK_LIT(",\n    "));
        first = false;
        record(d, r, b);
    }
    rk_buf_lit(b, "],\n  ");
}

static void exemptions(const rk_disclosure *d, rk_buf *b) {
    rk_buf_lit(b, "\"exemptions\": [");
    for (uint32_t e = 0; e < d->n_exemption; e++) {
        const rk_shown_exemption *x = &d->exemption[e];
        char day[RK_DAY_LEN + 1] = {0};
        rk_day_put(day, x->until);
        rk_buf_add(b, e ? RK_LIT(",\n    {\"id\": ") : RK_LIT("\n    {\"id\": "));
        rk_buf_json(b, x->id);
        rk_buf_lit(b, ", \"law\": \"UU 14/2008 art. 17\", \"letter\": ");
        rk_buf_json(b, x->letter);
        rk_buf_lit(b, ", \"test\": ");
        rk_buf_json(b, x->test);
        rk_buf_lit(b, ", \"decision\": ");
        rk_buf_json(b, x->decision);
        rk_buf_printf(b,
                      ", \"until\": \"%s\", \"then\": \"%s\", \"expired\": %s, \"values\": %u, "
                      "\"records\": %u}",
                      day, x->opens ? "open" : "closed", x->expired ? "true" : "false",
                      x->values, x->records);
    }
    rk_buf_byte(b, ']');
}

void rk_disclose_json(job *j, rk_buf *b) {
    const rk_disclosure *d = j->d;
    char day[RK_DAY_LEN + 1] = {0};
    rk_day_put(day, d->today);
    rk_buf_lit(b, "{\n  ");
    member(b, "format", RK_LIT("rekap-disclosure-1"));
    if (d->restricted) member(b, "restricted", j->mark);
    member(b, "name", d->name);
    member(b, "body", d->body);
    member(b, "version", d->version);
    member(b, "note", d->note);
    rk_buf_printf(b,
                  "\"date\": \"%s\",\n  \"fictional\": %s,\n  \"values\": {\"open\": %u, "
                  "\"exempt\": %u, \"ruling_002\": %u, \"guard\": %u},\n  ",
                  day, d->fictional ? "true" : "false", d->n_open, d->n_exempt, d->n_order,
                  d->n_guard);
    for (unsigned k = 0; k < RK_INFRA_KINDS; k++) section(d, (enum rk_infra_kind)k, b);
    exemptions(d, b);
    rk_disclose_observed_json(j, b);
    rk_buf_lit(b, "\n}\n");
}

/* ===== CSV ===== */

static void csv_mark(job *j, rk_buf *b) {
    if (!j->mark.len) return;
    rk_buf_byte(b, ',');
    rk_buf_csv(b, j->mark);
}

static void csv_section(job *j, enum rk_infra_kind k, rk_buf *b, rk_buf *scratch) {
    const rk_infra_table *t = rk_infra_table_of(k);
    rk_buf_lit(b, "id");
    for (uint32_t f = 0; f < t->n; f++) rk_buf_printf(b, ",%s", t->field[f].name);
    rk_buf_add(b, j->mark.len ? RK_LIT(",restricted\n") : RK_LIT("\n"));
    for (uint32_t r = 0; r < j->d->n; r++) {
        const rk_shown_record *x = &j->d->record[r];
        if (x->kind != k) continue;
        if (x->withheld) {
            rk_buf_lit(b, "(dikecualikan: ");
            rk_buf_add(b, j->d->exemption[x->exemption].id);
            rk_buf_byte(b, ')');
        } else {
            rk_buf_csv(b, x->id);
        }
        for (uint32_t f = 0; f < t->n; f++) {
            rk_buf_byte(b, ',');
            rk_buf_clear(scratch);
            if (!x->withheld) rk_disclose_cell(j->d, r, f, scratch);
            rk_buf_csv(b, rk_buf_slice(scratch));
        }
        csv_mark(j, b);
        rk_buf_byte(b, '\n');
    }
}

static void csv_exemptions(job *j, rk_buf *b) {
    rk_buf_lit(b, "id,letter,test,decision,until,then,expired,values,records");
    rk_buf_add(b, j->mark.len ? RK_LIT(",restricted\n") : RK_LIT("\n"));
    for (uint32_t e = 0; e < j->d->n_exemption; e++) {
        const rk_shown_exemption *x = &j->d->exemption[e];
        const rk_slice text[] = {x->id, x->letter, x->test, x->decision};
        char day[RK_DAY_LEN + 1] = {0};
        rk_day_put(day, x->until);
        for (int i = 0; i < 4; i++) {
            rk_buf_csv(b, text[i]);
            rk_buf_byte(b, ',');
        }
        rk_buf_printf(b, "%s,%s,%s,%u,%u", day, x->opens ? "open" : "closed",
                      x->expired ? "true" : "false", x->values, x->records);
        csv_mark(j, b);
        rk_buf_byte(b, '\n');
    }
}

static void csv_changes(job *j, rk_buf *b) {
    const rk_infra_changes *c = j->extra->changes;
    rk_buf_lit(b, "section,id,change,field,before,after\n");
    for (uint32_t i = 0; i < c->n; i++) {
        const rk_infra_change *x = &c->change[i];
        rk_buf_printf(b, "%s,", rk_infra_table_of(x->kind)->section);
        rk_buf_csv(b, x->id);
        rk_buf_printf(b, ",%s,%s,", rk_change_text(x->what), x->field ? x->field->name : "");
        rk_buf_csv(b, x->before);
        rk_buf_byte(b, ',');
        rk_buf_csv(b, x->after);
        rk_buf_byte(b, '\n');
    }
}

void rk_disclose_csv(job *j, rk_report *out) {
    rk_buf scratch;
    rk_buf_init(&scratch, 2 * RK_INFRA_ITEMS_MAX * RK_TEXT_MAX);
    for (unsigned k = 0; k < RK_INFRA_KINDS; k++) {
        char name[64];
        snprintf(name, sizeof name, "csv/%s.csv",
                 rk_infra_table_of((enum rk_infra_kind)k)->section);
        csv_section(j, (enum rk_infra_kind)k, rk_report_file_new(out, name), &scratch);
    }
    csv_exemptions(j, rk_report_file_new(out, "csv/pengecualian.csv"));
    if (j->extra->changes) csv_changes(j, rk_report_file_new(out, "csv/perubahan.csv"));
    rk_buf_free(&scratch);
}
