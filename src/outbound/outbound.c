/* Two checks, since a name says nothing of where it leads: the name before it is resolved, the
 * address before the socket is made. The list of refusals is a ring; counting never stops. */
#include "outbound/outbound.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>

static struct {
    pthread_mutex_t lock;
    rk_residency *declared[RK_SERVED_MAX];
    uint32_t n;
    uint64_t asked, refused;
    rk_refusal last[RK_REFUSALS_MAX]; /* refusal k at k % RK_REFUSALS_MAX */
} gate = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void take(void) { RK_ASSERT(pthread_mutex_lock(&gate.lock) == 0); }
static void give(void) { RK_ASSERT(pthread_mutex_unlock(&gate.lock) == 0); }

rk_status rk_outbound_declare(rk_residency *r, rk_err *err) {
    take();
    bool room = gate.n < RK_SERVED_MAX;
    if (room) gate.declared[gate.n++] = r;
    give();
    if (room) return RK_OK;
    rk_residency_free(&r);
    return rk_fail(err, RK_LIMIT, "more than %u declarations of residency", RK_SERVED_MAX);
}

void rk_outbound_reset(void) {
    take();
    for (uint32_t i = 0; i < gate.n; i++) rk_residency_free(&gate.declared[i]);
    gate.n = 0;
    gate.asked = gate.refused = 0;
    give();
}

bool rk_outbound_declared(void) {
    take();
    bool some = gate.n > 0;
    give();
    return some;
}

/* ===== names ===== */

static enum rk_residency_rule decide(const rk_use *use, const rk_target **target) {
    enum rk_residency_rule why = rk_residency_decide(NULL, use, target);
    for (uint32_t i = 0; i < gate.n && why != RK_S_OK; i++) {
        enum rk_residency_rule rule = rk_residency_decide(gate.declared[i], use, target);
        if (rule != RK_S01 || why == RK_S_OK) why = rule;
    }
    return why;
}

/* What may be said of where it goes. */
static rk_slice shown(const rk_use *use) {
    return use->label.len ? use->label : use->path.len ? use->path : use->host;
}
static uint16_t shown_port(const rk_use *use) { return use->label.len ? 0 : use->port; }

static void remember(const rk_use *use, enum rk_residency_rule rule) {
    rk_refusal *x = &gate.last[gate.refused++ % RK_REFUSALS_MAX];
    rk_slice what = shown(use);
    *x = (rk_refusal){rule, use->kind, shown_port(use), use->non_public, {0}};
    memcpy(x->host, what.ptr ? what.ptr : "",
           what.len < sizeof x->host ? what.len : sizeof x->host - 1);
    for (char *p = x->host; *p; p++) /* it goes to logs and pages */
        if (*p < 0x20 || *p == 0x7f) *p = '?';
}

rk_status rk_outbound_allow(const rk_use *use, rk_outbound_pass *pass, rk_err *err) {
    const rk_target *target = NULL;
    take();
    gate.asked++;
    enum rk_residency_rule rule = decide(use, &target);
    if (rule != RK_S_OK) remember(use, rule);
    give();
    *pass = (rk_outbound_pass){rule == RK_S_OK, rule == RK_S_OK && !target, target, use->label,
                               rule};
    if (rule == RK_S_OK) return RK_OK;
    rk_slice what = shown(use);
    rk_err e = RK_ERR_INIT;
    char port[8] = "";
    if (!use->label.len) snprintf(port, sizeof port, ":%u", use->port);
    rk_fail(&e, RK_CONFLICT,
            "rule %s: %s: %s %.*s%s with %s data: declare it in residency.json "
            "(docs/format/residency.md) or do without it",
            rk_residency_rule_name(rule), rk_residency_rule_text(rule, false),
            rk_target_kind_name(use->kind), (int)(what.len < 100 ? what.len : 100), what.ptr,
            port, use->non_public ? "non-public" : "public");
    fprintf(stderr, "rekap: outbound refused: %s\n", e.text);
    return rk_fail(err, RK_CONFLICT, "%s", e.text);
}

/* ===== addresses ===== */

/* An address as 16 bytes, IPv4 as ::ffff:a.b.c.d. */
static bool bytes_of(const struct sockaddr *a, socklen_t len, uint8_t out[16]) {
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    if (a->sa_family == AF_INET && len >= (socklen_t)sizeof(struct sockaddr_in)) {
        memcpy(out, mapped, 12);
        memcpy(out + 12, &((const struct sockaddr_in *)(const void *)a)->sin_addr, 4);
        return true;
    }
    if (a->sa_family != AF_INET6 || len < (socklen_t)sizeof(struct sockaddr_in6)) return false;
    memcpy(out, &((const struct sockaddr_in6 *)(const void *)a)->sin6_addr, 16);
    return true;
}

