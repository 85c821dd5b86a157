/* Reading is strict: a value without a class, an exemption that is not declared, a reference
 * that leads nowhere are errors. Ids are public, so an id that looks like an address is one
 * too.
 */
#include "core/infra.h"

#include "base/mem.h"
#include "base/num.h"
#include "base/utf8.h"
#include "core/jsonin.h"

#include <stdio.h>

static const char PAGE[] = "docs/format/infra.md";

rk_infra *rk_infra_new(void) { return rk_alloc(sizeof(rk_infra)); }

void rk_infra_free(rk_infra **ip) {
    rk_infra *i = *ip;
    if (!i) return;
    for (uint32_t r = 0; r < i->n; r++)
        for (uint32_t f = 0; f < RK_INFRA_FIELDS_MAX; f++) rk_free(i->record[r].value[f].item);
    for (uint32_t m = 0; m < i->n_made; m++) rk_free(i->made[m]);
    for (uint32_t j = 0; j < i->n_json; j++) json_decref(i->json[j]);
    rk_free(i->made);
    rk_free(i->record);
    rk_free(i->exemption);
    rk_free(i);
    *ip = NULL;
}

uint32_t rk_infra_find(const rk_infra *i, rk_slice id) {
    for (uint32_t r = 0; r < i->n; r++)
        if (rk_slice_eq(i->record[r].id, id)) return r;
    return RK_NONE;
}

static uint32_t find_exemption(const rk_infra *i, rk_slice id) {
    for (uint32_t e = 0; e < i->n_exemption; e++)
        if (rk_slice_eq(i->exemption[e].id, id)) return e;
    return RK_NONE;
}

static rk_status id_of(const rk_json_in *in, json_t *o, const char *where, rk_slice *out) {
    RK_TRY(rk_json_in_text(in, o, where, "id", true, out));
    if (!rk_json_in_id_ok(*out) || rk_infra_guard(*out))
        return rk_fail(in->err, RK_BAD_INPUT,
                       "%s.id must be 1 to 40 of a-z, 0-9 and '-', and say nothing that is "
                       "withheld: ids are public",
                       where);
    return RK_OK;
}

/* ===== values ===== */

static rk_slice number_text(rk_infra *i, uint64_t v) {
    char text[24], *end = rk_num_put(text, v);
    RK_PUSH_ROOM(i->made, i->n_made, i->cap_made);
    size_t n = (size_t)(end - text);
    return (rk_slice){i->made[i->n_made++] = rk_dup(text, n), n};
}

static const char *item_problem(const rk_infra_field *f, rk_slice s) {
    rk_day d;
    if (s.len == 0) return "is empty (leave the field out when there is nothing to say)";
    if (s.len > RK_TEXT_MAX || !rk_utf8_text(s, "")) return "is too long or has controls";
    switch (f->type) {
    case RK_INFRA_DAY:
        return rk_day_parse(s, &d) ? NULL : "is no date YYYY-MM-DD";
    case RK_INFRA_URL:
        return rk_slice_starts(s, RK_LIT("https://")) || rk_slice_starts(s, RK_LIT("http://"))
                   ? NULL
                   : "is no http address";
    case RK_INFRA_COUNTRY:
        return s.len == 2 && s.ptr[0] >= 'A' && s.ptr[0] <= 'Z' && s.ptr[1] >= 'A' &&
                       s.ptr[1] <= 'Z'
                   ? NULL
                   : "is no country of two capital letters";
    case RK_INFRA_REF:
        return rk_json_in_id_ok(s) ? NULL : "is no id";
    default:
        return NULL;
    }
}

static rk_status read_items(rk_infra *i, const rk_json_in *in, const char *where,
                            const rk_infra_field *f, json_t *v, rk_infra_value *out) {
    bool list = json_is_array(v) && (f->type == RK_INFRA_REF || f->type == RK_INFRA_ADDRESS);
    size_t n = list ? json_array_size(v) : 1;
    if (n > RK_INFRA_ITEMS_MAX)
        return rk_fail(in->err, RK_LIMIT, "%s.%s has %zu items, at most %u are read", where,
                       f->name, n, RK_INFRA_ITEMS_MAX);
    out->item = rk_calloc(n ? n : 1, sizeof *out->item);
    for (size_t k = 0; k < n; k++) {
        json_t *one = list ? json_array_get(v, k) : v;
        rk_slice s = rk_json_in_slice(one);
        if (f->type == RK_INFRA_WHOLE)
            s = json_is_integer(one) && json_integer_value(one) >= 0
                    ? number_text(i, (uint64_t)json_integer_value(one))
                    : (rk_slice){NULL, 0};
        const char *bad = item_problem(f, s);
        if (bad)
            return rk_fail(in->err, RK_BAD_INPUT, "%s.%s: the value %s (%s)", where, f->name,
                           f->type == RK_INFRA_WHOLE ? "is no whole number" : bad, PAGE);
        out->item[out->n++] = s;
    }
    return RK_OK;
}

