/* Entries of version 2: round trip, one spelling, signatures, golden bytes. */
#include "core/contest.h"
#include "signed.h"

#include "random.h"

#include <stdio.h>

static uint32_t cell[64], got[RK_COLUMNS_MAX];
static char room[8192];

static rk_slice text(size_t max) {
    size_t n = rnd((uint32_t)max + 1);
    char *p = room + rnd(1000);
    for (size_t i = 0; i < n; i++) p[i] = (char)('a' + rnd(26));
    return (rk_slice){p, n};
}

static rk_sha256 hash(void) { return rk_sha256_of(text(20)); }

static rk_entry_head random_head(char *evidence) {
    uint32_t n = rnd(4);
    for (uint32_t i = 0; i < n; i++) {
        rk_sha256 h = hash();
        memcpy(evidence + i * sizeof h, h.b, sizeof h);
    }
    return (rk_entry_head){.version = 2,
                           .time = (uint32_t)(rnd64() >> (32 + rnd(32))),
                           .actor = {text(RK_ROLE_MAX), rnd64()},
                           .reason = text(100),
                           .evidence = {evidence, n * sizeof(rk_sha256)}};
}

typedef union any {
    rk_election_entry e;
    rk_document_entry d;
    rk_batch_entry b;
    rk_form f;
    rk_key_entry k;
    rk_publication_entry p;
} any;

static rk_status put(enum rk_entry_kind kind, const any *x, rk_buf *b) {
    switch (kind) {
    case RK_ENTRY_ELECTION:
        return rk_entry_put_election(&x->e, b, NULL);
    case RK_ENTRY_DOCUMENT:
        return rk_entry_put_document(&x->d, b, NULL);
    case RK_ENTRY_BATCH:
        return rk_entry_put_batch(&x->b, b, NULL);
    case RK_ENTRY_FORM:
        return rk_entry_put_form(&x->f, 9, b, NULL);
    case RK_ENTRY_KEY:
        return rk_entry_put_key(&x->k, b, NULL);
    default:
        return rk_entry_put_publication(&x->p, b, NULL);
    }
}

static rk_status get(enum rk_entry_kind kind, rk_slice e, any *x) {
    rk_err err = RK_ERR_INIT;
    switch (kind) {
    case RK_ENTRY_ELECTION:
        return rk_entry_get_election(e, &x->e, &err);
    case RK_ENTRY_DOCUMENT:
        return rk_entry_get_document(e, &x->d, &err);
    case RK_ENTRY_BATCH:
        return rk_entry_get_batch(e, &x->b, &err);
    case RK_ENTRY_FORM:
        return rk_entry_get_form(e, 9, got, RK_COLUMNS_MAX, &x->f, &err);
    case RK_ENTRY_KEY:
        return rk_entry_get_key(e, &x->k, &err);
    default:
        return rk_entry_get_publication(e, &x->p, &err);
    }
}

static void random_entry(enum rk_entry_kind kind, char *evidence, any *x) {
    rk_entry_head h = random_head(evidence);
    memset(x, 0, sizeof *x);
    for (uint32_t i = 0; i < 64; i++) cell[i] = rnd_one_in(5) ? RK_ABSENT : rnd(999999);
    if (kind == RK_ENTRY_ELECTION)
        x->e = (rk_election_entry){h,        text(40),       text(30),
                                   text(10), key_no(3)->key, key_no(4)->key};
    else if (kind == RK_ENTRY_DOCUMENT)
        x->d = (rk_document_entry){h,      RK_DOC_RESMI, text(5), text(9),
                                   hash(), rnd(3),       3,       text(900)};
    else if (kind == RK_ENTRY_BATCH)
        x->b = (rk_batch_entry){h,     text(5), text(50), hash(), 1 + (rnd64() >> rnd(64)) / 2,
                                hash()};
    else if (kind == RK_ENTRY_FORM)
        x->f = (rk_form){.head = h,
                         .batch = RK_NO_BATCH,
                         .contest = text(9),
                         .tps = text(23),
                         .desa = text(9),
                         .ts = rnd(2) * 77,
                         .generation = (uint8_t)rnd(2),
                         .layer = (uint8_t)rnd(2),
                         .cell = cell,
                         .n_cell = rnd(65)};
    else if (kind == RK_ENTRY_KEY) {
        enum rk_key_action a = (enum rk_key_action)(1 + rnd(3));
        x->k = (rk_key_entry){h,
                              a,
                              RK_KEY_ENTRIES,
                              RK_LIT("ppk"),
                              key_no(5)->key,
                              a == RK_KEY_REPLACE ? 1 + rnd64() / 2 : 0};
    } else
        x->p = (rk_publication_entry){h, (enum rk_publication)(1 + rnd(3)), text(20),
                                      rnd64() >> rnd(64), hash()};
}

