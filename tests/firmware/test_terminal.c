/* One touch after another, from the sensor role's messages to the journal and the panel. */
#include "firmware/terminal.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "firmware/capture.h"
#include "firmware/crypto_psa.h"
#include "firmware/feedback.h"
#include "firmware/hal/clock_sim.h"
#include "firmware/seal_psa.h"
#include "protocol/process/channel.h"
#include "tests/support/scratch.h"
#include "tests/support/synthetic_finger.h"

#define MONDAY_MS G_GINT64_CONSTANT(1741000000000) /* 3 March 2025, 18.06 WIB */
#define HOUR_MS G_GINT64_CONSTANT(3600000)
#define SITI 1001
#define BUDI 1002
#define EXEMPT 1003
#define MOVED 1004
#define UNENROLLED 1005
#define NOBODY 1099

typedef struct {
	DisplayView view;
	char screen[32], large[128], small[256], outcome[32];
	const DisplayListener *listener;
	gpointer user;
	guint n_shown;
	Lamp lamp;
	Sound sound;
} Glass;

/* The drivers below have one instance per test: who opened last. */
static Glass glass;

static gpointer glass_open(const DisplayOptions *options, const DisplayListener *listener,
						   gpointer user, GError **error)
{
	(void)options, (void)error;
	memset(&glass, 0, sizeof glass);
	glass.listener = listener;
	glass.user = user;
	return &glass;
}

static gboolean glass_show(gpointer self, const DisplayView *view, GError **error)
{
	(void)self, (void)error;
	glass.view = *view;
	g_strlcpy(glass.screen, view->screen, sizeof glass.screen);
	g_strlcpy(glass.large, view->large, sizeof glass.large);
	g_strlcpy(glass.small, view->small, sizeof glass.small);
	g_strlcpy(glass.outcome, view->outcome != NULL ? view->outcome : "", sizeof glass.outcome);
	glass.n_shown++;
	return TRUE;
}

static void glass_free(gpointer self)
{
	(void)self;
}

static const DisplayDriver display_glass = {"glass", TRUE, glass_open, glass_show, glass_free};

static gpointer lamps_open(const IndicatorsOptions *options, IndicatorsTamper tamper, gpointer user,
						   GError **error)
{
	(void)options, (void)tamper, (void)user, (void)error;
	return &glass;
}

static void lamps_lamp(gpointer self, Lamp lamp)
{
	(void)self;
	glass.lamp = lamp;
}

static void lamps_sound(gpointer self, Sound sound)
{
	(void)self;
	glass.sound = sound;
}

static const IndicatorsDriver indicators_glass = {"glass",    TRUE,        lamps_open,
												  lamps_lamp, lamps_sound, glass_free};

typedef struct {
	char *folder, *head;
	guint64 free_bytes;
	gpointer clock;
	Timekeeper *timekeeper;
	Keystore *keys;
	LocalDb *db;
	Journal *journal;
	Roster *roster;
	Terminal *terminal;
	Channel *sensor;
	EnrolReport report; /* the last one */
	guint n_reports, n_changed;
	gsize n_templates;
	Finger fingers[ENROL_TEMPLATES_MAX];
} Fixture;

static guint64 fake_free(const char *folder, gpointer user)
{
	(void)folder;
	return ((Fixture *)user)->free_bytes;
}

/* The terminal's own sealing key stands for the vault's. */
static const PublicKey *vault_key(gpointer user)
{
	return keystore_sealing(((Fixture *)user)->keys);
}

static gboolean on_report(const EnrolReport *report, gpointer user)
{
	Fixture *self = user;
	self->report = *report;
	self->n_reports++;
	self->n_templates = report->n_templates;
	for (gsize i = 0; i < report->n_templates; i++)
		self->fingers[i] = report->templates[i].finger;
	return TRUE;
}

static void on_changed(gpointer user)
{
	((Fixture *)user)->n_changed++;
}

static const TerminalId terminal_id = {"bkd-lobi"};

/* Finger f of a person: 10 × person + f; impressions 1 … 3 are enrolled, later ones are touches. */
static MatchTemplate *impression(PersonId person, guint finger, guint number)
{
	return synthetic_template((guint)person * 10 + finger, number);
}

/* Two roster entries' worth of memory for one chunk. */
typedef struct {
	RosterReference references[3];
	WireBuffer sealed[3];
} SealedEntry;

static void seal_references(Fixture *self, PersonId person, SealedEntry *out)
{
	for (guint i = 0; i < 3; i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(MatchTemplate) template = impression(person, 1, i + 1);
		g_autoptr(GBytes) plain = match_template_encode(template);
		int64_t id = person * 100 + i;
		uint8_t name[8];
		gsize size = 0;
		const guint8 *data = g_bytes_get_data(plain, &size);
		seal_reference_id(id, name);
		SealContext context = {terminal_id, person, {name, sizeof name}};
		seal_to(keystore_sealing(self->keys), &context, (Slice){data, size}, &out->sealed[i],
				&error);
		g_assert_no_error(error);
		out->references[i] = (RosterReference){
			.id = id, .finger = FINGER_RIGHT_INDEX, .sealed = wire_buffer_slice(&out->sealed[i])};
	}
}

