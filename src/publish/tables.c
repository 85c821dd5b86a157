#include "publish/tables.h"

#include "base/mem.h"
#include "base/num.h"
#include "base/wib.h"
#include "publish/people.h"

#include <stdlib.h>

enum { PIECE = 1 << 18 }; /* bytes handed to the sink at a time */

bool rk_format_parse(rk_slice s, enum rk_format *out) {
    static const char *const names[] = {"table", "csv", "json"};
    for (int i = 0; i < 3; i++)
        if (rk_slice_is(s, names[i])) return *out = (enum rk_format)i, true;
    return false;
}

/* ===== columns above the dapil ===== */

/* The contest's columns as one table has them: fields, then every choice code of every ballot
 * once. */
struct columns {
    uint32_t n;
    struct column {
        rk_code choice;
        uint32_t fixed, ballot, slot;
    } * at; /* fixed: the contest's column, RK_NONE = by ballot */
};

static int by_ballot_slot(const void *a, const void *b) {
    const struct column *x = a, *y = b;
    if (x->ballot != y->ballot) return x->ballot < y->ballot ? -1 : 1;
    return (x->slot > y->slot) - (x->slot < y->slot);
}

static void columns_make(const rk_contest *c, struct columns *x) {
    x->at = rk_calloc(c->n_field + c->n_by_code + 1, sizeof *x->at);
    x->n = 0;
    for (uint32_t i = 0; i < c->n_field; i++) x->at[x->n++].fixed = i;
    if (c->n_ballot == 1) { /* in the order of the ballot */
        for (uint32_t i = 0; i < c->ballot[0].n; i++)
            x->at[x->n++] = (struct column){c->ballot[0].choice[i].code,
                                            c->n_field + c->ballot[0].choice[i].slot, 0, i};
        return;
    }
    uint32_t first = x->n;
    for (uint32_t i = 0; i < c->n_by_code; i++) { /* by_code has a code's first ballot first */
        const struct rk_choice_ref *r = &c->by_code[i];
        if (i && rk_code_eq(&r->code, &c->by_code[i - 1].code)) continue;
        x->at[x->n++] = (struct column){r->code, c->same_cells ? c->n_field + r->slot : RK_NONE,
                                        r->ballot, r->slot};
    }
    qsort(x->at + first, x->n - first, sizeof *x->at, by_ballot_slot);
}

static void column_name(const rk_contest *c, const struct column *x, uint32_t i, rk_buf *out) {
    if (i < c->n_field) {
        rk_buf_add(out, c->field[i]);
        return;
    }
    rk_buf_lit(out, "suara_");
    rk_buf_add(out, rk_code_slice(&x->choice));
}

void rk_table_columns(const rk_contest *c, rk_buf *out) {
    struct columns x;
    columns_make(c, &x);
    for (uint32_t i = 0; i < x.n; i++) {
        rk_buf_byte(out, ',');
        column_name(c, &x.at[i], i, out);
    }
    rk_free(x.at);
}

/* The contest's column of table column x on a ballot. */
static uint32_t column_on(const rk_contest *c, const struct column *x, uint32_t ballot) {
    if (x->fixed != RK_NONE) return x->fixed;
    return ballot == RK_NONE ? RK_NONE
                             : rk_contest_choice(c, ballot, rk_code_slice(&x->choice));
}

/* A total of a node. */
static uint64_t node_total(const rk_tally *t, const rk_tree *tree, uint32_t node,
                           const struct column *x) {
    return x->fixed != RK_NONE ? rk_tally_sum(t, node)[x->fixed]
                               : rk_tally_choice(t, tree, node, rk_code_slice(&x->choice));
}

/* ===== recap ===== */

struct recap {
    rk_election *e;
    rk_tally *t;
    const rk_recap_query *q;
    struct columns col;
    const rk_sink *out;
    rk_buf b;
    bool first;
};

struct row_head {
    unsigned level;
    rk_slice code, name;
    uint32_t total, forms, counted, review;
    rk_count photos; /* only what it says of photos */
};

enum { N_PHOTOS = 7 };
static const char *const PHOTOS[N_PHOTOS] = {"foto",   "dibaca",       "ditolak", "dirujuk",
                                             "sesuai", "tidak_sesuai", "beda"};

static void photo_counts(const rk_count *c, uint32_t out[N_PHOTOS]) {
    const uint32_t n[N_PHOTOS] = {c->photos,   rk_count_read(c), c->refused, c->referred,
                                  c->accepted, c->inconsistent,  c->differs};
    memcpy(out, n, sizeof n);
}

