/* API v1's documents: valid JSON, the documented keys in the documented order, blanks as null.
 */
#include "publish/api.h"
#include "publish/search.h"

#include "unit/serve/small_site.h"

#include <jansson.h>

static json_t *parsed(rk_buf *b) {
    json_error_t err;
    assert_false(b->failed);
    json_t *j = json_loadb(b->ptr, b->len, JSON_REJECT_DUPLICATES, &err);
    if (!j) fail_msg("%s\n%.*s", err.text, RK_FMT(rk_buf_slice(b)));
    rk_buf_free(b);
    rk_buf_init(b, 1u << 20);
    return j;
}

/* The object's keys, joined by blanks. */
static void has_keys(json_t *o, const char *want) {
    char got[400] = "";
    size_t n = 0;
    const char *key;
    json_t *v;
    json_object_foreach(o, key, v) n +=
        (size_t)snprintf(got + n, sizeof got - n, "%s%s", n ? " " : "", key);
    assert_string_equal(got, want);
}

static json_int_t num(json_t *o, const char *a, const char *b) {
    json_t *v = json_object_get(json_object_get(o, a), b);
    assert_true(json_is_integer(v));
    return json_integer_value(v);
}

static void documents(void **state) {
    (void)state;
    rk_election *e = small_vote();
    rk_buf b;
    rk_buf_init(&b, 1u << 20);
    rk_api_election(e, RK_LIT("/uji"), &b);
    json_t *j = parsed(&b);
    has_keys(j, "id nama tanggal dasar entri ts kontes");
    has_keys(json_array_get(json_object_get(j, "kontes"), 0), "kode nama bentuk");
    json_decref(j);
    rk_api_election_item(e, RK_LIT("/uji"), true, &b);
    j = parsed(&b);
    has_keys(j, "id nama tanggal dasar utama kontes");
    json_decref(j);
    rk_api_contest(e, 0, &b);
    j = parsed(&b);
    has_keys(j, "kode nama bentuk medan pilihan dapil aturan banding");
    has_keys(json_array_get(json_object_get(j, "aturan"), 0), "id berat lingkup nama cek");
    has_keys(json_array_get(json_object_get(j, "pilihan"), 0), "kode id nomor nama warna");
    json_decref(j);
    rk_api_error(RK_LIT("not-found"), RK_LIT("a \"quoted\" \x01 text"), &b);
    j = parsed(&b);
    has_keys(json_object_get(j, "galat"), "kode pesan");
    json_decref(j);
    rk_buf_free(&b);
    rk_election_free(&e);
}

static void regions(void **state) {
    (void)state;
    rk_election *e = small_vote();
    rk_buf b;
    rk_buf_init(&b, 1u << 20);
    rk_api_region(e, 0, 0, &b);
    json_t *j = parsed(&b), *child;
    has_keys(j, "kode nama tingkat jenis leluhur entri ts tps medan pilihan temuan anak");
    has_keys(json_object_get(j, "tps"), "jumlah diterima masuk periksa");
    has_keys(json_object_get(j, "medan"), "suara_sah suara_tidak_sah suara_total");
    assert_int_equal(num(j, "tps", "jumlah"), 5);
    assert_int_equal(num(j, "tps", "diterima"), 3);
    assert_int_equal(num(j, "tps", "masuk"), 2);
    assert_int_equal(num(j, "tps", "periksa"), 1);
    assert_int_equal(num(j, "medan", "suara_sah"), 330);
    assert_int_equal(num(j, "temuan", "R09"), 1);
    has_keys(json_array_get(json_object_get(j, "pilihan"), 1),
             "kode id nomor nama warna suara");
    child = json_array_get(json_object_get(j, "anak"), 0);
    has_keys(child, "kode nama tingkat tps medan pilihan");
    assert_int_equal(num(child, "pilihan", "02"), 275);
    json_decref(j);
    rk_api_region(e, 0, rk_tree_find(e->tree, RK_LIT("1101012001")), &b);
    j = parsed(&b);
    assert_int_equal(json_array_size(json_object_get(j, "leluhur")), 4);
    child = json_array_get(json_object_get(j, "anak"), 1); /* ...002: no form */
    has_keys(child, "kode nama tingkat diterima masuk periksa medan pilihan temuan");
    assert_true(json_is_false(json_object_get(child, "diterima")));
    assert_true(json_is_null(json_object_get(json_object_get(child, "pilihan"), "01")));
    assert_true(json_is_null(json_object_get(json_object_get(child, "medan"), "suara_sah")));
    json_decref(j);
    rk_buf_free(&b);
    rk_election_free(&e);
}

