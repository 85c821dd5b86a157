#include "core/recount.h"
#include "cli/cli.h"
#include "files/files.h"

#include <stdio.h>

struct said {
    const char *file;
    uint64_t n;
};
enum { SHOWN = 20 };

static void say(void *ctx, const rk_problem *p) {
    struct said *s = ctx;
    if (s->n++ >= SHOWN) return;
    fprintf(stderr, "%s:%zu:%zu: %.*s%s'%.*s' %s\n", s->file, p->line, p->column,
            RK_FMT(p->name), p->name.len ? " " : "",
            (int)(p->value.len < 60 ? p->value.len : 60), p->value.ptr ? p->value.ptr : "",
            p->reason);
}

static int recount(const char *wilayah, const char *contest, const char *path) {
    rk_err err = RK_ERR_INIT;
    rk_file w, f;
    rk_recount_result r;
    struct said said = {path, 0};
    rk_sink sink = cli_stdout();
    if (rk_file_read(wilayah, RK_DOCUMENT_MAX, &w, &err) != RK_OK)
        return cli_failed(wilayah, &err);
    if (rk_file_read(path, RK_FILE_BYTES_MAX, &f, &err) != RK_OK) {
        rk_file_free(&w);
        return cli_failed(path, &err);
    }
    rk_status s =
        rk_recount(w.bytes, rk_slice_str(contest), f.bytes, &sink, say, &said, &r, &err);
    if (said.n > SHOWN)
        fprintf(stderr, "%s: ... and %llu more\n", path, (unsigned long long)(said.n - SHOWN));
    rk_file_free(&w);
    rk_file_free(&f);
    return s == RK_OK ? CLI_OK : cli_failed(r.rows + r.bad_rows ? path : NULL, &err);
}

static int run_recount(int argc, char **argv) {
    const char *wilayah = NULL, *contest = NULL;
    const cli_option o[] = {{"wilayah", &wilayah, NULL}, {"kontes", &contest, NULL}, {0}};
    if (!cli_parse(&cli_recount, &argc, argv, o)) return CLI_USAGE;
    if (argc != 1) return cli_usage(&cli_recount, "give one forms file");
    if (!wilayah || !contest)
        return cli_usage(&cli_recount, "--wilayah FILE and --kontes CODE are needed");
    return recount(wilayah, contest, argv[0]);
}

const cli_verb cli_recount = {
    "recount", "recount a published CSV on your own machine, without any store",
    "usage: rekap recount --wilayah WILAYAH.csv --kontes CODE FORMS.csv\n\n"
    "Checks every row (station known and not twice, each figure a whole number) and prints "
    "the\n"
    "totals of every region as CSV: tingkat,kode,jumlah_tps, then each numeric column of the\n"
    "input. Choices come from its header; CODE (ppwp, pdpr, pdpd, pdprdp, pdprdk, pkwkp, "
    "pkwkk)\n"
    "says which fields there may be. One bad row and nothing is counted. Files may be\n"
    "compressed; FORMS may be '-'.\n\n"
    "  --wilayah FILE   the region tree (kode,induk,nama,tingkat)\n"
    "  --kontes CODE    the kind of contest\n",
    run_recount};
