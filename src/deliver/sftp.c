/* SFTP: to NAME.part, then renamed. The server's rename does not replace a file that is there,
 * so the name is removed first: that happens only when a file is brought again, with the same
 * bytes. The host key must stand in the known_hosts file; there is no first-use trust. */
#include "deliver/wire.h"

#include "core/sigv4.h"

#include <stdio.h>

static int host_key(CURL *e, const struct curl_khkey *known, const struct curl_khkey *found,
                    enum curl_khmatch match, void *ctx) {
    rk_carrier *c = ctx;
    (void)e, (void)known, (void)found;
    if (match == CURLKHMATCH_OK) return CURLKHSTAT_FINE;
    c->other_host = true;
    return CURLKHSTAT_REJECT;
}

/* Names are put into commands between quotes. */
static bool plain(rk_slice name) {
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              (c && strchr("/._-", c))))
            return false;
    }
    return name.len > 0;
}

/* "/srv/in" stays, "" and "/~/in" become relative to the login directory. */
static rk_slice folder(const rk_destination *d) {
    rk_slice p = d->address.path;
    if (p.len == 0 || rk_slice_is(p, "/~") || rk_slice_is(p, "/~/")) return RK_LIT("");
    if (rk_slice_starts(p, RK_LIT("/~/"))) p = rk_slice_from(p, 3);
    while (p.len && p.ptr[p.len - 1] == '/') p.len--;
    return p.len ? p : RK_LIT("/.");
}

static void put_path(const rk_destination *d, rk_slice name, rk_buf *out) {
    rk_slice f = folder(d);
    rk_buf_add(out, f);
    if (f.len) rk_buf_byte(out, '/');
    rk_buf_add(out, name);
}

static void put_url(const rk_destination *d, rk_slice name, rk_buf *out) {
    bool v6 = memchr(d->address.host.ptr, ':', d->address.host.len) != NULL;
    rk_buf_printf(out, "sftp://%s%.*s%s:%u", v6 ? "[" : "", RK_FMT(d->address.host),
                  v6 ? "]" : "", d->address.port);
    rk_slice f = folder(d);
    if (f.len == 0 || f.ptr[0] != '/') rk_buf_lit(out, "/~/");
    put_path(d, name, out);
    rk_buf_lit(out, ".part");
    rk_buf_byte(out, 0);
}

static struct curl_slist *commands(const rk_destination *d, rk_slice name) {
    rk_buf path, b;
    rk_buf_init(&path, 4096);
    rk_buf_init(&b, 16384);
    put_path(d, name, &path);
    rk_buf_byte(&path, 0);
    rk_buf_printf(&b, "*rm \"%s\"", path.ptr);
    rk_buf_byte(&b, 0);
    struct curl_slist *list = curl_slist_append(NULL, b.ptr);
    rk_buf_clear(&b);
    rk_buf_printf(&b, "rename \"%s.part\" \"%s\"", path.ptr, path.ptr);
    rk_buf_byte(&b, 0);
    RK_ASSERT(list && !b.failed && !path.failed && curl_slist_append(list, b.ptr));
    rk_buf_free(&path);
    rk_buf_free(&b);
    return list;
}

static bool options(rk_carrier *c, struct curl_slist *after) {
    CURL *e = c->easy;
    char user[160];
    (void)snprintf(user, sizeof user, "%.*s", RK_FMT(c->d->user));
    return curl_easy_setopt(e, CURLOPT_USERNAME, user) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_SSH_AUTH_TYPES, (long)CURLSSH_AUTH_PUBLICKEY) ==
               CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_SSH_PRIVATE_KEYFILE, c->key_path) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_SSH_KNOWNHOSTS, c->hosts_path) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_SSH_KEYFUNCTION, host_key) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_SSH_KEYDATA, c) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_FTP_CREATE_MISSING_DIRS, (long)CURLFTP_CREATE_DIR) ==
               CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_POSTQUOTE, after) == CURLE_OK;
}

static rk_status put(rk_carrier *c, const rk_parcel *p, rk_carry_why *why, rk_err *err) {
    rk_buf url;
    long code;
    if (!plain(p->name) || p->name.len > 1024)
        return rk_wire_no(why, err, RK_CAUSE_LOCAL, "a file's name is not plain ASCII");
    rk_buf_init(&url, 4096);
    put_url(c->d, p->name, &url);
    struct curl_slist *after = commands(c->d, p->name);
    rk_status s = rk_wire_prepare(c, url.ptr, "sftp", p, err);
    if (s == RK_OK && !options(c, after))
        s = rk_wire_no(why, err, RK_CAUSE_LOCAL, "the system's libcurl has no SFTP");
    if (s == RK_OK) s = rk_wire_send(c, &code, why, err);
    if (c->easy) (void)curl_easy_setopt(c->easy, CURLOPT_POSTQUOTE, NULL);
    curl_slist_free_all(after);
    rk_buf_free(&url);
    return s;
}

const rk_carrier_ops rk_carry_sftp = {put};
