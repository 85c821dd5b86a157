/* Files of releases (docs/format/rilis.md), below B/rilis/, and of the other shelves (reports
 * of openness, the archive): sent from the disk as they are, never read into memory, in whole
 * or in part (Range, so that a download can be resumed). What is served is DIR/rilis,
 * DIR/terbuka, DIR/arsip: a directory, or a link to where the files are written. Nothing is
 * cached here: a request opens its file, and what is opened stays the same file even when a
 * newer one takes its name. One thread; at most RK_RELEASED_OPEN_MAX at a time. */
#ifndef RK_SERVE_RELEASED_H
#define RK_SERVE_RELEASED_H

#include "serve/http.h"
#include "serve/route.h"

typedef struct rk_released rk_released;

/* rest: what follows the shelf's name in the address ("" or "/terbaru.json"). A directory's
 * address without its slash is answered with where it is. RK_NOT_FOUND; RK_BUSY: too many are
 * open. */
rk_status rk_released_open(const char *dir, enum rk_shelf shelf, rk_slice rest,
                           rk_released **out, rk_err *err);
/* The reply that the headers ask for: 200, 206, 301, 304 or 416; belongs to r. */
rk_http_reply *rk_released_reply(rk_released *r, const rk_http_request *request);
void rk_released_free(rk_released **r);

/* The media type by the path within the releases. */
const char *rk_released_type(rk_slice path);

#endif
