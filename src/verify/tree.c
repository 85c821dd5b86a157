/* A published tree: hashes by the manifest, figures by the entries. */
#include "verify/inner.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>

enum { LIST_MAX = 1 << 26, AHEAD = 12, LINES_KEPT = 256 };

static const char FETCH[] = "publish this file again, or take the tree from somewhere else";

/* ===== the manifest ===== */

/* Reads a file of the manifest; false (told) when it is not there or cannot be read. */
static bool get(rk_shown *t, const char *path, rk_buf *out, rk_report *r) {
    rk_err err = RK_ERR_INIT;
    rk_status s = rk_source_get(t->source, rk_slice_str(path), out->max, out, &err);
    if (s == RK_OK) return true;
    rk_say(r, s == RK_IO ? RK_UNCHECKED : RK_WRONG, "manifest", path, FETCH, "%s", err.text);
    return false;
}

static bool hash_is(rk_slice bytes, const rk_sha256 *want) {
    rk_sha256 h = rk_sha256_of(bytes);
    return memcmp(&h, want, sizeof h) == 0;
}

void rk_shown_open(rk_shown *t, rk_source *s, rk_report *r) {
    rk_note note;
    rk_err err = RK_ERR_INIT;
    *t = (rk_shown){.source = s};
    rk_buf_init(&t->note, RK_NOTE_MAX);
    rk_buf_init(&t->index, RK_MANIFEST_LISTS * (RK_MANIFEST_PATH_MAX + 80));
    if (s->single) return;
    rk_status st = rk_source_get(s, RK_LIT("manifest/note"), RK_NOTE_MAX, &t->note, &err);
    t->has_manifest = st != RK_NOT_FOUND;
    if (st == RK_NOT_FOUND) return;
    if (st == RK_OK) st = rk_note_parse(rk_buf_slice(&t->note), &note, &err);
    if (st == RK_OK) st = rk_manifest_parse(note.text, &t->m, &err);
    if (st != RK_OK) {
        rk_say(r, st == RK_IO ? RK_UNCHECKED : RK_WRONG, "manifest", "manifest/note", FETCH,
               "%s", err.text);
        return;
    }
    t->parsed = true;
    t->at = t->m.size;
    if (!get(t, "manifest/index", &t->index, r)) return;
    if (!hash_is(rk_buf_slice(&t->index), &t->m.index)) {
        rk_say(r, RK_WRONG, "manifest", "manifest/index", FETCH,
               "its hash is not the one in manifest/note");
        return;
    }
    t->good = true;
}

void rk_shown_close(rk_shown *t) {
    rk_buf_free(&t->note);
    rk_buf_free(&t->index);
}

/* ===== a pass over the files ===== */

struct pass {
    rk_shown *t;
    const rk_verify_options *o;
    rk_docs *docs; /* NULL: hashes only */
    rk_report *r;
    rk_buf file;
    uint64_t files, bytes, others, before; /* others: of no kind known */
    uint64_t *listed, n, cap;              /* first eight bytes of the paths' hashes */
    uint64_t photos;                       /* public copies of photos that are what they say */
    uint64_t *copy, n_copy;                /* those the log names: first eight bytes, sorted */
    unsigned list;                         /* the list at hand */
    bool failed;
};

static uint64_t mark(rk_slice path) {
    rk_sha256 h = rk_sha256_of(path);
    uint64_t v;
    memcpy(&v, h.b, sizeof v);
    return v;
}

static void where_of(rk_slice path, char *out) {
    snprintf(out, PLACE, "%.*s", (int)(path.len < 1100 ? path.len : 1100),
             path.ptr ? path.ptr : "");
}

static bool read_file(struct pass *p, rk_slice path) {
    rk_err err = RK_ERR_INIT;
    char where[PLACE];
    rk_buf_clear(&p->file);
    rk_status s = rk_source_get(p->t->source, path, RK_DOC_BYTES_MAX, &p->file, &err);
    if (s == RK_OK) return true;
    where_of(path, where);
    rk_say(p->r, s == RK_NOT_FOUND ? RK_WRONG : RK_UNCHECKED, "file", where, FETCH, "%s",
           err.text);
    p->failed = true;
    return false;
}

