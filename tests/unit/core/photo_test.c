/* Photos and readings: their bytes, and what they do in the fold: states and counts of every
 * region, and that a machine's form is never more than its reading. */
#include "signed.h"
#include "small.h"

#include "core/snapshot.h"
#include "random.h"
#include "reading.h"

#include <stdio.h>

#define CONTEST RK_LIT("ppwp")
enum { LOG = 1, ADMIN = 2, IMPORT = 5, READER = 6 };

static const char REGIONS[] = "kode,induk,nama,tingkat,nomor_tps\n11,,ACEH,1,\n1101,11,"
                              "SELATAN,2,\n110101,1101,BAKONGAN,3,\n"
                              "1101012001,110101,SATU,4,1-3\n1101012002,110101,DUA,4,1-3\n";
static const char KONTES[] =
    "{\"format\":\"rekap-kontes-1\",\"kode\":\"ppwp\",\"nama\":\"Uji\",\"bentuk\":\"paslon\","
    "\"medan\":[\"suara_sah\",\"suara_total\"],"
    "\"pilihan\":[{\"kode\":\"01\"},{\"kode\":\"02\"}]}";
enum { COLS = 4 };

/* ===== bytes ===== */

static rk_photos_entry *photos;
static rk_reading_entry *reading, *again;

static int set_up(void **state) {
    (void)state;
    photos = rk_alloc(sizeof *photos);
    reading = rk_alloc(sizeof *reading), again = rk_alloc(sizeof *again);
    return 0;
}
static int tear_down(void **state) {
    (void)state;
    rk_free(photos), rk_free(reading), rk_free(again);
    return 0;
}

/* What decodes is exactly what was encoded: encoding it again gives the same bytes. Every other
 * byte in its place, and every cut, is refused or is another entry that is spelt one way. */
static void spelt_one_way(rk_slice entry, bool is_reading) {
    rk_buf b;
    rk_buf_init(&b, RK_ENTRY_MAX);
    rk_status s = is_reading ? rk_entry_get_reading(entry, again, NULL)
                             : rk_entry_get_photos(entry, photos, NULL);
    if (s == RK_OK) {
        s = is_reading ? rk_entry_put_reading(again, &b, NULL)
                       : rk_entry_put_photos(photos, &b, NULL);
        if (s == RK_OK) {
            assert_int_equal(b.len + RK_ENTRY_SIGNATURE, entry.len);
            assert_memory_equal(b.ptr, entry.ptr, b.len);
        }
    }
    rk_buf_free(&b);
}

static void damaged(const rk_buf *entry, bool is_reading) {
    rk_slice e = rk_buf_slice(entry);
    for (size_t n = 0; n < e.len; n += 1 + n / 50) {
        rk_status s = is_reading ? rk_entry_get_reading((rk_slice){e.ptr, n}, again, NULL)
                                 : rk_entry_get_photos((rk_slice){e.ptr, n}, photos, NULL);
        assert_int_equal(s, RK_CORRUPT);
    }
    char *p = rk_dup(e.ptr, e.len);
    for (int i = 0; i < 3000; i++) {
        size_t at = rnd((uint32_t)(e.len - RK_ENTRY_SIGNATURE));
        char was = p[at];
        p[at] = (char)rnd(256);
        spelt_one_way((rk_slice){p, e.len}, is_reading);
        p[at] = was;
    }
    rk_free(p);
}

