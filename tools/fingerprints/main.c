/*
 * hadir-fingerprints: synthetic fingers as images or as templates.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <glib/gstdio.h>

#include "tools/fingerprints/finger.h"
#include "tools/match/png_file.h"

#define FINGERS_OF_A_PERSON 2
#define IMPRESSIONS_OF_A_FINGER 3
#define TRIES_MAX 200

typedef struct {
	gint64 seed;
	gint finger, n_fingers, impression, n_impressions, n_people;
	char *file, *folder;
	gboolean minutiae;
} Options;

static gboolean write_template(const MatchTemplate *template, const char *path, GError **error)
{
	g_autoptr(GBytes) bytes = match_template_encode(template);

	return g_file_set_contents(path, g_bytes_get_data(bytes, NULL), (gssize)g_bytes_get_size(bytes),
							   error);
}

static gboolean write_impression(Finger *finger, guint impression, const char *path, GError **error)
{
	g_autofree guint8 *image = finger_impression(finger, impression);

	return png_file_write(path, image, FINGER_IMAGE_WIDTH, FINGER_IMAGE_HEIGHT, error);
}

static gboolean write_one(const Options *options, Finger *finger, gint impression,
						  const char *path_but_end, GError **error)
{
	g_autofree char *path = g_strconcat(path_but_end, options->minutiae ? ".tpl" : ".png", NULL);
	g_autoptr(MatchTemplate) template = NULL;

	if (!options->minutiae)
		return write_impression(finger, (guint)impression, path, error);
	template = finger_template(finger, (guint)impression);
	return write_template(template, path, error);
}

/* FINGER_IMPRESSION, as the public research sets name theirs. */
static gboolean write_fingers(const Options *options, GError **error)
{
	for (gint k = options->finger; k < options->finger + options->n_fingers; k++) {
		g_autoptr(Finger) finger = finger_new((guint64)options->seed, (guint)k);

		for (gint i = options->impression; i < options->impression + options->n_impressions; i++) {
			g_autofree char *path = g_strdup_printf("%s/%d_%d", options->folder, k, i);

			if (!write_one(options, finger, i, path, error))
				return FALSE;
		}
	}
	return TRUE;
}

/* The finger's next impression that an enrolment would accept; `tried` counts them. */
static MatchTemplate *enrolled_template(const Finger *finger, guint *tried)
{
	g_autoptr(MatchTemplate) template = NULL;

	do {
		g_clear_pointer(&template, match_template_free);
		template = finger_template(finger, ++*tried);
	} while (match_sample_for_enrolment(template) != MATCH_SAMPLE_GOOD && *tried < TRIES_MAX);
	return g_steal_pointer(&template);
}

/* PERSON-FINGER-IMPRESSION.tpl, each counted from 1. */
static gboolean write_templates(const Options *options, GError **error)
{
	for (gint person = 1; person <= options->n_people; person++)
		for (gint k = 1; k <= FINGERS_OF_A_PERSON; k++) {
			g_autoptr(Finger) finger =
				finger_new((guint64)options->seed, (guint)(person * FINGERS_OF_A_PERSON + k));
			guint tried = 0;

			for (gint i = 1; i <= options->n_impressions; i++) {
				g_autoptr(MatchTemplate) template = enrolled_template(finger, &tried);
				g_autofree char *path =
					g_strdup_printf("%s/%d-%d-%d.tpl", options->folder, person, k, i);

				if (!write_template(template, path, error))
					return FALSE;
			}
		}
	return TRUE;
}

static gboolean run(const Options *options, GError **error)
{
	if (options->folder != NULL && g_mkdir_with_parents(options->folder, 0777) != 0) {
		g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno), "%s: %s", options->folder,
					g_strerror(errno));
		return FALSE;
	}
	if (options->n_people > 0)
		return write_templates(options, error);
	if (options->folder != NULL)
		return write_fingers(options, error);

	g_autoptr(Finger) finger = finger_new((guint64)options->seed, (guint)options->finger);

	return write_impression(finger, (guint)options->impression, options->file, error);
}

static const char *find_mistake(const Options *options)
{
	if (options->finger < 0 || options->impression < 0 || options->n_people < 0)
		return "numbers are not negative";
	if (options->n_fingers < 1 || options->n_impressions < 1 || options->n_fingers > 1000000 ||
		options->n_impressions > 1000 || options->n_people > 1000000)
		return "counts are at least 1 and not out of reason";
	if (options->n_people > 0 && options->folder == NULL)
		return "--templates needs --out DIR";
	if (options->minutiae && options->folder == NULL)
		return "--minutiae needs --out DIR";
	if ((options->file == NULL) == (options->folder == NULL))
		return "one of -o FILE.png and --out DIR is needed";
	return NULL;
}

int main(int argc, char **argv)
{
	Options options = {.n_fingers = 1, .n_impressions = IMPRESSIONS_OF_A_FINGER};
	const GOptionEntry entries[] = {
		{"seed", 0, 0, G_OPTION_ARG_INT64, &options.seed, "the world of fingers to take from", "N"},
		{"finger", 0, 0, G_OPTION_ARG_INT, &options.finger, "which finger, or the first", "K"},
		{"fingers", 0, 0, G_OPTION_ARG_INT, &options.n_fingers, "how many (with --out)", "N"},
		{"impression", 0, 0, G_OPTION_ARG_INT, &options.impression, "which, or the first", "I"},
		{"impressions", 0, 0, G_OPTION_ARG_INT, &options.n_impressions,
		 "how many of each finger (with --out; 3)", "N"},
		{"templates", 0, 0, G_OPTION_ARG_INT, &options.n_people,
		 "write templates of so many people, 2 fingers each (with --out)", "N_PEOPLE"},
		{"minutiae", 0, 0, G_OPTION_ARG_NONE, &options.minutiae,
		 "templates straight from the model, not images (with --out)", NULL},
		{"output", 'o', 0, G_OPTION_ARG_FILENAME, &options.file, "one image", "FILE.png"},
		{"out", 0, 0, G_OPTION_ARG_FILENAME, &options.folder, "the folder for many", "DIR"},
		{0},
	};
	g_autoptr(GOptionContext) context = g_option_context_new("- synthetic fingers");
	g_autoptr(GError) error = NULL;
	const char *mistake;
	gboolean ok;

	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, &error)) {
		g_printerr("hadir-fingerprints: %s\n", error->message);
		return 2;
	}
	mistake = argc > 1 ? "no arguments besides options" : find_mistake(&options);
	if (mistake != NULL) {
		g_printerr("hadir-fingerprints: %s\n", mistake);
		return 2;
	}
	ok = run(&options, &error);
	if (!ok)
		g_printerr("hadir-fingerprints: %s\n", error->message);
	g_free(options.file);
	g_free(options.folder);
	return ok ? 0 : 1;
}
