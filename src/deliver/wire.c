#include "deliver/wire.h"

#include "base/mem.h"
#include "files/files.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

rk_status rk_wire_no(rk_carry_why *why, rk_err *err, enum rk_delivery_cause cause,
                     const char *fmt, ...) {
    char text[300];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    why->cause = cause;
    return rk_fail(err, rk_delivery_cause_passes(cause) ? RK_IO : RK_CONFLICT, "%s", text);
}

/* ===== what libcurl calls ===== */

/* Every connection of this program goes through the gate of src/outbound. */
static curl_socket_t open_socket(void *ctx, curlsocktype what, struct curl_sockaddr *a) {
    rk_carrier *c = ctx;
    (void)what;
    int fd =
        rk_outbound_socket(&c->pass, a->family, a->socktype, a->protocol, &a->addr, a->addrlen);
    if (fd < 0) c->no_socket = errno == EACCES;
    return fd < 0 ? CURL_SOCKET_BAD : fd;
}

static size_t read_file(char *p, size_t size, size_t n, void *ctx) {
    const rk_carrier *c = ctx;
    for (;;) {
        ssize_t got = read(c->fd, p, size * n);
        if (got < 0 && errno == EINTR) continue;
        return got < 0 ? CURL_READFUNC_ABORT : (size_t)got;
    }
}

/* libcurl sends the bytes once more when a connection that it kept turns out to be closed. */
static int seek_file(void *ctx, curl_off_t at, int origin) {
    const rk_carrier *c = ctx;
    return lseek(c->fd, (off_t)at, origin) >= 0 ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
}

/* What a receiver says is kept up to a limit, for the private log; the rest is passed over. */
static size_t take_answer(char *p, size_t size, size_t n, void *ctx) {
    rk_buf *b = ctx;
    size_t left = b->max - b->len, all = size * n;
    rk_buf_add(b, (rk_slice){p, all < left ? all : left});
    return all;
}

/* ===== options ===== */

#define SET(option, value) (curl_easy_setopt(e, option, value) == CURLE_OK)

static bool set_common(rk_carrier *c, const char *url, const char *protocols) {
    CURL *e = c->easy;
    return SET(CURLOPT_URL, url) && SET(CURLOPT_PROTOCOLS_STR, protocols) &&
           SET(CURLOPT_FOLLOWLOCATION, 0L) && SET(CURLOPT_PROXY, "") &&
           SET(CURLOPT_OPENSOCKETFUNCTION, open_socket) && SET(CURLOPT_OPENSOCKETDATA, c) &&
           SET(CURLOPT_NOSIGNAL, 1L) &&
           /* giving up on a name that does not resolve must not wait for it */
           SET(CURLOPT_QUICK_EXIT, 1L) && SET(CURLOPT_USERAGENT, "rekap") &&
           SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) &&
           SET(CURLOPT_WRITEFUNCTION, take_answer) && SET(CURLOPT_WRITEDATA, &c->answer);
}

static bool set_limits(const rk_carrier *c) {
    CURL *e = c->easy;
    long silence = (long)c->d->silence, whole = (long)c->d->seconds;
    long connect = (long)RK_DELIVERY_CONNECT_MS;
    if (connect > silence * 1000) connect = silence * 1000;
    return SET(CURLOPT_CONNECTTIMEOUT_MS, connect) && SET(CURLOPT_TIMEOUT, whole) &&
           SET(CURLOPT_LOW_SPEED_LIMIT, 1L) && SET(CURLOPT_LOW_SPEED_TIME, silence) &&
           SET(CURLOPT_SERVER_RESPONSE_TIMEOUT, silence);
}

static bool set_file(rk_carrier *c, const rk_parcel *p) {
    CURL *e = c->easy;
    return SET(CURLOPT_UPLOAD, 1L) && SET(CURLOPT_READFUNCTION, read_file) &&
           SET(CURLOPT_READDATA, c) && SET(CURLOPT_SEEKFUNCTION, seek_file) &&
           SET(CURLOPT_SEEKDATA, c) && SET(CURLOPT_INFILESIZE_LARGE, (curl_off_t)p->bytes);
}

static rk_status open_file(rk_carrier *c, const rk_parcel *p, rk_err *err) {
    char path[PATH_MAX];
    if (p->path.len >= sizeof path) return rk_fail(err, RK_LIMIT, "a path is too long");
    memcpy(path, p->path.ptr, p->path.len);
    path[p->path.len] = 0;
    c->fd = open(path, O_RDONLY | O_CLOEXEC);
    return c->fd >= 0 ? RK_OK
                      : rk_fail(err, RK_IO, "%s: cannot read: %s", path, strerror(errno));
}

