/* The daily statement of residency as documents, from a judged report (core/resident). JSON and
 * CSV are for the public and hold no address of any target (ruling 002/KIP-PSIP/II/2024 asks
 * for topology without IP addresses); the text is for whoever runs the system, with them. The
 * same report gives the same bytes. Format: docs/format/residency.md. */
#ifndef RK_PUBLISH_STATEMENT_H
#define RK_PUBLISH_STATEMENT_H

#include "base/buf.h"
#include "core/resident.h"

void rk_statement_json(const rk_resident_report *r, rk_buf *out);
void rk_statement_csv(const rk_resident_report *r, rk_buf *out);
void rk_statement_text(const rk_resident_report *r, rk_buf *out);

/* The declaration judged by itself: every target and rule. */
void rk_declaration_json(const rk_residency *d, rk_buf *out);
void rk_declaration_text(const rk_residency *d, rk_buf *out);

#endif
