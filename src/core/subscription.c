#include "core/subscription.h"

#include "base/mem.h"
#include "core/jsonin.h"

#include <stdio.h>

static const char *const SUBJECT[RK_SUBJECTS] = {"hasil", "dpt", "infrastruktur"};

const char *rk_subject_name(enum rk_subject s) { return s < RK_SUBJECTS ? SUBJECT[s] : "?"; }

bool rk_subject_parse(rk_slice s, enum rk_subject *out) {
    for (unsigned i = 0; i < RK_SUBJECTS; i++)
        if (rk_slice_is(s, SUBJECT[i])) return *out = (enum rk_subject)i, true;
    return false;
}

static rk_status read_line(const rk_json_in *in, rk_slice line, rk_subscription *s) {
    static const char *const keys[] = {"format", "no", "apa", "ke", "tiap", "mulai", NULL};
    const char *where = "the line";
    rk_slice subject, every;
    RK_TRY(rk_json_in_doc(in, line, RK_DELIVERY_LINE_MAX, "rekap-langganan-1", &s->json));
    RK_TRY(rk_json_in_keys(in, s->json, where, keys));
    RK_TRY(rk_json_in_text(in, s->json, where, "no", true, &s->no));
    RK_TRY(rk_json_in_text(in, s->json, where, "ke", true, &s->target));
    RK_TRY(rk_json_in_text(in, s->json, where, "apa", true, &subject));
    RK_TRY(rk_json_in_text(in, s->json, where, "tiap", true, &every));
    RK_TRY(rk_json_in_day(in, s->json, where, "mulai", true, &s->from));
    if (!rk_subject_parse(subject, &s->subject))
        return rk_fail(in->err, RK_BAD_INPUT, "\"apa\" must be hasil, dpt or infrastruktur");
    if (!rk_json_in_id_ok(s->target))
        return rk_fail(in->err, RK_BAD_INPUT, "\"ke\" must be the id of a declared target");
    s->ended = rk_slice_is(every, "berhenti");
    if (!s->ended && !rk_slice_is(every, "hari"))
        return rk_fail(in->err, RK_BAD_INPUT, "\"tiap\" must be hari or berhenti");
    return RK_OK;
}

static bool same(const rk_subscription *a, const rk_subscription *b) {
    return a->subject == b->subject && rk_slice_eq(a->no, b->no) &&
           rk_slice_eq(a->target, b->target);
}

static rk_status take(rk_subscriptions *all, const rk_subscription *s, rk_err *err) {
    for (uint32_t i = 0; i < all->n; i++) {
        if (!same(&all->s[i], s)) continue;
        json_decref(all->s[i].json);
        all->s[i] = *s;
        return RK_OK;
    }
    if (all->n == RK_SUBSCRIPTIONS_MAX) {
        json_decref(s->json);
        return rk_fail(err, RK_LIMIT, "more than %u subscriptions", RK_SUBSCRIPTIONS_MAX);
    }
    RK_PUSH_ROOM(all->s, all->n, all->cap);
    all->s[all->n++] = *s;
    return RK_OK;
}

rk_status rk_subscriptions_parse(rk_slice bytes, rk_subscriptions *out, rk_err *err) {
    rk_slice line;
    *out = (rk_subscriptions){0};
    rk_status st = bytes.len > RK_PPID_BYTES_MAX
                       ? rk_fail(err, RK_LIMIT, "the file is over %u bytes", RK_PPID_BYTES_MAX)
                       : RK_OK;
    for (size_t no = 1; st == RK_OK && bytes.len && rk_slice_cut(&bytes, '\n', &line); no++) {
        rk_subscription s = {0};
        rk_err why = RK_ERR_INIT;
        rk_json_in in = {"docs/format/langganan.md", &why};
        if (line.len == 0) continue;
        st = read_line(&in, line, &s);
        if (st == RK_OK)
            st = take(out, &s, &why);
        else
            json_decref(s.json);
        if (st != RK_OK) (void)rk_fail_at(err, st, no, 0, "%.300s", why.text);
    }
    if (st != RK_OK) rk_subscriptions_free(out);
    return st;
}

void rk_subscriptions_free(rk_subscriptions *s) {
    for (uint32_t i = 0; i < s->n; i++) json_decref(s->s[i].json);
    rk_free(s->s);
    *s = (rk_subscriptions){0};
}
