#include "arsip/rows.h"

#include "base/mem.h"

enum { PIECE = 1 << 16, WIDEST = 60 };

bool rk_rows_format(rk_slice s, enum rk_rows_format *out) {
    static const char *const names[] = {"table", "csv", "json"};
    for (int i = 0; i < 3; i++)
        if (rk_slice_is(s, names[i])) return *out = (enum rk_rows_format)i, true;
    return false;
}

void rk_rows_init(rk_rows *l, const char *columns) {
    *l = (rk_rows){0};
    rk_buf_init(&l->text, RK_ROWS_BYTES);
    rk_slice rest = rk_slice_str(columns), c;
    while (rk_slice_cut(&rest, ',', &c)) {
        RK_ASSERT(l->n_column < 20);
        l->number[l->n_column] = c.len && c.ptr[0] == '#';
        l->column[l->n_column] = l->number[l->n_column] ? rk_slice_from(c, 1) : c;
        l->n_column++;
    }
}

void rk_rows_free(rk_rows *l) { rk_buf_free(&l->text); }

static void cell_end(rk_rows *l) {
    rk_buf_byte(&l->text, 0);
    if (++l->at == l->n_column) l->at = 0, l->rows++;
}

void rk_rows_text(rk_rows *l, rk_slice s) {
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i]) rk_buf_byte(&l->text, s.ptr[i]);
    cell_end(l);
}
void rk_rows_str(rk_rows *l, const char *s) { rk_rows_text(l, rk_slice_str(s)); }
void rk_rows_num(rk_rows *l, int64_t v) {
    rk_buf_printf(&l->text, "%lld", (long long)v);
    cell_end(l);
}
void rk_rows_none(rk_rows *l) { cell_end(l); }

static rk_slice next_cell(const char **p) {
    rk_slice s = rk_slice_str(*p);
    *p += s.len + 1;
    return s;
}

/* Characters as a terminal shows them: UTF-8 continuation bytes take no room. */
static size_t shown(rk_slice s) {
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) n += ((unsigned char)s.ptr[i] & 0xc0) != 0x80;
    return n;
}

static void pad(rk_buf *b, size_t n) {
    while (n--) rk_buf_byte(b, ' ');
}

static void aligned(rk_buf *b, rk_slice s, size_t width, bool right, bool last) {
    size_t n = shown(s);
    if (right && n < width) pad(b, width - n);
    rk_buf_add(b, s);
    if (last) return;
    if (!right && n < width) pad(b, width - n);
    rk_buf_lit(b, "  ");
}

static rk_status write_table(const rk_rows *l, const rk_sink *out, rk_buf *b, rk_err *err) {
    size_t width[20];
    const char *p = l->text.ptr;
    for (uint32_t c = 0; c < l->n_column; c++) width[c] = shown(l->column[c]);
    for (uint64_t r = 0; r < l->rows; r++)
        for (uint32_t c = 0; c < l->n_column; c++) {
            size_t n = shown(next_cell(&p));
            if (n > width[c]) width[c] = n < WIDEST ? n : WIDEST;
        }
    for (uint32_t c = 0; c < l->n_column; c++)
        aligned(b, l->column[c], width[c], l->number[c], c + 1 == l->n_column);
    rk_buf_byte(b, '\n');
    p = l->text.ptr;
    for (uint64_t r = 0; r < l->rows; r++) {
        for (uint32_t c = 0; c < l->n_column; c++)
            aligned(b, next_cell(&p), width[c], l->number[c], c + 1 == l->n_column);
        rk_buf_byte(b, '\n');
        RK_TRY(rk_sink_flush(out, b, PIECE, err));
    }
    return rk_sink_flush(out, b, 0, err);
}

static rk_status write_csv(const rk_rows *l, const rk_sink *out, rk_buf *b, rk_err *err) {
    for (uint32_t c = 0; c < l->n_column; c++) {
        if (c) rk_buf_byte(b, ',');
        rk_buf_add(b, l->column[c]);
    }
    rk_buf_byte(b, '\n');
    const char *p = l->text.ptr;
    for (uint64_t r = 0; r < l->rows; r++) {
        for (uint32_t c = 0; c < l->n_column; c++) {
            if (c) rk_buf_byte(b, ',');
            rk_buf_csv(b, next_cell(&p));
        }
        rk_buf_byte(b, '\n');
        RK_TRY(rk_sink_flush(out, b, PIECE, err));
    }
    return rk_sink_flush(out, b, 0, err);
}

static rk_status write_json(const rk_rows *l, const rk_sink *out, rk_buf *b, rk_err *err) {
    const char *p = l->text.ptr;
    rk_buf_byte(b, '[');
    for (uint64_t r = 0; r < l->rows; r++) {
        rk_buf_add(b, r ? RK_LIT(",\n{") : RK_LIT("\n{"));
        for (uint32_t c = 0; c < l->n_column; c++) {
            rk_slice s = next_cell(&p);
            if (c) rk_buf_byte(b, ',');
            rk_buf_json(b, l->column[c]);
            rk_buf_byte(b, ':');
            if (l->number[c] && s.len == 0)
                rk_buf_lit(b, "null");
            else if (l->number[c])
                rk_buf_add(b, s);
            else
                rk_buf_json(b, s);
        }
        rk_buf_byte(b, '}');
        RK_TRY(rk_sink_flush(out, b, PIECE, err));
    }
    rk_buf_lit(b, "\n]\n");
    return rk_sink_flush(out, b, 0, err);
}

rk_status rk_rows_write(const rk_rows *l, enum rk_rows_format f, const rk_sink *out,
                        rk_err *err) {
    RK_ASSERT(l->at == 0);
    if (l->text.failed)
        return rk_fail(err, RK_LIMIT, "the list is over %u MiB: ask for less of it",
                       RK_ROWS_BYTES >> 20);
    rk_buf b;
    rk_buf_init(&b, PIECE * 8);
    rk_status s = f == RK_LIST_TABLE ? write_table(l, out, &b, err)
                  : f == RK_LIST_CSV ? write_csv(l, out, &b, err)
                                     : write_json(l, out, &b, err);
    rk_buf_free(&b);
    return s;
}
