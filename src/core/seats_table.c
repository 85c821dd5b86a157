/* Tables of votes and seats, from files or piece by piece; and the laws of contests/kursi.csv.
 */
#include "base/csv.h"
#include "base/mem.h"
#include "base/num.h"
#include "core/seats.h"

extern const char rk_kursi_csv[];
extern const size_t rk_kursi_csv_len;

/* ===== rules ===== */

static const char *const method_name[] = {
    [RK_SEATS_NONE] = "", [RK_SAINTE_LAGUE] = "sainte-lague", [RK_QUOTA] = "kuota"};

const char *rk_seat_method_name(enum rk_seat_method m) { return method_name[m]; }

bool rk_seat_method_parse(rk_slice s, enum rk_seat_method *out) {
    for (int i = RK_SAINTE_LAGUE; i <= RK_QUOTA; i++)
        if (rk_slice_is(s, method_name[i])) return *out = (enum rk_seat_method)i, true;
    return false;
}

/* The law's text lies in the compiled-in file; where it is quoted there, without its quotes. */
static rk_slice law_of(rk_slice file, rk_slice text) {
    const char *at = text.len ? memmem(file.ptr, file.len, text.ptr, text.len) : NULL;
    return (rk_slice){at, at ? text.len : 0};
}

rk_status rk_seat_rule_of(uint32_t year, rk_seat_rule *out, rk_err *err) {
    rk_slice file = {rk_kursi_csv, rk_kursi_csv_len};
    rk_csv csv;
    rk_buf years;
    uint64_t y = 0, bp = 0;
    rk_csv_init(&csv, file);
    rk_buf_init(&years, RK_TEXT_MAX);
    *out = (rk_seat_rule){.year = year};
    RK_ASSERT(rk_csv_next(&csv, NULL) == RK_OK && csv.n == 4);
    while (y != year && rk_csv_next(&csv, NULL) == RK_OK) {
        RK_ASSERT(csv.n == 4 && rk_num_parse(csv.field[0], 9999, &y) &&
                  rk_num_parse(csv.field[1], 10000, &bp));
        if (years.len) rk_buf_lit(&years, ", ");
        rk_buf_num(&years, y);
        if (y != year) continue;
        out->threshold_bp = (uint32_t)bp;
        (void)rk_seat_method_parse(csv.field[2], &out->method);
        out->law = law_of(file, csv.field[3]);
    }
    rk_status s = y == year ? RK_OK
                            : rk_fail(err, RK_NOT_FOUND,
                                      "no rule for the seats of %u is known (there are %.*s)",
                                      year, RK_FMT(rk_buf_slice(&years)));
    rk_buf_free(&years);
    rk_csv_free(&csv);
    return s;
}

/* ===== a table ===== */

static rk_slice own(rk_slice s) {
    return s.len ? (rk_slice){rk_dup(s.ptr, s.len), s.len} : (rk_slice){NULL, 0};
}

static uint32_t find(const rk_code *list, uint32_t n, const rk_code *code) {
    for (uint32_t i = 0; i < n; i++)
        if (rk_code_eq(&list[i], code)) return i;
    return RK_NONE;
}

uint32_t rk_seat_table_party(rk_seat_table *t, rk_slice code, rk_slice name) {
    rk_code c;
    if (!rk_code_of(code, &c)) return RK_NONE;
    uint32_t at = find(t->party, t->n_party, &c);
    if (at != RK_NONE) return at;
    if (t->n_party == RK_PARTIES_MAX) return RK_NONE;
    if (t->n_party == t->cap_party) {
        t->cap_party = t->cap_party ? t->cap_party * 2 : 32;
        t->party = rk_realloc(t->party, t->cap_party, sizeof *t->party);
        t->party_name = rk_realloc(t->party_name, t->cap_party, sizeof *t->party_name);
    }
    t->party[t->n_party] = c;
    t->party_name[t->n_party] = own(name);
    return t->n_party++;
}

uint32_t rk_seat_table_district(rk_seat_table *t, rk_slice code, rk_slice name,
                                uint32_t seats) {
    rk_code c;
    if (!rk_code_of(code, &c)) return RK_NONE;
    uint32_t at = find(t->district, t->n_district, &c);
    if (at != RK_NONE) return at;
    if (t->n_district == RK_DISTRICTS_MAX) return RK_NONE;
    if (t->n_district == t->cap_district) {
        t->cap_district = t->cap_district ? t->cap_district * 2 : 128;
        t->district = rk_realloc(t->district, t->cap_district, sizeof *t->district);
        t->district_name =
            rk_realloc(t->district_name, t->cap_district, sizeof *t->district_name);
        t->seats = rk_realloc(t->seats, t->cap_district, sizeof *t->seats);
    }
    t->district[t->n_district] = c;
    t->district_name[t->n_district] = own(name);
    t->seats[t->n_district] = seats;
    return t->n_district++;
}

