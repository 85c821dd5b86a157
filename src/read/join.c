#include "read/join.h"

#include "base/mem.h"
#include "base/num.h"

#include <stdlib.h>

rk_slice rk_photo_stem(rk_slice path, uint32_t *page) {
    rk_slice s = path;
    *page = 0;
    for (size_t i = 0; i < path.len; i++)
        if (path.ptr[i] == '/') s = rk_slice_from(path, i + 1);
    for (size_t i = s.len; i > 1; i--)
        if (s.ptr[i - 1] == '.') {
            s.len = i - 1;
            break;
        }
    size_t at = s.len;
    while (at > 0 && s.ptr[at - 1] >= '0' && s.ptr[at - 1] <= '9') at--;
    uint64_t n;
    if (at > 2 && s.ptr[at - 1] == 'p' && s.ptr[at - 2] == '_' &&
        rk_num_parse(rk_slice_from(s, at), 999, &n) && n > 0) {
        *page = (uint32_t)n;
        s.len = at - 2;
    }
    return s;
}

uint32_t rk_photo_page(const rk_sheet *form, const rk_taken *t) {
    uint32_t number;
    rk_photo_stem(t->path, &number);
    if (t->reading->page < form->n_page) return t->reading->page;
    for (uint32_t i = 0; i < form->n_page; i++)
        if (form->page[i].number == number) return i;
    return UINT32_MAX;
}

/* ===== names ===== */

struct named { /* a photo by the name of its file, for finding those of one name */
    rk_slice stem;
    uint32_t photo;
};

static int by_stem(const void *a, const void *b) {
    const struct named *x = a, *y = b;
    int c = rk_slice_cmp(x->stem, y->stem);
    return c ? c : x->photo < y->photo ? -1 : x->photo > y->photo;
}

static rk_slice id_text(const rk_page_id *id) {
    rk_buf b;
    rk_buf_init(&b, 3 * RK_CODE_MAX + 3);
    rk_page_id_put_form(id, &b);
    return rk_buf_slice(&b); /* the buffer's memory becomes the text's */
}

static rk_slice own(rk_slice s) { return (rk_slice){rk_dup(s.ptr, s.len ? s.len : 1), s.len}; }

/* Every photo's form id. Photos of one name and one code share it. */
static rk_slice *ids_of(const rk_taken *photo, uint32_t n) {
    rk_slice *id = rk_calloc(n + 1, sizeof *id);
    struct named *by = rk_calloc(n + 1, sizeof *by);
    uint32_t page;
    for (uint32_t i = 0; i < n; i++)
        by[i] = (struct named){rk_photo_stem(photo[i].path, &page), i};
    qsort(by, n, sizeof *by, by_stem);
    for (uint32_t first = 0, last; first < n; first = last) {
        const rk_page_id *common = NULL;
        bool several = false;
        for (last = first; last < n && rk_slice_eq(by[last].stem, by[first].stem); last++) {
            const rk_page_reading *r = photo[by[last].photo].reading;
            if (!r->has_id) continue;
            several |= common && !(rk_code_eq(&common->tps, &r->id.tps) &&
                                   rk_code_eq(&common->contest, &r->id.contest) &&
                                   rk_code_eq(&common->election, &r->id.election));
            common = &r->id;
        }
        for (uint32_t i = first; i < last; i++) {
            const rk_page_reading *r = photo[by[i].photo].reading;
            const rk_page_id *take = r->has_id ? &r->id : several ? NULL : common;
            id[by[i].photo] = take ? id_text(take) : own(by[i].stem);
        }
    }
    rk_free(by);
    return id;
}

/* ===== pages ===== */

static bool read_ok(const rk_taken *t) { return t->reading->refusal == RK_PAGE_READ; }

/* Whether two photos of one page say the same figures. */
static bool same_figures(const rk_sheet *f, const rk_page_reading *a,
                         const rk_page_reading *b) {
    const rk_sheet_page *p = &f->page[a->page];
    for (uint32_t i = p->first_field; i < p->first_field + p->n_field; i++) {
        const rk_sheet_field *x = &f->field[i];
        uint32_t at = x->first_box - f->field[p->first_field].first_box;
        float u[RK_SHEET_BOXES_MAX][RK_DIGIT_CLASSES], v[RK_SHEET_BOXES_MAX][RK_DIGIT_CLASSES];
        rk_value s, t;
        for (uint32_t k = 0; k < x->n_box; k++) {
            memcpy(u[k], a->box[at + k].posterior, sizeof u[k]);
            memcpy(v[k], b->box[at + k].posterior, sizeof v[k]);
        }
        rk_value_of((const float(*)[RK_DIGIT_CLASSES])u, x->n_box, &s);
        rk_value_of((const float(*)[RK_DIGIT_CLASSES])v, x->n_box, &t);
        if (!s.n || !t.n || s.best[0].value != t.best[0].value) return false;
    }
    return true;
}

