/* Two trees are grown side by side where they differ: A over the entries, B over the lowest
 * tiles. As long as they agree there is only A. */
#include "core/treecheck.h"

#include "base/mem.h"

enum {
    BUNDLE_MAX = RK_TILE_WIDTH * (RK_ENTRY_MAX + 2),
    AHEAD = 7,
    GONE_MAX = 16 /* after so many it is not looked for more: the size may be a lie */
};

struct side {
    rk_frontier f;
    /* hashes of the tile being filled at each level (0 is not kept) */
    rk_sha256 level[RK_TILE_LEVELS][RK_TILE_WIDTH];
};

struct fault {
    rk_tile tile;
    uint16_t at;
    bool a, b;  /* differs from what side A or B has there */
    bool below; /* it is about what was checked before */
};

struct rk_treecheck {
    rk_log_files files;
    uint64_t size, from; /* entries; of these checked before */
    rk_sha256 root;
    rk_frontier known; /* of the part checked before */
    rk_treefault_fn *fn;
    void *ctx;
    struct side a, *b; /* b: NULL while the same */
    bool broken;       /* side A ended: a bundle is missing or cannot be cut */
    uint64_t watch;    /* size of which the root is noted */
    bool seen;
    rk_sha256 was;
    uint64_t told; /* faults told at once */
    unsigned gone; /* places where neither bundle nor tile is */
    struct fault fault[RK_FAULTS_MAX];
    uint64_t n_fault;
    /* the bundle at hand */
    uint64_t first;   /* index of its first entry */
    size_t at, width; /* handed out, of so many */
    rk_buf bundle, tile;
    rk_slice entry[RK_TILE_WIDTH];
    rk_sha256 leaf[RK_TILE_WIDTH], listed[RK_TILE_WIDTH];
};

rk_treecheck *rk_treecheck_new(const rk_log_files *files, uint64_t size, const rk_sha256 *root,
                               const rk_frontier *from, rk_treefault_fn *fn, void *ctx) {
    rk_treecheck *t = rk_alloc(sizeof *t);
    RK_ASSERT(size <= RK_LOG_SIZE_MAX && (!from || from->size <= size));
    t->files = *files;
    t->size = size, t->root = *root, t->fn = fn, t->ctx = ctx;
    if (from) {
        t->known = t->a.f = *from;
        t->from = from->size;
        t->a.f.size &= ~(uint64_t)(RK_TILE_WIDTH - 1); /* the last bundle is read again */
    }
    t->first = t->a.f.size;
    rk_treecheck_watch(t, t->from);
    rk_buf_init(&t->bundle, BUNDLE_MAX);
    rk_buf_init(&t->tile, RK_TILE_BYTES_MAX + 1);
    return t;
}

void rk_treecheck_free(rk_treecheck **tp) {
    rk_treecheck *t = *tp;
    if (!t) return;
    rk_buf_free(&t->bundle);
    rk_buf_free(&t->tile);
    rk_free(t->b);
    rk_free(t);
    *tp = NULL;
}

void rk_treecheck_watch(rk_treecheck *t, uint64_t size) {
    t->watch = size;
    t->seen = size == t->a.f.size;
    t->was = t->seen ? rk_frontier_root(&t->a.f) : (rk_sha256){{0}};
}

bool rk_treecheck_was(const rk_treecheck *t, rk_sha256 *root) {
    *root = t->was;
    return t->seen;
}

bool rk_treecheck_broken(const rk_treecheck *t) { return t->broken; }
const rk_frontier *rk_treecheck_edge(const rk_treecheck *t) { return &t->a.f; }

bool rk_bundle_entries(rk_slice bundle, size_t n, rk_slice *entry, size_t *got) {
    for (*got = 0; *got < n; ++*got) {
        if (bundle.len < 2) return false;
        size_t len = (size_t)(uint8_t)bundle.ptr[0] << 8 | (uint8_t)bundle.ptr[1];
        bundle = rk_slice_from(bundle, 2);
        if (len == 0 || len > bundle.len) return false;
        entry[*got] = (rk_slice){bundle.ptr, len};
        bundle = rk_slice_from(bundle, len);
    }
    return bundle.len == 0;
}

/* ===== faults ===== */

