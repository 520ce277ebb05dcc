#include "server/rules/month.h"

#include <string.h>

#include "server/rules/calendar.h"

static const char *const state_texts[N_MONTH_STATES] = {
	[MONTH_OPEN] = "open",     [MONTH_SUBMITTED] = "submitted", [MONTH_SIGNED] = "signed",
	[MONTH_LOCKED] = "locked", [MONTH_PAID] = "paid",
};
static const char *const step_texts[N_MONTH_STEPS] = {
	[MONTH_SUBMIT] = "submit", [MONTH_SIGN] = "sign",     [MONTH_LOCK] = "lock",
	[MONTH_PAY] = "pay",       [MONTH_REOPEN] = "reopen",
};
static const char *const refusal_texts[] = {
	[MONTH_ALLOWED] = "boleh",
	[MONTH_WRONG_ORDER] = "bukan gilirannya: diajukan, ditandatangani, dikunci, dibayar",
	[MONTH_UNSIGNED] = "belum ditandatangani kepala unit",
	[MONTH_NOT_OVER] = "bulannya belum berakhir",
	[MONTH_UNJUDGED] = "masih ada hari yang sedang dinilai; ulangi sebentar lagi",
	[MONTH_HINDERED] = "masih ada yang menghalangi; ajukan dengan alasan bila tetap harus",
	[MONTH_NO_PERSON] = "akun ini bukan milik seorang pegawai",
	[MONTH_NOT_HEAD] = "hanya kepala unit (definitif, Plt, atau Plh) yang menandatangani",
	[MONTH_OWN] = "yang mengajukan, menandatangani, dan mengunci harus tiga orang berbeda",
	[MONTH_CHANGED] = "isinya berubah sejak ditandatangani; kepala unit perlu menandatangani lagi",
	[MONTH_NO_REASON] = "pembukaan kembali memerlukan alasan",
};

const char *month_state_text(MonthState state)
{
	return state_texts[state];
}

const char *month_step_text(MonthStep step)
{
	return step_texts[step];
}

const char *month_refusal_text(MonthRefusal refusal)
{
	return refusal_texts[refusal];
}

gboolean month_step_parse(const char *text, MonthStep *step)
{
	for (int i = 0; i < N_MONTH_STEPS; i++)
		if (strcmp(text, step_texts[i]) == 0) {
			*step = (MonthStep)i;
			return TRUE;
		}
	return FALSE;
}

/* ── Steps ── */

static MonthRefusal may_submit(const MonthFacts *facts)
{
	if (facts->state != MONTH_OPEN)
		return MONTH_WRONG_ORDER;
	if (!facts->over)
		return MONTH_NOT_OVER;
	return facts->n_hindrances > 0 && !facts->has_reason ? MONTH_HINDERED : MONTH_ALLOWED;
}

static MonthRefusal may_sign(const MonthFacts *facts)
{
	if (facts->state != MONTH_SUBMITTED && (facts->state != MONTH_SIGNED || !facts->changed))
		return MONTH_WRONG_ORDER;
	if (facts->person != facts->head)
		return MONTH_NOT_HEAD;
	return facts->person == facts->submitted_by ? MONTH_OWN : MONTH_ALLOWED;
}

static MonthRefusal may_lock(const MonthFacts *facts)
{
	if (facts->state == MONTH_SUBMITTED)
		return MONTH_UNSIGNED;
	if (facts->state != MONTH_SIGNED)
		return MONTH_WRONG_ORDER;
	if (facts->person == facts->submitted_by || facts->person == facts->signed_by)
		return MONTH_OWN;
	return facts->changed ? MONTH_CHANGED : MONTH_ALLOWED;
}

static MonthRefusal may_reopen(const MonthFacts *facts)
{
	if (facts->state != MONTH_SUBMITTED && facts->state != MONTH_SIGNED)
		return MONTH_WRONG_ORDER;
	return facts->has_reason ? MONTH_ALLOWED : MONTH_NO_REASON;
}

static MonthRefusal may(MonthStep step, const MonthFacts *facts)
{
	switch (step) {
	case MONTH_SUBMIT:
		return may_submit(facts);
	case MONTH_SIGN:
		return may_sign(facts);
	case MONTH_LOCK:
		return may_lock(facts);
	case MONTH_PAY:
		return facts->state == MONTH_LOCKED ? MONTH_ALLOWED : MONTH_WRONG_ORDER;
	case MONTH_REOPEN:
		return may_reopen(facts);
	}
	g_assert_not_reached();
}

/* What fixes contents waits until they are known. */
static gboolean is_of_contents(MonthStep step)
{
	return step == MONTH_SUBMIT || step == MONTH_SIGN || step == MONTH_LOCK;
}

