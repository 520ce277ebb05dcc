#include "server/authority.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

G_DEFINE_QUARK(hadir_authority_error, authority_error)

G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509_REQ, X509_REQ_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509_CRL, X509_CRL_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509_NAME, X509_NAME_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ASN1_TIME, ASN1_TIME_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ASN1_INTEGER, ASN1_INTEGER_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIO, BIO_free_all)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY, EVP_PKEY_free)

/* A terminal whose clock was never set checks certificates at its program's build time, so what it
 * must trust is dated back this far.  The start of validity protects nothing here. */
#define BACKDATE_DAYS (5 * 365)
#define CLIENT_BACKDATE_DAYS 2
#define CRL_DAYS 366

typedef struct {
	guint number;
	X509 *certificate;
	ServerKey *key;
	guint8 name[16]; /* CertificateRow.anchor */
} Anchor;

struct Authority {
	GPtrArray *anchors; /* of Anchor, ascending by number */
};

static void anchor_free(gpointer data)
{
	Anchor *anchor = data;
	X509_free(anchor->certificate);
	server_key_free(anchor->key);
	g_free(anchor);
}

void authority_free(Authority *authority)
{
	if (authority == NULL)
		return;
	g_ptr_array_unref(authority->anchors);
	g_free(authority);
}

void issued_clear(Issued *issued)
{
	g_clear_pointer(&issued->der, g_bytes_unref);
}

static gboolean fail(GError **error, const char *what)
{
	g_set_error(error, AUTHORITY_ERROR, AUTHORITY_ERROR_FAILED, "%s failed", what);
	return FALSE;
}

/* ── reading and writing ── */

static char *bio_text(BIO *bio)
{
	char *data;
	long size = BIO_get_mem_data(bio, &data);
	return g_strndup(data, (gsize)size);
}

static char *certificate_pem(X509 *certificate)
{
	g_autoptr(BIO) bio = BIO_new(BIO_s_mem());
	if (bio == NULL || PEM_write_bio_X509(bio, certificate) != 1)
		g_error("out of memory");
	return bio_text(bio);
}

static X509 *certificate_load(const char *path, GError **error)
{
	g_autofree char *text = NULL;
	gsize size;
	if (!g_file_get_contents(path, &text, &size, error))
		return NULL;
	g_autoptr(BIO) bio = BIO_new_mem_buf(text, (int)size);
	X509 *certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	if (certificate == NULL)
		g_set_error(error, AUTHORITY_ERROR, AUTHORITY_ERROR_FAILED, "%s is no PEM certificate",
					path);
	return certificate;
}

static GBytes *certificate_der(X509 *certificate)
{
	unsigned char *der = NULL;
	int size = i2d_X509(certificate, &der);
	if (size < 0)
		g_error("out of memory");
	GBytes *bytes = g_bytes_new(der, (gsize)size);
	OPENSSL_free(der);
	return bytes;
}

char *issued_pem(const Issued *issued)
{
	gsize size;
	const unsigned char *der = g_bytes_get_data(issued->der, &size);
	g_autoptr(X509) certificate = d2i_X509(NULL, &der, (long)size);
	g_assert(certificate != NULL);
	return certificate_pem(certificate);
}

static void anchor_name(const ServerKey *key, guint8 name[16])
{
	PublicKey public_key;
	server_key_public(key, &public_key);
	KeyId id;
	key_id_of(&public_key, crypto_sha256, &id);
	memcpy(name, id.bytes, 16);
}

static Anchor *anchor_load(const char *folder, guint number, GError **error)
{
	g_autofree char *certificate_path = g_strdup_printf("%s/anchor-%u.crt", folder, number);
	g_autofree char *key_path = g_strdup_printf("%s/anchor-%u.key", folder, number);
	g_autoptr(X509) certificate = certificate_load(certificate_path, error);
	if (certificate == NULL)
		return NULL;
	g_autoptr(ServerKey) key = server_key_load(key_path, error);
	if (key == NULL)
		return NULL;
	if (X509_check_private_key(certificate, server_key_native(key)) != 1) {
		g_set_error(error, AUTHORITY_ERROR, AUTHORITY_ERROR_FAILED, "%s is not the key of %s",
					key_path, certificate_path);
		return NULL;
	}
	Anchor *anchor = g_new0(Anchor, 1);
	anchor->number = number;
	anchor->certificate = g_steal_pointer(&certificate);
	anchor->key = g_steal_pointer(&key);
	anchor_name(anchor->key, anchor->name);
	return anchor;
}