static Slice text(const char *value)
{
	return (Slice){(const uint8_t *)value, strlen(value)};
}

/* Siti (in her morning window), Budi who may approve, one who is exempt, one who has moved. */
static void fill_roster(Fixture *self)
{
	static const PersonId people[] = {SITI, BUDI, EXEMPT, MOVED, UNENROLLED};
	static const char *const names[] = {"Siti Rahmawati", "Budi Santoso", "Agus Wibowo",
										"Rina Kartika", "Tri Handayani"};
	static const uint32_t flags[] = {0, ROSTER_APPROVER, ROSTER_EXEMPT, ROSTER_MOVED, 0};
	g_autoptr(GError) error = NULL;
	SealedEntry sealed[G_N_ELEMENTS(people)] = {0};
	RosterEntry entries[G_N_ELEMENTS(people)] = {0};
	RosterSchedule schedule = {.id = 1, .n_windows = 1};
	schedule.windows[0] = (RosterWindow){MONDAY_MS - HOUR_MS, MONDAY_MS + HOUR_MS,
										 MONDAY_MS + 8 * HOUR_MS, MONDAY_MS + 10 * HOUR_MS};
	for (gsize i = 0; i < G_N_ELEMENTS(people); i++) {
		seal_references(self, people[i], &sealed[i]);
		entries[i] = (RosterEntry){.person = people[i],
								   .name = text(names[i]),
								   .not_before_ms = 0,
								   .not_after_ms = MONDAY_MS + 1000 * HOUR_MS,
								   .schedule = i == 0 ? 1 : 0,
								   .flags = flags[i],
								   .n_references = 3,
								   .references = sealed[i].references};
	}
	entries[3].not_after_ms = MONDAY_MS - HOUR_MS;
	entries[4].n_references = 0;
	RosterChunk chunk = {.upto = 1,
						 .reset = true,
						 .n_schedules = 1,
						 .schedules = &schedule,
						 .n_entries = G_N_ELEMENTS(people),
						 .entries = entries,
						 .repeat_s = 120,
						 .utc_offset_min = 420};
	RosterOutcome outcome = ROSTER_GAP;
	roster_apply(self->roster, &chunk, &outcome, &error);
	g_assert_no_error(error);
	g_assert_cmpint(outcome, ==, ROSTER_APPLIED);
	for (gsize i = 0; i < G_N_ELEMENTS(people); i++)
		for (gsize k = 0; k < 3; k++)
			wire_buffer_clear(&sealed[i].sealed[k]);
}

static void ignore_message(Channel *channel, guint8 type, const guint8 *payload, gsize size,
						   gpointer user)
{
	(void)channel, (void)type, (void)payload, (void)size, (void)user;
}

static void ignore_close(Channel *channel, gpointer user)
{
	(void)channel, (void)user;
}

static void link_sensor(Fixture *self)
{
	int ends[2];
	g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), ==, 0);
	g_clear_pointer(&self->sensor, channel_free);
	self->sensor = channel_new(ends[0], ignore_message, ignore_close, NULL);
	terminal_sensor_linked(self->terminal, ends[1]);
}

/* Lets the loop run for a moment of real time; the terminal's own clock stands still. */
static void settle(void)
{
	gint64 until = g_get_monotonic_time() + 30 * 1000;
	while (g_get_monotonic_time() < until)
		if (!g_main_context_iteration(NULL, FALSE))
			g_usleep(500);
}

static void say(Fixture *self, CaptureMessage message)
{
	g_autoptr(GBytes) bytes = capture_encode(&message);
	gsize size = 0;
	gconstpointer data = g_bytes_get_data(bytes, &size);
	g_assert_true(channel_send(self->sensor, (guint8)message.type, data, size));
	settle();
}

static void sensor_state(Fixture *self, gboolean present)
{
	CaptureMessage message = {.type = CAPTURE_STATE, .present = present};
	g_strlcpy(message.detail, present ? "virtual_image" : "unplugged", sizeof message.detail);
	say(self, message);
}

/* A finger comes, is read, and goes. */
static void touch(Fixture *self, PersonId person, guint finger, guint number)
{
	g_autoptr(MatchTemplate) sample = impression(person, finger, number);
	say(self, (CaptureMessage){.type = CAPTURE_FINGER, .on = TRUE});
	say(self, (CaptureMessage){.type = CAPTURE_SAMPLE, .sample = sample});
	say(self, (CaptureMessage){.type = CAPTURE_FINGER, .on = FALSE});
}

static void keys(const char *text_)
{
	for (gsize i = 0; text_[i] != '\0'; i++)
		glass.listener->key(text_[i], glass.user);
}

/* Time goes by, in the terminal's own clock, and its next tick sees it. */
static void pass(Fixture *self, gint64 ms)
{
	clock_sim_advance(self->clock, ms);
	gint64 until = g_get_monotonic_time() + 250 * 1000;
	while (g_get_monotonic_time() < until)
		g_main_context_iteration(NULL, TRUE);
}

