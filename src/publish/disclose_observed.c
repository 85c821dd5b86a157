/* Declared beside observed: a table of nodes and one of what was found, for readers and for
 * machines. Everything comes from d->observed, which has passed the sieve. */
#include "publish/disclose.h"

#include "base/wib.h"
#include "core/observed.h"

#include <stdio.h>

typedef const rk_disclose_job job;

static void when(rk_buf *b, uint32_t seconds) {
    char text[RK_WIB_LEN];
    rk_wib_put(text, seconds);
    rk_buf_add(b, (rk_slice){text, sizeof text});
}

static const char *state_of(const rk_seen_node *x, bool indonesian) {
    if (!x->seen) return indonesian ? "tidak teramati" : "not seen";
    if (!x->declared) return indonesian ? "tidak dinyatakan" : "not declared";
    if (x->n_problem) return indonesian ? "berbeda" : "differs";
    return indonesian ? "sesuai" : "as declared";
}

static const char *signer_of(const rk_seen_node *x) {
    return !x->seen ? "" : x->by_log ? "log" : "inventory";
}

/* ===== HTML ===== */

static void th(rk_buf *b, const char *id, const char *en) {
    rk_buf_printf(b, "<th scope=\"col\">%s<br><i class=\"en\" lang=\"en\">%s</i></th>", id, en);
}

static void td(rk_buf *b, rk_slice s) {
    rk_buf_lit(b, "<td>");
    rk_buf_html(b, s);
    rk_buf_lit(b, "</td>");
}

/* A hash's beginning; the whole of it is in the JSON and CSV, and in the title. */
static void td_hash(rk_buf *b, rk_slice s) {
    rk_slice head = {s.ptr, s.len > 16 ? 16 : s.len};
    rk_buf_lit(b, "<td title=\"");
    rk_buf_html(b, s);
    rk_buf_lit(b, "\"><code>");
    rk_buf_html(b, head);
    rk_buf_add(b, s.len > head.len ? RK_LIT("&hellip;</code></td>") : RK_LIT("</code></td>"));
}

static void node_row(const rk_seen_node *x, rk_buf *b) {
    rk_buf_printf(b, "<tr><td%s>", x->n_problem ? " class=\"merah\"" : "");
    rk_buf_html(b, x->id);
    rk_buf_printf(b, "</td><td%s>%s / %s</td>", x->n_problem ? " class=\"merah\"" : "",
                  state_of(x, true), state_of(x, false));
    td(b, x->said_role), td(b, x->role);
    td(b, x->said_version), td(b, x->version);
    td_hash(b, x->said_build), td_hash(b, x->build);
    td_hash(b, x->source);
    td(b, x->stores), td(b, x->certs);
    rk_buf_lit(b, "<td>");
    if (x->seen) when(b, x->time);
    rk_buf_lit(b, "</td><td class=\"num\">");
    if (x->seen) rk_buf_printf(b, "%u", x->uptime / 3600);
    rk_buf_printf(b, "</td><td>%s</td></tr>\n", signer_of(x));
}

static void nodes(const rk_observed *o, rk_buf *b) {
    rk_buf_lit(b, "<div class=\"wide\"><table>\n<thead><tr><th>id</th>");
    th(b, "Keadaan", "state");
    th(b, "Peran dinyatakan", "role declared"), th(b, "teramati", "observed");
    th(b, "Versi dinyatakan", "version declared"), th(b, "teramati", "observed");
    th(b, "Sidik program dinyatakan", "executable declared"), th(b, "teramati", "observed");
    th(b, "Sumber", "source"), th(b, "Penyimpanan dan tujuan", "stores and targets");
    th(b, "Sertifikat", "certificates"), th(b, "Diuraikan (WIB)", "said at");
    th(b, "Hidup (jam)", "up (hours)"), th(b, "Kunci", "key");
    rk_buf_lit(b, "</tr></thead>\n<tbody>\n");
    for (uint32_t i = 0; i < o->n; i++) node_row(&o->node[i], b);
    rk_buf_lit(b, "</tbody></table></div>\n");
}

