/* A plain document as PDF: headings, paragraphs, "label: value" lines, diagrams. By libharu:
 * the standard fonts with their built-in widths and no date, so that the same content gives the
 * same bytes on every machine, and no font or graphics server library comes into the program
 * (Cairo and Pango would bring some forty). Texts are shown in Windows-1252, which holds
 * Indonesian and English; any other character shows as '?'. One writer, one thread. */
#ifndef RK_PUBLISH_PDF_H
#define RK_PUBLISH_PDF_H

#include "publish/diagram.h"

typedef struct rk_pdf rk_pdf;

/* A4 pages with footer and page number; watermark (may be empty) lies across every page. */
rk_pdf *rk_pdf_new(rk_slice title, rk_slice author, rk_slice watermark);
void rk_pdf_heading(rk_pdf *p, unsigned level, rk_slice text); /* level 1 to 3 */
void rk_pdf_text(rk_pdf *p, rk_slice text);
void rk_pdf_warning(rk_pdf *p, rk_slice text); /* in red */
void rk_pdf_pair(rk_pdf *p, rk_slice label, rk_slice value);
/* A page of its own, as large as the placed graph (scaled down where PDF's limit demands). */
void rk_pdf_graph(rk_pdf *p, const rk_graph *g);
/* Appends the file and frees the writer. RK_LIMIT, RK_IO with libharu's code. */
rk_status rk_pdf_finish(rk_pdf **p, rk_buf *out, rk_err *err);

#endif
