/* Import: a small administration comes in, comes in again unchanged, and what is wrong is named. */
#include <string.h>

#include "server/import/import.h"
#include "server/rules/calendar.h"
#include "server/store/people/assignments.h"
#include "server/store/people/careers.h"
#include "server/store/people/grants.h"
#include "server/store/time/holidays.h"
#include "server/store/time/leaves.h"
#include "server/store/time/marks.h"
#include "server/store/people/people.h"
#include "server/store/terminals/places.h"
#include "server/store/time/schedules.h"
#include "server/store/terminals/terminals.h"
#include "server/store/people/units.h"
#include "tests/server/database.h"
#include "tests/server/import_province.h"

static void setup(Database *database, gconstpointer data G_GNUC_UNUSED)
{
	database_open(database);
}

static void teardown(Database *database, gconstpointer data G_GNUC_UNUSED)
{
	database_close(database);
}

typedef struct {
	char *last;
	int n;
} Warnings;

static void keep_warning(const char *text, gpointer user)
{
	Warnings *warnings = user;
	g_free(warnings->last);
	warnings->last = g_strdup(text);
	warnings->n++;
}

static gboolean import(Database *database, const char *kind, const char *text, gssize size,
					   Warnings *warnings, ImportResult *result, GError **error)
{
	g_autofree char *path = g_build_filename(database->folder, "file.csv", NULL);
	g_autoptr(GError) failed = NULL;
	g_file_set_contents(path, text, size, &failed);
	g_assert_no_error(failed);
	const ImportHooks hooks = {.warn = warnings != NULL ? keep_warning : NULL, .user = warnings};
	gboolean done =
		import_file(database->sql, kind, path, IMPORT_NOW, IMPORT_OFFSET, &hooks, result, error);
	g_unlink(path);
	g_assert_false(sql_in_transaction(database->sql));
	return done;
}

static void import_province(Database *database, gint64 *n_changed)
{
	*n_changed = 0;
	for (gsize i = 0; i < G_N_ELEMENTS(import_files); i++) {
		g_autoptr(GError) error = NULL;
		ImportResult result;
		import(database, import_files[i].kind, import_files[i].text, -1, NULL, &result, &error);
		g_assert_no_error(error);
		*n_changed += result.n_changed;
	}
}

static gint64 day(const char *text)
{
	gint64 value = 0;
	g_assert_true(calendar_parse(text, &value));
	return value;
}

static void a_province_comes_in(Database *database, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GError) error = NULL;
	gint64 n_changed, unit = 0, id = 0, start = 0, live = 0;
	PersonId person = 0;
	import_province(database, &n_changed);
	g_assert_cmpint(n_changed, ==, 60);

	g_assert_true(people_find(database->sql, "198503122010012001", &person, &error));
	g_assert_cmpint(person, ==, 100001);
	PeopleFilter filter = {.day = day("2025-12-01"), .person = person, .limit = 1};
	g_autoptr(PeopleCursor) people = people_list(database->sql, &filter, &error);
	PersonRow row;
	g_assert_cmpint(people_next(people, &row, &error), ==, SQL_ROW);
	g_assert_cmpstr(row.name, ==, "Siti Rahmawati");
	g_assert_cmpstr(row.back_title, ==, "S.Kom., M.T.");
	g_assert_cmpstr(row.number_kind, ==, "NIP");
	g_assert_cmpstr(row.employment, ==, "PNS");
	g_assert_cmpstr(row.unit_code, ==, "BKD.MUTASI");
	g_assert_cmpstr(row.unit_name, ==, "Bidang Mutasi");

	/* What the unit does not say comes from above. */
	g_autoptr(GArray) places = NULL;
	g_autofree char *name = NULL;
	WeekPattern week;
	g_assert_true(units_find(database->sql, "BKD.MUTASI", FALSE, &unit, &error));
	g_assert_true(units_start(database->sql, unit, filter.day, &start, &live, &error));
	g_assert_cmpint(start, ==, day("2025-11-03"));
	g_assert_cmpint(live, ==, day("2025-12-01"));
	g_assert_true(assignments_places(database->sql, person, filter.day, &places, &error));
	g_assert_cmpint(places->len, ==, 1);
	g_assert_true(schedules_on(database->sql, unit, filter.day, &id, &week, &name, NULL, &error));
	g_assert_cmpstr(name, ==, "5 hari kerja");
	g_assert_cmpint(week.days[4].end_min, ==, 16 * 60);
	g_assert_cmpint(week.days[5].end_min, ==, 0);
	g_assert_no_error(error);
}

static void everybody_at_a_place_is_listed(Database *database, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GError) error = NULL;
	gint64 n_changed, place = 0, n = 0;
	import_province(database, &n_changed);
	places_find(database->sql, "SEKOLAH", FALSE, &place, &error);
	/* The third person begins on the 17th; the first has it as a second school since July. */
	static const struct {
		const char *day;
		gint64 n, second;
	} cases[] = {
		{"2025-06-30", 1, 0}, {"2025-07-01", 2, 1}, {"2025-11-17", 3, 1}, {"2021-02-28", 0, 0}};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(PlacePersonCursor) people =
			places_people_on_day(database->sql, place, day(cases[i].day), &error);
		PlacePerson row;
		g_assert_no_error(error);
		gint64 second = 0;
		for (n = 0; places_people_next(people, &row, &error) == SQL_ROW; n++)
			second += row.person == 100001;
		g_assert_cmpint(second, ==, cases[i].second);
		g_assert_cmpint(n, ==, cases[i].n);
	}
}

