/* writer_crash KILLS [DIR]: a process with 50 senders is killed (SIGKILL) at random moments and
 * started again, KILLS times. What was acknowledged is read from a pipe and held against the
 * log after each kill: none lost, none twice, every checkpoint handed out is one of the tree.
 */
#include "program.h"
#include "writer_load.h"

#include "base/mem.h"
#include "random.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct sender {
    pthread_t thread;
    rk_writer *w;
    uint32_t no, seq;
    int to_parent;
};

static void *sending(void *ctx) {
    struct sender *s = ctx;
    for (;; s->seq++) {
        load_ack a;
        rk_err err = RK_ERR_INIT;
        if (load_send(s->w, s->no, s->seq, &a, &err) != RK_OK) load_die("submit", &err);
        if (write(s->to_parent, &a, sizeof a) != sizeof a) _exit(1);
    }
}

/* The child: opens, says it is ready (an ack of sender UINT32_MAX), sends for ever. */
static void child(const char *dir, int to_parent, const uint32_t *seq) {
    rk_err err = RK_ERR_INIT;
    rk_dir d;
    rk_writer *w;
    static struct sender s[LOAD_SENDERS];
    if (rk_dir_open(dir, RK_STORE_WRITE, UINT64_MAX, &d, &err) != RK_OK) load_die("open", &err);
    if (rk_writer_open(&d, &w, &err) != RK_OK) load_die("writer", &err);
    load_ack ready = {.sender = UINT32_MAX};
    if (write(to_parent, &ready, sizeof ready) != sizeof ready) _exit(1);
    for (uint32_t i = 0; i < LOAD_SENDERS; i++) {
        s[i] = (struct sender){.w = w, .no = i, .seq = seq[i], .to_parent = to_parent};
        if (pthread_create(&s[i].thread, NULL, sending, &s[i]) != 0) _exit(1);
    }
    for (;;) pause();
}

static double now(void) {
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct ledger {
    uint32_t next[LOAD_SENDERS]; /* first seq that was not acknowledged */
    load_ack *ack;               /* of this round */
    uint32_t n, cap;
    uint64_t acked, lost;
    double slowest;
};

static void take_acks(struct ledger *l, int fd) {
    load_ack a;
    while (read(fd, &a, sizeof a) == sizeof a) {
        if (a.sender >= LOAD_SENDERS) continue;
        RK_PUSH_ROOM(l->ack, l->n, l->cap);
        l->ack[l->n++] = a;
        l->next[a.sender] = a.seq + 1;
    }
}

/* Waits until the child is ready, lets it work for a random while, kills it. */
static void one_round(const char *dir, struct ledger *l) {
    int fd[2], status;
    if (pipe(fd) != 0) load_die("pipe", NULL);
    double start = now();
    pid_t pid = fork();
    if (pid == 0) {
        close(fd[0]);
        child(dir, fd[1], l->next);
    }
    close(fd[1]);
    load_ack ready;
    if (read(fd[0], &ready, sizeof ready) != sizeof ready)
        load_die("the child did not start", NULL);
    double took = now() - start;
    if (took > l->slowest) l->slowest = took;
    l->n = 0;
    double end = now() + rnd(60000) / 1e6;
    bool first =
        rnd_one_in(2); /* half of the kills come at a random time after the first ack */
    /* the pipe must not fill up, or the senders would stand still */
    for (int i = 0; i < 20000 && (now() < end || (first && !l->n)); i++) {
        fd_set r;
        FD_ZERO(&r);
        FD_SET(fd[0], &r);
        struct timeval t = {0, 1000};
        if (select(fd[0] + 1, &r, NULL, NULL, &t) == 1) {
            load_ack a;
            if (read(fd[0], &a, sizeof a) != sizeof a) break;
            RK_PUSH_ROOM(l->ack, l->n, l->cap);
            l->ack[l->n++] = a;
            l->next[a.sender] = a.seq + 1;
            if (first && l->n == 1) end = now() + rnd(60000) / 1e6;
        }
    }
    (void)kill(pid, SIGKILL);
    if (waitpid(pid, &status, 0) != pid || !WIFSIGNALED(status))
        load_die("the child died by itself", NULL);
    take_acks(l, fd[0]);
    close(fd[0]);
}

static void renew_cache(const char *dir) {
    rk_dir d;
    rk_err err = RK_ERR_INIT;
    if (rk_dir_open(dir, RK_STORE_WRITE, UINT64_MAX, &d, &err) != RK_OK)
        load_die("reopen", &err);
    d.sound = true;
    rk_dir_close(&d);
}

int main(int argc, char **argv) {
    unsigned kills = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 20;
    char temp[] = "/tmp/rekap-crash-XXXXXX", dir[300];
    const char *base = argc > 2 ? argv[2] : mkdtemp(temp);
    (void)snprintf(dir, sizeof dir, "%s/e", base);
    rnd_start("writer_crash");
    (void)signal(SIGPIPE, SIG_IGN);
    load_make(dir);
    load_seen seen = {0};
    struct ledger l = {0};
    (void)load_read(&seen, dir);
    uint64_t in_commit = 0;
    for (unsigned i = 0; i < kills; i++) {
        one_round(dir, &l);
        uint64_t before = l.acked, size = load_read(&seen, dir);
        for (uint32_t k = 0; k < l.n; k++) l.lost += !load_holds(&seen, &l.ack[k]);
        l.acked += l.n;
        in_commit += size > 0 && l.acked > before;
        if (l.lost || seen.twice) {
            printf("round %u: %llu acknowledged forms lost or moved, %llu entries twice\n", i,
                   (unsigned long long)l.lost, (unsigned long long)seen.twice);
            return 1;
        }
        if (i % 50 == 49) {
            renew_cache(dir);
            printf("%u kills: %llu entries, %llu acknowledged, slowest start %.2f s\n", i + 1,
                   (unsigned long long)size, (unsigned long long)l.acked, l.slowest);
            fflush(stdout);
        }
    }
    printf("%u kills under %u senders: %llu acknowledged, 0 lost, 0 twice, every checkpoint "
           "consistent; %llu entries, slowest start %.2f s\n",
           kills, LOAD_SENDERS, (unsigned long long)l.acked, (unsigned long long)seen.tree.size,
           l.slowest);
    if (argc <= 2 && !program_ran((const char *const[]){"rm", "-rf", base, NULL})) return 1;
    return l.acked > kills ? 0 : 1; /* a run that acknowledged nothing tests nothing */
}
