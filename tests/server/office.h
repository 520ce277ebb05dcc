/* One office for tests: a province with a unit, two places, people with weekly hours, and a device
 * that has joined. */
#pragma once

#include "server/crypto_openssl.h"
#include "server/merge.h"
#include "server/rules/calendar.h"
#include "server/store/people/assignments.h"
#include "server/store/people/people.h"
#include "server/store/terminals/places.h"
#include "server/store/time/schedules.h"
#include "server/store/system/server_state.h"
#include "server/store/terminals/terminals.h"
#include "server/store/people/units.h"
#include "tests/server/database.h"
#include "tests/server/device.h"

#define OFFICE_OFFSET 420
#define OFFICE_DAY 20150 /* Monday, 2025-03-03 */
#define OFFICE_PEOPLE 4
#define OFFICE_PERSON(n) (1000001 + (n))

typedef struct {
	Database database;
	Sql *sql;
	gint64 now_ms; /* Monday 12.00 local */
	gint64 units[2], places[2];
	Device *device; /* at places[0], active */
	MergePolicy policy;
} Office;

static inline gint64 office_at(gint64 day, int hour, int minute)
{
	return calendar_ms(day, hour * 60 + minute, OFFICE_OFFSET);
}

#define office_ok(call)                                                                            \
	G_STMT_START                                                                                   \
	{                                                                                              \
		GError *office_error = NULL;                                                               \
		GError **error = &office_error;                                                            \
		gboolean office_done = (call);                                                             \
		g_assert_no_error(office_error);                                                           \
		g_assert_true(office_done);                                                                \
	}                                                                                              \
	G_STMT_END

static inline Change office_change(const Office *office, gint64 from_day, gint64 to_day)
{
	return (Change){.from_day = from_day,
					.to_day = to_day,
					.now_ms = office->now_ms,
					.today = calendar_day(office->now_ms, OFFICE_OFFSET)};
}

static inline void office_make_units(Office *office)
{
	static const Pattern week = {
		"5HARI",
		"5 hari kerja",
		FALSE,
		{.days = {{420, 930, 60}, {420, 930, 60}, {420, 930, 60}, {420, 930, 60}, {420, 960, 90}}}};
	static const char *const codes[] = {"BKD", "SMAN1"};
	Change always = office_change(office, DAY_ALWAYS, DAY_OPEN);
	gint64 pattern, minutes;
	office_ok(schedules_add_pattern(office->sql, &week, &pattern, &minutes, error));
	for (int i = 0; i < 2; i++) {
		UnitFacts facts = {.name = codes[i]};
		office_ok(units_find(office->sql, codes[i], TRUE, &office->units[i], error));
		office_ok(units_set(office->sql, office->units[i], &facts, &always, NULL, error));
		office_ok(units_set_start(office->sql, office->units[i], OFFICE_DAY - 30, OFFICE_DAY - 30,
								  &always, NULL, error));
		office_ok(places_find(office->sql, codes[i], TRUE, &office->places[i], error));
		office_ok(
			places_set(office->sql, office->places[i], codes[i], NULL, NULL, &always, NULL, error));
		office_ok(units_set_place(office->sql, office->units[i], office->places[i], &always, NULL,
								  error));
		office_ok(schedules_set(office->sql, office->units[i], pattern, &always, NULL, error));
	}
}

static inline void office_add_person(Office *office, PersonId id, int unit)
{
	Change always = office_change(office, DAY_ALWAYS, DAY_OPEN);
	g_autofree char *text = g_strdup_printf("PEGAWAI %d", (int)id);
	PersonName name = {.name = text};
	PersonId person;
	office_ok(people_add(office->sql, id, NULL, office->now_ms, &person, error));
	office_ok(people_set_name(office->sql, id, &name, &always, NULL, error));
	office_ok(people_set_employment(office->sql, id, "PNS", "01", &always, NULL, error));
	office_ok(assignments_set(office->sql, id, office->units[unit], 0, &always, NULL, error));
}

