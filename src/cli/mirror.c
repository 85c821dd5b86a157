/* rekap mirror: somebody's releases and log, fetched, proven, kept for others. */
#include "mirror/mirror.h"
#include "base/num.h"
#include "cli/cli.h"
#include "cli/daily.h"
#include "cli/line.h"
#include "cli/trust.h"
#include "files/files.h"
#include "intake/guard.h"
#include "mirror/fetch.h"
#include "outbound/outbound.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

struct job {
    rk_mirror_options o;
    bool json, quiet;
    uint64_t lines;
    cli_trust trust;
    rk_progress progress;
    int code; /* of the last run */
};

/* ===== telling ===== */

static void line(void *ctx, const rk_line *l) {
    struct job *j = ctx;
    if (j->json)
        cli_line_json(l, j->lines++ == 0);
    else if (l->result != RK_CHECKED && !(j->quiet && l->result == RK_REMARK))
        cli_line_plain(l);
}

static void show(void *ctx, uint64_t files) {
    rk_progress_at(&((struct job *)ctx)->progress, files);
}

#define NUM(x) (unsigned long long)(x)

static void tell_json(const struct job *j, const rk_mirror_result *r, rk_status s,
                      const rk_err *err) {
    rk_buf b;
    rk_buf_init(&b, 1 << 16);
    rk_buf_printf(
        &b,
        "\n],\"release\":%llu,\"nothing_new\":%s,\"releases\":%llu,\"files\":%llu,\"linked\":"
        "%llu,\"there\":%llu,\"log_from\":%llu,\"log_to\":%llu,\"removed\":%llu,\"requests\":"
        "%llu,\"bytes\":%llu,\"retries\":%llu,\"error\":",
        NUM(r->release), r->nothing_new ? "true" : "false", NUM(r->releases), NUM(r->files),
        NUM(r->linked), NUM(r->there), NUM(r->log_from), NUM(r->log_to), NUM(r->removed),
        NUM(r->requests), NUM(r->bytes), NUM(r->retries));
    rk_buf_json(&b, rk_slice_str(s == RK_OK ? "" : err->text));
    rk_buf_printf(&b, ",\"code\":%d}\n", j->code);
    fwrite(b.ptr, 1, b.len, stdout);
    rk_buf_free(&b);
}

static void tell(const struct job *j, const rk_mirror_result *r) {
    const char *dir = j->o.dir;
    if (j->o.dry_run) {
        if (r->log_to == 0)
            printf("%s: holds rilis-%llu, the newest\n", dir, NUM(r->release));
        else
            printf("%s: would take in rilis-%llu: %llu files to fetch, %llu that are there "
                   "already\n",
                   dir, NUM(r->release), NUM(r->files), NUM(r->linked));
        return;
    }
    if (r->nothing_new) {
        printf("%s: nothing newer than rilis-%llu\n", dir, NUM(r->release));
        return;
    }
    printf("%s/rilis-%llu: %llu files fetched, %llu linked, %llu there from before; log from "
           "%llu to %llu entries; %llu requests, %llu bytes",
           dir, NUM(r->release), NUM(r->files), NUM(r->linked), NUM(r->there), NUM(r->log_from),
           NUM(r->log_to), NUM(r->requests), NUM(r->bytes));
    if (r->removed) printf("; %llu releases removed", NUM(r->removed));
    putchar('\n');
}

/* ===== the run ===== */

static bool may_be_later(rk_status s) {
    return s == RK_IO || s == RK_BUSY || s == RK_NOT_FOUND;
}

static rk_status once(void *ctx, rk_err *err) {
    struct job *j = ctx;
    rk_mirror_result r;
    rk_report report = {.line = line, .ctx = j};
    j->lines = 0;
    if (j->json) printf("{\"lines\":[");
    rk_progress_start(&j->progress, "mirror", 0, j->quiet || j->json);
    rk_status s = rk_mirror_run(&j->o, &r, &report, err);
    rk_progress_end(&j->progress, r.files);
    j->code = s == RK_OK ? CLI_OK : may_be_later(s) ? CLI_LEFT_OUT : CLI_FAILED;
    if (j->json)
        tell_json(j, &r, s, err);
    else if (s == RK_OK)
        tell(j, &r);
    (void)fflush(stdout);
    return s;
}

/* What may be reached: the address that was named, and nothing else; or what REKAP_RESIDENCY
 * declares. */
static rk_status declare(struct job *j, rk_err *err) {
    const char *given = getenv("REKAP_RESIDENCY");
    char host[256];
    uint16_t port;
    rk_residency *r;
    rk_buf b;
    j->o.named = !(given && *given);
    if (!j->o.named) return rk_guard_start(j->o.dir, NULL, err);
    if (!rk_fetch_host(j->o.url, host, &port))
        return rk_fail(err, RK_BAD_INPUT, "%.200s is no address", j->o.url);
    rk_buf_init(&b, 4096);
    /* nothing of ours goes there, wherever it is (ZZ: not known) */
    rk_buf_lit(&b,
               "{\"format\":\"rekap-residency-1\",\"name\":\"mirror\",\"operator\":\"-\","
               "\"date\":\"-\",\"targets\":[{\"id\":\"sumber\",\"kind\":\"cdn\",\"operator\":"
               "\"named by whoever mirrors\",\"country\":\"ZZ\",\"public_abroad\":true,"
               "\"holds\":\"public\",\"host\":");
    rk_buf_json(&b, rk_slice_str(host));
    rk_buf_printf(&b, ",\"port\":%u}]}", port);
    rk_status s = rk_residency_parse(rk_buf_slice(&b), &r, err);
    rk_buf_free(&b);
    return s == RK_OK ? rk_outbound_declare(r, err) : s;
}

