/* Small tables: each row is checked as it is read, names are looked up at once, so that an
 * error names the line it stands in. The figures are in parse_figures.c. */
#include "arsip/parse.h"

#include "arsip/table.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/utf8.h"

static rk_slice keep(rk_arsip *a, rk_slice s) {
    return rk_intern_text(&a->text, rk_intern_add(&a->text, s));
}

static rk_status bad(const rk_table *t, uint32_t column, const char *what, rk_err *err) {
    return rk_fail_at(err, RK_BAD_INPUT, t->line, t->at[column] + 1, "'%.*s' %s",
                      (int)(t->field[column].len < 100 ? t->field[column].len : 100),
                      t->field[column].ptr ? t->field[column].ptr : "", what);
}

typedef rk_status row_fn(rk_arsip *a, rk_table *t, rk_err *err);

static rk_status each(rk_arsip *a, rk_slice csv, const char *columns, row_fn *row,
                      rk_err *err) {
    rk_table t;
    RK_TRY(rk_table_open(&t, csv, columns, err));
    rk_status s;
    while ((s = rk_table_next(&t, err)) == RK_OK) {
        for (uint32_t i = 0; s == RK_OK && i < t.n; i++)
            if (!rk_utf8_text(t.field[i], "\n\t"))
                s = bad(&t, i, "is not plain UTF-8 text", err);
        if (s == RK_OK && a->text.n > RK_ARSIP_TEXTS_MAX)
            s = rk_fail_at(err, RK_LIMIT, t.line, 0, "more than %u names in the archive",
                           RK_ARSIP_TEXTS_MAX);
        if (s == RK_OK) s = row(a, &t, err);
        if (s != RK_OK) break;
    }
    rk_table_close(&t);
    return s == RK_NOT_FOUND ? RK_OK : s;
}

static rk_status known_election(const rk_arsip *a, const rk_table *t, uint32_t column,
                                uint32_t *out, rk_err *err) {
    *out = rk_arsip_find_election(a, t->field[column]);
    return *out == RK_NONE ? bad(t, column, "is no election of pemilu.csv", err) : RK_OK;
}

static rk_status known_contest(const rk_arsip *a, const rk_table *t, uint32_t *election,
                               uint32_t *contest, rk_err *err) {
    RK_TRY(known_election(a, t, 0, election, err));
    *contest = rk_arsip_find_contest(a, *election, t->field[1]);
    return *contest == RK_NONE ? bad(t, 1, "is no contest of this election in kontes.csv", err)
                               : RK_OK;
}

/* ===== trees, elections, contests ===== */

static rk_status tree_row(rk_arsip *a, rk_table *t, rk_err *err) {
    for (uint32_t i = 0; i < a->n_tree; i++)
        if (rk_slice_eq(a->tree[i].code, t->field[0])) return bad(t, 0, "stands twice", err);
    if (t->field[0].len == 0) return bad(t, 0, "is empty: name the tree", err);
    RK_PUSH_ROOM(a->tree, a->n_tree, a->cap_tree);
    a->tree[a->n_tree++] = (rk_arsip_tree){.code = keep(a, t->field[0]),
                                           .basis = keep(a, t->field[1]),
                                           .column = keep(a, t->field[2]),
                                           .file = keep(a, t->field[3])};
    return RK_OK;
}

rk_status rk_arsip_read_trees(rk_arsip *a, rk_slice csv, rk_err *err) {
    return each(a, csv, "pohon,dasar,kolom_kode,berkas", tree_row, err);
}

static bool is_date(rk_slice s) {
    if (s.len != 10) return false;
    for (size_t i = 0; i < 10; i++)
        if (i == 4 || i == 7 ? s.ptr[i] != '-' : s.ptr[i] < '0' || s.ptr[i] > '9') return false;
    return true;
}

static rk_status election_row(rk_arsip *a, rk_table *t, rk_err *err) {
    uint32_t tree = 0;
    while (tree < a->n_tree && !rk_slice_eq(a->tree[tree].code, t->field[4])) tree++;
    if (tree == a->n_tree) return bad(t, 4, "is no tree of pohon.csv", err);
    if (rk_arsip_find_election(a, t->field[0]) != RK_NONE)
        return bad(t, 0, "stands twice", err);
    if (!is_date(t->field[2])) return bad(t, 2, "is no date YYYY-MM-DD", err);
    RK_PUSH_ROOM(a->election, a->n_election, a->cap_election);
    a->election[a->n_election++] =
        (rk_arsip_election){keep(a, t->field[0]), keep(a, t->field[1]), keep(a, t->field[2]),
                            keep(a, t->field[3]), tree};
    return RK_OK;
}

