/* What a server shows of one election's log beside its entries: the newest signed checkpoint,
 * the cosignatures that were gathered for it, what the witnesses said, and what speaks against
 * the log. It reads the store's head and the files that rounds of witnesses leave in the
 * directory (intake/cosigned.h), whoever makes them; it asks nobody itself.
 *
 * Which checkpoint is shown: the newest one that a quorum has cosigned, as long as nothing
 * newer was signed or RK_COSIGNED_LAG_S seconds have not passed since; then the newest one with
 * whatever cosignatures it has. So clients with a policy are served while rounds go through,
 * and the others are not kept waiting when witnesses are away. */
#ifndef RK_SERVE_SERVED_LOG_H
#define RK_SERVE_SERVED_LOG_H

#include "gather/report.h"
#include "log/batch.h"
#include "log/log.h"

#define RK_COSIGNED_LAG_S 60u

struct rk_file_stamp {
    uint64_t ino, size;
    int64_t s, ns;
};

typedef struct rk_served_log {
    bool is_signed; /* there is a checkpoint */
    rk_log_head head;
    rk_gather_report report;
    bool has_report;
    rk_buf policy, alarm, seen, cosigned;
    uint64_t cosigned_size; /* 0 = none that is of this log */
    uint64_t behind_ms;     /* since when cosigned is not the newest; 0 = it is */
    rk_buf shown;           /* the checkpoint that is handed out */
    uint64_t shown_size;
    uint64_t version; /* changes whenever any of this does */
    struct rk_file_stamp stamp[7];
    rk_batch_tree batch; /* the last file of forms that something was proven in */
} rk_served_log;

void rk_served_log_init(rk_served_log *l);
void rk_served_log_free(rk_served_log *l);
/* Looks at the store and the files again; what cannot be read stays as it was. `loud` = says on
 * standard error what speaks against the log when that is new. */
void rk_served_log_refresh(rk_served_log *l, const char *dir, rk_store *s, uint64_t now_ms,
                           bool loud);

#endif
