#include "firmware/timekeeper.h"

#include "firmware/hal/clock_sim.h"

#define START_MS G_GINT64_CONSTANT(1735689600000)

typedef struct {
	gpointer clock;
	Timekeeper *timekeeper;
} Fixture;

static void setup(Fixture *f, gconstpointer data)
{
	(void)data;
	f->clock = clock_sim.open(&(ClockOptions){START_MS}, NULL);
	f->timekeeper = timekeeper_new(&clock_sim, f->clock, START_MS - 1000);
}

static void teardown(Fixture *f, gconstpointer data)
{
	(void)data;
	timekeeper_free(f->timekeeper);
	clock_sim.free(f->clock);
}

static ClockReading reading(Fixture *f)
{
	ClockReading now;

	timekeeper_read(f->timekeeper, &now);
	return now;
}

static void time_passing_is_no_step(Fixture *f, gconstpointer data)
{
	int64_t delta;

	(void)data;
	for (int i = 0; i < 100; i++) {
		clock_sim_advance(f->clock, 3600 * 1000);
		g_assert_false(timekeeper_check_step(f->timekeeper, &delta));
	}
	g_assert_cmpint(reading(f).wall_ms, ==, START_MS + 100 * 3600 * 1000);
}

static void a_step_is_told_once_with_its_size(Fixture *f, gconstpointer data)
{
	static const gint64 steps_ms[] = {2000, -2000, 7 * 3600 * 1000,
									  -G_GINT64_CONSTANT(366) * 24 * 3600 * 1000,
									  G_GINT64_CONSTANT(10) * 365 * 24 * 3600 * 1000};

	(void)data;
	for (gsize i = 0; i < G_N_ELEMENTS(steps_ms); i++) {
		int64_t delta = 0;

		clock_sim_advance(f->clock, 10000);
		clock_sim_set_wall(f->clock, reading(f).wall_ms + steps_ms[i]);
		g_assert_true(timekeeper_check_step(f->timekeeper, &delta));
		g_assert_cmpint(delta, ==, steps_ms[i]);
		g_assert_false(timekeeper_check_step(f->timekeeper, &delta));
	}
}

static void slewing_is_no_step(Fixture *f, gconstpointer data)
{
	int64_t delta;

	(void)data;
	for (int i = 0; i < 100; i++) {
		clock_sim_advance(f->clock, 10000);
		clock_sim_set_wall(f->clock, reading(f).wall_ms + 1999);
		g_assert_false(timekeeper_check_step(f->timekeeper, &delta));
	}
}

static void trust_says_how_the_clock_came_to_its_time(Fixture *f, gconstpointer data)
{
	(void)data;
	g_assert_cmpint(reading(f).trust, ==, CLOCK_SET);
	clock_sim_set_synchronised(f->clock, FALSE);
	g_assert_cmpint(reading(f).trust, ==, CLOCK_DOUBTFUL);
	g_assert_cmpuint(reading(f).uncertainty_ms, >=, 60000);
	clock_sim_set_wall(f->clock, START_MS - 1001); /* before what was journalled last */
	g_assert_cmpint(reading(f).trust, ==, CLOCK_UNSET);
	g_assert_cmpint(timekeeper_tls_ms(f->timekeeper), ==, START_MS - 1000);
	clock_sim_set_wall(f->clock, START_MS + 1);
	g_assert_cmpint(timekeeper_tls_ms(f->timekeeper), ==, START_MS + 1);
}

/* A clock that ran years ahead has journalled those years; put right, it is right. */
static void a_disciplined_clock_is_believed_below_the_floor(Fixture *f, gconstpointer data)
{
	(void)data;
	clock_sim_set_wall(f->clock, START_MS - 1001);
	g_assert_cmpint(reading(f).trust, ==, CLOCK_SET);
	g_assert_cmpint(timekeeper_tls_ms(f->timekeeper), ==, START_MS - 1001);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define CASE(name) g_test_add("/firmware/timekeeper/" #name, Fixture, NULL, setup, name, teardown)
	CASE(time_passing_is_no_step);
	CASE(a_step_is_told_once_with_its_size);
	CASE(slewing_is_no_step);
	CASE(trust_says_how_the_clock_came_to_its_time);
	CASE(a_disciplined_clock_is_believed_below_the_floor);
	return g_test_run();
}
