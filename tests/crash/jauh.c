/* A library to preload: directories at or below REKAP_JAUH are said to lie on NFS, so that what
 * the program does with directories of other machines can be tried without one. */
#include <dlfcn.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>

static int is_far(const char *path) {
    char real[PATH_MAX];
    const char *dir = getenv("REKAP_JAUH");
    size_t n = dir ? strlen(dir) : 0;
    return n && realpath(path, real) && strncmp(real, dir, n) == 0 &&
           (real[n] == 0 || real[n] == '/');
}

int statfs(const char *path, struct statfs *out) {
    int (*real)(const char *, struct statfs *);
    *(void **)&real = dlsym(RTLD_NEXT, "statfs");
    int code = real ? real(path, out) : -1;
    if (code == 0 && is_far(path)) out->f_type = 0x6969;
    return code;
}

int statfs64(const char *path, struct statfs64 *out) {
    int (*real)(const char *, struct statfs64 *);
    *(void **)&real = dlsym(RTLD_NEXT, "statfs64");
    int code = real ? real(path, out) : -1;
    if (code == 0 && is_far(path)) out->f_type = 0x6969;
    return code;
}
