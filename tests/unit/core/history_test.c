/* The property the project stands on: any history of submissions and corrections gives the same
 * state whether it is applied entry by entry, all at once or in pieces, and that state is what
 * a naive count of the forms in force gives; as of any entry. HISTORIES=n says how many
 * (beginnings of) histories are compared (10000); REKAP_SEED replays. */
#include <stdio.h>
#include <stdlib.h>

#include "core/snapshot.h"
#include "random.h"
#include "small.h"

#define TREE                                                                                   \
    "kode,induk,nama,tingkat,nomor_tps,jumlah_tps\n1,,A,1,,6\n11,1,B,2,,\n12,1,B,2,,4\n111,"   \
    "11,C,3,,\n121,12,C,3,,\n"                                                                 \
    "1111,111,D,4,,\n1112,111,E,4,1-2;901,\n1211,121,F,4,1-3,\n1212,121,F,4,,\n2,,G,1,,\n21,"  \
    "2,H,2,,\n211,21,I,3,,\n"                                                                  \
    "2111,211,J,4,,\n99,,L,1,,3\n991,99,M,2,,\n9911,991,N,3,,\n99111,9911,O,4,POS 1;KSK "      \
    "2,\n99112,9911,P,4,,\n"
#define RULES                                                                                  \
    ",\"medan\":[\"pemilih_dpt_j\",\"suara_sah\",\"suara_tidak_sah\",\"suara_total\"],\"luar_" \
    "negeri\":[\"99\"],\"maks\":5000"
#define PPWP                                                                                   \
    "{\"format\":\"rekap-kontes-1\",\"kode\":\"ppwp\",\"nama\":\"N\",\"bentuk\":"              \
    "\"paslon\"" RULES ",\"pilihan\":[{\"kode\":\"1\"},{\"kode\":\"2\"},{\"kode\":\"3\"}],"    \
    "\"aturan_tambahan\":[{\"id\":\"N1\",\"berat\":\"I\",\"cek\":[\"suara_sah >= 1\"]}]}"
#define PDPD                                                                                   \
    "{\"format\":\"rekap-kontes-1\",\"kode\":\"pdpd\",\"nama\":\"N\",\"bentuk\":"              \
    "\"calon\"" RULES ",\"dapil\":[{\"kode\":\"X\",\"wilayah\":[\"1\"],\"pilihan\":["          \
    "{\"kode\":\"a\"},{\"kode\":\"b\"},{\"kode\":\"c\"}]},{\"kode\":\"Y\",\"wilayah\":["       \
    "\"2\"],\"pilihan\":[{\"kode\":\"c\"},{\"kode\":\"z\"}]}]}"
#define PKWKK                                                                                  \
    "{\"format\":\"rekap-kontes-1\",\"kode\":\"pkwkk\",\"nama\":\"N\",\"bentuk\":"             \
    "\"paslon\",\"medan\":[],\"aturan\":[],\"pilihan\":[{\"kode\":\"1\"}]}"
static const char *const CONTESTS[] = {PPWP, PDPD, PKWKK};
static const char *const CODES[] = {"ppwp", "pdpd", "pkwkk"};
enum { COLS = 7, STATIONS = 26, FORMS = 400 };

/* Stations a history may use: listed ones, ones that become known, ones whose code says
 * nothing. */
static const struct {
    const char *tps, *desa;
    bool named; /* the form must name the desa */
} STATION[STATIONS] = {
    {"1112001", "1112", 0},   {"1112002", "1112", 0},   {"1112901", "1112", 0},
    {"1211001", "1211", 0},   {"1211002", "1211", 0},   {"1211003", "1211", 0},
    {"1111001", "1111", 0},   {"1111002", "1111", 0},   {"1111-3", "1111", 0},
    {"1111x", "1111", 0},     {"1212001", "1212", 0},   {"1212002", "1212", 0},
    {"1212003", "1212", 0},   {"1212004", "1212", 0},   {"1212005", "1212", 0},
    {"2111001", "2111", 0},   {"2111900", "2111", 0},   {"q", "2111", 1},
    {"1q", "1111", 1},        {"99111001", "99111", 0}, {"99111002", "99111", 0},
    {"99112001", "99112", 0}, {"99112x9", "99112", 0},  {"9", "99112", 1},
    {"2111", "2111", 0},      {"1112-1", "1212", 1}};

struct put { /* one form of the history */
    uint32_t entry, time, ts, cell[COLS];
    uint8_t contest, station, psu, generation;
};

