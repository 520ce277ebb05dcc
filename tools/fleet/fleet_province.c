#include "tools/fleet/fleet_province.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "server/broker_config.h"
#include "server/join.h"
#include "server/province.h"
#include "server/rules/calendar.h"
#include "server/server_keys.h"
#include "server/store/people/assignments.h"
#include "server/store/people/people.h"
#include "server/store/people/units.h"
#include "server/store/terminals/commands.h"
#include "server/store/terminals/places.h"
#include "server/store/time/schedules.h"
#include "server/wire.h"

#define BROKER_START_S 20
#define SERVER_START_S 60
#define PER_TRANSACTION 50 /* terminals */

char *fleet_province_terminal(guint index)
{
	return g_strdup_printf("fleet-%05u", index);
}

char *fleet_province_anchors(const FleetProvince *province)
{
	return g_build_filename(province->config->broker_folder, "ca.crt", NULL);
}

Sql *fleet_province_sql(const FleetProvince *province, GError **error)
{
	g_autofree char *database = config_database(province->config);
	return sql_open(database, error);
}

static gint64 free_port(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof address;
	int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	g_assert_cmpint(bind(probe, (struct sockaddr *)&address, size), ==, 0);
	g_assert_cmpint(getsockname(probe, (struct sockaddr *)&address, &size), ==, 0);
	close(probe);
	return ntohs(address.sin_port);
}

/* ── people and places ── */

typedef struct {
	FleetProvince *province;
	Sql *sql;
	Authority *authority;
	gint64 now_ms, unit;
	Change always;
} Making;

static gboolean make_unit(Making *making, GError **error)
{
	static const Pattern week = {
		"FLEET",
		"5 hari kerja",
		FALSE,
		{.days = {{420, 930, 60}, {420, 930, 60}, {420, 930, 60}, {420, 930, 60}, {420, 960, 90}}}};
	UnitFacts facts = {.name = "FLEET"};
	gint64 pattern, minutes, today = making->always.today;
	return schedules_add_pattern(making->sql, &week, &pattern, &minutes, error) &&
		   units_find(making->sql, "FLEET", TRUE, &making->unit, error) &&
		   units_set(making->sql, making->unit, &facts, &making->always, NULL, error) &&
		   units_set_start(making->sql, making->unit, today - 30, today - 30, &making->always, NULL,
						   error) &&
		   schedules_set(making->sql, making->unit, pattern, &making->always, NULL, error);
}

static gboolean make_person(Making *making, PersonId id, gint64 place, GError **error)
{
	g_autofree char *text = g_strdup_printf("PEGAWAI %d", (int)id);
	PersonName name = {.name = text};
	PersonId person;
	return people_add(making->sql, id, NULL, making->now_ms, &person, error) &&
		   people_set_name(making->sql, id, &name, &making->always, NULL, error) &&
		   people_set_employment(making->sql, id, "PNS", "01", &making->always, NULL, error) &&
		   assignments_set(making->sql, id, making->unit, place, &making->always, NULL, error);
}

static gboolean make_place(Making *making, guint index, const char *code, gint64 *place,
						   GError **error)
{
	guint n = making->province->plan.n_people;
	gboolean done = places_find(making->sql, code, TRUE, place, error) &&
					places_set(making->sql, *place, code, NULL, NULL, &making->always, NULL, error);
	for (guint i = 0; i < n && done; i++)
		done = make_person(making, FLEET_PERSON_FIRST + (PersonId)index * n + i, *place, error);
	return done;
}

/* ── terminals ── */

gboolean fleet_province_secret(GKeyFile *bundle, guint8 secret[32], GError **error)
{
	g_autofree char *hex = g_key_file_get_string(bundle, "bundle", "secret", error);
	for (gsize i = 0; hex != NULL && i < 32 && hex[2 * i] != '\0'; i++)
		secret[i] =
			(guint8)(g_ascii_xdigit_value(hex[2 * i]) << 4 | g_ascii_xdigit_value(hex[2 * i + 1]));
	return hex != NULL;
}

static char *pem_of(Slice der)
{
	g_autofree char *text = g_base64_encode(der.data, der.size);
	GString *pem = g_string_new("-----BEGIN CERTIFICATE-----\n");
	for (gsize at = 0; at < strlen(text); at += 64)
		g_string_append_printf(pem, "%.64s\n", text + at);
	g_string_append(pem, "-----END CERTIFICATE-----\n");
	return g_string_free(pem, FALSE);
}

