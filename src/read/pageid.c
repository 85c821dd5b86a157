#include "read/pageid.h"

#include "base/num.h"

static bool code_of(rk_slice *rest, rk_code *out) {
    rk_slice part;
    if (!rk_slice_cut(rest, '/', &part)) return false;
    for (size_t i = 0; i < part.len; i++) {
        char c = part.ptr[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
              c == '-' || c == '_' || c == '.'))
            return false;
    }
    return rk_code_of(part, out);
}

bool rk_page_id_parse(rk_slice text, rk_page_id *out) {
    rk_page_id id = {0};
    rk_slice rest = text, head, page;
    uint64_t number;
    *out = id;
    if (text.len > RK_PAGE_ID_MAX || !rk_slice_cut(&rest, '/', &head) ||
        !rk_slice_is(head, "RK1") || !code_of(&rest, &id.election) ||
        !code_of(&rest, &id.contest) || !code_of(&rest, &id.tps) ||
        !rk_slice_cut(&rest, '/', &page) || rest.ptr != NULL)
        return false;
    if (!rk_num_parse(page, 999, &number) || number == 0 || page.ptr[0] == '0') return false;
    id.page = (uint32_t)number;
    *out = id;
    return true;
}

void rk_page_id_put_form(const rk_page_id *id, rk_buf *out) {
    rk_buf_add(out, rk_code_slice(&id->election));
    rk_buf_byte(out, '/');
    rk_buf_add(out, rk_code_slice(&id->contest));
    rk_buf_byte(out, '/');
    rk_buf_add(out, rk_code_slice(&id->tps));
}

void rk_page_id_put(const rk_page_id *id, rk_buf *out) {
    rk_buf_lit(out, "RK1/");
    rk_page_id_put_form(id, out);
    rk_buf_byte(out, '/');
    rk_buf_num(out, id->page);
}
