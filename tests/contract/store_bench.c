/* Figures of the SQLite store, beside the disk's own: rounds of one-entry commits and of bare
 * write + fdatasync of the same bytes alternate, so that both see the same machine.
 * Usage: store-bench [DIR [BULK]] */
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define ENTRY 80
#define ROUNDS 10
#define PER_ROUND 1000

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void need(rk_status st, const rk_err *err) {
    if (st == RK_OK) return;
    fprintf(stderr, "store-bench: %s\n", err->text);
    exit(1);
}

static rk_slice entry(char *room, uint64_t i) {
    memset(room, 'x', ENTRY);
    memcpy(room, &i, sizeof i);
    return (rk_slice){room, ENTRY};
}

static double bare(int fd, int n) {
    char room[ENTRY];
    double t = now();
    for (int i = 0; i < n; i++) {
        rk_slice e = entry(room, (uint64_t)i);
        if (write(fd, e.ptr, e.len) != (ssize_t)e.len || fdatasync(fd) != 0) exit(1);
    }
    return n / (now() - t);
}

static double commits(rk_store *s, int n) {
    char room[ENTRY];
    rk_err err = RK_ERR_INIT;
    double t = now();
    for (int i = 0; i < n; i++) {
        need(rk_store_begin(s, &err), &err);
        need(rk_store_append(s, entry(room, (uint64_t)i), &err), &err);
        need(rk_store_commit(s, NULL, &err), &err);
    }
    return n / (now() - t);
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void one_by_one(rk_store *s, const char *dir) {
    char path[512];
    snprintf(path, sizeof path, "%s/bench.bare", dir);
    int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0644);
    if (fd < 0) exit(1);
    double b[ROUNDS], c[ROUNDS], r[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        b[i] = bare(fd, PER_ROUND);
        c[i] = commits(s, PER_ROUND);
        r[i] = c[i] / b[i];
    }
    close(fd);
    unlink(path);
    qsort(b, ROUNDS, sizeof *b, by_value);
    qsort(c, ROUNDS, sizeof *c, by_value);
    qsort(r, ROUNDS, sizeof *r, by_value);
    printf("one by one: %.0f commits/s [%.0f-%.0f], bare fdatasync %.0f/s [%.0f-%.0f], "
           "ratio of the same round %.2f [%.2f-%.2f]\n",
           c[ROUNDS / 2], c[0], c[ROUNDS - 1], b[ROUNDS / 2], b[0], b[ROUNDS - 1],
           r[ROUNDS / 2], r[0], r[ROUNDS - 1]);
}

static rk_status add_up(void *ctx, uint64_t first, const rk_slice *e, size_t n, rk_err *err) {
    (void)first, (void)err;
    uint64_t *sum = ctx;
    for (size_t i = 0; i < n; i++) *sum += (unsigned char)e[i].ptr[0] + e[i].len;
    return RK_OK;
}

int main(int argc, char **argv) {
    const char *dir = argc > 1 ? argv[1] : ".";
    uint64_t bulk = argc > 2 ? strtoull(argv[2], NULL, 10) : 823236;
    char path[512], room[ENTRY];
    const char *const suffix[] = {"", "-wal", "-shm"};
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/bench.log%s", dir, suffix[i]);
        if (unlink(path) != 0 && errno != ENOENT) exit(1);
    }
    snprintf(path, sizeof path, "%s/bench.log", dir);
    rk_store *s = NULL;
    rk_err err = RK_ERR_INIT;
    need(rk_store_sqlite_open(path, RK_STORE_CREATE, &s, &err), &err);
    one_by_one(s, dir);

    double t = now();
    need(rk_store_begin(s, &err), &err);
    for (uint64_t i = 0; i < bulk; i++) need(rk_store_append(s, entry(room, i), &err), &err);
    double u = now();
    need(rk_store_commit(s, NULL, &err), &err);
    double v = now();
    printf("bulk: %llu entries of %d bytes in %.3f s (append %.3f, commit and copy %.3f)\n",
           (unsigned long long)bulk, ENTRY, v - t, u - t, v - u);
    rk_store_close(&s);
    for (int i = 0; i < 5; i++) {
        uint64_t sum = 0, size = 0;
        t = now();
        need(rk_store_sqlite_open(path, RK_STORE_READ, &s, &err), &err);
        u = now();
        need(rk_store_read(s, 0, UINT64_MAX, add_up, &sum, &err), &err);
        v = now();
        need(rk_store_size(s, &size, &err), &err);
        rk_store_close(&s);
        printf("read: %llu entries in %.1f ms (open %.1f ms), sum %llu\n",
               (unsigned long long)size, (v - u) * 1e3, (u - t) * 1e3, (unsigned long long)sum);
    }
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/bench.log%s", dir, suffix[i]);
        unlink(path);
    }
    return 0;
}
