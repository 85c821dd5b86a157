/* Copies what is known to be needed and nothing else: a list of what to drop would be a list of
 * what somebody forgot. */
#include "read/strip.h"

#include "base/limits.h"

static rk_status damaged(rk_err *err, const char *what) {
    return rk_fail(err, RK_BAD_INPUT, "no public copy can be made of the photo: %s", what);
}

static uint32_t be(const uint8_t *p, unsigned n) {
    uint32_t v = 0;
    for (unsigned i = 0; i < n; i++) v = v << 8 | p[i];
    return v;
}

/* ===== JPEG ===== */

enum {
    M_TEM = 0x01,
    M_SOF0 = 0xc0,
    M_SOF2 = 0xc2,
    M_DHT = 0xc4,
    M_SOF9 = 0xc9,
    M_SOF10 = 0xca,
    M_DAC = 0xcc,
    M_RST0 = 0xd0,
    M_RST7 = 0xd7,
    M_SOI = 0xd8,
    M_EOI = 0xd9,
    M_SOS = 0xda,
    M_DQT = 0xdb,
    M_DRI = 0xdd,
    M_APP0 = 0xe0,
    M_APP14 = 0xee,
    M_APP15 = 0xef,
    M_COM = 0xfe,
};

struct jpeg_in {
    const uint8_t *p, *e;
    bool frame, scan; /* seen */
    bool jfif;        /* "this is YCbCr" */
    int adobe;        /* its colour transform, -1 = not said */
};

/* Quantisation tables, one after the other. */
static bool dqt_ok(const uint8_t *p, size_t n) {
    while (n) {
        size_t one = 1 + (p[0] >> 4 ? 128u : 64u);
        if (p[0] >> 4 > 1 || (p[0] & 15) > 3 || n < one) return false;
        p += one, n -= one;
    }
    return true;
}

static bool dht_ok(const uint8_t *p, size_t n) {
    while (n) {
        size_t one = 17;
        if (n < one) return false;
        for (unsigned i = 1; i <= 16; i++) one += p[i];
        if (p[0] >> 4 > 1 || (p[0] & 15) > 3 || one > 17 + 256 || n < one) return false;
        p += one, n -= one;
    }
    return true;
}

/* A segment that decoding needs is exactly as long as what it says. */
static bool segment_ok(uint8_t marker, const uint8_t *p, size_t n) {
    switch (marker) {
    case M_SOF0:
    case M_SOF0 + 1:
    case M_SOF2:
    case M_SOF9:
    case M_SOF10:
        return n >= 6 && p[5] >= 1 && p[5] <= 4 && n == 6 + 3u * p[5];
    case M_DHT:
        return n > 0 && dht_ok(p, n);
    case M_DQT:
        return n > 0 && dqt_ok(p, n);
    case M_DAC:
        return n > 0 && n % 2 == 0 && n <= 64;
    case M_DRI:
        return n == 2;
    case M_SOS:
        return n >= 1 && p[0] >= 1 && p[0] <= 4 && n == 4 + 2u * p[0];
    default:
        return false;
    }
}

/* What the two application segments say that changes colours; nothing else of them is kept. */
static void colours(struct jpeg_in *in, uint8_t marker, const uint8_t *p, size_t n) {
    if (in->scan) return; /* a decoder has made up its mind by then */
    if (marker == M_APP0 && n >= 14 && memcmp(p, "JFIF", 5) == 0) in->jfif = true;
    if (marker == M_APP14 && n >= 12 && memcmp(p, "Adobe", 5) == 0) in->adobe = p[11];
}

static rk_slice span(const uint8_t *from, const uint8_t *to) {
    return (rk_slice){(const char *)from, (size_t)(to - from)};
}

/* The coded data of a scan, up to the marker that ends it: stuffed zeros and restart markers
 * belong to it, fill bytes do not. */
static rk_status scan_data(struct jpeg_in *in, rk_buf *out, rk_err *err) {
    const uint8_t *from = in->p;
    while (in->p < in->e) {
        const uint8_t *ff = memchr(in->p, 0xff, (size_t)(in->e - in->p));
        if (!ff || ff + 1 == in->e) break;
        uint8_t next = ff[1];
        if (next == 0 || (next >= M_RST0 && next <= M_RST7)) {
            in->p = ff + 2;
            continue;
        }
        rk_buf_add(out, span(from, ff));
        in->p = from = ff + (next == 0xff);
        if (next == 0xff) continue;
        /* decoders search on from here, so that dropping the marker would change the picture */
        return next < M_SOF0 ? damaged(err, "a scan of the JPEG is broken") : RK_OK;
    }
    return damaged(err, "the JPEG ends before its end");
}

