/* AprilTags in a grey bitmap, by libapriltag: the only file that knows the library. A tagger
 * holds tables of some megabytes, so one is made once and used for many photos, by one thread
 * at a time. Owner: the caller frees it. Limits: RK_TAGS_SEEN_MAX tags of a photo, the largest
 * first. */
#ifndef RK_READ_TAGS_H
#define RK_READ_TAGS_H

#include "read/sheet.h"
#include "read/grey.h"
#include "read/homography.h"

typedef struct rk_tagger rk_tagger;

/* Top left, top right, bottom right, bottom left of the black square as the tag is printed
 * upright, in pixels of the bitmap. */
typedef struct rk_tag {
    uint32_t id;
    rk_point corner[4];
    double side; /* mean length of a side in pixels */
} rk_tag;

rk_tagger *rk_tagger_new(enum rk_tag_family family);
void rk_tagger_free(rk_tagger **t);
/* How many were found; bitmaps below 16 pixels a side have none. */
size_t rk_tagger_find(rk_tagger *t, const rk_grey *g, rk_tag out[RK_TAGS_SEEN_MAX]);

#endif
