/* One counted election as tables: regions, stations, contests with choices and rules, forms
 * with their figures, votes one row each, findings, official figures. Numbers of rows are 1, 2,
 * ... */
#include "base/mem.h"
#include "base/num.h"
#include "base/wib.h"
#include "core/official.h"
#include "database/export.h"

#include <stdio.h>

#define N(n, id, en)                                                                           \
    { n, RK_DB_INT, NULL, id, en, NULL }
#define R(n, to, id, en)                                                                       \
    { n, RK_DB_INT, to, id, en, NULL }
#define T(n, id, en)                                                                           \
    { n, RK_DB_TEXT, NULL, id, en, NULL }
#define COLUMNS(c) c, sizeof c / sizeof *c

static const rk_db_column PEMILU[] = {
    T("kode", "Kode pemilu", "Code of the election"),
    T("nama", "Nama", "Name"),
    T("tanggal", "Hari pemungutan suara", "Election day"),
    N("entri", "Entri catatan yang dihitung", "Entries of the log that were counted"),
};
static const rk_db_column WILAYAH[] = {
    N("id", "Nomor wilayah", "Number of the region"),
    T("kode", "Kode; 0 = nasional", "Code; 0 = the nation"),
    R("induk_id", "wilayah.id", "Wilayah di atasnya", "Region above"),
    T("nama", "Nama", "Name"),
    N("tingkat", "0 nasional, 1 provinsi, 2 kabupaten/kota, 3 kecamatan, 4 desa/kelurahan",
      "0 nation, 1 province, 2 regency/city, 3 district, 4 village"),
    R("provinsi_id", "wilayah.id", "Provinsinya", "Its province"),
    R("kabupaten_id", "wilayah.id", "Kabupaten/kotanya", "Its regency or city"),
    R("kecamatan_id", "wilayah.id", "Kecamatannya", "Its district"),
    {"tps_jumlah", RK_DB_INT, NULL, "Jumlah TPS", "Polling stations", "TPS"},
};
static const rk_db_column TPS[] = {
    N("id", "Nomor TPS di basis data ini", "Number of the station in this database"),
    T("kode", "Kode TPS", "Code of the station"),
    R("wilayah_id", "wilayah.id", "Desa/kelurahannya", "Its village"),
    N("nomor", "Nomor TPS di desanya", "Its number in the village"),
};
static const rk_db_column KONTES[] = {
    N("id", "Nomor kontes", "Number of the contest"),
    T("kode", "Kode kontes", "Its code"),
    T("nama", "Nama", "Name"),
};
static const rk_db_column PILIHAN[] = {
    N("id", "Nomor pilihan", "Number of the choice"),
    R("kontes_id", "kontes.id", "Kontes", "Contest"),
    N("surat_suara", "Nomor surat suara (dapil) di kontesnya",
      "Ballot (district) of its contest"),
    T("kode", "Kode pilihan", "Code of the choice"),
    N("nomor", "Nomor urut", "Ballot number"),
    T("nama", "Nama", "Name"),
    T("partai", "Kode partainya", "Code of its party"),
};
static const rk_db_column ATURAN[] = {
    N("id", "Nomor aturan", "Number of the rule"),
    R("kontes_id", "kontes.id", "Kontes", "Contest"),
    T("kode", "Kode aturan, R08 ...", "Code"),
    T("berat", "E bertentangan, W meragukan, I catatan", "E contradiction, W doubtful, I note"),
    T("nama_id", "Nama, bahasa Indonesia", "Name, Indonesian"),
    T("nama_en", "Nama, bahasa Inggris", "Name, English"),
};
static const rk_db_column FORMULIR[] = {
    /* the contests' fields follow */
    R("kontes_id", "kontes.id", "Kontes", "Contest"),
    R("tps_id", "tps.id", "TPS", "Station"),
    N("entri", "Entri catatan yang berlaku", "Entry of the log in force"),
    T("waktu", "Waktu sumbernya (WIB), bila ada", "The source's time (WIB), where given"),
    N("dihitung", "1 = ada angka suara", "1 = it has votes"),
    N("periksa", "1 = melanggar aturan E atau W", "1 = breaks an E or W rule"),
};
static const rk_db_column SUARA[] = {
    R("kontes_id", "kontes.id", "Kontes", "Contest"),
    R("tps_id", "tps.id", "TPS", "Station"),
    R("pilihan_id", "pilihan.id", "Pilihan", "Choice"),
    {"suara", RK_DB_INT, NULL, "Suara sebagaimana tertulis", "Votes as written", "suara"},
};
static const rk_db_column TEMUAN[] = {
    R("kontes_id", "kontes.id", "Kontes", "Contest"),
    R("tps_id", "tps.id", "TPS", "Station"),
    R("aturan_id", "aturan.id", "Aturan yang dilanggar", "Rule that is broken"),
};
static const rk_db_column RESMI[] = {
    R("kontes_id", "kontes.id", "Kontes", "Contest"),
    T("seri", "Nama seri resmi", "Series"),
    R("wilayah_id", "wilayah.id", "Wilayah", "Region"),
    T("kolom", "Kolom, suara_KODE untuk pilihan", "Column, suara_CODE for a choice"),
    N("nilai", "Angka resmi", "Official figure"),
    N("hitung", "Hasil hitung formulir", "Sum of the forms"),
};

