/* Declared beside observed: an inventory and nodes that keep to it give no finding; each
 * deviation alone gives its own finding and no other; what is withheld is only counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "core/observed.h"

#define NOW 1795000000u
#define BUILD "1111111111111111111111111111111111111111111111111111111111111111"

static rk_signer portal, writer, of_log, stranger;

static rk_signer key_of(uint8_t seed, const char *name) {
    rk_ed25519_seed s = {{seed}};
    rk_signer k;
    assert_int_equal(rk_signer_new(rk_slice_str(name), RK_KEY_ED25519, &s, &k, NULL), RK_OK);
    return k;
}

/* Two nodes with keys, one of them withheld when `hide`; one without key; a backup in
 * Indonesia. */
static rk_infra *inventory(bool hide) {
    rk_buf b, key[2];
    rk_err err = RK_ERR_INIT;
    const rk_signer *signer[] = {&portal, &writer};
    rk_buf_init(&b, 1 << 20);
    for (int i = 0; i < 2; i++)
        rk_buf_init(&key[i], 1000), rk_verifier_put(&signer[i]->verifier, &key[i]);
    rk_buf_printf(
        &b,
        "{\"format\": \"rekap-infra-1\", \"inventory\": {\"name\": \"n\", \"body\": \"b\", "
        "\"version\": \"1\"},"
        "\"exemptions\": [{\"id\": \"e\", \"letter\": \"c\", \"test\": \"t\", \"until\": "
        "\"2030-01-01\", \"then\": \"closed\"}],"
        "\"sites\": [{\"id\": \"pusat\", \"name\": {\"open\": \"P\"}, \"province\": {\"open\": "
        "\"x\"}, \"city\": {\"open\": \"y\"},"
        " \"country\": {\"open\": \"ID\"}}],"
        "\"servers\": [{\"id\": \"s-penulis\"%s, \"name\": {\"open\": \"Penulis\"}, \"site\": "
        "{\"open\": \"pusat\"},"
        " \"node_key\": {\"open\": \"%.*s\"}, \"node_role\": {\"open\": \"writer\"}}],"
        "\"vms\": [{\"id\": \"v-portal\", \"name\": {\"open\": \"Portal\"}, \"host\": "
        "{\"open\": \"s-penulis\"},"
        " \"node_key\": {\"exempt\": \"%.*s\", \"by\": \"e\"}, \"node_role\": {\"open\": "
        "\"serve\"},"
        " \"node_version\": {\"open\": \"0.1.0\"}, \"build\": {\"open\": \"" BUILD "\"}},"
        " {\"id\": \"v-lain\", \"name\": {\"open\": \"Lain\"}}],"
        "\"backups\": [{\"id\": \"b-harian\", \"name\": {\"open\": \"Harian\"}, \"site\": "
        "{\"open\": \"pusat\"}}]}",
        hide ? ", \"exempt\": \"e\"" : "", (int)key[1].len, key[1].ptr, (int)key[0].len,
        key[0].ptr);
    rk_infra *i = rk_infra_new();
    if (rk_infra_add(i, rk_buf_slice(&b), &err) != RK_OK || rk_infra_finish(i, &err) != RK_OK)
        fail_msg("%s", err.text);
    rk_buf_free(&b), rk_buf_free(&key[0]), rk_buf_free(&key[1]);
    return i;
}

enum change {
    NONE,
    ID,
    TARGET,
    ABSENT,
    OLD,
    AHEAD,
    WRONG,
    STRANGER,
    BUILT,
    VERSION,
    ROLE,
    EXPIRED,
    ABROAD,
    REFUSED,
    GARBAGE,
    CHANGES
};

