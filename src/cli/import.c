#include "intake/import.h"
#include "cli/cli.h"
#include "files/files.h"

#include <stdio.h>

/* What is wrong with one file: shown up to a point, listed wholly in the rejects file. */
struct rejects {
    const char *file;
    rk_buf csv;
    uint64_t n;
    rk_progress progress;
};

enum { SHOWN = 10 };

static void note(void *ctx, const rk_problem *p) {
    struct rejects *r = ctx;
    char where[24] = "";
    if (p->name.len == 0 && p->column) (void)snprintf(where, sizeof where, "%zu", p->column);
    rk_slice column = p->name.len ? p->name : rk_slice_str(where);
    rk_buf_num(&r->csv, p->line);
    rk_buf_byte(&r->csv, ',');
    rk_buf_csv(&r->csv, column);
    rk_buf_byte(&r->csv, ',');
    rk_buf_csv(&r->csv, p->value);
    rk_buf_byte(&r->csv, ',');
    rk_buf_csv(&r->csv, rk_slice_str(p->reason));
    rk_buf_byte(&r->csv, '\n');
    if (r->n++ >= SHOWN) return;
    fprintf(stderr, "%s:%zu:%zu: %.*s%s'%.*s' %s\n", r->file, p->line, p->column,
            RK_FMT(p->name), p->name.len ? " " : "",
            (int)(p->value.len < 60 ? p->value.len : 60), p->value.ptr ? p->value.ptr : "",
            p->reason);
}

static void show_progress(void *ctx, uint64_t done, uint64_t total) {
    struct rejects *r = ctx;
    r->progress.total = total;
    rk_progress_at(&r->progress, done);
}

/* The list stands beside the file; where that cannot be written, in the election directory. */
static void keep_rejects(struct rejects *r, const char *dir, const char *wanted) {
    char path[4200];
    rk_err err = RK_ERR_INIT;
    if (r->n == 0) return;
    if (r->n > SHOWN)
        fprintf(stderr, "%s: ... and %llu more\n", r->file, (unsigned long long)(r->n - SHOWN));
    bool stdin_file = strcmp(r->file, "-") == 0;
    if (wanted)
        (void)snprintf(path, sizeof path, "%s", wanted);
    else if (stdin_file)
        (void)snprintf(path, sizeof path, "%s/stdin.rejects.csv", dir);
    else
        (void)snprintf(path, sizeof path, "%s.rejects.csv", r->file);
    rk_status s = rk_file_write(path, rk_buf_slice(&r->csv), false, &err);
    if (s != RK_OK && !wanted && !stdin_file) {
        (void)snprintf(path, sizeof path, "%s/%s.rejects.csv", dir, cli_basename(r->file));
        err = RK_ERR_INIT;
        s = rk_file_write(path, rk_buf_slice(&r->csv), false, &err);
    }
    if (s == RK_OK)
        fprintf(stderr, "%s: every bad row is listed in %s\n", r->file, path);
    else
        (void)cli_failed(path, &err);
}

struct request {
    const char *dir, *contest, *key, *reason, *tps, *rejects;
    bool keep_going, dry_run, quiet;
};

/* A bare Sirekap document is named for its station: 3101011001002.json. */
static rk_slice station_of(const struct request *q, const char *path) {
    if (q->tps) return rk_slice_str(q->tps);
    rk_slice s = rk_slice_str(cli_basename(path)), part = {0};
    (void)rk_slice_cut(&s, '.', &part);
    return part;
}

static void say(const struct request *q, const char *path, const rk_import_report *r) {
    printf("%s: %llu forms (%llu new, %llu corrected, %llu unchanged)", path,
           (unsigned long long)r->rows, (unsigned long long)r->added,
           (unsigned long long)r->corrected, (unsigned long long)r->unchanged);
    if (r->bad) printf(", %llu bad rows left out", (unsigned long long)r->bad);
    if (q->dry_run)
        printf("; dry run, nothing was written");
    else if (r->first_entry != UINT64_MAX)
        printf("; log entries from %llu", (unsigned long long)r->first_entry);
    printf("\n");
}

