/* antrean: what waits for people. The list is made anew from the log each time, so nothing of
 * it has to be kept; crops are cut again from the public photos. It is where two people who
 * type blind begin, so what the machine read is not shown unless it is asked for. */
#include "base/mem.h"
#include "base/num.h"
#include "blob/blob.h"
#include "cli/cli.h"
#include "files/files.h"
#include "intake/photos.h"
#include "publish/api_photo.h"
#include "scan/crop.h"

#include <stdio.h>
#include <stdlib.h>

struct row {
    uint32_t tps;
    uint16_t figure, box, doubt; /* box: its place in the figure */
};

struct queue {
    const char *dir, *crops;
    rk_dir d;
    uint32_t contest, node;
    bool json, csv, with_reading, all;
    struct row *row;
    uint32_t n, cap;
    uint64_t stations;
    /* the station at hand */
    uint32_t tps;
    rk_reading_entry *reading;
    rk_photo_ref *photo;
    rk_buf entry;
};

/* ===== one station's reading ===== */

/* The photos that its reading lists: those of its sources. */
static rk_status photos_of(struct queue *q, uint32_t tps, rk_err *err) {
    rk_photo_ref *all = rk_calloc(RK_FORM_PHOTOS_MAX, sizeof *all);
    uint32_t n = 0, kept = 0, source = 0;
    rk_status s = rk_photo_list(&q->d, q->contest, tps, all, RK_FORM_PHOTOS_MAX, &n, err);
    for (uint32_t i = 0; i < n && s == RK_OK; i++) {
        while (source < q->reading->n_source && q->reading->source[source] < all[i].entry)
            source++;
        if (source < q->reading->n_source && q->reading->source[source] == all[i].entry)
            q->photo[kept++] = all[i];
    }
    rk_free(all);
    if (s == RK_OK && kept != q->reading->n_photo)
        s = rk_fail(err, RK_CORRUPT, "a reading is of other photos than its station has");
    return s;
}

static rk_status load(struct queue *q, uint32_t tps, rk_err *err) {
    const rk_photo_state *p = rk_tally_photos(&q->d.election->tally[q->contest], tps);
    if (q->tps == tps) return RK_OK;
    q->tps = RK_NONE;
    rk_buf_clear(&q->entry);
    RK_TRY(rk_store_get(q->d.store, p->reading1 - 1u, &q->entry, err));
    RK_TRY(rk_entry_get_reading(rk_buf_slice(&q->entry), q->reading, err));
    q->tps = tps;
    return RK_OK;
}

/* A figure's name: the contest's column, or its own. */
static rk_slice name_of(const struct queue *q, const struct row *r, rk_buf *b) {
    const rk_tally *t = &q->d.election->tally[q->contest];
    const rk_read_figure *f = &q->reading->figure[r->figure];
    rk_buf_clear(b);
    if (f->column == UINT32_MAX) return f->name;
    rk_contest_column_name(t->contest, t->ballot_of[q->d.election->tree->tps[r->tps].desa],
                           f->column, b);
    return rk_buf_slice(b);
}

/* ===== the list ===== */

/* Referred or inconsistent, and nobody has entered figures since. */
static bool waits(const struct queue *q, uint32_t tps) {
    const rk_tally *t = &q->d.election->tally[q->contest];
    const rk_photo_state *p = rk_tally_photos(t, tps);
    const rk_tree *tree = q->d.election->tree;
    if (!p || (p->state != RK_READ_REFERRED && p->state != RK_READ_INCONSISTENT)) return false;
    if (q->node && !rk_tree_below(tree, tree->tps[tps].desa, q->node)) return false;
    return q->all || !rk_tally_row(t, tps) || t->state[tps].by_machine;
}

static void add_station(struct queue *q, uint32_t tps) {
    const rk_reading_entry *x = q->reading;
    for (uint32_t i = 0; i < x->n_doubt; i++) {
        uint32_t f = 0;
        while (x->doubt[i].box >= x->figure[f].first_box + x->figure[f].n_box) f++;
        RK_PUSH_ROOM(q->row, q->n, q->cap);
        q->row[q->n++] =
            (struct row){tps, (uint16_t)f, (uint16_t)(x->doubt[i].box - x->figure[f].first_box),
                         x->doubt[i].doubt};
    }
    q->stations++;
}

