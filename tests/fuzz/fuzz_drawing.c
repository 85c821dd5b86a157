/* Any form description's `gambar`: refused with a reason, or items that a drawer can draw. */
#include "print/drawing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(const rk_draw_item *t) {
    rk_slice rest = t->text, plain, name;
    size_t pieces = 0;
    RK_ASSERT(t->x >= 0 && t->y >= 0 && t->line >= 0 && t->grey >= 0 && t->grey <= 1);
    RK_ASSERT(t->kind != RK_DRAW_GRID || (t->cols >= 1 && t->rows >= 1));
    RK_ASSERT(t->kind != RK_DRAW_TEXT || (t->size >= 0.5 && t->rows >= 1 && t->text.len));
    while (rk_drawing_piece(&rest, &plain, &name)) {
        RK_ASSERT(!plain.len || !name.len);
        pieces += plain.len + (name.len ? name.len + 2 : 0);
    }
    RK_ASSERT(pieces == t->text.len); /* nothing lost, nothing twice */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    rk_sheet *f;
    rk_drawing d;
    rk_err err = RK_ERR_INIT;
    if (rk_sheet_parse((rk_slice){(const char *)data, n}, &f, NULL) != RK_OK) return 0;
    if (rk_drawing_parse(f, &d, &err) == RK_OK) {
        RK_ASSERT(d.first[0] == 0 && d.first[f->n_page] == d.n);
        for (uint32_t i = 0; i < f->n_page; i++) RK_ASSERT(d.first[i] <= d.first[i + 1]);
        for (uint32_t i = 0; i < d.n; i++) check(&d.item[i]);
        rk_drawing_free(&d);
    } else {
        RK_ASSERT(err.text[0] != '\0' && d.item == NULL);
    }
    rk_sheet_free(&f);
    return 0;
}
