/* The long lists: every station, every finding, the comparison, the regions. */
#include "publish/tables.h"

#include "base/mem.h"
#include "base/num.h"
#include "base/wib.h"
#include "core/official.h"
#include "publish/api_photo.h"

enum { PIECE = 1 << 18 };

/* ===== stations ===== */

struct stations {
    rk_election *e;
    const rk_tally *t;
    const rk_contest *c;
    rk_buf b;
    const rk_sink *out;
    bool desa, ts, full;
    rk_code *choice; /* codes of the choice columns when ballots differ */
    uint32_t n_choice;
    uint32_t *column;    /* ballot * n_choice */
    uint32_t *list, cap; /* stations of the desa at hand */
};

static bool desa_needed(const rk_election *e, uint32_t tps) {
    const rk_tree *t = e->tree;
    rk_slice code = rk_code_slice(&t->tps_code[tps]), desa = rk_tree_code(t, t->tps[tps].desa);
    /* begins with its desa's code, and no region's is longer: the prefix leads there */
    if (rk_slice_starts(code, desa) &&
        (t->prefix_lengths & ((2u << code.len) - 1)) >> (desa.len + 1) == 0)
        return false;
    return rk_tree_by_prefix(e->tree, &e->tree->tps_code[tps]) != e->tree->tps[tps].desa;
}

/* Which optional columns the file needs. */
static void look_ahead(struct stations *s) {
    for (uint32_t i = 0; i < s->e->tree->n_tps; i++) {
        if (!rk_tally_row(s->t, i)) continue;
        s->ts |= s->t->state[i].own_ts;
        if (!s->desa) s->desa = desa_needed(s->e, i);
    }
}

static char *put_cell(char *p, uint32_t v) {
    if (v != RK_ABSENT) return rk_num_put_comma(p, v);
    *p++ = ',';
    return p;
}

/* Photos of the form, a blank between, "-" for a page that is missing. */
static void put_photos(rk_slice images, rk_buf *b) {
    rk_buf list;
    rk_buf_init(&list, 1u << 17);
    while (images.len >= 2) {
        size_t n = (size_t)(uint8_t)images.ptr[0] | (size_t)(uint8_t)images.ptr[1] << 8;
        rk_slice one = {images.ptr + 2, n < images.len - 2 ? n : images.len - 2};
        if (list.len) rk_buf_byte(&list, ' ');
        if (!one.len) rk_buf_byte(&list, '-');
        for (size_t i = 0; i < one.len; i++)
            rk_buf_add(&list, one.ptr[i] == ' ' ? RK_LIT("%20") : (rk_slice){one.ptr + i, 1});
        images = rk_slice_from(images, 2 + one.len);
    }
    rk_buf_csv(b, rk_buf_slice(&list));
    rk_buf_free(&list);
}

static void put_broken(const struct stations *s, uint64_t broken, rk_buf *b) {
    bool first = true;
    for (uint32_t r = 0; r < s->c->n_rule; r++) {
        if (!(broken >> r & 1)) continue;
        if (!first) rk_buf_byte(b, ' ');
        first = false;
        rk_buf_add(b, rk_code_slice(&s->c->rule[r].id));
    }
}

rk_slice rk_station_status(const rk_form_state *f) {
    return !f ? RK_LIT("belum") : f->counted ? RK_LIT("masuk") : RK_LIT("kosong");
}

/* The form's own photos, then the public copies of those that came in with it: one list. */
static void put_all_photos(const struct stations *s, uint32_t tps, rk_slice images, rk_buf *b) {
    const rk_photo_state *p = rk_tally_photos(s->t, tps);
    uint32_t at[RK_FORM_PHOTOS_MAX], n = rk_tally_received(s->t, tps, at, RK_FORM_PHOTOS_MAX);
    if (!p) {
        if (images.len) put_photos(images, b);
        return;
    }
    rk_buf all;
    rk_buf_init(&all, 1u << 18);
    rk_buf_add(&all, images);
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < s->t->received[at[i]].n; k++) {
            const struct rk_public_photo *x = &s->t->photo[s->t->received[at[i]].first + k];
            char path[RK_PHOTO_PATH_MAX];
            rk_slice name = rk_photo_path(&x->copy, (enum rk_photo_type)x->type, path);
            if (!x->type) name.len = 0;
            rk_buf_u16(&all, (uint16_t)name.len);
            rk_buf_add(&all, name);
        }
    put_photos(rk_buf_slice(&all), b);
    rk_buf_free(&all);
}

