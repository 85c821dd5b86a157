#include "intake/photos.h"

#include "base/mem.h"
#include "files/files.h"
#include "intake/keys.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

struct rk_photo_intake {
    rk_dir *d;
    uint32_t contest;
    rk_blobs *public, *private; /* private NULL: originals are not kept */
    struct known {
        rk_sha256 original; /* all zero = free; open addressing */
        rk_code tps;
    } * known;
    uint32_t n, mask;
    rk_buf entry;
};

static rk_tally *tally_of(const rk_dir *d, uint32_t contest) {
    return &d->election->tally[contest];
}

/* ===== known photos ===== */

static bool is_free(const rk_sha256 *h) {
    static const rk_sha256 zero;
    return memcmp(h, &zero, sizeof zero) == 0;
}

static uint32_t slot_of(const rk_photo_intake *p, const rk_sha256 *h) {
    uint32_t at;
    memcpy(&at, h->b, sizeof at); /* hashes are as good as random */
    for (at &= p->mask; !is_free(&p->known[at].original); at = (at + 1) & p->mask)
        if (memcmp(&p->known[at].original, h, sizeof *h) == 0) break;
    return at;
}

const rk_code *rk_photo_known(const rk_photo_intake *p, const rk_sha256 *original) {
    const struct known *k = &p->known[slot_of(p, original)];
    return is_free(&k->original) ? NULL : &k->tps;
}

static void grow(rk_photo_intake *p) {
    struct known *old = p->known;
    uint32_t n = p->mask + 1;
    p->mask = n * 2 - 1;
    p->known = rk_calloc(n * 2, sizeof *p->known);
    for (uint32_t i = 0; i < n; i++)
        if (!is_free(&old[i].original)) p->known[slot_of(p, &old[i].original)] = old[i];
    rk_free(old);
}

void rk_photo_remember(rk_photo_intake *p, const rk_sha256 *original, const rk_code *tps) {
    if (p->n * 2 > p->mask) grow(p);
    uint32_t at = slot_of(p, original);
    p->n += is_free(&p->known[at].original);
    p->known[at] = (struct known){*original, *tps};
}

/* ===== entries again ===== */

static rk_status photos_at(const rk_dir *d, uint64_t index, rk_buf *b, rk_photos_entry *x,
                           rk_err *err) {
    rk_buf_clear(b);
    RK_TRY(rk_store_get(d->store, index, b, err));
    return rk_entry_get_photos(rk_buf_slice(b), x, err);
}

static rk_status learn(rk_photo_intake *p, rk_err *err) {
    const rk_tally *t = tally_of(p->d, p->contest);
    rk_photos_entry *x = rk_alloc(sizeof *x);
    rk_status s = RK_OK;
    for (uint32_t i = 0; i < t->n_received && s == RK_OK; i++) {
        s = photos_at(p->d, t->received[i].entry, &p->entry, x, err);
        rk_code tps = {0};
        if (s == RK_OK && !rk_code_of(x->tps, &tps)) s = RK_CORRUPT;
        for (uint32_t k = 0; k < x->n && s == RK_OK; k++)
            rk_photo_remember(p, &x->photo[k].original, &tps);
    }
    rk_free(x);
    return s;
}

rk_status rk_photo_list(const rk_dir *d, uint32_t contest, uint32_t tps, rk_photo_ref *out,
                        uint32_t max, uint32_t *n, rk_err *err) {
    const rk_tally *t = tally_of(d, contest);
    uint32_t at[RK_FORM_PHOTOS_MAX], k = rk_tally_received(t, tps, at, RK_FORM_PHOTOS_MAX);
    rk_photos_entry *x = rk_alloc(sizeof *x);
    rk_buf b;
    rk_status s = RK_OK;
    rk_buf_init(&b, RK_ENTRY_MAX);
    for (uint32_t i = 0; i < k && s == RK_OK; i++) {
        s = photos_at(d, t->received[at[i]].entry, &b, x, err);
        for (uint32_t j = 0; j < x->n && s == RK_OK && *n < max; j++)
            out[(*n)++] = (rk_photo_ref){x->photo[j], t->received[at[i]].entry};
    }
    rk_buf_free(&b);
    rk_free(x);
    return s;
}

