/* Reads the files of an archive directory in the order in which they refer to each other. Each
 * import lies in a directory of its own (impor/NAME), complete or not there at all. */
#include "arsip/parse.h"
#include "base/mem.h"
#include "files/files.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, NAMES_MAX = 4096 };

struct loader {
    rk_arsip *a;
    const char *dir;
    bool figures;
    rk_err *err;
    rk_slice extra; /* pohon-tambahan.csv */
};

/* "FILE:LINE:COLUMN: text" in place of the bare text. */
static rk_status named(struct loader *l, const char *file, rk_err *why) {
    char at[48] = "";
    if (why->line && why->column)
        snprintf(at, sizeof at, "%zu:%zu: ", why->line, why->column);
    else if (why->line)
        snprintf(at, sizeof at, "%zu: ", why->line);
    return rk_fail(l->err, why->code, "%s:%s%s", file, at[0] ? at : " ", why->text);
}

static rk_status path_of(struct loader *l, const char *name, char *out) {
    int n = snprintf(out, PATH_BYTES, "%s/%s", l->dir, name);
    return n > 0 && n < PATH_BYTES
               ? RK_OK
               : rk_fail(l->err, RK_LIMIT, "%s/%s: the path is too long", l->dir, name);
}

typedef rk_status read_fn(rk_arsip *a, rk_slice csv, rk_err *err);

static rk_status read_file(struct loader *l, const char *path, rk_file *f) {
    rk_err why = RK_ERR_INIT;
    rk_status s = rk_file_read(path, RK_FILE_BYTES_MAX, f, &why);
    if (s == RK_NOT_FOUND)
        return rk_fail(l->err, s, "%s is missing: is %s an archive directory (data/arsip)?",
                       path, l->dir);
    return s == RK_OK ? s : rk_fail(l->err, s, "%s", why.text);
}

static rk_status table(struct loader *l, const char *name, read_fn *fn) {
    char path[PATH_BYTES];
    rk_file f;
    rk_err why = RK_ERR_INIT;
    RK_TRY(path_of(l, name, path));
    RK_TRY(read_file(l, path, &f));
    rk_status s = fn(l->a, f.bytes, &why);
    rk_file_free(&f);
    return s == RK_OK ? s : named(l, path, &why);
}

static rk_status regions(struct loader *l) {
    for (uint32_t i = 0; i < l->a->n_tree; i++) {
        char name[PATH_BYTES], path[PATH_BYTES];
        rk_err why = RK_ERR_INIT;
        rk_file f;
        snprintf(name, sizeof name, "%.*s", RK_FMT(l->a->tree[i].file));
        RK_TRY(path_of(l, name, path));
        RK_TRY(read_file(l, path, &f));
        rk_status s = rk_arsip_read_regions(l->a, i, f.bytes, l->extra, &why);
        rk_file_free(&f);
        if (s != RK_OK) return named(l, path, &why);
    }
    return RK_OK;
}

/* ===== directories ===== */

static int by_name(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Names in a directory that start with `prefix`, in bytewise order; a missing directory has
 * none. The caller frees each and the list. */
static rk_status list(const char *path, const char *prefix, char ***out, uint32_t *n,
                      rk_err *err) {
    uint32_t cap = 0;
    *out = NULL;
    *n = 0;
    DIR *d = opendir(path);
    if (!d) {
        if (errno == ENOENT) return RK_OK;
        return rk_fail(err, RK_IO, "%s: cannot read the directory: %s", path, strerror(errno));
    }
    for (struct dirent *e; (e = readdir(d)) != NULL && *n < NAMES_MAX;) {
        if (e->d_name[0] == '.' || strncmp(e->d_name, prefix, strlen(prefix)) != 0) continue;
        RK_PUSH_ROOM(*out, *n, cap);
        (*out)[(*n)++] = rk_dup(e->d_name, strlen(e->d_name) + 1);
    }
    (void)closedir(d);
    if (*n) qsort(*out, *n, sizeof **out, by_name);
    return RK_OK;
}

static void free_list(char **names, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) rk_free(names[i]);
    rk_free(names);
}

