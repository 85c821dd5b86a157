/* The public log over a store: what it says of its entries is true at every size, through
 * reopening, aborted batches and other writers; and it never signs beside what was signed. */
#include "program.h"
#include "log/log.h"

#include "core/proof.h"
#include "random.h"
#include "scratch.h"

#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>

char scratch_dir[64];

static rk_signer key;

static rk_slice entry_no(uint64_t i, char *room) {
    uint64_t x = i * 0x9E3779B97F4A7C15ull;
    size_t n = 1 + (size_t)(x >> 60) * (i % 97 == 0 ? 100 : 3);
    memset(room, (int)(x >> 40 & 255), n);
    int d = snprintf(room, 24, "%llu", (unsigned long long)i);
    return (rk_slice){room, n > (size_t)d ? n : (size_t)d};
}

struct both {
    rk_store *store;
    rk_log *log;
};

static struct both open_log(const char *db, const char *lock, enum rk_store_mode mode) {
    struct both b = {NULL, NULL};
    rk_err err = RK_ERR_INIT;
    if (rk_store_sqlite_open(db, mode, &b.store, &err) != RK_OK) fail_msg("%s", err.text);
    if (rk_log_open(b.store, lock, &b.log, &err) != RK_OK) fail_msg("%s", err.text);
    rk_log_sign_with(b.log, &key, 1);
    return b;
}

static void close_log(struct both *b) {
    rk_log_close(&b->log);
    rk_store_close(&b->store);
}

static rk_status grow(struct both *b, uint64_t n, rk_err *err) {
    char room[2000];
    RK_TRY(rk_log_begin(b->log, err));
    uint64_t at = rk_log_size(b->log);
    for (uint64_t i = at; i < at + n; i++) {
        rk_slice e = entry_no(i, room);
        rk_sha256 leaf = rk_merkle_leaf(e);
        rk_status s = rk_log_append(b->log, e, i % 2 ? &leaf : NULL, err);
        if (s != RK_OK) {
            rk_log_abort(b->log);
            return s;
        }
    }
    return rk_log_commit(b->log, err);
}

static void must_grow(struct both *b, uint64_t n) {
    rk_err err = RK_ERR_INIT;
    if (grow(b, n, &err) != RK_OK) fail_msg("%s", err.text);
}

/* The root over entries 0..n-1, computed beside the log. */
static rk_frontier beside;
static rk_sha256 *root_at; /* [n] */

static void extend_beside(uint64_t n) {
    char room[2000];
    while (beside.size < n) {
        rk_sha256 leaf = rk_merkle_leaf(entry_no(beside.size, room));
        (void)rk_frontier_append(&beside, &leaf);
        root_at[beside.size] = rk_frontier_root(&beside);
    }
}

static rk_checkpoint opened(rk_slice note) {
    rk_checkpoint c;
    rk_err err = RK_ERR_INIT;
    if (rk_checkpoint_open(note, &key.verifier, 1, &c, &err) != RK_OK) fail_msg("%s", err.text);
    return c;
}

static void check_proof(rk_store *s, uint64_t index, rk_slice note) {
    char room[2000];
    rk_buf b;
    rk_proof p;
    rk_err err = RK_ERR_INIT;
    rk_buf_init(&b, RK_PROOF_MAX);
    assert_int_equal(rk_log_prove(s, index, note, &b, &err), RK_OK);
    assert_int_equal(rk_proof_parse(rk_buf_slice(&b), &p, &err), RK_OK);
    rk_checkpoint c = opened(p.checkpoint);
    rk_sha256 leaf = rk_merkle_leaf(entry_no(index, room));
    assert_int_equal(
        rk_merkle_check_inclusion(&leaf, index, c.size, p.path.hash, p.path.n, &c.root, &err),
        RK_OK);
    rk_buf_free(&b);
}

/* Every tile that a log of this size has, against hashes of the entries themselves. */
static void check_tiles(rk_store *s, uint64_t size) {
    rk_tile_iter it;
    rk_tile t;
    rk_log_reader r;
    rk_buf got, want;
    rk_err err = RK_ERR_INIT;
    rk_buf_init(&got, (256u * 65537u)), rk_buf_init(&want, (256u * 65537u));
    rk_log_reader_init(&r, s, size);
    rk_hash_reader hashes = rk_log_reader_hashes(&r);
    rk_sha256 root;
    assert_int_equal(rk_merkle_root(size, &hashes, &root, &err), RK_OK);
    assert_memory_equal(&root, &root_at[size], sizeof root);
    for (rk_tile_iter_init(&it, 0, size); rk_tile_iter_next(&it, &t);) {
        rk_buf_clear(&got), rk_buf_clear(&want);
        assert_int_equal(rk_log_tile(s, t, size, &got, &err), RK_OK);
        if (t.entries) continue;
        assert_int_equal(got.len, t.width * 32u);
        assert_int_equal(rk_tile_put(t, &hashes, &want, &err), RK_OK);
        assert_memory_equal(got.ptr, want.ptr, got.len);
    }
    rk_log_reader_free(&r);
    rk_buf_free(&got), rk_buf_free(&want);
}

