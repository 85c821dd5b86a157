/* Parsing is strict: an unknown key is an error, because a misspelt key would silently change
 * what is checked. The parsed JSON stays alive as the owner of all text. */
#include "core/contest.h"

#include "base/mem.h"
#include "base/num.h"
#include "base/utf8.h"
#include "base/wib.h"
#include "core/contest_internal.h"

#include <stdlib.h>

extern const char rk_standar_json[];
extern const size_t rk_standar_json_len;

rk_slice rk_standard_rules(void) { return (rk_slice){rk_standar_json, rk_standar_json_len}; }

rk_slice rk_json_text(json_t *object, const char *key) {
    json_t *v = json_object_get(object, key);
    if (!json_is_string(v)) return (rk_slice){0};
    return (rk_slice){json_string_value(v), json_string_length(v)};
}

static rk_status json_bytes(rk_slice s, const char *what, json_t **out, rk_err *err) {
    json_error_t je;
    if (s.len > RK_DOCUMENT_MAX)
        return rk_fail(err, RK_LIMIT, "%s is over %u bytes", what, RK_DOCUMENT_MAX);
    if (rk_slice_starts(s, RK_LIT("\xef\xbb\xbf"))) s = rk_slice_from(s, 3);
    *out = json_loadb(s.ptr ? s.ptr : "", s.len, JSON_REJECT_DUPLICATES, &je);
    if (!*out || !json_is_object(*out)) {
        size_t line = *out ? 1 : (size_t)(je.line > 0 ? je.line : 0),
               col = *out ? 1 : (size_t)(je.column > 0 ? je.column : 0);
        if (*out) json_decref(*out);
        *out = NULL;
        return rk_fail_at(err, RK_BAD_INPUT, line, col, "%s is not a JSON object: %s", what,
                          je.text);
    }
    return RK_OK;
}

static rk_status only_keys(json_t *o, const char *where, const char *const *known,
                           rk_err *err) {
    const char *key;
    json_t *v;
    json_object_foreach(o, key, v) {
        bool ok = false;
        for (const char *const *k = known; *k && !ok; k++) ok = strcmp(key, *k) == 0;
        if (!ok)
            return rk_fail(err, RK_BAD_INPUT,
                           "unknown key \"%.60s\" in %s of the contest file "
                           "(docs/format/kontes.md lists them)",
                           key, where);
    }
    return RK_OK;
}

static rk_status text_of(json_t *o, const char *key, bool needed, rk_slice *out, rk_err *err) {
    json_t *v = json_object_get(o, key);
    *out = rk_json_text(o, key);
    if (v && !json_is_string(v))
        return rk_fail(err, RK_BAD_INPUT, "\"%s\" must be a text in quotes", key);
    if (needed && out->len == 0) return rk_fail(err, RK_BAD_INPUT, "\"%s\" is missing", key);
    if (out->len > RK_NAME_MAX || !rk_utf8_text(*out, ""))
        return rk_fail(err, RK_BAD_INPUT, "\"%s\" is over %u bytes or has control characters",
                       key, RK_NAME_MAX);
    return RK_OK;
}

bool rk_contest_code_ok(rk_slice s) {
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
              c == '-' || c == '_' || c == '.'))
            return false;
    }
    return s.len > 0;
}

static rk_status code_of(json_t *o, const char *key, rk_code *out, rk_err *err) {
    rk_slice s;
    RK_TRY(text_of(o, key, true, &s, err));
    if (!rk_contest_code_ok(s) || !rk_code_of(s, out))
        return rk_fail(
            err, RK_BAD_INPUT,
            "\"%s\": \"%.*s\" is not a code of 1 to %u letters, digits, '-', '_' or '.'", key,
            RK_FMT(s), RK_CODE_MAX);
    return RK_OK;
}

static rk_status whole(json_t *o, const char *key, uint32_t max, uint32_t *out, rk_err *err) {
    json_t *v = json_object_get(o, key);
    if (!v) return RK_OK;
    if (!json_is_integer(v) || json_integer_value(v) < 0 ||
        json_integer_value(v) > (json_int_t)max)
        return rk_fail(err, RK_BAD_INPUT, "\"%s\" must be a whole number from 0 to %u", key,
                       max);
    *out = (uint32_t)json_integer_value(v);
    return RK_OK;
}

