/* Trust policies (C2SP tlog-policy): which logs are known, which witnesses, and which witnesses
 * must have cosigned a checkpoint before it is believed. Names are opaque bytes. Keys are
 * Ed25519: type 1 for logs, type 4 for witnesses; a policy with keys of another kind is
 * refused, since a quorum that leaves some out silently would be another policy. Limits:
 * RK_POLICY_MAX bytes; RK_POLICY_LOGS_MAX logs, as many witnesses, as many groups. Errors:
 * RK_BAD_INPUT (with the line) a file is no policy; RK_LIMIT too many of something. Owner: the
 * caller frees; slices point into the policy's own copy of the file. Source:
 * c2sp.org/tlog-policy; docs/format/policy.md. */
#ifndef RK_CORE_POLICY_H
#define RK_CORE_POLICY_H

#include "core/checkpoint.h"

typedef struct rk_policy_group {
    rk_slice name;
    uint32_t need;              /* so many members */
    uint32_t witnesses, groups; /* members, bit i = witness or group i */
} rk_policy_group;

typedef struct rk_policy {
    char *file;
    rk_slice all;
    /* url: empty when not given */
    uint32_t n_log, n_witness, n_group;
    rk_verifier log[RK_POLICY_LOGS_MAX], witness[RK_POLICY_LOGS_MAX];
    rk_slice log_url[RK_POLICY_LOGS_MAX];
    rk_slice witness_name[RK_POLICY_LOGS_MAX], witness_url[RK_POLICY_LOGS_MAX];
    rk_policy_group group[RK_POLICY_LOGS_MAX];
    bool quorum_none;
    rk_policy_group quorum; /* one member */
} rk_policy;

rk_status rk_policy_parse(rk_slice file, rk_policy **out, rk_err *err);
void rk_policy_free(rk_policy **p);

/* These witnesses (bit i = witness i) are enough. */
bool rk_policy_quorum(const rk_policy *p, uint32_t witnesses);

typedef struct rk_policy_verdict {
    uint32_t logs, witnesses; /* who has signed, bit i */
    uint64_t
        time[RK_POLICY_LOGS_MAX]; /* what witness i says when; 0 where it has not cosigned */
} rk_policy_verdict;

/* A signed checkpoint under the policy. RK_OK: signed by a known log under its own name,
 * cosigned by a quorum. RK_CONFLICT: a known key's signature is wrong. RK_NOT_FOUND: no known
 * log, or no quorum (then *out and *verdict are filled all the same: the checkpoint is the
 * log's, but not to be relied on yet). Else as rk_note_parse, rk_checkpoint_parse. verdict may
 * be NULL. */
rk_status rk_policy_check(const rk_policy *p, rk_slice note, rk_checkpoint *out,
                          rk_policy_verdict *verdict, rk_err *err);

#endif
