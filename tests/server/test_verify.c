/* What is refused before anything is stored: decision 8's table as far as it needs no journal. */
#include "server/verify.h"
#include "tests/server/office.h"

typedef struct {
	Office office;
	KeyRing *ring;
	Device *other; /* another terminal that has joined */
} World;

static void setup(World *world, gconstpointer data G_GNUC_UNUSED)
{
	office_open(&world->office);
	world->other = device_new("term-b", office_at(OFFICE_DAY, 6, 0));
	office_ok(sql_begin(world->office.sql, error));
	office_join(&world->office, world->other);
	office_ok(sql_commit(world->office.sql, error));
	world->ring = key_ring_new();
	office_ok(key_ring_load(world->ring, world->office.sql, NULL, error));
	device_boot_event(world->office.device, FALSE, office_at(OFFICE_DAY, 6, 0));
	for (int i = 0; i < 3; i++)
		device_punch(world->office.device, OFFICE_PERSON(i), office_at(OFFICE_DAY, 7, i));
}

static void teardown(World *world, gconstpointer data G_GNUC_UNUSED)
{
	key_ring_free(world->ring);
	device_free(world->other);
	office_close(&world->office);
}

/* The cause under which a message is counted; "ok" when it is accepted. */
static const char *cause_of(World *world, const char *topic, GBytes *message)
{
	g_auto(Collected) collected = {0};
	EventBatch batch;
	CollectResult collect = collect_message(topic, message, &collected);
	if (collect != COLLECT_OK)
		return collect_cause(collect);
	VerifyResult verify = verify_message(world->ring, &collected);
	if (verify == VERIFY_OK && collected.kind == TOPIC_UP_EVENTS)
		verify = verify_batch(&collected, &batch);
	return verify_cause(verify);
}

static const char *cause_at(World *world, TopicKind kind, GBytes *message)
{
	char topic[TOPIC_MAX];
	device_topic(world->office.device, kind, topic);
	return cause_of(world, topic, message);
}

static void a_genuine_batch_is_accepted(World *world, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GBytes) message = device_batch(world->office.device, 1, 4);
	g_assert_cmpstr(cause_at(world, TOPIC_UP_EVENTS, message), ==, "ok");
}

static void topics_that_are_none_of_ours(World *world, gconstpointer data G_GNUC_UNUSED)
{
	static const char *const topics[] = {"",
										 "hadir",
										 "hadir/1/00/term-a/up/events/x",
										 "hadir/2/00/term-a/up/events",
										 "hadir/1/zz/term-a/up/events",
										 "hadir/1/00/TERM/up/events",
										 "hadir/1/00/../up/events",
										 "$SYS/broker/uptime"};
	g_autoptr(GBytes) message = device_batch(world->office.device, 1, 1);
	for (gsize i = 0; i < G_N_ELEMENTS(topics); i++)
		g_assert_cmpstr(cause_of(world, topics[i], message), ==, "topic");
	/* Downwards is ours alone, and a shard is the terminal's own. */
	g_assert_cmpstr(cause_at(world, TOPIC_DOWN_RECEIPT, message), ==, "topic");
	char topic[TOPIC_MAX];
	device_topic(world->office.device, TOPIC_UP_EVENTS, topic);
	topic[9] = topic[9] == '0' ? '1' : '0';
	g_assert_cmpstr(cause_of(world, topic, message), ==, "topic");
}

static void a_message_on_another_terminals_topic(World *world, gconstpointer data G_GNUC_UNUSED)
{
	char topic[TOPIC_MAX];
	g_autoptr(GBytes) message = device_batch(world->office.device, 1, 1);
	device_topic(world->other, TOPIC_UP_EVENTS, topic);
	g_assert_cmpstr(cause_of(world, topic, message), ==, "misdirected");
}

static void a_batch_on_the_topic_of_health(World *world, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GBytes) message = device_batch(world->office.device, 1, 1);
	g_assert_cmpstr(cause_at(world, TOPIC_UP_HEALTH, message), ==, "type");
}

static void another_terminals_key(World *world, gconstpointer data G_GNUC_UNUSED)
{
	Device *device = world->office.device;
	ServerKey *own = device->signing;
	KeyId key = device->key;
	device->signing = world->other->signing;
	g_autoptr(GBytes) named_own = device_batch(device, 1, 1);
	device->key = world->other->key;
	g_autoptr(GBytes) named_other = device_batch(device, 1, 1);
	device->signing = own;
	device->key = key;
	g_assert_cmpstr(cause_at(world, TOPIC_UP_EVENTS, named_own), ==, "signature");
	g_assert_cmpstr(cause_at(world, TOPIC_UP_EVENTS, named_other), ==, "key");
}