static inline void office_join(Office *office, Device *device)
{
	PublicKey signing, sealing;
	const guint8 secret[32] = {0};
	server_key_public(device->signing, &signing);
	server_key_public(device->sealing, &sealing);
	office_ok(terminals_add(office->sql, &device->id, office->places[0], secret, G_MAXINT64,
							office->now_ms, error));
	office_ok(terminals_join(office->sql, &device->id, &signing, &sealing, &device->key,
							 office->now_ms, error));
}

static inline void office_open(Office *office)
{
	RandomId epoch = {{1}};
	database_open(&office->database);
	office->sql = office->database.sql;
	office->now_ms = office_at(OFFICE_DAY, 12, 0);
	office->policy = (MergePolicy){.demo = FALSE,
								   .utc_offset_min = OFFICE_OFFSET,
								   .alive_tolerance_ms = 20 * 60000,
								   .limits = {300000, G_GINT64_CONSTANT(400) * 86400000}};
	office_ok(sql_begin(office->sql, error));
	office_ok(server_state_init(office->sql, &epoch, FALSE, error));
	office_make_units(office);
	for (int i = 0; i < OFFICE_PEOPLE; i++)
		office_add_person(office, OFFICE_PERSON(i), i == OFFICE_PEOPLE - 1);
	office->device = device_new("term-a", office_at(OFFICE_DAY, 6, 0));
	office_join(office, office->device);
	office_ok(sql_commit(office->sql, error));
}

static inline void office_close(Office *office)
{
	device_free(office->device);
	database_close(&office->database);
}

static inline gint64 office_count(Office *office, const char *text)
{
	GError *error = NULL;
	gint64 n = -1;
	g_autoptr(SqlStatement) row = sql_query(office->sql, &error, text, "");
	g_assert_no_error(error);
	g_assert_cmpint(sql_next(row, &error), ==, SQL_ROW);
	n = sql_int(row, 0);
	return n;
}

/* Is that text in the stored bytes of event `seq` of the first journal? */
static inline gboolean office_event_has(Office *office, gint64 seq, const char *text)
{
	GError *error = NULL;
	g_autoptr(GBytes) bytes = events_get(office->sql, 1, seq, &error);
	gsize size;
	g_assert_no_error(error);
	const void *data = g_bytes_get_data(bytes, &size);
	return memmem(data, size, text, strlen(text)) != NULL;
}

/* As the core role does it: collect, check, merge, commit. */
static inline void office_merge_message(Office *office, GBytes *message, gint64 now_ms,
										MergeResult *result)
{
	char topic[TOPIC_MAX];
	g_auto(Collected) collected = {0};
	EventBatch batch;
	size_t bad;
	device_topic(office->device, TOPIC_UP_EVENTS, topic);
	g_assert_cmpint(collect_message(topic, message, &collected), ==, COLLECT_OK);
	g_assert_cmpint(event_batch_decode(&collected.envelope, &batch), ==, WIRE_OK);
	g_assert_cmpint(event_batch_check(&batch, crypto_sha256, &bad), ==, WIRE_OK);
	Slice all = slice_of_bytes(message);
	Slice statement = {all.data, all.size - collected.envelope.rest.size};
	office_ok(sql_begin(office->sql, error));
	office_ok(merge_batch(office->sql, &office->policy, &office->device->id, &batch, statement,
						  now_ms, result, error));
	office_ok(sql_commit(office->sql, error));
}

/* first … last of the device, received now. */
static inline MergeOutcome office_merge(Office *office, gint64 first, gint64 last, Receipt *receipt)
{
	g_autoptr(GBytes) message = device_batch(office->device, first, last);
	g_auto(MergeResult) result = {0};
	office_merge_message(office, message, office->now_ms, &result);
	if (receipt != NULL)
		*receipt = result.receipt;
	return result.outcome;
}
