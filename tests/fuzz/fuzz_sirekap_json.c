/* Any bytes as a station's document, in a contest of each shape: refused with a reason; or
 * taken, and then what the tree gives back is taken too and gives the same bytes again. */
#include "intake/sirekap.h"
#include "publish/sirekap.h"

#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define DOCUMENT_MAX (4u << 20)
#define TPS "3101011001002"
#define PATH "/hhcw/%.*s/31/3101/310101/3101011001/" TPS ".json"

static const char REGIONS[] = "kode,induk,nama,tingkat,jumlah_tps\n31,,A,1,\n3101,31,B,2,"
                              "\n310101,3101,C,3,\n3101011001,310101,D,4,2\n";
static const char *const CONTESTS[] = {
    "{\"format\":\"rekap-kontes-1\",\"kode\":\"ppwp\",\"nama\":\"P\",\"bentuk\":\"paslon\","
    "\"pilihan\":[{\"kode\":\"100025\"},{\"kode\":\"100026\"},{\"kode\":\"100027\"}]}",
    "{\"format\":\"rekap-kontes-1\",\"kode\":\"pdpr\",\"nama\":\"P\",\"bentuk\":\"partai\","
    "\"pilihan\":[{\"kode\":\"1\"},{\"kode\":\"24\"}],"
    "\"dapil\":[{\"kode\":\"3101\",\"wilayah\":[\"31\"],\"calon\":{\"1\":[{\"id\":\"100121\"},{"
    "\"id\":\"100122\"}]}}]}",
    "{\"format\":\"rekap-kontes-1\",\"kode\":\"pdpd\",\"nama\":\"P\",\"bentuk\":\"calon\","
    "\"pilihan\":[{\"kode\":\"695854\"}]}",
    "{\"format\":\"rekap-kontes-1\",\"kode\":\"pkwkp\",\"nama\":\"P\",\"bentuk\":\"paslon\","
    "\"pilihan\":[{\"kode\":\"1000001\"}]}",
};

static void put(rk_election *e, rk_buf *entry) {
    rk_slice s = rk_buf_slice(entry);
    RK_ASSERT(rk_election_apply(e, &s, 1, NULL) == RK_OK);
    rk_buf_clear(entry);
}

static void declare(rk_election *e, enum rk_document type, const char *text) {
    rk_buf b;
    rk_buf_init(&b, RK_ENTRY_MAX);
    rk_slice s = rk_slice_str(text);
    rk_document_entry d = {.type = type, .sha256 = rk_sha256_of(s), .parts = 1, .bytes = s};
    RK_ASSERT(rk_entry_put_document(&d, &b, NULL) == RK_OK);
    put(e, &b);
    rk_buf_free(&b);
}

static rk_election *election(void) {
    rk_election *e = rk_election_new();
    declare(e, RK_DOC_WILAYAH, REGIONS);
    for (size_t i = 0; i < sizeof CONTESTS / sizeof *CONTESTS; i++)
        declare(e, RK_DOC_KONTES, CONTESTS[i]);
    return e;
}

static rk_status take(rk_election *e, uint32_t contest, rk_slice json, rk_err *err) {
    const rk_contest *c = e->tally[contest].contest;
    rk_sirekap_doc d;
    rk_buf b;
    RK_TRY(rk_sirekap_parse(c, e, json, RK_LIT(TPS), &d, err));
    d.form.contest = rk_code_slice(&c->code);
    rk_buf_init(&b, RK_ENTRY_MAX);
    rk_status s = rk_entry_put_form(&d.form, e->size, &b, err);
    if (s == RK_OK) put(e, &b);
    rk_buf_free(&b);
    rk_sirekap_doc_free(&d);
    return s;
}

static void render(rk_election *e, uint32_t contest, rk_buf *out) {
    const rk_contest *c = e->tally[contest].contest;
    rk_document_info info;
    rk_buf path;
    rk_buf_init(&path, RK_URL_MAX);
    rk_buf_init(out, DOCUMENT_MAX);
    rk_buf_printf(&path, "%s" PATH, c->pilkada ? "pilkada" : "pemilu",
                  RK_FMT(rk_code_slice(&c->code)));
    RK_ASSERT(rk_sirekap_render(e, rk_buf_slice(&path), out, &info, NULL) == RK_OK);
    rk_buf_free(&path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    static rk_election *e; /* grows by the forms taken, so it is made anew now and then */
    if (e && e->size > 5000) rk_election_free(&e);
    if (!e) e = election();
    for (uint32_t k = 0; k < e->n_contest; k++) {
        rk_err err = RK_ERR_INIT;
        rk_buf first, second;
        if (take(e, k, (rk_slice){(const char *)data, n}, &err) != RK_OK) {
            RK_ASSERT(err.text[0] != '\0');
            continue;
        }
        render(e, k, &first);
        RK_ASSERT(take(e, k, rk_buf_slice(&first), &err) == RK_OK);
        render(e, k, &second);
        RK_ASSERT(rk_slice_eq(rk_buf_slice(&first), rk_buf_slice(&second)));
        rk_buf_free(&first);
        rk_buf_free(&second);
    }
    return 0;
}
