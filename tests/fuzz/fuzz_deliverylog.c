/* Any bytes as a line of the delivery log, and as subscriptions. A line that is one is written
 * again as one, which reads as the same; nothing of a log brings a delivery out of its states.
 */
#include "core/delivery.h"
#include "core/subscription.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void again(const rk_delivery_line *l) {
    rk_delivery_line back;
    rk_buf a, b;
    rk_buf_init(&a, 1 << 16);
    rk_buf_init(&b, 1 << 16);
    rk_delivery_line_put(l, &a);
    RK_ASSERT(!a.failed && a.len && a.ptr[a.len - 1] == '\n');
    if (a.len - 1 <= RK_DELIVERY_LINE_MAX) { /* escapes may make it longer */
        RK_ASSERT(rk_delivery_line_parse((rk_slice){a.ptr, a.len - 1}, &back, NULL) == RK_OK);
        rk_delivery_line_put(&back, &b);
        RK_ASSERT(rk_slice_eq(rk_buf_slice(&a), rk_buf_slice(&b)));
        rk_delivery_line_free(&back);
    }
    rk_buf_free(&a);
    rk_buf_free(&b);
}

static void apply(const rk_delivery_line *l) {
    rk_parcel p = {.name = l->file, .sha256 = l->sha256};
    const rk_destination to = {.alias = l->alias};
    rk_delivery d = {.to = &to,
                     .no = l->no,
                     .release = l->release,
                     .subject = l->subject,
                     .parcel = &p,
                     .n = 1};
    for (int i = 0; i < 2; i++) rk_delivery_apply(&d, l);
    RK_ASSERT(p.done == (l->event == RK_DELIVERY_FILE));
    RK_ASSERT(d.done == (l->event == RK_DELIVERY_DONE));
    d.release = RK_LIT("lain");
    rk_delivery_apply(&d, l);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    rk_delivery_line l;
    rk_subscriptions s;
    rk_err err = RK_ERR_INIT;
    const rk_slice in = {(const char *)data, n};
    if (rk_delivery_line_parse(in, &l, &err) == RK_OK) {
        again(&l);
        apply(&l);
    } else {
        RK_ASSERT(err.text[0]);
    }
    rk_delivery_line_free(&l);
    err = RK_ERR_INIT;
    if (rk_subscriptions_parse(in, &s, &err) != RK_OK) RK_ASSERT(err.text[0] && s.n == 0);
    for (uint32_t i = 0; i < s.n; i++) RK_ASSERT(s.s[i].subject < RK_SUBJECTS && s.s[i].no.len);
    rk_subscriptions_free(&s);
    return 0;
}
