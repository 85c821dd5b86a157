/* What a child in the sandbox may not do, it dies of; the parent goes on. */
#include "scan/sandbox.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { MB = 1 << 20 };
static const rk_sandbox_limits LIMITS = {300, 20000, 64 * MB};
static volatile uint32_t *shared;

static int open_all(void **state) {
    rk_sandbox *s;
    rk_err err = RK_ERR_INIT;
    if (rk_sandbox_new(&s, &err) != RK_OK) fail_msg("%s", err.text);
    shared = rk_shared_new(4096);
    *state = s;
    return 0;
}
static int close_all(void **state) {
    rk_sandbox *s = *state;
    rk_sandbox_free(&s);
    rk_shared_free((void *)(uintptr_t)shared, 4096);
    return 0;
}

static rk_sandbox_report run(void **state, void (*fn)(void *)) {
    rk_sandbox_report r;
    rk_err err = RK_ERR_INIT;
    shared[0] = 0;
    if (rk_sandbox_run(*state, &LIMITS, fn, NULL, &r, &err) != RK_OK) fail_msg("%s", err.text);
    return r;
}

/* ===== what it may ===== */

static void computes(void *ctx) {
    (void)ctx;
    uint32_t sum = 0;
    volatile char *p = malloc(20 * MB);
    for (int i = 0; i < 20 * MB; i += 4096) p[i] = 1, sum++;
    free((void *)(uintptr_t)p);
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    shared[0] = sum;
}

static void work_is_done(void **state) {
    rk_sandbox_report r = run(state, computes);
    assert_int_equal(r.end, RK_SANDBOX_DONE);
    assert_int_equal(shared[0], 5120);
    assert_true(r.rss_kb > 20 * 1024);
}

/* ===== what it may not ===== */

static void opens(void *ctx) {
    (void)ctx;
    shared[0] = open("/etc/passwd", O_RDONLY) >= 0;
}
static void creates(void *ctx) {
    (void)ctx;
    shared[0] = open("/tmp/rekap-sandbox-was-here", O_CREAT | O_WRONLY, 0600) >= 0;
}
static void connects(void *ctx) {
    (void)ctx;
    shared[0] = socket(AF_INET, SOCK_STREAM, 0) >= 0;
}
static void executes(void *ctx) {
    (void)ctx;
    shared[0] = execl("/bin/true", "true", (char *)NULL) == 0;
    shared[0] = 1;
}
static void forks(void *ctx) {
    (void)ctx;
    shared[0] = fork() >= 0;
}
static void writes(void *ctx) {
    (void)ctx;
    shared[0] = write(2, "x", 1) >= 0;
}
static void kills(void *ctx) {
    (void)ctx;
    shared[0] = kill(getppid(), SIGTERM) == 0;
}
static void makes_code(void *ctx) {
    (void)ctx;
    shared[0] = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
                MAP_FAILED;
}

static void forbidden_calls_end_it(void **state) {
    void (*const fn[])(void *) = {opens, creates, connects, executes,
                                  forks, writes,  kills,    makes_code};
    for (size_t i = 0; i < sizeof fn / sizeof *fn; i++) {
        rk_sandbox_report r = run(state, fn[i]);
        if (r.end != RK_SANDBOX_CRASHED || r.signal != SIGSYS || shared[0])
            fail_msg("call %zu: end %d, signal %d, shared %u", i, (int)r.end, r.signal,
                     shared[0]);
    }
    assert_int_equal(access("/tmp/rekap-sandbox-was-here", F_OK), -1);
}

/* ===== crash, memory, time ===== */

static void crashes(void *ctx) {
    (void)ctx;
    volatile uintptr_t at = 8;
    *(volatile int *)at = 1;
}
static void takes_all(void *ctx) {
    (void)ctx;
    for (;;) {
        volatile char *p = malloc(8 * MB);
        if (!p) abort();
        for (int i = 0; i < 8 * MB; i += 4096) p[i] = 1;
    }
}
static void spins(void *ctx) {
    (void)ctx;
    for (volatile uint64_t i = 0;; i++) {
    }
}

static void ends_are_told(void **state) {
    rk_sandbox_report r = run(state, crashes);
    assert_int_equal(r.end, RK_SANDBOX_CRASHED);
    assert_int_equal(r.signal, SIGSEGV);
    rk_sandbox_limits slow = LIMITS;
    slow.cpu_ms = 5000;
    assert_int_equal(rk_sandbox_run(*state, &slow, takes_all, NULL, &r, NULL), RK_OK);
    assert_int_equal(r.end, RK_SANDBOX_CRASHED);
    assert_true(r.rss_kb < 128 * 1024);
    r = run(state, spins);
    assert_int_equal(r.end, RK_SANDBOX_TIMED_OUT);
    assert_true(r.cpu_ms >= 200 && r.cpu_ms < 1000);
    assert_int_equal(run(state, computes).end, RK_SANDBOX_DONE);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(work_is_done),
                                       cmocka_unit_test(forbidden_calls_end_it),
                                       cmocka_unit_test(ends_are_told)};
    return cmocka_run_group_tests(tests, open_all, close_all);
}
