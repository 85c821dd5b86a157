/* Inside of src/log: not for other modules. */
#ifndef RK_LOG_LOG_INNER_H
#define RK_LOG_LOG_INNER_H

#include "log/log.h"

rk_status rk_log_head_put(const rk_log_head *h, rk_buf *out, rk_err *err);

/* The lock file: two places of one block each, written in turn, so that a write cut short by a
 * power cut spoils only one. Its fd belongs to the caller. */
rk_status rk_lock_open(const char *path, int *fd, rk_err *err);
/* Appends the newer of the two notes that decode as checkpoints; nothing when the file is new.
 * RK_CORRUPT when it is not empty and holds none. */
rk_status rk_lock_read(int fd, const char *path, rk_buf *out, rk_err *err);
/* Writes a note in the place that `turn` says. */
rk_status rk_lock_write(int fd, const char *path, unsigned turn, rk_slice note, rk_err *err);

#endif
