#include "store/bundle.h"

void rk_bundle_add(rk_buf *b, rk_slice entry) {
    RK_ASSERT(entry.len >= 1 && entry.len <= RK_ENTRY_MAX);
    char *p = rk_buf_room(b, entry.len + 2);
    if (!p) return;
    p[0] = (char)(unsigned char)(entry.len >> 8);
    p[1] = (char)(unsigned char)(entry.len & 255);
    memcpy(p + 2, entry.ptr, entry.len);
    rk_buf_commit(b, p + 2 + entry.len);
}

bool rk_bundle_cut(rk_slice bytes, size_t n, rk_slice *entry) {
    const unsigned char *p = (const unsigned char *)bytes.ptr;
    size_t left = bytes.len;
    for (size_t i = 0; i < n; i++) {
        if (left < 2) return false;
        size_t len = (size_t)p[0] << 8 | p[1];
        if (len == 0 || len > left - 2) return false;
        entry[i] = (rk_slice){(const char *)p + 2, len};
        p += 2 + len;
        left -= 2 + len;
    }
    return left == 0;
}
