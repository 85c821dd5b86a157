/* Key files of an election directory: DIR/keys/log.key signs checkpoints, DIR/keys/ROLE.key
 * signs entries in that role. One line each, a signer key as docs/format/checkpoint.md has it,
 * readable by the owner alone; whoever can read them can sign. They are not part of a backup of
 * the log: keep them apart (docs/runbook/log.md). */
#ifndef RK_INTAKE_KEYS_H
#define RK_INTAKE_KEYS_H

#include "core/notekey.h"

/* "DIR/keys/NAME.key" into out. RK_LIMIT when it is too long. */
rk_status rk_key_path(const char *dir, const char *name, char *out, size_t cap, rk_err *err);
/* Reads a key file. RK_NOT_FOUND, RK_BAD_INPUT; a file that others may read is refused. The
 * caller wipes *out. */
rk_status rk_key_read(const char *path, rk_signer *out, rk_err *err);
/* Makes a new key from the system's random numbers and its file (and the directory), durably;
 * one that is there is read instead, so that a run cut short can be done again. */
rk_status rk_key_ensure(const char *path, rk_slice name, rk_signer *out, rk_err *err);

#endif
