/* From an election to the tables that core/outcome.h computes on, and its answer as text, CSV
 * and JSON. Turnout and invalid share are taken over the stations that wrote both figures: a
 * sum over forms where one of them is blank would compare different stations. */
#include "publish/outcome.h"

#include "base/mem.h"
#include "core/official.h"
#include "publish/api_inner.h"
#include "publish/people.h"

#include <stdlib.h>

enum { REPORT_BYTES_MAX = 64 << 20 };

/* ===== shares ===== */

/* A figure of a form: one column, or two that are added (L + P). */
struct figure {
    uint32_t a, b; /* RK_NONE = none */
};

static struct figure group(const rk_contest *c, const char *j, const char *l, const char *p) {
    uint32_t one = rk_contest_field(c, rk_slice_str(j));
    if (one != RK_NONE) return (struct figure){one, RK_NONE};
    uint32_t a = rk_contest_field(c, rk_slice_str(l)), b = rk_contest_field(c, rk_slice_str(p));
    return a == RK_NONE || b == RK_NONE ? (struct figure){RK_NONE, RK_NONE}
                                        : (struct figure){a, b};
}

static bool written(const uint32_t *row, struct figure f, uint64_t *v) {
    if (row[f.a] == RK_ABSENT || (f.b != RK_NONE && row[f.b] == RK_ABSENT)) return false;
    *v = (uint64_t)row[f.a] + (f.b == RK_NONE ? 0 : row[f.b]);
    return true;
}

static void add_share(rk_share *s, const uint32_t *row, struct figure part, struct figure whole,
                      bool part_is_in_whole) {
    uint64_t p, w;
    if (!written(row, part, &p) || !written(row, whole, &w)) return;
    s->part += p;
    s->whole += part_is_in_whole ? w : w + p;
    s->stations++;
}

static bool blank_choice(const rk_tally *t, uint32_t desa, const uint32_t *row) {
    uint32_t b = t->ballot_of[desa];
    if (b == RK_NONE) return false;
    for (uint32_t i = 0; i < t->contest->ballot[b].n; i++)
        if (row[t->contest->n_field + t->contest->ballot[b].choice[i].slot] == RK_ABSENT)
            return true;
    return false;
}

/* One pass over the stations: both shares, and stations with votes that lack a choice's. */
static void shares(const rk_election *e, uint32_t contest, rk_outcome_report *r,
                   uint32_t *partial) {
    const rk_tally *t = &e->tally[contest];
    const rk_contest *c = t->contest;
    struct figure roll = group(c, "pemilih_dpt_j", "pemilih_dpt_l", "pemilih_dpt_p");
    struct figure users = group(c, "pengguna_total_j", "pengguna_total_l", "pengguna_total_p");
    struct figure valid = {c->col_valid, RK_NONE}, invalid = {c->col_invalid, RK_NONE};
    bool from_form = users.a == RK_NONE;
    if (from_form) users = (struct figure){c->col_total, RK_NONE};
    r->has_turnout = roll.a != RK_NONE && users.a != RK_NONE;
    r->has_invalid = valid.a != RK_NONE && invalid.a != RK_NONE;
    r->turnout_part = from_form            ? "suara_total"
                      : users.b == RK_NONE ? "pengguna_total_j"
                                           : "pengguna_total_l + pengguna_total_p";
    r->turnout_whole = roll.b == RK_NONE ? "pemilih_dpt_j" : "pemilih_dpt_l + pemilih_dpt_p";
    *partial = 0;
    for (uint32_t i = 0; i < e->tree->n_tps; i++) {
        const uint32_t *row = rk_tally_row(t, i);
        if (!row) continue;
        if (r->has_turnout) add_share(&r->turnout, row, users, roll, true);
        if (r->has_invalid) add_share(&r->invalid, row, invalid, valid, false);
        *partial += t->state[i].counted && blank_choice(t, e->tree->tps[i].desa, row);
    }
}

/* ===== the series ===== */

