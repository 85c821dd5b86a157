/* Which entries may stand in a signed log, and by whose key: each rule of docs/format/entry.md
 * once kept and once broken. */
#include "signed.h"

#include <stdio.h>

static rk_keyring ring;
static rk_buf entry;

static rk_status admit(const rk_signing_key **signer) {
    rk_err err = RK_ERR_INIT;
    rk_keyring before = ring;
    rk_status s = rk_keyring_admit(&ring, rk_buf_slice(&entry), signer, &err);
    if (s != RK_OK) { /* nothing has changed, and it is said why */
        assert_true(err.text[0] != 0);
        assert_true(before.size == ring.size && before.n == ring.n &&
                    before.left == ring.left && before.admins == ring.admins);
    }
    rk_buf_clear(&entry);
    return s;
}

static void good(uint8_t by) {
    const rk_signing_key *k;
    rk_slice e = {rk_buf_slice(&entry).ptr, entry.len};
    char copy[2000];
    assert_true(e.len < sizeof copy);
    memcpy(copy, e.ptr, e.len);
    assert_int_equal(admit(&k), RK_OK);
    if (!by) {
        assert_null(k);
        return;
    }
    assert_non_null(k);
    assert_memory_equal(&k->key, &key_no(by)->key, sizeof k->key);
    assert_true(rk_entry_signed_by((rk_slice){copy, e.len}, SIGNED_ORIGIN, &k->key));
}

static void bad(void) { assert_int_equal(admit(NULL), RK_CORRUPT); }

static int set_up(void **state) {
    (void)state;
    ring = (rk_keyring){0};
    rk_buf_init(&entry, RK_ENTRY_MAX);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    rk_keyring_free(&ring);
    rk_buf_free(&entry);
    return 0;
}

#define ENTRIES(role, by, key)                                                                 \
    put_key(&entry, by, "pengelola", RK_KEY_ADD, RK_KEY_ENTRIES, role, key, 0), good(by)

static void start(void) {
    put_start(&entry, 2);
    good(2);
}

static void first_entry(void **state) {
    (void)state;
    put_start(&entry, 3), bad(); /* not the key that it names */
    put_start(&entry, 1), bad(); /* the log's key is for checkpoints */
    put_form(&entry, 2, "pengelola", 0, 0), bad();
    start();
    put_start(&entry, 2), bad(); /* once only */
    assert_int_equal(ring.admins, 1);
    assert_true(rk_keyring_log_key(&ring, 0)->id == key_no(1)->id);
    assert_true(rk_keyring_log_key(&ring, 1u << 30)->id == key_no(1)->id);
}

static void who_may(void **state) {
    (void)state;
    start();
    put_form(&entry, 5, "ppk", 0, 1), bad(); /* unknown key */
    ENTRIES("ppk", 2, 5);
    put_form(&entry, 5, "ppk", 0, 2), good(5);
    put_form(&entry, 5, "kpu", 0, 3), bad(); /* another role */
    put_form(&entry, 1, "pengelola", 0, 3), bad();
    put_key(&entry, 5, "ppk", RK_KEY_ADD, RK_KEY_ENTRIES, "ppk", 6, 0), bad();
    put_key(&entry, 2, "pengelola", RK_KEY_ADD, RK_KEY_ENTRIES, "ppk", 5, 0), bad(); /* twice */
    put_key(&entry, 2, "pengelola", RK_KEY_ADD, RK_KEY_CHECKPOINTS, "", 7, 0), bad();
    ENTRIES("pengelola", 2, 8);
    put_form(&entry, 8, "pengelola", 0, 4), good(8);
}

