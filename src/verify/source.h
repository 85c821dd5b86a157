/* Where published files come from: a directory, an http(s) server, one file. Paths are those of
 * the tree ("log/checkpoint", "manifest/note", "pemilu/ppwp.json"). Every read has a maximum.
 * The verifier has its own way to files and network, so that it shares nothing with the
 * programs it verifies but the pure core. Owner: rk_source_close. One thread. */
#ifndef RK_VERIFY_SOURCE_H
#define RK_VERIFY_SOURCE_H

#include "base/buf.h"

typedef struct rk_source rk_source;
/* Called with the path of each file; anything but RK_OK ends the listing. */
typedef rk_status rk_source_fn(void *ctx, rk_slice path, rk_err *err);

struct rk_source {
    const struct rk_source_ops {
        /* Appends the file to out. RK_NOT_FOUND: there is none; RK_LIMIT: over max bytes;
         * RK_IO: could not be read. */
        rk_status (*get)(rk_source *s, rk_slice path, size_t max, rk_buf *out, rk_err *err);
        /* Will be asked for soon; NULL allowed. */
        void (*ahead)(rk_source *s, rk_slice path, size_t max);
        /* All files, in no order; NULL = cannot be listed. */
        rk_status (*list)(rk_source *s, rk_source_fn *fn, void *ctx, rk_err *err);
        void (*close)(rk_source *s);
    } * ops;
    const char *name; /* as the user gave it */
    bool single;      /* one file, not a tree: its path is "" */
    bool remote;
};

/* arg: an http:// or https:// address, a directory, or a file. */
rk_status rk_source_open(const char *arg, rk_source **out, rk_err *err);
rk_status rk_source_http(const char *url, rk_source **out, rk_err *err);
static inline rk_status rk_source_get(rk_source *s, rk_slice path, size_t max, rk_buf *out,
                                      rk_err *err) {
    return s->ops->get(s, path, max, out, err);
}
static inline void rk_source_ahead(rk_source *s, rk_slice path, size_t max) {
    if (s->ops->ahead) s->ops->ahead(s, path, max);
}
static inline void rk_source_close(rk_source **s) {
    if (*s) (*s)->ops->close(*s);
    *s = NULL;
}

/* Local files of the verifier's own (state): whole, and replaced durably. */
rk_status rk_local_read(const char *path, size_t max, rk_buf *out, rk_err *err);
rk_status rk_local_write(const char *path, rk_slice bytes, rk_err *err);

#endif
