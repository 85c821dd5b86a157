/* Inside of rekap read --into: the photos of a run, some dozens (a window) at a time.
 * into_read.c loads and reads them, into_station.c says which station each is of, read_into.c
 * goes through them and writes. A window owns its photos. */
#ifndef RK_CLI_INTO_H
#define RK_CLI_INTO_H

#include "cli/read_into.h"
#include "files/files.h"
#include "intake/photos.h"
#include "read/record.h"
#include "scan/scan.h"

struct into_photo {
    const char *path; /* as given; of one that is in already a name that says its page */
    char stored_name[24];
    bool stored, known; /* in the log before this run; a new file with known bytes */
    rk_photo_ref ref;   /* entry only when stored */
    rk_file file;
    rk_buf copy;
    rk_page_reading *reading;
    char why[200];
    rk_status failed; /* it could not even be loaded */
    bool no_reader;   /* no child could be made to read it: nothing can go on */
    rk_err err;
    bool claimed, placed;
    rk_code claim, station;
};

struct into_window {
    struct into_photo *photo;
    uint32_t n, cap;
};

struct into_run {
    const cli_into *q;
    rk_dir d;
    uint32_t contest;
    rk_photo_intake *in;
    rk_reading_entry *reading;
    rk_photos_entry *photos;
    rk_scan *scan[RK_READ_JOBS_MAX];
    uint32_t jobs;
    rk_progress progress;
    uint64_t received, known, left_out, stations, state[RK_READ_INCONSISTENT + 1], forms;
};

/* into_read.c: bytes of the public copy; every photo of the window loaded, hashed, stripped and
 * read by r->jobs threads. A photo that cannot be loaded says so itself (failed, err); RK_OK
 * unless nothing can go on. */
rk_slice into_bytes(const struct into_photo *p);
rk_status into_read_all(struct into_run *r, struct into_window *w, rk_err *err);
/* A new photo, all zero; moves the others. */
struct into_photo *into_window_add(struct into_window *w);
void into_window_free(struct into_window *w);

/* into_station.c: the station that a file is given as (--tps, its name, a folder's), and the
 * one it is of, which its page's QR code decides; RK_CONFLICT when they contradict each other.
 */
const rk_page_id *into_code(const struct into_photo *p); /* NULL = none was read */
/* Photos of one name (A_p1.jpg, A_p2.jpg in one folder) are of one form. */
bool into_same_name(const struct into_photo *a, const struct into_photo *b);
bool into_claim(const struct into_run *r, const char *path, rk_code *out);
rk_status into_station(struct into_run *r, const struct into_window *w, struct into_photo *p,
                       rk_err *err);

#endif
