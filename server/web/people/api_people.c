/* GET /api/v1/people, GET /api/v1/people/{id}. */
#include "server/store/terminals/places.h"
#include "server/store/people/units.h"
#include "server/web/api.h"
#include "server/web/handlers.h"

Response *subject_people(Call *call, GError **error)
{
	static const char *const names[] = {"terminal", "unit", "q", "limit", "cursor", NULL};
	Response *problem = api_only(call, names);
	if (problem != NULL)
		return problem;
	const char *terminal = call_query(call, "terminal"), *text = call_query(call, "q");
	if (terminal != NULL || text != NULL)
		call->subject.detail = g_strdup_printf("terminal=%s q=%s", terminal == NULL ? "" : terminal,
											   text == NULL ? "" : text);
	return api_unit(call, &call->subject.unit, error);
}

/* A page of a list under way. */
typedef struct {
	const Call *call;
	json_t *items;
	gsize limit;
	PersonId after, last;
	gboolean more;
} Page;

/* FALSE with an error; page->more says that the page is full. */
static gboolean add_person(Page *page, const PersonRow *row, GError **error)
{
	if (row->employment == NULL || !scope_has(page->call->scope, row->unit))
		return TRUE;
	if (json_array_size(page->items) == page->limit) {
		page->more = TRUE;
		return TRUE;
	}
	json_t *person = api_person_json(page->call->web->sql, row, error);
	if (person == NULL)
		return FALSE;
	page->last = row->id;
	json_array_append_new(page->items, person);
	return TRUE;
}

static gboolean list_by_filter(Page *page, GError **error)
{
	const Call *call = page->call;
	gint64 unit = call->subject.unit != 0 ? call->subject.unit : call->scope->top;
	PeopleFilter filter = {.day = call->today,
						   .unit = unit,
						   .text = call_query(call, "q"),
						   .after = page->after,
						   .limit = 100000};
	g_autoptr(PeopleCursor) cursor = people_list(call->web->sql, &filter, error);
	if (cursor == NULL)
		return FALSE;
	PersonRow row;
	SqlStep step = SQL_DONE;
	while (!page->more && (step = people_next(cursor, &row, error)) == SQL_ROW)
		if (!add_person(page, &row, error))
			return FALSE;
	return step != SQL_FAILED;
}

static gboolean add_by_id(Page *page, PersonId person, GError **error)
{
	PeopleFilter filter = {.day = page->call->today, .person = person, .limit = 1};
	g_autoptr(PeopleCursor) cursor = people_list(page->call->web->sql, &filter, error);
	PersonRow row;
	SqlStep step = cursor == NULL ? SQL_FAILED : people_next(cursor, &row, error);
	return step == SQL_ROW ? add_person(page, &row, error) : step == SQL_DONE;
}

/* Whom the terminal at that place identifies: the people whose duty place it is. */
static gboolean list_by_place(Page *page, gint64 place, GError **error)
{
	const Call *call = page->call;
	g_autoptr(PlacePersonCursor) cursor =
		places_people_on_day(call->web->sql, place, call->today, error);
	if (cursor == NULL)
		return FALSE;
	PlacePerson at;
	SqlStep step = SQL_DONE;
	while (!page->more && (step = places_people_next(cursor, &at, error)) == SQL_ROW)
		if (at.person > page->after && !add_by_id(page, at.person, error))
			return FALSE;
	return step != SQL_FAILED;
}

/* NULL with `place` set, or the problem. */
static Response *place_of_terminal(const Call *call, const char *text, gint64 *place,
								   GError **error)
{
	TerminalId id;
	TerminalRow row;
	g_autoptr(GError) inner = NULL;
	if (!api_parse_terminal(text, &id) || !terminals_get(call->web->sql, &id, &row, &inner)) {
		if (inner == NULL)
			return problem_new(404, "there is no such terminal");
		g_propagate_error(error, g_steal_pointer(&inner));
		return problem_new(503, NULL);
	}
	*place = row.place;
	return NULL;
}

Response *api_people(Call *call, GError **error)
{
	Page page = {.call = call};
	gint64 unused, place = 0;
	const char *terminal = call_query(call, "terminal");
	Response *problem = api_limit(call, &page.limit);
	if (problem == NULL)
		problem = api_cursor(call, &page.after, &unused);
	if (problem == NULL && terminal != NULL)
		problem = place_of_terminal(call, terminal, &place, error);
	if (problem != NULL)
		return problem;
	page.items = json_array();
	if (!(terminal != NULL ? list_by_place(&page, place, error) : list_by_filter(&page, error))) {
		json_decref(page.items);
		return NULL;
	}
	g_autofree char *next = page.more ? cursor_encode(page.last, 0) : NULL;
	return api_list(page.items, next);
}

Response *subject_person(Call *call, GError **error)
{
	(void)error;
	if (!api_parse_person(call->params[0], &call->subject.person))
		return problem_new(404, "there is no such person");
	return NULL;
}

Response *api_person(Call *call, GError **error)
{
	g_autoptr(GError) inner = NULL;
	json_t *person = api_person_on(call->web->sql, call->subject.person, call->today, &inner);
	if (person != NULL)
		return call_json(200, person);
	if (inner == NULL)
		return problem_new(404, "there is no such person");
	g_propagate_error(error, g_steal_pointer(&inner));
	return NULL;
}
