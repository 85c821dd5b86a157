/* What the verifier says: one line for each thing checked, for people or as JSON. Every line
 * has a result, what was looked at, where, and what to do. Lines of one check over MANY are
 * counted, not printed. */
#ifndef RK_VERIFY_REPORT_H
#define RK_VERIFY_REPORT_H

#include "base/buf.h"

enum rk_result {
    RK_CHECKED,   /* ok */
    RK_WRONG,     /* FAIL */
    RK_REMARK,    /* note: to know, nothing is wrong */
    RK_UNCHECKED, /* ?: could not be looked at */
    RK_RESULTS
};

typedef struct rk_line {
    enum rk_result result;
    const char *check;  /* "checkpoint", "entry", "manifest", ... */
    const char *where;  /* file and place in it; empty = the source */
    const char *text;   /* a sentence */
    const char *remedy; /* a sentence or empty */
} rk_line;

typedef struct rk_report {
    void (*line)(void *ctx, const rk_line *l);
    void *ctx;
    uint64_t count[RK_RESULTS];
} rk_report;

/* where and remedy may be NULL. */
void rk_say(rk_report *r, enum rk_result result, const char *check, const char *where,
            const char *remedy, const char *fmt, ...) __attribute__((format(printf, 6, 7)));

/* 0 all right, 1 something is wrong, 3 something could not be checked. */
int rk_report_code(const rk_report *r);

#endif
