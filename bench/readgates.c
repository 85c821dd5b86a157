/* Reads photos once and prints what each of several gates makes of them, for bench/read.py:
 *   # photo
 * name,refusal,ms_decode,ms_find,ms_cut,ms_net,cpu_ms,rss_kb,px_per_mm,sharpness,frames,boxes,off_mm,page
 *   # box    form,page,field,box,read,p,bubble,x0,y0..x3,y3   (corners of the frame, photo
 * pixels) # gate NAME  form,page,field,value,status      (as rekap read --csv) readgates FORM|-
 * OUT_CROPS|- PHOTO...: crops are written as PGM files for another reader. */
#include "base/mem.h"
#include "files/files.h"
#include "read/model.h"
#include "read/report.h"
#include "scan/scan.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
    const char *name;
    rk_gate gate;
} GATES[] = {
    {"digits alone, all >= .90", {0, 0.90f, 1e9f, 0, false, false, 0}},
    {"digits alone, all >= .99", {0, 0.99f, 1e9f, 0, false, false, 0}},
    {"digits alone, all >= .999", {0, 0.999f, 1e9f, 0, false, false, 0}},
    {"digits + sums", {0, 0.9999f, 1e9f, 5e-4f, true, false, 0}},
    {"digits + sums + bubbles", {0, 0.9999f, 1e9f, 5e-4f, true, true, 0}},
    {"the gate, risk <= 1e-2", {0.25f, 0.9999f, 1e-2f, 5e-4f, true, true, 0}},
    {"the gate, risk <= 3e-3", {0.25f, 0.9999f, 3e-3f, 5e-4f, true, true, 0}},
    {"the gate, risk <= 3e-4", {0.25f, 0.9999f, 3e-4f, 5e-4f, true, true, 0}},
    {"floor .5, slip 2e-3, risk <= 3e-3", {0.5f, 0.9999f, 3e-3f, 2e-3f, true, true, 0}},
    {"joint, cost <= 5", {0, 0.9999f, 1e9f, 5e-4f, true, false, 5}},
    {"joint, cost <= 8", {0, 0.9999f, 1e9f, 5e-4f, true, false, 8}},
    {"joint, cost <= 5, bubbles", {0, 0.9999f, 1e9f, 5e-4f, true, true, 5}},
    {"joint, cost <= 5, bubbles, risk <= 1e-3", {0, 0.9999f, 1e-3f, 5e-4f, true, true, 5}},
};

static rk_status to_stdout(void *ctx, rk_slice s, rk_err *err) {
    (void)ctx, (void)err;
    fwrite(s.ptr, 1, s.len, stdout);
    return RK_OK;
}

static _Noreturn void stop(const char *what, const rk_err *err) {
    fprintf(stderr, "readgates: %s: %s\n", what, err->text);
    exit(1);
}

static void boxes(const rk_sheet *f, const rk_page_reading *p, const char *path) {
    uint32_t number;
    rk_slice stem = rk_photo_stem(rk_slice_str(path), &number);
    const rk_sheet_page *g = &f->page[p->page];
    for (uint32_t i = 0; i < g->n_field; i++) {
        const rk_sheet_field *x = &f->field[g->first_field + i];
        uint32_t first = x->first_box - f->field[g->first_field].first_box;
        for (uint32_t k = 0; k < x->n_box; k++) {
            const rk_box_reading *b = &p->box[first + k];
            uint32_t best = 0;
            for (uint32_t c = 1; c < RK_DIGIT_CLASSES; c++)
                if (b->posterior[c] > b->posterior[best]) best = c;
            printf("%.*s,%u,%.*s,%u,%u,%.5f,%d", RK_FMT(stem), g->number, RK_FMT(x->name), k,
                   best, (double)b->posterior[best],
                   b->bubbles.state == RK_BUBBLES_ONE ? b->bubbles.digit
                                                      : -1 - (int)b->bubbles.state);
            for (int c = 0; c < 4; c++)
                printf(",%.2f,%.2f", b->quad.corner[c].x, b->quad.corner[c].y);
            printf("\n");
        }
    }
}

