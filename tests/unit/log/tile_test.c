#include "log_test.h"

#include "core/tile.h"

static void path_is(rk_tile t, const char *want) {
    char path[RK_TILE_PATH_MAX + 1] = {0};
    rk_tile back;
    *rk_tile_path_put(path, t) = 0;
    assert_string_equal(path, want);
    assert_true(rk_tile_path_parse(rk_slice_str(path), &back));
    assert_true(back.entries == t.entries && back.level == t.level && back.index == t.index &&
                back.width == t.width);
}

static void paths(void **state) {
    (void)state;
    path_is((rk_tile){.index = 1234067, .width = 256},
            "tile/0/x001/x234/067"); /* the specification's */
    path_is((rk_tile){.index = 0, .width = 256}, "tile/0/000");
    path_is((rk_tile){.index = 273, .width = 112}, "tile/0/273.p/112");
    path_is((rk_tile){.level = 2, .width = 1}, "tile/2/000.p/1");
    path_is((rk_tile){.entries = true, .index = 999, .width = 256}, "tile/entries/999");
    path_is((rk_tile){.entries = true, .index = 1000, .width = 255},
            "tile/entries/x001/000.p/255");
    path_is((rk_tile){.level = 63, .index = 1000000, .width = 256}, "tile/63/x001/x000/000");
    path_is((rk_tile){.index = RK_TILE_INDEX_MAX, .width = 256},
            "tile/0/x072/x057/x594/x037/x927/935");
}

static void bad_paths(void **state) {
    (void)state;
    static const char *const bad[] = {"",
                                      "tile",
                                      "tile/",
                                      "tile/0",
                                      "tile/0/",
                                      "tile//000",
                                      "tile/0/0",
                                      "tile/0/00",
                                      "tile/0/0000",
                                      "tile/0/x000/001",
                                      "tile/0/x000",
                                      "tile/0/x001",
                                      "tile/0/001/002",
                                      "tile/0/x001/x002",
                                      "tile/0/X001/002",
                                      "tile/0/x001//002",
                                      "tile/0/x001/002/",
                                      "/tile/0/000",
                                      "tile/0/000 ",
                                      "tile/00/000",
                                      "tile/01/000",
                                      "tile/64/000",
                                      "tile/-1/000",
                                      "tile/+1/000",
                                      "tile/1e1/000",
                                      "tile/0/000.p",
                                      "tile/0/000.p/",
                                      "tile/0/000.p/0",
                                      "tile/0/000.p/256",
                                      "tile/0/000.p/01",
                                      "tile/0/000.p/001",
                                      "tile/0/000.p/-1",
                                      "tile/0/000.p/1/",
                                      "tile/0/000.p/1.p/1",
                                      "tile/0/000.q/1",
                                      "tile/0/.p/1",
                                      "tile/0/000.",
                                      "tile/0/0.0",
                                      "tile/entries/",
                                      "tile/entries",
                                      "tile/Entries/000",
                                      "tile/entries/000.p/300",
                                      "tile/entries/../000",
                                      "tile/0/x072/x057/x594/x037/x927/936",
                                      "tile/0/x999/x999/x999/x999/x999/999",
                                      "tile/0/x001/x000/x000/x000/x000/x000/x000/x000/000",
                                      "tile/0/000\n",
                                      "tile/0/0\xef\xbc\x90",
                                      "tile/0/0x1",
                                      "tile/18446744073709551616/000"};
    rk_tile t;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (rk_tile_path_parse(rk_slice_str(bad[i]), &t)) fail_msg("taken: %s", bad[i]);
    assert_false(rk_tile_path_parse((rk_slice){"tile/0/000\0", 11}, &t));
}

static void which(void **state) {
    (void)state;
    static const struct {
        uint64_t size, full[3];
        unsigned partial[3];
    } v[] = {{0, {0, 0, 0}, {0, 0, 0}},         {1, {0, 0, 0}, {1, 0, 0}},
             {255, {0, 0, 0}, {255, 0, 0}},     {256, {1, 0, 0}, {0, 1, 0}},
             {257, {1, 0, 0}, {1, 1, 0}},       {65536, {256, 1, 0}, {0, 0, 1}},
             {70000, {273, 1, 0}, {112, 17, 1}}}; /* the specification's example */
    for (size_t i = 0; i < sizeof v / sizeof *v; i++)
        for (unsigned l = 0; l < 3; l++) {
            assert_int_equal(rk_tile_full(l, v[i].size), v[i].full[l]);
            assert_int_equal(rk_tile_partial(l, v[i].size), v[i].partial[l]);
        }
    assert_int_equal(rk_tile_full(7, INT64_MAX), 0);
    assert_int_equal(rk_tile_partial(7, INT64_MAX), 127);
    assert_int_equal(rk_tile_partial(8, INT64_MAX), 0);
    assert_int_equal(rk_tile_partial(63, INT64_MAX), 0);
    assert_true(rk_tile_within((rk_tile){.index = 273, .width = 112}, 70000));
    assert_true(rk_tile_within((rk_tile){.index = 273, .width = 5}, 70000));
    assert_false(rk_tile_within((rk_tile){.index = 273, .width = 113}, 70000));
    assert_false(rk_tile_within((rk_tile){.index = 274, .width = 1}, 70000));
    assert_false(rk_tile_within((rk_tile){.level = 8, .width = 1}, INT64_MAX));
    assert_false(rk_tile_within((rk_tile){.index = RK_TILE_INDEX_MAX, .width = 256}, 70000));
}

/* ---- a directory of tiles, kept up to date by what the iterator names ---- */

enum { SIZE_MOST = 70000, TILES = 600 };

