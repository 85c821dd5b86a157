#include "publish/archive.h"

#include "arsip/follow.h"
#include "base/mem.h"
#include "files/files.h"

#include <stdio.h>

/* ===== tables as files ===== */

static rk_status put_rows(rk_report *r, const char *name, const rk_rows *l,
                          enum rk_rows_format f, rk_err *err) {
    rk_sink out = rk_sink_buf(rk_report_file_new(r, name));
    return rk_rows_write(l, f, &out, err);
}

static rk_status put_both(rk_report *r, const char *stem, const rk_rows *l, rk_err *err) {
    char name[100];
    snprintf(name, sizeof name, "%s.csv", stem);
    RK_TRY(put_rows(r, name, l, RK_LIST_CSV, err));
    snprintf(name, sizeof name, "%s.json", stem);
    return put_rows(r, name, l, RK_LIST_JSON, err);
}

/* Where a series' figures are; the largest (all stations of a nation) only compressed. */
static const char *series_ending(const rk_arsip_series *s) {
    return s->n > 100000 ? ".csv.gz" : ".csv";
}

static rk_status put_packed(rk_report *r, const char *name, const rk_rows *l, rk_err *err) {
    rk_buf plain;
    rk_buf_init(&plain, RK_ROWS_BYTES * 2u);
    rk_sink out = rk_sink_buf(&plain);
    rk_status s = rk_rows_write(l, RK_LIST_CSV, &out, err);
    if (s == RK_OK) s = rk_gzip(rk_buf_slice(&plain), rk_report_file_new(r, name), err);
    rk_buf_free(&plain);
    return s;
}

static rk_status series_file(const rk_arsip *a, uint32_t series, rk_report *r, rk_err *err) {
    const rk_arsip_series *s = &a->series[series];
    char name[120];
    rk_rows l;
    int n = snprintf(name, sizeof name, "seri/%.*s%s", RK_FMT(s->code), series_ending(s));
    if (n < 0 || (size_t)n >= sizeof name)
        return rk_fail(err, RK_LIMIT, "the name of series %.*s is too long", RK_FMT(s->code));
    rk_rows_init(&l, RK_SHOW_FIGURES);
    for (uint32_t i = 0; i < s->n; i++) rk_show_figure(a, &a->figure[s->first + i], &l);
    rk_status st = strcmp(series_ending(s), ".csv") == 0
                       ? put_rows(r, name, &l, RK_LIST_CSV, err)
                       : put_packed(r, name, &l, err);
    rk_rows_free(&l);
    return st;
}

static rk_status tables(const rk_arsip *a, const rk_diffs *known, rk_report *r, rk_err *err) {
    rk_rows l;
    rk_rows_init(&l, RK_SHOW_COVERAGE);
    rk_show_coverage(a, &l);
    rk_status st = put_both(r, "cakupan", &l, err);
    rk_rows_free(&l);
    rk_rows_init(&l, RK_SHOW_SERIES);
    rk_show_series(a, &l);
    if (st == RK_OK) st = put_both(r, "seri", &l, err);
    rk_rows_free(&l);
    rk_rows_init(&l, RK_SHOW_DIFFERENCES);
    for (uint32_t i = 0; i < known->n; i++) rk_show_difference(a, &known->at[i], &l);
    if (st == RK_OK) st = put_rows(r, "selisih.csv", &l, RK_LIST_CSV, err);
    rk_rows_free(&l);
    for (uint32_t i = 0; st == RK_OK && i < a->n_series; i++) st = series_file(a, i, r, err);
    return st;
}

/* ===== pieces of pages ===== */

static void cell(rk_buf *b, rk_slice text) {
    rk_buf_lit(b, "<td>");
    rk_buf_html(b, text);
    rk_buf_lit(b, "</td>");
}

