#include "store_contract.h"

#include "base/limits.h"
#include "scratch.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#define KILLS 60

static const struct store_maker *maker;

/* ---- entries ---- */
static uint64_t mix(uint64_t x) {
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
    return x ^ (x >> 31);
}

rk_slice store_entry(uint64_t index) {
    static char room[4][256];
    static unsigned at;
    char *p = room[at++ % 4];
    size_t len = 1 + mix(index + 1) % 200;
    for (size_t i = 0; i < len; i++) p[i] = (char)(mix(index) >> (i % 8 * 8));
    return (rk_slice){p, len};
}

rk_status store_put(rk_store *s, uint64_t from, uint64_t to, rk_err *err) {
    for (; from < to; from++) RK_TRY(rk_store_append(s, store_entry(from), err));
    return RK_OK;
}

uint64_t store_seed(const char *what) {
    const char *given = getenv("REKAP_SEED");
    uint64_t seed =
        given ? strtoull(given, NULL, 10) : mix((uint64_t)time(NULL) ^ (uint64_t)getpid());
    print_message("%s: REKAP_SEED=%llu\n", what, (unsigned long long)seed);
    return seed;
}

struct range {
    uint64_t next;
    size_t calls;
};

static rk_status in_order(void *ctx, uint64_t first, const rk_slice *e, size_t n, rk_err *err) {
    struct range *r = ctx;
    (void)err;
    assert_int_equal(first, r->next);
    assert_true(n > 0);
    for (size_t i = 0; i < n; i++) assert_true(rk_slice_eq(e[i], store_entry(first + i)));
    r->next += n;
    r->calls++;
    return RK_OK;
}

static void holds_range(rk_store *s, uint64_t from, uint64_t to, uint64_t size) {
    rk_err err = RK_ERR_INIT;
    struct range r = {from, 0};
    assert_int_equal(rk_store_read(s, from, to, in_order, &r, &err), RK_OK);
    uint64_t end = to < size ? to : size;
    assert_int_equal(r.next, from < end ? end : from);
}

void store_holds(rk_store *s, uint64_t n) {
    uint64_t size = 0;
    rk_err err = RK_ERR_INIT;
    assert_int_equal(rk_store_size(s, &size, &err), RK_OK);
    assert_int_equal(size, n);
    holds_range(s, 0, UINT64_MAX, n);
    holds_range(s, 0, n, n);
    rk_buf b;
    rk_buf_init(&b, 70000);
    assert_int_equal(rk_store_get(s, n, &b, NULL), RK_NOT_FOUND);
    if (n) {
        assert_int_equal(rk_store_get(s, n - 1, &b, &err), RK_OK);
        assert_true(rk_slice_eq(rk_buf_slice(&b), store_entry(n - 1)));
    }
    rk_buf_free(&b);
}

static rk_store *open_as(enum rk_store_mode mode) {
    rk_store *s = NULL;
    rk_err err = RK_ERR_INIT;
    if (maker->open(mode, &s, &err) != RK_OK) fail_msg("open: %s", err.text);
    return s;
}

static rk_store *fresh(void) {
    maker->fresh();
    return open_as(RK_STORE_CREATE);
}

static void ok(rk_status st, const rk_err *err) {
    if (st != RK_OK) fail_msg("%s: %s", rk_status_name(st), err->text);
}

static void add(rk_store *s, uint64_t from, uint64_t to) {
    rk_err err = RK_ERR_INIT;
    uint64_t size = 0;
    ok(rk_store_begin(s, &err), &err);
    ok(store_put(s, from, to, &err), &err);
    ok(rk_store_commit(s, &size, &err), &err);
    assert_int_equal(size, to);
}

/* ---- cases ---- */
static void modes(void **state) {
    (void)state;
    rk_store *s = NULL, *t = NULL;
    rk_err err = RK_ERR_INIT;
    maker->fresh();
    assert_int_equal(maker->open(RK_STORE_READ, &s, &err), RK_NOT_FOUND);
    assert_int_equal(maker->open(RK_STORE_WRITE, &s, NULL), RK_NOT_FOUND);
    assert_null(s);
    s = open_as(RK_STORE_CREATE);
    store_holds(s, 0);
    assert_int_equal(maker->open(RK_STORE_CREATE, &t, NULL), RK_CONFLICT);
    assert_null(t);
    rk_store_close(&s);
    assert_null(s);
    rk_store_close(&s);
    assert_int_equal(maker->open(RK_STORE_CREATE, &t, NULL), RK_CONFLICT);
    s = open_as(RK_STORE_READ);
    store_holds(s, 0);
    assert_int_equal(rk_store_begin(s, NULL), RK_IO);
    assert_int_equal(rk_store_meta_set(s, RK_LIT("a"), RK_LIT("b"), NULL), RK_IO);
    rk_store_close(&s);
}

