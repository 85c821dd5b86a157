/* What belongs to a delivery, what the log says of it, the waits. */
#include "scratch.h"

#include "core/delivery.h"

#include <string.h>

char scratch_dir[64];

static bool wants(uint32_t parts, enum rk_packing packing, const char *contest,
                  const char *path) {
    rk_destination d = {.parts = parts, .packing = packing};
    if (contest) d.contest[d.n_contest++] = rk_slice_str(contest);
    rk_slice p = rk_slice_str(path);
    bool copies = rk_slice_ends(p, RK_LIT(".csv"));
    return rk_delivery_wants(&d, RK_SUBJECT_RESULTS, p, copies);
}

static void choosing(void **state) {
    (void)state;
    assert_true(wants(0, RK_PACKING_ZST, NULL, "ppwp/tps.csv.zst"));
    assert_false(wants(0, RK_PACKING_ZST, NULL, "ppwp/tps.csv"));
    assert_false(wants(0, RK_PACKING_ZST, NULL, "ppwp/tps.csv.gz"));
    assert_true(wants(0, RK_PACKING_PLAIN, NULL, "ppwp/tps.csv"));
    assert_false(wants(0, RK_PACKING_PLAIN, NULL, "ppwp/tps.csv.zst"));
    assert_true(wants(0, RK_PACKING_GZ, "ppwp", "ppwp/tps.csv.gz"));
    assert_false(wants(0, RK_PACKING_GZ, "dpr", "ppwp/tps.csv.gz"));
    assert_true(wants(0, RK_PACKING_GZ, "dpr", "wilayah.csv.gz"));
    assert_true(wants(0, RK_PACKING_ZST, NULL, "manifest/index"));
    assert_true(wants(0, RK_PACKING_ZST, NULL, "checkpoint.note")); /* has no copies */
    assert_false(wants(RK_PART_STATIONS, RK_PACKING_ZST, NULL, "checkpoint.note"));
    assert_true(wants(RK_PART_STATIONS, RK_PACKING_ZST, NULL, "ppwp/kontes.json"));
    assert_false(wants(RK_PART_STATIONS, RK_PACKING_ZST, NULL, "ppwp/rekap.csv.zst"));
    assert_false(wants(RK_PART_LATEST, RK_PACKING_ZST, NULL, "ppwp/kontes.json"));
    assert_false(wants(RK_PART_LATEST, RK_PACKING_ZST, NULL, "wilayah.csv.zst"));
    assert_true(wants(RK_PART_ALL, RK_PACKING_ZST, NULL, "index.html"));
    rk_destination d = {.packing = RK_PACKING_ZST}; /* a release without copies: plain */
    assert_true(rk_delivery_wants(&d, RK_SUBJECT_RESULTS, RK_LIT("ppwp/tps.csv"), false));
    assert_true(rk_delivery_wants(&d, RK_SUBJECT_VOTERS, RK_LIT("ppwp/rekap.csv"), false));
    assert_false(rk_delivery_wants(&d, RK_SUBJECT_VOTERS, RK_LIT("ppwp/temuan.csv"), false));
    d.contest[d.n_contest++] = RK_LIT("ppwp"), d.parts = RK_PART_STATIONS;
    assert_true(rk_delivery_wants(&d, RK_SUBJECT_INFRA, RK_LIT("gambar/topologi.svg"), false));
}

static const rk_destination to = {.alias = {"koran-a", 7}};

static rk_delivery_line line(enum rk_delivery_event e, const char *release) {
    return (rk_delivery_line){.event = e,
                              .time = 1700000000,
                              .alias = RK_LIT("koran-a"),
                              .no = RK_LIT("P-1"),
                              .release = rk_slice_str(release)};
}

