/* The rules are kept apart from the parser on purpose: a declaration that breaks one is read
 * and shown, but nothing starts with it. */
#include "core/residency.h"

#include "base/mem.h"
#include "core/ip.h"
#include "core/jsonin.h"

static const char *const KIND[RK_TARGET_KINDS] = {
    "store", "replica", "blob", "backup", "mail", "cdn", "delivery", "witness", "resolver"};

static const struct {
    const char *name, *id, *en;
} RULE[] = {
    {"", "", ""},
    {"S01", "tujuan di luar mesin ini dipakai tetapi tidak dinyatakan",
     "a target outside this machine is used but not declared"},
    {"S02",
     "data yang tidak untuk umum menuju tempat yang tidak dinyatakan berada di Indonesia",
     "non-public data would go to a target that is not declared to be in Indonesia"},
    {"S03", "data umum menuju luar negeri tanpa dinyatakan sebagai tembolok data umum",
     "public data would go abroad and the target is not declared as a cache of public data"},
    {"S04", "penyimpanan, replika, cadangan, atau surat elektronik berada di luar Indonesia",
     "a store, replica, backup or mail relay is outside Indonesia"},
    {"S05", "negara atau pengelola tidak disebutkan",
     "the country or the operator is not stated"},
    {"S06", "tujuan dipakai untuk hal lain daripada yang dinyatakan",
     "the target is used for something else than declared"},
};

const char *rk_target_kind_name(enum rk_target_kind k) {
    return k < RK_TARGET_KINDS ? KIND[k] : "?";
}

bool rk_target_kind_parse(rk_slice s, enum rk_target_kind *out) {
    for (unsigned k = 0; k < RK_TARGET_KINDS; k++)
        if (rk_slice_is(s, KIND[k])) return *out = (enum rk_target_kind)k, true;
    return false;
}

const char *rk_residency_rule_name(enum rk_residency_rule r) { return RULE[r].name; }

const char *rk_residency_rule_text(enum rk_residency_rule r, bool indonesian) {
    return indonesian ? RULE[r].id : RULE[r].en;
}

/* ===== reading ===== */

static rk_status read_country(const rk_json_in *in, json_t *o, const char *where,
                              rk_target *t) {
    rk_slice s;
    RK_TRY(rk_json_in_text(in, o, where, "country", false, &s));
    if (s.len == 0) return RK_OK;
    if (s.len != 2 || s.ptr[0] < 'A' || s.ptr[0] > 'Z' || s.ptr[1] < 'A' || s.ptr[1] > 'Z')
        return rk_fail(in->err, RK_BAD_INPUT,
                       "%s.country must be two capital letters (ISO 3166, \"ID\")", where);
    memcpy(t->country, s.ptr, 2);
    return RK_OK;
}

static rk_status read_addresses(const rk_json_in *in, json_t *o, const char *where,
                                rk_target *t) {
    json_t *list, *v;
    size_t i;
    RK_TRY(rk_json_in_array(in, o, where, "addresses", RK_TARGET_ADDRESSES_MAX, &list));
    json_array_foreach(list, i, v) {
        rk_slice a = rk_json_in_slice(v);
        rk_ip_range range;
        if (!rk_ip_range_parse(a, &range))
            return rk_fail(in->err, RK_BAD_INPUT,
                           "%s.addresses[%zu] is no IP address or prefix", where, i);
        t->address[t->n_address++] = a;
    }
    return RK_OK;
}

static rk_status read_holds(const rk_json_in *in, json_t *o, const char *where, rk_target *t) {
    rk_slice s;
    RK_TRY(rk_json_in_text(in, o, where, "holds", true, &s));
    t->holds_private = rk_slice_is(s, "non-public");
    if (!t->holds_private && !rk_slice_is(s, "public"))
        return rk_fail(in->err, RK_BAD_INPUT,
                       "%s.holds must be \"public\" or \"non-public\", not \"%.*s\"", where,
                       (int)(s.len < 40 ? s.len : 40), s.ptr);
    return rk_json_in_bool(in, o, where, "public_abroad", &t->public_abroad);
}