static void problems(const rk_observed *o, rk_buf *b) {
    rk_page_heading(b, 3, "temuan-simpul", "Temuan", "Findings");
    if (o->n_problem == 0) {
        rk_buf_lit(b, "<p>Tidak ada temuan. <i class=\"en\" lang=\"en\">Nothing was "
                      "found.</i></p>\n");
        return;
    }
    rk_buf_lit(b, "<div class=\"wide\"><table>\n<thead><tr>");
    th(b, "Temuan", "finding"), th(b, "Simpul", "node");
    th(b, "Dinyatakan", "declared"), th(b, "Teramati", "observed");
    rk_buf_lit(b, "</tr></thead>\n<tbody>\n");
    for (uint32_t i = 0; i < o->n_problem; i++) {
        const rk_problem *p = &o->problem[i];
        rk_buf_printf(
            b, "<tr><td class=\"merah\">%s %s<br><i class=\"en\" lang=\"en\">%s</i></td>",
            rk_problem_code(p->kind), rk_problem_text(p->kind, true),
            rk_problem_text(p->kind, false));
        td(b, p->node), td(b, p->declared), td(b, p->seen);
        rk_buf_lit(b, "</tr>\n");
    }
    rk_buf_lit(b, "</tbody></table></div>\n");
}

void rk_disclose_observed_html(job *j, rk_buf *b) {
    const rk_observed *o = j->d->observed;
    if (!o) return;
    rk_page_heading(b, 2, "teramati", "Dinyatakan dan teramati", "Declared and observed");
    rk_buf_printf(b, "<p>%u uraian diri simpul, dibandingkan dengan inventaris per ", o->files);
    when(b, o->now);
    rk_buf_printf(b,
                  " WIB; yang lebih tua dari %u jam dianggap terlalu lama. <i class=\"en\" "
                  "lang=\"en\">%u descriptions that nodes signed of themselves, beside the "
                  "inventory; older than %u hours is too old.</i></p>\n",
                  o->max_age_s / 3600, o->files, o->max_age_s / 3600);
    if (o->hidden_seen + o->hidden_missing)
        rk_buf_printf(
            b,
            "<p class=\"tutup\">Simpul yang dikecualikan: %u teramati, %u tidak, %u "
            "temuan. <i class=\"en\" lang=\"en\">Of exempt nodes: %u seen, %u not, %u "
            "findings.</i></p>\n",
            o->hidden_seen, o->hidden_missing, o->hidden_problems, o->hidden_seen,
            o->hidden_missing, o->hidden_problems);
    problems(o, b);
    if (o->n) rk_page_heading(b, 3, "simpul", "Simpul", "Nodes");
    if (o->n) nodes(o, b);
    rk_buf_lit(b, "<p>Unduh / download: <a href=\"csv/simpul.csv\">simpul</a> <a "
                  "href=\"csv/temuan-simpul.csv\">temuan</a>");
    rk_buf_lit(b, "</p>\n");
}

/* ===== JSON ===== */

struct column {
    const char *name;
    rk_slice value;
};
enum { COLUMNS = 15 };

/* The texts of a node, as both formats name them. */
static void columns_of(const rk_seen_node *x, struct column c[COLUMNS]) {
    const struct column all[COLUMNS] = {
        {"id", x->id},
        {"state", rk_slice_str(state_of(x, false))},
        {"key", rk_slice_str(signer_of(x))},
        {"role_declared", x->said_role},
        {"role", x->role},
        {"version_declared", x->said_version},
        {"version", x->version},
        {"build_declared", x->said_build},
        {"build", x->build},
        {"source", x->source},
        {"sbom", x->sbom},
        {"options", x->options},
        {"residency", x->residency},
        {"stores", x->stores},
        {"certificates", x->certs},
    };
    memcpy(c, all, sizeof all);
}

static void json_node(const rk_seen_node *x, rk_buf *b) {
    struct column c[COLUMNS];
    columns_of(x, c);
    rk_buf_byte(b, '{');
    for (int i = 0; i < COLUMNS; i++) {
        if (!c[i].value.len) continue;
        rk_buf_printf(b, "%s\"%s\": ", i ? ", " : "", c[i].name);
        rk_buf_json(b, c[i].value);
    }
    if (x->seen)
        rk_buf_printf(b,
                      ", \"time\": %u, \"started\": %u, \"uptime\": %u, \"refused\": %u, "
                      "\"libraries\": %u",
                      x->time, x->started, x->uptime, x->refused, x->n_library);
    rk_buf_printf(b, ", \"findings\": %u}", x->n_problem);
}

