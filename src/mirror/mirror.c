#include "mirror/inner.h"

#include "base/mem.h"
#include "files/below.h"
#include "files/files.h"
#include "files/list.h"
#include "files/stream.h"
#include "publish/release.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ===== names ===== */

static rk_status join(char out[PATH_MAX], const char *a, const char *b, const char *c,
                      rk_err *err) {
    int n = snprintf(out, PATH_MAX, "%s%s%s", a, b, c);
    return n < 0 || n >= PATH_MAX ? rk_fail(err, RK_LIMIT, "%s: the name is too long", a)
                                  : RK_OK;
}

rk_status rk_mirror_private(const rk_mirror *m, char out[PATH_MAX], const char *name,
                            rk_err *err) {
    return join(out, m->o->dir, "/.cermin/", name, err);
}

rk_status rk_mirror_public(const rk_mirror *m, char out[PATH_MAX], const char *name,
                           rk_err *err) {
    return join(out, m->o->dir, "/", name, err);
}

rk_status rk_mirror_read(const char *path, size_t max, rk_buf *out, rk_err *err) {
    rk_file f;
    RK_TRY(rk_file_read_raw(path, max, &f, err));
    rk_buf_add(out, f.bytes);
    rk_file_free(&f);
    return out->failed ? rk_fail(err, RK_LIMIT, "%s is too long", path) : RK_OK;
}

/* ===== evidence ===== */

static void keep_evidence(rk_mirror *m, const char *where, const char *text, rk_slice bytes) {
    char path[PATH_MAX], name[80], hex[65] = {0}, **names;
    uint32_t n = 0;
    rk_buf b;
    rk_buf_init(&b, RK_MIRROR_LIST_MAX + 4096u);
    rk_buf_printf(&b, "%s/%s\n%s\n\n", m->o->url, where, text);
    rk_buf_add(&b, bytes);
    rk_sha256 h = rk_sha256_of(rk_buf_slice(&b)); /* the same refusal is one file */
    rk_sha256_put(hex, &h);
    snprintf(name, sizeof name, "bukti/%.16s.txt", hex);
    bool ok = !b.failed && rk_mirror_private(m, path, "bukti", NULL) == RK_OK;
    if (ok && rk_dir_list(path, ".txt", RK_MIRROR_EVIDENCE_MAX, &names, &n, NULL) == RK_OK)
        rk_dir_list_free(&names, n);
    if (ok && n < RK_MIRROR_EVIDENCE_MAX && rk_mirror_private(m, path, name, NULL) == RK_OK &&
        !rk_file_there(path))
        (void)rk_file_write(path, rk_buf_slice(&b), true, NULL);
    rk_buf_free(&b);
}

rk_status rk_mirror_refuse(rk_mirror *m, rk_status s, const char *check, const char *where,
                           rk_slice bytes, rk_err *err, const char *fmt, ...) {
    char text[400];
    va_list a;
    va_start(a, fmt);
    vsnprintf(text, sizeof text, fmt, a);
    va_end(a);
    if (!m->o->dry_run) keep_evidence(m, where, text, bytes);
    rk_say(m->r, RK_WRONG, check, where,
           "nothing of it was taken in; see .cermin/bukti, and ask who publishes, or another "
           "mirror",
           "%s", text);
    return rk_fail(err, s, "%s: %.300s", where, text);
}

/* ===== the directory ===== */

/* An empty directory, or one that is a mirror: never somebody's own releases. */
static rk_status check_dir(const rk_mirror *m, rk_err *err) {
    char path[PATH_MAX], **names;
    uint32_t n = 0;
    RK_TRY(rk_mirror_private(m, path, "sumber", err));
    if (rk_file_there(path)) return RK_OK;
    rk_status s = rk_dir_list(m->o->dir, "", 1000000, &names, &n, NULL);
    if (s == RK_NOT_FOUND) return RK_OK;
    if (s != RK_OK) return rk_fail(err, s, "%s cannot be read", m->o->dir);
    rk_dir_list_free(&names, n);
    return n == 0 ? RK_OK
                  : rk_fail(err, RK_CONFLICT,
                            "%s is no mirror and not empty: name a new directory", m->o->dir);
}

