/* The page a citizen reads: what there is, what is withheld and by which right, pictures,
 * tables.
 */
#include "publish/disclose.h"

typedef const rk_disclose_job job;

static void escaped(rk_buf *b, rk_slice s) { rk_buf_html(b, s); }

static void exemption_link(const rk_disclosure *d, uint32_t e, rk_buf *b) {
    rk_buf_lit(b, "<a href=\"#k-");
    escaped(b, d->exemption[e].id);
    rk_buf_lit(b, "\">");
    escaped(b, d->exemption[e].id);
    rk_buf_lit(b, "</a>");
}

static void head(job *j, rk_buf *b) {
    const rk_disclosure *d = j->d;
    char day[RK_DAY_LEN + 1] = {0};
    rk_day_put(day, d->today);
    rk_buf_lit(b, "<p><b>");
    escaped(b, d->name);
    rk_buf_lit(b, "</b> &middot; ");
    escaped(b, d->body);
    rk_buf_lit(b, " &middot; versi / version ");
    escaped(b, d->version);
    rk_buf_printf(b, " &middot; per / as of %s</p>\n", day);
    if (d->fictional)
        rk_buf_lit(
            b, "<p class=\"catatan\"><b>Contoh rekaan.</b> Tidak menggambarkan sistem siapa "
               "pun. <i class=\"en\" lang=\"en\">A fictional example: it describes no "
               "one's system.</i></p>\n");
    if (d->note.len) {
        rk_buf_lit(b, "<p class=\"catatan\">");
        escaped(b, d->note);
        rk_buf_lit(b, "</p>\n");
    }
    rk_buf_printf(
        b,
        "<p>Alamat IP dan lokasi persis tiap perangkat tidak dimuat (putusan Komisi Informasi "
        "002/KIP-PSIP/II/2024); provinsi dan kabupaten/kota dimuat. <i class=\"en\" "
        "lang=\"en\">IP addresses and the exact location of each device are left out; province "
        "and city are kept.</i></p>\n"
        "<p>Di negara mana alamat setiap tujuan data terdaftar diumumkan setiap hari sebagai "
        "pernyataan residensi yang ditandatangani: <code>residensi/daftar.json</code> pada "
        "pohon "
        "terbitan, <code>/api/v1/residensi</code> pada server. <i class=\"en\" lang=\"en\">In "
        "which country the addresses of each target of data are registered is stated and "
        "signed "
        "every day, there.</i></p>\n"
        "<p>%u isian terbuka, %u dikecualikan, %u menurut putusan 002, %u ditahan penjaga "
        "pola. "
        "<i class=\"en\" lang=\"en\">%u values open, %u exempt, %u by ruling 002, %u kept back "
        "by "
        "the pattern guard.</i></p>\n",
        d->n_open, d->n_exempt, d->n_order, d->n_guard, d->n_open, d->n_exempt, d->n_order,
        d->n_guard);
    rk_buf_lit(b, "<p>Unduh / download: <a href=\"laporan.pdf\">PDF</a>, <a "
                  "href=\"infrastruktur.json\">JSON</a>, CSV:");
    for (unsigned k = 0; k < RK_INFRA_KINDS; k++) {
        const rk_infra_table *t = rk_infra_table_of((enum rk_infra_kind)k);
        rk_buf_printf(b, " <a href=\"csv/%s.csv\">%s</a>", t->section, t->section);
    }
    rk_buf_lit(b, " <a href=\"csv/pengecualian.csv\">pengecualian</a>, <a "
                  "href=\"SHA256SUMS\">SHA256SUMS</a>");
    if (j->extra->sbom.len)
        rk_buf_lit(b, ", <a href=\"sbom.spdx.json\">bahan perangkat lunak / software bill of "
                      "materials (SPDX)</a>");
    rk_buf_lit(b, "</p>\n");
}

