/* The five tables: read row by row, every figure compared, every row that must be there
 * counted.
 */
#include "verify/docs.h"

#include "base/csv.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/wib.h"
#include "core/official.h"

#include <stdio.h>

struct table {
    rk_docs *d;
    rk_slice path;
    const rk_view *v;
    rk_election *e;
    const rk_tree *tree;
    uint32_t k; /* contest */
    rk_tally *t;
    const rk_contest *c;
    rk_csv csv;
    rk_slice *name; /* columns */
    size_t n;
    uint32_t told;
    /* rekap, tps: per column beyond the fixed ones */
    uint32_t *field; /* the contest's column; RK_NONE = a choice by code */
    rk_code *choice;
};

static bool wrong(struct table *x, const char *column, rk_slice key, rk_slice is,
                  rk_slice must) {
    char place[120];
    snprintf(place, sizeof place, "line %zu, %.*s, column %s", x->csv.line,
             (int)(key.len < 40 ? key.len : 40), key.ptr ? key.ptr : "", column);
    if (x->told++ < RK_DOC_LINES_MAX)
        rk_doc_differs(x->d, x->path, place, "'%.*s' is published, the entries give '%.*s'",
                       (int)(is.len < 100 ? is.len : 100), is.ptr ? is.ptr : "",
                       (int)(must.len < 100 ? must.len : 100), must.ptr ? must.ptr : "");
    return false;
}

static void say(struct table *x, const char *text) {
    char place[40];
    snprintf(place, sizeof place, "line %zu", x->csv.line);
    if (x->told++ < RK_DOC_LINES_MAX) rk_doc_differs(x->d, x->path, place, "%s", text);
}

static void number(struct table *x, rk_slice key, size_t column, uint64_t must) {
    char text[24];
    rk_slice m = {text, (size_t)(rk_num_put(text, must) - text)};
    x->d->figures++;
    if (!rk_slice_eq(x->csv.field[column], m)) {
        char name[64];
        snprintf(name, sizeof name, "%.*s",
                 (int)(x->name[column].len < 60 ? x->name[column].len : 60),
                 x->name[column].ptr);
        wrong(x, name, key, x->csv.field[column], m);
    }
}

static void text(struct table *x, rk_slice key, size_t column, rk_slice must) {
    rk_buf b;
    char name[64];
    if (rk_slice_eq(x->csv.field[column], must)) return;
    rk_buf_init(&b, 4096); /* what a spreadsheet would take for a formula has a ' before it */
    rk_buf_csv(&b, must);
    rk_slice s = rk_buf_slice(&b);
    bool quoted = s.len > 1 && s.ptr[0] == '"';
    if (quoted) s = (rk_slice){s.ptr + 1, s.len - 2};
    if (!rk_slice_eq(x->csv.field[column], s)) {
        snprintf(name, sizeof name, "%.*s",
                 (int)(x->name[column].len < 60 ? x->name[column].len : 60),
                 x->name[column].ptr);
        wrong(x, name, key, x->csv.field[column], must);
    }
    rk_buf_free(&b);
}

/* The next row; a row of another width ends the table. */
static bool next(struct table *x) {
    rk_err err = RK_ERR_INIT;
    rk_status s = rk_csv_next(&x->csv, &err);
    if (s == RK_NOT_FOUND) return false;
    if (s != RK_OK) return say(x, err.text), false;
    if (x->csv.n != x->n)
        return say(x, "a row has another number of fields than the header"), false;
    return true;
}

/* ===== columns ===== */

/* Column i stands for a figure of the contest. */
static bool figure(struct table *x, size_t i) {
    x->field[i] = rk_contest_field(x->c, x->name[i]);
    if (x->field[i] != RK_NONE) return true;
    if (!rk_slice_starts(x->name[i], RK_LIT("suara_")) ||
        !rk_code_of(rk_slice_from(x->name[i], 6), &x->choice[i]))
        return false;
    for (uint32_t b = 0; b < x->c->n_ballot; b++)
        if (rk_contest_choice(x->c, b, rk_code_slice(&x->choice[i])) != RK_NONE) return true;
    return false;
}

static uint32_t column_on(const struct table *x, size_t i, uint32_t ballot) {
    if (x->field[i] != RK_NONE) return x->field[i];
    return ballot == RK_NONE ? RK_NONE
                             : rk_contest_choice(x->c, ballot, rk_code_slice(&x->choice[i]));
}

