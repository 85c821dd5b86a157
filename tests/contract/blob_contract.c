#include "blob_contract.h"

#include "scratch.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

static const struct blob_maker *maker;

static rk_blobs *open_now(void) {
    rk_blobs *b = NULL;
    rk_err err = RK_ERR_INIT;
    if (maker->open(&b, &err) != RK_OK) fail_msg("open: %s", err.text);
    return b;
}

static void holds(rk_blobs *b, const rk_sha256 *h, rk_slice want) {
    rk_buf out;
    rk_err err = RK_ERR_INIT;
    bool has = false;
    rk_buf_init(&out, want.len + 1);
    rk_buf_byte(&out, '>');
    assert_int_equal(rk_blobs_has(b, h, &has, &err), RK_OK);
    assert_true(has);
    assert_int_equal(rk_blobs_get(b, h, &out, &err), RK_OK);
    assert_true(rk_slice_eq(rk_slice_from(rk_buf_slice(&out), 1), want));
    rk_buf_free(&out);
}

/* The third looks like a compressed file: it must come back as it is. */
static const rk_slice samples[] = {
    {"", 0}, {"x", 1}, {"\x1f\x8b\x08 no gzip", 11}, {"a\0b", 3}};

static void round_trip(void **state) {
    (void)state;
    maker->fresh();
    rk_blobs *b = open_now();
    rk_err err = RK_ERR_INIT;
    size_t n = 3u << 20;
    char *big = malloc(n);
    assert_non_null(big);
    for (size_t i = 0; i < n; i++) big[i] = (char)(i * 2654435761u >> 13);
    for (int again = 0; again < 3; again++) {
        for (size_t i = 0; i < 5; i++) {
            rk_slice in = i < 4 ? samples[i] : (rk_slice){big, n};
            rk_sha256 h, want = rk_sha256_of(in);
            assert_int_equal(rk_blobs_put(b, in, &h, &err), RK_OK);
            assert_memory_equal(&h, &want, sizeof h);
            holds(b, &h, in);
        }
        rk_blobs_close(&b);
        assert_null(b);
        b = open_now();
    }
    rk_sha256 h = rk_sha256_of((rk_slice){big, n});
    rk_buf out;
    rk_buf_init(&out, n - 1);
    assert_int_equal(rk_blobs_get(b, &h, &out, NULL), RK_LIMIT);
    rk_buf_free(&out);
    free(big);
    rk_blobs_close(&b);
}

/* Given to a path: the same bytes there, once or again; what is damaged or missing is not. */
static void given(void **state) {
    (void)state;
    maker->fresh();
    rk_blobs *b = open_now();
    rk_sha256 h, never = rk_sha256_of(RK_LIT("never put"));
    char path[600], bytes[8] = {0};
    snprintf(path, sizeof path, "%s", scratch("diberikan/dua/foto.jpg"));
    assert_int_equal(rk_blobs_give(b, &never, path, NULL), RK_NOT_FOUND);
    assert_int_equal(rk_blobs_put(b, RK_LIT("a\0b!"), &h, NULL), RK_OK);
    for (int again = 0; again < 2; again++) {
        assert_int_equal(rk_blobs_give(b, &h, path, NULL), RK_OK);
        FILE *f = fopen(path, "rb");
        assert_non_null(f);
        assert_int_equal(fread(bytes, 1, sizeof bytes, f), 4);
        fclose(f);
        assert_memory_equal(bytes, "a\0b!", 4);
    }
    holds(b, &h, RK_LIT("a\0b!"));
    rk_blobs_close(&b);
}

static void not_there(void **state) {
    (void)state;
    maker->fresh();
    rk_blobs *b = open_now();
    rk_sha256 h = rk_sha256_of(RK_LIT("never put"));
    bool has = true;
    rk_buf out;
    rk_buf_init(&out, 100);
    assert_int_equal(rk_blobs_has(b, &h, &has, NULL), RK_OK);
    assert_false(has);
    assert_int_equal(rk_blobs_get(b, &h, &out, NULL), RK_NOT_FOUND);
    assert_int_equal(out.len, 0);
    rk_buf_free(&out);
    rk_blobs_close(&b);
}

/* Damage is seen, never handed out, and mended by putting the blob again. */
static void damaged(void **state) {
    (void)state;
    maker->fresh();
    rk_blobs *b = open_now();
    for (int cut = 0; cut < 2; cut++) {
        rk_slice in = RK_LIT("a form of a polling station");
        rk_sha256 h;
        rk_buf out;
        rk_buf_init(&out, 100);
        assert_int_equal(rk_blobs_put(b, in, &h, NULL), RK_OK);
        maker->damage(&h, cut == 1);
        assert_int_equal(rk_blobs_get(b, &h, &out, NULL), RK_CORRUPT);
        assert_int_equal(rk_blobs_give(b, &h, scratch("rusak.jpg"), NULL), RK_CORRUPT);
        assert_int_equal(out.len, 0);
        assert_int_equal(rk_blobs_put(b, in, &h, NULL), RK_OK);
        holds(b, &h, in);
        rk_buf_free(&out);
    }
    rk_blobs_close(&b);
}

/* Killed at any moment: what was said to be stored is there, and nothing half-written is seen.
 */
static void killed(void **state) {
    (void)state;
    maker->fresh();
    for (unsigned round = 0; round < 20; round++) {
        int fd[2];
        assert_int_equal(pipe(fd), 0);
        pid_t pid = fork();
        if (pid == 0) {
            rk_blobs *b = NULL;
            static char room[100000];
            if (maker->open(&b, NULL) != RK_OK) _exit(1);
            for (unsigned i = 0;; i++) {
                rk_sha256 h;
                memset(room, (int)(i * 20 + round), sizeof room);
                memcpy(room, &i, sizeof i);
                h = rk_sha256_of((rk_slice){room, sizeof room});
                if (write(fd[1], "?", 1) != 1 || write(fd[1], &h, sizeof h) != sizeof h)
                    _exit(1);
                if (rk_blobs_put(b, (rk_slice){room, sizeof room}, &h, NULL) != RK_OK) _exit(1);
                if (write(fd[1], "!", 1) != 1 || write(fd[1], &h, sizeof h) != sizeof h)
                    _exit(1);
            }
        }
        close(fd[1]);
        usleep(1000 + round * 1171);
        kill(pid, SIGKILL);
        assert_int_equal(waitpid(pid, NULL, 0), pid);
        rk_blobs *b = open_now();
        char kind;
        rk_sha256 h;
        while (read(fd[0], &kind, 1) == 1 && read(fd[0], &h, sizeof h) == sizeof h) {
            rk_buf out;
            rk_buf_init(&out, 100000);
            rk_status st = rk_blobs_get(b, &h, &out, NULL);
            assert_true(st == RK_OK || (kind == '?' && st == RK_NOT_FOUND));
            rk_buf_free(&out);
        }
        close(fd[0]);
        rk_blobs_close(&b);
    }
}

int blob_contract(const struct blob_maker *m) {
    maker = m;
    const struct CMUnitTest tests[] = {cmocka_unit_test(round_trip),
                                       cmocka_unit_test(not_there), cmocka_unit_test(damaged),
                                       cmocka_unit_test(given), cmocka_unit_test(killed)};
    return cmocka_run_group_tests_name(m->name, tests, scratch_make, scratch_remove);
}
