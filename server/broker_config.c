#include "server/broker_config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* How long a broker that is just starting is waited for. */
#define STARTING_STEPS 20
#define STARTING_STEP_MS 50

/* One certificate holds one connection, so each of our connections has a name of its own. */
static const struct {
	const char *name;
	const char *acl;
} services[] = {
	{"collector-1", "topic read hadir/1/+/+/up/#\n"
					"topic write hadir/1/+/+/down/#\n"},
	/* For looking on during service; says nothing. */
	{"tool-1", "topic read hadir/1/+/+/up/health\n"},
};

/* What a terminal may do: its own branch only.  Pattern lines apply to services too, which is
 * harmless as long as no terminal bears a service's name. */
static const char terminal_acl[] = "pattern write hadir/1/+/%u/up/#\n"
								   "pattern read hadir/1/+/%u/down/#\n";

gboolean broker_service_name(const char *name)
{
	static const char *const prefixes[] = {"collector-", "tool-", "web-",  "server",
										   "broker",     "vault", "anchor"};
	for (gsize i = 0; i < G_N_ELEMENTS(prefixes); i++)
		if (g_str_has_prefix(name, prefixes[i]))
			return TRUE;
	return FALSE;
}

char *broker_authority_folder(const ServerConfig *config)
{
	return g_build_filename(config->keys, "core", "authority", NULL);
}

char *broker_service_path(const ServerConfig *config, const char *name, const char *suffix)
{
	g_autofree char *file = g_strconcat(name, suffix, NULL);
	return g_build_filename(config->keys, "core", file, NULL);
}

static gboolean write_text(const ServerConfig *config, const char *name, const char *text,
						   GError **error)
{
	g_autofree char *path = g_build_filename(config->broker_folder, name, NULL);
	return g_file_set_contents_full(
		path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, error);
}

static gboolean write_conf(const ServerConfig *config, GError **error)
{
	const char *folder = config->broker_folder;
	/* Started as root it would drop to its own user and could not read a private folder. */
	const char *user = geteuid() == 0 ? "user root\n" : "";
	g_autofree char *text =
		g_strdup_printf("# Written by hadir; changes are lost.\n"
						"%s"
						"per_listener_settings false\n"
						"persistence false\n"
						"allow_anonymous false\n"
						"acl_file %s/acl\n"
						"pid_file %s/mosquitto.pid\n"
						"log_dest stderr\n"
						"log_type error\n"
						"log_type warning\n"
						"log_type notice\n"
						"log_type information\n"
						"max_packet_size 1048576\n"
						/* Without it small messages wait 40 ms for each other. */
						"set_tcp_nodelay true\n"
						"max_inflight_messages 200\n"
						"listener %d %s\n"
						"cafile %s/ca.crt\n"
						"certfile %s/broker.crt\n"
						"keyfile %s/broker.key\n"
						"crlfile %s/crl.pem\n"
						"tls_version tlsv1.3\n"
						"require_certificate true\n"
						"use_identity_as_username true\n"
						"use_username_as_clientid true\n",
						user, folder, config->run, (int)config->broker_port, config->broker_bind,
						folder, folder, folder, folder);
	return write_text(config, "mosquitto.conf", text, error);
}

static gboolean write_acl(const ServerConfig *config, GError **error)
{
	g_autoptr(GString) text = g_string_new("# Written by hadir; changes are lost.\n");
	for (gsize i = 0; i < G_N_ELEMENTS(services); i++)
		g_string_append_printf(text, "user %s\n%s\n", services[i].name, services[i].acl);
	g_string_append(text, terminal_acl);
	return write_text(config, "acl", text->str, error);
}

gboolean broker_config_write_crl(const ServerConfig *config, const Authority *authority, Sql *sql,
								 gint64 now_ms, GError **error)
{
	g_autoptr(GArray) revoked = NULL;
	if (!certificates_revoked(sql, now_ms, &revoked, error))
		return FALSE;
	g_autofree char *crl = authority_crl(authority, revoked, now_ms, error);
	g_autofree char *anchors = authority_anchors_pem(authority, now_ms);
	return crl != NULL && write_text(config, "crl.pem", crl, error) &&
		   write_text(config, "ca.crt", anchors, error);
}

