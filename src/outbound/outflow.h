/* What the gate saw, as a file: a server shows what other processes of an election asked for
 * and were refused (rounds of witnesses, deliveries). Text, one spelling:
 *
 *   rekap-keluar/v1
 *   ASKED REFUSED N
 *   TIME RULE KIND PORT public|non-public TIMES HOST      N lines, newest first
 *
 * By value; at most RK_REFUSALS_MAX refusals, RK_OUTFLOW_BYTES_MAX. */
#ifndef RK_OUTBOUND_OUTFLOW_H
#define RK_OUTBOUND_OUTFLOW_H

#include "base/buf.h"
#include "outbound/outbound.h"

#define RK_OUTFLOW_BYTES_MAX (RK_REFUSALS_MAX * 256u)

typedef struct rk_outflow {
    uint64_t asked, refused;
    uint32_t n;
    rk_refusal last[RK_REFUSALS_MAX];
} rk_outflow;

void rk_outflow_put(const rk_outflow *o, rk_buf *out);
/* RK_BAD_INPUT: it is none. */
rk_status rk_outflow_parse(rk_slice bytes, rk_outflow *out, rk_err *err);

/* Adds what this process's gate saw since the last call; new refusals get the time `now`. False
 * when there was nothing. */
bool rk_outflow_take(rk_outflow *o, uint64_t now);
/* There would be something. */
bool rk_outflow_waiting(void);

#endif