static rk_status codes_of(json_t *o, const char *key, rk_code **out, uint32_t *n, rk_err *err) {
    json_t *a = json_object_get(o, key);
    if (!a) return RK_OK;
    if (!json_is_array(a))
        return rk_fail(err, RK_BAD_INPUT, "\"%s\" must be a list of codes", key);
    size_t k = json_array_size(a);
    *out = rk_calloc(k, sizeof **out);
    for (size_t i = 0; i < k; i++) {
        json_t *v = json_array_get(a, i);
        rk_slice s = json_is_string(v) ? (rk_slice){json_string_value(v), json_string_length(v)}
                                       : (rk_slice){0};
        if (!rk_code_of(s, &(*out)[i]))
            return rk_fail(err, RK_BAD_INPUT, "\"%s\"[%zu] is not a code", key, i);
    }
    *n = (uint32_t)k;
    return RK_OK;
}

/* ===== fields ===== */

static rk_status add_field(rk_contest *c, rk_slice name, rk_err *err) {
    if (!rk_contest_code_ok(name) || name.len > 60)
        return rk_fail(err, RK_BAD_INPUT,
                       "field name \"%.*s\" is not made of letters, digits and '_'",
                       RK_FMT(name));
    if (rk_contest_field(c, name) != RK_NONE)
        return rk_fail(err, RK_BAD_INPUT, "field \"%.*s\" is listed twice", RK_FMT(name));
    if (c->n_field == RK_COLUMNS_MAX)
        return rk_fail(err, RK_LIMIT, "more than %u figures on a form", RK_COLUMNS_MAX);
    c->field = rk_realloc(c->field, c->n_field + 1, sizeof *c->field);
    c->field[c->n_field++] = name;
    return RK_OK;
}

static rk_status read_fields(rk_contest *c, json_t *list, rk_err *err) {
    size_t i;
    json_t *v;
    if (!json_is_array(list))
        return rk_fail(err, RK_BAD_INPUT, "\"medan\" must be a list of field names");
    json_array_foreach(list, i, v) {
        if (!json_is_string(v))
            return rk_fail(err, RK_BAD_INPUT, "\"medan\"[%zu] is not a text", i);
        RK_TRY(add_field(c, (rk_slice){json_string_value(v), json_string_length(v)}, err));
    }
    return RK_OK;
}

/* ===== choices ===== */

static rk_status push_choice(rk_ballot *b, const rk_choice *x, rk_err *err) {
    if (b->n == RK_CHOICES_MAX)
        return rk_fail(err, RK_LIMIT, "more than %u choices", RK_CHOICES_MAX);
    b->choice = rk_realloc(b->choice, b->n + 1, sizeof *b->choice);
    b->choice[b->n++] = *x;
    return RK_OK;
}

static rk_status read_choice(json_t *o, rk_choice *x, rk_err *err) {
    static const char *const keys[] = {"kode",  "id", "nomor", "nama", "nama_lengkap",
                                       "warna", "ts", "calon", "aceh", NULL};
    rk_slice ts;
    *x = (rk_choice){.party = RK_NONE};
    if (!json_is_object(o))
        return rk_fail(err, RK_BAD_INPUT, "each choice must be an object {\"kode\":...}");
    RK_TRY(only_keys(o, "a choice", keys, err));
    RK_TRY(code_of(o, "kode", &x->code, err));
    x->id = x->code;
    if (json_object_get(o, "id")) RK_TRY(code_of(o, "id", &x->id, err));
    RK_TRY(whole(o, "nomor", 100000, &x->number, err));
    RK_TRY(text_of(o, "nama", false, &x->name, err));
    RK_TRY(text_of(o, "nama_lengkap", false, &x->full_name, err));
    RK_TRY(text_of(o, "warna", false, &x->colour, err));
    RK_TRY(text_of(o, "ts", false, &ts, err));
    if (ts.len && !rk_wib_parse(ts, &x->ts))
        return rk_fail(err, RK_BAD_INPUT, "\"ts\": \"%.*s\" is not YYYY-MM-DD HH:MM:SS",
                       RK_FMT(ts));
    x->aceh = json_is_true(json_object_get(o, "aceh"));
    return RK_OK;
}

