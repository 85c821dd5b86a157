/* What explains a release: datapackage.json (Frictionless), the pages, the feed. Indonesian and
 * English. Functions of the entries and of the files beside them, without clock. */
#include "base/wib.h"
#include "files/stream.h"
#include "publish/release.h"
#include "publish/tables.h"

#include <limits.h>
#include <stdio.h>

struct field {
    const char *name, *type, *id, *en, *unit;
};

/* ===== datapackage.json ===== */

static const struct field TPS[] = {
    {"tps", "string", "kode TPS", "polling station code", ""},
    {"desa", "string", "kode desa/kelurahan", "village code", ""},
    {"ts", "datetime", "waktu menurut sumber, WIB", "time stated by the source, UTC+7", ""},
    {"status", "string",
     "belum: formulir belum ada; masuk: ada suara; kosong: formulir tanpa suara",
     "belum: no form yet; masuk: has votes; kosong: form without votes", ""},
    {"periksa", "integer", "1 bila melanggar aturan berat E atau W",
     "1 if a rule of severity E or W is broken", ""},
    {"generasi", "integer", "0 pemungutan pertama, 1 setelah pemungutan ulang, dst.",
     "0 first vote, 1 after a re-vote, ...", ""},
    {"psu", "string", "jenis pemungutan suara", "which vote the form is of", ""},
    {"entri", "integer", "nomor entri dalam log", "index of the entry in the log", ""},
    {"temuan", "string", "aturan yang dilanggar, dipisah spasi",
     "rules broken, separated by blanks", ""},
    {"foto", "string",
     "acuan foto formulir, dipisah spasi; foto/SHA-256.jpg salinan publik; - tidak ada",
     "references of the form's photos, separated by blanks; foto/SHA-256.jpg a public copy; - "
     "none",
     ""},
    {"baca", "string",
     "keadaan pembacaan foto: diterima, ditolak, dirujuk, sesuai, tidak-sesuai (sebagaimana "
     "tertulis); kosong: tanpa foto",
     "state of the photos' reading: received, refused, referred to people, consistent, "
     "inconsistent as written; empty: no photo",
     ""},
    {"banding", "string", "bacaan dibanding angka yang dimasukkan orang: sama, beda",
     "the reading against figures that people entered: same, differs", ""},
    {0}};
static const struct field RECAP_PHOTOS[] = {
    {"tps_foto", "integer", "TPS yang fotonya diterima", "stations with photos", "TPS"},
    {"tps_dibaca", "integer", "TPS yang fotonya terbaca", "stations whose photos were read",
     "TPS"},
    {"tps_ditolak", "integer", "TPS yang fotonya tidak terbaca",
     "stations whose photos could not be read", "TPS"},
    {"tps_dirujuk", "integer", "TPS yang bacaannya dirujuk ke orang",
     "stations referred to people", "TPS"},
    {"tps_sesuai", "integer", "TPS yang seluruh bacaannya lolos",
     "stations where every figure read passed", "TPS"},
    {"tps_tidak_sesuai", "integer", "TPS yang tidak sesuai sebagaimana tertulis",
     "stations inconsistent as written", "TPS"},
    {"tps_beda", "integer", "TPS yang bacaannya beda dari angka yang dimasukkan orang",
     "stations where the reading differs from figures that people entered", "TPS"},
    {0}};
static const struct field RECAP[] = {
    {"tingkat", "integer", "0 nasional .. 4 desa/kelurahan", "0 nation .. 4 village", ""},
    {"kode", "string", "kode wilayah", "region code", ""},
    {"nama", "string", "nama wilayah", "region name", ""},
    {"tps_jumlah", "integer", "jumlah TPS", "polling stations", "TPS"},
    {"tps_diterima", "integer", "TPS yang formulirnya ada", "stations with a form", "TPS"},
    {"tps_masuk", "integer", "TPS yang ada suaranya", "stations with votes", "TPS"},
    {"tps_periksa", "integer", "TPS yang perlu diperiksa", "stations to be reviewed", "TPS"},
    {0}};
