/* The promise of the disclosure: no exempt value, address or exact place reaches any output, in
 * any format. Random inventories whose secret values carry a mark that nothing else has; every
 * file of the report is searched, with PDF streams inflated and texts put together again where
 * lines were broken (also as hexadecimal, base64 and UTF-16). REKAP_LEAKS = how many (`make
 * disclose-leaks` runs 10,000).
 *
 * The search is itself tried: open values with another mark must be found in every format, and
 * the restricted view, which shows all, must be full of finds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <jansson.h>
#include <zlib.h>

#include "core/observed.h"
#include "files/process.h"
#include "publish/disclose.h"
#include "random.h"

#define SECRET "zqx" /* begins every secret text */
#define OPEN "zqo"   /* begins every open one */

enum { MARKS_MAX = 4000, IDS_MAX = 64 };

typedef struct made {
    rk_buf json;
    char mark[MARKS_MAX]
             [64]; /* secrets without the common beginning: addresses, numbers, days */
    uint32_t n_mark;
    char secret[MARKS_MAX][44]; /* texts to smuggle into open ones */
    uint32_t n_secret;
    char id[RK_INFRA_KINDS][IDS_MAX][44];
    bool hidden[RK_INFRA_KINDS][IDS_MAX];
    uint32_t n_id[RK_INFRA_KINDS];
    uint32_t n_exemption;
    bool opens[8]; /* exemption i has expired and opens */
    uint32_t open_texts, secrets;
} made;

static const rk_day TODAY = 20781; /* 2026-11-24 */

static void token(const char *prefix, char *out, size_t cap) {
    static const char a[] = "abcdefghijklmnoprstuvwxy0123456789";
    size_t n = strlen(prefix);
    snprintf(out, cap, "%s", prefix);
    while (n < 14) out[n++] = a[rnd(34)];
    out[n] = 0;
}

static const char *add_mark(made *m, const char *text) {
    if (m->n_mark < MARKS_MAX) snprintf(m->mark[m->n_mark++], sizeof m->mark[0], "%s", text);
    m->secrets++;
    return text;
}

static void new_secret(made *m, char *out, size_t cap) {
    token(SECRET, out, cap);
    if (m->n_secret < MARKS_MAX)
        snprintf(m->secret[m->n_secret++], sizeof m->secret[0], "%s", out);
    m->secrets++;
}

/* ===== traps: classed open, and yet an address or a place ===== */

static void trap(made *m, rk_buf *b) {
    char t[40], u[40];
    static const char *const dots[] = {".", "[.]", " . ", "(dot)", "-"};
    const char *d = dots[rnd(5)];
    unsigned o[4] = {10 + rnd(200), rnd(256), rnd(256), 1 + rnd(254)};
    token(SECRET, t, sizeof t);
    token(SECRET, u, sizeof u);
    m->secrets++;
    switch (rnd(7)) {
    case 0:
        rk_buf_printf(b, "%s %u%s%u%s%u%s%u", t, o[0], d, o[1], d, o[2], d, o[3]);
        break;
    case 1:
        rk_buf_printf(b, "%s fe80::%x:%x", t, 0x1000 + rnd(4096), 0x1000 + rnd(4096));
        break;
    case 2:
        rk_buf_printf(b, "%s -6.%04u1, 106.%04u2", t, rnd(10000), rnd(10000));
        break;
    case 3:
        rk_buf_printf(b, "Jl. %s No. %u", t, 1 + rnd(99));
        break;
    case 4:
        rk_buf_printf(b, "%s lantai %u gedung %s", t, 1 + rnd(30), u);
        break;
    case 5:
        rk_buf_printf(b, "%s 52:54:00:%02x:%02x:%02x", t, rnd(256), rnd(256), rnd(256));
        break;
    default: /* a secret of elsewhere inside an open text */
        rk_buf_printf(b, "sama dengan %s", m->n_secret ? m->secret[rnd(m->n_secret)] : "nihil");
    }
}

/* ===== values ===== */

static void text_value(made *m, bool secret, rk_buf *b) {
    char t[40];
    if (secret) {
        bool longer = rnd_one_in(3);
        token(SECRET, t, sizeof t);
        m->secrets++;
        if (!longer &&
            m->n_secret < MARKS_MAX) /* whole values, as a careless hand copies them */
            snprintf(m->secret[m->n_secret++], sizeof m->secret[0], "%s", t);
        rk_buf_printf(b, "\"%s%s\"", longer ? "panjang sekali kata demi kata " : "", t);
    } else if (rnd_one_in(12)) {
        rk_buf_byte(b, '"');
        trap(m, b);
        rk_buf_byte(b, '"');
    } else {
        token(OPEN, t, sizeof t);
        m->open_texts++;
        rk_buf_printf(b, "\"%s <&> \\u00e9\"", t);
    }
}

