/*
 * Verdicts of one person after another, several rows to a statement: judge has a month of each, and what a
 * statement costs is mostly its beginning and its end.
 */
#pragma once

#include "server/store/time/verdicts.h"

typedef struct VerdictWriter VerdictWriter;
/* Borrows `sql`. */
VerdictWriter *verdict_writer_new(Sql *sql);
void verdict_writer_free(VerdictWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VerdictWriter, verdict_writer_free)

/* In a transaction, before the days of a person: what was put and not flushed is forgotten. */
void verdict_writer_begin(VerdictWriter *writer);
/* As verdicts_put(), where `known` is what is stored indeed; ascending by day, of one person.  Texts are copied. */
gboolean verdict_writer_put(VerdictWriter *writer, const Verdict *verdict,
							const VerdictKnown *known, gboolean *changed, GError **error);
/* Behind the last day of a person: only now all of it is stored. */
gboolean verdict_writer_flush(VerdictWriter *writer, GError **error);
