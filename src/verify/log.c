/* The log: files of tiles and bundles, entry by entry, and what they say is wrong. */
#include "verify/inner.h"

#include "base/mem.h"
#include "core/snapshot.h"
#include "verify/pool.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* ===== files ===== */

static rk_slice path_of(const rk_logged *l, rk_tile t, char *out) {
    size_t n = strlen(l->prefix);
    memcpy(out, l->prefix, n);
    char *end = rk_tile_path_put(out + n, t);
    *end = 0;
    return (rk_slice){out, (size_t)(end - out)};
}

static rk_status get_tile(void *ctx, rk_tile t, size_t max, rk_buf *out, rk_err *err) {
    rk_logged *l = ctx;
    char path[RK_TILE_PATH_MAX + 16];
    return rk_source_get(l->source, path_of(l, t, path), max, out, err);
}

static void tile_ahead(void *ctx, rk_tile t) {
    rk_logged *l = ctx;
    char path[RK_TILE_PATH_MAX + 16];
    rk_source_ahead(l->source, path_of(l, t, path), t.entries ? 17u << 20 : RK_TILE_BYTES_MAX);
}

bool rk_logged_open(rk_logged *l, const rk_verify_options *o, rk_source *s, rk_report *r) {
    static const char *const prefix[] = {"log/", ""};
    *l = (rk_logged){.o = o, .r = r, .source = s};
    rk_buf_init(&l->note, RK_NOTE_MAX);
    rk_buf_init(&l->state_text, RK_STATE_MAX);
    rk_buf_init(&l->kept, 17u << 20);
    for (int i = 0; i < 2 && !s->single; i++) {
        rk_err err = RK_ERR_INIT;
        snprintf(l->where, sizeof l->where, "%scheckpoint", prefix[i]);
        rk_buf_clear(&l->note);
        rk_status st = rk_source_get(s, rk_slice_str(l->where), RK_NOTE_MAX, &l->note, &err);
        l->prefix = prefix[i];
        if (st == RK_OK) return true;
        if (st == RK_NOT_FOUND) continue;
        rk_say(r, st == RK_LIMIT ? RK_WRONG : RK_UNCHECKED, "checkpoint", l->where, NULL, "%s",
               err.text);
        break;
    }
    rk_logged_close(l);
    return false;
}

void rk_logged_close(rk_logged *l) {
    rk_treecheck_free(&l->tree);
    rk_audit_free(&l->audit);
    rk_pool_free(&l->pool);
    rk_buf_free(&l->note);
    rk_buf_free(&l->state_text);
    rk_buf_free(&l->kept);
}

/* ===== naming ===== */

static const char PUBLISHED[] =
    "ask who publishes for the right file, or take it from a mirror; "
    "keep this one as evidence";

/* Appends ")", or nothing when there is no room for it. */
static void close_bracket(char *out, size_t room) {
    size_t n = strlen(out);
    if (n + 1 >= room) return;
    out[n] = ')';
    out[n + 1] = 0;
}

/* Appends ", TPS x" when the entry is a form. */
static void name_station(rk_slice entry, uint64_t index, char *out, size_t room) {
    rk_slice tps = rk_audit_station(entry, index);
    size_t n = strlen(out);
    if (tps.len && n < room)
        snprintf(out + n, room - n, ", TPS %.*s", (int)(tps.len < 40 ? tps.len : 40), tps.ptr);
}

static void name_entry(rk_logged *l, rk_tile t, uint32_t at, char *out, size_t room) {
    char path[RK_TILE_PATH_MAX + 16];
    rk_slice *entry = rk_calloc(RK_TILE_WIDTH, sizeof *entry);
    uint64_t index = t.index * RK_TILE_WIDTH + at;
    rk_buf b;
    size_t got;
    path_of(l, t, path);
    snprintf(out, room, "%s: entry %u of the bundle (entry %llu of the log", path, at,
             (unsigned long long)index);
    rk_buf_init(&b, 17u << 20);
    if (get_tile(l, t, 17u << 20, &b, NULL) == RK_OK) {
        (void)rk_bundle_entries(rk_buf_slice(&b), t.width, entry, &got);
        if (at < got) name_station(entry[at], index, out, room);
    }
    close_bracket(out, room);
    rk_buf_free(&b);
    rk_free(entry);
}