/* The next marker; what lies before it is stray. */
static rk_status next_marker(struct jpeg_in *in, uint8_t *marker, rk_err *err) {
    while (in->p < in->e) {
        const uint8_t *ff = memchr(in->p, 0xff, (size_t)(in->e - in->p));
        if (!ff) break;
        for (in->p = ff; in->p < in->e && *in->p == 0xff;) in->p++;
        if (in->p == in->e) break;
        *marker = *in->p++;
        if (*marker != 0) return RK_OK;
    }
    return damaged(err, "the JPEG ends before its end");
}

static bool kept(uint8_t marker) {
    return marker == M_DHT || marker == M_DQT || marker == M_DAC || marker == M_DRI ||
           marker == M_SOS || (marker >= M_SOF0 && marker <= M_SOF2) || marker == M_SOF9 ||
           marker == M_SOF10;
}

static rk_status segment(struct jpeg_in *in, uint8_t marker, rk_buf *out, rk_err *err) {
    size_t left = (size_t)(in->e - in->p);
    if (left < 2 || be(in->p, 2) < 2 || be(in->p, 2) > left)
        return damaged(err, "a segment of the JPEG is longer than the file");
    size_t n = be(in->p, 2) - 2u;
    const uint8_t *body = in->p + 2;
    in->p = body + n;
    colours(in, marker, body, n);
    if (!kept(marker))
        return (marker >= M_APP0 && marker <= M_APP15) || marker == M_COM
                   ? RK_OK
                   : damaged(err, "the JPEG is of a kind that no camera makes");
    if (!segment_ok(marker, body, n))
        return damaged(err, "a segment of the JPEG is not as long as what it says");
    bool frame = marker != M_DHT && marker != M_DAC && marker < M_RST0;
    if ((frame && in->frame) || (marker == M_SOS && !in->frame))
        return damaged(err, "the JPEG has two frames, or none");
    in->frame |= frame;
    rk_buf_byte(out, (char)0xff);
    rk_buf_byte(out, (char)marker);
    rk_buf_add(out, span(body - 2, in->p));
    if (marker != M_SOS) return RK_OK;
    in->scan = true;
    return scan_data(in, out, err);
}

/* The shortest segments that say the colours; in front, where decoders expect them. */
static void put_colours(const struct jpeg_in *in, rk_buf *out) {
    static const char jfif[] =
        "\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0", /* its own \0 is the last */
        adobe[] = "\xff\xee\0\x0e"
                  "Adobe\0\x64\0\0\0";
    if (in->jfif) rk_buf_add(out, (rk_slice){jfif, sizeof jfif});
    if (in->adobe < 0) return;
    rk_buf_add(out, (rk_slice){adobe, sizeof adobe});
    rk_buf_byte(out, (char)in->adobe);
}

static rk_status jpeg_body(struct jpeg_in *in, rk_buf *out, rk_err *err) {
    for (;;) {
        uint8_t marker = 0;
        RK_TRY(next_marker(in, &marker, err));
        if (marker == M_EOI) break;
        if (marker == M_TEM || (marker >= M_RST0 && marker <= M_RST7)) continue;
        if (marker == M_SOI) return damaged(err, "the JPEG begins twice");
        RK_TRY(segment(in, marker, out, err));
        if (out->failed) return rk_fail(err, RK_LIMIT, "the photo is too long");
    }
    if (!in->scan) return damaged(err, "the JPEG has no picture");
    if (in->adobe > 2) return damaged(err, "the JPEG names colours that nobody knows");
    rk_buf_byte(out, (char)0xff);
    rk_buf_byte(out, (char)M_EOI);
    return RK_OK;
}

static rk_status strip_jpeg(rk_slice photo, rk_buf *out, rk_err *err) {
    const uint8_t *p = (const uint8_t *)photo.ptr;
    struct jpeg_in in = {.p = p + 2, .e = p + photo.len, .adobe = -1};
    rk_buf body;
    rk_buf_init(&body, photo.len);
    rk_status s = jpeg_body(&in, &body, err);
    if (s == RK_OK) {
        rk_buf_lit(out, "\xff\xd8");
        put_colours(&in, out);
        rk_buf_add(out, rk_buf_slice(&body));
    }
    rk_buf_free(&body);
    return s;
}

