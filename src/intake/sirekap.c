/* What is not understood is refused, with the key's name: a document that is taken must come
 * back from the published tree with the same fields. */
#include "intake/sirekap.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "base/wib.h"
#include "core/administrasi.h"

#include <jansson.h>

enum { PPWP_PAGES = 3 };
#define IMAGES_BYTES_MAX (RK_ENTRY_MAX / 2) /* they go into one entry, beside the figures */

struct reader {
    const rk_contest *c;
    const rk_ballot *ballot;
    rk_slice dapil; /* of the station; empty = not known */
    uint32_t *cell;
    uint32_t next;   /* where the search for the next choice begins: documents keep the ballot's
                        order */
    uint32_t *total; /* per choice of the ballot: a party's written total */
    rk_sirekap_doc *out;
    rk_err *err;
};

static rk_slice text_of(json_t *v) {
    return json_is_string(v) ? (rk_slice){json_string_value(v), json_string_length(v)}
                             : (rk_slice){0};
}

static rk_status bad(struct reader *r, const char *in, const char *key, const char *expected) {
    return rk_fail(r->err, RK_BAD_INPUT, "\"%.40s\" in %s: expected %s", key, in, expected);
}

static rk_status unknown(struct reader *r, const char *in, const char *key, const char *known) {
    return rk_fail(r->err, RK_BAD_INPUT, "unknown key \"%.60s\" in %s: expected %s", key, in,
                   known);
}

/* A figure or null (absent). */
static rk_status figure(struct reader *r, const char *in, const char *key, json_t *v,
                        uint32_t *out) {
    if (json_is_null(v)) {
        *out = RK_ABSENT;
        return RK_OK;
    }
    if (!json_is_integer(v) || json_integer_value(v) < 0 ||
        json_integer_value(v) > (json_int_t)r->c->max_value)
        return rk_fail(r->err, RK_BAD_INPUT,
                       "\"%.40s\" in %s: expected a whole number from 0 to %u or null", key, in,
                       r->c->max_value);
    *out = (uint32_t)json_integer_value(v);
    return RK_OK;
}

/* The choice with that Sirekap key below `party` (RK_NONE: a pair, person or party itself);
 * RK_NONE. */
static uint32_t find(struct reader *r, const char *key, uint32_t party) {
    rk_code id;
    if (!rk_code_of(rk_slice_str(key), &id)) return RK_NONE;
    for (uint32_t k = 0; k < r->ballot->n; k++) {
        uint32_t i = (r->next + k) % r->ballot->n;
        if (r->ballot->choice[i].party != party || !rk_code_eq(&r->ballot->choice[i].id, &id))
            continue;
        r->next = i + 1;
        return i;
    }
    return RK_NONE;
}

static uint32_t *cell_of(struct reader *r, uint32_t choice) {
    return &r->cell[r->c->n_field + r->ballot->choice[choice].slot];
}

/* ===== votes ===== */

/* {"null":null,"100025":83,...} of pairs, persons, or one party's candidates */
static rk_status read_choices(struct reader *r, const char *in, json_t *o, uint32_t party) {
    const char *key;
    json_t *v;
    json_object_foreach(o, key, v) {
        if (strcmp(key, "null") == 0) {
            if (!json_is_null(v)) return bad(r, in, key, "null");
            continue;
        }
        uint32_t i = find(r, key, party);
        if (i == RK_NONE)
            return unknown(r, in, key, "the id of a choice on this station's ballot");
        RK_TRY(figure(r, in, key, v, cell_of(r, i)));
    }
    return RK_OK;
}

static rk_status read_party(struct reader *r, const char *key, json_t *o) {
    const char *k;
    json_t *v;
    uint32_t i = find(r, key, RK_NONE);
    if (i == RK_NONE) return unknown(r, "\"chart\"", key, "a party on this station's ballot");
    if (!json_is_object(o))
        return bad(r, "\"chart\"", key, "an object with jml_suara_total and jml_suara_partai");
    json_object_foreach(o, k, v) {
        if (strcmp(k, "jml_suara_total") == 0)
            RK_TRY(figure(r, key, k, v, &r->total[i]));
        else if (strcmp(k, "jml_suara_partai") == 0)
            RK_TRY(figure(r, key, k, v, cell_of(r, i)));
        else
            return unknown(r, key, k, "jml_suara_total and jml_suara_partai");
    }
    return RK_OK;
}