static rk_status read_target(const rk_json_in *in, json_t *o, const char *where, rk_target *t) {
    static const char *const keys[] = {"id",        "kind",          "operator", "country",
                                       "holds",     "host",          "port",     "path",
                                       "addresses", "public_abroad", "note",     NULL};
    rk_slice kind;
    uint32_t port = 0;
    RK_TRY(rk_json_in_keys(in, o, where, keys));
    RK_TRY(rk_json_in_text(in, o, where, "id", true, &t->id));
    if (!rk_json_in_id_ok(t->id))
        return rk_fail(in->err, RK_BAD_INPUT, "%s.id must be 1 to 40 of a-z, 0-9 and '-'",
                       where);
    RK_TRY(rk_json_in_text(in, o, where, "kind", true, &kind));
    if (!rk_target_kind_parse(kind, &t->kind))
        return rk_fail(in->err, RK_BAD_INPUT,
                       "%s.kind must be store, replica, blob, backup, mail, cdn, delivery, "
                       "witness or resolver",
                       where);
    RK_TRY(rk_json_in_text(in, o, where, "operator", false, &t->operator_name));
    RK_TRY(rk_json_in_text(in, o, where, "host", false, &t->host));
    RK_TRY(rk_json_in_text(in, o, where, "path", false, &t->path));
    RK_TRY(rk_json_in_text(in, o, where, "note", false, &t->note));
    RK_TRY(rk_json_in_whole(in, o, where, "port", 65535, &port));
    t->port = (uint16_t)port;
    RK_TRY(read_country(in, o, where, t));
    RK_TRY(read_holds(in, o, where, t));
    RK_TRY(read_addresses(in, o, where, t));
    if ((t->host.len > 0) == (t->path.len > 0))
        return rk_fail(in->err, RK_BAD_INPUT,
                       "%s has either \"host\" (and \"port\") or \"path\" (a directory)",
                       where);
    return RK_OK;
}

static rk_status read_all(const rk_json_in *in, rk_residency *r) {
    static const char *const keys[] = {"format", "name", "operator", "date", "targets", NULL};
    json_t *list, *v;
    size_t i;
    RK_TRY(rk_json_in_keys(in, r->json, "the declaration", keys));
    RK_TRY(rk_json_in_text(in, r->json, "the declaration", "name", true, &r->name));
    RK_TRY(
        rk_json_in_text(in, r->json, "the declaration", "operator", true, &r->operator_name));
    RK_TRY(rk_json_in_text(in, r->json, "the declaration", "date", true, &r->date));
    RK_TRY(rk_json_in_array(in, r->json, "the declaration", "targets", RK_TARGETS_MAX, &list));
    if (!list)
        return rk_fail(in->err, RK_BAD_INPUT, "\"targets\" is missing (%s): [] says none",
                       in->page);
    json_array_foreach(list, i, v) {
        char where[32];
        rk_target *t = &r->target[r->n];
        snprintf(where, sizeof where, "targets[%zu]", i);
        RK_TRY(read_target(in, v, where, t));
        for (uint32_t k = 0; k < r->n; k++)
            if (rk_slice_eq(r->target[k].id, t->id))
                return rk_fail(in->err, RK_BAD_INPUT, "%s: the id \"%.*s\" is given twice",
                               where, RK_FMT(t->id));
        r->n++;
    }
    return RK_OK;
}

rk_status rk_residency_parse(rk_slice bytes, rk_residency **out, rk_err *err) {
    rk_json_in in = {"docs/format/residency.md", err};
    json_t *o;
    *out = NULL;
    RK_TRY(rk_json_in_doc(&in, bytes, RK_RESIDENCY_BYTES_MAX, "rekap-residency-1", &o));
    rk_residency *r = rk_alloc(sizeof *r);
    r->json = o;
    rk_status s = read_all(&in, r);
    if (s != RK_OK) rk_residency_free(&r);
    *out = r;
    return s;
}

void rk_residency_free(rk_residency **r) {
    if (!*r) return;
    json_decref((*r)->json);
    rk_free(*r);
    *r = NULL;
}

bool rk_residency_same(const rk_residency *a, const rk_residency *b) {
    return json_equal(a->json, b->json) == 1;
}

