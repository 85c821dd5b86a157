/* One photo of one page: found, judged, its boxes cut and read. The result is one flat block
 * without pointers, so that a sandboxed child can hand it over in shared memory;
 * rk_page_reading_ok is then the strict check of whoever receives it. Pure: pixels in, numbers
 * out. Coordinates are pixels of the photo as it is stored (EXIF rotation is not applied). */
#ifndef RK_READ_PAGE_H
#define RK_READ_PAGE_H

#include "core/entry_photo.h"
#include "read/bubble.h"
#include "read/digit.h"
#include "read/pageid.h"

/* Why a page is refused; the numbers stand in the log (docs/format/entry.md). Each has a name
 * for machines and a sentence that says what to do. */
enum rk_refusal {
    RK_PAGE_READ = 0, /* it was read */
    RK_REFUSE_FILE,   /* no JPEG or PNG, damaged, over a limit */
    RK_REFUSE_CRASH,  /* the reader's process broke off or broke its sandbox */
    RK_REFUSE_TIME,   /* it took too long */
    RK_REFUSE_SMALL,  /* too few pixels a millimetre */
    RK_REFUSE_DARK,
    RK_REFUSE_BLURRED,
    RK_REFUSE_NO_TAG,
    RK_REFUSE_OTHER_FORM, /* tags or a QR code of another form or contest */
    RK_REFUSE_CUT_OFF,    /* a box lies outside the photo, or corners are not to be seen */
    RK_REFUSE_UNEVEN,     /* the frames of the boxes are not where they should be */
    RK_REFUSALS
};
const char *rk_refusal_name(enum rk_refusal r);
/* What the officer is told: {Indonesian, English}. */
const char *rk_refusal_text(enum rk_refusal r, bool english);

typedef struct rk_box_reading {
    float posterior[RK_DIGIT_CLASSES];
    rk_quad quad;
    rk_bubbles bubbles;
} rk_box_reading;

typedef struct rk_page_reading {
    uint32_t refusal;       /* enum rk_refusal; only when 0 the rest below counts */
    uint32_t width, height; /* of the photo; 0 when it was not decoded */
    uint32_t looks;         /* sizes at which tags were looked for */
    uint32_t page;          /* index in rk_sheet.page, UINT32_MAX when not known */
    uint32_t anchors, anchors_wanted;
    uint32_t n_box, frames; /* boxes of the page; of so many the frame was found */
    float px_per_mm;        /* the least over the boxes */
    float off_mm;           /* how far marks lie from a flat sheet */
    float paper, ink;       /* grey of white paper and of the tag's black */
    float sharpness;        /* darkness of box frames in parts of the tag's black */
    rk_homography to_px;
    bool has_id;
    rk_page_id id;                            /* from the QR code */
    float ms_decode, ms_find, ms_cut, ms_net; /* computing time, filled by the caller */
    rk_box_reading box[RK_PAGE_BOXES_MAX];
    uint8_t grey[RK_PAGE_BOXES_MAX][RK_DIGIT_PIXELS]; /* the boxes as cut */
} rk_page_reading;

/* A copy without the cut boxes and without room for boxes that the page has not: some tens of
 * kilobytes, to keep while the other pages are read. Freed by rk_free. */
rk_page_reading *rk_page_keep(const rk_page_reading *p);

typedef struct rk_reader {
    const rk_sheet *form;
    rk_tagger *tagger; /* of the form's family */
    const rk_digit_net *net;
} rk_reader;

/* Finds the page: fills all but the boxes. False (and out->refusal says why) when it is
 * refused. g may be reduced; rk_page_scale then turns the pose into that of a larger bitmap.
 * Called again with the same reading (which starts zeroed) it goes on where it stopped: with
 * tags looked for more finely. */
bool rk_page_find(const rk_reader *r, const rk_grey *g, rk_page_reading *out);
/* After a refusal: whether finding the page more exactly might change it. */
bool rk_page_may_lie_elsewhere(const rk_page_reading *out);
/* Multiplies the found pose by `factor` (full size / reduced size). */
void rk_page_scale(rk_page_reading *p, double factor);
/* Snaps to the frames, cuts the boxes, reads the bubbles and the QR code, judges the quality.
 */
bool rk_page_cut(const rk_reader *r, const rk_grey *g, rk_page_reading *out);
/* How much finer than on a page with boxes of 19 mm a page must be seen, for the sake of its
 * smallest box: 1 or more. */
double rk_page_detail(const rk_sheet *f, uint32_t page);
/* Runs the net over the cut boxes. */
void rk_page_net(const rk_reader *r, rk_page_reading *out);

/* Whether a reading that came from elsewhere hangs together: counts and states in range,
 * numbers finite, posteriors that sum to one. */
bool rk_page_reading_ok(const rk_sheet *form, const rk_page_reading *p);

#endif
