/* One pass over the inventory; each value goes through `judge`, the one place that decides. */
#include "core/disclosure_inner.h"

#include "base/mem.h"
#include "core/observed.h"

#include <stdarg.h>
#include <stdio.h>

static const char GUARDED[] = "(ditahan penjaga pola / kept back by the pattern guard)";

rk_slice rk_sieve_keep(rk_disclosure *d, rk_slice s) {
    RK_PUSH_ROOM(d->text, d->n_text, d->cap_text);
    char *copy = rk_alloc(s.len + 1);
    if (s.len) memcpy(copy, s.ptr, s.len);
    d->text[d->n_text++] = copy;
    return (rk_slice){copy, s.len};
}

void rk_sieve_warn(rk_disclosure *d, const char *fmt, ...) {
    char text[500];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    RK_PUSH_ROOM(d->warning, d->n_warning, d->cap_warning);
    d->warning[d->n_warning++] =
        rk_dup(text, (size_t)(n < (int)sizeof text ? n : (int)sizeof text - 1) + 1);
}

/* ===== what is secret ===== */

static bool expired(const rk_sieve *s, uint32_t e) {
    return e != RK_NONE && s->d->today > s->in->exemption[e].until;
}

bool rk_sieve_shut(const rk_sieve *s, uint32_t e) {
    return e != RK_NONE && !(expired(s, e) && s->in->exemption[e].opens);
}

/* The same text is open as the whole value of the same field elsewhere: then it is no secret.
 */
static bool told_elsewhere(const rk_sieve *s, enum rk_infra_kind k, uint32_t f, rk_slice text) {
    for (uint32_t r = 0; r < s->in->n; r++) {
        const rk_infra_record *x = &s->in->record[r];
        if (x->kind != k || rk_sieve_shut(s, x->exemption) ||
            rk_sieve_shut(s, x->value[f].exemption))
            continue;
        for (uint32_t i = 0; i < x->value[f].n; i++)
            if (rk_slice_eq(x->value[f].item[i], text)) return true;
    }
    return false;
}

enum { SECRET_MIN = 6 }; /* shorter texts are words of everyday */

static void add_secret(rk_sieve *s, rk_slice text) {
    if (text.len < SECRET_MIN) return;
    RK_PUSH_ROOM(s->secret, s->n_secret, s->cap_secret);
    s->secret[s->n_secret++] = text;
}

static void collect_secrets(rk_sieve *s) {
    for (uint32_t r = 0; r < s->in->n; r++) {
        const rk_infra_record *x = &s->in->record[r];
        const rk_infra_table *t = rk_infra_table_of(x->kind);
        bool whole = rk_sieve_shut(s, x->exemption);
        if (whole) add_secret(s, x->id);
        for (uint32_t f = 0; f < t->n; f++) {
            enum rk_infra_type type = t->field[f].type;
            bool always = type == RK_INFRA_ADDRESS || type == RK_INFRA_PLACE;
            if (type == RK_INFRA_REF ||
                !(whole || always || rk_sieve_shut(s, x->value[f].exemption)))
                continue;
            for (uint32_t i = 0; i < x->value[f].n; i++)
                if (always || !told_elsewhere(s, x->kind, f, x->value[f].item[i]))
                    add_secret(s, x->value[f].item[i]);
        }
    }
}

bool rk_sieve_secret(const rk_sieve *s, rk_slice text) {
    for (uint32_t i = 0; i < s->n_secret; i++)
        if (text.len >= s->secret[i].len &&
            memmem(text.ptr, text.len, s->secret[i].ptr, s->secret[i].len))
            return true;
    return false;
}

const char *rk_sieve_tells(const rk_sieve *s, rk_slice text) {
    const char *why = rk_infra_guard(text);
    return why ? why : rk_sieve_secret(s, text) ? "a value that is withheld elsewhere" : NULL;
}

void rk_sieve_begin(rk_sieve *s, const rk_infra *in, rk_disclosure *d) {
    *s = (rk_sieve){.in = in, .d = d};
    collect_secrets(s);
}

void rk_sieve_end(rk_sieve *s) { rk_free(s->secret); }

/* ===== values ===== */

static bool hidden_record(const rk_sieve *s, rk_slice id) {
    uint32_t r = rk_infra_find(s->in, id);
    return r == RK_NONE || rk_sieve_shut(s, s->in->record[r].exemption);
}

