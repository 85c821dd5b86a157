#include "cli/build.h"
#include "cli/cli.h"

#include <stdio.h>

static const cli_verb *const VERBS[] = {
    &cli_archive_verb, &cli_export_db,      &cli_init,  &cli_wilayah,
    &cli_kontes,       &cli_import,         &cli_recap, &cli_check,
    &cli_export,       &cli_publish,        &cli_serve, &cli_recount,
    &cli_resmi,        &cli_banding,        &cli_kunci, &cli_disclose,
    &cli_ppid,         &cli_residency,      &cli_saksi, &cli_limits,
    &cli_read,         &cli_antrean,        &cli_hasil, &cli_kursi,
    &cli_release,      &cli_verify_release, &cli_kirim, &cli_mirror,
    &cli_form,         &cli_node,           &cli_sbom};
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
        printf("rekap %s (source %s)\n", cli_build().version, cli_build().source);
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
