/* Any bytes as an inventory: refused with a reason, or one whose public view keeps back every
 * address and place, and whose differences from itself are none. */
#include "core/disclosure.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void look(const rk_disclosure *d) {
    for (uint32_t r = 0; r < d->n; r++) {
        const rk_shown_record *x = &d->record[r];
        const rk_infra_table *t = rk_infra_table_of(x->kind);
        for (uint32_t f = 0; f < t->n && !x->withheld; f++) {
            const rk_shown_value *v = &x->value[f];
            bool never =
                t->field[f].type == RK_INFRA_ADDRESS || t->field[f].type == RK_INFRA_PLACE;
            RK_ASSERT(v->state != RK_SHOWN_OPEN || (!never && v->why == RK_WHY_NONE));
            RK_ASSERT(v->state == RK_SHOWN_OPEN || (v->n == 0 && !v->item));
            for (uint32_t i = 0; i < v->n; i++)
                RK_ASSERT(t->field[f].type == RK_INFRA_REF || !rk_infra_guard(v->item[i]));
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    rk_infra *i = rk_infra_new();
    rk_err err = RK_ERR_INIT;
    rk_slice bytes = {(const char *)data, n};
    (void)rk_infra_guard(bytes);
    if (rk_infra_add(i, bytes, &err) != RK_OK || rk_infra_finish(i, &err) != RK_OK) {
        RK_ASSERT(err.text[0]);
        rk_infra_free(&i);
        return 0;
    }
    rk_infra_changes c;
    rk_disclosure *d = rk_disclosure_new(i, 20781, RK_LIT(""));
    rk_infra_free(&i);
    look(d);
    rk_disclosure_diff(d, d, &c);
    RK_ASSERT(c.n == 0);
    rk_infra_changes_free(&c);
    rk_disclosure_free(&d);
    return 0;
}
