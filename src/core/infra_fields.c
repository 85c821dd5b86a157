/* What each kind of record says. The parser, the schema, the tables of every report and the
 * diagrams go by these lists: a field that is added here is disclosed everywhere. */
#include "core/infra.h"

#define TEXT(n, i, e)                                                                          \
    { n, i, e, RK_INFRA_TEXT, RK_INFRA_ANY, false }
#define MUST(n, i, e)                                                                          \
    { n, i, e, RK_INFRA_TEXT, RK_INFRA_ANY, true }
#define REF(n, i, e, k)                                                                        \
    { n, i, e, RK_INFRA_REF, k, false }
#define TYPE(n, i, e, t)                                                                       \
    { n, i, e, t, RK_INFRA_ANY, false }
#define NAME MUST("name", "Nama", "Name")
#define OPERATOR REF("operator", "Pengelola", "Operator", RK_INFRA_OPERATOR)
#define HOLDS REF("data", "Data yang dipegang", "Data held", RK_INFRA_DATA)
#define ADDRESS TYPE("address", "Alamat IP", "IP address", RK_INFRA_ADDRESS)
#define COUNTRY TYPE("country", "Negara", "Country", RK_INFRA_COUNTRY)
#define CONTRACT REF("contract", "Kontrak", "Contract", RK_INFRA_CONTRACT)
#define NETWORKS REF("networks", "Jaringan", "Networks", RK_INFRA_NETWORK)
#define NODE                                                                                   \
    TEXT("node_key", "Kunci simpul", "Node's key"),                                            \
        TEXT("build", "Sidik program", "Build hash"),                                          \
        TEXT("node_role", "Peran simpul", "Node's role"),                                      \
        TEXT("node_version", "Versi program", "Program version"),                              \
        TYPE("node_url", "Alamat uraian diri", "Where it describes itself", RK_INFRA_URL)

static const rk_infra_field SITE[] = {
    NAME,
    MUST("province", "Provinsi", "Province"),
    MUST("city", "Kabupaten/kota", "City"),
    COUNTRY,
    TYPE("location", "Lokasi persis", "Exact location", RK_INFRA_PLACE),
    OPERATOR,
    TEXT("purpose", "Kegunaan", "Purpose"),
};
static const rk_infra_field SERVER[] = {
    NAME,
    REF("site", "Lokasi", "Site", RK_INFRA_SITE),
    TEXT("role", "Peran", "Role"),
    TYPE("count", "Jumlah", "Count", RK_INFRA_WHOLE),
    TEXT("maker", "Pembuat", "Maker"),
    TEXT("model", "Tipe", "Model"),
    TEXT("cpu", "Prosesor", "Processor"),
    TEXT("memory", "Memori", "Memory"),
    TEXT("disk", "Penyimpanan", "Disk"),
    TEXT("os", "Sistem operasi", "Operating system"),
    OPERATOR,
    NETWORKS,
    ADDRESS,
    TYPE("rack", "Letak di rak", "Rack", RK_INFRA_PLACE),
    HOLDS,
    NODE,
};
static const rk_infra_field VM[] = {
    NAME,
    REF("host", "Berjalan di", "Runs on", RK_INFRA_ANY),
    TEXT("role", "Peran", "Role"),
    TEXT("cpu", "Prosesor", "Processor"),
    TEXT("memory", "Memori", "Memory"),
    TEXT("os", "Sistem operasi", "Operating system"),
    OPERATOR,
    NETWORKS,
    ADDRESS,
    HOLDS,
    NODE,
};
static const rk_infra_field SERVICE[] = {
    NAME,
    MUST("provider", "Penyedia", "Provider"),
    TEXT("product", "Produk", "Product"),
    TEXT("region", "Wilayah layanan", "Region"),
    COUNTRY,
    REF("site", "Lokasi", "Site", RK_INFRA_SITE),
    CONTRACT,
    OPERATOR,
    NETWORKS,
    ADDRESS,
    HOLDS,
};
static const rk_infra_field CONTRACTS[] = {
    MUST("subject", "Pekerjaan", "Subject"),
    MUST("provider", "Penyedia", "Provider"),
    TEXT("number", "Nomor", "Number"),
    TYPE("from", "Mulai", "From", RK_INFRA_DAY),
    TYPE("to", "Sampai", "To", RK_INFRA_DAY),
    TYPE("value", "Nilai (rupiah)", "Value (IDR)", RK_INFRA_WHOLE),
    TEXT("method", "Cara pengadaan", "Procurement method"),
    TYPE("procurement", "Dokumen pengadaan", "Procurement documents", RK_INFRA_URL),
};
static const rk_infra_field NETWORK[] = {
    NAME,
    TEXT("purpose", "Kegunaan", "Purpose"),
    TEXT("provider", "Penyedia", "Provider"),
    TEXT("bandwidth", "Lebar pita", "Bandwidth"),
    REF("site", "Lokasi", "Site", RK_INFRA_SITE),
    REF("networks", "Terhubung ke", "Connected to", RK_INFRA_NETWORK),
    CONTRACT,
    ADDRESS,
};
static const rk_infra_field CDN[] = {
    NAME,
    MUST("provider", "Penyedia", "Provider"),
    COUNTRY,
    TEXT("edges", "Sebaran tepi", "Edges"),
    REF("origin", "Sumber", "Origin", RK_INFRA_ANY),
    CONTRACT,
    OPERATOR,
    ADDRESS,
    HOLDS,
};
static const rk_infra_field DDOS[] = {
    NAME,
    MUST("provider", "Penyedia", "Provider"),
    COUNTRY,
    TEXT("capacity", "Kapasitas", "Capacity"),
    REF("protects", "Melindungi", "Protects", RK_INFRA_ANY),
    CONTRACT,
    OPERATOR,
    ADDRESS,
};
static const rk_infra_field FIREWALL[] = {
    NAME,
    REF("site", "Lokasi", "Site", RK_INFRA_SITE),
    TEXT("maker", "Pembuat", "Maker"),
    TEXT("model", "Tipe", "Model"),
    REF("protects", "Melindungi", "Protects", RK_INFRA_ANY),
    TEXT("rules", "Aturan", "Rules"),
    OPERATOR,
    ADDRESS,
};
static const rk_infra_field BACKUP[] = {
    NAME,
    REF("of", "Cadangan dari", "Backup of", RK_INFRA_ANY),
    REF("site", "Lokasi", "Site", RK_INFRA_SITE),
    COUNTRY,
    TEXT("frequency", "Kekerapan", "Frequency"),
    TEXT("retention", "Masa simpan", "Retention"),
    TEXT("encryption", "Enkripsi", "Encryption"),
    OPERATOR,
    ADDRESS,
    HOLDS,
};
static const rk_infra_field OPERATORS[] = {
    NAME,
    TEXT("duty", "Tugas", "Duty"),
    COUNTRY,
    CONTRACT,
};
static const rk_infra_field DATA[] = {
    NAME,
    MUST("class", "Kelas", "Class"),
    TEXT("personal", "Data pribadi", "Personal data"),
    TEXT("basis", "Dasar hukum", "Legal basis"),
    TEXT("retention", "Masa simpan", "Retention"),
};
static const rk_infra_field FLOW[] = {
    {"from", "Dari", "From", RK_INFRA_REF, RK_INFRA_ANY, true},
    {"to", "Ke", "To", RK_INFRA_REF, RK_INFRA_ANY, true},
    REF("data", "Data", "Data", RK_INFRA_DATA),
    TEXT("protocol", "Protokol", "Protocol"),
    TEXT("encryption", "Enkripsi", "Encryption"),
    TEXT("purpose", "Kegunaan", "Purpose"),
};

