#include "publish/report.h"

#include "base/mem.h"
#include "files/files.h"

#include <stdio.h>
#include <stdlib.h>

enum { FILE_BYTES_MAX = 256 << 20 };

rk_buf *rk_report_file_new(rk_report *r, const char *name) {
    RK_PUSH_ROOM(r->file, r->n, r->cap);
    rk_report_file *f = r->file[r->n++] = rk_alloc(sizeof *f);
    snprintf(f->name, sizeof f->name, "%s", name);
    rk_buf_init(&f->bytes, FILE_BYTES_MAX);
    return &f->bytes;
}

const rk_report_file *rk_report_find(const rk_report *r, const char *name) {
    for (uint32_t i = 0; i < r->n; i++)
        if (strcmp(r->file[i]->name, name) == 0) return r->file[i];
    return NULL;
}

static int by_name(const void *a, const void *b) {
    const rk_report_file *const *x = a, *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

void rk_report_sums(rk_report *r, rk_sha256 *hash) {
    uint32_t n = r->n;
    qsort(r->file, n, sizeof *r->file, by_name);
    rk_buf *b = rk_report_file_new(r, "SHA256SUMS");
    for (uint32_t i = 0; i < n; i++) {
        char hex[65];
        rk_sha256 h = rk_sha256_of(rk_buf_slice(&r->file[i]->bytes));
        rk_sha256_put(hex, &h);
        rk_buf_add(b, (rk_slice){hex, 64});
        rk_buf_printf(b, "  %s\n", r->file[i]->name);
    }
    *hash = rk_sha256_of(rk_buf_slice(b));
}

rk_status rk_report_write(const rk_report *r, const char *dir, rk_err *err) {
    for (uint32_t i = 0; i < r->n; i++)
        if (r->file[i]->bytes.failed)
            return rk_fail(err, RK_LIMIT, "%s is over %d bytes", r->file[i]->name,
                           FILE_BYTES_MAX);
    RK_TRY(rk_dir_make(dir, err));
    for (uint32_t i = 0; i < r->n; i++) {
        char path[4096];
        int n = snprintf(path, sizeof path, "%s/%s", dir, r->file[i]->name);
        if (n < 0 || (size_t)n >= sizeof path)
            return rk_fail(err, RK_LIMIT, "the path '%.200s' is too long", dir);
        RK_TRY(rk_file_write_fast(path, rk_buf_slice(&r->file[i]->bytes), true, err));
    }
    return rk_dir_sync(dir, err);
}

void rk_report_free(rk_report *r) {
    for (uint32_t i = 0; i < r->n; i++) {
        rk_buf_free(&r->file[i]->bytes);
        rk_free(r->file[i]);
    }
    rk_free(r->file);
    *r = (rk_report){0};
}

/* ===== pages ===== */

static const char STYLE[] =
    ":root{color-scheme:light "
    "dark;--fg:#1b1b1b;--bg:#fff;--line:#bbb;--soft:#f4f4f4;--red:#b00020;"
    "--muted:#555}"
    "@media(prefers-color-scheme:dark){:root{--fg:#e8e8e8;--bg:#161616;--line:#555;--soft:#222;"
    "--red:#ff8080;--muted:#aaa}}"
    "body{font:16px/1.5 "
    "system-ui,sans-serif;color:var(--fg);background:var(--bg);max-width:75rem;"
    "margin:0 auto;padding:1rem}"
    "h1,h2,h3{line-height:1.2}h2{margin-top:2.2rem;border-bottom:1px solid var(--line)}"
    "i.en{font-weight:normal;color:var(--muted);font-size:.85em}"
    ".wide{overflow-x:auto}table{border-collapse:collapse;font-size:.9rem}"
    "th,td{border:1px solid var(--line);padding:.3rem .5rem;text-align:left;vertical-align:top}"
    "th{background:var(--soft)}td.num{text-align:right;font-variant-numeric:tabular-nums}"
    ".tutup{color:var(--muted);font-style:italic}.merah{color:var(--red);font-weight:bold}"
    ".catatan{background:var(--soft);padding:.6rem 1rem;border-left:4px solid var(--line)}"
    "img.gambar{max-width:100%;background:#fff;border:1px solid var(--line)}"
    ".cap{position:fixed;inset:0;pointer-events:none;z-index:9;display:flex;align-items:center;"
    "justify-content:center;font-size:2.4rem;color:#c00;opacity:.22;transform:rotate(-24deg)}"
    "@media print{.cap{position:fixed}body{max-width:none}}";

void rk_page_begin(rk_buf *b, rk_slice title, rk_slice watermark) {
    rk_buf_lit(b, "<!doctype html>\n<html lang=\"id\">\n<head>\n<meta charset=\"utf-8\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                  "<title>");
    rk_buf_html(b, title);
    rk_buf_printf(b, "</title>\n<style>%s</style>\n</head>\n<body>\n", STYLE);
    if (watermark.len) {
        rk_buf_lit(b, "<div class=\"cap\" aria-hidden=\"true\">");
        rk_buf_html(b, watermark);
        rk_buf_lit(b, "</div>\n<p class=\"merah\">");
        rk_buf_html(b, watermark);
        rk_buf_lit(b, "</p>\n");
    }
    rk_buf_lit(b, "<main>\n<h1>");
    rk_buf_html(b, title);
    rk_buf_lit(b, "</h1>\n");
}

void rk_page_end(rk_buf *b) { rk_buf_lit(b, "</main>\n</body>\n</html>\n"); }

void rk_page_heading(rk_buf *b, unsigned level, const char *anchor, const char *id,
                     const char *en) {
    rk_buf_printf(b, "<h%u id=\"%s\">", level, anchor);
    rk_buf_html(b, rk_slice_str(id));
    if (strcmp(id, en) != 0) {
        rk_buf_lit(b, " <i class=\"en\" lang=\"en\">");
        rk_buf_html(b, rk_slice_str(en));
        rk_buf_lit(b, "</i>");
    }
    rk_buf_printf(b, "</h%u>\n", level);
}
