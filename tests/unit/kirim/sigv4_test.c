/* HMAC against RFC 4231, Signature Version 4 against AWS's published examples (Amazon S3 API
 * Reference, "Examples: Signature Calculations"; the suite "get-vanilla"), and the signature of
 * HTTP requests against its own text. */
#include "scratch.h"

#include "base/hmac.h"
#include "core/httpsig.h"
#include "core/sigv4.h"

#include <string.h>

char scratch_dir[64];

static void is_hash(const rk_sha256 *h, const char *hex) {
    char got[65] = {0};
    rk_sha256_put(got, h);
    assert_string_equal(got, hex);
}

static void rfc4231(void **state) {
    (void)state;
    char a[131], b[131];
    memset(a, 0x0b, sizeof a);
    rk_sha256 h = rk_hmac_sha256((rk_slice){a, 20}, RK_LIT("Hi There"));
    is_hash(&h, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    h = rk_hmac_sha256(RK_LIT("Jefe"), RK_LIT("what do ya want for nothing?"));
    is_hash(&h, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(a, 0xaa, sizeof a);
    memset(b, 0xdd, sizeof b);
    h = rk_hmac_sha256((rk_slice){a, 20}, (rk_slice){b, 50});
    is_hash(&h, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
    h = rk_hmac_sha256((rk_slice){a, 131},
                       RK_LIT("Test Using Larger Than Block-Size Key - Hash Key First"));
    is_hash(&h, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

#define DAY_2013 1369353600u /* 2013-05-24 00:00:00 UTC */
#define KEY RK_LIT("AKIAIOSFODNN7EXAMPLE")
#define SECRET RK_LIT("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")

static void signed_is(const rk_sigv4_request *r, rk_slice key, rk_slice secret,
                      const char *want) {
    rk_buf b;
    rk_buf_init(&b, 4096);
    rk_sigv4_authorize(r, key, secret, &b);
    assert_true(rk_slice_ends(rk_buf_slice(&b), rk_slice_str(want)));
    rk_buf_free(&b);
}

static void s3_put(void **state) {
    (void)state;
    rk_buf path;
    rk_slice hash = RK_LIT("44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072");
    const rk_sigv4_header h[] = {{RK_LIT("date"), RK_LIT("Fri, 24 May 2013 00:00:00 GMT")},
                                 {RK_LIT("host"), RK_LIT("examplebucket.s3.amazonaws.com")},
                                 {RK_LIT("x-amz-content-sha256"), hash},
                                 {RK_LIT("x-amz-date"), RK_LIT("20130524T000000Z")},
                                 {RK_LIT("x-amz-storage-class"), RK_LIT("REDUCED_REDUNDANCY")}};
    rk_buf_init(&path, 100);
    rk_buf_percent(&path, RK_LIT("/test$file.text"), "/");
    assert_true(rk_slice_is(rk_buf_slice(&path), "/test%24file.text"));
    const rk_sigv4_request r = {.method = RK_LIT("PUT"),
                                .path = rk_buf_slice(&path),
                                .header = h,
                                .n_header = 5,
                                .payload_hash = hash,
                                .region = RK_LIT("us-east-1"),
                                .service = RK_LIT("s3"),
                                .time = DAY_2013};
    signed_is(&r, KEY, SECRET,
              "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/"
              "aws4_request,SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;"
              "x-amz-storage-class,Signature="
              "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
    rk_buf_free(&path);
}

static void s3_get(void **state) {
    (void)state;
    rk_slice hash = RK_LIT("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    const rk_sigv4_header h[] = {{RK_LIT("host"), RK_LIT("examplebucket.s3.amazonaws.com")},
                                 {RK_LIT("range"), RK_LIT("bytes=0-9")},
                                 {RK_LIT("x-amz-content-sha256"), hash},
                                 {RK_LIT("x-amz-date"), RK_LIT("20130524T000000Z")}};
    const rk_sigv4_request r = {.method = RK_LIT("GET"),
                                .path = RK_LIT("/test.txt"),
                                .header = h,
                                .n_header = 4,
                                .payload_hash = hash,
                                .region = RK_LIT("us-east-1"),
                                .service = RK_LIT("s3"),
                                .time = DAY_2013};
    rk_buf b;
    rk_buf_init(&b, 4096);
    rk_sigv4_canonical(&r, &b);
    rk_sha256 canonical = rk_sha256_of(rk_buf_slice(&b));
    is_hash(&canonical, "7344ae5b7ee6c3e7e6b0fe0640412a37625d1fbfff95c48bbb2dc43964946972");
    rk_buf_free(&b);
    signed_is(&r, KEY, SECRET,
              "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

static void get_vanilla(void **state) {
    (void)state;
    const rk_sigv4_header h[] = {{RK_LIT("host"), RK_LIT("example.amazonaws.com")},
                                 {RK_LIT("x-amz-date"), RK_LIT("20150830T123600Z")}};
    const rk_sigv4_request r = {
        .method = RK_LIT("GET"),
        .path = RK_LIT("/"),
        .header = h,
        .n_header = 2,
        .payload_hash =
            RK_LIT("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        .region = RK_LIT("us-east-1"),
        .service = RK_LIT("service"),
        .time = 1440938160};
    char time[17] = {0};
    rk_sigv4_time(time, r.time);
    assert_string_equal(time, "20150830T123600Z");
    signed_is(&r, RK_LIT("AKIDEXAMPLE"), RK_LIT("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
              "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
}

/* The text that is signed is what RFC 9421 section 2.5 builds; the signature fits it and no
 * other. tests/receivers.py checks the same from the outside. */
static void request_signature(void **state) {
    (void)state;
    const rk_ed25519_seed seed = {{7}};
    rk_signer key;
    rk_buf b;
    rk_ed25519_sig sig;
    const rk_httpsig s = {RK_LIT("PUT"), RK_LIT("/masuk/a"), rk_sha256_of(RK_LIT("isi")),
                          1700000000};
    assert_int_equal(
        rk_signer_new(RK_LIT("kpu.example/kirim"), RK_KEY_ED25519, &seed, &key, NULL), RK_OK);
    rk_buf_init(&b, 4096);
    rk_httpsig_base(&s, &key.verifier, &b);
    char want[600];
    rk_buf d;
    rk_buf_init(&d, 200);
    rk_httpsig_digest(&s.digest, &d);
    snprintf(want, sizeof want,
             "\"@method\": PUT\n\"@path\": /masuk/a\n\"content-digest\": %.*s\n"
             "\"@signature-params\": (\"@method\" \"@path\" \"content-digest\");"
             "created=1700000000;keyid=\"kpu.example/kirim+%08x\";alg=\"ed25519\"",
             RK_FMT(rk_buf_slice(&d)), key.verifier.id);
    rk_buf_free(&d);
    rk_slice base = rk_buf_slice(&b);
    assert_true(rk_slice_is(base, want));
    rk_ed25519_sign(&key.secret, base, &sig);
    assert_true(rk_ed25519_verify(&key.verifier.key, base, &sig));
    ((char *)base.ptr)[20] ^= 1;
    assert_false(rk_ed25519_verify(&key.verifier.key, base, &sig));
    rk_buf_free(&b);
    rk_signer_wipe(&key);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(rfc4231), cmocka_unit_test(s3_put),
                                       cmocka_unit_test(s3_get), cmocka_unit_test(get_vanilla),
                                       cmocka_unit_test(request_signature)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