/* Every way to arrive at sizes around a bundle's end, each seen again after a reopen. */
static void boundaries(void **state) {
    (void)state;
    static const uint64_t size[] = {1, 2, 255, 256, 257, 511, 512, 513, 600, 1024, 1300};
    for (size_t step = 0; step < 4; step++) {
        rk_store *s = fresh();
        uint64_t n = 0;
        for (size_t i = 0; i < sizeof size / sizeof *size; i++) {
            static const uint64_t by[] = {UINT64_MAX, 100, 255, 1};
            while (n < size[i]) {
                uint64_t to = size[i] - n < by[step] ? size[i] : n + by[step];
                add(s, n, to);
                n = to;
            }
            store_holds(s, n);
            if (i % 3 == step % 3) {
                rk_store_close(&s);
                s = open_as(i % 2 ? RK_STORE_READ : RK_STORE_WRITE);
                store_holds(s, n);
                rk_store_close(&s);
                s = open_as(RK_STORE_WRITE);
            }
        }
        rk_store_close(&s);
    }
}

static void ranges(void **state) {
    (void)state;
    rk_store *s = fresh();
    add(s, 0, 600);
    static const uint64_t at[] = {0,   1,   254, 255, 256, 257,       511,
                                  512, 513, 599, 600, 601, UINT64_MAX};
    for (size_t i = 0; i < sizeof at / sizeof *at; i++)
        for (size_t k = 0; k < sizeof at / sizeof *at; k++) holds_range(s, at[i], at[k], 600);
    rk_buf b;
    rk_buf_init(&b, 300);
    for (uint64_t i = 0; i < 600; i++) {
        rk_buf_clear(&b);
        assert_int_equal(rk_store_get(s, i, &b, NULL), RK_OK);
        assert_true(rk_slice_eq(rk_buf_slice(&b), store_entry(i)));
    }
    assert_int_equal(rk_store_get(s, 600, &b, NULL), RK_NOT_FOUND);
    assert_int_equal(rk_store_get(s, UINT64_MAX, &b, NULL), RK_NOT_FOUND);
    rk_buf_free(&b);
    rk_store_close(&s);
}

static rk_status stop_at_once(void *ctx, uint64_t first, const rk_slice *e, size_t n,
                              rk_err *err) {
    (void)first, (void)e, (void)n;
    ++*(int *)ctx;
    return rk_fail(err, RK_LIMIT, "enough");
}

static void callback_stops(void **state) {
    (void)state;
    rk_store *s = fresh();
    add(s, 0, 600);
    for (uint64_t from = 0; from < 600; from += 550) {
        int calls = 0;
        rk_err err = RK_ERR_INIT;
        assert_int_equal(rk_store_read(s, from, 600, stop_at_once, &calls, &err), RK_LIMIT);
        assert_int_equal(calls, 1);
        assert_string_equal(err.text, "enough");
    }
    add(s, 600, 601);
    store_holds(s, 601);
    rk_store_close(&s);
}

static void sizes(void **state) {
    (void)state;
    char *big = malloc(RK_ENTRY_MAX + 1);
    assert_non_null(big);
    for (size_t i = 0; i <= RK_ENTRY_MAX; i++) big[i] = (char)(i * 31);
    rk_store *s = fresh();
    rk_err err = RK_ERR_INIT;
    ok(rk_store_begin(s, &err), &err);
    ok(rk_store_append(s, (rk_slice){big, 1}, &err), &err);
    assert_int_equal(rk_store_append(s, (rk_slice){big, RK_ENTRY_MAX + 1}, NULL), RK_LIMIT);
    assert_int_equal(rk_store_append(s, (rk_slice){NULL, 0}, NULL), RK_LIMIT);
    for (int i = 0; i < 300; i++)
        ok(rk_store_append(s, (rk_slice){big, RK_ENTRY_MAX}, &err), &err);
    uint64_t n = 0;
    ok(rk_store_commit(s, &n, &err), &err);
    assert_int_equal(n, 301);
    rk_store_close(&s);
    s = open_as(RK_STORE_READ);
    rk_buf b;
    rk_buf_init(&b, RK_ENTRY_MAX);
    for (uint64_t i = 0; i < n; i++) {
        rk_buf_clear(&b);
        ok(rk_store_get(s, i, &b, &err), &err);
        assert_true(rk_slice_eq(rk_buf_slice(&b), (rk_slice){big, i ? RK_ENTRY_MAX : 1}));
    }
    rk_buf_free(&b);
    rk_buf_init(&b, RK_ENTRY_MAX - 1);
    assert_int_equal(rk_store_get(s, 1, &b, NULL), RK_LIMIT);
    rk_buf_free(&b);
    rk_store_close(&s);
    free(big);
}

