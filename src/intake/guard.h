/* Looked at before an election directory is written or served: the declaration of residency
 * that goes with it ($REKAP_RESIDENCY, else DIR/residency.json) and whether DIR itself lies on
 * another machine (a network file system). Format: docs/format/residency.md. */
#ifndef RK_INTAKE_GUARD_H
#define RK_INTAKE_GUARD_H

#include "core/residency.h"

/* RK_OK: every rule is kept, and the declaration (if there is one) now governs the process's
 * outbound connections; *declared (NULL allowed) tells. RK_CONFLICT names the rule that is
 * broken; RK_BAD_INPUT, RK_IO: the declaration cannot be read. A directory without a
 * declaration is fine while it lies on this machine: then every remote target is refused. */
rk_status rk_guard_start(const char *dir, bool *declared, rk_err *err);

/* The same for a directory that is about to be written to, with public data (a target of kind
 * "cdn" whose path covers it) or with data that are not ("store"): RK_OK while it lies, or
 * would lie, on this machine. dir: whose declaration governs; NULL = one that rk_guard_start
 * has taken already. */
rk_status rk_guard_out(const char *dir, const char *out, bool non_public, rk_err *err);

/* A declaration without judging it: path is its file, or an election directory that is there
 * ($REKAP_RESIDENCY, else DIR/residency.json, as at a start). */
rk_status rk_guard_read(const char *path, rk_residency **out, rk_err *err);

#endif
