#include "server/duplicate_search.h"

#include "server/store/terminals/references.h"
#include "server/vault.h"
#include "server/wire.h"

/* References read at once; people searched for between two commits. */
#define PAGE 256
#define PEOPLE 16
#define REFERENCES_MAX 64 /* of a person, looked at */

typedef struct {
	const DuplicateSearch *search;
	Vault *vault;
	DuplicateProgress progress;
	gint64 started_us;
} Work;

static gboolean load_gallery(Work *work, GError **error)
{
	gint64 after = 0;
	guint n = PAGE;
	while (n == PAGE) {
		g_autoptr(GArray) page = NULL;
		if (!references_page(work->search->sql, after, PAGE, &page, error))
			return FALSE;
		n = page->len;
		for (guint i = 0; i < n; i++) {
			const SealedReference *row = &g_array_index(page, SealedReference, i);
			VaultReference reference = {row->person, row->id, slice_of_bytes(row->sealed)};
			if (!vault_load(work->vault, &reference))
				g_warning("reference %" G_GINT64_FORMAT " does not open", row->id);
			after = row->id;
		}
	}
	return sql_get_int(work->search->sql, &work->progress.n_all, 0, error,
					   "SELECT count(DISTINCT person) FROM reference WHERE to_ms IS NULL", "");
}

/* A person's references with their sealed bytes. */
typedef struct {
	gsize n;
	VaultReference references[REFERENCES_MAX];
	Finger fingers[REFERENCES_MAX];
	GPtrArray *sealed; /* of GBytes: what `references` borrow */
} Own;

static void own_clear(Own *own)
{
	g_clear_pointer(&own->sealed, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Own, own_clear)

static gboolean read_own(Sql *sql, PersonId person, Own *own, GError **error)
{
	g_autoptr(GArray) rows = NULL;
	own->sealed = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	if (!references_of(sql, person, &rows, error))
		return FALSE;
	for (guint i = 0; i < rows->len && own->n < REFERENCES_MAX; i++) {
		const ReferenceRow *row = &g_array_index(rows, ReferenceRow, i);
		GError *local = NULL;
		GBytes *sealed = references_sealed(sql, row->id, &local);
		if (local != NULL) {
			g_propagate_error(error, local);
			return FALSE;
		}
		if (sealed == NULL) /* ended meanwhile */
			continue;
		g_ptr_array_add(own->sealed, sealed);
		own->references[own->n] = (VaultReference){person, row->id, slice_of_bytes(sealed)};
		own->fingers[own->n++] = row->finger;
	}
	return TRUE;
}

/* Searches; `found` gets what is there of it. */
static gboolean search_person(Work *work, PersonId person, GArray *found, GError **error)
{
	g_auto(Own) own = {0};
	const MatchSearch how = {.n_threads = work->search->n_threads};
	MatchDuplicate duplicate;
	if (!read_own(work->search->sql, person, &own, error))
		return FALSE;
	vault_find_duplicate(work->vault, own.references, own.fingers, own.n, &how, &duplicate);
	work->progress.run.n_people++;
	work->progress.run.n_references += (gint64)own.n;
	work->progress.run.after = person;
	work->progress.n_now++;
	if (duplicate.person == 0)
		return TRUE;
	DuplicatePair pair = {.person = person,
						  .other = duplicate.person,
						  .run = work->progress.run.id,
						  .finger = (Finger)duplicate.finger,
						  .score = duplicate.score,
						  .two_fingers = duplicate.second_score != G_MININT32,
						  .second_score = duplicate.second_score,
						  .found_ms = work->search->now_ms()};
	g_array_append_val(found, pair);
	work->progress.n_pairs++;
	return TRUE;
}

static gboolean store(Work *work, const GArray *found, GError **error)
{
	Sql *sql = work->search->sql;
	gboolean ok = sql_begin(sql, error);
	if (!ok)
		return FALSE;
	for (guint i = 0; ok && i < found->len; i++)
		ok = duplicates_add(sql, &g_array_index(found, DuplicatePair, i), error);
	ok = ok && duplicate_runs_update(sql, &work->progress.run, error) && sql_commit(sql, error);
	if (!ok)
		sql_rollback(sql);
	return ok;
}

/* The next people; `more` FALSE: there are none, or it was enough. The writer is held only to store. */
static gboolean search_page(Work *work, gboolean *more, GError **error)
{
	gint64 left = work->search->n_people_max - work->progress.n_now;
	g_autoptr(GArray) people = NULL, found = g_array_new(FALSE, TRUE, sizeof(DuplicatePair));
	if (!duplicates_people(work->search->sql, work->progress.run.after, PEOPLE, &people, error))
		return FALSE;
	for (guint i = 0; i < people->len && i < left; i++)
		if (!search_person(work, g_array_index(people, PersonId, i), found, error))
			return FALSE;
	if (people->len == 0)
		work->progress.run.finished_ms = work->search->now_ms();
	*more = people->len > 0 && left > people->len;
	work->progress.last = !*more;
	work->progress.seconds = (double)(g_get_monotonic_time() - work->started_us) / 1e6;
	return store(work, found, error);
}

/* The one that was not finished, or a new one. */
static gboolean begin(Work *work, GError **error)
{
	DuplicateRun *run = &work->progress.run;
	GError *local = NULL;
	gboolean there = duplicate_runs_last(work->search->sql, run, &local);
	if (local != NULL) {
		g_propagate_error(error, local);
		return FALSE;
	}
	if (there && run->finished_ms == 0 && !work->search->again)
		return TRUE;
	if (!sql_begin(work->search->sql, error))
		return FALSE;
	if (duplicate_runs_begin(work->search->sql, work->search->now_ms(), run, error) &&
		sql_commit(work->search->sql, error))
		return TRUE;
	sql_rollback(work->search->sql);
	return FALSE;
}

gboolean duplicate_search_run(const DuplicateSearch *search, GError **error)
{
	g_autoptr(Vault) vault = vault_new(search->key);
	Work work = {.search = search, .vault = vault};
	gboolean more = TRUE;
	if (!begin(&work, error) || !load_gallery(&work, error))
		return FALSE;
	work.started_us = g_get_monotonic_time();
	while (more) {
		if (!search_page(&work, &more, error))
			return FALSE;
		search->progress(&work.progress, search->user);
	}
	return TRUE;
}
