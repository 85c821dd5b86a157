/* Any contest that is taken can be laid out as a form, or is refused with a reason; and what is
 * laid out is what the reader's parser takes (rk_layout_make asks it). */
#include "print/layout.h"

#include "base/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    rk_contest *c;
    if (n < 1 || rk_contest_parse((rk_slice){(const char *)data + 1, n - 1},
                                  rk_standard_rules(), &c, NULL) != RK_OK)
        return 0;
    rk_layout o = {.size = data[0] & 8 ? RK_LIT("a4") : RK_LIT("a2"),
                   .abroad = data[0] & 1,
                   .bubbles = data[0] & 2,
                   .tally = data[0] & 4,
                   .ballot = c->n_ballot ? (data[0] >> 4) % c->n_ballot : 0};
    RK_ASSERT(rk_layout_size(o.size, &o.w, &o.h));
    rk_buf json;
    rk_err err = RK_ERR_INIT;
    rk_buf_init(&json, RK_SHEET_FILE_MAX);
    if (c->n_ballot && rk_layout_make(c, &o, &json, &err) != RK_OK)
        RK_ASSERT(err.text[0] != '\0');
    rk_buf_free(&json);
    rk_contest_free(&c);
    return 0;
}