static void crops(const rk_sheet *f, const rk_page_reading *p, const char *dir,
                  const char *path) {
    uint32_t number;
    rk_slice stem = rk_photo_stem(rk_slice_str(path), &number);
    const rk_sheet_page *g = &f->page[p->page];
    for (uint32_t i = 0; i < g->n_field; i++) {
        const rk_sheet_field *x = &f->field[g->first_field + i];
        uint32_t first = x->first_box - f->field[g->first_field].first_box;
        for (uint32_t k = 0; k < x->n_box; k++) {
            char name[600];
            snprintf(name, sizeof name, "%s/%.*s-%.*s-%u.pgm", dir, RK_FMT(stem),
                     RK_FMT(x->name), k);
            FILE *o = fopen(name, "wb");
            if (!o) continue;
            fprintf(o, "P5 32 32 255\n");
            fwrite(p->grey[first + k], 1, RK_DIGIT_PIXELS, o);
            fclose(o);
        }
    }
}

int main(int argc, char **argv) {
    rk_err err = RK_ERR_INIT;
    rk_sheet *form;
    rk_digit_net *net;
    rk_scan *scan;
    rk_file file;
    if (argc < 4) return 2;
    rk_slice text = rk_sheet_shipped(RK_LIT("ppwp-2024"));
    if (strcmp(argv[1], "-") != 0) {
        if (rk_file_read(argv[1], RK_SHEET_FILE_MAX, &file, &err)) stop(argv[1], &err);
        text = file.bytes;
    }
    if (rk_sheet_parse(text, &form, &err) || rk_digit_net_load(rk_digit_model(), &net, &err) ||
        rk_scan_new(form, net, &scan, &err))
        stop("start", &err);
    uint32_t n = (uint32_t)argc - 3;
    rk_taken *taken = rk_calloc(n, sizeof *taken);
    printf("# box\n");
    char *photos = rk_alloc((size_t)n * 400), *at = photos;
    for (uint32_t i = 0; i < n; i++) {
        const char *path = argv[3 + i];
        const rk_scanned *s;
        rk_sandbox_report r = {0};
        rk_file f;
        if (rk_file_read_raw(path, RK_PHOTO_BYTES_MAX, &f, &err) ||
            rk_scan_photo(scan, f.bytes, false, &s, &r, &err))
            stop(path, &err);
        rk_file_free(&f);
        const rk_page_reading *p = &s->page;
        taken[i] = (rk_taken){rk_slice_str(path), rk_page_keep(p), {0}};
        const char *base = strrchr(path, '/');
        at += snprintf(at, 400, "%.200s,%s,%.1f,%.1f,%.1f,%.1f,%u,%u,%.2f,%.3f,%u,%u,%.2f,%u\n",
                       base ? base + 1 : path, rk_refusal_name(p->refusal),
                       (double)p->ms_decode, (double)p->ms_find, (double)p->ms_cut,
                       (double)p->ms_net, r.cpu_ms, r.rss_kb, (double)p->px_per_mm,
                       (double)p->sharpness, p->frames, p->n_box, (double)p->off_mm,
                       p->page < form->n_page ? form->page[p->page].number : 0);
        if (p->refusal != RK_PAGE_READ) continue;
        boxes(form, p, path);
        if (strcmp(argv[2], "-") != 0) crops(form, p, argv[2], path);
    }
    printf("# photo\n%s", photos);
    rk_sink out = {to_stdout, NULL};
    for (size_t g = 0; g <= sizeof GATES / sizeof *GATES; g++) {
        bool own = g == sizeof GATES / sizeof *GATES;
        rk_joined_list list;
        rk_join(form, taken, n, own ? &RK_GATE : &GATES[g].gate, &list);
        rk_report report = {form, taken, &list, {{0}}, RK_LIT("bench")};
        printf("# gate %s\n", own ? "as shipped" : GATES[g].name);
        rk_report_csv(&report, &out, &err);
        rk_joined_free(&list);
    }
    return 0;
}
