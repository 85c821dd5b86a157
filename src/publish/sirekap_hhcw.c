/* hhcw/...: a region's totals (chart) and its children's (table). Meta keys stand last in a
 * row, and a row without data has only those: clients tell by that. */
#include "publish/sirekap_inner.h"

#include "base/mem.h"

/* What a row says, of a region or of a station. */
struct row {
    rk_slice code;
    uint32_t counted, total, ballot;
    uint8_t psu;
    const uint64_t *sum;  /* of a region */
    const uint32_t *cell; /* of a station */
};

static void put_progress(rk_page *p, uint64_t counted, uint64_t total, bool percent) {
    rk_put_key(p->out, RK_LIT("progres"));
    rk_buf_byte(p->out, '{');
    rk_put_member(p->out, RK_LIT("total"), total);
    if (percent) {
        rk_put_key(p->out, RK_LIT("persen"));
        rk_put_percent(p->out, counted, total);
        rk_buf_byte(p->out, ',');
    }
    rk_put_member(p->out, RK_LIT("progres"), counted);
    rk_put_close(p->out, '}');
    rk_buf_byte(p->out, ',');
}

/* One station's figure for a key; null where none of its cells is written. */
static void put_cell(rk_page *p, const rk_key *k, const uint32_t *cell) {
    uint64_t sum = 0;
    bool any = k->total != RK_NONE && cell[k->total] != RK_ABSENT;
    if (any) sum = cell[k->total];
    for (uint32_t i = 0; !any && i < k->n; i++)
        sum += cell[k->column + i] == RK_ABSENT ? 0 : cell[k->column + i];
    for (uint32_t i = 0; i < k->n; i++) any |= cell[k->column + i] != RK_ABSENT;
    if (k->aceh && !any) return;
    rk_put_key(p->out, k->id);
    if (any)
        rk_buf_num(p->out, sum);
    else
        rk_buf_lit(p->out, "null");
    rk_buf_byte(p->out, ',');
}

static void put_votes(rk_page *p, const struct row *r) {
    if (r->counted == 0) return;
    if (r->sum) {
        rk_put_sums(p, r->ballot, r->sum);
        return;
    }
    RK_ASSERT(r->cell);
    rk_page_keys(p, r->ballot);
    for (uint32_t i = 0; i < p->keys.n; i++) put_cell(p, &p->keys.key[i], r->cell);
}

static void put_row(rk_page *p, const struct row *r) {
    rk_buf *out = p->out;
    rk_slice psu = rk_psu_name(r->psu == RK_PSU_NONE ? RK_PSU_REGULER : (enum rk_psu)r->psu);
    rk_put_key(out, r->code);
    rk_buf_byte(out, '{');
    if (p->c->pilkada) rk_put_text(out, "psu", psu);
    put_votes(p, r);
    if (p->c->pilkada) {
        put_progress(p, r->counted, r->total, true);
    } else {
        rk_put_text(out, "psu", psu);
        rk_put_key(out, RK_LIT("persen"));
        rk_put_percent(out, r->counted, r->total);
        rk_buf_byte(out, ',');
    }
    rk_put_key(out, RK_LIT("status_progress"));
    rk_buf_add(out, r->counted ? RK_LIT("true") : RK_LIT("false"));
    rk_buf_lit(out, "},");
}

static void put_station_rows(rk_page *p, uint32_t desa) {
    uint32_t *tps = rk_calloc(p->tree->node[desa].known + 1, sizeof *tps),
             n = rk_tree_tps_sorted(p->tree, desa, tps);
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t *cell = rk_tally_row(p->t, tps[i]);
        const rk_form_state *s = cell ? &p->t->state[tps[i]] : NULL;
        put_row(p, &(struct row){.code = rk_code_slice(&p->tree->tps_code[tps[i]]),
                                 .counted = s && s->counted,
                                 .total = 1,
                                 .ballot = rk_page_ballot(p, desa),
                                 .psu = s ? s->psu : RK_PSU_NONE,
                                 .cell = cell});
    }
    rk_free(tps);
}

static void put_table(rk_page *p, uint32_t node) {
    const rk_region *r = &p->tree->node[node];
    rk_put_key(p->out, RK_LIT("table"));
    rk_buf_byte(p->out, '{');
    for (uint32_t i = 0; i < r->n_child; i++) {
        uint32_t k = p->tree->child[r->first_child + i];
        if (rk_page_held(p, k))
            put_row(p, &(struct row){.code = rk_tree_code(p->tree, k),
                                     .counted = p->t->count[k].counted,
                                     .sum = rk_tally_sum(p->t, k),
                                     .total = rk_tally_total(p->t, p->tree, k),
                                     .ballot = rk_page_ballot(p, k)});
    }
    if (r->level == RK_DESA) put_station_rows(p, node);
    rk_put_close(p->out, '}');
    rk_buf_byte(p->out, ',');
}

/* Where no station counts yet, one ballot's keys are still shown (each 0). */
static void put_chart(rk_page *p, uint32_t node, uint64_t counted, uint64_t total) {
    rk_put_key(p->out, RK_LIT("chart"));
    rk_buf_byte(p->out, '{');
    rk_put_sums(p, rk_page_ballot(p, node), rk_tally_sum(p->t, node));
    if (p->c->pilkada) {
        put_progress(p, counted, total, true);
    } else {
        rk_put_key(p->out, RK_LIT("persen"));
        rk_put_percent(p->out, counted, total);
    }
    rk_put_close(p->out, '}');
    rk_buf_byte(p->out, ',');
}

static void put_pemilu(rk_page *p, uint32_t node, uint64_t counted, uint64_t total) {
    rk_put_ts(p->out, p->ts);
    rk_put_text(p->out, "psu", RK_LIT("Reguler"));
    rk_put_text(p->out, "mode", RK_LIT("hhcw"));
    put_chart(p, node, counted, total);
    put_table(p, node);
    put_progress(p, counted, total, false);
}

static void put_pilkada(rk_page *p, uint32_t node, uint64_t counted, uint64_t total) {
    rk_put_text(p->out, "mode", RK_LIT("hhcw"));
    rk_put_key(p->out, RK_LIT("tungsura"));
    rk_buf_byte(p->out, '{');
    put_chart(p, node, counted, total);
    put_table(p, node);
    rk_put_close(p->out, '}');
    rk_buf_byte(p->out, ',');
    rk_put_text(p->out, "psu", RK_LIT("Reguler"));
    put_progress(p, counted, total, false);
    rk_put_ts(p->out, p->ts);
}

rk_status rk_render_hhcw(rk_page *p, const rk_slice *code, uint32_t n) {
    uint32_t node, tps;
    if (n == 1 && rk_slice_is(code[0], "0")) n = 0; /* the same shape as wilayah/.../0.json */
    if (!rk_page_walk(p, code, n, &node, &tps) || !rk_page_held(p, node))
        return rk_page_absent(p);
    if (tps != RK_NONE) return rk_render_station(p, tps);
    uint64_t counted = p->t->count[node].counted, total = rk_tally_total(p->t, p->tree, node);
    p->ts = rk_page_ts(p, p->t->count[node].last_ts);
    rk_buf_byte(p->out, '{');
    if (p->c->pilkada)
        put_pilkada(p, node, counted, total);
    else
        put_pemilu(p, node, counted, total);
    rk_put_close(p->out, '}');
    return RK_OK;
}
