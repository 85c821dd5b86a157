/* Reading is strict (an unknown key is an error), so that what a node says is what a report
 * shows. Zero hashes stand for "none" in memory and are left out of the text. */
#include "core/node.h"

#include "base/mem.h"
#include "base/num.h"
#include "core/infra.h"
#include "core/jsonin.h"

#include <stdio.h>

static const char PAGE[] = "docs/format/simpul.md";

rk_node *rk_node_new(void) { return rk_alloc(sizeof(rk_node)); }

void rk_node_free(rk_node **np) {
    rk_node *n = *np;
    if (!n) return;
    for (uint32_t i = 0; i < n->n_text; i++) rk_free(n->text[i]);
    rk_free(n->text);
    json_decref(n->json);
    rk_free(n);
    *np = NULL;
}

rk_slice rk_node_keep(rk_node *n, rk_slice text) {
    if (text.len == 0) return (rk_slice){NULL, 0};
    RK_PUSH_ROOM(n->text, n->n_text, n->cap_text);
    return (rk_slice){n->text[n->n_text++] = rk_dup(text.ptr, text.len), text.len};
}

static bool same_store(const rk_node_store *a, const rk_node_store *b) {
    return a->kind == b->kind && a->loopback == b->loopback &&
           rk_slice_eq(a->target, b->target) && memcmp(&a->path, &b->path, sizeof a->path) == 0;
}

rk_status rk_node_add_store(rk_node *n, const rk_node_store *s, rk_err *err) {
    for (uint32_t i = 0; i < n->n_store; i++) {
        if (!same_store(&n->store[i], s)) continue;
        n->store[i].may = n->store[i].may && s->may;
        return RK_OK;
    }
    if (n->n_store == RK_NODE_STORES_MAX)
        return rk_fail(err, RK_LIMIT, "more than %u stores of one node", RK_NODE_STORES_MAX);
    rk_node_store *to = &n->store[n->n_store++];
    *to = *s;
    to->target = rk_node_keep(n, s->target);
    return RK_OK;
}

/* ===== writing ===== */

static bool none(const rk_sha256 *h) {
    static const rk_sha256 zero;
    return memcmp(h, &zero, sizeof zero) == 0;
}

static void put_hash(rk_buf *b, const rk_sha256 *h) {
    char hex[64];
    rk_sha256_put(hex, h);
    rk_buf_byte(b, '"');
    rk_buf_add(b, (rk_slice){hex, sizeof hex});
    rk_buf_byte(b, '"');
}

static void member(rk_buf *b, const char *key, rk_slice text) {
    rk_buf_printf(b, " \"%s\": ", key);
    rk_buf_json(b, text);
    rk_buf_lit(b, ",\n");
}

/* {"a": hash, ...} of those that are there. */
static void put_hashes(rk_buf *b, const char *key, const char *const *name,
                       const rk_sha256 *const *h, uint32_t n) {
    const char *comma = "";
    rk_buf_printf(b, " \"%s\": {", key);
    for (uint32_t i = 0; i < n; i++) {
        if (none(h[i])) continue;
        rk_buf_printf(b, "%s\"%s\": ", comma, name[i]);
        put_hash(b, h[i]);
        comma = ", ";
    }
    rk_buf_lit(b, "},\n");
}

static void put_store(const rk_node_store *s, rk_buf *b) {
    rk_buf_printf(b, "{\"kind\": \"%s\"", rk_target_kind_name(s->kind));
    if (s->target.len) {
        rk_buf_lit(b, ", \"target\": ");
        rk_buf_json(b, s->target);
        if (s->country[0]) rk_buf_printf(b, ", \"country\": \"%s\"", s->country);
        if (s->may) rk_buf_lit(b, ", \"may\": true");
    } else if (s->loopback) {
        rk_buf_lit(b, ", \"loopback\": true");
    } else {
        rk_buf_lit(b, ", \"path\": ");
        put_hash(b, &s->path);
    }
    rk_buf_byte(b, '}');
}