/* ,baca,banding */
static void put_reading(struct stations *s, uint32_t tps) {
    const rk_photo_state *p = rk_tally_photos(s->t, tps);
    rk_buf *b = &s->b;
    rk_buf_byte(b, ',');
    if (p) rk_buf_add(b, rk_read_state_name(p->state));
    rk_buf_byte(b, ',');
    if (p && p->compared)
        rk_buf_add(b, p->compared == RK_COMPARED_SAME ? RK_LIT("sama") : RK_LIT("beda"));
}

/* RK_STATION_STATE */
static void put_state(struct stations *s, uint32_t tps) {
    const rk_form_state *f = rk_tally_row(s->t, tps) ? &s->t->state[tps] : NULL;
    rk_buf *b = &s->b;
    rk_buf_byte(b, ',');
    rk_buf_add(b, rk_station_status(f));
    if (!f) {
        rk_buf_lit(b, ",,,,,,");
        put_all_photos(s, tps, (rk_slice){0}, b);
        put_reading(s, tps);
        return;
    }
    rk_buf_add(b, f->broken & s->t->review_mask ? RK_LIT(",1,") : RK_LIT(",0,"));
    rk_buf_num(b, f->generation);
    rk_buf_byte(b, ',');
    rk_buf_csv(b, rk_psu_name((enum rk_psu)f->psu));
    rk_buf_byte(b, ',');
    rk_buf_num(b, f->entry1 - 1u);
    rk_buf_byte(b, ',');
    put_broken(s, f->broken, b);
    rk_buf_byte(b, ',');
    put_all_photos(s, tps, f->images1 ? s->t->images[f->images1 - 1] : (rk_slice){0}, b);
    put_reading(s, tps);
}

static char *put_text(char *p, rk_slice text) {
    if (text.len) memcpy(p, text.ptr, text.len);
    return p + text.len;
}

/* The same for a station without photos, straight into PLAIN_STATE_MAX bytes of room: nearly
 * all of them, and a tenth of the work. */
enum { PLAIN_STATE_MAX = 256 + RK_RULES_MAX * (RK_CODE_MAX + 1) };
static char *put_plain_state(const struct stations *s, const rk_form_state *f, char *p) {
    *p++ = ',';
    p = put_text(p, rk_station_status(f));
    if (!f) return put_text(p, RK_LIT(",,,,,,,,"));
    p = put_text(p, f->broken & s->t->review_mask ? RK_LIT(",1,") : RK_LIT(",0,"));
    p = rk_num_put(p, f->generation);
    *p++ = ',';
    p = put_text(p, rk_psu_name((enum rk_psu)f->psu)); /* names have no comma */
    *p++ = ',';
    p = rk_num_put(p, f->entry1 - 1u);
    *p++ = ',';
    for (uint64_t rest = f->broken; rest; rest &= rest - 1) {
        if (rest != f->broken) *p++ = ' ';
        p = put_text(p, rk_code_slice(&s->c->rule[__builtin_ctzll(rest)].id));
    }
    return put_text(p, RK_LIT(",,,"));
}