static int run_mirror(int argc, char **argv) {
    struct job j = {.o.progress = show};
    const char *at = NULL, *rate = NULL, *keep = NULL;
    uint32_t clock = 0;
    uint64_t n = 0;
    rk_err err = RK_ERR_INIT;
    const cli_option o[] = {{"policy", &j.trust.policy, NULL},
                            {"key", &j.trust.key, NULL},
                            {"rate", &rate, NULL},
                            {"keep", &keep, NULL},
                            {"daily", &at, NULL},
                            {"json", NULL, &j.json},
                            {"quiet", NULL, &j.quiet},
                            {"dry-run", NULL, &j.o.dry_run},
                            {0}};
    if (!cli_parse(&cli_mirror, &argc, argv, o)) return CLI_USAGE;
    if (at && !cli_daily_clock(at, &clock))
        return cli_usage(&cli_mirror, "--daily is a time HH:MM, not '%s'", at);
    if (at) cli_daily_zone(&argc, argv);
    if (argc != 2) return cli_usage(&cli_mirror, "give an address and a directory");
    if (j.trust.policy && j.trust.key)
        return cli_usage(&cli_mirror, "--policy and --key do not go together");
    if (rate && (!rk_num_parse(rk_slice_str(rate), 100000000, &n) || n == 0))
        return cli_usage(&cli_mirror, "--rate is kilobytes a second, 1 or more, not '%s'",
                         rate);
    j.o.rate = rate ? n * 1000 : 0;
    if (keep && (!rk_num_parse(rk_slice_str(keep), RK_MIRROR_KEEP_MAX, &n) || n == 0))
        return cli_usage(&cli_mirror, "--keep is how many releases, 1 to %u, not '%s'",
                         RK_MIRROR_KEEP_MAX, keep);
    j.o.keep = keep ? (uint32_t)n : 0;
    (void)signal(SIGPIPE, SIG_IGN); /* a server that hangs up is no reason to end */
    j.o.url = argv[0], j.o.dir = argv[1], j.o.ctx = &j;
    rk_status s = cli_trust_read(&j.trust, &err);
    if (s != RK_OK) return cli_failed(cli_trust_what(&j.trust), &err);
    j.o.policy = j.trust.read;
    j.o.key = !j.trust.policy && j.trust.key ? &j.trust.verifier : NULL;
    if (declare(&j, &err) != RK_OK) return cli_failed(NULL, &err);
    if (at) {
        char what[PATH_MAX + 20];
        snprintf(what, sizeof what, "%s: next run", j.o.dir);
        cli_daily(clock, what, once, &j);
    }
    s = once(&j, &err);
    if (s != RK_OK) (void)cli_failed(NULL, &err);
    cli_trust_free(&j.trust);
    return j.code;
}

const cli_verb cli_mirror = {
    "mirror", "keep a proven copy of somebody's releases",
    "usage: rekap mirror URL DIR [--key KEY | --policy FILE] [--keep N] [--rate KB]\n"
    "                    [--daily HH:MM] [--dry-run] [--json] [--quiet]\n\n"
    "Takes in the newest release of URL (where 'rekap release' writes, or B/rilis of 'rekap\n"
    "serve', or another mirror) with the public log, so that DIR can be served by any static\n"
    "server and checked with 'rekap verify-release DIR/terbaru'. Fetches only what is new: "
    "files\n"
    "whose hash is there already are linked, downloads go on where they stopped. Nothing gets\n"
    "its final name before it is proven: signatures, every entry of the log, that the log "
    "only\n"
    "grew, the release's entry in it, each file's hash. What is refused is kept, with the\n"
    "reason, in DIR/.cermin/bukti. May be killed at any moment; the next run goes on.\n\n"
    "  --key KEY      the log's key; without it and --policy the log's own word is taken the\n"
    "                 first time, said so, and held to ever after\n"
    "  --policy FILE  whom to believe: the log's key and the witnesses\n"
    "  --keep N       hold the newest N releases: earlier ones are fetched too, older ones\n"
    "                 removed (default: take in the newest, remove none)\n"
    "  --rate KB      at most so many kilobytes a second (then one download at a time; at "
    "most\n"
    "                 four without)\n"
    "  --daily HH:MM  stay and do so every day at that time, WIB (deploy/ has a timer)\n"
    "  --dry-run      say what would be done; write nothing\n"
    "  --json         one JSON document: lines, counts, code\n"
    "  --quiet        only what is wrong\n\n"
    "URL is asked for what is newest once a minute at most; a server's Retry-After is kept.\n"
    "Exit codes: 0 the newest is there, 1 something is wrong with the source, 3 not finished:\n"
    "run again.\n",
    run_mirror};