MonthRefusal month_may(MonthStep step, const MonthFacts *facts, MonthState *next)
{
	static const MonthState after[N_MONTH_STEPS] = {
		[MONTH_SUBMIT] = MONTH_SUBMITTED, [MONTH_SIGN] = MONTH_SIGNED, [MONTH_LOCK] = MONTH_LOCKED,
		[MONTH_PAY] = MONTH_PAID,         [MONTH_REOPEN] = MONTH_OPEN,
	};
	MonthRefusal refusal = may(step, facts);
	if (refusal == MONTH_ALLOWED && facts->person == 0)
		refusal = MONTH_NO_PERSON;
	if (refusal == MONTH_ALLOWED && is_of_contents(step) && !facts->judged)
		refusal = MONTH_UNJUDGED;
	if (refusal == MONTH_ALLOWED && next != NULL)
		*next = after[step];
	return refusal;
}

/* ── Months and their last day ── */

gint64 month_start(gint64 day)
{
	return month_after(day, 0);
}

gint64 month_after(gint64 month_day, int n)
{
	int year, month, day_of_month;
	gint64 first = month_day;
	calendar_to_date(month_day, &year, &month, &day_of_month);
	int months = year * 12 + month - 1 + n;
	calendar_from_date(months / 12, months % 12 + 1, 1, &first);
	return first;
}

void month_format(gint64 month_day, char text[MONTH_TEXT])
{
	char date[CALENDAR_TEXT];
	calendar_format(month_day, date);
	g_strlcpy(text, date, MONTH_TEXT);
}

gboolean month_parse(const char *text, gint64 *month_day)
{
	char date[CALENDAR_TEXT];
	if (strlen(text) != MONTH_TEXT - 1)
		return FALSE;
	g_snprintf(date, sizeof date, "%s-01", text);
	return calendar_parse(date, month_day);
}

void month_words(GString *out, gint64 month_day)
{
	g_autoptr(GString) date = g_string_new(NULL);
	calendar_words_date(date, month_day, FALSE);
	/* "1 Maret 2026" */
	g_string_append(out, date->str + 2);
}

gint64 month_deadline(gint64 month_day, int submit_day, MonthHoliday is_holiday, gpointer user)
{
	gint64 day = month_after(month_day, 1) + submit_day - 1;
	while (calendar_weekday(day) >= 5 || is_holiday(day, user))
		day++;
	return day;
}

/* ── Contents ── */

#define N_FIELDS 15

static void append_text(GString *out, const char *text)
{
	for (const char *c = text; *c != '\0'; c++) {
		if (*c == '\t')
			g_string_append(out, "\\t");
		else if (*c == '\n')
			g_string_append(out, "\\n");
		else if (*c == '\\')
			g_string_append(out, "\\\\");
		else
			g_string_append_c(out, *c);
	}
}

static void append_number(GString *out, gint64 number)
{
	g_string_append_printf(out, "\t%" G_GINT64_FORMAT, number);
}

void month_line_append(GString *out, const MonthLine *line)
{
	const char *const texts[] = {line->unit, line->codes, line->state};
	const gint64 numbers[] = {
		line->late_min, line->early_min, line->in_ms,      line->out_ms,        line->deduction_bp,
		line->pp94_min, line->pp94_days, line->trial != 0, line->conflict != 0, line->rule_version,
	};
	char date[CALENDAR_TEXT];
	calendar_format(line->day, date);
	g_string_append(out, date);
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_string_append_c(out, '\t');
		append_text(out, texts[i]);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++)
		append_number(out, numbers[i]);
	g_string_append_c(out, '\t');
	append_text(out, line->reasons);
	g_string_append_c(out, '\n');
}

/* Takes the backslashes away, in place. */
static void unescape(char *text)
{
	char *to = text;
	for (const char *from = text; *from != '\0'; from++) {
		char c = *from;
		if (c == '\\' && from[1] != '\0') {
			from++;
			c = *from == 't' ? '\t' : *from == 'n' ? '\n' : *from;
		}
		*to++ = c;
	}
	*to = '\0';
}

/* The fields of a line, each with its end. */
static gboolean split(char *line, char *fields[N_FIELDS])
{
	for (gsize i = 0; i < N_FIELDS; i++) {
		char *tab = strchr(line, '\t');
		if ((tab == NULL) != (i == N_FIELDS - 1))
			return FALSE;
		fields[i] = line;
		if (tab != NULL) {
			*tab = '\0';
			line = tab + 1;
		}
	}
	return TRUE;
}

static gboolean read_numbers(char *const fields[N_FIELDS], MonthLine *line)
{
	gint64 numbers[10];
	for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++)
		if (!g_ascii_string_to_signed(fields[4 + i], 10, G_MININT64, G_MAXINT64, &numbers[i], NULL))
			return FALSE;
	line->late_min = numbers[0];
	line->early_min = numbers[1];
	line->in_ms = numbers[2];
	line->out_ms = numbers[3];
	line->deduction_bp = numbers[4];
	line->pp94_min = numbers[5];
	line->pp94_days = numbers[6];
	line->trial = numbers[7] != 0;
	line->conflict = numbers[8] != 0;
	line->rule_version = numbers[9];
	return TRUE;
}