static rk_status station(struct stations *s, uint32_t tps, rk_err *err) {
    const uint32_t *row = rk_tally_row(s->t, tps);
    if (!row && !s->full) return RK_OK;
    const rk_tree *tree = s->e->tree;
    const rk_code *code = &tree->tps_code[tps];
    uint32_t desa = tree->tps[tps].desa;
    char *p = rk_buf_room(&s->b, 128 + 24 + PLAIN_STATE_MAX +
                                     11 * ((size_t)s->c->n_col + s->n_choice));
    if (!p) return rk_fail(err, RK_LIMIT, "a line of output is too long");
    memcpy(p, code->s, RK_CODE_MAX);
    p += code->len;
    if (s->desa) {
        *p++ = ',';
        memcpy(p, tree->code[desa].s, RK_CODE_MAX);
        p += tree->code[desa].len;
    }
    if (s->ts) {
        *p++ = ',';
        if (row && s->t->state[tps].own_ts) p = rk_wib_put(p, s->t->state[tps].ts);
    }
    const rk_form_state *f = row ? &s->t->state[tps] : NULL;
    if (s->full && !(f && f->images1) && !rk_tally_photos(s->t, tps)) {
        p = put_plain_state(s, f, p);
    } else if (s->full) {
        rk_buf_commit(&s->b, p);
        put_state(s, tps);
        p = rk_buf_room(&s->b, 24 + 11 * ((size_t)s->c->n_col + s->n_choice));
        if (!p) return rk_fail(err, RK_LIMIT, "a line of output is too long");
    }
    for (uint32_t i = 0; i < s->c->n_field; i++) p = put_cell(p, row ? row[i] : RK_ABSENT);
    if (s->c->n_ballot == 1) {
        for (uint32_t i = s->c->n_field; i < s->c->n_col; i++)
            p = put_cell(p, row ? row[i] : RK_ABSENT);
    } else {
        uint32_t ballot = s->t->ballot_of[desa];
        const uint32_t *col =
            row && ballot != RK_NONE ? s->column + (size_t)ballot * s->n_choice : NULL;
        for (uint32_t i = 0; i < s->n_choice; i++)
            p = put_cell(p, !col || col[i] == RK_NONE ? RK_ABSENT : row[col[i]]);
    }
    *p++ = '\n';
    rk_buf_commit(&s->b, p);
    return rk_sink_flush(s->out, &s->b, PIECE, err);
}

static void stations_header(struct stations *s) {
    rk_buf names;
    rk_buf_init(&names, 64u << 20);
    rk_table_columns(s->c, &names);
    rk_buf_lit(&s->b, "tps");
    if (s->desa) rk_buf_lit(&s->b, ",desa");
    if (s->ts) rk_buf_lit(&s->b, ",ts");
    if (s->full) rk_buf_lit(&s->b, "," RK_STATION_STATE);
    rk_buf_add(&s->b, rk_buf_slice(&names));
    rk_buf_byte(&s->b, '\n');
    if (s->c->n_ballot > 1) { /* the choice columns' codes, read back from the header */
        rk_slice rest = rk_slice_from(rk_buf_slice(&names), 1), part;
        s->choice = rk_calloc(s->c->n_by_code, sizeof *s->choice);
        for (uint32_t i = 0; rk_slice_cut(&rest, ',', &part); i++)
            if (i >= s->c->n_field &&
                rk_code_of(rk_slice_from(part, 6), &s->choice[s->n_choice]))
                s->n_choice++;
        s->column = rk_calloc((size_t)s->c->n_ballot * s->n_choice, sizeof *s->column);
        for (uint32_t b = 0; b < s->c->n_ballot; b++)
            for (uint32_t i = 0; i < s->n_choice; i++)
                s->column[(size_t)b * s->n_choice + i] =
                    rk_contest_choice(s->c, b, rk_code_slice(&s->choice[i]));
    }
    rk_buf_free(&names);
}

static rk_status desa_stations(struct stations *s, uint32_t desa, rk_err *err) {
    const rk_region *n = &s->e->tree->node[desa];
    if (s->full ? s->t->ballot_of[desa] == RK_NONE && s->t->count[desa].forms == 0
                : s->t->count[desa].forms == 0)
        return RK_OK;
    if (n->known > s->cap) {
        s->cap = n->known * 2;
        s->list = rk_realloc(s->list, s->cap, sizeof *s->list);
    }
    uint32_t k = rk_tree_tps_sorted(s->e->tree, desa, s->list);
    for (uint32_t i = 0; i < k; i++) RK_TRY(station(s, s->list[i], err));
    return RK_OK;
}

