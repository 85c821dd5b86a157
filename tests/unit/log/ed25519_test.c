#include "log_test.h"

static uint8_t nibble(char c) { return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10); }

static size_t unhex(const char *hex, uint8_t *out) {
    size_t n = strlen(hex) / 2;
    for (size_t i = 0; i < n; i++)
        out[i] = (uint8_t)(nibble(hex[2 * i]) << 4 | nibble(hex[2 * i + 1]));
    return n;
}

/* RFC 8032 section 7.1, tests 1 to 3. */
static void vectors(void **state) {
    (void)state;
    static const char *const v[][4] = {
        {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
         "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
         "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e3"
         "9701cf9b"
         "46bd25bf5f0595bbe24655141438e7a100b"},
        {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
         "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
         "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3"
         "613d0f11"
         "d8c387b2eaeb4302aeeb00d291612bb0c00"},
        {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
         "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
         "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f"
         "760984dc"
         "6594a7c15e9716ed28dc027beceea1ec40a"}};
    for (size_t i = 0; i < 3; i++) {
        rk_ed25519_seed seed;
        rk_ed25519_public want, pub;
        rk_ed25519_secret secret;
        rk_ed25519_sig sig, expected;
        uint8_t m[8];
        unhex(v[i][0], seed.b), unhex(v[i][1], want.b), unhex(v[i][3], expected.b);
        rk_slice message = {(char *)m, unhex(v[i][2], m)};
        rk_ed25519_key(&seed, &secret, &pub);
        assert_memory_equal(&pub, &want, sizeof pub);
        rk_ed25519_sign(&secret, message, &sig);
        assert_memory_equal(&sig, &expected, sizeof sig);
        assert_true(rk_ed25519_verify(&pub, message, &sig));
        rk_ed25519_wipe(&secret, sizeof secret);
        assert_int_equal(secret.b[0] | secret.b[63], 0);
    }
}

static void every_flipped_bit_is_seen(void **state) {
    (void)state;
    rk_signer s = test_signer("k", RK_KEY_ED25519, 9);
    char text[] = "entry 17";
    rk_slice m = {text, sizeof text - 1};
    rk_ed25519_sig sig;
    rk_ed25519_public pub = s.verifier.key;
    rk_ed25519_sign(&s.secret, m, &sig);
    for (unsigned i = 0; i < 512; i++) {
        sig.b[i / 8] ^= (uint8_t)(1u << i % 8);
        assert_false(rk_ed25519_verify(&pub, m, &sig));
        sig.b[i / 8] ^= (uint8_t)(1u << i % 8);
    }
    for (unsigned i = 0; i < 256; i++) {
        pub.b[i / 8] ^= (uint8_t)(1u << i % 8);
        assert_false(rk_ed25519_verify(&pub, m, &sig));
        pub.b[i / 8] ^= (uint8_t)(1u << i % 8);
    }
    for (unsigned i = 0; i < 8 * (sizeof text - 1); i++) {
        text[i / 8] = (char)(text[i / 8] ^ (1 << i % 8));
        assert_false(rk_ed25519_verify(&pub, m, &sig));
        text[i / 8] = (char)(text[i / 8] ^ (1 << i % 8));
    }
    assert_true(rk_ed25519_verify(&pub, m, &sig));
}

/* A signature made anew by adding the group order to S, and keys that verify anything. */
static void malleable_and_weak(void **state) {
    (void)state;
    static const uint8_t order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a,       0x63,
                                      0x12, 0x58, 0xd6, 0x9c, 0xf7,       0xa2,
                                      0xde, 0xf9, 0xde, 0x14, [31] = 0x10};
    rk_signer s = test_signer("k", RK_KEY_ED25519, 9);
    rk_ed25519_sig sig, zero = {{0}};
    rk_ed25519_public weak = {{0}};
    rk_ed25519_sign(&s.secret, RK_LIT("x"), &sig);
    unsigned carry = 0;
    for (unsigned i = 0; i < 32; i++) {
        carry += sig.b[32 + i] + (unsigned)order[i];
        sig.b[32 + i] = (uint8_t)carry;
        carry >>= 8;
    }
    assert_false(rk_ed25519_verify(&s.verifier.key, RK_LIT("x"), &sig));
    assert_false(rk_ed25519_verify(&weak, RK_LIT("x"), &zero));
    weak.b[0] = 1, zero.b[0] = 1; /* the neutral element: A = R = 1, S = 0 */
    assert_false(rk_ed25519_verify(&weak, RK_LIT("x"), &zero));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(vectors),
                                       cmocka_unit_test(every_flipped_bit_is_seen),
                                       cmocka_unit_test(malleable_and_weak)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
