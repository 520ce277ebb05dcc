/* What the commit thread does by itself while nothing is to be merged: judging in small steps,
 * proposals of outages one place at a time, rosters one terminal at a time, certificates. */
#include "server/core/core.h"

#include "server/audit_head.h"
#include "server/broker_config.h"
#include "server/retention.h"
#include "server/rules/calendar.h"
#include "server/services/correction.h"
#include "server/services/discipline.h"
#include "server/store/system/audit_log.h"
#include "server/store/terminals/enrolments.h"
#include "server/store/terminals/terminal_places.h"
#include "server/store/time/outage_proposals.h"

#define TICK_MS 20000
#define CERTIFICATES_MS (3600 * 1000)
#define RETENTION_MS (3600 * 1000)
#define OUTAGES_MS (3600 * 1000)
/* A round through all rosters catches what nobody announced: a date, an import. */
#define REFRESH_PAUSE_MS 1000
/* The year's accounts: so many people at once, so that the thread is never held up, and a round an hour. */
#define DISCIPLINE_PEOPLE 50
#define DISCIPLINE_PAUSE_MS 500
#define DISCIPLINE_ROUND_MS (3600 * 1000)

static void warn(const char *what, GError *error)
{
	g_warning("%s: %s", what, error != NULL ? error->message : "failed");
	g_clear_error(&error);
}

static void notify(Core *core, const Notice *notice)
{
	Notice *copy = g_memdup2(notice, sizeof *notice);
	if (!handover_push(core->notices, copy))
		g_free(copy);
}

static void on_judged(PersonId person, gint64 day, gpointer user)
{
	Notice notice = {.kind = NOTICE_CHANGED, .person = person, .day = day};
	notify(user, &notice);
}

void core_work_begin(Sql *sql, gpointer user)
{
	Core *core = user;
	core->work.judge = judge_new(sql, core->merge.utc_offset_min, on_judged, core);
}

void core_work_end(Sql *sql, gpointer user)
{
	Core *core = user;
	(void)sql;
	g_clear_pointer(&core->work.judge, judge_free);
}

/* ── certificates ── */

gboolean core_work_write_crl(Core *core, Sql *sql, GError **error)
{
	return broker_config_write_crl(core->config, core->work.authority, sql, core_now_ms(), error) &&
		   (broker_reload(core->config, error) || error == NULL || *error == NULL);
}

static gboolean add_anchor(Core *core, gint64 now_ms, GError **error)
{
	if (!authority_anchor_due(core->work.authority, now_ms))
		return TRUE;
	g_autofree char *folder = broker_authority_folder(core->config);
	Authority *fresh = authority_add_anchor(folder, "Hadir", now_ms, error);
	if (fresh == NULL)
		return FALSE;
	g_message("a new trust anchor was added");
	authority_free(core->work.authority);
	core->work.authority = fresh;
	return TRUE;
}

static gboolean renew_certificates(Core *core, Sql *sql, gint64 now_ms, GError **error)
{
	if (!add_anchor(core, now_ms, error) || !sql_begin(sql, error))
		return FALSE;
	if (!broker_config_write(core->config, core->work.authority, sql, now_ms, error)) {
		sql_rollback(sql);
		return FALSE;
	}
	if (!sql_commit(sql, error))
		return FALSE;
	return broker_reload(core->config, error) || *error == NULL;
}

static void tend_certificates(Core *core, Sql *sql, gint64 now_ms)
{
	GError *error = NULL;
	if (now_ms < core->work.certificates_at_ms)
		return;
	core->work.certificates_at_ms = now_ms + CERTIFICATES_MS;
	if (!renew_certificates(core, sql, now_ms, &error))
		warn("certificates", error);
}

/* ── judging ── */

static gboolean judge(Core *core, gint64 now_ms)
{
	GError *error = NULL;
	gboolean more = FALSE;
	if (!judge_step(core->work.judge, now_ms, &more, &error)) {
		warn("judge", error);
		return FALSE;
	}
	return more;
}

/* What the time alone changes: open orders end, a terminal's next place begins, a correction goes on to
 * the next level. */
static gboolean follow_time(const Core *core, Sql *sql, gint64 now_ms, GError **error)
{
	const CorrectionClock clock = {now_ms, calendar_day(now_ms, core->merge.utc_offset_min)};
	gint64 n;
	if (!sql_begin(sql, error))
		return FALSE;
	if (enrolments_expire(sql, now_ms, &n, error) &&
		terminal_places_follow(sql, clock.today, error) &&
		correction_pass_on(sql, &clock, &n, error) && sql_commit(sql, error))
		return TRUE;
	sql_rollback(sql);
	return FALSE;
}

static void tick(Core *core, Sql *sql, gint64 now_ms)
{
	GError *error = NULL;
	if (now_ms < core->work.tick_at_ms)
		return;
	core->work.tick_at_ms = now_ms + TICK_MS;
	gint64 day = calendar_day(now_ms, core->merge.utc_offset_min);
	if (!judge_tick(core->work.judge, now_ms, &error) || !follow_time(core, sql, now_ms, &error) ||
		!audit_head_sign(sql, core->signing, day, now_ms, &error))
		warn("tick", error);
}

/* ── the year's accounts ── */

