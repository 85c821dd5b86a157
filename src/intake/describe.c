#include "intake/describe.h"

#include "base/num.h"
#include "base/sha256_stream.h"
#include "intake/cosigned.h"
#include "intake/guard.h"
#include "outbound/outbound.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

/* Fingerprints of several directories become one, in their order. */
struct prints {
    rk_sha256_stream s;
    rk_sha256 last;
    uint32_t n;
};

static void add_print(struct prints *p, rk_sha256 h) {
    if (p->n++ == 0) rk_sha256_begin(&p->s);
    rk_sha256_add(&p->s, (rk_slice){(const char *)h.b, sizeof h.b});
    p->last = h;
}

static rk_sha256 of_prints(struct prints *p) {
    if (p->n == 0) return (rk_sha256){{0}};
    return p->n == 1 ? p->last : rk_sha256_end(&p->s);
}

/* ===== stores ===== */

static rk_status add_target(rk_node *n, const rk_target *t, bool may, rk_err *err) {
    rk_node_store s = {.kind = t->kind, .target = t->id, .may = may};
    memcpy(s.country, t->country, sizeof s.country);
    return rk_node_add_store(n, &s, err);
}

static rk_status add_dir(rk_node *n, const char *dir, const rk_residency *r, rk_err *err) {
    char full[PATH_MAX];
    rk_slice path = rk_slice_str(realpath(dir, full) ? full : dir);
    const rk_target *t = NULL;
    rk_use use = {.kind = RK_TARGET_STORE, .path = path, .non_public = true};
    if (r && rk_residency_decide(r, &use, &t) == RK_S_OK && t)
        return add_target(n, t, false, err);
    rk_node_store s = {.kind = RK_TARGET_STORE, .path = rk_node_path_print(path)};
    return rk_node_add_store(n, &s, err);
}

/* Host and port of "http://HOST[:PORT][/...]", as the gate will be asked for them. */
static bool host_of(rk_slice url, rk_slice *host, uint16_t *port) {
    bool tls = rk_slice_starts(url, RK_LIT("https://"));
    uint64_t number = tls ? 443 : 80;
    rk_slice rest = rk_slice_from(url, tls ? 8 : 7), tail;
    if (!rk_slice_cut(&rest, '/', &tail)) return false;
    if (rk_slice_starts(tail, RK_LIT("["))) {
        tail = rk_slice_from(tail, 1);
        if (!rk_slice_cut(&tail, ']', host)) return false;
        if (rk_slice_starts(tail, RK_LIT(":"))) tail = rk_slice_from(tail, 1);
    } else if (!rk_slice_cut(&tail, ':', host)) {
        return false;
    }
    if (tail.len && !rk_num_parse(tail, UINT16_MAX, &number)) return false;
    *port = (uint16_t)number;
    return host->len > 0;
}

/* A witness that is neither declared nor on this machine is never connected to. */
static rk_status add_witness(rk_node *n, rk_slice url, const rk_residency *r, rk_err *err) {
    rk_use use = {.kind = RK_TARGET_WITNESS};
    const rk_target *t = NULL;
    if (!url.len || !host_of(url, &use.host, &use.port)) return RK_OK;
    if (rk_host_is_loopback(use.host))
        return rk_node_add_store(
            n, &(rk_node_store){.kind = RK_TARGET_WITNESS, .loopback = true}, err);
    if (!r || rk_residency_decide(r, &use, &t) != RK_S_OK || !t) return RK_OK;
    return add_target(n, t, false, err);
}

/* ===== a directory ===== */

static rk_status policy_of(rk_node *n, const char *dir, const rk_residency *r,
                           struct prints *prints, rk_err *err) {
    rk_policy *p = NULL;
    rk_buf file;
    rk_err why = RK_ERR_INIT;
    rk_buf_init(&file, RK_POLICY_MAX);
    rk_status s = rk_policy_bytes(dir, &file, &why);
    if (s == RK_OK && file.len) s = rk_policy_parse(rk_buf_slice(&file), &p, &why);
    rk_buf_free(&file);
    if (s != RK_OK) return rk_fail(err, s, "%.150s/policy: %.220s", dir, why.text);
    if (!p) return RK_OK;
    add_print(prints, rk_node_policy_print(p));
    for (uint32_t i = 0; s == RK_OK && i < p->n_witness; i++)
        s = add_witness(n, p->witness_url[i], r, err);
    rk_policy_free(&p);
    return s;
}

static rk_status one_dir(rk_node *n, const char *dir, struct prints *residency,
                         struct prints *policy, rk_err *err) {
    rk_residency *r = NULL;
    rk_err why = RK_ERR_INIT;
    rk_status none = rk_guard_read(dir, &r, &why);
    if (none != RK_OK && none != RK_NOT_FOUND) return rk_fail(err, none, "%s", why.text);
    rk_status s = add_dir(n, dir, r, err);
    if (s == RK_OK) s = policy_of(n, dir, r, policy, err);
    if (r) add_print(residency, rk_node_residency_print(r));
    for (uint32_t i = 0; s == RK_OK && r && i < r->n; i++)
        s = add_target(n, &r->target[i], true, err);
    rk_residency_free(&r);
    return s;
}

rk_status rk_describe_dirs(rk_node *n, const char *const *dir, uint32_t n_dir, rk_err *err) {
    struct prints residency = {.n = 0}, policy = {.n = 0};
    for (uint32_t i = 0; i < n_dir; i++) RK_TRY(one_dir(n, dir[i], &residency, &policy, err));
    n->residency = of_prints(&residency);
    n->policy = of_prints(&policy);
    return RK_OK;
}

void rk_describe_refused(rk_node *n) {
    uint64_t asked, refused;
    rk_outbound_counts(&asked, &refused);
    n->refused = refused < UINT32_MAX ? (uint32_t)refused : UINT32_MAX;
}
