/* A listening TCP socket from the text an operator gives. Knows no protocol. */
#ifndef RK_NET_LISTEN_H
#define RK_NET_LISTEN_H

#include "base/err.h"

#define RK_LISTEN_URL 128u

typedef struct rk_listener {
    int fd;                  /* non-blocking, close-on-exec; the caller's to close */
    char url[RK_LISTEN_URL]; /* "http://127.0.0.1:8080", of what it really listens on */
} rk_listener;

/* Binds "127.0.0.1:8080", "[::1]:8080", "*:8080"; port 0 picks a free one. RK_BAD_INPUT: no
 * address; RK_CONFLICT: in use. */
rk_status rk_listen(const char *address, rk_listener *out, rk_err *err);

#endif
