#include "log_test.h"

#include "core/policy.h"

enum { WITNESSES = 6 };

/* {L} a log's key, {M} its second, {O} another log's; {1} .. {6} witnesses' keys. */
static rk_signer signer_for(char c) {
    char name[16] = "pemilu2024";
    if (c == 'L') return test_signer(name, RK_KEY_ED25519, 1);
    if (c == 'M') return test_signer(name, RK_KEY_ED25519, 2);
    if (c == 'O') return test_signer("pilkada2024", RK_KEY_ED25519, 3);
    snprintf(name, sizeof name, "w%c.example", c);
    return test_signer(name, RK_KEY_COSIGN, (uint8_t)c);
}

static void expand(const char *text, rk_buf *out) {
    rk_buf_init(out, 1 << 20);
    for (; *text; text++) {
        if (text[0] == '{' && text[1] && text[2] == '}') {
            rk_signer s = signer_for(text[1]);
            rk_verifier_put(&s.verifier, out);
            text += 2;
        } else {
            rk_buf_byte(out, *text);
        }
    }
}

static rk_policy *policy_of(const char *text) {
    rk_policy *p;
    rk_buf b;
    rk_err err = RK_ERR_INIT;
    expand(text, &b);
    if (rk_policy_parse(rk_buf_slice(&b), &p, &err) != RK_OK)
        fail_msg("line %zu: %s", err.line, err.text);
    rk_buf_free(&b);
    return p;
}

/* A checkpoint signed by those named in `who`. */
static void note_by(const char *who, uint64_t size, rk_buf *out) {
    rk_checkpoint c = {
        .origin = RK_LIT("pemilu2024"), .size = size, .root = test_entry_leaf(size)};
    rk_buf text;
    rk_buf_init(&text, 1000), rk_buf_init(out, RK_NOTE_MAX);
    assert_int_equal(rk_checkpoint_put(&c, &text, NULL), RK_OK);
    rk_note_begin(rk_buf_slice(&text), out);
    for (; *who; who++) {
        rk_signer s = signer_for(*who);
        uint64_t time = s.verifier.type == RK_KEY_COSIGN ? 1700000000u + (uint64_t)*who : 0;
        assert_int_equal(rk_note_sign(rk_buf_slice(&text), &s, time, out, NULL), RK_OK);
    }
    rk_buf_free(&text);
}

static rk_status check(const rk_policy *p, const char *who, rk_policy_verdict *v) {
    rk_buf b;
    rk_checkpoint c;
    rk_err err = RK_ERR_INIT;
    note_by(who, 9, &b);
    rk_status s = rk_policy_check(p, rk_buf_slice(&b), &c, v, &err);
    assert_true((s == RK_OK) == (err.text[0] == 0));
    assert_true(s != RK_OK || c.size == 9);
    rk_buf_free(&b);
    return s;
}

/* The example of the specification: two of three X and one of three Y. */
#define EXAMPLE                                                                                \
    "log {L}\n\nwitness X1 {1}\nwitness X2 {2}\nwitness X3 {3}\ngroup X-witnesses 2 X1 X2 "    \
    "X3\n\n"                                                                                   \
    "witness Y1 {4}\nwitness Y2 {5}\nwitness Y3 {6}\ngroup Y-witnesses any Y1 Y2 Y3\n\n"       \
    "group X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n"

static void every_subset_of_the_example(void **state) {
    (void)state;
    rk_policy *p = policy_of(EXAMPLE);
    for (unsigned set = 0; set < 1u << WITNESSES; set++) {
        char who[WITNESSES + 2] = "L";
        size_t n = 1;
        for (unsigned i = 0; i < WITNESSES; i++)
            if (set >> i & 1) who[n++] = (char)('1' + i);
        bool want = __builtin_popcount(set & 7) >= 2 && (set >> 3) != 0;
        rk_policy_verdict v;
        assert_int_equal(rk_policy_quorum(p, set), want);
        assert_int_equal(check(p, who, &v), want ? RK_OK : RK_NOT_FOUND);
        assert_true(v.witnesses == set && v.logs == 1);
        for (unsigned i = 0; i < WITNESSES; i++)
            assert_int_equal(v.time[i], set >> i & 1 ? 1700000000u + '1' + i : 0);
    }
    rk_policy_free(&p);
    assert_null(p);
}

