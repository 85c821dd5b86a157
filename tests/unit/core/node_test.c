/* What a node says of itself: random descriptions survive the way there and back, one changed
 * byte is noticed, only the right key counts, and fingerprints do not depend on addresses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "core/node.h"
#include "random.h"

static rk_sha256 hash(void) {
    rk_sha256 h;
    for (unsigned i = 0; i < sizeof h.b; i++) h.b[i] = (uint8_t)(1 + rnd(255));
    return h;
}

static rk_slice word(rk_node *n, const char *letters, uint32_t max) {
    char t[64];
    uint32_t len = 1 + rnd(max), all = (uint32_t)strlen(letters);
    for (uint32_t i = 0; i < len; i++) t[i] = letters[rnd(all)];
    return rk_node_keep(n, (rk_slice){t, len});
}

static rk_slice id(rk_node *n) { return word(n, "abcxyz0189", 40); }
static rk_slice text(rk_node *n) { return word(n, "aZ 09.,/=\"\\<&>", 20); }

static rk_node *random_node(void) {
    rk_node *n = rk_node_new();
    n->id = id(n), n->role = id(n), n->version = text(n);
    n->time = rnd(UINT32_MAX), n->started = rnd(UINT32_MAX), n->uptime = rnd(99),
    n->refused = rnd(3);
    n->build = hash();
    if (rnd(2)) n->source = hash();
    if (rnd(2)) n->sbom = hash();
    if (rnd(2)) n->options = hash();
    if (rnd(2)) n->residency = hash();
    if (rnd(2)) n->policy = hash();
    for (uint32_t i = rnd(9); i; i--) {
        rk_node_store s = {.kind = (enum rk_target_kind)rnd(RK_TARGET_KINDS)};
        uint32_t which = rnd(3);
        if (which == 0) {
            s.target = id(n), s.may = rnd(2);
            if (rnd(2)) memcpy(s.country, "SG", 3);
        } else if (which == 1) {
            s.loopback = true;
        } else {
            s.path = hash();
        }
        assert_int_equal(rk_node_add_store(n, &s, NULL), RK_OK);
    }
    for (n->n_cert = 0; n->n_cert < rnd(5); n->n_cert++)
        n->cert[n->n_cert] =
            (rk_node_cert){rnd(2), hash(), word(n, "CN=ab /", 40), rnd(UINT32_MAX)};
    for (n->n_library = 0; n->n_library < rnd(9); n->n_library++)
        n->library[n->n_library] = (rk_node_library){
            word(n, "libc.so6", 40), rnd(2) ? word(n, "1.9", 5) : RK_LIT(""), hash()};
    return n;
}

static void put(const rk_node *n, rk_buf *b) {
    rk_buf_init(b, RK_NODE_BYTES_MAX);
    rk_node_put(n, b);
    assert_false(b->failed);
}

static void there_and_back(void **state) {
    (void)state;
    rnd_start("there and back");
    for (int i = 0; i < 2000; i++) {
        rk_node *n = random_node(), *again;
        rk_buf a, b;
        rk_err err = RK_ERR_INIT;
        put(n, &a);
        if (rk_node_parse(rk_buf_slice(&a), &again, &err) != RK_OK)
            fail_msg("%s in %.*s", err.text, (int)a.len, a.ptr);
        put(again, &b);
        assert_true(rk_slice_eq(rk_buf_slice(&a), rk_buf_slice(&b)));
        rk_buf_free(&a), rk_buf_free(&b);
        rk_node_free(&n), rk_node_free(&again);
    }
}

static rk_signer key_of(uint8_t seed, const char *name) {
    rk_ed25519_seed s = {{seed}};
    rk_signer k;
    assert_int_equal(rk_signer_new(rk_slice_str(name), RK_KEY_ED25519, &s, &k, NULL), RK_OK);
    return k;
}

static void signatures(void **state) {
    (void)state;
    rnd_start("signatures");
    rk_signer a = key_of(1, "v-portal"), b = key_of(2, "v-portal");
    const rk_ed25519_public keys[] = {b.verifier.key, a.verifier.key};
    rk_node *n = random_node(), *again;
    rk_buf out;
    rk_note note;
    uint32_t which = 9;
    n->version = RK_LIT("0.1.0");
    rk_buf_init(&out, RK_NOTE_MAX);
    assert_int_equal(rk_node_sign(n, &a, &out, NULL), RK_OK);
    assert_int_equal(rk_node_open(rk_buf_slice(&out), &note, &again, NULL), RK_OK);
    assert_int_equal(rk_node_signer(&note, keys, 2, &which, NULL), RK_OK);
    assert_int_equal(which, 1);
    assert_int_equal(rk_node_signer(&note, keys, 1, &which, NULL), RK_NOT_FOUND);
    assert_int_equal(rk_node_signer(&note, keys, 0, &which, NULL), RK_NOT_FOUND);
    rk_node_free(&again);
    /* every bit of the text: never accepted under that key */
    size_t len = note.text.len;
    for (size_t i = 0; i < len * 8; i++) {
        out.ptr[i / 8] = (char)(out.ptr[i / 8] ^ (1 << i % 8));
        if (rk_node_open(rk_buf_slice(&out), &note, &again, NULL) == RK_OK)
            assert_int_not_equal(rk_node_signer(&note, keys, 2, &which, NULL), RK_OK);
        rk_node_free(&again);
        out.ptr[i / 8] = (char)(out.ptr[i / 8] ^ (1 << i % 8));
    }
    rk_buf_free(&out);
    rk_node_free(&n);
}