static const struct field FINDINGS[] = {
    {"tps", "string", "kode TPS", "polling station code", ""},
    {"aturan", "string", "aturan yang dilanggar", "rule broken", ""},
    {"berat", "string", "E galat, W peringatan, I keterangan",
     "E error, W warning, I information", ""},
    {"medan", "string", "kolom yang bersangkutan", "column concerned", ""},
    {"harus", "string", "nilai menurut aturan", "value by the rule", ""},
    {"tertulis", "integer", "nilai yang tertulis", "value as written", ""},
    {0}};
static const struct field COMPARISON[] = {
    {"seri", "string", "nama seri resmi", "official series", ""},
    {"kode", "string", "kode wilayah", "region code", ""},
    {"nama", "string", "nama wilayah", "region name", ""},
    {"kolom", "string", "kolom", "column", ""},
    {"resmi", "integer", "angka resmi", "official figure", ""},
    {"hitung", "integer", "angka hasil hitung", "figure counted here", ""},
    {"selisih", "integer", "hitung dikurangi resmi", "counted less official", ""},
    {0}};
static const struct field CHANGES[] = {
    {"tps", "string", "kode TPS", "polling station code", ""},
    {"perubahan", "string", "baru, berubah, hilang; kolom: susunan kolom berganti",
     "baru new, berubah changed, hilang gone; kolom: other columns", ""},
    {"kolom", "string", "kolom yang berubah", "column that changed", ""},
    {"sebelum", "string", "nilai pada rilis sebelumnya", "value in the release before", ""},
    {"sesudah", "string", "nilai pada rilis ini", "value in this release", ""},
    {0}};
static const struct field REGIONS[] = {
    {"kode", "string", "kode wilayah", "region code", ""},
    {"induk", "string", "kode wilayah induk", "code of the region above", ""},
    {"nama", "string", "nama wilayah", "region name", ""},
    {"tingkat", "integer", "1 provinsi .. 4 desa/kelurahan", "1 province .. 4 village", ""},
    {"dapil", "string", "daerah pemilihan", "electoral district", ""},
    {0}};

static const struct table {
    const char *name, *id, *en;
    const struct field *field;
    bool figures; /* the contest's columns follow */
} TABLES[] = {
    {"tps", "Setiap TPS: semua angka seperti tertulis, keadaan, temuan, entri",
     "Every polling station: all figures as written, state, findings, entry", TPS, true},
    {"rekap", "Rekapitulasi semua tingkat", "Recapitulation at every level", RECAP, true},
    {"temuan", "Semua temuan", "All findings", FINDINGS, false},
    {"banding", "Perbandingan dengan angka resmi", "Comparison with official figures",
     COMPARISON, false},
    {"perubahan", "Perubahan terhadap rilis sebelumnya", "Differences to the release before",
     CHANGES, false},
};

static void text_field(rk_buf *b, bool first, const struct field *f) {
    if (!first) rk_buf_byte(b, ',');
    rk_buf_printf(b,
                  "\n    {\"name\":\"%s\",\"type\":\"%s\",\"description\":\"%s / %s\","
                  "\"description_id\":\"%s\",\"description_en\":\"%s\"",
                  f->name, f->type, f->id, f->en, f->id, f->en);
    if (strcmp(f->type, "datetime") == 0) rk_buf_lit(b, ",\"format\":\"%Y-%m-%d %H:%M:%S\"");
    if (*f->unit) rk_buf_printf(b, ",\"unit\":\"%s\"", f->unit);
    rk_buf_byte(b, '}');
}

/* The name of a choice where it is the same on every ballot. */
static rk_slice choice_name(const rk_contest *c, rk_slice code) {
    uint32_t col = c->n_ballot ? rk_contest_choice(c, 0, code) : RK_NONE;
    const rk_choice *x =
        c->n_ballot == 1 && col != RK_NONE ? rk_contest_slot(c, 0, col - c->n_field) : NULL;
    return x ? x->name : (rk_slice){0};
}