static void tell(rk_treecheck *t, enum rk_fault_kind kind, rk_tile tile, uint32_t at) {
    t->told++;
    t->fn(t->ctx, &(rk_treefault){kind, tile, at});
}

static void note(rk_treecheck *t, struct fault f) {
    if (t->n_fault < RK_FAULTS_MAX) t->fault[t->n_fault] = f;
    t->n_fault++;
}

/* ===== files ===== */

static rk_tile tile_of(const rk_treecheck *t, bool entries, unsigned level, uint64_t index) {
    uint64_t left = (t->size >> (8 * level)) - index * RK_TILE_WIDTH;
    return (rk_tile){.entries = entries,
                     .level = (uint8_t)level,
                     .width = (uint16_t)(left < RK_TILE_WIDTH ? left : RK_TILE_WIDTH),
                     .index = index};
}

/* *there = false after telling that it is missing or has a length that cannot be. */
static rk_status get_tile(rk_treecheck *t, rk_tile tile, bool *there, rk_err *err) {
    rk_buf_clear(&t->tile);
    rk_err why = RK_ERR_INIT;
    rk_status s = t->files.get(t->files.ctx, tile, RK_TILE_BYTES_MAX, &t->tile, &why);
    *there = s == RK_OK && t->tile.len == tile.width * sizeof(rk_sha256);
    if (*there) return RK_OK;
    if (s != RK_OK && s != RK_NOT_FOUND && s != RK_LIMIT)
        return rk_fail(err, s, "%s", why.text);
    tell(t, s == RK_NOT_FOUND ? RK_FAULT_MISSING : RK_FAULT_LENGTH, tile, 0);
    return RK_OK;
}

static void look_ahead(rk_treecheck *t, uint64_t first) {
    if (!t->files.ahead || first >= t->size) return;
    t->files.ahead(t->files.ctx, tile_of(t, true, 0, first / RK_TILE_WIDTH));
    t->files.ahead(t->files.ctx, tile_of(t, false, 0, first / RK_TILE_WIDTH));
}

/* ===== growing ===== */

/* Hashes of the tile that were there before are those of the known frontier, whose subtrees of
 * this level cover exactly them, the largest first. */
static void check_known(rk_treecheck *t, rk_tile tile) {
    unsigned base = 8u * tile.level;
    uint64_t had = t->from >> base;
    if (tile.level == 0 || had / RK_TILE_WIDTH != tile.index) return;
    unsigned start = 0;
    for (unsigned k = 8; k-- > 0;) {
        if (!(had >> k & 1)) continue;
        rk_sha256 h = rk_tile_hash(rk_buf_slice(&t->tile), k, start >> k);
        if (!rk_merkle_eq(&h, &t->known.node[base + k]))
            note(t, (struct fault){tile, (uint16_t)start, true, true, true});
        start += 1u << k;
    }
}

static rk_status check_upper(rk_treecheck *t, unsigned level, uint64_t index, rk_err *err) {
    rk_tile tile = tile_of(t, false, level, index);
    bool there;
    RK_TRY(get_tile(t, tile, &there, err));
    if (!there) return RK_OK;
    uint64_t had = t->from >> (8 * level);
    unsigned first = had / RK_TILE_WIDTH == index ? (unsigned)(had % RK_TILE_WIDTH) : 0;
    const rk_sha256 *is = (const rk_sha256 *)(const void *)t->tile.ptr;
    const rk_sha256 *a = t->a.level[level], *b = t->b ? t->b->level[level] : a;
    check_known(t, tile);
    if (!t->b && !t->broken &&
        memcmp(is + first, a + first, (tile.width - first) * sizeof *a) == 0)
        return RK_OK;
    for (unsigned i = first; i < tile.width; i++) {
        bool da = t->broken || !rk_merkle_eq(&is[i], &a[i]), db = !rk_merkle_eq(&is[i], &b[i]);
        if (da || db) note(t, (struct fault){tile, (uint16_t)i, da, db, false});
    }
    return RK_OK;
}

static void grow(struct side *s, const rk_sha256 *leaf) {
    unsigned k = rk_frontier_append(&s->f, leaf);
    for (unsigned level = 1; level < RK_TILE_LEVELS && 8 * level <= k; level++)
        s->level[level][((s->f.size >> (8 * level)) - 1) % RK_TILE_WIDTH] =
            s->f.node[8 * level];
}

