#include "cli/cli.h"
#include "cli/formfile.h"
#include "cli/read_into.h"

#include "base/mem.h"
#include "read/model.h"
#include "read/report.h"
#include "scan/picture.h"

#include <stdio.h>

/* One run: what is open, and what has been read of each photo. */
struct run {
    const char *debug_dir;
    rk_file form_file;
    rk_sheet *form;
    rk_digit_net *net;
    rk_scan *scan;
    rk_taken *photo;
    uint32_t n, done;
};

static void close_run(struct run *r) {
    rk_scan_free(&r->scan);
    rk_digit_net_free(&r->net);
    for (uint32_t i = 0; i < r->done; i++) {
        rk_free((void *)(uintptr_t)r->photo[i].reading);
        rk_free((void *)(uintptr_t)r->photo[i].why.ptr);
    }
    rk_free(r->photo);
    rk_sheet_free(&r->form);
    rk_file_free(&r->form_file);
}

static rk_status open_run(struct run *r, const char *form, rk_err *err) {
    RK_TRY(cli_form_open(form, &r->form_file, &r->form, err));
    RK_TRY(rk_digit_net_load(rk_digit_model(), &r->net, err));
    return rk_scan_new(r->form, r->net, &r->scan, err);
}

/* ===== debug pictures ===== */

static rk_status picture(const struct run *r, const char *photo, const char *what,
                         const rk_buf *png, rk_err *err) {
    char path[4096];
    const char *name = cli_basename(photo), *dot = strrchr(name, '.');
    int n =
        snprintf(path, sizeof path, "%s/%.*s-%s.png", r->debug_dir,
                 (int)(dot && dot > name ? dot - name : (ptrdiff_t)strlen(name)), name, what);
    if (n < 0 || (size_t)n >= sizeof path)
        return rk_fail(err, RK_LIMIT, "the path of a debug picture is too long");
    return rk_file_write_fast(path, rk_buf_slice(png), true, err);
}

static rk_status pictures(const struct run *r, const char *photo, const rk_scanned *s,
                          rk_err *err) {
    rk_buf png;
    rk_status st = RK_OK;
    if (!r->debug_dir) return RK_OK;
    rk_buf_init(&png, 64u << 20);
    if (rk_picture_overlay(&s->overlay, &png, NULL) == RK_OK)
        st = picture(r, photo, "found", &png, err);
    rk_buf_clear(&png);
    if (st == RK_OK && rk_picture_boxes(r->form, &s->page, &png, NULL) == RK_OK)
        st = picture(r, photo, "boxes", &png, err);
    rk_buf_free(&png);
    return st;
}

/* ===== photos ===== */

/* A file that is too large for a photo is the photo's fault, one that is not there is not. */
static rk_status read_photo(struct run *r, const char *path, rk_err *err) {
    rk_file f;
    const rk_scanned *s;
    rk_status st = rk_file_read_raw(path, RK_PHOTO_BYTES_MAX, &f, err);
    if (st != RK_OK) return st;
    st = rk_scan_photo(r->scan, f.bytes, r->debug_dir != NULL, &s, NULL, err);
    rk_file_free(&f);
    if (st != RK_OK) return st;
    rk_slice why = rk_slice_str(s->why);
    r->photo[r->done++] = (rk_taken){rk_slice_str(path),
                                     rk_page_keep(&s->page),
                                     {why.len ? rk_dup(why.ptr, why.len) : NULL, why.len}};
    return pictures(r, path, s, err);
}

static rk_status read_photos(struct run *r, char **path, uint32_t n, const char **at,
                             rk_err *err) {
    rk_progress progress;
    rk_progress_start(&progress, "photos", n, n < 4);
    r->photo = rk_calloc(n, sizeof *r->photo);
    for (uint32_t i = 0; i < n; i++) {
        *at = path[i];
        RK_TRY(read_photo(r, path[i], err));
        rk_progress_at(&progress, i + 1);
    }
    rk_progress_end(&progress, n);
    *at = NULL;
    return RK_OK;
}

