#include "server/distribute.h"

#include <string.h>

#include "server/crypto_openssl.h"
#include "server/judge/judge_hours.h"
#include "server/store/people/assignments.h"
#include "server/store/terminals/exemptions.h"
#include "server/store/people/grants.h"
#include "server/store/people/people.h"
#include "server/store/terminals/places.h"
#include "server/store/terminals/references.h"
#include "server/store/time/rosters.h"
#include "server/store/terminals/terminal_places.h"
#include "server/wire.h"

#define DAY_MS (G_GINT64_CONSTANT(24) * 3600 * 1000)
#define MINUTE_MS G_GINT64_CONSTANT(60000)
/* Leave room for names, schedules and the envelope below ROSTER_CHUNK_MAX. */
#define CHUNK_SEALED_MAX (40 * 1024)
#define CHUNK_ENTRIES_MAX 100
#define CHUNK_SCHEDULES_MAX 64
/* A schedule is a unit's, by its number, or somebody's own: their number with this bit. */
#define SCHEDULE_OWN (G_GINT64_CONSTANT(1) << 31)

/* ── what the roster ought to be ── */

typedef struct {
	Sql *sql;
	const DistributePolicy *policy;
	gint64 today; /* local day */
	GArray *rows; /* of RosterRow, by person */
	Hours *hours;
} Refresh;

static gint64 day_of(gint64 ms, gint64 utc_offset_min)
{
	return (ms + utc_offset_min * MINUTE_MS) / DAY_MS;
}

static gint64 day_start_ms(const DistributePolicy *policy, gint64 day)
{
	return MAX(day * DAY_MS - policy->utc_offset_min * MINUTE_MS, 0);
}

/* Moves once in a third of its length, on another day for each person, so that a roster that does
 * not change is not sent every day. */
static gint64 lease_end_day(const Refresh *refresh, PersonId person)
{
	gint64 step = MAX(refresh->policy->lease_days / 3, 1);
	return refresh->today + refresh->policy->lease_days - (refresh->today + person) % step;
}

/* Employed and assigned somewhere on that day: then the end here was a mutation, and grace is due;
 * the end of service, or death, has none. */
static gboolean serves_on(Refresh *refresh, PersonId person, gint64 day, gboolean *serves,
						  GError **error)
{
	PeopleFilter filter = {.day = day, .person = person, .limit = 1};
	g_autoptr(PeopleCursor) people = people_list(refresh->sql, &filter, error);
	PersonRow row;
	if (people == NULL)
		return FALSE;
	SqlStep step = people_next(people, &row, error);
	*serves = step == SQL_ROW && row.employment != NULL && row.unit != 0;
	return step != SQL_FAILED;
}

static void hash_int(GByteArray *bytes, gint64 value)
{
	gint64 big = GINT64_TO_BE(value);
	g_byte_array_append(bytes, (const guint8 *)&big, sizeof big);
}

static gboolean digest_row(Refresh *refresh, RosterRow *row, const char *name, GError **error)
{
	g_autoptr(GArray) references = NULL;
	if (!references_of(refresh->sql, row->person, &references, error))
		return FALSE;
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	hash_int(bytes, row->not_before_ms);
	hash_int(bytes, row->not_after_ms);
	hash_int(bytes, row->schedule);
	hash_int(bytes, row->flags);
	for (guint i = 0; i < references->len; i++)
		hash_int(bytes, g_array_index(references, ReferenceRow, i).id);
	g_byte_array_append(bytes, (const guint8 *)name, (guint)strlen(name));
	Slice all = {bytes->data, bytes->len};
	crypto_sha256(&all, 1, &row->digest);
	return TRUE;
}

/* What the person may do here without a finger of their own. */
static gboolean add_roles(Refresh *refresh, PersonId person, guint32 *flags, GError **error)
{
	gboolean exempt, approver;
	if (!exemptions_active(refresh->sql, person, refresh->today, &exempt, error) ||
		!grants_person_may(refresh->sql, person, RIGHT_APPROVE, 0, refresh->today, &approver,
						   error))
		return FALSE;
	*flags |= (exempt ? ROSTER_EXEMPT : 0) | (approver ? ROSTER_APPROVER : 0);
	return TRUE;
}