static const rk_db_table TABLES[] = {
    {"pemilu", "Pemilu ini", "This election", COLUMNS(PEMILU), NULL, NULL},
    {"wilayah", "Wilayah", "Regions", COLUMNS(WILAYAH), "id", "kode;induk_id"},
    {"tps", "TPS", "Polling stations", COLUMNS(TPS), "id", "kode;wilayah_id"},
    {"kontes", "Kontes", "Contests", COLUMNS(KONTES), "id", NULL},
    {"pilihan", "Pilihan tiap kontes dan surat suara", "Choices of each contest and ballot",
     COLUMNS(PILIHAN), "id", NULL},
    {"aturan", "Aturan pemeriksaan", "Rules", COLUMNS(ATURAN), "id", NULL},
    {"formulir", "Formulir yang berlaku, sebagaimana tertulis; kosong = tidak tertulis",
     "Forms in force, as written; empty = not written", COLUMNS(FORMULIR), "kontes_id,tps_id",
     NULL},
    {"suara", "Suara tiap pilihan di tiap formulir", "Votes of each choice on each form",
     COLUMNS(SUARA), NULL, "tps_id;pilihan_id"},
    {"temuan", "Aturan yang dilanggar tiap formulir", "Rules that each form breaks",
     COLUMNS(TEMUAN), NULL, "aturan_id;tps_id"},
    {"resmi", "Angka resmi di samping hitungan", "Official figures beside the count",
     COLUMNS(RESMI), NULL, NULL},
};
enum {
    T_PEMILU,
    T_WILAYAH,
    T_TPS,
    T_KONTES,
    T_PILIHAN,
    T_ATURAN,
    T_FORMULIR,
    T_SUARA,
    T_TEMUAN,
    T_RESMI,
    T_COUNT
};
_Static_assert(T_COUNT == sizeof TABLES / sizeof *TABLES, "one name a table");

#define VOTES(level)                                                                           \
    "SELECT k.kode AS kontes, w.kode AS kode_wilayah, w.nama AS wilayah, p.kode AS pilihan, "  \
    "p.nama, sum(s.suara) AS suara\n"                                                          \
    "FROM suara s JOIN pilihan p ON p.id = s.pilihan_id JOIN kontes k ON k.id = s.kontes_id\n" \
    "  JOIN tps t ON t.id = s.tps_id JOIN wilayah d ON d.id = t.wilayah_id\n"                  \
    "  JOIN wilayah w ON w.id = d." level                                                      \
    "_id GROUP BY k.kode, w.kode, w.nama, p.kode, p.nama"