#define ROW(s, i, e, o, f)                                                                     \
    { s, i, e, o, f, sizeof(f) / sizeof *(f) }
static const rk_infra_table TABLE[RK_INFRA_KINDS] = {
    ROW("sites", "Lokasi", "Sites", "lokasi", SITE),
    ROW("servers", "Server fisik", "Physical servers", "server fisik", SERVER),
    ROW("vms", "Server virtual", "Virtual servers", "server virtual", VM),
    ROW("services", "Layanan awan", "Cloud services", "layanan awan", SERVICE),
    ROW("contracts", "Kontrak", "Contracts", "kontrak", CONTRACTS),
    ROW("networks", "Jaringan", "Networks", "jaringan", NETWORK),
    ROW("cdns", "Jaringan distribusi konten", "CDN", "CDN", CDN),
    ROW("ddos", "Perlindungan DDoS", "DDoS protection", "perlindungan DDoS", DDOS),
    ROW("firewalls", "Tembok api", "Firewalls", "tembok api", FIREWALL),
    ROW("backups", "Cadangan", "Backups", "cadangan", BACKUP),
    ROW("operators", "Pengelola", "Operators", "pengelola", OPERATORS),
    ROW("data", "Data", "Data", "data", DATA),
    ROW("flows", "Aliran data", "Data flows", "aliran data", FLOW),
};
_Static_assert(sizeof SERVER / sizeof *SERVER <= RK_INFRA_FIELDS_MAX, "fields of a record");

const rk_infra_table *rk_infra_table_of(enum rk_infra_kind k) { return &TABLE[k]; }

uint32_t rk_infra_field_of(enum rk_infra_kind k, const char *name) {
    for (uint32_t f = 0; f < TABLE[k].n; f++)
        if (strcmp(TABLE[k].field[f].name, name) == 0) return f;
    return RK_NONE;
}

/* ===== the schema ===== */

