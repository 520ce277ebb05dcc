/*
 * The human side of the core role: it carries out what terminal_step() decides, with the sensor
 * role, the gallery, the journal, the panel and the lamps.
 *
 *   sensor role ──CAPTURE_*──► Terminal ──► journal (before green), panel, lamps, enrol reports
 *   core role ──receipt, roster, commands, network──┘
 *
 * Main-loop use; every function is called from the default main context.
 */
#pragma once

#include <glib.h>

#include "firmware/hal/drivers.h"
#include "firmware/journal.h"
#include "firmware/keystore.h"
#include "firmware/roster.h"
#include "firmware/timekeeper.h"
#include "protocol/command.h"
#include "protocol/enrol.h"

typedef struct Terminal Terminal;

/* Everything is borrowed and outlives the terminal; texts and options are copied. */
typedef struct {
	TerminalId id;
	const char *title; /* top of the panel; NULL: the id */
	const DisplayDriver *display;
	DisplayOptions display_options;
	const IndicatorsDriver *indicators;
	IndicatorsOptions indicators_options;
	Journal *journal;
	Roster *roster;
	Timekeeper *timekeeper;
	const Keystore *keys; /* opens what is sealed to this terminal */
	/* The vault's key now (control_server_sealing()); NULL: none is known yet. */
	const PublicKey *(*vault_key)(gpointer user);
	/* One step of an enrolment, for up/enrol.  A report in state ENROL_DONE is kept by the callee
	 * until the server has answered (publisher_send_enrol()); FALSE: it could not be kept. */
	gboolean (*report)(const EnrolReport *report, gpointer user);
	/* sensor_ok, tamper or drivers changed: health is to be sent. */
	void (*changed)(gpointer user);
	gpointer user;
} TerminalDeps;

/* Opens panel and lamps, loads the gallery, shows the first screen.  Takes the roster's changed
 * callback. NULL with an error for what waiting does not cure. */
Terminal *terminal_new(const TerminalDeps *deps, GError **error);
void terminal_free(Terminal *terminal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Terminal, terminal_free)

/* The link to the sensor role is there (again). Takes `fd`. */
void terminal_sensor_linked(Terminal *terminal, int fd);

/* What core knows and the panel shows. All are idempotent. */
void terminal_set_online(Terminal *terminal, gboolean online); /* the server answers */
void terminal_set_revoked(Terminal *terminal, gboolean revoked);
void terminal_set_stopping(Terminal *terminal);

/* After journal_apply_receipt(). */
void terminal_receipted(Terminal *terminal, const RandomId *journal, uint64_t seq);

/* Commands, already checked (control.h). Each may come twice. */
void terminal_enrol(Terminal *terminal, const Command *command);
void terminal_enrol_cancel(Terminal *terminal, const RandomId *enrolment);
void terminal_enrol_answer(Terminal *terminal, const RandomId *enrolment, AnswerOutcome outcome);
void terminal_claim_answer(Terminal *terminal, const Command *command);
void terminal_code_answer(Terminal *terminal, const Command *command);

/* For health and the alive mark. */
gboolean terminal_sensor_ok(const Terminal *terminal);
gboolean terminal_tamper_open(const Terminal *terminal);
const char *terminal_sensor_name(const Terminal *terminal); /* the library's driver; "" if none */
