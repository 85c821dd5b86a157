/* The directory of a witness: made, opened, refused when it is damaged; and a disk that fails
 * at each write, flush or rename in turn: nothing is answered that is not stored, and after a
 * failure nothing more is cosigned. */
#include "forked_log.h"
#include "scratch.h"

#include "files/files.h"
#include "witness/book.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#define ORIGIN "pemilu2024"
#define HASH "bc84c24c085407b3fc94e1ba21fce70b37b4a0dacdcd78387aa4efa252a27970"

char scratch_dir[64];

/* ---- the failing disk ---- */

static struct {
    int at; /* the operation that fails, from 1; 0: none */
    int done, error;
    bool hit;
} disk;

static bool fails(void) {
    if (disk.at == 0 || ++disk.done != disk.at) return false;
    disk.hit = true;
    errno = disk.error;
    return true;
}

int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __wrap_fsync(int fd) { return fails() ? -1 : __real_fsync(fd); }
int __real_rename(const char *a, const char *b);
int __wrap_rename(const char *a, const char *b);
int __wrap_rename(const char *a, const char *b) { return fails() ? -1 : __real_rename(a, b); }
ssize_t __real_write(int fd, const void *p, size_t n);
ssize_t __wrap_write(int fd, const void *p, size_t n);
ssize_t __wrap_write(int fd, const void *p, size_t n) {
    if (!fails()) return __real_write(fd, p, n);
    if (n > 1) (void)!__real_write(fd, p, n / 2); /* torn */
    errno = disk.error;
    return -1;
}

/* ---- helpers ---- */

static rk_signer log_key;

static void key_text(const rk_signer *s, char out[512]) {
    rk_buf b;
    rk_buf_init(&b, 511);
    rk_verifier_put(&s->verifier, &b);
    memcpy(out, b.ptr, b.len);
    out[b.len] = '\0';
    rk_buf_free(&b);
}

static rk_book *open_book(const char *dir) {
    rk_book *b;
    rk_err err = RK_ERR_INIT;
    if (rk_book_open(dir, true, &b, &err) != RK_OK) fail_msg("%s", err.text);
    return b;
}

/* A witness that watches the log. */
static const char *new_witness(const char *name) {
    static char dir[256]; /* of the newest one */
    char key[512];
    rk_err err = RK_ERR_INIT;
    snprintf(dir, sizeof dir, "%s", scratch(name));
    if (rk_book_init(dir, RK_LIT("w.example/1"), &err) != RK_OK) fail_msg("%s", err.text);
    rk_book *b = open_book(dir);
    key_text(&log_key, key);
    if (rk_book_add(b, rk_slice_str(key), &err) != RK_OK) fail_msg("%s", err.text);
    rk_book_free(&b);
    return dir;
}

static unsigned submit(rk_book *b, const forked_log *l, uint64_t old, uint64_t size,
                       uint64_t now, rk_buf *answer) {
    rk_buf request;
    bool fork;
    forked_log_request(l, old, size, &log_key, &request);
    rk_buf_clear(answer);
    unsigned status = rk_book_cosign(b, rk_buf_slice(&request), now, answer, &fork);
    rk_buf_free(&request);
    return status;
}

static uint64_t size_in(const char *dir) {
    rk_book *b = open_book(dir);
    uint64_t size = rk_book_log(b, 0)->size;
    rk_book_free(&b);
    return size;
}

static void opens_not(const char *dir, rk_status want, const char *says) {
    rk_book *b;
    rk_err err = RK_ERR_INIT;
    assert_int_equal(rk_book_open(dir, true, &b, &err), want);
    if (!strstr(err.text, says)) fail_msg("'%s' does not say '%s'", err.text, says);
    assert_null(b);
}

/* ---- tests ---- */

