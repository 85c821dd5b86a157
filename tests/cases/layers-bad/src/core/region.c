#include "base/buf.h"
#include "store/store.h"
#include <stdio.h>
#include <time.h>
// fopen("x", "r") in a comment is no breach
void rk_region_bad(char *p, unsigned long n) {
    snprintf(p, n, "printf(");
    printf("now %ld\n", (long)time(0));
}
