/* The parts of a form in the order of C.Hasil: head, I voters, II ballot papers, III disabled
 * voters, what else the contest asks for, IV votes of the choices, V valid and invalid votes,
 * signatures. Wording after the official form of 2024. */
#include "print/layout_inner.h"

#include <math.h>
#include <stdio.h>

#define RULE 0.25 /* millimetres: a line of a table */
#define GREY 0.35 /* lighter than a box's frame, so that it draws none away */
#define SMALL 2.6
#define BODY 3.0
#define HEADING 3.7

static struct rk_words at(double x, double y, double w, double size) {
    return (struct rk_words){.x = x, .y = y, .w = w, .size = size, .rows = 1};
}
static void say(struct rk_draft *d, struct rk_words t, const char *text) {
    rk_art_text(d, rk_art(d), &t, rk_slice_str(text));
}
static void rule(struct rk_draft *d, double y) {
    rk_art_line(d, rk_art(d), LEFT, y, RIGHT, y, RULE, GREY);
}
static void post(struct rk_draft *d, double x, double y0, double y1) {
    rk_art_line(d, rk_art(d), x, y0, x, y1, RULE, GREY);
}

/* ===== head, on every page ===== */

static void place(struct rk_draft *d, double x, double y, const char *what, const char *name) {
    struct rk_words t = at(x, y, 31, BODY);
    rk_art_text(d, &d->head, &t, rk_slice_str(what));
    t.x += 31, t.w = 60, t.style = STYLE_BOLD;
    rk_art_text(d, &d->head, &t, rk_slice_str(name));
}

void rk_lay_head(struct rk_draft *d) {
    struct rk_words t = at(30, 12.5, 180, 3.4);
    double foot = d->height - 17;
    t.align = "tengah", t.style = STYLE_BOLD;
    rk_art_text(
        d, &d->head, &t,
        RK_LIT("CATATAN HASIL PENGHITUNGAN PEROLEHAN SUARA DI TEMPAT PEMUNGUTAN SUARA"));
    t.y = 20, t.size = 5.2, t.rows = 2;
    rk_art_text(d, &d->head, &t, RK_LIT("{nama}"));
    t.y = 28, t.size = BODY, t.rows = 1, t.style = STYLE_PLAIN;
    if (d->o->dapil.len) {
        char text[RK_NAME_MAX + 40];
        rk_slice name = d->o->dapil_name.len ? d->o->dapil_name : d->o->dapil;
        int n = snprintf(text, sizeof text, "Daerah pemilihan %.*s", RK_FMT(name));
        rk_art_text(d, &d->head, &t, (rk_slice){text, (size_t)n < sizeof text ? (size_t)n : 0});
    }
    place(d, 30, 38, "Provinsi", "{provinsi}");
    place(d, 30, 45, "Kabupaten/Kota", "{kabupaten}");
    place(d, 126, 38, "Kecamatan", "{kecamatan}");
    place(d, 126, 45, "Kelurahan/Desa", "{desa}");
    place(d, 126, 52, "Nomor TPS", "{tps}");
    t = at(30, foot, 237, BODY), t.align = "tengah", t.style = STYLE_BOLD;
    rk_art_text(d, &d->head, &t, RK_LIT("Halaman {halaman} dari {jumlah_halaman}  ·  {kode}"));
    t.y += 5, t.size = 2.4, t.style = STYLE_ITALIC;
    rk_art_text(
        d, &d->head, &t,
        RK_LIT("Tulis satu angka dalam satu kotak mengikuti titik-titiknya; kotak depan "
               "yang tidak terpakai diisi X. Jangan mencoret tanda hitam di sudut dan kode "
               "QR."));
}

/* ===== headings ===== */

static void heading(struct rk_draft *d, double follows, const char *number, const char *text) {
    rk_room(d, 9 + follows);
    struct rk_words t = at(LEFT, d->y + 5, 12, HEADING);
    t.style = STYLE_BOLD;
    say(d, t, number);
    t.x += 12, t.w = RIGHT - LEFT - 12;
    say(d, t, text);
    d->y += 9;
}

/* ===== I to III: rows of the administrative figures ===== */

#define ROW 14.0
#define SIDE 10.0

