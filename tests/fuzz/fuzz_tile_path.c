/* Any bytes as a tile's path: refused, or written again they are the same bytes. */
#include "core/tile.h"

#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    rk_tile t;
    char path[RK_TILE_PATH_MAX];
    if (rk_tile_path_parse((rk_slice){(const char *)data, n}, &t)) {
        RK_ASSERT(rk_tile_path_put(path, t) == path + n && memcmp(path, data, n) == 0);
        (void)rk_tile_within(t, RK_LOG_SIZE_MAX);
    }
    if (n < 16) return 0;
    /* and any tile as a path */
    uint64_t index, size;
    memcpy(&index, data, 8), memcpy(&size, data + 8, 8);
    rk_tile back, any = {.level = data[7] % 64,
                         .width = (uint16_t)(data[6] + 1),
                         .index = index & RK_TILE_INDEX_MAX};
    char *end = rk_tile_path_put(path, any);
    RK_ASSERT(rk_tile_path_parse((rk_slice){path, (size_t)(end - path)}, &back));
    RK_ASSERT(back.index == any.index && back.level == any.level && back.width == any.width &&
              !back.entries);
    size %= (uint64_t)RK_LOG_SIZE_MAX + 1;
    if (rk_tile_within(any, size)) RK_ASSERT(any.index <= rk_tile_full(any.level, size));
    return 0;
}
