/* A station's document. Of a form that came from Sirekap the bits of rk_form_state.sirekap say
 * what its document said (chart or null, ...); of any other form the written figures do. */
#include "publish/sirekap_inner.h"

#include "core/administrasi.h"

struct station {
    const rk_form_state *s; /* NULL = no form yet */
    const uint32_t *cell;
    bool chart, administration, status_votes, status_adm;
};

static bool said(const struct station *x, uint8_t bit, bool otherwise) {
    if (!x->s) return false;
    return x->s->sirekap & RK_SIREKAP ? (x->s->sirekap & bit) != 0 : otherwise;
}

static bool has_administration(const rk_page *p, const uint32_t *cell) {
    for (uint32_t i = 0; cell && i < RK_ADMINISTRASI_N; i++) {
        uint32_t col = rk_contest_field(p->c, rk_administrasi(i));
        if (col != RK_NONE && cell[col] != RK_ABSENT) return true;
    }
    return false;
}

static struct station station_of(const rk_page *p, uint32_t tps) {
    struct station x = {.cell = rk_tally_row(p->t, tps)};
    if (x.cell) x.s = &p->t->state[tps];
    x.chart = said(&x, RK_SIREKAP_CHART, x.s && x.s->counted);
    bool derive = x.s && !(x.s->sirekap & RK_SIREKAP) && has_administration(p, x.cell);
    x.administration = said(&x, RK_SIREKAP_ADM, derive);
    x.status_votes = said(&x, RK_SIREKAP_STATUS_VOTES, x.chart);
    x.status_adm = said(&x, RK_SIREKAP_STATUS_ADM, x.administration);
    return x;
}

static void put_figure(rk_buf *out, rk_slice key, uint32_t v) {
    if (v != RK_ABSENT) {
        rk_put_member(out, key, v);
        return;
    }
    rk_put_key(out, key);
    rk_buf_lit(out, "null,");
}

/* {"null":null,"100025":83,...}: the odd first key is KPU's, and checkers count on it. */
static void put_choices(rk_page *p, const uint32_t *cell) {
    rk_buf_lit(p->out, "{\"null\":null,");
    for (uint32_t i = 0; i < p->keys.n; i++)
        if (cell[p->keys.key[i].column] != RK_ABSENT)
            rk_put_member(p->out, p->keys.key[i].id, cell[p->keys.key[i].column]);
    rk_put_close(p->out, '}');
}

/* {"1":{"jml_suara_total":38,"jml_suara_partai":4},...} */
static void put_parties(rk_page *p, const uint32_t *cell) {
    rk_buf_byte(p->out, '{');
    for (uint32_t i = 0; i < p->keys.n; i++) {
        const rk_key *k = &p->keys.key[i];
        uint64_t total = 0;
        bool any = false, written = k->total != RK_NONE && cell[k->total] != RK_ABSENT;
        for (uint32_t j = 0; j < k->n; j++)
            if (cell[k->column + j] != RK_ABSENT) any = true, total += cell[k->column + j];
        if (!any && !written) continue;
        rk_put_key(p->out, k->id);
        rk_buf_byte(p->out, '{');
        rk_put_member(p->out, RK_LIT("jml_suara_total"), written ? cell[k->total] : total);
        put_figure(p->out, RK_LIT("jml_suara_partai"), cell[k->column]);
        rk_put_close(p->out, '}');
        rk_buf_byte(p->out, ',');
    }
    rk_put_close(p->out, '}');
}

/* "caleg":{"1":{"null":null,"100121":34},...}, of the parties whose candidates have figures. */
static void put_candidates(rk_page *p, const rk_ballot *b, const uint32_t *cell) {
    uint32_t party = RK_NONE;
    for (uint32_t i = 0; i < b->n; i++) {
        const rk_choice *x = &b->choice[i];
        uint32_t v = cell[p->c->n_field + x->slot];
        if (x->party == RK_NONE || v == RK_ABSENT) continue;
        if (x->party != party) {
            if (party == RK_NONE)
                rk_buf_lit(p->out, "\"caleg\":{");
            else
                rk_put_close(p->out, '}'), rk_buf_byte(p->out, ',');
            party = x->party;
            rk_put_key(p->out, rk_code_slice(&b->choice[party].id));
            rk_buf_lit(p->out, "{\"null\":null,");
        }
        rk_put_member(p->out, rk_code_slice(&x->id), v);
    }
    if (party != RK_NONE) rk_put_close(p->out, '}'), rk_buf_lit(p->out, "},");
}

