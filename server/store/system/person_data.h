/*
 * Everything that is kept about a person, for the person (UU 27/2022, article 6: the right to a copy):
 * the rows of every table that names people, found by the database's own list of columns, so that a
 * table that is added later is not forgotten; and of tables that name a person by way of another those
 * that belong to these: days of leaves, requests and publications of rosters, orders for the person,
 * outages decided at the duty places.
 *
 * What would open something (password hashes, secrets) and sealed bytes are left out; of bytes the
 * length is told.
 */
#pragma once

#include "protocol/ids.h"
#include "server/store/sql_driver.h"

typedef struct {
	const char *table, *column;
	SqlValueKind kind; /* INT, DOUBLE, TEXT, BYTES (`integer` is their length) or NULL */
	gint64 integer;
	double real;
	const char *text;
} PersonDatum;

/* Once per value, row by row, all columns of a row one after the other; `first` begins a row.  Texts
 * are borrowed during the call. */
typedef void (*PersonDatumSeen)(const PersonDatum *datum, gboolean first, gpointer user);

gboolean person_data_each(Sql *sql, PersonId person, PersonDatumSeen seen, gpointer user,
						  GError **error);
