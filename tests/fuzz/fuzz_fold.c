/* Any sequence of entries (each two bytes of length, little-endian, then the entry) applied to
 * an election that has a tree and two contests: refused as damaged, or the totals are those of
 * the forms in force; and applying all at once gives the same as one by one. An entry of length
 * 0 settles. Bytes that begin with "S": a signed log, with keys of impor and pembaca (public
 * keys of 32 bytes 5 and 6; no signature is checked by the fold), so that photos and readings
 * are reached. */
#include "core/election.h"

#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define TREE                                                                                   \
    "kode,induk,nama,tingkat,nomor_tps\n1,,A,1,\n11,1,B,2,\n111,11,C,3,\n1111,111,D,4,\n1112," \
    "111,E,4,1-3\n"                                                                            \
    "99,,F,1,\n991,99,G,2,\n9911,991,H,3,\n99111,9911,I,4,\n"
#define START                                                                                  \
    "{\"format\":\"rekap-kontes-1\",\"nama\":\"N\",\"luar_negeri\":[\"99\"],\"maks\":70000,"   \
    "\"medan\":[\"suara_sah\",\"suara_tidak_sah\",\"suara_total\"],"
#define PPWP                                                                                   \
    START "\"kode\":\"ppwp\",\"bentuk\":\"paslon\",\"pilihan\":[{\"kode\":\"1\"},{\"kode\":"   \
          "\"2\"}]}"
#define DPD                                                                                    \
    START "\"kode\":\"pdpd\",\"bentuk\":\"calon\",\"dapil\":[{\"kode\":\"X\",\"wilayah\":["    \
          "\"1\"],\"pilihan\":[{\"kode\":\"a\"}]}]}"

static rk_ed25519_public key_of(uint8_t with) {
    rk_ed25519_public k;
    memset(k.b, with, sizeof k.b);
    return k;
}

static rk_entry_head head(bool is_signed, uint8_t key, const char *role) {
    rk_ed25519_public k = key_of(key);
    return is_signed ? (rk_entry_head){.version = 2,
                                       .actor = {rk_slice_str(role), rk_entry_key_id(&k)}}
                     : (rk_entry_head){.version = 1};
}

static void apply(rk_election *e, rk_buf *b) {
    if (b->ptr[0] == 2)
        for (unsigned i = 0; i < RK_ENTRY_SIGNATURE; i++) rk_buf_byte(b, 0);
    rk_slice s = rk_buf_slice(b);
    RK_ASSERT(rk_election_apply(e, &s, 1, NULL) == RK_OK);
    rk_buf_free(b);
}

static void declare(rk_election *e, enum rk_document type, rk_slice bytes) {
    rk_buf b;
    rk_document_entry x = {.head = head(e->keys.is_signed, 2, "pengelola"),
                           .type = type,
                           .sha256 = rk_sha256_of(bytes),
                           .parts = 1,
                           .bytes = bytes};
    rk_buf_init(&b, RK_ENTRY_MAX);
    RK_ASSERT(rk_entry_put_document(&x, &b, NULL) == RK_OK);
    apply(e, &b);
}

static void sign_from_now(rk_election *e) {
    static const char *const role[] = {"impor", "pembaca"};
    rk_buf b;
    rk_election_entry x = {.head = head(true, 2, "pengelola"),
                           .id = RK_LIT("uji"),
                           .log_key = key_of(1),
                           .admin_key = key_of(2)};
    rk_buf_init(&b, RK_ENTRY_MAX);
    RK_ASSERT(rk_entry_put_election(&x, &b, NULL) == RK_OK);
    apply(e, &b);
    for (uint8_t i = 0; i < 2; i++) {
        rk_key_entry k = {.head = head(true, 2, "pengelola"),
                          .action = RK_KEY_ADD,
                          .use = RK_KEY_ENTRIES,
                          .role = rk_slice_str(role[i]),
                          .key = key_of((uint8_t)(5 + i))};
        rk_buf_init(&b, RK_ENTRY_MAX);
        RK_ASSERT(rk_entry_put_key(&k, &b, NULL) == RK_OK);
        apply(e, &b);
    }
}

