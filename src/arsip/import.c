#include "arsip/import.h"

#include "arsip/import_inner.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/utf8.h"

/* ===== columns ===== */

rk_status rk_import_column(struct rk_importing *m, rk_slice name, uint32_t *out) {
    *out = RK_NONE;
    if (name.len == 0) return RK_OK;
    for (uint32_t i = 0; i < m->csv.n; i++)
        if (rk_slice_eq(rk_slice_trim(m->csv.field[i]), name)) return *out = i, RK_OK;
    return rk_fail_at(m->err, RK_BAD_INPUT, 1, 0,
                      "the header line has no column '%.*s', which the description names",
                      RK_FMT(name));
}

void rk_import_problem_at(struct rk_importing *m, uint32_t column, rk_slice value,
                          const char *reason) {
    rk_import_problem p = {m->csv.line, column == RK_NONE ? 0 : column + 1u, value, reason};
    m->result->problems++;
    if (m->say) m->say(m->ctx, &p);
}

/* ===== regions ===== */

/* Letters and digits, upper case: names differ in blanks, dots and case from list to list. */
static size_t plain(rk_slice s, char *out, size_t cap) {
    size_t n = 0;
    static const char *const skip[] = {"KABUPATEN ", "KAB. ", "KAB ", "PROVINSI "};
    for (size_t i = 0; i < sizeof skip / sizeof *skip; i++)
        if (s.len > strlen(skip[i]) && strncasecmp(s.ptr, skip[i], strlen(skip[i])) == 0) {
            s = rk_slice_from(s, strlen(skip[i]));
            break;
        }
    for (size_t i = 0; i < s.len && n < cap; i++) {
        char c = s.ptr[i];
        if (c >= 'a' && c <= 'z') c = (char)(c - 'a' + 'A');
        if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) out[n++] = c;
    }
    return n;
}

static uint32_t child_named(const rk_tree *t, uint32_t parent, rk_slice name) {
    char want[128], got[128];
    size_t n = plain(name, want, sizeof want);
    uint32_t found = RK_NONE;
    for (uint32_t i = 0; i < t->node[parent].n_child; i++) {
        uint32_t c = t->child[t->node[parent].first_child + i];
        if (plain(t->node[c].name, got, sizeof got) != n || memcmp(want, got, n) != 0) continue;
        if (found != RK_NONE) return RK_NONE; /* two of that name: neither is taken */
        found = c;
    }
    return n ? found : RK_NONE;
}

static uint32_t by_kemendagri(const struct rk_importing *m, rk_slice code) {
    const rk_tree *t = rk_arsip_tree_of(m->a, m->s->election);
    rk_slice column = m->a->tree[m->a->election[m->s->election].tree].column;
    int at = rk_slice_is(column, "kode_kpu_2014")   ? RK_KPU2014
             : rk_slice_is(column, "kode_kpu_2019") ? RK_KPU2019
             : rk_slice_is(column, "kode_kpu_2024") ? RK_KPU2024
                                                    : RK_KEMENDAGRI;
    for (uint32_t i = 0; i < m->a->n_codes; i++)
        if (rk_slice_eq(m->a->codes[i].code[RK_KEMENDAGRI], code))
            return rk_tree_find(t, m->a->codes[i].code[at]);
    return RK_NONE;
}

static bool region_of(struct rk_importing *m, uint32_t *region, uint16_t *station) {
    const rk_spec *s = m->s;
    const rk_tree *t = rk_arsip_tree_of(m->a, s->election);
    rk_slice v =
        m->region == RK_NONE ? s->region.fixed : rk_slice_trim(m->csv.field[m->region]);
    *station = 0;
    *region = RK_NONE;
    if (s->by == RK_BY_TREE)
        (void)rk_arsip_find_region(m->a, s->election, v, region, station, NULL);
    else if (s->by == RK_BY_KEMENDAGRI)
        *region = by_kemendagri(m, v);
    else if (m->province != RK_NONE) {
        uint32_t p = child_named(t, 0, rk_slice_trim(m->csv.field[m->province]));
        *region = p == RK_NONE ? RK_NONE : child_named(t, p, v);
    } else
        *region = child_named(t, 0, v);
    if (*region == RK_NONE)
        rk_import_problem_at(m, m->region, v, "is no region of this election's tree");
    return *region != RK_NONE;
}

/* ===== figures ===== */

static bool is_empty(const rk_spec *s, rk_slice v) {
    if (v.len == 0) return true;
    for (uint32_t i = 0; i < s->n_empty; i++)
        if (rk_slice_eq(s->empty[i], v)) return true;
    return false;
}

static bool number_of(const rk_spec *s, rk_slice v, int64_t *out) {
    char digits[40];
    size_t n = 0;
    for (size_t i = 0; i < v.len; i++) {
        if (s->thousands && v.ptr[i] == s->thousands && i) continue;
        if (n == sizeof digits) return false;
        digits[n++] = v.ptr[i];
    }
    return rk_num_parse_signed((rk_slice){digits, n}, -RK_ARSIP_VALUE_MAX, RK_ARSIP_VALUE_MAX,
                               out);
}

void rk_import_add(struct rk_importing *m, uint32_t region, uint16_t station, uint32_t item,
                   uint32_t choice, uint32_t note, int64_t value) {
    rk_arsip *a = m->a;
    RK_PUSH_ROOM(a->figure, a->n_figure, a->cap_figure);
    a->figure[a->n_figure++] = (rk_arsip_figure){.series = m->series,
                                                 .region = region,
                                                 .choice = choice,
                                                 .source = a->n_source - 1,
                                                 .note = note,
                                                 .item = (uint16_t)item,
                                                 .station = station,
                                                 .value = value};
    m->result->figures++;
}

