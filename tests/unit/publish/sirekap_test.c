/* The tree's documents, held against bodies that KPU's service really sent where there are
 * some. */
#include "publish/sirekap_inner.h"

#include "small_election.h"

#include "base/wib.h"

#include <jansson.h>

static rk_buf render(rk_election *e, const char *path) {
    rk_err err = RK_ERR_INIT;
    rk_document_info info;
    rk_buf out;
    rk_buf_init(&out, 16u << 20);
    rk_election_settle(e);
    rk_status s = rk_sirekap_render(e, rk_slice_str(path), &out, &info, &err);
    if (s != RK_OK) fail_msg("%s: %s", path, err.text);
    return out;
}

static void is_body(rk_election *e, const char *path, rk_slice body) {
    rk_buf out = render(e, path);
    if (!rk_slice_eq(rk_buf_slice(&out), body))
        fail_msg("%s: expected\n%.*s\ngot\n%.*s", path, RK_FMT(body),
                 RK_FMT(rk_buf_slice(&out)));
    rk_buf_free(&out);
}

static void has(rk_election *e, const char *path, const char *part) {
    rk_buf out = render(e, path);
    rk_buf_byte(&out, 0);
    if (!strstr(out.ptr, part))
        fail_msg("%s: expected to find\n%s\nin\n%s", path, part, out.ptr);
    rk_buf_free(&out);
}

static void absent(rk_election *e, const char *path) {
    rk_err err = RK_ERR_INIT;
    rk_document_info info;
    rk_buf out;
    rk_buf_init(&out, 1u << 20);
    if (rk_sirekap_render(e, rk_slice_str(path), &out, &info, &err) != RK_NOT_FOUND)
        fail_msg("%s is there: %.*s", path, RK_FMT(rk_buf_slice(&out)));
    assert_int_equal(out.len, 0);
    rk_buf_free(&out);
}

/* A golden file as one compact line, its keys in their order. */
static json_t *golden(const char *name) {
    char path[400];
    snprintf(path, sizeof path, "tests/golden/sirekap/contoh/%s.json", name);
    rk_file f = small_file(path);
    json_t *j = json_loadb(f.bytes.ptr, f.bytes.len, 0, NULL);
    assert_non_null(j);
    rk_file_free(&f);
    return j;
}

static char *compact(json_t *j) {
    return json_dumps(j, JSON_COMPACT | JSON_REAL_PRECISION(15));
}

static void is_golden(rk_election *e, const char *path, json_t *body) {
    char *text = compact(body);
    is_body(e, path, rk_slice_str(text));
    free(text);
    json_decref(body);
}

/* ===== percent ===== */

static void percents(UNUSED void **state) {
    static const struct {
        uint64_t part, total;
        const char *text;
    } t[] = {
        {0, 0, "0"},
        {0, 9, "0"},
        {9, 9, "100.0"},
        {38, 40, "95.0"},
        {337602, 823236, "41.01"},
        {405, 410, "98.78"},
        {489, 500, "97.8"},
        {1, 823236, "0.0"},
        {1, 800, "0.13"},
        {1, 3, "33.33"},
        {2, 3, "66.67"},
        {1, 16, "6.25"},
        {823235, 823236, "100.0"},
    };
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        rk_buf b;
        rk_buf_init(&b, 100);
        rk_put_percent(&b, t[i].part, t[i].total);
        rk_buf_byte(&b, 0);
        assert_string_equal(b.ptr, t[i].text);
        rk_buf_free(&b);
    }
}

/* ===== the presidential election ===== */

#define PAIRS                                                                                  \
    "\"pilihan\":[{\"kode\":\"100025\",\"nomor\":1,\"nama\":\"A - "                            \
    "B\"},{\"kode\":\"100026\",\"nomor\":2,\"nama\":\"C - D\"},"                               \
    "{\"kode\":\"100027\",\"nomor\":3,\"nama\":\"E - F\"}]}"

static rk_election *president(const char *regions) {
    rk_election *e = small_new("x", "2024-02-14");
    small_regions(e, regions);
    small_contest(e, "{\"format\":\"rekap-kontes-1\",\"kode\":\"ppwp\",\"nama\":\"P\","
                     "\"bentuk\":\"paslon\",\"medan\":[\"suara_sah\"]," PAIRS);
    return e;
}

