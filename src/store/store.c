/* The port: checks what no implementation should have to check again, then hands over. */
#include "store/store.h"

#include "base/limits.h"

void rk_store_close(rk_store **s) {
    if (!s || !*s) return;
    (*s)->ops->close(*s);
    *s = NULL;
}

rk_status rk_store_size(rk_store *s, uint64_t *out, rk_err *err) {
    RK_ASSERT(s && out);
    *out = 0;
    return s->ops->size(s, out, err);
}

rk_status rk_store_begin(rk_store *s, rk_err *err) {
    RK_ASSERT(s);
    return s->ops->begin(s, err);
}

rk_status rk_store_append(rk_store *s, rk_slice entry, rk_err *err) {
    RK_ASSERT(s && (entry.ptr || entry.len == 0));
    if (entry.len == 0) return rk_fail(err, RK_LIMIT, "an entry of the log cannot be empty");
    if (entry.len > RK_ENTRY_MAX)
        return rk_fail(err, RK_LIMIT, "an entry of %zu bytes is over the limit of %u",
                       entry.len, RK_ENTRY_MAX);
    return s->ops->append(s, entry, err);
}

rk_status rk_store_commit(rk_store *s, uint64_t *size, rk_err *err) {
    RK_ASSERT(s);
    uint64_t n = 0;
    RK_TRY(s->ops->commit(s, &n, err));
    if (size) *size = n;
    return RK_OK;
}

void rk_store_abort(rk_store *s) {
    RK_ASSERT(s);
    s->ops->abort(s);
}

rk_status rk_store_read(rk_store *s, uint64_t from, uint64_t to, rk_store_fn *fn, void *ctx,
                        rk_err *err) {
    RK_ASSERT(s && fn);
    return from < to ? s->ops->read(s, from, to, fn, ctx, err) : RK_OK;
}

struct get {
    rk_buf *out;
    bool found;
};

static rk_status take(void *ctx, uint64_t first, const rk_slice *entry, size_t n, rk_err *err) {
    struct get *g = ctx;
    RK_ASSERT(n == 1 && !g->found);
    rk_buf_add(g->out, entry[0]);
    g->found = true;
    if (!g->out->failed) return RK_OK;
    return rk_fail(err, RK_LIMIT, "entry %llu does not fit", (unsigned long long)first);
}

rk_status rk_store_get(rk_store *s, uint64_t index, rk_buf *out, rk_err *err) {
    RK_ASSERT(s && out);
    struct get g = {out, false};
    if (index < UINT64_MAX) RK_TRY(s->ops->read(s, index, index + 1, take, &g, err));
    if (g.found) return RK_OK;
    return rk_fail(err, RK_NOT_FOUND, "there is no entry %llu", (unsigned long long)index);
}

static void check_tile(unsigned level, uint64_t index) {
    RK_ASSERT(level < RK_TILE_LEVELS_STORED && index >> 56 == 0);
}

rk_status rk_store_tile_put(rk_store *s, unsigned level, uint64_t index, rk_slice bytes,
                            rk_err *err) {
    RK_ASSERT(s && bytes.len >= 1 && bytes.len <= RK_TILE_STORED_MAX);
    check_tile(level, index);
    return s->ops->tile_put(s, level, index, bytes, err);
}

rk_status rk_store_tile_get(rk_store *s, unsigned level, uint64_t index, rk_buf *out,
                            rk_err *err) {
    RK_ASSERT(s && out);
    check_tile(level, index);
    return s->ops->tile_get(s, level, index, out, err);
}

rk_status rk_store_head_put(rk_store *s, rk_slice bytes, rk_err *err) {
    RK_ASSERT(s && bytes.len >= 1 && bytes.len <= RK_HEAD_MAX);
    return s->ops->head_put(s, bytes, err);
}

rk_status rk_store_head_get(rk_store *s, rk_buf *out, rk_err *err) {
    RK_ASSERT(s && out);
    return s->ops->head_get(s, out, err);
}

static rk_status check_key(rk_slice key, rk_err *err) {
    RK_ASSERT(key.ptr || key.len == 0);
    if (key.len >= 1 && key.len <= RK_META_KEY_MAX) return RK_OK;
    return rk_fail(err, RK_LIMIT, "a key of %zu bytes is not between 1 and %u", key.len,
                   RK_META_KEY_MAX);
}

rk_status rk_store_meta_get(rk_store *s, rk_slice key, rk_buf *out, rk_err *err) {
    RK_ASSERT(s && out);
    RK_TRY(check_key(key, err));
    return s->ops->meta_get(s, key, out, err);
}

rk_status rk_store_meta_set(rk_store *s, rk_slice key, rk_slice value, rk_err *err) {
    RK_ASSERT(s && (value.ptr || value.len == 0));
    RK_TRY(check_key(key, err));
    if (rk_slice_is(key, "format"))
        return rk_fail(err, RK_BAD_INPUT, "the value \"format\" is the store's own");
    if (value.len > RK_ENTRY_MAX)
        return rk_fail(err, RK_LIMIT, "a value of %zu bytes is over the limit of %u", value.len,
                       RK_ENTRY_MAX);
    return s->ops->meta_set(s, key, value, err);
}
