/* Releases: the whole count as files, cut at a log size, never changed afterwards
 * (docs/format/rilis.md). OUT/rilis-SIZE/ has per contest every station, recaps, findings, the
 * comparison; the regions, the checkpoint, keys, a datapackage.json, differences to the release
 * before, and a signed manifest. What has not changed since that release is a hard link to its
 * file. Beside it OUT/rilis-SIZE.json (what it is, and its entry in the log), OUT/terbaru
 * (link) and OUT/terbaru.json (to poll), OUT/feed.xml, OUT/index.html, OUT/log/.
 *
 * A release is made under a hidden name and renamed when it is whole and on disk. Memory: the
 * election, and some MB: tables are streamed. Errors as rk_file_*, RK_BUSY: another process is
 * cutting one. */
#ifndef RK_PUBLISH_RELEASE_H
#define RK_PUBLISH_RELEASE_H

#include "base/sha256.h"
#include "base/sink.h"
#include "core/released.h"
#include "publish/logtree.h"

#define RK_RELEASES_MAX 100000u /* of one directory */
#define RK_RELEASES_SHOWN 60u   /* in feed.xml */

/* A release that is there. */
typedef struct rk_release {
    uint64_t size;      /* entries it shows */
    rk_sha256 manifest; /* SHA-256 of its manifest/index */
    bool noted;         /* rilis-SIZE.json is there: it has its entry in the log */
    bool said; /* of the newest: terbaru.json says that it is, the last thing written */
    uint64_t entry;
    uint32_t time; /* when it was published */
} rk_release;

typedef struct rk_release_options {
    const rk_publish_log *log;
    bool plain; /* no compressed copies */
    void (*progress)(void *ctx, uint64_t files);
    void *ctx;
} rk_release_options;

typedef struct rk_release_report {
    uint64_t files, linked; /* files of the release; of these shared with the one before */
    uint64_t bytes;         /* written, compressed copies included */
    uint64_t changed;       /* stations that differ from the release before */
} rk_release_report;

/* The newest release of out_dir below `before` (UINT64_MAX = the newest of all). RK_NOT_FOUND.
 */
rk_status rk_release_latest(const char *out_dir, uint64_t before, rk_release *out, rk_err *err);
/* All of them, newest first, at most max. */
rk_status rk_release_list(const char *out_dir, rk_release *out, uint32_t max, uint32_t *n,
                          rk_err *err);
/* Cuts the release of a settled election; its size is the election's. RK_CONFLICT: there is
 * one. */
rk_status rk_release_cut(rk_election *e, const char *out_dir, const rk_release_options *o,
                         rk_release_report *r, rk_err *err);
/* Of whom OUT says what it says. */
typedef struct rk_release_of {
    rk_slice id, name; /* of the election */
} rk_release_of;
/* Says in OUT what a release is, once its entry is in the log: rilis-SIZE.json; and, when it is
 * the newest, terbaru, terbaru.json. feed.xml and index.html list all that are there. */
rk_status rk_release_announce(const rk_release_of *of, const char *out_dir,
                              const rk_release *rel, rk_err *err);

/* Brings OUT/log, OUT/kunci.json and OUT/policy up to the log's head. `seen` and errors: see
 * rk_publish_log_check. */
rk_status rk_release_log(rk_election *e, const char *out_dir, const rk_publish_log *l,
                         rk_buf *seen, rk_err *err);

/* ---- inside (release_*.c) ---- */
/* Compares two tps.csv line by line; CSV tps,perubahan,kolom,sebelum,sesudah. before NULL: the
 * first release, header only. *changed += stations. */
rk_status rk_release_diff(const char *before, const char *after, const rk_sink *out,
                          uint64_t *changed, rk_err *err);
/* datapackage.json of the release in dir. */
rk_status rk_release_package(rk_election *e, const char *dir, rk_buf *out, rk_err *err);
void rk_release_index(const rk_election *e, uint64_t size, rk_buf *out);
void rk_release_root_index(const rk_release_of *of, const rk_release *r, uint32_t n,
                           rk_buf *out);
void rk_release_feed(const rk_release_of *of, const rk_release *r, uint32_t n, rk_buf *out);
rk_status rk_release_hash_before(const char *dir, rk_slice path, rk_sha256 *out);

#endif
