/* Any text as a manifest's note, as a list, and as what the verifier remembers (with its hash
 * made right): refused, or written again it is the same bytes. */
#include "core/manifest.h"
#include "verify/state.h"

#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void as_note(rk_slice in, rk_buf *b) {
    rk_manifest_note m;
    rk_buf_clear(b);
    if (rk_manifest_parse(in, &m, NULL) != RK_OK) return;
    rk_manifest_put(&m, b);
    RK_ASSERT(rk_slice_eq(in, rk_buf_slice(b)));
}

static void as_list(rk_slice in, rk_buf *b) {
    rk_slice rest = in, before = {0};
    rk_manifest_line line;
    rk_buf_clear(b);
    rk_status s;
    while ((s = rk_manifest_next(&rest, before, &line, NULL)) == RK_OK) {
        RK_ASSERT(rk_manifest_path_ok(line.path) && rk_manifest_list_of(line.path) < 256);
        rk_manifest_line_put(&line, b);
        before = line.path;
    }
    if (s == RK_NOT_FOUND) RK_ASSERT(rk_slice_eq(in, rk_buf_slice(b)));
}

static void as_state(rk_slice in, rk_buf *b) {
    rk_verify_state s;
    rk_buf text;
    char hex[64];
    (void)rk_state_parse(in, &s, NULL);
    rk_buf_init(&text, 1 << 22);
    rk_buf_add(&text, in);
    rk_sha256 sum = rk_sha256_of(in);
    rk_sha256_put(hex, &sum);
    rk_buf_lit(&text, "sum ");
    rk_buf_add(&text, (rk_slice){hex, 64});
    rk_buf_byte(&text, '\n');
    rk_buf_clear(b);
    if (rk_state_parse(rk_buf_slice(&text), &s, NULL) == RK_OK) {
        rk_state_put(&s, b);
        RK_ASSERT(rk_slice_eq(rk_buf_slice(&text), rk_buf_slice(b)));
    }
    rk_buf_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    rk_buf b;
    if (n > 1 << 20) return 0;
    rk_slice in = {(const char *)data, n};
    rk_buf_init(&b, 1 << 22);
    as_note(in, &b);
    as_list(in, &b);
    as_state(in, &b);
    rk_buf_free(&b);
    return 0;
}
