#include "core/mail.h"

#include "base/base64.h"
#include "base/sha256_stream.h"
#include "base/utf8.h"
#include "base/wib.h"

#define LINE 57 /* bytes that make 76 characters */

static void put_hex(const rk_sha256 *h, size_t digits, rk_buf *out) {
    char hex[64];
    rk_sha256_put(hex, h);
    rk_buf_add(out, (rk_slice){hex, digits});
}

static rk_sha256 identity(const rk_mail *m) {
    rk_sha256_stream s;
    const rk_slice part[] = {m->from, m->to, m->alias, m->no, m->release, m->election};
    rk_sha256_begin(&s);
    for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
        rk_sha256_add(&s, part[i]);
        rk_sha256_add(&s, RK_LIT("\n"));
    }
    rk_sha256_add(&s, (rk_slice){(const char *)m->manifest.b, sizeof m->manifest.b});
    if (m->trial) { /* each one is another */
        char time[RK_WIB_LEN];
        rk_wib_put(time, m->time);
        rk_sha256_add(&s, (rk_slice){time, sizeof time});
    }
    return rk_sha256_end(&s);
}

/* What may stand in a name anywhere. */
static void put_plain(rk_slice s, rk_buf *out) {
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '-';
        rk_buf_byte(out, ok ? c : '_');
    }
}

void rk_mail_id(const rk_mail *m, rk_buf *out) {
    rk_sha256 h = identity(m);
    const char *at = memchr(m->from.ptr, '@', m->from.len);
    RK_ASSERT(at);
    put_hex(&h, 32, out);
    rk_buf_byte(out, '.');
    put_plain(m->release, out);
    rk_buf_add(out, rk_slice_from(m->from, (size_t)(at - m->from.ptr)));
}

/* ===== pieces ===== */

static void put_base64(rk_slice s, rk_buf *out) {
    while (s.len) {
        size_t n = s.len < LINE ? s.len : LINE;
        rk_buf_base64(out, (rk_slice){s.ptr, n});
        rk_buf_lit(out, "\r\n");
        s = rk_slice_from(s, n);
    }
}

/* Encoded words of at most 75 characters, cut between characters (RFC 2047). */
static void put_subject(rk_slice text, rk_buf *out) {
    rk_buf_lit(out, "Subject:");
    while (text.len) {
        size_t n = 0;
        while (n < text.len) {
            size_t c = rk_utf8_len(rk_slice_from(text, n));
            if (c == 0) c = 1;
            if (n + c > 42) break;
            n += c;
        }
        rk_buf_lit(out, " =?UTF-8?B?");
        rk_buf_base64(out, (rk_slice){text.ptr, n});
        rk_buf_lit(out, "?=\r\n");
        text = rk_slice_from(text, n);
    }
}

static void put_date(uint32_t time, rk_buf *out) {
    char date[29];
    rk_wib_put_http(date, time);
    rk_buf_lit(out, "Date: ");
    rk_buf_add(out, (rk_slice){date, 25}); /* without "GMT" */
    rk_buf_lit(out, " +0000\r\n");
}

static void put_boundary(const rk_mail *m, rk_buf *out) {
    rk_sha256 h = identity(m);
    rk_buf_lit(out, "=_rekap_"); /* '_' never stands in base64 */
    put_hex(&h, 24, out);
}

static void put_headers(const rk_mail *m, rk_buf *out) {
    rk_buf s;
    rk_buf_init(&s, 4096);
    rk_buf_printf(&s, "%s %.*s: %.*s", m->trial ? "[uji]" : "Rilis data", RK_FMT(m->election),
                  RK_FMT(m->release));
    RK_ASSERT(rk_mailbox_ok(m->from) && rk_mailbox_ok(m->to));
    rk_buf_lit(out, "From: ");
    rk_buf_add(out, m->from);
    rk_buf_lit(out, "\r\nTo: ");
    rk_buf_add(out, m->to);
    rk_buf_lit(out, "\r\n");
    put_subject(rk_buf_slice(&s), out);
    put_date(m->time, out);
    rk_buf_lit(out, "Message-ID: <");
    rk_mail_id(m, out);
    rk_buf_lit(out, ">\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
                    "Content-Type: multipart/mixed; boundary=\"");
    put_boundary(m, out);
    rk_buf_lit(out, "\"\r\n\r\n");
    rk_buf_free(&s);
}

