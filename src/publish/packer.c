#include "publish/packer.h"

#include "base/limits.h"
#include "base/mem.h"
#include "files/stream.h"

#include <pthread.h>
#include <string.h>
#include <unistd.h>

struct job {
    char *from, *to, *path, *suffix;
    rk_status result;
    rk_err err;
    rk_sha256 hash;
    uint64_t bytes;
};

struct rk_packer {
    pthread_mutex_t lock;
    pthread_cond_t more, done;
    pthread_t thread[RK_PACK_THREADS_MAX];
    unsigned n_thread;
    struct job **job; /* each stays where it is */
    uint32_t n, cap, begun, finished;
    bool stop;
};

static char *copy(rk_slice s) {
    char *p = rk_alloc(s.len + 1);
    if (s.len) memcpy(p, s.ptr, s.len);
    return p;
}

static void work(struct job *j) {
    j->result = rk_file_pack(j->from, j->to, &j->err);
    if (j->result == RK_OK) j->result = rk_file_hash(j->to, &j->hash, &j->bytes, &j->err);
}

static void *run(void *ctx) {
    rk_packer *p = ctx;
    (void)pthread_mutex_lock(&p->lock);
    for (;;) {
        while (!p->stop && p->begun == p->n) (void)pthread_cond_wait(&p->more, &p->lock);
        if (p->stop) break;
        struct job *j = p->job[p->begun++];
        (void)pthread_mutex_unlock(&p->lock);
        work(j);
        (void)pthread_mutex_lock(&p->lock);
        p->finished++;
        (void)pthread_cond_signal(&p->done);
    }
    (void)pthread_mutex_unlock(&p->lock);
    return NULL;
}

rk_packer *rk_packer_new(void) {
    rk_packer *p = rk_alloc(sizeof *p);
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned want = cpus < 1                     ? 1
                    : cpus > RK_PACK_THREADS_MAX ? RK_PACK_THREADS_MAX
                                                 : (unsigned)cpus;
    RK_ASSERT(pthread_mutex_init(&p->lock, NULL) == 0);
    RK_ASSERT(pthread_cond_init(&p->more, NULL) == 0 && pthread_cond_init(&p->done, NULL) == 0);
    while (p->n_thread < want && pthread_create(&p->thread[p->n_thread], NULL, run, p) == 0)
        p->n_thread++;
    return p;
}

void rk_packer_add(rk_packer *p, const char *from, const char *to, rk_slice path,
                   const char *suffix) {
    struct job *j = rk_alloc(sizeof *j);
    j->from = copy(rk_slice_str(from));
    j->to = copy(rk_slice_str(to));
    j->path = copy(path);
    j->suffix = copy(rk_slice_str(suffix));
    (void)pthread_mutex_lock(&p->lock);
    RK_PUSH_ROOM(p->job, p->n, p->cap);
    p->job[p->n++] = j;
    (void)pthread_cond_signal(&p->more);
    (void)pthread_mutex_unlock(&p->lock);
}

rk_status rk_packer_each(rk_packer *p, rk_packed_fn *fn, void *ctx, rk_err *err) {
    (void)pthread_mutex_lock(&p->lock);
    if (p->n_thread == 0) /* the system gave none */
        for (; p->begun < p->n; p->finished++) work(p->job[p->begun++]);
    while (p->finished < p->n) (void)pthread_cond_wait(&p->done, &p->lock);
    (void)pthread_mutex_unlock(&p->lock);
    for (uint32_t i = 0; i < p->n; i++) {
        const struct job *j = p->job[i];
        if (j->result != RK_OK) return rk_fail(err, j->result, "%s", j->err.text);
        RK_TRY(fn(ctx, rk_slice_str(j->path), j->suffix, &j->hash, j->bytes, err));
    }
    return RK_OK;
}

void rk_packer_free(rk_packer **pp) {
    rk_packer *p = *pp;
    if (!p) return;
    (void)pthread_mutex_lock(&p->lock);
    p->stop = true;
    (void)pthread_cond_broadcast(&p->more);
    (void)pthread_mutex_unlock(&p->lock);
    for (unsigned i = 0; i < p->n_thread; i++) (void)pthread_join(p->thread[i], NULL);
    for (uint32_t i = 0; i < p->n; i++) {
        rk_free(p->job[i]->from), rk_free(p->job[i]->to);
        rk_free(p->job[i]->path), rk_free(p->job[i]->suffix);
        rk_free(p->job[i]);
    }
    rk_free(p->job);
    (void)pthread_cond_destroy(&p->more);
    (void)pthread_cond_destroy(&p->done);
    (void)pthread_mutex_destroy(&p->lock);
    rk_free(p);
    *pp = NULL;
}
