/* A unit's roster by month: drafts, versions; corrections and swaps that somebody approves. */
#include "server/rules/calendar.h"
#include "server/store/system/password.h"
#include "server/store/system/users.h"
#include "server/store/time/covers.h"
#include "server/store/time/leaves.h"
#include "server/store/time/marks.h"
#include "server/store/time/roster_months.h"
#include "server/store/time/roster_requests.h"
#include "tests/server/office.h"

#define MONTH (OFFICE_DAY + 29) /* 2025-04-01 */

typedef struct {
	Office office;
	gint64 shifts[4]; /* none, P 07–14, S 14–21, M 21–07 */
	gint64 account;
} Ward;

static void setup(Ward *ward, gconstpointer data G_GNUC_UNUSED)
{
	static const WorkShift shifts[] = {{.code = "P", .name = "Pagi", .hours = {420, 840, 0}},
									   {.code = "S", .name = "Siang", .hours = {840, 1260, 0}},
									   {.code = "M", .name = "Malam", .hours = {1260, 1860, 0}}};
	const UserNew user = {.name = "bkd.siti", .role = ROLE_BKD, .today = OFFICE_DAY};
	gboolean added;
	office_open(&ward->office);
	GError *failed = NULL;
	char *password = users_create(ward->office.sql, &user, ward->office.now_ms, &failed);
	g_assert_no_error(failed);
	password_free(password);
	g_autoptr(User) account = users_find(ward->office.sql, user.name, &failed);
	ward->account = account->id;
	ward->shifts[0] = 0;
	office_ok(sql_begin(ward->office.sql, error));
	for (int i = 0; i < 3; i++)
		office_ok(shifts_add(ward->office.sql, &shifts[i], &ward->shifts[i + 1], &added, error));
}

static void teardown(Ward *ward, gconstpointer data G_GNUC_UNUSED)
{
	sql_rollback(ward->office.sql);
	office_close(&ward->office);
}

static RosterOutcome set_row(Ward *ward, PersonId person, gint64 day, int shift, const char *source)
{
	RosterDay roster = {.day = day, .shifts = {ward->shifts[shift]}};
	RosterOutcome outcome;
	const RosterAsked asked = {
		.person = person, .roster = &roster, .source = source, .utc_offset_min = OFFICE_OFFSET};
	Change change = office_change(&ward->office, 0, 0);
	office_ok(roster_requests_set(ward->office.sql, &asked, &change, &outcome, error));
	return outcome;
}

/* -1: nobody has said anything. */
static int in_force(Ward *ward, PersonId person, gint64 day)
{
	g_autoptr(GArray) rosters = NULL;
	office_ok(shifts_of_person(ward->office.sql, person, day, day + 1, &rosters, error));
	if (rosters->len == 0)
		return -1;
	for (int i = 0; i < 4; i++)
		if (g_array_index(rosters, RosterDay, 0).shifts[0] == ward->shifts[i])
			return i;
	g_assert_not_reached();
}

static gboolean decide(Ward *ward, gint64 id, gboolean approve, GError **refused)
{
	g_auto(RosterRequest) request = {0};
	gboolean found;
	Change change = office_change(&ward->office, 0, 0);
	office_ok(roster_requests_get(ward->office.sql, id, &request, &found, error));
	g_assert_true(found);
	return approve ? roster_requests_approve(ward->office.sql, &request, ward->account, "bkd.siti",
											 "ya", &change, refused)
				   : roster_requests_refuse(ward->office.sql, &request, ward->account, "tidak",
											change.now_ms, refused);
}

static void draft(Ward *ward, PersonId person, gint64 day, int shift)
{
	RosterDay roster = {.day = day, .shifts = {ward->shifts[shift]}, .source = (char *)"R/1"};
	gboolean changed;
	office_ok(roster_draft_set(ward->office.sql, ward->office.units[0], person, &roster, &changed,
							   error));
	g_assert_true(changed);
	office_ok(roster_draft_set(ward->office.sql, ward->office.units[0], person, &roster, &changed,
							   error));
	g_assert_false(changed);
}

