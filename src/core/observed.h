/* What nodes say of themselves (core/node.h) laid beside what an inventory declares of them:
 * which node or target is not declared, which declared node has not been seen, where the two
 * differ. Made through the same sieve as the disclosure: it owns copies of what may be shown,
 * and a node whose record is withheld is only counted. Pure: files, keys and the time come from
 * the caller. Format: docs/format/simpul.md, "Beside the inventory".
 *
 * A description counts when its signature is by the key that its record names (node_key) or by
 * a key of role `simpul` of the log; what is signed by nobody known, or wrongly, is named and
 * otherwise not believed. Of several of one node, role and key the newest counts. */
#ifndef RK_CORE_OBSERVED_H
#define RK_CORE_OBSERVED_H

#include "core/disclosure.h"
#include "core/node.h"

enum rk_problem_kind {
    RK_PROBLEM_UNDECLARED, /* says what it is, is not in the inventory */
    RK_PROBLEM_TARGET,     /* talks to a target that is not in the inventory */
    RK_PROBLEM_MISSING,    /* declared with a key, not seen */
    RK_PROBLEM_STALE,      /* the newest is older than the limit */
    RK_PROBLEM_FUTURE,     /* its clock is ahead by more than ten minutes */
    RK_PROBLEM_SIGNATURE,  /* wrong, or by nobody known */
    RK_PROBLEM_BUILD,      /* another executable than declared or released */
    RK_PROBLEM_VERSION,
    RK_PROBLEM_ROLE,
    RK_PROBLEM_CERT,    /* a certificate has expired */
    RK_PROBLEM_COUNTRY, /* of a target, other than the inventory says */
    RK_PROBLEM_REFUSED, /* it tried to reach what is not declared, and was refused */
    RK_PROBLEM_UNREADABLE,
    RK_PROBLEM_KINDS
};
const char *rk_problem_code(enum rk_problem_kind k); /* "N01" */
const char *rk_problem_text(enum rk_problem_kind k, bool indonesian);

typedef struct rk_problem {
    enum rk_problem_kind kind;
    rk_slice node;           /* id, or a file's name */
    rk_slice declared, seen; /* texts; empty = nothing, or nothing that may be shown */
} rk_problem;

typedef struct rk_seen_node {
    rk_slice id;
    bool declared, seen; /* at least one */
    bool by_log;         /* signed by a key of the log, else by the inventory's */
    /* what the inventory says (empty: nothing, or withheld) and what the node says */
    rk_slice said_role, said_version, said_build, role, version, build, source, sbom;
    rk_slice options, residency, policy;
    rk_slice stores; /* "store log (ID); witness (setempat / this machine)" */
    rk_slice certs;  /* "9a0c... sampai / until 2027-01-01" */
    uint32_t time, started, uptime, refused, n_library, n_problem;
} rk_seen_node;

typedef struct rk_observed {
    uint32_t now, max_age_s,
        files; /* seconds since 1970; seconds; descriptions that were looked at */
    rk_seen_node *node;
    uint32_t n, cap;
    rk_problem *problem;
    uint32_t n_problem, cap_problem;
    uint32_t hidden_seen, hidden_missing, hidden_problems; /* of nodes that are withheld */
} rk_observed;

typedef struct rk_observation { /* what was collected */
    const rk_slice *name, *bytes;
    uint32_t n;                       /* at most RK_NODES_MAX */
    const rk_ed25519_public *log_key; /* of role simpul, in force */
    uint32_t n_log_key;
    uint32_t now, max_age_s;
    rk_slice build,
        version; /* of the release, for nodes of which the inventory says nothing; or empty */
} rk_observation;

/* Fills d->observed from the inventory that d was made from. */
void rk_disclosure_observe(rk_disclosure *d, const rk_infra *i, const rk_observation *o);
void rk_observed_free(rk_observed **o);

#endif
