/* Any bytes as a forms CSV for a small tree: bad rows are told, or every level is the sum of
 * the next. */
#include "core/recount.h"

#include "base/mem.h"
#include "base/num.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define TREE                                                                                   \
    "kode,induk,nama,tingkat,nomor_tps\n1,,A,1,\n11,1,B,2,\n111,11,C,3,\n1111,111,D,4,\n1112," \
    "111,E,4,1-3;901\n"                                                                        \
    "2,,F,1,\n21,2,G,2,\n211,21,H,3,\n2111,211,I,4,\n12345678901234567890123,211,J,4,\n"

static void problem(void *ctx, const rk_problem *p) {
    size_t *seen = ctx;
    ++*seen;
    RK_ASSERT(p->line >= 1 && p->reason);
    rk_buf copy; /* what it points to is readable */
    rk_buf_init(&copy, 1 << 24);
    rk_buf_add(&copy, p->value);
    rk_buf_add(&copy, p->name);
    rk_buf_free(&copy);
}

/* Column `i` summed over the lines of one level. */
static uint64_t sum_of(rk_slice out, char level, size_t i) {
    uint64_t sum = 0, v;
    rk_slice line;
    while (rk_slice_cut(&out, '\n', &line)) {
        rk_slice part = {0};
        if (line.len == 0 || line.ptr[0] != level) continue;
        for (size_t k = 0; k <= i; k++) RK_ASSERT(rk_slice_cut(&line, ',', &part));
        RK_ASSERT(rk_num_parse(part, UINT64_MAX, &v));
        sum += v;
    }
    return sum;
}

/* jumlah_tps and the first figures, where there are any. */
static void every_level_agrees(rk_slice out, uint64_t rows) {
    rk_slice rest = out, head = {0}, part;
    size_t columns = 0;
    (void)rk_slice_cut(&rest, '\n', &head);
    while (rk_slice_cut(&head, ',', &part)) columns++;
    for (size_t i = 2; i < 5 && i < columns; i++)
        for (char l = '1'; l <= '4'; l++) RK_ASSERT(sum_of(out, l, i) == sum_of(out, '0', i));
    RK_ASSERT(sum_of(out, '0', 2) == rows);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    rk_buf out;
    rk_err err = RK_ERR_INIT;
    rk_recount_result r;
    size_t told = 0;
    rk_buf_init(&out, 1 << 24);
    rk_sink sink = {rk_sink_to_buf, &out};
    rk_status s = rk_recount(RK_LIT(TREE), RK_LIT("ppwp"), (rk_slice){(const char *)data, n},
                             &sink, problem, &told, &r, &err);
    RK_ASSERT(s == RK_OK || (err.text[0] && out.len == 0));
    RK_ASSERT((r.bad_rows > 0) == (told > 0) && (s != RK_OK || told == 0));
    if (s == RK_OK) every_level_agrees(rk_buf_slice(&out), r.rows);
    rk_buf_free(&out);
    return 0;
}