static uint32_t at(const char *wib) {
    uint32_t ts = 0;
    assert_true(rk_wib_parse(rk_slice_str(wib), &ts));
    return ts;
}

/* The figures of 15 Feb 2024, 09:00:20: Aceh's row, and Papua Pegunungan's without data. */
static void real_rows(UNUSED void **state) {
    rk_election *e = president("kode,induk,nama,tingkat,jumlah_tps,nomor_tps\n11,,ACEH,1,,\n95,"
                               ",PAPUA PEGUNUNGAN,1,100,\n1105,11,K,2,,\n110507,1105,C,3,,\n"
                               "1105072002,110507,D,4,,1-16046\n");
    for (uint32_t i = 1; i <= 6077; i++) {
        char tps[24];
        snprintf(tps, sizeof tps, "1105072002%03u", i);
        uint32_t cell[4] = {RK_ABSENT, i == 1 ? 232838 : 0, i == 1 ? 66265 : 0,
                            i == 1 ? 10456 : 0};
        small_form(e, 0, tps, at("2024-02-15 09:00:20"), cell);
    }
    json_t *two = golden("pemilu-hhcw-ppwp.two-rows"), *table = json_object_get(two, "table"),
           *row;
    const char *code;
    json_object_foreach(table, code, row) {
        char part[400], *text = compact(row);
        snprintf(part, sizeof part, "\"%s\":%s", code, text);
        has(e, "pemilu/hhcw/ppwp.json", part);
        free(text);
    }
    has(e, "pemilu/hhcw/ppwp.json",
        "{\"ts\":\"2024-02-15 "
        "09:00:20\",\"psu\":\"Reguler\",\"mode\":\"hhcw\",\"chart\":{\"100025\":232838,");
    has(e, "pemilu/hhcw/ppwp.json", "}},\"progres\":{\"total\":16146,\"progres\":6077}}");
    json_decref(two);
    rk_election_free(&e);
}

static const char SITUNG[] =
    "kode,induk,nama,tingkat,jumlah_tps,pemisah_tps\n1,,ACEH,1,,\n26141,,JABAR,1,,\n-99,,LUAR "
    "NEGERI,1,,\n2,1,S,2,,\n3,2,T,3,,\n"
    "4,3,LATIUNG,4,,-\n5,3,LABUAH,4,,-\n-991,-99,ABU DHABI,2,,\n-9911,-991,ABU "
    "DHABI,3,,\n-99111,-9911,ABU DHABI,4,,-\n";