/* Who is rostered, or has an order of their own, follows hours of their own. */
static gboolean find_schedule(Refresh *refresh, const PlacePerson *person, gint64 *schedule,
							  GError **error)
{
	gboolean own;
	if (!hours_are_own(refresh->hours, person->person, &own, error))
		return FALSE;
	*schedule = own && person->person < SCHEDULE_OWN ? SCHEDULE_OWN | person->person : person->unit;
	return TRUE;
}

/* A stretch of service where the terminal stands, and the days on which it stands there. */
typedef struct {
	PlacePerson person; /* its name is owned */
	gint64 from_day, to_day;
} Stretch;

static void clear_stretch(gpointer data)
{
	g_free((gpointer)((Stretch *)data)->person.name);
}

static gint compare_stretches(gconstpointer a, gconstpointer b)
{
	const Stretch *left = a, *right = b;
	if (left->person.person != right->person.person)
		return left->person.person < right->person.person ? -1 : 1;
	gint64 l = MAX(left->person.from_day, left->from_day);
	gint64 r = MAX(right->person.from_day, right->from_day);
	return l < r ? -1 : l > r;
}

/* Of several of a person the one that matters now is kept. */
static gboolean add_person(Refresh *refresh, const Stretch *stretch, GError **error)
{
	const PlacePerson *person = &stretch->person;
	gint64 today = refresh->today, end_day = person->to_day;
	gint64 from_day = MAX(person->from_day, stretch->from_day);
	guint32 flags = 0;
	if (end_day <= today + refresh->policy->lease_days) {
		gboolean serves;
		if (!serves_on(refresh, person->person, end_day, &serves, error))
			return FALSE;
		end_day += serves ? refresh->policy->grace_days : 0;
		flags |= person->to_day <= today ? ROSTER_MOVED : 0;
	}
	/* A terminal that leaves takes nobody along. */
	end_day = MIN(end_day, stretch->to_day);
	if (end_day <= today || from_day >= end_day)
		return TRUE;
	gint64 schedule;
	if (!add_roles(refresh, person->person, &flags, error) ||
		!find_schedule(refresh, person, &schedule, error))
		return FALSE;
	RosterRow row = {
		.person = person->person,
		.not_before_ms = day_start_ms(refresh->policy, from_day),
		.not_after_ms =
			day_start_ms(refresh->policy, MIN(end_day, lease_end_day(refresh, person->person))),
		.schedule = schedule,
		.flags = flags,
	};
	RosterRow *last = refresh->rows->len > 0
						  ? &g_array_index(refresh->rows, RosterRow, refresh->rows->len - 1)
						  : NULL;
	if (last != NULL && last->person == row.person) {
		/* Ascending by from_day: another unit at the same place follows, or a return. */
		gboolean takes_over = from_day <= today;
		last->not_after_ms = MAX(last->not_after_ms, row.not_after_ms);
		last->flags = takes_over ? row.flags : last->flags & ~(guint32)ROSTER_MOVED;
		last->schedule = takes_over ? row.schedule : last->schedule;
		return digest_row(refresh, last, person->name, error);
	}
	if (!digest_row(refresh, &row, person->name, error))
		return FALSE;
	g_array_append_val(refresh->rows, row);
	return TRUE;
}

static gboolean collect_place(Refresh *refresh, const TerminalPlace *place, GArray *stretches,
							  GError **error)
{
	const DistributePolicy *policy = refresh->policy;
	gint64 last_day = MIN(refresh->today + policy->lease_days, place->to_day);
	g_autoptr(PlacePersonCursor) people = places_people_between(
		refresh->sql, place->place, refresh->today - policy->grace_days, last_day, error);
	if (people == NULL)
		return FALSE;
	Stretch stretch = {.from_day = place->from_day, .to_day = place->to_day};
	SqlStep step;
	while ((step = places_people_next(people, &stretch.person, error)) == SQL_ROW) {
		stretch.person.name = g_strdup(stretch.person.name);
		g_array_append_val(stretches, stretch);
	}
	return step != SQL_FAILED;
}

