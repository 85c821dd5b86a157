/* Attacks on the verifier: checkpoints, manifests and proofs that a strict reader must refuse,
 * each put in place of the good one of a published tree. */
#include "tree.h"

#include "base/base64.h"
#include "base/mem.h"
#include "core/proof.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static published p;
static tree good;
static rk_buf text; /* of the good checkpoint */

static int setup(void **state) {
    (void)state;
    small_published(&p, true, false, 1);
    small_tree(&p, &good);
    rk_buf_init(&text, RK_NOTE_MAX);
    assert_int_equal(p.n, 10); /* the texts below say so */
    rk_slice note = rk_buf_slice(&tree_find(&good, "log/checkpoint")->bytes);
    const char *end = memmem(note.ptr, note.len, "\n\n", 2);
    rk_buf_add(&text, (rk_slice){note.ptr, (size_t)(end - note.ptr) + 1});
    return 0;
}

static int teardown(void **state) {
    (void)state;
    tree_free(&good);
    published_free(&p);
    rk_buf_free(&text);
    return 0;
}

static int verify_with(rk_slice checkpoint, verdict *v) {
    tree t;
    rk_verify_options o = {.no_state = true, .jobs = 1, .key = &p.log.verifier};
    *v = (verdict){0};
    tree_copy(&good, &t);
    tree_put(&t, RK_LIT("log/checkpoint"), checkpoint);
    tree_verify(&t, &o, v);
    tree_free(&t);
    return v->code;
}

static void refused(const char *what, rk_slice checkpoint) {
    verdict v;
    if (verify_with(checkpoint, &v) != 1) fail_msg("%s: exit %d", what, v.code);
    if (!strstr(v.where, "checkpoint")) fail_msg("%s: told of '%s': %s", what, v.where, v.text);
}

/* Signs any text with any key, also one that is no text of a note. */
static void sign(rk_slice over, const rk_signer *s, rk_buf *out) {
    uint8_t raw[68] = {(uint8_t)(s->verifier.id >> 24), (uint8_t)(s->verifier.id >> 16),
                       (uint8_t)(s->verifier.id >> 8), (uint8_t)s->verifier.id};
    rk_ed25519_sig sig;
    rk_ed25519_sign(&s->secret, over, &sig);
    memcpy(raw + 4, sig.b, 64);
    rk_buf_lit(out, "\xE2\x80\x94 ");
    rk_buf_add(out, rk_verifier_name(&s->verifier));
    rk_buf_byte(out, ' ');
    rk_buf_base64(out, (rk_slice){(char *)raw, sizeof raw});
    rk_buf_byte(out, '\n');
}

static void signed_text(const char *what, rk_slice t) {
    rk_buf b;
    rk_buf_init(&b, RK_NOTE_MAX);
    rk_buf_add(&b, t);
    rk_buf_byte(&b, '\n');
    sign(t, &p.log, &b);
    refused(what, rk_buf_slice(&b));
    rk_buf_free(&b);
}

static rk_signer signer(const char *name, uint8_t with) {
    rk_ed25519_seed s;
    rk_signer out;
    memset(s.b, with, sizeof s.b);
    assert_int_equal(rk_signer_new(rk_slice_str(name), RK_KEY_ED25519, &s, &out, NULL), RK_OK);
    return out;
}

static void the_good_one_is_accepted(void **state) {
    (void)state;
    verdict v;
    rk_buf b;
    rk_buf_init(&b, RK_NOTE_MAX);
    rk_buf_add(&b, rk_buf_slice(&text));
    rk_buf_byte(&b, '\n');
    sign(rk_buf_slice(&text), &p.log, &b);
    assert_int_equal(verify_with(rk_buf_slice(&b), &v), 0);
    rk_signer other = signer("siapa", 77); /* unknown keys are passed over */
    for (int i = 0; i < 15; i++) sign(rk_buf_slice(&text), &other, &b);
    assert_int_equal(verify_with(rk_buf_slice(&b), &v), 0);
    sign(rk_buf_slice(&text), &other, &b);
    refused("17 signatures", rk_buf_slice(&b));
    rk_buf_free(&b);
}