static RosterPublished publish(Ward *ward, gint64 month_day)
{
	RosterPublished out;
	Change change = office_change(&ward->office, 0, 0);
	office_ok(roster_publish(ward->office.sql, ward->office.units[0], month_day, ward->account, 0,
							 NULL, &change, OFFICE_OFFSET, &out, error));
	return out;
}

/* ── When a row is a change that needs approval ── */

static void a_shift_that_has_begun_is_corrected(Ward *ward, gconstpointer data G_GNUC_UNUSED)
{
	/* It is Monday, 12.00 (OFFICE_DAY). */
	static const struct {
		int day, before, after; /* shifts; -1: nothing was said before */
		gboolean published, told;
		RosterOutcome outcome;
	} cases[] = {
		/* Tomorrow anything may change, with a reason or without. */
		{1, 1, 3, TRUE, FALSE, ROSTER_APPLIED},
		{1, -1, 1, TRUE, FALSE, ROSTER_APPLIED},
		/* Today the afternoon's duty has not begun, the morning's has: by either version. */
		{0, 2, 3, FALSE, FALSE, ROSTER_APPLIED},
		{0, 2, 0, FALSE, FALSE, ROSTER_APPLIED},
		{0, 0, 2, FALSE, FALSE, ROSTER_APPLIED},
		{0, 1, 2, FALSE, TRUE, ROSTER_WAITS},
		{0, 2, 1, FALSE, TRUE, ROSTER_WAITS},
		{0, 1, 0, FALSE, TRUE, ROSTER_WAITS},
		/* Yesterday, and a night that began then. */
		{-1, 1, 2, FALSE, TRUE, ROSTER_WAITS},
		{-1, 3, 0, FALSE, TRUE, ROSTER_WAITS},
		{-1, 1, 2, FALSE, FALSE, ROSTER_UNTOLD},
		{-1, 1, 1, FALSE, FALSE, ROSTER_SAME},
		/* The first word about a day of a month that nobody has published is no change … */
		{-1, -1, 1, FALSE, TRUE, ROSTER_APPLIED},
		{-1, -1, 1, FALSE, FALSE, ROSTER_UNTOLD},
		/* … of a published one it is: who is not on it was not on duty. */
		{-1, -1, 1, TRUE, TRUE, ROSTER_WAITS},
		/* And today the unit's hours have held since morning. */
		{0, -1, 2, TRUE, TRUE, ROSTER_WAITS},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		PersonId person = OFFICE_PERSON(0);
		gint64 day = OFFICE_DAY + cases[i].day;
		office_ok(sql_run(ward->office.sql, error, "DELETE FROM person_roster", ""));
		office_ok(sql_run(ward->office.sql, error, "DELETE FROM roster_publication", ""));
		office_ok(sql_run(ward->office.sql, error, "DELETE FROM roster_request_day", ""));
		if (cases[i].before >= 0) {
			RosterDay roster = {.shifts = {ward->shifts[cases[i].before]}};
			Change known = office_change(&ward->office, day, day + 1);
			known.now_ms--;
			office_ok(shifts_set_roster(ward->office.sql, person, &roster, &known, NULL, error));
		}
		if (cases[i].published)
			office_ok(sql_run(ward->office.sql, error,
							  "INSERT INTO roster_publication (id, unit, month_day, version,"
							  " account, published_ms, n_conflicts) VALUES (1,$1,$2,1,$3,1,0),"
							  " (2,$1,$4,1,$3,1,0)",
							  "iiii", ward->office.units[0], (gint64)OFFICE_DAY - 2, ward->account,
							  (gint64)OFFICE_DAY - 30));
		RosterOutcome got =
			set_row(ward, person, day, cases[i].after, cases[i].told ? "R/2" : NULL);
		if (got != cases[i].outcome)
			g_error("case %d: %d, not %d", (int)i, (int)got, (int)cases[i].outcome);
		int now = got == ROSTER_APPLIED ? cases[i].after : cases[i].before;
		g_assert_cmpint(in_force(ward, person, day), ==, now);
		if (got == ROSTER_WAITS) /* asked for once */
			g_assert_cmpint(set_row(ward, person, day, cases[i].after, "R/2"), ==, ROSTER_SAME);
	}
}

