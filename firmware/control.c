#include "firmware/control.h"

#include <string.h>

#include "firmware/crypto_psa.h"
#include "protocol/topic.h"

/* Epochs that ended: their messages are replays.  A restore is rare. */
#define PAST_EPOCHS_MAX 64

/* One row per topic that comes down: its message type, and the name under which the highest number
 * seen is kept.  Each topic is ordered by itself. */
typedef struct {
	TopicKind topic;
	MessageType type;
	const char *seen;
} Kind;

static const Kind kinds[] = {
	{TOPIC_DOWN_RECEIPT, MESSAGE_RECEIPT, "seen-receipt"},
	{TOPIC_DOWN_ROSTER, MESSAGE_ROSTER, "seen-roster"},
	{TOPIC_DOWN_COMMAND, MESSAGE_COMMAND, "seen-command"},
};

struct Control {
	ControlConfig parts;
	PublicKey signing, sealing; /* the server's, as of now */
	KeyId signing_id;
	gboolean has_epoch, revoked;
	RandomId epoch;
	GBytes *past; /* past epochs, 16 bytes each */
	int64_t seen[G_N_ELEMENTS(kinds)];
	int64_t last_command;
	guint64 n_refused;
};

/* ── what is kept ── */

static gboolean load_fixed(LocalDb *db, const char *name, void *out, gsize size, gboolean *found,
						   GError **error)
{
	g_autoptr(GBytes) bytes = localdb_get_bytes(db, name, error);

	if (bytes == NULL)
		return FALSE;
	*found = g_bytes_get_size(bytes) == size;
	if (*found)
		memcpy(out, g_bytes_get_data(bytes, NULL), size);
	return TRUE;
}

static gboolean load_keys(Control *control, GError **error)
{
	gboolean found;

	control->signing = control->parts.bundle->server_signing;
	control->sealing = control->parts.bundle->server_sealing;
	if (!load_fixed(control->parts.db, "server-signing", &control->signing, sizeof control->signing,
					&found, error) ||
		!load_fixed(control->parts.db, "server-sealing", &control->sealing, sizeof control->sealing,
					&found, error))
		return FALSE;
	key_id_of(&control->signing, crypto_sha256, &control->signing_id);
	return TRUE;
}

static gboolean load(Control *control, GError **error)
{
	LocalDb *db = control->parts.db;
	int64_t revoked;

	if (!load_keys(control, error) ||
		!load_fixed(db, "epoch", &control->epoch, sizeof control->epoch, &control->has_epoch,
					error) ||
		!localdb_get_int(db, "last-command", &control->last_command, error) ||
		!localdb_get_int(db, "revoked", &revoked, error))
		return FALSE;
	control->revoked = revoked != 0;
	control->past = localdb_get_bytes(db, "past-epochs", error);
	if (control->past == NULL)
		return FALSE;
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
		if (!localdb_get_int(db, kinds[i].seen, &control->seen[i], error))
			return FALSE;
	return TRUE;
}

Control *control_new(const ControlConfig *config, GError **error)
{
	g_autoptr(Control) control = g_new0(Control, 1);

	control->parts = *config;
	if (load(control, error))
		return g_steal_pointer(&control);
	g_prefix_error(error, "control: ");
	return NULL;
}

void control_free(Control *control)
{
	if (control == NULL)
		return;
	g_clear_pointer(&control->past, g_bytes_unref);
	g_free(control);
}

const PublicKey *control_server_sealing(const Control *control)
{
	return &control->sealing;
}

gboolean control_epoch(const Control *control, RandomId *epoch)
{
	if (control->has_epoch)
		*epoch = control->epoch;
	return control->has_epoch;
}

uint64_t control_last_command(const Control *control)
{
	return (uint64_t)control->last_command;
}

gboolean control_is_revoked(const Control *control)
{
	return control->revoked;
}

guint64 control_n_refused(const Control *control)
{
	return control->n_refused;
}

/* ── freshness ── */

static gboolean is_past(const Control *control, const RandomId *epoch)
{
	gsize size;
	const guint8 *past = g_bytes_get_data(control->past, &size);

	for (gsize at = 0; at + sizeof epoch->bytes <= size; at += sizeof epoch->bytes)
		if (memcmp(past + at, epoch->bytes, sizeof epoch->bytes) == 0)
			return TRUE;
	return FALSE;
}