static void refused(const char *json) {
    rk_node *n;
    rk_err err = RK_ERR_INIT;
    assert_int_not_equal(rk_node_parse(rk_slice_str(json), &n, &err), RK_OK);
    assert_null(n);
    assert_true(err.text[0]);
}

#define HASH "1111111111111111111111111111111111111111111111111111111111111111"
#define NODE(id, build, stores)                                                                \
    "{\"format\":\"rekap-node-1\",\"id\":\"" id                                                \
    "\",\"role\":\"serve\",\"version\":\"1\",\"time\":1,\"started\":1,"                        \
    "\"uptime\":0,\"refused\":0,\"build\":{" build                                             \
    "},\"configuration\":{},\"stores\":[" stores "],\"certificates\":[],\"libraries\":[]}"

static void what_is_refused(void **state) {
    (void)state;
    rk_node *n;
    assert_int_equal(rk_node_parse(RK_LIT(NODE("a", "\"sha256\":\"" HASH "\"", "")), &n, NULL),
                     RK_OK);
    rk_node_free(&n);
    refused(NODE("A", "\"sha256\":\"" HASH "\"", ""));
    refused(NODE("a", "", ""));
    refused(NODE("a", "\"sha256\":\"11\"", ""));
    refused(NODE("a", "\"sha256\":\"" HASH "\",\"ip\":\"10.1.2.3\"", ""));
    refused(NODE("a", "\"sha256\":\"" HASH "\"", "{\"kind\":\"store\"}"));
    refused(NODE("a", "\"sha256\":\"" HASH "\"",
                 "{\"kind\":\"store\",\"loopback\":true,\"path\":\"" HASH "\"}"));
    refused(NODE("a", "\"sha256\":\"" HASH "\"", "{\"kind\":\"disk\",\"loopback\":true}"));
    refused(
        NODE("a", "\"sha256\":\"" HASH "\"", "{\"kind\":\"store\",\"target\":\"10.1.2.3\"}"));
}

static rk_sha256 print_of(const char *host, const char *addresses, const char *country) {
    char json[600];
    rk_residency *r;
    snprintf(json, sizeof json,
             "{\"format\":\"rekap-residency-1\",\"name\":\"n\",\"operator\":\"o\",\"date\":"
             "\"2026-01-01\",\"targets\":[{\"id\":"
             "\"x\",\"kind\":\"delivery\",\"operator\":\"o\",\"country\":\"%s\",\"holds\":"
             "\"public\",\"host\":\"%s\",\"port\":443,"
             "\"addresses\":[\"%s\"]}]}",
             country, host, addresses);
    rk_err err = RK_ERR_INIT;
    if (rk_residency_parse(rk_slice_str(json), &r, &err) != RK_OK) fail_msg("%s", err.text);
    rk_sha256 h = rk_node_residency_print(r);
    rk_residency_free(&r);
    return h;
}

static void fingerprints_hold_no_address(void **state) {
    (void)state;
    rk_sha256 a = print_of("contoh.example", "192.0.2.1", "ID"),
              b = print_of("contoh.example", "198.51.100.7", "ID"),
              c = print_of("192.0.2.1", "192.0.2.1", "ID"),
              d = print_of("198.51.100.7", "192.0.2.1", "ID"),
              e = print_of("contoh.example", "192.0.2.1", "SG");
    assert_memory_equal(&a, &b, sizeof a);
    assert_memory_equal(&c, &d, sizeof c);
    assert_memory_not_equal(&a, &c, sizeof a);
    assert_memory_not_equal(&a, &e, sizeof a);
    rk_sha256 p = rk_node_path_print(RK_LIT("/srv/198.51.100.7")),
              q = rk_node_path_print(RK_LIT("/srv/192.0.2.1"));
    assert_memory_equal(&p, &q, sizeof p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(signatures),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(fingerprints_hold_no_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
