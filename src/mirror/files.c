/* The files of one release. Its manifest is a list of lists: the index (verified by the log's
 * entry and the signed note) gives the lists' hashes, these the files'. datapackage.json comes
 * first, since it says how long the tables are. A file is staged below its name only when its
 * hash is right, and looked at again by every run until the release has its final name, so that
 * what a power cut left half written is fetched again. */
#include "mirror/inner.h"

#include "base/mem.h"
#include "files/files.h"
#include "files/stream.h"
#include "publish/release.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct item {
    char *path; /* within the release */
    rk_sha256 sha256;
    uint64_t max;
    bool staged;
    char *url, *part; /* while it is fetched */
};

struct set { /* files, by hash or as they came */
    struct item *item;
    uint32_t n, cap;
};

struct release {
    rk_mirror *m;
    char name[RK_RELEASE_NAME_MAX], stage[PATH_MAX];
    struct set want, have; /* have: those of a release that is held, sorted by hash */
    char have_dir[PATH_MAX];
    uint32_t next;
    rk_buf title;
    unsigned list;
};

/* ===== sets of files ===== */

static struct item *set_add(struct set *s, rk_slice path, const rk_sha256 *h, uint64_t max) {
    RK_PUSH_ROOM(s->item, s->n, s->cap);
    struct item *i = &s->item[s->n++];
    *i = (struct item){.sha256 = *h, .max = max};
    i->path = rk_alloc(path.len + 1);
    if (path.len) memcpy(i->path, path.ptr, path.len);
    return i;
}

static void set_free(struct set *s) {
    for (uint32_t i = 0; i < s->n; i++) {
        rk_free(s->item[i].path);
        rk_free(s->item[i].url);
        rk_free(s->item[i].part);
    }
    rk_free(s->item);
    *s = (struct set){.n = 0};
}

static int by_hash(const void *a, const void *b) {
    return memcmp(&((const struct item *)a)->sha256, &((const struct item *)b)->sha256,
                  sizeof(rk_sha256));
}

static int by_path(const void *a, const void *b) {
    return strcmp(((const struct item *)a)->path, ((const struct item *)b)->path);
}

static struct item *set_find(const struct set *s, rk_slice path) {
    char key[RK_MANIFEST_PATH_MAX + 1];
    struct item k = {.path = key};
    if (path.len > RK_MANIFEST_PATH_MAX || !s->n) return NULL;
    memcpy(key, path.ptr, path.len);
    key[path.len] = 0;
    return bsearch(&k, s->item, s->n, sizeof k, by_path);
}

/* ===== lists ===== */

static rk_status bad_list(const char *name, rk_err *err, const char *why) {
    return rk_fail(err, RK_CORRUPT, "%s: %s", name, why);
}

/* The files of a list, or the lists of the index (index: list 256). */
static rk_status add_lines(struct set *s, rk_slice bytes, const char *name, unsigned list,
                           rk_err *err) {
    rk_slice rest = bytes, before = {NULL, 0};
    rk_manifest_line line;
    rk_err why = RK_ERR_INIT;
    rk_status st;
    while ((st = rk_manifest_next(&rest, before, &line, &why)) == RK_OK) {
        unsigned number;
        before = line.path;
        if (list == RK_MANIFEST_LISTS
                ? !rk_manifest_list_number(line.path, &number)
                : !rk_manifest_lists(line.path) || rk_manifest_list_of(line.path) != list)
            return bad_list(name, err, "it lists a file that is not to stand in it");
        if (s->n == RK_MIRROR_FILES_MAX)
            return rk_fail(err, RK_LIMIT, "a release has over %u files", RK_MIRROR_FILES_MAX);
        (void)set_add(s, line.path, &line.sha256, RK_MIRROR_SMALL_MAX);
    }
    return st == RK_NOT_FOUND ? RK_OK : bad_list(name, err, why.text);
}