static const rk_db_view VIEWS[] = {
    {"v_suara_nasional", "Suara nasional tiap pilihan", "National votes per choice",
     "SELECT k.kode AS kontes, p.kode AS pilihan, p.nama, sum(s.suara) AS suara\n"
     "FROM suara s JOIN pilihan p ON p.id = s.pilihan_id JOIN kontes k ON k.id = s.kontes_id\n"
     "GROUP BY k.kode, p.kode, p.nama"},
    {"v_suara_provinsi", "Suara per provinsi", "Votes per province", VOTES("provinsi")},
    {"v_suara_kabupaten", "Suara per kabupaten/kota", "Votes per regency or city",
     VOTES("kabupaten")},
    {"v_cakupan_provinsi", "TPS masuk per provinsi", "Stations in per province",
     "SELECT k.kode AS kontes, w.kode AS kode_wilayah, w.nama AS wilayah, w.tps_jumlah,\n"
     "  count(*) AS tps_diterima, sum(f.dihitung) AS tps_masuk, sum(f.periksa) AS tps_periksa\n"
     "FROM formulir f JOIN kontes k ON k.id = f.kontes_id JOIN tps t ON t.id = f.tps_id\n"
     "  JOIN wilayah d ON d.id = t.wilayah_id JOIN wilayah w ON w.id = d.provinsi_id\n"
     "GROUP BY k.kode, w.kode, w.nama, w.tps_jumlah"},
    {"v_temuan_aturan", "Jumlah TPS per aturan", "Stations per rule",
     "SELECT k.kode AS kontes, a.kode AS aturan, a.berat, a.nama_id, count(*) AS tps\n"
     "FROM temuan f JOIN aturan a ON a.id = f.aturan_id JOIN kontes k ON k.id = f.kontes_id\n"
     "GROUP BY k.kode, a.kode, a.berat, a.nama_id"},
    {"v_banding", "Resmi di samping hitungan", "Official beside counted",
     "SELECT k.kode AS kontes, r.seri, w.kode AS kode_wilayah, w.nama AS wilayah, r.kolom,\n"
     "  r.nilai AS resmi, r.hitung, r.nilai - r.hitung AS selisih\n"
     "FROM resmi r JOIN kontes k ON k.id = r.kontes_id JOIN wilayah w ON w.id = r.wilayah_id"},
};

/* ===== definitions ===== */

struct owned { /* what a schema of an election owns */
    rk_db_schema s;
    rk_db_table *table;
    rk_db_column *form;
    char *names;
    uint32_t n_field;
    rk_slice field[RK_COLUMNS_MAX]; /* column i of `formulir` past the fixed ones */
};

enum { FIXED = sizeof FORMULIR / sizeof *FORMULIR };

/* Every field that some contest has, once, in the order of the contests. */
static void fields(const rk_election *e, struct owned *o) {
    for (uint32_t c = 0; c < e->n_contest; c++)
        for (uint32_t f = 0; f < e->tally[c].contest->n_field; f++) {
            rk_slice name = e->tally[c].contest->field[f];
            uint32_t i = 0;
            while (i < o->n_field && !rk_slice_eq(o->field[i], name)) i++;
            if (i == o->n_field && i < RK_COLUMNS_MAX - FIXED) o->field[o->n_field++] = name;
        }
}

rk_db_schema *rk_db_election_schema(const rk_election *e) {
    struct owned *o = rk_alloc(sizeof *o);
    size_t bytes = 0;
    fields(e, o);
    for (uint32_t i = 0; i < o->n_field; i++) bytes += o->field[i].len + 1;
    o->form = rk_calloc(FIXED + o->n_field, sizeof *o->form);
    o->names = rk_alloc(bytes + 1);
    o->table = rk_dup(TABLES, sizeof TABLES);
    memcpy(o->form, FORMULIR, sizeof FORMULIR);
    char *p = o->names;
    for (uint32_t i = 0; i < o->n_field; i++) {
        memcpy(p, o->field[i].ptr, o->field[i].len);
        o->form[FIXED + i] = (rk_db_column){p,
                                            RK_DB_INT,
                                            NULL,
                                            "Medan formulir, sebagaimana tertulis",
                                            "Field of the form, as written",
                                            NULL};
        p += o->field[i].len + 1;
    }
    o->table[T_FORMULIR].column = o->form;
    o->table[T_FORMULIR].n_column = FIXED + o->n_field;
    o->s = (rk_db_schema){"rekap-pemilu",
                          "Hitungan pemilu per TPS",
                          "An election counted station by station",
                          o->table,
                          T_COUNT,
                          VIEWS,
                          sizeof VIEWS / sizeof *VIEWS};
    return &o->s;
}

void rk_db_schema_free(rk_db_schema **s) {
    struct owned *o = (struct owned *)*s;
    if (!o) return;
    rk_free(o->table);
    rk_free(o->form);
    rk_free(o->names);
    rk_free(o);
    *s = NULL;
}

/* ===== rows ===== */

struct out {
    rk_election *e;
    const struct owned *o;
    rk_db *w;
    rk_db_progress *say;
    void *ctx;
    rk_db_value v[RK_COLUMNS_MAX];
    uint32_t n;
    uint32_t *choice_first; /* per contest and ballot: number before its first choice */
    rk_err *err;
};

static void num(struct out *o, uint64_t v) {
    o->v[o->n++] = (rk_db_value){{"", 0}, (int64_t)v, false};
}
static void none(struct out *o) { o->v[o->n++] = (rk_db_value){{"", 0}, 0, true}; }
static void text(struct out *o, rk_slice s) { o->v[o->n++] = (rk_db_value){s, 0, true}; }

