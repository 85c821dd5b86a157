/* rekap read --into: photos into an election. Internal to the program's verb 'read'. */
#ifndef RK_CLI_READ_INTO_H
#define RK_CLI_READ_INTO_H

#include "cli/cli.h"
#include "read/digit.h"
#include "read/sheet.h"

typedef struct cli_into {
    const char *dir, *contest, *tps, *key, *reason, *jobs; /* NULL = not given */
    bool no_originals, receive_only, dry_run, json, quiet;
    const rk_sheet *form;
    rk_sha256 form_hash;
    const rk_digit_net *net;
} cli_into;

/* paths: photos and folders. Returns an exit code. */
int cli_read_into(const cli_into *q, char **paths, int n);

#endif