static void json_problem(const rk_problem *p, rk_buf *b) {
    rk_buf_printf(b,
                  "{\"code\": \"%s\", \"what\": \"%s\", \"node\": ", rk_problem_code(p->kind),
                  rk_problem_text(p->kind, false));
    rk_buf_json(b, p->node);
    if (p->declared.len) rk_buf_lit(b, ", \"declared\": ");
    if (p->declared.len) rk_buf_json(b, p->declared);
    if (p->seen.len) rk_buf_lit(b, ", \"observed\": ");
    if (p->seen.len) rk_buf_json(b, p->seen);
    rk_buf_byte(b, '}');
}

void rk_disclose_observed_json(job *j, rk_buf *b) {
    const rk_observed *o = j->d->observed;
    if (!o) return;
    rk_buf_printf(
        b,
        ",\n  \"observed\": {\"time\": %u, \"max_age\": %u, \"descriptions\": %u, "
        "\"exempt\": {\"seen\": %u, \"missing\": %u, \"findings\": %u},\n    \"nodes\": [",
        o->now, o->max_age_s, o->files, o->hidden_seen, o->hidden_missing, o->hidden_problems);
    for (uint32_t i = 0; i < o->n; i++) {
        rk_buf_add(b, i ? RK_LIT(",\n      ") : RK_LIT("\n      "));
        json_node(&o->node[i], b);
    }
    rk_buf_lit(b, "],\n    \"findings\": [");
    for (uint32_t i = 0; i < o->n_problem; i++) {
        rk_buf_add(b, i ? RK_LIT(",\n      ") : RK_LIT("\n      "));
        json_problem(&o->problem[i], b);
    }
    rk_buf_lit(b, "]}");
}

/* ===== CSV ===== */

static void csv_end(job *j, rk_buf *b) {
    if (j->mark.len) rk_buf_byte(b, ',');
    if (j->mark.len) rk_buf_csv(b, j->mark);
    rk_buf_byte(b, '\n');
}

static void csv_nodes(job *j, rk_buf *b) {
    struct column c[COLUMNS];
    const rk_observed *o = j->d->observed;
    columns_of(&(rk_seen_node){.seen = false}, c);
    for (int i = 0; i < COLUMNS; i++) rk_buf_printf(b, "%s,", c[i].name);
    rk_buf_lit(b, "time,started,uptime,refused,libraries,findings");
    rk_buf_add(b, j->mark.len ? RK_LIT(",restricted\n") : RK_LIT("\n"));
    for (uint32_t n = 0; n < o->n; n++) {
        const rk_seen_node *x = &o->node[n];
        columns_of(x, c);
        for (int i = 0; i < COLUMNS; i++) {
            rk_buf_csv(b, c[i].value);
            rk_buf_byte(b, ',');
        }
        if (x->seen)
            rk_buf_printf(b, "%u,%u,%u,%u,%u,%u", x->time, x->started, x->uptime, x->refused,
                          x->n_library, x->n_problem);
        else
            rk_buf_printf(b, ",,,,,%u", x->n_problem);
        csv_end(j, b);
    }
}

static void csv_problems(job *j, rk_buf *b) {
    const rk_observed *o = j->d->observed;
    rk_buf_lit(b, "code,what,node,declared,observed");
    rk_buf_add(b, j->mark.len ? RK_LIT(",restricted\n") : RK_LIT("\n"));
    for (uint32_t i = 0; i < o->n_problem; i++) {
        const rk_problem *p = &o->problem[i];
        rk_buf_printf(b, "%s,%s,", rk_problem_code(p->kind), rk_problem_text(p->kind, false));
        rk_buf_csv(b, p->node);
        rk_buf_byte(b, ',');
        rk_buf_csv(b, p->declared);
        rk_buf_byte(b, ',');
        rk_buf_csv(b, p->seen);
        csv_end(j, b);
    }
}

void rk_disclose_observed_csv(job *j, rk_report *out) {
    if (!j->d->observed) return;
    csv_nodes(j, rk_report_file_new(out, "csv/simpul.csv"));
    csv_problems(j, rk_report_file_new(out, "csv/temuan-simpul.csv"));
}