static rk_status stations(rk_election *e, uint32_t contest, bool full, const rk_sink *out,
                          rk_err *err) {
    struct stations s = {.e = e,
                         .t = &e->tally[contest],
                         .c = e->tally[contest].contest,
                         .out = out,
                         .desa = full,
                         .ts = full,
                         .full = full};
    rk_status st = RK_OK;
    rk_buf_init(&s.b, 64u << 20);
    if (!full) look_ahead(&s);
    stations_header(&s);
    for (uint32_t d = e->tree->level_first[RK_DESA]; st == RK_OK && d < e->tree->n; d++)
        st = desa_stations(&s, d, err);
    if (st == RK_OK) st = rk_sink_flush(out, &s.b, 0, err);
    rk_buf_free(&s.b);
    rk_free(s.choice);
    rk_free(s.column);
    rk_free(s.list);
    return st;
}

rk_status rk_table_stations(rk_election *e, uint32_t contest, const rk_sink *out, rk_err *err) {
    return stations(e, contest, false, out, err);
}

rk_status rk_table_every_station(rk_election *e, uint32_t contest, const rk_sink *out,
                                 rk_err *err) {
    return stations(e, contest, true, out, err);
}

/* ===== findings ===== */

struct findings {
    rk_election *e;
    rk_tally *t;
    enum rk_format format;
    rk_slice rule;
    uint64_t want; /* rules asked for */
    uint32_t tps;
    rk_buf b;
    const rk_sink *out;
    bool first;
};

static const char *const OPS[] = {"= ", "<= ", ">= "};

static void one_finding(void *ctx, const rk_finding *x) {
    struct findings *f = ctx;
    rk_buf *b = &f->b;
    rk_slice tps = rk_code_slice(&f->e->tree->tps_code[f->tps]),
             id = rk_code_slice(&x->rule->id);
    if (f->rule.len && !rk_slice_eq(id, f->rule)) return;
    if (f->format == RK_FORMAT_JSON) {
        rk_buf_add(b, f->first ? RK_LIT("\n{\"tps\":") : RK_LIT(",\n{\"tps\":"));
        rk_buf_json(b, tps);
        rk_buf_lit(b, ",\"aturan\":");
        rk_buf_json(b, id);
        rk_buf_printf(b, ",\"berat\":\"%c\",\"medan\":", x->rule->severity);
        rk_buf_json(b, x->field);
        rk_buf_printf(b, ",\"harus\":\"%s%lld\",\"tertulis\":%lld}", OPS[x->op],
                      (long long)x->expected, (long long)x->found);
    } else if (f->format == RK_FORMAT_CSV) {
        rk_buf_csv(b, tps);
        rk_buf_printf(b, ",%.*s,%c,", RK_FMT(id), x->rule->severity);
        rk_buf_csv(b, x->field);
        rk_buf_printf(b, ",%s%lld,%lld\n", x->op == RK_EQ ? "" : OPS[x->op],
                      (long long)x->expected, (long long)x->found);
    } else {
        rk_buf_printf(b, "%-16.*s %-6.*s %c  %-28.*s expected %s%lld, found %lld\n",
                      RK_FMT(tps), RK_FMT(id), x->rule->severity, RK_FMT(x->field), OPS[x->op],
                      (long long)x->expected, (long long)x->found);
    }
    f->first = false;
}

static rk_status station_findings(struct findings *f, uint32_t tps, rk_err *err) {
    if (!(f->t->state[tps].broken & f->want)) return RK_OK;
    uint32_t desa = f->e->tree->tps[tps].desa;
    f->tps = tps;
    (void)rk_rule_explain(f->t->contest, f->t->ballot_of[desa], rk_tally_row(f->t, tps),
                          f->t->abroad[desa], one_finding, f);
    return rk_sink_flush(f->out, &f->b, PIECE, err);
}