static void reference(made *m, enum rk_infra_kind to, rk_buf *b) {
    unsigned k = to;
    if (to == RK_INFRA_ANY) do
            k = rnd(RK_INFRA_KINDS);
        while (m->n_id[k] == 0);
    rk_buf_printf(b, "\"%s\"", m->id[k][rnd(m->n_id[k])]);
}

static void value(made *m, const rk_infra_field *f, bool secret, rk_buf *b) {
    char t[64];
    switch (f->type) {
    case RK_INFRA_WHOLE:
        snprintf(t, sizeof t, "7%011u", rnd(1000000000) + 1);
        rk_buf_lit(b, "");
        rk_buf_printf(b, "%s", secret ? add_mark(m, t) : "12");
        break;
    case RK_INFRA_DAY:
        snprintf(t, sizeof t, "20%02u-%02u-%02u", 80 + rnd(20), 1 + rnd(12), 1 + rnd(28));
        rk_buf_printf(b, "\"%s\"", secret ? add_mark(m, t) : "2026-01-31");
        break;
    case RK_INFRA_URL:
        token(secret ? SECRET : OPEN, t, sizeof t);
        m->secrets += secret;
        rk_buf_printf(b, "\"https://%s.example/%u\"", t, rnd(100));
        break;
    case RK_INFRA_COUNTRY:
        rk_buf_lit(b, "\"ID\"");
        break;
    case RK_INFRA_REF:
        rk_buf_byte(b, '[');
        for (uint32_t n = 1 + rnd(3); n; n--) {
            reference(m, f->ref, b);
            if (n > 1) rk_buf_byte(b, ',');
        }
        rk_buf_byte(b, ']');
        break;
    case RK_INFRA_ADDRESS:
        snprintf(t, sizeof t, "%u.%u.%u.%u", 11 + rnd(200), 10 + rnd(240), 10 + rnd(240),
                 10 + rnd(240));
        rk_buf_printf(b, "\"%s\"", add_mark(m, t));
        break;
    case RK_INFRA_PLACE:
    case RK_INFRA_TEXT:
        text_value(m, secret || f->type == RK_INFRA_PLACE, b);
        break;
    }
}

/* Is what exemption e covers kept back today? */
static bool shut(const made *m, uint32_t e) { return !m->opens[e]; }

static void field(made *m, const rk_infra_field *f, bool record_hidden, rk_buf *b) {
    bool exempt = rnd_one_in(3);
    uint32_t e = rnd(m->n_exemption);
    bool never = f->type == RK_INFRA_ADDRESS || f->type == RK_INFRA_PLACE;
    rk_buf_printf(b, ", \"%s\": {\"%s\": ", f->name, exempt ? "exempt" : "open");
    value(m, f, record_hidden || never || (exempt && shut(m, e)), b);
    if (exempt) rk_buf_printf(b, ", \"by\": \"e%u\"", e);
    rk_buf_byte(b, '}');
}

static bool has_targets(const made *m, const rk_infra_field *f) {
    return f->type != RK_INFRA_REF || f->ref == RK_INFRA_ANY || m->n_id[f->ref] > 0;
}

static void record(made *m, enum rk_infra_kind k, uint32_t i, rk_buf *b) {
    const rk_infra_table *t = rk_infra_table_of(k);
    bool hidden = m->hidden[k][i];
    rk_buf_printf(b, "%s{\"id\": \"%s\"", i ? ",\n" : "", m->id[k][i]);
    if (hidden) rk_buf_lit(b, ", \"exempt\": \"e0\"");
    for (uint32_t f = 0; f < t->n; f++)
        if ((t->field[f].needed || !rnd_one_in(4)) && has_targets(m, &t->field[f]))
            field(m, &t->field[f], hidden, b);
    rk_buf_byte(b, '}');
}

/* ===== inventories ===== */

