#include "publish/tree.h"
#include "cli/cli.h"
#include "cli/logpart.h"
#include "files/files.h"
#include "intake/cosigned.h"
#include "intake/guard.h"

#include <stdio.h>

static void show(void *ctx, uint64_t documents) { rk_progress_at(ctx, documents); }

static rk_status publish(rk_dir *d, const char *out, bool photos,
                         const rk_publish_options *given, rk_publish_report *r, rk_err *err) {
    rk_publish_options o = *given; /* with what lives only as long as this call */
    cli_log_part x = {0};
    rk_buf seen;
    rk_err why = RK_ERR_INIT;
    char statements[4096];
    rk_buf_init(&seen, RK_NOTE_MAX);
    o.seen = &seen;
    int n = snprintf(statements, sizeof statements, "%s/residensi", d->path);
    o.statements = n > 0 && (size_t)n < sizeof statements ? statements : NULL;
    rk_status s = cli_log_part_open(d, &x, err);
    if (s == RK_OK && x.has) {
        o.log = &x.log;
        const char *text = cli_log_part_signer(d, &x, &why);
        if (text) fprintf(stderr, "rekap: the manifest is not signed: %s\n", text);
        cli_log_part_quorum(d, &x);
    }
    if (s == RK_OK && photos) s = cli_publish_photos(d, out, err);
    if (s == RK_OK) s = rk_publish_tree(d->election, out, &o, r, err);
    if (s == RK_CONFLICT && seen.len)
        (void)rk_seen_note(d->path, &d->election->keys, rk_buf_slice(&seen), NULL);
    rk_buf_free(&seen);
    cli_log_part_free(&x);
    return s;
}

static int run_publish(int argc, char **argv) {
    rk_publish_options o = {0};
    bool quiet = false, plain = false, photos = false;
    rk_publish_report r = {0};
    rk_progress progress;
    rk_dir d;
    rk_err err = RK_ERR_INIT;
    const cli_option opt[] = {{"tanpa-gzip", NULL, &plain},
                              {"full", NULL, &o.full},
                              {"quiet", NULL, &quiet},
                              {"foto", NULL, &photos},
                              {0}};
    if (!cli_parse(&cli_publish, &argc, argv, opt)) return CLI_USAGE;
    if (argc != 2)
        return cli_usage(&cli_publish,
                         "give an election directory and a directory to publish to");
    if (rk_guard_start(argv[0], NULL, &err) != RK_OK ||
        rk_guard_out(NULL, argv[1], false, &err) != RK_OK)
        return cli_failed(NULL, &err);
    if (rk_dir_open(argv[0], RK_STORE_READ, UINT64_MAX, &d, &err) != RK_OK)
        return cli_failed(NULL, &err);
    rk_progress_start(&progress, "publish", 0, quiet);
    o.gzip = !plain;
    o.progress = show;
    o.ctx = &progress;
    rk_status s = publish(&d, argv[1], photos, &o, &r, &err);
    rk_dir_close(&d);
    if (s != RK_OK) return cli_failed(argv[1], &err);
    rk_progress_end(&progress, r.documents);
    printf(
        "%s: %llu documents looked at, %llu files written, %llu bytes, as of %llu entries%s\n",
        argv[1], (unsigned long long)r.documents, (unsigned long long)r.written,
        (unsigned long long)r.bytes, (unsigned long long)r.entries,
        r.full ? " (complete run)" : "");
    return CLI_OK;
}

const cli_verb cli_publish = {
    "publish", "write the static public tree",
    "usage: rekap publish DIR OUT [--tanpa-gzip] [--full] [--foto] [--quiet]\n\n"
    "Writes Sirekap's public tree of JSON documents to OUT, for any web server or object "
    "store,\n"
    "and beside it the public log (OUT/log/), the log's keys (OUT/kunci.json), the policy\n"
    "(OUT/policy, when DIR/policy is there), statements of residency (OUT/residensi/), and a "
    "signed\n"
    "list of all files (OUT/manifest/).\n"
    "A second run rewrites only what changed since; a run cut short is simply done again. "
    "What\n"
    "is published never goes back: a log older than OUT or forked from it is refused.\n\n"
    "  --tanpa-gzip   no .gz copy beside each file\n"
    "  --full         look at every file, whatever was published before\n"
    "  --foto         also the public copies of photos, OUT/foto/SHA-256.jpg: hard links "
    "where\n"
    "                 that is possible; they never change\n"
    "  --quiet        no progress\n",
    run_publish};