/* Tiles of the upper levels that entry number size-1 completed. */
static rk_status completed(rk_treecheck *t, uint64_t size, rk_err *err) {
    for (unsigned level = 1; level + 1 < RK_TILE_LEVELS; level++) {
        uint64_t span = (uint64_t)1 << (8 * (level + 1)); /* entries of a tile */
        if (size == 0 || size % span) break;
        RK_TRY(check_upper(t, level, size / span - 1, err));
    }
    return RK_OK;
}

static rk_status add_leaf(rk_treecheck *t, size_t i, rk_err *err) {
    if (!t->broken) grow(&t->a, &t->leaf[i]);
    if (t->b) grow(t->b, &t->listed[i]);
    if (!t->broken && t->a.f.size == t->watch) {
        t->was = rk_frontier_root(&t->a.f);
        t->seen = true;
    }
    uint64_t size = t->first + i + 1;
    return size % (RK_TILE_WIDTH * RK_TILE_WIDTH) ? RK_OK : completed(t, size, err);
}

/* ===== bundles ===== */

/* From here on the tiles say something else than the entries. */
static void split(rk_treecheck *t) {
    if (t->b) return;
    t->b = rk_alloc(sizeof *t->b);
    *t->b = t->a;
}

/* The entries of the bundle at hand; fewer than its width, and side A broken, when it does not
 * hold them. */
static rk_status read_bundle(rk_treecheck *t, rk_tile tile, size_t *got, bool *uncut,
                             rk_err *err) {
    rk_err why = RK_ERR_INIT;
    rk_buf_clear(&t->bundle);
    rk_status s = t->files.get(t->files.ctx, tile, BUNDLE_MAX, &t->bundle, &why);
    *got = 0;
    if (s != RK_OK && s != RK_NOT_FOUND && s != RK_LIMIT)
        return rk_fail(err, s, "%s", why.text);
    bool whole =
        s == RK_OK && rk_bundle_entries(rk_buf_slice(&t->bundle), tile.width, t->entry, got);
    for (size_t i = 0; i < *got; i++) t->leaf[i] = rk_merkle_leaf(t->entry[i]);
    if (s == RK_NOT_FOUND) tell(t, RK_FAULT_MISSING, tile, 0);
    *uncut = !whole && s != RK_NOT_FOUND;
    t->broken |= !whole;
    return RK_OK;
}

/* The first entry that is not the listed one, of a bundle that cannot be cut. */
static void tell_cut(rk_treecheck *t, rk_tile tile, size_t got, bool listed) {
    size_t i = 0;
    while (listed && i < got && rk_merkle_eq(&t->leaf[i], &t->listed[i])) i++;
    if (!listed) i = got;
    tell(t, RK_FAULT_LENGTH, tile, (uint32_t)(i < tile.width ? i : i - 1));
}

static rk_status load(rk_treecheck *t, rk_err *err) {
    uint64_t index = t->first / RK_TILE_WIDTH;
    rk_tile bundle = tile_of(t, true, 0, index), tile = tile_of(t, false, 0, index);
    bool listed = false, uncut = false, was_broken = t->broken;
    size_t got = 0;
    for (unsigned i = t->first == (t->from & ~(uint64_t)255) ? 0 : AHEAD; i <= AHEAD; i++)
        look_ahead(t, t->first + (uint64_t)i * RK_TILE_WIDTH);
    RK_TRY(read_bundle(t, bundle, &got, &uncut, err));
    RK_TRY(get_tile(t, tile, &listed, err));
    t->at = 0, t->width = bundle.width;
    t->gone += !listed && t->bundle.len == 0;
    if (listed) memcpy(t->listed, t->tile.ptr, t->tile.len);
    if (t->broken && !was_broken) split(t);
    if (uncut) tell_cut(t, bundle, got, listed);
    if (!listed) memcpy(t->listed, t->leaf, got * sizeof *t->leaf); /* nothing else to go by */
    if (memcmp(t->leaf, t->listed, got * sizeof *t->leaf) == 0) return RK_OK;
    split(t);
    for (size_t i = 0; i < got; i++)
        if (!rk_merkle_eq(&t->leaf[i], &t->listed[i]))
            note(t, (struct fault){tile, (uint16_t)i, true, false, false});
    return RK_OK;
}

