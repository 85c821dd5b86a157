#include "intake/sirekap.h"
rk_status rk_sirekap_parse(const rk_contest *c, const rk_election *e, rk_slice json, rk_slice tps, rk_sirekap_doc *out, rk_err *err) { (void)c;(void)e;(void)json;(void)tps;(void)out; return rk_fail(err, RK_BAD_INPUT, "not yet"); }
void rk_sirekap_doc_free(rk_sirekap_doc *d) { (void)d; }
