/* The tree is built in two passes: read the rows, then order them by (level, code) and link
 * parents, so that the order of the file never shows in any output. */
#include "core/region.h"

#include "base/csv.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/utf8.h"

#include <stdlib.h>

enum {
    C_KODE,
    C_INDUK,
    C_NAMA,
    C_TINGKAT,
    C_DAPIL,
    C_JUMLAH,
    C_NOMOR,
    C_PEMISAH,
    C_KHUSUS_A,
    C_KHUSUS_B,
    C_N
};

static const struct {
    const char *name;
    int col;
} COLUMNS[] = {
    {"kode", C_KODE},
    {"code", C_KODE},
    {"induk", C_INDUK},
    {"parent", C_INDUK},
    {"nama", C_NAMA},
    {"name", C_NAMA},
    {"tingkat", C_TINGKAT},
    {"level", C_TINGKAT},
    {"dapil", C_DAPIL},
    {"jumlah_tps", C_JUMLAH},
    {"tps_regular", C_JUMLAH},
    {"nomor_tps", C_NOMOR},
    {"pemisah_tps", C_PEMISAH},
    {"tps_khusus_dari", C_KHUSUS_A},
    {"tps_special_from", C_KHUSUS_A},
    {"tps_khusus_sampai", C_KHUSUS_B},
    {"tps_special_to", C_KHUSUS_B},
};

/* One row of the file, kept until the nodes are in order. */
struct row {
    rk_code code, parent, dapil;
    rk_slice name, numbers, separator; /* offsets into the tree's text */
    uint32_t count, special_from, special_to;
    uint8_t level;
    size_t line;
};

struct reader {
    rk_csv csv;
    int column[C_N]; /* position in the file, -1 = absent */
    struct row *row; /* a mapping of cap rows */
    size_t n, cap;
    rk_buf text;
};

static rk_status read_header(struct reader *r, rk_err *err) {
    for (int i = 0; i < C_N; i++) r->column[i] = -1;
    rk_status s = rk_csv_next(&r->csv, err);
    if (s == RK_NOT_FOUND)
        return rk_fail_at(
            err, RK_BAD_INPUT, 1, 0,
            "the region file is empty: it needs a header line kode,induk,nama,tingkat");
    RK_TRY(s);
    for (size_t i = 0; i < r->csv.n; i++) {
        int col = -1;
        for (size_t k = 0; k < sizeof COLUMNS / sizeof *COLUMNS; k++)
            if (rk_slice_is(rk_slice_trim(r->csv.field[i]), COLUMNS[k].name))
                col = COLUMNS[k].col;
        if (col < 0)
            return rk_fail_at(err, RK_BAD_INPUT, 1, i + 1,
                              "unknown column '%.*s': known are kode, induk, nama, tingkat, "
                              "dapil, jumlah_tps, "
                              "nomor_tps, pemisah_tps, tps_khusus_dari, tps_khusus_sampai",
                              RK_FMT(r->csv.field[i]));
        if (r->column[col] >= 0)
            return rk_fail_at(err, RK_BAD_INPUT, 1, i + 1, "column '%.*s' appears twice",
                              RK_FMT(r->csv.field[i]));
        r->column[col] = (int)i;
    }
    for (int c = C_KODE; c <= C_TINGKAT; c++)
        if (r->column[c] < 0)
            return rk_fail_at(err, RK_BAD_INPUT, 1, 0,
                              "column '%s' is missing from the header line",
                              c == C_KODE    ? "kode"
                              : c == C_INDUK ? "induk"
                              : c == C_NAMA  ? "nama"
                                             : "tingkat");
    return RK_OK;
}

static rk_slice field(const struct reader *r, int c) {
    if (r->column[c] < 0 || (size_t)r->column[c] >= r->csv.n) return (rk_slice){0};
    return rk_slice_trim(r->csv.field[r->column[c]]);
}