static rk_status skip_known(rk_treecheck *t, rk_err *err) {
    while (t->at < t->width && t->first + t->at < t->from) RK_TRY(add_leaf(t, t->at++, err));
    return RK_OK;
}

rk_status rk_treecheck_next(rk_treecheck *t, uint64_t stop, uint64_t *first,
                            const rk_slice **entry, const rk_sha256 **leaf, size_t *n,
                            rk_err *err) {
    *n = 0;
    if (stop > t->size) stop = t->size;
    while (!t->broken) {
        if (t->at == t->width) {
            t->first += t->width;
            t->at = t->width = 0;
            if (t->first >= stop) return RK_NOT_FOUND;
            RK_TRY(load(t, err));
            if (t->broken) break;
            RK_TRY(skip_known(t, err));
            continue;
        }
        if (t->first + t->at >= stop) return RK_NOT_FOUND;
        size_t from = t->at, to = t->width;
        if (t->first + to > stop) to = (size_t)(stop - t->first);
        *first = t->first + from, *entry = t->entry + from, *leaf = t->leaf + from;
        *n = to - from;
        while (t->at < to) RK_TRY(add_leaf(t, t->at++, err));
        return RK_OK;
    }
    return RK_NOT_FOUND;
}

/* ===== the end ===== */

static rk_status read_rest(rk_treecheck *t, rk_err *err) {
    for (;;) {
        while (t->at < t->width) RK_TRY(add_leaf(t, t->at++, err));
        t->first += t->width;
        t->at = t->width = 0;
        if (t->first >= t->size || t->gone > GONE_MAX) return RK_OK;
        RK_TRY(load(t, err));
    }
}

static rk_status check_partial(rk_treecheck *t, rk_err *err) {
    for (unsigned level = 1; level < RK_TILE_LEVELS; level++) {
        uint64_t had = t->from >> (8 * level), has = t->size >> (8 * level);
        if (has % RK_TILE_WIDTH && has != had)
            RK_TRY(check_upper(t, level, has / RK_TILE_WIDTH, err));
    }
    return RK_OK;
}

/* What fault f is, given who leads to the root; false: none. */
static bool judge(const struct fault *f, bool a_true, bool b_true, rk_treefault *out) {
    *out = (rk_treefault){RK_FAULT_HASH, f->tile, f->at};
    if (f->below) return true;
    if (a_true) return f->a;
    if (!b_true) return out->kind = RK_FAULT_EITHER, true;
    if (f->tile.level) return f->b;
    out->kind = RK_FAULT_ENTRY; /* the tile is right, so the entry is not */
    out->tile.entries = true;
    return true;
}

/* What was checked before is the beginning of this log, as far as that was seen. */
static bool goes_on(const rk_treecheck *t) {
    rk_sha256 then = rk_frontier_root(&t->known);
    return !t->seen || rk_merkle_eq(&t->was, &then);
}

rk_status rk_treecheck_end(rk_treecheck *t, uint64_t *faults, rk_err *err) {
    *faults = 0;
    RK_TRY(read_rest(t, err));
    if (t->gone <= GONE_MAX) RK_TRY(check_partial(t, err));
    rk_sha256 root = rk_frontier_root(&t->a.f),
              listed = t->b ? rk_frontier_root(&t->b->f) : root;
    bool a_true = !t->broken && rk_merkle_eq(&root, &t->root),
         b_true = !a_true && t->b && rk_merkle_eq(&listed, &t->root);
    uint64_t n = t->n_fault < RK_FAULTS_MAX ? t->n_fault : RK_FAULTS_MAX, told = 0;
    for (uint64_t i = 0; i < n; i++) {
        rk_treefault f;
        if (!judge(&t->fault[i], a_true, b_true, &f)) continue;
        told++;
        t->fn(t->ctx, &f);
    }
    if (!a_true && (!b_true || t->broken) && told + t->told == 0)
        tell(t, t->from ? RK_FAULT_HISTORY : RK_FAULT_ROOT, (rk_tile){.width = 1}, 0);
    else if (t->from && !t->broken && !goes_on(t))
        tell(t, RK_FAULT_HISTORY, (rk_tile){.width = 1}, 0);
    *faults = t->told + told + (t->n_fault - n);
    return RK_OK;
}
