/*
 * The way in: every message from the server is checked (key, terminal, type, epoch, a number that
 * grows) before anything is done, and then handed to whom it concerns (design decisions 5 and 9).
 */
#pragma once

#include <glib.h>

#include "firmware/bundle.h"
#include "firmware/journal.h"
#include "firmware/localdb.h"
#include "firmware/roster.h"
#include "protocol/command.h"
#include "protocol/envelope.h"
#include "protocol/receipt.h"

/* What the rest of the terminal does with a checked message.  Called from control_accept(), once
 * per message; texts are borrowed until return.  Each may be NULL. */
typedef struct {
	/* The journal has the receipt already. */
	void (*receipt)(const Receipt *receipt, JournalReceiptOutcome outcome, gpointer user);
	/* A chunk was applied (ROSTER_APPLIED), or does not fit (ROSTER_GAP). */
	void (*roster)(RosterOutcome outcome, gboolean more, gpointer user);
	/* For the panel.  Idempotent: a command may come twice. */
	void (*enrol)(const Command *command, gpointer user);
	void (*enrol_cancel)(const RandomId *enrolment, gpointer user);
	void (*enrol_answer)(const RandomId *enrolment, AnswerOutcome outcome, gpointer user);
	void (*claim_answer)(const Command *command, gpointer user);
	void (*code_answer)(const Command *command, gpointer user);
	/* The identity we joined for: `command->certificate`. */
	void (*certificate)(const Command *command, gpointer user);
	void (*revoked)(gpointer user);
	/* A fresh want is due: so ordered, or the server's epoch is new. */
	void (*resync)(gpointer user);
	/* After any command, also a repeated one: the next want confirms it. */
	void (*carried_out)(gpointer user);
} ControlHandlers;

typedef struct {
	TerminalId terminal;
	const Bundle *bundle; /* the first server keys */
	LocalDb *db;
	Journal *journal;
	Roster *roster;
	Timekeeper *timekeeper;
	ControlHandlers handlers;
	gpointer user;
} ControlConfig;

typedef struct Control Control;

/* Parts are borrowed and outlive the control. */
Control *control_new(const ControlConfig *config, GError **error);
void control_free(Control *control);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Control, control_free)

/* One message as the link brought it. What cannot be accepted is logged, counted and dropped. */
void control_accept(Control *control, const char *topic, Slice message);

/* The vault's key: probes and templates are sealed to it.  Borrowed. */
const PublicKey *control_server_sealing(const Control *control);
/* FALSE: no server was heard yet. */
gboolean control_epoch(const Control *control, RandomId *epoch);
uint64_t control_last_command(const Control *control);
gboolean control_is_revoked(const Control *control);
guint64 control_n_refused(const Control *control); /* messages dropped since start */