static void grows_true(void **state) {
    (void)state;
    rnd_start("public log");
    enum { MOST = 70000 };
    root_at = calloc(MOST + 1000, sizeof *root_at);
    const char *db = scratch("a.db"), *lock = scratch("a.lock");
    struct both b = open_log(db, lock, RK_STORE_CREATE);
    rk_err err = RK_ERR_INIT;
    uint64_t size = 0;
    while (size < MOST) {
        uint64_t n = rnd_one_in(4) ? 1 : rnd_one_in(3) ? 1 + rnd(9000) : 1 + rnd(600);
        if (size + n > MOST + 900) n = 1;
        if (rnd_one_in(6)) close_log(&b), b = open_log(db, lock, RK_STORE_WRITE);
        if (rnd_one_in(6)) { /* a batch that is dropped leaves nothing */
            char room[2000];
            assert_int_equal(rk_log_begin(b.log, &err), RK_OK);
            for (uint64_t i = 0; i < n; i++)
                assert_int_equal(rk_log_append(b.log, entry_no(7, room), NULL, &err), RK_OK);
            rk_log_abort(b.log);
        }
        must_grow(&b, n);
        size += n;
        extend_beside(size);
        rk_checkpoint c = opened(rk_log_note(b.log));
        assert_true(c.size == size);
        assert_memory_equal(&c.root, &root_at[size], sizeof c.root);
        for (int k = 0; k < 4; k++)
            check_proof(b.store, rnd((uint32_t)size), rk_log_note(b.log));
    }
    check_tiles(b.store, size);
    for (int k = 0; k < 5; k++)
        check_tiles(b.store, 1 + rnd((uint32_t)size)); /* earlier ones */
    rk_log_head h;
    assert_int_equal(rk_log_head_read(b.store, &h, &err), RK_OK);
    assert_true(h.size == size && rk_slice_eq(rk_buf_slice(&h.note), rk_log_note(b.log)));
    rk_log_head_free(&h);
    close_log(&b);
    free(root_at);
}

static void copy_file(const char *from, const char *to) {
    char wal[300], shm[300];
    (void)snprintf(wal, sizeof wal, "%s-wal", to);
    (void)snprintf(shm, sizeof shm, "%s-shm", to);
    assert_true(program_ran((const char *const[]){"cp", from, to, NULL}));
    assert_true(program_ran((const char *const[]){"rm", "-f", wal, shm, NULL}));
}

static void older_copy_is_refused(void **state) {
    (void)state;
    char room[2000];
    const char *db = scratch("b.db"), *lock = scratch("b.lock"), *old = scratch("old.db");
    rk_err err = RK_ERR_INIT;
    struct both b = open_log(db, lock, RK_STORE_CREATE);
    must_grow(&b, 300);
    close_log(&b);
    copy_file(db, old);
    b = open_log(db, lock, RK_STORE_WRITE);
    must_grow(&b, 5);
    rk_buf newest;
    rk_buf_init(&newest, RK_NOTE_MAX);
    rk_buf_add(&newest, rk_log_note(b.log));
    close_log(&b);

    copy_file(old, db); /* the backup comes back: the lock file knows better */
    b = open_log(db, lock, RK_STORE_WRITE);
    assert_int_equal(grow(&b, 5, &err), RK_CONFLICT);
    assert_non_null(strstr(err.text, "older copy"));
    err = RK_ERR_INIT;
    assert_int_equal(grow(&b, 5, &err), RK_CONFLICT); /* and it stays refused */
    close_log(&b);

    assert_int_equal(remove(lock), 0); /* the lock is gone too: a witness knows */
    b = open_log(db, lock, RK_STORE_WRITE);
    err = RK_ERR_INIT;
    assert_int_equal(rk_log_must_extend(b.log, rk_buf_slice(&newest), &key.verifier, 1,
                                        "the witness uji", &err),
                     RK_CONFLICT);
    assert_non_null(strstr(err.text, "the witness uji"));
    err = RK_ERR_INIT;
    assert_int_equal(grow(&b, 1, &err), RK_CONFLICT);
    /* the missing entries come back from a mirror, byte for byte: it goes on */
    err = RK_ERR_INIT;
    close_log(&b);
    b = open_log(db, lock, RK_STORE_WRITE);
    must_grow(&b, 5);
    assert_true(rk_slice_eq(rk_log_note(b.log), rk_buf_slice(&newest)));
    assert_int_equal(
        rk_log_must_extend(b.log, rk_buf_slice(&newest), &key.verifier, 1, "w", &err), RK_OK);
    must_grow(&b, 1);
    close_log(&b);

    copy_file(old, db); /* other entries in their place: a fork, even when it is longer */
    assert_int_equal(remove(lock), 0);
    b = open_log(db, lock, RK_STORE_WRITE);
    assert_int_equal(rk_log_begin(b.log, &err), RK_OK);
    for (int i = 0; i < 9; i++)
        assert_int_equal(rk_log_append(b.log, entry_no(1000, room), NULL, &err), RK_OK);
    assert_int_equal(rk_log_commit(b.log, &err), RK_OK);
    err = RK_ERR_INIT;
    assert_int_equal(
        rk_log_must_extend(b.log, rk_buf_slice(&newest), &key.verifier, 1, "w", &err),
        RK_CONFLICT);
    assert_non_null(strstr(err.text, "forked"));
    close_log(&b);
    rk_buf_free(&newest);
}

