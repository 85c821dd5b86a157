/* The private file of destinations: what it may say, and that no refusal repeats a value. */
#include "scratch.h"

#include "base/code.h"
#include "core/destination.h"
#include "core/subscription.h"

#include <string.h>

char scratch_dir[64];

static rk_status parse(const char *members, rk_destinations **d, rk_err *err) {
    char text[4000];
    snprintf(text, sizeof text, "{\"format\":\"rekap-tujuan-1\",\"tujuan\":[{%s}]}", members);
    return rk_destinations_parse(rk_slice_str(text), d, err);
}

#define SFTP                                                                                   \
    "\"alias\":\"koran-a\",\"ke\":\"t\",\"protokol\":\"sftp\",\"url\":\"sftp://h.example/"     \
    "in\",\"pengguna\":\"u\",\"kunci\":\"k\",\"kunci_host\":\"h\""

static void good(void **state) {
    (void)state;
    rk_destinations *d;
    rk_err err = RK_ERR_INIT;
    assert_int_equal(parse(SFTP ",\"isi\":[\"tps\",\"bukti\"],\"kontes\":[\"ppwp\"],\"bentuk\":"
                                "\"gz\",\"bahasa\":\"en\",\"tertutup\":true,\"maks_byte\":7,"
                                "\"no\":\"P-1\"",
                           &d, &err),
                     RK_OK);
    const rk_destination *x = &d->d[0];
    assert_int_equal(x->carry, RK_CARRY_SFTP);
    assert_int_equal(x->address.port, 22);
    assert_true(rk_slice_is(x->address.host, "h.example"));
    assert_true(rk_slice_is(x->address.path, "/in"));
    assert_false(x->address.loopback);
    assert_int_equal(x->parts, RK_PART_STATIONS | RK_PART_PROOF);
    assert_int_equal(x->packing, RK_PACKING_GZ);
    assert_int_equal(x->tongue, RK_TONGUE_EN);
    assert_true(x->closed);
    assert_int_equal(x->bytes_max, 7);
    assert_int_equal(d->tries, 8);
    assert_int_equal(rk_destinations_find(d, RK_LIT("koran-a")), 0);
    assert_int_equal(rk_destinations_find(d, RK_LIT("koran-b")), RK_NONE);
    rk_destinations_free(&d);
}

/* Each of these is refused, and the secret word in it is not repeated. */
static void bad(void **state) {
    (void)state;
    static const char *const text[] = {
        "\"alias\":\"RAHASIA\"",
        "\"alias\":\"a\",\"ke\":\"RAHASIA\"",
        SFTP ",\"RAHASIA \":1",
        SFTP ",\"isi\":[\"RAHASIA\"]",
        SFTP ",\"bentuk\":\"RAHASIA\"",
        SFTP ",\"pengguna\":\"RAHASIA\"", /* given twice */
        "\"alias\":\"a\",\"ke\":\"t\",\"protokol\":\"RAHASIA\",\"url\":\"sftp://h/\"",
        "\"alias\":\"a\",\"ke\":\"t\",\"protokol\":\"sftp\",\"url\":\"sftp://RAHASIA/\"",
        "\"alias\":\"a\",\"ke\":\"t\",\"protokol\":\"sftp\",\"url\":\"https://RAHASIA/\"",
        "\"alias\":\"a\",\"ke\":\"t\",\"protokol\":\"put\",\"url\":\"https://RAHASIA/x\"",
        "\"alias\":\"a\",\"ke\":\"t\",\"protokol\":\"put\",\"url\":\"http://RAHASIA/x\","
        "\"tanda_tangan\":\"k\"",
        "\"alias\":\"a\",\"ke\":\"t\",\"protokol\":\"put\",\"url\":\"https://u@RAHASIA/x\"",
        "\"alias\":\"a\",\"ke\":\"t\",\"protokol\":\"put\",\"url\":\"https://h/x?RAHASIA\"",
        "\"alias\":\"a\",\"ke\":\"t\",\"protokol\":\"put\",\"url\":\"https://h/../RAHASIA\"",
        "\"alias\":\"a\",\"ke\":\"t\",\"protokol\":\"s3\",\"url\":\"https://h\",\"pengguna\":"
        "\"RAHASIA\"",
        "\"alias\":\"a\",\"ke\":\"t\",\"protokol\":\"smtp\",\"url\":\"smtp://h\",\"dari\":"
        "\"a@b.id\",\"kepada\":\"RAHASIA\"",
        "\"alias\":\"a\",\"ke\":\"t\",\"protokol\":\"smtp\",\"url\":\"smtp://h\",\"dari\":"
        "\"a@b.id\",\"kepada\":\"RAHASIA@c.id, d@e.id\"",
        "\"alias\":\"a\",\"ke\":\"t\",\"protokol\":\"smtp\",\"url\":\"smtp://h\",\"dari\":"
        "\"a@b.id\",\"kepada\":\"RAHASIA@c.id\\r\\nBcc: x@y.id\"",
        SFTP ",\"diam\":0",
        SFTP ",\"detik\":86401",
    };
    for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
        rk_destinations *d;
        rk_err err = RK_ERR_INIT;
        if (parse(text[i], &d, &err) == RK_OK) fail_msg("taken: %s", text[i]);
        assert_null(d);
        assert_true(err.text[0]);
        if (i != 2 && strstr(err.text, "RAHASIA")) fail_msg("repeated: %s", err.text);
    }
}

