#include "firmware/roster.h"

#include "firmware/roster_table.h"
#include "firmware/seal_psa.h"

#define REPEAT_DEFAULT_S 300
#define UTC_OFFSET_DEFAULT_MIN 420 /* WIB */

struct Roster {
	LocalDb *local;
	Database *db;
	Keystore *keys;
	TerminalId terminal;
	RosterChanged changed;
	gpointer user;

	GHashTable *people;    /* PersonId → RosterPerson */
	GHashTable *schedules; /* id → GArray of RosterWindow */
	guint n_references;
	int64_t version, repeat_s, utc_offset_min, snapshot;
};

/* ── memory ── */

static void take_person(RosterPerson *person, gpointer user)
{
	Roster *roster = user;

	roster->n_references += person->n_references;
	g_hash_table_replace(roster->people, &person->person, person);
}

static void drop_person(Roster *roster, PersonId person)
{
	const RosterPerson *old = g_hash_table_lookup(roster->people, &person);

	if (old == NULL)
		return;
	roster->n_references -= old->n_references;
	g_hash_table_remove(roster->people, &person);
}

static void take_shift(uint32_t schedule, const RosterWindow *window, gpointer user)
{
	Roster *roster = user;
	GArray *windows = g_hash_table_lookup(roster->schedules, GUINT_TO_POINTER(schedule));

	if (windows == NULL) {
		windows = g_array_new(FALSE, FALSE, sizeof(RosterWindow));
		g_hash_table_insert(roster->schedules, GUINT_TO_POINTER(schedule), windows);
	}
	g_array_append_vals(windows, window, 1);
}

static gboolean load_schedules(Roster *roster, GError **error)
{
	g_hash_table_remove_all(roster->schedules);
	return roster_table_shifts(roster->db, take_shift, roster, error);
}

static gboolean load_settings(Roster *roster, GError **error)
{
	return localdb_get_int(roster->local, "roster-version", &roster->version, error) &&
		   localdb_get_int(roster->local, "roster-snapshot", &roster->snapshot, error) &&
		   localdb_get_int(roster->local, "repeat-s", &roster->repeat_s, error) &&
		   localdb_get_int(roster->local, "utc-offset-min", &roster->utc_offset_min, error);
}

Roster *roster_open(LocalDb *db, Keystore *keys, const TerminalId *terminal, GError **error)
{
	g_autoptr(Roster) roster = g_new0(Roster, 1);

	roster->local = db;
	roster->db = localdb_database(db);
	roster->keys = keys;
	roster->terminal = *terminal;
	roster->people = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL,
										   (GDestroyNotify)roster_person_free);
	roster->schedules = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_array_unref);
	if (!load_settings(roster, error) ||
		!roster_table_people(roster->db, 0, take_person, roster, error) ||
		!load_schedules(roster, error)) {
		g_prefix_error(error, "roster: ");
		return NULL;
	}
	return g_steal_pointer(&roster);
}

void roster_free(Roster *roster)
{
	if (roster == NULL)
		return;
	g_hash_table_destroy(roster->people);
	g_hash_table_destroy(roster->schedules);
	g_free(roster);
}

/* ── questions ── */

const RosterPerson *roster_person(const Roster *roster, PersonId person)
{
	return g_hash_table_lookup(roster->people, &person);
}

gboolean roster_eligible(const Roster *roster, PersonId person, int64_t now_ms)
{
	const RosterPerson *entry = roster_person(roster, person);

	return entry != NULL && now_ms >= entry->not_before_ms && now_ms < entry->not_after_ms;
}

static gboolean within(int64_t now_ms, int64_t from_ms, int64_t to_ms)
{
	return now_ms >= from_ms && now_ms < to_ms;
}

