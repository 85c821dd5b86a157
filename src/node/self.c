#include "node/self.h"

#include "files/files.h"

#include <limits.h>
#include <link.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { FILE_MAX = 1 << 30 };

static rk_status hash_file(const char *path, rk_sha256 *out, rk_err *err) {
    rk_file f;
    RK_TRY(rk_file_read_raw(path, FILE_MAX, &f, err));
    *out = rk_sha256_of(f.bytes);
    rk_file_free(&f);
    return RK_OK;
}

/* ===== libraries ===== */

struct list {
    rk_node *n;
    rk_status s;
    rk_err *err;
};

/* "4.8.0" of "libcurl.so.4.8.0": what the file's name says beyond ".so.". */
static rk_slice version_of(rk_slice file) {
    const char *so = memmem(file.ptr, file.len, ".so.", 4);
    return so ? rk_slice_from(file, (size_t)(so + 4 - file.ptr)) : (rk_slice){NULL, 0};
}

static rk_slice last_part(const char *path) {
    const char *slash = strrchr(path, '/');
    return rk_slice_str(slash ? slash + 1 : path);
}

/* The program itself has an empty name, the kernel's vdso no file. */
static int one_library(struct dl_phdr_info *info, size_t size, void *ctx) {
    struct list *l = ctx;
    char full[PATH_MAX];
    (void)size;
    if (!info->dlpi_name || info->dlpi_name[0] != '/') return 0;
    if (l->n->n_library == RK_NODE_LIBRARIES_MAX) {
        l->s = rk_fail(l->err, RK_LIMIT, "more than %u libraries", RK_NODE_LIBRARIES_MAX);
        return 1;
    }
    rk_node_library *to = &l->n->library[l->n->n_library];
    const char *file = realpath(info->dlpi_name, full) ? full : info->dlpi_name;
    l->s = hash_file(file, &to->hash, l->err);
    if (l->s != RK_OK) return 1;
    to->name = rk_node_keep(l->n, last_part(info->dlpi_name));
    to->version = rk_node_keep(l->n, version_of(last_part(file)));
    l->n->n_library++;
    return 0;
}

static int by_name(const void *a, const void *b) {
    return rk_slice_cmp(((const rk_node_library *)a)->name, ((const rk_node_library *)b)->name);
}

rk_status rk_self_program(rk_node *n, const rk_self_build *b, rk_err *err) {
    struct list l = {n, RK_OK, err};
    RK_TRY(hash_file("/proc/self/exe", &n->build, err));
    RK_ASSERT(rk_sha256_parse(rk_slice_str(b->source), &n->source));
    if (b->sbom.len) n->sbom = rk_sha256_of(b->sbom);
    n->version = rk_node_keep(n, rk_slice_str(b->version));
    (void)dl_iterate_phdr(one_library, &l);
    if (l.s != RK_OK) return l.s;
    qsort(n->library, n->n_library, sizeof *n->library, by_name);
    return RK_OK;
}

/* ===== clock ===== */

/* Field 22 of /proc/self/stat: clock ticks after the machine's start. The name before it may
 * hold anything, so reading begins after its last parenthesis. */
static uint64_t started_ticks(void) {
    char text[2048];
    FILE *f = fopen("/proc/self/stat", "r");
    if (!f) return 0;
    size_t len = fread(text, 1, sizeof text - 1, f);
    (void)fclose(f);
    text[len] = '\0';
    char *at = strrchr(text, ')');
    for (int field = 2; at && field < 22; field++) at = strchr(at + 1, ' ');
    return at ? strtoull(at, NULL, 10) : 0;
}

void rk_self_clock(rk_node *n) {
    struct timespec t;
    long ticks = sysconf(_SC_CLK_TCK);
    n->time = rk_now();
    n->uptime = 0;
    if (clock_gettime(CLOCK_BOOTTIME, &t) == 0 && ticks > 0) {
        uint64_t begun = started_ticks() / (uint64_t)ticks, now = (uint64_t)t.tv_sec;
        if (begun && now > begun) n->uptime = (uint32_t)(now - begun);
    }
    n->started = n->time > n->uptime ? n->time - n->uptime : 0;
}