static void set_up(Fixture *self, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	(void)data;
	self->folder = scratch_new();
	self->head = g_build_filename(self->folder, "head", NULL);
	self->free_bytes = G_GUINT64_CONSTANT(1) << 32;
	ClockOptions clock_options = {.start_ms = MONDAY_MS};
	self->clock = clock_sim.open(&clock_options, NULL);
	self->timekeeper = timekeeper_new(&clock_sim, self->clock, MONDAY_MS - HOUR_MS);
	g_autofree char *keys_folder = g_build_filename(self->folder, "keys", NULL);
	self->keys = keystore_open(keys_folder, &error);
	g_assert_no_error(error);
	g_autofree char *db = g_build_filename(self->folder, "local.db", NULL);
	self->db = localdb_open(db, 0, &error);
	g_assert_no_error(error);
	self->roster = roster_open(self->db, self->keys, &terminal_id, &error);
	g_assert_no_error(error);
	fill_roster(self);
	ClockReading now;
	timekeeper_read(self->timekeeper, &now);
	JournalConfig journal = {.folder = self->folder,
							 .head = self->head,
							 .terminal = terminal_id,
							 .reserve = 64 << 20,
							 .version = "1",
							 .free_bytes = fake_free,
							 .free_user = self};
	self->journal = journal_open(&journal, &now, &error);
	g_assert_no_error(error);
	TerminalDeps deps = {.id = terminal_id,
						 .display = &display_glass,
						 .indicators = &indicators_glass,
						 .journal = self->journal,
						 .roster = self->roster,
						 .timekeeper = self->timekeeper,
						 .keys = self->keys,
						 .vault_key = vault_key,
						 .report = on_report,
						 .changed = on_changed,
						 .user = self};
	self->terminal = terminal_new(&deps, &error);
	g_assert_no_error(error);
	link_sensor(self);
	sensor_state(self, TRUE);
	terminal_set_online(self->terminal, TRUE);
}

static void tear_down(Fixture *self, gconstpointer data)
{
	(void)data;
	terminal_free(self->terminal);
	channel_free(self->sensor);
	journal_free(self->journal);
	roster_free(self->roster);
	localdb_close(self->db);
	keystore_free(self->keys);
	timekeeper_free(self->timekeeper);
	clock_sim.free(self->clock);
	g_free(self->head);
	g_assert_cmpint(chdir("/"), ==, 0); /* the keystore lives in its folder */
	scratch_free(self->folder);
}

