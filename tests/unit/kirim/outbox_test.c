/* The delivery log on disk: lines cut off, a second process, damage, secrets that others read.
 */
#include "scratch.h"

#include "deliver/outbox.h"
#include "files/files.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

char scratch_dir[64];

static rk_delivery_line line(uint32_t n) {
    return (rk_delivery_line){.event = RK_DELIVERY_BEGAN,
                              .time = 1700000000 + n,
                              .alias = RK_LIT("a"),
                              .release = RK_LIT("rilis-1"),
                              .files = n};
}

struct seen {
    uint32_t n, last;
};
static void see(void *ctx, const rk_delivery_line *l) {
    struct seen *s = ctx;
    s->n++, s->last = l->files;
}

static uint32_t count(const char *dir, bool whole, rk_status want) {
    struct seen s = {0};
    rk_err err = RK_ERR_INIT;
    assert_int_equal(rk_outbox_replay(dir, whole, see, &s, &err), want);
    return s.n;
}

static void spoil(const char *path, const char *text) {
    int fd = open(path, O_WRONLY | O_APPEND);
    assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
}

static void cut_lines(void **state) {
    (void)state;
    rk_outbox *o, *second;
    rk_err err = RK_ERR_INIT;
    rk_file f;
    const char *dir = scratch("");
    char log[200], aside[200];
    snprintf(log, sizeof log, "%s/kirim.jsonl", dir);
    snprintf(aside, sizeof aside, "%s/kirim.jsonl.sisa", dir);
    assert_int_equal(count(dir, true, RK_OK), 0); /* no log yet */
    assert_int_equal(rk_outbox_open(dir, &o, &err), RK_OK);
    assert_int_equal(rk_outbox_open(dir, &second, &err), RK_BUSY);
    assert_null(second);
    for (uint32_t i = 1; i <= 3; i++) {
        rk_delivery_line l = line(i);
        assert_int_equal(rk_outbox_append(o, &l, &err), RK_OK);
        assert_int_equal(count(dir, true, RK_OK), i);
    }
    char seed[32];
    memcpy(seed, rk_outbox_seed(o).ptr, 32);
    rk_outbox_close(&o);
    spoil(log, "{\"format\":\"rekap-kirim-1\",\"wak"); /* the machine went off here */
    assert_int_equal(count(dir, false, RK_OK), 3);
    assert_int_equal(count(dir, true, RK_CORRUPT), 3);
    assert_int_equal(rk_outbox_open(dir, &o, &err), RK_OK);
    assert_memory_equal(seed, rk_outbox_seed(o).ptr, 32);
    assert_int_equal(count(dir, true, RK_OK), 3);
    rk_delivery_line l = line(4);
    assert_int_equal(rk_outbox_append(o, &l, &err), RK_OK);
    assert_int_equal(count(dir, true, RK_OK), 4);
    rk_outbox_close(&o);
    assert_int_equal(rk_file_read_raw(aside, 1000, &f, NULL), RK_OK);
    assert_true(rk_slice_is(f.bytes, "{\"format\":\"rekap-kirim-1\",\"wak\n"));
    rk_file_free(&f);
    spoil(log, "bukan baris\n"); /* damage is not a line that was cut off */
    assert_int_equal(count(dir, true, RK_CORRUPT), 4);
}

static void private_files(void **state) {
    (void)state;
    const char *path = scratch("rahasia");
    rk_buf b;
    rk_err err = RK_ERR_INIT;
    rk_buf_init(&b, 101);
    assert_int_equal(rk_file_read_private(path, 100, &b, &err), RK_NOT_FOUND);
    assert_int_equal(rk_file_create_private(path, RK_LIT("kata"), NULL), RK_OK);
    assert_int_equal(rk_file_read_private(path, 100, &b, &err), RK_OK);
    assert_true(rk_slice_is(rk_buf_slice(&b), "kata"));
    rk_buf_clear(&b);
    assert_int_equal(rk_file_read_private(path, 3, &b, NULL), RK_LIMIT);
    static const unsigned modes[] = {0640, 0604, 0660, 0601};
    for (size_t i = 0; i < 4; i++) {
        rk_buf_clear(&b);
        assert_int_equal(chmod(path, modes[i]), 0);
        assert_int_equal(rk_file_read_private(path, 100, &b, NULL), RK_BAD_INPUT);
        assert_int_equal(b.len, 0);
    }
    assert_int_equal(rk_file_read_private(scratch_dir, 100, &b, NULL), RK_BAD_INPUT);
    rk_buf_free(&b);
    struct stat st; /* what lies beside the log */
    assert_int_equal(stat(scratch("kirim-pribadi.log"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(stat(scratch("benih"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(cut_lines),
                                       cmocka_unit_test(private_files)};
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
