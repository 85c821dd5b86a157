/* A reply queued in the handler's first call closes the connection (so it is for requests whose
 * body is not wanted); the body comes in the calls after it, and the last call, without bytes,
 * answers. Each connection has a moment by which it must be done: silence alone is not enough
 * of a measure against somebody who sends a byte every ten seconds. */
#include "witness/server.h"

#include "base/mem.h"
#include "files/files.h"
#include "net/listen.h"

#include <errno.h>
#include <microhttpd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PATH "/add-checkpoint"
#define SELF "/api/v1/simpul"
#define TURN_MS 200
#define PAGE_MAX (RK_WITNESS_LOGS_MAX * (RK_NOTE_MAX + (8u << 10)))
#define CONNECTION_BYTES (16u << 10)

struct conn {
    struct MHD_Connection *mhd;
    uint64_t since_ms;
    bool begun;
    rk_buf body;
    struct conn *next, *prev;
};

struct server {
    rk_book *book;
    struct MHD_Daemon *daemon;
    struct conn *first;
    unsigned busy;
    rk_self_signed *self;
    bool told; /* that it has stopped cosigning */
};

static volatile sig_atomic_t stop_asked;
static void on_signal(int sig) {
    (void)sig;
    stop_asked = 1;
}

static uint64_t now_ms(void) {
    struct timespec t;
    RK_ASSERT(clock_gettime(CLOCK_MONOTONIC, &t) == 0);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* ---- connections ---- */

static void request_over(struct server *s, struct conn *c) {
    if (c->begun) s->busy--;
    c->begun = false;
    rk_buf_free(&c->body);
    c->since_ms = now_ms();
}

static void on_connection(void *cls, struct MHD_Connection *m, void **socket_ctx,
                          enum MHD_ConnectionNotificationCode code) {
    struct server *s = cls;
    struct conn *c = *socket_ctx;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        c = rk_alloc(sizeof *c);
        c->mhd = m;
        c->since_ms = now_ms();
        c->next = s->first;
        if (c->next) c->next->prev = c;
        s->first = *socket_ctx = c;
    } else if (c) {
        request_over(s, c);
        if (c->next) c->next->prev = c->prev;
        *(c->prev ? &c->prev->next : &s->first) = c->next;
        rk_free(c);
        *socket_ctx = NULL;
    }
}

static void on_completed(void *cls, struct MHD_Connection *m, void **con_cls,
                         enum MHD_RequestTerminationCode code) {
    (void)m, (void)code;
    if (*con_cls) request_over(cls, *con_cls);
    *con_cls = NULL;
}