/* A column that stands there twice hides that another is missing. */
static bool twice(const struct table *x, size_t i) {
    size_t k = 0;
    while (k < i && !rk_slice_eq(x->name[k], x->name[i])) k++;
    return k < i;
}

static bool figures_from(struct table *x, size_t first) {
    size_t n = 0;
    x->field = rk_calloc(x->n, sizeof *x->field);
    x->choice = rk_calloc(x->n, sizeof *x->choice);
    for (size_t i = first; i < x->n; i++) n += !twice(x, i) && figure(x, i);
    return n == x->n - first;
}

static void station_figures(struct table *x, rk_slice key, size_t first, uint32_t tps) {
    const uint32_t *row = rk_tally_row(x->t, tps);
    uint32_t ballot = x->t->ballot_of[x->tree->tps[tps].desa];
    for (size_t i = first; i < x->n; i++) {
        uint32_t col = column_on(x, i, ballot);
        if (row && col != RK_NONE && row[col] != RK_ABSENT)
            number(x, key, i, row[col]);
        else
            text(x, key, i, (rk_slice){0});
    }
}

static uint32_t station(const struct table *x, rk_slice code) {
    rk_code c;
    return rk_code_of(code, &c) ? rk_tree_find_tps(x->tree, &c, rk_code_hash(&c)) : RK_NONE;
}

/* ===== rekap.csv ===== */

enum { PHOTO_COLUMNS = 7 };

static void photo_counts(struct table *x, rk_slice key, rk_count c) {
    const uint32_t must[PHOTO_COLUMNS] = {c.photos,   c.referred + c.accepted + c.inconsistent,
                                          c.refused,  c.referred,
                                          c.accepted, c.inconsistent,
                                          c.differs};
    for (size_t i = 0; i < PHOTO_COLUMNS; i++) number(x, key, 7 + i, must[i]);
}

static rk_count station_photos(const struct table *x, uint32_t tps) {
    const rk_photo_state *s = rk_tally_photos(x->t, tps);
    if (!s) return (rk_count){0};
    return (rk_count){.photos = 1,
                      .refused = s->state == RK_READ_REFUSED,
                      .referred = s->state == RK_READ_REFERRED,
                      .accepted = s->state == RK_READ_ACCEPTED,
                      .inconsistent = s->state == RK_READ_INCONSISTENT,
                      .differs = s->compared == RK_COMPARED_DIFFERS};
}

/* Where the figures begin; 0: the photos' columns are there without photos, or the other way
 * round. */
static size_t recap_first(const struct table *x) {
    static const char *const name[PHOTO_COLUMNS] = {
        "tps_foto",   "tps_dibaca",       "tps_ditolak", "tps_dirujuk",
        "tps_sesuai", "tps_tidak_sesuai", "tps_beda"};
    size_t have = 0;
    while (have < PHOTO_COLUMNS && 7 + have < x->n &&
           rk_slice_is(x->name[7 + have], name[have]))
        have++;
    if (have != (x->t->n_received ? PHOTO_COLUMNS : 0)) return 0;
    return 7 + have;
}

static void recap_row(struct table *x, size_t first, uint8_t *seen) {
    rk_slice level = x->csv.field[0], code = x->csv.field[1];
    if (rk_slice_is(level, "5")) {
        uint32_t tps = station(x, code);
        if (tps == RK_NONE) {
            say(x, "there is no such station");
            return;
        }
        const rk_form_state *s = rk_tally_row(x->t, tps) ? &x->t->state[tps] : NULL;
        number(x, code, 3, 1);
        number(x, code, 4, s != NULL);
        number(x, code, 5, s && s->counted);
        number(x, code, 6, s && (s->broken & x->t->review_mask));
        if (first > 7) photo_counts(x, code, station_photos(x, tps));
        station_figures(x, code, first, tps);
        return;
    }
    uint32_t node = rk_tree_find(x->tree, code);
    if (node == RK_NONE || seen[node]++) {
        say(x, node == RK_NONE ? "there is no such region" : "a region stands here twice");
        return;
    }
    const rk_count *c = &x->v->own[x->k].count[node];
    number(x, code, 0, x->tree->node[node].level);
    text(x, code, 2, x->tree->node[node].name);
    number(x, code, 3, rk_tally_total(x->t, x->tree, node));
    number(x, code, 4, c->forms);
    number(x, code, 5, c->counted);
    number(x, code, 6, c->review);
    if (first > 7) photo_counts(x, code, *c);
    for (size_t i = first; i < x->n; i++)
        number(x, code, i,
               x->field[i] != RK_NONE
                   ? rk_view_sum(x->v, x->k, node)[x->field[i]]
                   : rk_view_choice(x->v, x->k, node, rk_code_slice(&x->choice[i])));
}

