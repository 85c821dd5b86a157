/* rekap-form: the part of 'rekap form' that draws. A program of its own because of what Cairo
 * and Pango bring along; started by 'rekap form draw', which see for the options. */
#include "cli/cli.h"
#include "cli/form.h"
#include "cli/formfile.h"

#include "base/mem.h"
#include "base/num.h"
#include "core/region.h"
#include "print/draw.h"

#include <stdio.h>

struct job {
    const char *form, *election, *wilayah, *tps, *region, *page, *dpi, *out;
    bool dry_run;
    rk_file form_file;
    rk_sheet *sheet;
    rk_printer *printer;
    rk_tree *tree;
    uint32_t *station; /* numbers in the tree; none = a blank form */
    uint32_t n;
    const char *at; /* the file an error is about */
};

static const cli_verb VERB = {.name = "form"};

/* ===== which stations ===== */

static rk_status one_station(struct job *j, rk_err *err) {
    rk_code code;
    uint32_t t = RK_NONE;
    if (rk_code_of(rk_slice_str(j->tps), &code))
        t = rk_tree_find_tps(j->tree, &code, rk_code_hash(&code));
    if (t == RK_NONE)
        return rk_fail(err, RK_NOT_FOUND,
                       "the region tree lists no TPS '%s': a form can only be drawn for a "
                       "station whose desa lists it (jumlah_tps, nomor_tps)",
                       j->tps);
    j->station = rk_calloc(1, sizeof *j->station);
    j->station[j->n++] = t;
    return RK_OK;
}

static rk_status stations_of(struct job *j, rk_err *err) {
    const rk_tree *t = j->tree;
    uint32_t top = rk_tree_find(t, rk_slice_str(j->region));
    if (top == RK_NONE)
        return rk_fail(err, RK_NOT_FOUND, "the region tree has no region '%s'", j->region);
    if (t->node[top].level != RK_DESA && t->node[top].level != RK_KECAMATAN)
        return rk_fail(err, RK_BAD_INPUT,
                       "'%s' is a %s: --semua-desa takes a desa or a kecamatan, one PDF each",
                       j->region, rk_level_name(t->node[top].level));
    j->station = rk_calloc(t->node[top].known + 1, sizeof *j->station);
    if (t->node[top].level == RK_DESA)
        j->n = rk_tree_tps_sorted(t, top, j->station);
    else
        for (uint32_t i = 0; i < t->node[top].n_child; i++)
            j->n += rk_tree_tps_sorted(t, t->child[t->node[top].first_child + i],
                                       j->station + j->n);
    if (j->n) return RK_OK;
    return rk_fail(err, RK_NOT_FOUND,
                   "the region tree lists no TPS in '%s' (jumlah_tps, nomor_tps)", j->region);
}

static rk_status load_stations(struct job *j, rk_err *err) {
    rk_file f;
    if (!j->wilayah) return RK_OK;
    j->at = j->wilayah;
    RK_TRY(rk_file_read(j->wilayah, RK_DOCUMENT_MAX, &f, err));
    rk_status st = rk_tree_parse(f.bytes, &j->tree, err);
    rk_file_free(&f);
    if (st != RK_OK) return st;
    return j->tps ? one_station(j, err) : stations_of(j, err);
}

/* Names are borrowed from the tree; the station's own is written into `name`. */
static rk_status station(const struct job *j, uint32_t i, rk_buf *name, rk_print_station *s,
                         rk_err *err) {
    const rk_tree *t = j->tree;
    uint32_t node = t->tps[j->station[i]].desa;
    const rk_region *desa = &t->node[node];
    rk_buf_clear(name);
    rk_tree_tps_name(t, j->station[i], name);
    *s = (rk_print_station){.tps = t->tps_code[j->station[i]],
                            .tps_name = rk_buf_slice(name),
                            .desa = desa->name,
                            .kecamatan = t->node[rk_tree_ancestor(t, node, RK_KECAMATAN)].name,
                            .kabupaten = t->node[rk_tree_ancestor(t, node, RK_KABUPATEN)].name,
                            .provinsi = t->node[rk_tree_ancestor(t, node, RK_PROVINSI)].name};
    if (!rk_code_of(rk_slice_str(j->election), &s->election))
        return rk_fail(err, RK_BAD_INPUT, "--pemilu '%s' is not an id of 1 to %u bytes",
                       j->election, RK_CODE_MAX);
    return RK_OK;
}

/* ===== output ===== */

static rk_status to_file(void *ctx, rk_slice bytes, rk_err *err) {
    return rk_out_write(ctx, bytes, err);
}

static rk_status each_form(struct job *j, const rk_sink *to, rk_err *err) {
    rk_buf name;
    rk_progress progress;
    rk_print_station s;
    rk_status st = rk_printer_pdf_begin(j->printer, to, err);
    rk_buf_init(&name, 4 * RK_NAME_MAX);
    rk_progress_start(&progress, "forms", j->n, j->n < 20);
    if (st == RK_OK && !j->n) st = rk_printer_pdf_form(j->printer, NULL, err);
    for (uint32_t i = 0; i < j->n && st == RK_OK; i++) {
        st = station(j, i, &name, &s, err);
        if (st == RK_OK) st = rk_printer_pdf_form(j->printer, &s, err);
        rk_progress_at(&progress, i + 1);
    }
    rk_progress_end(&progress, j->n);
    rk_buf_free(&name);
    return st == RK_OK ? rk_printer_pdf_end(j->printer, err) : st;
}