static rk_status row(struct out *o) {
    RK_ASSERT(o->n == o->w->now->n_column);
    o->n = 0;
    if (o->say && o->w->rows % 65536 == 0) o->say(o->ctx, o->w->rows);
    return rk_db_row(o->w, o->v, o->err);
}

static rk_status election(struct out *o) {
    text(o, o->e->id), text(o, o->e->name), text(o, o->e->date), num(o, o->e->size);
    return row(o);
}

static rk_status regions(struct out *o) {
    const rk_tree *t = o->e->tree;
    for (uint32_t i = 0; t && i < t->n; i++) {
        num(o, i + 1u), text(o, rk_tree_code(t, i));
        if (i)
            num(o, t->node[i].parent + 1u);
        else
            none(o);
        text(o, i ? t->node[i].name : RK_LIT("INDONESIA")), num(o, t->node[i].level);
        for (unsigned l = RK_PROVINSI; l <= RK_KECAMATAN; l++)
            if (t->node[i].level < l)
                none(o);
            else
                num(o, rk_tree_ancestor(t, i, l) + 1u);
        num(o, t->node[i].total);
        RK_TRY(row(o));
    }
    return RK_OK;
}

static rk_status stations(struct out *o) {
    const rk_tree *t = o->e->tree;
    for (uint32_t i = 0; t && i < t->n_tps; i++) {
        num(o, i + 1u), text(o, rk_code_slice(&t->tps_code[i])), num(o, t->tps[i].desa + 1u);
        num(o, t->tps[i].number);
        RK_TRY(row(o));
    }
    return RK_OK;
}

static rk_status contests(struct out *o) {
    for (uint32_t c = 0; c < o->e->n_contest; c++) {
        const rk_contest *k = o->e->tally[c].contest;
        num(o, c + 1u), text(o, rk_code_slice(&k->code)), text(o, k->name);
        RK_TRY(row(o));
    }
    return RK_OK;
}

static rk_status choices(struct out *o) {
    uint64_t id = 0;
    for (uint32_t c = 0; c < o->e->n_contest; c++) {
        const rk_contest *k = o->e->tally[c].contest;
        for (uint32_t b = 0; b < k->n_ballot; b++)
            for (uint32_t i = 0; i < k->ballot[b].n; i++) {
                const rk_choice *x = &k->ballot[b].choice[i];
                num(o, ++id), num(o, c + 1u), num(o, b + 1u), text(o, rk_code_slice(&x->code));
                num(o, x->number), text(o, x->name);
                text(o, x->party == RK_NONE
                            ? RK_LIT("")
                            : rk_code_slice(&k->ballot[b].choice[x->party].code));
                RK_TRY(row(o));
            }
    }
    return RK_OK;
}

static rk_status rules(struct out *o) {
    uint64_t id = 0;
    for (uint32_t c = 0; c < o->e->n_contest; c++) {
        const rk_contest *k = o->e->tally[c].contest;
        for (uint32_t r = 0; r < k->n_rule; r++) {
            num(o, ++id), num(o, c + 1u), text(o, rk_code_slice(&k->rule[r].id));
            text(o, (rk_slice){&k->rule[r].severity, 1}), text(o, k->rule[r].name_id);
            text(o, k->rule[r].name_en);
            RK_TRY(row(o));
        }
    }
    return RK_OK;
}

/* The contest's column of each field of the table. */
static void map_fields(const struct out *o, const rk_contest *k, uint32_t *at) {
    for (uint32_t i = 0; i < o->o->n_field; i++) at[i] = rk_contest_field(k, o->o->field[i]);
}

static rk_status forms(struct out *o) {
    uint32_t at[RK_COLUMNS_MAX] = {0};
    for (uint32_t c = 0; c < o->e->n_contest; c++) {
        const rk_tally *t = &o->e->tally[c];
        map_fields(o, t->contest, at);
        for (uint32_t i = 0; i < o->e->tree->n_tps; i++) {
            const uint32_t *cell = rk_tally_row(t, i);
            if (!cell) continue;
            const rk_form_state *f = &t->state[i];
            char when[RK_WIB_LEN];
            num(o, c + 1u), num(o, i + 1u), num(o, f->entry1 - 1u);
            text(o, f->own_ts ? (rk_slice){when, (size_t)(rk_wib_put(when, f->ts) - when)}
                              : RK_LIT(""));
            num(o, f->counted), num(o, (f->broken & t->review_mask) != 0);
            for (uint32_t k = 0; k < o->o->n_field; k++)
                if (at[k] == RK_NONE || cell[at[k]] == RK_ABSENT)
                    none(o);
                else
                    num(o, cell[at[k]]);
            RK_TRY(row(o));
        }
    }
    return RK_OK;
}

