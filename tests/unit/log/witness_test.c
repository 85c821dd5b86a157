/* The witness protocol without a network: what is taken, what is refused with which status, and
 * that two histories never both find a quorum. */
#include "forked_log.h"
#include "random.h"

#include "core/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>

#define DASH "\xe2\x80\x94 "
#define HASH "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
#define NOTE "a\n1\n" HASH "\n\n" DASH "a x08go/ZJkuA=\n"
#define ORIGIN "pemilu2024"
#define ATTEMPTS 1000

/* A witness in memory: what src/witness does with the disk between decision and answer. */
struct memory {
    rk_signer signer;
    rk_verifier key[2];
    rk_witness_log log;
    rk_witness_verdict verdict; /* the last one */
};

static struct memory witness(const rk_signer *log, const char *name, uint8_t seed) {
    struct memory w = {.signer = forked_log_key(name, RK_KEY_COSIGN, seed)};
    w.key[0] = log->verifier;
    w.log = (rk_witness_log){.origin = RK_LIT(ORIGIN), .n_key = 1};
    return w;
}

/* The status; at 200 the state moves and the cosignature is appended to `line` (may be NULL).
 */
static unsigned submit(struct memory *w, rk_slice request, rk_buf *line) {
    rk_err why = RK_ERR_INIT;
    w->log.key = w->key;
    rk_witness_decide(&w->log, 1, request, &w->verdict, &why);
    if (w->verdict.status != RK_WITNESS_COSIGNED) {
        assert_true(why.text[0] != '\0');
        return w->verdict.status;
    }
    w->log.size = w->verdict.checkpoint.size;
    w->log.root = w->verdict.checkpoint.root;
    if (line)
        assert_int_equal(rk_note_sign(w->verdict.note.text, &w->signer, 1707912000, line, NULL),
                         RK_OK);
    return w->verdict.status;
}

static unsigned submit_sizes(struct memory *w, const forked_log *l, uint64_t old, uint64_t size,
                             const rk_signer *key) {
    rk_buf b;
    forked_log_request(l, old, size, key, &b);
    unsigned status = submit(w, rk_buf_slice(&b), NULL);
    rk_buf_free(&b);
    return status;
}

/* ---- bytes ---- */

static void the_example(void **state) {
    (void)state;
    static const char text[] =
        "old 20852014\n"
        "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n"
        "jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n"
        "5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n"
        "/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n"
        "\n"
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
        "\n" DASH
        "example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4"
        "URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";
    rk_witness_request r;
    rk_buf b;
    assert_int_equal(rk_witness_request_parse(RK_LIT(text), &r, NULL), RK_OK);
    assert_int_equal(r.old, 20852014);
    assert_int_equal(r.proof.n, 4);
    assert_true(
        rk_slice_starts(r.checkpoint, RK_LIT("example.com/behind-the-sofa\n20852163\n")));
    rk_buf_init(&b, RK_WITNESS_REQUEST_MAX);
    assert_int_equal(rk_witness_request_put(r.old, &r.proof, r.checkpoint, &b, NULL), RK_OK);
    assert_true(rk_slice_is(rk_buf_slice(&b), text));
    rk_buf_free(&b);
}