static rk_status read_parties(struct reader *r, json_t *chart) {
    const char *key;
    json_t *v;
    json_object_foreach(chart, key, v) {
        if (strcmp(key, "null") == 0 && json_is_null(v)) continue;
        RK_TRY(read_party(r, key, v));
    }
    return RK_OK;
}

static rk_status read_caleg(struct reader *r, json_t *caleg, bool chart) {
    const char *key;
    json_t *v;
    if (!caleg || json_is_null(caleg)) return RK_OK;
    if (!json_is_object(caleg))
        return bad(r, "the document", "caleg", "an object by party, or null");
    if (!chart)
        return rk_fail(
            r->err, RK_BAD_INPUT,
            "\"caleg\" has figures but \"chart\" is null: a station has both or neither");
    json_object_foreach(caleg, key, v) {
        if (strcmp(key, "null") == 0 && json_is_null(v)) continue;
        uint32_t party = find(r, key, RK_NONE);
        if (party == RK_NONE)
            return unknown(r, "\"caleg\"", key, "a party on this station's ballot");
        if (!json_is_object(v)) return bad(r, "\"caleg\"", key, "an object by candidate");
        RK_TRY(read_choices(r, "\"caleg\"", v, party));
    }
    return RK_OK;
}

/* A written party total goes into its field; where the form has none it must be what it says.
 */
static rk_status settle_party(struct reader *r, uint32_t party) {
    const rk_choice *x = &r->ballot->choice[party];
    uint32_t field = rk_party_total_field(r->c, &x->code), written = r->total[party], v;
    uint64_t sum = *cell_of(r, party) == RK_ABSENT ? 0 : *cell_of(r, party);
    bool any = *cell_of(r, party) != RK_ABSENT;
    if (field != RK_NONE) {
        r->cell[field] = written;
        return RK_OK;
    }
    for (uint32_t i = party + 1; i < r->ballot->n && r->ballot->choice[i].party == party; i++)
        if ((v = *cell_of(r, i)) != RK_ABSENT) any = true, sum += v;
    if (written == RK_ABSENT ? !any : any && sum == written) return RK_OK;
    if (written == RK_ABSENT)
        return rk_fail(r->err, RK_BAD_INPUT,
                       "party %.*s has votes but its jml_suara_total is missing",
                       RK_FMT(rk_code_slice(&x->id)));
    return rk_fail(r->err, RK_BAD_INPUT,
                   "party %.*s: jml_suara_total is %u, its own and its candidates' votes are "
                   "%llu; to keep both as written, give the contest "
                   "the field jumlah_suara_%.*s in \"medan\"",
                   RK_FMT(rk_code_slice(&x->id)), written, (unsigned long long)sum,
                   RK_FMT(rk_code_slice(&x->code)));
}

static rk_status read_votes(struct reader *r, json_t *holder, json_t *body) {
    json_t *chart = json_object_get(holder, "chart");
    if (!chart || (!json_is_null(chart) && !json_is_object(chart)))
        return bad(r, "the document", "chart", "an object or null");
    bool there = json_is_object(chart);
    if (there) r->out->form.sirekap |= RK_SIREKAP_CHART;
    if (r->c->shape != RK_PARTAI)
        return there ? read_choices(r, "\"chart\"", chart, RK_NONE) : RK_OK;
    if (there) RK_TRY(read_parties(r, chart));
    RK_TRY(read_caleg(r, json_object_get(body, "caleg"), there));
    for (uint32_t i = 0; there && i < r->ballot->n; i++)
        if (r->ballot->choice[i].party == RK_NONE) RK_TRY(settle_party(r, i));
    return RK_OK;
}

/* ===== the rest ===== */