static rk_status bad(const struct reader *r, int c, rk_err *err, const char *what) {
    rk_slice v = field(r, c);
    return rk_fail_at(err, RK_BAD_INPUT, r->csv.line, (size_t)(r->column[c] + 1), "'%.*s': %s",
                      (int)(v.len < 60 ? v.len : 60), v.ptr ? v.ptr : "", what);
}

static rk_status number(const struct reader *r, int c, uint64_t max, uint32_t *out,
                        rk_err *err) {
    uint64_t v = 0;
    rk_slice f = field(r, c);
    if (f.len && !rk_num_parse(f, max, &v))
        return bad(r, c, err, "is not a whole number in range");
    *out = (uint32_t)v;
    return RK_OK;
}

/* Copies text into the reader's buffer; kept as an offset while the buffer may still move. */
static rk_slice keep(struct reader *r, rk_slice s) {
    uintptr_t at = r->text.len;
    rk_buf_add(&r->text, s);
    return (rk_slice){(const char *)at, s.len};
}

bool rk_tree_code_ok(rk_slice s) {
    bool formula =
        s.len && (strchr("=+@", s.ptr[0]) ||
                  (s.ptr[0] == '-' && (s.len == 1 || s.ptr[1] < '0' || s.ptr[1] > '9')));
    return !formula && rk_utf8_text(s, "") && !memchr(s.ptr, ',', s.len) &&
           !memchr(s.ptr, '"', s.len);
}

static rk_status read_row(struct reader *r, rk_err *err) {
    struct row w = {.line = r->csv.line};
    uint32_t level;
    if (!rk_code_of(field(r, C_KODE), &w.code))
        return bad(r, C_KODE, err, "a region code has 1 to 23 bytes");
    if (rk_slice_is(field(r, C_KODE), "0"))
        return bad(r, C_KODE, err, "the code 0 is the nation itself: leave it out");
    if (!rk_tree_code_ok(field(r, C_KODE)))
        return bad(
            r, C_KODE, err,
            "the code is not plain text: no control character, comma, quote or leading = + @");
    RK_TRY(number(r, C_TINGKAT, RK_DESA, &level, err));
    if (level < RK_PROVINSI)
        return bad(r, C_TINGKAT, err, "tingkat must be 1 (provinsi) to 4 (desa)");
    w.level = (uint8_t)level;
    rk_slice parent = field(r, C_INDUK);
    if (level == RK_PROVINSI && parent.len == 0) parent = RK_LIT("0");
    if (!rk_code_of(parent, &w.parent))
        return bad(r, C_INDUK, err, "the parent's code is missing or too long");
    if (field(r, C_NAMA).len > RK_NAME_MAX || !rk_utf8_text(field(r, C_NAMA), ""))
        return bad(r, C_NAMA, err, "the name is too long or not UTF-8 text");
    if (field(r, C_DAPIL).len && !rk_code_of(field(r, C_DAPIL), &w.dapil))
        return bad(r, C_DAPIL, err, "a dapil code has 1 to 23 bytes");
    RK_TRY(number(r, C_JUMLAH, RK_TPS_MAX, &w.count, err));
    RK_TRY(number(r, C_KHUSUS_A, 99999, &w.special_from, err));
    RK_TRY(number(r, C_KHUSUS_B, 99999, &w.special_to, err));
    if (field(r, C_PEMISAH).len > 4)
        return bad(r, C_PEMISAH, err, "a separator has at most 4 bytes");
    w.name = keep(r, field(r, C_NAMA));
    w.numbers = keep(r, field(r, C_NOMOR));
    w.separator = keep(r, field(r, C_PEMISAH));
    if (r->n == RK_REGIONS_MAX)
        return rk_fail_at(err, RK_LIMIT, r->csv.line, 0, "more than %u regions",
                          RK_REGIONS_MAX);
    if (r->n == r->cap) {
        r->row = rk_map_grow(r->row, r->cap * sizeof *r->row, 2 * r->cap * sizeof *r->row);
        r->cap *= 2;
    }
    r->row[r->n++] = w;
    return RK_OK;
}

