/* The box of tasks: counted over the units of the right that each kind needs. */
#include "server/web/system/page_tasks.h"

#include "server/services/correction.h"
#include "server/store/terminals/enrolling.h"
#include "server/web/handlers.h"
#include "server/web/terminals/page_claims.h"
#include "server/web/terminals/page_outages.h"
#include "server/web/terminals/page_terminals.h"
#include "server/web/terminals/page_waiting.h"
#include "server/web/words.h"

#define CORRECTIONS_MAX 1000

/* ── rendering ── */

static void add_task(Html *html, const Task *task)
{
	g_autofree char *number = words_number(task->n);
	html_add(html,
			 "<li class=\"%s\"><span><b><a href=\"%s\">%s</a></b><small>%s</small></span>"
			 "<span class=\"hd-mark\">%s</span></li>\n",
			 task->n > 0 ? task->tone : "hd-tone-mute", task->href, task->title, task->hint,
			 number);
}

void page_tasks_render(Html *html, const Frame *frame, const TasksView *view)
{
	gint64 n_kinds = 0;
	for (guint i = 0; i < view->tasks->len; i++)
		n_kinds += g_array_index(view->tasks, Task, i).n > 0;
	layout_begin(html, frame);
	html_add(html, "<div class=\"hd-title\"><div><h1>Kotak tugas</h1>\n"
				   "<p>Yang menunggu Anda.</p></div>\n");
	if (view->may_delegate)
		html_add(html, "<a class=\"btn btn-outline-secondary\" href=\"/delegasi\">Delegasi</a>\n");
	html_add(html, "</div>\n");
	if (view->tasks->len == 0) {
		html_add(html, "<div class=\"hd-card\">Tidak ada tugas yang menjadi wewenang akun ini. "
					   "Hak akses diberikan oleh pengelola atau BKD.</div>\n");
		layout_end(html, frame);
		return;
	}
	html_add(html,
			 "<section class=\"hd-section %s\">\n<h2>Tugas</h2>\n"
			 "<ul class=\"hd-people hd-wide\">\n",
			 n_kinds > 0 ? "hd-tone-wait" : "hd-tone-ok");
	for (guint i = 0; i < view->tasks->len; i++)
		add_task(html, &g_array_index(view->tasks, Task, i));
	html_add(html, "</ul>\n");
	if (n_kinds == 0)
		html_add(html, "<p>Semua sudah selesai. Tugas baru muncul di sini.</p>\n");
	html_add(html, "</section>\n");
	layout_end(html, frame);
}

/* ── counting; each over call->scope ── */

static gboolean count_claims(const Call *call, gint64 *n, GError **error)
{
	gboolean more;
	g_autoptr(GStringChunk) texts = g_string_chunk_new(1024);
	g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(ClaimLine));
	if (!page_claims_list(call, texts, lines, &more, error))
		return FALSE;
	for (guint i = 0; i < lines->len; i++)
		*n += !g_array_index(lines, ClaimLine, i).own;
	return TRUE;
}

static gboolean count_rosters(const Call *call, gint64 *n, GError **error)
{
	g_autoptr(GStringChunk) texts = g_string_chunk_new(1024);
	g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(RosterRequestLine));
	if (!page_roster_request_list(call, texts, lines, error))
		return FALSE;
	*n = lines->len;
	return TRUE;
}

static gboolean count_corrections(const Call *call, gint64 *n, GError **error)
{
	g_autoptr(GArray) inbox = NULL;
	if (!correction_inbox(call->web->sql, call->access->user->id, call->today, 0, CORRECTIONS_MAX,
						  &inbox, error))
		return FALSE;
	*n = inbox->len;
	return TRUE;
}

/* Who has several subtrees is told of each. */
static gboolean count_lacking(const Call *call, gint64 *n, GError **error)
{
	const GPtrArray *grants = call->access->grants;
	for (guint i = 0; i < grants->len; i++) {
		const Grant *grant = grants->pdata[i];
		gint64 n_without, n_lacking;
		if (!role_has_right(grant->role, RIGHT_ENROL))
			continue;
		g_autoptr(GPtrArray) rows = enrolling_lacking(call->web->sql, grant->unit, call->today, 1,
													  &n_without, &n_lacking, error);
		if (rows == NULL)
			return FALSE;
		*n += n_lacking;
	}
	return TRUE;
}

typedef gboolean (*TaskCount)(const Call *call, gint64 *n, GError **error);

static const struct {
	Right right;
	Task task;
	TaskCount count;
} kinds[] = {
	{RIGHT_APPROVE,
	 {"/persetujuan", "Presensi tanpa sidik jari", "Setujui atau tolak.", "hd-tone-wait", 0},
	 count_claims},
	{RIGHT_APPROVE,
	 {"/persetujuan#jadwal", "Perubahan jadwal", "Koreksi dan tukar jadwal.", "hd-tone-wait", 0},
	 count_rosters},
	{RIGHT_CORRECT,
	 {"/koreksi", "Koreksi presensi", "Setujui atau tolak.", "hd-tone-wait", 0},
	 count_corrections},
	{RIGHT_DECIDE,
	 {"/putusan", "Menunggu putusan",
	  "Perekaman yang ditahan, karantina, kiriman mesin yang dicabut, peringatan.", "hd-tone-wait",
	  0},
	 page_waiting_count},
	{RIGHT_DECIDE,
	 {"/gangguan#menunggu", "Gangguan", "Setujui atau tolak.", "hd-tone-wait", 0},
	 outages_count_open},
	{RIGHT_ENROL,
	 {"/perekaman", "Perlu perekaman", "Pegawai dengan sidik jari kurang dari dua.", "hd-tone-late",
	  0},
	 count_lacking},
	{RIGHT_SEE_TERMINALS,
	 {"/mesin", "Mesin bermasalah", "Yang terberat paling atas.", "hd-tone-late", 0},
	 page_terminals_count},
};

static gboolean add_kind(Call *call, gsize i, GArray *tasks, GError **error)
{
	Task task = kinds[i].task;
	if (!access_has_right(call->access, kinds[i].right))
		return TRUE;
	g_clear_pointer(&call->scope, scope_free);
	call->scope = access_scope(call->web->sql, call->access, kinds[i].right, call->today, error);
	if (call->scope == NULL || !kinds[i].count(call, &task.n, error))
		return FALSE;
	g_array_append_val(tasks, task);
	return TRUE;
}

Response *page_tasks(Call *call, GError **error)
{
	g_autoptr(GArray) tasks = g_array_new(FALSE, FALSE, sizeof(Task));
	TasksView view = {.tasks = tasks,
					  .may_delegate = access_has_right(call->access, RIGHT_CORRECT)};
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
		if (!add_kind(call, i, tasks, error))
			return NULL;
	Frame frame = layout_frame(call, "Kotak tugas", NAV_TASKS);
	frame.refresh_s = "60";
	Html *html = html_new();
	page_tasks_render(html, &frame, &view);
	return call_html(html_to_bytes(html));
}
