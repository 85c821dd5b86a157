#include "log_test.h"

#include "core/checkpoint.h"

#define DASH "\xe2\x80\x94 "
#define ROOT "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
#define EMPTY "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

static void the_example(void **state) {
    (void)state;
    static const char text[] = "example.com/behind-the-sofa\n20852163\n" ROOT "\n";
    rk_checkpoint c;
    rk_buf b;
    assert_int_equal(rk_checkpoint_parse(RK_LIT(text), &c, NULL), RK_OK);
    assert_true(rk_slice_is(c.origin, "example.com/behind-the-sofa"));
    assert_int_equal(c.size, 20852163);
    test_hash_is(&c.root, "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62");
    assert_int_equal(c.extensions.len, 0);
    rk_buf_init(&b, 1000);
    assert_int_equal(rk_checkpoint_put(&c, &b, NULL), RK_OK);
    assert_true(rk_slice_is(rk_buf_slice(&b), text));
    rk_buf_free(&b);
}

static void taken(void **state) {
    (void)state;
    static const char *const good[] = {
        "a\n0\n" EMPTY "\n", "a\n1\n" ROOT "\n", "a\n9223372036854775807\n" ROOT "\n",
        "a b\n1\n" ROOT "\nextension\n", "\xe2\x80\x94\n1\n" ROOT "\nx\ny\n"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        rk_checkpoint c;
        rk_buf b;
        assert_int_equal(rk_checkpoint_parse(rk_slice_str(good[i]), &c, NULL), RK_OK);
        rk_buf_init(&b, 1000);
        assert_int_equal(rk_checkpoint_put(&c, &b, NULL), RK_OK);
        assert_true(rk_slice_is(rk_buf_slice(&b), good[i]));
        rk_buf_free(&b);
    }
}

static void refused(void **state) {
    (void)state;
    static const char *const bad[] = {
        "",
        "\n",
        "a\n",
        "a\n1\n",
        "a\n1\n" ROOT,
        "\n1\n" ROOT "\n",
        "a\n\n" ROOT "\n",
        "a\n1\n\n",
        "a\n01\n" ROOT "\n",
        "a\n00\n" EMPTY "\n",
        "a\n-1\n" ROOT "\n",
        "a\n+1\n" ROOT "\n",
        "a\n1 \n" ROOT "\n",
        "a\n 1\n" ROOT "\n",
        "a\n0x1\n" ROOT "\n",
        "a\n1.0\n" ROOT "\n",
        "a\n\xd9\xa1\n" ROOT "\n",
        "a\n9223372036854775808\n" ROOT "\n",
        "a\n18446744073709551615\n" ROOT "\n",
        "a\n18446744073709551617\n" ROOT "\n",
        "a\n99999999999999999999999\n" ROOT "\n",
        "a\n0\n" ROOT "\n",
        "a\n1\n" EMPTY "\n", /* the empty log has one root, and only it has that */
        "a\n1\n" ROOT "\n\n",
        "a\n1\n" ROOT "\nx\n\n",
        "a\n1\n" ROOT "\n\nx\n",
        "a\n1\n" ROOT "\nx",
        "a\r\n1\r\n" ROOT "\r\n",
        "a\n1\r\n" ROOT "\n",
        "a\n1\n" ROOT "\r\n",
        "a\n1\n" ROOT " \n",
        "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n",
        "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n",
        "a\n1\nCsUYapGGPo4dkMgIAUqom_Xajj7h2fB2MPA3j2jxq2I=\n",
        "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxqw==\n",
        "a\n1\n" ROOT ROOT "\n",
        "a\xff\n1\n" ROOT "\n",
        "a\t\n1\n" ROOT "\n",
        "a\n1\n" ROOT "\n\x01\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        rk_checkpoint c;
        rk_err err = RK_ERR_INIT;
        if (rk_checkpoint_parse(rk_slice_str(bad[i]), &c, &err) != RK_BAD_INPUT)
            fail_msg("%zu: %s", i, bad[i]);
        assert_true(err.text[0] && c.origin.len == 0 && c.size == 0);
    }
}

static void not_written(void **state) {
    (void)state;
    rk_buf b;
    rk_checkpoint c = {.origin = RK_LIT("a\n5"), .size = 1};
    rk_buf_init(&b, 1000);
    assert_int_equal(rk_checkpoint_put(&c, &b, NULL), RK_BAD_INPUT);
    rk_buf_clear(&b);
    c.origin = RK_LIT("a"), c.extensions = RK_LIT("x");
    assert_int_equal(rk_checkpoint_put(&c, &b, NULL), RK_BAD_INPUT);
    rk_buf_clear(&b);
    c.extensions = RK_LIT(""), c.size = 0; /* with a root of zeros */
    assert_int_equal(rk_checkpoint_put(&c, &b, NULL), RK_BAD_INPUT);
    rk_buf_clear(&b);
    c.size = (uint64_t)1 << 63;
    assert_int_equal(rk_checkpoint_put(&c, &b, NULL), RK_BAD_INPUT);
    rk_buf_free(&b);
}

/* A checkpoint as a log in operation published it, with the cosignatures of its witnesses; the
 * first signature is of a type not known here. */