static void a_second_run_changes_nothing(Database *database, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GError) error = NULL;
	gint64 n_changed, marks = 0, after = 0;
	import_province(database, &n_changed);
	g_assert_true(marks_count(database->sql, &marks, &error));
	g_assert_cmpint(marks, >, 0);
	g_assert_true(sql_run(database->sql, &error, "DELETE FROM person_mark", ""));
	g_assert_true(sql_run(database->sql, &error, "DELETE FROM day_mark", ""));
	import_province(database, &n_changed);
	g_assert_cmpint(n_changed, ==, 0);
	g_assert_true(marks_count(database->sql, &after, &error));
	g_assert_cmpint(after, ==, 0);
	g_assert_no_error(error);
}

static void the_calendar_of_the_field_comes_in(Database *database, gconstpointer data G_GNUC_UNUSED)
{
	/* The same columns as the list of the domain notes. */
	static const char text[] = "date,name,kind\n2025-08-17,Proklamasi Kemerdekaan RI,nasional\n"
							   "2025-08-18,Cuti bersama,cuti_bersama\n2024-02-14,Pemilu,pemilu\n";
	g_autoptr(GError) error = NULL;
	g_autofree char *name = NULL, *kind = NULL;
	ImportResult result;
	g_assert_true(import(database, "holidays", text, -1, NULL, &result, &error));
	g_assert_true(holidays_on(database->sql, 0, day("2025-08-18"), &name, &kind, &error));
	g_assert_cmpstr(kind, ==, "cuti_bersama");
	g_assert_no_error(error);
}

