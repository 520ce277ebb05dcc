/* The uplink's parts against a real broker: TLS identity, the link, and what a hostile network does
 * to it. */
#include <arpa/inet.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "firmware/hal/link.h"
#include "firmware/identity.h"
#include "tests/support/scratch.h"

#define DAY_S (24 * 3600)
#define WAIT_MS 15000

/* ── an authority ── */

typedef struct {
	EVP_PKEY *key;
	X509 *certificate;
} Authority;

static X509 *issue(const Authority *authority, EVP_PKEY *key, const char *name, long from_s,
				   long to_s, gboolean is_authority)
{
	X509 *certificate = X509_new();
	X509_NAME *subject = X509_get_subject_name(certificate);
	X509V3_CTX context;
	X509_EXTENSION *extension;
	static long serial = 1;

	X509_set_version(certificate, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
	X509_gmtime_adj(X509_getm_notBefore(certificate), from_s);
	X509_gmtime_adj(X509_getm_notAfter(certificate), to_s);
	X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const guchar *)name, -1, -1, 0);
	X509_set_issuer_name(certificate, authority->certificate == NULL
										  ? subject
										  : X509_get_subject_name(authority->certificate));
	X509_set_pubkey(certificate, key);
	X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
	extension = is_authority
					? X509V3_EXT_conf_nid(NULL, &context, NID_basic_constraints, "critical,CA:TRUE")
					: X509V3_EXT_conf_nid(NULL, &context, NID_subject_alt_name, "IP:127.0.0.1");
	X509_add_ext(certificate, extension, -1);
	X509_EXTENSION_free(extension);
	g_assert_cmpint(X509_sign(certificate, authority->key, EVP_sha256()), >, 0);
	return certificate;
}

static Authority authority_new(const char *name)
{
	Authority authority = {EVP_EC_gen("P-256"), NULL};

	authority.certificate = issue(&authority, authority.key, name, -DAY_S, 3650L * DAY_S, TRUE);
	return authority;
}

static void authority_clear(Authority *authority)
{
	EVP_PKEY_free(authority->key);
	X509_free(authority->certificate);
}

static char *certificate_pem(X509 *certificate)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *data, *text;
	long size;

	PEM_write_bio_X509(bio, certificate);
	size = BIO_get_mem_data(bio, &data);
	text = g_strndup(data, (gsize)size);
	BIO_free(bio);
	return text;
}

static char *key_pem(EVP_PKEY *key)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *data, *text;
	long size;

	PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL);
	size = BIO_get_mem_data(bio, &data);
	text = g_strndup(data, (gsize)size);
	BIO_free(bio);
	return text;
}

static GBytes *certificate_der(X509 *certificate)
{
	guchar *der = NULL;
	int size = i2d_X509(certificate, &der);
	GBytes *bytes = g_bytes_new(der, (gsize)size);

	OPENSSL_free(der);
	return bytes;
}

/* ── fixture ── */

typedef struct {
	char *folder;
	guint16 port;
	Authority authority;
	Bundle bundle;
	char *identity; /* a good certificate and key */
	char *anchors;
	GSubprocess *broker;
	/* What the link said. */
	gpointer link;
	guint n_up, n_down, n_messages;
	GString *last;
} Fixture;

static char *in_folder(Fixture *f, const char *name)
{
	return g_build_filename(f->folder, name, NULL);
}

static void write_text(Fixture *f, const char *name, const char *text)
{
	g_autofree char *path = in_folder(f, name);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static guint16 bind_port(int *fd)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof address;

	*fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	g_assert_cmpint(bind(*fd, (struct sockaddr *)&address, size), ==, 0);
	g_assert_cmpint(getsockname(*fd, (struct sockaddr *)&address, &size), ==, 0);
	return ntohs(address.sin_port);
}

