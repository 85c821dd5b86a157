/* What a printed form looks like: pages, marks that say which page a photo shows and how it
 * lies, digit boxes with the bubbles under them, and the sums its figures must satisfy. Parsed
 * from a JSON file (docs/format/formulir-cetak.md); a new form needs no new C. 'rekap form'
 * draws such a file, 'rekap read' reads photos of what was drawn. Lengths are millimetres from
 * the page's top-left corner, x right, y down; rectangles are the outer edges of the printed
 * frame. Immutable after rk_sheet_parse; owns all it points to. */
#ifndef RK_READ_SHEET_H
#define RK_READ_SHEET_H

#include "base/err.h"
#include "base/limits.h"

enum rk_tag_family { RK_TAG36H10, RK_TAG36H11 };

/* An AprilTag: its black square, without the white zone around it. Ids are unique in a form. */
typedef struct rk_sheet_tag {
    uint32_t id, page; /* page = index in rk_sheet.page */
    double x, y, side;
} rk_sheet_tag;

/* A corner mark: two black squares of side `part` in the top-left and bottom-right corner of a
 * square of side `side`. */
typedef struct rk_sheet_mark {
    double x, y, side, part;
} rk_sheet_mark;

/* Ten circles that belong to one box: digit d is centred at (x + d*dx, y + d*dy). */
typedef struct rk_sheet_bubbles {
    double x, y, dx, dy, diameter; /* diameter 0 = the box has none */
} rk_sheet_bubbles;

typedef struct rk_sheet_box {
    double x, y, w, h;
    rk_sheet_bubbles bubbles;
} rk_sheet_box;

/* One figure: its boxes from the highest place to the ones. */
typedef struct rk_sheet_field {
    rk_slice name;    /* unique in the form */
    rk_slice column;  /* the contest's column (docs/format/kontes.md), the name unless given */
    rk_slice section; /* as printed ("I.B.1"), may be empty */
    rk_slice label;   /* what it means, may be empty */
    uint32_t page;    /* index in rk_sheet.page */
    uint32_t first_box, n_box; /* in rk_sheet.box */
    bool bubbles;              /* each of its boxes has bubbles */
    bool guide;                /* a dotted figure eight is printed in the boxes */
} rk_sheet_field;

typedef struct rk_sheet_page {
    uint32_t number; /* as printed, from 1 */
    double w, h;
    uint32_t first_tag, n_tag;     /* in rk_sheet.tag: one at least */
    uint32_t first_mark, n_mark;   /* in rk_sheet.mark */
    uint32_t first_field, n_field; /* in rk_sheet.field: a page's fields lie together */
    struct {
        double x, y, side; /* side 0 = none */
    } qr;                  /* holds an rk_page_id (read/pageid.h) */
} rk_sheet_page;

/* sum(left) = sum(right), or <=. A term is a field, or a number when field is RK_SHEET_CONST.
 */
#define RK_SHEET_CONST UINT32_MAX
typedef struct rk_sheet_term {
    uint32_t field, number;
} rk_sheet_term;
typedef struct rk_sheet_check {
    bool equal;                                        /* else <= */
    uint32_t first_left, n_left, first_right, n_right; /* in rk_sheet.term */
    rk_slice text;                                     /* as written in the file */
} rk_sheet_check;

typedef struct rk_sheet {
    rk_slice code, name, contest;
    enum rk_tag_family family;
    double frame; /* thickness of a box's printed frame */
    rk_sheet_page *page;
    uint32_t n_page;
    rk_sheet_tag *tag;
    uint32_t n_tag;
    rk_sheet_mark *mark;
    uint32_t n_mark;
    rk_sheet_field *field;
    uint32_t n_field;
    rk_sheet_box *box;
    uint32_t n_box;
    rk_sheet_check *check;
    uint32_t n_check;
    rk_sheet_term *term;
    uint32_t n_term;
    void *json; /* owns the text that slices point to */
} rk_sheet;

/* Parses a form file (at most RK_SHEET_FILE_MAX bytes). RK_BAD_INPUT names the key and the
 * remedy; RK_LIMIT past a maximum of base/limits.h. *out is NULL unless RK_OK. */
rk_status rk_sheet_parse(rk_slice json, rk_sheet **out, rk_err *err);
void rk_sheet_free(rk_sheet **f);
/* A form compiled in (forms/CODE.json), or an empty slice. */
rk_slice rk_sheet_shipped(rk_slice code);

/* The tag with that id, or NULL. */
const rk_sheet_tag *rk_sheet_tag_find(const rk_sheet *f, uint32_t id);
/* The field of that name, or UINT32_MAX. */
uint32_t rk_sheet_field_find(const rk_sheet *f, rk_slice name);

#endif