typedef struct disk {
    rk_tile tile[TILES];
    rk_buf bytes[TILES];
    size_t n;
} disk;

static size_t slot(const disk *d, rk_tile t) {
    size_t i = 0;
    while (i < d->n && (d->tile[i].level != t.level || d->tile[i].index != t.index)) i++;
    return i;
}

static rk_status fetch(void *ctx, rk_tile t, rk_slice *bytes, rk_err *err) {
    disk *d = ctx;
    size_t i = slot(d, t);
    if (i == d->n || d->tile[i].width < t.width) return rk_fail(err, RK_NOT_FOUND, "no tile");
    *bytes = (rk_slice){d->bytes[i].ptr, t.width * 32u};
    return RK_OK;
}

static void grow(disk *d, test_log *log, uint64_t from, uint64_t to) {
    const rk_hash_reader r = test_log_reader(log);
    rk_tile_iter it;
    rk_tile t;
    unsigned bundles = 0;
    for (rk_tile_iter_init(&it, from, to); rk_tile_iter_next(&it, &t);) {
        assert_true(rk_tile_within(t, to) && !rk_tile_within(t, from));
        if (t.entries) {
            bundles++;
            continue;
        }
        size_t i = slot(d, t);
        if (i == d->n) {
            assert_true(d->n < TILES);
            rk_buf_init(&d->bytes[d->n++], RK_TILE_BYTES_MAX);
        }
        rk_buf_clear(&d->bytes[i]);
        d->tile[i] = t;
        assert_int_equal(rk_tile_put(t, &r, &d->bytes[i], NULL), RK_OK);
        assert_int_equal(d->bytes[i].len, t.width * 32u);
    }
    assert_int_equal(bundles, to == from ? 0 : (to + 255) / 256 - from / 256);
}

static void proofs_from_tiles(disk *d, test_log *log, uint64_t size) {
    rk_tile_source source = {fetch, d, size};
    const rk_hash_reader tiles = rk_tile_reader(&source), memory = test_log_reader(log);
    rk_sha256 a, b;
    assert_int_equal(rk_merkle_root(size, &tiles, &a, NULL), RK_OK);
    assert_int_equal(rk_merkle_root(size, &memory, &b, NULL), RK_OK);
    assert_true(rk_merkle_eq(&a, &b));
    for (uint64_t i = 0; i < size; i += 1 + size / 97) {
        rk_merkle_proof p, q;
        assert_int_equal(rk_merkle_inclusion(i, size, &tiles, &p, NULL), RK_OK);
        assert_int_equal(rk_merkle_inclusion(i, size, &memory, &q, NULL), RK_OK);
        assert_true(p.n == q.n && memcmp(p.hash, q.hash, p.n * sizeof *p.hash) == 0);
        assert_int_equal(rk_merkle_consistency(i, size, &tiles, &p, NULL), RK_OK);
        assert_int_equal(rk_merkle_consistency(i, size, &memory, &q, NULL), RK_OK);
        assert_true(p.n == q.n && memcmp(p.hash, q.hash, p.n * sizeof *p.hash) == 0);
    }
    rk_frontier f;
    assert_int_equal(rk_frontier_load(&f, size, &tiles, NULL), RK_OK);
    a = rk_frontier_root(&f);
    assert_true(rk_merkle_eq(&a, &b));
    assert_int_equal(tiles.read(tiles.ctx, 0, size, &a, NULL), RK_NOT_FOUND);
    assert_int_equal(tiles.read(tiles.ctx, 62, 5, &a, NULL), RK_NOT_FOUND);
    assert_int_equal(tiles.read(tiles.ctx, 63, UINT64_MAX, &a, NULL), RK_NOT_FOUND);
}

static void grown_step_by_step(void **state) {
    (void)state;
    static const uint64_t size[] = {0,   1,    2,     255,   256,   257,      511,
                                    512, 1030, 65535, 65536, 65537, SIZE_MOST};
    test_log *log = test_log_new(SIZE_MOST);
    disk *d = rk_alloc(sizeof *d);
    for (size_t i = 1; i < sizeof size / sizeof *size; i++) {
        grow(d, log, size[i - 1], size[i]);
        proofs_from_tiles(d, log, size[i]);
    }
    assert_int_equal(d->n, 274 + 2 + 1);
    /* a tile of the wrong length is seen */
    rk_tile_source source = {fetch, d, SIZE_MOST};
    const rk_hash_reader tiles = rk_tile_reader(&source);
    rk_sha256 h;
    d->tile[slot(d, (rk_tile){.index = 273})].width = 111;
    assert_int_equal(tiles.read(tiles.ctx, 0, SIZE_MOST - 1, &h, NULL), RK_NOT_FOUND);
    for (size_t i = 0; i < d->n; i++) rk_buf_free(&d->bytes[i]);
    rk_free(d);
    test_log_free(log);
}

static rk_status fetch_short(void *ctx, rk_tile t, rk_slice *bytes, rk_err *err) {
    (void)ctx, (void)t, (void)err;
    static const char zero[RK_TILE_BYTES_MAX];
    *bytes = (rk_slice){zero, 31};
    return RK_OK;
}

static void short_tile(void **state) {
    (void)state;
    rk_tile_source source = {fetch_short, NULL, 300};
    const rk_hash_reader tiles = rk_tile_reader(&source);
    rk_sha256 h;
    rk_err err = RK_ERR_INIT;
    assert_int_equal(tiles.read(tiles.ctx, 0, 256, &h, &err), RK_CORRUPT);
    assert_non_null(strstr(err.text, "tile/0/001.p/44"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths), cmocka_unit_test(bad_paths), cmocka_unit_test(which),
        cmocka_unit_test(grown_step_by_step), cmocka_unit_test(short_tile)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