static void put_cert(const rk_node_cert *c, rk_buf *b) {
    rk_buf_printf(b, "{\"use\": \"%s\", \"sha256\": ", c->pinned ? "pins" : "presents");
    put_hash(b, &c->hash);
    rk_buf_lit(b, ", \"issuer\": ");
    rk_buf_json(b, c->issuer);
    rk_buf_printf(b, ", \"until\": %u}", c->until);
}

static void put_library(const rk_node_library *l, rk_buf *b) {
    rk_buf_lit(b, "{\"name\": ");
    rk_buf_json(b, l->name);
    if (l->version.len) {
        rk_buf_lit(b, ", \"version\": ");
        rk_buf_json(b, l->version);
    }
    rk_buf_lit(b, ", \"sha256\": ");
    put_hash(b, &l->hash);
    rk_buf_byte(b, '}');
}

#define PUT_LIST(name, put, n, items, end)                                                     \
    do {                                                                                       \
        rk_buf_lit(b, " \"" name "\": [");                                                     \
        for (uint32_t i_ = 0; i_ < (n); i_++) {                                                \
            rk_buf_add(b, i_ ? RK_LIT(",\n  ") : RK_LIT("\n  "));                              \
            put(&(items)[i_], b);                                                              \
        }                                                                                      \
        rk_buf_lit(b, "]" end "\n");                                                           \
    } while (0)

void rk_node_put(const rk_node *n, rk_buf *b) {
    static const char *const build[] = {"sha256", "source", "sbom"}, *const conf[] = {
                                                                         "options", "residency",
                                                                         "policy"};
    rk_buf_lit(b, "{\n \"format\": \"rekap-node-1\",\n");
    member(b, "id", n->id);
    member(b, "role", n->role);
    member(b, "version", n->version);
    rk_buf_printf(b, " \"time\": %u,\n \"started\": %u,\n \"uptime\": %u,\n \"refused\": %u,\n",
                  n->time, n->started, n->uptime, n->refused);
    put_hashes(b, "build", build, (const rk_sha256 *const[]){&n->build, &n->source, &n->sbom},
               3);
    put_hashes(b, "configuration", conf,
               (const rk_sha256 *const[]){&n->options, &n->residency, &n->policy}, 3);
    PUT_LIST("stores", put_store, n->n_store, n->store, ",");
    PUT_LIST("certificates", put_cert, n->n_cert, n->cert, ",");
    PUT_LIST("libraries", put_library, n->n_library, n->library, "");
    rk_buf_lit(b, "}\n");
}

/* ===== reading ===== */

static rk_status read_hash(const rk_json_in *in, json_t *o, const char *where, const char *key,
                           bool needed, rk_sha256 *out) {
    rk_slice s;
    RK_TRY(rk_json_in_text(in, o, where, key, needed, &s));
    if (s.len && (!rk_sha256_parse(s, out) || none(out)))
        return rk_fail(in->err, RK_BAD_INPUT, "%s.%s is no SHA-256 of 64 lower-case digits",
                       where, key);
    return RK_OK;
}

static rk_status read_hashes(const rk_json_in *in, json_t *o, const char *where,
                             const char *const *name, bool needed, rk_sha256 *const *out) {
    if (!o) return rk_fail(in->err, RK_BAD_INPUT, "%s is missing (%s)", where, PAGE);
    RK_TRY(rk_json_in_keys(in, o, where, name));
    for (uint32_t i = 0; name[i]; i++)
        RK_TRY(read_hash(in, o, where, name[i], needed && i == 0, out[i]));
    return RK_OK;
}

