/* The C2SP tlog-tiles entry bundle: each entry as a big-endian uint16 length and its bytes. The
 * store keeps full bundles in this form, so publishing them is copying them. */
#ifndef RK_STORE_BUNDLE_H
#define RK_STORE_BUNDLE_H

#include "base/buf.h"
#include "base/limits.h"

#define RK_BUNDLE_ENTRIES 256u
#define RK_BUNDLE_MAX (RK_BUNDLE_ENTRIES * (RK_ENTRY_MAX + 2))

/* Appends one entry of 1 to RK_ENTRY_MAX bytes. */
void rk_bundle_add(rk_buf *b, rk_slice entry);
/* Cuts bytes into exactly n entries (slices into bytes). False when they are not that: too few,
 * too many, an empty one, or bytes left over. */
bool rk_bundle_cut(rk_slice bytes, size_t n, rk_slice *entry);

#endif