/* ===== opening ===== */

static rk_status blobs_in(const rk_dir *d, const char *name, bool private, bool make,
                          rk_blobs **out, rk_err *err) {
    char path[4096];
    int n = snprintf(path, sizeof path, "%s/%s", d->path, name);
    if (n < 0 || n >= (int)sizeof path)
        return rk_fail(err, RK_LIMIT, "the path '%.200s' is too long", d->path);
    if (!make && !rk_file_there(path)) return RK_OK;
    RK_TRY(rk_dir_make(path, err));
    if (private && chmod(path, 0700) != 0)
        return rk_fail(err, RK_IO, "%s: cannot be closed to others: %s", path, strerror(errno));
    return rk_blobs_directory_open(path, out, err);
}

rk_status rk_photo_intake_open(rk_dir *d, uint32_t contest, enum rk_photo_keep keep,
                               rk_photo_intake **out, rk_err *err) {
    rk_photo_intake *p = rk_alloc(sizeof *p);
    *p = (rk_photo_intake){.d = d, .contest = contest, .mask = 1023};
    p->known = rk_calloc(p->mask + 1u, sizeof *p->known);
    rk_buf_init(&p->entry, RK_ENTRY_MAX + 1024);
    *out = p;
    rk_status s = blobs_in(d, "blobs", false, keep != RK_PHOTO_LOOK, &p->public, err);
    if (s == RK_OK && keep == RK_PHOTO_KEEP_ALL)
        s = blobs_in(d, "asli", true, true, &p->private, err);
    if (s == RK_OK) s = learn(p, err);
    if (s != RK_OK) rk_photo_intake_close(out);
    return s;
}

void rk_photo_intake_close(rk_photo_intake **pp) {
    rk_photo_intake *p = *pp;
    if (!p) return;
    rk_blobs_close(&p->public);
    rk_blobs_close(&p->private); /* fine when there is none */
    rk_buf_free(&p->entry);
    rk_free(p->known);
    rk_free(p);
    *pp = NULL;
}

static rk_status add_key(rk_dir *d, const rk_ed25519_public *key, rk_err *err) {
    rk_err why = RK_ERR_INIT;
    rk_status s = rk_dir_key_add(d, RK_ROLE_READER, key, RK_LIT("mesin pembaca foto"), &why);
    return s == RK_OK ? s
                      : rk_fail(err, s,
                                "the machine's key is not in the log yet, and could not be "
                                "added: %s",
                                why.text);
}

rk_status rk_photo_intake_key(rk_dir *d, rk_err *err) {
    char path[4096];
    rk_signer key = {0};
    RK_TRY(rk_key_path(d->path, "pembaca", path, sizeof path, err));
    rk_status s = rk_key_ensure(path, RK_ROLE_READER, &key, err);
    uint64_t id = rk_entry_key_id(&key.verifier.key);
    if (s == RK_OK && !rk_keyring_find(&d->election->keys, id))
        s = add_key(d, &key.verifier.key, err);
    rk_signer_wipe(&key);
    return s == RK_OK ? rk_dir_use_key(d, path, err) : s;
}

/* ===== bytes ===== */

rk_status rk_photo_bytes(rk_photo_intake *p, const rk_sha256 *copy, rk_buf *out, rk_err *err) {
    if (!p->public) return rk_fail(err, RK_NOT_FOUND, "%s/blobs is not there", p->d->path);
    return rk_blobs_get(p->public, copy, out, err);
}

rk_status rk_photo_keep(rk_photo_intake *p, rk_slice original, rk_slice copy, rk_err *err) {
    rk_sha256 hash;
    if (p->private) RK_TRY(rk_blobs_put(p->private, original, &hash, err));
    return copy.len ? rk_blobs_put(p->public, copy, &hash, err) : RK_OK;
}