static rk_status read_administration(struct reader *r, json_t *holder) {
    json_t *adm = json_object_get(holder, "administrasi"), *v;
    const char *key;
    if (!adm || (!json_is_null(adm) && !json_is_object(adm)))
        return bad(r, "the document", "administrasi", "an object or null");
    if (json_is_null(adm)) return RK_OK;
    r->out->form.sirekap |= RK_SIREKAP_ADM;
    json_object_foreach(adm, key, v) {
        uint32_t i = 0, value = RK_ABSENT;
        while (i < RK_ADMINISTRASI_N && !rk_slice_is(rk_administrasi(i), key)) i++;
        if (i == RK_ADMINISTRASI_N)
            return unknown(r, "\"administrasi\"", key,
                           "one of the 18 figures suara_sah ... pengguna_non_dpt_p");
        RK_TRY(figure(r, "\"administrasi\"", key, v, &value));
        uint32_t field = rk_contest_field(r->c, rk_administrasi(i));
        if (field != RK_NONE)
            r->cell[field] = value;
        else if (value != RK_ABSENT)
            return rk_fail(r->err, RK_BAD_INPUT,
                           "\"%s\" in \"administrasi\": the contest's form has no such field; "
                           "add it to \"medan\"",
                           key);
    }
    return RK_OK;
}

static rk_status read_image(struct reader *r, json_t *v) {
    rk_slice s = text_of(v);
    bool web = rk_slice_starts(s, RK_LIT("https://")) || rk_slice_starts(s, RK_LIT("http://"));
    if (!json_is_null(v) && (!web || s.len > RK_URL_MAX || !rk_utf8_text(s, "")))
        return rk_fail(
            r->err, RK_BAD_INPUT,
            "\"images\": expected null or a web address of at most %u bytes for each page",
            RK_URL_MAX);
    rk_buf_u16(&r->out->images, (uint16_t)s.len);
    rk_buf_add(&r->out->images, s);
    return RK_OK;
}

/* Three missing pages are what a document has when nothing is said: then nothing is kept. */
static rk_status read_images(struct reader *r, json_t *body) {
    json_t *list = json_object_get(body, "images");
    size_t n = json_array_size(list);
    if (json_is_null(list)) return RK_OK;
    if (!json_is_array(list))
        return bad(r, "the document", "images", "a list of addresses or nulls");
    if (rk_slice_is(rk_code_slice(&r->c->code), "ppwp") && n != PPWP_PAGES)
        return bad(r, "the document", "images", "three pages (null where one is missing)");
    if (n > RK_IMAGES_MAX)
        return rk_fail(r->err, RK_BAD_INPUT, "\"images\": more than %u pages", RK_IMAGES_MAX);
    if (n == 0) return bad(r, "the document", "images", "at least one page");
    r->out->form.sirekap |= RK_SIREKAP_IMAGES;
    for (size_t i = 0; i < n; i++) RK_TRY(read_image(r, json_array_get(list, i)));
    if (r->out->images.len > IMAGES_BYTES_MAX)
        return rk_fail(r->err, RK_BAD_INPUT,
                       "\"images\": the addresses are over %u bytes together",
                       IMAGES_BYTES_MAX);
    bool none = r->out->images.len == 2 * n && n == PPWP_PAGES;
    if (!none) r->out->form.images = rk_buf_slice(&r->out->images);
    return RK_OK;
}

static rk_status read_flag(struct reader *r, json_t *body, const char *key, uint8_t bit) {
    json_t *v = json_object_get(body, key);
    if (!json_is_boolean(v)) return bad(r, "the document", key, "true or false");
    if (json_is_true(v)) r->out->form.sirekap |= bit;
    return RK_OK;
}

static rk_status read_psu(struct reader *r, json_t *body) {
    json_t *v = json_object_get(body, "psu");
    if (json_is_null(v)) return RK_OK;
    rk_slice s = text_of(v);
    for (uint8_t i = RK_PSU_REGULER; s.len && i < RK_PSU_COUNT; i++)
        if (rk_slice_eq(rk_psu_name((enum rk_psu)i), s)) r->out->form.psu = i;
    return r->out->form.psu
               ? RK_OK
               : bad(r, "the document", "psu",
                     "null, \"Reguler\", \"Pemungutan Suara Ulang\" or another of KPU's six");
}

