#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGE = 4096, PAGES = 5000 };

static size_t in_memory(const unsigned char *p) {
    uint64_t entry[PAGES];
    size_t n = 0;
    int fd = open("/proc/self/pagemap", O_RDONLY);
    if (fd < 0) skip();
    if (pread(fd, entry, sizeof entry, (off_t)((uintptr_t)p / PAGE * 8)) !=
        (ssize_t)sizeof entry)
        skip();
    close(fd);
    for (size_t i = 0; i < PAGES; i++) n += entry[i] >> 63 & 1;
    return n;
}

/* What was read goes, what was written stays; and all of it reads as before. */
static void cool(void **state) {
    (void)state;
    char name[] = "/tmp/rekap-test-XXXXXX", page[PAGE];
    int fd = mkstemp(name);
    assert_true(fd >= 0);
    unlink(name);
    for (size_t i = 0; i < PAGES; i++) {
        memset(page, (int)(i % 251), sizeof page);
        assert_int_equal(write(fd, page, sizeof page), sizeof page);
    }
    unsigned char *p =
        mmap(NULL, (size_t)PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    assert_true(p != MAP_FAILED);
    uint64_t sum = 0, again = 0;
    for (size_t i = 0; i < (size_t)PAGES * PAGE; i += 512) sum += p[i];
    for (size_t i = 0; i < PAGES; i += 100) p[i * PAGE + 7] = 255;
    assert_int_equal(in_memory(p), PAGES);
    rk_map_cool(p, (size_t)PAGES * PAGE);
    assert_int_equal(in_memory(p), PAGES / 100);
    for (size_t i = 0; i < (size_t)PAGES * PAGE; i += 512) again += p[i];
    assert_int_equal(sum, again);
    for (size_t i = 0; i < PAGES; i++)
        assert_int_equal(p[i * PAGE + 7], i % 100 ? i % 251 : 255);
    rk_map_cool(p + 1, 2 * PAGE); /* no whole page: nothing */
    rk_map_cool(NULL, PAGE);
    rk_map_cool(p, 0);
    munmap(p, (size_t)PAGES * PAGE);
    close(fd);
    unsigned char *mine = rk_map_new(PAGE * 4); /* of no file: stays as it is */
    memset(mine, 9, PAGE * 4);
    rk_map_cool(mine, PAGE * 4);
    assert_int_equal(mine[PAGE * 3], 9);
    rk_map_free(mine, PAGE * 4);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(cool)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