static void recap(struct table *x) {
    uint8_t *seen = rk_calloc(x->tree->n, 1);
    uint32_t level = 0;
    size_t first = recap_first(x);
    if (!first || !figures_from(x, first))
        say(x, "a column is none of the contest, or the columns of photos are missing");
    else
        while (next(x)) recap_row(x, first, seen);
    /* a level is there wholly or not at all */
    for (uint32_t i = 0; i < x->tree->n; i++)
        level |= (uint32_t)seen[i] << x->tree->node[i].level;
    for (uint32_t i = 0; i < x->tree->n && x->told == 0; i++)
        if (!seen[i] && level >> x->tree->node[i].level & 1 &&
            rk_slice_ends(x->path, RK_LIT("rekap.csv")))
            say(x, "rows are missing");
    rk_free(seen);
}

/* ===== tps.csv ===== */

enum { STATE_COLUMNS = 9 }; /* of a release: status ... banding */

static bool has_state(const struct table *x, size_t first) {
    static const char *const name[STATE_COLUMNS] = {
        "status", "periksa", "generasi", "psu", "entri", "temuan", "foto", "baca", "banding"};
    for (size_t i = 0; i < STATE_COLUMNS; i++)
        if (first + i >= x->n || !rk_slice_is(x->name[first + i], name[i])) return false;
    return true;
}

static void rules_broken(const struct table *x, uint64_t broken, rk_buf *b) {
    for (uint32_t r = 0; r < x->c->n_rule; r++)
        if (broken >> r & 1) {
            if (b->len) rk_buf_byte(b, ' ');
            rk_buf_add(b, rk_code_slice(&x->c->rule[r].id));
        }
}

/* Photo references are listed one by one, so that a changed one is seen. */
static void photos(const struct table *x, const rk_form_state *s, uint32_t tps, rk_buf *b) {
    rk_slice rest = s->images1 ? x->t->images[s->images1 - 1] : (rk_slice){0};
    bool first = true;
    for (; rest.len >= 2; first = false) {
        size_t n = (size_t)(uint8_t)rest.ptr[0] | (size_t)(uint8_t)rest.ptr[1] << 8;
        rk_slice one = {rest.ptr + 2, n < rest.len - 2 ? n : rest.len - 2};
        if (!first) rk_buf_byte(b, ' ');
        if (!one.len) rk_buf_byte(b, '-');
        for (size_t i = 0; i < one.len; i++)
            rk_buf_add(b, one.ptr[i] == ' ' ? RK_LIT("%20") : (rk_slice){one.ptr + i, 1});
        rest = rk_slice_from(rest, 2 + one.len);
    }
    uint32_t at[RK_FORM_PHOTOS_MAX], n = rk_tally_received(x->t, tps, at, RK_FORM_PHOTOS_MAX);
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < x->t->received[at[i]].n; k++, first = false) {
            const struct rk_public_photo *p = &x->t->photo[x->t->received[at[i]].first + k];
            char hex[65] = {0};
            rk_sha256_put(hex, &p->copy);
            if (!first) rk_buf_byte(b, ' ');
            if (p->type)
                rk_buf_printf(b, "foto/%s.%s", hex, p->type == RK_PHOTO_PNG ? "png" : "jpg");
            else
                rk_buf_byte(b, '-');
        }
}

static void reading_state(struct table *x, rk_slice code, size_t at, uint32_t tps) {
    static const char *const state[] = {"diterima", "ditolak", "dirujuk", "sesuai",
                                        "tidak-sesuai"};
    static const char *const with[] = {"", "sama", "beda"};
    const rk_photo_state *s = rk_tally_photos(x->t, tps);
    text(x, code, at, rk_slice_str(s ? state[s->state] : ""));
    text(x, code, at + 1, rk_slice_str(s ? with[s->compared] : ""));
}

