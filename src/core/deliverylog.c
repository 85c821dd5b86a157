#include "core/deliverylog.h"

#include "base/wib.h"
#include "core/jsonin.h"

static const char *const EVENT[RK_DELIVERY_EVENTS] = {"mulai", "berkas", "selesai", "tunda",
                                                      "gagal", "ganti",  "uji"};

static const struct {
    const char *name, *text;
} CAUSE[RK_CAUSES] = {
    {"", ""},
    {"tak-terhubung", "no connection to the receiver"},
    {"waktu-habis", "the receiver was silent or too slow"},
    {"terputus", "the connection or the transfer was cut short"},
    {"penuh", "the receiver has no room"},
    {"sibuk", "the receiver says to come again later"},
    {"kunci-host", "the receiver shows another host key or certificate than is trusted"},
    {"masuk-ditolak", "the receiver refuses the key, user or password"},
    {"ditolak", "the receiver does not take it"},
    {"tata-tempat", "the declaration of residency does not admit the target"},
    {"terlalu-besar", "it is larger than was agreed"},
    {"berkas-lokal", "a file on this machine is missing, damaged, or others may read it"},
};

const char *rk_delivery_event_name(enum rk_delivery_event e) {
    return e < RK_DELIVERY_EVENTS ? EVENT[e] : "?";
}
const char *rk_delivery_cause_name(enum rk_delivery_cause c) {
    return c < RK_CAUSES ? CAUSE[c].name : "?";
}
const char *rk_delivery_cause_text(enum rk_delivery_cause c) {
    return c < RK_CAUSES ? CAUSE[c].text : "?";
}
bool rk_delivery_cause_passes(enum rk_delivery_cause c) {
    return c >= RK_CAUSE_AWAY && c <= RK_CAUSE_BUSY;
}

/* ===== writing ===== */

static void put_text(rk_buf *b, const char *key, rk_slice v) {
    if (v.len == 0) return;
    rk_buf_printf(b, ",\"%s\":", key);
    rk_buf_json(b, v);
}

static void put_time(rk_buf *b, const char *key, uint32_t t) {
    char text[RK_WIB_LEN];
    rk_wib_put(text, t);
    put_text(b, key, (rk_slice){text, sizeof text});
}

static void put_number(rk_buf *b, const char *key, uint64_t v) {
    rk_buf_printf(b, ",\"%s\":", key);
    rk_buf_num(b, v);
}

void rk_delivery_line_put(const rk_delivery_line *l, rk_buf *b) {
    enum rk_delivery_event e = l->event;
    char hex[64];
    rk_buf_lit(b, "{\"format\":\"rekap-kirim-1\"");
    put_time(b, "waktu", l->time);
    put_text(b, "peristiwa", rk_slice_str(rk_delivery_event_name(e)));
    put_text(b, "alias", l->alias);
    put_text(b, "no", l->no);
    put_text(b, "apa", rk_slice_str(rk_subject_name(l->subject)));
    put_text(b, "rilis", l->release);
    if (e == RK_DELIVERY_BEGAN || e == RK_DELIVERY_DONE) put_number(b, "jumlah", l->files);
    if (e == RK_DELIVERY_FILE) put_text(b, "berkas", l->file);
    if (e <= RK_DELIVERY_DONE) put_number(b, "bytes", l->bytes);
    if (e == RK_DELIVERY_FILE) {
        rk_sha256_put(hex, &l->sha256);
        put_text(b, "sha256", (rk_slice){hex, sizeof hex});
    }
    if (l->attempt) put_number(b, "percobaan", l->attempt);
    put_text(b, "sebab", rk_slice_str(rk_delivery_cause_name(l->cause)));
    if (l->cause == RK_CAUSE_RULE)
        put_text(b, "aturan", rk_slice_str(rk_residency_rule_name(l->rule)));
    if (l->next) put_time(b, "lagi", l->next);
    rk_buf_lit(b, "}\n");
}

/* ===== reading ===== */

static rk_status read_times(const rk_json_in *in, rk_delivery_line *l) {
    rk_slice s;
    RK_TRY(rk_json_in_text(in, l->json, "the line", "waktu", true, &s));
    if (!rk_wib_parse(s, &l->time))
        return rk_fail(in->err, RK_BAD_INPUT, "\"waktu\" is no time YYYY-MM-DD HH:MM:SS");
    RK_TRY(rk_json_in_text(in, l->json, "the line", "lagi", false, &s));
    if (s.len && (!rk_wib_parse(s, &l->next) || l->next == 0))
        return rk_fail(in->err, RK_BAD_INPUT, "\"lagi\" is no time YYYY-MM-DD HH:MM:SS");
    return RK_OK;
}

