/* The order of writing is what makes it safe: documents (each replaced whole), one flush of the
 * file system, then the state file. */
#include "publish/tree.h"

#include "base/mem.h"
#include "files/files.h"
#include "publish/sirekap_inner.h"

#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define FORMAT "rekap-publish-1"
#define STATE_FILE ".rekap-publish.json"
#define DOCUMENT_BYTES_MAX (256u << 20) /* one published document */

struct publisher {
    rk_election *e;
    const rk_publish_options *o;
    rk_publish_report *r;
    const char *dir;
    rk_buf document, packed;
    char path[PATH_MAX];
};

static rk_status file_name(struct publisher *p, rk_slice path, const char *suffix,
                           rk_err *err) {
    int n = snprintf(p->path, sizeof p->path, "%s/%.*s%s", p->dir, RK_FMT(path), suffix);
    return n < 0 || n >= (int)sizeof p->path
               ? rk_fail(err, RK_LIMIT, "%s: a file name is too long", p->dir)
               : RK_OK;
}

/* Directories mostly exist already: making them is only tried when writing without failed. */
static rk_status replace(const char *path, rk_slice bytes, rk_err *err) {
    return rk_file_write_fast(path, bytes, false, NULL) == RK_OK
               ? RK_OK
               : rk_file_write_fast(path, bytes, true, err);
}

static bool same_file(const char *path, rk_slice bytes) {
    struct stat st;
    rk_file f;
    if (stat(path, &st) != 0 || (uint64_t)st.st_size != bytes.len) return false;
    if (rk_file_read_raw(path, DOCUMENT_BYTES_MAX, &f, NULL) != RK_OK) return false;
    bool same = rk_slice_eq(f.bytes, bytes);
    rk_file_free(&f);
    return same;
}

/* The compressed copy goes first: a file that is up to date has its copy beside it. */
static rk_status put_file(struct publisher *p, rk_slice path, rk_slice bytes, rk_err *err) {
    RK_TRY(file_name(p, path, "", err));
    bool same = same_file(p->path, bytes);
    if (p->o->gzip) {
        RK_TRY(file_name(p, path, ".gz", err));
        if (!same || access(p->path, F_OK) != 0) {
            rk_buf_clear(&p->packed);
            RK_TRY(rk_gzip(bytes, &p->packed, err));
            RK_TRY(replace(p->path, rk_buf_slice(&p->packed), err));
        }
    }
    if (same) return RK_OK;
    RK_TRY(file_name(p, path, "", err));
    p->r->written++;
    p->r->bytes += bytes.len;
    return replace(p->path, bytes, err);
}

static rk_status publish_one(void *ctx, rk_slice path, rk_err *err) {
    struct publisher *p = ctx;
    rk_document_info info;
    rk_buf_clear(&p->document);
    RK_TRY(rk_sirekap_render(p->e, path, &p->document, &info, err));
    RK_TRY(put_file(p, path, rk_buf_slice(&p->document), err));
    p->r->documents++;
    if (p->o->progress) p->o->progress(p->o->ctx, p->r->documents);
    return RK_OK;
}

/* ===== how far the last run got ===== */

static bool whole(json_t *o, const char *key, uint64_t max, uint64_t *out) {
    json_t *v = json_object_get(o, key);
    if (!json_is_integer(v) || json_integer_value(v) < 0 ||
        (uint64_t)json_integer_value(v) > max)
        return false;
    *out = (uint64_t)json_integer_value(v);
    return true;
}

static bool usable(const struct publisher *p, json_t *o, rk_since *since) {
    uint64_t entries, n_tps, n_contest;
    const char *format = json_string_value(json_object_get(o, "format"));
    json_t *id = json_object_get(o, "pemilu");
    if (!format || strcmp(format, FORMAT) != 0 || !json_is_string(id)) return false;
    if (!rk_slice_eq((rk_slice){json_string_value(id), json_string_length(id)}, p->e->id))
        return false;
    if (!whole(o, "entri", p->e->size, &entries) ||
        !whole(o, "tps", p->e->tree ? p->e->tree->n_tps : 0, &n_tps) ||
        !whole(o, "kontes", p->e->n_contest, &n_contest))
        return false;
    if (p->o->gzip && !json_is_true(json_object_get(o, "gzip"))) return false;
    *since = (rk_since){entries, (uint32_t)n_tps};
    return n_contest == p->e->n_contest &&
           entries >= p->e->declared; /* regions and contests are the same ones */
}

static bool read_state(struct publisher *p, rk_since *since) {
    rk_file f;
    if (file_name(p, RK_LIT(STATE_FILE), "", NULL) != RK_OK ||
        rk_file_read_raw(p->path, RK_JSON_DOC_MAX, &f, NULL) != RK_OK)
        return false;
    json_t *o =
        json_loadb(f.bytes.ptr ? f.bytes.ptr : "", f.bytes.len, JSON_REJECT_DUPLICATES, NULL);
    bool ok = o && usable(p, o, since);
    if (o) json_decref(o);
    rk_file_free(&f);
    return ok;
}

static rk_status write_state(struct publisher *p, rk_err *err) {
    rk_buf *b = &p->document;
    rk_buf_clear(b);
    rk_buf_lit(b, "{\"format\":\"" FORMAT "\",\"pemilu\":");
    rk_buf_json(b, p->e->id);
    rk_buf_printf(b, ",\"entri\":%llu,\"tps\":%u,\"kontes\":%u,\"gzip\":%s}\n",
                  (unsigned long long)p->e->size, p->e->tree ? p->e->tree->n_tps : 0,
                  p->e->n_contest, p->o->gzip ? "true" : "false");
    RK_TRY(file_name(p, RK_LIT(STATE_FILE), "", err));
    return rk_file_write(p->path, rk_buf_slice(b), true, err);
}

static rk_status publish(struct publisher *p, rk_err *err) {
    rk_since since = {0};
    RK_TRY(rk_dir_make(p->dir, err));
    p->r->full = p->o->full || !read_state(p, &since);
    RK_TRY(rk_sirekap_paths_since(p->e, p->r->full ? NULL : &since, publish_one, p, err));
    if (!p->r->full && since.entries == p->e->size) return RK_OK;
    if (p->r->documents) RK_TRY(rk_dir_sync(p->dir, err));
    return write_state(p, err);
}

rk_status rk_publish_tree(rk_election *e, const char *out_dir, const rk_publish_options *o,
                          rk_publish_report *r, rk_err *err) {
    struct publisher p = {.e = e, .o = o, .r = r, .dir = out_dir};
    *r = (rk_publish_report){.entries = e->size};
    rk_buf_init(&p.document, DOCUMENT_BYTES_MAX);
    rk_buf_init(&p.packed, DOCUMENT_BYTES_MAX);
    rk_status s = publish(&p, err);
    rk_buf_free(&p.document);
    rk_buf_free(&p.packed);
    return s;
}