static rk_status by_exemption(const rk_infra *i, const rk_json_in *in, const char *where,
                              rk_slice id, uint32_t *out) {
    *out = find_exemption(i, id);
    if (*out != RK_NONE) return RK_OK;
    return rk_fail(
        in->err, RK_BAD_INPUT,
        "%s: there is no exemption \"%.*s\": declare it under \"exemptions\" of this "
        "file or of one before it, with letter, test, until and then",
        where, (int)(id.len < 40 ? id.len : 40), id.ptr ? id.ptr : "");
}

static rk_status read_value(rk_infra *i, const rk_json_in *in, const char *where,
                            const rk_infra_field *f, json_t *v, rk_infra_value *out) {
    json_t *open = json_object_get(v, "open"), *exempt = json_object_get(v, "exempt");
    json_t *by = json_object_get(v, "by");
    out->exemption = RK_NONE;
    if (!json_is_object(v) || !open == !exempt || !exempt != !by ||
        json_object_size(v) != (open ? 1u : 2u))
        return rk_fail(in->err, RK_BAD_INPUT,
                       "%s.%s has no class: write {\"open\": value} or {\"exempt\": value, "
                       "\"by\": \"id of an exemption\"} (%s)",
                       where, f->name, PAGE);
    if (exempt) RK_TRY(by_exemption(i, in, where, rk_json_in_slice(by), &out->exemption));
    return read_items(i, in, where, f, open ? open : exempt, out);
}

/* ===== records ===== */

static rk_status read_fields(rk_infra *i, const rk_json_in *in, const char *where, json_t *o,
                             rk_infra_record *r) {
    const char *key;
    json_t *v;
    json_object_foreach(o, key, v) {
        if (strcmp(key, "id") == 0 || strcmp(key, "exempt") == 0) continue;
        uint32_t f = rk_infra_field_of(r->kind, key);
        if (f == RK_NONE)
            return rk_fail(in->err, RK_BAD_INPUT, "unknown field \"%.60s\" in %s (%s)", key,
                           where, PAGE);
        RK_TRY(
            read_value(i, in, where, &rk_infra_table_of(r->kind)->field[f], v, &r->value[f]));
    }
    const rk_infra_table *t = rk_infra_table_of(r->kind);
    for (uint32_t f = 0; f < t->n; f++)
        if (t->field[f].needed && r->value[f].n == 0)
            return rk_fail(in->err, RK_BAD_INPUT, "%s.%s is missing (%s)", where,
                           t->field[f].name, PAGE);
    return RK_OK;
}

static rk_status read_record(rk_infra *i, const rk_json_in *in, enum rk_infra_kind k,
                             const char *where, json_t *o) {
    rk_slice by;
    if (!json_is_object(o))
        return rk_fail(in->err, RK_BAD_INPUT, "%s must be an object {...}", where);
    if (i->n == RK_INFRA_RECORDS_MAX)
        return rk_fail(in->err, RK_LIMIT, "more than %u records", RK_INFRA_RECORDS_MAX);
    RK_PUSH_ROOM(i->record, i->n, i->cap);
    rk_infra_record *r = &i->record[i->n];
    *r = (rk_infra_record){.kind = k, .exemption = RK_NONE};
    for (uint32_t f = 0; f < RK_INFRA_FIELDS_MAX; f++) /* a field left out has none either */
        r->value[f].exemption = RK_NONE;
    RK_TRY(id_of(in, o, where, &r->id));
    if (rk_infra_find(i, r->id) != RK_NONE)
        return rk_fail(in->err, RK_BAD_INPUT, "%s: the id \"%.*s\" is given twice", where,
                       RK_FMT(r->id));
    i->n++;
    RK_TRY(rk_json_in_text(in, o, where, "exempt", false, &by));
    if (by.len) RK_TRY(by_exemption(i, in, where, by, &r->exemption));
    return read_fields(i, in, where, o, r);
}

static rk_status read_exemption(rk_infra *i, const rk_json_in *in, const char *where,
                                json_t *o) {
    static const char *const keys[] = {"id",    "letter", "test", "decision",
                                       "until", "then",   NULL};
    rk_infra_exemption e = {0};
    rk_slice then;
    RK_TRY(rk_json_in_keys(in, o, where, keys));
    RK_TRY(id_of(in, o, where, &e.id));
    if (find_exemption(i, e.id) != RK_NONE)
        return rk_fail(in->err, RK_BAD_INPUT, "%s: the id \"%.*s\" is given twice", where,
                       RK_FMT(e.id));
    RK_TRY(rk_json_in_text(in, o, where, "letter", true, &e.letter));
    if (e.letter.len != 1 || e.letter.ptr[0] < 'a' || e.letter.ptr[0] > 'j')
        return rk_fail(in->err, RK_BAD_INPUT,
                       "%s.letter must be one of a to j (UU 14/2008 art. 17)", where);
    RK_TRY(rk_json_in_text(in, o, where, "test", true, &e.test));
    RK_TRY(rk_json_in_text(in, o, where, "decision", false, &e.decision));
    RK_TRY(rk_json_in_day(in, o, where, "until", true, &e.until));
    RK_TRY(rk_json_in_text(in, o, where, "then", true, &then));
    e.opens = rk_slice_is(then, "open");
    if (!e.opens && !rk_slice_is(then, "closed"))
        return rk_fail(in->err, RK_BAD_INPUT, "%s.then must be \"open\" or \"closed\"", where);
    RK_PUSH_ROOM(i->exemption, i->n_exemption, i->cap_exemption);
    i->exemption[i->n_exemption++] = e;
    return RK_OK;
}