static void exemptions(made *m, rk_buf *b) {
    m->n_exemption = 1 + rnd(4);
    rk_buf_lit(b, "\"exemptions\": [");
    for (uint32_t e = 0; e < m->n_exemption; e++) {
        bool past = e && rnd_one_in(3), opens = rnd_one_in(2); /* e0 holds: it covers records */
        char test[40];
        token(OPEN, test, sizeof test);
        m->opens[e] = past && opens;
        rk_buf_printf(b,
                      "%s{\"id\": \"e%u\", \"letter\": \"%c\", \"test\": \"%s\", \"until\": "
                      "\"%s\", \"then\": \"%s\"}",
                      e ? "," : "", e, 'a' + (char)rnd(10), test,
                      past            ? "2026-11-23"
                      : rnd_one_in(2) ? "2026-11-24"
                                      : "2031-01-01",
                      opens ? "open" : "closed");
    }
    rk_buf_lit(b, "]");
}

static void ids(made *m, uint32_t most) {
    for (unsigned k = 0; k < RK_INFRA_KINDS; k++) {
        m->n_id[k] = k == RK_INFRA_SITE ? 1 + rnd(3) : rnd(most + 1);
        for (uint32_t i = 0; i < m->n_id[k]; i++) {
            m->hidden[k][i] = rnd_one_in(6);
            if (m->hidden[k][i])
                new_secret(m, m->id[k][i], sizeof m->id[k][i]);
            else
                snprintf(m->id[k][i], sizeof m->id[k][i], "k%u-r%u", k, i);
        }
    }
}

static void make(made *m, uint32_t most) {
    char note[40];
    m->n_mark = m->n_secret = m->open_texts = m->secrets = 0;
    rk_buf_clear(&m->json);
    rk_buf *b = &m->json;
    token(OPEN, note, sizeof note);
    rk_buf_printf(
        b,
        "{\"format\": \"rekap-infra-1\", \"inventory\": {\"name\": \"uji\", \"body\": "
        "\"badan\", \"version\": \"v%u\", \"note\": \"%s\"},\n",
        rnd(1000), note);
    exemptions(m, b);
    ids(m, most);
    for (unsigned k = 0; k < RK_INFRA_KINDS; k++) {
        rk_buf_printf(b, ",\n\"%s\": [", rk_infra_table_of((enum rk_infra_kind)k)->section);
        for (uint32_t i = 0; i < m->n_id[k]; i++) record(m, (enum rk_infra_kind)k, i, b);
        rk_buf_byte(b, ']');
    }
    rk_buf_byte(b, '}');
    assert_false(b->failed);
}

static void observe(made *m, const rk_infra *i, rk_disclosure *d);

static rk_disclosure *sieved(made *m, const char *alias) {
    rk_infra *i = rk_infra_new();
    rk_err err = RK_ERR_INIT;
    if (rk_infra_add(i, rk_buf_slice(&m->json), &err) != RK_OK ||
        rk_infra_finish(i, &err) != RK_OK)
        fail_msg("%s in %.*s", err.text, (int)m->json.len, m->json.ptr);
    rk_disclosure *d = rk_disclosure_new(i, TODAY, rk_slice_str(alias));
    observe(m, i, d);
    rk_infra_free(&i);
    return d;
}

/* ===== what nodes say of themselves: with everything in it that must not come out ===== */

enum { NODES = 4 };
static rk_signer node_key;

/* An id: of a record, withheld or not, a withheld value, or one that the inventory does not
 * have. */
static rk_slice some_id(made *m, rk_node *n) {
    char t[44];
    unsigned k = rnd(RK_INFRA_KINDS);
    if (m->n_id[k] && !rnd_one_in(3))
        return rk_node_keep(n, rk_slice_str(m->id[k][rnd(m->n_id[k])]));
    if (m->n_secret && rnd_one_in(2))
        return rk_node_keep(n, rk_slice_str(m->secret[rnd(m->n_secret)]));
    token(OPEN, t, sizeof t);
    return rk_node_keep(n, rk_slice_str(rnd_one_in(4) ? "n-10-1-2-3" : t));
}

static rk_slice some_text(made *m, rk_node *n) {
    char t[40];
    rk_buf b;
    rk_buf_init(&b, 1000);
    if (rnd_one_in(2)) {
        trap(m, &b);
    } else {
        token(OPEN, t, sizeof t);
        rk_buf_printf(&b, "%s", t);
    }
    rk_slice s = rk_node_keep(n, rk_buf_slice(&b));
    rk_buf_free(&b);
    return s;
}