/* ===== signed ===== */

rk_status rk_self_signed_text(rk_self_signed *s, rk_slice *out, rk_err *err) {
    if (!s->node)
        return rk_fail(err, RK_NOT_FOUND,
                       "this server has no node key and so says nothing of itself");
    uint64_t minute = rk_now() / 60;
    if (minute != s->minute || !s->text.len) {
        rk_buf_clear(&s->text);
        rk_self_clock(s->node);
        RK_TRY(rk_node_sign(s->node, &s->key, &s->text, err));
        s->minute = minute;
    }
    *out = rk_buf_slice(&s->text);
    return s->text.failed ? rk_fail(err, RK_LIMIT, "the description is too long") : RK_OK;
}

rk_status rk_self_signed_begin(rk_self_signed *s, rk_err *err) {
    rk_node *again = NULL;
    rk_note note;
    rk_slice text = {NULL, 0};
    rk_buf_init(&s->text, RK_NOTE_MAX);
    RK_TRY(rk_self_signed_text(s, &text, err));
    rk_status st = rk_node_open(text, &note, &again, err);
    rk_node_free(&again);
    return st;
}

void rk_self_signed_end(rk_self_signed *s) {
    rk_node_free(&s->node);
    rk_buf_free(&s->text);
    rk_signer_wipe(&s->key);
}

/* ===== certificates ===== */

static bool until_of(const X509 *x, uint32_t *out) {
    struct tm tm;
    if (ASN1_TIME_to_tm(X509_get0_notAfter(x), &tm) != 1) return false;
    time_t t = timegm(&tm);
    *out = t < 0 ? 0 : t > (time_t)UINT32_MAX ? UINT32_MAX : (uint32_t)t;
    return true;
}

static bool take_cert(rk_node *n, X509 *x, bool pinned) {
    rk_node_cert *c = &n->cert[n->n_cert];
    char issuer[256] = "";
    unsigned char *der = NULL;
    int len = i2d_X509(x, &der);
    *c = (rk_node_cert){.pinned = pinned};
    if (len <= 0 || !until_of(x, &c->until)) return false;
    c->hash = rk_sha256_of((rk_slice){(const char *)der, (size_t)len});
    OPENSSL_free(der);
    (void)X509_NAME_oneline(X509_get_issuer_name(x), issuer, sizeof issuer);
    c->issuer = rk_node_keep(n, rk_slice_str(issuer)); /* escapes what is not printable ASCII */
    n->n_cert++;
    return true;
}

rk_status rk_self_certificates(rk_node *n, const char *path, bool pinned, rk_err *err) {
    rk_file f;
    uint32_t before = n->n_cert;
    RK_TRY(rk_file_read_raw(path, RK_SELF_CERTS_BYTES_MAX, &f, err));
    BIO *bio = BIO_new_mem_buf(f.bytes.ptr ? f.bytes.ptr : "", (int)f.bytes.len);
    rk_status s = bio ? RK_OK : rk_fail(err, RK_IO, "%s: cannot be read", path);
    while (s == RK_OK) {
        X509 *x = PEM_read_bio_X509(bio, NULL, NULL, NULL);
        if (!x) break;
        if (n->n_cert == RK_NODE_CERTS_MAX)
            s = rk_fail(err, RK_LIMIT, "%s: more than %u certificates", path,
                        RK_NODE_CERTS_MAX);
        else if (!take_cert(n, x, pinned))
            s = rk_fail(err, RK_BAD_INPUT, "%s: certificate %u cannot be read", path,
                        n->n_cert - before + 1);
        X509_free(x);
    }
    BIO_free(bio);
    rk_file_free(&f);
    if (s == RK_OK && n->n_cert == before)
        return rk_fail(err, RK_BAD_INPUT, "%s holds no certificate in PEM form", path);
    return s;
}