/* One bad file, and what its error must say. Nothing of it may stay. */
static const struct {
	const char *kind, *text, *says;
} bad[] = {
	{"cats", "name\nTom\n", "'cats' is none of: places"},
	{"places", "", "no header"},
	{"places", "code,name,colour\nA,B,red\n", "no column 'colour'"},
	{"places", "code,code,name\nA,B,C\n", "doubled"},
	{"places", "code\nA\n", "the column 'name' is missing"},
	{"places", "code,name\nA,\n", "line 2, column name: it is empty"},
	{"places", "code,name\nA,B\nC\n", "line 3, column name: 1 fields, the header has 2"},
	{"places", "code,name\nA,B\n\"C\",\"D\n", "ends within quotes"},
	{"places", "code,name\nA,B\nC,D\"x\n", "line 3, column name: a quote"},
	{"places", "code,name\nA,B\nC D,E\n", "line 3, column code: 'C D' is no code"},
	{"places", "code,name\nA,\"B\tC\"\n", "control characters"},
	{"places", "code,name\nA,\xff\n", "line 2, column name: not UTF-8"},
	{"places", "code,name,from\nA,B,2025-02-30\n", "line 2, column from: no date: '2025-02-30'"},
	{"places", "code,name,from,to\nA,B,2025-02-02,2025-02-01\n", "ends before it begins"},
	{"units", "code,name,parent\nA,A,B\n", "line 2, column parent: no unit has the code 'B'"},
	{"units", "code,name,parent\nA,A,B\nB,B,A\n", "lie below this one"},
	{"units", "code,name,place\nA,A,X\n", "no place has the code 'X'"},
	{"units", "code,name,start,live\nA,A,2025-02-01,2025-01-01\n", "column live"},
	{"schedules", "unit,pattern,mon\nJATENG,P,07:00-15:30/600\n", "the break is shorter"},
	{"schedules", "unit,pattern,mon\nJATENG,P,7-15\n", "no hours: '7-15'"},
	{"schedules", "unit,pattern,mon\nJATENG,P,07:00-15:30/60x\n", "no hours"},
	{"schedules", "unit,pattern\nJATENG,P\n", "'P' is not known"},
	{"schedules", "unit,pattern,mon\nJATENG,5HARI,08:00-15:00/30\n", "a new code"},
	{"schedules", "unit,pattern,mon,flex\nJATENG,P,08:00-15:00/30,121\n", "from 0 to 120"},
	{"holidays", "date,name,kind\n2025-01-01,X,pesta\n", "'pesta' is none of: nasional"},
	{"people", "name,employment,from\nX,PNS,2020-01-01\n", "one of ref, number and id"},
	{"people", "ref,name,number,employment,from\nX,X,123,PNS,2020-01-01\n", "column number"},
	{"people", "ref,name,number,employment,from\nX,X,198513122010012001,PNS,2020-01-01\n",
	 "neither NIP nor NI PPPK"},
	{"people", "ref,name,number,employment,from\nX,X,198503122010012001,PNS,2020-01-01\n",
	 "it is the number of person 100001"},
	{"people", "ref,name,employment,status,from\nX,X,PNS,05x,2020-01-01\n", "kedudukan hukum"},
	{"people", "ref,id,name,employment,from\nP1,5,X,PNS,2020-01-01\n", "number is 100001"},
	{"people", "ref,id,name,employment,from\nX,1000000000,X,PNS,2020-01-01\n", "column id"},
	{"assignments", "person,unit,from\nnobody,BKD,2025-01-01\n", "line 2, column person: nobody"},
	{"assignments", "person,unit,from\nP1,X,2025-01-01\nP2,Y,2025-01-01\n",
	 "line 3, column unit: no unit has the code 'Y'"},
	{"leaves", "person,code,from,to,letter\nP1,H,2025-01-01,2025-01-02,1\n", "'H' is no code"},
	{"leaves", "person,code,from,to,letter\nP1,CT,2025-01-01,2031-01-02,1\n", "four years"},
	{"leaves", "person,code,from,to,slot,letter\nP1,CT,2025-01-01,2025-01-02,masuk,1\n",
	 "CT is given for: hari"},
	{"leaves", "person,code,from,to,letter\nP1,CT,2025-01-01,2025-01-02,\n", "column letter"},
	{"leaves", "person,code,from,to,letter\n1.98503E+17,CT,2025-01-01,2025-01-02,1\n",
	 "rounded by a spreadsheet"},
	{"people", "ref,name,number,employment,from\nX,X,198503122010012000,PNS,2020-01-01\n",
	 "format the column as text"},
	{"people", "ref,name,number,employment,from\nX,X,\"1,98503E+17\",PNS,2020-01-01\n",
	 "format the column as text"},
	{"shifts", "code,hours\nP,07:00-15:00/0\n", "a new code"},
	{"shifts", "code,hours\nX,07:00\n", "no hours"},
	{"shifts", "code,hours\nX,07:00-07:30/40\n", "the break is shorter"},
	{"rosters", "person,date,shift\nP1,2025-11-03,P\n", "a correction needs its reason"},
	{"rosters", "person,date,shift\nP1,2025-12-20,Q\n", "no shift has the code 'Q'"},
	{"rosters", "person,date,shift\nP1,2025-12-20,P+M+P\n", "at most 2 shifts"},
	{"rotations", "person,cycle,begins,from\nP1,P Q,2025-11-01,2025-11-01\n", "no shift"},
	{"orders", "letter,kind,name,scope,from,to\n1,jam,X,provinsi,2025-01-01,2025-01-01\n",
	 "column hours: it is empty"},
	{"orders",
	 "letter,kind,name,scope,from,to,hours\n1,WFH,X,provinsi,2025-01-01,2025-01-01,"
	 "07:00-08:00\n",
	 "WFH has no hours"},
	{"orders", "letter,kind,name,scope,from,to\n1,libur,X,unit,2025-01-01,2025-01-01\n",
	 "column target: it is empty"},
	{"orders", "letter,kind,name,scope,target,from,to\n1,libur,X,lokasi,Q,2025-01-01,2025-01-01\n",
	 "no place has the code 'Q'"},
	{"orders", "letter,kind,name,scope,from,to\n1,libur,X,provinsi,2025-01-01,2027-01-01\n",
	 "longer than a year"},
	{"orders",
	 "letter,kind,name,scope,from,to,hours\n061/1,jam,Pulang lebih awal,provinsi,"
	 "2025-11-21,2025-11-21,07:00-12:00\n",
	 "says something else already"},
	{"lists", "letter,date,person\n003/1,2025-11-24,P1\n", "no event of '003/1' by list"},
	{"duties", "people,from,to,letter\nP1 nobody,2025-11-27,2025-11-28,1\n",
	 "nobody has the key or number 'nobody'"},
	{"corrections", "person,date,code,letter\nP1,2025-11-05,TK,K/2\n", "'TK' is no code"},
	{"punches", "person,at,place,letter\nP1,2025-12-02 06:52,LOBI,1\n", "it is yet to come"},
	{"punches", "person,at,place,letter\nP1,2025-11-31 06:52,LOBI,1\n", "no time"},
	{"punches", "person,at,place,letter\nP1,2025-11-30 06.52,LOBI,1\n", "no time"},
	{"outages", "place,from,to,cause\nLOBI,2025-11-07 06:00,2025-11-07 06:00,x\n",
	 "ends before it begins"},
	{"outages", "place,from,to,cause,state\nLOBI,2025-11-07 06:00,2025-11-07 07:00,x,disetujui\n",
	 "a decision has a name"},
	{"deductions", "skema,kode,slot,persen\nx,TL,siang,1\n", "'siang' is none of"},
	{"deductions", "skema,kode,slot,menit_dari,menit_sampai,persen\nx,TL,masuk,30,1,1\n",
	 "it is before menit_dari"},
	{"deductions", "skema,kode,slot,persen\npermentan,TK,hari,9\n", "a new code"},
	{"schemes", "scheme\nq\n", "no scheme has the code 'q'"},
	{"settings", "band1\n61\n", "the bands must ascend"},
	{"settings", "flex_excess\nmungkin\n", "'mungkin' is none of"},
	{"settings", "day_six_min\n10\n", "from 60 to 1440"},
	{"schedules", "unit,pattern,ramadan\nJATENG,5HARI,kadang\n", "'kadang' is none of"},
	{"ramadan", "year,from,to\n1447,2026-02-19,2026-03-25\n", "29 or 30 days"},
	{"ramadan", "year,from,to\n2026,2026-02-19,2026-03-20\n", "from 1400 to 1600"},
	{"academic", "unit,from,to,name\nSMAN1,2025-12-22,2026-12-31,X\n", "longer than 62 days"},
	{"academic", "unit,from,to,name\nSMAN1,2025-12-22,2025-12-21,X\n", "before it begins"},
	{"academic", "unit,from,name,kind\nSMAN1,2025-12-22,X,pesta\n", "'pesta' is none of"},
	{"academic", "unit,from,name\nQ,2025-12-22,X\n", "no unit has the code 'Q'"},
	{"weeks", "person,weekly_min\nP1,2251\n", "from 60 to 2250"},
	{"ranks", "person,rank,from\nP1,V/a,2020-01-01\n", "'V/a' is no golongan"},
	{"superiors", "person,superior,from\nP1,P1,2020-01-01\n", "their own superior"},
	{"mutations", "person,kind,decree,tmt\nP1,unit,1,2025-01-01\n", "column to: it is empty"},
	{"mutations", "person,kind,decree,tmt,to\nP1,unit,1,2025-01-01,Q\n", "no unit has the code"},
	{"mutations", "person,kind,decree,tmt\nP2,tubel,1,2001-01-01\n", "not employed on that day"},
	{"terminals", "id,place\nmanual,LOBI\n", "no terminal recorded"},
	{"terminals", "id,place\nbkd-1,LOBI\n", "'bkd-1' is not known"},
	{"terminals", "id,place\nBKD 1,LOBI\n", "no terminal's name"},
	{"terminals", "id,place,from\nbkd-1,LOBI,2025-01-01\n", "'bkd-1' is not known"},
};