static gboolean next_accounts(Core *core, Sql *sql, gint64 now_ms, GError **error)
{
	const DisciplineClock clock = {now_ms, calendar_day(now_ms, core->merge.utc_offset_min)};
	gint64 n = 0;
	if (!sql_begin(sql, error))
		return FALSE;
	if (discipline_round(sql, DISCIPLINE_PEOPLE, &clock, &core->work.discipline_after, &n, error) &&
		(core->work.discipline_after != 0 ||
		 signals_mark_overdue(sql, clock.today, now_ms, &n, error)) &&
		sql_commit(sql, error))
		return TRUE;
	sql_rollback(sql);
	return FALSE;
}

static void keep_accounts(Core *core, Sql *sql, gint64 now_ms)
{
	GError *error = NULL;
	if (now_ms < core->work.discipline_at_ms)
		return;
	if (!next_accounts(core, sql, now_ms, &error))
		warn("discipline", error);
	core->work.discipline_at_ms =
		now_ms + (core->work.discipline_after != 0 ? DISCIPLINE_PAUSE_MS : DISCIPLINE_ROUND_MS);
}

/* ── what is not kept for ever ── */

static void retain(Core *core, Sql *sql, gint64 now_ms)
{
	g_autoptr(GArray) ended = g_array_new(FALSE, FALSE, sizeof(gint64));
	GError *error = NULL;
	if (now_ms < core->work.retention_at_ms)
		return;
	core->work.retention_at_ms = now_ms + RETENTION_MS;
	if (!retention_run(sql, calendar_day(now_ms, core->merge.utc_offset_min), now_ms, ended,
					   &error))
		warn("retention", error);
	for (guint i = 0; i < ended->len; i++) {
		Notice notice = {.kind = NOTICE_FORGET, .reference = g_array_index(ended, gint64, i)};
		notify(core, &notice);
	}
	if (ended->len > 0)
		g_atomic_int_set(&core->refresh_all, TRUE);
}

/* ── outages ── */

static gboolean propose(Core *core, Sql *sql, gint64 now_ms, gint64 *place, GError **error)
{
	gint64 n = 0;
	if (!audit_change_begin(sql, error))
		return FALSE;
	if (!outage_propose_next(sql, core->work.outages_place, now_ms, core->merge.utc_offset_min,
							 place, &n, error)) {
		audit_change_rollback(sql);
		return FALSE;
	}
	g_autofree char *detail =
		g_strdup_printf("place %" G_GINT64_FORMAT ": %" G_GINT64_FORMAT " new", *place, n);
	const AuditEntry entry = {.at_ms = now_ms, .action = "outage.propose", .detail = detail};
	return audit_change_commit(sql, n > 0 ? &entry : NULL, error);
}

/* A place at a time: nothing else waits for it.  A round an hour. */
static void propose_outages(Core *core, Sql *sql, gint64 now_ms)
{
	GError *error = NULL;
	gint64 place = 0;
	if (now_ms < core->work.outages_at_ms)
		return;
	if (!propose(core, sql, now_ms, &place, &error))
		warn("outages", error);
	core->work.outages_place = place;
	if (place == 0)
		core->work.outages_at_ms = now_ms + OUTAGES_MS;
}

/* ── rosters ── */

static gboolean refresh_one(Core *core, Sql *sql, const TerminalRow *terminal, gint64 now_ms,
							GError **error)
{
	gint64 changed;
	if (!sql_begin(sql, error))
		return FALSE;
	if (!distribute_refresh(sql, &core->distribute, &terminal->id, now_ms, &changed, error) ||
		!sql_commit(sql, error)) {
		sql_rollback(sql);
		return FALSE;
	}
	Notice notice = {.kind = NOTICE_ROSTER, .terminal = terminal->id};
	if (changed > 0)
		notify(core, &notice);
	return TRUE;
}

/* One terminal. TRUE when another is due at once. */
static gboolean refresh(Core *core, Sql *sql, gint64 now_ms)
{
	GError *error = NULL;
	g_autoptr(GArray) terminals = NULL;
	CoreWork *work = &core->work;
	gboolean all = g_atomic_int_compare_and_exchange(&core->refresh_all, TRUE, FALSE);
	if (!all && work->refresh_left == 0 && now_ms < work->refresh_at_ms)
		return FALSE;
	if (!terminals_list(sql, 0, &terminals, &error)) {
		warn("rosters", error);
		return FALSE;
	}
	work->refresh_at_ms = now_ms + REFRESH_PAUSE_MS;
	if (terminals->len == 0)
		return FALSE;
	if (all)
		work->refresh_left = terminals->len;
	const TerminalRow *terminal =
		&g_array_index(terminals, TerminalRow, work->refresh_next++ % terminals->len);
	work->refresh_left -= work->refresh_left > 0;
	if (terminal->state != TERMINAL_REVOKED && !refresh_one(core, sql, terminal, now_ms, &error))
		warn("rosters", error);
	return work->refresh_left > 0;
}

gboolean core_work_idle(Sql *sql, gpointer user)
{
	Core *core = user;
	gint64 now_ms = core_now_ms();
	tend_certificates(core, sql, now_ms);
	tick(core, sql, now_ms);
	retain(core, sql, now_ms);
	keep_accounts(core, sql, now_ms);
	propose_outages(core, sql, now_ms);
	gboolean more_marks = judge(core, now_ms);
	gboolean more_rosters = refresh(core, sql, now_ms);
	return more_marks || more_rosters;
}
