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

static enum rk_delivery_cause bring(const char *hosts, const char *user) {
    char text[1500], path[200];
    rk_destinations *d;
    rk_carrier *c;
    rk_carry_why why;
    rk_err err = RK_ERR_INIT;
    rk_slice bytes = RK_LIT("satu berkas");
    write_file("known_hosts", hosts);
    snprintf(path, sizeof path, "%s", scratch("berkas"));
    assert_int_equal(rk_file_write(path, bytes, false, NULL), RK_OK);
    snprintf(text, sizeof text,
             "{\"format\":\"rekap-tujuan-1\",\"tujuan\":[{\"alias\":\"a\",\"ke\":\"b\","
             "\"protokol\":\"sftp\",\"url\":\"sftp://127.0.0.1:%u%s/got\",\"pengguna\":\"%s\","
             "\"kunci\":\"ssh/client\",\"kunci_host\":\"known_hosts\",\"diam\":5}]}",
             receiver_port(&ssh), ssh.dir, user);
    assert_int_equal(rk_destinations_parse(rk_slice_str(text), &d, &err), RK_OK);
    assert_int_equal(rk_carrier_open(&d->d[0], scratch_dir, &c, &why, &err), RK_OK);
    const rk_parcel p = {.name = RK_LIT("f"),
                         .path = rk_slice_str(path),
                         .bytes = bytes.len,
                         .sha256 = rk_sha256_of(bytes)};
    rk_status s = rk_carrier_put(c, &p, &why, &err);
    if (s != RK_OK) print_message("%s: %s\n", rk_delivery_cause_name(why.cause), err.text);
    assert_int_equal(s == RK_OK, seen(&ssh, p.name, bytes));
    rk_carrier_close(&c);
    rk_destinations_free(&d);
    return why.cause;
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
    assert_int_equal(bring(hosts, user), RK_CAUSE_NONE);
}

static int host_key_cases(void) {
    char dir[200];
    const struct CMUnitTest tests[] = {cmocka_unit_test(host_keys)};
    if (scratch_make(NULL) != 0 || rk_carrier_begin(NULL) != RK_OK) return 1;
    snprintf(dir, sizeof dir, "%s/ssh", scratch_dir);
    int code = receiver_start(&ssh, "sftp", dir, NULL);
    if (code == 0) code = cmocka_run_group_tests_name("host keys", tests, NULL, NULL);
    receiver_stop(&ssh);
    rk_carrier_end();
    (void)scratch_remove(NULL);
    return code;
}

int main(void) {
    const struct carrier_maker m = {
        .name = "sftp", .kind = "sftp", .members = members, .holds = holds, .seen = seen};
    int code = carrier_contract(&m);
    return code ? code : host_key_cases();
}