void rk_seat_table_votes(rk_seat_table *t) {
    size_t n = (size_t)t->n_district * t->n_party;
    t->votes = rk_calloc(n + 1, sizeof *t->votes);
    for (size_t i = 0; i < n; i++) t->votes[i] = UINT64_MAX;
}

void rk_seat_table_free(rk_seat_table *t) {
    for (uint32_t i = 0; i < t->n_party; i++) rk_free((void *)(uintptr_t)t->party_name[i].ptr);
    for (uint32_t i = 0; i < t->n_district; i++)
        rk_free((void *)(uintptr_t)t->district_name[i].ptr);
    rk_free(t->party);
    rk_free(t->party_name);
    rk_free(t->district);
    rk_free(t->district_name);
    rk_free(t->seats);
    rk_free(t->votes);
    *t = (rk_seat_table){0};
}

/* ===== from files ===== */

/* Columns of a file by name; at[i] = position of names[i], SIZE_MAX = not there. */
static rk_status header(rk_csv *csv, const char *const *names, size_t n, size_t needed,
                        size_t *at, rk_err *err) {
    rk_status s = rk_csv_next(csv, err);
    if (s == RK_NOT_FOUND) return rk_fail_at(err, RK_BAD_INPUT, 1, 0, "the file is empty");
    RK_TRY(s);
    for (size_t i = 0; i < n; i++) at[i] = SIZE_MAX;
    for (size_t c = 0; c < csv->n; c++) {
        size_t i = 0;
        while (i < n && !rk_slice_is(csv->field[c], names[i])) i++;
        if (i == n || at[i] != SIZE_MAX)
            return rk_fail_at(err, RK_BAD_INPUT, 1, c + 1, "column '%.*s' is %s",
                              RK_FMT(csv->field[c]), i == n ? "not known here" : "there twice");
        at[i] = c;
    }
    for (size_t i = 0; i < needed; i++)
        if (at[i] == SIZE_MAX)
            return rk_fail_at(err, RK_BAD_INPUT, 1, 0, "the header line has no column '%s'",
                              names[i]);
    at[n] = csv->n;
    return RK_OK;
}

/* The next row, with as many fields as the header line; RK_NOT_FOUND at the end. */
static rk_status next(rk_csv *csv, size_t columns, rk_err *err) {
    RK_TRY(rk_csv_next(csv, err));
    return csv->n == columns
               ? RK_OK
               : rk_fail_at(err, RK_BAD_INPUT, csv->line, 0,
                            "the row has %zu fields, the header line %zu", csv->n, columns);
}

static rk_slice field(const rk_csv *csv, size_t column) {
    return column == SIZE_MAX ? RK_LIT("") : csv->field[column];
}

static rk_status bad(const rk_csv *csv, size_t column, const char *why, rk_err *err) {
    return rk_fail_at(err, RK_BAD_INPUT, csv->line, column + 1, "'%.*s' %s",
                      RK_FMT(csv->field[column]), why);
}

static rk_status parse_seats(rk_slice bytes, rk_seat_table *t, rk_err *err) {
    static const char *const names[] = {"dapil", "kursi", "nama"};
    size_t at[4] = {0};
    rk_csv csv;
    uint64_t seats;
    rk_csv_init(&csv, bytes);
    rk_status s = header(&csv, names, 3, 2, at, err);
    while (s == RK_OK && (s = next(&csv, at[3], err)) == RK_OK) {
        uint32_t before = t->n_district;
        if (!rk_num_parse(csv.field[at[1]], RK_SEATS_MAX, &seats) || seats == 0)
            s = bad(&csv, at[1], "is no number of seats", err);
        else if (rk_seat_table_district(t, csv.field[at[0]], field(&csv, at[2]),
                                        (uint32_t)seats) != before)
            s = bad(&csv, at[0], "is no code of a dapil, is there twice, or is one too many",
                    err);
    }
    rk_csv_free(&csv);
    return s == RK_NOT_FOUND ? RK_OK : s;
}

