#include "arsip/spec.h"

#include "base/mem.h"
#include "base/utf8.h"

#include <jansson.h>

struct reader {
    rk_spec *s;
    const rk_arsip *a;
    rk_err *err;
};

static rk_status bad(struct reader *r, const char *key, const char *what) {
    return rk_fail(r->err, RK_BAD_INPUT, "\"%s\" %s", key, what);
}

static rk_slice text_of(const json_t *j) {
    return json_is_string(j) ? (rk_slice){json_string_value(j), json_string_length(j)}
                             : (rk_slice){"", 0};
}

/* A text of the object; missing is an error only when needed. */
static rk_status take(struct reader *r, const json_t *o, const char *key, bool needed,
                      rk_slice *out) {
    const json_t *j = json_object_get(o, key);
    *out = text_of(j);
    if (j && !json_is_string(j)) return bad(r, key, "is not a text");
    if (needed && out->len == 0) return bad(r, key, "is missing or empty");
    if (out->len > RK_TEXT_MAX || !rk_utf8_text(*out, ""))
        return bad(r, key, "is longer than 1000 bytes or no plain text");
    return RK_OK;
}

/* Only these keys: a misspelt one would be passed over in silence otherwise. */
static rk_status only(struct reader *r, const json_t *o, const char *where, const char *keys) {
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)o, key, value) {
        rk_slice rest = rk_slice_str(keys), k;
        bool known = false;
        while (rk_slice_cut(&rest, ' ', &k)) known = known || rk_slice_is(k, key);
        if (!known)
            return rk_fail(r->err, RK_BAD_INPUT, "unknown key \"%.60s\" in %s: there may be %s",
                           key, where, keys);
    }
    return RK_OK;
}

/* ===== the parts ===== */

static rk_status series(struct reader *r, const json_t *o) {
    rk_spec *s = r->s;
    rk_slice election, contest, standing;
    RK_TRY(take(r, o, "pemilu", true, &election));
    RK_TRY(take(r, o, "kontes", true, &contest));
    RK_TRY(take(r, o, "seri", true, &s->series));
    RK_TRY(take(r, o, "kedudukan", true, &standing));
    RK_TRY(take(r, o, "nama", true, &s->name));
    RK_TRY(take(r, o, "sumber", true, &s->source));
    RK_TRY(take(r, o, "lisensi", true, &s->licence));
    RK_TRY(take(r, o, "nomor", false, &s->number));
    RK_TRY(take(r, o, "bagian", false, &s->part));
    RK_TRY(take(r, o, "catatan", false, &s->note));
    if ((s->election = rk_arsip_find_election(r->a, election)) == RK_NONE)
        return bad(r, "pemilu",
                   "is no election of the archive: 'rekap archive coverage' "
                   "names them");
    if ((s->contest = rk_arsip_find_contest(r->a, s->election, contest)) == RK_NONE)
        return bad(r, "kontes", "is no contest of this election");
    if (!rk_standing_parse(standing, &s->standing))
        return bad(r, "kedudukan",
                   "is none of keputusan, pleno, pers, sistem, masyarakat, daftar");
    if (s->standing == RK_DECREE && s->number.len == 0)
        return bad(r, "nomor", "is missing: a decree (keputusan) has a number");
    for (size_t i = 0; i < s->series.len; i++) {
        char c = s->series.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c == '-' && i)))
            return bad(r, "seri", "may have a-z, 0-9 and '-' only: it names a directory");
    }
    if (s->series.len > 100) return bad(r, "seri", "is longer than 100 bytes");
    if (rk_arsip_find_series(r->a, s->series) != RK_NONE)
        return rk_fail(r->err, RK_CONFLICT,
                       "the archive has a series %.*s already: choose another name in \"seri\"",
                       RK_FMT(s->series));
    return RK_OK;
}

static rk_status one_char(struct reader *r, const json_t *o, const char *key, const char *may,
                          char *out) {
    rk_slice t;
    RK_TRY(take(r, o, key, false, &t));
    if (t.len == 0) return RK_OK;
    if (t.len != 1 || !memchr(may, t.ptr[0], strlen(may)))
        return rk_fail(r->err, RK_BAD_INPUT, "\"%s\" is one of: %s", key, may);
    *out = t.ptr[0];
    return RK_OK;
}

