/* Any bytes as the file of destinations: refused with a reason, or every destination is one
 * that its protocol can use: the address is plain, mail addresses have no line end, no
 * cleartext leaves the machine, names of files hold no control character. */
#include "core/destination.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void plain(rk_slice s) {
    for (size_t i = 0; i < s.len; i++) RK_ASSERT((unsigned char)s.ptr[i] >= 0x20);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    rk_destinations *d;
    rk_err err = RK_ERR_INIT;
    if (rk_destinations_parse((rk_slice){(const char *)data, n}, &d, &err) != RK_OK) {
        RK_ASSERT(err.text[0] && !d);
        return 0;
    }
    RK_ASSERT(d->tries && d->at_once && d->at_once <= RK_DELIVERY_AT_ONCE_MAX);
    for (uint32_t i = 0; i < d->n; i++) {
        const rk_destination *x = &d->d[i];
        rk_address a;
        RK_ASSERT(rk_address_parse(x->url, &a) && a.port && a.host.len);
        RK_ASSERT(x->carry < RK_CARRIES && x->seconds && x->silence);
        RK_ASSERT(!rk_slice_is(a.scheme, "http") || a.loopback);
        if (x->carry == RK_CARRY_SMTP)
            RK_ASSERT(rk_mailbox_ok(x->from) && rk_mailbox_ok(x->to));
        plain(x->user), plain(x->password_file), plain(x->key_file), plain(x->known_hosts);
        plain(x->to), plain(x->from), plain(x->bucket), plain(x->region), plain(x->no);
        RK_ASSERT(rk_destinations_find(d, x->alias) == i);
    }
    rk_destinations_free(&d);
    return 0;
}
