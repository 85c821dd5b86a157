#include "net/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static rk_status split_address(const char *address, char host[64], char port[8], rk_err *err) {
    rk_slice s = rk_slice_str(address), h, p;
    const char *colon = s.len ? memrchr(s.ptr, ':', s.len) : NULL;
    if (!colon)
        return rk_fail(err, RK_BAD_INPUT,
                       "--listen wants ADDRESS:PORT, as in 127.0.0.1:8080, not '%.100s'",
                       address);
    h = (rk_slice){s.ptr, (size_t)(colon - s.ptr)};
    p = rk_slice_from(s, h.len + 1);
    if (h.len >= 2 && h.ptr[0] == '[' && h.ptr[h.len - 1] == ']')
        h = (rk_slice){h.ptr + 1, h.len - 2};
    bool digits = p.len > 0 && p.len <= 5;
    for (size_t i = 0; i < p.len; i++) digits = digits && p.ptr[i] >= '0' && p.ptr[i] <= '9';
    if (!digits || h.len >= 64 || strtoul(p.ptr, NULL, 10) > 65535)
        return rk_fail(err, RK_BAD_INPUT,
                       "--listen wants ADDRESS:PORT, as in 127.0.0.1:8080, not '%.100s'",
                       address);
    memcpy(host, h.ptr, h.len);
    host[h.len] = '\0';
    memcpy(port, p.ptr, p.len + 1);
    return RK_OK;
}

static rk_status bind_to(int fd, const struct addrinfo *a, const char *address, rk_err *err) {
    int on = 1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on,
                     sizeof on); /* accepted sockets inherit it */
    if (bind(fd, a->ai_addr, a->ai_addrlen) == 0 && listen(fd, SOMAXCONN) == 0) return RK_OK;
    if (errno == EADDRINUSE)
        return rk_fail(err, RK_CONFLICT,
                       "%.80s is already in use by another program: stop that one, or listen "
                       "elsewhere (--listen 127.0.0.1:0 picks a free port)",
                       address);
    if (errno == EACCES)
        return rk_fail(err, RK_IO,
                       "no permission to listen on %.80s: choose a port from 1024 up", address);
    return rk_fail(err, RK_IO, "cannot listen on %.80s: %s", address, strerror(errno));
}

static void note_url(rk_listener *l) {
    struct sockaddr_storage a = {0};
    socklen_t n = sizeof a;
    char host[64] = "?", port[8] = "?";
    if (getsockname(l->fd, (struct sockaddr *)&a, &n) == 0)
        (void)getnameinfo((struct sockaddr *)&a, n, host, sizeof host, port, sizeof port,
                          NI_NUMERICHOST | NI_NUMERICSERV);
    bool v6 = a.ss_family == AF_INET6;
    (void)snprintf(l->url, sizeof l->url, v6 ? "http://[%s]:%s" : "http://%s:%s", host, port);
}

rk_status rk_listen(const char *address, rk_listener *out, rk_err *err) {
    char host[64] = "", port[8] = "";
    *out = (rk_listener){.fd = -1};
    RK_TRY(split_address(address, host, port, err));
    bool any = host[0] == '\0' || strcmp(host, "*") == 0;
    struct addrinfo want = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE}, *found = NULL;
    int r = getaddrinfo(any ? NULL : host, port, &want, &found);
    if (r != 0)
        return rk_fail(err, RK_BAD_INPUT, "cannot listen on '%.80s': %s", address,
                       gai_strerror(r));
    int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    rk_status s = fd < 0 ? rk_fail(err, RK_IO, "cannot make a socket: %s", strerror(errno))
                         : bind_to(fd, found, address, err);
    freeaddrinfo(found);
    if (s != RK_OK) {
        if (fd >= 0) (void)close(fd);
        return s;
    }
    out->fd = fd;
    note_url(out);
    return RK_OK;
}
