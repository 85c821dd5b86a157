#include "publish/photos.h"

#include "files/files.h"
#include "publish/api_photo.h"

#include <limits.h>
#include <stdio.h>

static rk_status one(const struct rk_public_photo *p, rk_blobs *blobs, const char *out_dir,
                     rk_photos_report *r, rk_err *err) {
    char name[RK_PHOTO_PATH_MAX], path[PATH_MAX];
    bool there;
    rk_slice s = rk_photo_path(&p->copy, (enum rk_photo_type)p->type, name);
    int n = snprintf(path, sizeof path, "%s/%.*s", out_dir, RK_FMT(s));
    if (n < 0 || n >= (int)sizeof path)
        return rk_fail(err, RK_LIMIT, "%s: a file name is too long", out_dir);
    r->photos++;
    if (rk_file_there(path)) return RK_OK;
    RK_TRY(rk_blobs_has(blobs, &p->copy, &there, err));
    if (!there) {
        r->missing++;
        return RK_OK;
    }
    r->written++;
    return rk_blobs_give(blobs, &p->copy, path, err);
}

rk_status rk_publish_photos(const rk_election *e, rk_blobs *blobs, const char *out_dir,
                            rk_photos_report *r, rk_err *err) {
    *r = (rk_photos_report){0};
    for (uint32_t k = 0; k < e->n_contest; k++)
        for (uint32_t i = 0; i < e->tally[k].n_photo; i++)
            if (e->tally[k].photo[i].type)
                RK_TRY(one(&e->tally[k].photo[i], blobs, out_dir, r, err));
    return r->written ? rk_dir_sync(out_dir, err) : RK_OK;
}
