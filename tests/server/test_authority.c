/* The certificate authority, under a moved clock. */
#include <glib/gstdio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "server/authority.h"
#include "tests/server/certificate_request.h"
#include "tests/support/scratch.h"

#define NOW G_GINT64_CONSTANT(1741000000000) /* March 2025 */
#define DAYS(n) ((n) * AUTHORITY_DAY_MS)

G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509_STORE, X509_STORE_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509_STORE_CTX, X509_STORE_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509_REQ, X509_REQ_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIO, BIO_free_all)

typedef struct {
	char *folder;
	char *path; /* the authority's */
	Authority *authority;
	ServerKey *key; /* of whom a certificate is for */
} World;

static const TerminalId terminal = {"term-a"};

static void setup(World *world, gconstpointer data G_GNUC_UNUSED)
{
	GError *error = NULL;
	world->folder = scratch_new();
	world->path = g_build_filename(world->folder, "authority", NULL);
	world->authority = authority_add_anchor(world->path, "Uji", NOW, &error);
	g_assert_no_error(error);
	world->key = server_key_generate();
}

static void teardown(World *world, gconstpointer data G_GNUC_UNUSED)
{
	authority_free(world->authority);
	server_key_free(world->key);
	g_free(world->path);
	scratch_free(world->folder);
}

/* ── as a peer checks ── */

static X509 *certificate_of(const Issued *issued)
{
	gsize size;
	const unsigned char *der = g_bytes_get_data(issued->der, &size);
	X509 *certificate = d2i_X509(NULL, &der, (long)size);
	g_assert_nonnull(certificate);
	return certificate;
}

static void trust_anchors(X509_STORE *store, const char *pem)
{
	g_autoptr(BIO) bio = BIO_new_mem_buf(pem, -1);
	X509 *anchor;
	while ((anchor = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
		X509_STORE_add_cert(store, anchor);
		X509_free(anchor);
	}
}

static void trust_crls(X509_STORE *store, const char *pem)
{
	g_autoptr(BIO) bio = BIO_new_mem_buf(pem, -1);
	X509_CRL *crl;
	while ((crl = PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL)) != NULL) {
		X509_STORE_add_crl(store, crl);
		X509_CRL_free(crl);
	}
	X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK);
}

/* X509_V_OK or why not; `crl` may be NULL. */
static int check(const Issued *issued, const char *anchors, const char *crl, int purpose,
				 gint64 at_ms)
{
	g_autoptr(X509) certificate = certificate_of(issued);
	g_autoptr(X509_STORE) store = X509_STORE_new();
	g_autoptr(X509_STORE_CTX) context = X509_STORE_CTX_new();
	trust_anchors(store, anchors);
	if (crl != NULL)
		trust_crls(store, crl);
	X509_STORE_CTX_init(context, store, certificate, NULL);
	X509_STORE_CTX_set_time(context, 0, (time_t)(at_ms / 1000));
	X509_STORE_CTX_set_purpose(context, purpose);
	X509_verify_cert(context);
	return X509_STORE_CTX_get_error(context);
}

static gboolean issue_terminal(World *world, GBytes *csr, gint64 now_ms, gint64 until_ms,
							   Issued *out, GError **error)
{
	gsize size;
	const guint8 *data = g_bytes_get_data(csr, &size);
	return authority_issue_terminal(world->authority, (Slice){data, size}, &terminal, now_ms,
									until_ms, out, error);
}

/* ── cases ── */