static void both_versions_stay(Ward *ward, gconstpointer data G_GNUC_UNUSED)
{
	PersonId person = OFFICE_PERSON(0);
	gint64 n = 0;
	gboolean marked = FALSE;
	GError *failed = NULL;
	g_assert_cmpint(set_row(ward, person, OFFICE_DAY - 1, 1, "R/1"), ==, ROSTER_APPLIED);
	ward->office.now_ms++;
	g_assert_cmpint(set_row(ward, person, OFFICE_DAY - 1, 2, "salah"), ==, ROSTER_WAITS);
	office_ok(sql_run(ward->office.sql, error, "DELETE FROM person_mark", ""));
	office_ok(decide(ward, 1, TRUE, error));
	office_ok(marks_hold(ward->office.sql, person, OFFICE_DAY - 1, &marked, error));
	g_assert_true(marked); /* it is judged again */
	g_assert_cmpint(in_force(ward, person, OFFICE_DAY - 1), ==, 2);
	office_ok(sql_get_int(ward->office.sql, &n, 0, error,
						  "SELECT count(*) FROM person_roster WHERE person=$1 AND shift=$2"
						  " AND source='R/1' AND recorded_to_ms IS NOT NULL",
						  "ii", person, ward->shifts[1]));
	g_assert_cmpint(n, ==, 1);
	/* Decided is decided. */
	g_assert_false(decide(ward, 1, FALSE, &failed));
	g_assert_error(failed, SQL_ERROR, SQL_ERROR_CONSTRAINT);
	g_clear_error(&failed);
}

/* ── Published by month ── */

static void a_month_comes_into_force_when_it_is_published(Ward *ward,
														  gconstpointer data G_GNUC_UNUSED)
{
	PersonId person = OFFICE_PERSON(0);
	GError *failed = NULL;
	g_autoptr(GArray) first = NULL, publications = NULL;
	Change change = office_change(&ward->office, 0, 0);
	RosterPublished out;
	gint64 n = 0;
	draft(ward, person, MONTH, 1);
	draft(ward, person, MONTH + 1, 2);
	draft(ward, person, MONTH + 30, 3); /* the first of May */
	g_assert_cmpint(in_force(ward, person, MONTH), ==, -1);
	out = publish(ward, MONTH);
	g_assert_cmpint(out.version, ==, 1);
	g_assert_cmpint(out.n_days, ==, 2);
	g_assert_cmpint(out.n_changed, ==, 2);
	g_assert_cmpint(in_force(ward, person, MONTH + 1), ==, 2);
	g_assert_cmpint(in_force(ward, person, MONTH + 30), ==, -1);
	ward->office.now_ms++;
	draft(ward, person, MONTH + 1, 3);
	g_assert_cmpint(publish(ward, MONTH).version, ==, 2);
	g_assert_cmpint(in_force(ward, person, MONTH), ==, 1);
	g_assert_cmpint(in_force(ward, person, MONTH + 1), ==, 3);
	office_ok(
		roster_publications(ward->office.sql, ward->office.units[0], MONTH, &publications, error));
	g_assert_cmpuint(publications->len, ==, 2);
	const RosterPublication *one = &g_array_index(publications, RosterPublication, 0);
	g_assert_cmpstr(one->by, ==, "bkd.siti");
	office_ok(
		roster_plan_of(ward->office.sql, ward->office.units[0], MONTH, one->id, &first, error));
	g_assert_cmpuint(first->len, ==, 2);
	g_assert_cmpint(g_array_index(first, PlannedDay, 1).roster.shifts[0], ==, ward->shifts[2]);
	/* Nothing is left to publish; what was planned for May is still there, until it is discarded. */
	g_assert_false(roster_publish(ward->office.sql, ward->office.units[0], MONTH, ward->account, 0,
								  NULL, &change, OFFICE_OFFSET, &out, &failed));
	g_assert_error(failed, SQL_ERROR, SQL_ERROR_CONSTRAINT);
	g_clear_error(&failed);
	office_ok(roster_draft_discard(ward->office.sql, ward->office.units[0], MONTH + 30, &n, error));
	g_assert_cmpint(n, ==, 1);
	g_assert_false(
		roster_draft_discard(ward->office.sql, ward->office.units[0], MONTH + 1, &n, &failed));
	g_assert_error(failed, SQL_ERROR, SQL_ERROR_CONSTRAINT);
	g_clear_error(&failed);
}