static void keys_end(void **state) {
    (void)state;
    start();
    put_key(&entry, 2, "pengelola", RK_KEY_REVOKE, RK_KEY_ENTRIES, "pengelola", 2, 0), bad();
    put_key(&entry, 2, "pengelola", RK_KEY_REVOKE, RK_KEY_CHECKPOINTS, "", 1, 0), bad();
    ENTRIES("ppk", 2, 5);
    put_key(&entry, 2, "pengelola", RK_KEY_REVOKE, RK_KEY_ENTRIES, "kpu", 5, 0), bad();
    put_key(&entry, 2, "pengelola", RK_KEY_REVOKE, RK_KEY_ENTRIES, "ppk", 5, 0), good(2);
    put_form(&entry, 5, "ppk", 0, 3), bad();
    put_key(&entry, 2, "pengelola", RK_KEY_REVOKE, RK_KEY_ENTRIES, "ppk", 5, 0), bad();
    ENTRIES("ppk", 2, 6);
    put_key(&entry, 2, "pengelola", RK_KEY_REPLACE, RK_KEY_ENTRIES, "ppk", 5, 6),
        bad(); /* 5 again */
    put_key(&entry, 2, "pengelola", RK_KEY_REPLACE, RK_KEY_ENTRIES, "ppk", 7, 6), good(2);
    put_form(&entry, 6, "ppk", 0, 5), bad();
    put_form(&entry, 7, "ppk", 0, 5), good(7);
    /* the last pengelola replaces itself, and is out */
    put_key(&entry, 2, "pengelola", RK_KEY_REPLACE, RK_KEY_ENTRIES, "pengelola", 9, 2), good(2);
    put_key(&entry, 2, "pengelola", RK_KEY_ADD, RK_KEY_ENTRIES, "ppk", 10, 0), bad();
    put_key(&entry, 9, "pengelola", RK_KEY_ADD, RK_KEY_ENTRIES, "ppk", 10, 0), good(9);
}

static void log_key_changes(void **state) {
    (void)state;
    start();
    ENTRIES("ppk", 2, 5); /* entry 1 */
    put_key(&entry, 2, "pengelola", RK_KEY_REPLACE, RK_KEY_CHECKPOINTS, "", 3, 1), good(2);
    assert_true(rk_keyring_log_key(&ring, 2)->id == key_no(1)->id);
    assert_true(rk_keyring_log_key(&ring, 3)->id == key_no(3)->id);
    assert_true(rk_keyring_log_key(&ring, UINT64_MAX)->id == key_no(3)->id);
    put_form(&entry, 3, "", 0, 3), bad(); /* it does not sign entries */
}

static void batches(void **state) {
    (void)state;
    start();
    put_form(&entry, 0, "", 0, 1), bad(); /* no batch covers it */
    put_batch(&entry, 2, "pengelola", 2), good(2);
    assert_true(rk_keyring_in_batch(&ring, 1) && !rk_keyring_in_batch(&ring, 0));
    put_form(&entry, 0, "", 1, 2), good(0);
    put_form(&entry, 2, "pengelola", 0, 3), bad(); /* the batch is not over */
    put_form(&entry, 0, "", 1, 3), good(0);
    put_form(&entry, 0, "", 1, 4), bad(); /* now it is */
    put_form(&entry, 2, "pengelola", 0, 4), good(2);
}

static void unsigned_log(void **state) {
    (void)state;
    rk_election_entry x = {.head.actor.role = RK_LIT("operator"), .id = SIGNED_ORIGIN};
    assert_int_equal(rk_entry_put_election(&x, &entry, NULL), RK_OK);
    good(0);
    put_form(&entry, 2, "pengelola", 0, 1), bad();
    assert_null(rk_keyring_log_key(&ring, 1));
}

static void many_keys(void **state) {
    (void)state;
    rk_keyring again = {0};
    start();
    for (uint8_t n = 10; n < 250; n++) ENTRIES("ppk", 2, n);
    for (uint8_t n = 10; n < 250; n++) {
        const rk_signing_key *k = rk_keyring_signer(&ring, key_no(n)->id, RK_LIT("ppk"));
        assert_non_null(k);
        assert_memory_equal(&k->key, &key_no(n)->key, sizeof k->key);
    }
    assert_null(rk_keyring_find(&ring, 12345));
    assert_true(rk_keyring_restore(&again, ring.key, ring.n));
    assert_int_equal(again.admins, 1);
    assert_non_null(rk_keyring_find(&again, key_no(200)->id));
    rk_keyring_free(&again);
    rk_signing_key twice[] = {ring.key[0], ring.key[0]};
    assert_false(rk_keyring_restore(&again, twice, 2));
    rk_keyring_free(&again);
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {T(first_entry),     T(who_may), T(keys_end),
                                       T(log_key_changes), T(batches), T(unsigned_log),
                                       T(many_keys)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
