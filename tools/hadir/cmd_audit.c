/* `hadir audit`: proves the event log offline, and names the first link that does not hold. */
#include "tools/hadir/cmd_audit.h"

#include <string.h>

#include "server/audit.h"
#include "server/store/system/audit_log.h"
#include "tools/hadir/cmd_common.h"

#define USAGE "[TERMINAL]"

typedef struct {
	guint n_journals, n_bad;
	gint64 n_events;
} Summary;

static gboolean audit_one(Sql *sql, const JournalRow *journal, Summary *summary, GError **error)
{
	g_auto(JournalProof) proof = {0};
	char id[RANDOM_ID_TEXT];
	random_id_format(&journal->journal, id);
	if (!audit_journal(sql, journal, &proof, error))
		return FALSE;
	summary->n_journals++;
	summary->n_events += proof.n_events;
	summary->n_bad += proof.problem != NULL;
	g_print("%s journal %s: ", journal->terminal.text, id);
	if (proof.problem != NULL)
		g_print("BROKEN: %s\n", proof.problem);
	else
		g_print("%" G_GINT64_FORMAT " events under %" G_GINT64_FORMAT " signatures hold\n",
				proof.n_events, proof.n_statements);
	if (proof.n_conflicts > 0)
		g_print("%s journal %s: %" G_GINT64_FORMAT " events came with another content too\n",
				journal->terminal.text, id, proof.n_conflicts);
	return TRUE;
}

static gboolean audit_terminals(Sql *sql, const TerminalId *terminal, Summary *summary,
								GError **error)
{
	g_autoptr(GArray) journals = NULL;
	if (!journals_list(sql, terminal, &journals, error))
		return FALSE;
	for (guint i = 0; i < journals->len; i++)
		if (!audit_one(sql, &g_array_index(journals, JournalRow, i), summary, error))
			return FALSE;
	return TRUE;
}

static gboolean audit_log(Sql *sql, Summary *summary, GError **error)
{
	AuditResult result;
	if (!audit_log_verify(sql, &result, error))
		return FALSE;
	if (result.first_bad == 0) {
		g_print("log of changes and reads: %" G_GINT64_FORMAT " entries hold\n", result.n_entries);
		return TRUE;
	}
	summary->n_bad++;
	g_print("log of changes and reads: BROKEN at entry %" G_GINT64_FORMAT "\n", result.first_bad);
	return TRUE;
}

static int run(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_auto(CmdServer) server = {0};
	TerminalId terminal;
	Summary summary = {0};
	if (!cmd_open(&server, &argc, argv, &error))
		return cmd_fail("audit", g_steal_pointer(&error));
	if (argc > 2)
		return cmd_usage("audit", USAGE);
	if (argc == 2 &&
		!terminal_id_parse(&terminal, (Slice){(const uint8_t *)argv[1], strlen(argv[1])})) {
		g_printerr("hadir audit: '%s' is no terminal's id\n", argv[1]);
		return 2;
	}
	if (!audit_terminals(server.sql, argc == 2 ? &terminal : NULL, &summary, &error) ||
		(argc == 1 && !audit_log(server.sql, &summary, &error)))
		return cmd_fail("audit", g_steal_pointer(&error));
	g_print("%u journals, %" G_GINT64_FORMAT " events: %s\n", summary.n_journals, summary.n_events,
			summary.n_bad == 0 ? "all hold" : "NOT all hold");
	return summary.n_bad == 0 ? 0 : 1;
}

const HadirCommand cmd_audit = {
	"audit", USAGE, "proves every journal from its signatures, names the first bad link", run};