static void tree_fault(void *ctx, const rk_treefault *f) {
    static const char *const text[] = {
        [RK_FAULT_MISSING] = "the file is not there",
        [RK_FAULT_LENGTH] = "it has an impossible length",
        [RK_FAULT_ENTRY] = "this is not the entry that the tree has there",
        [RK_FAULT_HASH] = "this is not the hash that the tree has there",
        [RK_FAULT_EITHER] = ("the tile and what lies below it differ, and neither leads to the "
                             "checkpoint's root"),
        [RK_FAULT_ROOT] = "entries and tiles agree, but their root is not the checkpoint's",
        [RK_FAULT_HISTORY] = "this log does not begin with what was verified last time",
    };
    rk_logged *l = ctx;
    char where[PLACE], path[RK_TILE_PATH_MAX + 16];
    l->faults++;
    if (l->quiet) return;
    bool whole = f->kind == RK_FAULT_ROOT || f->kind == RK_FAULT_HISTORY;
    if (whole)
        snprintf(where, sizeof where, "%s", l->where);
    else if (f->tile.entries && f->kind != RK_FAULT_MISSING)
        name_entry(l, f->tile, f->at, where, sizeof where);
    else if (f->kind == RK_FAULT_MISSING || f->kind == RK_FAULT_LENGTH)
        path_of(l, f->tile, where);
    else
        snprintf(where, sizeof where, "%s: hash %u", path_of(l, f->tile, path).ptr, f->at);
    rk_say(l->r, RK_WRONG, f->kind == RK_FAULT_ENTRY ? "entry" : "tree", where, PUBLISHED, "%s",
           text[f->kind]);
}

static void audit_fault(rk_logged *l, const rk_slice *entry, uint64_t first, size_t n) {
    static const char *const check[] = {[RK_AUDIT_ENTRY] = "entry",
                                        [RK_AUDIT_SIGNATURE] = "signature",
                                        [RK_AUDIT_BATCH] = "batch"};
    const rk_audit_fault *f = &l->audit->fault;
    char where[PLACE], path[RK_TILE_PATH_MAX + 16];
    l->faults++;
    if (l->quiet) return;
    uint64_t bundle = f->entry / RK_TILE_WIDTH, left = l->cp.size - bundle * RK_TILE_WIDTH;
    path_of(l,
            (rk_tile){.entries = true,
                      .width = (uint16_t)(left < RK_TILE_WIDTH ? left : RK_TILE_WIDTH),
                      .index = bundle},
            path);
    snprintf(where, sizeof where, "%s: entry %u of the bundle (entry %llu of the log", path,
             (unsigned)(f->entry % RK_TILE_WIDTH), (unsigned long long)f->entry);
    if (f->last != f->entry)
        snprintf(where + strlen(where), sizeof where - strlen(where), " or up to %llu",
                 (unsigned long long)f->last);
    else if (f->entry >= first && f->entry - first < n)
        name_station(entry[f->entry - first], f->entry, where, sizeof where);
    close_bracket(where, sizeof where);
    rk_say(l->r, RK_WRONG, check[f->what], where,
           "the log itself is wrong there: nothing after it was looked at", "%s", f->text);
}

/* ===== the state of last time ===== */

/* A private mapping of the recount's file; NULL when there is none. */
static void *map_file(const char *path, size_t *bytes) {
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    void *p = NULL;
    if (fd < 0) return NULL;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0) {
        *bytes = (size_t)st.st_size;
        p = mmap(NULL, *bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
        if (p == MAP_FAILED) p = NULL;
    }
    close(fd);
    return p;
}

