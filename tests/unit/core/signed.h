/* Keys and signed entries for tests: key n has the seed of 32 bytes n. */
#ifndef RK_TESTS_SIGNED_H
#define RK_TESTS_SIGNED_H

#include "core/keyring.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define SIGNED_ORIGIN RK_LIT("uji")

typedef struct test_key {
    rk_ed25519_secret secret;
    rk_ed25519_public key;
    uint64_t id;
} test_key;

static inline const test_key *key_no(uint8_t n) {
    static test_key known[256];
    test_key *k = &known[n];
    rk_ed25519_seed seed;
    if (k->id) return k;
    memset(seed.b, n, sizeof seed.b);
    rk_ed25519_key(&seed, &k->secret, &k->key);
    k->id = rk_entry_key_id(&k->key);
    return k;
}

static inline rk_entry_head head_by(uint8_t n, const char *role) {
    return (rk_entry_head){
        .version = 2, .time = 1707911040, .actor = {rk_slice_str(role), key_no(n)->id}};
}

static inline void signed_by(rk_buf *b, uint8_t n) {
    rk_entry_sign(b, 0, SIGNED_ORIGIN, &key_no(n)->secret);
}

/* Entry 0: log key 1, pengelola's key 2, signed by key `by`. */
static inline void put_start(rk_buf *b, uint8_t by) {
    rk_election_entry x = {.head = head_by(by, "pengelola"),
                           .id = SIGNED_ORIGIN,
                           .name = RK_LIT("Uji"),
                           .log_key = key_no(1)->key,
                           .admin_key = key_no(2)->key};
    assert_int_equal(rk_entry_put_election(&x, b, NULL), RK_OK);
    signed_by(b, by);
}

static inline void put_key(rk_buf *b, uint8_t by, const char *by_role,
                           enum rk_key_action action, enum rk_key_use use, const char *role,
                           uint8_t key, uint8_t replaces) {
    rk_key_entry x = {.head = head_by(by, by_role),
                      .action = action,
                      .use = use,
                      .role = rk_slice_str(role),
                      .key = key_no(key)->key,
                      .replaces = replaces ? key_no(replaces)->id : 0};
    assert_int_equal(rk_entry_put_key(&x, b, NULL), RK_OK);
    signed_by(b, by);
}

static inline void put_batch(rk_buf *b, uint8_t by, const char *role, uint64_t forms) {
    rk_batch_entry x = {.head = head_by(by, role), .contest = RK_LIT("ppwp"), .forms = forms};
    assert_int_equal(rk_entry_put_batch(&x, b, NULL), RK_OK);
    signed_by(b, by);
}

/* A form of one blank figure: by = 0 in the batch of that index, else signed by a key. */
static inline void put_form(rk_buf *b, uint8_t by, const char *role, uint64_t batch,
                            uint64_t index) {
    static const uint32_t cell[] = {7};
    rk_form f = {.batch = by ? RK_NO_BATCH : batch,
                 .contest = RK_LIT("ppwp"),
                 .tps = RK_LIT("1101012001001"),
                 .cell = cell,
                 .n_cell = 1};
    if (by) f.head = head_by(by, role);
    assert_int_equal(rk_entry_put_form(&f, index, b, NULL), RK_OK);
    if (by) signed_by(b, by);
}

#endif
