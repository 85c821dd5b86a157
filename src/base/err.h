/* Status codes and the error text a caller hands in. Expected failures are values (rk_status);
 * a broken invariant aborts (RK_ASSERT stays on in release builds). */
#ifndef RK_BASE_ERR_H
#define RK_BASE_ERR_H

#include "base/slice.h"

typedef enum rk_status {
    RK_OK = 0,
    RK_BAD_INPUT, /* the caller's data is wrong; the text says where and how to mend it */
    RK_NOT_FOUND, /* the thing asked for is not there */
    RK_CONFLICT,  /* it would contradict what is already recorded */
    RK_LIMIT,     /* over a stated maximum (see base/limits.h) */
    RK_IO,        /* the operating system or the store failed */
    RK_CORRUPT,   /* stored data does not decode */
    RK_BUSY,      /* another writer holds the store */
} rk_status;

typedef struct rk_err {
    rk_status code;
    size_t line, column; /* 1-based place in the input, 0 when there is none */
    char text[400];      /* one English sentence, NUL-terminated */
} rk_err;

#define RK_ERR_INIT ((rk_err){0})

/* Fills *err (NULL allowed) and returns code. The first error wins: a filled err is kept. */
rk_status rk_fail(rk_err *err, rk_status code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The same, with a place in the input. */
rk_status rk_fail_at(rk_err *err, rk_status code, size_t line, size_t column, const char *fmt,
                     ...) __attribute__((format(printf, 5, 6)));
/* The short name of a status ("bad-input"), for machine-readable output. */
const char *rk_status_name(rk_status s);

_Noreturn void rk_abort(const char *file, int line, const char *what);
#define RK_ASSERT(c) ((c) ? (void)0 : rk_abort(__FILE__, __LINE__, #c))
#define RK_TRY(e)                                                                              \
    do {                                                                                       \
        rk_status rk_try_ = (e);                                                               \
        if (rk_try_ != RK_OK) return rk_try_;                                                  \
    } while (0)

#endif
