/* A small form of two pages and page readings made by hand, for the tests of the gate. Page 1:
 * a, b with bubbles, c = a + b; page 2: d = c + 2, e in no sum. Three boxes each. */
#ifndef REKAP_TESTS_READINGS_H
#define REKAP_TESTS_READINGS_H

#include "base/mem.h"
#include "read/join.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define TAGS(a, b, c, d)                                                                       \
    "\"tag\":[{\"id\":" #a ",\"x\":5,\"y\":5,\"sisi\":10},{\"id\":" #b                         \
    ",\"x\":195,\"y\":5,\"sisi\":10},{\"id\":" #c                                              \
    ",\"x\":5,\"y\":280,\"sisi\":10},{\"id\":" #d ",\"x\":195,\"y\":280,\"sisi\":10}],"
#define BOXES(y) "\"kotak\":[[30," #y ",10,10],[45," #y ",10,10],[60," #y ",10,10]]"
#define DOTS(y)                                                                                \
    ",\"bulatan\":[{\"x\":35,\"y\":" #y ",\"dx\":6,\"diameter\":5},{\"x\":35,\"y\":" #y        \
    ",\"dx\":6,\"diameter\":5},{\"x\":35,\"y\":" #y ",\"dx\":6,\"diameter\":5}]"

static const char READINGS_FORM[] =
    "{\"format\":\"rekap-formulir-1\",\"kode\":\"uji\",\"nama\":\"Uji\",\"kontes\":\"uji\","
    "\"ukuran\":[210,297],\"keluarga_tag\":\"tag36h11\",\"bingkai\":0.5,\"halaman\":["
    "{\"nomor\":1," TAGS(1, 2, 3, 4) "\"medan\":[{\"nama\":\"a\"," BOXES(30) DOTS(
        50) "},"
            "{\"nama\":\"b\"," BOXES(80) DOTS(100) "},{\"nama\":\"c\"," BOXES(
                130) "}]},"
                     "{\"nomor\":2," TAGS(5, 6, 7, 8) "\"medan\":[{\"nama\":\"d\"," BOXES(
                         30) "},"
                             "{\"nama\":\"e\"," BOXES(
                                 80) "}]}],\"cek\":[\"c = a + b\",\"d = c + 2\",\"e <= d\"]}";
enum { A, B_, C_, D_, E_ };

static inline rk_sheet *readings_form(void) {
    rk_sheet *f = NULL;
    rk_err err = RK_ERR_INIT;
    if (rk_sheet_parse(RK_LIT(READINGS_FORM), &f, &err) != RK_OK) fail_msg("%s", err.text);
    return f;
}

/* The box of a field, and the digit it surely (but for `doubt`, which goes to `other`) holds.
 */
static inline void readings_box(rk_page_reading *p, uint32_t box, uint32_t digit, float doubt,
                                uint32_t other) {
    memset(p->box[box].posterior, 0, sizeof p->box[box].posterior);
    p->box[box].posterior[digit] = 1 - doubt;
    p->box[box].posterior[other] += doubt;
}

/* Field number `at` on its page holds v. */
static inline void readings_value(rk_page_reading *p, uint32_t at, uint32_t v, bool bubbles) {
    for (uint32_t i = 0; i < 3; i++) {
        uint32_t d = rk_value_digit(v, 3, i);
        readings_box(p, at * 3 + i, d, 1e-6f, (d + 1) % 10);
        p->box[at * 3 + i].bubbles.state = bubbles ? RK_BUBBLES_ONE : RK_BUBBLES_NONE;
        p->box[at * 3 + i].bubbles.digit = (uint8_t)d;
    }
}

/* A good reading of both pages: 120 + 34 = 154, 156, 9. */
static inline void readings_good(rk_page_reading *one, rk_page_reading *two) {
    memset(one, 0, sizeof *one);
    memset(two, 0, sizeof *two);
    one->page = 0, one->n_box = 9, two->page = 1, two->n_box = 6;
    readings_value(one, 0, 120, true);
    readings_value(one, 1, 34, true);
    readings_value(one, 2, 154, false);
    readings_value(two, 0, 156, false);
    readings_value(two, 1, 9, false);
}

#endif