/* The last example of a page in docs/format. */
static rk_slice example_of(const char *page, char *bytes, size_t room) {
    char path[1024];
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

/* What the page shows is true: that request is cosigned after two entries, with the line that
 * stands in the checkpoint's page. */
static void the_pages_example(void **state) {
    (void)state;
    static char request[16384], checkpoint[16384];
    rk_signer key = forked_log_key(ORIGIN, RK_KEY_ED25519, 1);
    struct memory w = witness(&key, "bawaslu.example/w1", 2);
    rk_sha256 a = rk_merkle_leaf(RK_LIT("satu")), b = rk_merkle_leaf(RK_LIT("dua"));
    rk_buf line;
    rk_note note;
    w.log.size = 2;
    w.log.root = rk_merkle_node(&a, &b);
    rk_buf_init(&line, 1000);
    rk_slice r = example_of("witness.md", request, sizeof request);
    assert_int_equal(submit(&w, r, &line), 200);
    rk_slice c = example_of("checkpoint.md", checkpoint, sizeof checkpoint);
    assert_int_equal(rk_note_parse(c, &note, NULL), RK_OK);
    assert_true(rk_slice_eq(note.sig[1].line, rk_buf_slice(&line)));
    rk_buf_free(&line);
}

static void no_requests(void **state) {
    (void)state;
    static const char *const bad[] = {
        "",
        "\n",
        "old\n\n" NOTE,
        "old \n\n" NOTE,
        "old 01\n\n" NOTE,
        "old -1\n\n" NOTE,
        "old +1\n\n" NOTE,
        "old 1 \n\n" NOTE,
        "old  1\n\n" NOTE,
        " old 1\n\n" NOTE,
        "Old 1\n\n" NOTE,
        "old 0x1\n\n" NOTE,
        "old 1\r\n\r\n" NOTE,
        "old 1" NOTE,
        "old 1\n" NOTE,
        "old 9223372036854775808\n\n" NOTE,
        "old 18446744073709551616\n\n" NOTE,
        "old 1\n",
        "old 1\n\n",
        "old 1\n" HASH "\n",
        "old 1\n" HASH "\n\n",
        "old 1\n" HASH " \n\n" NOTE,
        "old 1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n\n" NOTE,
        "old 1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n\n" NOTE,
        "old 1\n" HASH HASH "\n\n" NOTE,
        "\xef\xbb\xbfold 1\n\n" NOTE};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        rk_witness_request r;
        rk_err err = RK_ERR_INIT;
        assert_int_equal(rk_witness_request_parse(rk_slice_str(bad[i]), &r, &err),
                         RK_BAD_INPUT);
        assert_true(err.text[0] && r.checkpoint.len == 0);
    }
}

static void lengths(void **state) {
    (void)state;
    for (unsigned n = 62; n <= 64; n++) {
        rk_buf b;
        rk_witness_request r;
        rk_buf_init(&b, RK_WITNESS_REQUEST_MAX + 100);
        rk_buf_lit(&b, "old 5\n");
        for (unsigned i = 0; i < n; i++) rk_buf_lit(&b, HASH "\n");
        rk_buf_lit(&b, "\n" NOTE);
        assert_int_equal(rk_witness_request_parse(rk_buf_slice(&b), &r, NULL),
                         n <= 63 ? RK_OK : RK_LIMIT);
        while (b.len < RK_WITNESS_REQUEST_MAX + 1) rk_buf_byte(&b, 'x');
        assert_int_equal(rk_witness_request_parse(rk_buf_slice(&b), &r, NULL), RK_LIMIT);
        rk_buf_free(&b);
    }
}

/* ---- every status ---- */

static void statuses(void **state) {
    (void)state;
    rk_signer key = forked_log_key(ORIGIN, RK_KEY_ED25519, 1);
    rk_signer stranger = forked_log_key(ORIGIN, RK_KEY_ED25519, 3);
    rk_signer other_log = forked_log_key("pemilu2029", RK_KEY_ED25519, 1);
    struct memory w = witness(&key, "w.example", 2);
    forked_log *a = forked_log_new(64), *b = forked_log_new(64);
    forked_log_grow(a, 50, 1);
    forked_log_copy(b, a, 10);
    forked_log_grow(b, 50, 2);

    assert_int_equal(submit_sizes(&w, a, 0, 0, &key), 200); /* an empty log */
    assert_int_equal(submit_sizes(&w, a, 0, 0, &key), 200);
    assert_int_equal(submit_sizes(&w, a, 1, 5, &key), 409);
    assert_int_equal(w.verdict.size, 0);
    assert_int_equal(submit_sizes(&w, a, 0, 20, &key), 200);
    assert_int_equal(submit_sizes(&w, a, 20, 20, &key), 200); /* once more the same */
    assert_int_equal(submit_sizes(&w, a, 0, 20, &key), 409);
    assert_int_equal(w.verdict.size, 20);
    assert_false(w.verdict.fork);
    assert_int_equal(submit_sizes(&w, a, 20, 19, &key), 400); /* old above the size */
    assert_int_equal(submit_sizes(&w, a, 19, 19, &key), 409); /* back */
    assert_int_equal(submit_sizes(&w, a, 19, 30, &key), 409);
    assert_int_equal(submit_sizes(&w, a, 21, 30, &key), 409);
    assert_int_equal(w.verdict.size, 20);
    assert_int_equal(submit_sizes(&w, b, 20, 20, &key), 409); /* two roots for one size */
    assert_true(w.verdict.fork);
    assert_int_equal(submit_sizes(&w, b, 0, 20, &key), 409);
    assert_true(w.verdict.fork); /* proof of it even with another old size */
    assert_int_equal(submit_sizes(&w, b, 20, 30, &key), 422);
    assert_int_equal(submit_sizes(&w, a, 20, 30, &stranger), 403);
    assert_int_equal(submit_sizes(&w, a, 20, 30, &other_log), 404);
    assert_int_equal(submit(&w, RK_LIT("old 1\n\n" NOTE), NULL), 404);
    assert_int_equal(submit(&w, RK_LIT("old 1\n\nno note\n"), NULL), 400);
    assert_int_equal(
        submit(&w, RK_LIT("old 1\n\na\n01\n" HASH "\n\n" DASH "a x08go/ZJkuA=\n"), NULL), 400);
    assert_int_equal(w.log.size, 20); /* none of this moved it */
    assert_int_equal(submit_sizes(&w, a, 20, 30, &key), 200);
    assert_int_equal(w.log.size, 30);
    forked_log_free(a);
    forked_log_free(b);
}

