/* Inside of src/print/layout*.c. Lengths are in units of a page 297 wide (so millimetres on A3)
 * and scaled when they are written; y grows downwards from the page's top. */
#ifndef RK_PRINT_LAYOUT_INNER_H
#define RK_PRINT_LAYOUT_INNER_H

#include "print/layout.h"
#include "read/sheet.h"

#define UNITS_WIDE 297.0
#define LEFT 24.0
#define RIGHT 273.0
#define TOP 62.0         /* where a page's content begins, below head and QR code */
#define GAP_LEAST_MM 2.1 /* between boxes, so that each frame is found by itself */

struct rk_canvas_page {
    rk_buf fields, art;
};

struct rk_draft {
    const rk_contest *c;
    const rk_ballot *b;
    const rk_layout *o;
    double scale, height, bottom; /* mm a unit; of a page; where content must end */
    uint32_t boxes;               /* of a figure */
    struct rk_canvas_page page[RK_SHEET_PAGES_MAX];
    uint32_t n_page;
    rk_buf head; /* drawn on every page */
    rk_buf checks;
    double y;
    bool full; /* more pages than a form may have */
};

/* A name or label of parts; owned by the draft's user. */
void rk_put_mm(rk_buf *b, double mm);

/* ===== drawing, into the page at hand ===== */

enum { STYLE_PLAIN, STYLE_BOLD, STYLE_ITALIC };
struct rk_words { /* how a text stands */
    double x, y, w, size;
    const char *align; /* "kiri", "tengah", "kanan" */
    int style;
    unsigned rows;
    double grey;
};
void rk_art_text(const struct rk_draft *d, rk_buf *to, const struct rk_words *t, rk_slice text);
void rk_art_line(const struct rk_draft *d, rk_buf *to, double x0, double y0, double x1,
                 double y1, double mm, double grey);
void rk_art_dots(const struct rk_draft *d, rk_buf *to, double x0, double x1, double y);
void rk_art_rect(const struct rk_draft *d, rk_buf *to, double x, double y, double w, double h,
                 double mm, double fill);
void rk_art_grid(const struct rk_draft *d, rk_buf *to, double x, double y, double cell,
                 unsigned cols, unsigned rows);
static inline rk_buf *rk_art(struct rk_draft *d) { return &d->page[d->n_page - 1].art; }

/* One figure: its boxes begin at x, are `side` wide; gap = between two of them. Bubbles, when
 * bubble_x > 0, lie in rows to the right, one for each box, their middle at y. */
struct rk_figure {
    rk_slice name, section, label;
    double x, y, side, gap; /* y = middle */
    double bubble_x;
};
void rk_put_figure(struct rk_draft *d, const struct rk_figure *f);
double rk_figure_gap(const struct rk_draft *d, double wanted);
/* As wide as all boxes of a figure. */
double rk_figure_width(const struct rk_draft *d, double side, double gap);

/* Begins a new page when `height` does not fit on this one; true when it did. */
bool rk_room(struct rk_draft *d, double height);

/* ===== parts ===== */

void rk_lay_head(struct rk_draft *d);
void rk_lay_tables(struct rk_draft *d);  /* sections I to III, and fields of no section */
void rk_lay_choices(struct rk_draft *d); /* IV */
void rk_lay_totals(struct rk_draft *d);  /* V, and signatures */
rk_status rk_lay_checks(struct rk_draft *d, rk_err *err);

/* "suara_1.3", "jumlah_suara_1" into out (cleared first). */
void rk_choice_name(const rk_choice *x, const char *prefix, rk_buf *out);
/* The field is a party's total or stands in section V: not a row of the tables. */
bool rk_lay_elsewhere(const struct rk_draft *d, rk_slice field);

#endif
