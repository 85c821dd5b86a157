/* The one place where error texts are made: callers pass the struct down, nothing is global. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

__attribute__((format(printf, 5, 0))) static rk_status
fill(rk_err *err, rk_status code, size_t line, size_t column, const char *fmt, va_list ap) {
    if (err && err->code == RK_OK) {
        err->code = code;
        err->line = line;
        err->column = column;
        (void)vsnprintf(err->text, sizeof err->text, fmt, ap);
    }
    return code;
}

rk_status rk_fail(rk_err *err, rk_status code, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    fill(err, code, 0, 0, fmt, ap);
    va_end(ap);
    return code;
}

rk_status rk_fail_at(rk_err *err, rk_status code, size_t line, size_t column, const char *fmt,
                     ...) {
    va_list ap;
    va_start(ap, fmt);
    fill(err, code, line, column, fmt, ap);
    va_end(ap);
    return code;
}

const char *rk_status_name(rk_status s) {
    static const char *const names[] = {"ok",    "bad-input", "not-found", "conflict",
                                        "limit", "io",        "corrupt",   "busy"};
    return (size_t)s < sizeof names / sizeof *names ? names[s] : "unknown";
}

void rk_abort(const char *file, int line, const char *what) {
    (void)fprintf(stderr, "rekap: internal error at %s:%d: %s\n", file, line, what);
    abort();
}
