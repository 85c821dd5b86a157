/* Following a log costs one question to the store twice a second; entries are applied by the
 * same thread that answers requests, so a document is always of one state. */
#include "serve/site.h"

#include "base/mem.h"
#include "intake/dir.h"

#include <stdio.h>

enum { REFRESH_MS = 500, EARLIER_PIECE = 16384 };

/* ===== opening ===== */

static void out_of_service(rk_served *v, const rk_err *why) {
    rk_election_free(&v->election);
    if (v->searchable) rk_search_free(&v->search);
    v->searchable = false;
    v->problem = *why;
    v->size = UINT64_MAX;
}

/* The last part of a path: the id of an election that cannot say its own. */
static rk_slice last_part(const char *dir) {
    rk_slice s = rk_slice_str(dir);
    while (s.len > 1 && s.ptr[s.len - 1] == '/') s.len--;
    const char *slash = s.len ? memrchr(s.ptr, '/', s.len) : NULL;
    return slash && s.len > 1 ? rk_slice_from(s, (size_t)(slash + 1 - s.ptr)) : s;
}

static rk_status check_id(const rk_site *s, uint32_t at, rk_err *err) {
    static const char *const taken[] = {
        "api",     "aset", "hasil",   "temuan", "banding", "unduh", "pemilu",     "pilkada",
        "wilayah", "log",  "catatan", "rilis",  "terbuka", "arsip", "keterbukaan"};
    rk_slice id = rk_code_slice(&s->id[at]);
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        if (rk_slice_is(id, taken[i]))
            return rk_fail(err, RK_CONFLICT,
                           "the election id '%s' is an address of the server itself: give the "
                           "election in %s another id (rekap init --id)",
                           taken[i], s->served[at].dir);
    for (uint32_t i = 0; i < at; i++)
        if (rk_code_eq(&s->id[i], &s->id[at]))
            return rk_fail(err, RK_CONFLICT,
                           "%s and %s hold the same election id '%.*s': serve them apart",
                           s->served[i].dir, s->served[at].dir, RK_FMT(id));
    return RK_OK;
}

static rk_status fold_all(rk_served *v, rk_err *err) {
    RK_TRY(rk_fold_open(v->store, v->dir, UINT64_MAX, &v->election, NULL, err));
    v->size = v->election->size;
    return RK_OK;
}

static rk_status open_one(rk_site *s, uint32_t i, const char *dir, rk_err *err) {
    rk_served *v = &s->served[i];
    char file[4096];
    rk_err why = RK_ERR_INIT;
    v->dir = rk_dup(dir, strlen(dir) + 1);
    rk_served_log_init(&v->log);
    s->n = i + 1;
    RK_TRY(rk_dir_store_path(dir, file, sizeof file, err));
    rk_status st = rk_store_sqlite_open(file, RK_STORE_READ, &v->store, &why);
    if (st == RK_NOT_FOUND)
        return rk_fail(err, st,
                       "%s is not an election directory (it has no rekap.db): make one with "
                       "'rekap init %s'",
                       dir, dir);
    if (st == RK_OK) st = fold_all(v, &why);
    rk_slice id = st == RK_OK && v->election->id.len ? v->election->id : last_part(dir);
    if (!rk_code_of(id, &s->id[i]))
        return rk_fail(err, RK_LIMIT, "the election id '%.60s' of %s is longer than %u bytes",
                       id.ptr ? id.ptr : "", dir, RK_CODE_MAX);
    if (st != RK_OK) {
        out_of_service(v, &why);
        fprintf(stderr, "rekap: %s is not served: %s\n", dir, why.text);
    }
    size_t n = strlen(s->prefix);
    memcpy(v->base, s->prefix, n);
    v->base[n] = '/';
    memcpy(v->base + n + 1, s->id[i].s, s->id[i].len);
    return check_id(s, i, err);
}

/* "/x" out of "x", "/x" or "/x/"; only letters, digits and "-._/". */
static rk_status set_prefix(rk_site *s, const char *prefix, rk_err *err) {
    rk_slice p = rk_slice_str(prefix ? prefix : "");
    while (p.len && p.ptr[p.len - 1] == '/') p.len--;
    while (p.len && p.ptr[0] == '/') p = rk_slice_from(p, 1);
    bool ok = p.len + 2 < sizeof s->prefix;
    for (size_t i = 0; i < p.len; i++) {
        char c = p.ptr[i];
        ok = ok && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                    (c >= '0' && c <= '9') || strchr("-_/", c));
    }
    if (!ok)
        return rk_fail(err, RK_BAD_INPUT,
                       "--base-path '%.100s' may hold letters, digits, '-', '_' and '/' only",
                       prefix);
    if (p.len) s->prefix[0] = '/', memcpy(s->prefix + 1, p.ptr, p.len);
    return RK_OK;
}

rk_status rk_site_open(rk_site *s, const char *const *dir, uint32_t n, const char *prefix,
                       rk_err *err) {
    *s = (rk_site){.n = 0};
    if (n == 0 || n > RK_SERVED_MAX)
        return rk_fail(err, RK_BAD_INPUT, "name 1 to %u election directories", RK_SERVED_MAX);
    RK_TRY(set_prefix(s, prefix, err));
    for (uint32_t i = 0; i < n; i++) RK_TRY(open_one(s, i, dir[i], err));
    return RK_OK;
}