static const struct row {
    const char *base, *section, *number, *label;
} ROWS[] = {
    {"pemilih_dpt", "I", "A", "Jumlah pemilih dalam Daftar Pemilih Tetap (DPT)"},
    {"pengguna_dpt", "I", "B.1", "Jumlah pengguna hak pilih dalam Daftar Pemilih Tetap (DPT)"},
    {"pengguna_dptb", "I", "B.2",
     "Jumlah pengguna hak pilih dalam Daftar Pemilih Tambahan (DPTb)"},
    {"pengguna_non_dpt", "I", "B.3",
     "Jumlah pengguna hak pilih dalam Daftar Pemilih Khusus (DPK)"},
    {"pengguna_total", "I", "B.4", "Jumlah pengguna hak pilih (B.1 + B.2 + B.3)"},
    {"surat_suara_diterima", "II", "1",
     "Jumlah surat suara yang diterima, termasuk surat suara cadangan 2% dari DPT"},
    {"surat_suara_digunakan", "II", "2", "Jumlah surat suara yang digunakan"},
    {"surat_suara_dikembalikan", "II", "3",
     "Jumlah surat suara yang dikembalikan oleh pemilih karena rusak atau keliru coblos"},
    {"surat_suara_tidak_digunakan", "II", "4",
     "Jumlah surat suara yang tidak digunakan, termasuk sisa surat suara cadangan"},
    {"disabilitas", "III", "", "Jumlah seluruh pemilih disabilitas yang menggunakan hak pilih"},
};
enum { N_ROWS = sizeof ROWS / sizeof *ROWS };
static const char *const GROUP[] = {"_l", "_p", "_j"},
                         *const GROUP_NAME[] = {"LAKI-LAKI (L)", "PEREMPUAN (P)",
                                                "JUMLAH (L+P)"},
                         *const GROUP_WORD[] = {"laki-laki", "perempuan", "jumlah"};

/* The contest's field base + suffix, or an empty slice. */
static rk_slice field_of(const rk_contest *c, const char *base, const char *suffix) {
    char name[80];
    int n = snprintf(name, sizeof name, "%s%s", base, suffix);
    uint32_t at_field = rk_contest_field(c, (rk_slice){name, (size_t)n});
    if (at_field == RK_NONE) return (rk_slice){0};
    return c->field[at_field];
}

static bool row_there(const rk_contest *c, const char *base) {
    bool any = field_of(c, base, "").len > 0;
    for (int g = 0; g < 3; g++) any |= field_of(c, base, GROUP[g]).len > 0;
    return any;
}

/* Figures in three columns at the right; a field without L, P, J stands in the last. */
static double column_width(const struct rk_draft *d) {
    return rk_figure_width(d, SIDE, rk_figure_gap(d, 2.5)) + 5;
}
static double column_x(const struct rk_draft *d, int g) {
    return RIGHT - (3 - g) * column_width(d);
}

static void row_figure(struct rk_draft *d, rk_slice name, const char *section,
                       const char *label, const char *of, int column) {
    char text[200];
    int n = snprintf(text, sizeof text, "%s%s%s", label, of ? ", " : "", of ? of : "");
    double gap = rk_figure_gap(d, 2.5);
    struct rk_figure f = {.name = name,
                          .section = rk_slice_str(section),
                          .label = {text, (size_t)n < sizeof text ? (size_t)n : 0},
                          .x = column_x(d, column) + 2.5,
                          .y = d->y + ROW / 2,
                          .side = SIDE,
                          .gap = gap};
    rk_put_figure(d, &f);
}

static void table_head(struct rk_draft *d, bool groups) {
    double y = d->y, h = 6;
    struct rk_words t = at(LEFT, y + h / 2, column_x(d, groups ? 0 : 2) - LEFT, SMALL);
    t.align = "tengah", t.style = STYLE_BOLD;
    rk_art_rect(d, rk_art(d), LEFT, y, RIGHT - LEFT, h, RULE, 0.92);
    say(d, t, "URAIAN");
    t.w = column_width(d);
    for (int g = groups ? 0 : 2; g < 3; g++) {
        t.x = column_x(d, g);
        say(d, t, groups ? GROUP_NAME[g] : "JUMLAH");
    }
    d->y += h;
}