static void round_trip(void **state) {
    (void)state;
    rnd_start("signed entries");
    rk_buf b, again;
    rk_buf_init(&b, RK_ENTRY_MAX), rk_buf_init(&again, RK_ENTRY_MAX);
    for (int i = 0; i < 3000; i++) {
        enum rk_entry_kind kind = (enum rk_entry_kind)(1 + rnd(6)), said;
        char evidence[4 * 32];
        any x, y;
        rk_entry_head h;
        random_entry(kind, evidence, &x);
        rk_buf_clear(&b), rk_buf_clear(&again);
        assert_int_equal(put(kind, &x, &b), RK_OK);
        rk_entry_sign(&b, 0, SIGNED_ORIGIN, &key_no(7)->secret);
        rk_slice e = rk_buf_slice(&b);
        assert_int_equal(rk_entry_kind_of(e, &said, NULL), RK_OK);
        assert_int_equal(said, kind);
        assert_int_equal(get(kind, e, &y), RK_OK);
        assert_int_equal(rk_entry_get_head(e, &h, NULL), RK_OK);
        assert_true(h.version == 2 && h.time == x.e.head.time &&
                    h.actor.key_id == x.e.head.actor.key_id);
        assert_true(rk_slice_eq(h.actor.role, x.e.head.actor.role) &&
                    rk_slice_eq(h.reason, x.e.head.reason));
        assert_true(rk_slice_eq(h.evidence, x.e.head.evidence));
        assert_int_equal(put(kind, &y, &again), RK_OK);
        assert_int_equal(again.len + RK_ENTRY_SIGNATURE, b.len);
        assert_memory_equal(again.ptr, b.ptr, again.len);
        assert_true(rk_entry_signed_by(e, SIGNED_ORIGIN, &key_no(7)->key));
        assert_false(rk_entry_signed_by(e, SIGNED_ORIGIN, &key_no(8)->key));
        assert_false(rk_entry_signed_by(e, RK_LIT("uj"), &key_no(7)->key));
        b.ptr[rnd((uint32_t)b.len)] ^= (char)(1 << rnd(8));
        assert_false(rk_entry_signed_by(e, SIGNED_ORIGIN, &key_no(7)->key));
    }
    rk_buf_free(&b), rk_buf_free(&again);
}

/* A shorter or longer entry is another one, or none; never one read past its end. */
static void truncations(void **state) {
    (void)state;
    rk_buf b;
    rk_buf_init(&b, RK_ENTRY_MAX);
    for (int kind = 1; kind <= 6; kind++) {
        char evidence[4 * 32];
        any x, y;
        random_entry((enum rk_entry_kind)kind, evidence, &x);
        rk_buf_clear(&b);
        assert_int_equal(put((enum rk_entry_kind)kind, &x, &b), RK_OK);
        rk_entry_sign(&b, 0, SIGNED_ORIGIN, &key_no(7)->secret);
        rk_buf_byte(&b, 0);
        assert_int_equal(get((enum rk_entry_kind)kind, rk_buf_slice(&b), &y), RK_CORRUPT);
        for (size_t n = 0; n < b.len - 1; n++)
            assert_int_equal(get((enum rk_entry_kind)kind, (rk_slice){b.ptr, n}, &y),
                             RK_CORRUPT);
    }
    rk_buf_free(&b);
}

static void golden(void **state) {
    (void)state;
    static const char *const names[] = {"v2-election", "v2-batch", "v2-form", "v2-key"};
    for (size_t i = 0; i < 4; i++) {
        char path[600], want[4096] = {0}, hex[4096];
        rk_buf b;
        rk_buf_init(&b, 2000);
        if (i == 0) put_start(&b, 2);
        if (i == 1) put_batch(&b, 2, "pengelola", 823236);
        if (i == 2) put_form(&b, 2, "pengelola", 0, 5);
        if (i == 3) put_key(&b, 2, "pengelola", RK_KEY_REPLACE, RK_KEY_CHECKPOINTS, "", 3, 1);
        for (size_t k = 0; k < b.len; k++) snprintf(hex + 2 * k, 3, "%02x", (uint8_t)b.ptr[k]);
        const char *dir = getenv("REKAP_GOLDEN");
        snprintf(path, sizeof path, "%s/%s.hex", dir ? dir : "tests/golden/entry", names[i]);
        FILE *f = fopen(path, getenv("REKAP_GOLDEN_WRITE") ? "w+" : "r");
        if (!f) fail_msg("cannot open %s", path);
        if (getenv("REKAP_GOLDEN_WRITE")) fprintf(f, "%s\n", hex), rewind(f);
        assert_int_equal(fscanf(f, "%4000s", want), 1);
        fclose(f);
        assert_string_equal(hex, want);
        rk_buf_free(&b);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(round_trip),
                                       cmocka_unit_test(truncations), cmocka_unit_test(golden)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