rk_status rk_wire_prepare(rk_carrier *c, const char *url, const char *protocols,
                          const rk_parcel *p, rk_err *err) {
    CURL *e = c->easy;
    curl_easy_reset(e); /* connections stay */
    c->no_socket = c->other_host = false;
    rk_buf_clear(&c->answer);
    bool ok = set_common(c, url, protocols) && set_limits(c) && set_file(c, p);
    if (ok && c->d->ca_file.len) ok = SET(CURLOPT_CAINFO, c->hosts_path);
    if (ok && c->known) ok = SET(CURLOPT_RESOLVE, c->known);
    if (!ok) return rk_fail(err, RK_IO, "the system's libcurl lacks what delivery needs");
    return open_file(c, p, err);
}

/* ===== results ===== */

static enum rk_delivery_cause cause_of(const rk_carrier *c, CURLcode r) {
    if (c->no_socket) return RK_CAUSE_RULE;
    if (c->other_host) return RK_CAUSE_HOST;
    switch (r) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
        return RK_CAUSE_AWAY;
    case CURLE_OPERATION_TIMEDOUT:
        return RK_CAUSE_TIMEOUT;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_USE_SSL_FAILED:
        return RK_CAUSE_HOST;
    case CURLE_LOGIN_DENIED:
        return RK_CAUSE_LOGIN;
    case CURLE_REMOTE_DISK_FULL:
        return RK_CAUSE_FULL;
    case CURLE_REMOTE_ACCESS_DENIED:
    case CURLE_QUOTE_ERROR:
    case CURLE_REMOTE_FILE_NOT_FOUND:
    case CURLE_REMOTE_FILE_EXISTS:
        return RK_CAUSE_REFUSED;
    case CURLE_READ_ERROR:
    case CURLE_ABORTED_BY_CALLBACK:
        return RK_CAUSE_LOCAL;
    default:
        return RK_CAUSE_CUT;
    }
}

rk_status rk_wire_send(rk_carrier *c, long *code, rk_carry_why *why, rk_err *err) {
    char text[CURL_ERROR_SIZE] = "";
    (void)curl_easy_setopt(c->easy, CURLOPT_ERRORBUFFER, text);
    CURLcode r = curl_easy_perform(c->easy);
    (void)curl_easy_setopt(c->easy, CURLOPT_ERRORBUFFER, NULL);
    *code = 0;
    (void)curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, code);
    (void)close(c->fd);
    c->fd = -1;
    if (r == CURLE_OK) return RK_OK;
    if (c->no_socket) why->rule = RK_S01;
    return rk_wire_no(why, err, cause_of(c, r), "%s (libcurl %d, answer %ld)",
                      text[0] ? text : curl_easy_strerror(r), (int)r, *code);
}

static rk_status judge(const rk_carrier *c, long code, rk_carry_why *why, rk_err *err) {
    enum rk_delivery_cause cause = RK_CAUSE_REFUSED;
    if (code >= 200 && code < 300) return RK_OK;
    if (code == 401 || code == 403 || code == 407) cause = RK_CAUSE_LOGIN;
    if (code == 408 || code == 425 || code == 429 || code >= 500) cause = RK_CAUSE_BUSY;
    if (code == 413) cause = RK_CAUSE_SIZE;
    if (code == 507) cause = RK_CAUSE_FULL;
    rk_slice said = rk_buf_slice(&c->answer);
    return rk_wire_no(why, err, cause, "the receiver answers %ld: %.*s", code,
                      (int)(said.len < 200 ? said.len : 200), said.ptr ? said.ptr : "");
}

/* A receiver may refuse before it has heard all, and hang up: then its answer counts. */
rk_status rk_wire_http(rk_carrier *c, rk_carry_why *why, rk_err *err) {
    long code = 0;
    rk_carry_why cut = *why;
    rk_err text = RK_ERR_INIT;
    rk_status s = rk_wire_send(c, &code, &cut, &text);
    if (s == RK_OK || code >= 300) return judge(c, code, why, err);
    *why = cut;
    return rk_fail(err, s, "%s", text.text);
}

/* ===== opening ===== */