static void an_old_key_still_verifies(World *world, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(ServerKey) fresh = server_key_generate();
	PublicKey signing, sealing;
	KeyId id;
	server_key_public(fresh, &signing);
	server_key_public(world->office.device->sealing, &sealing);
	key_id_of(&signing, crypto_sha256, &id);
	office_ok(terminals_join(world->office.sql, &world->office.device->id, &signing, &sealing, &id,
							 world->office.now_ms, error));
	office_ok(key_ring_load(world->ring, world->office.sql, NULL, error));
	a_genuine_batch_is_accepted(world, NULL);
}

static void an_unknown_terminal(World *world, gconstpointer data G_GNUC_UNUSED)
{
	Device *stranger = device_new("term-x", 0);
	char topic[TOPIC_MAX];
	device_boot_event(stranger, FALSE, office_at(OFFICE_DAY, 6, 0));
	g_autoptr(GBytes) message = device_batch(stranger, 1, 1);
	device_topic(stranger, TOPIC_UP_EVENTS, topic);
	g_assert_cmpstr(cause_of(world, topic, message), ==, "terminal");
	device_free(stranger);
}

static void a_revoked_terminal_is_genuine_but_refused(World *world,
													  gconstpointer data G_GNUC_UNUSED)
{
	gboolean changed;
	office_ok(terminals_revoke(world->office.sql, &world->office.device->id, world->office.now_ms,
							   error));
	office_ok(key_ring_load(world->ring, world->office.sql, &changed, error));
	g_assert_true(changed);
	g_autoptr(GBytes) message = device_batch(world->office.device, 1, 1);
	g_assert_cmpstr(cause_at(world, TOPIC_UP_EVENTS, message), ==, "revoked");
	office_ok(key_ring_load(world->ring, world->office.sql, &changed, error));
	g_assert_false(changed);
}

/* Every single flipped bit is refused, whatever it hits. */
static void every_flipped_byte_is_refused(World *world, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GBytes) message = device_batch(world->office.device, 1, 2);
	gsize size;
	const guint8 *bytes = g_bytes_get_data(message, &size);
	for (gsize i = 0; i < size; i++) {
		g_autofree guint8 *copy = g_memdup2(bytes, size);
		copy[i] ^= 1;
		g_autoptr(GBytes) flipped = g_bytes_new(copy, size);
		g_assert_cmpstr(cause_at(world, TOPIC_UP_EVENTS, flipped), !=, "ok");
	}
}

static void every_cut_is_refused(World *world, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GBytes) message = device_batch(world->office.device, 1, 2);
	for (gsize size = 0; size < g_bytes_get_size(message); size += 7) {
		g_autoptr(GBytes) cut = g_bytes_new_from_bytes(message, 0, size);
		g_assert_cmpstr(cause_at(world, TOPIC_UP_EVENTS, cut), !=, "ok");
	}
}

/* The terminal signs, but the events are not those: exchanged, or one twice. */
static void events_out_of_order_break_the_chain(World *world, gconstpointer data G_GNUC_UNUSED)
{
	GPtrArray *events = world->office.device->events;
	gpointer second = events->pdata[1];
	events->pdata[1] = events->pdata[2];
	events->pdata[2] = second;
	g_autoptr(GBytes) message = device_batch(world->office.device, 1, 4);
	second = events->pdata[1];
	events->pdata[1] = events->pdata[2];
	events->pdata[2] = second;
	g_assert_cmpstr(cause_at(world, TOPIC_UP_EVENTS, message), ==, "chain");
}

static void a_wrong_head_breaks_the_chain(World *world, gconstpointer data G_GNUC_UNUSED)
{
	g_array_index(world->office.device->heads, Hash, 4).bytes[0] ^= 1;
	g_autoptr(GBytes) message = device_batch(world->office.device, 1, 4);
	g_assert_cmpstr(cause_at(world, TOPIC_UP_EVENTS, message), ==, "chain");
}

static void too_large_is_refused_unread(World *world, gconstpointer data G_GNUC_UNUSED)
{
	g_autofree guint8 *zeros = g_malloc0(MESSAGE_SIZE_MAX + 1);
	g_autoptr(GBytes) message = g_bytes_new(zeros, MESSAGE_SIZE_MAX + 1);
	g_assert_cmpstr(cause_at(world, TOPIC_UP_EVENTS, message), ==, "size");
	g_autoptr(GBytes) zero = g_bytes_new(zeros, 64);
	g_assert_cmpstr(cause_at(world, TOPIC_UP_EVENTS, zero), ==, "envelope");
}

/* ── joins ── */

