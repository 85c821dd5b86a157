/* Lays a printed form out for a contest, from nothing but its declaration: the fields in the
 * sections of C.Hasil, the choices of one ballot, for parties their candidates and totals, over
 * as many pages as it takes; marks and QR place; the sums that the contest's own rules of
 * severity E make of what is on the form. The result is a form file (docs/format/
 * formulir-cetak.md) that read/sheet.h and print/drawing.h accept. Pure: the same contest and
 * options give the same bytes. */
#ifndef RK_PRINT_LAYOUT_H
#define RK_PRINT_LAYOUT_H

#include "base/buf.h"
#include "core/contest.h"

typedef struct rk_layout {
    double w, h;     /* millimetres of a page, upright */
    rk_slice size;   /* what the size is called ("a3"), part of the form's code */
    uint32_t ballot; /* of the contest */
    rk_slice dapil;  /* its district's code, empty when there is one ballot for all */
    rk_slice dapil_name;
    bool abroad;  /* five boxes a figure and the rules for abroad; else three */
    bool bubbles; /* under choices and totals */
    bool tally;   /* squares to tally in */
} rk_layout;

/* Width and height of "a4", "a3", "a2", "a1" (upright, any case) or "WxH" in whole millimetres;
 * false for another word, or a side under 200 or over 1,500. */
bool rk_layout_size(rk_slice name, double *w, double *h);

/* RK_LIMIT when it takes more than RK_SHEET_PAGES_MAX pages, or more figures or sums than a
 * form may have; RK_BAD_INPUT when a code of the contest is no name for a form file. */
rk_status rk_layout_make(const rk_contest *c, const rk_layout *o, rk_buf *out, rk_err *err);

#endif