static char *dump(Sql *sql)
{
	static const char *const texts[] = {
		"SELECT count(*) FROM place",          "SELECT count(*) FROM unit",
		"SELECT count(*) FROM unit_fact",      "SELECT count(*) FROM unit_place",
		"SELECT count(*) FROM person",         "SELECT count(*) FROM person_name",
		"SELECT count(*) FROM assignment",     "SELECT count(*) FROM leave_case",
		"SELECT count(*) FROM holiday",        "SELECT count(*) FROM work_pattern",
		"SELECT count(*) FROM unit_schedule",  "SELECT count(*) FROM person_mark",
		"SELECT count(*) FROM work_shift",     "SELECT count(*) FROM person_roster",
		"SELECT count(*) FROM day_order",      "SELECT count(*) FROM punch",
		"SELECT count(*) FROM outage",         "SELECT count(*) FROM deduction_row",
		"SELECT count(*) FROM attendance_rule"};
	g_autoptr(GString) out = g_string_new(NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GError) error = NULL;
		gint64 n = -1;
		sql_get_int(sql, &n, -1, &error, texts[i], "");
		g_assert_no_error(error);
		g_string_append_printf(out, "%" G_GINT64_FORMAT " ", n);
	}
	return g_string_free(g_steal_pointer(&out), FALSE);
}

static void what_is_wrong_is_named_and_nothing_stays(Database *database,
													 gconstpointer data G_GNUC_UNUSED)
{
	gint64 n_changed;
	import_province(database, &n_changed);
	g_autofree char *before = dump(database->sql);
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;
		ImportResult result;
		g_test_message("%s: %s", bad[i].kind, bad[i].says);
		g_assert_false(import(database, bad[i].kind, bad[i].text, -1, NULL, &result, &error));
		g_assert_nonnull(error);
		if (strstr(error->message, bad[i].says) == NULL)
			g_error("'%s' does not say '%s'", error->message, bad[i].says);
		g_autofree char *after = dump(database->sql);
		g_assert_cmpstr(before, ==, after);
	}
}

static void many_errors_are_listed_up_to_a_bound(Database *database,
												 gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GString) text = g_string_new("code,name\n");
	g_autoptr(GError) error = NULL;
	ImportResult result;
	for (int i = 0; i < 100; i++)
		g_string_append(text, "A A,x\n");
	g_assert_false(import(database, "places", text->str, -1, NULL, &result, &error));
	g_auto(GStrv) lines = g_strsplit(error->message, "\n", -1);
	g_assert_cmpint(g_strv_length(lines), ==, 22);
}

static void a_check_names_every_bad_row_and_stores_nothing(Database *database,
														   gconstpointer data G_GNUC_UNUSED)
{
	const ImportHooks hooks = {.check = TRUE};
	g_autofree char *path = g_build_filename(database->folder, "check.csv", NULL);
	g_autoptr(GString) text = g_string_new("code,name\nOK,Baik\n");
	g_autoptr(GError) error = NULL;
	ImportResult result;
	gint64 place = 0;
	for (int i = 0; i < 30; i++)
		g_string_append(text, i % 2 ? "A A,x\n" : "B,\n");
	g_file_set_contents(path, text->str, -1, &error);
	g_assert_no_error(error);
	g_assert_false(import_file(database->sql, "places", path, IMPORT_NOW, IMPORT_OFFSET, &hooks,
							   &result, &error));
	g_auto(GStrv) lines = g_strsplit(error->message, "\n", -1);
	g_assert_cmpint(g_strv_length(lines), ==, 31);
	g_clear_error(&error);
	/* A good file is only looked at. */
	g_file_set_contents(path, "code,name\nOK,Baik\n", -1, &error);
	g_assert_true(import_file(database->sql, "places", path, IMPORT_NOW, IMPORT_OFFSET, &hooks,
							  &result, &error));
	g_assert_no_error(error);
	g_assert_cmpint(result.n_changed, ==, 1);
	g_assert_true(places_find(database->sql, "OK", FALSE, &place, &error));
	g_assert_cmpint(place, ==, 0);
	g_unlink(path);
}