static rk_status read_meta(struct reader *r, json_t *body) {
    json_t *mode = json_object_get(body, "mode"), *dapil = json_object_get(body, "kode_dapil");
    rk_form *f = &r->out->form;
    if (mode && !rk_slice_is(text_of(mode), "hhcw"))
        return bad(r, "the document", "mode", "\"hhcw\"");
    if (mode) f->sirekap |= RK_SIREKAP_MODE;
    if (dapil && !json_is_null(dapil) &&
        (!json_is_string(dapil) || (r->dapil.len && !rk_slice_eq(text_of(dapil), r->dapil))))
        return rk_fail(r->err, RK_BAD_INPUT,
                       "\"kode_dapil\": expected \"%.*s\", the station's dapil",
                       RK_FMT(r->dapil));
    rk_slice ts = text_of(json_object_get(body, "ts"));
    if (!rk_wib_parse(ts, &f->ts))
        return bad(r, "the document", "ts", "a time \"YYYY-MM-DD HH:MM:SS\"");
    RK_TRY(read_psu(r, body));
    RK_TRY(read_flag(r, body, "status_suara", RK_SIREKAP_STATUS_VOTES));
    return read_flag(r, body, "status_adm", RK_SIREKAP_STATUS_ADM);
}

static rk_status only(struct reader *r, const char *in, json_t *o, const char *const *known,
                      const char *list) {
    const char *key;
    json_t *v;
    json_object_foreach(o, key, v) {
        const char *const *k = known;
        while (*k && strcmp(*k, key) != 0) k++;
        if (!*k) return unknown(r, in, key, list);
    }
    return RK_OK;
}

static rk_status read_body(struct reader *r, json_t *body) {
    static const char *const general[] = {"mode",         "chart",      "images",
                                          "administrasi", "psu",        "ts",
                                          "status_suara", "status_adm", NULL};
    static const char *const party[] = {"mode",         "chart",        "caleg", "kode_dapil",
                                        "images",       "administrasi", "psu",   "ts",
                                        "status_suara", "status_adm",   NULL};
    static const char *const pilkada[] = {"mode", "tungsura",     "images",     "psu",
                                          "ts",   "status_suara", "status_adm", NULL};
    static const char *const tungsura[] = {"chart", "administrasi", NULL};
    json_t *holder = body;
    if (r->c->pilkada) {
        RK_TRY(only(r, "the document", body, pilkada,
                    "mode, tungsura, images, psu, ts, status_suara, status_adm"));
        holder = json_object_get(body, "tungsura");
        if (!json_is_object(holder))
            return bad(r, "the document", "tungsura", "an object with chart and administrasi");
        RK_TRY(only(r, "\"tungsura\"", holder, tungsura, "chart and administrasi"));
    } else if (r->c->shape == RK_PARTAI) {
        RK_TRY(only(r, "the document", body, party,
                    "mode, chart, caleg, kode_dapil, images, administrasi, psu, ts, "
                    "status_suara, status_adm"));
    } else {
        RK_TRY(only(r, "the document", body, general,
                    "mode, chart, images, administrasi, psu, ts, status_suara, status_adm"));
    }
    r->out->form.sirekap = RK_SIREKAP;
    RK_TRY(read_votes(r, holder, body));
    RK_TRY(read_administration(r, holder));
    RK_TRY(read_images(r, body));
    return read_meta(r, body);
}

/* ===== whose document it is ===== */

/* The body, and the station's code: beside it ("code"); where a bare body has none, the
 * caller's. */
static rk_status unwrap(json_t *root, rk_slice *tps, json_t **body, rk_err *err) {
    json_t *code = json_object_get(root, "code"), *raw = json_object_get(root, "raw");
    *body = root;
    if (code || raw) {
        if (!json_is_string(code) || !json_is_object(raw) || json_object_size(root) != 2)
            return rk_fail(err, RK_BAD_INPUT,
                           "expected {\"code\":\"<station>\",\"raw\":{...}} or a station's "
                           "document itself");
        *tps = text_of(code);
        *body = raw;
    }
    return tps->len ? RK_OK
                    : rk_fail(err, RK_BAD_INPUT,
                              "the station's code is not known: name the file after it, or "
                              "wrap the document as {\"code\":...,\"raw\":...}");
}

