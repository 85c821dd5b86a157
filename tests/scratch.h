/* A directory for one test program, and names in it. */
#ifndef RK_TESTS_SCRATCH_H
#define RK_TESTS_SCRATCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

extern char scratch_dir[64]; /* each test program defines it once */

static inline int scratch_make(void **state) {
    (void)state;
    snprintf(scratch_dir, sizeof scratch_dir, "/tmp/rekap-test-XXXXXX");
    return mkdtemp(scratch_dir) ? 0 : -1;
}

static inline int scratch_drop(const char *path, const struct stat *s, int kind,
                               struct FTW *ftw) {
    (void)s, (void)kind, (void)ftw;
    return remove(path);
}

static inline int scratch_remove(void **state) {
    (void)state;
    return nftw(scratch_dir, scratch_drop, 16, FTW_DEPTH | FTW_PHYS);
}

/* The full name of `name`; one of four buffers in turn. */
static inline const char *scratch(const char *name) {
    static char room[4][256];
    static unsigned at;
    char *p = room[at++ % 4];
    snprintf(p, sizeof room[0], "%s/%s", scratch_dir, name);
    return p;
}

#endif