static void number_cell(rk_buf *b, int64_t v) {
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%lld", (long long)v);
    rk_buf_lit(b, "<td class=\"num\">");
    for (int i = 0; i < n; i++) {
        if (i && digits[i - 1] != '-' && (n - i) % 3 == 0) rk_buf_byte(b, '.');
        rk_buf_byte(b, digits[i]);
    }
    rk_buf_lit(b, "</td>");
}

static void link_to(rk_buf *b, const char *folder, rk_slice code, const char *ending,
                    rk_slice text) {
    rk_buf_printf(b, "<a href=\"%s", folder);
    rk_buf_html(b, code);
    rk_buf_printf(b, "%s\">", ending);
    rk_buf_html(b, text);
    rk_buf_lit(b, "</a>");
}

/* ===== what is there ===== */

enum { COLUMNS = RK_LEVEL_DAPIL + 1 };

static void coverage_cell(rk_buf *b, const rk_coverage *c) {
    if (!c) {
        rk_buf_lit(b, "<td class=\"tutup\">tidak berlaku</td>");
        return;
    }
    rk_buf_printf(b, "<td%s>%s", c->have ? "" : " class=\"merah\"", rk_coverage_state(c));
    if (c->have && c->expected) rk_buf_printf(b, " %u/%u", c->have, c->expected);
    if (c->have && !c->expected) rk_buf_printf(b, " %u", c->have);
    rk_buf_lit(b, "</td>");
}

/* A row for each contest; the list is ordered by contest. */
static void coverage_table(const rk_arsip *a, rk_buf *b) {
    rk_coverage *c;
    uint32_t n = rk_arsip_coverage(a, &c);
    rk_buf_lit(b, "<div class=\"wide\"><table><thead><tr><th>Pemilu</th><th>Kontes</th>");
    for (unsigned level = 0; level < COLUMNS; level++)
        rk_buf_printf(b, "<th>%s</th>", rk_show_level(level));
    rk_buf_lit(b, "</tr></thead><tbody>\n");
    for (uint32_t i = 0; i < n;) {
        const rk_coverage *at[COLUMNS] = {0};
        const rk_arsip_contest *k = &a->contest[c[i].contest];
        uint32_t contest = c[i].contest;
        for (; i < n && c[i].contest == contest; i++) at[c[i].level] = &c[i];
        rk_buf_lit(b, "<tr>");
        cell(b, a->election[k->election].name);
        cell(b, k->name);
        for (unsigned level = 0; level < COLUMNS; level++) coverage_cell(b, at[level]);
        rk_buf_lit(b, "</tr>\n");
    }
    rk_buf_lit(b, "</tbody></table></div>\n");
    rk_free(c);
}

static void series_table(const rk_arsip *a, rk_buf *b) {
    rk_buf_lit(b, "<div class=\"wide\"><table><thead><tr><th>Pemilu</th><th>Kontes</th>"
                  "<th>Seri</th><th>Kedudukan<br><i class=\"en\" lang=\"en\">standing</i></th>"
                  "<th>Nomor</th><th>Angka</th><th>Bagian</th><th>Lisensi</th><th>Catatan</th>"
                  "</tr></thead><tbody>\n");
    for (uint32_t i = 0; i < a->n_series; i++) {
        const rk_arsip_series *s = &a->series[i];
        rk_buf_lit(b, "<tr>");
        cell(b, a->election[s->election].name);
        cell(b, a->contest[s->contest].name);
        rk_buf_lit(b, "<td>");
        link_to(b, "seri/", s->code, series_ending(s), s->name.len ? s->name : s->code);
        rk_buf_lit(b, "</td>");
        cell(b, rk_slice_str(rk_standing_name(s->standing)));
        cell(b, s->number);
        number_cell(b, s->n);
        cell(b, s->part);
        cell(b, s->licence);
        cell(b, s->note);
        rk_buf_lit(b, "</tr>\n");
    }
    rk_buf_lit(b, "</tbody></table></div>\n");
}