static int by_level_code(const void *a, const void *b) {
    const struct row *x = a, *y = b;
    return x->level != y->level ? (int)x->level - (int)y->level
                                : rk_code_cmp(&x->code, &y->code);
}

static rk_slice at_text(const rk_tree *t, rk_slice kept) {
    return (rk_slice){t->text + (uintptr_t)kept.ptr, kept.len};
}

/* Nodes from ordered rows; node 0 is the nation. */
static rk_status make_nodes(rk_tree *t, struct reader *r, rk_err *err) {
    t->n = (uint32_t)r->n + 1;
    t->node = rk_map_new(t->n * sizeof *t->node);
    t->code = rk_map_new(t->n * sizeof *t->code);
    rk_codemap_reserve(&t->index, t->n, t->code);
    (void)rk_code_of(RK_LIT("0"), &t->code[0]);
    t->node[0] = (rk_region){.parent = RK_NONE,
                             .name = RK_LIT("INDONESIA"),
                             .first_tps = RK_NONE,
                             .last_tps = RK_NONE};
    rk_codemap_add(&t->index, t->code, 0);
    for (uint32_t i = 1; i < t->n; i++) {
        struct row *w = &r->row[i - 1];
        t->code[i] = w->code;
        if (rk_codemap_find(&t->index, t->code, &w->code, rk_code_hash(&w->code)) != RK_NONE)
            return rk_fail_at(err, RK_BAD_INPUT, w->line, (size_t)r->column[C_KODE] + 1,
                              "region code '%.*s' appears twice in the file",
                              RK_FMT(rk_code_slice(&w->code)));
        rk_codemap_add(&t->index, t->code, i);
        t->node[i] = (rk_region){.level = w->level,
                                 .name = at_text(t, w->name),
                                 .dapil = w->dapil,
                                 .first_tps = RK_NONE,
                                 .last_tps = RK_NONE};
        t->prefix_lengths |= 1u << w->code.len;
    }
    return RK_OK;
}

static rk_status link_parents(rk_tree *t, struct reader *r, rk_err *err) {
    for (uint32_t i = 1; i < t->n; i++) {
        struct row *w = &r->row[i - 1];
        uint32_t p = rk_codemap_find(&t->index, t->code, &w->parent, rk_code_hash(&w->parent));
        if (p == RK_NONE || t->node[p].level + 1 != w->level)
            return rk_fail_at(
                err, RK_BAD_INPUT, w->line, (size_t)r->column[C_INDUK] + 1,
                "the parent '%.*s' of '%.*s' (tingkat %u) %s",
                RK_FMT(rk_code_slice(&w->parent)), RK_FMT(rk_code_slice(&w->code)), w->level,
                p == RK_NONE ? "is not in the file" : "is not on the level above");
        t->node[i].parent = p;
        t->node[p].n_child++;
    }
    t->child = rk_calloc(t->n, sizeof *t->child);
    uint32_t at = 0;
    for (uint32_t i = 0; i < t->n; i++) {
        t->node[i].first_child = at;
        at += t->node[i].n_child;
        t->node[i].n_child = 0;
    }
    for (uint32_t i = 1; i < t->n; i++) {
        rk_region *p = &t->node[t->node[i].parent];
        t->child[p->first_child + p->n_child++] = i;
    }
    for (uint32_t i = 0, l = 0; l <= RK_LEVELS; l++) {
        while (i < t->n && t->node[i].level < l) i++;
        t->level_first[l] = i;
    }
    return RK_OK;
}

/* ===== stations ===== */

static void tps_room(rk_tree *t, size_t more) {
    if (t->n_tps + more <= t->cap_tps) return;
    size_t cap = t->cap_tps ? (size_t)t->cap_tps * 2 : 4096;
    if (cap < t->n_tps + more) cap = t->n_tps + more; /* asked for exactly: given exactly */
    t->tps = rk_map_grow(t->tps, t->cap_tps * sizeof *t->tps, cap * sizeof *t->tps);
    t->tps_code =
        rk_map_grow(t->tps_code, t->cap_tps * sizeof *t->tps_code, cap * sizeof *t->tps_code);
    t->cap_tps = (uint32_t)cap;
}

