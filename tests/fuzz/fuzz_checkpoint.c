/* Any bytes as a checkpoint: refused with a reason, or written again they are the same bytes.
 */
#include "core/checkpoint.h"

#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    rk_slice text = {(const char *)data, n};
    rk_checkpoint c;
    rk_err err = RK_ERR_INIT;
    if (rk_checkpoint_parse(text, &c, &err) != RK_OK) {
        RK_ASSERT(err.text[0] != '\0' && c.origin.len == 0);
        return 0;
    }
    rk_buf b;
    rk_buf_init(&b, n);
    RK_ASSERT(c.size <= RK_LOG_SIZE_MAX);
    RK_ASSERT(rk_checkpoint_put(&c, &b, &err) == RK_OK);
    RK_ASSERT(rk_slice_eq(rk_buf_slice(&b), text));
    rk_buf_free(&b);
    return 0;
}