static void places(const rk_arsip *a, rk_buf *b) {
    rk_buf_lit(b, "<p>");
    for (uint32_t i = 0; i < a->n_codes; i++) {
        if (i) rk_buf_lit(b, " · ");
        link_to(b, "ikuti/", a->codes[i].code[RK_KEMENDAGRI], ".html",
                a->codes[i].code[RK_NAME]);
    }
    rk_buf_lit(b, "</p>\n");
}

static void index_page(const rk_arsip *a, const rk_diffs *known, rk_report *r) {
    rk_buf *b = rk_report_file_new(r, "index.html");
    rk_page_begin(b, RK_LIT("Arsip pemilu 1999-2024"), (rk_slice){0});
    rk_buf_lit(
        b,
        "<p>Angka setiap pemilu sebagaimana diumumkan, masing-masing dalam seri dengan "
        "sumber dan kedudukannya. Seri tidak pernah dijumlahkan satu sama lain; bila dua "
        "seri berbeda, keduanya tetap ada.<br><i class=\"en\" lang=\"en\">The figures of "
        "every election as they were published, each in a series with its source and "
        "standing. Series are never added together; where two differ, both stand.</i></p>\n");
    rk_page_heading(b, 2, "cakupan", "Apa yang ada dan apa yang belum",
                    "What is there, what is missing");
    rk_buf_lit(b, "<p>Unduh: <a href=\"cakupan.csv\">cakupan.csv</a>, "
                  "<a href=\"cakupan.json\">cakupan.json</a></p>\n");
    coverage_table(a, b);
    rk_page_heading(b, 2, "seri", "Semua seri", "All series");
    rk_buf_lit(b, "<p>Unduh: <a href=\"seri.csv\">seri.csv</a>, "
                  "<a href=\"seri.json\">seri.json</a></p>\n");
    series_table(a, b);
    rk_page_heading(b, 2, "selisih", "Yang tidak cocok", "What does not agree");
    rk_buf_printf(b,
                  "<p>%u selisih di dalam seri dan antarseri diketahui dan dibiarkan "
                  "sebagaimana diumumkan: <a href=\"selisih.csv\">selisih.csv</a>.<br>"
                  "<i class=\"en\" lang=\"en\">Differences within and between series that are "
                  "known and kept as published.</i></p>\n",
                  known->n);
    rk_page_heading(b, 2, "ikuti", "Satu kabupaten/kota sejak 1999",
                    "One regency or city since 1999");
    places(a, b);
    rk_page_end(b);
}

/* ===== one kabupaten/kota ===== */

static void figure_rows(const rk_arsip *a, const rk_stop *s, rk_buf *b) {
    for (uint32_t i = 0; i < a->n_series; i++) {
        const rk_arsip_series *x = &a->series[i];
        uint32_t n = 0;
        if (x->election != s->election) continue;
        const rk_arsip_figure *f = rk_arsip_at(a, i, s->region, &n);
        for (uint32_t k = 0; k < n; k++) {
            rk_slice name = rk_show_choice(a, x->contest, f[k].region, f[k].choice);
            rk_buf_lit(b, "<tr>");
            cell(b, a->contest[x->contest].name);
            cell(b, a->item[f[k].item].name_id);
            cell(b, name.len ? name : rk_intern_text(&a->text, f[k].choice));
            number_cell(b, f[k].value);
            rk_buf_lit(b, "<td>");
            link_to(b, "../seri/", x->code, series_ending(x), x->code);
            rk_buf_lit(b, "</td>");
            cell(b, rk_slice_str(rk_standing_name(x->standing)));
            rk_buf_lit(b, "</tr>\n");
        }
    }
}

static bool any_figure(const rk_arsip *a, const rk_stop *s) {
    for (uint32_t i = 0, n = 0; s->region != RK_NONE && i < a->n_series; i++)
        if (a->series[i].election == s->election && (rk_arsip_at(a, i, s->region, &n), n))
            return true;
    return false;
}