static rk_status figures_file(struct loader *l, const char *path, uint32_t source_base) {
    rk_file f;
    rk_err why = RK_ERR_INIT;
    RK_TRY(read_file(l, path, &f));
    rk_status s = rk_arsip_read_figures(l->a, f.bytes, source_base, &why);
    rk_file_free(&f);
    return s == RK_OK ? s : named(l, path, &why);
}

static rk_status all_figures(struct loader *l) {
    char **name;
    uint32_t n;
    RK_TRY(list(l->dir, "angka-", &name, &n, l->err));
    rk_status s = RK_OK;
    for (uint32_t i = 0; s == RK_OK && i < n; i++) {
        char path[PATH_BYTES];
        s = path_of(l, name[i], path);
        if (s == RK_OK) s = figures_file(l, path, 0);
    }
    free_list(name, n);
    return s;
}

/* One import: its sources, series, choices and figures. */
static rk_status import(struct loader *l, const char *name) {
    char part[PATH_BYTES], path[PATH_BYTES];
    uint32_t base = l->a->n_source;
    static const struct {
        const char *file;
        read_fn *fn;
    } TABLES[] = {{"sumber.csv", rk_arsip_read_sources},
                  {"seri.csv", rk_arsip_read_series},
                  {"pilihan.csv", rk_arsip_read_choices}};
    for (size_t i = 0; i < sizeof TABLES / sizeof *TABLES; i++) {
        int k = snprintf(part, sizeof part, "impor/%s/%s", name, TABLES[i].file);
        if (k < 0 || k >= (int)sizeof part)
            return rk_fail(l->err, RK_LIMIT, "the name of import %s is too long", name);
        RK_TRY(table(l, part, TABLES[i].fn));
    }
    if (!l->figures) return RK_OK;
    snprintf(part, sizeof part, "impor/%s/angka.csv.zst", name);
    RK_TRY(path_of(l, part, path));
    return figures_file(l, path, base);
}

static rk_status imports(struct loader *l) {
    char path[PATH_BYTES], **name;
    uint32_t n;
    RK_TRY(path_of(l, "impor", path));
    RK_TRY(list(path, "", &name, &n, l->err));
    rk_status s = RK_OK;
    for (uint32_t i = 0; s == RK_OK && i < n; i++) s = import(l, name[i]);
    free_list(name, n);
    return s;
}

static rk_status load(struct loader *l) {
    static const struct {
        const char *file;
        read_fn *fn;
    } BEFORE[] = {{"pohon.csv", rk_arsip_read_trees},
                  {"pemilu.csv", rk_arsip_read_elections},
                  {"kontes.csv", rk_arsip_read_contests},
                  {"butir.csv", rk_arsip_read_items},
                  {"sumber.csv", rk_arsip_read_sources}},
      AFTER[] = {{"dapil.csv", rk_arsip_read_dapil},
                 {"dapil-wilayah.csv", rk_arsip_read_members},
                 {"seri.csv", rk_arsip_read_series},
                 {"pilihan.csv.zst", rk_arsip_read_choices},
                 {"crosswalk.csv", rk_arsip_read_crosswalk},
                 {"kode-kabkota.csv", rk_arsip_read_codes},
                 {"harapan.csv", rk_arsip_read_expected}};
    for (size_t i = 0; i < sizeof BEFORE / sizeof *BEFORE; i++)
        RK_TRY(table(l, BEFORE[i].file, BEFORE[i].fn));
    char path[PATH_BYTES];
    rk_file extra;
    RK_TRY(path_of(l, "pohon-tambahan.csv", path));
    RK_TRY(read_file(l, path, &extra));
    l->extra = extra.bytes;
    rk_status s = regions(l);
    rk_file_free(&extra);
    RK_TRY(s);
    for (size_t i = 0; i < sizeof AFTER / sizeof *AFTER; i++)
        RK_TRY(table(l, AFTER[i].file, AFTER[i].fn));
    if (l->figures) RK_TRY(all_figures(l));
    RK_TRY(imports(l));
    return rk_arsip_sort(l->a, l->err);
}

rk_status rk_arsip_open(const char *dir, bool figures, rk_arsip **out, rk_err *err) {
    struct loader l = {.a = rk_arsip_new(), .dir = dir, .figures = figures, .err = err};
    rk_status s = load(&l);
    if (s != RK_OK) rk_arsip_free(&l.a);
    *out = l.a;
    return s;
}