static void one_node(made *m, rk_buf *out) {
    rk_node *n = rk_node_new();
    rk_err err = RK_ERR_INIT;
    /* times before 2078: the days that are secret (2080 to 2099) must not come out by chance */
    n->id = some_id(m, n), n->role = some_id(m, n), n->version = some_text(m, n);
    n->time = rnd(2) ? 1795000000 : rnd(3400000000u), n->uptime = rnd(1000000),
    n->refused = rnd(3);
    memset(n->build.b, 1 + (int)rnd(200), sizeof n->build.b);
    for (uint32_t i = rnd(5); i; i--) {
        rk_node_store s = {.kind = (enum rk_target_kind)rnd(RK_TARGET_KINDS), .may = rnd(2)};
        s.target = some_id(m, n);
        if (rnd(2)) memcpy(s.country, "SG", 3);
        if (rk_node_add_store(n, &s, &err) != RK_OK) fail_msg("%s", err.text);
    }
    if (rnd(2))
        n->cert[n->n_cert++] = (rk_node_cert){
            .hash = n->build, .issuer = some_text(m, n), .until = rnd(3400000000u)};
    n->library[n->n_library++] = (rk_node_library){some_text(m, n), some_text(m, n), n->build};
    if (rk_node_sign(n, &node_key, out, &err) != RK_OK) fail_msg("%s", err.text);
    if (rnd_one_in(6))
        out->ptr[rnd((uint32_t)out->len)] ^=
            1; /* a wrong signature, or nothing that can be read */
    rk_node_free(&n);
}

static void observe(made *m, const rk_infra *i, rk_disclosure *d) {
    rk_buf b[NODES];
    rk_slice name[NODES], bytes[NODES];
    char file[NODES][64];
    for (uint32_t k = 0; k < NODES; k++) {
        rk_buf_init(&b[k], RK_NOTE_MAX);
        one_node(m, &b[k]);
        bytes[k] = rk_buf_slice(&b[k]);
        snprintf(file[k], sizeof file[k], "%.40s.simpul",
                 m->n_secret && rnd(2) ? m->secret[rnd(m->n_secret)] : "a");
        name[k] = rk_slice_str(file[k]);
    }
    const rk_observation o = {.name = name,
                              .bytes = bytes,
                              .n = NODES,
                              .log_key = &node_key.verifier.key,
                              .n_log_key = rnd_one_in(5) ? 0 : 1,
                              .now = 1795000000,
                              .max_age_s = 86400,
                              .build = rnd(2) ? RK_LIT("00") : RK_LIT(""),
                              .version = rnd(2) ? RK_LIT("9") : RK_LIT("")};
    rk_disclosure_observe(d, i, &o);
    for (uint32_t k = 0; k < NODES; k++) rk_buf_free(&b[k]);
}

/* ===== the search ===== */

static void add_lower(rk_buf *b, const char *p, size_t n) {
    for (size_t i = 0; i < n; i++)
        rk_buf_byte(b, p[i] >= 'A' && p[i] <= 'Z' ? (char)(p[i] + 32) : p[i]);
}

/* The bytes without tags and white space: words broken over lines come together again. */
static void add_squeezed(rk_buf *b, const char *p, size_t n) {
    bool tag = false;
    for (size_t i = 0; i < n; i++) {
        if (p[i] == '<') tag = true;
        if (!tag && p[i] > ' ') add_lower(b, p + i, 1);
        if (p[i] == '>') tag = false;
    }
}

static void add_strings(rk_buf *b, const char *p, size_t n) { /* "(...)" of a content stream */
    unsigned depth = 0;
    for (size_t i = 0; i < n; i++) {
        if (p[i] == '\\' && depth && i + 1 < n) {
            i++;
            if (p[i] >= '0' && p[i] <= '7' && i + 2 < n)
                rk_buf_byte(b,
                            (char)((p[i] - '0') * 64 + (p[i + 1] - '0') * 8 + p[i + 2] - '0')),
                    i += 2;
            else
                rk_buf_byte(b, p[i]);
        } else if (p[i] == '(' && depth++ == 0) {
        } else if (p[i] == ')' && depth && --depth == 0) {
        } else if (depth && p[i] > ' ') {
            add_lower(b, p + i, 1);
        }
    }
}

/* A PDF with every stream inflated, and once more with the streams' strings joined. Compressed
 * bytes themselves are chance, and not searched. */
