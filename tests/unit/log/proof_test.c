#include "log_test.h"

#include "core/proof.h"

#include <stdlib.h>

#define DASH "\xe2\x80\x94 "
#define HASH "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
#define FIRST "c2sp.org/tlog-proof@v1\n"
#define CHECKPOINT "a\n1\n" HASH "\n\n" DASH "a x08go/ZJkuA=\n"

static rk_policy *policy_for(const rk_signer *log, const rk_signer *witness) {
    rk_policy *p;
    rk_buf b;
    rk_buf_init(&b, 4000);
    rk_buf_lit(&b, "log ");
    rk_verifier_put(&log->verifier, &b);
    rk_buf_lit(&b, "\nwitness w ");
    rk_verifier_put(&witness->verifier, &b);
    rk_buf_lit(&b, "\nquorum w\n");
    assert_int_equal(rk_policy_parse(rk_buf_slice(&b), &p, NULL), RK_OK);
    rk_buf_free(&b);
    return p;
}

/* The receipt of entry `index` in a log of `size`. */
static void make(test_log *l, const rk_signer *log, const rk_signer *witness, uint64_t index,
                 uint64_t size, rk_slice extra, rk_buf *out) {
    const rk_hash_reader r = test_log_reader(l);
    rk_merkle_proof path;
    rk_checkpoint c = {.origin = RK_LIT("pemilu2024"), .size = size};
    rk_buf note;
    rk_note n;
    assert_int_equal(rk_merkle_root(size, &r, &c.root, NULL), RK_OK);
    assert_int_equal(rk_merkle_inclusion(index, size, &r, &path, NULL), RK_OK);
    rk_buf_init(&note, RK_NOTE_MAX);
    assert_int_equal(rk_checkpoint_sign(&c, log, 1, &note, NULL), RK_OK);
    assert_int_equal(rk_note_parse(rk_buf_slice(&note), &n, NULL), RK_OK);
    rk_buf line;
    rk_buf_init(&line, 1000);
    assert_int_equal(rk_note_sign(n.text, witness, 1700000000, &line, NULL), RK_OK);
    rk_buf_add(&note, rk_buf_slice(&line));
    rk_buf_init(out, RK_PROOF_MAX);
    assert_int_equal(rk_proof_put(extra, index, &path, rk_buf_slice(&note), out, NULL), RK_OK);
    rk_buf_free(&line);
    rk_buf_free(&note);
}

static rk_status check(rk_slice bytes, const rk_policy *policy, const rk_sha256 *leaf) {
    rk_proof p;
    rk_checkpoint c;
    rk_err err = RK_ERR_INIT;
    rk_status s = rk_proof_parse(bytes, &p, &err);
    if (s == RK_OK) s = rk_proof_check(&p, policy, leaf, &c, &err);
    assert_true((s == RK_OK) == (err.text[0] == 0));
    return s;
}

static void receipts(void **state) {
    (void)state;
    rk_signer log = test_signer("pemilu2024", RK_KEY_ED25519, 1),
              w = test_signer("w.example", RK_KEY_COSIGN, 2);
    rk_policy *policy = policy_for(&log, &w);
    test_log *l = test_log_new(300);
    for (uint64_t size = 1; size <= 300; size += 1 + size / 5)
        for (uint64_t i = 0; i < size; i += 1 + size / 7) {
            rk_buf b;
            rk_sha256 leaf = test_entry_leaf(i), other = test_entry_leaf(i + 1);
            make(l, &log, &w, i, size, i % 2 ? RK_LIT("extra") : RK_LIT(""), &b);
            assert_int_equal(check(rk_buf_slice(&b), policy, &leaf), RK_OK);
            assert_int_equal(check(rk_buf_slice(&b), policy, &other), RK_CONFLICT);
            rk_proof p; /* it comes back byte for byte */
            rk_buf again;
            rk_buf_init(&again, RK_PROOF_MAX);
            assert_int_equal(rk_proof_parse(rk_buf_slice(&b), &p, NULL), RK_OK);
            assert_int_equal(rk_proof_put(p.extra.len ? RK_LIT("extra") : RK_LIT(""), p.index,
                                          &p.path, p.checkpoint, &again, NULL),
                             RK_OK);
            assert_true(rk_slice_eq(rk_buf_slice(&b), rk_buf_slice(&again)));
            rk_buf_free(&again);
            rk_buf_free(&b);
        }
    test_log_free(l);
    rk_policy_free(&policy);
}

