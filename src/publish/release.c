#include "publish/release.h"

#include "base/num.h"
#include "base/sha256_stream.h"
#include "core/manifest.h"
#include "files/files.h"
#include "files/stream.h"
#include "publish/listing.h"
#include "publish/packer.h"
#include "publish/tables.h"
#include "publish/writer.h"

#include <stdio.h>
#include <sys/stat.h>

/* One release being cut. */
struct cut {
    rk_election *e;
    const rk_release_options *o;
    rk_release_report *r;
    rk_writer w;
    rk_listing listing;
    rk_packer *packer;
    char dir[PATH_MAX], before[PATH_MAX]; /* before: the release before; empty = none */
};

static rk_status join(char out[PATH_MAX], const char *dir, rk_slice path, const char *suffix,
                      rk_err *err) {
    int n = snprintf(out, PATH_MAX, "%s/%.*s%s", dir, RK_FMT(path), suffix);
    return n < 0 || n >= PATH_MAX ? rk_fail(err, RK_LIMIT, "%s: a file name is too long", dir)
                                  : RK_OK;
}

/* ===== a large file ===== */

struct tee {
    rk_out *out;
    rk_sha256_stream sha;
    uint64_t bytes, cooled;
    const rk_election *e;
    uint32_t contest;
};

enum { COOL_EVERY = 2 << 20 }; /* bytes of a table: so much of the election is kept in memory */

static rk_status tee_write(void *ctx, rk_slice b, rk_err *err) {
    struct tee *t = ctx;
    rk_sha256_add(&t->sha, b);
    t->bytes += b.len;
    if (t->bytes >= t->cooled + COOL_EVERY && t->contest < t->e->n_contest) {
        rk_election_cool(t->e, t->contest);
        t->cooled = t->bytes;
    }
    return rk_out_write(t->out, b, err);
}

typedef rk_status table_fn(struct cut *c, uint32_t contest, const rk_sink *out, rk_err *err);

/* Takes the file over from the release before; false: it must be made. */
static bool take_over(struct cut *c, rk_slice path, const char *suffix, rk_sha256 *hash) {
    char from[PATH_MAX], to[PATH_MAX], whole[RK_MANIFEST_PATH_MAX];
    int n = snprintf(whole, sizeof whole, "%.*s%s", RK_FMT(path), suffix);
    if (!c->before[0] || n < 0 || n >= (int)sizeof whole ||
        join(from, c->before, path, suffix, NULL) != RK_OK ||
        join(to, c->dir, path, suffix, NULL) != RK_OK ||
        rk_release_hash_before(c->before, (rk_slice){whole, (size_t)n}, hash) != RK_OK)
        return false;
    char link[PATH_MAX]; /* what was written stays where there are no links */
    if (join(link, c->dir, path, ".link", NULL) != RK_OK ||
        rk_file_link(from, link, NULL) != RK_OK || rename(link, to) != 0)
        return false;
    (void)rk_file_drop(link, NULL); /* rename leaves it when both are one file */
    c->r->linked++;
    return true;
}

static rk_status list(struct cut *c, rk_slice path, const char *suffix, const rk_sha256 *h,
                      rk_err *err) {
    c->r->files++;
    if (c->o->progress) c->o->progress(c->o->ctx, c->r->files);
    return rk_listing_add(&c->listing, path, suffix, h, err);
}

static rk_status pack(struct cut *c, rk_slice path, const char *suffix, bool same,
                      rk_err *err) {
    char from[PATH_MAX], to[PATH_MAX];
    rk_sha256 h;
    if (same && take_over(c, path, suffix, &h)) return list(c, path, suffix, &h, err);
    RK_TRY(join(from, c->dir, path, "", err));
    RK_TRY(join(to, c->dir, path, suffix, err));
    rk_packer_add(c->packer, from, to, path, suffix);
    return RK_OK;
}

/* What was compressed beside all this. */
static rk_status packed(void *ctx, rk_slice path, const char *suffix, const rk_sha256 *h,
                        uint64_t bytes, rk_err *err) {
    struct cut *c = ctx;
    c->r->bytes += bytes;
    return list(c, path, suffix, h, err);
}

/* The file is written and hashed in one go. If the release before has the same bytes, its file
 * takes the new one's place, and nothing is compressed again. */