static struct {
    struct log log;
    struct put put[FORMS];
    uint32_t puts, contests, declared;
} h;

/* ===== making a history ===== */

static bool held(uint32_t contest, uint32_t station) {
    return contest != 1 || STATION[station].desa[0] != '9';
}
static uint32_t columns(uint32_t contest) { return contest == 2 ? 1 : 7; }

static void random_cells(uint32_t contest, uint32_t *cell) {
    uint32_t n = columns(contest), sum = 0;
    for (uint32_t i = 0; i < n; i++)
        cell[i] = rnd_one_in(6) ? RK_ABSENT : rnd_one_in(30) ? rnd(5001) : rnd(120);
    if (rnd_one_in(8))
        for (uint32_t i = 0; i < n; i++) cell[i] = RK_ABSENT;
    if (n < 7 || rnd(3) == 0) return;
    for (uint32_t i = 4; i < 7; i++) sum += cell[i] == RK_ABSENT ? 0 : cell[i];
    if (sum <= 4500)
        cell[1] = sum, cell[2] = rnd(20), cell[3] = cell[1] + cell[2], cell[0] = 290;
}

static void add_form(uint32_t contest, uint64_t batch, uint32_t time) {
    struct put *p = &h.put[h.puts++];
    *p = (struct put){.entry = h.log.n,
                      .time = time,
                      .contest = (uint8_t)contest,
                      .ts = rnd(2) ? rnd(5000) : 0,
                      .psu = (uint8_t)rnd(3),
                      .generation = (uint8_t)rnd(2)};
    do p->station = (uint8_t)rnd(rnd(2) ? 5 + rnd(STATIONS - 5) : STATIONS);
    while (!held(contest, p->station));
    random_cells(contest, p->cell);
    rk_form f = {.batch = batch,
                 .contest = rk_slice_str(CODES[contest]),
                 .tps = rk_slice_str(STATION[p->station].tps),
                 .ts = p->ts,
                 .psu = p->psu,
                 .generation = p->generation,
                 .cell = p->cell,
                 .n_cell = columns(contest)};
    if (STATION[p->station].named || rnd_one_in(5))
        f.desa = rk_slice_str(STATION[p->station].desa);
    if (batch == RK_NO_BATCH) f.head.time = time, f.head.actor.role = RK_LIT("operator");
    log_form(&h.log, &f);
}

static void add_batch(uint32_t contest, uint32_t n) {
    uint64_t at = h.log.n;
    uint32_t time = 1000 + rnd(5000);
    log_batch(&h.log, CODES[contest], time, n);
    for (uint32_t i = 0; i < n; i++)
        add_form(rnd_one_in(50) ? rnd(h.contests) : contest, at, time);
}

static void random_history(void) {
    rk_buf_clear(&h.log.bytes);
    h.log.n = h.puts = 0;
    h.contests = 1 + rnd(3);
    log_election(&h.log);
    log_document(&h.log, RK_DOC_WILAYAH, "", RK_LIT(TREE));
    for (uint32_t i = 0; i < h.contests; i++)
        log_document(&h.log, RK_DOC_KONTES, "", rk_slice_str(CONTESTS[i]));
    h.declared = h.log.n;
    uint32_t steps = rnd(rnd(3) ? 8 : 40), large = rnd(40) == 0;
    for (uint32_t i = 0; i < steps && h.puts + 150 < FORMS; i++) {
        uint32_t what = rnd(10);
        if (what < 5)
            add_form(rnd(h.contests), RK_NO_BATCH, 1000 + rnd(5000));
        else if (what < 9)
            add_batch(rnd(h.contests), rnd(large ? 150 : 8));
        else
            log_document(&h.log, RK_DOC_RESMI, "ppwp", RK_LIT("kode,suara_1\n1,5\n"));
    }
}

/* ===== the state as text ===== */

static void dump_tally(const rk_election *e, rk_tally *t, rk_buf *b) {
    const rk_contest *c = t->contest;
    uint64_t entries[FORMS];
    rk_buf_add(
        b, (rk_slice){(const char *)t->sum, (size_t)e->tree->n * c->n_col * sizeof *t->sum});
    rk_buf_add(b, (rk_slice){(const char *)t->count, e->tree->n * sizeof *t->count});
    rk_buf_add(b, (rk_slice){(const char *)t->rule_count,
                             (size_t)e->tree->n * c->n_rule * sizeof *t->rule_count});
    for (uint32_t i = 0; i < e->tree->n; i++) rk_buf_u32(b, rk_tally_total(t, e->tree, i));
    for (uint32_t i = 0; i < e->tree->n_tps; i++) {
        const uint32_t *row = rk_tally_row(t, i);
        rk_buf_byte(b, row != NULL);
        if (!row) continue;
        const rk_form_state *s = &t->state[i];
        rk_buf_add(b, (rk_slice){(const char *)row, c->n_col * sizeof *row});
        rk_buf_printf(b, "%llx %u %u %u %u %u %u %u", (unsigned long long)s->broken, s->entry1,
                      s->ts, s->psu, s->generation, s->layer, s->counted, s->own_ts);
        for (uint32_t k = 0, n = rk_tally_history(t, i, entries, FORMS); k < n; k++)
            rk_buf_varint(b, entries[k]);
    }
}

