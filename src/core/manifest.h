/* Manifests of published trees: which file has which hash, bound to the log by a signed note
 * (docs/format/manifest.md). Both who publishes and who verifies go by this. Strict: one
 * spelling each. Slices point into the caller's bytes. Limits: paths up to
 * RK_MANIFEST_PATH_MAX bytes, notes those of core/note.h. Errors: RK_BAD_INPUT, with the line.
 */
#ifndef RK_CORE_MANIFEST_H
#define RK_CORE_MANIFEST_H

#include "base/buf.h"
#include "base/sha256.h"

#define RK_MANIFEST_PATH_MAX 1024u
#define RK_MANIFEST_LISTS 256u

/* The text of manifest/note. */
typedef struct rk_manifest_note {
    rk_slice origin;
    uint64_t size;   /* entries of the log that the tree shows */
    rk_sha256 root;  /* of these */
    rk_sha256 index; /* SHA-256 of manifest/index */
} rk_manifest_note;

rk_status rk_manifest_parse(rk_slice text, rk_manifest_note *out, rk_err *err);
void rk_manifest_put(const rk_manifest_note *m, rk_buf *out);

/* A line of a list: hash, two spaces, path. */
typedef struct rk_manifest_line {
    rk_sha256 sha256;
    rk_slice path;
} rk_manifest_line;

/* Cuts the next line off *rest. RK_NOT_FOUND at the end; RK_BAD_INPUT when it is no line, its
 * path may not stand in a manifest, or it does not come after `before` (empty = the first). */
rk_status rk_manifest_next(rk_slice *rest, rk_slice before, rk_manifest_line *out, rk_err *err);
void rk_manifest_line_put(const rk_manifest_line *l, rk_buf *out);

/* A path from the root of the tree, without empty, "." or ".." parts, newline or leading '/'.
 */
bool rk_manifest_path_ok(rk_slice path);
/* Listed: not below manifest/ or log/, its name does not begin with a dot. */
bool rk_manifest_lists(rk_slice path);
/* Which list it is in: 0..255. */
unsigned rk_manifest_list_of(rk_slice path);
/* "manifest/0a" is list 10; false when it is not the path of a list. */
bool rk_manifest_list_number(rk_slice path, unsigned *out);

#endif