static void one_figure(struct rk_importing *m, uint32_t i, uint32_t region, uint16_t station) {
    const struct rk_import_columns *c = &m->column[i];
    const struct rk_spec_figure *f = &m->s->figure[i];
    rk_slice v = rk_slice_trim(m->csv.field[c->value]);
    int64_t value;
    uint32_t choice = 0;
    if (is_empty(m->s, v)) return;
    if (!number_of(m->s, v, &value)) {
        rk_import_problem_at(m, c->value, v, "is no whole number");
        return;
    }
    rk_slice item = c->item == RK_NONE ? f->item.fixed : rk_slice_trim(m->csv.field[c->item]);
    uint32_t it = rk_arsip_find_item(m->a, item);
    if (it == RK_NONE) {
        rk_import_problem_at(m, c->item, item, "is no row of butir.csv");
        return;
    }
    rk_slice ch =
        c->choice == RK_NONE ? f->choice.fixed : rk_slice_trim(m->csv.field[c->choice]);
    if (ch.len && (ch.len > RK_NAME_MAX || !rk_utf8_text(ch, ""))) {
        rk_import_problem_at(m, c->choice, ch, "is no code of a choice");
        return;
    }
    if (ch.len) choice = rk_intern_add(&m->a->text, ch);
    rk_import_add(m, region, station, it, choice, 0, value);
}

static rk_status figure_columns(struct rk_importing *m) {
    RK_TRY(rk_import_column(m, m->s->region.column, &m->region));
    RK_TRY(rk_import_column(m, m->s->province, &m->province));
    m->column = rk_calloc(m->s->n_figure, sizeof *m->column);
    for (uint32_t i = 0; i < m->s->n_figure; i++) {
        RK_TRY(rk_import_column(m, m->s->figure[i].column, &m->column[i].value));
        RK_TRY(rk_import_column(m, m->s->figure[i].item.column, &m->column[i].item));
        RK_TRY(rk_import_column(m, m->s->figure[i].choice.column, &m->column[i].choice));
    }
    return RK_OK;
}

static rk_status figure_rows(struct rk_importing *m) {
    RK_TRY(figure_columns(m));
    size_t width = m->csv.n;
    rk_status s;
    while ((s = rk_csv_next(&m->csv, m->err)) == RK_OK) {
        uint32_t region;
        uint16_t station;
        m->result->rows++;
        if (m->csv.n != width) {
            rk_import_problem_at(m, RK_NONE, (rk_slice){"", 0},
                                 "the row has another number of fields than the header line");
            continue;
        }
        if (!region_of(m, &region, &station)) continue;
        for (uint32_t i = 0; i < m->s->n_figure; i++) one_figure(m, i, region, station);
        if (m->a->n_figure > RK_ARSIP_FIGURES_MAX)
            return rk_fail(m->err, RK_LIMIT, "more than %u figures", RK_ARSIP_FIGURES_MAX);
    }
    return s == RK_NOT_FOUND ? RK_OK : s;
}

/* ===== the whole ===== */

static rk_slice keep(rk_arsip *a, rk_slice s) {
    return rk_intern_text(&a->text, rk_intern_add(&a->text, s));
}

static void new_series(struct rk_importing *m) {
    rk_arsip *a = m->a;
    const rk_spec *s = m->s;
    RK_PUSH_ROOM(a->source, a->n_source, a->cap_source);
    a->source[a->n_source++] = keep(a, s->source);
    RK_PUSH_ROOM(a->series, a->n_series, a->cap_series);
    m->series = a->n_series++;
    a->series[m->series] = (rk_arsip_series){.election = s->election,
                                             .contest = s->contest,
                                             .standing = s->standing,
                                             .code = keep(a, s->series),
                                             .number = keep(a, s->number),
                                             .name = keep(a, s->name),
                                             .part = keep(a, s->part),
                                             .licence = keep(a, s->licence),
                                             .ref = {"", 0},
                                             .ref_level = {"", 0},
                                             .ref_count = {"", 0},
                                             .note = keep(a, s->note)};
}

static rk_status rows(struct rk_importing *m) {
    rk_status s = rk_csv_next(&m->csv, m->err);
    if (s == RK_NOT_FOUND) return rk_fail(m->err, RK_BAD_INPUT, "the file is empty");
    RK_TRY(s);
    RK_TRY(m->s->roll.given ? rk_import_roll(m) : figure_rows(m));
    if (m->result->problems)
        return rk_fail(m->err, RK_BAD_INPUT,
                       "%llu problems: nothing was imported; mend the file or its description",
                       (unsigned long long)m->result->problems);
    if (m->result->figures == 0)
        return rk_fail(m->err, RK_BAD_INPUT, "no figure in the file: nothing was imported");
    return rk_arsip_sort(m->a, m->err);
}

rk_status rk_arsip_import(rk_arsip *a, const rk_spec *s, rk_slice csv, rk_import_say *say,
                          void *ctx, uint32_t *series, rk_import_result *r, rk_err *err) {
    struct rk_importing m = {.a = a, .s = s, .say = say, .ctx = ctx, .result = r, .err = err};
    rk_buf commas;
    *r = (rk_import_result){0};
    rk_buf_init(&commas, RK_FILE_BYTES_MAX);
    rk_status st = RK_OK;
    if (s->separator != ',') {
        st = rk_spec_commas(csv, s->separator, &commas, err);
        csv = rk_buf_slice(&commas);
    }
    if (st == RK_OK) {
        new_series(&m);
        rk_csv_init(&m.csv, csv);
        st = rows(&m);
        rk_csv_free(&m.csv);
    }
    if (s->roll.given && commas.ptr) explicit_bzero(commas.ptr, commas.len);
    rk_buf_free(&commas);
    rk_free(m.column);
    *series = m.series;
    return st;
}
