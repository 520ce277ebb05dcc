#include "server/judge/judge_leave.h"

#include <string.h>

#include "server/judge/judge_facts_private.h"
#include "server/rules/calendar.h"
#include "server/store/history.h"
#include "server/store/people/assignments.h"
#include "server/store/people/units.h"
#include "server/store/time/academic.h"
#include "server/store/time/leave_accounts.h"
#include "server/store/time/leaves.h"

#define YEARS_MAX 12 /* rights older than three years are gone whatever happened */

typedef struct {
	Sql *sql;
	PersonId person;
	gint64 day;
	JudgeFacts *facts;
	LeaveRules rules;
	LeaveStatement *out;
	gint64 first_day, end_day; /* of the years of the account */
	int first_year;
	LeaveYear years[YEARS_MAX];
	gsize n_years;
} Account;

static int year_of(gint64 day)
{
	int year, month, day_of_month;
	calendar_to_date(day, &year, &month, &day_of_month);
	return year;
}

static gint64 first_day_of(int year)
{
	gint64 day = 0;
	calendar_from_date(year, 1, 1, &day);
	return day;
}

/* Whole months of service at the end of a year. */
static gint64 months_between(gint64 from_day, gint64 to_day)
{
	int from[3], to[3];
	if (from_day >= to_day)
		return 0;
	calendar_to_date(from_day, &from[0], &from[1], &from[2]);
	calendar_to_date(to_day, &to[0], &to[1], &to[2]);
	return (gint64)(to[0] - from[0]) * 12 + to[1] - from[1] - (to[2] < from[2] ? 1 : 0);
}

/* ── Who it is ── */

static gboolean load_person(Account *account, GError **error)
{
	LeaveStatement *out = account->out;
	if (!sql_get_int(account->sql, &out->since_day, G_MAXINT64, error,
					 "SELECT min(e.valid_from_day) FROM person_employment e WHERE e.person=$1"
					 " AND" AS_KNOWN_NOW("e"),
					 "i", account->person))
		return FALSE;
	g_autoptr(SqlStatement) row = sql_query(
		account->sql, error,
		"SELECT k.leave_rules, o.digits FROM person_employment e"
		" JOIN employment_kind k ON k.code=e.kind LEFT JOIN person_number o ON o.person=e.person "
		"AND" NOW_ON("o", "$2") "WHERE e.person=$1 AND" NOW_ON("e", "$2"),
		"ii", account->person, account->day);
	if (row == NULL)
		return FALSE;
	SqlStep step = sql_next(row, error);
	if (step == SQL_ROW) {
		const char *law = sql_text(row, 0), *digits = sql_text(row, 1);
		out->who.pppk = strcmp(law, "pppk") == 0;
		out->who.civil = strcmp(law, "pns") == 0;
		out->who.female = digits != NULL && strlen(digits) == 18 && digits[14] == '2';
	}
	out->who.service_months = months_between(out->since_day, account->day);
	return step != SQL_FAILED;
}

/* The account begins with an opening balance, else with the year in which judging began. */
static gboolean find_years(Account *account, const GArray *openings, GError **error)
{
	gint64 first = 0;
	int last = account->out->year;
	/* Of facts alone: what was judged already decides nothing. */
	if (!units_first_start(account->sql, &first, error))
		return FALSE;
	int from = year_of(MIN(first, account->day));
	if (account->out->since_day != G_MAXINT64 && account->out->since_day > DAY_ALWAYS)
		from = MAX(from, year_of(account->out->since_day));
	for (guint i = 0; i < openings->len; i++) {
		const LeaveAccount *known = &g_array_index(openings, LeaveAccount, i);
		if (known->opens && known->year <= last)
			from = (int)known->year;
	}
	account->first_year = CLAMP(from, last - YEARS_MAX + 1, last);
	account->out->known_from_year = account->first_year;
	account->n_years = (gsize)last - (gsize)account->first_year + 1;
	account->first_day = first_day_of(account->first_year);
	account->end_day = first_day_of(last + 1);
	return TRUE;
}