static void the_broker_is_what_terminals_dial(World *world, gconstpointer data G_GNUC_UNUSED)
{
	GError *error = NULL;
	g_auto(Issued) issued = {0};
	g_assert_true(authority_issue_broker(world->authority, world->key, "mqtt.example.id", NOW,
										 &issued, &error));
	g_assert_no_error(error);
	g_autofree char *anchors = authority_anchors_pem(world->authority, NOW);
	g_assert_cmpint(check(&issued, anchors, NULL, X509_PURPOSE_SSL_SERVER, NOW), ==, X509_V_OK);
	g_assert_cmpint(check(&issued, anchors, NULL, X509_PURPOSE_SSL_CLIENT, NOW), !=, X509_V_OK);
	g_autoptr(X509) certificate = certificate_of(&issued);
	g_assert_cmpint(X509_check_host(certificate, "localhost", 0, 0, NULL), ==, 1);
	g_assert_cmpint(X509_check_host(certificate, "mqtt.example.id", 0, 0, NULL), ==, 1);
	g_assert_cmpint(X509_check_ip_asc(certificate, "127.0.0.1", 0), ==, 1);
	/* A terminal without a clock checks at its program's build time, years ago. */
	g_assert_cmpint(check(&issued, anchors, NULL, X509_PURPOSE_SSL_SERVER, NOW - DAYS(1000)), ==,
					X509_V_OK);
}

static void a_service_is_a_client(World *world, gconstpointer data G_GNUC_UNUSED)
{
	GError *error = NULL;
	g_auto(Issued) issued = {0};
	g_autofree char *anchors = authority_anchors_pem(world->authority, NOW);
	authority_issue_service(world->authority, world->key, "collector-1", NOW, &issued, &error);
	g_assert_no_error(error);
	g_assert_cmpint(check(&issued, anchors, NULL, X509_PURPOSE_SSL_CLIENT, NOW), ==, X509_V_OK);
	g_assert_cmpint(check(&issued, anchors, NULL, X509_PURPOSE_SSL_SERVER, NOW), !=, X509_V_OK);
	g_assert_cmpstr(issued.row.name, ==, "collector-1");
}

static void a_terminals_request_is_answered(World *world, gconstpointer data G_GNUC_UNUSED)
{
	GError *error = NULL;
	g_auto(Issued) issued = {0};
	g_autoptr(GBytes) csr = certificate_request(world->key, "term-a");
	g_autofree char *anchors = authority_anchors_pem(world->authority, NOW);
	g_assert_true(issue_terminal(world, csr, NOW, NOW + DAYS(30), &issued, &error));
	g_assert_no_error(error);
	g_assert_cmpint(check(&issued, anchors, NULL, X509_PURPOSE_SSL_CLIENT, NOW), ==, X509_V_OK);
	g_assert_cmpint(check(&issued, anchors, NULL, X509_PURPOSE_SSL_CLIENT, NOW + DAYS(31)), ==,
					X509_V_ERR_CERT_HAS_EXPIRED);
}

static void requests_that_are_refused(World *world, gconstpointer data G_GNUC_UNUSED)
{
	g_auto(Issued) issued = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) other_name = certificate_request(world->key, "term-b");
	g_autoptr(GBytes) service = certificate_request(world->key, "collector-1");
	g_autoptr(GBytes) junk = g_bytes_new_static("junk", 4);
	g_autoptr(GBytes) good = certificate_request(world->key, "term-a");
	gsize size;
	g_autofree guint8 *spoilt = g_memdup2(g_bytes_get_data(good, &size), g_bytes_get_size(good));
	size = g_bytes_get_size(good);
	spoilt[size - 1] ^= 1;
	g_autoptr(GBytes) signature = g_bytes_new(spoilt, size);
	GBytes *const bad[] = {other_name, service, junk, signature};
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_assert_false(issue_terminal(world, bad[i], NOW, NOW + DAYS(1), &issued, &error));
		g_assert_error(error, AUTHORITY_ERROR, AUTHORITY_ERROR_REQUEST);
		g_clear_error(&error);
	}
}

static void a_request_with_another_kind_of_key_is_refused(World *world,
														  gconstpointer data G_GNUC_UNUSED)
{
	g_auto(Issued) issued = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(EVP_PKEY) rsa = EVP_RSA_gen(2048);
	g_autoptr(X509_REQ) csr = X509_REQ_new();
	X509_REQ_set_pubkey(csr, rsa);
	X509_NAME_add_entry_by_NID(X509_REQ_get_subject_name(csr), NID_commonName, MBSTRING_UTF8,
							   (const unsigned char *)"term-a", -1, -1, 0);
	X509_REQ_sign(csr, rsa, EVP_sha256());
	unsigned char *der = NULL;
	int size = i2d_X509_REQ(csr, &der);
	g_assert_false(authority_issue_terminal(world->authority, (Slice){der, (size_t)size}, &terminal,
											NOW, NOW + DAYS(1), &issued, &error));
	g_assert_error(error, AUTHORITY_ERROR, AUTHORITY_ERROR_REQUEST);
	OPENSSL_free(der);
}