rk_status rk_arsip_read_elections(rk_arsip *a, rk_slice csv, rk_err *err) {
    return each(a, csv, "pemilu,nama,tanggal,jenis,pohon", election_row, err);
}

static rk_status contest_row(rk_arsip *a, rk_table *t, rk_err *err) {
    uint32_t election;
    uint64_t scope;
    RK_TRY(known_election(a, t, 0, &election, err));
    if (rk_arsip_find_contest(a, election, t->field[1]) != RK_NONE)
        return bad(t, 1, "stands twice in this election", err);
    if (!rk_num_parse(t->field[4], 2, &scope)) return bad(t, 4, "is none of 0, 1, 2", err);
    RK_PUSH_ROOM(a->contest, a->n_contest, a->cap_contest);
    a->contest[a->n_contest++] =
        (rk_arsip_contest){election, keep(a, t->field[1]), keep(a, t->field[2]),
                           keep(a, t->field[3]), (uint8_t)scope};
    return RK_OK;
}

rk_status rk_arsip_read_contests(rk_arsip *a, rk_slice csv, rk_err *err) {
    return each(a, csv, "pemilu,kontes,nama,bentuk,tingkat_pilihan", contest_row, err);
}

/* ===== regions ===== */

/* Copies code, parent, name, level of the rows whose tree is `only` (empty = all). */
static rk_status copy_regions(rk_slice csv, rk_slice only, rk_buf *out, rk_err *err) {
    rk_table t;
    RK_TRY(rk_table_open(
        &t, csv, only.len ? "kode,induk,nama,tingkat,pohon" : "kode,induk,nama,tingkat", err));
    rk_status s;
    while ((s = rk_table_next(&t, err)) == RK_OK) {
        if (only.len && !rk_slice_eq(t.field[4], only)) continue;
        for (int i = 0; i < 4; i++) {
            if (i) rk_buf_byte(out, ',');
            rk_buf_byte(out, '"');
            for (size_t k = 0; k < t.field[i].len; k++) {
                if (t.field[i].ptr[k] == '"') rk_buf_byte(out, '"');
                rk_buf_byte(out, t.field[i].ptr[k]);
            }
            rk_buf_byte(out, '"');
        }
        rk_buf_byte(out, '\n');
    }
    rk_table_close(&t);
    return s == RK_NOT_FOUND ? RK_OK : s;
}

static bool is_extra(rk_slice code) {
    return rk_slice_starts(code, RK_LIT("X-")) || rk_slice_starts(code, RK_LIT("LN-"));
}

rk_status rk_arsip_read_regions(rk_arsip *a, uint32_t tree, rk_slice csv, rk_slice extra,
                                rk_err *err) {
    rk_arsip_tree *t = &a->tree[tree];
    rk_buf b;
    rk_buf_init(&b, RK_DOCUMENT_MAX);
    rk_buf_lit(&b, "kode,induk,nama,tingkat\n");
    rk_status s = copy_regions(csv, (rk_slice){NULL, 0}, &b, err);
    if (s == RK_OK && extra.len) s = copy_regions(extra, t->code, &b, err);
    if (s == RK_OK && b.failed)
        s = rk_fail(err, RK_LIMIT, "the region tree is over %u bytes", RK_DOCUMENT_MAX);
    if (s == RK_OK) s = rk_tree_parse(rk_buf_slice(&b), &t->tree, err);
    rk_buf_free(&b);
    RK_TRY(s);
    t->uncounted = rk_calloc(t->tree->n, sizeof *t->uncounted);
    for (uint32_t i = 1; i < t->tree->n; i++)
        t->uncounted[t->tree->node[i].parent] += is_extra(rk_tree_code(t->tree, i));
    return RK_OK;
}

/* ===== dictionary, sources, dapil ===== */

static rk_status item_row(rk_arsip *a, rk_table *t, rk_err *err) {
    uint64_t adds;
    if (t->field[0].len == 0 || rk_arsip_find_item(a, t->field[0]) != RK_NONE)
        return bad(t, 0, "is empty or stands twice", err);
    if (!rk_num_parse(t->field[2], 1, &adds)) return bad(t, 2, "is neither 0 nor 1", err);
    if (a->n_item >= UINT16_MAX) return rk_fail(err, RK_LIMIT, "too many rows");
    RK_PUSH_ROOM(a->item, a->n_item, a->cap_item);
    a->item[a->n_item++] =
        (rk_arsip_item){keep(a, t->field[0]), keep(a, t->field[1]), keep(a, t->field[3]),
                        keep(a, t->field[4]), adds == 1};
    return RK_OK;
}