static gint compare_anchors(gconstpointer a, gconstpointer b)
{
	const Anchor *const *left = a, *const *right = b;
	return (*left)->number<(*right)->number ? -1 : (*left)->number>(*right)->number;
}

Authority *authority_open(const char *folder, GError **error)
{
	g_autoptr(Authority) authority = g_new0(Authority, 1);
	authority->anchors = g_ptr_array_new_with_free_func(anchor_free);
	g_autoptr(GDir) dir = g_dir_open(folder, 0, error);
	if (dir == NULL) {
		g_prefix_error(error, "open authority: ");
		return NULL;
	}
	const char *name;
	while ((name = g_dir_read_name(dir)) != NULL) {
		guint number;
		int end = 0;
		if (sscanf(name, "anchor-%u.crt%n", &number, &end) != 1 || end == 0 || name[end] != '\0')
			continue;
		Anchor *anchor = anchor_load(folder, number, error);
		if (anchor == NULL) {
			g_prefix_error(error, "open authority: ");
			return NULL;
		}
		g_ptr_array_add(authority->anchors, anchor);
	}
	if (authority->anchors->len == 0) {
		g_set_error(error, AUTHORITY_ERROR, AUTHORITY_ERROR_FAILED, "no anchor in %s", folder);
		return NULL;
	}
	g_ptr_array_sort(authority->anchors, compare_anchors);
	return g_steal_pointer(&authority);
}

/* ── certificates ── */

typedef struct {
	const char *name; /* CN */
	gint64 from_ms, until_ms;
	EVP_PKEY *subject;    /* its public key */
	const Anchor *issuer; /* NULL: self-signed with `self` */
	const ServerKey *self;
	struct {
		int nid;
		const char *value;
	} extensions[6];
} CertificateSpec;

static gboolean set_time(ASN1_TIME *time, gint64 ms)
{
	return ASN1_TIME_adj(time, ms / 1000, 0, 0) != NULL;
}

static gboolean set_serial(X509 *certificate, guint8 serial[16])
{
	crypto_random(serial, 16);
	serial[0] &= 0x7f; /* positive, RFC 5280 §4.1.2.2 */
	serial[0] |= 0x40; /* always 16 bytes */
	BIGNUM *number = BN_bin2bn(serial, 16, NULL);
	g_autoptr(ASN1_INTEGER) integer = BN_to_ASN1_INTEGER(number, NULL);
	BN_free(number);
	return integer != NULL && X509_set_serialNumber(certificate, integer) == 1;
}

static gboolean add_extensions(X509 *certificate, X509 *issuer, const CertificateSpec *spec)
{
	X509V3_CTX ctx;
	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, issuer, certificate, NULL, NULL, 0);
	for (gsize i = 0; i < G_N_ELEMENTS(spec->extensions) && spec->extensions[i].nid != 0; i++) {
		X509_EXTENSION *extension =
			X509V3_EXT_conf_nid(NULL, &ctx, spec->extensions[i].nid, spec->extensions[i].value);
		gboolean ok = extension != NULL && X509_add_ext(certificate, extension, -1) == 1;
		X509_EXTENSION_free(extension);
		if (!ok)
			return FALSE;
	}
	return TRUE;
}

static X509_NAME *make_name(const char *common_name)
{
	X509_NAME *name = X509_NAME_new();
	if (name == NULL ||
		X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8,
								   (const unsigned char *)common_name, -1, -1, 0) != 1)
		g_error("out of memory");
	return name;
}

/* Builds and signs; NULL with an error. `serial` gets the number. */
static X509 *make_certificate(const CertificateSpec *spec, guint8 serial[16], GError **error)
{
	g_autoptr(X509) certificate = X509_new();
	g_autoptr(X509_NAME) name = make_name(spec->name);
	X509 *issuer = spec->issuer != NULL ? spec->issuer->certificate : certificate;
	const ServerKey *key = spec->issuer != NULL ? spec->issuer->key : spec->self;
	gboolean ok = certificate != NULL && X509_set_version(certificate, X509_VERSION_3) == 1 &&
				  set_serial(certificate, serial) &&
				  X509_set_subject_name(certificate, name) == 1 &&
				  X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1 &&
				  set_time(X509_getm_notBefore(certificate), spec->from_ms) &&
				  set_time(X509_getm_notAfter(certificate), spec->until_ms) &&
				  X509_set_pubkey(certificate, spec->subject) == 1 &&
				  add_extensions(certificate, issuer, spec) &&
				  X509_sign(certificate, server_key_native(key), EVP_sha256()) > 0;
	if (!ok) {
		g_set_error(error, AUTHORITY_ERROR, AUTHORITY_ERROR_FAILED,
					"make certificate for %s failed", spec->name);
		return NULL;
	}
	return g_steal_pointer(&certificate);
}

