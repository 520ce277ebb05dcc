/* People and their files, read from the store. */
#include <string.h>

#include "server/store/people/assignments.h"
#include "server/store/history.h"
#include "server/store/people/people.h"
#include "server/store/terminals/places.h"
#include "server/store/terminals/references.h"
#include "server/store/people/units.h"
#include "server/web/api.h"
#include "server/web/handlers.h"
#include "server/web/people/page_people.h"
#include "server/web/terms.h"
#include "server/web/words.h"

/* ── finding ── */

Response *subject_people_search(Call *call, GError **error)
{
	const char *text = call_query(call, "q");
	if (text != NULL && text[0] != '\0')
		call->subject.detail = g_strdup_printf("q=%s", text);
	return subject_unit(call, error);
}

static gboolean add_row(const Call *call, const PersonRow *row, GStringChunk *texts,
						PeopleView *view, GArray *rows, GError **error)
{
	g_autoptr(GArray) fingers = NULL;
	if (row->employment == NULL || !scope_has(call->scope, row->unit))
		return TRUE;
	view->more = rows->len == PEOPLE_LIST_MAX;
	if (view->more)
		return TRUE;
	if (!references_fingers(call->web->sql, row->id, &fingers, error))
		return FALSE;
	PeopleRow found = {
		.id = row->id,
		.name = g_string_chunk_insert(texts, row->name),
		.number = words_keep(texts, g_strdup(row->number)),
		.unit = words_keep(texts, g_strdup(row->unit_name)),
		.n_fingers = fingers->len,
	};
	g_array_append_val(rows, found);
	return TRUE;
}

static gboolean search(const Call *call, PeopleFilter *filter, GStringChunk *texts,
					   PeopleView *view, GArray *rows, GError **error)
{
	g_autoptr(PeopleCursor) cursor = people_list(call->web->sql, filter, error);
	PersonRow row;
	SqlStep step = SQL_FAILED;
	while (cursor != NULL && !view->more && (step = people_next(cursor, &row, error)) == SQL_ROW)
		if (!add_row(call, &row, texts, view, rows, error))
			return FALSE;
	return cursor != NULL && step != SQL_FAILED;
}

/* A text that is somebody's number, by itself; 0: it is none. */
static PersonId number_of(const char *text)
{
	PersonId person;
	return api_parse_person(text, &person) ? person : 0;
}

Response *page_people(Call *call, GError **error)
{
	g_autoptr(GStringChunk) texts = g_string_chunk_new(4096);
	g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(PeopleRow));
	g_autoptr(UnitChoices) choices = choices_load(call, error);
	if (choices == NULL)
		return *error == NULL ? problem_for(call, 404, NULL) : NULL;
	const char *asked = call_query(call, "q");
	g_autofree char *text = g_strstrip(g_strdup(asked == NULL ? "" : asked));
	PeopleView view = {.choices = choices->list,
					   .unit_code = choices->code,
					   .unit_name = choices->name,
					   .text = text,
					   .rows = rows};
	PeopleFilter filter = {.day = call->today,
						   .unit = choices->unit,
						   .text = text[0] == '\0' ? NULL : text,
						   .limit = 100000,
						   .by_name = TRUE};
	PersonId number = number_of(text);
	if (number != 0) {
		PeopleFilter one = {
			.day = call->today, .unit = choices->unit, .person = number, .limit = 1};
		if (!search(call, &one, texts, &view, rows, error))
			return NULL;
	}
	if (rows->len == 0 && !search(call, &filter, texts, &view, rows, error))
		return NULL;
	Frame frame = layout_frame(call, "Pegawai", NAV_PEOPLE);
	Html *html = html_new();
	page_people_render(html, &frame, &view);
	return call_html(html_to_bytes(html));
}

/* ── a file ── */

Response *subject_person_page(Call *call, GError **error)
{
	(void)error;
	if (!api_parse_person(call->params[0], &call->subject.person))
		return problem_for(call, 404, NULL);
	return NULL;
}

typedef struct {
	GStringChunk *texts;
	GArray *fingers, *services;
	PersonView view;
} Loaded;

static void loaded_init(Loaded *loaded)
{
	*loaded = (Loaded){
		.texts = g_string_chunk_new(1024),
		.fingers = g_array_new(FALSE, FALSE, sizeof(PersonFinger)),
		.services = g_array_new(FALSE, FALSE, sizeof(PersonService)),
	};
	loaded->view.fingers = loaded->fingers;
	loaded->view.services = loaded->services;
}

static void loaded_clear(Loaded *loaded)
{
	g_string_chunk_free(loaded->texts);
	g_array_unref(loaded->fingers);
	g_array_unref(loaded->services);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Loaded, loaded_clear)

static char *full_name(const PersonRow *row)
{
	return g_strconcat(row->front_title == NULL ? "" : row->front_title,
					   row->front_title == NULL ? "" : " ", row->name,
					   row->back_title == NULL ? "" : ", ",
					   row->back_title == NULL ? "" : row->back_title, NULL);
}

