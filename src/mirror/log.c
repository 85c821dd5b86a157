/* The log. First the checkpoint, then, before anything large is fetched, whether the server's
 * own tiles lead from what this mirror verified last to what it shows now: two checkpoints that
 * do not fit are then known to be two histories, and not a damaged file. Then the tiles and
 * bundles that are new, and over all of it the verifier. */
#include "mirror/inner.h"

#include "base/mem.h"
#include "core/entry.h"
#include "core/line.h"
#include "core/tile.h"
#include "files/files.h"
#include "files/stream.h"
#include "verify/run.h"
#include "verify/state.h"

#include <stdio.h>
#include <unistd.h>

enum { BUNDLE_MAX = 17 << 20, TILE_PATH = RK_TILE_PATH_MAX + 8, VERIFY_JOBS = 2 };

struct update {
    rk_mirror *m;
    rk_buf note; /* the server's checkpoint */
    rk_checkpoint cp, old;
    rk_buf old_note;
    bool has_old; /* DIR/log has a checkpoint */
    /* fetching */
    rk_tile_iter it;
    struct job {
        bool used;
        char path[TILE_PATH], part[PATH_MAX], name[PATH_MAX];
    } job[RK_MIRROR_PARALLEL_MAX];
    /* the server's own tiles, one of each level */
    rk_tile kept[RK_TILE_LEVELS];
    rk_buf tile[RK_TILE_LEVELS];
};

static void tile_path(rk_tile t, char out[TILE_PATH]) {
    memcpy(out, "log/", 4);
    *rk_tile_path_put(out + 4, t) = 0;
}

/* ===== checkpoints ===== */

static rk_status parse_note(rk_slice bytes, rk_checkpoint *cp, rk_err *err) {
    rk_note note;
    RK_TRY(rk_note_parse(bytes, &note, err));
    return rk_checkpoint_parse(note.text, cp, err);
}

static bool has_state(const rk_mirror *m) {
    char path[PATH_MAX];
    return rk_mirror_private(m, path, "keadaan", NULL) == RK_OK && rk_file_there(path);
}

/* A key that was given decides at once; who has none, or whose log has handed over to another
 * key, leaves it to the verifier, which reads what the entries say. */
static rk_status known_signer(struct update *u, rk_err *err) {
    const rk_mirror_options *o = u->m->o;
    rk_checkpoint cp;
    rk_policy_verdict v = {0};
    rk_err why = RK_ERR_INIT;
    rk_status s = RK_OK;
    if (o->policy) {
        s = rk_policy_check(o->policy, rk_buf_slice(&u->note), &cp, &v, &why);
        if (s == RK_NOT_FOUND && v.logs) s = RK_OK;
    } else if (o->key) {
        s = rk_checkpoint_open(rk_buf_slice(&u->note), o->key, 1, &cp, &why);
        if (s == RK_NOT_FOUND && has_state(u->m)) s = RK_OK;
    }
    return s == RK_OK ? RK_OK
                      : rk_mirror_refuse(u->m, RK_CONFLICT, "checkpoint", "log/checkpoint",
                                         rk_buf_slice(&u->note), err, "%s", why.text);
}

static rk_status read_old(struct update *u, rk_err *err) {
    char path[PATH_MAX];
    RK_TRY(rk_mirror_public(u->m, path, "log/checkpoint", err));
    rk_status s = rk_mirror_read(path, RK_NOTE_MAX, &u->old_note, err);
    if (s == RK_NOT_FOUND) {
        if (err) *err = RK_ERR_INIT;
        return RK_OK;
    }
    if (s == RK_OK) s = parse_note(rk_buf_slice(&u->old_note), &u->old, err);
    u->has_old = s == RK_OK;
    return s;
}