static rk_status form(struct reader *r, const json_t *o) {
    rk_spec *s = r->s;
    s->separator = ',';
    RK_TRY(one_char(r, o, "pemisah", ",;\t|", &s->separator));
    RK_TRY(one_char(r, o, "ribuan", "., ", &s->thousands));
    const json_t *e = json_object_get(o, "kosong");
    if (e && !json_is_array(e)) return bad(r, "kosong", "is not a list of texts");
    for (size_t i = 0; i < json_array_size(e); i++) {
        if (s->n_empty == RK_SPEC_EMPTY || !json_is_string(json_array_get(e, i)))
            return bad(r, "kosong", "is not a list of at most 16 texts");
        s->empty[s->n_empty++] = text_of(json_array_get(e, i));
    }
    return RK_OK;
}

/* {"kolom": NAME} or {"tetap": TEXT}. */
static rk_status cell(struct reader *r, const json_t *o, const char *key, bool needed,
                      rk_spec_cell *out) {
    const json_t *j = json_object_get(o, key);
    *out = (rk_spec_cell){{"", 0}, {"", 0}};
    if (json_is_string(j)) return out->fixed = text_of(j), RK_OK;
    if (!j) return needed ? bad(r, key, "is missing") : RK_OK;
    if (!json_is_object(j)) return bad(r, key, "is neither a text nor {\"kolom\": NAME}");
    RK_TRY(only(r, j, key, "kolom"));
    return take(r, j, "kolom", true, &out->column);
}

static rk_status region(struct reader *r, const json_t *o) {
    rk_spec *s = r->s;
    rk_slice by;
    const json_t *w = json_object_get(o, "wilayah");
    if (!json_is_object(w)) return bad(r, "wilayah", "is missing or no object");
    RK_TRY(only(r, w, "wilayah", "kolom tetap sebagai provinsi"));
    RK_TRY(take(r, w, "kolom", false, &s->region.column));
    RK_TRY(take(r, w, "tetap", false, &s->region.fixed));
    RK_TRY(take(r, w, "provinsi", false, &s->province));
    RK_TRY(take(r, w, "sebagai", false, &by));
    if ((s->region.column.len != 0) == (s->region.fixed.len != 0))
        return bad(r, "wilayah", "needs either \"kolom\" or \"tetap\"");
    if (by.len == 0 || rk_slice_is(by, "pohon"))
        s->by = RK_BY_TREE;
    else if (rk_slice_is(by, "kemendagri"))
        s->by = RK_BY_KEMENDAGRI;
    else if (rk_slice_is(by, "nama"))
        s->by = RK_BY_NAME;
    else
        return bad(r, "sebagai", "is none of pohon, kemendagri, nama");
    return RK_OK;
}

static rk_status figures(struct reader *r, const json_t *o) {
    rk_spec *s = r->s;
    const json_t *list = json_object_get(o, "angka");
    size_t n = json_array_size(list);
    if (n == 0 || n > RK_SPEC_COLUMNS_MAX)
        return bad(r, "angka", "is no list of 1 to 512 columns");
    s->figure = rk_calloc(n, sizeof *s->figure);
    for (size_t i = 0; i < n; i++) {
        const json_t *f = json_array_get(list, i);
        struct rk_spec_figure *to = &s->figure[s->n_figure++];
        if (!json_is_object(f)) return bad(r, "angka", "has an element that is no object");
        RK_TRY(only(r, f, "angka", "kolom butir pilihan"));
        RK_TRY(take(r, f, "kolom", true, &to->column));
        RK_TRY(cell(r, f, "butir", true, &to->item));
        RK_TRY(cell(r, f, "pilihan", false, &to->choice));
        if (!to->item.column.len && rk_arsip_find_item(r->a, to->item.fixed) == RK_NONE)
            return rk_fail(r->err, RK_BAD_INPUT, "\"butir\": '%.*s' is no row of butir.csv",
                           RK_FMT(to->item.fixed));
    }
    return RK_OK;
}