static rk_status open_dir(const rk_mirror *m, int *lock, rk_err *err) {
    char path[PATH_MAX];
    RK_TRY(check_dir(m, err));
    if (m->o->dry_run) return RK_OK;
    RK_TRY(join(path, m->o->dir, "/.cermin", "", err));
    RK_TRY(rk_dir_make(path, err));
    RK_TRY(rk_mirror_private(m, path, "kunci", err));
    RK_TRY(rk_lock_take(path, lock, err));
    RK_TRY(rk_mirror_private(m, path, "sumber", err));
    rk_buf b;
    rk_buf_init(&b, 4096);
    rk_buf_printf(&b, "%s\n", m->o->url);
    rk_status s = rk_file_write(path, rk_buf_slice(&b), true, err);
    rk_buf_free(&b);
    return s;
}

/* ===== what is newest ===== */

/* The last answer, when it is not older than a poll may be. */
static bool asked_just_now(const rk_mirror *m, rk_buf *b) {
    char path[PATH_MAX];
    rk_below f;
    if (join(path, m->o->dir, "/.cermin", "", NULL) != RK_OK ||
        rk_below_open(path, RK_LIT("terbaru.json"), &f, NULL, NULL) != RK_OK)
        return false;
    (void)close(f.fd);
    int64_t age = (int64_t)rk_now() - f.modified;
    return age >= 0 && age < (int64_t)RK_MIRROR_POLL_SECONDS &&
           rk_mirror_private(m, path, "terbaru.json", NULL) == RK_OK &&
           rk_mirror_read(path, RK_RELEASE_NOTE_MAX, b, NULL) == RK_OK;
}

static rk_status poll(rk_mirror *m, rk_buf *b, rk_err *err) {
    char path[PATH_MAX];
    rk_err why = RK_ERR_INIT;
    if (!asked_just_now(m, b)) {
        rk_buf_clear(b);
        RK_TRY(rk_fetch_get(m->f, RK_LIT("terbaru.json"), RK_RELEASE_NOTE_MAX, b, err));
        RK_TRY(rk_mirror_private(m, path, "terbaru.json", err));
        if (!m->o->dry_run) RK_TRY(rk_file_write_fast(path, rk_buf_slice(b), true, err));
    }
    rk_status s = rk_release_note_parse(rk_buf_slice(b), &m->newest, &why);
    m->origin = rk_code_slice(&m->newest.election);
    m->out->release = s == RK_OK ? m->newest.size : 0;
    return s == RK_OK ? RK_OK
                      : rk_mirror_refuse(m, s, "release", "terbaru.json", rk_buf_slice(b), err,
                                         "%s", why.text);
}

/* The newest that this mirror has announced. */
static bool announced(const rk_mirror *m, rk_release_note *out) {
    char path[PATH_MAX];
    rk_buf b;
    rk_buf_init(&b, RK_RELEASE_NOTE_MAX);
    bool ok = rk_mirror_public(m, path, "terbaru.json", NULL) == RK_OK &&
              rk_mirror_read(path, RK_RELEASE_NOTE_MAX, &b, NULL) == RK_OK &&
              rk_release_note_parse(rk_buf_slice(&b), out, NULL) == RK_OK;
    rk_buf_free(&b);
    return ok;
}

static bool same_note(const rk_release_note *a, const rk_release_note *b) {
    return rk_code_eq(&a->election, &b->election) && a->size == b->size &&
           a->entry == b->entry && memcmp(&a->manifest, &b->manifest, sizeof a->manifest) == 0;
}

static rk_status not_back(rk_mirror *m, const rk_release_note *had, rk_slice bytes,
                          rk_err *err) {
    if (!rk_code_eq(&had->election, &m->newest.election))
        return rk_mirror_refuse(m, RK_CONFLICT, "release", "terbaru.json", bytes, err,
                                "it is of %.*s, this mirror of %.*s: mirror another election "
                                "to another directory",
                                RK_FMT(rk_code_slice(&m->newest.election)),
                                RK_FMT(rk_code_slice(&had->election)));
    if (had->size > m->newest.size)
        return rk_mirror_refuse(m, RK_CONFLICT, "history", "terbaru.json", bytes, err,
                                "the server's newest release shows %llu entries, this mirror "
                                "has one of %llu: an older copy",
                                (unsigned long long)m->newest.size,
                                (unsigned long long)had->size);
    if (had->size == m->newest.size && !same_note(had, &m->newest))
        return rk_mirror_refuse(m, RK_CONFLICT, "history", "terbaru.json", bytes, err,
                                "rilis-%llu was announced with another manifest before",
                                (unsigned long long)had->size);
    return RK_OK;
}

/* ===== announcing ===== */

