/* An ElectionReport of NIST SP 1500-100 version 2, written in one pass over the regions and one
 * over each choice of each dapil. Identifiers are made of codes: gp-<region>, tps-<station>,
 * dapil-<code>, party-<dapil>-<choice>. How each thing is mapped: docs/format/nist.md. */
#include "base/mem.h"
#include "base/wib.h"
#include "publish/api_inner.h"
#include "publish/formats.h"

enum { PIECE = 1 << 18, LINE_MAX_BYTES = 64 << 20 };
#define T(name) "\"@type\":\"ElectionResults." name "\""

struct nist {
    rk_election *e;
    rk_tally *t;
    const rk_contest *c;
    const rk_format_query *q;
    const rk_sink *out;
    rk_buf b;
    uint32_t *dapil;     /* per node: the dapil it lies in or RK_NONE; NULL = one contest */
    uint32_t *list, cap; /* stations of the desa at hand */
};

/* Hands on what is there but the last byte, which tells whether a comma is due next. */
static rk_status flush(struct nist *n, rk_err *err) {
    rk_buf *b = &n->b;
    if (b->failed) return rk_fail(err, RK_LIMIT, "a piece of output is too long");
    if (b->len < PIECE) return RK_OK;
    char last = b->ptr[b->len - 1];
    RK_TRY(rk_sink_write(n->out, (rk_slice){b->ptr, b->len - 1}, err));
    rk_buf_clear(b);
    rk_buf_byte(b, last);
    return RK_OK;
}

/* ===== pieces ===== */

static void type(rk_buf *b, const char *t) {
    rk_buf_printf(b, "{\"@type\":\"ElectionResults.%s\"", t);
}

static void text(rk_buf *b, const char *key, rk_slice s) {
    rk_js_key(b, key);
    rk_buf_lit(b, "{" T("InternationalizedText") ",\"Text\":[{" T(
                      "LanguageString") ",\"Language\":\"id\",\"Content\":");
    rk_buf_json(b, s);
    rk_buf_lit(b, "}]}");
}

/* A string made of a prefix and codes: rk_js_text of them joined by '-'. */
static void put_id(rk_buf *b, const char *prefix, rk_slice a, rk_slice more) {
    char id[16 + 2 * RK_CODE_MAX];
    size_t n = strlen(prefix);
    memcpy(id, prefix, n);
    memcpy(id + n, a.ptr, a.len);
    n += a.len;
    if (more.len) {
        id[n++] = '-';
        memcpy(id + n, more.ptr, more.len);
        n += more.len;
    }
    rk_buf_json(b, (rk_slice){id, n});
}

static void id_of(rk_buf *b, const char *key, const char *prefix, rk_slice a, rk_slice more) {
    rk_js_key(b, key);
    put_id(b, prefix, a, more);
}

static void external(rk_buf *b, rk_slice code) {
    rk_buf_lit(
        b, ",\"ExternalIdentifier\":[{" T(
               "ExternalIdentifier") ",\"Type\":\"other\",\"OtherType\":\"kpu\",\"Value\":");
    rk_buf_json(b, code);
    rk_buf_lit(b, "}]");
}

static const char *status(uint32_t in, uint32_t all) {
    return in == 0 ? "not-processed" : in < all ? "in-process" : "completed";
}

static void count_status(rk_buf *b, uint32_t in, uint32_t all) {
    rk_buf_printf(
        b,
        ",\"CountStatus\":[{" T("CountStatus") ",\"Type\":\"total\",\"Status\":\"%s\"}]"
                                               ",\"SubUnitsReported\":%u,\"TotalSubUnits\":%u",
        status(in, all), in, all);
}

/* ===== regions ===== */

/* country, state, county and village have names in the format; kecamatan has none. */
static void unit_type(rk_buf *b, unsigned level) {
    static const char *const names[] = {"country", "state",   "county",
                                        "other",   "village", "precinct"};
    rk_buf_printf(b, ",\"Type\":\"%s\"", names[level]);
    if (level == RK_KECAMATAN) rk_buf_lit(b, ",\"OtherType\":\"kecamatan\"");
}

static uint32_t stations_of(struct nist *n, uint32_t desa) {
    const rk_region *r = &n->e->tree->node[desa];
    if (r->known > n->cap) {
        n->cap = r->known * 2;
        n->list = rk_realloc(n->list, n->cap, sizeof *n->list);
    }
    return r->known ? rk_tree_tps_sorted(n->e->tree, desa, n->list) : 0;
}

