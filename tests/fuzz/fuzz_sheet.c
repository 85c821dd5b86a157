/* Any bytes as the description of a printed form: refused with a reason, or one whose every
 * index lies inside its list. */
#include "read/sheet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    rk_sheet *f;
    rk_err err = RK_ERR_INIT;
    if (rk_sheet_parse((rk_slice){(const char *)data, n}, &f, &err) != RK_OK) {
        RK_ASSERT(err.text[0] != '\0' && f == NULL);
        return 0;
    }
    RK_ASSERT(f->n_page >= 1 && f->n_page <= RK_SHEET_PAGES_MAX);
    for (uint32_t i = 0; i < f->n_page; i++) {
        const rk_sheet_page *p = &f->page[i];
        RK_ASSERT(p->first_tag + p->n_tag <= f->n_tag && p->n_tag >= 1);
        RK_ASSERT(p->first_mark + p->n_mark <= f->n_mark);
        RK_ASSERT(p->first_field + p->n_field <= f->n_field);
    }
    for (uint32_t i = 0; i < f->n_field; i++) {
        RK_ASSERT(f->field[i].first_box + f->field[i].n_box <= f->n_box);
        RK_ASSERT(rk_sheet_field_find(f, f->field[i].name) == i);
    }
    for (uint32_t i = 0; i < f->n_check; i++)
        RK_ASSERT(f->check[i].n_left && f->check[i].n_right &&
                  f->check[i].first_right + f->check[i].n_right <= f->n_term);
    for (uint32_t i = 0; i < f->n_term; i++)
        RK_ASSERT(f->term[i].field == RK_SHEET_CONST || f->term[i].field < f->n_field);
    rk_sheet_free(&f);
    return 0;
}
