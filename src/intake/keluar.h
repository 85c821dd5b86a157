/* DIR/keluar: what the processes that work for an election asked of the gate and were refused,
 * added up over all of them (outbound/outflow.h). For operators: it holds hosts as they were
 * asked for; what the public sees is cut (serve). */
#ifndef RK_INTAKE_KELUAR_H
#define RK_INTAKE_KELUAR_H

#include "outbound/outflow.h"

#define RK_OUTFLOW_FILE "keluar"

/* Adds what this process's gate saw since the last call; nothing new: nothing is written.
 * RK_BUSY: another process is adding just now, call again later. After another error the new
 * counts are lost. One thread at a time. */
rk_status rk_keluar_add(const char *dir, rk_err *err);
/* What is there; zeroed when nothing is, or when it cannot be read. */
void rk_keluar_read(const char *dir, rk_outflow *out);

#endif
