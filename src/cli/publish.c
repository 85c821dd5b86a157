#include "publish/tree.h"
#include "cli/cli.h"
#include "files/files.h"
#include "intake/guard.h"

#include <stdio.h>

static void show(void *ctx, uint64_t documents) { rk_progress_at(ctx, documents); }

static int run_publish(int argc, char **argv) {
    rk_publish_options o = {0};
    bool quiet = false, plain = false;
    rk_publish_report r;
    rk_progress progress;
    rk_dir d;
    rk_err err = RK_ERR_INIT;
    const cli_option opt[] = {
        {"tanpa-gzip", NULL, &plain}, {"full", NULL, &o.full}, {"quiet", NULL, &quiet}, {0}};
    if (!cli_parse(&cli_publish, &argc, argv, opt)) return CLI_USAGE;
    if (argc != 2)
        return cli_usage(&cli_publish,
                         "give an election directory and a directory to publish to");
    if (rk_guard_start(argv[0], NULL, &err) != RK_OK) return cli_failed(NULL, &err);
    if (rk_dir_open(argv[0], RK_STORE_READ, UINT64_MAX, &d, &err) != RK_OK)
        return cli_failed(NULL, &err);
    rk_progress_start(&progress, "publish", 0, quiet);
    o.gzip = !plain;
    o.progress = show;
    o.ctx = &progress;
    rk_status s = rk_publish_tree(d.election, argv[1], &o, &r, &err);
    rk_dir_close(&d);
    if (s != RK_OK) return cli_failed(argv[1], &err);
    rk_progress_end(&progress, r.documents);
    printf("%s: %llu documents looked at, %llu written, %llu bytes, as of %llu entries%s\n",
           argv[1], (unsigned long long)r.documents, (unsigned long long)r.written,
           (unsigned long long)r.bytes, (unsigned long long)r.entries,
           r.full ? " (complete run)" : "");
    return CLI_OK;
}

const cli_verb cli_publish = {
    "publish", "write the static public tree",
    "usage: rekap publish DIR OUT [--tanpa-gzip] [--full] [--quiet]\n\n"
    "Writes Sirekap's public tree of JSON documents to OUT, for any web server or object "
    "store.\n"
    "A second run rewrites only what changed since; a run cut short is simply done again.\n\n"
    "  --tanpa-gzip   no .gz copy beside each file\n"
    "  --full         look at every document, whatever was published before\n"
    "  --quiet        no progress\n",
    run_publish};
