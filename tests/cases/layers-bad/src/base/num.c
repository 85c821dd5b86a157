#include "core/region.h"
/* A tps in a comment or a "suara" in a string is no breach. */
static const char *text = "suara";
int rk_num_of_tps(int x) { return x + (text[0] == 's'); }
