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
    if (statfs(dir, &f) != 0 && statfs(".", &f) != 0) return false;
    for (size_t i = 0; i < sizeof remote / sizeof *remote; i++)
        if ((uint32_t)f.f_type == remote[i]) return true;
    return false;
}

static rk_status read_file(const char *path, rk_residency **out, rk_sha256 *hash, rk_err *err) {
    rk_file f;
    rk_err why = RK_ERR_INIT;
    *out = NULL;
    rk_status s = rk_file_read_raw(path, RK_RESIDENCY_BYTES_MAX, &f, &why);
    if (s != RK_OK) return rk_fail(err, s, "%s", why.text);
    if (hash) *hash = rk_sha256_of(f.bytes);
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

rk_status rk_guard_read(const char *path, rk_residency **out, rk_sha256 *hash, rk_err *err) {
    char name[4096];
    struct stat st;
    bool given;
    *out = NULL;
    if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode)) return read_file(path, out, hash, err);
    RK_TRY(path_of(path, name, &given, err));
    return read_file(name, out, hash, err);
}

static rk_status load(const char *dir, rk_residency **out, rk_err *err) {
    char path[4096];
    bool given;
    rk_err why = RK_ERR_INIT;
    *out = NULL;
    RK_TRY(path_of(dir, path, &given, err));
    rk_status s = read_file(path, out, NULL, &why);
    if (s == RK_NOT_FOUND && !given) return RK_OK;
    if (s != RK_OK) return rk_fail(err, s, "%s", why.text);
    s = rk_residency_check(*out, &why);
    if (s == RK_OK) return RK_OK;
    rk_residency_free(out);
    return rk_fail(err, s, "%s: %.300s", path, why.text);
}

rk_status rk_guard_start(const char *dir, bool *declared, rk_err *err) {
    rk_residency *r;
    rk_outbound_pass pass;
    RK_TRY(load(dir, &r, err));
    if (declared) *declared = r != NULL;
    if (r) RK_TRY(rk_outbound_declare(r, err));
    if (!on_another_machine(dir)) return RK_OK;
    char full[4096];
    const char *path = realpath(dir, full) ? full : dir;
    return rk_outbound_allow(
        &(rk_use){.kind = RK_TARGET_STORE, .path = rk_slice_str(path), .non_public = true},
        &pass, err);
}
