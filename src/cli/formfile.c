#include "cli/formfile.h"

#include <string.h>

rk_status cli_form_open(const char *form, rk_file *file, rk_sheet **out, rk_err *err) {
    rk_slice name = rk_slice_str(form), shipped = rk_sheet_shipped(name);
    *out = NULL;
    *file = (rk_file){0};
    if (shipped.len) return rk_sheet_parse(shipped, out, err);
    if (!strchr(form, '/') && !rk_slice_ends(name, RK_LIT(".json")))
        return rk_fail(err, RK_NOT_FOUND,
                       "no form '%s' is built in (ppwp-2024 is); give the file of its "
                       "description, for instance ./%s.json",
                       form, form);
    RK_TRY(rk_file_read(form, RK_SHEET_FILE_MAX, file, err));
    return rk_sheet_parse(file->bytes, out, err);
}
