#include "files/below.h"

#include "files/files.h"
#include "scratch.h"

#include <sys/stat.h>

char scratch_dir[64];

static rk_status open_it(const char *path, bool *is_dir) {
    rk_below f;
    rk_status s = rk_below_open(scratch_dir, rk_slice_str(path), &f, is_dir, NULL);
    if (s == RK_OK) assert_true(f.fd >= 0);
    if (s != RK_OK) assert_int_equal(f.fd, -1);
    if (f.fd >= 0) close(f.fd);
    return s;
}

static void make(const char *name, const char *text) {
    assert_int_equal(rk_file_write(scratch(name), rk_slice_str(text), true, NULL), RK_OK);
}

static void what_is_there(void **state) {
    (void)state;
    rk_below f;
    bool is_dir = true;
    make("a/b/c.csv", "12345");
    assert_int_equal(rk_below_open(scratch_dir, RK_LIT("a/b/c.csv"), &f, &is_dir, NULL), RK_OK);
    assert_false(is_dir);
    assert_int_equal(f.bytes, 5);
    char b[8];
    assert_int_equal(read(f.fd, b, sizeof b), 5);
    close(f.fd);
    assert_int_equal(open_it("a/b", &is_dir), RK_NOT_FOUND);
    assert_true(is_dir);
    assert_int_equal(open_it("a/b/d", &is_dir), RK_NOT_FOUND);
    assert_false(is_dir);
    assert_int_equal(open_it("a/b/c.csv/d", NULL), RK_NOT_FOUND);
}

static void nothing_else(void **state) {
    (void)state;
    make("in/x", "x");
    make("in/.hidden", "x");
    make("secret", "x");
    assert_int_equal(symlink("../secret", scratch("in/file-link")), 0);
    assert_int_equal(symlink("..", scratch("in/dir-link")), 0);
    assert_int_equal(symlink("/etc", scratch("in/etc")), 0);
    assert_int_equal(mkfifo(scratch("in/pipe"), 0600), 0);
    static const char *const none[] = {"",
                                       "/",
                                       "/etc/passwd",
                                       "..",
                                       "../secret",
                                       "in/../secret",
                                       "in/./x",
                                       "in//x",
                                       "in/",
                                       "in/.hidden",
                                       "in/etc/passwd",
                                       "in/file-link",
                                       "in/dir-link/secret",
                                       "in/pipe",
                                       "in/x/",
                                       "./in/x",
                                       "1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        if (open_it(none[i], NULL) != RK_NOT_FOUND) fail_msg("'%s' opens", none[i]);
    char big[400];
    memset(big, 'a', sizeof big - 1);
    big[sizeof big - 1] = 0;
    assert_int_equal(open_it(big, NULL), RK_NOT_FOUND);
    rk_below f;
    assert_int_equal(rk_below_open(scratch_dir, (rk_slice){"in/x\0y", 6}, &f, NULL, NULL),
                     RK_NOT_FOUND);
    assert_int_equal(rk_below_open(scratch("nowhere"), RK_LIT("x"), &f, NULL, NULL),
                     RK_NOT_FOUND);
}

static void links(void **state) {
    (void)state;
    char to[16];
    assert_int_equal(symlink("rilis-5", scratch("terbaru")), 0);
    assert_int_equal(rk_below_link(scratch_dir, "terbaru", to, sizeof to, NULL), RK_OK);
    assert_string_equal(to, "rilis-5");
    assert_int_equal(rk_below_link(scratch_dir, "terbaru", to, 7, NULL), RK_NOT_FOUND);
    make("plain", "x");
    assert_int_equal(rk_below_link(scratch_dir, "plain", to, sizeof to, NULL), RK_NOT_FOUND);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_there),
                                       cmocka_unit_test(nothing_else), cmocka_unit_test(links)};
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
