/* rekap form: 'make' lays a form out here, purely; 'draw' hands its arguments on to the program
 * beside this one. */
#include "cli/form.h"
#include "cli/cli.h"

#include "base/mem.h"
#include "core/contest.h"
#include "files/files.h"
#include "print/layout.h"
#include "read/sheet.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

/* The drawer's path: the directory of this program, wherever it was started from. */
static bool drawer_path(char *out, size_t cap) {
    ssize_t n = readlink("/proc/self/exe", out, cap);
    if (n <= 0 || (size_t)n >= cap) return false;
    out[n] = '\0';
    char *slash = strrchr(out, '/');
    if (!slash || (size_t)(slash - out) + sizeof "/" CLI_FORM_DRAWER > cap) return false;
    memcpy(slash, "/" CLI_FORM_DRAWER, sizeof "/" CLI_FORM_DRAWER);
    return true;
}

static int draw(int argc, char **argv) {
    char path[4096] = CLI_FORM_DRAWER;
    rk_err err = RK_ERR_INIT;
    char **args = rk_calloc((size_t)argc + 2, sizeof *args);
    fflush(NULL);
    args[0] = path;
    memcpy(args + 1, argv, (size_t)argc * sizeof *args);
    if (drawer_path(path, sizeof path)) execv(path, args);
    rk_fail(
        &err, RK_IO,
        "cannot start the program that draws (%s): install it beside rekap, as 'make build' "
        "does",
        strerror(errno));
    int code = cli_failed(path, &err);
    rk_free(args);
    return code;
}

/* ===== make ===== */

struct making {
    const char *contest, *dapil, *size, *out;
    bool abroad, no_bubbles, no_tally;
};

/* Which ballot: that of a dapil, or the one that all share. */
static rk_status choose_ballot(const rk_contest *c, const char *dapil, rk_layout *o,
                               rk_err *err) {
    if (!dapil && (c->same_cells || c->n_ballot == 1)) return RK_OK;
    if (!dapil)
        return rk_fail(err, RK_BAD_INPUT,
                       "the contest has %u ballots, one a dapil: say which with --dapil KODE",
                       c->n_ballot);
    for (uint32_t i = 0; i < c->n_dapil; i++)
        if (rk_slice_is(rk_code_slice(&c->dapil[i].code), dapil)) {
            o->ballot = c->dapil[i].ballot;
            o->dapil = rk_code_slice(&c->dapil[i].code);
            o->dapil_name = c->dapil[i].name;
            return RK_OK;
        }
    return rk_fail(err, RK_NOT_FOUND, "the contest has no dapil '%s'", dapil);
}

static rk_status lay_out(const struct making *m, const rk_contest *c, rk_buf *json,
                         rk_err *err) {
    rk_layout o = {.size = rk_slice_str(m->size),
                   .abroad = m->abroad,
                   .bubbles = !m->no_bubbles,
                   .tally = !m->no_tally};
    RK_ASSERT(rk_layout_size(o.size, &o.w, &o.h)); /* asked before */
    RK_TRY(choose_ballot(c, m->dapil, &o, err));
    return rk_layout_make(c, &o, json, err);
}

static rk_status hand_out(const struct making *m, rk_slice json, rk_err *err) {
    rk_sheet *f;
    rk_sink to = cli_stdout();
    if (!m->out) return rk_sink_write(&to, json, err);
    RK_TRY(rk_sheet_parse(json, &f, err));
    rk_status st = rk_file_write(m->out, json, false, err);
    if (st == RK_OK)
        fprintf(stderr, "%s: %u page%s, %u figures in %u boxes, %u sums\n", m->out, f->n_page,
                f->n_page == 1 ? "" : "s", f->n_field, f->n_box, f->n_check);
    rk_sheet_free(&f);
    return st;
}

static int make(const struct making *m) {
    rk_file f;
    rk_buf json;
    rk_contest *c = NULL;
    rk_err err = RK_ERR_INIT;
    if (rk_file_read(m->contest, RK_DOCUMENT_MAX, &f, &err) != RK_OK)
        return cli_failed(m->contest, &err);
    rk_buf_init(&json, RK_SHEET_FILE_MAX);
    rk_status st = rk_contest_parse(f.bytes, rk_standard_rules(), &c, &err);
    if (st == RK_OK) st = lay_out(m, c, &json, &err);
    const char *at = m->contest;
    if (st == RK_OK && (st = hand_out(m, rk_buf_slice(&json), &err)) != RK_OK) at = m->out;
    rk_contest_free(&c);
    rk_file_free(&f);
    rk_buf_free(&json);
    return st == RK_OK ? CLI_OK : cli_failed(at, &err);
}