static rk_election *start(bool is_signed) {
    rk_election *e = rk_election_new();
    if (is_signed) sign_from_now(e);
    declare(e, RK_DOC_WILAYAH, RK_LIT(TREE));
    declare(e, RK_DOC_KONTES, RK_LIT(PPWP));
    declare(e, RK_DOC_KONTES, RK_LIT(DPD));
    return e;
}

static bool next(rk_slice *rest, rk_slice *entry) {
    if (rest->len < 2) return false;
    size_t n = (size_t)(uint8_t)rest->ptr[0] | (size_t)(uint8_t)rest->ptr[1] << 8;
    *rest = rk_slice_from(*rest, 2);
    if (n > rest->len) n = rest->len;
    *entry = (rk_slice){rest->ptr, n};
    *rest = rk_slice_from(*rest, n);
    return true;
}

static rk_status one_by_one(rk_election *e, rk_slice all) {
    rk_slice entry;
    rk_err err = RK_ERR_INIT;
    while (next(&all, &entry)) {
        if (entry.len)
            RK_TRY(rk_election_apply(e, &entry, 1, &err));
        else
            rk_election_settle(e);
    }
    rk_election_settle(e);
    return RK_OK;
}

static rk_status at_once(rk_election *e, rk_slice all) {
    rk_slice entry, *list = NULL;
    size_t n = 0, cap = 0;
    while (next(&all, &entry)) {
        if (entry.len == 0) continue;
        RK_PUSH_ROOM(list, n, cap);
        list[n++] = entry;
    }
    rk_election_bulk(e);
    rk_status s = n ? rk_election_apply(e, list, n, NULL) : RK_OK;
    rk_free(list);
    if (s == RK_OK) rk_election_settle(e);
    return s;
}

static void nation_is_its_forms(const rk_election *e, const rk_tally *t) {
    uint32_t forms = 0;
    for (uint32_t c = 0; c < t->contest->n_col; c++) {
        uint64_t sum = 0;
        for (uint32_t i = 0; i < e->tree->n_tps; i++) {
            const uint32_t *row = rk_tally_row(t, i);
            sum += row && row[c] != RK_ABSENT ? row[c] : 0;
            forms += row && c == 0;
        }
        RK_ASSERT(rk_tally_sum(t, 0)[c] == sum);
    }
    RK_ASSERT(t->count[0].forms == forms);
    rk_count photos = {0};
    for (uint32_t i = 0; i < e->tree->n_tps; i++) {
        const rk_photo_state *s = rk_tally_photos(t, i);
        if (!s) continue;
        photos.photos++;
        photos.accepted += s->state == RK_READ_ACCEPTED;
        photos.differs += s->compared == RK_COMPARED_DIFFERS;
    }
    const rk_count *c = &t->count[0];
    RK_ASSERT(c->photos == photos.photos && c->accepted == photos.accepted &&
              c->differs == photos.differs && c->photos >= c->refused + rk_count_read(c));
}

static void same(const rk_election *a, const rk_election *b) {
    RK_ASSERT(a->size == b->size && a->n_contest == b->n_contest &&
              a->tree->n_tps == b->tree->n_tps && a->last_time == b->last_time);
    for (uint32_t i = 0; i < a->n_contest; i++) {
        const rk_tally *x = &a->tally[i], *y = &b->tally[i];
        RK_ASSERT(x->contest->n_col == y->contest->n_col && x->n_history == y->n_history &&
                  x->n_photo == y->n_photo);
        RK_ASSERT(memcmp(x->sum, y->sum,
                         (size_t)a->tree->n * x->contest->n_col * sizeof *x->sum) == 0);
        RK_ASSERT(memcmp(x->count, y->count, a->tree->n * sizeof *x->count) == 0);
        RK_ASSERT(memcmp(x->rule_count, y->rule_count,
                         (size_t)a->tree->n * x->contest->n_rule * sizeof *x->rule_count) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    bool is_signed = n && data[0] == 'S';
    rk_slice all = {(const char *)data + is_signed, n - is_signed};
    rk_election *a = start(is_signed), *b = start(is_signed);
    rk_status x = one_by_one(a, all), y = at_once(b, all);
    RK_ASSERT((x == RK_OK) == (y == RK_OK));
    if (x == RK_OK) {
        for (uint32_t i = 0; i < a->n_contest; i++) nation_is_its_forms(a, &a->tally[i]);
        same(a, b);
    }
    rk_election_free(&a);
    rk_election_free(&b);
    return 0;
}
