/* The program rekap-verify: options, lines, exit code. */
#include "verify/run.h"

#include "base/mem.h"
#include "verify/pool.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

extern const char rk_build_source[]; /* made by scripts/source-hash */

enum { OK = 0, WRONG = 1, USAGE = 2, UNCHECKED = 3 };

static const char HELP[] =
    "usage: rekap-verify [OPTION...] SOURCE...\n"
    "\n"
    "Checks a published election without trusting who publishes it: the signatures of the "
    "log's\n"
    "checkpoint and of its witnesses; that the log is the one it was last time, and longer; "
    "every\n"
    "entry against the tree's root; every entry's signature, and whether its key had the "
    "right;\n"
    "then counts everything again from the entries and compares every published JSON and CSV.\n"
    "Any changed byte is named with its file and place.\n"
    "\n"
    "SOURCE is the http(s) address of a server or published tree, a published directory, a "
    "release,\n"
    "or one table (tps.csv, rekap.csv, ...). What has no log of its own is held against the "
    "log of\n"
    "the source named before it.\n"
    "\n"
    "  --policy FILE      whom to believe: the log's key and the witnesses "
    "(docs/format/policy.md)\n"
    "  --key KEY          the log's key, when there is no policy "
    "(pemilu2024+5bebc137+AYqI...)\n"
    "                     without either, the key seen last time, or at first the log's own "
    "word\n"
    "  --state FILE       remember there what was verified (usual: "
    "$XDG_STATE_HOME/rekap-verify/)\n"
    "  --no-state         remember nothing, know nothing of last time\n"
    "  --full             read everything again, also what was verified last time\n"
    "  --no-signatures    pass over the entries' signatures and batch roots (structure and "
    "count)\n"
    "  --log-only         do not look at published documents\n"
    "  --jobs N           threads that check signatures (usual: one a processor)\n"
    "  --json             one JSON document instead of lines\n"
    "  --quiet            only lines of what is wrong or could not be checked\n"
    "  --help, --version\n"
    "\n"
    "  rekap-verify https://pemilu.example/\n"
    "  rekap-verify --policy saksi.txt /srv/terbit unduhan/tps.csv\n"
    "\n"
    "Exit codes: 0 all right, 1 something is wrong, 2 wrong usage, 3 something could not be\n"
    "checked (network, unreadable file) and nothing is known to be wrong.\n"
    "The manual is rekap-verify(1).\n";

struct args {
    rk_verify_options o;
    const char *policy, *key, *jobs;
    bool json, quiet;
    rk_source **source;
    size_t n;
};

/* ===== lines ===== */

struct output {
    const struct args *a;
    bool first, tty;
    double last;
    bool shown;
};

static const char *const WORD[RK_RESULTS] = {"ok", "FAIL", "note", "?"};

static void clear(struct output *out) {
    if (out->shown) fputs("\r\033[K", stderr);
    out->shown = false;
}

/* Input may hold anything: what would steer a terminal is shown as '?'. */
static void put_plain(const char *s) {
    for (; *s; s++) putchar((unsigned char)*s < 0x20 || *s == 0x7f ? '?' : *s);
}

static void plain_line(struct output *out, const rk_line *l) {
    if (out->a->quiet && (l->result == RK_CHECKED || l->result == RK_REMARK)) return;
    clear(out);
    printf("%-4s  %-10s  ", WORD[l->result], l->check);
    put_plain(l->where);
    if (*l->where) printf(": ");
    put_plain(l->text);
    if (*l->remedy) printf(". What to do: "), put_plain(l->remedy);
    putchar('\n');
    fflush(stdout);
}