static void a_superior_follows_from_the_units(Database *database, gconstpointer data G_GNUC_UNUSED)
{
	/* Head of a bureau: the head above, the Plh while the head is away; else what is set. */
	static const struct {
		PersonId person; /* 0: P2, whose number is allotted */
		const char *day;
		PersonId superior;
	} rows[] = {
		{100001, "2025-11-19", 0},                                  /* P2 heads the BKD */
		{100001, "2025-11-20", 100003},                             /* Plh */
		{100001, "2025-11-22", 0},      {100001, "2023-12-31", -1}, /* nobody yet */
		{100003, "2025-11-20", 100001},                             /* set for the person */
	};
	g_autoptr(GError) error = NULL;
	gint64 n_changed;
	PersonId second = 0;
	import_province(database, &n_changed);
	g_assert_true(people_find(database->sql, "P2", &second, &error));
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		PersonId superior = 0, want = rows[i].superior == 0 ? second : MAX(rows[i].superior, 0);
		g_assert_true(careers_superior(database->sql, rows[i].person, day(rows[i].day), G_MAXINT64,
									   &superior, &error));
		g_assert_cmpint(superior, ==, want);
	}
	g_auto(Career) career = {0};
	g_assert_true(
		careers_on(database->sql, 100001, day("2025-10-01"), G_MAXINT64, &career, &error));
	g_assert_cmpstr(career.rank, ==, "III/d");
	g_assert_cmpstr(career.secondary, ==, "SMAN1");
	career_clear(&career);
	/* As it was known before the file came. */
	g_assert_true(
		careers_on(database->sql, 100001, day("2025-10-01"), IMPORT_NOW - 1, &career, &error));
	g_assert_null(career.rank);
	g_assert_no_error(error);
}

/* The TMT decides, not the day of the decree or of the entry. */
static void a_back_dated_mutation_says_what_it_moves(Database *database,
													 gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GError) error = NULL;
	gint64 n_changed, unit = 0, bkd = 0;
	ImportResult result;
	Warnings warnings = {0};
	Assignment assignment;
	import_province(database, &n_changed);
	g_assert_true(
		sql_run(database->sql, &error,
				"INSERT INTO verdict (person, day, codes, state, late_min, early_min, in_ms,"
				" out_ms, unit, trial, reasons, rule_version, hash, judged_ms)"
				" VALUES ($1,$2,'H','final',0,0,0,0,1,0,'[]',1,0,0)",
				"ii", (gint64)100001, day("2025-11-24")));
	g_assert_true(import(database, "mutations",
						 "person,kind,decree,date,tmt,to\n"
						 "P1,unit,824/1,2025-11-28,2025-11-17,SMAN1\n"
						 "P2,pensiun,882/1,2025-11-28,2026-02-01,\n",
						 -1, &warnings, &result, &error));
	g_assert_no_error(error);
	g_assert_cmpint(warnings.n, ==, 1);
	g_assert_nonnull(strstr(warnings.last, "1 judged days"));
	g_assert_nonnull(strstr(warnings.last, "BKD.MUTASI → SMAN1"));
	units_find(database->sql, "SMAN1", FALSE, &unit, &error);
	units_find(database->sql, "BKD.MUTASI", FALSE, &bkd, &error);
	assignments_on(database->sql, 100001, day("2025-11-16"), &assignment, &error);
	g_assert_cmpint(assignment.unit, ==, bkd);
	assignments_on(database->sql, 100001, day("2025-11-17"), &assignment, &error);
	g_assert_cmpint(assignment.unit, ==, unit);
	/* Known since the entry only. */
	assignments_on_as_known(database->sql, 100001, day("2025-11-17"), IMPORT_NOW - 1, &assignment,
							&error);
	g_assert_cmpint(assignment.unit, ==, 0);
	/* Retired from the TMT on. */
	PersonId second = 0;
	people_find(database->sql, "P2", &second, &error);
	assignments_on(database->sql, second, day("2026-01-31"), &assignment, &error);
	g_assert_cmpint(assignment.unit, !=, 0);
	assignments_on(database->sql, second, day("2026-02-01"), &assignment, &error);
	g_assert_cmpint(assignment.unit, ==, 0);
	g_assert_no_error(error);
	g_free(warnings.last);
}

static void a_roster_is_told_its_conflicts(Database *database, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GError) error = NULL;
	gint64 n_changed;
	ImportResult result;
	Warnings warnings = {0};
	import_province(database, &n_changed);
	/* A night from the 10th to the 11th, a morning on the 11th, and annual leave on the 10th. */
	g_assert_true(import(database, "rosters",
						 "person,date,shift,source\nP1,2025-11-10,M,R/11\nP1,2025-11-11,P,R/11\n",
						 -1, &warnings, &result, &error));
	g_assert_no_error(error);
	g_assert_cmpint(warnings.n, ==, 3); /* leave twice, rest once */
	g_free(warnings.last);
}

static void odd_hours_and_numbers_are_warned_about(Database *database,
												   gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GError) error = NULL;
	gint64 n_changed;
	ImportResult result;
	Warnings warnings = {0};
	import_province(database, &n_changed);
	g_assert_true(import(database, "schedules",
						 "unit,pattern,mon,ramadan\nBKD,PIKET,21:00-07:00/0,ya\n", -1, &warnings,
						 &result, &error));
	g_assert_no_error(error);
	g_assert_cmpint(warnings.n, ==, 1);
	g_assert_nonnull(strstr(warnings.last, "600 minutes"));
	g_assert_nonnull(strstr(warnings.last, "1950"));
	g_assert_true(
		import(database, "people",
			   "ref,name,number,employment,from\nX,X,200503122020012001,PPPK,2020-01-01\n", -1,
			   &warnings, &result, &error));
	g_assert_no_error(error);
	g_assert_cmpint(warnings.n, ==, 3);
	g_free(warnings.last);
}

