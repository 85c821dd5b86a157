/* Two small files of releases (docs/format/rilis.md): rilis-SIZE.json (also terbaru.json),
 * which says what a release is, and what a mirror needs of a datapackage.json. Strict where it
 * matters, so that what is read can be relied on to say one thing; what is not known is passed
 * over, since later versions may add to them. Limits: RK_RELEASE_NOTE_MAX, RK_PACKAGE_MAX
 * bytes. Errors: RK_BAD_INPUT, RK_LIMIT. */
#ifndef RK_CORE_RELEASED_H
#define RK_CORE_RELEASED_H

#include "base/buf.h"
#include "base/code.h"
#include "base/limits.h"
#include "base/sha256.h"

#define RK_RELEASE_NAME_MAX 40u /* "rilis-18446744073709551615" */

typedef struct rk_release_note {
    rk_code election;   /* the log's origin */
    uint64_t size;      /* entries it shows */
    uint64_t entry;     /* its own entry in the log: at least size */
    uint32_t time;      /* when it was published */
    rk_sha256 manifest; /* SHA-256 of its manifest/index */
} rk_release_note;

rk_status rk_release_note_parse(rk_slice json, rk_release_note *out, rk_err *err);
void rk_release_note_put(const rk_release_note *n, rk_buf *out);
void rk_release_name(uint64_t size, char out[RK_RELEASE_NAME_MAX]);
/* "rilis-813394" exactly as rk_release_name writes it. */
bool rk_release_name_parse(rk_slice name, uint64_t *size);

/* A file that datapackage.json describes. */
typedef void rk_package_fn(void *ctx, rk_slice path, uint64_t bytes);
/* *title gets a copy of the election's name, fn each resource with its length; either may be
 * NULL. */
rk_status rk_package_read(rk_slice json, rk_buf *title, rk_package_fn *fn, void *ctx,
                          rk_err *err);

#endif
