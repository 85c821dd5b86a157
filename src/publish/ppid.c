#include "publish/ppid.h"

#include "base/mem.h"

typedef struct month { /* statistics of one month of receipt */
    int64_t year, month;
    uint32_t received, answered, refused, late, overdue, days_sum, days_n;
} month;

static void put_day(rk_buf *b, rk_day d) {
    char day[RK_DAY_LEN];
    rk_buf_add(b, (rk_slice){day, (size_t)(rk_day_put(day, d) - day)});
}

static bool refused(const rk_ppid_request *q) {
    return rk_slice_is(q->outcome, "ditolak") || rk_slice_is(q->outcome, "tidak ada");
}

/* Working days from receipt to answer; UINT32_MAX when one is not known. */
static uint32_t days_taken(const rk_calendar *c, const rk_ppid_request *q) {
    if (q->received == RK_DAY_NONE || q->answered == RK_DAY_NONE) return UINT32_MAX;
    return rk_workday_count(c, q->received, q->answered);
}

/* ===== statistics ===== */

static month *month_of(month **m, uint32_t *n, uint32_t *cap, int64_t year, int64_t mon) {
    for (uint32_t i = 0; i < *n; i++)
        if ((*m)[i].year == year && (*m)[i].month == mon) return &(*m)[i];
    RK_PUSH_ROOM(*m, *n, *cap);
    uint32_t at = *n;
    while (at && ((*m)[at - 1].year > year ||
                  ((*m)[at - 1].year == year && (*m)[at - 1].month > mon))) {
        (*m)[at] = (*m)[at - 1];
        at--;
    }
    ++*n;
    (*m)[at] = (month){.year = year, .month = mon};
    return &(*m)[at];
}

static month *statistics(const rk_ppid *p, const rk_calendar *c, uint32_t *n) {
    month *m = NULL;
    uint32_t cap = 0;
    *n = 0;
    for (uint32_t i = 0; i < p->n; i++) {
        const rk_ppid_request *q = &p->request[i];
        int64_t y = 0, mo = 0, d;
        if (q->received != RK_DAY_NONE) rk_day_date(q->received, &y, &mo, &d);
        month *x = month_of(&m, n, &cap, y, mo);
        uint32_t taken = days_taken(c, q);
        x->received++;
        x->answered += q->answered != RK_DAY_NONE;
        x->refused += refused(q);
        x->late += q->late;
        x->overdue += q->overdue;
        if (taken != UINT32_MAX) x->days_sum += taken, x->days_n++;
    }
    return m;
}

static void month_name(const month *m, rk_buf *b) {
    if (m->year)
        rk_buf_printf(b, "%04d-%02d", (int)m->year, (int)m->month);
    else
        rk_buf_lit(b, "tidak diketahui");
}

/* Tenths, rounded half up: no floating point. */
static void mean_days(const month *m, rk_buf *b) {
    if (m->days_n == 0) return;
    uint32_t tenths = (m->days_sum * 20 + m->days_n) / (2 * m->days_n);
    rk_buf_printf(b, "%u.%u", tenths / 10, tenths % 10);
}

static void stat_csv(const month *m, uint32_t n, rk_buf *b) {
    rk_buf_lit(b, "bulan,diterima,dijawab,ditolak,terlambat,lewat_tenggat,rata_hari_kerja\n");
    for (uint32_t i = 0; i < n; i++) {
        month_name(&m[i], b);
        rk_buf_printf(b, ",%u,%u,%u,%u,%u,", m[i].received, m[i].answered, m[i].refused,
                      m[i].late, m[i].overdue);
        mean_days(&m[i], b);
        rk_buf_byte(b, '\n');
    }
}

/* ===== for machines ===== */

