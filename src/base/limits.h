/* Every named limit in one place. A limit is a promise to the operator: nothing grows past it.
 */
#ifndef RK_BASE_LIMITS_H
#define RK_BASE_LIMITS_H

#include <stdint.h>

#define RK_ENTRY_MAX 65535u     /* bytes of one entry: C2SP tlog-tiles, uint16 length prefix */
#define RK_CODE_MAX 23u         /* bytes of a region, station, contest or choice code */
#define RK_NAME_MAX 400u        /* bytes of a name */
#define RK_ROLE_MAX 40u         /* bytes of the role that a key speaks for */
#define RK_LEVELS 6u            /* nation, provinsi, kabupaten/kota, kecamatan, desa, TPS */
#define RK_REGIONS_MAX 2000000u /* regions of one election */
#define RK_TPS_MAX 8000000u     /* stations of one election */
#define RK_CONTESTS_MAX 64u     /* contests of one election */
#define RK_COLUMNS_MAX 2048u    /* figures of one form */
#define RK_CHOICES_MAX 65536u   /* choices of one contest over all its dapil */
#define RK_RULES_MAX 64u        /* rule ids of one contest: one bit each */
#define RK_VALUE_MAX 999999u    /* a cell above this is a typing error on any form */
#define RK_FILE_BYTES_MAX (8ull << 30) /* an input file once decompressed */
#define RK_DOCUMENT_MAX (64u << 20)    /* a region file or contest file */
#define RK_JSON_DOC_MAX (1u << 20)     /* one Sirekap TPS document */
#define RK_TEXT_MAX 1000u              /* a reason, a note, a source */
#define RK_IMAGES_MAX 64u              /* photo addresses of one form */
#define RK_URL_MAX 2048u               /* bytes of a request path or of a photo address */

#define RK_HISTORY_MAX                                                                         \
    1000u /* entries of one station that its document lists, newest first                      \
           */
#define RK_FINDINGS_PAGE_MAX 1000u       /* findings in one answer */
#define RK_SEARCH_MAX 100u               /* regions in one answer of the search */
#define RK_SEARCH_WORDS_MAX 8u           /* words of a search; more are passed over */
#define RK_PAGE_BYTES_MAX (32u << 20)    /* one document made in memory by the server */
#define RK_CACHE_BYTES_MAX (64ull << 20) /* documents the server keeps made, both encodings */
#define RK_DOWNLOADS_MAX 16u             /* tables the server keeps made as temporary files */
#define RK_DOWNLOAD_SECONDS_MAX 300u     /* making one table takes no longer */
#define RK_RELEASED_OPEN_MAX 1024u       /* files of releases being sent at one time */
#define RK_AS_OF_MAX 2u                  /* earlier states the server keeps in memory */
#define RK_WAITING_MAX 256u /* requests that wait for a table or an earlier state */
#define RK_CONNECTIONS_MAX                                                                     \
    16384u /* open connections (fewer where the system allows fewer files) */
#define RK_CONNECTIONS_IP_MAX                                                                  \
    12288u /* of one address: generous, since a proxy in front is one */
#define RK_CONNECTION_SECONDS_MAX 30u /* a silent connection is closed */
#define RK_CONNECTION_BYTES_MAX                                                                \
    8192u                 /* request line, headers and answer's headers of a connection */
#define RK_SERVED_MAX 64u /* election directories of one server */
#define RK_REFRESH_ENTRIES_MAX 65536u /* entries applied between two requests */

#define RK_ARSIP_FIGURES_MAX 20000000u     /* figures of the archive in memory */
#define RK_ARSIP_SERIES_MAX 10000u         /* series of the archive */
#define RK_ARSIP_TEXTS_MAX 2000000u        /* names, notes, sources of the archive */
#define RK_ARSIP_VALUE_MAX 1000000000000ll /* a figure of the archive */
#define RK_ARSIP_STATION_MAX 9999u         /* number of a station in its desa, in the archive */
#define RK_SPEC_MAX (256u << 10)           /* bytes of an import's description */
#define RK_SPEC_COLUMNS_MAX 512u           /* columns that an import's description names */
#define RK_SMALL_CELL 5u /* a group of fewer voters is merged with others, or not shown */