rk_status rk_arsip_read_items(rk_arsip *a, rk_slice csv, rk_err *err) {
    return each(a, csv, "butir,satuan,menjumlah,nama_id,nama_en", item_row, err);
}

static rk_status source_row(rk_arsip *a, rk_table *t, rk_err *err) {
    RK_PUSH_ROOM(a->source, a->n_source, a->cap_source);
    uint64_t n;
    if (!rk_num_parse(t->field[0], RK_ARSIP_TEXTS_MAX, &n) || n == 0)
        return bad(t, 0, "is no number from 1 up", err);
    a->source[a->n_source++] = keep(a, t->field[1]);
    return RK_OK;
}

rk_status rk_arsip_read_sources(rk_arsip *a, rk_slice csv, rk_err *err) {
    return each(a, csv, "sumber,teks", source_row, err);
}

static rk_status source_of(const rk_arsip *a, const rk_table *t, uint32_t column, uint32_t *out,
                           rk_err *err) {
    uint64_t n;
    if (!rk_num_parse(t->field[column], a->n_source, &n) || n == 0)
        return bad(t, column, "is no number of sumber.csv", err);
    *out = (uint32_t)n - 1;
    return RK_OK;
}

static rk_status dapil_row(rk_arsip *a, rk_table *t, rk_err *err) {
    uint64_t seats;
    char code[64] = "dapil:";
    rk_arsip_dapil d = {0};
    RK_TRY(known_election(a, t, 0, &d.election, err));
    if (t->field[1].len == 0 || t->field[1].len > RK_CODE_MAX)
        return bad(t, 1, "is no code of 1 to 23 bytes", err);
    if (!rk_num_parse(t->field[3], 1000, &seats))
        return bad(t, 3, "is no number of seats", err);
    RK_TRY(source_of(a, t, 4, &d.source, err));
    memcpy(code + 6, t->field[1].ptr, t->field[1].len);
    d.code = keep(a, (rk_slice){code, 6 + t->field[1].len});
    d.name = keep(a, t->field[2]);
    d.seats = (uint32_t)seats;
    for (uint32_t i = 0; i < a->n_dapil; i++)
        if (a->dapil[i].election == d.election && rk_slice_eq(a->dapil[i].code, d.code))
            return bad(t, 1, "stands twice in this election", err);
    RK_PUSH_ROOM(a->dapil, a->n_dapil, a->cap_dapil);
    a->dapil[a->n_dapil++] = d;
    return RK_OK;
}

rk_status rk_arsip_read_dapil(rk_arsip *a, rk_slice csv, rk_err *err) {
    return each(a, csv, "pemilu,dapil,nama,kursi,sumber", dapil_row, err);
}

static rk_status member_row(rk_arsip *a, rk_table *t, rk_err *err) {
    uint32_t election;
    RK_TRY(known_election(a, t, 0, &election, err));
    for (uint32_t i = 0; i < a->n_dapil; i++) {
        if (a->dapil[i].election != election ||
            !rk_slice_eq(rk_slice_from(a->dapil[i].code, 6), t->field[1]))
            continue;
        RK_PUSH_ROOM(a->member, a->n_member, a->cap_member);
        a->member[a->n_member++] =
            (rk_arsip_member){i, keep(a, t->field[2]), keep(a, t->field[3])};
        return RK_OK;
    }
    return bad(t, 1, "is no dapil of this election in dapil.csv", err);
}

rk_status rk_arsip_read_members(rk_arsip *a, rk_slice csv, rk_err *err) {
    return each(a, csv, "pemilu,dapil,kode_kpu_2024,nama", member_row, err);
}

/* ===== series and choices ===== */

static rk_status series_row(rk_arsip *a, rk_table *t, rk_err *err) {
    rk_arsip_series s = {0};
    RK_TRY(known_contest(a, t, &s.election, &s.contest, err));
    if (t->field[2].len == 0 || rk_arsip_find_series(a, t->field[2]) != RK_NONE)
        return bad(t, 2, "is empty or stands twice", err);
    if (!rk_standing_parse(t->field[3], &s.standing))
        return bad(t, 3, "is none of keputusan, pleno, pers, sistem, masyarakat, daftar", err);
    if (a->n_series >= RK_ARSIP_SERIES_MAX)
        return rk_fail_at(err, RK_LIMIT, t->line, 0, "more than %u series",
                          RK_ARSIP_SERIES_MAX);
    rk_slice *to[] = {&s.code, &s.number,    &s.name,      &s.part, &s.licence,
                      &s.ref,  &s.ref_level, &s.ref_count, &s.note};
    static const uint8_t from[] = {2, 4, 5, 6, 7, 8, 9, 10, 11};
    for (size_t i = 0; i < sizeof from; i++) *to[i] = keep(a, t->field[from[i]]);
    RK_PUSH_ROOM(a->series, a->n_series, a->cap_series);
    a->series[a->n_series++] = s;
    return RK_OK;
}

