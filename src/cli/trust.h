/* Whom a command believes about a log: --policy FILE, or --key KEY, or nobody yet. */
#ifndef RK_CLI_TRUST_H
#define RK_CLI_TRUST_H

#include "core/policy.h"

typedef struct cli_trust {
    const char *policy, *key; /* as given, or NULL; the policy goes first */
    rk_policy *read;          /* of the file, or NULL; cli_trust_free frees it */
    rk_verifier verifier;     /* of the key; only when there is no policy */
} cli_trust;

/* Reads what was given. RK_BAD_INPUT and others with the reason. */
rk_status cli_trust_read(cli_trust *t, rk_err *err);
/* What an error of it is about: the file's name or "--key". */
const char *cli_trust_what(const cli_trust *t);
void cli_trust_free(cli_trust *t);

#endif