static void station_state(struct table *x, rk_slice code, size_t at, uint32_t tps) {
    const rk_form_state none = {0}, *s = rk_tally_row(x->t, tps) ? &x->t->state[tps] : &none;
    rk_buf b;
    rk_buf_init(&b, 1u << 18);
    photos(x, s, tps, &b);
    text(x, code, at + 6, rk_buf_slice(&b));
    reading_state(x, code, at + 7, tps);
    rk_buf_clear(&b);
    if (!s->entry1) {
        text(x, code, at, RK_LIT("belum"));
        for (size_t i = 1; i < 6; i++) text(x, code, at + i, (rk_slice){0});
        rk_buf_free(&b);
        return;
    }
    text(x, code, at, s->counted ? RK_LIT("masuk") : RK_LIT("kosong"));
    number(x, code, at + 1, (s->broken & x->t->review_mask) != 0);
    number(x, code, at + 2, s->generation);
    text(x, code, at + 3, rk_psu_name((enum rk_psu)s->psu));
    number(x, code, at + 4, s->entry1 - 1u);
    rules_broken(x, s->broken, &b);
    text(x, code, at + 5, rk_buf_slice(&b));
    rk_buf_free(&b);
}

static void stations(struct table *x) {
    uint8_t *seen = rk_calloc(x->tree->n_tps + 1, 1);
    size_t first = 1, desa = SIZE_MAX, ts = SIZE_MAX, state = SIZE_MAX;
    if (first < x->n && rk_slice_is(x->name[first], "desa")) desa = first++;
    if (first < x->n && rk_slice_is(x->name[first], "ts")) ts = first++;
    if (has_state(x, first)) state = first, first += STATE_COLUMNS;
    if (!figures_from(x, first))
        say(x, "a column is none of the contest");
    else
        while (next(x)) {
            rk_slice code = x->csv.field[0];
            uint32_t tps = station(x, code);
            bool form = tps != RK_NONE && rk_tally_row(x->t, tps);
            if (tps == RK_NONE || (!form && state == SIZE_MAX) || seen[tps]++) {
                say(x, "a station that has no form, or stands here twice");
                continue;
            }
            const rk_form_state none = {0}, *s = form ? &x->t->state[tps] : &none;
            char time[RK_WIB_LEN];
            if (s->own_ts) rk_wib_put(time, s->ts);
            if (state != SIZE_MAX) station_state(x, code, state, tps);
            if (desa != SIZE_MAX)
                text(x, code, desa, rk_tree_code(x->tree, x->tree->tps[tps].desa));
            if (ts != SIZE_MAX)
                text(x, code, ts, (rk_slice){time, s->own_ts ? sizeof time : 0});
            station_figures(x, code, first, tps);
        }
    for (uint32_t i = 0; i < x->tree->n_tps && x->told == 0; i++)
        if (!seen[i] &&
            (rk_tally_row(x->t, i) ||
             (state != SIZE_MAX && x->t->ballot_of[x->tree->tps[i].desa] != RK_NONE)))
            say(x, "stations are missing");
    rk_free(seen);
}

/* ===== temuan.csv ===== */

struct finding_rows {
    struct table *x;
    rk_slice tps;
    bool ended;
};

static void finding_row(void *ctx, const rk_finding *f) {
    struct finding_rows *r = ctx;
    struct table *x = r->x;
    static const char *const sign[] = {[RK_EQ] = "", [RK_LE] = "<= ", [RK_GE] = ">= "};
    char must[40], found[24], severity[2] = {f->rule->severity, 0};
    if (r->ended || x->told >= RK_DOC_LINES_MAX) return;
    if (!next(x)) {
        r->ended = true;
        say(x, "findings are missing");
        return;
    }
    snprintf(must, sizeof must, "%s%lld", sign[f->op], (long long)f->expected);
    snprintf(found, sizeof found, "%lld", (long long)f->found);
    text(x, r->tps, 0, r->tps);
    text(x, r->tps, 1, rk_code_slice(&f->rule->id));
    text(x, r->tps, 2, rk_slice_str(severity));
    text(x, r->tps, 3, f->field);
    text(x, r->tps, 4, rk_slice_str(must));
    text(x, r->tps, 5, rk_slice_str(found));
    x->d->figures += 2;
}

