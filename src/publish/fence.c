#include "publish/fence.h"

#include "base/num.h"
#include "core/ip.h"

enum { DNS_PORT = 53 };

/* Texts of the declaration stand in remarks only, and cannot end one. */
static void remark(rk_slice s, rk_buf *b) {
    for (size_t i = 0; i < s.len; i++)
        rk_buf_byte(b, (unsigned char)s.ptr[i] < 0x20 || s.ptr[i] == 0x7f ? '?' : s.ptr[i]);
}

static void describe(const rk_target *t, rk_buf *b) {
    rk_buf_lit(b, "# ");
    remark(t->id, b);
    rk_buf_printf(b, ": %s, %s, %s data, ", rk_target_kind_name(t->kind), t->country,
                  t->holds_private ? "non-public" : "public");
    remark(t->operator_name, b);
    rk_buf_byte(b, '\n');
}

static void head(const rk_residency *d, const char *word, rk_buf *b) {
    rk_buf_printf(b, "# Printed by 'rekap residency %s' from the declaration of residency\n# ",
                  word);
    remark(d->name, b);
    rk_buf_lit(b, ", ");
    remark(d->date, b);
    rk_buf_lit(b, ". Do not edit: change the declaration and print it again.\n");
}

/* ===== addresses ===== */

typedef struct reach {
    rk_slice text[RK_TARGET_ADDRESSES_MAX + 1];
    rk_ip_range range[RK_TARGET_ADDRESSES_MAX + 1];
    uint32_t n;
} reach;

static void add(reach *r, rk_slice text) {
    if (rk_ip_range_parse(text, &r->range[r->n])) r->text[r->n++] = text;
}

/* The declared addresses; without any, the host where it is itself one. */
static reach reach_of(const rk_target *t) {
    reach r = {.n = 0};
    for (uint32_t i = 0; i < t->n_address; i++) add(&r, t->address[i]);
    if (t->n_address == 0 && !memchr(t->host.ptr, '/', t->host.len)) add(&r, t->host);
    return r;
}

static bool is_remote(const rk_target *t) {
    return t->host.len && !rk_host_is_loopback(t->host);
}

static bool is_v4(const reach *r, uint32_t i) {
    return rk_ip_is4(&r->range[i].first) && rk_ip_is4(&r->range[i].last);
}

/* A prefix whose other bits are set is written as what it means. */
static void put_address(const reach *r, uint32_t i, rk_buf *b) {
    char text[RK_IP_TEXT_MAX + 1] = {0};
    rk_slice rest = r->text[i], ip = {NULL, 0};
    uint64_t bits = 0;
    (void)rk_ip_put(text, &r->range[i].first);
    rk_buf_add(b, rk_slice_str(text));
    (void)rk_slice_cut(&rest, '/', &ip);
    if (!rest.ptr || !rk_num_parse(rest, 128, &bits)) return;
    bool mapped =
        is_v4(r, i) && ip.len && memchr(ip.ptr, ':', ip.len); /* "::ffff:192.0.2.0/120" */
    rk_buf_printf(b, "/%u", (unsigned)bits - (mapped ? 96 : 0));
}

/* ===== nftables ===== */

static void nft_rule(const rk_target *t, const reach *r, bool v4, const char *protocol,
                     unsigned port, rk_buf *b) {
    bool any = false;
    for (uint32_t i = 0; i < r->n; i++) {
        if (is_v4(r, i) != v4) continue;
        rk_buf_add(b, any  ? RK_LIT(", ")
                      : v4 ? RK_LIT("        ip daddr { ")
                           : RK_LIT("        ip6 daddr { "));
        put_address(r, i, b);
        any = true;
    }
    if (!any) return;
    if (port)
        rk_buf_printf(b, " } %s dport %u counter accept", protocol, port);
    else
        rk_buf_printf(b, " } meta l4proto %s counter accept", protocol);
    rk_buf_printf(b, " comment \"%.*s\"\n", RK_FMT(t->id)); /* an id is a-z, 0-9, '-' */
}

static void nft_target(const rk_target *t, rk_buf *b) {
    reach r = reach_of(t);
    if (!is_remote(t)) return;
    rk_buf_lit(b, "        ");
    describe(t, b);
    if (r.n == 0)
        rk_buf_lit(b, "        # has no \"addresses\" in the declaration: not reachable\n");
    bool resolver = t->kind == RK_TARGET_RESOLVER;
    unsigned port = t->port ? t->port : resolver ? DNS_PORT : 0;
    for (int v6 = 0; v6 < 2; v6++) {
        nft_rule(t, &r, !v6, "tcp", port, b);
        if (resolver) nft_rule(t, &r, !v6, "udp", port, b);
    }
}

