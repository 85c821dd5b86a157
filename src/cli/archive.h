/* What the words of rekap archive share. */
#ifndef RK_CLI_ARCHIVE_H
#define RK_CLI_ARCHIVE_H

#include "arsip/arsip.h"
#include "arsip/check.h"
#include "arsip/rows.h"
#include "cli/cli.h"

struct cli_archive {
    const char *dir, *format, *region, *level, *series, *item, *spec;
    bool compare, dry_run;
    enum rk_rows_format fmt;
    rk_arsip *a;
};

/* Reads the archive; an exit code. */
int cli_archive_open(struct cli_archive *w, bool figures);
/* Writes and frees the list, frees the archive. */
int cli_archive_write(struct cli_archive *w, rk_rows *l);
/* The list of differences that is shipped beside the figures. The caller frees known->at. */
rk_status cli_archive_known(const struct cli_archive *w, rk_diffs *known, rk_err *err);
int cli_archive_publish(struct cli_archive *w, int argc, char **argv);
int cli_archive_import(struct cli_archive *w, int argc, char **argv);

#endif
