#include "server/store/people/dossier.h"

/* $1 person, $2 day, $3 known at. */
#define THEN(t) VALID_ON(t, "$2") "AND" AS_KNOWN_THEN(t, "$3")

/* clang-format off */
static const char titles[] =
	"SELECT n.front_title, n.back_title, s.name, s.day_code FROM person p"
	" LEFT JOIN person_name n ON n.person=p.id AND" THEN("n")
	" LEFT JOIN person_employment e ON e.person=p.id AND" THEN("e")
	" LEFT JOIN legal_status s ON s.code=e.status WHERE p.id=$1";

/* The unit of the person and those above, nearest first by `depth`. */
#define CHAIN \
	"WITH RECURSIVE chain(unit, depth) AS (SELECT a.unit, 0 FROM assignment a WHERE a.person=$1 AND" \
	THEN("a") " UNION SELECT f.parent, chain.depth+1 FROM chain JOIN unit_fact f ON f.unit=chain.unit" \
	" WHERE f.parent IS NOT NULL AND chain.depth<30 AND" THEN("f") ") "
#define CHIEF(t) " n.name, " t ".source, " t ".valid_from_day, " t ".valid_to_day"
#define HEADS \
	CHAIN "SELECT h.person, h.mode, u.code," CHIEF("h") " FROM chain JOIN unit_head h" \
	" ON h.unit=chain.unit AND" THEN("h") "JOIN unit u ON u.id=h.unit" \
	" LEFT JOIN person_name n ON n.person=h.person AND" THEN("n")

static const char set_superior[] =
	"SELECT s.superior, 0, NULL," CHIEF("s") " FROM person_superior s"
	" LEFT JOIN person_name n ON n.person=s.superior AND" THEN("n")
	" WHERE s.person=$1 AND" THEN("s");
static const char head_above[] =
	HEADS "WHERE h.person<>$1 ORDER BY chain.depth, h.mode DESC LIMIT 1";
static const char head_of_unit[] =
	HEADS "WHERE chain.depth=0 ORDER BY h.mode DESC LIMIT 1";

/* The own duty place, else the places of the nearest unit that has any. */
static const char own_places[] =
	CHAIN ", own AS (SELECT a.duty_place AS place FROM assignment a WHERE a.person=$1 AND"
	" a.duty_place IS NOT NULL AND" THEN("a") "), near AS (SELECT p.place, chain.depth FROM chain"
	" JOIN unit_place p ON p.unit=chain.unit AND" THEN("p") "), used AS (SELECT place FROM own UNION"
	" SELECT place FROM near WHERE depth=(SELECT min(depth) FROM near)"
	"  AND NOT EXISTS (SELECT 1 FROM own))"
	" SELECT c.code, f.name FROM used JOIN place c ON c.id=used.place LEFT JOIN place_fact f"
	" ON f.place=c.id AND" THEN("f") "ORDER BY c.code";

/* Of the secondary assignments; each of its own unit's chain. */
static const char second_places[] =
	"WITH RECURSIVE chain(top, unit, depth) AS (SELECT s.unit, s.unit, 0 FROM secondary_assignment s"
	" WHERE s.person=$1 AND s.place IS NULL AND" THEN("s") " UNION SELECT chain.top, f.parent,"
	" chain.depth+1 FROM chain JOIN unit_fact f ON f.unit=chain.unit WHERE f.parent IS NOT NULL"
	" AND chain.depth<30 AND" THEN("f") "), near AS (SELECT chain.top, p.place, chain.depth FROM chain"
	" JOIN unit_place p ON p.unit=chain.unit AND" THEN("p") "), used AS ("
	" SELECT s.place AS place FROM secondary_assignment s WHERE s.person=$1 AND s.place IS NOT NULL"
	"  AND" THEN("s") " UNION SELECT place FROM near WHERE depth=(SELECT min(o.depth) FROM near o"
	"  WHERE o.top=near.top))"
	" SELECT c.code, f.name FROM used JOIN place c ON c.id=used.place LEFT JOIN place_fact f"
	" ON f.place=c.id AND" THEN("f") "ORDER BY c.code";

static const char secondaries[] =
	"SELECT u.code, f.name, s.kind, c.code, s.source, coalesce(s.share_percent,0), s.valid_from_day,"
	" s.valid_to_day FROM secondary_assignment s JOIN unit u ON u.id=s.unit"
	" LEFT JOIN unit_fact f ON f.unit=s.unit AND" THEN("f")
	" LEFT JOIN place c ON c.id=s.place WHERE s.person=$1 AND" THEN("s") "ORDER BY u.code";

static const char leaves[] =
	"SELECT c.code, t.name, c.slot, c.letter, s.valid_from_day, s.valid_to_day FROM leave_case c"
	" JOIN leave_span s ON s.leave_case=c.id AND" THEN("s")
	" JOIN attendance_code t ON t.code=c.code WHERE c.person=$1 ORDER BY s.valid_from_day, c.id";

