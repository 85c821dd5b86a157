#include "intake/guard.h"

#include "files/files.h"
#include "outbound/outbound.h"

#include <stdio.h>
#include <stdlib.h>
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

static rk_status load(const char *dir, rk_residency **out, rk_err *err) {
    char path[4096];
    const char *given = getenv("REKAP_RESIDENCY");
    rk_file f;
    rk_err why = RK_ERR_INIT;
    *out = NULL;
    int n = snprintf(path, sizeof path, "%s%s", given && *given ? given : dir,
                     given && *given ? "" : "/residency.json");
    if (n < 0 || (size_t)n >= sizeof path)
        return rk_fail(err, RK_LIMIT, "the path '%.200s' is too long", dir);
    rk_status s = rk_file_read_raw(path, RK_RESIDENCY_BYTES_MAX, &f, &why);
    if (s == RK_NOT_FOUND && !(given && *given)) return RK_OK;
    if (s != RK_OK) return rk_fail(err, s, "%s", why.text);
    s = rk_residency_parse(f.bytes, out, &why);
    if (s == RK_OK) s = rk_residency_check(*out, &why);
    rk_file_free(&f);
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
