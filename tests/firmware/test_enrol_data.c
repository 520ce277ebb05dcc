/*
 * Enrolment with real fingers: the impressions of each finger of the four shared sets are offered in
 * turn, as a person would, and one finger's impressions must never complete another's.
 */
#include "firmware/enrol.h"

#include <glib.h>

#include "firmware/match/extract.h"
#include "tests/support/shared_data.h"
#include "tools/match/png_file.h"

/* Few, for extraction under the sanitizers takes its time.  With all ten fingers and eight
 * impressions 40 of 40 are enrolled. */
#define FINGERS 2
#define IMPRESSIONS 5
#define SETS 4

typedef MatchTemplate *Impressions[FINGERS][IMPRESSIONS];

static const char *const sets[SETS] = {"fvc2002_db1_b", "fvc2002_db3_b", "fvc2004_db2_b",
									   "fvc2004_db4_b"};

static MatchTemplate *extract(const char *set, guint finger, guint number)
{
	g_autofree char *name = g_strdup_printf("%s/%u_%u.png", set, 101 + finger, 1 + number);
	g_autofree char *path = shared_finger_path(name);
	g_auto(GreyImage) image = {0};
	g_autoptr(GError) error = NULL;
	png_file_read(path, &image, &error);
	g_assert_no_error(error);
	MatchTemplate *template = match_extract(image.pixels, image.width, image.height, &error);
	g_assert_no_error(error);
	return template;
}

static void load(const char *set, Impressions out)
{
	for (guint finger = 0; finger < FINGERS; finger++)
		for (guint number = 0; number < IMPRESSIONS; number++)
			out[finger][number] = extract(set, finger, number);
}

static void clear(Impressions impressions)
{
	for (guint finger = 0; finger < FINGERS; finger++)
		for (guint number = 0; number < IMPRESSIONS; number++)
			match_template_free(impressions[finger][number]);
}

static MatchTemplate *copy(const MatchTemplate *template)
{
	g_autoptr(GBytes) bytes = match_template_encode(template);
	gsize size = 0;
	const guint8 *data = g_bytes_get_data(bytes, &size);
	return match_template_decode(data, size, NULL);
}

static Enrol *order(void)
{
	Command command = {.kind = COMMAND_ENROL};
	command.enrol.person = 1;
	command.enrol.n_fingers = 1;
	command.enrol.fingers[0] = FINGER_RIGHT_INDEX;
	return enrol_new(&command, 0);
}

/* How many touches it took; 0: not complete after all eight. */
static guint touches_needed(MatchTemplate *const impressions[IMPRESSIONS])
{
	g_autoptr(Enrol) enrol = order();
	for (guint i = 0; i < IMPRESSIONS; i++)
		if (enrol_sample(enrol, copy(impressions[i]), 0) == ENROL_STEP_COMPLETE)
			return i + 1;
	return 0;
}

/* Loaded once, for both tests. */
static void test_real_fingers(gconstpointer data)
{
	const Impressions *all = data;
	guint n_complete = 0, n_touches = 0;
	for (gsize set = 0; set < SETS; set++)
		for (guint finger = 0; finger < FINGERS; finger++) {
			guint touches = touches_needed(all[set][finger]);
			n_complete += touches > 0;
			n_touches += touches;
		}
	g_test_message("%u of %d enrolled, %.2f touches each", n_complete, SETS * FINGERS,
				   (double)n_touches / MAX(n_complete, 1));
	/* The third set was made wet, dry and distorted on purpose. */
	g_assert_cmpuint(n_complete, >=, SETS * FINGERS - 1);
	g_assert_cmpfloat((double)n_touches / n_complete, <, 4.5);
}

/* The third impression is another finger's: it must be sent away. */
static void test_other_fingers(gconstpointer data)
{
	const Impressions *all = data;
	guint n_tried = 0, n_mixed = 0;
	for (gsize set = 0; set < SETS; set++)
		for (guint finger = 0; finger < FINGERS; finger++) {
			g_autoptr(Enrol) enrol = order();
			guint accepted = 0;
			for (guint i = 0; i < IMPRESSIONS && accepted < 2; i++)
				accepted +=
					enrol_sample(enrol, copy(all[set][finger][i]), 0) == ENROL_STEP_ACCEPTED;
			if (accepted < 2)
				continue;
			n_tried++;
			MatchTemplate *other = copy(all[set][(finger + 1) % FINGERS][0]);
			n_mixed += enrol_sample(enrol, other, 0) != ENROL_STEP_REJECTED;
		}
	g_test_message("%u of %u let another finger in", n_mixed, n_tried);
	g_assert_cmpuint(n_tried, >=, SETS * FINGERS - 1);
	g_assert_cmpuint(n_mixed, ==, 0);
}

int main(int argc, char **argv)
{
	Impressions all[SETS];
	g_test_init(&argc, &argv, NULL);
	for (gsize set = 0; set < SETS; set++)
		load(sets[set], all[set]);
	g_test_add_data_func("/enrol_data/real_fingers_are_enrolled", all, test_real_fingers);
	g_test_add_data_func("/enrol_data/another_finger_is_sent_away", all, test_other_fingers);
	int result = g_test_run();
	for (gsize set = 0; set < SETS; set++)
		clear(all[set]);
	return result;
}