static void pass_items(rk_sieve *s, bool refs, const rk_infra_value *v, rk_shown_value *out) {
    out->state = RK_SHOWN_OPEN;
    out->item = rk_calloc(v->n, sizeof *out->item);
    for (uint32_t i = 0; i < v->n; i++) {
        if (refs && !s->d->restricted && hidden_record(s, v->item[i]))
            out->hidden++;
        else
            out->item[out->n++] = rk_sieve_keep(s->d, v->item[i]);
    }
}

static const char *guarded(const rk_sieve *s, const rk_infra_field *f,
                           const rk_infra_value *v) {
    const char *why = NULL;
    if (f->type == RK_INFRA_REF) return NULL; /* ids were looked at when they were read */
    for (uint32_t i = 0; !why && i < v->n; i++) why = rk_sieve_tells(s, v->item[i]);
    return why;
}

/* The one decision. */
static enum rk_why judge(const rk_sieve *s, const rk_infra_field *f, const rk_infra_value *v,
                         const char **guard) {
    if (f->type == RK_INFRA_ADDRESS || f->type == RK_INFRA_PLACE) return RK_WHY_ORDER;
    if (rk_sieve_shut(s, v->exemption)) return RK_WHY_EXEMPT;
    *guard = guarded(s, f, v);
    return *guard ? RK_WHY_GUARD : RK_WHY_NONE;
}

static void one_value(rk_sieve *s, const rk_infra_record *r, uint32_t f, rk_shown_value *out) {
    const rk_infra_field *field = &rk_infra_table_of(r->kind)->field[f];
    const rk_infra_value *v = &r->value[f];
    const char *guard = NULL;
    out->exemption = RK_NONE;
    if (v->n == 0) return;
    out->why = judge(s, field, v, &guard);
    out->exemption = v->exemption;
    out->expired = expired(s, v->exemption);
    if (guard)
        rk_sieve_warn(s->d,
                      "%s \"%.*s\", %s: classed open but contains %s: kept back; reword it",
                      rk_infra_table_of(r->kind)->section, RK_FMT(r->id), field->name, guard);
    if (out->why == RK_WHY_ORDER && v->exemption == RK_NONE)
        rk_sieve_warn(
            s->d,
            "%s \"%.*s\", %s: classed open, but addresses and exact places are excluded by "
            "the ruling on register 002: kept back; class it exempt",
            rk_infra_table_of(r->kind)->section, RK_FMT(r->id), field->name);
    if (out->why == RK_WHY_NONE || s->d->restricted)
        pass_items(s, field->type == RK_INFRA_REF, v, out);
    else
        out->state = RK_SHOWN_WITHHELD;
    s->d->n_open += out->why == RK_WHY_NONE;
    s->d->n_exempt += out->why == RK_WHY_EXEMPT;
    s->d->n_order += out->why == RK_WHY_ORDER;
    s->d->n_guard += out->why == RK_WHY_GUARD;
    if (v->exemption != RK_NONE) s->d->exemption[v->exemption].values++;
}

static void one_record(rk_sieve *s, const rk_infra_record *r, rk_shown_record *out) {
    const rk_infra_table *t = rk_infra_table_of(r->kind);
    *out = (rk_shown_record){
        .kind = r->kind, .exemption = r->exemption, .expired = expired(s, r->exemption)};
    if (r->exemption != RK_NONE) s->d->exemption[r->exemption].records++;
    bool closed = rk_sieve_shut(s, r->exemption);
    s->d->kind_withheld[r->kind] += closed;
    s->d->kind_shown[r->kind] += !closed;
    out->withheld = closed && !s->d->restricted;
    if (out->withheld) return;
    out->id = rk_sieve_keep(s->d, r->id);
    for (uint32_t f = 0; f < t->n; f++) one_value(s, r, f, &out->value[f]);
}

static void records(rk_sieve *s) {
    rk_disclosure *d = s->d;
    d->record = rk_calloc(s->in->n ? s->in->n : 1, sizeof *d->record);
    for (int closed = 0; closed < 2; closed++)
        for (uint32_t r = 0; r < s->in->n; r++)
            if ((int)(rk_sieve_shut(s, s->in->record[r].exemption) && !d->restricted) == closed)
                one_record(s, &s->in->record[r], &d->record[d->n++]);
}

/* ===== the rest ===== */

static rk_slice head_text(rk_sieve *s, rk_slice text, const char *what) {
    const char *why = s->d->restricted ? NULL : rk_sieve_tells(s, text);
    if (!why) return rk_sieve_keep(s->d, text);
    rk_sieve_warn(s->d, "%s contains %s: kept back; reword it", what, why);
    return rk_slice_str(GUARDED);
}

