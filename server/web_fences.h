/*
 * The fences of the role web: the database's files, the certificate's, and the system calls of a program
 * that serves.  Files are fenced before there are threads, calls once it listens.
 */
#pragma once

#include "server/store/sql.h"

typedef struct {
	Sql *keeper; /* keeps the database's -wal and -shm from going away; NULL: another database */
	char *database, *wal, *shm;
	gboolean files, calls; /* which of the two this machine has */
	gboolean leak_checker; /* the program runs under a sanitizer that looks into it at its end */
} WebFences;

/* `database` as sql_open() takes it. FALSE: it cannot be opened. */
gboolean web_fences_open(WebFences *fences, const char *database, GError **error);
/* `certificate` and `key` may be NULL.  What the machine does not have is said in the log. */
void web_fences_files(WebFences *fences, const char *certificate, const char *key);
void web_fences_calls(WebFences *fences);
void web_fences_clear(WebFences *fences);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(WebFences, web_fences_clear)
