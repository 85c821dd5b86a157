/* The port by which a delivery leaves: bring one file to a receiver. Four adapters: SFTP, HTTP
 * (PUT and webhook), S3, SMTP; tests/contract/carrier_contract.c is what each must do:
 *
 *   RK_OK means that the receiver has said that it has the whole file, and nothing else does.
 *   A file that came in part is never seen under its name (SFTP writes NAME.part and renames;
 * the others are whole requests). Bringing it again leaves one file (a mail: one more copy with
 * the same Message-ID; whoever calls must not do so once the first was confirmed). The gate of
 * src/outbound is asked before a name is resolved, and again for the address. Nothing takes
 * longer than the destination's `seconds`; a silent receiver is left after `silence` seconds.
 *
 * Texts in *err may name hosts and users: they are for the operator's private log only. What
 * may be said in public is in rk_carry_why. One thread a carrier; different carriers may run at
 * the same time (rk_carrier_begin first). */
#ifndef RK_DELIVER_CARRIER_H
#define RK_DELIVER_CARRIER_H

#include "core/delivery.h"

typedef struct rk_carry_why {
    enum rk_delivery_cause cause;
    enum rk_residency_rule rule;
} rk_carry_why;

typedef struct rk_carrier rk_carrier;
typedef struct rk_carrier_ops {
    rk_status (*put)(rk_carrier *c, const rk_parcel *p, rk_carry_why *why, rk_err *err);
} rk_carrier_ops;

/* Once for the process, before any thread; and at its end. SIGPIPE is ignored from then on. */
rk_status rk_carrier_begin(rk_err *err);
void rk_carrier_end(void);

/* Reads the credentials (paths in d are relative to base_dir) and asks the gate; connects to
 * nothing. d and base_dir are borrowed. On failure *why says what may be public. */
rk_status rk_carrier_open(const rk_destination *d, const char *base_dir, rk_carrier **out,
                          rk_carry_why *why, rk_err *err);
/* Brings the file; its bytes must have p's hash (whoever calls has just looked). */
rk_status rk_carrier_put(rk_carrier *c, const rk_parcel *p, rk_carry_why *why, rk_err *err);
void rk_carrier_close(rk_carrier **c); /* wipes the credentials */

#endif
