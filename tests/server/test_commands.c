/* Commands reach a terminal in order, and what a want confirms is what was carried out. */
#include "server/store/terminals/commands.h"
#include "tests/server/office.h"

#define COMMANDS 200
#define ROUNDS_MAX 200000

/* What a terminal does with commands (firmware/control.c): deed, then the id on disk, then a want. */
typedef struct {
	gint64 kept;      /* last_command on disk */
	GArray *done;     /* ids in the order of the deeds; a deed may be repeated, never skipped */
	gboolean confirm; /* a want is due */
} Terminal;

typedef struct {
	Office office;
	Terminal terminal;
	GRand *chance;
} World;

static void setup(World *world, gconstpointer data G_GNUC_UNUSED)
{
	office_open(&world->office);
	world->terminal.done = g_array_new(FALSE, FALSE, sizeof(gint64));
	world->chance = g_rand_new_with_seed(20150303);
}

static void teardown(World *world, gconstpointer data G_GNUC_UNUSED)
{
	g_array_unref(world->terminal.done);
	g_rand_free(world->chance);
	office_close(&world->office);
}

static gint64 add(World *world, guint32 kind, gint64 expires_ms)
{
	Office *office = &world->office;
	Command command = {.kind = kind};
	office_ok(commands_add(office->sql, &office->device->id, &command, expires_ms, office->now_ms,
						   error));
	return (gint64)command.id;
}

/* The id of what the server would send; 0: nothing. */
static gint64 next(World *world)
{
	Office *office = &world->office;
	g_autoptr(GBytes) body = NULL;
	Command command;
	office_ok(commands_next(office->sql, &office->device->id, office->now_ms, &body, error));
	if (body == NULL)
		return 0;
	g_assert_cmpint(command_decode(slice_of_bytes(body), &command), ==, WIRE_OK);
	return (gint64)command.id;
}

static gint64 confirm(World *world, gint64 last)
{
	Office *office = &world->office;
	gint64 n;
	office_ok(commands_done(office->sql, &office->device->id, last, office->now_ms, &n, error));
	return n;
}

static gint64 n_done(World *world)
{
	return office_count(&world->office, "SELECT count(*) FROM command WHERE done_ms IS NOT NULL");
}

static gboolean happens(World *world, double p)
{
	return g_rand_double(world->chance) < p;
}

static void receive(World *world, gint64 id)
{
	Terminal *terminal = &world->terminal;
	terminal->confirm = TRUE;
	if (id <= terminal->kept)
		return;
	g_array_append_val(terminal->done, id);
	if (happens(world, 0.1)) /* power lost between the deed and the disk */
		terminal->confirm = FALSE;
	else
		terminal->kept = id;
}

/* One exchange in which either message may be lost, and either side may start anew. */
static void exchange(World *world)
{
	gint64 id = next(world);
	if (id != 0 && happens(world, 0.6))
		receive(world, id);
	if (happens(world, 0.1))
		world->terminal.confirm = TRUE; /* connected again: a want */
	if (!world->terminal.confirm)
		return;
	world->terminal.confirm = FALSE;
	if (happens(world, 0.6))
		confirm(world, world->terminal.kept);
}

/* Nothing is said to be done that was not, at any moment. */
static void assert_truth(World *world)
{
	gint64 last = 0;
	office_ok(sql_get_int(world->office.sql, &last, 0, error,
						  "SELECT max(id) FROM command WHERE done_ms IS NOT NULL", ""));
	g_assert_cmpint(last, <=, world->terminal.kept);
}

static void none_is_lost_whatever_is_lost(World *world, gconstpointer data G_GNUC_UNUSED)
{
	gint64 ids[COMMANDS];
	guint n_added = 0;
	for (guint round = 0; round < ROUNDS_MAX && n_done(world) < COMMANDS; round++) {
		if (n_added < COMMANDS && happens(world, 0.3))
			ids[n_added++] = add(world, COMMAND_RESYNC, 0);
		exchange(world);
		assert_truth(world);
	}
	g_assert_cmpint(n_done(world), ==, COMMANDS);
	g_assert_cmpint(next(world), ==, 0);
	guint at = 0;
	for (guint i = 0; i < world->terminal.done->len; i++) {
		gint64 id = g_array_index(world->terminal.done, gint64, i);
		if (at > 0 && id == ids[at - 1])
			continue; /* the same deed again */
		g_assert_cmpint(id, ==, ids[at++]);
	}
	g_assert_cmpint(at, ==, COMMANDS);
}

static void the_next_waits_for_the_one_before(World *world, gconstpointer data G_GNUC_UNUSED)
{
	gint64 first = add(world, COMMAND_RESYNC, 0), second = add(world, COMMAND_RESYNC, 0);
	g_assert_cmpint(next(world), ==, first);
	g_assert_cmpint(confirm(world, first - 1), ==, 0);
	g_assert_cmpint(next(world), ==, first);
	g_assert_cmpint(confirm(world, first), ==, 1);
	g_assert_cmpint(confirm(world, first), ==, 0);
	g_assert_cmpint(next(world), ==, second);
}

/* It is passed over, and not taken for done when a later one is. */
static void an_expired_one_is_not_confirmed_by_the_next(World *world,
														gconstpointer data G_GNUC_UNUSED)
{
	gint64 first = add(world, COMMAND_RESYNC, world->office.now_ms + 1000);
	gint64 second = add(world, COMMAND_RESYNC, 0);
	g_assert_cmpint(next(world), ==, first);
	world->office.now_ms += 1000;
	g_assert_cmpint(next(world), ==, second);
	g_assert_cmpint(confirm(world, second), ==, 1);
	g_assert_cmpint(
		office_count(&world->office, "SELECT count(*) FROM command WHERE done_ms IS NULL"), ==, 1);
}

/* A restored server sends what the terminal had before: it says that it has more. */
static void a_restored_server_believes_the_terminal(World *world, gconstpointer data G_GNUC_UNUSED)
{
	gint64 old = add(world, COMMAND_RESYNC, 0);
	g_assert_cmpint(confirm(world, old + 1000), ==, 1);
	g_assert_cmpint(next(world), ==, 0);
}

static void a_revocation_is_before_all(World *world, gconstpointer data G_GNUC_UNUSED)
{
	Office *office = &world->office;
	add(world, COMMAND_RESYNC, 0);
	add(world, COMMAND_RESYNC, 0);
	office_ok(commands_withdraw(office->sql, &office->device->id, 0, office->now_ms, error));
	gint64 revoked = add(world, COMMAND_REVOKED, 0);
	g_assert_cmpint(next(world), ==, revoked);
}

#define CASE(function) {"/commands/" #function, function}

static const struct {
	const char *path;
	void (*run)(World *world, gconstpointer data);
} cases[] = {
	CASE(none_is_lost_whatever_is_lost),
	CASE(the_next_waits_for_the_one_before),
	CASE(an_expired_one_is_not_confirmed_by_the_next),
	CASE(a_restored_server_believes_the_terminal),
	CASE(a_revocation_is_before_all),
};

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		g_test_add(cases[i].path, World, NULL, setup, cases[i].run, teardown);
	return g_test_run();
}