static void logs(void **state) {
    (void)state;
    rk_policy *p = policy_of("log {L}\nlog {M} https://a.example/\nlog {O}\nquorum none\n");
    assert_int_equal(check(p, "L", NULL), RK_OK);
    assert_int_equal(check(p, "M", NULL), RK_OK);
    assert_int_equal(check(p, "LM", NULL), RK_OK);
    assert_int_equal(check(p, "", NULL), RK_BAD_INPUT);
    assert_int_equal(check(p, "1", NULL), RK_NOT_FOUND);
    assert_int_equal(check(p, "O", NULL),
                     RK_NOT_FOUND); /* a known log, but not this one's name */
    assert_true(rk_slice_is(p->log_url[1], "https://a.example/") && p->log_url[0].len == 0);
    rk_policy_free(&p);
    p = policy_of("witness a {1}\nquorum a\n"); /* no log: nothing to believe */
    assert_int_equal(check(p, "L1", NULL), RK_NOT_FOUND);
    rk_policy_free(&p);
}

static void one_witness(void **state) {
    (void)state;
    rk_policy *p = policy_of("  log\t{L}  \n# of Bawaslu\n\twitness a "
                             "{1}\thttps://w.example/\n \t\nquorum a\nwitness b {2}\n");
    assert_int_equal(check(p, "L", NULL), RK_NOT_FOUND);
    assert_int_equal(check(p, "L2", NULL), RK_NOT_FOUND);
    assert_int_equal(check(p, "L1", NULL), RK_OK);
    assert_int_equal(check(p, "1", NULL), RK_NOT_FOUND);
    assert_int_equal(check(p, "L11", NULL), RK_OK);
    rk_policy_free(&p);
}

/* The log is right, a witness's line is not: the whole note is refused, whoever else signed. */
static void forged_cosignature(void **state) {
    (void)state;
    rk_policy *p = policy_of(
        "log {L}\nwitness a {1}\nwitness b {2}\nwitness c {3}\ngroup g 2 a b c\nquorum g\n");
    rk_buf mine, other;
    rk_note n;
    rk_checkpoint c;
    note_by("L12", 9, &mine);
    assert_int_equal(rk_policy_check(p, rk_buf_slice(&mine), &c, NULL, NULL), RK_OK);
    note_by("3", 8, &other); /* right, but over another checkpoint */
    assert_int_equal(rk_note_parse(rk_buf_slice(&other), &n, NULL), RK_OK);
    rk_buf_add(&mine, n.sig[0].line);
    assert_int_equal(rk_policy_check(p, rk_buf_slice(&mine), &c, NULL, NULL), RK_CONFLICT);
    assert_int_equal(c.size, 0);
    rk_buf_free(&mine);
    rk_buf_free(&other);
    rk_policy_free(&p);
}

/* Two histories of one size under 2 of 3: witnesses that sign one each never make two quorums.
 */
static void split_view(void **state) {
    (void)state;
    rk_policy *p = policy_of(
        "log {L}\nwitness a {1}\nwitness b {2}\nwitness c {3}\ngroup g 2 a b c\nquorum g\n");
    for (unsigned set = 0; set < 8; set++)
        assert_false(rk_policy_quorum(p, set) && rk_policy_quorum(p, 7 & ~set));
    rk_policy_free(&p);
}