/* What a station's photos count for, as in the counts of regions. */
static rk_count station_photos(const rk_tally *t, uint32_t tps) {
    const rk_photo_state *s = rk_tally_photos(t, tps);
    rk_count c = {0};
    if (!s) return c;
    c.photos = 1;
    c.refused = s->state == RK_READ_REFUSED, c.referred = s->state == RK_READ_REFERRED;
    c.accepted = s->state == RK_READ_ACCEPTED;
    c.inconsistent = s->state == RK_READ_INCONSISTENT;
    c.differs = s->compared == RK_COMPARED_DIFFERS;
    return c;
}

static void csv_head(struct recap *r, const struct row_head *h) {
    rk_buf *b = &r->b;
    rk_buf_num(b, h->level);
    rk_buf_byte(b, ',');
    rk_buf_csv(b, h->code);
    rk_buf_byte(b, ',');
    rk_buf_csv(b, h->name);
    const uint32_t n[] = {h->total, h->forms, h->counted, h->review};
    for (int i = 0; i < 4; i++) rk_buf_byte(b, ','), rk_buf_num(b, n[i]);
    if (r->t->n_received == 0) return;
    uint32_t photo[N_PHOTOS];
    photo_counts(&h->photos, photo);
    for (int i = 0; i < N_PHOTOS; i++) rk_buf_byte(b, ','), rk_buf_num(b, photo[i]);
}

static void json_head(struct recap *r, const struct row_head *h) {
    rk_buf *b = &r->b;
    if (!r->first) rk_buf_byte(b, ',');
    r->first = false;
    rk_buf_printf(b, "\n{\"tingkat\":%u,\"kode\":", h->level);
    rk_buf_json(b, h->code);
    rk_buf_lit(b, ",\"nama\":");
    rk_buf_json(b, h->name);
    rk_buf_printf(b,
                  ",\"tps_jumlah\":%u,\"tps_diterima\":%u,\"tps_masuk\":%u,\"tps_periksa\":%u",
                  h->total, h->forms, h->counted, h->review);
    if (r->t->n_received == 0) return;
    uint32_t photo[N_PHOTOS];
    photo_counts(&h->photos, photo);
    for (int i = 0; i < N_PHOTOS; i++) rk_buf_printf(b, ",\"tps_%s\":%u", PHOTOS[i], photo[i]);
}

static void put_value(struct recap *r, enum rk_format f, uint32_t i, bool have, uint64_t v) {
    rk_buf *b = &r->b;
    rk_buf_byte(b, ',');
    if (f == RK_FORMAT_JSON) {
        rk_buf_byte(b, '"');
        column_name(r->t->contest, &r->col.at[i], i, b);
        rk_buf_lit(b, "\":");
        if (!have) rk_buf_lit(b, "null");
    }
    if (have) rk_buf_num(b, v);
}

static rk_status node_row(struct recap *r, enum rk_format f, uint32_t node, rk_err *err) {
    const rk_tree *tree = r->e->tree;
    const rk_count *c = &r->t->count[node];
    struct row_head h = {tree->node[node].level,
                         rk_tree_code(tree, node),
                         tree->node[node].name,
                         rk_tally_total(r->t, tree, node),
                         c->forms,
                         c->counted,
                         c->review,
                         *c};
    if (f == RK_FORMAT_CSV)
        csv_head(r, &h);
    else
        json_head(r, &h);
    if (r->t->contest->n_ballot == 1 && f == RK_FORMAT_CSV &&
        r->col.n == r->t->contest->n_col && r->t->contest->shape != RK_PARTAI) {
        char *p = rk_buf_room(&r->b, (size_t)r->col.n * 21 +
                                         24); /* the common case, straight through */
        const uint64_t *s = rk_tally_sum(r->t, node);
        for (uint32_t i = 0; p && i < r->col.n; i++)
            p = rk_num_put_comma(p, s[r->col.at[i].fixed]);
        if (p) rk_buf_commit(&r->b, p);
    } else {
        for (uint32_t i = 0; i < r->col.n; i++)
            put_value(r, f, i, true, node_total(r->t, tree, node, &r->col.at[i]));
    }
    rk_buf_add(&r->b, f == RK_FORMAT_CSV ? RK_LIT("\n") : RK_LIT("}"));
    return rk_sink_flush(r->out, &r->b, PIECE, err);
}

