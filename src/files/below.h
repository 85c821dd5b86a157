/* Opening files whose names strangers send. A path is looked up below one directory, part by
 * part, and a symbolic link is never followed: whatever the path says, what opens is a regular
 * file in that directory's own tree. */
#ifndef RK_FILES_BELOW_H
#define RK_FILES_BELOW_H

#include "base/err.h"
#include "base/slice.h"

#define RK_BELOW_DEPTH_MAX 16u /* parts of a path */

typedef struct rk_below {
    int fd; /* the caller's */
    uint64_t bytes;
    uint64_t inode;
    int64_t modified; /* seconds since 1970 */
    uint32_t modified_ns;
} rk_below;

/* `dir` itself may be a link (whoever runs the program made it). RK_NOT_FOUND: there is no such
 * regular file, or the path is none ("", "/x", "a//b", ".", "..", a part that begins with a
 * dot, a zero byte); *is_dir (NULL allowed) then says whether a directory lies there.
 * RK_BUSY: too many open files. RK_IO. */
rk_status rk_below_open(const char *dir, rk_slice path, rk_below *out, bool *is_dir,
                        rk_err *err);
/* What the symbolic link `dir`/`name` says, at most room - 1 bytes. RK_NOT_FOUND: no link. */
rk_status rk_below_link(const char *dir, const char *name, char *out, size_t room, rk_err *err);

#endif
