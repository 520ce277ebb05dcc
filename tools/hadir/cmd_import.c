#include "tools/hadir/cmd_import.h"

#include <string.h>
#include <unistd.h>

#include "server/crypto_openssl.h"
#include "server/import/import.h"
#include "server/province.h"
#include "server/server_keys.h"
#include "tools/hadir/cmd_changes.h"
#include "tools/hadir/cmd_common.h"

#define USAGE "KIND FILE [--check] [--out FOLDER]"

typedef struct {
	CmdServer server;
	const char *out;    /* where bundles go; NULL: nowhere */
	GPtrArray *bundles; /* paths written so far */
	gboolean check;
	ChangeBatch batch; /* of what a file of decrees changes; id 0: none */
} ImportRun;

/* So many changed person-days are printed. */
#define CHANGES_SHOWN_MAX 50

static void print_warning(const char *text, gpointer user G_GNUC_UNUSED)
{
	g_printerr("warning: %s\n", text);
}

static gboolean write_bundle(const char *id, gint64 place, gpointer user, GError **error)
{
	ImportRun *run = user;
	g_autofree char *name = g_strdup_printf("%s.bundle", id);
	g_autofree char *path = g_build_filename(run->out, name, NULL);
	char *bundle =
		province_add_terminal(run->server.config, run->server.sql, id, place, cmd_now_ms(), error);
	if (bundle == NULL)
		return FALSE;
	gboolean written = cmd_write_secret(path, bundle, error);
	server_text_wipe(bundle);
	if (written)
		g_ptr_array_add(run->bundles, g_steal_pointer(&path));
	return written;
}

/* All or nothing: a bundle whose terminal was not stored is worth nothing. */
static void remove_bundles(ImportRun *run)
{
	for (guint i = 0; i < run->bundles->len; i++)
		unlink(run->bundles->pdata[i]);
}

/* Decrees may be back-dated: what they change of judged days is shown and kept. */
static gboolean is_decree(const char *kind)
{
	return strcmp(kind, "mutations") == 0 || strcmp(kind, "reorganisations") == 0;
}

/* A check shows what will be undone; the import keeps it. */
static gboolean on_applied(const ImportResult *result, gpointer user, GError **error)
{
	ImportRun *run = user;
	run->batch.n_rows = result->n_changed;
	if (result->n_changed == 0)
		return TRUE;
	if (!cmd_changes_record(&run->server, &run->batch, error))
		return FALSE;
	if (!run->check)
		return TRUE;
	g_print("it would change %" G_GINT64_FORMAT " judged person-days of %" G_GINT64_FORMAT
			" people\n",
			run->batch.n_days, run->batch.n_people);
	return cmd_changes_print(run->server.sql, &run->batch, CHANGES_SHOWN_MAX, error);
}

static gboolean print_batch(ImportRun *run, GError **error)
{
	const ChangeBatch *batch = &run->batch;
	g_print("batch %" G_GINT64_FORMAT ": %" G_GINT64_FORMAT
			" judged person-days of %" G_GINT64_FORMAT
			" people change ('hadir verdicts --changed-by %" G_GINT64_FORMAT "' lists them)\n",
			batch->id, batch->n_days, batch->n_people, batch->id);
	return cmd_changes_print(run->server.sql, batch, CHANGES_SHOWN_MAX, error);
}

static gboolean run_import(ImportRun *run, const char *kind, const char *path, GError **error)
{
	ImportResult result;
	PublicKey vault;
	g_autofree char *file = g_path_get_basename(path);
	gint64 now_ms = cmd_now_ms();
	ImportHooks hooks = {.warn = print_warning,
						 .add_terminal = run->out != NULL ? write_bundle : NULL,
						 .applied = is_decree(kind) ? on_applied : NULL,
						 .user = run,
						 .vault = strcmp(kind, "references") == 0 ? &vault : NULL,
						 .check = run->check};
	run->batch = (ChangeBatch){.kind = kind, .file = file, .recorded_ms = now_ms};
	if (is_decree(kind) && !cmd_judge_first(&run->server, error))
		return FALSE;
	if (hooks.vault != NULL && !server_keys_vault_public(run->server.config, &vault, error))
		return FALSE;
	if (!import_file(run->server.sql, kind, path, now_ms, run->server.config->utc_offset_min,
					 &hooks, &result, error)) {
		remove_bundles(run);
		return FALSE;
	}
	g_print("%s: %" G_GINT64_FORMAT " rows, %" G_GINT64_FORMAT " new or changed%s\n", path,
			result.n_rows, result.n_changed, run->check ? " (only checked)" : "");
	if (run->check)
		remove_bundles(run);
	return run->check || run->batch.id == 0 || print_batch(run, error);
}

static int import_command(int argc, char **argv)
{
	GError *error = NULL;
	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		g_print("%s", import_help());
		return 0;
	}
	ImportRun run = {.out = cmd_take_option(&argc, argv, "--out"),
					 .check = cmd_take_flag(&argc, argv, "--check")};
	if (!cmd_open(&run.server, &argc, argv, &error))
		return cmd_fail("import", error);
	int status = 2;
	run.bundles = g_ptr_array_new_with_free_func(g_free);
	if (argc != 3)
		cmd_usage("import", USAGE);
	else
		status = run_import(&run, argv[1], argv[2], &error) ? 0 : cmd_fail("import", error);
	g_ptr_array_unref(run.bundles);
	cmd_close(&run.server);
	return status;
}

const HadirCommand cmd_import = {
	"import", USAGE,
	"read a CSV or XLSX file, all or nothing; --help lists kinds and columns, --check only looks",
	import_command};