static rk_election *load_count(const rk_logged *l) {
    char path[sizeof l->state_path + 16];
    size_t bytes = 0;
    rk_snapshot_key key;
    rk_election *e = NULL;
    snprintf(path, sizeof path, "%s.hitung", l->state_path);
    void *p = map_file(path, &bytes);
    if (!p) return NULL;
    if (rk_snapshot_peek((rk_slice){p, bytes}, &key) != RK_OK || key.size != l->state.size ||
        !rk_merkle_eq(&key.tip, &l->state.tip) ||
        rk_snapshot_load(p, bytes, &e, NULL) != RK_OK) {
        munmap(p, bytes);
        return NULL;
    }
    return e;
}

/* ===== the stream ===== */

static void begin(rk_logged *l, rk_election *e) {
    rk_log_files files = {get_tile, tile_ahead, l};
    const rk_frontier *from = e ? &l->state.edge : NULL;
    l->resumed = e != NULL;
    l->faults = 0;
    l->has_tip = false;
    l->audit = rk_audit_new(e, e ? &l->state.batch : NULL, !l->o->no_signatures,
                            l->pool ? rk_pool_check : NULL, l->pool);
    l->audit->keys_only = l->o->no_recount;
    if (l->o->no_recount && l->has_state && !l->o->full && l->state.size <= l->cp.size)
        l->audit->trusted = l->state.size;
    if (e) l->tip = l->state.tip, l->has_tip = true;
    l->tree = rk_treecheck_new(&files, l->cp.size, &l->cp.root, from, tree_fault, l);
}

static void end(rk_logged *l) {
    rk_treecheck_free(&l->tree);
    rk_audit_free(&l->audit);
}

/* Up to `stop` entries; false when it cannot go on (then what is wrong was told). */
static bool read_to(rk_logged *l, uint64_t stop, rk_err *err) {
    const rk_slice *entry;
    const rk_sha256 *leaf;
    uint64_t first;
    size_t n;
    rk_status s;
    while ((s = rk_treecheck_next(l->tree, stop, &first, &entry, &leaf, &n, err)) == RK_OK) {
        if (l->audit->stopped) continue;
        if (rk_audit_add(l->audit, entry, leaf, n) != RK_OK) audit_fault(l, entry, first, n);
        for (size_t i = 0; l->o->entry && !l->audit->stopped && i < n; i++)
            l->o->entry(l->o->entry_ctx, first + i, entry[i]);
        l->tip = rk_sha256_of(entry[n - 1]);
        l->has_tip = true;
        if (l->o->progress)
            l->o->progress(l->o->progress_ctx, "entries", first + n, l->cp.size);
    }
    return s == RK_NOT_FOUND && !rk_treecheck_broken(l->tree) && !l->audit->stopped;
}

static rk_status read_entry(void *ctx, uint64_t index, rk_buf *out, rk_err *err) {
    rk_logged *l = ctx;
    uint64_t bundle = index / RK_TILE_WIDTH, left = l->cp.size - bundle * RK_TILE_WIDTH;
    rk_tile t = {.entries = true,
                 .width = (uint16_t)(left < RK_TILE_WIDTH ? left : RK_TILE_WIDTH),
                 .index = bundle};
    rk_slice *entry = rk_calloc(RK_TILE_WIDTH, sizeof *entry);
    size_t got = 0;
    rk_status s = RK_OK;
    if (l->kept_width != t.width || l->kept_index != bundle) {
        rk_buf_clear(&l->kept);
        s = get_tile(l, t, 17u << 20, &l->kept, err);
        l->kept_index = bundle, l->kept_width = s == RK_OK ? t.width : 0;
    }
    if (s == RK_OK) (void)rk_bundle_entries(rk_buf_slice(&l->kept), t.width, entry, &got);
    if (s == RK_OK && index % RK_TILE_WIDTH >= got)
        s = rk_fail(err, RK_CORRUPT, "a bundle does not hold entry %llu",
                    (unsigned long long)index);
    if (s == RK_OK) rk_buf_add(out, entry[index % RK_TILE_WIDTH]);
    rk_free(entry);
    return s;
}