static uint32_t sum_of_children(const rk_tree *t, const rk_region *n) {
    uint32_t sum = 0;
    for (uint32_t i = 0; i < n->n_child; i++)
        sum += t->node[t->child[n->first_child + i]].total;
    return sum;
}

/* Counts one more known station in a desa and above it. A declared total stands until what is
 * below it sums to more; only what changes a node's total changes its parent's. */
static void count_up(rk_tree *t, uint32_t desa) {
    bool grew = true;
    for (uint32_t i = desa; i != RK_NONE; i = t->node[i].parent) {
        rk_region *n = &t->node[i];
        n->known++;
        if (!grew) continue;
        if (n->declared && n->total == n->declared && sum_of_children(t, n) <= n->declared)
            grew = false;
        else
            n->total++;
    }
}

static uint32_t append_tps(rk_tree *t, const rk_code *code, uint32_t desa, uint32_t number,
                           uint8_t method) {
    tps_room(t, 1);
    uint32_t i = t->n_tps++;
    t->tps_code[i] = *code;
    t->tps[i] = (rk_tps){.desa = desa, .next = RK_NONE, .number = number, .method = method};
    rk_region *d = &t->node[desa];
    if (d->first_tps == RK_NONE)
        d->first_tps = i;
    else
        t->tps[d->last_tps].next = i;
    d->last_tps = i;
    rk_codemap_add(&t->tps_index, t->tps_code, i);
    return i;
}

static bool station_code(const rk_tree *t, uint32_t desa, rk_slice separator, uint32_t number,
                         rk_code *out) {
    char text[64], *p = text;
    rk_slice d = rk_tree_code(t, desa);
    memcpy(p, d.ptr, d.len);
    p += d.len;
    if (separator.len) memcpy(p, separator.ptr, separator.len);
    p = rk_num_put_pad(p + separator.len, number, 3);
    return rk_code_of((rk_slice){text, (size_t)(p - text)}, out);
}

static rk_status add_range(rk_tree *t, uint32_t desa, rk_slice separator, uint32_t from,
                           uint32_t to, uint8_t method, size_t line, rk_err *err) {
    if (from == 0 || to < from || to > 99999)
        return rk_fail_at(err, RK_BAD_INPUT, line, 0,
                          "station numbers %u-%u are not a range within 1..99999", from, to);
    for (uint32_t k = from; k <= to; k++) {
        rk_code code;
        if (!station_code(t, desa, separator, k, &code))
            return rk_fail_at(err, RK_BAD_INPUT, line, 0,
                              "the station codes of '%.*s' would be longer than 23 bytes",
                              RK_FMT(rk_tree_code(t, desa)));
        if (rk_codemap_find(&t->tps_index, t->tps_code, &code, rk_code_hash(&code)) != RK_NONE)
            return rk_fail_at(err, RK_BAD_INPUT, line, 0, "station '%.*s' is listed twice",
                              RK_FMT(rk_code_slice(&code)));
        if (t->n_tps == RK_TPS_MAX)
            return rk_fail_at(err, RK_LIMIT, line, 0, "more than %u stations", RK_TPS_MAX);
        append_tps(t, &code, desa, k, method);
    }
    t->node[desa].known += to - from + 1;
    return RK_OK;
}