static rk_status map(struct reader *r, const json_t *o, const char *key, rk_spec_map *out,
                     uint32_t *n) {
    const json_t *m = json_object_get(o, key);
    const char *from;
    json_t *to;
    if (!json_is_object(m)) return bad(r, key, "is missing or no object");
    json_object_foreach((json_t *)(uintptr_t)m, from, to) {
        if (*n == RK_SPEC_MAPS || !json_is_string(to))
            return bad(r, key, "maps at most 64 texts to texts");
        out[(*n)++] = (rk_spec_map){rk_slice_str(from), text_of(to)};
    }
    return RK_OK;
}

static rk_status bands(struct reader *r, const json_t *o) {
    rk_spec_roll *p = &r->s->roll;
    static const uint32_t usual[] = {17, 21, 31, 41, 51, 61};
    const json_t *b = json_object_get(o, "kelompok_umur");
    size_t n = b ? json_array_size(b) : sizeof usual / sizeof *usual;
    if (n == 0 || n > RK_AGE_BANDS)
        return bad(r, "kelompok_umur", "is no list of 1 to 16 ages");
    for (size_t i = 0; i < n; i++) {
        json_int_t v = b ? json_integer_value(json_array_get(b, i)) : (json_int_t)usual[i];
        if (v <= 0 || v > 120 || (i && v <= (json_int_t)p->band[i - 1]))
            return bad(r, "kelompok_umur", "is no rising list of ages 1 to 120");
        p->band[p->n_band++] = (uint32_t)v;
    }
    return RK_OK;
}

static rk_status roll_groups(struct reader *r, const json_t *o) {
    rk_spec_roll *p = &r->s->roll;
    const json_t *age = json_object_get(o, "umur"), *dis = json_object_get(o, "disabilitas");
    rk_slice shape = {"", 0};
    if (age) {
        RK_TRY(only(r, age, "umur", "kolom tanggal_lahir bentuk"));
        RK_TRY(take(r, age, "kolom", false, &p->age));
        RK_TRY(take(r, age, "tanggal_lahir", false, &p->born));
        RK_TRY(take(r, age, "bentuk", false, &shape));
        if ((p->age.len != 0) == (p->born.len != 0))
            return bad(r, "umur", "needs either \"kolom\" or \"tanggal_lahir\"");
        p->day_first = rk_slice_is(shape, "DD-MM-YYYY");
        if (shape.len && !p->day_first && !rk_slice_is(shape, "YYYY-MM-DD"))
            return bad(r, "bentuk", "is YYYY-MM-DD or DD-MM-YYYY");
        RK_TRY(bands(r, o));
    }
    if (!dis) return RK_OK;
    RK_TRY(only(r, dis, "disabilitas", "kolom arti"));
    RK_TRY(take(r, dis, "kolom", true, &p->disability));
    RK_TRY(map(r, dis, "arti", p->disability_map, &p->n_disability));
    for (uint32_t i = 0; i < p->n_disability; i++)
        if (p->disability_map[i].to.len && !rk_utf8_text(p->disability_map[i].to, ""))
            return bad(r, "arti", "has a text that is not plain");
    return RK_OK;
}

static rk_status roll(struct reader *r, const json_t *o) {
    rk_spec_roll *p = &r->s->roll;
    p->given = true;
    RK_TRY(only(r, o, "daftar_pemilih",
                "tps desa nomor_tps jenis_kelamin umur kelompok_umur disabilitas"));
    RK_TRY(take(r, o, "tps", false, &p->tps));
    RK_TRY(take(r, o, "desa", false, &p->desa));
    RK_TRY(take(r, o, "nomor_tps", false, &p->number));
    if (p->tps.len ? p->desa.len || p->number.len : !p->desa.len || !p->number.len)
        return bad(r, "daftar_pemilih", "needs \"tps\", or \"desa\" and \"nomor_tps\"");
    const json_t *sex = json_object_get(o, "jenis_kelamin");
    if (!json_is_object(sex)) return bad(r, "jenis_kelamin", "is missing or no object");
    RK_TRY(only(r, sex, "jenis_kelamin", "kolom arti"));
    RK_TRY(take(r, sex, "kolom", true, &p->sex));
    RK_TRY(map(r, sex, "arti", p->sex_map, &p->n_sex));
    for (uint32_t i = 0; i < p->n_sex; i++)
        if (!rk_slice_is(p->sex_map[i].to, "L") && !rk_slice_is(p->sex_map[i].to, "P"))
            return bad(r, "arti", "of jenis_kelamin maps to L or P only");
    if (!rk_slice_is(r->a->contest[r->s->contest].code, "dpt"))
        return bad(r, "kontes", "must be dpt for a voters' roll");
    return roll_groups(r, o);
}