static void issue_files(Fixture *f, const char *name, const char *certificate_file,
						const char *key_file, long from_s, long to_s)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *certificate = issue(&f->authority, key, name, from_s, to_s, FALSE);
	g_autofree char *first = certificate_pem(certificate), *second = key_pem(key);
	g_autofree char *both = g_strconcat(first, second, NULL);

	write_text(f, certificate_file, strcmp(certificate_file, key_file) == 0 ? both : first);
	if (strcmp(certificate_file, key_file) != 0)
		write_text(f, key_file, second);
	X509_free(certificate);
	EVP_PKEY_free(key);
}

static void setup(Fixture *f, gconstpointer data)
{
	g_autofree char *anchor = NULL, *both = NULL, *path = NULL;
	char *key;
	int fd;

	(void)data;
	f->folder = scratch_new();
	f->last = g_string_new(NULL);
	f->authority = authority_new("test authority");
	f->port = bind_port(&fd);
	close(fd);
	anchor = certificate_pem(f->authority.certificate);
	write_text(f, "ca.crt", anchor);
	issue_files(f, "bkd-1", "terminal.pem", "terminal.pem", -DAY_S, DAY_S);
	f->identity = in_folder(f, "terminal.pem");
	f->anchors = in_folder(f, "ca.crt");
	g_assert_true(g_file_get_contents(f->identity, &both, NULL, NULL));
	key = strstr(both, "-----BEGIN PRIVATE");
	f->bundle = (Bundle){.terminal = {"bkd-1"},
						 .host = (char *)"127.0.0.1",
						 .port = f->port,
						 .anchors = g_strdup(anchor),
						 .bootstrap_key = g_strdup(key),
						 .bootstrap_certificate = g_strndup(both, (gsize)(key - both))};
}

static void stop_broker(Fixture *f)
{
	if (f->broker == NULL)
		return;
	g_subprocess_force_exit(f->broker);
	g_subprocess_wait(f->broker, NULL, NULL);
	g_clear_object(&f->broker);
}

static void teardown(Fixture *f, gconstpointer data)
{
	(void)data;
	if (f->link != NULL)
		link_mosquitto.free(f->link);
	stop_broker(f);
	authority_clear(&f->authority);
	g_free(f->bundle.anchors);
	g_free(f->bundle.bootstrap_key);
	g_free(f->bundle.bootstrap_certificate);
	g_free(f->identity);
	g_free(f->anchors);
	g_string_free(f->last, TRUE);
	scratch_free(f->folder);
}

static gboolean listens(guint16 port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	gboolean done = connect(fd, (struct sockaddr *)&address, sizeof address) == 0;

	close(fd);
	return done;
}

static void start_broker(Fixture *f, long from_s, long to_s)
{
	g_autofree char *config = NULL, *path = in_folder(f, "mosquitto.conf");

	issue_files(f, "broker", "broker.crt", "broker.key", from_s, to_s);
	config = g_strdup_printf("user root\nper_listener_settings false\npersistence false\n"
							 "allow_anonymous false\nlog_dest none\nmax_packet_size 1048576\n"
							 "listener %u 127.0.0.1\ncafile %s/ca.crt\ncertfile %s/broker.crt\n"
							 "keyfile %s/broker.key\ntls_version tlsv1.3\n"
							 "require_certificate true\nuse_identity_as_username true\n"
							 "use_username_as_clientid true\n",
							 f->port, f->folder, f->folder, f->folder);
	write_text(f, "mosquitto.conf", config);
	f->broker =
		g_subprocess_new(G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
						 NULL, "mosquitto", "-c", path, NULL);
	if (f->broker == NULL) /* root's PATH may lack sbin */
		f->broker =
			g_subprocess_new(G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
							 NULL, "/usr/sbin/mosquitto", "-c", path, NULL);
	g_assert_nonnull(f->broker);
	for (int i = 0; i < 500 && !listens(f->port); i++)
		g_usleep(10000);
	g_assert_true(listens(f->port));
}

static void on_state(gboolean connected, const char *reason, gpointer user)
{
	Fixture *f = user;

	if (connected) {
		f->n_up++;
		return;
	}
	f->n_down++;
	g_test_message("down: %s", reason);
}

