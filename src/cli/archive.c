/* rekap archive: what earlier elections left behind. */
#include "arsip/follow.h"
#include "arsip/show.h"
#include "base/mem.h"
#include "base/num.h"
#include "cli/archive.h"
#include "files/files.h"

#include <stdio.h>
#include <stdlib.h>

enum { PATH_BYTES = 4096 };

static const char *archive_dir(const struct cli_archive *w) {
    const char *env = getenv("REKAP_ARSIP");
    if (w->dir) return w->dir;
    if (env && *env) return env;
    return rk_file_there("data/arsip/seri.csv") ? "data/arsip" : RK_DATA_DIR "/arsip";
}

int cli_archive_open(struct cli_archive *w, bool figures) {
    rk_err err = RK_ERR_INIT;
    if (w->format && !rk_rows_format(rk_slice_str(w->format), &w->fmt))
        return cli_usage(&cli_archive_verb, "--format is table, csv or json, not '%s'",
                         w->format);
    w->dir = archive_dir(w);
    if (rk_arsip_open(w->dir, figures, &w->a, &err) != RK_OK) return cli_failed(NULL, &err);
    return CLI_OK;
}

int cli_archive_write(struct cli_archive *w, rk_rows *l) {
    rk_err err = RK_ERR_INIT;
    rk_sink out = cli_stdout();
    rk_status s = rk_rows_write(l, w->fmt, &out, &err);
    rk_rows_free(l);
    rk_arsip_free(&w->a);
    return s == RK_OK ? CLI_OK : cli_failed(NULL, &err);
}

/* ===== list ===== */

static int run_list(struct cli_archive *w, int argc, char **argv) {
    if (argc) return cli_usage(&cli_archive_verb, "list takes no '%s'", argv[0]);
    int code = cli_archive_open(w, true);
    if (code != CLI_OK) return code;
    rk_rows l;
    rk_rows_init(&l, RK_SHOW_SERIES);
    rk_show_series(w->a, &l);
    return cli_archive_write(w, &l);
}

/* ===== show ===== */

struct show {
    uint32_t election, contest, series, item, region;
    uint16_t station;
    unsigned level;
    bool has_region, has_level;
};

static rk_status show_query(const struct cli_archive *w, char **argv, struct show *q,
                            rk_err *err) {
    const rk_arsip *a = w->a;
    *q = (struct show){.series = RK_NONE, .item = RK_NONE};
    q->election = rk_arsip_find_election(a, rk_slice_str(argv[0]));
    if (q->election == RK_NONE)
        return rk_fail(err, RK_NOT_FOUND,
                       "the archive has no election '%s': 'rekap archive list' names them",
                       argv[0]);
    q->contest = rk_arsip_find_contest(a, q->election, rk_slice_str(argv[1]));
    if (q->contest == RK_NONE)
        return rk_fail(err, RK_NOT_FOUND, "election %s has no contest '%s'", argv[0], argv[1]);
    if (w->series && (q->series = rk_arsip_find_series(a, rk_slice_str(w->series))) == RK_NONE)
        return rk_fail(err, RK_NOT_FOUND,
                       "there is no series '%s': 'rekap archive list' names them", w->series);
    if (w->item && (q->item = rk_arsip_find_item(a, rk_slice_str(w->item))) == RK_NONE)
        return rk_fail(err, RK_NOT_FOUND, "there is no butir '%s': see butir.csv", w->item);
    if (w->level && rk_slice_is(rk_slice_str(w->level), "dapil"))
        q->level = RK_LEVEL_DAPIL;
    else if (w->level && !rk_level_parse(rk_slice_str(w->level), &q->level))
        return rk_fail(err, RK_BAD_INPUT, "--tingkat '%s' is no level (0 to 5, dapil)",
                       w->level);
    q->has_level = w->level != NULL;
    q->has_region = w->region != NULL;
    return w->region ? rk_arsip_find_region(a, q->election, rk_slice_str(w->region), &q->region,
                                            &q->station, err)
                     : RK_OK;
}

static bool wanted(const rk_arsip *a, const struct show *q, const rk_arsip_figure *f) {
    if (q->item != RK_NONE && f->item != q->item) return false;
    unsigned level = rk_arsip_level(a, f);
    if (q->has_level && level != q->level) return false;
    if (!q->has_region) return q->has_level || level == 0;
    if (f->region == q->region && (q->has_level || f->station == q->station)) return true;
    return q->has_level && !rk_is_dapil(f->region) && !rk_is_dapil(q->region) &&
           rk_tree_below(rk_arsip_tree_of(a, q->election), f->region, q->region);
}

