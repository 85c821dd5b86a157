/* The same report on paper: records as blocks of lines, since tables of fifteen columns do not
 * fit a page. */
#include "core/observed.h"
#include "publish/disclose.h"
#include "publish/pdf.h"

#include <stdio.h>

typedef const rk_disclose_job job;

static void both(rk_pdf *p, unsigned level, const char *id, const char *en) {
    char text[200];
    snprintf(text, sizeof text, strcmp(id, en) == 0 ? "%s" : "%s / %s", id, en);
    rk_pdf_heading(p, level, rk_slice_str(text));
}

static void pair(rk_pdf *p, const char *label, rk_slice value) {
    if (value.len) rk_pdf_pair(p, rk_slice_str(label), value);
}

static void head(job *j, rk_pdf *p) {
    const rk_disclosure *d = j->d;
    char text[300], day[RK_DAY_LEN + 1] = {0};
    rk_day_put(day, d->today);
    rk_pdf_heading(p, 1, RK_LIT("Infrastruktur sistem tabulasi / Infrastructure"));
    pair(p, "Nama / Name", d->name);
    pair(p, "Badan publik / Body", d->body);
    pair(p, "Versi / Version", d->version);
    pair(p, "Per / As of", rk_slice_str(day));
    if (d->fictional)
        rk_pdf_warning(
            p, RK_LIT("Contoh rekaan, tidak menggambarkan sistem siapa pun. A fictional "
                      "example: it describes no one's system."));
    if (d->note.len) rk_pdf_text(p, d->note);
    rk_pdf_text(
        p, RK_LIT("Alamat IP dan lokasi persis tiap perangkat tidak dimuat (putusan Komisi "
                  "Informasi 002/KIP-PSIP/II/2024); provinsi dan kabupaten/kota dimuat. IP "
                  "addresses and exact locations are left out; province and city are "
                  "kept."));
    snprintf(text, sizeof text,
             "%u isian terbuka / open, %u dikecualikan / exempt, %u putusan / ruling 002, %u "
             "ditahan "
             "penjaga pola / kept back by the guard.",
             d->n_open, d->n_exempt, d->n_order, d->n_guard);
    rk_pdf_text(p, rk_slice_str(text));
}

static void record(job *j, uint32_t r, rk_pdf *p, rk_buf *scratch) {
    const rk_disclosure *d = j->d;
    const rk_shown_record *x = &d->record[r];
    const rk_infra_table *t = rk_infra_table_of(x->kind);
    if (x->withheld) {
        rk_buf_clear(scratch);
        rk_buf_lit(scratch, "(dikecualikan seluruhnya / withheld entirely: ");
        rk_buf_add(scratch, d->exemption[x->exemption].id);
        rk_buf_byte(scratch, ')');
        rk_pdf_text(p, rk_buf_slice(scratch));
        return;
    }
    rk_pdf_heading(p, 3, x->id);
    for (uint32_t f = 0; f < t->n; f++) {
        char label[120];
        if (x->value[f].state == RK_SHOWN_ABSENT) continue;
        rk_buf_clear(scratch);
        rk_disclose_cell(d, r, f, scratch);
        snprintf(label, sizeof label, strcmp(t->field[f].id, t->field[f].en) ? "%s / %s" : "%s",
                 t->field[f].id, t->field[f].en);
        rk_pdf_pair(p, rk_slice_str(label), rk_buf_slice(scratch));
    }
}

static void section(job *j, enum rk_infra_kind k, rk_pdf *p, rk_buf *scratch) {
    const rk_infra_table *t = rk_infra_table_of(k);
    if (j->d->kind_shown[k] + j->d->kind_withheld[k] == 0) return;
    both(p, 2, t->id, t->en);
    for (uint32_t r = 0; r < j->d->n; r++)
        if (j->d->record[r].kind == k) record(j, r, p, scratch);
}

