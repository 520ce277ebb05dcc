#include "firmware/history.h"

#include <string.h>

#include "firmware/core_parts.h"
#include "protocol/process/roles.h"

#define HEADER "at_ms,person,reference,score"
#define ALIVE_MS (15 * 60 * 1000)
/* Events of one commit: nobody waits for a green light here. */
#define GROUP 1000
#define BOOT_MS (30 * 1000) /* from power-on to the first possible touch */
#define QUALITY 70

typedef struct {
	int64_t at_ms;
	PersonId person; /* 0: nobody; the terminal was on and alive until then */
	int64_t reference;
	int32_t score_milli;
} Punch;

/* ── the file ── */

static gboolean parse_field(const char *text, gint64 min, gint64 max, gint64 *out)
{
	return g_ascii_string_to_signed(text, 10, min, max, out, NULL);
}

static gboolean parse_row(const char *line, int64_t after_ms, Punch *out, GError **error)
{
	g_auto(GStrv) fields = g_strsplit(line, ",", 5);
	gint64 score = 0;

	if (g_strv_length(fields) != 4 || !parse_field(fields[0], 1, G_MAXINT64 / 2, &out->at_ms) ||
		!parse_field(fields[1], 0, PERSON_ID_MAX, &out->person) ||
		!parse_field(fields[2], 0, G_MAXINT64, &out->reference) ||
		!parse_field(fields[3], 0, G_MAXINT32, &score)) {
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "'%s' is no " HEADER, line);
		return FALSE;
	}
	out->score_milli = (int32_t)score;
	if (out->at_ms >= after_ms)
		return TRUE;
	g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "earlier than the row before");
	return FALSE;
}

static gboolean parse_rows(char **lines, GArray *punches, GError **error)
{
	int64_t after_ms = 0;
	Punch punch;

	if (lines[0] == NULL || strcmp(g_strchomp(lines[0]), HEADER) != 0) {
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "line 1: " HEADER " is expected");
		return FALSE;
	}
	for (gsize i = 1; lines[i] != NULL; i++) {
		if (*g_strchomp(lines[i]) == '\0')
			continue;
		if (!parse_row(lines[i], after_ms, &punch, error)) {
			g_prefix_error(error, "line %" G_GSIZE_FORMAT ": ", i + 1);
			return FALSE;
		}
		after_ms = punch.at_ms;
		g_array_append_val(punches, punch);
	}
	return TRUE;
}

static GArray *read_punches(const char *path, GError **error)
{
	g_autoptr(GArray) punches = g_array_new(FALSE, FALSE, sizeof(Punch));
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;

	if (!g_file_get_contents(path, &text, NULL, error))
		return NULL;
	lines = g_strsplit(text, "\n", -1);
	if (parse_rows(lines, punches, error))
		return g_steal_pointer(&punches);
	g_prefix_error(error, "%s: ", path);
	return NULL;
}

/* ── its events ── */

typedef struct {
	CoreParts *parts;
	int64_t now_ms;
	guint n_held;
} Past;

static gboolean append(Past *past, uint32_t kind, const EventBody *body, GError **error)
{
	ClockReading now;

	if (past->n_held == 0 && !journal_begin(past->parts->journal, error))
		return FALSE;
	timekeeper_read(past->parts->timekeeper, &now);
	if (!journal_append(past->parts->journal, kind, body, (Slice){0}, &now, NULL, error))
		return FALSE;
	if (++past->n_held < GROUP)
		return TRUE;
	past->n_held = 0;
	return journal_commit(past->parts->journal, error);
}

static void advance(Past *past, int64_t to_ms)
{
	clock_sim_advance(past->parts->clock, to_ms - past->now_ms);
	past->now_ms = to_ms;
}

static gboolean append_alive(Past *past, GError **error)
{
	EventBody body = {.alive = {.backlog = journal_backlog(past->parts->journal),
								.roster_version = roster_version(past->parts->roster),
								.sensor_ok = true}};

	return append(past, EVENT_ALIVE, &body, error);
}

/* Alive marks on the way to `to_ms`. */
static gboolean live_until(Past *past, int64_t to_ms, int64_t *next_alive_ms, GError **error)
{
	while (*next_alive_ms <= to_ms) {
		advance(past, *next_alive_ms);
		if (!append_alive(past, error))
			return FALSE;
		*next_alive_ms += ALIVE_MS;
	}
	advance(past, to_ms);
	return TRUE;
}

static gboolean replay(Past *past, const GArray *punches, GError **error)
{
	int64_t next_alive_ms = past->now_ms + ALIVE_MS;
	EventBody stop = {0};

	for (guint i = 0; i < punches->len; i++) {
		const Punch *punch = &g_array_index(punches, Punch, i);
		EventBody body = {.punch = {.person = punch->person,
									.reference = punch->reference,
									.score_milli = punch->score_milli,
									.margin_milli = punch->score_milli,
									.quality = QUALITY}};

		if (!live_until(past, punch->at_ms, &next_alive_ms, error) ||
			(punch->person != 0 && !append(past, EVENT_PUNCH, &body, error)))
			return FALSE;
	}
	return append_alive(past, error) && append(past, EVENT_STOP, &stop, error) &&
		   (past->n_held == 0 || journal_commit(past->parts->journal, error));
}

static int fail(GError *error)
{
	g_printerr("hadir-terminal-sim: history: %s\n", error->message);
	g_error_free(error);
	return 1;
}

static int run_with(CoreParts *parts, const GArray *punches, int64_t start_ms)
{
	Past past = {parts, start_ms, 0};
	GError *error = NULL;

	if (!core_parts_append_boot(parts))
		return 1;
	if (!replay(&past, punches, &error))
		return fail(error);
	g_print("%u rows journalled\n", punches->len);
	return 0;
}

int history_run(const HalDrivers *drivers, const TerminalConfig *config, const char *path)
{
	TerminalConfig past = *config;
	CoreParts parts;
	GError *error = NULL;
	g_autoptr(GArray) punches = read_punches(path, &error);
	char clock[] = "sim";
	int status;

	if (punches == NULL)
		return fail(error);
	if (punches->len == 0)
		return 0;
	/* Whatever clock the terminal has, its past has a simulated one. */
	past.clock = clock;
	past.clock_start_ms = g_array_index(punches, Punch, 0).at_ms - BOOT_MS;
	if (core_parts_open(&parts, drivers, &past, &error))
		status = run_with(&parts, punches, past.clock_start_ms);
	else
		status = fail(error);
	core_parts_close(&parts);
	return status;
}
