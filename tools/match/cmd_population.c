/*
 * The whole search on a population of synthetic people: how many strangers are taken for somebody
 * (FPIR, one search by each), how many who are enrolled are not found (FNIR) by one finger and by
 * two, over the score as a curve, and what the search loses against a comparison with everybody.
 */
#include <math.h>
#include <stdio.h>

#include "firmware/match/decide.h"
#include "firmware/match/gallery.h"
#include "tools/fingerprints/finger.h"
#include "tools/match/command.h"
#include "tools/match/processor_time.h"

#define FINGERS_OF_A_PERSON 2
#define PROBE_IMPRESSION 1000 /* none of the enrolled ones */
#define STRANGER 10000000     /* finger numbers from here on are nobody's */
#define TRIES_MAX 200
#define PROGRESS 500
#define PROGRESS_ENROLMENTS 50
#define ENROLLED 3 /* impressions of a finger at an enrolment */

typedef struct {
	gint n_people, n_impressions, n_strangers, n_mates, n_threads, n_enrolments;
	gint64 seed;
} Options;

typedef struct {
	MatchOutcome outcome;
	gint32 score;
	gboolean right; /* the best is who it is */
} Search;

typedef struct {
	GArray *strangers,
		*mates; /* of Search; mates: by first finger, then by second, person by person */
	guint n_unlisted, n_lost; /* mates not first by search; of them first by comparison with all */
	guint n_enrolments, n_held, n_held_strangers, n_held_others; /* of each kind; wrongly: others */
	gsize n_references;
	gint64 search_us;
} Result;

static guint finger_number(guint person, guint finger)
{
	return person * FINGERS_OF_A_PERSON + finger;
}

/* The finger's next impression that enrolment (or a touch) would accept. */
static MatchTemplate *accepted_template(const Finger *finger, guint *impression,
										MatchSampleState (*judge)(const MatchTemplate *))
{
	g_autoptr(MatchTemplate) template = NULL;
	guint tries = 0;

	do {
		g_clear_pointer(&template, match_template_free);
		template = finger_template(finger, (*impression)++);
	} while (judge(template) != MATCH_SAMPLE_GOOD && ++tries < TRIES_MAX);
	return g_steal_pointer(&template);
}

static void enrol(const Options *options, MatchGallery *gallery, guint person)
{
	for (guint k = 0; k < FINGERS_OF_A_PERSON; k++) {
		g_autoptr(Finger) finger = finger_new((guint64)options->seed, finger_number(person, k));
		guint impression = 0;

		for (gint i = 0; i < options->n_impressions; i++)
			match_gallery_put(gallery, person + 1, (gint64)match_gallery_n_references(gallery) + 1,
							  accepted_template(finger, &impression, match_sample_for_enrolment));
	}
}

static MatchTemplate *touch(const Options *options, guint number)
{
	g_autoptr(Finger) finger = finger_new((guint64)options->seed, number);
	guint impression = PROBE_IMPRESSION;

	return accepted_template(finger, &impression, match_sample_for_touch);
}

static Search search(const Options *options, const MatchGallery *gallery,
					 const MatchTemplate *probe, gint64 person, Result *result)
{
	const MatchSearch how = {.n_threads = (guint)options->n_threads};
	gint64 start_us = processor_time_us();
	MatchAnswer answer;

	match_gallery_search(gallery, probe, &how, &answer);
	result->search_us += processor_time_us() - start_us;
	return (Search){answer.outcome == MATCH_FOUND && answer.person != person && person != 0
						? MATCH_NONE
						: answer.outcome,
					answer.score, answer.person == person};
}

/* Would a comparison with every reference have put the person first? */
static gboolean is_first_of_all(const MatchGallery *gallery, const MatchTemplate *probe,
								gint64 person, guint n_people)
{
	gint32 own = match_gallery_score_person(gallery, probe, person);

	for (guint other = 1; other <= n_people; other++)
		if ((gint64)other != person && match_gallery_score_person(gallery, probe, other) >= own)
			return FALSE;
	return TRUE;
}

static void search_mate(const Options *options, const MatchGallery *gallery, guint number,
						Result *result)
{
	guint person = number % (guint)options->n_people;

	for (guint k = 0; k < FINGERS_OF_A_PERSON; k++) {
		g_autoptr(MatchTemplate) probe = touch(options, finger_number(person, k));
		Search found = search(options, gallery, probe, person + 1, result);

		g_array_append_val(result->mates, found);
		if (found.right)
			continue;
		result->n_unlisted++;
		result->n_lost += is_first_of_all(gallery, probe, person + 1, (guint)options->n_people);
	}
}

/* ── what came of it ── */