static json_t *station(rk_election *e, const char *code) {
    rk_err err = RK_ERR_INIT;
    rk_code c;
    rk_buf b;
    rk_buf_init(&b, 1u << 20);
    assert_true(rk_code_of(rk_slice_str(code), &c));
    small_ok(
        rk_api_station(e, 0, rk_tree_find_tps(e->tree, &c, rk_code_hash(&c)), NULL, &b, &err),
        &err);
    json_t *j = parsed(&b);
    rk_buf_free(&b);
    has_keys(j, "kode nama leluhur dapil keadaan periksa ts psu generasi entri medan pilihan "
                "temuan foto riwayat");
    return j;
}

static void stations(void **state) {
    (void)state;
    rk_election *e = small_vote();
    json_t *j = station(e, "1101012002001"), *f;
    assert_string_equal(json_string_value(json_object_get(j, "keadaan")), "masuk");
    assert_true(json_is_true(json_object_get(j, "periksa")));
    f = json_array_get(json_object_get(j, "temuan"), 0);
    has_keys(f, "aturan berat nama medan harus tertulis");
    assert_string_equal(json_string_value(json_object_get(f, "harus")), "= 102");
    assert_int_equal(json_integer_value(json_object_get(f, "tertulis")), 103);
    json_decref(j);
    j = station(e, "1101012001901"); /* a form on which nothing is written */
    assert_string_equal(json_string_value(json_object_get(j, "keadaan")), "diterima");
    assert_true(json_is_null(json_object_get(json_object_get(j, "medan"), "suara_sah")));
    json_decref(j);
    j = station(e, "1101012001002"); /* no form */
    assert_string_equal(json_string_value(json_object_get(j, "keadaan")), "kosong");
    assert_true(json_is_null(json_object_get(j, "entri")) &&
                json_is_null(json_object_get(j, "ts")));
    json_decref(j);
    rk_election_free(&e);
}

/* The pages of the findings, put together, are the whole list. */
static void findings(void **state) {
    (void)state;
    rk_election *e = small_vote();
    for (uint32_t i = 1; i <= 2; i++) { /* break R09 (and more) at two further stations */
        const char *code = i == 1 ? "1101012001002" : "1101012002002";
        small_form(e, 0, code, 1708000400, (uint32_t[]){50, 1, 99, 60, 1});
    }
    rk_election_settle(e);
    rk_buf b;
    rk_buf_init(&b, 1u << 20);
    rk_api_findings_query q = {.node = 0, .rule = RK_NONE, .count = 1000};
    rk_api_findings(e, 0, &q, &b);
    json_t *all = parsed(&b), *list = json_object_get(all, "temuan");
    has_keys(all, "jumlah mulai banyak per_aturan temuan");
    has_keys(json_array_get(list, 0), "tps nama jalur aturan berat medan harus tertulis");
    size_t n = json_array_size(list);
    assert_int_equal(json_integer_value(json_object_get(all, "jumlah")), n);
    assert_true(n > 3);
    for (size_t i = 0; i <= n; i++) {
        q.from = i, q.count = 1;
        rk_api_findings(e, 0, &q, &b);
        json_t *one = parsed(&b), *got = json_object_get(one, "temuan");
        assert_int_equal(json_array_size(got), i < n);
        if (i < n) assert_true(json_equal(json_array_get(got, 0), json_array_get(list, i)));
        json_decref(one);
    }
    json_decref(all);
    rk_buf_free(&b);
    rk_election_free(&e);
}

static void search(void **state) {
    (void)state;
    rk_election *e = small_vote();
    rk_search s;
    uint32_t node[RK_SEARCH_MAX];
    rk_search_make(&s, e->tree);
    assert_int_equal(rk_search_find(&s, RK_LIT("aceh"), node, 20), 2);
    assert_true(rk_slice_is(rk_tree_code(e->tree, node[0]), "11")); /* the name itself */
    assert_int_equal(rk_search_find(&s, RK_LIT("BAKONGAN"), node, 20), 2);
    assert_true(rk_slice_is(rk_tree_code(e->tree, node[0]), "110101"));
    assert_int_equal(rk_search_find(&s, RK_LIT("selatan  ac"), node, 20), 1);
    assert_int_equal(rk_search_find(&s, RK_LIT("aceh bakongan"), node, 20), 0);
    assert_int_equal(rk_search_find(&s, RK_LIT("a"), node, 2), 2);
    assert_int_equal(rk_search_find(&s, RK_LIT(""), node, 20), 0);
    rk_buf b;
    rk_buf_init(&b, 1u << 20);
    rk_search_render(&s, RK_LIT("1101012001001"), 20, &b);
    json_t *j = parsed(&b), *hit = json_array_get(json_object_get(j, "hasil"), 0);
    has_keys(hit, "kode nama tingkat jalur");
    assert_string_equal(json_string_value(json_object_get(hit, "jalur")),
                        "KEUDE BAKONGAN, BAKONGAN, ACEH SELATAN, ACEH");
    json_decref(j);
    rk_buf_free(&b);
    rk_search_free(&s);
    rk_election_free(&e);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(documents), cmocka_unit_test(regions),
                                       cmocka_unit_test(stations), cmocka_unit_test(findings),
                                       cmocka_unit_test(search)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
