/* Any sequence of entries (each two bytes of length, little-endian, then the entry) applied to
 * an election that has a tree and two contests: refused as damaged, or the totals are those of
 * the forms in force; and applying all at once gives the same as one by one. An entry of length
 * 0 settles. */
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

static void declare(rk_election *e, enum rk_document type, rk_slice bytes) {
    rk_buf b;
    rk_document_entry x = {
        .type = type, .sha256 = rk_sha256_of(bytes), .parts = 1, .bytes = bytes};
    rk_buf_init(&b, RK_ENTRY_MAX);
    RK_ASSERT(rk_entry_put_document(&x, &b, NULL) == RK_OK);
    rk_slice s = rk_buf_slice(&b);
    RK_ASSERT(rk_election_apply(e, &s, 1, NULL) == RK_OK);
    rk_buf_free(&b);
}

static rk_election *start(void) {
    rk_election *e = rk_election_new();
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
}

static void same(const rk_election *a, const rk_election *b) {
    RK_ASSERT(a->size == b->size && a->n_contest == b->n_contest &&
              a->tree->n_tps == b->tree->n_tps && a->last_time == b->last_time);
    for (uint32_t i = 0; i < a->n_contest; i++) {
        const rk_tally *x = &a->tally[i], *y = &b->tally[i];
        RK_ASSERT(x->contest->n_col == y->contest->n_col && x->n_history == y->n_history);
        RK_ASSERT(memcmp(x->sum, y->sum,
                         (size_t)a->tree->n * x->contest->n_col * sizeof *x->sum) == 0);
        RK_ASSERT(memcmp(x->count, y->count, a->tree->n * sizeof *x->count) == 0);
        RK_ASSERT(memcmp(x->rule_count, y->rule_count,
                         (size_t)a->tree->n * x->contest->n_rule * sizeof *x->rule_count) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    rk_slice all = {(const char *)data, n};
    rk_election *a = start(), *b = start();
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
