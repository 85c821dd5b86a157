/* The writer of the log: what it takes, what it refuses and why, and that it says so once. */
#include "../../crash/writer_load.h"

#include "scratch.h"

#include <pthread.h>
#include <string.h>

char scratch_dir[64];

static rk_dir dir;
static rk_writer *writer;

static int start(void **state) {
    (void)state;
    static int n;
    char name[20];
    rk_err err = RK_ERR_INIT;
    (void)snprintf(name, sizeof name, "e%d", n++);
    const char *path = scratch(name);
    load_make(path);
    if (rk_dir_open(path, RK_STORE_WRITE, UINT64_MAX, &dir, &err) != RK_OK ||
        rk_writer_open(&dir, &writer, &err) != RK_OK)
        fail_msg("%s", err.text);
    return 0;
}

static int stop(void **state) {
    (void)state;
    rk_writer_close(&writer);
    rk_dir_close(&dir);
    return 0;
}

static void refused(rk_buf *entry, rk_status want, const char *word) {
    rk_receipt r = {0};
    rk_err err = RK_ERR_INIT;
    rk_buf_init(&r.proof, RK_PROOF_MAX);
    assert_int_equal(rk_writer_submit(writer, rk_buf_slice(entry), &r, &err), want);
    if (!strstr(err.text, word)) fail_msg("'%s' does not say '%s'", err.text, word);
    assert_int_equal(r.proof.len, 0);
    rk_buf_free(&r.proof);
}

static void takes_once(void **state) {
    (void)state;
    load_ack a, b;
    rk_err err = RK_ERR_INIT;
    uint64_t before;
    assert_int_equal(rk_store_size(dir.store, &before, NULL), RK_OK);
    assert_int_equal(load_send(writer, 1, 1, &a, &err), RK_OK);
    assert_int_equal(load_send(writer, 1, 1, &b, &err), RK_OK); /* the answer was lost */
    assert_true(a.index == before && b.index == a.index && b.size == a.size);
    assert_int_equal(load_send(writer, 1, 2, &b, &err), RK_OK);
    assert_true(b.index == a.index + 1);
    assert_int_equal(load_send(writer, 1, 1, &b, &err), RK_OK); /* and much later */
    assert_true(b.index == a.index);
}

static void refuses(void **state) {
    (void)state;
    rk_buf e;
    rk_buf_init(&e, RK_ENTRY_MAX + 10);
    load_entry(2, 1, &e);
    e.ptr[e.len - 1] ^= 1;
    refused(&e, RK_CONFLICT, "signature");
    load_entry(2, 1, &e);
    e.ptr[e.len - RK_ENTRY_SIGNATURE - 1] ^= 1; /* a figure altered after signing */
    refused(&e, RK_CONFLICT, "signature");
    rk_ed25519_seed seed = {{5}};
    rk_ed25519_secret secret;
    rk_ed25519_public key;
    rk_ed25519_key(&seed, &secret, &key);
    static const uint32_t cell[6] = {1, 2, 3, 4, 5, 6};
    rk_form f = {
        .head = {.version = 2, .time = 1, .actor = {RK_LIT("ppk"), rk_entry_key_id(&key)}},
        .batch = RK_NO_BATCH,
        .contest = RK_LIT("ppwp"),
        .tps = RK_LIT("1111001"),
        .cell = cell,
        .n_cell = 6};
    rk_buf_clear(&e);
    assert_int_equal(rk_entry_put_form(&f, 0, &e, NULL), RK_OK);
    rk_entry_sign(&e, 0, RK_LIT("uji"), &secret);
    refused(&e, RK_CONFLICT, "never added");
    f.head = (rk_entry_head){.version = 1, .actor = {RK_LIT("ppk"), 0}};
    rk_buf_clear(&e);
    assert_int_equal(rk_entry_put_form(&f, 0, &e, NULL), RK_OK);
    refused(&e, RK_BAD_INPUT, "signed forms");
    rk_buf_clear(&e);
    refused(&e, RK_CORRUPT, "unknown version");
    rk_buf_free(&e);
}

