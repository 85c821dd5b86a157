/* Photos with things planted in them that nobody is to see: gone in the public copy, and every
 * pixel as it was. */
#include "base/mem.h"
#include "random.h"
#include "read/strip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>
#include <png.h>
#include <zlib.h>

#include <cmocka.h>

enum { W = 61, H = 47 };
#define SECRET "RAHASIA" /* in everything that is planted */

static void drop(rk_slice s) { rk_free((void *)(uintptr_t)s.ptr); }

static bool has(rk_slice in, const char *what) {
    return memmem(in.ptr, in.len, what, strlen(what)) != NULL;
}

static rk_slice strip(rk_slice photo, enum rk_photo_type want) {
    rk_buf out;
    enum rk_photo_type type;
    rk_err err = RK_ERR_INIT;
    rk_buf_init(&out, photo.len);
    if (rk_photo_strip(photo, &out, &type, &err) != RK_OK) fail_msg("%s", err.text);
    assert_int_equal(type, want);
    return rk_buf_slice(&out);
}

static void refused(rk_slice photo) {
    rk_buf out;
    enum rk_photo_type type;
    rk_err err = RK_ERR_INIT;
    rk_buf_init(&out, 1u << 20);
    rk_buf_lit(&out, "before");
    assert_int_not_equal(rk_photo_strip(photo, &out, &type, &err), RK_OK);
    assert_int_equal(type, RK_PHOTO_NONE);
    assert_true(err.text[0] && out.len == 6);
    rk_buf_free(&out);
}

/* ===== JPEG ===== */

struct kind {
    J_COLOR_SPACE in, coded;
    int parts;
    bool progressive, arithmetic;
    unsigned restart;
};
static const struct kind KINDS[] = {
    {JCS_RGB, JCS_YCbCr, 3, false, false, 0},
    {JCS_RGB, JCS_YCbCr, 3, true, false, 0},
    {JCS_RGB, JCS_RGB, 3, false, false, 0},
    {JCS_GRAYSCALE, JCS_GRAYSCALE, 1, false, false, 2},
    {JCS_RGB, JCS_YCbCr, 3, false, true, 0},
    {JCS_CMYK, JCS_YCCK, 4, false, false, 3},
    {JCS_RGB, JCS_YCbCr, 3, false, false, 1},
};
enum { N_KIND = sizeof KINDS / sizeof *KINDS };

static rk_slice make_jpeg(const struct kind *k) {
    struct jpeg_compress_struct c;
    struct jpeg_error_mgr e;
    unsigned char *out = NULL;
    unsigned long n = 0;
    uint8_t row[W * 4];
    c.err = jpeg_std_error(&e);
    jpeg_create_compress(&c);
    jpeg_mem_dest(&c, &out, &n);
    c.image_width = W, c.image_height = H, c.input_components = k->parts;
    c.in_color_space = k->in;
    jpeg_set_defaults(&c);
    jpeg_set_colorspace(&c, k->coded);
    c.restart_interval = k->restart;
    c.arith_code = k->arithmetic;
    if (k->progressive) jpeg_simple_progression(&c);
    jpeg_start_compress(&c, TRUE);
    while (c.next_scanline < H) {
        for (int i = 0; i < W * k->parts; i++) row[i] = (uint8_t)rnd64();
        JSAMPROW rows = row;
        jpeg_write_scanlines(&c, &rows, 1);
    }
    jpeg_finish_compress(&c);
    jpeg_destroy_compress(&c);
    rk_slice s = {rk_dup(out, n), n};
    free(out);
    return s;
}

/* Every sample in the picture's own colours. */
static void decode_jpeg(rk_slice s, uint8_t px[W * H * 4]) {
    struct jpeg_decompress_struct c;
    struct jpeg_error_mgr e;
    c.err = jpeg_std_error(&e);
    jpeg_create_decompress(&c);
    jpeg_mem_src(&c, (const unsigned char *)s.ptr, (unsigned long)s.len);
    jpeg_read_header(&c, TRUE);
    assert_true(c.image_width == W && c.image_height == H);
    jpeg_start_decompress(&c);
    memset(px, 0, W * H * 4);
    while (c.output_scanline < H) {
        JSAMPROW row = px + (size_t)c.output_scanline * W * (size_t)c.output_components;
        jpeg_read_scanlines(&c, &row, 1);
    }
    jpeg_finish_decompress(&c);
    assert_int_equal(e.num_warnings, 0);
    jpeg_destroy_decompress(&c);
}

#define PLANT(text)                                                                            \
    { text, sizeof(text) - 1 }
static const rk_slice PLANTED[] = {
    /* marker, then what is in it */
    PLANT("\341Exif\0\0MM\0*GPS " SECRET),
    PLANT("\xe1http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" SECRET),
    PLANT("\xfe comment " SECRET),
    PLANT("\xe2ICC_PROFILE\0\1\1" SECRET),
    PLANT("\xe2MPF\0" SECRET),
    PLANT("\xedPhotoshop 3.0\0" SECRET),
    PLANT("\xe0JFXX\0\x10" SECRET),
    PLANT("\xefwhatever" SECRET),
};