/* Codes of 2019 are sparse integers; stations become known with their first form. */
static void opaque_codes(UNUSED void **state) {
    rk_election *e = president(SITUNG);
    small_form(e, 0, "4-001", 1000000000, (uint32_t[]){7, 1, 2, 4});
    small_form(e, 0, "-99111-2003", 1000000100,
               (uint32_t[]){RK_ABSENT, RK_ABSENT, RK_ABSENT, RK_ABSENT});
    is_body(e, "wilayah/pemilu/ppwp/0.json",
            RK_LIT("[{\"nama\":\"LUAR "
                   "NEGERI\",\"id\":100001,\"kode\":\"-99\",\"tingkat\":1},{\"nama\":\"ACEH\","
                   "\"id\":100002,\"kode\":\"1\",\"tingkat\":1},"
                   "{\"nama\":\"JABAR\",\"id\":100003,\"kode\":\"26141\",\"tingkat\":1}]"));
    is_body(e, "wilayah/pemilu/ppwp/1/2/3/4.json",
            RK_LIT("[{\"nama\":\"TPS 001\",\"id\":100011,\"kode\":\"4-001\",\"tingkat\":5}]"));
    is_body(e, "wilayah/pemilu/ppwp/26141.json", RK_LIT("[]"));
    is_body(e, "wilayah/pemilu/ppwp/1/2/3/4/4-001.json", RK_LIT("[]"));
    has(e, "pemilu/hhcw/ppwp/1/2/3.json",
        "\"table\":{\"4\":{\"100025\":1,\"100026\":2,\"100027\":4,\"psu\":\"Reguler\","
        "\"persen\":100.0,\"status_progress\":true},"
        "\"5\":{\"psu\":\"Reguler\",\"persen\":0,\"status_progress\":false}}");
    has(e, "pemilu/hhcw/ppwp/1/2/3/4.json",
        "\"table\":{\"4-001\":{\"100025\":1,\"100026\":2,\"100027\":4,\"psu\":\"Reguler\","
        "\"persen\":100.0,\"status_progress\":true}}");
    is_body(e, "pemilu/hhcw/ppwp/1/2/3/4/4-001.json",
            RK_LIT("{\"chart\":{\"null\":null,\"100025\":1,\"100026\":2,\"100027\":4},"
                   "\"images\":[null,null,null],\"administrasi\":{\"suara_sah\":7,"
                   "\"suara_total\":null,\"pemilih_dpt_j\":null,\"pemilih_dpt_l\":null,"
                   "\"pemilih_dpt_p\":null,\"pengguna_dpt_j\":null,\"pengguna_dpt_l\":null,"
                   "\"pengguna_dpt_p\":null,\"pengguna_dptb_j\":null,\"pengguna_dptb_l\":null,"
                   "\"pengguna_dptb_p\":null,\"suara_tidak_sah\":null,"
                   "\"pengguna_total_j\":null,\"pengguna_total_l\":null,\"pengguna_total_p\":"
                   "null,\"pengguna_non_dpt_j\":null,\"pengguna_non_dpt_l\":null,"
                   "\"pengguna_non_dpt_p\":null},\"psu\":null,\"ts\":\"2001-09-09 "
                   "08:46:40\",\"status_suara\":true,\"status_adm\":true}"));
    is_body(
        e, "pemilu/hhcw/ppwp/-99/-991/-9911/-99111/-99111-2003.json",
        RK_LIT("{\"chart\":null,\"images\":[null,null,null],\"administrasi\":null,\"psu\":null,"
               "\"ts\":\"2001-09-09 08:48:20\",\"status_suara\":false,\"status_adm\":false}"));
    absent(e, "pemilu/hhcw/ppwp/2.json");       /* no child of the nation */
    absent(e, "pemilu/hhcw/ppwp/1/3.json");     /* a level left out */
    absent(e, "pemilu/hhcw/ppwp/26141/2.json"); /* another's child */
    absent(e, "pemilu/hhcw/ppwp/1/2/3/5/4-001.json");
    absent(e, "pemilu/hhcw/ppwp/1/2/3/4/4-001/x.json");
    absent(e, "pemilu/hhcw/ppwp/1/2/3/4/4-001/x/y.json");
    rk_election_free(&e);
}

static void nothing_there(UNUSED void **state) {
    rk_election *e = president(SITUNG);
    static const char *const paths[] = {"",
                                        ".json",
                                        "/",
                                        "pemilu",
                                        "pemilu.json",
                                        "pemilu/.json",
                                        "pemilu//ppwp.json",
                                        "/pemilu/ppwp.json",
                                        "pemilu/ppwp",
                                        "pemilu/partai.json",
                                        "pemilu/hr/ppwp.json",
                                        "pemilu/ds/ppwp.json",
                                        "pemilu/hhcw/pdpr.json",
                                        "pilkada/hhcw/ppwp.json",
                                        "wilayah/pilkada/ppwp/0.json",
                                        "wilayah/pemilu/ppwp.json",
                                        "pemilu/hhcd/ppwp/0.json",
                                        "pemilu/caleg/partai/1101.json",
                                        "pemilu/caleg/dpd/1.json",
                                        "pemilu/hhcw/ppwp/../../x.json",
                                        "pemilu/hhcw/ppwp/1/2/3/4/5/6/7/8/9.json"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) absent(e, paths[i]);
    rk_election *none = rk_election_new();
    absent(none, "wilayah/pemilu/ppwp/0.json");
    rk_election_free(&none);
    rk_election_free(&e);
}