/* The event, decoded; its attachment's size in `attachment`. */
static EventBody last_event(Fixture *self, uint32_t kind, gsize *attachment)
{
	g_autoptr(GError) error = NULL;
	EventRef head;
	JournalBatch batch = {0};
	static EventBody body; /* texts of it are not looked at after the batch is gone */
	journal_head(self->journal, &head);
	journal_read_batch(self->journal, &head.journal, head.seq, 1, 1 << 16, &batch, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(batch.events->len, ==, 1);
	gsize size = 0;
	const guint8 *bytes = g_bytes_get_data(g_ptr_array_index(batch.events, 0), &size);
	Event event;
	g_assert_cmpint(event_decode((Slice){bytes, size}, &event), ==, WIRE_OK);
	g_assert_cmpuint(event.header.kind, ==, kind);
	g_assert_cmpint(event_body_decode(kind, event.payload, &body), ==, WIRE_OK);
	if (attachment != NULL)
		*attachment = event.attachment.size;
	journal_batch_clear(&batch);
	return body;
}

static uint64_t head_seq(const Fixture *self)
{
	EventRef head;
	journal_head(self->journal, &head);
	return head.seq;
}

static void test_punch(Fixture *self, gconstpointer data)
{
	(void)data;
	g_assert_cmpstr(glass.screen, ==, "ready");
	g_assert_true(glass.view.ready);
	touch(self, SITI, 1, 5);
	g_assert_cmpstr(glass.screen, ==, "ok-in");
	g_assert_cmpstr(glass.large, ==, "SITI RAHMAWATI");
	g_assert_cmpstr(glass.small, ==, "Presensi masuk tercatat pukul 18.06");
	g_assert_cmpint(glass.lamp, ==, LAMP_GREEN);
	g_assert_cmpint(glass.sound, ==, SOUND_OK);
	g_assert_cmpstr(glass.outcome, ==, "recorded");
	g_assert_cmpint(glass.view.person, ==, SITI);
	g_assert_cmpuint(glass.view.touch, ==, 1);
	EventBody body = last_event(self, EVENT_PUNCH, NULL);
	g_assert_cmpint(body.punch.person, ==, SITI);
	g_assert_cmpint(body.punch.reference / 100, ==, SITI);
	EventRef head;
	journal_head(self->journal, &head);
	terminal_receipted(self->terminal, &head.journal, head.seq);
	g_assert_cmpstr(glass.screen, ==, "received");
	g_assert_cmpstr(glass.large, ==, "SITI RAHMAWATI");
	pass(self, 5000);
	g_assert_cmpstr(glass.screen, ==, "ready");
}

static void test_repeat(Fixture *self, gconstpointer data)
{
	(void)data;
	touch(self, SITI, 1, 5);
	uint64_t seq = head_seq(self);
	clock_sim_advance(self->clock, 60 * 1000);
	touch(self, SITI, 1, 6);
	g_assert_cmpstr(glass.screen, ==, "repeat");
	g_assert_cmpstr(glass.small, ==, "Pukul 18.06. Tidak perlu mengulang");
	g_assert_cmpstr(glass.outcome, ==, "repeat");
	g_assert_cmpint(glass.view.person, ==, SITI);
	g_assert_cmpuint(head_seq(self), ==, seq);
	clock_sim_advance(self->clock, 61 * 1000);
	touch(self, SITI, 1, 5);
	g_assert_cmpstr(glass.outcome, ==, "recorded");
	g_assert_cmpuint(head_seq(self), ==, seq + 1);
}

static void test_unrecognised(Fixture *self, gconstpointer data)
{
	(void)data;
	for (guint i = 1; i <= 3; i++) {
		touch(self, NOBODY, 1, i);
		g_assert_cmpstr(glass.outcome, ==, "unrecognised");
		g_assert_cmpint(glass.view.person, ==, 0);
		EventBody body = last_event(self, EVENT_UNRECOGNISED, NULL);
		g_assert_cmpint(body.unrecognised.cause, ==, UNRECOGNISED_NO_MATCH);
		g_assert_cmpuint(body.unrecognised.attempt, ==, i);
		g_assert_cmpint(glass.view.keypad, ==, i == 3);
	}
	/* Touching stays possible. */
	touch(self, SITI, 1, 5);
	g_assert_cmpstr(glass.outcome, ==, "recorded");
	touch(self, NOBODY, 1, 1);
	g_assert_cmpuint(last_event(self, EVENT_UNRECOGNISED, NULL).unrecognised.attempt, ==, 1);
}

static void test_moved(Fixture *self, gconstpointer data)
{
	(void)data;
	touch(self, MOVED, 1, 5);
	g_assert_cmpstr(glass.screen, ==, "moved");
	g_assert_true(glass.view.keypad);
	g_assert_cmpint(glass.view.person, ==, 0);
	EventBody body = last_event(self, EVENT_UNRECOGNISED, NULL);
	g_assert_cmpint(body.unrecognised.cause, ==, UNRECOGNISED_EXPIRED);
}

static void test_leaves(Fixture *self, gconstpointer data)
{
	(void)data;
	g_autoptr(GError) error = NULL;
	PersonId gone[] = {SITI};
	RosterChunk chunk = {.from = 1,
						 .upto = 2,
						 .n_removed = 1,
						 .removed = gone,
						 .repeat_s = 120,
						 .utc_offset_min = 420};
	RosterOutcome outcome = ROSTER_GAP;
	roster_apply(self->roster, &chunk, &outcome, &error);
	g_assert_no_error(error);
	g_assert_cmpint(outcome, ==, ROSTER_APPLIED);
	touch(self, SITI, 1, 5);
	g_assert_cmpstr(glass.outcome, ==, "unrecognised");
	touch(self, BUDI, 1, 5);
	g_assert_cmpstr(glass.outcome, ==, "recorded");
}

/* The lease ends by itself, without a network. */
static void test_expires(Fixture *self, gconstpointer data)
{
	(void)data;
	terminal_set_online(self->terminal, FALSE);
	clock_sim_advance(self->clock, 1000 * HOUR_MS - 1000);
	touch(self, SITI, 1, 5);
	g_assert_cmpstr(glass.outcome, ==, "recorded");
	clock_sim_advance(self->clock, HOUR_MS);
	touch(self, SITI, 1, 5);
	g_assert_cmpstr(glass.screen, ==, "inactive");
	g_assert_cmpstr(glass.outcome, ==, "expired");
	g_assert_cmpint(glass.view.person, ==, 0);
	EventBody body = last_event(self, EVENT_UNRECOGNISED, NULL);
	g_assert_cmpint(body.unrecognised.cause, ==, UNRECOGNISED_EXPIRED);
}

static void answer_claim(Fixture *self, AnswerOutcome outcome, PersonId person, const char *name)
{
	EventRef head;
	journal_head(self->journal, &head);
	Command command = {.kind = COMMAND_CLAIM_ANSWER};
	command.claim_answer.journal = head.journal;
	command.claim_answer.seq = head.seq;
	command.claim_answer.outcome = outcome;
	command.claim_answer.person = person;
	command.claim_answer.name = text(name);
	terminal_claim_answer(self->terminal, &command);
}

static void test_visitor(Fixture *self, gconstpointer data)
{
	(void)data;
	gsize attachment = 0;
	keys("55501#");
	g_assert_cmpstr(glass.screen, ==, "visitor-finger");
	touch(self, NOBODY, 1, 1);
	last_event(self, EVENT_CLAIM, &attachment);
	g_assert_cmpuint(attachment, >, 100);
	g_assert_cmpstr(glass.screen, ==, "visitor-waiting");
	g_assert_cmpuint(glass.view.touch, ==, 0);
	answer_claim(self, ANSWER_ACCEPTED, 55501, "Dewi Lestari");
	g_assert_cmpstr(glass.screen, ==, "visitor-ok");
	g_assert_cmpstr(glass.large, ==, "DEWI LESTARI");
	g_assert_cmpstr(glass.outcome, ==, "recorded");
	g_assert_cmpint(glass.view.person, ==, 55501);
	g_assert_cmpuint(glass.view.touch, ==, 1);
}

static void test_visitor_refused(Fixture *self, gconstpointer data)
{
	(void)data;
	keys("55501#");
	touch(self, NOBODY, 1, 1);
	answer_claim(self, ANSWER_REFUSED, 0, "");
	g_assert_cmpstr(glass.screen, ==, "visitor-no-match");
	keys("*55502#");
	touch(self, NOBODY, 1, 1);
	answer_claim(self, ANSWER_UNKNOWN, 0, "");
	g_assert_cmpstr(glass.screen, ==, "number-unknown");
	g_assert_true(glass.view.keypad);
}

static void test_visitor_offline(Fixture *self, gconstpointer data)
{
	(void)data;
	terminal_set_online(self->terminal, FALSE);
	g_assert_cmpstr(glass.screen, ==, "ready-offline");
	keys("198501012010011001#"); /* a NIP */
	touch(self, NOBODY, 1, 1);
	g_assert_cmpstr(glass.screen, ==, "visitor-offline");
	g_assert_cmpstr(glass.outcome, ==, "claimed");
	g_assert_cmpint(glass.view.person, ==, 0);
}

static void test_own_number(Fixture *self, gconstpointer data)
{
	(void)data;
	keys("1001#");
	touch(self, SITI, 1, 5);
	g_assert_cmpstr(glass.outcome, ==, "recorded");
	g_assert_cmpint(last_event(self, EVENT_PUNCH, NULL).punch.person, ==, SITI);
	keys("1002#");
	touch(self, NOBODY, 1, 1);
	g_assert_cmpstr(glass.screen, ==, "visitor-no-match");
	g_assert_cmpstr(glass.outcome, ==, "no-match");
	last_event(self, EVENT_UNRECOGNISED, NULL);
}

/* On the roster, but no finger of theirs is: said at once, and OK records the number. */
static void test_not_enrolled(Fixture *self, gconstpointer data)
{
	(void)data;
	keys("1005#");
	touch(self, UNENROLLED, 1, 1);
	g_assert_cmpstr(glass.screen, ==, "not-enrolled");
	g_assert_cmpstr(glass.outcome, ==, "not-enrolled");
	last_event(self, EVENT_UNRECOGNISED, NULL);
	keys("#");
	g_assert_cmpstr(glass.screen, ==, "fingerless");
	last_event(self, EVENT_FINGERLESS, NULL);
}

static void test_fingerless(Fixture *self, gconstpointer data)
{
	(void)data;
	keys("1001##");
	g_assert_cmpstr(glass.screen, ==, "fingerless");
	g_assert_cmpstr(glass.outcome, ==, "fingerless");
	last_event(self, EVENT_FINGERLESS, NULL);
	uint64_t seq = head_seq(self);
	keys("#");
	g_assert_cmpstr(glass.screen, ==, "approver");
	g_assert_cmpstr(glass.small, ==, "SITI RAHMAWATI · tempelkan jari penyetuju");
	touch(self, SITI, 1, 5); /* nobody approves themselves */
	g_assert_cmpstr(glass.screen, ==, "not-entitled");
	g_assert_cmpuint(head_seq(self), ==, seq);
	keys("*1001##");
	seq = head_seq(self);
	keys("#");
	touch(self, BUDI, 1, 5);
	g_assert_cmpstr(glass.screen, ==, "approved");
	g_assert_cmpstr(glass.small, ==, "Oleh BUDI SANTOSO pukul 18.06");
	EventBody body = last_event(self, EVENT_APPROVAL, NULL);
	g_assert_cmpuint(body.approval.seq, ==, seq);
	g_assert_cmpint(body.approval.approver, ==, BUDI);
}

static void test_exempt(Fixture *self, gconstpointer data)
{
	(void)data;
	keys("1003##");
	g_assert_cmpstr(glass.screen, ==, "ok");
	g_assert_cmpstr(glass.large, ==, "AGUS WIBOWO");
	g_assert_cmpstr(glass.outcome, ==, "recorded");
	last_event(self, EVENT_FINGERLESS, NULL);
}

/* The server's answer to the last event: `text` sealed to this terminal for `person`. */
static void answer_code(Fixture *self, PersonId person, const char *code, gboolean spoilt)
{
	EventRef head;
	uint8_t reference[24];
	WireBuffer sealed = {0};
	g_autoptr(GError) error = NULL;
	journal_head(self->journal, &head);
	seal_reference_code(&head.journal, head.seq, reference);
	SealContext context = {terminal_id, person, {reference, sizeof reference}};
	seal_to(keystore_sealing(self->keys), &context, text(code), &sealed, &error);
	g_assert_no_error(error);
	sealed.data[sealed.size - 1] ^= spoilt ? 1 : 0;
	Command command = {.kind = COMMAND_CODE};
	command.code.journal = head.journal;
	command.code.seq = head.seq;
	command.code.outcome = ANSWER_ACCEPTED;
	command.code.sealed = wire_buffer_slice(&sealed);
	command.code.minutes = 15;
	terminal_code_answer(self->terminal, &command);
	wire_buffer_clear(&sealed);
}

static void ask_for_code(Fixture *self)
{
	keys("#");
	g_assert_cmpstr(glass.screen, ==, "account-waiting");
	EventBody body = last_event(self, EVENT_CODE, NULL);
	g_assert_cmpint(body.code.person, ==, SITI);
	g_assert_cmpint(body.code.reference / 100, ==, SITI);
}

static void test_code(Fixture *self, gconstpointer data)
{
	(void)data;
	touch(self, SITI, 1, 5);
	g_assert_cmpstr(glass.view.button, ==, "Kode akun");
	ask_for_code(self);
	answer_code(self, SITI, "abcd-efgh-jkmn", FALSE);
	g_assert_cmpstr(glass.screen, ==, "account-code");
	g_assert_cmpstr(glass.large, ==, "abcd-efgh-jkmn");
	g_assert_cmpstr(glass.outcome, ==, "code");
	g_assert_cmpint(glass.view.person, ==, SITI);
	pass(self, 61000);
	g_assert_cmpstr(glass.screen, ==, "ready");
}

/* Of another person, changed on the way, or nothing to show: nothing is shown. */
static void test_code_spoilt(Fixture *self, gconstpointer data)
{
	(void)data;
	static const struct {
		PersonId person;
		const char *code;
		gboolean spoilt;
	} rows[] = {{BUDI, "abcd-efgh-jkmn", FALSE},
				{SITI, "abcd-efgh-jkmn", TRUE},
				{SITI, "a line\nand more", FALSE},
				{SITI, "abcdefghabcdefghabcdefghabcdefgh", FALSE}};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		touch(self, SITI, 1, 5);
		ask_for_code(self);
		answer_code(self, rows[i].person, rows[i].code, rows[i].spoilt);
		g_assert_cmpstr(glass.screen, ==, "account-refused");
		g_assert_cmpstr(glass.outcome, ==, "code-refused");
	}
}

