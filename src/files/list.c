#include "files/list.h"

#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

static int by_name(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

rk_status rk_dir_list(const char *dir, const char *suffix, uint32_t max, char ***names,
                      uint32_t *n, rk_err *err) {
    uint32_t cap = 0;
    *names = NULL, *n = 0;
    DIR *d = opendir(dir);
    if (!d)
        return rk_fail(err, errno == ENOENT || errno == ENOTDIR ? RK_NOT_FOUND : RK_IO,
                       "cannot read the directory %s: %s", dir, strerror(errno));
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        rk_slice name = rk_slice_str(e->d_name);
        if (name.ptr[0] == '.' || !rk_slice_ends(name, rk_slice_str(suffix))) continue;
        RK_PUSH_ROOM(*names, *n, cap);
        (*names)[(*n)++] = rk_dup(name.ptr, name.len + 1);
        if (*n > max) {
            (void)closedir(d);
            rk_dir_list_free(names, *n);
            return rk_fail(err, RK_LIMIT, "%s has more than %u files *%s", dir, max, suffix);
        }
    }
    (void)closedir(d);
    if (*n) qsort(*names, *n, sizeof **names, by_name);
    return RK_OK;
}

void rk_dir_list_free(char ***names, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) rk_free((*names)[i]);
    rk_free(*names);
    *names = NULL;
}