static void place(const rk_sheet *form, const rk_taken *photo, rk_joined *j, uint32_t k) {
    uint32_t page = rk_photo_page(form, &photo[k]);
    if (page == UINT32_MAX) return;
    uint32_t *used = &j->of_page[page];
    if (*used == UINT32_MAX || (!read_ok(&photo[*used]) && read_ok(&photo[k]))) {
        *used = k;
        return;
    }
    if (!read_ok(&photo[k])) return;
    if (!same_figures(form, photo[*used].reading, photo[k].reading)) j->disputed[page] = true;
    if (photo[k].reading->sharpness > photo[*used].reading->sharpness) *used = k;
}

static void judge(const rk_sheet *form, const rk_taken *photo, const rk_gate *gate,
                  rk_joined *j) {
    const rk_page_reading **page = rk_calloc(form->n_page, sizeof *page);
    j->of_page = rk_calloc(form->n_page, sizeof *j->of_page);
    j->disputed = rk_calloc(form->n_page, sizeof *j->disputed);
    j->unnamed = rk_calloc(form->n_page, sizeof *j->unnamed);
    bool *doubtful = rk_calloc(form->n_page, sizeof *doubtful);
    for (uint32_t i = 0; i < form->n_page; i++) j->of_page[i] = UINT32_MAX;
    for (uint32_t i = 0; i < j->n_photo; i++) place(form, photo, j, j->photo[i]);
    for (uint32_t i = 0; i < form->n_page; i++) {
        page[i] = j->of_page[i] == UINT32_MAX ? NULL : photo[j->of_page[i]].reading;
        j->unnamed[i] = page[i] && form->page[i].qr.side > 0 && !page[i]->has_id;
        doubtful[i] = j->disputed[i] || j->unnamed[i];
    }
    rk_verdict(form, page, doubtful, gate, &j->read);
    rk_free(doubtful);
    rk_free(page);
}

/* ===== forms ===== */

struct by_id {
    rk_slice id;
    uint32_t photo;
};

static int by_id_then_photo(const void *a, const void *b) {
    const struct by_id *x = a, *y = b;
    int c = rk_slice_cmp(x->id, y->id);
    return c ? c : x->photo < y->photo ? -1 : x->photo > y->photo;
}

static int by_first_photo(const void *a, const void *b) {
    const rk_joined *x = a, *y = b;
    return x->photo[0] < y->photo[0] ? -1 : x->photo[0] > y->photo[0];
}

void rk_join(const rk_sheet *form, const rk_taken *photo, uint32_t n, const rk_gate *gate,
             rk_joined_list *out) {
    rk_slice *id = ids_of(photo, n);
    struct by_id *by = rk_calloc(n + 1, sizeof *by);
    out->form = rk_calloc(n + 1, sizeof *out->form);
    out->n = 0;
    for (uint32_t i = 0; i < n; i++) by[i] = (struct by_id){id[i], i};
    qsort(by, n, sizeof *by, by_id_then_photo);
    for (uint32_t first = 0, last; first < n; first = last) {
        rk_joined *j = &out->form[out->n++];
        for (last = first; last < n && rk_slice_eq(by[last].id, by[first].id); last++) {
        }
        j->id = own(by[first].id);
        j->n_photo = last - first;
        j->photo = rk_calloc(j->n_photo, sizeof *j->photo);
        for (uint32_t i = first; i < last; i++) j->photo[i - first] = by[i].photo;
        judge(form, photo, gate, j);
    }
    qsort(out->form, out->n, sizeof *out->form, by_first_photo);
    for (uint32_t i = 0; i < n; i++) rk_free((void *)(uintptr_t)id[i].ptr);
    rk_free(id);
    rk_free(by);
}

void rk_join_one(const rk_sheet *form, const rk_taken *photo, uint32_t n, const rk_gate *gate,
                 rk_joined *out) {
    *out = (rk_joined){.n_photo = n, .photo = rk_calloc(n + 1, sizeof *out->photo)};
    for (uint32_t i = 0; i < n; i++) out->photo[i] = i;
    judge(form, photo, gate, out);
}

void rk_joined_one_free(rk_joined *j) {
    rk_free((void *)(uintptr_t)j->id.ptr);
    rk_free(j->photo);
    rk_free(j->of_page);
    rk_free(j->disputed);
    rk_free(j->unnamed);
    rk_form_reading_free(&j->read);
    *j = (rk_joined){0};
}

void rk_joined_free(rk_joined_list *l) {
    for (uint32_t i = 0; i < l->n; i++) rk_joined_one_free(&l->form[i]);
    rk_free(l->form);
    *l = (rk_joined_list){0};
}
