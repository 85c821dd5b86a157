/* Makes a published election on disk:
 *     published OUT ID WILAYAH.csv KONTES.json FORMS.csv satu|berkas|polos [dokumen [TPS...]]
 * satu: every entry signed by itself; berkas: one signed batch; polos: unsigned. Prints the
 * log's key. Of each TPS named, photos came in: the first two were read and are plain, the
 * others in turn referred, inconsistent, refused, waiting. OUT.policy asks for 2 of the 3
 * witnesses that have cosigned. */
#include "published.h"

#include "files/files.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

static void write_file(void *ctx, rk_slice path, rk_slice bytes) {
    char name[PATH_MAX];
    rk_err err = RK_ERR_INIT;
    snprintf(name, sizeof name, "%s/%.*s", (const char *)ctx, RK_FMT(path));
    if (rk_file_write_fast(name, bytes, true, &err) == RK_OK) return;
    fprintf(stderr, "%s\n", err.text);
    exit(1);
}

static rk_file read_file(const char *path) {
    rk_file f;
    rk_err err = RK_ERR_INIT;
    if (rk_file_read(path, RK_FILE_BYTES_MAX, &f, &err) == RK_OK) return f;
    fprintf(stderr, "%s\n", err.text);
    exit(1);
}

static const char *base(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void photographed(published *p, const char *tps, int nth) {
    static const uint8_t state[] = {RK_READ_ACCEPTED,     RK_READ_ACCEPTED, RK_READ_REFERRED,
                                    RK_READ_INCONSISTENT, RK_READ_REFUSED,  RK_READ_NONE};
    uint32_t value[RK_COLUMNS_MAX];
    for (uint32_t i = 0; i < RK_COLUMNS_MAX; i++) value[i] = i % 5 == 4 ? RK_ABSENT : 10 + i;
    published_photos(p, "ppwp", tps, 3, state[nth < 5 ? nth : 5], value);
}

int main(int argc, char **argv) {
    published p;
    rk_buf b = {0};
    char name[PATH_MAX];
    if (argc < 7) return fprintf(stderr, "see published/main.c\n"), 2;
    rk_file w = read_file(argv[3]), k = read_file(argv[4]), f = read_file(argv[5]);
    published_new(&p, argv[2], strcmp(argv[6], "polos") != 0);
    published_document(&p, RK_DOC_WILAYAH, "", base(argv[3]), w.bytes);
    published_document(&p, RK_DOC_KONTES, "", base(argv[4]), k.bytes);
    published_forms(&p, "ppwp", f.bytes, strcmp(argv[6], "satu") != 0);
    for (int i = 8; i < argc; i++) photographed(&p, argv[i], i - 8);
    published_log(&p, 2, write_file, argv[1]);
    if (argc > 7) {
        published_documents(&p, write_file, argv[1]);
        published_manifest(&p, write_file, argv[1]);
    }
    rk_buf_init(&b, RK_POLICY_MAX);
    published_policy(&p, 2, &b);
    snprintf(name, sizeof name, "%s.policy", argv[1]);
    rk_err err = RK_ERR_INIT;
    if (rk_file_write(name, rk_buf_slice(&b), false, &err) != RK_OK)
        return fprintf(stderr, "%s\n", err.text), 1;
    rk_buf_clear(&b);
    rk_verifier_put(&p.log.verifier, &b);
    printf("%.*s\n", RK_FMT(rk_buf_slice(&b)));
    rk_buf_free(&b);
    published_free(&p);
    rk_file_free(&w), rk_file_free(&k), rk_file_free(&f);
    return 0;
}