rk_status rk_arsip_read_series(rk_arsip *a, rk_slice csv, rk_err *err) {
    return each(a, csv,
                "pemilu,kontes,seri,kedudukan,nomor,nama,?bagian,?lisensi,?acuan,"
                "?acuan_tingkat,?acuan_jumlah,?catatan",
                series_row, err);
}

bool rk_arsip_choice_ok(rk_slice code) {
    return code.len && code.len <= RK_NAME_MAX && rk_utf8_text(code, "");
}

static rk_status choice_row(rk_arsip *a, rk_table *t, rk_err *err) {
    uint32_t election, contest, region = 0;
    uint16_t station = 0;
    RK_TRY(known_contest(a, t, &election, &contest, err));
    if (!rk_arsip_choice_ok(t->field[3])) return bad(t, 3, "is no code of a choice", err);
    if (t->field[2].len &&
        rk_arsip_find_region(a, election, t->field[2], &region, &station, NULL) != RK_OK)
        return bad(t, 2, "is no region of this election", err);
    RK_PUSH_ROOM(a->choice, a->n_choice, a->cap_choice);
    a->choice[a->n_choice++] = (rk_arsip_choice){contest,
                                                 region,
                                                 rk_intern_add(&a->text, t->field[3]),
                                                 keep(a, t->field[4]),
                                                 keep(a, t->field[5]),
                                                 keep(a, t->field[6])};
    return RK_OK;
}

rk_status rk_arsip_read_choices(rk_arsip *a, rk_slice csv, rk_err *err) {
    return each(a, csv, "pemilu,kontes,lingkup,pilihan,nomor,nama,partai", choice_row, err);
}

/* ===== regions over time ===== */

static rk_status birth_row(rk_arsip *a, rk_table *t, rk_err *err) {
    rk_slice f[9];
    if (t->field[5].len && !is_date(t->field[5]))
        return bad(t, 5, "is no date YYYY-MM-DD", err);
    for (int i = 0; i < 9; i++) f[i] = keep(a, t->field[i]);
    RK_PUSH_ROOM(a->birth, a->n_birth, a->cap_birth);
    a->birth[a->n_birth++] =
        (rk_arsip_birth){f[0], f[1], f[2], f[3], f[4],
                         f[5], f[6], f[7], f[8], rk_slice_starts(f[8], RK_LIT("rename"))};
    return RK_OK;
}

rk_status rk_arsip_read_crosswalk(rk_arsip *a, rk_slice csv, rk_err *err) {
    return each(a, csv, "level,child_code,child,parent_code,parent,date,law,source,note",
                birth_row, err);
}

static rk_status codes_row(rk_arsip *a, rk_table *t, rk_err *err) {
    if (t->field[0].len == 0) return bad(t, 0, "is empty", err);
    RK_PUSH_ROOM(a->codes, a->n_codes, a->cap_codes);
    rk_arsip_codes *c = &a->codes[a->n_codes++];
    for (int i = 0; i < 7; i++) c->code[i] = keep(a, t->field[i]);
    return RK_OK;
}

rk_status rk_arsip_read_codes(rk_arsip *a, rk_slice csv, rk_err *err) {
    return each(a, csv,
                "kode_kemendagri_2025,nama,kode_kpu_2024,nama_kpu_2024,kode_kpu_2019,"
                "kode_kpu_2014,kode_bps_2020",
                codes_row, err);
}

static rk_status expected_row(rk_arsip *a, rk_table *t, rk_err *err) {
    uint32_t election, contest;
    uint64_t level, count = 0;
    RK_TRY(known_contest(a, t, &election, &contest, err));
    if (!rk_num_parse(t->field[2], 5, &level)) return bad(t, 2, "is no level 0 to 5", err);
    if (t->field[3].len && !rk_num_parse(t->field[3], RK_TPS_MAX, &count))
        return bad(t, 3, "is no number of regions", err);
    RK_PUSH_ROOM(a->expected, a->n_expected, a->cap_expected);
    a->expected[a->n_expected++] =
        (rk_arsip_expected){contest, (uint8_t)level, (uint32_t)count, keep(a, t->field[4])};
    return RK_OK;
}

rk_status rk_arsip_read_expected(rk_arsip *a, rk_slice csv, rk_err *err) {
    return each(a, csv, "pemilu,kontes,tingkat,jumlah,dasar", expected_row, err);
}