/* The trees that show exactly the entries read so far. */
static void compare_here(rk_logged *l, rk_shown *tree, size_t n, uint64_t at) {
    rk_view v;
    rk_err err = RK_ERR_INIT;
    rk_audit_settle(l->audit);
    for (size_t i = 0; i < n; i++) {
        rk_sha256 root = rk_frontier_root(rk_treecheck_edge(l->tree));
        if (tree[i].at == at && !tree[i].compared && tree[i].parsed &&
            !rk_merkle_eq(&root, &tree[i].m.root))
            rk_say(l->r, RK_WRONG, "manifest", "manifest/note", PUBLISHED,
                   "its root is not that of the first %llu entries of the log",
                   (unsigned long long)at);
    }
    if (!l->audit->e->tree || l->o->no_documents) return;
    rk_status s = rk_view_make(l->audit->e, &v, &err);
    v.entry = read_entry, v.ctx = l;
    if (s != RK_OK)
        rk_say(l->r, RK_WRONG, "recount", "", "this is a fault of rekap-verify", "%s",
               err.text);
    for (size_t i = 0; i < n && s == RK_OK; i++)
        if (tree[i].at == at && !tree[i].compared) rk_shown_check(&tree[i], l->o, &v, l->r);
    rk_view_free(&v);
}

static uint64_t next_stop(const rk_shown *tree, size_t n, uint64_t after, uint64_t size) {
    uint64_t stop = size;
    for (size_t i = 0; i < n; i++)
        if (!tree[i].compared && tree[i].at >= after && tree[i].at < stop) stop = tree[i].at;
    return stop;
}

static rk_status stream(rk_logged *l, rk_shown *tree, size_t n, rk_err *err) {
    uint64_t at = rk_treecheck_edge(l->tree)->size;
    if (l->resumed) at = l->state.size;
    for (bool go = true; go;) {
        uint64_t stop = next_stop(tree, n, at, l->cp.size);
        go = read_to(l, stop, err);
        if (go && !(l->quiet && l->faults)) compare_here(l, tree, n, stop);
        if (stop == l->cp.size) break;
        at = stop + 1;
    }
    rk_err why = RK_ERR_INIT;
    uint64_t faults;
    rk_status s = rk_treecheck_end(l->tree, &faults, &why);
    return s == RK_OK ? RK_OK : rk_fail(err, s, "%s", why.text);
}

/* ===== telling what held ===== */

static void tell_entries(rk_logged *l) {
    const rk_audit *a = l->audit;
    const rk_election *e = a->e;
    rk_say(l->r, RK_CHECKED, "tree", "", NULL,
           "%llu entries: every bundle and tile leads to the root%s",
           (unsigned long long)l->cp.size,
           l->resumed ? " (those verified last time were not read again; --full does)" : "");
    if (!e->keys.is_signed)
        rk_say(l->r, RK_REMARK, "signature", "", NULL,
               "the entries of this log are not signed: who made them cannot be checked");
    else if (l->o->no_signatures)
        rk_say(l->r, RK_REMARK, "signature", "", NULL, "not checked (--no-signatures)");
    else
        rk_say(l->r, RK_CHECKED, "signature", "", NULL,
               "%llu entries signed by a key that had the right to, %llu forms covered by the "
               "signatures of %llu batches",
               (unsigned long long)a->n_signed, (unsigned long long)a->n_covered,
               (unsigned long long)a->n_batch);
    for (uint32_t i = 0; i < e->n_contest; i++) {
        const rk_tally *t = &e->tally[i];
        rk_say(l->r, RK_CHECKED, "recount", "", NULL,
               "%.*s: %u forms of %u stations, totals of %u regions summed from the forms",
               RK_FMT(rk_code_slice(&t->contest->code)), t->count[0].forms,
               rk_tally_total(&e->tally[i], e->tree, 0), e->tree->n);
    }
}

