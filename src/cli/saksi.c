/* saksi: one round of cosignatures. */
#include "cli/cli.h"
#include "intake/guard.h"
#include "intake/saksi.h"

#include <stdio.h>

static void print_json(const rk_gather_report *r) {
    rk_buf b;
    rk_buf_init(&b, 1u << 20);
    rk_buf_printf(&b, "{\"ukuran\":%llu,\"kuorum\":%s,\"saksi\":[", (unsigned long long)r->size,
                  r->quorum ? "true" : "false");
    for (uint32_t i = 0; i < r->n; i++) {
        const rk_report_witness *w = &r->witness[i];
        rk_buf_printf(&b, "%s\n {\"nama\":", i ? "," : "");
        rk_buf_json(&b, rk_slice_str(w->name));
        rk_buf_printf(&b, ",\"keadaan\":\"%s\",\"sejak\":%llu,\"ukuran\":%llu,\"pesan\":",
                      rk_gather_state_name(w->state), (unsigned long long)w->since,
                      (unsigned long long)w->size);
        rk_buf_json(&b, rk_slice_str(w->text));
        rk_buf_byte(&b, '}');
    }
    rk_buf_lit(&b, "\n]}");
    printf("%.*s\n", RK_FMT(rk_buf_slice(&b)));
    rk_buf_free(&b);
}

static void print_text(const rk_gather_report *r) {
    for (uint32_t i = 0; i < r->n; i++) {
        const rk_report_witness *w = &r->witness[i];
        printf("%-8s %s%s%s\n", rk_gather_state_name(w->state), w->name, w->text[0] ? ": " : "",
               w->text);
    }
    printf("%llu entries: %s\n", (unsigned long long)r->size,
           r->quorum ? "cosigned by a quorum" : "NOT cosigned by a quorum");
}

static int run_saksi(int argc, char **argv) {
    bool json = false;
    rk_saksi *s = NULL;
    rk_err err = RK_ERR_INIT;
    const rk_gather_report *r = NULL;
    const cli_option o[] = {{"json", NULL, &json}, {0}};
    if (!cli_parse(&cli_saksi, &argc, argv, o)) return CLI_USAGE;
    if (argc != 1) return cli_usage(&cli_saksi, "give an election directory");
    if (rk_guard_start(argv[0], NULL, &err) != RK_OK ||
        rk_saksi_open(argv[0], &s, &err) != RK_OK)
        return cli_failed(NULL, &err);
    rk_status st = rk_saksi_round(s, &r, &err);
    bool said = st == RK_OK || st == RK_CONFLICT, quorum = r->quorum;
    if (said && json) print_json(r);
    if (said && !json) print_text(r);
    rk_saksi_close(&s);
    if (st != RK_OK) return cli_failed(NULL, &err);
    return quorum ? CLI_OK : CLI_LEFT_OUT;
}

const cli_verb cli_saksi = {
    "saksi", "ask the witnesses to cosign the newest checkpoint",
    "usage: rekap saksi DIR [--json]\n\n"
    "Asks every witness of DIR/policy to cosign the newest checkpoint of the log, once, and "
    "prints\n"
    "what each says: ok, away, refused, ahead (it has cosigned more entries than the log has) "
    "or\n"
    "fork (it has cosigned others). 'rekap serve' does the same every few seconds. The "
    "cosigned\n"
    "checkpoint is kept in DIR/cosigned, what was said in DIR/saksi. While a witness is ahead "
    "or\n"
    "on a fork nothing is signed (DIR/alarm): find out why, then run this again.\n\n"
    "  --json   machine-readable\n\n"
    "Exit codes: 0 a quorum has cosigned, 3 not yet, 1 failed, or a witness is ahead or on a "
    "fork.\n",
    run_saksi};