static rk_status print(const struct run *r, bool json, bool csv, rk_err *err) {
    rk_joined_list list;
    rk_sink out = cli_stdout();
    rk_join(r->form, r->photo, r->done, &RK_GATE, &list);
    rk_report report = {r->form, r->photo, &list, rk_digit_net_hash(r->net),
                        rk_slice_str(RK_VERSION)};
    rk_status st = json  ? rk_report_json(&report, &out, err)
                   : csv ? rk_report_csv(&report, &out, err)
                         : rk_report_text(&report, &out, err);
    rk_joined_free(&list);
    return st;
}

/* Photos into an election: the same form and net, everything else in read_into.c. */
static int into(cli_into *q, const char *form, char **paths, int n) {
    rk_file file = {0};
    rk_sheet *sheet = NULL;
    rk_digit_net *net = NULL;
    rk_err err = RK_ERR_INIT;
    int code;
    rk_status s = cli_form_open(form, &file, &sheet, &err);
    if (s == RK_OK) s = rk_digit_net_load(rk_digit_model(), &net, &err);
    if (s == RK_OK) {
        rk_slice shipped = rk_sheet_shipped(rk_slice_str(form));
        q->form = sheet;
        q->form_hash = rk_sha256_of(shipped.len ? shipped : file.bytes);
        q->net = net;
        code = cli_read_into(q, paths, n);
    } else
        code = cli_failed(form, &err);
    rk_digit_net_free(&net);
    rk_sheet_free(&sheet);
    rk_file_free(&file);
    return code;
}

/* Options that only --into has; NULL, or the one that is given without it. */
static const char *needs_into(const cli_into *q) {
    if (q->dir) return NULL;
    return q->contest        ? "--kontes"
           : q->tps          ? "--tps"
           : q->key          ? "--kunci"
           : q->reason       ? "--alasan"
           : q->jobs         ? "--jobs"
           : q->dry_run      ? "--dry-run"
           : q->no_originals ? "--tanpa-asli"
           : q->receive_only ? "--terima-saja"
                             : NULL;
}

static int run_read(int argc, char **argv) {
    const char *form = "ppwp-2024", *at = NULL;
    bool json = false, csv = false;
    struct run r = {0};
    cli_into q = {0};
    rk_err err = RK_ERR_INIT;
    const cli_option o[] = {{"form", &form, NULL},
                            {"json", NULL, &json},
                            {"csv", NULL, &csv},
                            {"debug-dir", &r.debug_dir, NULL},
                            {"into", &q.dir, NULL},
                            {"kontes", &q.contest, NULL},
                            {"tps", &q.tps, NULL},
                            {"kunci", &q.key, NULL},
                            {"alasan", &q.reason, NULL},
                            {"jobs", &q.jobs, NULL},
                            {"dry-run", NULL, &q.dry_run},
                            {"tanpa-asli", NULL, &q.no_originals},
                            {"terima-saja", NULL, &q.receive_only},
                            {"quiet", NULL, &q.quiet},
                            {0}};
    if (!cli_parse(&cli_read, &argc, argv, o)) return CLI_USAGE;
    if (json && csv) return cli_usage(&cli_read, "--json or --csv, not both");
    if (needs_into(&q)) return cli_usage(&cli_read, "%s goes with --into DIR", needs_into(&q));
    if (q.dir) {
        if (!q.contest) return cli_usage(&cli_read, "--into needs --kontes CODE");
        if (csv || r.debug_dir)
            return cli_usage(&cli_read, "--csv and --debug-dir do not go with --into");
        q.json = json;
        return into(&q, form, argv, argc);
    }
    if (argc == 0) return cli_usage(&cli_read, "give one photo or more");
    if ((unsigned)argc > RK_READ_PHOTOS_MAX)
        return cli_usage(&cli_read, "at most %u photos in one run", RK_READ_PHOTOS_MAX);
    rk_status st = open_run(&r, form, &err);
    if (st != RK_OK) at = form;
    if (st == RK_OK) st = read_photos(&r, argv, (uint32_t)argc, &at, &err);
    if (st == RK_OK) st = print(&r, json, csv, &err);
    close_run(&r);
    return st == RK_OK ? CLI_OK : cli_failed(at, &err);
}

