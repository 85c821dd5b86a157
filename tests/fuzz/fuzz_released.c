/* The two small files that a mirror reads of a release: its note and its datapackage.json. What
 * parses as a note is written and read back to the same. */
#include "core/released.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void resource(void *ctx, rk_slice path, uint64_t bytes) {
    RK_ASSERT(path.len && bytes <= RK_FILE_BYTES_MAX);
    *(uint64_t *)ctx += bytes;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    rk_slice in = {(const char *)data, n};
    rk_release_note a, b;
    uint64_t total = 0, size;
    rk_buf text;
    rk_buf_init(&text, RK_RELEASE_NOTE_MAX);
    if (rk_release_note_parse(in, &a, NULL) == RK_OK) {
        RK_ASSERT(a.entry >= a.size);
        rk_release_note_put(&a, &text);
        RK_ASSERT(rk_release_note_parse(rk_buf_slice(&text), &b, NULL) == RK_OK);
        RK_ASSERT(rk_code_eq(&a.election, &b.election) && a.size == b.size &&
                  a.entry == b.entry && a.time == b.time &&
                  memcmp(&a.manifest, &b.manifest, sizeof a.manifest) == 0);
    }
    rk_buf_clear(&text);
    if (rk_package_read(in, &text, resource, &total, NULL) == RK_OK)
        RK_ASSERT(text.len <= RK_NAME_MAX);
    if (rk_release_name_parse(in, &size)) {
        char name[RK_RELEASE_NAME_MAX];
        rk_release_name(size, name);
        RK_ASSERT(rk_slice_is(in, name));
    }
    rk_buf_free(&text);
    return 0;
}
