/* Memory. Small allocations abort when the machine has none left (the log is durable, so
 * stopping is safe; limping on is not); big tables come from rk_map_new, in huge pages where
 * there are any. Owner: whoever calls; every pointer is freed by exactly one owner. */
#ifndef RK_BASE_MEM_H
#define RK_BASE_MEM_H

#include <stddef.h>
#include <stdint.h>

void *rk_alloc(size_t n);                         /* zeroed, never NULL */
void *rk_calloc(size_t n, size_t size);           /* zeroed, never NULL, n*size checked */
void *rk_realloc(void *p, size_t n, size_t size); /* not zeroed, never NULL, n*size checked */
void *rk_dup(const void *p, size_t n);
void rk_free(void *p);

/* Zeroed pages for tables of megabytes; freed with the same size. rk_map_grow and rk_map_free
 * also take a page-aligned part of a private file mapping (core/snapshot.h). */
void *rk_map_new(size_t bytes);
void *rk_map_grow(void *p, size_t old_bytes, size_t new_bytes);
void rk_map_free(void *p, size_t bytes);

/* Gives back the memory of those pages of a private file mapping that were read and not
 * changed: they come back from the file when they are needed again. Changed pages, and pages of
 * no file, stay. A hint: where the system does not say which pages are which, nothing is done.
 */
void rk_map_cool(const void *p, size_t bytes);
/* Makes room for one more element: doubles *cap when n == *cap. */
#define RK_PUSH_ROOM(p, n, cap)                                                                \
    do {                                                                                       \
        if ((n) == (cap)) {                                                                    \
            (cap) = (cap) ? (cap)*2 : 16;                                                      \
            (p) = rk_realloc((p), (cap), sizeof *(p));                                         \
        }                                                                                      \
    } while (0)

#endif
