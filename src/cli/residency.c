/* rekap residency: the declaration of where data may go, judged by itself and against what can
 * be observed, and as rules for the machine around the program. */
#include "cli/cli.h"
#include "core/node.h"
#include "files/files.h"
#include "intake/guard.h"
#include "intake/keluar.h"
#include "intake/statement.h"
#include "outbound/peer.h"
#include "outbound/resolve.h"
#include "publish/fence.h"
#include "publish/statement.h"

#include <signal.h>
#include <stdio.h>

typedef struct options {
    const char *registry, *addresses, *into, *today, *user;
    bool json, csv, resolve, certs;
} options;

static int print(const rk_buf *b) {
    rk_err err = RK_ERR_INIT;
    rk_sink out = cli_stdout();
    rk_status s = b->failed ? rk_fail(&err, RK_LIMIT, "the output is too long")
                            : rk_sink_write(&out, rk_buf_slice(b), &err);
    return s == RK_OK ? CLI_OK : cli_failed(NULL, &err);
}

/* ===== check ===== */

static int run_check(const char *path, const options *o) {
    rk_residency *d;
    rk_buf b;
    rk_err err = RK_ERR_INIT;
    if (rk_guard_read(path, &d, &err) != RK_OK) return cli_failed(NULL, &err);
    rk_buf_init(&b, 4u << 20);
    if (o->json)
        rk_declaration_json(d, &b);
    else
        rk_declaration_text(d, &b);
    int code = print(&b);
    if (code == CLI_OK && rk_residency_check(d, NULL) != RK_OK) code = CLI_FAILED;
    rk_buf_free(&b);
    rk_residency_free(&d);
    return code;
}

/* ===== nft, systemd ===== */

static int run_fence(const char *path, const options *o, bool nft) {
    rk_residency *d;
    rk_buf b;
    rk_err err = RK_ERR_INIT;
    if (rk_guard_read(path, &d, &err) != RK_OK) return cli_failed(NULL, &err);
    rk_buf_init(&b, 4u << 20);
    rk_status s = nft ? rk_fence_nft(d, rk_slice_str(o->user ? o->user : "rekap"), &b, &err)
                      : rk_fence_systemd(d, &b, &err);
    int code = s == RK_OK ? print(&b) : cli_failed(path, &err);
    rk_buf_free(&b);
    rk_residency_free(&d);
    return code;
}

/* ===== verify ===== */

static rk_status load_registry(const char *paths, rk_delegated *d, rk_err *err) {
    rk_slice rest = rk_slice_str(paths), one;
    while (rk_slice_cut(&rest, ',', &one)) {
        char path[4096];
        rk_file f;
        rk_err why = RK_ERR_INIT;
        if (one.len == 0 || one.len >= sizeof path) continue;
        memcpy(path, one.ptr, one.len);
        path[one.len] = 0;
        RK_TRY(rk_file_read(path, RK_DELEGATED_BYTES_MAX, &f, err));
        rk_status s = rk_delegated_add(d, f.bytes, &why);
        rk_file_free(&f);
        if (s != RK_OK) return rk_fail(err, s, "%.120s:%zu: %.250s", path, why.line, why.text);
    }
    rk_delegated_finish(d);
    return RK_OK;
}

static bool has_host(const rk_target *t) {
    return t->host.len && !rk_host_is_loopback(t->host);
}

/* From the name, through the gate; a name without an address is said, and stops nothing. */
static void resolve(rk_resident_target *t) {
    rk_ip found[RK_RESIDENT_ADDRESSES_MAX];
    uint32_t n = 0;
    rk_err why = RK_ERR_INIT;
    if (rk_outbound_resolve(t->target->host, found, RK_RESIDENT_ADDRESSES_MAX, &n, &why) !=
        RK_OK)
        (void)snprintf(t->problem, sizeof t->problem, "%.199s", why.text);
    for (uint32_t i = 0; i < n; i++)
        (void)rk_resident_add(t, &(rk_ip_range){found[i], found[i]}, RK_ADDRESS_RESOLVED);
}

static void look_at(rk_resident_target *t) {
    for (uint32_t i = 0; i < t->n; i++) {
        const rk_ip_range *a = &t->address[i].range;
        if (rk_ip_cmp(&a->first, &a->last) != 0) continue; /* a prefix is no one's address */
        rk_peer_look(t->target, &a->first, &t->peer);
        if (t->peer.shown) return;
    }
}