static void entries(void **state) {
    (void)state;
    rnd_start("photos and readings as entries");
    const uint32_t value[COLS] = {137, RK_ABSENT, 0, 999999};
    rk_buf b;
    rk_buf_init(&b, RK_ENTRY_MAX);
    for (uint32_t n = 1; n <= RK_FORM_PHOTOS_MAX; n += 21) {
        reading_photos(photos, CONTEST, RK_LIT("1101012001001"), n, rnd(1000));
        photos->head = head_by(READER, "pembaca");
        assert_int_equal(rk_entry_put_photos(photos, &b, NULL), RK_OK);
        signed_by(&b, READER);
        assert_int_equal(rk_entry_get_photos(rk_buf_slice(&b), photos, NULL), RK_OK);
        assert_int_equal(photos->n, n);
        assert_int_equal(photos->head.evidence.len / 32, n - n / 3);
        spelt_one_way(rk_buf_slice(&b), false);
        damaged(&b, false);
        rk_buf_clear(&b);
    }
    for (uint8_t s = RK_READ_REFUSED; s <= RK_READ_INCONSISTENT; s++) {
        reading_of(reading, CONTEST, RK_LIT("1101012001001"), 7, 3, s, value, COLS);
        reading->head = head_by(READER, "pembaca");
        reading->n_source = 2, reading->source[1] = 300;
        reading->figure[1].column = UINT32_MAX, reading->figure[1].name = RK_LIT("catatan");
        assert_int_equal(rk_entry_put_reading(reading, &b, NULL), RK_OK);
        signed_by(&b, READER);
        assert_int_equal(rk_entry_get_reading(rk_buf_slice(&b), again, NULL), RK_OK);
        assert_int_equal(again->n_figure, COLS);
        assert_int_equal(again->figure[3].value, s == RK_READ_REFUSED ? RK_ABSENT : value[3]);
        assert_true(rk_slice_is(again->figure[1].name, "catatan"));
        assert_int_equal(again->n_doubt,
                         s == RK_READ_REFERRED || s == RK_READ_INCONSISTENT ? 3 : 0);
        spelt_one_way(rk_buf_slice(&b), true);
        damaged(&b, true);
        rk_buf_clear(&b);
    }
    rk_buf_free(&b);
}

/* What static_assert says of the largest form, done. */
static void largest(void **state) {
    (void)state;
    static char reason[RK_TEXT_MAX], name[RK_FIGURE_NAME_MAX];
    memset(reason, 'r', sizeof reason), memset(name, 'n', sizeof name);
    rk_slice longest = {name, sizeof name}, code = {name, RK_CODE_MAX};
    memset(reading, 0, sizeof *reading);
    reading->head = head_by(READER, "pembaca");
    reading->head.time = UINT32_MAX;
    reading->head.reason = (rk_slice){reason, sizeof reason};
    reading->contest = reading->tps = reading->reader = code;
    reading->state = RK_READ_REFERRED;
    reading->n_source = reading->n_photo = RK_FORM_PHOTOS_MAX;
    reading->n_figure = RK_READING_FIGURES_MAX;
    reading->n_box = reading->n_doubt = RK_READING_BOXES_MAX;
    for (uint32_t i = 0; i < RK_FORM_PHOTOS_MAX; i++) {
        reading->source[i] = UINT32_MAX - 100 + i;
        reading->photo[i] = (rk_read_photo){0, true, true, true, 64};
    }
    uint32_t left = RK_READING_BOXES_MAX;
    for (uint32_t i = 0; i < RK_READING_FIGURES_MAX; i++) {
        uint32_t boxes = left / (RK_READING_FIGURES_MAX - i);
        reading->figure[i] = (rk_read_figure){.column = UINT32_MAX,
                                              .name = longest,
                                              .photo = 63,
                                              .value = 999999,
                                              .status = RK_READ_REFER,
                                              .bubbles = 4,
                                              .in_sum = true,
                                              .confidence = 10000,
                                              .first_box = RK_READING_BOXES_MAX - left,
                                              .n_box = boxes};
        left -= boxes;
    }
    for (uint32_t i = 0; i < RK_READING_BOXES_MAX; i++) {
        reading->box[i] = (rk_read_box){.digit = 11, .bubble = 12, .sure = 10000};
        reading->doubt[i] = (rk_read_doubt){RK_READING_BOXES_MAX - 1 - i, 10000};
    }
    rk_buf b;
    rk_err err = RK_ERR_INIT;
    rk_buf_init(&b, RK_ENTRY_MAX);
    MUST(rk_entry_put_reading(reading, &b, &err), err);
    signed_by(&b, READER);
    assert_true(b.len <= RK_ENTRY_MAX && b.len > RK_ENTRY_MAX * 9 / 10);
    MUST(rk_entry_get_reading(rk_buf_slice(&b), again, &err), err);
    spelt_one_way(rk_buf_slice(&b), true);
    rk_buf_free(&b);
}

/* ===== the fold ===== */

struct world {
    rk_election *e;
    rk_buf all[4096]; /* every entry, to be folded again */
    uint32_t n;
};

static rk_status offer(struct world *w, rk_buf *b) {
    rk_err err = RK_ERR_INIT;
    rk_slice s = rk_buf_slice(b);
    rk_status st = rk_election_apply(w->e, &s, 1, &err);
    if (st == RK_OK)
        w->all[w->n++] = *b;
    else
        rk_buf_free(b);
    return st;
}

