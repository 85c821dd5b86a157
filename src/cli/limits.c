#include "base/limits.h"
#include "cli/cli.h"

#include <stdio.h>

static int run_limits(int argc, char **argv) {
    const cli_option o[] = {{0}};
    if (!cli_parse(&cli_limits, &argc, argv, o)) return CLI_USAGE;
    if (argc) return cli_usage(&cli_limits, "takes no file");
#define SHOW(name, what) printf("%-20s %14llu  %s\n", #name, (unsigned long long)(name), what)
    SHOW(RK_ENTRY_MAX, "bytes of one log entry");
    SHOW(RK_CODE_MAX, "bytes of a region, TPS, contest or choice code");
    SHOW(RK_NAME_MAX, "bytes of a name");
    SHOW(RK_REGIONS_MAX, "regions of an election");
    SHOW(RK_TPS_MAX, "stations of an election");
    SHOW(RK_CONTESTS_MAX, "contests of an election");
    SHOW(RK_COLUMNS_MAX, "figures of a form");
    SHOW(RK_CHOICES_MAX, "choices of a contest on one ballot");
    SHOW(RK_RULES_MAX, "rules of a contest");
    SHOW(RK_VALUE_MAX, "largest figure a cell may hold (a contest may allow less: maks)");
    SHOW(RK_FILE_BYTES_MAX, "bytes of an input file, decompressed");
    SHOW(RK_DOCUMENT_MAX, "bytes of a region, contest or official file");
    SHOW(RK_JSON_DOC_MAX, "bytes of one Sirekap document");
    return CLI_OK;
}

const cli_verb cli_limits = {"limits", "show every limit",
                             "usage: rekap limits\n\nShows every limit of the program. Nothing "
                             "grows past them; what would is refused.\n",
                             run_limits};
