/* What run.c, log.c, trust.c and tree.c share. Not for other modules. */
#ifndef RK_VERIFY_INNER_H
#define RK_VERIFY_INNER_H

#include "core/audit.h"
#include "core/checkpoint.h"
#include "core/manifest.h"
#include "core/treecheck.h"
#include "verify/docs.h"
#include "verify/run.h"
#include "verify/state.h"

enum { PLACE = 1400 }; /* bytes of "file: place" in a line */

/* ===== a published tree ===== */

typedef struct rk_shown {
    rk_source *source;
    rk_buf note, index; /* manifest/note, manifest/index */
    bool has_manifest, parsed,
        good; /* parsed: the note says something; good: the index is its */
    rk_manifest_note m;
    uint64_t at; /* entries it shows */
    /* of a server that shows whatever is newest: its checkpoint and what that said before */
    const char *checkpoint;
    rk_checkpoint then;
    bool compared;
} rk_shown;

/* Reads manifest/note and manifest/index. Absent: has_manifest false. */
void rk_shown_open(rk_shown *t, rk_source *s, rk_report *r);
void rk_shown_close(rk_shown *t);
/* Hashes every file that the manifest lists and, with a view, compares its figures; without a
 * manifest, the documents that are found. view NULL: hashes only. */
void rk_shown_check(rk_shown *t, const rk_verify_options *o, const rk_view *view, rk_report *r);

/* ===== a log ===== */

typedef struct rk_logged {
    const rk_verify_options *o;
    rk_report *r;
    rk_source *source;
    const char *prefix; /* "log/" or "" */
    char where[64];     /* of the checkpoint */
    rk_buf note, state_text, old_note;
    rk_checkpoint cp;
    rk_verify_state state; /* what was verified last time */
    bool has_state;
    char state_path[1024]; /* empty = remember nothing */
    bool signed_by_known;  /* a key that was known before has signed the checkpoint */
    bool key_unknown;      /* nobody's key is known yet, or the known one has not signed */
    rk_verifier signer;    /* who signed, once it is known */
    rk_audit *audit;
    struct rk_pool *pool;
    rk_treecheck *tree;
    bool quiet;      /* a first try from the state: faults are not told */
    uint64_t faults; /* of tree and entries */
    bool resumed;
    rk_sha256 tip; /* hash of the last entry seen */
    bool has_tip;
    /* bundle kept for histories */
    rk_buf kept;
    uint64_t kept_index;
    uint64_t kept_width;
} rk_logged;

/* Finds the log of a source; false: it has none (told when it is there and cannot be read). */
bool rk_logged_open(rk_logged *l, const rk_verify_options *o, rk_source *s, rk_report *r);
void rk_logged_close(rk_logged *l);
/* Checks everything; trees are compared at the sizes they show. */
void rk_logged_check(rk_logged *l, rk_shown *tree, size_t n);

/* The checkpoint's signatures by the keys known so far; false: it is of no use. */
bool rk_trust_checkpoint(rk_logged *l);
/* After all entries: by the key that they name. */
void rk_trust_entries(rk_logged *l);
/* A manifest's signatures, by the key that the entries name for its size. */
void rk_trust_manifest(rk_logged *l, rk_shown *t);
/* Keeps what was verified for the next time. */
void rk_trust_remember(rk_logged *l);

#endif