static VerifyResult verify_a_join(World *world, Device *device, gboolean renewal,
								  const ServerKey *brought)
{
	static const uint8_t csr[] = {0x30, 0x00};
	Join join = {.csr = {csr, sizeof csr}, .renewal = renewal};
	join.proof.bytes[0] = !renewal; /* the proof itself is checked where the secret is */
	g_auto(WireBuffer) payload = {0};
	g_auto(Collected) collected = {0};
	char topic[TOPIC_MAX];
	server_key_public(brought, &join.signing);
	server_key_public(device->sealing, &join.sealing);
	join_encode(&payload, &join);
	g_autoptr(GBytes) message = device_sign(device, MESSAGE_JOIN, &payload);
	device_topic(device, TOPIC_UP_WANT, topic);
	g_assert_cmpint(collect_message(topic, message, &collected), ==, COLLECT_OK);
	Join out;
	return verify_join(world->ring, &collected, &out);
}

static void a_join_is_signed_by_the_key_it_brings(World *world, gconstpointer data G_GNUC_UNUSED)
{
	Device *fresh = device_new("term-c", 0);
	const guint8 secret[32] = {0};
	g_assert_cmpint(verify_a_join(world, fresh, FALSE, fresh->signing), ==, VERIFY_UNKNOWN);
	office_ok(sql_begin(world->office.sql, error));
	office_ok(terminals_add(world->office.sql, &fresh->id, world->office.places[0], secret,
							G_MAXINT64, 0, error));
	office_ok(sql_commit(world->office.sql, error));
	office_ok(key_ring_load(world->ring, world->office.sql, NULL, error));
	g_assert_cmpint(verify_a_join(world, fresh, FALSE, fresh->signing), ==, VERIFY_OK);
	g_assert_cmpint(verify_a_join(world, fresh, FALSE, world->other->signing), ==, VERIFY_KEY);
	/* A renewal is no way around the secret. */
	g_assert_cmpint(verify_a_join(world, fresh, TRUE, fresh->signing), ==, VERIFY_KEY);
	device_free(fresh);
}

static void a_renewal_is_signed_by_a_known_key(World *world, gconstpointer data G_GNUC_UNUSED)
{
	Device *device = world->office.device;
	g_assert_cmpint(verify_a_join(world, device, TRUE, device->signing), ==, VERIFY_OK);
}

static void the_bootstrap_secret_is_good_once_and_briefly(World *world,
														  gconstpointer data G_GNUC_UNUSED)
{
	Device *fresh = device_new("term-c", 0);
	Sql *sql = world->office.sql;
	guint8 secret[32] = {5}, found[32];
	PublicKey signing, sealing;
	server_key_public(fresh->signing, &signing);
	server_key_public(fresh->sealing, &sealing);
	office_ok(sql_begin(sql, error));
	office_ok(terminals_add(sql, &fresh->id, world->office.places[0], secret, 1000, 0, error));
	office_ok(sql_commit(sql, error));
	g_assert_true(terminals_bootstrap(sql, &fresh->id, 999, found, NULL));
	g_assert_cmpmem(found, 32, secret, 32);
	g_assert_false(terminals_bootstrap(sql, &fresh->id, 1000, found, NULL));
	office_ok(terminals_join(sql, &fresh->id, &signing, &sealing, &fresh->key, 500, error));
	g_assert_false(terminals_bootstrap(sql, &fresh->id, 600, found, NULL));
	g_assert_cmpint(office_count(&world->office, "SELECT count(*) FROM terminal"
												 " WHERE bootstrap_secret IS NOT NULL"),
					==, 0);
	device_free(fresh);
}

#define CASE(function) {"/verify/" #function, function}

static const struct {
	const char *path;
	void (*run)(World *world, gconstpointer data);
} cases[] = {
	CASE(a_genuine_batch_is_accepted),
	CASE(topics_that_are_none_of_ours),
	CASE(a_message_on_another_terminals_topic),
	CASE(a_batch_on_the_topic_of_health),
	CASE(another_terminals_key),
	CASE(an_old_key_still_verifies),
	CASE(an_unknown_terminal),
	CASE(a_revoked_terminal_is_genuine_but_refused),
	CASE(every_flipped_byte_is_refused),
	CASE(every_cut_is_refused),
	CASE(events_out_of_order_break_the_chain),
	CASE(a_wrong_head_breaks_the_chain),
	CASE(too_large_is_refused_unread),
	CASE(a_join_is_signed_by_the_key_it_brings),
	CASE(a_renewal_is_signed_by_a_known_key),
	CASE(the_bootstrap_secret_is_good_once_and_briefly),
};

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		g_test_add(cases[i].path, World, NULL, setup, cases[i].run, teardown);
	return g_test_run();
}