/* Every bit of a receipt matters, and so does every byte of its end. */
static void every_flipped_bit(void **state) {
    (void)state;
    rk_signer log = test_signer("pemilu2024", RK_KEY_ED25519, 1),
              w = test_signer("w.example", RK_KEY_COSIGN, 2);
    rk_policy *policy = policy_for(&log, &w);
    test_log *l = test_log_new(40);
    rk_sha256 leaf = test_entry_leaf(21);
    rk_buf b;
    make(l, &log, &w, 21, 40, RK_LIT(""), &b);
    for (size_t i = 0; i < 8 * b.len; i++) {
        b.ptr[i / 8] = (char)(b.ptr[i / 8] ^ (1 << i % 8));
        if (check(rk_buf_slice(&b), policy, &leaf) == RK_OK)
            fail_msg("bit %zu of byte %zu", i % 8, i / 8);
        b.ptr[i / 8] = (char)(b.ptr[i / 8] ^ (1 << i % 8));
    }
    for (size_t n = 0; n < b.len; n++)
        assert_int_not_equal(check((rk_slice){b.ptr, n}, policy, &leaf), RK_OK);
    assert_int_equal(check(rk_buf_slice(&b), policy, &leaf), RK_OK);
    rk_buf_lit(&b, "\n");
    assert_int_not_equal(check(rk_buf_slice(&b), policy, &leaf), RK_OK);
    rk_buf_free(&b);
    test_log_free(l);
    rk_policy_free(&policy);
}

static void without_quorum(void **state) {
    (void)state;
    rk_signer log = test_signer("pemilu2024", RK_KEY_ED25519, 1),
              w = test_signer("w.example", RK_KEY_COSIGN, 2);
    rk_signer stranger = test_signer("v.example", RK_KEY_COSIGN, 3);
    rk_policy *policy = policy_for(&log, &w);
    test_log *l = test_log_new(40);
    rk_sha256 leaf = test_entry_leaf(21);
    rk_buf b;
    make(l, &log, &stranger, 21, 40, RK_LIT(""), &b);
    assert_int_equal(check(rk_buf_slice(&b), policy, &leaf), RK_NOT_FOUND);
    rk_buf_free(&b);
    test_log_free(l);
    rk_policy_free(&policy);
}

static void refused(void **state) {
    (void)state;
    static const char *const bad[] = {
        "",
        "\n",
        FIRST,
        FIRST "index 0\n",
        FIRST "index 0\n\n",
        FIRST "\nindex 0\n\n" CHECKPOINT,
        "c2sp.org/tlog-proof@v2\nindex 0\n\n" CHECKPOINT,
        " " FIRST "index 0\n\n" CHECKPOINT,
        "c2sp.org/tlog-proof@v1\r\nindex 0\r\n\r\n" CHECKPOINT,
        FIRST "index 00\n\n" CHECKPOINT,
        FIRST "index 01\n\n" CHECKPOINT,
        FIRST "index -1\n\n" CHECKPOINT,
        FIRST "index\n\n" CHECKPOINT,
        FIRST "index \n\n" CHECKPOINT,
        FIRST "index  0\n\n" CHECKPOINT,
        FIRST "index 0 \n\n" CHECKPOINT,
        FIRST "index 9223372036854775807\n\n" CHECKPOINT,
        FIRST "index 9223372036854775808\n\n" CHECKPOINT,
        FIRST "index 18446744073709551616\n\n" CHECKPOINT,
        FIRST "extra \nindex 0\n\n" CHECKPOINT,
        FIRST "extra\nindex 0\n\n" CHECKPOINT,
        FIRST "extra Zg\nindex 0\n\n" CHECKPOINT,
        FIRST "extra Zh==\nindex 0\n\n" CHECKPOINT,
        FIRST "extra Zg==\nextra Zg==\nindex 0\n\n" CHECKPOINT,
        FIRST "index 0\nextra Zg==\n\n" CHECKPOINT,
        FIRST "extra Zg==\n",
        FIRST "index 0\nx\n\n" CHECKPOINT,
        FIRST "index 0\n" HASH " \n\n" CHECKPOINT,
        FIRST "index 0\n " HASH "\n\n" CHECKPOINT,
        FIRST "index 0\n" HASH HASH "\n\n" CHECKPOINT,
        FIRST "index 0\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n\n" CHECKPOINT,
        FIRST "index 0\n" CHECKPOINT};
    rk_proof p;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        rk_err err = RK_ERR_INIT;
        if (rk_proof_parse(rk_slice_str(bad[i]), &p, &err) != RK_BAD_INPUT)
            fail_msg("%zu: %s", i, bad[i]);
        assert_true(err.text[0] && p.checkpoint.len == 0);
    }
    assert_int_equal(rk_proof_parse(RK_LIT(FIRST "index 0\n\n" CHECKPOINT), &p, NULL), RK_OK);
    assert_int_equal(
        rk_proof_parse(RK_LIT(FIRST "extra Zg==\nindex 9223372036854775806\n\n" CHECKPOINT), &p,
                       NULL),
        RK_OK);
}