static rk_status fetch_checkpoint(struct update *u, rk_err *err) {
    rk_err why = RK_ERR_INIT;
    char path[PATH_MAX];
    RK_TRY(read_old(u, err));
    RK_TRY(rk_fetch_get(u->m->f, RK_LIT("log/checkpoint"), RK_NOTE_MAX, &u->note, err));
    rk_slice bytes = rk_buf_slice(&u->note);
    if (parse_note(bytes, &u->cp, &why) != RK_OK)
        return rk_mirror_refuse(u->m, RK_BAD_INPUT, "checkpoint", "log/checkpoint", bytes, err,
                                "%s", why.text);
    if (!rk_slice_eq(u->cp.origin, u->m->origin))
        return rk_mirror_refuse(u->m, RK_CONFLICT, "checkpoint", "log/checkpoint", bytes, err,
                                "it is of the log %.*s, the releases are of %.*s",
                                RK_FMT(u->cp.origin), RK_FMT(u->m->origin));
    if (u->cp.size > RK_MIRROR_LOG_MAX || u->cp.size <= u->m->newest.entry)
        return rk_mirror_refuse(
            u->m, RK_CONFLICT, "checkpoint", "log/checkpoint", bytes, err,
            "it has %llu entries, the newest release is entry %llu: an older copy of the log",
            (unsigned long long)u->cp.size, (unsigned long long)u->m->newest.entry);
    RK_TRY(known_signer(u, err));
    u->m->out->log_from = u->has_old ? u->old.size : 0;
    u->m->out->log_to = u->cp.size;
    RK_TRY(rk_mirror_private(u->m, path, "log/checkpoint", err));
    return rk_file_write_fast(path, bytes, true, err);
}

/* ===== it only grew ===== */

static rk_status servers_tile(void *ctx, rk_tile t, rk_slice *bytes, rk_err *err) {
    struct update *u = ctx;
    char path[TILE_PATH];
    if (t.level >= RK_TILE_LEVELS) return rk_fail(err, RK_CORRUPT, "a tile of no such level");
    rk_buf *b = &u->tile[t.level];
    if (!b->len || u->kept[t.level].index != t.index || u->kept[t.level].width != t.width) {
        rk_buf_clear(b);
        tile_path(t, path);
        RK_TRY(rk_fetch_get(u->m->f, rk_slice_str(path), RK_TILE_BYTES_MAX, b, err));
        if (b->len != t.width * sizeof(rk_sha256)) {
            rk_buf_clear(b);
            return rk_fail(err, RK_CORRUPT, "%s has not %u hashes", path, t.width);
        }
        u->kept[t.level] = t;
    }
    *bytes = rk_buf_slice(b);
    return RK_OK;
}

static rk_status two_histories(struct update *u, rk_err *err) {
    rk_buf both;
    rk_buf_init(&both, 2 * RK_NOTE_MAX + 16);
    rk_buf_add(&both, rk_buf_slice(&u->old_note));
    rk_buf_lit(&both, "\n");
    rk_buf_add(&both, rk_buf_slice(&u->note));
    rk_status s = rk_mirror_refuse(
        u->m, RK_CONFLICT, "history", "log/checkpoint", rk_buf_slice(&both), err,
        "the log was forked: the %llu entries that this mirror verified are not the beginning "
        "of "
        "the %llu that the server shows now. Show both checkpoints to the witnesses and the "
        "public",
        (unsigned long long)u->old.size, (unsigned long long)u->cp.size);
    rk_buf_free(&both);
    return s;
}

