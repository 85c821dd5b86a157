#include "publish/writer.h"

#include "files/files.h"
#include "publish/listing.h"

#include <stdio.h>
#include <sys/stat.h>

void rk_writer_init(rk_writer *w, const char *dir, bool gzip, rk_listing *listing) {
    *w = (rk_writer){.dir = dir, .gzip = gzip, .listing = listing};
    rk_buf_init(&w->packed, RK_TREE_FILE_MAX);
}

void rk_writer_free(rk_writer *w) { rk_buf_free(&w->packed); }

rk_status rk_writer_name(rk_writer *w, rk_slice path, const char *suffix, rk_err *err) {
    int n = snprintf(w->name, sizeof w->name, "%s/%.*s%s", w->dir, RK_FMT(path), suffix);
    return n < 0 || n >= (int)sizeof w->name
               ? rk_fail(err, RK_LIMIT, "%s: a file name is too long", w->dir)
               : RK_OK;
}

/* Directories mostly exist already: making them is only tried when writing without failed. */
static rk_status replace(rk_writer *w, rk_slice bytes, rk_err *err) {
    w->touched = true;
    return rk_file_write_fast(w->name, bytes, false, NULL) == RK_OK
               ? RK_OK
               : rk_file_write_fast(w->name, bytes, true, err);
}

static bool same_file(const char *path, rk_slice bytes) {
    struct stat st;
    rk_file f;
    if (stat(path, &st) != 0 || (uint64_t)st.st_size != bytes.len) return false;
    if (rk_file_read_raw(path, RK_TREE_FILE_MAX, &f, NULL) != RK_OK) return false;
    bool same = rk_slice_eq(f.bytes, bytes);
    rk_file_free(&f);
    return same;
}

static rk_status list(rk_writer *w, rk_slice path, bool packed, rk_slice bytes, rk_err *err) {
    if (!w->listing) return RK_OK;
    rk_sha256 h = rk_sha256_of(bytes);
    return rk_listing_add(w->listing, path, packed ? ".gz" : "", &h, err);
}

/* The compressed copy of an unchanged file is made again only where it must be vouched for. */
static rk_status put_packed(rk_writer *w, rk_slice path, rk_slice bytes, bool same,
                            rk_err *err) {
    RK_TRY(rk_writer_name(w, path, ".gz", err));
    if (same && !w->listing && rk_file_there(w->name)) return RK_OK;
    rk_buf_clear(&w->packed);
    RK_TRY(rk_gzip(bytes, &w->packed, err));
    if (!same || !same_file(w->name, rk_buf_slice(&w->packed)))
        RK_TRY(replace(w, rk_buf_slice(&w->packed), err));
    return list(w, path, true, rk_buf_slice(&w->packed), err);
}

/* The compressed copy goes first: a file that is up to date has its copy beside it. */
rk_status rk_writer_put(rk_writer *w, rk_slice path, rk_slice bytes, rk_err *err) {
    RK_TRY(rk_writer_name(w, path, "", err));
    bool same = same_file(w->name, bytes);
    if (w->gzip) RK_TRY(put_packed(w, path, bytes, same, err));
    RK_TRY(list(w, path, false, bytes, err));
    if (same) return RK_OK;
    RK_TRY(rk_writer_name(w, path, "", err));
    w->written++;
    w->bytes += bytes.len;
    return replace(w, bytes, err);
}

rk_status rk_writer_put_bare(rk_writer *w, rk_slice path, rk_slice bytes, bool fresh,
                             rk_err *err) {
    RK_TRY(rk_writer_name(w, path, "", err));
    if (!fresh && same_file(w->name, bytes)) return RK_OK;
    w->written++;
    w->bytes += bytes.len;
    return replace(w, bytes, err);
}

rk_status rk_writer_sync(rk_writer *w, rk_err *err) {
    if (!w->touched) return RK_OK;
    w->touched = false;
    return rk_dir_sync(w->dir, err);
}

rk_status rk_writer_put_last(rk_writer *w, rk_slice path, rk_slice bytes, rk_err *err) {
    RK_TRY(rk_writer_sync(w, err));
    RK_TRY(rk_writer_name(w, path, "", err));
    return same_file(w->name, bytes) ? RK_OK : rk_file_write(w->name, bytes, true, err);
}
