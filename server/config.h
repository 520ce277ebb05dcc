/*
 * The server's configuration, `DIR/server.conf` as `hadir init` writes it.  Every role and every
 * subcommand of `hadir` reads the same file.
 */
#pragma once

#include <glib.h>

typedef struct {
	char *folder; /* of the file itself, absolute; set by config_load() */
	/* [server] */
	char *database;        /* "sqlite:PATH" or "postgresql://…"; a relative PATH is below folder */
	char *keys;            /* folder with core/, vault/ and web/, each 0700 */
	char *run;             /* pid files and sockets */
	gint64 utc_offset_min; /* local time, minutes east of UTC */
	/* [broker] */
	char *broker_folder; /* mosquitto.conf, acl, ca.crt, broker.crt, broker.key, crl.pem */
	char *broker_host;   /* what terminals dial */
	char *broker_bind;   /* what it listens on */
	gint64 broker_port;
	char *broker_name; /* the CN under which the core role connects: "collector-1" */
	/* [web] */
	char *web_host;
	gint64 web_port;
	char *web_certificate, *web_key; /* PEM files; NULL: plain HTTP, loopback only */
	/* [terminals] */
	gint64 bootstrap_hours;   /* how long a bundle may be used */
	gint64 certificate_days;  /* life of a terminal's certificate */
	gint64 repeat_s;          /* touches of one person within it are one punch */
	gint64 lease_days;        /* how long a roster entry works without a sync */
	gint64 grace_days;        /* still identified at the former place after a mutation */
	gint64 alive_tolerance_s; /* the longest silence that is still "alive": 20 minutes */
	/* [time] */
	gint64 future_s;  /* a stamp later than now by more than this is implausible */
	gint64 past_days; /* a stamp older than this is implausible */
} ServerConfig;

/* NULL with an error that names file, group and key. */
ServerConfig *config_load(const char *path, GError **error);
void config_free(ServerConfig *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ServerConfig, config_free)

/* "sqlite:/absolute/path" or the PostgreSQL url, for sql_open(). (transfer full) */
char *config_database(const ServerConfig *config);
/* `--config FILE`, else the environment's HADIR_CONFIG; NULL with an error. (transfer full)
 * Removes the option from argv. */
char *config_path_from_args(int *argc, char **argv, GError **error);
void config_print_help(void);
