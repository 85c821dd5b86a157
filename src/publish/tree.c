/* The order of writing is what makes it safe: documents (each replaced whole), one flush of the
 * file system, then the state file. */
#include "publish/tree.h"

#include "base/mem.h"
#include "files/files.h"
#include "files/list.h"
#include "publish/listing.h"
#include "publish/sirekap_inner.h"
#include "publish/writer.h"

#include <jansson.h>

#define FORMAT "rekap-publish-1"
#define STATE_FILE ".rekap-publish.json"

struct publisher {
    rk_election *e;
    const rk_publish_options *o;
    rk_publish_report *r;
    rk_buf document;
    rk_writer w;
    rk_listing listing;
};

static rk_status publish_one(void *ctx, rk_slice path, rk_err *err) {
    struct publisher *p = ctx;
    rk_document_info info;
    rk_buf_clear(&p->document);
    RK_TRY(rk_sirekap_render(p->e, path, &p->document, &info, err));
    RK_TRY(rk_writer_put(&p->w, path, rk_buf_slice(&p->document), err));
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
    if (p->o->log &&
        (!json_is_true(json_object_get(o, "manifes")) || !rk_listing_there(p->w.dir)))
        return false;
    *since = (rk_since){entries, (uint32_t)n_tps};
    return n_contest == p->e->n_contest &&
           entries >= p->e->declared; /* regions and contests are the same ones */
}

static bool read_state(struct publisher *p, rk_since *since) {
    rk_file f;
    if (rk_writer_name(&p->w, RK_LIT(STATE_FILE), "", NULL) != RK_OK ||
        rk_file_read_raw(p->w.name, RK_JSON_DOC_MAX, &f, NULL) != RK_OK)
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
    rk_buf_printf(b, ",\"entri\":%llu,\"tps\":%u,\"kontes\":%u,\"gzip\":%s,\"manifes\":%s}\n",
                  (unsigned long long)p->e->size, p->e->tree ? p->e->tree->n_tps : 0,
                  p->e->n_contest, p->o->gzip ? "true" : "false", p->o->log ? "true" : "false");
    return rk_writer_put_last(&p->w, RK_LIT(STATE_FILE), rk_buf_slice(b), err);
}

/* ===== the run ===== */

static rk_status put_keys(struct publisher *p, rk_err *err) {
    rk_buf_clear(&p->document);
    rk_publish_keys(p->e, &p->document);
    if (p->document.failed) return rk_fail(err, RK_LIMIT, "kunci.json is too long");
    RK_TRY(rk_writer_put(&p->w, RK_LIT("kunci.json"), rk_buf_slice(&p->document), err));
    return p->o->log->policy.len
               ? rk_writer_put(&p->w, RK_LIT("policy"), p->o->log->policy, err)
               : RK_OK;
}

static rk_status put_statement(struct publisher *p, const char *name, rk_err *err) {
    char from[PATH_MAX], to[PATH_MAX];
    rk_file f;
    int a = snprintf(from, sizeof from, "%s/%s", p->o->statements, name);
    int b = snprintf(to, sizeof to, "residensi/%s", name);
    if (a < 0 || a >= (int)sizeof from || b < 0 || b >= (int)sizeof to)
        return rk_fail(err, RK_LIMIT, "the path '%.200s' is too long", p->o->statements);
    RK_TRY(rk_file_read_raw(from, RK_PAGE_BYTES_MAX, &f, err));
    rk_status s = rk_writer_put(&p->w, rk_slice_str(to), f.bytes, err);
    rk_file_free(&f);
    return s;
}

/* All of them, and their list: whoever reads the list finds what it names. */
static rk_status put_statements(struct publisher *p, const char *suffix, rk_err *err) {
    char **name = NULL;
    uint32_t n = 0;
    rk_err why = RK_ERR_INIT;
    rk_status s = rk_dir_list(p->o->statements, suffix, 2 * RK_STATEMENTS_MAX, &name, &n, &why);
    if (s == RK_NOT_FOUND) return RK_OK;
    if (s != RK_OK) return rk_fail(err, s, "%s", why.text);
    for (uint32_t i = 0; s == RK_OK && i < n; i++) s = put_statement(p, name[i], err);
    rk_dir_list_free(&name, n);
    return s;
}

/* Log files first, then the lists, then the note that vouches for them. */
static rk_status finish(struct publisher *p, uint64_t from, rk_err *err) {
    const rk_publish_log *l = p->o->log;
    RK_TRY(put_keys(p, err));
    if (p->o->statements) RK_TRY(put_statements(p, ".csv", err));
    if (p->o->statements) RK_TRY(put_statements(p, ".json", err));
    RK_TRY(rk_publish_log_files(l, &p->w, from, p->o->full, err));
    rk_buf index;
    rk_buf_init(&index, 1u << 20);
    rk_status s = rk_listing_close(&p->listing, &index, err);
    if (s == RK_OK) s = rk_publish_manifest_note(l, p->e->id, rk_buf_slice(&index), &p->w, err);
    rk_buf_free(&index);
    return s;
}

static rk_status publish(struct publisher *p, rk_err *err) {
    rk_since since = {0};
    uint64_t from = 0;
    if (p->o->log)
        RK_TRY(rk_publish_log_check(p->o->log, p->e->id, p->w.dir, &from, p->o->seen, err));
    RK_TRY(rk_dir_make(p->w.dir, err));
    p->r->full = p->o->full || !read_state(p, &since);
    p->listing.check = p->r->full;
    RK_TRY(rk_sirekap_paths_since(p->e, p->r->full ? NULL : &since, publish_one, p, err));
    if (p->o->log) RK_TRY(finish(p, from, err));
    RK_TRY(rk_writer_sync(&p->w, err));
    return write_state(p, err);
}

rk_status rk_publish_tree(rk_election *e, const char *out_dir, const rk_publish_options *o,
                          rk_publish_report *r, rk_err *err) {
    struct publisher p = {.e = e, .o = o, .r = r};
    *r = (rk_publish_report){.entries = e->size};
    RK_ASSERT(!o->log || o->log->head->size == e->size);
    rk_buf_init(&p.document, RK_TREE_FILE_MAX);
    rk_writer_init(&p.w, out_dir, o->gzip, o->log ? &p.listing : NULL);
    rk_listing_init(&p.listing, &p.w, false);
    rk_status s = publish(&p, err);
    r->written = p.w.written;
    r->bytes = p.w.bytes;
    rk_listing_free(&p.listing);
    rk_writer_free(&p.w);
    rk_buf_free(&p.document);
    return s;
}