static void document(struct world *w, enum rk_document type, rk_slice bytes) {
    rk_buf b;
    rk_buf_init(&b, RK_ENTRY_MAX);
    rk_document_entry x = {.head = head_by(ADMIN, "pengelola"),
                           .type = type,
                           .label = RK_LIT("x"),
                           .sha256 = rk_sha256_of(bytes),
                           .parts = 1,
                           .bytes = bytes};
    assert_int_equal(rk_entry_put_document(&x, &b, NULL), RK_OK);
    signed_by(&b, ADMIN);
    assert_int_equal(offer(w, &b), RK_OK);
}

static struct world *new_world(void) {
    struct world *w = rk_alloc(sizeof *w);
    rk_buf b;
    w->e = rk_election_new();
    rk_buf_init(&b, RK_ENTRY_MAX);
    put_start(&b, ADMIN);
    assert_int_equal(offer(w, &b), RK_OK);
    document(w, RK_DOC_WILAYAH, rk_slice_str(REGIONS));
    document(w, RK_DOC_KONTES, rk_slice_str(KONTES));
    for (uint8_t k = IMPORT; k <= READER; k++) {
        rk_buf_init(&b, RK_ENTRY_MAX);
        put_key(&b, ADMIN, "pengelola", RK_KEY_ADD, RK_KEY_ENTRIES,
                k == IMPORT ? "impor" : "pembaca", k, 0);
        assert_int_equal(offer(w, &b), RK_OK);
    }
    return w;
}

static void end_world(struct world **w) {
    for (uint32_t i = 0; i < (*w)->n; i++) rk_buf_free(&(*w)->all[i]);
    rk_election_free(&(*w)->e);
    rk_free(*w);
    *w = NULL;
}

static uint64_t last(const struct world *w) { return w->e->size - 1; }

static rk_status receive(struct world *w, const char *tps, uint32_t n, uint8_t by,
                         const char *role) {
    rk_buf b;
    rk_buf_init(&b, RK_ENTRY_MAX);
    reading_photos(photos, CONTEST, rk_slice_str(tps), n, w->n * 100);
    photos->head = head_by(by, role);
    assert_int_equal(rk_entry_put_photos(photos, &b, NULL), RK_OK);
    signed_by(&b, by);
    return offer(w, &b);
}

static rk_status put_reading(struct world *w, uint8_t by, const char *role) {
    rk_buf b;
    rk_buf_init(&b, RK_ENTRY_MAX);
    reading->head = head_by(by, role);
    assert_int_equal(rk_entry_put_reading(reading, &b, NULL), RK_OK);
    signed_by(&b, by);
    return offer(w, &b);
}

static rk_status read_as(struct world *w, const char *tps, uint64_t source, uint8_t state,
                         const uint32_t *value) {
    reading_of(reading, CONTEST, rk_slice_str(tps), source, 2, state, value, COLS);
    return put_reading(w, READER, "pembaca");
}

static rk_status enter(struct world *w, const char *tps, uint8_t by, const char *role,
                       uint64_t reading1, const uint32_t *value) {
    rk_buf b;
    rk_buf_init(&b, RK_ENTRY_MAX);
    rk_form f = {.head = head_by(by, role),
                 .batch = RK_NO_BATCH,
                 .contest = CONTEST,
                 .tps = rk_slice_str(tps),
                 .cell = value,
                 .n_cell = COLS,
                 .reading1 = (uint32_t)reading1};
    assert_int_equal(rk_entry_put_form(&f, w->e->size, &b, NULL), RK_OK);
    signed_by(&b, by);
    return offer(w, &b);
}

static void counts(const struct world *w, const char *node, uint32_t photo, uint32_t refused,
                   uint32_t referred, uint32_t accepted, uint32_t inconsistent,
                   uint32_t differs) {
    const rk_count *c = &w->e->tally[0].count[node_of(w->e->tree, node)];
    assert_int_equal(c->photos, photo);
    assert_int_equal(c->refused, refused);
    assert_int_equal(c->referred, referred);
    assert_int_equal(c->accepted, accepted);
    assert_int_equal(c->inconsistent, inconsistent);
    assert_int_equal(c->differs, differs);
}

static const rk_photo_state *state_of(const struct world *w, const char *tps) {
    rk_code c;
    assert_true(rk_code_of(rk_slice_str(tps), &c));
    return rk_tally_photos(&w->e->tally[0], rk_tree_find_tps(w->e->tree, &c, rk_code_hash(&c)));
}