static rk_status votes(struct out *o) {
    uint64_t base = 0;
    for (uint32_t c = 0; c < o->e->n_contest; c++) {
        const rk_tally *t = &o->e->tally[c];
        const rk_contest *k = t->contest;
        uint64_t *first = rk_calloc(k->n_ballot + 1u, sizeof *first);
        for (uint32_t b = 0; b < k->n_ballot; b++) first[b] = base, base += k->ballot[b].n;
        rk_status s = RK_OK;
        for (uint32_t i = 0; s == RK_OK && i < o->e->tree->n_tps; i++) {
            const uint32_t *cell = rk_tally_row(t, i);
            uint32_t b = cell ? t->ballot_of[o->e->tree->tps[i].desa] : RK_NONE;
            for (uint32_t x = 0; b != RK_NONE && s == RK_OK && x < k->ballot[b].n; x++) {
                uint32_t v = cell[k->n_field + k->ballot[b].choice[x].slot];
                if (v == RK_ABSENT) continue;
                num(o, c + 1u), num(o, i + 1u), num(o, first[b] + x + 1), num(o, v);
                s = row(o);
            }
        }
        rk_free(first);
        RK_TRY(s);
    }
    return RK_OK;
}

static rk_status findings(struct out *o) {
    uint64_t base = 0;
    for (uint32_t c = 0; c < o->e->n_contest; c++) {
        const rk_tally *t = &o->e->tally[c];
        for (uint32_t i = 0; i < o->e->tree->n_tps; i++) {
            uint64_t broken = rk_tally_row(t, i) ? t->state[i].broken : 0;
            for (; broken; broken &= broken - 1) {
                num(o, c + 1u), num(o, i + 1u);
                num(o, base + (unsigned)__builtin_ctzll(broken) + 1);
                RK_TRY(row(o));
            }
        }
        base += t->contest->n_rule;
    }
    return RK_OK;
}

static rk_status official_series(struct out *o, const rk_official *r) {
    const rk_tally *t = &o->e->tally[r->contest];
    rk_official_table x;
    rk_buf name;
    RK_TRY(rk_official_parse(o->e->tree, t->contest, r->csv, &x, o->err));
    rk_buf_init(&name, 256);
    rk_status s = RK_OK;
    for (uint32_t i = 0; s == RK_OK && i < x.n; i++)
        for (uint32_t k = 0; s == RK_OK && k < x.n_column; k++) {
            uint64_t v = x.value[(size_t)i * x.n_column + k];
            if (v == UINT64_MAX) continue;
            rk_buf_clear(&name);
            rk_official_name(t->contest, &x, k, &name);
            num(o, r->contest + 1u), text(o, r->label), num(o, x.node[i] + 1u);
            text(o, rk_buf_slice(&name)), num(o, v);
            num(o, rk_official_counted(t, o->e->tree, &x, i, k));
            s = row(o);
        }
    rk_buf_free(&name);
    rk_official_free(&x);
    return s;
}

static rk_status official(struct out *o) {
    for (uint32_t i = 0; i < o->e->n_official; i++)
        RK_TRY(official_series(o, &o->e->official[i]));
    return RK_OK;
}

rk_status rk_db_export_election(rk_election *e, const rk_db_schema *s, rk_db *w,
                                rk_db_progress *say, void *ctx, rk_err *err) {
    static rk_status (*const ROWS[T_COUNT])(struct out *) = {
        election, regions, stations, contests, choices,
        rules,    forms,   votes,    findings, official};
    RK_ASSERT(e);
    if (!e->tree)
        return rk_fail(err, RK_NOT_FOUND,
                       "the election has no region tree yet: declare it with 'rekap wilayah'");
    struct out *o = rk_alloc(sizeof *o);
    *o = (struct out){
        .e = e, .o = (const struct owned *)s, .w = w, .say = say, .ctx = ctx, .err = err};
    rk_status st = RK_OK;
    for (uint32_t i = 0; st == RK_OK && i < T_COUNT; i++) {
        st = rk_db_table_begin(w, &s->table[i], err);
        if (st == RK_OK) st = ROWS[i](o);
        if (st == RK_OK) st = rk_db_table_end(w, err);
    }
    rk_free(o);
    return st;
}
