/* rekap form: 'draw' hands its arguments on to the program beside this one. */
#include "cli/form.h"
#include "cli/cli.h"

#include "base/mem.h"

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

static int run_form(int argc, char **argv) {
    if (argc > 0 && strcmp(argv[0], "draw") == 0) return draw(argc - 1, argv + 1);
    return cli_usage(&cli_form, "say what to do: draw");
}

const cli_verb cli_form = {
    "form", "printed forms: draw one as a PDF",
    "usage: rekap form draw FORM [--pemilu ID --wilayah FILE --tps KODE|--semua-desa KODE]\n"
    "                       [--halaman N] [--dpi N] [--dry-run] -o OUT\n\n"
    "Draws the pages of FORM (ppwp-2024, or the file of a description,\n"
    "docs/format/formulir-cetak.md) as a PDF to print in its own size. With a station each "
    "page\n"
    "bears a QR code that says election, contest, TPS and page, and the same in words, so that "
    "it\n"
    "cannot be taken for another station's; 'rekap read' reads what was drawn. Without one "
    "the\n"
    "form is blank: for looking at and for training.\n\n"
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
    "  rekap form draw forms/ppwp-a3.json --pemilu pemilu2024 --wilayah wilayah.csv \\\n"
    "      --semua-desa 1101012001 -o keude-bakongan.pdf\n",
    run_form};