static void findings(struct table *x) {
    struct finding_rows r = {.x = x};
    for (uint32_t d = x->tree->level_first[RK_DESA]; d < x->tree->n && !r.ended; d++) {
        uint32_t *tps = rk_calloc(x->tree->node[d].known + 1, sizeof *tps),
                 n = rk_tree_tps_sorted(x->tree, d, tps);
        for (uint32_t i = 0; i < n && !r.ended; i++) {
            const uint32_t *row = rk_tally_row(x->t, tps[i]);
            if (!row || !x->t->state[tps[i]].broken) continue;
            r.tps = rk_code_slice(&x->tree->tps_code[tps[i]]);
            rk_rule_explain(x->c, x->t->ballot_of[d], row, x->t->abroad[d] != 0, finding_row,
                            &r);
        }
        rk_free(tps);
    }
    if (!r.ended && next(x)) say(x, "a finding too many");
}

/* ===== banding.csv ===== */

static bool comparison_row(struct table *x, const rk_official *o, const rk_official_table *t,
                           uint32_t r, uint32_t k) {
    uint64_t said = t->value[(size_t)r * t->n_column + k], is;
    char diff[24];
    rk_buf name;
    if (said == UINT64_MAX) return true;
    if (!next(x)) return say(x, "rows are missing"), false;
    is = t->column[k] != RK_NONE
             ? rk_view_sum(x->v, x->k, t->node[r])[t->column[k]]
             : rk_view_choice(x->v, x->k, t->node[r], rk_code_slice(&t->choice[k]));
    rk_buf_init(&name, RK_NAME_MAX);
    rk_official_name(x->c, t, k, &name);
    snprintf(diff, sizeof diff, "%lld", (long long)is - (long long)said);
    rk_slice code = rk_tree_code(x->tree, t->node[r]);
    text(x, code, 0, o->label);
    text(x, code, 1, code);
    text(x, code, 2, x->tree->node[t->node[r]].name);
    text(x, code, 3, rk_buf_slice(&name));
    number(x, code, 4, said);
    number(x, code, 5, is);
    text(x, code, 6, rk_slice_str(diff));
    x->d->figures++;
    rk_buf_free(&name);
    return true;
}

static void comparison(struct table *x) {
    bool go = true;
    for (uint32_t i = 0; i < x->e->n_official && go; i++) {
        const rk_official *o = &x->e->official[i];
        rk_official_table t;
        if (o->contest != x->k || rk_official_parse(x->tree, x->c, o->csv, &t, NULL) != RK_OK)
            continue;
        for (uint32_t r = 0; r < t.n && go; r++)
            for (uint32_t k = 0; k < t.n_column && go; k++) go = comparison_row(x, o, &t, r, k);
        rk_official_free(&t);
    }
    if (go && next(x)) say(x, "a row too many");
}

/* ===== perubahan.csv ===== */

/* The column of a figure by its name, on a station's ballot. */
static uint32_t figure_named(const struct table *x, rk_slice name, uint32_t ballot) {
    uint32_t col = rk_contest_field(x->c, name);
    if (col != RK_NONE || ballot == RK_NONE || !rk_slice_starts(name, RK_LIT("suara_")))
        return col;
    return rk_contest_choice(x->c, ballot, rk_slice_from(name, 6));
}

/* What a station's figure became is what the entries give; what it was stands in the release
 * before, and the manifest vouches for both. */
static void changes(struct table *x) {
    while (next(x)) {
        rk_slice code = x->csv.field[0], what = x->csv.field[1];
        if (rk_slice_is(what, "kolom")) continue; /* the contest was declared anew */
        uint32_t tps = station(x, code);
        const uint32_t *row = tps == RK_NONE ? NULL : rk_tally_row(x->t, tps);
        if (tps == RK_NONE && !rk_slice_is(what, "hilang")) {
            say(x, "there is no such station");
            continue;
        }
        if (!rk_slice_is(what, "berubah")) continue;
        uint32_t col =
            figure_named(x, x->csv.field[2], x->t->ballot_of[x->tree->tps[tps].desa]);
        if (col == RK_NONE) continue;
        if (row && row[col] != RK_ABSENT)
            number(x, code, 4, row[col]);
        else
            text(x, code, 4, (rk_slice){0});
    }
}

/* ===== wilayah.csv ===== */

static void regions(struct table *x) {
    for (uint32_t i = 1; i < x->tree->n; i++) {
        rk_slice code = rk_tree_code(x->tree, i);
        if (!next(x)) {
            say(x, "regions are missing");
            return;
        }
        text(x, code, 0, code);
        text(x, code, 1, rk_tree_code(x->tree, x->tree->node[i].parent));
        text(x, code, 2, x->tree->node[i].name);
        number(x, code, 3, x->tree->node[i].level);
        text(x, code, 4, rk_code_slice(&x->tree->node[i].dapil));
    }
    if (next(x)) say(x, "a region too many");
}

