/* The clock and the line that says how far a long piece of work is. */
#include "files/files.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define TTY_MS 100u
#define PLAIN_MS 5000u

uint32_t rk_now(void) { return (uint32_t)time(NULL); }

static uint64_t now_ms(void) {
    struct timespec t;
    RK_ASSERT(clock_gettime(CLOCK_MONOTONIC, &t) == 0);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void show(rk_progress *p, uint64_t done, bool last) {
    const char *head = p->tty ? "\r\x1b[K" : "", *tail = p->tty && !last ? "" : "\n";
    if (p->total)
        (void)fprintf(stderr, "%s%s %llu/%llu (%u%%)%s", head, p->what,
                      (unsigned long long)done, (unsigned long long)p->total,
                      (unsigned)((double)done * 100.0 / (double)p->total), tail);
    else
        (void)fprintf(stderr, "%s%s %llu%s", head, p->what, (unsigned long long)done, tail);
    (void)fflush(stderr);
    p->shown = true;
}

void rk_progress_start(rk_progress *p, const char *what, uint64_t total, bool quiet) {
    *p = (rk_progress){.what = what, .total = total, .last_ms = now_ms(), .quiet = quiet};
    p->tty = !quiet && isatty(STDERR_FILENO) == 1;
}

void rk_progress_at(rk_progress *p, uint64_t done) {
    if (p->quiet) return;
    uint64_t ms = now_ms();
    if (ms - p->last_ms < (p->tty ? TTY_MS : PLAIN_MS)) return;
    p->last_ms = ms;
    show(p, done, false);
}

/* Work that was over before the first line was due stays silent. */
void rk_progress_end(rk_progress *p, uint64_t done) {
    if (!p->quiet && p->shown) show(p, done, true);
}
