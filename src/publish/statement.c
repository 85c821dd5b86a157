#include "publish/statement.h"

#include "core/infra.h"
#include "publish/api_inner.h"

static rk_slice text_of(const char *s) { return rk_slice_str(s); }

static void js_hash(rk_buf *b, const char *key, const rk_sha256 *h) {
    char hex[64];
    (void)rk_sha256_put(hex, h);
    rk_js_text(b, key, (rk_slice){hex, sizeof hex});
}

/* null where nothing is stated */
static void js_or_null(rk_buf *b, const char *key, rk_slice s) {
    if (s.len) {
        rk_js_text(b, key, s);
        return;
    }
    rk_js_key(b, key);
    rk_buf_lit(b, "null");
}

/* ===== a target ===== */

static void js_target(const rk_target *t, enum rk_residency_rule rule, rk_buf *b) {
    rk_js_text(b, "id", t->id);
    rk_js_text(b, "jenis", text_of(rk_target_kind_name(t->kind)));
    js_or_null(b, "pengelola", t->operator_name);
    js_or_null(b, "negara", text_of(t->country));
    rk_js_text(b, "data", t->holds_private ? RK_LIT("non-public") : RK_LIT("public"));
    rk_js_bool(b, "umum_di_luar_negeri", t->public_abroad);
    js_or_null(b, "aturan", text_of(rk_residency_rule_name(rule)));
}

/* The countries of a target's addresses, each once: "ID SG". */
static void countries(const rk_resident_target *t, rk_buf *b) {
    for (uint32_t i = 0; i < t->n; i++) {
        bool seen = t->address[i].cc[0] == 0;
        for (uint32_t k = 0; k < i && !seen; k++)
            seen = strcmp(t->address[k].cc, t->address[i].cc) == 0;
        if (seen) continue;
        if (b->len) rk_buf_byte(b, ' ');
        rk_buf_add(b, text_of(t->address[i].cc));
    }
}

/* What a certificate says is the other side's text: one that looks like an address stays here.
 */
static rk_slice guarded(const char *s) {
    return rk_infra_guard(text_of(s)) ? RK_LIT("(ditahan)") : text_of(s);
}

/* Why a target is unknown, in one sentence; for the public without the texts of errors, which
 * may name an address. */
static rk_slice why_unknown(const rk_resident_target *t, bool for_public) {
    if (t->verdict != RK_RESIDENT_UNKNOWN) return RK_LIT("");
    for (uint32_t i = 0; i < t->n; i++)
        if (t->address[i].says) return text_of(t->address[i].says);
    if (t->cut) return RK_LIT("it has more addresses than are looked at");
    if (!t->problem[0]) return RK_LIT("no address is declared, given or resolved");
    return for_public ? RK_LIT("the name could not be looked up") : text_of(t->problem);
}

static void js_peer(const rk_peer *p, rk_buf *b) {
    rk_js_key(b, "sertifikat");
    if (!p->asked) {
        rk_buf_lit(b, "null");
        return;
    }
    rk_buf_byte(b, '{');
    rk_js_bool(b, "ada", p->shown);
    js_or_null(b, "subjek", guarded(p->subject));
    js_or_null(b, "negara_subjek", text_of(p->subject_country));
    js_or_null(b, "penerbit", guarded(p->issuer));
    js_or_null(b, "negara_penerbit", text_of(p->issuer_country));
    js_or_null(b, "nama", guarded(p->names));
    js_or_null(b, "sampai", text_of(p->until));
    rk_js_bool(b, "dipercaya", p->trusted);
    rk_js_bool(b, "nama_cocok", p->name_fits);
    rk_buf_byte(b, '}');
}

static void js_resident(const rk_resident_target *t, rk_buf *b) {
    rk_buf cc;
    rk_buf_init(&cc, 4096);
    countries(t, &cc);
    rk_buf_byte(b, '{');
    js_target(t->target, t->rule, b);
    rk_js_text(b, "putusan", text_of(rk_resident_name(t->verdict)));
    js_or_null(b, "terdaftar", rk_buf_slice(&cc));
    rk_js_text(b, "alamat_dari", text_of(rk_resident_source_name(t->source)));
    rk_js_num(b, "banyak_alamat", t->n);
    rk_js_num(b, "alamat_tidak_dinyatakan", t->n_undeclared);
    js_or_null(b, "sebab", why_unknown(t, true));
    js_peer(&t->peer, b);
    rk_buf_byte(b, '}');
    rk_buf_free(&cc);
}

/* ===== the statement ===== */

