#include "serve/shown_host.h"

#include "core/infra.h"

#include <stdio.h>

rk_slice rk_shown_host(const rk_refusal *r, char room[RK_SHOWN_HOST_MAX]) {
    if (rk_infra_guard(rk_slice_str(r->host)))
        (void)snprintf(room, RK_SHOWN_HOST_MAX, "alamat-ip");
    else
        (void)snprintf(room, RK_SHOWN_HOST_MAX, "%.48s", r->host);
    for (char *p = room; *p; p++)
        if (!((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
              (*p >= '0' && *p <= '9') || strchr(".-_/:", *p)))
            *p = '?';
    return rk_slice_str(room);
}
