/* The host of a refused connection as the public sees it: cut to what tells it apart, and no IP
 * address (it may be one of this system's own; whoever runs it finds it in DIR/keluar and in
 * the log of the process). */
#ifndef RK_SERVE_SHOWN_HOST_H
#define RK_SERVE_SHOWN_HOST_H

#include "intake/keluar.h"

#define RK_SHOWN_HOST_MAX 49u /* with an end */
#define RK_REFUSALS_SHOWN 16u /* so many of the last refusals */

/* Into room; letters, digits, '.', '-', '_', '/' and ':' only, so that it needs no escapes. */
rk_slice rk_shown_host(const rk_refusal *r, char room[RK_SHOWN_HOST_MAX]);

#endif
