#include "tree.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>

/* ===== a source in memory ===== */

tree_file *tree_find(tree *t, const char *path) {
    for (size_t i = 0; i < t->n; i++)
        if (!t->file[i].gone && strcmp(t->file[i].path, path) == 0) return &t->file[i];
    return NULL;
}

static rk_status get(rk_source *s, rk_slice path, size_t max, rk_buf *out, rk_err *err) {
    tree *t = (tree *)s;
    for (size_t i = 0; i < t->n; i++) {
        if (t->file[i].gone || !rk_slice_is(path, t->file[i].path)) continue;
        if (t->file[i].bytes.len > max) return rk_fail(err, RK_LIMIT, "a file is too long");
        rk_buf_add(out, rk_buf_slice(&t->file[i].bytes));
        return out->failed ? rk_fail(err, RK_LIMIT, "a file is too long") : RK_OK;
    }
    return rk_fail(err, RK_NOT_FOUND, "%.*s is not there", RK_FMT(path));
}

static rk_status list(rk_source *s, rk_source_fn *fn, void *ctx, rk_err *err) {
    tree *t = (tree *)s;
    for (size_t i = 0; i < t->n; i++)
        if (!t->file[i].gone) RK_TRY(fn(ctx, rk_slice_str(t->file[i].path), err));
    return RK_OK;
}

static void no_close(rk_source *s) { (void)s; }

static const struct rk_source_ops OPS = {get, NULL, list, no_close};

void tree_init(tree *t) { *t = (tree){.source = {.ops = &OPS, .name = "memory"}}; }

void tree_free(tree *t) {
    for (size_t i = 0; i < t->n; i++) rk_buf_free(&t->file[i].bytes);
    rk_free(t->file);
    tree_init(t);
}

void tree_put(void *ctx, rk_slice path, rk_slice bytes) {
    tree *t = ctx;
    char name[200];
    RK_ASSERT(path.len < sizeof name);
    snprintf(name, sizeof name, "%.*s", RK_FMT(path));
    tree_file *f = tree_find(t, name);
    if (!f) {
        t->file = rk_realloc(t->file, t->n + 1, sizeof *t->file);
        f = &t->file[t->n++];
        *f = (tree_file){.gone = false};
        memcpy(f->path, name, sizeof name);
        rk_buf_init(&f->bytes, 1 << 24);
    }
    rk_buf_clear(&f->bytes);
    rk_buf_add(&f->bytes, bytes);
}

void tree_copy(const tree *from, tree *to) {
    tree_init(to);
    for (size_t i = 0; i < from->n; i++)
        if (!from->file[i].gone)
            tree_put(to, rk_slice_str(from->file[i].path), rk_buf_slice(&from->file[i].bytes));
}

void tree_drop(tree *t, const char *prefix) {
    for (size_t i = 0; i < t->n; i++)
        if (strncmp(t->file[i].path, prefix, strlen(prefix)) == 0) t->file[i].gone = true;
}

/* ===== verifying ===== */

static void line(void *ctx, const rk_line *l) {
    verdict *v = ctx;
    if (v->print) printf("  %d %s | %s | %s\n", l->result, l->check, l->where, l->text);
    if (l->result != RK_WRONG) return;
    if (v->wrong++ == 0) {
        snprintf(v->where, sizeof v->where, "%s", l->where);
        snprintf(v->text, sizeof v->text, "%s", l->text);
    }
    if (v->named && strstr(l->where, v->named)) v->is_named = true;
}

void tree_verify(tree *t, const rk_verify_options *o, verdict *v) {
    rk_report r = {.line = line, .ctx = v};
    rk_source *s = &t->source;
    v->wrong = 0;
    v->is_named = false;
    v->where[0] = v->text[0] = 0;
    rk_verify(o, &s, 1, &r);
    v->code = rk_report_code(&r);
}

/* ===== the election ===== */

static const char REGIONS[] = "kode,induk,nama,tingkat,jumlah_tps,nomor_tps\n"
                              "11,,ACEH,1,,\n1101,11,ACEH SELATAN,2,,\n"
                              "110101,1101,BAKONGAN,3,,\n1101012001,110101,KEUDE,4,3,1-2;901\n"
                              "1101012002,110101,UJUNG,4,2,1-2\n";
static const char CONTEST[] =
    "{\"format\":\"rekap-kontes-1\",\"kode\":\"ppwp\",\"nama\":\"Uji\",\"bentuk\":\"paslon\","
    "\"medan\":[\"pemilih_dpt_l\",\"pemilih_dpt_p\",\"suara_sah\",\"suara_tidak_sah\","
    "\"suara_total\"],\"pilihan\":[{\"kode\":\"01\",\"nomor\":1,\"nama\":\"Satu\",\"warna\":"
    "\"#B5651D\"},{\"kode\":\"02\",\"nomor\":2,\"nama\":\"Dua\",\"warna\":\"#2F6DB5\"}],"
    "\"aturan\":\"standar\"}";
static const char OFFICIAL[] = "kode,suara_01,suara_02\n0,95,430\n11,95,435\n";
#define HEADER                                                                                 \
    "tps,pemilih_dpt_l,pemilih_dpt_p,suara_01,suara_02,suara_sah,suara_tidak_sah,suara_"       \
    "total\n"
static const char *const ROWS[] = {
    "1101012001001,140,150,30,200,230,5,235\n", "1101012001002,120,130,40,160,200,3,203\n",
    "1101012002001,60,70,25,75,100,2,103\n",    "1101012001901,,,7,,,,\n",
    "1101012001001,141,150,30,200,230,5,235\n", "1101012002002,10,10,5,5,10,0,10\n"};

static void photograph(published *p) {
    static const uint32_t plain[] = {10, 10, 10, 0, 10, 5, 5}, other[] = {1, 2, 3, 4, 7, 1, 2};
    published_photos(p, "ppwp", "1101012002002", 2, RK_READ_ACCEPTED, plain);
    published_photos(p, "ppwp", "1101012001002", 3, RK_READ_INCONSISTENT, other);
}

void small_published(published *p, bool is_signed, bool batch, unsigned extra) {
    rk_buf csv;
    published_new(p, "uji", is_signed);
    published_document(p, RK_DOC_WILAYAH, "", "wilayah.csv", RK_LIT(REGIONS));
    published_document(p, RK_DOC_KONTES, "", "kontes.json", RK_LIT(CONTEST));
    published_document(p, RK_DOC_RESMI, "ppwp", "Keputusan", RK_LIT(OFFICIAL));
    rk_buf_init(&csv, 1 << 16);
    unsigned rows = 4 + extra % SMALL_PHOTOS;
    for (unsigned i = 0; i < rows && i < sizeof ROWS / sizeof *ROWS; i++) {
        if (i == 0 || i >= 4) rk_buf_clear(&csv), rk_buf_lit(&csv, HEADER);
        rk_buf_add(&csv, rk_slice_str(ROWS[i]));
        if (i >= 3) published_forms(p, "ppwp", rk_buf_slice(&csv), batch);
        if (i == 3 && extra >= SMALL_PHOTOS) photograph(p);
    }
    rk_buf_free(&csv);
}

void small_tree(published *p, tree *t) {
    tree_init(t);
    published_log(p, PUBLISHED_WITNESSES, tree_put, t);
    published_documents(p, tree_put, t);
    published_manifest(p, tree_put, t);
}
