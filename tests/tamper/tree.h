/* A published tree in memory that can be changed and verified, in one process. */
#ifndef TESTS_TAMPER_TREE_H
#define TESTS_TAMPER_TREE_H

#include "published.h"
#include "verify/run.h"

typedef struct tree_file {
    char path[200];
    rk_buf bytes;
    bool gone;
} tree_file;

typedef struct tree {
    rk_source source; /* first: it is a source */
    tree_file *file;
    size_t n;
} tree;

void tree_init(tree *t);
void tree_free(tree *t);
/* A published_fn: ctx = the tree. A path that is there already is replaced. */
void tree_put(void *ctx, rk_slice path, rk_slice bytes);
tree_file *tree_find(tree *t, const char *path);
/* A deep copy. */
void tree_copy(const tree *from, tree *to);
/* Drops files whose path begins so. */
void tree_drop(tree *t, const char *prefix);

/* What verifying it says. */
typedef struct verdict {
    int code;
    char where[300], text[400]; /* of the first thing that is wrong */
    uint64_t wrong;
    const char *named; /* wanted: is_named = some wrong line has it in its place */
    bool is_named;
    bool print;
} verdict;
void tree_verify(tree *t, const rk_verify_options *o, verdict *v);

/* The small election of the tests: ID with `extra` further forms; batch or one by one. With
 * SMALL_PHOTOS added to extra: after the first four forms, photos of two stations, one read and
 * entered by the machine, one inconsistent as written (signed elections only). */
enum { SMALL_PHOTOS = 16 };
void small_published(published *p, bool is_signed, bool batch, unsigned extra);
/* Log, documents, manifest. */
void small_tree(published *p, tree *t);

#endif