static rk_status read_target(const rk_json_in *in, json_t *o, const char *where,
                             rk_node_store *s) {
    rk_slice country;
    RK_TRY(rk_json_in_text(in, o, where, "target", false, &s->target));
    RK_TRY(rk_json_in_text(in, o, where, "country", false, &country));
    RK_TRY(rk_json_in_bool(in, o, where, "may", &s->may));
    RK_TRY(rk_json_in_bool(in, o, where, "loopback", &s->loopback));
    RK_TRY(read_hash(in, o, where, "path", false, &s->path));
    if (s->target.len && !rk_json_in_id_ok(s->target))
        return rk_fail(in->err, RK_BAD_INPUT, "%s.target is no id", where);
    for (size_t i = 0; i < country.len; i++)
        if (country.len != 2 || country.ptr[i] < 'A' || country.ptr[i] > 'Z')
            return rk_fail(in->err, RK_BAD_INPUT, "%s.country is no country of two letters",
                           where);
    if (country.len) memcpy(s->country, country.ptr, 2);
    bool path = !none(&s->path);
    if ((s->target.len > 0) + path + s->loopback != 1 ||
        (!s->target.len && (country.len || s->may)))
        return rk_fail(in->err, RK_BAD_INPUT,
                       "%s has exactly one of target (with country, may), path, loopback (%s)",
                       where, PAGE);
    return RK_OK;
}

static rk_status read_store(const rk_json_in *in, json_t *o, const char *where, rk_node *n) {
    static const char *const keys[] = {"kind", "target",   "country", "may",
                                       "path", "loopback", NULL};
    rk_node_store s = {.may = false};
    rk_slice kind;
    RK_TRY(rk_json_in_keys(in, o, where, keys));
    RK_TRY(rk_json_in_text(in, o, where, "kind", true, &kind));
    if (!rk_target_kind_parse(kind, &s.kind))
        return rk_fail(in->err, RK_BAD_INPUT, "%s.kind is no kind of target (%s)", where,
                       "docs/format/residency.md");
    RK_TRY(read_target(in, o, where, &s));
    n->store[n->n_store++] = s;
    return RK_OK;
}

static rk_status read_cert(const rk_json_in *in, json_t *o, const char *where, rk_node *n) {
    static const char *const keys[] = {"use", "sha256", "issuer", "until", NULL};
    rk_node_cert *c = &n->cert[n->n_cert];
    rk_slice use;
    RK_TRY(rk_json_in_keys(in, o, where, keys));
    RK_TRY(rk_json_in_text(in, o, where, "use", true, &use));
    c->pinned = rk_slice_is(use, "pins");
    if (!c->pinned && !rk_slice_is(use, "presents"))
        return rk_fail(in->err, RK_BAD_INPUT, "%s.use is neither presents nor pins", where);
    RK_TRY(read_hash(in, o, where, "sha256", true, &c->hash));
    RK_TRY(rk_json_in_text(in, o, where, "issuer", false, &c->issuer));
    RK_TRY(rk_json_in_whole(in, o, where, "until", UINT32_MAX, &c->until));
    n->n_cert++;
    return RK_OK;
}

static rk_status read_library(const rk_json_in *in, json_t *o, const char *where, rk_node *n) {
    static const char *const keys[] = {"name", "version", "sha256", NULL};
    rk_node_library *l = &n->library[n->n_library];
    RK_TRY(rk_json_in_keys(in, o, where, keys));
    RK_TRY(rk_json_in_text(in, o, where, "name", true, &l->name));
    RK_TRY(rk_json_in_text(in, o, where, "version", false, &l->version));
    RK_TRY(read_hash(in, o, where, "sha256", true, &l->hash));
    n->n_library++;
    return RK_OK;
}

static rk_status
read_list(const rk_json_in *in, json_t *o, const char *key, uint32_t max,
          rk_status (*one)(const rk_json_in *, json_t *, const char *, rk_node *), rk_node *n) {
    json_t *list, *v;
    size_t i;
    RK_TRY(rk_json_in_array(in, o, "the description", key, max, &list));
    if (!list) return rk_fail(in->err, RK_BAD_INPUT, "%s is missing (%s)", key, PAGE);
    json_array_foreach(list, i, v) {
        char where[48];
        snprintf(where, sizeof where, "%s[%zu]", key, i);
        RK_TRY(one(in, v, where, n));
    }
    return RK_OK;
}

static rk_status read_id(const rk_json_in *in, json_t *o, const char *key, rk_slice *out) {
    RK_TRY(rk_json_in_text(in, o, "the description", key, true, out));
    if (rk_json_in_id_ok(*out)) return RK_OK;
    return rk_fail(in->err, RK_BAD_INPUT, "%s must be 1 to 40 of a-z, 0-9 and '-'", key);
}

