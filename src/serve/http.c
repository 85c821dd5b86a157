/* libmicrohttpd 0.9.75 with an outside loop (MHD_run_wait over epoll). Two of its habits shape
 * this file: a reply queued in the handler's FIRST call closes the connection, so the first
 * call only takes note and the second answers; and the raw target is seen only by the URI
 * callback, so the request begins there. One `conn` lives as long as its connection: a request
 * allocates nothing.
 *
 *   conn->stage   BEGUN -> (first handler call) -> NOTED -> (second call: reply, or suspended
 * until the service is ready) -> (completed callback) -> IDLE */
#include "serve/http.h"

#include "base/limits.h"
#include "base/mem.h"
#include "net/listen.h"

#include <errno.h>
#include <microhttpd.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

struct rk_http_reply {
    struct MHD_Response *mhd;
    unsigned status;
};

struct conn {
    struct MHD_Connection *mhd;
    void *about; /* the service's, between begin and end */
    enum { IDLE, BEGUN, NOTED } stage;
    unsigned refuse; /* status to refuse with, 0 = none */
    bool suspended;
    struct conn *next, *prev; /* in rk_http.waiting */
};

struct rk_http {
    struct MHD_Daemon *daemon;
    const rk_http_service *service;
    int fd;
    char url[RK_LISTEN_URL];
    unsigned connections, in_flight, n_waiting;
    struct conn *waiting;
};

static volatile sig_atomic_t stop_asked;

void rk_http_stop(void) { stop_asked = 1; }
static void on_signal(int sig) {
    (void)sig;
    stop_asked = 1;
}

/* ===== replies ===== */

static rk_http_reply *reply_with(struct MHD_Response *m, unsigned status,
                                 const rk_http_header *h, size_t n) {
    RK_ASSERT(m);
    for (size_t i = 0; i < n; i++)
        if (h[i].value) RK_ASSERT(MHD_add_response_header(m, h[i].name, h[i].value) == MHD_YES);
    rk_http_reply *r = rk_alloc(sizeof *r);
    *r = (rk_http_reply){m, status};
    return r;
}

rk_http_reply *rk_http_reply_new(unsigned status, char *body, size_t n, const rk_http_header *h,
                                 size_t n_header) {
    static char empty[1];
    struct MHD_Response *m =
        n ? MHD_create_response_from_buffer(n, body, MHD_RESPMEM_MUST_FREE)
          : MHD_create_response_from_buffer(0, empty, MHD_RESPMEM_PERSISTENT);
    if (n == 0) rk_free(body);
    return reply_with(m, status, h, n_header);
}

rk_http_reply *rk_http_reply_file(unsigned status, int fd, uint64_t n, const rk_http_header *h,
                                  size_t n_header) {
    return reply_with(MHD_create_response_from_fd64(n, fd), status, h, n_header);
}

rk_http_reply *rk_http_reply_part(unsigned status, int fd, uint64_t from, uint64_t n,
                                  const rk_http_header *h, size_t n_header) {
    return reply_with(MHD_create_response_from_fd_at_offset64(n, fd, from), status, h,
                      n_header);
}

void rk_http_reply_free(rk_http_reply **r) {
    if (!*r) return;
    MHD_destroy_response((*r)->mhd);
    rk_free(*r);
    *r = NULL;
}

/* ===== one connection ===== */

static void wait_list_remove(rk_http *h, struct conn *c) {
    if (!c->suspended) return;
    if (c->prev)
        c->prev->next = c->next;
    else
        h->waiting = c->next;
    if (c->next) c->next->prev = c->prev;
    c->next = c->prev = NULL;
    c->suspended = false;
    h->n_waiting--;
}

static void request_over(rk_http *h, struct conn *c) {
    wait_list_remove(h, c);
    if (c->stage != IDLE) h->in_flight--;
    if (c->about) h->service->end(h->service->ctx, c->about);
    c->about = NULL;
    c->refuse = 0;
    c->stage = IDLE;
}

