/* A run of deliveries: what is due is brought, several at a time, until everything has been
 * brought, refused, or put off beyond the end of the run. Each step is in the delivery log
 * before the next begins, so a run that is killed at any point is gone on with by the next:
 *
 *   killed before a file's line     the file is brought again: the same name, the same bytes
 *   killed after it                 it is not brought again
 *   a mail, between the server's    it is sent once more, with the same Message-ID: the one
 *   250 and its line                moment that no protocol closes
 *
 * An attempt that failed is put off (core/delivery.h: doubled waits with jitter); one that
 * needs somebody (a wrong key, a refusal) is not tried again in the same run. */
#ifndef RK_DELIVER_DELIVER_H
#define RK_DELIVER_DELIVER_H

#include "deliver/outbox.h"
#include "deliver/plan.h"

typedef struct rk_deliver_options {
    const char *state_dir; /* holds tujuan.json; the log and antrean/ go there */
    const rk_destinations *to;
    bool once;        /* one attempt each */
    bool again;       /* also what was given up */
    uint32_t seconds; /* no attempt begins later than so long after the start */
} rk_deliver_options;

/* Brings the plan's deliveries forward. RK_OK: how each stands is in its rk_delivery. RK_IO:
 * the log could not be written; nothing more was sent. RK_BUSY: another run is at work. */
rk_status rk_deliver_run(rk_plan *plan, const rk_deliver_options *o, rk_err *err);
/* What the log says of the plan, without taking the lock or writing. */
rk_status rk_deliver_look(rk_plan *plan, const char *state_dir, rk_slice public_url,
                          rk_err *err);

/* Brings one small file (or mail) to a destination and notes it. *cause = why not. */
rk_status rk_deliver_trial(const char *state_dir, const rk_destination *d,
                           enum rk_delivery_cause *cause, enum rk_residency_rule *rule,
                           rk_err *err);

#endif