static rk_status station_row(struct recap *r, enum rk_format f, uint32_t tps, rk_err *err) {
    const rk_tree *tree = r->e->tree;
    const uint32_t *row = rk_tally_row(r->t, tps);
    rk_buf name;
    rk_buf_init(&name, 64);
    rk_tree_tps_name(tree, tps, &name);
    const rk_form_state *s = row ? &r->t->state[tps] : NULL;
    struct row_head h = {RK_STATION,
                         rk_code_slice(&tree->tps_code[tps]),
                         rk_buf_slice(&name),
                         1,
                         row != NULL,
                         s && s->counted,
                         s && (s->broken & r->t->review_mask),
                         station_photos(r->t, tps)};
    if (f == RK_FORMAT_CSV)
        csv_head(r, &h);
    else
        json_head(r, &h);
    for (uint32_t i = 0; i < r->col.n; i++) {
        uint32_t col =
            column_on(r->t->contest, &r->col.at[i], r->t->ballot_of[tree->tps[tps].desa]);
        bool have = row && col != RK_NONE && row[col] != RK_ABSENT;
        put_value(r, f, i, have, have ? row[col] : 0);
    }
    rk_buf_add(&r->b, f == RK_FORMAT_CSV ? RK_LIT("\n") : RK_LIT("}"));
    rk_buf_free(&name);
    return rk_sink_flush(r->out, &r->b, PIECE, err);
}

static rk_status station_rows(struct recap *r, enum rk_format f, rk_err *err) {
    const rk_tree *tree = r->e->tree;
    rk_status s = RK_OK;
    for (uint32_t d = tree->level_first[RK_DESA]; s == RK_OK && d < tree->n; d++) {
        if (!rk_tree_below(tree, d, r->q->node)) continue;
        uint32_t *tps = rk_calloc(tree->node[d].known, sizeof *tps),
                 n = rk_tree_tps_sorted(tree, d, tps);
        for (uint32_t i = 0; s == RK_OK && i < n; i++) s = station_row(r, f, tps[i], err);
        rk_free(tps);
    }
    return s;
}

static rk_status recap_rows(struct recap *r, enum rk_format f, rk_err *err) {
    const rk_tree *tree = r->e->tree;
    if (r->q->level == RK_STATION) return station_rows(r, f, err);
    for (uint32_t i = r->q->node; i < tree->n;
         i++) { /* nodes are in order of level, then code */
        if (r->q->level >= 0 && tree->node[i].level != r->q->level) continue;
        if (tree->node[i].level < tree->node[r->q->node].level ||
            (r->q->node && !rk_tree_below(tree, i, r->q->node)))
            continue;
        RK_TRY(node_row(r, f, i, err));
    }
    return RK_OK;
}

/* ===== recap for people ===== */

static void table_line(struct recap *r, uint32_t node) {
    const rk_tree *tree = r->e->tree;
    const rk_count *c = &r->t->count[node];
    rk_slice name = tree->node[node].name;
    rk_buf_printf(&r->b, "%-10.*s %-28.*s", RK_FMT(rk_tree_code(tree, node)),
                  (int)(name.len < 28 ? name.len : 28), name.ptr);
    rk_people_number(&r->b, c->counted, 10);
    rk_people_number(&r->b, rk_tally_total(r->t, tree, node), 10);
    rk_people_percent(&r->b, c->counted, rk_tally_total(r->t, tree, node));
    rk_people_number(&r->b, c->review, 9);
    const rk_contest *k = r->t->contest;
    uint32_t shown = 0;
    for (uint32_t i = k->n_field; i < r->col.n && shown < 6; i++) {
        uint32_t ballot = r->t->ballot_of[node];
        const rk_choice *ch = r->col.at[i].fixed != RK_NONE
                                  ? rk_contest_slot(k, ballot == RK_NONE ? 0 : ballot,
                                                    r->col.at[i].fixed - k->n_field)
                                  : NULL;
        if (!ch || ch->party != RK_NONE) continue;
        rk_people_number(&r->b, node_total(r->t, tree, node, &r->col.at[i]), 14);
        shown++;
    }
    rk_buf_byte(&r->b, '\n');
}

static void table_head(struct recap *r) {
    const rk_contest *k = r->t->contest;
    rk_buf_printf(&r->b, "%.*s — %.*s, %llu entri\n", RK_FMT(r->e->name), RK_FMT(k->name),
                  (unsigned long long)r->e->size);
    rk_buf_printf(&r->b, "%-10s %-28s%10s%10s%9s%9s", "kode", "nama", "TPS masuk", "TPS", "",
                  "periksa");
    uint32_t shown = 0;
    for (uint32_t i = k->n_field; i < r->col.n && shown < 6; i++) {
        const rk_choice *ch = r->col.at[i].fixed != RK_NONE
                                  ? rk_contest_slot(k, 0, r->col.at[i].fixed - k->n_field)
                                  : NULL;
        if (!ch || ch->party != RK_NONE) continue;
        rk_buf_printf(&r->b, "%14.*s", RK_FMT(rk_code_slice(&ch->code)));
        shown++;
    }
    rk_buf_byte(&r->b, '\n');
}

