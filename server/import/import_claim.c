/* Rows of one file that speak of the same thing. */
#include <string.h>

#include "server/import/import_row.h"
#include "server/rules/calendar.h"
#include "server/store/people/people.h"

/* What a row has said; `next` is an earlier one of the same key. */
typedef struct Claim {
	gint64 from, to, line;
	guint64 content;
	gboolean open;
	struct Claim *next;
} Claim;

static void free_claims(gpointer data)
{
	Claim *claim = data;
	while (claim != NULL) {
		Claim *next = claim->next;
		g_free(claim);
		claim = next;
	}
}

/* FNV-1a with the length of each field, so that they do not run into each other. */
static guint64 hash_text(guint64 hash, const char *text)
{
	for (; *text != '\0'; text++)
		hash = (hash ^ (guchar)*text) * G_GUINT64_CONSTANT(1099511628211);
	return (hash ^ 0x1f) * G_GUINT64_CONSTANT(1099511628211);
}

static guint64 hash_row(const Import *import)
{
	guint64 hash = G_GUINT64_CONSTANT(14695981039346656037);
	for (char **field = import->row->fields; *field != NULL; field++)
		hash = hash_text(hash, *field);
	return hash;
}

/* An open fact that begins earlier ends where the next one begins. */
static gboolean gives_way(const Claim *earlier, const Claim *later)
{
	return earlier->open && earlier->from < later->from;
}

static const Claim *find_overlap(const Claim *claims, const Claim *new)
{
	for (const Claim *claim = claims; claim != NULL; claim = claim->next)
		if (claim->from < new->to &&new->from < claim->to &&
			(claim->content == new->content || !gives_way(claim, new)))
			return claim;
	return NULL;
}

gboolean import_claim(Import *import, const char *column, const char *key, gint64 from, gint64 to,
					  gboolean open)
{
	if (import->claims == NULL)
		import->claims = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_claims);
	Claim new = {from, to, import->row->line, hash_row(import), open, NULL};
	Claim *known = g_hash_table_lookup(import->claims, key);
	const Claim *overlap = find_overlap(known, &new);
	if (overlap != NULL && overlap->content != new.content) {
		import_fail(import, column,
					"line %" G_GINT64_FORMAT " says something else of the same: one of them is too"
					" much, or lacks its end",
					overlap->line);
		return FALSE;
	}
	if (overlap != NULL) {
		import_warn(import, column, "the same as line %" G_GINT64_FORMAT, overlap->line);
		return TRUE;
	}
	Claim *claim = g_memdup2(&new, sizeof new);
	if (known != NULL) {
		claim->next = known->next;
		known->next = claim;
	} else {
		g_hash_table_insert(import->claims, g_strdup(key), claim);
	}
	return TRUE;
}

/* FALSE: the database failed.  What cannot be read is told by who applies the row. */
static gboolean make_key(Import *import, const ImportKind *kind, GString *key, GError **error)
{
	g_auto(GStrv) columns = g_strsplit(kind->key, " ", -1);
	for (char **column = columns; *column != NULL; column++) {
		gboolean is_person = **column == '*';
		const char *text = **column != '\0' ? import_field(import, *column + is_person) : NULL;
		gint64 person = 0;
		if (is_person && text != NULL && !people_find(import->sql, text, &person, error))
			return FALSE;
		if (person != 0)
			g_string_append_printf(key, "#%" G_GINT64_FORMAT, person);
		else if (text != NULL)
			g_string_append(key, text);
		g_string_append_c(key, '\x1f');
	}
	return TRUE;
}

/* FALSE: no days that can be read. */
static gboolean read_days(const Import *import, gint64 *from, gint64 *to, gboolean *open)
{
	const char *first = import_field(import, "from"), *last = import_field(import, "to");
	*from = DAY_ALWAYS;
	*to = DAY_OPEN;
	*open = last == NULL;
	if ((first != NULL && !calendar_parse(first, from)) ||
		(last != NULL && !calendar_parse(last, to)))
		return FALSE;
	*to += last != NULL;
	return *from < *to;
}

gboolean import_claim_row(Import *import, const ImportKind *kind, GError **error)
{
	gint64 from = 0, to = 1;
	gboolean open = FALSE;
	const char *first = kind->key + (*kind->key == '*');
	g_autoptr(GString) key = g_string_new(NULL);
	g_autofree char *column = g_strndup(first, strcspn(first, " "));
	if (kind->dated && !read_days(import, &from, &to, &open))
		return TRUE;
	if (!make_key(import, kind, key, error))
		return FALSE;
	import_claim(import, *column != '\0' ? column : "from", key->str, from, to, open);
	return TRUE;
}