static GBytes *with_past(const Control *control)
{
	GByteArray *past = g_byte_array_new();
	gsize size;
	const guint8 *old = g_bytes_get_data(control->past, &size);
	gsize keep = (PAST_EPOCHS_MAX - 1) * sizeof control->epoch.bytes;

	if (size > keep) {
		old += size - keep;
		size = keep;
	}
	g_byte_array_append(past, old, (guint)size);
	g_byte_array_append(past, control->epoch.bytes, sizeof control->epoch.bytes);
	return g_byte_array_free_to_bytes(past);
}

static gboolean store_epoch(Control *control, const RandomId *epoch, GBytes *past, GError **error)
{
	LocalDb *db = control->parts.db;
	gsize size;
	const guint8 *data = g_bytes_get_data(past, &size);

	if (!localdb_set_bytes(db, "epoch", (Slice){epoch->bytes, sizeof epoch->bytes}, error) ||
		!localdb_set_bytes(db, "past-epochs", (Slice){data, size}, error))
		return FALSE;
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
		if (!localdb_set_int(db, kinds[i].seen, 0, error))
			return FALSE;
	/* A restored server counts its roster's changes anew. */
	return roster_restart(control->parts.roster, error);
}

/* A new epoch: numbers begin again, and what was past stays past. */
static gboolean enter_epoch(Control *control, const RandomId *epoch, GError **error)
{
	g_autoptr(GBytes) past = control->has_epoch ? with_past(control) : g_bytes_ref(control->past);
	Database *db = localdb_database(control->parts.db);

	if ((control->has_epoch && !journal_enter_epoch(control->parts.journal, error)) ||
		!database_begin(db, error))
		return FALSE;
	if (!store_epoch(control, epoch, past, error)) {
		database_rollback(db);
		return FALSE;
	}
	if (!database_commit(db, error))
		return FALSE;
	if (control->has_epoch)
		g_message("control: the server was restored: a new epoch begins");
	g_clear_pointer(&control->past, g_bytes_unref);
	control->past = g_steal_pointer(&past);
	control->epoch = *epoch;
	control->has_epoch = TRUE;
	memset(control->seen, 0, sizeof control->seen);
	return TRUE;
}

/* Fresh, and marked as seen on disk before anything is done with it. */
static gboolean take_number(Control *control, gsize kind, const EnvelopeHead *head, GError **error)
{
	if (head->number > G_MAXINT64 || (int64_t)head->number <= control->seen[kind]) {
		g_set_error(error, DATABASE_ERROR, DATABASE_ERROR_FAILED,
					"number %" G_GUINT64_FORMAT " was seen already", (guint64)head->number);
		return FALSE;
	}
	if (!localdb_set_int(control->parts.db, kinds[kind].seen, (int64_t)head->number, error))
		return FALSE;
	control->seen[kind] = (int64_t)head->number;
	return TRUE;
}

/* ── the receivers ── */

static gboolean malformed(GError **error, WireResult result)
{
	g_set_error(error, DATABASE_ERROR, DATABASE_ERROR_FAILED, "%s", wire_result_text(result));
	return FALSE;
}

static gboolean receive_receipt(Control *control, Slice payload, GError **error)
{
	Receipt receipt;
	JournalReceiptOutcome outcome;
	ClockReading now;
	WireResult result = receipt_decode(payload, &receipt);

	if (result != WIRE_OK)
		return malformed(error, result);
	timekeeper_read(control->parts.timekeeper, &now);
	if (!journal_apply_receipt(control->parts.journal, &receipt, &now, &outcome, error))
		return FALSE;
	if (control->parts.handlers.receipt != NULL)
		control->parts.handlers.receipt(&receipt, outcome, control->parts.user);
	return TRUE;
}

static gboolean receive_roster(Control *control, Slice payload, GError **error)
{
	RosterChunk chunk;
	RosterOutcome outcome;
	gboolean more, done;
	WireResult result = roster_chunk_decode(payload, &chunk);

	if (result != WIRE_OK) {
		roster_chunk_clear(&chunk);
		return malformed(error, result);
	}
	more = chunk.more;
	done = control->revoked || roster_apply(control->parts.roster, &chunk, &outcome, error);
	roster_chunk_clear(&chunk);
	if (done && !control->revoked && control->parts.handlers.roster != NULL)
		control->parts.handlers.roster(outcome, more, control->parts.user);
	return done;
}

