#include "scan/decode.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <jerror.h>
#include <jpeglib.h>
#include <png.h>

enum { SCANS_MAX = 64, JPEG_MEMORY_MAX = 150 << 20 };

static rk_status size_ok(uint32_t w, uint32_t h, rk_err *err) {
    if (w == 0 || h == 0) return rk_fail(err, RK_BAD_INPUT, "the photo has no pixels");
    if (w > RK_PHOTO_SIDE_MAX || h > RK_PHOTO_SIDE_MAX || (uint64_t)w * h > RK_PHOTO_PIXELS_MAX)
        return rk_fail(err, RK_LIMIT, "the photo has %u x %u pixels, over %u megapixels", w, h,
                       RK_PHOTO_PIXELS_MAX / 1000000);
    return RK_OK;
}

/* ===== JPEG ===== */

struct jpeg {
    struct jpeg_decompress_struct c;
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    jmp_buf out;
    bool lossy; /* it decodes, but not all of it was there */
    uint8_t *px;
};

static _Noreturn void jpeg_stop(j_common_ptr c) {
    struct jpeg *j = c->client_data;
    longjmp(j->out, 1);
}

/* Cameras leave stray bytes between segments; every other warning is lost picture. */
static void jpeg_says(j_common_ptr c, int level) {
    struct jpeg *j = c->client_data;
    if (level < 0 && c->err->msg_code != JWRN_EXTRANEOUS_DATA) j->lossy = true;
}

static void jpeg_goes_on(j_common_ptr c) {
    struct jpeg *j = c->client_data;
    if (j->lossy || ((j_decompress_ptr)c)->input_scan_number > SCANS_MAX) longjmp(j->out, 1);
}

static void jpeg_quiet(j_common_ptr c) { (void)c; }

static void jpeg_start(struct jpeg *j, rk_slice file) {
    j->c.err = jpeg_std_error(&j->errors);
    j->errors.error_exit = jpeg_stop;
    j->errors.emit_message = jpeg_says;
    j->errors.output_message = jpeg_quiet;
    j->c.client_data = j;
    jpeg_create_decompress(&j->c);
    j->c.mem->max_memory_to_use = JPEG_MEMORY_MAX;
    j->progress.progress_monitor = jpeg_goes_on;
    j->c.progress = &j->progress;
    jpeg_mem_src(&j->c, (const unsigned char *)file.ptr, (unsigned long)file.len);
}

static void jpeg_pixels(struct jpeg *j, uint32_t enough, rk_photo *out) {
    uint32_t side = j->c.image_width > j->c.image_height ? j->c.image_width : j->c.image_height;
    j->c.out_color_space = JCS_GRAYSCALE;
    j->c.scale_num = 1, j->c.scale_denom = 1;
    while (enough && j->c.scale_denom < 8 && side / (2 * j->c.scale_denom) >= enough)
        j->c.scale_denom *= 2;
    jpeg_start_decompress(&j->c);
    uint32_t w = j->c.output_width, h = j->c.output_height;
    j->px = rk_calloc(w, h);
    while (j->c.output_scanline < h) {
        JSAMPROW row = j->px + (size_t)j->c.output_scanline * w;
        jpeg_read_scanlines(&j->c, &row, 1);
    }
    jpeg_finish_decompress(&j->c);
    out->grey = (rk_grey){j->px, w, h, w};
    out->shrink = j->c.scale_denom;
}

static rk_status jpeg_decode(struct jpeg *j, rk_slice file, uint32_t enough, rk_photo *out,
                             rk_err *err) {
    if (setjmp(j->out)) {
        char why[JMSG_LENGTH_MAX] = "too many scans, or a part is missing";
        if (j->errors.msg_code && !j->lossy) j->errors.format_message((j_common_ptr)&j->c, why);
        return rk_fail(err, RK_BAD_INPUT, "the JPEG is damaged: %s", why);
    }
    jpeg_start(j, file);
    jpeg_read_header(&j->c, TRUE);
    out->width = j->c.image_width, out->height = j->c.image_height;
    RK_TRY(size_ok(out->width, out->height, err));
    if (j->c.jpeg_color_space == JCS_CMYK || j->c.jpeg_color_space == JCS_YCCK)
        return rk_fail(err, RK_BAD_INPUT, "the JPEG is in CMYK: no camera's photo");
    jpeg_pixels(j, enough, out);
    if (j->lossy)
        return rk_fail(err, RK_BAD_INPUT, "the JPEG is damaged: a part of it is missing");
    return RK_OK;
}

static rk_status decode_jpeg(rk_slice file, uint32_t enough, rk_photo *out, rk_err *err) {
    struct jpeg *j = rk_alloc(sizeof *j);
    rk_status st = jpeg_decode(j, file, enough, out, err);
    jpeg_destroy_decompress(&j->c);
    if (st != RK_OK) {
        rk_free(j->px);
        out->grey = (rk_grey){0};
    }
    rk_free(j);
    return st;
}

/* ===== PNG ===== */

static rk_status decode_png(rk_slice file, rk_photo *out, rk_err *err) {
    png_image im = {.version = PNG_IMAGE_VERSION};
    if (!png_image_begin_read_from_memory(&im, file.ptr, file.len))
        return rk_fail(err, RK_BAD_INPUT, "the PNG is damaged: %s", im.message);
    out->width = im.width, out->height = im.height;
    rk_status st = size_ok(im.width, im.height, err);
    if (st != RK_OK) {
        png_image_free(&im);
        return st;
    }
    im.format = PNG_FORMAT_GRAY;
    uint8_t *px = rk_calloc(im.width, im.height);
    memset(px, 255, (size_t)im.width * im.height); /* what is transparent is paper */
    if (!png_image_finish_read(&im, NULL, px, (png_int_32)im.width, NULL) ||
        PNG_IMAGE_FAILED(im)) {
        rk_free(px);
        png_image_free(&im);
        return rk_fail(err, RK_BAD_INPUT, "the PNG is damaged: %s", im.message);
    }
    out->grey = (rk_grey){px, out->width, out->height, out->width};
    out->shrink = 1;
    return RK_OK;
}

rk_status rk_decode(rk_slice file, uint32_t enough, rk_photo *out, rk_err *err) {
    *out = (rk_photo){0};
    if (file.len > RK_PHOTO_BYTES_MAX)
        return rk_fail(err, RK_LIMIT, "the photo's file is over %u bytes", RK_PHOTO_BYTES_MAX);
    if (rk_slice_starts(file, RK_LIT("\xff\xd8\xff")))
        return decode_jpeg(file, enough, out, err);
    if (rk_slice_starts(file, RK_LIT("\x89PNG\r\n\x1a\n"))) return decode_png(file, out, err);
    return rk_fail(err, RK_BAD_INPUT, "this is neither a JPEG nor a PNG");
}