static const char numbers[] =
	"SELECT o.kind, o.digits, o.source, o.valid_from_day, o.valid_to_day FROM person_number o"
	" WHERE o.person=$1 AND" AS_KNOWN_THEN("o", "$2") "ORDER BY o.valid_from_day";
/* clang-format on */

static const char *keep(Dossier *out, SqlStatement *row, int column)
{
	return sql_is_null(row, column)
			   ? NULL
			   : g_string_chunk_insert_const(out->texts, sql_text(row, column));
}

/* Calls `take` per row; FALSE when the database failed. */
typedef void (*TakeRow)(Dossier *out, SqlStatement *row);
static gboolean each(SqlStatement *rows, Dossier *out, TakeRow take, GError **error)
{
	g_autoptr(SqlStatement) owned = rows;
	SqlStep step;
	if (owned == NULL)
		return FALSE;
	while ((step = sql_next(owned, error)) == SQL_ROW)
		take(out, owned);
	return step == SQL_DONE;
}

static void take_titles(Dossier *out, SqlStatement *row)
{
	out->front_title = keep(out, row, 0);
	out->back_title = keep(out, row, 1);
	out->status_name = keep(out, row, 2);
	out->status_code = keep(out, row, 3);
}

static DossierChief chief_of(Dossier *out, SqlStatement *row)
{
	return (DossierChief){.person = sql_int(row, 0),
						  .mode = (HeadMode)sql_int(row, 1),
						  .unit = keep(out, row, 2),
						  .name = keep(out, row, 3),
						  .source = keep(out, row, 4),
						  .from_day = sql_int(row, 5),
						  .to_day = sql_int(row, 6)};
}

static void take_set(Dossier *out, SqlStatement *row)
{
	out->how = SUPERIOR_SET;
	out->superior = chief_of(out, row);
}

static void take_above(Dossier *out, SqlStatement *row)
{
	out->how = SUPERIOR_HEAD;
	out->superior = chief_of(out, row);
}

static void take_head(Dossier *out, SqlStatement *row)
{
	out->head = chief_of(out, row);
}

static void take_place(Dossier *out, SqlStatement *row, gboolean secondary)
{
	DossierPlace place = {keep(out, row, 0), keep(out, row, 1), secondary};
	g_array_append_val(out->places, place);
}

static void take_own_place(Dossier *out, SqlStatement *row)
{
	take_place(out, row, FALSE);
}

static void take_second_place(Dossier *out, SqlStatement *row)
{
	take_place(out, row, TRUE);
}

static void take_secondary(Dossier *out, SqlStatement *row)
{
	DossierSecondary one = {.unit = keep(out, row, 0),
							.unit_name = keep(out, row, 1),
							.kind = keep(out, row, 2),
							.place = keep(out, row, 3),
							.source = keep(out, row, 4),
							.share_percent = sql_int(row, 5),
							.from_day = sql_int(row, 6),
							.to_day = sql_int(row, 7)};
	g_array_append_val(out->secondaries, one);
}

static void take_leave(Dossier *out, SqlStatement *row)
{
	DossierLeave one = {keep(out, row, 0), keep(out, row, 1), keep(out, row, 2),
						keep(out, row, 3), sql_int(row, 4),   sql_int(row, 5)};
	g_array_append_val(out->leaves, one);
}

static void take_number(Dossier *out, SqlStatement *row)
{
	DossierNumber one = {keep(out, row, 0), keep(out, row, 1), keep(out, row, 2), sql_int(row, 3),
						 sql_int(row, 4)};
	g_array_append_val(out->numbers, one);
}

gboolean dossier_read(Sql *sql, PersonId person, gint64 day, gint64 known_ms, Dossier *out,
					  GError **error)
{
	static const struct {
		const char *text;
		TakeRow take;
	} parts[] = {
		{titles, take_titles},
		{head_above, take_above},
		{set_superior, take_set}, /* after the derived one: it wins */
		{head_of_unit, take_head},
		{own_places, take_own_place},
		{second_places, take_second_place},
		{secondaries, take_secondary},
		{leaves, take_leave},
	};
	*out = (Dossier){.places = g_array_new(FALSE, FALSE, sizeof(DossierPlace)),
					 .secondaries = g_array_new(FALSE, FALSE, sizeof(DossierSecondary)),
					 .leaves = g_array_new(FALSE, FALSE, sizeof(DossierLeave)),
					 .numbers = g_array_new(FALSE, FALSE, sizeof(DossierNumber)),
					 .texts = g_string_chunk_new(1024)};
	for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
		if (!each(sql_query(sql, error, parts[i].text, "iii", person, day, known_ms), out,
				  parts[i].take, error))
			return FALSE;
	return each(sql_query(sql, error, numbers, "ii", person, known_ms), out, take_number, error);
}

void dossier_clear(Dossier *out)
{
	g_clear_pointer(&out->places, g_array_unref);
	g_clear_pointer(&out->secondaries, g_array_unref);
	g_clear_pointer(&out->leaves, g_array_unref);
	g_clear_pointer(&out->numbers, g_array_unref);
	g_clear_pointer(&out->texts, g_string_chunk_free);
	*out = (Dossier){0};
}
