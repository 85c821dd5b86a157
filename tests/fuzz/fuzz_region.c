/* Any bytes as a region file: refused with a place, or a tree that hangs together. */
#include "core/region.h"

#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    rk_tree *t = NULL;
    rk_err err = RK_ERR_INIT;
    if (rk_tree_parse((rk_slice){(const char *)data, n}, &t, &err) != RK_OK) {
        RK_ASSERT(err.text[0] != '\0');
        return 0;
    }
    uint64_t known = 0;
    for (uint32_t i = 1; i < t->n; i++) {
        RK_ASSERT(t->node[t->node[i].parent].level + 1 == t->node[i].level);
        RK_ASSERT(rk_tree_find(t, rk_tree_code(t, i)) == i);
        RK_ASSERT(rk_tree_below(t, i, 0));
        if (t->node[i].level == RK_DESA) known += t->node[i].known;
    }
    RK_ASSERT(known == t->n_tps && t->node[0].known == t->n_tps);
    for (uint32_t i = 0; i < t->n_tps; i++)
        RK_ASSERT(rk_tree_find_tps(t, &t->tps_code[i], rk_code_hash(&t->tps_code[i])) == i);
    rk_tree_free(&t);
    return 0;
}
