/* A line of the verifier's report, for people and as JSON; verify-release and mirror say them.
 */
#ifndef RK_CLI_LINE_H
#define RK_CLI_LINE_H

#include "verify/report.h"

/* One object of a list; a comma before it unless it is the first. */
void cli_line_json(const rk_line *l, bool first);
/* What would steer a terminal is shown as '?'. */
void cli_line_plain(const rk_line *l);

#endif
