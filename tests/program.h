/* Runs another program for a test (cp, rm), found on the PATH, without a shell. */
#ifndef RK_TESTS_PROGRAM_H
#define RK_TESTS_PROGRAM_H

#include "files/process.h"

/* argv ends with NULL; true when the program ended with 0 within two minutes. */
static inline bool program_ran(const char *const *argv) {
    rk_buf out;
    rk_buf_init(&out, 1 << 16);
    rk_status s = rk_process_run(argv, (rk_slice){0}, 120, &out, NULL);
    rk_buf_free(&out);
    return s == RK_OK;
}

#endif