rk_status rk_carrier_begin(rk_err *err) {
    /* a receiver that hangs up in the middle of TLS must not end the program: libcurl with
     * NOSIGNAL leaves that to us */
    (void)signal(SIGPIPE, SIG_IGN);
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK
               ? RK_OK
               : rk_fail(err, RK_IO, "libcurl cannot be started");
}
void rk_carrier_end(void) { curl_global_cleanup(); }

static rk_status path_of(const char *base, rk_slice file, char out[PATH_MAX], rk_err *err) {
    bool whole = file.len && file.ptr[0] == '/';
    int n =
        snprintf(out, PATH_MAX, "%s%s%.*s", whole ? "" : base, whole ? "" : "/", RK_FMT(file));
    return n > 0 && n < PATH_MAX ? RK_OK : rk_fail(err, RK_LIMIT, "a path is too long");
}

static rk_status read_secret(rk_carrier *c, const char *base, rk_err *err) {
    char path[PATH_MAX];
    if (c->d->password_file.len == 0) return RK_OK;
    RK_TRY(path_of(base, c->d->password_file, path, err));
    RK_TRY(rk_file_read_private(path, RK_SECRET_FILE_MAX, &c->secret, err));
    while (c->secret.len && (c->secret.ptr[c->secret.len - 1] == '\n' ||
                             c->secret.ptr[c->secret.len - 1] == '\r'))
        c->secret.len--;
    if (c->secret.len == 0 || c->secret.len > 512 || memchr(c->secret.ptr, 0, c->secret.len) ||
        memchr(c->secret.ptr, '\n', c->secret.len))
        return rk_fail(err, RK_BAD_INPUT, "%s: holds no password of one line", path);
    c->secret.ptr[c->secret.len] = 0; /* there is room: it was made for more */
    return RK_OK;
}

/* The key of SFTP is read by libcurl; here it is only looked at who else may read it. */
static rk_status look_at_key(rk_carrier *c, const char *base, rk_err *err) {
    rk_buf b;
    if (c->d->key_file.len == 0) return RK_OK;
    RK_TRY(path_of(base, c->d->key_file, c->key_path, err));
    rk_buf_init(&b, RK_SECRET_FILE_MAX + 1);
    rk_status s = rk_file_read_private(c->key_path, RK_SECRET_FILE_MAX, &b, err);
    if (b.len) rk_ed25519_wipe(b.ptr, b.len);
    rk_buf_free(&b);
    return s;
}

/* Its name goes into a header between quotes. */
static bool name_fits_header(const rk_signer *s) {
    rk_slice n = rk_verifier_name(&s->verifier);
    for (size_t i = 0; i < n.len; i++)
        if (n.ptr[i] <= 0x20 || n.ptr[i] >= 0x7f || n.ptr[i] == '"' || n.ptr[i] == '\\')
            return false;
    return true;
}

static rk_status read_signer(rk_carrier *c, const char *base, rk_err *err) {
    char path[PATH_MAX];
    rk_buf b;
    if (c->d->sign_file.len == 0) return RK_OK;
    RK_TRY(path_of(base, c->d->sign_file, path, err));
    rk_buf_init(&b, RK_SECRET_FILE_MAX + 1);
    rk_status s = rk_file_read_private(path, RK_SECRET_FILE_MAX, &b, err);
    rk_slice text = rk_buf_slice(&b);
    if (rk_slice_ends(text, RK_LIT("\n"))) text.len--;
    if (s == RK_OK &&
        (rk_signer_parse(text, &c->signer, NULL) != RK_OK ||
         c->signer.verifier.type != RK_KEY_ED25519 || !name_fits_header(&c->signer)))
        s = rk_fail(
            err, RK_BAD_INPUT,
            "%s: no signer key with a name in plain ASCII ('rekap kunci buat' makes one)",
            path);
    if (b.len) rk_ed25519_wipe(b.ptr, b.len);
    rk_buf_free(&b);
    return s;
}

static rk_status credentials(rk_carrier *c, const char *base, rk_err *err) {
    rk_slice hosts = c->d->carry == RK_CARRY_SFTP ? c->d->known_hosts : c->d->ca_file;
    RK_TRY(read_secret(c, base, err));
    RK_TRY(look_at_key(c, base, err));
    RK_TRY(read_signer(c, base, err));
    if (hosts.len == 0) return RK_OK;
    RK_TRY(path_of(base, hosts, c->hosts_path, err));
    return rk_file_there(c->hosts_path)
               ? RK_OK
               : rk_fail(err, RK_NOT_FOUND, "%s: is not there", c->hosts_path);
}