static void dump(rk_election *e, rk_buf *b) {
    rk_buf_clear(b);
    rk_buf_printf(b, "%llu %u %u %u %u", (unsigned long long)e->size, e->last_time, e->n_batch,
                  e->n_official, e->n_contest);
    rk_buf_add(b, (rk_slice){(const char *)e->tree->tps_code,
                             e->tree->n_tps * sizeof *e->tree->tps_code});
    for (uint32_t i = 0; i < e->tree->n; i++)
        rk_buf_u32(b, e->tree->node[i].known), rk_buf_u32(b, e->tree->node[i].total);
    for (uint32_t i = 0; i < e->n_contest; i++) dump_tally(e, &e->tally[i], b);
    assert_false(b->failed);
}

/* ===== ways to apply ===== */

static void step(rk_election *e, uint32_t from, uint32_t to) {
    rk_err err = RK_ERR_INIT;
    MUST(log_apply(&h.log, e, from, to, &err), err);
}

enum { ONE_BY_ONE, AT_ONCE, IN_BULK, IN_PIECES, WAYS };

/* Takes e from entry `from` to entry `to` in one of the ways, and settles it. */
static void go(rk_election *e, uint32_t from, uint32_t to, uint32_t way) {
    uint32_t most = way == ONE_BY_ONE  ? 1
                    : way == IN_PIECES ? 1 + rnd(rnd(2) ? 5 : 200)
                                       : UINT32_MAX;
    for (uint32_t at = from, end; at < to; at = end) {
        end = to - at > most ? at + 1 + rnd(most) : to;
        if (way == IN_BULK || (way == IN_PIECES && rnd_one_in(3))) rk_election_bulk(e);
        step(e, at, end);
        if (way == ONE_BY_ONE || rnd_one_in(3)) rk_election_settle(e);
    }
    rk_election_settle(e);
}

/* ===== the naive count ===== */

struct naive {
    uint64_t sum[32][COLS];
    rk_count count[32];
    uint32_t rule[32][RK_RULES_MAX];
};

static void naive_add(struct naive *x, const rk_tally *t, const rk_tree *tree,
                      const struct put *p, bool in_force) {
    uint32_t desa = node_of(tree, STATION[p->station].desa), ts = p->ts ? p->ts : p->time,
             n = columns(p->contest);
    bool away = STATION[p->station].desa[0] == '9' && p->contest != 2, votes = false;
    uint64_t broken =
        rk_rule_explain(t->contest, t->ballot_of[desa], p->cell, away, NULL, NULL);
    for (uint32_t i = n == 1 ? 0 : 4; i < n; i++) votes |= p->cell[i] != RK_ABSENT;
    for (uint32_t node = desa; node != RK_NONE; node = tree->node[node].parent) {
        rk_count *c = &x->count[node];
        if (ts > c->last_ts) c->last_ts = ts;
        if (!in_force) continue;
        for (uint32_t i = 0; i < n; i++)
            x->sum[node][i] += p->cell[i] == RK_ABSENT ? 0 : p->cell[i];
        c->forms++, c->counted += votes, c->review += (broken & t->review_mask) != 0;
        for (uint32_t r = 0; r < t->contest->n_rule; r++) x->rule[node][r] += broken >> r & 1;
    }
}

/* Counts the forms in force among the first n entries, from zero. */
static void naive_count(const rk_election *e, uint32_t contest, uint32_t n, struct naive *x) {
    const rk_tally *t = &e->tally[contest];
    *x = (struct naive){0};
    for (uint32_t i = 0; i < h.puts; i++) {
        const struct put *p = &h.put[i];
        if (p->contest != contest || p->entry >= n) continue;
        bool last = true;
        for (uint32_t k = i + 1; k < h.puts; k++)
            last &= h.put[k].contest != contest || h.put[k].station != p->station ||
                    h.put[k].entry >= n;
        naive_add(x, t, e->tree, p, last);
    }
}

