/* A receiver (tests/receivers.py) as a child of the test: started, asked for its facts, told
 * how to behave, ended. A test that needs one which cannot run here is skipped with its reason.
 */
#ifndef RK_TESTS_RECEIVER_H
#define RK_TESTS_RECEIVER_H

#include "files/files.h"

#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct receiver {
    char dir[200];
    pid_t pid;
    json_t *facts;
} receiver;

static inline const char *receiver_text(const receiver *r, const char *key) {
    const char *s = json_string_value(json_object_get(r->facts, key));
    return s ? s : "";
}
static inline unsigned receiver_port(const receiver *r) {
    return (unsigned)json_integer_value(json_object_get(r->facts, "port"));
}

/* "pass", "cut 1000", ... (tests/receivers.py). */
static inline void receiver_mode(const receiver *r, const char *mode) {
    char path[256];
    snprintf(path, sizeof path, "%s/mode", r->dir);
    if (rk_file_write(path, rk_slice_str(mode), false, NULL) != RK_OK) abort();
}

static inline void receiver_stop(receiver *r) {
    if (r->pid > 0) {
        kill(r->pid, SIGTERM);
        waitpid(r->pid, NULL, 0);
    }
    json_decref(r->facts);
    *r = (receiver){.pid = 0};
}

/* more: a third argument or NULL. 0: it runs; 77: it cannot here (it has said why). */
static inline int receiver_start(receiver *r, const char *kind, const char *dir,
                                 const char *more) {
    char program[512], path[256];
    const char *root = getenv("REKAP_ROOT");
    *r = (receiver){.pid = 0};
    snprintf(r->dir, sizeof r->dir, "%s", dir);
    snprintf(program, sizeof program, "%s/tests/receivers.py", root ? root : ".");
    snprintf(path, sizeof path, "%s/ready.json", dir);
    (void)unlink(path);
    r->pid = fork();
    if (r->pid == 0) {
        execlp("python3", "python3", program, kind, dir, more, (char *)NULL);
        _exit(77);
    }
    for (int i = 0; i < 3600; i++) {
        int status;
        if (waitpid(r->pid, &status, WNOHANG) == r->pid) {
            r->pid = 0;
            return WIFEXITED(status) && WEXITSTATUS(status) == 77 ? 77 : 1;
        }
        r->facts = json_load_file(path, 0, NULL);
        if (r->facts) return 0;
        usleep(50000);
    }
    receiver_stop(r);
    return 1;
}

#endif