/* All pairs of sizes up to 70: cosigned exactly when the histories are one. */
static void pairs(void **state) {
    (void)state;
    rk_signer key = forked_log_key(ORIGIN, RK_KEY_ED25519, 1);
    enum { N = 70, FORK = 33 };
    forked_log *a = forked_log_new(N), *b = forked_log_new(N);
    forked_log_grow(a, N, 1);
    forked_log_copy(b, a, FORK);
    forked_log_grow(b, N, 2);
    for (uint64_t old = 0; old <= N; old += old < 4 ? 1 : 3)
        for (uint64_t size = old; size <= N; size++) {
            struct memory w = witness(&key, "w.example", 2);
            w.log.size = old;
            w.log.root = forked_log_root(a, old);
            assert_int_equal(submit_sizes(&w, a, old, size, &key), 200);
            w.log.size = old;
            w.log.root = forked_log_root(a, old);
            unsigned want = old <= FORK ? 200 : old == size ? 409 : 422;
            assert_int_equal(submit_sizes(&w, b, old, size, &key), want);
        }
    forked_log_free(a);
    forked_log_free(b);
}

/* ---- attacks ---- */

/* Any flipped bit of a good request: never cosigned. */
static void flipped(void **state) {
    (void)state;
    rk_signer key = forked_log_key(ORIGIN, RK_KEY_ED25519, 1);
    forked_log *a = forked_log_new(64);
    rk_buf good;
    forked_log_grow(a, 50, 1);
    forked_log_request(a, 20, 45, &key, &good);
    for (size_t bit = 0; bit < 8 * good.len; bit++) {
        struct memory w = witness(&key, "w.example", 2);
        w.log.size = 20;
        w.log.root = forked_log_root(a, 20);
        good.ptr[bit / 8] = (char)(good.ptr[bit / 8] ^ 1 << bit % 8);
        assert_int_not_equal(submit(&w, rk_buf_slice(&good), NULL), 200);
        good.ptr[bit / 8] = (char)(good.ptr[bit / 8] ^ 1 << bit % 8);
    }
    rk_buf_free(&good);
    forked_log_free(a);
}