/* Candidate `k` (1-based) of a party: code "<party>.<k>". */
static rk_status push_candidate(rk_ballot *b, uint32_t party, uint32_t k, uint32_t slot,
                                json_t *named, rk_err *err) {
    rk_choice x = {.party = party, .number = k, .slot = slot};
    char text[64], *e = text;
    rk_slice p = rk_code_slice(&b->choice[party].code);
    memcpy(e, p.ptr, p.len);
    e[p.len] = '.';
    e = rk_num_put(e + p.len + 1, k);
    if (!rk_code_of((rk_slice){text, (size_t)(e - text)}, &x.code))
        return rk_fail(err, RK_LIMIT, "the party code \"%.*s\" is too long for candidates",
                       RK_FMT(p));
    x.id = x.code;
    if (named) {
        static const char *const keys[] = {"id", "nama", NULL};
        if (!json_is_object(named))
            return rk_fail(err, RK_BAD_INPUT,
                           "a candidate must be an object {\"id\":...,\"nama\":...}");
        RK_TRY(only_keys(named, "a candidate", keys, err));
        if (json_object_get(named, "id")) RK_TRY(code_of(named, "id", &x.id, err));
        RK_TRY(text_of(named, "nama", false, &x.name, err));
    }
    return push_choice(b, &x, err);
}

/* Slots of a party ballot: per party one cell for the party and `most[p]` for its candidates; a
 * candidate's cell exists on a ballot only when that dapil has as many candidates. */
static rk_status party_ballot(rk_contest *c, rk_ballot *b, json_t *parties,
                              const uint32_t *most, json_t *lists, rk_err *err) {
    uint32_t slot = 0;
    size_t i;
    json_t *o;
    json_array_foreach(parties, i, o) {
        rk_choice x;
        RK_TRY(read_choice(o, &x, err));
        x.slot = slot;
        uint32_t party = b->n;
        RK_TRY(push_choice(b, &x, err));
        char key[RK_CODE_MAX + 1];
        memcpy(key, x.code.s, RK_CODE_MAX);
        key[x.code.len] = 0;
        json_t *list = lists ? json_object_get(lists, key) : NULL;
        uint32_t n = lists ? (uint32_t)json_array_size(list) : most[i];
        for (uint32_t k = 1; k <= n; k++)
            RK_TRY(push_candidate(b, party, k, slot + k,
                                  list ? json_array_get(list, k - 1) : NULL, err));
        slot += 1 + most[i];
        if (slot > RK_COLUMNS_MAX)
            return rk_fail(err, RK_LIMIT, "more than %u choice cells", RK_COLUMNS_MAX);
    }
    if (slot > c->n_slot) c->n_slot = slot;
    return RK_OK;
}

static rk_status plain_ballot(rk_contest *c, rk_ballot *b, json_t *list, rk_err *err) {
    size_t i;
    json_t *o;
    json_array_foreach(list, i, o) {
        rk_choice x;
        RK_TRY(read_choice(o, &x, err));
        if (json_object_get(o, "calon"))
            return rk_fail(err, RK_BAD_INPUT,
                           "\"calon\" belongs to parties: set \"bentuk\":\"partai\"");
        x.slot = (uint32_t)i;
        RK_TRY(push_choice(b, &x, err));
    }
    if (b->n > c->n_slot) c->n_slot = b->n;
    return RK_OK;
}

/* The most candidates a party has in any dapil, by position in the common list. */
static rk_status most_candidates(json_t *parties, json_t *dapils, uint32_t *most, rk_err *err) {
    size_t i, d;
    json_t *o, *x;
    json_array_foreach(parties, i, o) {
        uint32_t n = 0;
        RK_TRY(whole(o, "calon", 200, &n, err));
        json_array_foreach(dapils, d, x) {
            json_t *l = json_object_get(json_object_get(x, "calon"),
                                        rk_json_text(o, "kode").len
                                            ? json_string_value(json_object_get(o, "kode"))
                                            : "");
            if (json_array_size(l) > 200)
                return rk_fail(err, RK_LIMIT, "more than 200 candidates of a party in a dapil");
            if (json_array_size(l) > n) n = (uint32_t)json_array_size(l);
        }
        most[i] = n;
    }
    return RK_OK;
}

