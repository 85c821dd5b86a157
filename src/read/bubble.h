/* The bubbles under a box, read independently of the digit above them: how black each of the
 * ten circles is. They lie up to 12 cm from their box, so each circle is followed along the row
 * of ten as the paper bends. Pure; the caller owns all. */
#ifndef RK_READ_BUBBLE_H
#define RK_READ_BUBBLE_H

#include "read/snap.h"

enum rk_bubble_state {
    RK_BUBBLES_NONE = 0, /* the box has none */
    RK_BUBBLES_EMPTY,    /* none is filled */
    RK_BUBBLES_ONE,      /* exactly one is plainly filled */
    RK_BUBBLES_UNCLEAR,  /* several, or one half filled */
};

typedef struct rk_bubbles {
    float fill[10];       /* 0 = paper and the printed digit, 1 = black */
    float at[10][2];      /* centres, in pixels of the bitmap */
    uint8_t state, digit; /* digit is meant when state is RK_BUBBLES_ONE */
} rk_bubbles;

/* `quad` = where the box itself was found. */
void rk_bubbles_read(const rk_sheet_box *box, const rk_pose *pose, const rk_quad *quad,
                     const rk_grey *g, const rk_white *white, rk_bubbles *out);

/* The verdict over ten fills; apart so that it can be tested and tuned by itself. */
void rk_bubbles_judge(rk_bubbles *b);

#endif
