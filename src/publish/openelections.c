/* OpenElections' columns: one row a region (or station) and choice. What the columns mean here
 * is in docs/format/openelections.md. */
#include "base/mem.h"
#include "publish/formats.h"

enum { PIECE = 1 << 18, LINE_MAX_BYTES = 64 << 20 };

struct writer {
    rk_election *e;
    const rk_tally *t;
    const rk_contest *c;
    const rk_sink *out;
    rk_buf b;
};

/* Where the rows belong, and what they count. */
struct place {
    uint32_t node;
    rk_slice code, station; /* station: its name, empty for a region */
    const uint32_t *row;    /* a station's cells, else NULL */
    const uint64_t *sum;
    bool votes; /* a region: some station below it has votes */
};

static bool figure(const struct place *p, uint32_t column, uint64_t *v) {
    if (column == RK_NONE) return false;
    if (p->row && p->row[column] == RK_ABSENT) return false;
    *v = p->row ? p->row[column] : p->sum[column];
    return true;
}

static void name_at(rk_buf *b, const rk_tree *t, uint32_t node, unsigned level) {
    if (t->node[node].level >= level)
        rk_buf_csv(b, t->node[rk_tree_ancestor(t, node, level)].name);
}

/* "KECAMATAN / DESA / TPS 001", as deep as the place lies. */
static void precinct(rk_buf *b, const rk_tree *t, const struct place *p) {
    rk_buf name;
    rk_buf_init(&name, (RK_NAME_MAX + 3) * 3);
    for (unsigned level = RK_KECAMATAN; level <= RK_DESA; level++) {
        if (t->node[p->node].level < level) continue;
        if (name.len) rk_buf_lit(&name, " / ");
        rk_buf_add(&name, t->node[rk_tree_ancestor(t, p->node, level)].name);
    }
    if (p->station.len) rk_buf_lit(&name, " / ");
    rk_buf_add(&name, p->station);
    rk_buf_csv(b, rk_buf_slice(&name));
    rk_buf_free(&name);
}

struct cell {
    rk_slice office, party, candidate, choice;
    uint64_t votes;
};

static void line(struct writer *w, const struct place *p, const struct cell *c) {
    const rk_tree *tree = w->e->tree;
    rk_buf *b = &w->b;
    name_at(b, tree, p->node, RK_KABUPATEN);
    rk_buf_byte(b, ',');
    precinct(b, tree, p);
    rk_buf_byte(b, ',');
    rk_buf_csv(b, c->office);
    rk_buf_byte(b, ',');
    rk_buf_csv(b, rk_contest_dapil(w->c, tree, p->node));
    rk_buf_byte(b, ',');
    rk_buf_csv(b, c->party);
    rk_buf_byte(b, ',');
    rk_buf_csv(b, c->candidate);
    rk_buf_byte(b, ',');
    rk_buf_num(b, c->votes);
    rk_buf_byte(b, ',');
    name_at(b, tree, p->node, RK_PROVINSI);
    rk_buf_byte(b, ',');
    rk_buf_csv(b, p->code);
    rk_buf_byte(b, ',');
    rk_buf_csv(b, c->choice);
    rk_buf_byte(b, '\n');
}

static void choices(struct writer *w, const struct place *p) {
    uint32_t number = w->t->ballot_of[p->node];
    if (number == RK_NONE || !p->votes) return; /* several ballots: no one list of choices */
    const rk_ballot *ballot = &w->c->ballot[number];
    for (uint32_t i = 0; i < ballot->n; i++) {
        const rk_choice *ch = &ballot->choice[i];
        bool party = w->c->shape == RK_PARTAI && ch->party == RK_NONE;
        struct cell c = {.office = w->c->name,
                         .party = party                  ? ch->name
                                  : ch->party != RK_NONE ? ballot->choice[ch->party].name
                                                         : RK_LIT(""),
                         .candidate = party ? RK_LIT("") : ch->name,
                         .choice = rk_code_slice(&ch->code)};
        if (figure(p, w->c->n_field + ch->slot, &c.votes)) line(w, p, &c);
    }
}

static void totals(struct writer *w, const struct place *p) {
    uint64_t l, r;
    struct cell c = {.office = RK_LIT("Registered Voters")};
    const rk_contest *k = w->c;
    if (figure(p, rk_contest_field(k, RK_LIT("pemilih_dpt_j")), &c.votes)) {
        line(w, p, &c);
    } else if (figure(p, rk_contest_field(k, RK_LIT("pemilih_dpt_l")), &l) &&
               figure(p, rk_contest_field(k, RK_LIT("pemilih_dpt_p")), &r)) {
        c.votes = l + r;
        line(w, p, &c);
    }
    c.office = RK_LIT("Ballots Cast");
    if (figure(p, k->col_total, &c.votes)) line(w, p, &c);
    c.office = RK_LIT("Invalid Votes");
    if (figure(p, k->col_invalid, &c.votes)) line(w, p, &c);
}

static rk_status rows(struct writer *w, const struct place *p, rk_err *err) {
    choices(w, p);
    totals(w, p);
    return rk_sink_flush(w->out, &w->b, PIECE, err);
}

static rk_status stations(struct writer *w, uint32_t desa, rk_err *err) {
    const rk_tree *tree = w->e->tree;
    uint32_t *tps = rk_calloc(tree->node[desa].known + 1u, sizeof *tps),
             n = rk_tree_tps_sorted(tree, desa, tps);
    rk_status s = RK_OK;
    for (uint32_t i = 0; s == RK_OK && i < n; i++) {
        rk_buf name;
        const uint32_t *row = rk_tally_row(w->t, tps[i]);
        if (!row) continue;
        rk_buf_init(&name, RK_NAME_MAX);
        rk_tree_tps_name(tree, tps[i], &name);
        struct place p = {.node = desa,
                          .code = rk_code_slice(&tree->tps_code[tps[i]]),
                          .station = rk_buf_slice(&name),
                          .row = row,
                          .votes = true};
        s = rows(w, &p, err);
        rk_buf_free(&name);
    }
    rk_free(tps);
    return s;
}

static rk_status all_rows(struct writer *w, unsigned level, rk_err *err) {
    const rk_tree *tree = w->e->tree;
    unsigned at = level == RK_STATION ? RK_DESA : level;
    for (uint32_t i = tree->level_first[at]; i < tree->level_first[at + 1]; i++) {
        struct place p = {.node = i,
                          .code = rk_tree_code(tree, i),
                          .sum = rk_tally_sum(w->t, i),
                          .votes = w->t->count[i].counted > 0};
        if (w->t->count[i].forms == 0) continue;
        RK_TRY(level == RK_STATION ? stations(w, i, err) : rows(w, &p, err));
    }
    return RK_OK;
}

rk_status rk_format_openelections(rk_election *e, const rk_format_query *q, const rk_sink *out,
                                  rk_err *err) {
    struct writer w = {
        .e = e, .t = &e->tally[q->contest], .c = e->tally[q->contest].contest, .out = out};
    RK_ASSERT(!w.t->unsettled);
    rk_buf_init(&w.b, LINE_MAX_BYTES);
    rk_buf_lit(&w.b,
               "county,precinct,office,district,party,candidate,votes,state,code,choice\n");
    rk_status s = all_rows(&w, q->level, err);
    if (s == RK_OK) s = rk_sink_flush(out, &w.b, 0, err);
    rk_buf_free(&w.b);
    return s;
}