static void publishing_changes_no_shift_that_has_begun(Ward *ward, gconstpointer data G_GNUC_UNUSED)
{
	PersonId person = OFFICE_PERSON(0);
	set_row(ward, person, OFFICE_DAY - 1, 1, "R/1");
	ward->office.now_ms++;
	draft(ward, person, OFFICE_DAY - 1, 2);
	draft(ward, person, OFFICE_DAY + 1, 2);
	RosterPublished out = publish(ward, OFFICE_DAY - 2);
	g_assert_cmpint(out.n_changed, ==, 1);
	g_assert_cmpint(out.n_proposed, ==, 1);
	g_assert_cmpint(in_force(ward, person, OFFICE_DAY - 1), ==, 1);
	g_assert_cmpint(in_force(ward, person, OFFICE_DAY + 1), ==, 2);
}

static guint count_kind(const GArray *conflicts, RosterConflictKind kind)
{
	guint n = 0;
	for (guint i = 0; i < conflicts->len; i++)
		n += g_array_index(conflicts, RosterConflict, i).kind == kind;
	return n;
}

static void a_month_is_checked_as_it_will_be(Ward *ward, gconstpointer data G_GNUC_UNUSED)
{
	PersonId person = OFFICE_PERSON(0);
	const Leave leave = {.person = person, .code = "CT", .slot = "hari", .letter = "1"};
	Change away = office_change(&ward->office, MONTH + 4, MONTH + 5);
	g_autoptr(GArray) planned = NULL, conflicts = NULL, now = NULL;
	office_ok(leaves_set(ward->office.sql, &leave, &away, NULL, NULL, error));
	/* In force a night at the end of March; planned a morning after it, and nights with one gap. */
	set_row(ward, person, MONTH - 1, 3, NULL);
	draft(ward, person, MONTH, 1);
	for (int i = 1; i < 30; i++)
		draft(ward, person, MONTH + i, i == 20 ? 0 : 3);
	office_ok(roster_plan_of(ward->office.sql, ward->office.units[0], MONTH, 0, &planned, error));
	office_ok(roster_check_month(ward->office.sql, ward->office.units[0], MONTH, planned,
								 OFFICE_OFFSET, &conflicts, error));
	/* The morning, and the unit's hours on the first of May after a last night. */
	g_assert_cmpuint(count_kind(conflicts, ROSTER_REST), ==, 2);
	g_assert_cmpuint(count_kind(conflicts, ROSTER_LEAVE), ==, 1);
	/* The first night, the gap, the leave: of 21 to 7 by custom. */
	g_assert_cmpuint(count_kind(conflicts, ROSTER_NOBODY), ==, 3);
	g_assert_cmpuint(count_kind(conflicts, ROSTER_OVER), ==, 4);
	const RosterConflict *first = &g_array_index(conflicts, RosterConflict, 0);
	g_assert_cmpint(first->day, ==, MONTH - 1); /* the Monday of its first week */
	/* In force there is nothing in April yet. */
	office_ok(roster_check_month(ward->office.sql, ward->office.units[0], MONTH, NULL,
								 OFFICE_OFFSET, &now, error));
	g_assert_cmpuint(now->len, ==, 0);
}