static void take_openings(Account *account, const GArray *openings)
{
	for (guint i = 0; i < openings->len; i++) {
		const LeaveAccount *known = &g_array_index(openings, LeaveAccount, i);
		gint64 at = known->year - account->first_year;
		if (at < 0 || at >= (gint64)account->n_years)
			continue;
		LeaveYear *year = &account->years[at];
		year->opens = known->opens;
		year->opening_n1 = (gint32)known->opening_n1;
		year->opening_n2 = (gint32)known->opening_n2;
		year->extra_days = (gint32)known->extra_days;
		year->deferred = known->deferred;
	}
}

/* ── What was taken ── */

static gboolean count_annual(Account *account, gint64 day, GError **error)
{
	gboolean works = FALSE;
	if (!judge_facts_works(account->facts, account->person, day, &works, NULL, error))
		return FALSE;
	int year = year_of(day);
	account->years[year - account->first_year].used_days += works;
	if (year == account->out->year)
		*(day <= account->day ? &account->out->used : &account->out->planned) += works;
	return TRUE;
}

static LeaveKindUse *kind_of(LeaveStatement *out, const char *code)
{
	for (gsize i = 0; i < LEAVE_KINDS; i++)
		if (strcmp(out->kinds[i].code, code) == 0)
			return &out->kinds[i];
	return NULL;
}

static gboolean count_day(Account *account, const char *code, gint64 day, GError **error)
{
	LeaveKindUse *kind = kind_of(account->out, code);
	if (strcmp(code, "CT") == 0)
		return count_annual(account, day, error);
	if (strcmp(code, "CB") == 0)
		account->years[year_of(day) - account->first_year].long_leave = TRUE;
	if (kind != NULL && year_of(day) == account->out->year)
		*(day <= account->day ? &kind->used : &kind->planned) += 1;
	return TRUE;
}

typedef struct {
	char code[8];
	gint64 from_day, to_day;
} Span;

static gboolean load_spans(Account *account, GArray *spans, GError **error)
{
	Leave leave;
	Span span;
	SqlStep step;
	g_autoptr(LeaveCursor) rows = leaves_of_person(account->sql, account->person,
												   account->first_day, account->end_day, error);
	if (rows == NULL)
		return FALSE;
	while ((step = leaves_next(rows, &leave, &span.from_day, &span.to_day, error)) == SQL_ROW) {
		if (strcmp(leave.slot, "hari") != 0)
			continue;
		g_strlcpy(span.code, leave.code, sizeof span.code);
		g_array_append_val(spans, span);
	}
	return step == SQL_DONE;
}

/* A day of two leaves is one day: each code counts it once. */
static gboolean is_counted(const GArray *spans, guint before, const char *code, gint64 day)
{
	for (guint i = 0; i < before; i++) {
		const Span *span = &g_array_index(spans, Span, i);
		if (strcmp(span->code, code) == 0 && day >= span->from_day && day < span->to_day)
			return TRUE;
	}
	return FALSE;
}

static gboolean count_leaves(Account *account, GError **error)
{
	g_autoptr(GArray) spans = g_array_new(FALSE, FALSE, sizeof(Span));
	if (!load_spans(account, spans, error))
		return FALSE;
	for (guint i = 0; i < spans->len; i++) {
		const Span *span = &g_array_index(spans, Span, i);
		gint64 end = MIN(span->to_day, account->end_day);
		for (gint64 day = MAX(span->from_day, account->first_day); day < end; day++)
			if (!is_counted(spans, i, span->code, day) &&
				!count_day(account, span->code, day, error))
				return FALSE;
	}
	return TRUE;
}

/* Would one more day of annual leave in that year be within the balance? */
static gboolean has_left(const Account *account, gsize year, gint64 day)
{
	LeaveYear years[YEARS_MAX];
	memcpy(years, account->years, sizeof years);
	for (gsize i = 0; i <= year; i++) {
		gint64 end = i == year ? day + 1 : first_day_of(account->first_year + (int)i + 1);
		years[i].entitled =
			(account->out->who.civil || account->out->who.pppk) &&
			months_between(account->out->since_day, end) >= account->rules.service_months;
	}
	LeaveBalance left = leave_balance(years, year + 1, &account->rules);
	return left.n2 + left.n1 + left.n > 0;
}