static gint64 time_ms(const ASN1_TIME *time)
{
	struct tm tm;
	if (ASN1_TIME_to_tm(time, &tm) != 1)
		return 0;
	return (gint64)timegm(&tm) * 1000;
}

static gint64 anchor_until(const Anchor *anchor)
{
	return time_ms(X509_get0_notAfter(anchor->certificate));
}

static gboolean write_file(const char *path, const char *text, GError **error)
{
	return g_file_set_contents_full(
		path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0644, error);
}

Authority *authority_add_anchor(const char *folder, const char *province, gint64 now_ms,
								GError **error)
{
	guint number = 1;
	if (mkdir(folder, 0700) != 0) {
		g_autoptr(Authority) old = authority_open(folder, error);
		if (old == NULL)
			return NULL;
		const Anchor *newest = old->anchors->pdata[old->anchors->len - 1];
		number = newest->number + 1;
	}
	g_autoptr(ServerKey) key = server_key_generate();
	g_autofree char *name = g_strdup_printf("%s anchor %u", province, number);
	CertificateSpec spec = {
		.name = name,
		.from_ms = now_ms - BACKDATE_DAYS * AUTHORITY_DAY_MS,
		.until_ms = now_ms + AUTHORITY_ANCHOR_DAYS * AUTHORITY_DAY_MS,
		.subject = server_key_native(key),
		.self = key,
		.extensions = {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
					   {NID_key_usage, "critical,keyCertSign,cRLSign"},
					   {NID_subject_key_identifier, "hash"}},
	};
	guint8 serial[16];
	g_autoptr(X509) certificate = make_certificate(&spec, serial, error);
	if (certificate == NULL)
		return NULL;
	g_autofree char *pem = certificate_pem(certificate);
	g_autofree char *key_path = g_strdup_printf("%s/anchor-%u.key", folder, number);
	g_autofree char *certificate_path = g_strdup_printf("%s/anchor-%u.crt", folder, number);
	if (!server_key_save(key, key_path, error) || !write_file(certificate_path, pem, error)) {
		g_prefix_error(error, "add anchor: ");
		return NULL;
	}
	return authority_open(folder, error);
}

/* `newest`: for terminals; otherwise the oldest with a month left, for what they must trust. */
static const Anchor *choose_anchor(const Authority *authority, gboolean newest, gint64 now_ms,
								   GError **error)
{
	gsize n = authority->anchors->len;
	for (gsize i = 0; i < n; i++) {
		const Anchor *anchor = authority->anchors->pdata[newest ? n - 1 - i : i];
		if (anchor_until(anchor) > now_ms + 30 * AUTHORITY_DAY_MS)
			return anchor;
	}
	g_set_error(error, AUTHORITY_ERROR, AUTHORITY_ERROR_EXPIRED, "every trust anchor has expired");
	return NULL;
}

gboolean authority_anchor_due(const Authority *authority, gint64 now_ms)
{
	const Anchor *newest = authority->anchors->pdata[authority->anchors->len - 1];
	return anchor_until(newest) - now_ms < AUTHORITY_ANCHOR_DAYS * AUTHORITY_DAY_MS / 3;
}

char *authority_anchors_pem(const Authority *authority, gint64 now_ms)
{
	g_autoptr(GString) text = g_string_new(NULL);
	for (gsize i = 0; i < authority->anchors->len; i++) {
		const Anchor *anchor = authority->anchors->pdata[i];
		if (anchor_until(anchor) <= now_ms)
			continue;
		g_autofree char *pem = certificate_pem(anchor->certificate);
		g_string_append(text, pem);
	}
	return g_string_free(g_steal_pointer(&text), FALSE);
}

GPtrArray *authority_anchors_der(const Authority *authority, gint64 now_ms)
{
	GPtrArray *anchors = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	for (gsize i = 0; i < authority->anchors->len; i++) {
		const Anchor *anchor = authority->anchors->pdata[i];
		if (anchor_until(anchor) > now_ms)
			g_ptr_array_add(anchors, certificate_der(anchor->certificate));
	}
	return anchors;
}

