#include "core/resident.h"

#include "base/mem.h"

const char *rk_resident_name(enum rk_resident v) {
    static const char *const name[] = {"id", "luar-negeri", "tempat-lain", "tidak-dikenal",
                                       "setempat"};
    return v < RK_RESIDENT_KINDS ? name[v] : "?";
}

const char *rk_resident_text(enum rk_resident v, bool indonesian) {
    static const char *const text[][2] = {
        {"dinyatakan di Indonesia dan terdaftar di Indonesia", "declared ID and registered ID"},
        {"dinyatakan di luar negeri dan terdaftar di sana",
         "declared abroad and registered there"},
        {"terdaftar di negara lain daripada yang dinyatakan",
         "registered elsewhere than declared"},
        {"tidak dikenal", "unknown"},
        {"setempat: tidak ada alamat untuk dibandingkan", "local: no address to compare"},
    };
    return v < RK_RESIDENT_KINDS ? text[v][!indonesian] : "?";
}

const char *rk_resident_source_name(enum rk_resident_source s) {
    static const char *const name[] = {"tidak ada", "dinyatakan", "berkas", "nama"};
    return s < RK_ADDRESS_SOURCES ? name[s] : "?";
}

rk_resident_report *rk_resident_report_new(const rk_residency *declared,
                                           const rk_delegated *registry) {
    rk_resident_report *r = rk_alloc(sizeof *r);
    r->declared = declared;
    r->registry = registry;
    r->n = declared->n;
    r->target = rk_calloc(r->n ? r->n : 1, sizeof *r->target);
    for (uint32_t i = 0; i < r->n; i++) {
        r->target[i].target = &declared->target[i];
        r->target[i].rule = rk_target_rule(&declared->target[i]);
    }
    return r;
}

void rk_resident_report_free(rk_resident_report **r) {
    if (!*r) return;
    rk_free((*r)->target);
    rk_free(*r);
    *r = NULL;
}

/* ===== addresses ===== */

static bool is_declared(const rk_target *t, const rk_ip_range *a) {
    for (uint32_t i = 0; i < t->n_address; i++) {
        rk_ip_range d;
        if (rk_ip_range_parse(t->address[i], &d) && rk_ip_in(&d, &a->first) &&
            rk_ip_in(&d, &a->last))
            return true;
    }
    return t->n_address == 0;
}

bool rk_resident_add(rk_resident_target *t, const rk_ip_range *range,
                     enum rk_resident_source source) {
    for (uint32_t i = 0; i < t->n; i++)
        if (rk_ip_cmp(&t->address[i].range.first, &range->first) == 0 &&
            rk_ip_cmp(&t->address[i].range.last, &range->last) == 0)
            return true;
    if (t->n == RK_RESIDENT_ADDRESSES_MAX) return t->cut = true, false;
    bool undeclared = !is_declared(t->target, range);
    t->address[t->n++] = (rk_resident_address){.range = *range, .undeclared = undeclared};
    t->n_undeclared += undeclared;
    t->source = source;
    return true;
}

void rk_resident_declared(rk_resident_target *t) {
    rk_ip_range a;
    if (rk_ip_range_parse(t->target->host, &a) &&
        !memchr(t->target->host.ptr, '/', t->target->host.len))
        (void)rk_resident_add(t, &a, RK_ADDRESS_DECLARED);
    for (uint32_t i = 0; i < t->target->n_address; i++)
        if (rk_ip_range_parse(t->target->address[i], &a))
            (void)rk_resident_add(t, &a, RK_ADDRESS_DECLARED);
}

static rk_status given_line(rk_resident_report *r, rk_slice line, size_t no, rk_err *err) {
    rk_slice host;
    rk_ip_range a;
    (void)rk_slice_cut(&line, ',', &host);
    host = rk_slice_trim(host);
    line = rk_slice_trim(line);
    if (host.len == 0 || !rk_ip_range_parse(line, &a))
        return rk_fail_at(err, RK_BAD_INPUT, no, 0,
                          "a line of a file of addresses is host,address: '%.*s' is not one",
                          (int)(line.len < 60 ? line.len : 60), line.ptr ? line.ptr : "");
    for (uint32_t i = 0; i < r->n; i++)
        if (rk_host_same(r->target[i].target->host, host))
            (void)rk_resident_add(&r->target[i], &a, RK_ADDRESS_GIVEN);
    return RK_OK;
}