static void damaged_lock_is_said(void **state) {
    (void)state;
    const char *db = scratch("c.db"), *lock = scratch("c.lock");
    rk_err err = RK_ERR_INIT;
    struct both b = open_log(db, lock, RK_STORE_CREATE);
    must_grow(&b, 3);
    must_grow(&b, 3); /* both places are written */
    close_log(&b);
    FILE *f = fopen(lock, "r+");
    assert_non_null(f);
    fputs("\n\n\n", f); /* one place spoilt: the other still tells */
    fclose(f);
    b = open_log(db, lock, RK_STORE_WRITE);
    must_grow(&b, 1);
    close_log(&b);
    f = fopen(lock, "r+");
    fputs("\n\n\n", f);
    fseek(f, 16384, SEEK_SET);
    fputs("\n\n\n", f);
    fclose(f);
    b = open_log(db, lock, RK_STORE_WRITE);
    assert_int_equal(grow(&b, 1, &err), RK_CORRUPT);
    assert_non_null(strstr(err.text, "remove the file"));
    close_log(&b);
}

/* Two processes on one store, again and again: whoever gets the lock signs over what the other
 * signed; nothing is signed twice for one size. */
static void two_writers(void **state) {
    (void)state;
    enum { ROUNDS = 100 };
    const char *db = scratch("d.db"), *lock = scratch("d.lock");
    struct both b = open_log(db, lock, RK_STORE_CREATE);
    must_grow(&b, 1);
    close_log(&b);
    int fd[2];
    assert_int_equal(pipe(fd), 0);
    for (int who = 0; who < 2; who++) {
        if (fork() != 0) continue;
        struct both w = open_log(db, lock, RK_STORE_WRITE);
        for (int i = 0; i < ROUNDS;) {
            rk_err err = RK_ERR_INIT;
            rk_status s = grow(&w, 1 + (uint64_t)who, &err);
            if (s == RK_BUSY) continue;
            if (s != RK_OK) fprintf(stderr, "%s\n", err.text), _exit(1);
            rk_checkpoint c = opened(rk_log_note(w.log));
            if (write(fd[1], &c.size, sizeof c.size) != sizeof c.size) _exit(1);
            i++;
        }
        close_log(&w);
        _exit(0);
    }
    close(fd[1]);
    uint64_t size, seen[2 * ROUNDS], n = 0;
    while (read(fd[0], &size, sizeof size) == sizeof size) {
        for (uint64_t i = 0; i < n; i++) assert_true(seen[i] != size);
        seen[n++] = size;
    }
    close(fd[0]);
    for (int who = 0; who < 2; who++) {
        int status = -1;
        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
    assert_int_equal(n, 2 * ROUNDS);
    b = open_log(db, lock, RK_STORE_WRITE);
    must_grow(&b, 1); /* the tree still fits its entries */
    rk_checkpoint c = opened(rk_log_note(b.log));
    assert_int_equal(c.size, 1 + 3 * ROUNDS + 1);
    root_at = calloc(c.size + 1, sizeof *root_at);
    beside = (rk_frontier){0};
    extend_beside(c.size);
    assert_memory_equal(&c.root, &root_at[c.size], sizeof c.root);
    free(root_at);
    close_log(&b);
}

int main(void) {
    rk_ed25519_seed seed;
    memset(seed.b, 1, sizeof seed.b);
    if (rk_signer_new(RK_LIT("uji"), RK_KEY_ED25519, &seed, &key, NULL) != RK_OK) return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows_true), cmocka_unit_test(older_copy_is_refused),
        cmocka_unit_test(damaged_lock_is_said), cmocka_unit_test(two_writers)};
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