static gboolean issue(CertificateSpec *spec, const Anchor *anchor, Issued *out, GError **error)
{
	if (spec->name[0] == '\0' || strlen(spec->name) > TERMINAL_ID_MAX)
		return fail(error, "a certificate's name of 1 to 32 characters");
	spec->issuer = anchor;
	spec->until_ms = MIN(spec->until_ms, anchor_until(anchor));
	Issued issued = {0};
	g_autoptr(X509) certificate = make_certificate(spec, issued.row.serial, error);
	if (certificate == NULL)
		return FALSE;
	g_strlcpy(issued.row.name, spec->name, sizeof issued.row.name);
	memcpy(issued.row.anchor, anchor->name, sizeof issued.row.anchor);
	issued.row.not_after_ms = spec->until_ms;
	issued.der = certificate_der(certificate);
	*out = issued;
	return TRUE;
}

gboolean authority_issue_broker(const Authority *authority, const ServerKey *key, const char *host,
								gint64 now_ms, Issued *out, GError **error)
{
	const Anchor *anchor = choose_anchor(authority, FALSE, now_ms, error);
	if (anchor == NULL)
		return FALSE;
	g_autofree char *names = NULL;
	if (g_strcmp0(host, "localhost") == 0 || g_strcmp0(host, "127.0.0.1") == 0 || host == NULL)
		names = g_strdup("DNS:localhost,IP:127.0.0.1");
	else if (g_hostname_is_ip_address(host))
		names = g_strdup_printf("DNS:localhost,IP:127.0.0.1,IP:%s", host);
	else
		names = g_strdup_printf("DNS:localhost,IP:127.0.0.1,DNS:%s", host);
	CertificateSpec spec = {
		.name = "broker",
		.from_ms = now_ms - BACKDATE_DAYS * AUTHORITY_DAY_MS,
		.until_ms = now_ms + AUTHORITY_SERVICE_DAYS * AUTHORITY_DAY_MS,
		.subject = server_key_native(key),
		.extensions = {{NID_basic_constraints, "critical,CA:FALSE"},
					   {NID_key_usage, "critical,digitalSignature"},
					   {NID_ext_key_usage, "serverAuth"},
					   {NID_subject_alt_name, names},
					   {NID_authority_key_identifier, "keyid"}},
	};
	return issue(&spec, anchor, out, error);
}

/* A TLS client called `name`. */
static gboolean issue_client(const Authority *authority, EVP_PKEY *subject, const char *name,
							 gint64 now_ms, gint64 until_ms, Issued *out, GError **error)
{
	const Anchor *anchor = choose_anchor(authority, TRUE, now_ms, error);
	if (anchor == NULL)
		return FALSE;
	CertificateSpec spec = {
		.name = name,
		.from_ms = now_ms - CLIENT_BACKDATE_DAYS * AUTHORITY_DAY_MS,
		.until_ms = until_ms,
		.subject = subject,
		.extensions = {{NID_basic_constraints, "critical,CA:FALSE"},
					   {NID_key_usage, "critical,digitalSignature"},
					   {NID_ext_key_usage, "clientAuth"},
					   {NID_authority_key_identifier, "keyid"}},
	};
	return issue(&spec, anchor, out, error);
}

gboolean authority_issue_service(const Authority *authority, const ServerKey *key, const char *name,
								 gint64 now_ms, Issued *out, GError **error)
{
	return issue_client(authority, server_key_native(key), name, now_ms,
						now_ms + AUTHORITY_SERVICE_DAYS * AUTHORITY_DAY_MS, out, error);
}

gboolean authority_issue_bootstrap(const Authority *authority, const ServerKey *key,
								   const TerminalId *terminal, gint64 now_ms, gint64 until_ms,
								   Issued *out, GError **error)
{
	return issue_client(authority, server_key_native(key), terminal->text, now_ms, until_ms, out,
						error);
}

static gboolean refuse(GError **error, const char *why)
{
	g_set_error(error, AUTHORITY_ERROR, AUTHORITY_ERROR_REQUEST, "certificate request: %s", why);
	return FALSE;
}

static gboolean check_request(X509_REQ *request, EVP_PKEY *key, const TerminalId *terminal,
							  GError **error)
{
	X509_NAME *subject = X509_REQ_get_subject_name(request);
	char name[TERMINAL_ID_MAX + 2] = "";
	char group[32] = "";
	size_t group_size;

	if (key == NULL || EVP_PKEY_get_group_name(key, group, sizeof group, &group_size) != 1 ||
		strcmp(group, "prime256v1") != 0)
		return refuse(error, "its key is not of P-256");
	if (X509_REQ_verify(request, key) != 1)
		return refuse(error, "its signature does not verify");
	if (X509_NAME_entry_count(subject) != 1 ||
		X509_NAME_get_text_by_NID(subject, NID_commonName, name, sizeof name) < 0 ||
		strcmp(name, terminal->text) != 0)
		return refuse(error, "its name is not the terminal's");
	return TRUE;
}