RosterDirection roster_direction(const Roster *roster, PersonId person, int64_t now_ms)
{
	const RosterPerson *entry = roster_person(roster, person);
	const GArray *windows =
		entry == NULL ? NULL
					  : g_hash_table_lookup(roster->schedules, GUINT_TO_POINTER(entry->schedule));

	if (windows == NULL || windows->len == 0)
		return ROSTER_DIRECTION_UNKNOWN;
	for (guint i = 0; i < windows->len; i++) {
		const RosterWindow *window = &g_array_index(windows, RosterWindow, i);

		if (within(now_ms, window->in_from_ms, window->in_to_ms))
			return ROSTER_DIRECTION_IN;
		if (within(now_ms, window->out_from_ms, window->out_to_ms))
			return ROSTER_DIRECTION_OUT;
	}
	/* After the last window that was sent nothing is known any more. */
	return now_ms < g_array_index(windows, RosterWindow, windows->len - 1).out_to_ms
			   ? ROSTER_DIRECTION_OUTSIDE
			   : ROSTER_DIRECTION_UNKNOWN;
}

typedef struct {
	Roster *roster;
	RosterReferenceSeen seen;
	gpointer user;
	guint n_unreadable;
} EachReference;

static void open_reference(PersonId person, int64_t reference, Finger finger, Slice sealed,
						   gpointer user)
{
	EachReference *each = user;
	g_autoptr(GError) error = NULL;
	uint8_t name[8];
	SealContext context = {each->roster->terminal, person, {name, sizeof name}};
	WireBuffer plain = {0};

	seal_reference_id(reference, name);
	if (seal_open(each->roster->keys, &context, sealed, &plain, &error))
		each->seen(person, reference, finger, wire_buffer_slice(&plain), each->user);
	else if (each->n_unreadable++ == 0)
		g_warning("roster: reference %" G_GINT64_FORMAT ": %s", reference, error->message);
	seal_wipe(&plain);
}

gboolean roster_each_reference(Roster *roster, PersonId person, RosterReferenceSeen seen,
							   gpointer user, GError **error)
{
	EachReference each = {roster, seen, user, 0};
	gboolean done = roster_table_references(roster->db, person, open_reference, &each, error);

	if (each.n_unreadable > 1)
		g_warning("roster: %u references could not be opened", each.n_unreadable);
	if (!done)
		g_prefix_error(error, "roster: ");
	return done;
}

guint roster_n_people(const Roster *roster)
{
	return g_hash_table_size(roster->people);
}

guint roster_n_references(const Roster *roster)
{
	return roster->n_references;
}

uint64_t roster_version(const Roster *roster)
{
	return (uint64_t)roster->version;
}

uint32_t roster_repeat_s(const Roster *roster)
{
	return roster->version == 0 ? REPEAT_DEFAULT_S : (uint32_t)roster->repeat_s;
}

int32_t roster_utc_offset_min(const Roster *roster)
{
	return roster->version == 0 ? UTC_OFFSET_DEFAULT_MIN : (int32_t)roster->utc_offset_min;
}

void roster_set_changed(Roster *roster, RosterChanged changed, gpointer user)
{
	roster->changed = changed;
	roster->user = user;
}

/* ── changes ── */

typedef struct {
	gboolean destroyed;
	GArray *removed; /* of PersonId */
} Change;

static gboolean begin_snapshot(Roster *roster, GError **error)
{
	return roster_table_unmark(roster->db, error) &&
		   roster_table_clear_schedules(roster->db, error) &&
		   localdb_set_int(roster->local, "roster-snapshot", 1, error);
}

static gboolean end_snapshot(Roster *roster, Change *change, GError **error)
{
	return roster_table_unmarked(roster->db, change->removed, error) &&
		   localdb_set_int(roster->local, "roster-snapshot", 0, error);
}

static gboolean store_rows(Roster *roster, const RosterChunk *chunk, Change *change, GError **error)
{
	for (size_t i = 0; i < chunk->n_schedules; i++)
		if (!roster_table_put_schedule(roster->db, &chunk->schedules[i], error))
			return FALSE;
	for (size_t i = 0; i < chunk->n_entries; i++)
		if (!roster_table_put(roster->db, &chunk->entries[i], &change->destroyed, error))
			return FALSE;
	g_array_append_vals(change->removed, chunk->removed, (guint)chunk->n_removed);
	return TRUE;
}

