/* The compiler of rules: from "suara_total = suara_sah + suara_tidak_sah" to terms over
 * columns. check := side op side           op := "=" | "<=" | ">=" side  := term { "+" term }
 * term := [number] name | number name  := a field | a field without its suffix (J, else L + P)
 * | jumlah(pilihan) | tiap(pilihan) | tiap(semua)   (left side only: each cell on its own)
 * "tiap(jumlah_partai)" stands for one check a party: its written total against its cells.
 * A standard check over a field that this form does not have is left out; in the contest's own
 * rules that is an error. */
#include "core/contest_internal.h"

#include "base/mem.h"
#include "base/num.h"

#include <stdlib.h>

struct compiler {
    rk_contest *c;
    bool strict;
    rk_err *err;
};

static uint32_t derived(rk_contest *c, rk_derived d) {
    for (uint32_t i = 0; i < c->n_derived; i++)
        if (c->derived[i].kind == d.kind && rk_slice_eq(c->derived[i].name, d.name))
            return c->n_col + i;
    c->derived = rk_realloc(c->derived, c->n_derived + 1, sizeof *c->derived);
    c->derived[c->n_derived] = d;
    return c->n_col + c->n_derived++;
}

static uint32_t with_suffix(const rk_contest *c, rk_slice name, const char *suffix) {
    char text[80];
    if (name.len + 2 > sizeof text) return RK_NONE;
    memcpy(text, name.ptr, name.len);
    memcpy(text + name.len, suffix, 2);
    return rk_contest_field(c, (rk_slice){text, name.len + 2});
}

/* The column a name stands for, RK_NONE when the form has none. */
static uint32_t column_of(rk_contest *c, rk_slice name) {
    if (rk_slice_is(name, "jumlah(pilihan)"))
        return derived(c,
                       (rk_derived){.kind = RK_SUM_CHOICES, .name = RK_LIT("jumlah(pilihan)")});
    if (rk_slice_is(name, "tiap(pilihan)"))
        return derived(c,
                       (rk_derived){.kind = RK_MAX_CHOICES, .name = RK_LIT("tiap(pilihan)")});
    if (rk_slice_is(name, "tiap(semua)"))
        return derived(c, (rk_derived){.kind = RK_MAX_ALL, .name = RK_LIT("tiap(semua)")});
    uint32_t f = rk_contest_field(c, name);
    if (f != RK_NONE) return f;
    rk_derived g = {.kind = RK_GROUP_J, .name = name};
    g.j = with_suffix(c, name, "_j");
    g.l = with_suffix(c, name, "_l");
    g.p = with_suffix(c, name, "_p");
    if (g.j == RK_NONE && (g.l == RK_NONE || g.p == RK_NONE)) return RK_NONE;
    if (g.l == RK_NONE || g.p == RK_NONE) return g.j;
    return derived(c, g);
}

static void push_term(rk_contest *c, rk_term t) {
    c->term = rk_realloc(c->term, c->n_term + 1, sizeof *c->term);
    c->term[c->n_term++] = t;
}

/* One term; *known = false when its field is not on this form. */
static rk_status term(struct compiler *k, rk_slice s, bool *known) {
    rk_term t = {.factor = 1, .column = RK_NONE};
    s = rk_slice_trim(s);
    size_t n = 0;
    while (n < s.len && s.ptr[n] >= '0' && s.ptr[n] <= '9') n++;
    uint64_t v;
    if (n && rk_num_parse((rk_slice){s.ptr, n}, 1000000, &v)) {
        t.factor = (int32_t)v;
        s = rk_slice_trim(rk_slice_from(s, n));
    } else if (n) {
        return rk_fail(k->err, RK_BAD_INPUT, "a number in a rule is at most 1000000: \"%.*s\"",
                       RK_FMT(s));
    }
    if (s.len) {
        t.column = column_of(k->c, s);
        if (t.column == RK_NONE) *known = false;
    } else if (!n) {
        return rk_fail(k->err, RK_BAD_INPUT, "a term is missing in a rule");
    }
    push_term(k->c, t);
    return RK_OK;
}

static rk_status side(struct compiler *k, rk_slice s, uint32_t *first, uint32_t *n,
                      bool *known) {
    rk_slice part;
    *first = k->c->n_term;
    if (s.len == 0) return rk_fail(k->err, RK_BAD_INPUT, "a side of a rule is empty");
    while (rk_slice_cut(&s, '+', &part)) RK_TRY(term(k, part, known));
    *n = k->c->n_term - *first;
    return RK_OK;
}

