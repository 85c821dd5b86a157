/* The two pipes are served by one poll loop, since a program may write before it has read all.
 */
#include "files/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

typedef struct child {
    pid_t pid;
    int in, out; /* our ends; -1 = closed */
} child;

static void shut(int *fd) {
    if (*fd >= 0) (void)close(*fd);
    *fd = -1;
}

static int64_t now_ms(void) {
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int spawn(const char *const *argv, int in, int out, pid_t *pid) {
    posix_spawn_file_actions_t a;
    if (posix_spawn_file_actions_init(&a) != 0) return ENOMEM;
    int e = posix_spawn_file_actions_adddup2(&a, in, STDIN_FILENO);
    if (e == 0) e = posix_spawn_file_actions_adddup2(&a, out, STDOUT_FILENO);
    if (e == 0)
        e = posix_spawnp(pid, argv[0], &a, NULL, (char *const *)(const void *)argv, environ);
    (void)posix_spawn_file_actions_destroy(&a);
    return e;
}

static rk_status start(const char *const *argv, child *c, rk_err *err) {
    int to[2] = {-1, -1}, from[2] = {-1, -1};
    *c = (child){0, -1, -1};
    if (pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0) {
        shut(&to[0]), shut(&to[1]);
        return rk_fail(err, RK_IO, "cannot make a pipe to %s: %s", argv[0], strerror(errno));
    }
    int e = spawn(argv, to[0], from[1], &c->pid);
    shut(&to[0]), shut(&from[1]);
    c->in = to[1], c->out = from[0];
    (void)fcntl(c->in, F_SETFL, O_NONBLOCK);
    if (e == 0) return RK_OK;
    shut(&c->in), shut(&c->out);
    return rk_fail(err, e == ENOENT ? RK_NOT_FOUND : RK_IO, "cannot run '%s': %s", argv[0],
                   strerror(e));
}

static void feed(child *c, rk_slice *input) {
    ssize_t n = input->len ? write(c->in, input->ptr, input->len) : 0;
    if (n > 0) *input = rk_slice_from(*input, (size_t)n);
    if (input->len == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) shut(&c->in);
}

static void drain(child *c, rk_buf *out) {
    char bytes[16384];
    ssize_t n = read(c->out, bytes, sizeof bytes);
    if (n > 0)
        rk_buf_add(out, (rk_slice){bytes, (size_t)n});
    else if (n == 0 || errno != EINTR)
        shut(&c->out);
}

/* False at the time limit. */
static bool serve(child *c, rk_slice input, int64_t end, rk_buf *out) {
    if (input.len == 0) shut(&c->in);
    while (c->out >= 0) {
        struct pollfd p[2] = {{c->out, POLLIN, 0}, {c->in, POLLOUT, 0}};
        int64_t left = end - now_ms();
        if (left <= 0) return false;
        int n = poll(p, c->in >= 0 ? 2 : 1, (int)left);
        if (n < 0 && errno != EINTR) return false;
        if (n <= 0) continue;
        if (c->in >= 0 && p[1].revents) feed(c, &input);
        if (p[0].revents) drain(c, out);
    }
    return true;
}

rk_status rk_process_run(const char *const *argv, rk_slice input, unsigned seconds, rk_buf *out,
                         rk_err *err) {
    child c;
    int code = 0;
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    RK_TRY(start(argv, &c, err));
    (void)sigaction(SIGPIPE, &ignore, &before); /* it may end before it has read all */
    bool in_time = serve(&c, input, now_ms() + (int64_t)seconds * 1000, out);
    (void)sigaction(SIGPIPE, &before, NULL);
    shut(&c.in), shut(&c.out);
    if (!in_time) (void)kill(c.pid, SIGKILL);
    while (waitpid(c.pid, &code, 0) < 0 && errno == EINTR) {
    }
    if (!in_time)
        return rk_fail(err, RK_IO, "'%s' took longer than %u seconds", argv[0], seconds);
    if (out->failed) return rk_fail(err, RK_LIMIT, "'%s' wrote too much", argv[0]);
    if (!WIFEXITED(code) || WEXITSTATUS(code) != 0)
        return rk_fail(err, RK_IO, "'%s' failed (%s %d)", argv[0],
                       WIFEXITED(code) ? "exit code" : "signal",
                       WIFEXITED(code) ? WEXITSTATUS(code) : WTERMSIG(code));
    return RK_OK;
}