/* What is in an open batch is seen by nobody, and gone when it is dropped or never committed.
 */
static void batches_are_whole(void **state) {
    (void)state;
    rk_store *s = fresh(), *r = open_as(RK_STORE_READ);
    rk_err err = RK_ERR_INIT;
    add(s, 0, 200);
    for (int way = 0; way < 3; way++) {
        ok(rk_store_begin(s, &err), &err);
        ok(store_put(s, 200, 900, &err), &err);
        store_holds(s, 200); /* the writing handle too */
        store_holds(r, 200);
        if (way == 0) rk_store_abort(s);
        if (way == 1) rk_store_close(&s), s = open_as(RK_STORE_WRITE);
        if (way == 2) ok(rk_store_commit(s, NULL, &err), &err);
    }
    store_holds(s, 900);
    store_holds(r, 900);
    rk_store_abort(s); /* nothing open: nothing happens */
    uint64_t n = 0;
    ok(rk_store_begin(s, &err), &err);
    ok(rk_store_commit(s, &n, &err), &err); /* an empty batch */
    assert_int_equal(n, 900);
    rk_store_close(&s);
    rk_store_close(&r);
}

static void one_writer(void **state) {
    (void)state;
    rk_store *a = fresh(), *b = open_as(RK_STORE_WRITE);
    rk_err err = RK_ERR_INIT;
    ok(rk_store_begin(a, &err), &err);
    ok(store_put(a, 0, 300, &err), &err);
    time_t t = time(NULL);
    assert_int_equal(rk_store_begin(b, NULL), RK_BUSY);
    assert_in_range(time(NULL) - t, 0, 4);
    pid_t pid = fork();
    if (pid == 0) { /* another process */
        rk_store *c = NULL;
        rk_status st = maker->open(RK_STORE_WRITE, &c, NULL);
        if (st == RK_OK) st = rk_store_begin(c, NULL);
        _exit(st == RK_BUSY ? 0 : 1);
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    ok(rk_store_commit(a, NULL, &err), &err);
    /* Now the other one goes on from there, and back. */
    add(b, 300, 512);
    add(a, 512, 513);
    add(b, 513, 1100);
    store_holds(a, 1100);
    store_holds(b, 1100);
    rk_store_close(&a);
    add(b, 1100, 1101);
    rk_store_close(&b);
}

static void named_values(void **state) {
    (void)state;
    rk_store *s = fresh(), *r = open_as(RK_STORE_READ);
    rk_err err = RK_ERR_INIT;
    rk_buf b;
    rk_buf_init(&b, RK_ENTRY_MAX);
    rk_slice key = RK_LIT("checkpoint"), binary = {"\0\xff\n'", 4};
    assert_int_equal(rk_store_meta_get(s, key, &b, NULL), RK_NOT_FOUND);
    ok(rk_store_meta_set(s, key, RK_LIT("first"), &err), &err);
    ok(rk_store_meta_set(s, RK_LIT("empty"), (rk_slice){NULL, 0}, &err), &err);
    ok(rk_store_meta_get(r, key, &b, &err), &err);
    assert_true(rk_slice_is(rk_buf_slice(&b), "first"));
    ok(rk_store_meta_set(s, key, binary, &err), &err);
    rk_store_close(&s);
    s = open_as(RK_STORE_WRITE);
    rk_buf_clear(&b);
    rk_buf_byte(&b, '>');
    ok(rk_store_meta_get(s, key, &b, &err), &err); /* appends */
    assert_true(rk_slice_eq(rk_buf_slice(&b), (rk_slice){">\0\xff\n'", 5}));
    ok(rk_store_meta_get(s, RK_LIT("empty"), &b, &err), &err);
    assert_int_equal(b.len, 5);
    ok(rk_store_meta_get(s, RK_LIT("format"), &b, &err), &err);
    assert_int_equal(rk_store_meta_set(s, RK_LIT("format"), binary, NULL), RK_BAD_INPUT);
    char *big = calloc(1, RK_ENTRY_MAX + 1);
    assert_int_equal(rk_store_meta_set(s, key, (rk_slice){big, RK_ENTRY_MAX + 1}, NULL),
                     RK_LIMIT);
    ok(rk_store_meta_set(s, key, (rk_slice){big, RK_ENTRY_MAX}, &err), &err);
    assert_int_equal(rk_store_meta_set(s, (rk_slice){big, 65}, binary, NULL), RK_LIMIT);
    assert_int_equal(rk_store_meta_set(s, (rk_slice){NULL, 0}, binary, NULL), RK_LIMIT);
    free(big);
    rk_buf_free(&b);
    store_holds(s, 0);
    rk_store_close(&s);
    rk_store_close(&r);
}

/* Tiles and the head are there exactly when the entries of their batch are. */
static void beside_entries(void **state) {
    (void)state;
    rk_store *s = fresh(), *r = open_as(RK_STORE_READ);
    rk_err err = RK_ERR_INIT;
    rk_buf b;
    char big[RK_TILE_STORED_MAX];
    memset(big, 7, sizeof big);
    rk_buf_init(&b, RK_ENTRY_MAX);
    assert_int_equal(rk_store_head_get(s, &b, NULL), RK_NOT_FOUND);
    assert_int_equal(rk_store_tile_get(s, 0, 0, &b, NULL), RK_NOT_FOUND);
    for (int round = 0; round < 3; round++) { /* 0 dropped, 1 kept, 2 replaced */
        ok(rk_store_begin(s, &err), &err);
        ok(store_put(s, round ? (uint64_t)(round - 1) * 300 : 0,
                     round ? (uint64_t)round * 300 : 10, &err),
           &err);
        rk_slice head = round == 2 ? RK_LIT("second") : RK_LIT("first");
        ok(rk_store_head_put(s, head, &err), &err);
        ok(rk_store_tile_put(s, 0, 0, (rk_slice){big, sizeof big}, &err), &err);
        ok(rk_store_tile_put(s, 7, (1ull << 56) - 1, head, &err), &err);
        rk_buf_clear(&b);
        ok(rk_store_head_get(s, &b, &err), &err); /* the writer sees its own */
        assert_true(rk_slice_eq(rk_buf_slice(&b), head));
        if (round == 0)
            rk_store_abort(s);
        else
            ok(rk_store_commit(s, NULL, &err), &err);
        rk_buf_clear(&b);
        rk_status st = rk_store_head_get(r, &b, NULL);
        assert_int_equal(st, round ? RK_OK : RK_NOT_FOUND);
        if (!round) continue;
        assert_true(rk_slice_eq(rk_buf_slice(&b), head));
        rk_buf_clear(&b);
        ok(rk_store_tile_get(r, 7, (1ull << 56) - 1, &b, &err), &err);
        assert_true(rk_slice_eq(rk_buf_slice(&b), head));
        assert_int_equal(rk_store_tile_get(r, 1, 0, &b, NULL), RK_NOT_FOUND);
    }
    rk_store_close(&s);
    s = open_as(RK_STORE_WRITE);
    rk_buf_clear(&b);
    ok(rk_store_tile_get(s, 0, 0, &b, &err), &err);
    assert_int_equal(b.len, sizeof big);
    assert_memory_equal(b.ptr, big, sizeof big);
    store_holds(s, 600);
    rk_buf_free(&b);
    rk_store_close(&s);
    rk_store_close(&r);
}

/* Readers at work while another process writes batches of 7: only whole batches, never fewer.
 */
static void reads_while_writing(void **state) {
    (void)state;
    rk_store *s = fresh();
    pid_t pid = fork();
    if (pid == 0) {
        rk_store *w = NULL;
        rk_err err = RK_ERR_INIT;
        if (maker->open(RK_STORE_WRITE, &w, &err) != RK_OK) _exit(1);
        for (uint64_t i = 0; i < 700; i++)
            if (rk_store_begin(w, &err) != RK_OK ||
                store_put(w, i * 7, i * 7 + 7, &err) != RK_OK ||
                rk_store_commit(w, NULL, &err) != RK_OK) {
                fprintf(stderr, "writer: %s\n", err.text);
                _exit(1);
            }
        rk_store_close(&w);
        _exit(0);
    }
    rk_store *r = open_as(RK_STORE_READ);
    uint64_t last = 0;
    size_t states = 0;
    int status = -1;
    for (bool over = false; !over;) {
        over = waitpid(pid, &status, WNOHANG) == pid;
        struct range x = {0, 0};
        rk_err err = RK_ERR_INIT;
        ok(rk_store_read(r, 0, UINT64_MAX, in_order, &x, &err), &err);
        assert_int_equal(x.next % 7, 0);
        assert_true(x.next >= last);
        states += x.next > last;
        last = x.next;
    }
    assert_int_equal(status, 0);
    assert_int_equal(last, 4900);
    print_message("%zu states seen\n", states);
    assert_true(states > 3);
    rk_store_close(&r);
    rk_store_close(&s);
}

/* ---- kill -9 ---- */
/* Commits batches of known sizes and says each committed size to the parent. */
static void writer_process(int to_parent, uint64_t seed) {
    rk_store *s = NULL;
    uint64_t n = 0;
    if (maker->open(RK_STORE_WRITE, &s, NULL) != RK_OK || rk_store_size(s, &n, NULL) != RK_OK)
        _exit(1);
    for (;;) {
        uint64_t to = n + 1 + mix(seed ^ n) % ((mix(n) & 7) == 0 ? 700 : 9);
        if (rk_store_begin(s, NULL) != RK_OK || store_put(s, n, to, NULL) != RK_OK) _exit(1);
        uint64_t said[2] = {n, to};
        if (write(to_parent, said, sizeof said) != sizeof said) _exit(1); /* about to commit */
        if (rk_store_commit(s, &n, NULL) != RK_OK || n != to) _exit(1);
        said[0] = n;
        if (write(to_parent, said, sizeof said) != sizeof said) _exit(1);
    }
}

static void killed(void **state) {
    (void)state;
    uint64_t seed = store_seed("killed"), cut = 0;
    rk_store *s = fresh();
    rk_store_close(&s);
    for (uint64_t round = 0; round < KILLS; round++) {
        int fd[2];
        assert_int_equal(pipe(fd), 0);
        pid_t pid = fork();
        if (pid == 0) {
            close(fd[0]);
            writer_process(fd[1], seed);
        }
        close(fd[1]);
        usleep((useconds_t)(mix(seed + round) % 30000));
        kill(pid, SIGKILL);
        int status = 0;
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFSIGNALED(status));
        uint64_t said[2], last[2] = {UINT64_MAX, UINT64_MAX}, size = 0;
        while (read(fd[0], said, sizeof said) == sizeof said) memcpy(last, said, sizeof said);
        close(fd[0]);
        s = open_as(round % 2 ? RK_STORE_WRITE : RK_STORE_READ);
        assert_int_equal(rk_store_size(s, &size, NULL), RK_OK);
        /* last = {committed, being committed}: one of the two and nothing between. */
        if (last[0] != UINT64_MAX) {
            assert_true(size == last[0] || size == last[1]);
            cut += last[0] != last[1];
        }
        store_holds(s, size);
        rk_store_close(&s);
    }
    print_message("%llu of %d kills were within a commit\n", (unsigned long long)cut, KILLS);
}

int store_contract(const struct store_maker *m) {
    maker = m;
    print_message("store: %s\n", m->name);
    const struct CMUnitTest tests[] = {cmocka_unit_test(modes),
                                       cmocka_unit_test(boundaries),
                                       cmocka_unit_test(ranges),
                                       cmocka_unit_test(callback_stops),
                                       cmocka_unit_test(sizes),
                                       cmocka_unit_test(batches_are_whole),
                                       cmocka_unit_test(one_writer),
                                       cmocka_unit_test(named_values),
                                       cmocka_unit_test(beside_entries),
                                       cmocka_unit_test(killed),
                                       cmocka_unit_test(reads_while_writing)};
    return cmocka_run_group_tests_name(m->name, tests, scratch_make, scratch_remove);
}