/* ===== which ===== */

/* The contest a table is of: the path says it, or there is only one, or its columns fit. */
static uint32_t contest_of(const struct table *x, size_t first) {
    rk_slice rest = x->path, part;
    uint32_t found = RK_NONE;
    while (rk_slice_cut(&rest, '/', &part))
        if (rk_election_contest(x->e, part) != RK_NONE) found = rk_election_contest(x->e, part);
    if (found != RK_NONE || x->e->n_contest == 1) return found == RK_NONE ? 0 : found;
    for (uint32_t k = 0; k < x->e->n_contest; k++) {
        struct table y = *x;
        y.c = x->e->tally[k].contest;
        if (figures_from(&y, first)) found = k;
        rk_free(y.field);
        rk_free(y.choice);
        if (found == k) return k;
    }
    return RK_NONE;
}

static bool header_is(const struct table *x, const char *names) {
    rk_slice rest = rk_slice_str(names), part;
    for (size_t i = 0; rk_slice_cut(&rest, ',', &part); i++)
        if (i >= x->n || !rk_slice_eq(x->name[i], part)) return false;
    return true;
}

static const struct kind {
    const char *header;
    bool exact, of_contest;
    size_t first; /* column of the first figure */
    void (*run)(struct table *x);
} KINDS[] = {
    {"tingkat,kode,nama,tps_jumlah,tps_diterima,tps_masuk,tps_periksa", false, true, 7, recap},
    {"tps,aturan,berat,medan,harus,tertulis", true, true, 6, findings},
    {"seri,kode,nama,kolom,resmi,hitung,selisih", true, true, 7, comparison},
    {"tps,perubahan,kolom,sebelum,sesudah", true, true, 5, changes},
    {"kode,induk,nama,tingkat,dapil", true, false, 5, regions},
    {"tps", false, true, 1, stations},
};

static void run(struct table *x, const struct kind *k) {
    rk_docs *d = x->d;
    x->k = k->of_contest ? contest_of(x, k->first) : 0;
    if (x->k == RK_NONE) {
        say(x, "which contest this is of cannot be told");
        return;
    }
    if (k->of_contest) x->t = &x->e->tally[x->k], x->c = x->t->contest;
    k->run(x);
    d->documents++;
}

static bool named_as_ours(rk_slice path) {
    static const char *const names[] = {"rekap.csv", "tps.csv", "temuan.csv", "banding.csv",
                                        "wilayah.csv"};
    size_t at = path.len;
    while (at && path.ptr[at - 1] != '/') at--;
    for (int i = 0; i < 5; i++)
        if (rk_slice_is(rk_slice_from(path, at), names[i])) return true;
    return false;
}

bool rk_doc_csv(rk_docs *d, rk_slice path, rk_slice bytes) {
    struct table x = {.d = d,
                      .path = path.len ? path : RK_LIT("the file"),
                      .v = d->view,
                      .e = d->view->e,
                      .tree = d->view->e->tree};
    const struct kind *kind = NULL;
    rk_csv_init(&x.csv, bytes);
    if (x.tree && rk_csv_next(&x.csv, NULL) == RK_OK) {
        x.n = x.csv.n;
        x.name = rk_calloc(x.n + 1, sizeof *x.name);
        for (size_t i = 0; i < x.n; i++) /* names outlive the row */
            x.name[i] =
                (rk_slice){rk_dup(x.csv.field[i].ptr, x.csv.field[i].len), x.csv.field[i].len};
        for (size_t i = 0; !kind && i < sizeof KINDS / sizeof *KINDS; i++) {
            rk_slice h = rk_slice_str(KINDS[i].header);
            size_t columns = 1;
            for (size_t j = 0; j < h.len; j++) columns += h.ptr[j] == ',';
            if (header_is(&x, KINDS[i].header) && (!KINDS[i].exact || x.n == columns))
                kind = &KINDS[i];
        }
    }
    if (kind)
        run(&x, kind);
    else if (named_as_ours(path))
        say(&x, "its header is not that of the table it is named as");
    d->wrong += x.told > 0;
    for (size_t i = 0; i < x.n && x.name; i++) rk_free((void *)(uintptr_t)x.name[i].ptr);
    rk_free(x.name);
    rk_free(x.field);
    rk_free(x.choice);
    rk_csv_free(&x.csv);
    return kind || x.told;
}