static int show_figures(struct cli_archive *w, const struct show *q) {
    const rk_arsip *a = w->a;
    rk_rows l;
    rk_rows_init(&l, RK_SHOW_FIGURES);
    for (uint32_t i = 0; i < a->n_figure; i++) {
        const rk_arsip_figure *f = &a->figure[i];
        if (a->series[f->series].contest == q->contest &&
            (q->series == RK_NONE || f->series == q->series) && wanted(a, q, f))
            rk_show_figure(a, f, &l);
    }
    return cli_archive_write(w, &l);
}

/* Every pair of series of the contest, side by side. */
static int show_comparison(struct cli_archive *w, const struct show *q) {
    const rk_arsip *a = w->a;
    rk_diffs d = {0};
    unsigned deepest = q->has_level && q->level <= RK_DESA ? q->level : RK_PROVINSI;
    for (uint32_t i = 0; i < a->n_series; i++)
        for (uint32_t k = i + 1; k < a->n_series; k++)
            if (a->series[i].contest == q->contest && a->series[k].contest == q->contest &&
                (q->series == RK_NONE || q->series == i || q->series == k))
                rk_arsip_between(a, i, k, deepest, &d, NULL);
    rk_rows l;
    rk_rows_init(&l, RK_SHOW_DIFFERENCES);
    for (uint32_t i = 0; i < d.n; i++)
        if ((q->item == RK_NONE || d.at[i].item == q->item) &&
            (!q->has_region || d.at[i].region == q->region))
            rk_show_difference(a, &d.at[i], &l);
    rk_free(d.at);
    return cli_archive_write(w, &l);
}

static int run_show(struct cli_archive *w, int argc, char **argv) {
    rk_err err = RK_ERR_INIT;
    struct show q;
    if (argc != 2) return cli_usage(&cli_archive_verb, "show needs an election and a contest");
    int code = cli_archive_open(w, true);
    if (code != CLI_OK) return code;
    if (show_query(w, argv, &q, &err) != RK_OK) {
        rk_arsip_free(&w->a);
        return cli_failed(NULL, &err);
    }
    return w->compare ? show_comparison(w, &q) : show_figures(w, &q);
}

/* ===== check ===== */

rk_status cli_archive_known(const struct cli_archive *w, rk_diffs *known, rk_err *err) {
    char path[PATH_BYTES];
    rk_file f;
    snprintf(path, sizeof path, "%s/selisih.csv.zst", w->dir);
    RK_TRY(rk_file_read(path, RK_FILE_BYTES_MAX, &f, err));
    rk_status s = rk_arsip_read_known(w->a, f.bytes, known, err);
    rk_file_free(&f);
    return s;
}

/* Rows of one list that the other does not have. Both are ordered. */
static uint32_t missing(const rk_arsip *a, const rk_diffs *in, const rk_diffs *from,
                        const char *state, rk_rows *l) {
    uint32_t n = 0;
    for (uint32_t i = 0, k = 0; i < in->n; i++) {
        while (k < from->n && rk_diff_cmp(&from->at[k], &in->at[i]) < 0) k++;
        if (k < from->n && rk_diff_cmp(&from->at[k], &in->at[i]) == 0) continue;
        rk_rows_str(l, state);
        rk_show_difference(a, &in->at[i], l);
        n++;
    }
    return n;
}

static int run_check(struct cli_archive *w, int argc, char **argv) {
    rk_err err = RK_ERR_INIT;
    if (argc) return cli_usage(&cli_archive_verb, "check takes no '%s'", argv[0]);
    int code = cli_archive_open(w, true);
    if (code != CLI_OK) return code;
    rk_diffs known, found;
    if (cli_archive_known(w, &known, &err) != RK_OK) {
        rk_arsip_free(&w->a);
        return cli_failed("selisih.csv.zst", &err);
    }
    rk_arsip_differences(w->a, &found);
    rk_rows l;
    rk_rows_init(&l, "keadaan," RK_SHOW_DIFFERENCES);
    uint32_t unlisted = missing(w->a, &found, &known, "belum terdaftar", &l);
    uint32_t vanished = missing(w->a, &known, &found, "tidak ditemukan lagi", &l);
    fprintf(stderr,
            "%s: %u series, %u figures read; %u differences found, %u of them not listed, "
            "%u listed that are not there\n",
            w->dir, w->a->n_series, w->a->n_figure, found.n, unlisted, vanished);
    rk_free(known.at);
    rk_free(found.at);
    code = cli_archive_write(w, &l);
    return code == CLI_OK && (unlisted || vanished) ? CLI_FAILED : code;
}

/* ===== coverage ===== */

static int run_coverage(struct cli_archive *w, int argc, char **argv) {
    if (argc) return cli_usage(&cli_archive_verb, "coverage takes no '%s'", argv[0]);
    int code = cli_archive_open(w, true);
    if (code != CLI_OK) return code;
    rk_rows l;
    rk_rows_init(&l, RK_SHOW_COVERAGE);
    rk_show_coverage(w->a, &l);
    return cli_archive_write(w, &l);
}

