#include "scratch.h"

#include "files/files.h"
#include "intake/guard.h"
#include "intake/keluar.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>

char scratch_dir[64];

static rk_status declare(const char *targets, rk_err *err) {
    char text[2000];
    rk_residency *r;
    snprintf(text, sizeof text,
             "{\"format\":\"rekap-residency-1\",\"name\":\"uji\",\"operator\":\"KPU\",\"date\":"
             "\"2026-11-24\",\"targets\":[%s]}",
             targets);
    RK_TRY(rk_residency_parse(rk_slice_str(text), &r, err));
    return rk_outbound_declare(r, err);
}

static int open_to(const rk_outbound_pass *p, const char *ip, uint16_t port) {
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
    assert_int_equal(inet_pton(AF_INET, ip, &a.sin_addr), 1);
    return rk_outbound_socket(p, AF_INET, SOCK_STREAM, 0, (struct sockaddr *)&a, sizeof a);
}

static rk_use use_of(const char *host, uint16_t port) {
    return (rk_use){.kind = RK_TARGET_WITNESS, .host = rk_slice_str(host), .port = port};
}

static void nothing_declared(void **state) {
    (void)state;
    rk_outbound_pass p;
    rk_err err = RK_ERR_INIT;
    rk_use away = use_of("saksi.example", 443), here = use_of("127.0.0.1", 8080);
    rk_outbound_reset();
    assert_int_equal(rk_outbound_allow(&away, &p, &err), RK_CONFLICT);
    assert_non_null(strstr(err.text, "S01"));
    assert_int_equal(open_to(&p, "192.0.2.1", 443), -1); /* no pass, no socket */
    assert_int_equal(errno, EACCES);
    assert_int_equal(rk_outbound_allow(&here, &p, NULL), RK_OK);
    int fd = open_to(&p, "127.0.0.1", 8080);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(open_to(&p, "192.0.2.1", 8080), -1); /* "localhost" that leads elsewhere */
    uint64_t asked, refused;
    rk_refusal last[4];
    rk_outbound_counts(&asked, &refused);
    assert_int_equal(asked, 4);
    assert_int_equal(refused, 3);
    assert_int_equal(rk_outbound_refusals(last, 4), 3);
    assert_string_equal(last[0].host, "192.0.2.1");
    assert_string_equal(last[2].host, "saksi.example");
    assert_int_equal(last[2].rule, RK_S01);
}

/* The name is right and leads to an address that is not declared. */
static void a_name_that_leads_elsewhere(void **state) {
    (void)state;
    rk_outbound_pass p;
    rk_use u = use_of("saksi.example", 443);
    rk_outbound_reset();
    assert_int_equal(
        declare("{\"id\":\"s\",\"kind\":\"witness\",\"operator\":\"X\",\"country\":"
                "\"ID\",\"holds\":\"public\",\"host\":\"saksi.example\",\"port\":443,"
                "\"addresses\":[\"192.0.2.0/28\",\"2001:db8::/32\"]}",
                NULL),
        RK_OK);
    assert_int_equal(rk_outbound_allow(&u, &p, NULL), RK_OK);
    int fd = open_to(&p, "192.0.2.15", 443);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(open_to(&p, "192.0.2.16", 443), -1);
    assert_int_equal(open_to(&p, "127.0.0.1", 443), -1);
    assert_int_equal(open_to(&p, "192.0.2.15", 80), -1);
}

static void prefixes(void **state) {
    (void)state;
    static const struct {
        const char *prefix, *ip;
        bool covers;
    } t[] = {{"10.0.0.0/8", "10.255.0.1", true},       {"10.0.0.0/8", "11.0.0.0", false},
             {"10.0.0.1", "10.0.0.1", true},           {"10.0.0.1", "10.0.0.2", false},
             {"0.0.0.0/0", "1.2.3.4", true},           {"10.0.0.0/33", "10.0.0.0", false},
             {"10.0.0.0/", "10.0.0.0", false},         {"10.0.0/8", "10.0.0.1", false},
             {"192.0.2.128/25", "192.0.2.127", false}, {"", "1.2.3.4", false}};
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct sockaddr_in a = {.sin_family = AF_INET};
        inet_pton(AF_INET, t[i].ip, &a.sin_addr);
        if (rk_outbound_covers(rk_slice_str(t[i].prefix), (struct sockaddr *)&a, sizeof a) !=
            t[i].covers)
            fail_msg("%s %s", t[i].prefix, t[i].ip);
    }
    struct sockaddr_in6 m = {.sin6_family = AF_INET6};
    inet_pton(AF_INET6, "::ffff:10.1.2.3", &m.sin6_addr);
    assert_true(rk_outbound_covers(RK_LIT("10.1.0.0/16"), (struct sockaddr *)&m, sizeof m));
}