static void init_table(const rk_contest *c, rk_outcome_table *t) {
    uint32_t n = c->ballot[0].n;
    rk_code *code = rk_calloc(n + 1u, sizeof *code);
    rk_slice *name = rk_calloc(n + 1u, sizeof *name);
    for (uint32_t i = 0; i < n; i++) {
        code[i] = c->ballot[0].choice[i].code;
        name[i] = c->ballot[0].choice[i].name;
    }
    rk_outcome_table_init(t, code, name, n);
    rk_free(code);
    rk_free(name);
}

static uint32_t provinces_of(const rk_election *e, const rk_tally *t) {
    uint32_t n = 0;
    for (uint32_t i = e->tree->level_first[RK_PROVINSI]; i < e->tree->level_first[RK_KABUPATEN];
         i++)
        n += !t->abroad[i];
    return n;
}

static rk_status too_many(rk_err *err) {
    return rk_fail(err, RK_LIMIT, "more than %u provinces", RK_DISTRICTS_MAX);
}

static rk_status count_table(rk_election *e, rk_tally *t, rk_outcome_series *s, rk_err *err) {
    const rk_tree *tree = e->tree;
    const rk_contest *c = t->contest;
    init_table(c, &s->table);
    for (uint32_t node = 0; node < tree->level_first[RK_KABUPATEN]; node++) {
        const uint64_t *sum = rk_tally_sum(t, node);
        uint64_t *cells = s->table.nation;
        if (node && (t->abroad[node] || t->count[node].counted == 0)) continue;
        if (node)
            cells =
                rk_outcome_table_province(&s->table, &tree->code[node], tree->node[node].name);
        if (!cells) return too_many(err);
        for (uint32_t i = 0; i < s->table.n_choice; i++)
            cells[i] = sum[c->n_field + c->ballot[0].choice[i].slot];
    }
    s->name = RK_LIT("Hitungan formulir TPS");
    s->kind = "hitungan";
    s->entry = e->size;
    s->of_stations = true;
    s->in = t->count[0].counted;
    s->all = rk_tally_total(t, tree, 0);
    s->table.provinces = provinces_of(e, t);
    s->table.complete = s->all > 0 && s->in == s->all && s->partial == 0;
    return RK_OK;
}

/* Column of choice i in an official table, or RK_NONE. */
static uint32_t official_column(const rk_official_table *o, const rk_code *choice) {
    for (uint32_t k = 0; k < o->n_column; k++)
        if (o->column[k] == RK_NONE && rk_code_eq(&o->choice[k], choice)) return k;
    return RK_NONE;
}

struct official_rows {
    const rk_official_table *o;
    const uint32_t *column;
    bool nation;    /* a row of the whole nation */
    uint32_t areas; /* provinces and areas abroad with figures */
};

static bool official_figures(const struct official_rows *w, uint32_t row, uint32_t n,
                             uint64_t *out) {
    for (uint32_t i = 0; i < n; i++) {
        out[i] = w->o->value[(size_t)row * w->o->n_column + w->column[i]];
        if (out[i] == UINT64_MAX) return false;
    }
    return true;
}

static rk_status official_row(const rk_election *e, const rk_tally *t, struct official_rows *w,
                              uint32_t row, uint64_t *v, rk_outcome_series *s, rk_err *err) {
    uint32_t node = w->o->node[row], n = s->table.n_choice;
    unsigned level = e->tree->node[node].level;
    if (level > RK_PROVINSI || !official_figures(w, row, n, v)) return RK_OK;
    if (level == RK_NATION) {
        w->nation = true;
        memcpy(s->table.nation, v, n * sizeof *v);
        return RK_OK;
    }
    w->areas++;
    if (t->abroad[node]) return RK_OK;
    uint64_t *cells =
        rk_outcome_table_province(&s->table, &e->tree->code[node], e->tree->node[node].name);
    if (!cells) return too_many(err);
    memcpy(cells, v, n * sizeof *v);
    return RK_OK;
}