gboolean authority_issue_terminal(const Authority *authority, Slice csr, const TerminalId *terminal,
								  gint64 now_ms, gint64 until_ms, Issued *out, GError **error)
{
	const unsigned char *at = csr.data;
	g_autoptr(X509_REQ) request = d2i_X509_REQ(NULL, &at, (long)csr.size);
	if (request == NULL || at != csr.data + csr.size)
		return refuse(error, "it is not PKCS #10");
	g_autoptr(EVP_PKEY) key = X509_REQ_get_pubkey(request);
	return check_request(request, key, terminal, error) &&
		   issue_client(authority, key, terminal->text, now_ms, until_ms, out, error);
}

gint64 authority_certificate_until(const char *path)
{
	g_autoptr(X509) certificate = certificate_load(path, NULL);
	return certificate == NULL ? 0 : time_ms(X509_get0_notAfter(certificate));
}

gboolean authority_renewal_due(const char *path, gint64 now_ms)
{
	/* The start is dated back: the life that counts is that of AUTHORITY_SERVICE_DAYS. */
	gint64 left = authority_certificate_until(path) - now_ms;
	return left < AUTHORITY_SERVICE_DAYS * AUTHORITY_DAY_MS / 3;
}

/* ── revocation ── */

static gboolean crl_add(X509_CRL *crl, const CertificateRow *row)
{
	X509_REVOKED *revoked = X509_REVOKED_new();
	BIGNUM *number = BN_bin2bn(row->serial, sizeof row->serial, NULL);
	g_autoptr(ASN1_INTEGER) serial = BN_to_ASN1_INTEGER(number, NULL);
	g_autoptr(ASN1_TIME) at = ASN1_TIME_set(NULL, row->revoked_ms / 1000);
	BN_free(number);
	gboolean ok = revoked != NULL && serial != NULL && at != NULL &&
				  X509_REVOKED_set_serialNumber(revoked, serial) == 1 &&
				  X509_REVOKED_set_revocationDate(revoked, at) == 1 &&
				  X509_CRL_add0_revoked(crl, revoked) == 1;
	if (!ok)
		X509_REVOKED_free(revoked);
	return ok;
}

static gboolean crl_write(BIO *bio, const Anchor *anchor, GArray *revoked, gint64 now_ms)
{
	g_autoptr(X509_CRL) crl = X509_CRL_new();
	g_autoptr(ASN1_TIME) from = ASN1_TIME_set(NULL, now_ms / 1000 - 24 * 3600);
	g_autoptr(ASN1_TIME) until = ASN1_TIME_set(NULL, now_ms / 1000 + CRL_DAYS * 24 * 3600);
	if (crl == NULL || X509_CRL_set_version(crl, X509_CRL_VERSION_2) != 1 ||
		X509_CRL_set_issuer_name(crl, X509_get_subject_name(anchor->certificate)) != 1 ||
		X509_CRL_set1_lastUpdate(crl, from) != 1 || X509_CRL_set1_nextUpdate(crl, until) != 1)
		return FALSE;
	for (guint i = 0; i < revoked->len; i++) {
		const CertificateRow *row = &g_array_index(revoked, CertificateRow, i);
		if (memcmp(row->anchor, anchor->name, sizeof row->anchor) == 0 && !crl_add(crl, row))
			return FALSE;
	}
	return X509_CRL_sort(crl) == 1 &&
		   X509_CRL_sign(crl, server_key_native(anchor->key), EVP_sha256()) > 0 &&
		   PEM_write_bio_X509_CRL(bio, crl) == 1;
}

char *authority_crl(const Authority *authority, GArray *revoked, gint64 now_ms, GError **error)
{
	g_autoptr(BIO) bio = BIO_new(BIO_s_mem());
	for (gsize i = 0; i < authority->anchors->len; i++) {
		const Anchor *anchor = authority->anchors->pdata[i];
		if (anchor_until(anchor) <= now_ms)
			continue;
		if (bio == NULL || !crl_write(bio, anchor, revoked, now_ms)) {
			fail(error, "make revocation list");
			return NULL;
		}
	}
	return bio_text(bio);
}