static void pairs_as_sent(UNUSED void **state) {
    rk_election *e = small_2024();
    is_golden(e, "pemilu/ppwp.json", golden("pemilu-ppwp"));
    rk_slice path = RK_LIT("pemilu/hhcw/ppwp/31/3101/310101/3101011001/3101011001002.json");
    rk_document_info info;
    rk_buf out;
    rk_buf_init(&out, 10000);
    assert_int_equal(rk_sirekap_render(e, path, &out, &info, NULL), RK_OK);
    assert_int_equal(info.ts, at("2024-02-14 00:00:00")); /* no form yet: the election's day */
    rk_buf_free(&out);
    has(e, "wilayah/pemilu/ppwp/11/1105/110507.json", "\"kode\":\"1105072002\",\"tingkat\":4}");
    has(e, "wilayah/pemilu/ppwp/11/1105/110507/1105072002.json", "{\"nama\":\"TPS 001\",");
    rk_election_free(&e);
}

/* ===== pilkada ===== */

/* The contest file of what pilkada/paslon/pkwkp.json says. */
static json_t *governors(json_t *paslon) {
    json_t *k =
        json_pack("{s:s,s:s,s:s,s:s,s:[s],s:[]}", "format", "rekap-kontes-1", "kode", "pkwkp",
                  "nama", "G", "bentuk", "paslon", "medan", "suara_sah", "dapil");
    const char *province, *id;
    json_t *list, *x;
    json_object_foreach(paslon, province, list) {
        json_t *choices = json_array();
        json_object_foreach(list, id, x) json_array_append_new(
            choices,
            json_pack("{s:s,s:O,s:O,s:O,s:O}", "kode", id, "nomor",
                      json_object_get(x, "nomor_urut"), "nama", json_object_get(x, "nama"),
                      "warna", json_object_get(x, "warna"), "ts", json_object_get(x, "ts")));
        json_array_append_new(json_object_get(k, "dapil"),
                              json_pack("{s:s,s:[s],s:o}", "kode", province, "wilayah",
                                        province, "pilihan", choices));
    }
    return k;
}

/* Provinces of the list, and below `top` (a region of that level) the rows of a table, each
 * with as many stations as the table says. */
static rk_election *pilkada(json_t *table, const char *parents, unsigned level) {
    rk_buf csv;
    json_t *paslon = golden("pilkada-paslon-pkwkp"), *row;
    const char *code;
    rk_buf_init(&csv, 1u << 20);
    rk_buf_printf(&csv, "kode,induk,nama,tingkat,jumlah_tps\n");
    json_object_foreach(paslon, code, row) rk_buf_printf(&csv, "%s,,%s,1,\n", code, code);
    rk_buf_printf(&csv, "%s", parents);
    json_object_foreach(table, code, row) {
        int total =
            (int)json_integer_value(json_object_get(json_object_get(row, "progres"), "total"));
        rk_buf_printf(&csv, "%s,%.*s,%s,%u,\n", code, (int)strlen(code) - 2, code, code, level);
        for (unsigned l = level + 1; l <= RK_DESA; l++)
            rk_buf_printf(&csv, "%s%s,%s%s,%s,%u,%.*d\n", code, &"..."[3 - (l - level)], code,
                          &"..."[3 - (l - 1 - level)], code, l, l == RK_DESA ? 1 : 0,
                          l == RK_DESA ? total : 0);
    }
    rk_election *e = small_new("x", "2024-11-27");
    small_document(e, RK_DOC_WILAYAH, rk_buf_slice(&csv));
    json_t *k = governors(paslon);
    char *text = compact(k);
    small_contest(e, text);
    free(text);
    json_decref(k);
    json_decref(paslon);
    rk_buf_free(&csv);
    return e;
}

/* As many forms as the table says; the first of a region has all its votes. */
static void fill(rk_election *e, json_t *table, unsigned level, uint32_t ts) {
    const char *code, *id;
    json_t *row, *v;
    json_object_foreach(table, code, row) {
        int n = (int)json_integer_value(
            json_object_get(json_object_get(row, "progres"), "progres"));
        uint32_t node = rk_tree_find(e->tree, rk_slice_str(code));
        assert_int_not_equal(node, RK_NONE);
        for (unsigned l = level; l < RK_DESA; l++)
            node = e->tree->child[e->tree->node[node].first_child];
        uint32_t tps = e->tree->node[node].first_tps,
                 cell[6] = {RK_ABSENT, RK_ABSENT, RK_ABSENT, RK_ABSENT, RK_ABSENT, RK_ABSENT};
        for (int i = 0; i < n; i++, tps = e->tree->tps[tps].next) {
            json_object_foreach(row, id, v) {
                uint32_t col = rk_contest_choice(e->tally[0].contest,
                                                 e->tally[0].ballot_of[node], rk_slice_str(id));
                if (col != RK_NONE) cell[col] = i == 0 ? (uint32_t)json_integer_value(v) : 0;
            }
            char text[RK_CODE_MAX + 1];
            snprintf(text, sizeof text, "%.*s", RK_FMT(rk_code_slice(&e->tree->tps_code[tps])));
            small_form(e, 0, text, ts, cell);
        }
    }
}

