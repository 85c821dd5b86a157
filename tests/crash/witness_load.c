#include "witness_load.h"

#include "base/num.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

void load_fail(const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    fprintf(stderr, "FAILED: ");
    vfprintf(stderr, fmt, ap);
    fprintf(stderr, "\n");
    va_end(ap);
    _exit(1);
}

double load_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- the program ---- */

/* Runs it; its standard output can be read from the descriptor. */
static pid_t spawn(const load_witness *w, const char *const argv[], int *out) {
    int pipe_fd[2];
    if (pipe2(pipe_fd, O_CLOEXEC) != 0) load_fail("pipe: %s", strerror(errno));
    pid_t pid = fork();
    if (pid < 0) load_fail("fork: %s", strerror(errno));
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* nothing is left behind by a test that fails */
        char name[220];                   /* kept when the test fails */
        snprintf(name, sizeof name, "%s.err", w->dir);
        dup2(pipe_fd[1], 1);
        dup2(open(name, O_WRONLY | O_CREAT | O_APPEND, 0600), 2);
        execv(w->program, (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    close(pipe_fd[1]);
    *out = pipe_fd[0];
    return pid;
}

/* What it prints up to the first newline. */
static void first_line(int fd, char *line, size_t room) {
    size_t n = 0;
    while (n < room - 1) {
        ssize_t k = read(fd, line + n, 1);
        if (k < 0 && errno == EINTR) continue;
        if (k <= 0 || line[n] == '\n') break;
        n++;
    }
    line[n] = '\0';
}

static void run(const load_witness *w, const char *const argv[], char *line, size_t room) {
    int fd, status;
    pid_t pid = spawn(w, argv, &fd);
    first_line(fd, line, room);
    close(fd);
    if (waitpid(pid, &status, 0) != pid || status != 0)
        load_fail("%s %s ends with %d", argv[0], argv[1], status);
}

void load_witness_new(load_witness *w, const char *program, const char *where, const char *name,
                      const rk_signer *log_key) {
    char line[600];
    rk_err err = RK_ERR_INIT;
    rk_buf key;
    *w = (load_witness){.program = program};
    snprintf(w->dir, sizeof w->dir, "%s/%.40s", where, name);
    char full[100];
    snprintf(full, sizeof full, "%.40s.example/w1", name);
    const char *init[] = {program, "init", w->dir, "--name", full, NULL};
    run(w, init, line, sizeof line);
    if (rk_verifier_parse(rk_slice_str(line), &w->key, &err) != RK_OK)
        load_fail("init prints '%s': %s", line, err.text);
    rk_buf_init(&key, 1000);
    rk_verifier_put(&log_key->verifier, &key);
    rk_buf_byte(&key, '\0');
    load_witness_add(w, key.ptr);
    rk_buf_free(&key);
}

void load_witness_add(const load_witness *w, const char *key) {
    char line[600];
    const char *add[] = {w->program, "log", w->dir, "--add", key, NULL};
    run(w, add, line, sizeof line);
}

void load_witness_start(load_witness *w) {
    char line[200];
    int fd;
    const char *argv[] = {w->program, "serve", w->dir, "--listen", "127.0.0.1:0", NULL};
    w->pid = spawn(w, argv, &fd);
    first_line(fd, line, sizeof line);
    close(fd);
    const char *at = strstr(line, "http://");
    if (!at) load_fail("the witness does not start: '%s'", line);
    snprintf(w->address, sizeof w->address, "%.60s", at + 7);
}

void load_witness_kill(load_witness *w, int signal) {
    int status;
    kill(w->pid, signal);
    if (waitpid(w->pid, &status, 0) != w->pid) load_fail("waitpid: %s", strerror(errno));
}

/* ---- one connection ---- */

static bool join(load_client *c) {
    int on = 1;
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    const char *colon = strchr(c->address, ':');
    if (!colon) return false;
    a.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(c->fd, (struct sockaddr *)&a, sizeof a) == 0) return true;
    load_client_close(c);
    return false;
}

void load_client_close(load_client *c) {
    if (c->fd >= 0) close(c->fd);
    c->fd = -1;
}

static bool put(int fd, const char *p, size_t n) {
    while (n) {
        ssize_t k = send(fd, p, n, MSG_NOSIGNAL);
        if (k <= 0) return false;
        p += k, n -= (size_t)k;
    }
    return true;
}

/* Reads one answer with a Content-Length; 0 when it breaks off. */
static unsigned get(int fd, rk_buf *body) {
    char in[8192];
    size_t n = 0;
    while (n < sizeof in - 1) {
        ssize_t k = recv(fd, in + n, sizeof in - 1 - n, 0);
        if (k <= 0) return 0;
        n += (size_t)k;
        in[n] = '\0';
        const char *end = strstr(in, "\r\n\r\n"), *length = strcasestr(in, "content-length:");
        if (!end || !length) continue;
        size_t want = strtoul(length + 15, NULL, 10), have = n - (size_t)(end + 4 - in);
        if (have < want) continue;
        rk_buf_clear(body);
        rk_buf_add(body, (rk_slice){end + 4, want});
        return (unsigned)strtoul(in + 9, NULL, 10);
    }
    return 0;
}

unsigned load_post(load_client *c, rk_slice request, rk_buf *body) {
    char head[200];
    if (c->fd < 0 && !join(c)) return 0;
    int n = snprintf(head, sizeof head,
                     "POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: %zu\r\n\r\n",
                     request.len);
    unsigned status = put(c->fd, head, (size_t)n) && put(c->fd, request.ptr, request.len)
                          ? get(c->fd, body)
                          : 0;
    if (status == 0) load_client_close(c);
    return status;
}

/* ---- the ledger ---- */

void load_ledger_add(load_ledger *l, const load_witness *w, const forked_log *log,
                     uint64_t size, const rk_signer *key, rk_slice body) {
    rk_buf note;
    rk_note n;
    rk_witness_answer a;
    rk_err err = RK_ERR_INIT;
    forked_log_note(log, size, key, &note);
    RK_ASSERT(rk_note_parse(rk_buf_slice(&note), &n, NULL) == RK_OK);
    if (rk_witness_answer_read(200, (rk_slice){0}, body, n.text, &w->key, &a, &err) != RK_OK)
        load_fail("a cosignature does not hold: %s", err.text);
    rk_buf_free(&note);
    pthread_mutex_lock(&l->lock);
    RK_PUSH_ROOM(l->item, l->n, l->cap);
    l->item[l->n++] = (load_cosigned){size, forked_log_root(log, size)};
    pthread_mutex_unlock(&l->lock);
}

uint64_t load_size(rk_slice body) {
    uint64_t v;
    if (body.len == 0 || body.ptr[body.len - 1] != '\n' ||
        !rk_num_parse((rk_slice){body.ptr, body.len - 1}, INT64_MAX, &v))
        load_fail("a 409 says no size: '%.*s'", RK_FMT(body));
    return v;
}

unsigned load_submit(load_client *c, const load_witness *w, load_ledger *ledger,
                     const forked_log *log, uint64_t old, uint64_t size, const rk_signer *key,
                     uint64_t *told) {
    rk_buf request, body;
    forked_log_request(log, old, size, key, &request);
    rk_buf_init(&body, 8192);
    unsigned status = load_post(c, rk_buf_slice(&request), &body);
    if (status == 200) load_ledger_add(ledger, w, log, size, key, rk_buf_slice(&body));
    if (status == 409) *told = load_size(rk_buf_slice(&body));
    rk_buf_free(&request);
    rk_buf_free(&body);
    return status;
}
