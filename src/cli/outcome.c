/* hasil, kursi: what a count, or a table of votes, says by law. */
#include "publish/outcome.h"

#include "base/num.h"
#include "cli/cli.h"
#include "files/files.h"

struct asked {
    const char *contest, *as_of, *format, *votes, *seats, *names, *provinces, *abroad, *year,
        *method, *threshold;
    enum rk_format fmt;
    uint64_t limit;
};

/* What both verbs have in common; argc arguments are left after the options. */
static int check_common(const cli_verb *v, int argc, struct asked *a) {
    a->limit = UINT64_MAX;
    if (a->format && !rk_format_parse(rk_slice_str(a->format), &a->fmt))
        return cli_usage(v, "--format is table, csv or json, not '%s'", a->format);
    if (a->as_of && !rk_num_parse(rk_slice_str(a->as_of), UINT64_MAX - 1, &a->limit))
        return cli_usage(v, "--as-of is a number of log entries, not '%s'", a->as_of);
    if (a->votes ? argc != 0 : argc != 1)
        return cli_usage(v, "give one directory, or --suara FILE");
    if (!a->votes && !a->contest) return cli_usage(v, "--kontes CODE is missing");
    if (a->votes && (a->contest || a->as_of))
        return cli_usage(v, "--kontes and --as-of belong to a directory, not to --suara");
    return CLI_OK;
}

/* ===== hasil ===== */

static int outcome_of_file(const struct asked *a, uint64_t provinces) {
    rk_err err = RK_ERR_INIT;
    rk_file f;
    rk_outcome_table t;
    rk_outcome_report r;
    rk_sink out = cli_stdout();
    if (rk_file_read(a->votes, RK_DOCUMENT_MAX, &f, &err) != RK_OK)
        return cli_failed(NULL, &err);
    rk_status s =
        rk_outcome_table_parse(f.bytes, rk_slice_str(a->abroad), (uint32_t)provinces, &t, &err);
    rk_file_free(&f);
    if (s == RK_OK)
        s = rk_outcome_report_of(rk_slice_str(cli_basename(a->votes)), &t, &r, &err);
    if (s != RK_OK) return cli_failed(a->votes, &err);
    s = rk_outcome_report_write(&r, a->fmt, &out, &err);
    rk_outcome_report_free(&r);
    return s == RK_OK ? CLI_OK : cli_failed(NULL, &err);
}

static int run_hasil(int argc, char **argv) {
    struct asked a = {0};
    rk_err err = RK_ERR_INIT;
    rk_sink out = cli_stdout();
    rk_dir d;
    uint32_t contest;
    uint64_t provinces = 0;
    rk_outcome_report r;
    const cli_option o[] = {{"kontes", &a.contest, NULL},
                            {"as-of", &a.as_of, NULL},
                            {"format", &a.format, NULL},
                            {"suara", &a.votes, NULL},
                            {"provinsi", &a.provinces, NULL},
                            {"luar-negeri", &a.abroad, NULL},
                            {0}};
    if (!cli_parse(&cli_hasil, &argc, argv, o)) return CLI_USAGE;
    int code = check_common(&cli_hasil, argc, &a);
    if (code != CLI_OK) return code;
    if (a.provinces && !rk_num_parse(rk_slice_str(a.provinces), RK_DISTRICTS_MAX, &provinces))
        return cli_usage(&cli_hasil, "--provinsi is a number of provinces, not '%s'",
                         a.provinces);
    if (!a.votes && (a.provinces || a.abroad))
        return cli_usage(&cli_hasil, "--provinsi and --luar-negeri belong to --suara");
    if (a.votes) return outcome_of_file(&a, provinces);
    if (cli_open(argv[0], a.contest, a.limit, &d, &contest, &err) != RK_OK)
        return cli_failed(NULL, &err);
    rk_status s = rk_outcome_report_make(d.election, contest, &r, &err);
    if (s == RK_OK) {
        s = rk_outcome_report_write(&r, a.fmt, &out, &err);
        rk_outcome_report_free(&r);
    }
    rk_dir_close(&d);
    return s == RK_OK ? CLI_OK : cli_failed(NULL, &err);
}

