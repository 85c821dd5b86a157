/* A set of files that is made in memory, then written at once: what a report is, its list of
 * hashes and whether anything of it is secret can be told before a byte reaches the disk. */
#ifndef RK_PUBLISH_REPORT_H
#define RK_PUBLISH_REPORT_H

#include "base/buf.h"
#include "base/sha256.h"

typedef struct rk_report_file {
    char name[120]; /* relative, with '/' */
    rk_buf bytes;
} rk_report_file;

typedef struct rk_report {
    rk_report_file **file;
    uint32_t n, cap;
} rk_report;

/* A new empty file to append to; stays valid while the report is. */
rk_buf *rk_report_file_new(rk_report *r, const char *name);
const rk_report_file *rk_report_find(const rk_report *r, const char *name);
/* Adds SHA256SUMS, a line a file in order of their names, as sha256sum -c reads it; its own
 * hash is what a publication's entry in the log names. */
void rk_report_sums(rk_report *r, rk_sha256 *hash);
/* Writes every file below dir; RK_LIMIT when one went over its maximum (nothing is written). A
 * file of an earlier run that this one does not have is left alone, and not in SHA256SUMS. */
rk_status rk_report_write(const rk_report *r, const char *dir, rk_err *err);
void rk_report_free(rk_report *r);

/* Head and foot of a page: style, title, language switches are all inside, nothing is fetched.
 */
void rk_page_begin(rk_buf *b, rk_slice title, rk_slice watermark);
void rk_page_end(rk_buf *b);
/* "Judul <i>Title</i>": Indonesian, then English. */
void rk_page_heading(rk_buf *b, unsigned level, const char *anchor, const char *id,
                     const char *en);

#endif
