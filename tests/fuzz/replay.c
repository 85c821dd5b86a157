/* Runs a fuzz target over files and directories of inputs without libFuzzer: the ordinary test
 * run replays the corpora with whatever compiler there is. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static int one_file(const char *path) {
    FILE *f = fopen(path, "rb");
    if (!f || fseek(f, 0, SEEK_END) != 0) return perror(path), 1;
    long n = ftell(f);
    rewind(f);
    uint8_t *bytes =
        malloc(n > 0 ? (size_t)n : 1); /* exactly n: a read past the end is caught */
    if (!bytes || n < 0 || fread(bytes, 1, (size_t)n, f) != (size_t)n) return perror(path), 1;
    fclose(f);
    printf("%s\n", path);
    fflush(stdout);
    LLVMFuzzerTestOneInput(bytes, (size_t)n);
    free(bytes);
    return 0;
}

int main(int argc, char **argv) {
    int bad = 0;
    for (int i = 1; i < argc; i++) {
        struct stat st;
        if (stat(argv[i], &st) != 0) return perror(argv[i]), 1;
        if (!S_ISDIR(st.st_mode)) {
            bad |= one_file(argv[i]);
            continue;
        }
        DIR *d = opendir(argv[i]);
        if (!d) return perror(argv[i]), 1;
        for (struct dirent *e; (e = readdir(d)) != NULL;) {
            char path[4096];
            if (e->d_name[0] == '.') continue;
            snprintf(path, sizeof path, "%s/%s", argv[i], e->d_name);
            bad |= one_file(path);
        }
        closedir(d);
    }
    return bad;
}
