#include "tools/hadir/cmd_evidence.h"

#include <string.h>

#include "server/evidence/pack.h"
#include "server/rules/month.h"
#include "server/server_keys.h"
#include "server/store/people/people.h"
#include "server/store/system/audit_log.h"
#include "tools/hadir/cmd_common.h"

#define USAGE "--person P --month YYYY-MM -o FILE.zip | --verify FILE.zip [--key HEX]"
#define FILE_MAX (256 * 1024 * 1024)

static gboolean bad_value(GError **error, const char *text)
{
	g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, text);
	return FALSE;
}

/* ── anywhere, without a database ── */

static gboolean verify(const char *path, const char *key, GError **error)
{
	char *data = NULL;
	gsize size = 0;
	g_auto(EvidenceProof) proof = {0};
	if (!g_file_get_contents(path, &data, &size, error))
		return FALSE;
	g_autoptr(GBytes) file = g_bytes_new_take(data, size);
	if (size > FILE_MAX)
		return bad_value(error, "the file is larger than any evidence");
	evidence_verify(file, &proof);
	if (key != NULL && (proof.key == NULL || g_ascii_strcasecmp(key, proof.key) != 0))
		g_ptr_array_add(proof.problems, g_strdup("server.pub: it is not the key that was given"));
	for (guint i = 0; i < proof.problems->len; i++)
		g_print("BROKEN %s\n", (const char *)proof.problems->pdata[i]);
	if (proof.problems->len > 0)
		return bad_value(error, "the evidence does not hold");
	g_print("%s: %" G_GINT64_FORMAT " parts, %" G_GINT64_FORMAT " events under %" G_GINT64_FORMAT
			" signatures of terminals hold\nsigned by the server's key %s\n",
			proof.subject, proof.n_parts, proof.n_events, proof.n_statements, proof.key);
	return TRUE;
}

/* ── on the server ── */

static gboolean log_it(const CmdServer *server, const EvidenceAsk *ask, const char *month,
					   GError **error)
{
	const AuditEntry entry = {
		.at_ms = ask->now_ms, .action = "evidence.pack", .person = ask->person, .detail = month};
	return audit_log_append(server->sql, &entry, error);
}

static gboolean pack(const CmdServer *server, const char *person, const char *month,
					 const char *path, GError **error)
{
	EvidenceAsk ask = {.utc_offset_min = server->config->utc_offset_min, .now_ms = cmd_now_ms()};
	gsize size = 0;
	if (!month_parse(month, &ask.month_day))
		return bad_value(error, "--month: a month as 2026-01");
	if (!people_find(server->sql, person, &ask.person, error))
		return FALSE;
	if (ask.person == 0)
		return bad_value(error, "--person: nobody has that key or number");
	g_autoptr(ServerKey) key = server_keys_signing(server->config, error);
	if (key == NULL || !cmd_judge_first(server, error))
		return FALSE;
	ask.key = key;
	g_autoptr(GBytes) file = evidence_pack(server->sql, &ask, error);
	if (file == NULL || !log_it(server, &ask, month, error))
		return FALSE;
	const char *data = g_bytes_get_data(file, &size);
	return g_file_set_contents_full(path, data, (gssize)size, G_FILE_SET_CONTENTS_CONSISTENT, 0600,
									error);
}

static int evidence_command(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_auto(CmdServer) server = {0};
	const char *file = cmd_take_option(&argc, argv, "--verify");
	const char *key = cmd_take_option(&argc, argv, "--key");
	const char *person = cmd_take_option(&argc, argv, "--person");
	const char *month = cmd_take_option(&argc, argv, "--month");
	const char *out = cmd_take_option(&argc, argv, "-o");
	if (file != NULL && argc == 1)
		return verify(file, key, &error) ? 0 : cmd_fail("evidence", g_steal_pointer(&error));
	if (person == NULL || month == NULL || out == NULL)
		return cmd_usage("evidence", USAGE);
	if (!cmd_open(&server, &argc, argv, &error))
		return cmd_fail("evidence", g_steal_pointer(&error));
	if (argc != 1)
		return cmd_usage("evidence", USAGE);
	return pack(&server, person, month, out, &error)
			   ? 0
			   : cmd_fail("evidence", g_steal_pointer(&error));
}

const HadirCommand cmd_evidence = {"evidence", USAGE,
								   "all that a person's month rests on, signed, in one file; "
								   "--verify proves such a file on any machine",
								   evidence_command};