static rk_status title_of(const char *dir, rk_buf *out, rk_err *err) {
    char path[PATH_MAX];
    rk_buf b;
    RK_TRY(join(path, dir, "/datapackage.json", "", err));
    rk_buf_init(&b, RK_PACKAGE_MAX);
    rk_status s = rk_mirror_read(path, RK_PACKAGE_MAX, &b, err);
    if (s == RK_OK) s = rk_package_read(rk_buf_slice(&b), out, NULL, NULL, err);
    rk_buf_free(&b);
    return s;
}

/* The root's kunci.json and policy are those of the newest release, which its manifest
 * vouches for. */
static rk_status copy_up(const rk_mirror *m, const char *dir, const char *name, rk_err *err) {
    char from[PATH_MAX], to[PATH_MAX];
    rk_file f;
    RK_TRY(join(from, dir, "/", name, err));
    RK_TRY(rk_mirror_public(m, to, name, err));
    if (!rk_file_there(from)) return RK_OK;
    RK_TRY(rk_file_read_raw(from, RK_PACKAGE_MAX, &f, err));
    rk_status s = rk_file_write(to, f.bytes, true, err);
    rk_file_free(&f);
    return s;
}

static rk_status announce(rk_mirror *m, const rk_known *k, uint32_t time, rk_err *err) {
    char name[RK_RELEASE_NAME_MAX], dir[PATH_MAX];
    rk_buf title;
    rk_release rel = {.size = k->size,
                      .manifest = k->manifest,
                      .noted = true,
                      .entry = k->entry,
                      .time = time};
    rk_release_name(k->size, name);
    RK_TRY(rk_mirror_public(m, dir, name, err));
    rk_buf_init(&title, RK_NAME_MAX + 1u);
    rk_status s = title_of(dir, &title, err);
    bool newest = k->size == m->newest.size;
    if (s == RK_OK && newest) s = copy_up(m, dir, "kunci.json", err);
    if (s == RK_OK && newest) s = copy_up(m, dir, "policy", err);
    rk_release_of of = {m->origin, rk_buf_slice(&title)};
    if (s == RK_OK) s = rk_release_announce(&of, m->o->dir, &rel, err);
    rk_buf_free(&title);
    return s;
}

/* ===== the newest release ===== */

/* The log names it as the note says. */
static rk_status named(rk_mirror *m, const rk_known **out, rk_err *err) {
    const rk_known *k = *out = rk_mirror_find(m, m->newest.size);
    if (k && k->entry == m->newest.entry &&
        memcmp(&k->manifest, &m->newest.manifest, sizeof k->manifest) == 0)
        return RK_OK;
    (void)rk_mirror_unstage(m, m->newest.size, NULL);
    return rk_mirror_refuse(m, RK_CONFLICT, "release", "terbaru.json", (rk_slice){NULL, 0}, err,
                            k ? "the log names rilis-%llu, but not with this entry and manifest"
                              : "no entry of the log names rilis-%llu",
                            (unsigned long long)m->newest.size);
}

static rk_status take_newest(rk_mirror *m, rk_err *err) {
    const rk_known *k;
    uint64_t size = m->newest.size;
    bool held = rk_mirror_holds(m, size, &m->newest.manifest);
    if (!held) RK_TRY(rk_mirror_head(m, size, &m->newest.manifest, err));
    rk_status s = rk_mirror_log(m, &size, 1, err);
    if (s == RK_CONFLICT && !held) (void)rk_mirror_unstage(m, size, NULL);
    RK_TRY(s);
    RK_TRY(named(m, &k, err));
    if (!held) RK_TRY(rk_mirror_files(m, size, err));
    return announce(m, k, m->newest.time, err);
}

/* ===== earlier ones ===== */

static int larger_first(const void *a, const void *b) {
    uint64_t x = ((const rk_known *)a)->size, y = ((const rk_known *)b)->size;
    return (x < y) - (x > y);
}

static rk_status earlier_note(rk_mirror *m, const rk_known *k, uint32_t *time, rk_err *err) {
    char path[RK_RELEASE_NAME_MAX + 8];
    rk_buf b;
    rk_release_note n;
    rk_err why = RK_ERR_INIT;
    rk_mirror_name(k->size, ".json", path, sizeof path);
    rk_buf_init(&b, RK_RELEASE_NOTE_MAX);
    rk_status s = rk_fetch_get(m->f, rk_slice_str(path), RK_RELEASE_NOTE_MAX, &b, err);
    if (s == RK_OK && rk_release_note_parse(rk_buf_slice(&b), &n, &why) != RK_OK)
        s = rk_mirror_refuse(m, RK_BAD_INPUT, "release", path, rk_buf_slice(&b), err, "%s",
                             why.text);
    if (s == RK_OK) {
        rk_release_note must = {m->newest.election, k->size, k->entry, n.time, k->manifest};
        if (!same_note(&n, &must))
            s = rk_mirror_refuse(m, RK_CONFLICT, "release", path, rk_buf_slice(&b), err,
                                 "it is not what the log says of this release");
        *time = n.time;
    }
    rk_buf_free(&b);
    return s;
}