static rk_status observe(rk_resident_report *r, const options *o, rk_err *err) {
    rk_file f;
    for (uint32_t i = 0; i < r->n; i++) rk_resident_declared(&r->target[i]);
    if (o->addresses) {
        rk_err why = RK_ERR_INIT;
        RK_TRY(rk_file_read(o->addresses, RK_ADDRESSES_BYTES_MAX, &f, err));
        rk_status s = rk_resident_given(r, f.bytes, NULL, &why);
        rk_file_free(&f);
        if (s != RK_OK)
            return rk_fail(err, s, "%.150s:%zu: %.200s", o->addresses, why.line, why.text);
    }
    for (uint32_t i = 0; i < r->n; i++) {
        rk_resident_target *t = &r->target[i];
        if (o->resolve && has_host(t->target)) resolve(t);
        if (o->certs && has_host(t->target)) look_at(t);
    }
    rk_resident_judge(r);
    return RK_OK;
}

static rk_status keep(const rk_resident_report *r, const options *o, rk_err *err) {
    rk_buf json, csv;
    rk_statement st = {0};
    rk_buf_init(&json, 8u << 20);
    rk_buf_init(&csv, 8u << 20);
    rk_statement_json(r, &json);
    rk_statement_csv(r, &csv);
    rk_status s = json.failed || csv.failed
                      ? rk_fail(err, RK_LIMIT, "the statement is too long")
                      : rk_statement_keep(o->into, r->date, rk_buf_slice(&json),
                                          rk_buf_slice(&csv), &st, err);
    rk_buf_free(&json);
    rk_buf_free(&csv);
    if (s == RK_OK && st.again)
        fprintf(stderr, "rekap residency: statement %s is there already\n", st.name);
    else if (s == RK_OK)
        fprintf(stderr, "rekap residency: statement %s: entry %llu\n", st.name,
                (unsigned long long)st.entry);
    return s;
}

static int show(const rk_resident_report *r, const options *o) {
    rk_buf b;
    rk_buf_init(&b, 8u << 20);
    if (o->json)
        rk_statement_json(r, &b);
    else if (o->csv)
        rk_statement_csv(r, &b);
    else
        rk_statement_text(r, &b);
    int code = print(&b);
    rk_buf_free(&b);
    return code;
}

static rk_status date_of(const char *given, char out[RK_DAY_LEN + 1], rk_err *err) {
    rk_day day = (rk_day)(((int64_t)rk_now() + 7 * 3600) / 86400); /* the day in WIB */
    if (given && !rk_day_parse(rk_slice_str(given), &day))
        return rk_fail(err, RK_BAD_INPUT, "--hari-ini %.40s is no date YYYY-MM-DD", given);
    *rk_day_put(out, day) = 0;
    return RK_OK;
}

/* The gate goes by the declaration even where it breaks a rule: each use is judged by itself.
 */
static int verify(const char *path, const options *o, rk_delegated *registry, rk_err *err) {
    rk_residency *d, *gate;
    if (rk_guard_read(path, &d, err) != RK_OK) return cli_failed(NULL, err);
    int code = CLI_FAILED;
    rk_resident_report *r = rk_resident_report_new(d, registry);
    r->declaration = rk_node_residency_print(d);
    rk_status s = date_of(o->today, r->date, err);
    if (s == RK_OK) s = rk_guard_read(path, &gate, err);
    if (s == RK_OK) s = rk_outbound_declare(gate, err);
    if (s == RK_OK) s = observe(r, o, err);
    if (s == RK_OK) code = show(r, o);
    if (s == RK_OK && code == CLI_OK && o->into) s = keep(r, o, err);
    if (s != RK_OK)
        code = cli_failed(NULL, err);
    else if (code == CLI_OK && rk_resident_amiss(r))
        code = CLI_LEFT_OUT;
    if (o->into) (void)rk_keluar_add(o->into, NULL); /* a late count stops nothing */
    rk_resident_report_free(&r);
    rk_residency_free(&d);
    return code;
}