static void request_csv(const rk_ppid *p, rk_buf *b) {
    rk_buf_lit(b, "no,pemohon,perihal,jenis,diterima,keadaan,tenggat,tenggat_sementara,"
                  "lewat_tenggat,terlambat,dijawab,hasil,kelas,huruf,tautan,register\n");
    for (uint32_t i = 0; i < p->n; i++) {
        const rk_ppid_request *q = &p->request[i];
        rk_buf_csv(b, q->no);
        rk_buf_byte(b, ',');
        rk_buf_csv(b, q->alias);
        rk_buf_byte(b, ',');
        rk_buf_csv(b, q->what);
        rk_buf_add(b, q->election ? RK_LIT(",pemilu,") : RK_LIT(",umum,"));
        put_day(b, q->received);
        rk_buf_printf(b, ",%s,", rk_ppid_state_text(q->state));
        put_day(b, q->due);
        rk_buf_printf(b, ",%s,%s,%s,", q->provisional ? "ya" : "", q->overdue ? "ya" : "",
                      q->late ? "ya" : "");
        put_day(b, q->answered);
        const rk_slice rest[] = {q->outcome, q->klass, q->letter, q->link, q->file};
        for (size_t k = 0; k < sizeof rest / sizeof *rest; k++) {
            rk_buf_byte(b, ',');
            rk_buf_csv(b, rest[k]);
        }
        rk_buf_byte(b, '\n');
    }
}

static void event_csv(const rk_ppid *p, rk_buf *b) {
    rk_buf_lit(b,
               "no,tanggal,peristiwa,tahap,register,hasil,kelas,huruf,alasan,tautan,sumber\n");
    for (uint32_t i = 0; i < p->n_entry; i++) {
        const rk_ppid_entry *e = &p->entry[i];
        const rk_slice rest[] = {e->step,   e->file,   e->outcome, e->klass,
                                 e->letter, e->reason, e->link,    e->source};
        rk_buf_csv(b, e->no);
        rk_buf_byte(b, ',');
        put_day(b, e->at);
        rk_buf_printf(b, ",%s", rk_ppid_event_name(e->event));
        for (size_t k = 0; k < sizeof rest / sizeof *rest; k++) {
            rk_buf_byte(b, ',');
            rk_buf_csv(b, rest[k]);
        }
        rk_buf_byte(b, '\n');
    }
}

static void json_day(rk_buf *b, const char *key, rk_day d) {
    if (d == RK_DAY_NONE) return;
    rk_buf_printf(b, ", \"%s\": \"", key);
    put_day(b, d);
    rk_buf_byte(b, '"');
}

static void json_text(rk_buf *b, const char *key, rk_slice s) {
    if (s.len == 0) return;
    rk_buf_printf(b, ", \"%s\": ", key);
    rk_buf_json(b, s);
}

static void json_of(const rk_ppid *p, rk_day today, rk_buf *b) {
    static const char *const state[] = {"open", "answered", "objection", "dispute", "ruled"};
    rk_buf_lit(b, "{\"format\": \"rekap-permohonan-1\"");
    json_day(b, "date", today);
    rk_buf_lit(b, ", \"requests\": [");
    for (uint32_t i = 0; i < p->n; i++) {
        const rk_ppid_request *q = &p->request[i];
        rk_buf_printf(b,
                      "%s{\"kind\": \"%s\", \"state\": \"%s\", \"overdue\": %s, \"late\": %s",
                      i ? ",\n " : "\n ", q->election ? "pemilu" : "umum", state[q->state],
                      q->overdue ? "true" : "false", q->late ? "true" : "false");
        json_text(b, "no", q->no);
        json_text(b, "alias", q->alias);
        json_text(b, "subject", q->what);
        json_day(b, "received", q->received);
        json_day(b, "due", q->due);
        if (q->provisional) rk_buf_printf(b, ", \"calendar_missing\": %d", (int)q->provisional);
        json_day(b, "answered", q->answered);
        json_text(b, "outcome", q->outcome);
        json_text(b, "class", q->klass);
        json_text(b, "letter", q->letter);
        json_text(b, "link", q->link);
        json_text(b, "register", q->file);
        rk_buf_byte(b, '}');
    }
    rk_buf_lit(b, "\n]}\n");
}

/* ===== the page ===== */

