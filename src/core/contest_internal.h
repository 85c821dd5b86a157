/* Inside of core/contest*.c: the steps of making a contest. Not for other modules. */
#ifndef RK_CORE_CONTEST_INTERNAL_H
#define RK_CORE_CONTEST_INTERNAL_H

#include "core/contest.h"

#include <jansson.h>

/* Compiles the rules that apply to this contest: those of the standard file (when use_standard)
 * and `extra` (a JSON array or NULL). Needs fields and slots to be set already. */
rk_status rk_contest_rules(rk_contest *c, json_t *standard, bool use_standard, json_t *extra,
                           rk_err *err);
/* A JSON string member as a slice into the JSON's own memory; empty when absent. */
rk_slice rk_json_text(json_t *object, const char *key);
/* One or more letters, digits, '-', '_' or '.'. */
bool rk_contest_code_ok(rk_slice s);
/* Builds the index by code once ballots are filled. */
void rk_contest_index(rk_contest *c);

#endif
