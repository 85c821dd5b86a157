/* From a release, subscriptions and destinations to deliveries and their parcels. */
#include "scratch.h"

#include "core/manifest.h"
#include "core/released.h"
#include "deliver/plan.h"
#include "files/files.h"

#include <string.h>
#include <sys/stat.h>

char scratch_dir[64];

/* A release of five files, as rekap release leaves it. */
static void make_release(void) {
    static const char *const names[] = {"ppwp/tps.csv", "ppwp/tps.csv.zst", "ppwp/tps.csv.gz",
                                        "dpr/rekap.csv", "checkpoint.note"};
    char path[300];
    rk_buf lists[256];
    for (int i = 0; i < 256; i++) rk_buf_init(&lists[i], 4096);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/rilis-7/%s", scratch_dir, names[i]);
        assert_int_equal(rk_file_write(path, rk_slice_str(names[i]), true, NULL), RK_OK);
        const rk_manifest_line l = {rk_sha256_of(rk_slice_str(names[i])),
                                    rk_slice_str(names[i])};
        rk_manifest_line_put(&l, &lists[rk_manifest_list_of(l.path)]);
    }
    for (int i = 0; i < 256; i++) {
        snprintf(path, sizeof path, "%s/rilis-7/manifest/%02x", scratch_dir, i);
        if (lists[i].len)
            assert_int_equal(rk_file_write(path, rk_buf_slice(&lists[i]), true, NULL), RK_OK);
        rk_buf_free(&lists[i]);
    }
    snprintf(path, sizeof path, "%s/rilis-7/manifest/index", scratch_dir);
    assert_int_equal(rk_file_write(path, RK_LIT("daftar"), true, NULL), RK_OK);
    rk_release_note n = {
        .size = 7, .entry = 7, .time = 1700000000, .manifest = rk_sha256_of(RK_LIT("daftar"))};
    rk_buf b;
    assert_true(rk_code_of(RK_LIT("uji"), &n.election));
    rk_buf_init(&b, 4096);
    rk_release_note_put(&n, &b);
    snprintf(path, sizeof path, "%s/rilis-7.json", scratch_dir);
    assert_int_equal(rk_file_write(path, rk_buf_slice(&b), true, NULL), RK_OK);
    rk_buf_free(&b);
}

static rk_destinations *destinations(void) {
    static const char text[] =
        "{\"format\":\"rekap-tujuan-1\",\"alamat_publik\":\"https://data.example/r/"
        "\",\"tujuan\":["
        "{\"alias\":\"koran\",\"ke\":\"satu\",\"protokol\":\"sftp\",\"url\":\"sftp://h/in\","
        "\"pengguna\":\"u\",\"kunci\":\"k\",\"kunci_host\":\"h\"},"
        "{\"alias\":\"surat\",\"ke\":\"dua\",\"no\":\"P-2\",\"protokol\":\"smtp\",\"url\":"
        "\"smtp://h\",\"dari\":\"a@b.id\",\"kepada\":\"c@d.id\",\"maks_lampiran\":20},"
        "{\"alias\":\"kait\",\"ke\":\"dua\",\"no\":\"P-3\",\"protokol\":\"webhook\",\"url\":"
        "\"https://h/k\",\"tanda_tangan\":\"k\"},"
        "{\"alias\":\"kecil\",\"ke\":\"tiga\",\"protokol\":\"sftp\",\"url\":\"sftp://h/in\","
        "\"pengguna\":\"u\",\"kunci\":\"k\",\"kunci_host\":\"h\",\"isi\":[\"terbaru\"]}]}";
    rk_destinations *d;
    rk_err err = RK_ERR_INIT;
    if (rk_destinations_parse(RK_LIT(text), &d, &err) != RK_OK) fail_msg("%s", err.text);
    return d;
}

#define LINE(no, apa, ke, mulai)                                                               \
    "{\"format\":\"rekap-langganan-1\",\"no\":\"" no "\",\"apa\":\"" apa "\",\"ke\":\"" ke     \
    "\",\"tiap\":\"hari\",\"mulai\":\"" mulai "\"}\n"

static bool parcel_is(const rk_planned *p, uint32_t i, const char *name) {
    return i < p->d.n && rk_slice_is(p->d.parcel[i].name, name);
}

