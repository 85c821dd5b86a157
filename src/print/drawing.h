/* What a printed form shows beside its boxes: the `gambar` of a form file (docs/format/
 * formulir-cetak.md): texts, lines, rectangles, grids. The reader passes over it. Lengths are
 * millimetres. Pure; texts point into the form, which must outlive the drawing. */
#ifndef RK_PRINT_DRAWING_H
#define RK_PRINT_DRAWING_H

#include "read/sheet.h"

enum rk_mark_kind { RK_DRAW_TEXT, RK_DRAW_LINE, RK_DRAW_RECT, RK_DRAW_GRID };
enum rk_align { RK_LEFT, RK_CENTRE, RK_RIGHT };

typedef struct rk_draw_item {
    enum rk_mark_kind kind;
    double x, y; /* text: its box's left (or, without width, the point it is set at), and
                    the middle of its height; others: top left or one end */
    double w, h; /* line: to the other end; text: w = width to stay within, 0 = any */
    double line; /* thickness of lines, 0 = no outline */
    double grey; /* 0 = black, 1 = white: of the ink */
    double fill; /* rectangle: grey it is filled with, < 0 = not */
    bool dotted; /* line: dots to write on */
    uint32_t cols, rows; /* grid; text: rows = lines it may take */
    rk_slice text;
    double size; /* height of the letters' line */
    enum rk_align align;
    bool bold, italic;
    bool of_station; /* the text names {tps}, {desa} ...: drawn for each station */
} rk_draw_item;

typedef struct rk_drawing {
    rk_draw_item *item;
    uint32_t n;
    uint32_t *first; /* items of page i: item[first[i]] .. item[first[i + 1] - 1] */
    bool any;        /* some page has a `gambar`: labels are drawn by it alone */
} rk_drawing;

/* The form's own `gambar` (drawn on every page) and those of its pages. RK_BAD_INPUT names the
 * key and the remedy; RK_LIMIT past RK_DRAWING_MAX items a page. */
rk_status rk_drawing_parse(const rk_sheet *f, rk_drawing *out, rk_err *err);
void rk_drawing_free(rk_drawing *d);

/* The next piece of a text: plain, or (name not empty) a {placeholder}. False at the end. An
 * unknown {word} is plain text. */
bool rk_drawing_piece(rk_slice *rest, rk_slice *plain, rk_slice *name);

#endif