static int worst_first(const void *a, const void *b) {
    const struct row *x = a, *y = b;
    if (x->doubt != y->doubt) return x->doubt < y->doubt ? 1 : -1;
    if (x->tps != y->tps) return x->tps < y->tps ? -1 : 1;
    if (x->figure != y->figure) return x->figure < y->figure ? -1 : 1;
    return (x->box > y->box) - (x->box < y->box);
}

static rk_status make_list(struct queue *q, rk_err *err) {
    for (uint32_t i = 0; i < q->d.election->tree->n_tps; i++) {
        if (!waits(q, i)) continue;
        RK_TRY(load(q, i, err));
        add_station(q, i);
    }
    if (q->n) qsort(q->row, q->n, sizeof *q->row, worst_first);
    return RK_OK;
}

/* ===== crops: one picture a figure, its boxes beside each other ===== */

static void crop_name(const struct queue *q, const struct row *r, rk_buf *b, char *out,
                      size_t cap) {
    rk_slice name = name_of(q, r, b);
    (void)snprintf(out, cap, "%.*s-%.*s.png",
                   RK_FMT(rk_code_slice(&q->d.election->tree->tps_code[r->tps])), RK_FMT(name));
    for (char *c = out; *c; c++)
        if (*c == '/') *c = '_';
}

static rk_status write_figure(struct queue *q, const struct row *r, const uint8_t *px,
                              rk_err *err) {
    char path[4096], name[120];
    rk_buf png, b;
    rk_buf_init(&png, 1u << 24);
    rk_buf_init(&b, RK_NAME_MAX + 64);
    crop_name(q, r, &b, name, sizeof name);
    int n = snprintf(path, sizeof path, "%s/%s", q->crops, name);
    rk_status s = n < 0 || n >= (int)sizeof path
                      ? rk_fail(err, RK_LIMIT, "%s: the path is too long", q->crops)
                      : rk_crops_png(px, q->reading->figure[r->figure].n_box, &png, err);
    if (s == RK_OK) s = rk_file_write_fast(path, rk_buf_slice(&png), true, err);
    rk_buf_free(&png);
    rk_buf_free(&b);
    return s;
}

static int by_station(const void *a, const void *b) {
    const struct row *x = a, *y = b;
    if (x->tps != y->tps) return x->tps < y->tps ? -1 : 1;
    return (x->figure > y->figure) - (x->figure < y->figure);
}

static uint32_t photo_number(const struct queue *q, const struct row *r) {
    return q->reading->figure[r->figure].photo;
}

/* Figures row[0..n) of one photo: decoded once, then all their boxes are cut. */
static rk_status cut_photo(struct queue *q, rk_crops *c, rk_slice photo, const struct row *row,
                           uint32_t n, rk_err *err) {
    rk_read_box *box = rk_calloc(RK_READING_BOXES_MAX, sizeof *box);
    const uint8_t *px;
    uint32_t boxes = 0;
    for (uint32_t i = 0; i < n; i++) {
        const rk_read_figure *f = &q->reading->figure[row[i].figure];
        memcpy(box + boxes, q->reading->box + f->first_box, f->n_box * sizeof *box);
        boxes += f->n_box;
    }
    rk_status s = rk_crops_cut(c, photo, box, boxes, &px, err);
    for (uint32_t i = 0; i < n && s == RK_OK; i++) {
        s = write_figure(q, &row[i], px, err);
        px += (size_t)q->reading->figure[row[i].figure].n_box * RK_CROP_SIDE * RK_CROP_SIDE;
    }
    rk_free(box);
    return s;
}

