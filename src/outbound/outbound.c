/* Two checks, since a name says nothing of where it leads: the name before it is resolved, the
 * address before the socket is made. Counting never stops; of the refusals the last ones are
 * kept. */
#include "outbound/outbound.h"

#include "core/ip.h"

#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>

static struct {
    pthread_mutex_t lock;
    rk_residency *declared[RK_SERVED_MAX];
    uint32_t n;
    uint64_t asked, refused;
    rk_refusal last[RK_REFUSALS_MAX]; /* newest first */
    uint32_t n_last;
} gate = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void take(void) { RK_ASSERT(pthread_mutex_lock(&gate.lock) == 0); }
static void give(void) { RK_ASSERT(pthread_mutex_unlock(&gate.lock) == 0); }

rk_status rk_outbound_declare(rk_residency *r, rk_err *err) {
    take();
    bool there = false, room = gate.n < RK_SERVED_MAX;
    for (uint32_t i = 0; i < gate.n && !there; i++)
        there = rk_residency_same(gate.declared[i], r);
    if (room && !there) gate.declared[gate.n++] = r;
    give();
    if (room && !there) return RK_OK;
    rk_residency_free(&r);
    if (there) return RK_OK; /* a process that works every day declares every day */
    return rk_fail(err, RK_LIMIT, "more than %u declarations of residency", RK_SERVED_MAX);
}

void rk_outbound_reset(void) {
    take();
    for (uint32_t i = 0; i < gate.n; i++) rk_residency_free(&gate.declared[i]);
    gate.n = 0;
    gate.asked = gate.refused = 0;
    gate.n_last = 0;
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

bool rk_refusal_same(const rk_refusal *a, const rk_refusal *b) {
    return a->rule == b->rule && a->kind == b->kind && a->port == b->port &&
           a->non_public == b->non_public && strcmp(a->host, b->host) == 0;
}

/* A refusal that comes again is one line with a count, and moves to the front. Returns how
 * often it has come. */
static uint64_t remember(const rk_use *use, enum rk_residency_rule rule) {
    rk_refusal x = {rule, use->kind, shown_port(use), use->non_public, {0}, 1, 0};
    rk_slice what = shown(use);
    memcpy(x.host, what.ptr ? what.ptr : "",
           what.len < sizeof x.host ? what.len : sizeof x.host - 1);
    for (char *p = x.host; *p; p++) /* it goes to logs, files and pages */
        if (*p <= 0x20 || *p >= 0x7f) *p = '?';
    uint32_t at = 0;
    while (at < gate.n_last && !rk_refusal_same(&gate.last[at], &x)) at++;
    if (at < gate.n_last)
        x.times += gate.last[at].times;
    else if (gate.n_last < RK_REFUSALS_MAX)
        gate.n_last++;
    else
        at--;
    memmove(gate.last + 1, gate.last, at * sizeof *gate.last);
    gate.last[0] = x;
    gate.refused++;
    return x.times;
}

/* Whoever is refused asks again every few seconds: said the 1st, 2nd, 4th, 8th ... time. */
static bool worth_saying(uint64_t times) { return (times & (times - 1)) == 0; }

rk_status rk_outbound_allow(const rk_use *use, rk_outbound_pass *pass, rk_err *err) {
    const rk_target *target = NULL;
    take();
    gate.asked++;
    enum rk_residency_rule rule = decide(use, &target);
    uint64_t times = rule == RK_S_OK ? 0 : remember(use, rule);
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
    if (worth_saying(times))
        fprintf(stderr, "rekap: outbound refused: %s%s\n", e.text, times > 1 ? " (again)" : "");
    return rk_fail(err, RK_CONFLICT, "%s", e.text);
}

/* ===== addresses ===== */

static bool ip_of(const struct sockaddr *a, socklen_t len, rk_ip *out) {
    if (a->sa_family == AF_INET && len >= (socklen_t)sizeof(struct sockaddr_in)) {
        uint8_t v4[4];
        memcpy(v4, &((const struct sockaddr_in *)(const void *)a)->sin_addr, 4);
        *out = rk_ip_of4(v4);
        return true;
    }
    if (a->sa_family != AF_INET6 || len < (socklen_t)sizeof(struct sockaddr_in6)) return false;
    memcpy(out->b, &((const struct sockaddr_in6 *)(const void *)a)->sin6_addr, 16);
    return true;
}

bool rk_outbound_covers(rk_slice prefix, const struct sockaddr *a, socklen_t len) {
    rk_ip_range want;
    rk_ip have;
    return rk_ip_range_parse(prefix, &want) && ip_of(a, len, &have) && rk_ip_in(&want, &have);
}

static bool is_loopback(const struct sockaddr *a, socklen_t len) {
    return rk_outbound_covers(RK_LIT("127.0.0.0/8"), a, len) ||
           rk_outbound_covers(RK_LIT("::1"), a, len);
}

static bool covered(const rk_outbound_pass *p, const struct sockaddr *to, socklen_t len) {
    rk_ip ip;
    if (!p->given || !ip_of(to, len, &ip)) return false;
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
    char text[RK_IP_TEXT_MAX + 1] = "an address of another family";
    rk_ip ip;
    bool ok = covered(pass, to, to_len) && to->sa_family == family;
    if (ok && pass->target && pass->target->port && port_of(to) != pass->target->port)
        ok = false;
    if (ok) return socket(family, type | SOCK_CLOEXEC, protocol);
    bool is_ip = ip_of(to, to_len, &ip);
    if (is_ip) *rk_ip_put(text, &ip) = 0;
    rk_use use = {.host = rk_slice_str(text),
                  .label = pass->label,
                  .port = is_ip ? port_of(to) : 0,
                  .kind = pass->target ? pass->target->kind : RK_TARGET_DELIVERY};
    take();
    gate.asked++;
    uint64_t times = remember(&use, RK_S01);
    give();
    if (worth_saying(times))
        fprintf(
            stderr,
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
    uint32_t n = gate.n_last < max ? gate.n_last : max;
    memcpy(out, gate.last, n * sizeof *out);
    give();
    return n;
}
