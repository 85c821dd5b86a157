/* Where data may go (PP 71/2019 arts 20, 21): a declaration of every store, replica, backup,
 * mail relay, cache and delivery target with country and operator, and the rules that decide
 * before anything is opened, written or sent. Pure: files and sockets are elsewhere
 * (intake/guard, net/outbound). The declaration owns its texts; slices point into it.
 * Limits: RK_RESIDENCY_BYTES_MAX, RK_TARGETS_MAX. Format: docs/format/residency.md.
 *
 *   S01  a remote target is used that is not declared
 *   S02  non-public data, and the target is not declared to be in Indonesia
 *   S03  public data, the target is abroad and not declared as a cache of public data there
 *   S04  a store, replica, blob store, backup or mail relay outside Indonesia, whatever it
 * holds S05  country or operator is not stated S06  the target is used for something else than
 * declared */
#ifndef RK_CORE_RESIDENCY_H
#define RK_CORE_RESIDENCY_H

#include "base/err.h"
#include "base/limits.h"

enum rk_target_kind {
    RK_TARGET_STORE,
    RK_TARGET_REPLICA,
    RK_TARGET_BLOB,
    RK_TARGET_BACKUP,
    RK_TARGET_MAIL,
    RK_TARGET_CDN,
    RK_TARGET_DELIVERY,
    RK_TARGET_WITNESS, /* sees checkpoints only */
    RK_TARGET_RESOLVER,
    RK_TARGET_KINDS
};

enum rk_residency_rule { RK_S_OK = 0, RK_S01 = 1, RK_S02, RK_S03, RK_S04, RK_S05, RK_S06 };

typedef struct rk_target {
    rk_slice id, operator_name, host, path, note;
    rk_slice address[RK_TARGET_ADDRESSES_MAX]; /* IP addresses or prefixes of the host */
    uint32_t n_address;
    enum rk_target_kind kind;
    uint16_t port;
    char country[3];    /* "ID"; empty = not stated */
    bool holds_private; /* may hold non-public data */
    bool public_abroad; /* declared: only public data, may be outside Indonesia */
} rk_target;

typedef struct rk_residency {
    struct json_t *json;
    rk_slice name, operator_name, date;
    rk_target target[RK_TARGETS_MAX];
    uint32_t n;
} rk_residency;

/* Syntax only; rk_residency_check judges what is declared. */
rk_status rk_residency_parse(rk_slice bytes, rk_residency **out, rk_err *err);
void rk_residency_free(rk_residency **r);
/* They declare the same. */
bool rk_residency_same(const rk_residency *a, const rk_residency *b);

const char *rk_target_kind_name(enum rk_target_kind k); /* "store", ... */
bool rk_target_kind_parse(rk_slice s, enum rk_target_kind *out);
const char *rk_residency_rule_name(enum rk_residency_rule r); /* "S01" */
const char *rk_residency_rule_text(enum rk_residency_rule r, bool indonesian);

/* The first rule that the declaration of a target breaks by itself. */
enum rk_residency_rule rk_target_rule(const rk_target *t);
/* RK_CONFLICT naming rule and target when any target breaks one. What a start begins with. */
rk_status rk_residency_check(const rk_residency *r, rk_err *err);

/* What is about to be reached. Exactly one of host and path is given. */
typedef struct rk_use {
    enum rk_target_kind kind;
    rk_slice host; /* name or address, as it will be connected to */
    uint16_t port;
    rk_slice path; /* a directory on a remote file system */
    bool non_public;
    rk_slice label; /* said in place of host and port where the address is private; or empty */
} rk_use;

/* Decides one use against the declaration (NULL: there is none). A host is declared when name
 * and port are equal (letters' case does not matter; port 0 in the declaration is any); a path
 * when it is the declared one or below it. *target (NULL allowed) = the one that admits it. */
enum rk_residency_rule rk_residency_decide(const rk_residency *r, const rk_use *use,
                                           const rk_target **target);
/* The same name, letters' case, brackets and a final dot aside; false for empty ones. */
bool rk_host_same(rk_slice a, rk_slice b);
/* This machine: localhost, 127.0.0.0/8, ::1. What goes there goes nowhere. */
bool rk_host_is_loopback(rk_slice host);

#endif