/* Proofs of the right tree that are too long, too short, reordered, of other sizes. */
static void bent_proofs(void **state) {
    (void)state;
    rk_signer key = forked_log_key(ORIGIN, RK_KEY_ED25519, 1);
    forked_log *a = forked_log_new(64);
    rk_buf note, b;
    forked_log_grow(a, 50, 1);
    rk_hash_reader r = forked_log_reader(a);
    rk_merkle_proof p, q;
    forked_log_note(a, 45, &key, &note);
    assert_int_equal(rk_merkle_consistency(20, 45, &r, &p, NULL), RK_OK);
    for (int kind = 0; kind < 5; kind++) {
        struct memory w = witness(&key, "w.example", 2);
        w.log.size = 20;
        w.log.root = forked_log_root(a, 20);
        q = p;
        if (kind == 1) q.n--;
        if (kind == 2) q.hash[q.n++] = p.hash[0];
        if (kind == 3) q.hash[0] = p.hash[1], q.hash[1] = p.hash[0];
        if (kind == 4) q.n = 0;
        rk_buf_init(&b, RK_WITNESS_REQUEST_MAX);
        assert_int_equal(rk_witness_request_put(20, &q, rk_buf_slice(&note), &b, NULL), RK_OK);
        assert_int_equal(submit(&w, rk_buf_slice(&b), NULL), kind == 0 ? 200 : 422);
        rk_buf_free(&b);
    }
    struct memory w = witness(&key, "w.example", 2); /* from nothing, but with a proof */
    rk_buf_init(&b, RK_WITNESS_REQUEST_MAX);
    assert_int_equal(rk_witness_request_put(0, &p, rk_buf_slice(&note), &b, NULL), RK_OK);
    assert_int_equal(submit(&w, rk_buf_slice(&b), NULL), 422);
    rk_buf_free(&b);
    rk_buf_free(&note);
    forked_log_free(a);
}

/* A right and a wrong signature of the log; a key that took over; a signature by the log's key
 * under another name. */
static void signatures(void **state) {
    (void)state;
    rk_signer key = forked_log_key(ORIGIN, RK_KEY_ED25519, 1);
    rk_signer next = forked_log_key(ORIGIN, RK_KEY_ED25519, 7);
    forked_log *a = forked_log_new(8);
    rk_buf one, two, both;
    forked_log_grow(a, 5, 1);
    struct memory w = witness(&key, "w.example", 2);
    assert_int_equal(submit_sizes(&w, a, 0, 4, &key), 200);
    assert_int_equal(submit_sizes(&w, a, 4, 5, &next), 403);
    w.key[1] = next.verifier;
    w.log.n_key = 2;
    assert_int_equal(submit_sizes(&w, a, 4, 5, &next), 200);

    forked_log_request(a, 5, 5, &key, &one);
    forked_log_request(a, 5, 4, &next, &two); /* its signature is over another text */
    rk_buf_init(&both, RK_WITNESS_REQUEST_MAX);
    rk_buf_add(&both, rk_buf_slice(&one));
    const char *line = memmem(two.ptr, two.len, DASH, 4);
    rk_buf_add(&both, (rk_slice){line, (size_t)(two.ptr + two.len - line)});
    assert_int_equal(submit(&w, rk_buf_slice(&both), NULL), 403);
    rk_buf_free(&one);
    rk_buf_free(&two);
    rk_buf_free(&both);
    forked_log_free(a);
}

/* ---- the client's side ---- */

