/* The reading of one form as what enters the log (core/entry_photo.h): floats become integers
 * here, once, and the form's figures the contest's columns. Candidates that would satisfy the
 * sums stay behind: they are not for the log. Pure; the entry's slices point into form. */
#ifndef RK_READ_RECORD_H
#define RK_READ_RECORD_H

#include "core/contest.h"
#include "read/join.h"

/* Whether a form's readings fit an entry and belong to the contest: checked once, before any
 * photo is read. RK_LIMIT, RK_CONFLICT. */
rk_status rk_record_form_ok(const rk_sheet *form, const rk_contest *contest, rk_err *err);

/* Fills photos, figures, boxes, doubts and state of out; head, contest, tps, sources, reader
 * and hashes are the caller's. joined: over exactly photo[0..n). A figure over the contest's
 * maximum is referred whatever the gate said, since no form could carry it. */
void rk_record(const rk_sheet *form, const rk_contest *contest, uint32_t ballot,
               const rk_taken *photo, uint32_t n, const rk_joined *joined,
               rk_reading_entry *out);

#endif