static void row_frame(struct rk_draft *d, bool groups) {
    rule(d, d->y + ROW);
    post(d, LEFT, d->y, d->y + ROW);
    post(d, RIGHT, d->y, d->y + ROW);
    for (int g = groups ? 0 : 2; g < 3; g++) post(d, column_x(d, g), d->y, d->y + ROW);
}

static void table_row(struct rk_draft *d, const struct row *r, bool groups) {
    char section[24];
    snprintf(section, sizeof section, "%s%s%s", r->section, *r->number ? "." : "", r->number);
    if (rk_room(d, ROW)) table_head(d, groups);
    double text = column_x(d, groups ? 0 : 2) - LEFT;
    struct rk_words t = at(LEFT + 3, d->y + ROW / 2, 10, BODY);
    t.style = STYLE_BOLD;
    say(d, t, r->number);
    t.x += *r->number ? 10 : 0, t.w = text - (*r->number ? 15 : 5), t.rows = 2;
    t.style = STYLE_PLAIN;
    say(d, t, r->label);
    if (field_of(d->c, r->base, "").len)
        row_figure(d, field_of(d->c, r->base, ""), section, r->label, NULL, 2);
    for (int g = 0; g < 3; g++)
        if (field_of(d->c, r->base, GROUP[g]).len)
            row_figure(d, field_of(d->c, r->base, GROUP[g]), section, r->label, GROUP_WORD[g],
                       g);
    row_frame(d, groups);
    d->y += ROW;
}

static void begin_table(struct rk_draft *d, const char *section, const char *title,
                        bool groups) {
    char number[8];
    snprintf(number, sizeof number, "%s.", section);
    heading(d, 6 + ROW, number, title);
    table_head(d, groups);
}

static void table(struct rk_draft *d, const char *section, const char *title, bool groups) {
    bool begun = false;
    for (int i = 0; i < N_ROWS; i++) {
        if (strcmp(ROWS[i].section, section) != 0 || !row_there(d->c, ROWS[i].base)) continue;
        if (!begun) begin_table(d, section, title, groups);
        begun = true;
        table_row(d, &ROWS[i], groups);
    }
    if (begun) d->y += 3;
}

/* ===== fields that no section of C.Hasil has ===== */

static bool in_rows(rk_slice field) {
    for (int i = 0; i < N_ROWS; i++) {
        rk_slice base = rk_slice_str(ROWS[i].base), rest = rk_slice_from(field, base.len);
        if (!rk_slice_starts(field, base)) continue;
        if (!rest.len) return true;
        for (int g = 0; g < 3; g++)
            if (rk_slice_is(rest, GROUP[g])) return true;
    }
    return false;
}

static void other_fields(struct rk_draft *d) {
    char base[80], label[80];
    bool begun = false;
    for (uint32_t i = 0; i < d->c->n_field; i++) {
        rk_slice f = d->c->field[i];
        if (in_rows(f) || rk_lay_elsewhere(d, f) || f.len >= sizeof base) continue;
        if (!begun) heading(d, 6 + ROW, "", "DATA LAIN"), table_head(d, false);
        begun = true;
        for (size_t k = 0; k <= f.len; k++) {
            base[k] = k < f.len ? f.ptr[k] : '\0';
            label[k] = base[k] == '_' ? ' ' : base[k];
        }
        if (label[0] >= 'a' && label[0] <= 'z') label[0] = (char)(label[0] - 32);
        table_row(d, &(struct row){base, "", "", label}, false);
    }
    if (begun) d->y += 3;
}

static void opening(struct rk_draft *d) {
    static const struct {
        const char *word;
        double x, dots_to;
    } part[] = {{"Pada hari ini", LEFT, 88},
                {"tanggal", 92, 130},
                {"bulan", 134, 184},
                {"tahun", 188, 228},
                {"bertempat di TPS ini,", 231, 0}};
    for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
        say(d, at(part[i].x, d->y + 3, 0, BODY), part[i].word);
        double from = part[i].x + 1.9 * (double)strlen(part[i].word) + 2;
        if (part[i].dots_to > 0) rk_art_dots(d, rk_art(d), from, part[i].dots_to, d->y + 4.4);
    }
    struct rk_words t = at(LEFT, d->y + 9, RIGHT - LEFT, BODY);
    say(d, t,
        "KPPS menghitung suara di hadapan saksi dan pengawas TPS, dengan hasil sebagai "
        "berikut.");
    d->y += 14;
}