static void test_reserve(Fixture *self, gconstpointer data)
{
	(void)data;
	self->free_bytes = 1000;
	touch(self, SITI, 1, 5);
	g_assert_cmpstr(glass.screen, ==, "reserve");
	g_assert_cmpstr(glass.outcome, ==, "not-stored");
	g_assert_cmpint(glass.lamp, ==, LAMP_RED);
	pass(self, 6000);
	g_assert_cmpstr(glass.screen, ==, "reserve"); /* also when nobody is there */
	self->free_bytes = G_GUINT64_CONSTANT(1) << 32;
	touch(self, SITI, 1, 6);
	g_assert_cmpstr(glass.outcome, ==, "recorded");
}

static void test_sensor_lost(Fixture *self, gconstpointer data)
{
	(void)data;
	guint n_changed = self->n_changed;
	sensor_state(self, FALSE);
	g_assert_cmpstr(glass.screen, ==, "sensor-missing");
	g_assert_false(glass.view.ready);
	g_assert_false(terminal_sensor_ok(self->terminal));
	last_event(self, EVENT_SENSOR_LOST, NULL);
	sensor_state(self, TRUE);
	last_event(self, EVENT_SENSOR_BACK, NULL);
	g_assert_cmpstr(glass.screen, ==, "ready");
	g_assert_cmpuint(self->n_changed, ==, n_changed + 2);
	/* The role dies and is started again. */
	g_clear_pointer(&self->sensor, channel_free);
	settle();
	g_assert_cmpstr(glass.screen, ==, "sensor-missing");
	link_sensor(self);
	sensor_state(self, TRUE);
	touch(self, SITI, 1, 5);
	g_assert_cmpstr(glass.outcome, ==, "recorded");
}

