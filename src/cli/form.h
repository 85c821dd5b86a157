/* rekap form: the verb, and its part that lives in a program of its own. */
#ifndef RK_CLI_FORM_H
#define RK_CLI_FORM_H

/* The program that draws: it lies beside rekap, so that Cairo and Pango are not linked into the
 * program that serves. It takes the arguments that follow "rekap form draw". */
#define CLI_FORM_DRAWER "rekap-form"

#endif