/* Of every place where it stands today or will soon, by person. */
static gboolean collect_people(Refresh *refresh, const TerminalId *terminal, GError **error)
{
	g_autoptr(GArray) places = NULL;
	g_autoptr(GArray) stretches = g_array_new(FALSE, FALSE, sizeof(Stretch));
	g_array_set_clear_func(stretches, clear_stretch);
	if (!terminal_places_between(refresh->sql, terminal, refresh->today,
								 refresh->today + refresh->policy->lease_days, &places, error))
		return FALSE;
	for (guint i = 0; i < places->len; i++)
		if (!collect_place(refresh, &g_array_index(places, TerminalPlace, i), stretches, error))
			return FALSE;
	g_array_sort(stretches, compare_stretches);
	for (guint i = 0; i < stretches->len; i++)
		if (!add_person(refresh, &g_array_index(stretches, Stretch, i), error))
			return FALSE;
	return TRUE;
}

/* ── schedules ── */

static gint compare_ids(gconstpointer a, gconstpointer b)
{
	gint64 left = *(const gint64 *)a, right = *(const gint64 *)b;
	return left < right ? -1 : left > right;
}

/* What the people of the roster follow, each once, ascending: units before people. */
static gboolean used_schedules(Sql *sql, const TerminalId *terminal, GArray **schedules,
							   GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(gint64));
	g_autoptr(SqlStatement) rows =
		sql_query(sql, error,
				  "SELECT DISTINCT schedule FROM roster_entry"
				  " WHERE terminal = $1 AND removed = 0 AND schedule > 0 ORDER BY schedule",
				  "t", terminal->text);
	if (rows == NULL)
		return FALSE;
	SqlStep step;
	while ((step = sql_next(rows, error)) == SQL_ROW) {
		gint64 schedule = sql_int(rows, 0);
		g_array_append_val(list, schedule);
	}
	if (step == SQL_FAILED)
		return FALSE;
	g_array_sort(list, compare_ids);
	*schedules = g_steal_pointer(&list);
	return TRUE;
}

/* Whose hours a schedule tells, at the place where the terminal stands today. */
static gboolean hours_of(Sql *sql, const TerminalId *terminal, gint64 schedule, gint64 today,
						 HoursOf *of, GError **error)
{
	Assignment assignment = {0};
	*of = (HoursOf){.unit = schedule};
	if (!terminal_places_on(sql, terminal, today, &of->place, error))
		return FALSE;
	if (schedule < SCHEDULE_OWN)
		return TRUE;
	of->person = schedule & ~SCHEDULE_OWN;
	if (!assignments_on(sql, of->person, today, &assignment, error))
		return FALSE;
	of->unit = assignment.unit;
	return TRUE;
}

static gboolean load_schedule(Hours *hours, const HoursOf *of, gint64 id, RosterSchedule *out,
							  GError **error)
{
	g_autoptr(GArray) windows = NULL;
	if (!hours_windows(hours, of, &windows, error))
		return FALSE;
	*out = (RosterSchedule){.id = (uint32_t)id};
	for (guint i = 0; i < windows->len && out->n_windows < ROSTER_WINDOWS_MAX; i++) {
		const ShiftWindow *window = &g_array_index(windows, ShiftWindow, i);
		out->windows[out->n_windows++] = (RosterWindow){window->in_from_ms, window->in_to_ms,
														window->out_from_ms, window->out_to_ms};
	}
	return TRUE;
}

/* Those at [from, to) of `ids`; (transfer full) of RosterSchedule. */
static GArray *load_schedules(Sql *sql, Hours *hours, const TerminalId *terminal, GArray *ids,
							  guint from, guint to, gint64 today, GError **error)
{
	g_autoptr(GArray) schedules = g_array_new(FALSE, TRUE, sizeof(RosterSchedule));
	for (guint i = from; i < MIN(ids->len, to); i++) {
		gint64 id = g_array_index(ids, gint64, i);
		RosterSchedule schedule;
		HoursOf of;
		if (id > G_MAXUINT32)
			continue;
		if (!hours_of(sql, terminal, id, today, &of, error) ||
			!load_schedule(hours, &of, id, &schedule, error))
			return NULL;
		g_array_append_val(schedules, schedule);
	}
	return g_steal_pointer(&schedules);
}

static Hours *hours_from(Sql *sql, const DistributePolicy *policy, gint64 today, GError **error)
{
	return hours_new(sql, today - 1, today + DISTRIBUTE_WINDOW_DAYS, policy->utc_offset_min, error);
}

