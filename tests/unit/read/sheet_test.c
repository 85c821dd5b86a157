#include "base/mem.h"
#include "read/sheet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static rk_sheet *shipped(void) {
    rk_err err = RK_ERR_INIT;
    rk_sheet *f = NULL;
    assert_int_equal(rk_sheet_parse(rk_sheet_shipped(RK_LIT("ppwp-2024")), &f, &err), RK_OK);
    return f;
}

/* The official form of 2024: figures of the published geometry. */
static void official(void **state) {
    (void)state;
    rk_sheet *f = shipped();
    assert_int_equal(f->n_page, 3);
    assert_int_equal(f->n_field, 28);
    assert_int_equal(f->n_box, 84);
    assert_int_equal(f->page[1].n_field, 3);
    const rk_sheet_tag *t = rk_sheet_tag_find(f, 103);
    assert_non_null(t);
    assert_int_equal(t->page, 2);
    assert_true(t->x == 494.1 && t->y == 107.3 && t->side == 32);
    assert_null(rk_sheet_tag_find(f, 104));
    uint32_t two = rk_sheet_field_find(f, RK_LIT("suara_2"));
    assert_true(two < f->n_field && f->field[two].bubbles && f->field[two].guide);
    const rk_sheet_box *b = &f->box[f->field[two].first_box + 1];
    assert_true(b->x == 478 && b->y == 336 && b->bubbles.x == 488.5 && b->bubbles.dy == 10.5);
    assert_true(b->bubbles.y > 366.04 && b->bubbles.y < 366.06);
    assert_true(rk_slice_is(f->field[two].column, "suara_100026"));
    rk_sheet_free(&f);
    assert_null(f);
}

/* Every field stands in a sum: none is published on the net's word alone. */
static void every_field_in_a_sum(void **state) {
    (void)state;
    rk_sheet *f = shipped();
    for (uint32_t i = 0; i < f->n_field; i++) {
        bool in = false;
        for (uint32_t c = 0; c < f->n_check && !in; c++)
            for (uint32_t t = f->check[c].first_left;
                 f->check[c].equal && t < f->check[c].first_right + f->check[c].n_right; t++)
                in |= f->term[t].field == i;
        assert_true(in);
    }
    rk_sheet_free(&f);
}

#define HEAD                                                                                   \
    "{\"format\":\"rekap-formulir-1\",\"kode\":\"x\",\"nama\":\"X\",\"kontes\":\"x\","         \
    "\"ukuran\":[210,297],\"keluarga_tag\":\"tag36h11\",\"bingkai\":0.5,"
#define TAGS                                                                                   \
    "\"tag\":[{\"id\":1,\"x\":5,\"y\":5,\"sisi\":10},{\"id\":2,\"x\":195,\"y\":5,\"sisi\":10}" \
    ","                                                                                        \
    "{\"id\":3,\"x\":5,\"y\":280,\"sisi\":10},{\"id\":4,\"x\":195,\"y\":280,\"sisi\":10}],"

static void refused(const char *text, const char *says) {
    rk_err err = RK_ERR_INIT;
    rk_sheet *f = NULL;
    rk_status st = rk_sheet_parse(rk_slice_str(text), &f, &err);
    if (st == RK_OK || !strstr(err.text, says))
        fail_msg("\"%s\" was not said of %s, but: %s", says, text, err.text);
    assert_null(f);
}

static void refusals(void **state) {
    (void)state;
    refused("", "JSON");
    refused("[]", "object");
    refused("{\"format\":\"rekap-formulir-9\"}", "rekap-formulir-9");
    refused(HEAD "\"halaman\":[]}", "halaman");
    refused(HEAD "\"warna\":1}", "warna");
    refused(HEAD
            "\"halaman\":[{\"nomor\":1,\"tag\":[{\"id\":1,\"x\":5,\"y\":5,\"sisi\":10}]}]}",
            "four together");
    refused(HEAD
            "\"halaman\":[{\"nomor\":1,\"tag\":[{\"id\":587,\"x\":5,\"y\":5,\"sisi\":9}]}]}",
            "no tag 587");
    refused(HEAD "\"halaman\":[{\"nomor\":1," TAGS
                 "\"medan\":[{\"nama\":\"a\",\"kotak\":[[200,50,20,20]]}]}]}",
            "edge");
    refused(HEAD "\"halaman\":[{\"nomor\":1," TAGS
                 "\"medan\":[{\"nama\":\"a\",\"kotak\":[[20,50,20,20]]},"
                 "{\"nama\":\"a\",\"kotak\":[[50,50,20,20]]}]}]}",
            "twice");
    refused(HEAD
            "\"halaman\":[{\"nomor\":1," TAGS "\"medan\":[{\"nama\":\"a\",\"kotak\":"
            "[[20,50,20,20]],\"bulatan\":[{\"x\":30,\"y\":80,\"dy\":3,\"diameter\":4}]}]}]}",
            "overlap");
    refused(HEAD
            "\"halaman\":[{\"nomor\":1," TAGS
            "\"medan\":[{\"nama\":\"a\",\"kotak\":[[20,50,20,20]]}]}],\"cek\":[\"a = b\"]}",
            "neither a field");
    refused(HEAD "\"halaman\":[{\"nomor\":1," TAGS
                 "\"medan\":[{\"nama\":\"a\",\"kotak\":[[20,50,20,20]]}]}],\"cek\":[\"a\"]}",
            "neither =");
}

static void own_form(void **state) {
    (void)state;
    rk_err err = RK_ERR_INIT;
    rk_sheet *f = NULL;
    const char *text = HEAD
        "\"halaman\":[{\"nomor\":1,\"qr\":{\"x\":90,\"y\":5,\"sisi\":25}," TAGS
        "\"gambar\":[{\"anything\":1}],\"medan\":[{\"nama\":\"a\",\"kotak\":[[20,50,10,10],"
        "[32,50,10,10]],\"bulatan\":[{\"x\":25,\"y\":70,\"dy\":6,\"diameter\":5},"
        "{\"x\":37,\"y\":70,\"dy\":6,\"diameter\":5}]},"
        "{\"nama\":\"b\",\"kotak\":[[60,50,10,10]]}]}],\"cek\":[\"a+2=b+b\",\"b <= a\"]}";
    if (rk_sheet_parse(rk_slice_str(text), &f, &err) != RK_OK) fail_msg("%s", err.text);
    assert_int_equal(f->n_tag, 4);
    assert_int_equal(f->n_check, 2);
    assert_true(f->check[0].equal && !f->check[1].equal);
    assert_int_equal(f->check[0].n_left, 2);
    assert_int_equal(f->term[1].field, RK_SHEET_CONST);
    assert_int_equal(f->term[1].number, 2);
    assert_int_equal(f->check[0].n_right, 2);
    assert_true(f->page[0].qr.side == 25);
    rk_sheet_free(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(official),
        cmocka_unit_test(every_field_in_a_sum),
        cmocka_unit_test(refusals),
        cmocka_unit_test(own_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
