/* Subscriptions (docs/format/langganan.md): who agreed with the register that what is published
 * comes to them. A file of JSON lines, appended only; a later line of the same request, subject
 * and target supersedes an earlier one; this is its fold. Pure. The list owns its texts.
 * Limits: RK_PPID_BYTES_MAX, RK_SUBSCRIPTIONS_MAX. Errors: RK_BAD_INPUT with the line,
 * RK_LIMIT. */
#ifndef RK_CORE_SUBSCRIPTION_H
#define RK_CORE_SUBSCRIPTION_H

#include "base/day.h"
#include "base/err.h"
#include "base/limits.h"

enum rk_subject { RK_SUBJECT_RESULTS, RK_SUBJECT_VOTERS, RK_SUBJECT_INFRA, RK_SUBJECTS };

typedef struct rk_subscription {
    struct json_t *json; /* owns the texts */
    rk_slice no, target;
    enum rk_subject subject;
    bool ended; /* "tiap": "berhenti" */
    rk_day from;
} rk_subscription;

typedef struct rk_subscriptions {
    rk_subscription *s; /* in the order in which they were first written */
    uint32_t n, cap;
} rk_subscriptions;

rk_status rk_subscriptions_parse(rk_slice bytes, rk_subscriptions *out, rk_err *err);
void rk_subscriptions_free(rk_subscriptions *s);
const char *rk_subject_name(enum rk_subject s); /* "hasil", "dpt", "infrastruktur" */
bool rk_subject_parse(rk_slice s, enum rk_subject *out);

#endif
