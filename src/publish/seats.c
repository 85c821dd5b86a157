/* Seats of a contest of parties: its votes per dapil gathered from the tree, the answer of
 * core/seats.h as text, CSV and JSON. */
#include "publish/outcome.h"

#include "base/mem.h"
#include "base/num.h"
#include "publish/api_inner.h"
#include "publish/people.h"

enum { REPORT_BYTES_MAX = 64 << 20 };

/* ===== from the election ===== */

rk_status rk_seat_rule_for(const rk_election *e, uint32_t contest, rk_seat_rule *out,
                           rk_err *err) {
    uint64_t year = 0;
    if (e->date.len < 4 || !rk_num_parse((rk_slice){e->date.ptr, 4}, 9999, &year))
        return rk_fail(err, RK_BAD_INPUT,
                       "the election has no date, so the law of its year is not known: say "
                       "--tahun");
    RK_TRY(rk_seat_rule_of((uint32_t)year, out, err));
    if (!rk_slice_is(rk_code_slice(&e->tally[contest].contest->code), "pdpr"))
        out->threshold_bp = 0; /* the national threshold is the DPR's */
    return RK_OK;
}

/* Number of the dapil that each node lies in, RK_NONE = in none. */
static rk_status dapil_of_nodes(const rk_contest *c, const rk_tree *tree, uint32_t *own,
                                rk_err *err) {
    rk_codemap map = {0};
    rk_code *code = rk_calloc(c->n_dapil, sizeof *code);
    rk_status s = RK_OK;
    for (uint32_t d = 0; d < c->n_dapil; d++) {
        code[d] = c->dapil[d].code;
        rk_codemap_add(&map, code, d);
    }
    for (uint32_t i = 0; i < tree->n; i++) {
        const rk_code *k = &tree->node[i].dapil;
        own[i] = k->len ? rk_codemap_find(&map, code, k, rk_code_hash(k)) : RK_NONE;
        if (own[i] != RK_NONE && c->dapil[own[i]].n_region) own[i] = RK_NONE;
    }
    for (uint32_t d = 0; s == RK_OK && d < c->n_dapil; d++)
        for (uint32_t k = 0; s == RK_OK && k < c->dapil[d].n_region; k++) {
            uint32_t node = rk_tree_find(tree, rk_code_slice(&c->dapil[d].region[k]));
            if (node == RK_NONE)
                s = rk_fail(err, RK_BAD_INPUT, "dapil %.*s names a region the tree has not",
                            RK_FMT(rk_code_slice(&code[d])));
            else
                own[node] = d;
        }
    rk_codemap_free(&map);
    rk_free(code);
    return s;
}

/* A party's own votes and its candidates'. */
static void add_node(const rk_tally *t, uint32_t node, uint32_t dapil, rk_seat_table *out) {
    const rk_contest *c = t->contest;
    const rk_ballot *b = &c->ballot[c->dapil[dapil].ballot];
    const uint64_t *sum = rk_tally_sum(t, node);
    for (uint32_t i = 0; i < b->n; i++) {
        const rk_choice *party =
            b->choice[i].party == RK_NONE ? &b->choice[i] : &b->choice[b->choice[i].party];
        uint32_t p = rk_seat_table_party(out, rk_code_slice(&party->code), party->name);
        out->votes[(size_t)dapil * out->n_party + p] += sum[c->n_field + b->choice[i].slot];
    }
}

static rk_status parties_and_districts(const rk_contest *c, rk_seat_table *out, rk_err *err) {
    for (uint32_t d = 0; d < c->n_dapil; d++) {
        if (c->dapil[d].seats == 0)
            return rk_fail(
                err, RK_NOT_FOUND,
                "the contest does not say how many seats dapil %.*s has: add \"kursi\"",
                RK_FMT(rk_code_slice(&c->dapil[d].code)));
        if (rk_seat_table_district(out, rk_code_slice(&c->dapil[d].code), c->dapil[d].name,
                                   c->dapil[d].seats) == RK_NONE)
            return rk_fail(err, RK_LIMIT, "more than %u dapil", RK_DISTRICTS_MAX);
        const rk_ballot *b = &c->ballot[c->dapil[d].ballot];
        for (uint32_t i = 0; i < b->n; i++)
            if (b->choice[i].party == RK_NONE &&
                rk_seat_table_party(out, rk_code_slice(&b->choice[i].code),
                                    b->choice[i].name) == RK_NONE)
                return rk_fail(err, RK_LIMIT, "more than %u parties", RK_PARTIES_MAX);
    }
    rk_seat_table_votes(out);
    for (uint32_t d = 0; d < c->n_dapil;
         d++) { /* a list in a dapil has 0 votes to begin with */
        const rk_ballot *b = &c->ballot[c->dapil[d].ballot];
        for (uint32_t i = 0; i < b->n; i++)
            if (b->choice[i].party == RK_NONE)
                out->votes[(size_t)d * out->n_party +
                           rk_seat_table_party(out, rk_code_slice(&b->choice[i].code),
                                               RK_LIT(""))] = 0;
    }
    return RK_OK;
}

