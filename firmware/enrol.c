#include "firmware/enrol.h"

#include <string.h>

#define MISMATCHES_ANEW 2

struct Enrol {
	RandomId id;
	PersonId person;
	char *name, *ordered_by;
	gint64 deadline_ms; /* monotonic; renewed by each touch */
	gsize n_fingers;
	Finger fingers[COMMAND_FINGERS_MAX];
	GPtrArray *impressions[COMMAND_FINGERS_MAX]; /* of MatchTemplate */
	gsize current;
	guint n_mismatches; /* in a row */
	Screen screen;
	gint64 ask_ms; /* monotonic: until then `screen` is the notice or an answer */
	EnrolState state;
	EnrolHint hint;
};

G_STATIC_ASSERT(COMMAND_FINGERS_MAX *ENROL_IMPRESSIONS <= ENROL_TEMPLATES_MAX);

static gboolean fingers_are_good(const Command *command)
{
	if (command->enrol.n_fingers < 1 || command->enrol.n_fingers > COMMAND_FINGERS_MAX)
		return FALSE;
	for (gsize i = 0; i < command->enrol.n_fingers; i++) {
		Finger finger = command->enrol.fingers[i];
		if (finger < FINGER_FIRST || finger > FINGER_LAST)
			return FALSE;
		for (gsize k = 0; k < i; k++)
			if (command->enrol.fingers[k] == finger)
				return FALSE;
	}
	return TRUE;
}

Enrol *enrol_new(const Command *command, gint64 now_ms)
{
	if (!fingers_are_good(command))
		return NULL;
	Enrol *self = g_new0(Enrol, 1);
	self->id = command->enrol.enrolment;
	self->person = command->enrol.person;
	self->name = g_strndup((const char *)command->enrol.name.data, command->enrol.name.size);
	self->ordered_by =
		g_strndup((const char *)command->enrol.ordered_by.data, command->enrol.ordered_by.size);
	self->deadline_ms = now_ms + ENROL_IDLE_MS;
	self->n_fingers = command->enrol.n_fingers;
	for (gsize i = 0; i < self->n_fingers; i++) {
		self->fingers[i] = command->enrol.fingers[i];
		self->impressions[i] = g_ptr_array_new_with_free_func((GDestroyNotify)match_template_free);
	}
	self->screen = SCREEN_ENROL_NOTICE;
	self->ask_ms = now_ms + ENROL_NOTICE_MS;
	self->state = ENROL_WAITING;
	return self;
}

void enrol_free(Enrol *enrol)
{
	if (enrol == NULL)
		return;
	for (gsize i = 0; i < enrol->n_fingers; i++)
		g_ptr_array_unref(enrol->impressions[i]); /* match_template_free() wipes */
	g_free(enrol->name);
	g_free(enrol->ordered_by);
	g_free(enrol);
}

const RandomId *enrol_id(const Enrol *enrol)
{
	return &enrol->id;
}

PersonId enrol_person(const Enrol *enrol)
{
	return enrol->person;
}

const char *enrol_name(const Enrol *enrol)
{
	return enrol->name;
}

const char *enrol_ordered_by(const Enrol *enrol)
{
	return enrol->ordered_by;
}

static void touched(Enrol *self, gint64 now_ms)
{
	self->deadline_ms = now_ms + ENROL_IDLE_MS;
	self->ask_ms = now_ms + ENROL_SHOW_MS;
}

static EnrolStep reject(Enrol *self, Screen screen, EnrolHint hint)
{
	self->screen = screen;
	self->hint = hint;
	return ENROL_STEP_REJECTED;
}

static gboolean fits_the_others(const GPtrArray *impressions)
{
	gsize odd = 0;
	return impressions->len < 2 ||
		   match_same_finger((const MatchTemplate *const *)impressions->pdata, impressions->len,
							 &odd);
}

/* The same finger offered as another one would make two fingers of one. */
static gboolean is_an_earlier_finger(const Enrol *self, const MatchTemplate *sample)
{
	for (gsize i = 0; i < self->current; i++) {
		const GPtrArray *earlier = self->impressions[i];
		gint32 score =
			match_score_best(sample, (const MatchTemplate *const *)earlier->pdata, earlier->len);
		if (match_verified(score))
			return TRUE;
	}
	return FALSE;
}

/* The newest impression is not of the finger before it.  The second in a row says that the first
 * ones were the wrong finger, or bad: the newest then begins anew. */
