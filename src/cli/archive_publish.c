/* rekap archive publish: the archive as plain files for any web server. */
#include "publish/archive.h"

#include "base/mem.h"
#include "cli/archive.h"
#include "files/files.h"

#include <stdio.h>

static rk_status make(struct cli_archive *w, rk_report *r, rk_err *err) {
    rk_diffs known;
    RK_TRY(cli_archive_known(w, &known, err));
    rk_status s = rk_archive_report(w->a, &known, r, err);
    rk_free(known.at);
    return s;
}

int cli_archive_publish(struct cli_archive *w, int argc, char **argv) {
    rk_err err = RK_ERR_INIT;
    rk_report r = {0};
    if (argc != 1)
        return cli_usage(&cli_archive_verb, "publish needs the directory to write to");
    int code = cli_archive_open(w, true);
    if (code != CLI_OK) return code;
    rk_status s = make(w, &r, &err);
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < r.n; i++) bytes += r.file[i]->bytes.len;
    if (s == RK_OK && !w->dry_run) s = rk_report_write(&r, argv[0], &err);
    if (s == RK_OK)
        printf("%s: %u files, %llu bytes%s; %u series, %u kabupaten/kota\n", argv[0], r.n,
               (unsigned long long)bytes, w->dry_run ? " would be written" : "", w->a->n_series,
               w->a->n_codes);
    rk_report_free(&r);
    rk_arsip_free(&w->a);
    return s == RK_OK ? CLI_OK : cli_failed(NULL, &err);
}
