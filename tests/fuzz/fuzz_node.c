/* Any bytes as a node's description, signed or bare: refused with a reason, or one whose text
 * is read back to the same text; no key that has not signed it is taken for its signer. */
#include "core/node.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void same_again(const rk_node *n) {
    rk_buf a, b;
    rk_node *again;
    rk_err err = RK_ERR_INIT;
    rk_buf_init(&a, 8 * RK_NODE_BYTES_MAX);
    rk_buf_init(&b, 8 * RK_NODE_BYTES_MAX);
    rk_node_put(n, &a);
    RK_ASSERT(!a.failed);
    if (a.len <=
        RK_NODE_BYTES_MAX) { /* its own spelling may be longer than the one it came in */
        RK_ASSERT(rk_node_parse(rk_buf_slice(&a), &again, &err) == RK_OK);
        rk_node_put(again, &b);
        RK_ASSERT(rk_slice_eq(rk_buf_slice(&a), rk_buf_slice(&b)));
        rk_node_free(&again);
    }
    rk_buf_free(&a);
    rk_buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    rk_slice bytes = {(const char *)data, n};
    rk_node *node;
    rk_note note;
    rk_err err = RK_ERR_INIT;
    rk_ed25519_public key = {{1}};
    uint32_t which;
    if (rk_node_parse(bytes, &node, &err) == RK_OK)
        same_again(node);
    else
        RK_ASSERT(err.text[0] && !node);
    rk_node_free(&node);
    err = RK_ERR_INIT;
    if (rk_node_open(bytes, &note, &node, &err) == RK_OK) {
        same_again(node);
        RK_ASSERT(rk_node_signer(&note, &key, 1, &which, NULL) != RK_OK);
    } else {
        RK_ASSERT(err.text[0] && !node);
    }
    rk_node_free(&node);
    return 0;
}
