#include "blob_contract.h"
#include "scratch.h"

#include <fcntl.h>
#include <string.h>

char scratch_dir[64];

static char dir[128];

static void fresh(void) {
    static int n;
    snprintf(dir, sizeof dir, "%s/made/blobs%d", scratch_dir, n++);
}

static rk_status open_dir(rk_blobs **out, rk_err *err) {
    return rk_blobs_directory_open(dir, out, err);
}

static void damage(const rk_sha256 *hash, bool cut) {
    char hex[65] = {0}, path[512], c;
    rk_sha256_put(hex, hash);
    snprintf(path, sizeof path, "%s/%.2s/%s", dir, hex, hex + 2);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    if (cut) {
        assert_int_equal(ftruncate(fd, 5), 0);
    } else {
        assert_int_equal(pread(fd, &c, 1, 3), 1);
        c ^= 4;
        assert_int_equal(pwrite(fd, &c, 1, 3), 1);
    }
    close(fd);
}

static void bad_names(void **state) {
    (void)state;
    rk_blobs *b;
    assert_int_equal(rk_blobs_directory_open("", &b, NULL), RK_BAD_INPUT);
    char longer[5000];
    memset(longer, 'd', sizeof longer - 1);
    longer[sizeof longer - 1] = 0;
    assert_int_equal(rk_blobs_directory_open(longer, &b, NULL), RK_BAD_INPUT);
    assert_int_equal(rk_blobs_directory_open("/dev/null/x", &b, NULL), RK_IO);
    assert_null(b);
}

int main(void) {
    const struct blob_maker m = {"directory", fresh, open_dir, damage};
    const struct CMUnitTest own[] = {cmocka_unit_test(bad_names)};
    return blob_contract(&m) + cmocka_run_group_tests(own, NULL, NULL);
}