static void value_type(const rk_infra_field *f, rk_buf *b) {
    switch (f->type) {
    case RK_INFRA_WHOLE:
        rk_buf_lit(b, "{\"type\": \"integer\", \"minimum\": 0}");
        break;
    case RK_INFRA_DAY:
        rk_buf_lit(b, "{\"type\": \"string\", \"format\": \"date\"}");
        break;
    case RK_INFRA_URL:
        rk_buf_lit(b, "{\"type\": \"string\", \"pattern\": \"^https?://\"}");
        break;
    case RK_INFRA_COUNTRY:
        rk_buf_lit(b, "{\"type\": \"string\", \"pattern\": \"^[A-Z]{2}$\"}");
        break;
    case RK_INFRA_REF:
    case RK_INFRA_ADDRESS:
        rk_buf_lit(b, "{\"type\": [\"string\", \"array\"], \"items\": {\"type\": \"string\"}}");
        break;
    case RK_INFRA_TEXT:
    case RK_INFRA_PLACE:
        rk_buf_printf(b, "{\"type\": \"string\", \"minLength\": 1, \"maxLength\": %u}",
                      RK_TEXT_MAX);
        break;
    }
}

static void schema_field(const rk_infra_field *f, rk_buf *b) {
    rk_buf_printf(b, "          \"%s\": {\"title\": ", f->name);
    rk_buf_json(b, rk_slice_str(f->id));
    rk_buf_lit(b, ", \"description\": ");
    rk_buf_json(b, rk_slice_str(f->en));
    rk_buf_lit(b, ",\n            \"oneOf\": [{\"type\": \"object\", \"required\": [\"open\"], "
                  "\"additionalProperties\": false, \"properties\": {\"open\": ");
    value_type(f, b);
    rk_buf_lit(b,
               "}},\n              {\"type\": \"object\", \"required\": [\"exempt\", \"by\"], "
               "\"additionalProperties\": false, \"properties\": {\"exempt\": ");
    value_type(f, b);
    rk_buf_lit(b, ", \"by\": {\"$ref\": \"#/$defs/id\"}}}]},\n");
}

static void schema_kind(const rk_infra_table *t, rk_buf *b) {
    rk_buf_printf(b, "    \"%s\": {\"type\": \"array\", \"title\": \"%s / %s\", \"items\": {\n",
                  t->section, t->id, t->en);
    rk_buf_lit(b, "        \"type\": \"object\", \"additionalProperties\": false, "
                  "\"required\": [\"id\"");
    for (uint32_t f = 0; f < t->n; f++)
        if (t->field[f].needed) rk_buf_printf(b, ", \"%s\"", t->field[f].name);
    rk_buf_lit(b, "],\n        \"properties\": {\n");
    for (uint32_t f = 0; f < t->n; f++) schema_field(&t->field[f], b);
    rk_buf_lit(b,
               "          \"exempt\": {\"$ref\": \"#/$defs/id\", \"description\": \"the whole "
               "record is withheld by this exemption\"},\n"
               "          \"id\": {\"$ref\": \"#/$defs/id\"}}}},\n");
}

void rk_infra_schema(rk_buf *b) {
    rk_buf_lit(
        b, "{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"
           "  \"title\": \"rekap-infra-1\",\n"
           "  \"description\": \"Inventory of infrastructure, see docs/format/infra.md. "
           "Made by 'rekap disclose --schema'.\",\n"
           "  \"type\": \"object\",\n  \"additionalProperties\": false,\n"
           "  \"required\": [\"format\"],\n"
           "  \"$defs\": {\"id\": {\"type\": \"string\", \"pattern\": "
           "\"^[a-z0-9][a-z0-9-]{0,39}$\"}},\n  \"properties\": {\n"
           "    \"format\": {\"const\": \"rekap-infra-1\"},\n"
           "    \"inventory\": {\"type\": \"object\", \"additionalProperties\": false,\n"
           "      \"required\": [\"name\", \"body\", \"version\"],\n      \"properties\": {");
    static const char *const head[] = {"name", "body", "version", "note"};
    for (size_t i = 0; i < 4; i++)
        rk_buf_printf(b, "\"%s\": {\"type\": \"string\"}, ", head[i]);
    rk_buf_lit(b, "\"fictional\": {\"type\": \"boolean\"}}},\n");
    for (unsigned k = 0; k < RK_INFRA_KINDS; k++) schema_kind(&TABLE[k], b);
    rk_buf_lit(
        b,
        "    \"exemptions\": {\"type\": \"array\", \"items\": {\n"
        "        \"type\": \"object\", \"additionalProperties\": false,\n"
        "        \"required\": [\"id\", \"letter\", \"test\", \"until\", \"then\"],\n"
        "        \"properties\": {\n          \"id\": {\"$ref\": \"#/$defs/id\"},\n"
        "          \"letter\": {\"type\": \"string\", \"pattern\": \"^[a-j]$\", "
        "\"description\": "
        "\"of UU 14/2008 art. 17\"},\n"
        "          \"test\": {\"type\": \"string\", \"description\": \"consequence test; it is "
        "published\"},\n          \"decision\": {\"type\": \"string\"},\n"
        "          \"until\": {\"type\": \"string\", \"format\": \"date\"},\n"
        "          \"then\": {\"enum\": [\"open\", \"closed\"]}}}}\n  }\n}\n");
}