static void addresses(void **state) {
    (void)state;
    rk_address a;
    assert_true(rk_address_parse(RK_LIT("https://[::1]:8443/a/b"), &a));
    assert_true(a.loopback);
    assert_int_equal(a.port, 8443);
    assert_true(rk_slice_is(a.host, "::1"));
    assert_true(rk_address_parse(RK_LIT("sftp://h"), &a));
    assert_int_equal(a.path.len, 0);
    static const char *const no[] = {"",
                                     "h",
                                     "https://",
                                     "https:///x",
                                     "https://h:",
                                     "https://h:0",
                                     "https://h:65536",
                                     "xyz://h",
                                     "https://h/a//b",
                                     "https://h/a b",
                                     "https://h#f",
                                     "https://[::1",
                                     "https://h/.",
                                     "https://h\\x"};
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        if (rk_address_parse(rk_slice_str(no[i]), &a)) fail_msg("taken: %s", no[i]);
    assert_true(rk_mailbox_ok(RK_LIT("a.b+c@d-e.example")));
    static const char *const box[] = {"",         "a",         "@b.id",    "a@",
                                      "a b@c.id", "a@b c",     "a@b@c.id", "<a@b.id>",
                                      "a@b.id,c", "\"a\"@b.id"};
    for (size_t i = 0; i < sizeof box / sizeof *box; i++)
        if (rk_mailbox_ok(rk_slice_str(box[i]))) fail_msg("taken: %s", box[i]);
    assert_false(rk_mailbox_ok((rk_slice){"a@b.id\n", 7}));
    assert_false(rk_mailbox_ok((rk_slice){"a\0@b.id", 7}));
}

#define LINE(no, apa, ke, tiap, mulai)                                                         \
    "{\"format\":\"rekap-langganan-1\",\"no\":\"" no "\",\"apa\":\"" apa "\",\"ke\":\"" ke     \
    "\",\"tiap\":\"" tiap "\",\"mulai\":\"" mulai "\"}\n"

static void subscriptions(void **state) {
    (void)state;
    rk_subscriptions s;
    rk_err err = RK_ERR_INIT;
    assert_int_equal(rk_subscriptions_parse(
                         RK_LIT(LINE("P-1", "hasil", "t", "hari", "2024-01-02")
                                    LINE("P-2", "dpt", "t", "hari", "2024-01-03")
                                        LINE("P-1", "hasil", "t", "berhenti", "2024-02-01")),
                         &s, &err),
                     RK_OK);
    assert_int_equal(s.n, 2);
    assert_true(s.s[0].ended);
    assert_int_equal(s.s[1].subject, RK_SUBJECT_VOTERS);
    rk_subscriptions_free(&s);
    assert_int_equal(
        rk_subscriptions_parse(RK_LIT(LINE("P-1", "hasil", "t", "hari", "2024-01-02")
                                          LINE("P-2", "semua", "t", "hari", "2024-01-02")),
                               &s, &err),
        RK_BAD_INPUT);
    assert_int_equal(err.line, 2);
    assert_int_equal(rk_subscriptions_parse(RK_LIT(""), &s, &err), RK_OK);
    assert_int_equal(s.n, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(good), cmocka_unit_test(bad),
                                       cmocka_unit_test(addresses),
                                       cmocka_unit_test(subscriptions)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