static bool user_ok(rk_slice user) {
    for (size_t i = 0; i < user.len; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789_-", user.ptr[i]) || !user.ptr[i])
            return false;
    return user.len > 0 && user.len <= 32 && user.ptr[0] != '-';
}

rk_status rk_fence_nft(const rk_residency *d, rk_slice user, rk_buf *b, rk_err *err) {
    RK_TRY(rk_residency_check(d, err));
    if (!user_ok(user))
        return rk_fail(err, RK_BAD_INPUT, "'%.*s' is no name of a user ([a-z0-9_-], 1 to 32)",
                       (int)(user.len < 40 ? user.len : 40), user.ptr);
    bool number = strspn(user.ptr, "0123456789") >= user.len;
    head(d, "nft", b);
    rk_buf_lit(b, "# Load it with 'nft -f'; it replaces what it printed before and touches no "
                  "other table.\n"
                  "# What is refused: 'nft list counter inet rekap ditolak', and the kernel's "
                  "log.\n\n"
                  "table inet rekap\ndelete table inet rekap\n\n"
                  "table inet rekap {\n"
                  "    counter ditolak {\n    }\n\n"
                  "    chain keluar {\n"
                  "        type filter hook output priority filter; policy accept;\n");
    rk_buf_printf(b,
                  number ? "        meta skuid != %.*s accept\n"
                         : "        meta skuid != \"%.*s\" accept\n",
                  RK_FMT(user));
    rk_buf_lit(b, "        oifname \"lo\" accept\n"
                  "        # answers to whoever asked the server\n"
                  "        ct state established,related accept\n");
    for (uint32_t i = 0; i < d->n; i++) nft_target(&d->target[i], b);
    rk_buf_lit(b, "        # everything else: counted, logged, refused at once\n"
                  "        counter name ditolak log prefix \"rekap ditolak: \" level warn "
                  "reject with icmpx type admin-prohibited\n"
                  "    }\n}\n");
    return b->failed ? rk_fail(err, RK_LIMIT, "the ruleset is too long") : RK_OK;
}

/* ===== systemd ===== */

static bool path_is_plain(rk_slice p) {
    for (size_t i = 0; i < p.len; i++) {
        char c = p.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!plain && (c == 0 || !strchr("/._-", c))) return false;
    }
    return p.len > 0 && p.ptr[0] == '/';
}

static void systemd_target(const rk_target *t, rk_buf *b) {
    reach r = reach_of(t);
    if (t->host.len && rk_host_is_loopback(t->host)) return;
    describe(t, b);
    if (t->path.len && path_is_plain(t->path))
        rk_buf_printf(b, "ReadWritePaths=-%.*s\n", RK_FMT(t->path));
    else if (t->path.len)
        rk_buf_lit(b, "# its path has characters that are not written here: add it by hand\n");
    else if (r.n == 0)
        rk_buf_lit(b, "# has no \"addresses\" in the declaration: not reachable\n");
    for (uint32_t i = 0; t->host.len && i < r.n; i++) {
        rk_buf_lit(b, "IPAddressAllow=");
        put_address(&r, i, b);
        rk_buf_byte(b, '\n');
    }
}

rk_status rk_fence_systemd(const rk_residency *d, rk_buf *b, rk_err *err) {
    RK_TRY(rk_residency_check(d, err));
    head(d, "systemd", b);
    rk_buf_lit(b,
               "# Put it at /etc/systemd/system/rekap.service.d/residensi.conf. It holds in "
               "both directions, so the\n"
               "# server listens on loopback and a proxy in front of it answers the public. "
               "systemd knows addresses\n"
               "# only; ports are held by the program and by the ruleset of 'rekap residency "
               "nft'.\n"
               "[Service]\n"
               "IPAddressDeny=any\n"
               "IPAddressAllow=localhost\n"
               "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6\n");
    for (uint32_t i = 0; i < d->n; i++) systemd_target(&d->target[i], b);
    return b->failed ? rk_fail(err, RK_LIMIT, "the drop-in is too long") : RK_OK;
}
