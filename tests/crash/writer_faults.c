/* writer_faults [STEP]: every write, flush, truncation and rename on the election's files fails
 * once in turn (each STEP-th of them), with EIO and with ENOSPC, while forms are handed in; and
 * the disk is full for a while. Each run is a process of its own (writer_faults --child DIR)
 * with failing.so preloaded. Held afterwards, without faults: what was acknowledged is there;
 * nothing is there twice; after a failed flush nothing more was acknowledged; after a full
 * disk, intake goes on by itself. */
#include "program.h"
#include "writer_load.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FORMS = 12 };

struct said { /* by the child, at its end */
    long calls, hits;
    uint32_t acked, after_sync_failure, refused, recovered;
    load_ack ack[FORMS * 4];
};

/* ===== the child ===== */

static void child(const char *dir) {
    rk_err err = RK_ERR_INIT;
    rk_dir d;
    rk_writer *w = NULL;
    static struct said s;
    long *hits = dlsym(RTLD_DEFAULT, "failing_hit"),
         *calls = dlsym(RTLD_DEFAULT, "failing_count");
    int *on = dlsym(RTLD_DEFAULT, "failing_on");
    if (!hits || !calls || !on) load_die("failing.so is not preloaded", NULL);
    bool sync_only = getenv("REKAP_FAULT_ONLY") != NULL;
    *on = 1;
    if (rk_dir_open(dir, RK_STORE_WRITE, UINT64_MAX, &d, &err) == RK_OK) {
        if (rk_writer_open(&d, &w, &err) != RK_OK) load_die("writer", &err);
        for (uint32_t i = 0; i < FORMS * 4; i++) {
            rk_err e = RK_ERR_INIT;
            load_ack a;
            rk_status st = load_send(w, 0, i, &a, &e);
            if (st == RK_OK) {
                s.ack[s.acked++] = a;
                s.after_sync_failure += sync_only && *hits > 0;
                s.recovered += s.refused > 0;
            } else
                s.refused++;
            if (st != RK_OK && !e.text[0]) load_die("a refusal without a reason", NULL);
        }
        rk_writer_close(&w);
        rk_dir_close(&d);
    }
    *on = 0;
    s.calls = *calls;
    s.hits = *hits;
    if (write(STDOUT_FILENO, &s, sizeof s) != sizeof s) exit(1);
}

/* ===== the parent ===== */

static const char *self, *library;

static struct said run(const char *dir, long at, long many, int error, bool sync_only) {
    int fd[2], status;
    struct said s;
    memset(&s, 0, sizeof s);
    if (pipe(fd) != 0) load_die("pipe", NULL);
    pid_t pid = fork();
    if (pid == 0) {
        char n[3][24];
        (void)dup2(fd[1], STDOUT_FILENO);
        (void)snprintf(n[0], sizeof n[0], "%ld", at);
        (void)snprintf(n[1], sizeof n[1], "%ld", many);
        (void)snprintf(n[2], sizeof n[2], "%d", error);
        (void)setenv("REKAP_FAULT_DIR", dir, 1), (void)setenv("REKAP_FAULT_AT", n[0], 1);
        (void)setenv("REKAP_FAULT_MANY", n[1], 1), (void)setenv("REKAP_FAULT_ERRNO", n[2], 1);
        if (sync_only) (void)setenv("REKAP_FAULT_ONLY", "sync", 1);
        (void)setenv("LD_PRELOAD", library, 1);
        execl(self, self, "--child", dir, (char *)NULL);
        _exit(1);
    }
    close(fd[1]);
    size_t got = 0;
    ssize_t n;
    while ((n = read(fd[0], (char *)&s + got, sizeof s - got)) > 0) got += (size_t)n;
    close(fd[0]);
    if (waitpid(pid, &status, 0) != pid || status != 0 || got != sizeof s)
        load_die("a run under faults did not end cleanly", NULL);
    return s;
}