static rk_status take_earlier(rk_mirror *m, const rk_known *k, rk_err *err) {
    uint32_t time;
    bool held = rk_mirror_holds(m, k->size, &k->manifest);
    RK_TRY(earlier_note(m, k, &time, err));
    if (!held) {
        RK_TRY(rk_mirror_head(m, k->size, &k->manifest, err));
        rk_status s = rk_mirror_manifests(m, &k->size, 1, err);
        if (s == RK_CONFLICT) (void)rk_mirror_unstage(m, k->size, NULL);
        RK_TRY(s);
        RK_TRY(rk_mirror_files(m, k->size, err));
    }
    return announce(m, k, time, err);
}

static bool is_noted(const rk_mirror *m, uint64_t size) {
    char name[RK_RELEASE_NAME_MAX + 8], path[PATH_MAX];
    rk_mirror_name(size, ".json", name, sizeof name);
    return rk_mirror_public(m, path, name, NULL) == RK_OK && rk_file_there(path);
}

/* Its note goes first: what lists releases does not show it any more. */
static rk_status drop(rk_mirror *m, uint64_t size, rk_err *err) {
    char name[RK_RELEASE_NAME_MAX + 8], from[PATH_MAX], to[PATH_MAX];
    rk_release_name(size, name);
    RK_TRY(rk_mirror_public(m, from, name, err));
    RK_TRY(rk_mirror_private(m, to, "buang", err));
    rk_mirror_name(size, ".json", name, sizeof name);
    char note[PATH_MAX];
    RK_TRY(rk_mirror_public(m, note, name, err));
    RK_TRY(rk_file_drop(note, err));
    RK_TRY(rk_tree_drop(to, err));
    if (rename(from, to) != 0) return rk_fail(err, RK_IO, "%s cannot be removed", from);
    m->out->removed++;
    return rk_tree_drop(to, err);
}

static rk_status drop_old(rk_mirror *m, uint64_t least, rk_err *err) {
    rk_release *all = rk_calloc(RK_MIRROR_KEEP_MAX, sizeof *all);
    uint32_t n = 0;
    rk_status s = rk_release_list(m->o->dir, all, RK_MIRROR_KEEP_MAX, &n, err);
    for (uint32_t i = n; s == RK_OK && i--;)
        if (all[i].size < least) s = drop(m, all[i].size, err);
    rk_free(all);
    return s;
}

/* Holds the newest `keep` releases of those that the log names. */
static rk_status keep(rk_mirror *m, rk_err *err) {
    rk_known *k = rk_calloc(m->n_known + 1u, sizeof *k);
    uint32_t n = 0;
    rk_status s = RK_OK;
    for (uint32_t i = 0; i < m->n_known; i++)
        if (m->known[i].size <= m->newest.size) k[n++] = m->known[i];
    qsort(k, n, sizeof *k, larger_first);
    if (n > m->o->keep) n = m->o->keep;
    for (uint32_t i = 0; s == RK_OK && i < n; i++) {
        rk_err why = RK_ERR_INIT;
        if (is_noted(m, k[i].size) && rk_mirror_holds(m, k[i].size, &k[i].manifest)) continue;
        s = take_earlier(m, &k[i], &why);
        if (s == RK_NOT_FOUND) {
            rk_say(m->r, RK_REMARK, "release", "", NULL,
                   "rilis-%llu is not held by the server any more",
                   (unsigned long long)k[i].size);
            s = RK_OK;
        } else if (s != RK_OK) {
            rk_fail(err, s, "%s", why.text);
        }
    }
    if (s == RK_OK && n) s = drop_old(m, k[n - 1].size, err);
    if (s == RK_OK && m->out->removed)
        s = announce(m, rk_mirror_find(m, m->newest.size), m->newest.time, err);
    rk_free(k);
    return s;
}

/* ===== a run ===== */

