#include "verify/pool.h"

#include "base/mem.h"

#include <pthread.h>
#include <stdatomic.h>

enum { PIECE = 8 }; /* signatures taken at a time */

struct rk_pool {
    unsigned threads; /* besides the caller's */
    pthread_t thread[RK_JOBS_MAX];
    pthread_mutex_t lock;
    pthread_cond_t work, idle;
    uint64_t round;
    unsigned busy;
    bool ends;
    rk_slice origin;
    rk_sigjob *job;
    size_t n;
    atomic_size_t next;
};

static void take(rk_pool *p) {
    for (;;) {
        size_t i = atomic_fetch_add(&p->next, PIECE);
        if (i >= p->n) return;
        for (size_t end = i + PIECE; i < end && i < p->n; i++)
            p->job[i].right = rk_entry_signed_by(p->job[i].entry, p->origin, &p->job[i].key);
    }
}

static void *thread(void *ctx) {
    rk_pool *p = ctx;
    uint64_t seen = 0;
    pthread_mutex_lock(&p->lock);
    for (;;) {
        while (p->round == seen && !p->ends) pthread_cond_wait(&p->work, &p->lock);
        if (p->ends) break;
        seen = p->round;
        pthread_mutex_unlock(&p->lock);
        take(p);
        pthread_mutex_lock(&p->lock);
        if (--p->busy == 0) pthread_cond_signal(&p->idle);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

rk_pool *rk_pool_new(unsigned jobs) {
    rk_pool *p = rk_alloc(sizeof *p);
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->work, NULL);
    pthread_cond_init(&p->idle, NULL);
    for (; p->threads + 1 < jobs && p->threads < RK_JOBS_MAX; p->threads++)
        if (pthread_create(&p->thread[p->threads], NULL, thread, p) != 0) break;
    return p;
}

void rk_pool_free(rk_pool **pp) {
    rk_pool *p = *pp;
    if (!p) return;
    pthread_mutex_lock(&p->lock);
    p->ends = true;
    pthread_cond_broadcast(&p->work);
    pthread_mutex_unlock(&p->lock);
    for (unsigned i = 0; i < p->threads; i++) pthread_join(p->thread[i], NULL);
    pthread_cond_destroy(&p->work);
    pthread_cond_destroy(&p->idle);
    pthread_mutex_destroy(&p->lock);
    rk_free(p);
    *pp = NULL;
}

void rk_pool_check(void *pool, rk_slice origin, rk_sigjob *job, size_t n) {
    rk_pool *p = pool;
    bool share = p->threads && n > PIECE;
    pthread_mutex_lock(&p->lock);
    p->origin = origin, p->job = job, p->n = n;
    atomic_store(&p->next, 0);
    if (share) p->round++, p->busy = p->threads, pthread_cond_broadcast(&p->work);
    pthread_mutex_unlock(&p->lock);
    take(p);
    if (!share) return;
    pthread_mutex_lock(&p->lock);
    while (p->busy) pthread_cond_wait(&p->idle, &p->lock);
    pthread_mutex_unlock(&p->lock);
}