static void on_message(const char *topic, const guint8 *data, gsize size, gpointer user)
{
	Fixture *f = user;

	f->n_messages++;
	g_string_assign(f->last, topic);
	g_string_append_c(f->last, ' ');
	g_string_append_len(f->last, (const char *)data, (gssize)MIN(size, 20));
}

static const LinkListener listener = {on_state, on_message};

static void open_link(Fixture *f, const char *anchors, gint64 check_ms)
{
	LinkOptions options = {.host = "127.0.0.1",
						   .port = f->port,
						   .client_id = "bkd-1",
						   .anchors_file = anchors,
						   .identity_file = f->identity,
						   .check_ms = check_ms,
						   .subscribe = "hadir/1/00/bkd-1/down/#"};
	GError *error = NULL;

	f->link = link_mosquitto.open(&options, &listener, f, &error);
	g_assert_no_error(error);
}

static gboolean expired(gpointer user)
{
	*(gboolean *)user = TRUE;
	return G_SOURCE_REMOVE;
}

/* Runs the main loop until `*counter` reaches `n`. */
static void wait_for(const guint *counter, guint n)
{
	gboolean late = FALSE;
	guint source = g_timeout_add(WAIT_MS, expired, &late);

	while (*counter < n && !late)
		g_main_context_iteration(NULL, TRUE);
	g_assert_false(late);
	g_source_remove(source);
}

/* ── the link ── */

static void messages_go_and_come(Fixture *f, gconstpointer data)
{
	static guint8 large[200 * 1024];

	(void)data;
	start_broker(f, -DAY_S, DAY_S);
	open_link(f, f->anchors, 0);
	g_assert_false(link_mosquitto.publish(f->link, "x", large, 1)); /* not yet connected */
	wait_for(&f->n_up, 1);
	for (int i = 0; i < 20; i++)
		g_assert_true(
			link_mosquitto.publish(f->link, "hadir/1/00/bkd-1/down/receipt", large, sizeof large));
	g_assert_true(
		link_mosquitto.publish(f->link, "hadir/1/00/bkd-1/down/roster", (const guint8 *)"end", 3));
	wait_for(&f->n_messages, 21);
	g_assert_cmpstr(f->last->str, ==, "hadir/1/00/bkd-1/down/roster end");
}

static void too_much_unacknowledged_is_refused_and_drains(Fixture *f, gconstpointer data)
{
	static guint8 large[200 * 1024];
	guint n = 0;

	(void)data;
	start_broker(f, -DAY_S, DAY_S);
	open_link(f, f->anchors, 0);
	wait_for(&f->n_up, 1);
	while (n < 1000 &&
		   link_mosquitto.publish(f->link, "hadir/1/00/bkd-1/up/events", large, sizeof large))
		n++;
	g_test_message("%u messages before it refused", n);
	if (n < 1000) { /* the broker may be faster than we are */
		gboolean taken = FALSE;

		g_assert_cmpuint(n, >=, LINK_BACKLOG_MAX / sizeof large);
		for (int i = 0; i < 1000 && !taken; i++) {
			g_usleep(10000);
			taken =
				link_mosquitto.publish(f->link, "hadir/1/00/bkd-1/up/events", large, sizeof large);
		}
		g_assert_true(taken);
	}
}

static void a_broker_of_another_authority_is_refused(Fixture *f, gconstpointer data)
{
	Authority other = authority_new("another");
	g_autofree char *pem = certificate_pem(other.certificate), *path = in_folder(f, "other.crt");

	(void)data;
	write_text(f, "other.crt", pem);
	start_broker(f, -DAY_S, DAY_S);
	open_link(f, path, 0);
	wait_for(&f->n_down, 1);
	g_assert_cmpuint(f->n_up, ==, 0);
	authority_clear(&other);
}