#define RK_LOG_SIZE_MAX INT64_MAX  /* entries of one log: a signed number elsewhere */
#define RK_PROOF_HASHES_MAX 63u    /* hashes of a proof in such a log */
#define RK_NOTE_MAX (128u << 10)   /* bytes of a signed note */
#define RK_NOTE_SIGNATURES_MAX 16u /* signatures of one note */
#define RK_KEY_NAME_MAX 255u       /* bytes of the name of a key or of a log */
#define RK_WRITER_QUEUE_MAX 4096u  /* forms that wait for the writer */
#define RK_WRITER_GROUP_MAX 256u   /* forms of one commit */
#define RK_SIGNERS_MAX 4000000u    /* keys that one log ever had */
#define RK_KEYS_MAX 64u            /* keys a note is checked against */
#define RK_PROOF_EXTRA_MAX 65535u  /* bytes of extra data in a proof */
#define RK_PROOF_MAX (256u << 10)  /* bytes of a proof */
#define RK_POLICY_MAX 65536u       /* bytes of a policy file */
#define RK_POLICY_LOGS_MAX 32u     /* logs of one policy; so many witnesses, so many groups */
#define RK_PACK_THREADS_MAX 8      /* threads that compress a release */
#define RK_RELEASE_NOTE_MAX (64u << 10) /* bytes of rilis-SIZE.json */
#define RK_PACKAGE_MAX (64u << 20)      /* bytes of a release's datapackage.json */
#define RK_MIRROR_PARALLEL_MAX 4u       /* downloads of a mirror at one time: the quota */
#define RK_MIRROR_POLL_SECONDS 60u      /* terbaru.json is asked for no oftener */
#define RK_MIRROR_TRIES_MAX 5u          /* in a row without a byte, then a file is given up */
#define RK_MIRROR_WAIT_SECONDS_MAX 900u /* a server that wants a longer pause ends the run */
#define RK_MIRROR_SECONDS_MAX 21600u    /* one run takes no longer; the next goes on */
#define RK_MIRROR_FILES_MAX 20000u      /* files of one release */
#define RK_MIRROR_LIST_MAX (64u << 20)  /* bytes of one list of a manifest */
#define RK_MIRROR_SMALL_MAX                                                                    \
    (64u << 20)                        /* bytes of a file that datapackage.json does not name */
#define RK_MIRROR_LOG_MAX (1ull << 28) /* entries of a log that is mirrored */
#define RK_MIRROR_KEEP_MAX 10000u      /* releases that a mirror holds */
#define RK_MIRROR_EVIDENCE_MAX 100u    /* refused answers that a mirror keeps */
#define RK_LISTING_BYTES_MAX                                                                   \
    (64u << 20) /* published files' hashes kept before they are merged */

#define RK_CALENDAR_BYTES_MAX (1u << 20) /* a file of holidays */
#define RK_CALENDAR_YEARS_MAX 64u        /* years with a published calendar */
#define RK_HOLIDAYS_MAX 4096u            /* holidays of all of them */
#define RK_PPID_BYTES_MAX (32u << 20)    /* a register of requests for information */
#define RK_PPID_EVENTS_MAX 20000u        /* its events */
#define RK_INFRA_BYTES_MAX (4u << 20)    /* one file of an inventory of infrastructure */
#define RK_INFRA_FILES_MAX 32u           /* files of one inventory */
#define RK_INFRA_RECORDS_MAX 4096u       /* records of one inventory */
#define RK_INFRA_EXEMPTIONS_MAX 256u     /* exemptions of one inventory */
#define RK_INFRA_ITEMS_MAX 256u          /* references of one field */
#define RK_DIAGRAM_NODES_MAX 60u         /* nodes of one diagram: more are drawn as groups */

#define RK_PARTIES_MAX 1024u   /* parties of one parliament, pairs of one election */
#define RK_DISTRICTS_MAX 4096u /* electoral districts of one parliament */
#define RK_SEATS_MAX 10000u    /* seats of one district */
#define RK_VOTES_MAX                                                                           \
    (1ull << 40) /* votes of one party: what the law's quotients are made of                   \
                  */

#define RK_WITNESS_REQUEST_MAX (RK_NOTE_MAX + 4096u) /* bytes of an add-checkpoint request */
#define RK_WITNESS_ANSWER_MAX (64u << 10)            /* bytes of an answer to it */
#define RK_WITNESS_LOGS_MAX 64u                      /* logs that one witness watches */
#define RK_WITNESS_KEYS_MAX 8u                       /* keys of one of them at the same time */
#define RK_WITNESS_EVIDENCE_MAX 1000u   /* forks of a log that a witness keeps the proof of */
#define RK_WITNESS_CONNECTIONS_MAX 256u /* open connections of a witness */
#define RK_WITNESS_SECONDS_MAX 15u      /* a request to a witness takes no longer */
#define RK_GATHER_CONNECT_MS 2000u      /* a witness that does not accept by then is away */
#define RK_GATHER_TOTAL_MS 5000u        /* gathering takes no longer, whoever is silent */
#define RK_GATHER_PATIENCE_MS 500u      /* wait for the others once the quorum is there */

#define RK_RESIDENCY_BYTES_MAX (1u << 20)  /* a declaration of where data may go */
#define RK_TARGETS_MAX 256u                /* targets of one declaration */
#define RK_TARGET_ADDRESSES_MAX 16u        /* addresses and prefixes of one target */
#define RK_REFUSALS_MAX 64u                /* refused connections that are remembered */
#define RK_DELEGATED_BYTES_MAX (64u << 20) /* a registry's file of delegated addresses */
#define RK_DELEGATED_RECORDS_MAX 2000000u  /* records of all of them */
#define RK_DELEGATED_FILES_MAX 8u          /* files of one run */
#define RK_ADDRESSES_BYTES_MAX (1u << 20)  /* a file of names and their addresses */
#define RK_RESIDENT_ADDRESSES_MAX 64u      /* addresses of one target that are looked at */
#define RK_STATEMENTS_MAX 4096u            /* statements of residency of one election */

