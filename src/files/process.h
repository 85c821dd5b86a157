/* Another program as a pure step: bytes in, bytes out, a time limit, nothing else inherited.
 * For tools whose libraries would be too much to link (Graphviz's dot). No shell. */
#ifndef RK_FILES_PROCESS_H
#define RK_FILES_PROCESS_H

#include "base/buf.h"

/* Runs argv (NULL-terminated, found on the PATH), feeds input, appends what it writes to
 * standard output to out (within out's maximum); its standard error goes to ours. RK_NOT_FOUND:
 * there is no such program; RK_IO: it failed or took longer than `seconds` (it is then ended).
 */
rk_status rk_process_run(const char *const *argv, rk_slice input, unsigned seconds, rk_buf *out,
                         rk_err *err);

#endif