static void find_uncovered(Ward *ward, const GArray *planned, GArray **conflicts)
{
	office_ok(roster_check_month(ward->office.sql, ward->office.units[0], MONTH, planned,
								 OFFICE_OFFSET, conflicts, error));
	for (guint i = (*conflicts)->len; i-- > 0;) {
		RosterConflictKind kind = g_array_index(*conflicts, RosterConflict, i).kind;
		if (kind != ROSTER_NOBODY && kind != ROSTER_FEW)
			g_array_remove_index(*conflicts, i);
	}
}

/* A unit that says whom it needs: 7 to 21 on Wednesdays, of which 14 to 21 two people. */
static void a_unit_says_whom_it_needs(Ward *ward, gconstpointer data G_GNUC_UNUSED)
{
	const Cover morning = {2 * 1440 + 420, 840, 1}, two = {2 * 1440 + 840, 420, 2};
	const Cover none = {2 * 1440 + 840, 420, 0};
	Change always = office_change(&ward->office, DAY_ALWAYS, DAY_OPEN);
	Change later = office_change(&ward->office, MONTH + 7, DAY_OPEN);
	gint64 wednesday = MONTH + 1;
	g_autoptr(GArray) planned = NULL, conflicts = NULL, after = NULL;
	g_assert_cmpint(calendar_weekday(wednesday), ==, 2);
	office_ok(covers_set(ward->office.sql, ward->office.units[0], &morning, &always, NULL, error));
	office_ok(covers_set(ward->office.sql, ward->office.units[0], &two, &always, NULL, error));
	office_ok(covers_set(ward->office.sql, ward->office.units[0], &none, &later, NULL, error));
	/* In the week of this Wednesday a roster takes one person off; two others work the unit's week,
	 * until 15.30. */
	draft(ward, OFFICE_PERSON(0), wednesday, 0);
	office_ok(roster_plan_of(ward->office.sql, ward->office.units[0], MONTH, 0, &planned, error));
	find_uncovered(ward, planned, &conflicts);
	g_assert_cmpuint(conflicts->len, ==, 6);
	const RosterConflict *first = &g_array_index(conflicts, RosterConflict, 0);
	const RosterConflict *second = &g_array_index(conflicts, RosterConflict, 1);
	g_assert_cmpint(first->day, ==, wednesday);
	g_assert_cmpint(first->from_ms, ==, office_at(wednesday, 15, 30));
	g_assert_cmpint(first->to_ms, ==, office_at(wednesday, 21, 0));
	g_assert_cmpint(first->n_needed + second->n_needed, ==, 3); /* of both needs */
	g_assert_cmpint(g_array_index(conflicts, RosterConflict, 2).n_needed, ==, 1);
	/* One in the afternoon: one is too few that day, and enough on the others. */
	draft(ward, OFFICE_PERSON(0), wednesday, 2);
	g_clear_pointer(&planned, g_array_unref);
	office_ok(roster_plan_of(ward->office.sql, ward->office.units[0], MONTH, 0, &planned, error));
	find_uncovered(ward, planned, &after);
	g_assert_cmpuint(after->len, ==, 5);
	g_assert_cmpint(g_array_index(after, RosterConflict, 0).kind, ==, ROSTER_FEW);
	g_assert_cmpint(g_array_index(after, RosterConflict, 0).n_people, ==, 1);
	g_assert_cmpint(g_array_index(after, RosterConflict, 1).day, ==, wednesday + 7);
}

/* ── Whatever is asked for and decided ── */

#define DAYS 6 /* three that have begun, three ahead */
#define PEOPLE 3
#define ROUNDS 400

