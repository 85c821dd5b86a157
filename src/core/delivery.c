#include "core/delivery.h"

#include "base/sha256_stream.h"

#include <stdio.h>

/* ===== what goes along ===== */

uint32_t rk_delivery_parts(const rk_destination *d, enum rk_subject subject) {
    if (subject == RK_SUBJECT_INFRA)
        return RK_PART_ALL; /* parts and contests are of releases */
    if (d->parts) return d->parts;
    uint32_t both = RK_PART_STATIONS | RK_PART_RECAP | RK_PART_REGIONS | RK_PART_PROOF;
    return subject == RK_SUBJECT_VOTERS
               ? both
               : both | RK_PART_FINDINGS | RK_PART_COMPARISON | RK_PART_CHANGES;
}

static bool of_contest(const rk_destination *d, rk_slice code) {
    for (uint32_t i = 0; i < d->n_contest; i++)
        if (rk_slice_eq(d->contest[i], code)) return true;
    return d->n_contest == 0;
}

/* The name without .zst or .gz; *form tells which it had. */
static rk_slice bare(rk_slice path, enum rk_packing *form) {
    *form = RK_PACKING_PLAIN;
    if (rk_slice_ends(path, RK_LIT(".zst")))
        *form = RK_PACKING_ZST, path.len -= 4;
    else if (rk_slice_ends(path, RK_LIT(".gz")))
        *form = RK_PACKING_GZ, path.len -= 3;
    return path;
}