static rk_status grew(struct update *u, rk_err *err) {
    rk_tile_source tiles = {servers_tile, u, u->cp.size};
    rk_hash_reader reader = rk_tile_reader(&tiles);
    rk_sha256 now, then;
    rk_err why = RK_ERR_INIT;
    if (!u->has_old) return RK_OK;
    if (u->old.size > u->cp.size)
        return rk_mirror_refuse(
            u->m, RK_CONFLICT, "history", "log/checkpoint", rk_buf_slice(&u->note), err,
            "the server shows %llu entries, this mirror has verified %llu: a "
            "log never shrinks",
            (unsigned long long)u->cp.size, (unsigned long long)u->old.size);
    if (u->old.size == u->cp.size)
        return rk_merkle_eq(&u->old.root, &u->cp.root) ? RK_OK : two_histories(u, err);
    rk_status s = rk_merkle_root(u->cp.size, &reader, &now, &why);
    if (s == RK_OK && u->old.size) s = rk_merkle_root(u->old.size, &reader, &then, &why);
    if (s == RK_NOT_FOUND) s = RK_IO; /* it went on just now */
    if (s == RK_OK && !rk_merkle_eq(&now, &u->cp.root))
        s = rk_fail(&why, RK_CORRUPT, "its tiles do not lead to the root of its checkpoint");
    if (s == RK_CORRUPT || s == RK_LIMIT)
        return rk_mirror_refuse(u->m, s, "tree", "log/tile", rk_buf_slice(&u->note), err, "%s",
                                why.text);
    if (s != RK_OK) return rk_fail(err, s, "%s", why.text);
    return !u->old.size || rk_merkle_eq(&then, &u->old.root) ? RK_OK : two_histories(u, err);
}

/* ===== fetching what is new ===== */

static rk_status next_tile(void *ctx, rk_fetch_file *out, rk_err *err) {
    struct update *u = ctx;
    rk_tile t;
    struct job *j = u->job;
    while (j->used) j++;
    RK_ASSERT(j < u->job + RK_MIRROR_PARALLEL_MAX);
    while (rk_tile_iter_next(&u->it, &t)) {
        tile_path(t, j->path);
        RK_TRY(rk_mirror_private(u->m, j->name, j->path, err));
        RK_TRY(rk_mirror_public(u->m, j->part, j->path, err));
        /* staged by a run before: looked at with all the others; or it has its name already */
        if (rk_file_there(j->name) || rk_file_there(j->part)) continue;
        int n = snprintf(j->part, sizeof j->part, "%s.bagian", j->name);
        if (n < 0 || n >= PATH_MAX) return rk_fail(err, RK_LIMIT, "a path is too long");
        char *slash = strrchr(j->name, '/');
        *slash = 0;
        RK_TRY(rk_dir_make(j->name, err));
        *slash = '/';
        j->used = true;
        *out = (rk_fetch_file){.path = rk_slice_str(j->path),
                               .part = j->part,
                               .max = t.entries ? BUNDLE_MAX : RK_TILE_BYTES_MAX,
                               .about = j};
        return RK_OK;
    }
    return RK_NOT_FOUND;
}

static rk_status tile_done(void *ctx, const rk_fetch_file *file, rk_status s, rk_err *err) {
    struct job *j = file->about;
    (void)ctx;
    j->used = false;
    if (s == RK_NOT_FOUND) /* a partial tile goes when the log goes on */
        return rk_fail(err, s, "try again");
    if (s != RK_OK) return s;
    return rename(j->part, j->name) == 0 ? RK_OK
                                         : rk_fail(err, RK_IO, "%s cannot be named", j->name);
}

static rk_status fetch_tiles(struct update *u, rk_err *err) {
    rk_fetch_work w = {next_tile, tile_done, u};
    rk_err why = RK_ERR_INIT;
    rk_tile_iter_init(&u->it, u->has_old ? u->old.size : 0, u->cp.size);
    rk_status s = rk_fetch_files(u->m->f, &w, &why);
    if (s == RK_LIMIT)
        return rk_mirror_refuse(u->m, s, "tree", "log/tile", rk_buf_slice(&u->note), err, "%s",
                                why.text);
    return s == RK_OK          ? RK_OK
           : s == RK_NOT_FOUND ? rk_fail(err, RK_IO, "%s", why.text)
                               : rk_fail(err, s, "%s", why.text);
}

/* ===== what the verifier reads ===== */