const cli_verb cli_hasil = {
    "hasil", "say who is elected by law, turnout, invalid share",
    "usage: rekap hasil DIR --kontes CODE [--as-of N] [--format table|csv|json]\n"
    "       rekap hasil --suara FILE [--provinsi N] [--luar-negeri CODES] [--format ...]\n\n"
    "A presidential contest, for the count and for each official series by itself: elected "
    "with\n"
    "more than half of the votes and at least 20 % in more than half of the provinces, else a\n"
    "run-off; of two pairs the one with the most votes. A series that is not complete is said\n"
    "to be undecided. For other contests: turnout and invalid share. The figures are named.\n\n"
    "  --kontes CODE        the contest\n"
    "  --as-of N            as it stood after the first N entries of the log\n"
    "  --suara FILE         instead of a directory: a CSV kode,suara_01,suara_02,... with a "
    "row a\n"
    "                       province; kode 0 is the whole nation\n"
    "  --provinsi N         provinces the country has (2019: 34, 2024: 38); without it a file\n"
    "                       without a row 0 is not taken as complete\n"
    "  --luar-negeri CODES  rows that are no province, e.g. -99 or 99,98\n"
    "  --format FORMAT      table (default), csv or json\n",
    run_hasil};

/* ===== kursi ===== */

/* The year's law, with what the options say instead. */
static int rule_of(const struct asked *a, const rk_dir *d, uint32_t contest,
                   rk_seat_rule *rule) {
    rk_err err = RK_ERR_INIT;
    uint64_t n = 0;
    if (a->year && !rk_num_parse(rk_slice_str(a->year), 9999, &n))
        return cli_usage(&cli_kursi, "--tahun is a year, not '%s'", a->year);
    rk_status s = a->year ? rk_seat_rule_of((uint32_t)n, rule, &err)
                  : d     ? rk_seat_rule_for(d->election, contest, rule, &err)
                          : RK_OK;
    if (s != RK_OK && !(a->method && a->threshold)) return cli_failed(NULL, &err);
    if (!a->year && !d && !(a->method && a->threshold))
        return cli_usage(&cli_kursi, "say --tahun, or --metode and --ambang");
    if (a->method && !rk_seat_method_parse(rk_slice_str(a->method), &rule->method))
        return cli_usage(&cli_kursi, "--metode is sainte-lague or kuota, not '%s'", a->method);
    if (a->threshold && !rk_num_parse(rk_slice_str(a->threshold), 10000, &n))
        return cli_usage(&cli_kursi,
                         "--ambang is hundredths of a percent (400 = 4 %%), not '%s'",
                         a->threshold);
    if (a->threshold) rule->threshold_bp = (uint32_t)n;
    if (a->method || a->threshold)
        rule->law = RK_LIT("sebagaimana diminta, bukan menurut tahun");
    return CLI_OK;
}

static int write_seats(const struct asked *a, rk_seat_report *r) {
    rk_err err = RK_ERR_INIT;
    rk_sink out = cli_stdout();
    rk_status s = rk_seat_report_write(r, a->fmt, &out, &err);
    rk_seat_report_free(r);
    return s == RK_OK ? CLI_OK : cli_failed(NULL, &err);
}