/* Chunks that the schedules of a terminal need. */
static gint64 count_parts(const GArray *ids)
{
	return MAX((ids->len + CHUNK_SCHEDULES_MAX - 1) / CHUNK_SCHEDULES_MAX, 1);
}

static void digest_schedules(GArray *schedules, Hash *out)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	for (guint i = 0; i < schedules->len; i++) {
		const RosterSchedule *schedule = &g_array_index(schedules, RosterSchedule, i);
		hash_int(bytes, schedule->id);
		for (size_t j = 0; j < schedule->n_windows; j++) {
			hash_int(bytes, schedule->windows[j].in_from_ms);
			hash_int(bytes, schedule->windows[j].in_to_ms);
			hash_int(bytes, schedule->windows[j].out_from_ms);
			hash_int(bytes, schedule->windows[j].out_to_ms);
		}
	}
	Slice all = {bytes->data, bytes->len};
	crypto_sha256(&all, 1, out);
}

static GArray *schedules_of_rows(GArray *rows)
{
	GArray *ids = g_array_new(FALSE, FALSE, sizeof(gint64));
	g_autoptr(GHashTable) seen = g_hash_table_new(g_int64_hash, g_int64_equal);
	for (guint i = 0; i < rows->len; i++) {
		RosterRow *row = &g_array_index(rows, RosterRow, i);
		if (row->schedule > 0 && g_hash_table_add(seen, &row->schedule))
			g_array_append_val(ids, row->schedule);
	}
	g_array_sort(ids, compare_ids);
	return ids;
}

gboolean distribute_refresh(Sql *sql, const DistributePolicy *policy, const TerminalId *terminal,
							gint64 now_ms, gint64 *changed, GError **error)
{
	g_autoptr(GArray) rows = g_array_new(FALSE, TRUE, sizeof(RosterRow));
	Refresh refresh = {sql, policy, day_of(now_ms, policy->utc_offset_min), rows, NULL};
	g_autoptr(Hours) hours = hours_from(sql, policy, refresh.today, error);
	refresh.hours = hours;
	if (hours == NULL || !collect_people(&refresh, terminal, error))
		return FALSE;
	g_autoptr(GArray) ids = schedules_of_rows(rows);
	g_autoptr(GArray) schedules =
		load_schedules(sql, hours, terminal, ids, 0, ids->len, refresh.today, error);
	if (schedules == NULL)
		return FALSE;
	Hash windows;
	digest_schedules(schedules, &windows);
	return rosters_replace(sql, terminal, (const RosterRow *)(gpointer)rows->data, rows->len,
						   &windows, count_parts(ids), changed, error);
}

/* ── one chunk ── */

struct DistributePlan {
	RosterChunk chunk;
	GArray *schedules; /* of RosterSchedule */
	GArray *entries;   /* of RosterEntry */
	GArray *removed;   /* of PersonId */
	GPtrArray *names;  /* of char * */
	GPtrArray *sealed; /* of GBytes: at rest, then to the terminal */
	gsize sealed_size;
	VaultReseal reseal;
	/* For the i-th reference of `reseal`. */
	Finger fingers[VAULT_RESEAL_MAX];
	guint entry_of[VAULT_RESEAL_MAX];
	RosterReference references[VAULT_RESEAL_MAX];
};

void distribute_plan_free(DistributePlan *plan)
{
	if (plan == NULL)
		return;
	g_clear_pointer(&plan->schedules, g_array_unref);
	g_clear_pointer(&plan->entries, g_array_unref);
	g_clear_pointer(&plan->removed, g_array_unref);
	g_clear_pointer(&plan->names, g_ptr_array_unref);
	g_clear_pointer(&plan->sealed, g_ptr_array_unref);
	g_free(plan);
}

static DistributePlan *plan_new(const TerminalId *terminal, const PublicKey *sealing)
{
	DistributePlan *plan = g_new0(DistributePlan, 1);
	plan->entries = g_array_new(FALSE, TRUE, sizeof(RosterEntry));
	plan->removed = g_array_new(FALSE, FALSE, sizeof(PersonId));
	plan->names = g_ptr_array_new_with_free_func(g_free);
	plan->sealed = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	plan->reseal.terminal = *terminal;
	plan->reseal.sealing = *sealing;
	return plan;
}