static unsigned add_pdf(rk_buf *b, const char *p, size_t n) {
    static char out[8 << 20];
    const char *at = p, *end = p + n;
    rk_buf joined;
    unsigned streams = 0;
    rk_buf_init(&joined, 64 << 20);
    const char *plain = p;
    while ((at = memmem(at, (size_t)(end - at), "stream", 6)) != NULL) {
        bool ends = at - p >= 3 && memcmp(at - 3, "end", 3) == 0;
        at += 6;
        if (ends) {
            plain = at;
            continue;
        }
        add_lower(b, plain, (size_t)(at - plain));
        plain = end;
        while (at < end && (*at == '\r' || *at == '\n')) at++;
        uLongf len = sizeof out;
        z_stream z = {.next_in = (Bytef *)(uintptr_t)at,
                      .avail_in = (uInt)(end - at),
                      .next_out = (Bytef *)out,
                      .avail_out = sizeof out};
        assert_int_equal(inflateInit(&z), Z_OK);
        if (inflate(&z, Z_FINISH) == Z_STREAM_END) {
            len = z.total_out;
            streams++;
            add_lower(b, out, len);
            rk_buf_byte(b, '\n');
            add_strings(&joined, out, len);
        }
        inflateEnd(&z);
    }
    add_lower(b, plain, (size_t)(end - plain));
    rk_buf_add(b, rk_buf_slice(&joined));
    rk_buf_free(&joined);
    return streams;
}

static void hay_of(const rk_report_file *f, rk_buf *b) {
    const char *p = f->bytes.ptr;
    size_t n = f->bytes.len;
    rk_buf_clear(b);
    rk_buf_add(b, rk_slice_str(f->name));
    rk_buf_byte(b, '\n');
    if (rk_slice_ends(rk_slice_str(f->name), RK_LIT(".pdf"))) {
        assert_true(add_pdf(b, p, n) > 0);
    } else {
        add_lower(b, p, n);
        rk_buf_byte(b, '\n');
        add_squeezed(b, p, n);
    }
    assert_false(b->failed);
}

static bool in_hay(const rk_buf *hay, const char *what, size_t n) {
    return memmem(hay->ptr, hay->len, what, n) != NULL;
}

static unsigned finds(const made *m, const rk_buf *hay, bool say, const char *where) {
    static const char utf16[] = "\0z\0q\0x", hexed[] = "7a7178";
    unsigned n = 0;
    n += in_hay(hay, SECRET, 3);
    n += in_hay(hay, utf16, 6);
    n += in_hay(hay, hexed, 6);
    for (uint32_t i = 0; i < m->n_mark; i++) {
        bool there = in_hay(hay, m->mark[i], strlen(m->mark[i]));
        if (there && say) printf("%s: %s\n", where, m->mark[i]);
        n += there;
    }
    if (n && say) {
        const char *p = memmem(hay->ptr, hay->len, SECRET, 3);
        if (p) printf("%s: ...%.60s\n", where, p > hay->ptr + 30 ? p - 30 : p);
    }
    return n;
}

enum { FORMATS = 5 };
static const char *const FORMAT[FORMATS] = {".html", ".json", ".csv", ".pdf", ".svg"};

static int format_of(const char *name) {
    for (int k = 0; k < FORMATS; k++)
        if (rk_slice_ends(rk_slice_str(name), rk_slice_str(FORMAT[k]))) return k;
    fail_msg("a format that is not searched: %s", name);
    return 0;
}

/* Withheld or not, it stays JSON. */
static void is_json(const rk_report_file *f) {
    json_error_t e;
    json_t *o = json_loadb(f->bytes.ptr, f->bytes.len, JSON_REJECT_DUPLICATES, &e);
    if (!o) fail_msg("%s, line %d: %s", f->name, e.line, e.text);
    json_decref(o);
}

static void search(const made *m, const rk_report *r, unsigned leaks[FORMATS],
                   unsigned opens[FORMATS], bool say) {
    rk_buf hay;
    rk_buf_init(&hay, 256 << 20);
    for (uint32_t i = 0; i < r->n; i++) {
        int k = format_of(r->file[i]->name);
        hay_of(r->file[i], &hay);
        if (k == 1) is_json(r->file[i]);
        leaks[k] += k != 3 && memmem(r->file[i]->bytes.ptr, r->file[i]->bytes.len, "enF4", 4);
        leaks[k] += finds(m, &hay, say, r->file[i]->name);
        opens[k] += in_hay(&hay, OPEN, 3);
    }
    rk_buf_free(&hay);
}

/* ===== the property ===== */