static gboolean load_person(const Call *call, Loaded *loaded, GError **error)
{
	PeopleFilter filter = {.day = call->today, .person = call->subject.person, .limit = 1};
	g_autoptr(PeopleCursor) cursor = people_list(call->web->sql, &filter, error);
	PersonRow row;
	SqlStep step = cursor == NULL ? SQL_FAILED : people_next(cursor, &row, error);
	if (step != SQL_ROW)
		return step != SQL_FAILED;
	PersonView *view = &loaded->view;
	view->id = row.id;
	view->name = words_keep(loaded->texts, full_name(&row));
	view->number_kind = words_keep(loaded->texts, g_strdup(row.number_kind));
	view->number = words_keep(loaded->texts, g_strdup(row.number));
	view->employment = row.employment == NULL ? NULL : terms_employment(row.employment);
	view->unit = words_keep(loaded->texts, g_strdup(row.unit_name));
	return TRUE;
}

static gboolean load_places(const Call *call, Loaded *loaded, GError **error)
{
	g_autoptr(GArray) places = NULL;
	g_autoptr(GString) names = g_string_new(NULL);
	if (!assignments_places(call->web->sql, call->subject.person, call->today, &places, error))
		return FALSE;
	for (guint i = 0; i < places->len; i++) {
		g_autoptr(GError) inner = NULL;
		g_autofree char *name =
			places_name(call->web->sql, g_array_index(places, gint64, i), call->today, &inner);
		if (inner != NULL) {
			g_propagate_error(error, g_steal_pointer(&inner));
			return FALSE;
		}
		if (name != NULL)
			g_string_append_printf(names, "%s%s", names->len == 0 ? "" : ", ", name);
	}
	loaded->view.places = g_string_chunk_insert(loaded->texts, names->str);
	return TRUE;
}

gboolean page_fingers_load(const Call *call, gint64 person, GStringChunk *texts, GArray *fingers,
						   GError **error)
{
	g_autoptr(GArray) references = NULL;
	Finger last = 0;
	if (!references_of(call->web->sql, person, &references, error))
		return FALSE;
	/* Several impressions of one finger are one line, of the first. */
	for (guint i = 0; i < references->len; i++) {
		const ReferenceRow *row = &g_array_index(references, ReferenceRow, i);
		if (row->finger == last)
			continue;
		last = row->finger;
		PersonFinger finger = {
			.finger = terms_finger(row->finger),
			.since =
				words_keep(texts, words_date(words_day(row->from_ms, call->web->utc_offset_min))),
			.quality = row->quality,
		};
		g_array_append_val(fingers, finger);
	}
	return TRUE;
}

static gboolean add_service(const Call *call, Loaded *loaded, const Assignment *at, GError **error)
{
	g_autoptr(GError) inner = NULL;
	gint64 named_on = MIN(call->today, at->to_day - 1);
	PersonService service = {
		.unit = words_keep(loaded->texts, units_name(call->web->sql, at->unit,
													 MAX(named_on, at->from_day), &inner)),
		.from = words_keep(loaded->texts, words_date(at->from_day)),
	};
	if (inner != NULL) {
		g_propagate_error(error, g_steal_pointer(&inner));
		return FALSE;
	}
	if (at->to_day != DAY_OPEN)
		service.to = words_keep(loaded->texts, words_date(at->to_day - 1));
	g_array_prepend_val(loaded->services, service);
	return TRUE;
}

static gboolean load_services(const Call *call, Loaded *loaded, GError **error)
{
	g_autoptr(GArray) assignments = NULL;
	if (!assignments_of(call->web->sql, call->subject.person, &assignments, error))
		return FALSE;
	for (guint i = 0; i < assignments->len; i++)
		if (!add_service(call, loaded, &g_array_index(assignments, Assignment, i), error))
			return FALSE;
	return TRUE;
}

Response *page_person(Call *call, GError **error)
{
	g_auto(Loaded) loaded;
	loaded_init(&loaded);
	if (!load_person(call, &loaded, error) || !load_places(call, &loaded, error) ||
		!page_fingers_load(call, call->subject.person, loaded.texts, loaded.fingers, error) ||
		!load_services(call, &loaded, error))
		return NULL;
	if (loaded.view.id == 0)
		return problem_for(call, 404, NULL);
	loaded.view.may_enrol = access_has_right(call->access, RIGHT_ENROL) &&
							call->access->user->person != call->subject.person;
	loaded.view.may_mutate = access_has_right(call->access, RIGHT_MUTATE) &&
							 call->access->user->person != call->subject.person;
	Frame frame = layout_frame(call, "Berkas pegawai", NAV_PEOPLE);
	Html *html = html_new();
	page_person_render(html, &frame, &loaded.view);
	return call_html(html_to_bytes(html));
}