static void test_tamper(Fixture *self, gconstpointer data)
{
	(void)data;
	glass.listener->tamper(TRUE, glass.user);
	g_assert_cmpstr(glass.screen, ==, "case-open");
	g_assert_true(last_event(self, EVENT_TAMPER, NULL).tamper.open);
	touch(self, SITI, 1, 5); /* nobody is refused for it, and nothing is wiped */
	g_assert_cmpstr(glass.outcome, ==, "recorded");
	glass.listener->tamper(FALSE, glass.user);
	g_assert_false(last_event(self, EVENT_TAMPER, NULL).tamper.open);
}

static void test_clock(Fixture *self, gconstpointer data)
{
	(void)data;
	clock_sim_set_synchronised(self->clock, FALSE);
	pass(self, 100);
	g_assert_cmpstr(glass.screen, ==, "clock-doubtful");
	g_assert_true(glass.view.ready);
	touch(self, SITI, 1, 5);
	g_assert_cmpstr(glass.outcome, ==, "recorded");
}

static void order_enrolment(Fixture *self, guint8 id, Finger second)
{
	Command command = {.kind = COMMAND_ENROL};
	command.enrol.enrolment.bytes[0] = id;
	command.enrol.person = NOBODY;
	command.enrol.name = text("Tri Handayani");
	command.enrol.ordered_by = text("operator-bkd");
	command.enrol.expires_ms = MONDAY_MS + HOUR_MS;
	command.enrol.n_fingers = second != 0 ? 2 : 1;
	command.enrol.fingers[0] = FINGER_RIGHT_INDEX;
	command.enrol.fingers[1] = second;
	terminal_enrol(self->terminal, &command);
}

