/* init, wilayah, kontes, resmi: what an election is made of. */
#include "cli/cli.h"
#include "files/files.h"

#include <stdio.h>

static int run_init(int argc, char **argv) {
    const char *id = NULL, *name = NULL, *date = "";
    const cli_option o[] = {
        {"id", &id, NULL}, {"nama", &name, NULL}, {"tanggal", &date, NULL}, {0}};
    rk_err err = RK_ERR_INIT;
    if (!cli_parse(&cli_init, &argc, argv, o)) return CLI_USAGE;
    if (argc != 1) return cli_usage(&cli_init, "give one directory");
    if (!id) id = cli_basename(argv[0]);
    if (!name) name = id;
    if (rk_dir_init(argv[0], rk_slice_str(id), rk_slice_str(name), rk_slice_str(date), &err) !=
        RK_OK)
        return cli_failed(argv[0], &err);
    printf("%s: new election '%s' (%s). Next: rekap wilayah %s FILE.csv\n", argv[0], name, id,
           argv[0]);
    return CLI_OK;
}

const cli_verb cli_init = {
    "init", "make a new election directory",
    "usage: rekap init DIR [--id ID] [--nama NAME] [--tanggal YYYY-MM-DD]\n\n"
    "Makes DIR with an empty log whose first entry declares the election.\n\n"
    "  --id ID          short name for web addresses: a-z, 0-9, '-' (default: DIR's last "
    "part)\n"
    "  --nama NAME      full name, e.g. \"Pemilu 2024\" (default: the id)\n"
    "  --tanggal DATE   day of the vote\n",
    run_init};

/* Reads FILE and declares it. */
static int declare(const char *dir, const char *path, enum rk_document type,
                   const char *contest, const char *label, rk_dir *d) {
    rk_err err = RK_ERR_INIT;
    rk_file f;
    if (rk_file_read(path, RK_DOCUMENT_MAX, &f, &err) != RK_OK) return cli_failed(path, &err);
    int code = CLI_OK;
    if (rk_dir_open(dir, RK_STORE_WRITE, UINT64_MAX, d, &err) != RK_OK)
        code = cli_failed(NULL, &err);
    else if (rk_dir_declare(d, type, rk_slice_str(contest), rk_slice_str(label), f.bytes,
                            &err) != RK_OK) {
        code = cli_failed(path, &err);
        rk_dir_close(d);
    }
    rk_file_free(&f);
    return code;
}

static int run_wilayah(int argc, char **argv) {
    const cli_option o[] = {{0}};
    rk_dir d;
    if (!cli_parse(&cli_wilayah, &argc, argv, o)) return CLI_USAGE;
    if (argc != 2) return cli_usage(&cli_wilayah, "give a directory and a file");
    int code = declare(argv[0], argv[1], RK_DOC_WILAYAH, "", cli_basename(argv[1]), &d);
    if (code != CLI_OK) return code;
    const rk_tree *t = d.election->tree;
    printf("%s: %u provinsi, %u kabupaten/kota, %u kecamatan, %u desa/kelurahan, %u TPS in the "
           "lists (total %u)\n",
           argv[0], t->level_first[2] - t->level_first[1],
           t->level_first[3] - t->level_first[2], t->level_first[4] - t->level_first[3],
           t->level_first[5] - t->level_first[4], t->n_tps, t->node[0].total);
    rk_dir_close(&d);
    return CLI_OK;
}

const cli_verb cli_wilayah = {
    "wilayah", "load the region tree from a CSV",
    "usage: rekap wilayah DIR FILE.csv\n\n"
    "Declares the election's regions. Columns by name, in any order:\n"
    "  kode,induk,nama,tingkat   tingkat 1 provinsi, 2 kabupaten/kota, 3 kecamatan, 4 desa;\n"
    "                            a provinsi's induk is empty or 0\n"
    "  dapil                     electoral district (optional)\n"
    "  jumlah_tps                stations of a desa; on a higher level: its declared total\n"
    "  nomor_tps                 station numbers of a desa, e.g. 1-12;901-903, abroad POS "
    "1;TPS 2-9\n"
    "  pemisah_tps               what stands between desa code and number (default nothing)\n"
    "  tps_khusus_dari, tps_khusus_sampai   special stations, with jumlah_tps\n"
    "FILE may be compressed (.zst, .gz, .xz) or '-'. See rekap-wilayah(5).\n",
    run_wilayah};

static int run_kontes(int argc, char **argv) {
    const cli_option o[] = {{0}};
    rk_dir d;
    if (!cli_parse(&cli_kontes, &argc, argv, o)) return CLI_USAGE;
    if (argc != 2) return cli_usage(&cli_kontes, "give a directory and a file");
    int code = declare(argv[0], argv[1], RK_DOC_KONTES, "", cli_basename(argv[1]), &d);
    if (code != CLI_OK) return code;
    const rk_contest *c = d.election->tally[d.election->n_contest - 1].contest;
    for (uint32_t i = 0; i < d.election->n_contest; i++) {
        c = d.election->tally[i].contest;
        printf("%s: contest %.*s, %u fields, %u choices, %u dapil, %u rules\n", argv[0],
               RK_FMT(rk_code_slice(&c->code)), c->n_field, c->n_by_code, c->n_dapil,
               c->n_rule);
    }
    rk_dir_close(&d);
    return CLI_OK;
}

const cli_verb cli_kontes = {
    "kontes", "declare a contest from a JSON file",
    "usage: rekap kontes DIR FILE.json\n\n"
    "Declares a contest: its fields, choices, dapil and rules. The region tree comes first.\n"
    "May be repeated with a mended file until the contest has forms. See rekap-kontes(5);\n"
    "data/pemilu2024/kontes-ppwp.json is an example.\n",
    run_kontes};

static int run_resmi(int argc, char **argv) {
    const char *contest = NULL, *label = NULL;
    const cli_option o[] = {{"kontes", &contest, NULL}, {"nama", &label, NULL}, {0}};
    rk_dir d;
    if (!cli_parse(&cli_resmi, &argc, argv, o)) return CLI_USAGE;
    if (argc != 2) return cli_usage(&cli_resmi, "give a directory and a file");
    if (!contest) return cli_usage(&cli_resmi, "--kontes CODE is missing");
    int code = declare(argv[0], argv[1], RK_DOC_RESMI, contest,
                       label ? label : cli_basename(argv[1]), &d);
    if (code != CLI_OK) return code;
    printf("%s: official figures '%s' declared. Compare: rekap banding %s --kontes %s\n",
           argv[0], label ? label : cli_basename(argv[1]), argv[0], contest);
    rk_dir_close(&d);
    return CLI_OK;
}

const cli_verb cli_resmi = {
    "resmi", "declare official figures to compare with",
    "usage: rekap resmi DIR --kontes CODE [--nama SERIES] FILE.csv\n\n"
    "Declares official results: columns kode (a region) and columns of the contest. They are "
    "a\n"
    "series of their own beside the count, never mixed into it; 'rekap banding' shows both.\n\n"
    "  --kontes CODE   the contest\n"
    "  --nama SERIES   what the figures are, e.g. \"KPU decree 360/2024\"\n",
    run_resmi};