static bool parse_prefix(rk_slice prefix, uint8_t out[16], unsigned *bits) {
    char text[48];
    rk_slice ip;
    struct in_addr v4;
    unsigned v = 0;
    if (!rk_slice_cut(&prefix, '/', &ip) || ip.len == 0 || ip.len >= sizeof text) return false;
    memcpy(text, ip.ptr, ip.len);
    text[ip.len] = 0;
    bool is4 = inet_pton(AF_INET, text, &v4) == 1;
    if (is4) {
        memset(out, 0, 10);
        out[10] = out[11] = 0xff;
        memcpy(out + 12, &v4, 4);
    } else if (inet_pton(AF_INET6, text, out) != 1) {
        return false;
    }
    *bits = 128;
    if (!prefix.ptr) return true;
    if (prefix.len == 0 || prefix.len > 3) return false;
    for (size_t i = 0; i < prefix.len; i++) {
        if (prefix.ptr[i] < '0' || prefix.ptr[i] > '9') return false;
        v = v * 10 + (unsigned)(prefix.ptr[i] - '0');
    }
    *bits = is4 ? v + 96 : v;
    return v <= (is4 ? 32u : 128u);
}

bool rk_outbound_covers(rk_slice prefix, const struct sockaddr *a, socklen_t len) {
    uint8_t want[16], have[16];
    unsigned bits;
    if (!parse_prefix(prefix, want, &bits) || !bytes_of(a, len, have)) return false;
    unsigned whole = bits / 8, rest = bits % 8;
    if (memcmp(want, have, whole) != 0) return false;
    return rest == 0 || ((want[whole] ^ have[whole]) >> (8 - rest)) == 0;
}

static bool is_loopback(const struct sockaddr *a, socklen_t len) {
    return rk_outbound_covers(RK_LIT("127.0.0.0/8"), a, len) ||
           rk_outbound_covers(RK_LIT("::1"), a, len);
}

static bool covered(const rk_outbound_pass *p, const struct sockaddr *to, socklen_t len) {
    uint8_t b[16];
    if (!p->given || !bytes_of(to, len, b)) return false;
    if (p->loopback) return is_loopback(to, len);
    if (p->target->n_address == 0) return true;
    for (uint32_t i = 0; i < p->target->n_address; i++)
        if (rk_outbound_covers(p->target->address[i], to, len)) return true;
    return false;
}

static uint16_t port_of(const struct sockaddr *a) {
    const struct sockaddr_in *v4 = (const void *)a;
    const struct sockaddr_in6 *v6 = (const void *)a;
    return ntohs(a->sa_family == AF_INET ? v4->sin_port : v6->sin6_port);
}

int rk_outbound_socket(const rk_outbound_pass *pass, int family, int type, int protocol,
                       const struct sockaddr *to, socklen_t to_len) {
    char text[INET6_ADDRSTRLEN] = "an address of another family";
    bool ok = covered(pass, to, to_len) && to->sa_family == family;
    if (ok && pass->target && pass->target->port && port_of(to) != pass->target->port)
        ok = false;
    if (ok) return socket(family, type | SOCK_CLOEXEC, protocol);
    if (to->sa_family == AF_INET || to->sa_family == AF_INET6)
        (void)inet_ntop(
            to->sa_family,
            to->sa_family == AF_INET
                ? (const void *)&((const struct sockaddr_in *)(const void *)to)->sin_addr
                : (const void *)&((const struct sockaddr_in6 *)(const void *)to)->sin6_addr,
            text, sizeof text);
    rk_use use = {.host = rk_slice_str(text),
                  .label = pass->label,
                  .port =
                      to->sa_family == AF_INET || to->sa_family == AF_INET6 ? port_of(to) : 0,
                  .kind = pass->target ? pass->target->kind : RK_TARGET_DELIVERY};
    take();
    gate.asked++;
    remember(&use, RK_S01);
    give();
    fprintf(stderr,
            "rekap: outbound refused: rule S01: address %.*s port %u is not declared%s%.*s\n",
            RK_FMT(shown(&use)), shown_port(&use), pass->target ? " for target " : "",
            pass->target ? (int)pass->target->id.len : 0,
            pass->target ? pass->target->id.ptr : "");
    errno = EACCES;
    return -1;
}

/* ===== what was refused ===== */

void rk_outbound_counts(uint64_t *asked, uint64_t *refused) {
    take();
    *asked = gate.asked, *refused = gate.refused;
    give();
}

uint32_t rk_outbound_refusals(rk_refusal *out, uint32_t max) {
    take();
    uint64_t have = gate.refused < RK_REFUSALS_MAX ? gate.refused : RK_REFUSALS_MAX;
    uint32_t n = have < max ? (uint32_t)have : max;
    for (uint32_t i = 0; i < n; i++)
        out[i] = gate.last[(gate.refused - 1 - i) % RK_REFUSALS_MAX];
    give();
    return n;
}