static rk_ballot *new_ballot(rk_contest *c) {
    c->ballot = rk_realloc(c->ballot, c->n_ballot + 1, sizeof *c->ballot);
    c->ballot[c->n_ballot] = (rk_ballot){0};
    return &c->ballot[c->n_ballot++];
}

/* A misspelt party in a dapil's "calon" would silently have no candidates there. */
static rk_status only_parties(json_t *parties, json_t *lists, rk_err *err) {
    const char *key;
    json_t *v, *o;
    if (lists && !json_is_object(lists))
        return rk_fail(err, RK_BAD_INPUT,
                       "a dapil's \"calon\" must be an object {\"<party>\":[...]}");
    json_object_foreach(lists, key, v) {
        bool known = false;
        size_t i;
        json_array_foreach(parties, i, o) known |= rk_slice_is(rk_json_text(o, "kode"), key);
        if (!known || !json_is_array(v))
            return rk_fail(
                err, RK_BAD_INPUT,
                "\"calon\": \"%.60s\" is not a party of the contest with a list of candidates",
                key);
    }
    return RK_OK;
}

static rk_status read_dapil(rk_contest *c, json_t *o, json_t *common, const uint32_t *most,
                            rk_err *err) {
    static const char *const keys[] = {"kode",  "nama",  "wilayah", "pilihan",
                                       "calon", "kursi", NULL};
    rk_dapil *d = &c->dapil[c->n_dapil++];
    *d = (rk_dapil){0};
    if (!json_is_object(o))
        return rk_fail(err, RK_BAD_INPUT, "each dapil must be an object {\"kode\":...}");
    RK_TRY(only_keys(o, "a dapil", keys, err));
    RK_TRY(code_of(o, "kode", &d->code, err));
    RK_TRY(text_of(o, "nama", false, &d->name, err));
    RK_TRY(codes_of(o, "wilayah", &d->region, &d->n_region, err));
    RK_TRY(whole(o, "kursi", RK_SEATS_MAX, &d->seats, err));
    json_t *own = json_object_get(o, "pilihan"), *lists = json_object_get(o, "calon");
    if (own && common)
        return rk_fail(err, RK_BAD_INPUT,
                       "\"pilihan\" stands both in the contest and in dapil \"%.*s\"",
                       RK_FMT(rk_code_slice(&d->code)));
    if (!own && !common)
        return rk_fail(err, RK_BAD_INPUT, "dapil \"%.*s\" has no choices: give it \"pilihan\"",
                       RK_FMT(rk_code_slice(&d->code)));
    if (lists && (own || c->shape != RK_PARTAI))
        return rk_fail(err, RK_BAD_INPUT,
                       "\"calon\" belongs to parties: set \"bentuk\":\"partai\" and list the "
                       "parties in the contest's \"pilihan\"");
    RK_TRY(only_parties(common, lists, err));
    if (!own && !lists) return RK_OK; /* the common ballot 0 */
    d->ballot = c->n_ballot;
    rk_ballot *b = new_ballot(c);
    return own ? plain_ballot(c, b, own, err) : party_ballot(c, b, common, most, lists, err);
}

static rk_status read_choices(rk_contest *c, json_t *root, rk_err *err) {
    json_t *common = json_object_get(root, "pilihan"), *dapils = json_object_get(root, "dapil");
    if ((common && !json_is_array(common)) || (dapils && !json_is_array(dapils)))
        return rk_fail(err, RK_BAD_INPUT, "\"pilihan\" and \"dapil\" must be lists");
    if (!common && !dapils)
        return rk_fail(err, RK_BAD_INPUT,
                       "\"pilihan\" is missing: list the choices (kode, nomor, nama)");
    uint32_t *most = rk_calloc(json_array_size(common) + 1, sizeof *most);
    rk_status s = RK_OK;
    c->same_cells = common != NULL;
    if (common) {
        if (c->shape == RK_PARTAI) {
            s = most_candidates(common, dapils, most, err);
            if (s == RK_OK) s = party_ballot(c, new_ballot(c), common, most, NULL, err);
        } else {
            s = plain_ballot(c, new_ballot(c), common, err);
        }
    }
    if (s == RK_OK && dapils) {
        c->dapil = rk_calloc(json_array_size(dapils), sizeof *c->dapil);
        for (size_t i = 0; s == RK_OK && i < json_array_size(dapils); i++)
            s = read_dapil(c, json_array_get(dapils, i), common, most, err);
    }
    rk_free(most);
    return s;
}