rk_status rk_resident_given(rk_resident_report *r, rk_slice bytes, uint32_t *lines,
                            rk_err *err) {
    rk_slice line;
    uint32_t n = 0;
    size_t no = 0;
    if (bytes.len > RK_ADDRESSES_BYTES_MAX)
        return rk_fail(err, RK_LIMIT, "a file of addresses has at most %u bytes",
                       RK_ADDRESSES_BYTES_MAX);
    while (rk_slice_cut(&bytes, '\n', &line)) {
        no++;
        if (line.len && line.ptr[line.len - 1] == '\r') line.len--;
        if (line.len == 0 || line.ptr[0] == '#') continue;
        RK_TRY(given_line(r, line, no, err));
        n++;
    }
    if (lines) *lines = n;
    return RK_OK;
}

/* ===== judging ===== */

/* "AP" and "EU" are a region of several countries: they say nothing of one. */
static bool is_region(const char *cc) { return strcmp(cc, "AP") == 0 || strcmp(cc, "EU") == 0; }

static void judge_address(const rk_resident_report *r, const rk_target *t,
                          rk_resident_address *a) {
    a->verdict = RK_RESIDENT_UNKNOWN;
    a->says = rk_ip_special(&a->range.first);
    if (a->says) return;
    switch (rk_delegated_ask(r->registry, &a->range, a->cc)) {
    case RK_DELEGATED_NOBODY:
        a->says = "not delegated in the registry files";
        return;
    case RK_DELEGATED_DISAGREE:
        a->says = "delegated to holders in more than one country";
        return;
    case RK_DELEGATED_TO:
        break;
    }
    if (is_region(a->cc))
        a->says = "registered for a region, not for a country";
    else if (t->country[0] == 0)
        a->says = "no country is declared";
    else if (strcmp(a->cc, t->country) != 0)
        a->verdict = RK_RESIDENT_ELSEWHERE;
    else
        a->verdict = strcmp(t->country, "ID") == 0 ? RK_RESIDENT_HOME : RK_RESIDENT_ABROAD;
}

/* One address elsewhere is enough; one unknown leaves the whole unknown. */
static void judge_target(const rk_resident_report *r, rk_resident_target *t) {
    bool here = t->target->path.len || rk_host_is_loopback(t->target->host);
    t->verdict = here ? RK_RESIDENT_LOCAL : RK_RESIDENT_UNKNOWN;
    if (here) return;
    for (uint32_t i = 0; i < t->n; i++) judge_address(r, t->target, &t->address[i]);
    bool unknown = t->n == 0 || t->cut, elsewhere = false;
    for (uint32_t i = 0; i < t->n; i++) {
        unknown = unknown || t->address[i].verdict == RK_RESIDENT_UNKNOWN;
        elsewhere = elsewhere || t->address[i].verdict == RK_RESIDENT_ELSEWHERE;
    }
    if (elsewhere)
        t->verdict = RK_RESIDENT_ELSEWHERE;
    else if (!unknown)
        t->verdict = t->address[0].verdict;
}

void rk_resident_judge(rk_resident_report *r) {
    memset(r->count, 0, sizeof r->count);
    r->broken = r->undeclared = 0;
    for (uint32_t i = 0; i < r->n; i++) {
        judge_target(r, &r->target[i]);
        r->count[r->target[i].verdict]++;
        r->broken += r->target[i].rule != RK_S_OK;
        r->undeclared += r->target[i].n_undeclared > 0;
    }
}

bool rk_resident_amiss(const rk_resident_report *r) {
    return r->count[RK_RESIDENT_ELSEWHERE] || r->broken || r->undeclared;
}
