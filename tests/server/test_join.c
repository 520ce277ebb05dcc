/* A device's first join, its renewals, and what is refused without a trace but an alarm. */
#include "server/join.h"

#include <string.h>

#include "server/store/terminals/commands.h"
#include "server/store/terminals/quarantine.h"
#include "tests/server/certificate_request.h"
#include "tests/server/office.h"
#include "tests/support/scratch.h"

#define HOUR_MS 3600000

typedef struct {
	Office office;
	char *folder;
	Authority *authority;
	Device *device; /* known by id and secret, not joined */
	guint8 secret[32];
	GBytes *csr;
	Join join;
} World;

static void prove(World *world)
{
	const Slice parts[] = {{world->join.signing.bytes, sizeof world->join.signing.bytes},
						   {world->join.sealing.bytes, sizeof world->join.sealing.bytes},
						   world->join.csr};
	crypto_hmac_sha256((Slice){world->secret, sizeof world->secret}, parts, G_N_ELEMENTS(parts),
					   &world->join.proof);
}

static void ask_for(World *world, const char *name)
{
	g_clear_pointer(&world->csr, g_bytes_unref);
	world->csr = certificate_request(world->device->signing, name);
	world->join.csr = slice_of_bytes(world->csr);
	prove(world);
}

static void setup(World *world, gconstpointer data G_GNUC_UNUSED)
{
	GError *failure = NULL;
	office_open(&world->office);
	world->folder = scratch_new();
	g_autofree char *path = g_build_filename(world->folder, "authority", NULL);
	world->authority = authority_add_anchor(path, "Uji", world->office.now_ms, &failure);
	g_assert_no_error(failure);
	world->device = device_new("term-b", world->office.now_ms);
	memset(world->secret, 7, sizeof world->secret);
	server_key_public(world->device->signing, &world->join.signing);
	server_key_public(world->device->sealing, &world->join.sealing);
	ask_for(world, "term-b");
	office_ok(sql_begin(world->office.sql, error));
	office_ok(terminals_add(world->office.sql, &world->device->id, world->office.places[0],
							world->secret, world->office.now_ms + HOUR_MS, world->office.now_ms,
							error));
	office_ok(sql_commit(world->office.sql, error));
}

static void teardown(World *world, gconstpointer data G_GNUC_UNUSED)
{
	g_bytes_unref(world->csr);
	device_free(world->device);
	authority_free(world->authority);
	scratch_free(world->folder);
	office_close(&world->office);
}

static void join_at(World *world, gint64 now_ms)
{
	JoinPolicy policy = {world->authority, 30};
	office_ok(sql_begin(world->office.sql, error));
	office_ok(
		join_accept(world->office.sql, &policy, &world->device->id, &world->join, now_ms, error));
	office_ok(sql_commit(world->office.sql, error));
}

static void join(World *world)
{
	join_at(world, world->office.now_ms);
}

static TerminalRow terminal(World *world)
{
	TerminalRow row;
	office_ok(terminals_get(world->office.sql, &world->device->id, &row, error));
	return row;
}

static gint64 count_alarms(World *world)
{
	return office_count(&world->office, "SELECT count(*) FROM alarm WHERE kind = 'join-refused'");
}

static gint64 count_certificates(World *world)
{
	return office_count(&world->office, "SELECT count(*) FROM certificate");
}

/* The command that waits: the leaf and the anchors.  Gives its id. */
static gint64 pending_certificate(World *world)
{
	g_autoptr(GBytes) body = NULL;
	Command command;
	office_ok(
		commands_next(world->office.sql, &world->device->id, world->office.now_ms, &body, error));
	g_assert_nonnull(body);
	g_assert_cmpint(command_decode(slice_of_bytes(body), &command), ==, WIRE_OK);
	g_assert_cmpuint(command.kind, ==, COMMAND_CERTIFICATE);
	g_assert_cmpuint(command.certificate.n_leaf, ==, 1);
	g_assert_cmpuint(command.certificate.n_certificates, ==, 2);
	return (gint64)command.id;
}