static void figure_field(rk_buf *b, const rk_contest *c, uint32_t i, rk_slice name) {
    rk_buf text;
    bool vote = i >= c->n_field;
    rk_slice who = vote ? choice_name(c, rk_slice_from(name, 6)) : (rk_slice){0};
    rk_buf_init(&text, RK_NAME_MAX * 4u + 400u);
    if (vote)
        rk_buf_printf(&text, "suara untuk pilihan %.*s %.*s / votes for choice %.*s",
                      RK_FMT(rk_slice_from(name, 6)), RK_FMT(who),
                      RK_FMT(rk_slice_from(name, 6)));
    else
        rk_buf_printf(&text, "medan %.*s pada formulir / field of the form", RK_FMT(name));
    rk_buf_lit(b, ",\n    {\"name\":");
    rk_buf_json(b, name);
    rk_buf_lit(b, ",\"type\":\"integer\",\"description\":");
    rk_buf_json(b, rk_buf_slice(&text));
    bool people =
        rk_slice_starts(name, RK_LIT("pemilih_")) || rk_slice_starts(name, RK_LIT("pengguna_"));
    bool paper = rk_slice_starts(name, RK_LIT("surat_suara"));
    rk_buf_printf(b, ",\"unit\":\"%s\"}",
                  vote || rk_slice_starts(name, RK_LIT("suara_")) ? "suara"
                  : people                                        ? "orang"
                  : paper                                         ? "lembar"
                                                                  : "jumlah");
    rk_buf_free(&text);
}

static void figure_fields(rk_buf *b, const rk_contest *c) {
    rk_buf names;
    rk_buf_init(&names, 64u << 20);
    rk_table_columns(c, &names);
    rk_slice rest = rk_slice_from(rk_buf_slice(&names), 1), name;
    for (uint32_t i = 0; rk_slice_cut(&rest, ',', &name); i++) figure_field(b, c, i, name);
    rk_buf_free(&names);
}

/* One resource: where it is, how long, its hash, its columns. */
static rk_status resource(rk_buf *b, const char *dir, const char *path, const struct table *t,
                          const rk_tally *tally, rk_err *err) {
    const rk_contest *c = tally ? tally->contest : NULL;
    char file[PATH_MAX], hex[65] = {0};
    rk_sha256 h;
    uint64_t bytes;
    int n = snprintf(file, sizeof file, "%s/%s", dir, path);
    if (n < 0 || n >= PATH_MAX) return rk_fail(err, RK_LIMIT, "%s: the name is too long", dir);
    RK_TRY(rk_file_hash(file, &h, &bytes, err));
    rk_sha256_put(hex, &h);
    rk_buf_printf(b, "\n  {\"name\":\"%s%s%.*s\",\"path\":", t->name, c ? "-" : "",
                  c ? (int)c->code.len : 0, c ? c->code.s : "");
    rk_buf_json(b, rk_slice_str(path));
    rk_buf_printf(
        b,
        ",\"title\":\"%s / %s\",\"profile\":\"tabular-data-resource\",\"format\":\"csv\","
        "\"mediatype\":\"text/csv\",\"encoding\":\"utf-8\",\"bytes\":%llu,\"hash\":"
        "\"sha256:%s\",\"schema\":{\"missingValues\":[\"\"],\"fields\":[",
        t->id, t->en, (unsigned long long)bytes, hex);
    for (const struct field *f = t->field; f->name; f++) text_field(b, f == t->field, f);
    bool photos = t->field == RECAP && tally && tally->n_received;
    for (const struct field *f = RECAP_PHOTOS; photos && f->name; f++) text_field(b, false, f);
    if (c && t->figures) figure_fields(b, c);
    rk_buf_lit(b, "]}}");
    return RK_OK;
}