static void test_enrolment(Fixture *self, gconstpointer data)
{
	(void)data;
	order_enrolment(self, 1, FINGER_LEFT_INDEX);
	g_assert_cmpstr(glass.screen, ==, "enrol-notice");
	g_assert_cmpint(self->report.state, ==, ENROL_WAITING);
	order_enrolment(self, 1, FINGER_LEFT_INDEX); /* the command comes twice */
	g_assert_cmpuint(self->n_reports, ==, 1);
	touch(self, NOBODY, 1, 1);
	g_assert_cmpstr(glass.outcome, ==, "enrol-accepted");
	g_assert_cmpint(self->report.state, ==, ENROL_CAPTURING);
	g_assert_cmpuint(self->report.accepted, ==, 1);
	touch(self, SITI, 1, 1);
	g_assert_cmpstr(glass.screen, ==, "enrol-other-finger");
	g_assert_cmpint(self->report.hint, ==, ENROL_HINT_OTHER_FINGER);
	touch(self, NOBODY, 1, 2);
	touch(self, NOBODY, 1, 3);
	g_assert_cmpstr(glass.screen, ==, "enrol-next");
	g_assert_cmpstr(glass.large, ==, "Sekarang telunjuk kiri");
	touch(self, NOBODY, 1, 4); /* the same finger is no second one */
	g_assert_cmpstr(glass.outcome, ==, "enrol-rejected");
	for (guint i = 1; i <= 3; i++)
		touch(self, NOBODY, 2, i);
	g_assert_cmpstr(glass.screen, ==, "enrol-sent");
	g_assert_cmpstr(glass.outcome, ==, "enrol-accepted"); /* done once the server says so */
	g_assert_cmpint(self->report.state, ==, ENROL_DONE);
	g_assert_cmpuint(self->n_templates, ==, 6);
	g_assert_cmpint(self->fingers[0], ==, FINGER_RIGHT_INDEX);
	g_assert_cmpint(self->fingers[5], ==, FINGER_LEFT_INDEX);
	g_assert_cmpuint(self->report.seq, ==, head_seq(self));
	EventBody body = last_event(self, EVENT_ENROLMENT, NULL);
	g_assert_cmpint(body.enrolment.outcome, ==, ENROL_DONE);
	g_assert_cmpuint(body.enrolment.n_references, ==, 6);
	/* It counts once it has come back in a roster; until then the finger is unknown. */
	RandomId id = {{1}};
	terminal_enrol_answer(self->terminal, &id, ANSWER_ACCEPTED);
	g_assert_cmpstr(glass.screen, ==, "enrol-test");
	g_assert_cmpstr(glass.outcome, ==, "enrol-done");
	g_assert_cmpint(glass.view.person, ==, NOBODY);
	touch(self, NOBODY, 1, 5);
	g_assert_cmpstr(glass.outcome, ==, "unrecognised");
}

static void enrol_one_finger(Fixture *self, guint8 id)
{
	order_enrolment(self, id, 0);
	for (guint i = 1; i <= 3; i++)
		touch(self, NOBODY, 1, i);
	g_assert_cmpstr(glass.screen, ==, "enrol-sent");
	g_assert_cmpint(self->report.state, ==, ENROL_DONE);
}

