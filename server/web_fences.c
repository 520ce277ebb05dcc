#include "server/web_fences.h"

#include <string.h>

#include "server/sandbox_linux.h"
#include "server/store/time/marks.h"

void web_fences_clear(WebFences *fences)
{
	sql_close(fences->keeper);
	g_free(fences->database);
	g_free(fences->wal);
	g_free(fences->shm);
}

/* SQLite's files get their rights one by one: beside them lie the keys of other roles. */
gboolean web_fences_open(WebFences *fences, const char *database, GError **error)
{
	if (!g_str_has_prefix(database, "sqlite:"))
		return TRUE;
	gint64 n;
	fences->keeper = sql_open(database, error);
	fences->database = g_strdup(database + strlen("sqlite:"));
	fences->wal = g_strconcat(fences->database, "-wal", NULL);
	fences->shm = g_strconcat(fences->database, "-shm", NULL);
	return fences->keeper != NULL && marks_count(fences->keeper, &n, error);
}

static SandboxRules rules_of(const WebFences *fences)
{
	return (SandboxRules){.sockets = fences->database == NULL,
						  .leak_checker = fences->leak_checker};
}

/* Never silently: the log and /healthz say what is missing. */
static void complain(const char *what, const char *why)
{
	g_warning("web runs without %s: %s", what, why);
}

/* Before there are threads.  The list ends at a certificate that is not there. */
void web_fences_files(WebFences *fences, const char *certificate, const char *key)
{
	const char *why;
	const char *const readable[] = {"/usr",
									"/lib",
									"/lib64",
									"/proc/self",
									"/proc/sys",
									"/dev/urandom",
									"/dev/null",
									"/etc/localtime",
									"/etc/ssl",
									"/etc/gnutls",
									"/etc/fonts", /* of what is printed: with /usr and the cache */
									"/var/cache/fontconfig",
									"/etc/hosts",
									"/etc/resolv.conf",
									"/etc/nsswitch.conf",
									"/etc/host.conf",
									"/etc/gai.conf",
									"/etc/passwd",
									"/etc/ld.so.cache",
									fences->leak_checker ? "/proc" : "/dev/null",
									certificate,
									key,
									NULL};
	const char *const writable[] = {fences->database, fences->wal, fences->shm, NULL};
	SandboxRules rules = rules_of(fences);
	rules.readable = readable;
	rules.writable = writable;
	fences->files = sandbox_files(&rules, &why);
	if (!fences->files)
		complain("Landlock", why);
}

void web_fences_calls(WebFences *fences)
{
	const char *why;
	SandboxRules rules = rules_of(fences);
	fences->calls = sandbox_calls(&rules, &why);
	if (!fences->calls)
		complain("seccomp", why);
}