static void pictures(job *j, rk_buf *b) {
    static const char *const anchor[] = {"topologi", "aliran"},
                             *const id[] = {"Topologi", "Aliran data"},
                             *const en[] = {"Topology", "Data flows"};
    if (j->extra->without_diagrams) return;
    for (int k = 0; k < 2; k++) {
        rk_page_heading(b, 2, anchor[k], id[k], en[k]);
        for (uint32_t i = 0; i < j->n_graph[k]; i++) {
            const rk_graph *g = &j->graph[k][i];
            rk_buf_printf(
                b, "<figure><a href=\"%s.svg\"><img class=\"gambar\" src=\"%s.svg\" alt=\"",
                g->file, g->file);
            escaped(b, rk_slice_str(g->title));
            rk_buf_lit(b, "\"></a><figcaption>");
            escaped(b, rk_slice_str(g->title));
            rk_buf_printf(b, " (%u)</figcaption></figure>\n", g->n_node);
        }
    }
}

static void cell(job *j, uint32_t r, uint32_t f, rk_buf *b, rk_buf *scratch) {
    const rk_shown_value *v = &j->d->record[r].value[f];
    const rk_infra_field *field = &rk_infra_table_of(j->d->record[r].kind)->field[f];
    rk_buf_clear(scratch);
    rk_disclose_cell(j->d, r, f, scratch);
    bool shut = v->state == RK_SHOWN_WITHHELD;
    rk_buf_lit(b, "<td");
    if (v->expired && shut)
        rk_buf_lit(b, " class=\"merah\"");
    else if (shut)
        rk_buf_lit(b, " class=\"tutup\"");
    else if (field->type == RK_INFRA_WHOLE)
        rk_buf_lit(b, " class=\"num\"");
    rk_buf_byte(b, '>');
    bool link =
        field->type == RK_INFRA_URL && v->state == RK_SHOWN_OPEN && v->why == RK_WHY_NONE;
    if (link) {
        rk_buf_lit(b, "<a rel=\"noreferrer\" href=\"");
        escaped(b, v->item[0]);
        rk_buf_lit(b, "\">");
    }
    escaped(b, rk_buf_slice(scratch));
    rk_buf_add(b, link ? RK_LIT("</a></td>") : RK_LIT("</td>"));
}

static void withheld_row(job *j, uint32_t r, uint32_t columns, rk_buf *b) {
    const rk_shown_record *x = &j->d->record[r];
    rk_buf_printf(b,
                  "<tr><td colspan=\"%u\" class=\"%s\">(dikecualikan seluruhnya / withheld "
                  "entirely: ",
                  columns + 1, x->expired ? "merah" : "tutup");
    exemption_link(j->d, x->exemption, b);
    rk_buf_lit(b, ")</td></tr>\n");
}

static void table(job *j, enum rk_infra_kind k, rk_buf *b, rk_buf *scratch) {
    const rk_disclosure *d = j->d;
    const rk_infra_table *t = rk_infra_table_of(k);
    uint32_t columns = 0;
    rk_page_heading(b, 2, t->section, t->id, t->en);
    if (d->kind_shown[k] + d->kind_withheld[k] == 0) {
        rk_buf_lit(b, "<p>Tidak ada. <i class=\"en\" lang=\"en\">None.</i></p>\n");
        return;
    }
    rk_buf_lit(b, "<div class=\"wide\"><table>\n<thead><tr><th>id</th>");
    for (uint32_t f = 0; f < t->n; f++) {
        if (!rk_disclose_column(d, k, f)) continue;
        columns++;
        rk_buf_printf(b, "<th scope=\"col\">%s<br><i class=\"en\" lang=\"en\">%s</i></th>",
                      t->field[f].id, t->field[f].en);
    }
    rk_buf_lit(b, "</tr></thead>\n<tbody>\n");
    for (uint32_t r = 0; r < d->n; r++) {
        if (d->record[r].kind != k) continue;
        if (d->record[r].withheld) {
            withheld_row(j, r, columns, b);
            continue;
        }
        rk_buf_lit(b, "<tr><td>");
        escaped(b, d->record[r].id);
        rk_buf_lit(b, "</td>");
        for (uint32_t f = 0; f < t->n; f++)
            if (rk_disclose_column(d, k, f)) cell(j, r, f, b, scratch);
        rk_buf_lit(b, "</tr>\n");
    }
    rk_buf_lit(b, "</tbody></table></div>\n");
}

