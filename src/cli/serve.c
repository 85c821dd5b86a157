#include "serve/serve.h"
#include "cli/build.h"
#include "cli/cli.h"

static int run_serve(int argc, char **argv) {
    rk_serve_options o = {.listen = "127.0.0.1:8080", .node.build = cli_build()};
    rk_err err = RK_ERR_INIT;
    const cli_option opt[] = {{"listen", &o.listen, NULL},
                              {"base-path", &o.base_path, NULL},
                              {"tanpa-saksi", NULL, &o.no_witness},
                              {"quiet", NULL, &o.quiet},
                              {"simpul", &o.node.id, NULL},
                              {"kunci-simpul", &o.node.key, NULL},
                              {"sertifikat", &o.node.certificates, NULL},
                              {0}};
    if (!cli_parse(&cli_serve, &argc, argv, opt)) return CLI_USAGE;
    if (argc < 1) return cli_usage(&cli_serve, "give at least one election directory");
    o.dir = (const char *const *)argv;
    o.n_dir = (uint32_t)argc;
    return rk_serve_run(&o, &err) == RK_OK ? CLI_OK : cli_failed(NULL, &err);
}

const cli_verb cli_serve = {
    "serve", "serve elections: the Sirekap tree, the API, the portal",
    "usage: rekap serve DIR... [--listen ADDR:PORT] [--base-path P] [--tanpa-saksi]\n          "
    "             [--simpul ID] [--kunci-simpul FILE] [--sertifikat FILE] [--quiet]\n\n"
    "Serves each election under its id (/pemilu2024/...), the first one also without: "
    "Sirekap's\n"
    "tree live, the API under api/v1/ (described at /api/v1/openapi.json), CSV downloads and "
    "the\n"
    "portal. Follows the log: what is imported meanwhile shows within a second. The public "
    "log\n"
    "(checkpoint, tiles, entries) is below log/. DIR/rilis, a directory or a link to where "
    "'rekap\n"
    "release' writes, is served below rilis/, so that big downloads can be resumed. When "
    "DIR/policy names witnesses with addresses,\n"
    "they are asked to cosign every few seconds, by a process of its own.\n\n"
    "  --listen ADDR:PORT   where to listen (default 127.0.0.1:8080; port 0 picks a free one)\n"
    "  --base-path P        put everything under P, for a proxy\n"
    "  --tanpa-saksi        do not ask the witnesses (someone else runs 'rekap saksi')\n"
    "  --simpul ID          which node of the inventory this is (default: the key's name)\n"
    "  --kunci-simpul FILE  signs what it says of itself at /api/v1/simpul (default: "
    "keys/simpul.key\n"
    "                       of the first DIR, if it is there)\n"
    "  --sertifikat FILE    PEM file of the certificates that the proxy in front presents\n"
    "  --quiet              say nothing but the address\n",
    run_serve};