static void js_registry(const rk_delegated_file *f, rk_buf *b) {
    rk_buf_byte(b, '{');
    rk_js_text(b, "register", text_of(f->registry));
    rk_js_text(b, "nomor_seri", text_of(f->serial));
    js_hash(b, "sha256", &f->sha256);
    rk_js_num(b, "ipv4", f->ipv4);
    rk_js_num(b, "ipv6", f->ipv6);
    rk_js_num(b, "asn", f->asn);
    rk_buf_byte(b, '}');
}

void rk_statement_json(const rk_resident_report *r, rk_buf *b) {
    rk_buf_byte(b, '{');
    rk_js_text(b, "format", RK_LIT("rekap-residency-statement-1"));
    rk_js_text(b, "tanggal", text_of(r->date));
    rk_js_text(b, "nama", r->declared->name);
    rk_js_text(b, "pengelola", r->declared->operator_name);
    rk_js_text(b, "tanggal_pernyataan", r->declared->date);
    js_hash(b, "sidik_pernyataan", &r->declaration);
    rk_js_key(b, "register");
    rk_buf_byte(b, '[');
    for (uint32_t i = 0; i < r->registry->n_file; i++) {
        rk_js_item(b);
        rk_buf_byte(b, '\n');
        js_registry(&r->registry->file[i], b);
    }
    rk_buf_byte(b, ']');
    rk_js_key(b, "jumlah");
    rk_buf_byte(b, '{');
    for (unsigned v = 0; v < RK_RESIDENT_KINDS; v++)
        rk_js_num(b, rk_resident_name((enum rk_resident)v), r->count[v]);
    rk_buf_byte(b, '}');
    rk_js_num(b, "melanggar_aturan", r->broken);
    rk_js_num(b, "alamat_tidak_dinyatakan", r->undeclared);
    rk_js_key(b, "tujuan");
    rk_buf_byte(b, '[');
    for (uint32_t i = 0; i < r->n; i++) {
        rk_js_item(b);
        rk_buf_byte(b, '\n');
        js_resident(&r->target[i], b);
    }
    rk_buf_lit(b, "\n]}\n");
}

void rk_statement_csv(const rk_resident_report *r, rk_buf *b) {
    rk_buf_lit(b, "id,jenis,pengelola,negara,data,aturan,putusan,terdaftar,alamat_dari,"
                  "banyak_alamat,alamat_tidak_dinyatakan,sebab,sertifikat_subjek,"
                  "sertifikat_negara,sertifikat_penerbit,sertifikat_sampai\r\n");
    for (uint32_t i = 0; i < r->n; i++) {
        const rk_resident_target *t = &r->target[i];
        rk_buf cc;
        rk_buf_init(&cc, 4096);
        countries(t, &cc);
        rk_slice cell[] = {t->target->id,
                           text_of(rk_target_kind_name(t->target->kind)),
                           t->target->operator_name,
                           text_of(t->target->country),
                           t->target->holds_private ? RK_LIT("non-public") : RK_LIT("public"),
                           text_of(rk_residency_rule_name(t->rule)),
                           text_of(rk_resident_name(t->verdict)),
                           rk_buf_slice(&cc),
                           text_of(rk_resident_source_name(t->source))};
        for (size_t k = 0; k < sizeof cell / sizeof *cell; k++) {
            rk_buf_csv(b, cell[k]);
            rk_buf_byte(b, ',');
        }
        rk_buf_printf(b, "%u,%u,", t->n, t->n_undeclared);
        rk_slice rest[] = {why_unknown(t, true), guarded(t->peer.subject),
                           text_of(t->peer.subject_country), guarded(t->peer.issuer),
                           text_of(t->peer.until)};
        for (size_t k = 0; k < sizeof rest / sizeof *rest; k++) {
            if (k) rk_buf_byte(b, ',');
            rk_buf_csv(b, rest[k]);
        }
        rk_buf_lit(b, "\r\n");
        rk_buf_free(&cc);
    }
}

/* ===== for whoever runs it ===== */

static void put_range(const rk_ip_range *a, rk_buf *b) {
    char text[RK_IP_TEXT_MAX + 1] = {0};
    (void)rk_ip_put(text, &a->first);
    rk_buf_add(b, text_of(text));
    if (rk_ip_cmp(&a->first, &a->last) == 0) return;
    memset(text, 0, sizeof text);
    (void)rk_ip_put(text, &a->last);
    rk_buf_printf(b, " - %s", text);
}

