#include "cli/daily.h"

#include "base/num.h"
#include "base/wib.h"
#include "files/files.h"

#include <stdio.h>
#include <unistd.h>

enum { DAY = 86400, WIB = 7 * 3600, NAP = 20, RETRY = 300 };

bool cli_daily_clock(const char *s, uint32_t *out) {
    uint64_t h, m;
    rk_slice rest = rk_slice_str(s), part;
    if (rest.len != 5 || !rk_slice_cut(&rest, ':', &part) || !rk_num_parse(part, 23, &h) ||
        part.len != 2 || !rk_num_parse(rest, 59, &m))
        return false;
    *out = (uint32_t)(h * 3600 + m * 60);
    return true;
}

void cli_daily_zone(int *argc, char **argv) {
    for (int i = 0; i < *argc; i++) {
        if (strcmp(argv[i], "Asia/Jakarta") != 0 && strcmp(argv[i], "WIB") != 0) continue;
        memmove(argv + i, argv + i + 1, (size_t)(*argc - i - 1) * sizeof *argv);
        (*argc)--;
        break;
    }
}

/* The next such moment after now. */
static uint32_t next_time(uint32_t now, uint32_t clock) {
    uint32_t local = now + WIB, today = local - local % DAY + clock;
    return (today > local ? today : today + DAY) - WIB;
}

/* Sleeps in short pieces: a machine that slept, or a clock that was set, is noticed. */
static void wait_until(uint32_t when) {
    while (rk_now() < when) {
        uint32_t left = when - rk_now();
        (void)sleep(left < NAP ? left : NAP);
    }
}

_Noreturn void cli_daily(uint32_t clock, const char *what,
                         rk_status (*once)(void *ctx, rk_err *err), void *ctx) {
    for (;;) {
        uint32_t when = next_time(rk_now(), clock);
        char text[RK_WIB_LEN + 1] = {0};
        rk_wib_put(text, when);
        printf("%s %s WIB\n", what, text);
        (void)fflush(stdout);
        wait_until(when);
        for (;;) {
            rk_err err = RK_ERR_INIT;
            if (once(ctx, &err) == RK_OK) break;
            (void)cli_failed(NULL, &err);
            if (rk_now() + RETRY >= next_time(when, clock)) break;
            wait_until(rk_now() + RETRY);
        }
        (void)fflush(stdout);
    }
}
