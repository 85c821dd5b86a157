/* Where a page lies in a photo: its tags say which page it is and roughly how it lies, its
 * corner marks how it lies exactly. Curled paper is left to read/snap.h. Pure; nothing owned.
 */
#ifndef RK_READ_LOCATE_H
#define RK_READ_LOCATE_H

#include "read/tags.h"

typedef struct rk_pose {
    uint32_t page;       /* index in rk_sheet.page */
    rk_homography to_px; /* millimetres of the page -> pixels of the bitmap */
    uint32_t anchors;    /* tags and corner marks that were found */
    uint32_t wanted;     /* ... of so many */
    double off_mm;       /* mean distance of the anchors from where they should be */
    double tag_side;     /* of the largest tag, in pixels */
} rk_pose;

/* From tags to a pose, refined by the corner marks of the page; `white` belongs to g. Of
 * several pages in view the one most of whose anchors are. RK_NOT_FOUND: too few anchors for
 * any page; *out then holds the best guess and `anchors` says how many there were (0 = no tag
 * of this form). */
rk_status rk_locate(const rk_sheet *form, const rk_grey *g, const rk_white *white,
                    const rk_tag *tag, size_t n_tag, rk_pose *out, rk_err *err);

#endif