static rk_status read_words(const rk_json_in *in, rk_delivery_line *l) {
    rk_slice event, subject, cause, rule;
    unsigned e = 0, c = 0, r = RK_S01;
    RK_TRY(rk_json_in_text(in, l->json, "the line", "peristiwa", true, &event));
    RK_TRY(rk_json_in_text(in, l->json, "the line", "apa", true, &subject));
    RK_TRY(rk_json_in_text(in, l->json, "the line", "sebab", false, &cause));
    RK_TRY(rk_json_in_text(in, l->json, "the line", "aturan", false, &rule));
    while (e < RK_DELIVERY_EVENTS && !rk_slice_is(event, EVENT[e])) e++;
    while (c < RK_CAUSES && !rk_slice_is(cause, CAUSE[c].name)) c++;
    if (e == RK_DELIVERY_EVENTS || c == RK_CAUSES || !rk_subject_parse(subject, &l->subject))
        return rk_fail(in->err, RK_BAD_INPUT,
                       "\"peristiwa\", \"sebab\" or \"apa\" is no word "
                       "of this log (%s)",
                       in->page);
    l->event = (enum rk_delivery_event)e, l->cause = (enum rk_delivery_cause)c;
    if ((l->cause == RK_CAUSE_RULE) != (rule.len > 0))
        return rk_fail(in->err, RK_BAD_INPUT, "\"aturan\" goes with \"tata-tempat\"");
    while (rule.len && r <= RK_S06 &&
           !rk_slice_is(rule, rk_residency_rule_name((enum rk_residency_rule)r)))
        r++;
    if (rule.len && r > RK_S06)
        return rk_fail(in->err, RK_BAD_INPUT, "\"aturan\" is no rule S01 to S06");
    l->rule = rule.len ? (enum rk_residency_rule)r : RK_S_OK;
    return RK_OK;
}

static rk_status read_numbers(const rk_json_in *in, rk_delivery_line *l) {
    rk_slice hex;
    json_t *bytes = json_object_get(l->json, "bytes");
    RK_TRY(rk_json_in_whole(in, l->json, "the line", "jumlah", RK_PARCELS_MAX, &l->files));
    RK_TRY(rk_json_in_whole(in, l->json, "the line", "percobaan", UINT32_MAX, &l->attempt));
    RK_TRY(rk_json_in_text(in, l->json, "the line", "sha256", false, &hex));
    if (bytes && (!json_is_integer(bytes) || json_integer_value(bytes) < 0))
        return rk_fail(in->err, RK_BAD_INPUT, "\"bytes\" is no whole number");
    l->bytes = bytes ? (uint64_t)json_integer_value(bytes) : 0;
    bool file = l->event == RK_DELIVERY_FILE;
    if (file != (hex.len > 0) || (file && !rk_sha256_parse(hex, &l->sha256)) ||
        file != (l->file.len > 0))
        return rk_fail(in->err, RK_BAD_INPUT,
                       "\"berkas\" and \"sha256\" (64 digits) go with the event \"berkas\"");
    return RK_OK;
}

rk_status rk_delivery_line_parse(rk_slice line, rk_delivery_line *l, rk_err *err) {
    static const char *const keys[] = {
        "format", "waktu", "peristiwa", "alias", "no",        "apa",    "rilis", "jumlah",
        "berkas", "bytes", "sha256",    "sebab", "percobaan", "aturan", "lagi",  NULL};
    rk_json_in in = {"docs/format/kirim.md", err};
    *l = (rk_delivery_line){0};
    RK_TRY(rk_json_in_doc(&in, line, RK_DELIVERY_LINE_MAX, "rekap-kirim-1", &l->json));
    RK_TRY(rk_json_in_keys(&in, l->json, "the line", keys));
    RK_TRY(rk_json_in_text(&in, l->json, "the line", "alias", true, &l->alias));
    RK_TRY(rk_json_in_text(&in, l->json, "the line", "no", false, &l->no));
    RK_TRY(rk_json_in_text(&in, l->json, "the line", "rilis", true, &l->release));
    RK_TRY(rk_json_in_text(&in, l->json, "the line", "berkas", false, &l->file));
    RK_TRY(read_times(&in, l));
    RK_TRY(read_words(&in, l));
    return read_numbers(&in, l);
}

void rk_delivery_line_free(rk_delivery_line *l) {
    json_decref(l->json);
    *l = (rk_delivery_line){0};
}
