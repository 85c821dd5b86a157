/* Reading a policy file, line by line. */
#include "base/mem.h"
#include "core/line.h"
#include "core/policy.h"

typedef struct reader {
    rk_policy *p;
    rk_err *err;
    size_t line;
    bool has_quorum;
    uint32_t taken_witnesses, taken_groups; /* already member of a group */
} reader;

#define BAD(r, ...) rk_fail_at((r)->err, RK_BAD_INPUT, (r)->line, 0, __VA_ARGS__)

/* The next word of a line; false when there is none. */
static bool word(rk_slice *rest, rk_slice *out) {
    *rest = rk_slice_trim(*rest);
    size_t n = 0;
    while (n < rest->len && rest->ptr[n] != ' ' && rest->ptr[n] != '\t') n++;
    *out = (rk_slice){rest->ptr, n};
    *rest = rk_slice_from(*rest, n);
    return n > 0;
}

static bool bytes_ok(rk_slice s) {
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if ((c < 0x20 && c != '\t' && c != '\n') || c == 0x7f) return false;
    }
    return true;
}

static uint32_t find_witness(const rk_policy *p, rk_slice name) {
    uint32_t i = 0;
    while (i < p->n_witness && !rk_slice_eq(p->witness_name[i], name)) i++;
    return i;
}

static uint32_t find_group(const rk_policy *p, rk_slice name) {
    uint32_t i = 0;
    while (i < p->n_group && !rk_slice_eq(p->group[i].name, name)) i++;
    return i;
}

static rk_status new_name(reader *r, rk_slice name) {
    const rk_policy *p = r->p;
    if (rk_slice_is(name, "none")) return BAD(r, "'none' is not a name that can be given");
    if (find_witness(p, name) < p->n_witness || find_group(p, name) < p->n_group)
        return BAD(r, "the name '%.*s' is given twice", RK_FMT(name));
    return RK_OK;
}

/* One key and perhaps a URL; not yet among the n keys of its kind, nor confusable with another.
 */
static rk_status key_and_url(reader *r, rk_slice rest, enum rk_key_type type, rk_verifier *keys,
                             uint32_t n, rk_slice *url) {
    rk_slice text, more;
    rk_verifier key;
    rk_err why = RK_ERR_INIT;
    if (!word(&rest, &text)) return BAD(r, "a key is missing");
    if (rk_verifier_parse(text, &key, &why) != RK_OK) return BAD(r, "%s", why.text);
    if (key.type != type)
        return BAD(r, "a %s",
                   type == RK_KEY_COSIGN ? "witness has a key of type 4 (cosignatures)"
                                         : "log has a key of type 1 (Ed25519)");
    for (uint32_t i = 0; i < n; i++)
        if (memcmp(&keys[i].key, &key.key, sizeof key.key) == 0 ||
            (keys[i].id == key.id &&
             rk_slice_eq(rk_verifier_name(&keys[i]), rk_verifier_name(&key))))
            return BAD(r, "the key %.*s is listed twice", RK_FMT(text));
    if (!word(&rest, url)) *url = (rk_slice){NULL, 0};
    if (word(&rest, &more)) return BAD(r, "more than a key and a URL");
    keys[n] = key;
    return RK_OK;
}

static rk_status full(reader *r, uint32_t n, const char *what) {
    if (n < RK_POLICY_LOGS_MAX) return RK_OK;
    return rk_fail_at(r->err, RK_LIMIT, r->line, 0, "more than %u %s", RK_POLICY_LOGS_MAX,
                      what);
}

static rk_status read_log(reader *r, rk_slice rest) {
    rk_policy *p = r->p;
    RK_TRY(full(r, p->n_log, "logs"));
    RK_TRY(key_and_url(r, rest, RK_KEY_ED25519, p->log, p->n_log, &p->log_url[p->n_log]));
    p->n_log++;
    return RK_OK;
}

static rk_status read_witness(reader *r, rk_slice rest) {
    rk_policy *p = r->p;
    rk_slice name;
    RK_TRY(full(r, p->n_witness, "witnesses"));
    if (!word(&rest, &name)) return BAD(r, "a witness has a name and a key");
    RK_TRY(new_name(r, name));
    RK_TRY(key_and_url(r, rest, RK_KEY_COSIGN, p->witness, p->n_witness,
                       &p->witness_url[p->n_witness]));
    p->witness_name[p->n_witness++] = name;
    return RK_OK;
}