static rk_status read_head(const rk_json_in *in, json_t *o, rk_node *n) {
    static const char *const keys[] = {
        "format",  "id",    "role",   "version",       "time",         "started",   "uptime",
        "refused", "build", "stores", "configuration", "certificates", "libraries", NULL};
    static const char *const number[] = {"time", "started", "uptime", "refused"};
    uint32_t *const to[] = {&n->time, &n->started, &n->uptime, &n->refused};
    RK_TRY(rk_json_in_keys(in, o, "the description", keys));
    RK_TRY(read_id(in, o, "id", &n->id));
    RK_TRY(read_id(in, o, "role", &n->role));
    RK_TRY(rk_json_in_text(in, o, "the description", "version", true, &n->version));
    for (int i = 0; i < 4; i++) {
        if (!json_object_get(o, number[i]))
            return rk_fail(in->err, RK_BAD_INPUT, "%s is missing (%s)", number[i], PAGE);
        RK_TRY(rk_json_in_whole(in, o, "the description", number[i], UINT32_MAX, to[i]));
    }
    return RK_OK;
}

static rk_status read_all(const rk_json_in *in, json_t *o, rk_node *n) {
    static const char *const build[] = {"sha256", "source", "sbom", NULL}, *const conf[] = {
                                                                               "options",
                                                                               "residency",
                                                                               "policy", NULL};
    RK_TRY(read_head(in, o, n));
    RK_TRY(read_hashes(in, json_object_get(o, "build"), "build", build, true,
                       (rk_sha256 *const[]){&n->build, &n->source, &n->sbom}));
    RK_TRY(read_hashes(in, json_object_get(o, "configuration"), "configuration", conf, false,
                       (rk_sha256 *const[]){&n->options, &n->residency, &n->policy}));
    RK_TRY(read_list(in, o, "stores", RK_NODE_STORES_MAX, read_store, n));
    RK_TRY(read_list(in, o, "certificates", RK_NODE_CERTS_MAX, read_cert, n));
    return read_list(in, o, "libraries", RK_NODE_LIBRARIES_MAX, read_library, n);
}

rk_status rk_node_parse(rk_slice text, rk_node **out, rk_err *err) {
    rk_json_in in = {PAGE, err};
    rk_node *n = rk_node_new();
    *out = NULL;
    rk_status s = rk_json_in_doc(&in, text, RK_NODE_BYTES_MAX, "rekap-node-1", &n->json);
    if (s == RK_OK) s = read_all(&in, n->json, n);
    if (s == RK_OK)
        *out = n;
    else
        rk_node_free(&n);
    return s;
}

/* ===== signatures ===== */

rk_status rk_node_sign(const rk_node *n, const rk_signer *signer, rk_buf *out, rk_err *err) {
    rk_buf text;
    if (signer->verifier.type != RK_KEY_ED25519)
        return rk_fail(err, RK_BAD_INPUT,
                       "a witness's key signs checkpoints only: make one for the node with "
                       "'rekap kunci buat'");
    rk_buf_init(&text, RK_NODE_BYTES_MAX);
    rk_node_put(n, &text);
    rk_slice t = rk_buf_slice(&text);
    rk_status s =
        text.failed
            ? rk_fail(err, RK_LIMIT, "the description is over %u bytes", RK_NODE_BYTES_MAX)
        : rk_note_text_ok(t)
            ? RK_OK
            : rk_fail(err, RK_BAD_INPUT, "the description has control characters in a text");
    if (s == RK_OK) {
        rk_note_begin(t, out);
        s = rk_note_sign(t, signer, 0, out, err);
    }
    rk_buf_free(&text);
    return s;
}

rk_status rk_node_open(rk_slice bytes, rk_note *note, rk_node **out, rk_err *err) {
    *out = NULL;
    RK_TRY(rk_note_parse(bytes, note, err));
    return rk_node_parse(note->text, out, err);
}