static void figures(struct pass *p, rk_slice path) {
    if (!p->docs) return;
    uint64_t names = p->docs->names;
    bool known = rk_docs_check(p->docs, path, rk_buf_slice(&p->file));
    p->others += !known && p->docs->names == names;
}

static void one_file(struct pass *p, const rk_manifest_line *line) {
    char where[PLACE];
    if (p->n == p->cap) {
        p->cap = p->cap ? p->cap * 2 : 1024;
        p->listed = rk_realloc(p->listed, p->cap, sizeof *p->listed);
    }
    p->listed[p->n++] = mark(line->path);
    if (!read_file(p, line->path)) return;
    p->files++;
    p->bytes += p->file.len;
    if (!hash_is(rk_buf_slice(&p->file), &line->sha256)) {
        where_of(line->path, where);
        rk_say(p->r, RK_WRONG, "file", where, FETCH, "its hash is not the one in manifest/%02x",
               p->list);
        p->failed = true;
    }
    figures(p, line->path);
    if (p->o->progress && p->files % 64 == 0)
        p->o->progress(p->o->progress_ctx, "files", p->files, 0);
}

static void list_wrong(struct pass *p, const char *path, const char *text) {
    rk_say(p->r, RK_WRONG, "manifest", path, FETCH, "%s", text);
    p->failed = true;
}

static void ahead(struct pass *p, rk_slice rest) {
    rk_manifest_line line;
    for (int i = 0; i < AHEAD && rk_manifest_next(&rest, (rk_slice){0}, &line, NULL) == RK_OK;
         i++)
        rk_source_ahead(p->t->source, line.path, RK_DOC_BYTES_MAX);
}

static void one_list(struct pass *p, rk_slice bytes, const char *name) {
    rk_slice rest = bytes, before = {0};
    rk_manifest_line line;
    rk_err err = RK_ERR_INIT;
    rk_status s;
    while ((s = rk_manifest_next(&rest, before, &line, &err)) == RK_OK) {
        before = line.path;
        if (!rk_manifest_lists(line.path) || rk_manifest_list_of(line.path) != p->list) {
            list_wrong(p, name, "it lists a file that is not to stand in it");
            continue;
        }
        if (p->t->source->ops->ahead) ahead(p, rest);
        one_file(p, &line);
    }
    if (s != RK_NOT_FOUND) list_wrong(p, name, err.text);
}

static void listed_files(struct pass *p) {
    rk_slice rest = rk_buf_slice(&p->t->index), before = {0};
    rk_manifest_line line;
    rk_err err = RK_ERR_INIT;
    rk_buf list;
    rk_status s;
    rk_buf_init(&list, LIST_MAX);
    while ((s = rk_manifest_next(&rest, before, &line, &err)) == RK_OK) {
        char name[PLACE];
        before = line.path;
        where_of(line.path, name);
        if (!rk_manifest_list_number(line.path, &p->list)) {
            list_wrong(p, "manifest/index", "it names a file that is no list");
            continue;
        }
        rk_buf_clear(&list);
        if (!get(p->t, name, &list, p->r)) {
            p->failed = true;
            continue;
        }
        if (!hash_is(rk_buf_slice(&list), &line.sha256))
            list_wrong(p, name, "its hash is not the one in manifest/index");
        else
            one_list(p, rk_buf_slice(&list), name);
    }
    if (s != RK_NOT_FOUND) list_wrong(p, "manifest/index", err.text);
    rk_buf_free(&list);
}

/* ===== files that no list has ===== */

