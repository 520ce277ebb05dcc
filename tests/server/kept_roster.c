#include "tests/server/kept_roster.h"

#include <glib/gstdio.h>

#include "firmware/roster.h"
#include "tests/support/scratch.h"

struct KeptRoster {
	char *folder;
	Keystore *keys;
	LocalDb *db;
	Roster *roster;
};

KeptRoster *kept_roster_open(const TerminalId *terminal)
{
	GError *error = NULL;
	KeptRoster *kept = g_new0(KeptRoster, 1);
	kept->folder = scratch_new();
	g_autofree char *path = g_build_filename(kept->folder, "local.db", NULL);
	g_autofree char *keys = g_build_filename(kept->folder, "keys", NULL);
	kept->keys = keystore_open(keys, &error);
	g_assert_no_error(error);
	kept->db = localdb_open(path, 1000, &error);
	g_assert_no_error(error);
	kept->roster = roster_open(kept->db, kept->keys, terminal, &error);
	g_assert_no_error(error);
	return kept;
}

void kept_roster_close(KeptRoster *kept)
{
	roster_free(kept->roster);
	localdb_close(kept->db);
	keystore_free(kept->keys);
	g_assert_cmpint(g_chdir("/"), ==, 0); /* out of the keys' folder */
	scratch_free(kept->folder);
	g_free(kept);
}

guint64 kept_roster_version(const KeptRoster *kept)
{
	return roster_version(kept->roster);
}

void kept_roster_apply(KeptRoster *kept, Slice text)
{
	RosterChunk chunk;
	RosterOutcome outcome = ROSTER_GAP;
	GError *error = NULL;
	g_assert_cmpint(roster_chunk_decode(text, &chunk), ==, WIRE_OK);
	g_assert_true(roster_apply(kept->roster, &chunk, &outcome, &error));
	g_assert_no_error(error);
	g_assert_cmpint(outcome, ==, ROSTER_APPLIED);
	g_assert_false(chunk.more);
	roster_chunk_clear(&chunk);
}

const char *kept_roster_direction(const KeptRoster *kept, PersonId person, gint64 at_ms)
{
	static const char *const words[] = {
		[ROSTER_DIRECTION_UNKNOWN] = "unknown",
		[ROSTER_DIRECTION_IN] = "in",
		[ROSTER_DIRECTION_OUT] = "out",
		[ROSTER_DIRECTION_OUTSIDE] = "outside",
	};
	return words[roster_direction(kept->roster, person, at_ms)];
}