/* Without a row of the nation it is the sum of the provinces and of what lies abroad. */
static rk_status official_rows(const rk_election *e, const rk_tally *t, struct official_rows *w,
                               rk_outcome_series *s, rk_err *err) {
    uint64_t *v = rk_calloc(s->table.n_choice + 1u, sizeof *v);
    rk_status st = RK_OK;
    for (uint32_t r = 0; st == RK_OK && r < w->o->n; r++)
        st = official_row(e, t, w, r, v, s, err);
    for (uint32_t r = 0; st == RK_OK && !w->nation && r < w->o->n; r++)
        if (e->tree->node[w->o->node[r]].level == RK_PROVINSI &&
            official_figures(w, r, s->table.n_choice, v))
            for (uint32_t i = 0; i < s->table.n_choice; i++) s->table.nation[i] += v[i];
    rk_free(v);
    return st;
}

static rk_status official_table(const rk_election *e, const rk_tally *t, const rk_official *f,
                                const rk_official_table *o, rk_outcome_series *s, bool *usable,
                                rk_err *err) {
    init_table(t->contest, &s->table);
    uint32_t *column = rk_calloc(s->table.n_choice + 1u, sizeof *column);
    struct official_rows w = {.o = o, .column = column};
    *usable = true;
    for (uint32_t i = 0; i < s->table.n_choice; i++) {
        column[i] = official_column(o, &s->table.choice[i]);
        *usable &= column[i] != RK_NONE;
    }
    rk_status st = *usable ? official_rows(e, t, &w, s, err) : RK_OK;
    s->name = f->label;
    s->kind = "resmi";
    s->entry = f->entry;
    s->table.provinces = provinces_of(e, t);
    s->table.complete =
        w.nation || w.areas == e->tree->level_first[RK_KABUPATEN] - e->tree->level_first[1];
    *usable &= w.nation || w.areas > 0;
    rk_free(column);
    return st;
}

static rk_outcome_series *new_series(rk_outcome_report *r) {
    r->series = rk_realloc(r->series, r->n + 1u, sizeof *r->series);
    r->series[r->n] = (rk_outcome_series){0};
    return &r->series[r->n++];
}

static void drop_last(rk_outcome_report *r) {
    rk_outcome_series *s = &r->series[--r->n];
    rk_outcome_table_free(&s->table);
    rk_outcome_free(&s->result);
}

static rk_status add_official(const rk_election *e, const rk_tally *t, const rk_official *f,
                              rk_outcome_report *r, rk_err *err) {
    rk_official_table o;
    bool usable = false;
    RK_TRY(rk_official_parse(e->tree, t->contest, f->csv, &o, err));
    rk_outcome_series *s = new_series(r);
    rk_status st = official_table(e, t, f, &o, s, &usable, err);
    rk_official_free(&o);
    if (st == RK_OK && usable) return rk_outcome_compute(&s->table, &s->result, err);
    drop_last(r);
    return st;
}

static rk_status all_series(rk_election *e, uint32_t contest, rk_outcome_report *r,
                            uint32_t partial, rk_err *err) {
    rk_tally *t = &e->tally[contest];
    const rk_contest *c = t->contest;
    bool president = c->shape == RK_PASLON && !c->pilkada && c->n_ballot == 1 &&
                     c->n_dapil == 0 && c->ballot[0].n >= 2;
    if (!president) return RK_OK;
    rk_outcome_series *s = new_series(r);
    s->partial = partial;
    RK_TRY(count_table(e, t, s, err));
    RK_TRY(rk_outcome_compute(&s->table, &s->result, err));
    for (uint32_t i = 0; i < e->n_official; i++)
        if (e->official[i].contest == contest)
            RK_TRY(add_official(e, t, &e->official[i], r, err));
    return RK_OK;
}