static int ref_order(const void *a, const void *b) {
    const struct rk_choice_ref *x = a, *y = b;
    int c = rk_code_cmp(&x->code, &y->code);
    return c ? c : (x->ballot > y->ballot) - (x->ballot < y->ballot);
}

void rk_contest_index(rk_contest *c) {
    uint32_t n = 0;
    for (uint32_t b = 0; b < c->n_ballot; b++) n += c->ballot[b].n;
    c->by_code = rk_calloc(n, sizeof *c->by_code);
    for (uint32_t b = 0; b < c->n_ballot; b++)
        for (uint32_t i = 0; i < c->ballot[b].n; i++)
            c->by_code[c->n_by_code++] = (struct rk_choice_ref){c->ballot[b].choice[i].code, b,
                                                                c->ballot[b].choice[i].slot};
    qsort(c->by_code, n, sizeof *c->by_code, ref_order);
    c->n_col = c->n_field + c->n_slot;
    c->col_valid = rk_contest_field(c, RK_LIT("suara_sah"));
    c->col_invalid = rk_contest_field(c, RK_LIT("suara_tidak_sah"));
    c->col_total = rk_contest_field(c, RK_LIT("suara_total"));
}

/* A choice's column suara_<code> must not be a field's: one header would stand for both. */
static rk_status not_a_field(const rk_contest *c, rk_slice code, rk_err *err) {
    for (uint32_t i = 0; i < c->n_field; i++)
        if (c->field[i].len == code.len + 6 && rk_slice_starts(c->field[i], RK_LIT("suara_")) &&
            rk_slice_ends(c->field[i], code))
            return rk_fail(
                err, RK_BAD_INPUT,
                "choice \"%.*s\" would have the column of the field %.*s: give it another code",
                RK_FMT(code), RK_FMT(c->field[i]));
    return RK_OK;
}

static int code_order(const void *a, const void *b) { return rk_code_cmp(a, b); }

/* No dapil twice, and no region in two of them. */
static rk_status unique_dapil(const rk_contest *c, rk_err *err) {
    uint32_t n = 0, at = 0;
    for (uint32_t i = 0; i < c->n_dapil; i++) {
        n += c->dapil[i].n_region;
        for (uint32_t k = 0; k < i; k++)
            if (rk_code_eq(&c->dapil[i].code, &c->dapil[k].code))
                return rk_fail(err, RK_BAD_INPUT, "dapil \"%.*s\" is listed twice",
                               RK_FMT(rk_code_slice(&c->dapil[i].code)));
    }
    rk_code *all = rk_calloc(n, sizeof *all);
    for (uint32_t i = 0; i < c->n_dapil; i++)
        for (uint32_t k = 0; k < c->dapil[i].n_region; k++) all[at++] = c->dapil[i].region[k];
    qsort(all, n, sizeof *all, code_order);
    rk_status s = RK_OK;
    for (uint32_t i = 1; s == RK_OK && i < n; i++)
        if (rk_code_eq(&all[i - 1], &all[i]))
            s = rk_fail(err, RK_BAD_INPUT, "region \"%.*s\" is in both of two dapil",
                        RK_FMT(rk_code_slice(&all[i])));
    rk_free(all);
    return s;
}