rk_status rk_release_package(rk_election *e, const char *dir, rk_buf *b, rk_err *err) {
    static const struct table regions = {"wilayah", "Wilayah", "Regions", REGIONS, false};
    char path[RK_CODE_MAX + 40u], wib[RK_WIB_LEN + 1] = {0};
    rk_wib_put(wib, e->last_time);
    wib[10] = 'T';
    rk_buf_lit(b, "{\"profile\":\"tabular-data-package\",\"name\":");
    rk_buf_json(b, e->id);
    rk_buf_lit(b, ",\"title\":");
    rk_buf_json(b, e->name);
    rk_buf_printf(
        b,
        ",\"version\":\"%llu\",\"created\":\"%s+07:00\",\"description\":\"Hitungan per "
        "TPS seperti tertulis, pada %llu entri log / the count per polling station as "
        "written, at %llu log entries\",\"resources\":[",
        (unsigned long long)e->size, wib, (unsigned long long)e->size,
        (unsigned long long)e->size);
    bool first = true;
    if (e->tree) {
        RK_TRY(resource(b, dir, "wilayah.csv", &regions, NULL, err));
        first = false;
    }
    for (uint32_t k = 0; k < e->n_contest; k++)
        for (size_t i = 0; i < sizeof TABLES / sizeof *TABLES; i++) {
            const rk_contest *c = e->tally[k].contest;
            snprintf(path, sizeof path, "%.*s/%s.csv", RK_FMT(rk_code_slice(&c->code)),
                     TABLES[i].name);
            if (!first) rk_buf_byte(b, ',');
            first = false;
            RK_TRY(resource(b, dir, path, &TABLES[i], &e->tally[k], err));
        }
    rk_buf_lit(b, "\n]}\n");
    return RK_OK;
}

/* ===== pages ===== */

static void page_head(rk_buf *b, rk_slice name, const char *title) {
    rk_buf_lit(b, "<!doctype html>\n<html lang=\"id\"><meta charset=\"utf-8\"><meta "
                  "name=\"viewport\" content=\"width=device-width\"><title>");
    rk_buf_html(b, name);
    rk_buf_printf(b, " - %s</title>\n<h1>", title);
    rk_buf_html(b, name);
    rk_buf_printf(b, "</h1>\n<p>%s</p>\n", title);
}

static void item(rk_buf *b, const char *path, const char *id, const char *en, bool packed) {
    rk_buf_printf(b, "<li><a href=\"%s\">%s</a>", path, path);
    if (packed)
        rk_buf_printf(b, " (<a href=\"%s.zst\">zst</a>, <a href=\"%s.gz\">gz</a>)", path, path);
    rk_buf_printf(b, " - %s / <span lang=\"en\">%s</span></li>\n", id, en);
}

void rk_release_index(const rk_election *e, uint64_t size, rk_buf *b) {
    char title[120], path[RK_CODE_MAX + 40u];
    snprintf(title, sizeof title, "rilis pada %llu entri log", (unsigned long long)size);
    page_head(b, e->name, title);
    rk_buf_lit(b, "<ul>\n");
    item(b, "datapackage.json", "uraian semua kolom", "all columns described", false);
    item(b, "manifest/index", "sidik jari semua berkas", "hashes of all files", false);
    item(b, "manifest/note", "tanda tangan", "signature", false);
    item(b, "checkpoint.note", "titik periksa log", "the log's checkpoint", false);
    item(b, "kunci.json", "kunci", "keys", false);
    if (e->tree) item(b, "wilayah.csv", "wilayah", "regions", true);
    rk_buf_lit(b, "</ul>\n");
    for (uint32_t k = 0; k < e->n_contest; k++) {
        const rk_contest *c = e->tally[k].contest;
        rk_buf_lit(b, "<h2>");
        rk_buf_html(b, c->name);
        rk_buf_lit(b, "</h2>\n<ul>\n");
        for (size_t i = 0; i < sizeof TABLES / sizeof *TABLES; i++) {
            snprintf(path, sizeof path, "%.*s/%s.csv", RK_FMT(rk_code_slice(&c->code)),
                     TABLES[i].name);
            item(b, path, TABLES[i].id, TABLES[i].en, true);
        }
        snprintf(path, sizeof path, "%.*s/kontes.json", RK_FMT(rk_code_slice(&c->code)));
        item(b, path, "kontes seperti dideklarasikan", "the contest as declared", true);
        rk_buf_lit(b, "</ul>\n");
    }
}