static void on_connection(void *cls, struct MHD_Connection *m, void **socket_ctx,
                          enum MHD_ConnectionNotificationCode code) {
    rk_http *h = cls;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        struct conn *c = rk_alloc(sizeof *c);
        c->mhd = m;
        *socket_ctx = c;
        h->connections++;
    } else if (*socket_ctx) {
        request_over(h, *socket_ctx);
        rk_free(*socket_ctx);
        *socket_ctx = NULL;
        h->connections--;
    }
}

static void *on_target(void *cls, const char *uri, struct MHD_Connection *m) {
    rk_http *h = cls;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(m, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    if (!info || !info->socket_context) return NULL;
    struct conn *c = info->socket_context;
    request_over(h, c);
    size_t n = strlen(uri);
    h->in_flight++;
    c->stage = BEGUN;
    if (n > RK_URL_MAX)
        c->refuse = 414;
    else
        c->about = h->service->begin(h->service->ctx, (rk_slice){uri, n});
    return c;
}

static void on_completed(void *cls, struct MHD_Connection *m, void **con_cls,
                         enum MHD_RequestTerminationCode code) {
    (void)m, (void)code;
    if (*con_cls) request_over(cls, *con_cls);
    *con_cls = NULL;
}

static const char *header(struct MHD_Connection *m, const char *name) {
    return MHD_lookup_connection_value(m, MHD_HEADER_KIND, name);
}

/* A request body, announced in either way (both at once is how requests are smuggled). */
static bool has_body(struct MHD_Connection *m) {
    const char *length = header(m, "Content-Length");
    return header(m, "Transfer-Encoding") || (length && strcmp(length, "0") != 0);
}

static enum MHD_Result send_reply(struct MHD_Connection *m, const rk_http_reply *r) {
    return MHD_queue_response(m, r->status, r->mhd);
}

static enum MHD_Result refuse(rk_http *h, struct conn *c, unsigned status) {
    return send_reply(c->mhd, h->service->refusal(h->service->ctx, status));
}

static enum MHD_Result answer(rk_http *h, struct conn *c) {
    rk_http_request r = {header(c->mhd, "If-None-Match"), header(c->mhd, "If-Modified-Since"),
                         header(c->mhd, "Accept-Encoding"), header(c->mhd, "Range"),
                         header(c->mhd, "If-Range")};
    rk_http_reply *reply = h->service->answer(h->service->ctx, c->about, &r);
    if (reply) return send_reply(c->mhd, reply);
    if (h->n_waiting == RK_WAITING_MAX || stop_asked) return refuse(h, c, 503);
    MHD_suspend_connection(c->mhd);
    c->suspended = true;
    c->next = h->waiting;
    c->prev = NULL;
    if (h->waiting) h->waiting->prev = c;
    h->waiting = c;
    h->n_waiting++;
    return MHD_YES;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *m, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_bytes, void **con_cls) {
    rk_http *h = cls;
    struct conn *c = *con_cls;
    (void)m, (void)url, (void)version, (void)upload;
    if (!c) return MHD_NO;
    if (c->stage == BEGUN) {
        c->stage = NOTED;
        bool read = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
        if (!c->refuse && !read) c->refuse = 405;
        /* answered in the first call: the connection closes and the body is not read */
        if (has_body(m)) return refuse(h, c, c->refuse ? c->refuse : 413);
        return MHD_YES;
    }
    if (*upload_bytes) return MHD_NO; /* a body nobody announced */
    if (c->refuse) return refuse(h, c, c->refuse);
    return answer(h, c);
}

static void resume_waiting(rk_http *h) {
    while (h->waiting) {
        struct conn *c = h->waiting;
        wait_list_remove(h, c);
        MHD_resume_connection(c->mhd);
    }
}

/* ===== listening ===== */

rk_status rk_http_listen(const char *address, rk_http **out, rk_err *err) {
    rk_listener l;
    *out = NULL;
    RK_TRY(rk_listen(address, &l, err));
    rk_http *h = rk_alloc(sizeof *h);
    h->fd = l.fd;
    memcpy(h->url, l.url, sizeof l.url);
    *out = h;
    return RK_OK;
}

const char *rk_http_url(const rk_http *h) { return h->url; }
unsigned rk_http_connections(const rk_http *h) { return h->connections; }

void rk_http_free(rk_http **hp) {
    rk_http *h = *hp;
    if (!h) return;
    if (h->daemon) MHD_stop_daemon(h->daemon);
    if (h->fd >= 0) close(h->fd);
    rk_free(h);
    *hp = NULL;
}

/* ===== the loop ===== */

/* As many connections as the system's limit of open files leaves room for. */
static unsigned connection_limit(void) {
    struct rlimit l;
    if (getrlimit(RLIMIT_NOFILE, &l) != 0) return 512;
    l.rlim_cur = l.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &l);
    if (getrlimit(RLIMIT_NOFILE, &l) != 0 || l.rlim_cur < 128) return 32;
    rlim_t room = l.rlim_cur - 96; /* stores, temporary files, epoll, standard streams */
    room -= room / 4 < RK_RELEASED_OPEN_MAX ? room / 4 : RK_RELEASED_OPEN_MAX;
    return room < RK_CONNECTIONS_MAX ? (unsigned)room : RK_CONNECTIONS_MAX;
}

