/* Who stands: pairs, parties, candidates. Sex and residence are asked for by clients but are
 * not part of a contest here: their keys are there and null. */
#include "publish/sirekap_inner.h"

#include "base/mem.h"

enum { FIRST_PARTY_ID = 100000 };

/* "100025":{"ts","nama","warna","nomor_urut"}, */
static void put_pair(rk_page *p, const rk_choice *x) {
    uint32_t ts = rk_page_ts(p, x->ts);
    if (ts > p->ts) p->ts = ts;
    rk_put_key(p->out, rk_code_slice(&x->id));
    rk_buf_byte(p->out, '{');
    rk_put_ts(p->out, ts);
    rk_put_text(p->out, "nama", x->name);
    rk_put_text(p->out, "warna", x->colour);
    rk_put_member(p->out, RK_LIT("nomor_urut"), x->number);
    rk_put_close(p->out, '}');
    rk_buf_byte(p->out, ',');
}

static void put_pairs(rk_page *p, const rk_ballot *b) {
    rk_buf_byte(p->out, '{');
    for (uint32_t i = 0; i < b->n; i++) put_pair(p, &b->choice[i]);
    rk_put_close(p->out, '}');
}

rk_status rk_render_ppwp(rk_page *p) {
    if (!rk_page_contest(p, RK_LIT("ppwp"))) return rk_page_absent(p);
    put_pairs(p, &p->c->ballot[0]);
    return RK_OK;
}

/* A pilkada's candidates by region; with a single ballot under the code of the only province,
 * else "0". */
rk_status rk_render_paslon(rk_page *p) {
    rk_buf_byte(p->out, '{');
    for (uint32_t d = 0; d < p->c->n_dapil; d++) {
        const rk_dapil *x = &p->c->dapil[d];
        rk_put_key(p->out, rk_code_slice(x->n_region == 1 ? &x->region[0] : &x->code));
        put_pairs(p, &p->c->ballot[x->ballot]);
        rk_buf_byte(p->out, ',');
    }
    if (p->c->n_dapil == 0) {
        const rk_region *nation = &p->tree->node[0];
        rk_put_key(p->out, rk_tree_code(p->tree, nation->n_child == 1
                                                     ? p->tree->child[nation->first_child]
                                                     : 0));
        put_pairs(p, &p->c->ballot[0]);
    }
    rk_put_close(p->out, '}');
    return RK_OK;
}

/* ===== parties ===== */

static const char *const PARTY_CONTESTS[] = {"pdpr", "pdprdp", "pdprdk"};
enum { N_PARTY_CONTESTS = 3 };

struct parties {
    const rk_choice **x;
    uint32_t n, cap;
};

/* Keeps them in order of number; a party already there (by its key) stays as it is. */
static void add_party(struct parties *l, const rk_choice *x) {
    for (uint32_t i = 0; i < l->n; i++)
        if (rk_code_eq(&l->x[i]->id, &x->id)) return;
    RK_PUSH_ROOM(l->x, l->n, l->cap); // NOLINT(bugprone-sizeof-expression): a list of pointers
    uint32_t at = l->n++;
    for (; at > 0 && l->x[at - 1]->number > x->number; at--) l->x[at] = l->x[at - 1];
    l->x[at] = x;
}

static void add_parties(struct parties *l, const rk_contest *c) {
    for (uint32_t b = 0; b < c->n_ballot; b++)
        for (uint32_t i = 0; i < c->ballot[b].n; i++)
            if (c->ballot[b].choice[i].party == RK_NONE) add_party(l, &c->ballot[b].choice[i]);
}

static void put_party(rk_page *p, const rk_choice *x) {
    uint32_t ts = rk_page_ts(p, x->ts);
    if (ts > p->ts) p->ts = ts;
    rk_put_key(p->out, rk_code_slice(&x->id));
    rk_buf_byte(p->out, '{');
    rk_put_ts(p->out, ts);
    rk_put_member(p->out, RK_LIT("id_partai"), FIRST_PARTY_ID + (uint64_t)x->number);
    rk_put_member(p->out, RK_LIT("id_pilihan"), x->number);
    rk_put_key(p->out, RK_LIT("is_aceh"));
    rk_buf_add(p->out, x->aceh ? RK_LIT("true,") : RK_LIT("false,"));
    rk_put_text(p->out, "nama", x->name);
    rk_put_text(p->out, "nama_lengkap", x->full_name.len ? x->full_name : x->name);
    rk_put_member(p->out, RK_LIT("nomor_urut"), x->number);
    rk_put_text(p->out, "warna", x->colour);
    rk_put_close(p->out, '}');
    rk_buf_byte(p->out, ',');
}

rk_status rk_render_partai(rk_page *p) {
    struct parties l = {0};
    for (uint32_t i = 0; i < N_PARTY_CONTESTS; i++)
        if (rk_page_contest(p, rk_slice_str(PARTY_CONTESTS[i])) && p->c->shape == RK_PARTAI)
            add_parties(&l, p->c);
    if (l.n == 0) return rk_page_absent(p);
    rk_buf_byte(p->out, '{');
    for (uint32_t i = 0; i < l.n; i++) put_party(p, l.x[i]);
    rk_put_close(p->out, '}');
    rk_free(l.x);
    return RK_OK;
}

/* ===== candidates ===== */

static void put_person(rk_page *p, const rk_choice *x) {
    rk_put_key(p->out, rk_code_slice(&x->id));
    rk_buf_byte(p->out, '{');
    rk_put_text(p->out, "nama", x->name);
    rk_put_member(p->out, RK_LIT("nomor_urut"), x->number);
    rk_buf_lit(p->out, "\"jenis_kelamin\":null,\"tempat_tinggal\":null},");
}

static void put_slates(rk_page *p, const rk_ballot *b) {
    rk_buf_byte(p->out, '{');
    for (uint32_t i = 0; i < b->n; i++) {
        if (b->choice[i].party != RK_NONE) continue;
        rk_put_key(p->out, rk_code_slice(&b->choice[i].id));
        rk_buf_byte(p->out, '{');
        for (uint32_t k = i + 1; k < b->n && b->choice[k].party == i; k++)
            put_person(p, &b->choice[k]);
        rk_put_close(p->out, '}');
        rk_buf_byte(p->out, ',');
    }
    rk_put_close(p->out, '}');
}

rk_status rk_render_caleg_partai(rk_page *p, rk_slice dapil) {
    for (uint32_t i = 0; i < N_PARTY_CONTESTS; i++) {
        if (!rk_page_contest(p, rk_slice_str(PARTY_CONTESTS[i])) || p->c->shape != RK_PARTAI)
            continue;
        uint32_t d = rk_dapil_find(p->c, dapil);
        if (d == RK_NONE) continue;
        put_slates(p, &p->c->ballot[p->c->dapil[d].ballot]);
        return RK_OK;
    }
    return rk_page_absent(p);
}

rk_status rk_render_caleg_dpd(rk_page *p, rk_slice province) {
    uint32_t node, tps;
    if (!rk_page_contest(p, RK_LIT("pdpd")) || !rk_page_walk(p, &province, 1, &node, &tps) ||
        p->t->ballot_of[node] == RK_NONE)
        return rk_page_absent(p);
    const rk_ballot *b = &p->c->ballot[p->t->ballot_of[node]];
    rk_buf_byte(p->out, '{');
    for (uint32_t i = 0; i < b->n; i++) put_person(p, &b->choice[i]);
    rk_put_close(p->out, '}');
    return RK_OK;
}