static gboolean is_school_holiday(Account *account, gint64 day, const GArray *spans,
								  gboolean *closed, GError **error)
{
	g_auto(AcademicDay) academic = {0};
	Assignment assignment;
	gboolean teacher = FALSE;
	*closed = FALSE;
	for (guint i = 0; i < spans->len; i++) {
		const Span *span = &g_array_index(spans, Span, i);
		if (day >= span->from_day && day < span->to_day)
			return TRUE;
	}
	if (!academic_is_teacher(account->sql, account->person, day, &teacher, error) ||
		!assignments_on(account->sql, account->person, day, &assignment, error))
		return FALSE;
	if (!teacher || assignment.unit == 0)
		return TRUE;
	if (!academic_on(account->sql, assignment.unit, day, &academic, error))
		return FALSE;
	return !academic.closed ||
		   judge_facts_works(account->facts, account->person, day, closed, NULL, error);
}

/* After the own leaves.  `taken` (may be NULL) gets the days of the last year. */
static gboolean count_school(Account *account, GArray *taken, GError **error)
{
	g_autoptr(GArray) spans = g_array_new(FALSE, FALSE, sizeof(Span));
	g_autoptr(GArray) days = NULL;
	if (!academic_closed_days(account->sql, account->first_day, account->end_day, &days, error))
		return FALSE;
	if (days->len == 0)
		return TRUE;
	if (!load_spans(account, spans, error))
		return FALSE;
	for (guint i = 0; i < days->len; i++) {
		gint64 day = g_array_index(days, gint64, i);
		int year = year_of(day);
		gsize at = (gsize)(year - account->first_year);
		gboolean closed = FALSE;
		if (!has_left(account, at, day))
			continue;
		if (!is_school_holiday(account, day, spans, &closed, error))
			return FALSE;
		account->years[at].used_days += closed;
		if (closed && year == account->out->year) {
			*(day <= account->day ? &account->out->used : &account->out->planned) += 1;
			if (taken != NULL)
				g_array_append_val(taken, day);
		}
	}
	return TRUE;
}

/* Cuti bersama on which the person had to work (PP 11/2017 art. 333). */
static gboolean count_common(Account *account, GError **error)
{
	g_autoptr(GArray) days = g_array_new(FALSE, FALSE, sizeof(gint64));
	g_autoptr(SqlStatement) rows =
		sql_query(account->sql, error,
				  "SELECT DISTINCT h.valid_from_day FROM holiday h WHERE h.kind='cuti_bersama'"
				  " AND h.valid_from_day>=$1 AND h.valid_from_day<$2 AND" AS_KNOWN_NOW("h"),
				  "ii", account->first_day, account->end_day);
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		gint64 day = sql_int(rows, 0);
		g_array_append_val(days, day);
	}
	for (guint i = 0; step == SQL_DONE && i < days->len; i++) {
		gint64 day = g_array_index(days, gint64, i);
		gboolean works = FALSE, common = FALSE;
		if (!judge_facts_works(account->facts, account->person, day, &works, &common, error))
			return FALSE;
		account->years[year_of(day) - account->first_year].extra_days += common;
		if (year_of(day) == account->out->year)
			account->out->worked_common += common;
	}
	return step == SQL_DONE;
}

/* ── The kinds ── */

static void begin_kinds(LeaveStatement *out)
{
	static const LeaveKindUse kinds[LEAVE_KINDS] = {
		{.code = "CB", .name = "Cuti besar"},
		{.code = "CS", .name = "Cuti sakit"},
		{.code = "CM", .name = "Cuti melahirkan"},
		{.code = "CAP", .name = "Cuti karena alasan penting"},
		{.code = "CLTN", .name = "Cuti di luar tanggungan negara"},
		{.code = "CBS", .name = "Cuti bersama"},
	};
	memcpy(out->kinds, kinds, sizeof kinds);
}

static void judge_kinds(Account *account)
{
	const gint32 max_days[LEAVE_KINDS] = {account->rules.long_days,
										  account->rules.sick_days,
										  account->rules.birth_days,
										  account->rules.urgent_days,
										  0,
										  0};
	for (gsize i = 0; i < LEAVE_KINDS; i++) {
		LeaveKindUse *kind = &account->out->kinds[i];
		kind->max_days = max_days[i];
		kind->why_not = leave_refusal(kind->code, &account->out->who, &account->rules);
		kind->allowed = kind->why_not == NULL;
	}
}