void rk_lay_tables(struct rk_draft *d) {
    opening(d);
    table(d, "I", "DATA PEMILIH DAN PENGGUNA HAK PILIH", true);
    table(d, "II", "DATA PENGGUNAAN SURAT SUARA", false);
    table(d, "III", "DATA PEMILIH DISABILITAS", true);
    other_fields(d);
}

/* ===== IV and V: blocks with words, bubbles, tally ===== */

#define WIDE_SIDE 12.0
#define NUMBER_W 16.0
#define TALLY_CELL 7.0
enum { TALLY_COLS = 30, TALLY_ROWS = 2 };

struct block {
    rk_slice field, section, number, name, label;
    bool tally;
};

static double upper_height(const struct rk_draft *d) { return fmax(22, d->boxes * 5.2 + 7); }
static double block_height(const struct rk_draft *d, bool tally) {
    return upper_height(d) + (tally ? TALLY_ROWS * TALLY_CELL + 5 : 0);
}

static void block_tally(struct rk_draft *d, double y) {
    struct rk_words t = at(LEFT, y + TALLY_CELL, NUMBER_W, SMALL);
    t.align = "tengah", t.grey = 0.2, t.rows = 3;
    say(d, t, "Turus (lima per kotak)");
    rk_art_grid(d, rk_art(d), LEFT + NUMBER_W + 4, y, TALLY_CELL, TALLY_COLS, TALLY_ROWS);
}

static void block_words(struct rk_draft *d, const struct block *b, double x, double w) {
    struct rk_words t = at(LEFT, d->y + upper_height(d) / 2, NUMBER_W, 7);
    t.align = "tengah", t.style = STYLE_BOLD;
    rk_art_text(d, rk_art(d), &t, b->number);
    t = at(x, d->y + 6, w, 3.5), t.style = STYLE_BOLD, t.rows = 2;
    rk_art_text(d, rk_art(d), &t, b->name);
    t = at(x, d->y + 14, w, 2.3), t.grey = 0.2;
    say(d, t, "Dengan huruf:");
    rk_art_dots(d, rk_art(d), x, x + w, d->y + upper_height(d) - 2.5);
}

static void block(struct rk_draft *d, const struct block *b) {
    double h = block_height(d, b->tally), gap = rk_figure_gap(d, 3),
           wide = rk_figure_width(d, WIDE_SIDE, gap), bubble_w = d->o->bubbles ? 66 : 0,
           x = RIGHT - bubble_w - wide - 4;
    rk_art_rect(d, rk_art(d), LEFT, d->y, RIGHT - LEFT, h, RULE, -1);
    post(d, LEFT + NUMBER_W, d->y, d->y + h);
    block_words(d, b, LEFT + NUMBER_W + 3, x - LEFT - NUMBER_W - 8);
    const struct rk_figure f = {.name = b->field,
                                .section = b->section,
                                .label = b->label,
                                .x = x,
                                .y = d->y + upper_height(d) / 2,
                                .side = WIDE_SIDE,
                                .gap = gap,
                                .bubble_x = d->o->bubbles ? RIGHT - 51 : 0};
    rk_put_figure(d, &f);
    if (b->tally) block_tally(d, d->y + upper_height(d) + 1.5);
    d->y += h + 2.5;
}

/* ===== IV: one block a choice, or a table a party ===== */

void rk_choice_name(const rk_choice *x, const char *prefix, rk_buf *out) {
    rk_buf_clear(out);
    rk_buf_add(out, rk_slice_str(prefix));
    rk_buf_add(out, rk_code_slice(&x->code));
}

static rk_slice title_of(const rk_contest *c) {
    return c->shape == RK_PASLON ? RK_LIT("DATA RINCIAN PEROLEHAN SUARA PASANGAN CALON")
           : c->shape == RK_CALON
               ? RK_LIT("DATA RINCIAN PEROLEHAN SUARA CALON")
               : RK_LIT("DATA RINCIAN PEROLEHAN SUARA PARTAI POLITIK DAN CALON");
}

