#include "intake/inventory.h"

#include "files/files.h"
#include "files/list.h"

#include <stdio.h>

static rk_status add_file(rk_infra *i, const char *dir, const char *name, rk_err *err) {
    char path[4096];
    rk_file f;
    rk_err why = RK_ERR_INIT;
    int n = snprintf(path, sizeof path, "%s/%s", dir, name);
    if (n < 0 || (size_t)n >= sizeof path)
        return rk_fail(err, RK_LIMIT, "the path '%.200s' is too long", dir);
    RK_TRY(rk_file_read_raw(path, RK_INFRA_BYTES_MAX, &f, err));
    rk_status s = rk_infra_add(i, f.bytes, &why);
    rk_file_free(&f);
    return s == RK_OK
               ? RK_OK
               : rk_fail_at(err, s, why.line, why.column, "%.120s: %.260s", path, why.text);
}

static bool of_others(const char *name) {
    return strcmp(name, "schema.json") == 0 || strcmp(name, "residency.json") == 0;
}

rk_status rk_inventory_read(const char *dir, rk_infra **out, rk_err *err) {
    char inner[4096];
    char **names = NULL;
    uint32_t n = 0, used = 0;
    *out = NULL;
    int len = snprintf(inner, sizeof inner, "%s/infra", dir);
    if (len < 0 || (size_t)len >= sizeof inner)
        return rk_fail(err, RK_LIMIT, "the path '%.200s' is too long", dir);
    const char *from = inner;
    if (rk_dir_list(inner, ".json", RK_INFRA_FILES_MAX + 2, &names, &n, NULL) != RK_OK) {
        from = dir;
        RK_TRY(rk_dir_list(dir, ".json", RK_INFRA_FILES_MAX + 2, &names, &n, err));
    }
    rk_infra *i = rk_infra_new();
    rk_status s = RK_OK;
    for (uint32_t k = 0; s == RK_OK && k < n; k++) {
        if (of_others(names[k])) continue;
        used++;
        s = add_file(i, from, names[k], err);
    }
    rk_dir_list_free(&names, n);
    if (s == RK_OK && used == 0)
        s = rk_fail(
            err, RK_NOT_FOUND,
            "%s has no inventory (*.json, docs/format/infra.md): 'rekap disclose --help' "
            "says what belongs there",
            dir);
    if (s == RK_OK) s = rk_infra_finish(i, err);
    if (s != RK_OK) rk_infra_free(&i);
    *out = i;
    return s;
}