#define A "1101012001001"
#define B "1101012001002"
#define C "1101012002001"
static const uint32_t PLAIN[COLS] = {7, 9, 3, 4}, OTHER[COLS] = {8, 9, 4, 4};

static void same_elections(const rk_election *a, const rk_election *b) {
    const rk_tally *x = &a->tally[0], *y = &b->tally[0];
    assert_memory_equal(x->count, y->count, a->tree->n * sizeof *x->count);
    assert_memory_equal(x->sum, y->sum, a->tree->n * COLS * sizeof *x->sum);
    assert_int_equal(x->n_photo, y->n_photo);
    assert_memory_equal(x->photo, y->photo, x->n_photo * sizeof *x->photo);
    assert_int_equal(x->n_received, y->n_received);
    for (uint32_t i = 0; i < a->tree->n_tps; i++)
        assert_memory_equal(&x->photo_state[i], &y->photo_state[i], sizeof *x->photo_state);
}

static rk_status append(void *ctx, rk_slice s, rk_err *err) {
    (void)err;
    rk_buf_add(ctx, s);
    return RK_OK;
}

static rk_election *through_snapshot(rk_election *e) {
    rk_buf b;
    rk_err err = RK_ERR_INIT;
    rk_election *out = NULL;
    rk_sha256 tip = rk_sha256_of(RK_LIT("tip"));
    rk_buf_init(&b, 1u << 26);
    rk_sink sink = {append, &b};
    MUST(rk_snapshot_write(e, &tip, &sink, &err), err);
    void *p = rk_map_new(b.len);
    memcpy(p, b.ptr, b.len);
    MUST(rk_snapshot_load(p, b.len, &out, &err), err);
    rk_buf_free(&b);
    return out;
}

/* All at once, and through a snapshot in the middle: the same. */
static void folds_the_same(struct world *w) {
    rk_slice *s = rk_calloc(w->n, sizeof *s);
    rk_err err = RK_ERR_INIT;
    for (uint32_t i = 0; i < w->n; i++) s[i] = rk_buf_slice(&w->all[i]);
    rk_election *e = rk_election_new();
    rk_election_bulk(e);
    MUST(rk_election_apply(e, s, w->n, &err), err);
    rk_election_settle(e);
    same_elections(w->e, e);
    rk_tally_rebuild(&e->tally[0], e->tree);
    same_elections(w->e, e);
    rk_election_free(&e);
    e = rk_election_new();
    uint32_t half = 6 + rnd(w->n - 6);
    MUST(rk_election_apply(e, s, half, &err), err);
    rk_election_settle(e);
    rk_election *f = through_snapshot(e);
    MUST(rk_election_apply(f, s + half, w->n - half, &err), err);
    rk_election_settle(f);
    same_elections(w->e, f);
    rk_election_free(&e);
    rk_election_free(&f);
    rk_free(s);
}