static void judge_years(Account *account)
{
	LeaveStatement *out = account->out;
	for (gsize i = 0; i < account->n_years; i++) {
		LeaveYear *year = &account->years[i];
		gint64 end = first_day_of(account->first_year + (int)i + 1);
		/* In the year itself the right begins when the time is full. */
		if (i + 1 == account->n_years)
			end = account->day + 1;
		year->entitled = (account->out->who.civil || account->out->who.pppk) &&
						 months_between(out->since_day, end) >= account->rules.service_months;
	}
	const LeaveYear *last = &account->years[account->n_years - 1];
	out->annual_allowed = last->entitled;
	out->entitled =
		last->entitled && !last->long_leave ? account->rules.annual_days + last->extra_days : 0;
	out->left = leave_balance(account->years, account->n_years, &account->rules);
}

static gboolean make_statement(Sql *sql, PersonId person, gint64 day, gint64 utc_offset_min,
							   GArray *school, LeaveStatement *out, GError **error)
{
	g_autoptr(JudgeFacts) facts = judge_facts_new(sql, utc_offset_min);
	g_autoptr(GArray) openings = NULL;
	*out = (LeaveStatement){.year = year_of(day)};
	begin_kinds(out);
	Account account = {.sql = sql, .person = person, .day = day, .facts = facts, .out = out};
	if (!leave_accounts_rules(sql, day, &account.rules, error) || !load_person(&account, error) ||
		!leave_accounts_of(sql, person, &openings, error) || !find_years(&account, openings, error))
		return FALSE;
	take_openings(&account, openings);
	if (!count_leaves(&account, error) || !count_common(&account, error) ||
		!count_school(&account, school, error))
		return FALSE;
	judge_kinds(&account);
	judge_years(&account);
	out->rules = account.rules;
	return TRUE;
}

gboolean judge_leave_statement(Sql *sql, PersonId person, gint64 day, gint64 utc_offset_min,
							   LeaveStatement *out, GError **error)
{
	return make_statement(sql, person, day, utc_offset_min, NULL, out, error);
}

/* CB for the first hajj, by another letter, whenever. */
static gboolean hajj_taken(Sql *sql, const Leave *leave, gboolean *taken, GError **error)
{
	gint64 n = 0;
	if (!sql_get_int(sql, &n, 0, error,
					 "SELECT count(*) FROM leave_case c JOIN leave_span s ON s.leave_case=c.id"
					 " WHERE c.person=$1 AND c.code='CB' AND s.ground='haji' AND c.letter<>$2"
					 " AND" AS_KNOWN_NOW("s"),
					 "it", leave->person, leave->letter))
		return FALSE;
	*taken = n > 0;
	return TRUE;
}

/* ── Letters of one sickness ── */

#define ROW_DAYS 600 /* before and after: more than the longest sick leave */
#define ROW_GAP 14   /* days off between two letters, at most: the longest row of holidays */

typedef struct {
	JudgeFacts *facts;
	PersonId person;
	gint64 first_day;
	gsize n;
	gboolean *sick; /* by day from first_day on */
} SickRow;

static void mark_sick(SickRow *row, gint64 from_day, gint64 to_day)
{
	gint64 end = MIN(to_day - row->first_day, (gint64)row->n);
	for (gint64 i = MAX(from_day - row->first_day, 0); i < end; i++)
		row->sick[i] = TRUE;
}

static gboolean load_sick(Sql *sql, SickRow *row, GError **error)
{
	Leave leave;
	gint64 from_day, to_day;
	SqlStep step;
	g_autoptr(LeaveCursor) rows =
		leaves_of_person(sql, row->person, row->first_day, row->first_day + (gint64)row->n, error);
	if (rows == NULL)
		return FALSE;
	while ((step = leaves_next(rows, &leave, &from_day, &to_day, error)) == SQL_ROW)
		if (strcmp(leave.code, "CS") == 0 && strcmp(leave.slot, "hari") == 0 &&
			g_strcmp0(leave.ground, leave_ground_text(LEAVE_GROUND_MISCARRIAGE)) != 0)
			mark_sick(row, from_day, to_day);
	return step == SQL_DONE;
}

