/* The photos that a command line names: files, and what lies in folders. */
#ifndef RK_CLI_PHOTO_PATHS_H
#define RK_CLI_PHOTO_PATHS_H

#include "base/err.h"

typedef struct cli_photo_paths {
    char **path; /* sorted, each once; owned */
    uint32_t n, cap;
    uint32_t passed_over; /* files in folders that are no photos by their name */
} cli_photo_paths;

/* Folders are gone through to RK_PHOTO_FOLDERS_MAX levels; in them only names that end as
 * photos' do count, a file named by itself always does. RK_NOT_FOUND, RK_IO, RK_LIMIT past
 * RK_READ_PHOTOS_MAX. */
rk_status cli_photo_paths_find(char **given, int n, cli_photo_paths *out, rk_err *err);
void cli_photo_paths_free(cli_photo_paths *p);

#endif
