/* Numbers as people read them in a terminal, in the Indonesian way: 1.234.567 and 12,34 %. */
#ifndef RK_PUBLISH_PEOPLE_H
#define RK_PUBLISH_PEOPLE_H

#include "base/buf.h"

/* Right-aligned to `width`. */
void rk_people_number(rk_buf *b, uint64_t v, int width);
/* " 12,34 %" of part in whole, half up; 0 of nothing. */
void rk_people_percent(rk_buf *b, uint64_t part, uint64_t whole);
/* Text left-aligned to `width` characters (not bytes); longer text is cut. */
void rk_people_text(rk_buf *b, rk_slice text, unsigned width);

#endif