static void of_a_real_log(void **state) {
    (void)state;
    static const char note[] =
        "arche2025h1.staging.ct.transparency.dev\n1432088532\nU7WM79jrzyhGZ5/"
        "GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n\n" DASH "arche2025h1.staging.ct.transparency.dev "
        "zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllza"
        "lApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=\n" DASH
        "arche2025h1.staging.ct.transparency.dev "
        "ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1b"
        "fTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=\n" DASH "transparency.dev/DEV:witness-little-garden "
        "2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgcqoXHAwVk"
        "jZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==\n" DASH "witness1.smartit.nu/witness1 "
        "pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TO"
        "QtmJbqmNWVuE0tgh0XwzdZsDsUAQ==\n" DASH "remora.n621.de "
        "2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/"
        "zZ"
        "0WBxtqB0DrAWfBw==\n" DASH "witness.stagemole.eu "
        "Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2TUFucgKi"
        "7lI7cUiOvKFYe/TmN9DAg==\n";
    static const char *const keys[] = {
        "arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/"
        "PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f",
        "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
        "witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv",
        "witness1.smartit.nu/witness1+a48c820f+BPSFWg9G6KPiO7QPryYO5Xq4oYJJ+kAvLKLSimDhoxMO",
        "transparency.dev/DEV:witness-little-garden+d8042a87+BCtusOxINQNUTN5Oj8HObRkh2yHf/"
        "MwYaGX4CPdiVEPM"};
    enum { N = sizeof keys / sizeof *keys };
    rk_verifier key[N];
    rk_note n;
    rk_checkpoint c;
    uint64_t by, times[N];
    for (size_t i = 0; i < N; i++)
        assert_int_equal(rk_verifier_parse(rk_slice_str(keys[i]), &key[i], NULL), RK_OK);
    assert_int_equal(rk_note_parse(RK_LIT(note), &n, NULL), RK_OK);
    assert_int_equal(n.n_sig, 6);
    assert_int_equal(rk_note_verify(&n, key, N, &by, times, NULL), RK_OK);
    assert_int_equal(by, 31);
    for (size_t i = 0; i < N; i++) assert_int_equal(times[i], i ? 1779573024 : 0);
    assert_int_equal(rk_checkpoint_open(RK_LIT(note), key, N, &c, NULL), RK_OK);
    assert_int_equal(c.size, 1432088532);
    assert_int_equal(rk_checkpoint_open(RK_LIT(note), key + 1, N - 1, &c, NULL), RK_NOT_FOUND);
}

static void sign_and_open(void **state) {
    (void)state;
    rk_signer log = test_signer("pemilu2024", RK_KEY_ED25519, 1),
              next = test_signer("pemilu2024", RK_KEY_ED25519, 2);
    rk_signer other = test_signer("pilkada2024", RK_KEY_ED25519, 1),
              witness = test_signer("pemilu2024", RK_KEY_COSIGN, 3);
    rk_signer both[] = {log, next};
    rk_checkpoint c = {.origin = RK_LIT("pemilu2024"), .size = 17, .root = test_entry_leaf(3)},
                  back;
    rk_err err = RK_ERR_INIT;
    rk_buf b;
    rk_buf_init(&b, RK_NOTE_MAX);
    assert_int_equal(rk_checkpoint_sign(&c, both, 2, &b, &err), RK_OK);
    assert_int_equal(rk_checkpoint_open(rk_buf_slice(&b), &next.verifier, 1, &back, &err),
                     RK_OK);
    assert_true(back.size == 17 && rk_slice_eq(back.origin, c.origin) &&
                memcmp(&back.root, &c.root, 32) == 0);
    assert_int_equal(rk_checkpoint_open(rk_buf_slice(&b), &other.verifier, 1, &back, NULL),
                     RK_NOT_FOUND);
    assert_int_equal(rk_checkpoint_sign(&c, &other, 1, &b, NULL), RK_BAD_INPUT);
    assert_int_equal(rk_checkpoint_sign(&c, &witness, 1, &b, NULL), RK_BAD_INPUT);
    /* a right signature of a known key of another log does not make it that log's checkpoint */
    rk_buf_clear(&b);
    assert_int_equal(rk_checkpoint_put(&c, &b, NULL), RK_OK);
    rk_buf text;
    rk_buf_init(&text, 1000);
    rk_buf_add(&text, rk_buf_slice(&b));
    rk_buf_byte(&b, '\n');
    assert_int_equal(rk_note_sign(rk_buf_slice(&text), &other, 0, &b, NULL), RK_OK);
    assert_int_equal(rk_checkpoint_open(rk_buf_slice(&b), &other.verifier, 1, &back, NULL),
                     RK_NOT_FOUND);
    assert_int_equal(rk_note_sign(rk_buf_slice(&text), &witness, 5, &b, NULL), RK_OK);
    assert_int_equal(rk_checkpoint_open(rk_buf_slice(&b), &witness.verifier, 1, &back, NULL),
                     RK_NOT_FOUND);
    assert_int_equal(rk_note_sign(rk_buf_slice(&text), &log, 0, &b, NULL), RK_OK);
    assert_int_equal(rk_checkpoint_open(rk_buf_slice(&b), &log.verifier, 1, &back, NULL),
                     RK_OK);
    rk_buf_free(&text);
    rk_buf_free(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example),   cmocka_unit_test(taken),
        cmocka_unit_test(refused),       cmocka_unit_test(not_written),
        cmocka_unit_test(of_a_real_log), cmocka_unit_test(sign_and_open)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