static void a_unit_moves_to_other_places(Database *database, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GError) error = NULL;
	gint64 n_changed, unit = 0;
	ImportResult result;
	import_province(database, &n_changed);
	g_assert_true(import(database, "units",
						 "code,name,parent,short,kind,place,from\n"
						 "BKD,Badan Kepegawaian Daerah,JATENG,BKD,badan,SEKOLAH,2026-02-01\n",
						 -1, NULL, &result, &error));
	g_assert_no_error(error);
	g_assert_cmpint(result.n_changed, ==, 1);
	units_find(database->sql, "BKD", FALSE, &unit, &error);
	static const struct {
		const char *day, *code;
	} cases[] = {{"2026-01-31", "LOBI"}, {"2026-02-01", "SEKOLAH"}};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GArray) places = NULL;
		gint64 place = 0;
		places_find(database->sql, cases[i].code, FALSE, &place, &error);
		g_assert_true(units_places(database->sql, unit, day(cases[i].day), &places, &error));
		g_assert_cmpint(places->len, ==, 1);
		g_assert_cmpint(g_array_index(places, gint64, 0), ==, place);
	}
	g_assert_no_error(error);
}

/* In the order of entry: what was decided later, by TMT, is entered first. */
static void a_mutation_does_not_undo_a_later_one(Database *database,
												 gconstpointer data G_GNUC_UNUSED)
{
	static const struct {
		const char *day, *unit, *employment;
	} days[] = {
		{"2025-10-31", "SMAN1", "PPPK 01"},  {"2025-11-01", "BKD", "PPPK 01"},
		{"2025-11-30", "BKD", "PPPK 01"},    {"2025-12-01", "JATENG", "PPPK 01"},
		{"2026-02-01", "JATENG", "PPPK 04"}, {"2026-03-01", NULL, NULL},
		{"2026-05-01", "SMAN1", "DPK 01"},
	};
	g_autoptr(GError) error = NULL;
	ImportResult result;
	Warnings warnings = {0};
	gint64 n_changed, n = 0;
	PersonId person = 0;
	import_province(database, &n_changed);
	for (int i = 0; i < 2; i++) {
		import(database, "mutations",
			   "person,kind,decree,date,tmt,to,employment\n"
			   "P2,unit,824/2,2025-11-20,2025-12-01,JATENG,\n"
			   "P2,unit,824/1,2025-10-20,2025-11-01,BKD,\n"
			   "P2,skors,87/1,,2026-02-01,,\n"
			   "P2,keluar,824/3,,2026-03-01,,\n"
			   "P2,masuk,824/4,,2026-05-01,SMAN1,DPK\n",
			   -1, i == 0 ? &warnings : NULL, &result, &error);
		g_assert_no_error(error);
		g_assert_cmpint(result.n_changed, ==, i == 0 ? 5 : 0);
	}
	g_assert_cmpint(warnings.n, ==, 1);
	g_assert_nonnull(strstr(warnings.last, "it holds until 2025-12-01"));
	g_free(warnings.last);
	people_find(database->sql, "P2", &person, &error);
	for (gsize i = 0; i < G_N_ELEMENTS(days); i++) {
		PeopleFilter filter = {.day = day(days[i].day), .person = person, .limit = 1};
		g_autoptr(PeopleCursor) people = people_list(database->sql, &filter, &error);
		PersonRow row;
		g_assert_cmpint(people_next(people, &row, &error), ==, SQL_ROW);
		g_autofree char *employment =
			row.employment != NULL ? g_strdup_printf("%s %s", row.employment, row.status) : NULL;
		g_assert_cmpstr(row.unit_code, ==, days[i].unit);
		g_assert_cmpstr(employment, ==, days[i].employment);
	}
	g_assert_true(sql_get_int(database->sql, &n, 0, &error,
							  "SELECT count(*) FROM mutation WHERE person=$1 AND decree='87/1'"
							  " AND before_text='PPPK Aktif'",
							  "i", person));
	g_assert_no_error(error);
	g_assert_cmpint(n, ==, 1);
}

/* The unit of P1 (whose own is BKD.MUTASI), and its name, as of a day. */
static void check_unit(Database *database, const char *key, const char *on, const char *code,
					   const char *name)
{
	g_autoptr(GError) error = NULL;
	PersonId person = 0;
	PersonRow row;
	g_assert_true(people_find(database->sql, key, &person, &error));
	PeopleFilter filter = {.day = day(on), .person = person, .limit = 1};
	g_autoptr(PeopleCursor) people = people_list(database->sql, &filter, &error);
	g_assert_cmpint(people_next(people, &row, &error), ==, SQL_ROW);
	g_assert_no_error(error);
	g_assert_cmpstr(row.unit_code, ==, code);
	g_assert_cmpstr(row.unit_name, ==, name);
}