/* row[0..n): one for each figure, in the order of stations and their figures. */
static rk_status cut_all(struct queue *q, rk_crops *c, rk_blobs *blobs, const struct row *row,
                         uint32_t n, rk_err *err) {
    rk_buf photo;
    rk_status s = RK_OK;
    rk_buf_init(&photo, RK_PHOTO_BYTES_MAX);
    for (uint32_t i = 0, k; i < n && s == RK_OK; i = k) {
        s = load(q, row[i].tps, err);
        if (s == RK_OK) s = photos_of(q, row[i].tps, err);
        if (s != RK_OK) break;
        uint32_t of = photo_number(q, &row[i]);
        for (k = i; k < n && row[k].tps == row[i].tps && photo_number(q, &row[k]) == of;) k++;
        rk_buf_clear(&photo);
        s = rk_blobs_get(blobs, &q->photo[of].item.copy, &photo, err);
        if (s == RK_OK) s = cut_photo(q, c, rk_buf_slice(&photo), row + i, k - i, err);
    }
    rk_buf_free(&photo);
    return s;
}

static rk_status write_crops(struct queue *q, rk_err *err) {
    char path[4096];
    rk_blobs *blobs = NULL;
    rk_crops *c = NULL;
    int n = snprintf(path, sizeof path, "%s/" RK_PUBLIC_BLOBS, q->d.path);
    if (n < 0 || n >= (int)sizeof path) return rk_fail(err, RK_LIMIT, "the path is too long");
    if (q->n == 0) return RK_OK;
    struct row *row = rk_dup(q->row, q->n * sizeof *row);
    uint32_t figures = 0;
    qsort(row, q->n, sizeof *row, by_station);
    for (uint32_t i = 0; i < q->n; i++)
        if (i == 0 || row[i].tps != row[i - 1].tps || row[i].figure != row[i - 1].figure)
            row[figures++] = row[i];
    rk_status s = rk_dir_make(q->crops, err);
    if (s == RK_OK) s = rk_blobs_directory_open(path, &blobs, err);
    if (s == RK_OK) s = rk_crops_new(&c, err);
    if (s == RK_OK) s = cut_all(q, c, blobs, row, figures, err);
    rk_crops_free(&c);
    rk_blobs_close(&blobs);
    rk_free(row);
    return s;
}

/* ===== printing ===== */

static void put_doubt(rk_buf *b, uint16_t doubt) { rk_buf_printf(b, "0.%04u", doubt % 10000u); }

static void one_decimal(rk_buf *b, uint16_t half) {
    rk_buf_printf(b, "%u%s", half / 2u, half & 1 ? ".5" : "");
}

static rk_slice photo_of(const struct queue *q, const rk_read_figure *f, char *path) {
    const rk_photo_item *p = &q->photo[f->photo].item;
    return rk_photo_path(&p->copy, (enum rk_photo_type)p->type, path);
}

static void put_text_row(const struct queue *q, const struct row *r, rk_slice name, rk_buf *b) {
    const rk_read_figure *f = &q->reading->figure[r->figure];
    rk_buf_printf(b, "%5.2f %%  %-23.*s  %-28.*s  box %u of %u", r->doubt / 100.0,
                  RK_FMT(rk_code_slice(&q->d.election->tree->tps_code[r->tps])), RK_FMT(name),
                  r->box + 1u, f->n_box);
    if (q->with_reading && f->value != RK_ABSENT) rk_buf_printf(b, "  read %u", f->value);
    rk_buf_byte(b, '\n');
}

static void put_csv_row(const struct queue *q, const struct row *r, rk_slice name, rk_buf *b) {
    const rk_read_figure *f = &q->reading->figure[r->figure];
    const rk_read_box *x = &q->reading->box[f->first_box + r->box];
    char path[RK_PHOTO_PATH_MAX], crop[120];
    rk_buf scratch;
    rk_buf_init(&scratch, RK_NAME_MAX + 64);
    put_doubt(b, r->doubt);
    rk_buf_byte(b, ',');
    rk_buf_csv(b, rk_code_slice(&q->d.election->tree->tps_code[r->tps]));
    rk_buf_byte(b, ',');
    rk_buf_csv(b, name);
    rk_buf_printf(b, ",%u,%u,%u,%.*s,", r->box + 1u, f->n_box, q->reading->photo[f->photo].page,
                  RK_FMT(photo_of(q, f, path)));
    for (int c = 0; c < 8; c++) {
        if (c) rk_buf_byte(b, ' ');
        one_decimal(b, x->corner[c / 2][c % 2]);
    }
    crop_name(q, r, &scratch, crop, sizeof crop);
    rk_buf_printf(b, ",%s", q->crops ? crop : "");
    if (q->with_reading) {
        rk_buf_byte(b, ',');
        if (f->value != RK_ABSENT) rk_buf_num(b, f->value);
    }
    rk_buf_byte(b, '\n');
    rk_buf_free(&scratch);
}