static void folding(void **state) {
    (void)state;
    rk_parcel p[2] = {{.name = RK_LIT("a"), .sha256 = {{1}}},
                      {.name = RK_LIT("b"), .sha256 = {{2}}}};
    rk_delivery d = {
        .to = &to, .no = RK_LIT("P-1"), .release = RK_LIT("rilis-2"), .parcel = p, .n = 2};
    rk_delivery_line l = line(RK_DELIVERY_BEGAN, "rilis-1");
    rk_delivery_apply(&d, &l);
    assert_string_equal(d.unfinished, "rilis-1");
    assert_false(d.begun);
    l = line(RK_DELIVERY_REPLACED, "rilis-1");
    rk_delivery_apply(&d, &l);
    assert_string_equal(d.unfinished, "");
    l = line(RK_DELIVERY_BEGAN, "rilis-2");
    rk_delivery_apply(&d, &l);
    l = line(RK_DELIVERY_FILE, "rilis-2");
    l.file = RK_LIT("a"), l.sha256 = p[0].sha256;
    rk_delivery_apply(&d, &l);
    l.file = RK_LIT("b"); /* another content than is to be brought: not done */
    rk_delivery_apply(&d, &l);
    assert_true(d.begun && p[0].done && !p[1].done);
    l = line(RK_DELIVERY_PUT_OFF, "rilis-2");
    l.attempt = 3, l.next = 1700000100, l.cause = RK_CAUSE_AWAY;
    rk_delivery_apply(&d, &l);
    assert_int_equal(d.attempts, 3);
    assert_int_equal(d.next, 1700000100);
    assert_int_equal(d.cause, RK_CAUSE_AWAY);
    l = line(RK_DELIVERY_GAVE_UP, "rilis-2");
    l.attempt = 4;
    rk_delivery_apply(&d, &l);
    assert_true(d.gave_up);
    l = line(RK_DELIVERY_BEGAN, "rilis-2"); /* once more: what had come stays */
    rk_delivery_apply(&d, &l);
    assert_true(!d.gave_up && d.attempts == 0 && p[0].done);
    l = line(RK_DELIVERY_DONE, "rilis-2");
    l.alias = RK_LIT("koran-b"); /* somebody else's */
    rk_delivery_apply(&d, &l);
    assert_false(d.done);
    l.alias = RK_LIT("koran-a");
    rk_delivery_apply(&d, &l);
    assert_true(d.done);
}

static void waits(void **state) {
    (void)state;
    uint32_t before = 0;
    for (uint32_t k = 1; k < 40; k++) {
        uint64_t plain = k < 10 ? 30ull << (k - 1) : RK_DELIVERY_WAIT_MAX;
        if (plain > RK_DELIVERY_WAIT_MAX) plain = RK_DELIVERY_WAIT_MAX;
        uint32_t w = rk_delivery_wait(RK_LIT("benih"), RK_LIT("a"), RK_LIT("r"), k, 30);
        assert_in_range(w, plain / 2, plain + plain / 2);
        assert_int_equal(w, rk_delivery_wait(RK_LIT("benih"), RK_LIT("a"), RK_LIT("r"), k, 30));
        before += w != rk_delivery_wait(RK_LIT("lain"), RK_LIT("a"), RK_LIT("r"), k, 30);
    }
    assert_true(before > 20); /* another seed, other waits */
}

/* Every line comes back as it was. */
static void lines(void **state) {
    (void)state;
    for (unsigned e = 0; e < RK_DELIVERY_EVENTS; e++) {
        for (unsigned c = 0; c < RK_CAUSES; c++) {
            rk_delivery_line l = line((enum rk_delivery_event)e, "rilis-9"), back;
            rk_buf b, again;
            rk_err err = RK_ERR_INIT;
            l.cause = (enum rk_delivery_cause)c, l.subject = RK_SUBJECT_VOTERS;
            if (c == RK_CAUSE_RULE) l.rule = RK_S04;
            if (e == RK_DELIVERY_FILE)
                l.file = RK_LIT("a\"\n/b"), l.sha256 = rk_sha256_of(l.file);
            l.bytes = 1ull << 40, l.files = 7, l.attempt = c, l.next = c ? 1700000900 + c : 0;
            rk_buf_init(&b, 4096);
            rk_buf_init(&again, 4096);
            rk_delivery_line_put(&l, &b);
            assert_int_equal(b.ptr[b.len - 1], '\n');
            rk_slice s = {b.ptr, b.len - 1};
            assert_null(memchr(s.ptr, '\n', s.len));
            if (e == RK_DELIVERY_FILE) {
                assert_int_equal(rk_delivery_line_parse(s, &back, &err), RK_BAD_INPUT);
                rk_delivery_line_free(&back); /* a control character in a name */
                l.file = RK_LIT("a\"/b");
                rk_buf_clear(&b);
                rk_delivery_line_put(&l, &b);
                s = (rk_slice){b.ptr, b.len - 1};
            }
            if (rk_delivery_line_parse(s, &back, &err) != RK_OK) fail_msg("%s", err.text);
            rk_delivery_line_put(&back, &again);
            assert_true(rk_slice_eq(rk_buf_slice(&again), rk_buf_slice(&b)));
            rk_delivery_line_free(&back);
            rk_buf_free(&b);
            rk_buf_free(&again);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(choosing), cmocka_unit_test(folding),
                                       cmocka_unit_test(waits), cmocka_unit_test(lines)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