static void keys_and_signatures(void **state) {
    (void)state;
    rk_buf b;
    rk_signer other = signer("siapa", 77), namesake = signer("uji", 78);
    rk_slice t = rk_buf_slice(&text);
    rk_buf_init(&b, RK_NOTE_MAX);
    rk_buf_add(&b, t), rk_buf_byte(&b, '\n');
    size_t start = b.len;
    refused("no signature", rk_buf_slice(&b));
    sign(t, &other, &b);
    refused("another key", rk_buf_slice(&b));
    b.len = start;
    sign(t, &namesake, &b);
    refused("another key of the same name", rk_buf_slice(&b));
    b.len = start;
    sign(RK_LIT("uji\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"), &p.log, &b);
    refused("the known key's signature of another text", rk_buf_slice(&b));
    sign(t, &p.log, &b);
    refused("a wrong signature of the known key before a right one", rk_buf_slice(&b));
    b.len = start;
    sign(t, &p.log, &b);
    b.ptr[b.len - 10] ^= 1;
    refused("a known key with a bad signature", rk_buf_slice(&b));
    b.len = start;
    rk_signer id = other; /* the log's name and id on another key's signature */
    id.verifier = p.log.verifier;
    sign(t, &id, &b);
    refused("the known key's name and id on another's signature", rk_buf_slice(&b));
    b.len = start;
    sign(t, &p.log, &b);
    b.len--;
    refused("no newline at the end", rk_buf_slice(&b));
    rk_buf_free(&b);
}

#define ROOT "jw3+mSdluRkDWqfNnNyvNbRunZGCFT/rz5Mv4cxu8iI="
#define EMPTY "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

static void texts(void **state) {
    (void)state;
    static const struct {
        const char *what, *text;
    } t[] = {
        {"size 2^63", "uji\n9223372036854775808\n" ROOT "\n"},
        {"size 2^64", "uji\n18446744073709551616\n" ROOT "\n"},
        {"size 2^64+1", "uji\n18446744073709551617\n" ROOT "\n"},
        {"leading zero", "uji\n010\n" ROOT "\n"},
        {"leading plus", "uji\n+10\n" ROOT "\n"},
        {"negative", "uji\n-1\n" ROOT "\n"},
        {"blank before the size", "uji\n 10\n" ROOT "\n"},
        {"no size", "uji\n\n" ROOT "\n"},
        {"hexadecimal", "uji\n0x0a\n" ROOT "\n"},
        {"empty tree with another root", "uji\n0\n" ROOT "\n"},
        {"size 10 with the empty tree's root", "uji\n10\n" EMPTY "\n"},
        {"a root too short", "uji\n10\njw3+mSdluRkDWqfNnNyvNbRunZGCFT/rz5Mv4cxu\n"},
        {"a root without padding", "uji\n10\njw3+mSdluRkDWqfNnNyvNbRunZGCFT/rz5Mv4cxu8iI\n"},
        {"a root with stray bits", "uji\n10\njw3+mSdluRkDWqfNnNyvNbRunZGCFT/rz5Mv4cxu8iJ=\n"},
        {"two lines", "uji\n10\n"},
        {"one line", "uji\n"},
        {"no origin", "\n11\n" ROOT "\n"},
        {"an empty extension", "uji\n10\n" ROOT "\n\n"},
        {"a carriage return", "uji\r\n11\r\n" ROOT "\r\n"},
        {"not UTF-8", "uj\xff\n11\n" ROOT "\n"},
        {"an overlong encoding", "uj\xc0\xaf\n11\n" ROOT "\n"},
        {"a surrogate", "uj\xed\xa0\x80\n11\n" ROOT "\n"},
        {"a control character", "uj\x01\n11\n" ROOT "\n"},
        {"another log", "lain\n10\n" ROOT "\n"},
        {"another root", "uji\n10\n" ROOT "\n"},
        {"a manifest", "rekap-manifest/v1\nuji\n10\n" ROOT "\n" ROOT "\n"}};
    for (size_t i = 0; i < sizeof t / sizeof *t; i++)
        signed_text(t[i].what, rk_slice_str(t[i].text));
    signed_text("a null byte", RK_LIT("uj\0i\n11\n" ROOT "\n"));
    signed_text("no newline at the end of the text", RK_LIT("uji\n10\n" ROOT));
    refused("nothing", (rk_slice){0});
    refused("a newline", RK_LIT("\n"));
    rk_buf big;
    rk_buf_init(&big, 1 << 20);
    rk_buf_add(&big, rk_buf_slice(&text));
    while (big.len < RK_NOTE_MAX) rk_buf_lit(&big, "an extension line\n");
    signed_text("a note over its maximum", rk_buf_slice(&big));
    rk_buf_free(&big);
}

