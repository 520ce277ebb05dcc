#include "tools/hadir/cmd_touch.h"

#include <errno.h>
#include <linux/sockios.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <jansson.h>

#include "protocol/ids.h"
#include "tools/match/png_file.h"

#define DEADLINE_MS 25000 /* all of it; nobody waits longer for a panel */
#define PANEL_LINE_MAX 4096
/* An image that was read and of which the terminal says nothing was dropped: it is sent again. */
#define RESEND_MS 5000
#define SENSOR_LOOK_MS 10
#define NUMBER_MAX 18

#define TOUCH_ERROR (g_quark_from_static_string("hadir-touch-error"))

typedef struct {
	char *terminal, *demo, *claim;
	const char *image; /* in argv */
} Arguments;

/* What the panel says: one line of display_sim.h. */
typedef struct {
	gboolean ready;
	gint64 touch;
	json_t *root;
} PanelState;

typedef struct {
	gint64 deadline_ms;
	char *run;
	int panel, sensor;
	char line[PANEL_LINE_MAX];
	gsize size;
	PanelState state;
} Touch;

static gint64 now_ms(void)
{
	return g_get_monotonic_time() / 1000;
}

static gboolean fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static gboolean fail(GError **error, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	g_autofree char *text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	g_set_error_literal(error, TOUCH_ERROR, 0, text);
	return FALSE;
}

static gboolean parse_arguments(int argc, char **argv, Arguments *out, GError **error)
{
	const GOptionEntry entries[] = {
		{"terminal", 0, 0, G_OPTION_ARG_STRING, &out->terminal, "which terminal", "ID"},
		{"demo", 0, 0, G_OPTION_ARG_FILENAME, &out->demo, "the demo's folder", "DIR"},
		{"claim", 0, 0, G_OPTION_ARG_STRING, &out->claim, "type this number first", "NUMBER"},
		G_OPTION_ENTRY_NULL,
	};
	g_autoptr(GOptionContext) context = g_option_context_new("IMAGE.png");
	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, error))
		return FALSE;
	TerminalId id;
	if (out->terminal == NULL || out->demo == NULL || argc != 2)
		return fail(error, "needs --terminal ID, --demo DIR and one image");
	if (!terminal_id_parse(&id, (Slice){(const uint8_t *)out->terminal, strlen(out->terminal)}))
		return fail(error, "'%s' is no terminal id", out->terminal);
	gsize digits = out->claim != NULL ? strspn(out->claim, "0123456789") : 1;
	if (out->claim != NULL && (digits == 0 || digits > NUMBER_MAX || out->claim[digits] != '\0'))
		return fail(error, "--claim wants 1 to %d digits", NUMBER_MAX);
	out->image = argv[1];
	return TRUE;
}

/* The folder of the terminal's sockets, from its configuration. */
static char *find_run(const Arguments *arguments, GError **error)
{
	g_autofree char *folder =
		g_build_filename(arguments->demo, "terminals", arguments->terminal, NULL);
	g_autofree char *path = g_build_filename(folder, "terminal.conf", NULL);
	g_autoptr(GKeyFile) config = g_key_file_new();
	if (!g_key_file_load_from_file(config, path, G_KEY_FILE_NONE, error)) {
		g_prefix_error(error, "%s: ", path);
		return NULL;
	}
	g_autofree char *run = g_key_file_get_string(config, "terminal", "run", error);
	if (run == NULL) {
		g_prefix_error(error, "%s: ", path);
		return NULL;
	}
	return g_canonicalize_filename(run, folder);
}

/* Tries until the deadline: the terminal may be starting, or renewing its sensor. */
static int connect_to(const Touch *touch, const char *name, GError **error)
{
	g_autofree char *path = g_build_filename(touch->run, name, NULL);
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	if (g_strlcpy(address.sun_path, path, sizeof address.sun_path) >= sizeof address.sun_path) {
		fail(error, "%s: too long for a socket", path);
		return -1;
	}
	for (;;) {
		int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
			return fd;
		int saved = errno;
		if (fd >= 0)
			close(fd);
		if (now_ms() >= touch->deadline_ms) {
			fail(error, "%s: %s", path, g_strerror(saved));
			return -1;
		}
		g_usleep(50000);
	}
}