/* All files of a release whose head is in dir; and the lists themselves, if asked. */
static rk_status add_all(struct set *files, const char *dir, bool lists_too, rk_err *err) {
    char name[PATH_MAX];
    struct set lists = {.n = 0};
    rk_buf b;
    rk_buf_init(&b, RK_MIRROR_LIST_MAX);
    snprintf(name, sizeof name, "%.*s/manifest/index", PATH_MAX - 40, dir);
    rk_status s = rk_mirror_read(name, RK_MIRROR_LIST_MAX, &b, err);
    if (s == RK_OK)
        s = add_lines(&lists, rk_buf_slice(&b), "manifest/index", RK_MANIFEST_LISTS, err);
    for (uint32_t i = 0; s == RK_OK && i < lists.n; i++) {
        unsigned number;
        const struct item *l = &lists.item[i];
        RK_ASSERT(rk_manifest_list_number(rk_slice_str(l->path), &number));
        snprintf(name, sizeof name, "%.*s/%s", PATH_MAX - 40, dir, l->path);
        rk_buf_clear(&b);
        s = rk_mirror_read(name, RK_MIRROR_LIST_MAX, &b, err);
        if (s == RK_OK) s = add_lines(files, rk_buf_slice(&b), l->path, number, err);
        if (s == RK_OK && lists_too)
            (void)set_add(files, rk_slice_str(l->path), &l->sha256, RK_MIRROR_LIST_MAX);
    }
    set_free(&lists);
    rk_buf_free(&b);
    return s;
}

/* What could be linked: the files of the held release that is nearest below, else above. */
static void look_at_held(struct release *x, uint64_t size) {
    char name[RK_RELEASE_NAME_MAX];
    rk_release *all = rk_calloc(RK_MIRROR_KEEP_MAX, sizeof *all);
    const rk_release *near = NULL;
    uint32_t n = 0;
    (void)rk_release_list(x->m->o->dir, all, RK_MIRROR_KEEP_MAX, &n, NULL);
    for (uint32_t i = 0; i < n; i++) /* newest first */
        if (all[i].size != size && (!near || near->size > size)) near = &all[i];
    if (near) {
        rk_release_name(near->size, name);
        if (rk_mirror_public(x->m, x->have_dir, name, NULL) != RK_OK ||
            add_all(&x->have, x->have_dir, true, NULL) != RK_OK)
            set_free(&x->have);
    }
    rk_free(all);
    if (x->have.n) qsort(x->have.item, x->have.n, sizeof *x->have.item, by_hash);
}

/* ===== one file ===== */

static rk_status staged_name(const struct release *x, const char *path, char out[PATH_MAX],
                             rk_err *err) {
    int n = snprintf(out, PATH_MAX, "%s/%s", x->stage, path);
    return n < 0 || n >= PATH_MAX ? rk_fail(err, RK_LIMIT, "%s: the path is too long", path)
                                  : RK_OK;
}

static bool hash_is(const char *path, const rk_sha256 *want) {
    rk_sha256 h;
    return rk_file_hash(path, &h, NULL, NULL) == RK_OK && memcmp(&h, want, sizeof h) == 0;
}

static rk_status make_parent(char *name, rk_err *err) {
    char *slash = strrchr(name, '/');
    *slash = 0;
    rk_status s = rk_dir_make(name, err);
    *slash = '/';
    return s;
}

/* The same bytes under a name that is held: its hash is taken, since disks rot. */
static bool link_held(const struct release *x, const struct item *want, const char *to) {
    char from[PATH_MAX];
    const struct item *have =
        x->have.n ? bsearch(want, x->have.item, x->have.n, sizeof *want, by_hash) : NULL;
    if (!have) return false;
    int n = snprintf(from, sizeof from, "%s/%s", x->have_dir, have->path);
    return n > 0 && n < PATH_MAX && hash_is(from, &want->sha256) &&
           rk_file_link(from, to, NULL) == RK_OK;
}

static rk_status begin(struct release *x, struct item *i, rk_fetch_file *out, rk_err *err) {
    char hex[65] = {0}, name[80], part[PATH_MAX];
    rk_sha256_put(hex, &i->sha256);
    snprintf(name, sizeof name, "bagian/%s", hex);
    RK_TRY(rk_mirror_private(x->m, part, name, err));
    RK_TRY(make_parent(part, err));
    rk_buf url;
    rk_buf_init(&url, RK_RELEASE_NAME_MAX + RK_MANIFEST_PATH_MAX + 2u);
    rk_buf_printf(&url, "%s/%s", x->name, i->path);
    RK_ASSERT(!url.failed);
    i->url = rk_alloc(url.len + 1);
    memcpy(i->url, url.ptr, url.len);
    rk_buf_free(&url);
    i->part = rk_dup(part, strlen(part) + 1);
    *out = (rk_fetch_file){.path = rk_slice_str(i->url),
                           .part = i->part,
                           .max = i->max,
                           .want = &i->sha256,
                           .about = i};
    return RK_OK;
}

