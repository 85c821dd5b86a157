/* Files: the only module that reads and writes them. Writing is durable: temporary file beside
 * the target, write, fsync, rename, fsync of the directory. */
#ifndef RK_FILES_FILES_H
#define RK_FILES_FILES_H

#include "base/buf.h"

/* A whole file in memory. At least 64 zero bytes follow the content where it is a copy. */
typedef struct rk_file {
    rk_slice bytes;
    void *map;        /* mapping or copy, owned */
    size_t map_bytes; /* 0 = it is a copy */
} rk_file;

/* Reads path ("-" = standard input); .zst, .gz and .xz (by content, not by name) are
 * decompressed. A plain regular file is mapped, not copied. RK_NOT_FOUND, RK_IO, RK_CORRUPT
 * (bad compression), RK_LIMIT past max bytes once decompressed. */
rk_status rk_file_read(const char *path, uint64_t max, rk_file *out, rk_err *err);
/* The same, byte for byte as it is stored: never decompressed. */
rk_status rk_file_read_raw(const char *path, uint64_t max, rk_file *out, rk_err *err);
void rk_file_free(rk_file *f);
/* Turns a mapped file into private writable memory of the caller's (changes never reach the
 * file) and empties f; NULL when it was not mapped. For caches that are used in place. */
void *rk_file_take(rk_file *f, size_t *bytes);

/* Replaces path by bytes, durably; creates missing directories when make_dirs. */
rk_status rk_file_write(const char *path, rk_slice bytes, bool make_dirs, rk_err *err);
/* Like rk_file_write without fsync: for trees of many files that one rk_dir_sync closes (it
 * flushes the whole file system that dir is on: one flush for all of them). */
rk_status rk_file_write_fast(const char *path, rk_slice bytes, bool make_dirs, rk_err *err);
rk_status rk_dir_sync(const char *dir, rk_err *err);
/* Flushes a file that is already there, and its name in its directory. */
rk_status rk_file_sync(const char *path, rk_err *err);
/* Makes a directory and those above it, durably; fine when it is there. */
rk_status rk_dir_make(const char *dir, rk_err *err);
bool rk_file_there(const char *path);
/* Removes a file; fine when it is not there. */
rk_status rk_file_drop(const char *path, rk_err *err);
/* Removes a directory and the files in it (no directories); fine when it is not there. */
rk_status rk_dir_drop(const char *dir, rk_err *err);

/* Makes a file that only its owner may read (0600), durably; for secret keys. RK_CONFLICT: it
 * is already there, and stays as it is. */
rk_status rk_file_create_private(const char *path, rk_slice bytes, rk_err *err);
/* Appends the content of a file that nobody but its owner (the user of this process, or root)
 * may read: secrets. RK_BAD_INPUT: others may, or it is no regular file; RK_NOT_FOUND, RK_IO,
 * RK_LIMIT. `out` needs room for max + 1 bytes. The caller wipes what it got. */
rk_status rk_file_read_private(const char *path, size_t max, rk_buf *out, rk_err *err);
/* Takes the lock at path (made if missing) for this process; it ends with the process or when
 * fd is closed. RK_BUSY: another one holds it. */
rk_status rk_lock_take(const char *path, int *fd, rk_err *err);

/* A stream to write to: a file ("-" = standard output), compressed when the name ends in .zst
 * or .gz. Nothing appears under `path` before rk_out_close succeeds. A path that is already
 * there and is no regular file (a pipe, /dev/null) is written to as it is. */
typedef struct rk_out rk_out;
rk_status rk_out_open(const char *path, rk_out **out, rk_err *err);
rk_status rk_out_write(rk_out *o, rk_slice bytes, rk_err *err);
rk_status rk_out_close(rk_out **o, rk_err *err); /* durable on RK_OK; frees in any case */
/* The same without flushing to disk: for caches whose loss costs only time. */
rk_status rk_out_close_fast(rk_out **o, rk_err *err);
void rk_out_abort(rk_out **o); /* drops what was written */

/* Compresses bytes into out as one gzip member, without time or name in it. */
rk_status rk_gzip(rk_slice bytes, rk_buf *out, rk_err *err);

/* The machine's clock in seconds since 1970: the only place that asks it. */
uint32_t rk_now(void);

/* Progress on stderr: one line, redrawn at most ten times a second, only when it is a terminal
 * (or plain lines every few seconds when not). total 0 = unknown. */
typedef struct rk_progress {
    const char *what;
    uint64_t total, last_ms;
    bool tty, quiet, shown;
} rk_progress;
void rk_progress_start(rk_progress *p, const char *what, uint64_t total, bool quiet);
void rk_progress_at(rk_progress *p, uint64_t done);
void rk_progress_end(rk_progress *p, uint64_t done);

#endif
