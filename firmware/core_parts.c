#include "firmware/core_parts.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

static gboolean find_drivers(CoreParts *parts, const HalDrivers *drivers,
							 const TerminalConfig *config, GError **error)
{
	parts->sensor = hal_find_sensor(drivers, config->sensor, error);
	if (parts->sensor == NULL)
		return FALSE;
	parts->display = hal_find_display(drivers, config->display, error);
	if (parts->display == NULL)
		return FALSE;
	parts->indicators = hal_find_indicators(drivers, config->indicators, error);
	if (parts->indicators == NULL)
		return FALSE;
	parts->clock_driver = hal_find_clock(drivers, config->clock, error);
	if (parts->clock_driver == NULL)
		return FALSE;
	parts->simulated = parts->sensor->simulated || parts->display->simulated ||
					   parts->indicators->simulated || parts->clock_driver->simulated;
	return TRUE;
}

/* When this program was built: packages keep the file's time.  UTC ms. */
static int64_t built_ms(void)
{
	struct stat info;

	return stat("/proc/self/exe", &info) == 0 ? (int64_t)info.st_mtim.tv_sec * 1000 : 0;
}

/* A simulated clock may show any time; a real one none before the build. */
static int64_t floor_of(const CoreParts *parts, const TerminalConfig *config)
{
	int64_t last_ms = journal_last_wall_ms(config->state);

	return parts->clock_driver->simulated ? last_ms : MAX(last_ms, built_ms());
}

static gboolean make_folder(const char *path, GError **error)
{
	umask(077);
	if (g_mkdir_with_parents(path, 0700) == 0)
		return TRUE;
	g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno), "make %s: %s", path,
				g_strerror(errno));
	return FALSE;
}

static gboolean open_clock(CoreParts *parts, const TerminalConfig *config, GError **error)
{
	ClockOptions options = {.start_ms = config->clock_start_ms};

	parts->clock = parts->clock_driver->open(&options, error);
	if (parts->clock == NULL)
		return FALSE;
	parts->timekeeper = timekeeper_new(parts->clock_driver, parts->clock, floor_of(parts, config));
	return TRUE;
}

static gboolean open_journal(CoreParts *parts, const TerminalConfig *config, GError **error)
{
	JournalConfig journal = {
		.folder = config->state,
		.head = config->head,
		.terminal = parts->bundle->terminal,
		.reserve = (guint64)config->reserve_mib * 1024 * 1024,
		.version = HADIR_VERSION,
	};
	ClockReading now;

	timekeeper_read(parts->timekeeper, &now);
	parts->journal = journal_open(&journal, &now, error);
	return parts->journal != NULL;
}

static gboolean open_local(CoreParts *parts, const TerminalConfig *config, GError **error)
{
	g_autofree char *path = g_build_filename(config->state, "local.db", NULL);
	ClockReading now;

	timekeeper_read(parts->timekeeper, &now);
	parts->db = localdb_open(path, now.wall_ms > 0 ? (uint64_t)now.wall_ms : 0, error);
	if (parts->db == NULL)
		return FALSE;
	parts->roster = roster_open(parts->db, parts->keys, &parts->bundle->terminal, error);
	return parts->roster != NULL;
}

gboolean core_parts_open(CoreParts *parts, const HalDrivers *drivers, const TerminalConfig *config,
						 GError **error)
{
	g_autofree char *keys = g_build_filename(config->state, "keys", NULL);

	memset(parts, 0, sizeof *parts);
	return find_drivers(parts, drivers, config, error) &&
		   (parts->bundle = bundle_load(config->bundle, error)) != NULL &&
		   make_folder(config->state, error) && make_folder(config->run, error) &&
		   open_clock(parts, config, error) && (parts->keys = keystore_open(keys, error)) != NULL &&
		   open_journal(parts, config, error) && open_local(parts, config, error);
}

void core_parts_close(CoreParts *parts)
{
	g_clear_pointer(&parts->roster, roster_free);
	g_clear_pointer(&parts->db, localdb_close);
	g_clear_pointer(&parts->journal, journal_free);
	g_clear_pointer(&parts->keys, keystore_free);
	g_clear_pointer(&parts->timekeeper, timekeeper_free);
	if (parts->clock != NULL)
		parts->clock_driver->free(parts->clock);
	parts->clock = NULL;
	g_clear_pointer(&parts->bundle, bundle_free);
}

gboolean core_parts_append(CoreParts *parts, uint32_t kind, const EventBody *body)
{
	g_autoptr(GError) error = NULL;
	ClockReading now;

	timekeeper_read(parts->timekeeper, &now);
	if (journal_append(parts->journal, kind, body, (Slice){0}, &now, NULL, &error))
		return TRUE;
	g_warning("core: event of kind %u: %s", kind, error->message);
	return FALSE;
}

static Slice text(const char *text)
{
	return (Slice){(const uint8_t *)text, strlen(text)};
}

gboolean core_parts_append_boot(CoreParts *parts)
{
	EventBody body = {.boot = {
						  .version = text(HADIR_VERSION),
						  .sensor = text(parts->sensor->name),
						  .display = text(parts->display->name),
						  .indicators = text(parts->indicators->name),
						  .simulated = parts->simulated,
						  .clean = journal_ended_clean(parts->journal),
					  }};

	return core_parts_append(parts, EVENT_BOOT, &body);
}