static void pilkada_as_sent(UNUSED void **state) {
    static const struct {
        const char *file, *path, *parents;
        unsigned level;
    } docs[] = {
        {"pilkada-hhcw-pkwkp-11", "pilkada/hhcw/pkwkp/11.json", "", RK_KABUPATEN},
        {"pilkada-hhcw-pkwkp-11-1101", "pilkada/hhcw/pkwkp/11/1101.json", "1101,11,K,2,\n",
         RK_KECAMATAN},
    };
    for (int i = 0; i < 2; i++) {
        json_t *body = golden(docs[i].file),
               *table = json_object_get(json_object_get(body, "tungsura"), "table");
        rk_election *e = pilkada(table, docs[i].parents, docs[i].level);
        fill(e, table, docs[i].level, at(json_string_value(json_object_get(body, "ts"))));
        if (i == 0) is_golden(e, "pilkada/paslon/pkwkp.json", golden("pilkada-paslon-pkwkp"));
        /* above one ballot there is nothing to add up */
        has(e, "pilkada/hhcw/pkwkp.json",
            "{\"mode\":\"hhcw\",\"tungsura\":{\"chart\":{\"progres\":{\"total\":");
        has(e, "pilkada/hhcw/pkwkp/12.json",
            "\"chart\":{\"1000003\":0,\"1000004\":0,\"progres\":{\"total\":0,\"persen\":0,"
            "\"progres\":0}},\"table\":{}}");
        is_golden(e, docs[i].path, body);
        rk_election_free(&e);
    }
}

/* ===== parties, persons, dapil ===== */

static const char COUNCILS[] =
    "kode,induk,nama,tingkat,dapil,jumlah_tps\n11,,ACEH,1,,\n12,,SUMUT,1,,\n1101,11,K1,2,,"
    "\n1102,11,K2,2,,\n1201,12,K3,2,,\n"
    "110101,1101,C1,3,,\n110102,1101,C2,3,,\n110201,1102,C3,3,,\n120101,1201,C4,3,,\n"
    "1101011,110101,D1,4,,2\n1101021,110102,D2,4,,2\n1102011,110201,D3,4,,1\n1201011,120101,D4,"
    "4,,1\n";

static rk_election *councils(const char *code, const char *dapils) {
    char json[4000];
    snprintf(json, sizeof json,
             "{\"format\":\"rekap-kontes-1\",\"kode\":\"%s\",\"nama\":\"x\",\"bentuk\":"
             "\"partai\",\"medan\":[\"suara_sah\"],\"pilihan\":["
             "{\"kode\":\"1\",\"nomor\":1,\"nama\":\"Partai Kebangkitan "
             "Bangsa\",\"warna\":\"#00764A\",\"ts\":\"2024-02-17 16:00:02\"},"
             "{\"kode\":\"18\",\"nomor\":18,\"nama\":\"Partai "
             "Aceh\",\"aceh\":true},{\"kode\":\"24\",\"nomor\":24,\"nama\":\"Ummat\"}],"
             "\"dapil\":[%s]}",
             code, dapils);
    rk_election *e = small_new("x", "2024-02-14");
    small_regions(e, COUNCILS);
    small_contest(e, json);
    return e;
}

