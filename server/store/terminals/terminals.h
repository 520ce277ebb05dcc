/*
 * Terminals: one row per device, for ever; their keys (old ones are kept to verify old batches),
 * certificates, and the last health each reported.
 *
 *   new ──join──> active ──revoke──> revoked
 *
 * Every change raises `revision` (terminals_revision), so that the core role sees with one cheap
 * query that `hadir` or web changed something.
 */
#pragma once

#include "protocol/health.h"
#include "server/store/sql.h"

typedef enum {
	TERMINAL_NEW, /* a bundle was issued; the device has not joined */
	TERMINAL_ACTIVE,
	TERMINAL_REVOKED, /* its messages are refused, its backlog is held */
} TerminalState;

const char *terminal_state_text(TerminalState state); /* "new", "active", "revoked" */

typedef struct {
	TerminalId id;
	gint64 place; /* today's, see terminal_places.h */
	TerminalState state;
	gint64 added_ms, joined_ms, revoked_ms; /* 0: not yet */
	/* Valid while active: of the newest row of terminal_key. */
	gboolean has_keys;
	PublicKey signing, sealing;
	/* From the last signed health. `heard_ms` 0: never heard; `online` is FALSE then. */
	gboolean online;
	gint64 heard_ms;
	gint64 backlog;        /* journalled and not receipted, at heard_ms */
	gint64 roster_version; /* what the terminal holds */
	gint64 n_people;
	gint64 disk_free;
	gboolean sensor_ok, tamper_open, reserve_reached, simulated;
	ClockTrust trust;
	gint64 clock_offset_ms; /* its wall clock minus ours at the last health */
	char version[EVENT_TEXT_MAX + 1], sensor[EVENT_TEXT_MAX + 1];
} TerminalRow;

/* All, by id. Free with g_array_unref(). `place` 0: of every place. */
gboolean terminals_list(Sql *sql, gint64 place, GArray **terminals, GError **error);
/* FALSE with `error` unset: no such terminal. */
gboolean terminals_get(Sql *sql, const TerminalId *id, TerminalRow *out, GError **error);
gboolean terminals_revision(Sql *sql, gint64 *revision, GError **error);

/* In the caller's transaction.  SQL_ERROR_CONSTRAINT when the id was ever used. */
gboolean terminals_add(Sql *sql, const TerminalId *id, gint64 place, const guint8 secret[32],
					   gint64 until_ms, gint64 now_ms, GError **error);
/* The bootstrap secret. FALSE, `error` unset: unknown, used or expired. */
gboolean terminals_bootstrap(Sql *sql, const TerminalId *id, gint64 now_ms, guint8 secret[32],
							 GError **error);
/* Destroys the secret, adds the keys (`key` is the id of `signing`), makes the terminal active. */
gboolean terminals_join(Sql *sql, const TerminalId *id, const PublicKey *signing,
						const PublicKey *sealing, const KeyId *key, gint64 now_ms, GError **error);
/* Idempotent. FALSE, `error` unset: no such terminal. */
gboolean terminals_revoke(Sql *sql, const TerminalId *id, gint64 now_ms, GError **error);

/* Which key of this terminal has that id, also an older one. FALSE, `error` unset: none. */
gboolean terminals_key(Sql *sql, const TerminalId *id, const KeyId *key, PublicKey *signing,
					   GError **error);
/* Every key of every terminal, old ones too. */
typedef void (*TerminalKeySeen)(const TerminalId *terminal, const KeyId *id,
								const PublicKey *signing, gpointer user);
gboolean terminals_each_key(Sql *sql, TerminalKeySeen seen, gpointer user, GError **error);

/* A last will (online = FALSE) changes only `online`: the rest of it is as old as the connection. */
gboolean terminals_put_health(Sql *sql, const TerminalId *id, const Health *health, guint64 number,
							  gint64 now_ms, GError **error);
/* Number and journal of the last health stored; 0 and all zero when there is none. */
gboolean terminals_health_number(Sql *sql, const TerminalId *id, gint64 *number, RandomId *journal,
								 GError **error);

/* Certificates issued: what the CRL is made of. `serial` is 16 bytes. */
typedef struct {
	guint8 serial[16];
	char name[TERMINAL_ID_MAX + 1]; /* CN */
	guint8 anchor[16];              /* first bytes of SHA-256 of the issuing anchor's public key */
	gint64 not_after_ms;
	gint64 revoked_ms;
} CertificateRow;

gboolean certificates_add(Sql *sql, const CertificateRow *certificate, gboolean bootstrap,
						  gint64 now_ms, GError **error);
/* Revokes the certificates with that name; `only_bootstrap` spares the others. */
gboolean certificates_revoke(Sql *sql, const char *name, gboolean only_bootstrap, gint64 now_ms,
							 GError **error);
/* Revokes the bootstrap certificates of a terminal that has carried out its COMMAND_CERTIFICATE;
 * `n`: how many. */
gboolean certificates_spent(Sql *sql, const char *name, gint64 now_ms, gint64 *n, GError **error);
/* Revoked and not yet expired. Free with g_array_unref(). */
gboolean certificates_revoked(Sql *sql, gint64 now_ms, GArray **certificates, GError **error);