static int run_verify(const char *path, const options *o) {
    rk_delegated registry = {0};
    rk_err err = RK_ERR_INIT;
    if (!o->registry)
        return cli_usage(&cli_residency, "verify needs --registry FILE[,FILE]: the registries' "
                                         "delegated-extended files");
    if (o->resolve && o->addresses)
        return cli_usage(&cli_residency, "--resolve or --addresses FILE, not both");
    (void)signal(SIGPIPE, SIG_IGN); /* a peer that hangs up ends nothing but its own line */
    int code = load_registry(o->registry, &registry, &err) == RK_OK
                   ? verify(path, o, &registry, &err)
                   : cli_failed(NULL, &err);
    rk_delegated_free(&registry);
    return code;
}

/* ===== the words ===== */

static int run_residency(int argc, char **argv) {
    options o = {0};
    const cli_option opt[] = {
        {"registry", &o.registry, NULL}, {"addresses", &o.addresses, NULL},
        {"resolve", NULL, &o.resolve},   {"certs", NULL, &o.certs},
        {"json", NULL, &o.json},         {"csv", NULL, &o.csv},
        {"into", &o.into, NULL},         {"user", &o.user, NULL},

        {"hari-ini", &o.today, NULL},    {0}};
    if (!cli_parse(&cli_residency, &argc, argv, opt)) return CLI_USAGE;
    if (argc != 2)
        return cli_usage(&cli_residency,
                         "give a word (check, verify, nft, systemd) and an election directory "
                         "or a file");
    rk_slice word = rk_slice_str(argv[0]);
    if (rk_slice_is(word, "check")) return run_check(argv[1], &o);
    if (rk_slice_is(word, "verify")) return run_verify(argv[1], &o);
    if (rk_slice_is(word, "nft")) return run_fence(argv[1], &o, true);
    if (rk_slice_is(word, "systemd")) return run_fence(argv[1], &o, false);
    return cli_usage(&cli_residency, "no word '%s': check, verify, nft or systemd", argv[0]);
}

const cli_verb cli_residency = {
    "residency", "check where data may go, and whether they do",
    "usage: rekap residency check DIR|FILE [--json]\n"
    "       rekap residency verify DIR|FILE --registry FILE[,FILE] [--resolve | --addresses "
    "FILE]\n"
    "                              [--certs] [--json | --csv] [--into DIR] [--hari-ini "
    "DATE]\n"
    "       rekap residency nft DIR|FILE [--user NAME]\n"
    "       rekap residency systemd DIR|FILE\n\n"
    "check judges the declaration of residency (DIR/residency.json, docs/format/residency.md) "
    "by\n"
    "itself and names the rule that each target breaks.\n\n"
    "verify compares it with what can be observed: each target's addresses with the country "
    "to\n"
    "which a registry has delegated them, and the certificate that it shows. A target is\n"
    "id (declared ID, registered ID), luar-negeri (declared abroad, registered there),\n"
    "tempat-lain (registered elsewhere than declared), tidak-dikenal (not in the registry "
    "files,\n"
    "private, or no address known) or setempat (a directory, this machine).\n\n"
    "  --registry FILE   files in the delegated-extended format (APNIC's and others'), .gz and "
    ".zst too\n"
    "  --resolve         look the names up, by declared resolvers only\n"
    "  --addresses FILE  take them from lines host,address: nobody is asked\n"
    "                    (neither: only addresses that the declaration states)\n"
    "  --certs           connect to each target and read its certificate\n"
    "  --json, --csv     the public statement, which holds no IP address\n"
    "  --into DIR        keep the statement with that election: DIR/residensi, a signed entry "
    "in\n"
    "                    the log, served and published\n"
    "  --hari-ini DATE   the statement's date (default: today, WIB)\n\n"
    "nft and systemd print the declaration as rules for the machine: an nftables ruleset for "
    "the\n"
    "processes of one user, and a drop-in for the systemd service. What is declared can be "
    "reached,\n"
    "everything else is refused, counted and logged by the kernel (deploy/).\n\n"
    "  --user NAME       whose processes the ruleset holds (default: rekap)\n\n"
    "Exit codes: 0 nothing amiss, 3 a target is registered elsewhere than declared, breaks a "
    "rule or\n"
    "leads to an address that is not declared, 1 refused (check: a rule is broken), 2 wrong "
    "usage.\n",
    run_residency};