static void stop_part(const rk_arsip *a, const rk_stop *s, rk_buf *b) {
    const rk_arsip_election *e = &a->election[s->election];
    char anchor[60];
    rk_buf_lit(b, "<h2 id=\"");
    snprintf(anchor, sizeof anchor, "%.*s", RK_FMT(e->code));
    rk_buf_html(b, rk_slice_str(anchor));
    rk_buf_lit(b, "\">");
    rk_buf_html(b, e->name);
    rk_buf_lit(b, "</h2>\n<p>");
    if (s->region != RK_NONE) {
        rk_buf_lit(b, "Wilayah saat itu <i class=\"en\" lang=\"en\">region then</i>: ");
        rk_buf_html(b, rk_arsip_region_name(a, s->election, s->region));
        rk_buf_lit(b, " (");
        rk_arsip_put_region(a, s->election, s->region, 0, b);
        rk_buf_lit(b, "), ");
    }
    rk_buf_printf(b, "<strong>%s</strong>", rk_fit_name(s->fit));
    if (s->why.len) {
        rk_buf_lit(b, ": ");
        rk_buf_html(b, rk_buf_slice(&s->why));
    }
    rk_buf_lit(b, "</p>\n");
    if (!any_figure(a, s)) {
        rk_buf_lit(b, "<p class=\"tutup\">Tidak ada angka di tingkat ini. <i class=\"en\" "
                      "lang=\"en\">No figures at this level.</i></p>\n");
        return;
    }
    rk_buf_lit(b, "<div class=\"wide\"><table><thead><tr><th>Kontes</th><th>Butir</th>"
                  "<th>Pilihan</th><th>Nilai</th><th>Seri</th><th>Kedudukan</th></tr></thead>"
                  "<tbody>\n");
    figure_rows(a, s, b);
    rk_buf_lit(b, "</tbody></table></div>\n");
}

static rk_status place_page(const rk_arsip *a, uint32_t row, rk_report *r, rk_err *err) {
    rk_slice code = a->codes[row].code[RK_KEMENDAGRI], name = a->codes[row].code[RK_NAME];
    char stem[60], file[70];
    rk_rows l;
    snprintf(stem, sizeof stem, "ikuti/%.*s", RK_FMT(code));
    snprintf(file, sizeof file, "%s.html", stem);
    rk_buf *b = rk_report_file_new(r, file);
    rk_stop *stops = rk_arsip_follow(a, row);
    rk_page_begin(b, name, (rk_slice){0});
    rk_buf_lit(b, "<p><a href=\"../index.html#ikuti\">Arsip</a> · ");
    link_to(b, "", code, ".csv", RK_LIT("CSV"));
    rk_buf_lit(b, " · ");
    link_to(b, "", code, ".json", RK_LIT("JSON"));
    rk_buf_lit(b,
               "</p>\n<p>Bila wilayah lain mewakilinya, itu dikatakan: <strong>tepat</strong> "
               "wilayah yang sama, <strong>perkiraan</strong> wilayah yang lebih luas atau "
               "induknya.<br><i class=\"en\" lang=\"en\">tepat: the same region; perkiraan: "
               "a wider region or the one it was split from stands for it.</i></p>\n");
    for (uint32_t e = 0; e < a->n_election; e++) stop_part(a, &stops[e], b);
    rk_page_end(b);
    rk_follow_free(a, stops);
    rk_rows_init(&l, RK_SHOW_FOLLOW);
    rk_show_follow(a, row, &l);
    rk_status st = put_both(r, stem, &l, err);
    rk_rows_free(&l);
    return st;
}

rk_status rk_archive_report(const rk_arsip *a, const rk_diffs *known, rk_report *r,
                            rk_err *err) {
    RK_ASSERT(a->sorted);
    RK_TRY(tables(a, known, r, err));
    index_page(a, known, r);
    for (uint32_t i = 0; i < a->n_codes; i++) RK_TRY(place_page(a, i, r, err));
    rk_sha256 sums;
    rk_report_sums(r, &sums);
    return RK_OK;
}
