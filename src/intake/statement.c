#include "intake/statement.h"

#include "base/day.h"
#include "base/num.h"
#include "files/files.h"
#include "intake/dir.h"
#include "intake/guard.h"

#include <stdio.h>

#define LIST_HEAD "{\"pernyataan\":["
#define LIST_TAIL "\n]}\n"
enum { LIST_BYTES_MAX = RK_STATEMENTS_MAX * 200 };

/* ===== names ===== */

bool rk_statement_name_ok(rk_slice name) {
    rk_day day;
    uint64_t k;
    if (name.len < RK_DAY_LEN || !rk_day_parse((rk_slice){name.ptr, RK_DAY_LEN}, &day))
        return false;
    if (name.len == RK_DAY_LEN) return true;
    return name.ptr[RK_DAY_LEN] == '-' && name.len <= RK_DAY_LEN + 5 &&
           name.ptr[RK_DAY_LEN + 1] != '0' &&
           rk_num_parse(rk_slice_from(name, RK_DAY_LEN + 1), RK_STATEMENTS_MAX, &k) && k > 1;
}

static rk_status path_of(const char *dir, const char *name, const char *end, char out[4096],
                         rk_err *err) {
    int n = snprintf(out, 4096, "%s/residensi/%s%s", dir, name, end);
    return n > 0 && n < 4096 ? RK_OK
                             : rk_fail(err, RK_LIMIT, "the path '%.200s' is too long", dir);
}

/* ===== the list ===== */

static rk_status read_list(const char *dir, rk_buf *list, rk_err *err) {
    char path[4096];
    rk_file f;
    rk_err why = RK_ERR_INIT;
    RK_TRY(path_of(dir, "daftar", ".json", path, err));
    rk_status s = rk_file_read_raw(path, LIST_BYTES_MAX, &f, &why);
    if (s == RK_NOT_FOUND) {
        rk_buf_lit(list, LIST_HEAD LIST_TAIL);
        return RK_OK;
    }
    if (s != RK_OK) return rk_fail(err, s, "%s", why.text);
    bool ok = rk_slice_starts(f.bytes, RK_LIT(LIST_HEAD)) &&
              rk_slice_ends(f.bytes, RK_LIT(LIST_TAIL));
    rk_buf_add(list, f.bytes);
    rk_file_free(&f);
    return ok ? RK_OK
              : rk_fail(err, RK_CORRUPT,
                        "%s is not the list of statements: remove it, it is begun anew", path);
}

static bool listed(const rk_buf *list, const char *name, const char *hex) {
    char want[160];
    int n = snprintf(want, sizeof want, "{\"nama\":\"%s\",\"sha256\":\"%s", name, hex);
    return memmem(list->ptr, list->len, want, (size_t)n) != NULL;
}

/* The first name of that day that is free, or that of the same statement. */
static rk_status choose(const rk_buf *list, const char *date, const char *hex,
                        rk_statement *out, rk_err *err) {
    for (unsigned k = 1; k <= RK_STATEMENTS_MAX; k++) {
        if (k == 1)
            (void)snprintf(out->name, sizeof out->name, "%s", date);
        else
            (void)snprintf(out->name, sizeof out->name, "%s-%u", date, k);
        out->again = listed(list, out->name, hex);
        if (out->again || !listed(list, out->name, "")) return RK_OK;
    }
    return rk_fail(err, RK_LIMIT, "over %u statements of one day", RK_STATEMENTS_MAX);
}

static rk_status add_to_list(const char *dir, rk_buf *list, const char *hex,
                             const rk_statement *st, rk_err *err) {
    char path[4096];
    bool first = list->len == sizeof LIST_HEAD LIST_TAIL - 1;
    list->len -= sizeof LIST_TAIL - 1;
    rk_buf_printf(list, "%s\n{\"nama\":\"%s\",\"sha256\":\"%s\",\"entri\":%llu}" LIST_TAIL,
                  first ? "" : ",", st->name, hex, (unsigned long long)st->entry);
    if (list->failed)
        return rk_fail(err, RK_LIMIT, "over %u statements of residency", RK_STATEMENTS_MAX);
    RK_TRY(path_of(dir, "daftar", ".json", path, err));
    return rk_file_write(path, rk_buf_slice(list), true, err);
}

/* ===== keeping ===== */

static rk_status note(const char *dir, const rk_sha256 *hash, rk_statement *out, rk_err *err) {
    rk_dir d;
    RK_TRY(rk_dir_open(dir, RK_STORE_WRITE, UINT64_MAX, &d, err));
    rk_status s = rk_dir_published(&d, RK_PUBLISHED_RESIDENCY, rk_slice_str(out->name),
                                   RK_LIT("pernyataan residensi"), d.election->size, hash,
                                   &out->entry, err);
    rk_dir_close(&d);
    return s;
}

static rk_status write_both(const char *dir, rk_slice json, rk_slice csv,
                            const rk_statement *st, rk_err *err) {
    char path[4096];
    RK_TRY(path_of(dir, st->name, ".json", path, err));
    RK_TRY(rk_file_write(path, json, true, err));
    RK_TRY(path_of(dir, st->name, ".csv", path, err));
    return rk_file_write(path, csv, true, err);
}

static rk_status keep(const char *dir, const char *date, rk_slice json, rk_slice csv,
                      rk_buf *list, rk_statement *out, rk_err *err) {
    char hex[65] = {0};
    rk_sha256 hash = rk_sha256_of(json);
    (void)rk_sha256_put(hex, &hash);
    RK_TRY(read_list(dir, list, err));
    RK_TRY(choose(list, date, hex, out, err));
    if (out->again) return RK_OK;
    RK_TRY(write_both(dir, json, csv, out, err));
    RK_TRY(note(dir, &hash, out, err));
    return add_to_list(dir, list, hex, out, err);
}

rk_status rk_statement_keep(const char *dir, const char *date, rk_slice json, rk_slice csv,
                            rk_statement *out, rk_err *err) {
    rk_buf list;
    char store[4096];
    RK_ASSERT(rk_statement_name_ok(rk_slice_str(date)));
    *out = (rk_statement){0};
    RK_TRY(rk_dir_store_path(dir, store, sizeof store, err));
    if (!rk_file_there(store))
        return rk_fail(err, RK_NOT_FOUND,
                       "%s is no election directory ('rekap init' makes one)", dir);
    RK_TRY(rk_guard_start(dir, NULL, err)); /* before the files, not after them */
    rk_buf_init(&list, LIST_BYTES_MAX);
    rk_status s = keep(dir, date, json, csv, &list, out, err);
    rk_buf_free(&list);
    return s;
}
