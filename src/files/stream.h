/* Large files piece by piece, in constant memory: hashing, copying through a compressor, lines.
 * Files are read as they are stored, never decompressed. */
#ifndef RK_FILES_STREAM_H
#define RK_FILES_STREAM_H

#include "base/buf.h"
#include "base/sha256.h"

/* RK_NOT_FOUND, RK_IO. bytes may be NULL. */
rk_status rk_file_hash(const char *path, rk_sha256 *out, uint64_t *bytes, rk_err *err);
/* Writes `to` from the bytes of `from`; compressed when its name ends in .gz or .zst. Not
 * flushed to disk. */
rk_status rk_file_pack(const char *from, const char *to, rk_err *err);
/* The same file under a second name. RK_NOT_FOUND: there is no `from`; RK_CONFLICT: the file
 * system has no links, or `to` is there. */
rk_status rk_file_link(const char *from, const char *to, rk_err *err);
/* `name` becomes a symbolic link to target, replacing one that is there, at once. */
rk_status rk_file_point(const char *name, const char *target, rk_err *err);
/* Renames a directory (or file), durably. */
rk_status rk_file_move(const char *from, const char *to, rk_err *err);
/* Removes a directory with all below it; fine when it is not there. Links are not followed. */
rk_status rk_tree_drop(const char *dir, rk_err *err);

/* Lines of a file. */
typedef struct rk_lines {
    int fd;
    const char *path; /* borrowed */
    rk_buf b;
    size_t at, max;
    bool end;
} rk_lines;
rk_status rk_lines_open(rk_lines *l, const char *path, size_t max, rk_err *err);
void rk_lines_close(rk_lines *l);
/* The next line without its end; valid until the next call. RK_NOT_FOUND at the end, RK_LIMIT a
 * line over max bytes. */
rk_status rk_lines_next(rk_lines *l, rk_slice *line, rk_err *err);

#endif
