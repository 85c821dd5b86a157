#include "publish/logtree.h"

#include "base/limits.h"
#include "core/manifest.h"
#include "files/files.h"
#include "publish/writer.h"

/* ===== never back ===== */

static rk_status root_at(const rk_publish_log *l, uint64_t size, rk_sha256 *root, rk_err *err) {
    rk_log_reader r;
    *root = rk_merkle_empty();
    if (!size) return RK_OK;
    rk_log_reader_init(&r, l->store, l->head->size);
    rk_hash_reader hashes = rk_log_reader_hashes(&r);
    rk_status s = rk_merkle_root(size, &hashes, root, err);
    rk_log_reader_free(&r);
    return s;
}

static rk_status extends(const rk_publish_log *l, rk_slice origin, const rk_checkpoint *c,
                         const char *dir, rk_err *err) {
    rk_sha256 root;
    if (!rk_slice_eq(c->origin, origin))
        return rk_fail(err, RK_CONFLICT,
                       "%s shows the log '%.*s', not '%.*s': publish to another directory", dir,
                       (int)(c->origin.len < 80 ? c->origin.len : 80), c->origin.ptr,
                       RK_FMT(origin));
    if (c->size > l->head->size)
        return rk_fail(err, RK_CONFLICT,
                       "%s shows %llu entries, the log has %llu: the store was replaced by an "
                       "older copy. Nothing is published (docs/runbook/log.md)",
                       dir, (unsigned long long)c->size, (unsigned long long)l->head->size);
    RK_TRY(root_at(l, c->size, &root, err));
    if (rk_merkle_eq(&root, &c->root)) return RK_OK;
    return rk_fail(err, RK_CONFLICT,
                   "%s shows %llu entries that are not those of this log: it was forked. "
                   "Nothing is published; keep both as evidence (docs/runbook/log.md)",
                   dir, (unsigned long long)c->size);
}

rk_status rk_publish_log_check(const rk_publish_log *l, rk_slice origin, const char *dir,
                               uint64_t *from, rk_buf *seen, rk_err *err) {
    rk_writer w = {.dir = dir};
    rk_file f;
    rk_note note;
    rk_checkpoint c = {.size = 0};
    *from = 0;
    RK_TRY(rk_writer_name(&w, RK_LIT("log/checkpoint"), "", err));
    rk_err why = RK_ERR_INIT;
    rk_status s = rk_file_read_raw(w.name, RK_NOTE_MAX, &f, &why);
    if (s == RK_NOT_FOUND) return RK_OK;
    if (s != RK_OK) return rk_fail(err, s, "%s", why.text);
    s = rk_note_parse(f.bytes, &note, NULL);
    if (s == RK_OK) s = rk_checkpoint_parse(note.text, &c, NULL);
    if (s != RK_OK)
        s = rk_fail(err, RK_CORRUPT,
                    "%s is damaged, so what was published last is not known: put back a copy "
                    "from a mirror, or remove %s/log and publish it anew",
                    w.name, dir);
    else
        s = extends(l, origin, &c, dir, err);
    if (s == RK_OK) *from = c.size;
    if (s == RK_CONFLICT && seen) rk_buf_add(seen, f.bytes);
    rk_file_free(&f);
    return s;
}

/* ===== tiles ===== */

/* The partial tiles that the one now full replaces: a client with an older checkpoint takes the
 * full one. */
static rk_status drop_partial(rk_writer *w, rk_slice path, rk_err *err) {
    RK_TRY(rk_writer_name(w, path, ".p", err));
    return rk_dir_drop(w->name, err);
}

static rk_status put_tile(const rk_publish_log *l, rk_writer *w, rk_tile t, bool compare,
                          bool was_partial, rk_buf *bytes, rk_err *err) {
    char text[4 + RK_TILE_PATH_MAX] = "log/";
    rk_slice path = {text, (size_t)(rk_tile_path_put(text + 4, t) - text)};
    rk_buf_clear(bytes);
    RK_TRY(rk_log_tile(l->store, t, l->head->size, bytes, err));
    RK_TRY(rk_writer_put_bare(w, path, rk_buf_slice(bytes), !compare, err));
    return t.width == RK_TILE_WIDTH && was_partial ? drop_partial(w, path, err) : RK_OK;
}

rk_status rk_publish_log_files(const rk_publish_log *l, rk_writer *w, uint64_t from,
                               bool compare, rk_err *err) {
    rk_tile_iter it;
    rk_tile t;
    rk_buf bytes;
    rk_buf_init(&bytes, RK_TILE_WIDTH * (RK_ENTRY_MAX + 2u));
    rk_status s = RK_OK;
    for (rk_tile_iter_init(&it, compare ? 0 : from, l->head->size);
         s == RK_OK && rk_tile_iter_next(&it, &t);) {
        bool was_partial = t.index == rk_tile_full(t.level, from);
        s = put_tile(l, w, t, compare, was_partial, &bytes, err);
    }
    rk_buf_free(&bytes);
    return s == RK_OK ? rk_writer_put_last(w, RK_LIT("log/checkpoint"), l->note, err) : s;
}

/* ===== the manifest's note ===== */

static rk_status sign(const rk_publish_log *l, const rk_manifest_note *m, rk_buf *text,
                      rk_buf *note, rk_err *err) {
    rk_manifest_put(m, text);
    rk_note_begin(rk_buf_slice(text), note);
    RK_TRY(rk_note_sign(rk_buf_slice(text), l->signer, 0, note, err));
    return text->failed || note->failed
               ? rk_fail(err, RK_LIMIT, "the manifest's note is too long")
               : RK_OK;
}

rk_status rk_publish_manifest_note(const rk_publish_log *l, rk_slice origin, rk_slice index,
                                   rk_writer *w, rk_err *err) {
    rk_buf text, note;
    rk_slice path = RK_LIT("manifest/note");
    if (!l->signer) {
        RK_TRY(rk_writer_sync(w, err));
        RK_TRY(rk_writer_name(w, path, "", err));
        return rk_file_drop(w->name, err);
    }
    rk_manifest_note m = {.origin = origin,
                          .size = l->head->size,
                          .root = l->head->root,
                          .index = rk_sha256_of(index)};
    rk_buf_init(&text, RK_NOTE_MAX);
    rk_buf_init(&note, RK_NOTE_MAX);
    rk_status s = sign(l, &m, &text, &note, err);
    if (s == RK_OK) s = rk_writer_put_last(w, path, rk_buf_slice(&note), err);
    rk_buf_free(&text);
    rk_buf_free(&note);
    return s;
}
