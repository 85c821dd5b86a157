/* SMTP: the parcel is the whole message (core/mail.h). It is brought when the server answers
 * the end of the data with 250; what happens to the connection afterwards does not matter. Each
 * message has its own connection: libcurl never sends one twice by itself.
 * The server must offer TLS, but on this machine. */
#include "deliver/wire.h"

#include <stdio.h>

static bool mailbox(char out[300], rk_slice s) {
    int n = snprintf(out, 300, "<%.*s>", RK_FMT(s));
    return n > 0 && n < 300;
}

static bool login(rk_carrier *c) {
    char user[160];
    if (c->d->user.len == 0) return true;
    int n = snprintf(user, sizeof user, "%.*s", RK_FMT(c->d->user));
    return n > 0 && (size_t)n < sizeof user &&
           curl_easy_setopt(c->easy, CURLOPT_USERNAME, user) == CURLE_OK &&
           curl_easy_setopt(c->easy, CURLOPT_PASSWORD, c->secret.ptr) == CURLE_OK;
}

static bool options(rk_carrier *c, const char *from, struct curl_slist *to) {
    CURL *e = c->easy;
    bool open = c->d->address.loopback && c->d->ca_file.len == 0;
    return curl_easy_setopt(e, CURLOPT_MAIL_FROM, from) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_MAIL_RCPT, to) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_USE_SSL,
                            open ? (long)CURLUSESSL_NONE : (long)CURLUSESSL_ALL) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_FRESH_CONNECT, 1L) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_FORBID_REUSE, 1L) == CURLE_OK && login(c);
}

/* What the server's number says is more exact than libcurl's. */
static enum rk_delivery_cause by_answer(long code, enum rk_delivery_cause other) {
    if (code == 452 || code == 552) return code == 452 ? RK_CAUSE_FULL : RK_CAUSE_SIZE;
    if (code == 530 || code == 535 || code == 534) return RK_CAUSE_LOGIN;
    if (code >= 500 && code < 600 && other != RK_CAUSE_LOGIN) return RK_CAUSE_REFUSED;
    if (code >= 400 && code < 500 && other != RK_CAUSE_LOGIN) return RK_CAUSE_BUSY;
    return other;
}

static rk_status put(rk_carrier *c, const rk_parcel *p, rk_carry_why *why, rk_err *err) {
    char url[600], from[300], to[300];
    long code;
    const char *at = memchr(c->d->from.ptr, '@', c->d->from.len);
    rk_slice domain = rk_slice_from(c->d->from, (size_t)(at - c->d->from.ptr) + 1);
    rk_slice server =
        c->d->url; /* its path is the name we give ourselves: not this machine's */
    server.len -= c->d->address.path.len;
    int n = snprintf(url, sizeof url, "%.*s/%.*s", RK_FMT(server), RK_FMT(domain));
    if (n < 0 || (size_t)n >= sizeof url || !mailbox(from, c->d->from) ||
        !mailbox(to, c->d->to))
        return rk_wire_no(why, err, RK_CAUSE_LOCAL, "an address is too long");
    struct curl_slist *rcpt = curl_slist_append(NULL, to);
    RK_ASSERT(rcpt);
    rk_status s = rk_wire_prepare(c, url, "smtp,smtps", p, err);
    if (s == RK_OK && !options(c, from, rcpt))
        s = rk_wire_no(why, err, RK_CAUSE_LOCAL, "the system's libcurl has no SMTP");
    if (s == RK_OK) {
        s = rk_wire_send(c, &code, why, err);
        if (s != RK_OK) why->cause = by_answer(code, why->cause);
    }
    (void)curl_easy_setopt(c->easy, CURLOPT_MAIL_RCPT, NULL);
    curl_slist_free_all(rcpt);
    return s;
}

const rk_carrier_ops rk_carry_smtp = {put};