static void due_cell(const rk_ppid_request *q, rk_buf *b) {
    rk_buf_add(b, q->overdue || q->late ? RK_LIT("<td class=\"merah\">") : RK_LIT("<td>"));
    put_day(b, q->due);
    if (q->due == RK_DAY_NONE) rk_buf_lit(b, "tidak diketahui / not known");
    if (q->overdue) rk_buf_lit(b, "<br>LEWAT TENGGAT / OVERDUE");
    if (q->late) rk_buf_lit(b, "<br>terlambat / late");
    if (q->provisional)
        rk_buf_printf(b, "<br>sementara: kalender %d belum terbit / provisional: no calendar",
                      (int)q->provisional);
    rk_buf_lit(b, "</td>");
}

static void one_link(rk_buf *b, rk_slice link) {
    bool http = rk_slice_starts(link, RK_LIT("https://")) ||
                rk_slice_starts(link, RK_LIT("http://")) || rk_slice_starts(link, RK_LIT("/"));
    rk_buf_byte(b, ' ');
    if (http) {
        rk_buf_lit(b, "<a rel=\"noreferrer\" href=\"");
        rk_buf_html(b, link);
        rk_buf_lit(b, "\">");
    }
    rk_buf_html(b, link);
    if (http) rk_buf_lit(b, "</a>");
}

/* One or several, blanks between. */
static void link_or_text(rk_buf *b, rk_slice links) {
    rk_slice one;
    while (links.len && rk_slice_cut(&links, ' ', &one))
        if (one.len) one_link(b, one);
}

static void request_row(const rk_ppid_request *q, rk_buf *b) {
    rk_buf_lit(b, "<tr><td><a href=\"#");
    rk_buf_html(b, q->no);
    rk_buf_lit(b, "\">");
    rk_buf_html(b, q->no);
    rk_buf_lit(b, "</a></td><td>");
    rk_buf_html(b, q->alias);
    rk_buf_lit(b, "</td><td>");
    rk_buf_html(b, q->what);
    rk_buf_add(b, q->election ? RK_LIT("</td><td>pemilu</td><td>")
                              : RK_LIT("</td><td>umum</td><td>"));
    put_day(b, q->received);
    rk_buf_printf(b, "</td><td>%s</td>", rk_ppid_state_text(q->state));
    due_cell(q, b);
    rk_buf_lit(b, "<td>");
    rk_buf_html(b, q->klass);
    if (q->letter.len) {
        rk_buf_lit(b, " (17 ");
        rk_buf_html(b, q->letter);
        rk_buf_byte(b, ')');
    }
    rk_buf_lit(b, "</td><td>");
    rk_buf_html(b, q->outcome);
    link_or_text(b, q->link);
    rk_buf_lit(b, "</td><td>");
    rk_buf_html(b, q->file);
    rk_buf_lit(b, "</td></tr>\n");
}

static void labelled(rk_buf *b, const char *label, rk_slice s) {
    if (s.len == 0) return;
    rk_buf_printf(b, "; %s", label);
    rk_buf_html(b, s);
}

static void history(const rk_ppid *p, uint32_t request, rk_buf *b) {
    const rk_ppid_request *q = &p->request[request];
    rk_buf_lit(b, "<h3 id=\"");
    rk_buf_html(b, q->no);
    rk_buf_lit(b, "\">");
    rk_buf_html(b, q->no);
    rk_buf_lit(b, ": ");
    rk_buf_html(b, q->what);
    rk_buf_lit(b, "</h3>\n<ul>\n");
    for (uint32_t i = 0; i < p->n_entry; i++) {
        const rk_ppid_entry *e = &p->entry[i];
        if (e->request != request) continue;
        rk_buf_lit(b, "<li>");
        put_day(b, e->at);
        if (e->at == RK_DAY_NONE) rk_buf_lit(b, "(tanggal tidak diketahui)");
        rk_buf_printf(b, " <b>%s</b>", rk_ppid_event_name(e->event));
        labelled(b, "", e->step);
        labelled(b, "register ", e->file);
        labelled(b, "", e->klass);
        labelled(b, "pasal 17 huruf ", e->letter);
        labelled(b, "hasil: ", e->outcome);
        labelled(b, "", e->reason);
        link_or_text(b, e->link);
        if (e->source.len) {
            rk_buf_lit(b, " <i class=\"en\">[");
            rk_buf_html(b, e->source);
            rk_buf_lit(b, "]</i>");
        }
        rk_buf_lit(b, "</li>\n");
    }
    rk_buf_lit(b, "</ul>\n");
}

