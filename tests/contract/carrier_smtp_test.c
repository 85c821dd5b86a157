/* SMTP against Exim, with login; and a server that misbehaves around its 250. */
#include "carrier_contract.h"

#include "files/list.h"
#include "scratch.h"

#include <string.h>

char scratch_dir[64];

static void write_file(const char *name, const char *text) {
    if (rk_file_write(scratch(name), rk_slice_str(text), false, NULL) != RK_OK) abort();
    (void)chmod(scratch(name), 0600);
}

static void members(const receiver *r, unsigned port, bool wrong, json_t *o) {
    char url[100];
    snprintf(url, sizeof url, "smtp://127.0.0.1:%u", port);
    write_file("sandi", wrong ? "lain" : receiver_text(r, "password"));
    json_object_set_new(o, "url", json_string(url));
    json_object_set_new(o, "pengguna", json_string(receiver_text(r, "user")));
    json_object_set_new(o, "sandi", json_string("sandi"));
    json_object_set_new(o, "dari", json_string("data@uji.example"));
    json_object_set_new(o, "kepada", json_string("warga@uji.example"));
}

/* How many mails end in these bytes (servers add lines at the top and turn CR LF into LF). */
static unsigned count(const char *dir, rk_slice mail) {
    char **names;
    uint32_t n;
    unsigned found = 0;
    rk_buf want;
    const char *from = memmem(mail.ptr, mail.len, "mulai-", 6);
    assert_non_null(from);
    rk_buf_init(&want, mail.len + 1);
    for (const char *p = from; p < mail.ptr + mail.len; p++)
        if (*p != '\r') rk_buf_byte(&want, *p);
    if (rk_dir_list(dir, "", 10000, &names, &n, NULL) != RK_OK) n = 0, names = NULL;
    for (uint32_t i = 0; i < n; i++) {
        char path[600];
        rk_file f;
        rk_buf b;
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        if (rk_file_read_raw(path, 64 << 20, &f, NULL) != RK_OK) continue;
        rk_buf_init(&b, f.bytes.len + 1);
        for (size_t k = 0; k < f.bytes.len; k++)
            if (f.bytes.ptr[k] != '\r') rk_buf_byte(&b, f.bytes.ptr[k]);
        found += rk_slice_ends(rk_buf_slice(&b), rk_buf_slice(&want));
        rk_buf_free(&b);
        rk_file_free(&f);
    }
    if (names) rk_dir_list_free(&names, n);
    rk_buf_free(&want);
    return found;
}

static unsigned holds(const receiver *r, rk_slice name, rk_slice bytes) {
    char dir[256];
    (void)name;
    snprintf(dir, sizeof dir, "%s/got/new", r->dir);
    unsigned found = 0;
    for (int i = 0; i < 100 && !found; i++) { /* Exim files what it has taken a little later */
        if (i) usleep(100000);
        found = count(dir, bytes);
    }
    for (unsigned last = 0; last != found;) { /* until no more come */
        last = found;
        usleep(500000);
        found = count(dir, bytes);
    }
    return found;
}

static uint32_t all_mails(const char *dir) {
    char **names;
    uint32_t n;
    if (rk_dir_list(dir, "", 10000, &names, &n, NULL) != RK_OK) return 0;
    rk_dir_list_free(&names, n);
    return n;
}

/* Is there any mail with this one's first line? */
static bool seen(const receiver *r, rk_slice name, rk_slice bytes) {
    char dir[256], **names;
    uint32_t n;
    bool some = false;
    (void)name;
    const char *line = memmem(bytes.ptr, bytes.len, "mulai-", 6);
    assert_non_null(line);
    size_t len = (size_t)((const char *)memchr(line, '\r', 40) - line);
    snprintf(dir, sizeof dir, "%s/got/new", r->dir);
    usleep(500000);
    if (rk_dir_list(dir, "", 10000, &names, &n, NULL) != RK_OK) return false;
    for (uint32_t i = 0; i < n; i++) {
        char path[600];
        rk_file f;
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        assert_int_equal(rk_file_read_raw(path, 64 << 20, &f, NULL), RK_OK);
        const char *at = memmem(f.bytes.ptr, f.bytes.len, line, len);
        some |= at && (at[len] == '\n' || at[len] == '\r');
        rk_file_free(&f);
    }
    rk_dir_list_free(&names, n);
    return some;
}

/* ===== around the 250 ===== */

static receiver odd;