static void composing(struct nist *n, uint32_t node) {
    const rk_tree *tree = n->e->tree;
    const rk_region *r = &tree->node[node];
    rk_buf *b = &n->b;
    if (r->level >= n->q->level) return;
    rk_js_key(b, "ComposingGpUnitIds");
    rk_buf_byte(b, '[');
    uint32_t stations = r->level == RK_DESA ? stations_of(n, node) : 0;
    for (uint32_t i = 0; i < (r->level == RK_DESA ? stations : r->n_child); i++) {
        rk_js_item(b);
        if (r->level == RK_DESA)
            put_id(b, "tps-", rk_code_slice(&tree->tps_code[n->list[i]]), RK_LIT(""));
        else
            put_id(b, "gp-", rk_tree_code(tree, tree->child[r->first_child + i]), RK_LIT(""));
    }
    rk_buf_byte(b, ']');
}

static rk_status region_unit(struct nist *n, uint32_t node, rk_err *err) {
    const rk_tree *tree = n->e->tree;
    const rk_region *r = &tree->node[node];
    rk_buf *b = &n->b;
    if (node) rk_buf_lit(b, ",\n");
    type(b, "ReportingUnit");
    id_of(b, "@id", "gp-", rk_tree_code(tree, node), RK_LIT(""));
    unit_type(b, r->level);
    text(b, "Name", r->name);
    external(b, rk_tree_code(tree, node));
    composing(n, node);
    count_status(b, n->t->count[node].counted, rk_tally_total(n->t, tree, node));
    rk_buf_byte(b, '}');
    return flush(n, err);
}

static rk_status station_units(struct nist *n, uint32_t desa, rk_err *err) {
    const rk_tree *tree = n->e->tree;
    rk_buf *b = &n->b;
    for (uint32_t k = stations_of(n, desa), i = 0; i < k; i++) {
        uint32_t tps = n->list[i];
        rk_slice code = rk_code_slice(&tree->tps_code[tps]);
        rk_buf name;
        rk_buf_init(&name, RK_NAME_MAX);
        rk_tree_tps_name(tree, tps, &name);
        rk_buf_lit(b, ",\n");
        type(b, "ReportingUnit");
        id_of(b, "@id", "tps-", code, RK_LIT(""));
        unit_type(b, RK_STATION);
        text(b, "Name", rk_buf_slice(&name));
        external(b, code);
        const uint32_t *row = rk_tally_row(n->t, tps);
        count_status(b, row && n->t->state[tps].counted, 1);
        rk_buf_byte(b, '}');
        rk_buf_free(&name);
        RK_TRY(flush(n, err));
    }
    return RK_OK;
}

/* ===== dapil ===== */

/* The dapil of every node, and whether it is the topmost node of it. */
static bool top_of(const struct nist *n, uint32_t node, uint32_t d) {
    if (!n->dapil) return node == 0;
    return n->dapil[node] == d && (node == 0 || n->dapil[n->e->tree->node[node].parent] != d);
}

static uint32_t dapil_number(const rk_contest *c, rk_slice code) {
    for (uint32_t d = 0; d < c->n_dapil; d++)
        if (rk_slice_eq(rk_code_slice(&c->dapil[d].code), code)) return d;
    return RK_NONE;
}

/* Nodes come parents first: a node is looked up only where its parent lies in no dapil. */
static void find_dapil(struct nist *n) {
    const rk_tree *tree = n->e->tree;
    if (n->c->n_dapil == 0) return;
    n->dapil = rk_calloc(tree->n, sizeof *n->dapil);
    for (uint32_t i = 0; i < tree->n; i++) {
        n->dapil[i] = i ? n->dapil[tree->node[i].parent] : RK_NONE;
        if (n->dapil[i] == RK_NONE)
            n->dapil[i] = dapil_number(n->c, rk_contest_dapil(n->c, tree, i));
    }
}

static rk_status dapil_units(struct nist *n, rk_err *err) {
    const rk_tree *tree = n->e->tree;
    rk_buf *b = &n->b;
    for (uint32_t d = 0; d < n->c->n_dapil; d++) {
        rk_buf_lit(b, ",\n");
        type(b, "ReportingUnit");
        id_of(b, "@id", "dapil-", rk_code_slice(&n->c->dapil[d].code), RK_LIT(""));
        rk_buf_lit(b, ",\"Type\":\"other\",\"OtherType\":\"dapil\",\"IsDistricted\":true");
        text(b, "Name",
             n->c->dapil[d].name.len ? n->c->dapil[d].name
                                     : rk_code_slice(&n->c->dapil[d].code));
        rk_js_key(b, "ComposingGpUnitIds");
        rk_buf_byte(b, '[');
        for (uint32_t i = 0; i < tree->n; i++) {
            if (!top_of(n, i, d) || tree->node[i].level > n->q->level) continue;
            rk_js_item(b);
            put_id(b, "gp-", rk_tree_code(tree, i), RK_LIT(""));
        }
        rk_buf_lit(b, "]}");
        RK_TRY(flush(n, err));
    }
    return RK_OK;
}