static void put_json_row(const struct queue *q, const struct row *r, rk_slice name, bool first,
                         rk_buf *b) {
    const rk_read_figure *f = &q->reading->figure[r->figure];
    const rk_read_box *x = &q->reading->box[f->first_box + r->box];
    char path[RK_PHOTO_PATH_MAX], crop[120];
    rk_buf scratch;
    rk_buf_init(&scratch, RK_NAME_MAX + 64);
    rk_buf_add(b, first ? RK_LIT("\n{\"ragu\":") : RK_LIT(",\n{\"ragu\":"));
    put_doubt(b, r->doubt);
    rk_buf_lit(b, ",\"tps\":");
    rk_buf_json(b, rk_code_slice(&q->d.election->tree->tps_code[r->tps]));
    rk_buf_lit(b, ",\"medan\":");
    rk_buf_json(b, name);
    rk_buf_printf(b, ",\"kotak\":%u,\"dari\":%u,\"halaman\":%u,\"foto\":\"%.*s\",\"sudut\":[",
                  r->box + 1u, f->n_box, q->reading->photo[f->photo].page,
                  RK_FMT(photo_of(q, f, path)));
    for (int c = 0; c < 4; c++) {
        rk_buf_add(b, c ? RK_LIT(",[") : RK_LIT("["));
        one_decimal(b, x->corner[c][0]);
        rk_buf_byte(b, ',');
        one_decimal(b, x->corner[c][1]);
        rk_buf_byte(b, ']');
    }
    rk_buf_lit(b, "],\"potongan\":");
    crop_name(q, r, &scratch, crop, sizeof crop);
    if (q->crops)
        rk_buf_json(b, rk_slice_str(crop));
    else
        rk_buf_lit(b, "null");
    if (q->with_reading) {
        rk_buf_lit(b, ",\"nilai\":");
        if (f->value == RK_ABSENT)
            rk_buf_lit(b, "null");
        else
            rk_buf_num(b, f->value);
    }
    rk_buf_byte(b, '}');
    rk_buf_free(&scratch);
}

static rk_status put_row(struct queue *q, uint32_t i, rk_buf *b, rk_buf *name, rk_err *err) {
    const struct row *r = &q->row[i];
    if (q->tps != r->tps) {
        RK_TRY(load(q, r->tps, err));
        RK_TRY(photos_of(q, r->tps, err));
    }
    rk_slice n = name_of(q, r, name);
    if (q->json)
        put_json_row(q, r, n, i == 0, b);
    else if (q->csv)
        put_csv_row(q, r, n, b);
    else
        put_text_row(q, r, n, b);
    return RK_OK;
}

static rk_status print(struct queue *q, rk_err *err) {
    rk_sink out = cli_stdout();
    rk_buf b, name;
    rk_status s = RK_OK;
    rk_buf_init(&b, 1u << 22);
    rk_buf_init(&name, RK_NAME_MAX + 64);
    q->tps = RK_NONE; /* the list was made without its photos */
    if (q->json) rk_buf_lit(&b, "[");
    if (q->csv) rk_buf_lit(&b, "ragu,tps,medan,kotak,dari,halaman,foto,sudut,potongan");
    if (q->csv) rk_buf_add(&b, q->with_reading ? RK_LIT(",nilai\n") : RK_LIT("\n"));
    for (uint32_t i = 0; i < q->n && s == RK_OK; i++) {
        s = put_row(q, i, &b, &name, err);
        if (s == RK_OK) s = rk_sink_flush(&out, &b, 1u << 16, err);
    }
    if (q->json) rk_buf_lit(&b, "\n]\n");
    if (!q->json && !q->csv)
        rk_buf_printf(&b, "%u boxes of %llu TPS wait for people\n", q->n,
                      (unsigned long long)q->stations);
    if (s == RK_OK) s = rk_sink_flush(&out, &b, 0, err);
    rk_buf_free(&b);
    rk_buf_free(&name);
    return s;
}