struct overlay { /* staged files over those that have their final name */
    rk_source s;
    const rk_mirror *m;
    char below[RK_RELEASE_NAME_MAX]; /* "" = the log */
};

static bool shown(const struct overlay *o, rk_slice path) {
    if (!o->below[0]) return rk_slice_starts(path, RK_LIT("log/"));
    return rk_slice_is(path, "manifest/note") || rk_slice_is(path, "manifest/index");
}

static rk_status overlay_get(rk_source *s, rk_slice path, size_t max, rk_buf *out,
                             rk_err *err) {
    struct overlay *o = (struct overlay *)s;
    char name[RK_RELEASE_NAME_MAX + RK_MANIFEST_PATH_MAX], full[PATH_MAX];
    if (!shown(o, path) || path.len >= RK_MANIFEST_PATH_MAX)
        return rk_fail(err, RK_NOT_FOUND, "not here");
    snprintf(name, sizeof name, "%s%s%.*s", o->below, o->below[0] ? "/" : "", RK_FMT(path));
    RK_TRY(rk_mirror_private(o->m, full, name, err));
    if (!rk_file_there(full)) RK_TRY(rk_mirror_public(o->m, full, name, err));
    return rk_mirror_read(full, max, out, err);
}

static void overlay_close(rk_source *s) { rk_free(s); }

static rk_source *overlay_new(const rk_mirror *m, uint64_t release) {
    static const struct rk_source_ops ops = {overlay_get, NULL, NULL, overlay_close};
    struct overlay *o = rk_alloc(sizeof *o);
    o->m = m;
    if (release) rk_release_name(release, o->below);
    o->s = (rk_source){.ops = &ops, .name = m->o->url};
    return &o->s;
}

/* ===== releases that the log names ===== */

static void note_entry(void *ctx, uint64_t index, rk_slice entry) {
    rk_mirror *m = ctx;
    enum rk_entry_kind kind;
    rk_publication_entry p;
    while (m->n_known && m->known[m->n_known - 1].entry >= index) m->n_known--; /* read again */
    if (rk_entry_kind_of(entry, &kind, NULL) != RK_OK || kind != RK_ENTRY_PUBLICATION ||
        rk_entry_get_publication(entry, &p, NULL) != RK_OK || p.type != RK_PUBLISHED_RELEASE)
        return;
    RK_PUSH_ROOM(m->known, m->n_known, m->cap_known);
    m->known[m->n_known++] = (rk_known){p.size, index, p.manifest};
}

const rk_known *rk_mirror_find(const rk_mirror *m, uint64_t size) {
    for (uint32_t i = m->n_known; i--;)
        if (m->known[i].size == size) return &m->known[i];
    return NULL;
}

/* Lines "SIZE ENTRY HASH". What is wrong there only means reading the log again. */
static void load_known(rk_mirror *m) {
    char path[PATH_MAX];
    rk_buf b;
    rk_buf_init(&b, 64u << 20);
    m->n_known = 0;
    if (rk_mirror_private(m, path, "rilis", NULL) == RK_OK)
        (void)rk_mirror_read(path, b.max, &b, NULL);
    rk_slice rest = rk_buf_slice(&b), line, size, entry;
    while (rk_line_next(&rest, &line)) {
        rk_known k;
        if (!rk_slice_cut(&line, ' ', &size) || !rk_slice_cut(&line, ' ', &entry) ||
            !rk_line_number(size, RK_LOG_SIZE_MAX, &k.size) ||
            !rk_line_number(entry, RK_LOG_SIZE_MAX, &k.entry) ||
            !rk_sha256_parse(line, &k.manifest))
            continue;
        RK_PUSH_ROOM(m->known, m->n_known, m->cap_known);
        m->known[m->n_known++] = k;
    }
    rk_buf_free(&b);
}

