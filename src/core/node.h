/* What a running program says of itself (rekap-node-1): which node and role, which program
 * (hash of its own executable, of the source and the bill of materials it was built from), how
 * it is configured (fingerprints), which stores it talks to, certificates, libraries, since
 * when. Signed as a note, so that a report can lay it beside the inventory. Pure: facts come
 * from src/node and intake/describe. It says nothing that an inventory must withhold: no
 * address, no path, no host; fingerprints are over texts that hold none.
 *
 * A description owns its texts. Limits: RK_NODE_BYTES_MAX bytes, RK_NODE_STORES_MAX stores,
 * RK_NODE_CERTS_MAX certificates, RK_NODE_LIBRARIES_MAX libraries. Errors: RK_BAD_INPUT,
 * RK_LIMIT; rk_node_signer also RK_CONFLICT, RK_NOT_FOUND. Format: docs/format/simpul.md. */
#ifndef RK_CORE_NODE_H
#define RK_CORE_NODE_H

#include "base/sha256.h"
#include "core/note.h"
#include "core/policy.h"
#include "core/residency.h"

#define RK_ROLE_NODE RK_LIT("simpul") /* of keys in the log that sign descriptions */

typedef struct rk_node_store {
    enum rk_target_kind kind;
    rk_slice target; /* id in the declaration of residency; empty: not declared */
    char country[3]; /* of the target, as declared */
    bool loopback;   /* not declared: on this machine, by network */
    bool may;        /* declared, not known to be used */
    rk_sha256 path;  /* not declared, not loopback: rk_node_path_print */
} rk_node_store;

typedef struct rk_node_cert {
    bool pinned; /* else presented */
    rk_sha256 hash;
    rk_slice issuer;
    uint32_t until; /* seconds since 1970: not valid after */
} rk_node_cert;

typedef struct rk_node_library {
    rk_slice name, version; /* "libcurl.so.4", "4.8.0"; version may be empty */
    rk_sha256 hash;         /* of the file that is loaded */
} rk_node_library;

typedef struct rk_node {
    struct json_t *json;
    char **text; /* owned copies */
    uint32_t n_text, cap_text;
    rk_slice id, role, version;
    uint32_t time, started, uptime; /* seconds since 1970; uptime in seconds */
    uint32_t refused;               /* connections that the gate refused */
    rk_sha256 build, source, sbom;
    rk_sha256 options, residency, policy; /* all zero: there is none */
    uint32_t n_store, n_cert, n_library;
    rk_node_store store[RK_NODE_STORES_MAX];
    rk_node_cert cert[RK_NODE_CERTS_MAX];
    rk_node_library library[RK_NODE_LIBRARIES_MAX];
} rk_node;

rk_node *rk_node_new(void);
void rk_node_free(rk_node **n);
/* A copy that lives as long as n. */
rk_slice rk_node_keep(rk_node *n, rk_slice text);
/* Adds one unless an equal one is there (`may` counts as less than use); RK_LIMIT. */
rk_status rk_node_add_store(rk_node *n, const rk_node_store *s, rk_err *err);

/* The text that is signed: JSON, one spelling for each description. */
void rk_node_put(const rk_node *n, rk_buf *out);
rk_status rk_node_parse(rk_slice text, rk_node **out, rk_err *err);

/* Text and one signature line. */
rk_status rk_node_sign(const rk_node *n, const rk_signer *signer, rk_buf *out, rk_err *err);
/* A signed description; who signed it is rk_node_signer's question. Slices of note point into
 * bytes. */
rk_status rk_node_open(rk_slice bytes, rk_note *note, rk_node **out, rk_err *err);
/* Which of n keys has signed the note, under whatever name the signature gives: *which = its
 * index. RK_CONFLICT: a line names one of the keys and its signature is wrong; RK_NOT_FOUND:
 * none of the keys. */
rk_status rk_node_signer(const rk_note *note, const rk_ed25519_public *key, uint32_t n,
                         uint32_t *which, rk_err *err);

/* Fingerprints. Addresses, and hosts that are addresses, are left out: a hash over an address
 * and known text would tell it to whoever tries all of them. */
rk_sha256 rk_node_residency_print(const rk_residency *r);
rk_sha256 rk_node_policy_print(const rk_policy *p);
rk_sha256 rk_node_path_print(rk_slice path);
/* Of options: lines "name=value" in the given order. Values that are addresses are the caller's
 * to leave out. */
rk_sha256 rk_node_options_print(const char *const *line, uint32_t n);

#endif
