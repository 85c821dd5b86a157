/* The parent learns of the child's end by the end of a pipe whose other side only the child
 * holds: that can be waited for with a time limit, without a signal handler. */
#include "scan/sandbox.h"

#include "base/mem.h"
#include "base/num.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { EXIT_NOT_LOCKED = 99 };

struct rk_sandbox {
    scmp_filter_ctx filter;
};

/* ===== the filter ===== */

static int allow(scmp_filter_ctx f, const int *call, size_t n) {
    int bad = 0;
    for (size_t i = 0; i < n; i++) bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, call[i], 0);
    return bad;
}

/* Anonymous memory that is never executable. */
static int allow_memory(scmp_filter_ctx f) {
    return seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2,
                            SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
                            SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS)) |
           seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
                            SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
}

rk_status rk_sandbox_new(rk_sandbox **out, rk_err *err) {
    static const int plain[] = {
        SCMP_SYS(exit_group),    SCMP_SYS(exit),         SCMP_SYS(brk),
        SCMP_SYS(munmap),        SCMP_SYS(mremap),       SCMP_SYS(madvise),
        SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(rt_sigreturn),
        SCMP_SYS(sysinfo) /* glibc's qsort asks how much memory there is */};
    *out = NULL;
    scmp_filter_ctx f = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (!f || allow(f, plain, sizeof plain / sizeof *plain) || allow_memory(f)) {
        if (f) seccomp_release(f);
        return rk_fail(err, RK_IO,
                       "cannot make the reader's sandbox: this kernel or libseccomp lacks a "
                       "part of it");
    }
    *out = rk_alloc(sizeof **out);
    (*out)->filter = f;
    return RK_OK;
}

void rk_sandbox_free(rk_sandbox **s) {
    if (!*s) return;
    seccomp_release((*s)->filter);
    rk_free(*s);
    *s = NULL;
}

void *rk_shared_new(size_t bytes) {
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    RK_ASSERT(p != MAP_FAILED);
    return p;
}
void rk_shared_free(void *p, size_t bytes) {
    if (p) munmap(p, bytes);
}

/* ===== the child ===== */

static size_t mapped_bytes(void) {
    char text[32] = {0};
    uint64_t pages = 0;
    FILE *f = fopen("/proc/self/statm", "re");
    if (f) {
        text[fread(text, 1, sizeof text - 1, f)] = '\0';
        fclose(f);
    }
    text[strcspn(text, " ")] = '\0'; /* the first number is the whole */
    if (!rk_num_parse(rk_slice_str(text), UINT32_MAX, &pages)) pages = 0;
    return (size_t)pages * (size_t)sysconf(_SC_PAGESIZE);
}

static bool limit(__rlimit_resource_t what, rlim_t most) {
    return setrlimit(what, &(struct rlimit){most, most}) == 0;
}

static bool lock_up(const rk_sandbox *s, const rk_sandbox_limits *l, int keep) {
    size_t mapped = mapped_bytes();
    const struct itimerval cpu = {
        .it_value = {l->cpu_ms / 1000, (suseconds_t)(l->cpu_ms % 1000) * 1000}};
    if (!mapped || !limit(RLIMIT_AS, mapped + l->memory_bytes) || !limit(RLIMIT_CORE, 0) ||
        !limit(RLIMIT_CPU, l->cpu_ms / 1000 + 1))
        return false;
    for (int i = 1; i < NSIG; i++) signal(i, SIG_DFL); /* the program's handlers are not ours */
    if (setitimer(ITIMER_PROF, &cpu, NULL) || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)) return false;
    /* Everything but the pipe that tells the parent: moved to 0 so that one range is closed. */
    if (dup2(keep, 0) < 0 || close_range(1, ~0u, 0)) return false;
    return seccomp_load(s->filter) == 0;
}

static _Noreturn void child(const rk_sandbox *s, const rk_sandbox_limits *l, int keep,
                            pid_t parent, void (*fn)(void *), void *ctx) {
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (getppid() != parent || !lock_up(s, l, keep)) _exit(EXIT_NOT_LOCKED);
    fn(ctx);
    _exit(0);
}

/* ===== the parent ===== */

static uint64_t now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* True when the other end was closed within the time. */
static bool wait_end(int fd, uint32_t ms) {
    uint64_t until = now_ms() + ms;
    for (;;) {
        uint64_t now = now_ms();
        struct pollfd p = {.fd = fd, .events = POLLIN};
        int n = poll(&p, 1, now < until ? (int)(until - now) : 0);
        if (n > 0) return true;
        if (n == 0 || errno != EINTR) return false;
    }
}

static rk_status reap(pid_t pid, bool in_time, rk_sandbox_report *r, rk_err *err) {
    struct rusage u = {0};
    int status = 0;
    if (!in_time) kill(pid, SIGKILL);
    while (wait4(pid, &status, 0, &u) < 0)
        if (errno != EINTR)
            return rk_fail(err, RK_IO, "cannot wait for the reader's process: %s",
                           strerror(errno));
    r->cpu_ms = (uint32_t)(u.ru_utime.tv_sec * 1000 + u.ru_utime.tv_usec / 1000 +
                           u.ru_stime.tv_sec * 1000 + u.ru_stime.tv_usec / 1000);
    r->rss_kb = (uint32_t)u.ru_maxrss;
    r->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_NOT_LOCKED)
        return rk_fail(
            err, RK_IO,
            "the reader's sandbox could not be closed (seccomp, limits): nothing was "
            "read");
    if (!in_time || r->signal == SIGPROF || r->signal == SIGXCPU)
        r->end = RK_SANDBOX_TIMED_OUT;
    else
        r->end = WIFEXITED(status) && WEXITSTATUS(status) == 0 ? RK_SANDBOX_DONE
                                                               : RK_SANDBOX_CRASHED;
    return RK_OK;
}

rk_status rk_sandbox_run(const rk_sandbox *s, const rk_sandbox_limits *limits,
                         void (*fn)(void *ctx), void *ctx, rk_sandbox_report *report,
                         rk_err *err) {
    int fd[2];
    *report = (rk_sandbox_report){RK_SANDBOX_CRASHED, 0, 0, 0};
    if (pipe2(fd, O_CLOEXEC))
        return rk_fail(err, RK_IO, "cannot make a pipe: %s", strerror(errno));
    pid_t parent = getpid(), pid = fork();
    if (pid == 0) child(s, limits, fd[1], parent, fn, ctx);
    close(fd[1]);
    if (pid < 0) {
        close(fd[0]);
        return rk_fail(err, RK_IO, "cannot start the reader's process: %s", strerror(errno));
    }
    bool in_time = wait_end(fd[0], limits->wall_ms);
    close(fd[0]);
    return reap(pid, in_time, report, err);
}
