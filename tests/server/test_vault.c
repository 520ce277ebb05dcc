/* The vault: what it enrols, seals and verifies, and what it refuses. */
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "firmware/match/template.h"
#include "server/seal_openssl.h"
#include "server/vault.h"
#include "server/wire.h"
#include "tests/support/synthetic_finger.h"

#define PERSON 1000001
#define OTHER 1000002

typedef struct {
	Vault *vault;
	PublicKey vault_public;
	ServerKey *terminal_key; /* seals are opened with it */
	PublicKey terminal_public;
	VaultEnrol enrol;
	GPtrArray *sealed; /* of GBytes: what `enrol` borrows */
	VaultEnrolled answer;
} World;

static const TerminalId terminal = {"term-a"};

static void setup(World *world, gconstpointer data G_GNUC_UNUSED)
{
	ServerKey *key = server_key_generate();
	server_key_public(key, &world->vault_public);
	world->vault = vault_new(key);
	world->terminal_key = server_key_generate();
	server_key_public(world->terminal_key, &world->terminal_public);
	world->sealed = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	world->enrol = (VaultEnrol){.request = 7, .terminal = terminal};
	world->enrol.report.person = PERSON;
	world->enrol.report.enrolment.bytes[0] = 9;
	world->enrol.report.state = ENROL_DONE;
}

static void teardown(World *world, gconstpointer data G_GNUC_UNUSED)
{
	vault_free(world->vault);
	server_key_free(world->terminal_key);
	g_ptr_array_unref(world->sealed);
}

static GBytes *encoded(guint finger, guint impression)
{
	g_autoptr(MatchTemplate) template = synthetic_template(finger, impression);
	return match_template_encode(template);
}

/* One impression more, as a terminal seals it. */
static void add(World *world, Finger position, uint8_t index, guint finger, guint impression)
{
	EnrolReport *report = &world->enrol.report;
	uint8_t reference[18];
	seal_reference_enrolment(&report->enrolment, position, index, reference);
	SealContext context = {terminal, report->person, {reference, sizeof reference}};
	g_autoptr(GBytes) plain = encoded(finger, impression);
	GBytes *sealed = seal_template(&world->vault_public, &context, slice_of_bytes(plain));
	g_ptr_array_add(world->sealed, sealed);
	world->enrol.references[report->n_templates] = (gint64)report->n_templates + 1;
	report->templates[report->n_templates].finger = position;
	report->templates[report->n_templates].quality = 60;
	report->templates[report->n_templates++].sealed = slice_of_bytes(sealed);
}

static void add_finger(World *world, Finger position, guint finger)
{
	for (guint i = 0; i < 3; i++)
		add(world, position, (uint8_t)i, finger, i);
}

static VaultEnrolOutcome enrol(World *world)
{
	vault_enrol(world->vault, &world->enrol, &world->answer);
	g_assert_cmpint(world->answer.request, ==, 7);
	return world->answer.outcome;
}

/* Somebody's finger lies in the gallery. */
static void load(World *world, gint64 person, gint64 reference, guint finger, guint impression)
{
	g_autoptr(GBytes) plain = encoded(finger, impression);
	g_autoptr(GBytes) sealed =
		vault_seal(&world->vault_public, person, reference, slice_of_bytes(plain));
	VaultReference row = {person, reference, slice_of_bytes(sealed)};
	g_assert_true(vault_load(world->vault, &row));
}

/* ── what a destroyed reference leaves in the memory of the process ── */

#define GONE 1
#define KEPT 2
#define PIECE 48
/* The address sanitizer's shadow spans terabytes: it tells which bytes may be touched, and holds none. */
#define SHADOW_MIN ((guint64)1 << 36)

typedef struct {
	gsize size;
	guint8 bytes[PIECE];
} Piece;

/* One order to the child: load what follows, or forget. */
typedef struct {
	gint64 person, reference;
	gsize size; /* 0: forget */
} Order;

