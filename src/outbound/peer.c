#include "outbound/peer.h"

#include "base/day.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <stdio.h>
#include <sys/time.h>
#include <unistd.h>

static void problem(rk_peer *out, const char *what, const char *why) {
    (void)snprintf(out->problem, sizeof out->problem, "%.50s%s%.100s", what, why ? ": " : "",
                   why ? why : "");
}

/* ===== connecting ===== */

static socklen_t address_of(const rk_ip *ip, uint16_t port, struct sockaddr_storage *out) {
    *out = (struct sockaddr_storage){0};
    if (rk_ip_is4(ip)) {
        struct sockaddr_in *a = (void *)out;
        a->sin_family = AF_INET;
        a->sin_port = htons(port);
        memcpy(&a->sin_addr, ip->b + 12, 4);
        return sizeof *a;
    }
    struct sockaddr_in6 *a = (void *)out;
    a->sin6_family = AF_INET6;
    a->sin6_port = htons(port);
    memcpy(&a->sin6_addr, ip->b, 16);
    return sizeof *a;
}

static bool wait_connected(int fd) {
    struct pollfd p = {.fd = fd, .events = POLLOUT};
    int code = 0;
    socklen_t n = sizeof code;
    if (poll(&p, 1, RK_PEER_MS) != 1) return errno = ETIMEDOUT, false;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &n) != 0) return false;
    errno = code;
    return code == 0;
}

static int dial(const rk_target *t, const rk_ip *ip, rk_peer *out) {
    struct sockaddr_storage to;
    rk_outbound_pass pass;
    rk_err why = RK_ERR_INIT;
    rk_use use = {.kind = t->kind, .host = t->host, .port = t->port};
    struct timeval limit = {.tv_sec = RK_PEER_MS / 1000};
    socklen_t len = address_of(ip, t->port, &to);
    if (rk_outbound_allow(&use, &pass, &why) != RK_OK)
        return problem(out, "refused", why.text), -1;
    int fd = rk_outbound_socket(&pass, to.ss_family, SOCK_STREAM | SOCK_NONBLOCK, 0,
                                (struct sockaddr *)&to, len);
    if (fd < 0) return problem(out, "no connection", strerror(errno)), -1;
    if ((connect(fd, (struct sockaddr *)&to, len) == 0 ||
         (errno == EINPROGRESS && wait_connected(fd))) &&
        fcntl(fd, F_SETFL, 0) == 0 &&
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0 &&
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) == 0)
        return fd;
    problem(out, "no connection", strerror(errno));
    (void)close(fd);
    return -1;
}

/* ===== the certificate ===== */

/* A part of a name as text; control characters do not reach a page. */
static bool part_of(const X509_NAME *name, int nid, char *out, size_t cap) {
    char text[512];
    int n = X509_NAME_get_text_by_NID(name, nid, text, sizeof text);
    if (n <= 0) return false;
    for (char *p = text; *p; p++)
        if ((unsigned char)*p < 0x20 || (unsigned char)*p >= 0x7f) *p = '?';
    (void)snprintf(out, cap, "%.*s", (int)cap - 1, text);
    return true;
}

static void describe(const X509_NAME *name, char *out, size_t cap, char cc[8]) {
    if (!part_of(name, NID_organizationName, out, cap))
        (void)part_of(name, NID_commonName, out, cap);
    if (!part_of(name, NID_countryName, cc, 8)) cc[0] = 0;
}

static void add_name(rk_peer *out, const ASN1_STRING *s) {
    size_t used = strlen(out->names), n = (size_t)ASN1_STRING_length(s);
    const char *p = (const char *)ASN1_STRING_get0_data(s);
    if (used + n + 3 > sizeof out->names) return;
    for (size_t i = 0; i < n; i++)
        if (p[i] <= 0x20 || p[i] >= 0x7f) return;
    (void)snprintf(out->names + used, sizeof out->names - used, "%s%.*s", used ? ", " : "",
                   (int)n, p);
}

static void names_of(X509 *x, rk_peer *out) {
    GENERAL_NAMES *list = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
    for (int i = 0; list && i < sk_GENERAL_NAME_num(list); i++) {
        const GENERAL_NAME *g = sk_GENERAL_NAME_value(list, i);
        if (g->type == GEN_DNS) add_name(out, g->d.dNSName);
    }
    GENERAL_NAMES_free(list);
}

static void until_of(const X509 *x, rk_peer *out) {
    struct tm t;
    if (ASN1_TIME_to_tm(X509_get0_notAfter(x), &t) != 1) return;
    *rk_day_put(out->until, rk_day_of(t.tm_year + 1900, t.tm_mon + 1, t.tm_mday)) = 0;
}

static bool fits(X509 *x, rk_slice host) {
    rk_ip ip;
    if (!rk_ip_parse(host, &ip)) return X509_check_host(x, host.ptr, host.len, 0, NULL) == 1;
    bool v4 = rk_ip_is4(&ip);
    return X509_check_ip(x, v4 ? ip.b + 12 : ip.b, v4 ? 4 : 16, 0) == 1;
}

static void read_certificate(SSL *ssl, const rk_target *t, rk_peer *out) {
    X509 *x = SSL_get1_peer_certificate(ssl);
    if (!x) {
        problem(out, "no certificate was shown", NULL);
        return;
    }
    out->shown = true;
    describe(X509_get_subject_name(x), out->subject, sizeof out->subject, out->subject_country);
    describe(X509_get_issuer_name(x), out->issuer, sizeof out->issuer, out->issuer_country);
    names_of(x, out);
    until_of(x, out);
    out->trusted = SSL_get_verify_result(ssl) == X509_V_OK;
    out->name_fits = fits(x, t->host);
    X509_free(x);
}

/* ===== the handshake ===== */

static bool set_name(SSL *ssl, rk_slice host) {
    char name[256];
    rk_ip ip;
    if (rk_ip_parse(host, &ip)) return true; /* no server name for an address (RFC 6066) */
    if (host.len >= sizeof name) return false;
    memcpy(name, host.ptr, host.len);
    name[host.len] = 0;
    return SSL_set_tlsext_host_name(ssl, name) == 1;
}

static void shake(SSL_CTX *ctx, int fd, const rk_target *t, rk_peer *out) {
    SSL *ssl = SSL_new(ctx);
    if (ssl && set_name(ssl, t->host) && SSL_set_fd(ssl, fd) == 1 && SSL_connect(ssl) == 1) {
        read_certificate(ssl, t, out);
        (void)SSL_shutdown(ssl);
    } else {
        unsigned long code = ERR_get_error();
        problem(out, "no TLS from the first byte", code ? ERR_reason_error_string(code) : NULL);
    }
    SSL_free(ssl);
    ERR_clear_error();
}

void rk_peer_look(const rk_target *t, const rk_ip *address, rk_peer *out) {
    *out = (rk_peer){.asked = true};
    if (t->port == 0) problem(out, "no port is declared", NULL);
    int fd = t->port ? dial(t, address, out) : -1;
    if (fd < 0) return;
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    if (ctx) {
        (void)SSL_CTX_set_default_verify_paths(ctx);
        SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, NULL); /* looked at, not relied on */
        shake(ctx, fd, t, out);
        SSL_CTX_free(ctx);
    } else {
        problem(out, "OpenSSL cannot be started", NULL);
    }
    (void)close(fd);
}
