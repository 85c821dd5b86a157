#include "cli/logpart.h"
#include "files/files.h"
#include "publish/api_photo.h"
#include "publish/photos.h"

#include "cli/cli.h"
#include "intake/cosigned.h"
#include "intake/keys.h"

#include <stdio.h>

void cli_log_part_free(cli_log_part *x) {
    rk_log_head_free(&x->head);
    rk_signer_wipe(&x->signer);
    rk_buf_free(&x->cosigned);
    rk_buf_free(&x->policy);
}

const char *cli_log_part_signer(const rk_dir *d, cli_log_part *x, rk_err *why) {
    char path[4096];
    const rk_signing_key *k = rk_keyring_log_key(&d->election->keys, x->head.size);
    if (rk_key_path(d->path, "log", path, sizeof path, why) != RK_OK ||
        rk_key_read(path, &x->signer, why) != RK_OK)
        return why->text;
    if (!k || memcmp(&k->key, &x->signer.verifier.key, sizeof k->key) != 0)
        return "keys/log.key is not the key that signs this log";
    x->log.signer = &x->signer;
    return NULL;
}

rk_status cli_log_part_open(rk_dir *d, cli_log_part *x, rk_err *err) {
    rk_buf_init(&x->cosigned, RK_NOTE_MAX);
    rk_buf_init(&x->policy, RK_POLICY_MAX);
    if (!d->election->keys.is_signed) return RK_OK;
    RK_TRY(rk_log_head_read(d->store, &x->head, err));
    RK_TRY(rk_fold_store(d->store, d->election, x->head.size, err));
    x->has = true;
    x->log = (rk_publish_log){.store = d->store, .head = &x->head};
    RK_TRY(rk_policy_bytes(d->path, &x->policy, err));
    x->log.policy = rk_buf_slice(&x->policy);
    bool as_new = rk_cosigned_read(d->path, &x->head, &x->cosigned) == RK_OK;
    x->log.note = rk_buf_slice(as_new ? &x->cosigned : &x->head.note);
    return RK_OK;
}

void cli_log_part_quorum(const rk_dir *d, const cli_log_part *x) {
    if (x->policy.len && !x->cosigned.len)
        fprintf(stderr,
                "rekap: the newest checkpoint has no quorum of witnesses: readers with the "
                "policy will not accept it yet ('rekap saksi %s', then publish again)\n",
                d->path);
}

rk_status cli_publish_photos(const rk_dir *d, const char *out, rk_err *err) {
    char path[4096];
    rk_blobs *blobs = NULL;
    rk_photos_report r;
    int n = snprintf(path, sizeof path, "%s/" RK_PUBLIC_BLOBS, d->path);
    if (n < 0 || n >= (int)sizeof path) return rk_fail(err, RK_LIMIT, "the path is too long");
    if (!rk_file_there(path)) return RK_OK; /* no photo has come in */
    RK_TRY(rk_blobs_directory_open(path, &blobs, err));
    rk_status s = rk_publish_photos(d->election, blobs, out, &r, err);
    rk_blobs_close(&blobs);
    if (s == RK_OK && r.missing)
        fprintf(stderr, "rekap: %llu of %llu photos are not in %s: they are not published\n",
                (unsigned long long)r.missing, (unsigned long long)r.photos, path);
    return s;
}
