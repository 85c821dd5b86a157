/* Any bytes as a declaration of residency: refused with a reason, or one whose every target
 * abroad with non-public data is refused by a rule. */
#include "core/residency.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    rk_residency *r;
    rk_err err = RK_ERR_INIT;
    if (rk_residency_parse((rk_slice){(const char *)data, n}, &r, &err) != RK_OK) {
        RK_ASSERT(err.text[0] && !r);
        return 0;
    }
    bool clean = rk_residency_check(r, NULL) == RK_OK;
    for (uint32_t i = 0; i < r->n; i++) {
        const rk_target *t = &r->target[i];
        bool home = strcmp(t->country, "ID") == 0;
        RK_ASSERT(!clean || home || !t->holds_private);
        rk_use use = {.kind = t->kind,
                      .host = t->host,
                      .port = t->port,
                      .path = t->path,
                      .non_public = true};
        const rk_target *by = NULL;
        if (rk_residency_decide(r, &use, &by) == RK_S_OK &&
            !(t->host.len && rk_host_is_loopback(t->host)))
            RK_ASSERT(by && by->holds_private && strcmp(by->country, "ID") == 0);
    }
    rk_residency_free(&r);
    return 0;
}