static enum rk_delivery_cause send_mail(const char *mode) {
    char text[1000], path[200];
    rk_destinations *d;
    rk_carrier *c;
    rk_carry_why why;
    rk_err err = RK_ERR_INIT;
    rk_slice mail = RK_LIT("From: a@uji.example\r\n\r\nmulai-1\r\n.titik\r\n");
    receiver_mode(&odd, mode);
    snprintf(path, sizeof path, "%s", scratch("surat"));
    assert_int_equal(rk_file_write(path, mail, false, NULL), RK_OK);
    snprintf(text, sizeof text,
             "{\"format\":\"rekap-tujuan-1\",\"tujuan\":[{\"alias\":\"a\",\"ke\":\"b\","
             "\"protokol\":\"smtp\",\"url\":\"smtp://127.0.0.1:%u\",\"diam\":%d,"
             "\"dari\":\"a@uji.example\",\"kepada\":\"b@uji.example\"}]}",
             receiver_port(&odd),
             strcmp(mode, "silent") == 0 || strcmp(mode, "late") == 0 ? 2 : 30);
    assert_int_equal(rk_destinations_parse(rk_slice_str(text), &d, &err), RK_OK);
    assert_int_equal(rk_carrier_open(&d->d[0], scratch_dir, &c, &why, &err), RK_OK);
    const rk_parcel p = {.name = RK_LIT("x.eml"),
                         .path = rk_slice_str(path),
                         .bytes = mail.len,
                         .sha256 = rk_sha256_of(mail)};
    if (rk_carrier_put(c, &p, &why, &err) != RK_OK)
        print_message("%s: %s: %s\n", mode, rk_delivery_cause_name(why.cause), err.text);
    rk_carrier_close(&c);
    rk_destinations_free(&d);
    return why.cause;
}

static void around_the_end(void **state) {
    (void)state;
    static const struct {
        const char *mode;
        enum rk_delivery_cause cause;
        unsigned kept;
    } a[] = {{"pass", RK_CAUSE_NONE, 1},        {"drop", RK_CAUSE_NONE, 1},
             {"no-answer", RK_CAUSE_CUT, 0},    {"late", RK_CAUSE_TIMEOUT, 0},
             {"code 452", RK_CAUSE_FULL, 0},    {"code 451", RK_CAUSE_BUSY, 0},
             {"code 552", RK_CAUSE_SIZE, 0},    {"code 554", RK_CAUSE_REFUSED, 0},
             {"rcpt 550", RK_CAUSE_REFUSED, 0}, {"rcpt 450", RK_CAUSE_BUSY, 0},
             {"silent", RK_CAUSE_TIMEOUT, 0},   {"cut 10", RK_CAUSE_CUT, 0}};
    uint32_t have = 0;
    for (size_t i = 0; i < sizeof a / sizeof *a; i++) {
        enum rk_delivery_cause got = send_mail(a[i].mode);
        if (got != a[i].cause) fail_msg("%s: %s", a[i].mode, rk_delivery_cause_name(got));
        have += a[i].kept;
        assert_int_equal(all_mails(scratch("odd/got")), have);
    }
    rk_file f; /* a line that begins with a dot comes through as it is */
    assert_int_equal(rk_file_read_raw(scratch("odd/got/0.eml"), 1000, &f, NULL), RK_OK);
    assert_true(rk_slice_ends(f.bytes, RK_LIT("mulai-1\r\n.titik\r\n")));
    rk_file_free(&f);
}

static int own_cases(void) {
    char dir[200];
    const struct CMUnitTest tests[] = {cmocka_unit_test(around_the_end)};
    if (scratch_make(NULL) != 0 || rk_carrier_begin(NULL) != RK_OK) return 1;
    snprintf(dir, sizeof dir, "%s/odd", scratch_dir);
    int code = receiver_start(&odd, "odd-smtp", dir, NULL);
    if (code == 0) code = cmocka_run_group_tests_name("around 250", tests, NULL, NULL);
    receiver_stop(&odd);
    rk_carrier_end();
    (void)scratch_remove(NULL);
    return code;
}

int main(void) {
    const struct carrier_maker m = {.name = "smtp",
                                    .kind = "smtp",
                                    .members = members,
                                    .holds = holds,
                                    .seen = seen,
                                    .mail = true};
    int own = own_cases(); /* needs only Python: not skipped with Exim */
    return own ? own : carrier_contract(&m);
}