rk_status rk_outcome_report_make(rk_election *e, uint32_t contest, rk_outcome_report *r,
                                 rk_err *err) {
    const rk_contest *c = e->tally[contest].contest;
    uint32_t partial;
    RK_ASSERT(!e->tally[contest].unsettled);
    *r = (rk_outcome_report){.election = e->name,
                             .contest_code = rk_code_slice(&c->code),
                             .contest_name = c->name,
                             .entries = e->size,
                             .time = e->last_time};
    shares(e, contest, r, &partial);
    rk_status s = all_series(e, contest, r, partial, err);
    if (s != RK_OK) rk_outcome_report_free(r);
    return s;
}

rk_status rk_outcome_report_of(rk_slice name, rk_outcome_table *t, rk_outcome_report *r,
                               rk_err *err) {
    *r = (rk_outcome_report){.election = name};
    rk_outcome_series *s = new_series(r);
    s->name = name;
    s->kind = "berkas";
    s->table = *t;
    *t = (rk_outcome_table){0};
    rk_status st = rk_outcome_compute(&s->table, &s->result, err);
    if (st != RK_OK) rk_outcome_report_free(r);
    return st;
}

void rk_outcome_report_free(rk_outcome_report *r) {
    while (r->n) drop_last(r);
    rk_free(r->series);
    *r = (rk_outcome_report){0};
}

/* ===== as JSON ===== */

static void json_share(rk_buf *b, const char *key, bool has, const rk_share *s,
                       const char *part, const char *whole) {
    rk_js_key(b, key);
    if (!has || s->stations == 0) {
        rk_buf_lit(b, "null");
        return;
    }
    rk_buf_byte(b, '{');
    rk_js_num(b, "bagian", s->part);
    rk_js_num(b, "seluruh", s->whole);
    rk_js_num(b, "bp", rk_share_bp(s->part, s->whole));
    rk_js_text(b, "pembilang", rk_slice_str(part));
    rk_js_text(b, "penyebut", rk_slice_str(whole));
    rk_js_num(b, "tps", s->stations);
    rk_buf_byte(b, '}');
}

static void json_choices(rk_buf *b, const rk_outcome_series *s) {
    const rk_outcome_table *t = &s->table;
    rk_js_key(b, "pilihan");
    rk_buf_byte(b, '[');
    for (uint32_t i = 0; i < t->n_choice; i++) {
        rk_js_item(b);
        rk_buf_byte(b, '{');
        rk_js_text(b, "kode", rk_code_slice(&t->choice[i]));
        rk_js_text(b, "nama", t->choice_name[i]);
        rk_js_num(b, "suara", t->nation[i]);
        rk_js_num(b, "bp", rk_share_bp(t->nation[i], s->result.total));
        rk_js_bool(b, "lebih_setengah", t->nation[i] * 2 > s->result.total);
        rk_js_num(b, "provinsi_seperlima", s->result.spread[i]);
        rk_buf_byte(b, '}');
    }
    rk_buf_byte(b, ']');
}

/* The codes of those elected, or of those that go into the run-off. */
static void json_verdict(rk_buf *b, const rk_outcome_series *s) {
    const rk_outcome *o = &s->result;
    rk_js_text(b, "keputusan", rk_slice_str(rk_verdict_name(o->verdict)));
    rk_js_key(b, "alasan");
    rk_buf_byte(b, '{');
    rk_js_text(b, "id", rk_slice_str(rk_why_text(o->why, false)));
    rk_js_text(b, "en", rk_slice_str(rk_why_text(o->why, true)));
    rk_buf_byte(b, '}');
    rk_js_key(b, "siapa");
    rk_buf_byte(b, '[');
    if (o->verdict == RK_ELECTED || o->verdict == RK_RUNOFF)
        rk_buf_json(b, rk_code_slice(&s->table.choice[o->first]));
    if (o->verdict == RK_RUNOFF) {
        rk_js_item(b);
        rk_buf_json(b, rk_code_slice(&s->table.choice[o->second]));
    }
    rk_buf_byte(b, ']');
}

