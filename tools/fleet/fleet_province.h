/*
 * A province of the fleet's own in a folder: made as `hadir init --demo` does it, with a place and people
 * per terminal.  Terminals get their bundle and join by the server's own code (province_add_terminal(),
 * join_accept()), before the server runs and without a message each: the fast path.  What a replaced
 * device does goes over the wire.
 */
#pragma once

#include "server/config.h"
#include "server/store/sql.h"
#include "tools/fleet/fleet_device.h"
#include "tools/fleet/fleet_process.h"

#define FLEET_PERSON_FIRST 2000001

typedef struct {
	const char *build;           /* the folder of hadir and hadir-server */
	const char *folder;          /* empty or missing */
	guint n_terminals, n_people; /* people of each */
	guint32 seed;
} FleetPlan;

typedef struct {
	FleetPlan plan;
	char *build, *folder;
	ServerConfig *config;
	PublicKey server;   /* its signing key */
	GPtrArray *devices; /* of FleetDevice, joined */
	FleetProcess *broker, *daemon;
} FleetProvince;

FleetProvince *fleet_province_new(const FleetPlan *plan, GError **error);
/* Stops what runs. The folder stays. */
void fleet_province_free(FleetProvince *province);

/* Removes a folder with all below it, following no link. */
void fleet_province_remove(const char *folder);

/* "fleet-00042" */
char *fleet_province_terminal(guint index);
gboolean fleet_province_start_broker(FleetProvince *province, GError **error);
gboolean fleet_province_start_server(FleetProvince *province, GError **error);
/* Runs `hadir ARGUMENTS…` (NULL-terminated) on it. */
gboolean fleet_province_hadir(const FleetProvince *province, GError **error, const char *first,
							  ...) G_GNUC_NULL_TERMINATED;
/* A connection to its database. */
Sql *fleet_province_sql(const FleetProvince *province, GError **error);
/* The secret of a bundle. */
gboolean fleet_province_secret(GKeyFile *bundle, guint8 secret[32], GError **error);
/* The leaf in the bytes of a COMMAND_CERTIFICATE, PEM (transfer full); NULL: it is none. */
char *fleet_province_certificate(Slice bytes);
/* PEM file of whom the broker's certificate comes from (transfer full). */
char *fleet_province_anchors(const FleetProvince *province);
