/* The life of an installation: made once, given terminals, backed up and restored. */
#pragma once

#include "server/config.h"
#include "server/store/sql.h"

typedef struct {
	gboolean demo; /* simulated sensors count */
	gint64 port_broker, port_web;
	const char *broker_host; /* what terminals dial; NULL: 127.0.0.1 */
	gint64 now_ms;
} ProvinceNew;

/* Makes DIR with server.conf, folders, keys, certificates, database and epoch; DIR must not exist or
 * be empty.  Gives the configuration. */
ServerConfig *province_make(const char *folder, const ProvinceNew *what, GError **error);

/* Adds a terminal and gives the text of its bundle (transfer full; wipe it with
 * server_text_wipe()). `place` is a place's id. Joins a transaction in progress, else has its own. */
char *province_add_terminal(const ServerConfig *config, Sql *sql, const char *id, gint64 place,
							gint64 now_ms, GError **error);
