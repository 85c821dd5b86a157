#include "outbound/resolve.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>

enum { RESOLV_CONF_MAX = 65536, DNS_PORT = 53 };

static bool is_blank(char c) { return c == ' ' || c == '\t'; }

uint32_t rk_resolvers_parse(rk_slice bytes, rk_ip out[RK_RESOLVERS_MAX]) {
    rk_slice line, zone;
    uint32_t n = 0;
    while (n < RK_RESOLVERS_MAX && rk_slice_cut(&bytes, '\n', &line)) {
        if (!rk_slice_starts(line, RK_LIT("nameserver")) || line.len < 11 ||
            !is_blank(line.ptr[10]))
            continue;
        line = rk_slice_trim(rk_slice_from(line, 10));
        size_t end = 0;
        while (end < line.len && !is_blank(line.ptr[end]) && line.ptr[end] != '\r') end++;
        line.len = end;
        (void)rk_slice_cut(&line, '%', &zone); /* fe80::1%eth0 */
        n += rk_ip_parse(zone, &out[n]);
    }
    return n;
}

/* Without a file, or with none in it, the C library asks 127.0.0.1. */
static rk_status resolvers(rk_ip out[RK_RESOLVERS_MAX], uint32_t *n, rk_err *err) {
    char text[RESOLV_CONF_MAX];
    FILE *f = fopen("/etc/resolv.conf", "re");
    *n = 0;
    if (!f && errno == ENOENT) return RK_OK;
    if (!f) return rk_fail(err, RK_IO, "/etc/resolv.conf cannot be read");
    size_t len = fread(text, 1, sizeof text, f);
    bool whole = feof(f) && !ferror(f);
    (void)fclose(f);
    if (!whole)
        return rk_fail(err, RK_LIMIT, "/etc/resolv.conf has over %u bytes", RESOLV_CONF_MAX);
    *n = rk_resolvers_parse((rk_slice){text, len}, out);
    return RK_OK;
}

rk_status rk_outbound_may_resolve(rk_slice host, enum rk_residency_rule *why, rk_err *err) {
    rk_ip server[RK_RESOLVERS_MAX], literal;
    uint32_t n;
    if (why) *why = RK_S_OK;
    if (rk_host_is_loopback(host) || rk_ip_parse(host, &literal)) return RK_OK;
    RK_TRY(resolvers(server, &n, err));
    for (uint32_t i = 0; i < n; i++) {
        char text[RK_IP_TEXT_MAX];
        rk_outbound_pass pass;
        rk_use use = {.kind = RK_TARGET_RESOLVER,
                      .host = {text, (size_t)(rk_ip_put(text, &server[i]) - text)},
                      .port = DNS_PORT};
        rk_status s = rk_outbound_allow(&use, &pass, err);
        if (why) *why = pass.rule;
        RK_TRY(s);
    }
    return RK_OK;
}

bool rk_outbound_known(const rk_target *t, rk_slice host, uint16_t port, rk_buf *out) {
    rk_ip_range one;
    if (!t || t->n_address == 0) return false;
    for (uint32_t i = 0; i < t->n_address; i++)
        if (!rk_ip_range_parse(t->address[i], &one) || rk_ip_cmp(&one.first, &one.last) != 0)
            return false;
    rk_buf_printf(out, "%.*s:%u:", RK_FMT(host), port);
    for (uint32_t i = 0; i < t->n_address; i++) {
        char text[RK_IP_TEXT_MAX + 1] = {0};
        RK_ASSERT(rk_ip_range_parse(t->address[i], &one));
        (void)rk_ip_put(text, &one.first);
        bool v6 = !rk_ip_is4(&one.first);
        rk_buf_printf(out, "%s%s%s%s", i ? "," : "", v6 ? "[" : "", text, v6 ? "]" : "");
    }
    rk_buf_byte(out, 0);
    return !out->failed;
}

static bool take(const struct addrinfo *a, rk_ip *out) {
    if (a->ai_family == AF_INET) {
        uint8_t v4[4];
        memcpy(v4, &((const struct sockaddr_in *)(const void *)a->ai_addr)->sin_addr, 4);
        *out = rk_ip_of4(v4);
        return true;
    }
    if (a->ai_family != AF_INET6) return false;
    memcpy(out->b, &((const struct sockaddr_in6 *)(const void *)a->ai_addr)->sin6_addr, 16);
    return true;
}

rk_status rk_outbound_resolve(rk_slice host, rk_ip *out, uint32_t max, uint32_t *n,
                              rk_err *err) {
    char name[256];
    struct addrinfo hint = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM}, *list = NULL;
    *n = 0;
    RK_TRY(rk_outbound_may_resolve(host, NULL, err));
    if (host.len == 0 || host.len >= sizeof name || memchr(host.ptr, 0, host.len))
        return rk_fail(err, RK_BAD_INPUT, "'%.*s' is no name of a host",
                       (int)(host.len < 80 ? host.len : 80), host.ptr ? host.ptr : "");
    memcpy(name, host.ptr, host.len);
    name[host.len] = 0;
    int code = getaddrinfo(name, NULL, &hint, &list);
    if (code != 0)
        return rk_fail(err, RK_NOT_FOUND, "%s has no address: %s", name, gai_strerror(code));
    for (const struct addrinfo *a = list; a && *n < max; a = a->ai_next)
        *n += take(a, &out[*n]);
    freeaddrinfo(list);
    return *n ? RK_OK : rk_fail(err, RK_NOT_FOUND, "%s has no IP address", name);
}