/* An event says what was carried out; that it cannot be written must not stop the command. */
static void journal_command(Control *control, const Command *command, const char *action)
{
	g_autoptr(GError) error = NULL;
	EventBody body = {.admin = {command->id, {(const uint8_t *)action, strlen(action)}}};
	ClockReading now;

	timekeeper_read(control->parts.timekeeper, &now);
	if (!journal_append(control->parts.journal, EVENT_ADMIN, &body, (Slice){0}, &now, NULL, &error))
		g_warning("control: record command %" G_GUINT64_FORMAT ": %s", (guint64)command->id,
				  error->message);
}

static gboolean store_keys(Control *control, const Command *command, GError **error)
{
	LocalDb *db = control->parts.db;
	const PublicKey *signing = &command->keys.signing, *sealing = &command->keys.sealing;

	return localdb_set_bytes(db, "server-signing", (Slice){signing->bytes, sizeof signing->bytes},
							 error) &&
		   localdb_set_bytes(db, "server-sealing", (Slice){sealing->bytes, sizeof sealing->bytes},
							 error) &&
		   localdb_set_int(db, "last-command", (int64_t)command->id, error);
}

static gboolean change_keys(Control *control, const Command *command, GError **error)
{
	Database *db = localdb_database(control->parts.db);

	if (!database_begin(db, error))
		return FALSE;
	if (!store_keys(control, command, error)) {
		database_rollback(db);
		return FALSE;
	}
	return database_commit(db, error) && load_keys(control, error);
}

static gboolean obey_revocation(Control *control, GError **error)
{
	control->revoked = TRUE;
	if (!localdb_set_int(control->parts.db, "revoked", 1, error) ||
		!roster_wipe(control->parts.roster, error))
		return FALSE;
	if (control->parts.handlers.revoked != NULL)
		control->parts.handlers.revoked(control->parts.user);
	return TRUE;
}

static gboolean resync(Control *control, GError **error)
{
	if (!roster_restart(control->parts.roster, error))
		return FALSE;
	if (control->parts.handlers.resync != NULL)
		control->parts.handlers.resync(control->parts.user);
	return TRUE;
}

/* What concerns the panel and the enrolment. */
static void hand_over(Control *control, const Command *command)
{
	const ControlHandlers *handlers = &control->parts.handlers;
	gpointer user = control->parts.user;

	if (command->kind == COMMAND_ENROL && handlers->enrol != NULL)
		handlers->enrol(command, user);
	else if (command->kind == COMMAND_ENROL_CANCEL && handlers->enrol_cancel != NULL)
		handlers->enrol_cancel(&command->enrol_cancel.enrolment, user);
	else if (command->kind == COMMAND_ENROL_ANSWER && handlers->enrol_answer != NULL)
		handlers->enrol_answer(&command->enrol_answer.enrolment, command->enrol_answer.outcome,
							   user);
	else if (command->kind == COMMAND_CLAIM_ANSWER && handlers->claim_answer != NULL)
		handlers->claim_answer(command, user);
	else if (command->kind == COMMAND_CODE && handlers->code_answer != NULL)
		handlers->code_answer(command, user);
	else if (command->kind == COMMAND_CERTIFICATE && handlers->certificate != NULL)
		handlers->certificate(command, user);
}

/* The action's name for EVENT_ADMIN; NULL for what has an event of its own, or none. */
static const char *action_of(CommandKind kind)
{
	switch (kind) {
	case COMMAND_ENROL_CANCEL:
		return "enrol-cancel";
	case COMMAND_CERTIFICATE:
		return "certificate";
	case COMMAND_KEYS:
		return "keys";
	case COMMAND_REVOKED:
		return "revoked";
	case COMMAND_RESYNC:
		return "resync";
	case COMMAND_ENROL:
	case COMMAND_ENROL_ANSWER:
	case COMMAND_CLAIM_ANSWER:
	case COMMAND_CODE:
	default:
		return NULL;
	}
}

static gboolean carry_out(Control *control, const Command *command, GError **error)
{
	switch ((CommandKind)command->kind) {
	case COMMAND_KEYS:
		return change_keys(control, command, error);
	case COMMAND_REVOKED:
		return obey_revocation(control, error);
	case COMMAND_RESYNC:
		return resync(control, error);
	case COMMAND_ENROL:
	case COMMAND_ENROL_CANCEL:
	case COMMAND_ENROL_ANSWER:
	case COMMAND_CLAIM_ANSWER:
	case COMMAND_CODE:
	case COMMAND_CERTIFICATE:
		hand_over(control, command);
		return TRUE;
	default: /* of a newer server: it is told that it was seen */
		g_message("control: unknown command %u", command->kind);
		return TRUE;
	}
}