static void put_chart(rk_page *p, uint32_t desa, const struct station *x) {
    uint32_t ballot = rk_page_ballot(p, desa);
    rk_put_key(p->out, RK_LIT("chart"));
    rk_page_keys(p, ballot);
    if (!x->chart)
        rk_buf_lit(p->out, "null");
    else if (p->c->shape == RK_PARTAI)
        put_parties(p, x->cell);
    else
        put_choices(p, x->cell);
    rk_buf_byte(p->out, ',');
    if (p->c->shape != RK_PARTAI) return;
    if (x->chart) put_candidates(p, &p->c->ballot[ballot], x->cell);
    rk_slice dapil = rk_contest_dapil(p->c, p->tree, desa);
    if (dapil.len)
        rk_put_text(p->out, "kode_dapil", dapil);
    else
        rk_buf_lit(p->out, "\"kode_dapil\":null,");
}

static void put_images(rk_page *p, const struct station *x) {
    rk_slice list = x->s && x->s->images1 ? p->t->images[x->s->images1 - 1] : (rk_slice){0};
    uint32_t n = 0, least = x->s && list.len && x->s->sirekap & RK_SIREKAP ? 0 : 3;
    rk_put_key(p->out, RK_LIT("images"));
    if (x->s && x->s->sirekap & RK_SIREKAP && !(x->s->sirekap & RK_SIREKAP_IMAGES)) {
        rk_buf_lit(p->out, "null,");
        return;
    }
    rk_buf_byte(p->out, '[');
    for (; list.len >= 2; n++) {
        size_t len = (size_t)(uint8_t)list.ptr[0] | (size_t)(uint8_t)list.ptr[1] << 8;
        list = rk_slice_from(list, 2);
        if (len > list.len) break; /* cut short: nothing after it is known */
        if (len)
            rk_put_string(p->out, (rk_slice){list.ptr, len}, ',');
        else
            rk_buf_lit(p->out, "null,");
        list = rk_slice_from(list, len);
    }
    for (; n < least; n++) rk_buf_lit(p->out, "null,");
    rk_put_close(p->out, ']');
    rk_buf_byte(p->out, ',');
}

static void put_administration(rk_page *p, const struct station *x) {
    rk_put_key(p->out, RK_LIT("administrasi"));
    if (!x->administration) {
        rk_buf_lit(p->out, "null,");
        return;
    }
    rk_buf_byte(p->out, '{');
    for (uint32_t i = 0; i < RK_ADMINISTRASI_N; i++) {
        uint32_t col = rk_contest_field(p->c, rk_administrasi(i));
        put_figure(p->out, rk_administrasi(i), col == RK_NONE ? RK_ABSENT : x->cell[col]);
    }
    rk_put_close(p->out, '}');
    rk_buf_byte(p->out, ',');
}

static void put_end(rk_page *p, const struct station *x) {
    rk_slice psu = x->s ? rk_psu_name((enum rk_psu)x->s->psu) : (rk_slice){0};
    if (psu.len)
        rk_put_text(p->out, "psu", psu);
    else
        rk_buf_lit(p->out, "\"psu\":null,");
    rk_put_ts(p->out, p->ts);
    rk_buf_add(p->out, x->status_votes ? RK_LIT("\"status_suara\":true,")
                                       : RK_LIT("\"status_suara\":false,"));
    rk_buf_add(p->out, x->status_adm ? RK_LIT("\"status_adm\":true}")
                                     : RK_LIT("\"status_adm\":false}"));
}

rk_status rk_render_station(rk_page *p, uint32_t tps) {
    struct station x = station_of(p, tps);
    uint32_t desa = p->tree->tps[tps].desa;
    bool from_sirekap = x.s && x.s->sirekap & RK_SIREKAP;
    p->ts = rk_page_ts(p, x.s ? x.s->ts : 0);
    rk_buf_byte(p->out, '{');
    /* clients of the regional election need its mode; those of the general one get it where KPU
     * gave it */
    if (from_sirekap ? x.s->sirekap & RK_SIREKAP_MODE : p->c->pilkada)
        rk_put_text(p->out, "mode", RK_LIT("hhcw"));
    if (p->c->pilkada) {
        rk_buf_lit(p->out, "\"tungsura\":{");
        put_chart(p, desa, &x);
        put_administration(p, &x);
        rk_put_close(p->out, '}');
        rk_buf_byte(p->out, ',');
        put_images(p, &x);
    } else {
        put_chart(p, desa, &x);
        put_images(p, &x);
        put_administration(p, &x);
    }
    put_end(p, &x);
    return RK_OK;
}