/* The chance of at most `k` of `n` at the rate `p`. */
static double binomial_below(guint n, guint k, double p)
{
	double sum = 0;

	for (guint i = 0; i <= k; i++)
		sum += exp(lgamma(n + 1.0) - lgamma(i + 1.0) - lgamma(n - i + 1.0) + i * log(p) +
				   (n - i) * log1p(-p));
	return sum;
}

/* Clopper and Pearson 1934, one end: where `k` of `n` or fewer have the chance `chance`. */
static double find_rate(guint n, guint k, double chance)
{
	double low = 1e-12, high = 1 - 1e-12;

	for (guint round = 0; round < 60; round++) {
		double middle = (low + high) / 2;

		if (binomial_below(n, k, middle) > chance)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static void print_share(const char *name, guint k, guint n)
{
	g_print("\"%s\": {\"n\": %u, \"of\": %u, \"percent\": %.3f, \"percent_95\": [%.3f, %.3f]}",
			name, k, n, 100.0 * k / n, k > 0 ? 100 * find_rate(n, k - 1, 0.975) : 0,
			k < n ? 100 * find_rate(n, k, 0.025) : 100);
}

static guint count(const GArray *searches, MatchOutcome outcome)
{
	guint n = 0;

	for (guint i = 0; i < searches->len; i++)
		n += g_array_index(searches, Search, i).outcome == outcome;
	return n;
}

static guint count_from(const GArray *searches, gint32 score, gboolean right)
{
	guint n = 0;

	for (guint i = 0; i < searches->len; i++) {
		const Search *found = &g_array_index(searches, Search, i);

		n += found->score >= score && (found->right || !right);
	}
	return n;
}

/* People of whose two fingers, touched one after the other, neither was found. */
static guint count_missed_people(const GArray *mates)
{
	guint n = 0;

	for (guint i = 0; i + 1 < mates->len; i += FINGERS_OF_A_PERSON)
		n += g_array_index(mates, Search, i).outcome != MATCH_FOUND &&
			 g_array_index(mates, Search, i + 1).outcome != MATCH_FOUND;
	return n;
}

static void print_curve(const Result *result)
{
	g_print(", \"curve\": [");
	for (gint32 score = 0; score <= 12000; score += 500)
		g_print("%s{\"score\": %d, \"fpir\": %.3f, \"fnir\": %.2f}", score == 0 ? "" : ", ", score,
				100.0 * count_from(result->strangers, score, FALSE) / result->strangers->len,
				100 - 100.0 * count_from(result->mates, score, TRUE) / result->mates->len);
	g_print("]");
}

static void print_result(const Options *options, const Result *result)
{
	guint n_searches = result->strangers->len + result->mates->len;

	g_print("{\"people\": %d, \"references\": %" G_GSIZE_FORMAT
			", \"threshold\": %d, \"search_ms\": %.2f, ",
			options->n_people, result->n_references, match_identify_threshold(result->n_references),
			(double)result->search_us / 1000 / n_searches);
	print_share("fpir", count(result->strangers, MATCH_FOUND), result->strangers->len);
	g_print(", \"strangers_too_close\": %u, ", count(result->strangers, MATCH_TOO_CLOSE));
	print_share("fnir", result->mates->len - count(result->mates, MATCH_FOUND), result->mates->len);
	g_print(", \"mates_too_close\": %u, ", count(result->mates, MATCH_TOO_CLOSE));
	print_share("fnir_two_fingers", count_missed_people(result->mates),
				result->mates->len / FINGERS_OF_A_PERSON);
	g_print(", \"not_first\": %u, ", result->n_unlisted);
	print_share("rank_1_loss", result->n_lost, result->mates->len);
	print_curve(result);
	g_print("}\n");
	fflush(stdout);
}

/* Strangers and those enrolled by turns; what has come of it so far is told again and again, so that
 * a run that is ended has a result too. */
static void search_all(const Options *options, const MatchGallery *gallery, Result *result)
{
	guint most = (guint)MAX(options->n_strangers, options->n_mates);

	for (guint i = 0; i < most; i++) {
		if (i < (guint)options->n_strangers) {
			g_autoptr(MatchTemplate) probe = touch(options, STRANGER + i);
			Search found = search(options, gallery, probe, 0, result);

			g_array_append_val(result->strangers, found);
		}
		if (i < (guint)options->n_mates)
			search_mate(options, gallery, i, result);
		if (i + 1 == most || (i + 1) % PROGRESS == 0)
			print_result(options, result);
	}
}

static void print_enrolments(const Result *result)
{
	g_print("{\"enrolments\": %u, ", result->n_enrolments);
	print_share("false_holds", result->n_held_strangers + result->n_held_others,
				2 * result->n_enrolments);
	g_print(", ");
	print_share("duplicates_found", result->n_held, result->n_enrolments);
	g_print("}\n");
	fflush(stdout);
}

/* As at an enrolment: both fingers, three impressions of each. Who is it, if anybody? */
static gint64 find_duplicate(const Options *options, const MatchGallery *gallery,
							 guint first_finger)
{
	const MatchSearch how = {.n_threads = (guint)options->n_threads};
	MatchImpression impressions[FINGERS_OF_A_PERSON * ENROLLED] = {{0}};
	MatchTemplate *templates[G_N_ELEMENTS(impressions)];
	MatchDuplicate duplicate;

	for (guint k = 0; k < FINGERS_OF_A_PERSON; k++) {
		g_autoptr(Finger) finger = finger_new((guint64)options->seed, first_finger + k);
		guint impression = PROBE_IMPRESSION;

		for (guint i = 0; i < ENROLLED; i++) {
			guint at = k * ENROLLED + i;

			templates[at] = accepted_template(finger, &impression, match_sample_for_enrolment);
			impressions[at] = (MatchImpression){templates[at], (guint8)k};
		}
	}
	match_gallery_find_duplicate(gallery, 0, impressions, G_N_ELEMENTS(impressions), &how,
								 &duplicate);
	for (guint i = 0; i < G_N_ELEMENTS(templates); i++)
		match_template_free(templates[i]);
	return duplicate.person;
}

/* New people, and people of the gallery who come again under another number. */
static void enrol_all(const Options *options, const MatchGallery *gallery, Result *result)
{
	for (guint i = 0; i < (guint)options->n_enrolments; i++) {
		guint person = i % (guint)options->n_people;
		gint64 again = find_duplicate(options, gallery, finger_number(person, 0));
		gint64 stranger =
			find_duplicate(options, gallery, STRANGER + STRANGER / 2 + i * FINGERS_OF_A_PERSON);

		result->n_enrolments++;
		result->n_held += again == (gint64)person + 1;
		result->n_held_others += again != 0 && again != (gint64)person + 1;
		result->n_held_strangers += stranger != 0;
		if ((i + 1) % PROGRESS_ENROLMENTS == 0)
			print_enrolments(result);
	}
}

static void measure(const Options *options)
{
	g_autoptr(MatchGallery) gallery = match_gallery_new();
	g_autoptr(GArray) strangers = g_array_new(FALSE, FALSE, sizeof(Search));
	g_autoptr(GArray) mates = g_array_new(FALSE, FALSE, sizeof(Search));
	Result result = {.strangers = strangers, .mates = mates};

	for (guint person = 0; person < (guint)options->n_people; person++)
		enrol(options, gallery, person);
	result.n_references = match_gallery_n_references(gallery);
	g_printerr("%" G_GSIZE_FORMAT " references\n", result.n_references);
	search_all(options, gallery, &result);
	enrol_all(options, gallery, &result);
}

static gboolean run(int argc, char **argv, GError **error)
{
	Options options = {.n_people = 10000,
					   .n_impressions = 3,
					   .n_strangers = 5000,
					   .n_mates = 1000,
					   .n_threads = 1,
					   .seed = 1};
	const GOptionEntry entries[] = {
		{"people", 0, 0, G_OPTION_ARG_INT, &options.n_people, "enrolled, 2 fingers each", "N"},
		{"impressions", 0, 0, G_OPTION_ARG_INT, &options.n_impressions, "per finger", "N"},
		{"strangers", 0, 0, G_OPTION_ARG_INT, &options.n_strangers, "each searched once", "N"},
		{"mates", 0, 0, G_OPTION_ARG_INT, &options.n_mates, "people, each finger once", "N"},
		{"enrolments", 0, 0, G_OPTION_ARG_INT, &options.n_enrolments,
		 "searched for duplicates: as many new people, and known ones", "N"},
		{"threads", 0, 0, G_OPTION_ARG_INT, &options.n_threads, "in a search", "N"},
		{"seed", 0, 0, G_OPTION_ARG_INT64, &options.seed, "the world of fingers", "N"},
		{0},
	};
	g_autoptr(GOptionContext) context = g_option_context_new("");

	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, error))
		return FALSE;
	if (argc != 1 || options.n_people < 1 || options.n_people > 1000000 ||
		options.n_impressions < 1 || options.n_impressions > PROBE_IMPRESSION ||
		options.n_strangers < 1 || options.n_mates < 1 || options.n_threads < 1 ||
		options.n_enrolments < 0)
		return command_misused(error, "people, impressions, strangers and mates are at least 1");
	measure(&options);
	return TRUE;
}

const MatchCommand command_population = {
	"population",
	"[--people N] [--impressions N] [--strangers N] [--mates N] [--enrolments N] [--threads N]",
	"FPIR, FNIR and the search's loss on synthetic people, exact 95 % intervals: JSON, a line each "
	"500",
	run};