static void life(void **state) {
    (void)state;
    const char *dir = new_witness("life");
    char key[512];
    struct stat st;
    rk_err err = RK_ERR_INIT;
    forked_log *a = forked_log_new(64);
    rk_buf answer;
    rk_buf_init(&answer, 4096);
    forked_log_grow(a, 40, 1);
    assert_int_equal(rk_book_init(dir, RK_LIT("x"), &err), RK_CONFLICT);
    assert_int_equal(stat(scratch("life/key"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);

    rk_book *b = open_book(dir);
    opens_not(dir, RK_BUSY, "serve"); /* one process at a time */
    assert_int_equal(submit(b, a, 0, 10, 1000, &answer), 200);
    assert_int_equal(submit(b, a, 10, 20, 900, &answer), 200); /* the clock went back */
    rk_note lines;
    rk_witness_answer read;
    rk_buf note;
    assert_int_equal(rk_note_parse_lines(rk_buf_slice(&answer), &lines, NULL), RK_OK);
    forked_log_note(a, 20, &log_key, &note);
    rk_note whole;
    assert_int_equal(rk_note_parse(rk_buf_slice(&note), &whole, NULL), RK_OK);
    assert_int_equal(rk_witness_answer_read(200, (rk_slice){0}, rk_buf_slice(&answer),
                                            whole.text, rk_book_key(b), &read, NULL),
                     RK_OK);
    assert_int_equal(read.time, 1000); /* never before what it stated earlier */
    assert_int_equal(submit(b, a, 10, 20, 1001, &answer), 409);
    assert_string_equal((rk_buf_byte(&answer, '\0'), answer.ptr), "20\n");
    rk_book_free(&b);
    assert_int_equal(size_in(dir), 20); /* it is remembered */

    b = open_book(dir); /* a key that goes takes the log away, not what was cosigned */
    key_text(&log_key, key);
    assert_int_equal(rk_book_remove(b, rk_slice_str(key), NULL), RK_OK);
    assert_int_equal(rk_book_remove(b, RK_LIT("a+b+c"), NULL), RK_BAD_INPUT);
    rk_book_free(&b);
    b = open_book(dir);
    assert_int_equal(submit(b, a, 20, 30, 2000, &answer), 404);
    assert_int_equal(rk_book_add(b, rk_slice_str(key), NULL), RK_OK);
    assert_int_equal(rk_book_add(b, rk_slice_str(key), NULL), RK_CONFLICT);
    assert_int_equal(submit(b, a, 0, 10, 2000, &answer), 409);
    assert_int_equal(submit(b, a, 20, 30, 2000, &answer), 200);
    rk_book_free(&b);
    rk_buf_free(&note);
    rk_buf_free(&answer);
    forked_log_free(a);
}

/* A log that signs two roots for one size leaves proof of it. */
static void fork_is_kept(void **state) {
    (void)state;
    const char *dir = new_witness("forked");
    forked_log *a = forked_log_new(16), *c = forked_log_new(16);
    rk_buf answer, request;
    rk_file one, two;
    bool fork;
    char hex[65] = {0}, name[128];
    rk_buf_init(&answer, 4096);
    forked_log_grow(a, 9, 1);
    forked_log_grow(c, 9, 2);
    rk_book *b = open_book(dir);
    assert_int_equal(submit(b, a, 0, 9, 1, &answer), 200);
    for (int i = 0; i < 3; i++) {
        forked_log_request(c, 9, 9, &log_key, &request);
        assert_int_equal(rk_book_cosign(b, rk_buf_slice(&request), 2, &answer, &fork), 409);
        assert_int_equal(fork, i == 0); /* said once */
        rk_buf_free(&request);
    }
    rk_sha256 root = forked_log_root(c, 9);
    rk_sha256_put(hex, &root);
    snprintf(name, sizeof name, "forked/fork/%.16s-9-%.16s/cosigned", HASH, hex);
    assert_int_equal(rk_file_read(scratch(name), RK_NOTE_MAX, &one, NULL), RK_OK);
    snprintf(name, sizeof name, "forked/fork/%.16s-9-%.16s/submitted", HASH, hex);
    assert_int_equal(rk_file_read(scratch(name), RK_NOTE_MAX, &two, NULL), RK_OK);
    rk_checkpoint x,
        y; /* both are the log's, of one size, with two roots: nothing else is needed */
    assert_int_equal(rk_checkpoint_open(one.bytes, &log_key.verifier, 1, &x, NULL), RK_OK);
    assert_int_equal(rk_checkpoint_open(two.bytes, &log_key.verifier, 1, &y, NULL), RK_OK);
    assert_true(x.size == y.size && !rk_merkle_eq(&x.root, &y.root));
    rk_file_free(&one);
    rk_file_free(&two);
    rk_book_free(&b);
    rk_buf_free(&answer);
    forked_log_free(a);
    forked_log_free(c);
}

static void overwrite(const char *path, const void *p, size_t n) {
    assert_int_equal(rk_file_write(path, (rk_slice){p, n}, false, NULL), RK_OK);
}

/* Every flipped bit of what is remembered: refused, or (a bit of the log's own signature, which
 * was checked when it came) still the same size and root. Missing, empty, of another log:
 * refused.
 */
static void damaged(void **state) {
    (void)state;
    const char *dir = new_witness("damaged");
    char path[256];
    forked_log *a = forked_log_new(16);
    rk_buf answer;
    rk_file f;
    rk_buf_init(&answer, 4096);
    snprintf(path, sizeof path, "%s", scratch("damaged/state/" HASH));
    forked_log_grow(a, 9, 1);
    rk_book *b = open_book(dir);
    assert_int_equal(submit(b, a, 0, 9, 1, &answer), 200);
    rk_book_free(&b);
    assert_int_equal(rk_file_read(path, RK_NOTE_MAX, &f, NULL), RK_OK);
    char *bytes = rk_dup(f.bytes.ptr, f.bytes.len);
    rk_sha256 root = forked_log_root(a, 9);
    for (size_t bit = 0; bit < 8 * f.bytes.len; bit++) {
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
        int fd = open(path, O_WRONLY | O_TRUNC);
        assert_true(__real_write(fd, bytes, f.bytes.len) == (ssize_t)f.bytes.len);
        close(fd);
        if (rk_book_open(dir, false, &b, NULL) == RK_OK)
            assert_true(rk_book_log(b, 0)->size == 9 &&
                        rk_merkle_eq(&rk_book_log(b, 0)->root, &root));
        rk_book_free(&b);
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
    }
    for (size_t n = 0; n < f.bytes.len; n += 7) {
        overwrite(path, bytes, n);
        opens_not(dir, RK_CORRUPT, "new witness");
    }
    overwrite(path, "none yet", 8);
    opens_not(dir, RK_CORRUPT, "new witness");
    assert_int_equal(unlink(path), 0);
    opens_not(dir, RK_CORRUPT, "new witness");
    overwrite(path, bytes, f.bytes.len);
    assert_int_equal(size_in(dir), 9);
    rk_file_free(&f);

    overwrite(scratch("damaged/logs"), "x\n", 2);
    opens_not(dir, RK_CORRUPT, "line 1");
    assert_int_equal(unlink(scratch("damaged/logs")), 0);
    opens_not(dir, RK_NOT_FOUND, "logs");
    assert_int_equal(chmod(scratch("damaged/key"), 0644), 0);
    opens_not(dir, RK_CORRUPT, "chmod 600");
    overwrite(scratch("damaged/key"), "x\n", 2);
    opens_not(dir, RK_CORRUPT, "key");
    opens_not(scratch("nothing"), RK_NOT_FOUND, "init");
    rk_free(bytes);
    rk_buf_free(&answer);
    forked_log_free(a);
}

/* The k-th operation fails while size 20 follows size 10: no cosignature comes out, none
 * follows, and a new start finds 10 or 20, whole. Then it goes on. */
static bool fails_at(const char *dir, const forked_log *a, int k, int error) {
    rk_buf answer;
    rk_buf_init(&answer, 4096);
    uint64_t from = size_in(dir);
    rk_book *b = open_book(dir);
    disk.at = k, disk.done = 0, disk.error = error, disk.hit = false;
    unsigned status = submit(b, a, from, from + 1, 1, &answer);
    bool hit = disk.hit;
    disk.at = 0;
    if (hit) {
        assert_int_equal(status, 500);
        assert_null(memmem(answer.ptr, answer.len, "w.example", 9));
        assert_non_null(rk_book_stopped(b));
        assert_int_equal(submit(b, a, from, from + 1, 1, &answer), 500);
        assert_int_equal(submit(b, a, from, from, 1, &answer), 500);
    } else {
        assert_int_equal(status, 200);
    }
    rk_book_free(&b);
    uint64_t now = size_in(dir);
    assert_true(now == from || now == from + 1);
    b = open_book(dir);
    assert_int_equal(submit(b, a, now, from + 1, 1, &answer), 200);
    rk_book_free(&b);
    rk_buf_free(&answer);
    return hit;
}

static void failing_disk(void **state) {
    (void)state;
    const char *dir = new_witness("disk");
    forked_log *a = forked_log_new(64);
    forked_log_grow(a, 60, 1);
    static const int error[] = {EIO, ENOSPC};
    for (size_t e = 0; e < 2; e++) {
        int k = 1;
        while (fails_at(dir, a, k, error[e])) k++;
        assert_true(k > 4); /* write, flush, rename, flush of the directory */
    }
    forked_log_free(a);
}

/* A start whose states cannot be made sure of does not begin. */
static void failing_start(void **state) {
    (void)state;
    const char *dir = new_witness("start");
    rk_book *b;
    int k = 0;
    do {
        disk.at = ++k, disk.done = 0, disk.error = EIO, disk.hit = false;
        rk_status s = rk_book_open(dir, true, &b, NULL);
        disk.at = 0;
        assert_int_equal(s, disk.hit ? RK_IO : RK_OK);
        rk_book_free(&b);
    } while (disk.hit);
    assert_true(k > 4);
}

/* A checkpoint so long that nothing fits behind it is refused, and stops nothing. */
static void no_room(void **state) {
    (void)state;
    const char *dir = new_witness("room");
    forked_log *a = forked_log_new(4);
    rk_buf line, note, request, answer;
    rk_merkle_proof none = {0};
    bool fork;
    forked_log_grow(a, 2, 1);
    rk_buf_init(&line, RK_NOTE_MAX), rk_buf_init(&note, RK_NOTE_MAX),
        rk_buf_init(&answer, 4096);
    while (line.len < RK_NOTE_MAX - 220) rk_buf_byte(&line, 'x');
    rk_buf_byte(&line, '\n');
    rk_checkpoint c = {.origin = RK_LIT(ORIGIN),
                       .size = 2,
                       .root = forked_log_root(a, 2),
                       .extensions = rk_buf_slice(&line)};
    assert_int_equal(rk_checkpoint_sign(&c, &log_key, 1, &note, NULL), RK_OK);
    rk_buf_init(&request, RK_WITNESS_REQUEST_MAX);
    assert_int_equal(rk_witness_request_put(0, &none, rk_buf_slice(&note), &request, NULL),
                     RK_OK);
    rk_book *b = open_book(dir);
    assert_int_equal(rk_book_cosign(b, rk_buf_slice(&request), 1, &answer, &fork), 400);
    assert_null(rk_book_stopped(b));
    assert_int_equal(submit(b, a, 0, 2, 1, &answer), 200);
    rk_book_free(&b);
    rk_buf_free(&line), rk_buf_free(&note), rk_buf_free(&request), rk_buf_free(&answer);
    forked_log_free(a);
}

int main(void) {
    log_key = forked_log_key(ORIGIN, RK_KEY_ED25519, 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(life),          cmocka_unit_test(fork_is_kept),
        cmocka_unit_test(damaged),       cmocka_unit_test(failing_disk),
        cmocka_unit_test(failing_start), cmocka_unit_test(no_room)};
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