static rk_node *good(const char *id, const char *role) {
    rk_node *n = rk_node_new();
    n->id = rk_slice_str(id), n->role = rk_slice_str(role), n->version = RK_LIT("0.1.0");
    n->time = NOW - 60, n->started = NOW - 3600, n->uptime = 3540;
    rk_sha256_parse(RK_LIT(BUILD), &n->build);
    n->store[n->n_store++] = (rk_node_store){
        .kind = RK_TARGET_BACKUP, .target = RK_LIT("b-harian"), .country = "ID"};
    n->store[n->n_store++] =
        (rk_node_store){.kind = RK_TARGET_STORE, .path = rk_node_path_print(RK_LIT("/srv"))};
    n->cert[n->n_cert++] =
        (rk_node_cert){.hash = n->build, .issuer = RK_LIT("CN=x"), .until = NOW + 1000};
    return n;
}

static void change(rk_node *n, enum change c) {
    if (c == ID) n->id = RK_LIT("v-siapa");
    if (c == TARGET)
        n->store[n->n_store++] =
            (rk_node_store){.kind = RK_TARGET_DELIVERY, .target = RK_LIT("entah"), .may = true};
    if (c == OLD) n->time = NOW - 90000;
    if (c == AHEAD) n->time = NOW + 700;
    if (c == BUILT) n->build.b[0] ^= 1;
    if (c == VERSION) n->version = RK_LIT("0.2.0");
    if (c == ROLE) n->role = RK_LIT("witness");
    if (c == EXPIRED) n->cert[0].until = NOW - 1;
    if (c == ABROAD) memcpy(n->store[0].country, "SG", 3);
    if (c == REFUSED) n->refused = 2;
}

static void signed_by(rk_node *n, const rk_signer *k, enum change c, rk_buf *b) {
    rk_buf_init(b, RK_NOTE_MAX);
    change(n, c);
    assert_int_equal(rk_node_sign(n, c == STRANGER ? &stranger : k, b, NULL), RK_OK);
    if (c == WRONG) *(char *)memmem(b->ptr, b->len, "0.1.0", 5) = '9';
    if (c == GARBAGE) rk_buf_clear(b), rk_buf_lit(b, "{}");
    rk_node_free(&n);
}

/* The inventory with its portal changed, its writer as it should be. */
static rk_disclosure *look(bool hide, enum change c, const char *alias) {
    rk_buf b[2];
    const rk_slice name[] = {RK_LIT("a.simpul"), RK_LIT("b.simpul")};
    signed_by(good("s-penulis", "writer"), &writer, NONE, &b[0]);
    signed_by(good("v-portal", "serve"), c == ID ? &of_log : &portal, c, &b[1]);
    const rk_slice bytes[] = {rk_buf_slice(&b[0]), rk_buf_slice(&b[1])};
    rk_infra *i = inventory(hide);
    rk_disclosure *d = rk_disclosure_new(i, 20775, rk_slice_str(alias));
    rk_disclosure_observe(d, i,
                          &(rk_observation){.name = name,
                                            .bytes = bytes,
                                            .n = c == ABSENT ? 1 : 2,
                                            .log_key = &of_log.verifier.key,
                                            .n_log_key = 1,
                                            .now = NOW,
                                            .max_age_s = 86400,
                                            .version = RK_LIT("0.1.0"),
                                            .build = RK_LIT(BUILD)});
    rk_infra_free(&i);
    rk_buf_free(&b[0]), rk_buf_free(&b[1]);
    return d;
}

