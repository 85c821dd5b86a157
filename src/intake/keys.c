#include "intake/keys.h"

#include "files/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEY_FILE_MAX = 1024 };

rk_status rk_key_path(const char *dir, const char *name, char *out, size_t cap, rk_err *err) {
    int n = snprintf(out, cap, "%s/keys/%s.key", dir, name);
    return n > 0 && (size_t)n < cap
               ? RK_OK
               : rk_fail(err, RK_LIMIT, "the path '%.200s' is too long", dir);
}

static rk_status failed(const char *path, const char *doing, rk_err *err) {
    rk_status code = errno == ENOENT ? RK_NOT_FOUND : RK_IO;
    return rk_fail(err, code, "%s: cannot %s the key: %s", path, doing, strerror(errno));
}

rk_status rk_key_read(const char *path, rk_signer *out, rk_err *err) {
    rk_buf b;
    rk_err why = RK_ERR_INIT;
    *out = (rk_signer){0};
    rk_buf_init(&b, KEY_FILE_MAX + 1);
    rk_status s = rk_file_read_private(path, KEY_FILE_MAX, &b, err);
    rk_slice text = rk_buf_slice(&b);
    if (rk_slice_ends(text, RK_LIT("\n"))) text.len--;
    if (s == RK_OK && rk_signer_parse(text, out, &why) != RK_OK)
        s = rk_fail(err, RK_BAD_INPUT, "%s: no signer key: %s", path, why.text);
    if (b.len) rk_ed25519_wipe(b.ptr, b.len);
    rk_buf_free(&b);
    return s;
}

static rk_status new_signer(rk_slice name, rk_signer *out, rk_err *err) {
    rk_ed25519_seed seed;
    if (getrandom(seed.b, sizeof seed.b, 0) != (ssize_t)sizeof seed.b)
        return rk_fail(err, RK_IO, "the system gives no random numbers: %s", strerror(errno));
    rk_status s = rk_signer_new(name, RK_KEY_ED25519, &seed, out, err);
    rk_ed25519_wipe(&seed, sizeof seed);
    return s;
}

static bool sync_dir_of(const char *path) {
    char dir[4096];
    const char *slash = strrchr(path, '/');
    int n =
        snprintf(dir, sizeof dir, "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
    int fd =
        n > 0 && (size_t)n < sizeof dir ? open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0) (void)close(fd);
    return ok;
}

static void make_dir_of(const char *path) {
    char dir[4096];
    const char *slash = strrchr(path, '/');
    if (!slash || slash == path || (size_t)(slash - path) >= sizeof dir) return;
    memcpy(dir, path, (size_t)(slash - path));
    dir[slash - path] = 0;
    (void)mkdir(dir, 0700); /* if that fails, opening the file says why */
}

/* The file is whole or not there: it is written under another name and linked in place, which
 * refuses to replace a key. */
static rk_status write_new(const char *path, rk_slice text, rk_err *err) {
    char tmp[4200];
    (void)snprintf(tmp, sizeof tmp, "%s.%ld.tmp", path, (long)getpid());
    int fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return failed(tmp, "make", err);
    bool ok = write(fd, text.ptr, text.len) == (ssize_t)text.len && fsync(fd) == 0;
    ok = close(fd) == 0 && ok && link(tmp, path) == 0 && sync_dir_of(path);
    rk_status s = ok ? RK_OK : failed(path, "make", err);
    (void)unlink(tmp);
    return s;
}

rk_status rk_key_ensure(const char *path, rk_slice name, rk_signer *out, rk_err *err) {
    if (access(path, F_OK) == 0) {
        RK_TRY(rk_key_read(path, out, err));
        if (rk_slice_eq(rk_verifier_name(&out->verifier), name)) return RK_OK;
        rk_signer_wipe(out);
        return rk_fail(err, RK_CONFLICT, "%s: is the key of another name than '%.*s'", path,
                       RK_FMT(name));
    }
    rk_buf b;
    RK_TRY(new_signer(name, out, err));
    make_dir_of(path);
    rk_buf_init(&b, KEY_FILE_MAX);
    rk_signer_put(out, &b);
    rk_buf_byte(&b, '\n');
    rk_status s = write_new(path, rk_buf_slice(&b), err);
    rk_ed25519_wipe(b.ptr, b.len);
    rk_buf_free(&b);
    if (s != RK_OK) rk_signer_wipe(out);
    return s;
}
