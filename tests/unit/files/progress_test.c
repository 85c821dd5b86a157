#include "files/files.h"
#include "scratch.h"

#include <fcntl.h>
#include <time.h>

char scratch_dir[64];

static int saved;

static void catch_stderr(void) {
    fflush(stderr);
    saved = dup(2);
    int fd = open(scratch("err"), O_CREAT | O_TRUNC | O_WRONLY, 0600);
    assert_true(saved >= 0 && fd >= 0 && dup2(fd, 2) == 2);
    close(fd);
}

static size_t release_stderr(char *room, size_t n) {
    fflush(stderr);
    dup2(saved, 2);
    close(saved);
    FILE *f = fopen(scratch("err"), "rb");
    assert_non_null(f);
    size_t got = fread(room, 1, n - 1, f);
    room[got] = 0;
    fclose(f);
    return got;
}

static void quiet_and_short_say_nothing(void **state) {
    (void)state;
    char room[500];
    rk_progress p;
    catch_stderr();
    rk_progress_start(&p, "work", 10, true);
    p.last_ms = 0;
    rk_progress_at(&p, 5);
    rk_progress_end(&p, 10);
    rk_progress_start(&p, "work", 10, false);
    rk_progress_at(&p, 5);
    rk_progress_end(&p, 10);
    assert_int_equal(release_stderr(room, sizeof room), 0);
}

static void plain_lines(void **state) {
    (void)state;
    char room[500];
    rk_progress p;
    catch_stderr();
    rk_progress_start(&p, "reading", 400, false);
    p.last_ms = 0;
    rk_progress_at(&p, 100);
    rk_progress_at(&p, 200); /* too soon */
    rk_progress_end(&p, 400);
    rk_progress_start(&p, "lines", 0, false);
    p.last_ms = 0;
    rk_progress_at(&p, 7);
    release_stderr(room, sizeof room);
    assert_string_equal(room, "reading 100/400 (25%)\nreading 400/400 (100%)\nlines 7\n");
}

static void clock_is_now(void **state) {
    (void)state;
    time_t t = time(NULL);
    assert_in_range(rk_now(), t, t + 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(quiet_and_short_say_nothing),
                                       cmocka_unit_test(plain_lines),
                                       cmocka_unit_test(clock_is_now)};
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
