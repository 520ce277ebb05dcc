/*
 * What mosquitto needs: its configuration, who may say what, certificates and the revocation list,
 * all written into one folder by us (design.md, "The wire").
 */
#pragma once

#include <glib.h>

#include "server/authority.h"
#include "server/config.h"
#include "server/store/sql.h"

/* TRUE for a name that a service bears, or may come to bear: no terminal may have it. */
gboolean broker_service_name(const char *name);

/* mosquitto.conf, acl, ca.crt, crl.pem, and, where missing or due, the certificates of the broker
 * and of our services (in KEYS/core). Adds what it issues to the database. */
gboolean broker_config_write(const ServerConfig *config, const Authority *authority, Sql *sql,
							 gint64 now_ms, GError **error);
/* Only the revocation list and the anchors. */
gboolean broker_config_write_crl(const ServerConfig *config, const Authority *authority, Sql *sql,
								 gint64 now_ms, GError **error);
/* SIGHUP to the broker of the pid file.  FALSE with `error` unset: no broker is running here. */
gboolean broker_reload(const ServerConfig *config, GError **error);

/* KEYS/core/authority */
char *broker_authority_folder(const ServerConfig *config);
/* KEYS/core/NAME.crt or .key (transfer full). */
char *broker_service_path(const ServerConfig *config, const char *name, const char *suffix);