static rk_status count_votes(const rk_election *e, const rk_tally *t, rk_seat_table *out,
                             rk_err *err) {
    uint32_t *in = rk_calloc(e->tree->n, sizeof *in);
    rk_status s = dapil_of_nodes(t->contest, e->tree, in, err);
    for (uint32_t i = 0; s == RK_OK && i < e->tree->n; i++) { /* parents come first */
        uint32_t above = i ? in[e->tree->node[i].parent] : RK_NONE;
        if (in[i] != RK_NONE && in[i] != above) add_node(t, i, in[i], out);
        if (in[i] == RK_NONE) in[i] = above;
    }
    rk_free(in);
    return s;
}

rk_status rk_seat_report_make(rk_election *e, uint32_t contest, const rk_seat_rule *rule,
                              rk_seat_report *r, rk_err *err) {
    rk_tally *t = &e->tally[contest];
    const rk_contest *c = t->contest;
    RK_ASSERT(!t->unsettled);
    *r = (rk_seat_report){.election = e->name,
                          .contest_code = rk_code_slice(&c->code),
                          .contest_name = c->name,
                          .series = RK_LIT("Hitungan formulir TPS"),
                          .entries = e->size,
                          .time = e->last_time,
                          .of_stations = true,
                          .in = t->count[0].counted,
                          .all = rk_tally_total(t, e->tree, 0),
                          .rule = *rule};
    if (c->shape != RK_PARTAI || c->n_dapil == 0)
        return rk_fail(err, RK_NOT_FOUND,
                       "contest %.*s gives out no seats: it is not of parties in dapil",
                       RK_FMT(rk_code_slice(&c->code)));
    rk_status s = parties_and_districts(c, &r->table, err);
    if (s == RK_OK) s = count_votes(e, t, &r->table, err);
    if (s == RK_OK) s = rk_seats_compute(&r->table, &r->rule, &r->result, err);
    if (s != RK_OK) rk_seat_report_free(r);
    return s;
}

rk_status rk_seat_report_of(rk_slice name, rk_seat_table *t, const rk_seat_rule *rule,
                            rk_seat_report *r, rk_err *err) {
    *r = (rk_seat_report){.election = name, .series = name, .rule = *rule, .table = *t};
    *t = (rk_seat_table){0};
    rk_status s = rk_seats_compute(&r->table, &r->rule, &r->result, err);
    if (s != RK_OK) rk_seat_report_free(r);
    return s;
}

void rk_seat_report_free(rk_seat_report *r) {
    rk_seat_table_free(&r->table);
    rk_seat_result_free(&r->result);
    *r = (rk_seat_report){0};
}

/* ===== as JSON ===== */

static void json_parties(rk_buf *b, const rk_seat_report *r) {
    const rk_seat_table *t = &r->table;
    rk_js_key(b, "partai");
    rk_buf_byte(b, '[');
    for (uint32_t p = 0; p < t->n_party; p++) {
        rk_js_item(b);
        rk_buf_byte(b, '{');
        rk_js_text(b, "kode", rk_code_slice(&t->party[p]));
        rk_js_text(b, "nama", t->party_name[p]);
        rk_js_num(b, "suara", r->result.party[p]);
        rk_js_num(b, "bp", rk_share_bp(r->result.party[p], r->result.total));
        rk_js_bool(b, "lolos", r->result.through[p]);
        rk_js_num(b, "kursi", r->result.won[p]);
        rk_buf_byte(b, '}');
    }
    rk_buf_byte(b, ']');
}

static void json_last(rk_buf *b, const rk_seat_report *r, uint32_t d) {
    const rk_last_seat *l = &r->result.last[d];
    const rk_seat_table *t = &r->table;
    rk_js_key(b, "terakhir");
    if (l->winner == RK_NONE) {
        rk_buf_lit(b, "null");
        return;
    }
    rk_buf_byte(b, '{');
    rk_js_text(b, "partai", rk_code_slice(&t->party[l->winner]));
    rk_js_num(b, "pembagi", l->winner_divisor);
    rk_js_key(b, "boleh_hilang");
    if (l->can_lose_all)
        rk_buf_lit(b, "null");
    else
        rk_buf_num(b, l->can_lose);
    rk_js_key(b, "berikut");
    if (l->next == RK_NONE)
        rk_buf_lit(b, "null");
    else
        rk_buf_json(b, rk_code_slice(&t->party[l->next]));
    rk_js_num(b, "pembagi_berikut", l->next_divisor);
    rk_js_key(b, "kurang");
    if (l->has_lacks)
        rk_buf_num(b, l->lacks);
    else
        rk_buf_lit(b, "null");
    rk_buf_byte(b, '}');
}

