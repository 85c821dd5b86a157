#include "intake/keluar.h"

#include "files/files.h"
#include "intake/cosigned.h"

#include <stdio.h>
#include <unistd.h>

void rk_keluar_read(const char *dir, rk_outflow *out) {
    rk_buf b;
    rk_buf_init(&b, RK_OUTFLOW_BYTES_MAX);
    if (rk_dir_file(dir, RK_OUTFLOW_FILE, RK_OUTFLOW_BYTES_MAX, &b, NULL) != RK_OK ||
        rk_outflow_parse(rk_buf_slice(&b), out, NULL) != RK_OK)
        *out = (rk_outflow){0};
    rk_buf_free(&b);
}

/* A file that cannot be read is begun anew: it is a count, not evidence. */
static rk_status add(const char *dir, rk_err *err) {
    rk_outflow o;
    rk_buf b;
    rk_keluar_read(dir, &o);
    if (!rk_outflow_take(&o, rk_now())) return RK_OK;
    rk_buf_init(&b, RK_OUTFLOW_BYTES_MAX);
    rk_outflow_put(&o, &b);
    RK_ASSERT(!b.failed);
    rk_status s = rk_dir_file_put(dir, RK_OUTFLOW_FILE, rk_buf_slice(&b), err);
    rk_buf_free(&b);
    return s;
}

rk_status rk_keluar_add(const char *dir, rk_err *err) {
    char lock[4096];
    if (!rk_outflow_waiting()) return RK_OK; /* not even the lock's file is made */
    int fd, n = snprintf(lock, sizeof lock, "%s/.keluar.lock", dir);
    if (n < 0 || (size_t)n >= sizeof lock)
        return rk_fail(err, RK_LIMIT, "the path '%.200s' is too long", dir);
    RK_TRY(rk_lock_take(lock, &fd, err));
    rk_status s = add(dir, err);
    (void)close(fd);
    return s;
}
