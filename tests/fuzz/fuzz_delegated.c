/* Any bytes as a registry's file, a file of addresses, a resolv.conf, an address (the first
 * byte chooses): refused with a reason, or what was read says the same when asked again. */
#include "core/resident.h"
#include "outbound/outflow.h"
#include "outbound/resolve.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void registry(rk_slice bytes) {
    rk_delegated d = {0};
    rk_err err = RK_ERR_INIT;
    if (rk_delegated_add(&d, bytes, &err) == RK_OK) {
        rk_delegated_finish(&d);
        for (uint32_t i = 0; i < d.n && i < 64; i++) {
            char cc[8];
            rk_ip_range one = {d.record[i].range.first, d.record[i].range.first};
            RK_ASSERT(rk_ip_cmp(&d.record[i].range.first, &d.record[i].range.last) <= 0);
            RK_ASSERT(i == 0 || rk_ip_cmp(&d.last_so_far[i - 1], &d.last_so_far[i]) <= 0);
            RK_ASSERT(rk_delegated_ask(&d, &one, cc) != RK_DELEGATED_NOBODY);
            RK_ASSERT(rk_delegated_ask(&d, &d.record[i].range, cc) != RK_DELEGATED_NOBODY);
        }
    } else {
        RK_ASSERT(err.text[0]);
    }
    rk_delegated_free(&d);
}

static void addresses(rk_slice bytes) {
    static const char text[] =
        "{\"format\":\"rekap-residency-1\",\"name\":\"u\",\"operator\":\"K\",\"date\":\"d\","
        "\"targets\":[{\"id\":\"t\",\"kind\":\"cdn\",\"holds\":\"public\",\"host\":\"t\"}]}";
    rk_residency *declared;
    rk_delegated none = {0};
    rk_err err = RK_ERR_INIT;
    RK_ASSERT(rk_residency_parse(rk_slice_str(text), &declared, NULL) == RK_OK);
    rk_resident_report *r = rk_resident_report_new(declared, &none);
    if (rk_resident_given(r, bytes, NULL, &err) != RK_OK) RK_ASSERT(err.text[0]);
    rk_resident_judge(r);
    RK_ASSERT(r->target[0].verdict == RK_RESIDENT_UNKNOWN);
    rk_resident_report_free(&r);
    rk_residency_free(&declared);
}

static void address(rk_slice s) {
    rk_ip_range r;
    rk_ip a, b;
    char text[RK_IP_TEXT_MAX];
    if (rk_ip_range_parse(s, &r)) RK_ASSERT(rk_ip_in(&r, &r.first) && rk_ip_in(&r, &r.last));
    if (!rk_ip_parse(s, &a)) return;
    RK_ASSERT(rk_ip_parse((rk_slice){text, (size_t)(rk_ip_put(text, &a) - text)}, &b));
    RK_ASSERT(rk_ip_cmp(&a, &b) == 0);
}

/* One spelling: what is taken is written back byte for byte. */
static void outflow(rk_slice bytes) {
    static rk_outflow o;
    rk_buf b;
    if (rk_outflow_parse(bytes, &o, NULL) != RK_OK) return;
    rk_buf_init(&b, 2 * RK_OUTFLOW_BYTES_MAX);
    rk_outflow_put(&o, &b);
    RK_ASSERT(rk_slice_eq(rk_buf_slice(&b), bytes));
    rk_buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    rk_ip server[RK_RESOLVERS_MAX];
    if (n == 0) return 0;
    rk_slice rest = {(const char *)data + 1, n - 1};
    switch (data[0] % 5) {
    case 0:
        registry(rest);
        break;
    case 1:
        addresses(rest);
        break;
    case 2:
        RK_ASSERT(rk_resolvers_parse(rest, server) <= RK_RESOLVERS_MAX);
        break;
    case 3:
        address(rest);
        break;
    default:
        outflow(rest);
    }
    return 0;
}