static uint32_t part_of_table(rk_slice name) {
    static const struct {
        const char *name;
        uint32_t part;
    } table[] = {{"tps.csv", RK_PART_STATIONS},
                 {"rekap.csv", RK_PART_RECAP},
                 {"temuan.csv", RK_PART_FINDINGS},
                 {"banding.csv", RK_PART_COMPARISON},
                 {"perubahan.csv", RK_PART_CHANGES}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (rk_slice_is(name, table[i].name)) return table[i].part;
    return ~(uint32_t)RK_PART_LATEST; /* kontes.json goes with any table */
}

bool rk_delivery_wants(const rk_destination *d, enum rk_subject subject, rk_slice path,
                       bool copies) {
    enum rk_packing form;
    uint32_t parts = rk_delivery_parts(d, subject);
    rk_slice name = bare(path, &form), folder = {NULL, 0}, rest = name;
    if (form == RK_PACKING_PLAIN ? copies && d->packing != RK_PACKING_PLAIN
                                 : form != d->packing)
        return false;
    bool below =
        name.len && memchr(name.ptr, '/', name.len) && rk_slice_cut(&rest, '/', &folder);
    bool table = below && !rk_slice_is(folder, "manifest");
    if (table && subject != RK_SUBJECT_INFRA && !of_contest(d, folder)) return false;
    if (parts & RK_PART_ALL) return true;
    if (table) return (parts & part_of_table(rest)) != 0;
    if (rk_slice_is(name, "wilayah.csv")) return (parts & RK_PART_REGIONS) != 0;
    return (parts & RK_PART_PROOF) != 0 && !rk_slice_is(name, "index.html");
}

/* ===== what the log says ===== */

static bool concerns(const rk_delivery *d, const rk_delivery_line *l) {
    return l->event != RK_DELIVERY_TRIAL && rk_slice_eq(l->alias, d->to->alias) &&
           rk_slice_eq(l->no, d->no) && l->subject == d->subject;
}

static void earlier(rk_delivery *d, const rk_delivery_line *l) {
    rk_slice open = rk_slice_str(d->unfinished);
    if (l->event == RK_DELIVERY_BEGAN && l->release.len < sizeof d->unfinished) {
        memcpy(d->unfinished, l->release.ptr, l->release.len);
        d->unfinished[l->release.len] = 0;
    } else if (rk_slice_eq(l->release, open) &&
               (l->event == RK_DELIVERY_DONE || l->event == RK_DELIVERY_GAVE_UP ||
                l->event == RK_DELIVERY_REPLACED)) {
        d->unfinished[0] = 0;
    }
}

static void has_come(rk_delivery *d, const rk_delivery_line *l) {
    for (uint32_t i = 0; i < d->n; i++)
        if (rk_slice_eq(d->parcel[i].name, l->file) &&
            memcmp(&d->parcel[i].sha256, &l->sha256, sizeof l->sha256) == 0)
            d->parcel[i].done = true;
}

void rk_delivery_apply(rk_delivery *d, const rk_delivery_line *l) {
    if (!concerns(d, l)) return;
    if (!rk_slice_eq(l->release, d->release)) {
        earlier(d, l);
        return;
    }
    switch (l->event) {
    case RK_DELIVERY_BEGAN:
        if (d->gave_up) d->attempts = 0; /* asked for once more */
        d->begun = true, d->gave_up = false;
        break;
    case RK_DELIVERY_FILE:
        has_come(d, l);
        break;
    case RK_DELIVERY_DONE:
        d->done = true, d->attempts = l->attempt;
        break;
    case RK_DELIVERY_PUT_OFF:
    case RK_DELIVERY_GAVE_UP:
        d->gave_up = l->event == RK_DELIVERY_GAVE_UP;
        d->attempts = l->attempt, d->next = l->next;
        d->cause = l->cause, d->rule = l->rule;
        break;
    default:
        break;
    }
}

/* ===== when again ===== */

uint32_t rk_delivery_wait(rk_slice seed, rk_slice alias, rk_slice release, uint32_t attempt,
                          uint32_t first) {
    uint64_t wait = first;
    rk_sha256_stream s;
    char number[4] = {(char)(attempt >> 24), (char)(attempt >> 16), (char)(attempt >> 8),
                      (char)attempt};
    for (uint32_t i = 1; i < attempt && wait < RK_DELIVERY_WAIT_MAX; i++) wait *= 2;
    if (wait > RK_DELIVERY_WAIT_MAX) wait = RK_DELIVERY_WAIT_MAX;
    rk_sha256_begin(&s);
    rk_sha256_add(&s, seed);
    rk_sha256_add(&s, alias);
    rk_sha256_add(&s, (rk_slice){"", 1});
    rk_sha256_add(&s, release);
    rk_sha256_add(&s, (rk_slice){number, sizeof number});
    rk_sha256 h = rk_sha256_end(&s);
    uint64_t part = (uint64_t)h.b[0] << 8 | h.b[1]; /* 0..65535 */
    return (uint32_t)(wait / 2 + wait * part / 65535);
}

/* ===== the list ===== */

void rk_delivery_list(const rk_delivery *d, const rk_parcel *file, uint32_t n,
                      const rk_sha256 *manifest, rk_slice public_url, rk_buf *out) {
    char hex[64];
    while (public_url.len && public_url.ptr[public_url.len - 1] == '/') public_url.len--;
    rk_buf_lit(out, "{\"format\": \"rekap-kiriman-1\",\n \"alias\": ");
    rk_buf_json(out, d->to->alias);
    rk_buf_printf(out, ",\n \"apa\": \"%s\",\n \"rilis\": ", rk_subject_name(d->subject));
    rk_buf_json(out, d->release);
    rk_sha256_put(hex, manifest);
    rk_buf_printf(out, ",\n \"manifes\": \"%.64s\",\n \"berkas\": [", hex);
    for (uint32_t i = 0; i < n; i++) {
        const rk_parcel *p = &file[i];
        rk_sha256_put(hex, &p->sha256);
        rk_buf_printf(out, "%s\n  {\"nama\": ", i ? "," : "");
        rk_buf_json(out, p->name);
        rk_buf_printf(out, ", \"bytes\": %llu, \"sha256\": \"%.64s\"",
                      (unsigned long long)p->bytes, hex);
        if (public_url.len) {
            rk_buf url;
            rk_buf_init(&url, 4096);
            rk_buf_add(&url, public_url);
            rk_buf_byte(&url, '/');
            rk_buf_add(&url, p->name);
            rk_buf_lit(out, ", \"alamat\": ");
            rk_buf_json(out, rk_buf_slice(&url));
            rk_buf_free(&url);
        }
        rk_buf_byte(out, '}');
    }
    rk_buf_lit(out, "]}\n");
}