static gboolean wait_fd(int fd, short events, gint64 until_ms)
{
	struct pollfd one = {.fd = fd, .events = events};
	gint64 left = until_ms - now_ms();
	return left > 0 && poll(&one, 1, (int)left) > 0;
}

static gboolean take_line(Touch *touch, const char *line, gsize size, GError **error)
{
	json_error_t wrong;
	json_t *root = json_loadb(line, size, 0, &wrong);
	if (!json_is_object(root)) {
		json_decref(root);
		return fail(error, "the panel says what is no JSON object");
	}
	json_decref(touch->state.root);
	touch->state.root = root;
	touch->state.ready = json_is_true(json_object_get(root, "ready"));
	touch->state.touch = json_integer_value(json_object_get(root, "touch"));
	return TRUE;
}

/* The panel's next line. FALSE without an error when none came until `until_ms`. */
static gboolean next_state(Touch *touch, gint64 until_ms, GError **error)
{
	for (;;) {
		char *end = memchr(touch->line, '\n', touch->size);
		if (end != NULL) {
			gsize used = (gsize)(end - touch->line) + 1;
			gboolean taken = take_line(touch, touch->line, used - 1, error);
			touch->size -= used;
			memmove(touch->line, touch->line + used, touch->size);
			return taken;
		}
		if (touch->size == sizeof touch->line)
			return fail(error, "the panel's line is too long");
		if (!wait_fd(touch->panel, POLLIN, MIN(until_ms, touch->deadline_ms)))
			return FALSE;
		gssize n = read(touch->panel, touch->line + touch->size, sizeof touch->line - touch->size);
		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
			return fail(error, "the terminal has closed its panel");
		touch->size += n > 0 ? (gsize)n : 0;
	}
}

static gboolean set_late(const char *what, GError **error)
{
	if (error != NULL && *error == NULL)
		fail(error, "%s within %d s", what, DEADLINE_MS / 1000);
	return FALSE;
}

static gboolean wait_ready(Touch *touch, GError **error)
{
	while (touch->state.root == NULL || !touch->state.ready)
		if (!next_state(touch, touch->deadline_ms, error))
			return set_late("the terminal was not ready", error);
	return TRUE;
}

static gboolean write_all(const Touch *touch, int fd, gconstpointer data, gsize size,
						  GError **error)
{
	const guint8 *bytes = data;
	while (size > 0) {
		if (!wait_fd(fd, POLLOUT, touch->deadline_ms))
			return set_late("the terminal did not read", error);
		gssize n = send(fd, bytes, size, MSG_NOSIGNAL);
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return fail(error, "sending: %s", g_strerror(errno));
		bytes += MAX(n, 0);
		size -= (gsize)MAX(n, 0);
	}
	return TRUE;
}

static gboolean type_number(Touch *touch, const char *number, GError **error)
{
	/* Back to the first screen, whatever is typed or shown there. */
	g_autofree char *line = g_strdup_printf("{\"keys\":\"********************%s#\"}\n", number);
	if (!write_all(touch, touch->panel, line, strlen(line), error))
		return FALSE;
	do {
		const char *screen = json_string_value(json_object_get(touch->state.root, "screen"));
		if (g_strcmp0(screen, "visitor-finger") == 0)
			return TRUE;
		if (g_strcmp0(screen, "number-unknown") == 0)
			return fail(error, "the terminal takes no number %s", number);
	} while (next_state(touch, touch->deadline_ms, error));
	return set_late("the terminal did not ask for the finger", error);
}

/* Has the sensor read everything?  It hangs up without reading while it is being renewed. */
static gboolean wait_read(const Touch *touch, gboolean *gone, GError **error)
{
	struct pollfd peer = {.fd = touch->sensor};
	int unread = 1;
	*gone = FALSE;
	while (ioctl(touch->sensor, SIOCOUTQ, &unread) == 0 && unread > 0) {
		*gone = poll(&peer, 1, SENSOR_LOOK_MS) > 0 && (peer.revents & (POLLHUP | POLLERR)) != 0;
		if (*gone)
			return TRUE;
		if (now_ms() >= touch->deadline_ms)
			return set_late("the sensor did not read", error);
	}
	return TRUE;
}