static rk_status put_table(struct cut *c, rk_slice path, table_fn *table, uint32_t contest,
                           rk_err *err) {
    char to[PATH_MAX];
    struct tee t = {.bytes = 0, .e = c->e, .contest = contest};
    rk_sha256 h, old;
    RK_TRY(join(to, c->dir, path, "", err));
    char *slash = strrchr(to, '/');
    *slash = 0;
    RK_TRY(rk_dir_make(to, err));
    *slash = '/';
    RK_TRY(rk_out_open(to, &t.out, err));
    rk_sha256_begin(&t.sha);
    rk_sink sink = {tee_write, &t};
    rk_status s = table(c, contest, &sink, err);
    if (s != RK_OK) {
        rk_out_abort(&t.out);
        return s;
    }
    RK_TRY(rk_out_close_fast(&t.out, err));
    h = rk_sha256_end(&t.sha);
    bool same = c->before[0] && rk_release_hash_before(c->before, path, &old) == RK_OK &&
                memcmp(&h, &old, sizeof h) == 0;
    if (same) same = take_over(c, path, "", &old);
    if (!same) c->r->bytes += t.bytes;
    RK_TRY(list(c, path, "", &h, err));
    if (c->o->plain) return RK_OK;
    RK_TRY(pack(c, path, ".zst", same, err));
    return pack(c, path, ".gz", same, err);
}

/* ===== tables ===== */

static rk_status every_station(struct cut *c, uint32_t k, const rk_sink *out, rk_err *err) {
    return rk_table_every_station(c->e, k, out, err);
}
static rk_status recap(struct cut *c, uint32_t k, const rk_sink *out, rk_err *err) {
    const rk_recap_query q = {.contest = k, .node = 0, .level = -1};
    return rk_table_recap(c->e, &q, RK_FORMAT_CSV, out, err);
}
static rk_status findings(struct cut *c, uint32_t k, const rk_sink *out, rk_err *err) {
    return rk_table_findings(c->e, k, 0, (rk_slice){0}, RK_FORMAT_CSV, out, err);
}
static rk_status comparison(struct cut *c, uint32_t k, const rk_sink *out, rk_err *err) {
    return rk_table_comparison(c->e, k, RK_FORMAT_CSV, out, err);
}
static rk_status regions(struct cut *c, uint32_t k, const rk_sink *out, rk_err *err) {
    (void)k;
    return rk_table_regions(c->e, out, err);
}
static rk_status document(struct cut *c, uint32_t k, const rk_sink *out, rk_err *err) {
    return rk_sink_write(out, c->e->tally[k].document, err);
}

static rk_status difference(struct cut *c, uint32_t k, const rk_sink *out, rk_err *err) {
    char now[PATH_MAX], then[PATH_MAX], path[RK_MANIFEST_PATH_MAX];
    rk_slice code = rk_code_slice(&c->e->tally[k].contest->code);
    int n = snprintf(path, sizeof path, "%.*s/tps.csv", RK_FMT(code));
    rk_slice p = {path, (size_t)n};
    RK_TRY(join(now, c->dir, p, "", err));
    RK_TRY(join(then, c->before, p, "", err));
    bool had = c->before[0] && rk_file_there(then);
    return rk_release_diff(had ? then : NULL, now, out, &c->r->changed, err);
}

static rk_status contest(struct cut *c, uint32_t k, rk_err *err) {
    static const struct {
        const char *name;
        table_fn *fn;
    } table[] = {{"kontes.json", document},   {"tps.csv", every_station},
                 {"rekap.csv", recap},        {"temuan.csv", findings},
                 {"banding.csv", comparison}, {"perubahan.csv", difference}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char path[RK_MANIFEST_PATH_MAX];
        int n = snprintf(path, sizeof path, "%.*s/%s",
                         RK_FMT(rk_code_slice(&c->e->tally[k].contest->code)), table[i].name);
        RK_TRY(put_table(c, (rk_slice){path, (size_t)n}, table[i].fn, k, err));
        rk_election_cool(c->e, k);
    }
    return RK_OK;
}

/* ===== small files ===== */

static rk_status put_small(struct cut *c, const char *path, rk_buf *b, rk_err *err) {
    if (b->failed) return rk_fail(err, RK_LIMIT, "%s is too long", path);
    c->r->files++;
    rk_status s = rk_writer_put(&c->w, rk_slice_str(path), rk_buf_slice(b), err);
    rk_buf_clear(b);
    return s;
}