static void render(const rk_disclosure *d, const rk_infra_changes *c, rk_report *out) {
    rk_err err = RK_ERR_INIT;
    rk_disclose_extra extra = {.changes = c};
    if (rk_disclose_render(d, &extra, out, &err) != RK_OK) fail_msg("%s", err.text);
}

static void one(made *now, made *before, unsigned leaks[FORMATS], unsigned opens[FORMATS]) {
    rk_infra_changes c;
    rk_report r = {0};
    uint32_t most = rnd_one_in(20) ? 9 : 3;
    make(before, most);
    make(now, most);
    rk_disclosure *a = sieved(before, NULL), *b = sieved(now, NULL);
    rk_disclosure_diff(a, b, &c);
    render(b, rnd_one_in(2) ? &c : NULL, &r);
    search(now, &r, leaks, opens, true);
    search(before, &r, leaks, opens, true);
    for (uint32_t i = 0; i < b->n_warning; i++)
        if (strstr(b->warning[i], SECRET) && !strstr(b->warning[i], "\"" SECRET))
            fail_msg("a warning says a value: %s", b->warning[i]);
    rk_report_free(&r);
    rk_infra_changes_free(&c);
    rk_disclosure_free(&a);
    rk_disclosure_free(&b);
}

static bool no_dot(void) {
    static const char *const argv[] = {"dot", "-V", NULL};
    rk_buf b;
    rk_buf_init(&b, 1000);
    rk_status st = rk_process_run(argv, RK_LIT(""), 10, &b, NULL);
    rk_buf_free(&b);
    return st == RK_NOT_FOUND;
}

static void nothing_leaks(void **state) {
    (void)state;
    const char *given = getenv("REKAP_LEAKS");
    unsigned long n = given ? strtoul(given, NULL, 10) : 120;
    unsigned leaks[FORMATS] = {0}, opens[FORMATS] = {0}, sum = 0;
    uint64_t secrets = 0;
    made *now = calloc(1, sizeof *now), *before = calloc(1, sizeof *before);
    if (no_dot()) skip();
    rnd_start("nothing leaks");
    rk_buf_init(&now->json, 16 << 20);
    rk_buf_init(&before->json, 16 << 20);
    for (unsigned long i = 0; i < n; i++) {
        one(now, before, leaks, opens);
        secrets += now->secrets;
        for (int k = 0; k < FORMATS; k++) sum += leaks[k];
        if (sum) fail_msg("inventory %lu leaks", i);
        if (n > 1000 && (i + 1) % 500 == 0) printf("%lu of %lu\n", i + 1, n), fflush(stdout);
    }
    for (int k = 0; k < FORMATS; k++) {
        printf("%s: 0 leaks, open values found in %u files\n", FORMAT[k], opens[k]);
        assert_true(opens[k] > 0);
    }
    printf("%lu inventories, %llu secret values, %u leaks\n", n, (unsigned long long)secrets,
           sum);
    rk_buf_free(&now->json);
    rk_buf_free(&before->json);
    free(now);
    free(before);
}

/* The same search over the restricted view finds secrets in every format. */
static void the_search_finds(void **state) {
    (void)state;
    unsigned leaks[FORMATS] = {0}, opens[FORMATS] = {0};
    made *m = calloc(1, sizeof *m);
    if (no_dot()) skip();
    rnd_start("the search finds");
    rk_buf_init(&m->json, 16 << 20);
    for (int i = 0; i < 8; i++) {
        rk_report r = {0};
        make(m, 6);
        rk_disclosure *d = sieved(m, "auditor-1");
        render(d, NULL, &r);
        search(m, &r, leaks, opens, false);
        for (uint32_t k = 0; k < r.n; k++)
            if (format_of(r.file[k]->name) != 3 && r.file[k]->bytes.len > 200 &&
                !memmem(r.file[k]->bytes.ptr, r.file[k]->bytes.len, "auditor-1", 9))
                fail_msg("%s is not watermarked", r.file[k]->name);
        rk_report_free(&r);
        rk_disclosure_free(&d);
    }
    for (int k = 0; k < FORMATS; k++) {
        printf("%s: %u finds in the restricted view\n", FORMAT[k], leaks[k]);
        assert_true(leaks[k] > 0);
    }
    rk_buf_free(&m->json);
    free(m);
}

int main(void) {
    rk_ed25519_seed seed = {{7}};
    if (rk_signer_new(RK_LIT("uji"), RK_KEY_ED25519, &seed, &node_key, NULL) != RK_OK) return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_search_finds),
        cmocka_unit_test(nothing_leaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
