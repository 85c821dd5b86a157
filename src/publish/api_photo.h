/* Photos of a station and what was read of them, as JSON (docs/api/v1.md, "Photos and
 * readings"): members of entries' and stations' documents, and a document of its own with every
 * box. Pure but for the log that is read through the port the caller hands in. What would make
 * the sums right is not in the log, so it cannot be shown here. */
#ifndef RK_PUBLISH_API_PHOTO_H
#define RK_PUBLISH_API_PHOTO_H

#include "publish/api.h"

/* "foto/HASH.jpg": where the public copy lies below an election's base path, and in a release.
 */
#define RK_PUBLIC_BLOBS                                                                        \
    "blobs" /* below an election directory: public copies, by their hash                       \
             */
#define RK_PHOTO_PATH_MAX 80u
rk_slice rk_photo_path(const rk_sha256 *copy, enum rk_photo_type type,
                       char out[RK_PHOTO_PATH_MAX]);
/* The photo that such a path (without "foto/") names; false when it is none. */
bool rk_photo_path_parse(rk_slice name, rk_sha256 *copy, enum rk_photo_type *type);

/* ,"foto":{...}: how many stations below a node are in which state; nothing where the contest
 * has no photos. */
void rk_js_photo_counts(const rk_tally *t, uint32_t node, rk_buf *out);
/* ,"baca":"dirujuk" of a station in a list; nothing where it has no photos. */
void rk_js_photo_state(const rk_tally *t, uint32_t tps, rk_buf *out);
/* ,"baca":{...} of a station's document; nothing where it has no photos. */
void rk_js_station_reading(const rk_tally *t, uint32_t tps, rk_buf *out);

/* Everything: each photo, each figure, each box. RK_NOT_FOUND: the station has no photos. */
rk_status rk_api_reading(const rk_election *e, uint32_t contest, uint32_t tps,
                         const rk_api_log *log, rk_buf *out, rk_err *err);

/* The members of an entry's document. */
rk_status rk_js_photos_entry(rk_slice entry, rk_buf *out, rk_err *err);
rk_status rk_js_reading_entry(const rk_election *e, rk_slice entry, rk_buf *out, rk_err *err);

#endif
