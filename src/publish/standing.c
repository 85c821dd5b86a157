#include "publish/standing.h"

#include "files/files.h"
#include "publish/release.h"

#include <jansson.h>
#include <limits.h>
#include <stdio.h>

static rk_status path_of(const char *dir, const char *name, char out[PATH_MAX], rk_err *err) {
    int n = snprintf(out, PATH_MAX, "%s/%s", dir, name);
    return n > 0 && n < PATH_MAX ? RK_OK
                                 : rk_fail(err, RK_LIMIT, "the path '%.200s' is too long", dir);
}

/* ===== written by hand ===== */

static rk_status from_list(const char *dir, rk_slice what, rk_standing_answer *out,
                           rk_err *err) {
    char path[PATH_MAX];
    rk_file f = {0};
    rk_slice rest, line, key;
    RK_TRY(path_of(dir, "tautan.csv", path, err));
    if (!rk_file_there(path)) return RK_NOT_FOUND;
    RK_TRY(rk_file_read_raw(path, 1 << 20, &f, err));
    bool found = false;
    for (rest = f.bytes; !found && rest.len && rk_slice_cut(&rest, '\n', &line);)
        if (rk_slice_cut(&line, ',', &key) && rk_slice_eq(key, what) && line.len &&
            line.len < sizeof out->link) {
            memcpy(out->link, line.ptr, line.len);
            found = true;
        }
    rk_file_free(&f);
    (void)snprintf(out->reason, sizeof out->reason, "jawaban tetap: sudah diterbitkan");
    return found ? RK_OK
                 : rk_fail(err, RK_NOT_FOUND, "%s has no line for '%.*s'", path, RK_FMT(what));
}

/* ===== a release ===== */

static bool counts_voters(const json_t *resource) {
    json_t *field = json_object_get(json_object_get(resource, "schema"), "fields");
    size_t i;
    json_t *v;
    json_array_foreach(field, i, v) {
        const char *name = json_string_value(json_object_get(v, "name"));
        if (name && rk_slice_starts(rk_slice_str(name), RK_LIT("pemilih_dpt"))) return true;
    }
    return false;
}

static bool add_link(const rk_standing_sources *s, const char *name, const char *file,
                     rk_standing_answer *out) {
    size_t used = strlen(out->link);
    int n = snprintf(out->link + used, sizeof out->link - used, "%s%s/rilis/%s/%s",
                     used ? " " : "", s->base, name, file);
    if (n > 0 && (size_t)n < sizeof out->link - used) return true;
    out->link[used] = 0;
    return false;
}

/* The recaps in which a column counts voters, as datapackage.json describes them. */
static rk_status voters(const rk_standing_sources *s, const char *name, const rk_file *package,
                        rk_standing_answer *out, rk_err *err) {
    json_t *o =
        json_loadb(package->bytes.ptr, package->bytes.len, JSON_REJECT_DUPLICATES, NULL);
    json_t *list = json_object_get(o, "resources"), *v;
    size_t i;
    bool fits = true;
    json_array_foreach(list, i, v) {
        const char *path = json_string_value(json_object_get(v, "path"));
        if (path && rk_slice_ends(rk_slice_str(path), RK_LIT("/rekap.csv")) && counts_voters(v))
            fits = fits && add_link(s, name, path, out);
    }
    json_decref(o);
    if (!fits) { /* too many contests for one answer: the page that lists them */
        out->link[0] = 0;
        fits = add_link(s, name, "index.html", out);
    }
    if (!fits) return rk_fail(err, RK_LIMIT, "--dasar is too long");
    return out->link[0] ? RK_OK
                        : rk_fail(err, RK_NOT_FOUND,
                                  "no contest of %s/%s has a column that counts voters "
                                  "(pemilih_dpt_...)",
                                  s->releases, name);
}

/* A file of the release that is what the release's manifest says. */
static rk_status open_listed(const char *dir, const char *file, rk_file *out, rk_err *err) {
    char path[PATH_MAX];
    rk_sha256 want;
    RK_TRY(path_of(dir, file, path, err));
    rk_status s = rk_release_hash_before(dir, rk_slice_str(file), &want);
    if (s != RK_OK) return rk_fail(err, s, "%s is not in the release's manifest", path);
    RK_TRY(rk_file_read_raw(path, RK_DOCUMENT_MAX, out, err));
    rk_sha256 have = rk_sha256_of(out->bytes);
    if (memcmp(&have, &want, sizeof have) == 0) return RK_OK;
    rk_file_free(out);
    return rk_fail(err, RK_CORRUPT,
                   "%s is not what the release's manifest says: check it with 'rekap "
                   "verify-release'",
                   path);
}

