/* Photos into forms. A photo belongs to the form that the QR code of its page names; where
 * there is none, or none that can be read, to the form that its file name names: the last part
 * of the path without extension and without a trailing _pN. When a photo of the same name has a
 * code, that code counts for the others as well; but nothing on a page is accepted whose own
 * code the form prints and the photo does not show: a file's name proves nothing. Order does
 * not matter. Pure. */
#ifndef RK_READ_JOIN_H
#define RK_READ_JOIN_H

#include "read/verdict.h"

typedef struct rk_taken {
    rk_slice path;                  /* as given */
    const rk_page_reading *reading; /* kept by the caller */
    rk_slice why;                   /* what the decoder said, may be empty */
} rk_taken;

typedef struct rk_joined {
    rk_slice id;     /* owned by the list */
    uint32_t *photo; /* numbers of the photos that belong to it */
    uint32_t n_photo;
    uint32_t *of_page; /* by page index: the photo that was used, UINT32_MAX = none */
    bool *disputed;    /* by page index */
    bool *unnamed;     /* by page index: the form prints a QR code there and none was read */
    rk_form_reading *read; /* the verdict */
} rk_joined;

typedef struct rk_joined_list {
    rk_joined *form; /* in the order of their first photo */
    uint32_t n;
} rk_joined_list;

void rk_join(const rk_sheet *form, const rk_taken *photo, uint32_t n, const rk_gate *gate,
             rk_joined_list *out);
/* All n photos as one form, whatever their codes and names say; freed by rk_joined_one_free. */
void rk_join_one(const rk_sheet *form, const rk_taken *photo, uint32_t n, const rk_gate *gate,
                 rk_joined *out);
void rk_joined_one_free(rk_joined *j);
void rk_joined_free(rk_joined_list *l);

/* The form's name in a path, and the page number that its name claims (0 = none). */
rk_slice rk_photo_stem(rk_slice path, uint32_t *page);
/* The page a photo shows: as its tag says, or for a refused one as its name says; UINT32_MAX
 * when neither does. */
uint32_t rk_photo_page(const rk_sheet *form, const rk_taken *t);

#endif
