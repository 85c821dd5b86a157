/* Any bytes as a register of requests and as a calendar: refused with a reason and a line, or a
 * register in which every deadline is a working day after its start. */
#include "core/ppid.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    rk_slice s = {(const char *)data, n};
    rk_calendar c = {0};
    rk_err err = RK_ERR_INIT;
    rk_ppid *p;
    if (rk_calendar_add(&c, s, &err) == RK_OK)
        for (uint32_t i = 1; i < c.n; i++) RK_ASSERT(c.day[i - 1] < c.day[i]);
    err = RK_ERR_INIT;
    if (rk_ppid_parse(s, &c, 20000, &p, &err) == RK_OK) {
        for (uint32_t i = 0; i < p->n; i++) {
            const rk_ppid_request *q = &p->request[i];
            RK_ASSERT(q->due == RK_DAY_NONE || rk_workday_is(&c, q->due));
            RK_ASSERT(!q->overdue || q->due < 20000);
        }
        rk_ppid_free(&p);
    } else {
        RK_ASSERT(err.text[0] && !p);
    }
    rk_calendar_free(&c);
    return 0;
}
