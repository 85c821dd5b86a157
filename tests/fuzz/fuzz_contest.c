/* Any bytes as a contest file: refused with a reason, or a contest whose parts refer to each
 * other. */
#include "core/contest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    rk_contest *c = NULL;
    rk_err err = RK_ERR_INIT;
    if (rk_contest_parse((rk_slice){(const char *)data, n}, rk_standard_rules(), &c, &err) !=
        RK_OK) {
        RK_ASSERT(err.text[0] != '\0');
        return 0;
    }
    RK_ASSERT(c->n_col == c->n_field + c->n_slot && c->n_rule <= RK_RULES_MAX);
    for (uint32_t i = 0; i < c->n_field; i++) RK_ASSERT(rk_contest_field(c, c->field[i]) == i);
    for (uint32_t b = 0; b < c->n_ballot; b++)
        for (uint32_t i = 0; i < c->ballot[b].n; i++) {
            const rk_choice *k = &c->ballot[b].choice[i];
            RK_ASSERT(k->slot < c->n_slot);
            RK_ASSERT(rk_contest_choice(c, b, rk_code_slice(&k->code)) == c->n_field + k->slot);
        }
    for (uint32_t i = 0; i < c->n_rule; i++)
        RK_ASSERT(c->rule[i].first_check + c->rule[i].n_check <= c->n_check);
    for (uint32_t i = 0; i < c->n_check; i++) {
        RK_ASSERT(c->check[i].first_left + c->check[i].n_left <= c->n_term);
        RK_ASSERT(c->check[i].first_right + c->check[i].n_right <= c->n_term);
    }
    rk_contest_free(&c);
    return 0;
}