/* What is declared for another target of the same host is not declared for this one; and a name
 * is looked up only where that may be asked, too. */
static rk_status target_fits(rk_carrier *c, rk_carry_why *why, rk_err *err) {
    const rk_destination *d = c->d;
    rk_err text = RK_ERR_INIT;
    rk_buf b;
    if (c->pass.loopback) return RK_OK;
    why->cause = RK_CAUSE_RULE;
    if (!rk_slice_eq(c->pass.target->id, d->target)) {
        why->rule = RK_S06;
        return rk_fail(err, RK_CONFLICT,
                       "rule S06: the address is that of target \"%.*s\", not of \"%.*s\"",
                       RK_FMT(c->pass.target->id), RK_FMT(d->target));
    }
    rk_buf_init(&b, 4096);
    bool known = rk_outbound_known(c->pass.target, d->address.host, d->address.port, &b);
    if (known) c->known = curl_slist_append(NULL, b.ptr);
    rk_buf_free(&b);
    if (!known && rk_outbound_may_resolve(d->address.host, &why->rule, &text) != RK_OK) {
        if (!why->rule) why->cause = RK_CAUSE_LOCAL; /* resolv.conf cannot be read */
        return rk_fail(err, RK_CONFLICT, "the name may not be looked up: %.300s", text.text);
    }
    *why = (rk_carry_why){RK_CAUSE_NONE, RK_S_OK};
    return RK_OK;
}

static rk_status through_the_gate(rk_carrier *c, rk_carry_why *why, rk_err *err) {
    const rk_destination *d = c->d;
    rk_use use = {.kind = rk_carry_kind(d->carry),
                  .host = d->address.host,
                  .port = d->address.port,
                  .non_public = d->closed,
                  .label = d->alias};
    if (rk_outbound_allow(&use, &c->pass, err) == RK_OK) return target_fits(c, why, err);
    *why = (rk_carry_why){RK_CAUSE_RULE, c->pass.rule};
    return RK_CONFLICT;
}

static const rk_carrier_ops *ops_of(enum rk_carry c) {
    switch (c) {
    case RK_CARRY_SFTP:
        return &rk_carry_sftp;
    case RK_CARRY_S3:
        return &rk_carry_s3;
    case RK_CARRY_SMTP:
        return &rk_carry_smtp;
    default:
        return &rk_carry_http;
    }
}

rk_status rk_carrier_open(const rk_destination *d, const char *base_dir, rk_carrier **out,
                          rk_carry_why *why, rk_err *err) {
    rk_carrier *c = rk_alloc(sizeof *c);
    *why = (rk_carry_why){RK_CAUSE_NONE, RK_S_OK};
    c->ops = ops_of(d->carry);
    c->d = d, c->fd = -1;
    rk_buf_init(&c->secret, RK_SECRET_FILE_MAX + 1);
    rk_buf_init(&c->answer, RK_DELIVERY_ANSWER_MAX);
    *out = c;
    rk_status s = through_the_gate(c, why, err);
    if (s == RK_OK && credentials(c, base_dir, err) != RK_OK)
        s = RK_CONFLICT, why->cause = RK_CAUSE_LOCAL;
    if (s == RK_OK) {
        c->easy = curl_easy_init();
        RK_ASSERT(c->easy);
    } else {
        rk_carrier_close(out);
    }
    return s;
}

rk_status rk_carrier_put(rk_carrier *c, const rk_parcel *p, rk_carry_why *why, rk_err *err) {
    *why = (rk_carry_why){RK_CAUSE_NONE, RK_S_OK};
    rk_status s = c->ops->put(c, p, why, err);
    if (c->fd >= 0) (void)close(c->fd); /* it was not come to sending */
    c->fd = -1;
    if (s != RK_OK && why->cause == RK_CAUSE_NONE) why->cause = RK_CAUSE_LOCAL;
    return s;
}

void rk_carrier_close(rk_carrier **cp) {
    rk_carrier *c = *cp;
    if (!c) return;
    if (c->easy) curl_easy_cleanup(c->easy);
    curl_slist_free_all(c->known);
    if (c->secret.ptr) rk_ed25519_wipe(c->secret.ptr, c->secret.cap);
    rk_buf_free(&c->secret);
    rk_buf_free(&c->answer);
    rk_signer_wipe(&c->signer);
    rk_free(c);
    *cp = NULL;
}
