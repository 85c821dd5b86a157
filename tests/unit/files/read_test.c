#include "base/mem.h"
#include "files/files.h"
#include "scratch.h"

#include <fcntl.h>
#include <lzma.h>
#include <sys/stat.h>
#include <zlib.h>
#include <zstd.h>

char scratch_dir[64];

#define BIG 3000001u

static rk_slice text; /* BIG bytes that compress somewhat */

static int make_text(void **state) {
    char *p = rk_alloc(BIG);
    uint64_t x = 1;
    for (size_t i = 0; i < BIG; i++) {
        x = x * 6364136223846793005ull + 1442695040888963407ull;
        p[i] = "0123456789,\nabcd"[x >> 60];
    }
    text = (rk_slice){p, BIG};
    return scratch_make(state);
}

static int drop_text(void **state) {
    rk_free((void *)(uintptr_t)text.ptr);
    return scratch_remove(state);
}

static void put(const char *path, rk_slice b) {
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(b.ptr, 1, b.len, f), b.len);
    assert_int_equal(fclose(f), 0);
}

enum kind { ZSTD, GZIP, XZ, KINDS };
static const char *const kind_name[] = {"zstd", "gzip", "xz"};

static rk_slice compress_as(enum kind k, rk_slice in) {
    size_t cap = in.len + in.len / 10 + 1000, n = 0;
    unsigned char *p = rk_alloc(cap);
    if (k == ZSTD) {
        n = ZSTD_compress(p, cap, in.ptr, in.len, 3);
        assert_false(ZSTD_isError(n));
    } else if (k == GZIP) {
        z_stream z = {0};
        assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, 0), Z_OK);
        z.next_in = (z_const Bytef *)in.ptr;
        z.avail_in = (uInt)in.len;
        z.next_out = p;
        z.avail_out = (uInt)cap;
        assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
        n = z.total_out;
        deflateEnd(&z);
    } else {
        assert_int_equal(lzma_easy_buffer_encode(1, LZMA_CHECK_CRC64, NULL,
                                                 (const uint8_t *)in.ptr, in.len, p, &n, cap),
                         LZMA_OK);
    }
    return (rk_slice){(char *)p, n};
}

static void free_slice(rk_slice s) { rk_free((void *)(uintptr_t)s.ptr); }

static void check(const char *path, rk_slice want, bool copy) {
    rk_file f;
    rk_err err = RK_ERR_INIT;
    assert_int_equal(rk_file_read(path, want.len, &f, &err), RK_OK);
    assert_true(rk_slice_eq(f.bytes, want));
    copy = copy || want.len <= 65536; /* small files are not worth a mapping */
    assert_int_equal(copy, f.map_bytes == 0);
    for (size_t i = 0; copy && i < 64; i++) assert_int_equal(f.bytes.ptr[f.bytes.len + i], 0);
    rk_file_free(&f);
    assert_null(f.map);
}

static void fails(const char *path, uint64_t max, rk_status want) {
    rk_file f;
    rk_err err = RK_ERR_INIT;
    assert_int_equal(rk_file_read(path, max, &f, &err), want);
    assert_int_equal(err.code, want);
    assert_non_null(strstr(err.text, path));
    assert_null(f.map);
}

static void plain(void **state) {
    (void)state;
    const char *p = scratch("plain");
    put(p, text);
    check(p, text, false);
    fails(p, BIG - 1, RK_LIMIT);
    put(p, RK_LIT("x"));
    check(p, RK_LIT("x"), false);
    put(p, (rk_slice){"", 0});
    check(p, (rk_slice){"", 0}, true);
}

static void not_there(void **state) {
    (void)state;
    fails(scratch("nothing"), 10, RK_NOT_FOUND);
    fails(scratch_dir, 10, RK_IO);
}

/* Each kind: exact maximum, one less, twice in a row, every sort of cut, rubbish behind. */
static void compressed(void **state) {
    (void)state;
    for (int k = 0; k < KINDS; k++) {
        print_message("%s\n", kind_name[k]);
        const char *p = scratch(kind_name[k]);
        rk_slice z = compress_as((enum kind)k, text),
                 small = compress_as((enum kind)k, RK_LIT("ab"));
        put(p, z);
        check(p, text, true);
        fails(p, BIG - 1, RK_LIMIT);
        fails(p, 0, RK_LIMIT);
        rk_file raw;
        assert_int_equal(rk_file_read_raw(p, z.len, &raw, NULL), RK_OK);
        assert_true(rk_slice_eq(raw.bytes, z));
        rk_file_free(&raw);
        for (size_t cut = 6; cut < z.len; cut += z.len / 9) {
            put(p, (rk_slice){z.ptr, cut});
            fails(p, BIG, RK_CORRUPT);
        }
        for (size_t cut = 6; cut < small.len; cut++) {
            put(p, (rk_slice){small.ptr, cut});
            fails(p, BIG, RK_CORRUPT);
        }
        rk_buf b;
        rk_buf_init(&b, 2 * BIG);
        rk_buf_add(&b, small);
        rk_buf_add(&b, small);
        put(p, rk_buf_slice(&b));
        check(p, RK_LIT("abab"), true);
        rk_buf_lit(&b, "rubbish, and more of it");
        put(p, rk_buf_slice(&b));
        fails(p, BIG, RK_CORRUPT);
        rk_buf_free(&b);
        free_slice(z);
        free_slice(small);
    }
}

/* A small file that would become a huge one stops at the maximum. */
static void bomb(void **state) {
    (void)state;
    rk_slice zero = {rk_alloc(16u << 20), 16u << 20};
    for (int k = 0; k < KINDS; k++) {
        rk_slice z = compress_as((enum kind)k, zero);
        const char *p = scratch("bomb");
        put(p, z);
        fails(p, 1000, RK_LIMIT);
        fails(p, zero.len - 1, RK_LIMIT);
        check(p, zero, true);
        free_slice(z);
    }
    free_slice(zero);
}

static void pipes(void **state) {
    (void)state;
    const char *p = scratch("pipe");
    assert_int_equal(mkfifo(p, 0600), 0);
    for (int k = -1; k < KINDS; k++) {
        rk_slice z = k < 0 ? text : compress_as((enum kind)k, text);
        pid_t pid = fork();
        if (pid == 0) {
            FILE *f = fopen(p, "wb");
            if (f) fwrite(z.ptr, 1, z.len, f), fclose(f);
            _exit(0);
        }
        check(p, text, true);
        if (k >= 0) free_slice(z);
    }
}

static void standard_input(void **state) {
    (void)state;
    const char *p = scratch("stdin");
    put(p, text);
    int saved = dup(0), fd = open(p, O_RDONLY);
    assert_true(saved >= 0 && fd >= 0 && dup2(fd, 0) == 0);
    check("-", text, false);
    dup2(saved, 0);
    close(saved);
    close(fd);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain), cmocka_unit_test(not_there), cmocka_unit_test(compressed),
        cmocka_unit_test(bomb),  cmocka_unit_test(pipes),     cmocka_unit_test(standard_input)};
    return cmocka_run_group_tests(tests, make_text, drop_text);
}
