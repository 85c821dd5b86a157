/* A snapshot is a cache: loading one and going on must be the same as folding from entry 0. */
#include "core/snapshot.h"
#include "small_election.h"

#include <sys/mman.h>

static const char REGIONS[] = "kode,induk,nama,tingkat,jumlah_tps\n11,,ACEH,1,\n1101,11,"
                              "SELATAN,2,\n110101,1101,BAKONGAN,3,\n"
                              "1101012001,110101,SATU,4,\n1101012002,110101,DUA,4,3\n";
static const char CONTEST[] =
    "{\"format\":\"rekap-kontes-1\",\"kode\":\"ppwp\",\"nama\":\"Uji\",\"bentuk\":\"paslon\","
    "\"medan\":[\"suara_sah\",\"suara_total\"],"
    "\"pilihan\":[{\"kode\":\"01\"},{\"kode\":\"02\"}]}";

static void form(rk_election *e, const char *tps, uint32_t a, uint32_t b, uint32_t sah,
                 rk_slice images) {
    uint32_t cell[4] = {sah, RK_ABSENT, a, b};
    rk_form f = {.head.time = 1700000000,
                 .head.actor.role = RK_LIT("uji"),
                 .tps = rk_slice_str(tps),
                 .cell = cell,
                 .images = images};
    small_put(e, 0, f);
}

static rk_election *some(void) {
    rk_election *e = small_new("uji", "2024-02-14");
    small_regions(e, REGIONS);
    small_contest(e, CONTEST);
    form(e, "1101012001001", 3, 4, 7, (rk_slice){0});
    form(e, "1101012001002", 3, 4, 8, RK_LIT("\1\0x"));
    form(e, "1101012001001", 5, RK_ABSENT, 5, (rk_slice){0});
    rk_election_settle(e);
    return e;
}

static rk_status append(void *ctx, rk_slice s, rk_err *err) {
    (void)err;
    rk_buf_add(ctx, s);
    return RK_OK;
}

static rk_buf written(rk_election *e) {
    rk_buf b;
    rk_err err = RK_ERR_INIT;
    rk_sha256 tip = rk_sha256_of(RK_LIT("tip"));
    rk_buf_init(&b, 1u << 26);
    rk_sink sink = {append, &b};
    small_ok(rk_snapshot_write(e, &tip, &sink, &err), &err);
    assert_false(b.failed);
    return b;
}

static rk_status loaded(const rk_buf *b, rk_election **out) {
    void *p = mmap(NULL, b->len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(p != MAP_FAILED);
    memcpy(p, b->ptr, b->len);
    rk_status s = rk_snapshot_load(p, b->len, out, NULL);
    if (s != RK_OK) munmap(p, b->len);
    return s;
}

static void same(rk_election *a, rk_election *b) {
    rk_election_settle(a);
    rk_election_settle(b);
    rk_buf x = written(a), y = written(b);
    assert_int_equal(x.len, y.len);
    assert_memory_equal(x.ptr, y.ptr, x.len);
    rk_buf_free(&x);
    rk_buf_free(&y);
}

static void goes_on_as_if_folded(void **state) {
    (void)state;
    rk_election *a = some(), *b = NULL;
    rk_buf bytes = written(a);
    assert_int_equal(loaded(&bytes, &b), RK_OK);
    assert_int_equal(a->size, b->size);
    assert_true(rk_slice_is(b->tree->node[4].name, "SATU"));
    for (int i = 0; i < 2;
         i++) { /* new stations, corrections, frames: the tables grow on both sides */
        rk_election *e = i ? b : a;
        char tps[16];
        for (unsigned k = 3; k < 900; k++) {
            (void)snprintf(tps, sizeof tps, "1101012001%03u", k);
            form(e, tps, k % 7, k % 5, k % 11, (rk_slice){0});
        }
        form(e, "1101012001002", 1, 1, 2, RK_LIT("\2\0yz"));
        form(e, "1101012002003", 9, 1, 10, (rk_slice){0});
    }
    rk_election_settle(a);
    rk_election_settle(b);
    const rk_tally *x = &a->tally[0], *y = &b->tally[0];
    assert_memory_equal(x->sum, y->sum,
                        (size_t)a->tree->n * x->contest->n_col * sizeof *x->sum);
    assert_memory_equal(x->count, y->count, a->tree->n * sizeof *x->count);
    assert_int_equal(a->tree->n_tps, b->tree->n_tps);
    for (uint32_t i = 0; i < a->tree->n_tps; i++) {
        uint64_t p[8], q[8];
        uint32_t n = rk_tally_history(x, i, p, 8);
        assert_true(rk_code_eq(&a->tree->tps_code[i], &b->tree->tps_code[i]));
        assert_int_equal(n, rk_tally_history(y, i, q, 8));
        assert_memory_equal(p, q, n * sizeof *p);
    }
    rk_buf_free(&bytes);
    rk_election_free(&a);
    rk_election_free(&b);
}

static void round_trip_is_the_same_bytes(void **state) {
    (void)state;
    rk_election *a = some(), *b = NULL;
    rk_buf bytes = written(a);
    assert_int_equal(loaded(&bytes, &b), RK_OK);
    same(a, b);
    rk_buf_free(&bytes);
    rk_election_free(&a);
    rk_election_free(&b);
}

static void damage_is_refused(void **state) {
    (void)state;
    rk_election *a = some(), *b = NULL;
    rk_buf bytes = written(a);
    size_t refused = 0, tried = 0;
    for (size_t at = 0; at < bytes.len;
         at += 509) { /* padding between sections may change freely */
        bytes.ptr[at] ^= 4;
        rk_status s = loaded(&bytes, &b);
        bytes.ptr[at] ^= 4;
        tried++;
        refused += s != RK_OK;
        if (s == RK_OK) {
            same(a, b);
            rk_election_free(&b);
        }
    }
    assert_true(refused > 5 && tried > refused);
    for (size_t n = 0; n < bytes.len; n += 4096) {
        rk_buf cut = {.ptr = bytes.ptr, .len = n};
        if (n) assert_int_not_equal(loaded(&cut, &b), RK_OK);
    }
    rk_buf_free(&bytes);
    rk_election_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(goes_on_as_if_folded),
                                       cmocka_unit_test(round_trip_is_the_same_bytes),
                                       cmocka_unit_test(damage_is_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