/* A certificate with a new key, unless the one there is still good. */
static gboolean renew(const ServerConfig *config, const Authority *authority, Sql *sql,
					  const char *name, const char *certificate_path, const char *key_path,
					  gint64 now_ms, GError **error)
{
	if (!authority_renewal_due(certificate_path, now_ms))
		return TRUE;
	gboolean is_broker = strcmp(name, "broker") == 0;
	g_autoptr(ServerKey) key = server_key_generate();
	g_auto(Issued) issued = {0};
	if (is_broker
			? !authority_issue_broker(authority, key, config->broker_host, now_ms, &issued, error)
			: !authority_issue_service(authority, key, name, now_ms, &issued, error))
		return FALSE;
	/* It ends with its anchor, as the one there does: nothing is won until the next anchor's turn. */
	if (issued.row.not_after_ms / 1000 * 1000 <= authority_certificate_until(certificate_path))
		return TRUE;
	if (!certificates_add(sql, &issued.row, FALSE, now_ms, error))
		return FALSE;
	g_autofree char *fresh = g_strconcat(key_path, ".new", NULL);
	unlink(fresh);
	if (!server_key_save(key, fresh, error))
		return FALSE;
	if (rename(fresh, key_path) != 0) {
		g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno), "%s: %s", key_path,
					g_strerror(errno));
		return FALSE;
	}
	g_autofree char *pem = issued_pem(&issued);
	return g_file_set_contents_full(certificate_path, pem, -1,
									G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
									0644, error);
}

static gboolean renew_services(const ServerConfig *config, const Authority *authority, Sql *sql,
							   gint64 now_ms, GError **error)
{
	g_autofree char *broker_crt = g_build_filename(config->broker_folder, "broker.crt", NULL);
	g_autofree char *broker_key = g_build_filename(config->broker_folder, "broker.key", NULL);
	if (!renew(config, authority, sql, "broker", broker_crt, broker_key, now_ms, error))
		return FALSE;
	for (gsize i = 0; i < G_N_ELEMENTS(services); i++) {
		g_autofree char *crt = broker_service_path(config, services[i].name, ".crt");
		g_autofree char *key = broker_service_path(config, services[i].name, ".key");
		if (!renew(config, authority, sql, services[i].name, crt, key, now_ms, error))
			return FALSE;
	}
	return TRUE;
}

gboolean broker_config_write(const ServerConfig *config, const Authority *authority, Sql *sql,
							 gint64 now_ms, GError **error)
{
	if (write_conf(config, error) && write_acl(config, error) &&
		broker_config_write_crl(config, authority, sql, now_ms, error) &&
		renew_services(config, authority, sql, now_ms, error))
		return TRUE;
	g_prefix_error(error, "write the broker's configuration: ");
	return FALSE;
}

/* Of /proc/PID/NAME; NULL when there is no such process. */
static char *process_file(gint64 pid, const char *name)
{
	g_autofree char *path = g_strdup_printf("/proc/%d/%s", (int)pid, name);
	char *text = NULL;
	return g_file_get_contents(path, &text, NULL, NULL) ? g_strstrip(text) : NULL;
}

/* A broker that is just starting has its pid file before its handler: SIGHUP would end it. */
static gboolean handles_hangup(gint64 pid)
{
	g_autofree char *status = process_file(pid, "status");
	const char *caught = status == NULL ? NULL : strstr(status, "\nSigCgt:");
	return caught != NULL &&
		   (g_ascii_strtoull(caught + strlen("\nSigCgt:"), NULL, 16) & (1ull << (SIGHUP - 1))) != 0;
}

gboolean broker_reload(const ServerConfig *config, GError **error)
{
	g_autofree char *path = g_build_filename(config->run, "mosquitto.pid", NULL);
	g_autofree char *text = NULL;
	if (!g_file_get_contents(path, &text, NULL, NULL))
		return FALSE;
	gint64 pid;
	if (!g_ascii_string_to_signed(g_strstrip(text), 10, 2, G_MAXINT32, &pid, NULL))
		return FALSE;
	/* A left-over pid file may name somebody else by now. */
	g_autofree char *comm = process_file(pid, "comm");
	if (g_strcmp0(comm, "mosquitto") != 0)
		return FALSE;
	for (guint i = 0; i < STARTING_STEPS && !handles_hangup(pid); i++)
		g_usleep(STARTING_STEP_MS * 1000);
	if (!handles_hangup(pid))
		return FALSE;
	if (kill((pid_t)pid, SIGHUP) == 0)
		return TRUE;
	g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno), "signal the broker: %s",
				g_strerror(errno));
	return FALSE;
}