/* A vault in a process of its own, which has seen nothing but sealed bytes. */
static void serve_vault(ServerKey *key, int fd)
{
	g_autoptr(Vault) vault = vault_new(key);
	Order order;
	while (read(fd, &order, sizeof order) == (gssize)sizeof order) {
		g_autofree guint8 *sealed = g_malloc(order.size + 1);
		gboolean ok = order.size == 0 || read(fd, sealed, order.size) == (gssize)order.size;
		VaultReference row = {order.person, order.reference, {sealed, order.size}};
		if (order.size == 0)
			vault_forget(vault, order.reference);
		else
			ok = ok && vault_load(vault, &row);
		if (!ok || write(fd, "k", 1) != 1)
			break;
	}
}

static void give_order(int fd, Order order, const void *sealed)
{
	char answer = 0;
	g_assert_cmpint(write(fd, &order, sizeof order), ==, (gssize)sizeof order);
	if (order.size > 0)
		g_assert_cmpint(write(fd, sealed, order.size), ==, (gssize)order.size);
	g_assert_cmpint(read(fd, &answer, 1), ==, 1);
	g_assert_cmpint(answer, ==, 'k');
}

/* How often any of the pieces occurs in what the process has written to: heap, stacks, data. */
static guint count_in_memory(pid_t pid, const GArray *pieces)
{
	g_autofree char *maps = g_strdup_printf("/proc/%d/maps", (int)pid);
	g_autofree char *path = g_strdup_printf("/proc/%d/mem", (int)pid);
	g_autofree char *text = NULL;
	guint n = 0;
	g_assert_true(g_file_get_contents(maps, &text, NULL, NULL));
	int mem = open(path, O_RDONLY | O_CLOEXEC);
	g_assert_cmpint(mem, >=, 0);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_autofree guint8 *block = g_malloc(1 << 20);
	for (char **line = lines; *line != NULL; line++) {
		char *end = NULL;
		guint64 at = g_ascii_strtoull(*line, &end, 16);
		guint64 last = *end == '-' ? g_ascii_strtoull(end + 1, &end, 16) : 0;
		if (last == 0 || strncmp(end, " rw", 3) != 0 || last - at > SHADOW_MIN)
			continue;
		/* Blocks overlap by a piece; a region's pages that were never touched cannot be read in vain. */
		for (gssize size;
			 at < last && (size = pread(mem, block, MIN(last - at, 1 << 20), (off_t)at)) > PIECE;
			 at += (guint64)size - (at + (guint64)size < last ? PIECE : 0))
			for (guint i = 0; i < pieces->len; i++)
				n += memmem(block, (gsize)size, g_array_index(pieces, Piece, i).bytes,
							g_array_index(pieces, Piece, i).size) != NULL;
	}
	close(mem);
	return n;
}

static void add_piece(GArray *pieces, const void *data, gsize size)
{
	Piece piece = {.size = size};
	memcpy(piece.bytes, data, size);
	g_array_append_val(pieces, piece);
}

/* What would tell of the template: pieces of its encoded form, of its minutiae, of its ridges, and each
 * code by which a gallery keeps a minutia. */
static GArray *pieces_of(guint finger)
{
	GArray *pieces = g_array_new(FALSE, FALSE, sizeof(Piece));
	g_autoptr(MatchTemplate) template = synthetic_template(finger, 0);
	g_autoptr(GBytes) plain = match_template_encode(template);
	const struct {
		const void *data;
		gsize size;
	} forms[] = {
		{g_bytes_get_data(plain, NULL), g_bytes_get_size(plain)},
		{template->minutiae, template->n * sizeof *template->minutiae},
		{template->points, template->n * sizeof *template->points},
		{template->field.direction, (gsize) template->field.columns * template->field.rows}};
	for (gsize i = 0; i < G_N_ELEMENTS(forms); i++)
		for (gsize at = forms[i].size / 4; at > 0 && at + PIECE <= forms[i].size;
			 at += forms[i].size / 4)
			add_piece(pieces, (const guint8 *)forms[i].data + at, PIECE);
	for (guint i = 0; i < template->n; i++)
		if (__builtin_popcountll(template->points[i].code.word[0]) > 16)
			add_piece(pieces, &template->points[i].code.word[0], sizeof(guint64));
	return pieces;
}