static void what_is_revoked_is_refused(World *world, gconstpointer data G_GNUC_UNUSED)
{
	GError *error = NULL;
	g_auto(Issued) kept = {0}, gone = {0};
	g_autofree char *anchors = authority_anchors_pem(world->authority, NOW);
	authority_issue_service(world->authority, world->key, "a", NOW, &kept, &error);
	authority_issue_service(world->authority, world->key, "b", NOW, &gone, &error);
	g_assert_no_error(error);
	g_autoptr(GArray) revoked = g_array_new(FALSE, FALSE, sizeof(CertificateRow));
	gone.row.revoked_ms = NOW;
	g_array_append_val(revoked, gone.row);
	g_autofree char *crl = authority_crl(world->authority, revoked, NOW, &error);
	g_assert_no_error(error);
	g_assert_cmpint(check(&kept, anchors, crl, X509_PURPOSE_SSL_CLIENT, NOW), ==, X509_V_OK);
	g_assert_cmpint(check(&gone, anchors, crl, X509_PURPOSE_SSL_CLIENT, NOW), ==,
					X509_V_ERR_CERT_REVOKED);
	/* A server that was off for months does not lock out its terminals. */
	g_assert_cmpint(check(&kept, anchors, crl, X509_PURPOSE_SSL_CLIENT, NOW + DAYS(200)), ==,
					X509_V_OK);
}

/* Two anchors overlap: nobody is locked out at any time of the roll-over. */
static void anchors_roll_over_by_themselves(World *world, gconstpointer data G_GNUC_UNUSED)
{
	GError *error = NULL;
	g_auto(Issued) old_terminal = {0}, new_terminal = {0}, broker = {0}, late_broker = {0};
	g_autoptr(GBytes) csr = certificate_request(world->key, "term-a");
	gint64 life = DAYS(AUTHORITY_ANCHOR_DAYS), later = NOW + life * 3 / 4;
	g_assert_false(authority_anchor_due(world->authority, NOW));
	g_assert_true(authority_anchor_due(world->authority, later));
	g_autofree char *old_anchors = authority_anchors_pem(world->authority, NOW);
	issue_terminal(world, csr, later, later + DAYS(365), &old_terminal, &error);
	g_assert_no_error(error);

	authority_free(world->authority);
	world->authority = authority_add_anchor(world->path, "Uji", later, &error);
	g_assert_no_error(error);
	g_assert_false(authority_anchor_due(world->authority, later));
	g_autofree char *both = authority_anchors_pem(world->authority, later);
	issue_terminal(world, csr, later, later + DAYS(365), &new_terminal, &error);
	authority_issue_broker(world->authority, world->key, NULL, later, &broker, &error);
	g_assert_no_error(error);

	/* The broker trusts both; a terminal that knows only the old anchor trusts the broker. */
	g_assert_cmpint(check(&old_terminal, both, NULL, X509_PURPOSE_SSL_CLIENT, later), ==,
					X509_V_OK);
	g_assert_cmpint(check(&new_terminal, both, NULL, X509_PURPOSE_SSL_CLIENT, later), ==,
					X509_V_OK);
	g_assert_cmpint(check(&broker, old_anchors, NULL, X509_PURPOSE_SSL_SERVER, later), ==,
					X509_V_OK);
	g_assert_cmpint(check(&new_terminal, old_anchors, NULL, X509_PURPOSE_SSL_CLIENT, later), !=,
					X509_V_OK);
	/* Before the old one expires the broker moves to the new. */
	gint64 end = NOW + life - DAYS(10);
	authority_issue_broker(world->authority, world->key, NULL, end, &late_broker, &error);
	g_assert_no_error(error);
	g_assert_cmpint(check(&late_broker, both, NULL, X509_PURPOSE_SSL_SERVER, NOW + life + DAYS(1)),
					==, X509_V_OK);
	g_autofree char *newest = authority_anchors_pem(world->authority, NOW + life + DAYS(1));
	g_autoptr(GPtrArray) der = authority_anchors_der(world->authority, NOW + life + DAYS(1));
	g_assert_cmpint(der->len, ==, 1);
	g_assert_cmpint(check(&new_terminal, newest, NULL, X509_PURPOSE_SSL_CLIENT, later), ==,
					X509_V_OK);
	/* Revocation lists are there for both. */
	g_autoptr(GArray) none = g_array_new(FALSE, FALSE, sizeof(CertificateRow));
	g_autofree char *crl = authority_crl(world->authority, none, later, &error);
	g_assert_cmpint(check(&old_terminal, both, crl, X509_PURPOSE_SSL_CLIENT, later), ==, X509_V_OK);
	g_assert_cmpint(check(&new_terminal, both, crl, X509_PURPOSE_SSL_CLIENT, later), ==, X509_V_OK);
}