/* From the day `at` on, by `step`, until the person would have worked. */
static gboolean count_sick(SickRow *row, gint64 at, int step, gint32 *days, GError **error)
{
	int gap = 0;
	for (; at >= 0 && at < (gint64)row->n && gap <= ROW_GAP; at += step) {
		gboolean works = FALSE;
		if (row->sick[at]) {
			(*days)++;
			gap = 0;
			continue;
		}
		if (!judge_facts_works(row->facts, row->person, row->first_day + at, &works, NULL, error))
			return FALSE;
		if (works)
			return TRUE;
		gap++;
	}
	return TRUE;
}

/* The days of the letter and of those it goes on with: no working day lies between. */
static gboolean count_row(Sql *sql, PersonId person, gint64 from_day, gint64 to_day,
						  gint64 utc_offset_min, gint32 *days, GError **error)
{
	gint64 last_day = MIN(to_day, from_day + ROW_DAYS); /* longer ones are too long anyway */
	g_autoptr(JudgeFacts) facts = judge_facts_new(sql, utc_offset_min);
	SickRow row = {.facts = facts,
				   .person = person,
				   .first_day = from_day - ROW_DAYS,
				   .n = (gsize)(last_day - from_day) + 2 * ROW_DAYS};
	g_autofree gboolean *sick = g_new0(gboolean, row.n);
	row.sick = sick;
	*days = (gint32)MIN(to_day - from_day, G_MAXINT32 / 2);
	return load_sick(sql, &row, error) && count_sick(&row, ROW_DAYS - 1, -1, days, error) &&
		   count_sick(&row, last_day - row.first_day, 1, days, error);
}

gboolean judge_leave_objection(Sql *sql, const LeaveStatement *statement, const Leave *leave,
							   gint64 from_day, gint64 to_day, gint64 utc_offset_min, GString *out,
							   GError **error)
{
	LeaveAsked asked = {.code = leave->code,
						.child = (gint32)leave->child,
						.days = (gint32)MIN(to_day - from_day, G_MAXINT32)};
	if (leave->ground != NULL && !leave_ground_parse(leave->ground, &asked.ground))
		asked.ground = LEAVE_GROUND_OTHER; /* a word of a later version */
	if (asked.ground == LEAVE_GROUND_HAJJ && !hajj_taken(sql, leave, &asked.hajj_taken, error))
		return FALSE;
	if (strcmp(leave->code, "CS") == 0 &&
		!count_row(sql, leave->person, from_day, to_day, utc_offset_min, &asked.row_days, error))
		return FALSE;
	leave_objection(out, &asked, &statement->who, &statement->rules);
	return TRUE;
}

/* The last day of service in the year: who retires in August had the holidays before it. */
static gboolean last_day_of(Sql *sql, PersonId person, int year, gint64 *day, GError **error)
{
	gint64 begin = first_day_of(year), end = first_day_of(year + 1), served = 0;
	if (!sql_get_int(sql, &served, end, error,
					 "SELECT max(e.valid_to_day) FROM person_employment e WHERE e.person=$1"
					 " AND e.valid_from_day<$3 AND e.valid_to_day>$2 AND" AS_KNOWN_NOW("e"),
					 "iii", person, begin, end))
		return FALSE;
	*day = MIN(served, end) - 1;
	return TRUE;
}

/* The year's days, as they were taken. */
static gboolean ask_school(JudgeFacts *facts, PersonId person, int year, GError **error)
{
	LeaveStatement statement;
	g_autoptr(GArray) days = g_array_new(FALSE, FALSE, sizeof(gint64));
	if (facts->school.days != NULL && facts->school.person == person && facts->school.year == year)
		return TRUE;
	gint64 day = 0;
	if (!last_day_of(facts->sql, person, year, &day, error) ||
		!make_statement(facts->sql, person, day, facts->utc_offset_min, days, &statement, error))
		return FALSE;
	g_clear_pointer(&facts->school.days, g_array_unref);
	facts->school.person = person;
	facts->school.year = year;
	facts->school.days = g_steal_pointer(&days);
	return TRUE;
}

gboolean judge_leave_school_day(JudgeFacts *facts, PersonId person, gint64 day, gboolean *taken,
								GError **error)
{
	*taken = FALSE;
	if (!ask_school(facts, person, year_of(day), error))
		return FALSE;
	for (guint i = 0; i < facts->school.days->len && !*taken; i++)
		*taken = g_array_index(facts->school.days, gint64, i) == day;
	return TRUE;
}