/* ===== files that nobody needs ===== */

struct stray {
    rk_logged *l;
    rk_buf is, must;
    uint64_t n;
};

/* A partial tile of an earlier size may still be there: the beginning of what is there now. */
static bool is_beginning(struct stray *x, rk_slice path, rk_tile t) {
    rk_logged *l = x->l;
    uint64_t left = (l->cp.size >> (8 * t.level)) - t.index * RK_TILE_WIDTH;
    rk_tile whole = t;
    whole.width = (uint16_t)(left < RK_TILE_WIDTH ? left : RK_TILE_WIDTH);
    if (whole.width == t.width) return true; /* checked already */
    rk_buf_clear(&x->is);
    rk_buf_clear(&x->must);
    if (rk_source_get(l->source, path, 17u << 20, &x->is, NULL) != RK_OK ||
        get_tile(l, whole, 17u << 20, &x->must, NULL) != RK_OK)
        return false;
    if (!t.entries && x->is.len != t.width * sizeof(rk_sha256)) return false;
    rk_slice *entry = rk_calloc(RK_TILE_WIDTH, sizeof *entry);
    size_t got;
    bool cut = !t.entries || rk_bundle_entries(rk_buf_slice(&x->is), t.width, entry, &got);
    rk_free(entry);
    return cut && rk_slice_starts(rk_buf_slice(&x->must), rk_buf_slice(&x->is));
}

static rk_status stray_file(void *ctx, rk_slice path, rk_err *err) {
    struct stray *x = ctx;
    rk_slice prefix = rk_slice_str(x->l->prefix);
    rk_tile t;
    char where[PLACE];
    (void)err;
    if (!rk_slice_starts(path, prefix)) return RK_OK;
    const rk_slice name = rk_slice_from(path, prefix.len);
    if (rk_slice_is(name, "checkpoint") || name.len == 0 || name.ptr[0] == '.') return RK_OK;
    if (prefix.len == 0 && !rk_slice_starts(name, RK_LIT("tile/"))) return RK_OK;
    if (rk_tile_path_parse(name, &t) && t.level < RK_TILE_LEVELS &&
        rk_tile_within(t, x->l->cp.size) && is_beginning(x, path, t))
        return RK_OK;
    x->n++;
    snprintf(where, sizeof where, "%.*s", (int)(path.len < 1000 ? path.len : 1000), path.ptr);
    rk_say(x->l->r, RK_WRONG, "tree", where, "it can be removed; nothing vouches for it",
           "this file is no part of the log of %llu entries, or not what it was",
           (unsigned long long)x->l->cp.size);
    return RK_OK;
}

static void strays(rk_logged *l) {
    struct stray x = {.l = l};
    rk_err err = RK_ERR_INIT;
    if (!l->source->ops->list) return;
    rk_buf_init(&x.is, 17u << 20);
    rk_buf_init(&x.must, 17u << 20);
    if (l->source->ops->list(l->source, stray_file, &x, &err) != RK_OK)
        rk_say(l->r, RK_UNCHECKED, "tree", "", NULL, "%s", err.text);
    rk_buf_free(&x.is);
    rk_buf_free(&x.must);
}

/* ===== the whole ===== */