static void whole(void **state) {
    (void)state;
    rk_source r;
    rk_err err = RK_ERR_INIT;
    rk_subscriptions subs;
    rk_plan plan;
    make_release();
    if (rk_source_release(scratch_dir, 7, &r, &err) != RK_OK) fail_msg("%s", err.text);
    assert_string_equal(r.election, "uji");
    rk_destinations *to = destinations();
    assert_int_equal(
        rk_subscriptions_parse(
            RK_LIT(LINE("P-1", "hasil", "satu", "2023-01-01")
                       LINE("P-9", "hasil", "satu", "2023-01-01") /* the same again */
                   LINE("P-2", "hasil", "dua", "2023-01-01")
                       LINE("P-3", "dpt", "dua", "2023-01-01")
                           LINE("P-4", "hasil", "tiga", "2023-01-01")
                               LINE("P-5", "hasil", "satu", "2099-01-01") /* not yet */
                   LINE("P-6", "hasil", "empat", "2023-01-01")
                       LINE("P-7", "infrastruktur", "satu", "2023-01-01")),
            &subs, &err),
        RK_OK);
    assert_int_equal(rk_plan_make(to, &subs, 19700, &r, NULL, &plan, &err), RK_OK);
    assert_int_equal(plan.n, 4);
    assert_int_equal(plan.homeless, 2); /* empat, and infrastruktur without --infra */
    for (uint32_t i = 0; i < plan.n; i++)
        assert_int_equal(rk_plan_pack(&plan.p[i], scratch_dir, to->public_url, &err), RK_OK);
    const rk_planned *p =
        &plan.p[0]; /* plain where there are no copies, .zst where there are */
    static const char *const belong[] = {"rilis-7/dpr/rekap.csv", "rilis-7/ppwp/tps.csv.zst",
                                         "rilis-7/manifest/index"};
    uint32_t seen = 0;
    for (uint32_t i = 0; i < p->d.n; i++) {
        assert_false(parcel_is(p, i, "rilis-7/ppwp/tps.csv"));
        for (size_t k = 0; k < 3; k++)
            if (parcel_is(p, i, belong[k])) seen++;
    }
    assert_int_equal(seen, 3);
    assert_true(parcel_is(p, p->d.n - 2, "rilis-7.hasil.kiriman.json"));
    assert_true(parcel_is(p, p->d.n - 1, "terbaru.json"));
    p = &plan.p[1];
    assert_int_equal(p->d.n, 1);
    assert_true(parcel_is(p, 0, "rilis-7.eml"));
    p = &plan.p[2];
    assert_int_equal(p->d.n, 1);
    assert_true(parcel_is(p, 0, "rilis-7.dpt.kiriman.json"));
    p = &plan.p[3];
    assert_int_equal(p->d.n, 1);
    assert_true(parcel_is(p, 0, "terbaru.json"));
    for (uint32_t i = 0; i < plan.n; i++) /* everything lies where it is said, as it is said */
        for (uint32_t k = 0; k < plan.p[i].d.n; k++) {
            const rk_parcel *x = &plan.p[i].d.parcel[k];
            char path[600];
            rk_file f;
            snprintf(path, sizeof path, "%.*s", RK_FMT(x->path));
            assert_int_equal(rk_file_read_raw(path, 1 << 20, &f, NULL), RK_OK);
            rk_sha256 h = rk_sha256_of(f.bytes);
            assert_memory_equal(&h, &x->sha256, sizeof h);
            assert_int_equal(f.bytes.len, x->bytes);
            rk_file_free(&f);
        }
    rk_plan_free(&plan);
    rk_subscriptions_free(&subs);
    rk_source_free(&r);
    rk_destinations_free(&to);
}

static void missing_file(void **state) {
    (void)state;
    rk_source r;
    rk_err err = RK_ERR_INIT;
    char path[300];
    snprintf(path, sizeof path, "%s/rilis-7/dpr/rekap.csv", scratch_dir);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rk_source_release(scratch_dir, 7, &r, &err), RK_CORRUPT);
    assert_non_null(strstr(err.text, "dpr/rekap.csv"));
    make_release();
    snprintf(path, sizeof path, "%s/rilis-7/manifest/index", scratch_dir);
    assert_int_equal(rk_file_write(path, RK_LIT("lain"), true, NULL), RK_OK);
    assert_int_equal(rk_source_release(scratch_dir, 7, &r, NULL), RK_CORRUPT);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(whole), cmocka_unit_test(missing_file)};
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
