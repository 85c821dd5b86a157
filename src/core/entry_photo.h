/* Photos of a printed form and what was read of them, as entries (kinds 7 and 8 of
 * docs/format/entry.md). A photos entry says what was received: by hash, never the photo. A
 * reading says what a program read of a station's photos: each figure as written, how sure it
 * is, where its boxes lie. It never says what would make the sums right: people must type
 * doubtful figures without having seen that.
 *
 * Numbers are integers here: confidences in parts of 10,000, rounded down; coordinates in half
 * pixels of the photo as stored. Structs are large: callers keep them on the heap. */
#ifndef RK_CORE_ENTRY_PHOTO_H
#define RK_CORE_ENTRY_PHOTO_H

#include "base/limits.h"
#include "core/entry.h"

#define RK_ROLE_READER RK_LIT("pembaca") /* the machine that reads photos, and only that */

/* What the public copy of a photo is (read/strip.h). */
enum rk_photo_type {
    RK_PHOTO_NONE = 0, /* there is none: the file does not hold together */
    RK_PHOTO_JPEG = 1,
    RK_PHOTO_PNG = 2
};
/* "jpg", "png"; "" for RK_PHOTO_NONE. */
const char *rk_photo_extension(enum rk_photo_type t);

typedef struct rk_photo_item {
    uint32_t page;            /* as its name claims, 0 = it claims none */
    uint8_t type;             /* enum rk_photo_type */
    rk_sha256 original, copy; /* copy only where there is one: SHA-256 of the public copy */
    uint32_t bytes;           /* of the public copy */
} rk_photo_item;

typedef struct rk_photos_entry {
    rk_entry_head head; /* encoders make its evidence: the public copies' hashes, in order */
    rk_slice contest, tps, form; /* form: code of the printed form it was taken for */
    uint32_t n;                  /* 1 to RK_FORM_PHOTOS_MAX */
    rk_photo_item photo[RK_FORM_PHOTOS_MAX];
} rk_photos_entry;

enum rk_read_state_of_form {
    RK_READ_NONE = 0,
    RK_READ_REFUSED = 1,      /* no page could be read */
    RK_READ_REFERRED = 2,     /* people must type what is doubtful */
    RK_READ_ACCEPTED = 3,     /* every figure passed the gate */
    RK_READ_INCONSISTENT = 4, /* the ink is plain and does not add up as written */
};
enum rk_read_status { RK_READ_ACCEPT = 0, RK_READ_REFER = 1, RK_READ_REFUSE = 2 };
enum { RK_READ_RESULTS = 11 }; /* codes of rk_read_photo.result; 0 = the page was read */

typedef struct rk_read_photo {
    uint8_t result; /* enum rk_refusal of read/page.h: its numbers are frozen */
    bool used;      /* the one that was read for its page */
    bool disputed;  /* another photo of the page says other figures */
    bool unnamed;   /* its form prints a QR code there, and none was read */
    uint32_t page;  /* as read, 0 = not known */
} rk_read_photo;

/* What bubbles say of a box: these, else RK_BUBBLE_DIGIT + the digit. */
enum { RK_BUBBLE_NO = 0, RK_BUBBLE_EMPTY = 1, RK_BUBBLE_UNCLEAR = 2, RK_BUBBLE_DIGIT = 3 };

typedef struct rk_read_box {
    uint16_t corner[4][2]; /* x, y; top left, top right, bottom right, bottom left */
    uint8_t digit;         /* 0 to 9, 10 an X, 11 nothing */
    uint8_t bubble;
    uint16_t sure; /* that the digit is it */
} rk_read_box;

typedef struct rk_read_figure {
    uint32_t column; /* of the contest at that station; UINT32_MAX = none of them: see name */
    rk_slice name;   /* only where column is UINT32_MAX */
    uint32_t photo;  /* in the reading's list; UINT32_MAX = its page was not read */
    uint32_t value;  /* as written; RK_ABSENT = nothing, or its page was not read */
    uint8_t status;  /* enum rk_read_status */
    uint8_t bubbles; /* 0 none printed, 1 none filled, 2 agree, 3 partly, 4 conflict */
    bool in_sum;
    uint16_t confidence;
    uint32_t first_box, n_box; /* in rk_reading_entry.box; 0 boxes where not read */
} rk_read_figure;

typedef struct rk_read_doubt {
    uint32_t box;   /* in rk_reading_entry.box */
    uint16_t doubt; /* that something else is written there */
} rk_read_doubt;

typedef struct rk_reading_entry {
    rk_entry_head head;
    rk_slice contest, tps;
    rk_slice reader;       /* version of the program */
    rk_sha256 model, form; /* of the net's weights, of the form's description */
    uint8_t state;         /* enum rk_read_state_of_form */
    uint32_t n_source, n_photo, n_figure, n_box, n_doubt;
    uint64_t source[RK_FORM_PHOTOS_MAX]; /* the photos entries it read, all of the station's */
    rk_read_photo photo[RK_FORM_PHOTOS_MAX];       /* theirs, one after the other */
    rk_read_figure figure[RK_READING_FIGURES_MAX]; /* in the form's order */
    rk_read_box box[RK_READING_BOXES_MAX];
    rk_read_doubt doubt[RK_READING_BOXES_MAX]; /* boxes of referred figures, worst first */
} rk_reading_entry;

/* Words of the published tables and documents, "" out of range. States: "ditolak", "dirujuk",
 * "sesuai", "tidak-sesuai", and "diterima" for RK_READ_NONE; results "read", "file", ...;
 * statuses "accept", "refer", "refuse"; bubbles "none", "silent", "agree", "partly",
 * "conflict". */
rk_slice rk_read_state_name(uint32_t state);
const char *rk_read_result_name(uint32_t result);
const char *rk_read_status_name(uint32_t status);
const char *rk_read_bubbles_name(uint32_t bubbles);

/* As rk_entry_put_* and rk_entry_get_* of core/entry.h. */
rk_status rk_entry_put_photos(const rk_photos_entry *e, rk_buf *out, rk_err *err);
rk_status rk_entry_put_reading(const rk_reading_entry *e, rk_buf *out, rk_err *err);
rk_status rk_entry_get_photos(rk_slice entry, rk_photos_entry *out, rk_err *err);
rk_status rk_entry_get_reading(rk_slice entry, rk_reading_entry *out, rk_err *err);

#endif