static rk_status place(const rk_election *e, struct reader *r, rk_slice tps) {
    uint32_t station, desa, k = rk_election_contest(e, rk_code_slice(&r->c->code));
    rk_err why = RK_ERR_INIT;
    if (k == RK_NONE)
        return rk_fail(r->err, RK_BAD_INPUT, "the election has no contest %.*s",
                       RK_FMT(rk_code_slice(&r->c->code)));
    (void)rk_election_place(e, tps, (rk_slice){0}, &station, &desa, &why);
    if (desa == RK_NONE) return rk_fail(r->err, RK_BAD_INPUT, "%s", why.text);
    uint32_t ballot = e->tally[k].ballot_of[desa];
    if (ballot == RK_NONE)
        return rk_fail(r->err, RK_BAD_INPUT, "the contest %.*s is not held at station %.*s",
                       RK_FMT(rk_code_slice(&r->c->code)), RK_FMT(tps));
    r->ballot = &r->c->ballot[ballot];
    r->dapil = rk_contest_dapil(r->c, e->tree, desa);
    return RK_OK;
}

static rk_status parse(struct reader *r, const rk_election *e, json_t *root, rk_slice tps) {
    json_t *body;
    RK_TRY(unwrap(root, &tps, &body, r->err));
    if (!rk_code_of(tps, &r->out->tps))
        return rk_fail(r->err, RK_BAD_INPUT, "a station's code has 1 to %u bytes", RK_CODE_MAX);
    r->out->form.tps = tps;
    RK_TRY(place(e, r, tps));
    RK_ASSERT(r->ballot);
    r->total = rk_calloc(r->ballot->n + 1, sizeof *r->total);
    for (uint32_t i = 0; i < r->ballot->n; i++) r->total[i] = RK_ABSENT;
    rk_status s = read_body(r, body);
    rk_free(r->total);
    return s;
}

rk_status rk_sirekap_parse(const rk_contest *c, const rk_election *e, rk_slice json,
                           rk_slice tps, rk_sirekap_doc *out, rk_err *err) {
    json_error_t je;
    *out = (rk_sirekap_doc){.form = {.batch = RK_NO_BATCH, .n_cell = c->n_col}};
    rk_buf_init(&out->images, RK_IMAGES_MAX * (RK_URL_MAX + 2));
    if (json.len > RK_JSON_DOC_MAX)
        return rk_fail(err, RK_LIMIT, "the document is over %u bytes", RK_JSON_DOC_MAX);
    if (rk_slice_starts(json, RK_LIT("\xef\xbb\xbf"))) json = rk_slice_from(json, 3);
    json_t *root = json_loadb(json.ptr ? json.ptr : "", json.len, JSON_REJECT_DUPLICATES, &je);
    if (!root)
        return rk_fail_at(err, RK_BAD_INPUT, je.line > 0 ? (size_t)je.line : 0,
                          je.column > 0 ? (size_t)je.column : 0, "not a JSON document: %.120s",
                          je.text);
    out->json = root;
    out->cell = rk_calloc(c->n_col + 1, sizeof *out->cell);
    for (uint32_t i = 0; i < c->n_col; i++) out->cell[i] = RK_ABSENT;
    out->form.cell = out->cell;
    struct reader r = {.c = c, .cell = out->cell, .out = out, .err = err};
    rk_status s = json_is_object(root) ? parse(&r, e, root, tps)
                                       : rk_fail(err, RK_BAD_INPUT, "expected a JSON object");
    if (s != RK_OK) rk_sirekap_doc_free(out);
    return s;
}

void rk_sirekap_doc_free(rk_sirekap_doc *d) {
    if (d->json) json_decref(d->json);
    rk_free(d->cell);
    rk_buf_free(&d->images);
    *d = (rk_sirekap_doc){0};
}
