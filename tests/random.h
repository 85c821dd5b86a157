/* Random numbers for property tests: the seed is printed, REKAP_SEED=n replays a run. */
#ifndef RK_TESTS_RANDOM_H
#define RK_TESTS_RANDOM_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static uint64_t rnd_state;

static inline uint64_t rnd64(void) {
    uint64_t x = rnd_state += 0x9E3779B97F4A7C15ull;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
    return x ^ (x >> 31);
}
/* 0 .. n-1 */
static inline uint32_t rnd(uint32_t n) { return (uint32_t)(rnd64() % (n ? n : 1)); }
static inline int rnd_one_in(uint32_t n) { return rnd(n) == 0; }

/* Call once at the start of each property. */
static inline void rnd_start(const char *what) {
    const char *given = getenv("REKAP_SEED");
    rnd_state = (uint64_t)time(NULL) * 1000003u + (uint64_t)getpid();
    rnd_state = given ? strtoull(given, NULL, 10) : rnd64();
    printf("%s: REKAP_SEED=%llu\n", what, (unsigned long long)rnd_state);
    fflush(stdout);
}

#endif