/* The form in force of each station, and those it replaced, newest first. */
static void is_naive_station(const rk_election *e, uint32_t contest, uint32_t station,
                             uint32_t n) {
    const rk_tally *t = &e->tally[contest];
    uint64_t entries[FORMS];
    uint32_t k = 0;
    rk_code code;
    (void)rk_code_of(rk_slice_str(STATION[station].tps), &code);
    uint32_t tps = rk_tree_find_tps(e->tree, &code, rk_code_hash(&code));
    uint32_t have = tps == RK_NONE ? 0 : rk_tally_history(t, tps, entries, FORMS);
    for (uint32_t i = h.puts; i-- > 0;) {
        const struct put *p = &h.put[i];
        if (p->contest != contest || p->station != station || p->entry >= n) continue;
        assert_true(k < have && entries[k] == p->entry);
        if (k++) continue;
        const rk_form_state *s = &t->state[tps];
        assert_memory_equal(rk_tally_row(t, tps), p->cell, t->contest->n_col * sizeof *p->cell);
        assert_int_equal(s->psu, p->psu);
        assert_int_equal(s->generation, p->generation);
        assert_int_equal(s->ts, p->ts ? p->ts : p->time);
    }
    assert_int_equal(k, have);
}

static void is_naive(const rk_election *e, uint32_t n) {
    static struct naive x;
    for (uint32_t c = 0; c < e->n_contest; c++) {
        const rk_tally *t = &e->tally[c];
        naive_count(e, c, n, &x);
        for (uint32_t i = 0; i < STATIONS; i++) is_naive_station(e, c, i, n);
        for (uint32_t i = 0; i < e->tree->n; i++) {
            assert_memory_equal(rk_tally_sum(t, i), x.sum[i],
                                t->contest->n_col * sizeof x.sum[0][0]);
            assert_memory_equal(&t->count[i], &x.count[i], sizeof x.count[0]);
            if (t->contest->n_rule)
                assert_memory_equal(t->rule_count + (size_t)i * t->contest->n_rule, x.rule[i],
                                    t->contest->n_rule * sizeof x.rule[0][0]);
        }
    }
}

static void same(rk_election *a, rk_election *b, uint32_t n) {
    static rk_buf x, y;
    if (!x.max) rk_buf_init(&x, 1 << 24), rk_buf_init(&y, 1 << 24);
    dump(a, &x), dump(b, &y);
    if (!rk_slice_eq(rk_buf_slice(&x), rk_buf_slice(&y)))
        fail_msg("two ways to entry %u differ", n);
    is_naive(a, n);
}

/* Puts what is kept of an election on disk in its place. */
static void reload(rk_election **e) {
    static rk_buf kept;
    rk_err err = RK_ERR_INIT;
    rk_sha256 tip = rk_sha256_of(log_entry(&h.log, (uint32_t)(*e)->size - 1));
    rk_sink sink = {rk_sink_to_buf, &kept};
    if (!kept.max) rk_buf_init(&kept, 1u << 28);
    rk_buf_clear(&kept);
    MUST(rk_snapshot_write(*e, &tip, &sink, &err), err);
    rk_election_free(e);
    void *base = rk_map_new(kept.len);
    memcpy(base, kept.ptr, kept.len);
    MUST(rk_snapshot_load(base, kept.len, e, &err), err);
}

/* Two elections go through the history in different ways and are compared at random entries. */
static uint32_t one_history(void) {
    uint32_t compared = 0, at = 0;
    rk_election *a = rk_election_new(), *b = rk_election_new();
    random_history();
    for (uint32_t i = 0, points = rnd(8); at < h.log.n; i++) {
        uint32_t from = at > h.declared ? at : h.declared, way = rnd(WAYS),
                 to = i < points ? from + rnd(h.log.n - from + 1) : h.log.n;
        go(a, at, to, way);
        go(b, at, to, (way + 1 + rnd(WAYS - 1)) % WAYS);
        if (rnd_one_in(8)) reload(&b);
        same(a, b, to);
        at = to;
        compared++;
    }
    rk_election_free(&a);
    rk_election_free(&b);
    return compared;
}

static void any_history(void **state) {
    (void)state;
    const char *s = getenv("HISTORIES");
    uint32_t want = s ? (uint32_t)strtoul(s, NULL, 10) : 10000, n = 0;
    rnd_start("histories");
    log_init(&h.log);
    while (n < want) n += one_history();
    log_free(&h.log);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(any_history)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
