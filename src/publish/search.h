/* Finding regions by name: an index of upper-cased names, searched as text. Belongs to one tree
 * and must be made anew when the tree is replaced; the tree must outlive it. Case is folded in
 * ASCII only, which is what Indonesian region names are written in. */
#ifndef RK_PUBLISH_SEARCH_H
#define RK_PUBLISH_SEARCH_H

#include "core/region.h"

typedef struct rk_search {
    const rk_tree *tree;
    char *text; /* the names one after the other in node order, '\n' after each */
    size_t len;
    uint32_t *at; /* where the name of node i starts; tree->n + 1 of them */
} rk_search;

void rk_search_make(rk_search *s, const rk_tree *tree);
void rk_search_free(rk_search *s);
/* Regions whose name holds every word of `query`, best first: the name itself, then names that
 * start with it, then the others; within each the higher level first, then by code. Returns how
 * many, at most max (<= RK_SEARCH_MAX), in node[]. */
uint32_t rk_search_find(const rk_search *s, rk_slice query, uint32_t *node, uint32_t max);
/* {"hasil":[...]}: a region's or station's full code first, then the names. */
void rk_search_render(const rk_search *s, rk_slice query, uint32_t max, rk_buf *out);

#endif
