#include "cli/trust.h"

#include "files/files.h"

rk_status cli_trust_read(cli_trust *t, rk_err *err) {
    if (!t->policy)
        return t->key ? rk_verifier_parse(rk_slice_str(t->key), &t->verifier, err) : RK_OK;
    rk_file f;
    RK_TRY(rk_file_read_raw(t->policy, RK_POLICY_MAX, &f, err));
    rk_status s = rk_policy_parse(f.bytes, &t->read, err);
    rk_file_free(&f);
    return s;
}

const char *cli_trust_what(const cli_trust *t) { return t->policy ? t->policy : "--key"; }

void cli_trust_free(cli_trust *t) { rk_policy_free(&t->read); }
