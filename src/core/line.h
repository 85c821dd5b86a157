/* The lines of checkpoints, proofs and policies: strict readers that each accept exactly one
 * spelling. A line ends with one newline (U+000A); its content is what stands before it. */
#ifndef RK_CORE_LINE_H
#define RK_CORE_LINE_H

#include "base/sha256.h"

/* Cuts the next line off *rest (content in *line); false when there is no further newline. */
bool rk_line_next(rk_slice *rest, rk_slice *line);
/* Decimal without sign or leading zeros ("0" is 0); false otherwise or above max. */
bool rk_line_number(rk_slice s, uint64_t max, uint64_t *out);
/* A hash in base64: 44 characters. */
bool rk_line_hash(rk_slice s, rk_sha256 *out);
/* `line` begins with `word` and one space; *rest = what follows (perhaps nothing). */
bool rk_line_after(rk_slice line, const char *word, rk_slice *rest);
/* Valid UTF-8 with no control character (below U+0020) but, if asked, newlines. */
bool rk_line_text(rk_slice s, bool newlines);

#endif
