/* What a published tree shows of the log: checkpoint, policy, and the key that signs manifests.
 */
#ifndef RK_CLI_LOGPART_H
#define RK_CLI_LOGPART_H

#include "intake/dir.h"
#include "publish/logtree.h"

/* `has` only in a log that is signed. */
typedef struct cli_log_part {
    bool has;
    rk_publish_log log;
    rk_log_head head;
    rk_signer signer;
    rk_buf cosigned, policy;
} cli_log_part;

/* The log as it is now, and d's election folded exactly so far. Free also after a failure. */
rk_status cli_log_part_open(rk_dir *d, cli_log_part *x, rk_err *err);
void cli_log_part_free(cli_log_part *x);
/* Finds the key that signs manifests. NULL, or why they cannot be signed (text in *why). */
const char *cli_log_part_signer(const rk_dir *d, cli_log_part *x, rk_err *why);
/* --foto: public copies of photos into OUT/foto/, and on stderr what is missing. */
rk_status cli_publish_photos(const rk_dir *d, const char *out, rk_err *err);
/* Says on stderr when the newest checkpoint lacks the policy's quorum. */
void cli_log_part_quorum(const rk_dir *d, const cli_log_part *x);

#endif
