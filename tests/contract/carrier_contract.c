#include "carrier_contract.h"

#include "core/destination.h"
#include "outbound/outbound.h"
#include "scratch.h"

#include <string.h>

static const struct carrier_maker *maker;
static receiver server, proxy;
static int seconds = 60; /* that one file may take */
static int silence = 30; /* a busy machine is no silent receiver */

/* ===== destinations and parcels ===== */

struct place {
    rk_destinations *all;
    const rk_destination *d;
};

static struct place place_at(const char *url_host, unsigned port, bool wrong) {
    struct place p;
    rk_err err = RK_ERR_INIT;
    json_t *o = json_object(), *list = json_array(), *doc = json_object();
    maker->members(&server, port, wrong, o);
    json_object_set_new(o, "alias", json_string("penguji"));
    json_object_set_new(o, "ke", json_string("penguji-1"));
    json_object_set_new(o, "protokol", json_string(maker->name));
    json_object_set_new(o, "diam", json_integer(silence));
    json_object_set_new(o, "detik", json_integer(seconds));
    if (url_host) { /* the same, elsewhere */
        const char *url = json_string_value(json_object_get(o, "url"));
        const char *at = strstr(url, "127.0.0.1");
        char other[400];
        assert_non_null(at);
        snprintf(other, sizeof other, "%.*s%s%s", (int)(at - url), url, url_host, at + 9);
        if (strncmp(other, "http:", 5) == 0)
            memmove(other + 5, other + 4, strlen(other + 4) + 1);
        if (strncmp(other, "http:", 5) == 0) other[4] = 's';
        json_object_set_new(o, "url", json_string(other));
    }
    json_array_append_new(list, o);
    json_object_set_new(doc, "format", json_string("rekap-tujuan-1"));
    json_object_set_new(doc, "tujuan", list);
    char *text = json_dumps(doc, 0);
    if (rk_destinations_parse(rk_slice_str(text), &p.all, &err) != RK_OK)
        fail_msg("%s: %s", err.text, text);
    p.d = &p.all->d[0];
    free(text);
    json_decref(doc);
    return p;
}

static char bytes_room[4 << 20];

/* Content of about n bytes: any bytes, or a mail with a text that nobody re-encodes. */
static rk_slice content(size_t n, unsigned seed) {
    size_t at = 0;
    assert_true(n + 512 < sizeof bytes_room);
    if (maker->mail)
        at = (size_t)snprintf(bytes_room, sizeof bytes_room,
                              "From: a@uji.example\r\nTo: b@uji.example\r\nMessage-ID: "
                              "<%u@uji.example>\r\n\r\nmulai-%u\r\n",
                              seed, seed);
    for (size_t i = 0; i < n; i++) {
        unsigned x = (unsigned)(i * 2654435761u + seed * 40503u) >> 9;
        if (maker->mail)
            bytes_room[at++] = i % 64 == 62 ? '\r' : i % 64 == 63 ? '\n' : (char)('a' + x % 26);
        else
            bytes_room[at++] = (char)x;
    }
    if (maker->mail) bytes_room[at++] = '\r', bytes_room[at++] = '\n';
    return (rk_slice){bytes_room, at};
}

static rk_parcel parcel(const char *name, rk_slice bytes) {
    static char path[256];
    snprintf(path, sizeof path, "%s", scratch("parcel"));
    assert_int_equal(rk_file_write(path, bytes, false, NULL), RK_OK);
    return (rk_parcel){.name = rk_slice_str(name),
                       .path = rk_slice_str(path),
                       .bytes = bytes.len,
                       .sha256 = rk_sha256_of(bytes)};
}

static rk_status bring(const struct place *p, const rk_parcel *x, rk_carry_why *why) {
    rk_carrier *c;
    rk_err err = RK_ERR_INIT;
    rk_status s = rk_carrier_open(p->d, scratch_dir, &c, why, &err);
    if (s == RK_OK) s = rk_carrier_put(c, x, why, &err);
    if (s != RK_OK) {
        print_message("%s: %s: %s\n", maker->name, rk_delivery_cause_name(why->cause),
                      err.text);
        assert_true(err.text[0]);
    }
    assert_int_equal(s == RK_OK, why->cause == RK_CAUSE_NONE);
    if (c) rk_carrier_close(&c);
    return s;
}

static void must(const struct place *p, const rk_parcel *x) {
    rk_carry_why why;
    if (bring(p, x, &why) != RK_OK) fail_msg("refused: %s", rk_delivery_cause_name(why.cause));
}

