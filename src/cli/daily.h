/* Something done every day at a time of WIB, by a command that stays. */
#ifndef RK_CLI_DAILY_H
#define RK_CLI_DAILY_H

#include "cli/cli.h"

/* "18:00" as seconds after midnight; false when it is no time. */
bool cli_daily_clock(const char *s, uint32_t *out);
/* "--daily 18:00 Asia/Jakarta": takes the zone out of what is left of the arguments. */
void cli_daily_zone(int *argc, char **argv);
/* Does it at that time every day; a failure is tried again every five minutes until the next
 * day's turn. what: "OUT: next release", said with the time. */
_Noreturn void cli_daily(uint32_t clock, const char *what,
                         rk_status (*once)(void *ctx, rk_err *err), void *ctx);

#endif