static void plant(rk_buf *b) {
    rk_slice what = PLANTED[rnd(sizeof PLANTED / sizeof *PLANTED)];
    size_t n = what.len - 1;
    for (uint32_t fill = rnd(3); fill; fill--) rk_buf_byte(b, (char)0xff);
    rk_buf_byte(b, (char)0xff);
    rk_buf_byte(b, what.ptr[0]);
    rk_buf_byte(b, (char)((n + 2) >> 8));
    rk_buf_byte(b, (char)(n + 2));
    rk_buf_add(b, rk_slice_from(what, 1));
}

/* The photo with planted segments between its own, and something after its end. */
static rk_slice infest(rk_slice jpeg) {
    rk_buf b;
    const uint8_t *p = (const uint8_t *)jpeg.ptr;
    rk_buf_init(&b, 1u << 20);
    rk_buf_add(&b, (rk_slice){jpeg.ptr, 2});
    for (size_t i = 2; i < jpeg.len;) {
        bool marker = p[i] == 0xff && p[i + 1] != 0 && (p[i + 1] & 0xf8) != 0xd0;
        size_t n = !marker ? 1 : p[i + 1] == 0xd9 ? 2 : 2u + (p[i + 2] << 8 | p[i + 3]);
        if (marker && rnd(2)) plant(&b);
        rk_buf_add(&b, (rk_slice){jpeg.ptr + i, n});
        i += n;
    }
    rk_buf_lit(&b,
               "PK\3\4 an archive: " SECRET "\xff\xd8\xff\xe1 and a second picture\xff\xd9");
    return rk_buf_slice(&b);
}

static void test_jpeg(void **state) {
    (void)state;
    static uint8_t before[W * H * 4], after[W * H * 4];
    rnd_start("public copies of JPEGs");
    for (unsigned i = 0; i < 40 * N_KIND; i++) {
        rk_slice clean = make_jpeg(&KINDS[i % N_KIND]), photo = infest(clean);
        assert_true(has(photo, SECRET));
        rk_slice copy = strip(photo, RK_PHOTO_JPEG), again = strip(copy, RK_PHOTO_JPEG);
        assert_false(has(copy, SECRET));
        assert_true(copy.len <= clean.len && rk_slice_eq(copy, again));
        decode_jpeg(photo, before);
        decode_jpeg(copy, after);
        assert_memory_equal(before, after, sizeof before);
        drop(clean), drop(photo), drop(copy), drop(again);
    }
}

static void test_jpeg_cut_short(void **state) {
    (void)state;
    rk_slice jpeg = make_jpeg(&KINDS[1]);
    for (size_t n = 0; n < jpeg.len; n++) refused((rk_slice){jpeg.ptr, n});
    drop(jpeg);
}

/* Bytes that ride in a segment that is kept: the segment is too long then. */
static void test_jpeg_stowaway(void **state) {
    (void)state;
    rk_slice jpeg = make_jpeg(&KINDS[0]);
    const uint8_t *p = (const uint8_t *)jpeg.ptr;
    size_t tried = 0;
    for (size_t i = 2; p[i + 1] != 0xda || !tried;) {
        size_t n = (size_t)(p[i + 2] << 8 | p[i + 3]);
        if (p[i + 1] != 0xe0) {
            rk_buf b;
            rk_buf_init(&b, 1u << 20);
            rk_buf_add(&b, (rk_slice){jpeg.ptr, i + 2});
            rk_buf_byte(&b, (char)((n + 7) >> 8));
            rk_buf_byte(&b, (char)(n + 7));
            rk_buf_add(&b, (rk_slice){jpeg.ptr + i + 4, n - 2});
            rk_buf_lit(&b, SECRET);
            rk_buf_add(&b, rk_slice_from(jpeg, i + 2 + n));
            refused(rk_buf_slice(&b));
            rk_buf_free(&b);
            tried++;
        }
        if (p[i + 1] == 0xda) break;
        i += 2 + n;
    }
    assert_true(tried >= 6); /* two DQT, SOF, DHT, SOS */
    drop(jpeg);
}

static void test_no_photo(void **state) {
    (void)state;
    refused(RK_LIT(""));
    refused(RK_LIT("bukan foto"));
    refused(RK_LIT("\xff\xd8\xff"));
    refused(RK_LIT("\xff\xd8\xff\xd9"));
    refused(RK_LIT("\xff\xd8\xff\xe1\0\x04xx\xff\xd9"));
    refused(RK_LIT("\x89PNG\r\n\x1a\n"));
}

/* ===== PNG ===== */

