/* Cleartext is for this machine only: a password or a release over an unprotected connection
 * could be read or changed on its way (smtp:// must turn to TLS by STARTTLS, see
 * deliver/smtp.c). */
#include "core/destination.h"

#include "base/code.h"
#include "base/mem.h"
#include "base/num.h"
#include "core/jsonin.h"

#include <stdarg.h>
#include <stdio.h>

#define PAGE "docs/format/kirim.md"

static const char *const CARRY[RK_CARRIES] = {"sftp", "put", "webhook", "s3", "smtp"};

static const struct {
    const char *name;
    uint32_t bit;
} PART[] = {{"tps", RK_PART_STATIONS},      {"rekap", RK_PART_RECAP},
            {"temuan", RK_PART_FINDINGS},   {"banding", RK_PART_COMPARISON},
            {"perubahan", RK_PART_CHANGES}, {"wilayah", RK_PART_REGIONS},
            {"bukti", RK_PART_PROOF},       {"terbaru", RK_PART_LATEST},
            {"semua", RK_PART_ALL}};

const char *rk_carry_name(enum rk_carry c) { return c < RK_CARRIES ? CARRY[c] : "?"; }

enum rk_target_kind rk_carry_kind(enum rk_carry c) {
    return c == RK_CARRY_SMTP ? RK_TARGET_MAIL : RK_TARGET_DELIVERY;
}

/* ===== addresses ===== */

static bool all_of(rk_slice s, const char *more) {
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              (c && strchr(more, c))))
            return false;
    }
    return true;
}

/* No part of it is empty, "." or "..": what is delivered stays below it. */
static bool path_ok(rk_slice path) {
    rk_slice rest = rk_slice_from(path, 1), part;
    if (path.len == 0 || (path.len == 1 && path.ptr[0] == '/')) return true;
    if (path.ptr[0] != '/' || !all_of(path, "/._~-")) return false;
    if (rest.len && rest.ptr[rest.len - 1] == '/') rest.len--;
    while (rk_slice_cut(&rest, '/', &part))
        if (part.len == 0 || rk_slice_is(part, ".") || rk_slice_is(part, "..")) return false;
    return true;
}

