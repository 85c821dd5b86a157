/* For tests and benches: a small (or whole) published election made from files, in the formats
 * of docs/format/, with known keys. Log, documents and manifest as a publisher lays them out;
 * files are handed to the caller, who keeps them in memory or writes them. Whatever goes wrong
 * aborts.
 */
#ifndef TESTS_PUBLISHED_H
#define TESTS_PUBLISHED_H

#include "core/election.h"
#include "core/merkle.h"
#include "core/notekey.h"

/* Called with each file of the tree. */
typedef void published_fn(void *ctx, rk_slice path, rk_slice bytes);

enum { PUBLISHED_WITNESSES = 3 };

typedef struct published {
    rk_signer log, witness[PUBLISHED_WITNESSES];
    rk_ed25519_secret admin, importer, reader;
    uint64_t admin_id, importer_id, reader_id; /* reader_id 0: no photos yet */
    rk_slice id;
    bool is_signed;
    rk_buf all; /* the entries, each after its length as in a bundle */
    size_t *at; /* where entry i's bytes begin in `all` */
    uint32_t *len;
    uint64_t n, cap;
    rk_election *e;
    /* files already handed out, for the manifest */
    char **path;
    rk_sha256 *sha256;
    uint32_t n_file, cap_file;
} published;

/* An election with its first entries: itself and (signed) a key of role impor. */
void published_new(published *p, const char *id, bool is_signed);
void published_free(published *p);
void published_document(published *p, enum rk_document type, const char *contest,
                        const char *label, rk_slice bytes);
/* Rows of a forms CSV: as one batch, or each entry signed by itself. */
void published_forms(published *p, const char *contest, rk_slice csv, bool batch);
/* Photos of a station, received and read into a state (enum rk_read_state_of_form;
 * RK_READ_NONE: not read), in a signed election; accepted figures are entered as a form where
 * no others stand. value: one for each of the contest's columns, RK_NOT_READ = not on the
 * paper. */
void published_photos(published *p, const char *contest, const char *tps, uint32_t n,
                      uint8_t state, const uint32_t *value);
/* Who may put forms into it: a role that has a key there. */
rk_entry_head published_head(const published *p);
/* Signs a form of that head and adds it. */
void published_sign(published *p, rk_buf *entry);
/* Any entry that is complete already. */
void published_add(published *p, rk_slice entry);
rk_slice published_entry(const published *p, uint64_t i);
/* The election that the entries so far give, settled; the published one's own. */
rk_election *published_election(published *p);

/* log/...; the checkpoint signed by the log and cosigned by the first `witnesses`. */
void published_log(published *p, unsigned witnesses, published_fn *fn, void *ctx);
/* Only the checkpoint, of any size and root. */
void published_checkpoint(const published *p, uint64_t size, const rk_sha256 *root,
                          const rk_signer *signer, unsigned witnesses, rk_buf *out);
/* Sirekap's tree, API documents and tables of every contest. */
void published_documents(published *p, published_fn *fn, void *ctx);
/* manifest/..., over the documents handed out. */
void published_manifest(published *p, published_fn *fn, void *ctx);
/* A policy that asks for `need` of the witnesses. */
void published_policy(const published *p, unsigned need, rk_buf *out);

#endif