static void either_of_two_anchors_is_trusted(Fixture *f, gconstpointer data)
{
	Authority other = authority_new("another");
	g_autofree char *first = certificate_pem(other.certificate), *second = NULL, *both = NULL;
	g_autofree char *path = in_folder(f, "both.crt");

	(void)data;
	second = certificate_pem(f->authority.certificate);
	both = g_strconcat(first, second, NULL);
	write_text(f, "both.crt", both);
	start_broker(f, -DAY_S, DAY_S);
	open_link(f, path, 0);
	wait_for(&f->n_up, 1);
	authority_clear(&other);
}

static void certificates_are_checked_at_the_given_time(Fixture *f, gconstpointer data)
{
	gint64 now_ms = g_get_real_time() / 1000;

	(void)data;
	start_broker(f, -10L * DAY_S, -5L * DAY_S); /* it expired five days ago */
	open_link(f, f->anchors, 0);
	wait_for(&f->n_down, 1);
	link_mosquitto.free(f->link);
	/* Our clock is not set; what we last journalled is of a week ago.  (The authority is valid only
	 * since yesterday: OpenSSL checks it, too, so it is asked within the reach of both.) */
	X509_gmtime_adj(X509_getm_notBefore(f->authority.certificate), -100L * DAY_S);
	X509_sign(f->authority.certificate, f->authority.key, EVP_sha256());
	{
		g_autofree char *anchor = certificate_pem(f->authority.certificate);

		write_text(f, "ca.crt", anchor);
	}
	open_link(f, f->anchors, now_ms - 7 * G_GINT64_CONSTANT(86400000));
	wait_for(&f->n_up, 1);
}

static void a_killed_broker_is_noticed(Fixture *f, gconstpointer data)
{
	(void)data;
	start_broker(f, -DAY_S, DAY_S);
	open_link(f, f->anchors, 0);
	wait_for(&f->n_up, 1);
	stop_broker(f);
	wait_for(&f->n_down, 1);
}

static void a_dead_port_is_down(Fixture *f, gconstpointer data)
{
	(void)data;
	open_link(f, f->anchors, 0);
	wait_for(&f->n_down, 1);
}

static void a_link_into_a_black_hole_can_be_freed(Fixture *f, gconstpointer data)
{
	int fd;
	gint64 began;

	(void)data;
	f->port = bind_port(&fd); /* accepts, and says nothing */
	g_assert_cmpint(listen(fd, 1), ==, 0);
	open_link(f, f->anchors, 0);
	g_usleep(300000);
	began = g_get_monotonic_time();
	link_mosquitto.free(g_steal_pointer(&f->link));
	g_assert_cmpint(g_get_monotonic_time() - began, <, 5 * G_USEC_PER_SEC);
	g_assert_cmpuint(f->n_up, ==, 0);
	close(fd);
}

/* ── the identity ── */

static X509 *answer(Fixture *f, GBytes *csr, const char *name, long from_s, long to_s)
{
	gsize size;
	const guchar *der = g_bytes_get_data(csr, &size);
	X509_REQ *request = d2i_X509_REQ(NULL, &der, (long)size);
	X509 *leaf;

	g_assert_nonnull(request);
	g_assert_cmpint(X509_REQ_verify(request, X509_REQ_get0_pubkey(request)), ==, 1);
	leaf = issue(&f->authority, X509_REQ_get0_pubkey(request), name, from_s, to_s, FALSE);
	X509_REQ_free(request);
	return leaf;
}

static gboolean install(Fixture *f, Identity *identity, X509 *leaf, GError **error)
{
	g_autoptr(GBytes) der = certificate_der(leaf), anchor = NULL;
	UplinkCertificate certificate = {.n_certificates = 2, .n_leaf = 1};
	gsize size;

	anchor = certificate_der(f->authority.certificate);
	certificate.certificates[0].data = g_bytes_get_data(der, &size);
	certificate.certificates[0].size = size;
	certificate.certificates[1].data = g_bytes_get_data(anchor, &size);
	certificate.certificates[1].size = size;
	X509_free(leaf);
	return identity_install(identity, &certificate, error);
}