static bool split(rk_slice s, rk_slice *left, enum rk_op *op, rk_slice *right) {
    const char *e = memchr(s.ptr, '=', s.len);
    if (!e) return false;
    size_t at = (size_t)(e - s.ptr), before = at;
    *op = RK_EQ;
    if (at && (e[-1] == '<' || e[-1] == '>'))
        *op = e[-1] == '<' ? RK_LE : RK_GE, before = at - 1;
    *left = rk_slice_trim((rk_slice){s.ptr, before});
    *right = rk_slice_trim(rk_slice_from(s, at + 1));
    return true;
}

static void push_check(rk_contest *c, rk_check x) {
    c->check = rk_realloc(c->check, c->n_check + 1, sizeof *c->check);
    c->check[c->n_check++] = x;
}

static rk_slice keep_text(rk_contest *c, rk_slice s) {
    c->made = rk_realloc(c->made, c->n_made + 1, sizeof *c->made);
    return c->made[c->n_made++] = (rk_slice){rk_dup(s.ptr, s.len), s.len};
}

/* jumlah_suara_<party> = suara_<party> + its candidates, for each party whose total is on the
 * form. */
static void party_totals(rk_contest *c) {
    const rk_ballot *b = c->n_ballot ? &c->ballot[0] : NULL;
    for (uint32_t i = 0; b && i < b->n; i++) {
        if (b->choice[i].party != RK_NONE) continue;
        rk_buf name;
        rk_buf_init(&name, 100);
        rk_buf_lit(&name, "jumlah_suara_");
        rk_buf_add(&name, rk_code_slice(&b->choice[i].code));
        uint32_t f = rk_contest_field(c, rk_buf_slice(&name));
        if (f != RK_NONE) {
            rk_check x = {.op = RK_EQ, .first_left = c->n_term, .n_left = 1};
            push_term(c, (rk_term){1, f, false});
            x.first_right = c->n_term;
            for (uint32_t j = 0; j < b->n; j++)
                if (j == i || b->choice[j].party == i)
                    push_term(c, (rk_term){1, c->n_field + b->choice[j].slot, j != i});
            x.n_right = c->n_term - x.first_right;
            rk_buf_lit(&name, " = jumlah suara partai dan calonnya");
            x.text = keep_text(c, rk_buf_slice(&name));
            push_check(c, x);
        }
        rk_buf_free(&name);
    }
}

/* The largest absolute value a side can take must fit 31 bits: rk_checker_block computes in
 * int32. */
static bool fits(const rk_contest *c, uint32_t first, uint32_t n) {
    uint64_t most = 0;
    for (uint32_t i = first; i < first + n; i++) {
        uint32_t col = c->term[i].column;
        uint64_t cell = col == RK_NONE ? 1 : c->max_value;
        if (col != RK_NONE && col >= c->n_col &&
            c->derived[col - c->n_col].kind == RK_SUM_CHOICES)
            cell *= c->n_slot;
        if (col != RK_NONE && col >= c->n_col && c->derived[col - c->n_col].kind == RK_GROUP_J)
            cell *= 2;
        most += cell * (uint64_t)c->term[i].factor;
    }
    return most < INT32_MAX;
}

static rk_status check(struct compiler *k, rk_slice text) {
    rk_contest *c = k->c;
    rk_slice left, right;
    rk_check x = {.text = text};
    bool known = true;
    if (rk_slice_is(text, "tiap(jumlah_partai)")) {
        party_totals(c);
        return RK_OK;
    }
    if (!split(text, &left, &x.op, &right))
        return rk_fail(k->err, RK_BAD_INPUT, "rule \"%.*s\" has no =, <= or >=", RK_FMT(text));
    if (memmem(right.ptr, right.len, "tiap(", 5))
        return rk_fail(k->err, RK_BAD_INPUT,
                       "rule \"%.*s\": tiap(...) stands on the left side alone", RK_FMT(text));
    if (memmem(left.ptr, left.len, "tiap(", 5) &&
        (memchr(left.ptr, '+', left.len) || x.op != RK_LE))
        return rk_fail(
            k->err, RK_BAD_INPUT,
            "rule \"%.*s\": tiap(...) stands on the left side alone, before <=", RK_FMT(text));
    uint32_t terms = c->n_term;
    RK_TRY(side(k, left, &x.first_left, &x.n_left, &known));
    RK_TRY(side(k, right, &x.first_right, &x.n_right, &known));
    if (!known) {
        c->n_term = terms;
        return k->strict ? rk_fail(k->err, RK_BAD_INPUT,
                                   "rule \"%.*s\" names a field that is not in \"medan\"",
                                   RK_FMT(text))
                         : RK_OK;
    }
    if (!fits(c, x.first_left, x.n_left) || !fits(c, x.first_right, x.n_right))
        return rk_fail(
            k->err, RK_LIMIT,
            "rule \"%.*s\" can exceed 2147483646 with cells up to %u: lower \"maks\"",
            RK_FMT(text), c->max_value);
    push_check(c, x);
    return RK_OK;
}