static rk_status units(struct nist *n, rk_err *err) {
    const rk_tree *tree = n->e->tree;
    rk_buf_lit(&n->b, ",\"GpUnit\":[\n");
    for (uint32_t i = 0; i < tree->n && tree->node[i].level <= n->q->level; i++)
        RK_TRY(region_unit(n, i, err));
    for (uint32_t i = tree->level_first[RK_DESA]; n->q->level == RK_STATION && i < tree->n; i++)
        RK_TRY(station_units(n, i, err));
    RK_TRY(dapil_units(n, err));
    rk_buf_lit(&n->b, "\n]");
    return RK_OK;
}

/* ===== figures ===== */

static void vote(rk_buf *b, const char *prefix, rk_slice code, uint64_t v) {
    rk_js_item(b);
    rk_buf_lit(b, "{" T("VoteCounts") ",\"GpUnitId\":");
    put_id(b, prefix, code, RK_LIT(""));
    rk_buf_lit(b, ",\"Type\":\"total\",\"Count\":");
    rk_buf_num(b, v);
    rk_buf_lit(b, "}");
}

/* A column over the dapil (its own unit), its regions and its stations. */
static rk_status votes_of(struct nist *n, uint32_t d, uint32_t column, rk_err *err) {
    const rk_tree *tree = n->e->tree;
    rk_buf *b = &n->b;
    uint64_t all = 0;
    uint32_t counted = 0;
    rk_js_key(b, "VoteCounts");
    rk_buf_byte(b, '[');
    for (uint32_t i = 0; i < tree->n; i++) {
        unsigned level = tree->node[i].level;
        if (n->dapil && n->dapil[i] != d) continue;
        if (n->dapil && top_of(n, i, d)) {
            all += rk_tally_sum(n->t, i)[column];
            counted += n->t->count[i].counted;
        }
        if (level <= n->q->level && n->t->count[i].counted)
            vote(b, "gp-", rk_tree_code(tree, i), rk_tally_sum(n->t, i)[column]);
        for (uint32_t k = level == RK_DESA && n->q->level == RK_STATION ? stations_of(n, i) : 0,
                      s = 0;
             s < k; s++) {
            const uint32_t *row = rk_tally_row(n->t, n->list[s]);
            if (row && row[column] != RK_ABSENT)
                vote(b, "tps-", rk_code_slice(&tree->tps_code[n->list[s]]), row[column]);
        }
        RK_TRY(flush(n, err));
    }
    if (n->dapil && counted) vote(b, "dapil-", rk_code_slice(&n->c->dapil[d].code), all);
    rk_buf_byte(b, ']');
    return RK_OK;
}

static void ballots(rk_buf *b, const char *prefix, rk_slice code, bool has_cast, uint64_t cast,
                    bool has_bad, uint64_t bad) {
    if (!has_cast && !has_bad) return;
    rk_js_item(b);
    rk_buf_lit(b, "{" T("BallotCounts") ",\"GpUnitId\":");
    put_id(b, prefix, code, RK_LIT(""));
    rk_buf_lit(b, ",\"Type\":\"total\"");
    if (has_cast) rk_js_num(b, "BallotsCast", cast);
    if (has_bad) rk_js_num(b, "BallotsRejected", bad);
    rk_buf_byte(b, '}');
}

static rk_status ballot_counts(struct nist *n, rk_err *err) {
    const rk_tree *tree = n->e->tree;
    uint32_t cast = n->c->col_total, bad = n->c->col_invalid;
    rk_buf *b = &n->b;
    if (cast == RK_NONE && bad == RK_NONE) return RK_OK;
    rk_js_key(b, "BallotCounts");
    rk_buf_byte(b, '[');
    for (uint32_t i = 0; i < tree->n; i++) {
        const uint64_t *sum = rk_tally_sum(n->t, i);
        if (tree->node[i].level <= n->q->level && n->t->count[i].forms)
            ballots(b, "gp-", rk_tree_code(tree, i), cast != RK_NONE,
                    cast == RK_NONE ? 0 : sum[cast], bad != RK_NONE,
                    bad == RK_NONE ? 0 : sum[bad]);
        bool below = tree->node[i].level == RK_DESA && n->q->level == RK_STATION;
        for (uint32_t k = below ? stations_of(n, i) : 0, s = 0; s < k; s++) {
            const uint32_t *row = rk_tally_row(n->t, n->list[s]);
            if (!row) continue;
            uint32_t c = cast == RK_NONE ? RK_ABSENT : row[cast],
                     r = bad == RK_NONE ? RK_ABSENT : row[bad];
            ballots(b, "tps-", rk_code_slice(&tree->tps_code[n->list[s]]), c != RK_ABSENT, c,
                    r != RK_ABSENT, r);
        }
        RK_TRY(flush(n, err));
    }
    rk_buf_byte(b, ']');
    return RK_OK;
}