static void refused(void **state) {
    (void)state;
    static const struct {
        size_t line;
        const char *text;
    } bad[] = {{0, ""},
               {1, "\n"},
               {1, "log {L}\n"},
               {0, "quorum none"},
               {0, "quorum none\r\n"},
               {0, "quorum\vnone\n"},
               {0, "quorum none\n\x7f\n"},
               {2, "quorum none\nquorum none\n"},
               {1, "quorum\n"},
               {1, "quorum a\n"},
               {1, "quorum a\nwitness a {1}\n"},
               {1, "quorum none none\n"},
               {1, "quorum none # why\n"},
               {1, "Quorum none\n"},
               {1, "log\n"},
               {1, "log {1}\nquorum none\n"},
               {2, "log {L}\nlog {L}\nquorum none\n"},
               {1, "log {L} url more\nquorum none\n"},
               {1, "log x\nquorum none\n"},
               {1, "log {L}x\nquorum none\n"},
               {1, "witness a\nquorum none\n"},
               {1, "witness a {L}\nquorum none\n"},
               {1, "witness none {1}\nquorum none\n"},
               {2, "witness a {1}\nwitness a {2}\nquorum a\n"},
               {2, "witness a {1}\nwitness b {1}\nquorum a\n"},
               {1, "witness {1} a\nquorum none\n"},
               {1, "witness\nquorum none\n"},
               {2, "witness a {1}\ngroup a any a\nquorum a\n"},
               {1, "group g any g\nquorum g\n"},
               {2, "witness a {1}\ngroup g any\nquorum g\n"},
               {2, "witness a {1}\ngroup g 0 a\nquorum g\n"},
               {2, "witness a {1}\ngroup g 2 a\nquorum g\n"},
               {2, "witness a {1}\ngroup g 01 a\nquorum g\n"},
               {2, "witness a {1}\ngroup g -1 a\nquorum g\n"},
               {2, "witness a {1}\ngroup g 4294967297 a\nquorum g\n"},
               {2, "witness a {1}\ngroup g some a\nquorum g\n"},
               {2, "witness a {1}\ngroup g all a a\nquorum g\n"},
               {2, "witness a {1}\ngroup g any none\nquorum g\n"},
               {3, "witness a {1}\ngroup g any a\ngroup h any a\nquorum h\n"},
               {4, "witness a {1}\ngroup g any a\ngroup h any g\ngroup i any g\nquorum h\n"},
               {2, "witness a {1}\ngroup none any a\nquorum none\n"},
               {1, "group g any b\nwitness b {1}\nquorum g\n"},
               {1, "\xef\xbb\xbfquorum none\n"},
               {1, "policy 1\n"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        rk_policy *p;
        rk_buf b;
        rk_err err = RK_ERR_INIT;
        expand(bad[i].text, &b);
        rk_status s = rk_policy_parse(rk_buf_slice(&b), &p, &err);
        if (s != RK_BAD_INPUT || err.line != bad[i].line)
            fail_msg("%zu, line %zu: %s", i, err.line, bad[i].text);
        assert_null(p);
        rk_buf_free(&b);
    }
}

static void as_many_as_promised(void **state) {
    (void)state;
    for (unsigned n = 31; n <= 33; n++) {
        rk_buf b;
        rk_policy *p;
        rk_buf_init(&b, RK_POLICY_MAX);
        for (unsigned i = 0; i < n; i++) {
            rk_signer log = test_signer("pemilu2024", RK_KEY_ED25519, (uint8_t)(100 + i));
            rk_signer w = test_signer("w", RK_KEY_COSIGN, (uint8_t)(200 + i));
            rk_buf_lit(&b, "log ");
            rk_verifier_put(&log.verifier, &b);
            rk_buf_printf(&b, "\nwitness w%u ", i);
            rk_verifier_put(&w.verifier, &b);
            rk_buf_printf(&b, i ? "\ngroup g%u any w%u g%u\n" : "\ngroup g%u any w%u\n", i, i,
                          i - 1);
        }
        rk_buf_printf(&b, "quorum g%u\n", n - 1);
        assert_int_equal(rk_policy_parse(rk_buf_slice(&b), &p, NULL),
                         n <= 32 ? RK_OK : RK_LIMIT);
        if (p) assert_true(rk_policy_quorum(p, 1u << (n - 1)) && !rk_policy_quorum(p, 0));
        rk_policy_free(&p);
        rk_buf_free(&b);
    }
    rk_policy *p;
    char *huge = rk_alloc(RK_POLICY_MAX + 1);
    memset(huge, '\n', RK_POLICY_MAX + 1);
    assert_int_equal(rk_policy_parse((rk_slice){huge, RK_POLICY_MAX + 1}, &p, NULL), RK_LIMIT);
    rk_free(huge);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_subset_of_the_example),
                                       cmocka_unit_test(logs),
                                       cmocka_unit_test(one_witness),
                                       cmocka_unit_test(forged_cosignature),
                                       cmocka_unit_test(split_view),
                                       cmocka_unit_test(refused),
                                       cmocka_unit_test(as_many_as_promised)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
