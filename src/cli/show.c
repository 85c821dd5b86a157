/* recap, check, banding, export: what the log says. */
#include "base/num.h"
#include "cli/cli.h"
#include "files/files.h"
#include "publish/formats.h"
#include "publish/tables.h"

#include <stdio.h>

struct view {
    const char *contest, *region, *level, *as_of, *format, *rule;
    enum rk_format fmt;
    rk_dir d;
    uint32_t contest_no, node;
    unsigned level_no;
};

/* Parses options common to the showing verbs and opens the directory. */
static int open_view(const cli_verb *v, int argc, char **argv, int want, const cli_option *o,
                     struct view *w) {
    rk_err err = RK_ERR_INIT;
    uint64_t limit = UINT64_MAX;
    if (!cli_parse(v, &argc, argv, o)) return CLI_USAGE;
    if (argc != want)
        return cli_usage(v, want == 1 ? "give one directory" : "give a directory and a file");
    if (!w->contest) return cli_usage(v, "--kontes CODE is missing");
    if (w->format && !rk_format_parse(rk_slice_str(w->format), &w->fmt))
        return cli_usage(v, "--format is table, csv or json, not '%s'", w->format);
    if (w->level && !rk_level_parse(rk_slice_str(w->level), &w->level_no))
        return cli_usage(v,
                         "--tingkat '%s' is none of 0 nasional, 1 provinsi, 2 kabupaten, 3 "
                         "kecamatan, 4 desa, 5 tps",
                         w->level);
    if (w->as_of && !rk_num_parse(rk_slice_str(w->as_of), UINT64_MAX - 1, &limit))
        return cli_usage(v, "--as-of is a number of log entries, not '%s'", w->as_of);
    if (cli_open(argv[0], w->contest, limit, &w->d, &w->contest_no, &err) != RK_OK)
        return cli_failed(NULL, &err);
    if (cli_region(&w->d, w->region, &w->node, &err) == RK_OK) return CLI_OK;
    rk_dir_close(&w->d);
    return cli_failed(NULL, &err);
}

static int close_view(struct view *w, rk_status s, const rk_err *err) {
    rk_dir_close(&w->d);
    return s == RK_OK ? CLI_OK : cli_failed(NULL, err);
}

static int run_recap(int argc, char **argv) {
    struct view w = {0};
    rk_err err = RK_ERR_INIT;
    rk_sink out = cli_stdout();
    const cli_option o[] = {{"kontes", &w.contest, NULL}, {"wilayah", &w.region, NULL},
                            {"tingkat", &w.level, NULL},  {"as-of", &w.as_of, NULL},
                            {"format", &w.format, NULL},  {0}};
    int code = open_view(&cli_recap, argc, argv, 1, o, &w);
    if (code != CLI_OK) return code;
    rk_recap_query q = {w.contest_no, w.node, w.level ? (int)w.level_no : -1};
    return close_view(&w, rk_table_recap(w.d.election, &q, w.fmt, &out, &err), &err);
}

const cli_verb cli_recap = {
    "recap", "show totals and coverage at any level",
    "usage: rekap recap DIR --kontes CODE [OPTION...]\n\n"
    "  --kontes CODE      the contest\n"
    "  --wilayah KODE     this region and what is below it (default: the nation)\n"
    "  --tingkat LEVEL    only this level: 0 nasional, 1 provinsi, 2 kabupaten, 3 kecamatan,\n"
    "                     4 desa, 5 tps (default: the region and its children; csv, json: "
    "all)\n"
    "  --as-of N          as it stood after the first N entries of the log\n"
    "  --format FORMAT    table (default), csv or json\n\n"
    "Columns: stations in all, with a form, with votes, needing review; then the figures.\n",
    run_recap};

static int run_check(int argc, char **argv) {
    struct view w = {0};
    rk_err err = RK_ERR_INIT;
    rk_sink out = cli_stdout();
    const cli_option o[] = {{"kontes", &w.contest, NULL}, {"wilayah", &w.region, NULL},
                            {"aturan", &w.rule, NULL},    {"as-of", &w.as_of, NULL},
                            {"format", &w.format, NULL},  {0}};
    int code = open_view(&cli_check, argc, argv, 1, o, &w);
    if (code != CLI_OK) return code;
    return close_view(&w,
                      rk_table_findings(w.d.election, w.contest_no, w.node,
                                        rk_slice_str(w.rule), w.fmt, &out, &err),
                      &err);
}