static void a_bundle_makes_a_terminal(World *world, gconstpointer data G_GNUC_UNUSED)
{
	join(world);
	TerminalRow row = terminal(world);
	g_assert_cmpint(row.state, ==, TERMINAL_ACTIVE);
	g_assert_true(row.has_keys);
	pending_certificate(world);
	g_assert_cmpint(count_alarms(world), ==, 0);
}

static void a_lost_answer_is_given_again(World *world, gconstpointer data G_GNUC_UNUSED)
{
	join(world);
	gint64 first = pending_certificate(world);
	join(world);
	g_assert_cmpint(pending_certificate(world), ==, first);
	g_assert_cmpint(count_certificates(world), ==, 1);
	g_assert_cmpint(count_alarms(world), ==, 0);
}

static void a_bundle_is_good_once(World *world, gconstpointer data G_GNUC_UNUSED)
{
	join(world);
	server_key_free(world->device->signing);
	world->device->signing = server_key_generate();
	server_key_public(world->device->signing, &world->join.signing);
	ask_for(world, "term-b");
	join(world);
	g_assert_cmpint(count_alarms(world), ==, 1);
	g_assert_cmpint(count_certificates(world), ==, 1);
}

static void assert_refused(World *world)
{
	g_assert_cmpint(terminal(world).state, ==, TERMINAL_NEW);
	g_assert_cmpint(count_alarms(world), ==, 1);
	g_assert_cmpint(count_certificates(world), ==, 0);
}

static void a_bundle_ends(World *world, gconstpointer data G_GNUC_UNUSED)
{
	join_at(world, world->office.now_ms + HOUR_MS);
	assert_refused(world);
}

static void a_wrong_proof_is_refused(World *world, gconstpointer data G_GNUC_UNUSED)
{
	world->join.proof.bytes[31] ^= 1;
	join(world);
	assert_refused(world);
	/* It cost the true device nothing. */
	world->join.proof.bytes[31] ^= 1;
	join(world);
	g_assert_cmpint(terminal(world).state, ==, TERMINAL_ACTIVE);
}

static void a_request_for_another_name_is_refused(World *world, gconstpointer data G_GNUC_UNUSED)
{
	ask_for(world, "collector-1");
	join(world);
	assert_refused(world);
	ask_for(world, "term-b");
	join(world);
	g_assert_cmpint(terminal(world).state, ==, TERMINAL_ACTIVE);
}

static void a_renewal_replaces_the_pending_certificate(World *world,
													   gconstpointer data G_GNUC_UNUSED)
{
	join(world);
	gint64 first = pending_certificate(world);
	world->join.renewal = true;
	memset(&world->join.proof, 0, sizeof world->join.proof);
	join(world);
	g_assert_cmpint(pending_certificate(world), >, first);
	g_assert_cmpint(count_certificates(world), ==, 2);
}

static void a_revoked_terminal_stays_out(World *world, gconstpointer data G_GNUC_UNUSED)
{
	office_ok(sql_begin(world->office.sql, error));
	office_ok(terminals_revoke(world->office.sql, &world->device->id, world->office.now_ms, error));
	office_ok(sql_commit(world->office.sql, error));
	join(world);
	g_assert_cmpint(terminal(world).state, ==, TERMINAL_REVOKED);
	g_assert_cmpint(count_alarms(world), ==, 1);
	g_assert_cmpint(count_certificates(world), ==, 0);
}

#define ADD(function) g_test_add("/join/" #function, World, NULL, setup, function, teardown)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD(a_bundle_makes_a_terminal);
	ADD(a_lost_answer_is_given_again);
	ADD(a_bundle_is_good_once);
	ADD(a_bundle_ends);
	ADD(a_wrong_proof_is_refused);
	ADD(a_request_for_another_name_is_refused);
	ADD(a_renewal_replaces_the_pending_certificate);
	ADD(a_revoked_terminal_stays_out);
	return g_test_run();
}