/* ===== entries ===== */

rk_status rk_photo_receive(rk_photo_intake *p, rk_photos_entry *x, rk_slice reason,
                           uint64_t *entry, rk_err *err) {
    RK_TRY(rk_dir_head(p->d, reason, (rk_slice){0}, &x->head, err));
    rk_buf_clear(&p->entry);
    RK_TRY(rk_entry_put_photos(x, &p->entry, err));
    *entry = p->d->election->size;
    return rk_dir_put(p->d, &p->entry, err);
}

/* The public copies that figures were read from. */
static rk_slice evidence_of(const rk_reading_entry *x, const rk_photo_item *photo,
                            rk_sha256 *room) {
    uint32_t used = 0;
    for (uint32_t i = 0; i < x->n_photo; i++)
        if (x->photo[i].used && photo[i].type) room[used++] = photo[i].copy;
    return (rk_slice){(const char *)room, used * sizeof *room};
}

/* The reading was just folded: the same figures as a form. */
static rk_status repeat(rk_photo_intake *p, const rk_reading_entry *x,
                        const rk_photo_item *photo, uint32_t tps, rk_slice reason,
                        rk_err *err) {
    const rk_tally *t = tally_of(p->d, p->contest);
    uint32_t cols = t->contest->n_col;
    const uint32_t *read = t->read_cell + (size_t)tps * cols;
    uint32_t *cell = rk_calloc(cols + 1, sizeof *cell);
    rk_sha256 copies[RK_FORM_PHOTOS_MAX];
    for (uint32_t i = 0; i < cols; i++) cell[i] = read[i] == RK_NOT_READ ? RK_ABSENT : read[i];
    rk_form f = {.batch = RK_NO_BATCH,
                 .contest = x->contest,
                 .tps = x->tps,
                 .cell = cell,
                 .n_cell = cols,
                 .reading1 = (uint32_t)p->d->election->size};
    rk_status s = rk_dir_head(p->d, reason, evidence_of(x, photo, copies), &f.head, err);
    rk_buf_clear(&p->entry);
    if (s == RK_OK) s = rk_entry_put_form(&f, p->d->election->size, &p->entry, err);
    if (s == RK_OK) s = rk_dir_put(p->d, &p->entry, err);
    rk_free(cell);
    return s;
}

/* A form that would say what stands there already is none. */
static bool says_more(const rk_tally *t, uint32_t tps) {
    const uint32_t *row = rk_tally_row(t, tps), cols = t->contest->n_col,
                   *read = t->read_cell + (size_t)tps * cols;
    if (!row) return true;
    if (!t->state[tps].by_machine) return false;
    for (uint32_t i = 0; i < cols; i++)
        if (row[i] != (read[i] == RK_NOT_READ ? RK_ABSENT : read[i])) return true;
    return false;
}

rk_status rk_photo_read(rk_photo_intake *p, rk_reading_entry *x, const rk_photo_item *photo,
                        rk_slice reason, uint64_t *entry, uint64_t *form, rk_err *err) {
    rk_code code;
    *form = UINT64_MAX;
    RK_TRY(rk_dir_head(p->d, reason, (rk_slice){0}, &x->head, err));
    rk_buf_clear(&p->entry);
    RK_TRY(rk_entry_put_reading(x, &p->entry, err));
    *entry = p->d->election->size;
    RK_TRY(rk_dir_put(p->d, &p->entry, err));
    const rk_tree *tree = p->d->election->tree;
    RK_ASSERT(rk_code_of(x->tps, &code));
    uint32_t tps = rk_tree_find_tps(tree, &code, rk_code_hash(&code));
    if (x->state != RK_READ_ACCEPTED || !says_more(tally_of(p->d, p->contest), tps))
        return RK_OK;
    *form = p->d->election->size;
    return repeat(p, x, photo, tps, reason, err);
}