static void explain_bubbles(struct rk_draft *d) {
    struct rk_words t = at(LEFT, d->y + 1.5, RIGHT - LEFT, SMALL);
    t.style = STYLE_ITALIC;
    if (d->o->bubbles)
        say(d, t,
            "Hitamkan bulatan sesuai dengan angka dalam kotak: baris atas untuk kotak "
            "pertama, baris bawah untuk kotak terakhir.");
    d->y += d->o->bubbles ? 4.5 : 0;
}

static void plain_choice(struct rk_draft *d, const rk_choice *x) {
    rk_buf name, label;
    char number[RK_CODE_MAX + 1], section[RK_CODE_MAX + 5];
    rk_buf_init(&name, 100);
    rk_buf_init(&label, RK_NAME_MAX);
    rk_choice_name(x, "suara_", &name);
    if (x->number)
        snprintf(number, sizeof number, "%u", x->number);
    else
        snprintf(number, sizeof number, "%.*s", RK_FMT(rk_code_slice(&x->code)));
    snprintf(section, sizeof section, "IV.%s", number);
    rk_buf_printf(&label, "Jumlah suara sah nomor urut %s", number);
    const struct block b = {rk_buf_slice(&name),  rk_slice_str(section),
                            rk_slice_str(number), x->name,
                            rk_buf_slice(&label), d->o->tally};
    rk_room(d, block_height(d, b.tally));
    block(d, &b);
    rk_buf_free(&name);
    rk_buf_free(&label);
}

/* ----- parties ----- */

#define PARTY_ROW 11.6
#define PARTY_HEAD 8.0
enum { PARTY_TALLY = 18 };

static double party_side(const struct rk_draft *d) {
    return fmin(9, PARTY_ROW - GAP_LEAST_MM / d->scale);
}
static double party_total_height(const struct rk_draft *d) {
    return d->o->bubbles ? fmax(PARTY_ROW + 2, d->boxes * 5.2 + 3.5) : PARTY_ROW + 2;
}
static double party_height(const struct rk_draft *d, uint32_t candidates) {
    return PARTY_HEAD + (1 + candidates) * PARTY_ROW + party_total_height(d);
}

static void party_head(struct rk_draft *d, const rk_choice *p, bool again) {
    char text[RK_NAME_MAX + 40];
    int n = snprintf(text, sizeof text, "%u.  %.*s%s", p->number, RK_FMT(p->name),
                     again ? " (lanjutan)" : "");
    struct rk_words t = at(LEFT + 2, d->y + PARTY_HEAD / 2, 150, HEADING);
    rk_art_rect(d, rk_art(d), LEFT, d->y, RIGHT - LEFT, PARTY_HEAD, RULE, 0.92);
    t.style = STYLE_BOLD;
    rk_art_text(d, rk_art(d), &t, (rk_slice){text, (size_t)n < sizeof text ? (size_t)n : 0});
    t = at(RIGHT - 42, d->y + PARTY_HEAD / 2, 42, SMALL), t.align = "tengah";
    t.style = STYLE_BOLD;
    say(d, t, "JUMLAH SUARA");
    d->y += PARTY_HEAD;
}

struct party_row {
    rk_slice field, number, name, label;
    char section[24];
    bool total;
};