static void a_certificate_is_due_after_two_thirds(World *world, gconstpointer data G_GNUC_UNUSED)
{
	GError *error = NULL;
	g_auto(Issued) issued = {0};
	g_autofree char *path = g_build_filename(world->folder, "service.crt", NULL);
	authority_issue_service(world->authority, world->key, "collector-1", NOW, &issued, &error);
	g_autofree char *pem = issued_pem(&issued);
	g_assert_true(authority_renewal_due(path, NOW));
	g_file_set_contents(path, pem, -1, &error);
	g_assert_no_error(error);
	g_assert_false(authority_renewal_due(path, NOW + DAYS(AUTHORITY_SERVICE_DAYS * 2 / 3 - 1)));
	g_assert_true(authority_renewal_due(path, NOW + DAYS(AUTHORITY_SERVICE_DAYS * 2 / 3 + 2)));
}

static void keys_are_for_their_owner_only(World *world, gconstpointer data G_GNUC_UNUSED)
{
	GStatBuf folder, key;
	g_autofree char *path = g_build_filename(world->path, "anchor-1.key", NULL);
	g_assert_cmpint(g_stat(world->path, &folder), ==, 0);
	g_assert_cmpint(g_stat(path, &key), ==, 0);
	g_assert_cmpint(folder.st_mode & 0777, ==, 0700);
	g_assert_cmpint(key.st_mode & 0777, ==, 0600);
}

static void without_a_valid_anchor_nothing_is_issued(World *world, gconstpointer data G_GNUC_UNUSED)
{
	g_auto(Issued) issued = {0};
	g_autoptr(GError) error = NULL;
	gint64 after = NOW + DAYS(AUTHORITY_ANCHOR_DAYS + 1);
	g_assert_false(
		authority_issue_service(world->authority, world->key, "a", after, &issued, &error));
	g_assert_error(error, AUTHORITY_ERROR, AUTHORITY_ERROR_EXPIRED);
}

#define CASE(function) {"/authority/" #function, function}

static const struct {
	const char *path;
	void (*run)(World *world, gconstpointer data);
} cases[] = {
	CASE(the_broker_is_what_terminals_dial),
	CASE(a_service_is_a_client),
	CASE(a_terminals_request_is_answered),
	CASE(requests_that_are_refused),
	CASE(a_request_with_another_kind_of_key_is_refused),
	CASE(what_is_revoked_is_refused),
	CASE(anchors_roll_over_by_themselves),
	CASE(a_certificate_is_due_after_two_thirds),
	CASE(keys_are_for_their_owner_only),
	CASE(without_a_valid_anchor_nothing_is_issued),
};

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		g_test_add(cases[i].path, World, NULL, setup, cases[i].run, teardown);
	return g_test_run();
}