/* ===== PNG ===== */

enum { PNG_CHUNK = 12 }; /* length, type, check sum */

struct png_in {
    unsigned seen, after; /* IHDR 1, PLTE 2, tRNS 4, IDAT 8; after: the last one was another */
};

/* The check sum of PNG's chunks (annex D), four bits at a time. */
static uint32_t crc32_of(const uint8_t *p, size_t n) {
    static const uint32_t by[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
                                    0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
                                    0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
                                    0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
    uint32_t c = ~0u;
    for (size_t i = 0; i < n; i++) {
        c = c >> 4 ^ by[(c ^ p[i]) & 15];
        c = c >> 4 ^ by[(c ^ p[i] >> 4) & 15];
    }
    return ~c;
}

static bool is(const uint8_t *type, const char *name) { return memcmp(type, name, 4) == 0; }

/* Which chunks are kept, in the order in which they may stand. */
static rk_status png_chunk(struct png_in *in, const uint8_t *chunk, uint32_t n, bool *keep,
                           rk_err *err) {
    const uint8_t *type = chunk + 4;
    unsigned bit = is(type, "IHDR")   ? 1
                   : is(type, "PLTE") ? 2
                   : is(type, "tRNS") ? 4
                   : is(type, "IDAT") ? 8
                                      : 0;
    bool end = is(type, "IEND");
    *keep = bit || end;
    if (!bit && !end && !(type[0] & 0x20))
        return damaged(err, "the PNG has a chunk that nobody knows");
    if (!(in->seen & 1) && bit != 1) return damaged(err, "the PNG does not begin with a size");
    bool fits = bit == 1   ? n == 13
                : bit == 2 ? n % 3 == 0 && n >= 3 && n <= 768
                : bit == 4 ? n >= 1 && n <= 256
                : end      ? n == 0 && in->seen & 8
                           : true;
    bool order = bit == 8 ? !(in->seen & 8) || !in->after : !(in->seen & bit);
    if (bit && bit < 8 && in->seen & 8) order = false;
    if (!fits || !order) return damaged(err, "the PNG's chunks contradict each other");
    in->after = bit != 8;
    in->seen |= bit;
    if (*keep && crc32_of(type, n + 4) != be(chunk + 8 + n, 4))
        return damaged(err, "a chunk of the PNG is damaged");
    return RK_OK;
}

static rk_status strip_png(rk_slice photo, rk_buf *out, rk_err *err) {
    const uint8_t *p = (const uint8_t *)photo.ptr, *e = p + photo.len;
    struct png_in in = {0};
    rk_buf_add(out, span(p, p + 8));
    for (p += 8; e - p >= PNG_CHUNK;) {
        uint32_t n = be(p, 4);
        bool keep;
        if (n > (size_t)(e - p) - PNG_CHUNK) break;
        RK_TRY(png_chunk(&in, p, n, &keep, err));
        if (keep) rk_buf_add(out, span(p, p + PNG_CHUNK + n));
        if (keep && is(p + 4, "IEND")) return RK_OK;
        p += PNG_CHUNK + n;
    }
    return damaged(err, "the PNG ends before its end");
}

rk_status rk_photo_strip(rk_slice photo, rk_buf *out, enum rk_photo_type *type, rk_err *err) {
    size_t before = out->len;
    rk_status s;
    *type = RK_PHOTO_NONE;
    if (photo.len > RK_PHOTO_BYTES_MAX)
        return rk_fail(err, RK_LIMIT, "the photo's file is over %u bytes", RK_PHOTO_BYTES_MAX);
    bool jpeg = rk_slice_starts(photo, RK_LIT("\xff\xd8\xff"));
    if (jpeg)
        s = strip_jpeg(photo, out, err);
    else if (rk_slice_starts(photo, RK_LIT("\x89PNG\r\n\x1a\n")))
        s = strip_png(photo, out, err);
    else
        s = damaged(err, "this is neither a JPEG nor a PNG");
    if (s == RK_OK && out->failed) s = rk_fail(err, RK_LIMIT, "the photo is too long");
    if (s == RK_OK)
        *type = jpeg ? RK_PHOTO_JPEG : RK_PHOTO_PNG;
    else
        out->len = before;
    RK_ASSERT(s != RK_OK || out->len - before <= photo.len);
    return s;
}