static void load_remote(World *world, int fd, gint64 reference, guint finger)
{
	gsize size;
	g_autoptr(GBytes) plain = encoded(finger, 0);
	g_autoptr(GBytes) sealed =
		vault_seal(&world->vault_public, PERSON, reference, slice_of_bytes(plain));
	const void *data = g_bytes_get_data(sealed, &size);
	give_order(fd, (Order){PERSON, reference, size}, data);
}

/* Must run before any other case: the child inherits what the parent's memory has held. */
static void a_destroyed_reference_leaves_the_memory(World *world, gconstpointer data G_GNUC_UNUSED)
{
	int ends[2], status;
	ServerKey *key = server_key_generate();
	server_key_public(key, &world->vault_public);
	g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), ==, 0);
	pid_t child = fork();
	if (child == 0) {
		close(ends[0]);
		serve_vault(key, ends[1]);
		_exit(0);
	}
	server_key_free(key);
	close(ends[1]);
	load_remote(world, ends[0], GONE, 1);
	load_remote(world, ends[0], KEPT, 2);
	g_autoptr(GArray) gone = pieces_of(1), kept = pieces_of(2);
	guint before = count_in_memory(child, gone);
	g_assert_cmpuint(count_in_memory(child, kept), >, 0); /* it finds what is there */
	g_assert_cmpuint(before, >, 0);
	give_order(ends[0], (Order){PERSON, GONE, 0}, NULL);
	g_assert_cmpuint(count_in_memory(child, gone), ==, 0);
	g_assert_cmpuint(count_in_memory(child, kept), >, 0);
	close(ends[0]);
	g_assert_cmpint(waitpid(child, &status, 0), ==, child);
	g_assert_cmpint(status, ==, 0);
}

static void three_impressions_are_enrolled(World *world, gconstpointer data G_GNUC_UNUSED)
{
	add_finger(world, FINGER_RIGHT_INDEX, 1);
	g_assert_cmpint(enrol(world), ==, VAULT_ENROLLED);
	g_assert_cmpint(world->answer.n, ==, 3);
	/* What comes back lies in the database and can be loaded. */
	VaultReference row = {PERSON, 1, world->answer.sealed[0]};
	g_assert_true(vault_load(world->vault, &row));
	/* It is bound to the person and the number. */
	VaultReference other = {OTHER, 1, world->answer.sealed[0]};
	VaultReference renumbered = {PERSON, 2, world->answer.sealed[0]};
	g_assert_false(vault_load(world->vault, &other));
	g_assert_false(vault_load(world->vault, &renumbered));
	g_assert_cmpint(vault_n_references(world->vault), ==, 1);
}

static void two_fingers_are_enrolled(World *world, gconstpointer data G_GNUC_UNUSED)
{
	add_finger(world, FINGER_RIGHT_INDEX, 1);
	add_finger(world, FINGER_LEFT_INDEX, 2);
	g_assert_cmpint(enrol(world), ==, VAULT_ENROLLED);
	g_assert_cmpint(world->answer.n, ==, 6);
}

static void two_impressions_are_too_few(World *world, gconstpointer data G_GNUC_UNUSED)
{
	add(world, FINGER_RIGHT_INDEX, 0, 1, 0);
	add(world, FINGER_RIGHT_INDEX, 1, 1, 1);
	g_assert_cmpint(enrol(world), ==, VAULT_UNREADABLE);
}

static void impressions_of_two_fingers_are_refused(World *world, gconstpointer data G_GNUC_UNUSED)
{
	add(world, FINGER_RIGHT_INDEX, 0, 1, 0);
	add(world, FINGER_RIGHT_INDEX, 1, 1, 1);
	add(world, FINGER_RIGHT_INDEX, 2, 2, 0);
	g_assert_cmpint(enrol(world), ==, VAULT_OTHER_FINGERS);
}