/* Dapil 1101 is Aceh without the kecamatan 110102, which lies in 1102 with K2. */
static const char DPR[] = "{\"kode\":\"1101\",\"nama\":\"ACEH "
                          "I\",\"wilayah\":[\"1101\"],\"calon\":{\"1\":[{\"id\":\"100121\","
                          "\"nama\":\"X\"},{\"id\":\"100122\",\"nama\":\"Y\"}],"
                          "\"24\":[{\"id\":\"100300\",\"nama\":\"Z\"}]}},"
                          "{\"kode\":\"1102\",\"nama\":\"ACEH "
                          "II\",\"wilayah\":[\"1102\",\"110102\"],\"calon\":{\"1\":[{\"id\":"
                          "\"200121\",\"nama\":\"V\"}]}},"
                          "{\"kode\":\"1201\",\"wilayah\":[\"12\"],\"calon\":{}}";

static void by_dapil(UNUSED void **state) {
    rk_election *e = councils("pdpr", DPR);
    /* cells: suara_sah, party 1 and its two, party 18, party 24 and its one */
    small_form(e, 0, "1101011001", 1000, (uint32_t[]){60, 4, 30, 1, RK_ABSENT, 20, 5});
    small_form(e, 0, "1101021001", 2000,
               (uint32_t[]){9, 2, 7, RK_ABSENT, RK_ABSENT, 0, RK_ABSENT});
    is_body(
        e, "pemilu/hhcd/pdpr/1101.json",
        RK_LIT(
            "{\"ts\":\"1970-01-01 "
            "07:16:40\",\"mode\":\"hhcw\",\"chart\":{\"1\":35,\"24\":25,\"persen\":50.0},"
            "\"table\":{\"1\":{\"100121\":30,\"100122\":1,"
            "\"jml_suara_total\":35,\"jml_suara_partai\":4},\"24\":{\"100300\":5,\"jml_suara_"
            "total\":25,\"jml_suara_partai\":20}},\"progres\":{\"total\":2,\"progres\":1}}"));
    is_body(e, "pemilu/hhcd/pdpr/0.json",
            RK_LIT("{\"ts\":\"1970-01-01 "
                   "07:33:20\",\"mode\":\"hhcw\",\"chart\":{\"1\":44,\"24\":25},\"table\":{"
                   "\"1101\":{\"1\":35,\"24\":25,\"psu\":\"Reguler\",\"persen\":50.0,"
                   "\"status_progress\":true},\"1102\":{\"1\":9,\"24\":0,\"psu\":\"Reguler\","
                   "\"persen\":33.33,\"status_progress\":true},\"1201\":{\"psu\":\"Reguler\","
                   "\"persen\":0,"
                   "\"status_progress\":false}},\"progres\":{\"total\":6,\"progres\":2}}"));
    has(e, "pemilu/hhcw/pdpr.json",
        "\"chart\":{\"1\":44,\"24\":25,\"persen\":33.33},\"table\":{\"11\":{\"1\":44,\"24\":25,"
        "\"psu\":\"Reguler\",\"persen\":40.0,\"status_progress\":true},"
        "\"12\":{\"psu\":\"Reguler\",\"persen\":0,\"status_progress\":false}}");
    has(e, "pemilu/hhcw/pdpr/11/1101/110101/1101011.json",
        "\"1101011001\":{\"1\":35,\"24\":25,\"psu\":\"Reguler\"");
    is_body(
        e, "wilayah/pemilu/pdpr/dapil_dpr.json",
        RK_LIT("[{\"id\":1,\"nama\":\"ACEH I\",\"kode\":\"1101\"},{\"id\":2,\"nama\":\"ACEH "
               "II\",\"kode\":\"1102\"},{\"id\":3,\"nama\":\"1201\",\"kode\":\"1201\"}]"));
    is_body(e, "pemilu/caleg/partai/1102.json",
            RK_LIT("{\"1\":{\"200121\":{\"nama\":\"V\",\"nomor_urut\":1,\"jenis_kelamin\":null,"
                   "\"tempat_tinggal\":null}},\"18\":{},\"24\":{}}"));
    json_t *pkb = golden("pemilu-partai.one-row");
    char *text = compact(json_object_get(pkb, "1")), part[600];
    snprintf(part, sizeof part, "{\"1\":%s,\"18\":{", text);
    has(e, "pemilu/partai.json", part);
    free(text);
    json_decref(pkb);
    has(e, "pemilu/partai.json", "\"is_aceh\":true");
    has(e, "wilayah/pemilu/ppwp/0.json",
        "\"kode\":\"11\""); /* the tree that clients take for all contests */
    absent(e, "pemilu/hhcd/pdpr/9999.json");
    absent(e, "pemilu/hhcd/pdpr/0/1101.json");
    rk_election_free(&e);
}