/* libfprint's virtual_image: width, height, then the pixels.  The last pixel is withheld until the
 * others are read: an image that nobody reads never lies in wait for the next touch. */
static gboolean put_finger(Touch *touch, const GreyImage *image, GError **error)
{
	gint32 size[2] = {image->width, image->height};
	gsize n = (gsize)image->width * image->height;
	gboolean gone;
	do {
		if (touch->sensor >= 0)
			close(touch->sensor);
		touch->sensor = connect_to(touch, "sensor.sock", error);
		if (touch->sensor < 0 || !write_all(touch, touch->sensor, size, sizeof size, error) ||
			!write_all(touch, touch->sensor, image->pixels, n - 1, error) ||
			!wait_read(touch, &gone, error))
			return FALSE;
	} while (gone);
	return write_all(touch, touch->sensor, image->pixels + n - 1, 1, error);
}

static gboolean await_answer(Touch *touch, const GreyImage *image, GError **error)
{
	gint64 before = touch->state.touch, resend_ms = now_ms() + RESEND_MS;
	gboolean noticed = FALSE;
	while (touch->state.touch <= before) {
		g_autoptr(GError) problem = NULL;
		if (next_state(touch, resend_ms, &problem)) {
			noticed = TRUE;
			continue;
		}
		if (problem != NULL) {
			g_propagate_error(error, g_steal_pointer(&problem));
			return FALSE;
		}
		if (now_ms() >= touch->deadline_ms)
			return set_late("no answer to the touch", error);
		/* The sensor was between two captures and dropped the image. */
		if (!noticed && !put_finger(touch, image, error))
			return FALSE;
		resend_ms = now_ms() + RESEND_MS;
	}
	return TRUE;
}

static void print_answer(const Touch *touch, const Arguments *arguments)
{
	static const char *const keys[] = {"outcome", "person", "screen", "large", "small", "touch"};
	json_t *answer = json_object();
	for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
		json_object_set(answer, keys[i], json_object_get(touch->state.root, keys[i]));
	json_object_set_new(answer, "terminal", json_string(arguments->terminal));
	char *text = json_dumps(answer, JSON_COMPACT);
	g_print("%s\n", text);
	free(text);
	json_decref(answer);
}

static gboolean touch_once(Touch *touch, const Arguments *arguments, GError **error)
{
	g_auto(GreyImage) image = {0};
	if (!png_file_read(arguments->image, &image, error))
		return FALSE;
	touch->run = find_run(arguments, error);
	if (touch->run == NULL)
		return FALSE;
	touch->panel = connect_to(touch, "panel.sock", error);
	if (touch->panel < 0 || !wait_ready(touch, error))
		return FALSE;
	if (arguments->claim != NULL && !type_number(touch, arguments->claim, error))
		return FALSE;
	if (!put_finger(touch, &image, error) || !await_answer(touch, &image, error))
		return FALSE;
	print_answer(touch, arguments);
	return TRUE;
}

static int run(int argc, char **argv)
{
	Arguments arguments = {0};
	Touch touch = {.panel = -1, .sensor = -1, .deadline_ms = now_ms() + DEADLINE_MS};
	g_autoptr(GError) error = NULL;
	gboolean done =
		parse_arguments(argc, argv, &arguments, &error) && touch_once(&touch, &arguments, &error);
	if (touch.panel >= 0)
		close(touch.panel);
	if (touch.sensor >= 0)
		close(touch.sensor);
	json_decref(touch.state.root);
	g_free(touch.run);
	g_free(arguments.terminal);
	g_free(arguments.demo);
	g_free(arguments.claim);
	if (!done)
		g_printerr("hadir touch: %s\n", error->message);
	return done ? 0 : 1;
}

const HadirCommand cmd_touch = {
	.name = "touch",
	.usage = "--terminal ID --demo DIR [--claim NUMBER] IMAGE.png",
	.help = "puts a finger on a simulated terminal's sensor and prints its answer as JSON",
	.run = run,
};