/* ===== text ===== */

static void put_links(const rk_mail *m, rk_buf *t) {
    rk_slice url = m->public_url;
    while (url.len && url.ptr[url.len - 1] == '/') url.len--;
    for (uint32_t i = 0; i < m->n; i++) {
        const rk_mail_file *f = &m->file[i];
        rk_buf_printf(t, "\n%.*s  (%llu byte)%s\n  sha256 ", RK_FMT(f->name),
                      (unsigned long long)f->bytes,
                      f->content.ptr ? "  [terlampir / attached]" : "");
        put_hex(&f->sha256, 64, t);
        rk_buf_byte(t, '\n');
        if (!url.len) continue;
        rk_buf_printf(t, "  %.*s/%.*s\n", RK_FMT(url), RK_FMT(f->name));
    }
}

static void put_words(const rk_mail *m, rk_buf *t) {
    bool id = m->tongue != RK_TONGUE_EN, en = m->tongue != RK_TONGUE_ID;
    if (m->trial) {
        if (id) rk_buf_lit(t, "Ini surat uji. Kiriman data akan datang ke alamat ini.\n");
        if (en)
            rk_buf_lit(t, "This is a test. Deliveries of data will come to this address.\n");
        return;
    }
    if (id)
        rk_buf_printf(
            t,
            "Rilis data mentah %.*s, %.*s, sesuai permohonan %.*s.\n\n"
            "Berkas kecil terlampir; semuanya tercantum di bawah dengan nilai SHA-256.\n"
            "Periksa dengan 'rekap verify-release' atau 'sha256sum'.\n",
            RK_FMT(m->election), RK_FMT(m->release), RK_FMT(m->no));
    if (id && en) rk_buf_lit(t, "\n--\n\n");
    if (en)
        rk_buf_printf(t,
                      "Release of the raw data of %.*s, %.*s, as asked for in request %.*s.\n\n"
                      "Small files are attached; all are listed below with their SHA-256.\n"
                      "Check them with 'rekap verify-release' or 'sha256sum'.\n",
                      RK_FMT(m->election), RK_FMT(m->release), RK_FMT(m->no));
    rk_buf_lit(t, "\nmanifest/index sha256 ");
    put_hex(&m->manifest, 64, t);
    rk_buf_byte(t, '\n');
    put_links(m, t);
}

/* ===== the message ===== */

static void put_part(const rk_mail *m, const char *type, rk_slice name, rk_slice content,
                     rk_buf *out) {
    rk_buf_lit(out, "--");
    put_boundary(m, out);
    rk_buf_printf(out, "\r\nContent-Type: %s\r\nContent-Transfer-Encoding: base64\r\n", type);
    if (name.len) {
        rk_buf_lit(out, "Content-Disposition: attachment; filename=\"");
        put_plain(name, out);
        rk_buf_lit(out, "\"\r\n");
    }
    rk_buf_lit(out, "\r\n");
    put_base64(content, out);
}

void rk_mail_put(const rk_mail *m, rk_buf *out) {
    rk_buf text;
    rk_buf_init(&text, 4u << 20);
    put_headers(m, out);
    put_words(m, &text);
    if (text.failed) out->failed = true;
    put_part(m, "text/plain; charset=utf-8", (rk_slice){NULL, 0}, rk_buf_slice(&text), out);
    for (uint32_t i = 0; i < m->n; i++)
        if (m->file[i].content.ptr)
            put_part(m, "application/octet-stream", m->file[i].name, m->file[i].content, out);
    rk_buf_lit(out, "--");
    put_boundary(m, out);
    rk_buf_lit(out, "--\r\n");
    rk_buf_free(&text);
}
