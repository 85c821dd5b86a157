/* The QR code of a page, by zbar: the only file that knows the library. */
#ifndef RK_READ_QR_H
#define RK_READ_QR_H

#include "read/locate.h"
#include "read/pageid.h"

/* Looks where the form says the page's code is. False when it cannot be read or is no page id.
 */
bool rk_qr_read(const rk_sheet_page *page, const rk_homography *to_px, const rk_grey *g,
                rk_page_id *out);
/* Makes the library load what it loads when it reads its first code (tables of character sets,
 * from files): to be called before a process locks itself up. True when it can read codes. */
bool rk_qr_prepare(void);

#endif
