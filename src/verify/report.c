#include "verify/report.h"

#include <stdarg.h>
#include <stdio.h>

void rk_say(rk_report *r, enum rk_result result, const char *check, const char *where,
            const char *remedy, const char *fmt, ...) {
    char text[900];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    r->count[result]++;
    r->line(r->ctx, &(rk_line){result, check, where ? where : "", text, remedy ? remedy : ""});
}

int rk_report_code(const rk_report *r) {
    return r->count[RK_WRONG] ? 1 : r->count[RK_UNCHECKED] ? 3 : 0;
}