char *fleet_province_certificate(Slice bytes)
{
	Command command;
	if (command_decode(bytes, &command) != WIRE_OK || command.kind != COMMAND_CERTIFICATE)
		return NULL;
	return pem_of(command.certificate.certificates[0]);
}

/* The certificate that waits for the terminal as a command, as it would get it over the wire. */
static gboolean take_certificate(Making *making, FleetDevice *device, GError **error)
{
	g_autoptr(GBytes) body = NULL;
	Command command;
	gsize size = 0;
	if (!commands_next(making->sql, &device->id, making->now_ms, &body, error))
		return FALSE;
	gconstpointer data = body == NULL ? NULL : g_bytes_get_data(body, &size);
	device->certificate = fleet_province_certificate(slice_of(data, size));
	if (device->certificate == NULL) {
		g_set_error(error, SQL_ERROR, SQL_ERROR_FAILED, "%s got no certificate", device->id.text);
		return FALSE;
	}
	command_decode(slice_of(data, size), &command);
	device->last_command = command.id;
	return TRUE;
}

static gboolean join(Making *making, FleetDevice *device, const guint8 secret[32], GError **error)
{
	JoinPolicy policy = {making->authority, making->province->config->certificate_days};
	g_autoptr(GBytes) message = fleet_device_join(device, secret);
	Envelope envelope;
	Join order;
	if (envelope_decode(slice_of_bytes(message), &envelope) != WIRE_OK ||
		join_decode(envelope.payload, &order) != WIRE_OK) {
		g_set_error(error, SQL_ERROR, SQL_ERROR_FAILED, "%s: its join is not readable",
					device->id.text);
		return FALSE;
	}
	gint64 n_done, n_spent;
	/* It has carried out the command: the bundle's certificate ends, as with its first want. */
	return join_accept(making->sql, &policy, &device->id, &order, making->now_ms, error) &&
		   take_certificate(making, device, error) &&
		   commands_done(making->sql, &device->id, (gint64)device->last_command, making->now_ms,
						 &n_done, error) &&
		   certificates_spent(making->sql, device->id.text, making->now_ms, &n_spent, error);
}

static gboolean make_terminal(Making *making, guint index, GError **error)
{
	FleetProvince *province = making->province;
	g_autofree char *id = fleet_province_terminal(index);
	guint8 secret[32];
	gint64 place;
	if (!make_place(making, index, id, &place, error))
		return FALSE;
	char *bundle =
		province_add_terminal(province->config, making->sql, id, place, making->now_ms, error);
	if (bundle == NULL)
		return FALSE;
	FleetDevice *device = fleet_device_new(id, province->plan.seed + index, &province->server,
										   making->now_ms - 4 * AUTHORITY_DAY_MS);
	g_ptr_array_add(province->devices, device);
	g_autoptr(GKeyFile) file = g_key_file_new();
	gboolean done = g_key_file_load_from_data(file, bundle, (gsize)-1, G_KEY_FILE_NONE, error) &&
					fleet_province_secret(file, secret, error) &&
					join(making, device, secret, error);
	server_text_wipe(bundle);
	return done;
}

static gboolean fill(Making *making, GError **error)
{
	guint n = making->province->plan.n_terminals;
	gboolean done = sql_begin(making->sql, error) && make_unit(making, error);
	for (guint i = 0; i < n && done; i++) {
		done = make_terminal(making, i, error);
		if (done && i % PER_TRANSACTION == PER_TRANSACTION - 1)
			done = sql_commit(making->sql, error) && sql_begin(making->sql, error);
	}
	return done &&
		   broker_config_write_crl(making->province->config, making->authority, making->sql,
								   making->now_ms, error) &&
		   sql_commit(making->sql, error);
}