/* The checkpoint is signed, but of a smaller or larger log than there is. */
static void sizes_that_are_not_there(void **state) {
    (void)state;
    rk_buf b;
    rk_sha256 root = rk_merkle_empty();
    rk_buf_init(&b, RK_NOTE_MAX);
    published_checkpoint(&p, 0, &root, &p.log, 0, &b);
    verdict v;
    assert_int_equal(verify_with(rk_buf_slice(&b), &v),
                     1); /* an empty log whose files are there */
    const uint64_t sizes[] = {1,   p.n - 1, p.n + 1,    256,
                              257, 65536,   1ull << 40, RK_LOG_SIZE_MAX};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        rk_buf_clear(&b);
        root.b[0] = (uint8_t)i;
        published_checkpoint(&p, sizes[i], &root, &p.log, 0, &b);
        assert_int_equal(verify_with(rk_buf_slice(&b), &v), 1);
    }
    rk_buf_free(&b);
}

static void proofs(void **state) {
    (void)state;
    rk_buf b, policy;
    rk_proof proof;
    rk_policy *pol;
    rk_checkpoint cp;
    rk_err err = RK_ERR_INIT;
    rk_slice note = rk_buf_slice(&tree_find(&good, "log/checkpoint")->bytes);
    rk_sha256 leaf = rk_merkle_leaf(published_entry(&p, 0));
    rk_buf_init(&b, RK_PROOF_MAX), rk_buf_init(&policy, RK_POLICY_MAX);
    published_policy(&p, 2, &policy);
    assert_int_equal(rk_policy_parse(rk_buf_slice(&policy), &pol, &err), RK_OK);
    for (unsigned n = 0; n <= 66;
         n++) { /* of the length that the tree asks for none is right */
        rk_buf_clear(&b);
        rk_buf_lit(&b, "c2sp.org/tlog-proof@v1\nindex 0\n");
        for (unsigned i = 0; i < n; i++) rk_buf_lit(&b, ROOT "\n");
        rk_buf_byte(&b, '\n');
        rk_buf_add(&b, note);
        rk_status s = rk_proof_parse(rk_buf_slice(&b), &proof, &err);
        if (n > 63) assert_int_not_equal(s, RK_OK);
        if (s == RK_OK)
            assert_int_not_equal(rk_proof_check(&proof, pol, &leaf, &cp, &err), RK_OK);
    }
    rk_policy_free(&pol);
    rk_buf_free(&b), rk_buf_free(&policy);
}

/* Entries that the log's key covers, but whose own signatures or rights are wrong: the tree is
 * sound, the checkpoint too. */
static void entries_without_right(void **state) {
    (void)state;
    static const char *const what[] = {
        "a form signed by another key", "a form of the importer's in the role of pengelola",
        "an entry without signature", "a key entry by the importer", "a second election"};
    for (int k = 0; k < 5; k++) {
        published q;
        tree t;
        rk_buf b;
        verdict v = {0};
        rk_verify_options o = {.no_state = true, .jobs = 1};
        uint32_t cell[7] = {1, 2, 3, 4, 5, 6, 7};
        small_published(&q, true, false, 1);
        rk_buf_init(&b, RK_ENTRY_MAX);
        rk_form f = {.head = {.version = 2, .time = 1713000000},
                     .batch = RK_NO_BATCH,
                     .contest = RK_LIT("ppwp"),
                     .tps = RK_LIT("1101012002002"),
                     .cell = cell,
                     .n_cell = 7};
        rk_key_entry key = {.head = f.head,
                            .action = RK_KEY_ADD,
                            .use = RK_KEY_ENTRIES,
                            .role = RK_LIT("ppk"),
                            .key = {{9}}};
        f.head.actor = (rk_actor){RK_LIT("impor"), q.importer_id};
        key.head.actor = f.head.actor;
        if (k == 1) f.head.actor.role = RK_LIT("pengelola");
        if (k == 2) f.head = (rk_entry_head){.version = 1, .time = 1, .actor = f.head.actor};
        if (k < 3) assert_int_equal(rk_entry_put_form(&f, q.n, &b, NULL), RK_OK);
        if (k == 3) assert_int_equal(rk_entry_put_key(&key, &b, NULL), RK_OK);
        if (k == 4) rk_buf_add(&b, published_entry(&q, 0));
        if (k != 2 && k != 4) rk_entry_sign(&b, 0, q.id, k == 0 ? &q.admin : &q.importer);
        published_add(&q, rk_buf_slice(&b));
        tree_init(&t);
        published_log(&q, 0, tree_put, &t);
        tree_verify(&t, &o, &v);
        if (v.code != 1 || !strstr(v.where, "entries/000"))
            fail_msg("%s: %d %s", what[k], v.code, v.text);
        tree_free(&t);
        published_free(&q);
        rk_buf_free(&b);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_good_one_is_accepted),
                                       cmocka_unit_test(keys_and_signatures),
                                       cmocka_unit_test(texts),
                                       cmocka_unit_test(sizes_that_are_not_there),
                                       cmocka_unit_test(proofs),
                                       cmocka_unit_test(entries_without_right)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
