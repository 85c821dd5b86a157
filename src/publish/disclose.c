#include "publish/disclose.h"

#include "base/mem.h"

#include <stdio.h>

void rk_disclose_mark(const rk_disclosure *d, rk_buf *b) {
    char day[RK_DAY_LEN + 1] = {0};
    if (!d->restricted) return;
    rk_day_put(day, d->today);
    rk_buf_lit(b, "TERBATAS / RESTRICTED - hanya untuk ");
    rk_buf_add(b, d->alias);
    rk_buf_printf(b, " - %s", day);
}

void rk_disclose_why(const rk_disclosure *d, const rk_shown_value *v, rk_buf *b) {
    if (v->why == RK_WHY_ORDER)
        rk_buf_lit(b, "dikecualikan putusan 002/KIP-PSIP/II/2024");
    else if (v->why == RK_WHY_GUARD)
        rk_buf_lit(b, "ditahan penjaga pola");
    else {
        rk_buf_lit(b, "dikecualikan, ");
        rk_buf_add(b, d->exemption[v->exemption].id);
        if (v->expired) rk_buf_lit(b, ", MASA LEWAT");
    }
}

void rk_disclose_cell(const rk_disclosure *d, uint32_t r, uint32_t f, rk_buf *b) {
    const rk_shown_value *v = &d->record[r].value[f];
    if (v->state == RK_SHOWN_WITHHELD) {
        rk_buf_byte(b, '(');
        rk_disclose_why(d, v, b);
        rk_buf_byte(b, ')');
        return;
    }
    rk_disclosure_text(d, r, f, b);
    if (v->state == RK_SHOWN_OPEN && v->why != RK_WHY_NONE) { /* the restricted view */
        rk_buf_lit(b, " [");
        rk_disclose_why(d, v, b);
        rk_buf_byte(b, ']');
    }
}

bool rk_disclose_column(const rk_disclosure *d, enum rk_infra_kind k, uint32_t f) {
    for (uint32_t r = 0; r < d->n; r++)
        if (d->record[r].kind == k && d->record[r].value[f].state != RK_SHOWN_ABSENT)
            return true;
    return false;
}

const char *rk_change_text(enum rk_change c) {
    static const char *const text[] = {"ditambah / added", "dihapus / removed",
                                       "berubah / changed"};
    return text[c];
}

static rk_status diagrams(rk_disclose_job *j, rk_report *out, rk_err *err) {
    for (int k = 0; k < 2; k++) {
        j->graph[k] = rk_graphs_new(j->d, (enum rk_diagram_kind)k, &j->n_graph[k]);
        for (uint32_t i = 0; i < j->n_graph[k]; i++) {
            char name[100];
            RK_TRY(rk_graph_place(&j->graph[k][i], err));
            snprintf(name, sizeof name, "%s.svg", j->graph[k][i].file);
            rk_graph_svg(&j->graph[k][i], j->mark, rk_report_file_new(out, name));
        }
    }
    return RK_OK;
}

rk_status rk_disclose_render(const rk_disclosure *d, const rk_disclose_extra *extra,
                             rk_report *out, rk_err *err) {
    rk_disclose_job j = {.d = d, .extra = extra};
    rk_buf mark;
    rk_buf_init(&mark, 2 * RK_TEXT_MAX);
    rk_disclose_mark(d, &mark);
    j.mark = rk_buf_slice(&mark);
    rk_status s = extra->without_diagrams ? RK_OK : diagrams(&j, out, err);
    if (s == RK_OK) s = rk_disclose_pdf(&j, rk_report_file_new(out, "laporan.pdf"), err);
    if (s == RK_OK) {
        rk_disclose_html(&j, rk_report_file_new(out, "index.html"));
        rk_disclose_json(&j, rk_report_file_new(out, "infrastruktur.json"));
        rk_disclose_csv(&j, out);
        rk_disclose_observed_csv(&j, out);
        if (extra->sbom.len) rk_buf_add(rk_report_file_new(out, "sbom.spdx.json"), extra->sbom);
    }
    for (int k = 0; k < 2; k++) {
        for (uint32_t i = 0; i < j.n_graph[k]; i++) rk_graph_free(&j.graph[k][i]);
        rk_free(j.graph[k]);
    }
    rk_buf_free(&mark);
    return s;
}