static rk_status from_release(const rk_standing_sources *s, bool dpt, rk_standing_answer *out,
                              rk_err *err) {
    char name[RK_RELEASE_NAME_MAX], dir[PATH_MAX], hex[65] = {0};
    rk_release r;
    rk_file f = {0};
    if (!s->releases)
        return rk_fail(err, RK_BAD_INPUT,
                       "--tetap hasil and dpt need --rilis DIR: what 'rekap release' writes");
    rk_status st = from_list(s->releases, dpt ? RK_LIT("dpt") : RK_LIT("hasil"), out, err);
    if (st != RK_NOT_FOUND || (err && err->text[0])) return st;
    RK_TRY(rk_release_latest(s->releases, UINT64_MAX, &r, err));
    rk_release_name(r.size, name);
    if (!r.noted)
        return rk_fail(err, RK_CONFLICT,
                       "%s/%s has no entry in the log yet: run 'rekap release' again",
                       s->releases, name);
    RK_TRY(path_of(s->releases, name, dir, err));
    RK_TRY(open_listed(dir, dpt ? "datapackage.json" : "index.html", &f, err));
    st = dpt                                    ? voters(s, name, &f, out, err)
         : add_link(s, name, "index.html", out) ? RK_OK
                                                : rk_fail(err, RK_LIMIT, "--dasar is too long");
    rk_file_free(&f);
    RK_TRY(st);
    (void)rk_sha256_put(hex, &r.manifest);
    (void)snprintf(out->reason, sizeof out->reason,
                   "jawaban tetap: %s, entri log %llu, SHA-256 manifest/index %s", name,
                   (unsigned long long)r.entry, hex);
    return RK_OK;
}

/* ===== the disclosure ===== */

static rk_status from_disclosure(const rk_standing_sources *s, rk_standing_answer *out,
                                 rk_err *err) {
    char path[PATH_MAX], hex[65] = {0};
    rk_file f = {0};
    rk_sha256 hash;
    const char *dir = s->disclosure ? s->disclosure : s->releases;
    if (!dir)
        return rk_fail(
            err, RK_BAD_INPUT,
            "--tetap infrastruktur needs --ungkap DIR: what 'rekap disclose' writes");
    rk_status st = from_list(dir, RK_LIT("infrastruktur"), out, err);
    if (st != RK_NOT_FOUND || (err && err->text[0])) return st;
    RK_TRY(path_of(dir, "infrastruktur.json", path, err));
    if (!s->disclosure || !rk_file_there(path))
        return rk_fail(err, RK_NOT_FOUND,
                       "%s has no disclosure (infrastruktur.json): give what 'rekap disclose' "
                       "writes with --ungkap DIR",
                       dir);
    RK_TRY(path_of(dir, "SHA256SUMS", path, err));
    RK_TRY(rk_file_read_raw(path, 1 << 20, &f, err));
    hash = rk_sha256_of(f.bytes);
    rk_file_free(&f);
    (void)rk_sha256_put(hex, &hash);
    int n =
        snprintf(out->link, sizeof out->link, "%s/terbuka/infrastruktur/index.html", s->base);
    if (n < 0 || (size_t)n >= sizeof out->link)
        return rk_fail(err, RK_LIMIT, "--dasar is too long");
    (void)snprintf(out->reason, sizeof out->reason,
                   "jawaban tetap: keterbukaan infrastruktur, SHA-256 SHA256SUMS %s", hex);
    return RK_OK;
}

rk_status rk_standing_find(const rk_standing_sources *s, rk_slice what, rk_standing_answer *out,
                           rk_err *err) {
    *out = (rk_standing_answer){{0}, {0}};
    if (rk_slice_is(what, "hasil")) return from_release(s, false, out, err);
    if (rk_slice_is(what, "dpt")) return from_release(s, true, out, err);
    if (rk_slice_is(what, "infrastruktur")) return from_disclosure(s, out, err);
    return rk_fail(err, RK_BAD_INPUT, "--tetap is hasil, dpt or infrastruktur, not '%.*s'",
                   (int)(what.len < 40 ? what.len : 40), what.ptr ? what.ptr : "");
}