static int one_file(rk_dir *d, const struct request *q, const char *path) {
    rk_err err = RK_ERR_INIT;
    rk_file f;
    struct rejects r = {.file = path};
    rk_import_report report;
    if (rk_file_read(path, RK_FILE_BYTES_MAX, &f, &err) != RK_OK) return cli_failed(path, &err);
    rk_buf_init(&r.csv, 1u << 30);
    rk_buf_lit(&r.csv, "line,column,value,reason\n");
    rk_progress_start(&r.progress, cli_basename(path), f.bytes.len, q->quiet);
    rk_import_options o = {.contest = rk_slice_str(q->contest),
                           .reason = rk_slice_str(q->reason),
                           .tps = station_of(q, path),
                           .keep_going = q->keep_going,
                           .dry_run = q->dry_run,
                           .fn = note,
                           .progress = show_progress,
                           .ctx = &r};
    rk_status s = rk_import(d, rk_slice_str(cli_basename(path)), f.bytes, &o, &report, &err);
    rk_progress_end(&r.progress, f.bytes.len);
    keep_rejects(&r, q->dir, q->rejects);
    int code = CLI_OK;
    if (s != RK_OK)
        code = cli_failed(path, &err);
    else {
        say(q, path, &report);
        if (report.bad) code = CLI_LEFT_OUT;
    }
    rk_buf_free(&r.csv);
    rk_file_free(&f);
    return code;
}

static int run_import(int argc, char **argv) {
    struct request q = {.reason = ""};
    rk_dir d;
    rk_err err = RK_ERR_INIT;
    const cli_option o[] = {{"kontes", &q.contest, NULL},
                            {"keep-going", NULL, &q.keep_going},
                            {"dry-run", NULL, &q.dry_run},
                            {"quiet", NULL, &q.quiet},
                            {"kunci", &q.key, NULL},
                            {"alasan", &q.reason, NULL},
                            {"tps", &q.tps, NULL},
                            {"rejects", &q.rejects, NULL},
                            {0}};
    if (!cli_parse(&cli_import, &argc, argv, o)) return CLI_USAGE;
    if (argc < 2) return cli_usage(&cli_import, "give a directory and at least one file");
    if (!q.contest) return cli_usage(&cli_import, "--kontes CODE is missing");
    q.dir = argv[0];
    int code = CLI_OK;
    for (int i = 1; i < argc;
         i++) { /* each file stands or falls on its own, from a fresh state */
        err = RK_ERR_INIT;
        if (rk_dir_open(q.dir, RK_STORE_WRITE, UINT64_MAX, &d, &err) != RK_OK)
            return cli_failed(NULL, &err);
        if (q.key && rk_dir_use_key(&d, q.key, &err) != RK_OK) {
            rk_dir_close(&d);
            return cli_failed(NULL, &err);
        }
        int one = one_file(&d, &q, argv[i]);
        rk_dir_close(&d);
        if (one == CLI_FAILED || code == CLI_OK) code = one;
    }
    return code;
}

const cli_verb cli_import = {
    "import", "take forms from CSV or Sirekap JSON into the log",
    "usage: rekap import DIR --kontes CODE [OPTION...] FILE...\n\n"
    "Each FILE is taken wholly or not at all. A forms CSV has a column tps and columns of the\n"
    "contest by name, in any order; empty = not written. A JSON file holds Sirekap TPS "
    "documents,\n"
    "one, or one a line. Files may be compressed (.zst, .gz, .xz); '-' is standard input.\n"
    "A row equal to what is recorded changes nothing; one that differs is a correction.\n"
    "Bad rows are listed in FILE.rejects.csv (line,column,value,reason).\n\n"
    "  --kontes CODE    the contest\n"
    "  --keep-going     take the good rows of a file with bad ones (exit code 3)\n"
    "  --dry-run        check only, write nothing\n"
    "  --rejects PATH   where to list bad rows\n"
    "  --tps CODE       the station of a bare Sirekap document (default: from the file's "
    "name)\n"
    "  --kunci FILE     the key that signs (default DIR/keys/pengelola.key); its role is\n"
    "                   recorded with the entries\n"
    "  --alasan TEXT    why, kept in the log\n"
    "  --quiet          no progress\n",
    run_import};