const cli_verb cli_check = {
    "check", "list every finding: TPS, rule, expected, found",
    "usage: rekap check DIR --kontes CODE [OPTION...]\n\n"
    "Lists where forms contradict themselves. Nothing is repaired: a form that breaks a rule\n"
    "counts as written and is marked. The table ends with the number of stations per rule.\n\n"
    "  --kontes CODE      the contest\n"
    "  --wilayah KODE     only below this region\n"
    "  --aturan ID        only this rule, e.g. R08\n"
    "  --as-of N          as it stood after the first N entries of the log\n"
    "  --format FORMAT    table (default), csv or json\n",
    run_check};

static int run_banding(int argc, char **argv) {
    struct view w = {0};
    rk_err err = RK_ERR_INIT;
    rk_sink out = cli_stdout();
    const cli_option o[] = {{"kontes", &w.contest, NULL},
                            {"as-of", &w.as_of, NULL},
                            {"format", &w.format, NULL},
                            {0}};
    int code = open_view(&cli_banding, argc, argv, 1, o, &w);
    if (code != CLI_OK) return code;
    return close_view(&w, rk_table_comparison(w.d.election, w.contest_no, w.fmt, &out, &err),
                      &err);
}

const cli_verb cli_banding = {
    "banding", "compare the count with official figures",
    "usage: rekap banding DIR --kontes CODE [--as-of N] [--format table|csv|json]\n\n"
    "Shows each declared official series (rekap resmi) beside the count, with the "
    "difference.\n",
    run_banding};

static rk_status write_out(void *ctx, rk_slice b, rk_err *err) {
    return rk_out_write(ctx, b, err);
}

/* --format and --tingkat of export; false when they mean nothing. */
struct export_as {
    const char *format;
    bool nist, openelections;
    unsigned level;
};

static bool export_as(struct export_as *x, const struct view *w) {
    x->nist = x->format && strcmp(x->format, "nist") == 0;
    x->openelections = x->format && strcmp(x->format, "openelections") == 0;
    x->level = w->level ? w->level_no : x->nist ? RK_PROVINSI : RK_STATION;
    return (x->nist || x->openelections || !x->format || strcmp(x->format, "csv") == 0) &&
           (x->nist || x->openelections || !w->level);
}

static rk_status export_to(struct view *w, const struct export_as *x, const rk_sink *out,
                           rk_err *err) {
    rk_format_query q = {w->contest_no, x->level, RK_LIT("rekap " RK_VERSION)};
    if (x->nist) return rk_format_nist(w->d.election, &q, out, err);
    if (x->openelections) return rk_format_openelections(w->d.election, &q, out, err);
    return rk_table_stations(w->d.election, w->contest_no, out, err);
}

static int run_export(int argc, char **argv) {
    struct view w = {0};
    struct export_as as = {0};
    rk_err err = RK_ERR_INIT;
    rk_out *file = NULL;
    const cli_option o[] = {{"kontes", &w.contest, NULL},
                            {"as-of", &w.as_of, NULL},
                            {"format", &as.format, NULL},
                            {"tingkat", &w.level, NULL},
                            {0}};
    int code = open_view(&cli_export, argc, argv, 2, o, &w);
    if (code != CLI_OK) return code;
    if (!export_as(&as, &w)) {
        rk_dir_close(&w.d);
        return cli_usage(
            &cli_export,
            "--format is csv, nist or openelections; --tingkat is of the last two");
    }
    const char *path = argv[1]; /* open_view has moved the options out of the way */
    rk_status s = rk_out_open(path, &file, &err);
    rk_sink out = {write_out, file};
    if (s == RK_OK) s = export_to(&w, &as, &out, &err);
    if (s == RK_OK)
        s = rk_out_close(&file, &err);
    else if (file)
        rk_out_abort(&file);
    if (s != RK_OK)
        (void)cli_failed(path, &err);
    else if (strcmp(path, "-") != 0)
        printf("%s: %u forms\n", path, w.d.election->tally[w.contest_no].count[0].forms);
    rk_dir_close(&w.d);
    return s == RK_OK ? CLI_OK : CLI_FAILED;
}

const cli_verb cli_export = {
    "export", "write every TPS's form as CSV",
    "usage: rekap export DIR --kontes CODE [OPTION...] OUT[.zst|.gz]\n\n"
    "Writes all forms as one CSV, compressed by the name's ending; '-' is standard output.\n"
    "Importing it into an empty election gives the same totals, byte for byte.\n\n"
    "  --kontes CODE      the contest\n"
    "  --as-of N          as it stood after the first N entries of the log\n"
    "  --format FORMAT    csv (default); nist: JSON of NIST SP 1500-100 v2; openelections: "
    "CSV\n"
    "                     with OpenElections' columns, a row for each choice\n"
    "  --tingkat LEVEL    nist, openelections: down to this level, 0 nasional .. 5 tps "
    "(default:\n"
    "                     nist provinsi, openelections tps)\n",
    run_export};