static rk_status unique_codes(const rk_contest *c, rk_err *err) {
    for (uint32_t i = 0; i < c->n_by_code; i++)
        if (i == 0 || !rk_code_eq(&c->by_code[i - 1].code, &c->by_code[i].code))
            RK_TRY(not_a_field(c, rk_code_slice(&c->by_code[i].code), err));
    for (uint32_t i = 1; i < c->n_by_code; i++)
        if (ref_order(&c->by_code[i - 1], &c->by_code[i]) == 0)
            return rk_fail(err, RK_BAD_INPUT, "choice \"%.*s\" is listed twice",
                           RK_FMT(rk_code_slice(&c->by_code[i].code)));
    if (c->n_by_code == 0) return rk_fail(err, RK_BAD_INPUT, "the contest has no choices");
    if (c->n_col > RK_COLUMNS_MAX)
        return rk_fail(err, RK_LIMIT, "more than %u figures on a form", RK_COLUMNS_MAX);
    return RK_OK;
}

static rk_status read_shape(rk_contest *c, json_t *root, rk_err *err) {
    rk_slice s = rk_json_text(root, "bentuk");
    if (rk_slice_is(s, "paslon"))
        c->shape = RK_PASLON;
    else if (rk_slice_is(s, "partai"))
        c->shape = RK_PARTAI;
    else if (rk_slice_is(s, "calon"))
        c->shape = RK_CALON;
    else
        return rk_fail(err, RK_BAD_INPUT,
                       "\"bentuk\" must be \"paslon\", \"partai\" or \"calon\"");
    return RK_OK;
}

static bool is_pilkada(const rk_code *code) {
    rk_slice s = rk_code_slice(code);
    return rk_slice_is(s, "pkwkp") || rk_slice_is(s, "pkwkk");
}

static rk_status read_contest(rk_contest *c, json_t *root, json_t *standard, rk_err *err) {
    static const char *const keys[] = {
        "format",  "kode",  "nama",   "bentuk",          "medan",      "maks", "luar_negeri",
        "pilihan", "dapil", "aturan", "aturan_tambahan", "keterangan", NULL};
    RK_TRY(only_keys(root, "the top level", keys, err));
    if (!rk_slice_is(rk_json_text(root, "format"), "rekap-kontes-1"))
        return rk_fail(err, RK_BAD_INPUT, "\"format\" must be \"rekap-kontes-1\"");
    RK_TRY(code_of(root, "kode", &c->code, err));
    RK_TRY(text_of(root, "nama", true, &c->name, err));
    RK_TRY(read_shape(c, root, err));
    c->pilkada = is_pilkada(&c->code);
    c->max_value = RK_VALUE_MAX;
    RK_TRY(whole(root, "maks", RK_VALUE_MAX, &c->max_value, err));
    RK_TRY(codes_of(root, "luar_negeri", &c->abroad, &c->n_abroad, err));
    json_t *fields = json_object_get(root, "medan");
    RK_TRY(read_fields(c, fields ? fields : json_object_get(standard, "medan"), err));
    RK_TRY(read_choices(c, root, err));
    rk_contest_index(c);
    RK_TRY(unique_codes(c, err));
    RK_TRY(unique_dapil(c, err));
    json_t *rules = json_object_get(root, "aturan");
    bool use_standard = !rules || rk_slice_is(rk_json_text(root, "aturan"), "standar");
    if (!use_standard && !json_is_array(rules))
        return rk_fail(err, RK_BAD_INPUT, "\"aturan\" must be \"standar\" or a list of rules");
    RK_TRY(rk_contest_rules(c, standard, use_standard, use_standard ? NULL : rules, err));
    return rk_contest_rules(c, standard, false, json_object_get(root, "aturan_tambahan"), err);
}

rk_status rk_contest_parse(rk_slice json, rk_slice standard, rk_contest **out, rk_err *err) {
    json_t *root = NULL, *std = NULL;
    rk_contest *c = rk_alloc(sizeof *c);
    rk_status s = json_bytes(json, "the contest file", &root, err);
    c->json = root;
    if (s == RK_OK) s = json_bytes(standard, "the standard rules", &std, err);
    c->standard = std;
    if (s == RK_OK) s = read_contest(c, root, std, err);
    if (s != RK_OK) rk_contest_free(&c);
    *out = c;
    return s;
}

/* ===== from a header ===== */

