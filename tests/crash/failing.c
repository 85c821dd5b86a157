/* A library to preload: makes one call that changes a file of the directory REKAP_FAULT_DIR
 * fail. Calls are counted from the moment that the program sets REKAP_FAULT_ON to 1 in its
 * memory (failing_start); call number REKAP_FAULT_AT and the REKAP_FAULT_MANY - 1 after it fail
 * with REKAP_FAULT_ERRNO. fsync-like calls can be told apart with REKAP_FAULT_ONLY=sync.
 * REKAP_FAULT_NOW counts from the program's start, and says at its end when the call did not
 * come: for programs that know nothing of this. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

extern long failing_count, failing_hit;
extern int failing_on;
long failing_count, failing_hit; /* calls so far; calls that failed */
int failing_on;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static long number(const char *name, long other) {
    const char *s = getenv(name);
    return s ? strtol(s, NULL, 10) : other;
}

__attribute__((constructor)) static void begin(void) {
    failing_on = getenv("REKAP_FAULT_NOW") != NULL;
}
__attribute__((destructor)) static void end(void) {
    if (getenv("REKAP_FAULT_NOW") && failing_count < number("REKAP_FAULT_AT", 0))
        fprintf(stderr, "failing: not reached\n");
}

static int ours(int fd) {
    char link[64], path[4096];
    const char *dir = getenv("REKAP_FAULT_DIR");
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (!dir || n <= 0) return 0;
    path[n] = 0;
    return strncmp(path, dir, strlen(dir)) == 0 && !strstr(path, "-shm");
}

/* Some callers take no notice of a directory's flush that fails: whoever relies on it must see
 * it fail too, when it flushes for itself. */
static int directory_lost, directory_kept;

static int is_directory(int fd) {
    struct stat st;
    return fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
}

static int fails(int sync) {
    if (!failing_on) return 0;
    const char *only = getenv("REKAP_FAULT_ONLY");
    if (only && strcmp(only, "sync") == 0 && !sync) return 0;
    (void)pthread_mutex_lock(&lock);
    long at = number("REKAP_FAULT_AT", 0), many = number("REKAP_FAULT_MANY", 1);
    long k = ++failing_count;
    int yes = at > 0 && k >= at && k < at + many;
    failing_hit += yes;
    (void)pthread_mutex_unlock(&lock);
    if (yes) errno = (int)number("REKAP_FAULT_ERRNO", EIO);
    return yes;
}

#define REAL(type, name, ...)                                                                  \
    static type (*real)(__VA_ARGS__);                                                          \
    if (!real) *(void **)&real = dlsym(RTLD_NEXT, name)

ssize_t pwrite(int fd, const void *p, size_t n, off_t at) {
    REAL(ssize_t, "pwrite", int, const void *, size_t, off_t);
    return ours(fd) && fails(0) ? -1 : real(fd, p, n, at);
}
ssize_t pwrite64(int fd, const void *p, size_t n, off64_t at) {
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
    return ours(fd) && fails(0) ? -1 : real(fd, p, n, at);
}
ssize_t write(int fd, const void *p, size_t n) {
    REAL(ssize_t, "write", int, const void *, size_t);
    return ours(fd) && fails(0) ? -1 : real(fd, p, n);
}
static int sync_fails(int fd) {
    int directory = is_directory(fd);
    if (failing_on && getenv("REKAP_FAULT_SAY")) {
        char link[64], path[4096] = "";
        (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        if (readlink(link, path, sizeof path - 1) > 0)
            fprintf(stderr, "flush %ld: %s\n", failing_count + 1, path);
    }
    if (failing_on && directory && directory_lost) return errno = EIO, 1;
    int yes = fails(1);
    /* its names were flushed before, and none came since: nothing is lost by this one */
    if (yes && directory && directory_kept) failing_hit--;
    directory_lost |= yes && directory;
    directory_kept |= failing_on && !yes && directory;
    return yes;
}
int fsync(int fd) {
    REAL(int, "fsync", int);
    return ours(fd) && sync_fails(fd) ? -1 : real(fd);
}
int fdatasync(int fd) {
    REAL(int, "fdatasync", int);
    return ours(fd) && sync_fails(fd) ? -1 : real(fd);
}
int ftruncate(int fd, off_t n) {
    REAL(int, "ftruncate", int, off_t);
    return ours(fd) && fails(0) ? -1 : real(fd, n);
}
int ftruncate64(int fd, off64_t n) {
    REAL(int, "ftruncate64", int, off64_t);
    return ours(fd) && fails(0) ? -1 : real(fd, n);
}
int rename(const char *from, const char *to) {
    REAL(int, "rename", const char *, const char *);
    const char *dir = getenv("REKAP_FAULT_DIR");
    return dir && strncmp(to, dir, strlen(dir)) == 0 && fails(0) ? -1 : real(from, to);
}
