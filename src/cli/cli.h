/* The command line: one verb a file. A verb parses its options, calls the services, prints.
 * Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 done but rows were left out
 * (--keep-going). */
#ifndef RK_CLI_CLI_H
#define RK_CLI_CLI_H

#include "base/sink.h"
#include "intake/dir.h"

enum { CLI_OK = 0, CLI_FAILED = 1, CLI_USAGE = 2, CLI_LEFT_OUT = 3 };

typedef struct cli_verb {
    const char *name;
    const char *summary;
    const char *help; /* begins with "usage: rekap NAME ..." */
    int (*run)(int argc, char **argv);
} cli_verb;

extern const cli_verb cli_disclose, cli_ppid, cli_init, cli_wilayah, cli_kontes, cli_import,
    cli_recap, cli_check, cli_export, cli_publish, cli_serve, cli_recount, cli_resmi,
    cli_banding, cli_kunci, cli_limits, cli_read, cli_antrean, cli_hasil, cli_kursi;
extern const cli_verb cli_saksi; /* witnesses */
extern const cli_verb cli_form;  /* printed forms */

extern const cli_verb cli_residency; /* where data may go */

extern const cli_verb cli_archive_verb, cli_export_db; /* earlier elections, databases */

extern const cli_verb cli_node, cli_sbom; /* what this program is */

extern const cli_verb cli_release, cli_verify_release, cli_kirim,
    cli_mirror; /* raw files, every day */

/* One option of a verb: "--name VALUE" (value != NULL) or "--name" (flag != NULL); "-n VALUE"
 * when the name is one letter. */
typedef struct cli_option {
    const char *name;
    const char **value;
    bool *flag;
} cli_option;

/* Takes options out of argv (in any place; "--" ends them) and leaves the rest in
 * argv[0..*argc). On a wrong option prints what is wrong and how to get help and returns false.
 */
bool cli_parse(const cli_verb *v, int *argc, char **argv, const cli_option *options);
/* Prints "rekap VERB: text" and where to find help; returns CLI_USAGE. */
int cli_usage(const cli_verb *v, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Prints an error ("rekap: FILE:LINE:COLUMN: text") and returns CLI_FAILED. file may be NULL.
 */
int cli_failed(const char *file, const rk_err *err);
/* Bytes to standard output; a closed pipe ends the program quietly. */
rk_sink cli_stdout(void);
/* Opens the directory for reading and finds the contest. */
rk_status cli_open(const char *dir, const char *contest, uint64_t limit, rk_dir *out,
                   uint32_t *contest_no, rk_err *err);
/* Finds a region by code for --wilayah ("0" or NULL = the nation). */
rk_status cli_region(const rk_dir *d, const char *code, uint32_t *node, rk_err *err);
/* The last part of a path. */
const char *cli_basename(const char *path);

#endif
