/* Any bytes as an entry of the log: refused, or read and written again to what decodes to the
 * same. The first two bytes say where in the log it stands. */
#include "core/contest.h"
#include "core/entry_photo.h"

#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static uint32_t cells[RK_COLUMNS_MAX];

static rk_status again(rk_slice e, enum rk_entry_kind k, uint64_t index, rk_buf *out) {
    rk_err err = RK_ERR_INIT;
    rk_election_entry x;
    rk_document_entry d;
    rk_batch_entry b;
    rk_form f;
    rk_key_entry key;
    rk_publication_entry p;
    static rk_photos_entry photos;
    static rk_reading_entry reading;
    if (k == RK_ENTRY_PHOTOS) {
        RK_TRY(rk_entry_get_photos(e, &photos, &err));
        RK_ASSERT(photos.n <= RK_FORM_PHOTOS_MAX);
        return rk_entry_put_photos(&photos, out, NULL);
    }
    if (k == RK_ENTRY_READING) {
        RK_TRY(rk_entry_get_reading(e, &reading, &err));
        RK_ASSERT(reading.n_figure <= RK_READING_FIGURES_MAX &&
                  reading.n_box <= RK_READING_BOXES_MAX && reading.n_doubt <= reading.n_box);
        return rk_entry_put_reading(&reading, out, NULL);
    }
    if (k == RK_ENTRY_KEY) {
        RK_TRY(rk_entry_get_key(e, &key, &err));
        return rk_entry_put_key(&key, out, NULL);
    }
    if (k == RK_ENTRY_PUBLICATION) {
        RK_TRY(rk_entry_get_publication(e, &p, &err));
        return rk_entry_put_publication(&p, out, NULL);
    }
    if (k == RK_ENTRY_ELECTION) {
        RK_TRY(rk_entry_get_election(e, &x, &err));
        return rk_entry_put_election(&x, out, NULL);
    }
    if (k == RK_ENTRY_DOCUMENT) {
        RK_TRY(rk_entry_get_document(e, &d, &err));
        return d.bytes.len > RK_DOCUMENT_PART ? RK_LIMIT : rk_entry_put_document(&d, out, NULL);
    }
    if (k == RK_ENTRY_BATCH) {
        RK_TRY(rk_entry_get_batch(e, &b, &err));
        return rk_entry_put_batch(&b, out, NULL);
    }
    RK_TRY(rk_entry_get_form(e, index, cells, RK_COLUMNS_MAX, &f, &err));
    RK_ASSERT(f.n_cell <= RK_COLUMNS_MAX && f.psu < RK_PSU_COUNT);
    RK_ASSERT(f.batch == RK_NO_BATCH || f.batch < index);
    if (f.batch != RK_NO_BATCH && f.head.actor.role.len) return RK_LIMIT;
    return rk_entry_put_form(&f, index, out, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    if (n < 2 || n > RK_ENTRY_MAX) return 0;
    uint64_t index = (uint64_t)data[0] << 8 | data[1];
    rk_slice e = {(const char *)data + 2, n - 2};
    enum rk_entry_kind k;
    rk_buf one, two;
    if (rk_entry_kind_of(e, &k, NULL) != RK_OK) return 0;
    rk_buf_init(&one, 2 * RK_ENTRY_MAX);
    rk_buf_init(&two, 2 * RK_ENTRY_MAX);
    if (again(e, k, index, &one) == RK_OK) { /* what we write we read, and write the same way */
        if (e.ptr[0] == 2)                   /* the signature is its own matter */
            rk_buf_add(&one,
                       (rk_slice){e.ptr + e.len - RK_ENTRY_SIGNATURE, RK_ENTRY_SIGNATURE});
        RK_ASSERT(one.len <=
                  e.len); /* attributes of later versions are left out, nothing is added */
        RK_ASSERT(one.len < e.len || rk_slice_eq(rk_buf_slice(&one), e));
        RK_ASSERT(again(rk_buf_slice(&one), k, index, &two) == RK_OK);
        RK_ASSERT(two.len <= one.len && memcmp(one.ptr, two.ptr, two.len) == 0);
    }
    rk_buf_free(&one);
    rk_buf_free(&two);
    return 0;
}