rk_status rk_contest_from_header(rk_slice code, const rk_slice *columns, size_t n,
                                 rk_slice standard, rk_contest **out, rk_err *err) {
    static const char *const known[] = {"ppwp",   "pdpr",  "pdpd", "pdprdp",
                                        "pdprdk", "pkwkp", "pkwkk"};
    bool ok = false;
    *out = NULL;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) ok |= rk_slice_is(code, known[i]);
    if (!ok)
        return rk_fail(
            err, RK_BAD_INPUT,
            "unknown contest '%.*s': known are ppwp, pdpr, pdpd, pdprdp, pdprdk, pkwkp, pkwkk",
            RK_FMT(code));
    json_t *std = NULL;
    RK_TRY(json_bytes(standard, "the standard rules", &std, err));
    rk_contest *c = rk_alloc(sizeof *c);
    c->standard = std;
    (void)rk_code_of(code, &c->code);
    c->max_value = RK_VALUE_MAX;
    c->pilkada = is_pilkada(&c->code);
    bool party =
        rk_slice_is(code, "pdpr") || rk_slice_is(code, "pdprdp") || rk_slice_is(code, "pdprdk");
    c->shape = party ? RK_PARTAI : rk_slice_is(code, "pdpd") ? RK_CALON : RK_PASLON;
    c->abroad = rk_calloc(2, sizeof *c->abroad);
    (void)rk_code_of(RK_LIT("99"), &c->abroad[0]);
    (void)rk_code_of(RK_LIT("-99"), &c->abroad[1]);
    c->n_abroad = 2;
    json_t *fields = json_object_get(std, "medan"), *v;
    rk_ballot *b = new_ballot(c);
    rk_status s = RK_OK;
    c->same_cells = true;
    for (size_t i = 0; s == RK_OK && i < n; i++) {
        size_t k;
        bool field = false;
        json_array_foreach(fields, k, v) field |= rk_slice_is(columns[i], json_string_value(v));
        rk_slice choice = rk_slice_from(columns[i], 6);
        if (field)
            s = add_field(c, columns[i], err);
        else if (rk_slice_starts(columns[i], RK_LIT("suara_")) && rk_contest_code_ok(choice) &&
                 choice.len <= RK_CODE_MAX) {
            rk_choice x = {.party = RK_NONE, .slot = b->n};
            (void)rk_code_of(choice, &x.code);
            x.id = x.code;
            s = push_choice(b, &x, err);
        } else
            s = rk_fail_at(err, RK_BAD_INPUT, 1, 0,
                           "unknown column '%.*s': fields are %s ... and choices suara_<code>",
                           RK_FMT(columns[i]), "pemilih_dpt_l");
    }
    c->n_slot = b->n;
    rk_contest_index(c);
    if (s == RK_OK) s = unique_codes(c, err);
    if (s == RK_OK) s = rk_contest_rules(c, std, true, NULL, err);
    if (s != RK_OK) rk_contest_free(&c);
    *out = c;
    return s;
}

void rk_contest_free(rk_contest **cp) {
    rk_contest *c = *cp;
    if (!c) return;
    for (uint32_t i = 0; i < c->n_ballot; i++) rk_free(c->ballot[i].choice);
    for (uint32_t i = 0; i < c->n_dapil; i++) rk_free(c->dapil[i].region);
    rk_free(c->ballot);
    rk_free(c->dapil);
    rk_free(c->abroad);
    rk_free(c->field);
    rk_free(c->rule);
    rk_free(c->check);
    rk_free(c->term);
    rk_free(c->derived);
    rk_free(c->by_code);
    for (uint32_t i = 0; i < c->n_made; i++) rk_free((void *)(uintptr_t)c->made[i].ptr);
    rk_free(c->made);
    if (c->json) json_decref(c->json);
    if (c->standard) json_decref(c->standard);
    rk_free(c);
    *cp = NULL;
}

/* ===== queries ===== */

uint32_t rk_contest_field(const rk_contest *c, rk_slice name) {
    for (uint32_t i = 0; i < c->n_field; i++)
        if (rk_slice_eq(c->field[i], name)) return i;
    return RK_NONE;
}