static bool lists(json_t *list, rk_slice what) {
    size_t i;
    json_t *v;
    json_array_foreach(list, i, v) if (json_is_string(v) &&
                                       rk_slice_is(what, json_string_value(v))) return true;
    return false;
}

static rk_slice shape_name(enum rk_shape s) {
    return s == RK_PASLON   ? RK_LIT("paslon")
           : s == RK_PARTAI ? RK_LIT("partai")
                            : RK_LIT("calon");
}

static rk_status rule_head(struct compiler *k, json_t *o, rk_rule *r) {
    static const char *const keys[] = {"id",   "berat",  "lingkup", "cek",
                                       "nama", "bentuk", "kecuali"};
    const char *key;
    json_t *v;
    json_object_foreach(o, key, v) {
        bool ok = false;
        for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) ok |= strcmp(key, keys[i]) == 0;
        if (!ok) return rk_fail(k->err, RK_BAD_INPUT, "unknown key \"%.60s\" in a rule", key);
    }
    if (!rk_contest_code_ok(rk_json_text(o, "id")) ||
        !rk_code_of(rk_json_text(o, "id"), &r->id))
        return rk_fail(k->err, RK_BAD_INPUT,
                       "a rule needs an \"id\" of 1 to 23 letters, digits, '-', '_' or '.'");
    rk_slice sev = rk_json_text(o, "berat"), scope = rk_json_text(o, "lingkup");
    if (sev.len != 1 || !strchr("EWI", sev.ptr[0]))
        return rk_fail(k->err, RK_BAD_INPUT, "rule %.*s: \"berat\" must be E, W or I",
                       RK_FMT(rk_code_slice(&r->id)));
    r->severity = sev.ptr[0];
    r->scope = rk_slice_is(scope, "dn")   ? RK_AT_HOME
               : rk_slice_is(scope, "ln") ? RK_ABROAD
                                          : RK_EVERYWHERE;
    if (scope.len && r->scope == RK_EVERYWHERE && !rk_slice_is(scope, "semua"))
        return rk_fail(k->err, RK_BAD_INPUT, "rule %.*s: \"lingkup\" must be semua, dn or ln",
                       RK_FMT(rk_code_slice(&r->id)));
    r->name_id = rk_json_text(json_object_get(o, "nama"), "id");
    r->name_en = rk_json_text(json_object_get(o, "nama"), "en");
    if (!json_is_array(json_object_get(o, "cek")))
        return rk_fail(k->err, RK_BAD_INPUT, "rule %.*s: \"cek\" must be a list of comparisons",
                       RK_FMT(rk_code_slice(&r->id)));
    for (uint32_t i = 0; i < k->c->n_rule; i++)
        if (rk_code_eq(&k->c->rule[i].id, &r->id))
            return rk_fail(k->err, RK_BAD_INPUT, "rule id %.*s is used twice",
                           RK_FMT(rk_code_slice(&r->id)));
    return RK_OK;
}

static rk_status one_rule(struct compiler *k, json_t *o) {
    rk_contest *c = k->c;
    rk_rule r = {.first_check = c->n_check};
    size_t i;
    json_t *v;
    RK_TRY(rule_head(k, o, &r));
    json_t *shapes = json_object_get(o, "bentuk");
    if ((shapes && !lists(shapes, shape_name(c->shape))) ||
        lists(json_object_get(o, "kecuali"), rk_code_slice(&c->code)))
        return RK_OK;
    json_array_foreach(json_object_get(o, "cek"), i, v) {
        if (!json_is_string(v))
            return rk_fail(k->err, RK_BAD_INPUT, "rule %.*s: a comparison is not a text",
                           RK_FMT(rk_code_slice(&r.id)));
        RK_TRY(check(k, (rk_slice){json_string_value(v), json_string_length(v)}));
    }
    r.n_check = c->n_check - r.first_check;
    if (r.n_check == 0) return RK_OK; /* nothing of it is on this form */
    if (c->n_rule == RK_RULES_MAX)
        return rk_fail(k->err, RK_LIMIT, "more than %u rules", RK_RULES_MAX);
    c->rule = rk_realloc(c->rule, c->n_rule + 1, sizeof *c->rule);
    c->rule[c->n_rule++] = r;
    return RK_OK;
}

rk_status rk_contest_rules(rk_contest *c, json_t *standard, bool use_standard, json_t *extra,
                           rk_err *err) {
    struct compiler k = {.c = c, .err = err};
    size_t i;
    json_t *o;
    if (use_standard)
        json_array_foreach(json_object_get(standard, "aturan"), i, o) RK_TRY(one_rule(&k, o));
    if (extra && !json_is_array(extra))
        return rk_fail(err, RK_BAD_INPUT, "\"aturan_tambahan\" must be a list of rules");
    k.strict = true;
    json_array_foreach(extra, i, o) RK_TRY(one_rule(&k, o));
    return RK_OK;
}