/* The last block of a page of docs/format/, between two lines of three backquotes. */
static rk_slice example_of(const char *page, char *bytes, size_t room) {
    char path[4096];
    const char *root = getenv("REKAP_ROOT");
    assert_non_null(root);
    snprintf(path, sizeof path, "%s/docs/format/%s", root, page);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    size_t n = fread(bytes, 1, room - 1, f);
    fclose(f);
    bytes[n] = 0;
    char *from = NULL, *to = NULL;
    for (char *p = bytes; (p = strstr(p, "\n```\n")) != NULL; p += 4) from = to, to = p;
    assert_true(from && to);
    return (rk_slice){from + 5, (size_t)(to + 1 - (from + 5))};
}

/* What the pages show is true: the proof holds under the policy, its checkpoint is the page's.
 */
static void the_pages_examples(void **state) {
    (void)state;
    static char proof[16384], checkpoint[16384], policy[16384];
    rk_slice receipt = example_of("proof.md", proof, sizeof proof);
    rk_slice note = example_of("checkpoint.md", checkpoint, sizeof checkpoint);
    rk_policy *p;
    rk_proof parsed;
    rk_sha256 leaf = rk_merkle_leaf(RK_LIT("dua"));
    assert_int_equal(rk_policy_parse(example_of("policy.md", policy, sizeof policy), &p, NULL),
                     RK_OK);
    assert_int_equal(check(receipt, p, &leaf), RK_OK);
    assert_int_equal(rk_proof_parse(receipt, &parsed, NULL), RK_OK);
    assert_true(rk_slice_eq(parsed.checkpoint, note));
    rk_signer log = test_signer("pemilu2024", RK_KEY_ED25519, 1);
    rk_checkpoint c;
    assert_int_equal(rk_checkpoint_open(note, &log.verifier, 1, &c, NULL), RK_OK);
    test_hash_is(&c.root, "8f0dfe992765b919035aa7cd9cdcaf35b46e9d9182153febcf932fe1cc6ef222");
    rk_policy_free(&p);
}

static void sixty_four_lines(void **state) {
    (void)state;
    for (unsigned n = 62; n <= 65; n++) {
        rk_buf b;
        rk_proof p;
        rk_buf_init(&b, RK_PROOF_MAX);
        rk_buf_lit(&b, FIRST "index 0\n");
        for (unsigned i = 0; i < n; i++) rk_buf_lit(&b, HASH "\n");
        rk_buf_lit(&b, "\n" CHECKPOINT);
        assert_int_equal(rk_proof_parse(rk_buf_slice(&b), &p, NULL),
                         n <= 63 ? RK_OK : RK_LIMIT);
        rk_buf_free(&b);
    }
    rk_proof p;
    char *huge = rk_alloc(RK_PROOF_MAX + 1);
    assert_int_equal(rk_proof_parse((rk_slice){huge, RK_PROOF_MAX + 1}, &p, NULL), RK_LIMIT);
    rk_free(huge);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(receipts),         cmocka_unit_test(every_flipped_bit),
        cmocka_unit_test(without_quorum),   cmocka_unit_test(refused),
        cmocka_unit_test(sixty_four_lines), cmocka_unit_test(the_pages_examples)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
