/* S3 against OpenStack Swift's s3api, which verifies signatures and payload hashes. What lies
 * there is read back with libcurl's own signing: the two must agree. */
#include "carrier_contract.h"

#include "base/buf.h"
#include "scratch.h"

#include <curl/curl.h>
#include <string.h>

char scratch_dir[64];
#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static size_t take(char *p, size_t size, size_t n, void *ctx) {
    rk_buf_add(ctx, (rk_slice){p, size * n});
    return size * n;
}

static long ask(const receiver *r, const char *method, const char *path, rk_buf *out) {
    char url[500];
    long code = 0;
    CURL *e = curl_easy_init();
    struct curl_slist *h = curl_slist_append(NULL, "x-amz-content-sha256: " EMPTY);
    snprintf(url, sizeof url, "http://127.0.0.1:%u/kiriman%s", receiver_port(r), path);
    curl_easy_setopt(e, CURLOPT_URL, url);
    curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(e, CURLOPT_AWS_SIGV4, "aws:amz:us-east-1:s3");
    curl_easy_setopt(e, CURLOPT_USERNAME, receiver_text(r, "user"));
    curl_easy_setopt(e, CURLOPT_PASSWORD, receiver_text(r, "password"));
    curl_easy_setopt(e, CURLOPT_HTTPHEADER, h);
    curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(e, CURLOPT_WRITEDATA, out);
    assert_int_equal(curl_easy_perform(e), CURLE_OK);
    curl_easy_getinfo(e, CURLINFO_RESPONSE_CODE, &code);
    curl_easy_cleanup(e);
    curl_slist_free_all(h);
    return code;
}

static void members(const receiver *r, unsigned port, bool wrong, json_t *o) {
    static bool made;
    char url[100];
    rk_buf b;
    rk_buf_init(&b, 1 << 16);
    if (!made && ask(r, "PUT", "", &b) != 200)
        fail_msg("no bucket: %.*s", RK_FMT(rk_buf_slice(&b)));
    rk_buf_free(&b);
    made = true;
    snprintf(url, sizeof url, "http://127.0.0.1:%u", port);
    const char *secret = wrong ? "lain" : receiver_text(r, "password");
    if (rk_file_write(scratch("sandi"), rk_slice_str(secret), false, NULL) != RK_OK) abort();
    (void)chmod(scratch("sandi"), 0600);
    json_object_set_new(o, "url", json_string(url));
    json_object_set_new(o, "pengguna", json_string(receiver_text(r, "user")));
    json_object_set_new(o, "sandi", json_string("sandi"));
    json_object_set_new(o, "ember", json_string(receiver_text(r, "bucket")));
    json_object_set_new(o, "wilayah_s3", json_string(receiver_text(r, "region")));
}

static long fetch(const receiver *r, rk_slice name, rk_buf *b) {
    char path[300];
    snprintf(path, sizeof path, "/%.*s", RK_FMT(name));
    rk_buf_init(b, 8 << 20);
    return ask(r, "GET", path, b);
}

static unsigned holds(const receiver *r, rk_slice name, rk_slice bytes) {
    rk_buf b;
    bool same = fetch(r, name, &b) == 200 && rk_slice_eq(rk_buf_slice(&b), bytes);
    rk_buf_free(&b);
    return same;
}

static bool seen(const receiver *r, rk_slice name, rk_slice bytes) {
    (void)bytes;
    rk_buf b;
    long code = fetch(r, name, &b);
    rk_buf_free(&b);
    assert_true(code == 200 || code == 404);
    return code == 200;
}

int main(void) {
    const struct carrier_maker m = {
        .name = "s3", .kind = "s3", .members = members, .holds = holds, .seen = seen};
    return carrier_contract(&m);
}
