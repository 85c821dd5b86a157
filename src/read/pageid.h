/* What the QR code of a page says: which election, contest, station (TPS) and page it is, so
 * that a page cannot be taken for another station's. Text of at most RK_PAGE_ID_MAX bytes:
 *     RK1/ELECTION/CONTEST/TPS/PAGE      RK1/pemilu2024/ppwp/1101012001001/2
 * Each part is 1 to RK_CODE_MAX letters, digits, '-', '_' or '.'; the page is a number without
 * leading zero. The form's id is the text between the first and the last slash. */
#ifndef RK_READ_PAGEID_H
#define RK_READ_PAGEID_H

#include "base/buf.h"
#include "base/code.h"

typedef struct rk_page_id {
    rk_code election, contest, tps;
    uint32_t page;
} rk_page_id;

/* False (and *out zero) when the text is not exactly of that shape. */
bool rk_page_id_parse(rk_slice text, rk_page_id *out);
void rk_page_id_put(const rk_page_id *id, rk_buf *out);
/* "pemilu2024/ppwp/1101012001001" */
void rk_page_id_put_form(const rk_page_id *id, rk_buf *out);

#endif
