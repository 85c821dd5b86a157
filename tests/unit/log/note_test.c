/* Keys and notes against the vectors of the specification and of other programs, then attacks.
 */
#include "log_test.h"

#include "base/base64.h"
#include "core/note.h"

#define DASH "\xe2\x80\x94 "
#define SPEC_KEY "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
#define SPEC_NOTE                                                                              \
    "This is an example message.\n\n" DASH "example.com/foo "                                  \
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72Iney" \
    "aQM=\n"
#define PETER_KEY "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define PETER_SECRET                                                                           \
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
#define ENOCH_KEY "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
#define TEXT                                                                                   \
    "If you think cryptography is the answer to your problem,\n"                               \
    "then you don't know what your problem is.\n"
#define PETER_SIG                                                                              \
    DASH "PeterNeumann "                                                                       \
         "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE"   \
         "6RyyBwJnAM=\n"
#define ENOCH_SIG                                                                              \
    DASH                                                                                       \
        "EnochRoot "                                                                           \
        "rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1" \
        "RvMc+QQ=\n"
#define OGNUNO                                                                                 \
    "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\n\xc3\xa8"         \
    "d \xc3\xa8 subito sera.\n"

static rk_verifier key_of(const char *text) {
    rk_verifier v;
    rk_err err = RK_ERR_INIT;
    if (rk_verifier_parse(rk_slice_str(text), &v, &err) != RK_OK)
        fail_msg("%s: %s", text, err.text);
    return v;
}

static rk_status verify(rk_slice bytes, const rk_verifier *key, size_t n, uint64_t *by) {
    rk_note note;
    rk_err err = RK_ERR_INIT;
    *by = 0;
    rk_status s = rk_note_parse(bytes, &note, &err);
    if (s == RK_OK) s = rk_note_verify(&note, key, n, by, NULL, &err);
    assert_true((s == RK_OK) == (err.text[0] == 0));
    assert_true(s == RK_OK || *by == 0);
    return s;
}

/* ---- keys ---- */

static void keys_of_others(void **state) {
    (void)state;
    static const char *const keys[] = {
        SPEC_KEY,
        PETER_KEY,
        ENOCH_KEY,
        "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
        "TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6",
        "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        rk_verifier v = key_of(keys[i]);
        rk_buf b;
        rk_buf_init(&b, 1000);
        rk_verifier_put(&v, &b);
        assert_true(rk_slice_is(rk_buf_slice(&b), keys[i]));
        rk_buf_free(&b);
    }
    rk_signer s;
    rk_buf b;
    assert_int_equal(rk_signer_parse(RK_LIT(PETER_SECRET), &s, NULL), RK_OK);
    rk_verifier peter = key_of(PETER_KEY);
    assert_memory_equal(&s.verifier.key, &peter.key, sizeof peter.key);
    rk_buf_init(&b, 1000);
    rk_signer_put(&s, &b);
    assert_true(rk_slice_is(rk_buf_slice(&b), PETER_SECRET));
    rk_buf_free(&b);
    rk_signer_wipe(&s);
}

/* No part of a key is a key, and no changed character is. */
static void mangled_keys(void **state) {
    (void)state;
    char text[] = PETER_KEY, secret[] = PETER_SECRET;
    size_t n = sizeof text - 1;
    rk_verifier v;
    rk_signer s;
    for (size_t i = 0; i <= n; i++)
        for (size_t j = i; j <= n; j++)
            if (j - i < n)
                assert_int_equal(rk_verifier_parse((rk_slice){text + i, j - i}, &v, NULL),
                                 RK_BAD_INPUT);
    for (size_t i = 0; i < n; i++) {
        char was = text[i];
        for (int c = 0; c < 256; c++) {
            text[i] = (char)c;
            if (text[i] != was)
                assert_int_equal(rk_verifier_parse((rk_slice){text, n}, &v, NULL),
                                 RK_BAD_INPUT);
        }
        text[i] = was;
    }
    for (size_t i = 0; i < sizeof secret - 1; i++) {
        secret[i] ^= 1;
        assert_int_equal(rk_signer_parse((rk_slice){secret, sizeof secret - 1}, &s, NULL),
                         RK_BAD_INPUT);
        assert_int_equal(s.secret.b[0] | s.verifier.name_len, 0);
        secret[i] ^= 1;
    }
    assert_int_equal(rk_verifier_parse(RK_LIT(PETER_SECRET), &v, NULL), RK_BAD_INPUT);
    assert_int_equal(rk_signer_parse(RK_LIT(PETER_KEY), &s, NULL), RK_BAD_INPUT);
    /* an algorithm not known here: ECDSA's byte, its id right */
    assert_int_equal(
        rk_verifier_new(RK_LIT("x"), (enum rk_key_type)2, &(rk_ed25519_public){{0}}, &v, NULL),
        RK_BAD_INPUT);
}