static void one_finger_cannot_be_two(World *world, gconstpointer data G_GNUC_UNUSED)
{
	add_finger(world, FINGER_RIGHT_INDEX, 1);
	add_finger(world, FINGER_LEFT_INDEX, 1);
	g_assert_cmpint(enrol(world), ==, VAULT_OTHER_FINGERS);
}

static void somebody_elses_finger_is_held(World *world, gconstpointer data G_GNUC_UNUSED)
{
	load(world, OTHER, 90, 1, 4);
	load(world, OTHER + 1, 91, 3, 0);
	add_finger(world, FINGER_RIGHT_INDEX, 1);
	g_assert_cmpint(enrol(world), ==, VAULT_DUPLICATE);
	g_assert_cmpint(world->answer.other, ==, OTHER);
	/* Sealed for rest, for whoever decides. */
	g_assert_cmpint(world->answer.n, ==, 3);
	VaultReference held = {PERSON, 3, world->answer.sealed[2]};
	g_assert_true(vault_load(world->vault, &held));
	vault_forget(world->vault, 3);
	vault_forget(world->vault, 90);
	g_assert_cmpint(enrol(world), ==, VAULT_ENROLLED);
}

/* Two people's fingers are as like it: it may be either's, and is certainly not nobody's. */
static void a_finger_like_two_people_s_is_held(World *world, gconstpointer data G_GNUC_UNUSED)
{
	load(world, OTHER, 90, 1, 4);
	load(world, OTHER + 1, 91, 1, 4);
	add_finger(world, FINGER_RIGHT_INDEX, 1);
	g_assert_cmpint(enrol(world), ==, VAULT_DUPLICATE);
	g_assert_cmpint(world->answer.other, >=, OTHER);
	g_assert_cmpint(world->answer.other, <=, OTHER + 1);
}

static void the_own_finger_may_be_enrolled_again(World *world, gconstpointer data G_GNUC_UNUSED)
{
	load(world, PERSON, 90, 1, 4);
	add_finger(world, FINGER_RIGHT_INDEX, 1);
	g_assert_cmpint(enrol(world), ==, VAULT_ENROLLED);
}

static void what_was_sealed_elsewhere_does_not_open(World *world, gconstpointer data G_GNUC_UNUSED)
{
	add_finger(world, FINGER_RIGHT_INDEX, 1);
	g_strlcpy(world->enrol.terminal.text, "term-b", sizeof world->enrol.terminal.text);
	g_assert_cmpint(enrol(world), ==, VAULT_UNREADABLE);
	world->enrol.terminal = terminal;
	world->enrol.report.person = OTHER;
	g_assert_cmpint(enrol(world), ==, VAULT_UNREADABLE);
	world->enrol.report.person = PERSON;
	world->enrol.report.enrolment.bytes[0]++;
	g_assert_cmpint(enrol(world), ==, VAULT_UNREADABLE);
}

static void a_reference_is_sealed_to_one_terminal(World *world, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GBytes) plain = encoded(1, 0);
	g_autoptr(GBytes) rest = vault_seal(&world->vault_public, PERSON, 5, slice_of_bytes(plain));
	g_autoptr(GBytes) junk = g_bytes_new_static("junk", 4);
	VaultReseal reseal = {
		.request = 3,
		.terminal = terminal,
		.sealing = world->terminal_public,
		.n = 2,
		.references = {{PERSON, 5, slice_of_bytes(rest)}, {PERSON, 6, slice_of_bytes(junk)}}};
	VaultResealed answer;
	vault_reseal(world->vault, &reseal, &answer);
	g_assert_cmpint(answer.n, ==, 2);
	g_assert_cmpint(answer.references[1].sealed.size, ==, 0);
	uint8_t id[8];
	seal_reference_id(5, id);
	SealContext context = {terminal, PERSON, {id, sizeof id}};
	g_autoptr(GBytes) opened =
		seal_open(world->terminal_key, &context, answer.references[0].sealed);
	g_assert_true(g_bytes_equal(opened, plain));
	SealContext elsewhere = {{"term-b"}, PERSON, {id, sizeof id}};
	g_assert_null(seal_open(world->terminal_key, &elsewhere, answer.references[0].sealed));
}