static rk_status start(rk_http *h, rk_err *err) {
    unsigned limit = connection_limit();
    unsigned per_ip =
        limit - limit / 4 < RK_CONNECTIONS_IP_MAX ? limit - limit / 4 : RK_CONNECTIONS_IP_MAX;
    h->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_USE_TURBO | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_request, h,
        MHD_OPTION_LISTEN_SOCKET, (MHD_socket)h->fd, MHD_OPTION_URI_LOG_CALLBACK, on_target, h,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, h, MHD_OPTION_NOTIFY_COMPLETED,
        on_completed, h, MHD_OPTION_CONNECTION_LIMIT, limit, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        per_ip, MHD_OPTION_CONNECTION_TIMEOUT, RK_CONNECTION_SECONDS_MAX,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)RK_CONNECTION_BYTES_MAX,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    return h->daemon ? RK_OK
                     : rk_fail(err, RK_IO, "cannot start the HTTP server: %s", strerror(errno));
}

static void catch_signals(void) {
    struct sigaction stop = {.sa_handler = on_signal}, ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGTERM, &stop, NULL); /* without SA_RESTART: it ends the wait */
    sigaction(SIGINT, &stop, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
}

static bool one_turn(rk_http *h, int wait_max) {
    bool ready = false;
    int wait = h->service->turn(h->service->ctx, &ready);
    if (ready || stop_asked) resume_waiting(h);
    return MHD_run_wait(h->daemon, wait < wait_max ? wait : wait_max) == MHD_YES;
}

rk_status rk_http_run(rk_http *h, const rk_http_service *s, rk_err *err) {
    h->service = s;
    stop_asked = 0;
    catch_signals();
    RK_TRY(start(h, err));
    bool ok = true;
    while (ok && !stop_asked) ok = one_turn(h, 500);
    /* no new connections; what is being answered is finished, for two seconds at most */
    int fd = MHD_quiesce_daemon(h->daemon);
    if (fd >= 0) close(fd);
    h->fd = -1;
    for (int i = 0; ok && i < 200 && h->in_flight; i++) ok = one_turn(h, 10);
    resume_waiting(h);
    MHD_stop_daemon(h->daemon);
    h->daemon = NULL;
    return ok ? RK_OK
              : rk_fail(err, RK_IO, "the HTTP server's loop failed: %s", strerror(errno));
}