static void exemptions(rk_sieve *s) {
    rk_disclosure *d = s->d;
    d->n_exemption = s->in->n_exemption;
    d->exemption = rk_calloc(d->n_exemption ? d->n_exemption : 1, sizeof *d->exemption);
    for (uint32_t e = 0; e < d->n_exemption; e++) {
        const rk_infra_exemption *x = &s->in->exemption[e];
        rk_shown_exemption *o = &d->exemption[e];
        *o = (rk_shown_exemption){.letter = rk_sieve_keep(d, x->letter),
                                  .until = x->until,
                                  .opens = x->opens,
                                  .expired = expired(s, e)};
        o->id = head_text(s, x->id, "the id of an exemption");
        o->test = head_text(s, x->test, "the consequence test of an exemption");
        o->decision = head_text(s, x->decision, "the decision of an exemption");
        if (!o->expired) continue;
        char day[RK_DAY_LEN + 1] = {0};
        rk_day_put(day, x->until);
        rk_sieve_warn(
            d, "EXEMPTION \"%.*s\" EXPIRED on %s: %s", RK_FMT(o->id), day,
            x->opens ? "what it covered is disclosed now"
                     : "what it covers stays withheld without a basis: renew it or open it");
    }
}

rk_disclosure *rk_disclosure_new(const rk_infra *i, rk_day today, rk_slice alias) {
    rk_disclosure *d = rk_alloc(sizeof *d);
    rk_sieve s;
    d->today = today;
    d->restricted = alias.len > 0;
    d->fictional = i->fictional;
    d->alias = rk_sieve_keep(d, alias);
    rk_sieve_begin(&s, i, d);
    d->name = head_text(&s, i->name, "the inventory's name");
    d->body = head_text(&s, i->body, "the inventory's body");
    d->version = head_text(&s, i->version, "the inventory's version");
    d->note = head_text(&s, i->note, "the inventory's note");
    exemptions(&s);
    records(&s);
    rk_sieve_end(&s);
    return d;
}

void rk_disclosure_free(rk_disclosure **dp) {
    rk_disclosure *d = *dp;
    if (!d) return;
    for (uint32_t r = 0; r < d->n; r++)
        for (uint32_t f = 0; f < RK_INFRA_FIELDS_MAX; f++) rk_free(d->record[r].value[f].item);
    for (uint32_t i = 0; i < d->n_text; i++) rk_free(d->text[i]);
    for (uint32_t i = 0; i < d->n_warning; i++) rk_free(d->warning[i]);
    rk_observed_free(&d->observed);
    rk_free(d->text);
    rk_free(d->warning);
    rk_free(d->record);
    rk_free(d->exemption);
    rk_free(d);
    *dp = NULL;
}

/* ===== reading it ===== */

uint32_t rk_disclosure_find(const rk_disclosure *d, rk_slice id) {
    for (uint32_t r = 0; r < d->n; r++)
        if (!d->record[r].withheld && rk_slice_eq(d->record[r].id, id)) return r;
    return RK_NONE;
}

const rk_shown_value *rk_disclosure_value(const rk_disclosure *d, uint32_t r,
                                          const char *field) {
    static const rk_shown_value absent;
    uint32_t f = rk_infra_field_of(d->record[r].kind, field);
    return f == RK_NONE ? &absent : &d->record[r].value[f];
}

rk_slice rk_disclosure_name(const rk_disclosure *d, uint32_t r) {
    const rk_shown_value *v = rk_disclosure_value(d, r, "name");
    if (v->n == 0) v = rk_disclosure_value(d, r, "subject");
    return v->n ? v->item[0] : d->record[r].id;
}

void rk_disclosure_text(const rk_disclosure *d, uint32_t r, uint32_t f, rk_buf *out) {
    const rk_shown_value *v = &d->record[r].value[f];
    bool refs = rk_infra_table_of(d->record[r].kind)->field[f].type == RK_INFRA_REF;
    for (uint32_t i = 0; i < v->n; i++) {
        uint32_t to = refs ? rk_disclosure_find(d, v->item[i]) : RK_NONE;
        if (i) rk_buf_lit(out, "; ");
        rk_buf_add(out, to == RK_NONE ? v->item[i] : rk_disclosure_name(d, to));
    }
    if (v->hidden) rk_buf_printf(out, "%s(%u dikecualikan)", v->n ? "; " : "", v->hidden);
}