static rk_status picture(struct job *j, const rk_sink *to, rk_err *err) {
    uint64_t page = 1, dpi = 150;
    rk_print_station s;
    rk_buf name;
    rk_buf_init(&name, 4 * RK_NAME_MAX);
    rk_status st = RK_OK;
    if (j->page) rk_num_parse(rk_slice_str(j->page), 999, &page);
    if (j->dpi) rk_num_parse(rk_slice_str(j->dpi), RK_PRINT_DPI_MAX, &dpi);
    uint32_t i = 0;
    while (i < j->sheet->n_page && j->sheet->page[i].number != page) i++;
    if (i == j->sheet->n_page)
        st = rk_fail(err, RK_NOT_FOUND, "the form has no page %u", (unsigned)page);
    if (st == RK_OK && j->n) st = station(j, 0, &name, &s, err);
    if (st == RK_OK)
        st = rk_printer_png(j->printer, i, j->n ? &s : NULL, (uint32_t)dpi, to, err);
    rk_buf_free(&name);
    return st;
}

static bool is_picture(const struct job *j) {
    return rk_slice_ends(rk_slice_str(j->out), RK_LIT(".png"));
}

static rk_status write_out(struct job *j, rk_err *err) {
    rk_out *o;
    j->at = j->out;
    RK_TRY(rk_out_open(j->out, &o, err));
    rk_sink to = {to_file, o};
    rk_status st = is_picture(j) ? picture(j, &to, err) : each_form(j, &to, err);
    if (st == RK_OK) return rk_out_close(&o, err);
    rk_out_abort(&o);
    return st;
}

static void say(const struct job *j, const char *verb) {
    uint32_t forms = j->n ? j->n : 1;
    if (is_picture(j))
        fprintf(stderr, "%s: %s one page%s\n", j->out, verb, j->n ? "" : ", blank");
    else
        fprintf(stderr, "%s: %s %u form%s of %u page%s%s\n", j->out, verb, forms,
                forms == 1 ? "" : "s", j->sheet->n_page, j->sheet->n_page == 1 ? "" : "s",
                j->n ? "" : ", blank");
}

static rk_status run(struct job *j, rk_err *err) {
    j->at = j->form;
    RK_TRY(cli_form_open(j->form, &j->form_file, &j->sheet, err));
    RK_TRY(rk_printer_new(j->sheet, &j->printer, err));
    if (j->wilayah && !rk_printer_has_qr(j->printer))
        return rk_fail(err, RK_BAD_INPUT,
                       "this form has no place for a QR code, so it cannot be drawn for one "
                       "station: leave out --tps, --semua-desa, --wilayah and --pemilu");
    RK_TRY(load_stations(j, err));
    if (!j->dry_run) RK_TRY(write_out(j, err));
    say(j, j->dry_run ? "would draw" : "drew");
    return RK_OK;
}

/* ===== the command line ===== */

static bool number_ok(const char *text, uint64_t max) {
    uint64_t v;
    return !text || (rk_num_parse(rk_slice_str(text), max, &v) && v > 0);
}

/* What is wrong with the options, or NULL. */
static const char *wrong(const struct job *j) {
    bool station = j->tps || j->region;
    if (!j->out) return "-o OUT says where the PDF goes";
    if (j->tps && j->region) return "--tps or --semua-desa, not both";
    if (station && (!j->wilayah || !j->election))
        return "a form for a station needs --pemilu ID and --wilayah FILE";
    if (!station && (j->wilayah || j->election))
        return "--pemilu and --wilayah are for a station: add --tps KODE or --semua-desa KODE";
    if (!number_ok(j->page, 999) || !number_ok(j->dpi, RK_PRINT_DPI_MAX))
        return "--halaman and --dpi are whole numbers, --dpi at most 600";
    if ((j->page || j->dpi) && !is_picture(j))
        return "--halaman and --dpi are for a picture: OUT must end with .png";
    if (is_picture(j) && j->region) return "a picture shows one station: --tps";
    return NULL;
}

int main(int argc, char **argv) {
    struct job j = {0};
    rk_err err = RK_ERR_INIT;
    const cli_option o[] = {
        {"pemilu", &j.election, NULL},   {"wilayah", &j.wilayah, NULL}, {"tps", &j.tps, NULL},
        {"semua-desa", &j.region, NULL}, {"halaman", &j.page, NULL},    {"dpi", &j.dpi, NULL},
        {"dry-run", NULL, &j.dry_run},   {"o", &j.out, NULL},           {0}};
    argc--, argv++;
    if (!cli_parse(&VERB, &argc, argv, o)) return CLI_USAGE;
    if (argc != 1) return cli_usage(&VERB, "give one form: its code, or a file");
    const char *bad = wrong(&j);
    if (bad) return cli_usage(&VERB, "%s", bad);
    j.form = argv[0];
    rk_status st = run(&j, &err);
    rk_printer_free(&j.printer);
    rk_sheet_free(&j.sheet);
    rk_file_free(&j.form_file);
    rk_tree_free(&j.tree);
    rk_free(j.station);
    return st == RK_OK ? CLI_OK : cli_failed(j.at, &err);
}
