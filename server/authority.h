/*
 * The province's certificate authority for the broker's surface: anchors, and the certificates of
 * the broker, of our services, and of terminals.
 *
 * An anchor is a self-signed P-256 certificate with its key, files anchor-N.crt and anchor-N.key in
 * one 0700 folder.  All anchors that have not expired are trusted.  To roll over, a new anchor is
 * added while the old one still has a third of its life: from then on terminals' certificates come
 * from the newest anchor and carry all anchors, while the broker keeps a certificate of the oldest
 * until that one is about to expire, so that a terminal which knows only the old one still
 * connects.
 *
 * Every time is a parameter: nothing here reads a clock.
 */
#pragma once

#include <glib.h>

#include "server/crypto_openssl.h"
#include "server/store/terminals/terminals.h"

#define AUTHORITY_ERROR (authority_error_quark())
GQuark authority_error_quark(void);

typedef enum {
	AUTHORITY_ERROR_FAILED,
	AUTHORITY_ERROR_REQUEST, /* the certificate request is not acceptable */
	AUTHORITY_ERROR_EXPIRED, /* no anchor is valid at that time */
} AuthorityError;

#define AUTHORITY_DAY_MS (G_GINT64_CONSTANT(24) * 3600 * 1000)
#define AUTHORITY_ANCHOR_DAYS 3650
#define AUTHORITY_SERVICE_DAYS 365

typedef struct Authority Authority;

/* Reads all anchors of the folder; at least one must be there. */
Authority *authority_open(const char *folder, GError **error);
/* Makes one more anchor (the first: makes the folder, 0700) and gives the authority with it. */
Authority *authority_add_anchor(const char *folder, const char *province, gint64 now_ms,
								GError **error);
void authority_free(Authority *authority);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Authority, authority_free)

/* TRUE when the newest anchor has less than a third of its life left: add one. */
gboolean authority_anchor_due(const Authority *authority, gint64 now_ms);
/* The trusted certificates, PEM, oldest first (transfer full). */
char *authority_anchors_pem(const Authority *authority, gint64 now_ms);
/* The same as DER, of GBytes. */
GPtrArray *authority_anchors_der(const Authority *authority, gint64 now_ms);

/* What was issued. `row` is for certificates_add(). */
typedef struct {
	CertificateRow row;
	GBytes *der;
} Issued;

void issued_clear(Issued *issued);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Issued, issued_clear)
/* PEM text of the certificate (transfer full). */
char *issued_pem(const Issued *issued);

/* For the broker: TLS server, its name and addresses (`host` besides localhost and 127.0.0.1). */
gboolean authority_issue_broker(const Authority *authority, const ServerKey *key, const char *host,
								gint64 now_ms, Issued *out, GError **error);
/* For one of our own connections: TLS client, CN = name ("collector-1"). */
gboolean authority_issue_service(const Authority *authority, const ServerKey *key, const char *name,
								 gint64 now_ms, Issued *out, GError **error);
/* For a device's bundle: TLS client, CN = terminal, until `until_ms`. */
gboolean authority_issue_bootstrap(const Authority *authority, const ServerKey *key,
								   const TerminalId *terminal, gint64 now_ms, gint64 until_ms,
								   Issued *out, GError **error);
/* For a terminal's request (PKCS #10, DER): its signature must verify, its key be P-256, its only
 * name CN = terminal; extensions it asks for are not looked at. */
gboolean authority_issue_terminal(const Authority *authority, Slice csr, const TerminalId *terminal,
								  gint64 now_ms, gint64 until_ms, Issued *out, GError **error);

/* When the PEM certificate in `path` ends, UTC ms; 0: it is not readable. */
gint64 authority_certificate_until(const char *path);
/* TRUE when the PEM certificate in `path` is past two thirds of its life, or issued by an anchor
 * that has expired, or unreadable. */
gboolean authority_renewal_due(const char *path, gint64 now_ms);

/* One revocation list per trusted anchor, PEM, one after the other (transfer full); `revoked` of
 * CertificateRow.  Good for a year: a server that was off must not lock out its terminals. */
char *authority_crl(const Authority *authority, GArray *revoked, gint64 now_ms, GError **error);