static void json_series(rk_buf *b, const rk_outcome_series *s) {
    rk_js_item(b);
    rk_buf_byte(b, '{');
    rk_js_text(b, "nama", s->name);
    rk_js_text(b, "jenis", rk_slice_str(s->kind));
    rk_js_num(b, "entri", s->entry);
    rk_js_bool(b, "lengkap", s->table.complete);
    rk_js_key(b, "tps");
    if (s->of_stations) {
        rk_buf_byte(b, '{');
        rk_js_num(b, "jumlah", s->all);
        rk_js_num(b, "masuk", s->in);
        rk_js_num(b, "sebagian", s->partial);
        rk_buf_byte(b, '}');
    } else {
        rk_buf_lit(b, "null");
    }
    rk_js_key(b, "provinsi");
    rk_buf_byte(b, '{');
    rk_js_num(b, "jumlah", s->table.provinces);
    rk_js_num(b, "diketahui", s->table.n_province);
    rk_js_num(b, "perlu", s->result.needed);
    rk_buf_byte(b, '}');
    rk_js_num(b, "suara", s->result.total);
    json_choices(b, s);
    json_verdict(b, s);
    rk_buf_byte(b, '}');
}

static void outcome_json(const rk_outcome_report *r, rk_buf *b) {
    rk_buf_byte(b, '{');
    rk_js_text(b, "kontes", r->contest_code);
    rk_js_text(b, "nama", r->contest_name);
    rk_js_num(b, "entri", r->entries);
    rk_js_time(b, "ts", r->time);
    rk_js_text(b, "hukum", RK_LIT(RK_OUTCOME_LAW));
    rk_js_num(b, "sebaran_bp", RK_SPREAD_BP);
    rk_js_key(b, "seri");
    rk_buf_byte(b, '[');
    for (uint32_t i = 0; i < r->n; i++) json_series(b, &r->series[i]);
    rk_buf_byte(b, ']');
    json_share(b, "partisipasi", r->has_turnout, &r->turnout, r->turnout_part,
               r->turnout_whole);
    json_share(b, "tidak_sah", r->has_invalid, &r->invalid, "suara_tidak_sah",
               "suara_sah + suara_tidak_sah");
    rk_buf_byte(b, '}');
}

rk_status rk_api_outcome(rk_election *e, uint32_t contest, rk_buf *out, rk_err *err) {
    rk_outcome_report r;
    RK_TRY(rk_outcome_report_make(e, contest, &r, err));
    outcome_json(&r, out);
    rk_outcome_report_free(&r);
    return RK_OK;
}

/* ===== as CSV ===== */

static const char *role(const rk_outcome *o, uint32_t i) {
    if (o->verdict == RK_ELECTED && i == o->first) return "terpilih";
    if (o->verdict == RK_RUNOFF && (i == o->first || i == o->second)) return "putaran-kedua";
    return "";
}

static void csv_row(rk_buf *b, const rk_outcome_series *s, uint32_t i) {
    const rk_outcome_table *t = &s->table;
    rk_buf_csv(b, s->name);
    rk_buf_printf(b, ",%s,%llu,", s->kind, (unsigned long long)s->entry);
    if (s->of_stations) rk_buf_printf(b, "%u,%u", s->in, s->all);
    if (!s->of_stations) rk_buf_byte(b, ',');
    rk_buf_printf(b, ",%u,%u,%u,", t->n_province, t->provinces, s->result.needed);
    rk_buf_csv(b, rk_code_slice(&t->choice[i]));
    rk_buf_byte(b, ',');
    rk_buf_csv(b, t->choice_name[i]);
    rk_buf_printf(b, ",%llu,%llu,%u,%u,%s,%s\n", (unsigned long long)t->nation[i],
                  (unsigned long long)s->result.total,
                  rk_share_bp(t->nation[i], s->result.total), s->result.spread[i],
                  role(&s->result, i), rk_verdict_name(s->result.verdict));
}

