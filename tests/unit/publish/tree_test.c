/* The static tree: complete, rewritten only where it changed, and the same as one made anew. */
#include "publish/tree.h"
#include "publish/sirekap.h"

#include "small_election.h"

#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

static const char REGIONS[] = "kode,induk,nama,tingkat,jumlah_tps,nomor_tps,pemisah_tps\n1,,"
                              "ACEH,1,,,\n2,1,S,2,,,\n3,2,T,3,,,\n4,3,A,4,,,-\n5,3,B,4,,1-3,-\n"
                              "6,,JABAR,1,,,\n7,6,K,2,,,\n8,7,L,3,,,\n9,8,M,4,,1-2,-\n";
#define PAIRS(code, rest)                                                                      \
    "{\"format\":\"rekap-kontes-1\",\"kode\":\"" code                                          \
    "\",\"nama\":\"P\",\"bentuk\":\"paslon\",\"medan\":[\"suara_sah\"],\"pilihan\":[{"         \
    "\"kode\":\"01\"},{\"kode\":\"02\"}]" rest "}"

struct fixture {
    char dir[64];
    rk_election *e;
    rk_publish_report r;
};

static int remove_one(const char *path, UNUSED const struct stat *s, UNUSED int type,
                      UNUSED struct FTW *f) {
    return remove(path);
}

static int start(void **state) {
    struct fixture *f = rk_alloc(sizeof *f);
    snprintf(f->dir, sizeof f->dir, "/tmp/rekap-tree-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    f->e = small_new("x", "2024-02-14");
    small_regions(f->e, REGIONS);
    small_contest(f->e, PAIRS("ppwp", ""));
    *state = f;
    return 0;
}

static int stop(void **state) {
    struct fixture *f = *state;
    nftw(f->dir, remove_one, 20, FTW_DEPTH | FTW_PHYS);
    rk_election_free(&f->e);
    rk_free(f);
    return 0;
}

static void publish_to(struct fixture *f, const char *sub, bool full) {
    char dir[100];
    rk_err err = RK_ERR_INIT;
    snprintf(dir, sizeof dir, "%s/%s", f->dir, sub);
    rk_election_settle(f->e);
    small_ok(rk_publish_tree(f->e, dir, &(rk_publish_options){.gzip = true, .full = full},
                             &f->r, &err),
             &err);
}

/* Every document of the tree lies in `out` as it would be rendered now, with its compressed
 * copy. */
static rk_status is_current(void *ctx, rk_slice path, rk_err *err) {
    struct fixture *f = ctx;
    char name[400];
    rk_file file;
    rk_buf out;
    rk_document_info info;
    rk_buf_init(&out, 1u << 20);
    RK_TRY(rk_sirekap_render(f->e, path, &out, &info, err));
    for (int gz = 0; gz < 2; gz++) { /* rk_file_read decompresses */
        snprintf(name, sizeof name, "%s/out/%.*s%s", f->dir, RK_FMT(path), gz ? ".gz" : "");
        RK_TRY(rk_file_read(name, 1u << 20, &file, err));
        if (!rk_slice_eq(file.bytes, rk_buf_slice(&out)))
            fail_msg("%s is out of date: %.*s, not %.*s", name, RK_FMT(file.bytes),
                     RK_FMT(rk_buf_slice(&out)));
        rk_file_free(&file);
    }
    rk_buf_free(&out);
    return RK_OK;
}

static void all_current(struct fixture *f) {
    rk_err err = RK_ERR_INIT;
    small_ok(rk_sirekap_paths(f->e, is_current, f, &err), &err);
}

static void only_what_changed(void **state) {
    struct fixture *f = *state;
    publish_to(f, "out", false);
    assert_true(f->r.full);
    assert_int_equal(f->r.documents, 1 + 10 + 11 + 5);
    assert_int_equal(f->r.written, f->r.documents);
    all_current(f);

    publish_to(f, "out", false); /* nothing new */
    assert_false(f->r.full);
    assert_int_equal(f->r.documents, 0);

    small_form(f->e, 0, "5-002", 1000, (uint32_t[]){3, 1, 2});
    publish_to(f, "out", false); /* nation twice, four regions, the station */
    assert_int_equal(f->r.documents, 7);
    assert_int_equal(f->r.written, 7);
    assert_int_equal(f->r.entries, f->e->size);
    all_current(f);

    small_form(f->e, 0, "5-002", 1000,
               (uint32_t[]){3, 1, 2}); /* the same again: the same bytes */
    publish_to(f, "out", false);
    assert_int_equal(f->r.documents, 7);
    assert_int_equal(f->r.written, 0);

    small_form(f->e, 0, "4-001", 900, (uint32_t[]){3, 1, 2}); /* a station that was not known */
    publish_to(f, "out", false);
    assert_int_equal(f->r.documents, 7 + 1); /* and its desa's list */
    all_current(f);

    publish_to(f, "out", true);
    assert_true(f->r.full);
    assert_int_equal(f->r.written, 0);
}

static void another_contest(void **state) {
    struct fixture *f = *state;
    publish_to(f, "out", false);
    small_contest(f->e, PAIRS("pkwkp", ",\"dapil\":[{\"kode\":\"1\",\"wilayah\":[\"1\"]}]"));
    publish_to(f, "out", false);
    assert_true(f->r.full); /* what is published has changed its shape */
    all_current(f);
    small_form(f->e, 1, "4-002", 900,
               (uint32_t[]){3, 1, 2}); /* adds a station to both contests */
    publish_to(f, "out", false);
    assert_false(f->r.full);
    all_current(f);
}

static void repairs(void **state) {
    struct fixture *f = *state;
    char name[200];
    rk_err err = RK_ERR_INIT;
    publish_to(f, "out", false);
    snprintf(name, sizeof name, "%s/out/pemilu/hhcw/ppwp/1.json.gz", f->dir);
    assert_int_equal(unlink(name), 0);
    snprintf(name, sizeof name, "%s/out/pemilu/ppwp.json", f->dir);
    small_ok(rk_file_write(name, RK_LIT("damaged"), false, &err), &err);
    publish_to(f, "out", true);
    assert_int_equal(f->r.written, 1);
    all_current(f);
    snprintf(name, sizeof name, "%s/out/.rekap-publish.json", f->dir);
    static const char *const bad[] = {"",
                                      "{",
                                      "[]",
                                      "{\"format\":\"rekap-publish-1\"}",
                                      "{\"format\":\"rekap-publish-1\",\"pemilu\":\"y\","
                                      "\"entri\":3,\"tps\":5,\"kontes\":1,\"gzip\":true}",
                                      "{\"format\":\"rekap-publish-1\",\"pemilu\":\"x\","
                                      "\"entri\":99,\"tps\":5,\"kontes\":1,\"gzip\":true}",
                                      "{\"format\":\"rekap-publish-1\",\"pemilu\":\"x\","
                                      "\"entri\":-1,\"tps\":5,\"kontes\":1,\"gzip\":true}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        small_ok(rk_file_write(name, rk_slice_str(bad[i]), false, &err), &err);
        publish_to(f, "out", false);
        assert_true(f->r.full);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(only_what_changed, start, stop),
        cmocka_unit_test_setup_teardown(another_contest, start, stop),
        cmocka_unit_test_setup_teardown(repairs, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