static rk_status save_known(const rk_mirror *m, rk_err *err) {
    char path[PATH_MAX], hex[65] = {0};
    rk_buf b;
    RK_TRY(rk_mirror_private(m, path, "rilis", err));
    rk_buf_init(&b, 64u << 20);
    for (uint32_t i = 0; i < m->n_known; i++) {
        rk_sha256_put(hex, &m->known[i].manifest);
        rk_buf_printf(&b, "%llu %llu %s\n", (unsigned long long)m->known[i].size,
                      (unsigned long long)m->known[i].entry, hex);
    }
    rk_status s = rk_file_write(path, rk_buf_slice(&b), true, err);
    rk_buf_free(&b);
    return s;
}

/* ===== verifying ===== */

/* Lines pass on; what is wrong is remembered. */
struct listening {
    rk_report *to;
    rk_err first;
};

static void listen(void *ctx, const rk_line *l) {
    struct listening *x = ctx;
    rk_say(x->to, l->result, l->check, l->where, l->remedy, "%s", l->text);
    if (l->result == RK_WRONG || l->result == RK_UNCHECKED)
        rk_fail(&x->first, l->result == RK_WRONG ? RK_CONFLICT : RK_IO, "%s%s%.250s", l->where,
                *l->where ? ": " : "", l->text);
}

static rk_status verify(rk_mirror *m, const uint64_t *release, size_t n, bool full, bool again,
                        rk_err *err) {
    char state[PATH_MAX];
    struct listening x = {.to = m->r};
    rk_report r = {.line = listen, .ctx = &x};
    RK_TRY(rk_mirror_private(m, state, "keadaan", err));
    rk_verify_options o = {.policy = m->o->policy,
                           .key = m->o->key,
                           .state = state,
                           .no_state = again,
                           .no_signatures = again, /* of entries: they were checked before */
                           .no_documents = true,
                           .no_recount = true,
                           .full = full,
                           .jobs = VERIFY_JOBS,
                           .entry = again ? NULL : note_entry,
                           .entry_ctx = m};
    rk_source **source = rk_calloc(n + 1, sizeof *source);
    source[0] = overlay_new(m, 0);
    for (size_t i = 0; i < n; i++) source[i + 1] = overlay_new(m, release[i]);
    rk_verify(&o, source, n + 1, &r);
    for (size_t i = 0; i <= n; i++) rk_source_close(&source[i]);
    rk_free(source);
    if (rk_report_code(&r) == 0) return RK_OK;
    return rk_fail(err, x.first.code, "%s", x.first.text);
}

static bool read_state(const rk_mirror *m, rk_buf *b, rk_verify_state *state) {
    char path[PATH_MAX];
    return rk_mirror_private(m, path, "keadaan", NULL) == RK_OK &&
           rk_mirror_read(path, RK_STATE_MAX, b, NULL) == RK_OK &&
           rk_state_parse(rk_buf_slice(b), state, NULL) == RK_OK;
}

/* The verifier's memory is older or newer than what has its final name: a run was cut short
 * between the two, and what lies staged was perhaps not looked at by that one. */
static bool must_read_all(const struct update *u) {
    rk_buf b;
    rk_verify_state state;
    rk_buf_init(&b, RK_STATE_MAX);
    bool same = u->has_old && read_state(u->m, &b, &state) && state.size == u->old.size;
    rk_buf_free(&b);
    return !same;
}

static bool names_all(const rk_mirror *m, const uint64_t *release, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (!rk_mirror_find(m, release[i])) return false;
    return true;
}

static rk_status verified(struct update *u, const uint64_t *release, size_t n, rk_err *err) {
    rk_mirror *m = u->m;
    bool full = must_read_all(u);
    rk_err why = RK_ERR_INIT;
    load_known(m);
    rk_status s = verify(m, release, n, full, false, &why);
    if (s == RK_OK && !full && !names_all(m, release, n)) /* DIR/.cermin/rilis was lost */
        s = verify(m, release, n, true, false, &why);
    if (s == RK_OK) return save_known(m, err);
    if (s == RK_CONFLICT) {
        char path[PATH_MAX];
        (void)rk_mirror_refuse(m, s, "log", "log/checkpoint", rk_buf_slice(&u->note), NULL,
                               "it was refused: %s", why.text);
        if (rk_mirror_private(m, path, "log", NULL) == RK_OK) /* fetched again next time */
            (void)rk_tree_drop(path, NULL);
    }
    return rk_fail(err, s, "%s", why.text);
}

