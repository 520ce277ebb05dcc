#include "firmware/identify.h"

struct Identifier {
	Roster *roster; /* borrowed */
	MatchGallery *gallery;
};

static void put_reference(PersonId person, int64_t reference, Finger finger, Slice template,
						  gpointer user)
{
	Identifier *self = user;
	g_autoptr(GError) error = NULL;
	(void)finger;
	MatchTemplate *decoded = match_template_decode(template.data, template.size, &error);
	if (decoded == NULL) {
		g_warning("identify: reference %" G_GINT64_FORMAT " of person %" G_GINT64_FORMAT ": %s",
				  (gint64)reference, (gint64)person, error->message);
		return;
	}
	match_gallery_put(self->gallery, person, reference, decoded);
}

Identifier *identifier_new(Roster *roster, GError **error)
{
	Identifier *self = g_new0(Identifier, 1);
	self->roster = roster;
	self->gallery = match_gallery_new();
	if (!roster_each_reference(roster, 0, put_reference, self, error)) {
		g_prefix_error(error, "loading the gallery: ");
		identifier_free(self);
		return NULL;
	}
	return self;
}

void identifier_free(Identifier *identifier)
{
	if (identifier == NULL)
		return;
	match_gallery_free(identifier->gallery);
	g_free(identifier);
}

void identifier_person_changed(Identifier *identifier, PersonId person, gboolean removed)
{
	g_autoptr(GError) error = NULL;
	match_gallery_remove_person(identifier->gallery, person);
	if (!removed &&
		!roster_each_reference(identifier->roster, person, put_reference, identifier, &error))
		g_warning("identify: references of person %" G_GINT64_FORMAT ": %s", (gint64)person,
				  error->message);
}

gsize identifier_n_references(const Identifier *identifier)
{
	return match_gallery_n_references(identifier->gallery);
}

typedef struct {
	const Roster *roster;
	int64_t now_ms;
} Moment;

static gboolean is_eligible(gint64 person, gpointer user)
{
	const Moment *moment = user;
	return roster_eligible(moment->roster, person, moment->now_ms);
}

/* Known, but not to be answered now: why? */
static IdentifyOutcome ended_outcome(const Identifier *self, PersonId person, int64_t now_ms)
{
	const RosterPerson *entry = roster_person(self->roster, person);
	if (entry != NULL && (entry->flags & ROSTER_MOVED) != 0 && now_ms >= entry->not_after_ms)
		return IDENTIFY_MOVED;
	return IDENTIFY_EXPIRED;
}

IdentifyAnswer identifier_identify(const Identifier *identifier, const MatchTemplate *probe,
								   int64_t now_ms)
{
	IdentifyAnswer answer = {.outcome = IDENTIFY_NONE};
	if (match_sample_for_touch(probe) != MATCH_SAMPLE_GOOD) {
		answer.outcome = IDENTIFY_POOR;
		return answer;
	}
	Moment moment = {identifier->roster, now_ms};
	MatchAnswer best = match_gallery_identify(identifier->gallery, probe, is_eligible, &moment);
	answer.score = best.score;
	answer.margin = best.margin;
	if (best.outcome == MATCH_FOUND) {
		answer.outcome = IDENTIFY_FOUND;
		answer.person = best.person;
		answer.reference = best.reference;
		return answer;
	}
	if (best.outcome == MATCH_TOO_CLOSE) {
		answer.outcome = IDENTIFY_TOO_CLOSE;
		return answer;
	}
	/* Nobody of today's people: perhaps somebody whose time here is over, or has not come. */
	MatchAnswer any = match_gallery_identify(identifier->gallery, probe, NULL, NULL);
	if (any.outcome == MATCH_FOUND)
		answer.outcome = ended_outcome(identifier, any.person, now_ms);
	return answer;
}

typedef struct {
	const MatchTemplate *probe;
	int64_t reference;
	gint32 score;
	gboolean any;
} Comparison;

static void compare_reference(PersonId person, int64_t reference, Finger finger, Slice template,
							  gpointer user)
{
	Comparison *best = user;
	(void)person, (void)finger;
	g_autoptr(MatchTemplate) decoded = match_template_decode(template.data, template.size, NULL);
	if (decoded == NULL)
		return;
	gint32 score = match_score(best->probe, decoded);
	if (best->any && score <= best->score)
		return;
	best->any = TRUE;
	best->score = score;
	best->reference = reference;
}

IdentifyAnswer identifier_verify(const Identifier *identifier, const MatchTemplate *probe,
								 PersonId person, int64_t now_ms)
{
	IdentifyAnswer answer = {.outcome = IDENTIFY_NONE};
	if (match_sample_for_touch(probe) != MATCH_SAMPLE_GOOD) {
		answer.outcome = IDENTIFY_POOR;
		return answer;
	}
	if (!roster_eligible(identifier->roster, person, now_ms)) {
		answer.outcome = ended_outcome(identifier, person, now_ms);
		return answer;
	}
	Comparison best = {.probe = probe};
	g_autoptr(GError) error = NULL;
	if (!roster_each_reference(identifier->roster, person, compare_reference, &best, &error)) {
		g_warning("identify: references of person %" G_GINT64_FORMAT ": %s", (gint64)person,
				  error->message);
		return answer;
	}
	answer.score = answer.margin = best.score;
	if (best.any && match_verified(best.score)) {
		answer.outcome = IDENTIFY_FOUND;
		answer.person = person;
		answer.reference = best.reference;
	}
	return answer;
}