/* The rule that a declared target breaks, as docs/format/residency.md states it. */
static const char *rule_of(unsigned kind, const char *country, bool hidden, bool cache) {
    bool stays = kind == RK_TARGET_STORE || kind == RK_TARGET_REPLICA ||
                 kind == RK_TARGET_BLOB || kind == RK_TARGET_BACKUP || kind == RK_TARGET_MAIL;
    if (!country) return "S05";
    if (strcmp(country, "ID") == 0) return NULL;
    if (hidden) return "S02";
    if (stays) return "S04";
    return cache ? NULL : "S03";
}

static void one_start(unsigned kind, const char *country, bool hidden, bool cache,
                      unsigned *refused) {
    char text[600], of[24] = "";
    rk_err err = RK_ERR_INIT;
    bool declared = false;
    const char *rule = rule_of(kind, country, hidden, cache);
    if (country) snprintf(of, sizeof of, "\"country\":\"%s\",", country);
    snprintf(text, sizeof text,
             "{\"format\":\"rekap-residency-1\",\"name\":\"u\",\"operator\":\"K\",\"date\":"
             "\"2026-11-24\",\"targets\":[{\"id\":\"t\",\"kind\":\"%s\",\"operator\":\"X\",%s"
             "\"holds\":\"%s\",\"host\":\"t.example\",\"port\":443,\"public_abroad\":%s}]}",
             rk_target_kind_name((enum rk_target_kind)kind), of,
             hidden ? "non-public" : "public", cache ? "true" : "false");
    assert_int_equal(
        rk_file_write_fast(scratch("residency.json"), rk_slice_str(text), false, &err), RK_OK);
    rk_outbound_reset();
    rk_status s = rk_guard_start(scratch_dir, &declared, &err);
    assert_int_equal(s, rule ? RK_CONFLICT : RK_OK);
    if (rule && !strstr(err.text, rule)) fail_msg("%s: %s", rule, err.text);
    assert_int_equal(rk_outbound_declared(), !rule);
    *refused += rule != NULL;
}

/* Every kind of component abroad in turn stops the start, and says by which rule. */
static void the_start(void **state) {
    (void)state;
    static const char *const countries[] = {"ID", "SG", "US", "CN", NULL};
    unsigned n = 0, refused = 0;
    for (unsigned k = 0; k < RK_TARGET_KINDS; k++)
        for (size_t c = 0; c < sizeof countries / sizeof *countries; c++)
            for (unsigned flags = 0; flags < 4; flags++, n++)
                one_start(k, countries[c], flags & 1, flags & 2, &refused);
    printf("%u declarations, %u refused at the start\n", n, refused);
    assert_int_equal(remove(scratch("residency.json")), 0);
    rk_outbound_reset();
    assert_int_equal(rk_guard_start(scratch_dir, NULL, NULL), RK_OK);
    assert_false(rk_outbound_declared());
}

/* Every kind used as every other (S06), and everything that is not declared (S01). */
static void every_use(void **state) {
    (void)state;
    for (unsigned k = 0; k < RK_TARGET_KINDS; k++) {
        char text[400];
        rk_outbound_reset();
        snprintf(
            text, sizeof text,
            "{\"id\":\"s\",\"kind\":\"%s\",\"operator\":\"X\",\"country\":\"ID\",\"holds\":"
            "\"non-public\",\"host\":\"t.example\",\"port\":443}",
            rk_target_kind_name((enum rk_target_kind)k));
        assert_int_equal(declare(text, NULL), RK_OK);
        for (unsigned u = 0; u < RK_TARGET_KINDS; u++) {
            rk_outbound_pass p;
            rk_err err = RK_ERR_INIT, other = RK_ERR_INIT;
            rk_use use = {.kind = (enum rk_target_kind)u,
                          .host = RK_LIT("t.example"),
                          .port = 443,
                          .non_public = true};
            assert_int_equal(rk_outbound_allow(&use, &p, &err), u == k ? RK_OK : RK_CONFLICT);
            assert_int_equal(p.given, u == k);
            if (u != k) assert_non_null(strstr(err.text, "S06"));
            use.host = RK_LIT("u.example");
            assert_int_equal(rk_outbound_allow(&use, &p, &other), RK_CONFLICT);
            assert_non_null(strstr(other.text, "S01"));
            assert_false(p.given);
        }
    }
}