/* ===== candidates and parties ===== */

static uint32_t n_contests(const struct nist *n) { return n->c->n_dapil ? n->c->n_dapil : 1; }

static rk_slice dapil_code(const struct nist *n, uint32_t d) {
    return n->c->n_dapil ? rk_code_slice(&n->c->dapil[d].code) : RK_LIT("0");
}

static const rk_ballot *ballot_of(const struct nist *n, uint32_t d) {
    return &n->c->ballot[n->c->n_dapil ? n->c->dapil[d].ballot : 0];
}

static bool is_party(const struct nist *n, const rk_choice *ch) {
    return n->c->shape == RK_PARTAI && ch->party == RK_NONE;
}

static void html_colour(rk_buf *b, rk_slice colour) {
    char hex[6];
    if (colour.len != 7) return;
    for (int i = 0; i < 6; i++) {
        char c = colour.ptr[i + 1];
        hex[i] = c >= 'A' && c <= 'F' ? (char)(c + 32) : c;
    }
    rk_js_text(b, "Color", (rk_slice){hex, 6});
}

static rk_status parties(struct nist *n, rk_err *err) {
    rk_buf *b = &n->b;
    if (n->c->shape != RK_PARTAI) return RK_OK;
    rk_js_key(b, "Party");
    rk_buf_byte(b, '[');
    for (uint32_t d = 0; d < n_contests(n); d++)
        for (uint32_t i = 0; i < ballot_of(n, d)->n; i++) {
            const rk_choice *ch = &ballot_of(n, d)->choice[i];
            if (!is_party(n, ch)) continue;
            rk_js_item(b);
            type(b, "Party");
            id_of(b, "@id", "party-", dapil_code(n, d), rk_code_slice(&ch->code));
            text(b, "Name", ch->name);
            html_colour(b, ch->colour);
            external(b, rk_code_slice(&ch->code));
            rk_buf_byte(b, '}');
            RK_TRY(flush(n, err));
        }
    rk_buf_byte(b, ']');
    return RK_OK;
}

static rk_status candidates(struct nist *n, rk_err *err) {
    rk_buf *b = &n->b;
    rk_js_key(b, "Candidate");
    rk_buf_byte(b, '[');
    for (uint32_t d = 0; d < n_contests(n); d++) {
        const rk_ballot *ballot = ballot_of(n, d);
        for (uint32_t i = 0; i < ballot->n; i++) {
            const rk_choice *ch = &ballot->choice[i];
            if (is_party(n, ch)) continue;
            rk_js_item(b);
            type(b, "Candidate");
            id_of(b, "@id", "cand-", dapil_code(n, d), rk_code_slice(&ch->code));
            text(b, "BallotName", ch->name);
            if (ch->party != RK_NONE)
                id_of(b, "PartyId", "party-", dapil_code(n, d),
                      rk_code_slice(&ballot->choice[ch->party].code));
            external(b, rk_code_slice(&ch->code));
            rk_buf_byte(b, '}');
            RK_TRY(flush(n, err));
        }
    }
    rk_buf_byte(b, ']');
    return RK_OK;
}

/* ===== contests ===== */

static rk_status selection(struct nist *n, uint32_t d, const rk_choice *ch, rk_err *err) {
    rk_buf *b = &n->b;
    bool party = is_party(n, ch);
    rk_js_item(b);
    type(b, party ? "PartySelection" : "CandidateSelection");
    id_of(b, "@id", "sel-", dapil_code(n, d), rk_code_slice(&ch->code));
    rk_js_key(b, party ? "PartyIds" : "CandidateIds");
    rk_buf_byte(b, '[');
    put_id(b, party ? "party-" : "cand-", dapil_code(n, d), rk_code_slice(&ch->code));
    rk_buf_byte(b, ']');
    rk_js_num(b, "SequenceOrder", ch->number);
    RK_TRY(votes_of(n, d, n->c->n_field + ch->slot, err));
    rk_buf_lit(b, "}\n");
    return RK_OK;
}