static rk_status run(struct queue *q, uint64_t most, rk_err *err) {
    q->reading = rk_alloc(sizeof *q->reading);
    q->photo = rk_calloc(RK_FORM_PHOTOS_MAX, sizeof *q->photo);
    rk_buf_init(&q->entry, RK_ENTRY_MAX);
    q->tps = RK_NONE;
    rk_status s = make_list(q, err);
    if (q->n > most) q->n = (uint32_t)most;
    if (s == RK_OK && q->crops) s = write_crops(q, err);
    if (s == RK_OK) s = print(q, err);
    rk_buf_free(&q->entry);
    rk_free(q->photo);
    rk_free(q->reading);
    rk_free(q->row);
    return s;
}

static int run_antrean(int argc, char **argv) {
    const char *contest = NULL, *region = NULL, *most = NULL;
    uint64_t n = UINT32_MAX;
    struct queue q = {0};
    rk_err err = RK_ERR_INIT;
    const cli_option o[] = {{"kontes", &contest, NULL},
                            {"wilayah", &region, NULL},
                            {"banyak", &most, NULL},
                            {"crops", &q.crops, NULL},
                            {"json", NULL, &q.json},
                            {"csv", NULL, &q.csv},
                            {"dengan-bacaan", NULL, &q.with_reading},
                            {"semua", NULL, &q.all},
                            {0}};
    if (!cli_parse(&cli_antrean, &argc, argv, o)) return CLI_USAGE;
    if (argc != 1) return cli_usage(&cli_antrean, "give one directory");
    if (!contest) return cli_usage(&cli_antrean, "--kontes CODE is missing");
    if (q.json && q.csv) return cli_usage(&cli_antrean, "--json or --csv, not both");
    if (most && !rk_num_parse(rk_slice_str(most), UINT32_MAX, &n))
        return cli_usage(&cli_antrean, "--banyak is a number of boxes, not '%s'", most);
    q.dir = argv[0];
    if (cli_open(q.dir, contest, UINT64_MAX, &q.d, &q.contest, &err) != RK_OK)
        return cli_failed(NULL, &err);
    rk_status s = cli_region(&q.d, region, &q.node, &err);
    if (s == RK_OK) s = run(&q, n, &err);
    rk_dir_close(&q.d);
    return s == RK_OK ? CLI_OK : cli_failed(NULL, &err);
}

const cli_verb cli_antrean = {
    "antrean", "what photos leave to people: doubtful boxes, the worst first",
    "usage: rekap antrean DIR --kontes CODE [--wilayah CODE] [--banyak N] [--csv|--json]\n"
    "                     [--crops OUT] [--dengan-bacaan] [--semua]\n\n"
    "Lists the boxes of every figure that was referred to people ('rekap read --into'), or "
    "whose\n"
    "form does not add up as written, in the order of doubt, over all TPS where nobody has\n"
    "entered figures yet. It is made from the log and the public photos; nothing is written "
    "but\n"
    "the pictures. What the machine read is not shown, so that people can type without having\n"
    "seen it.\n\n"
    "  --wilayah CODE   only below this region\n"
    "  --banyak N       the first N\n"
    "  --csv            ragu,tps,medan,kotak,dari,halaman,foto,sudut,potongan: doubt as a part "
    "of\n"
    "                   1; box number and how many the figure has, from the left; the photo's\n"
    "                   public copy; x y of its corners in it (top left, top right, bottom "
    "right,\n"
    "                   bottom left); the crop's file\n"
    "  --json           the same\n"
    "  --crops OUT      write OUT/TPS-FIGURE.png: the boxes of each figure, beside each other\n"
    "  --dengan-bacaan  also what was read\n"
    "  --semua          also where others have entered figures since\n",
    run_antrean};