static void findings_summary(struct findings *f, uint32_t node) {
    const rk_contest *c = f->t->contest;
    rk_buf_printf(&f->b, "\n%-6s %-2s %10s  %s\n", "rule", "", "TPS", "");
    for (uint32_t r = 0; r < c->n_rule; r++) {
        uint32_t n = f->t->rule_count[(size_t)node * c->n_rule + r];
        if (n)
            rk_buf_printf(&f->b, "%-6.*s %c  %10u  %.*s\n",
                          RK_FMT(rk_code_slice(&c->rule[r].id)), c->rule[r].severity, n,
                          RK_FMT(c->rule[r].name_en));
    }
    rk_buf_printf(&f->b, "%-6s    %10u  stations need review, of %u with a form\n", "",
                  f->t->count[node].review, f->t->count[node].forms);
}

static rk_status all_findings(struct findings *f, uint32_t node, rk_err *err) {
    const rk_tree *tree = f->e->tree;
    uint32_t *list = NULL;
    rk_status s = RK_OK;
    for (uint32_t d = tree->level_first[RK_DESA]; s == RK_OK && d < tree->n; d++) {
        const uint32_t *rules = f->t->rule_count + (size_t)d * f->t->contest->n_rule;
        uint32_t any = 0;
        for (uint32_t r = 0; r < f->t->contest->n_rule; r++) any |= rules[r];
        if (!any || (node && !rk_tree_below(tree, d, node))) continue;
        list = rk_realloc(list, tree->node[d].known, sizeof *list);
        uint32_t n = rk_tree_tps_sorted(tree, d, list);
        for (uint32_t i = 0; s == RK_OK && i < n; i++)
            if (rk_tally_row(f->t, list[i])) s = station_findings(f, list[i], err);
    }
    rk_free(list);
    return s;
}

rk_status rk_table_findings(rk_election *e, uint32_t contest, uint32_t node, rk_slice rule,
                            enum rk_format format, const rk_sink *out, rk_err *err) {
    struct findings f = {.e = e,
                         .t = &e->tally[contest],
                         .format = format,
                         .rule = rule,
                         .want = ~0ull,
                         .out = out,
                         .first = true};
    const rk_contest *c = f.t->contest;
    for (uint32_t r = 0; rule.len && r < c->n_rule; r++)
        if (rk_slice_eq(rk_code_slice(&c->rule[r].id), rule)) f.want = 1ull << r;
    if (rule.len && f.want == ~0ull)
        return rk_fail(err, RK_NOT_FOUND, "contest %.*s has no rule '%.*s'",
                       RK_FMT(rk_code_slice(&c->code)), RK_FMT(rule));
    rk_buf_init(&f.b, 64u << 20);
    if (format == RK_FORMAT_CSV) rk_buf_lit(&f.b, "tps,aturan,berat,medan,harus,tertulis\n");
    if (format == RK_FORMAT_JSON) rk_buf_lit(&f.b, "{\"temuan\":[");
    rk_status s = all_findings(&f, node, err);
    if (format == RK_FORMAT_JSON) rk_buf_lit(&f.b, "\n]}\n");
    if (format == RK_FORMAT_TABLE) findings_summary(&f, node);
    if (s == RK_OK) s = rk_sink_flush(out, &f.b, 0, err);
    rk_buf_free(&f.b);
    return s;
}

/* ===== official figures beside the count ===== */

