#include "firmware/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mbedtls/ecp.h>
#include <mbedtls/pk.h>
#include <mbedtls/version.h>
#include <mbedtls/x509_crt.h>
#include <mbedtls/x509_csr.h>

#include "firmware/crypto_psa.h"

#define KEY_PEM_MAX 1024

struct Identity {
	TerminalId terminal;
	char *bootstrap, *own, *next, *anchors;
	int64_t from_ms, to_ms; /* validity of our own certificate; 0, 0: there is none */
};

G_DEFINE_QUARK(hadir_identity_error, identity_error)

static gboolean fail(GError **error, const char *what, int code)
{
	g_set_error(error, IDENTITY_ERROR, 0, "%s: mbedtls error -0x%04x", what, (unsigned)-code);
	return FALSE;
}

static int random_bytes(void *unused, unsigned char *out, size_t size)
{
	(void)unused;
	crypto_random(out, size);
	return 0;
}

/* mbedtls 3 wants a random source where 2.28 did not. */
static int parse_key_file(mbedtls_pk_context *key, const char *path)
{
#if MBEDTLS_VERSION_MAJOR >= 3
	return mbedtls_pk_parse_keyfile(key, path, NULL, random_bytes, NULL);
#else
	return mbedtls_pk_parse_keyfile(key, path, NULL);
#endif
}

static int check_pair(const mbedtls_pk_context *public, const mbedtls_pk_context *private)
{
#if MBEDTLS_VERSION_MAJOR >= 3
	return mbedtls_pk_check_pair(public, private, random_bytes, NULL);
#else
	return mbedtls_pk_check_pair(public, private);
#endif
}

/* ── files ── */

static gboolean write_beside(const char *path, const char *text, gsize size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	gboolean done;

	if (fd < 0)
		return FALSE;
	done = write(fd, text, size) == (gssize)size && fsync(fd) == 0;
	return close(fd) == 0 && done;
}

/* Whole or not at all, durable, for us alone. */
static gboolean write_file(const char *path, const char *text, GError **error)
{
	g_autofree char *beside = g_strconcat(path, ".new", NULL);

	if (write_beside(beside, text, strlen(text)) && rename(beside, path) == 0)
		return TRUE;
	g_set_error(error, IDENTITY_ERROR, 0, "write %s: %s", path, g_strerror(errno));
	return FALSE;
}

/* ── certificates ── */

static int64_t time_of(const mbedtls_x509_time *time)
{
	g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
	g_autoptr(GDateTime) at =
		g_date_time_new(utc, time->year, time->mon, time->day, time->hour, time->min, time->sec);

	return at == NULL ? 0 : g_date_time_to_unix(at) * 1000;
}

static void read_validity(Identity *identity)
{
	mbedtls_x509_crt certificate;

	identity->from_ms = identity->to_ms = 0;
	mbedtls_x509_crt_init(&certificate);
	if (mbedtls_x509_crt_parse_file(&certificate, identity->own) == 0) {
		identity->from_ms = time_of(&certificate.valid_from);
		identity->to_ms = time_of(&certificate.valid_to);
	}
	mbedtls_x509_crt_free(&certificate);
}

static gboolean write_bundle(Identity *identity, const Bundle *bundle, GError **error)
{
	char *both = g_strconcat(bundle->bootstrap_certificate, "\n", bundle->bootstrap_key, NULL);
	gboolean done = write_file(identity->bootstrap, both, error);

	explicit_bzero(both, strlen(both));
	g_free(both);
	/* Anchors that came with a certificate are newer than the bundle's. */
	if (done && !g_file_test(identity->own, G_FILE_TEST_EXISTS))
		done = write_file(identity->anchors, bundle->anchors, error);
	return done;
}

Identity *identity_open(const char *folder, const Bundle *bundle, GError **error)
{
	g_autoptr(Identity) identity = g_new0(Identity, 1);

	identity->terminal = bundle->terminal;
	identity->bootstrap = g_build_filename(folder, "bootstrap.pem", NULL);
	identity->own = g_build_filename(folder, "identity.pem", NULL);
	identity->next = g_build_filename(folder, "next.key", NULL);
	identity->anchors = g_build_filename(folder, "anchors.pem", NULL);
	if (g_mkdir_with_parents(folder, 0700) != 0 || chmod(folder, 0700) != 0) {
		g_set_error(error, IDENTITY_ERROR, 0, "make %s: %s", folder, g_strerror(errno));
		return NULL;
	}
	if (!write_bundle(identity, bundle, error))
		return NULL;
	read_validity(identity);
	return g_steal_pointer(&identity);
}

void identity_free(Identity *identity)
{
	if (identity == NULL)
		return;
	g_free(identity->bootstrap);
	g_free(identity->own);
	g_free(identity->next);
	g_free(identity->anchors);
	g_free(identity);
}

gboolean identity_is_own(const Identity *identity, int64_t now_ms)
{
	return now_ms < identity->to_ms;
}

const char *identity_file(const Identity *identity, int64_t now_ms)
{
	return identity_is_own(identity, now_ms) ? identity->own : identity->bootstrap;
}

const char *identity_anchors(const Identity *identity)
{
	return identity->anchors;
}

