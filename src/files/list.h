/* The names in a directory that end in a suffix, sorted bytewise: the order in which files are
 * read must not depend on the file system. Hidden names are passed over. */
#ifndef RK_FILES_LIST_H
#define RK_FILES_LIST_H

#include "base/err.h"

/* *names is freed with rk_dir_list_free. RK_NOT_FOUND, RK_IO, RK_LIMIT past max names. */
rk_status rk_dir_list(const char *dir, const char *suffix, uint32_t max, char ***names,
                      uint32_t *n, rk_err *err);
void rk_dir_list_free(char ***names, uint32_t n);

#endif