static rk_status document(struct reader *r, const json_t *o) {
    rk_slice format;
    if (!json_is_object(o)) return rk_fail(r->err, RK_BAD_INPUT, "the file is no JSON object");
    RK_TRY(only(r, o, "the description",
                "format pemilu kontes seri kedudukan nomor nama bagian lisensi sumber catatan "
                "pemisah ribuan kosong wilayah angka daftar_pemilih"));
    RK_TRY(take(r, o, "format", true, &format));
    if (!rk_slice_is(format, "rekap-arsip-impor-1"))
        return bad(r, "format", "is not rekap-arsip-impor-1");
    RK_TRY(series(r, o));
    RK_TRY(form(r, o));
    const json_t *list = json_object_get(o, "daftar_pemilih");
    if (list) {
        if (json_object_get(o, "angka") || json_object_get(o, "wilayah"))
            return bad(r, "daftar_pemilih", "stands without \"wilayah\" and \"angka\"");
        return roll(r, list);
    }
    RK_TRY(region(r, o));
    return figures(r, o);
}

rk_status rk_spec_parse(const rk_arsip *a, rk_slice json, rk_spec **out, rk_err *err) {
    json_error_t why;
    *out = NULL;
    if (json.len > RK_SPEC_MAX)
        return rk_fail(err, RK_LIMIT, "the description is over %u bytes", RK_SPEC_MAX);
    json_t *j = json_loadb(json.ptr ? json.ptr : "", json.len, JSON_REJECT_DUPLICATES, &why);
    if (!j)
        return rk_fail_at(err, RK_BAD_INPUT, (size_t)(why.line > 0 ? why.line : 1), 0,
                          "not valid JSON: %s", why.text);
    rk_spec *s = rk_alloc(sizeof *s);
    s->json = j;
    struct reader r = {s, a, err};
    rk_status st = document(&r, j);
    if (st == RK_OK)
        *out = s;
    else
        rk_spec_free(&s);
    return st;
}

void rk_spec_free(rk_spec **s) {
    if (!*s) return;
    json_decref((*s)->json);
    rk_free((*s)->figure);
    rk_free(*s);
    *s = NULL;
}

rk_status rk_spec_commas(rk_slice in, char separator, rk_buf *out, rk_err *err) {
    bool quoted = false, begin = true;
    if (rk_slice_starts(in, RK_LIT("\xef\xbb\xbf"))) in = rk_slice_from(in, 3);
    for (size_t i = 0; i < in.len; i++) {
        char c = in.ptr[i];
        if (begin) {
            rk_buf_byte(out, '"');
            quoted = c == '"';
            begin = false;
            if (quoted) continue;
        }
        bool twice = c == '"' && quoted && i + 1 < in.len && in.ptr[i + 1] == '"';
        if (twice) {
            rk_buf_lit(out, "\"\"");
            i++;
        } else if (c == '"' && quoted)
            quoted = false;
        else if (!quoted && (c == separator || c == '\n')) {
            rk_buf_byte(out, '"');
            rk_buf_byte(out, c == '\n' ? '\n' : ',');
            begin = true;
        } else if (c == '"')
            rk_buf_lit(out, "\"\"");
        else if (c != '\r' || quoted)
            rk_buf_byte(out, c);
    }
    if (quoted)
        return rk_fail(err, RK_BAD_INPUT,
                       "a quoted field is not closed at the end of the file");
    if (!begin) rk_buf_byte(out, '"');
    return out->failed ? rk_fail(err, RK_LIMIT, "the file is too long") : RK_OK;
}