static void stat_table(const month *m, uint32_t n, rk_buf *b) {
    rk_page_heading(b, 2, "statistik", "Statistik per bulan", "Per month");
    rk_buf_lit(b, "<div class=\"wide\"><table><thead><tr><th>Bulan</th><th>Diterima</th>"
                  "<th>Dijawab</th><th>Ditolak</th><th>Terlambat</th><th>Lewat tenggat</th>"
                  "<th>Rata-rata hari kerja</th></tr></thead><tbody>\n");
    for (uint32_t i = 0; i < n; i++) {
        rk_buf_lit(b, "<tr><td>");
        month_name(&m[i], b);
        rk_buf_printf(
            b,
            "</td><td class=\"num\">%u</td><td class=\"num\">%u</td><td "
            "class=\"num\">%u</td><td class=\"num\">%u</td><td class=\"num%s\">%u</td>"
            "<td class=\"num\">",
            m[i].received, m[i].answered, m[i].refused, m[i].late, m[i].overdue ? " merah" : "",
            m[i].overdue);
        mean_days(&m[i], b);
        rk_buf_lit(b, "</td></tr>\n");
    }
    rk_buf_lit(b, "</tbody></table></div>\n");
}

static void page(const rk_ppid *p, const month *m, uint32_t n, rk_day today, rk_buf *b) {
    rk_page_begin(b, RK_LIT("Permohonan informasi"), RK_LIT(""));
    rk_buf_lit(
        b, "<p>Register umum permohonan informasi; pemohon tampil dengan nama samaran. <i "
           "class=\"en\" lang=\"en\">Public register of requests for information; who asked "
           "is shown by an alias.</i></p>\n<p>Per / as of ");
    put_day(b, today);
    rk_buf_lit(
        b, " &middot; hari kerja / working days: pemilu 3 + 2 (Perki KI 1/2019), umum 10 + 7 "
           "(UU 14/2008)</p>\n<p><a href=\"permohonan.csv\">CSV</a>, <a "
           "href=\"peristiwa.csv\">peristiwa CSV</a>, <a href=\"statistik.csv\">statistik "
           "CSV</a>, <a href=\"permohonan.json\">JSON</a></p>\n"
           "<div class=\"wide\"><table><thead><tr><th>No.</th><th>Pemohon</th><th>Perihal</th>"
           "<th>Jenis</th><th>Diterima</th><th>Keadaan</th><th>Tenggat</th><th>Kelas</th>"
           "<th>Jawaban</th><th>Register KI</th></tr></thead><tbody>\n");
    for (uint32_t i = 0; i < p->n; i++) request_row(&p->request[i], b);
    rk_buf_lit(b, "</tbody></table></div>\n");
    stat_table(m, n, b);
    rk_page_heading(b, 2, "riwayat", "Riwayat", "History");
    for (uint32_t i = 0; i < p->n; i++) history(p, i, b);
    rk_page_end(b);
}

void rk_ppid_render(const rk_ppid *p, const rk_calendar *c, rk_day today, rk_report *out) {
    uint32_t n;
    month *m = statistics(p, c, &n);
    page(p, m, n, today, rk_report_file_new(out, "index.html"));
    request_csv(p, rk_report_file_new(out, "permohonan.csv"));
    event_csv(p, rk_report_file_new(out, "peristiwa.csv"));
    stat_csv(m, n, rk_report_file_new(out, "statistik.csv"));
    json_of(p, today, rk_report_file_new(out, "permohonan.json"));
    rk_free(m);
}