/* Makes `name` a member of g. */
static rk_status member(reader *r, rk_slice name, rk_policy_group *g) {
    uint32_t w = find_witness(r->p, name), i = find_group(r->p, name);
    if (w < r->p->n_witness)
        g->witnesses |= (uint32_t)1 << w;
    else if (i < r->p->n_group)
        g->groups |= (uint32_t)1 << i;
    else
        return BAD(r, "'%.*s' is no witness or group of a line before", RK_FMT(name));
    return RK_OK;
}

static rk_status members(reader *r, rk_slice rest, rk_policy_group *g, uint32_t *n) {
    rk_slice name;
    for (*n = 0; word(&rest, &name); ++*n) {
        rk_policy_group one = {0};
        RK_TRY(member(r, name, &one));
        if ((one.witnesses & r->taken_witnesses) || (one.groups & r->taken_groups))
            return BAD(r, "'%.*s' is a member already", RK_FMT(name));
        g->witnesses |= one.witnesses, r->taken_witnesses |= one.witnesses;
        g->groups |= one.groups, r->taken_groups |= one.groups;
    }
    return *n ? RK_OK : BAD(r, "a group has a member or more");
}

static rk_status read_group(reader *r, rk_slice rest) {
    rk_policy *p = r->p;
    rk_policy_group g = {0};
    rk_slice need;
    uint64_t k;
    uint32_t n;
    RK_TRY(full(r, p->n_group, "groups"));
    if (!word(&rest, &g.name) || !word(&rest, &need))
        return BAD(r, "a group is: group NAME all|any|NUMBER MEMBER...");
    RK_TRY(new_name(r, g.name));
    RK_TRY(members(r, rest, &g, &n));
    if (rk_slice_is(need, "all"))
        g.need = n;
    else if (rk_slice_is(need, "any"))
        g.need = 1;
    else if (rk_line_number(need, n, &k) && k >= 1)
        g.need = (uint32_t)k;
    else
        return BAD(r, "a group needs all, any, or 1 to %u (its members)", n);
    p->group[p->n_group++] = g;
    return RK_OK;
}

static rk_status read_quorum(reader *r, rk_slice rest) {
    rk_policy *p = r->p;
    rk_slice name, more;
    if (r->has_quorum) return BAD(r, "a second quorum");
    if (!word(&rest, &name) || word(&rest, &more))
        return BAD(r, "a quorum is one name, or none");
    r->has_quorum = true;
    p->quorum = (rk_policy_group){.name = name, .need = 1};
    p->quorum_none = rk_slice_is(name, "none");
    return p->quorum_none ? RK_OK : member(r, name, &p->quorum);
}

static rk_status read_line(reader *r, rk_slice line) {
    static const struct {
        const char *word;
        rk_status (*read)(reader *r, rk_slice rest);
    } kind[] = {{"log", read_log},
                {"witness", read_witness},
                {"group", read_group},
                {"quorum", read_quorum}};
    rk_slice first;
    if (!word(&line, &first) || first.ptr[0] == '#') return RK_OK;
    for (size_t i = 0; i < sizeof kind / sizeof *kind; i++)
        if (rk_slice_is(first, kind[i].word)) return kind[i].read(r, line);
    return BAD(r, "a line begins with log, witness, group, quorum or #, not '%.*s'",
               (int)(first.len < 40 ? first.len : 40), first.ptr);
}

static rk_status read_all(reader *r, rk_slice rest) {
    rk_slice line;
    if (rest.len == 0 || rest.ptr[rest.len - 1] != '\n')
        return BAD(r, "the last line of a policy ends with a newline too");
    if (!bytes_ok(rest)) return BAD(r, "a control character (a carriage return, perhaps)");
    while (rk_line_next(&rest, &line)) {
        r->line++;
        RK_TRY(read_line(r, line));
    }
    return r->has_quorum ? RK_OK : BAD(r, "no quorum line (\"quorum none\" if none is wanted)");
}

rk_status rk_policy_parse(rk_slice file, rk_policy **out, rk_err *err) {
    *out = NULL;
    if (file.len > RK_POLICY_MAX)
        return rk_fail(err, RK_LIMIT, "a policy has at most %u bytes", RK_POLICY_MAX);
    rk_policy *p = rk_alloc(sizeof *p);
    p->file = rk_alloc(file.len + 1);
    if (file.len) memcpy(p->file, file.ptr, file.len);
    p->all = (rk_slice){p->file, file.len};
    reader r = {.p = p, .err = err};
    rk_status s = read_all(&r, p->all);
    if (s != RK_OK) rk_policy_free(&p);
    *out = p;
    return s;
}

void rk_policy_free(rk_policy **p) {
    if (!*p) return;
    rk_free((*p)->file);
    rk_free(*p);
    *p = NULL;
}