uint32_t rk_contest_choice(const rk_contest *c, uint32_t ballot, rk_slice code) {
    struct rk_choice_ref key = {.ballot = ballot};
    if (!rk_code_of(code, &key.code)) return RK_NONE;
    const struct rk_choice_ref *f =
        c->n_by_code ? bsearch(&key, c->by_code, c->n_by_code, sizeof key, ref_order) : NULL;
    return f ? c->n_field + f->slot : RK_NONE;
}

const rk_choice *rk_contest_slot(const rk_contest *c, uint32_t ballot, uint32_t slot) {
    const rk_ballot *b = &c->ballot[ballot];
    if (slot < b->n && b->choice[slot].slot == slot) return &b->choice[slot];
    for (uint32_t i = 0; i < b->n; i++)
        if (b->choice[i].slot == slot) return &b->choice[i];
    return NULL;
}

void rk_contest_column_name(const rk_contest *c, uint32_t ballot, uint32_t column,
                            rk_buf *out) {
    if (column < c->n_field) {
        rk_buf_add(out, c->field[column]);
        return;
    }
    const rk_choice *x = rk_contest_slot(c, ballot, column - c->n_field);
    rk_buf_lit(out, "suara_");
    if (x)
        rk_buf_add(out, rk_code_slice(&x->code));
    else
        rk_buf_printf(out, "slot%u", column - c->n_field + 1);
}

/* Marks the nodes that dapil d lists, or whose dapil column names it. */
static rk_status mark_dapil(const rk_tree *t, const rk_dapil *d, uint32_t *ballot_of,
                            rk_err *err) {
    for (uint32_t i = 0; i < d->n_region; i++) {
        uint32_t node = rk_tree_find(t, rk_code_slice(&d->region[i]));
        if (node == RK_NONE)
            return rk_fail(err, RK_BAD_INPUT,
                           "dapil \"%.*s\" names the region \"%.*s\", which is not in the tree",
                           RK_FMT(rk_code_slice(&d->code)),
                           RK_FMT(rk_code_slice(&d->region[i])));
        ballot_of[node] = d->ballot;
    }
    for (uint32_t i = 0; d->n_region == 0 && i < t->n; i++)
        if (rk_code_eq(&t->node[i].dapil, &d->code)) ballot_of[i] = d->ballot;
    return RK_OK;
}

rk_status rk_contest_bind(const rk_contest *c, const rk_tree *t, uint32_t **out, rk_err *err) {
    uint32_t *b = rk_calloc(t->n, sizeof *b);
    rk_status s = RK_OK;
    *out = b;
    if (c->n_dapil == 0) return RK_OK; /* one ballot, number 0, everywhere */
    for (uint32_t i = 0; i < t->n; i++) b[i] = RK_NONE;
    for (uint32_t i = 0; s == RK_OK && i < c->n_dapil; i++)
        s = mark_dapil(t, &c->dapil[i], b, err);
    for (uint32_t i = 1; i < t->n; i++) /* parents come first: what lies below inherits */
        if (b[i] == RK_NONE) b[i] = b[t->node[i].parent];
    if (s != RK_OK) {
        rk_free(b);
        *out = NULL;
    }
    return s;
}

uint8_t *rk_contest_abroad(const rk_contest *c, const rk_tree *t) {
    uint8_t *a = rk_calloc(t->n, 1);
    for (uint32_t i = 0; i < c->n_abroad; i++) {
        uint32_t node = rk_tree_find(t, rk_code_slice(&c->abroad[i]));
        if (node != RK_NONE) a[node] = 1;
    }
    for (uint32_t i = 1; i < t->n; i++) a[i] |= a[t->node[i].parent];
    return a;
}

rk_slice rk_contest_dapil(const rk_contest *c, const rk_tree *t, uint32_t node) {
    for (uint32_t i = node; i != RK_NONE; i = t->node[i].parent) {
        for (uint32_t d = 0; d < c->n_dapil; d++)
            for (uint32_t k = 0; k < c->dapil[d].n_region; k++)
                if (rk_code_eq(&c->dapil[d].region[k], &t->code[i]))
                    return rk_code_slice(&c->dapil[d].code);
        if (t->node[i].dapil.len) return rk_code_slice(&t->node[i].dapil);
    }
    return (rk_slice){0};
}