static void reorganise(Database *database, const char *rows, gint64 n_changed, Warnings *warnings)
{
	g_autoptr(GError) error = NULL;
	ImportResult result;
	g_autofree char *text =
		g_strconcat("unit,kind,to,name,people,units,decree,date,tmt\n", rows, NULL);
	import(database, "reorganisations", text, -1, warnings, &result, &error);
	g_assert_no_error(error);
	g_assert_cmpint(result.n_changed, ==, n_changed);
	/* The same file again does nothing. */
	import(database, "reorganisations", text, -1, NULL, &result, &error);
	g_assert_no_error(error);
	g_assert_cmpint(result.n_changed, ==, 0);
}

static void a_renamed_unit_keeps_its_old_name_in_the_past(Database *database,
														  gconstpointer data G_GNUC_UNUSED)
{
	gint64 n_changed;
	import_province(database, &n_changed);
	/* The later decree comes first; the earlier one holds until then. */
	reorganise(database,
			   "BKD.MUTASI,rename,,Bidang Mutasi dan Karier,,,SOTK/2,2025-10-01,2026-01-01\n", 1,
			   NULL);
	reorganise(database, "BKD.MUTASI,rename,,Bidang Kepindahan,,,SOTK/1,,2025-11-10\n", 1, NULL);
	reorganise(database, "BKD.MUTASI,move,JATENG,,,,SOTK/3,,2025-11-20\n", 1, NULL);
	check_unit(database, "P1", "2025-11-09", "BKD.MUTASI", "Bidang Mutasi");
	check_unit(database, "P1", "2025-11-10", "BKD.MUTASI", "Bidang Kepindahan");
	check_unit(database, "P1", "2025-12-31", "BKD.MUTASI", "Bidang Kepindahan");
	check_unit(database, "P1", "2026-01-01", "BKD.MUTASI", "Bidang Mutasi dan Karier");

	g_autoptr(GError) error = NULL;
	gint64 unit = 0, bkd = 0;
	gboolean within = FALSE;
	units_find(database->sql, "BKD.MUTASI", FALSE, &unit, &error);
	units_find(database->sql, "BKD", FALSE, &bkd, &error);
	g_assert_true(units_within(database->sql, unit, bkd, day("2025-11-19"), &within, &error));
	g_assert_true(within);
	g_assert_true(units_within(database->sql, unit, bkd, day("2025-11-20"), &within, &error));
	g_assert_false(within);
	/* Moved twice: the later name is still what it was. */
	g_assert_true(units_within(database->sql, unit, bkd, day("2026-02-01"), &within, &error));
	g_assert_false(within);
}

static void people_follow_into_merged_and_split_units(Database *database,
													  gconstpointer data G_GNUC_UNUSED)
{
	gint64 n_changed, unit = 0, count = 0;
	Warnings warnings = {0};
	g_autoptr(GError) error = NULL;
	import_province(database, &n_changed);
	units_find(database->sql, "BKD.MUTASI", FALSE, &unit, &error);
	g_assert_true(sql_run(database->sql, &error,
						  "INSERT INTO account (id, name, person, one_time, created_ms)"
						  " VALUES (1, 'siti', 100001, 0, 1)",
						  ""));
	/* One over the unit itself, one over the province that her own mutation would end. */
	GrantNew grant = {.account = 1,
					  .role = ROLE_SKPD,
					  .unit = unit,
					  .from_day = day("2025-01-01"),
					  .to_day = G_MAXINT64};
	g_assert_cmpint(grants_add(database->sql, &grant, IMPORT_NOW, &error), !=, 0);
	grant.unit = 0;
	grant.role = ROLE_AUDITOR;
	g_assert_cmpint(grants_add(database->sql, &grant, IMPORT_NOW, &error), !=, 0);
	reorganise(database, "SMAN1,split,SMAN2,SMA Negeri 2,100003,,SOTK/5,,2025-11-24\n", 1, NULL);
	check_unit(database, "100003", "2025-11-23", "SMAN1", "SMA Negeri 1");
	check_unit(database, "100003", "2025-11-24", "SMAN2", "SMA Negeri 2");
	check_unit(database, "P2", "2025-11-24", "SMAN1", "SMA Negeri 1");
	/* The new school stands where the old one does. */
	g_autoptr(GArray) places = NULL;
	units_find(database->sql, "SMAN2", FALSE, &unit, &error);
	g_assert_true(units_places(database->sql, unit, day("2025-11-24"), &places, &error));
	g_assert_cmpint(places->len, ==, 2);

	reorganise(database, "BKD.MUTASI,merge,BKD,,,,SOTK/6,,2025-12-15\n", 1, &warnings);
	g_assert_nonnull(strstr(warnings.last, "1 rights over the unit end with it"));
	check_unit(database, "P1", "2025-12-14", "BKD.MUTASI", "Bidang Mutasi");
	check_unit(database, "P1", "2025-12-15", "BKD", "Badan Kepegawaian Daerah");
	g_autoptr(GPtrArray) before = grants_of_account(database->sql, 1, day("2025-12-14"), &error);
	g_autoptr(GPtrArray) after = grants_of_account(database->sql, 1, day("2025-12-15"), &error);
	g_assert_no_error(error);
	g_assert_cmpint(before->len, ==, 2);
	g_assert_cmpint(after->len, ==, 1);
	g_assert_cmpint(((Grant *)after->pdata[0])->role, ==, ROLE_AUDITOR);
	g_assert_true(sql_get_int(database->sql, &count, 0, &error,
							  "SELECT count(*) FROM unit_head WHERE recorded_to_ms IS NULL AND"
							  " valid_to_day<=$1",
							  "i", day("2025-12-15")));
	g_assert_cmpint(count, ==, 2); /* the Plh of two days, and the head of what ended */
	g_free(warnings.last);
}

