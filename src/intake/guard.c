#include "intake/guard.h"

#include "files/files.h"
#include "outbound/outbound.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

/* File systems whose bytes lie elsewhere (linux/magic.h and the file systems' own sources). */
static bool on_another_machine(const char *dir) {
    static const uint32_t remote[] = {
        0x6969 /* NFS */,        0x517b /* SMB */,
        0xff534d42 /* CIFS */,   0xfe534d42 /* SMB2 */,
        0x00c36400 /* Ceph */,   0x5346414f /* AFS */,
        0x0bd00bd0 /* Lustre */, 0x65735546 /* FUSE: sshfs, s3fs */};
    struct statfs f;
    if (statfs(dir, &f) != 0) return false;
    for (size_t i = 0; i < sizeof remote / sizeof *remote; i++)
        if ((uint32_t)f.f_type == remote[i]) return true;
    return false;
}

/* Where a path that may not be there yet would come to lie: the nearest directory above it that
 * is there (*at), and the whole path in absolute form (*full). */
static rk_status locate(const char *path, char at[4096], char full[8192], rk_err *err) {
    char rest[4096] = "";
    int n = snprintf(at, 4096, "%s", path);
    while (n > 1 && at[n - 1] == '/') at[--n] = 0;
    while (n > 0 && n < 4096 && access(at, F_OK) != 0) {
        char more[4096];
        char *slash = strrchr(at, '/');
        int k = snprintf(more, sizeof more, "/%s%s", slash ? slash + 1 : at, rest);
        if (k < 0 || (size_t)k >= sizeof more) break;
        memcpy(rest, more, (size_t)k + 1);
        if (slash)
            *(slash == at ? slash + 1 : slash) = 0;
        else
            (void)snprintf(at, 4096, ".");
        n = (int)strlen(at);
    }
    char real[4096];
    if (n <= 0 || n >= 4096 || !realpath(at, real))
        return rk_fail(err, RK_LIMIT, "the path '%.200s' cannot be followed", path);
    (void)snprintf(full, 8192, "%s%s", strcmp(real, "/") == 0 ? "" : real, rest);
    return RK_OK;
}

static rk_status read_file(const char *path, rk_residency **out, rk_err *err) {
    rk_file f;
    rk_err why = RK_ERR_INIT;
    *out = NULL;
    rk_status s = rk_file_read_raw(path, RK_RESIDENCY_BYTES_MAX, &f, &why);
    if (s != RK_OK) return rk_fail(err, s, "%s", why.text);
    s = rk_residency_parse(f.bytes, out, &why);
    rk_file_free(&f);
    return s == RK_OK ? RK_OK : rk_fail(err, s, "%.100s: %.290s", path, why.text);
}

/* Where the declaration of an election directory is; *given = the environment names it. */
static rk_status path_of(const char *dir, char out[4096], bool *given, rk_err *err) {
    const char *named = getenv("REKAP_RESIDENCY");
    *given = named && *named;
    int n = snprintf(out, 4096, "%s%s", *given ? named : dir, *given ? "" : "/residency.json");
    return n >= 0 && n < 4096 ? RK_OK
                              : rk_fail(err, RK_LIMIT, "the path '%.200s' is too long", dir);
}

rk_status rk_guard_read(const char *path, rk_residency **out, rk_err *err) {
    char name[4096];
    struct stat st;
    bool given;
    *out = NULL;
    if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode)) return read_file(path, out, err);
    RK_TRY(path_of(path, name, &given, err));
    return read_file(name, out, err);
}

static rk_status load(const char *dir, rk_residency **out, rk_err *err) {
    char path[4096];
    bool given;
    rk_err why = RK_ERR_INIT;
    *out = NULL;
    RK_TRY(path_of(dir, path, &given, err));
    rk_status s = read_file(path, out, &why);
    if (s == RK_NOT_FOUND && !given) return RK_OK;
    if (s != RK_OK) return rk_fail(err, s, "%s", why.text);
    s = rk_residency_check(*out, &why);
    if (s == RK_OK) return RK_OK;
    rk_residency_free(out);
    return rk_fail(err, s, "%s: %.300s", path, why.text);
}

/* A path on another machine must be declared for this use; one on this machine need not. */
static rk_status hold(const char *path, rk_use *use, rk_err *err) {
    char at[4096], full[8192];
    rk_outbound_pass pass;
    RK_TRY(locate(path, at, full, err));
    if (!on_another_machine(at)) return RK_OK;
    use->path = rk_slice_str(full);
    return rk_outbound_allow(use, &pass, err);
}

rk_status rk_guard_start(const char *dir, bool *declared, rk_err *err) {
    rk_residency *r;
    RK_TRY(load(dir, &r, err));
    if (declared) *declared = r != NULL;
    if (r) RK_TRY(rk_outbound_declare(r, err));
    return hold(dir, &(rk_use){.kind = RK_TARGET_STORE, .non_public = true}, err);
}

rk_status rk_guard_out(const char *dir, const char *out, bool non_public, rk_err *err) {
    rk_residency *r = NULL;
    char at[4096], full[8192];
    RK_TRY(locate(out, at, full, err));
    if (!on_another_machine(at)) return RK_OK;
    if (dir) RK_TRY(load(dir, &r, err));
    if (r) RK_TRY(rk_outbound_declare(r, err));
    rk_use use = {.kind = non_public ? RK_TARGET_STORE : RK_TARGET_CDN,
                  .non_public = non_public};
    return hold(out, &use, err);
}
