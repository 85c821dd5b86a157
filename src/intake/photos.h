/* Photos into an election: their bytes into two places beside the log, what they are and what
 * was read of them into the log. DIR/blobs has the public copies, by their hash: they are
 * published. DIR/asli (only the owner may look into it) has the bytes as received, by theirs:
 * never served, never published, and left out where the operator wants none (--tanpa-asli).
 *
 * A photo is known by the hash of its original bytes: coming again, it is passed over. Blobs
 * are durable before the entry that names them. One thread. */
#ifndef RK_INTAKE_PHOTOS_H
#define RK_INTAKE_PHOTOS_H

#include "blob/blob.h"
#include "intake/dir.h"

typedef struct rk_photo_intake rk_photo_intake;

enum rk_photo_keep {
    RK_PHOTO_LOOK,      /* nothing is written: for a dry run */
    RK_PHOTO_KEEP_COPY, /* public copies only */
    RK_PHOTO_KEEP_ALL,
};
/* d: opened for writing, unless only looked into; contest: its number. Reads the photos entries
 * of the contest once, to know them again. */
rk_status rk_photo_intake_open(rk_dir *d, uint32_t contest, enum rk_photo_keep keep,
                               rk_photo_intake **out, rk_err *err);
void rk_photo_intake_close(rk_photo_intake **p);

/* The machine's key signs from now on: DIR/keys/pembaca.key, made and added to the log (by the
 * pengelola's key, which must be there then) when it is missing. */
rk_status rk_photo_intake_key(rk_dir *d, rk_err *err);

/* The station for which a photo with these original bytes was received before (in this
 * contest); NULL when it was not. Threads may ask while nothing is remembered. */
const rk_code *rk_photo_known(const rk_photo_intake *p, const rk_sha256 *original);
void rk_photo_remember(rk_photo_intake *p, const rk_sha256 *original, const rk_code *tps);

/* The public copies of a station's photos, oldest first, as its entries list them: appends to
 * out (at most max). RK_CORRUPT, RK_IO. */
typedef struct rk_photo_ref {
    rk_photo_item item;
    uint64_t entry;
} rk_photo_ref;
rk_status rk_photo_list(const rk_dir *d, uint32_t contest, uint32_t tps, rk_photo_ref *out,
                        uint32_t max, uint32_t *n, rk_err *err);
/* Appends a public copy's bytes. RK_NOT_FOUND, RK_CORRUPT. */
rk_status rk_photo_bytes(rk_photo_intake *p, const rk_sha256 *copy, rk_buf *out, rk_err *err);

/* Keeps a photo's bytes, durably: original, and its public copy where there is one. */
rk_status rk_photo_keep(rk_photo_intake *p, rk_slice original, rk_slice copy, rk_err *err);

/* Within rk_dir_begin ... rk_dir_commit: what came in; *entry its number. head is filled here.
 */
rk_status rk_photo_receive(rk_photo_intake *p, rk_photos_entry *x, rk_slice reason,
                           uint64_t *entry, rk_err *err);
/* The same for a reading (photo: the items of its photos, in order); where it was accepted and
 * no figures of others stand there, also the form that repeats it. *form = that entry,
 * UINT64_MAX where there is none. */
rk_status rk_photo_read(rk_photo_intake *p, rk_reading_entry *x, const rk_photo_item *photo,
                        rk_slice reason, uint64_t *entry, uint64_t *form, rk_err *err);

#endif