static rk_status small_files(struct cut *c, rk_buf *b, rk_err *err) {
    rk_buf_add(b, c->o->log->note);
    RK_TRY(put_small(c, "checkpoint.note", b, err));
    rk_publish_keys(c->e, b);
    RK_TRY(put_small(c, "kunci.json", b, err));
    if (c->o->log->policy.len) {
        rk_buf_add(b, c->o->log->policy);
        RK_TRY(put_small(c, "policy", b, err));
    }
    RK_TRY(rk_release_package(c->e, c->dir, b, err));
    RK_TRY(put_small(c, "datapackage.json", b, err));
    rk_release_index(c->e, c->e->size, b);
    return put_small(c, "index.html", b, err);
}

static rk_status fill(struct cut *c, rk_err *err) {
    rk_buf b;
    if (c->e->tree) RK_TRY(put_table(c, RK_LIT("wilayah.csv"), regions, 0, err));
    for (uint32_t k = 0; k < c->e->n_contest; k++) RK_TRY(contest(c, k, err));
    RK_TRY(rk_packer_each(c->packer, packed, c, err));
    rk_buf_init(&b, 64u << 20);
    rk_status s = small_files(c, &b, err);
    if (s == RK_OK) s = rk_listing_close(&c->listing, &b, err);
    if (s == RK_OK)
        s = rk_publish_manifest_note(c->o->log, c->e->id, rk_buf_slice(&b), &c->w, err);
    rk_buf_free(&b);
    return s;
}

/* Everything is on disk before the name is given. */
static rk_status settle(struct cut *c, const char *out_dir, rk_err *err) {
    char name[RK_RELEASE_NAME_MAX], to[PATH_MAX];
    rk_release_name(c->e->size, name);
    RK_TRY(join(to, out_dir, rk_slice_str(name), "", err));
    RK_TRY(rk_dir_sync(c->dir, err));
    return rk_file_move(c->dir, to, err);
}

rk_status rk_release_cut(rk_election *e, const char *out_dir, const rk_release_options *o,
                         rk_release_report *r, rk_err *err) {
    struct cut c = {.e = e, .o = o, .r = r};
    rk_release before;
    char name[RK_RELEASE_NAME_MAX];
    rk_release_name(e->size, name);
    RK_TRY(join(c.dir, out_dir, rk_slice_str(name), "", err));
    if (rk_file_there(c.dir))
        return rk_fail(err, RK_CONFLICT, "%s is there already: a release never changes", c.dir);
    if (rk_release_latest(out_dir, e->size, &before, NULL) == RK_OK) {
        rk_release_name(before.size, name);
        RK_TRY(join(c.before, out_dir, rk_slice_str(name), "", err));
    }
    RK_TRY(join(c.dir, out_dir, RK_LIT(".rilis.tmp"), "", err));
    RK_TRY(rk_tree_drop(c.dir, err)); /* of a run that was cut short */
    RK_TRY(rk_dir_make(c.dir, err));
    rk_writer_init(&c.w, c.dir, false, &c.listing);
    rk_listing_init(&c.listing, &c.w, false);
    c.packer = rk_packer_new();
    rk_status s = fill(&c, err);
    rk_packer_free(&c.packer); /* also what nobody waits for any more */
    if (s == RK_OK) s = settle(&c, out_dir, err);
    r->bytes += c.w.bytes;
    rk_listing_free(&c.listing);
    rk_writer_free(&c.w);
    if (s != RK_OK) (void)rk_tree_drop(c.dir, NULL);
    return s;
}

/* ===== the log beside the releases ===== */

rk_status rk_release_log(rk_election *e, const char *out_dir, const rk_publish_log *l,
                         rk_buf *seen, rk_err *err) {
    rk_writer w;
    uint64_t from;
    rk_buf keys;
    RK_TRY(rk_publish_log_check(l, e->id, out_dir, &from, seen, err));
    rk_writer_init(&w, out_dir, false, NULL);
    rk_buf_init(&keys, 1u << 24);
    rk_publish_keys(e, &keys);
    rk_status s = rk_writer_put(&w, RK_LIT("kunci.json"), rk_buf_slice(&keys), err);
    if (s == RK_OK && l->policy.len) s = rk_writer_put(&w, RK_LIT("policy"), l->policy, err);
    if (s == RK_OK) s = rk_publish_log_files(l, &w, from, false, err);
    rk_buf_free(&keys);
    rk_writer_free(&w);
    return s;
}