static rk_status parse_names(rk_slice bytes, rk_seat_table *t, rk_err *err) {
    static const char *const names[] = {"partai", "nama", "singkatan"};
    size_t at[4] = {0};
    rk_csv csv;
    if (bytes.len == 0) return RK_OK;
    rk_csv_init(&csv, bytes);
    rk_status s = header(&csv, names, 3, 2, at, err);
    while (s == RK_OK && (s = next(&csv, at[3], err)) == RK_OK) {
        rk_slice name = field(&csv, at[2]).len ? field(&csv, at[2]) : csv.field[at[1]];
        uint32_t before = t->n_party;
        if (rk_seat_table_party(t, csv.field[at[0]], name) != before)
            s = bad(&csv, at[0], "is no code of a party, is there twice, or is one too many",
                    err);
    }
    rk_csv_free(&csv);
    return s == RK_NOT_FOUND ? RK_OK : s;
}

struct votes_file {
    rk_seat_table *t;
    size_t at[4];
    bool cells; /* second pass: parties are known, take the votes */
    uint8_t *seen;
};

static rk_status votes_row(struct votes_file *f, rk_csv *csv, rk_err *err) {
    rk_seat_table *t = f->t;
    rk_code code;
    uint64_t v = UINT64_MAX;
    uint32_t d = rk_code_of(csv->field[f->at[0]], &code)
                     ? find(t->district, t->n_district, &code)
                     : RK_NONE;
    if (d == RK_NONE) return bad(csv, f->at[0], "is not a dapil of the file of seats", err);
    uint32_t p = rk_seat_table_party(t, csv->field[f->at[1]], RK_LIT(""));
    if (p == RK_NONE) return bad(csv, f->at[1], "is no code of a party, or one too many", err);
    if (csv->field[f->at[2]].len && !rk_num_parse(csv->field[f->at[2]], RK_VOTES_MAX, &v))
        return bad(csv, f->at[2], "is no number of votes", err);
    if (!f->cells) return RK_OK;
    size_t cell = (size_t)d * t->n_party + p;
    if (f->seen[cell]++) return bad(csv, f->at[1], "has a row for this dapil already", err);
    t->votes[cell] = v;
    return RK_OK;
}

static rk_status votes_pass(struct votes_file *f, rk_slice bytes, rk_err *err) {
    static const char *const names[] = {"dapil", "partai", "suara"};
    rk_csv csv;
    rk_csv_init(&csv, bytes);
    rk_status s = header(&csv, names, 3, 3, f->at, err);
    while (s == RK_OK && (s = next(&csv, f->at[3], err)) == RK_OK) s = votes_row(f, &csv, err);
    rk_csv_free(&csv);
    return s == RK_NOT_FOUND ? RK_OK : s;
}

static rk_status complete(const struct votes_file *f, rk_err *err) {
    const rk_seat_table *t = f->t;
    if (t->n_party == 0 || t->n_district == 0)
        return rk_fail(err, RK_BAD_INPUT, "the file has no votes");
    for (size_t i = 0; i < (size_t)t->n_district * t->n_party; i++)
        if (!f->seen[i])
            return rk_fail(err, RK_BAD_INPUT,
                           "dapil %.*s has no row for party %.*s: give it one, with an empty "
                           "suara if the party has no list there",
                           RK_FMT(rk_code_slice(&t->district[i / t->n_party])),
                           RK_FMT(rk_code_slice(&t->party[i % t->n_party])));
    return RK_OK;
}

static rk_status parse_votes(rk_slice bytes, rk_seat_table *t, rk_err *err) {
    struct votes_file f = {.t = t};
    RK_TRY(votes_pass(&f, bytes, err));
    rk_seat_table_votes(t);
    f.cells = true;
    f.seen = rk_calloc((size_t)t->n_district * t->n_party + 1, 1);
    rk_status s = votes_pass(&f, bytes, err);
    if (s == RK_OK) s = complete(&f, err);
    rk_free(f.seen);
    return s;
}

rk_status rk_seat_table_parse(rk_slice votes, rk_slice seats, rk_slice names,
                              rk_seat_table *out, int *which, rk_err *err) {
    *out = (rk_seat_table){0};
    *which = 1;
    rk_status s = parse_seats(seats, out, err);
    if (s == RK_OK) *which = 2, s = parse_names(names, out, err);
    if (s == RK_OK) *which = 0, s = parse_votes(votes, out, err);
    if (s != RK_OK) rk_seat_table_free(out);
    return s;
}