gboolean month_line_read(char **text, MonthLine *line, gboolean *bad)
{
	char *fields[N_FIELDS];
	char *end = strchr(*text, '\n');
	*bad = end == NULL && **text != '\0';
	if (end == NULL)
		return FALSE;
	*end = '\0';
	*line = (MonthLine){0};
	*bad = !split(*text, fields) || !calendar_parse(fields[0], &line->day) ||
		   !read_numbers(fields, line);
	if (*bad)
		return FALSE;
	char *texts[] = {fields[1], fields[2], fields[3], fields[N_FIELDS - 1]};
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
		unescape(texts[i]);
	line->unit = texts[0];
	line->codes = texts[1];
	line->state = texts[2];
	line->reasons = texts[3];
	*text = end + 1;
	return TRUE;
}

static gboolean same_figures(const MonthLine *a, const MonthLine *b)
{
	const gint64 pairs[][2] = {
		{a->day, b->day},
		{a->late_min, b->late_min},
		{a->early_min, b->early_min},
		{a->in_ms, b->in_ms},
		{a->out_ms, b->out_ms},
		{a->deduction_bp, b->deduction_bp},
		{a->pp94_min, b->pp94_min},
		{a->pp94_days, b->pp94_days},
		{a->trial, b->trial},
	};
	gboolean same = TRUE;
	for (gsize i = 0; i < G_N_ELEMENTS(pairs); i++)
		same = same && pairs[i][0] == pairs[i][1];
	return same;
}

gboolean month_line_same(const MonthLine *a, const MonthLine *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return same_figures(a, b) && strcmp(a->unit, b->unit) == 0 && strcmp(a->codes, b->codes) == 0 &&
		   strcmp(a->state, b->state) == 0;
}

struct MonthHash {
	GChecksum *sum;
};

static void update(MonthHash *self, const char *text)
{
	g_checksum_update(self->sum, (const guchar *)text, (gssize)strlen(text));
}

MonthHash *month_hash_new(const char *unit_code, gint64 month_day)
{
	char month[MONTH_TEXT];
	MonthHash *self = g_new0(MonthHash, 1);
	self->sum = g_checksum_new(G_CHECKSUM_SHA256);
	month_format(month_day, month);
	g_autofree char *head = g_strdup_printf("hadir-month 1\t%s\t%s\n", unit_code, month);
	update(self, head);
	return self;
}

static void add_hash(MonthHash *self, const guint8 hash[MONTH_HASH_SIZE])
{
	char hex[2 * MONTH_HASH_SIZE + 2];
	for (gsize i = 0; i < MONTH_HASH_SIZE; i++)
		g_snprintf(hex + 2 * i, 3, "%02x", hash[i]);
	g_strlcpy(hex + sizeof hex - 2, "\n", 2);
	update(self, hex);
}

void month_hash_add_person(MonthHash *self, gint64 person, const guint8 hash[MONTH_HASH_SIZE])
{
	g_autofree char *key = g_strdup_printf("%" G_GINT64_FORMAT "\t", person);
	update(self, key);
	add_hash(self, hash);
}

void month_hash_add_difference(MonthHash *self, gint64 person, gint64 day, gint64 n,
							   const char *old_line, const char *new_line)
{
	char date[CALENDAR_TEXT];
	guint8 hash[MONTH_HASH_SIZE];
	calendar_format(day, date);
	g_autofree char *lines = g_strdup_printf("%s\t%s", old_line != NULL ? old_line : "",
											 new_line != NULL ? new_line : "");
	g_autofree char *key =
		g_strdup_printf("+%" G_GINT64_FORMAT "\t%s\t%" G_GINT64_FORMAT "\t", person, date, n);
	update(self, key);
	month_hash_lines(lines, strlen(lines), hash);
	add_hash(self, hash);
}

void month_hash_finish(MonthHash *self, guint8 hash[MONTH_HASH_SIZE])
{
	gsize size = MONTH_HASH_SIZE;
	g_checksum_get_digest(self->sum, hash, &size);
}

void month_hash_free(MonthHash *self)
{
	if (self == NULL)
		return;
	g_checksum_free(self->sum);
	g_free(self);
}

void month_hash_lines(const char *lines, gsize size, guint8 hash[MONTH_HASH_SIZE])
{
	gsize length = MONTH_HASH_SIZE;
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	g_checksum_update(sum, (const guchar *)lines, (gssize)size);
	g_checksum_get_digest(sum, hash, &length);
}