/* From the state of last time, when there is one that can be gone on with. False: not so. */
static bool go_on(rk_logged *l, rk_shown *tree, size_t n, rk_status *s, rk_err *err) {
    rk_election *e = NULL;
    for (size_t i = 0; i < n; i++)
        if (tree[i].at < l->state.size) return false;
    if (l->o->no_recount || !l->has_state || l->o->full || l->state.size == 0 ||
        l->state.size > l->cp.size)
        return false;
    e = load_count(l);
    if (!e) {
        rk_say(l->r, RK_REMARK, "state", "", NULL,
               "the recount of last time is not there or damaged: everything is read again");
        return false;
    }
    l->quiet = true;
    begin(l, e);
    *s = stream(l, tree, n, err);
    l->quiet = false;
    if (*s != RK_OK || l->faults == 0) return true;
    for (size_t i = 0; i < n; i++) tree[i].compared = false;
    rk_say(l->r, RK_REMARK, "state", "", NULL,
           "going on from last time did not come out right: everything is read again");
    end(l);
    return false;
}

/* The log is sound in itself, but not what it was. */
static void forked(rk_logged *l) {
    char path[sizeof l->state_path + 16];
    rk_buf b;
    if (!l->has_state || l->resumed || l->faults || l->state.size > l->cp.size) return;
    rk_sha256 now;
    if (rk_treecheck_was(l->tree, &now) && rk_merkle_eq(&l->state.root, &now)) return;
    l->faults++;
    rk_buf_init(&b, 2 * RK_NOTE_MAX + 64);
    rk_buf_add(&b, l->state.note);
    rk_buf_lit(&b, "\n");
    rk_buf_add(&b, rk_buf_slice(&l->note));
    snprintf(path, sizeof path, "%s.bukti", l->state_path);
    bool kept = rk_local_write(path, rk_buf_slice(&b), NULL) == RK_OK;
    rk_buf_free(&b);
    rk_say(l->r, RK_WRONG, "history", l->where,
           "show both checkpoints to the witnesses and the public: their keeper has signed two "
           "histories",
           "the log of %llu entries that was verified last time is not the beginning of this "
           "one%s%s",
           (unsigned long long)l->state.size, kept ? "; both signed checkpoints are in " : "",
           kept ? path : "");
}

void rk_logged_check(rk_logged *l, rk_shown *tree, size_t n) {
    rk_err err = RK_ERR_INIT;
    rk_status s = RK_OK;
    if (!rk_trust_checkpoint(l)) return;
    for (size_t i = 0; i < n; i++) {
        if (!tree[i].has_manifest || !tree[i].parsed) tree[i].at = l->cp.size;
        if (tree[i].source == l->source) tree[i].checkpoint = l->where, tree[i].then = l->cp;
        if (tree[i].at > l->cp.size) {
            rk_say(l->r, RK_WRONG, "manifest", "manifest/note", NULL,
                   "it shows %llu entries, the checkpoint has %llu: the checkpoint is older",
                   (unsigned long long)tree[i].at, (unsigned long long)l->cp.size);
            tree[i].at = l->cp.size;
        }
    }
    if (l->o->jobs > 1) l->pool = rk_pool_new(l->o->jobs);
    if (!go_on(l, tree, n, &s, &err)) {
        err = RK_ERR_INIT;
        begin(l, NULL);
        if (l->has_state && l->state.size <= l->cp.size)
            rk_treecheck_watch(l->tree, l->state.size);
        s = stream(l, tree, n, &err);
    }
    if (s != RK_OK) {
        rk_say(l->r, RK_UNCHECKED, "tree", "", "try again, or name another source", "%s",
               err.text);
        return;
    }
    forked(l);
    if (l->faults) return;
    if (l->audit->e->size != l->cp.size) { /* cannot be, unless this program is wrong */
        rk_say(l->r, RK_WRONG, "entry", l->where, "this is a fault of rekap-verify",
               "only %llu of %llu entries were looked at",
               (unsigned long long)l->audit->e->size, (unsigned long long)l->cp.size);
        return;
    }
    rk_audit_settle(l->audit);
    tell_entries(l);
    rk_trust_entries(l);
    for (size_t i = 0; i < n; i++) rk_trust_manifest(l, &tree[i]);
    strays(l);
    if (l->r->count[RK_WRONG] + l->r->count[RK_UNCHECKED] == 0) rk_trust_remember(l);
}
