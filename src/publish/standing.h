/* Standing answers: what is asked again and again (results, DPT counts, infrastructure) is
 * answered by what is published already. The links are made from the release and the disclosure
 * that lie there, and the answer names their hashes, so that it can be held against the log
 * later. Format: docs/format/ppid.md. Errors as rk_file_*. */
#ifndef RK_PUBLISH_STANDING_H
#define RK_PUBLISH_STANDING_H

#include "base/buf.h"
#include "base/limits.h"

typedef struct rk_standing_sources {
    const char *releases;   /* what 'rekap release' writes; NULL = none */
    const char *disclosure; /* what 'rekap disclose' writes; NULL = none */
    const char *base;       /* before "/rilis/..." and "/infrastruktur/..."; "" = this site */
} rk_standing_sources;

typedef struct rk_standing_answer {
    char link[RK_TEXT_MAX];   /* links, one blank between */
    char reason[RK_TEXT_MAX]; /* what was linked to: release, entry, hashes */
} rk_standing_answer;

/* what: "hasil" (the newest release), "dpt" (its recaps of the contests whose forms count
 * voters), "infrastruktur" (the disclosure). A directory with a file tautan.csv (lines
 * WHAT,LINK) answers with that instead. RK_NOT_FOUND: nothing is published that answers it;
 * RK_CONFLICT: the release has no entry in the log yet; RK_CORRUPT: a file is not what its list
 * of hashes says. */
rk_status rk_standing_find(const rk_standing_sources *s, rk_slice what, rk_standing_answer *out,
                           rk_err *err);

#endif