static void json_district(rk_buf *b, const rk_seat_report *r, uint32_t d) {
    const rk_seat_table *t = &r->table;
    size_t at = (size_t)d * t->n_party;
    rk_js_item(b);
    rk_buf_byte(b, '{');
    rk_js_text(b, "kode", rk_code_slice(&t->district[d]));
    rk_js_text(b, "nama", t->district_name[d]);
    rk_js_num(b, "kursi", t->seats[d]);
    rk_js_num(b, "terbuka", r->result.open_in[d]);
    rk_js_key(b, "partai");
    rk_buf_byte(b, '[');
    for (uint32_t p = 0; p < t->n_party; p++) {
        if (t->votes[at + p] == UINT64_MAX) continue; /* no list here */
        rk_js_item(b);
        rk_buf_byte(b, '{');
        rk_js_text(b, "kode", rk_code_slice(&t->party[p]));
        rk_js_num(b, "suara", t->votes[at + p]);
        rk_js_num(b, "kursi", r->result.cell[at + p]);
        rk_js_bool(b, "seri", r->result.tied[at + p]);
        rk_buf_byte(b, '}');
    }
    rk_buf_byte(b, ']');
    json_last(b, r, d);
    rk_buf_byte(b, '}');
}

static void seats_json(const rk_seat_report *r, rk_buf *b) {
    rk_buf_byte(b, '{');
    rk_js_text(b, "kontes", r->contest_code);
    rk_js_text(b, "nama", r->contest_name);
    rk_js_text(b, "seri", r->series);
    rk_js_num(b, "entri", r->entries);
    rk_js_time(b, "ts", r->time);
    rk_js_key(b, "tps");
    if (r->of_stations)
        rk_buf_printf(b, "{\"jumlah\":%u,\"masuk\":%u}", r->all, r->in);
    else
        rk_buf_lit(b, "null");
    rk_js_bool(b, "lengkap", !r->of_stations || (r->all > 0 && r->in == r->all));
    rk_js_num(b, "tahun", r->rule.year);
    rk_js_text(b, "metode", rk_slice_str(rk_seat_method_name(r->rule.method)));
    rk_js_num(b, "ambang_bp", r->rule.threshold_bp);
    rk_js_text(b, "hukum", r->rule.law);
    rk_js_num(b, "suara", r->result.total);
    rk_js_num(b, "kursi", r->result.seats);
    rk_js_num(b, "terbuka", r->result.open);
    json_parties(b, r);
    rk_js_key(b, "dapil");
    rk_buf_byte(b, '[');
    for (uint32_t d = 0; d < r->table.n_district; d++) json_district(b, r, d);
    rk_buf_lit(b, "]}");
}

rk_status rk_api_seats(rk_election *e, uint32_t contest, rk_buf *out, rk_err *err) {
    rk_seat_rule rule;
    rk_seat_report r;
    RK_TRY(rk_seat_rule_for(e, contest, &rule, err));
    RK_TRY(rk_seat_report_make(e, contest, &rule, &r, err));
    seats_json(&r, out);
    rk_seat_report_free(&r);
    return RK_OK;
}

/* ===== as CSV ===== */

static void csv_cell(rk_buf *b, const rk_seat_report *r, uint32_t d, uint32_t p) {
    const rk_seat_table *t = &r->table;
    const rk_last_seat *l = &r->result.last[d];
    size_t at = (size_t)d * t->n_party + p;
    if (t->votes[at] == UINT64_MAX) return;
    rk_buf_csv(b, rk_code_slice(&t->district[d]));
    rk_buf_byte(b, ',');
    rk_buf_csv(b, t->district_name[d]);
    rk_buf_printf(b, ",%u,", t->seats[d]);
    rk_buf_csv(b, rk_code_slice(&t->party[p]));
    rk_buf_byte(b, ',');
    rk_buf_csv(b, t->party_name[p]);
    rk_buf_printf(b, ",%llu,%s,%u,%s,", (unsigned long long)t->votes[at],
                  r->result.through[p] ? "ya" : "tidak", r->result.cell[at],
                  r->result.tied[at] ? "ya" : "");
    if (p == l->winner && !l->can_lose_all) rk_buf_num(b, l->can_lose);
    rk_buf_byte(b, ',');
    if (p == l->next && l->has_lacks) rk_buf_num(b, l->lacks);
    rk_buf_byte(b, '\n');
}

