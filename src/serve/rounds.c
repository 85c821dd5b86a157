#include "serve/rounds.h"

#include "base/limits.h"
#include "files/files.h"
#include "intake/keluar.h"
#include "intake/saksi.h"

#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TICK_S = 2, REST_S = 30, AGAIN_MS = 5000 };

static bool has_policy(const char *dir) {
    char path[4096];
    int n = snprintf(path, sizeof path, "%s/policy", dir);
    return n > 0 && n < (int)sizeof path && rk_file_there(path);
}

/* ===== in the process ===== */

struct watched {
    const char *dir;
    rk_saksi *saksi;
    uint32_t next; /* when the next round is due */
    bool told;
};

/* The policy and the keys may change: everything is opened anew from time to time. */
static void round_of(struct watched *w, uint32_t now) {
    const rk_gather_report *report;
    rk_err err = RK_ERR_INIT;
    if (w->saksi && now < w->next && rk_saksi_content(w->saksi)) return;
    if (now >= w->next) rk_saksi_close(&w->saksi);
    rk_status s = w->saksi ? RK_OK : rk_saksi_open(w->dir, &w->saksi, &err);
    if (s == RK_OK) s = rk_saksi_round(w->saksi, &report, &err);
    if (s != RK_OK && !w->told) fprintf(stderr, "rekap: %s: witnesses: %s\n", w->dir, err.text);
    w->told = s != RK_OK;
    if (now >= w->next) w->next = now + REST_S;
}

_Noreturn static void child(const rk_rounds *r) {
    struct watched w[RK_SERVED_MAX] = {0};
    static rk_outflow parents;
    (void)rk_outflow_take(&parents, 0); /* what the server asked is the server's to count */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGINT, SIG_IGN); /* the terminal's Ctrl-C is for the parent, which ends this one */
    signal(SIGTERM, SIG_DFL);
    signal(SIGPIPE, SIG_IGN);
    (void)close_range(3, ~0u, 0);
    for (;;) {
        if (getppid() == 1) _exit(0);
        for (uint32_t i = 0; i < r->n; i++) {
            w[i].dir = r->dir[i];
            if (has_policy(r->dir[i]))
                round_of(&w[i], rk_now());
            else
                rk_saksi_close(&w[i].saksi);
        }
        sleep(TICK_S);
    }
}

/* ===== in the server ===== */

static void start(rk_rounds *r) {
    bool any = false;
    for (uint32_t i = 0; i < r->n; i++) any = any || has_policy(r->dir[i]);
    if (!any) return;
    (void)fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) child(r);
    r->pid = pid > 0 ? pid : 0;
}

void rk_rounds_start(rk_rounds *r, const char *const *dir, uint32_t n) {
    *r = (rk_rounds){.dir = dir, .n = n};
    start(r);
}

void rk_rounds_watch(rk_rounds *r, uint64_t now_ms) {
    int status;
    if (!r->n || now_ms < r->next_ms) return;
    r->next_ms = now_ms + AGAIN_MS;
    if (r->pid && waitpid(r->pid, &status, WNOHANG) == r->pid) r->pid = 0;
    if (!r->pid) start(r);
}

void rk_rounds_stop(rk_rounds *r) {
    if (r->pid) {
        kill(r->pid, SIGKILL);
        (void)waitpid(r->pid, NULL, 0);
    }
    *r = (rk_rounds){0};
}