/* Opens without faults, hands in the rest, and holds the log to what was acknowledged. */
static void hold(const char *dir, const struct said *s, const char *what, long at) {
    load_seen seen = {0};
    rk_err err = RK_ERR_INIT;
    rk_dir d;
    rk_writer *w;
    if (rk_dir_open(dir, RK_STORE_WRITE, UINT64_MAX, &d, &err) != RK_OK ||
        rk_writer_open(&d, &w, &err) != RK_OK)
        load_die("reopening after a fault", &err);
    for (uint32_t i = 0; i < FORMS; i++) {
        load_ack a;
        if (load_send(w, 0, i, &a, &err) != RK_OK) load_die("going on after a fault", &err);
    }
    rk_writer_close(&w);
    rk_dir_close(&d);
    (void)load_read(&seen, dir);
    for (uint32_t i = 0; i < s->acked; i++)
        if (!load_holds(&seen, &s->ack[i])) {
            fprintf(stderr, "%s at call %ld: an acknowledged form is lost\n", what, at);
            exit(1);
        }
    if (seen.twice) fprintf(stderr, "%s at call %ld: entered twice\n", what, at), exit(1);
    free(seen.leaf), free(seen.root), free(seen.slot);
}

static void fresh(const char *base, const char *dir) {
    char start[400];
    (void)snprintf(start, sizeof start, "%s/start", base);
    if (!program_ran((const char *const[]){"rm", "-rf", dir, NULL}) ||
        !program_ran((const char *const[]){"cp", "-r", start, dir, NULL}))
        load_die("copying the election", NULL);
}

static long each_call(const char *base, const char *dir, int error, bool sync_only, long step) {
    const char *what = sync_only ? "flush" : error == EIO ? "EIO" : "ENOSPC";
    fresh(base, dir);
    long calls = run(dir, 0, 0, error, sync_only).calls, runs = 0;
    if (calls < FORMS) load_die("no calls were seen: the library does not reach them", NULL);
    for (long at = 1; at <= calls; at += step, runs++) {
        fresh(base, dir);
        struct said s = run(dir, at, 1, error, sync_only);
        if (s.after_sync_failure) {
            fprintf(stderr, "flush %ld failed, and forms were acknowledged after it\n", at);
            exit(1);
        }
        hold(dir, &s, what, at);
    }
    return runs;
}

static void full_disk(const char *base, const char *dir, long step) {
    for (long many = 1; many <= 36; many += step > 1 ? 17 : 5) {
        fresh(base, dir);
        struct said s = run(dir, 25, many, ENOSPC, false);
        if (!s.refused || !s.recovered) {
            fprintf(stderr, "full disk for %ld calls: %u refused, %u acknowledged afterwards\n",
                    many, s.refused, s.recovered);
            exit(1);
        }
        hold(dir, &s, "full disk", 25);
    }
}

int main(int argc, char **argv) {
    if (argc == 3 && strcmp(argv[1], "--child") == 0) {
        child(argv[2]);
        return 0;
    }
    char base[] = "/tmp/rekap-faults-XXXXXX", dir[300], start[300];
    static char so[4096];
    long step = argc > 1 ? strtol(argv[1], NULL, 10) : 1;
    if (!mkdtemp(base) || step < 1) return 1;
    ssize_t n = readlink("/proc/self/exe", so, sizeof so - 20);
    if (n <= 0) return 1;
    so[n] = 0;
    self = strdup(so);
    (void)snprintf(strrchr(so, '/') + 1, 20, "libfailing.so");
    library = so;
    (void)snprintf(start, sizeof start, "%s/start", base);
    (void)snprintf(dir, sizeof dir, "%s/e", base);
    load_make(start);
    long eio = each_call(base, dir, EIO, false, step);
    long nospc = each_call(base, dir, ENOSPC, false, step);
    long syncs = each_call(base, dir, EIO, true, 1 + step / 6);
    full_disk(base, dir, step);
    printf("%ld calls failed with EIO, %ld with ENOSPC, %ld flushes, a full disk: no wrong "
           "acknowledgement, nothing after a failed flush, intake goes on after a full disk\n",
           eio, nospc, syncs);
    return !program_ran((const char *const[]){"rm", "-rf", base, NULL});
}
