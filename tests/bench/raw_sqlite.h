/* The yardstick: SQLite used as plainly as it can be, with our durability (WAL, FULL). */
#pragma once

#include <glib.h>

typedef struct RawSqlite RawSqlite;

/* A new file in `folder`.  Whatever fails ends the program: a yardstick has no half. */
RawSqlite *raw_open(const char *folder);
void raw_close(RawSqlite *raw);

/* Inserts each of the blobs under a growing key, `batch` of them per transaction. Seconds. */
double raw_insert(RawSqlite *raw, GPtrArray *blobs, guint batch);

/* Fills person, day, at, with a covering index. */
void raw_fill_punches(RawSqlite *raw, gint64 n_people, gint64 first_day, gint64 n_days);
/* First and last of each person and day, fetched to the end. Seconds; `rows` gets their number. */
double raw_group_by_day(RawSqlite *raw, gint64 *rows);