static gboolean store(Roster *roster, const RosterChunk *chunk, Change *change, GError **error)
{
	gboolean snapshot = chunk->reset || roster->snapshot != 0;

	if ((chunk->reset && !begin_snapshot(roster, error)) ||
		!store_rows(roster, chunk, change, error) ||
		(snapshot && !chunk->more && !end_snapshot(roster, change, error)))
		return FALSE;
	for (guint i = 0; i < change->removed->len; i++)
		if (!roster_table_remove(roster->db, g_array_index(change->removed, PersonId, i),
								 &change->destroyed, error))
			return FALSE;
	return localdb_set_int(roster->local, "roster-version", (int64_t)chunk->upto, error) &&
		   localdb_set_int(roster->local, "repeat-s", chunk->repeat_s, error) &&
		   localdb_set_int(roster->local, "utc-offset-min", chunk->utc_offset_min, error) &&
		   (!change->destroyed || localdb_want_scrub(roster->local, error));
}

static void tell(Roster *roster, PersonId person, gboolean removed)
{
	if (roster->changed != NULL)
		roster->changed(person, removed, roster->user);
}

static void forget(Roster *roster, const Change *change)
{
	for (guint i = 0; i < change->removed->len; i++) {
		PersonId person = g_array_index(change->removed, PersonId, i);

		drop_person(roster, person);
		tell(roster, person, TRUE);
	}
}

/* After the commit: memory follows the file. */
static gboolean follow(Roster *roster, const RosterChunk *chunk, const Change *change,
					   GError **error)
{
	if (!load_settings(roster, error) || !load_schedules(roster, error))
		return FALSE;
	for (size_t i = 0; i < chunk->n_entries; i++) {
		PersonId person = chunk->entries[i].person;

		drop_person(roster, person);
		if (!roster_table_people(roster->db, person, take_person, roster, error))
			return FALSE;
		tell(roster, person, FALSE);
	}
	forget(roster, change);
	return !change->destroyed || localdb_scrub(roster->local, error);
}

static gboolean apply(Roster *roster, const RosterChunk *chunk, Change *change, GError **error)
{
	if (!database_begin(roster->db, error))
		return FALSE;
	if (!store(roster, chunk, change, error)) {
		database_rollback(roster->db);
		return FALSE;
	}
	return database_commit(roster->db, error) && follow(roster, chunk, change, error);
}

gboolean roster_apply(Roster *roster, const RosterChunk *chunk, RosterOutcome *outcome,
					  GError **error)
{
	g_autoptr(GArray) removed = g_array_new(FALSE, FALSE, sizeof(PersonId));
	Change change = {FALSE, removed};

	/* Entries are absolute: a chunk that overlaps what is held may be applied, one that leaves a
	 * gap, or is older, may not. */
	*outcome = ROSTER_GAP;
	if (!chunk->reset &&
		(chunk->from > (uint64_t)roster->version || chunk->upto < (uint64_t)roster->version))
		return TRUE;
	*outcome = ROSTER_APPLIED;
	if (apply(roster, chunk, &change, error))
		return TRUE;
	g_prefix_error(error, "roster: apply up to %" G_GUINT64_FORMAT ": ", (guint64)chunk->upto);
	return FALSE;
}

gboolean roster_wipe(Roster *roster, GError **error)
{
	/* A full snapshot of nobody. */
	RosterChunk nobody = {.reset = true,
						  .repeat_s = roster_repeat_s(roster),
						  .utc_offset_min = roster_utc_offset_min(roster)};
	RosterOutcome outcome;

	return roster_apply(roster, &nobody, &outcome, error);
}

gboolean roster_restart(Roster *roster, GError **error)
{
	if (!localdb_set_int(roster->local, "roster-version", 0, error)) {
		g_prefix_error(error, "roster: ");
		return FALSE;
	}
	roster->version = 0;
	return TRUE;
}