static int seats_of_files(const struct asked *a, const rk_seat_rule *rule) {
    rk_err err = RK_ERR_INIT;
    const char *path[3] = {a->votes, a->seats, a->names};
    rk_file f[3] = {{{0}, 0, 0}};
    rk_seat_table t;
    rk_seat_report r;
    int which = 0;
    rk_status s = RK_OK;
    for (int i = 0; s == RK_OK && i < 3; i++)
        if (path[i]) s = rk_file_read(path[i], RK_DOCUMENT_MAX, &f[i], &err);
    if (s != RK_OK) {
        (void)cli_failed(NULL, &err);
    } else {
        s = rk_seat_table_parse(f[0].bytes, f[1].bytes, f[2].bytes, &t, &which, &err);
        if (s == RK_OK)
            s = rk_seat_report_of(rk_slice_str(cli_basename(a->votes)), &t, rule, &r, &err);
        if (s != RK_OK) (void)cli_failed(path[which], &err);
    }
    for (int i = 0; i < 3; i++) rk_file_free(&f[i]);
    return s == RK_OK ? write_seats(a, &r) : CLI_FAILED;
}

static int seats_of_count(const struct asked *a, const char *dir) {
    rk_err err = RK_ERR_INIT;
    rk_dir d;
    uint32_t contest;
    rk_seat_rule rule = {0};
    rk_seat_report r;
    if (cli_open(dir, a->contest, a->limit, &d, &contest, &err) != RK_OK)
        return cli_failed(NULL, &err);
    int code = rule_of(a, &d, contest, &rule);
    if (code == CLI_OK && rk_seat_report_make(d.election, contest, &rule, &r, &err) != RK_OK)
        code = cli_failed(NULL, &err);
    if (code == CLI_OK) code = write_seats(a, &r);
    rk_dir_close(&d);
    return code;
}

static int run_kursi(int argc, char **argv) {
    struct asked a = {0};
    rk_seat_rule rule = {0};
    const cli_option o[] = {{"kontes", &a.contest, NULL},   {"as-of", &a.as_of, NULL},
                            {"format", &a.format, NULL},    {"suara", &a.votes, NULL},
                            {"kursi", &a.seats, NULL},      {"partai", &a.names, NULL},
                            {"tahun", &a.year, NULL},       {"metode", &a.method, NULL},
                            {"ambang", &a.threshold, NULL}, {0}};
    if (!cli_parse(&cli_kursi, &argc, argv, o)) return CLI_USAGE;
    int code = check_common(&cli_kursi, argc, &a);
    if (code != CLI_OK) return code;
    if (!a.votes && (a.seats || a.names))
        return cli_usage(&cli_kursi, "--kursi and --partai belong to --suara");
    if (!a.votes) return seats_of_count(&a, argv[0]);
    if (!a.seats)
        return cli_usage(&cli_kursi, "--suara needs --kursi FILE, the seats per dapil");
    code = rule_of(&a, NULL, 0, &rule);
    return code == CLI_OK ? seats_of_files(&a, &rule) : code;
}

const cli_verb cli_kursi = {
    "kursi", "give out parliament's seats from the votes",
    "usage: rekap kursi DIR --kontes CODE [OPTION...]\n"
    "       rekap kursi --suara FILE --kursi FILE [--partai FILE] --tahun YEAR [OPTION...]\n\n"
    "Seats per dapil and party by the law of the election's year, exactly, and how many votes\n"
    "the last seat of each dapil hangs on. Where equal quotients would decide, the seat stays\n"
    "open and the parties are marked. A count that is not complete is said to be so.\n\n"
    "  --kontes CODE      the contest; its dapil must say \"kursi\"\n"
    "  --as-of N          as it stood after the first N entries of the log\n"
    "  --suara FILE       instead of a directory: a CSV dapil,partai,suara\n"
    "  --kursi FILE       a CSV dapil,kursi and optionally nama\n"
    "  --partai FILE      a CSV partai,nama and optionally singkatan\n"
    "  --tahun YEAR       the law of that year: 2014 quota and largest remainders, 3.5 %;\n"
    "                     2019, 2024 Sainte-Lague, 4 % (2009: only the threshold, 2.5 %)\n"
    "  --metode METHOD    sainte-lague or kuota instead of the year's\n"
    "  --ambang BP        threshold in hundredths of a percent instead of the year's\n"
    "  --format FORMAT    table (default), csv or json\n",
    run_kursi};