static void json_line(struct output *out, const rk_line *l) {
    static const char *const word[RK_RESULTS] = {"ok", "fail", "note", "unchecked"};
    rk_buf b;
    rk_buf_init(&b, 1 << 20);
    rk_buf_printf(&b,
                  "%s\n{\"result\":\"%s\",\"check\":\"%s\",\"where\":", out->first ? "" : ",",
                  word[l->result], l->check);
    rk_buf_json(&b, rk_slice_str(l->where));
    rk_buf_lit(&b, ",\"text\":");
    rk_buf_json(&b, rk_slice_str(l->text));
    rk_buf_lit(&b, ",\"remedy\":");
    rk_buf_json(&b, rk_slice_str(l->remedy));
    rk_buf_byte(&b, '}');
    out->first = false;
    clear(out);
    fwrite(b.ptr, 1, b.len, stdout);
    rk_buf_free(&b);
}

static void line(void *ctx, const rk_line *l) {
    struct output *out = ctx;
    if (out->a->json)
        json_line(out, l);
    else
        plain_line(out, l);
}

static void progress(void *ctx, const char *what, uint64_t done, uint64_t total) {
    struct output *out = ctx;
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    double now = (double)t.tv_sec + (double)t.tv_nsec / 1e9;
    if (now - out->last < 0.1) return;
    out->last = now;
    out->shown = true;
    if (total)
        fprintf(stderr, "\r\033[K%llu of %llu %s", (unsigned long long)done,
                (unsigned long long)total, what);
    else
        fprintf(stderr, "\r\033[K%llu %s", (unsigned long long)done, what);
    fflush(stderr);
}

/* ===== options ===== */

static int usage(const char *what, const char *arg) {
    fprintf(stderr, "rekap-verify: %s%s ('rekap-verify --help' explains)\n", what, arg);
    return USAGE;
}

static bool take(struct args *a, const char *name, bool **flag, const char ***slot) {
    const struct {
        const char *name;
        bool *flag;
        const char **slot;
    } all[] = {{"policy", NULL, &a->policy},
               {"key", NULL, &a->key},
               {"state", NULL, &a->o.state},
               {"jobs", NULL, &a->jobs},
               {"no-state", &a->o.no_state, NULL},
               {"full", &a->o.full, NULL},
               {"no-signatures", &a->o.no_signatures, NULL},
               {"log-only", &a->o.no_documents, NULL},
               {"json", &a->json, NULL},
               {"quiet", &a->quiet, NULL}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(all[i].name, name) == 0)
            return *flag = all[i].flag, *slot = all[i].slot, true;
    return false;
}

/* -1 = go on. */
static int parse(struct args *a, int argc, char **argv) {
    bool rest = false;
    for (int i = 1; i < argc; i++) {
        char *arg = argv[i], name[32] = "";
        bool *flag;
        const char **slot;
        if (rest || strncmp(arg, "--", 2) != 0) {
            if (!rest && arg[0] == '-' && strcmp(arg, "-h") == 0)
                return fputs(HELP, stdout), OK;
            argv[a->n++] = arg;
            continue;
        }
        if (strcmp(arg, "--") == 0) {
            rest = true;
            continue;
        }
        if (strcmp(arg, "--help") == 0) return fputs(HELP, stdout), OK;
        if (strcmp(arg, "--version") == 0)
            return printf("rekap-verify %s (source %s)\n", RK_VERSION, rk_build_source), OK;
        char *eq = strchr(arg, '=');
        size_t n = eq ? (size_t)(eq - arg - 2) : strlen(arg + 2);
        if (n < sizeof name) memcpy(name, arg + 2, n), name[n] = 0;
        if (!take(a, name, &flag, &slot) || (flag && eq)) return usage("unknown option ", arg);
        if (flag)
            *flag = true;
        else if (eq)
            *slot = eq + 1;
        else if (i + 1 < argc)
            *slot = argv[++i];
        else
            return usage("a value is missing after ", arg);
    }
    if (a->n == 0) return usage("name a source", "");
    if (a->policy && a->key) return usage("--policy and --key do not go together", "");
    if (a->o.state && a->o.no_state)
        return usage("--state and --no-state do not go together", "");
    return -1;
}