static void text_target(const rk_target *t, enum rk_residency_rule rule, rk_buf *b) {
    rk_slice where = t->host.len ? t->host : t->path;
    rk_buf_printf(b, "%.*s (%s, %s, %s, %.*s", RK_FMT(t->id), rk_target_kind_name(t->kind),
                  t->country[0] ? t->country : "no country",
                  t->holds_private ? "non-public" : "public", RK_FMT(where));
    if (t->port) rk_buf_printf(b, ":%u", t->port);
    rk_buf_lit(b, ")");
    if (rule != RK_S_OK)
        rk_buf_printf(b, "\n  BREAKS RULE %s: %s", rk_residency_rule_name(rule),
                      rk_residency_rule_text(rule, false));
}

static void text_peer(const rk_peer *p, rk_buf *b) {
    if (!p->asked) return;
    if (!p->shown) {
        rk_buf_printf(b, "  certificate: %s\n", p->problem);
        return;
    }
    rk_buf_printf(b, "  certificate: %s (%s), by %s (%s), until %s%s%s\n  names: %s\n",
                  p->subject[0] ? p->subject : "no subject",
                  p->subject_country[0] ? p->subject_country : "no country", p->issuer,
                  p->issuer_country[0] ? p->issuer_country : "no country", p->until,
                  p->trusted ? "" : ", NOT TRUSTED by this system's roots",
                  p->name_fits ? "" : ", NOT FOR THIS HOST", p->names);
}

static void text_resident(const rk_resident_target *t, rk_buf *b) {
    bool loud = t->verdict == RK_RESIDENT_ELSEWHERE;
    rk_buf_printf(b, "%-13s ", rk_resident_name(t->verdict));
    text_target(t->target, t->rule, b);
    rk_buf_printf(b, "\n  %s%s%s%s\n", loud ? "WARNING: " : "",
                  rk_resident_text(t->verdict, false),
                  t->verdict == RK_RESIDENT_UNKNOWN ? ": " : "", why_unknown(t, false).ptr);
    for (uint32_t i = 0; i < t->n; i++) {
        const rk_resident_address *a = &t->address[i];
        rk_buf_lit(b, "  ");
        put_range(&a->range, b);
        rk_buf_printf(b, ": %s%s%s%s\n", a->cc[0] ? "registered in " : "", a->cc,
                      a->says ? (a->cc[0] ? ", " : "") : "", a->says ? a->says : "");
        if (a->undeclared)
            rk_buf_lit(b, "  WARNING: this address is not among the declared ones: "
                          "connections to it are refused\n");
    }
    text_peer(&t->peer, b);
}

void rk_statement_text(const rk_resident_report *r, rk_buf *b) {
    for (uint32_t i = 0; i < r->n; i++) text_resident(&r->target[i], b);
    rk_buf_printf(b, "%u targets:", r->n);
    for (unsigned v = 0; v < RK_RESIDENT_KINDS; v++)
        rk_buf_printf(b, "%s %u %s", v ? "," : "", r->count[v],
                      rk_resident_text((enum rk_resident)v, false));
    rk_buf_printf(b, "; %u break a rule, %u lead to addresses that are not declared\n",
                  r->broken, r->undeclared);
}

/* ===== the declaration by itself ===== */

void rk_declaration_json(const rk_residency *d, rk_buf *b) {
    uint32_t broken = 0;
    rk_buf_byte(b, '{');
    rk_js_text(b, "nama", d->name);
    rk_js_text(b, "pengelola", d->operator_name);
    rk_js_text(b, "tanggal", d->date);
    rk_js_key(b, "tujuan");
    rk_buf_byte(b, '[');
    for (uint32_t i = 0; i < d->n; i++) {
        enum rk_residency_rule rule = rk_target_rule(&d->target[i]);
        rk_js_item(b);
        rk_buf_lit(b, "\n{");
        js_target(&d->target[i], rule, b);
        js_or_null(b, "penjelasan", text_of(rk_residency_rule_text(rule, true)));
        rk_buf_byte(b, '}');
        broken += rule != RK_S_OK;
    }
    rk_buf_byte(b, ']');
    rk_js_num(b, "melanggar_aturan", broken);
    rk_buf_lit(b, "}\n");
}

void rk_declaration_text(const rk_residency *d, rk_buf *b) {
    uint32_t broken = 0;
    for (uint32_t i = 0; i < d->n; i++) {
        enum rk_residency_rule rule = rk_target_rule(&d->target[i]);
        rk_buf_printf(b, "%-6s ", rule == RK_S_OK ? "ok" : rk_residency_rule_name(rule));
        text_target(&d->target[i], rule, b);
        rk_buf_byte(b, '\n');
        broken += rule != RK_S_OK;
    }
    rk_buf_printf(b, "%.*s, %.*s: %u targets, %u break a rule\n", RK_FMT(d->name),
                  RK_FMT(d->date), d->n, broken);
}