static void must_not(const struct place *p, const rk_parcel *x, enum rk_delivery_cause want) {
    rk_carry_why why;
    assert_int_not_equal(bring(p, x, &why), RK_OK);
    if (why.cause != want)
        fail_msg("%s, not %s", rk_delivery_cause_name(why.cause), rk_delivery_cause_name(want));
}

/* ===== the cases ===== */

static void brings(void **state) {
    (void)state;
    struct place p = place_at(NULL, receiver_port(&server), false);
    static const struct {
        const char *name;
        size_t n;
    } file[] = {{"rilis-1/ppwp/tps.csv.zst", 3000000},
                {"rilis-1/kosong", 0},
                {"rilis-1/satu", 1},
                {"terbaru.json", 70}};
    for (unsigned i = 0; i < sizeof file / sizeof *file; i++) {
        rk_slice b = content(file[i].n, i + 1);
        rk_parcel x = parcel(file[i].name, b);
        must(&p, &x);
        assert_int_equal(maker->holds(&server, x.name, b), 1);
    }
    rk_destinations_free(&p.all);
}

/* One connection, several files; and the same once more. */
static void again(void **state) {
    (void)state;
    struct place p = place_at(NULL, receiver_port(&server), false);
    rk_carrier *c;
    rk_carry_why why;
    rk_slice b = content(20000, 9);
    rk_parcel x = parcel("rilis-2/a/b/c/berkas", b);
    assert_int_equal(rk_carrier_open(p.d, scratch_dir, &c, &why, NULL), RK_OK);
    for (unsigned i = 1; i <= 3; i++) {
        assert_int_equal(rk_carrier_put(c, &x, &why, NULL), RK_OK);
        /* a mail comes once more: who calls must not do that after it was confirmed */
        assert_int_equal(maker->holds(&server, x.name, b), maker->mail ? i : 1);
    }
    rk_carrier_close(&c);
    if (!maker->mail) { /* another release's file of this name is replaced */
        b = content(100, 10);
        x = parcel("rilis-2/a/b/c/berkas", b);
        must(&p, &x);
        assert_int_equal(maker->holds(&server, x.name, b), 1);
    }
    rk_destinations_free(&p.all);
}

static void wrong_credentials(void **state) {
    (void)state;
    struct place p = place_at(NULL, receiver_port(&server), true);
    rk_slice b = content(1000, 11);
    rk_parcel x = parcel("rilis-3/x", b);
    must_not(&p, &x, RK_CAUSE_LOGIN);
    assert_false(maker->seen(&server, x.name, b));
    rk_destinations_free(&p.all);
}

static void nobody_there(void **state) {
    (void)state;
    struct place p = place_at(NULL, 1, false); /* nobody listens at port 1 */
    rk_slice b = content(1000, 12);
    rk_parcel x = parcel("rilis-3/y", b);
    must_not(&p, &x, RK_CAUSE_AWAY);
    rk_destinations_free(&p.all);
}

/* Half of the file, then nothing: it is not seen; the next attempt brings it whole. */
static void half(const char *how, enum rk_delivery_cause want, unsigned seed) {
    char name[40];
    if (want == RK_CAUSE_TIMEOUT) silence = 2;
    struct place p = place_at(NULL, receiver_port(&proxy), false);
    silence = 30;
    rk_slice b = content(2000000, seed);
    snprintf(name, sizeof name, "rilis-4/potong-%u", seed);
    rk_parcel x = parcel(name, b);
    receiver_mode(&proxy, how);
    must_not(&p, &x, want);
    assert_false(maker->seen(&server, x.name, b));
    receiver_mode(&proxy, "pass");
    rk_destinations_free(&p.all);
    p = place_at(NULL, receiver_port(&proxy), false);
    must(&p, &x);
    assert_int_equal(maker->holds(&server, x.name, b), 1);
    rk_destinations_free(&p.all);
}
static void cut_half_way(void **state) {
    (void)state;
    half("cut 1000000", RK_CAUSE_CUT, 13);
}
static void silent_half_way(void **state) {
    (void)state;
    half("stall 1000000", RK_CAUSE_TIMEOUT, 14);
}
/* It takes the connection and never says a word. */
static void silent(void **state) {
    (void)state;
    silence = 2;
    struct place p = place_at(NULL, receiver_port(&proxy), false);
    rk_slice b = content(1000, 15);
    rk_parcel x = parcel("rilis-4/diam", b);
    silence = 30;
    receiver_mode(&proxy, "stall 0");
    if (maker->mail) receiver_mode(&proxy, "stall 1"); /* a mail server speaks first */
    must_not(&p, &x, RK_CAUSE_TIMEOUT);
    receiver_mode(&proxy, "pass");
    rk_destinations_free(&p.all);
}

