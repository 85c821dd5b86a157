#include "verify/inner.h"

#include "base/mem.h"

/* A source without any log before it: what its manifest says of itself. */
static void alone(const rk_verify_options *o, rk_shown *t, rk_report *r) {
    rk_logged l = {.o = o, .r = r};
    if (!t->has_manifest) {
        rk_say(r, RK_UNCHECKED, "source", t->source->name,
               "name the log's address or directory before it",
               "there is neither a log nor a manifest here, so nothing can be checked");
        return;
    }
    if (!t->parsed) return;
    rk_say(r, RK_REMARK, "recount", "", "name the log's address or directory before it",
           "there is no log here: the figures are not recounted");
    rk_shown_check(t, o, NULL, r);
    l.cp.origin = t->m.origin;
    if (o->key) l.signer = *o->key;
    for (uint32_t i = 0; o->policy && i < o->policy->n_log; i++)
        if (rk_slice_eq(rk_verifier_name(&o->policy->log[i]), t->m.origin))
            l.signer = o->policy->log[i];
    rk_trust_manifest(&l, t);
}

/* A source with a log, and those after it that have none. Returns how many. */
static size_t group(const rk_verify_options *o, rk_source **source, size_t n, rk_report *r) {
    rk_logged l, other;
    bool logged = rk_logged_open(&l, o, source[0], r);
    size_t k = 1;
    while (logged && k < n && !rk_logged_open(&other, o, source[k], r)) k++;
    if (logged && k < n) rk_logged_close(&other);
    rk_shown *tree = rk_calloc(k, sizeof *tree);
    for (size_t i = 0; i < k; i++) rk_shown_open(&tree[i], source[i], r);
    if (logged)
        rk_logged_check(&l, tree, k);
    else
        alone(o, &tree[0], r);
    for (size_t i = 0; i < k; i++) { /* the log failed before: at least the hashes */
        if (!tree[i].compared && tree[i].good) rk_shown_check(&tree[i], o, NULL, r);
        rk_shown_close(&tree[i]);
    }
    rk_free(tree);
    if (logged) rk_logged_close(&l);
    return k;
}

void rk_verify(const rk_verify_options *o, rk_source **source, size_t n, rk_report *r) {
    for (size_t i = 0; i < n;) i += group(o, source + i, n - i, r);
}