static void an_issued_certificate_takes_over(Fixture *f, gconstpointer data)
{
	g_autofree char *folder = in_folder(f, "tls"), *own = in_folder(f, "tls/identity.pem");
	g_autoptr(Identity) identity = NULL;
	g_autoptr(GBytes) csr = NULL, again = NULL;
	GError *error = NULL;
	gint64 now_ms = g_get_real_time() / 1000;
	struct stat info;

	(void)data;
	identity = identity_open(folder, &f->bundle, &error);
	g_assert_no_error(error);
	g_assert_false(identity_is_own(identity, now_ms));
	csr = identity_request(identity, &error);
	g_assert_no_error(error);
	g_clear_pointer(&identity, identity_free);
	identity = identity_open(folder, &f->bundle, &error); /* a restart before the answer */
	again = identity_request(identity, &error);
	g_assert_nonnull(again); /* the same key, asked for again */
	g_assert_true(install(f, identity, answer(f, csr, "bkd-1", -DAY_S, 2L * DAY_S), &error));
	g_assert_no_error(error);
	g_assert_true(identity_is_own(identity, now_ms));
	g_assert_cmpstr(identity_file(identity, now_ms), ==, own);
	g_assert_cmpint(stat(own, &info), ==, 0);
	g_assert_cmpuint(info.st_mode & 0777, ==, 0600);
	/* From -1 to +2 days: two thirds are over in a day. */
	g_assert_false(identity_is_due(identity, now_ms + (DAY_S - 60) * G_GINT64_CONSTANT(1000)));
	g_assert_true(identity_is_due(identity, now_ms + (DAY_S + 60) * G_GINT64_CONSTANT(1000)));
	g_assert_false(identity_is_own(identity, now_ms + 3 * DAY_S * G_GINT64_CONSTANT(1000)));
	/* It connects with it, and with the anchors that came. */
	g_free(f->identity);
	f->identity = g_strdup(own);
	start_broker(f, -DAY_S, DAY_S);
	open_link(f, identity_anchors(identity), 0);
	wait_for(&f->n_up, 1);
}

static void a_leaf_of_another_key_or_name_is_not_taken(Fixture *f, gconstpointer data)
{
	g_autofree char *folder = in_folder(f, "tls");
	g_autoptr(Identity) identity = NULL;
	g_autoptr(GBytes) csr = NULL;
	EVP_PKEY *other = EVP_EC_gen("P-256");
	GError *error = NULL;

	(void)data;
	identity = identity_open(folder, &f->bundle, &error);
	csr = identity_request(identity, &error);
	g_assert_false(
		install(f, identity, issue(&f->authority, other, "bkd-1", -DAY_S, DAY_S, FALSE), &error));
	g_assert_error(error, IDENTITY_ERROR, 0);
	g_clear_error(&error);
	g_assert_false(install(f, identity, answer(f, csr, "bkd-2", -DAY_S, DAY_S), &error));
	g_clear_error(&error);
	g_assert_false(install(f, identity, answer(f, csr, "bkd-12", -DAY_S, DAY_S), &error));
	g_clear_error(&error);
	g_assert_false(identity_is_own(identity, g_get_real_time() / 1000));
	g_assert_true(install(f, identity, answer(f, csr, "bkd-1", -DAY_S, DAY_S), &error));
	EVP_PKEY_free(other);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_log_set_always_fatal(G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
#define CASE(name) g_test_add("/firmware/uplink/" #name, Fixture, NULL, setup, name, teardown)
	CASE(messages_go_and_come);
	CASE(too_much_unacknowledged_is_refused_and_drains);
	CASE(a_broker_of_another_authority_is_refused);
	CASE(either_of_two_anchors_is_trusted);
	CASE(certificates_are_checked_at_the_given_time);
	CASE(a_killed_broker_is_noticed);
	CASE(a_dead_port_is_down);
	CASE(a_link_into_a_black_hole_can_be_freed);
	CASE(an_issued_certificate_takes_over);
	CASE(a_leaf_of_another_key_or_name_is_not_taken);
	return g_test_run();
}