/* An earlier file of this release with the same bytes. */
static const struct item *twin(const struct release *x, const struct item *i) {
    for (uint32_t k = 0; k < x->next; k++)
        if (memcmp(&x->want.item[k].sha256, &i->sha256, sizeof i->sha256) == 0)
            return &x->want.item[k];
    return NULL;
}

static bool link_twin(const struct release *x, const struct item *t, const char *to) {
    char from[PATH_MAX];
    return t && t->staged && staged_name(x, t->path, from, NULL) == RK_OK &&
           rk_file_link(from, to, NULL) == RK_OK;
}

static rk_status next_file(void *ctx, rk_fetch_file *out, rk_err *err) {
    struct release *x = ctx;
    while (x->next < x->want.n) {
        struct item *i = &x->want.item[x->next];
        char name[PATH_MAX];
        const struct item *t = twin(x, i);
        if (t && t->part) return RK_BUSY; /* wait for its bytes */
        x->next++;
        if (i->staged) continue;
        RK_TRY(staged_name(x, i->path, name, err));
        i->staged = hash_is(name, &i->sha256);
        if (i->staged) {
            x->m->out->there++;
            continue;
        }
        RK_TRY(rk_file_drop(name, err));
        RK_TRY(make_parent(name, err));
        i->staged = link_held(x, i, name) || link_twin(x, t, name);
        if (!i->staged) return begin(x, i, out, err);
        x->m->out->linked++;
    }
    return RK_NOT_FOUND;
}

static rk_status file_done(void *ctx, const rk_fetch_file *file, rk_status s, rk_err *err) {
    struct release *x = ctx;
    struct item *i = file->about;
    char name[PATH_MAX], where[PATH_MAX];
    if (s == RK_OK) {
        RK_TRY(staged_name(x, i->path, name, err));
        if (rename(i->part, name) != 0)
            s = rk_fail(err, RK_IO, "%s cannot be named", name);
        else
            i->staged = true, x->m->out->files++;
    }
    if (s == RK_OK && x->m->o->progress) x->m->o->progress(x->m->o->ctx, x->m->out->files);
    if (s == RK_CORRUPT || s == RK_LIMIT || s == RK_NOT_FOUND) {
        rk_err why = *err;
        snprintf(where, sizeof where, "%s", i->url);
        /* a wrong body may be large: its hash and the reason are enough to show */
        *err = RK_ERR_INIT;
        s = rk_mirror_refuse(x->m, s == RK_NOT_FOUND ? RK_CORRUPT : s, "file", where,
                             (rk_slice){NULL, 0}, err, "%s%s", why.text,
                             s == RK_NOT_FOUND ? ", though the manifest lists it" : "");
        (void)rk_file_drop(i->part, NULL);
    }
    rk_free(i->url), rk_free(i->part);
    i->url = i->part = NULL;
    return s;
}

/* Brings all of x->want into the staging directory. */
static rk_status bring(struct release *x, rk_err *err) {
    rk_fetch_work w = {next_file, file_done, x};
    x->next = 0;
    return rk_fetch_files(x->m->f, &w, err);
}

/* ===== a release ===== */

static rk_status open_release(struct release *x, rk_mirror *m, uint64_t size, rk_err *err) {
    *x = (struct release){.m = m};
    rk_buf_init(&x->title, RK_NAME_MAX + 1u);
    rk_release_name(size, x->name);
    return rk_mirror_private(m, x->stage, x->name, err);
}

static void close_release(struct release *x) {
    set_free(&x->want);
    set_free(&x->have);
    rk_buf_free(&x->title);
}

static rk_status bring_lists(struct release *x, rk_err *err) {
    char name[PATH_MAX];
    rk_buf b;
    RK_TRY(staged_name(x, "manifest/index", name, err));
    rk_buf_init(&b, RK_MIRROR_LIST_MAX);
    rk_status s = rk_mirror_read(name, RK_MIRROR_LIST_MAX, &b, err);
    if (s == RK_OK)
        s = add_lines(&x->want, rk_buf_slice(&b), "manifest/index", RK_MANIFEST_LISTS, err);
    for (uint32_t i = 0; i < x->want.n; i++) x->want.item[i].max = RK_MIRROR_LIST_MAX;
    if (s == RK_OK) s = bring(x, err);
    rk_buf_free(&b);
    set_free(&x->want);
    return s;
}