static rk_slice make_png(int format) {
    png_image im = {.version = PNG_IMAGE_VERSION, .width = W, .height = H};
    im.format = format == 0   ? PNG_FORMAT_GRAY
                : format == 1 ? PNG_FORMAT_RGB
                : format == 2 ? PNG_FORMAT_RGBA
                              : PNG_FORMAT_RGBA_COLORMAP;
    uint8_t *px = rk_calloc(W * H, 4), map[256 * 4];
    im.colormap_entries = format == 3 ? 256 : 0;
    for (size_t i = 0; i < W * H * 4; i++) px[i] = (uint8_t)rnd64();
    for (size_t i = 0; i < sizeof map; i++) map[i] = (uint8_t)rnd64();
    png_alloc_size_t n = PNG_IMAGE_PNG_SIZE_MAX(im);
    char *out = rk_alloc(n);
    assert_true(png_image_write_to_memory(&im, out, &n, 0, px, 0, map));
    rk_free(px);
    return (rk_slice){out, n};
}

static void chunk(rk_buf *b, const char *type, rk_slice data) {
    const size_t n = data.len, at = b->len + 4;
    for (int k = 24; k >= 0; k -= 8) rk_buf_byte(b, (char)(n >> k));
    rk_buf_add(b, (rk_slice){type, 4});
    rk_buf_add(b, data);
    uint32_t crc = (uint32_t)crc32(0, (const uint8_t *)b->ptr + at, (uInt)(n + 4));
    for (int k = 24; k >= 0; k -= 8) rk_buf_byte(b, (char)(crc >> k));
}

static void plant_chunk(rk_buf *b) {
    static const char *const type[] = {"tEXt", "zTXt", "iTXt", "eXIf", "tIME",
                                       "iCCP", "prVT", "acTL", "pHYs"};
    chunk(b, type[rnd(9)], RK_LIT("Comment\0" SECRET));
}

static rk_slice infest_png(rk_slice png) {
    rk_buf b;
    const uint8_t *p = (const uint8_t *)png.ptr;
    bool data = false;
    rk_buf_init(&b, 1u << 20);
    rk_buf_add(&b, (rk_slice){png.ptr, 8});
    for (size_t i = 8; i < png.len;) {
        size_t n = 12u + ((uint32_t)p[i] << 24 | p[i + 1] << 16 | p[i + 2] << 8 | p[i + 3]);
        bool first = i == 8, idat = memcmp(p + i + 4, "IDAT", 4) == 0;
        if (!first && !(data && idat)) plant_chunk(&b);
        data |= idat;
        rk_buf_add(&b, (rk_slice){png.ptr + i, n});
        i += n;
    }
    rk_buf_lit(&b, "after the end: " SECRET);
    return rk_buf_slice(&b);
}

/* Samples as they are stored: no gamma, no expansion of what a palette says. */
struct png_read {
    rk_slice rest;
};
static void png_more(png_structp png, png_bytep to, size_t n) {
    struct png_read *r = png_get_io_ptr(png);
    if (n > r->rest.len) png_error(png, "too short");
    memcpy(to, r->rest.ptr, n);
    r->rest = rk_slice_from(r->rest, n);
}
static void quiet(png_structp png, png_const_charp text) { (void)png, (void)text; }

static void decode_png(rk_slice s, uint8_t px[W * H * 4]) {
    struct png_read r = {s};
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, quiet);
    png_infop info = png_create_info_struct(png);
    assert_int_equal(setjmp(png_jmpbuf(png)), 0);
    png_set_read_fn(png, &r, png_more);
    png_read_info(png, info);
    png_set_expand(png);
    png_read_update_info(png, info);
    size_t row = png_get_rowbytes(png, info);
    assert_true(row <= W * 4 && png_get_image_height(png, info) == H);
    memset(px, 0, W * H * 4);
    for (size_t y = 0; y < H; y++) png_read_row(png, px + y * row, NULL);
    png_read_end(png, NULL);
    png_destroy_read_struct(&png, &info, NULL);
}

static void test_png(void **state) {
    (void)state;
    static uint8_t before[W * H * 4], after[W * H * 4];
    rnd_start("public copies of PNGs");
    for (int i = 0; i < 80; i++) {
        rk_slice clean = make_png(i % 4), photo = infest_png(clean);
        assert_true(has(photo, SECRET));
        rk_slice copy = strip(photo, RK_PHOTO_PNG), again = strip(copy, RK_PHOTO_PNG);
        assert_false(has(copy, SECRET));
        assert_true(copy.len <= clean.len && rk_slice_eq(copy, again));
        decode_png(clean, before);
        decode_png(copy, after);
        assert_memory_equal(before, after, sizeof before);
        drop(clean), drop(photo), drop(copy), drop(again);
    }
}

static void test_png_damaged(void **state) {
    (void)state;
    rk_slice png = make_png(3);
    for (size_t n = 0; n < png.len; n++) refused((rk_slice){png.ptr, n});
    char *p = rk_dup(png.ptr, png.len);
    p[18] ^= 1; /* the width: its check sum is wrong then */
    refused((rk_slice){p, png.len});
    rk_free(p);
    drop(png);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_jpeg),          cmocka_unit_test(test_jpeg_cut_short),
        cmocka_unit_test(test_jpeg_stowaway), cmocka_unit_test(test_no_photo),
        cmocka_unit_test(test_png),           cmocka_unit_test(test_png_damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