/* What only the fold can know is refused too, and the good ones beside it go on. */
static void refuses_in_the_group(void **state) {
    (void)state;
    rk_ed25519_seed seed = {{9}};
    rk_ed25519_secret secret;
    rk_ed25519_public key;
    rk_err err = RK_ERR_INIT;
    load_ack a;
    rk_ed25519_key(&seed, &secret, &key);
    rk_writer_close(&writer);
    assert_int_equal(rk_dir_key_add(&dir, RK_LIT("ppk"), &key, RK_LIT("uji"), &err), RK_OK);
    assert_int_equal(rk_writer_open(&dir, &writer, &err), RK_OK);
    static uint32_t cell[6] = {1, 2, 3, 4, 5, 6};
    rk_form f = {
        .head = {.version = 2, .time = 1, .actor = {RK_LIT("ppk"), rk_entry_key_id(&key)}},
        .batch = RK_NO_BATCH,
        .contest = RK_LIT("ppwp"),
        .tps = RK_LIT("1111001"),
        .cell = cell,
        .n_cell = 6};
    struct {
        rk_slice contest, tps;
        uint32_t n, first;
        rk_status want;
        const char *word;
    } bad[] = {{RK_LIT("dpr"), RK_LIT("1111001"), 6, 1, RK_NOT_FOUND, "unknown contest"},
               {RK_LIT("ppwp"), RK_LIT("1111999999"), 6, 1, RK_NOT_FOUND, "1111999999"},
               {RK_LIT("ppwp"), RK_LIT("1111001"), 5, 1, RK_CORRUPT, "figures"},
               {RK_LIT("ppwp"), RK_LIT("1111001"), 6, 1000000, RK_CORRUPT, "maximum"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        rk_buf e;
        rk_buf_init(&e, RK_ENTRY_MAX);
        f.contest = bad[i].contest, f.tps = bad[i].tps, f.n_cell = bad[i].n;
        cell[0] = bad[i].first;
        assert_int_equal(rk_entry_put_form(&f, 0, &e, NULL), RK_OK);
        rk_entry_sign(&e, 0, RK_LIT("uji"), &secret);
        refused(&e, bad[i].want, bad[i].word);
        rk_buf_free(&e);
        assert_int_equal(load_send(writer, 3, (uint32_t)i, &a, &err), RK_OK);
    }
}

struct many {
    pthread_t thread;
    uint32_t sender;
    bool ok;
};

static void *send_many(void *ctx) {
    struct many *m = ctx;
    m->ok = true;
    for (uint32_t i = 0; i < 40; i++) {
        load_ack a;
        rk_err err = RK_ERR_INIT;
        /* every form is handed in by two senders */
        m->ok &= load_send(writer, 100 + m->sender / 2, i, &a, &err) == RK_OK;
    }
    return NULL;
}

static void many_senders(void **state) {
    (void)state;
    static struct many m[16];
    uint64_t before, after;
    assert_int_equal(rk_store_size(dir.store, &before, NULL), RK_OK);
    for (uint32_t i = 0; i < 16; i++) {
        m[i].sender = i;
        assert_int_equal(pthread_create(&m[i].thread, NULL, send_many, &m[i]), 0);
    }
    for (uint32_t i = 0; i < 16; i++) {
        assert_int_equal(pthread_join(m[i].thread, NULL), 0);
        assert_true(m[i].ok);
    }
    rk_writer_close(&writer);
    assert_int_equal(rk_store_size(dir.store, &after, NULL), RK_OK);
    assert_int_equal(after - before, 8 * 40);
    rk_err err = RK_ERR_INIT;
    assert_int_equal(rk_writer_open(&dir, &writer, &err), RK_OK);
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {T(takes_once), T(refuses), T(refuses_in_the_group),
                                       T(many_senders)};
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