/* Ends connections that are over their time; libmicrohttpd then sees them closed. */
static void cut_slow(struct server *s) {
    uint64_t now = now_ms();
    for (struct conn *c = s->first; c; c = c->next) {
        if (now - c->since_ms < RK_WITNESS_SECONDS_MAX * 1000u) continue;
        const union MHD_ConnectionInfo *i =
            MHD_get_connection_info(c->mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
        if (i) (void)shutdown(i->connect_fd, SHUT_RDWR);
        c->since_ms = now;
    }
}

/* ---- answers ---- */

static enum MHD_Result send_body(struct MHD_Connection *m, unsigned status, const char *type,
                                 rk_slice body) {
    struct MHD_Response *r = MHD_create_response_from_buffer(
        body.len, (void *)(uintptr_t)(body.len ? body.ptr : ""), MHD_RESPMEM_MUST_COPY);
    RK_ASSERT(r);
    (void)MHD_add_response_header(r, "Content-Type", type);
    (void)MHD_add_response_header(r, "Cache-Control", "no-store");
    (void)MHD_add_response_header(r, "X-Content-Type-Options", "nosniff");
    if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
        (void)MHD_add_response_header(r, "Allow", "POST");
    enum MHD_Result done = MHD_queue_response(m, status, r);
    MHD_destroy_response(r);
    return done;
}

static enum MHD_Result refuse(struct MHD_Connection *m, unsigned status, rk_slice why) {
    return send_body(m, status, "text/plain; charset=utf-8", why);
}

void rk_witness_page(const rk_book *b, rk_buf *out) {
    rk_buf_lit(out, "witness ");
    rk_verifier_put(rk_book_key(b), out);
    rk_buf_byte(out, '\n');
    for (uint32_t i = 0; i < rk_book_logs(b); i++) {
        const rk_witness_log *log = rk_book_log(b, i);
        rk_buf_byte(out, '\n');
        for (uint32_t k = 0; k < log->n_key; k++) {
            rk_buf_lit(out, "log ");
            rk_verifier_put(&log->key[k], out);
            rk_buf_byte(out, '\n');
        }
        rk_slice note = rk_book_note(b, i);
        rk_buf_add(out, note.len ? note : RK_LIT("none yet\n"));
    }
}

static enum MHD_Result send_page(struct server *s, struct MHD_Connection *m) {
    rk_buf page;
    if (rk_book_stopped(s->book))
        return refuse(m, 500, RK_LIT("this witness has stopped cosigning\n"));
    rk_buf_init(&page, PAGE_MAX);
    rk_witness_page(s->book, &page);
    enum MHD_Result r =
        page.failed ? refuse(m, 500, RK_LIT("too much to show\n"))
                    : send_body(m, 200, "text/plain; charset=utf-8", rk_buf_slice(&page));
    rk_buf_free(&page);
    return r;
}

static enum MHD_Result send_self(struct server *s, struct MHD_Connection *m) {
    rk_slice text = {NULL, 0};
    if (rk_self_signed_text(s->self, &text, NULL) != RK_OK)
        return refuse(m, 404, RK_LIT("this witness says nothing of itself\n"));
    return send_body(m, 200, "text/plain; charset=utf-8", text);
}

static void tell(struct server *s, unsigned status, bool fork, rk_slice answer) {
    if (fork)
        (void)fprintf(stderr, "rekap-witness: a log has signed two histories: see fork/\n");
    if (status == RK_WITNESS_BAD_PROOF)
        (void)fprintf(stderr, "rekap-witness: 422: %.*s", RK_FMT(answer));
    if (rk_book_stopped(s->book) && !s->told)
        (void)fprintf(stderr,
                      "rekap-witness: has stopped cosigning: %s. Mend the disk, then start it "
                      "again\n",
                      rk_book_stopped(s->book));
    s->told = rk_book_stopped(s->book) != NULL;
}

static enum MHD_Result cosign(struct server *s, struct conn *c) {
    rk_buf answer;
    bool fork;
    if (c->body.failed) return refuse(c->mhd, 413, RK_LIT("the request is too long\n"));
    rk_buf_init(&answer, RK_WITNESS_ANSWER_MAX);
    unsigned status = rk_book_cosign(s->book, rk_buf_slice(&c->body), rk_now(), &answer, &fork);
    tell(s, status, fork, rk_buf_slice(&answer));
    enum MHD_Result r = send_body(c->mhd, status,
                                  status == RK_WITNESS_STALE ? RK_WITNESS_SIZE_TYPE
                                                             : "text/plain; charset=utf-8",
                                  rk_buf_slice(&answer));
    rk_buf_free(&answer);
    return r;
}

/* ---- requests ---- */

/* What can be said before the body is read: 0, or the status to refuse with. */
static unsigned refuse_early(struct MHD_Connection *m, const char *url, const char *method,
                             bool page) {
    const char *length = MHD_lookup_connection_value(m, MHD_HEADER_KIND, "Content-Length");
    const char *coding = MHD_lookup_connection_value(m, MHD_HEADER_KIND, "Transfer-Encoding");
    if (length && coding) return 400; /* two lengths are how requests are smuggled */
    if (page) return (length && strcmp(length, "0") != 0) || coding ? 413 : 0;
    if (strcmp(url, PATH) != 0) return 404;
    if (strcmp(method, "POST") != 0) return 405;
    if (length && (strlen(length) > 6 || strtoul(length, NULL, 10) > RK_WITNESS_REQUEST_MAX))
        return 413;
    return 0;
}

static enum MHD_Result begin(struct server *s, struct conn *c, unsigned early) {
    c->since_ms = now_ms();
    c->begun = true;
    s->busy++;
    rk_buf_init(&c->body, RK_WITNESS_REQUEST_MAX);
    return early ? refuse(c->mhd, early, RK_LIT("see c2sp.org/tlog-witness\n")) : MHD_YES;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *m, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_bytes, void **con_cls) {
    struct server *s = cls;
    struct conn *c = *con_cls;
    (void)version;
    bool self = strcmp(url, SELF) == 0;
    bool page = (self || strcmp(url, "/") == 0) &&
                (strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0);
    if (!c) {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(m, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
        if (!info || !info->socket_context) return MHD_NO;
        *con_cls = c = info->socket_context;
        return begin(s, c, refuse_early(m, url, method, page));
    }
    if (*upload_bytes) {
        rk_buf_add(&c->body, (rk_slice){upload, *upload_bytes});
        *upload_bytes = 0;
        return MHD_YES;
    }
    if (page) return self ? send_self(s, m) : send_page(s, m);
    return cosign(s, c);
}

/* ---- the loop ---- */

static rk_status start(struct server *s, int fd, rk_err *err) {
    s->daemon = MHD_start_daemon(
        MHD_USE_EPOLL, 0, NULL, NULL, on_request, s, MHD_OPTION_LISTEN_SOCKET, (MHD_socket)fd,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, s, MHD_OPTION_NOTIFY_COMPLETED,
        on_completed, s, MHD_OPTION_CONNECTION_LIMIT, RK_WITNESS_CONNECTIONS_MAX,
        MHD_OPTION_CONNECTION_TIMEOUT, RK_WITNESS_SECONDS_MAX,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    if (s->daemon) return RK_OK;
    (void)close(fd);
    return rk_fail(err, RK_IO, "cannot start the HTTP server: %s", strerror(errno));
}

static void catch_signals(void) {
    struct sigaction stop = {.sa_handler = on_signal}, ignore = {.sa_handler = SIG_IGN};
    (void)sigaction(SIGTERM, &stop, NULL); /* without SA_RESTART: it ends the wait */
    (void)sigaction(SIGINT, &stop, NULL);
    (void)sigaction(SIGPIPE, &ignore, NULL);
}

static bool one_turn(struct server *s, int wait_ms) {
    cut_slow(s);
    return MHD_run_wait(s->daemon, wait_ms) == MHD_YES;
}

rk_status rk_witness_serve(rk_book *b, const char *address, rk_self_signed *self, rk_err *err) {
    struct server s = {.book = b, .self = self};
    rk_listener l;
    RK_TRY(rk_listen(address, &l, err));
    catch_signals();
    RK_TRY(start(&s, l.fd, err));
    printf("rekap-witness: listening on %s\n", l.url);
    (void)fflush(stdout);
    bool ok = true;
    while (ok && !stop_asked) ok = one_turn(&s, TURN_MS);
    int fd = MHD_quiesce_daemon(s.daemon); /* what is being answered is finished, for 2 s */
    if (fd >= 0) (void)close(fd);
    for (int i = 0; ok && i < 200 && s.busy; i++) ok = one_turn(&s, 10);
    MHD_stop_daemon(s.daemon);
    return ok ? RK_OK
              : rk_fail(err, RK_IO, "the HTTP server's loop failed: %s", strerror(errno));
}