static rk_status parse_range(rk_slice s, uint32_t *from, uint32_t *to, uint8_t *method) {
    static const char *const methods[] = {"TPS ", "KSK ", "POS "};
    s = rk_slice_trim(s);
    *method = RK_METHOD_TPS;
    for (uint8_t m = 0; m < 3; m++)
        if (rk_slice_starts(s, rk_slice_str(methods[m])))
            *method = m, s = rk_slice_trim(rk_slice_from(s, 4));
    rk_slice a;
    uint64_t x, y;
    (void)rk_slice_cut(&s, '-', &a);
    if (!rk_num_parse(a, 99999, &x)) return RK_BAD_INPUT;
    y = x;
    if (s.ptr && !rk_num_parse(s, 99999, &y)) return RK_BAD_INPUT;
    *from = (uint32_t)x, *to = (uint32_t)y;
    return RK_OK;
}

/* The stations a row declares: its list of numbers, or 1..jumlah_tps and the special range. */
static rk_status declare_stations(rk_tree *t, const struct row *w, uint32_t node, rk_err *err) {
    rk_slice list = at_text(t, w->numbers), separator = at_text(t, w->separator), part;
    if (t->node[node].level != RK_DESA) {
        t->node[node].declared = w->count;
        return RK_OK;
    }
    bool listed = list.len > 0;
    if (listed) {
        while (rk_slice_cut(&list, ';', &part)) {
            uint32_t from = 0, to = 0;
            uint8_t method;
            if (parse_range(part, &from, &to, &method) != RK_OK)
                return rk_fail_at(err, RK_BAD_INPUT, w->line, 0,
                                  "'%.*s' in nomor_tps: write ranges like 1-12;901-903, abroad "
                                  "POS 1;TPS 2-9;KSK 10-13",
                                  RK_FMT(part));
            RK_TRY(add_range(t, node, separator, from, to, method, w->line, err));
        }
    } else {
        if (w->count)
            RK_TRY(add_range(t, node, separator, 1, w->count, RK_METHOD_TPS, w->line, err));
        if (w->special_from)
            RK_TRY(add_range(t, node, separator, w->special_from, w->special_to, RK_METHOD_TPS,
                             w->line, err));
    }
    t->node[node].has_frame = t->node[node].known > 0;
    if (listed && w->count && w->count != t->node[node].known)
        return rk_fail_at(err, RK_BAD_INPUT, w->line, 0,
                          "jumlah_tps %u, but nomor_tps lists %u stations", w->count,
                          t->node[node].known);
    return RK_OK;
}

static rk_status make_stations(rk_tree *t, struct reader *r, rk_err *err) {
    uint64_t expect = 0;
    for (size_t i = 0; i < r->n; i++)
        expect += r->row[i].level == RK_DESA ? r->row[i].count : 0;
    if (expect > RK_TPS_MAX) return rk_fail(err, RK_LIMIT, "more than %u stations", RK_TPS_MAX);
    tps_room(t, expect);
    rk_codemap_reserve(&t->tps_index, expect, t->tps_code);
    for (uint32_t i = 1; i < t->n; i++) RK_TRY(declare_stations(t, &r->row[i - 1], i, err));
    for (uint32_t i = t->n; i-- > 0;) { /* children come after their parents: sum upwards */
        rk_region *n = &t->node[i];
        if (n->level == RK_DESA)
            n->total = n->known;
        else if (n->declared > n->total)
            n->total = n->declared;
        if (i == 0) break;
        t->node[n->parent].known += n->level == RK_DESA || n->known ? n->known : 0;
        t->node[n->parent].total += n->total;
    }
    return RK_OK;
}

static rk_status parse(struct reader *r, rk_tree *t, rk_err *err) {
    rk_status s;
    RK_TRY(read_header(r, err));
    while ((s = rk_csv_next(&r->csv, err)) == RK_OK) RK_TRY(read_row(r, err));
    if (s != RK_NOT_FOUND) return s;
    if (r->n == 0)
        return rk_fail_at(err, RK_BAD_INPUT, 2, 0,
                          "the region file has a header but no region");
    if (r->text.failed)
        return rk_fail(err, RK_LIMIT, "the region file's text is over %u bytes",
                       RK_DOCUMENT_MAX);
    bool ordered = true; /* files mostly are: then the sort is saved */
    for (size_t i = 1; ordered && i < r->n; i++)
        ordered = by_level_code(&r->row[i - 1], &r->row[i]) <= 0;
    if (!ordered) qsort(r->row, r->n, sizeof *r->row, by_level_code);
    t->text = rk_alloc(r->text.len);
    t->text_bytes = r->text.len;
    if (r->text.len) memcpy(t->text, r->text.ptr, r->text.len);
    RK_TRY(make_nodes(t, r, err));
    RK_TRY(link_parents(t, r, err));
    return make_stations(t, r, err);
}