static void states(void **state) {
    (void)state;
    rnd_start("states of stations with photos");
    struct world *w = new_world();
    assert_int_equal(receive(w, A, 2, READER, "pembaca"), RK_OK);
    uint64_t a = last(w);
    assert_true(state_of(w, A)->waiting && !state_of(w, B));
    counts(w, "0", 1, 0, 0, 0, 0, 0);
    assert_int_equal(read_as(w, A, a, RK_READ_ACCEPTED, PLAIN), RK_OK);
    assert_false(state_of(w, A)->waiting);
    assert_int_equal(enter(w, A, READER, "pembaca", last(w) + 1, PLAIN), RK_OK);
    counts(w, "0", 1, 0, 0, 1, 0, 0);
    assert_int_equal(w->e->tally[0].count[0].forms, 1);
    assert_int_equal(rk_tally_sum(&w->e->tally[0], 0)[2], 3);
    /* officers photograph another form: one page of two */
    assert_int_equal(receive(w, B, 2, IMPORT, "impor"), RK_OK);
    assert_int_equal(read_as(w, B, last(w), RK_READ_REFERRED, PLAIN), RK_OK);
    assert_int_equal(receive(w, C, 2, IMPORT, "impor"), RK_OK);
    uint64_t c = last(w);
    assert_int_equal(read_as(w, C, c, RK_READ_INCONSISTENT, OTHER), RK_OK);
    counts(w, "11", 3, 0, 1, 1, 1, 0);
    counts(w, "1101012001", 2, 0, 1, 1, 0, 0);
    /* people type: the same, something else */
    assert_int_equal(enter(w, C, IMPORT, "impor", 0, OTHER), RK_OK);
    assert_int_equal(state_of(w, C)->compared, RK_COMPARED_SAME);
    assert_int_equal(enter(w, A, IMPORT, "impor", 0, OTHER), RK_OK);
    assert_int_equal(state_of(w, A)->compared, RK_COMPARED_DIFFERS);
    assert_int_equal(enter(w, B, IMPORT, "impor", 0, OTHER), RK_OK);
    assert_int_equal(state_of(w, B)->compared, RK_COMPARED_NOT); /* doubtful figures */
    counts(w, "0", 3, 0, 1, 1, 1, 1);
    assert_int_equal(enter(w, A, IMPORT, "impor", 0, PLAIN), RK_OK);
    counts(w, "0", 3, 0, 1, 1, 1, 0);
    /* a second photo, then a reading of both */
    assert_int_equal(receive(w, C, 2, READER, "pembaca"), RK_OK);
    assert_true(state_of(w, C)->waiting);
    reading_of(reading, CONTEST, RK_LIT(C), c, 4, RK_READ_REFUSED, OTHER, COLS);
    reading->n_source = 2, reading->source[1] = last(w);
    assert_int_equal(put_reading(w, READER, "pembaca"), RK_OK);
    assert_false(state_of(w, C)->waiting);
    assert_int_equal(state_of(w, C)->compared, RK_COMPARED_NOT);
    counts(w, "0", 3, 1, 1, 1, 0, 0);
    uint32_t at[RK_FORM_PHOTOS_MAX];
    rk_code code;
    assert_true(rk_code_of(RK_LIT(C), &code));
    assert_int_equal(rk_tally_received(&w->e->tally[0],
                                       rk_tree_find_tps(w->e->tree, &code, rk_code_hash(&code)),
                                       at, 64),
                     2);
    assert_int_equal(w->e->tally[0].received[at[0]].entry, c);
    for (int i = 0; i < 20; i++) folds_the_same(w);
    end_world(&w);
}

/* Each on a world of its own, since a fold that failed is done with. */
#define REFUSED(prepare, offer)                                                                \
    do {                                                                                       \
        struct world *w = new_world();                                                         \
        assert_int_equal(receive(w, A, 2, READER, "pembaca"), RK_OK);                          \
        uint64_t a UNUSED_HERE = last(w);                                                      \
        prepare;                                                                               \
        assert_int_equal((offer), RK_CORRUPT);                                                 \
        end_world(&w);                                                                         \
    } while (0)
#define UNUSED_HERE __attribute__((unused))
#define OK(call) assert_int_equal((call), RK_OK)

static void what_a_machine_may_not(void **state) {
    (void)state;
    /* sign as another, or another as it */
    REFUSED(, enter(w, B, READER, "pembaca", 0, PLAIN));
    REFUSED(OK(read_as(w, A, a, RK_READ_ACCEPTED, PLAIN)),
            enter(w, A, IMPORT, "impor", last(w) + 1, PLAIN));
    REFUSED(reading_of(reading, CONTEST, RK_LIT(A), a, 2, RK_READ_REFERRED, PLAIN, COLS),
            put_reading(w, IMPORT, "impor"));
    /* enter what it did not read, or what did not pass */
    REFUSED(OK(read_as(w, A, a, RK_READ_ACCEPTED, PLAIN)),
            enter(w, A, READER, "pembaca", last(w) + 1, OTHER));
    REFUSED(OK(read_as(w, A, a, RK_READ_REFERRED, PLAIN)),
            enter(w, A, READER, "pembaca", last(w) + 1, PLAIN));
    REFUSED(OK(read_as(w, A, a, RK_READ_INCONSISTENT, PLAIN)),
            enter(w, A, READER, "pembaca", last(w) + 1, PLAIN));
    REFUSED(OK(read_as(w, A, a, RK_READ_ACCEPTED, PLAIN)),
            enter(w, B, READER, "pembaca", last(w) + 1, PLAIN));
    REFUSED(OK(read_as(w, A, a, RK_READ_ACCEPTED, PLAIN));
            OK(read_as(w, A, a, RK_READ_ACCEPTED, PLAIN)),
            enter(w, A, READER, "pembaca", last(w), PLAIN));
    /* take the place of what people entered */
    REFUSED(OK(enter(w, A, IMPORT, "impor", 0, OTHER));
            OK(read_as(w, A, a, RK_READ_ACCEPTED, PLAIN)),
            enter(w, A, READER, "pembaca", last(w) + 1, PLAIN));
    /* read what is not there */
    REFUSED(, read_as(w, B, a, RK_READ_ACCEPTED, PLAIN));
    REFUSED(, read_as(w, A, a - 1, RK_READ_ACCEPTED, PLAIN));
    REFUSED(reading_of(reading, CONTEST, RK_LIT(A), a, 3, RK_READ_ACCEPTED, PLAIN, COLS),
            put_reading(w, READER, "pembaca"));
    REFUSED(reading_of(reading, CONTEST, RK_LIT(A), a, 2, RK_READ_ACCEPTED, PLAIN, COLS);
            reading->figure[1].column = 0, put_reading(w, READER, "pembaca"));
    REFUSED(reading_of(reading, CONTEST, RK_LIT(A), a, 2, RK_READ_ACCEPTED, PLAIN, COLS);
            reading->figure[1].column = COLS, put_reading(w, READER, "pembaca"));
    REFUSED(, receive(w, A, 63, READER, "pembaca"));
    REFUSED(, receive(w, "1101012001009", 1, READER, "pembaca") == RK_NOT_FOUND ? RK_CORRUPT
                                                                                : RK_OK);
}

