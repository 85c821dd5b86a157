/* init, wilayah, kontes, resmi: what an election is made of. */
#include "cli/cli.h"
#include "files/files.h"

#include <stdio.h>

#define SIGNING                                                                                \
    "\n  --kunci FILE    the key that signs the entry (default DIR/keys/pengelola.key)\n"      \
    "  --alasan TEXT   why, kept in the log\n"

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
    "Makes DIR with a log whose first entry declares the election, and two secret keys:\n"
    "DIR/keys/log.key signs checkpoints of the log, DIR/keys/pengelola.key signs entries and\n"
    "changes keys ('rekap kunci'). Keep copies of both apart from DIR.\n\n"
    "  --id ID          short name for web addresses: a-z, 0-9, '-' (default: DIR's last "
    "part)\n"
    "  --nama NAME      full name, e.g. \"Pemilu 2024\" (default: the id)\n"
    "  --tanggal DATE   day of the vote\n",
    run_init};

/* Reads FILE and declares it. */
struct declaration {
    enum rk_document type;
    const char *contest, *label, *key, *reason;
};

static int declare(const char *dir, const char *path, const struct declaration *x, rk_dir *d) {
    rk_err err = RK_ERR_INIT;
    rk_file f;
    if (rk_file_read(path, RK_DOCUMENT_MAX, &f, &err) != RK_OK) return cli_failed(path, &err);
    int code = CLI_OK;
    if (rk_dir_open(dir, RK_STORE_WRITE, UINT64_MAX, d, &err) != RK_OK)
        code = cli_failed(NULL, &err);
    else if ((x->key && rk_dir_use_key(d, x->key, &err) != RK_OK) ||
             rk_dir_declare(d, x->type, rk_slice_str(x->contest), rk_slice_str(x->label),
                            rk_slice_str(x->reason), f.bytes, &err) != RK_OK) {
        code = cli_failed(path, &err);
        rk_dir_close(d);
    }
    rk_file_free(&f);
    return code;
}

static int run_wilayah(int argc, char **argv) {
    struct declaration x = {RK_DOC_WILAYAH, "", NULL, NULL, ""};
    const cli_option o[] = {{"kunci", &x.key, NULL}, {"alasan", &x.reason, NULL}, {0}};
    rk_dir d = {0};
    if (!cli_parse(&cli_wilayah, &argc, argv, o)) return CLI_USAGE;
    if (argc != 2) return cli_usage(&cli_wilayah, "give a directory and a file");
    x.label = cli_basename(argv[1]);
    int code = declare(argv[0], argv[1], &x, &d);
    if (code != CLI_OK) return code;
    RK_ASSERT(d.election && d.election->tree); /* declare() went through */
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
    "usage: rekap wilayah DIR [--kunci FILE] [--alasan TEXT] FILE.csv\n\n"
    "Declares the election's regions. Columns by name, in any order:\n"
    "  kode,induk,nama,tingkat   tingkat 1 provinsi, 2 kabupaten/kota, 3 kecamatan, 4 desa;\n"
    "                            a provinsi's induk is empty or 0\n"
    "  dapil                     electoral district (optional)\n"
    "  jumlah_tps                stations of a desa; on a higher level: its declared total\n"
    "  nomor_tps                 station numbers of a desa, e.g. 1-12;901-903, abroad POS "
    "1;TPS 2-9\n"
    "  pemisah_tps               what stands between desa code and number (default nothing)\n"
    "  tps_khusus_dari, tps_khusus_sampai   special stations, with jumlah_tps\n"
    "FILE may be compressed (.zst, .gz, .xz) or '-'. See rekap-wilayah(5).\n" SIGNING,
    run_wilayah};

static int run_kontes(int argc, char **argv) {
    struct declaration x = {RK_DOC_KONTES, "", NULL, NULL, ""};
    const cli_option o[] = {{"kunci", &x.key, NULL}, {"alasan", &x.reason, NULL}, {0}};
    rk_dir d = {0};
    if (!cli_parse(&cli_kontes, &argc, argv, o)) return CLI_USAGE;
    if (argc != 2) return cli_usage(&cli_kontes, "give a directory and a file");
    x.label = cli_basename(argv[1]);
    int code = declare(argv[0], argv[1], &x, &d);
    if (code != CLI_OK) return code;
    RK_ASSERT(d.election);
    for (uint32_t i = 0; i < d.election->n_contest; i++) {
        const rk_contest *c = d.election->tally[i].contest;
        printf("%s: contest %.*s, %u fields, %u choices, %u dapil, %u rules\n", argv[0],
               RK_FMT(rk_code_slice(&c->code)), c->n_field, c->n_by_code, c->n_dapil,
               c->n_rule);
    }
    rk_dir_close(&d);
    return CLI_OK;
}

const cli_verb cli_kontes = {
    "kontes", "declare a contest from a JSON file",
    "usage: rekap kontes DIR [--kunci FILE] [--alasan TEXT] FILE.json\n\n"
    "Declares a contest: its fields, choices, dapil and rules. The region tree comes first.\n"
    "May be repeated with a mended file until the contest has forms. See rekap-kontes(5);\n"
    "data/pemilu2024/kontes-ppwp.json is an example.\n" SIGNING,
    run_kontes};

static int run_resmi(int argc, char **argv) {
    struct declaration x = {RK_DOC_RESMI, NULL, NULL, NULL, ""};
    const cli_option o[] = {{"kontes", &x.contest, NULL},
                            {"nama", &x.label, NULL},
                            {"kunci", &x.key, NULL},
                            {"alasan", &x.reason, NULL},
                            {0}};
    rk_dir d = {0};
    if (!cli_parse(&cli_resmi, &argc, argv, o)) return CLI_USAGE;
    if (argc != 2) return cli_usage(&cli_resmi, "give a directory and a file");
    if (!x.contest) return cli_usage(&cli_resmi, "--kontes CODE is missing");
    if (!x.label) x.label = cli_basename(argv[1]);
    int code = declare(argv[0], argv[1], &x, &d);
    if (code != CLI_OK) return code;
    printf("%s: official figures '%s' declared. Compare: rekap banding %s --kontes %s\n",
           argv[0], x.label, argv[0], x.contest);
    rk_dir_close(&d);
    return CLI_OK;
}

const cli_verb cli_resmi = {
    "resmi", "declare official figures to compare with",
    "usage: rekap resmi DIR --kontes CODE [--nama SERIES] [--kunci FILE] [--alasan TEXT] "
    "FILE.csv\n\n"
    "Declares official results: columns kode (a region) and columns of the contest. They are "
    "a\n"
    "series of their own beside the count, never mixed into it; 'rekap banding' shows both.\n\n"
    "  --kontes CODE   the contest\n"
    "  --nama SERIES   what the figures are, e.g. \"KPU decree 360/2024\"\n" SIGNING,
    run_resmi};