static uint16_t usual_port(rk_slice scheme) {
    static const struct {
        const char *scheme;
        uint16_t port;
    } known[] = {{"sftp", 22}, {"https", 443}, {"http", 80}, {"smtp", 587}, {"smtps", 465}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (rk_slice_is(scheme, known[i].scheme)) return known[i].port;
    return 0;
}

static bool host_and_port(rk_slice s, rk_address *a) {
    bool v6 = s.len && s.ptr[0] == '[';
    const char *end = v6 ? memchr(s.ptr, ']', s.len) : NULL;
    if (v6 && !end) return false;
    size_t n = v6 ? (size_t)(end - s.ptr) + 1 : 0;
    while (!v6 && n < s.len && s.ptr[n] != ':') n++;
    a->host = v6 ? (rk_slice){s.ptr + 1, n - 2} : (rk_slice){s.ptr, n};
    if (a->host.len == 0 || a->host.len > 253 || !all_of(a->host, v6 ? ":" : ".-"))
        return false;
    if (n == s.len) return true;
    uint64_t port;
    if (s.ptr[n] != ':' || !rk_num_parse(rk_slice_from(s, n + 1), UINT16_MAX, &port) || !port)
        return false;
    a->port = (uint16_t)port;
    return true;
}

bool rk_address_parse(rk_slice url, rk_address *a) {
    *a = (rk_address){.port = 0};
    size_t n = 0;
    while (n < url.len && url.ptr[n] >= 'a' && url.ptr[n] <= 'z') n++;
    rk_slice rest = rk_slice_from(url, n);
    if (n == 0 || n > 10 || !rk_slice_starts(rest, RK_LIT("://"))) return false;
    a->scheme = (rk_slice){url.ptr, n};
    a->port = usual_port(a->scheme);
    rest = rk_slice_from(rest, 3);
    for (n = 0; n < rest.len && rest.ptr[n] != '/';) n++;
    a->path = n < rest.len ? rk_slice_from(rest, n) : (rk_slice){"", 0};
    rest.len = n;
    if (url.len > RK_TEXT_MAX || !host_and_port(rest, a) || !path_ok(a->path)) return false;
    a->loopback = rk_host_is_loopback(a->host);
    return a->port != 0;
}

bool rk_mailbox_ok(rk_slice s) {
    const char *at = s.len ? memchr(s.ptr, '@', s.len) : NULL;
    if (!at || s.len > 254) return false;
    rk_slice local = {s.ptr, (size_t)(at - s.ptr)};
    rk_slice domain = rk_slice_from(s, local.len + 1);
    return local.len > 0 && local.len <= 64 && domain.len > 0 &&
           all_of(local, ".!#$&*+/=?^_{|}~-") && all_of(domain, ".-") && local.ptr[0] != '.' &&
           local.ptr[0] != '-' && domain.ptr[0] != '.' && domain.ptr[0] != '-';
}

/* ===== one destination ===== */

/* The place for messages: the alias is public, "tujuan[3]" too. */
__attribute__((format(printf, 3, 4))) static rk_status
bad(const rk_json_in *in, const char *where, const char *fmt, ...) {
    char text[200];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return rk_fail(in->err, RK_BAD_INPUT, "%s: %s (%s)", where, text, in->page);
}

static rk_status read_parts(const rk_json_in *in, json_t *o, const char *where,
                            rk_destination *d) {
    json_t *list, *v;
    size_t i;
    RK_TRY(rk_json_in_array(in, o, where, "isi", 16, &list));
    json_array_foreach(list, i, v) {
        size_t k = 0, n = sizeof PART / sizeof *PART;
        while (k < n && !rk_slice_is(rk_json_in_slice(v), PART[k].name)) k++;
        if (k == n)
            return bad(in, where,
                       "isi[%zu] is none of tps, rekap, temuan, banding, perubahan, "
                       "wilayah, bukti, terbaru, semua",
                       i);
        d->parts |= PART[k].bit;
    }
    RK_TRY(rk_json_in_array(in, o, where, "kontes", RK_CONTESTS_MAX, &list));
    json_array_foreach(list, i, v) {
        rk_slice s = rk_json_in_slice(v);
        if (s.len == 0 || s.len > RK_CODE_MAX)
            return bad(in, where, "kontes[%zu] is no contest's code", i);
        d->contest[d->n_contest++] = s;
    }
    return RK_OK;
}

static rk_status one_of(const rk_json_in *in, json_t *o, const char *where, const char *key,
                        const char *const *names, unsigned *out) {
    rk_slice s;
    RK_TRY(rk_json_in_text(in, o, where, key, false, &s));
    if (s.len == 0) return RK_OK;
    for (unsigned i = 0; names[i]; i++)
        if (rk_slice_is(s, names[i])) return *out = i, RK_OK;
    return bad(in, where, "%s is not one of the words it may be", key);
}

static rk_status read_limits(const rk_json_in *in, json_t *o, const char *where,
                             rk_destination *d) {
    d->bytes_max = UINT32_MAX, d->attach_max = 5u << 20, d->seconds = 1800, d->silence = 60;
    RK_TRY(rk_json_in_whole(in, o, where, "maks_byte", UINT32_MAX, &d->bytes_max));
    RK_TRY(
        rk_json_in_whole(in, o, where, "maks_lampiran", RK_MAIL_ATTACHED_MAX, &d->attach_max));
    RK_TRY(rk_json_in_whole(in, o, where, "detik", RK_DELIVERY_SECONDS_MAX, &d->seconds));
    RK_TRY(rk_json_in_whole(in, o, where, "diam", RK_DELIVERY_SECONDS_MAX, &d->silence));
    return d->seconds && d->silence ? RK_OK : bad(in, where, "detik and diam begin at 1");
}

static rk_status read_texts(const rk_json_in *in, json_t *o, const char *where,
                            rk_destination *d) {
    const struct {
        const char *key;
        rk_slice *out;
        bool needed;
    } text[] = {{"alias", &d->alias, true},     {"ke", &d->target, true},
                {"no", &d->no, false},          {"url", &d->url, true},
                {"pengguna", &d->user, false},  {"sandi", &d->password_file, false},
                {"kunci", &d->key_file, false}, {"kunci_host", &d->known_hosts, false},
                {"dari", &d->from, false},      {"kepada", &d->to, false},
                {"ember", &d->bucket, false},   {"wilayah_s3", &d->region, false},
                {"ca", &d->ca_file, false},     {"tanda_tangan", &d->sign_file, false}};
    for (size_t i = 0; i < sizeof text / sizeof *text; i++)
        RK_TRY(rk_json_in_text(in, o, where, text[i].key, text[i].needed, text[i].out));
    if (!rk_json_in_id_ok(d->alias) || !rk_json_in_id_ok(d->target))
        return bad(in, where, "alias and ke are 1 to 40 of a-z, 0-9 and '-'");
    if (d->user.len > 128 || !all_of(d->user, "._@:+-"))
        return bad(in, where, "pengguna has at most 128 letters, digits and . _ @ : + -");
    return RK_OK;
}

/* ===== what each protocol needs ===== */

static bool scheme_fits(const rk_destination *d) {
    rk_slice s = d->address.scheme;
    switch (d->carry) {
    case RK_CARRY_SFTP:
        return rk_slice_is(s, "sftp");
    case RK_CARRY_SMTP:
        return rk_slice_is(s, "smtps") || rk_slice_is(s, "smtp");
    default:
        return rk_slice_is(s, "https") || rk_slice_is(s, "http");
    }
}

static rk_status check_sftp(const rk_json_in *in, const char *where, const rk_destination *d) {
    if (!d->user.len || !d->key_file.len || !d->known_hosts.len)
        return bad(in, where,
                   "sftp needs pengguna, kunci (a private key's file) and kunci_host "
                   "(a known_hosts file with the server's key)");
    return RK_OK;
}

static bool header_word(rk_slice s) { return s.len > 0 && s.len <= 128 && all_of(s, ".-_"); }

static rk_status check_s3(const rk_json_in *in, const char *where, const rk_destination *d) {
    if (!d->user.len || !d->password_file.len || !header_word(d->bucket) ||
        !header_word(d->region))
        return bad(in, where,
                   "s3 needs pengguna (the access key), sandi (a file with the "
                   "secret key), ember and wilayah_s3");
    return d->address.path.len <= 1 ? RK_OK : bad(in, where, "the url of s3 has no path");
}

static rk_status check_smtp(const rk_json_in *in, const char *where, const rk_destination *d) {
    if (!rk_mailbox_ok(d->from) || !rk_mailbox_ok(d->to))
        return bad(in, where, "smtp needs dari and kepada, each one mail address");
    return d->address.path.len <= 1 ? RK_OK : bad(in, where, "the url of smtp has no path");
}

static rk_status check(const rk_json_in *in, const char *where, rk_destination *d) {
    if (!rk_address_parse(d->url, &d->address))
        return bad(in, where, "url is not scheme://host[:port][/path] (no user, no ?, no #)");
    if (!scheme_fits(d))
        return bad(in, where, "the url's scheme does not fit the protocol %s",
                   rk_carry_name(d->carry));
    if (rk_slice_is(d->address.scheme, "http") && !d->address.loopback)
        return bad(in, where, "http without s is for this machine only: use https");
    if (d->user.len && !d->password_file.len && d->carry != RK_CARRY_SFTP)
        return bad(in, where, "pengguna needs sandi (a file with the password)");
    switch (d->carry) {
    case RK_CARRY_SFTP:
        return check_sftp(in, where, d);
    case RK_CARRY_S3:
        return check_s3(in, where, d);
    case RK_CARRY_SMTP:
        return check_smtp(in, where, d);
    default:
        return d->sign_file.len
                   ? RK_OK
                   : bad(in, where, "put and webhook need tanda_tangan (a signing key's file)");
    }
}

static rk_status read_one(const rk_json_in *in, json_t *o, const char *where,
                          rk_destination *d) {
    static const char *const keys[] = {
        "alias",   "ke",         "no",         "protokol",      "url",    "pengguna",
        "sandi",   "kunci",      "kunci_host", "tanda_tangan",  "dari",   "kepada",
        "ember",   "wilayah_s3", "ca",         "isi",           "kontes", "bentuk",
        "bahasa",  "tertutup",   "maks_byte",  "maks_lampiran", "detik",  "diam",
        "catatan", NULL};
    static const char *const forms[] = {"zst", "gz", "polos", NULL};
    static const char *const tongues[] = {"id-en", "id", "en", NULL};
    static const char *const carries[] = {"sftp", "put", "webhook", "s3", "smtp", NULL};
    rk_slice carry;
    unsigned c = RK_CARRIES, form = RK_PACKING_ZST, tongue = RK_TONGUE_BOTH;
    RK_TRY(rk_json_in_keys(in, o, where, keys));
    RK_TRY(read_texts(in, o, where, d));
    RK_TRY(rk_json_in_text(in, o, where, "protokol", true, &carry));
    RK_TRY(one_of(in, o, where, "protokol", carries, &c));
    RK_TRY(one_of(in, o, where, "bentuk", forms, &form));
    RK_TRY(one_of(in, o, where, "bahasa", tongues, &tongue));
    RK_TRY(rk_json_in_bool(in, o, where, "tertutup", &d->closed));
    RK_TRY(read_parts(in, o, where, d));
    RK_TRY(read_limits(in, o, where, d));
    d->carry = (enum rk_carry)c, d->packing = (enum rk_packing)form;
    d->tongue = (enum rk_tongue)tongue;
    return check(in, where, d);
}

/* ===== all ===== */

uint32_t rk_destinations_find(const rk_destinations *d, rk_slice alias) {
    for (uint32_t i = 0; i < d->n; i++)
        if (rk_slice_eq(d->d[i].alias, alias)) return i;
    return RK_NONE;
}

static rk_status read_all(const rk_json_in *in, rk_destinations *d) {
    static const char *const keys[] = {"format",   "alamat_publik", "percobaan", "jeda",
                                       "serentak", "tujuan",        NULL};
    const char *file = "the file";
    json_t *list, *v;
    size_t i;
    rk_address a;
    d->tries = 8, d->wait = 30, d->at_once = 4;
    RK_TRY(rk_json_in_keys(in, d->json, file, keys));
    RK_TRY(rk_json_in_text(in, d->json, file, "alamat_publik", false, &d->public_url));
    RK_TRY(rk_json_in_whole(in, d->json, file, "percobaan", RK_DELIVERY_TRIES_MAX, &d->tries));
    RK_TRY(rk_json_in_whole(in, d->json, file, "jeda", RK_DELIVERY_WAIT_MAX, &d->wait));
    RK_TRY(
        rk_json_in_whole(in, d->json, file, "serentak", RK_DELIVERY_AT_ONCE_MAX, &d->at_once));
    if (d->tries == 0 || d->at_once == 0)
        return bad(in, file, "percobaan and serentak begin at 1");
    if (d->public_url.len &&
        (!rk_address_parse(d->public_url, &a) || !rk_slice_starts(a.scheme, RK_LIT("http"))))
        return bad(in, file, "alamat_publik is no http(s) address");
    RK_TRY(rk_json_in_array(in, d->json, file, "tujuan", RK_DESTINATIONS_MAX, &list));
    if (!list) return bad(in, file, "\"tujuan\" is missing: [] says none");
    json_array_foreach(list, i, v) {
        char where[32];
        (void)snprintf(where, sizeof where, "tujuan[%zu]", i);
        rk_destination *one = &d->d[d->n];
        RK_TRY(read_one(in, v, where, one));
        if (rk_destinations_find(d, one->alias) != RK_NONE)
            return bad(in, where, "the alias \"%.*s\" is given twice", RK_FMT(one->alias));
        d->n++;
    }
    return RK_OK;
}

rk_status rk_destinations_parse(rk_slice bytes, rk_destinations **out, rk_err *err) {
    rk_json_in in = {PAGE, err};
    json_t *o;
    *out = NULL;
    RK_TRY(rk_json_in_doc(&in, bytes, RK_DESTINATIONS_BYTES_MAX, "rekap-tujuan-1", &o));
    rk_destinations *d = rk_alloc(sizeof *d);
    d->json = o;
    rk_status s = read_all(&in, d);
    if (s != RK_OK) rk_destinations_free(&d);
    *out = d;
    return s;
}

void rk_destinations_free(rk_destinations **d) {
    if (!*d) return;
    json_decref((*d)->json);
    rk_free(*d);
    *d = NULL;
}
