/* HTTP PUT against a server that checks digest and signature (tests/receivers.py). */
#include "carrier_contract.h"

#include "core/notekey.h"
#include "scratch.h"

#include <string.h>

char scratch_dir[64];

static void write_file(const char *name, rk_slice text) {
    if (rk_file_write(scratch(name), text, false, NULL) != RK_OK) abort();
    (void)chmod(scratch(name), 0600);
}

static void make_key(const receiver *r) {
    char path[256];
    const rk_ed25519_seed seed = {{1, 2, 3}};
    rk_signer s;
    rk_buf b;
    if (rk_file_there(scratch("kirim.key"))) return;
    if (rk_signer_new(RK_LIT("uji.example/kirim"), RK_KEY_ED25519, &seed, &s, NULL) != RK_OK)
        abort();
    rk_buf_init(&b, 1000);
    rk_signer_put(&s, &b);
    write_file("kirim.key", rk_buf_slice(&b));
    rk_buf_clear(&b);
    rk_verifier_put(&s.verifier, &b);
    snprintf(path, sizeof path, "%s/key", r->dir);
    if (rk_file_write(path, rk_buf_slice(&b), false, NULL) != RK_OK) abort();
    rk_buf_free(&b);
}

static void members(const receiver *r, unsigned port, bool wrong, json_t *o) {
    char url[100];
    make_key(r);
    snprintf(url, sizeof url, "http://127.0.0.1:%u/masuk/", port);
    write_file("sandi", wrong ? RK_LIT("lain\n") : RK_LIT("rahasia\n"));
    json_object_set_new(o, "url", json_string(url));
    json_object_set_new(o, "pengguna", json_string("rekap"));
    json_object_set_new(o, "sandi", json_string("sandi"));
    json_object_set_new(o, "tanda_tangan", json_string("kirim.key"));
}

static const char *root(const receiver *r) {
    static char path[256];
    snprintf(path, sizeof path, "%s/got/masuk", r->dir);
    return path;
}
static unsigned holds(const receiver *r, rk_slice name, rk_slice bytes) {
    return carrier_holds_file(root(r), name, bytes);
}
static bool seen(const receiver *r, rk_slice name, rk_slice bytes) {
    (void)bytes;
    return carrier_sees_file(root(r), name);
}

/* ===== what only HTTP has ===== */

static receiver web, between;

static enum rk_delivery_cause post_bytes(const char *mode, const char *protocol, const char *ca,
                                         unsigned port, rk_slice bytes) {
    char text[1500], path[200];
    rk_destinations *d;
    rk_carrier *c;
    rk_carry_why why;
    rk_err err = RK_ERR_INIT;
    make_key(&web);
    receiver_mode(&web, mode);
    snprintf(path, sizeof path, "%s", scratch("isi.json"));
    assert_int_equal(rk_file_write(path, bytes, false, NULL), RK_OK);
    snprintf(text, sizeof text,
             "{\"format\":\"rekap-tujuan-1\",\"tujuan\":[{\"alias\":\"a\",\"ke\":\"b\",%s"
             "\"protokol\":\"%s\",\"url\":\"https://127.0.0.1:%u/%s\",\"diam\":%d,"
             "\"tanda_tangan\":\"kirim.key\"}]}",
             ca ? "\"ca\":\"web/tls.crt\"," : "", protocol, port, protocol,
             strcmp(mode, "silent") == 0 ? 2 : 30);
    assert_int_equal(rk_destinations_parse(rk_slice_str(text), &d, &err), RK_OK);
    assert_int_equal(rk_carrier_open(&d->d[0], scratch_dir, &c, &why, &err), RK_OK);
    const rk_parcel p = {.name = RK_LIT("rilis-1.kiriman.json"),
                         .path = rk_slice_str(path),
                         .bytes = bytes.len,
                         .sha256 = rk_sha256_of(bytes)};
    if (rk_carrier_put(c, &p, &why, &err) != RK_OK)
        print_message("%s: %s\n", rk_delivery_cause_name(why.cause), err.text);
    rk_carrier_close(&c);
    rk_destinations_free(&d);
    return why.cause;
}

static enum rk_delivery_cause post(const char *mode, const char *protocol, const char *ca) {
    return post_bytes(mode, protocol, ca, receiver_port(&web), RK_LIT("{\"a\": 1}"));
}

/* Hanging up in the middle of TLS is a failed attempt, not the program's end (SIGPIPE). */
static void cut_tls(void **state) {
    (void)state;
    static char big[4000000];
    for (int i = 0; i < 5; i++) {
        receiver_mode(&between, i % 2 ? "cut 100000" : "cut 3000000");
        assert_int_equal(post_bytes("pass", "put", "ca", receiver_port(&between),
                                    (rk_slice){big, sizeof big}),
                         RK_CAUSE_CUT);
    }
    receiver_mode(&between, "pass");
    assert_int_equal(
        post_bytes("pass", "put", "ca", receiver_port(&between), (rk_slice){big, sizeof big}),
        RK_CAUSE_NONE);
}

static void answers(void **state) {
    (void)state;
    static const struct {
        const char *mode;
        enum rk_delivery_cause cause;
    } a[] = {{"status 204", RK_CAUSE_NONE},    {"status 301", RK_CAUSE_REFUSED},
             {"status 400", RK_CAUSE_REFUSED}, {"status 401", RK_CAUSE_LOGIN},
             {"status 403", RK_CAUSE_LOGIN},   {"status 413", RK_CAUSE_SIZE},
             {"status 429", RK_CAUSE_BUSY},    {"status 500", RK_CAUSE_BUSY},
             {"status 503", RK_CAUSE_BUSY},    {"status 507", RK_CAUSE_FULL},
             {"drop", RK_CAUSE_CUT},           {"silent", RK_CAUSE_TIMEOUT},
             {"pass", RK_CAUSE_NONE}};
    for (size_t i = 0; i < sizeof a / sizeof *a; i++)
        if (post(a[i].mode, "webhook", "ca") != a[i].cause) fail_msg("%s", a[i].mode);
    assert_int_equal(
        carrier_holds_file(scratch("web/got"), RK_LIT("webhook"), RK_LIT("{\"a\": 1}")), 1);
}

/* A certificate that nobody vouches for is another host. */
static void certificate(void **state) {
    (void)state;
    assert_int_equal(post("pass", "put", NULL), RK_CAUSE_HOST);
    assert_int_equal(post("pass", "put", "ca"), RK_CAUSE_NONE);
}

static int own_cases(void) {
    char dir[200];
    const struct CMUnitTest tests[] = {cmocka_unit_test(certificate), cmocka_unit_test(cut_tls),
                                       cmocka_unit_test(answers)};
    if (scratch_make(NULL) != 0 || rk_carrier_begin(NULL) != RK_OK) return 1;
    snprintf(dir, sizeof dir, "%s/web", scratch_dir);
    int code = receiver_start(&web, "http", dir, "tls");
    char port[16];
    snprintf(port, sizeof port, "%u", code == 0 ? receiver_port(&web) : 0);
    snprintf(dir, sizeof dir, "%s/between", scratch_dir);
    if (code == 0) code = receiver_start(&between, "proxy", dir, port);
    if (code == 0) code = cmocka_run_group_tests_name("https", tests, NULL, NULL);
    receiver_stop(&between);
    receiver_stop(&web);
    rk_carrier_end();
    (void)scratch_remove(NULL);
    return code;
}

int main(void) {
    const struct carrier_maker m = {
        .name = "put", .kind = "http", .members = members, .holds = holds, .seen = seen};
    int code = carrier_contract(&m);
    return code ? code : own_cases();
}
