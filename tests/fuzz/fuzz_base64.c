/* Any bytes as base64: refused, or exactly what encoding the result gives. */
#include "base/base64.h"
#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    rk_slice text = {(const char *)data, n};
    size_t want, got;
    uint8_t *out = rk_alloc(n + 1);
    bool ok = rk_base64_check(text, &want);
    RK_ASSERT(rk_base64_parse(text, out, n, &got) == ok && got == want);
    if (ok) {
        char *again = rk_alloc(n + 1);
        RK_ASSERT(rk_base64_put(again, (rk_slice){(char *)out, got}) == again + n);
        RK_ASSERT(n == 0 || memcmp(again, data, n) == 0);
        rk_free(again);
    } else {
        RK_ASSERT(want == 0 && got == 0);
    }
    rk_free(out);
    return 0;
}