static void regional_councils(UNUSED void **state) {
    rk_election *e = councils("pdprdp", "{\"kode\":\"110001\",\"nama\":\"ACEH "
                                        "1\",\"wilayah\":[\"1101\"],\"calon\":{}},{\"kode\":"
                                        "\"110002\",\"wilayah\":[\"1102\"],\"calon\":{}}");
    is_body(
        e, "wilayah/pemilu/pdprdp/0.json",
        RK_LIT(
            "[{\"nama\":\"ACEH\",\"id\":100001,\"kode\":\"11\",\"tingkat\":1}]")); /* not held
                                                                                      in 12 */
    is_body(
        e, "wilayah/pemilu/pdprdp/11.json",
        RK_LIT("[{\"id_dapil\":1,\"kode_dapil\":\"110001\",\"nama_dapil\":\"ACEH "
               "1\"},{\"id_dapil\":2,\"kode_dapil\":\"110002\",\"nama_dapil\":\"110002\"}]"));
    small_form(e, 0, "1102011001", 1000, (uint32_t[]){5, 1, 3, 1});
    has(e, "pemilu/hhcd/pdprdp/11.json",
        "\"chart\":{\"1\":1,\"18\":3,\"24\":1},\"table\":{\"110001\":{\"psu\"");
    has(e, "pemilu/hhcd/pdprdp/11/110002.json",
        "\"table\":{\"1\":{\"jml_suara_total\":1,\"jml_suara_partai\":1},\"18\":{\"jml_suara_"
        "total\":3,");
    absent(e, "pemilu/hhcd/pdprdp/12.json");
    absent(e, "pemilu/hhcd/pdprdp/12/110002.json");
    absent(e, "pemilu/hhcw/pdprdp/12.json");
    rk_election_free(&e);
    e = councils("pdprdk", "{\"kode\":\"110101\",\"nama\":\"K1 "
                           "1\",\"wilayah\":[\"110102\"],\"calon\":{}},{\"kode\":\"110102\","
                           "\"nama\":\"K1 2\",\"wilayah\":[\"110101\"],\"calon\":{}}");
    has(e, "wilayah/pemilu/pdprdk/11/1101.json",
        "{\"id_dapil\":1,\"kode_dapil\":\"110101\",\"nama_dapil\":\"K1 1\"}");
    is_body(
        e, "wilayah/pemilu/pdprdk/11/1101/110101.json",
        RK_LIT(
            "[{\"nama\":\"C2\",\"id\":100007,\"kode\":\"110102\",\"tingkat\":3}]")); /* the
                                                                                        dapil,
                                                                                        not the
                                                                                        kecamatan
                                                                                      */
    has(e, "pemilu/hhcd/pdprdk/11/1101.json", "\"table\":{\"110101\":{");
    has(e, "pemilu/hhcd/pdprdk/11/1101/110102.json",
        "\"progres\":{\"total\":2,\"progres\":0}}");
    rk_election_free(&e);
}

static void persons(UNUSED void **state) {
    rk_election *e = small_new("x", "2024-02-14");
    small_regions(e, COUNCILS);
    small_contest(
        e, "{\"format\":\"rekap-kontes-1\",\"kode\":\"pdpd\",\"nama\":\"x\",\"bentuk\":"
           "\"calon\",\"medan\":[\"suara_sah\"],\"dapil\":["
           "{\"kode\":\"11\",\"wilayah\":[\"11\"],\"pilihan\":[{\"kode\":\"695854\",\"nomor\":"
           "1,\"nama\":\"A\"}]},"
           "{\"kode\":\"12\",\"wilayah\":[\"12\"],\"pilihan\":[{\"kode\":\"695900\",\"nomor\":"
           "1,\"nama\":\"B\"},{\"kode\":\"695901\",\"nomor\":2,\"nama\":\"C\"}]}]}");
    small_form(e, 0, "1101011001", 1000, (uint32_t[]){5, 5, RK_ABSENT});
    is_body(e, "pemilu/caleg/dpd/11.json",
            RK_LIT("{\"695854\":{\"nama\":\"A\",\"nomor_urut\":1,\"jenis_kelamin\":null,"
                   "\"tempat_tinggal\":null}}"));
    has(e, "pemilu/hhcw/pdpd.json",
        "\"chart\":{\"persen\":16.67},\"table\":{\"11\":{\"695854\":5,\"psu\"");
    has(e, "pemilu/hhcw/pdpd/12.json", "\"chart\":{\"695900\":0,\"695901\":0,\"persen\":0}");
    absent(e, "pemilu/caleg/dpd/1101.json");
    rk_election_free(&e);
}