static void exemptions(job *j, rk_pdf *p) {
    both(p, 2, "Yang dikecualikan", "What is withheld");
    for (uint32_t e = 0; e < j->d->n_exemption; e++) {
        const rk_shown_exemption *x = &j->d->exemption[e];
        char day[RK_DAY_LEN + 1] = {0}, law[60];
        rk_day_put(day, x->until);
        rk_pdf_heading(p, 3, x->id);
        snprintf(law, sizeof law, "UU 14/2008 pasal 17 huruf %.*s", RK_FMT(x->letter));
        pair(p, "Dasar / Basis", rk_slice_str(law));
        pair(p, "Uji konsekuensi / Test", x->test);
        pair(p, "Penetapan / Decision", x->decision);
        pair(p, "Berlaku sampai / Until", rk_slice_str(day));
        pair(p, "Sesudahnya / Then",
             x->opens ? RK_LIT("dibuka / opened") : RK_LIT("tetap tertutup / stays shut"));
        if (x->expired) rk_pdf_warning(p, RK_LIT("MASA PENGECUALIAN LEWAT / EXPIRED"));
    }
}

static void changes(job *j, rk_pdf *p, rk_buf *scratch) {
    const rk_infra_changes *c = j->extra->changes;
    if (!c) return;
    both(p, 2, "Perubahan", "Changes");
    for (uint32_t i = 0; i < c->n; i++) {
        const rk_infra_change *x = &c->change[i];
        rk_buf_clear(scratch);
        rk_buf_printf(scratch, "%s \"%.*s\": %s%s%s: ", rk_infra_table_of(x->kind)->id,
                      RK_FMT(x->id), rk_change_text(x->what), x->field ? ", " : "",
                      x->field ? x->field->id : "");
        rk_buf_add(scratch, x->before);
        rk_buf_lit(scratch, " -> ");
        rk_buf_add(scratch, x->after);
        rk_pdf_text(p, rk_buf_slice(scratch));
    }
}

static void observed(job *j, rk_pdf *p, rk_buf *scratch) {
    const rk_observed *o = j->d->observed;
    if (!o) return;
    both(p, 2, "Dinyatakan dan teramati", "Declared and observed");
    for (uint32_t i = 0; i < o->n; i++) {
        const rk_seen_node *x = &o->node[i];
        rk_pdf_heading(p, 3, x->id);
        pair(p, "Peran / Role", x->role);
        pair(p, "Versi / Version", x->version);
        pair(p, "Sidik program / Executable", x->build);
        pair(p, "Penyimpanan, tujuan / Stores, targets", x->stores);
    }
    for (uint32_t i = 0; i < o->n_problem; i++) {
        const rk_problem *f = &o->problem[i];
        rk_buf_clear(scratch);
        rk_buf_printf(scratch, "%s %s / %s: ", rk_problem_code(f->kind),
                      rk_problem_text(f->kind, true), rk_problem_text(f->kind, false));
        rk_buf_add(scratch, f->node);
        if (f->declared.len + f->seen.len) rk_buf_lit(scratch, ": ");
        rk_buf_add(scratch, f->declared);
        if (f->declared.len && f->seen.len) rk_buf_lit(scratch, " -> ");
        rk_buf_add(scratch, f->seen);
        rk_pdf_warning(p, rk_buf_slice(scratch));
    }
    if (o->n_problem == 0) rk_pdf_text(p, RK_LIT("Tidak ada temuan / Nothing was found."));
}

rk_status rk_disclose_pdf(job *j, rk_buf *b, rk_err *err) {
    rk_buf scratch;
    rk_buf_init(&scratch, 4 * RK_INFRA_ITEMS_MAX * RK_TEXT_MAX);
    rk_pdf *p = rk_pdf_new(j->d->name, j->d->body, j->mark);
    head(j, p);
    changes(j, p, &scratch);
    observed(j, p, &scratch);
    for (int k = 0; k < 2; k++)
        for (uint32_t i = 0; i < j->n_graph[k]; i++) rk_pdf_graph(p, &j->graph[k][i]);
    for (unsigned k = 0; k < RK_INFRA_KINDS; k++)
        section(j, (enum rk_infra_kind)k, p, &scratch);
    exemptions(j, p);
    rk_buf_free(&scratch);
    return rk_pdf_finish(&p, b, err);
}
