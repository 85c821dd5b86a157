#include "cli/cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const cli_verb *const VERBS[] = {&cli_archive_verb, &cli_export_db, &cli_init,  &cli_wilayah, &cli_kontes, &cli_import,
                                        &cli_recap, &cli_check,   &cli_export, &cli_publish,
                                        &cli_serve, &cli_recount, &cli_resmi,  &cli_banding, &cli_kunci,
                                        &cli_disclose, &cli_ppid,
                                        &cli_saksi,
                                        &cli_limits,  &cli_read, &cli_hasil, &cli_kursi,
                                        &cli_release, &cli_verify_release, &cli_mirror};
enum { N_VERBS = sizeof VERBS / sizeof *VERBS };

static void overview(FILE *to) {
    fprintf(to, "usage: rekap COMMAND [OPTION...] [FILE...]\n\n"
                "rekap counts elections: every figure is checked, kept in an append-only log,\n"
                "added up from the TPS to the nation, published, and can be recounted by "
                "anyone.\n\ncommands:\n");
    for (int i = 0; i < N_VERBS; i++)
        fprintf(to, "  %-9s %s\n", VERBS[i]->name, VERBS[i]->summary);
    fprintf(to, "\nA first count, from nothing to a page in the browser:\n"
                "  rekap init pemilu --id pemilu2024 --nama \"Pemilu 2024\"\n"
                "  rekap wilayah pemilu wilayah.csv\n"
                "  rekap kontes pemilu kontes-ppwp.json\n"
                "  rekap import pemilu --kontes ppwp forms.csv.zst\n"
                "  rekap recap pemilu --kontes ppwp\n"
                "  rekap serve pemilu\n\n"
                "'rekap COMMAND --help' explains a command; the manual is rekap(1).\n"
                "Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 done, but rows were "
                "left out.\n");
}

int main(int argc, char **argv) {
    if (argc < 2) {
        overview(stderr);
        return CLI_USAGE;
    }
    const char *name = argv[1];
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        overview(stdout);
        return CLI_OK;
    }
    if (strcmp(name, "--version") == 0) {
        printf("rekap %s\n", RK_VERSION);
        return CLI_OK;
    }
    for (int i = 0; i < N_VERBS; i++) {
        if (strcmp(name, VERBS[i]->name) != 0) continue;
        for (int k = 2; k < argc && strcmp(argv[k], "--") != 0; k++)
            if (strcmp(argv[k], "--help") == 0 || strcmp(argv[k], "-h") == 0) {
                fputs(VERBS[i]->help, stdout);
                return CLI_OK;
            }
        return VERBS[i]->run(argc - 2, argv + 2);
    }
    fprintf(stderr, "rekap: unknown command '%s': 'rekap --help' lists them\n", name);
    return CLI_USAGE;
}

static const cli_option *find_option(const cli_option *o, const char *arg, size_t n) {
    for (; o->name; o++)
        if (strlen(o->name) == n && strncmp(o->name, arg, n) == 0) return o;
    return NULL;
}

bool cli_parse(const cli_verb *v, int *argc, char **argv, const cli_option *options) {
    int kept = 0;
    for (int i = 0; i < *argc; i++) {
        char *a = argv[i];
        if (strcmp(a, "--") == 0) {
            for (i++; i < *argc; i++) argv[kept++] = argv[i];
            break;
        }
        if (strncmp(a, "--", 2) != 0) {
            argv[kept++] = a;
            continue;
        }
        const char *eq = strchr(a, '=');
        const cli_option *o =
            find_option(options, a + 2, eq ? (size_t)(eq - a - 2) : strlen(a + 2));
        if (!o || (o->flag && eq)) return (void)cli_usage(v, "unknown option '%s'", a), false;
        if (o->flag)
            *o->flag = true;
        else if (eq)
            *o->value = eq + 1;
        else if (i + 1 < *argc)
            *o->value = argv[++i];
        else
            return (void)cli_usage(v, "option '%s' needs a value", a), false;
    }
    *argc = kept;
    return true;
}

int cli_usage(const cli_verb *v, const char *fmt, ...) {
    va_list ap;
    fprintf(stderr, "rekap %s: ", v->name);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fprintf(stderr, " ('rekap %s --help' explains)\n", v->name);
    return CLI_USAGE;
}

int cli_failed(const char *file, const rk_err *err) {
    fprintf(stderr, "rekap: ");
    if (file) fprintf(stderr, "%s:", file);
    if (err->line) fprintf(stderr, "%zu:", err->line);
    if (err->line && err->column) fprintf(stderr, "%zu:", err->column);
    fprintf(stderr, "%s%s\n", file ? " " : "", err->text);
    return CLI_FAILED;
}

static rk_status write_stdout(void *ctx, rk_slice b, rk_err *err) {
    (void)ctx;
    while (b.len) {
        ssize_t n = write(STDOUT_FILENO, b.ptr, b.len);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno == EPIPE) _exit(CLI_FAILED);
        if (n < 0)
            return rk_fail(err, RK_IO, "cannot write to standard output: %s", strerror(errno));
        b = rk_slice_from(b, (size_t)n);
    }
    return RK_OK;
}

rk_sink cli_stdout(void) { return (rk_sink){write_stdout, NULL}; }

rk_status cli_open(const char *dir, const char *contest, uint64_t limit, rk_dir *out,
                   uint32_t *contest_no, rk_err *err) {
    RK_TRY(rk_dir_open(dir, RK_STORE_READ, limit, out, err));
    *contest_no = rk_election_contest(out->election, rk_slice_str(contest));
    if (*contest_no != RK_NONE) return RK_OK;
    rk_fail(err, RK_NOT_FOUND, "contest '%s' is not declared in %s%s", contest, dir,
            out->election->n_contest ? "" : " (none is): declare it with 'rekap kontes'");
    rk_dir_close(out);
    return RK_NOT_FOUND;
}

rk_status cli_region(const rk_dir *d, const char *code, uint32_t *node, rk_err *err) {
    *node = 0;
    if (!code) return RK_OK;
    *node = rk_tree_find(d->election->tree, rk_slice_str(code));
    return *node == RK_NONE
               ? rk_fail(err, RK_NOT_FOUND, "the region tree has no region '%s'", code)
               : RK_OK;
}

const char *cli_basename(const char *path) {
    const char *s = strrchr(path, '/');
    return s ? s + 1 : path;
}