static void answers(void **state) {
    (void)state;
    rk_signer key = forked_log_key(ORIGIN, RK_KEY_ED25519, 1);
    rk_signer wk = forked_log_key("w.example", RK_KEY_COSIGN, 2);
    rk_signer xk = forked_log_key("x.example", RK_KEY_COSIGN, 4);
    forked_log *a = forked_log_new(8);
    rk_buf note, line, other, wrong, body;
    rk_note n;
    rk_witness_answer r;
    const rk_slice none = {0}, type = RK_LIT("text/x.tlog.size");
    forked_log_grow(a, 5, 1);
    forked_log_note(a, 5, &key, &note);
    assert_int_equal(rk_note_parse(rk_buf_slice(&note), &n, NULL), RK_OK);
    rk_buf_init(&line, 1000), rk_buf_init(&other, 1000);
    rk_buf_init(&wrong, 1000), rk_buf_init(&body, 10000);
    assert_int_equal(rk_note_sign(n.text, &wk, 77, &line, NULL), RK_OK);
    assert_int_equal(rk_note_sign(n.text, &xk, 77, &other, NULL), RK_OK);
    assert_int_equal(rk_note_sign(RK_LIT("x\n"), &wk, 77, &wrong, NULL), RK_OK);
#define READ(status, type, body)                                                               \
    rk_witness_answer_read((status), (type), (body), n.text, &wk.verifier, &r, NULL)
    assert_int_equal(READ(200, none, rk_buf_slice(&line)), RK_OK);
    assert_true(rk_slice_eq(r.line, rk_buf_slice(&line)) && r.time == 77);
    rk_buf_add(&body, rk_buf_slice(&other));
    rk_buf_add(&body, rk_buf_slice(&line));
    assert_int_equal(READ(200, none, rk_buf_slice(&body)), RK_OK);
    assert_true(rk_slice_eq(r.line, rk_buf_slice(&line)));
    rk_buf_add(&body, rk_buf_slice(&wrong)); /* right beside wrong: the answer does not hold */
    assert_int_equal(READ(200, none, rk_buf_slice(&body)), RK_BAD_INPUT);
    assert_true(r.line.len == 0 && r.time == 0);
    assert_int_equal(READ(200, none, rk_buf_slice(&other)), RK_BAD_INPUT);
    assert_int_equal(READ(200, none, rk_buf_slice(&wrong)), RK_BAD_INPUT);
    assert_int_equal(READ(200, none, none), RK_BAD_INPUT);
    assert_int_equal(READ(200, none, ((rk_slice){line.ptr, line.len - 1})), RK_BAD_INPUT);
    assert_int_equal(READ(200, none, RK_LIT("\xff\n")), RK_BAD_INPUT);
    assert_int_equal(READ(409, type, RK_LIT("12\n")), RK_CONFLICT);
    assert_int_equal(r.size, 12);
    assert_int_equal(READ(409, RK_LIT("text/x.tlog.size; charset=utf-8"), RK_LIT("0\n")),
                     RK_CONFLICT);
    assert_int_equal(READ(409, none, RK_LIT("12\n")), RK_BAD_INPUT);
    assert_int_equal(READ(409, RK_LIT("text/x.tlog.sizes"), RK_LIT("12\n")), RK_BAD_INPUT);
    static const char *const bad[] = {"",       "12",   "\n",     "012\n",
                                      "12\n\n", "-1\n", "12\r\n", "9223372036854775808\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(READ(409, type, rk_slice_str(bad[i])), RK_BAD_INPUT);
    for (unsigned s = 100; s < 600; s++)
        if (s != 200 && s != 409)
            assert_int_equal(READ(s, type, rk_buf_slice(&line)), RK_NOT_FOUND);
    rk_buf_free(&note), rk_buf_free(&line), rk_buf_free(&other);
    rk_buf_free(&wrong), rk_buf_free(&body);
    forked_log_free(a);
}

/* ---- split view ---- */

struct split {
    rk_signer key;
    struct memory w[3];
    forked_log *history[2];
    rk_policy *policy;
};

static rk_policy *two_of_three(const rk_signer *log, const struct memory w[3]) {
    rk_policy *p;
    rk_buf b;
    rk_buf_init(&b, RK_POLICY_MAX);
    rk_buf_lit(&b, "log ");
    rk_verifier_put(&log->verifier, &b);
    for (int i = 0; i < 3; i++) {
        rk_buf_printf(&b, "\nwitness w%d ", i);
        rk_verifier_put(&w[i].signer.verifier, &b);
    }
    rk_buf_lit(&b, "\ngroup g 2 w0 w1 w2\nquorum g\n");
    assert_int_equal(rk_policy_parse(rk_buf_slice(&b), &p, NULL), RK_OK);
    rk_buf_free(&b);
    return p;
}

/* A dishonest log tries to get a checkpoint cosigned by everybody, with the sizes it may know
 * or guess; says whether the policy accepts what it has then. */
static bool try_history(struct split *s, int which, uint64_t size) {
    rk_buf note;
    rk_checkpoint c;
    forked_log_note(s->history[which], size, &s->key, &note);
    for (int k = 0; k < 4; k++) {
        struct memory *w = &s->w[rnd(3)];
        uint64_t old = rnd(4) ? w->log.size : rnd((uint32_t)size + 1);
        rk_buf request;
        forked_log_request(s->history[which], old <= size ? old : 0, size, &s->key, &request);
        (void)submit(w, rk_buf_slice(&request), &note);
        rk_buf_free(&request);
    }
    bool ok = rk_policy_check(s->policy, rk_buf_slice(&note), &c, NULL, NULL) == RK_OK;
    rk_buf_free(&note);
    return ok;
}

/* Two histories that part after some entries; each gets many tries, in turn. */
static unsigned split_once(struct split *s, unsigned accepted[2]) {
    uint64_t part = rnd(40), most = part + 1 + rnd(20);
    for (int i = 0; i < 2; i++) s->history[i]->size = 0;
    s->history[0]->frontier = (rk_frontier){0};
    forked_log_grow(s->history[0], part, rnd64());
    forked_log_copy(s->history[1], s->history[0], part);
    forked_log_grow(s->history[0], most, 1);
    forked_log_grow(s->history[1], most, 2);
    for (int i = 0; i < 3; i++) s->w[i].log.size = 0;
    bool got[2] = {false, false};
    for (int turn = 0; turn < 5; turn++) {
        int which = (int)rnd(2);
        uint64_t size = part + 1 + rnd((uint32_t)(most - part));
        if (try_history(s, which, size)) got[which] = true;
    }
    accepted[0] += got[0], accepted[1] += got[1];
    return got[0] && got[1];
}

static struct split split_new(void) {
    struct split s = {.key = forked_log_key(ORIGIN, RK_KEY_ED25519, 1)};
    static const char *const name[3] = {"bawaslu.example/w1", "univ.example/w1",
                                        "lsm.example/w1"};
    for (int i = 0; i < 3; i++) s.w[i] = witness(&s.key, name[i], (uint8_t)(10 + i));
    for (int i = 0; i < 2; i++) s.history[i] = forked_log_new(128);
    s.policy = two_of_three(&s.key, s.w);
    return s;
}

static void split_free(struct split *s) {
    for (int i = 0; i < 2; i++) forked_log_free(s->history[i]);
    rk_policy_free(&s->policy);
}

static void split_view(void **state) {
    (void)state;
    rnd_start("split view");
    struct split s = split_new();
    unsigned both = 0, accepted[2] = {0, 0};
    for (int i = 0; i < ATTEMPTS; i++) both += split_once(&s, accepted);
    print_message("split view: %d attempts, one history accepted %u times, both %u\n", ATTEMPTS,
                  accepted[0] + accepted[1], both);
    assert_int_equal(both, 0);
    assert_true(accepted[0] > ATTEMPTS / 10 &&
                accepted[1] > ATTEMPTS / 10); /* it is a contest */
    split_free(&s);
}

/* What 2 of 3 cannot bear: one witness that cosigns whatever the log asks. */
static void one_dishonest_witness(void **state) {
    (void)state;
    struct split s = split_new();
    rk_checkpoint c;
    forked_log_grow(s.history[0], 9, 1);
    forked_log_grow(s.history[1], 9, 2);
    for (int i = 0; i < 2; i++) {
        rk_buf note, request;
        rk_note n;
        forked_log_note(s.history[i], 9, &s.key, &note);
        forked_log_request(s.history[i], 0, 9, &s.key, &request);
        assert_int_equal(submit(&s.w[i], rk_buf_slice(&request), &note), 200);
        assert_int_equal(rk_policy_check(s.policy, rk_buf_slice(&note), &c, NULL, NULL),
                         RK_NOT_FOUND);
        assert_int_equal(rk_note_parse(rk_buf_slice(&note), &n, NULL), RK_OK);
        rk_buf text;
        rk_buf_init(&text, 1000);
        rk_buf_add(&text, n.text);
        assert_int_equal(rk_note_sign(rk_buf_slice(&text), &s.w[2].signer, 5, &note, NULL),
                         RK_OK);
        assert_int_equal(rk_policy_check(s.policy, rk_buf_slice(&note), &c, NULL, NULL), RK_OK);
        rk_buf_free(&text), rk_buf_free(&note), rk_buf_free(&request);
    }
    split_free(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example), cmocka_unit_test(the_pages_example),
        cmocka_unit_test(no_requests), cmocka_unit_test(lengths),
        cmocka_unit_test(statuses),    cmocka_unit_test(pairs),
        cmocka_unit_test(flipped),     cmocka_unit_test(bent_proofs),
        cmocka_unit_test(signatures),  cmocka_unit_test(answers),
        cmocka_unit_test(split_view),  cmocka_unit_test(one_dishonest_witness)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
