/* The disclosure report: HTML, PDF, SVG diagrams, JSON and CSV, in Indonesian with English.
 * Made from a disclosure alone (core/disclosure.h): what was withheld is not in this module's
 * reach. Files: index.html, laporan.pdf, topologi*.svg, aliran-data*.svg, infrastruktur.json,
 * csv/SECTION.csv, csv/pengecualian.csv, with changes csv/perubahan.csv, with
 * observations csv/simpul.csv and csv/temuan-simpul.csv, with a bill of materials
 * sbom.spdx.json. */
#ifndef RK_PUBLISH_DISCLOSE_H
#define RK_PUBLISH_DISCLOSE_H

#include "publish/diagram.h"
#include "publish/report.h"

typedef struct rk_disclose_extra {
    const rk_infra_changes *changes; /* since an earlier version; NULL = not compared */
    bool without_diagrams;
    rk_slice
        sbom; /* the bill of materials of the programs, as a file of the report; or empty */
} rk_disclose_extra;

rk_status rk_disclose_render(const rk_disclosure *d, const rk_disclose_extra *extra,
                             rk_report *out, rk_err *err);
/* "TERBATAS ... untuk ALIAS" of a restricted disclosure, else empty. */
void rk_disclose_mark(const rk_disclosure *d, rk_buf *out);

/* ---- inside (disclose_*.c) ---- */
typedef struct rk_disclose_job {
    const rk_disclosure *d;
    const rk_disclose_extra *extra;
    rk_graph *graph[2];
    uint32_t n_graph[2];
    rk_slice mark;
} rk_disclose_job;
void rk_disclose_html(const rk_disclose_job *j, rk_buf *b);
void rk_disclose_json(const rk_disclose_job *j, rk_buf *b);
void rk_disclose_csv(const rk_disclose_job *j, rk_report *out);
/* Declared beside observed; nothing when nobody looked (d->observed). */
void rk_disclose_observed_html(const rk_disclose_job *j, rk_buf *b);
void rk_disclose_observed_json(const rk_disclose_job *j, rk_buf *b);
void rk_disclose_observed_csv(const rk_disclose_job *j, rk_report *out);
rk_status rk_disclose_pdf(const rk_disclose_job *j, rk_buf *b, rk_err *err);
/* What stands in a cell: the value, or why it is not there. */
void rk_disclose_cell(const rk_disclosure *d, uint32_t record, uint32_t field, rk_buf *b);
/* "dikecualikan ..." of a withheld value; Indonesian, then English. */
void rk_disclose_why(const rk_disclosure *d, const rk_shown_value *v, rk_buf *b);
bool rk_disclose_column(const rk_disclosure *d, enum rk_infra_kind k, uint32_t field);
const char *rk_change_text(enum rk_change c); /* "ditambah / added" */

#endif