static void test_enrolment_answers(Fixture *self, gconstpointer data)
{
	(void)data;
	static const struct {
		AnswerOutcome answer;
		const char *screen, *outcome;
	} rows[] = {
		{ANSWER_ACCEPTED, "enrol-test", "enrol-done"},
		{ANSWER_HELD, "enrol-held", "enrol-held"},
		{ANSWER_REFUSED, "enrol-refused", "enrol-refused"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		RandomId id = {{(guint8)(i + 10)}};
		enrol_one_finger(self, (guint8)(i + 10));
		guint64 touches = glass.view.touch;
		terminal_enrol_answer(self->terminal, &id, rows[i].answer);
		g_assert_cmpstr(glass.screen, ==, rows[i].screen);
		g_assert_cmpstr(glass.outcome, ==, rows[i].outcome);
		g_assert_cmpuint(glass.view.touch, ==, touches + 1);
	}
	/* No answer: its touch ends all the same; a late one is still shown. */
	enrol_one_finger(self, 20);
	pass(self, 16000);
	g_assert_cmpstr(glass.outcome, ==, "enrol-done");
	RandomId late = {{20}};
	terminal_enrol_answer(self->terminal, &late, ANSWER_HELD);
	g_assert_cmpstr(glass.screen, ==, "enrol-held");
	/* Without a network nobody waits. */
	pass(self, 10000);
	terminal_set_online(self->terminal, FALSE);
	enrol_one_finger(self, 21);
	g_assert_cmpstr(glass.outcome, ==, "enrol-done");
}

static void test_enrolment_cancelled(Fixture *self, gconstpointer data)
{
	(void)data;
	order_enrolment(self, 2, 0);
	touch(self, NOBODY, 1, 1);
	RandomId id = {{2}};
	terminal_enrol_cancel(self->terminal, &id);
	g_assert_cmpstr(glass.screen, ==, "enrol-cancelled");
	g_assert_cmpint(self->report.state, ==, ENROL_CANCELLED);
	g_assert_cmpuint(self->n_templates, ==, 0);
	EventBody body = last_event(self, EVENT_ENROLMENT, NULL);
	g_assert_cmpint(body.enrolment.outcome, ==, ENROL_CANCELLED);
	g_assert_cmpuint(body.enrolment.n_references, ==, 0);
}

static void test_enrolment_timeout(Fixture *self, gconstpointer data)
{
	(void)data;
	order_enrolment(self, 3, 0);
	touch(self, NOBODY, 1, 1);
	pass(self, 120 * 1000);
	g_assert_cmpstr(glass.screen, ==, "enrol-timeout");
	g_assert_cmpint(self->report.state, ==, ENROL_TIMEOUT);
	pass(self, 10 * 1000);
	touch(self, SITI, 1, 5);
	g_assert_cmpstr(glass.outcome, ==, "recorded");
}

static void test_revoked(Fixture *self, gconstpointer data)
{
	(void)data;
	terminal_set_revoked(self->terminal, TRUE);
	g_assert_cmpstr(glass.screen, ==, "revoked");
	uint64_t seq = head_seq(self);
	touch(self, SITI, 1, 5);
	g_assert_cmpuint(head_seq(self), ==, seq);
	g_assert_cmpstr(glass.screen, ==, "revoked");
}

/* Whatever the sensor role sends, core stands. */
static void test_hostile_sensor(Fixture *self, gconstpointer data)
{
	(void)data;
	for (guint type = 0; type < 256; type++)
		for (guint8 byte = 0; byte < 8; byte++)
			channel_send(self->sensor, (guint8)type, &byte, byte == 7 ? 0 : 1);
	settle();
	sensor_state(self, TRUE);
	pass(self, 30 * 1000);
	touch(self, SITI, 1, 5);
	g_assert_cmpstr(glass.outcome, ==, "recorded");
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(Fixture *self, gconstpointer data);
	} tests[] = {
		{"/terminal/a_touch_is_journalled_then_green", test_punch},
		{"/terminal/a_repeat_is_one_punch", test_repeat},
		{"/terminal/three_unrecognised_offer_the_keypad", test_unrecognised},
		{"/terminal/who_has_moved_is_told_so", test_moved},
		{"/terminal/who_has_left_is_unknown_at_once", test_leaves},
		{"/terminal/a_lease_ends_without_a_network", test_expires},
		{"/terminal/a_visitor_is_verified_by_the_server", test_visitor},
		{"/terminal/a_visitor_refused_or_unknown", test_visitor_refused},
		{"/terminal/a_visitor_without_a_network", test_visitor_offline},
		{"/terminal/ones_own_number_is_compared_here", test_own_number},
		{"/terminal/a_number_without_a_reference", test_not_enrolled},
		{"/terminal/without_a_finger_an_approver_approves", test_fingerless},
		{"/terminal/an_exemption_counts_at_once", test_exempt},
		{"/terminal/who_was_identified_gets_the_code_of_the_account", test_code},
		{"/terminal/a_code_that_does_not_open_is_not_shown", test_code_spoilt},
		{"/terminal/a_full_journal_says_so", test_reserve},
		{"/terminal/a_lost_sensor_is_an_event", test_sensor_lost},
		{"/terminal/an_open_case_refuses_nobody", test_tamper},
		{"/terminal/a_doubtful_clock_refuses_nobody", test_clock},
		{"/terminal/an_enrolment_of_two_fingers", test_enrolment},
		{"/terminal/an_enrolment_ends_with_the_servers_answer", test_enrolment_answers},
		{"/terminal/a_cancelled_enrolment_leaves_nothing", test_enrolment_cancelled},
		{"/terminal/a_forgotten_enrolment_times_out", test_enrolment_timeout},
		{"/terminal/a_revoked_terminal_reads_nothing", test_revoked},
		{"/terminal/nonsense_from_the_sensor_role_is_dropped", test_hostile_sensor},
	};
	g_test_init(&argc, &argv, NULL);
	g_log_set_always_fatal(G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
	for (gsize i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].name, Fixture, NULL, set_up, tests[i].run, tear_down);
	return g_test_run();
}