/* FALSE without error: the chunk is full, this person comes with the next. */
static gboolean plan_references(DistributePlan *plan, Sql *sql, PersonId person, gboolean *fits,
								GError **error)
{
	g_autoptr(GArray) references = NULL;
	*fits = TRUE;
	if (!references_of(sql, person, &references, error))
		return FALSE;
	guint n = MIN(references->len, ROSTER_REFERENCES_MAX);
	if (plan->reseal.n + n > VAULT_RESEAL_MAX || plan->sealed_size > CHUNK_SEALED_MAX) {
		*fits = plan->entries->len == 0 && plan->removed->len == 0;
		if (!*fits)
			return TRUE;
	}
	for (guint i = 0; i < n; i++) {
		const ReferenceRow *row = &g_array_index(references, ReferenceRow, i);
		g_autoptr(GError) local = NULL;
		GBytes *sealed = references_sealed(sql, row->id, &local);
		if (local != NULL) {
			g_propagate_error(error, g_steal_pointer(&local));
			return FALSE;
		}
		if (sealed == NULL)
			continue;
		guint32 at = plan->reseal.n++;
		g_ptr_array_add(plan->sealed, sealed);
		plan->sealed_size += g_bytes_get_size(sealed);
		plan->reseal.references[at] = (VaultReference){person, row->id, slice_of_bytes(sealed)};
		plan->fingers[at] = row->finger;
		plan->entry_of[at] = plan->entries->len;
	}
	return TRUE;
}

static gboolean person_name(Sql *sql, PersonId person, gint64 today, char **name, GError **error)
{
	PeopleFilter filter = {.day = today, .person = person, .limit = 1};
	g_autoptr(PeopleCursor) people = people_list(sql, &filter, error);
	PersonRow row;
	if (people == NULL)
		return FALSE;
	SqlStep step = people_next(people, &row, error);
	*name = g_strdup(step == SQL_ROW ? row.name : "");
	return step != SQL_FAILED;
}

static gboolean plan_change(DistributePlan *plan, Sql *sql, const RosterChange *change,
							gint64 today, gboolean *fits, GError **error)
{
	*fits = TRUE;
	if (change->removed) {
		if (!plan->chunk.reset)
			g_array_append_val(plan->removed, change->row.person);
		return TRUE;
	}
	char *name = NULL;
	if (!plan_references(plan, sql, change->row.person, fits, error) || !*fits)
		return *fits == FALSE && (error == NULL || *error == NULL);
	if (!person_name(sql, change->row.person, today, &name, error))
		return FALSE;
	g_ptr_array_add(plan->names, name);
	RosterEntry entry = {
		.person = change->row.person,
		.name = roster_name(name),
		.not_before_ms = change->row.not_before_ms,
		.not_after_ms = change->row.not_after_ms,
		.schedule = change->row.schedule <= G_MAXUINT32 ? (uint32_t)change->row.schedule : 0,
		.flags = change->row.flags};
	g_array_append_val(plan->entries, entry);
	return TRUE;
}

static gboolean plan_changes(DistributePlan *plan, Sql *sql, const TerminalId *terminal,
							 gint64 from, gint64 version, gint64 today, GError **error)
{
	g_autoptr(GArray) changes = NULL;
	if (!rosters_changes(sql, terminal, from, CHUNK_ENTRIES_MAX, &changes, error))
		return FALSE;
	plan->chunk.upto = (uint64_t)version;
	plan->chunk.more = changes->len == CHUNK_ENTRIES_MAX;
	for (guint i = 0; i < changes->len; i++) {
		const RosterChange *change = &g_array_index(changes, RosterChange, i);
		gboolean fits;
		if (!plan_change(plan, sql, change, today, &fits, error))
			return FALSE;
		if (!fits) {
			plan->chunk.more = TRUE;
			break;
		}
		if (plan->chunk.more || i + 1 < changes->len)
			plan->chunk.upto = (uint64_t)change->version;
	}
	if (!plan->chunk.more)
		plan->chunk.upto = (uint64_t)version;
	return TRUE;
}

/* Which of the `n` parts of the schedules goes with the chunk.  One: always that.  Of several each has
 * a version of its own, behind those of the people (rosters_replace()): the chunk that brings the
 * last people leaves these versions to the chunks that follow. */