rk_status rk_tree_parse(rk_slice csv, rk_tree **out, rk_err *err) {
    struct reader r = {0};
    rk_tree *t = rk_alloc(sizeof *t);
    rk_csv_init(&r.csv, csv);
    rk_buf_init(&r.text, RK_DOCUMENT_MAX);
    r.cap = csv.len / 24 + 64; /* a row is seldom shorter: one mapping, no copying */
    r.row = rk_map_new(r.cap * sizeof *r.row);
    if (csv.len <= RK_DOCUMENT_MAX) (void)rk_buf_room(&r.text, csv.len);
    rk_status s =
        csv.len > RK_DOCUMENT_MAX
            ? rk_fail(err, RK_LIMIT, "the region file is over %u bytes", RK_DOCUMENT_MAX)
            : parse(&r, t, err);
    rk_csv_free(&r.csv);
    rk_buf_free(&r.text);
    rk_map_free(r.row, r.cap * sizeof *r.row);
    if (s != RK_OK) rk_tree_free(&t);
    *out = t;
    return s;
}

void rk_tree_free(rk_tree **tp) {
    rk_tree *t = *tp;
    if (!t) return;
    rk_map_free(t->node, t->n * sizeof *t->node);
    rk_map_free(t->code, t->n * sizeof *t->code);
    rk_map_free(t->tps, t->cap_tps * sizeof *t->tps);
    rk_map_free(t->tps_code, t->cap_tps * sizeof *t->tps_code);
    rk_codemap_free(&t->index);
    rk_codemap_free(&t->tps_index);
    rk_free(t->child);
    rk_free(t->text);
    rk_free(t);
    *tp = NULL;
}

void rk_tree_reserve_tps(rk_tree *t, uint64_t n) {
    if (n > RK_TPS_MAX) n = RK_TPS_MAX;
    if (n > t->n_tps) tps_room(t, (size_t)n - t->n_tps);
    rk_codemap_reserve(&t->tps_index, (size_t)n, t->tps_code);
}

/* ===== queries ===== */

uint32_t rk_tree_find(const rk_tree *t, rk_slice code) {
    rk_code c;
    return rk_code_of(code, &c) ? rk_codemap_find(&t->index, t->code, &c, rk_code_hash(&c))
                                : RK_NONE;
}

uint32_t rk_tree_find_tps(const rk_tree *t, const rk_code *code, uint64_t hash) {
    return rk_codemap_find(&t->tps_index, t->tps_code, code, hash);
}

uint32_t rk_tree_by_prefix(const rk_tree *t, const rk_code *tps_code) {
    uint32_t lengths = t->prefix_lengths & ((2u << tps_code->len) - 1);
    while (lengths) {
        unsigned n = 31u - (unsigned)__builtin_clz(lengths);
        rk_code c;
        (void)rk_code_of_padded((rk_slice){tps_code->s, n},
                                &c); /* a code is 24 readable bytes */
        uint32_t i = rk_codemap_find(&t->index, t->code, &c, rk_code_hash(&c));
        if (i != RK_NONE) return i;
        lengths &= ~(1u << n);
    }
    return RK_NONE;
}

/* The number a station's code ends with, when what follows the desa's code is digits (after at
 * most one separator character); 0 otherwise. */