static void seats_csv(const rk_seat_report *r, rk_buf *b) {
    rk_buf_lit(b,
               "dapil,nama_dapil,kursi_dapil,partai,nama_partai,suara,lolos_ambang,kursi,seri,"
               "terakhir_boleh_hilang,berikut_kurang\n");
    for (uint32_t d = 0; d < r->table.n_district; d++)
        for (uint32_t p = 0; p < r->table.n_party; p++) csv_cell(b, r, d, p);
}

/* ===== for people ===== */

static void people_head(rk_buf *b, const rk_seat_report *r) {
    rk_buf_printf(b, "%.*s%s%.*s\n", RK_FMT(r->election), r->contest_name.len ? " — " : "",
                  RK_FMT(r->contest_name));
    rk_buf_printf(b, "Dasar: %u, %s, ambang batas %u,%02u %%", r->rule.year,
                  rk_seat_method_name(r->rule.method), r->rule.threshold_bp / 100,
                  r->rule.threshold_bp % 100);
    rk_buf_lit(b, " dari ");
    rk_people_number(b, r->result.total, 0);
    rk_buf_printf(b, " suara; %.*s\n", RK_FMT(r->rule.law));
    if (!r->of_stations) return;
    rk_buf_lit(b, "Dari ");
    rk_people_number(b, r->in, 0);
    rk_buf_lit(b, " TPS di antara ");
    rk_people_number(b, r->all, 0);
    rk_buf_printf(b, ", entri %llu%s\n", (unsigned long long)r->entries,
                  r->in == r->all ? "" : ": belum lengkap, bukan pembagian kursi");
}

static void people_parties(rk_buf *b, const rk_seat_report *r) {
    rk_buf_lit(b, "\npartai   nama                                              suara        "
                  "   bagian  kursi\n");
    for (uint32_t p = 0; p < r->table.n_party; p++) {
        rk_people_text(b, rk_code_slice(&r->table.party[p]), 8);
        rk_buf_byte(b, ' ');
        rk_people_text(b, r->table.party_name[p], 44);
        rk_people_number(b, r->result.party[p], 14);
        rk_people_percent(b, r->result.party[p], r->result.total);
        rk_buf_printf(b, "%7u%s\n", r->result.won[p],
                      r->result.through[p] ? "" : "  di bawah ambang");
    }
    rk_buf_printf(b, "%u kursi di %u dapil", r->result.seats, r->table.n_district);
    if (r->result.open) rk_buf_printf(b, ", %u belum terbagi", r->result.open);
    rk_buf_byte(b, '\n');
}

static void people_district(rk_buf *b, const rk_seat_report *r, uint32_t d) {
    const rk_seat_table *t = &r->table;
    const rk_last_seat *l = &r->result.last[d];
    rk_people_text(b, rk_code_slice(&t->district[d]), 9);
    rk_people_text(b, t->district_name[d], 28);
    rk_buf_printf(b, "%3u ", t->seats[d]);
    for (uint32_t p = 0; p < t->n_party; p++) {
        uint32_t n = r->result.cell[(size_t)d * t->n_party + p];
        if (n) rk_buf_printf(b, " %.*s:%u", RK_FMT(rk_code_slice(&t->party[p])), n);
    }
    if (r->result.open_in[d]) rk_buf_printf(b, "  SERI/terbuka: %u", r->result.open_in[d]);
    if (l->winner != RK_NONE && !l->can_lose_all) {
        rk_buf_printf(b, "  | terakhir %.*s boleh hilang ",
                      RK_FMT(rk_code_slice(&t->party[l->winner])));
        rk_people_number(b, l->can_lose, 0);
    }
    if (l->has_lacks) {
        rk_buf_printf(b, ", %.*s kurang ", RK_FMT(rk_code_slice(&t->party[l->next])));
        rk_people_number(b, l->lacks, 0);
    }
    rk_buf_byte(b, '\n');
}

static void seats_people(const rk_seat_report *r, rk_buf *b) {
    people_head(b, r);
    people_parties(b, r);
    rk_buf_lit(b,
               "\ndapil    nama                        kursi partai:kursi | kursi terakhir\n");
    for (uint32_t d = 0; d < r->table.n_district; d++) people_district(b, r, d);
}

rk_status rk_seat_report_write(const rk_seat_report *r, enum rk_format f, const rk_sink *out,
                               rk_err *err) {
    rk_buf b;
    rk_buf_init(&b, REPORT_BYTES_MAX);
    if (f == RK_FORMAT_JSON)
        seats_json(r, &b), rk_buf_byte(&b, '\n');
    else if (f == RK_FORMAT_CSV)
        seats_csv(r, &b);
    else
        seats_people(r, &b);
    rk_status s = rk_sink_flush(out, &b, 0, err);
    rk_buf_free(&b);
    return s;
}