/* ===== follow ===== */

static int run_follow(struct cli_archive *w, int argc, char **argv) {
    rk_err err = RK_ERR_INIT;
    if (argc < 1) return cli_usage(&cli_archive_verb, "follow needs a code");
    int code = cli_archive_open(w, true);
    if (code != CLI_OK) return code;
    rk_rows l;
    rk_rows_init(&l, RK_SHOW_FOLLOW);
    for (int i = 0; i < argc; i++) {
        uint32_t row = rk_arsip_find_codes(w->a, rk_slice_str(argv[i]));
        if (row == RK_NONE) {
            rk_rows_free(&l);
            rk_arsip_free(&w->a);
            rk_fail(
                &err, RK_NOT_FOUND,
                "'%s' is no kabupaten/kota of kode-kabkota.csv (Kemendagri 2025 or KPU 2024)",
                argv[i]);
            return cli_failed(NULL, &err);
        }
        rk_show_follow(w->a, row, &l);
    }
    return cli_archive_write(w, &l);
}

static int run_archive(int argc, char **argv) {
    static const struct {
        const char *name;
        int (*run)(struct cli_archive *w, int argc, char **argv);
    } WORDS[] = {{"list", run_list},
                 {"show", run_show},
                 {"check", run_check},
                 {"coverage", run_coverage},
                 {"follow", run_follow},
                 {"import", cli_archive_import},
                 {"publish", cli_archive_publish}};
    struct cli_archive w = {0};
    const cli_option o[] = {{"arsip", &w.dir, NULL},       {"format", &w.format, NULL},
                            {"wilayah", &w.region, NULL},  {"tingkat", &w.level, NULL},
                            {"seri", &w.series, NULL},     {"butir", &w.item, NULL},
                            {"spec", &w.spec, NULL},       {"banding", NULL, &w.compare},
                            {"dry-run", NULL, &w.dry_run}, {0}};
    if (!cli_parse(&cli_archive_verb, &argc, argv, o)) return CLI_USAGE;
    for (size_t i = 0; argc && i < sizeof WORDS / sizeof *WORDS; i++)
        if (strcmp(argv[0], WORDS[i].name) == 0) return WORDS[i].run(&w, argc - 1, argv + 1);
    return cli_usage(&cli_archive_verb,
                     argc ? "'%s' is none of list, show, check, coverage, "
                            "follow, import, publish"
                          : "say list, show, check, coverage, follow, import or publish",
                     argc ? argv[0] : "");
}

const cli_verb cli_archive_verb = {
    "archive", "earlier elections, 1999 on: show, check, follow, import",
    "usage: rekap archive list [--format FORMAT]\n"
    "       rekap archive show PEMILU KONTES [--seri SERI] [--butir BUTIR]\n"
    "                     [--wilayah KODE] [--tingkat LEVEL] [--banding]\n"
    "       rekap archive check | coverage\n"
    "       rekap archive follow KODE...\n"
    "       rekap archive import --spec SPEC.json [--dry-run] FILE.csv\n"
    "       rekap archive publish [--dry-run] OUT\n\n"
    "The archive keeps figures as they were published, each in a series with its source and\n"
    "standing. Series are never added together; where two differ, both stand.\n\n"
    "  list       every series: election, contest, standing, number of figures\n"
    "  show       figures of one contest (default: the nation); with --banding every pair of\n"
    "             series side by side where they differ\n"
    "  check      reads everything, finds what does not add up or differs, and compares it\n"
    "             with the list that is shipped (selisih.csv.zst): 0 when they are the same\n"
    "  coverage   election by level: what is there, what is missing\n"
    "  follow     a kabupaten/kota of today through all elections since 1999; where another\n"
    "             region stands for it, that is said (kesesuaian: tepat or perkiraan)\n"
    "  import     adds somebody's CSV as a new series, or counts a by-name voters' roll; all\n"
    "             or nothing; see docs/format/arsip-impor.md\n"
    "  publish    everything as plain files for any web server: what is there and what is\n"
    "             missing, every series as CSV, a page for each kabupaten/kota\n\n"
    "  --arsip DIR      the archive (default: $REKAP_ARSIP, else data/arsip, else the\n"
    "                   one that was installed)\n"
    "  --seri SERI      one series\n"
    "  --butir BUTIR    one kind of figure, e.g. suara_sah (butir.csv)\n"
    "  --wilayah KODE   one region; with --tingkat what is below it\n"
    "  --tingkat LEVEL  0 nasional .. 5 tps, or dapil\n"
    "  --banding        series side by side\n"
    "  --spec FILE      what the columns of the file to import mean\n"
    "  --dry-run        check and report, write nothing\n"
    "  --format FORMAT  table (default), csv or json\n",
    run_archive};