void rk_site_close(rk_site *s) {
    for (uint32_t i = 0; i < RK_AS_OF_MAX; i++) rk_election_free(&s->earlier[i].state);
    for (uint32_t i = 0; i < s->n; i++) {
        rk_served *v = &s->served[i];
        if (v->searchable) rk_search_free(&v->search);
        rk_election_free(&v->election);
        rk_served_log_free(&v->log);
        if (v->store) rk_store_close(&v->store);
        rk_free(v->dir);
    }
    s->n = 0;
}

rk_route_site rk_site_routes(const rk_site *s) {
    return (rk_route_site){rk_slice_str(s->prefix), s->id, s->n};
}

/* ===== following ===== */

/* True when more entries wait. */
static bool follow(rk_served *v) {
    uint64_t size = 0;
    rk_err err = RK_ERR_INIT;
    if (!v->election || !v->store) return false;
    rk_status st = rk_store_size(v->store, &size, &err);
    if (st == RK_BUSY || (st == RK_OK && size == v->election->size)) return false;
    uint64_t to = v->election->size + RK_REFRESH_ENTRIES_MAX;
    bool tree_may_change = v->election->n_contest == 0;
    if (st == RK_OK) st = rk_fold_store(v->store, v->election, to < size ? to : size, &err);
    if (st != RK_OK) {
        fprintf(stderr, "rekap: %s is no longer served: %s\n", v->dir, err.text);
        out_of_service(v, &err);
        return false;
    }
    if (tree_may_change && v->searchable) {
        rk_search_free(&v->search);
        v->searchable = false;
    }
    v->size = v->election->size;
    return v->size < size;
}

bool rk_site_refresh(rk_site *s, uint64_t now_ms) {
    bool more = false;
    if (now_ms < s->next_ms) return false;
    for (uint32_t i = 0; i < s->n; i++) {
        uint64_t before = s->served[i].size;
        more = follow(&s->served[i]) || more;
        if (s->served[i].store && s->served[i].election)
            rk_served_log_refresh(&s->served[i].log, s->served[i].dir, s->served[i].store,
                                  now_ms, true);
        s->total += s->served[i].size - before;
    }
    s->refreshed_ms = now_ms;
    s->next_ms = more ? now_ms : now_ms + REFRESH_MS;
    return more;
}

const rk_search *rk_site_search(rk_site *s, uint32_t election) {
    rk_served *v = &s->served[election];
    if (!v->election || !v->election->tree) return NULL;
    if (!v->searchable) rk_search_make(&v->search, v->election->tree);
    v->searchable = true;
    return &v->search;
}

/* ===== earlier states ===== */

static rk_earlier *being_made(rk_site *s) {
    for (uint32_t i = 0; i < RK_AS_OF_MAX; i++)
        if (s->earlier[i].state && !s->earlier[i].ready) return &s->earlier[i];
    return NULL;
}

bool rk_site_fold_earlier(rk_site *s, bool *done) {
    rk_earlier *x = being_made(s);
    rk_err err = RK_ERR_INIT;
    if (!x) return false;
    uint64_t to = x->state->size + EARLIER_PIECE;
    rk_status st = rk_fold_store(s->served[x->election].store, x->state,
                                 to < x->as_of ? to : x->as_of, &err);
    if (st == RK_BUSY) return true;
    x->failed = st != RK_OK;
    x->ready = x->failed || x->state->size == x->as_of;
    *done = x->ready;
    return !x->ready;
}

static rk_status earlier_there(rk_site *s, rk_earlier *x, rk_election **out, rk_err *err) {
    x->used = ++s->uses;
    *out = x->state;
    if (!x->failed) return x->ready ? RK_OK : RK_BUSY;
    rk_election_free(&x->state);
    return rk_fail(err, RK_IO, "the log could not be read up to entry %llu",
                   (unsigned long long)x->as_of);
}

rk_status rk_site_as_of(rk_site *s, uint32_t election, uint64_t n, rk_election **out,
                        rk_err *err) {
    rk_served *v = &s->served[election];
    rk_earlier *place = NULL;
    if (!v->election) return rk_fail(err, RK_IO, "%s", v->problem.text);
    if (n == 0 || n > v->election->size)
        return rk_fail(err, RK_BAD_INPUT, "as_of=%llu: the log has entries 1 to %llu",
                       (unsigned long long)n, (unsigned long long)v->election->size);
    if (n == v->election->size) {
        *out = v->election;
        return RK_OK;
    }
    for (uint32_t i = 0; i < RK_AS_OF_MAX; i++) {
        rk_earlier *x = &s->earlier[i];
        if (x->state && x->election == election && x->as_of == n)
            return earlier_there(s, x, out, err);
        if (!place || !x->state || (place->state && x->used < place->used)) place = x;
    }
    if (!v->store) return rk_fail(err, RK_NOT_FOUND, "there is no log to read");
    if (being_made(s)) return RK_BUSY; /* one at a time */
    rk_election_free(&place->state);
    *place = (rk_earlier){
        .election = election, .as_of = n, .used = ++s->uses, .state = rk_election_new()};
    return RK_BUSY;
}
