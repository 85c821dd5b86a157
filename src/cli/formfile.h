/* The description of a printed form that a command names: a shipped one by its code, or a file.
 */
#ifndef RK_CLI_FORMFILE_H
#define RK_CLI_FORMFILE_H

#include "files/files.h"
#include "read/sheet.h"

/* The caller frees both (rk_sheet_free, rk_file_free), also after a failure. RK_NOT_FOUND says
 * which forms are built in. */
rk_status cli_form_open(const char *form, rk_file *file, rk_sheet **out, rk_err *err);

#endif