/* ===== files ===== */

static rk_status read_head(rk_infra *i, const rk_json_in *in, json_t *o) {
    static const char *const keys[] = {"name", "body", "version", "note", "fictional", NULL};
    if (!o) return RK_OK;
    if (i->named)
        return rk_fail(in->err, RK_BAD_INPUT, "a second file has \"inventory\": one names it");
    i->named = true;
    RK_TRY(rk_json_in_keys(in, o, "inventory", keys));
    RK_TRY(rk_json_in_text(in, o, "inventory", "name", true, &i->name));
    RK_TRY(rk_json_in_text(in, o, "inventory", "body", true, &i->body));
    RK_TRY(rk_json_in_text(in, o, "inventory", "version", true, &i->version));
    RK_TRY(rk_json_in_text(in, o, "inventory", "note", false, &i->note));
    return rk_json_in_bool(in, o, "inventory", "fictional", &i->fictional);
}

static rk_status read_exemptions(rk_infra *i, const rk_json_in *in, json_t *o) {
    json_t *list, *v;
    size_t n;
    RK_TRY(rk_json_in_array(in, o, "the file", "exemptions", RK_INFRA_EXEMPTIONS_MAX, &list));
    json_array_foreach(list, n, v) {
        char where[48];
        snprintf(where, sizeof where, "exemptions[%zu]", n);
        if (i->n_exemption == RK_INFRA_EXEMPTIONS_MAX)
            return rk_fail(in->err, RK_LIMIT, "more than %u exemptions",
                           RK_INFRA_EXEMPTIONS_MAX);
        RK_TRY(read_exemption(i, in, where, v));
    }
    return RK_OK;
}

static rk_status read_sections(rk_infra *i, const rk_json_in *in, json_t *o) {
    const char *known[RK_INFRA_KINDS + 4] = {"format", "inventory", "exemptions"};
    for (unsigned k = 0; k < RK_INFRA_KINDS; k++)
        known[k + 3] = rk_infra_table_of((enum rk_infra_kind)k)->section;
    RK_TRY(rk_json_in_keys(in, o, "the file", known));
    for (unsigned k = 0; k < RK_INFRA_KINDS; k++) {
        const char *section = rk_infra_table_of((enum rk_infra_kind)k)->section;
        json_t *list, *v;
        size_t n;
        RK_TRY(rk_json_in_array(in, o, "the file", section, RK_INFRA_RECORDS_MAX, &list));
        json_array_foreach(list, n, v) {
            char where[48];
            snprintf(where, sizeof where, "%s[%zu]", section, n);
            RK_TRY(read_record(i, in, (enum rk_infra_kind)k, where, v));
        }
    }
    return RK_OK;
}

rk_status rk_infra_add(rk_infra *i, rk_slice bytes, rk_err *err) {
    rk_json_in in = {PAGE, err};
    json_t *o;
    if (i->n_json == RK_INFRA_FILES_MAX)
        return rk_fail(err, RK_LIMIT, "more than %u files of one inventory",
                       RK_INFRA_FILES_MAX);
    RK_TRY(rk_json_in_doc(&in, bytes, RK_INFRA_BYTES_MAX, "rekap-infra-1", &o));
    i->json[i->n_json++] = o;
    RK_TRY(read_head(i, &in, json_object_get(o, "inventory")));
    RK_TRY(read_exemptions(i, &in, o));
    return read_sections(i, &in, o);
}

static rk_status check_refs(const rk_infra *i, const rk_infra_record *r, rk_err *err) {
    const rk_infra_table *t = rk_infra_table_of(r->kind);
    for (uint32_t f = 0; f < t->n; f++) {
        if (t->field[f].type != RK_INFRA_REF) continue;
        for (uint32_t k = 0; k < r->value[f].n; k++) {
            rk_slice id = r->value[f].item[k];
            uint32_t to = rk_infra_find(i, id);
            if (to == RK_NONE ||
                (t->field[f].ref != RK_INFRA_ANY && i->record[to].kind != t->field[f].ref))
                return rk_fail(
                    err, RK_BAD_INPUT, "\"%.*s\" (%s): %s names \"%.*s\", which is %s",
                    RK_FMT(r->id), t->section, t->field[f].name, RK_FMT(id),
                    to == RK_NONE ? "nowhere in the inventory" : "a record of another kind");
        }
    }
    return RK_OK;
}

rk_status rk_infra_finish(const rk_infra *i, rk_err *err) {
    if (!i->named)
        return rk_fail(
            err, RK_BAD_INPUT,
            "no file of the inventory has \"inventory\" with name, body, version (%s)", PAGE);
    for (uint32_t r = 0; r < i->n; r++) RK_TRY(check_refs(i, &i->record[r], err));
    return RK_OK;
}