static VaultVerifyOutcome verify(World *world, guint finger, Slice sealed_probe)
{
	g_autoptr(GBytes) plain = encoded(finger, 0);
	g_autoptr(GBytes) rest = vault_seal(&world->vault_public, PERSON, 5, slice_of_bytes(plain));
	VaultVerify question = {.request = 4,
							.terminal = terminal,
							.number = {(const uint8_t *)"1000001", 7},
							.probe = sealed_probe,
							.n = 1,
							.references = {{PERSON, 5, slice_of_bytes(rest)}}};
	VaultVerified answer;
	vault_verify(world->vault, &question, &answer);
	g_assert_cmpint(answer.request, ==, 4);
	return answer.outcome;
}

static void a_visitors_probe_is_compared(World *world, gconstpointer data G_GNUC_UNUSED)
{
	SealContext context = {terminal, 0, {(const uint8_t *)"1000001", 7}};
	g_autoptr(GBytes) plain = encoded(1, 3);
	g_autoptr(GBytes) probe = seal_template(&world->vault_public, &context, slice_of_bytes(plain));
	g_assert_cmpint(verify(world, 1, slice_of_bytes(probe)), ==, VAULT_SAME);
	g_assert_cmpint(verify(world, 2, slice_of_bytes(probe)), ==, VAULT_DIFFERENT);
	g_assert_cmpint(verify(world, 1, (Slice){(const uint8_t *)"x", 1}), ==, VAULT_PROBE_UNREADABLE);
}

/* What crosses the channel comes out as it went in; whatever is cut is refused. */
static void messages_survive_the_channel(World *world, gconstpointer data G_GNUC_UNUSED)
{
	g_auto(WireBuffer) out = {0};
	VaultEnrol back;
	add_finger(world, FINGER_RIGHT_INDEX, 1);
	world->enrol.report.wanted = world->enrol.report.accepted = 3;
	world->enrol.report.finger = FINGER_RIGHT_INDEX;
	world->enrol.report.seq = 1;
	world->enrol.report.journal.bytes[0] = 1;
	vault_enrol_encode(&out, &world->enrol);
	g_assert_false(out.failed);
	g_assert_true(vault_enrol_decode(wire_buffer_slice(&out), &back));
	g_assert_cmpint(back.report.n_templates, ==, 3);
	g_assert_cmpint(back.references[2], ==, 3);
	for (size_t size = 0; size < out.size; size++)
		g_assert_false(vault_enrol_decode((Slice){out.data, size}, &back));
}

#define CASE(function) {"/vault/" #function, function}

static const struct {
	const char *path;
	void (*run)(World *world, gconstpointer data);
} cases[] = {
	CASE(a_destroyed_reference_leaves_the_memory),
	CASE(three_impressions_are_enrolled),
	CASE(two_fingers_are_enrolled),
	CASE(two_impressions_are_too_few),
	CASE(impressions_of_two_fingers_are_refused),
	CASE(one_finger_cannot_be_two),
	CASE(somebody_elses_finger_is_held),
	CASE(a_finger_like_two_people_s_is_held),
	CASE(the_own_finger_may_be_enrolled_again),
	CASE(what_was_sealed_elsewhere_does_not_open),
	CASE(a_reference_is_sealed_to_one_terminal),
	CASE(a_visitors_probe_is_compared),
	CASE(messages_survive_the_channel),
};

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		g_test_add(cases[i].path, World, NULL, setup, cases[i].run, teardown);
	return g_test_run();
}