static void comparison_row(rk_election *e, const rk_official *o, const rk_official_table *t,
                           uint32_t r, uint32_t k, enum rk_format f, bool *first, rk_buf *b) {
    const rk_tally *tally = &e->tally[o->contest];
    uint64_t official = t->value[(size_t)r * t->n_column + k],
             counted = rk_official_counted(tally, e->tree, t, r, k);
    if (official == UINT64_MAX) return;
    long long diff = (long long)counted - (long long)official;
    rk_buf column;
    rk_buf_init(&column, 200);
    rk_official_name(tally->contest, t, k, &column);
    rk_slice code = rk_tree_code(e->tree, t->node[r]), name = e->tree->node[t->node[r]].name;
    if (f == RK_FORMAT_CSV) {
        rk_buf_csv(b, o->label);
        rk_buf_byte(b, ',');
        rk_buf_csv(b, code);
        rk_buf_byte(b, ',');
        rk_buf_csv(b, name);
        rk_buf_printf(b, ",%.*s,%llu,%llu,%lld\n", RK_FMT(rk_buf_slice(&column)),
                      (unsigned long long)official, (unsigned long long)counted, diff);
    } else if (f == RK_FORMAT_JSON) {
        rk_buf_add(b, *first ? RK_LIT("\n{\"seri\":") : RK_LIT(",\n{\"seri\":"));
        rk_buf_json(b, o->label);
        rk_buf_lit(b, ",\"kode\":");
        rk_buf_json(b, code);
        rk_buf_lit(b, ",\"nama\":");
        rk_buf_json(b, name);
        rk_buf_lit(b, ",\"kolom\":");
        rk_buf_json(b, rk_buf_slice(&column));
        rk_buf_printf(b, ",\"resmi\":%llu,\"hitung\":%llu,\"selisih\":%lld}",
                      (unsigned long long)official, (unsigned long long)counted, diff);
    } else {
        rk_buf_printf(b, "%-8.*s %-28.*s %-12.*s %14llu %14llu %+12lld\n", RK_FMT(code),
                      (int)(name.len < 28 ? name.len : 28), name.ptr,
                      RK_FMT(rk_buf_slice(&column)), (unsigned long long)official,
                      (unsigned long long)counted, diff);
    }
    *first = false;
    rk_buf_free(&column);
}

rk_status rk_table_comparison(rk_election *e, uint32_t contest, enum rk_format f,
                              const rk_sink *out, rk_err *err) {
    rk_buf b;
    bool first = true;
    rk_status s = RK_OK;
    rk_buf_init(&b, 64u << 20);
    if (f == RK_FORMAT_CSV) rk_buf_lit(&b, "seri,kode,nama,kolom,resmi,hitung,selisih\n");
    if (f == RK_FORMAT_JSON) rk_buf_lit(&b, "{\"banding\":[");
    for (uint32_t i = 0; s == RK_OK && i < e->n_official; i++) {
        const rk_official *o = &e->official[i];
        rk_official_table t;
        if (o->contest != contest) continue;
        s = rk_official_parse(e->tree, e->tally[contest].contest, o->csv, &t, err);
        if (s != RK_OK) break;
        if (f == RK_FORMAT_TABLE)
            rk_buf_printf(&b, "%.*s\n%-8s %-28s %-12s %14s %14s %12s\n", RK_FMT(o->label),
                          "kode", "nama", "kolom", "resmi", "hitung", "selisih");
        for (uint32_t r = 0; r < t.n; r++)
            for (uint32_t k = 0; k < t.n_column; k++)
                comparison_row(e, o, &t, r, k, f, &first, &b);
        rk_official_free(&t);
    }
    if (f == RK_FORMAT_JSON) rk_buf_lit(&b, "\n]}\n");
    if (s == RK_OK) s = rk_sink_flush(out, &b, 0, err);
    rk_buf_free(&b);
    return s;
}

/* ===== regions ===== */

rk_status rk_table_regions(const rk_election *e, const rk_sink *out, rk_err *err) {
    rk_buf b;
    const rk_tree *t = e->tree;
    rk_status s = RK_OK;
    rk_buf_init(&b, 1u << 20);
    rk_buf_lit(&b, "kode,induk,nama,tingkat,dapil\n");
    for (uint32_t i = 1; s == RK_OK && i < t->n; i++) {
        rk_buf_csv(&b, rk_tree_code(t, i));
        rk_buf_byte(&b, ',');
        rk_buf_csv(&b, rk_tree_code(t, t->node[i].parent));
        rk_buf_byte(&b, ',');
        rk_buf_csv(&b, t->node[i].name);
        rk_buf_printf(&b, ",%u,", t->node[i].level);
        rk_buf_csv(&b, rk_code_slice(&t->node[i].dapil));
        rk_buf_byte(&b, '\n');
        s = rk_sink_flush(out, &b, PIECE, err);
    }
    if (s == RK_OK) s = rk_sink_flush(out, &b, 0, err);
    rk_buf_free(&b);
    return s;
}
