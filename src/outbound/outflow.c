#include "outbound/outflow.h"

#include "core/line.h"

#include <stdio.h>

#define FIRST "rekap-keluar/v1"

void rk_outflow_put(const rk_outflow *o, rk_buf *b) {
    rk_buf_printf(b, FIRST "\n%llu %llu %u\n", (unsigned long long)o->asked,
                  (unsigned long long)o->refused, o->n);
    for (uint32_t i = 0; i < o->n; i++) {
        const rk_refusal *r = &o->last[i];
        rk_buf_printf(b, "%llu %s %s %u %s %llu %s\n", (unsigned long long)r->last_time,
                      rk_residency_rule_name(r->rule), rk_target_kind_name(r->kind), r->port,
                      r->non_public ? "non-public" : "public", (unsigned long long)r->times,
                      r->host);
    }
}

/* ===== reading ===== */

static rk_status bad(rk_err *err) {
    return rk_fail(err, RK_BAD_INPUT, "this is no record of refused connections (" FIRST ")");
}

static bool word(rk_slice *line, rk_slice *out) {
    return line->ptr && rk_slice_cut(line, ' ', out) && out->len > 0;
}

static bool number(rk_slice *line, uint64_t max, uint64_t *out) {
    rk_slice w;
    return word(line, &w) && rk_line_number(w, max, out);
}

static bool rule_of(rk_slice s, enum rk_residency_rule *out) {
    for (unsigned r = RK_S01; r <= RK_S06; r++)
        if (rk_slice_is(s, rk_residency_rule_name((enum rk_residency_rule)r)))
            return *out = (enum rk_residency_rule)r, true;
    return false;
}

static bool host_of(rk_slice s, rk_refusal *r) {
    if (s.len >= sizeof r->host) return false;
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] <= 0x20 || s.ptr[i] >= 0x7f) return false;
    memcpy(r->host, s.len ? s.ptr : "", s.len);
    return true;
}

static bool refusal(rk_slice line, rk_refusal *r) {
    rk_slice rule, kind, data;
    uint64_t port;
    *r = (rk_refusal){0};
    if (!number(&line, UINT64_MAX, &r->last_time) || !word(&line, &rule) ||
        !rule_of(rule, &r->rule) || !word(&line, &kind) ||
        !rk_target_kind_parse(kind, &r->kind) || !number(&line, UINT16_MAX, &port) ||
        !word(&line, &data) || !number(&line, UINT64_MAX, &r->times) || !line.ptr)
        return false;
    r->port = (uint16_t)port;
    r->non_public = rk_slice_is(data, "non-public");
    return (r->non_public || rk_slice_is(data, "public")) && host_of(line, r);
}

rk_status rk_outflow_parse(rk_slice bytes, rk_outflow *o, rk_err *err) {
    rk_slice line;
    uint64_t n;
    *o = (rk_outflow){0};
    if (bytes.len > RK_OUTFLOW_BYTES_MAX || !rk_line_next(&bytes, &line) ||
        !rk_slice_is(line, FIRST) || !rk_line_next(&bytes, &line) ||
        !number(&line, UINT64_MAX, &o->asked) || !number(&line, UINT64_MAX, &o->refused) ||
        !number(&line, RK_REFUSALS_MAX, &n) || line.ptr)
        return bad(err);
    for (; o->n < n; o->n++)
        if (!rk_line_next(&bytes, &line) || !refusal(line, &o->last[o->n])) return bad(err);
    return bytes.len == 0 ? RK_OK : bad(err);
}

/* ===== adding ===== */

/* In front, joined with the same one of before; the oldest goes. */
static void add(rk_outflow *o, const rk_refusal *r, uint64_t times, uint64_t now) {
    rk_refusal x = *r;
    uint32_t at = 0;
    x.times = times;
    x.last_time = now;
    while (at < o->n && !rk_refusal_same(&o->last[at], &x)) at++;
    if (at < o->n)
        x.times += o->last[at].times;
    else if (o->n < RK_REFUSALS_MAX)
        o->n++;
    else
        at--;
    memmove(o->last + 1, o->last, at * sizeof *o->last);
    o->last[0] = x;
}

/* How many of r were told already. */
static uint64_t told_of(const rk_outflow *told, const rk_refusal *r) {
    for (uint32_t i = 0; i < told->n; i++)
        if (rk_refusal_same(&told->last[i], r)) return told->last[i].times;
    return 0;
}

static rk_outflow told; /* what the gate had seen at the last call */

bool rk_outflow_waiting(void) {
    uint64_t asked, refused;
    rk_outbound_counts(&asked, &refused);
    return asked != told.asked;
}

bool rk_outflow_take(rk_outflow *o, uint64_t now) {
    rk_outflow seen = {0};
    rk_outbound_counts(&seen.asked, &seen.refused);
    seen.n = rk_outbound_refusals(seen.last, RK_REFUSALS_MAX);
    if (seen.asked < told.asked) told = (rk_outflow){0}; /* the gate was reset */
    o->asked += seen.asked - told.asked;
    o->refused += seen.refused - told.refused;
    for (uint32_t i = seen.n; i-- > 0;) {
        uint64_t before = told_of(&told, &seen.last[i]);
        if (seen.last[i].times != before)
            add(o, &seen.last[i],
                seen.last[i].times > before ? seen.last[i].times - before : seen.last[i].times,
                now);
    }
    bool some = seen.asked != told.asked;
    told = seen;
    return some;
}