static rk_status contest(struct nist *n, uint32_t d, rk_err *err) {
    static const char *const variation[] = {
        [RK_PASLON] = "majority", [RK_PARTAI] = "proportional", [RK_CALON] = "plurality"};
    const rk_contest *c = n->c;
    rk_buf *b = &n->b;
    rk_js_item(b);
    type(b, "CandidateContest");
    id_of(b, "@id", "contest-", rk_code_slice(&c->code), dapil_code(n, d));
    rk_js_text(b, "Name", c->name);
    rk_js_text(b, "Abbreviation", rk_code_slice(&c->code));
    id_of(b, "ElectionDistrictId", c->n_dapil ? "dapil-" : "gp-", dapil_code(n, d), RK_LIT(""));
    rk_js_num(b, "VotesAllowed", 1);
    if (c->n_dapil && c->dapil[d].seats) rk_js_num(b, "NumberElected", c->dapil[d].seats);
    rk_js_text(b, "VoteVariation", rk_slice_str(variation[c->shape]));
    rk_js_key(b, "ContestSelection");
    rk_buf_byte(b, '[');
    const rk_ballot *ballot = ballot_of(n, d);
    for (uint32_t i = 0; i < ballot->n; i++) RK_TRY(selection(n, d, &ballot->choice[i], err));
    rk_buf_lit(b, "]}");
    return RK_OK;
}

static rk_status election(struct nist *n, rk_err *err) {
    rk_buf *b = &n->b;
    rk_buf_lit(b, ",\"Election\":[{" T("Election") ",\"ElectionScopeId\":\"gp-0\"");
    rk_js_text(b, "StartDate", n->e->date);
    rk_js_text(b, "EndDate", n->e->date);
    rk_js_text(b, "Type", RK_LIT("general"));
    text(b, "Name", n->e->name.len ? n->e->name : n->e->id);
    RK_TRY(candidates(n, err));
    RK_TRY(ballot_counts(n, err));
    rk_js_key(b, "Contest");
    rk_buf_byte(b, '[');
    for (uint32_t d = 0; d < n_contests(n); d++) RK_TRY(contest(n, d, err));
    rk_buf_lit(b, "]}]");
    return RK_OK;
}

/* GeneratedDate is the time of the last entry: the same log gives the same bytes. */
static void head(struct nist *n) {
    char time[RK_WIB_LEN];
    rk_buf *b = &n->b;
    rk_wib_put(time, n->e->last_time);
    time[10] = 'T';
    bool all = n->t->count[0].counted == rk_tally_total(n->t, n->e->tree, 0);
    type(b, "ElectionReport");
    rk_js_text(b, "Format",
               n->q->level == RK_STATION ? RK_LIT("precinct-level")
                                         : RK_LIT("summary-contest"));
    rk_buf_printf(b, ",\"GeneratedDate\":\"%.*s+07:00\"", RK_WIB_LEN, time);
    rk_js_text(b, "Issuer", RK_LIT("Hitungan formulir TPS, bukan penetapan"));
    rk_js_text(b, "IssuerAbbreviation", n->e->id);
    rk_buf_lit(b, ",\"SequenceStart\":1,\"SequenceEnd\":1");
    rk_js_text(b, "Status", all ? RK_LIT("unofficial-complete") : RK_LIT("unofficial-partial"));
    rk_js_text(b, "VendorApplicationId", n->q->program);
    rk_buf_printf(b, ",\"Notes\":\"log entries: %llu\"", (unsigned long long)n->e->size);
}

rk_status rk_format_nist(rk_election *e, const rk_format_query *q, const rk_sink *out,
                         rk_err *err) {
    struct nist n = {.e = e, .t = &e->tally[q->contest], .q = q, .out = out};
    n.c = n.t->contest;
    RK_ASSERT(!n.t->unsettled);
    if (e->date.len != 10)
        return rk_fail(err, RK_BAD_INPUT,
                       "the election has no date, and NIST's format needs one: rekap init "
                       "--tanggal YYYY-MM-DD");
    rk_buf_init(&n.b, LINE_MAX_BYTES);
    find_dapil(&n);
    head(&n);
    rk_status s = units(&n, err);
    if (s == RK_OK) s = parties(&n, err);
    if (s == RK_OK) s = election(&n, err);
    rk_buf_lit(&n.b, "}\n");
    if (s == RK_OK) s = rk_sink_flush(out, &n.b, 0, err);
    rk_buf_free(&n.b);
    rk_free(n.dapil);
    rk_free(n.list);
    return s;
}