/* A packed copy is hardly longer than what it holds. */
static uint64_t packed(uint64_t bytes) { return bytes + bytes / 64 + (64u << 10); }

static void size_of(void *ctx, rk_slice path, uint64_t bytes) {
    struct release *x = ctx;
    static const char *const end[] = {"", ".zst", ".gz"};
    char name[RK_MANIFEST_PATH_MAX + 8];
    for (int i = 0; i < 3 && path.len <= RK_MANIFEST_PATH_MAX; i++) {
        int n = snprintf(name, sizeof name, "%.*s%s", RK_FMT(path), end[i]);
        struct item *found = set_find(&x->want, (rk_slice){name, (size_t)n});
        if (found) found->max = i ? packed(bytes) : bytes;
    }
}

static rk_status bring_package(struct release *x, rk_err *err) {
    char name[PATH_MAX];
    struct set all = x->want;
    rk_buf b;
    struct item *p = set_find(&all, RK_LIT("datapackage.json"));
    if (!p) return rk_fail(err, RK_CORRUPT, "the release has no datapackage.json");
    x->want = (struct set){.n = 0};
    (void)set_add(&x->want, RK_LIT("datapackage.json"), &p->sha256, RK_PACKAGE_MAX);
    rk_status s = bring(x, err);
    set_free(&x->want);
    x->want = all;
    RK_TRY(s);
    p->staged = true;
    RK_TRY(staged_name(x, "datapackage.json", name, err));
    rk_buf_init(&b, RK_PACKAGE_MAX);
    s = rk_mirror_read(name, RK_PACKAGE_MAX, &b, err);
    if (s == RK_OK) s = rk_package_read(rk_buf_slice(&b), &x->title, size_of, x, err);
    rk_buf_free(&b);
    return s;
}

static rk_status bring_all(struct release *x, uint64_t size, rk_err *err) {
    look_at_held(x, size);
    RK_TRY(bring_lists(x, err));
    RK_TRY(add_all(&x->want, x->stage, false, err));
    qsort(x->want.item, x->want.n, sizeof *x->want.item, by_path);
    for (uint32_t i = 1; i < x->want.n; i++)
        if (strcmp(x->want.item[i - 1].path, x->want.item[i].path) == 0)
            return rk_fail(err, RK_CORRUPT, "the manifest lists %s twice",
                           x->want.item[i].path);
    RK_TRY(bring_package(x, err));
    return bring(x, err);
}

/* The name, and what stands beside it. */
static rk_status settle(struct release *x, uint64_t size, rk_err *err) {
    char to[PATH_MAX];
    const rk_known *k = rk_mirror_find(x->m, size);
    RK_ASSERT(k);
    RK_TRY(rk_dir_sync(x->stage, err)); /* before the name is given */
    RK_TRY(rk_mirror_public(x->m, to, x->name, err));
    return rk_file_move(x->stage, to, err);
}

rk_status rk_mirror_files(rk_mirror *m, uint64_t size, rk_err *err) {
    struct release x;
    rk_status s = open_release(&x, m, size, err);
    if (s == RK_OK) s = bring_all(&x, size, err);
    if (s == RK_OK) s = settle(&x, size, err);
    if (s == RK_OK) m->out->releases++;
    close_release(&x);
    return s;
}

/* ===== its head ===== */

void rk_mirror_name(uint64_t size, const char *then, char *out, size_t room) {
    char name[RK_RELEASE_NAME_MAX];
    rk_release_name(size, name);
    int n = snprintf(out, room, "%s%s", name, then);
    RK_ASSERT(n > 0 && (size_t)n < room);
}

bool rk_mirror_holds(const rk_mirror *m, uint64_t size, const rk_sha256 *index) {
    char name[RK_RELEASE_NAME_MAX + 20], path[PATH_MAX];
    rk_mirror_name(size, "/manifest/index", name, sizeof name);
    return rk_mirror_public(m, path, name, NULL) == RK_OK && hash_is(path, index);
}

rk_status rk_mirror_unstage(const rk_mirror *m, uint64_t size, rk_err *err) {
    char name[RK_RELEASE_NAME_MAX], path[PATH_MAX];
    rk_release_name(size, name);
    RK_TRY(rk_mirror_private(m, path, name, err));
    return rk_tree_drop(path, err);
}