static bool jobs(struct args *a) {
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    if (a->jobs) n = strtol(a->jobs, NULL, 10);
    a->o.jobs = n < 1 ? 1 : n > (long)RK_JOBS_MAX ? RK_JOBS_MAX : (unsigned)n;
    return !a->jobs || n >= 1;
}

static int failed(const char *file, const rk_err *err, int code) {
    fprintf(stderr, "rekap-verify: %s:", file);
    if (err->line) fprintf(stderr, "%zu:", err->line);
    fprintf(stderr, " %s\n", err->text);
    return code;
}

static int keys(struct args *a, rk_policy **policy, rk_verifier *key) {
    rk_err err = RK_ERR_INIT;
    rk_buf b;
    rk_status s = RK_OK;
    rk_buf_init(&b, RK_POLICY_MAX);
    if (a->policy) s = rk_local_read(a->policy, RK_POLICY_MAX, &b, &err);
    if (a->policy && s == RK_OK) s = rk_policy_parse(rk_buf_slice(&b), policy, &err);
    rk_buf_free(&b);
    if (s != RK_OK) return failed(a->policy, &err, USAGE);
    a->o.policy = *policy;
    if (!a->key) return -1;
    if (rk_verifier_parse(rk_slice_str(a->key), key, &err) != RK_OK)
        return failed("--key", &err, USAGE);
    if (key->type != RK_KEY_ED25519) return usage("--key is no key of a log: ", a->key);
    a->o.key = key;
    return -1;
}

static int run(struct args *a, rk_report *r, struct output *out) {
    rk_err err = RK_ERR_INIT;
    size_t open = 0;
    rk_status s = RK_OK;
    if (out->tty) a->o.progress = progress, a->o.progress_ctx = out;
    while (open < a->n &&
           (s = rk_source_open((const char *)a->source[open], &a->source[open], &err)) == RK_OK)
        open++;
    if (s != RK_OK) {
        for (size_t i = 0; i < open; i++) rk_source_close(&a->source[i]);
        return failed("source", &err, UNCHECKED);
    }
    if (a->json) printf("{\"format\":\"rekap-verify-1\",\"checks\":[");
    rk_verify(&a->o, a->source, a->n, r);
    for (size_t i = 0; i < open; i++) rk_source_close(&a->source[i]);
    int code = rk_report_code(r);
    clear(out);
    if (a->json)
        printf("\n],\"ok\":%llu,\"fail\":%llu,\"unchecked\":%llu,\"exit\":%d}\n",
               (unsigned long long)r->count[RK_CHECKED], (unsigned long long)r->count[RK_WRONG],
               (unsigned long long)r->count[RK_UNCHECKED], code);
    else if (!a->quiet || code)
        printf("%s: %llu checks right, %llu wrong, %llu could not be made\n",
               code == 0   ? "ALL RIGHT"
               : code == 1 ? "SOMETHING IS WRONG"
                           : "NOT EVERYTHING COULD BE CHECKED",
               (unsigned long long)r->count[RK_CHECKED], (unsigned long long)r->count[RK_WRONG],
               (unsigned long long)r->count[RK_UNCHECKED]);
    return fflush(stdout) == 0 ? code : UNCHECKED;
}

int main(int argc, char **argv) {
    struct args a = {0};
    rk_policy *policy = NULL;
    rk_verifier key;
    int code = parse(&a, argc, argv);
    if (code >= 0) return code;
    if (!jobs(&a)) return usage("--jobs is a number from 1: ", a.jobs);
    code = keys(&a, &policy, &key);
    if (code >= 0) return code;
    a.source = rk_calloc(a.n, sizeof *a.source);
    for (size_t i = 0; i < a.n; i++) a.source[i] = (rk_source *)argv[i];
    struct output out = {.a = &a, .first = true, .tty = isatty(STDERR_FILENO) && !a.quiet};
    rk_report r = {.line = line, .ctx = &out};
    code = run(&a, &r, &out);
    rk_free(a.source);
    rk_policy_free(&policy);
    return code;
}
