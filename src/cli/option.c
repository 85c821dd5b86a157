/* Options, messages, standard output: what every program with rekap's command line shares. */
#include "cli/cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

static const cli_option *find_option(const cli_option *o, const char *arg, size_t n) {
    for (; o->name; o++)
        if (strlen(o->name) == n && strncmp(o->name, arg, n) == 0) return o;
    return NULL;
}

/* "-o" and the like, where the verb has such an option: its name is one letter. */
static bool short_option(const cli_option *options, const char *arg) {
    return arg[0] == '-' && arg[1] != '\0' && arg[2] == '\0' &&
           find_option(options, arg + 1, 1);
}

bool cli_parse(const cli_verb *v, int *argc, char **argv, const cli_option *options) {
    int kept = 0;
    for (int i = 0; i < *argc; i++) {
        char *a = argv[i];
        if (strcmp(a, "--") == 0) {
            for (i++; i < *argc; i++) argv[kept++] = argv[i];
            break;
        }
        if (strncmp(a, "--", 2) != 0 && !short_option(options, a)) {
            argv[kept++] = a;
            continue;
        }
        const char *eq = strchr(a, '=');
        a += a[1] == '-' ? 2 : 1;
        const cli_option *o = find_option(options, a, eq ? (size_t)(eq - a) : strlen(a));
        if (!o || (o->flag && eq))
            return (void)cli_usage(v, "unknown option '%s'", argv[i]), false;
        if (o->flag)
            *o->flag = true;
        else if (eq)
            *o->value = eq + 1;
        else if (i + 1 < *argc)
            *o->value = argv[++i];
        else
            return (void)cli_usage(v, "option '%s' needs a value", argv[i]), false;
    }
    *argc = kept;
    return true;
}

int cli_usage(const cli_verb *v, const char *fmt, ...) {
    va_list ap;
    fprintf(stderr, "rekap %s: ", v->name);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fprintf(stderr, " ('rekap %s --help' explains)\n", v->name);
    return CLI_USAGE;
}

int cli_failed(const char *file, const rk_err *err) {
    fprintf(stderr, "rekap: ");
    if (file) fprintf(stderr, "%s:", file);
    if (err->line) fprintf(stderr, "%zu:", err->line);
    if (err->line && err->column) fprintf(stderr, "%zu:", err->column);
    fprintf(stderr, "%s%s\n", file ? " " : "", err->text);
    return CLI_FAILED;
}

static rk_status write_stdout(void *ctx, rk_slice b, rk_err *err) {
    (void)ctx;
    while (b.len) {
        ssize_t n = write(STDOUT_FILENO, b.ptr, b.len);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno == EPIPE) _exit(CLI_FAILED);
        if (n < 0)
            return rk_fail(err, RK_IO, "cannot write to standard output: %s", strerror(errno));
        b = rk_slice_from(b, (size_t)n);
    }
    return RK_OK;
}

rk_sink cli_stdout(void) { return (rk_sink){write_stdout, NULL}; }

const char *cli_basename(const char *path) {
    const char *s = strrchr(path, '/');
    return s ? s + 1 : path;
}