static void party_row(struct rk_draft *d, const struct party_row *r) {
    double h = r->total ? party_total_height(d) : PARTY_ROW, side = party_side(d),
           gap = rk_figure_gap(d, 2.5), wide = rk_figure_width(d, side, gap),
           x = RIGHT - 3 - wide, tally = r->total || !d->o->tally ? 0 : PARTY_TALLY * 6.5;
    struct rk_words t = at(LEFT + 1, d->y + h / 2, 9, BODY);
    t.align = "tengah";
    rk_art_text(d, rk_art(d), &t, r->number);
    t = at(LEFT + 11, d->y + h / 2, x - tally - LEFT - 16, BODY);
    t.rows = 2, t.style = r->total ? STYLE_BOLD : STYLE_PLAIN;
    if (r->total && d->o->bubbles) t.w = 88;
    rk_art_text(d, rk_art(d), &t, r->name);
    if (!r->name.len) rk_art_dots(d, rk_art(d), t.x, t.x + t.w, d->y + h / 2 + 2.5);
    if (tally > 0)
        rk_art_grid(d, rk_art(d), x - tally - 3, d->y + h / 2 - 3.25, 6.5, PARTY_TALLY, 1);
    const struct rk_figure f = {.name = r->field,
                                .section = rk_slice_str(r->section),
                                .label = r->label,
                                .x = x,
                                .y = d->y + h / 2,
                                .side = side,
                                .gap = gap,
                                .bubble_x = r->total && d->o->bubbles ? x - 56 : 0};
    rk_put_figure(d, &f);
    rule(d, d->y + h);
    post(d, LEFT, d->y, d->y + h);
    post(d, LEFT + 10, d->y, d->y + h);
    post(d, RIGHT, d->y, d->y + h);
    d->y += h;
}

static void room_in_party(struct rk_draft *d, const rk_choice *p, double h) {
    if (rk_room(d, h)) party_head(d, p, true);
}

static void candidate(struct rk_draft *d, const rk_choice *p, const rk_choice *x) {
    rk_buf name, label;
    char number[12];
    struct party_row r = {.name = x == p        ? RK_LIT("Suara partai politik")
                                  : x->name.len ? x->name
                                                : RK_LIT("")};
    rk_buf_init(&name, 100);
    rk_buf_init(&label, RK_NAME_MAX);
    rk_choice_name(x, "suara_", &name);
    if (x == p) {
        number[0] = '\0';
        snprintf(r.section, sizeof r.section, "IV.%u", p->number);
        rk_buf_printf(&label, "Suara partai nomor %u", p->number);
    } else {
        snprintf(number, sizeof number, "%u", x->number);
        snprintf(r.section, sizeof r.section, "IV.%u.%u", p->number, x->number);
        rk_buf_printf(&label, "Partai nomor %u, calon nomor %u", p->number, x->number);
    }
    r.field = rk_buf_slice(&name), r.number = rk_slice_str(number);
    r.label = rk_buf_slice(&label);
    room_in_party(d, p, PARTY_ROW);
    party_row(d, &r);
    rk_buf_free(&name);
    rk_buf_free(&label);
}

static void party_total(struct rk_draft *d, const rk_choice *p) {
    rk_buf name;
    char label[60];
    struct party_row r = {.name = RK_LIT("JUMLAH SUARA PARTAI POLITIK DAN CALON"),
                          .total = true};
    rk_buf_init(&name, 100);
    rk_choice_name(p, "jumlah_suara_", &name);
    int n =
        snprintf(label, sizeof label, "Jumlah suara partai nomor %u dan calonnya", p->number);
    snprintf(r.section, sizeof r.section, "IV.%u.J", p->number);
    r.field = rk_buf_slice(&name), r.label = (rk_slice){label, (size_t)n};
    room_in_party(d, p, party_total_height(d));
    party_row(d, &r);
    rk_buf_free(&name);
}

/* A party is kept on one page where it fits on one. */
static double party_room(const struct rk_draft *d, uint32_t k) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < d->b->n; i++) n += d->b->choice[i].party == k;
    return fmin(party_height(d, n), d->bottom - TOP - 14);
}

static void party(struct rk_draft *d, uint32_t k) {
    const rk_choice *p = &d->b->choice[k];
    rk_room(d, party_room(d, k));
    party_head(d, p, false);
    candidate(d, p, p);
    for (uint32_t i = 0; i < d->b->n; i++)
        if (d->b->choice[i].party == k) candidate(d, p, &d->b->choice[i]);
    party_total(d, p);
    d->y += 3;
}