static uint32_t number_of(const rk_tree *t, const rk_code *code, uint32_t desa) {
    rk_slice c = rk_code_slice(code), d = rk_tree_code(t, desa);
    if (!rk_slice_starts(c, d)) return 0;
    c = rk_slice_from(c, d.len);
    if (c.len && (c.ptr[0] == '-' || c.ptr[0] == '.')) c = rk_slice_from(c, 1);
    uint64_t v;
    return rk_num_parse(c, 99999, &v) ? (uint32_t)v : 0;
}

rk_status rk_tree_add_tps(rk_tree *t, const rk_code *code, uint32_t desa, uint32_t *out,
                          rk_err *err) {
    RK_ASSERT(desa < t->n && t->node[desa].level == RK_DESA);
    if (t->node[desa].has_frame)
        return rk_fail(err, RK_NOT_FOUND,
                       "TPS '%.*s' is not among the stations listed for desa '%.*s'",
                       RK_FMT(rk_code_slice(code)), RK_FMT(rk_tree_code(t, desa)));
    if (t->n_tps == RK_TPS_MAX)
        return rk_fail(err, RK_LIMIT, "more than %u stations", RK_TPS_MAX);
    *out = append_tps(t, code, desa, number_of(t, code, desa), RK_METHOD_TPS);
    count_up(t, desa);
    return RK_OK;
}

uint32_t rk_tree_ancestor(const rk_tree *t, uint32_t node, unsigned level) {
    while (t->node[node].level > level) node = t->node[node].parent;
    return node;
}

bool rk_tree_below(const rk_tree *t, uint32_t node, uint32_t top) {
    return rk_tree_ancestor(t, node, t->node[top].level) == top;
}

void rk_tree_tps_name(const rk_tree *t, uint32_t tps, rk_buf *out) {
    static const char *const methods[] = {"TPS ", "KSK ", "POS "};
    const rk_tps *s = &t->tps[tps];
    char text[24];
    if (!s->number) {
        rk_buf_add(out, rk_code_slice(&t->tps_code[tps]));
        return;
    }
    rk_buf_add(out, rk_slice_str(methods[s->method]));
    char *e = rk_num_put_pad(text, s->number, 3);
    rk_buf_add(out, (rk_slice){text, (size_t)(e - text)});
}

static int by_tps_code(const void *a, const void *b, void *ctx) {
    const rk_tree *t = ctx;
    return rk_code_cmp(&t->tps_code[*(const uint32_t *)a], &t->tps_code[*(const uint32_t *)b]);
}

uint32_t rk_tree_tps_sorted(const rk_tree *t, uint32_t desa, uint32_t *out) {
    uint32_t n = 0;
    bool ordered = true; /* they nearly always arrive in order */
    for (uint32_t i = t->node[desa].first_tps; i != RK_NONE; i = t->tps[i].next) {
        ordered &= n == 0 || rk_code_cmp(&t->tps_code[out[n - 1]], &t->tps_code[i]) < 0;
        out[n++] = i;
    }
    if (!ordered) qsort_r(out, n, sizeof *out, by_tps_code, (void *)(uintptr_t)t);
    return n;
}

static const char *const LEVELS[] = {"nasional",  "provinsi", "kabupaten",
                                     "kecamatan", "desa",     "tps"};

const char *rk_level_name(unsigned level) { return level < RK_LEVELS ? LEVELS[level] : "?"; }

bool rk_level_parse(rk_slice s, unsigned *level) {
    static const struct {
        const char *name;
        unsigned level;
    } also[] = {{"nation", 0},         {"province", 1}, {"kota", 2},     {"kab", 2},
                {"kabupaten/kota", 2}, {"kec", 3},      {"kelurahan", 4}};
    for (unsigned i = 0; i < RK_LEVELS; i++)
        if (rk_slice_is(s, LEVELS[i]) || (s.len == 1 && s.ptr[0] == (char)('0' + i)))
            return *level = i, true;
    for (size_t i = 0; i < sizeof also / sizeof *also; i++)
        if (rk_slice_is(s, also[i].name)) return *level = also[i].level, true;
    return false;
}
