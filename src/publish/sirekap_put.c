/* Pieces that all documents are made of. The order of keys is part of what clients rely on
 * (some cut rows by position), so it is written out by hand here and never left to a JSON
 * library. */
#include "publish/sirekap_inner.h"

#include "base/mem.h"
#include "base/num.h"
#include "base/wib.h"
#include "core/administrasi.h"

void rk_put_close(rk_buf *out, char bracket) {
    if (!out->failed && out->len && out->ptr[out->len - 1] == ',') out->len--;
    rk_buf_byte(out, bracket);
}

/* Keys are our own words and codes, nearly all plain: copied at once, without looking for
 * escapes. */
static bool plain(rk_slice s) {
    uint8_t odd = 0;
    for (size_t i = 0; i < s.len; i++) {
        uint8_t c = (uint8_t)s.ptr[i];
        odd |= (uint8_t)((c < 0x20) | (c > 0x7e) | (c == '"') | (c == '\\'));
    }
    return !odd;
}

void rk_put_string(rk_buf *out, rk_slice s, char after) {
    char *p = plain(s) ? rk_buf_room(out, s.len + 3) : NULL;
    if (!p) {
        rk_buf_json(out, s);
        rk_buf_byte(out, after);
        return;
    }
    *p++ = '"';
    if (s.len) memcpy(p, s.ptr, s.len);
    p += s.len;
    *p++ = '"';
    *p++ = after;
    rk_buf_commit(out, p);
}

void rk_put_key(rk_buf *out, rk_slice key) { rk_put_string(out, key, ':'); }

void rk_put_member(rk_buf *out, rk_slice key, uint64_t v) {
    rk_put_key(out, key);
    rk_buf_num(out, v);
    rk_buf_byte(out, ',');
}

void rk_put_text(rk_buf *out, const char *key, rk_slice text) {
    rk_put_key(out, rk_slice_str(key));
    rk_put_string(out, text, ',');
}

void rk_put_ts(rk_buf *out, uint32_t ts) {
    char text[RK_WIB_LEN];
    rk_put_text(out, "ts", (rk_slice){text, (size_t)(rk_wib_put(text, ts) - text)});
}

void rk_put_percent(rk_buf *out, uint64_t part, uint64_t total) {
    char text[24], *e = text;
    if (part == 0 || total == 0) {
        rk_buf_byte(out, '0');
        return;
    }
    uint64_t hundredths = (part * 20000 + total) / (2 * total), decimals = hundredths % 100;
    e = rk_num_put(e, hundredths / 100);
    *e++ = '.';
    e = decimals % 10 ? rk_num_put_pad(e, decimals, 2) : rk_num_put(e, decimals / 10);
    rk_buf_add(out, (rk_slice){text, (size_t)(e - text)});
}

/* ===== keys ===== */

/* All ballots have the same parties in the same cells: then the nation's row has them too. */
static bool same_parties(const rk_contest *c) {
    const rk_ballot *a = &c->ballot[0];
    for (uint32_t b = 1; b < c->n_ballot; b++) {
        const rk_ballot *x = &c->ballot[b];
        uint32_t i = 0, k = 0;
        for (;; i++, k++) {
            while (i < a->n && a->choice[i].party != RK_NONE) i++;
            while (k < x->n && x->choice[k].party != RK_NONE) k++;
            if (i >= a->n || k >= x->n) break;
            if (a->choice[i].slot != x->choice[k].slot ||
                !rk_code_eq(&a->choice[i].code, &x->choice[k].code))
                return false;
        }
        if (i < a->n || k < x->n) return false;
    }
    return true;
}

uint32_t rk_page_ballot(const rk_page *p, uint32_t node) {
    uint32_t b = p->t->ballot_of[node];
    return b == RK_NONE && p->c->shape == RK_PARTAI && same_parties(p->c) ? 0 : b;
}

void rk_page_keys(rk_page *p, uint32_t ballot) {
    const rk_contest *c = p->c;
    rk_keys *k = &p->keys;
    if (k->ballot == ballot) return;
    k->ballot = ballot;
    k->n = 0;
    if (ballot == RK_NONE) return;
    const rk_ballot *b = &c->ballot[ballot];
    for (uint32_t i = 0; i < b->n; i++) {
        const rk_choice *x = &b->choice[i];
        if (x->party != RK_NONE) continue;
        RK_PUSH_ROOM(k->key, k->n, k->cap);
        k->key[k->n++] = (rk_key){.id = rk_code_slice(&x->id),
                                  .column = c->n_field + x->slot,
                                  .n = 1,
                                  .total = RK_NONE,
                                  .aceh = x->aceh};
    }
    if (c->shape != RK_PARTAI) return;
    for (uint32_t i = 0; i < k->n; i++) /* a party's cells go on to the next party's */
        k->key[i].n = (i + 1 < k->n ? k->key[i + 1].column : c->n_col) - k->key[i].column;
    for (uint32_t i = 0, j = 0; i < b->n; i++)
        if (b->choice[i].party == RK_NONE)
            k->key[j++].total = rk_party_total_field(c, &b->choice[i].code);
}

static uint64_t sum_of(const rk_key *k, const uint64_t *sum) {
    if (k->total != RK_NONE) return sum[k->total];
    uint64_t s = 0;
    for (uint32_t i = 0; i < k->n; i++) s += sum[k->column + i];
    return s;
}

void rk_put_sums(rk_page *p, uint32_t ballot, const uint64_t *sum) {
    rk_page_keys(p, ballot);
    for (uint32_t i = 0; ballot != RK_NONE && i < p->keys.n; i++) {
        uint64_t v = sum_of(&p->keys.key[i], sum);
        if (v || !p->keys.key[i].aceh) rk_put_member(p->out, p->keys.key[i].id, v);
    }
}