/* A process that works every day declares the same every day; others up to the limit. */
static void declared_again(void **state) {
    (void)state;
    rk_outbound_pass p;
    rk_use u = use_of("s0.example", 443);
    rk_outbound_reset();
    for (unsigned i = 0; i < 3 * RK_SERVED_MAX; i++) {
        char text[300];
        snprintf(text, sizeof text,
                 "{\"id\":\"s\",\"kind\":\"witness\",\"operator\":\"X\",\"country\":\"ID\","
                 "\"holds\":\"public\",\"host\":\"s%u.example\",\"port\":443}",
                 i % RK_SERVED_MAX);
        assert_int_equal(declare(text, NULL), RK_OK);
    }
    assert_int_equal(rk_outbound_allow(&u, &p, NULL), RK_OK);
    assert_int_equal(declare("", NULL), RK_LIMIT);
}

/* The same refusal again is one, with a count; the oldest go first; counting never stops. */
static void many_refusals(void **state) {
    (void)state;
    rk_outbound_pass p;
    rk_refusal last[RK_REFUSALS_MAX];
    uint64_t asked, refused;
    rk_outbound_reset();
    for (unsigned round = 0; round < 3; round++)
        for (uint16_t port = 1; port <= RK_REFUSALS_MAX; port++) {
            rk_use u = use_of("saksi.example", port);
            assert_int_equal(rk_outbound_allow(&u, &p, NULL), RK_CONFLICT);
        }
    rk_use other = use_of("satu lagi\n.example", 1);
    assert_int_equal(rk_outbound_allow(&other, &p, NULL), RK_CONFLICT);
    rk_outbound_counts(&asked, &refused);
    assert_int_equal(asked, 3 * RK_REFUSALS_MAX + 1);
    assert_int_equal(refused, asked);
    assert_int_equal(rk_outbound_refusals(last, RK_REFUSALS_MAX), RK_REFUSALS_MAX);
    assert_string_equal(last[0].host, "satu?lagi?.example");
    assert_int_equal(last[0].times, 1);
    assert_int_equal(last[1].port, RK_REFUSALS_MAX);
    for (uint32_t i = 1; i < RK_REFUSALS_MAX; i++) assert_int_equal(last[i].times, 3);
    assert_int_equal(last[RK_REFUSALS_MAX - 1].port, 2);
}

/* DIR/keluar adds up what several processes saw, each thing once. */
static void what_a_directory_keeps(void **state) {
    (void)state;
    rk_outbound_pass p;
    static rk_outflow o, again;
    rk_buf b;
    rk_use u = use_of("saksi.example", 443), v = use_of("192.0.2.9", 53),
           here = use_of("::1", 1);
    rk_outbound_reset();
    (void)rk_outflow_take(&o, 1);
    assert_int_equal(rk_keluar_add(scratch_dir, NULL), RK_OK);
    assert_false(rk_file_there(scratch(RK_OUTFLOW_FILE))); /* nothing was asked */
    for (int process = 0; process < 3; process++) {
        assert_int_equal(rk_outbound_allow(&u, &p, NULL), RK_CONFLICT);
        assert_int_equal(rk_outbound_allow(&u, &p, NULL), RK_CONFLICT);
        assert_int_equal(rk_outbound_allow(&here, &p, NULL), RK_OK);
        assert_int_equal(rk_keluar_add(scratch_dir, NULL), RK_OK);
        assert_int_equal(rk_outbound_allow(&v, &p, NULL), RK_CONFLICT);
        assert_int_equal(rk_keluar_add(scratch_dir, NULL), RK_OK);
        assert_int_equal(rk_keluar_add(scratch_dir, NULL), RK_OK);
        rk_outbound_reset(); /* what a new process begins with */
        (void)rk_outflow_take(&again, 1);
    }
    rk_keluar_read(scratch_dir, &o);
    assert_int_equal(o.asked, 12);
    assert_int_equal(o.refused, 9);
    assert_int_equal(o.n, 2);
    assert_string_equal(o.last[0].host, "192.0.2.9");
    assert_int_equal(o.last[0].times, 3);
    assert_int_equal(o.last[1].times, 6);
    assert_true(o.last[0].last_time > 1700000000);
    rk_buf_init(&b, RK_OUTFLOW_BYTES_MAX);
    rk_outflow_put(&o, &b);
    assert_int_equal(rk_outflow_parse(rk_buf_slice(&b), &again, NULL), RK_OK);
    assert_memory_equal(&o, &again, sizeof o);
    b.len--;
    assert_int_equal(rk_outflow_parse(rk_buf_slice(&b), &again, NULL), RK_BAD_INPUT);
    rk_buf_free(&b);
    assert_int_equal(remove(scratch(RK_OUTFLOW_FILE)), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_declared), cmocka_unit_test(a_name_that_leads_elsewhere),
        cmocka_unit_test(prefixes),         cmocka_unit_test(the_start),
        cmocka_unit_test(every_use),        cmocka_unit_test(declared_again),
        cmocka_unit_test(many_refusals),    cmocka_unit_test(what_a_directory_keeps),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