static void approve_swap(Ward *ward, int model[PEOPLE][DAYS])
{
	int a = g_test_rand_int_range(0, PEOPLE), b = g_test_rand_int_range(0, PEOPLE);
	int x = g_test_rand_int_range(0, DAYS),
		y = g_test_rand_bit() ? x : g_test_rand_int_range(0, DAYS);
	const RosterSlot one = {OFFICE_PERSON(a), OFFICE_DAY - 3 + x};
	const RosterSlot other = {OFFICE_PERSON(b), OFFICE_DAY - 3 + y};
	gint64 id = 0;
	g_autoptr(GError) refused = NULL;
	gboolean known = model[a][x] >= 0 && model[b][x] >= 0 && model[a][y] >= 0 && model[b][y] >= 0;
	gboolean fits = x == y ? known && model[a][x] != model[b][x]
						   : known && model[a][x] > 0 && model[b][y] > 0 && model[b][x] == 0 &&
								 model[a][y] == 0;
	gboolean asked = roster_requests_swap(ward->office.sql, &one, &other, "acara", ward->account,
										  ward->office.now_ms, &id, &refused);
	g_assert_cmpint(asked, ==, a != b && fits);
	if (!asked) {
		g_assert_error(refused, SQL_ERROR, SQL_ERROR_CONSTRAINT);
		return;
	}
	if (g_test_rand_bit()) {
		office_ok(decide(ward, id, FALSE, error));
		return;
	}
	office_ok(decide(ward, id, TRUE, error));
	int kept[2] = {model[a][x], model[a][y]};
	model[a][x] = model[b][x];
	model[b][x] = kept[0];
	if (x != y) {
		model[a][y] = model[b][y];
		model[b][y] = kept[1];
	}
}

static void ask_row(Ward *ward, int model[PEOPLE][DAYS], int round)
{
	int person = g_test_rand_int_range(0, PEOPLE), at = g_test_rand_int_range(0, DAYS);
	int shift = g_test_rand_int_range(0, 4);
	gint64 waiting = 0, day = OFFICE_DAY - 3 + at;
	g_autofree char *source = g_strdup_printf("R/%d", round);
	RosterOutcome outcome = set_row(ward, OFFICE_PERSON(person), day, shift, source);
	gboolean begun = day < OFFICE_DAY;
	if (!begun && day > OFFICE_DAY)
		g_assert_cmpint(outcome, ==, ROSTER_APPLIED);
	if (begun && model[person][at] >= 0)
		g_assert_cmpint(outcome, ==, model[person][at] == shift ? ROSTER_SAME : ROSTER_WAITS);
	if (outcome == ROSTER_APPLIED)
		model[person][at] = shift;
	if (outcome != ROSTER_WAITS)
		return;
	office_ok(sql_get_int(ward->office.sql, &waiting, 0, error,
						  "SELECT max(id) FROM roster_request WHERE state=1", ""));
	gboolean approve = g_test_rand_bit();
	office_ok(decide(ward, waiting, approve, error));
	if (approve)
		model[person][at] = shift;
}

/* What is in force is what was said in time, and what was approved; nothing else. */
static void nothing_changes_unasked(Ward *ward, gconstpointer data G_GNUC_UNUSED)
{
	int model[PEOPLE][DAYS];
	memset(model, -1, sizeof model);
	for (int round = 0; round < ROUNDS; round++) {
		ward->office.now_ms++;
		if (g_test_rand_int_range(0, 3) == 0)
			approve_swap(ward, model);
		else
			ask_row(ward, model, round);
		for (int i = 0; i < PEOPLE; i++)
			for (int j = 0; j < DAYS; j++)
				g_assert_cmpint(in_force(ward, OFFICE_PERSON(i), OFFICE_DAY - 3 + j), ==,
								model[i][j]);
	}
}

#define ADD(path, function) g_test_add("/rosters/" path, Ward, NULL, setup, function, teardown)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("a_shift_that_has_begun_is_corrected", a_shift_that_has_begun_is_corrected);
	ADD("both_versions_stay", both_versions_stay);
	ADD("a_month_comes_into_force_when_it_is_published",
		a_month_comes_into_force_when_it_is_published);
	ADD("publishing_changes_no_shift_that_has_begun", publishing_changes_no_shift_that_has_begun);
	ADD("a_month_is_checked_as_it_will_be", a_month_is_checked_as_it_will_be);
	ADD("a_unit_says_whom_it_needs", a_unit_says_whom_it_needs);
	ADD("nothing_changes_unasked", nothing_changes_unasked);
	return g_test_run();
}