static void confirm(const Control *control)
{
	if (control->parts.handlers.carried_out != NULL)
		control->parts.handlers.carried_out(control->parts.user);
}

/* At least once: last_command is written after the deed, and each deed may be done twice. */
static gboolean receive_command(Control *control, Slice payload, GError **error)
{
	Command command;
	WireResult result = command_decode(payload, &command);

	if (result != WIRE_OK)
		return malformed(error, result);
	if (command.id > G_MAXINT64)
		return malformed(error, WIRE_RANGE);
	if ((int64_t)command.id <= control->last_command) {
		/* The want that confirmed it was lost, and the next command waits for it.  A revocation is
		 * repeated for ever: it needs no more words. */
		if (!control->revoked)
			confirm(control);
		return TRUE;
	}
	if (!carry_out(control, &command, error))
		return FALSE;
	if (action_of((CommandKind)command.kind) != NULL)
		journal_command(control, &command, action_of((CommandKind)command.kind));
	if (!localdb_set_int(control->parts.db, "last-command", (int64_t)command.id, error))
		return FALSE;
	control->last_command = (int64_t)command.id;
	confirm(control);
	return TRUE;
}

/* ── the envelope ── */

static gboolean find_kind(TopicKind topic, gsize *kind)
{
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
		*kind = i;
		if (kinds[i].topic == topic)
			return TRUE;
	}
	return FALSE;
}

/* Topic, payload and key must name this terminal and this server. NULL: they do. */
static const char *find_fault(const Control *control, const Topic *topic, gsize kind,
							  const Envelope *envelope)
{
	if (!terminal_id_equal(&topic->terminal, &control->parts.terminal))
		return "the topic is another terminal's";
	if (!terminal_id_equal(&envelope->head.terminal, &control->parts.terminal))
		return "it is for another terminal";
	if (envelope->head.type != kinds[kind].type)
		return "its type is not the topic's";
	if (!key_id_equal(&envelope->head.key, &control->signing_id))
		return "it is signed with an unknown key";
	if (!envelope->head.has_epoch)
		return "it names no epoch";
	if (envelope->rest.size > 0)
		return "something follows it";
	if (envelope_verify(envelope, crypto_verify, &control->signing) != WIRE_OK)
		return "its signature does not verify";
	if (is_past(control, &envelope->head.epoch))
		return "its epoch is past";
	return NULL;
}

static gboolean dispatch(Control *control, gsize kind, Slice payload, GError **error)
{
	switch (kinds[kind].topic) {
	case TOPIC_DOWN_RECEIPT:
		return receive_receipt(control, payload, error);
	case TOPIC_DOWN_ROSTER:
		return receive_roster(control, payload, error);
	case TOPIC_DOWN_COMMAND:
		return receive_command(control, payload, error);
	case TOPIC_UP_EVENTS:
	case TOPIC_UP_HEALTH:
	case TOPIC_UP_ENROL:
	case TOPIC_UP_WANT:
	default:
		g_assert_not_reached();
	}
}

static gboolean take_in(Control *control, gsize kind, const Envelope *envelope, GError **error)
{
	gboolean new_epoch =
		!control->has_epoch || !random_id_equal(&control->epoch, &envelope->head.epoch);

	if (new_epoch && !enter_epoch(control, &envelope->head.epoch, error))
		return FALSE;
	if (!take_number(control, kind, &envelope->head, error))
		return FALSE;
	if (!dispatch(control, kind, envelope->payload, error))
		return FALSE;
	if (new_epoch && control->parts.handlers.resync != NULL)
		control->parts.handlers.resync(control->parts.user);
	return TRUE;
}

void control_accept(Control *control, const char *topic_text, Slice message)
{
	g_autoptr(GError) error = NULL;
	const char *fault = NULL;
	Topic topic;
	Envelope envelope;
	WireResult result;
	gsize kind;

	if (!topic_parse(&topic, topic_text, crypto_sha256) || !find_kind(topic.kind, &kind)) {
		fault = "the topic is none of ours";
	} else {
		result = envelope_decode(message, &envelope);
		fault = result != WIRE_OK ? wire_result_text(result)
								  : find_fault(control, &topic, kind, &envelope);
	}
	if (fault == NULL && take_in(control, kind, &envelope, &error))
		return;
	control->n_refused++;
	g_message("control: a message on %s is dropped: %s", topic_text,
			  fault != NULL ? fault : error->message);
}