static void exemptions(job *j, rk_buf *b) {
    const rk_disclosure *d = j->d;
    rk_page_heading(b, 2, "pengecualian", "Yang dikecualikan", "What is withheld");
    rk_buf_lit(b,
               "<p>Dasar: UU 14/2008 pasal 17, dengan uji konsekuensi dan batas waktu. <i "
               "class=\"en\" lang=\"en\">Each with legal basis, consequence test and "
               "expiry.</i></p>\n<div class=\"wide\"><table><thead><tr><th>id</th><th>Pasal 17 "
               "huruf<br><i class=\"en\">letter</i></th><th>Uji konsekuensi<br><i "
               "class=\"en\">consequence test</i></th><th>Penetapan<br><i "
               "class=\"en\">decision</i></th><th>Berlaku sampai<br><i "
               "class=\"en\">until</i></th><th>Sesudahnya<br><i class=\"en\">then</i></th>"
               "<th>Isian<br><i class=\"en\">values</i></th><th>Butir<br><i "
               "class=\"en\">records</i></th></tr></thead><tbody>\n");
    for (uint32_t e = 0; e < d->n_exemption; e++) {
        const rk_shown_exemption *x = &d->exemption[e];
        char day[RK_DAY_LEN + 1] = {0};
        rk_day_put(day, x->until);
        rk_buf_lit(b, "<tr id=\"k-");
        escaped(b, x->id);
        rk_buf_lit(b, "\"><td>");
        escaped(b, x->id);
        rk_buf_lit(b, "</td><td>");
        escaped(b, x->letter);
        rk_buf_lit(b, "</td><td>");
        escaped(b, x->test);
        rk_buf_lit(b, "</td><td>");
        escaped(b, x->decision);
        rk_buf_printf(b,
                      "</td><td%s>%s%s</td><td>%s</td><td class=\"num\">%u</td><td "
                      "class=\"num\">%u</td></tr>\n",
                      x->expired ? " class=\"merah\"" : "", day,
                      x->expired ? " (LEWAT / EXPIRED)" : "",
                      x->opens ? "dibuka / opened" : "tetap tertutup / stays shut", x->values,
                      x->records);
    }
    rk_buf_lit(b, "</tbody></table></div>\n");
}

static void changes(job *j, rk_buf *b) {
    const rk_infra_changes *c = j->extra->changes;
    if (!c) return;
    rk_page_heading(b, 2, "perubahan", "Perubahan", "Changes");
    rk_buf_lit(b, "<p>");
    escaped(b, c->before);
    rk_buf_lit(b, " &rarr; ");
    escaped(b, c->after);
    rk_buf_printf(b,
                  ": %u</p>\n<div class=\"wide\"><table><thead><tr><th>Jenis</th><th>id</th>"
                  "<th>Apa</th><th>Isian</th><th>Sebelum<br><i class=\"en\">before</i></th>"
                  "<th>Sesudah<br><i class=\"en\">after</i></th></tr></thead><tbody>\n",
                  c->n);
    for (uint32_t i = 0; i < c->n; i++) {
        const rk_infra_change *x = &c->change[i];
        rk_buf_printf(b, "<tr><td>%s</td><td>", rk_infra_table_of(x->kind)->id);
        escaped(b, x->id);
        rk_buf_printf(b, "</td><td>%s</td><td>%s</td><td>", rk_change_text(x->what),
                      x->field ? x->field->id : "");
        escaped(b, x->before);
        rk_buf_lit(b, "</td><td>");
        escaped(b, x->after);
        rk_buf_lit(b, "</td></tr>\n");
    }
    rk_buf_lit(b, "</tbody></table></div>\n");
}

void rk_disclose_html(job *j, rk_buf *b) {
    rk_buf scratch;
    rk_buf_init(&scratch, 2 * RK_INFRA_ITEMS_MAX * RK_TEXT_MAX);
    rk_page_begin(b, RK_LIT("Infrastruktur sistem tabulasi"), j->mark);
    head(j, b);
    changes(j, b);
    rk_disclose_observed_html(j, b);
    pictures(j, b);
    for (unsigned k = 0; k < RK_INFRA_KINDS; k++) table(j, (enum rk_infra_kind)k, b, &scratch);
    exemptions(j, b);
    rk_page_end(b);
    rk_buf_free(&scratch);
}
