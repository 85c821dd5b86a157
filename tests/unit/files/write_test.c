#include "base/mem.h"
#include "files/files.h"
#include "scratch.h"

#include <dirent.h>
#include <sys/stat.h>

char scratch_dir[64];

static void is(const char *path, rk_slice want) {
    rk_file f;
    rk_err err = RK_ERR_INIT;
    assert_int_equal(rk_file_read(path, want.len, &f, &err), RK_OK);
    assert_true(rk_slice_eq(f.bytes, want));
    rk_file_free(&f);
}

static size_t names_in(const char *dir) {
    size_t n = 0;
    DIR *d = opendir(dir);
    assert_non_null(d);
    while (readdir(d)) n++;
    closedir(d);
    return n - 2;
}

static void replaces(void **state) {
    (void)state;
    rk_err err = RK_ERR_INIT;
    const char *p = scratch("one/two/three");
    assert_int_equal(rk_file_write(p, RK_LIT("a"), false, &err), RK_IO);
    err = RK_ERR_INIT;
    assert_int_equal(rk_file_write(p, RK_LIT("a"), true, &err), RK_OK);
    is(p, RK_LIT("a"));
    assert_int_equal(rk_file_write(p, RK_LIT("other"), false, &err), RK_OK);
    is(p, RK_LIT("other"));
    assert_int_equal(rk_file_write(p, (rk_slice){NULL, 0}, false, &err), RK_OK);
    is(p, (rk_slice){NULL, 0});
    assert_int_equal(rk_file_write_fast(scratch("one/x/y"), RK_LIT("b"), true, &err), RK_OK);
    is(scratch("one/x/y"), RK_LIT("b"));
    assert_int_equal(rk_dir_sync(scratch("one"), &err), RK_OK);
    assert_int_equal(rk_file_sync(p, &err), RK_OK);
    assert_int_equal(rk_dir_make(scratch("one/two"), &err), RK_OK);
    assert_int_equal(names_in(scratch("one/two")), 1);
}

/* A failed write leaves the old file and no temporary one. */
static void failure_leaves_old(void **state) {
    (void)state;
    rk_err err = RK_ERR_INIT;
    assert_int_equal(mkdir(scratch("d"), 0777), 0);
    assert_int_equal(mkdir(scratch("d/target"), 0777), 0);
    assert_int_equal(rk_file_write(scratch("d/target"), RK_LIT("a"), false, &err), RK_IO);
    assert_int_equal(names_in(scratch("d")), 1);
    assert_int_equal(rk_file_write(scratch("d/target/no/file"), RK_LIT("a"), false, NULL),
                     RK_IO);
    char *full = rk_alloc(5001);
    memset(full, 'n', 5000);
    assert_int_equal(rk_file_write(full, RK_LIT("a"), true, NULL), RK_IO);
    rk_free(full);
}

static void streams(void **state) {
    (void)state;
    static const char *const name[] = {"s.csv", "s.csv.zst", "s.csv.gz"};
    rk_buf all;
    rk_buf_init(&all, 8u << 20);
    for (int i = 0; i < 300000; i++) rk_buf_printf(&all, "%d,%d\n", i, i * 7919);
    assert_false(all.failed);
    for (int k = 0; k < 3; k++) {
        rk_out *o;
        rk_err err = RK_ERR_INIT;
        const char *p = scratch(name[k]);
        assert_int_equal(rk_out_open(p, &o, &err), RK_OK);
        rk_slice rest = rk_buf_slice(&all);
        for (size_t step = 1; rest.len; step = step * 3 + 1) {
            size_t n = step < rest.len ? step : rest.len;
            assert_int_equal(rk_out_write(o, (rk_slice){rest.ptr, n}, &err), RK_OK);
            rest = rk_slice_from(rest, n);
        }
        assert_int_not_equal(access(p, F_OK), 0); /* not before the close */
        assert_int_equal(rk_out_close(&o, &err), RK_OK);
        assert_null(o);
        is(p, rk_buf_slice(&all));
        struct stat s;
        assert_int_equal(stat(p, &s), 0);
        assert_int_equal(k == 0, (size_t)s.st_size == all.len);
        /* empty, and dropped */
        assert_int_equal(rk_out_open(p, &o, &err), RK_OK);
        assert_int_equal(rk_out_write(o, RK_LIT("zzz"), &err), RK_OK);
        rk_out_abort(&o);
        is(p, rk_buf_slice(&all));
        assert_int_equal(rk_out_open(p, &o, &err), RK_OK);
        assert_int_equal(rk_out_close(&o, &err), RK_OK);
        is(p, (rk_slice){NULL, 0});
    }
    rk_buf_free(&all);
}

/* /dev/full refuses every byte: the failure is said, at the latest by close, and stays. */
static void full_device(void **state) {
    (void)state;
    rk_out *o;
    rk_err err = RK_ERR_INIT;
    assert_int_equal(rk_out_open("/dev/full", &o, &err), RK_OK);
    assert_int_equal(rk_out_write(o, RK_LIT("a"), &err), RK_OK);
    assert_int_equal(rk_out_close(&o, &err), RK_IO);
    assert_null(o);
    char *big = rk_alloc(1u << 20);
    assert_int_equal(rk_out_open("/dev/full", &o, NULL), RK_OK);
    assert_int_equal(rk_out_write(o, (rk_slice){big, 1u << 20}, NULL), RK_IO);
    assert_int_equal(rk_out_write(o, RK_LIT("a"), NULL), RK_IO);
    assert_int_equal(rk_out_close(&o, NULL), RK_IO);
    rk_free(big);
    assert_int_equal(rk_out_open(scratch("no/such/dir"), &o, NULL), RK_IO);
    assert_null(o);
    struct stat s;
    assert_int_equal(stat("/dev/full", &s), 0);
    assert_true(S_ISCHR(s.st_mode));
}

static void gzip_is_plain(void **state) {
    (void)state;
    rk_buf a, b;
    rk_err err = RK_ERR_INIT;
    rk_buf_init(&a, 1000);
    rk_buf_init(&b, 1000);
    assert_int_equal(rk_gzip(RK_LIT("hello hello hello"), &a, &err), RK_OK);
    assert_int_equal(rk_gzip(RK_LIT("hello hello hello"), &b, &err), RK_OK);
    assert_true(rk_slice_eq(rk_buf_slice(&a), rk_buf_slice(&b)));
    assert_memory_equal(a.ptr + 3, "\0\0\0\0\0", 5); /* no flags, no time */
    assert_int_equal(rk_file_write(scratch("h"), rk_buf_slice(&a), false, &err), RK_OK);
    is(scratch("h"), RK_LIT("hello hello hello"));
    rk_buf_free(&b);
    rk_buf_init(&b, 5);
    assert_int_equal(rk_gzip(RK_LIT("hello"), &b, &err), RK_LIMIT);
    rk_buf_free(&a);
    rk_buf_free(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(replaces),
                                       cmocka_unit_test(failure_leaves_old),
                                       cmocka_unit_test(streams), cmocka_unit_test(full_device),
                                       cmocka_unit_test(gzip_is_plain)};
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
