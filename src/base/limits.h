/* Every named limit in one place. A limit is a promise to the operator: nothing grows past it. */
#ifndef RK_BASE_LIMITS_H
#define RK_BASE_LIMITS_H

#define RK_ENTRY_MAX 65535u         /* bytes of one entry: C2SP tlog-tiles, uint16 length prefix */
#define RK_CODE_MAX 23u             /* bytes of a region, station, contest or choice code */
#define RK_NAME_MAX 400u            /* bytes of a name */
#define RK_LEVELS 6u                /* nation, provinsi, kabupaten/kota, kecamatan, desa, TPS */
#define RK_REGIONS_MAX 2000000u     /* regions of one election */
#define RK_TPS_MAX 8000000u         /* stations of one election */
#define RK_CONTESTS_MAX 64u         /* contests of one election */
#define RK_COLUMNS_MAX 2048u        /* figures of one form */
#define RK_CHOICES_MAX 65536u       /* choices of one contest over all its dapil */
#define RK_RULES_MAX 64u            /* rule ids of one contest: one bit each */
#define RK_VALUE_MAX 999999u        /* a cell above this is a typing error on any form */
#define RK_FILE_BYTES_MAX (8ull << 30) /* an input file once decompressed */
#define RK_DOCUMENT_MAX (64u << 20)    /* a region file or contest file */
#define RK_JSON_DOC_MAX (1u << 20)     /* one Sirekap TPS document */
#define RK_TEXT_MAX 1000u              /* a reason, a note, a source */
#define RK_IMAGES_MAX 64u              /* photo addresses of one form */
#define RK_URL_MAX 2048u               /* bytes of a request path or of a photo address */

#endif