static gboolean make_all(FleetProvince *province, GError **error)
{
	ProvinceNew what = {.demo = TRUE, .port_broker = free_port(), .port_web = free_port()};
	Making making = {.province = province, .now_ms = g_get_real_time() / 1000};
	g_autofree char *folder = g_build_filename(province->folder, "server", NULL);
	what.now_ms = making.now_ms;
	province->config = province_make(folder, &what, error);
	if (province->config == NULL)
		return FALSE;
	g_autoptr(ServerKey) signing = server_keys_signing(province->config, error);
	g_autofree char *authority_folder = broker_authority_folder(province->config);
	g_autoptr(Authority) authority = authority_open(authority_folder, error);
	g_autoptr(Sql) sql = fleet_province_sql(province, error);
	if (signing == NULL || authority == NULL || sql == NULL)
		return FALSE;
	server_key_public(signing, &province->server);
	making.sql = sql;
	making.authority = authority;
	making.always =
		(Change){.from_day = DAY_ALWAYS,
				 .to_day = DAY_OPEN,
				 .now_ms = making.now_ms,
				 .today = calendar_day(making.now_ms, province->config->utc_offset_min)};
	return fill(&making, error);
}

FleetProvince *fleet_province_new(const FleetPlan *plan, GError **error)
{
	FleetProvince *province = g_new0(FleetProvince, 1);
	province->plan = *plan;
	province->build = g_canonicalize_filename(plan->build, NULL);
	province->folder = g_canonicalize_filename(plan->folder, NULL);
	province->devices = g_ptr_array_new_with_free_func(fleet_device_free);
	if (make_all(province, error))
		return province;
	g_prefix_error(error, "make a province in %s: ", plan->folder);
	fleet_province_free(province);
	return NULL;
}

void fleet_province_free(FleetProvince *province)
{
	fleet_process_stop(province->daemon);
	fleet_process_stop(province->broker);
	g_ptr_array_unref(province->devices);
	g_clear_pointer(&province->config, config_free);
	g_free(province->build);
	g_free(province->folder);
	g_free(province);
}

void fleet_province_remove(const char *folder)
{
	g_autoptr(GDir) dir =
		g_file_test(folder, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(folder, 0, NULL);
	for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;) {
		g_autofree char *below = g_build_filename(folder, name, NULL);
		fleet_province_remove(below);
	}
	g_remove(folder);
}

/* ── its programs ── */

gboolean fleet_province_start_broker(FleetProvince *province, GError **error)
{
	g_autofree char *found = g_find_program_in_path("mosquitto");
	g_autofree char *conf =
		g_build_filename(province->config->broker_folder, "mosquitto.conf", NULL);
	g_autofree char *log = g_build_filename(province->folder, "broker.log", NULL);
	const char *argv[] = {found == NULL ? "/usr/sbin/mosquitto" : found, "-c", conf, NULL};
	province->broker = fleet_process_start(argv, log, " running", BROKER_START_S, error);
	return province->broker != NULL;
}

gboolean fleet_province_start_server(FleetProvince *province, GError **error)
{
	g_autofree char *program = g_build_filename(province->build, "hadir-server", NULL);
	g_autofree char *conf = g_build_filename(province->config->folder, "server.conf", NULL);
	g_autofree char *log = g_build_filename(province->folder, "server.log", NULL);
	const char *argv[] = {program, "--config", conf, NULL};
	province->daemon =
		fleet_process_start(argv, log, "connected to the broker", SERVER_START_S, error);
	return province->daemon != NULL;
}

gboolean fleet_province_hadir(const FleetProvince *province, GError **error, const char *first, ...)
{
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	g_autofree char *program = g_build_filename(province->build, "hadir", NULL);
	g_autofree char *conf = g_build_filename(province->config->folder, "server.conf", NULL);
	g_autofree char *output = NULL, *errors = NULL;
	int status;
	va_list arguments;
	g_ptr_array_add(argv, program);
	va_start(arguments, first);
	for (const char *word = first; word != NULL; word = va_arg(arguments, const char *))
		g_ptr_array_add(argv, (gpointer)word);
	va_end(arguments);
	g_ptr_array_add(argv, (gpointer) "--config");
	g_ptr_array_add(argv, conf);
	g_ptr_array_add(argv, NULL);
	if (!g_spawn_sync(NULL, (char **)argv->pdata, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output,
					  &errors, &status, error))
		return FALSE;
	if (g_spawn_check_wait_status(status, error))
		return TRUE;
	g_prefix_error(error, "hadir %s: %s: ", first, errors);
	return FALSE;
}