/* ===== judging ===== */

static bool stays_at_home(enum rk_target_kind k) {
    return k == RK_TARGET_STORE || k == RK_TARGET_REPLICA || k == RK_TARGET_BLOB ||
           k == RK_TARGET_BACKUP || k == RK_TARGET_MAIL;
}

enum rk_residency_rule rk_target_rule(const rk_target *t) {
    if (t->country[0] == 0 || t->operator_name.len == 0) return RK_S05;
    if (strcmp(t->country, "ID") == 0) return RK_S_OK;
    if (t->holds_private) return RK_S02;
    if (stays_at_home(t->kind)) return RK_S04;
    return t->public_abroad ? RK_S_OK : RK_S03;
}

rk_status rk_residency_check(const rk_residency *r, rk_err *err) {
    for (uint32_t i = 0; i < r->n; i++) {
        const rk_target *t = &r->target[i];
        enum rk_residency_rule rule = rk_target_rule(t);
        if (rule == RK_S_OK) continue;
        return rk_fail(err, RK_CONFLICT,
                       "rule %s: %s: target \"%.*s\" (%s, country %s): declare where it is, or "
                       "move it to Indonesia (docs/format/residency.md)",
                       RULE[rule].name, RULE[rule].en, RK_FMT(t->id), KIND[t->kind],
                       t->country[0] ? t->country : "not stated");
    }
    return RK_OK;
}

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

/* Host names without regard to case, "[::1]" as "::1", one final dot passed over. */
static rk_slice bare_host(rk_slice h) {
    if (h.len > 2 && h.ptr[0] == '[' && h.ptr[h.len - 1] == ']')
        return (rk_slice){h.ptr + 1, h.len - 2};
    if (h.len > 1 && h.ptr[h.len - 1] == '.') h.len--;
    return h;
}

bool rk_host_same(rk_slice a, rk_slice b) {
    a = bare_host(a), b = bare_host(b);
    if (a.len != b.len || a.len == 0) return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.ptr[i]) != lower(b.ptr[i])) return false;
    return true;
}

static bool below(rk_slice path, rk_slice dir) {
    while (dir.len > 1 && dir.ptr[dir.len - 1] == '/') dir.len--;
    return dir.len && rk_slice_starts(path, dir) &&
           (path.len == dir.len || path.ptr[dir.len] == '/' || dir.ptr[dir.len - 1] == '/');
}

static bool names(const rk_target *t, const rk_use *u) {
    if (u->path.len) return below(u->path, t->path);
    return rk_host_same(t->host, u->host) && (t->port == 0 || t->port == u->port);
}

static enum rk_residency_rule admits(const rk_target *t, const rk_use *u) {
    enum rk_residency_rule rule = rk_target_rule(t);
    if (rule != RK_S_OK) return rule;
    if (t->kind != u->kind) return RK_S06;
    return u->non_public && !t->holds_private ? RK_S02 : RK_S_OK;
}

enum rk_residency_rule rk_residency_decide(const rk_residency *r, const rk_use *use,
                                           const rk_target **target) {
    enum rk_residency_rule why = RK_S01;
    if (target) *target = NULL;
    if (use->path.len == 0 && rk_host_is_loopback(use->host)) return RK_S_OK;
    for (uint32_t i = 0; r && i < r->n; i++) {
        if (!names(&r->target[i], use)) continue;
        enum rk_residency_rule rule = admits(&r->target[i], use);
        if (rule == RK_S_OK) {
            if (target) *target = &r->target[i];
            return RK_S_OK;
        }
        if (why == RK_S01 || why == RK_S06) why = rule;
    }
    return why;
}

bool rk_host_is_loopback(rk_slice host) {
    rk_ip_range net4, net6;
    rk_ip a;
    host = bare_host(host);
    if (rk_host_same(host, RK_LIT("localhost"))) return true;
    RK_ASSERT(rk_ip_range_parse(RK_LIT("127.0.0.0/8"), &net4) &&
              rk_ip_range_parse(RK_LIT("::1"), &net6));
    return rk_ip_parse(host, &a) && (rk_ip_in(&net4, &a) || rk_ip_in(&net6, &a));
}
