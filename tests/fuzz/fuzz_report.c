/* Any bytes as what witnesses said: refused, or a report that is written back byte for byte. */
#include "gather/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    static rk_gather_report *r;
    static rk_buf out;
    if (!r) {
        static rk_gather_report room;
        rk_gather_report_init(r = &room);
        rk_buf_init(&out, 2 * RK_REPORT_MAX);
    }
    rk_slice in = {(const char *)data, n};
    if (rk_gather_report_parse(in, r, NULL) != RK_OK) return 0;
    rk_buf_clear(&out);
    rk_gather_report_put(r, &out);
    RK_ASSERT(!out.failed);
    RK_ASSERT(out.len == n); /* only what is no printable ASCII may be written otherwise */
    return 0;
}
