#include "cli/photo_paths.h"

#include "base/limits.h"
#include "base/mem.h"
#include "files/list.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>

static bool photo_name(const char *path) {
    static const char *const end[] = {".jpg",  ".jpeg", ".png", ".heic",
                                      ".heif", ".webp", ".bmp", ".tif"};
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < sizeof end / sizeof *end; i++)
        if (strcasecmp(dot, end[i]) == 0) return true;
    return false;
}

static bool is_folder(const char *path) {
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static rk_status add(cli_photo_paths *p, const char *path, rk_err *err) {
    if (p->n == RK_READ_PHOTOS_MAX)
        return rk_fail(err, RK_LIMIT, "more than %u photos in one run", RK_READ_PHOTOS_MAX);
    RK_PUSH_ROOM(p->path, p->n, p->cap);
    p->path[p->n++] = rk_dup(path, strlen(path) + 1);
    return RK_OK;
}

static rk_status add_folder(cli_photo_paths *p, const char *dir, unsigned depth, rk_err *err) {
    char **name = NULL, path[4096];
    uint32_t n = 0;
    if (depth == RK_PHOTO_FOLDERS_MAX)
        return rk_fail(err, RK_LIMIT, "%s: folders lie more than %u deep", dir,
                       RK_PHOTO_FOLDERS_MAX);
    RK_TRY(rk_dir_list(dir, "", RK_READ_PHOTOS_MAX * 2, &name, &n, err));
    rk_status s = RK_OK;
    for (uint32_t i = 0; i < n && s == RK_OK; i++) {
        int len = snprintf(path, sizeof path, "%s/%s", dir, name[i]);
        if (len < 0 || len >= (int)sizeof path)
            s = rk_fail(err, RK_LIMIT, "%s: a path in it is too long", dir);
        else if (is_folder(path))
            s = add_folder(p, path, depth + 1, err); /* at most RK_PHOTO_FOLDERS_MAX deep */
        else if (photo_name(path))
            s = add(p, path, err);
        else
            p->passed_over++;
    }
    rk_dir_list_free(&name, n);
    return s;
}

static int by_path(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

rk_status cli_photo_paths_find(char **given, int n, cli_photo_paths *p, rk_err *err) {
    *p = (cli_photo_paths){0};
    for (int i = 0; i < n; i++)
        RK_TRY(is_folder(given[i]) ? add_folder(p, given[i], 0, err) : add(p, given[i], err));
    if (p->n) qsort(p->path, p->n, sizeof *p->path, by_path);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < p->n; i++) {
        if (kept && strcmp(p->path[kept - 1], p->path[i]) == 0)
            rk_free(p->path[i]);
        else
            p->path[kept++] = p->path[i];
    }
    p->n = kept;
    return RK_OK;
}

void cli_photo_paths_free(cli_photo_paths *p) {
    for (uint32_t i = 0; i < p->n; i++) rk_free(p->path[i]);
    rk_free(p->path);
    *p = (cli_photo_paths){0};
}
