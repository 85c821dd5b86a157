/* Files made here with the libraries themselves: what is whole is decoded, what is not is
 * refused. */
#include "base/mem.h"
#include "scan/decode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>
#include <png.h>

#include <cmocka.h>

enum { W = 640, H = 480 };

static uint8_t shade(uint32_t x, uint32_t y) { return (uint8_t)(x * 200 / W + y * 50 / H); }

static rk_slice make_jpeg(uint32_t w, uint32_t h, J_COLOR_SPACE space, int parts,
                          bool progressive) {
    struct jpeg_compress_struct c;
    struct jpeg_error_mgr e;
    unsigned char *out = NULL;
    unsigned long n = 0;
    c.err = jpeg_std_error(&e);
    jpeg_create_compress(&c);
    jpeg_mem_dest(&c, &out, &n);
    c.image_width = w, c.image_height = h, c.input_components = parts, c.in_color_space = space;
    jpeg_set_defaults(&c);
    if (progressive) jpeg_simple_progression(&c);
    jpeg_start_compress(&c, TRUE);
    uint8_t *row = rk_calloc(w, (size_t)parts);
    while (c.next_scanline < h) {
        for (uint32_t x = 0; x < w; x++)
            memset(row + (size_t)x * (size_t)parts, shade(x, c.next_scanline), (size_t)parts);
        JSAMPROW rows = row;
        jpeg_write_scanlines(&c, &rows, 1);
    }
    jpeg_finish_compress(&c);
    jpeg_destroy_compress(&c);
    rk_free(row);
    rk_slice s = {rk_dup(out, n), n};
    free(out);
    return s;
}

static rk_slice make_png(void) {
    png_image im = {
        .version = PNG_IMAGE_VERSION, .width = W, .height = H, .format = PNG_FORMAT_RGB};
    uint8_t *px = rk_calloc(W * H, 3);
    for (uint32_t i = 0; i < W * H; i++) memset(px + (size_t)i * 3, shade(i % W, i / W), 3);
    png_alloc_size_t n = PNG_IMAGE_PNG_SIZE_MAX(im);
    char *out = rk_alloc(n);
    assert_true(png_image_write_to_memory(&im, out, &n, 0, px, 0, NULL));
    rk_free(px);
    return (rk_slice){out, n};
}

static void drop(rk_slice s) { rk_free((void *)(uintptr_t)s.ptr); }

static void is_shade(rk_slice file, uint32_t enough, double shrink) {
    rk_photo p;
    rk_err err = RK_ERR_INIT;
    if (rk_decode(file, enough, &p, &err) != RK_OK) fail_msg("%s", err.text);
    assert_int_equal(p.width, W);
    assert_int_equal(p.height, H);
    assert_true(p.shrink == shrink);
    for (uint32_t y = 0; y < p.grey.h; y += 7)
        for (uint32_t x = 0; x < p.grey.w; x += 7) {
            int want = shade((uint32_t)(x * shrink), (uint32_t)(y * shrink)),
                got = p.grey.px[(size_t)y * p.grey.stride + x];
            assert_true(abs(want - got) < 8);
        }
    rk_free((void *)(uintptr_t)p.grey.px);
}

static void whole_files(void **state) {
    (void)state;
    rk_slice grey = make_jpeg(W, H, JCS_GRAYSCALE, 1, false),
             rgb = make_jpeg(W, H, JCS_RGB, 3, false),
             progressive = make_jpeg(W, H, JCS_RGB, 3, true), png = make_png();
    is_shade(grey, 0, 1);
    is_shade(rgb, 0, 1);
    is_shade(rgb, 400, 1);
    is_shade(rgb, 320, 2);
    is_shade(rgb, 100, 4);
    is_shade(progressive, 0, 1);
    is_shade(png, 300, 1);
    drop(grey), drop(rgb), drop(progressive), drop(png);
}

static void refused(rk_slice file, rk_status want) {
    rk_photo p;
    rk_err err = RK_ERR_INIT;
    rk_status st = rk_decode(file, 0, &p, &err);
    if (st != want)
        fail_msg("%s, not %s: %s", rk_status_name(st), rk_status_name(want), err.text);
    assert_null(p.grey.px);
    assert_true(err.text[0] != '\0');
}

static void damaged_files(void **state) {
    (void)state;
    rk_slice rgb = make_jpeg(W, H, JCS_RGB, 3, false),
             cmyk = make_jpeg(W, H, JCS_CMYK, 4, false), png = make_png();
    refused((rk_slice){0}, RK_BAD_INPUT);
    refused(RK_LIT("GIF89a...."), RK_BAD_INPUT);
    for (size_t cut = 1; cut < 40; cut++) {
        refused((rk_slice){rgb.ptr, rgb.len * cut / 40}, RK_BAD_INPUT);
        refused((rk_slice){png.ptr, png.len * cut / 40}, RK_BAD_INPUT);
    }
    refused(cmyk, RK_BAD_INPUT);
    drop(rgb), drop(cmyk), drop(png);
}

/* A header that promises 65,500 x 65,500 pixels is refused before memory is asked for. */
static void huge_headers(void **state) {
    (void)state;
    rk_slice rgb = make_jpeg(64, 64, JCS_RGB, 3, false), png = make_png();
    char *j = (char *)(uintptr_t)rgb.ptr, *p = (char *)(uintptr_t)png.ptr;
    for (size_t i = 0; i + 9 < rgb.len; i++)
        if ((uint8_t)j[i] == 0xff && (uint8_t)j[i + 1] == 0xc0) memset(j + i + 5, 0xff, 4);
    refused(rgb, RK_BAD_INPUT); /* over the format's own limit of 65,500 */
    for (size_t i = 0; i + 9 < rgb.len; i++)
        if ((uint8_t)j[i] == 0xff && (uint8_t)j[i + 1] == 0xc0) memset(j + i + 5, 0xf0, 4);
    refused(rgb, RK_LIMIT);
    memset(p + 17, 0xff, 1); /* the width in IHDR; its checksum is now wrong */
    refused(png, RK_BAD_INPUT);
    drop(rgb), drop(png);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(whole_files),
                                       cmocka_unit_test(damaged_files),
                                       cmocka_unit_test(huge_headers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