/* ===== paths ===== */

struct paths {
    rk_election *e;
    json_t *set;
    size_t n;
};

static rk_status note(void *ctx, rk_slice path, UNUSED rk_err *err) {
    struct paths *p = ctx;
    char text[400];
    snprintf(text, sizeof text, "%.*s", RK_FMT(path));
    rk_buf out = render(p->e, text);
    json_t *body = json_loadb(out.ptr, out.len, JSON_REJECT_DUPLICATES, NULL);
    if (!body) fail_msg("%s is no JSON: %.*s", text, RK_FMT(rk_buf_slice(&out)));
    json_decref(body);
    rk_buf_free(&out);
    json_object_set_new(p->set, text, json_true());
    p->n++;
    return RK_OK;
}

static void every_path_is_there(rk_election *e, size_t n) {
    struct paths p = {.e = e, .set = json_object()};
    rk_err err = RK_ERR_INIT;
    rk_election_settle(e);
    small_ok(rk_sirekap_paths(e, note, &p, &err), &err);
    assert_int_equal(json_object_size(p.set), p.n); /* each once */
    if (n) assert_int_equal(p.n, n);
    for (uint32_t tps = 0; tps < e->tree->n_tps; tps++) {
        struct paths one = {.e = e, .set = json_object()};
        if (rk_page_held(
                &(rk_page){
                    .e = e, .tree = e->tree, .t = &e->tally[0], .c = e->tally[0].contest},
                e->tree->tps[tps].desa))
            small_ok(rk_sirekap_paths_of(e, 0, tps, note, &one, &err), &err);
        const char *path;
        json_t *v;
        json_object_foreach(one.set, path, v) if (!json_object_get(p.set, path))
            fail_msg("%s is not in the tree", path);
        json_decref(one.set);
    }
    json_decref(p.set);
}

static void paths(UNUSED void **state) {
    rk_election *e = president(SITUNG);
    small_form(e, 0, "4-001", 0, (uint32_t[]){7, 1, 2, 4});
    /* 1 list; wilayah: 0 and 10 regions; hhcw: nation twice, 10 regions, 1 station */
    every_path_is_there(e, 1 + 11 + 13);
    /* a station whose code cannot be a path counts, but has no document */
    small_put(e, 0,
              (rk_form){.tps = RK_LIT("5/../x"),
                        .desa = RK_LIT("5"),
                        .cell = (uint32_t[]){7, 1, 2, 4}});
    every_path_is_there(e, 1 + 11 + 13);
    rk_election_free(&e);
    e = councils("pdpr", DPR);
    every_path_is_there(e, 0);
    rk_election_free(&e);
    e = councils("pdprdp", "{\"kode\":\"110001\",\"wilayah\":[\"1101\"],\"calon\":{}},{"
                           "\"kode\":\"110002\",\"wilayah\":[\"1102\"],\"calon\":{}}");
    every_path_is_there(e, 0);
    rk_election_free(&e);
    e = councils("pdprdk", "{\"kode\":\"110101\",\"wilayah\":[\"110102\"],\"calon\":{}},{"
                           "\"kode\":\"110102\",\"wilayah\":[\"110101\"],\"calon\":{}}");
    every_path_is_there(e, 0);
    rk_election_free(&e);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(percents),      cmocka_unit_test(real_rows),
        cmocka_unit_test(opaque_codes),  cmocka_unit_test(nothing_there),
        cmocka_unit_test(pairs_as_sent), cmocka_unit_test(pilkada_as_sent),
        cmocka_unit_test(by_dapil),      cmocka_unit_test(regional_councils),
        cmocka_unit_test(persons),       cmocka_unit_test(paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
