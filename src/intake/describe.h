/* What election directories add to a node's description of itself (core/node.h): which stores
 * and targets they make it talk to, and the fingerprints of their declaration of residency and
 * trust policy. Reads DIR/residency.json (or $REKAP_RESIDENCY) and DIR/policy; opens no log. */
#ifndef RK_INTAKE_DESCRIBE_H
#define RK_INTAKE_DESCRIBE_H

#include "node/self.h"

/* All directories of the process at once. Errors: RK_BAD_INPUT, RK_CONFLICT, RK_IO, RK_LIMIT
 * of a file that cannot be used. */
rk_status rk_describe_dirs(rk_node *n, const char *const *dir, uint32_t n_dir, rk_err *err);
/* How often the gate has refused a connection so far. */
void rk_describe_refused(rk_node *n);

#endif
