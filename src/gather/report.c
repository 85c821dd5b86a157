#include "gather/report.h"

#include "core/line.h"

#include <stdio.h>

static const char FIRST[] = "rekap-saksi/v1";

void rk_gather_report_init(rk_gather_report *r) {
    *r = (rk_gather_report){0};
    rk_buf_init(&r->note, RK_NOTE_MAX);
}

void rk_gather_report_free(rk_gather_report *r) { rk_buf_free(&r->note); }

/* One line of readable text: what a witness says may hold anything. */
static void set_text(char *to, size_t cap, rk_slice text) {
    size_t n = text.len < cap - 1 ? text.len : cap - 1;
    for (size_t i = 0; i < n; i++) {
        char c = text.ptr[i];
        to[i] = (char)(c >= 32 && c < 127 ? c : '?');
    }
    to[n] = '\0';
}

static void take_one(rk_report_witness *w, rk_slice name, const rk_gather_witness *g,
                     uint64_t now) {
    bool same = w->since && w->state == g->state && rk_slice_eq(rk_slice_str(w->name), name);
    rk_report_witness before = *w;
    *w = (rk_report_witness){.state = g->state, .since = same ? before.since : now};
    memcpy(w->name, name.ptr, name.len);
    bool known = rk_slice_eq(rk_slice_str(before.name), name);
    w->size = g->size ? g->size : known ? before.size : 0;
    w->time = g->time ? g->time : known ? before.time : 0;
    set_text(w->text, sizeof w->text, rk_slice_str(g->text));
}

void rk_gather_report_take(rk_gather_report *r, const rk_policy *p, const rk_gather_result *g,
                           uint64_t size, uint64_t now) {
    r->time = now;
    r->size = size;
    r->quorum = g->quorum;
    r->n = g->n;
    r->problem[0] = '\0';
    for (uint32_t i = 0; i < g->n; i++)
        take_one(&r->witness[i], rk_verifier_name(&p->witness[i]), &g->witness[i], now);
    rk_buf_clear(&r->note);
    rk_buf_add(&r->note, rk_buf_slice(&g->note));
}

void rk_gather_report_put(const rk_gather_report *r, rk_buf *out) {
    char problem[sizeof r->problem];
    set_text(problem, sizeof problem, rk_slice_str(r->problem));
    rk_buf_printf(out, "%s\n%llu %llu %d %u\n%s\n", FIRST, (unsigned long long)r->time,
                  (unsigned long long)r->size, r->quorum, r->n, problem);
    for (uint32_t i = 0; i < r->n; i++) {
        const rk_report_witness *w = &r->witness[i];
        rk_buf_printf(out, "%s %llu %llu %llu %s %s\n", rk_gather_state_name(w->state),
                      (unsigned long long)w->since, (unsigned long long)w->size,
                      (unsigned long long)w->time, w->name, w->text);
    }
    rk_buf_byte(out, '\n');
    rk_buf_add(out, rk_buf_slice(&r->note));
}

/* ===== reading ===== */

static bool number(rk_slice *line, uint64_t max, uint64_t *out) {
    rk_slice word = {NULL, 0};
    return rk_slice_cut(line, ' ', &word) && rk_line_number(word, max, out);
}

static bool copy(char *to, size_t cap, rk_slice s) {
    if (s.len >= cap || (s.len && !rk_line_text(s, false))) return false;
    if (s.len) memcpy(to, s.ptr, s.len);
    to[s.len] = '\0';
    return true;
}

static bool witness(rk_slice line, rk_report_witness *w) {
    rk_slice word = {NULL, 0}, name = {NULL, 0};
    if (!rk_slice_cut(&line, ' ', &word)) return false;
    unsigned s = RK_GATHER_UNASKED;
    while (s <= RK_GATHER_FORK &&
           !rk_slice_is(word, rk_gather_state_name((enum rk_gather_state)s)))
        s++;
    w->state = (enum rk_gather_state)s;
    return s <= RK_GATHER_FORK && number(&line, INT64_MAX, &w->since) &&
           number(&line, INT64_MAX, &w->size) && number(&line, INT64_MAX, &w->time) &&
           rk_slice_cut(&line, ' ', &name) && line.ptr && name.len &&
           copy(w->name, sizeof w->name, name) && copy(w->text, sizeof w->text, line);
}

static bool head(rk_slice *rest, rk_gather_report *r) {
    rk_slice line;
    uint64_t quorum, n;
    if (!rk_line_next(rest, &line) || !rk_slice_is(line, FIRST)) return false;
    if (!rk_line_next(rest, &line) || !number(&line, INT64_MAX, &r->time) ||
        !number(&line, RK_LOG_SIZE_MAX, &r->size) || !number(&line, 1, &quorum) ||
        !number(&line, RK_POLICY_LOGS_MAX, &n) || line.ptr)
        return false;
    r->quorum = quorum != 0;
    r->n = (uint32_t)n;
    return rk_line_next(rest, &line) && copy(r->problem, sizeof r->problem, line);
}

rk_status rk_gather_report_parse(rk_slice bytes, rk_gather_report *r, rk_err *err) {
    rk_slice line;
    rk_buf note = r->note;
    rk_buf_clear(&note);
    *r = (rk_gather_report){.note = note};
    bool ok = bytes.len <= RK_REPORT_MAX && head(&bytes, r);
    for (uint32_t i = 0; ok && i < r->n; i++)
        ok = rk_line_next(&bytes, &line) && witness(line, &r->witness[i]);
    ok = ok && rk_line_next(&bytes, &line) && line.len == 0;
    if (ok) rk_buf_add(&r->note, bytes);
    return ok && !r->note.failed
               ? RK_OK
               : rk_fail(err, RK_BAD_INPUT, "this is no report of a round of witnesses");
}