/* It may enter its form anew after a better photo. */
static void what_a_machine_may(void **state) {
    (void)state;
    struct world *w = new_world();
    uint32_t some[COLS] = {7, RK_NOT_READ, 3, RK_ABSENT},
             cells[COLS] = {7, RK_ABSENT, 3, RK_ABSENT};
    OK(receive(w, A, 2, READER, "pembaca"));
    uint64_t a = last(w);
    OK(read_as(w, A, a, RK_READ_ACCEPTED, PLAIN));
    OK(enter(w, A, READER, "pembaca", last(w) + 1, PLAIN));
    OK(read_as(w, A, a, RK_READ_ACCEPTED, some)); /* a column that the paper has not */
    OK(enter(w, A, READER, "pembaca", last(w) + 1, cells));
    assert_int_equal(rk_tally_sum(&w->e->tally[0], 0)[1], 0);
    assert_int_equal(state_of(w, A)->compared, RK_COMPARED_NOT);
    end_world(&w);
}

/* ===== golden bytes ===== */

static void golden(void **state) {
    (void)state;
    const uint32_t value[COLS] = {7, RK_ABSENT, 3, 4};
    for (int i = 0; i < 2; i++) {
        char path[600], want[16384] = {0}, hex[16384];
        rk_buf b;
        rk_buf_init(&b, RK_ENTRY_MAX);
        reading_photos(photos, CONTEST, RK_LIT(A), 3, 1);
        photos->head = head_by(READER, "pembaca");
        reading_of(reading, CONTEST, RK_LIT(A), 56, 3, RK_READ_REFERRED, value, COLS);
        reading->head = head_by(READER, "pembaca");
        OK(i ? rk_entry_put_reading(reading, &b, NULL) : rk_entry_put_photos(photos, &b, NULL));
        signed_by(&b, READER);
        for (size_t k = 0; k < b.len; k++) snprintf(hex + 2 * k, 3, "%02x", (uint8_t)b.ptr[k]);
        const char *dir = getenv("REKAP_GOLDEN");
        snprintf(path, sizeof path, "%s/v2-%s.hex", dir ? dir : "tests/golden/entry",
                 i ? "reading" : "photos");
        FILE *f = fopen(path, getenv("REKAP_GOLDEN_WRITE") ? "w+" : "r");
        if (!f) fail_msg("%s: cannot be opened", path);
        if (getenv("REKAP_GOLDEN_WRITE")) fprintf(f, "%s\n", hex), rewind(f);
        assert_int_equal(fscanf(f, "%16383s", want), 1);
        fclose(f);
        assert_string_equal(hex, want);
        rk_buf_free(&b);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries), cmocka_unit_test(largest),
        cmocka_unit_test(states),  cmocka_unit_test(what_a_machine_may_not),
        cmocka_unit_test(golden),  cmocka_unit_test(what_a_machine_may),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