static int parse_make(int argc, char **argv) {
    struct making m = {.size = "a3"};
    double w, h;
    const cli_option o[] = {{"dapil", &m.dapil, NULL},
                            {"ukuran", &m.size, NULL},
                            {"luar-negeri", NULL, &m.abroad},
                            {"tanpa-bulatan", NULL, &m.no_bubbles},
                            {"tanpa-turus", NULL, &m.no_tally},
                            {"o", &m.out, NULL},
                            {0}};
    if (!cli_parse(&cli_form, &argc, argv, o)) return CLI_USAGE;
    if (argc != 1) return cli_usage(&cli_form, "give one contest file");
    if (!rk_layout_size(rk_slice_str(m.size), &w, &h))
        return cli_usage(&cli_form,
                         "--ukuran '%s' is not a4, a3, a2, a1 or WIDTHxHEIGHT in millimetres, "
                         "upright, each side 200 to 1500",
                         m.size);
    m.contest = argv[0];
    return make(&m);
}

static int run_form(int argc, char **argv) {
    if (argc > 0 && strcmp(argv[0], "draw") == 0) return draw(argc - 1, argv + 1);
    if (argc > 0 && strcmp(argv[0], "make") == 0) return parse_make(argc - 1, argv + 1);
    return cli_usage(&cli_form, "say what to do: make or draw");
}

const cli_verb cli_form = {
    "form", "printed forms: lay one out for a contest, draw it as a PDF",
    "usage: rekap form make KONTES.json [--dapil KODE] [--ukuran SIZE] [--luar-negeri]\n"
    "                       [--tanpa-bulatan] [--tanpa-turus] [-o FORM.json]\n"
    "       rekap form draw FORM [--pemilu ID --wilayah FILE --tps KODE|--semua-desa KODE]\n"
    "                       [--halaman N] [--dpi N] [--dry-run] -o OUT\n\n"
    "make lays a form out for a contest (docs/format/kontes.md): its fields in the sections "
    "of\n"
    "C.Hasil, each choice, for parties their candidates and totals, over as many pages as it\n"
    "takes, and the sums that the contest's rules make of them. What comes out is a "
    "description\n"
    "(docs/format/formulir-cetak.md) that draw draws and 'rekap read --form' reads.\n\n"
    "  --dapil KODE       the district, where its ballot has choices of its own\n"
    "  --ukuran SIZE      a4, a3 (default), a2, a1, or WIDTHxHEIGHT in millimetres\n"
    "  --luar-negeri      for stations abroad: five boxes a figure, the rules for abroad\n"
    "  --tanpa-bulatan    no bubbles beside the figures of choices and totals\n"
    "  --tanpa-turus      no squares to tally in\n"
    "  -o FORM.json       where to; without it to standard output\n\n"
    "draw draws the pages of FORM (ppwp-2024, or the file of a description) as a PDF to print "
    "in\n"
    "its own size. With a station each page bears a QR code that says election, contest, TPS "
    "and\n"
    "page, and the same in words, so that it cannot be taken for another station's. Without "
    "one\n"
    "the form is blank: for looking at and for training.\n\n"
    "  -o OUT             the PDF ('-' = standard output); a name in .png: one page, a "
    "picture\n"
    "  --pemilu ID        the election's id, as 'rekap init --id' was given it\n"
    "  --wilayah FILE     the region tree: names of the places, and which TPS there are\n"
    "  --tps KODE         for this station\n"
    "  --semua-desa KODE  for all stations of this desa, or of all desa of this kecamatan\n"
    "  --halaman N        of a picture: which page (1)\n"
    "  --dpi N            of a picture: dots an inch (150)\n"
    "  --dry-run          say what would be drawn, write nothing\n\n"
    "Example:\n"
    "  rekap form make kontes-ppwp.json -o ppwp-a3.json\n"
    "  rekap form draw ppwp-a3.json --pemilu pemilu2024 --wilayah wilayah.csv \\\n"
    "      --semua-desa 1101012001 -o keude-bakongan.pdf\n"
    "  rekap read --form ppwp-a3.json --csv photos/*.jpg\n",
    run_form};