static void a_wrong_reorganisation_is_refused(Database *database, gconstpointer data G_GNUC_UNUSED)
{
	static const struct {
		const char *row, *says;
	} cases[] = {
		{"SMAN1,abolish,,,,,S,,2025-12-01", "3 people or units are still in it"},
		{"SMAN1,merge,NEW,,,,S,,2025-12-01", "no unit has the code 'NEW'"},
		{"SMAN1,merge,SMAN1,,,,S,,2025-12-01", "cannot go into itself"},
		{"SMAN1,merge,,,,,S,,2025-12-01", "column to: it is empty"},
		{"SMAN1,rename,,,,,S,,2025-12-01", "column name: it is empty"},
		{"SMAN1,split,SMAN2,SMA 2,P1,,S,,2025-12-01", "does not serve in the unit"},
		{"SMAN1,split,SMAN2,SMA 2,,,S,,2025-12-01", "nobody and no unit goes"},
		{"BKD,move,BKD.MUTASI,,,,S,,2025-12-01", "lie below this one"},
		{"JATENG,close,,,,,S,,2025-12-01", "is none of: rename"},
		{"SMAN1,rename,,X,,,S,,2025-13-01", "no date"},
	};
	gint64 n_changed, n = 0;
	g_autoptr(GError) none = NULL;
	import_province(database, &n_changed);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		ImportResult result;
		g_autofree char *text = g_strconcat("unit,kind,to,name,people,units,decree,date,tmt\n",
											cases[i].row, "\n", NULL);
		g_assert_false(import(database, "reorganisations", text, -1, NULL, &result, &error));
		g_assert_nonnull(strstr(error->message, cases[i].says));
	}
	g_assert_true(sql_get_int(database->sql, &n, -1, &none,
							  "SELECT (SELECT count(*) FROM reorganisation) +"
							  " (SELECT count(*) FROM unit WHERE code='SMAN2')",
							  ""));
	g_assert_cmpint(n, ==, 0);
}

#define ADD(path, function) g_test_add("/import/" path, Database, NULL, setup, function, teardown)

/* ── What --help says ── */

/* "places       code, name, address?,\n             regency?, …" without what follows: "code name …". */
static char *columns_in_help(const char *kind)
{
	g_autofree char *start = g_strdup_printf("\n%s ", kind);
	const char *at = strstr(import_help(), start);
	GString *text = g_string_new(NULL);
	g_assert_nonnull(at);
	at += strlen(start);
	for (gboolean more = TRUE; more;) {
		at += strspn(at, " \n");
		gsize n = strcspn(at, ", \n");
		g_string_append_printf(text, "%s%.*s", text->len > 0 ? " " : "", (int)n, at);
		more = at[n] == ',';
		at += n + (more ? 1 : 0);
	}
	return g_string_free(text, FALSE);
}

static int compare_words(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *sorted(const char *words)
{
	g_auto(GStrv) list = g_strsplit(words, " ", -1);
	qsort(list, g_strv_length(list), sizeof *list, compare_words);
	return g_strjoinv(" ", list);
}

static void help_names_every_column(Database *database G_GNUC_UNUSED,
									gconstpointer data G_GNUC_UNUSED)
{
	g_auto(GStrv) kinds = g_strsplit(import_kinds(), ", ", -1);
	for (char **kind = kinds; *kind != NULL; kind++) {
		g_autofree char *columns = import_columns(*kind);
		g_assert_nonnull(columns);
		g_autofree char *said = columns_in_help(*kind);
		g_autofree char *known = sorted(columns), *told = sorted(said);
		g_assert_cmpstr(told, ==, known);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("help_names_every_column", help_names_every_column);
	ADD("a_province_comes_in", a_province_comes_in);
	ADD("everybody_at_a_place_is_listed", everybody_at_a_place_is_listed);
	ADD("a_second_run_changes_nothing", a_second_run_changes_nothing);
	ADD("the_calendar_of_the_field_comes_in", the_calendar_of_the_field_comes_in);
	ADD("what_is_wrong_is_named_and_nothing_stays", what_is_wrong_is_named_and_nothing_stays);
	ADD("many_errors_are_listed_up_to_a_bound", many_errors_are_listed_up_to_a_bound);
	ADD("a_check_names_every_bad_row_and_stores_nothing",
		a_check_names_every_bad_row_and_stores_nothing);
	ADD("a_superior_follows_from_the_units", a_superior_follows_from_the_units);
	ADD("a_back_dated_mutation_says_what_it_moves", a_back_dated_mutation_says_what_it_moves);
	ADD("a_roster_is_told_its_conflicts", a_roster_is_told_its_conflicts);
	ADD("odd_hours_and_numbers_are_warned_about", odd_hours_and_numbers_are_warned_about);
	ADD("a_unit_moves_to_other_places", a_unit_moves_to_other_places);
	ADD("a_mutation_does_not_undo_a_later_one", a_mutation_does_not_undo_a_later_one);
	ADD("a_renamed_unit_keeps_its_old_name_in_the_past",
		a_renamed_unit_keeps_its_old_name_in_the_past);
	ADD("people_follow_into_merged_and_split_units", people_follow_into_merged_and_split_units);
	ADD("a_wrong_reorganisation_is_refused", a_wrong_reorganisation_is_refused);
	return g_test_run();
}