static uint32_t held(const rk_mirror *m, uint64_t *least) {
    rk_release *all = rk_calloc(RK_MIRROR_KEEP_MAX, sizeof *all);
    uint32_t n = 0;
    (void)rk_release_list(m->o->dir, all, RK_MIRROR_KEEP_MAX, &n, NULL);
    *least = n ? all[n - 1].size : 0;
    rk_free(all);
    return n;
}

/* Files that a killed run was about to put in place. */
static rk_status sweep_temporary(const char *dir, rk_err *err) {
    char path[PATH_MAX], **names;
    uint32_t n = 0;
    rk_status s = rk_dir_list(dir, ".tmp", RK_MIRROR_KEEP_MAX, &names, &n, err);
    for (uint32_t i = 0; i < n && s == RK_OK; i++) {
        s = join(path, dir, "/", names[i], err);
        if (s == RK_OK) s = rk_file_drop(path, err);
    }
    if (n) rk_dir_list_free(&names, n);
    return s;
}

/* What is staged and not needed any more. */
static rk_status sweep(const rk_mirror *m, rk_err *err) {
    static const char *const names[] = {"bagian", "log", "buang"};
    static const char *const dirs[] = {"", "log", ".cermin"};
    char path[PATH_MAX], **staged;
    uint32_t n = 0;
    rk_status s = RK_OK;
    for (int i = 0; i < 3; i++) {
        RK_TRY(rk_mirror_public(m, path, dirs[i], err));
        RK_TRY(sweep_temporary(path, err));
    }
    for (int i = 0; i < 3; i++) {
        RK_TRY(rk_mirror_private(m, path, names[i], err));
        RK_TRY(rk_tree_drop(path, err));
    }
    RK_TRY(join(path, m->o->dir, "/.cermin", "", err));
    RK_TRY(rk_dir_list(path, "", RK_MIRROR_KEEP_MAX, &staged, &n, err));
    for (uint32_t i = 0; i < n && s == RK_OK; i++) {
        uint64_t size;
        if (!rk_release_name_parse(rk_slice_str(staged[i]), &size)) continue;
        s = rk_mirror_unstage(m, size, err);
    }
    rk_dir_list_free(&staged, n);
    return s;
}

static rk_status plan(rk_mirror *m, bool same, rk_err *err) {
    if (same) return RK_OK;
    if (!rk_mirror_holds(m, m->newest.size, &m->newest.manifest))
        RK_TRY(rk_mirror_plan(m, m->newest.size, &m->newest.manifest, err));
    m->out->log_to = m->newest.entry + 1;
    return RK_OK;
}

static rk_status one_run(rk_mirror *m, rk_err *err) {
    rk_release_note had;
    rk_buf b;
    uint64_t least;
    rk_buf_init(&b, RK_RELEASE_NOTE_MAX);
    rk_status s = poll(m, &b, err);
    bool known = s == RK_OK && announced(m, &had);
    if (known) s = not_back(m, &had, rk_buf_slice(&b), err);
    rk_buf_free(&b);
    RK_TRY(s);
    bool same = known && same_note(&had, &m->newest) &&
                rk_mirror_holds(m, m->newest.size, &m->newest.manifest);
    if (m->o->dry_run) return plan(m, same, err);
    m->out->nothing_new = same && (m->o->keep == 0 || held(m, &least) == m->o->keep);
    if (m->out->nothing_new) return RK_OK;
    RK_TRY(take_newest(m, err));
    if (m->o->keep) RK_TRY(keep(m, err));
    return sweep(m, err);
}

rk_status rk_mirror_run(const rk_mirror_options *o, rk_mirror_result *out, rk_report *report,
                        rk_err *err) {
    rk_mirror m = {.o = o, .out = out, .r = report};
    rk_fetch_options f = {.parallel = o->rate ? 1 : RK_MIRROR_PARALLEL_MAX,
                          .rate = o->rate,
                          .named = o->named,
                          .seconds = RK_MIRROR_SECONDS_MAX};
    int lock = -1;
    *out = (rk_mirror_result){.release = 0};
    rk_status s = rk_fetcher_new(o->url, &f, &m.f, err);
    if (s == RK_OK) s = open_dir(&m, &lock, err);
    if (s == RK_OK) s = one_run(&m, err);
    if (m.f) {
        const rk_fetch_counts *c = rk_fetcher_counts(m.f);
        out->requests = c->requests, out->bytes = c->bytes, out->retries = c->retries;
    }
    rk_fetcher_free(&m.f);
    rk_free(m.known);
    if (lock >= 0) (void)close(lock);
    return s;
}