static void each_deviation(void **state) {
    (void)state;
    static const uint32_t want[CHANGES] = {
        /* bits of kinds */
        [NONE] = 0,
        [ID] = 1u << RK_PROBLEM_UNDECLARED | 1u << RK_PROBLEM_MISSING,
        [TARGET] = 1u << RK_PROBLEM_TARGET,
        [ABSENT] = 1u << RK_PROBLEM_MISSING,
        [OLD] = 1u << RK_PROBLEM_STALE,
        [AHEAD] = 1u << RK_PROBLEM_FUTURE,
        [WRONG] = 1u << RK_PROBLEM_SIGNATURE | 1u << RK_PROBLEM_MISSING,
        [STRANGER] = 1u << RK_PROBLEM_SIGNATURE | 1u << RK_PROBLEM_MISSING,
        [BUILT] = 1u << RK_PROBLEM_BUILD,
        [VERSION] = 1u << RK_PROBLEM_VERSION,
        [ROLE] = 1u << RK_PROBLEM_ROLE,
        [EXPIRED] = 1u << RK_PROBLEM_CERT,
        [ABROAD] = 1u << RK_PROBLEM_COUNTRY,
        [REFUSED] = 1u << RK_PROBLEM_REFUSED,
        [GARBAGE] = 1u << RK_PROBLEM_UNREADABLE | 1u << RK_PROBLEM_MISSING};
    for (int c = NONE; c < CHANGES; c++) {
        rk_disclosure *d = look(false, (enum change)c, NULL);
        uint32_t got = 0;
        for (uint32_t i = 0; i < d->observed->n_problem; i++)
            got |= 1u << d->observed->problem[i].kind;
        if (got != want[c]) fail_msg("deviation %d: findings %x, not %x", c, got, want[c]);
        assert_int_equal(d->observed->hidden_seen, 0);
        rk_disclosure_free(&d);
    }
}

static void side_by_side(void **state) {
    (void)state;
    rk_disclosure *d = look(false, BUILT, NULL);
    const rk_observed *o = d->observed;
    assert_int_equal(o->n, 2);
    const rk_seen_node *x = &o->node[1];
    assert_true(rk_slice_is(x->id, "v-portal") && x->declared && x->seen && !x->by_log &&
                x->n_problem == 1);
    assert_true(rk_slice_is(x->said_build, BUILD) && x->build.len == 64 &&
                !rk_slice_is(x->build, BUILD));
    assert_true(rk_slice_is(o->problem[0].declared, BUILD) &&
                rk_slice_eq(o->problem[0].seen, x->build));
    assert_true(
        rk_slice_is(x->stores, "backup b-harian (ID); store (setempat / this machine)"));
    rk_disclosure_free(&d);
}

static void withheld_nodes_are_counted(void **state) {
    (void)state;
    rk_disclosure *d = look(true, ABSENT, NULL);
    const rk_observed *o = d->observed;
    assert_int_equal(o->hidden_seen, 1);
    assert_int_equal(o->n, 1);
    for (uint32_t i = 0; i < o->n; i++) assert_false(rk_slice_is(o->node[i].id, "s-penulis"));
    rk_disclosure_free(&d);
    d = look(true, ABSENT, "auditor-1");
    assert_int_equal(d->observed->hidden_seen, 0);
    assert_int_equal(d->observed->n, 2);
    rk_disclosure_free(&d);
}

static void the_newest_counts(void **state) {
    (void)state;
    rk_buf b[3];
    rk_slice bytes[3];
    const rk_slice name[] = {RK_LIT("a"), RK_LIT("b"), RK_LIT("c")};
    for (int i = 0; i < 3; i++) {
        rk_node *n = good("v-portal", "serve");
        n->time = NOW - (i == 1 ? 10 : 99999);
        signed_by(n, &portal, NONE, &b[i]);
        bytes[i] = rk_buf_slice(&b[i]);
    }
    rk_infra *i = inventory(true);
    rk_disclosure *d = rk_disclosure_new(i, 20775, RK_LIT(""));
    rk_disclosure_observe(
        d, i,
        &(rk_observation){
            .name = name, .bytes = bytes, .n = 3, .now = NOW, .max_age_s = 86400});
    assert_int_equal(d->observed->n, 1);
    assert_int_equal(d->observed->n_problem, 0);
    assert_int_equal(d->observed->node[0].time, NOW - 10);
    assert_int_equal(d->observed->hidden_missing, 1);
    rk_disclosure_free(&d);
    rk_infra_free(&i);
    for (int k = 0; k < 3; k++) rk_buf_free(&b[k]);
}

int main(void) {
    portal = key_of(1, "v-portal"), writer = key_of(2, "s-penulis"),
    of_log = key_of(3, "v-siapa"), stranger = key_of(4, "v-portal");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_deviation),
        cmocka_unit_test(side_by_side),
        cmocka_unit_test(withheld_nodes_are_counted),
        cmocka_unit_test(the_newest_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
