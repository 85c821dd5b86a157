/* What the public log costs: leaf hashes, the tree, signatures. One process, one thread.
 *   merkle [REPS]
 * One line a job: name, wall ms (min, median), CPU ms (min); for signatures also how many a
 * second of CPU. The leaves are 823,236 records of 48 bytes, 49 with their prefix. The lines
 * "bare" do the same with OpenSSL's low-level calls and nothing around them: the bound to
 * compare with, in the same run. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "base/ed25519.h"
#include "base/err.h"
#include "base/mem.h"
#include "core/merkle.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { LEAVES = 823236, MAX_REPS = 31, SIGNATURES = 4000, RECORD = 48, MESSAGE = 150 };

static struct {
    rk_sha256 *leaf, *work;
    rk_frontier tree;
    rk_sha256 root;
    char message[MESSAGE];
    rk_ed25519_secret secret;
    rk_ed25519_public key;
    rk_ed25519_sig sig;
    EVP_PKEY *openssl_key;
    EVP_MD_CTX *openssl;
} b;

static double now(clockid_t c) {
    struct timespec t;
    clock_gettime(c, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int ascending(const void *a, const void *c) {
    double x = *(const double *)a, y = *(const double *)c;
    return (x > y) - (x < y);
}

/* Returns the least CPU time. */
static double timed(const char *name, int reps, unsigned per_second_of, void (*run)(void)) {
    double wall[MAX_REPS], cpu[MAX_REPS];
    for (int i = 0; i < reps; i++) {
        double w = now(CLOCK_MONOTONIC), c = now(CLOCK_PROCESS_CPUTIME_ID);
        run();
        wall[i] = now(CLOCK_MONOTONIC) - w;
        cpu[i] = now(CLOCK_PROCESS_CPUTIME_ID) - c;
    }
    qsort(wall, (size_t)reps, sizeof *wall, ascending);
    qsort(cpu, (size_t)reps, sizeof *cpu, ascending);
    printf("%-34s %10.3f %10.3f %10.3f", name, wall[0], wall[reps / 2], cpu[0]);
    if (per_second_of) printf("  %8.0f/s", per_second_of / cpu[0] * 1e3);
    printf("\n");
    fflush(stdout);
    return cpu[0];
}

static void record(uint32_t i, unsigned char out[1 + RECORD]) {
    memset(out, 7, 1 + RECORD);
    out[0] = 0;
    memcpy(out + 1, &i, sizeof i);
}

static void bare_hash(const unsigned char *p, size_t n, rk_sha256 *out) {
    SHA256_CTX c;
    SHA256_Init(&c);
    SHA256_Update(&c, p, n);
    SHA256_Final(out->b, &c);
}

static void bare_leaves(void) {
    unsigned char r[1 + RECORD];
    for (uint32_t i = 0; i < LEAVES; i++) record(i, r), bare_hash(r, sizeof r, &b.work[i]);
}

static void bare_tree(void) {
    unsigned char u[65] = {1};
    size_t n = LEAVES;
    memcpy(b.work, b.leaf, LEAVES * sizeof *b.work);
    while (n > 1) {
        size_t m = 0;
        for (size_t i = 0; i < n; i += 2, m++) {
            if (i + 1 == n) {
                b.work[m] = b.work[i];
                continue;
            }
            memcpy(u + 1, &b.work[i], 64);
            bare_hash(u, sizeof u, &b.work[m]);
        }
        n = m;
    }
}

static void leaves(void) {
    unsigned char r[1 + RECORD];
    for (uint32_t i = 0; i < LEAVES; i++) {
        record(i, r);
        b.leaf[i] = rk_merkle_leaf((rk_slice){(char *)r + 1, RECORD});
    }
}

static void tree(void) {
    b.tree = (rk_frontier){0};
    for (uint32_t i = 0; i < LEAVES; i++) rk_frontier_append(&b.tree, &b.leaf[i]);
    b.root = rk_frontier_root(&b.tree);
}

static rk_slice message(void) { return (rk_slice){b.message, sizeof b.message}; }

static void sign(void) {
    for (unsigned i = 0; i < SIGNATURES; i++) rk_ed25519_sign(&b.secret, message(), &b.sig);
}

static void verify(void) {
    for (unsigned i = 0; i < SIGNATURES; i++)
        RK_ASSERT(rk_ed25519_verify(&b.key, message(), &b.sig));
}

static void openssl_verify(void) {
    for (unsigned i = 0; i < SIGNATURES; i++) {
        EVP_MD_CTX_reset(b.openssl);
        RK_ASSERT(EVP_DigestVerifyInit(b.openssl, NULL, NULL, NULL, b.openssl_key) == 1);
        RK_ASSERT(EVP_DigestVerify(b.openssl, b.sig.b, sizeof b.sig.b,
                                   (const unsigned char *)b.message, sizeof b.message) == 1);
    }
}

int main(int argc, char **argv) {
    int reps = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 7;
    if (reps < 1 || reps > MAX_REPS) return fprintf(stderr, "merkle [1..%d]\n", MAX_REPS), 2;
    const rk_ed25519_seed seed = {{1, 2, 3}};
    b.leaf = rk_calloc(LEAVES, sizeof *b.leaf);
    b.work = rk_calloc(LEAVES, sizeof *b.work);
    rk_ed25519_key(&seed, &b.secret, &b.key);
    b.openssl_key =
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, b.key.b, sizeof b.key.b);
    b.openssl = EVP_MD_CTX_new();
    RK_ASSERT(b.openssl_key && b.openssl);
    printf("%-34s %10s %10s %10s\n", "job", "wall min", "median", "cpu min");
    double bare = timed("bare: 823,236 leaf hashes", reps, 0, bare_leaves);
    double ours = timed("823,236 leaf hashes", reps, 0, leaves);
    bare += timed("bare: 823,235 node hashes", reps, 0, bare_tree);
    ours += timed("tree of 823,236 leaves", reps, 0, tree);
    RK_ASSERT(rk_merkle_eq(&b.root, &b.work[0]));
    printf("leaves and tree: %.2f of bare\n", ours / bare);
    timed("Ed25519 sign, 150 bytes", reps, SIGNATURES, sign);
    timed("Ed25519 verify, 150 bytes", reps, SIGNATURES, verify);
    timed("the same by OpenSSL", reps, SIGNATURES, openssl_verify);
    EVP_MD_CTX_free(b.openssl);
    EVP_PKEY_free(b.openssl_key);
    rk_free(b.leaf);
    rk_free(b.work);
    return 0;
}
