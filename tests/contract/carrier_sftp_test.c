/* SFTP against OpenSSH; and what only it has: host keys. */
#include "carrier_contract.h"

#include "scratch.h"

char scratch_dir[64];

static void write_file(const char *name, const char *text) {
    if (rk_file_write(scratch(name), rk_slice_str(text), false, NULL) != RK_OK) abort();
    (void)chmod(scratch(name), 0600);
}

static void members(const receiver *r, unsigned port, bool wrong, json_t *o) {
    char url[300], hosts[400];
    snprintf(url, sizeof url, "sftp://127.0.0.1:%u%s/got", port, r->dir);
    /* the key is pinned for the port that is spoken to: the proxy's too */
    snprintf(hosts, sizeof hosts, "[127.0.0.1]:%u %s\n", port, receiver_text(r, "host_key"));
    write_file("known_hosts", hosts);
    json_object_set_new(o, "url", json_string(url));
    json_object_set_new(o, "pengguna", json_string(receiver_text(r, "user")));
    json_object_set_new(o, "kunci", json_string(wrong ? "server/other" : "server/client"));
    json_object_set_new(o, "kunci_host", json_string("known_hosts"));
}

static unsigned holds(const receiver *r, rk_slice name, rk_slice bytes) {
    return carrier_holds_file(receiver_text(r, "root"), name, bytes);
}
static bool seen(const receiver *r, rk_slice name, rk_slice bytes) {
    (void)bytes;
    return carrier_sees_file(receiver_text(r, "root"), name);
}

/* ===== host keys ===== */

static receiver ssh;

static enum rk_delivery_cause bring_bytes(const char *hosts, const char *user, rk_slice bytes) {
    char text[1500], path[200];
    rk_destinations *d;
    rk_carrier *c;
    rk_carry_why why;
    rk_err err = RK_ERR_INIT;
    write_file("known_hosts", hosts);
    snprintf(path, sizeof path, "%s", scratch("berkas"));
    assert_int_equal(rk_file_write(path, bytes, false, NULL), RK_OK);
    snprintf(text, sizeof text,
             "{\"format\":\"rekap-tujuan-1\",\"tujuan\":[{\"alias\":\"a\",\"ke\":\"b\","
             "\"protokol\":\"sftp\",\"url\":\"sftp://127.0.0.1:%u%s/got\",\"pengguna\":\"%s\","
             "\"kunci\":\"ssh/client\",\"kunci_host\":\"known_hosts\",\"diam\":30}]}",
             receiver_port(&ssh), ssh.dir, user);
    assert_int_equal(rk_destinations_parse(rk_slice_str(text), &d, &err), RK_OK);
    assert_int_equal(rk_carrier_open(&d->d[0], scratch_dir, &c, &why, &err), RK_OK);
    const rk_parcel p = {.name = RK_LIT("f"),
                         .path = rk_slice_str(path),
                         .bytes = bytes.len,
                         .sha256 = rk_sha256_of(bytes)};
    rk_status s = rk_carrier_put(c, &p, &why, &err);
    if (s != RK_OK) print_message("%s: %s\n", rk_delivery_cause_name(why.cause), err.text);
    if (s == RK_OK) assert_true(seen(&ssh, p.name, bytes));
    rk_carrier_close(&c);
    rk_destinations_free(&d);
    return why.cause;
}

static enum rk_delivery_cause bring(const char *hosts, const char *user) {
    return bring_bytes(hosts, user, RK_LIT("satu berkas"));
}

/* Only a host whose key is known is spoken to: not one that nothing is known of, not one with
 * another key. */
static void host_keys(void **state) {
    (void)state;
    char hosts[600], other[300];
    rk_file f;
    const char *user = receiver_text(&ssh, "user");
    assert_int_equal(bring("", user), RK_CAUSE_HOST);
    snprintf(hosts, sizeof hosts, "[127.0.0.1]:1 %s\n", receiver_text(&ssh, "host_key"));
    assert_int_equal(bring(hosts, user), RK_CAUSE_HOST);
    assert_int_equal(rk_file_read_raw(scratch("ssh/other.pub"), sizeof other, &f, NULL), RK_OK);
    snprintf(hosts, sizeof hosts, "[127.0.0.1]:%u %.*s", receiver_port(&ssh), RK_FMT(f.bytes));
    rk_file_free(&f);
    assert_int_equal(bring(hosts, user), RK_CAUSE_HOST);
    snprintf(hosts, sizeof hosts, "[127.0.0.1]:%u %s\n", receiver_port(&ssh),
             receiver_text(&ssh, "host_key"));
    assert_int_equal(bring(hosts, "tidak-ada"), RK_CAUSE_LOGIN);
    assert_false(seen(&ssh, RK_LIT("f"), RK_LIT("")));
    assert_int_equal(bring(hosts, user), RK_CAUSE_NONE);
}

/* A file that does not fit is not there; one that does still comes, also in its place. */
static void full(void **state) {
    (void)state;
    char hosts[600];
    static char big[2000000];
    const char *user = receiver_text(&ssh, "user");
    snprintf(hosts, sizeof hosts, "[127.0.0.1]:%u %s\n", receiver_port(&ssh),
             receiver_text(&ssh, "host_key"));
    enum rk_delivery_cause why =
        bring_bytes(hosts, user, (rk_slice){big, sizeof big}); /* room: 1 MB */
    /* SFTP's version 3 has no word for it: the server says "failure", which is a cut transfer
     */
    assert_int_equal(why, RK_CAUSE_CUT);
    assert_false(carrier_sees_file(receiver_text(&ssh, "root"), RK_LIT("f")));
    assert_int_equal(bring_bytes(hosts, user, (rk_slice){big, 500000}), RK_CAUSE_NONE);
    assert_int_equal(holds(&ssh, RK_LIT("f"), (rk_slice){big, 500000}), 1);
    assert_int_not_equal(bring_bytes(hosts, user, (rk_slice){big, sizeof big}), RK_CAUSE_NONE);
    /* the one before stays until a whole one takes its place */
    assert_true(carrier_sees_file(receiver_text(&ssh, "root"), RK_LIT("f")));
}

static int own_cases(const char *more, const struct CMUnitTest *test) {
    char dir[200];
    if (scratch_make(NULL) != 0 || rk_carrier_begin(NULL) != RK_OK) return 1;
    snprintf(dir, sizeof dir, "%s/ssh", scratch_dir);
    int code = receiver_start(&ssh, "sftp", dir, more);
    if (code == 0) code = _cmocka_run_group_tests("sftp only", test, 1, NULL, NULL);
    receiver_stop(&ssh);
    rk_carrier_end();
    (void)scratch_remove(NULL);
    return code;
}

int main(void) {
    const struct carrier_maker m = {
        .name = "sftp", .kind = "sftp", .members = members, .holds = holds, .seen = seen};
    const struct CMUnitTest keys = cmocka_unit_test(host_keys), room = cmocka_unit_test(full);
    int code = carrier_contract(&m);
    if (code == 0) code = own_cases(NULL, &keys);
    if (code) return code;
    code = own_cases("1000000", &room);
    if (code == 77) print_message("a full disk could not be tried here\n");
    return code == 77 ? 0 : code;
}