#define RK_NODE_BYTES_MAX (96u << 10) /* what a node says of itself, before it is signed */
#define RK_NODE_STORES_MAX 320u       /* stores and targets of one node */
#define RK_NODE_CERTS_MAX 32u         /* certificates of one node */
#define RK_NODE_LIBRARIES_MAX 192u    /* libraries of one program */
#define RK_NODES_MAX 4096u            /* descriptions that are laid beside an inventory */

#define RK_DESTINATIONS_BYTES_MAX (1u << 20) /* the private file of who gets deliveries */
#define RK_DESTINATIONS_MAX 256u             /* of it */
#define RK_DELIVERIES_MAX 1024u              /* of one release */
#define RK_SUBSCRIPTIONS_MAX 20000u          /* lines of langganan.jsonl */
#define RK_PARCELS_MAX 1024u                 /* files of one delivery */
#define RK_DELIVERY_LINE_MAX 4096u           /* bytes of a line of the delivery log */
#define RK_DELIVERY_LOG_MAX (1ull << 30)     /* bytes of that log: then it is to be put aside */
#define RK_DELIVERY_TRIES_MAX 100u           /* attempts at one delivery; 8 unless told */
#define RK_DELIVERY_AT_ONCE_MAX 16u          /* deliveries at the same time; 4 unless told */
#define RK_DELIVERY_WAIT_MAX 3600u           /* seconds between two attempts */
#define RK_DELIVERY_SECONDS_MAX 86400u       /* one file, one run: no longer */
#define RK_DELIVERY_CONNECT_MS 20000u        /* until a receiver has taken the connection */
#define RK_DELIVERY_ANSWER_MAX (64u << 10)   /* bytes of a receiver's answer that are read */
#define RK_SECRET_FILE_MAX 16384u            /* a password or key file */
#define RK_MAIL_ATTACHED_MAX (20u << 20)     /* bytes attached to one mail; 5 MiB unless told */

#define RK_SHEET_FILE_MAX (4u << 20) /* bytes of the description of a printed form */
#define RK_SHEET_PAGES_MAX 64u       /* pages of one form */
#define RK_SHEET_TAGS_MAX 8u         /* tags of one page; so many corner marks */
#define RK_SHEET_BOXES_MAX 6u        /* digit boxes of one figure */
#define RK_SHEET_CHECKS_MAX 1024u    /* sums of one form */
#define RK_SHEET_TERMS_MAX 8192u     /* terms of all its sums */
#define RK_SHEET_MM_MAX 5000.0       /* no page is larger */
#define RK_DRAWING_MAX 4096u         /* texts, lines, grids on a page beside its boxes */
#define RK_PRINT_PAGES_MAX 50000u    /* pages of one PDF of forms */
#define RK_PRINT_DPI_MAX 600u        /* of a page drawn as a picture */
#define RK_PAGE_TAGS_ALL (RK_SHEET_PAGES_MAX * RK_SHEET_TAGS_MAX)
#define RK_TAGS_SEEN_MAX 64u            /* tags looked at in one photo, the largest first */
#define RK_PHOTO_SIDE_MAX 20000u        /* pixels of a photo's longer side */
#define RK_PHOTO_PIXELS_MAX 64000000u   /* pixels of a photo */
#define RK_PHOTO_BYTES_MAX (32u << 20)  /* bytes of a photo's file */
#define RK_PAGE_BOXES_MAX 1024u         /* digit boxes of one page */
#define RK_OVERLAY_SIDE_MAX 1500u       /* pixels of the picture that shows what was found */
#define RK_SCAN_CPU_MS_MAX 1900u        /* computing on one photo */
#define RK_SCAN_WALL_MS_MAX 10000u      /* waiting for it on a busy machine */
#define RK_SCAN_MEMORY_MAX (192u << 20) /* bytes beyond what the program has */
#define RK_CANDIDATES_MAX 12u           /* readings of a figure that are kept */
#define RK_SHEET_CANDIDATES_MAX 256u    /* ways to satisfy a form's sums that are listed */
#define RK_READ_PHOTOS_MAX 100000u      /* photos of one run of the reader */
#define RK_FORM_PHOTOS_MAX 64u          /* photos of one form that are read together */
#define RK_READING_FIGURES_MAX 512u     /* figures of a form whose reading enters the log */
#define RK_READING_BOXES_MAX 1800u      /* digit boxes of such a form: its entry then fits */
#define RK_FIGURE_NAME_MAX 32u          /* bytes of the name of a figure of such a form */
#define RK_PHOTO_FOLDERS_MAX 8u         /* folders in folders that are gone through */
#define RK_READ_JOBS_MAX 64u            /* photos that are read at the same time */
#define RK_MODEL_MAX (1u << 20)         /* bytes of the weights of a digit net */
#define RK_PAGE_ID_MAX 80u              /* bytes of the text in a page's QR code */

#endif
