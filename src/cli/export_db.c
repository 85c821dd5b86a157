/* rekap export-db: an election or the archive as a database. */
#include "base/num.h"
#include "cli/archive.h"
#include "database/export.h"
#include "files/files.h"

#include <stdio.h>
#include <stdlib.h>

struct job {
    const char *format, *dir, *duckdb, *out;
    bool archive, quiet;
    enum rk_db_format fmt;
    rk_progress progress;
};

static void say(void *ctx, uint64_t rows) {
    rk_progress_at(&((struct job *)ctx)->progress, rows);
}

/* The dictionary beside a file; a directory has its own inside. */
static rk_status dictionary(const struct job *j, const rk_db_schema *s, rk_err *err) {
    if (j->fmt == RK_DB_CSV || j->fmt == RK_DB_PARQUET || strcmp(j->out, "-") == 0)
        return RK_OK;
    char path[4096];
    rk_buf b;
    rk_buf_init(&b, 1 << 20);
    rk_db_dictionary_html(s, &b);
    snprintf(path, sizeof path, "%s.kamus.html", j->out);
    rk_status st = rk_file_write(path, rk_buf_slice(&b), false, err);
    rk_buf_clear(&b);
    rk_db_dictionary_csv(s, &b);
    snprintf(path, sizeof path, "%s.kamus.csv", j->out);
    if (st == RK_OK) st = rk_file_write(path, rk_buf_slice(&b), false, err);
    rk_buf_free(&b);
    return st;
}

static rk_status write_out(struct job *j, const rk_db_schema *s, const rk_arsip *a,
                           rk_election *e, rk_err *err) {
    rk_db *w;
    const char *lib = j->duckdb ? j->duckdb : getenv("REKAP_DUCKDB");
    RK_TRY(rk_db_open(j->fmt, j->out, lib && *lib ? lib : NULL, s, &w, err));
    rk_progress_start(&j->progress, "rows", 0, j->quiet);
    rk_status st = a ? rk_db_export_archive(a, w, say, j, err)
                     : rk_db_export_election(e, s, w, say, j, err);
    uint64_t rows = w->rows;
    rk_progress_end(&j->progress, rows);
    if (st != RK_OK)
        rk_db_abort(&w);
    else
        st = rk_db_finish(&w, err);
    if (st == RK_OK) st = dictionary(j, s, err);
    if (st == RK_OK && strcmp(j->out, "-") != 0)
        printf("%s: %llu rows in %u tables, %u views\n", j->out, (unsigned long long)rows,
               s->n_table + 1, s->n_view);
    return st;
}

static int run_archive(struct job *j) {
    rk_err err = RK_ERR_INIT;
    struct cli_archive w = {.dir = j->dir};
    int code = cli_archive_open(&w, true);
    if (code != CLI_OK) return code;
    rk_status s = write_out(j, &rk_db_archive_schema, w.a, NULL, &err);
    rk_arsip_free(&w.a);
    return s == RK_OK ? CLI_OK : cli_failed(NULL, &err);
}

static int run_election(struct job *j, const char *dir, const char *as_of) {
    rk_err err = RK_ERR_INIT;
    rk_dir d;
    uint64_t limit = UINT64_MAX;
    if (as_of && !rk_num_parse(rk_slice_str(as_of), UINT64_MAX - 1, &limit))
        return cli_usage(&cli_export_db, "--as-of is a number of log entries, not '%s'", as_of);
    if (rk_dir_open(dir, RK_STORE_READ, limit, &d, &err) != RK_OK)
        return cli_failed(NULL, &err);
    rk_election_settle(d.election);
    rk_db_schema *s = rk_db_election_schema(d.election);
    rk_status st = write_out(j, s, NULL, d.election, &err);
    rk_db_schema_free(&s);
    rk_dir_close(&d);
    return st == RK_OK ? CLI_OK : cli_failed(NULL, &err);
}

static int run_export_db(int argc, char **argv) {
    struct job j = {0};
    const char *as_of = NULL;
    const cli_option o[] = {{"format", &j.format, NULL},
                            {"arsip", &j.dir, NULL},
                            {"duckdb", &j.duckdb, NULL},
                            {"as-of", &as_of, NULL},
                            {"archive", NULL, &j.archive},
                            {"quiet", NULL, &j.quiet},
                            {0}};
    if (!cli_parse(&cli_export_db, &argc, argv, o)) return CLI_USAGE;
    if (!j.format || !rk_db_format_parse(rk_slice_str(j.format), &j.fmt))
        return cli_usage(&cli_export_db, "--format is sqlite, postgres, csv or parquet");
    if (argc != (j.archive ? 1 : 2))
        return cli_usage(&cli_export_db, j.archive ? "give where to write to"
                                                   : "give an election directory and where to "
                                                     "write to (or --archive)");
    j.out = argv[argc - 1];
    return j.archive ? run_archive(&j) : run_election(&j, argv[0], as_of);
}

const cli_verb cli_export_db = {
    "export-db", "write a count or the archive as a database",
    "usage: rekap export-db DIR --format FORMAT [--as-of N] OUT\n"
    "       rekap export-db --archive [--arsip DIR] --format FORMAT OUT\n\n"
    "Writes one counted election, or the archive of earlier ones, as a normalised database "
    "with\n"
    "comments, indexes and views (v_...) for what is asked most. The same tables in each "
    "format:\n\n"
    "  sqlite    a SQLite file\n"
    "  postgres  a dump: psql -v ON_ERROR_STOP=1 -f OUT DATABASE (.zst, .gz: compressed; - is\n"
    "            standard output)\n"
    "  csv       a directory of CSV files with datapackage.json and skema.sql\n"
    "  parquet   a directory of Parquet files with baca.sql; needs DuckDB's library\n\n"
    "A dictionary of every table and column is the table kamus, and a page and a CSV beside "
    "it.\n\n"
    "  --format FORMAT  one of these\n"
    "  --as-of N        the count as it stood after the first N entries of the log\n"
    "  --archive        the archive in place of an election\n"
    "  --arsip DIR      the archive's directory (as for 'rekap archive')\n"
    "  --duckdb FILE    DuckDB's library (default: $REKAP_DUCKDB, else libduckdb.so)\n"
    "  --quiet          no progress\n",
    run_export_db};