const cli_verb cli_read = {
    "read", "read photos of a form: figures with their confidence, or why not",
    "usage: rekap read [--form FORM] [--json|--csv] [--debug-dir DIR] PHOTO...\n"
    "       rekap read --into DIR --kontes CODE [--tps CODE] [--form FORM] [--dry-run]\n"
    "                  [--tanpa-asli] [--terima-saja] [--kunci FILE] [--alasan TEXT]\n"
    "                  [--jobs N] [--json] [--quiet] [PHOTO|FOLDER...]\n\n"
    "Finds the page in each photo (JPEG or PNG) by its tag and corner marks, reads every "
    "digit\n"
    "box and the bubbles under it, joins the pages of a form and checks its sums. Photos may "
    "be\n"
    "given in any order and lie in any direction. A form is known by the QR code of its "
    "pages,\n"
    "else by the photo's file name without a trailing _pN and the extension.\n\n"
    "Each figure is\n"
    "  accept   digits, bubbles and every sum agree, and nothing else can well be written "
    "there\n"
    "  refer    people must look: the value is what was read, never what would add up\n"
    "  refuse   the photo cannot be read; it says why and what to do when taking it again\n\n"
    "  --form FORM      ppwp-2024 (default: the official form of 2024), or a file\n"
    "                   (docs/format/formulir-cetak.md)\n"
    "  --csv            form,page,field,value,status\n"
    "  --json           everything: each channel's reading, where each box lies, doubts by "
    "order\n"
    "                   (docs/format/baca.md)\n"
    "  --debug-dir DIR  pictures of the straightened page and of the boxes as cut\n\n"
    "With --into the photos go into an election: bytes beside the log (DIR/blobs: public "
    "copies\n"
    "without EXIF, position or comments; DIR/asli: as received, for the owner alone), what "
    "came\n"
    "in and what was read into the log. A form whose every figure passed also enters as a "
    "form,\n"
    "signed by the machine's key (DIR/keys/pembaca.key, made at the first run), unless figures "
    "of\n"
    "others stand there: then it is only compared. All else waits for people, nothing is "
    "repaired.\n"
    "Of which TPS a photo is, the QR code of its page says; it must not contradict --tps or "
    "the\n"
    "name. Where there is none, --tps says it, or the file's name (TPSCODE_p1.jpg), or a "
    "folder's.\n"
    "A photo that nothing says it of is not taken, and told; one that cannot be read is taken, "
    "and\n"
    "refused with the reason. Folders are gone through. A run that was cut short is simply "
    "given\n"
    "again: known photos are passed over, photos that were received and not read are read.\n\n"
    "  --into DIR       the election; --kontes CODE: the contest\n"
    "  --tps CODE       all photos are of this TPS\n"
    "  --dry-run        read and told, nothing written\n"
    "  --tanpa-asli     the bytes as received are not kept (their hash is)\n"
    "  --terima-saja    receive only; read by a later run\n"
    "  --kunci FILE     the key that signs, of role pembaca\n"
    "  --alasan TEXT    why: it is public\n"
    "  --jobs N         photos read at the same time (default: one for each processor)\n"
    "  --json           one line for each TPS, and for each photo that is not taken\n"
    "Exit 3: some photos were not taken.\n\n"
    "Each photo is decoded and read in a sandboxed process that has no files, no network and\n"
    "little time. Example:\n"
    "  rekap read --csv TPS-001_p1.jpg TPS-001_p2.jpg TPS-001_p3.jpg\n"
    "  rekap read --into pemilu --kontes ppwp foto/\n",
    run_read};
