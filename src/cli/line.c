#include "cli/line.h"

#include <stdio.h>

static void plain(const char *s) {
    for (; *s; s++) putchar((unsigned char)*s < 0x20 || *s == 0x7f ? '?' : *s);
}

void cli_line_json(const rk_line *l, bool first) {
    static const char *const word[RK_RESULTS] = {"ok", "fail", "note", "unchecked"};
    const char *const value[] = {word[l->result], l->check, l->where, l->text, l->remedy},
                      *const key[] = {"result", "check", "where", "text", "remedy"};
    rk_buf b;
    rk_buf_init(&b, 1 << 20);
    for (int i = 0; i < 5; i++) {
        rk_buf_printf(&b, "%s\"%s\":", i ? "," : first ? "\n{" : ",\n{", key[i]);
        rk_buf_json(&b, rk_slice_str(value[i]));
    }
    rk_buf_byte(&b, '}');
    fwrite(b.ptr, 1, b.len, stdout);
    rk_buf_free(&b);
}

void cli_line_plain(const rk_line *l) {
    static const char *const word[RK_RESULTS] = {"ok", "FAIL", "note", "?"};
    printf("%-4s  %-10s  ", word[l->result], l->check);
    plain(l->where);
    if (*l->where) printf(": ");
    plain(l->text);
    if (*l->remedy) printf(". What to do: "), plain(l->remedy);
    putchar('\n');
}