static const char QUOTA[] =
    "<h2>Kuota / Quota</h2>\n<p>Data ini terbuka untuk siapa saja tanpa permohonan dan tanpa "
    "pendaftaran. Periksa <code>terbaru.json</code> paling sering sekali semenit; unduh paling "
    "banyak 4 berkas sekaligus; ambil <code>.zst</code> atau <code>.gz</code> bila bisa. "
    "Semua berkas dapat dicerminkan: <code>manifest/</code> membuktikannya.</p>\n<p "
    "lang=\"en\">Open to "
    "everybody without asking or registering. Poll <code>terbaru.json</code> at most once a "
    "minute; at most 4 downloads at a time; prefer <code>.zst</code> or <code>.gz</code>. "
    "Every file may be mirrored: <code>manifest/</code> proves it.</p>\n";

void rk_release_root_index(const rk_release_of *of, const rk_release *r, uint32_t n,
                           rk_buf *b) {
    page_head(b, of->name, "rilis data mentah / raw data releases");
    rk_buf_lit(b, "<p><a href=\"terbaru/\">terbaru / latest</a>, <a href=\"terbaru.json\">"
                  "terbaru.json</a>, <a href=\"feed.xml\">Atom</a>, <a href=\"log/checkpoint\">"
                  "log</a></p>\n<ul>\n");
    for (uint32_t i = 0; i < n; i++) {
        char wib[RK_WIB_LEN + 1] = {0};
        rk_wib_put(wib, r[i].time);
        rk_buf_printf(b, "<li><a href=\"rilis-%llu/\">rilis-%llu</a> %s WIB</li>\n",
                      (unsigned long long)r[i].size, (unsigned long long)r[i].size,
                      r[i].noted ? wib : "");
    }
    rk_buf_lit(b, "</ul>\n");
    rk_buf_lit(b, QUOTA);
}

/* ===== the feed (RFC 4287) ===== */

static void feed_time(rk_buf *b, const char *tag, uint32_t seconds) {
    char wib[RK_WIB_LEN + 1] = {0};
    rk_wib_put(wib, seconds);
    wib[10] = 'T';
    rk_buf_printf(b, "<%s>%s+07:00</%s>", tag, wib, tag);
}

void rk_release_feed(const rk_release_of *of, const rk_release *r, uint32_t n, rk_buf *b) {
    rk_buf_lit(b, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed "
                  "xmlns=\"http://www.w3.org/2005/Atom\">\n<title>");
    rk_buf_html(b, of->name);
    rk_buf_lit(b, " - rilis</title>\n<id>urn:rekap:");
    rk_buf_html(b, of->id);
    rk_buf_lit(b, "</id>\n<author><name>rekap</name></author>\n<link rel=\"self\" "
                  "href=\"feed.xml\"/>\n");
    feed_time(b, "updated", n ? r[0].time : 0);
    for (uint32_t i = 0; i < n; i++) {
        char hex[65] = {0};
        rk_sha256_put(hex, &r[i].manifest);
        if (!r[i].noted) continue;
        rk_buf_printf(b, "\n<entry><title>rilis-%llu</title><id>urn:rekap:",
                      (unsigned long long)r[i].size);
        rk_buf_html(b, of->id);
        rk_buf_printf(b, ":rilis-%llu</id>", (unsigned long long)r[i].size);
        feed_time(b, "updated", r[i].time);
        rk_buf_printf(b,
                      "<link href=\"rilis-%llu/\"/><summary>%llu entri log, entri rilis %llu, "
                      "manifes SHA-256 %s</summary></entry>",
                      (unsigned long long)r[i].size, (unsigned long long)r[i].size,
                      (unsigned long long)r[i].entry, hex);
    }
    rk_buf_lit(b, "\n</feed>\n");
}
