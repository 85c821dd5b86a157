/* Any bytes as a photo, decoded and read without the sandbox: refused with a reason, or a
 * reading that hangs together. The first byte chooses how the rest is taken: as the file
 * itself, or as damage (offset, value) to a whole photo that is found, cut and read, so that
 * the parts behind the decoder are reached as well. */
#include "base/mem.h"
#include "scan/scan.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* So small that a photo of it, which the seeds are, is found and read in some milliseconds. */
static const char FORM[] =
    "{\"format\":\"rekap-formulir-1\",\"kode\":\"uji\",\"nama\":\"Uji\",\"kontes\":\"uji\","
    "\"ukuran\":[120,120],\"keluarga_tag\":\"tag36h11\",\"bingkai\":1,\"halaman\":[{\"nomor\":"
    "1,"
    "\"tag\":[{\"id\":4,\"x\":5,\"y\":5,\"sisi\":26},{\"id\":5,\"x\":89,\"y\":5,\"sisi\":26},"
    "{\"id\":6,\"x\":89,\"y\":89,\"sisi\":26}],\"sudut\":[{\"x\":10,\"y\":95,\"sisi\":14.6,"
    "\"petak\":7.3}],"
    "\"medan\":[{\"nama\":\"a\",\"kotak\":[[45,12,16,16]],\"bulatan\":[{\"x\":32,\"y\":45,"
    "\"dx\":6.2,"
    "\"diameter\":5.5}]},{\"nama\":\"b\",\"kotak\":[[35,70,16,16],[55,70,16,16]]}]}]}";

static rk_reader reader;
static rk_scanned *out;

static uint8_t *u32(uint8_t *p, uint32_t v) {
    for (int i = 0; i < 4; i++) *p++ = (uint8_t)(v >> 8 * i);
    return p;
}

/* Three poolings and one dense layer: the shipped net's ten million multiplications a box,
 * times what the sanitizers add, would be all that this target does. Its own code is
 * fuzz_net's. */
static rk_digit_net *small_net(void) {
    enum { POOL = 2, DENSE = 3, IN = 16 };
    uint8_t bytes[1024] = "rekapNN\x01", *p = bytes + 8;
    const float temperature = 1, floor = 8;
    uint32_t t, f;
    memcpy(&t, &temperature, 4), memcpy(&f, &floor, 4);
    p = u32(u32(u32(p, 4), RK_DIGIT_SIDE), RK_DIGIT_CLASSES);
    p = u32(u32(u32(p, t), f), 0);
    for (int i = 0; i < 3; i++) p = u32(u32(u32(u32(p, POOL), 1), 1), 0);
    p = u32(u32(u32(u32(p, DENSE), IN), RK_DIGIT_CLASSES), 0);
    for (int i = 0; i < (IN + 1) * RK_DIGIT_CLASSES; i++) /* halves of both signs below 2 */
        *p++ = (uint8_t)(i * 37), *p++ = (uint8_t)((i * 11 % 64) | (i & 1) << 7);
    rk_sha256 sum = rk_sha256_of((rk_slice){(const char *)bytes, (size_t)(p - bytes)});
    memcpy(p, &sum, sizeof sum), p += sizeof sum;
    rk_digit_net *net;
    RK_ASSERT(rk_digit_net_load((rk_slice){(const char *)bytes, (size_t)(p - bytes)}, &net,
                                NULL) == RK_OK);
    return net;
}

static void start(void) {
    rk_sheet *form;
    if (reader.form) return;
    RK_ASSERT(rk_sheet_parse(RK_LIT(FORM), &form, NULL) == RK_OK);
    rk_digit_net *net = small_net();
    reader = (rk_reader){form, rk_tagger_new(form->family), net};
    out = rk_alloc(sizeof *out);
}

/* A grey picture out of the bytes, for what comes after decoding: w in the first byte. */
static void pixels(const uint8_t *data, size_t n) {
    uint32_t w = 64 + data[0] % 192u, h = (uint32_t)(n / w);
    if (h < 1) return;
    rk_grey g = {data, w, h, w};
    rk_page_reading *p = &out->page;
    if (rk_page_find(&reader, &g, p) && rk_page_cut(&reader, &g, p)) rk_page_net(&reader, p);
    /* A pose made up from the bytes: whatever it is, nothing may be read outside the picture.
     */
    memset(p, 0, sizeof *p);
    p->page = 0;
    for (size_t i = 0; i < 9; i++)
        p->to_px.m[i] = i < 6 ? (data[(i * 7 + 1) % n] - 128) / 64.0 * (i % 3 == 2 ? 40 : 0.3)
                              : (i == 8 ? 1 : (data[(i * 5 + 2) % n] - 128) / 1e6);
    if (rk_page_cut(&reader, &g, p)) rk_page_net(&reader, p);
    if (p->refusal == RK_PAGE_READ) RK_ASSERT(rk_page_reading_ok(reader.form, p));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    start();
    memset(&out->page, 0, offsetof(rk_page_reading, box));
    out->why[0] = '\0', out->overlay.w = 0;
    if (n > 2 && data[0] == 'G') {
        pixels(data + 1, n - 1);
        return 0;
    }
    rk_scan_inside(&reader, (rk_slice){(const char *)data, n}, n % 8 == 0, out);
    RK_ASSERT(rk_page_reading_ok(reader.form, &out->page));
    RK_ASSERT(out->page.refusal != RK_REFUSE_FILE || out->why[0] != '\0');
    return 0;
}
