/* Which station a photo is of. */
#include "cli/into.h"

#include "base/num.h"
#include "cli/photo_paths.h"

/* A name that is the code of a station of the tree, or could be one of a desa whose stations
 * are not listed: the desa's code and three digits. */
static bool names_station(const struct into_run *r, rk_slice name, rk_code *out) {
    const rk_election *e = r->d.election;
    uint32_t tps, desa;
    rk_code code;
    if (!rk_code_of(name, &code)) return false;
    rk_status s = rk_election_place(e, name, (rk_slice){0}, &tps, &desa, NULL);
    if (desa == RK_NONE) return false;
    if (s != RK_OK) {
        rk_slice own = rk_slice_from(name, rk_tree_code(e->tree, desa).len);
        uint64_t n;
        if (own.len != 3 || !rk_num_parse(own, 999, &n)) return false;
    }
    *out = code;
    return true;
}

/* From the file's name, else from the folders', the innermost first. */
bool into_claim(const struct into_run *r, const char *path, rk_code *out) {
    uint32_t page;
    rk_slice rest = rk_slice_str(path);
    if (r->q->tps) return rk_code_of(rk_slice_str(r->q->tps), out);
    if (names_station(r, rk_photo_stem(rest, &page), out)) return true;
    for (;;) {
        while (rest.len && rest.ptr[rest.len - 1] != '/') rest.len--;
        if (rest.len == 0) return false;
        rest.len--;
        size_t from = rest.len;
        while (from && rest.ptr[from - 1] != '/') from--;
        if (names_station(r, rk_slice_from(rest, from), out)) return true;
    }
}

/* Photos of one name (A_p1.jpg, A_p2.jpg in one folder) are of one form. */
bool into_same_name(const struct into_photo *a, const struct into_photo *b) {
    RK_ASSERT(a->path && b->path);
    uint32_t page;
    rk_slice x = rk_photo_stem(rk_slice_str(a->path), &page),
             y = rk_photo_stem(rk_slice_str(b->path), &page);
    return rk_slice_eq((rk_slice){a->path, (size_t)(x.ptr + x.len - a->path)},
                       (rk_slice){b->path, (size_t)(y.ptr + y.len - b->path)});
}

const rk_page_id *into_code(const struct into_photo *p) {
    return p->reading && p->reading->has_id ? &p->reading->id : NULL;
}

/* The station that codes of photos of its name say, when they say one. */
static bool by_its_name(const struct into_window *w, const struct into_photo *p, rk_code *out) {
    bool found = false;
    for (uint32_t i = 0; i < w->n; i++) {
        const rk_page_id *id = into_code(&w->photo[i]);
        if (!id || !into_same_name(p, &w->photo[i])) continue;
        if (found && !rk_code_eq(out, &id->tps)) return false;
        *out = id->tps;
        found = true;
    }
    return found;
}

static rk_status code_fits(const struct into_run *r, const struct into_photo *p, rk_err *err) {
    const rk_page_id *id = into_code(p);
    if (!id) return RK_OK;
    if (!rk_slice_eq(rk_code_slice(&id->election), r->d.election->id) ||
        !rk_slice_is(rk_code_slice(&id->contest), r->q->contest))
        return rk_fail(err, RK_CONFLICT,
                       "its QR code is of %.*s/%.*s, this is %.*s/%s: give it to the right "
                       "election",
                       RK_FMT(rk_code_slice(&id->election)),
                       RK_FMT(rk_code_slice(&id->contest)), RK_FMT(r->d.election->id),
                       r->q->contest);
    if (p->claimed && !rk_code_eq(&id->tps, &p->claim))
        return rk_fail(
            err, RK_CONFLICT,
            "its QR code says TPS %.*s, but it was given as TPS %.*s: give it as what "
            "it is",
            RK_FMT(rk_code_slice(&id->tps)), RK_FMT(rk_code_slice(&p->claim)));
    return RK_OK;
}

rk_status into_station(struct into_run *r, const struct into_window *w, struct into_photo *p,
                       rk_err *err) {
    const rk_page_id *id = into_code(p);
    const rk_election *e = r->d.election;
    uint32_t tps, desa;
    if (p->failed != RK_OK) return rk_fail(err, p->failed, "%s", p->err.text);
    RK_TRY(code_fits(r, p, err));
    if (id)
        p->station = id->tps;
    else if (p->claimed)
        p->station = p->claim;
    else if (!by_its_name(w, p, &p->station))
        return rk_fail(err, RK_NOT_FOUND,
                       "which TPS it is of is not known: no QR code was read (%s), and neither "
                       "its name nor its folder's is a TPS code: give --tps",
                       p->reading ? rk_refusal_name(p->reading->refusal) : "not read");
    rk_status s =
        rk_election_place(e, rk_code_slice(&p->station), (rk_slice){0}, &tps, &desa, err);
    if (desa == RK_NONE) return s;
    if (e->tally[r->contest].ballot_of[desa] == RK_NONE)
        return rk_fail(err, RK_CONFLICT, "contest %s is not held at TPS %.*s", r->q->contest,
                       RK_FMT(rk_code_slice(&p->station)));
    p->placed = true;
    return RK_OK;
}