static guint plan_part(DistributePlan *plan, gint64 n, gint64 from, gint64 version)
{
	gboolean people = plan->entries->len > 0 || plan->removed->len > 0;
	if (n > 1 && !plan->chunk.more) {
		gint64 at = MAX(from, version - n);
		at = people ? at : MIN(at + 1, version);
		plan->chunk.upto = (uint64_t)at;
		plan->chunk.more = at < version;
	}
	return (guint)((gint64)plan->chunk.upto % n);
}

DistributePlan *distribute_plan(Sql *sql, const DistributePolicy *policy,
								const TerminalId *terminal, const PublicKey *sealing, gint64 from,
								gboolean reset, gint64 now_ms, GError **error)
{
	g_autoptr(DistributePlan) plan = plan_new(terminal, sealing);
	g_autoptr(GArray) ids = NULL;
	gint64 today = day_of(now_ms, policy->utc_offset_min), version;
	g_autoptr(Hours) hours = hours_from(sql, policy, today, error);
	plan->chunk = (RosterChunk){.from = reset ? 0 : (uint64_t)from,
								.reset = reset,
								.repeat_s = (uint32_t)policy->repeat_s,
								.utc_offset_min = (int32_t)policy->utc_offset_min};
	if (hours == NULL || !rosters_version(sql, terminal, &version, error) ||
		!plan_changes(plan, sql, terminal, reset ? 0 : from, version, today, error) ||
		!used_schedules(sql, terminal, &ids, error))
		return NULL;
	guint part = plan_part(plan, count_parts(ids), reset ? 0 : from, version);
	plan->schedules = load_schedules(sql, hours, terminal, ids, part * CHUNK_SCHEDULES_MAX,
									 (part + 1) * CHUNK_SCHEDULES_MAX, today, error);
	return plan->schedules == NULL ? NULL : g_steal_pointer(&plan);
}

const VaultReseal *distribute_plan_reseal(DistributePlan *plan, guint64 request)
{
	plan->reseal.request = request;
	return &plan->reseal;
}

/* References of one entry lie together, in the order in which they were planned. */
static void attach_references(DistributePlan *plan, gsize n_kept, const guint *entry_of)
{
	for (gsize i = 0; i < n_kept; i++) {
		RosterEntry *entry = &g_array_index(plan->entries, RosterEntry, entry_of[i]);
		if (entry->n_references == 0)
			entry->references = &plan->references[i];
		entry->n_references++;
	}
}

gboolean distribute_plan_fill(DistributePlan *plan, const VaultResealed *resealed)
{
	guint entry_of[VAULT_RESEAL_MAX];
	gsize n_kept = 0;
	if (resealed->request != plan->reseal.request || resealed->n != plan->reseal.n)
		return FALSE;
	g_autoptr(GPtrArray) fresh = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	for (guint32 i = 0; i < resealed->n; i++) {
		if (resealed->references[i].reference != plan->reseal.references[i].reference)
			return FALSE;
		if (resealed->references[i].sealed.size == 0)
			continue;
		GBytes *sealed = bytes_of_slice(resealed->references[i].sealed);
		g_ptr_array_add(fresh, sealed);
		plan->references[n_kept] = (RosterReference){.id = resealed->references[i].reference,
													 .finger = plan->fingers[i],
													 .sealed = slice_of_bytes(sealed)};
		entry_of[n_kept++] = plan->entry_of[i];
	}
	g_ptr_array_unref(plan->sealed);
	plan->sealed = g_steal_pointer(&fresh);
	attach_references(plan, n_kept, entry_of);
	return TRUE;
}

static void bind_arrays(DistributePlan *plan)
{
	RosterChunk *chunk = &plan->chunk;
	chunk->n_schedules = plan->schedules->len;
	chunk->schedules = (RosterSchedule *)(gpointer)plan->schedules->data;
	chunk->n_entries = plan->entries->len;
	chunk->entries = (RosterEntry *)(gpointer)plan->entries->data;
	chunk->n_removed = plan->removed->len;
	chunk->removed = (PersonId *)(gpointer)plan->removed->data;
}

const RosterChunk *distribute_plan_chunk(DistributePlan *plan)
{
	bind_arrays(plan);
	return &plan->chunk;
}