static void names(void **state) {
    (void)state;
    static const char *const good[] = {"a",   "example.com/foo", "\xc3\xa8",
                                       "a=b", "\xe2\x80\x94",    "pemilu2024"};
    static const char *const bad[] = {
        "",     " ",        "a b",           "a+b",           "a\tb",         "a\n",
        "a\r",  "\xc2\xa0", "a\xe2\x80\x83", "a\xe3\x80\x80", "\xe2\x80\xa8", "\xc2\x85",
        "\xff", "a\xc3",    "\xc0\x80",      "a\x01"};
    char longest[RK_KEY_NAME_MAX + 1];
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(rk_key_name_ok(rk_slice_str(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (rk_key_name_ok(rk_slice_str(bad[i]))) fail_msg("name %zu taken", i);
    assert_false(rk_key_name_ok((rk_slice){"a\0b", 3}));
    memset(longest, 'a', sizeof longest);
    assert_true(rk_key_name_ok((rk_slice){longest, RK_KEY_NAME_MAX}));
    assert_false(rk_key_name_ok((rk_slice){longest, RK_KEY_NAME_MAX + 1}));
}

/* ---- notes of others ---- */

static void notes_of_others(void **state) {
    (void)state;
    uint64_t by;
    rk_note note;
    rk_verifier spec = key_of(SPEC_KEY), both[] = {key_of(PETER_KEY), key_of(ENOCH_KEY)};
    assert_int_equal(verify(RK_LIT(SPEC_NOTE), &spec, 1, &by), RK_OK);
    assert_int_equal(verify(RK_LIT(TEXT "\n" PETER_SIG), both, 2, &by), RK_OK);
    assert_int_equal(by, 1);
    assert_int_equal(verify(RK_LIT(TEXT "\n" PETER_SIG ENOCH_SIG), both, 2, &by), RK_OK);
    assert_int_equal(by, 3);
    assert_int_equal(verify(RK_LIT(TEXT "\n" PETER_SIG ENOCH_SIG), &both[1], 1, &by), RK_OK);
    assert_int_equal(verify(RK_LIT(TEXT "\n" PETER_SIG ENOCH_SIG), &spec, 1, &by),
                     RK_NOT_FOUND);
    assert_int_equal(verify(RK_LIT(TEXT "\n" PETER_SIG ENOCH_SIG), NULL, 0, &by), RK_NOT_FOUND);
    /* the specification's other note: an empty line within its text */
    static const char poem[] = OGNUNO
        "\n" DASH "quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITL"
        "lC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n";
    assert_int_equal(rk_note_parse(RK_LIT(poem), &note, NULL), RK_OK);
    assert_true(rk_slice_is(note.text, OGNUNO));
    assert_int_equal(note.sig[0].id, 0x367ba04b);
}

static void signed_as_others_do(void **state) {
    (void)state;
    rk_signer s;
    rk_buf b;
    assert_int_equal(rk_signer_parse(RK_LIT(PETER_SECRET), &s, NULL), RK_OK);
    rk_buf_init(&b, RK_NOTE_MAX);
    rk_note_begin(RK_LIT(TEXT), &b);
    assert_int_equal(rk_note_sign(RK_LIT(TEXT), &s, 0, &b, NULL), RK_OK);
    assert_true(rk_slice_is(rk_buf_slice(&b), TEXT "\n" PETER_SIG));
    rk_buf_free(&b);
}

static void not_signed(void **state) {
    (void)state;
    rk_signer s = test_signer("a", RK_KEY_ED25519, 1), w = test_signer("w", RK_KEY_COSIGN, 2);
    static const char *const bad[] = {"", "a", "a\nb", "a\r\n", "\t\n", "\xff\n", "a\x01\n"};
    rk_buf b;
    rk_buf_init(&b, 1000);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(rk_note_sign(rk_slice_str(bad[i]), &s, 0, &b, NULL), RK_BAD_INPUT);
    assert_int_equal(rk_note_sign(RK_LIT("a\n"), &s, 1, &b, NULL), RK_BAD_INPUT);
    assert_int_equal(rk_note_sign(RK_LIT("a\n"), &w, (uint64_t)1 << 63, &b, NULL),
                     RK_BAD_INPUT);
    assert_int_equal(b.len, 0);
    rk_buf_free(&b);
}

/* ---- attacks ---- */

/* Not a bit of a signed note can change and be taken; but for a signature of someone unknown.
 */
static void every_flipped_bit(void **state) {
    (void)state;
    char note[] = TEXT "\n" PETER_SIG;
    rk_verifier peter = key_of(PETER_KEY);
    uint64_t by;
    for (size_t i = 0; i < 8 * (sizeof note - 1); i++) {
        note[i / 8] = (char)(note[i / 8] ^ (1 << i % 8));
        if (verify((rk_slice){note, sizeof note - 1}, &peter, 1, &by) == RK_OK)
            fail_msg("bit %zu", i);
        note[i / 8] = (char)(note[i / 8] ^ (1 << i % 8));
    }
    for (size_t n = 0; n < sizeof note - 1; n++) {
        assert_int_not_equal(verify((rk_slice){note, n}, &peter, 1, &by), RK_OK);
        assert_int_not_equal(verify((rk_slice){note + sizeof note - 1 - n, n}, &peter, 1, &by),
                             RK_OK);
    }
    assert_int_equal(verify((rk_slice){note, sizeof note - 1}, &peter, 1, &by), RK_OK);
}

static void malformed(void **state) {
    (void)state;
    static const char *const bad[] = {"",
                                      "\n",
                                      "\n\n",
                                      "a\n",
                                      "a\n\n",
                                      TEXT,
                                      TEXT "\n",
                                      TEXT PETER_SIG,
                                      "\n" PETER_SIG,
                                      TEXT "\n" PETER_SIG "x",
                                      TEXT "\n" PETER_SIG "\n",
                                      TEXT "\n" PETER_SIG "\r\n",
                                      TEXT "\r\n" PETER_SIG,
                                      TEXT "\n" PETER_SIG " ",
                                      TEXT "\n\n" PETER_SIG "\n" PETER_SIG "\n",
                                      "\xff" TEXT "\n" PETER_SIG,
                                      "a\tb\n\n" PETER_SIG,
                                      TEXT "\n" PETER_SIG "trailing\n",
                                      TEXT "\n- PeterNeumann x08go/ZJkuA=\n",
                                      TEXT "\n" DASH "PeterNeumann\n",
                                      TEXT "\n" DASH "PeterNeumann \n",
                                      TEXT "\n" DASH " x08go/ZJkuA=\n",
                                      TEXT "\n" DASH "PeterNeumann x08go/ZJkuA\n",
                                      TEXT "\n" DASH "a x08gow==\n",
                                      TEXT "\n" DASH "a  x08go/ZJkuA=\n",
                                      TEXT "\n" DASH "a x08go/ZJkuA= \n",
                                      TEXT "\n" DASH "a b x08go/ZJkuA=\n",
                                      TEXT "\n " DASH "a x08go/ZJkuA=\n",
                                      TEXT "\n" DASH "a+b x08go/ZJkuA=\n",
                                      TEXT "\n" DASH "a x08go/ZJkuB=\n",
                                      TEXT "\n" DASH "a\xc2\xa0 x08go/ZJkuA=\n",
                                      TEXT "\n\xe2\x80\x94\xc2\xa0"
                                           "a x08go/ZJkuA=\n"};
    rk_verifier peter = key_of(PETER_KEY);
    uint64_t by;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (verify(rk_slice_str(bad[i]), &peter, 1, &by) != RK_BAD_INPUT)
            fail_msg("note %zu: %s", i, bad[i]);
    assert_int_equal(
        verify((rk_slice){"a\0\n\n" PETER_SIG, 4 + sizeof PETER_SIG - 1}, &peter, 1, &by),
        RK_BAD_INPUT);
}

static void known_key_wrong_signature(void **state) {
    (void)state;
    rk_verifier both[] = {key_of(PETER_KEY), key_of(ENOCH_KEY)};
    uint64_t by;
    rk_buf b;
    /* Enoch's line under Peter's name and id; Peter's right line beside it does not help */
    static const char forged[] = DASH
        "PeterNeumann x08goxzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oO"
        "TGwnWLox33WWd1RvMc+QQ=\n";
    static const char shorter[] = DASH "PeterNeumann x08go/ZJkuA=\n";
    static const char *const wrong[] = {forged, shorter};
    for (size_t i = 0; i < 2; i++)
        for (unsigned order = 0; order < 2; order++) {
            rk_buf_init(&b, 4000);
            rk_buf_lit(&b, TEXT "\n");
            rk_buf_add(&b, rk_slice_str(order ? wrong[i] : PETER_SIG));
            rk_buf_add(&b, rk_slice_str(order ? PETER_SIG : wrong[i]));
            rk_buf_lit(&b, ENOCH_SIG);
            assert_int_equal(verify(rk_buf_slice(&b), both, 2, &by), RK_CONFLICT);
            assert_int_equal(verify(rk_buf_slice(&b), &both[1], 1, &by),
                             RK_OK); /* Peter is unknown */
            rk_buf_free(&b);
        }
    /* same name, other id, and the reverse: unknown keys, passed over */
    assert_int_equal(
        verify(RK_LIT(TEXT "\n" DASH "PeterNeumann x08gpPZJkuA=\n" ENOCH_SIG), both, 2, &by),
        RK_OK);
    assert_int_equal(by, 2);
    assert_int_equal(
        verify(RK_LIT(TEXT "\n" DASH "PeterNeumanx x08go/ZJkuA=\n" ENOCH_SIG), both, 2, &by),
        RK_OK);
    /* a key known as something else does not vouch: same bytes, type 4 */
    rk_verifier v;
    assert_int_equal(
        rk_verifier_new(RK_LIT("PeterNeumann"), RK_KEY_COSIGN, &both[0].key, &v, NULL), RK_OK);
    assert_int_equal(verify(RK_LIT(TEXT "\n" PETER_SIG), &v, 1, &by), RK_NOT_FOUND);
    v.id = both[0].id; /* even if its id were the same */
    assert_int_equal(verify(RK_LIT(TEXT "\n" PETER_SIG), &v, 1, &by), RK_CONFLICT);
    rk_verifier two[] = {both[0], both[0]};
    two[1].key.b[0] ^= 1;
    assert_int_equal(verify(RK_LIT(TEXT "\n" PETER_SIG), two, 2, &by), RK_BAD_INPUT);
}

static void how_many_signatures(void **state) {
    (void)state;
    rk_verifier enoch = key_of(ENOCH_KEY);
    uint64_t by;
    for (unsigned n = 0; n <= 40; n++) {
        rk_buf b;
        rk_buf_init(&b, RK_NOTE_MAX);
        rk_buf_lit(&b, TEXT "\n");
        for (unsigned i = 0; i < n; i++) rk_buf_printf(&b, DASH "unknown%u x08go/ZJkuA=\n", i);
        rk_buf_lit(&b, ENOCH_SIG);
        assert_int_equal(verify(rk_buf_slice(&b), &enoch, 1, &by), n <= 15 ? RK_OK : RK_LIMIT);
        rk_buf_free(&b);
    }
    /* sixteen post-quantum signatures of 5,000 bytes fit */
    rk_buf b;
    char big[5000] = {0};
    rk_buf_init(&b, RK_NOTE_MAX);
    rk_buf_lit(&b, TEXT "\n");
    for (unsigned i = 0; i < 15; i++) {
        rk_buf_lit(&b, DASH "pq ");
        rk_buf_base64(&b, (rk_slice){big, sizeof big});
        rk_buf_byte(&b, '\n');
    }
    rk_buf_lit(&b, ENOCH_SIG);
    assert_int_equal(verify(rk_buf_slice(&b), &enoch, 1, &by), RK_OK);
    rk_buf_free(&b);
    char *huge = rk_alloc(RK_NOTE_MAX + 1);
    memset(huge, '\n', RK_NOTE_MAX + 1);
    assert_int_equal(verify((rk_slice){huge, RK_NOTE_MAX + 1}, &enoch, 1, &by), RK_LIMIT);
    rk_free(huge);
}

/* ---- cosignatures ---- */

static void cosignatures(void **state) {
    (void)state;
    rk_signer w = test_signer("witness.example/w1", RK_KEY_COSIGN, 3);
    const rk_slice text =
        RK_LIT("example.org/log\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n");
    const uint64_t said[] = {0, 1, 1679315147, INT64_MAX};
    for (size_t i = 0; i < 4; i++) {
        rk_buf b;
        rk_note note;
        uint64_t by, time = 7;
        rk_buf_init(&b, 4000);
        rk_note_begin(text, &b);
        assert_int_equal(rk_note_sign(text, &w, said[i], &b, NULL), RK_OK);
        assert_int_equal(rk_note_parse(rk_buf_slice(&b), &note, NULL), RK_OK);
        assert_int_equal(rk_note_verify(&note, &w.verifier, 1, &by, &time, NULL), RK_OK);
        assert_true(by == 1 && time == said[i]);
        /* the same line over another text */
        note.text =
            RK_LIT("example.org/log\n2\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n");
        assert_int_equal(rk_note_verify(&note, &w.verifier, 1, &by, &time, NULL), RK_CONFLICT);
        rk_buf_free(&b);
    }
}

static void cosignature_time_is_signed(void **state) {
    (void)state;
    rk_signer w = test_signer("w", RK_KEY_COSIGN, 3);
    uint64_t by;
    rk_buf b;
    rk_buf_init(&b, 4000);
    rk_note_begin(RK_LIT("a\n"), &b);
    assert_int_equal(rk_note_sign(RK_LIT("a\n"), &w, 1700000000, &b, NULL), RK_OK);
    size_t first = sizeof "a\n\n" DASH "w " - 1;
    for (size_t i = first; i + 1 < b.len; i++) { /* every character of id, time and signature */
        char was = b.ptr[i];
        b.ptr[i] = was == 'A' ? 'B' : 'A';
        assert_int_not_equal(verify(rk_buf_slice(&b), &w.verifier, 1, &by), RK_OK);
        b.ptr[i] = was;
    }
    assert_int_equal(verify(rk_buf_slice(&b), &w.verifier, 1, &by), RK_OK);
    rk_buf_free(&b);
}

static void answer_of_a_witness(void **state) {
    (void)state;
    rk_note n;
    assert_int_equal(rk_note_parse_lines(RK_LIT(PETER_SIG ENOCH_SIG), &n, NULL), RK_OK);
    assert_int_equal(n.n_sig, 2);
    assert_true(rk_slice_is(n.sig[1].line, ENOCH_SIG));
    assert_int_equal(rk_note_parse_lines(RK_LIT(""), &n, NULL), RK_BAD_INPUT);
    assert_int_equal(rk_note_parse_lines(RK_LIT("\n" PETER_SIG), &n, NULL), RK_BAD_INPUT);
    assert_int_equal(rk_note_parse_lines(RK_LIT(PETER_SIG "\n"), &n, NULL), RK_BAD_INPUT);
    assert_int_equal(rk_note_parse_lines(RK_LIT(TEXT "\n" PETER_SIG), &n, NULL), RK_BAD_INPUT);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(keys_of_others),
                                       cmocka_unit_test(mangled_keys),
                                       cmocka_unit_test(names),
                                       cmocka_unit_test(notes_of_others),
                                       cmocka_unit_test(signed_as_others_do),
                                       cmocka_unit_test(not_signed),
                                       cmocka_unit_test(every_flipped_bit),
                                       cmocka_unit_test(malformed),
                                       cmocka_unit_test(known_key_wrong_signature),
                                       cmocka_unit_test(how_many_signatures),
                                       cmocka_unit_test(cosignatures),
                                       cmocka_unit_test(cosignature_time_is_signed),
                                       cmocka_unit_test(answer_of_a_witness)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