static void table_choices(struct recap *r, uint32_t node) {
    const rk_tally *t = r->t;
    const rk_contest *k = t->contest;
    if (t->ballot_of[node] == RK_NONE) return;
    const rk_ballot *b = &k->ballot[t->ballot_of[node]];
    const uint64_t *sum = rk_tally_sum(t, node);
    uint64_t all = 0;
    for (uint32_t i = k->n_field; i < k->n_col; i++) all += sum[i];
    rk_buf_byte(&r->b, '\n');
    for (uint32_t i = 0; i < b->n; i++) {
        if (b->choice[i].party != RK_NONE) continue;
        uint64_t v = sum[k->n_field + b->choice[i].slot];
        for (uint32_t j = 0; j < b->n; j++)
            v += b->choice[j].party == i ? sum[k->n_field + b->choice[j].slot] : 0;
        rk_buf_printf(&r->b, "  %-8.*s %-70.*s", RK_FMT(rk_code_slice(&b->choice[i].code)),
                      RK_FMT(b->choice[i].name));
        rk_people_number(&r->b, v, 14);
        rk_people_percent(&r->b, v, all);
        rk_buf_byte(&r->b, '\n');
    }
}

/* One line on the photos, where there are any. */
static void table_photos(struct recap *r, uint32_t node) {
    const rk_count *c = &r->t->count[node];
    if (r->t->n_received == 0) return;
    rk_buf_printf(&r->b,
                  "\nFoto: %u TPS diterima, %u dibaca: %u sesuai, %u dirujuk, %u tidak sesuai "
                  "sebagaimana tertulis; %u ditolak; %u beda dari formulir yang dicatat\n",
                  c->photos, rk_count_read(c), c->accepted, c->referred, c->inconsistent,
                  c->refused, c->differs);
}

static rk_status recap_table(struct recap *r, rk_err *err) {
    const rk_tree *tree = r->e->tree;
    const rk_region *n = &tree->node[r->q->node];
    table_head(r);
    if (r->q->level < 0) {
        for (uint32_t i = 0; i < n->n_child; i++)
            table_line(r, tree->child[n->first_child + i]);
        table_line(r, r->q->node);
        table_choices(r, r->q->node);
        table_photos(r, r->q->node);
        return rk_sink_flush(r->out, &r->b, 0, err);
    }
    for (uint32_t i = r->q->node; i < tree->n; i++) {
        if (tree->node[i].level != r->q->level || !rk_tree_below(tree, i, r->q->node)) continue;
        table_line(r, i);
        RK_TRY(rk_sink_flush(r->out, &r->b, PIECE, err));
    }
    return rk_sink_flush(r->out, &r->b, 0, err);
}

rk_status rk_table_recap(rk_election *e, const rk_recap_query *q, enum rk_format f,
                         const rk_sink *out, rk_err *err) {
    struct recap r = {.e = e, .t = &e->tally[q->contest], .q = q, .out = out, .first = true};
    RK_ASSERT(!r.t->unsettled);
    columns_make(r.t->contest, &r.col);
    rk_buf_init(&r.b, 64u << 20);
    rk_status s;
    if (f == RK_FORMAT_TABLE && q->level != RK_STATION) {
        s = recap_table(&r, err);
    } else {
        enum rk_format as = f == RK_FORMAT_JSON ? f : RK_FORMAT_CSV;
        if (as == RK_FORMAT_CSV) {
            rk_buf_lit(&r.b, "tingkat,kode,nama,tps_jumlah,tps_diterima,tps_masuk,tps_periksa");
            if (r.t->n_received) rk_buf_lit(&r.b, "," RK_RECAP_PHOTOS);
            rk_table_columns(r.t->contest, &r.b);
            rk_buf_byte(&r.b, '\n');
        } else {
            rk_buf_printf(&r.b, "{\"entri\":%llu,\"wilayah\":[", (unsigned long long)e->size);
        }
        s = recap_rows(&r, as, err);
        if (as == RK_FORMAT_JSON) rk_buf_lit(&r.b, "\n]}\n");
        if (s == RK_OK) s = rk_sink_flush(out, &r.b, 0, err);
    }
    rk_buf_free(&r.b);
    rk_free(r.col.at);
    return s;
}