static int by_value(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static bool is_list_of_index(const struct pass *p, rk_slice path) {
    rk_slice rest = rk_buf_slice(&p->t->index);
    rk_manifest_line line;
    while (rk_manifest_next(&rest, (rk_slice){0}, &line, NULL) == RK_OK)
        if (rk_slice_eq(line.path, path)) return true;
    return false;
}

static bool dotted(rk_slice path) {
    rk_slice part, last = {0};
    while (rk_slice_cut(&path, '/', &part)) last = part;
    return last.len && last.ptr[0] == '.';
}

/* ===== photos: no list has them, since their names are their hashes ===== */

/* By hash and kind: eight bytes of a hash of both. */
static uint64_t photo_mark(const rk_sha256 *copy, uint8_t type) {
    rk_sha256 h =
        rk_sha256_of_prefixed(type, (rk_slice){(const char *)copy->b, sizeof copy->b});
    uint64_t v;
    memcpy(&v, h.b, sizeof v);
    return v;
}

static void learn_photos(struct pass *p) {
    const rk_election *e = p->docs->view->e;
    uint64_t n = 0;
    for (uint32_t k = 0; k < e->n_contest; k++) n += e->tally[k].n_photo;
    p->copy = rk_calloc(n + 1, sizeof *p->copy);
    for (uint32_t k = 0; k < e->n_contest; k++)
        for (uint32_t i = 0; i < e->tally[k].n_photo; i++)
            p->copy[p->n_copy++] =
                photo_mark(&e->tally[k].photo[i].copy, e->tally[k].photo[i].type);
    if (p->n_copy) qsort(p->copy, p->n_copy, sizeof *p->copy, by_value);
}

/* The log says that this is the public copy of a photo that came in. */
static bool in_log(struct pass *p, const rk_sha256 *copy, uint8_t type) {
    uint64_t m = photo_mark(copy, type);
    if (!p->copy) learn_photos(p);
    return p->n_copy && bsearch(&m, p->copy, p->n_copy, sizeof m, by_value);
}

static bool named_by_hash(rk_slice path, rk_sha256 *copy, uint8_t *type) {
    rk_slice name = rk_slice_from(path, 5), end = rk_slice_from(name, 64);
    *type = rk_slice_is(end, ".jpg") ? RK_PHOTO_JPEG : RK_PHOTO_PNG;
    return (rk_slice_is(end, ".jpg") || rk_slice_is(end, ".png")) &&
           rk_sha256_parse((rk_slice){name.ptr, 64}, copy);
}

static bool is_photo(rk_slice path) { return rk_slice_starts(path, RK_LIT("foto/")); }

static void photo_file(struct pass *p, rk_slice path) {
    char where[PLACE];
    rk_sha256 copy;
    uint8_t type;
    const char *wrong = NULL;
    if (!named_by_hash(path, &copy, &type))
        wrong = "its name is not the hash of a photo";
    else if (!read_file(p, path))
        return;
    else if (!hash_is(rk_buf_slice(&p->file), &copy))
        wrong = "it does not have the hash that it is named by";
    else if (p->docs && !in_log(p, &copy, type))
        wrong = "no entry of the log names this photo";
    if (!wrong) {
        p->photos++;
        return;
    }
    where_of(path, where);
    rk_say(p->r, RK_WRONG, "photo", where, "remove it, or publish again", "%s", wrong);
    p->failed = true;
}

static rk_status unlisted_file(void *ctx, rk_slice path, rk_err *err) {
    struct pass *p = ctx;
    uint64_t m = mark(path);
    char where[PLACE];
    (void)err;
    if (rk_slice_starts(path, RK_LIT("log/")) || dotted(path)) return RK_OK;
    if (is_photo(path) && !(p->n && bsearch(&m, p->listed, p->n, sizeof m, by_value))) {
        photo_file(p, path);
        return RK_OK;
    }
    bool there = rk_slice_starts(path, RK_LIT("manifest/"))
                     ? rk_slice_is(path, "manifest/note") ||
                           rk_slice_is(path, "manifest/index") || is_list_of_index(p, path)
                     : p->n && bsearch(&m, p->listed, p->n, sizeof m, by_value);
    if (there) return RK_OK;
    where_of(path, where);
    rk_say(p->r, RK_WRONG, "file", where, "remove it, or publish again",
           "no manifest lists this file");
    p->failed = true;
    return RK_OK;
}

static rk_status loose_file(void *ctx, rk_slice path, rk_err *err) {
    struct pass *p = ctx;
    (void)err;
    if (rk_slice_starts(path, RK_LIT("log/")) || rk_slice_starts(path, RK_LIT("tile/")) ||
        rk_slice_is(path, "checkpoint") || dotted(path))
        return RK_OK;
    if (is_photo(path))
        photo_file(p, path);
    else if (read_file(p, path))
        p->files++, figures(p, path);
    return RK_OK;
}

static void local_files(struct pass *p, rk_source_fn *fn) {
    rk_err err = RK_ERR_INIT;
    if (p->n) qsort(p->listed, p->n, sizeof *p->listed, by_value);
    if (p->t->source->ops->list &&
        p->t->source->ops->list(p->t->source, fn, p, &err) != RK_OK) {
        rk_say(p->r, RK_UNCHECKED, "file", "", NULL, "%s", err.text);
        p->failed = true;
    }
}

/* ===== a server that lists nothing ===== */

static void try_file(struct pass *p, const char *path) {
    rk_err err = RK_ERR_INIT;
    rk_buf_clear(&p->file);
    rk_status s =
        rk_source_get(p->t->source, rk_slice_str(path), RK_DOC_BYTES_MAX, &p->file, &err);
    if (s == RK_NOT_FOUND) return; /* not everything is served everywhere */
    if (s != RK_OK) {
        rk_say(p->r, RK_UNCHECKED, "file", path, NULL, "%s", err.text);
        p->failed = true;
        return;
    }
    /* some servers answer a page of links where a tree has a directory */
    if (path[strlen(path) - 1] == '/' && (p->file.len == 0 || p->file.ptr[0] != '{')) return;
    p->files++;
    figures(p, rk_slice_str(path));
}

static void try_region(struct pass *p, const rk_tree *tree, const rk_contest *c,
                       uint32_t node) {
    char path[512], codes[128] = "";
    const char *kind = c->pilkada ? "pilkada" : "pemilu";
    rk_slice code = rk_code_slice(&c->code);
    for (unsigned level = 1; node && level <= tree->node[node].level; level++) {
        size_t n = strlen(codes);
        snprintf(codes + n, sizeof codes - n, "/%.*s",
                 RK_FMT(rk_tree_code(tree, rk_tree_ancestor(tree, node, level))));
    }
    snprintf(path, sizeof path, "api/v1/kontes/%.*s/wilayah/%.*s", RK_FMT(code),
             RK_FMT(rk_tree_code(tree, node)));
    try_file(p, path);
    snprintf(path, sizeof path, "%s/hhcw/%.*s%s.json", kind, RK_FMT(code), codes);
    try_file(p, path);
    snprintf(path, sizeof path, "wilayah/%s/%.*s%s.json", kind, RK_FMT(code),
             node ? codes : "/0");
    try_file(p, path);
}

/* Tables hold every figure; of the pages those of the nation, provinces and kabupaten. */
static void usual_files(struct pass *p, const rk_view *v) {
    static const char *const table[] = {"rekap.csv", "tps.csv", "temuan.csv", "banding.csv",
                                        "banding"};
    char path[512];
    try_file(p, "api/v1/");
    try_file(p, "api/v1/wilayah.csv");
    for (uint32_t k = 0; k < v->e->n_contest; k++) {
        const rk_contest *c = v->e->tally[k].contest;
        for (size_t i = 0; i < 5; i++) {
            snprintf(path, sizeof path, "api/v1/kontes/%.*s/%s",
                     RK_FMT(rk_code_slice(&c->code)), table[i]);
            try_file(p, path);
        }
        for (uint32_t i = 0; i < v->e->tree->n; i++)
            if (v->e->tree->node[i].level <= RK_KABUPATEN) try_region(p, v->e->tree, c, i);
    }
}

/* A server shows the newest, which may have grown since its checkpoint was read: then figures
 * that differ prove nothing. */

struct held_back {
    rk_report *to;
    char *line[LINES_KEPT];
    size_t n;
};

static void hold(void *ctx, const rk_line *l) {
    struct held_back *h = ctx;
    char text[2 * PLACE];
    if (l->result != RK_WRONG) {
        rk_say(h->to, l->result, l->check, l->where, l->remedy, "%s", l->text);
    } else if (h->n < LINES_KEPT) {
        snprintf(text, sizeof text, "%s: %s", l->where, l->text);
        h->line[h->n++] = rk_dup(text, strlen(text) + 1);
    }
}

static bool grown(const rk_shown *t) {
    rk_note note;
    rk_checkpoint now;
    rk_buf b;
    rk_buf_init(&b, RK_NOTE_MAX);
    bool same =
        t->checkpoint &&
        rk_source_get(t->source, rk_slice_str(t->checkpoint), RK_NOTE_MAX, &b, NULL) == RK_OK &&
        rk_note_parse(rk_buf_slice(&b), &note, NULL) == RK_OK &&
        rk_checkpoint_parse(note.text, &now, NULL) == RK_OK && now.size == t->then.size;
    rk_buf_free(&b);
    return !same;
}

static void served_files(struct pass *p, const rk_view *v) {
    struct held_back h = {.to = p->r};
    rk_report r = {.line = hold, .ctx = &h}, *to = p->r;
    p->r = p->docs->report = &r;
    usual_files(p, v);
    p->r = p->docs->report = to;
    if (h.n && grown(p->t))
        rk_say(to, RK_UNCHECKED, "figures", "",
               "run again, or ask for a tree with a manifest, which says what it shows",
               "the log grew while its pages were read: they could not be compared");
    else
        for (size_t i = 0; i < h.n; i++)
            rk_say(to, RK_WRONG, "figures", "", "the entries of the log are what counts", "%s",
                   h.line[i]);
    for (size_t i = 0; i < h.n; i++) rk_free(h.line[i]);
}

/* ===== telling ===== */

static void tell(struct pass *p) {
    if (p->t->has_manifest && p->t->good && !p->failed)
        rk_say(p->r, RK_CHECKED, "file", "", NULL,
               "%llu files (%llu bytes) have the hashes of the manifest",
               (unsigned long long)p->files, (unsigned long long)p->bytes);
    else if (!p->t->has_manifest && p->files)
        rk_say(p->r, RK_REMARK, "manifest", "", NULL,
               "there is none: files without figures of the count are not checked");
    if (p->photos && !p->failed)
        rk_say(p->r, RK_CHECKED, "photo", "", NULL,
               "%llu photos have the hashes that name them%s", (unsigned long long)p->photos,
               p->docs ? ", and are those of the log" : "");
    if (!p->docs || p->docs->wrong || p->failed || p->docs->documents == 0) return;
    rk_say(p->r, RK_CHECKED, "figures", "", NULL,
           "%llu figures in %llu documents are what the first %llu entries give%s",
           (unsigned long long)p->docs->figures, (unsigned long long)p->docs->documents,
           (unsigned long long)p->docs->view->e->size,
           p->docs->names + p->others ? " (others hold none)" : "");
}

void rk_shown_check(rk_shown *t, const rk_verify_options *o, const rk_view *view,
                    rk_report *r) {
    struct pass p = {.t = t, .o = o, .r = r};
    rk_docs docs = {.view = view, .report = r};
    if (o->no_documents) return;
    if (view) p.docs = &docs;
    t->compared = true;
    rk_buf_init(&p.file, RK_DOC_BYTES_MAX);
    if (t->has_manifest && t->good) {
        listed_files(&p);
        local_files(&p, unlisted_file);
    } else if (!t->has_manifest && view) {
        local_files(&p, loose_file);
        if (t->source->remote) served_files(&p, view);
    }
    tell(&p);
    rk_buf_free(&p.file);
    rk_free(p.listed);
    rk_free(p.copy);
    rk_docs_free(&docs);
}