static EnrolStep mismatch(Enrol *self, GPtrArray *impressions)
{
	if (++self->n_mismatches < MISMATCHES_ANEW) {
		g_ptr_array_remove_index(impressions, impressions->len - 1);
	} else {
		g_ptr_array_remove_range(impressions, 0, impressions->len - 1);
		self->n_mismatches = 0;
	}
	return reject(self, SCREEN_ENROL_OTHER_FINGER, ENROL_HINT_OTHER_FINGER);
}

static EnrolStep finger_complete(Enrol *self)
{
	if (self->current + 1 == self->n_fingers) {
		self->state = ENROL_DONE;
		self->screen = SCREEN_ENROL_SENT;
		return ENROL_STEP_COMPLETE;
	}
	self->current++;
	self->screen = SCREEN_ENROL_NEXT;
	return ENROL_STEP_NEXT;
}

EnrolStep enrol_sample(Enrol *enrol, MatchTemplate *sample, gint64 now_ms)
{
	g_autoptr(MatchTemplate) mine = sample;
	if (enrol->state == ENROL_DONE)
		return ENROL_STEP_WAIT;
	touched(enrol, now_ms);
	enrol->state = ENROL_CAPTURING;
	GPtrArray *impressions = enrol->impressions[enrol->current];
	if (match_sample_for_enrolment(sample) != MATCH_SAMPLE_GOOD)
		return reject(enrol, SCREEN_ENROL_POOR, ENROL_HINT_POOR);
	if (is_an_earlier_finger(enrol, sample))
		return reject(enrol, SCREEN_ENROL_OTHER_FINGER, ENROL_HINT_OTHER_FINGER);
	g_ptr_array_add(impressions, g_steal_pointer(&mine));
	if (!fits_the_others(impressions))
		return mismatch(enrol, impressions);
	enrol->n_mismatches = 0;
	enrol->hint = ENROL_HINT_GOOD;
	if (impressions->len == ENROL_IMPRESSIONS)
		return finger_complete(enrol);
	enrol->screen = SCREEN_ENROL_AGAIN;
	return ENROL_STEP_ACCEPTED;
}

EnrolStep enrol_retry(Enrol *enrol, SensorRetry retry, gint64 now_ms)
{
	if (enrol->state == ENROL_DONE)
		return ENROL_STEP_WAIT;
	touched(enrol, now_ms);
	return reject(enrol, retry == SENSOR_RETRY_REMOVE ? SCREEN_ENROL_LIFT : SCREEN_ENROL_POOR,
				  ENROL_HINT_RETRY);
}

EnrolStep enrol_tick(Enrol *enrol, gint64 now_ms)
{
	if (enrol->state == ENROL_DONE)
		return ENROL_STEP_WAIT;
	if (now_ms >= enrol->deadline_ms) {
		enrol->state = ENROL_TIMEOUT;
		enrol->screen = SCREEN_ENROL_TIMEOUT;
		return ENROL_STEP_TIMEOUT;
	}
	if (enrol->screen == SCREEN_ENROL_FINGER || now_ms < enrol->ask_ms)
		return ENROL_STEP_WAIT;
	enrol->screen = SCREEN_ENROL_FINGER;
	return ENROL_STEP_ASK;
}

Screen enrol_screen(const Enrol *enrol)
{
	return enrol->screen;
}

void enrol_text(const Enrol *enrol, FeedbackText *text)
{
	text->name = enrol->name;
	text->finger = enrol->fingers[enrol->current];
	text->accepted = enrol->impressions[enrol->current]->len;
	text->wanted = ENROL_IMPRESSIONS;
}

void enrol_report(const Enrol *enrol, EnrolReport *report)
{
	memset(report, 0, sizeof *report);
	report->enrolment = enrol->id;
	report->person = enrol->person;
	report->state = enrol->state;
	report->finger = enrol->fingers[enrol->current];
	report->accepted = enrol->impressions[enrol->current]->len;
	report->wanted = ENROL_IMPRESSIONS;
	report->hint = enrol->hint;
}

gsize enrol_n_templates(const Enrol *enrol)
{
	gsize n = 0;
	for (gsize i = 0; i < enrol->n_fingers; i++)
		n += enrol->impressions[i]->len;
	return n;
}

EnrolTemplate enrol_template(const Enrol *enrol, gsize index)
{
	for (gsize i = 0; i < enrol->n_fingers; i++) {
		const GPtrArray *impressions = enrol->impressions[i];
		if (index < impressions->len)
			return (EnrolTemplate){enrol->fingers[i], (guint8)index,
								   g_ptr_array_index(impressions, index)};
		index -= impressions->len;
	}
	g_assert_not_reached();
}