void rk_lay_choices(struct rk_draft *d) {
    rk_slice title = title_of(d->c);
    bool parties = d->c->shape == RK_PARTAI;
    double first = parties && d->b->n ? party_room(d, 0) : block_height(d, d->o->tally),
           all = d->b->n * (first + 2.5);
    /* Choices that fit on one page are not torn apart. */
    bool together = !parties && TOP + 14 + all <= d->bottom;
    heading(d, 5 + (together ? all : first), "IV.", title.ptr);
    explain_bubbles(d);
    for (uint32_t i = 0; i < d->b->n; i++) {
        if (!parties)
            plain_choice(d, &d->b->choice[i]);
        else if (d->b->choice[i].party == RK_NONE)
            party(d, i);
    }
}

/* ===== V ===== */

static const struct {
    const char *field, *number, *label;
} TOTALS[] = {{"suara_sah", "A", "JUMLAH SELURUH SUARA SAH"},
              {"suara_tidak_sah", "B", "JUMLAH SUARA TIDAK SAH"},
              {"suara_total", "C", "JUMLAH SUARA SAH DAN SUARA TIDAK SAH (A + B)"}};
enum { N_TOTALS = sizeof TOTALS / sizeof *TOTALS };

bool rk_lay_elsewhere(const struct rk_draft *d, rk_slice field) {
    for (int i = 0; i < N_TOTALS; i++)
        if (rk_slice_is(field, TOTALS[i].field)) return true;
    for (uint32_t i = 0; d->c->shape == RK_PARTAI && i < d->b->n; i++) {
        rk_slice prefix = RK_LIT("jumlah_suara_"), code = rk_code_slice(&d->b->choice[i].code);
        if (d->b->choice[i].party == RK_NONE && rk_slice_starts(field, prefix) &&
            rk_slice_eq(rk_slice_from(field, prefix.len), code))
            return true;
    }
    return false;
}

static void signatures(struct rk_draft *d) {
    uint32_t witnesses = 0, cols = 6, rows;
    for (uint32_t i = 0; i < d->b->n; i++) witnesses += d->b->choice[i].party == RK_NONE;
    witnesses = witnesses > 24 ? 24 : witnesses;
    if (witnesses < cols) cols = witnesses ? witnesses : 1;
    rows = (witnesses + cols - 1) / cols;
    double h = 16, w = (RIGHT - LEFT) / 7;
    rk_room(d, 8 + h + 6 + rows * h);
    struct rk_words t = at(LEFT, d->y + 4, RIGHT - LEFT, SMALL);
    t.align = "tengah", t.style = STYLE_BOLD;
    say(d, t, "NAMA DAN TANDA TANGAN KPPS (1 = KETUA)");
    d->y += 7;
    for (int k = 0; k < 2; k++) {
        uint32_t n = k ? witnesses : 7, of = k ? cols : 7;
        w = (RIGHT - LEFT) / of;
        for (uint32_t i = 0; i < n; i++) {
            const uint32_t column = i % of, row = i / of;
            double x = LEFT + column * w, y = d->y + row * h;
            char number[12];
            snprintf(number, sizeof number, "%u", i + 1);
            rk_art_rect(d, rk_art(d), x, y, w, h, RULE, -1);
            say(d, at(x + 1.5, y + 3, 0, SMALL), number);
            rk_art_dots(d, rk_art(d), x + 3, x + w - 3, y + h - 2.5);
        }
        d->y += (k ? rows : 1) * h + 4;
        t.y = d->y;
        if (!k) say(d, t, "NAMA DAN TANDA TANGAN SAKSI");
        d->y += 3;
    }
}

void rk_lay_totals(struct rk_draft *d) {
    bool begun = false;
    for (int i = 0; i < N_TOTALS; i++) {
        rk_slice f = field_of(d->c, TOTALS[i].field, "");
        char section[8];
        if (!f.len) continue;
        bool tally = d->o->tally && i == 1;
        if (!begun) {
            heading(d, 5 + block_height(d, tally), "V.", "DATA SUARA SAH DAN SUARA TIDAK SAH");
            explain_bubbles(d);
        }
        begun = true;
        snprintf(section, sizeof section, "V.%s", TOTALS[i].number);
        rk_room(d, block_height(d, tally));
        const struct block b = {f,
                                rk_slice_str(section),
                                rk_slice_str(TOTALS[i].number),
                                rk_slice_str(TOTALS[i].label),
                                rk_slice_str(TOTALS[i].label),
                                tally};
        block(d, &b);
    }
    signatures(d);
}