/* Written elsewhere and moved: what a killed run leaves of it is not in the release. */
static rk_status put_head(const rk_mirror *m, char *path, rk_slice bytes, rk_err *err) {
    char tmp[PATH_MAX];
    RK_TRY(rk_mirror_private(m, tmp, "bagian/kepala", err));
    RK_TRY(rk_file_write_fast(tmp, bytes, true, err));
    RK_TRY(make_parent(path, err));
    return rename(tmp, path) == 0 ? RK_OK : rk_fail(err, RK_IO, "%s cannot be named", path);
}

rk_status rk_mirror_head(rk_mirror *m, uint64_t size, const rk_sha256 *index, rk_err *err) {
    static const char *const file[] = {"manifest/index", "manifest/note"};
    char name[RK_RELEASE_NAME_MAX + 20], path[PATH_MAX];
    rk_buf b;
    rk_mirror_name(size, "/manifest/index", name, sizeof name);
    RK_TRY(rk_mirror_private(m, path, name, err));
    if (rk_file_there(path) && !hash_is(path, index)) RK_TRY(rk_mirror_unstage(m, size, err));
    rk_status s = RK_OK;
    rk_buf_init(&b, RK_MIRROR_LIST_MAX);
    for (int i = 0; s == RK_OK && i < 2; i++) {
        rk_buf_clear(&b);
        rk_release_name(size, name);
        snprintf(name + strlen(name), 20, "/%s", file[i]);
        s = rk_mirror_private(m, path, name, err);
        if (s == RK_OK)
            s = rk_fetch_get(m->f, rk_slice_str(name), i ? RK_NOTE_MAX : RK_MIRROR_LIST_MAX, &b,
                             err);
        rk_sha256 h = rk_sha256_of(rk_buf_slice(&b));
        if (s == RK_OK && i == 0 && memcmp(&h, index, sizeof h) != 0)
            s = rk_mirror_refuse(m, RK_CORRUPT, "manifest", name, rk_buf_slice(&b), err,
                                 "it is not the one that the release names");
        if (s == RK_OK) s = put_head(m, path, rk_buf_slice(&b), err);
    }
    rk_buf_free(&b);
    return s;
}

/* ===== a dry run ===== */

static rk_status get_small(rk_mirror *m, const char *release, const char *path,
                           const rk_sha256 *want, size_t max, rk_buf *b, rk_err *err) {
    char name[RK_RELEASE_NAME_MAX + RK_MANIFEST_PATH_MAX];
    snprintf(name, sizeof name, "%s/%s", release, path);
    rk_buf_clear(b);
    RK_TRY(rk_fetch_get(m->f, rk_slice_str(name), max, b, err));
    rk_sha256 h = rk_sha256_of(rk_buf_slice(b));
    return memcmp(&h, want, sizeof h) == 0
               ? RK_OK
               : rk_fail(err, RK_CORRUPT, "%s: its hash is not the one in the manifest", name);
}

rk_status rk_mirror_plan(rk_mirror *m, uint64_t size, const rk_sha256 *index, rk_err *err) {
    struct release x;
    struct set lists = {.n = 0};
    rk_buf b;
    RK_TRY(open_release(&x, m, size, err));
    rk_buf_init(&b, RK_MIRROR_LIST_MAX);
    look_at_held(&x, size);
    rk_status s = get_small(m, x.name, "manifest/index", index, b.max, &b, err);
    if (s == RK_OK)
        s = add_lines(&lists, rk_buf_slice(&b), "manifest/index", RK_MANIFEST_LISTS, err);
    for (uint32_t i = 0; s == RK_OK && i < lists.n; i++) {
        unsigned number;
        RK_ASSERT(rk_manifest_list_number(rk_slice_str(lists.item[i].path), &number));
        s = get_small(m, x.name, lists.item[i].path, &lists.item[i].sha256, b.max, &b, err);
        if (s == RK_OK)
            s = add_lines(&x.want, rk_buf_slice(&b), lists.item[i].path, number, err);
    }
    for (uint32_t i = 0; s == RK_OK && i < x.want.n; i++) {
        bool have = x.have.n && bsearch(&x.want.item[i], x.have.item, x.have.n,
                                        sizeof *x.want.item, by_hash);
        *(have ? &m->out->linked : &m->out->files) += 1;
    }
    set_free(&lists);
    rk_buf_free(&b);
    close_release(&x);
    return s;
}