gboolean identity_is_due(const Identity *identity, int64_t now_ms)
{
	return identity->to_ms > 0 &&
		   now_ms >= identity->from_ms + (identity->to_ms - identity->from_ms) / 3 * 2;
}

/* ── the next key ── */

static int make_key(mbedtls_pk_context *key)
{
	int result = mbedtls_pk_setup(key, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY));

	return result != 0 ? result
					   : mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(*key),
											 random_bytes, NULL);
}

static gboolean have_next_key(const Identity *identity, mbedtls_pk_context *key, GError **error)
{
	unsigned char pem[KEY_PEM_MAX];
	gboolean written;
	int result;

	if (parse_key_file(key, identity->next) == 0)
		return TRUE;
	mbedtls_pk_free(key);
	mbedtls_pk_init(key);
	result = make_key(key);
	if (result == 0)
		result = mbedtls_pk_write_key_pem(key, pem, sizeof pem);
	if (result != 0)
		return fail(error, "make a TLS key", result);
	written = write_file(identity->next, (const char *)pem, error);
	explicit_bzero(pem, sizeof pem);
	return written;
}

static GBytes *write_request(const Identity *identity, mbedtls_pk_context *key, GError **error)
{
	g_autofree char *subject = g_strdup_printf("CN=%s", identity->terminal.text);
	mbedtls_x509write_csr request;
	unsigned char der[2048];
	int result;

	mbedtls_x509write_csr_init(&request);
	mbedtls_x509write_csr_set_key(&request, key);
	mbedtls_x509write_csr_set_md_alg(&request, MBEDTLS_MD_SHA256);
	result = mbedtls_x509write_csr_set_subject_name(&request, subject);
	if (result == 0) /* it writes at the end of the buffer */
		result = mbedtls_x509write_csr_der(&request, der, sizeof der, random_bytes, NULL);
	mbedtls_x509write_csr_free(&request);
	if (result > 0)
		return g_bytes_new(der + sizeof der - result, (gsize)result);
	fail(error, "write a certificate request", result);
	return NULL;
}

GBytes *identity_request(const Identity *identity, GError **error)
{
	mbedtls_pk_context key;
	GBytes *request = NULL;

	mbedtls_pk_init(&key);
	if (have_next_key(identity, &key, error))
		request = write_request(identity, &key, error);
	mbedtls_pk_free(&key);
	return request;
}

/* ── the answer ── */

static void append_pem(GString *out, Slice der)
{
	g_autofree char *base64 = g_base64_encode(der.data, der.size);

	g_string_append(out, "-----BEGIN CERTIFICATE-----\n");
	for (gsize at = 0; base64[at] != '\0'; at += MIN(64, strlen(base64 + at)))
		g_string_append_printf(out, "%.64s\n", base64 + at);
	g_string_append(out, "-----END CERTIFICATE-----\n");
}

/* The leaf names us and belongs to the next key. */
static gboolean check_leaf(const Identity *identity, Slice der, GError **error)
{
	mbedtls_x509_crt leaf;
	mbedtls_pk_context key;
	char name[128];
	g_autofree char *expected = g_strdup_printf("CN=%s", identity->terminal.text);
	int result;

	mbedtls_x509_crt_init(&leaf);
	mbedtls_pk_init(&key);
	result = mbedtls_x509_crt_parse_der(&leaf, der.data, der.size);
	if (result == 0)
		result = parse_key_file(&key, identity->next);
	if (result == 0)
		result = check_pair(&leaf.pk, &key);
	/* The authority's subjects have a common name and nothing else. */
	if (result == 0 &&
		(mbedtls_x509_dn_gets(name, sizeof name, &leaf.subject) < 0 || strcmp(name, expected) != 0))
		result = MBEDTLS_ERR_X509_BAD_INPUT_DATA;
	mbedtls_pk_free(&key);
	mbedtls_x509_crt_free(&leaf);
	return result == 0 || fail(error, "check the certificate", result);
}

/* Certificates and key in one text. */
static gboolean write_own(const Identity *identity, const UplinkCertificate *certificate,
						  GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);
	char *key = NULL;
	gboolean done;

	for (size_t i = 0; i < certificate->n_leaf; i++)
		append_pem(text, certificate->certificates[i]);
	if (!g_file_get_contents(identity->next, &key, NULL, error))
		return FALSE;
	g_string_append(text, key);
	done = write_file(identity->own, text->str, error);
	explicit_bzero(key, strlen(key));
	g_free(key);
	explicit_bzero(text->str, text->len);
	return done;
}

static gboolean write_anchors(const Identity *identity, const UplinkCertificate *certificate,
							  GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);

	if (certificate->n_certificates == certificate->n_leaf)
		return TRUE;
	for (size_t i = certificate->n_leaf; i < certificate->n_certificates; i++)
		append_pem(text, certificate->certificates[i]);
	return write_file(identity->anchors, text->str, error);
}

gboolean identity_install(Identity *identity, const UplinkCertificate *certificate, GError **error)
{
	if (!check_leaf(identity, certificate->certificates[0], error) ||
		!write_anchors(identity, certificate, error) || !write_own(identity, certificate, error))
		return FALSE;
	g_unlink(identity->next);
	read_validity(identity);
	return TRUE;
}