/* ===== final names ===== */

static rk_status promote(struct update *u, rk_err *err) {
    rk_tile_iter it;
    rk_tile t;
    char path[TILE_PATH], from[PATH_MAX], to[PATH_MAX], partial[PATH_MAX];
    uint64_t old = u->has_old ? u->old.size : 0;
    RK_TRY(rk_mirror_private(u->m, from, "log", err));
    RK_TRY(rk_dir_sync(from, err)); /* what gets a final name is on disk */
    for (rk_tile_iter_init(&it, old, u->cp.size); rk_tile_iter_next(&it, &t);) {
        tile_path(t, path);
        RK_TRY(rk_mirror_private(u->m, from, path, err));
        RK_TRY(rk_mirror_public(u->m, to, path, err));
        if (!rk_file_there(from)) continue; /* named by a run that was cut short here */
        char *slash = strrchr(to, '/');
        *slash = 0;
        RK_TRY(rk_dir_make(to, err));
        *slash = '/';
        if (rename(from, to) != 0) return rk_fail(err, RK_IO, "%s cannot be named", to);
        int n = snprintf(partial, sizeof partial, "%s.p", to);
        if (t.width == RK_TILE_WIDTH && n > 0 && n < PATH_MAX &&
            t.index == rk_tile_full(t.level, old))
            RK_TRY(rk_dir_drop(partial, err));
    }
    RK_TRY(rk_mirror_public(u->m, to, "log", err));
    RK_TRY(rk_dir_sync(to, err));
    RK_TRY(rk_mirror_public(u->m, to, "log/checkpoint", err));
    RK_TRY(rk_file_write(to, rk_buf_slice(&u->note), true, err));
    RK_TRY(rk_mirror_private(u->m, from, "log", err));
    return rk_tree_drop(from, err);
}

/* A log that went on since an earlier run leaves tiles of another size staged: they are not
 * asked for any more, and the directory is dropped at the end. */
rk_status rk_mirror_log(rk_mirror *m, const uint64_t *release, size_t n, rk_err *err) {
    struct update *u = rk_alloc(sizeof *u);
    u->m = m;
    rk_buf_init(&u->note, RK_NOTE_MAX);
    rk_buf_init(&u->old_note, RK_NOTE_MAX);
    for (unsigned i = 0; i < RK_TILE_LEVELS; i++) rk_buf_init(&u->tile[i], RK_TILE_BYTES_MAX);
    rk_status s = fetch_checkpoint(u, err);
    if (s == RK_OK) s = grew(u, err);
    if (s == RK_OK) s = fetch_tiles(u, err);
    if (s == RK_OK) s = verified(u, release, n, err);
    if (s == RK_OK) s = promote(u, err);
    for (unsigned i = 0; i < RK_TILE_LEVELS; i++) rk_buf_free(&u->tile[i]);
    rk_buf_free(&u->old_note);
    rk_buf_free(&u->note);
    rk_free(u);
    return s;
}

rk_status rk_mirror_manifests(rk_mirror *m, const uint64_t *release, size_t n, rk_err *err) {
    rk_buf b;
    rk_verify_state state;
    const rk_mirror_options *given = m->o;
    rk_mirror_options o = *given;
    rk_buf_init(&b, RK_STATE_MAX);
    if (!o.key && !o.policy && read_state(m, &b, &state) && state.has_key) o.key = &state.key;
    m->o = &o;
    rk_status s = verify(m, release, n, true, true, err);
    m->o = given;
    rk_buf_free(&b);
    return s;
}