rk_status rk_node_signer(const rk_note *note, const rk_ed25519_public *key, uint32_t n,
                         uint32_t *which, rk_err *err) {
    rk_status best = RK_NOT_FOUND;
    for (uint32_t k = 0; k < n; k++)
        for (uint32_t i = 0; i < note->n_sig; i++) {
            rk_verifier v;
            uint64_t by;
            if (rk_verifier_new(note->sig[i].name, RK_KEY_ED25519, &key[k], &v, NULL) !=
                    RK_OK ||
                v.id != note->sig[i].id)
                continue;
            rk_status s = rk_note_verify(note, &v, 1, &by, NULL, NULL);
            if (s == RK_CONFLICT)
                return rk_fail(err, s, "the signature of \"%.*s\" is wrong",
                               RK_FMT(note->sig[i].name));
            if (s != RK_OK || best == RK_OK) continue;
            best = RK_OK;
            *which = k;
        }
    return best == RK_OK ? RK_OK
                         : rk_fail(err, best, "it is signed by no key that is known here");
}

/* ===== fingerprints ===== */

static void host_line(rk_buf *b, rk_slice host) {
    rk_buf_add(b, rk_infra_guard(host) ? RK_LIT("(address)") : host);
}

static rk_sha256 print_of(rk_buf *b) {
    RK_ASSERT(!b->failed);
    rk_sha256 h = rk_sha256_of(rk_buf_slice(b));
    rk_buf_free(b);
    return h;
}

rk_sha256 rk_node_residency_print(const rk_residency *r) {
    rk_buf b;
    rk_buf_init(&b, 2 * RK_RESIDENCY_BYTES_MAX);
    rk_buf_lit(&b, "rekap-node-residency/v1\n");
    for (uint32_t i = 0; i < r->n; i++) {
        const rk_target *t = &r->target[i];
        rk_buf_add(&b, t->id);
        rk_buf_printf(&b, "\t%s\t%s\t%d\t%d\t%u\t", rk_target_kind_name(t->kind), t->country,
                      t->holds_private, t->public_abroad, t->port);
        host_line(&b, t->host);
        rk_buf_byte(&b, '\t');
        host_line(&b, t->path);
        rk_buf_byte(&b, '\t');
        rk_buf_add(&b, t->operator_name);
        rk_buf_byte(&b, '\n');
    }
    return print_of(&b);
}

rk_sha256 rk_node_policy_print(const rk_policy *p) {
    rk_buf b;
    rk_buf_init(&b, 1u << 20);
    rk_buf_lit(&b, "rekap-node-policy/v1\n");
    for (uint32_t i = 0; i < p->n_log; i++) {
        rk_verifier_put(&p->log[i], &b);
        rk_buf_byte(&b, '\n');
    }
    for (uint32_t i = 0; i < p->n_witness; i++) {
        rk_buf_add(&b, p->witness_name[i]);
        rk_buf_byte(&b, '\t');
        rk_verifier_put(&p->witness[i], &b);
        rk_buf_byte(&b, '\n');
    }
    for (uint32_t i = 0; i < p->n_group; i++)
        rk_buf_printf(&b, "%u\t%x\t%x\n", p->group[i].need, p->group[i].witnesses,
                      p->group[i].groups);
    rk_buf_printf(&b, "%d\t%u\t%x\t%x\n", p->quorum_none, p->quorum.need, p->quorum.witnesses,
                  p->quorum.groups);
    return print_of(&b);
}

rk_sha256 rk_node_path_print(rk_slice path) {
    rk_buf b;
    rk_buf_init(&b, path.len + 64);
    rk_buf_lit(&b, "rekap-node-path/v1\n");
    host_line(&b, path);
    return print_of(&b);
}

rk_sha256 rk_node_options_print(const char *const *line, uint32_t n) {
    rk_buf b;
    rk_buf_init(&b, 1u << 20);
    rk_buf_lit(&b, "rekap-node-options/v1\n");
    for (uint32_t i = 0; i < n; i++) rk_buf_printf(&b, "%s\n", line[i]);
    return print_of(&b);
}