/* Never silent, but too slow to end in the time there is. */
static void slow(void **state) {
    (void)state;
    seconds = 4;
    struct place p = place_at(NULL, receiver_port(&proxy), false);
    seconds = 60;
    rk_slice b = content(2000000, 18);
    rk_parcel x = parcel("rilis-4/lambat", b);
    receiver_mode(&proxy, "drip 40000");
    must_not(&p, &x, RK_CAUSE_TIMEOUT);
    receiver_mode(&proxy, "pass");
    assert_false(maker->seen(&server, x.name, b));
    rk_destinations_free(&p.all);
}

/* A name that is not declared is not even resolved (this one could not be). */
static void gate(void **state) {
    (void)state;
    struct place p = place_at("tidak-ada.invalid", 443, false);
    rk_slice b = content(1000, 16);
    rk_parcel x = parcel("rilis-5/x", b);
    rk_carry_why why;
    uint64_t asked, refused, before;
    rk_refusal last[1];
    rk_outbound_counts(&asked, &before);
    assert_int_equal(bring(&p, &x, &why), RK_CONFLICT);
    assert_int_equal(why.cause, RK_CAUSE_RULE);
    assert_int_equal(why.rule, RK_S01);
    rk_outbound_counts(&asked, &refused);
    assert_int_equal(refused, before + 1);
    assert_int_equal(rk_outbound_refusals(last, 1), 1);
    assert_string_equal(last[0].host, "penguji"); /* the alias, not the address */
    assert_int_equal(last[0].port, 0);
    rk_destinations_free(&p.all);
}

/* A secret that others may read is not used: a key that leaked is a key of somebody else. */
static void readable_secret(void **state) {
    (void)state;
    static const char *const names[] = {"sandi", "client", "sftp/client", "kirim.key"};
    struct place p = place_at(NULL, receiver_port(&server), false);
    rk_slice b = content(1000, 17);
    rk_parcel x = parcel("rilis-5/y", b);
    for (size_t i = 0; i < 4; i++) (void)chmod(scratch(names[i]), 0640);
    (void)chmod(scratch("server/client"), 0640);
    must_not(&p, &x, RK_CAUSE_LOCAL);
    for (size_t i = 0; i < 4; i++) (void)chmod(scratch(names[i]), 0600);
    (void)chmod(scratch("server/client"), 0600);
    assert_false(maker->seen(&server, x.name, b));
    rk_destinations_free(&p.all);
}

/* ===== files at the receiver ===== */

static void file_name(char out[600], const char *root, rk_slice name, const char *suffix) {
    snprintf(out, 600, "%s/%.*s%s", root, RK_FMT(name), suffix);
}

unsigned carrier_holds_file(const char *root, rk_slice name, rk_slice bytes) {
    char path[600];
    rk_file f;
    file_name(path, root, name, "");
    if (rk_file_read_raw(path, sizeof bytes_room, &f, NULL) != RK_OK) return 0;
    bool same = rk_slice_eq(f.bytes, bytes);
    rk_file_free(&f);
    file_name(path, root, name, ".part");
    return same && !rk_file_there(path);
}

bool carrier_sees_file(const char *root, rk_slice name) {
    char path[600];
    file_name(path, root, name, "");
    return rk_file_there(path);
}

int carrier_contract(const struct carrier_maker *m) {
    char dir[200], port[16];
    const struct CMUnitTest tests[] = {cmocka_unit_test(brings),
                                       cmocka_unit_test(again),
                                       cmocka_unit_test(wrong_credentials),
                                       cmocka_unit_test(nobody_there),
                                       cmocka_unit_test(cut_half_way),
                                       cmocka_unit_test(silent_half_way),
                                       cmocka_unit_test(silent),
                                       cmocka_unit_test(slow),
                                       cmocka_unit_test(gate),
                                       cmocka_unit_test(readable_secret)};
    maker = m;
    if (scratch_make(NULL) != 0 || rk_carrier_begin(NULL) != RK_OK) return 1;
    snprintf(dir, sizeof dir, "%s/server", scratch_dir);
    int code = receiver_start(&server, m->kind, dir, NULL);
    snprintf(port, sizeof port, "%u", code == 0 ? receiver_port(&server) : 0);
    snprintf(dir, sizeof dir, "%s/proxy", scratch_dir);
    if (code == 0) code = receiver_start(&proxy, "proxy", dir, port);
    if (code == 0) code = cmocka_run_group_tests_name(m->name, tests, NULL, NULL);
    receiver_stop(&proxy);
    receiver_stop(&server);
    rk_carrier_end();
    (void)scratch_remove(NULL);
    return code;
}