static void outcome_csv(const rk_outcome_report *r, rk_buf *b) {
    rk_buf_lit(b, "seri,jenis,entri,tps_masuk,tps_jumlah,provinsi_diketahui,provinsi,provinsi_"
                  "perlu,pilihan,nama,suara,suara_semua,bp,provinsi_seperlima,kedudukan,"
                  "keputusan\n");
    for (uint32_t i = 0; i < r->n; i++)
        for (uint32_t k = 0; k < r->series[i].table.n_choice; k++) csv_row(b, &r->series[i], k);
}

/* ===== for people ===== */

static void people_series(rk_buf *b, const rk_outcome_series *s) {
    const rk_outcome_table *t = &s->table;
    rk_buf_printf(b, "\n%.*s", RK_FMT(s->name));
    if (s->of_stations) {
        rk_buf_lit(b, ": dari ");
        rk_people_number(b, s->in, 0);
        rk_buf_lit(b, " TPS di antara ");
        rk_people_number(b, s->all, 0);
        if (s->partial) rk_buf_printf(b, " (%u dengan sel pilihan kosong)", s->partial);
    }
    if (s->of_stations || s->entry)
        rk_buf_printf(b, ", entri %llu", (unsigned long long)s->entry);
    rk_buf_printf(b, "; angka %u dari %u provinsi, sebaran perlu %u\n", t->n_province,
                  t->provinces, s->result.needed);
    for (uint32_t i = 0; i < t->n_choice; i++) {
        rk_slice name = t->choice_name[i];
        rk_buf_lit(b, "  ");
        rk_people_text(b, rk_code_slice(&t->choice[i]), 8);
        if (name.len) rk_people_text(b, name, 60);
        rk_people_number(b, t->nation[i], 14);
        rk_people_percent(b, t->nation[i], s->result.total);
        rk_buf_printf(b, "  >= 20 %% di %u provinsi  %s\n", s->result.spread[i],
                      role(&s->result, i));
    }
    rk_buf_printf(b, "  %s: %s\n", rk_verdict_name(s->result.verdict),
                  rk_why_text(s->result.why, false));
}

static void people_share(rk_buf *b, const char *what, bool has, const rk_share *s,
                         const char *part, const char *whole) {
    if (!has || s->stations == 0) return;
    rk_buf_printf(b, "%s", what);
    rk_people_percent(b, s->part, s->whole);
    rk_buf_lit(b, " = ");
    rk_people_number(b, s->part, 0);
    rk_buf_lit(b, " / ");
    rk_people_number(b, s->whole, 0);
    rk_buf_printf(b, " (%s / %s, dari ", part, whole);
    rk_people_number(b, s->stations, 0);
    rk_buf_lit(b, " TPS yang menulis keduanya)\n");
}

static void outcome_people(const rk_outcome_report *r, rk_buf *b) {
    rk_buf_printf(b, "%.*s%s%.*s\n", RK_FMT(r->election), r->contest_name.len ? " — " : "",
                  RK_FMT(r->contest_name));
    if (r->n) rk_buf_lit(b, "Dasar: " RK_OUTCOME_LAW "\n");
    for (uint32_t i = 0; i < r->n; i++) people_series(b, &r->series[i]);
    if (r->has_turnout || r->has_invalid) rk_buf_byte(b, '\n');
    people_share(b, "Partisipasi ", r->has_turnout, &r->turnout, r->turnout_part,
                 r->turnout_whole);
    people_share(b, "Tidak sah   ", r->has_invalid, &r->invalid, "suara_tidak_sah",
                 "suara_sah + suara_tidak_sah");
}

rk_status rk_outcome_report_write(const rk_outcome_report *r, enum rk_format f,
                                  const rk_sink *out, rk_err *err) {
    rk_buf b;
    rk_buf_init(&b, REPORT_BYTES_MAX);
    if (f == RK_FORMAT_JSON)
        outcome_json(r, &b), rk_buf_byte(&b, '\n');
    else if (f == RK_FORMAT_CSV)
        outcome_csv(r, &b);
    else
        outcome_people(r, &b);
    rk_status s = rk_sink_flush(out, &b, 0, err);
    rk_buf_free(&b);
    return s;
}
